"""Checks of each polygon by itself: closed, simple, without points or corners that no survey makes.

Nothing is repaired. Where a repair is plain it is proposed, with the area it would change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.case import drawn_finding, number, place
from ftz_geo.check.given import noticed
from ftz_geo.measure import area_m2, on_survey_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.model import Finding

REPEATED_M = 0.01
"""Points nearer than this are one point: a boundary survey is good to some centimetres."""

SPIKE_DEGREES = 1.0
"""A corner sharper than this is a spike; roads that part meet at several degrees."""

_SAME_M = 0.001
"""Survey coordinates are written to the millimetre."""


def ring_closure(case: Case) -> Iterator[Finding]:
    """Find outlines that enclose nothing: open lines, points."""
    for drawn in case.drawn:
        if drawn.is_area:
            continue
        ends = shapely.get_point(drawn.xy, 0), shapely.get_point(drawn.xy, -1)
        zh, en = "图形不是多边形", "the geometry is not a polygon"
        if all(ends):
            gap = number(shapely.distance(*ends), 2)
            zh, en = (
                f"界线首尾相距 {gap} 米，没有闭合",
                f"the outline's ends lie {gap} m apart: it is not closed",
            )
        yield drawn_finding("ring-closure", "error", drawn, zh, en)


def self_crossing(case: Case) -> Iterator[Finding]:
    """Find polygons that cross or touch themselves, with what a repair would make of the area."""
    for drawn in case.drawn:
        if not drawn.is_area or drawn.shape.is_valid or _without_spikes(drawn).is_valid:
            continue
        reason = shapely.is_valid_reason(drawn.shape).split("[")
        repaired = float(area_m2([shapely.make_valid(drawn.shape)])[0]) / 1e6
        at = [float(n) for n in reason[1].rstrip("]").split()] if len(reason) > 1 else []
        at_zh = "（东经 {:.6f}，北纬 {:.6f}）".format(*at) if at else ""
        at_en = " at {:.6f} E, {:.6f} N".format(*at) if at else ""
        change = number(repaired - drawn.area_km2, 6)
        yield drawn_finding(
            "self-crossing",
            "error",
            drawn,
            f"界线自相交{at_zh}；建议的修补（未采用）使面积变为 {number(repaired, 6)} 平方公里，"
            f"变化 {change} 平方公里",
            f"the outline crosses itself{at_en} ({reason[0]}); a repair, proposed and not made, would give "
            f"{number(repaired, 6)} km², a change of {change} km²",
            change_km2=repaired - drawn.area_km2,
        )
    yield from noticed("self-crossing")(case)  # polygons of no parcel are not among the drawn


def repeated_points(case: Case) -> Iterator[Finding]:
    """Find polygons that hold a point twice in a row."""
    for drawn in case.drawn:
        if drawn.grade != "surveyed":
            continue  # a map's own points are as they are
        rings = _rings(drawn.xy)
        count = sum(int((_lengths(ring) < REPEATED_M).sum()) for ring in rings)
        if count:
            yield drawn_finding(
                "repeated-points",
                "note",
                drawn,
                f"有 {count} 处相邻界址点相距不足 {REPEATED_M * 100:.0f} 厘米，可合并",
                f"{count} point(s) lie less than {REPEATED_M * 100:.0f} cm from the one before; merge them",
            )


def spikes(case: Case) -> Iterator[Finding]:
    """Find corners so sharp that the outline runs out and back on itself."""
    for drawn in case.drawn:
        sharp = [corner for ring in _rings(drawn.xy) for corner in _sharp_corners(ring)]
        if not sharp:
            continue
        x, y = case.plane.to_lonlat(shapely.Point(sharp[0])).coords[0]
        repaired = float(shapely.area(_without_spikes(drawn))) / 1e6
        change = number(repaired - float(shapely.area(drawn.xy)) / 1e6, 6)
        yield drawn_finding(
            "spike",
            "warning",
            drawn,
            f"有 {len(sharp)} 处尖角小于 {SPIKE_DEGREES:g}°（东经 {x:.6f}，北纬 {y:.6f}）；"
            f"建议去除（未采用），面积变化 {change} 平方公里",
            f"{len(sharp)} corner(s) are sharper than {SPIKE_DEGREES:g}° (at {x:.6f} E, {y:.6f} N); to leave "
            f"them out, proposed and not done, would change the area by {change} km²",
            change_km2=float(change),
        )


def slivers(case: Case) -> Iterator[Finding]:
    """Find polygons, or parts of one, that are thinner than the tolerance on both of their sides."""
    width = 2 * case.settings.boundary_tolerance_m
    for drawn in case.drawn:
        if not drawn.is_sound:
            continue
        parts = shapely.get_parts(drawn.xy)
        thin = parts[shapely.is_empty(shapely.buffer(parts, -width / 2))]
        if len(thin):
            area = number(float(shapely.area(thin).sum()) / 1e6, 6)
            yield drawn_finding(
                "sliver",
                "warning",
                drawn,
                f"有 {len(thin)} 个面处处窄于 {width:g} 米（界线误差的两倍），共 {area} 平方公里，"
                "不像真实地块",
                f"{len(thin)} part(s) are nowhere wider than {width:g} m, twice the boundary tolerance; with "
                f"{area} km² in all they are hardly land",
            )


def winding(case: Case) -> Iterator[Finding]:
    """Find holes wound like their shell, which some programs add instead of taking off."""
    for drawn in case.drawn:
        if not drawn.is_area:
            continue
        holes = [
            hole
            for part in shapely.get_parts(drawn.shape)
            for hole in part.interiors
            if shapely.is_ccw(hole) == shapely.is_ccw(part.exterior)
        ]
        if holes:
            area = float(area_m2([shapely.Polygon(h) for h in holes]).sum()) / 1e6
            yield drawn_finding(
                "winding",
                "note",
                drawn,
                f"有 {len(holes)} 个内环与外环绕向相同；这里已按内环扣除，"
                f"有的软件会反加上，使面积多出 {number(2 * area, 6)} 平方公里",
                f"{len(holes)} hole(s) are wound like their shell; here they are taken off, other programs "
                f"may add them and come to {number(2 * area, 6)} km² more",
            )


def template_shapes(case: Case) -> Iterator[Finding]:
    """Find surveyed polygons that look drawn and not surveyed: boxes, circles, copies of one another."""
    surveyed = [d for d in case.drawn if d.grade == "surveyed" and d.is_sound]
    for i, drawn in enumerate(surveyed):
        if _is_box(drawn):
            zh, en = "恰为正南正北的矩形", "a rectangle exactly along the axes"
        elif _is_circle(drawn.xy):
            zh, en = "恰为圆形", "an exact circle"
        elif twin := next((d for d in surveyed[:i] if _is_moved(d.xy, drawn.xy)), None):
            other = place(twin.zone, twin.block, twin.parcel)
            zh, en = f"形状与{other}完全相同，只是挪了位置", f"exactly the shape of {other}, moved"
        else:
            continue
        yield drawn_finding(
            "template-shape",
            "warning",
            drawn,
            f"图形{zh}，可能是示例或占位，不是实测",
            f"the polygon is {en}: perhaps a sample or a placeholder, and no survey",
        )


def _rings(xy: BaseGeometry) -> list[NDArray[np.float64]]:
    """Give the points of every ring, without the closing one."""
    parts = shapely.get_parts(xy)
    areas = parts[shapely.get_dimensions(parts) == 2]
    return [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(areas)]


def _lengths(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each edge's length, the closing edge last."""
    steps: NDArray[np.float64] = np.roll(ring, -1, axis=0) - ring
    return np.hypot(steps[:, 0], steps[:, 1])


