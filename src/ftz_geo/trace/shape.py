"""From a ring of tracks to the polygon drawn: middles of roads, corners, labelled pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.trace.rings import unknot
from ftz_geo.trace.tracks import BRIDGE, METHODS, SAME_M, SNAP_M, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Direction, Feature, Method
    from ftz_geo.trace.rings import Ring, Way
    from ftz_geo.trace.tracks import Track

ROAD_WIDTH_M = 32.0
"""Lines of one name that run side by side within this are carriageways of one road. The widest urban
roads have rights of way of 55 m (GB 50220), in which the middles of two carriageways lie about half
as far apart."""

_SAMPLE_M = 15.0
_PARALLEL = np.cos(np.radians(20))
_SMOOTH = 5  # samples that a shift is averaged over

_DIAGONAL: dict[tuple[Direction, Direction], tuple[float, float]] = {
    ("east", "north"): (1, 1),
    ("north", "west"): (-1, 1),
    ("west", "south"): (-1, -1),
    ("south", "east"): (1, -1),
}


class Piece(NamedTuple):
    """A piece of the drawn ring with its evidence."""

    side: Direction
    feature: Feature
    method: Method
    source_ids: tuple[str, ...]
    xy: NDArray[np.float64]
    """Shape (n, 2), counter-clockwise along the ring."""


class _Strand(NamedTuple):
    """One step's path, each of its segments with the evidence it was drawn from."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    label: NDArray[np.intp]
    """Shape (n - 1,): index into the labels of the ring."""


_Label = tuple["Direction", "Feature", "Method", tuple[str, ...]]


def draw(ring: Ring) -> tuple[shapely.Polygon, tuple[Piece, ...]]:
    """Draw a ring along the middle of its features.

    Where a feature has several lines side by side (carriageways, banks), the ring runs along the
    middle between the outer ones; corners are where the middles meet.

    Returns
    -------
    Polygon
        Plane metres, counter-clockwise; empty where the middles enclose nothing.
    tuple of Piece
        They cover the polygon's ring, in its order, without gap or overlap.
    """
    labels: list[_Label] = []
    strands = [_strand(ring, k, labels) for k in range(len(ring.steps))]
    joint = len(labels)  # a corner piece that no line of the map accounts for
    sides = [step.sides for step in ring.steps]
    labels += [(*side[-1], METHODS[BRIDGE], ()) for side in sides]
    n = len(strands)
    for k in range(n):
        strands[k], strands[(k + 1) % n] = _join(strands[k], strands[(k + 1) % n])
    xy, label = [], []
    for k, strand in enumerate(strands):
        xy.append(strand.xy)
        label.append(np.append(strand.label, joint + k))
    points, tags = np.concatenate(xy), np.concatenate(label)
    # A vertex on top of the one before says nothing.
    apart = np.hypot(*(np.roll(points, -1, axis=0) - points).T) > SAME_M
    points, tags = points[apart], tags[apart]
    polygon = unknot(points)
    if polygon.is_empty:
        return polygon, ()
    return polygon, _pieces(polygon, points, tags, labels)


def _strand(ring: Ring, k: int, labels: list[_Label]) -> _Strand:
    """Give a step's path, moved to the middle of its feature, with labels added for its runs."""
    step = ring.steps[k]
    xy, label = [], []
    for run, line in zip(ring.ways[k].runs, ring.ways[k].stretches, strict=True):
        method = METHODS[step.track.kind[run.line]]
        ids = step.track.source_ids(line) if step.track.kind[run.line] != 1 else ()
        labels.append((*step.sides[0], method, ids))
        xy.append(line[:-1])
        label.append(np.full(len(line) - 1, len(labels) - 1))
    points = np.concatenate([*xy, line[-1:]])
    tags = np.concatenate(label)
    if len(step.sides) == 2:  # one feature on two sides: they part where it turns
        (first, _), (second, _) = step.sides
        turn = int((points @ np.array(_DIAGONAL[first, second])).argmax())
        behind = np.arange(len(tags)) >= turn
        other = {t: len(labels) + i for i, t in enumerate(dict.fromkeys(tags[behind].tolist()))}
        labels += [(*step.sides[1], *labels[t][2:]) for t in other]
        tags = np.where(behind, [other.get(int(t), t) for t in tags], tags)
    dense, owner = _densify(points)
    moved = _middle(dense, step.track)
    if moved is dense:
        return _Strand(points, tags.astype(np.intp))
    return _thinned(_Strand(moved, tags[owner].astype(np.intp)))


