"""The closed ways through tracks in order, cheapest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from ftz_geo.trace.corners import corners_of
from ftz_geo.trace.graph import Cuts, graph_of
from ftz_geo.trace.outlines import unknot
from ftz_geo.trace.places import SAME_M, SNAP_M
from ftz_geo.trace.tracks import METRE_COST, ON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.compass import Side
    from ftz_geo.model import Feature
    from ftz_geo.trace.graph import Graph
    from ftz_geo.trace.tracks import Run, Track

_MIN_SIDE_M = SNAP_M
"""A side is more than a place where lines were drawn to meet. Half and twice of it draw the same but for
one block of the 800 counted in carriageways.py."""

_STARTS = 12
"""Rings looked at per place to start from. With 6 there are 3 of those 800 blocks that differ by more than a
hundredth, with 24 none."""


class Step(NamedTuple):
    """One feature in the order of the ring; on two sides in turn where both name it."""

    sides: tuple[tuple[Side, Feature], ...]
    track: Track


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """Where a ring runs along one track, from corner to corner."""

    track: Track
    runs: tuple[Run, ...]

    @cached_property
    def stretches(self) -> tuple[NDArray[np.float64], ...]:
        """Points of each run, shape (n, 2)."""
        return tuple(map(self.track.stretch, self.runs))

    @property
    def cost(self) -> float:
        """What it costs a ring."""
        return sum(METRE_COST[self.track.kind[run.line]] * abs(run.end - run.start) for run in self.runs)

    @property
    def length(self) -> float:
        """Metres of all of it."""
        return sum(abs(run.end - run.start) for run in self.runs)

    @cached_property
    def path(self) -> NDArray[np.float64]:
        """Points of all of it, shape (n, 2)."""
        return np.concatenate(self.stretches)


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One closed way."""

    cost: float
    steps: tuple[Step, ...]
    ways: tuple[Way, ...]
    """Per step."""
    links: tuple[float, ...]
    """Metres left open between each step and the next."""

    @cached_property
    def polygon(self) -> shapely.Polygon:
        """What it encloses; empty where it is no simple counter-clockwise ring."""
        return unknot(np.concatenate([way.path for way in self.ways]))

    @property
    def is_of_two(self) -> bool:
        """Whether two features alone enclose it, told without directions: then they may enclose several."""
        return len(self.steps) == 2 and self.steps[0].sides[0][0] == "ring"

    @cached_property
    def core(self) -> shapely.Polygon:
        """What lies deeper inside it than lines that were drawn to meet may miss each other."""
        core = self.polygon.buffer(-SNAP_M)
        shapely.prepare(core)
        return core

    def inside(self, *tracks: Track) -> NDArray[np.object_]:
        """Return what of tracks' lines on the map runs inside it."""
        lines = np.concatenate([track.map.lines for track in tracks])
        inside: NDArray[np.object_] = shapely.intersection(
            lines[shapely.intersects(self.core, lines)], self.core
        )
        return inside

    @cached_property
    def inside_m(self) -> float:
        """Length of its own features' lines that run inside it."""
        tracks = dict.fromkeys(step.track for step in self.steps)
        return float(shapely.length(self.inside(*tracks)).sum())

    @cached_property
    def drawn(self) -> tuple[float, ...]:
        """Lengths of its unbroken stretches that are not on the features."""
        stretches: list[tuple[bool, float]] = []
        for way, gap in zip(self.ways, self.links, strict=True):
            stretches += [
                (bool(way.track.kind[run.line] == ON), abs(run.end - run.start)) for run in way.runs
            ]
            if gap > SAME_M:
                stretches.append((False, gap))
        lengths = [
            sum(length for _, length in unbroken)
            for on_map, unbroken in groupby(stretches, key=itemgetter(0))
            if not on_map
        ]
        return tuple(length for length in lengths if length > SAME_M)


