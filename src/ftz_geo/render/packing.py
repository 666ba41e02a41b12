"""Lines and rings as a page carries them: every vertex once, written short."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "COARSE_UNITS_PER_DEGREE",
    "UNITS_PER_DEGREE",
    "Vertices",
    "base64_vlq",
    "on_grid",
    "packed_places",
]

UNITS_PER_DEGREE = 10**9
"""Coordinates stand in a page as whole numbers of this fine a grid, 0.1 mm, that of ``blocks.geojson``.
It keeps the area of a block of 0.2 km² to 2e-7, where 1 mm kept it to 1.2e-6; the 1 cm of a GeoJSON with 7
decimals moves 9 km² by up to 18 m²."""

COARSE_UNITS_PER_DEGREE = 10**6
"""A grid of about 0.1 m, for what is only looked at: the background and the named points."""

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def base64_vlq(values: Iterable[int]) -> str:
    """Return whole numbers in few letters: base64 VLQ, as in source maps (ECMA-426).

    Five bits a letter, the lowest first, the sixth telling that more follow; the lowest of all is the sign.

    Examples
    --------
    >>> base64_vlq([0, 1, -1, 16])
    'ACDgB'
    """
    letters = []
    for value in values:
        rest = (-value << 1) | 1 if value < 0 else value << 1
        while rest > 31:
            letters.append(_DIGITS[rest & 31 | 32])
            rest >>= 5
        letters.append(_DIGITS[rest])
    return "".join(letters)


def on_grid(line: BaseGeometry, units_per_degree: int) -> NDArray[np.int64]:
    """Return the coordinates of a line in whole units of a grid, shape (n, 2)."""
    units: NDArray[np.int64] = np.rint(shapely.get_coordinates(line) * units_per_degree).astype(np.int64)
    return units


def packed_places(units: NDArray[np.int64]) -> str:
    """Return places of a grid, longitude and latitude in turn, each as its steps from the one before.

    Examples
    --------
    >>> packed_places(np.array([[1, 16], [2, 16]])) == base64_vlq([1, 16, 1, 0])
    True
    """
    return base64_vlq(np.diff(units, axis=0, prepend=0).ravel().tolist())


class Vertices:
    """The vertices of a page in the order first met; a line is told by their numbers.

    Blocks that share an edge, and the edges of a block, share their vertices.

    Examples
    --------
    >>> vertices = Vertices()
    >>> vertices.runs(shapely.LineString([(0, 0), (1, 0), (1, 1)]))
    [0, 3]
    >>> vertices.runs(shapely.LineString([(1, 1), (1, 0), (2, 0)]))
    [2, -2, 3, 1]
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}

    def runs(self, line: BaseGeometry) -> list[int]:
        """Return a line as runs of numbers: first, how many, first, how many; backwards where negative.

        Of a closed ring, the last vertex is left out.
        """
        # What falls on one place of the grid is one vertex.
        places = [place for place, _ in groupby((x, y) for x, y in on_grid(line, UNITS_PER_DEGREE).tolist())]
        if isinstance(line, shapely.LinearRing):
            places = places[:-1]
        runs: list[int] = []
        for number in (self._numbers.setdefault(place, len(self._numbers)) for place in places):
            count = runs[-1] if runs else 0
            if count > 0 and number == runs[-2] + count:
                runs[-1] += 1
            elif (count == 1 or count < 0) and number == runs[-2] - abs(count):
                runs[-1] = -abs(count) - 1
            else:
                runs += [number, 1]
        return runs

    def packed(self) -> str:
        """Return all vertices as packed places."""
        return packed_places(np.array(list(self._numbers), dtype=np.int64).reshape(-1, 2))
