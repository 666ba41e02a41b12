"""Where groups of parcels are believed to lie, and room for each there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import NO_PLACE, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Anchor, Zone

__all__ = ["Site", "find_sites", "room_for"]

_ORIGIN = (108 + 55 / 60 + 25 / 3600, 34 + 32 / 60 + 27 / 3600)
"""Longitude, latitude of the geodetic origin of the country, 泾阳县永乐镇 (大地原点)."""

_COUNTRY_M = 3_500_000.0
"""No point of the country lies farther from its geodetic origin; 曾母暗沙 at 3410 km is the farthest."""

_DISTRICT_M = 20_000.0
"""A zone's blocks lie in one district; those of the cities read so far measure up to this across."""


_TIED = "beside-map", "和已上图的地块有共同的四至，布置在其旁", "shares a side with parcels on the map"
_SAME_ZONE = (
    "beside-zone",
    "位置不明，布置在同一片区已上图的地块旁",
    "its place is not known: beside the zone's parcels on the map",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Where a parcel is believed to lie, and why."""

    xy: tuple[float, float]
    """Metres, on the zone's plane."""
    uncertainty_m: float
    reason: Reason

    @property
    def is_known(self) -> bool:
        """Whether any clue tells of it."""
        return self.reason.code not in NO_PLACE


def find_sites(
    zone: Zone,
    anchors: Sequence[Anchor],
    groups: Sequence[Sequence[str]],
    standing: Mapping[str, Polygon | MultiPolygon],
) -> tuple[LocalPlane, dict[str, Site]]:
    """Find for every parcel of the groups where it is believed to lie, and the plane that this is told on.

    By its own anchors; else beside the parcels on a map that it is tied to; else by its block's anchors;
    else by those of the parcels it is tied to; else by the zone's; else beside what stands (polygons in
    longitude and latitude by parcel id); else nowhere, and said so.
    """
    ours = [a for a in anchors if a.zone in (zone.name or "")]
    known = [*(shapely.Point(a.lon, a.lat) for a in ours), *standing.values()] or [shapely.Point(_ORIGIN)]
    plane = LocalPlane.around(known)
    labels = {p.id: b.label for b in zone.blocks for p in b.parcels}
    everywhere = [a for a in ours if not a.blocks and not a.parcels]
    on_map = {i: plane.to_xy(polygon) for i, polygon in standing.items()}

    def site(parcel_id: str, group: Sequence[str]) -> Site:
        of_group = [a for a in ours if {labels[i] for i in group} & set(a.blocks)]
        own = [a for a in ours if labels[parcel_id] in a.blocks]
        if exact := [a for a in ours if parcel_id in a.parcels]:
            return _at(exact, plane, borrowed=False)
        if tied := [on_map[i] for i in group if i in on_map]:
            return _beside(tied, 0.0, *_TIED)
        if nearby := own or of_group or everywhere:
            return _at(nearby, plane, borrowed=not own and bool(of_group))
        return _beside([*on_map.values()], _DISTRICT_M, *_SAME_ZONE) if on_map else _nowhere(plane)

    return plane, {parcel_id: site(parcel_id, group) for group in groups for parcel_id in group}


def _at(anchors: Sequence[Anchor], plane: LocalPlane, *, borrowed: bool) -> Site:
    """Return the middle of some anchors, uncertain enough to cover each."""
    points = [plane.to_xy(shapely.Point(a.lon, a.lat)) for a in anchors]
    xy = np.mean([(p.x, p.y) for p in points], axis=0)
    reach = max(
        float(np.hypot(p.x - xy[0], p.y - xy[1])) + a.uncertainty_m
        for p, a in zip(points, anchors, strict=True)
    )
    names = "、".join(dict.fromkeys(a.name for a in anchors))
    basis = "；".join(dict.fromkeys(a.basis for a in anchors))
    names_en = ", ".join(dict.fromkeys(a.name_en or a.name for a in anchors))
    basis_en = "; ".join(dict.fromkeys(a.basis_en or a.basis for a in anchors))
    codes = {a.code for a in anchors}
    with_whom = ("随相关区块", "with the blocks it is tied to, ") if borrowed else ("", "")
    return Site(
        xy=(float(xy[0]), float(xy[1])),
        uncertainty_m=reach,
        reason=Reason(
            code=codes.pop() if len(codes) == 1 else "anchor",
            zh=f"{with_whom[0]}置于{names}一带，误差约{reach / 1000:.1f}公里：{basis}",
            en=f"{with_whom[1]}placed about {names_en}, good to {reach / 1000:.1f} km: {basis_en}",
        ),
    )


def _beside(polygons: Sequence[Polygon | MultiPolygon], more_m: float, code: str, zh: str, en: str) -> Site:
    """Return the middle of what stands on a map, uncertain by its size and more."""
    west, south, east, north = shapely.total_bounds(polygons)
    return Site(
        xy=(float(west + east) / 2, float(south + north) / 2),
        uncertainty_m=float(np.hypot(east - west, north - south)) / 2 + more_m,
        reason=Reason(code=code, zh=zh, en=en),
    )


def _nowhere(plane: LocalPlane) -> Site:
    origin = plane.to_xy(shapely.Point(_ORIGIN))
    return Site(
        xy=(origin.x, origin.y),
        uncertainty_m=_COUNTRY_M,
        reason=Reason(
            code="no-anchor",
            zh="位置完全不明：画在大地原点（陕西泾阳永乐镇），此位置没有任何含义",
            en="its place is not known at all: drawn at the country's geodetic origin, which means nothing",
        ),
    )


def room_for(
    shapes: Sequence[BaseGeometry], obstacles: Sequence[BaseGeometry], clear_m: float
) -> NDArray[np.float64]:
    """Return the shortest shift after which a group stands clear by so much of what stands already.

    The shifts at which two convex shapes meet are the Minkowski sum of one and the other turned
    round; the nearest point of the boundary of all those sums is the answer (the no-fit polygon
    of cutting and packing). Shapes count by their convex hulls, in metres.

    >>> square = shapely.box(0, 0, 10, 10)
    >>> room_for([square], [shapely.box(8, 0, 18, 10)], clear_m=5.0).round(6).tolist()
    [-7.0, 0.0]
    """
    if not obstacles:
        return np.zeros(2)
    hulls = [shapely.get_coordinates(shapely.convex_hull(s)) for s in shapes]
    standing = [shapely.get_coordinates(shapely.convex_hull(o)) for o in obstacles]
    sums = [
        shapely.MultiPoint((other[:, None] - hull[None]).reshape(-1, 2)).convex_hull
        for hull in hulls
        for other in standing
    ]
    taken = shapely.union_all(shapely.buffer(sums, clear_m, join_style="mitre"))
    here = shapely.Point(0, 0)
    if not taken.contains(here):
        return np.zeros(2)
    shift: NDArray[np.float64] = shapely.get_coordinates(shapely.shortest_line(taken.boundary, here))[0]
    return shift
