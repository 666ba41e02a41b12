"""How the sides of polygons run along the features that the words name there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree

from ftz_geo.check.case import fact
from ftz_geo.compass import DIRECTIONS, TOWARDS, Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case
    from ftz_geo.model import Parcel

FACING = 0.5
"""Cosine of 60°: a piece of boundary faces a side up to there, so that a slanting one faces two."""

_SAMPLE_M = 10.0
"""Length of the pieces that a boundary is cut into: shorter than any road is wide."""

_SLACK_M = 1e-3
"""More than rounding makes of a distance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """How one side of a polygon runs along what the words name there."""

    direction: Direction
    names: tuple[str, ...]
    share: float
    """Of its length within the limit."""
    departure_m: float
    farthest: BaseGeometry
    """The point of the largest departure, in metres."""
    behind: bool
    """The feature runs along the opposite side."""


def limit_m(case: Case) -> float:
    """Return how far a boundary that follows a road may lie from the map's line of it."""
    return case.settings.boundary_tolerance_m + case.settings.road_half_width_m


def sides_of(case: Case, parcel: Parcel, xy: BaseGeometry) -> tuple[Side, ...]:
    """Return how each side whose features are all known by name is followed by the boundary."""
    named = {side: _names(case, parcel, side) for side in DIRECTIONS}
    known = [side for side in DIRECTIONS if named[side]]
    if not known:
        return ()
    middles, normals = _boundary(xy)
    points = shapely.points(middles)
    distance = np.array([shapely.distance(points, _near(_lines(case)[named[side]], xy)) for side in known])
    faces = {side: normals @ np.array(TOWARDS[side]) for side in DIRECTIONS}
    along = distance <= limit_m(case)
    owner = _owners(distance, along, faces, known)
    sides = []
    for i, side in enumerate(known):
        own = owner == i
        if not own.any():
            continue
        farthest = int(np.where(own, distance[i], -np.inf).argmax())
        sides.append(
            Side(
                direction=side,
                names=named[side],
                share=float((along[i] & own).sum() / own.sum()),
                departure_m=float(distance[i][farthest]),
                farthest=shapely.Point(middles[farthest]),
                behind=bool(along[i].any()) and float(faces[side][along[i]].mean()) < -FACING,
            )
        )
    return tuple(sides)


def _owners(
    distance: NDArray[np.float64],
    along: NDArray[np.bool_],
    faces: Mapping[Direction, NDArray[np.float64]],
    known: Sequence[Direction],
) -> NDArray[np.intp]:
    """Return which of the known sides each piece of boundary belongs to, -1 for none.

    A piece that runs along one of the features belongs to it, wherever it faces: sides bend. Any
    other belongs to the nearest feature of the sides that it faces, unless it faces a side of which
    too little is known.
    """
    faced = np.where(np.array([faces[side] for side in known]) >= FACING, distance, np.inf)
    owner: NDArray[np.intp] = np.where(along.any(axis=0), distance.argmin(axis=0), faced.argmin(axis=0))
    unknown = [faces[side] >= FACING for side in DIRECTIONS if side not in known]
    nobodys = np.logical_or.reduce([np.isinf(faced.min(axis=0)), *unknown])
    owner[nobodys & ~along.any(axis=0)] = -1
    return owner


def _boundary(xy: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut the shells into pieces of about ten metres: their middles, and their directions outwards."""
    middles, normals = [], []
    for part in shapely.get_parts(shapely.orient_polygons(xy)):
        points = shapely.get_coordinates(shapely.segmentize(part.exterior, _SAMPLE_M))
        steps = np.diff(points, axis=0)
        length = np.hypot(steps[:, 0], steps[:, 1])
        kept = length > 0
        middles.append(((points[1:] + points[:-1]) / 2)[kept])
        # The shell runs counter-clockwise, so what lies to the right of it lies outside.
        normals.append((np.column_stack([steps[:, 1], -steps[:, 0]]) / length[:, None])[kept])
    return np.concatenate(middles), np.concatenate(normals)


def features_of(parcel: Parcel, side: Direction) -> tuple[str, ...]:
    """Return the names of a side's features where it lies at all of them."""
    features = parcel.abuttals.get(side, ())
    return tuple(f.name for f in features) if all(f.relation == "at" for f in features) else ()


def _names(case: Case, parcel: Parcel, side: Direction) -> tuple[str, ...]:
    """Return those names where the map knows each of them."""
    names = features_of(parcel, side)
    return names if all(name in case.named for name in names) else ()


@fact
def _lines(case: Case) -> dict[tuple[str, ...], STRtree]:
    """Return by those names what bounds the surveyed sides, in pieces, metres."""
    surveyed = (d for d in case.drawn if d.grade == "surveyed")
    told = {_names(case, d.parcel, side) for d in surveyed for side in DIRECTIONS}
    return {
        names: STRtree(pieces_of([outer(case.plane.to_xy(case.named[name])) for name in names]))
        for names in told - {()}
    }


def outer(shape: BaseGeometry) -> BaseGeometry:
    """Return what bounds: the outline of an area, a line itself."""
    return shape.boundary if shapely.get_dimensions(shape) == 2 else shape


def pieces_of(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    """Return the straight pieces of lines, and what there is of points."""
    parts = shapely.get_parts(shapely.union_all(shapes))
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    straight = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)[owner[1:] == owner[:-1]])
    return np.concatenate([straight, parts[shapely.get_dimensions(parts) == 0]])


def _near(pieces: STRtree, xy: BaseGeometry) -> BaseGeometry:
    """Return the pieces of which any is the nearest to a point within a polygon's bounds.

    A road may be a thousand times as long as a block, and distances to all of it take as much longer.
    """
    west, south, east, north = xy.bounds
    middle, reach = (
        shapely.Point((west + east) / 2, (south + north) / 2),
        np.hypot(east - west, north - south) / 2,
    )
    nearest = pieces.query_nearest(middle, return_distance=True)[1][0]
    near = pieces.query(middle, predicate="dwithin", distance=nearest + 2 * reach + _SLACK_M)
    return shapely.GeometryCollection(list(pieces.geometries[near]))
