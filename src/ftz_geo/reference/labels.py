"""A map's features as named points: nodes where they are, one point in the middle of each way and area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.model import STORAGE_CRS
from ftz_geo.reference.frames import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SLIP", "label_points", "labels_of"]

SLIP = "of slip roads (_link)"
"""Why a row gives no point: no boundary is named after the slip road of a junction."""


def labels_of(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point for each shape: of a line half way along it, of an area one that lies in it.

    Parameters
    ----------
    shapes : ndarray of geometries
        Of one part each; longitude, latitude.

    Returns
    -------
    ndarray of Point
        Of the same shape.

    Examples
    --------
    >>> square, line = shapely.box(0, 0, 2, 2), shapely.LineString([(0, 0), (0, 4)])
    >>> [str(point) for point in labels_of(np.array([square, line, shapely.Point(7, 8)]))]
    ['POINT (1 1)', 'POINT (0 2)', 'POINT (7 8)']
    """
    dimension = shapely.get_dimensions(shapes)
    found = shapes.copy()
    lines, areas = dimension == 1, dimension == 2
    found[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    found[areas] = shapely.point_on_surface(shapes[areas])
    return found


def label_points(part: Part) -> Part:
    """Return the features of a source, and its stops, as named points, in the order of their names.

    Parameters
    ----------
    part : Part
        Of a map.

    Returns
    -------
    Part
        Its facts tell how many ``rows`` there were, the ``count`` of those that gave points, the number of
        points that are ``labels`` of ways and areas, and the rows ``set_aside``.
    """
    own = part.frame[~part.frame["source_id"].isin(part.slips)]
    every = own if part.stops is None else pd.concat([own, part.stops], ignore_index=True)
    single = gpd.GeoDataFrame(every, crs=STORAGE_CRS).explode(ignore_index=True)
    shapes = single.geometry.to_numpy()
    points = single.set_geometry(labels_of(shapes), crs=STORAGE_CRS)
    points = points.assign(one_way=np.int8(0), address="")
    x, y = shapely.get_coordinates(points.geometry.to_numpy()).T
    points = points.iloc[np.lexsort((points["source_id"], y, x, points["name"]))].reset_index(drop=True)
    aside, labels = len(part.frame) - len(own), int((shapely.get_dimensions(shapes) > 0).sum())
    facts = {
        **part.facts,
        "rows": len(every) + aside,
        "count": len(every),
        **({"labels": labels} if labels else {}),
        "set_aside": {SLIP: aside} if aside else {},
    }
    return Part(points, facts)
