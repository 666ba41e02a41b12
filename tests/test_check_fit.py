"""How polygons are laid on what is known of their place, and how misread coordinates are read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity
from pyproj import Transformer

from ftz_geo.check.case import read_case
from ftz_geo.check.fitting import POINTS_M, Fit, Ground, Motion, fit, ground_of, moved_onto
from ftz_geo.check.readings import datums_of_shift, in_china, readings
from ftz_geo.frame import Drawing, edges_frame
from ftz_geo.measure import LocalPlane, bd09_of, gcj02_of
from ftz_geo.model import Settings
from ftz_geo.parse import parse_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

PLANE = LocalPlane(lon=117.15, lat=39.0)
TEXT = (
    "甲开发区。区块一：面积1.00平方公里，东至乙路、南至子路、西至甲路、北至丑路。"
    "区块二：东至丙路、南至子路、西至乙路、北至丑路。"
)
LINES = {
    "甲路": ((0, -500), (0, 1500)),
    "乙路": ((1000, -500), (1000, 1500)),
    "丙路": ((2000, -500), (2000, 1500)),
    "子路": ((-500, 0), (2500, 0)),
    "丑路": ((-500, 1000), (2500, 1000)),
}
BLOCKS = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)], dtype=object)
"""Metres; their sides are the roads' lines."""


def degrees(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.array([PLANE.to_lonlat(shape) for shape in shapes], dtype=object)


def ground(
    lines: Mapping[str, BaseGeometry] | None = None,
    *,
    points: Mapping[str, BaseGeometry] | None = None,
    district: BaseGeometry | None = None,
) -> Ground:
    plan = parse_plan(TEXT)
    frame = gpd.GeoDataFrame(
        {"grade": "surveyed"}, geometry=list(degrees(BLOCKS)), index=[p.id for p in plan.parcels], crs=4326
    )
    roads = {name: shapely.LineString(xy) for name, xy in LINES.items()} if lines is None else lines
    named = {name: PLANE.to_lonlat(line) for name, line in roads.items()}
    known = {plan.zones[0].id: {name: PLANE.to_lonlat(p) for name, p in (points or {}).items()}}
    drawing = Drawing(parcels=frame, edges=edges_frame({}))
    case = read_case(plan, drawing, Settings(), named, {}, points=known if points else {})
    around = PLANE.to_lonlat(district) if district else None
    return ground_of(case, plan.zones[0], plan.parcels, np.array([1e6, np.nan]), around)


def laid(on: Ground, east_m: float = 0.0, north_m: float = 0.0) -> Fit:
    return fit(on, degrees(np.array([shapely.affinity.translate(b, east_m, north_m) for b in BLOCKS])))


def test_a_motion_mirrors_then_turns_then_shifts() -> None:
    xy = np.array([[100.0, 20.0], [-40.0, 70.0], [3.0, -9.0]])
    motion = Motion(middle=(10, -5), mirror=(-1.0, 1.0), turn=0.3, shift=(7.0, -2.0))
    points = shapely.MultiPoint(xy)
    points = shapely.affinity.scale(points, -1, 1, origin=(10, -5))
    points = shapely.affinity.rotate(points, 0.3, origin=(10, -5), use_radians=True)
    points = shapely.affinity.translate(points, 7, -2)
    np.testing.assert_allclose(motion.of(xy), shapely.get_coordinates(points), atol=1e-9)


def test_sides_on_their_roads_lie_along_them() -> None:
    found = laid(ground())
    assert (found.sides, len(found.along), found.in_china, found.inside) == (8, 8, True, None)
    assert found.rest_m < 0.1
    assert found.scale_off == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("east_m", "north_m", "along"),
    [
        (15.0, 0.0, 8),  # the tolerance and half a road are 16 m
        (17.0, 0.0, 4),  # the sides across it are off, those along it stay
        (0.0, -17.0, 4),
        (17.0, 17.0, 0),
    ],
)
def test_sides_are_off_their_roads_by_what_they_were_moved(east_m: float, north_m: float, along: int) -> None:
    assert len(laid(ground(), east_m, north_m).along) == along


def test_the_rest_is_the_median_way_to_the_roads() -> None:
    # Half of all pieces face east or west, and lie 40 m off; the other half lies 20 m off.
    assert laid(ground(), 40, 40).rest_m == pytest.approx(40, abs=0.1)
    assert laid(ground(), 20, 20).rest_m == pytest.approx(20, abs=0.1)


