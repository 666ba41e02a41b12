"""Corners and sides in the editor: handles where a block turns, and sides that follow their corners."""

from collections.abc import Callable, Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

import ftz_geo
from editing import EditedPage, Open, Place
from ftz_geo import files
from ftz_geo.frame import Drawing
from ftz_geo.pipeline import draw

Run = Callable[[str, Any], Any]
Points = NDArray[np.float64]

TEMPLATES = resources.files("ftz_geo.render") / "templates"
PLAN = Path(__file__).parents[1] / "data" / "boundaries" / "plan.txt"
CORNERS_OF = "(ring) => ftzSides.corners(ring, () => false, [0.01, 0.01])"


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    """Evaluate a function of one value in a page that has what edits do, and nothing else."""
    page = chromium.new_page()
    for name in ("geodesy.js", "edits.js", "edits.sides.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


def on_grid(xy: Points) -> list[list[int]]:
    """Metres as a grid of centimetres."""
    return [[round(100 * x), round(100 * y)] for x, y in xy]


def dense(corners: Points, pieces: int) -> Points:
    """Each side of a ring divided into pieces."""
    steps = np.linspace(0, 1, pieces, endpoint=False)[:, None]
    ends = np.roll(corners, -1, axis=0)
    return np.concatenate([a + steps * (b - a) for a, b in zip(corners, ends, strict=True)])


@settings(max_examples=40)
@given(
    count=st.integers(3, 8),
    radius=st.floats(150, 3000),
    turn=st.floats(0, 6.28),
    pieces=st.integers(1, 14),
    flat=st.floats(0.5, 1),
)
@example(count=4, radius=1500, turn=0.1, pieces=12, flat=0.7)
def test_a_side_of_many_vertices_has_no_corner_between_its_ends(
    run: Run, count: int, radius: float, turn: float, pieces: int, flat: float
) -> None:
    angles = turn + np.linspace(0, 2 * np.pi, count, endpoint=False)
    corners = radius * np.column_stack([np.cos(angles), flat * np.sin(angles)])
    found = run(CORNERS_OF, on_grid(dense(corners, pieces)))
    assert sorted(found) == sorted(on_grid(corners))


@pytest.mark.parametrize(("radius", "has"), [(60, True), (120, False), (600, False)])
def test_a_bend_of_a_road_is_no_corner_and_that_of_a_crossing_is(run: Run, radius: float, has: bool) -> None:
    # A strip whose end bends by 90° around a middle, with a vertex every 5 m.
    angles = np.linspace(0, np.pi / 2, max(3, round(radius * np.pi / 2 / 5)))
    bend = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    ring = np.concatenate([bend, [[-3000, radius], [-3000, -2000], [radius, -2000]]])
    found = run(CORNERS_OF, on_grid(ring))
    inner = [vertex for vertex in found if vertex[0] > -299_000 and vertex[1] > -199_000]
    assert bool(inner) == has


def test_a_circle_has_three_corners_so_that_it_has_sides(run: Run) -> None:
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    assert len(run(CORNERS_OF, on_grid(1000 * np.column_stack([np.cos(angles), np.sin(angles)])))) == 3


@settings(max_examples=30)
@given(
    to=st.tuples(st.integers(-90_000, 90_000), st.integers(40_000, 160_000)),
    bow=st.floats(-200, 200),
    pieces=st.integers(2, 20),
)
def test_a_shared_side_follows_in_both_blocks_to_the_last_unit(
    run: Run, to: tuple[int, int], bow: float, pieces: int
) -> None:
    steps = np.linspace(0, 1, pieces + 1)
    side = np.column_stack([bow * np.sin(np.pi * steps), 1000 * steps])
    west = on_grid(np.concatenate([side, [[-2000, 1000], [-2000, 0]]]))
    east = on_grid(np.concatenate([side[::-1], [[2000, 0], [2000, 1000]]]))
    corner = [0, 100_000]
    changed = run(
        """({ west, east, corner, to }) => {
            const far = [-2e5, 2e5].flatMap((x) => [[x, 0], [x, 1e5]]);
            const ends = new Set([corner, [0, 0], ...far].map(String));
            const outlines = new Map([["west", [[west]]], ["east", [[east]]]]);
            const moves = new Map([[String(corner), to]]);
            const isCorner = (vertex) => ends.has(String(vertex));
            const found = ftzSides.carry(outlines, [...outlines.keys()], moves, isCorner, [0.01, 0.01]);
            return [...found.values()].map((parts) => parts[0][0]);
        }""",
        {"west": west, "east": east, "corner": corner, "to": list(to)},
    )
    one, other = ({tuple(vertex) for vertex in ring} for ring in changed)
    assert len(one & other) == len(side)
    # Complex numbers: the turn and scale that take the old end to the new one.
    old = np.array(on_grid(side)) @ [1, 1j]
    expected = old * (complex(*to) / old[-1])
    found = np.array([complex(*vertex) for vertex in one & other])
    assert max(np.abs(found - vertex).min() for vertex in expected) <= 1


@pytest.fixture(scope="module")
def sketch() -> Drawing:
    return draw(ftz_geo.read_plan(PLAN))


@pytest.fixture(scope="module")
def traced(shared: Path) -> Drawing:
    plan = ftz_geo.read_plan(shared / "cases" / "shanghai_west_blocks.txt")
    reference = ftz_geo.read_reference(shared / "reference" / "shanghai_west.gpkg")
    return draw(plan, reference)


def metric(polygon: shapely.Polygon, middle: Place) -> Points:
    """The vertices of a ring on a plane of their own, to measure angles and distances by."""
    crs = f"+proj=tmerc +lon_0={middle[0]} +lat_0={middle[1]} +ellps=GRS80"
    ring = shapely.get_coordinates(polygon)[:-1]
    found: Points = np.column_stack(Transformer.from_crs(4326, crs, always_xy=True).transform(*ring.T))
    return found


def off_chord(side: Points) -> float:
    away = shapely.distance(shapely.LineString(side[[0, -1]]), shapely.points(side))
    return float(np.max(away))


@pytest.mark.slow
def test_a_sketched_block_has_handles_at_its_corners_and_its_sides_stay_straight(
    open_page: Open, tmp_path: Path, sketch: Drawing
) -> None:
    editor = EditedPage(open_page, tmp_path, files.select_zone(sketch, "xiqing"), "xiqing")
    editor.choose("xiqing-1")
    editor.page.get_by_label("共用界点一起移动").uncheck()
    before = editor.outlines()["xiqing-1"]
    assert len(before.exterior.coords) - 1 == 49
    assert editor.opened.count(".handle.vertex") == 5
    ring = shapely.get_coordinates(before)[:-1]
    middle = (before.centroid.x, before.centroid.y)
    plane = metric(before, middle)
    turns = np.roll(plane, -1, axis=0) - plane
    angles = np.unwrap(np.arctan2(turns[:, 1], turns[:, 0]))
    corners = [i for i in range(49) if abs(np.sin(angles[i] - angles[i - 1])) > 0.1]
    assert len(corners) == 5

    moved = corners[3]
    start = (float(ring[moved][0]), float(ring[moved][1]))
    editor.drag(start, (start[0] - 0.004, start[1] + 0.003))
    after = editor.outlines()["xiqing-1"]
    assert len(after.exterior.coords) - 1 == 49
    now = metric(after, middle)
    assert np.hypot(*(now[moved] - plane[moved])) > 300
    for a, b in pairwise([*corners, corners[0] + 49]):
        numbers = np.arange(a, b + 1) % 49
        assert off_chord(now[numbers]) < 0.5
        if moved not in numbers:
            assert now[numbers] == pytest.approx(plane[numbers], abs=1e-3)
    assert editor.opened.count(".handle.vertex") == 5

    editor.page.keyboard.press("Control+z")
    assert editor.outlines()["xiqing-1"].equals(before)
    editor.page.get_by_label("显示全部界点").check()
    assert editor.opened.count(".handle.vertex") == 49
    editor.drag(start, (start[0] - 0.004, start[1] + 0.003))
    alone = shapely.get_coordinates(editor.outlines()["xiqing-1"])[:-1]
    assert np.flatnonzero(np.abs(alone - ring).max(axis=1) > 1e-9).tolist() == [moved]
    assert editor.opened.complaints == []


@pytest.mark.slow
def test_a_traced_side_keeps_its_shape_and_its_neighbours(
    open_page: Open, tmp_path: Path, traced: Drawing
) -> None:
    # 区块2 and 3: four roads each, the sides curved and of many vertices.
    editor = EditedPage(open_page, tmp_path, traced.select(["shifanqu-2", "shifanqu-3"]), "shifanqu")
    editor.choose("shifanqu-2")
    before = editor.outlines()
    ring = shapely.get_coordinates(before["shifanqu-2"])[:-1]
    places = editor.page.evaluate(
        """() => [...document.querySelectorAll('.handle.vertex')].map((handle) => {
            const { left, top, width, height } = handle.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
        })"""
    )
    assert 4 <= len(places) < len(ring) / 4
    pixels = np.array([editor.point((float(x), float(y))) for x, y in ring])
    corners = sorted(int(np.argmin(np.hypot(*(pixels - place).T))) for place in places)
    # A corner between two long sides.
    before_it, after_it = [corners[-1] - len(ring), *corners[:-1]], [*corners[1:], corners[0] + len(ring)]
    spans = zip(before_it, corners, after_it, strict=True)
    a, b, c = max(spans, key=lambda span: min(span[1] - span[0], span[2] - span[1]))
    start = (float(ring[b][0]), float(ring[b][1]))
    editor.page.get_by_label("吸附").uncheck()
    editor.drag(start, (start[0] + 0.0006, start[1] + 0.0004))
    after = editor.outlines()
    middle = (start[0], start[1])
    old, new = metric(before["shifanqu-2"], middle), metric(after["shifanqu-2"], middle)
    assert len(new) == len(old)
    assert np.hypot(*(new[b] - old[b])) > 30
    for end, fixed in ((b, a), (b, c)):
        numbers = np.arange(min(end, fixed), max(end, fixed) + 1) % len(old)
        z, w = old[numbers] @ [1, 1j], new[numbers] @ [1, 1j]
        i, j = (0, -1) if end < fixed else (-1, 0)
        turned = w[j] + (z - z[j]) * (w[i] - w[j]) / (z[i] - z[j])
        assert np.abs(w - turned).max() < 0.05
    still = [n for n in range(len(old)) if not min(a, b) < n < c and (n - len(old)) not in range(a + 1, c)]
    assert new[still] == pytest.approx(old[still], abs=1e-3)
    assert editor.opened.complaints == []


@pytest.mark.slow
def test_a_crossing_of_a_sketch_moves_on_both_sides_of_its_road(
    open_page: Open, tmp_path: Path, sketch: Drawing
) -> None:
    # 区块一 and 区块三 both have a corner where 津淄公路 meets 赛达南道, 40 m apart.
    editor = EditedPage(open_page, tmp_path, files.select_zone(sketch, "xiqing"), "xiqing")
    editor.choose("xiqing-1")
    assert "同名道路相交处" in str(
        editor.page.get_by_text("共用界点一起移动").locator("..").get_attribute("title")
    )
    before = editor.outlines()

    def at_crossing(key: str, roads: tuple[str, str] = ("津淄公路", "赛达南道")) -> Place:
        (one,), (other,) = ([e.line for e in sketch.edges_of()[key] if e.feature == name] for name in roads)
        x, y = shapely.get_coordinates(one.intersection(other))[0]
        return float(x), float(y)

    start, partner = at_crossing("xiqing-1"), at_crossing("xiqing-3")
    editor.page.get_by_label("吸附").uncheck()
    editor.drag(start, (start[0] - 0.002, start[1] - 0.001))
    after = editor.outlines()

    def moved(key: str, place: Place) -> tuple[float, float]:
        ring, now = (shapely.get_coordinates(drawn[key])[:-1] for drawn in (before, after))
        number = int(np.argmin(np.hypot(*(ring - place).T)))
        return float(now[number][0] - ring[number][0]), float(now[number][1] - ring[number][1])

    assert moved("xiqing-1", start) == pytest.approx((-0.002, -0.001), abs=2e-4)
    assert moved("xiqing-3", partner) == pytest.approx(moved("xiqing-1", start), abs=2e-9)
    # The crossing of 津淄公路 with another road is another corner.
    assert moved("xiqing-3", at_crossing("xiqing-3", ("津淄公路", "祥厚路"))) == (0, 0)
    others = [key for key in before if key not in ("xiqing-1", "xiqing-3")]
    assert all(before[key].equals(after[key]) for key in others)

    editor.page.keyboard.press("Control+z")
    editor.page.get_by_label("共用界点一起移动").uncheck()
    editor.drag(start, (start[0] - 0.002, start[1] - 0.001))
    assert editor.outlines()["xiqing-3"].equals(before["xiqing-3"])
    assert editor.opened.complaints == []
