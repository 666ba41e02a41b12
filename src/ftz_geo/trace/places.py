"""Points that count as one place, and the ends of lines that meet there or are loose.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_M = 0.01
"""Points this close are one place."""

SNAP_M = 15.0
"""Ends of lines this close belong together however they point: lines that were drawn to meet."""

HEADING_M = 100.0
"""The stretch that tells where a line is heading at its end: junctions flare, vertices shake."""

_BACK = np.cos(np.radians(120))  # a line that turns more than this turns back

_ONE_WAY = np.cos(np.radians(30))  # length of the mean direction of ends that all point one way


class Ends(NamedTuple):
    """Loose ends of lines."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    outward: NDArray[np.float64]
    """Shape (n, 2): unit directions in which the lines point there."""
    line: NDArray[np.intp]
    """Shape (n,): which line ends there,"""
    vertex: NDArray[np.intp]
    """shape (n,): and with which of its vertices, 0 or -1."""

    def where(self, mask: NDArray[np.bool_]) -> Ends:
        """Return some of the ends."""
        return Ends(self.xy[mask], self.outward[mask], self.line[mask], self.vertex[mask])


def same_places(xy: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each of some points the number of its place, and the first point of each place."""
    pairs = cKDTree(xy).query_pairs(SAME_M, output_type="ndarray")
    lowest = np.arange(len(xy))
    while len(pairs):  # until every point knows the first of its place
        low = np.minimum(lowest[pairs[:, 0]], lowest[pairs[:, 1]])
        np.minimum.at(lowest, pairs[:, 0], low)
        np.minimum.at(lowest, pairs[:, 1], low)
        pairs = pairs[lowest[pairs[:, 0]] != lowest[pairs[:, 1]]]
    is_first = lowest == np.arange(len(xy))
    return np.cumsum(is_first)[lowest] - 1, np.flatnonzero(is_first)


def strings(segments: NDArray[np.float64]) -> NDArray[np.object_]:
    """Make a LineString of each of many pairs of points, shape (n, 2, 2)."""
    if not len(segments):
        return np.empty(0, dtype=object)
    made: NDArray[np.object_] = np.asarray(shapely.linestrings(segments), dtype=object)
    return made


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors, shape (..., 2), scaled to the length 1; those of no length stay short."""
    length = np.hypot(vectors[..., 0], vectors[..., 1])
    scaled: NDArray[np.float64] = vectors / np.maximum(length, SAME_M)[..., None]
    return scaled


def cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cross products of vectors, both shape (n, 2)."""
    product: NDArray[np.float64] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def without_repeats(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points of a path, shape (n, 2), without those on top of the one before."""
    apart = np.hypot(*np.diff(xy, axis=0).T) > SAME_M
    return np.concatenate([xy[:1], xy[1:][apart]])


def metres_along(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres along a path at each of its points, shape (n, 2)."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


def point_at(xy: NDArray[np.float64], along: NDArray[np.float64], at: float) -> NDArray[np.float64]:
    """Return the point so many metres along a path; ``along`` are its :func:`metres_along`."""
    k = min(max(int(along.searchsorted(at)), 1), len(along) - 1)
    length = along[k] - along[k - 1]
    share = min(max((at - along[k - 1]) / length, 0.0), 1.0) if length > 0 else 0.0
    point: NDArray[np.float64] = xy[k - 1] + share * (xy[k] - xy[k - 1])
    return point


def all_ends(lines: NDArray[np.object_]) -> Ends:
    """Return both ends of every line: all first ones, then all last ones."""
    length = shapely.length(lines)
    run = np.minimum(HEADING_M, length)
    xy = shapely.get_coordinates(shapely.get_point(lines, [[0], [-1]]))
    outward = xy - shapely.get_coordinates(shapely.line_interpolate_point(lines, [run, length - run]))
    norm = np.hypot(outward[:, 0], outward[:, 1])
    line, vertex = np.tile(np.arange(len(lines)), 2), np.repeat([0, -1], len(lines))
    return Ends(xy, outward / np.where(norm > 0, norm, 1)[:, None], line, vertex)


def loose_ends(lines: NDArray[np.object_], within: float = SAME_M) -> Ends:
    """Return the ends at which no other line, and not the line itself, goes on.

    Where two carriageways join and what they become is missing, both are loose.
    """
    ends = all_ends(lines)
    if within <= SAME_M:
        place, first = same_places(ends.xy)
        way = np.zeros((len(first), 2))
        np.add.at(way, place, ends.outward)
        loose = (np.hypot(*way.T) > _ONE_WAY * np.bincount(place))[place]
    else:
        loose = shapely.length(lines)[ends.line] > within
        at, other = shapely.STRtree(lines).query(
            shapely.points(ends.xy), predicate="dwithin", distance=within
        )
        loose[at[ends.line[at] != other]] = False
        n = len(lines)
        loose &= np.tile(np.hypot(*(ends.xy[:n] - ends.xy[n:]).T) > within, 2)
    return ends.where(loose)


def unfolded(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut lines where they turn back, as two carriageways do that were merged where they join."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    turns = (step[1:] * step[:-1]).sum(axis=1) < _BACK * length[1:] * length[:-1]
    back = np.flatnonzero(turns & (line[:-2] == line[2:])) + 1
    if not len(back):
        return lines
    # Where a line turns back, its vertex ends one piece and begins the next.
    begins = np.zeros(len(xy) + len(back), dtype=np.intp)
    begins[back + np.arange(len(back)) + 1] = 1
    piece = np.insert(line, back, line[back]) + np.cumsum(begins)
    return np.asarray(shapely.linestrings(np.insert(xy, back, xy[back], axis=0), indices=piece))
