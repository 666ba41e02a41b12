"""The ways in which coordinates are misread, each with its way back.

A transverse Mercator plane looks the same at every central meridian, so metres read in a wrong zone give
degrees that are off in longitude by exactly the difference of the two meridians, and in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod, Transformer
from pyproj.enums import TransformDirection

from ftz_geo.measure import GEOD, wgs84_of_bd09, wgs84_of_gcj02
from ftz_geo.model import STORAGE_CRS, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["Reading", "datums_of_shift", "in_china", "readings"]

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""Degrees between which all of China lies, its southern waters included."""

_MERIDIANS = range(75, 138, 3)
"""Central meridians of China's 3-degree zones 25 to 45; every second one is one of the 6-degree zones."""

_HALF_ZONE = 1.5
"""Degrees: what central meridians of public and of local zones differ by are multiples of it."""

_PSEUDO_MERCATOR = 3857
"""EPSG code of the plane of web maps."""

_XIAN_1980 = ((76.0, 119.0), (-9.0, 43.0))
"""Metres to the east and to the north from coordinates in Xian 1980 to those in CGCS2000, over all of China:
what map sheets are moved by, as guides to the conversion have it (about 116 and -1 is common). No parameters
are public, and PROJ has none."""

_BEIJING_1954 = (
    "+x=15.8 +y=-154.4 +z=-82.3",
    "+x=12.646 +y=-155.176 +z=-80.863",
    "+x=15.53 +y=-113.82 +z=-41.38 +rz=0.814 +s=-0.38 +convention=position_vector",
    "+x=31.4 +y=-144.3 +z=-74.8 +rz=0.814 +s=-0.38 +convention=position_vector",
)
"""Parameters from Beijing 1954 to WGS 84 for the Tarim and Ordos basins, the Yellow and the South China Sea
(EPSG:15920, 15921, 15918, 15919); elsewhere they differ by up to 30 m."""

_GROUND_M = 15.0
"""How far a shift may be from what parameters for Beijing 1954 give: their accuracy, as EPSG has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One way in which coordinates may have been misread."""

    family: str
    """Readings of one family differ in a number only, such as that of a zone."""
    done: Text
    """What was probably done, to put behind 坐标很可能 and “the coordinates are probably”."""
    mend: Text
    back: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """Degrees as they should have been read, shape (n, 2); not finite where they cannot be."""
    leaves_china: bool = True
    """Whether such an error can carry a place out of China."""


def in_china(lonlat: NDArray[np.float64]) -> bool:
    """Whether all of some places, shape (n, 2), may lie in China."""
    lon, lat = lonlat.T
    return bool(((lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)).all())


def readings(lonlat: NDArray[np.float64]) -> Iterator[Reading]:
    """Yield every way in which degrees may have come about that brings them to China.

    Parameters
    ----------
    lonlat : ndarray of float, shape (n, 2)
        Some places, as they are.

    Yields
    ------
    Reading

    Examples
    --------
    >>> [reading.family for reading in readings(np.array([[39.1, 117.2]]))]
    ['axes']
    >>> {reading.family for reading in readings(np.array([[-128.8, 39.1]]))} == {"3-as-6", "west"}
    True
    """
    for reading in _all(lonlat):
        back = reading.back(lonlat)
        if np.isfinite(back).all() and in_china(back):
            yield reading


def _all(lonlat: NDArray[np.float64]) -> Iterator[Reading]:
    yield Reading(
        family="axes",
        done=Text("两轴写反，纬度写在了经度之前", "in swapped axes, latitude before longitude"),
        mend=Text("请将两列互换", "swap the two columns"),
        back=lambda p: p[:, ::-1],
    )
    if np.abs(lonlat[:, 1]).max() > 90:
        return  # no other error makes such a latitude
    yield from _in_wrong_zone(lonlat)
    yield from _mirrored_on_globe()
    yield from _as_metres(lonlat)
    for datum, undo in (("GCJ-02", wgs84_of_gcj02), ("BD-09", wgs84_of_bd09)):
        whose = Text("火星坐标", "the shifted system of Chinese web maps")
        if datum == "BD-09":
            whose = Text("百度坐标", "the system of Baidu's maps")
        yield Reading(
            family=datum,
            done=Text(
                f"为 {datum}（{whose.zh}），取自网络地图而未经还原，面积不可用",
                f"in {datum}, {whose.en}: they were taken from a web map and not converted, and their areas "
                "cannot be used",
            ),
            mend=Text("请还原为 CGCS2000 再交", f"convert them from {datum}"),
            back=_on_points(undo),
            leaves_china=False,
        )


