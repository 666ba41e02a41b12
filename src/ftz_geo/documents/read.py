r"""Files of words in, one running text out, with the place of every character in the source."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from itertools import accumulate, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from ftz_geo.documents.archive import Archive
from ftz_geo.documents.html import html_lines
from ftz_geo.documents.pdf import line_ends, pdf_lines
from ftz_geo.documents.plain import csv_lines, text_lines
from ftz_geo.documents.sheets import sheet_lines
from ftz_geo.documents.values import MAX_CHARACTERS, Document, notes_of
from ftz_geo.documents.word import word_lines
from ftz_geo.errors import DocumentError
from ftz_geo.model import Place, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftz_geo.documents.values import Line

__all__ = ["read_document"]

MAX_BYTES = 64 * 2**20
"""A notice is a few hundred kilobytes; what is larger than this is no notice."""


def read_document(path: str | Path, *, rows: bool = True) -> Document:
    """Read a document's running text.

    Parameters
    ----------
    path : str or Path
        ``.docx``, ``.xlsx``, ``.pdf`` that holds text, ``.html``/``.htm``, ``.csv`` or any other ending for
        plain text (``.txt``, ``.md``) in UTF-8, UTF-16 or GB 18030 (which holds GBK and GB 2312). The content
        decides where it contradicts the ending. ``-`` reads standard input.
    rows : bool
        Whether CSV is read as the rows of a table, or as the text that it is.

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
    if kind == "csv" and not rows:
        kind = "text"
    counts: Counter[str] = Counter()
    lines = list(_READERS[kind](data, path, counts))
    ends = line_ends(lines) if kind == "pdf" else [*repeat("\n", len(lines) - 1), ""]
    parts = [line.text + end for line, end in zip(lines, ends, strict=False)]
    starts = accumulate(map(len, parts), initial=0)
    text = "".join(parts)
    if not text.strip():
        raise DocumentError(path, "it holds no text", _NO_TEXT[kind])
    if len(text) > MAX_CHARACTERS and kind in {"docx", "xlsx"}:
        raise DocumentError(path, f"it holds more than {MAX_CHARACTERS} characters", "name the notice alone")
    name = None if str(path) == "-" else Path(path).name
    source = Source(file=name, sha256=hashlib.sha256(data).hexdigest())
    places = (
        Place(start=at, page=line.page, line=line.number) for line, at in zip(lines, starts, strict=False)
    )
    return Document(text=text, source=source, places=tuple(places), notes=notes_of(counts))


_NO_TEXT = {
    "pdf": "it is probably a scan: recognise its characters (OCR) first, or name the original document",
    "docx": "its text may stand in pictures: name a document that holds it as text",
    "html": "the page may fill itself by a script: save the page as it shows, as text",
    "xlsx": "its sheets are empty or hidden: name a workbook that shows its cells",
    "csv": "name a file that holds a notice's text",
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
        return "xlsx" if "xl/workbook.xml" in Archive(data, path).names else "docx"
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
    return "csv" if ending in {".csv", ".tsv"} else "text"


_READERS: dict[str, Callable[[bytes, str | Path, Counter[str]], Iterator[Line]]] = {
    "text": text_lines,
    "csv": csv_lines,
    "html": html_lines,
    "docx": word_lines,
    "xlsx": sheet_lines,
    "pdf": pdf_lines,
}
"""From a file's bytes and its name to its lines; what is noticed on the way is counted in the third."""
