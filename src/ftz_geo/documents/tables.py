r"""One form of tables, whatever file they stand in: a row is a line, its cells are separated by tabs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ftz_geo.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["MAX_CELLS", "Cell", "Tables", "one_line"]

MAX_SPAN = 10_000
"""Rows or columns that one cell covers; a cell of a notice covers some dozens."""
MAX_CELLS = 2_000_000
"""Of all tables of a document, those that a merged cell covers counted."""


@dataclass(slots=True)
class Cell:
    """A cell as a file gives it: what stands in it, and how far it reaches."""

    content: list[str | list[str]] = field(default_factory=list)
    """Lines of text, and the lines of each table inside the cell, in their order."""
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """The cell's own text, on one line."""
        return one_line(" ".join(part for part in self.content if isinstance(part, str)))


class Tables:
    """Writes the tables of one document, and keeps count of their cells."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._cells = 0

    def lines(self, rows: Iterable[Sequence[Cell]]) -> list[str]:
        r"""Return a table's lines, a blank one before and after.

        Every row has the same number of cells. A cell that covers several stands in the first of them,
        and the others are empty, so that no figure stands twice. A table inside a cell follows its row. A
        table of one column is a frame around text, and its lines stay lines.

        Parameters
        ----------
        rows : iterable of sequences of Cell
            A cell that an earlier row's cell covers is not among them.

        Returns
        -------
        list of str

        Raises
        ------
        DocumentError
            A cell covers more than any cell of a notice, or the tables have too many cells.

        Examples
        --------
        >>> Tables("n.html").lines([[Cell(["甲区"], rows=2), Cell(["东至", "甲路"])], [Cell(["乙路"])]])
        ['', '甲区\t东至 甲路', '\t乙路', '']
        """
        placed, width = self._place(rows)
        lines: list[str] = []
        for cells in placed:
            if width == 1:
                for cell in cells.values():
                    for part in cell.content:
                        lines += [one_line(part)] if isinstance(part, str) else part
                continue
            lines.append("\t".join(cells[i].text if i in cells else "" for i in range(width)))
            for cell in cells.values():
                for part in cell.content:
                    lines += part if isinstance(part, list) else []
        return ["", *lines, ""] if any(lines) else []

    def expect(self, cells: int) -> None:
        """Raise DocumentError if so many more cells would be too many: before they are made."""
        if self._cells + cells > MAX_CELLS:
            problem = f"its tables have more than {MAX_CELLS} cells"
            raise DocumentError(self._path, problem, "name the notice alone")

    def _place(self, rows: Iterable[Sequence[Cell]]) -> tuple[list[dict[int, Cell]], int]:
        """Return the cells of every row by the column they begin in, and how many columns there are."""
        placed: list[dict[int, Cell]] = []
        covered: dict[int, int] = {}  # columns, and for how many rows to come
        width = counted = 0
        for row in rows:
            begins: dict[int, Cell] = {}
            further: dict[int, int] = {}
            at = 0
            for cell in row:
                self._check(cell)
                while at in covered:
                    at += 1
                begins[at] = cell
                if cell.rows > 1:
                    further.update(dict.fromkeys(range(at, at + cell.columns), cell.rows - 1))
                at += cell.columns
            width = max(width, at, max(covered, default=-1) + 1)
            covered = {i: n - 1 for i, n in covered.items() if n > 1} | further
            placed.append(begins)
            self._count(width)
            counted += width
        self._count(width * len(placed) - counted)
        return placed, width

    def _check(self, cell: Cell) -> None:
        for count, what in ((cell.columns, "columns"), (cell.rows, "rows")):
            if count > MAX_SPAN:
                problem = f"a cell of a table covers {count} {what}, more than {MAX_SPAN}"
                raise DocumentError(self._path, problem, "undo the merging of its cells")

    def _count(self, cells: int) -> None:
        self.expect(cells)
        self._cells += cells


def one_line(text: str) -> str:
    r"""Return text with its line breaks and tabs as single spaces.

    Examples
    --------
    >>> one_line(" 东至\n\t甲路　")
    '东至 甲路\u3000'
    """
    return re.sub(r"[ \t\r\n\f\v\x85\u2028\u2029]+", " ", text).strip(" ")
