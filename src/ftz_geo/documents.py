r"""Files of words in, one running text out, with the place of every character in the source.

Each format is read into :class:`_Line` values (text, page, line); page headers, page numbers and
blank runs are dropped; lines that a page's width broke are joined. Heavy readers (``python-docx``,
``pypdfium2``) are imported when a file of theirs is met.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from importlib import import_module
from itertools import accumulate, groupby, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftz_geo.errors import DocumentError
from ftz_geo.model import Place, Source
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Document", "read_document"]

MAX_BYTES = 64 * 2**20
"""A notice is a few hundred kilobytes; what is larger than this is no notice."""
MAX_UNPACKED_BYTES = 256 * 2**20
"""Of a Word file, which is a zip archive."""
MAX_PAGES, MAX_CHARACTERS = 2_000, 20_000_000
"""Of a PDF file; no notice comes near."""
MAX_HTML_DEPTH = 5_000
"""Tags within tags; a page that people read has some dozens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document's running text, and where in the source each stretch of it stands."""

    text: str
    """Line ends are ``\\n``."""
    source: Source
    places: tuple[Place, ...]
    """In the order of the text; each stands for the characters up to the next."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int | None
    number: int


def read_document(path: str | Path) -> Document:
    """Read a document's running text.

    Parameters
    ----------
    path : str or Path
        ``.docx``, ``.pdf`` that holds text, ``.html``/``.htm``, or any other ending for plain text
        (``.txt``, ``.md``) in UTF-8, UTF-16 or GB 18030 (which holds GBK and GB 2312). The content
        decides where it contradicts the ending. ``-`` reads standard input.

    Returns
    -------
    Document

    Raises
    ------
    DocumentError
        The file is missing, empty, too large, damaged, holds no text (a scan), or its reader is
        not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     notice = Path(folder) / "四至.txt"
    ...     _ = notice.write_bytes("区块一：东至津淄公路".encode("gbk"))
    ...     document = read_document(notice)
    >>> document.text, document.source.file
    ('区块一：东至津淄公路', '四至.txt')
    """
    data = _read_bytes(path)
    kind = _kind(data, path)
    lines = list(_READERS[kind](data, path))
    ends = _line_ends(lines) if kind == "pdf" else [*repeat("\n", len(lines) - 1), ""]
    parts = [line.text + end for line, end in zip(lines, ends, strict=False)]
    starts = accumulate(map(len, parts), initial=0)
    text = "".join(parts)
    if not text.strip():
        raise DocumentError(path, "it holds no text", _NO_TEXT[kind])
    name = None if str(path) == "-" else Path(path).name
    source = Source(file=name, sha256=hashlib.sha256(data).hexdigest())
    places = (
        Place(start=at, page=line.page, line=line.number) for line, at in zip(lines, starts, strict=False)
    )
    return Document(text=text, source=source, places=tuple(places))


_NO_TEXT = {
    "pdf": "it is probably a scan: recognise its characters (OCR) first, or name the original document",
    "docx": "its text may stand in pictures: name a document that holds it as text",
    "html": "the page may fill itself by a script: save the page as it shows, as text",
    "text": "name a file that holds a notice's text",
}


def _read_bytes(path: str | Path) -> bytes:
    if str(path) == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        try:
            with Path(path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise DocumentError(path, "there is no such file", "check the path") from None
        except IsADirectoryError:
            raise DocumentError(path, "this is a folder", "name a file in it") from None
        except OSError as error:
            raise DocumentError(
                path, f"it cannot be read ({error.strerror})", "check its permissions"
            ) from error
    if not data.strip():
        raise DocumentError(path, "the file is empty", "name a file that holds a notice's text")
    if len(data) > MAX_BYTES:
        raise DocumentError(path, f"it is larger than {MAX_BYTES // 2**20} MB", "name the notice alone")
    return data


def _kind(data: bytes, path: str | Path) -> str:
    """Tell the format by the content's first bytes, and by the ending where these say nothing."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(path, "this is a Word 97 file (.doc)", "save it as .docx or as text")
    ending = Path(str(path)).suffix.lower()
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if ending == ".geojson" or (start.startswith(b"{") and b'"featurecollection"' in start):
        raise DocumentError(
            path,
            "this holds polygons (GeoJSON), no notice",
            "name the notice; polygons go to map, export, describe, diff, or to audit --polygons",
        )
    if ending in {".html", ".htm"} or start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "text"


def _text_lines(data: bytes, path: str | Path) -> Iterator[_Line]:
    text = _decode(data, path).replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        yield _Line(line, None, number)


