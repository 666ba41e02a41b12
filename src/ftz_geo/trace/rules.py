"""Sides that no line of the map gives: other blocks, landmarks that are points, a side by area.

What these rules draw is never called traced; each tells its reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.optimize import brentq

from ftz_geo.model import Candidate
from ftz_geo.trace.areas import WAY
from ftz_geo.trace.atlas import RING_ORDER, Named
from ftz_geo.trace.mapped import Mapped
from ftz_geo.trace.places import HEADING_M, SAME_M, strings
from ftz_geo.trace.tracks import Track, crossings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Direction, Feature, Parcel, Plan

REACH_M = 3000.0
"""How far a line through a point is drawn to either side of it."""

_EDGE_WORDS = re.compile(r"的?[东南西北]?(边界线|边界|界线|边线|界|侧|边|部)?")

_LEAN = np.cos(np.radians(60))  # a western side runs south more than it runs east or west


# --- another block -----------------------------------------------------------------------------


def neighbours_of(plan: Plan) -> dict[tuple[str, Direction, int], str]:
    """Find which parcel each side means that names another block.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of (parcel id, side, index of the feature in that side) to parcel id
        Labels and names count within the zone, those of 地块 within the block first. A name that
        several parcels answer to is left out.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> plan = parse_plan("区块一：东至甲路、南至乙路、西至丙路、北至丁路。"
    ...                   "区块二：东至区块一西边界、南至乙路、西至戊路、北至丁路。")
    >>> one, two = plan.parcels
    >>> neighbours_of(plan) == {(two.id, "east", 0): one.id}
    True
    """
    found = {}
    for zone in plan.zones:
        of_zone: dict[str, set[str]] = {}
        for block in zone.blocks:
            for parcel in block.parcels:
                names = {block.label, block.name, f"{block.label or ''}{block.name or ''}"}
                if len(block.parcels) > 1:
                    names = {f"{name or ''}{parcel.label or ''}" for name in names}
                for name in names - {None, ""}:
                    of_zone.setdefault(str(name), set()).add(parcel.id)
        for block in zone.blocks:
            of_block: dict[str, set[str]] = {p.label: {p.id} for p in block.parcels if p.label}
            for parcel in block.parcels:
                for side in RING_ORDER:
                    for index, feature in enumerate(parcel.abuttals[side]):
                        if feature.kind == "block":
                            ids = _meant(feature.name, of_block) or _meant(feature.name, of_zone)
                            if len(ids - {parcel.id}) == 1:
                                (found[parcel.id, side, index],) = ids - {parcel.id}
    return found


def _meant(words: str, names: Mapping[str, set[str]]) -> set[str]:
    """Give what the longest name stands for that the words begin with, but for words for an edge."""
    for name in sorted(names, key=len, reverse=True):
        if words.startswith(name) and _EDGE_WORDS.fullmatch(words[len(name) :]):
            return names[name]
    return set()


def neighbours_first(plan: Plan, neighbours: Mapping[tuple[str, Direction, int], str]) -> list[list[Parcel]]:
    """Order parcels so that those which a side names come before it.

    Returns
    -------
    list of list of Parcel
        Alone where it waits for none that is not before it; together where they wait for each other.
    """
    parcels = {parcel.id: parcel for parcel in plan.parcels}
    waits: dict[str, set[str]] = {key: set() for key in parcels}
    for (key, _, _), other in neighbours.items():
        waits[key].add(other)
    order: list[list[Parcel]] = []
    done: set[str] = set()
    while len(done) < len(parcels):
        ready = [key for key in parcels if key not in done and waits[key] <= done]
        groups = [[key] for key in ready] or [
            sorted(_circle({k: waits[k] - done for k in parcels if k not in done}))
        ]
        order += [[parcels[key] for key in group] for group in groups]
        done.update(key for group in groups for key in group)
    return order


def _circle(waits: Mapping[str, set[str]]) -> set[str]:
    """Give parcels that wait for each other and for none besides."""

    def reach(start: str) -> frozenset[str]:
        seen, todo = set[str](), [start]
        while todo:
            for other in waits[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        return frozenset(seen)

    # Whoever reaches fewest waits for none outside its own circle.
    _, first = min((len(reach(key)), key) for key in waits)
    return set(reach(first))


# --- a landmark that is a point ----------------------------------------------------------------


def line_through(
    points: NDArray[np.object_], ids: Sequence[str], side: Direction, opposite: Track | None
) -> Track:
    """Give the straight line through a landmark across its side.

    Parameters
    ----------
    points : ndarray of Point, shape (n,)
        Plane metres; their middle counts.
    ids : sequence of str, length n
    side : Direction
    opposite : Track or None
        What the line is made parallel to; without it, it runs north to south or east to west.
    """
    at = shapely.get_coordinates(points).mean(axis=0)
    along = np.array(WAY[side])[::-1]
    if opposite is not None:
        line = opposite.map.lines[shapely.distance(opposite.map.lines, shapely.Point(at)).argmin()]
        here = line.project(shapely.Point(at))
        ends = [line.interpolate(np.clip(here + d, 0, line.length)) for d in (-HEADING_M, HEADING_M)]
        step = shapely.get_coordinates(ends[1]) - shapely.get_coordinates(ends[0])
        along = step[0] / max(float(np.hypot(*step[0])), SAME_M)
    return straight(at, along, REACH_M, ids)


def straight(
    at: NDArray[np.float64], along: NDArray[np.float64], reach_m: float, ids: Sequence[str]
) -> Track:
    """Give the track of one straight line, ``reach_m`` to either side of a point."""
    line = strings(np.array([[at - reach_m * along, at + reach_m * along]]))
    parts, part_ids = np.repeat(line, max(len(ids), 1)), np.array(ids or [""], dtype=object)
    return Track(
        map=Mapped(lines=line, parts=parts, part_ids=part_ids),
        drawn=np.empty(0, dtype=object),
        drawn_kind=np.empty(0, dtype=np.intp),
    )


# --- a side by area ----------------------------------------------------------------------------


def closing_line(
    named: Mapping[Direction, Sequence[Named]],
    side: Direction,
    feature: Feature,
    stated_m2: float,
    area_closed_by: Callable[[Named], float | None],
) -> Named | None:
    """Find the line across the open side of a parcel at which the stated area is met.

    It runs parallel to the opposite side, between the places where that meets its neighbours.

    Parameters
    ----------
    named : mapping of Direction to sequence of Named
        The other three sides; nothing for the open one.
    side : Direction
        The open side.
    feature : Feature
        What the words say of it.
    stated_m2 : float
    area_closed_by : callable
        Gives the area that the parcel has with a line as its open side, None where it does not close.

    Returns
    -------
    Named or None
        None where no place of the line gives the area.
    """
    base = _base(named, side)
    if base is None:
        return None
    start, end = base
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    outward = np.array([-along[1], along[0]])
    candidate = Candidate(source_ids=(), map_name="", score=1.0, how="stated area")

    def line_at(away_m: float) -> Named:
        at = (start + end) / 2 + away_m * outward
        return Named(
            side=side,
            feature=feature,
            candidate=candidate,
            track=straight(at, along, length + away_m, ()),
            method="area-closure",
        )

    known: dict[float, float | None] = {}

    def excess(away_m: float) -> float:
        if away_m not in known:
            known[away_m] = area_closed_by(line_at(away_m))
        area = known[away_m]
        if area is None:
            raise _OpenError
        return area - stated_m2

    bracket: list[tuple[float, float]] = []
    for share in (1.0, 0.8, 1.25, 0.6, 1.6, 0.4, 2.4):
        away_m = share * stated_m2 / length
        try:
            bracket.append((away_m, excess(away_m)))
        except _OpenError:
            continue
        below = [t for t, e in bracket if e <= 0]
        above = [t for t, e in bracket if e >= 0]
        if below and above:
            try:
                found = float(brentq(excess, max(below), min(above), xtol=1e-7, rtol=1e-12))
                # Where the ring jumps from one way to another there is no such place.
                return line_at(found) if abs(excess(found)) <= 1e-6 * stated_m2 else None
            except _OpenError:
                return None
    return None


class _OpenError(Exception):
    """The parcel does not close."""


def _base(
    named: Mapping[Direction, Sequence[Named]], side: Direction
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Give the points where the opposite side meets the neighbours before and after it in the ring."""
    k = RING_ORDER.index(side)
    before, opposite, after = (named[RING_ORDER[(k + i) % 4]] for i in (1, 2, 3))
    starts, ends = (_meetings(neighbour, opposite) for neighbour in (before, after))
    step = ends[None] - starts[:, None]
    length = np.hypot(step[..., 0], step[..., 1])
    # Counter-clockwise, the western side runs south.
    onward = np.array([-WAY[side][1], WAY[side][0]]) * -1
    fits = (length > HEADING_M / 10) & (step @ onward >= _LEAN * length)
    if not fits.any():
        return None
    i, j = np.unravel_index(np.where(fits, length, np.inf).argmin(), length.shape)
    return starts[i], ends[j]


def _meetings(a: Sequence[Named], b: Sequence[Named]) -> NDArray[np.float64]:
    """Give the points, shape (n, 2), where two sides meet: on the map, or else where they would."""
    pairs = [(m.track, n.track) for m in a for n in b]
    on_map = np.concatenate([crossings(m.map.lines, n.map.lines)[2] for m, n in pairs])
    return on_map if len(on_map) else np.concatenate([crossings(m.lines, n.lines)[2] for m, n in pairs])
