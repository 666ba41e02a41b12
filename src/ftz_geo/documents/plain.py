"""Plain text and CSV, in any encoding that notices are written in."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from ftz_geo.documents.tables import Cell, Tables
from ftz_geo.documents.values import Line
from ftz_geo.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["csv_lines", "decoded", "text_lines"]


def text_lines(data: bytes, path: str | Path, _: Counter[str]) -> Iterator[Line]:
    """Read the lines of a text."""
    text = decoded(data, path).replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        yield Line(line, None, number)


def decoded(data: bytes, path: str | Path) -> str:
    """Return a file's characters, whatever of the usual encodings it is in."""
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


_DELIMITERS = ",\t;|"


def csv_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read a table of text; what has no column in common is read as it stands."""
    text = decoded(data, path)
    rows = _rows(text)
    if rows is None:
        yield from text_lines(data, path, counts)
        return
    tables = Tables(path)
    number = 0
    for some, block in groupby(rows, key=bool):  # a blank line parts two tables
        for line in tables.lines([Cell([words]) for words in row] for row in block) if some else []:
            number += 1
            yield Line(line, None, number)


def _rows(text: str) -> list[list[str]] | None:
    """Cut a table by the delimiter that gives most of its rows one length; None where none does."""
    best: tuple[int, list[list[str]]] = (0, [])
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        try:
            found = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
            rows = list(found)
        except csv.Error:
            continue
        lengths = Counter(len(row) for row in rows if len(row) > 1)
        most = max(lengths.values(), default=0)
        if most > best[0] and 2 * most > sum(map(bool, rows)):
            best = (most, rows)
    return best[1] or None
