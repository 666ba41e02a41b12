"""Tables: what every row is of, its area, its other figures and its sides.

Three layouts are read: heads above columns; heads beside rows (the same turned), and forms, where a key
stands before its value. A row that does not fit its head gives no figures: nobody can say which column
its cells stand in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.parse.columns import (
    NO_UNIT,
    TITLE,
    UnitLine,
    is_ground,
    is_key,
    is_known,
    is_scope,
    is_side,
    is_unit,
    read_columns,
    unit_of_line,
)
from ftz_geo.parse.grids import Cell, find_grids
from ftz_geo.parse.rows import Body, Other, Row
from ftz_geo.wording import UNITS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.grids import Grid
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.sides import Side

__all__ = ["Cell", "Other", "Row", "Table", "read_tables"]

_Form = list[tuple[list[str], Sequence[Cell]]]
"""Each key, from the uppermost down, and its values, one for an item."""


_VALUE = re.compile(
    rf"[约近≥≤<>±+-]?\d[\d,.~—-]*(?:%|‰|{one_of(UNITS)})?(?:[(].*[)])?|[/—-]{{1,4}}|[×X]{{2,}}", re.I
)
_CLAUSE = re.compile(r"[。;,]|[东南西北][至临邻起].")
_LONGEST_TITLE = 60
_MOST_HEADS = 400
"""Of a row no more cells are looked at to tell whether it is a head."""
_NUMBERED = re.compile(r"[(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)]?[、.]?")


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
    body: int = 0
    """Where a head above columns ends; no head stands before it elsewhere."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides of all rows."""
        return tuple(side for row in self.rows for side in row.sides)


def read_tables(prose: Prose, grids: Sequence[Grid] | None = None) -> Iterator[Table]:
    r"""Read the tables of a text, in order.

    Parameters
    ----------
    prose : Prose
    grids : sequence of Grid, optional
        Those of the text, found if not given.

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
    for grid in find_grids(prose) if grids is None else grids:
        if not grid.rows:
            yield Table(grid.start, grid.end, (), _title(prose, grid.above), _unit(prose, grid.above).unit)
        else:
            above = [*(row[0] for row in grid.rows[1::-1] if _alone(row)), *grid.above]
            yield from _Reader(prose, grid, _unit(prose, above)).tables()


def _words(prose: Prose, cell: Cell) -> str:
    return prose.text[cell.start : cell.end]


def _title(prose: Prose, lines: Sequence[Cell]) -> Cell | None:
    """Return the nearest line that reads like a title; a line for the unit may stand below it."""
    for line in lines[:2]:
        words = _words(prose, line)
        if len(words) <= _LONGEST_TITLE and "。" not in words and TITLE.search(_without_unit_line(words)):
            return line
    return None


def _without_unit_line(words: str) -> str:
    return re.sub(r"[(]?(?:计量|面积)?单位[:为].*$", "", words)


def _unit(prose: Prose, lines: Sequence[Cell]) -> UnitLine:
    """Return the units that are stated for the whole table."""
    stated = (unit_of_line(_words(prose, line)) for line in lines[:2])
    return next((s for s in stated if s.unit or s.several), NO_UNIT)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One grid, and the words of its cells."""

    prose: Prose
    grid: Grid
    stated: UnitLine
    """What stands above the grid."""

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
        sides, scopes = {w[0] for w in words if is_side(w)}, {w for w in words if is_scope(w)}
        return any(is_key(w) for w in words) or len(sides) >= 3 or len(scopes) > 1

    def _may_head(self, row: Sequence[Cell]) -> bool:
        words = [self.words(c) for c in row[:_MOST_HEADS] if c.end > c.start]
        if len(words) < 2 or any(_is_value(w) for w in words):
            return False
        return self._has_key([row]) or (self.stated.unit is not None and any(is_ground(w) for w in words))

    def _first_of(self, k: int, past: int) -> int:
        """Look for rows of the same head above: below their first cell stands nothing."""
        rows = self.grid.rows
        while (
            k > past
            and len(rows[k - 1]) == len(rows[k])
            and rows[k][0].is_empty
            and not rows[k - 1][0].is_empty
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
        spans = [c.is_empty or (k + 1 < len(upper) and upper[k + 1].is_empty) for k, c in enumerate(upper)]
        return not upper[0].is_empty and all(
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
        stated = _unit(self.prose, above)
        paths = self._paths(first, last)
        times = _times_repeated(paths)
        columns = read_columns(paths[: width // times], stated)
        body = Body(self.prose, columns)
        for row in rows[last + 1 : following]:
            body.add(_fitted(row, width), width, times)
        if not any(
            c.use in ("area", "whole", "other", "again", "side", "boundary", "scope") for c in columns
        ):
            return
        end = max((c.end for row in rows[last:following] for c in row), default=rows[last][-1].end)
        head = tuple(c.words for c in columns)
        yield Table(
            rows[first][0].start,
            end,
            head,
            _title(self.prose, above),
            stated.unit,
            tuple(body.done()),
            body=rows[last][-1].end,
        )

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
        heads: list[str] = []
        items: list[Row] = []
        for form in [self._turned(rows)] if self._is_turned(rows) else self._forms(rows):
            columns = read_columns([path for path, _ in form], self.stated)
            body = Body(self.prose, columns, beside=True)
            for item in zip(*(values for _, values in form), strict=True):
                body.add(item, len(columns), 1)
            heads += [c.words for c in columns if c.words not in heads]
            items += body.done()
        title = _title(self.prose, above)
        yield Table(rows[0][0].start, rows[-1][-1].end, tuple(heads), title, self.stated.unit, tuple(items))

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
            2 * sum(sum(not c.is_empty for c in row[1:]) >= 2 for row in rows) > len(rows)
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


def _alone(row: Sequence[Cell]) -> bool:
    """Whether only the first cell of a row holds anything."""
    return not row[0].is_empty and all(cell.is_empty for cell in row[1:])


def _is_value(words: str) -> bool:
    return len(words) > 40 or _VALUE.fullmatch(words) is not None or _CLAUSE.search(words) is not None


def _fitted(row: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """Leave out empty cells beyond the head."""
    while len(row) > width and row[-1].is_empty:
        row = row[:-1]
    return row


def _times_repeated(paths: list[list[str]]) -> int:
    """Tell how often a head stands beside itself: 街道|面积|街道|面积."""
    for times in (4, 3, 2):
        part, rest = divmod(len(paths), times)
        if part >= 2 and not rest and all(paths[k] == paths[k % part] for k in range(len(paths))):
            return times
    return 1
