"""PDF files that hold text: pages to lines, tables where ruled lines show them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.pdf_tables import MOST_LINES, Grid, Mark, RuledLines, aligned_grids
from ftz_geo.documents.tables import Cell, Tables
from ftz_geo.documents.values import MAX_CHARACTERS, Line, installed
from ftz_geo.errors import DocumentError
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["line_ends", "pdf_lines"]

MAX_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a page as it was found: of text, or of a table, whose blank lines before and after count."""

    text: str
    of_table: bool = False


def pdf_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read the lines of a PDF file."""
    pages = _pdf_pages(data, path, counts)
    lines = [
        Line(row.text, page, number, row.of_table)
        for page, rows in enumerate(_without_furniture(pages), 1)
        for number, row in rows
    ]
    return _joined_tables(lines)


def _pdf_pages(data: bytes, path: str | Path, counts: Counter[str]) -> list[list[_Row]]:
    """Return the lines of each page."""
    pypdfium2 = installed("pypdfium2", "pypdfium2", "PDF files", path)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        problem = f"the PDF cannot be opened ({error})"
        raise DocumentError(path, problem, "save it again, without a password") from error
    ruled, tables = RuledLines(data, counts), Tables(path)
    with document, closing(ruled):
        if len(document) > MAX_PAGES:
            problem = f"it has {len(document)} pages"
            raise DocumentError(path, problem, f"name a document of at most {MAX_PAGES}")
        pages, total = [], 0
        for i in range(len(document)):
            page = document[i]
            with closing(page), closing(page.get_textpage()) as textpage:
                text = textpage.get_text_range()
                total += len(text)
                if total > MAX_CHARACTERS:
                    problem = f"it holds more than {MAX_CHARACTERS} characters"
                    raise DocumentError(path, problem, "name the notice alone")
                marks = _marks(page, textpage)
                grids = ruled.grids(i, _drawn(page), marks)
                taken = frozenset(index for grid in grids for index in grid.indices)
                grids += aligned_grids([mark for mark in marks if mark.at not in taken])
                pages.append(_rows(_with_tables(textpage, grids, tables) if grids else [text]))
    return pages


def _drawn(page: Any) -> int:
    """Count the lines and areas that a page draws, as far as it matters."""
    from pypdfium2 import raw

    drawn = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)
    return sum(1 for _ in islice(drawn, MOST_LINES + 1))


def _marks(page: Any, textpage: Any) -> list[Mark]:
    """Return a page's characters where its reader sees them: turned as the page is."""
    left, bottom, right, top = page.get_mediabox()
    turn = page.get_rotation()

    def seen(x: float, y: float) -> tuple[float, float]:
        """Return a place in points from the upper left corner."""
        if turn == 90:
            return y - bottom, x - left
        if turn == 180:
            return right - x, y - bottom
        if turn == 270:
            return top - y, right - x
        return x - left, top - y

    marks = []
    for i in range(textpage.count_chars()):
        character = _character(textpage, i)
        if character.isspace() or not character.isprintable():
            continue
        a, b, c, d = textpage.get_charbox(i, loose=True)  # a full stop is as high as a letter
        if c > a and d > b:
            (x0, y0), (x1, y1) = seen(a, b), seen(c, d)
            marks.append(Mark(i, character, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return marks


def _character(textpage: Any, index: int) -> str:
    from pypdfium2 import raw

    code = raw.FPDFText_GetUnicode(textpage, index)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _with_tables(textpage: Any, grids: Sequence[Grid], tables: Tables) -> Iterator[str | list[str]]:
    """Yield a page's text, and the lines of each table where its first character stands."""
    of = {index: k for k, grid in enumerate(grids) for index in grid.indices}
    written: set[int] = set()
    words: list[str] = []
    for i in range(textpage.count_chars()):
        k = of.get(i)
        if k is None:
            words.append(_character(textpage, i))
        elif k not in written:
            written.add(k)
            yield "".join(words)
            words = []
            yield tables.lines([[Cell([cell]) for cell in row] for row in grids[k].rows])
    yield "".join(words)


def _rows(parts: Iterable[str | list[str]]) -> list[_Row]:
    rows: list[_Row] = []
    for part in parts:
        if isinstance(part, str):
            # U+FFFE and U+0002 are what pdfium gives for a hyphen that only broke a line.
            plain = re.sub("[\x02\ufffe]", "", part)
            rows += [_Row(line.strip()) for line in plain.splitlines()]
        else:
            rows += [_Row(line, of_table=True) for line in part]
    return rows


def _joined_tables(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield lines; a table that goes on over a page's end is one, and its head stands once."""
    head: str | None = None
    skip: set[int] = set()
    for i, line in enumerate(lines):
        if line.row and line.text and (i == 0 or not lines[i - 1].row or not lines[i - 1].text):
            above = lines[i - 3] if i > 2 else None
            goes_on = (
                above is not None
                and above.row
                and lines[i - 2].row
                and above.page != line.page
                and above.text.count("\t") == line.text.count("\t")
            )
            if goes_on:
                skip |= {i - 2, i - 1} | ({i} if line.text == head else set())
            else:
                head = line.text
    yield from (line for i, line in enumerate(lines) if i not in skip)


_EDGE = 3
"""Lines at the head and at the foot of a page that may be furniture: a title, a rule, a number."""

_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}(?:\s*[/／]\s*\d{1,4})?(?:\s*页)?(?:\s*共\s*\d{1,4}\s*页)?[-—–·\s]*"
)


def _without_furniture(pages: Sequence[list[_Row]]) -> Iterator[list[tuple[int, _Row]]]:
    """Drop page numbers, and first and last lines that stand on most pages, digits apart."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line)

    def at_edge(rows: list[_Row]) -> list[_Row]:
        return [row for row in rows[:_EDGE] + rows[-_EDGE:] if row.text and not row.of_table]

    counts = Counter(words for rows in pages for words in {shape(row.text) for row in at_edge(rows)})
    repeated = {words for words, count in counts.items() if count >= 3 and count > len(pages) / 2}
    for rows in pages:
        yield [
            (number, row)
            for number, row in enumerate(rows, 1)
            if row.of_table
            or (
                row.text
                and not (
                    (number <= _EDGE or number > len(rows) - _EDGE)
                    and (shape(row.text) in repeated or _PAGE_NUMBER.fullmatch(row.text))
                )
            )
        ]


_FULL = 0.92
"""A line as long as this part of the page's long ones (the ninth of ten by length) ran to the margin."""

_ENDS_A_PARAGRAPH = tuple("。！？!?；;：:")
_BEGINS_A_PARAGRAPH = re.compile(
    rf"""\s*(?: [（(]?[{NUMERALS}]{{1,3}}[）)、.．] | \d{{1,3}}[.．、)）]
         | 第[{NUMERALS}\d]{{1,4}}[条章节部]
         | 附件 | 附表 | (?:区块|片区|地块|范围)[{NUMERALS}\d]{{1,3}}[：:\s] | [-•●·] )""",
    re.VERBOSE,
)


def _width(line: str) -> int:
    """Return the width in half-width columns.

    Examples
    --------
    >>> _width("7.8平方公里")
    11
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def line_ends(lines: Sequence[Line]) -> Iterator[str]:
    """Yield what follows each line: a break, but not where only the page's width broke it."""
    widths = sorted(_width(line.text) for line in lines if not line.row)
    full = _FULL * widths[int(len(widths) * 0.9)] if widths else 0
    for line, following in zip(lines, [*lines, None][1:], strict=True):
        if (
            following is None
            or line.row
            or following.row
            or _width(line.text) < full
            or line.text.endswith(_ENDS_A_PARAGRAPH)
            or _BEGINS_A_PARAGRAPH.match(following.text)
        ):
            yield "\n"
        else:  # between Latin words the break stood for a space
            last, first = line.text[-1:], following.text[:1]
            yield " " if last.isascii() and last.isalpha() and first.isascii() else ""