class _Leg(NamedTuple):
    """The ways along one track from where the track before it hands over to where it does."""

    graph: Graph
    """Of this track, and of others that were cut with it."""
    exits: NDArray[np.intp]
    """Shape (m,): places of the corners with the next track."""
    cost: NDArray[np.float64]
    """Shape (k, m): of the cheapest way from each of the corners with the track before."""
    before: NDArray[np.intp]
    """Shape (k, number of places): the place before each on it."""

    def runs(self, entry: int, end: int) -> tuple[Run, ...]:
        """Return the runs of the cheapest way from one of the corners before to one of those after."""
        return self.graph.runs(_back(self.before[entry], int(self.exits[end])))


def _back(before: NDArray[np.intp], place: int) -> NDArray[np.intp]:
    """Return the places of a way, from the place before each of them."""
    way = [place]
    while (place := int(before[place])) >= 0:
        way.append(place)
    return np.array(way[::-1])


class Legs:
    """The ways along tracks from neighbour to neighbour.

    Remembers what it found: orders of the same features differ in few of their neighbours.
    """

    def __init__(self) -> None:
        self._legs: dict[tuple[Track, Track, Track], _Leg] = {}

    def along(self, tracks: Sequence[Track]) -> list[_Leg]:
        """Return the ways along each of some tracks in order, between the one before and the one after."""
        keys = [(tracks[k - 1], track, tracks[k + 1 - len(tracks)]) for k, track in enumerate(tracks)]
        new = list(dict.fromkeys(key for key in keys if key not in self._legs))
        if new:
            self._legs.update(zip(new, _legs(new), strict=True))
        return [self._legs[key] for key in keys]


def _legs(keys: Sequence[tuple[Track, Track, Track]]) -> list[_Leg]:
    """Return the ways along the second of each three tracks, found together in one graph."""
    corners = [(corners_of(last, track), corners_of(track, following)) for last, track, following in keys]
    cuts = [
        Cuts(
            np.concatenate([entry.after, end.before]),
            np.concatenate([entry.after_xy, end.before_xy]),
        )
        for entry, end in corners
    ]
    # All tracks in one graph that has no way from one to another: one call of scipy in the place of many.
    graph, places = graph_of([track for _, track, _ in keys], cuts)
    split = np.split(places, np.cumsum([len(c.gap) for both in corners for c in both])[:-1])
    entries, exits = split[::2], split[1::2]
    costs, before = dijkstra(graph.matrix, indices=np.concatenate(entries), return_predecessors=True)
    legs, row = [], 0
    for (entry, end), places_after in zip(corners, exits, strict=True):
        rows = slice(row, row := row + len(entry.gap))
        cost = costs[rows, places_after]
        # Else the cheapest ring would leave out a street on which its two neighbours meet.
        cost[cost < _MIN_SIDE_M] = np.inf
        legs.append(_Leg(graph, places_after, cost + end.cost, before[rows]))
    return legs


def find_rings(steps: Sequence[Step], legs: Legs) -> Iterator[Ring]:
    """Find the closed ways through tracks in order.

    Parameters
    ----------
    steps : sequence of Step
        In the order of a counter-clockwise ring; at least two.
    legs : Legs
        The same for all orders of the same tracks.

    Returns
    -------
    iterator of Ring
        The cheapest one, and the cheapest by other corners, cheapest first; nothing where two
        neighbours do not meet.
    """
    n = len(steps)
    tracks = [step.track for step in steps]
    corners = [corners_of(tracks[k], tracks[(k + 1) % n]) for k in range(n)]
    if any(not len(c.gap) for c in corners):
        return
    along = legs.along(tracks)
    cheapest = _cheapest([leg.cost for leg in along])

    @cache
    def way(k: int, entry: int, end: int) -> Way:
        return Way(track=tracks[k], runs=along[k].runs(entry, end))

    for cost, chosen in sorted((cost, chosen) for chosen, cost in cheapest.items()):
        ways = tuple(way(k, chosen[k - 1], chosen[k]) for k in range(n))
        links = tuple(float(corners[k].gap[chosen[k]]) for k in range(n))
        yield Ring(cost=cost, steps=tuple(steps), ways=ways, links=links)