def test_a_side_whose_road_is_not_known_is_no_side() -> None:
    roads = {name: shapely.LineString(xy) for name, xy in LINES.items() if name not in ("丙路", "子路")}
    known = ground(roads)
    assert known.is_told_by_sides
    assert laid(known).sides == 5
    one_way = ground({name: line for name, line in roads.items() if name in ("甲路", "乙路")})
    assert not one_way.is_told_by_sides  # three sides, all of them east or west
    assert laid(one_way).sides == 3


def test_points_of_a_road_are_joined_and_reach_further() -> None:
    points = {
        name: shapely.MultiPoint(np.linspace(np.array(xy[0]), np.array(xy[1]), 4)[[2, 0, 3, 1]])
        for name, xy in LINES.items()
    }
    known = ground({}, points=points)
    assert set(known.limits_m.tolist()) == {POINTS_M}
    assert len(laid(known, 55, 55).along) == 8
    assert len(laid(known, 65, 65).along) == 0
    # Between points more than 2 km apart nothing is known of the road: three of 1 km stay one line.
    far = shapely.MultiPoint([(0, -500), (0, 500), (0, 1500), (0, 4000), (0, 4500)])
    line = ground({}, points=points | {"甲路": far}).lines
    length = [float(shapely.length(tree.geometries).sum()) for tree in line]
    assert any(total == pytest.approx(2000 + 500, rel=1e-3) for total in length)


def test_how_much_lies_in_a_district_is_by_area_with_its_tolerance() -> None:
    tolerance_m = Settings().outline_tolerance_m
    west = shapely.box(-500, -500, 1000 - tolerance_m, 1500)
    assert laid(ground(district=west)).inside == pytest.approx(0.5, abs=1e-3)
    assert laid(ground(district=west), 500).inside == pytest.approx(0.25, abs=1e-3)
    assert laid(ground(district=west), -250).inside == pytest.approx(0.625, abs=1e-3)
    assert laid(ground(district=shapely.box(-500, -500, 2500, 1500))).inside == 1.0
    assert laid(ground(district=shapely.box(-500, -500, 2500, 1500)), 90_000).inside == 0.0


def test_what_lies_far_from_all_that_is_known_lies_along_nothing() -> None:
    for east_m in (60_000, -60_000):
        found = laid(ground(), east_m)
        assert (found.sides, len(found.along), found.rest_m) == (8, 0, np.inf)
    assert np.isfinite(laid(ground(), 45_000).rest_m)  # less than 50 km beyond the last of them


def test_stated_areas_tell_a_scale() -> None:
    large = np.array([shapely.affinity.scale(b, 1.5, 1.5, origin=(1000, 500)) for b in BLOCKS])
    # Of the first alone an area is stated.
    assert fit(ground(), degrees(large)).scale_off == pytest.approx(np.log(1.5**2), abs=1e-3)


@pytest.mark.parametrize(
    ("degrees_ccw", "east_m", "north_m"), [(0, 120, -70), (0, -90, 140), (4, 30, 20), (-6, -50, 10)]
)
def test_polygons_are_brought_back_onto_their_roads(
    degrees_ccw: float, east_m: float, north_m: float
) -> None:
    known = ground()
    plane_shapes = known.plane.to_xy(degrees(BLOCKS))
    middle = shapely.box(*shapely.total_bounds(plane_shapes)).centroid
    moved = np.array(
        [
            shapely.affinity.translate(
                shapely.affinity.rotate(shape, degrees_ccw, origin=middle), east_m, north_m
            )
            for shape in plane_shapes
        ]
    )
    motion = moved_onto(known, moved, turns=bool(degrees_ccw))
    back = shapely.transform(moved, motion.of)
    assert np.degrees(motion.turn) == pytest.approx(-degrees_ccw, abs=0.05)
    assert shapely.hausdorff_distance(back, plane_shapes).max() < 2


# --- readings -------------------------------------------------------------------------------

PLACES = [(117.2, 39.1), (87.6, 43.8), (121.4, 31.2), (113.3, 23.1), (126.6, 45.8)]


def on_meridian(lon_0: float) -> Transformer:
    return Transformer.from_crs(
        "EPSG:4490",
        f"+proj=tmerc +lat_0=0 +lon_0={lon_0} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m",
        always_xy=True,
    )


