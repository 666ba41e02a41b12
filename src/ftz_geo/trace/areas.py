"""The line of an area that a side runs along: its edge that faces the block, or a river's middle.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from ftz_geo.compass import OPPOSITE, TOWARDS
from ftz_geo.trace.places import SAME_M, same_places, without_repeats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftz_geo.compass import Side
    from ftz_geo.model import Direction, Feature, Kind

SLENDER = 0.25
"""A water whose mean width is at most this share of its length is a river; others are lakes."""


def facing(feature: Feature, side: Side) -> Direction | None:
    """Return the way in which the edge of an area looks that a side runs along; None for its middle.

    Words say which edge (海河东岸); of a place that a block abuts on it is the one that faces the block.

    Examples
    --------
    >>> from ftz_geo.model import Feature
    >>> facing(Feature(name="大学", kind="place", span=(0, 2)), "east")
    'west'
    """
    if feature.edge is not None or feature.kind != "place" or side == "ring":
        return feature.edge
    return OPPOSITE[side]


def side_lines(
    shapes: NDArray[np.object_], kind: Kind, face: Direction | None
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return the lines along which a side may run on some shapes of one feature.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Points are left out: no side runs along a point.
    kind : Kind
    face : Direction or None
        The way in which the edges of areas look that are wanted; None for all edges, and for the
        middles of rivers.

    Returns
    -------
    ndarray of LineString, shape (m,)
    ndarray of int, shape (m,)
        Which shape each line is of.
    """
    dimension = shapely.get_dimensions(shapes)
    linear, areal = np.flatnonzero(dimension == 1), np.flatnonzero(dimension == 2)
    if kind == "water" and face is None and len(linear) and len(areal):
        # A river that the map draws as a line and as an area: the line is its middle.
        through = shapely.union_all(shapes[linear])
        areal = areal[~shapely.intersects(shapes[areal], through)]
    polygons, owner = shapely.get_parts(shapes[areal], return_index=True)
    parts, part_of = shapely.get_parts(shapes[linear], return_index=True)
    lines = list(zip(linear[part_of].tolist(), parts, strict=True))
    for polygon, k in zip(polygons, areal[owner].tolist(), strict=True):
        if face is not None:
            lines.append((k, facing_edge(polygon, face)))
        elif kind == "water" and is_river(polygon):
            lines.append((k, middle_line(polygon)))
        else:
            lines += [(k, ring) for ring in shapely.get_parts(shapely.boundary(polygon))]
    lines = [(k, line) for k, line in lines if line.length > SAME_M]
    row = np.empty(len(lines), dtype=object)
    row[:] = [line for _, line in lines]
    return row, np.array([k for k, _ in lines], dtype=np.intp)


def facing_edge(area: shapely.Polygon, face: Direction) -> shapely.LineString:
    """Return the part of an area's outline that looks in a direction.

    It lies between the two corners of the smallest rectangle around the area whose side looks most
    in that direction, so an area that is turned keeps its own corners.

    Examples
    --------
    >>> print(facing_edge(shapely.box(0, 0, 20, 50), "west"))
    LINESTRING (0 50, 0 0)
    """
    ring = shapely.orient_polygons(area).exterior
    around = shapely.orient_polygons(shapely.oriented_envelope(area))
    corners = shapely.get_coordinates(around)
    step = np.diff(corners, axis=0)
    outward = np.column_stack([step[:, 1], -step[:, 0]]) / np.hypot(*step.T)[:, None]
    k = int((outward @ np.array(TOWARDS[face], dtype=float)).argmax())
    start, end = (ring.project(shapely.Point(corners[i])) for i in (k, k + 1))
    if start < end:
        pieces = [substring(ring, start, end)]
    else:
        pieces = [substring(ring, start, ring.length), substring(ring, 0, end)]
    xy = without_repeats(np.concatenate([shapely.get_coordinates(piece) for piece in pieces]))
    return shapely.LineString(xy) if len(xy) > 1 else ring


def is_river(area: shapely.Polygon) -> bool:
    """Tell whether a water is long and narrow.

    Of a rectangle much longer than wide, length is half of the perimeter and width area over length.
    """
    length = area.exterior.length / 2
    return bool(area.area / length <= SLENDER * length)


def middle_line(area: shapely.Polygon) -> shapely.LineString:
    """Return the line along the middle of a long narrow area.

    The longest way through the inner edges of the Voronoi diagram of points on its banks.

    Examples
    --------
    >>> line = middle_line(shapely.box(0, 0, 1000, 40))
    >>> bool(shapely.hausdorff_distance(line, shapely.LineString([(20, 20), (980, 20)])) < 10)
    True
    """
    bank = area.exterior
    width_m = 2 * area.area / bank.length
    points = shapely.MultiPoint(shapely.get_coordinates(shapely.segmentize(bank, width_m / 2))[:-1])
    edges = shapely.get_parts(shapely.voronoi_polygons(points, only_edges=True))
    edges = shapely.get_parts(shapely.union_all(edges))
    shapely.prepare(area)
    edges = edges[shapely.contains_properly(area, edges)]
    if not len(edges):
        return bank
    way = _longest_way(edges)
    # At its ends the way forks into a corner of the area.
    clear = np.flatnonzero(shapely.distance(shapely.points(way), bank) >= width_m / 3)
    way = way[clear[0] : clear[-1] + 1] if len(clear) else way
    return shapely.LineString(way) if len(way) > 1 else bank


def _longest_way(edges: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the points of the longest way through edges that form a tree, shape (n, 2)."""
    n = len(edges)
    xy = np.concatenate([shapely.get_coordinates(shapely.get_point(edges, k)) for k in (0, -1)])
    node, first = same_places(xy)
    graph = csr_array((shapely.length(edges), (node[:n], node[n:])), shape=(len(first), len(first)))

    def farthest(start: int) -> tuple[int, NDArray[np.intp]]:
        away, back = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        return int(np.where(np.isfinite(away), away, -1).argmax()), back

    # In a tree, what is farthest from any node is one end of the longest way.
    busiest = int(np.bincount(np.concatenate([node[:n], node[n:]])).argmax())
    start, _ = farthest(busiest)
    end, back = farthest(start)
    way = [end]
    while way[-1] != start:
        way.append(int(back[way[-1]]))
    return xy[first[way]]
