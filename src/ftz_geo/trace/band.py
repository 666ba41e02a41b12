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
from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.places import SAME_M
from ftz_geo.trace.weave import redrawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Digitised, Settings
    from ftz_geo.trace.atlas import Atlas, Named

LANE_M = 3.5
"""Width of a lane (CJJ 37-2012, table 5.3.1): the middle of a carriageway lies at least this far inside."""

_WIDE = frozenset({"road", "rail", "water"})

_HAIR_M = 0.001  # far below what is measured, far above the rounding of degrees

_SAMPLES = 9  # places along an edge where the distance to its lines is taken


def half_widths_m(
    named: Named, lines: NDArray[np.object_], width_m: float | None, settings: Settings
) -> NDArray[np.float64]:
    """Give how far the edge of a feature lies from the lines drawn for it.

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
    if named.feature.kind not in _WIDE or named.method != "on-feature" or named.feature.relation != "at":
        return np.zeros(len(lines))
    known = settings.road_half_width_m if width_m is None else width_m / 2
    places = shapely.line_interpolate_point(
        lines[:, None], np.linspace(0.1, 0.9, _SAMPLES), normalized=True
    ).ravel()
    # Along the middle of two carriageways, both are as far away as each is from the middle. Across
    # a gap in the map the lines are farther away than any carriageway, which tells nothing of it.
    _, away = named.track.part_tree.query_nearest(places, return_distance=True, all_matches=False)
    apart = np.sort(away.reshape(-1, _SAMPLES), axis=1)[:, _SAMPLES // 2]  # the median, of few fast
    halves: NDArray[np.float64] = np.where(
        (apart > 1) & (apart <= ROAD_WIDTH_M), np.maximum(known, apart + LANE_M), known
    )
    return halves


def band(
    ring: shapely.Polygon, edges: Sequence[NDArray[np.float64]], half_widths_m: Sequence[float]
) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Give a ring moved to the near and to the far edges of its features.

    Parameters
    ----------
    ring : Polygon
        Plane metres, counter-clockwise.
    edges : sequence of ndarray of float, shape (n, 2)
        The ring in pieces, in its order.
    half_widths_m : sequence of float
        For each of them.

    Returns
    -------
    tuple of Polygon
        The near one within the ring, empty where roads leave nothing of it, and the far one around it.

    Examples
    --------
    A square of 100 m, a road of 20 m on its east:

    >>> square = shapely.box(0, 0, 100, 100)
    >>> xy = np.array([(100, 0), (100, 100), (0, 100), (0, 0), (100, 0)], dtype=float)
    >>> near, far = band(square, [xy[k : k + 2] for k in range(4)], [10, 0, 0, 0])
    >>> near.area, far.area
    (9000.0, 11000.0)
    """
    halves = np.asarray(half_widths_m, dtype=float)
    lines = np.array([shapely.LineString(xy) for xy in edges], dtype=object)
    wide = halves > 0
    strips = shapely.buffer(lines[wide], halves[wide], cap_style="flat", join_style="mitre")
    roads = shapely.union_all([*strips, *_corners(edges, halves)])
    return _outline(ring.difference(roads)), _outline(ring.union(roads))


def _outline(found: BaseGeometry) -> shapely.Polygon:
    """Give the largest part of what was found, without holes, and without what is thinner than a hair.

    Hairs are valid in plane metres, and cross themselves once they are in degrees.
    """
    parts = shapely.get_parts(shapely.set_precision(found, _HAIR_M))
    if not len(parts):
        return shapely.Polygon()
    return shapely.orient_polygons(shapely.Polygon(parts[shapely.area(parts).argmax()].exterior))


def _corners(edges: Sequence[NDArray[np.float64]], halves: NDArray[np.float64]) -> NDArray[np.object_]:
    """Give what the strips of each edge and the next leave open on the outer side of their corner."""
    last, first = np.array([xy[-2:] for xy in edges]), np.array([xy[:2] for xy in edges])
    a, b = last[:, 1], np.roll(first[:, 0], -1, axis=0)
    u, v = last[:, 1] - last[:, 0], np.roll(first[:, 1] - first[:, 0], -1, axis=0)
    u, v = (w / np.maximum(np.hypot(*w.T), SAME_M)[:, None] for w in (u, v))
    following = np.roll(halves, -1)
    turn = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    bent = (np.minimum(halves, following) > 0) & (np.abs(turn) >= np.sin(np.radians(20)))
    a, u, b, v, turn = a[bent], u[bent], b[bent], v[bent], turn[bent, None]
    side = np.sign(turn)  # a left turn is open on the right
    p = a + side * halves[bent, None] * np.stack([u[:, 1], -u[:, 0]], axis=1)
    q = b + side * following[bent, None] * np.stack([v[:, 1], -v[:, 0]], axis=1)
    step = q - p
    s = (step[:, :1] * v[:, 1:] - step[:, 1:] * v[:, :1]) / turn
    return np.asarray(shapely.convex_hull(shapely.multipoints(np.stack([a, p, p + s * u, q], axis=1))))


def with_band(drawn: Digitised, atlas: Atlas, settings: Settings) -> Digitised:
    """Add a block's areas to the near and far edges; draw it along the edge that the settings choose.

    Parameters
    ----------
    drawn : Digitised
    atlas : Atlas
    settings : Settings
        ``boundary``: which line of a wide feature bounds a block.

    Returns
    -------
    Digitised
        As it was where nothing that it runs along has a width, or no band can be made.
    """
    halves = [edge.half_width_m for edge in drawn.edges]
    if not isinstance(drawn.polygon, shapely.Polygon) or not any(halves):
        return drawn
    plane = atlas.plane_at(shapely.get_coordinates(drawn.polygon.centroid)[0])
    ring, *lines = plane.to_xy(np.array([drawn.polygon, *(edge.line for edge in drawn.edges)], dtype=object))
    try:
        near, far = band(ring, [shapely.get_coordinates(line) for line in lines], halves)
    except shapely.GEOSException:  # the mitres of nearly parallel lines can be beyond GEOS
        return drawn
    both = plane.to_lonlat(np.array([near, far], dtype=object))
    if near.is_empty or not shapely.is_valid(both).all():
        return drawn
    areas = area_m2(both) / 1e6
    banded = replace(drawn, area_near_km2=float(areas[0]), area_far_km2=float(areas[1]))
    if settings.boundary == "centre":
        return banded
    chosen = 0 if settings.boundary == "near" else 1
    return redrawn(
        banded,
        np.array(lines, dtype=object),
        shapely.get_coordinates((near, far)[chosen].exterior),
        shapely.get_coordinates(both[chosen].exterior),
    )
