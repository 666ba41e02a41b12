"""Checks of where polygons lie: in their district, along the features that the words name.

They need geometry for the words: outlines of districts, and lines of roads and waters, by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from ftz_geo.check.along import limit_m, sides_of
from ftz_geo.check.case import fact
from ftz_geo.check.districts import district_of
from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding
from ftz_geo.compass import SIDE_ZH
from ftz_geo.measure import wgs84_of_gcj02
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.along import Side
    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.model import Finding

_GOOD, _BAD = 0.9, 0.5
"""Shares of a side along its feature: below the first it is a warning, below the second an error."""

_NOISE = 0.01
"""Share of an area that two maps of the same district differ by."""


def outside_district(case: Case) -> Iterator[Finding]:
    """Find polygons that lie outside the district that their zone is named after."""
    tolerance = case.settings.outline_tolerance_m
    for zone in case.zones:
        outline = _outlines(case).get(zone.zone.id)
        if outline is None:
            continue
        name, area, allowed = outline
        for drawn in _standing(zone):
            if allowed.covers(drawn.xy):
                continue
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


def conformance(case: Case) -> Iterator[Finding]:
    """Find surveyed sides that do not run along the feature that the words name."""
    for zone in case.zones:
        for drawn in _surveyed(zone):
            for side in sides_of(case, drawn.parcel, drawn.xy):
                if side.share < _GOOD or side.behind:
                    yield _departure(case, drawn, side)


def _departure(case: Case, drawn: Drawn, side: Side) -> Finding:
    lon, lat = case.plane.to_lonlat(side.farthest).coords[0]
    names, limit = "、".join(side.names), number(limit_m(case), 1)
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


class _Outline(NamedTuple):
    """A district, in metres."""

    name: str
    area: BaseGeometry
    allowed: BaseGeometry
    """With as much around it as the outline may be off."""


@fact
def _outlines(case: Case) -> dict[str, _Outline]:
    """Return the districts that zones are named after, by the zone's id; each is made once."""
    made: dict[tuple[str, int], _Outline] = {}
    outlines = {}
    for zone in case.plan.zones:
        if district := district_of(zone, case.plan, case.districts):
            name, shape = district
            key = name, id(shape)
            if key not in made:
                area = case.plane.to_xy(shape)
                allowed = area.buffer(case.settings.outline_tolerance_m)
                shapely.prepare(allowed)
                made[key] = _Outline(name, area, allowed)
            outlines[zone.id] = made[key]
    return outlines


def outlined(case: Case) -> tuple[str, ...]:
    """Return the ids of the zones whose district has an outline."""
    return tuple(_outlines(case))


def _undone(case: Case, drawn: Drawn) -> BaseGeometry:
    """Return the polygon in metres as it lies if its coordinates are GCJ-02."""
    return case.plane.to_xy(wgs84_of_gcj02(drawn.shape))
