"""Areas against figures that others computed."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.enums import TransformDirection

from ftz_geo.measure import LocalPlane, area_m2, geodesic_area_m2, plane_area_m2


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


@pytest.mark.parametrize(
    ("lon", "lat", "side_m", "expected_m2"),
    [
        # Computed independently with the formula of 国土调查办发〔2008〕32号, edges cut at 70 m.
        (117.15, 39.0, 3000, 8_999_962.427),
        (117.45, 39.05, 3000, 8_999_663.652),
        (118.45, 39.05, 3000, 8_996_510.098),
        (118.0, 39.0, 50_000, 2_499_525_425.05),
    ],
)
def test_survey_formula_against_published_figures(
    lon: float, lat: float, side_m: float, expected_m2: float
) -> None:
    measured = area_m2([plane_square(lon, lat, side_m, 70)])[0]
    assert measured == pytest.approx(expected_m2, rel=1e-10, abs=0.02)


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
