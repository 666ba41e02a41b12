"""The line through a landmark that the map has as a point. What it bounds is never called traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.compass import TOWARDS
from ftz_geo.trace.places import HEADING_M, unit
from ftz_geo.trace.tracks import straight_track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Direction
    from ftz_geo.trace.tracks import Track

REACH_M = 3000.0
"""How far a line through a point is drawn to either side of it."""


def line_through(
    points: NDArray[np.object_], ids: Sequence[str], side: Direction, opposite: Track | None
) -> Track:
    """Return the straight line through a landmark across its side.

    Parameters
    ----------
    points : ndarray of Point, shape (n,)
        Plane metres; their middle counts.
    ids : sequence of str, length n
    side : Direction
    opposite : Track or None
        What the line is made parallel to; without it, it runs north to south or east to west.
    """
    at = shapely.get_coordinates(points).mean(axis=0)
    along = np.array(TOWARDS[side], dtype=float)[::-1] if opposite is None else _heading(opposite, at)
    return straight_track(at, along, REACH_M, ids)


def _heading(track: Track, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit direction in which the line of a track runs that is nearest to a point."""
    point = shapely.Point(at)
    line = track.map.lines[shapely.distance(track.map.lines, point).argmin()]
    here = line.project(point)
    ends = [line.interpolate(np.clip(here + d, 0, line.length)) for d in (-HEADING_M, HEADING_M)]
    return unit(np.diff(shapely.get_coordinates(ends), axis=0)[0])
