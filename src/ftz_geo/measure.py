"""Everything in metres: areas on the CGCS2000 ellipsoid, and a local plane to draw in.

All functions take longitude, latitude in degrees. WGS 84 and CGCS2000 coordinates are used
alike: PROJ has a zero shift of unknown accuracy between them, and their ellipsoids differ in
the semi-minor axis by 0.1 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

import numpy as np
import shapely
from pyproj import Geod, Transformer
from pyproj.enums import TransformDirection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import geopandas
    import pandas
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "CONVERSION",
    "GEOD",
    "METRES_PER_DEGREE",
    "SURVEY_CUT_M",
    "TO_WGS84",
    "Datum",
    "LocalPlane",
    "area_error_m2",
    "area_m2",
    "areas",
    "bd09_of",
    "gcj02_of",
    "geodesic_area_m2",
    "on_survey_plane",
    "plane_area_m2",
    "versions",
    "wgs84_of_bd09",
    "wgs84_of_gcj02",
]

_G = TypeVar("_G")

Datum = Literal["WGS 84", "GCJ-02", "BD-09"]
"""The system of GPS and OpenStreetMap, that of Chinese web maps, and that of Baidu's."""

SEMI_MAJOR_M = 6378137.0
INVERSE_FLATTENING = 298.257222101
"""CGCS2000, GB/T 22021 (the same figures as GRS 80)."""

METRES_PER_DEGREE = 111_320.0
"""Of the equator (2πa/360 = 111 319.49), and of any meridian to 0.7 %; rounded to ten metres, for what
only has to be about right."""

SURVEY_CUT_M = 70.0
"""Longest edge that survey software leaves uncut before it takes an area on the ellipsoid."""

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
    """Yield sin or cos of x, 3x, 5x … from that of x and cos 2x; ``back`` is -1 for sin, 1 for cos.

    Two calls of sin and cos per edge in place of ten.
    """
    before, now = back * once, once
    while True:
        yield now
        before, now = now, 2 * double_cos * now - before


def _strips_m2(
    lon: NDArray[np.float64], lat: NDArray[np.float64], origin: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the signed area between each edge and the meridian ``origin``; all in radians."""
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


def area_m2(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_], *, cut_m: float | None = None
) -> NDArray[np.float64]:
    """Return the area of polygons on the CGCS2000 ellipsoid, by the national land surveys' formula.

    Rings are oriented first, so that a hole is taken off whichever way it is wound.

    Parameters
    ----------
    geometries : sequence of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees.
    cut_m : float, optional
        Edges are straight in longitude and latitude, as RFC 7946 defines them. With ``cut_m`` they are
        straight on the plane of the polygon's own 3-degree Gauss-Krüger zone, as those of a survey
        are, and are cut there to at most this many metres; survey software cuts at 70.

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

    The same four corners, joined by lines that are straight on the plane:

    >>> round(float(area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)], cut_m=70)[0]), 3)
    96101783.062
    """
    lonlat = np.asarray(geometries, dtype=object)
    if cut_m is not None:
        lonlat = _cut_on_plane(lonlat, cut_m)
    result = np.full(lonlat.shape, np.nan)
    present = ~shapely.is_missing(lonlat)
    if not present.any():
        return result
    parts, owner = shapely.get_parts(shapely.orient_polygons(lonlat[present]), return_index=True)
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


def area_error_m2(
    shapes: Sequence[BaseGeometry] | NDArray[np.object_], point_error_m: ArrayLike
) -> NDArray[np.float64]:
    """Return the mean error of areas whose corners are known with a mean error.

    Parameters
    ----------
    shapes : sequence of geometry
        In metres.
    point_error_m : float or array of float, shape (n,)
        Mean error of a corner's place (of both coordinates together), metres.

    Returns
    -------
    ndarray, shape (n,)
        Square metres: m·√(ΣD²/8), D the distance between the neighbours of each corner. Errors of corners
        are taken as independent.

    Examples
    --------
    >>> area_error_m2([shapely.box(0, 0, 100, 100)], 0.05).round(2).tolist()
    [5.0]
    """
    parts, whole = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = whole[part]
    squares = np.zeros(len(shapes))
    for ring, k in zip(rings, owner, strict=True):
        xy = shapely.get_coordinates(ring)[:-1]
        squares[k] += ((np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)) ** 2).sum()
    errors: NDArray[np.float64] = np.asarray(point_error_m, dtype=float) * np.sqrt(squares / 8)
    return errors


def geodesic_area_m2(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_],
) -> NDArray[np.float64]:
    """Return the area of polygons whose edges are geodesics of the CGCS2000 ellipsoid.

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
    C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), as PROJ computes it.

    Examples
    --------
    >>> round(float(geodesic_area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)])[0]), 3)
    96101807.357
    """

    def one(geometry: BaseGeometry | None) -> float:
        if geometry is None:
            return np.nan
        if shapely.get_dimensions(geometry) != 2:
            return 0.0
        return abs(float(GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]))

    return np.array([one(g) for g in geometries], dtype=float)


def plane_area_m2(geometries: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the area on the plane of each polygon's own 3-degree Gauss-Krüger zone (EPSG:4534 to 4554).

    Parameters
    ----------
    geometries : sequence of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees.

    Returns
    -------
    ndarray of float, shape (n,)
        Square metres; nan for None, 0 for a geometry without area.

    Examples
    --------
    >>> round(float(plane_area_m2([shapely.box(117.0, 39.0, 117.1, 39.1)])[0]) / 1e6, 3)
    96.102
    """
    return np.asarray(shapely.area(_on_plane(np.asarray(geometries, dtype=object))[0]))


