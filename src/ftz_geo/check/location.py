"""Checks of where polygons lie: in their district, along the features that the words name, unshifted.

They need geometry for the words: outlines of districts, and lines of roads and waters, by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree

from ftz_geo.check.case import fact
from ftz_geo.check.districts import district_of
from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding, finding
from ftz_geo.compass import DIRECTIONS, SIDE_ZH, TOWARDS, Direction
from ftz_geo.measure import wgs84_of_gcj02
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.model import Feature, Finding, Parcel

_FACING = 0.5
"""Cosine of 60°: a piece of boundary faces a side up to there, so that a slanting one faces two."""

_SAMPLE_M = 10.0
"""Length of the pieces that a boundary is cut into: shorter than any road is wide."""

_SLACK_M = 1e-3
"""More than rounding makes of a distance."""

_GOOD, _BAD = 0.9, 0.5
"""Shares of a side along its feature: below the first it is a warning, below the second an error."""

_NOISE = 0.01
"""Share of an area that two maps of the same district differ by."""


def outside_district(case: Case) -> Iterator[Finding]:
    """Find polygons that lie outside the district that their zone is named after."""
    tolerance = case.settings.outline_tolerance_m
    for zone in case.zones:
        outline = _outline(zone)
        if outline is None or _is_shifted(zone):
            continue
        name, area = outline
        allowed = area.buffer(tolerance)
        for drawn in _standing(zone):
            beyond = drawn.xy.difference(allowed)
            share = float(beyond.area / drawn.xy.area)
            if share < _NOISE:
                continue
            corners = shapely.points(shapely.get_coordinates(beyond))
            farthest = number(float(shapely.distance(corners, area).max()), 0)
            percent = number(100 * share, 1)
            said = Text(
                f"有 {percent}% 在{name}界外，最远 {farthest} 米，超出界线底图的误差 {tolerance:g} 米",
                f"{percent} % of it lies outside {name}, up to {farthest} m away, more than the "
                f"{tolerance:g} m by which the outline may be off",
            )
            if _undone(case, drawn).difference(allowed).area < beyond.area / 4:
                said += Text(
                    "；若坐标是 GCJ-02（火星坐标），还原后便在界内",
                    "; it would lie inside if its coordinates were GCJ-02 and were converted",
                )
            surveyed = drawn.grade == "surveyed"
            yield drawn_finding("outside-district", "error" if surveyed else "warning", drawn, said)


def gcj02(case: Case) -> Iterator[Finding]:
    """Find zones whose surveyed polygons fit the map only after their shift of web maps is undone."""
    for zone in case.zones:
        if _is_shifted(zone):
            said = Text(
                "图形按 GCJ-02（火星坐标）还原后才与底图相符，坐标很可能取自网络地图，未经还原；面积不可用",
                "the polygons fit the map only after conversion from GCJ-02; their coordinates were probably "
                "taken from a web map, and their areas cannot be used",
            )
            yield finding("gcj02", "error", said, zone.zone, spans=[d.parcel.span for d in _standing(zone)])


def conformance(case: Case) -> Iterator[Finding]:
    """Find surveyed sides that do not run along the feature that the words name."""
    for zone in case.zones:
        if _is_shifted(zone):
            continue
        for drawn, sides in _surveyed_sides(zone):
            for side in sides:
                if side.share < _GOOD or side.behind:
                    yield _departure(case, drawn, side)


def _departure(case: Case, drawn: Drawn, side: _Side) -> Finding:
    lon, lat = case.plane.to_lonlat(side.farthest).coords[0]
    names, limit = "、".join(side.names), number(_limit_m(case), 1)
    share, departure = number(100 * side.share, 0), number(side.departure_m, 0)
    said = Text(
        f"{SIDE_ZH[side.direction]}侧按文字应沿{names}，界线只有 {share}% 在其 {limit} 米以内，"
        f"最远相距 {departure} 米（东经 {lon:.6f}，北纬 {lat:.6f}）",
        f"by the words its {side.direction} side runs along {names}; {share} % of it lies within "
        f"{limit} m of there, and it departs by up to {departure} m (at {lon:.6f} E, {lat:.6f} N)",
    )
    if side.behind:
        said += Text(
            f"；{names}却在另一侧，图形可能画到了路的对面",
            f"; {names} lies on its other side: it may stand on the wrong side of it",
        )
    return drawn_finding(
        "conformance",
        "error" if side.share < _BAD or side.behind else "warning",
        drawn,
        said,
        spans=[f.span for f in drawn.parcel.abuttals[side.direction]],
    )


def _standing(zone: ZoneCase) -> list[Drawn]:
    return [d for d in zone.drawn if d.stands and d.is_sound]


def _surveyed(zone: ZoneCase) -> list[Drawn]:
    return [d for d in _standing(zone) if d.grade == "surveyed"]


@fact
def _outline(zone: ZoneCase) -> tuple[str, BaseGeometry] | None:
    """Return the district that the zone is named after, in metres."""
    district = district_of(zone.zone, zone.case.plan, zone.case.districts)
    return None if district is None else (district[0], zone.case.plane.to_xy(district[1]))


def _names(case: Case, features: Sequence[Feature]) -> tuple[str, ...]:
    """Return the names of a side's features where it lies at all of them and each is known by its name."""
    known = all(f.relation == "at" and f.name in case.named for f in features)
    return tuple(f.name for f in features) if known else ()


