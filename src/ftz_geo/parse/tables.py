"""Tables: what every row is of, its area, its other figures and its sides.

Three layouts are read: heads above columns; heads beside rows (the same turned), and forms, where a key
stands before its value. A row that does not fit its head gives no figures: nobody can say which column
its cells stand in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from ftz_geo.compass import SIDE_OF
from ftz_geo.parse.columns import (
    Column,
    is_ground,
    is_key,
    is_known,
    is_side,
    is_unit,
    read_columns,
    unit_of_line,
)
from ftz_geo.parse.figures import find_figures, read_cell
from ftz_geo.parse.grids import Cell, find_grids
from ftz_geo.parse.names import read_names
from ftz_geo.parse.sides import side_of
from ftz_geo.wording import UNITS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.grids import Grid
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.sides import Side

__all__ = ["Cell", "Other", "Row", "Table", "read_tables"]

_Form = list[tuple[list[str], Sequence[Cell]]]
"""Each key, from the uppermost down, and its values, one for an item."""

Kind = Literal["item", "total", "subtotal"]

_VALUE = re.compile(
    rf"[约近≥≤<>±+-]?\d[\d,.~—-]*(?:%|‰|{one_of(UNITS)})?(?:[(].*[)])?|[/—-]{{1,4}}|[×X]{{2,}}", re.I
)
_CLAUSE = re.compile(r"[。;,]|[东南西北][至临邻起].")
_TOTAL = re.compile(
    r"(?:[全总以各本][^小]{0,5}|面积|用地|土地)?(?:面积|用地|土地|数)?(?:合计|总计|共计|总和|总数|计)(?:[(].*[)])?:?"
    r"|总(?:用地|占地|规划)?面积|总用地"
)
_SUBTOTAL = re.compile(r".{0,30}(?:小计|合计|总计|共计)(?:[(].*[)])?:?")
_TITLE = re.compile(r"(?:表|清单|目录|名单|一览|明细|统计|情况|汇总)(?:[(].*[)])?$|^附?[表件]\d?|^续表")
_NOTE = re.compile(r"(?:备?注|说明|资料来源|数据来源|单位)[:\d]|续表")
_LONGEST_TITLE = 60
_MOST_HEADS = 400
"""Of a row no more cells are looked at to tell whether it is a head."""
_COUNTED = re.compile(r"[一二三四五六七八九十]{1,3}(?:[、.:,]|(?=$))|第[一二三四五六七八九十]{1,3}[类批部章]")
_COUNTED_BELOW = re.compile(r"[(][一二三四五六七八九十]{1,3}[)]")
_NUMBERED = re.compile(r"[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)]?[、.]?")
_OF_ABOVE = re.compile(r"其中")
_BEFORE_AREA = re.compile(r"(?:总|用地|占地|规划|土地|宗地|出让)*(?:面积)?[约共计为:近大超过不少于]*")
_RESTATED = re.compile(r"[(,、/;]*(?:合|即|约|折合|约合|相当于|折|计|也就是|为)*")
_NUMBER_ALONE = re.compile(r"[\d.,]*")
_DIGITS = re.compile(r"[约近]?\d[\d,.]*")


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
    other: tuple[Other, ...] = ()
    sides: tuple[Side, ...] = ()
    boundary: Cell | None = None
    """A cell that holds all sides, for the rules of running text to read."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head speaks of areas or sides, or one drawn with lines, which has no rows."""

    start: int
    end: int
    head: tuple[str, ...] = ()
    title: Cell | None = None
    unit: str | None = None
    """The unit stated for the whole table."""
    rows: tuple[Row, ...] = ()

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides of all rows."""
        return tuple(side for row in self.rows for side in row.sides)


def read_tables(prose: Prose) -> Iterator[Table]:
    r"""Read the tables of a text, in order.

    Parameters
    ----------
    prose : Prose

    Yields
    ------
    Table
        Those whose head names an area with its unit, 面积, 四至 or at least three directions.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "地块\t东至\t南至\t西至\t北至\t面积（亩）\n甲\t戊路\t己路、庚河\t辛路\t壬村\t12.5\n"
    >>> (table,) = read_tables(Prose.of(text))
    >>> [(s.directions[0], [f.name for f in s.features[0][1]]) for s in table.sides]
    [('east', ['戊路']), ('south', ['己路', '庚河']), ('west', ['辛路']), ('north', ['壬村'])]
    >>> [(row.kind, str(row.area.area.value), row.area.area.unit) for row in table.rows]
    [('item', '12.5', '亩')]
    """
    for grid in find_grids(prose):
        if not grid.rows:
            yield Table(grid.start, grid.end, (), _title(prose, grid.above), _unit(prose, grid.above)[0])
        else:
            above = [*(row[0] for row in grid.rows[1::-1] if _alone(row)), *grid.above]
            yield from _Reader(prose, grid, _unit(prose, above)).tables()


def _words(prose: Prose, cell: Cell) -> str:
    return prose.text[cell.start : cell.end]


def _title(prose: Prose, lines: Sequence[Cell]) -> Cell | None:
    """Return the nearest line that reads like a title; a line for the unit may stand below it."""
    for line in lines[:2]:
        words = _words(prose, line)
        if len(words) <= _LONGEST_TITLE and "。" not in words and _TITLE.search(_without_unit_line(words)):
            return line
    return None


def _without_unit_line(words: str) -> str:
    return re.sub(r"[(]?(?:计量|面积)?单位[:为].*$", "", words)


def _unit(prose: Prose, lines: Sequence[Cell]) -> tuple[str | None, bool]:
    """Return the unit of the whole table, and whether it has others as well."""
    stated = (unit_of_line(_words(prose, line)) for line in lines[:2])
    return next((s for s in stated if s[0]), (None, False))


@dataclass(frozen=True, slots=True)
class _Reader:
    """One grid, and the words of its cells."""

    prose: Prose
    grid: Grid
    stated: tuple[str | None, bool]
    """The unit that stands above the grid, and whether others do."""

    def words(self, cell: Cell) -> str:
        return _words(self.prose, cell)

    def tables(self) -> Iterator[Table]:
        rows = self.grid.rows
        if self._stands_beside():
            yield from self._beside()
            return
        ends = (len(rows), len(rows))
        for (first, last), (following, _) in pairwise([*self._heads(), ends]):
            yield from self._below(first, last, following)

    def _stands_beside(self) -> bool:
        """Whether heads stand beside their values: in most rows, and none above columns at the top."""
        rows = self.grid.rows
        top = next((row for row in rows if not _alone(row)), ())
        if not self._is_upright(top) and self._may_head(top):
            return False
        upright = [row for row in rows if self._is_upright(row)]
        return len(upright) >= max(2, len(rows) / 2) and self._answers(upright)

    # --- heads above columns ------------------------------------------------------------------

    def _heads(self) -> Iterator[tuple[int, int]]:
        """Find heads: the first and the last of the rows of each."""
        rows = self.grid.rows
        k, past = 0, 0
        head: list[str] = []
        while k < len(rows):
            fresh = not head or _alone(rows[k - 1])
            if (fresh or self.words(rows[k][0]) == head[0]) and self._may_head(rows[k]):
                words = [self.words(c) for c in rows[k]]
                first, last = self._first_of(k, past), self._last_of(k)
                yield first, last
                head, past = words, last + 1
                k = last
            k += 1

    def _has_key(self, rows: Sequence[Sequence[Cell]]) -> bool:
        words = [w for row in rows for c in row[:_MOST_HEADS] if (w := self.words(c))]
        return any(is_key(w) for w in words) or len({w[0] for w in words if is_side(w)}) >= 3

    def _may_head(self, row: Sequence[Cell]) -> bool:
        words = [self.words(c) for c in row[:_MOST_HEADS] if c.end > c.start]
        if len(words) < 2 or any(_is_value(w) for w in words):
            return False
        return self._has_key([row]) or (self.stated[0] is not None and any(is_ground(w) for w in words))

    def _first_of(self, k: int, past: int) -> int:
        """Look for rows of the same head above: below their first cell stands nothing."""
        rows = self.grid.rows
        while (
            k > past
            and len(rows[k - 1]) == len(rows[k])
            and _is_empty(rows[k][0])
            and not _is_empty(rows[k - 1][0])
            and not _alone(rows[k - 1])
            and not any(_is_value(self.words(c)) for c in rows[k - 1])
        ):
            k -= 1
        return k

    def _last_of(self, k: int) -> int:
        """Look for rows of the same head below: names under a span, or units."""
        rows = self.grid.rows
        last = k
        while last + 1 < len(rows) and last < k + 3 and self._is_below(rows[last], rows[last + 1]):
            last += 1
        return last

    def _is_below(self, upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
        words = [self.words(c) for c in lower]
        if len(upper) != len(lower) or not any(words) or any(_is_value(w) for w in words):
            return False
        if not words[0] and any(is_unit(w) for w in words):
            return all(len(w) <= 8 for w in words)
        spans = [
            _is_empty(c) or (k + 1 < len(upper) and _is_empty(upper[k + 1])) for k, c in enumerate(upper)
        ]
        return not _is_empty(upper[0]) and all(
            span or not w or w == self.words(c) for span, w, c in zip(spans, words, upper, strict=True)
        )

    def _paths(self, first: int, last: int) -> list[list[str]]:
        """Return of each column the words above it; a span's words go to all columns that have their own."""
        rows = [[self.words(c) for c in row] for row in self.grid.rows[first : last + 1]]
        paths: list[list[str]] = [[] for _ in rows[-1]]
        for depth, row in enumerate(rows):
            span = ""
            for k, word in enumerate(row):
                bounded = any(upper[k] for upper in rows[:depth])
                span = word or ("" if bounded else span)
                below = any(lower[k] for lower in rows[depth + 1 :])
                if (word or (span and below)) and paths[k][-1:] != [span]:
                    paths[k].append(span)
        return paths

    def _below(self, first: int, last: int, following: int) -> Iterator[Table]:
        rows = self.grid.rows
        width = len(rows[last])
        before = [row[0] for row in reversed(rows[max(0, first - 2) : first]) if _alone(row)]
        above = [*before, *self.grid.above]
        unit, mixed = _unit(self.prose, above)
        paths = self._paths(first, last)
        times = _times_repeated(paths)
        columns = read_columns(paths[: width // times], unit, mixed=mixed)
        body = _Body(self.prose, columns)
        for row in rows[last + 1 : following]:
            body.add(_fitted(row, width), width, times)
        if not any(c.use in ("area", "other", "again", "side", "boundary") for c in columns):
            return
        end = max((c.end for row in rows[last:following] for c in row), default=rows[last][-1].end)
        head = tuple(c.words for c in columns)
        yield Table(rows[first][0].start, end, head, _title(self.prose, above), unit, tuple(body.done()))

    # --- heads beside rows, and forms -----------------------------------------------------------

    def _is_upright(self, row: Sequence[Cell]) -> bool:
        """Whether a row begins with a word of heads and its values follow."""
        words = [w for c in row[:_MOST_HEADS] if (w := self.words(c))]
        if words and _NUMBERED.fullmatch(words[0]):
            words = words[1:]
        if len(words) < 2 or not is_known(words[0]):
            return False
        known = [is_known(w) for w in words]
        pairs = zip(words, words[1:], known, known[1:], strict=False)
        return not all(known) and not any(a and b and not _nests(v, w) for v, w, a, b in pairs)

    def _answers(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether a key for areas or sides is followed by what could be one."""
        pairs = [pair for row in rows for pair in self._pairs(row)]
        values = [self.words(value) for path, value in pairs if any(map(is_key, path))]
        sides = {path[-1][0] for path, _ in pairs if is_side(path[-1])}
        return len(sides) >= 3 or any(re.search(r"\d", w) or _CLAUSE.search(w) for w in values)

    def _beside(self) -> Iterator[Table]:
        rows = [row for row in self.grid.rows if len(row) > 1]
        above = [*(row[0] for row in self.grid.rows[:2] if _alone(row)), *self.grid.above]
        unit, mixed = self.stated
        heads: list[str] = []
        items: list[Row] = []
        for form in [self._turned(rows)] if self._is_turned(rows) else self._forms(rows):
            columns = read_columns([path for path, _ in form], unit, mixed=mixed)
            body = _Body(self.prose, columns)
            for item in zip(*(values for _, values in form), strict=True):
                body.add(item, len(columns), 1)
            heads += [c.words for c in columns if c.words not in heads]
            items += body.done()
        title = _title(self.prose, above)
        yield Table(rows[0][0].start, rows[-1][-1].end, tuple(heads), title, unit, tuple(items))

    def _turned(self, rows: Sequence[Sequence[Cell]]) -> _Form:
        return [([self.words(row[0])], row[1:]) for row in rows]

    def _forms(self, rows: Sequence[Sequence[Cell]]) -> Iterator[_Form]:
        """Return each form: where the first key comes again, another begins."""
        form: _Form = []
        for path, value in (pair for row in rows for pair in self._pairs(row)):
            if form and path == form[0][0]:
                yield form
                form = []
            form.append((path, [value]))
        yield form

    def _is_turned(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether several items stand beside each other: every row has values for more than one."""
        if len({len(row) for row in rows}) != 1 or len(rows[0]) < 3:
            return False
        return all(not any(is_known(self.words(c)) for c in row[1:]) for row in rows) and (
            2 * sum(sum(not _is_empty(c) for c in row[1:]) >= 2 for row in rows) > len(rows)
        )

    def _pairs(self, row: Sequence[Cell]) -> Iterator[tuple[list[str], Cell]]:
        """Return each value of a form with its keys; a unit between them belongs to the key."""
        path: list[str] = []
        for cell in row:
            words = self.words(cell)
            if is_known(words) or (path and is_unit(words)):
                path.append(words)
            elif words and path:
                yield path, cell
                path = []


def _nests(key: str, under: str) -> bool:
    """Whether a key may stand under another in one row: 四至 over 东, a key before its unit."""
    return ("四" in key and is_side(under)) or is_unit(under)


def _is_empty(cell: Cell) -> bool:
    return cell.start == cell.end


def _alone(row: Sequence[Cell]) -> bool:
    """Whether only the first cell of a row holds anything."""
    return not _is_empty(row[0]) and all(map(_is_empty, row[1:]))


def _is_value(words: str) -> bool:
    return len(words) > 40 or _VALUE.fullmatch(words) is not None or _CLAUSE.search(words) is not None


def _fitted(row: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """Leave out empty cells beyond the head."""
    while len(row) > width and _is_empty(row[-1]):
        row = row[:-1]
    return row


def _times_repeated(paths: list[list[str]]) -> int:
    """Tell how often a head stands beside itself: 街道|面积|街道|面积."""
    for times in (4, 3, 2):
        part, rest = divmod(len(paths), times)
        if part >= 2 and not rest and all(paths[k] == paths[k % part] for k in range(len(paths))):
            return times
    return 1


# --- rows -------------------------------------------------------------------------------------


class _Told(NamedTuple):
    """A cell that is not empty, below its column."""

    column: Column
    cell: Cell
    words: str


@dataclass(slots=True)
class _Body:
    """The rows of a table as they come, and what the rows above leave for them."""

    prose: Prose
    columns: Sequence[Column]
    rows: list[tuple[int, Row]] = field(default_factory=list)
    """How deep each stands in its list, 2 for 一, 1 for (一), 0 for anything else, and the row."""
    places: dict[int, Cell] = field(default_factory=dict)
    """Of every level the last name."""

    def add(self, cells: Sequence[Cell], width: int, times: int) -> None:
        """Add a line: one row, several side by side, or the name of a group."""
        filled = [cell for cell in cells if not _is_empty(cell)]
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

    def _heads_group(self, cell: Cell) -> bool:
        """Whether a row of one cell names a group: it is counted, or stands where numbers stand."""
        words = _words(self.prose, cell)
        if not words or _kind(words) != "item":
            return False
        return _depth(words) > 0 or (self.columns[0].use == "label" and re.search(r"\d", words) is None)

    def _add_alone(self, cell: Cell) -> None:
        words = _words(self.prose, cell)
        if not _NOTE.match(words) and not _TITLE.search(words) and _kind(words) == "item":
            self.rows.append((max(1, _depth(words)), Row(cell.start, cell.end, name=cell)))

    def _add(self, cells: Sequence[Cell]) -> None:
        text = self.prose.text
        told = [_Told(c, cell, text[cell[0] : cell[1]]) for c, cell in zip(self.columns, cells, strict=True)]
        told = [t for t in told if t.words]
        if not told:
            return
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
        if kind == "total" and group:
            kind = "subtotal"
        elif kind == "total":
            self.places = {}
        area, other = self._figures(told)
        sides = tuple(self._sides(told))
        row = Row(told[0].cell[0], told[-1].cell[1], kind, label, name, group, area, other, sides, boundary)
        if sides and self.rows and not (name or label or area or other or boundary):
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
            if row.name and _OF_ABOVE.match(_words(self.prose, row.name)):
                group = whole or group
            elif row.name:
                whole = row.name
            if row.area or row.other or not (heads or (row.start, row.end) == row.name):
                kind = "subtotal" if heads and row.kind == "item" else row.kind
                same = kind == row.kind and group == row.group
                yield row if same else replace(row, group=group, kind=kind)

    def _label(self, row: Row) -> str:
        return _words(self.prose, row.label) if row.label else ""

    def _settle_last_sum(self) -> None:
        """Tell the sum of all from that of the last group, below whose merged cell both stand.

        It is that of all if the group has one already, or if no other group has any.
        """
        if not self.rows:
            return
        depth, last = self.rows[-1]
        if not last.group or not last.name or not _TOTAL.fullmatch(_words(self.prose, last.name)):
            return
        rows = [row for _, row in self.rows[:-1] if row.group]
        with_sums = {row.group for row in rows if row.kind == "subtotal"}
        if last.group in with_sums or (not with_sums and len({row.group for row in rows}) > 1):
            self.rows[-1] = depth, replace(last, kind="total", group=None)


_NAMING = frozenset({"label", "name", "place"})
_NO_FIGURES = frozenset({"boundary", "side", "rate"})


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
