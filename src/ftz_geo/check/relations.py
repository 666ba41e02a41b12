"""The check of the order that the words fix: what lies on which side of what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding
from ftz_geo.compass import AXIS, OPPOSITE, SIDE_ZH, SIGN
from ftz_geo.model import STRAIGHT_KINDS, Neighbours, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature, Finding, Severity, Span

_Along = list[tuple["Drawn", "Feature"]]
"""Polygons on one side of a road, each with its words for the road."""

_SCANS = 9
"""Lines drawn across two polygons to see which comes first: enough that one or two through a bay of
a crooked outline do not decide."""

_TOUCH_M = 0.01
"""Polygons that share an edge may cross it by this, a survey's rounding."""


def relations(case: Case) -> Iterator[Finding]:
    """Find pairs that the words put one way round and the drawing the other.

    What is compared is where both polygons face each other: a road may bend, and blocks a
    kilometre apart along it lie any way round.
    """
    for zone in case.zones:
        for one, side, other, feature, spans in _fixed(zone):
            if not _is_reversed(one.xy, side, other.xy):
                continue
            there, opposite = other.title, OPPOSITE[side]
            said = Text(
                f"按文字（{feature.name}）应在{there}以{SIDE_ZH[side]}，图上却在其{SIDE_ZH[opposite]}",
                f"by the words ({feature.name}) it lies {side} of {there}; the drawing has it {opposite}",
            )
            surveyed = one.grade == other.grade == "surveyed"
            yield drawn_finding("relation", "error" if surveyed else "warning", one, said, spans=spans)


_APART_M = 100.0
"""Farther apart, no road or river lies between two blocks that name each other: main roads are 60 m wide."""


def adjacency(case: Case) -> Iterator[Finding]:
    """Find blocks that the words put side by side and the drawing apart."""
    settings = case.settings
    road_m = settings.boundary_tolerance_m + 2 * settings.road_half_width_m
    for zone in case.zones:
        for one, side, others, feature in _beside(zone):
            apart = float(shapely.distance(one.xy, [d.xy for d in others]).min())
            if apart <= settings.boundary_tolerance_m:
                continue
            there = others[0].title
            surveyed = all(d.grade == "surveyed" for d in (one, *others))
            severity: Severity = "note" if apart <= road_m else "warning"
            if surveyed and apart > _APART_M:
                severity = "error"
            metres = number(apart, 1)
            road = severity == "note"
            said = Text(
                f"文字写{SIDE_ZH[side]}至{feature.name}，图上与{there}却相距 {metres} 米，"
                + (
                    "可能隔着道路；应相接的请核对共用的界址点" if road else "没有相接；请核对两块的共用界址点"
                ),
                f"its {side} side is {feature.name}; the drawing has it {metres} m off {there}"
                + ("; perhaps a road lies between" if road else "; check the corners that they should share"),
            )
            yield drawn_finding("adjacency", severity, one, said, spans=(feature.span,))


def _beside(zone: ZoneCase) -> Iterator[tuple[Drawn, Direction, list[Drawn], Feature]]:
    """Yield the polygons that a side names as its bound, each pair once: one, its side, and the other's."""
    standing = {d.parcel.id: d for d in zone.drawn if d.is_sound and d.stands}
    standing |= {
        p.id: d for d in standing.values() if d.is_whole for p in d.block.parcels if p.id not in standing
    }
    neighbours = Neighbours(zone.zone)
    told: set[frozenset[str]] = set()
    for parcel in zone.zone.parcels:
        one = standing.get(parcel.id)
        for side, feature in parcel.features() if one else ():
            meant = neighbours.meant_by(feature, parcel) if feature.offset_m is None else ()
            others = {d.parcel.id: d for p in meant if (d := standing.get(p.id)) and d is not one}
            if one and others and (pair := frozenset([one.parcel.id, *others])) not in told:
                told.add(pair)
                yield one, side, list(others.values()), feature


def _fixed(zone: ZoneCase) -> Iterator[tuple[Drawn, Direction, Drawn, Feature, tuple[Span, ...]]]:
    """Yield the pairs whose order the words fix: one polygon, the side it lies on of another, and why.

    A road that bounds one on the west and another on the east lies between them; a block named on a
    side lies there. Of the pairs along a road those are left out that lie the right way round by
    their bounds alone.
    """
    drawn = [d for d in zone.drawn if d.is_sound]
    by_parcel = {p.id: d for d in drawn if d.is_whole for p in d.block.parcels}
    by_parcel |= {d.parcel.id: d for d in drawn}
    neighbours = Neighbours(zone.zone)
    along = _along_roads(drawn)
    doubtful: dict[tuple[str, Direction], dict[str, _Along]] = {}
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


def _along_roads(drawn: list[Drawn]) -> dict[tuple[str, Direction], _Along]:
    """Return the polygons that a road bounds on one side alone, by the road's name and the side."""
    along: dict[tuple[str, Direction], _Along] = {}
    for d in drawn:
        features = list(d.parcel.features())
        names = Counter(feature.name for _, feature in features)
        for direction, feature in features:
            if feature.kind in STRAIGHT_KINDS and names[feature.name] == 1:
                along.setdefault((feature.name, direction), []).append((d, feature))
    return along


def _doubtful(ones: _Along, side: Direction, others: _Along) -> dict[str, _Along]:
    """Return, for each polygon on a side of a road, those across it whose wrong side it may lie on."""
    if not ones or not others:
        return {}
    here, there = (np.array([d.xy.bounds for d, _ in along]).reshape(-1, 2, 2) for along in (ones, others))
    # What lies wholly beyond another lies on no wrong side of it: a box from where the other ends
    # on that side, and a little more for rounding, to as far back as any reaches, meets all the rest.
    across, sign = AXIS[side], SIGN[side]
    end = 1 if sign > 0 else 0
    there[:, end, across] += sign * 2 * _TOUCH_M
    there[:, 1 - end, across] = sign * (sign * here[:, 1 - end, across]).min()
    tree = shapely.STRtree(np.asarray(shapely.box(*there.reshape(-1, 4).T), dtype=object))
    doubtful: dict[str, _Along] = {}
    for i, j in sorted(tree.query(shapely.box(*here.reshape(-1, 4).T)).T.tolist()):
        doubtful.setdefault(ones[i][0].parcel.id, []).append(others[j])
    return doubtful


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
