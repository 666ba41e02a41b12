"""The width of what a block abuts on: its area to the near and to the far edges of roads and waters.

A notice that bounds a block by a road seldom says which line of the road. A ring is drawn along the
middle; between the near edges (the block alone) and the far ones (with the whole roads) lies a band.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import area_m2
from ftz_geo.model import LINEAR_KINDS
from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.outlines import redrawn
from ftz_geo.trace.places import cross, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Digitised, Settings
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Named

LANE_M = 3.5
"""Width of a lane (CJJ 37-2012, table 5.3.1): the middle of a carriageway lies at least this far inside."""

_BENT = np.sin(np.radians(20))  # what strips of 25 m leave open at such a turn is 110 m²

_HAIR_M = 0.001  # far below what is measured, far above the rounding of degrees

_PLACES = np.linspace(0.1, 0.9, 9)  # shares of an edge at which the distance to its lines is taken


def half_widths_m(
    named: Named, lines: NDArray[np.object_], width_m: float | None, settings: Settings
) -> NDArray[np.float64]:
    """Return how far the edge of a feature lies from the lines drawn for it.

    Parameters
    ----------
    named : Named
    lines : ndarray of LineString, shape (n,)
        What was drawn along it, plane metres.
    width_m : float or None
        What the map says of its width.
    settings : Settings

    Returns
    -------
    ndarray of float, shape (n,)
        Metres; 0 for what has no width, or was not drawn along its middle.
    """
    if named.is_point:
        return np.full(len(lines), settings.landmark_half_width_m)
    if (
        named.feature.kind not in LINEAR_KINDS
        or named.method != "on-feature"
        or named.feature.relation != "at"
    ):
        return np.zeros(len(lines))
    known = settings.road_half_width_m if width_m is None else width_m / 2
    places = shapely.line_interpolate_point(lines[:, None], _PLACES, normalized=True).ravel()
    # Along the middle of two carriageways, both are as far away as each is from the middle. Across
    # a gap in the map the lines are farther away than any carriageway, which tells nothing of it.
    _, away = named.track.map.part_tree.query_nearest(places, return_distance=True, all_matches=False)
    away = away.reshape(-1, len(_PLACES))
    apart = np.sort(away, axis=1)[:, len(_PLACES) // 2]  # the median, of few fast
    halves: NDArray[np.float64] = np.where(
        (apart > 1) & (apart <= ROAD_WIDTH_M), np.maximum(known, apart + LANE_M), known
    )
    return halves


def bands(
    rings: NDArray[np.object_],
    edges: NDArray[np.object_],
    ring_of: NDArray[np.intp],
    half_widths_m: NDArray[np.float64],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return rings moved to the near and to the far edges of their features.

    Parameters
    ----------
    rings : ndarray of Polygon, shape (n,)
        Plane metres, counter-clockwise.
    edges : ndarray of LineString, shape (m,)
        The rings in pieces, those of one ring together and in its order.
    ring_of : ndarray of int, shape (m,)
        Which ring each of them is of.
    half_widths_m : ndarray of float, shape (m,)
        Above nothing for one edge of each ring at least.

    Returns
    -------
    tuple of ndarray of Polygon, both shape (n,)
        The near ones within the rings, empty where roads leave nothing of one, and the far ones around.

    Examples
    --------
    A square of 100 m, a road of 20 m on its east:

    >>> square = shapely.box(0, 0, 100, 100)
    >>> xy = np.array([(100, 0), (100, 100), (0, 100), (0, 0), (100, 0)], dtype=float)
    >>> edges = shapely.linestrings([xy[k : k + 2] for k in range(4)])
    >>> near, far = bands(np.array([square]), edges, np.zeros(4, dtype=int), np.array([10, 0, 0, 0]))
    >>> near[0].area, far[0].area
    (9000.0, 11000.0)
    """
    wide = half_widths_m > 0
    strips = shapely.buffer(edges[wide], half_widths_m[wide], cap_style="flat", join_style="mitre")
    corners, edge = _corners(edges, ring_of, half_widths_m)
    parts, owner = np.concatenate([strips, corners]), ring_of[np.append(np.flatnonzero(wide), edge)]
    order = np.argsort(owner, kind="stable")
    together = np.asarray(shapely.geometrycollections(parts[order], indices=owner[order]))
    roads = shapely.union_all(together[:, None], axis=1)
    return _outlines(shapely.difference(rings, roads)), _outlines(shapely.union(rings, roads))


