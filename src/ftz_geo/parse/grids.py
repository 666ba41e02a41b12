r"""Grids: lines of a text whose cells are parted by tabs, bars, tags or aligned spaces.

This module finds cells and their columns by form alone; what they tell, :mod:`.tables` says. Cells are
split in the text as given, where tabs and spaces still stand, and are places in the folded text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.model import Span
    from ftz_geo.parse.prose import Prose

__all__ = ["Cell", "Grid", "find_grids"]


class Cell(NamedTuple):
    """A place in the folded text; empty where both ends are the same."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds no character."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines with cells, below each other without a blank line."""

    start: int
    end: int
    rows: tuple[tuple[Cell, ...], ...]
    """Rows may differ in length; a line of one cell is a row of one. None for a drawn table."""
    above: tuple[Cell, ...]
    """The lines above it up to a blank line, the nearest first, three at most."""


_Form = Literal["tabs", "bars", "tags", "spaces", "drawn", "plain", "rule", "blank"]


class _Line(NamedTuple):
    form: _Form
    start: int
    end: int
    cells: tuple[Span, ...] = ()


_DRAWN = re.compile(r"[\u2502\u2503\u2506\u2507\u250a-\u254b\u2551-\u256c]")
"""Lines that stand upright, and the corners and crosses of them."""
_RULE = re.compile(r"(?:(?![=—─━-]{2})[\s|｜+:=—─━-])*+[=—─━-]{2}[\s|｜+:=—─━-]*")
_AFTER_ROW = re.compile(r"</tr[^<>\n]{0,20}>?\s*")
_TAG_CELL = re.compile(r"<t[dh]\b(?P<attributes>[^<>]{0,300})>")
_SPAN = re.compile(r"""\b(col|row)span\s*=\s*["']?(\d{1,3})""", re.I)
_MOST_SPANNED = 40
_SPARE_CELLS = 20
"""So many cells a tag may span on average; a table that spans more is no table that people print."""
_PIECE = re.compile(r"[^ \u3000\xa0]+(?:[ \u3000\xa0][^ \u3000\xa0]+)*")
_LONGEST_ALONE = 40
"""A line of one cell inside a table names a group; a longer one is running text."""
_FEWEST_ALIGNED = 3


def find_grids(prose: Prose) -> Iterator[Grid]:
    r"""Find the grids of a text, in order.

    Parameters
    ----------
    prose : Prose

    Yields
    ------
    Grid
        At least two lines of several cells, of aligned spaces at least three. A table drawn with lines
        (│) has no rows: its cells may be wrapped, and nobody can say which lines are one.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("清单\n| 名称 | 面积（亩） |\n|---|---|\n| 甲 | 3 |\n| | 4 |\n")
    >>> (grid,) = find_grids(prose)
    >>> [[prose.text[a:b] for a, b in row] for row in grid.rows], prose.text[slice(*grid.above[0])]
    ([['名称', '面积(亩)'], ['甲', '3'], ['', '4']], '清单')
    """
    lines: list[_Line] = []
    above: list[_Line] = []
    for line in (*_lines(prose.raw), _Line("blank", len(prose.raw), len(prose.raw))):
        if lines and not _goes_on(lines, line):
            kept, rest = _without_end(lines)
            grid = _grid(prose, kept, above)
            if grid:
                yield grid
            above = rest if grid else [*above, *lines]
            lines = []
        if lines or line.form in _STARTS:
            lines.append(line)
        else:
            # A title may stand a blank line above its table.
            kept_on = line.form == "plain" or (above and above[-1].form != "blank")
            above = [*above[-2:], line] if kept_on else []


_STARTS = frozenset({"tabs", "bars", "tags", "spaces", "drawn"})


def _lines(raw: str) -> Iterator[_Line]:
    start, row = 0, raw.find("<tr")
    while start < len(raw):
        end = raw.find("\n", start)
        end = len(raw) if end < 0 else end
        if start <= row < end and (close := raw.find("</tr", row)) >= 0:
            yield _Line("tags", row, close)
            start, row = _AFTER_ROW.match(raw, close).end(), raw.find("<tr", close)  # type: ignore[union-attr]
            continue
        yield _line(raw[start:end], start)
        start = end + 1


def _line(words: str, start: int) -> _Line:
    end = start + len(words)
    if "|" in words or "｜" in words or words[:1] == "+":
        if _RULE.fullmatch(words):
            return _Line("rule", start, end)
        return _Line("bars", start, end, _split(words, r"[|｜]", start))
    if "\t" in words:
        return _Line("tabs", start, end, _split(words, "\t", start))
    if _DRAWN.search(words):
        return _Line("drawn", start, end)
    if not words or words.isspace():
        return _Line("blank", start, end)
    if "  " in words or "\u3000" in words or "\xa0" in words:
        pieces = tuple((start + m.start(), start + m.end()) for m in _PIECE.finditer(words))
        if len(pieces) > 1:
            return _Line("spaces", start, end, pieces)
    first = start + len(words) - len(words.lstrip())
    return _Line("plain", start, end, ((first, end),))


def _split(words: str, mark: str, start: int) -> tuple[Span, ...]:
    edges = [-1, *(m.start() for m in re.finditer(mark, words)), len(words)]
    return tuple((start + a + 1, start + b) for a, b in pairwise(edges))


def _goes_on(lines: list[_Line], line: _Line) -> bool:
    """Whether a line is of the grid above it: of its form, a rule, or one that names a group."""
    form = lines[0].form
    if form == "drawn":
        return line.form == "drawn"
    if line.form == "plain":
        return form != "tags" and line.end - line.start <= _LONGEST_ALONE and lines[-1].form != "plain"
    return line.form in (form, "rule")


