"""The closed ways through tracks in order, cheapest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.places import SAME_M, SNAP_M, same_places, strings
from ftz_geo.trace.tracks import BRIDGE, MAX_GAP_M, MAX_TURN, METRE_COST, ON, crossings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Direction, Feature
    from ftz_geo.trace.tracks import Track

_MIN_SIDE_M = SNAP_M  # a side is more than a place where lines were drawn to meet
_STUB_COST = 15.0  # a metre to a neighbour's stub: between a bridge, held at both ends by one feature,
# and an extension, held at one
_EDGE_M = 1.0  # how well the edge of a wider road is known
_MAX_CORNERS = 60  # per pair of tracks; a city's dual carriageways cross in four places
_STARTS = 12  # rings looked at per place to start from


class Step(NamedTuple):
    """One feature in the order of the ring; on two sides in turn where both name it."""

    sides: tuple[tuple[Direction, Feature], ...]
    track: Track


class Run(NamedTuple):
    """A stretch of one line of a step's track, in the direction of the ring."""

    line: int
    start: float
    """Metres along the line."""
    end: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """Where a ring runs along one track, from corner to corner."""

    track: Track
    runs: tuple[Run, ...]

    @cached_property
    def stretches(self) -> tuple[NDArray[np.float64], ...]:
        """Points of each run, shape (n, 2)."""
        return tuple(self.track.stretch(*run) for run in self.runs)

    @property
    def cost(self) -> float:
        """What it costs a ring."""
        return sum(METRE_COST[self.track.kind[run.line]] * abs(run.end - run.start) for run in self.runs)

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

    @cached_property
    def core(self) -> shapely.Polygon:
        """What lies deeper inside it than lines that were drawn to meet may miss each other."""
        core = self.polygon.buffer(-SNAP_M)
        shapely.prepare(core)
        return core

    def inside(self, *tracks: Track) -> NDArray[np.object_]:
        """Give what of tracks' lines on the map runs inside it."""
        lines = np.concatenate([track.map.lines for track in tracks])
        found: NDArray[np.object_] = shapely.intersection(
            lines[shapely.intersects(self.core, lines)], self.core
        )
        return found

    @cached_property
    def inside_m(self) -> float:
        """Length of its own features' lines that run inside it."""
        tracks = dict.fromkeys(step.track for step in self.steps)
        return float(shapely.length(self.inside(*tracks)).sum())

    @cached_property
    def drawn(self) -> tuple[float, ...]:
        """Lengths of its unbroken stretches that are not on the features."""
        lengths, open_now = [0.0], False
        for way, gap in zip(self.ways, self.links, strict=True):
            for run in way.runs:
                if way.track.kind[run.line] == ON:
                    open_now = False
                else:
                    lengths = [*lengths, 0.0] if not open_now else lengths
                    open_now = True
                    lengths[-1] += abs(run.end - run.start)
            if gap > SAME_M:
                lengths = [*lengths, 0.0] if not open_now else lengths
                open_now = True
                lengths[-1] += gap
        return tuple(x for x in lengths if x > SAME_M)


class Corners(NamedTuple):
    """Where one track hands over to the next: m pairs of points, the same but for short links."""

    before: NDArray[np.intp]
    """Shape (m,): lines of the one track."""
    before_xy: NDArray[np.float64]
    """Shape (m, 2)."""
    after: NDArray[np.intp]
    after_xy: NDArray[np.float64]
    gap: NDArray[np.float64]
    """Shape (m,): metres between the two points."""
    cost: NDArray[np.float64]
    """Shape (m,): what they cost the ring."""

    def turned(self) -> Corners:
        """Give them with the two tracks exchanged."""
        return Corners(self.after, self.after_xy, self.before, self.before_xy, self.gap, self.cost)

    def where(self, rows: Sequence[int]) -> Corners:
        """Give some of them."""
        return Corners(
            self.before[rows],
            self.before_xy[rows],
            self.after[rows],
            self.after_xy[rows],
            self.gap[rows],
            self.cost[rows],
        )


