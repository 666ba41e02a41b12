"""Where one track hands over to another: they cross there, or an end of one stops short of the other.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.places import SAME_M, SNAP_M, same_places, strings
from ftz_geo.trace.tracks import BRIDGE, MAX_GAP_M, MAX_TURN, METRE_COST, ON, Track, crossings

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Hits are counted as in carriageways.py.

_STUB_COST = 15.0
"""A metre to a neighbour's stub: between a bridge, held at both ends by one feature, and an extension, held
at one. At half of it there are 10 hits of 770 fewer, at 24, as much as an extension, 2 more."""

_EDGE_M = 1.0
"""How well the edge of a wider road is known; 0.1 m to 5 m give the same hits."""

_MAX_CORNERS = 60
"""Per pair of tracks; a city's dual carriageways cross in four places. 30 and 120 give the same drawings."""


class Corners(NamedTuple):
    """Where one track hands over to the next: m pairs of points, the same but for short links."""

    before: NDArray[np.intp]
    """Shape (m,): lines of the one track."""
    before_xy: NDArray[np.float64]
    """Shape (m, 2)."""
    after: NDArray[np.intp]
    """Shape (m,): lines of the next."""
    after_xy: NDArray[np.float64]
    gap: NDArray[np.float64]
    """Shape (m,): metres between the two points."""
    cost: NDArray[np.float64]
    """Shape (m,): what they cost the ring."""

    def turned(self) -> Corners:
        """Return them with the two tracks exchanged."""
        return Corners(self.after, self.after_xy, self.before, self.before_xy, self.gap, self.cost)


_remembered: WeakKeyDictionary[Track, WeakKeyDictionary[Track, Corners]] = WeakKeyDictionary()
# Streets are asked for the same corners by all blocks along them, and a track never changes.


def corners_of(one: Track, other: Track) -> Corners:
    """Return where one track hands over to another; remembered for as long as both are in use."""
    known = _remembered.get(one)
    if known is None:
        known = _remembered[one] = WeakKeyDictionary()
    corners = known.get(other)
    if corners is None:
        corners = known[other] = _corners(one, other)
    return corners


def _corners(one: Track, other: Track) -> Corners:
    line, other_line, xy = crossings(one.lines, other.lines, other.tree)
    if len(xy) > 1:
        _, first = same_places(xy)  # a node of the map is the end of several lines
        line, other_line, xy = line[first], other_line[first], xy[first]
    none = np.zeros(len(line))
    kinds = [
        Corners(line, xy, other_line, xy, none, none),
        _short_links(one, other),
        _short_links(other, one).turned(),
    ]
    if len(other.stubs):
        kinds.append(_stub_links(one, other))
    if len(one.stubs):
        kinds.append(_stub_links(other, one).turned())
    every = Corners._make(map(np.concatenate, zip(*kinds, strict=True)))
    kept = _worth_trying(every, one, other)
    return Corners._make(column[kept] for column in every)


def _worth_trying(every: Corners, one: Track, other: Track) -> list[int]:
    """Return the corners to search rings through, the likeliest first, by the kinds of their lines.

    Where the lines of the map cross, what is drawn beside them adds nothing; of several drawn
    crossings in one place the first stands for all: that nearest to where what is drawn is held.
    """
    kind, other_kind = one.kind[every.before], other.kind[every.after]
    rank = np.array(METRE_COST)[kind] + np.array(METRE_COST)[other_kind] + every.cost
    away = _from_ends_m(one, every.before, every.before_xy) + _from_ends_m(other, every.after, every.after_xy)
    on_map = (kind == ON) & (other_kind == ON) & (every.gap <= SAME_M)
    middle = (every.before_xy + every.after_xy) / 2  # the same whichever track is the one
    kept: list[int] = []
    for k in np.lexsort((away, rank)).tolist():
        if len(kept) >= _MAX_CORNERS:
            break
        if on_map[k] or not kept or _are_apart(middle[k], middle[kept]):
            kept.append(k)
    return kept


