"""The axis of a road through its named points: in order along it, smooth, and how sure where.

The points of one name are label points of its ways, on either carriageway. Those close together are
one place; the longest path of their minimum spanning tree puts the places in order. Through them runs
the smoothest line: a Gaussian process whose direction wanders at random, so that it goes straight on
beyond its ends and in its gaps. Where it has no points, the roads beside it tell its direction.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import solveh_banded
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.place.headings import Headings

__all__ = [
    "MERGE_M",
    "NOISE_M",
    "SD_90",
    "SPLIT_M",
    "Axis",
    "Places",
    "axis_through",
    "joined_places",
    "places_of",
]

MERGE_M = 60.0
"""Points of one name this close are one place: on both carriageways, or on the parts of a crossing."""

SPLIT_M = 4000.0
"""Points of one name farther apart than this are two roads, or tell nothing of what lies between."""

_KNOT_M = 40.0
NOISE_M = 12.0
"""How far label points lie off the axis: carriageways are some 10 to 15 m off the middle."""

SD_90 = 1.645
"""Standard deviations within which a normal error lies with 90 %."""

_WANDER = 0.02
"""Standard deviation of the change of direction, radians, for each root of a metre. On the gazetteer of
central Shanghai 0.01 is too stiff and 0.04 follows the carriageways; in between the overlap of blocks differs
by less than 0.005."""

_HEADING_SD = np.radians(6)
"""How well the roads beside tell a direction, beside their own spread."""

_FAR_M = 120.0
"""From here on a place says less of a direction than the roads beside do."""

_ROUNDS = 3
"""Places are put in order again along the line drawn through them: after three rounds nothing changes."""


class Places(NamedTuple):
    """Places that a road runs through, in order along it."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    weight: NDArray[np.float64]
    """Shape (n,): points that each stands for."""


class Axis(NamedTuple):
    """A line through places, with what holds it."""

    xy: NDArray[np.float64]
    """Shape (k, 2)."""
    held_m: NDArray[np.float64]
    """Shape (n,): metres along the line at which places hold it, ascending."""

    @property
    def line(self) -> shapely.LineString:
        """The line itself."""
        return shapely.LineString(self.xy)

    def away_m(self, along_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return how far along the line the nearest place is, and whether all are on one side of it."""
        away = np.abs(along_m[:, None] - self.held_m[None, :]).min(axis=1)
        return away, (along_m < self.held_m[0]) | (along_m > self.held_m[-1])


def places_of(xy: NDArray[np.float64]) -> Iterator[Places]:
    """Yield the places of one name, those of each road in order along it.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Points of one name.

    Yields
    ------
    Places
        One for each road.

    Examples
    --------
    >>> (road,) = places_of(np.array([(0, 0), (900, 20), (10, 5), (400, 0)], dtype=float))
    >>> road.xy[:, 0].tolist(), road.weight.tolist()
    ([5.0, 400.0, 900.0], [2.0, 1.0, 1.0])
    """
    xy = xy[np.lexsort((xy[:, 1], xy[:, 0]))]
    for group in _groups(xy, SPLIT_M, "single"):
        merged = list(_groups(xy[group], MERGE_M, "complete"))
        places = np.array([xy[group][own].mean(axis=0) for own in merged])
        weight = np.array([float(len(own)) for own in merged])
        order = _order(places)
        yield Places(places[order], weight[order])


def joined_places(places: Places, others: Sequence[Places]) -> Places:
    """Return places and others in one order along the road."""
    xy = np.concatenate([places.xy, *(other.xy for other in others)])
    weight = np.concatenate([places.weight, *(other.weight for other in others)])
    order = _order(xy)
    return Places(xy[order], weight[order])


def _groups(xy: NDArray[np.float64], within_m: float, method: str) -> Iterator[NDArray[np.intp]]:
    if len(xy) < 2:
        yield np.arange(len(xy))
        return
    group = fcluster(linkage(pdist(xy), method), within_m, "distance")
    for k in np.unique(group):
        yield np.flatnonzero(group == k)


def _order(xy: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the order of points along the longest path of their minimum spanning tree, westernmost first."""
    if len(xy) < 3:
        return np.lexsort((xy[:, 1], xy[:, 0]))
    tree = minimum_spanning_tree(squareform(pdist(xy)))
    start = int(dijkstra(tree, directed=False, indices=0).argmax())
    away, back = dijkstra(tree, directed=False, indices=start, return_predecessors=True)
    path = [int(away.argmax())]
    while path[-1] != start:
        path.append(int(back[path[-1]]))
    order = np.array(path, dtype=np.intp)
    return order if tuple(xy[order[0]]) <= tuple(xy[order[-1]]) else order[::-1]


def axis_through(places: Places, reach_m: float, headings: Headings | None, name: str) -> Axis:
    """Return the smoothest line through places, going on beyond them.

    Parameters
    ----------
    places : Places
        Two or more.
    reach_m : float
        How far it goes on beyond the first and the last of them.
    headings : Headings or None
        Of the roads beside, which tell its direction where no place does.
    name : str
        Its own name: it says nothing of itself.

    Returns
    -------
    Axis

    Examples
    --------
    >>> axis = axis_through(Places(np.array([(0.0, 0.0), (800.0, 0.0)]), np.ones(2)), 200.0, None, "")
    >>> axis.xy[[0, -1]].round().tolist(), axis.held_m.round().tolist()
    ([[-200.0, 0.0], [1000.0, 0.0]], [200.0, 1000.0])
    """
    xy, weight = places
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    for _ in range(_ROUNDS if len(xy) > 2 else 1):
        knots = _knots(along, reach_m)
        fit = _fit(knots, along, xy, weight, None)
        last, along = along, _along(knots, fit, xy)
        order = np.argsort(along, kind="stable")
        xy, weight, along = xy[order], weight[order], along[order]
        if len(last) == len(along) and np.abs(np.sort(last) - along).max() < 1:
            break
    knots = _knots(along, reach_m)
    fit = _fit(knots, along, xy, weight, None)
    if headings is not None:
        for _ in range(2):
            fit = _fit(knots, along, xy, weight, _directions(knots, along, fit, headings, name))
    return Axis(fit, np.sort(shapely.line_locate_point(shapely.LineString(fit), shapely.points(xy))))


def _knots(along: NDArray[np.float64], reach_m: float) -> NDArray[np.float64]:
    start, end = float(along[0]) - reach_m, float(along[-1]) + reach_m
    return np.linspace(start, end, max(int(np.ceil((end - start) / _KNOT_M)), 3) + 1)


def _along(
    knots: NDArray[np.float64], fit: NDArray[np.float64], xy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where places lie along a line through knots, in the knots' own measure."""
    line = shapely.LineString(fit)
    step = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(fit, axis=0).T))])
    return np.asarray(np.interp(shapely.line_locate_point(line, shapely.points(xy)), step, knots))


