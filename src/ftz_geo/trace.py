"""From named sides and a reference map to one valid polygon per parcel, with evidence.

A parcel's ring runs along its east, north, west and south side in turn. Each feature that a side
names becomes a *track*: its lines on the map, straight bridges over the gaps between them, and
extensions of their loose ends. Where the tracks of neighbouring sides cross or meet are the
possible corners, and the ring is the cheapest closed way through the tracks in order, a metre
that is not on the map costing as much as :data:`BRIDGE_COST` metres that are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LABELS_ZH, Digitised, Direction, Edge, Feature, Method, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Candidate, Parcel, Plan, ReferenceMap, Settings

__all__ = ["trace_parcels"]

RING_ORDER: tuple[Direction, ...] = ("east", "north", "west", "south")
"""The sides in the order in which a counter-clockwise ring passes them."""

BRIDGE_COST = 6.0
"""What a metre of bridge or extension costs, in metres on the map."""

SNAP_M = 15.0
"""Ends of lines this close belong together however they point: lines that were drawn to meet."""

MAX_GAP_M = 1500.0
"""The longest gap in a feature that a bridge is tried over."""

MAX_EXTENSION_M = 600.0
"""How far a loose end is extended straight on to meet its neighbour."""

MAX_TURN = np.radians(60)
"""The sharpest turn from a line on to a bridge longer than :data:`SNAP_M`."""

_ON, _BRIDGE, _EXTENSION = range(3)
_METHODS: tuple[Method, ...] = ("on-feature", "bridge", "extension")
_GRID_M = 0.01

_Points = "NDArray[np.float64]"


@dataclass(frozen=True, kw_only=True)
class _Track:
    """The lines along which one feature runs or may run, in plane metres."""

    lines: NDArray[np.object_]
    """Shape (n,): LineStrings that cross each other nowhere but at :attr:`cuts` and ends."""
    method: NDArray[np.intp]
    """Shape (n,): index into :data:`_METHODS`."""
    source_ids: tuple[tuple[str, ...], ...]
    cuts: tuple[NDArray[np.intp], NDArray[np.float64]]
    """Line indexes, shape (k,), and points, shape (k, 2), where bridges join lines in mid-course."""

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    @cached_property
    def loose(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Lines of the map that have a loose end, and that end, shape (k, 2)."""
        pieces = self.lines[self.method == _ON]
        xy, _ = _ends(pieces)
        place, _ = _same_places(xy)
        loose = np.flatnonzero(np.bincount(place)[place] == 1)
        return loose % len(pieces), xy[loose]

    @classmethod
    def of(cls, lines: NDArray[np.object_], source_ids: NDArray[np.object_]) -> _Track:
        parts, owner = shapely.get_parts(lines, return_index=True)
        pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(parts)))
        pieces = pieces[shapely.length(pieces) > _GRID_M]
        middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        at, on = shapely.STRtree(parts).query(middle, predicate="dwithin", distance=_GRID_M)
        ids: list[list[str]] = [[] for _ in pieces]
        for piece, part in zip(at, on, strict=True):
            ids[piece].append(source_ids[owner[part]])
        bridges, rays = _bridges(pieces)
        virtual = np.concatenate([bridges, rays]).astype(object)
        every = np.concatenate([pieces, virtual])
        method = np.repeat([_ON, _BRIDGE, _EXTENSION], [len(pieces), len(bridges), len(rays)])
        # Bridges end on lines, at their ends or in mid-course.
        v, p, points = _crossings(virtual, pieces)
        cuts = (np.concatenate([v + len(pieces), p]), np.concatenate([points, points]))
        return cls(
            lines=every,
            method=method,
            source_ids=(*(tuple(sorted(set(i))) for i in ids), *((),) * len(virtual)),
            cuts=cuts,
        )