class _Graph(NamedTuple):
    matrix: csr_array
    keys: NDArray[np.intp]
    """Shape (e,): from-node times number of nodes plus to-node of each run, ascending."""
    line: NDArray[np.intp]
    start: NDArray[np.float64]
    end: NDArray[np.float64]

    def runs(self, nodes: NDArray[np.intp]) -> tuple[Run, ...]:
        """Give the runs along a way from node to node, those along one line in one."""
        k = np.searchsorted(self.keys, nodes[:-1] * self.matrix.shape[0] + nodes[1:])
        runs: list[Run] = []
        for run in map(Run, self.line[k].tolist(), self.start[k].tolist(), self.end[k].tolist()):
            if runs and (runs[-1].line, runs[-1].end) == (run.line, run.start):
                runs[-1] = runs[-1]._replace(end=run.end)
            else:
                runs.append(run)
        return tuple(runs)


class _Leg(NamedTuple):
    """The ways along one track from where the track before it hands over to where it does."""

    graph: _Graph
    """Of this track, and of others that were cut with it."""
    exits: NDArray[np.intp]
    """Shape (m,): nodes of the corners with the next track."""
    metres: NDArray[np.float64]
    """Shape (k, m): cost of the cheapest way from each of the corners with the track before."""
    before: NDArray[np.intp]
    """Shape (k, number of nodes): the node before each on it."""

    def runs(self, entry: int, end: int) -> tuple[Run, ...]:
        """Give the runs of the cheapest way from one of the corners before to one of those after."""
        nodes = [int(self.exits[end])]
        while (node := int(self.before[entry, nodes[-1]])) >= 0:
            nodes.append(node)
        return self.graph.runs(np.array(nodes[::-1]))


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was found of some tracks already, for other orders of them."""

    legs: dict[tuple[Track, Track, Track], _Leg] = field(default_factory=dict)

    def along(self, tracks: Sequence[Track]) -> list[_Leg]:
        """Give the ways along each of some tracks in order, between the one before and the one after."""
        keys = [(tracks[k - 1], track, tracks[k + 1 - len(tracks)]) for k, track in enumerate(tracks)]
        new = list(dict.fromkeys(key for key in keys if key not in self.legs))
        if new:
            self.legs.update(zip(new, _legs(new), strict=True))
        return [self.legs[key] for key in keys]


def _legs(keys: Sequence[tuple[Track, Track, Track]]) -> list[_Leg]:
    """Give the ways along the second of each three tracks, found together in one graph."""
    corners = [(corners_of(last, track), corners_of(track, following)) for last, track, following in keys]
    cuts = [
        (np.concatenate([last.after, following.before]), np.concatenate([last.after_xy, following.before_xy]))
        for last, following in corners
    ]
    graph, node = _graph([track for _, track, _ in keys], cuts)
    nodes = np.split(node, np.cumsum([len(c.gap) for both in corners for c in both])[:-1])
    entries, exits = nodes[::2], nodes[1::2]
    found, before = dijkstra(graph.matrix, indices=np.concatenate(entries), return_predecessors=True)
    legs, row = [], 0
    for (last, following), ends in zip(corners, exits, strict=True):
        rows = slice(row, row := row + len(last.gap))
        metres = found[rows, ends]
        metres[metres < _MIN_SIDE_M] = np.inf
        legs.append(_Leg(graph, ends, metres + following.cost, before[rows]))
    return legs


def find_rings(steps: Sequence[Step], known: Known) -> Iterator[Ring]:
    """Find the closed ways through tracks in order.

    Parameters
    ----------
    steps : sequence of Step
        In the order of a counter-clockwise ring; at least two.
    known : Known
        What is found of their tracks is added.

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
    legs = known.along(tracks)
    cheapest = _cheapest([leg.metres for leg in legs])

    @cache
    def way(k: int, entry: int, end: int) -> Way:
        return Way(track=tracks[k], runs=legs[k].runs(entry, end))

    for cost, chosen in sorted((cost, chosen) for chosen, cost in cheapest.items()):
        ways = tuple(way(k, chosen[k - 1], chosen[k]) for k in range(n))
        links = tuple(float(corners[k].gap[chosen[k]]) for k in range(n))
        yield Ring(cost=cost, steps=tuple(steps), ways=ways, links=links)


