"""What the editor warns of while a block is moved: overlaps that grow, and neighbours that change sides."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity

from editing import EditedPage, Open, Place
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2
from test_editor_in_browser import frame

Run = Callable[[str, Any], Any]

TEMPLATES = resources.files("ftz_geo.render") / "templates"


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    page = chromium.new_page()
    page.add_script_tag(content=(TEMPLATES / "edits.overlap.js").read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


def parts_of(polygon: shapely.Polygon) -> list[list[list[list[float]]]]:
    return [[[list(xy) for xy in ring.coords[:-1]] for ring in (polygon.exterior, *polygon.interiors)]]


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    """A polygon with arms, a hole, and whole numbers for vertices, as far from the origin as blocks are."""
    arms = draw(st.integers(3, 24))
    far = draw(st.lists(st.floats(2_000, 9_000), min_size=arms, max_size=arms))
    angles = draw(st.floats(0, 6)) + np.linspace(0, 2 * np.pi, arms, endpoint=False)
    ring = np.round(np.array(far)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]))
    hole = np.round(ring / 4)
    step = [117e9 + draw(st.integers(-9000, 9000)), 39e9 + draw(st.integers(-9000, 9000))]
    return shapely.Polygon(ring + step, [hole + step])


@settings(max_examples=80)
@given(one=stars(), other=stars())
@example(one=shapely.box(0, 0, 100, 100), other=shapely.box(100, 0, 200, 100))
@example(one=shapely.box(0, 0, 100, 100), other=shapely.box(0, 0, 100, 100))
@example(one=shapely.box(0, 0, 100, 100), other=shapely.box(30, 40, 50, 60))
@example(one=shapely.Polygon([(0, 0), (9, 0), (0, 9)]), other=shapely.Polygon([(9, 0), (9, 9), (0, 9)]))
def test_overlaps_are_those_of_geos(run: Run, one: shapely.Polygon, other: shapely.Polygon) -> None:
    if not one.is_valid or not other.is_valid:
        return
    found = run("([one, other]) => ftzOverlap.overlap(one, other)", [parts_of(one), parts_of(other)])
    far = [affinity.translate(polygon, -one.bounds[0], -one.bounds[1]) for polygon in (one, other)]
    truth = far[0].intersection(far[1])
    assert found["area"] == pytest.approx(truth.area, rel=1e-6, abs=1)
    pieces = [shapely.Polygon(np.subtract(piece, one.bounds[:2])) for piece in found["pieces"]]
    whole = shapely.union_all([piece.buffer(0.01) for piece in pieces])
    assert shapely.difference(truth, whole).area < 1
    assert shapely.difference(whole, truth.buffer(1)).area < 1


class Editor(EditedPage):
    def __init__(self, open_page: Open, folder: Path, parcels: Drawing | None = None) -> None:
        super().__init__(open_page, folder, parcels or frame(), "xiqing", basemap=None)

    def warnings(self) -> list[str]:
        return str(self.page.locator(".editor .caution").inner_text()).splitlines()

    def tinted(self) -> int:
        return int(
            self.page.evaluate("() => [...document.querySelectorAll('path[fill=\"#c62828\"]')].length")
        )

    def hold(self, start: Place, end: Place) -> None:
        """Drag, and do not let go."""
        self.page.mouse.move(*self.point(start))
        self.page.mouse.down()
        x, y = self.point(end)
        self.page.mouse.move(x - 8, y - 8)
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(100)

    def overlap_m2(self, one: str, other: str) -> float:
        drawn = self.outlines()
        return float(area_m2([drawn[one].intersection(drawn[other])])[0])


def told_m2(line: str) -> float:
    number, unit = re.findall(r"([\d.,]+) (m²|km²)", line)[0]
    return float(number.replace(",", "")) * (1 if unit == "m²" else 1e6)


def test_an_overlap_is_told_and_tinted_while_it_is_made(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path)
    editor.choose("xiqing-3")
    editor.page.get_by_label("吸附").uncheck()
    assert editor.warnings() == []
    editor.hold((117.15, 39.0), (117.13, 39.005))
    (line,) = editor.warnings()
    assert re.match("区块三 与 区块二 重叠 [0-9.,]+ k?m²$", line)
    assert told_m2(line) == pytest.approx(editor.overlap_m2("xiqing-2", "xiqing-3"), rel=1e-3, abs=60)
    assert editor.tinted() == 1
    editor.page.mouse.up()
    assert editor.warnings() == [line]
    editor.page.keyboard.press("Control+z")
    assert editor.warnings() == []
    assert editor.tinted() == 0
    assert editor.opened.complaints == []


def test_an_overlap_of_before_is_not_blamed_on_the_edit(open_page: Open, tmp_path: Path) -> None:
    parcels = frame()
    polygons = parcels.parcels.geometry.copy()
    polygons["xiqing-2"] = shapely.box(117.13, 39.0, 117.16, 39.02)
    parcels = Drawing(parcels=parcels.parcels.set_geometry(polygons), edges=parcels.edges[:0])
    editor = Editor(open_page, tmp_path, parcels)
    editor.choose("xiqing-3")
    editor.page.get_by_label("吸附").uncheck()
    editor.drag((117.17, 39.02), (117.175, 39.02))
    assert editor.overlap_m2("xiqing-2", "xiqing-3") > 1e6
    assert editor.warnings() == []
    editor.drag((117.15, 39.0), (117.145, 38.995))
    (line,) = editor.warnings()
    assert told_m2(line) == pytest.approx(editor.overlap_m2("xiqing-2", "xiqing-3"), rel=1e-3, abs=60)


def test_a_neighbour_of_the_words_that_changes_sides_is_told(open_page: Open, tmp_path: Path) -> None:
    parcels = frame()
    told = parcels.parcels.assign(west=[None, None, "甲路、区块二"], east=["区块三", None, "区块一"])
    editor = Editor(open_page, tmp_path, Drawing(parcels=told, edges=parcels.edges))
    editor.choose("xiqing-2")
    editor.page.get_by_label("共用界点一起移动").uncheck()
    editor.page.evaluate("() => ftzGeoPage.map.setZoom(13, { animate: false })")
    box = editor.page.locator(".handle.whole").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    east = editor.point((117.175, 39.0))[0] - editor.point((117.13, 39.0))[0]
    editor.page.mouse.move(*middle)
    editor.page.mouse.down()
    editor.page.mouse.move(middle[0] + east / 2, middle[1])
    editor.page.mouse.move(middle[0] + east, middle[1])
    editor.page.wait_for_timeout(100)
    # 区块三 has 区块二 to its west in words; that 区块一 were to its east never was so on the map.
    sides = [line for line in editor.warnings() if "重叠" not in line]
    assert sides == ["区块三：文字所述相邻区块已不在这一侧（西：区块二）"]
    editor.page.mouse.up()
    editor.page.keyboard.press("Control+z")
    assert editor.warnings() == []
    assert editor.opened.complaints == []
