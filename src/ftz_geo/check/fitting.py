"""How well polygons lie on what is known of their place, and what shift or turn brings them there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import STRtree

from ftz_geo.check.along import FACING, features_of, limit_m, outer, pieces_of
from ftz_geo.check.case import fact
from ftz_geo.check.readings import in_china
from ftz_geo.compass import DIRECTIONS, TOWARDS
from ftz_geo.measure import LocalPlane, area_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case
    from ftz_geo.model import Parcel, Zone

__all__ = ["Fit", "Ground", "Motion", "fit", "ground_of", "moved_onto"]

_PIECES = 64
"""Into how many pieces a boundary is cut: enough for each of four sides to have a median."""

_MOSTLY = 2 / 3
"""Part of a side within the limit for it to lie along its feature; by choice. The rest may turn corners."""

POINTS_M = 60.0
"""How far a boundary may lie from a line through label points of its road, which stand 8 to 150 m off
the road's line in the median of distances up to 1.5 km between them (leave-one-out on 691 points)."""

_APART_M = 2000.0
"""Points of a name that are farther apart are not joined: between them nothing is known of the road."""

_LEAST_SIDES = 4
"""Fewer known sides tell no place: three of one block fit a shift too easily."""

_REACH_M = 50_000.0
"""A zone's width is 85 to 270 km in China, half a zone 65 at the least; by choice."""

_STEPS = 30
"""Most steps of laying boundaries on lines; four or five are common."""

_STILL_M = 0.01
"""A step smaller than this is the last."""


class Fit(NamedTuple):
    """How polygons lie to what is known of their place."""

    sides: int
    """Sides whose features are known."""
    along: frozenset[tuple[int, int]]
    """Those of them that lie along their features, by the numbers of polygon and side."""
    rest_m: float
    """From the boundary to the features, in the median."""
    inside: float | None
    """Part of the polygons' area in their district; None where none is known."""
    in_china: bool
    scale_off: float
    """Natural logarithm of areas over stated ones, without sign, in the median; 0 where none is stated."""


