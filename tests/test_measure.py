"""Areas against figures that others computed."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.enums import TransformDirection

from ftz_geo.measure import (
    LocalPlane,
    area_m2,
    areas,
    gcj02_of,
    geodesic_area_m2,
    plane_area_m2,
    wgs84_of_gcj02,
)


def plane_square(lon: float, lat: float, side_m: float, cut_m: float | None) -> shapely.Polygon:
    """A square on EPSG:4548 around a point, its edges cut on the plane, in degrees."""
    onto = Transformer.from_crs("EPSG:4490", "EPSG:4548", always_xy=True)
    x, y = onto.transform(lon, lat)
    square = shapely.box(x - side_m / 2, y - side_m / 2, x + side_m / 2, y + side_m / 2)
    if cut_m:
        square = shapely.segmentize(square, cut_m)

    def back(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lonlat = onto.transform(xy[:, 0], xy[:, 1], direction=TransformDirection.INVERSE)
        return np.column_stack(lonlat)

    lonlat_square: shapely.Polygon = shapely.transform(square, back)
    return lonlat_square


PUBLISHED = [
    # The formula of 国土调查办发〔2008〕32号 computed by others, edges cut at 70 m. Only the first figure
    # is of unrounded coordinates; rounding moves the others by a hundredth of a square metre.
    (117.15, 39.0, 3000, 8_999_962.427, 0.001),
    (117.45, 39.05, 3000, 8_999_663.652, 0.01),
    (118.45, 39.05, 3000, 8_996_510.098, 0.01),
    (118.0, 39.0, 50_000, 2_499_525_425.05, 0.1),
]


@pytest.mark.parametrize(("lon", "lat", "side_m", "expected_m2", "within_m2"), PUBLISHED)
def test_survey_formula_against_published_figures(
    lon: float, lat: float, side_m: float, expected_m2: float, within_m2: float
) -> None:
    cut = plane_square(lon, lat, side_m, 70)
    assert area_m2([cut])[0] == pytest.approx(expected_m2, rel=0, abs=within_m2)


@pytest.mark.parametrize(("lon", "lat"), [(lon, lat) for lon, lat, side, *_ in PUBLISHED if side == 3000])
def test_survey_formula_against_geodesics(lon: float, lat: float) -> None:
    finely = plane_square(lon, lat, 3000, 10)
    assert area_m2([finely])[0] == pytest.approx(geodesic_area_m2([finely])[0], rel=0, abs=0.001)


def test_cut_on_the_plane_is_what_the_survey_drew() -> None:
    corners, cut = plane_square(117.15, 39.0, 3000, None), plane_square(117.15, 39.0, 3000, 70)
    both = area_m2([corners, None, cut], cut_m=70)
    assert both[0] == pytest.approx(8_999_962.427, rel=0, abs=0.001)
    assert np.isnan(both[1])
    assert both[2] == pytest.approx(both[0], rel=0, abs=0.001)
    # Half of the square; joined straight in degrees, its corners enclose 190 in a million less or more.
    half = shapely.Polygon(shapely.get_coordinates(corners)[:3])
    assert area_m2([half], cut_m=70)[0] == pytest.approx(both[0] / 2, rel=2e-6)
    assert area_m2([half])[0] != pytest.approx(both[0] / 2, rel=1e-4)


def test_three_ways_side_by_side() -> None:
    squares = [plane_square(117.15, 39.0, 3000, None), None, plane_square(114.0, 30.0, 1000, None)]
    table = areas(gpd.GeoSeries(squares, index=["a", "b", "c"], crs="EPSG:4326"))
    assert list(table.index) == ["a", "b", "c"]
    assert list(table.loc["a"]) == pytest.approx([8_999_962.427, 8_999_962.593, 9e6], rel=0, abs=0.001)
    assert np.isnan(list(table.loc["b"])).all()
    # 114° E lies in another zone, on whose plane the square of zone 117 is no longer 1 km².
    assert table.loc["c", "plane_m2"] == pytest.approx(table.loc["c", "ellipsoid_m2"], rel=1e-6)


def test_geodesic_against_published_figure() -> None:
    assert geodesic_area_m2([plane_square(117.15, 39.0, 3000, None)])[0] == pytest.approx(
        8_999_962.593, abs=0.001
    )
    assert geodesic_area_m2([plane_square(117.15, 39.0, 3000, 70)])[0] == pytest.approx(
        8_999_962.427, abs=0.001
    )


def test_plane_area_is_the_square_that_was_drawn() -> None:
    assert plane_area_m2([plane_square(117.15, 39.0, 3000, None)])[0] == pytest.approx(9e6, abs=0.001)


def test_hole_is_taken_off_whichever_way_it_is_wound() -> None:
    shell, hole = shapely.box(117.0, 39.0, 117.1, 39.1), shapely.box(117.02, 39.02, 117.04, 39.04)
    want = area_m2([shell])[0] - area_m2([hole])[0]
    for ring in (hole.exterior.coords, list(hole.exterior.coords)[::-1]):
        assert area_m2([shapely.Polygon(shell.exterior, [ring])])[0] == pytest.approx(want, rel=1e-12)


def test_many_at_once_keep_their_places() -> None:
    one, two = shapely.box(117.0, 39.0, 117.1, 39.1), shapely.box(118.0, 39.0, 118.2, 39.1)
    together = area_m2([one, None, shapely.MultiPolygon([one, two]), shapely.Polygon(), two])
    assert np.isnan(together[1])
    assert together[3] == 0
    assert together[2] == pytest.approx(together[0] + together[4], rel=1e-12)
    assert together[4] == pytest.approx(2 * together[0], rel=1e-12)


def test_nothing_to_measure() -> None:
    assert area_m2([]).shape == (0,)
    assert np.isnan(area_m2([None])).all()
    assert area_m2(
        [shapely.Polygon(), shapely.Point(117, 39), shapely.LineString([(117, 39), (118, 40)])]
    ).tolist() == [0, 0, 0]


@given(st.integers(0, 5), st.floats(73, 135), st.floats(18, 53))
@example(0, 117.15, 39.0)
def test_area_ignores_where_the_ring_starts(start: int, lon: float, lat: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    hexagon = np.column_stack([lon + 0.02 * np.cos(angles), lat + 0.02 * np.sin(angles)])
    a, b = area_m2([shapely.Polygon(hexagon), shapely.Polygon(np.roll(hexagon, start, axis=0))])
    assert a == pytest.approx(b, rel=1e-9)


@pytest.mark.slow
@given(st.floats(73, 135), st.floats(18, 53))
@example(117.15, 39.0)
def test_local_plane_keeps_areas_and_comes_back(lon: float, lat: float) -> None:
    plane = LocalPlane(lon=lon, lat=lat)
    square = shapely.segmentize(shapely.box(9_000, 9_000, 12_000, 12_000), 50)
    there = plane.to_lonlat(square)
    assert area_m2([there])[0] == pytest.approx(9e6, rel=1e-8)
    assert shapely.equals_exact(
        plane.to_xy(there), square, tolerance=5e-3
    )  # PROJ inverts laea to a few millimetres


def test_gcj02_against_a_published_point() -> None:
    shifted = gcj02_of(shapely.Point(117.15, 39.0))
    assert shifted.x == pytest.approx(117.15637769, abs=1e-8)
    assert shifted.y == pytest.approx(39.00104503, abs=1e-8)


@given(st.floats(73.5, 135), st.floats(18, 53.5))
@example(117.15, 39.0)
def test_gcj02_comes_back(lon: float, lat: float) -> None:
    point = shapely.Point(lon, lat)
    shifted = gcj02_of(point)
    assert 0 < shifted.distance(point) < 0.02
    assert wgs84_of_gcj02(shifted).distance(point) < 1e-9


def test_the_middle_of_what_lies_on_both_sides_of_the_antimeridian_is_there() -> None:
    there = np.array([shapely.Point(179.9, 10.0), shapely.Point(-179.7, 12.0)], dtype=object)
    plane = LocalPlane.around(there)
    assert [plane.lon, plane.lat] == pytest.approx([-179.9, 11.0])
    assert np.hypot(*shapely.get_coordinates(plane.to_xy(there)).T).max() < 120_000
    wide = np.array(
        [shapely.Point(-100.0, 0.0), shapely.Point(0.0, 0.0), shapely.Point(100.0, 0.0)], dtype=object
    )
    assert LocalPlane.around(wide).lon == 0.0
