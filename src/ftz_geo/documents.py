"""Files of words in, running text out, with the file's name and hash."""

from __future__ import annotations

import codecs
import hashlib
import sys
from pathlib import Path

from ftz_geo.errors import DocumentError
from ftz_geo.model import Source

__all__ = ["read_text"]

MAX_BYTES = 64 * 1024 * 1024
"""A notice is a few hundred kilobytes; what is larger than this is no notice."""


def read_text(path: str | Path) -> tuple[str, Source]:
    r"""Read a document's text.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8 (with or without a byte order mark), UTF-16 with one, or GB 18030
        (which holds GBK and GB 2312); ``-`` reads standard input.

    Returns
    -------
    text : str
        Line ends are ``\n``.
    source : Source
        File name, and SHA-256 of the bytes as they were read.

    Raises
    ------
    DocumentError
        The file is missing, empty, too large, or not text.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     notice = Path(folder) / "四至.txt"
    ...     _ = notice.write_bytes("区块一：东至津淄公路".encode("gbk"))
    ...     text, source = read_text(notice)
    >>> text, source.file
    ('区块一：东至津淄公路', '四至.txt')
    """
    data = _read_bytes(path)
    text = _decode(data, path)
    name = None if str(path) == "-" else Path(path).name
    return text.replace("\r\n", "\n").replace("\r", "\n"), Source(
        file=name, sha256=hashlib.sha256(data).hexdigest()
    )


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
