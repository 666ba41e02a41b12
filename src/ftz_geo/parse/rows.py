"""Rows: what the cells of a table's rows say below the columns that are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from ftz_geo.compass import SIDE_OF
from ftz_geo.parse.columns import TITLE, is_side
from ftz_geo.parse.figures import Figure, find_figures, read_cell
from ftz_geo.parse.names import read_names
from ftz_geo.parse.sides import side_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.parse.columns import Column
    from ftz_geo.parse.grids import Cell
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.sides import Side

__all__ = ["Body", "Other", "Row", "Scope"]

Kind = Literal["item", "total", "subtotal"]

_TOTAL = re.compile(
    r"(?:[全总以各本][^小]{0,5}|面积|用地|土地)?(?:面积|用地|土地|数)?(?:合计|总计|共计|总和|总数|计)(?:[(].*[)])?:?"
    r"|总(?:用地|占地|规划)?面积|总用地"
)
_SUBTOTAL = re.compile(r".{0,30}(?:小计|合计|总计|共计)(?:[(].*[)])?:?")
_NOTE = re.compile(r"(?:备?注|说明|资料来源|数据来源|单位)[:\d]|续表")
_LONGEST_GROUP = 60
"""A cell alone in its row that is longer is running text."""
_COUNTED = re.compile(r"[一二三四五六七八九十]{1,3}(?:[、.:,]|(?=$))|第[一二三四五六七八九十]{1,3}[类批部章]")
_COUNTED_BELOW = re.compile(r"[(][一二三四五六七八九十]{1,3}[)]")
_OF_ABOVE = re.compile(r"其中")
_BEFORE_AREA = re.compile(r"(?:总|用地|占地|规划|土地|宗地|出让)*(?:面积)?[约共计为:近大超过不少于]*")
_RESTATED = re.compile(r"[(,、/;]*(?:合|即|约|相当于|折|计|也就是|为)*")
_DASHES = re.compile(r"[-—–/]+")
"""What stands in a cell that holds nothing, as in the row of a sum those of names."""
_NUMBER_ALONE = re.compile(r"[\d.,]*")
_HAS_NUMBER = re.compile(r"[约近]?\d[\d.,]*")
_DIGITS = re.compile(r"[约近]?\d[\d,.]*")


class Scope(NamedTuple):
    """One of several pieces of ground that a row tells in words."""

    head: str
    """The words of its column's head, folded."""
    cell: Cell
    figures: tuple[Figure, ...]


class Other(NamedTuple):
    """A figure of a row beside its area."""

    figure: Figure
    head: str
    """The words of its column's head, folded."""
    again: Figure | None
    """The figure that it tells once more, in another unit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or one item of a form. Places are in the folded text."""

    start: int
    end: int
    kind: Kind = "item"
    label: Cell | None = None
    """序号, 地块编号."""
    name: Cell | None = None
    """Of several names in levels the narrowest."""
    group: Cell | None = None
    """The name of the level above, of the heading row above, or, for 其中…, of the row it is a part of."""
    area: Figure | None = None
    """Of the row's ground as a whole. Its ``area`` is None where it cannot be read."""
    whole: Figure | None = None
    """The area of the place that it is a part of, where its row tells that too."""
    other: tuple[Other, ...] = ()
    sides: tuple[Side, ...] = ()
    boundary: Cell | None = None
    """A cell that holds all sides, for the rules of running text to read."""
    scopes: tuple[Scope, ...] = ()


class _Told(NamedTuple):
    """A cell that is not empty, below its column."""

    column: Column
    cell: Cell
    words: str


