"""The outlines of blocks: closed ways made into polygons, and evidence carried over to a new outline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Digitised


def unknot(xy: NDArray[np.float64]) -> shapely.Polygon:
    """Return the polygon inside a closed way, without the spikes and small loops where its parts join.

    Empty where the way is no ring: clockwise, or crossing itself in the large.

    Examples
    --------
    A spike of 9 m is dropped, a figure of eight is no ring:

    >>> unknot(np.array([(0, 0), (9, 0), (9, 5), (18, 5), (9, 5), (9, 9), (0, 9)], dtype=float)).area
    81.0
    >>> unknot(np.array([(0, 0), (9, 0), (0, 9), (9, 9)], dtype=float)).is_empty
    True
    """
    if len(xy) < 3:
        return shapely.Polygon()
    ring = cast("shapely.Polygon", shapely.polygons(xy))
    x, y = shapely.get_coordinates(ring).T
    area = 0.5 * float(x[:-1] @ y[1:] - x[1:] @ y[:-1])
    if area <= 0:
        return shapely.Polygon()
    if ring.is_valid:
        return ring
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([ring.exterior]))))
    whole = shapely.get_parts(shapely.union_all(faces))
    if not len(whole) or whole[0].is_empty:
        return shapely.Polygon()
    largest = whole[shapely.area(whole).argmax()]
    if shapely.area(faces).sum() > 1.02 * area or largest.area < 0.98 * area:
        return shapely.Polygon()
    return shapely.orient_polygons(shapely.Polygon(largest.exterior))


def stretches(values: Sequence[object]) -> list[list[int]]:
    """Return the indexes of each stretch of equal values around a ring.

    Examples
    --------
    >>> stretches("aabca")
    [[2], [3], [4, 0, 1]]
    """
    n = len(values)
    starts = [k for k in range(n) if values[k] != values[k - 1]] or [0]
    ends = [*starts[1:], starts[0] + n]
    return [[k % n for k in range(*bounds)] for bounds in zip(starts, ends, strict=True)]


def redrawn(
    drawn: Digitised, lines: NDArray[np.object_], xy: NDArray[np.float64], lonlat: NDArray[np.float64]
) -> Digitised:
    """Put a ring in the place of a block's; each stretch keeps the evidence of the edge nearest to it.

    Parameters
    ----------
    drawn : Digitised
    lines : ndarray of LineString, shape (n,)
        Its edges in plane metres.
    xy, lonlat : ndarray, shape (m, 2)
        The closed ring, counter-clockwise, in plane metres and in degrees.
    """
    middles = np.asarray(shapely.points((xy[1:] + xy[:-1]) / 2), dtype=object)
    edge_of = np.asarray(shapely.STRtree(lines).nearest(middles))
    edges = []
    for stretch in stretches(edge_of.tolist()):
        points = lonlat[[*stretch, stretch[-1] + 1]]
        edges.append(replace(drawn.edges[edge_of[stretch[0]]], line=shapely.LineString(points)))
    return replace(drawn, polygon=shapely.Polygon(lonlat), edges=tuple(edges))