def areas(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_] | geopandas.GeoSeries,
) -> pandas.DataFrame:
    """Return the areas of polygons measured in three ways, side by side.

    Parameters
    ----------
    geometries : sequence or GeoSeries of Polygon, MultiPolygon or None, shape (n,)
        Longitude, latitude in degrees; the index of a GeoSeries is kept.

    Returns
    -------
    DataFrame
        Square metres, nan for None: ``ellipsoid_m2``, the official area with edges as a survey has them
        (:func:`area_m2` cut at 70 m); ``geodesic_m2``; ``plane_m2``.

    Examples
    --------
    >>> areas([shapely.box(117.0, 39.0, 117.1, 39.1)]).round(0).astype(int).to_dict("records")
    [{'ellipsoid_m2': 96101783, 'geodesic_m2': 96101807, 'plane_m2': 96101842}]
    """
    import pandas as pd

    index = geometries.index if isinstance(geometries, pd.Series) else None
    lonlat = np.asarray(geometries, dtype=object)
    return pd.DataFrame(
        {
            "ellipsoid_m2": area_m2(lonlat, cut_m=SURVEY_CUT_M),
            "geodesic_m2": geodesic_area_m2(lonlat),
            "plane_m2": plane_area_m2(lonlat),
        },
        index=index,
    )


def on_survey_plane(
    geometries: Sequence[BaseGeometry | None] | NDArray[np.object_],
) -> NDArray[np.object_]:
    """Project each geometry onto the plane of its own 3-degree Gauss-Krüger zone.

    Parameters
    ----------
    geometries : sequence of geometry or None, shape (n,)
        Longitude, latitude in degrees.

    Returns
    -------
    ndarray of geometry or None, shape (n,)
        Metres, easting without the zone's number first, then northing.

    Examples
    --------
    >>> point = on_survey_plane([shapely.Point(117.0, 39.0)])[0]
    >>> round(point.x), round(point.y)
    (500000, 4318504)
    """
    return _on_plane(np.asarray(geometries, dtype=object))[0]


def _projection(plane: str) -> Transformer:
    """Return the way from degrees onto a plane: steps that PROJ itself takes 100 times as long to find."""
    degrees = "+step +proj=unitconvert +xy_in=deg +xy_out=rad"
    return Transformer.from_pipeline(f"+proj=pipeline {degrees} +step {plane} +ellps=GRS80 +units=m")


@cache
def _gauss_krueger(zone: int) -> Transformer:
    """Return the way from degrees onto a 3-degree zone; 25 to 45 are EPSG:4534 to 4554."""
    return _projection(f"+proj=tmerc +lat_0=0 +lon_0={3 * zone} +k=1 +x_0=500000 +y_0=0")