class _Directions(NamedTuple):
    """Directions of the line between some knots and the next."""

    knot: NDArray[np.intp]
    step: NDArray[np.float64]
    """Shape (m, 2): metres from the knot to the next."""
    weight: NDArray[np.float64]
    """Shape (m,): one over the variance of that, square metres."""


def _fit(
    knots: NDArray[np.float64],
    along: NDArray[np.float64],
    xy: NDArray[np.float64],
    weight: NDArray[np.float64],
    directions: _Directions | None,
) -> NDArray[np.float64]:
    """Return the likeliest places of knots, shape (k, 2): a banded system of least squares."""
    n, h = len(knots), float(knots[1] - knots[0])
    bands = np.zeros((3, n))  # upper form: the diagonal last
    bend = 1 / (_WANDER**2 * h**3)
    for offsets, values in (
        ((0, 0), 1.0),
        ((1, 1), 4.0),
        ((2, 2), 1.0),
        ((0, 1), -2.0),
        ((1, 2), -2.0),
        ((0, 2), 1.0),
    ):
        low, high = offsets
        bands[2 - (high - low), high : n - 2 + high] += values * bend
    right = np.zeros((n, 2))
    k = np.clip(((along - knots[0]) / h).astype(int), 0, n - 2)
    share = (along - knots[k]) / h
    held = weight / NOISE_M**2
    np.add.at(bands[2], k, held * (1 - share) ** 2)
    np.add.at(bands[2], k + 1, held * share**2)
    np.add.at(bands[1], k + 1, held * share * (1 - share))
    np.add.at(right, k, (held * (1 - share))[:, None] * xy)
    np.add.at(right, k + 1, (held * share)[:, None] * xy)
    if directions is not None:
        k, step, sure = directions
        np.add.at(bands[2], k, sure)
        np.add.at(bands[2], k + 1, sure)
        np.add.at(bands[1], k + 1, -sure)
        np.add.at(right, k, -sure[:, None] * step)
        np.add.at(right, k + 1, sure[:, None] * step)
    bands[2] += 1e-9  # so that a line of one place is one too; drawn to the middle of its places
    right += 1e-9 * xy.mean(axis=0)
    solved: NDArray[np.float64] = solveh_banded(bands, right)
    return solved


def _directions(
    knots: NDArray[np.float64],
    along: NDArray[np.float64],
    fit: NDArray[np.float64],
    headings: Headings,
    name: str,
) -> _Directions | None:
    """Return what the roads beside say of a line's direction where it has no places."""
    middle = (knots[1:] + knots[:-1]) / 2
    away = np.abs(middle[:, None] - along[None]).min(axis=1)
    lonely = np.flatnonzero(away >= _FAR_M)[::2]
    known, angle, spread = headings.beside_each(np.stack([fit[lonely], fit[lonely + 1]], axis=1), name)
    if not len(known):
        return None
    h = float(knots[1] - knots[0])
    return _Directions(
        lonely[known],
        h * np.column_stack([np.cos(angle), np.sin(angle)]),
        1 / (h**2 * (_HEADING_SD**2 + spread**2)),
    )
