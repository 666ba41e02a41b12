"""Places of a name that has thousands of points, without a table of all their distances.

The order of places along a road takes the distance of each from each: memory that grows with the square of
their number. A name of more than :data:`MOST` points is first parted into regions that lie more than
:data:`~ftz_geo.place.axes.SPLIT_M` apart, by cells of that size; in a region, the points of one small cell
become one, the cells as small as leaves no more than :data:`MOST`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from ftz_geo.place.axes import MERGE_M, SPLIT_M, places_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ftz_geo.place.axes import Places

__all__ = ["MOST", "places_of_crowd"]

MOST = 2000
"""Points of which a table of distances is made: it takes 32 MB. No name of the 66,000 points of Tianjin has
more than 479."""


def places_of_crowd(xy: NDArray[np.float64]) -> Iterator[Places]:
    """Yield the places of one name as :func:`~ftz_geo.place.axes.places_of` does, however many points it has.

    Examples
    --------
    >>> crowd = np.column_stack([np.repeat(np.arange(30) * 500.0, 1000), np.tile(np.arange(1000) / 100, 30)])
    >>> (road,) = places_of_crowd(crowd)
    >>> len(road.xy), float(road.weight.sum())
    (30, 30000.0)
    """
    if len(xy) <= MOST:
        yield from places_of(xy)
        return
    for region in _regions(xy):
        own = xy[region]
        roads = list(places_of(_thinned(own)))
        number = np.repeat(np.arange(len(roads)), [len(road.xy) for road in roads])
        _, nearest = cKDTree(np.concatenate([road.xy for road in roads])).query(own)
        weight = np.bincount(nearest, minlength=len(number)).astype(float)
        yield from (road._replace(weight=weight[number == k]) for k, road in enumerate(roads))


def _regions(xy: NDArray[np.float64]) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of points that lie together: what is less than a cell apart lies in cells that touch."""
    cells, cell = np.unique(np.floor(xy / SPLIT_M), axis=0, return_inverse=True)
    pairs = cKDTree(cells).query_pairs(1.5, output_type="ndarray")
    touching = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(cells),) * 2)
    region = connected_components(touching, directed=False)[1][cell.ravel()]
    for k in range(region.max() + 1):
        yield np.flatnonzero(region == k)


def _thinned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middles of the points of each cell, no more than :data:`MOST` of them."""
    cell_m = MERGE_M / 4
    while len(xy) > MOST:
        _, cell = np.unique(np.floor(xy / cell_m), axis=0, return_inverse=True)
        count = np.bincount(cell.ravel())
        middles = np.column_stack([np.bincount(cell.ravel(), xy[:, k]) / count for k in (0, 1)])
        if len(middles) <= MOST:
            return middles
        cell_m *= 2
    return xy