def _without_end(lines: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Part lines of one cell at the end from a grid: nothing of it follows them."""
    last = len(lines)
    while lines[last - 1].form == "plain":
        last -= 1
    return lines[:last], lines[last:]


def _grid(prose: Prose, lines: list[_Line], above: list[_Line]) -> Grid | None:
    form = lines[0].form
    kept = [line for line in lines if line.form != "rule"]
    several = sum(line.form == form for line in kept)
    if several < (_FEWEST_ALIGNED if form == "spaces" else 2):
        return None
    rows: list[tuple[Span, ...]] = []
    if form == "spaces":
        rows = _aligned(prose.raw, kept)
    elif form == "tags":
        rows = list(_spanned(prose.raw, kept))
    elif form != "drawn":
        rows = [line.cells for line in kept]
    titles = tuple(
        _cell(prose, line.start, line.end) for line in reversed(above[-3:]) if line.form != "blank"
    )
    start, end = _cell(prose, kept[0].start, kept[-1].end)
    cells = tuple(tuple(_cell(prose, a, b) for a, b in row) for row in rows)
    return Grid(start, end, _without_margins(cells), titles)


def _spanned(raw: str, lines: list[_Line]) -> Iterator[tuple[Span, ...]]:
    """Return the cells of rows in tags; where a cell goes on, to the right or below, an empty one stands."""
    below: Counter[int] = Counter()
    spare = 50 * _SPARE_CELLS
    for line in lines:
        row: list[Span] = []
        tags = list(_TAG_CELL.finditer(raw, line.start, line.end))
        ends = [*(m.start() for m in tags[1:]), line.end]
        for m, end in zip(tags, ends, strict=False):
            _go_on(row, below, line.start)
            spans = {name.lower(): min(int(n), _MOST_SPANNED) for name, n in _SPAN.findall(m["attributes"])}
            wide, high = max(1, spans.get("col", 1)), max(1, spans.get("row", 1))
            spare += _SPARE_CELLS - wide * high
            if spare < 0:
                wide = high = 1
            below.update(dict.fromkeys(range(len(row), len(row) + wide), high - 1) if high > 1 else {})
            row += [(m.end(), end), *[(end, end)] * (wide - 1)]
        _go_on(row, below, line.start)
        yield tuple(row) or ((line.start, line.start),)


def _go_on(row: list[Span], below: Counter[int], at: int) -> None:
    """Add an empty cell wherever one from a row above goes on."""
    while below[len(row)] > 0:
        below[len(row)] -= 1
        row.append((at, at))


def _without_margins(rows: tuple[tuple[Cell, ...], ...]) -> tuple[tuple[Cell, ...], ...]:
    """Leave out a first and a last column that are empty in every row: outer bars and tabs part nothing."""
    several = [row for row in rows if len(row) > 1]
    first = 1 if all(row[0].start == row[0].end for row in several) else 0
    last = 1 if all(row[-1].start == row[-1].end and len(row) > first + 1 for row in several) else 0
    return tuple(row[first : len(row) - last] if len(row) > 1 else row for row in rows)


def _cell(prose: Prose, start: int, end: int) -> Cell:
    first, last = bisect_left(prose.at, start), bisect_left(prose.at, end)
    last = min(last, len(prose.text))
    while last > first and prose.text[last - 1] == " ":
        last -= 1
    return Cell(first, max(first, last))


# --- columns of aligned spaces ----------------------------------------------------------------


def _aligned(raw: str, lines: list[_Line]) -> list[tuple[Span, ...]]:
    """Put pieces into columns: those of rows with all pieces tell where each column lies.

    Chinese characters are two columns wide on a terminal and in most fonts, and one in programs that
    count characters; the width that parts the columns is taken.
    """
    width = Counter(len(line.cells) for line in lines if line.form == "spaces").most_common()
    most = max(width, key=lambda w: (w[1], w[0]))[0]
    for wide in (2, 1):
        places = [_places(raw, line, wide) for line in lines]
        columns = _columns(lines, places, most)
        if all(a.end <= b.start for a, b in pairwise(columns)):
            break
    else:
        columns = []
    return [
        line.cells if len(line.cells) == most or not columns else _put(line.cells, place, columns)
        for line, place in zip(lines, places, strict=True)
    ]


def _places(raw: str, line: _Line, wide: int) -> list[Cell]:
    """Say from which to which column of the screen each piece stands."""
    out, at, column = [], line.start, 0
    for start, end in line.cells:
        column += _screen(raw[at:start], wide)
        first, column = column, column + _screen(raw[start:end], wide)
        out.append(Cell(first, column))
        at = end
    return out


def _screen(words: str, wide: int) -> int:
    if wide == 1 or words.isascii():
        return len(words)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def _columns(lines: list[_Line], places: list[list[Cell]], most: int) -> list[Cell]:
    full = [place for line, place in zip(lines, places, strict=True) if len(line.cells) == most]
    return [
        Cell(min(place[k].start for place in full), max(place[k].end for place in full)) for k in range(most)
    ]


def _put(cells: Sequence[Span], places: list[Cell], columns: list[Cell]) -> tuple[Span, ...]:
    """Put a row's pieces into columns; as it is if two share one or a piece lies in none.

    A piece over several columns spans them, and stands in the first.
    """
    out = [(cells[0][0], cells[0][0])] * len(columns)
    taken = -1
    for cell, place in zip(cells, places, strict=True):
        over = [k for k, c in enumerate(columns) if c.start < place.end and place.start < c.end]
        if not over or over[0] <= taken:
            return tuple(cells)
        out[over[0]], taken = cell, over[-1]
    return tuple(out)
