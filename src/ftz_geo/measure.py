"""Everything in metres: areas on the CGCS2000 ellipsoid, and a local plane to draw in.

All functions take longitude, latitude in degrees. WGS 84 and CGCS2000 coordinates are used
alike: PROJ has a zero shift of unknown accuracy between them, and their ellipsoids differ in
the semi-minor axis by 0.1 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import numpy as np
import shapely
from pyproj import Geod, Transformer
from pyproj.enums import TransformDirection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["GEOD", "LocalPlane", "area_m2", "geodesic_area_m2", "plane_area_m2", "versions"]

_G = TypeVar("_G")

SEMI_MAJOR_M = 6378137.0
INVERSE_FLATTENING = 298.257222101
"""CGCS2000, GB/T 22021 (the same figures as GRS 80)."""

GEOD = Geod(a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)

_F = 1 / INVERSE_FLATTENING
_E2 = _F * (2 - _F)
_SEMI_MINOR_M = SEMI_MAJOR_M * (1 - _F)
_COEFFICIENTS = (
    1 + 3 / 6 * _E2 + 30 / 80 * _E2**2 + 35 / 112 * _E2**3 + 630 / 2304 * _E2**4,
    -(1 / 6 * _E2 + 15 / 80 * _E2**2 + 21 / 112 * _E2**3 + 420 / 2304 * _E2**4),
    3 / 80 * _E2**2 + 7 / 112 * _E2**3 + 180 / 2304 * _E2**4,
    -(1 / 112 * _E2**3 + 45 / 2304 * _E2**4),
    5 / 2304 * _E2**4,
)
"""A, -B, C, -D, E of 国土调查办发〔2008〕32号, appendix on areas of any polygon."""


def _odd_multiples(
    once: NDArray[np.float64], double_cos: NDArray[np.float64], back: Literal[-1, 1]
) -> Iterator[NDArray[np.float64]]:
    """Give sin or cos of x, 3x, 5x … from that of x and cos 2x; ``back`` is -1 for sin, 1 for cos.

    Two calls of sin and cos per edge in place of ten.
    """
    before, now = back * once, once
    while True:
        yield now
        before, now = now, 2 * double_cos * now - before


def _strips_m2(
    lon: NDArray[np.float64], lat: NDArray[np.float64], origin: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Signed area between each edge and the meridian ``origin``; all in radians."""
    width = (lon[1:] + lon[:-1]) / 2 - origin
    half_height, middle = (lat[1:] - lat[:-1]) / 2, (lat[1:] + lat[:-1]) / 2
    sine, cosine = np.sin(half_height), np.cos(middle)
    series = np.zeros_like(width)
    for c, s, m in zip(
        _COEFFICIENTS,
        _odd_multiples(sine, 1 - 2 * sine**2, -1),
        _odd_multiples(cosine, 2 * cosine**2 - 1, 1),
        strict=False,  # the multiples have no end
    ):
        series += c * s * m
    return 2 * _SEMI_MINOR_M**2 * width * series


