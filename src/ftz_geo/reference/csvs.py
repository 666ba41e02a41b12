"""Tables in CSV, in whatever encoding a spreadsheet wrote them."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from typing import TYPE_CHECKING

from ftz_geo.errors import ReferenceMapError
from ftz_geo.reference.frames import first_line

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_BYTES", "read_csv", "too_large"]

MAX_BYTES = 512 * 2**20
"""Of a file, unpacked; by choice: ten million points of a city's gazetteer are less."""


def too_large(path: Path) -> ReferenceMapError:
    """Return the error of a file of more than :data:`MAX_BYTES`."""
    return ReferenceMapError(
        path, f"it is larger than {MAX_BYTES // 2**20} MB", "cut it to the surroundings of the notice"
    )


def read_csv(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the head of a CSV file and its rows that are not blank, numbered from 1.

    Parameters
    ----------
    path : Path
        In UTF-8, UTF-16 or GB 18030, perhaps packed by gzip; separated by commas, semicolons or tabs.

    Returns
    -------
    tuple of list
        Cells are verbatim.

    Raises
    ------
    ReferenceMapError
        The file is too large, no text, or no table.
    """
    text = _decoded(path, _bytes(path))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise ReferenceMapError(
            path, f"it is no table ({first_line(error)})", "save it anew as CSV"
        ) from error
    if not rows:
        raise ReferenceMapError(path, "the file is empty", "give a table with a head")
    return rows[0], list(enumerate(rows[1:], 1))


def _bytes(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ReferenceMapError(path, f"it cannot be read ({first_line(error)})", "save it anew") from error
    if len(data) > MAX_BYTES:
        raise too_large(path)
    return data


def _decoded(path: Path, data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ReferenceMapError(
        path, "it is no text in UTF-8, UTF-16 or GB 18030", "save it anew as CSV in UTF-8"
    )
