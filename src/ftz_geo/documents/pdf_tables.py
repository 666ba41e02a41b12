"""Tables on a page of a PDF file: where ruled lines cross, and where lines of text have the same columns.

A PDF says where every character stands and nothing of tables. The ruled lines are made out by pdfplumber;
which words stand in a cell is told by the characters' places as pdfium gives them.
"""

from __future__ import annotations

import io
import logging
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_LINES", "Grid", "Mark", "RuledLines", "aligned_grids"]

FEWEST_LINES, MOST_LINES = 4, 3_000
"""Drawn lines of a page that is looked at for tables; a map has more, and holds none."""
MOST_CROSSINGS, MOST_CROSSINGS_IN_ALL = 5_000, 100_000
"""Places where lines of a page, or of all pages, may cross: pdfplumber compares each with many others."""
MOST_MARKS = 20_000
"""Characters of a page that is looked at for tables; a printed page has two thousand."""


class Mark(NamedTuple):
    """A character of a page and where it stands, in points from the page's upper left corner."""

    at: int
    character: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows of cells, and the characters that stand in them."""

    rows: tuple[tuple[str, ...], ...]
    indices: frozenset[int]


_Box = tuple[float, float, float, float]


class RuledLines:
    """Finds the tables that a document's pages draw with lines."""

    def __init__(self, data: bytes, counts: Counter[str]) -> None:
        self._data, self._counts = data, counts
        self._file: Any = None
        self._crossings = 0

    def grids(self, number: int, drawn: int, marks: Sequence[Mark]) -> list[Grid]:
        """Return the ruled tables of a page, counted from 0, on which so many lines are drawn."""
        if drawn < FEWEST_LINES or not marks:
            return []
        if drawn > MOST_LINES or len(marks) > MOST_MARKS:
            self._counts["lines-only"] += 1
            return []
        try:
            import pdfplumber
        except ImportError:
            self._counts["no-tables"] += 1
            return []
        try:
            with _quiet("pdfminer"):
                self._file = self._file or pdfplumber.open(io.BytesIO(self._data))
                page = self._file.pages[number]
                found = page.find_tables() if self._may_cross(page) else []
                tables = [[list(row.cells) for row in table.rows] for table in found]
                page.close()
        except Exception:  # pdfminer fails on what pdfium reads in many ways
            self._counts["lines-only"] += 1
            return []
        grids = (_ruled_grid(table, marks) for table in tables)
        return [grid for grid in grids if grid is not None]

    def _may_cross(self, page: Any) -> bool:
        """Tell whether a page's lines cross in few enough places, and count those."""
        upright = {round(edge["x0"]) for edge in page.edges if edge["orientation"] == "v"}
        level = {round(edge["top"]) for edge in page.edges if edge["orientation"] == "h"}
        crossings = len(upright) * len(level)
        if crossings > MOST_CROSSINGS or self._crossings + crossings > MOST_CROSSINGS_IN_ALL:
            self._counts["lines-only"] += 1
            return False
        self._crossings += crossings
        return True

    def close(self) -> None:
        """Close the file that was opened to look at its lines."""
        if self._file is not None:
            self._file.close()


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a library from telling about fonts, which are not asked of it here."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _ruled_grid(cells: Sequence[Sequence[_Box | None]], marks: Sequence[Mark]) -> Grid | None:
    """Return a table's words; None for a frame, which has no rows and columns."""
    inside: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    boxes = [(i, k, box) for i, row in enumerate(cells) for k, box in enumerate(row) if box is not None]
    rows = [
        (min(b[1] for b in row), max(b[3] for b in row))
        for i in range(len(cells))
        if (row := [b for j, _, b in boxes if j == i])
    ]
    if not rows:
        return None
    whole = (min(b[0] for *_, b in boxes), rows[0][0], max(b[2] for *_, b in boxes), max(r[1] for r in rows))
    for mark in marks:
        x, y = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2
        if not (whole[0] <= x <= whole[2] and whole[1] <= y <= whole[3]):
            continue
        found = next(((i, k) for i, k, b in boxes if b[0] <= x <= b[2] and b[1] <= y <= b[3]), None)
        if found is not None:
            inside[found].append(mark)
    if len({k for _, k in inside}) < 2:
        return None
    width = max(len(row) for row in cells)
    words = tuple(tuple(_words(inside.get((i, k), ())) for k in range(width)) for i in range(len(cells)))
    return Grid(words, frozenset(mark.at for cell in inside.values() for mark in cell))


def _words(marks: Sequence[Mark]) -> str:
    """Join the characters of a cell; where the page's text has a blank or a new line between, is a space."""
    words = ""
    before: Mark | None = None
    for mark in marks:
        words += " " if before is not None and mark.at != before.at + 1 else ""
        words += mark.character
        before = mark
    return words


# --- columns without lines ----------------------------------------------------------------------

_GAP = 1.5
"""A gap between two cells, in heights of a character; words in justified text stand closer."""
_FEWEST = 3
"""Rows and columns of a table that no lines show: fewer may be chance."""


def aligned_grids(marks: Sequence[Mark]) -> list[Grid]:
    """Return the tables whose rows are successive lines with as many cells, one column beside the other.

    Parameters
    ----------
    marks : sequence of Mark
        Of a page, in the order of reading.

    Returns
    -------
    list of Grid

    Examples
    --------
    >>> marks = [Mark(9 * i + 3 * k + n, c, 60 * k + 6 * n, 20 * i, 60 * k + 6 * n + 6, 20 * i + 10)
    ...          for i in range(3) for k in range(3) for n, c in enumerate(f"{i}{k}")]
    >>> [grid.rows for grid in aligned_grids(marks)]
    [(('00', '01', '02'), ('10', '11', '12'), ('20', '21', '22'))]
    """
    if len(marks) > MOST_MARKS:
        return []
    grids: list[Grid] = []
    run: list[list[list[Mark]]] = []
    for cells in [*(_cells(line) for line in _text_lines(marks)), []]:
        if len(cells) >= _FEWEST and (not run or _fits(run, cells)):
            run.append(cells)
            continue
        if len(run) >= _FEWEST:
            indices = frozenset(mark.at for row in run for cell in row for mark in cell)
            grids.append(Grid(tuple(tuple(map(_words, row)) for row in run), indices))
        run = [cells] if len(cells) >= _FEWEST else []
    return grids


def _text_lines(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    line: list[Mark] = []
    for mark in marks:
        if line and not (line[-1].top < (mark.top + mark.bottom) / 2 < line[-1].bottom):
            yield line
            line = []
        line.append(mark)
    if line:
        yield line


def _cells(line: Sequence[Mark]) -> list[list[Mark]]:
    cells: list[list[Mark]] = []
    for mark in sorted(line, key=lambda mark: mark.left):
        if cells and mark.left - cells[-1][-1].right <= _GAP * (mark.bottom - mark.top):
            cells[-1].append(mark)
        else:
            cells.append([mark])
    return cells


def _fits(run: Sequence[Sequence[Sequence[Mark]]], cells: Sequence[Sequence[Mark]]) -> bool:
    """Tell whether a line has the columns of the rows above it, none reaching into the next."""
    if len(cells) != len(run[0]):
        return False
    rows = [*run, cells]
    ends = [max(row[k][-1].right for row in rows) for k in range(len(cells))]
    starts = [min(row[k][0].left for row in rows) for k in range(len(cells))]
    return all(end < start for end, start in zip(ends, starts[1:], strict=False))