def drawn_in(ring: Ring) -> Ring:
    """Lead a ring along lines of its own features that run inside it, between the same corners.

    A block has its roads around it. Gives the ring itself where none run inside, or none lead on.
    """
    cost, ways = ring.cost, []
    for way in ring.ways:
        within = shapely.intersects(ring.core, way.track.lines) & (way.track.kind == ON)
        found = _led_through(way, within) if within.any() else way
        cost += found.cost - way.cost
        ways.append(found)
    led = replace(ring, cost=cost, ways=tuple(ways))
    return led if not led.polygon.is_empty and led.inside_m < ring.inside_m else ring


def _led_through(way: Way, lines: NDArray[np.bool_]) -> Way:
    """Give the way between the same two places for which a metre on some lines counts as half."""
    start, end = way.runs[0], way.runs[-1]
    graph, node = _graph(
        [way.track], [(np.array([start.line, end.line]), way.path[[0, -1]])], np.where(lines, 0.5, 1.0)
    )
    found, before = dijkstra(graph.matrix, indices=node[:1], return_predecessors=True)
    return Way(track=way.track, runs=_Leg(graph, node[1:], found, before).runs(0, 0))


def _cheapest(distances: Sequence[NDArray[np.float64]]) -> dict[tuple[int, ...], float]:
    """Give the cheapest choices of one corner after each step, through every corner in turn.

    Min-plus products of the distance matrices around the ring, begun at each step: a ring through
    a given corner is the cheapest closed walk from that corner back to itself.
    """
    n = len(distances)
    found: dict[tuple[int, ...], float] = {}
    for first in range(n):
        turn = [*range(first, n), *range(first)]
        reach, via = distances[turn[0]], []
        for k in turn[1:]:
            total = reach[:, :, None] + distances[k][None, :, :]
            via.append(total.argmin(axis=1))
            reach = total.min(axis=1)
        costs = np.diag(reach)
        for start in np.argsort(costs, kind="stable")[:_STARTS].tolist():
            if not np.isfinite(costs[start]):
                break
            walk = [start]
            for choice in reversed(via):
                walk.append(int(choice[start, walk[-1]]))
            walk = [start, *reversed(walk)][:n]  # the corner before each step of the turn
            corner = [0] * n
            for k, chosen in zip(turn, walk, strict=True):
                corner[k - 1] = chosen
            found.setdefault(tuple(corner), float(costs[start]))
    return found


def corners_of(a: Track, b: Track) -> Corners:
    """Give where one track hands over to another."""
    if b not in a.corners:
        a.corners[b] = _corners(a, b)
    return a.corners[b]


def _corners(a: Track, b: Track) -> Corners:
    """Find where two tracks cross, and where an end of one stops short of the other."""
    i, j, xy = crossings(a.lines, b.lines, b.tree)
    if len(xy) > 1:
        _, one = same_places(xy)  # a node of the map is the end of several lines
        i, j, xy = i[one], j[one], xy[one]
    found = [
        Corners(i, xy, j, xy, np.zeros(len(i)), np.zeros(len(i))),
        _short_links(a, b),
        _short_links(b, a).turned(),
    ]
    if len(b.stubs):
        found.append(_stub_links(a, b))
    if len(a.stubs):
        found.append(_stub_links(b, a).turned())
    every = _together(found)
    # Where the lines of the map cross, what is drawn beside them adds nothing; of several
    # drawn crossings in one place the first, by the kinds of the lines, stands for all.
    rank = np.array(METRE_COST)[a.kind[every.before]] + np.array(METRE_COST)[b.kind[every.after]] + every.cost
    order = np.lexsort((every.before_xy[:, 1], every.before_xy[:, 0], rank))
    kept: list[int] = []
    crossing = (a.kind[every.before] == ON) & (b.kind[every.after] == ON) & (every.gap <= SAME_M)
    for k in order.tolist():
        if len(kept) >= _MAX_CORNERS:
            break
        if crossing[k] or not len(kept) or _apart(every.before_xy[k], every.before_xy[kept]):
            kept.append(k)
    return every.where(kept)