def _crossings(a: NDArray[np.object_], b: NDArray[np.object_], tree: shapely.STRtree | None = None) -> Any:
    """Give indexes into two sets of lines and the points, shape (n, 2), where they meet."""
    empty = np.empty(0, dtype=np.intp)
    if not len(a) or not len(b):
        return empty, empty, np.empty((0, 2))
    i, j = (tree or shapely.STRtree(b)).query(a, predicate="intersects")
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    met = shapely.intersection(a[i], b[j])
    xy, pair = shapely.get_coordinates(met, return_index=True)
    return i[pair], j[pair], xy


def _ends(lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the ends of lines, shape (2n, 2), and the outward unit directions there."""
    length = shapely.length(lines)
    run = np.minimum(25.0, length)  # a shaken vertex must not decide where a road is heading
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    near_first = shapely.get_coordinates(shapely.line_interpolate_point(lines, run))
    near_last = shapely.get_coordinates(shapely.line_interpolate_point(lines, length - run))
    xy = np.concatenate([first, last])
    outward = xy - np.concatenate([near_first, near_last])
    norm = np.hypot(*outward.T)
    return xy, outward / np.where(norm > 0, norm, 1)[:, None]


def _same_places(xy: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number the places among points that may coincide; give also one point of each place."""
    pairs = cKDTree(xy).query_pairs(_GRID_M, output_type="ndarray")
    n = len(xy)
    links = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, place = connected_components(links, directed=False)
    _, first = np.unique(place, return_index=True)
    return place.astype(np.intp), first


def _bridges(pieces: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Give bridges between the loose ends of one feature's lines, and extensions of those ends."""
    xy, outward = _ends(pieces)
    place, _ = _same_places(xy)
    loose = np.flatnonzero(np.bincount(place)[place] == 1)
    xy, outward = xy[loose], outward[loose]
    step = xy[None, :, :] - xy[:, None, :]
    gap = np.hypot(step[..., 0], step[..., 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        ahead = np.einsum("ijk,ik->ij", step, outward) / gap  # cosine of the turn on to the bridge
    turn = np.arccos(np.clip(np.nan_to_num(ahead, nan=-1), -1, 1))
    turn = np.maximum(turn, turn.T)
    possible = (gap <= SNAP_M) | ((gap <= MAX_GAP_M) & (turn <= MAX_TURN))
    np.fill_diagonal(possible, val=False)
    cost = np.where(possible, gap * (1 + turn), np.inf)
    best = np.argsort(cost, axis=1, kind="stable")[:, :2]
    pairs = {
        (min(i, j), max(i, j)) for i, row in enumerate(best.tolist()) for j in row if np.isfinite(cost[i, j])
    }
    bridges = [shapely.LineString([xy[i], xy[j]]) for i, j in sorted(pairs)]
    # To the nearest other line in mid-course, where a carriageway joins its twin.
    points = shapely.points(xy)
    tree = shapely.STRtree(pieces)
    i, j = tree.query(points, predicate="dwithin", distance=SNAP_M)
    own = loose[i] % len(pieces) == j
    for k, piece in sorted(zip(i[~own].tolist(), j[~own].tolist(), strict=True)):
        link = shapely.shortest_line(points[k], pieces[piece])
        if link.length > _GRID_M:
            bridges.append(link)
    served = ((gap <= SNAP_M) & (ahead > 0) & possible).any(axis=1)
    rays = []
    for k in np.flatnonzero(~served).tolist():
        ray = shapely.LineString([xy[k], xy[k] + MAX_EXTENSION_M * outward[k]])
        rays.append(ray)
    return np.array(bridges, dtype=object), np.array(rays, dtype=object)


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One track that the ring runs along, for one or several sides."""

    side: Direction
    feature: Feature
    track: _Track


@dataclass(frozen=True, kw_only=True)
class _Graph:
    """A track cut at its corners, ready for shortest paths."""

    nodes: NDArray[np.float64]
    matrix: Any
    piece: dict[tuple[int, int], tuple[int, float, float]]


def _graph(track: _Track, line: NDArray[np.intp], xy: NDArray[np.float64]) -> tuple[_Graph, NDArray[np.intp]]:
    """Cut a track at points on its lines; give the graph and the node of each point."""
    n = len(track.lines)
    first = shapely.get_coordinates(shapely.get_point(track.lines, 0))
    last = shapely.get_coordinates(shapely.get_point(track.lines, -1))
    cut_line, cut_xy = track.cuts
    on = np.concatenate([np.arange(n), np.arange(n), cut_line, line])
    points = np.concatenate([first, last, cut_xy, xy])
    length = shapely.length(track.lines)
    at = np.concatenate(
        [
            np.zeros(n),
            length,
            shapely.line_locate_point(track.lines[on[2 * n :]], shapely.points(points[2 * n :])),
        ]
    )
    node, first_index = _same_places(points)
    order = np.lexsort((at, on))
    u, v = order[:-1], order[1:]
    same = (on[u] == on[v]) & (node[u] != node[v])
    u, v = u[same], v[same]
    weight = np.where(track.method[on[u]] == _ON, 1.0, BRIDGE_COST) * np.maximum(at[v] - at[u], 1e-3)
    best: dict[tuple[int, int], tuple[float, int, float, float]] = {}
    for s, t, w, l, a, b in zip(node[u].tolist(), node[v].tolist(), weight.tolist(), on[u].tolist(), at[u].tolist(), at[v].tolist(), strict=True):
        if (s, t) not in best or w < best[s, t][0]:
            best[s, t] = (w, l, a, b)
            best[t, s] = (w, l, b, a)
    keys = np.array(list(best)).reshape(-1, 2)
    matrix = csr_array(([b[0] for b in best.values()], (keys[:, 0], keys[:, 1])), shape=(len(first_index), len(first_index)))
    graph = _Graph(nodes=points[first_index], matrix=matrix, piece={k: b[1:] for k, b in best.items()})
    return graph, node[2 * n + len(cut_line) :]


@dataclass(frozen=True, kw_only=True)
class _Corners:
    """Where one track hands over to the next: m pairs of points, the same point but for short links."""

    before: NDArray[np.intp]
    """Shape (m,): lines of the one track."""
    before_xy: NDArray[np.float64]
    """Shape (m, 2)."""
    after: NDArray[np.intp]
    after_xy: NDArray[np.float64]
    link: NDArray[np.float64]
    """Shape (m,): metres between the two points."""


def _corners(a: _Track, b: _Track) -> _Corners:
    """Find where two tracks cross, and where an end of one stops short of the other."""
    i, j, xy = _crossings(a.lines, b.lines, b.tree)
    _, one = _same_places(xy)  # a node of the map is the end of several lines
    before, before_xy, after, after_xy = [i[one]], [xy[one]], [j[one]], [xy[one]]
    for ends, lines, swap in ((a, b, False), (b, a, True)):
        on, line, end_xy, line_xy = _short_links(ends, lines)
        if swap:
            on, line, end_xy, line_xy = line, on, line_xy, end_xy
        before.append(on)
        before_xy.append(end_xy)
        after.append(line)
        after_xy.append(line_xy)
    from_xy, to_xy = np.concatenate(before_xy), np.concatenate(after_xy)
    return _Corners(
        before=np.concatenate(before),
        before_xy=from_xy,
        after=np.concatenate(after),
        after_xy=to_xy,
        link=np.hypot(*(to_xy - from_xy).T),
    )


def _short_links(ends: _Track, lines: _Track) -> Any:
    """Link each loose end of one track to the nearest points of another's lines within :data:`SNAP_M`."""
    loose, xy = ends.loose
    points = shapely.points(xy)
    i, j = lines.tree.query(points, predicate="dwithin", distance=SNAP_M)
    real = lines.method[j] == _ON
    i, j = i[real], j[real]
    near = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(points[i], lines.lines[j]), 1))
    far = np.hypot(*(near - xy[i]).T) > _GRID_M
    return loose[i[far]], j[far], xy[i[far]], near[far]


@dataclass(frozen=True, kw_only=True)
class _Ring:
    """One closed way through the tracks."""

    cost: float
    paths: tuple[tuple[tuple[_Step, int, float, float], ...], ...]
    """Per step its runs: the step, the line of its track, from and to, metres along it."""
    polygon: shapely.Polygon


def _rings(steps: Sequence[_Step], limit: int = 12) -> Iterator[_Ring]:
    """Give the closed ways through tracks in order, cheapest first, among them the best by each corner."""
    n = len(steps)
    corners = []  # where step k hands over to step k+1
    for k in range(n):
        corner = _corners(steps[k].track, steps[(k + 1) % n].track)
        if not len(corner.link):
            return
        corners.append(corner)
    graphs, entries, exits, distances, before = [], [], [], [], []
    for k, step in enumerate(steps):
        last, following = corners[k - 1], corners[k]
        graph, node = _graph(
            step.track,
            np.concatenate([last.after, following.before]),
            np.concatenate([last.after_xy, following.before_xy]),
        )
        entry, exit_ = node[: len(last.link)], node[len(last.link) :]
        found, predecessors = dijkstra(graph.matrix, indices=entry, return_predecessors=True)
        distance = found[:, exit_]
        distance[distance < 5] = np.inf  # a side is more than a point
        distance += BRIDGE_COST * following.link
        graphs.append(graph)
        entries.append(entry)
        exits.append(exit_)
        distances.append(distance)
        before.append(predecessors)
    # Best ring by each first corner: min-plus products along the ring.
    reach, via = distances[0], []
    for distance in distances[1:]:
        total = reach[:, :, None] + distance[None, :, :]
        via.append(total.argmin(axis=1))
        reach = total.min(axis=1)
    costs = np.diag(reach)
    for start in np.argsort(costs, kind="stable")[:limit].tolist():
        if not np.isfinite(costs[start]):
            return
        chosen = [start]
        for choice in reversed(via):
            chosen.append(int(choice[start, chosen[-1]]))
        chosen.append(start)
        chosen.reverse()  # corner before step 0, after step 0, …
        paths, ring = [], []
        for k, step in enumerate(steps):
            node = int(exits[k][chosen[k + 1]])
            run = []
            while (previous := int(before[k][chosen[k], node])) >= 0:
                run.append((step, *graphs[k].piece[previous, node]))
                node = previous
            run.reverse()
            paths.append(tuple(run))
            ring.extend(_xy(*r) for r in run)
        polygon = _unknot(np.concatenate(ring))
        yield _Ring(cost=float(costs[start]), paths=tuple(paths), polygon=polygon)


def _unknot(xy: NDArray[np.float64]) -> shapely.Polygon:
    """Give the polygon inside a closed way, without the spikes and small loops where its parts join.

    Empty where the way is no ring: clockwise, or crossing itself in the large.
    """
    ring = shapely.Polygon(xy)
    if not ring.exterior.is_ccw:
        return shapely.Polygon()
    if ring.is_valid:
        return ring
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([ring.exterior]))))
    if not len(faces):
        return shapely.Polygon()
    whole = shapely.get_parts(shapely.union_all(faces))
    largest = whole[shapely.area(whole).argmax()]
    if shapely.area(faces).sum() - ring.area > 0.02 * ring.area or largest.area < 0.98 * ring.area:
        return shapely.Polygon()
    return shapely.orient_polygons(shapely.Polygon(largest.exterior))