class Motion(NamedTuple):
    """A motion of a plane: mirrored, then turned around the middle, then shifted."""

    middle: tuple[float, float]
    mirror: tuple[float, float] = (1.0, 1.0)
    turn: float = 0.0
    """Radians, counter-clockwise."""
    shift: tuple[float, float] = (0.0, 0.0)

    def of(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move places, shape (n, 2)."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        turned = (xy - self.middle) * self.mirror @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray(turned + self.middle + self.shift)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What is known of the place of some parcels, on a plane around it."""

    plane: LocalPlane
    parcels: tuple[Parcel, ...]
    targets: NDArray[np.intp]
    """Which line each side of each parcel lies along, in the order of directions; -1 for none."""
    lines: tuple[STRtree, ...]
    """Straight pieces of lines."""
    limits_m: NDArray[np.float64]
    """For each line, how far from it a boundary may lie."""
    stated_m2: NDArray[np.float64]
    """Stated area of each parcel; nan where none is."""
    district: BaseGeometry | None
    """With as much around it as its outline may be off."""
    reach: tuple[float, float, float, float]
    """Bounds of all that is known, and more: what lies beyond was read in another zone, if not worse."""

    @property
    def is_told_by_sides(self) -> bool:
        """Whether sides enough are known, on both axes, to tell a place."""
        known = (self.targets >= 0).sum(axis=0)
        return bool(known.sum() >= _LEAST_SIDES and all(known[across].any() for across in ([0, 2], [1, 3])))

    def of(self, chosen: Sequence[int] | NDArray[np.intp]) -> Ground:
        """Return what is known of some of the parcels."""
        own = tuple(self.parcels[i] for i in chosen)
        return replace(self, parcels=own, targets=self.targets[chosen], stated_m2=self.stated_m2[chosen])


class _Known(NamedTuple):
    """What a case knows of places, on one plane, so that each line is cut into pieces once."""

    plane: LocalPlane
    lines: dict[tuple[str, tuple[str, ...]], STRtree]
    """By the zone whose points they are of, or nothing for the map's, and the names of a side."""


@fact
def _known(case: Case) -> _Known:
    shapes = [*case.named.values(), *(shape for own in case.points.values() for shape in own.values())]
    shapes += [shape for own in case.districts.values() for shape in own]
    around = np.array([shape for shape in shapes if not shape.is_empty], dtype=object)
    return _Known(LocalPlane.around(around) if len(around) else case.plane, {})


def _line(case: Case, zone: str, names: tuple[str, ...]) -> STRtree:
    """Return the pieces of what names of a side mean."""
    known = _known(case)
    if (zone, names) not in known.lines:
        shapes = case.points[zone] if zone else case.named
        whole = known.plane.to_xy(shapely.union_all([shapes[name] for name in names]))
        known.lines[zone, names] = STRtree(pieces_of([outer(_joined(whole))]))
    return known.lines[zone, names]


def ground_of(
    case: Case,
    zone: Zone,
    parcels: Sequence[Parcel],
    stated_m2: NDArray[np.float64],
    district: BaseGeometry | None,
) -> Ground:
    """Return what a case knows of the place of parcels of a zone.

    Parameters
    ----------
    case : Case
    zone : Zone
    parcels : sequence of Parcel
    stated_m2 : ndarray of float
        Their stated areas; nan where none is.
    district : geometry or None
        Longitude, latitude.

    Returns
    -------
    Ground
    """
    points = case.points.get(zone.id, {})
    known: dict[tuple[str, ...], int] = {}
    lines: list[STRtree] = []
    limits: list[float] = []
    targets = np.full((len(parcels), len(DIRECTIONS)), -1)
    for i, parcel in enumerate(parcels):
        for j, side in enumerate(DIRECTIONS):
            names = features_of(parcel, side)
            named = all(name in case.named for name in names)
            if names not in known and names and (named or all(name in points for name in names)):
                known[names] = len(lines)
                lines.append(_line(case, "" if named else zone.id, names))
                limits.append(limit_m(case) if named else POINTS_M)
            targets[i, j] = known.get(names, -1)
    plane, area = _known(case).plane, None
    if district is not None:
        area = plane.to_xy(district).buffer(case.settings.outline_tolerance_m)
        shapely.prepare(area)
    return Ground(
        reach=_reach(lines, area),
        plane=plane,
        parcels=tuple(parcels),
        stated_m2=stated_m2,
        targets=targets,
        lines=tuple(lines),
        limits_m=np.array(limits),
        district=area,
    )


def _reach(lines: Sequence[STRtree], district: BaseGeometry | None) -> tuple[float, float, float, float]:
    around = [shapely.total_bounds(line.geometries) for line in lines]
    around += [] if district is None else [np.array(district.bounds)]
    if not around:
        return -np.inf, -np.inf, np.inf, np.inf
    bounds = np.array(around)
    west, south = bounds[:, :2].min(axis=0) - _REACH_M
    east, north = bounds[:, 2:].max(axis=0) + _REACH_M
    return float(west), float(south), float(east), float(north)


def _joined(shape: BaseGeometry) -> BaseGeometry:
    """Join points to a line in their order along the way in which they spread; lines stay as they are."""
    if shapely.get_dimensions(shape) > 0 or shapely.get_num_geometries(shape) < 2:
        return shape
    xy = shapely.get_coordinates(shape)
    spread = np.linalg.svd(xy - xy.mean(axis=0), full_matrices=False)[2][0]
    xy = xy[np.argsort(xy @ spread)]
    breaks = np.flatnonzero(np.hypot(*np.diff(xy, axis=0).T) > _APART_M) + 1
    runs = np.split(xy, breaks)
    return shapely.union_all([shapely.LineString(r) if len(r) > 1 else shapely.Point(r[0]) for r in runs])


class _Pieces(NamedTuple):
    """Pieces of boundaries."""

    middles: NDArray[np.float64]
    normals: NDArray[np.float64]
    owner: NDArray[np.intp]
    """Which polygon each belongs to."""


def _pieces(xy: NDArray[np.object_]) -> _Pieces:
    parts, owner = shapely.get_parts(shapely.orient_polygons(xy), return_index=True)
    rings = shapely.get_exterior_ring(parts)
    rings = shapely.segmentize(rings, np.maximum(shapely.length(rings) / _PIECES, 1e-3))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.diff(points, axis=0)
    length = np.hypot(*steps.T)
    kept = (ring[1:] == ring[:-1]) & (length > 0)
    normals = np.column_stack([steps[:, 1], -steps[:, 0]])[kept] / length[kept, None]
    return _Pieces(((points[1:] + points[:-1]) / 2)[kept], normals, owner[ring[1:][kept]])


class _Laid(NamedTuple):
    """Pieces of boundaries beside the lines that they should lie along."""

    points: NDArray[np.float64]
    line: NDArray[np.intp]
    side: NDArray[np.intp]
    """A number for each side of each polygon."""
    feet: NDArray[np.float64]
    """The nearest place of the line."""

    @property
    def away_m(self) -> NDArray[np.float64]:
        return np.asarray(np.hypot(*(self.feet - self.points).T))


def _laid(ground: Ground, xy: NDArray[np.object_]) -> _Laid:
    """Lay each piece of boundary to the nearest of the known lines of the sides that it faces."""
    middles, normals, owner = _pieces(xy)
    faces = normals @ np.array([TOWARDS[side] for side in DIRECTIONS]).T
    best = np.full(len(middles), np.inf)
    feet = middles.copy()
    line, side = np.full(len(middles), -1), np.full(len(middles), -1)
    for j in range(len(DIRECTIONS)):
        wanted = np.where(faces[:, j] >= FACING, ground.targets[owner, j], -1)
        there = _feet(ground, middles, wanted)
        away = np.where(wanted >= 0, np.hypot(*(there - middles).T), np.inf)
        nearer = away < best
        best[nearer], feet[nearer], line[nearer] = away[nearer], there[nearer], wanted[nearer]
        side[nearer] = owner[nearer] * len(DIRECTIONS) + j
    known = line >= 0
    return _Laid(middles[known], line[known], side[known], feet[known])


def _feet(ground: Ground, points: NDArray[np.float64], line: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the nearest place of its line to each point."""
    feet = points.copy()
    for n in np.unique(line[line >= 0]):
        own = np.flatnonzero(line == n)
        tree = ground.lines[n]
        asked, found = tree.query_nearest(shapely.points(points[own]), all_matches=False)
        ways = shapely.shortest_line(shapely.points(points[own[asked]]), tree.geometries[found])
        feet[own[asked]] = shapely.get_coordinates(ways).reshape(-1, 2, 2)[:, 1]
    return feet


def fit(ground: Ground, lonlat: NDArray[np.object_]) -> Fit:
    """Return how polygons lie, one for each parcel of the ground."""
    china = in_china(shapely.get_coordinates(lonlat))
    xy = ground.plane.to_xy(lonlat)
    if not _is_near(ground, xy):
        known = int((ground.targets >= 0).sum())
        return Fit(known, frozenset(), np.inf, None if ground.district is None else 0.0, china, np.inf)
    laid = _laid(ground, xy)
    away = laid.away_m
    within = away <= ground.limits_m[laid.line] if len(away) else away
    count = ground.targets.size
    of_side = np.bincount(laid.side, minlength=count)
    share = np.bincount(laid.side, weights=within, minlength=count) / np.maximum(of_side, 1)
    return Fit(
        sides=int((of_side > 0).sum()),
        along=frozenset(divmod(n, len(DIRECTIONS)) for n in np.flatnonzero(share >= _MOSTLY).tolist()),
        rest_m=float(np.median(away)) if len(away) else np.inf,
        inside=_inside(ground.district, xy),
        in_china=china,
        scale_off=_scale_off(ground.stated_m2, lonlat),
    )


def _scale_off(stated_m2: NDArray[np.float64], lonlat: NDArray[np.object_]) -> float:
    stated = stated_m2 > 0
    if not stated.any():
        return 0.0
    measured = np.maximum(area_m2(lonlat[stated]), 1e-9)
    return float(np.median(np.abs(np.log(measured / stated_m2[stated]))))


def _is_near(ground: Ground, xy: NDArray[np.object_]) -> bool:
    """Whether anything of polygons lies within reach of what is known."""
    if not np.isfinite(shapely.get_coordinates(xy)).all():
        return False
    return bool(shapely.intersects(shapely.box(*ground.reach), shapely.box(*shapely.bounds(xy).T)).any())


def _inside(district: BaseGeometry | None, xy: NDArray[np.object_]) -> float | None:
    if district is None:
        return None
    area = shapely.area(xy)
    own = np.where(shapely.covers(district, xy), area, 0.0)
    partly = shapely.intersects(district, xy) & (own == 0) & shapely.is_valid(xy)
    own[partly] = shapely.area(shapely.intersection(xy[partly], district))
    return float(own.sum() / max(area.sum(), 1e-12))


def moved_onto(
    ground: Ground, xy: NDArray[np.object_], *, mirror: tuple[float, float] = (1.0, 1.0), turns: bool = False
) -> Motion:
    """Return the shift, or the shift and turn, that brings polygons best onto their lines.

    Iterated closest points (Besl and McKay 1992) by point-to-line distances (Chen and Medioni 1992);
    pieces twice as far off as most have no say.
    """
    west, south, east, north = shapely.total_bounds(xy)
    motion = Motion(middle=((west + east) / 2, (south + north) / 2), mirror=mirror)
    for turning in (False, True) if turns else (False,):
        for _ in range(_STEPS):
            further = _step(_laid(ground, shapely.transform(xy, motion.of)), motion, turning=turning)
            size = max(abs(v) for v in further.shift) + abs(further.turn) * max(east - west, north - south)
            motion = motion._replace(
                turn=motion.turn + further.turn,
                shift=(motion.shift[0] + further.shift[0], motion.shift[1] + further.shift[1]),
            )
            if size < _STILL_M:
                break
    return motion


def _step(laid: _Laid, motion: Motion, *, turning: bool) -> Motion:
    """Return the small motion by which pieces come nearest to their lines."""
    still = motion._replace(turn=0.0, shift=(0.0, 0.0))
    away = laid.away_m
    kept = (away > 0) & (away <= 2 * np.median(away)) if len(away) else away > 0
    if kept.sum() < 3:
        return still
    normals = (laid.feet - laid.points)[kept] / away[kept, None]
    x, y = (laid.points[kept] - motion.middle - motion.shift).T
    columns = [normals, (normals[:, 1] * x - normals[:, 0] * y)[:, None]] if turning else [normals]
    east, north, *turn = np.linalg.lstsq(np.hstack(columns), away[kept], rcond=None)[0].tolist()
    return still._replace(shift=(east, north), turn=turn[0] if turn else 0.0)
