"""The named points that the sides of a zone name, as a layer of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.render.packing import COARSE_UNITS_PER_DEGREE, on_grid, packed_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.render import schema

__all__ = ["CUT_TITLE", "MOST", "NearPoints", "near_points"]

MOST = 2000
"""As many circles as a browser draws at once, and 20 KiB of a page."""

CUT_TITLE = f"地名点（只收入离区块最近的{MOST}个）"
"""What the layer is called where there were more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NearPoints:
    """The named points of one page."""

    named: tuple[schema.NamedPoints, ...]
    left_out: int
    """How many had no room."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north."""

    def to_dict(self) -> schema.Points:
        """Return what the page script reads."""
        return {"units_per_degree": COARSE_UNITS_PER_DEGREE, "named": list(self.named)}


def near_points(
    points: geopandas.GeoSeries, blocks: Sequence[BaseGeometry], *, most: int = MOST
) -> NearPoints:
    """Return the points nearest to the blocks, by name.

    Parameters
    ----------
    points : GeoSeries
        Points in longitude and latitude, indexed by name.
    blocks : sequence of Polygon or MultiPolygon
        Without any, the points nearest to the middle of all are kept.
    most : int
        So many points are kept.

    Returns
    -------
    NearPoints
        Names and points in the order of the series.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.points_from_xy([117.0, 117.1, 117.9], [39.0, 39.0, 39.0])
    >>> roads = gpd.GeoSeries(places, index=["甲路", "乙路", "甲路"])
    >>> found = near_points(roads, [shapely.box(117.0, 39.0, 117.1, 39.1)], most=2)
    >>> [named["name"] for named in found.named], found.left_out
    (['甲路', '乙路'], 1)
    """
    about = blocks or [shapely.MultiPoint(points.to_numpy()).centroid]
    plane = LocalPlane.around(about)
    whole = shapely.union_all(plane.to_xy(np.array(about, dtype=object)))
    away = shapely.distance(plane.to_xy(points.to_numpy()), whole)
    kept = points.iloc[np.sort(np.argsort(away, kind="stable")[:most])]
    west, south, east, north = kept.total_bounds
    return NearPoints(
        named=tuple(
            {
                "name": str(name),
                "places": packed_places(on_grid(own.to_numpy(), COARSE_UNITS_PER_DEGREE)),
            }
            for name, own in kept.groupby(level=0, sort=False)
        ),
        left_out=len(points) - len(kept),
        bounds=(float(west), float(south), float(east), float(north)),
    )
