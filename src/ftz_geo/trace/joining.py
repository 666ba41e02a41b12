"""Lines that were drawn to meet, and do not: brought together, and cut where they cross.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.trace.places import SAME_M, SNAP_M, loose_ends, metres_along, point_at, unfolded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.trace.places import Ends

_FACE_TO_FACE = np.cos(np.radians(20))  # ends that point at each other, on parallel lines
_FACING = np.cos(np.radians(60))  # an end that points at a line, and does not run along it


def closed_up(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Bring together what was drawn to meet: ends face to face, then other ends and the line beside them.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)

    Returns
    -------
    ndarray of LineString
        Cut where they cross; the lines themselves where nothing was to be brought together.

    Examples
    --------
    >>> print(*closed_up(shapely.linestrings([[(0, 0), (300, 0)], [(304, 2), (600, 2)]])))
    LINESTRING (0 0, 302 1, 600 2)
    """
    ends = loose_ends(lines)
    if not len(ends.xy):
        return lines
    pairs = _face_to_face(ends)
    pieces = [shapely.get_coordinates(line) for line in lines]
    for pair in pairs:
        for k in pair:
            pieces[ends.line[k]][ends.vertex[k]] = ends.xy[[*pair]].mean(axis=0)
    whole = merged([shapely.LineString(p) for p in pieces]) if pairs else lines
    ends = loose_ends(whole)
    stopped = _stopped_short(ends, whole)
    if not stopped:
        return whole
    loose = [Loose(int(ends.line[k]), int(ends.vertex[k])) for k in stopped]
    return joined([shapely.get_coordinates(line) for line in whole], loose, SNAP_M)


def _face_to_face(ends: Ends) -> list[tuple[int, int]]:
    """Return the pairs of ends that point at each other, each the nearest of the other."""
    step = np.hypot(*(ends.xy[:, None] - ends.xy[None]).transpose(2, 0, 1))
    step[(ends.outward @ ends.outward.T > -_FACE_TO_FACE) | (step > SNAP_M)] = np.inf
    nearest = step.argmin(axis=1)
    one = np.flatnonzero(np.isfinite(step.min(axis=1)) & (nearest[nearest] == np.arange(len(nearest))))
    one = one[one < nearest[one]]
    return list(zip(one.tolist(), nearest[one].tolist(), strict=True))


def _stopped_short(ends: Ends, lines: NDArray[np.object_]) -> list[int]:
    """Return which ends point at a line beside them."""
    points = np.asarray(shapely.points(ends.xy), dtype=object)
    at, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=SNAP_M)
    at, other = at[other != ends.line[at]], other[other != ends.line[at]]
    near = shapely.get_point(shapely.shortest_line(points[at], lines[other]), 1)
    step = shapely.get_coordinates(near) - ends.xy[at]
    faces = (step * ends.outward[at]).sum(axis=1) >= _FACING * np.hypot(*step.T)
    stopped: list[int] = np.unique(at[faces]).tolist()
    return stopped


def merged(lines: NDArray[np.object_] | Sequence[shapely.LineString]) -> NDArray[np.object_]:
    """Return lines cut where they cross, and only there, in their normal form."""
    return in_normal_form(unfolded(shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))))


def in_normal_form(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return lines longest first, each from that end at which it lies farther from its middle.

    Whatever is done to them one after another is then done alike however they came, and wherever
    north is. A line that is alike from either end begins farther from the middle of all.

    Examples
    --------
    >>> lines = shapely.from_wkt(["LINESTRING (0 0, 9 0)", "LINESTRING (30 0, 0 0, 0 9)"])
    >>> for line in in_normal_form(lines):
    ...     print(line)
    LINESTRING (0 9, 0 0, 30 0)
    LINESTRING (0 0, 9 0)
    """
    lines = _begun_alike(lines)
    quarters = shapely.line_interpolate_point(lines[:, None], [0, 0.25, 0.75, 1], normalized=True)
    at = shapely.get_coordinates(quarters).reshape(-1, 4, 2)
    own, of_all = (
        np.hypot(*(at - at.mean(axis=axis, keepdims=True)).T).T @ np.array([1, 1, -1, -1])
        for axis in (1, (0, 1))
    )
    turned = np.where(np.abs(own) > SAME_M, own, of_all) < -SAME_M
    lines = np.where(turned, shapely.reverse(lines), lines)
    in_order: NDArray[np.object_] = lines[np.lexsort((shapely.to_wkb(lines), -shapely.length(lines)))]
    return in_order


def _begun_alike(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return lines in one direction however they came; rings that no line meets begin at one place, too."""
    begun = shapely.normalize(lines)
    for k in np.flatnonzero(shapely.is_closed(lines)):
        xy = shapely.get_coordinates(lines[k])
        start = shapely.get_point(lines[k], 0)
        if (shapely.distance(lines, start) > SAME_M).sum() == len(lines) - 1:
            farthest = np.hypot(*(xy[:-1] - shapely.get_coordinates(lines[k].centroid)).T).argmax()
            xy = np.roll(xy[:-1], -farthest, axis=0)
            xy = np.concatenate([xy, xy[:1]])
        begun[k] = min(shapely.LineString(xy), shapely.LineString(xy[::-1]), key=shapely.to_wkb)
    return begun


class Loose(NamedTuple):
    """An end of a piece that is to be led to another piece."""

    piece: int
    vertex: int
    """0 or -1."""
    to: Sequence[int] | None = None
    """The pieces that it may be led to; None for all others."""


def joined(
    pieces: Sequence[NDArray[np.float64]], loose: Sequence[Loose], reach_m: float
) -> NDArray[np.object_]:
    """Lead ends of pieces to the nearest of others; cut them all where they cross.

    Parameters
    ----------
    pieces : sequence of ndarray, shape (p, 2)
        The points of each.
    loose : sequence of Loose
    reach_m : float
        What lies farther off stays as it is.

    Returns
    -------
    ndarray of LineString
    """
    pieces = list(pieces)
    lines = np.array([shapely.LineString(p) for p in pieces], dtype=object)
    for k, end, to in loose:  # one by one: what an end was led to may itself be led elsewhere
        point = shapely.Point(pieces[k][end])
        away = shapely.distance(lines, point)
        away[k] = np.inf
        if to is not None:
            away[np.setdiff1d(np.arange(len(lines)), to)] = np.inf
        other = int(away.argmin())
        if away[other] > reach_m:
            continue
        pieces[other], at = _with_vertex(pieces[other], lines[other].project(point))
        pieces[k] = pieces[k].copy()
        pieces[k][end] = at
        for changed in (k, other):
            lines[changed] = shapely.LineString(pieces[changed])
    return merged(lines[shapely.length(lines) > SAME_M])


def _with_vertex(xy: NDArray[np.float64], at_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a line with a vertex so many metres along it, and that vertex."""
    along = metres_along(xy)
    nearest = int(np.abs(along - at_m).argmin())
    if abs(along[nearest] - at_m) <= SAME_M:
        return xy, xy[nearest]
    vertex = point_at(xy, along, at_m)
    return np.insert(xy, int(along.searchsorted(at_m)), vertex, axis=0), vertex