def round_about(ring: Ring) -> Iterator[Ring]:
    """Yield the ring with one of its ways led round the other way, between the same corners.

    What bounds a block on several sides may be a ring road, on which a chord marks off two blocks.
    """
    for k, step in enumerate(ring.steps):
        if (len(step.sides) > 1 or ring.is_of_two) and (other := _other_way(ring.ways[k])) is not None:
            ways = (*ring.ways[:k], other, *ring.ways[k + 1 :])
            yield replace(ring, cost=ring.cost - ring.ways[k].cost + other.cost, ways=ways)


def _other_way(way: Way) -> Way | None:
    """Return the cheapest way between the same two places that has no piece of this one."""
    ends = Cuts(np.array([way.runs[0].line, way.runs[-1].line]), way.path[[0, -1]])
    graph, (start, end) = graph_of([way.track], [ends])
    _, before = dijkstra(graph.matrix, indices=start, return_predecessors=True)
    taken = _back(before, int(end))
    rest = graph.matrix.tolil()
    rest[taken[:-1], taken[1:]] = rest[taken[1:], taken[:-1]] = 0
    _, before = dijkstra(rest.tocsr(), indices=start, return_predecessors=True)
    other = _back(before, int(end))
    return Way(track=way.track, runs=graph.runs(other)) if other[0] == start and len(other) > 1 else None


def drawn_in(ring: Ring) -> Ring:
    """Lead a ring along lines of its own features that run inside it, between the same corners.

    A block has its roads around it. Returns the ring itself where none run inside, or none lead on.
    """
    cost, ways = ring.cost, []
    # The cheapest way may lead along one of two lines of a feature and leave the other inside.
    for way in ring.ways:
        within = shapely.intersects(ring.core, way.track.lines) & (way.track.kind == ON)
        led = _led_through(way, within) if within.any() else way
        cost += led.cost - way.cost
        ways.append(led)
    smaller = replace(ring, cost=cost, ways=tuple(ways))
    return smaller if not smaller.polygon.is_empty and smaller.inside_m < ring.inside_m else ring


def _led_through(way: Way, lines: NDArray[np.bool_]) -> Way:
    """Return the way between the same two places for which a metre on some lines counts as half."""
    ends = Cuts(np.array([way.runs[0].line, way.runs[-1].line]), way.path[[0, -1]])
    graph, places = graph_of([way.track], [ends], np.where(lines, 0.5, 1.0))
    cost, before = dijkstra(graph.matrix, indices=places[:1], return_predecessors=True)
    return Way(track=way.track, runs=_Leg(graph, places[1:], cost, before).runs(0, 0))


def _cheapest(costs: Sequence[NDArray[np.float64]]) -> dict[tuple[int, ...], float]:
    """Return the cheapest choices of one corner after each step, through every corner in turn.

    Min-plus products of the cost matrices around the ring, begun at each step: a ring through
    a given corner is the cheapest closed walk from that corner back to itself.
    """
    n = len(costs)
    rings: dict[tuple[int, ...], float] = {}
    # Begun at each step, because the cheapest ring through each corner is wanted: only the corners
    # at which a product begins are all kept; of those in between it keeps the best.
    for first in range(n):
        product, via = costs[first], []
        for k in [*range(first + 1, n), *range(first)]:
            total = product[:, :, None] + costs[k][None, :, :]
            via.append(total.argmin(axis=1))
            product = total.min(axis=1)
        closed = np.diag(product)
        for start in np.argsort(closed, kind="stable")[:_STARTS].tolist():
            if not np.isfinite(closed[start]):
                break
            walk = _walk(start, via)
            chosen = tuple(walk[(k + 1 - first) % n] for k in range(n))
            rings.setdefault(chosen, float(closed[start]))
    return rings


def _walk(start: int, via: Sequence[NDArray[np.intp]]) -> list[int]:
    """Return the corners of the cheapest closed walk from a corner, before each step in turn."""
    back = [start]
    for choice in reversed(via):
        back.append(int(choice[start, back[-1]]))
    return [start, *reversed(back[1:])]
