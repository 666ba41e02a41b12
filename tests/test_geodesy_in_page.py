"""The page's own metres against Python's: areas, distances, coordinates of the survey plane, GCJ-02."""

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from ftz_geo.measure import area_m2, gcj02_of

Run = Callable[[str, Any], Any]

SCRIPT = (resources.files("ftz_geo.render") / "templates" / "geodesy.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    """Run a JavaScript expression over each of the given values, in the browser that runs the pages."""
    page = chromium.new_page()
    page.add_script_tag(content=SCRIPT)
    yield lambda expression, values: page.evaluate(f"(given) => given.map((value) => {expression})", values)
    page.close()


def rings_of(polygon: shapely.Polygon) -> list[list[list[float]]]:
    return [[list(xy) for xy in ring.coords[:-1]] for ring in (polygon.exterior, *polygon.interiors)]


lons, lats = st.floats(73.5, 134.5), st.floats(18.0, 53.0)
places = st.tuples(lons, lats)


def test_the_trapezoid_of_the_survey_manual(run: Run) -> None:
    # FACTS: 39.0 to 39.1 N, 0.1 degrees wide.
    box = rings_of(shapely.box(117.0, 39.0, 117.1, 39.1))
    assert run("ftzGeodesy.area([value])", [box])[0] == pytest.approx(96_101_811.9492, abs=1e-3)


@settings(max_examples=20)
@given(place=places, size=st.floats(1e-4, 0.5), lean=st.floats(-0.4, 0.4))
@example(place=(117.15, 39.0), size=0.03, lean=0.1)
def test_areas_are_those_of_python(run: Run, place: tuple[float, float], size: float, lean: float) -> None:
    square = shapely.affinity.skew(shapely.box(0, 0, size, size), xs=lean, use_radians=True)
    hole = shapely.affinity.scale(square, 0.3, 0.4)
    with_hole = shapely.Polygon(square.exterior.coords, [hole.exterior.coords])
    moved = shapely.affinity.translate(with_hole, *place)
    far = shapely.affinity.translate(square, place[0] + 2 * size, place[1])
    both = shapely.MultiPolygon([moved, far])
    found = run("ftzGeodesy.area(value)", [[rings_of(moved), rings_of(far)], [rings_of(moved.reverse())]])
    assert found[0] == pytest.approx(area_m2([both])[0], rel=1e-9)
    assert found[1] == pytest.approx(area_m2([moved])[0], rel=1e-9)


@settings(max_examples=20)
@given(start=places, step=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
@example(start=(117.15, 39.0), step=(0.03, 0.0))
@example(start=(117.15, 39.0), step=(0.0, 0.0))
def test_distances_are_geodesics(run: Run, start: tuple[float, float], step: tuple[float, float]) -> None:
    end = (start[0] + step[0], start[1] + step[1])
    truth = Geod(ellps="GRS80").inv(*start, *end)[2]
    assert run("ftzGeodesy.distance(...value)", [[start, end]])[0] == pytest.approx(truth, abs=1e-3)
    assert run("ftzGeodesy.length(value)", [[start, end, start]])[0] == pytest.approx(2 * truth, abs=2e-3)


@settings(max_examples=20)
@given(place=places)
@example(place=(117.15, 39.0))
@example(place=(118.5, 39.0))
def test_coordinates_of_the_zone_are_those_of_proj(run: Run, place: tuple[float, float]) -> None:
    # EPSG:4513 to 4533 are the 3-degree zones 25 to 45, axes north and east, the number in the easting.
    zone = int((place[0] + 1.5) // 3)
    onto = Transformer.from_crs("EPSG:4490", f"EPSG:{4513 + zone - 25}")
    north, east = onto.transform(place[1], place[0])
    found = run("ftzGeodesy.gaussKrueger(value)", [place])[0]
    assert found["zone"] == zone
    assert found["x"] == pytest.approx(north, rel=0, abs=1e-3)
    assert found["zone"] * 1e6 + found["y"] == pytest.approx(east, rel=0, abs=1e-3)


@settings(max_examples=20)
@given(place=places, width=st.sampled_from([3, 6]))
@example(place=(117.15, 39.0), width=3)
@example(place=(118.4999, 53.0), width=3)
def test_a_place_is_found_again_from_its_coordinates_in_the_zone(
    run: Run, place: tuple[float, float], width: int
) -> None:
    # EPSG:4491 to 4501 are the 6-degree zones 13 to 23.
    zone = int((place[0] + 1.5) // 3) if width == 3 else int(place[0] // 6) + 1
    code, meridian = (4513 + zone - 25, 3 * zone) if width == 3 else (4491 + zone - 13, 6 * zone - 3)
    north, east = Transformer.from_crs("EPSG:4490", f"EPSG:{code}").transform(place[1], place[0])
    given_there = [meridian, {"x": north, "y": east - zone * 1e6}]
    found = run("ftzGeodesy.fromGaussKrueger(...value)", [given_there])[0]
    assert Geod(ellps="GRS80").inv(*place, *found)[2] < 1e-3


@settings(max_examples=20)
@given(place=places)
@example(place=(117.15, 39.0))
def test_the_shift_of_web_maps_is_that_of_python(run: Run, place: tuple[float, float]) -> None:
    truth = gcj02_of(shapely.Point(place))
    assert run("ftzGeodesy.gcj02(value)", [place])[0] == pytest.approx([truth.x, truth.y], rel=0, abs=1e-9)
