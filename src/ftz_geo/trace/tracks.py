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
from scipy.spatial import cKDTree

from ftz_geo.trace.carriageways import ROAD_WIDTH_M, Profile, centre_lines, profiles
from ftz_geo.trace.places import HEADING_M, SAME_M, SNAP_M, Ends, loose_ends, strings, unfolded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftz_geo.model import Method
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

    lines: NDArray[np.object_]
    """Shape (n,): LineStrings, those of the map first."""
    kind: NDArray[np.intp]
    """Shape (n,): index into :data:`METHODS`."""
    joins: tuple[NDArray[np.intp], NDArray[np.float64]]
    """Lines, shape (k,), and points on them, shape (k, 2), where one of the lines joins another."""
    parts: NDArray[np.object_]
    """The map's own lines, uncut."""
    part_ids: NDArray[np.object_]
    """Source id of each of :attr:`parts`."""
    tips: NDArray[np.float64] | None = None
    """Shape (n, 2): where lines of the map end, if some of :attr:`lines` stand for several of
    :attr:`parts` on either side of them."""
    stubs: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    """Shape (n, 2): ends at which no line of the whole map goes on; something is missing there."""

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of :attr:`lines`."""
        return shapely.STRtree(self.lines)

    @cached_property
    def part_tree(self) -> shapely.STRtree:
        """Index of :attr:`parts`."""
        return shapely.STRtree(self.parts)

    @cached_property
    def segments(self) -> tuple[NDArray[np.float64], NDArray[np.float64], shapely.STRtree]:
        """Where each segment of :attr:`parts` begins and how it runs, both (n, 2); index of them."""
        xy, part = shapely.get_coordinates(self.parts, return_index=True)
        start = np.flatnonzero(part[1:] == part[:-1])
        ends = np.stack([xy[start], xy[start + 1]], axis=1)
        return ends[:, 0], ends[:, 1] - ends[:, 0], shapely.STRtree(strings(ends))

    @cached_property
    def profiles(self) -> dict[int, Profile]:
        """What runs beside those of :attr:`lines` that stand for several of :attr:`parts`."""
        if not self.centred:
            return {}
        on = np.flatnonzero(self.kind == ON)
        return dict(zip(on.tolist(), profiles(self.lines[on], *self.segments), strict=True))

    @cached_property
    def mapped(self) -> NDArray[np.object_]:
        """The lines of the map, cut where they cross."""
        found: NDArray[np.object_] = self.lines[self.kind == ON]
        return found

    @cached_property
    def loose(self) -> Ends:
        """The loose ends of the map's lines."""
        ends = loose_ends(self.mapped)
        if self.tips is None:
            return ends
        near = cKDTree(self.tips).query(ends.xy)[0] if len(self.tips) else np.full(len(ends.xy), np.inf)
        return ends.where(near <= ROAD_WIDTH_M)

    @property
    def centred(self) -> bool:
        """Whether some of :attr:`lines` stand for several of :attr:`parts`."""
        return self.tips is not None

    @cached_property
    def nodes(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Lines, points on them and metres along them: both ends of each, and where another joins it."""
        n = len(self.lines)
        ends = np.concatenate([shapely.get_coordinates(shapely.get_point(self.lines, k)) for k in (0, -1)])
        line, xy = self.joins
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
        """The points of each of :attr:`lines`, shape (n, 2), and their metres along it, shape (n,)."""
        xy, line = shapely.get_coordinates(self.lines, return_index=True)
        split = np.split(xy, np.flatnonzero(np.diff(line)) + 1) if len(xy) else []
        return tuple((p, np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(p, axis=0).T))])) for p in split)

    def stretch(self, line: int, start: float, end: float) -> NDArray[np.float64]:
        """Give the points, shape (n, 2), of a stretch of a line in the direction from start to end.

        ``start`` and ``end`` are metres along the line.
        """
        xy, along = self.vertices[line]
        low, high = min(start, end), max(start, end)
        first, last = along.searchsorted([low + SAME_M, high - SAME_M]).tolist()
        run = np.empty((max(last - first, 0) + 2, 2))
        run[1:-1] = xy[first:last]
        run[0], run[-1] = _point_at(xy, along, low), _point_at(xy, along, high)
        return run if start <= end else run[::-1]

    def reach_m(self, line: int, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give how far off the outermost parts run at places along a line, both shape (n,)."""
        beside = self.profiles.get(line)
        return np.zeros(len(along)) if beside is None else beside.reach_m(along)

    def near_m2(self, line: int, start: float, end: float) -> float:
        """Give the area between a stretch of a line and the outermost part on its left."""
        beside = self.profiles.get(line)
        if beside is None:
            return 0.0
        at = np.linspace(start, end, max(int(abs(end - start) / SNAP_M), 2))
        return float(beside.near_m(at, left=start < end).mean()) * abs(end - start)

    def meets(self, other: Track) -> bool:
        """Tell whether the lines of the map meet those of another track."""
        line = self.tree.query(other.mapped, predicate="dwithin", distance=SNAP_M)[1]
        return bool((self.kind[line] == ON).any())

    def with_lines(self, lines: NDArray[np.object_], kind: NDArray[np.intp]) -> Track:
        """Put other bridges, extensions and links in place of these."""
        mapped = self.mapped
        v, m, xy = crossings(lines, mapped)
        return Track(
            lines=np.concatenate([mapped, lines]),
            kind=np.concatenate([np.full(len(mapped), ON), kind]),
            joins=(np.concatenate([v + len(mapped), m]), np.concatenate([xy, xy])),
            parts=self.parts,
            part_ids=self.part_ids,
            tips=self.tips,
            stubs=self.stubs,
        )

    def source_ids(self, line: int, start: float, end: float) -> tuple[str, ...]:
        """Give the ids of the map's lines that a stretch of a line stands for, in its direction."""
        xy = self.stretch(line, start, end)
        along = start + np.sign(end - start) * np.cumsum(np.hypot(*np.diff(xy, axis=0).T))
        middles = shapely.points((xy[1:] + xy[:-1]) / 2)
        away = self.reach_m(line, along) + 5 * SAME_M
        at, part = self.part_tree.query(middles, predicate="dwithin", distance=away)
        return tuple(dict.fromkeys(self.part_ids[part[np.lexsort((self.part_ids[part], at))]]))


def _point_at(xy: NDArray[np.float64], along: NDArray[np.float64], at: float) -> NDArray[np.float64]:
    k = min(max(int(along.searchsorted(at)), 1), len(along) - 1)
    length = along[k] - along[k - 1]
    share = min(max((at - along[k - 1]) / length, 0.0), 1.0) if length > 0 else 0.0
    point: NDArray[np.float64] = xy[k - 1] + share * (xy[k] - xy[k - 1])
    return point


def track_of(lines: NDArray[np.object_], source_ids: NDArray[np.object_], *, centred: bool = False) -> Track:
    """Make a track of a feature's lines: nodes where they cross, bridges, extensions.

    Parameters
    ----------
    lines : ndarray of LineString or MultiLineString, shape (n,)
    source_ids : ndarray of str, shape (n,)
    centred : bool
        Whether one line stands for those that run side by side.

    Returns
    -------
    Track
        The same however the lines are ordered, cut or directed.
    """
    parts, owner = shapely.get_parts(lines, return_index=True)
    mapped = _in_order(unfolded(shapely.get_parts(shapely.line_merge(shapely.union_all(parts)))))
    found = centre_lines(mapped) if centred else None
    if found is not None:
        mapped = _in_order(found[0])
    bare = Track(
        lines=mapped,
        kind=np.full(len(mapped), ON),
        joins=(np.empty(0, dtype=np.intp), np.empty((0, 2))),
        parts=parts,
        part_ids=source_ids[owner],
        tips=None if found is None else found[1],
    )
    bridges, partner = _bridges(bare)
    extensions = _extensions(bare, partner)
    kind = np.repeat([BRIDGE, EXTENSION], [len(bridges), len(extensions)])
    return bare.with_lines(np.concatenate([bridges, extensions]), kind)


def _in_order(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give lines in their normal form and order, without those that are mere points."""
    lines = shapely.normalize(lines[shapely.length(lines) > SAME_M])
    found: NDArray[np.object_] = lines[np.argsort(shapely.to_wkb(lines))]
    return found


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


def _bridges(track: Track) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Bridge gaps: from each loose end to those it points at, and to a line that it just misses.

    Returns
    -------
    ndarray of LineString
    ndarray of int, shape (k,)
        For each loose end the one over the likeliest gap, or -1.
    """
    xy, outward, line, _ = track.loose
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
    at, other = shapely.STRtree(track.mapped).query(shapely.points(xy), predicate="dwithin", distance=SNAP_M)
    at, other = at[line[at] != other], other[line[at] != other]
    near = shapely.shortest_line(shapely.points(xy[at]), track.mapped[other])
    near = near[shapely.length(near) > SAME_M]
    return np.concatenate([strings(xy[pairs]), np.asarray(near, dtype=object)]), partner


def _extensions(track: Track, partner: NDArray[np.intp]) -> NDArray[np.object_]:
    """Extend straight on each loose end that has no other end of the feature just ahead."""
    xy, outward, line, _ = track.loose
    outward = outward.copy()
    # A short piece of road tells less of where the road is heading than the way to it does.
    for k in np.flatnonzero(shapely.length(track.mapped)[line] < HEADING_M).tolist():
        behind = np.flatnonzero((line == line[k]) & (np.arange(len(line)) != k))
        if len(behind) and partner[behind[0]] >= 0:
            step = xy[k] - xy[partner[behind[0]]]
            outward[k] = step / max(float(np.hypot(*step)), SAME_M)
    step = xy[None] - xy[:, None]
    ahead = np.einsum("ijk,ik->ij", step, outward)
    goes_on = ((np.hypot(step[..., 0], step[..., 1]) <= SNAP_M) & (ahead > 0)).any(axis=1)
    start, way = xy[~goes_on], outward[~goes_on]
    return strings(np.stack([start, start + MAX_EXTENSION_M * way], axis=1))
