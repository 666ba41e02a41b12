"""PDF files that hold text: pages to lines, tables where ruled lines show them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.values import MAX_CHARACTERS, Line, installed
from ftz_geo.errors import DocumentError
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["line_ends", "pdf_lines"]

MAX_PAGES = 2_000


def pdf_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read the lines of a PDF file."""
    for page, lines in enumerate(_without_furniture(_pdf_pages(data, path)), 1):
        for number, text in lines:
            yield Line(text, page, number)


def _pdf_pages(data: bytes, path: str | Path) -> list[list[str]]:
    """Return the lines of each page."""
    pypdfium2 = installed("pypdfium2", "pypdfium2", "PDF files", path)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        problem = f"the PDF cannot be opened ({error})"
        raise DocumentError(path, problem, "save it again, without a password") from error
    with document:
        if len(document) > MAX_PAGES:
            problem = f"it has {len(document)} pages"
            raise DocumentError(path, problem, f"name a document of at most {MAX_PAGES}")
        pages, total = [], 0
        for i in range(len(document)):
            text = _page_text(document[i])
            total += len(text)
            if total > MAX_CHARACTERS:
                problem = f"it holds more than {MAX_CHARACTERS} characters"
                raise DocumentError(path, problem, "name the notice alone")
            pages.append([line.strip() for line in text.splitlines()])
    return pages


def _page_text(page: Any) -> str:
    textpage = page.get_textpage()
    # U+FFFE and U+0002 are what pdfium gives for a hyphen that only broke a line.
    text = re.sub("[\x02\ufffe]", "", textpage.get_text_range())
    textpage.close()
    page.close()
    return text


_EDGE = 3
"""Lines at the head and at the foot of a page that may be furniture: a title, a rule, a number."""

_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}(?:\s*[/／]\s*\d{1,4})?(?:\s*页)?(?:\s*共\s*\d{1,4}\s*页)?[-—–·\s]*"
)


def _without_furniture(pages: Sequence[list[str]]) -> Iterator[list[tuple[int, str]]]:
    """Drop page numbers, and first and last lines that stand on most pages, digits apart."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line)

    edges = [{shape(line) for line in lines[:_EDGE] + lines[-_EDGE:] if line} for lines in pages]
    counts = Counter(words for edge in edges for words in edge)
    repeated = {words for words, count in counts.items() if count >= 3 and count > len(pages) / 2}
    for lines in pages:
        yield [
            (number, line)
            for number, line in enumerate(lines, 1)
            if line
            and not (
                (number <= _EDGE or number > len(lines) - _EDGE)
                and (shape(line) in repeated or _PAGE_NUMBER.fullmatch(line))
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
    widths = sorted(_width(line.text) for line in lines)
    full = _FULL * widths[int(len(widths) * 0.9)] if widths else 0
    for line, following in zip(lines, [*lines, None][1:], strict=True):
        if (
            following is None
            or _width(line.text) < full
            or line.text.endswith(_ENDS_A_PARAGRAPH)
            or _BEGINS_A_PARAGRAPH.match(following.text)
        ):
            yield "\n"
        else:  # between Latin words the break stood for a space
            last, first = line.text[-1:], following.text[:1]
            yield " " if last.isascii() and last.isalpha() and first.isascii() else ""