@fact
def _lines(case: Case) -> dict[tuple[str, ...], STRtree]:
    """Return by those names what bounds the surveyed sides, in pieces, metres."""
    surveyed = (d for d in case.drawn if d.grade == "surveyed")
    told = {_names(case, features) for d in surveyed for features in d.parcel.abuttals.values()}
    return {
        names: STRtree(_pieces([_outer(case.plane.to_xy(case.named[name])) for name in names]))
        for names in told - {()}
    }


def _outer(shape: BaseGeometry) -> BaseGeometry:
    """Return what bounds: the outline of an area, a line itself."""
    return shape.boundary if shapely.get_dimensions(shape) == 2 else shape


def _pieces(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
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


def _undone(case: Case, drawn: Drawn) -> BaseGeometry:
    """Return the polygon in metres as it lies if its coordinates are GCJ-02."""
    return case.plane.to_xy(wgs84_of_gcj02(drawn.shape))


@fact
def _surveyed_sides(zone: ZoneCase) -> tuple[tuple[Drawn, tuple[_Side, ...]], ...]:
    """Return the surveyed polygons with their sides as they lie."""
    return tuple((d, _sides(zone.case, d.parcel, d.xy)) for d in _surveyed(zone))


@fact
def _is_shifted(zone: ZoneCase) -> bool:
    """Whether the surveyed polygons disagree with the map, and agree when read as GCJ-02.

    The sides tell it, or the outline of a district where the polygons are as large as the district:
    a small one that lies outside by half a kilometre may simply lie there.
    """
    case, surveyed, outline = zone.case, _surveyed(zone), _outline(zone)
    if outline is not None and sum(float(d.xy.area) for d in surveyed) > outline[1].area / 2:
        allowed = outline[1].buffer(case.settings.outline_tolerance_m)
        before, after = (
            sum(float(xy.difference(allowed).area) for xy in shapes)
            for shapes in ([d.xy for d in surveyed], [_undone(case, d) for d in surveyed])
        )
        return before > _NOISE * outline[1].area and after < before / 4
    as_is = [side.share for _, sides in _surveyed_sides(zone) for side in sides]
    if not as_is or float(np.mean(as_is)) >= _BAD:
        return False
    undone = [side.share for d in surveyed for side in _sides(case, d.parcel, _undone(case, d))]
    return bool(undone) and float(np.mean(undone)) >= _GOOD


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
    """Return how far a boundary that follows a road may lie from the map's line of it."""
    return case.settings.boundary_tolerance_m + case.settings.road_half_width_m


def _sides(case: Case, parcel: Parcel, xy: BaseGeometry) -> tuple[_Side, ...]:
    """Compare each side whose features are all known by name with the boundary that should follow it."""
    named = {side: _names(case, parcel.abuttals[side]) for side in DIRECTIONS}
    known = [side for side in DIRECTIONS if named[side]]
    if not known:
        return ()
    middles, normals = _boundary(xy)
    points = shapely.points(middles)
    distance = np.array([shapely.distance(points, _near(_lines(case)[named[side]], xy)) for side in known])
    faces = {side: normals @ np.array(TOWARDS[side]) for side in DIRECTIONS}
    along = distance <= _limit_m(case)
    owner = _owners(distance, along, faces, known)
    sides = []
    for i, side in enumerate(known):
        own = owner == i
        if not own.any():
            continue
        farthest = int(np.where(own, distance[i], -np.inf).argmax())
        sides.append(
            _Side(
                direction=side,
                names=named[side],
                share=float((along[i] & own).sum() / own.sum()),
                departure_m=float(distance[i][farthest]),
                farthest=shapely.Point(middles[farthest]),
                behind=bool(along[i].any()) and float(faces[side][along[i]].mean()) < -_FACING,
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
    faced = np.where(np.array([faces[side] for side in known]) >= _FACING, distance, np.inf)
    owner: NDArray[np.intp] = np.where(along.any(axis=0), distance.argmin(axis=0), faced.argmin(axis=0))
    unknown = [faces[side] >= _FACING for side in DIRECTIONS if side not in known]
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
