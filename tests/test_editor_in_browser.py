"""The editor in real Chromium: corners moved, shared edges kept, handed back and applied; measuring."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from builders import drawing
from ftz_geo import apply_patch, files
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2, on_survey_plane
from ftz_geo.model import Direction, Edge, Method, Reason
from ftz_geo.pipeline import render_maps

Open = Callable[..., Any]
Place = tuple[float, float]

HOSTILE = "<img src=x onerror=alert(1)></script>{{ 7 * 191 }}"

CORNERS: dict[str, list[Place]] = {
    "xiqing-1": [(117.10, 39.0), (117.12, 39.0), (117.12, 39.02), (117.10, 39.02)],
    "xiqing-2": [(117.12, 39.0), (117.14, 39.0), (117.14, 39.02), (117.12, 39.02)],
    "xiqing-3": [(117.15, 39.0), (117.17, 39.0), (117.17, 39.02), (117.15, 39.02)],
}
"""Two blocks with one edge between them, and one that stands alone."""

GEOD = Geod(ellps="GRS80")


def frame(name: str = "核心区") -> Drawing:
    sides: tuple[Direction, ...] = ("south", "east", "north", "west")
    method: Method = "on-feature"
    rows = [
        {
            "zone": f"西青{name}",
            "zone_id": "xiqing",
            "block": f"区块{label}",
            "block_name": name,
            "text": f"区块{label}：{name}，面积4平方公里",
            "declared_area_km2": 4.0,
            "measured_area_km2": float(area_m2([shapely.Polygon(ring)])[0]) / 1e6,
            "grade": "traced",
            "area_shaped": False,
        }
        for label, ring in zip("一二三", CORNERS.values(), strict=True)
    ]
    polygons = [shapely.Polygon(ring) for ring in CORNERS.values()]
    made = gpd.GeoDataFrame(rows, index=list(CORNERS), geometry=polygons, crs=4326).rename_axis("id")
    edges = [
        [
            Edge(side=side, feature=name, method=method, line=shapely.LineString([start, end]))
            for side, start, end in zip(sides, ring, [*ring[1:], ring[0]], strict=True)
        ]
        for ring in CORNERS.values()
    ]
    return drawing(made, edges, [[Reason(code="why", zh="原因", en="why")]] * len(CORNERS))


class Editor:
    """A zone page with the editor, and the file that its patches are for."""

    def __init__(self, open_page: Open, folder: Path, name: str = "核心区", **size: int) -> None:
        parcels = frame(name)
        self.folder = folder
        self.blocks = folder / "blocks.geojson"
        self.blocks.write_text(files.to_json(files.parcels_geojson(parcels)), encoding="utf-8")
        (folder / "edges.geojson").write_text(files.to_json(files.edges_geojson(parcels)), encoding="utf-8")
        pages = render_maps(None, files.read_drawing(self.blocks), folder / "maps", editor=self.blocks)
        texts = {page.name: page.read_text("utf-8") for page in pages}
        self.opened = open_page(texts, "xiqing.html", **size)
        self.page = self.opened.page

    def choose(self, block: str) -> None:
        self.page.get_by_role("button", name="修改", exact=True).click()
        self.page.locator(".editor select").select_option(block)
        self.page.wait_for_selector(".handle.vertex")

    def point(self, place: Place) -> tuple[float, float]:
        x, y = self.page.evaluate(
            """([lon, lat]) => {
                const { map } = ftzGeoPage;
                const { x, y } = map.latLngToContainerPoint([lat, lon]);
                const { left, top } = map.getContainer().getBoundingClientRect();
                return [x + left, y + top];
            }""",
            list(place),
        )
        return x, y

    def drag(self, start: Place, end: Place, off: tuple[float, float] = (0, 0)) -> None:
        self.page.mouse.move(*self.point(start))
        self.page.mouse.down()
        x, y = self.point(end)
        self.page.mouse.move(x + off[0] / 2, y + off[1] / 2)
        self.page.mouse.move(x + off[0], y + off[1])
        self.page.mouse.up()

    def outlines(self) -> dict[str, shapely.Polygon]:
        found = self.page.evaluate(
            "() => Object.fromEntries(ftzGeoPage.shapes.map((s) => [s.id, s.polygon.toGeoJSON(12).geometry]))"
        )
        return {
            key: shapely.Polygon(
                value["coordinates"][0][0] if value["type"] == "MultiPolygon" else value["coordinates"][0]
            )
            for key, value in found.items()
        }

    def figure(self, word: str) -> float:
        told = self.page.locator(f'.editor dt[data-word="{word}"] + dd').inner_text()
        return float(re.split("[（ ]", told)[0].replace("−", "-"))

    def hand_back(self, who: str = "张三", grade: str = "keep") -> Path:
        self.page.get_by_role("button", name="下载修改").click()
        self.page.get_by_label("姓名").fill(who)
        self.page.locator(f'.hand-back input[value="{grade}"]').check()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="下载", exact=True).click()
        path = self.folder / str(download.value.suggested_filename)
        download.value.save_as(path)
        return path


@pytest.fixture
def editor(open_page: Open, tmp_path: Path) -> Editor:
    made = Editor(open_page, tmp_path)
    made.choose("xiqing-1")
    return made


def vertices(polygon: shapely.Polygon) -> set[Place]:
    return {(x, y) for x, y in polygon.exterior.coords}


def test_a_shared_corner_is_dragged_downloaded_applied_and_audited(editor: Editor) -> None:
    editor.drag((117.12, 39.02), (117.125, 39.03))
    drawn = editor.outlines()
    (corner,) = vertices(drawn["xiqing-1"]) - set(CORNERS["xiqing-1"])
    assert corner == pytest.approx((117.125, 39.03), abs=2e-4)
    assert corner in vertices(drawn["xiqing-2"])
    truth = {key: float(area_m2([polygon])[0]) / 1e6 for key, polygon in drawn.items()}
    before = abs(GEOD.geometry_area_perimeter(shapely.Polygon(CORNERS["xiqing-1"]))[0]) / 1e6
    assert editor.figure("现图 km²") == pytest.approx(truth["xiqing-1"], abs=6e-5)
    assert editor.figure("原图 km²") == pytest.approx(before, abs=1e-4)
    assert editor.figure("现图与申报之差") == pytest.approx(truth["xiqing-1"] - 4, abs=6e-5)

    path = editor.hand_back()
    assert path.name == "xiqing.patch.geojson"
    patch = json.loads(path.read_text("utf-8"))
    assert [feature["id"] for feature in patch["features"]] == ["xiqing-1", "xiqing-2"]
    assert patch["ftz_geo"]["who"] == "张三"
    applied = apply_patch(path, editor.blocks)
    after = files.read_drawing(editor.blocks)
    back = after.parcels
    assert [change.parcel_id for change in applied.changes] == ["xiqing-1", "xiqing-2"]
    for key in CORNERS:
        assert back["measured_area_km2"][key] == pytest.approx(truth[key], rel=1e-6)
    one, other, alone = back.geometry
    assert one.intersection(other).area == 0
    assert vertices(one) & vertices(other) == {(117.12, 39.0), corner}
    assert alone.equals(shapely.Polygon(CORNERS["xiqing-3"]))
    assert back["grade"].tolist() == ["inferred", "inferred", "traced"]
    assert {e.side: e.method for e in after.edges_of()["xiqing-2"]} == {
        "south": "on-feature",
        "east": "on-feature",
        "north": "edited",
        "west": "edited",
    }
    # The drawing was given no areas as its notice writes them, so nothing is held against its polygons.
    assert applied.audit.verdict == "incomplete"
    assert [gap.code for gap in applied.audit.unchecked] == ["nothing-compared"]
    assert editor.opened.complaints == []
    assert editor.opened.requests == []


def test_undo_and_redo_lead_back_and_forth(editor: Editor) -> None:
    editor.drag((117.10, 39.0), (117.095, 38.995))
    moved = editor.outlines()
    editor.drag((117.10, 39.02), (117.095, 39.025))
    editor.page.keyboard.press("Control+z")
    assert editor.outlines() == moved
    editor.page.get_by_role("button", name="撤销").click()
    assert {k: vertices(v) for k, v in editor.outlines().items()} == {k: set(v) for k, v in CORNERS.items()}
    assert editor.page.get_by_role("button", name="下载修改").is_disabled()
    editor.page.keyboard.press("Control+y")
    assert editor.outlines() == moved


def test_a_corner_snaps_to_a_neighbours_corner_and_to_its_edge(editor: Editor) -> None:
    editor.page.locator(".editor select").select_option("xiqing-3")
    editor.page.evaluate(
        "() => ftzGeoPage.map.fitBounds(ftzGeoPage.layers.blocks.getBounds(), { animate: false })"
    )
    editor.drag((117.15, 39.0), (117.14, 39.0), off=(6, -4))
    editor.drag((117.15, 39.02), (117.14, 39.012), off=(5, 0))
    drawn = editor.outlines()
    assert (117.14, 39.0) in vertices(drawn["xiqing-3"])
    shared = vertices(drawn["xiqing-2"]) & vertices(drawn["xiqing-3"])
    assert len(shared) == 2
    (new,) = shared - {(117.14, 39.0)}
    assert new[0] == pytest.approx(117.14, abs=1e-8)
    assert 39.01 < new[1] < 39.015
    back = apply_patch(editor.hand_back(), editor.blocks).drawing.parcels
    assert back.geometry["xiqing-2"].touches(back.geometry["xiqing-3"])
    edge = shapely.LineString(sorted(shared, key=lambda xy: xy[1]))
    for key in ("xiqing-2", "xiqing-3"):
        assert back.geometry[key].exterior.covers(edge)
    # A corner put into a straight edge moves no area.
    assert back["measured_area_km2"]["xiqing-2"] == pytest.approx(
        frame().parcels["measured_area_km2"]["xiqing-2"]
    )


def test_without_links_the_neighbour_stays(editor: Editor) -> None:
    editor.page.get_by_label("共用界点一起移动").uncheck()
    editor.drag((117.12, 39.02), (117.115, 39.025))
    drawn = editor.outlines()
    assert vertices(drawn["xiqing-2"]) == set(CORNERS["xiqing-2"])
    assert (117.12, 39.02) not in vertices(drawn["xiqing-1"])


def test_a_corner_is_put_into_a_shared_edge_and_taken_out_again(editor: Editor) -> None:
    editor.drag((117.12, 39.01), (117.125, 39.01))
    drawn = editor.outlines()
    assert [len(vertices(drawn[key])) for key in CORNERS] == [5, 5, 4]
    assert len(vertices(drawn["xiqing-1"]) & vertices(drawn["xiqing-2"])) == 3
    editor.page.get_by_role("button", name="删除界点").click()
    assert {k: vertices(v) for k, v in editor.outlines().items()} == {k: set(v) for k, v in CORNERS.items()}
    assert editor.page.get_by_role("button", name="下载修改").is_disabled()


def test_a_whole_block_moves_and_lands_beside_its_neighbour(editor: Editor) -> None:
    editor.page.locator(".editor select").select_option("xiqing-3")
    editor.page.evaluate(
        "() => ftzGeoPage.map.fitBounds(ftzGeoPage.layers.blocks.getBounds(), { animate: false })"
    )
    box = editor.page.locator(".handle.whole").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    west = editor.point((117.14, 39.0))[0] - editor.point((117.15, 39.0))[0]
    editor.page.mouse.move(*middle)
    editor.page.mouse.down()
    editor.page.mouse.move(middle[0] + west + 5, middle[1] + 4, steps=3)
    editor.page.mouse.up()
    drawn = editor.outlines()
    shared = vertices(drawn["xiqing-2"]) & vertices(drawn["xiqing-3"])
    assert shared == {(117.14, 39.0), (117.14, 39.02)}
    assert drawn["xiqing-3"].area == pytest.approx(shapely.Polygon(CORNERS["xiqing-3"]).area, rel=1e-9)


def test_an_outline_that_crosses_itself_is_not_handed_back(editor: Editor) -> None:
    editor.drag((117.10, 39.0), (117.13, 39.013))
    assert "图形自相交" in editor.page.locator(".editor .caution").inner_text()
    assert editor.page.get_by_role("button", name="下载修改").is_disabled()
    editor.page.keyboard.press("Control+z")
    assert editor.page.locator(".editor .caution").inner_text() == ""


def test_the_keyboard_alone_corrects_and_hands_back(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path)
    page = editor.page
    page.get_by_role("button", name="修改", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(".editor select").input_value() == "xiqing-2"
    page.get_by_role("button", name="界点 2", exact=True).focus()
    page.keyboard.press("Shift+ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    (corner,) = vertices(editor.outlines()["xiqing-2"]) - set(CORNERS["xiqing-2"])
    east = GEOD.inv(117.14, corner[1], *corner)[2]
    south = GEOD.inv(corner[0], 39.0, *corner)[2]
    assert (east, south) == pytest.approx((10, 3.1), abs=0.005)
    told = page.locator(".editor .corner").inner_text()
    plane = on_survey_plane([shapely.Point(corner)])[0]
    assert [float(n) for n in re.findall(r"\d+\.\d+", told)] == pytest.approx(
        [plane.y, 39e6 + plane.x], abs=1.1e-3
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the middle of the next edge becomes a corner
    assert len(vertices(editor.outlines()["xiqing-2"])) == 5
    page.keyboard.press("Delete")
    assert len(vertices(editor.outlines()["xiqing-2"])) == 4
    page.get_by_role("button", name="下载修改").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("李四")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    path = tmp_path / "zone.patch.geojson"
    download.value.save_as(path)
    assert apply_patch(path, editor.blocks).entry["who"] == "李四"
    assert editor.opened.complaints == []


def test_a_corner_at_the_rim_of_the_map_is_moved(editor: Editor) -> None:
    for n in range(8):  # Leaflet rounds places on the screen: at some zoom levels up, at others down
        editor.page.evaluate(
            """([lon, lat, n]) => {
                const { map } = ftzGeoPage;
                map.setZoom(13 + n / 4, { animate: false });
                const { x } = map.latLngToContainerPoint([lat, lon]);
                map.panBy([x - map.getSize().x + 4, 0], { animate: false });
            }""",
            [117.12, 39.02, n],
        )
        editor.page.get_by_role("button", name="界点 3", exact=True).focus()
        editor.page.keyboard.press("ArrowUp")
        editor.page.wait_for_timeout(50)
        (corner,) = vertices(editor.outlines()["xiqing-1"]) - set(CORNERS["xiqing-1"])
        assert GEOD.inv(117.12, 39.02, *corner)[2] == pytest.approx(n + 1, abs=0.01)
    assert editor.opened.complaints == []


@pytest.mark.slow
def test_hostile_words_stay_words_there_and_back(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path, HOSTILE)
    editor.choose("xiqing-1")
    assert HOSTILE in editor.page.locator(".editor option").nth(1).inner_text()
    editor.drag((117.10, 39.0), (117.13, 39.013))
    editor.page.keyboard.press("Control+z")
    editor.drag((117.10, 39.0), (117.095, 38.995))
    apply_patch(editor.hand_back(who=HOSTILE), editor.blocks)
    again = open_page(
        {
            page.name: page.read_text("utf-8")
            for page in render_maps(
                None, files.read_drawing(editor.blocks), tmp_path / "again", editor=editor.blocks
            )
        },
        "xiqing.html",
    )
    again.page.get_by_role("button", name="修改", exact=True).click()
    again.page.locator(".editor select").select_option("xiqing-1")
    again.page.get_by_role("button", name="修改", exact=True).click()
    again.page.evaluate("() => ftzGeoPage.select('xiqing-1')")
    assert f"{HOSTILE}于" in again.page.locator("#card").inner_text()
    for opened in (editor.opened, again):
        assert opened.complaints == []
        assert opened.requests == []
        assert opened.count("body img:not(.leaflet-tile)") == 0


def test_the_editor_speaks_english_too(editor: Editor) -> None:
    editor.page.evaluate("() => { location.hash = 'lang=en'; }")
    editor.page.get_by_role("button", name="Undo").wait_for()
    panel = editor.page.locator(".editor").inner_text() + editor.page.locator(".measure").inner_text()
    told = re.sub("区块[一二三]|核心区", "", panel)
    assert re.findall("[\u4e00-\u9fff]+", told) == []
    assert editor.page.get_by_role("button", name="Corner 1", exact=True).count() == 1


def test_the_editor_fits_a_phone(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path, width=360, height=740)
    editor.choose("xiqing-2")
    assert editor.page.evaluate("() => document.documentElement.scrollWidth") == 360
    box = editor.page.locator(".editor").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360


def test_measuring_is_on_the_ellipsoid(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path)
    page = editor.page
    places = [(117.115, 39.004), (117.161, 39.003), (117.158, 39.018)]
    page.get_by_role("button", name="测面").click()
    pixels = [tuple(map(round, editor.point(place))) for place in places]
    for x, y in pixels:
        page.mouse.click(x, y)
    found = page.evaluate(
        """(pixels) => pixels.map(([x, y]) => {
            const { map } = ftzGeoPage;
            const { left, top } = map.getContainer().getBoundingClientRect();
            const { lng, lat } = map.containerPointToLatLng([x - left, y - top]);
            return [lng, lat];
        })""",
        [list(pixel) for pixel in pixels],
    )
    told = page.locator(".measure output").inner_text()
    square = float(re.findall(r"= ([\d,.]+) m²", told)[0].replace(",", ""))
    assert square == pytest.approx(area_m2([shapely.Polygon(found)])[0], rel=1e-6)
    page.get_by_role("button", name="测距").click()
    page.keyboard.press("Enter")
    page.mouse.click(*pixels[0])
    start = page.evaluate("() => { const { lng, lat } = ftzGeoPage.map.getCenter(); return [lng, lat]; }")
    length = float(re.findall(r"([\d.]+) km", page.locator(".measure output").inner_text())[0])
    assert length == pytest.approx(GEOD.inv(*start, *found[0])[2] / 1000, abs=1e-4)
    assert editor.opened.complaints == []


def test_pages_stay_small(shared: Path, tmp_path: Path) -> None:
    import ftz_geo

    plan = ftz_geo.read_plan(shared / "documents" / "zones-plan.txt")
    built = ftz_geo.build(plan, tmp_path, editor=True)
    sizes = {path.name: path.stat().st_size for path in built.paths if path.parent.name == "maps"}
    assert max(size for name, size in sizes.items() if name != "index.html") < 750 * 1024
