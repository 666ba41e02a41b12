"""Lines of the base map in the editor: corners snap to them, and a side dragged onto one takes its course."""

import json
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import example, given, settings
from hypothesis import strategies as st

from editing import EditedPage, Open, Place
from ftz_geo import apply_patch, files, read_reference
from test_editor_in_browser import CORNERS, frame

Run = Callable[[str, Any], Any]

TEMPLATES = resources.files("ftz_geo.render") / "templates"
NORTH = shapely.LineString(
    [(117.08, 39.0252), (117.105, 39.0246), (117.113, 39.0255), (117.13, 39.0249), (117.19, 39.0252)]
)
EAST = shapely.LineString([(117.1465, 38.98), (117.1462, 39.03)])
SOUTH = shapely.LineString([(117.08, 38.9998), (117.19, 38.9998)])
LITTLE = shapely.LineString([(117.1402, 38.98), (117.1402, 39.005)])
ROADS = [("北大街", NORTH), ("东大街", EAST), ("南大街", SOUTH), ("小街", LITTLE)]
MAP_GRID = 1.5e-6
"""Degrees: a page has its background on a grid of a millionth."""


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    """Evaluate a function of one value in a page that has what edits do, and nothing else."""
    page = chromium.new_page()
    for name in ("geodesy.js", "edits.js", "edits.sides.js", "edits.lines.js", "edits.along.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


whole = st.integers(-1000, 1000)
segments = st.lists(
    st.tuples(st.tuples(whole, whole), st.tuples(whole, whole)).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(lines=segments, place=st.tuples(whole, whole), reach=st.integers(20, 400))
@example(lines=[((0, 0), (100, 0)), ((50, -50), (50, 50))], place=(53, 4), reach=20)
@example(lines=[((0, 0), (100, 0)), ((100, 0), (100, 50))], place=(98, 4), reach=20)
def test_the_nearest_crossing_and_line_are_those_of_geos(
    run: Run, lines: list[tuple[Place, Place]], place: Place, reach: int
) -> None:
    found = run(
        """({ lines, place, reach }) => {
            const named = lines.map((vertices, i) => ({ name: String(i), vertices }));
            const { crossing, line } = new ftzLines.Lines(named, 150).nearest(place, [reach, reach]);
            return [crossing, line].map((found) => found && found.away * reach);
        }""",
        {"lines": lines, "place": place, "reach": reach},
    )
    there, shapes = shapely.Point(place), [shapely.LineString(ends) for ends in lines]
    meetings = [a.intersection(b) for n, a in enumerate(shapes) for b in shapes[n + 1 :] if a.intersects(b)]
    truth = [
        min((there.distance(meeting) for meeting in meetings if meeting.geom_type == "Point"), default=9e9),
        min(there.distance(shape) for shape in shapes),
    ]
    # The places found are whole numbers.
    for away, true in zip(found, truth, strict=True):
        if away is None:
            assert true > reach - 1
        else:
            assert away == pytest.approx(true, abs=1)


@settings(max_examples=40)
@given(
    heights=st.lists(st.integers(-40, 40), min_size=9, max_size=9),
    pieces=st.integers(1, 9),
    out=st.integers(-300, 600),
    lean=st.integers(-60, 60),
    splits=st.sets(st.integers(2, 6)),
)
def test_a_side_takes_what_lies_between_the_sides_beside_it(
    run: Run, heights: list[int], pieces: int, out: int, lean: int, splits: set[int]
) -> None:
    # A block of 1000 by 1000 m in decimetres; a road runs past its northern side, in several ways.
    road = [(x * 2000 - 3000, 10 * (1000 + out + h)) for x, h in enumerate(heights)]
    cuts = [0, *sorted(splits), 8]
    ways = [road[a : b + 1] for a, b in pairwise(cuts)]
    west, east = [10 * -lean, 10000], [10000 + 10 * lean, 10000]
    side = [[round(east[0] + (west[0] - east[0]) * n / pieces), 10000] for n in range(pieces + 1)]
    ring = [[0, 0], [10000, 0], *side]
    found = run(
        """({ ring, side, ways, step }) => {
            const metres = [0.1, 0.1];
            const ends = new Set([[0, 0], [10000, 0], side[0], side.at(-1)].map(String));
            const isCorner = (vertex) => ends.has(String(vertex));
            const [course] = [ftzAlong.course(ways, [5000, 10000 + step], metres)];
            const taken = ftzAlong.taken(ring, side, [0, step], course, isCorner, metres);
            const outlines = new Map([["a", [[ring]]]]);
            return taken && ftzAlong.put(outlines, ["a"], taken, isCorner, metres).get("a")[0][0];
        }""",
        {"ring": ring, "side": side, "ways": ways, "step": 10 * out},
    )
    assert found is not None
    sides = [
        shapely.LineString([start, np.add(start, 3 * np.subtract(end, start))])
        for start, end in (((0, 0), west), ((10000, 0), east))
    ]
    line = shapely.LineString(road)
    corners = [line.intersection(one) for one in sides]
    assert [corner.geom_type for corner in corners] == ["Point", "Point"]
    start, end = sorted(line.project(shapely.Point(corner.coords[0])) for corner in corners)
    course = shapely.ops.substring(line, start, end)
    truth = shapely.Polygon([(0, 0), (10000, 0), *course.coords[::-1]])
    assert shapely.Polygon(found).symmetric_difference(truth).area < 1e-4 * truth.area
    assert len(found) == len(truth.exterior.coords) - 1


@pytest.fixture
def editor(open_page: Open, tmp_path: Path) -> EditedPage:
    # North street comes as two ways, as in OpenStreetMap.
    ways = [NORTH.coords[:3], NORTH.coords[2:]]
    rows = [("北大街", shapely.LineString(way)) for way in ways] + ROADS[1:]
    names, lines = zip(*rows, strict=True)
    path = tmp_path / "roads.geojson"
    gpd.GeoDataFrame({"name": names, "highway": "primary"}, geometry=list(lines), crs=4326).to_file(path)
    return EditedPage(open_page, tmp_path, frame(), "xiqing", basemap=read_reference(path))


def all_in_view(editor: EditedPage) -> None:
    editor.page.evaluate(
        """() => ftzGeoPage.map.fitBounds(
            ftzGeoPage.layers.blocks.getBounds(), { paddingTopLeft: [290, 90], animate: false }
        )"""
    )


def new_corners(editor: EditedPage, key: str) -> set[Place]:
    return {(x, y) for x, y in editor.outlines()[key].exterior.coords} - set(CORNERS[key])


def test_crossings_go_before_corners_and_these_before_lines(editor: EditedPage) -> None:
    editor.choose("xiqing-3")
    all_in_view(editor)
    assert editor.page.get_by_label("吸附相邻区块和底图").is_checked()
    crossing = NORTH.intersection(EAST)
    x, y = shapely.get_coordinates(crossing)[0].tolist()
    editor.drag((117.15, 39.02), (x, y), off=(5, 6))
    (corner,) = new_corners(editor, "xiqing-3")
    assert shapely.Point(corner).distance(crossing) < MAP_GRID
    # 区块二's corner is nearer to where this one is let go than the crossing beside it is.
    editor.drag((117.15, 39.0), (117.14, 39.0))
    (other,) = new_corners(editor, "xiqing-3") - {corner}
    assert shapely.Point(other).distance(LITTLE.intersection(SOUTH)) < MAP_GRID
    editor.drag((117.17, 39.02), (117.175, 39.0251), off=(0, 4))
    (last,) = new_corners(editor, "xiqing-3") - {corner, other}
    assert shapely.Point(last).distance(NORTH) < MAP_GRID
    assert editor.opened.complaints == []


def test_without_snapping_no_line_draws_a_corner(editor: EditedPage) -> None:
    editor.choose("xiqing-3")
    all_in_view(editor)
    editor.page.get_by_label("吸附相邻区块和底图").uncheck()
    editor.drag((117.17, 39.02), (117.175, 39.0251), off=(0, 6))
    (corner,) = new_corners(editor, "xiqing-3")
    assert shapely.Point(corner).distance(NORTH) > 1e-4


def test_a_side_takes_the_road_it_is_dragged_along_and_the_patch_names_it(editor: EditedPage) -> None:
    editor.choose("xiqing-1")
    all_in_view(editor)
    before = editor.outlines()
    road_at = NORTH.intersection(shapely.LineString([(117.11, 39), (117.11, 39.03)]))
    x, y = editor.point((117.11, 39.02))
    editor.page.mouse.move(x, y)
    editor.page.mouse.down()
    editor.page.mouse.move(x, y - 10)
    assert editor.page.locator(".editor .caution").inner_text() == ""
    x, y = editor.point((road_at.x, road_at.y))  # type: ignore[attr-defined]
    editor.page.mouse.move(x + 2, y + 2)
    editor.page.wait_for_timeout(100)
    assert "整边沿用底图：北大街" in editor.page.locator(".editor .caution").inner_text()
    editor.page.mouse.up()

    drawn = editor.outlines()
    course = NORTH.intersection(shapely.box(117.10, 39, 117.12, 39.1))
    side = shapely.LineString(
        sorted(xy for xy in shapely.get_coordinates(drawn["xiqing-1"])[:-1].tolist() if xy[1] > 39.01)
    )
    assert side.hausdorff_distance(course) < MAP_GRID
    assert len(side.coords) == 4  # two bends of the road between its ends
    # The neighbour's corner goes along, on its own side made longer.
    (shared,) = new_corners(editor, "xiqing-2")
    assert shared == pytest.approx((117.12, course.coords[-1][1]), abs=MAP_GRID)
    assert drawn["xiqing-3"].equals(before["xiqing-3"])

    path = editor.hand_back()
    told = {f["id"]: f["properties"] for f in json.loads(path.read_text("utf-8"))["features"]}
    assert "along" not in told["xiqing-2"]
    (along,) = told["xiqing-1"]["along"]
    assert (along["side"], along["feature"], len(along["line"])) == ("north", "北大街", 4)
    applied = apply_patch(path, editor.blocks)
    assert applied.drawing.parcels["grade"]["xiqing-1"] == "inferred"
    edges = files.read_drawing(editor.blocks).edges_of()
    (north,) = [edge for edge in edges["xiqing-1"] if edge.side == "north"]
    assert (north.feature, north.method, north.source_ids) == ("北大街", "edited", ())
    assert north.line.hausdorff_distance(course) < MAP_GRID
    assert {edge.feature for edge in edges["xiqing-1"] if edge.side != "north"} == {"核心区"}
    assert editor.opened.complaints == []


def test_a_course_that_was_changed_again_or_undone_is_not_told(editor: EditedPage) -> None:
    editor.choose("xiqing-1")
    all_in_view(editor)
    road_at = shapely.get_coordinates(NORTH.intersection(shapely.LineString([(117.11, 39), (117.11, 39.03)])))
    editor.drag((117.11, 39.02), (float(road_at[0][0]), float(road_at[0][1])))
    taken = editor.outlines()
    bend = next(xy for xy in new_corners(editor, "xiqing-1") if abs(xy[0] - 117.10) < 1e-6)
    editor.drag(bend, (117.098, 39.03))
    features = json.loads(editor.hand_back().read_text("utf-8"))["features"]
    assert [f["properties"] for f in features] == [{"id": "xiqing-1"}, {"id": "xiqing-2"}]
    editor.page.keyboard.press("Control+z")
    assert editor.outlines() == taken
    features = json.loads(editor.hand_back().read_text("utf-8"))["features"]
    assert "along" in features[0]["properties"]
    editor.page.keyboard.press("Control+z")
    assert editor.page.get_by_role("button", name="下载修改").is_disabled()


def test_a_line_that_crosses_a_side_is_not_taken_for_it(editor: EditedPage) -> None:
    editor.choose("xiqing-2")
    all_in_view(editor)
    # The north side's middle is let go on a street that runs across it.
    editor.drag((117.13, 39.02), (117.1402, 39.004))
    assert "整边沿用底图" not in editor.page.locator(".editor .caution").inner_text()
    assert len(editor.outlines()["xiqing-2"].exterior.coords) == 6


@pytest.mark.slow
def test_a_traced_side_takes_another_street_of_a_real_map(
    open_page: Open, tmp_path: Path, shared: Path
) -> None:
    import ftz_geo

    # 区块3, from 复兴中路 to 建国西路: its southern side is dragged to 永嘉路, between the two.
    plan = ftz_geo.read_plan(shared / "cases" / "shanghai_west_blocks.txt")
    reference = ftz_geo.read_reference(shared / "reference" / "shanghai_west.gpkg")
    drawn = ftz_geo.draw(plan, reference).select(["shifanqu-3"])
    editor = EditedPage(open_page, tmp_path, drawn, "shifanqu", basemap=reference)
    editor.choose("shifanqu-3")
    (side,) = [edge.line for edge in drawn.edges_of()["shifanqu-3"] if edge.side == "south"]
    features = reference.features
    street = shapely.union_all(features.geometry[features["name"] == "永嘉路"].to_numpy())
    block = drawn.parcels.geometry["shifanqu-3"]
    inside = street.intersection(block)
    assert inside.length > 0.7 * side.length
    middle = inside.interpolate(0.5, normalized=True) if inside.geom_type == "LineString" else inside.centroid
    on_street = shapely.get_coordinates(shapely.shortest_line(street, middle))[0].tolist()
    handles = editor.page.evaluate(
        """() => [...document.querySelectorAll('.handle.middle')].map((handle) => {
            const { left, top, width, height } = handle.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
        })"""
    )
    target = editor.point((float(on_street[0]), float(on_street[1])))
    half = side.interpolate(0.5, normalized=True)
    half_way = editor.point((half.x, half.y))
    x, y = min(handles, key=lambda xy: np.hypot(xy[0] - half_way[0], xy[1] - half_way[1]))
    editor.page.mouse.move(x, y)
    editor.page.mouse.down()
    editor.page.mouse.move(*target)
    editor.page.wait_for_timeout(100)
    assert "整边沿用底图：永嘉路" in editor.page.locator(".editor .caution").inner_text()
    editor.page.mouse.up()
    now = editor.outlines()["shifanqu-3"]
    assert now.is_valid
    # What is left of the block lies on one side of the street; its other sides are as they were.
    north = max(shapely.get_parts(shapely.ops.split(block, street)), key=lambda part: part.centroid.y)
    assert now.symmetric_difference(north).area < 0.02 * north.area
    (feature,) = json.loads(editor.hand_back().read_text("utf-8"))["features"]
    assert [(one["side"], one["feature"]) for one in feature["properties"]["along"]] == [("south", "永嘉路")]
    assert editor.opened.complaints == []
