"""Where one feature runs or may run: its lines on the map, bridges over gaps, extensions of ends.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.trace.mapped import Mapped, vertices_of
from ftz_geo.trace.places import HEADING_M, SAME_M, SNAP_M, point_at, strings, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Method
    from ftz_geo.trace.places import Ends

ON, BRIDGE, EXTENSION, LINK = range(4)
METHODS: tuple[Method, ...] = ("on-feature", "bridge", "extension", "bridge")
"""The method of each kind of line; a ``LINK`` is a road of another name that joins two of a side."""

METRE_COST = (1.0, 6.0, 24.0, 3.0)
"""What a metre of each kind costs the ring. A bridge is held at both ends and costs less than an
extension, which is held at one. Twice or half these figures give the same rings but for 1 in 100."""

MAX_GAP_M = 1500.0
"""The longest gap in a feature that a bridge is tried over."""

MAX_EXTENSION_M = 1200.0
"""How far a loose end is extended to meet its neighbour."""

MAX_TURN = np.radians(90)
"""The sharpest turn from a line on to a bridge longer than :data:`SNAP_M`."""

_USUAL_TURN = np.radians(60)
"""An end that has others ahead, with no sharper a turn, is not led to one farther aside."""

_PARTNERS = 2  # bridges tried from each loose end


class Run(NamedTuple):
    """A stretch of one line of a track, in the direction from its start to its end."""

    line: int
    start: float
    """Metres along the line."""
    end: float


class Nodes(NamedTuple):
    """Points on lines, at which they may be cut."""

    line: NDArray[np.intp]
    """Shape (n,)."""
    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    along: NDArray[np.float64]
    """Shape (n,): metres along the line."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """The lines along which one feature runs or may run."""

    map: Mapped
    """What the map has of it."""
    drawn: NDArray[np.object_]
    """Shape (k,): LineStrings that are not on the map."""
    drawn_kind: NDArray[np.intp]
    """Shape (k,): index into :data:`METHODS`."""
    stubs: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    """Shape (m, 2): ends at which no line of the whole map goes on; something is missing there."""

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """All lines, shape (n,), those of the map first."""
        return np.concatenate([self.map.lines, self.drawn])

    @cached_property
    def kind(self) -> NDArray[np.intp]:
        """Index into :data:`METHODS` of each of :attr:`lines`."""
        return np.concatenate([np.full(len(self.map.lines), ON), self.drawn_kind])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of :attr:`lines`."""
        return shapely.STRtree(self.lines)

    @cached_property
    def nodes(self) -> Nodes:
        """Both ends of each of :attr:`lines`, and where another joins it."""
        n = len(self.lines)
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(self.lines, k)) for k in (0, -1)])
        drawn, on, met = crossings(self.drawn, self.map.lines)
        line, xy = np.concatenate([drawn + len(self.map.lines), on]), np.concatenate([met, met])
        along = shapely.line_locate_point(self.lines[line], shapely.points(xy))
        return Nodes(
            np.concatenate([np.arange(n), np.arange(n), line]),
            np.concatenate([ends, xy]),
            np.concatenate([np.zeros(n), shapely.length(self.lines), along]),
        )

    @cached_property
    def vertices(self) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
        """The points of each of :attr:`lines`, shape (p, 2), and their metres along it, shape (p,)."""
        return (*self.map.vertices, *vertices_of(self.drawn))

    def stretch(self, run: Run) -> NDArray[np.float64]:
        """Return the points of a run in its direction, shape (n, 2)."""
        xy, along = self.vertices[run.line]
        low, high = sorted((run.start, run.end))
        first, last = along.searchsorted([low + SAME_M, high - SAME_M]).tolist()
        points = np.empty((max(last - first, 0) + 2, 2))
        points[1:-1] = xy[first:last]
        points[0], points[-1] = point_at(xy, along, low), point_at(xy, along, high)
        return points if run.start <= run.end else points[::-1]

    def reach_m(self, line: int, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far off the outermost parts run at places along a line, both shape (n,)."""
        beside = self.map.profiles
        return beside[line].reach_m(along) if line < len(beside) else np.zeros(len(along))

    def near_m2(self, run: Run) -> float:
        """Return the area between a run and the outermost part on its left."""
        line, start, end = run
        if line >= len(self.map.profiles):
            return 0.0
        at = np.linspace(start, end, max(int(abs(end - start) / SNAP_M), 2))
        return float(self.map.profiles[line].near_m(at, left=start < end).mean()) * abs(end - start)

    def meets(self, other: Track) -> bool:
        """Tell whether the lines of the map meet those of another track."""
        line = self.tree.query(other.map.lines, predicate="dwithin", distance=SNAP_M)[1]
        return bool((self.kind[line] == ON).any())

    def source_ids(self, run: Run, xy: NDArray[np.float64]) -> tuple[str, ...]:
        """Return the ids of the map's lines that a run stands for, in its direction.

        ``xy`` are the points of its :meth:`stretch`.
        """
        line, start, end = run
        away: NDArray[np.float64] | float = 5 * SAME_M
        if line < len(self.map.profiles):
            along = start + np.sign(end - start) * np.cumsum(np.hypot(*np.diff(xy, axis=0).T))
            away = away + self.reach_m(line, along)
        middles = shapely.points((xy[1:] + xy[:-1]) / 2)
        at, part = self.map.part_tree.query(middles, predicate="dwithin", distance=away)
        ids = self.map.part_ids[part]
        return tuple(dict.fromkeys(ids[np.lexsort((ids, at))]))


def track_of(mapped: Mapped) -> Track:
    """Return the track of what the map has of a feature: with bridges over gaps, and extensions."""
    bridges, partner = _bridges(mapped)
    extensions = _extensions(mapped, partner)
    kind = np.repeat([BRIDGE, EXTENSION], [len(bridges), len(extensions)])
    return Track(map=mapped, drawn=np.concatenate([bridges, extensions]), drawn_kind=kind)


def straight_track(
    at: NDArray[np.float64], along: NDArray[np.float64], reach_m: float, ids: Sequence[str]
) -> Track:
    """Return the track of one straight line, ``reach_m`` to either side of a point."""
    line = strings(np.array([[at - reach_m * along, at + reach_m * along]]))
    parts, part_ids = np.repeat(line, max(len(ids), 1)), np.array(ids or [""], dtype=object)
    return Track(
        map=Mapped(lines=line, parts=parts, part_ids=part_ids),
        drawn=np.empty(0, dtype=object),
        drawn_kind=np.empty(0, dtype=np.intp),
    )


def crossings(
    some: NDArray[np.object_], others: NDArray[np.object_], tree: shapely.STRtree | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return indexes into two sets of lines, and the points, shape (n, 2), where they meet."""
    if not len(some) or not len(others):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty((0, 2))
    one, other = (tree or shapely.STRtree(others)).query(some, predicate="intersects")
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    xy, pair = shapely.get_coordinates(shapely.intersection(some[one], others[other]), return_index=True)
    return one[pair], other[pair], xy


def _bridges(mapped: Mapped) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Bridge gaps: from each loose end to those it points at, and to a line that it just misses.

    Returns
    -------
    ndarray of LineString
    ndarray of int, shape (k,)
        For each loose end the one over the likeliest gap, or -1.
    """
    xy = mapped.loose.xy
    cost = _gap_costs(mapped.loose)
    best = np.argsort(cost, axis=1, kind="stable")[:, :_PARTNERS]
    start = np.repeat(np.arange(len(xy)), best.shape[1])
    pairs = np.stack([start, best.ravel()], axis=1)[np.isfinite(cost[start, best.ravel()])]
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    partner = np.full(len(xy), -1)
    if best.size:
        possible = np.isfinite(cost.min(axis=1))
        partner[possible] = best[possible, 0]
    return np.concatenate([strings(xy[pairs]), _to_twins(mapped)]), partner


def _gap_costs(ends: Ends) -> NDArray[np.float64]:
    """Return what a bridge from each end to each other costs, shape (n, n); inf where none is possible."""
    step = ends.xy[None] - ends.xy[:, None]
    gap = np.hypot(step[..., 0], step[..., 1])
    ahead = np.einsum("ijk,ik->ij", step, ends.outward) / np.maximum(gap, SAME_M)
    turn = np.arccos(np.clip(ahead, -1, 1))
    turn = np.maximum(turn, turn.T)
    # Where the next way begins beside an end, nothing is missing.
    goes_on: NDArray[np.bool_] = np.any((gap <= SNAP_M / 2) & (ends.outward @ ends.outward.T < 0), axis=1)
    far = (gap <= MAX_GAP_M) & (turn <= MAX_TURN) & ~goes_on[:, None] & ~goes_on[None, :]
    has_ahead: NDArray[np.bool_] = (far & (turn <= _USUAL_TURN)).any(axis=1)
    far &= (turn <= _USUAL_TURN) | ~(has_ahead[:, None] | has_ahead[None, :])
    possible = (gap <= SNAP_M) | far
    np.fill_diagonal(possible, val=False)
    return np.where(possible, gap * (1 + turn), np.inf)


def _to_twins(mapped: Mapped) -> NDArray[np.object_]:
    """Return what joins loose ends to lines that they just miss: a carriageway that ends beside its twin."""
    points = np.asarray(shapely.points(mapped.loose.xy), dtype=object)
    line = mapped.loose.line
    at, other = shapely.STRtree(mapped.lines).query(points, predicate="dwithin", distance=SNAP_M)
    at, other = at[line[at] != other], other[line[at] != other]
    joints: NDArray[np.object_] = shapely.shortest_line(points[at], mapped.lines[other])
    return joints[shapely.length(joints) > SAME_M]


def _extensions(mapped: Mapped, partner: NDArray[np.intp]) -> NDArray[np.object_]:
    """Extend straight on each loose end that has no other end of the feature just ahead."""
    xy, outward, line, _ = mapped.loose
    outward = outward.copy()
    # A short piece of road tells less of where the road is heading than the way to it does.
    for k in np.flatnonzero(shapely.length(mapped.lines)[line] < HEADING_M).tolist():
        behind = np.flatnonzero((line == line[k]) & (np.arange(len(line)) != k))
        if len(behind) and partner[behind[0]] >= 0:
            outward[k] = unit(xy[k] - xy[partner[behind[0]]])
    step = xy[None] - xy[:, None]
    ahead = np.einsum("ijk,ik->ij", step, outward)
    goes_on = ((np.hypot(step[..., 0], step[..., 1]) <= SNAP_M) & (ahead > 0)).any(axis=1)
    start, way = xy[~goes_on], outward[~goes_on]
    return strings(np.stack([start, start + MAX_EXTENSION_M * way], axis=1))
