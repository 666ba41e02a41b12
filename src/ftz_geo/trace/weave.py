"""Blocks that abut on each other share their common edges exactly.

Two blocks along one road are drawn each for itself. Along the same line of the map their edges are the
same already; along different lines of one road, over gaps and at corners they differ. Here the later
one takes over the edge of the earlier one wherever both run along the same feature, and both get the
same vertices.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ftz_geo.model import GRADES
from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.outlines import redrawn, unknot
from ftz_geo.trace.places import SAME_M, same_places, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Digitised, Edge
    from ftz_geo.trace.atlas import Atlas

# Half and twice of these figures give the same hits, counted as in carriageways.py, but for 1 at twice
# WEAVE_M.

WEAVE_M = ROAD_WIDTH_M / 2
"""Edges along one feature that lie this close are one edge: each is at most half a road off its middle."""

_LONG_SIDE = 0.2
"""The least share of a gap's outline along either block: of an open strip nearly half, of a notch at a
corner less."""

_OPEN = 0.05
"""The share of it that may run along neither block: where a strip grows too wide to be closed, a jog would
be left."""

_ALONG = 0.9
"""The share of a gap that lies along the common feature; its ends at corners may lie along others."""

_ROUNDING_M = 1e-4
"""Gaps of twice this width are rounding: planes tell degrees to a millimetre only."""

_ROUNDS = 4
"""A vertex that is moved may come to lie on another edge; on those blocks one round is enough."""


class _Block(NamedTuple):
    drawn: Digitised
    ring: shapely.Polygon
    """Plane metres."""
    lines: NDArray[np.object_]
    """Shape (n,): its edges in plane metres."""
    keys: tuple[frozenset[str], ...]
    """Per edge: what tells that two edges run along the same feature."""


def weave(
    drawn: Sequence[Digitised], atlas: Atlas, keys_of: Callable[[Digitised, Edge], frozenset[str]]
) -> dict[str, Digitised]:
    """Let the polygons of a zone share the edges that run along the same features.

    Parameters
    ----------
    drawn : sequence of Digitised
        With or without polygon, in any order.
    atlas : Atlas
        Where planes come from.
    keys_of : callable
        Returns an edge's keys; two edges that have one in common run along the same feature.

    Returns
    -------
    dict of parcel id to Digitised
        Those whose polygon changed. Where two overlapped or left a gap along a feature that both have,
        by no more than :data:`WEAVE_M`, they now have the same vertices there; what overlaps by more,
        or abuts along different features, stays as it was drawn.
    """
    outlines = [(d, d.polygon) for d in drawn if isinstance(d.polygon, shapely.Polygon) and d.edges]
    if len(outlines) < 2:
        return {}
    bounds = shapely.total_bounds([polygon for _, polygon in outlines])
    plane = atlas.plane_at(bounds.reshape(2, 2).mean(axis=0))
    outlines.sort(key=lambda o: o[1].bounds)
    blocks, degrees = _blocks(outlines, plane, keys_of)
    # What is surer keeps its place; among equals the larger one, whatever the order of the rows.
    blocks.sort(key=lambda b: (GRADES.index(b.drawn.grade), b.drawn.area_shaped, -round(b.ring.area)))
    touching, corridors = _corridors(blocks)
    if not touching:
        return {}
    rings = _with_common_corners(blocks)
    for k in range(len(blocks)):
        beside = {j: corridors[j, k] for j in range(k) if (j, k) in corridors}
        if beside:
            strips = np.concatenate([*beside.values()], axis=1)
            rings[k] = _fitted(rings[k], [rings[j] for j in beside], strips)
    woven = []
    for k, ring in zip(touching, _noded([rings[k] for k in touching]), strict=True):
        if not ring.is_empty and not ring.equals_exact(blocks[k].ring, 0):
            xy = shapely.get_coordinates(ring.exterior)
            woven.append(redrawn(blocks[k].drawn, blocks[k].lines, xy, _in_degrees(xy, plane, degrees)))
    # As drawing does, this leaves out what is valid in plane metres only.
    return {d.parcel_id: d for d in woven if shapely.is_valid(d.polygon)}


def _blocks(
    outlines: Sequence[tuple[Digitised, shapely.Polygon]],
    plane: LocalPlane,
    keys_of: Callable[[Digitised, Edge], frozenset[str]],
) -> tuple[list[_Block], dict[tuple[float, float], tuple[float, float]]]:
    """Put blocks on a plane; give the degrees of each of their vertices, which it tells to 1 mm only."""
    rings = np.array([shapely.Polygon(polygon.exterior) for _, polygon in outlines], dtype=object)
    flat = plane.to_xy(rings)
    lines = plane.to_xy(np.array([edge.line for drawn, _ in outlines for edge in drawn.edges], dtype=object))
    ends = np.cumsum([len(drawn.edges) for drawn, _ in outlines])
    blocks = [
        _Block(drawn, ring, own, tuple(keys_of(drawn, edge) for edge in drawn.edges))
        for (drawn, _), ring, own in zip(
            outlines, shapely.orient_polygons(flat), np.split(lines, ends[:-1]), strict=True
        )
    ]
    xy, lonlat = shapely.get_coordinates(flat), shapely.get_coordinates(rings)
    return blocks, dict(zip(map(tuple, xy.tolist()), map(tuple, lonlat.tolist()), strict=True))


def _in_degrees(
    xy: NDArray[np.float64], plane: LocalPlane, known: Mapping[tuple[float, float], tuple[float, float]]
) -> NDArray[np.float64]:
    """Put vertices, shape (n, 2), in degrees; those that are known keep theirs to the last digit."""
    lonlat = np.array([known.get((x, y), (np.nan, np.nan)) for x, y in xy.tolist()])
    new = np.isnan(lonlat[:, 0])
    if new.any():
        lonlat[new] = shapely.get_coordinates(plane.to_lonlat(shapely.multipoints(xy[new])))
    return lonlat


class _Edges(NamedTuple):
    """The edges of all blocks in one row."""

    line: NDArray[np.object_]
    """Shape (n,)."""
    block: NDArray[np.intp]
    """Shape (n,): which block each is of."""
    keys: list[frozenset[str]]
    is_drawn: NDArray[np.bool_]
    """Shape (n,): whether it runs along no line of the map."""


def _edges(blocks: Sequence[_Block]) -> _Edges:
    return _Edges(
        np.concatenate([block.lines for block in blocks]),
        np.repeat(np.arange(len(blocks)), [len(block.lines) for block in blocks]),
        [keys for block in blocks for keys in block.keys],
        np.array([edge.method != "on-feature" for block in blocks for edge in block.drawn.edges]),
    )


def _corridors(
    blocks: Sequence[_Block],
) -> tuple[list[int], dict[tuple[int, int], NDArray[np.object_]]]:
    """Find the blocks that abut, and what lies near edges of two of them along the same feature.

    Returns
    -------
    list of int
        Blocks that abut on another along a feature that both have.
    dict of (int, int) to ndarray of Polygon, shape (2, n)
        For each two whose edges there are not the same already: the strips along the edges of the
        one, and those along the edges of the other.
    """
    edges = _edges(blocks)
    one, other = _abutting(blocks, edges)
    touching = sorted({*edges.block[one].tolist(), *edges.block[other].tolist()})
    # Lines of the map that run apart are apart; over what is missing two drawings of one road may differ.
    doubted = edges.is_drawn[one] | edges.is_drawn[other]
    one, other = one[doubted], other[doubted]
    line, block = edges.line, edges.block
    apart = _apart(line[one], line[other]) | _apart(line[other], line[one])
    differ = {*zip(block[one[apart]].tolist(), block[other[apart]].tolist(), strict=True)}

    @cache
    def strip(edge: int) -> shapely.Polygon:
        polygon: shapely.Polygon = shapely.buffer(line[edge], WEAVE_M, quad_segs=16)
        return polygon

    strips: dict[tuple[int, int], list[tuple[shapely.Polygon, shapely.Polygon]]] = {}
    for m, n in sorted(zip(one.tolist(), other.tolist(), strict=True)):
        pair = (int(block[m]), int(block[n]))
        if pair in differ:
            strips.setdefault(pair, []).append((strip(m), strip(n)))
    return touching, {pair: np.array(both, dtype=object).T for pair, both in strips.items()}


def _abutting(blocks: Sequence[_Block], edges: _Edges) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of edges, of an earlier and a later block, along which two blocks abut."""
    line, block = edges.line, edges.block
    around = shapely.box(*(shapely.bounds(line) + WEAVE_M * np.array([-1, -1, 1, 1])).T)
    pairs = shapely.STRtree(line).query(around)
    pairs = pairs[:, block[pairs[0]] < block[pairs[1]]]
    same = [not edges.keys[m].isdisjoint(edges.keys[n]) for m, n in pairs.T.tolist()]
    # Names are compared before shapes: it is far cheaper, and few pairs are left.
    pairs = pairs[:, np.array(same, dtype=bool)]
    pairs = pairs[:, shapely.dwithin(line[pairs[0]], line[pairs[1]], WEAVE_M)]
    # What two share is a thin strip where nothing of it is left within half the width: where what
    # is left of the one and of the other do not meet.
    cores = shapely.buffer([block.ring for block in blocks], -WEAVE_M / 2)
    shapely.prepare(cores)
    one, other = pairs[:, ~shapely.intersects(*cores[block[pairs]])]
    return one, other