def _sharp_corners(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the corners where the outline turns back, shape (n, 2)."""
    apart = ring[_lengths(ring) >= REPEATED_M]
    before, after = np.roll(apart, 1, axis=0) - apart, np.roll(apart, -1, axis=0) - apart
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    angle = np.degrees(np.arctan2(np.abs(cross), (before * after).sum(axis=1)))
    return np.asarray(apart[angle < SPIKE_DEGREES])


def _without_spikes(drawn: Drawn) -> BaseGeometry:
    """Give the polygon in metres without the points of its spikes."""

    def cleaned(ring: BaseGeometry) -> NDArray[np.float64]:
        points = shapely.get_coordinates(ring)[:-1]
        points = points[_lengths(points) >= REPEATED_M]
        # What a spike's point hid may be one itself, so the cutting goes on until nothing is sharp.
        while len(points) > 3 and len(sharp := _sharp_corners(points)):
            points = points[~(points[:, None] == sharp[None]).all(axis=2).any(axis=1)]
            points = points[_lengths(points) >= REPEATED_M]
        return points

    parts = []
    for part in shapely.get_parts(drawn.xy):
        shell, *holes = (cleaned(r) for r in (part.exterior, *part.interiors))
        if len(shell) >= 3:
            parts.append(shapely.Polygon(shell, [h for h in holes if len(h) >= 3]))
    return shapely.MultiPolygon(parts)


def _is_box(drawn: Drawn) -> bool:
    """Whether it is a rectangle along meridians and parallels, or along its survey plane's axes."""
    for shape, tolerance in ((drawn.shape, 1e-9), (on_survey_plane([drawn.shape])[0], _SAME_M)):
        west, south, east, north = shape.bounds
        box = shapely.box(west, south, east, north)
        if shapely.hausdorff_distance(shape.boundary, box.boundary) <= tolerance:
            return True
    return False


def _is_circle(xy: BaseGeometry) -> bool:
    """Whether a dozen points or more lie equally far from their middle."""
    points = shapely.get_coordinates(xy)[:-1]
    if len(points) < 12:
        return False
    radius = np.hypot(*(points - points.mean(axis=0)).T)
    return bool(np.ptp(radius) <= 0.05)


def _is_moved(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether one is the other, shifted."""
    first, second = (shapely.get_coordinates(shapely.normalize(g)) for g in (one, other))
    if first.shape != second.shape:
        return False
    shift = second - first
    apart = float(np.hypot(*shift[0]))
    return apart > _SAME_M and bool((np.abs(shift - shift[0]) <= 0.05).all())
