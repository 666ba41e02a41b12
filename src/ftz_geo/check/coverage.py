"""Checks of polygons against each other: ground that two of them cover, and strips left between them.

Overlaps are pairwise intersections. Gaps are what a mitred closing of all polygons fills, which is
exact for straight edges where a snapping or a coverage tool would move them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.model import Finding, Severity

UNSEEN_M2 = 1.0
"""What is smaller is nobody's land: half a vertex's rounding along a few metres."""

_GROWN = 1.1
"""How many times as large a strip may get in a closing twice as wide. Between two edges that should be one it
stays as it is, but for its ends; a wedge between roads that part gets longer too, to four times its area."""

_MEETS_M = 1e-3
"""How near a polygon is to a strip that it bounds: the offsets of a closing move edges by less."""

_NAMED = 5
"""Polygons that a finding of overlap names; more would hide the largest."""


def overlaps(case: Case) -> Iterator[Finding]:
    """Find polygons that cover the same ground, unless one is a part told beside the others."""
    # One finding per polygon and severity, with the ones after it: n blocks on one spot are no n² findings.
    covered: dict[tuple[int, Severity], list[tuple[Drawn, BaseGeometry]]] = {}
    sound = [d for d in case.drawn if d.is_sound]
    for i, j in _meeting(_shapes(sound)):
        one, other = sound[i], sound[j]
        nested = not (one.block.part_of_total and other.block.part_of_total)
        if one.zone is other.zone and nested and one.block is not other.block:
            continue
        if one.block is other.block and (one.is_whole or other.is_whole):
            continue  # a block and its own parcels: told as several polygons
        shared = _areal(shapely.intersection(one.xy, other.xy))
        if shared.area >= UNSEEN_M2:
            # A trace is this package's own reading of the words; only surveyed ground is beyond doubt.
            surveyed = one.grade == other.grade == "surveyed"
            within = shared.area <= shared.length * case.settings.boundary_tolerance_m
            severity: Severity = "note" if within else "error" if surveyed else "warning"
            covered.setdefault((i, severity), []).append((other, shared))
    for (i, severity), others in covered.items():
        others.sort(key=lambda pair: -pair[1].area)
        yield _overlap(case, severity, sound[i], others)


def _shapes(drawn: Sequence[Drawn]) -> NDArray[np.object_]:
    return np.array([d.xy for d in drawn], dtype=object)


def _meeting(shapes: NDArray[np.object_]) -> list[tuple[int, int]]:
    """Return the pairs of shapes that meet, the earlier first, in order."""
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    return sorted((int(i), int(j)) for i, j in pairs if i < j)


def _overlap(
    case: Case, severity: Severity, drawn: Drawn, others: list[tuple[Drawn, BaseGeometry]]
) -> Finding:
    """Return the finding on a polygon and what it shares with others, the largest first."""
    area = sum(float(shared.area) for _, shared in others)
    limit = sum(float(shared.length) for _, shared in others) * case.settings.boundary_tolerance_m
    first = others[0][1].representative_point()
    lon, lat = case.plane.to_lonlat(first).coords[0]
    named = [f"{other.title} {number(shared.area, 1)} m²" for other, shared in others[:_NAMED]]
    more = Text("等", ", …") if len(others) > _NAMED else Text("", "")
    limit_words = f"{number(limit, 1)} m²"
    beyond = Text("未超出", "no more") if severity == "note" else Text("超出", "more")
    return drawn_finding(
        "overlap",
        severity,
        drawn,
        Text(
            f"与 {len(others)} 个图形重叠：{'、'.join(named)}{more.zh}（东经 {lon:.6f}，北纬 {lat:.6f}），"
            f"{beyond.zh}重叠部分周长乘界线误差（{limit_words}）",
            f"overlaps {len(others)} polygon(s): {', '.join(named)}{more.en} (at {lon:.6f} E, {lat:.6f} N), "
            f"{beyond.en} than the overlap's perimeter × boundary tolerance ({limit_words})",
        ),
        measured_km2=area / 1e6,
        limit_km2=limit / 1e6,
        spans=(drawn.parcel.span, *(other.parcel.span for other, _ in others)),
    )


def gaps(case: Case) -> Iterator[Finding]:
    """Find strips of open ground between polygons, too narrow for a road."""
    sound = [d for d in case.drawn if d.is_sound and d.stands]
    if len(sound) < 2:
        return
    shapes, width = _shapes(sound), case.settings.gap_width_m
    tree = shapely.STRtree(shapes)
    narrow = (gap for near in _clusters(shapes, width) for gap in _narrow(near, width))
    for gap in sorted(narrow, key=lambda gap: (gap.bounds, gap.area)):
        around = [sound[k] for k in sorted(tree.query(gap.buffer(_MEETS_M), predicate="intersects"))]
        if len(around) > 1:
            yield _gap(case, gap, around)


def _clusters(shapes: NDArray[np.object_], width: float) -> Iterator[BaseGeometry]:
    """Yield the unions of polygons that a closing twice as wide may join, without those that stand alone.

    The time that a buffer of many polygons takes grows with the square of their number.
    """
    parts = shapely.get_parts(shapely.union_all(shapes))
    reach = np.array([_offset(part, width) for part in parts], dtype=object)
    one, other = shapely.STRtree(reach).query(reach, predicate="intersects")
    count, cluster = connected_components(coo_array((np.ones(len(one)), (one, other)), (len(parts),) * 2))
    within = shapely.STRtree(parts).query(shapes, predicate="intersects")[1]
    crowded = np.bincount(cluster[within], minlength=count) > 1
    ends = np.cumsum(np.bincount(cluster))
    groups = np.split(parts[np.argsort(cluster, kind="stable")], ends[:-1])
    for own in np.flatnonzero(crowded):
        yield shapely.MultiPolygon(list(groups[own]))


def _narrow(united: BaseGeometry, width: float) -> Iterator[BaseGeometry]:
    """Yield the open strips of a union that are narrower than a width from end to end."""
    # A wedge between roads that part is closed as far as it is narrow, and a wider closing closes
    # more of it; a gap between two edges that should be one stays what it is.
    wider = shapely.get_parts(_closed(united, 2 * width))
    tree = shapely.STRtree(wider)
    for gap in shapely.get_parts(_closed(united, width)):
        area = float(gap.area)
        grown = shapely.area(wider[tree.query(gap, predicate="intersects")])
        if area >= UNSEEN_M2 and grown.max(initial=0.0) <= _GROWN * area:
            yield gap


def _gap(case: Case, gap: BaseGeometry, around: list[Drawn]) -> Finding:
    area, width = float(gap.area), case.settings.gap_width_m
    limit = float(gap.length) * case.settings.boundary_tolerance_m
    names = "、".join(d.title for d in around[1:])
    lon, lat = case.plane.to_lonlat(gap.representative_point()).coords[0]
    area_words, limit_words = f"{number(area, 1)} m²", f"{number(limit, 1)} m²"
    within = area <= limit
    return drawn_finding(
        "gap",
        "note" if within else "warning",
        around[0],
        Text(
            f"与{names}之间有窄于 {width:g} 米的空隙（东经 {lon:.6f}，北纬 {lat:.6f}） {area_words}，"
            f"{'在' if within else '超出'}空隙周长乘界线误差（{limit_words}）{'以内' if within else ''}",
            f"between it and {names} lies a gap of {area_words}, narrower than {width:g} m "
            f"(at {lon:.6f} E, {lat:.6f} N); it is {'within' if within else 'more than'} the gap's "
            f"perimeter × boundary tolerance ({limit_words})",
        ),
        measured_km2=area / 1e6,
        limit_km2=limit / 1e6,
        spans=[d.parcel.span for d in around],
    )


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the areas of a geometry, without the lines and points beside them."""
    parts = shapely.get_parts(geometry)
    return shapely.MultiPolygon(list(parts[shapely.get_dimensions(parts) == 2]))


def _closed(united: BaseGeometry, width: float) -> BaseGeometry:
    """Return what a closing fills that leaves nothing narrower than ``width`` open."""
    filled = _offset(_offset(united, width / 2), -width / 2).difference(united)
    # GEOS smooths a line by up to 1 % of the distance before it offsets it, which leaves films
    # of that thickness along straight edges; they are taken off again.
    film = width / 100
    return _offset(_offset(filled, -film), film).intersection(filled)


def _offset(geometry: BaseGeometry, metres: float) -> BaseGeometry:
    made = geometry.buffer(metres, join_style="mitre", mitre_limit=5)
    # GEOS may cross a mitred ring over itself at a sharp corner.
    return made if made.is_valid else shapely.make_valid(made, method="structure", keep_collapsed=False)