def _apart(lines: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which lines, shape (n,), have a vertex beside the other line of the pair, but not on it."""
    xy, pair = shapely.get_coordinates(lines, return_index=True)
    away = shapely.distance(shapely.points(xy), others[pair])
    beside = np.flatnonzero((away > SAME_M) & (away <= WEAVE_M))
    xy, pair, away = xy[beside], pair[beside], away[beside]
    for k in (0, -1) if len(beside) else ():  # what is nearest to an end lies beyond it
        end = shapely.get_coordinates(shapely.get_point(others[pair], k))
        away = np.where(np.hypot(*(xy - end).T) <= away + SAME_M, 0, away)
    apart = np.zeros(len(lines), dtype=bool)
    apart[pair[away > 0]] = True
    return apart


class _Corner(NamedTuple):
    """Where a block turns from one feature to the next."""

    block: int
    before: frozenset[str]
    """The keys of the edge that ends there,"""
    after: frozenset[str]
    """and of the one that begins."""

    def is_like(self, other: _Corner) -> bool:
        """Tell whether it lies between the same two features, in either order."""
        return bool(
            (self.before & other.before and self.after & other.after)
            or (self.before & other.after and self.after & other.before)
        )


def _with_common_corners(blocks: Sequence[_Block]) -> list[shapely.Polygon]:
    """Return the blocks' rings with corners between the same two features in one place."""
    corners: list[_Corner] = []
    lines: list[shapely.LineString] = []
    for b, block in enumerate(blocks):
        names = [edge.feature for edge in block.drawn.edges]
        for k, following in enumerate([*range(1, len(names)), 0]):
            if names[k] != names[following]:
                corners.append(_Corner(b, block.keys[k], block.keys[following]))
                lines.append(block.lines[k])
    if not corners:
        return [block.ring for block in blocks]
    at = shapely.get_coordinates(shapely.get_point(lines, -1))
    moved: dict[int, NDArray[np.float64]] = {}
    for corner, to in _moves(corners, at):
        b = corners[corner].block
        xy = moved[b] if b in moved else shapely.get_coordinates(blocks[b].ring.exterior)[:-1]
        moved[b] = _moved(xy, at[corner], at[to])
    rings = [block.ring for block in blocks]
    for b, xy in moved.items():
        ring = unknot(xy)
        rings[b] = rings[b] if ring.is_empty else ring
    return rings


def _moves(corners: Sequence[_Corner], at: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Return which corners go to the place of which earlier one; ``at`` is where they are, shape (n, 2)."""
    near = cKDTree(at).query_ball_point(at, WEAVE_M, return_sorted=True)
    kept: set[int] = set()
    for k, corner in enumerate(corners):
        same = [other for other in near[k] if other in kept and corners[other].is_like(corner)]
        if not same:
            kept.add(k)
            continue
        nearest = same[int(np.hypot(*(at[same] - at[k]).T).argmin())]
        if np.hypot(*(at[nearest] - at[k])) > SAME_M:
            yield k, nearest


def _moved(
    xy: NDArray[np.float64], corner: NDArray[np.float64], to: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Move one vertex of a ring; others so near that the ring would double back to them go."""
    vertex = int(np.hypot(*(xy - corner).T).argmin())
    shift = float(np.hypot(*(to - xy[vertex])))
    kept = np.hypot(*(xy - to).T) > 2 * shift
    kept[vertex] = True
    moved: NDArray[np.float64] = np.where(np.arange(len(xy))[:, None] == vertex, to, xy)[kept]
    return moved


def _fitted(
    ring: shapely.Polygon, beside: Sequence[shapely.Polygon], strips: NDArray[np.object_]
) -> shapely.Polygon:
    """Take from a polygon what it shares with its neighbours, and add the gaps along common features."""
    # What lies far off can be neither shared nor a gap between.
    around = shapely.box(*ring.bounds).buffer(10 * WEAVE_M, join_style="mitre")
    near = shapely.get_parts(shapely.intersection(np.array(beside, dtype=object), around))
    others = shapely.union_all(near[shapely.get_dimensions(near) == 2])
    own = ring.difference(others)
    if own.area < ring.area / 2:  # what lies within another block is no matter of common edges
        return ring
    whole = _largest(own)
    gaps = _gaps(whole, others)
    if len(gaps):
        gaps = gaps[_lie_along(gaps, strips)]
        # An open strip has either block along one of its long sides; a notch at a corner has not.
        shares = [_share_along(gaps, side.boundary) for side in (whole, others)]
        between = (np.min(shares, axis=0) >= _LONG_SIDE) & (np.sum(shares, axis=0) >= 1 - _OPEN)
        whole = _largest(shapely.union_all([whole, *gaps[between]]))
    return shapely.orient_polygons(shapely.Polygon(whole.exterior))


def _largest(shape: BaseGeometry) -> shapely.Polygon:
    """Return the largest part of a shape."""
    parts = shapely.get_parts(shape)
    largest: shapely.Polygon = parts[shapely.area(parts).argmax()]
    return largest


def _gaps(whole: shapely.Polygon, others: BaseGeometry) -> NDArray[np.object_]:
    """Return what lies between a polygon and its neighbours where they are no farther apart than strips."""
    # Grown by half the width and shrunk again, the shapes are one there.
    both = shapely.union_all([whole, others])
    grown = both.buffer(WEAVE_M / 2, join_style="mitre")
    gaps = shapely.get_parts(grown.buffer(-WEAVE_M / 2, join_style="mitre").difference(both))
    wide: NDArray[np.object_] = gaps[shapely.area(gaps) > _ROUNDING_M * shapely.length(gaps)]
    return wide


def _lie_along(gaps: NDArray[np.object_], strips: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which gaps lie along edges of both blocks, ``strips``, shape (2, n), and not of one."""
    reach = shapely.multipolygons(gaps)
    shapely.prepare(reach)
    one, other = strips[:, shapely.intersects(reach, strips).all(axis=0)]
    corridor = shapely.union_all(shapely.intersection(shapely.intersection(reach, one), other))
    shared: NDArray[np.float64] = shapely.area(shapely.intersection(gaps, corridor))
    return shared >= _ALONG * shapely.area(gaps)


def _share_along(polygons: NDArray[np.object_], line: BaseGeometry) -> NDArray[np.float64]:
    """Return the shares, shape (n,), of polygons' outlines that run along a line."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    segment = np.flatnonzero(ring[1:] == ring[:-1])
    length = np.hypot(*np.diff(xy, axis=0)[segment].T)
    shapely.prepare(line)
    along = shapely.dwithin(line, shapely.points((xy[1:] + xy[:-1])[segment] / 2), SAME_M)
    total = np.bincount(polygon[ring[segment]], length * along, minlength=len(polygons))
    share: NDArray[np.float64] = total / shapely.length(polygons)
    return share


def _noded(rings: Sequence[shapely.Polygon]) -> list[shapely.Polygon]:
    """Return polygons the same vertices where they touch."""
    noded = list(rings)
    for _ in range(_ROUNDS):
        before, noded = noded, _with_nodes(noded)
        if all(a.equals_exact(b, 0) for a, b in zip(before, noded, strict=True)):
            break
    return noded


def _with_nodes(rings: Sequence[shapely.Polygon]) -> list[shapely.Polygon]:
    """Move vertices that are one place together, and put them on every edge that they lie on."""
    xy, owner = shapely.get_coordinates([r.exterior for r in rings], return_index=True)
    place, first = same_places(xy)
    nodes = xy[first]
    segment = np.flatnonzero(owner[1:] == owner[:-1])
    u, v = place[segment], place[segment + 1]
    lines = strings(np.stack([nodes[u], nodes[v]], axis=1))
    points = np.asarray(shapely.points(nodes), dtype=object)
    at, node = shapely.STRtree(points).query(lines, predicate="dwithin", distance=SAME_M)
    between = (node != u[at]) & (node != v[at])
    at, node = at[between], node[between]
    along = shapely.line_locate_point(lines[at], points[node])
    on = np.concatenate([np.arange(len(lines)), at])
    order = np.lexsort((np.concatenate([np.zeros(len(lines)), along]), on))
    way = np.concatenate([u, node])[order]
    ends = np.searchsorted(owner[segment[on[order]]], np.arange(1, len(rings)))
    noded = []
    for ring, own in zip(rings, np.split(way, ends), strict=True):
        closed = unknot(nodes[own[own != np.roll(own, -1)]])
        noded.append(ring if closed.is_empty else closed)
    return noded