def _decode(data: bytes, path: str | Path) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise DocumentError(path, "this is a binary file, not text", "save the document as UTF-8 text")
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(path, "its encoding is neither UTF-8 nor GBK", "save the document as UTF-8 text")


class _Page(HTMLParser):
    """Collects an HTML page's text: a block is a line, a table cell begins with a tab."""

    _HIDDEN = frozenset({"script", "style", "head", "template", "noscript", "svg"})
    _BLOCKS = frozenset(
        "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form "
        "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody thead tfoot tr ul".split()
    )
    _VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._hidden = 0
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self._BLOCKS:
            self.parts.append("\n")
        if tag in {"td", "th"}:
            self.parts.append("\t")
        if tag in self._VOID:
            return
        self._open.append(tag)
        self._hidden += tag in self._HIDDEN
        self._verbatim += tag == "pre"
        if len(self._open) > MAX_HTML_DEPTH:
            raise _TooDeepError

    def handle_endtag(self, tag: str) -> None:
        # Closing a tag closes what was left open inside it, as a browser does.
        if tag in self._open:
            while (closed := self._open.pop()) != tag:
                self._hidden -= closed in self._HIDDEN
                self._verbatim -= closed == "pre"
            self._hidden -= tag in self._HIDDEN
            self._verbatim -= tag == "pre"
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data if self._verbatim else re.sub(r"[ \t\r\n\f]+", " ", data))


class _TooDeepError(Exception):
    pass


def _html_lines(data: bytes, path: str | Path) -> Iterator[_Line]:
    declared = re.search(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""", data[:4096], re.IGNORECASE)
    text = None
    if declared and not data.startswith(codecs.BOM_UTF8):
        name = declared[1].decode("ascii").lower()
        try:
            # Pages that call themselves GB 2312 use characters of its supersets.
            text = data.decode("gb18030" if name.startswith("gb") else name)
        except (LookupError, UnicodeDecodeError):
            text = None
    page = _Page()
    try:
        page.feed(_decode(data, path) if text is None else text)
        page.close()
    except _TooDeepError:
        raise DocumentError(
            path, f"its tags are nested more than {MAX_HTML_DEPTH} deep", "save the page as text"
        ) from None
    for number, line in enumerate("".join(page.parts).split("\n"), 1):
        if line.strip():
            yield _Line(line.strip(" \t"), None, number)


def _installed(module: str, package: str, files: str, path: str | Path) -> Any:
    """Return the reader of a format, which is an extra."""
    try:
        return import_module(module)
    except ImportError:
        problem = f"{files} are read by {package}, which is not installed"
        raise DocumentError(path, problem, "pip install 'ftz-geo[documents]'") from None


def _docx_lines(data: bytes, path: str | Path) -> Iterator[_Line]:
    docx = _installed("docx", "python-docx", "Word files", path)
    try:
        _check_archive(data, path)
        items = docx.Document(io.BytesIO(data)).iter_inner_content()
        texts = [text for item in items for text in _item_texts(item)]
    except DocumentError:
        raise
    except Exception as error:
        # A damaged archive fails in zipfile, lxml or python-docx, each with exceptions of its own.
        raise DocumentError(path, f"the Word file is damaged ({error})", "save it again as .docx") from error
    for number, text in enumerate(texts, 1):
        yield _Line(text, None, number)


def _check_archive(data: bytes, path: str | Path) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            problem = f"it unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB"
            raise DocumentError(path, problem, "name the notice alone")
        if "word/document.xml" not in archive.namelist():
            raise DocumentError(path, "this is an archive, but no Word file", "unpack it, or name a .docx")


def _item_texts(item: Any) -> Iterator[str]:
    """Yield a paragraph's lines, or a table's rows; a merged cell stands once."""
    if not hasattr(item, "rows"):
        yield from item.text.split("\n")
        return
    for row in item.rows:
        cells = [next(same) for _, same in groupby(row.cells, key=lambda cell: cell._tc)]
        yield "\t".join(" ".join(cell.text.split("\n")) for cell in cells)


def _pdf_lines(data: bytes, path: str | Path) -> Iterator[_Line]:
    for page, lines in enumerate(_without_furniture(_pdf_pages(data, path)), 1):
        for number, text in lines:
            yield _Line(text, page, number)


def _pdf_pages(data: bytes, path: str | Path) -> list[list[str]]:
    """Return the lines of each page."""
    pypdfium2 = _installed("pypdfium2", "pypdfium2", "PDF files", path)
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


def _line_ends(lines: Sequence[_Line]) -> Iterator[str]:
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


_READERS: dict[str, Callable[[bytes, str | Path], Iterator[_Line]]] = {
    "text": _text_lines,
    "html": _html_lines,
    "docx": _docx_lines,
    "pdf": _pdf_lines,
}