def _together(some: Sequence[Corners]) -> Corners:
    return Corners(
        np.concatenate([c.before for c in some]),
        np.concatenate([c.before_xy for c in some]),
        np.concatenate([c.after for c in some]),
        np.concatenate([c.after_xy for c in some]),
        np.concatenate([c.gap for c in some]),
        np.concatenate([c.cost for c in some]),
    )


def _apart(xy: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    return bool((np.hypot(*(others - xy).T) > SNAP_M / 2).all())


def _short_links(ends: Track, lines: Track) -> Corners:
    """Link each loose end of one track to the nearest points of another's lines within :data:`SNAP_M`.

    Where those stand for a wider road, within :data:`SNAP_M` of its edge: an end there is led straight
    on to the middle, and nothing is missing but what lies outside that road.
    """
    loose = ends.map.loose
    reach = SNAP_M + (ROAD_WIDTH_M if lines.map.centred else 0.0)
    points = np.asarray(shapely.points(loose.xy), dtype=object)
    i, j = lines.tree.query(points, predicate="dwithin", distance=reach)
    drawn = lines.kind[j] != ON
    i, j = i[~drawn], j[~drawn]
    if not len(i):
        none = np.empty(0)
        return Corners(i, np.empty((0, 2)), j, np.empty((0, 2)), none, none)
    near = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(points[i], lines.lines[j]), 1))
    gap = np.hypot(*(near - loose.xy[i]).T)
    half = np.zeros(len(i))
    if lines.map.centred:
        along = shapely.line_locate_point(lines.lines[j], shapely.points(near))
        half = np.array([lines.reach_m(int(k), along[[n]])[0] for n, k in enumerate(j)])
        xy, way = loose.xy[i], loose.outward[i]
        ahead = strings(np.stack([xy, xy + 2 * gap[:, None] * way], axis=1))
        hit = shapely.intersection(ahead, lines.lines[j])
        on = (half > 0) & (shapely.get_type_id(hit) == shapely.GeometryType.POINT) & ~shapely.is_empty(hit)
        near[on] = shapely.get_coordinates(hit[on])
    far = (gap > SAME_M) & (gap <= half + SNAP_M)
    gap = np.where((half > 0) & (gap <= half + _EDGE_M), 0, gap - half)
    i, j, near, gap = i[far], j[far], near[far], gap[far]
    return Corners(loose.line[i], loose.xy[i], j, near, gap, METRE_COST[BRIDGE] * gap)


def _stub_links(ends: Track, stubs: Track) -> Corners:
    """Link each loose end of one track to the stubs of another that it points at."""
    loose = ends.map.loose
    i, j = (k.ravel() for k in np.indices((len(loose.xy), len(stubs.stubs))))
    step = stubs.stubs[j] - loose.xy[i]
    gap = np.hypot(*step.T)
    turn = np.arccos(np.clip((step * loose.outward[i]).sum(axis=1) / np.maximum(gap, SAME_M), -1, 1))
    fits = (gap > SNAP_M) & (gap <= MAX_GAP_M) & (turn <= MAX_TURN)
    i, xy, cost = i[fits], stubs.stubs[j[fits]], _STUB_COST * gap[fits] * (1 + turn[fits])
    line = stubs.tree.query_nearest(shapely.points(xy), all_matches=False)[1]
    return Corners(loose.line[i], loose.xy[i], line, xy, gap[fits], cost)