@dataclass(slots=True)
class Body:
    """The rows of a table as they come, and what the rows above leave for them."""

    prose: Prose
    columns: Sequence[Column]
    rows: list[tuple[int, Row]] = field(default_factory=list)
    """How deep each stands in its list, 2 for 一, 1 for (一), 0 for anything else, and the row."""
    places: dict[int, Cell] = field(default_factory=dict)
    """Of every level the last name."""
    beside: bool = False
    """Heads stand beside their values, as in a list of contents too."""

    def add(self, cells: Sequence[Cell], width: int, times: int) -> None:
        """Add a line: one row, several side by side, or the name of a group."""
        filled = [cell for cell in cells if not cell.is_empty]
        if not filled:
            return
        if (len(cells) == 1 and width > 1) or (
            len(filled) == 1 and times == 1 and self._heads_group(cells[0])
        ):
            self._add_alone(filled[0])
        elif len(cells) != width:
            # Whether a group begins in it is not known either.
            self.places = {}
            self.rows.append((0, Row(filled[0].start, filled[-1].end)))
        else:
            part = width // times
            for k in range(0, width, part):
                self._add(cells[k : k + part])

    def _words(self, cell: Cell) -> str:
        return self.prose.text[cell.start : cell.end]

    def _heads_group(self, cell: Cell) -> bool:
        """Whether a row of one cell names a group: it is counted, or stands where numbers stand."""
        words = self._words(cell)
        if not words or _kind(words) != "item":
            return False
        return _depth(words) > 0 or (self.columns[0].use == "label" and re.search(r"\d", words) is None)

    def _add_alone(self, cell: Cell) -> None:
        words = self._words(cell)
        if (
            len(words) <= _LONGEST_GROUP
            and not _NOTE.match(words)
            and not TITLE.search(words)
            and _kind(words) == "item"
        ):
            self.rows.append((max(1, _depth(words)), Row(cell.start, cell.end, name=cell)))

    def _add(self, cells: Sequence[Cell]) -> None:
        text = self.prose.text
        told = [_Told(c, cell, text[cell[0] : cell[1]]) for c, cell in zip(self.columns, cells, strict=True)]
        told = [t for t in told if t.words]
        if not told:
            return
        start, end = told[0].cell[0], told[-1].cell[1]
        if _kind(told[0].words) != "item":
            told = [t for t in told if not _DASHES.fullmatch(t.words)]
        depth, kind = 0, _kind(told[0].words)
        labels = [t for t in told if t.column.use == "label"]
        label = max(labels, key=lambda t: t.column.level).cell if labels else None
        boundary = next((t.cell for t in told if t.column.use == "boundary" and not is_side(t.words)), None)
        for column, _, words in told:
            if column.use in _NAMING:
                depth = max(depth, _depth(words))
                kind = kind if kind != "item" else _kind(words)
        name, group = self._name_and_group(told)
        if name is None and kind != "item":
            name, label, group = told[0].cell, None, None
        if kind != "item" and label is not None and _kind(self._words(label)) != "item":
            name, label, group = label, None, group or name  # 老城区|小计: the word stands where numbers do
        if kind == "total" and group:
            kind = "subtotal"
        elif kind == "total":
            self.places = {}
        area, other = self._figures(told)
        sides = tuple(self._sides(told))
        scopes = tuple(
            Scope(t.column.words, t.cell, tuple(find_figures(self.prose, *t.cell)))
            for t in told
            if t.column.use == "scope"
        )
        wider = [
            _in_cell(self.prose, cell, column.unit)[0] for column, cell, _ in told if column.use == "whole"
        ]
        total = wider[0] if wider else None
        row = Row(start, end, kind, label, name, group, area, total, other, sides, boundary, scopes)
        if sides and self.rows and not (name or label or area or other or boundary or scopes):
            # One row for each side of what the rows above name.
            above, whole = self.rows.pop()
            depth, row = above, replace(whole, end=row.end, sides=whole.sides + sides)
        self.rows.append((depth, row))

    def _name_and_group(self, told: list[_Told]) -> tuple[Cell | None, Cell | None]:
        """Return the narrowest name of a row, and the one above it that a merged cell may have told."""
        own = {t.column.level: t.cell for t in told if t.column.use in ("name", "place")}
        if not own:
            return None, self.places[max(self.places)] if self.places else None
        widest, narrowest = min(own), max(own)
        # A new name of a wide level ends what stood below the old one.
        self.places = {k: cell for k, cell in self.places.items() if k < widest} | own
        above = [k for k in self.places if k < narrowest]
        return own[narrowest], self.places[max(above)] if above else None

    def _sides(self, told: list[_Told]) -> Iterator[Side]:
        """Return the sides of columns, and of cells 东|人民路 beside each other."""
        for k, (column, (a, b), words) in enumerate(told):
            direction = column.direction
            if column.use in ("boundary", "words") and is_side(words) and k + 1 < len(told):
                direction, (a, b) = SIDE_OF[words.removeprefix("四至")[0]], told[k + 1].cell
            if direction and (side := side_of(self.prose, a, b, (direction,), read_names(self.prose, a, b))):
                yield side

    def _figures(self, told: list[_Told]) -> tuple[Figure | None, tuple[Other, ...]]:
        """Return the area of a row, and its other figures; without its area, the same in another unit."""
        area: Figure | None = None
        other: list[Other] = []
        for column, cell, words in told:
            if column.use in _NO_FIGURES or "%" in words:
                continue
            own, rest = _in_cell(self.prose, cell, column.unit)
            bare = column.unit is None and column.use in _AREAS and not self.beside
            if own is None and bare and _HAS_NUMBER.fullmatch(words):
                own = Figure(*cell, None, words, "no-unit")
            if own and (column.use == "area" or (column.use == "again" and area is None)):
                area = own
            elif own:
                other.append(Other(own, column.words, area if column.use == "again" else None))
            if own or column.use not in ("area", "again"):
                other += [Other(figure, column.words, own if again else None) for figure, again in rest]
        return area, tuple(other)

    def done(self) -> Iterator[Row]:
        """Return the rows, each under the heading row above it."""
        self._settle_last_sum()
        counted: dict[int, Cell] = {}
        coded: list[tuple[str, Cell]] = []
        whole: Cell | None = None
        end = (0, Row(0, 0, "total"))
        for (depth, row), (after, following) in pairwise([*self.rows, end]):
            counted = {} if row.kind == "total" else {d: c for d, c in counted.items() if d > depth}
            code = self._label(row)
            while coded and code and not code.startswith(coded[-1][0]):
                coded.pop()
            coded = coded if row.kind == "item" else []
            above = coded[-1][1] if coded else counted[min(counted)] if counted else None
            group = row.group or above
            heads = False
            if row.name and following.kind == "item":
                heads = depth > after or following.group == row.name
                if depth > after:
                    counted[depth] = row.name
                elif _is_code_of(code, self._label(following), inner=bool(coded)):
                    heads = True
                    coded.append((code, row.name))
            if row.name and _OF_ABOVE.match(self._words(row.name)):
                group = whole or group
            elif row.name:
                whole = row.name
            if row.area or row.other or not (heads or (row.start, row.end) == row.name):
                kind = "subtotal" if heads and row.kind == "item" else row.kind
                same = kind == row.kind and group == row.group
                yield row if same else replace(row, group=group, kind=kind)

    def _label(self, row: Row) -> str:
        return self._words(row.label) if row.label else ""

    def _settle_last_sum(self) -> None:
        """Tell the sum of all from that of the last group, below whose merged cell both stand.

        It is that of all if the group has one already, or if no other group has any.
        """
        if not self.rows:
            return
        depth, last = self.rows[-1]
        if not last.group or not last.name or not _TOTAL.fullmatch(self._words(last.name)):
            return
        rows = [row for _, row in self.rows[:-1] if row.group]
        with_sums = {row.group for row in rows if row.kind == "subtotal"}
        if last.group in with_sums or (not with_sums and len({row.group for row in rows}) > 1):
            self.rows[-1] = depth, replace(last, kind="total", group=None)


