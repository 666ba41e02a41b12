"""Excel files as they show themselves: every sheet that is not hidden, its name above its rows."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.archive import Archive
from ftz_geo.documents.tables import MAX_CELLS, Cell, Tables, one_line
from ftz_geo.documents.values import Line, installed
from ftz_geo.documents.xml import attribute, local
from ftz_geo.errors import DocumentError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

__all__ = ["sheet_lines", "sheets_text"]


def sheet_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read the lines of a workbook."""
    _check_merged(data, path)
    book = _opened(data, path, data_only=True)
    formulas = _opened(data, path)  # to see where a formula has no stored result
    tables = Tables(path)
    number = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            counts["hidden-sheets"] += 1
            continue
        for line in _lines(sheet, formulas[sheet.title], tables, counts):
            number += 1
            yield Line(line, None, number)


def sheets_text(path: str | Path) -> str:
    """Return the whole values of a workbook's cells as rows of text, sheet after sheet under its name.

    What is shown may be rounded, which coordinates must not be; and what is hidden may be of use to them.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str

    Raises
    ------
    DocumentError
        The file is missing, damaged, too large, or openpyxl is not installed.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise DocumentError(path, "there is no such file", "check the path") from None
    book = _opened(data, path, data_only=True, read_only=True)
    with closing(book):
        titles = len(book.worksheets) > 1
        rows = [
            "\t".join("" if cell is None else str(cell) for cell in row)
            for sheet in book.worksheets
            for row in [(sheet.title if titles else "",), *sheet.iter_rows(values_only=True)]
        ]
    return "\n".join(rows)


def _opened(data: bytes, path: str | Path, **options: bool) -> Any:
    openpyxl = installed("openpyxl", "openpyxl", "Excel files", path)
    archive = Archive(data, path)
    for name in archive.names:
        if name.endswith(".xml"):
            archive.part(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return openpyxl.load_workbook(io.BytesIO(data), **options)
    except Exception as error:
        # A damaged workbook fails in openpyxl with exceptions of many kinds.
        problem = f"the workbook is damaged ({one_line(str(error))[:200]})"
        raise DocumentError(path, problem, "save it again as .xlsx") from error


def _check_merged(data: bytes, path: str | Path) -> None:
    """See that merged cells cover no more than cells there may be: openpyxl makes every one of them."""
    archive = Archive(data, path)
    total = 0
    for name in archive.names:
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            total += sum(
                _covered(attribute(element, "ref") or "")
                for element in archive.tree(name).iter()
                if local(element) == "mergeCell"
            )
    if total > MAX_CELLS:
        problem = f"its merged cells cover more than {MAX_CELLS} cells"
        raise DocumentError(path, problem, "undo the merging of its cells")


def _covered(reference: str) -> int:
    """Return how many cells a range has, such as ``A1:C3``; 0 for what is none."""
    m = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})", reference)
    if m is None:
        return 0

    def column(letters: str) -> int:
        place = 0
        for letter in letters.upper():
            place = 26 * place + ord(letter) - ord("A") + 1
        return place

    return (abs(column(m[3]) - column(m[1])) + 1) * (abs(int(m[4]) - int(m[2])) + 1)


def _lines(sheet: Any, formulas: Any, tables: Tables, counts: Counter[str]) -> Iterator[str]:
    """Yield a sheet's name, and its rows; a row without words parts two tables."""
    hidden = _hidden_columns(sheet)
    cells: dict[int, dict[int, str]] = {}
    gone: set[tuple[str, int]] = set()
    for row, column in sorted(sheet._cells):
        if sheet.row_dimensions[row].hidden or column in hidden:
            if sheet._cells[row, column].value is not None:
                gone.add(("row", row) if sheet.row_dimensions[row].hidden else ("column", column))
            continue
        words = _shown(sheet._cells[row, column])
        if not words and formulas.cell(row, column).data_type == "f":
            counts["no-value"] += 1
        if words:
            cells.setdefault(row, {})[column] = words
    counts["hidden-rows"] += len(gone)
    if not cells:
        return
    yield one_line(sheet.title)
    last = max(max(row) for row in cells.values())
    columns = [i for i in range(1, last + 1) if i not in hidden]
    tables.expect(len(cells) * len(columns))
    block: list[list[Cell]] = []
    before = min(cells)
    for row in sorted(cells):
        if row > before + 1 and any(not sheet.row_dimensions[i].hidden for i in range(before + 1, row)):
            yield from tables.lines(block)
            block = []
        block.append([Cell([cells[row].get(i, "")]) for i in columns])
        before = row
    yield from tables.lines(block)


def _hidden_columns(sheet: Any) -> frozenset[int]:
    return frozenset(
        i
        for about in sheet.column_dimensions.values()
        if about.hidden and about.min and about.max
        for i in range(about.min, min(about.max, 16_384) + 1)
    )


_DECIMAL = re.compile(r"(?P<group>#,##)?0(?:\.(?P<places>0+))?(?P<percent>%)?(?:_[ )])?")


def _shown(cell: Any) -> str:
    """Return a cell as it is shown, where its format is a plain one; else its whole value."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, int | float):
        return _figure(value, str(cell.number_format or "General"))
    return one_line(str(value))


def _figure(value: float, form: str) -> str:
    """Write a number in a format of Excel's.

    Examples
    --------
    >>> _figure(1234.5, "#,##0.00"), _figure(0.125, "0.0%"), _figure(18.880000000000003, "General")
    ('1,234.50', '12.5%', '18.88')
    """
    m = _DECIMAL.fullmatch(form.partition(";")[0])
    if m is None:
        return str(value) if isinstance(value, int) else f"{value:.15g}"
    places = len(m["places"] or "")
    words = f"{_half_up(value, places, bool(m['percent'])):{',' if m['group'] else ''}.{places}f}"
    return words + (m["percent"] or "")


def _half_up(value: float, places: int, percent: bool) -> Decimal:
    """Round as Excel shows it, which takes 0.125 to 0.13."""
    return (Decimal(repr(value)) * (100 if percent else 1)).quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_UP
    )