def _xy(step: _Step, line: int, start: float, end: float) -> NDArray[np.float64]:
    """Give the points of a stretch of a line, in its direction of travel."""
    geometry = step.track.lines[line]
    xy = shapely.get_coordinates(geometry)
    low, high = min(start, end), max(start, end)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    inner = xy[(along > low + 1e-6) & (along < high - 1e-6)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(geometry, [low, high]))
    run = np.concatenate([ends[:1], inner, ends[1:]])
    return run if start <= end else run[::-1]


def trace_parcels(
    plan: Plan,
    reference: ReferenceMap,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    settings: Settings,
) -> dict[str, Digitised]:
    """Draw every parcel."""
    features = reference.features
    geometry = features.geometry.to_numpy()
    source_ids = features["source_id"].to_numpy()
    row = {s: i for i, s in enumerate(source_ids)}
    planes: dict[tuple[float, float], LocalPlane] = {}
    tracks: dict[tuple[Any, ...], _Track] = {}

    def track(candidates: tuple[Candidate, ...], plane: LocalPlane) -> _Track:
        ids = candidates[0].source_ids
        key = (plane.lon, plane.lat, ids)
        if key not in tracks:
            rows = [row[i] for i in ids]
            lines = geometry[rows]
            polygonal = shapely.get_dimensions(lines) == 2
            lines = np.where(polygonal, shapely.boundary(lines), lines)
            tracks[key] = _Track.of(plane.to_xy(lines), source_ids[rows])
        return tracks[key]

    result = {}
    for parcel in plan.parcels:
        result[parcel.id] = _trace(parcel, resolutions, geometry, row, planes, track, settings)
    return result


