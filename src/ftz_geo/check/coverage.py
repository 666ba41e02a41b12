"""Checks of polygons against each other: overlaps, gaps, and the order that the words fix.

Overlaps are pairwise intersections. Gaps are what a mitred closing of all polygons fills, which is
exact for straight edges where a snapping or a coverage tool would move them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.case import drawn_finding, number, place
from ftz_geo.compass import AXIS, OPPOSITE
from ftz_geo.model import LABELS_ZH, STRAIGHT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature, Finding, Severity, Span

UNSEEN_M2 = 1.0
"""What is smaller is nobody's land: half a vertex's rounding along a few metres."""

_SCANS = 9
"""Lines drawn across two polygons to see which comes first."""

_TOUCH_M = 0.01


def overlaps(case: Case) -> Iterator[Finding]:
    """Find polygons that cover the same ground, unless one is a part told beside the others."""
    sound = [d for d in case.drawn if d.is_sound]
    shapes = np.array([d.xy for d in sound], dtype=object)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    # One finding per polygon and severity, with the ones after it: n blocks on one spot are no n² findings.
    found: dict[tuple[int, Severity], list[tuple[Drawn, BaseGeometry]]] = {}
    for i, j in sorted((int(i), int(j)) for i, j in pairs if i < j):
        one, other = sound[i], sound[j]
        nested = not (one.block.part_of_total and other.block.part_of_total)
        if one.zone is other.zone and nested and one.block is not other.block:
            continue
        shared = _areal(shapely.intersection(one.xy, other.xy))
        if shared.area >= UNSEEN_M2:
            # A trace is this package's own reading of the words; only surveyed ground is beyond doubt.
            surveyed = one.grade == other.grade == "surveyed"
            within = shared.area <= shared.length * case.settings.boundary_tolerance_m
            severity: Severity = "note" if within else "error" if surveyed else "warning"
            found.setdefault((i, severity), []).append((other, shared))
    for (i, severity), others in found.items():
        others.sort(key=lambda pair: -pair[1].area)
        area = sum(float(shared.area) for _, shared in others)
        limit = sum(float(shared.length) for _, shared in others) * case.settings.boundary_tolerance_m
        first = others[0][1].representative_point()
        lon, lat = case.plane.to_lonlat(first).coords[0]
        named = [f"{place(o.zone, o.block, o.parcel)} {number(s.area, 1)} m²" for o, s in others[:5]]
        more_zh, more_en = ("等", ", …") if len(others) > 5 else ("", "")
        limit_words = f"{number(limit, 1)} m²"
        zh = "未超出" if severity == "note" else "超出"
        en = "no more" if severity == "note" else "more"
        yield drawn_finding(
            "overlap",
            severity,
            sound[i],
            f"与 {len(others)} 个图形重叠：{'、'.join(named)}{more_zh}（东经 {lon:.6f}，北纬 {lat:.6f}），"
            f"{zh}重叠部分周长乘界线误差（{limit_words}）",
            f"overlaps {len(others)} polygon(s): {', '.join(named)}{more_en} (at {lon:.6f} E, {lat:.6f} N), "
            f"{en} than the overlap's perimeter × boundary tolerance ({limit_words})",
            measured_km2=area / 1e6,
            limit_km2=limit / 1e6,
            spans=(sound[i].parcel.span, *(o.parcel.span for o, _ in others)),
        )


def gaps(case: Case) -> Iterator[Finding]:
    """Find strips of open ground between polygons, too narrow for a road."""
    sound = [d for d in case.drawn if d.is_sound and d.stands]
    if len(sound) < 2:
        return
    width = case.settings.gap_width_m
    shapes = np.array([d.xy for d in sound], dtype=object)
    united = shapely.union_all(shapes)
    # A wedge between roads that part is closed as far as it is narrow, and a wider closing closes
    # more of it; a gap between two edges that should be one stays what it is.
    wider = shapely.get_parts(_closed(united, 2 * width))
    tree = shapely.STRtree(shapes)
    for gap in _sorted(shapely.get_parts(_closed(united, width))):
        area = float(gap.area)
        around = [sound[k] for k in sorted(tree.query(gap.buffer(1e-3), predicate="intersects"))]
        grown = max((float(w.area) for w in wider if w.intersects(gap)), default=area)
        if area < UNSEEN_M2 or len(around) < 2 or grown > 1.1 * area:
            continue
        limit = float(gap.length) * case.settings.boundary_tolerance_m
        names = "、".join(place(d.zone, d.block, d.parcel) for d in around[1:])
        place_zh, place_en = _at(case, gap)
        figures = f"{number(area, 1)} m²", f"{number(limit, 1)} m²"
        within = area <= limit
        yield drawn_finding(
            "gap",
            "note" if within else "warning",
            around[0],
            f"与{names}之间有窄于 {width:g} 米的空隙{place_zh} {figures[0]}，"
            f"{'在' if within else '超出'}空隙周长乘界线误差（{figures[1]}）{'以内' if within else ''}",
            f"between it and {names} lies a gap of {figures[0]}, narrower than {width:g} m{place_en}; it is "
            f"{'within' if within else 'more than'} the gap's perimeter × boundary tolerance ({figures[1]})",
            measured_km2=area / 1e6,
            limit_km2=limit / 1e6,
            spans=tuple(d.parcel.span for d in around),
        )


def relations(case: Case) -> Iterator[Finding]:
    """Find pairs that the words put one way round and the drawing the other.

    What is compared is where both polygons face each other: a road may bend, and blocks a
    kilometre apart along it lie any way round.
    """
    for one, side, other, feature, spans in _fixed([d for d in case.drawn if d.is_sound]):
        if _is_reversed(one.xy, side, other.xy):
            there, opposite = place(other.zone, other.block, other.parcel), OPPOSITE[side]
            yield drawn_finding(
                "relation",
                "error" if one.grade == other.grade == "surveyed" else "warning",
                one,
                f"按文字（{feature.name}）应在{there}以{LABELS_ZH[side]}，图上却在其{LABELS_ZH[opposite]}",
                f"by the words ({feature.name}) it lies {side} of {there}; the drawing has it {opposite}",
                spans=spans,
            )


def _fixed(
    drawn: list[Drawn],
) -> Iterator[tuple[Drawn, Direction, Drawn, Feature, tuple[Span, ...]]]:
    """Give the pairs whose order the words fix: one polygon, the side it lies on of another, and why.

    A road that bounds one on the west and another on the east lies between them; a block named on a
    side lies there.
    """
    on_side: dict[tuple[str, str, Direction], list[tuple[Drawn, Feature]]] = {}
    by_parcel = {d.parcel.id: d for d in drawn}
    for d in drawn:
        for direction, feature in d.parcel.features():
            if (
                feature.kind in STRAIGHT_KINDS
                and sum(f.name == feature.name for _, f in d.parcel.features()) == 1
            ):
                on_side.setdefault((d.zone.id, feature.name, direction), []).append((d, feature))
    for one in drawn:
        for direction, feature in one.parcel.features():
            side = OPPOSITE[direction]
            if feature.kind == "block":
                for parcel in one.zone.meant_by(feature, one.parcel):
                    if other := by_parcel.get(parcel.id):
                        yield one, side, other, feature, (feature.span,)
            elif direction in ("west", "north"):  # the other pair of each two says the same
                for other, shared in on_side.get((one.zone.id, feature.name, side), ()):
                    if (one, feature) in on_side.get((one.zone.id, feature.name, direction), ()):
                        yield one, side, other, feature, (feature.span, shared.span)


def _is_reversed(one: BaseGeometry, side: Direction, other: BaseGeometry) -> bool:
    """Whether ``one``, along most lines that cross both, lies wholly opposite to that side of ``other``."""
    across, along = AXIS[side], 1 - AXIS[side]
    corners = np.array([one.bounds, other.bounds]).reshape(2, 2, 2)
    low, high = corners[:, 0, along].max(), corners[:, 1, along].min()
    if high - low < (corners[:, 1, along] - corners[:, 0, along]).min() / 2:
        return False  # they hardly face each other, and between them the road may turn a corner
    ends = np.empty((_SCANS, 2, 2))
    ends[:, :, along] = np.linspace(low, high, _SCANS + 2)[1:-1, None]
    ends[:, :, across] = [corners[:, 0, across].min() - 1, corners[:, 1, across].max() + 1]
    lines = shapely.linestrings(ends)
    mine, theirs = (
        shapely.bounds(shapely.intersection(g, lines)).reshape(-1, 2, 2)[:, :, across] for g in (one, other)
    )
    reversed_ = mine[:, 1] <= theirs[:, 0] + _TOUCH_M
    if side in ("west", "south"):
        reversed_ = mine[:, 0] >= theirs[:, 1] - _TOUCH_M
    return bool(reversed_.mean() > 0.5)


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    """Give the areas of a geometry, without the lines and points beside them."""
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon(list(parts[shapely.get_dimensions(parts) == 2]))


def _closed(united: BaseGeometry, width: float) -> BaseGeometry:
    """Give what a closing fills that leaves nothing narrower than ``width`` open."""
    filled = _offset(_offset(united, width / 2), -width / 2).difference(united)
    # GEOS smooths a line by up to 1 % of the distance before it offsets it, which leaves films
    # of that thickness along straight edges; they are taken off again.
    film = width / 100
    return _offset(_offset(filled, -film), film).intersection(filled)


def _offset(geometry: BaseGeometry, metres: float) -> BaseGeometry:
    made = geometry.buffer(metres, join_style="mitre", mitre_limit=5)
    # GEOS may cross a mitred ring over itself at a sharp corner.
    return made if made.is_valid else shapely.make_valid(made, method="structure", keep_collapsed=False)


def _sorted(parts: NDArray[np.object_]) -> list[BaseGeometry]:
    return sorted(parts, key=lambda g: (g.bounds, g.area))


def _at(case: Case, shape: BaseGeometry) -> tuple[str, str]:
    """Say where, in both languages."""
    x, y = case.plane.to_lonlat(shape.representative_point()).coords[0]
    return f"（东经 {x:.6f}，北纬 {y:.6f}）", f" (at {x:.6f} E, {y:.6f} N)"
