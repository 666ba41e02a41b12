"""Checks of where polygons lie: in their district, along the features that the words name, unshifted.

They need geometry for the words: outlines of districts, and lines of roads and waters, by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.case import drawn_finding, number, title
from ftz_geo.check.districts import district_of
from ftz_geo.compass import DIRECTIONS, TOWARDS, Direction
from ftz_geo.measure import wgs84_of_gcj02
from ftz_geo.model import LABELS_ZH, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.model import Parcel, Severity, Zone

_FACING = 0.5
"""Cosine of 60°: a piece of boundary faces a side up to there, so that a slanting one faces two."""

_SAMPLE_M = 10.0

_GOOD, _BAD = 0.9, 0.5
"""Shares of a side along its feature: below the first it is a warning, below the second an error."""

_NOISE = 0.01
"""Share of an area that two maps of the same district differ by."""


def outside_district(case: Case) -> Iterator[Finding]:
    """Find polygons that lie outside the district that their zone is named after."""
    tolerance = case.settings.outline_tolerance_m
    for zone in case.plan.zones:
        outline = _outline(case, zone)
        if outline is None or _is_shifted(case, zone):
            continue
        name, area = outline
        allowed = area.buffer(tolerance)
        for drawn in _standing(case, zone):
            beyond = drawn.xy.difference(allowed)
            share = float(beyond.area / drawn.xy.area)
            if share < _NOISE:
                continue
            corners = shapely.points(shapely.get_coordinates(beyond))
            farthest = number(float(shapely.distance(corners, area).max()), 0)
            percent = number(100 * share, 1)
            zh = f"有 {percent}% 在{name}界外，最远 {farthest} 米，超出界线底图的误差 {tolerance:g} 米"
            en = (
                f"{percent} % of it lies outside {name}, up to {farthest} m away, more than the "
                f"{tolerance:g} m by which the outline may be off"
            )
            if _undone(case, drawn).difference(allowed).area < beyond.area / 4:
                zh += "；若坐标是 GCJ-02（火星坐标），还原后便在界内"
                en += "; it would lie inside if its coordinates were GCJ-02 and were converted"
            severity: Severity = "error" if drawn.grade == "surveyed" else "warning"
            yield drawn_finding("outside-district", severity, drawn, zh, en)


def gcj02(case: Case) -> Iterator[Finding]:
    """Find zones whose surveyed polygons fit the map only after their shift of web maps is undone."""
    for zone in case.plan.zones:
        if _is_shifted(case, zone):
            surveyed = _standing(case, zone)
            yield Finding(
                check="gcj02",
                severity="error",
                zone_id=zone.id,
                zh=f"{title(zone)}：图形按 GCJ-02（火星坐标）还原后才与底图相符，"
                "坐标很可能取自网络地图，未经还原；面积不可用。",
                en=f"{title(zone)}: the polygons fit the map only after conversion from GCJ-02; their "
                "coordinates were probably taken from a web map, and their areas cannot be used.",
                spans=tuple(d.parcel.span for d in surveyed),
            )


def conformance(case: Case) -> Iterator[Finding]:
    """Find surveyed sides that do not run along the feature that the words name."""
    for zone in case.plan.zones:
        if _is_shifted(case, zone):
            continue
        for drawn in _standing(case, zone):
            if drawn.grade != "surveyed":
                continue
            for side in _sides(case, drawn.parcel, drawn.xy):
                if side.share >= _GOOD and not side.behind:
                    continue
                lon, lat = case.plane.to_lonlat(side.farthest).coords[0]
                where, names = LABELS_ZH[side.direction], "、".join(side.names)
                limit = number(_limit_m(case), 1)
                share = number(100 * side.share, 0)
                zh = (
                    f"{where}侧按文字应沿{names}，界线只有 {share}% 在其 {limit} 米以内，"
                    f"最远相距 {number(side.departure_m, 0)} 米（东经 {lon:.6f}，北纬 {lat:.6f}）"
                )
                en = (
                    f"by the words its {side.direction} side runs along {names}; {share} % of it lies within "
                    f"{limit} m of there, and it departs by up to {number(side.departure_m, 0)} m "
                    f"(at {lon:.6f} E, {lat:.6f} N)"
                )
                if side.behind:
                    zh += f"；{names}却在另一侧，图形可能画到了路的对面"
                    en += f"; {names} lies on its other side: it may stand on the wrong side of it"
                yield drawn_finding(
                    "conformance",
                    "error" if side.share < _BAD or side.behind else "warning",
                    drawn,
                    zh,
                    en,
                    spans=tuple(f.span for f in drawn.parcel.abuttals[side.direction]),
                )


def _standing(case: Case, zone: Zone) -> list[Drawn]:
    return [d for d in case.drawn if d.zone is zone and d.stands and d.is_sound]


def _outline(case: Case, zone: Zone) -> tuple[str, BaseGeometry] | None:
    """Give the district that the zone is named after, in metres."""
    found = district_of(zone, case.plan, case.districts)
    return None if found is None else (found[0], case.plane.to_xy(found[1]))


def _undone(case: Case, drawn: Drawn) -> BaseGeometry:
    """Give the polygon in metres as it lies if its coordinates are GCJ-02."""
    return case.plane.to_xy(wgs84_of_gcj02(drawn.shape))


def _is_shifted(case: Case, zone: Zone) -> bool:
    """Whether the surveyed polygons disagree with the map, and agree when read as GCJ-02.

    The sides tell it, or the outline of a district where the polygons are as large as the district:
    a small one that lies outside by half a kilometre may simply lie there.
    """
    surveyed = [d for d in _standing(case, zone) if d.grade == "surveyed"]
    undone = [_undone(case, d) for d in surveyed]
    outline = _outline(case, zone)
    if outline is not None and sum(float(d.xy.area) for d in surveyed) > outline[1].area / 2:
        allowed = outline[1].buffer(case.settings.outline_tolerance_m)
        before, after = (
            sum(float(xy.difference(allowed).area) for xy in shapes)
            for shapes in ([d.xy for d in surveyed], undone)
        )
        return before > _NOISE * outline[1].area and after < before / 4
    shares_as_is = [s.share for d in surveyed for s in _sides(case, d.parcel, d.xy)]
    shares_undone = [
        s.share for d, xy in zip(surveyed, undone, strict=True) for s in _sides(case, d.parcel, xy)
    ]
    if not shares_as_is or not shares_undone:
        return False
    return float(np.mean(shares_as_is)) < _BAD and float(np.mean(shares_undone)) >= _GOOD


@dataclass(frozen=True, kw_only=True, slots=True)
class _Side:
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


def _limit_m(case: Case) -> float:
    """Give how far a boundary that follows a road may lie from the map's line of it."""
    return case.settings.boundary_tolerance_m + case.settings.road_half_width_m


