"""The exception types: one base, one subclass by what failed, each carrying its fields."""

from __future__ import annotations

__all__ = [
    "DocumentError",
    "FtzGeoError",
    "GeometryError",
    "OutputError",
    "PatchError",
    "PlanError",
    "ReferenceMapError",
]


class FtzGeoError(Exception):
    """Base of every error that a user can mend.

    Its text is one sentence that says what failed, where, and how to mend it.
    """


class _FileError(FtzGeoError):
    """An error about one file: the sentence begins with the file's name."""

    def __init__(self, path: object, problem: str, mend: str) -> None:
        self.path = str(path)
        self.problem = problem
        self.mend = mend
        super().__init__(f"{self.path}: {problem}; {mend}")


class DocumentError(_FileError):
    """A document cannot be read as text."""


class PlanError(_FileError):
    """A text was read but holds no plan (no zone, no block, no 四至)."""


class ReferenceMapError(_FileError):
    """A reference map cannot be used."""


class PatchError(_FileError):
    """A patch is none, is broken, or was made from other polygons."""


class OutputError(_FileError):
    """A result cannot be written."""


class GeometryError(FtzGeoError):
    """A geometry or its CRS is not fit for what was asked of it."""