def _thinned(strand: _Strand) -> _Strand:
    """Leave out points without which a strand runs in the same place."""
    kept = set(shapely.simplify(shapely.LineString(strand.xy), SAME_M).coords)
    told = np.array([(x, y) in kept for x, y in strand.xy.tolist()])
    told[1:-1] |= np.diff(strand.label) != 0
    return _Strand(strand.xy[told], strand.label[told[:-1]])


def _densify(xy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Add points to a path, none farther than the sample from the next; give each segment's origin."""
    step = np.diff(xy, axis=0)
    pieces = np.maximum(np.ceil(np.hypot(*step.T) / _SAMPLE_M), 1).astype(np.intp)
    owner = np.repeat(np.arange(len(step)), pieces)
    share = (np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[owner]
    return np.concatenate([xy[owner] + share[:, None] * step[owner], xy[-1:]]), owner


def _middle(xy: NDArray[np.float64], track: Track) -> NDArray[np.float64]:
    """Move a path to the middle of the track's lines that run side by side with it."""
    ahead = np.gradient(xy, axis=0) if len(xy) > 2 else np.diff(xy, axis=0)[[0, 0]]
    norm = np.maximum(np.hypot(*ahead.T), SAME_M)[:, None]
    left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / norm
    a, way, tree = track.segments
    probes = strings(np.stack([xy - ROAD_WIDTH_M * left, xy + ROAD_WIDTH_M * left], axis=1))
    i, j = tree.query(probes)
    # Along the probe at i: xy + d * left = a + r * way.
    determinant = left[i, 0] * -way[j, 1] + left[i, 1] * way[j, 0]
    offset = a[j] - xy[i]
    with np.errstate(invalid="ignore", divide="ignore"):
        d = (offset[:, 0] * -way[j, 1] + offset[:, 1] * way[j, 0]) / determinant
        r = (left[i, 0] * offset[:, 1] - left[i, 1] * offset[:, 0]) / determinant
        level = np.abs((ahead[i] * way[j]).sum(axis=1)) / (norm[i, 0] * np.hypot(*way[j].T))
    beside = (np.abs(d) <= ROAD_WIDTH_M) & (np.abs(r - 0.5) <= 0.5 + 1e-9) & (level >= _PARALLEL)
    low, high = np.zeros(len(xy)), np.zeros(len(xy))
    np.minimum.at(low, i[beside], d[beside])
    np.maximum.at(high, i[beside], d[beside])
    several = high - low > 1.0
    if not several.any():
        return xy
    shift = (high + low) / 2
    known = np.flatnonzero(several)
    index = np.arange(len(xy))
    nearest = known[np.abs(index[:, None] - known[None, :]).argmin(axis=1)]
    # Where one carriageway is missing the other keeps its distance from the middle, for as long
    # as the road was seen to be wide; where two become one, the distance is nothing at the end.
    run = np.cumsum(np.concatenate([[0], np.diff(known) > 1]))
    seen = np.bincount(run)[run][np.searchsorted(known, nearest)]
    filled = np.where(np.abs(nearest - index) <= seen, np.interp(index, known, shift[known]), 0.0)
    edge = np.pad(filled, _SMOOTH // 2, mode="edge")
    smooth = np.convolve(edge, np.full(_SMOOTH, 1 / _SMOOTH), mode="valid")
    moved: NDArray[np.float64] = xy + smooth[:, None] * left
    return moved


def strip_m2(ring: Ring, way: Way) -> float:
    """Give the area between a side's path and lines of the same feature that run alongside inside."""
    inside = ring.inside(way.track)
    if not len(inside):
        return 0.0
    points = shapely.get_coordinates(shapely.segmentize(inside, _SAMPLE_M))
    away = np.atleast_1d(shapely.distance(shapely.points(points), shapely.LineString(way.path)))
    return float(away[away <= 2 * ROAD_WIDTH_M].sum()) * _SAMPLE_M


def gap_beside_m(way: Way, least_m: float) -> float:
    """Give the length of the longest gap in a feature's lines that lies beside a path, not on it.

    0 where none is longer than ``least_m``.
    """
    bridges = way.track.lines[way.track.kind == BRIDGE]
    bridges = bridges[shapely.length(bridges) > least_m]
    if not len(bridges):
        return 0.0
    path = shapely.LineString(way.path)
    bridges = bridges[shapely.within(bridges, path.buffer(2 * ROAD_WIDTH_M))]
    off = shapely.length(shapely.difference(bridges, path.buffer(SNAP_M)))
    return float(off.max(initial=0.0))


def _join(a: _Strand, b: _Strand) -> tuple[_Strand, _Strand]:
    """Let one strand end, and the next begin, where they cross or would cross if they went on."""
    reach = 3 * ROAD_WIDTH_M
    crossing = shapely.intersection(shapely.LineString(a.xy), shapely.LineString(b.xy))
    met = shapely.get_coordinates(crossing)
    if len(met):
        from_end = np.hypot(*(met - a.xy[-1]).T) + np.hypot(*(met - b.xy[0]).T)
        if from_end.min() <= 2 * reach:
            xy = met[from_end.argmin()]
            return _cut(a, xy, keep_start=True), _cut(b, xy, keep_start=False)
    if np.hypot(*(a.xy[-1] - b.xy[0])) <= SAME_M:
        return a, b
    p, u = _heading(a.xy[::-1])
    q, v = _heading(b.xy)
    determinant = u[0] * -v[1] + u[1] * v[0]
    if abs(determinant) > np.sin(np.radians(20)):
        s = ((q - p)[0] * -v[1] + (q - p)[1] * v[0]) / determinant
        r = (u[0] * (q - p)[1] - u[1] * (q - p)[0]) / determinant
        if -SAME_M <= s <= ROAD_WIDTH_M and -SAME_M <= r <= ROAD_WIDTH_M:
            corner = (p + s * u)[None]
            return (
                _Strand(np.concatenate([a.xy, corner]), np.append(a.label, a.label[-1])),
                _Strand(np.concatenate([corner, b.xy]), np.append(b.label[0], b.label)),
            )
    return a, b


def _heading(xy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give a path's first point and the unit direction in which it comes out there."""
    far = np.flatnonzero(np.hypot(*(xy - xy[0]).T) >= _SAMPLE_M)
    step = xy[0] - xy[far[0] if len(far) else -1]
    return xy[0], step / max(float(np.hypot(*step)), SAME_M)


def _cut(strand: _Strand, at: NDArray[np.float64], *, keep_start: bool) -> _Strand:
    """Cut a strand at a point on it."""
    line = shapely.LineString(strand.xy)
    position = float(line.project(shapely.Point(at)))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(strand.xy, axis=0).T))])
    k = int(np.clip(np.searchsorted(along, position, side="right") - 1, 0, len(strand.label) - 1))
    if keep_start:
        return _Strand(np.concatenate([strand.xy[: k + 1], at[None]]), strand.label[: k + 1])
    return _Strand(np.concatenate([at[None], strand.xy[k + 1 :]]), strand.label[k:])


