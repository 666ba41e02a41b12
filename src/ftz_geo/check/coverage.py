"""Checks of polygons against each other: overlaps, gaps, and the order that the words fix.

Overlaps are pairwise intersections. Gaps are what a mitred closing of all polygons fills, which is
exact for straight edges where a snapping or a coverage tool would move them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding
from ftz_geo.compass import AXIS, OPPOSITE, SIDE_ZH, SIGN
from ftz_geo.model import STRAIGHT_KINDS, Neighbours, Text, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature, Finding, Severity, Span

UNSEEN_M2 = 1.0
"""What is smaller is nobody's land: half a vertex's rounding along a few metres."""

_GROWN = 1.1
"""How many times as large a strip may get in a closing twice as wide. Between two edges that should be one it
stays as it is, but for its ends; a wedge between roads that part gets longer too, to four times its area."""

_MEETS_M = 1e-3
"""How near a polygon is to a strip that it bounds: the offsets of a closing move edges by less."""

_NAMED = 5
"""Polygons that a finding of overlap names; more would hide the largest."""

_SCANS = 9
"""Lines drawn across two polygons to see which comes first: enough that one or two through a bay of
a crooked outline do not decide."""

_TOUCH_M = 0.01
"""Polygons that share an edge may cross it by this, a survey's rounding."""


def overlaps(case: Case) -> Iterator[Finding]:
    """Find polygons that cover the same ground, unless one is a part told beside the others."""
    # One finding per polygon and severity, with the ones after it: n blocks on one spot are no n² findings.
    found: dict[tuple[int, Severity], list[tuple[Drawn, BaseGeometry]]] = {}
    sound = [d for d in case.drawn if d.is_sound]
    for i, j in _meeting(_shapes(sound)):
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
    named = [f"{_title(other)} {number(shared.area, 1)} m²" for other, shared in others[:_NAMED]]
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


def _title(drawn: Drawn) -> str:
    return title(drawn.zone, drawn.block, drawn.parcel)


def gaps(case: Case) -> Iterator[Finding]:
    """Find strips of open ground between polygons, too narrow for a road."""
    sound = [d for d in case.drawn if d.is_sound and d.stands]
    if len(sound) < 2:
        return
    shapes, width = _shapes(sound), case.settings.gap_width_m
    tree = shapely.STRtree(shapes)
    for gap in _sorted(gap for near in _clusters(shapes, width) for gap in _narrow(near, width)):
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
    order = np.argsort(cluster, kind="stable")
    ends = np.cumsum(np.bincount(cluster, minlength=count))
    for own in np.flatnonzero(crowded):
        yield shapely.MultiPolygon(list(parts[order[ends[own - 1] if own else 0 : ends[own]]]))


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
    names = "、".join(_title(d) for d in around[1:])
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


def relations(case: Case) -> Iterator[Finding]:
    """Find pairs that the words put one way round and the drawing the other.

    What is compared is where both polygons face each other: a road may bend, and blocks a
    kilometre apart along it lie any way round.
    """
    for zone in case.zones:
        for one, side, other, feature, spans in _fixed(zone):
            if not _is_reversed(one.xy, side, other.xy):
                continue
            there, opposite = _title(other), OPPOSITE[side]
            said = Text(
                f"按文字（{feature.name}）应在{there}以{SIDE_ZH[side]}，图上却在其{SIDE_ZH[opposite]}",
                f"by the words ({feature.name}) it lies {side} of {there}; the drawing has it {opposite}",
            )
            surveyed = one.grade == other.grade == "surveyed"
            yield drawn_finding("relation", "error" if surveyed else "warning", one, said, spans=spans)


def _fixed(
    zone: ZoneCase,
) -> Iterator[tuple[Drawn, Direction, Drawn, Feature, tuple[Span, ...]]]:
    """Yield the pairs whose order the words fix: one polygon, the side it lies on of another, and why.

    A road that bounds one on the west and another on the east lies between them; a block named on a
    side lies there. Of the pairs along a road those are left out that lie the right way round by
    their bounds alone.
    """
    drawn = [d for d in zone.drawn if d.is_sound]
    by_parcel = {d.parcel.id: d for d in drawn}
    neighbours = Neighbours(zone.zone)
    along = _along_roads(drawn)
    doubtful: dict[tuple[str, Direction], dict[str, list[tuple[Drawn, Feature]]]] = {}
    for one in drawn:
        for direction, feature in one.parcel.features():
            side = OPPOSITE[direction]
            if feature.kind == "block":
                for parcel in neighbours.meant_by(feature, one.parcel):
                    if other := by_parcel.get(parcel.id):
                        yield one, side, other, feature, (feature.span,)
            elif direction in ("west", "north"):  # the other pair of each two says the same
                key = feature.name, direction
                if key not in doubtful:
                    doubtful[key] = _doubtful(along.get(key, []), side, along.get((feature.name, side), []))
                for other, shared in doubtful[key].get(one.parcel.id, ()):
                    yield one, side, other, feature, (feature.span, shared.span)


_Along = list[tuple["Drawn", "Feature"]]


def _along_roads(drawn: list[Drawn]) -> dict[tuple[str, Direction], _Along]:
    """Return the polygons that a road bounds on one side alone, by the road's name and the side."""
    found: dict[tuple[str, Direction], _Along] = {}
    for d in drawn:
        features = list(d.parcel.features())
        names = Counter(feature.name for _, feature in features)
        for direction, feature in features:
            if feature.kind in STRAIGHT_KINDS and names[feature.name] == 1:
                found.setdefault((feature.name, direction), []).append((d, feature))
    return found


def _doubtful(ones: _Along, side: Direction, others: _Along) -> dict[str, _Along]:
    """Return, for each polygon on a side of a road, those across it whose wrong side it may lie on."""
    if not ones or not others:
        return {}
    here, there = (
        shapely.bounds(_shapes([d for d, _ in along])).reshape(-1, 2, 2) for along in (ones, others)
    )
    # What lies wholly beyond another lies on no wrong side of it: a box from where the other ends
    # on that side, and a little more for rounding, to as far back as any reaches, meets all the rest.
    across, sign = AXIS[side], SIGN[side]
    end = 1 if sign > 0 else 0
    there[:, end, across] += sign * 2 * _TOUCH_M
    there[:, 1 - end, across] = sign * (sign * here[:, 1 - end, across]).min()
    boxes = np.asarray(shapely.box(*there.reshape(-1, 4).T), dtype=object)
    tree = shapely.STRtree(boxes)
    found: dict[str, _Along] = {}
    for i, j in sorted(tree.query(shapely.box(*here.reshape(-1, 4).T)).T.tolist()):
        found.setdefault(ones[i][0].parcel.id, []).append(others[j])
    return found


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
    if SIGN[side] < 0:
        reversed_ = mine[:, 0] >= theirs[:, 1] - _TOUCH_M
    return bool(reversed_.mean() > 0.5)


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


def _sorted(parts: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    return sorted(parts, key=lambda g: (g.bounds, g.area))
