"""Word and Excel files are zip archives of XML: their parts, none larger than a notice's can be."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.values import installed
from ftz_geo.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Archive"]

MAX_UNPACKED_BYTES = 256 * 2**20
"""Of all parts together, pictures with them."""
MAX_PART_BYTES, MAX_TAGS = 64 * 2**20, 1_500_000
"""Of one part of XML; a printed page of Word's has one or two thousand tags."""


class Archive:
    """A file of XML parts, opened."""

    def __init__(self, data: bytes, path: str | Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise DocumentError(
                path, f"the file is damaged ({error})", "save it again as .docx or .xlsx"
            ) from error
        self.names = frozenset(self._zip.namelist())
        if sum(entry.file_size for entry in self._zip.infolist()) > MAX_UNPACKED_BYTES:
            problem = f"it unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB"
            raise DocumentError(path, problem, "name the notice alone")

    def part(self, name: str) -> bytes:
        """Return a part's bytes, after a look at how much XML it is."""
        if self._zip.getinfo(name).file_size > MAX_PART_BYTES:
            problem = f"its part {name} unpacks to more than {MAX_PART_BYTES // 2**20} MB"
            raise DocumentError(self._path, problem, "name the notice alone")
        try:
            data = self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise DocumentError(
                self._path, f"its part {name} is damaged ({error})", "save it again"
            ) from error
        if data.count(b"<") > MAX_TAGS:
            raise DocumentError(
                self._path, f"its part {name} has more than {MAX_TAGS} tags", "name the notice alone"
            )
        return data

    def tree(self, name: str) -> Any:
        """Return the root element of a part; nothing outside the part is read, no entity is replaced."""
        etree = installed("lxml.etree", "lxml", "Word and Excel files", self._path)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(self.part(name), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            problem = f"its part {name} is damaged ({error.__class__.__name__}: {str(error)[:120]})"
            raise DocumentError(self._path, problem.replace("\n", " "), "save it again") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise DocumentError(
                self._path,
                f"its part {name} defines entities, which none of Word or Excel does",
                "save it again",
            )
        return root
