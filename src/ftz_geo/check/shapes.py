"""Checks of each polygon by itself: closed, simple, without points or corners that no survey makes.

Nothing is repaired. Where a repair is plain it is proposed, with the area it would change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding
from ftz_geo.check.given import noticed
from ftz_geo.measure import area_m2, on_survey_plane
from ftz_geo.model import Text
from ftz_geo.soundness import crossing_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

_SAME_DEGREES = 1e-9
"""A tenth of a millimetre: the last digit of degrees as files hold them."""

_ALIKE_M = 0.05
"""What is drawn once and copied, or drawn with a compass, is the same to this after one rounding to
centimetres and one projection."""

_EITHER_WAY_M = (-2 * _ALIKE_M, 2 * _ALIKE_M)

_CIRCLE_POINTS = 12
"""Fewer points on a circle are a regular figure, such as a square."""


def ring_closure(case: Case) -> Iterator[Finding]:
    """Find outlines that enclose nothing: open lines, points."""
    for drawn in case.drawn:
        if not drawn.is_area:
            yield drawn_finding("ring-closure", "error", drawn, _openness(drawn))
    yield from noticed("ring-closure", case)  # of lists, whose first point comes last with other numbers


def _openness(drawn: Drawn) -> Text:
    """Return how far an outline is from closing, and what area it would have closed by its last edge."""
    lines = [part for part in shapely.get_parts(drawn.xy) if part.geom_type in ("LineString", "LinearRing")]
    if not lines:
        return Text("图形是点，不是多边形", "the geometry is a point and not a polygon")
    gaps = [float(shapely.distance(shapely.get_point(p, 0), shapely.get_point(p, -1))) for p in lines]
    if not max(gaps):
        return Text(
            "图形是首尾相接的线，不是多边形；请存为面",
            "the geometry is a closed line and not a polygon: save it as one",
        )
    gap = number(max(gaps), 2)
    said = Text(f"界线首尾相距 {gap} 米，没有闭合", f"the outline's ends lie {gap} m apart: it is not closed")
    corners = shapely.get_coordinates(lines[0])
    if len(lines) > 1 or len(corners) < 3:
        return said + Text("；请补齐界址点", "; complete its corners")
    closed = shapely.Polygon(corners)
    if not closed.is_valid:
        return said + Text("；请补齐界址点", "; complete its corners")
    km2 = number(closed.area / 1e6, 6)
    return said + Text(
        f"；首尾直接相连（未采用）则为 {km2} 平方公里，请补上闭合点或缺失的界址点",
        f"; joined by a straight line, proposed and not made, it would be {km2} km²: add the closing point "
        "or the corners that are missing",
    )


def self_crossing(case: Case) -> Iterator[Finding]:
    """Find polygons that cross or touch themselves, with what a repair would make of the area."""
    told = {f.parcel_id or f.block_id for f in noticed("self-crossing", case)}
    several = {f.parcel_id or f.block_id for f in noticed("several-polygons", case)}
    for drawn in case.drawn:
        if not drawn.is_area or drawn.shape.is_valid or drawn.parcel.id in told:
            continue
        if all(part.is_valid for part in shapely.get_parts(drawn.shape)):
            if drawn.parcel.id not in several:
                yield _overlapping_parts(drawn)
            continue
        if _without_spikes(drawn).is_valid:
            continue
        crossing = crossing_of(drawn.shape)
        yield drawn_finding("self-crossing", "error", drawn, crossing.text, measured_km2=crossing.printed_km2)
    yield from noticed("self-crossing", case)  # with the names of corners, which a list has


def _overlapping_parts(drawn: Drawn) -> Finding:
    parts = shapely.get_parts(drawn.xy)
    shared = number(float(shapely.area(parts).sum() - shapely.union_all(parts).area), 1)
    return drawn_finding(
        "self-crossing",
        "error",
        drawn,
        Text(
            f"其 {len(parts)} 个部分互相重叠 {shared} 平方米或共边，面积不能合计；请合并为一个面",
            f"its {len(parts)} parts share {shared} m² or an edge, so their areas do not add up: merge them",
        ),
    )


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
                Text(
                    f"有 {count} 处相邻界址点相距不足 {REPEATED_M * 100:.0f} 厘米，可合并",
                    f"{count} point(s) lie less than {REPEATED_M * 100:.0f} cm from the one before; "
                    "merge them",
                ),
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
            Text(
                f"有 {len(sharp)} 处尖角小于 {SPIKE_DEGREES:g}°（东经 {x:.6f}，北纬 {y:.6f}）；"
                f"建议去除（未采用），面积变化 {change} 平方公里",
                f"{len(sharp)} corner(s) are sharper than {SPIKE_DEGREES:g}° (at {x:.6f} E, {y:.6f} N); to "
                f"leave them out, proposed and not done, would change the area by {change} km²",
            ),
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
                Text(
                    f"有 {len(thin)} 个面处处窄于 {width:g} 米（界线误差的两倍），共 {area} 平方公里，"
                    "不像真实地块",
                    f"{len(thin)} part(s) are nowhere wider than {width:g} m, twice the boundary tolerance; "
                    f"with {area} km² in all they are hardly land",
                ),
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
                Text(
                    f"有 {len(holes)} 个内环与外环绕向相同；这里已按内环扣除，"
                    f"有的软件会反加上，使面积多出 {number(2 * area, 6)} 平方公里",
                    f"{len(holes)} hole(s) are wound like their shell; here they are taken off, other "
                    f"programs may add them and come to {number(2 * area, 6)} km² more",
                ),
            )


def template_shapes(case: Case) -> Iterator[Finding]:
    """Find surveyed polygons that look drawn and not surveyed: boxes, circles, copies of one another."""
    surveyed = [d for d in case.drawn if d.grade == "surveyed" and d.is_sound]
    flat = on_survey_plane([d.shape for d in surveyed])
    twins = _twins([d.xy for d in surveyed])
    for drawn, plane_shape, twin in zip(surveyed, flat, twins, strict=True):
        if _is_box(drawn.shape, plane_shape):
            said = Text("恰为正南正北的矩形", "a rectangle exactly along the axes")
        elif _is_circle(drawn.xy):
            said = Text("恰为圆形", "an exact circle")
        elif twin is not None:
            other = surveyed[twin].title
            said = Text(f"形状与{other}完全相同，只是挪了位置", f"exactly the shape of {other}, moved")
        else:
            continue
        yield drawn_finding(
            "template-shape",
            "warning",
            drawn,
            Text(
                f"图形{said.zh}，可能是示例或占位，不是实测",
                f"the polygon is {said.en}: perhaps a sample or a placeholder, and no survey",
            ),
        )


def _rings(xy: BaseGeometry) -> list[NDArray[np.float64]]:
    """Return the points of every ring, without the closing one."""
    parts = shapely.get_parts(xy)
    areas = parts[shapely.get_dimensions(parts) == 2]
    return [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(areas)]


def _lengths(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each edge's length, the closing edge last."""
    steps: NDArray[np.float64] = np.roll(ring, -1, axis=0) - ring
    return np.hypot(steps[:, 0], steps[:, 1])