_NAMING = frozenset({"label", "name", "place"})
_AREAS = frozenset({"area", "again", "other"})
_NO_FIGURES = frozenset({"boundary", "scope", "side", "rate", "whole"})


def _is_code_of(upper: str, lower: str, *, inner: bool) -> bool:
    """Whether a code is of a class below another: R over R2, 07 over 0701, 1 over 1.1.

    Below a class R the codes R2 and R21 are classes too; elsewhere A1 and A10 are two parcels.
    """
    if not upper or upper == lower or not lower.startswith(upper):
        return False
    rest = lower[len(upper) :]
    is_class = re.fullmatch(r"[A-Z]|\d\d" + (r"|[A-Z]\d+" if inner else ""), upper) is not None
    return (is_class and rest.isdigit()) or re.fullmatch(r"\.\d+", rest) is not None


def _depth(words: str) -> int:
    if words[0] not in "一二三四五六七八九十第(":
        return 0
    return 2 if _COUNTED.match(words) else 1 if _COUNTED_BELOW.match(words) else 0


def _kind(words: str) -> Kind:
    """Say whether a name is that of a sum."""
    if "计" not in words and "总" not in words:
        return "item"
    return "total" if _TOTAL.fullmatch(words) else "subtotal" if _SUBTOTAL.fullmatch(words) else "item"


def _in_cell(prose: Prose, cell: Cell, unit: str | None) -> tuple[Figure | None, list[tuple[Figure, bool]]]:
    """Return the figure that a cell as a whole states, and the others, and whether each tells it again.

    Words before a figure may say that it is of something else.
    """
    start, end = cell
    text = prose.text
    if _NUMBER_ALONE.fullmatch(text, start, end):
        return (read_cell(prose, start, end, unit) if unit else None), []
    figures = list(find_figures(prose, start, end))
    own, known = None, start
    if figures and _BEFORE_AREA.fullmatch(text, start, figures[0].start):
        own = figures.pop(0)
        known = own.end
    elif unit:
        own = read_cell(prose, start, end, unit)
        number = _DIGITS.match(text, start, end)
        known = number.end() if number else start
    rest: list[tuple[Figure, bool]] = []
    for figure in figures:
        rest.append((figure, own is not None and _RESTATED.fullmatch(text, known, figure.start) is not None))
        known = figure.end
    return own, rest