def _outlines(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the largest part of each, without holes, and without what is thinner than a hair.

    Hairs are valid in plane metres, and cross themselves once they are in degrees.
    """
    parts, owner = shapely.get_parts(shapely.set_precision(shapes, _HAIR_M), return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    own, largest = np.unique(owner[order], return_index=True)
    outlines = np.full(len(shapes), shapely.Polygon(), dtype=object)
    outlines[own] = shapely.polygons(shapely.get_exterior_ring(parts[order[largest]]))
    return np.asarray(shapely.orient_polygons(outlines))


def _corners(
    edges: NDArray[np.object_], ring_of: NDArray[np.intp], halves: NDArray[np.float64]
) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return what strips leave open on the outer side of corners, and which edge ends at each."""
    xy, counts = shapely.get_coordinates(edges), shapely.get_num_coordinates(edges)
    end = np.cumsum(counts) - 1
    begins = np.append(True, ring_of[1:] != ring_of[:-1])
    following = np.where(np.roll(begins, -1), np.flatnonzero(begins)[ring_of], np.arange(len(edges)) + 1)
    start = (end - counts + 1)[following]
    into, onward = unit(xy[end] - xy[end - 1]), unit(xy[start + 1] - xy[start])
    turn = cross(into, onward)
    wide = np.minimum(halves, halves[following]) > 0
    bent = np.flatnonzero(wide & (np.abs(turn) >= _BENT))
    corner, into, onward, turn = xy[end[bent]], into[bent], onward[bent], turn[bent, None]
    # The outer corners of the strip that ends there and of the one that begins, and where their edges meet.
    side = np.sign(turn)  # a left turn is open on the right
    last = corner + side * halves[bent, None] * np.stack([into[:, 1], -into[:, 0]], axis=1)
    first = xy[start[bent]]
    first = first + side * halves[following[bent], None] * np.stack([onward[:, 1], -onward[:, 0]], axis=1)
    meeting = last + cross(first - last, onward)[:, None] / turn * into
    hulls = shapely.convex_hull(shapely.multipoints(np.stack([corner, last, meeting, first], axis=1)))
    return np.asarray(hulls, dtype=object), bent


def with_bands(drawn: Sequence[Digitised], atlas: Atlas, settings: Settings) -> dict[str, Digitised]:
    """Add blocks' areas to the near and far edges; draw them along the edge that the settings choose.

    Parameters
    ----------
    drawn : sequence of Digitised
    atlas : Atlas
    settings : Settings
        ``boundary``: which line of a wide feature bounds a block.

    Returns
    -------
    dict of parcel id to Digitised
        Those that run along something that has a width, and for which a band can be made.
    """
    by_plane: dict[LocalPlane, list[Digitised]] = {}
    for block in drawn:
        if isinstance(block.polygon, shapely.Polygon) and any(edge.half_width_m for edge in block.edges):
            plane = atlas.plane_at(shapely.get_coordinates(block.polygon.centroid)[0])
            by_plane.setdefault(plane, []).append(block)
    banded = (block for plane, blocks in by_plane.items() for block in _banded(blocks, plane, settings))
    return {block.parcel_id: block for block in banded}


def _banded(drawn: Sequence[Digitised], plane: LocalPlane, settings: Settings) -> list[Digitised]:
    ring_of = np.repeat(np.arange(len(drawn)), [len(block.edges) for block in drawn])
    rings = plane.to_xy(np.array([block.polygon for block in drawn], dtype=object))
    edges = plane.to_xy(np.array([edge.line for block in drawn for edge in block.edges], dtype=object))
    halves = np.array([edge.half_width_m for block in drawn for edge in block.edges])
    try:
        both = np.stack(bands(rings, edges, ring_of, halves), axis=1)
    except shapely.GEOSException:  # the mitres of nearly parallel lines can be beyond GEOS
        return [b for block in drawn for b in _banded([block], plane, settings)] if len(drawn) > 1 else []
    degrees = plane.to_lonlat(both)
    good = np.flatnonzero(~shapely.is_empty(both[:, 0]) & shapely.is_valid(degrees).all(axis=1))
    km2 = (area_m2(degrees[good].ravel()) / 1e6).reshape(-1, 2)
    banded = []
    for k, (near, far) in zip(good.tolist(), km2.tolist(), strict=True):
        block = replace(drawn[k], area_near_km2=near, area_far_km2=far)
        if settings.boundary != "centre":
            chosen = 0 if settings.boundary == "near" else 1
            outlines = (shapely.get_coordinates(of[k, chosen].exterior) for of in (both, degrees))
            block = redrawn(block, edges[ring_of == k], *outlines)
        banded.append(block)
    return banded