def _on_plane(lonlat: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return geometries on the plane of their own 3-degree zone, and the zones' numbers."""
    zones = np.floor((shapely.get_x(shapely.centroid(lonlat)) + 1.5) / 3)
    return _zone_by_zone(lonlat, zones, TransformDirection.FORWARD), zones


def _cut_on_plane(lonlat: NDArray[np.object_], cut_m: float) -> NDArray[np.object_]:
    """Return geometries with edges that are cut on the plane to at most so many metres, in degrees again."""
    flat, zones = _on_plane(lonlat)
    return _zone_by_zone(shapely.segmentize(flat, cut_m), zones, TransformDirection.INVERSE)


def _zone_by_zone(
    geometries: NDArray[np.object_], zones: NDArray[np.float64], direction: TransformDirection
) -> NDArray[np.object_]:
    moved = geometries.copy()
    for zone in np.unique(zones[np.isfinite(zones)]):
        own = zones == zone
        moved[own] = _transformed(geometries[own], _gauss_krueger(int(zone)), direction)
    return moved


def _transformed(geometry: _G, transformer: Transformer, direction: TransformDirection) -> _G:
    """Move a geometry, or an array of them, through a transformer."""

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(xy[:, 0], xy[:, 1], direction=direction)
        return np.column_stack([x, y])

    # shapely's overloads know one geometry or an array, but no type variable over both.
    moved: _G = shapely.transform(cast("Any", geometry), move)
    return moved


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
        return _projection(f"+proj=laea +lat_0={self.lat!r} +lon_0={self.lon!r}")

    @classmethod
    def around(cls, geometries: Sequence[BaseGeometry] | NDArray[np.object_]) -> LocalPlane:
        """Return the plane around the middle of some geometries' bounds.

        Of those on either side of the antimeridian, it is the middle there.
        """
        west, south, east, north = shapely.total_bounds(geometries)
        if east - west > 180:
            lon = shapely.get_coordinates(geometries)[:, 0] % 360
            if np.ptp(lon) < east - west:
                west, east = lon.min(), lon.max()
                if west + east > 360:
                    west, east = west - 360, east - 360
        return cls(lon=float((west + east) / 2), lat=float((south + north) / 2))

    def to_xy(self, geometry: _G) -> _G:
        """Project a geometry, or an array of geometries, from longitude and latitude to metres."""
        return _transformed(geometry, self._transformer, TransformDirection.FORWARD)

    def to_lonlat(self, geometry: _G) -> _G:
        """Unproject a geometry, or an array of geometries, from metres to longitude and latitude."""
        return _transformed(geometry, self._transformer, TransformDirection.INVERSE)


def gcj02_of(geometry: _G) -> _G:
    """Move a geometry, or an array of them, from WGS 84 to GCJ-02, the shifted system of Chinese web maps.

    Parameters
    ----------
    geometry : geometry or ndarray of geometries
        Longitude, latitude in degrees.

    Returns
    -------
    geometry or ndarray of geometries
        The same in GCJ-02. Areas change by up to 0.5 %: never measure there.

    Notes
    -----
    The formulas are not published; these are the ones found by comparing maps, as every open
    converter has them (eviltransform, coordtransform).

    Examples
    --------
    >>> print(shapely.to_wkt(gcj02_of(shapely.Point(117.15, 39.0)), rounding_precision=7))
    POINT (117.1563777 39.001045)
    """
    moved: _G = shapely.transform(cast("Any", geometry), lambda p: p + _gcj02_shift(p))
    return moved


def wgs84_of_gcj02(geometry: _G) -> _G:
    """Move a geometry, or an array of them, from GCJ-02 back to WGS 84.

    Examples
    --------
    >>> there = gcj02_of(shapely.Point(117.15, 39.0))
    >>> wgs84_of_gcj02(there).distance(shapely.Point(117.15, 39.0)) < 1e-10
    True
    """
    moved: _G = shapely.transform(cast("Any", geometry), lambda p: _undone(p, _gcj02_shift))
    return moved


def bd09_of(geometry: _G) -> _G:
    """Move a geometry, or an array of them, from WGS 84 to BD-09, the system of Baidu's maps.

    Parameters
    ----------
    geometry : geometry or ndarray of geometries
        Longitude, latitude in degrees.

    Returns
    -------
    geometry or ndarray of geometries
        The same in BD-09: :func:`gcj02_of`, moved once more by 760 to 990 metres.

    Notes
    -----
    As for GCJ-02, the formula is the one that every open converter has (coordtransform, gcoord). What
    Baidu's own service answers for the example of its manual lies 0.7 m from it.

    Examples
    --------
    >>> print(shapely.to_wkt(bd09_of(shapely.Point(117.15, 39.0)), rounding_precision=7))
    POINT (117.1629171 39.0069302)
    """

    def on(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        shifted = lonlat + _gcj02_shift(lonlat)
        return shifted + _bd09_shift(shifted)

    moved: _G = shapely.transform(cast("Any", geometry), on)
    return moved


def wgs84_of_bd09(geometry: _G) -> _G:
    """Move a geometry, or an array of them, from BD-09 back to WGS 84.

    Examples
    --------
    >>> there = bd09_of(shapely.Point(117.15, 39.0))
    >>> wgs84_of_bd09(there).distance(shapely.Point(117.15, 39.0)) < 1e-10
    True
    """
    moved: _G = shapely.transform(
        cast("Any", geometry), lambda p: _undone(_undone(p, _bd09_shift), _gcj02_shift)
    )
    return moved


TO_WGS84: Mapping[Datum, Callable[[Any], Any]] = {
    "WGS 84": lambda geometry: geometry,
    "GCJ-02": wgs84_of_gcj02,
    "BD-09": wgs84_of_bd09,
}
"""The way to WGS 84 from each of the systems of Chinese maps."""

CONVERSION = (
    "by the formulas that open converters have: there and back loses less than 1 mm, and what the services "
    "themselves answer lies within about 1 m of them"
)
"""What a conversion loses; tests/test_datum.py holds the formulas against published answers."""


def _undone(
    shifted: NDArray[np.float64], shift: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Take a shift off again, by fixed point; four steps leave less than a micrometre."""
    lonlat = shifted
    for _ in range(4):
        lonlat = shifted - shift(lonlat)
    return lonlat


def _bd09_shift(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the degrees from GCJ-02 to BD-09, shape (n, 2)."""
    x, y = lonlat.T
    wave = np.pi * 3000 / 180
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * wave)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * wave)
    there = np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
    return np.asarray(there - lonlat)


def _gcj02_shift(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the degrees from WGS 84 to GCJ-02, shape (n, 2)."""
    x, y = lonlat[:, 0] - 105, lonlat[:, 1] - 35
    pi_x, pi_y, root = np.pi * x, np.pi * y, np.sqrt(np.abs(x))
    both = (20 * np.sin(6 * pi_x) + 20 * np.sin(2 * pi_x)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + both
    east_m += (20 * np.sin(pi_x) + 40 * np.sin(pi_x / 3)) * 2 / 3
    east_m += (150 * np.sin(pi_x / 12) + 300 * np.sin(pi_x / 30)) * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + both
    north_m += (20 * np.sin(pi_y) + 40 * np.sin(pi_y / 3)) * 2 / 3
    north_m += (160 * np.sin(pi_y / 12) + 320 * np.sin(pi_y / 30)) * 2 / 3
    # The formulas stand on the Krasovsky 1940 ellipsoid, with an e² of their own.
    a, e2 = 6378245.0, 0.00669342162296594323
    lat = np.radians(lonlat[:, 1])
    w2 = 1 - e2 * np.sin(lat) ** 2
    per_radian = np.column_stack([a / np.sqrt(w2) * np.cos(lat), a * (1 - e2) / w2**1.5])
    return np.asarray(np.degrees(np.column_stack([east_m, north_m]) / per_radian))


def versions() -> dict[str, str]:
    """Return the versions of the libraries that decide a coordinate or an area, for every result's metadata.

    Examples
    --------
    >>> sorted(versions())
    ['ftz_geo', 'geos', 'proj', 'pyproj', 'shapely']
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
        "pyproj": pyproj.__version__,
    }