def brought_back(wrong: tuple[float, float], true: tuple[float, float]) -> dict[str, list[str]]:
    """The readings that bring a place back to where it is, by family: what they say was done."""
    found: dict[str, list[str]] = {}
    for reading in readings(np.array([wrong])):
        if np.allclose(reading.back(np.array([wrong])), [true], rtol=0, atol=1e-6):
            found.setdefault(reading.family, []).append(reading.done.en)
    return found


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_every_misreading_is_read_back(lon: float, lat: float) -> None:
    true, zone = (lon, lat), round(lon / 3)
    assert "axes" in brought_back((lat, lon), true)
    assert "west" in brought_back((-lon, lat), true)
    assert "south" in brought_back((lon, -lat), true)
    for steps in (-2, -1, 1, 2):
        said = brought_back((lon + 3 * steps, lat), true)["zone"]
        assert f"those of zone {zone} (central meridian {3 * zone}°)" in said[0]
        assert f"in zone {zone + steps} ({3 * (zone + steps)}°)" in said[0]
    for off, words in ((1.5, "1.5° too far east"), (-1.5, "1.5° too far west")):
        assert words in brought_back((lon + off, lat), true)["zone"][0]
    # In zone 39 of 3° the meridian is 117°, in zone 39 of 6° it is 231°.
    wide = lon - 3 * zone + 6 * zone - 3
    said = brought_back((wide - 360 if wide > 180 else wide, lat), true)["3-as-6"]
    assert said == [f"in 3° zone {zone} and were read as 6° zone {zone}"]
    six = int(lon // 6) + 1
    if abs(lon - (6 * six - 3)) > 1.5:
        return  # read in 3° zone it would lie nearer to the next one, whose number it does not have
    said = brought_back((lon - (6 * six - 3) + 3 * six, lat), true)["6-as-3"]
    assert said == [f"in 6° zone {six} and were read as 3° zone {six}"]


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_metres_that_changed_places_are_read_back(lon: float, lat: float) -> None:
    plane = on_meridian(3 * round(lon / 3))
    east, north = plane.transform(lon, lat)
    swapped = plane.transform(north, east, direction="INVERSE")
    said = brought_back(swapped, (lon, lat))["x-y"]
    assert any(f"3° zone {round(lon / 3)}" in words for words in said)
    as_metres = plane.transform(lon, lat, direction="INVERSE")
    assert "degrees" in brought_back(as_metres, (lon, lat))
    web = Transformer.from_crs(4326, 3857, always_xy=True)
    assert "degrees" in brought_back(web.transform(lon, lat, direction="INVERSE"), (lon, lat))


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_systems_of_web_maps_are_read_back(lon: float, lat: float) -> None:
    for family, shifted in (("GCJ-02", gcj02_of), ("BD-09", bd09_of)):
        (moved,) = shapely.get_coordinates(shifted(shapely.Point(lon, lat)))
        assert family in brought_back(tuple(moved), (lon, lat))


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (74, 39, True),
        (72.9, 39, False),
        (135, 48, True),
        (136.1, 48, False),
        (112, 3.9, True),
        (112, 2.9, False),
        (122, 53.5, True),
        (122, 54.1, False),
    ],
)
def test_china_lies_between_its_farthest_places(lon: float, lat: float, *, inside: bool) -> None:
    assert in_china(np.array([(117.2, 39.1), (lon, lat)])) == inside


@pytest.mark.parametrize(
    ("east_m", "north_m", "told"),
    [
        (116, -1, "Xian 1980"),
        (75, 12, None),
        (120, 12, None),
        (100, -10, None),
        (100, 44, None),
        (-116, 1, None),
        (1000, 0, None),
    ],
)
def test_datums_whose_shift_is_known(east_m: float, north_m: float, told: str | None) -> None:
    found = datums_of_shift(117.15, 39.0, east_m, north_m)
    assert (found.en if found else None) == told


@pytest.mark.parametrize("code", [15918, 15919, 15920, 15921])
def test_beijing_1954_is_told_by_the_parameters_that_are_published(code: int) -> None:
    """PROJ's own way by an operation of EPSG is the measure."""
    lon, lat = {15918: (120.0, 35.0), 15919: (114.0, 21.0), 15920: (82.0, 40.0), 15921: (108.0, 38.5)}[code]
    there = Transformer.from_pipeline(f"urn:ogc:def:coordinateOperation:EPSG::{code}")
    lat_1, lon_1 = there.transform(lat, lon)[:2]
    east = (lon_1 - lon) * 111_320 * np.cos(np.radians(lat))
    north = (lat_1 - lat) * 110_900
    found = datums_of_shift(lon, lat, east, north)
    assert found is not None
    assert "Beijing 1954" in found.en
    away = datums_of_shift(lon, lat, -east, -north)
    assert away is None or "Beijing" not in away.en
