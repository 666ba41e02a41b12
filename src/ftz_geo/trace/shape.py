"""From a ring of tracks to the polygon drawn, in pieces that tell what they were drawn along."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.compass import TOWARDS
from ftz_geo.trace.carriageways import BESIDE_M, ROAD_WIDTH_M
from ftz_geo.trace.outlines import stretches, unknot
from ftz_geo.trace.places import SAME_M, SNAP_M, strings, unit
from ftz_geo.trace.tracks import BRIDGE, METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.compass import Side
    from ftz_geo.model import Feature, Method
    from ftz_geo.trace.rings import Ring, Way

_SAMPLE_M = 15.0


class Piece(NamedTuple):
    """A piece of the drawn ring with its evidence."""

    side: Side
    feature: Feature
    method: Method
    source_ids: tuple[str, ...]
    xy: NDArray[np.float64]
    """Shape (n, 2), counter-clockwise along the ring."""


class _Label(NamedTuple):
    """What a segment was drawn from."""

    side: Side
    feature: Feature
    method: Method
    source_ids: tuple[str, ...]


class _Strand(NamedTuple):
    """One step's path, each of its segments with the evidence it was drawn from."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    label: NDArray[np.intp]
    """Shape (n - 1,): index into the labels of the ring."""


def draw(ring: Ring) -> tuple[shapely.Polygon, tuple[Piece, ...]]:
    """Draw a ring along the lines of its tracks.

    Returns
    -------
    Polygon
        Plane metres, counter-clockwise; empty where the lines enclose nothing.
    tuple of Piece
        They cover the polygon's ring, in its order, without gap or overlap.
    """
    labels: list[_Label] = []
    strands = [_strand(ring, k, labels) for k in range(len(ring.steps))]
    joint = len(labels)  # a corner piece that no line of the map accounts for
    sides = [step.sides for step in ring.steps]
    for k in range(len(strands)):
        after = k + 1 - len(strands)
        leads = _leads_on(strands[k], strands[after])
        labels.append(_Label(*(sides[k][-1] if leads else sides[after][0]), METHODS[BRIDGE], ()))
        if ring.links[k] <= SAME_M:
            strands[k], strands[after] = _join(strands[k], strands[after], first=leads)
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
    """Return a step's path, with labels added for its runs."""
    step = ring.steps[k]
    xy, label = [], []
    for run, line in zip(ring.ways[k].runs, ring.ways[k].stretches, strict=True):
        method = METHODS[step.track.kind[run.line]]
        ids = step.track.source_ids(run, line) if step.track.kind[run.line] != BRIDGE else ()
        labels.append(_Label(*step.sides[0], method, ids))
        xy.append(line[:-1])
        label.append(np.full(len(line) - 1, len(labels) - 1))
    points = np.concatenate([*xy, line[-1:]])
    tags = np.concatenate(label)
    begin = 0
    for (first, _), told in pairwise(step.sides):  # one feature on several sides: they part where it turns
        between = np.sum([TOWARDS[side] for side in (first, told[0]) if side != "ring"], axis=0)
        begin += int((points[begin:] @ between).argmax())
        behind = np.arange(len(tags)) >= begin
        other = {tag: len(labels) + k for k, tag in enumerate(dict.fromkeys(tags[behind].tolist()))}
        labels += [_Label(*told, *labels[tag][2:]) for tag in other]
        tags = np.where(behind, [other.get(tag, tag) for tag in tags.tolist()], tags)
    return _Strand(points, tags.astype(np.intp))


def strip_m2(ring: Ring, way: Way) -> float:
    """Return the area between a side's path and lines of the same feature that run alongside inside."""
    inside = ring.inside(way.track)
    if not len(inside):
        return 0.0
    points = shapely.get_coordinates(shapely.segmentize(inside, _SAMPLE_M))
    away = np.atleast_1d(shapely.distance(shapely.points(points), shapely.LineString(way.path)))
    return float(away[away <= BESIDE_M].sum()) * _SAMPLE_M


def gap_beside_m(way: Way, least_m: float) -> float:
    """Return the length of the longest gap in a feature's lines that lies beside a path, not on it.

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


def _leads_on(a: _Strand, b: _Strand) -> bool:
    """Tell which of two strands is led over what lies between them: that which points along it."""
    gap = b.xy[0] - a.xy[-1]
    if np.abs(gap).max() <= SAME_M:
        return True
    return bool(np.abs(_heading(a.xy[::-1]) @ gap) >= np.abs(_heading(b.xy) @ gap))


def _join(a: _Strand, b: _Strand, *, first: bool) -> tuple[_Strand, _Strand]:
    """Let a strand go on to the other where it stops short within the width of the other's road."""
    if np.hypot(*(b.xy[0] - a.xy[-1])) <= SAME_M:
        return a, b
    if first:
        return _Strand(np.concatenate([a.xy, b.xy[:1]]), np.append(a.label, a.label[-1])), b
    return a, _Strand(np.concatenate([a.xy[-1:], b.xy]), np.append(b.label[0], b.label))


def _heading(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit direction in which a path comes out at its first point."""
    far = np.flatnonzero(np.hypot(*(xy - xy[0]).T) >= _SAMPLE_M)
    return unit(xy[0] - xy[far[0] if len(far) else -1])


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
    label = tags[nearest].tolist()
    pieces = []
    for stretch in stretches([labels[tag][:3] for tag in label]):
        used = [labels[tag] for tag in dict.fromkeys(label[k] for k in stretch)]
        ids = dict.fromkeys(key for one in used for key in one.source_ids)
        side, feature, method, _ = used[0]
        pieces.append(Piece(side, feature, method, tuple(ids), ring[[*stretch, stretch[-1] + 1]]))
    return tuple(pieces)