def _pieces(
    polygon: shapely.Polygon, xy: NDArray[np.float64], tags: NDArray[np.intp], labels: Sequence[_Label]
) -> tuple[Piece, ...]:
    """Cut the polygon's ring where its evidence changes."""
    ring = shapely.get_coordinates(polygon.exterior)
    if np.array_equal(ring[:-1], xy):
        nearest = np.arange(len(xy))
    else:  # a knot was cut off
        drawn = shapely.STRtree(strings(np.stack([xy, np.roll(xy, -1, axis=0)], axis=1)))
        nearest = np.asarray(drawn.nearest(np.asarray(shapely.points((ring[1:] + ring[:-1]) / 2))))
    what = [(labels[t][0], labels[t][1], labels[t][2]) for t in tags[nearest].tolist()]
    change = [k for k in range(len(what)) if what[k] != what[k - 1]]
    if not change:
        change = [0]
    pieces = []
    for start, stop in zip(change, [*change[1:], change[0] + len(what)], strict=True):
        steps = [k % len(what) for k in range(start, stop)]
        ids = dict.fromkeys(i for t in dict.fromkeys(tags[nearest[steps]].tolist()) for i in labels[t][3])
        points = ring[[*steps, (steps[-1] + 1) % len(what)]]
        pieces.append(Piece(*what[start], tuple(ids), points))
    return tuple(pieces)