def _graph(
    tracks: Sequence[Track],
    cuts: Sequence[tuple[NDArray[np.intp], NDArray[np.float64]]],
    weight: NDArray[np.float64] | float = 1.0,
) -> tuple[_Graph, NDArray[np.intp]]:
    """Cut tracks, each for itself, at points on their lines; give the graph and the node of each point.

    ``cuts`` are lines, shape (k,), and points on them, shape (k, 2). ``weight``, shape (number of
    lines,), is what a metre on each counts for beside its cost.
    """
    counts = [len(track.lines) for track in tracks]
    begin = np.cumsum(counts) - counts  # the lines of all tracks are numbered through
    lines, kind = np.concatenate([t.lines for t in tracks]), np.concatenate([t.kind for t in tracks])
    cut = np.concatenate([b + line for b, (line, _) in zip(begin, cuts, strict=True)])
    cut_xy = np.concatenate([xy for _, xy in cuts])
    along = shapely.line_locate_point(lines[cut], shapely.points(cut_xy))
    on = np.concatenate([*(b + track.nodes[0] for b, track in zip(begin, tracks, strict=True)), cut])
    points = np.concatenate([*(track.nodes[1] for track in tracks), cut_xy])
    at = np.concatenate([*(track.nodes[2] for track in tracks), along])
    own = np.repeat(np.arange(len(tracks)), counts)[on]
    node, first = same_places(np.column_stack([points, own]))  # in metres, two tracks are far apart
    order = np.lexsort((at, on))
    u, v = order[:-1], order[1:]
    piece = (on[u] == on[v]) & (node[u] != node[v])
    u, v = np.concatenate([u[piece], v[piece]]), np.concatenate([v[piece], u[piece]])
    cost = (weight * np.array(METRE_COST)[kind])[on[u]] * np.maximum(np.abs(at[v] - at[u]), SAME_M)
    keys = node[u] * len(first) + node[v]
    cheapest = np.lexsort((on[u], cost, keys))  # of several lines between two nodes
    keys, one = np.unique(keys[cheapest], return_index=True)
    u, v, cost = u[cheapest[one]], v[cheapest[one]], cost[cheapest[one]]
    rows = np.searchsorted(node[u], np.arange(len(first) + 1))  # the keys are in the order of their rows
    matrix = csr_array((cost, node[v], rows), shape=(len(first), len(first)))
    return _Graph(matrix, keys, (on - begin[own])[u], at[u], at[v]), node[len(node) - len(cut) :]


def unknot(xy: NDArray[np.float64]) -> shapely.Polygon:
    """Give the polygon inside a closed way, without the spikes and small loops where its parts join.

    Empty where the way is no ring: clockwise, or crossing itself in the large.

    Examples
    --------
    A spike of 9 m is dropped, a figure of eight is no ring:

    >>> unknot(np.array([(0, 0), (9, 0), (9, 5), (18, 5), (9, 5), (9, 9), (0, 9)], dtype=float)).area
    81.0
    >>> unknot(np.array([(0, 0), (9, 0), (0, 9), (9, 9)], dtype=float)).is_empty
    True
    """
    if len(xy) < 3:
        return shapely.Polygon()
    ring = cast("shapely.Polygon", shapely.polygons(xy))
    x, y = shapely.get_coordinates(ring).T
    area = 0.5 * float(x[:-1] @ y[1:] - x[1:] @ y[:-1])
    if area <= 0:
        return shapely.Polygon()
    if ring.is_valid:
        return ring
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([ring.exterior]))))
    whole = shapely.get_parts(shapely.union_all(faces))
    if not len(whole) or whole[0].is_empty:
        return shapely.Polygon()
    largest = whole[shapely.area(whole).argmax()]
    if shapely.area(faces).sum() > 1.02 * area or largest.area < 0.98 * area:
        return shapely.Polygon()
    return shapely.orient_polygons(shapely.Polygon(largest.exterior))