def _sides(case: Case, parcel: Parcel, xy: BaseGeometry) -> tuple[_Side, ...]:
    """Compare each side whose features are all known by name with the boundary that should follow it.

    A piece of boundary that runs along one of the features belongs to it, wherever it faces: sides
    bend. Any other belongs to the nearest feature of the sides that it faces, unless it faces a side
    of which too little is known.
    """
    lines: dict[Direction, BaseGeometry] = {}
    for direction in DIRECTIONS:
        features = parcel.abuttals[direction]
        known = [case.named_xy(f.name) for f in features if f.relation == "at" and f.name in case.named]
        if known and len(known) == len(features):
            lines[direction] = shapely.union_all([_outer(shape) for shape in known])
    if not lines:
        return ()
    middles, normals = _boundary(xy)
    points = shapely.points(middles)
    distance = np.array([shapely.distance(points, line) for line in lines.values()])
    faces = np.array([normals @ np.array(TOWARDS[d]) for d in lines])
    along = distance <= _limit_m(case)
    faced = np.where(faces >= _FACING, distance, np.inf)
    owner = np.where(along.any(axis=0), distance.argmin(axis=0), faced.argmin(axis=0))
    unknown = [normals @ np.array(TOWARDS[d]) >= _FACING for d in DIRECTIONS if d not in lines]
    nobodys = np.logical_or.reduce([np.isinf(faced.min(axis=0)), *unknown])
    owner[nobodys & ~along.any(axis=0)] = -1
    found = []
    for i, direction in enumerate(lines):
        own = owner == i
        if not own.any():
            continue
        farthest = int(np.where(own, distance[i], -np.inf).argmax())
        share = float((along[i] & own).sum() / own.sum())
        found.append(
            _Side(
                direction=direction,
                names=tuple(f.name for f in parcel.abuttals[direction]),
                share=share,
                departure_m=float(distance[i][farthest]),
                farthest=shapely.Point(middles[farthest]),
                behind=bool(along[i].any()) and float(faces[i][along[i]].mean()) < -_FACING,
            )
        )
    return tuple(found)


def _outer(shape: BaseGeometry) -> BaseGeometry:
    """Give what bounds: the outline of an area, a line itself."""
    return shape.boundary if shapely.get_dimensions(shape) == 2 else shape


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