def _from_ends_m(track: Track, line: NDArray[np.intp], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far points lie from the ends of the lines that they are on; 0 on lines of the map."""
    away: NDArray[np.float64] = np.zeros(len(line))
    drawn = np.flatnonzero(track.kind[line] != ON)
    if not len(drawn):
        return away
    ends = shapely.get_coordinates(shapely.get_point(track.lines[line[drawn], None], [0, -1]))
    away[drawn] = np.hypot(*(ends.reshape(-1, 2, 2) - xy[drawn, None]).T).min(axis=0)
    return away


def _are_apart(xy: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    return bool((np.hypot(*(others - xy).T) > SNAP_M / 2).all())


def _short_links(ends: Track, lines: Track) -> Corners:
    """Link each loose end of one track to the nearest points of another's lines within :data:`SNAP_M`.

    Where those stand for a wider road, within :data:`SNAP_M` of its edge: an end there is led straight
    on to the middle, and nothing is missing but what lies outside that road.
    """
    loose = ends.map.loose
    reach = SNAP_M + (ROAD_WIDTH_M if lines.map.centred else 0.0)
    points = np.asarray(shapely.points(loose.xy), dtype=object)
    end, line = lines.tree.query(points, predicate="dwithin", distance=reach)
    on_map = lines.kind[line] == ON
    end, line = end[on_map], line[on_map]
    if not len(end):
        none = np.empty(0)
        return Corners(end, np.empty((0, 2)), line, np.empty((0, 2)), none, none)
    near = shapely.get_coordinates(
        shapely.get_point(shapely.shortest_line(points[end], lines.lines[line]), 1)
    )
    gap = np.hypot(*(near - loose.xy[end]).T)
    half = np.zeros(len(end))
    # A street that ends at the edge of a wide road ends where the map says it does: only what is left
    # to the edge counts as missing.
    if lines.map.centred:
        along = shapely.line_locate_point(lines.lines[line], shapely.points(near))
        half = np.array([lines.reach_m(int(k), along[[n]])[0] for n, k in enumerate(line)])
        straight_on = np.stack([loose.xy[end], loose.xy[end] + 2 * gap[:, None] * loose.outward[end]], axis=1)
        hit = shapely.intersection(strings(straight_on), lines.lines[line])
        once = (shapely.get_type_id(hit) == shapely.GeometryType.POINT) & ~shapely.is_empty(hit)
        once &= half > 0
        near[once] = shapely.get_coordinates(hit[once])
    far = (gap > SAME_M) & (gap <= half + SNAP_M)
    gap = np.where((half > 0) & (gap <= half + _EDGE_M), 0, gap - half)
    end, line, near, gap = end[far], line[far], near[far], gap[far]
    return Corners(loose.line[end], loose.xy[end], line, near, gap, METRE_COST[BRIDGE] * gap)


def _stub_links(ends: Track, stubs: Track) -> Corners:
    """Link each loose end of one track to the stubs of another that it points at."""
    loose = ends.map.loose
    end, stub = (k.ravel() for k in np.indices((len(loose.xy), len(stubs.stubs))))
    step = stubs.stubs[stub] - loose.xy[end]
    gap = np.hypot(*step.T)
    ahead = (step * loose.outward[end]).sum(axis=1) / np.maximum(gap, SAME_M)
    turn = np.arccos(np.clip(ahead, -1, 1))
    fits = (gap > SNAP_M) & (gap <= MAX_GAP_M) & (turn <= MAX_TURN)
    end, xy, gap, turn = end[fits], stubs.stubs[stub[fits]], gap[fits], turn[fits]
    at, line = stubs.tree.query_nearest(shapely.points(xy))
    # Of all lines that begin there the first, one of the map, whatever the order of the tree.
    order = np.lexsort((line, at))
    line = line[order][np.unique(at[order], return_index=True)[1]]
    return Corners(loose.line[end], loose.xy[end], line, xy, gap, _STUB_COST * gap * (1 + turn))
