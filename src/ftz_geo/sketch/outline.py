"""Outlines of parcels: closed rings, and which feature each stretch of them runs along."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature

__all__ = ["Outline", "Path", "Piece"]


class Path(NamedTuple):
    """One piece of a ring before it is closed."""

    side: Direction
    feature: Feature | None
    xy: NDArray[np.float64]
    """Shape (n, 2)."""


class Piece(NamedTuple):
    """A stretch of a ring: ``ring[start : stop + 1]``."""

    side: Direction
    feature: Feature | None
    start: int
    stop: int


class Outline(NamedTuple):
    """A closed counter-clockwise ring, shape (n + 1, 2), and the pieces that cover it in order."""

    ring: NDArray[np.float64]
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Outline:
        """Close a chain of paths into a ring; each begins where the one before it ends."""
        pieces, vertices, start = [], [], 0
        for side, feature, xy in paths:
            vertices.append(xy[:-1])
            pieces.append(Piece(side, feature, start, start + len(xy) - 1))
            start += len(xy) - 1
        return cls(np.vstack([*vertices, vertices[0][:1]]), tuple(pieces))

    @property
    def paths(self) -> list[Path]:
        """Its pieces, each with its own vertices."""
        return [Path(p.side, p.feature, self.ring[p.start : p.stop + 1]) for p in self.pieces]

    @property
    def area(self) -> float:
        """Area in the ring's own unit, squared."""
        x, y = (self.ring - self.ring[0]).T
        return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)

    def scaled(self, factor: float) -> Outline:
        """Return it larger or smaller about its middle."""
        middle = self.ring[:-1].mean(axis=0)
        return self._replace(ring=middle + (self.ring - middle) * factor)
