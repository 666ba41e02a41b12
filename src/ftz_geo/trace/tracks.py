"""Where one feature runs or may run: its lines on the map, bridges over gaps, extensions of ends.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from ftz_geo.trace.mapped import vertices_of
from ftz_geo.trace.places import HEADING_M, SAME_M, SNAP_M, point_at, strings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftz_geo.model import Method
    from ftz_geo.trace.mapped import Mapped
    from ftz_geo.trace.rings import Corners

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
    def nodes(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Lines, points on them and metres along them: both ends of each, and where another joins it."""
        n = len(self.lines)
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(self.lines, k)) for k in (0, -1)])
        drawn, on, met = crossings(self.drawn, self.map.lines)
        line, xy = np.concatenate([drawn + len(self.map.lines), on]), np.concatenate([met, met])
        along = shapely.line_locate_point(self.lines[line], shapely.points(xy))
        return (
            np.concatenate([np.arange(n), np.arange(n), line]),
            np.concatenate([ends, xy]),
            np.concatenate([np.zeros(n), shapely.length(self.lines), along]),
        )

    @cached_property
    def corners(self) -> WeakKeyDictionary[Track, Corners]:
        """Where it hands over to other tracks, as far as that was asked."""
        return WeakKeyDictionary()

    @cached_property
    def vertices(self) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
        """The points of each of :attr:`lines`, shape (p, 2), and their metres along it, shape (p,)."""
        return (*self.map.vertices, *vertices_of(self.drawn))

    def stretch(self, line: int, start: float, end: float) -> NDArray[np.float64]:
        """Give the points, shape (n, 2), of a stretch of a line in the direction from start to end.

        ``start`` and ``end`` are metres along the line.
        """
        xy, along = self.vertices[line]
        low, high = min(start, end), max(start, end)
        first, last = along.searchsorted([low + SAME_M, high - SAME_M]).tolist()
        run = np.empty((max(last - first, 0) + 2, 2))
        run[1:-1] = xy[first:last]
        run[0], run[-1] = point_at(xy, along, low), point_at(xy, along, high)
        return run if start <= end else run[::-1]

    def reach_m(self, line: int, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give how far off the outermost parts run at places along a line, both shape (n,)."""
        beside = self.map.profiles
        return beside[line].reach_m(along) if line < len(beside) else np.zeros(len(along))

    def near_m2(self, line: int, start: float, end: float) -> float:
        """Give the area between a stretch of a line and the outermost part on its left."""
        if line >= len(self.map.profiles):
            return 0.0
        at = np.linspace(start, end, max(int(abs(end - start) / SNAP_M), 2))
        return float(self.map.profiles[line].near_m(at, left=start < end).mean()) * abs(end - start)

    def meets(self, other: Track) -> bool:
        """Tell whether the lines of the map meet those of another track."""
        line = self.tree.query(other.map.lines, predicate="dwithin", distance=SNAP_M)[1]
        return bool((self.kind[line] == ON).any())

    def source_ids(self, line: int, start: float, end: float, xy: NDArray[np.float64]) -> tuple[str, ...]:
        """Give the ids of the map's lines that a stretch of a line stands for, in its direction.

        ``xy`` are the points of the :meth:`stretch`.
        """
        away: NDArray[np.float64] | float = 5 * SAME_M
        if line < len(self.map.profiles):
            along = start + np.sign(end - start) * np.cumsum(np.hypot(*np.diff(xy, axis=0).T))
            away = away + self.reach_m(line, along)
        middles = shapely.points((xy[1:] + xy[:-1]) / 2)
        at, part = self.map.part_tree.query(middles, predicate="dwithin", distance=away)
        ids = self.map.part_ids[part]
        return tuple(dict.fromkeys(ids[np.lexsort((ids, at))]))


def track_of(mapped: Mapped) -> Track:
    """Make a track of what the map has of a feature: with bridges over gaps, and extensions."""
    bridges, partner = _bridges(mapped)
    extensions = _extensions(mapped, partner)
    kind = np.repeat([BRIDGE, EXTENSION], [len(bridges), len(extensions)])
    return Track(map=mapped, drawn=np.concatenate([bridges, extensions]), drawn_kind=kind)


def crossings(
    a: NDArray[np.object_], b: NDArray[np.object_], tree: shapely.STRtree | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Give indexes into two sets of lines, and the points, shape (n, 2), where they meet."""
    if not len(a) or not len(b):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty((0, 2))
    i, j = (tree or shapely.STRtree(b)).query(a, predicate="intersects")
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    xy, pair = shapely.get_coordinates(shapely.intersection(a[i], b[j]), return_index=True)
    return i[pair], j[pair], xy


def _bridges(mapped: Mapped) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Bridge gaps: from each loose end to those it points at, and to a line that it just misses.

    Returns
    -------
    ndarray of LineString
    ndarray of int, shape (k,)
        For each loose end the one over the likeliest gap, or -1.
    """
    xy, outward, line, _ = mapped.loose
    step = xy[None] - xy[:, None]
    gap = np.hypot(step[..., 0], step[..., 1])
    ahead = np.einsum("ijk,ik->ij", step, outward) / np.maximum(gap, SAME_M)
    turn = np.arccos(np.clip(ahead, -1, 1))
    turn = np.maximum(turn, turn.T)
    # Where the next way begins beside an end, nothing is missing.
    goes_on: NDArray[np.bool_] = np.any((gap <= SNAP_M / 2) & (outward @ outward.T < 0), axis=1)
    far = (gap <= MAX_GAP_M) & (turn <= MAX_TURN) & ~goes_on[:, None] & ~goes_on[None, :]
    ahead_of: NDArray[np.bool_] = (far & (turn <= _USUAL_TURN)).any(axis=1)
    far &= (turn <= _USUAL_TURN) | ~(ahead_of[:, None] | ahead_of[None, :])
    possible = (gap <= SNAP_M) | far
    np.fill_diagonal(possible, val=False)
    cost = np.where(possible, gap * (1 + turn), np.inf)
    best = np.argsort(cost, axis=1, kind="stable")[:, :_PARTNERS]
    partner = np.full(len(xy), -1)
    if best.size:
        found = np.isfinite(cost[np.arange(len(xy)), best[:, 0]])
        partner[found] = best[found, 0]
    i = np.repeat(np.arange(len(xy)), best.shape[1])
    pairs = np.sort(np.stack([i, best.ravel()], axis=1)[np.isfinite(cost[i, best.ravel()])], axis=1)
    pairs = np.unique(pairs, axis=0)
    # A carriageway that ends beside its twin joins it there.
    at, other = shapely.STRtree(mapped.lines).query(shapely.points(xy), predicate="dwithin", distance=SNAP_M)
    at, other = at[line[at] != other], other[line[at] != other]
    near = shapely.shortest_line(shapely.points(xy[at]), mapped.lines[other])
    near = near[shapely.length(near) > SAME_M]
    return np.concatenate([strings(xy[pairs]), np.asarray(near, dtype=object)]), partner


def _extensions(mapped: Mapped, partner: NDArray[np.intp]) -> NDArray[np.object_]:
    """Extend straight on each loose end that has no other end of the feature just ahead."""
    xy, outward, line, _ = mapped.loose
    outward = outward.copy()
    # A short piece of road tells less of where the road is heading than the way to it does.
    for k in np.flatnonzero(shapely.length(mapped.lines)[line] < HEADING_M).tolist():
        behind = np.flatnonzero((line == line[k]) & (np.arange(len(line)) != k))
        if len(behind) and partner[behind[0]] >= 0:
            step = xy[k] - xy[partner[behind[0]]]
            outward[k] = step / max(float(np.hypot(*step)), SAME_M)
    step = xy[None] - xy[:, None]
    ahead = np.einsum("ijk,ik->ij", step, outward)
    goes_on = ((np.hypot(step[..., 0], step[..., 1]) <= SNAP_M) & (ahead > 0)).any(axis=1)
    start, way = xy[~goes_on], outward[~goes_on]
    return strings(np.stack([start, start + MAX_EXTENSION_M * way], axis=1))