def _sharp_corners(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners where the outline turns back, shape (n, 2)."""
    apart = ring[_lengths(ring) >= REPEATED_M]
    before, after = np.roll(apart, 1, axis=0) - apart, np.roll(apart, -1, axis=0) - apart
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    angle = np.degrees(np.arctan2(np.abs(cross), (before * after).sum(axis=1)))
    return np.asarray(apart[angle < SPIKE_DEGREES])


def _without_spikes(drawn: Drawn) -> BaseGeometry:
    """Return the polygon in metres without the points of its spikes."""

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


def _is_box(shape: BaseGeometry, flat: BaseGeometry) -> bool:
    """Whether it is a rectangle along meridians and parallels, or along its survey plane's axes."""
    for drawn, tolerance in ((shape, _SAME_DEGREES), (flat, _SAME_M)):
        box = shapely.box(*drawn.bounds)
        if shapely.hausdorff_distance(drawn.boundary, box.boundary) <= tolerance:
            return True
    return False


def _is_circle(xy: BaseGeometry) -> bool:
    """Whether a dozen points or more lie equally far from their middle."""
    points = shapely.get_coordinates(xy)[:-1]
    if len(points) < _CIRCLE_POINTS:
        return False
    radius = np.hypot(*(points - points.mean(axis=0)).T)
    return bool(np.ptp(radius) <= _ALIKE_M)


def _twins(shapes: Sequence[BaseGeometry]) -> list[int | None]:
    """Return, for each shape, the first of those before it that is the same but for its place."""
    rings = [shapely.get_coordinates(shape) for shape in shapely.normalize(shapes)]
    # The same shapes have the corner halfway around in the same cell as seen from their first, or in
    # the next one where it lies at a cell's edge, so that only few have to be held against each other.
    cells: dict[tuple[int, int, int], list[int]] = {}
    twins: list[int | None] = []
    for i, ring in enumerate(rings):
        x, y = ring[len(ring) // 2] - ring[0]
        near = {_cell(ring, x + dx, y + dy) for dx in _EITHER_WAY_M for dy in _EITHER_WAY_M}
        alike = (next((j for j in cells.get(cell, ()) if _is_moved(rings[j], ring)), None) for cell in near)
        twins.append(min((j for j in alike if j is not None), default=None))
        cells.setdefault(_cell(ring, x, y), []).append(i)
    return twins


def _cell(ring: NDArray[np.float64], x: float, y: float) -> tuple[int, int, int]:
    """Return how many points a ring has, and a square metre."""
    return len(ring), int(np.floor(x)), int(np.floor(y))


def _is_moved(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether the points of one are those of the other, shifted."""
    shift = second - first
    apart = float(np.hypot(*shift[0]))
    return apart > _SAME_M and bool((np.abs(shift - shift[0]) <= _ALIKE_M).all())
