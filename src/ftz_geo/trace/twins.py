"""What tells that a ring runs along the far carriageway of a road, because the map lacks the near one.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ftz_geo.trace.carriageways import BESIDE_M
from ftz_geo.trace.places import SNAP_M, unit
from ftz_geo.trace.tracks import BRIDGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftz_geo.trace.rings import Ring, Way

__all__ = ["lonely_m", "missing_beside_m2"]

_ALONG = np.cos(np.radians(30))
"""An end that points along a side, and not into the block or out of it."""

_STEP_M = 25.0


def missing_beside_m2(ring: Ring, way: Way, gap_m: float) -> float:
    """Return the area between a side and what is missing of a line of its feature that stops beside it.

    A carriageway on the block's side that stops while the other goes on: what is missing of it lies nearer
    than the ring. Gaps up to ``gap_m``, over which it goes on, do not count.
    """
    ends = way.track.map.part_ends
    path = shapely.LineString(way.path)
    away = shapely.distance(np.asarray(shapely.points(ends.xy), dtype=object), path)
    beside = np.flatnonzero((away <= BESIDE_M) & (away > SNAP_M) & ~_goes_on(ends.xy, way, gap_m))
    if not len(beside):
        return 0.0
    xy, outward, away = ends.xy[beside], ends.outward[beside], away[beside]
    along = shapely.line_locate_point(path, shapely.points(xy))
    back, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(path, np.maximum(along + step, 0)))
        for step in (-SNAP_M, SNAP_M)
    )
    with_path = (unit(ahead - back) * outward).sum(axis=1)
    missing = shapely.points(xy + BESIDE_M * outward)
    tells = (np.abs(with_path) >= _ALONG) & shapely.contains(ring.core, missing)
    left_m = np.where(with_path > 0, path.length - along, along)
    return float((away * left_m)[tells].max(initial=0.0))


def _goes_on(xy: NDArray[np.float64], way: Way, gap_m: float) -> NDArray[np.bool_]:
    """Return at which ends a short bridge begins."""
    bridges = way.track.lines[way.track.kind == BRIDGE]
    bridges = bridges[shapely.length(bridges) <= gap_m]
    if not len(bridges):
        return np.zeros(len(xy), dtype=bool)
    away, _ = cKDTree(shapely.get_coordinates(bridges)).query(xy)
    return np.asarray(away <= 1)


def lonely_m(way: Way) -> float:
    """Return how far a side runs along lines of main roads that have one direction only, and none beside.

    Mostly that is one of two carriageways, and nothing tells which.
    """
    one_way = way.track.map.part_one_way
    if one_way is None or not one_way.any():
        return 0.0
    path = shapely.segmentize(shapely.LineString(way.path), _STEP_M)
    places = np.asarray(shapely.points(shapely.get_coordinates(path)), dtype=object)
    place, part = way.track.map.part_tree.query(places, predicate="dwithin", distance=BESIDE_M)
    alone = np.bincount(place, minlength=len(places)) == 1
    alone[place[one_way[part] == 0]] = False
    return float(path.length * alone.mean())