def _undetermined(parcel: Parcel, *reasons: Reason) -> Digitised:
    return Digitised(parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=reasons)


def _trace(parcel, resolutions, geometry, row, planes, track, settings) -> Digitised:
    missing = []
    for side in RING_ORDER:
        if not parcel.abuttals[side]:
            missing.append(Reason(code="side-not-stated", zh=f"原文没有写{LABELS_ZH[side]}至", en=f"the text states no {side} side"))
    for side, feature in parcel.features():
        index = parcel.abuttals[side].index(feature)
        if not resolutions[parcel.id, side, index]:
            missing.append(Reason(code="not-on-map", zh=f"底图上没有{LABELS_ZH[side]}至的“{feature.name}”", en=f"{feature.name} ({side}) is not on the reference map"))
    if missing:
        return _undetermined(parcel, *missing)
    bounds = []
    for side in RING_ORDER:
        for index in range(len(parcel.abuttals[side])):
            rows = [row[i] for i in resolutions[parcel.id, side, index][0].source_ids]
            bounds.append(shapely.total_bounds(geometry[rows]))
    middle = np.median(np.array(bounds).reshape(-1, 2, 2).mean(axis=1), axis=0)
    lon, lat = (np.round(middle * 4) / 4).tolist()
    plane = planes.setdefault((lon, lat), LocalPlane(lon=lon, lat=lat))
    rings = []
    for order in product(*(permutations(range(len(parcel.abuttals[s]))) for s in RING_ORDER)):
        steps = []
        for side, indexes in zip(RING_ORDER, order, strict=True):
            for index in indexes:
                feature = parcel.abuttals[side][index]
                steps.append(_Step(side=side, feature=feature, track=track(resolutions[parcel.id, side, index], plane)))
        rings += _rings(steps)
    rings.sort(key=lambda r: r.cost)
    ring = next((r for r in rings if not r.polygon.is_empty), None)
    if ring is None:
        return _undetermined(parcel, Reason(code="does-not-close", zh="各边在底图上不能闭合", en="the sides do not close on the reference map"))
    edges = []
    bridged = 0.0
    longest = 0.0
    for path in ring.paths:
        for step, line, start, end in path:
            method = _METHODS[step.track.method[line]]
            if method != "on-feature":
                bridged += abs(end - start)
                longest = max(longest, abs(end - start))
            edges.append(Edge(side=step.side, feature=step.feature.name, span=step.feature.span, source_ids=step.track.source_ids[line], method=method, line=plane.to_lonlat(shapely.LineString(_xy(step, line, start, end)))))
    grade = "traced" if longest <= settings.bridge_tolerance_m else "inferred"
    return Digitised(parcel_id=parcel.id, polygon=plane.to_lonlat(ring.polygon), grade=grade, edges=tuple(edges), reasons=(Reason(code="b", zh=f"{bridged:.0f}", en=""),))