def area_m2(geometries: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Area of polygons on the CGCS2000 ellipsoid, by the national land surveys' formula.

    Edges are straight in longitude and latitude, as RFC 7946 defines them, and long edges are
    not cut. Rings are oriented first, so that a hole is taken off whichever way it is wound.

    Parameters
    ----------
    geometries : sequence of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees.

    Returns
    -------
    ndarray of float, shape (n,)
        Square metres; nan for None, 0 for a geometry without area.

    Notes
    -----
    Formula and coefficients: 国土调查办发〔2008〕32号.

    Examples
    --------
    The trapezoid 39.0 to 39.1 N, 0.1 degrees wide:

    >>> round(float(area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)])[0]), 3)
    96101811.949
    """
    found = np.asarray(geometries, dtype=object)
    result = np.full(found.shape, np.nan)
    present = ~shapely.is_missing(found)
    if not present.any():
        return result
    parts, owner = shapely.get_parts(shapely.orient_polygons(found[present]), return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part_of_ring = shapely.get_rings(parts[polygonal], return_index=True)
    xy, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    lon, lat = np.radians(xy).T
    within = ring_of_vertex[1:] == ring_of_vertex[:-1]
    # Measured from its ring's first meridian a strip stays small, and so does its rounding error.
    counts = shapely.get_num_coordinates(rings)
    first = np.repeat(lon[np.cumsum(counts) - counts], counts)[1:]
    strips = np.where(within, _strips_m2(lon, lat, first), 0.0)
    owners = owner[polygonal][part_of_ring[ring_of_vertex[1:]]]
    # Shells run counter-clockwise and give negative strips, holes positive ones.
    result[present] = np.abs(np.bincount(owners, weights=strips, minlength=np.count_nonzero(present)))
    return result


def geodesic_area_m2(geometries: Sequence[BaseGeometry | None]) -> NDArray[np.float64]:
    """Area of polygons whose edges are geodesics of the CGCS2000 ellipsoid.

    Parameters
    ----------
    geometries : sequence of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees.

    Returns
    -------
    ndarray of float, shape (n,)
        Square metres; nan for None.

    Examples
    --------
    >>> round(float(geodesic_area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)])[0]) / 1e6, 2)
    96.1
    """
    return np.array(
        [
            np.nan if g is None else abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(g))[0])
            for g in geometries
        ]
    )


def _transformed(geometry: _G, transformer: Transformer, direction: TransformDirection) -> _G:
    """Move a geometry, or an array of them, through a transformer."""

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(xy[:, 0], xy[:, 1], direction=direction)
        return np.column_stack([x, y])

    # shapely's overloads know one geometry or an array, but no type variable over both.
    moved: _G = shapely.transform(cast(Any, geometry), move)
    return moved


def plane_area_m2(geometries: Sequence[BaseGeometry | None]) -> NDArray[np.float64]:
    """Area on the plane of each polygon's own 3-degree Gauss-Krüger zone (EPSG:4534 to 4554).

    Parameters
    ----------
    geometries : sequence of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees.

    Returns
    -------
    ndarray of float, shape (n,)
        Square metres; nan for None.

    Examples
    --------
    >>> round(float(plane_area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)])[0]) / 1e6, 3)
    96.102
    """
    result = np.full(len(geometries), np.nan)
    for i, geometry in enumerate(geometries):
        if geometry is not None:
            # CGCS2000 / 3-degree Gauss-Krüger CM 75E is EPSG:4534, and each zone eastward one more.
            zone = int((geometry.centroid.x + 1.5) // 3)
            onto = Transformer.from_crs("EPSG:4490", f"EPSG:{4534 + zone - 25}", always_xy=True)
            result[i] = _transformed(geometry, onto, TransformDirection.FORWARD).area
    return result


@dataclass(frozen=True, kw_only=True)
class LocalPlane:
    """An equal-area plane in metres around a point, x to the east and y to the north.

    Lambert azimuthal equal-area on the CGCS2000 ellipsoid: within 30 km of the origin,
    lengths are true to 6 in a million.

    Examples
    --------
    >>> plane = LocalPlane(lon=117.0, lat=39.0)
    >>> square = plane.to_lonlat(shapely.box(-500, -500, 500, 500))
    >>> round(float(area_m2([square])[0]))
    1000000
    """

    lon: float
    """Degrees."""
    lat: float
    """Degrees."""

    @cached_property
    def _transformer(self) -> Transformer:
        plane = f"+proj=laea +lat_0={self.lat!r} +lon_0={self.lon!r} +ellps=GRS80 +units=m"
        return Transformer.from_crs("EPSG:4490", plane, always_xy=True)

    @classmethod
    def around(cls, geometries: Sequence[BaseGeometry] | NDArray[np.object_]) -> LocalPlane:
        """Give the plane around the middle of some geometries' bounds."""
        west, south, east, north = shapely.total_bounds(geometries)
        return cls(lon=float((west + east) / 2), lat=float((south + north) / 2))

    def to_xy(self, geometry: _G) -> _G:
        """Project a geometry, or an array of geometries, from longitude and latitude to metres."""
        return _transformed(geometry, self._transformer, TransformDirection.FORWARD)

    def to_lonlat(self, geometry: _G) -> _G:
        """Unproject a geometry, or an array of geometries, from metres to longitude and latitude."""
        return _transformed(geometry, self._transformer, TransformDirection.INVERSE)


def versions() -> dict[str, str]:
    """Versions of the libraries that decide a coordinate or an area, for every result's metadata.

    Examples
    --------
    >>> sorted(versions())
    ['ftz_geo', 'geos', 'proj', 'shapely']
    """
    from importlib.metadata import PackageNotFoundError, version

    import pyproj

    try:
        own = version("ftz-geo")
    except PackageNotFoundError:  # run from a source tree that was never installed
        own = "unknown"
    return {
        "ftz_geo": own,
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
    }