def _on_points(
    undo: Callable[[Any], Any],
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    return lambda p: shapely.get_coordinates(undo(shapely.multipoints(p)))


def _in_wrong_zone(lonlat: NDArray[np.float64]) -> Iterator[Reading]:
    """Yield shifts in longitude: another zone, or zones of another width under the same number."""
    lon = float(np.median(lonlat[:, 0]))
    for steps in range(-40, 41):
        if steps:
            yield _zone(lon, steps * _HALF_ZONE)
    number = round((lon % 360 + 3) / 6)
    if number in range(25, 46):
        yield _widths("3-as-6", number, 3, 6, 3.0 - 3 * number)
    number = round(lon / 3)
    if number in range(13, 24):
        yield _widths("6-as-3", number, 6, 3, 3.0 * number - 3)


def _zone(lon: float, degrees: float) -> Reading:
    read, true = round(lon / 3), round((lon + degrees) / 3)
    said = Text(
        f"按错了带：第 {true} 带（中央子午线 {3 * true}°）的坐标误按第 {read} 带（{3 * read}°）读取",
        f"read in the wrong zone: those of zone {true} (central meridian {3 * true}°) were read in zone "
        f"{read} ({3 * read}°)",
    )
    mend = Text(f"请改用 3° 带第 {true} 带", f"read them in 3° zone {true}")
    if degrees % 3:
        apart = f"{abs(degrees):g}° {'西' if degrees > 0 else '东'}"
        west = "west" if degrees > 0 else "east"
        said = Text(
            f"用错了中央子午线，偏{apart[-1]} {abs(degrees):g}°",
            f"read with a central meridian {abs(degrees):g}° too far {west}",
        )
        mend = Text("请核对坐标系的中央子午线", "check the central meridian of their system")
    return Reading(
        family="zone", done=said, mend=mend, back=lambda p: p + np.array([degrees, 0.0]), leaves_china=False
    )


def _widths(family: str, number: int, true: int, read: int, degrees: float) -> Reading:
    return Reading(
        family=family,
        done=Text(
            f"按错了分带：{true}° 带第 {number} 带误按 {read}° 带读取",
            f"in {true}° zone {number} and were read as {read}° zone {number}",
        ),
        mend=Text(f"请改用 {true}° 带第 {number} 带", f"read them in {true}° zone {number}"),
        back=lambda p: np.column_stack([(p[:, 0] + degrees + 540) % 360 - 180, p[:, 1]]),
    )


def _mirrored_on_globe() -> Iterator[Reading]:
    for family, zh, en, sign in (
        ("west", "东经写成了西经", "mirrored, with longitudes written as west", (-1.0, 1.0)),
        ("south", "北纬写成了南纬", "mirrored, with latitudes written as south", (1.0, -1.0)),
    ):
        yield Reading(
            family=family,
            done=Text(zh, en),
            mend=Text("请改正负号", "change the sign"),
            back=lambda p, sign=sign: p * sign,  # type: ignore[misc]
        )


def _as_metres(lonlat: NDArray[np.float64]) -> Iterator[Reading]:
    """Yield what goes back to numbers on a plane: X for Y there, or degrees in their place."""
    if np.abs(lonlat).max() < 1:  # degrees are some metres from the origin of the plane of web maps
        yield _degrees(_plane_of(_PSEUDO_MERCATOR))
    low = lonlat[:, 1].max() < 10  # an easting taken for a northing is no more than 900 km
    for meridian in _MERIDIANS if low else ():
        plane = _plane_of(meridian)
        if np.abs(lonlat[:, 1]).max() < 0.01:  # and 180 m are less
            yield _degrees(plane)
        yield Reading(
            family="x-y",
            done=Text(
                f"X、Y 写反，北坐标当作了东坐标（3° 带第 {meridian // 3} 带）",
                f"in swapped axes, X and Y exchanged (3° zone {meridian // 3})",
            ),
            mend=Text("请将 X、Y 两列互换", "exchange the columns of X and Y"),
            back=_through(plane, lambda xy: xy[:, ::-1], _proper),
        )


def _proper(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the easting, 500 km at the meridian, is one of a 6-degree zone at most."""
    return np.asarray(np.abs(xy[:, 0] - 500_000) < 340_000)


def _degrees(plane: Transformer) -> Reading:
    def back(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        xy = np.column_stack(plane.transform(*lonlat.T))
        return xy if xy[:, 0].mean() > xy[:, 1].mean() else xy[:, ::-1]

    return Reading(
        family="degrees",
        done=Text("以度为单位，却当作米读取", "in degrees and were read as metres"),
        mend=Text("请将坐标系改为经纬度", "state a geographic system"),
        back=back,
    )


def _through(
    plane: Transformer,
    change: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    allowed: Callable[[NDArray[np.float64]], NDArray[np.bool_]],
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def back(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        xy = change(np.column_stack(plane.transform(*lonlat.T)))
        there = plane.transform(xy[:, 0], xy[:, 1], direction=TransformDirection.INVERSE)
        return np.where(allowed(xy)[:, None], np.column_stack(there), np.inf)

    return back


@cache
def _plane_of(which: int) -> Transformer:
    """Return the way from degrees to a plane: of a central meridian, or of an EPSG code."""
    if which == _PSEUDO_MERCATOR:
        return Transformer.from_crs(STORAGE_CRS, which, always_xy=True)
    there = f"+proj=tmerc +lat_0=0 +lon_0={which} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
    return Transformer.from_crs("EPSG:4490", there, always_xy=True)


def datums_of_shift(lon: float, lat: float, east_m: float, north_m: float) -> Text | None:
    """Return the datum, or the two, whose coordinates read as CGCS2000 want about such a shift.

    Examples
    --------
    >>> datums_of_shift(117.15, 39.0, 116, 12).en, datums_of_shift(117.15, 39.0, 350, -820)
    ('Xian 1980', None)
    >>> datums_of_shift(117.15, 39.0, 57, 34).en, datums_of_shift(117.15, 39.0, 57, -39).en
    ('Beijing 1954', 'Beijing 1954')
    """
    (west, east), (south, north) = _XIAN_1980
    told = []
    if west <= east_m <= east and south <= north_m <= north:
        told.append(Text("1980 西安坐标系", "Xian 1980"))
    expected = np.array([(e, n + more) for e, n in _beijing_1954(lon, lat) for more in (0.0, _arc(lat))])
    if np.hypot(*(expected - (east_m, north_m)).T).min() <= _GROUND_M:
        told.append(Text("1954 年北京坐标系", "Beijing 1954"))
    return Text("或".join(t.zh for t in told), " or ".join(t.en for t in told)) if told else None


def _beijing_1954(lon: float, lat: float) -> Iterator[tuple[float, float]]:
    """Yield metres to the east and to the north from degrees in Beijing 1954 to those in WGS 84."""
    for parameters in _BEIJING_1954:
        there = _helmert(parameters).transform(lon, lat)
        east, _, metres = GEOD.inv(lon, lat, *there)
        yield metres * float(np.sin(np.radians(east))), metres * float(np.cos(np.radians(east)))


@cache
def _helmert(parameters: str) -> Transformer:
    degrees = "+proj=unitconvert +xy_in={} +xy_out={}"
    steps = (
        degrees.format("deg", "rad"),
        "+proj=push +v_3",
        "+proj=cart +ellps=krass",
        f"+proj=helmert {parameters}",
        "+inv +proj=cart +ellps=WGS84",
        "+proj=pop +v_3",
        degrees.format("rad", "deg"),
    )
    return Transformer.from_pipeline("+proj=pipeline " + " ".join(f"+step {step}" for step in steps))


def _arc(lat: float) -> float:
    """Return by how much the meridian from the equator is shorter on CGCS2000 than on Krasovsky's ellipsoid.

    Northings on a plane differ by that beside the datum's own shift.
    """
    lengths = [float(globe.inv(0.0, 0.0, 0.0, lat)[2]) for globe in (GEOD, Geod(ellps="krass"))]
    return lengths[0] - lengths[1]
