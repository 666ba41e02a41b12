"""Files, pictures and texts that a reader takes from a zone page, read back by other programs."""

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import PIL.Image
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import drawing
from ftz_geo import draw, read_plan, read_reference, read_survey
from ftz_geo.files import parcels_geojson, read_drawing
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2
from ftz_geo.model import NO_PLACE, Plan, Reason
from ftz_geo.render import map_pages
from ftz_geo.survey import Survey

Open = Callable[..., Any]

HOSTILE = '=HYPERLINK("http://x"),<b>&]]>\n@'
"""A formula, markup, and every sign that parts fields or rows."""

BLOCK = shapely.Polygon(
    shapely.box(117.10, 39.00, 117.14, 39.03).exterior.coords,
    [shapely.box(117.11, 39.01, 117.12, 39.02).exterior.coords],
)
BOTH = shapely.MultiPolygon(
    [shapely.box(117.15, 39.0, 117.16, 39.01), shapely.box(117.17, 39.0, 117.18, 39.01)]
)
AWAY = shapely.box(117.10, 38.95, 117.12, 38.97)


def made() -> Drawing:
    """A traced block with a hole, a sketch in two parts with hostile words, and one that nothing places."""
    columns = {
        "zone_id": ["xiqing"] * 3,
        "zone": ["甲区"] * 3,
        "block": ["区块一", HOSTILE, "区块三"],
        "text": ["东至甲路。", HOSTILE, "面积1平方公里。"],
        "grade": ["traced", "sketched", "sketched"],
        "declared_area_km2": [7.80, 2.0, 4.0],
        "block_declared_area_km2": [7.80, 2.0, 4.0],
        "area_shaped": [False, True, True],
        "placement_uncertainty_m": [None, 4000.0, None],
        "east": ["甲路", HOSTILE, None],
    }
    ids = ["xiqing-1", "xiqing-2", "xiqing-3"]
    frame = gpd.GeoDataFrame(columns, geometry=[BLOCK, BOTH, AWAY], index=ids, crs=4326)
    frame["measured_area_km2"] = area_m2(frame.geometry.to_numpy()) / 1e6
    reason = Reason(code="a", zh="因由", en="a reason")
    nowhere = Reason(code=min(NO_PLACE), zh="无从定位", en="nothing places it")
    about = {"reference": [{"file": "map.osm.pbf", "licence": "ODbL 1.0"}]}
    return replace(drawing(frame, reasons=[[], [reason], [nowhere]]), about=about)


def take(opened: Any, form: str, reach: str = "all") -> Path:
    """Save one file by the menu."""
    page = opened.page
    page.click("#take")
    page.check(f"dialog.take [value={form}]")
    if form != "png":
        page.check(f"dialog.take [value={reach}]")
    knows = page.locator("dialog.take [name=knows]")
    if knows.is_visible():
        assert page.locator("dialog.take [type=submit]").is_disabled()
        knows.check()
    with page.expect_download() as saved:
        page.click("dialog.take [type=submit]")
    path = Path(saved.value.path())
    return path.rename(path.with_name(saved.value.suggested_filename))


@pytest.fixture
def opened(open_page: Open) -> Any:
    return open_page(map_pages(None, made(), None), "xiqing.html")


def same_outlines(found: Sequence[Any], true: Sequence[Any], most: float = 1.1e-9) -> None:
    assert len(found) == len(true)
    for one, other in zip(found, true, strict=True):
        assert shapely.equals_exact(one.normalize(), other.normalize(), most)


def surveyed(path: Path) -> Survey:
    found = read_survey(path)
    assert isinstance(found, Survey)
    return found


# ---------- files ----------


def test_geojson_and_csv_are_the_package_s_own_as_far_as_the_page_knows(opened: Any) -> None:
    truth = parcels_geojson(made())["features"]
    path = take(opened, "geojson")
    text = path.read_text(encoding="utf-8")
    told = json.loads(text)
    assert [note for note in told["ftz_geo"]["notes"] if "OpenStreetMap" in note] == [
        "© OpenStreetMap contributors, ODbL"
    ]
    assert "参考图，不作法定界线依据" in told["ftz_geo"]["notes"]
    for feature, true in zip(told["features"], truth, strict=True):
        own = feature["properties"]
        own["measured_area_km2"] = pytest.approx(own["measured_area_km2"], abs=1e-6)
        unknown = set(true["properties"]) - set(own)
        assert unknown == {"area_doubt_km2", "reason_codes"}
        assert {k: v for k, v in true["properties"].items() if k not in unknown} | {
            "placed": own["placed"]
        } == own
    assert [feature["properties"]["placed"] for feature in told["features"]] == [True, True, False]
    assert told["features"][2]["geometry"] is None  # RFC 7946: a feature without a place
    frame = gpd.read_file(path)
    same_outlines(frame.geometry[:2], [BLOCK, BOTH])
    assert all(part.exterior.is_ccw for part in shapely.get_parts(frame.geometry[:2]))
    assert not any(ring.is_ccw for part in shapely.get_parts(frame.geometry[:1]) for ring in part.interiors)
    table = read_drawing(take(opened, "csv")).parcels
    same_outlines(table.geometry[:2], [BLOCK, BOTH])
    assert table["block"].tolist() == ["区块一", HOSTILE, "区块三"]
    assert opened.complaints == []
    assert opened.requests == []


def test_a_csv_runs_nothing_and_tells_excel_its_encoding(opened: Any) -> None:
    path = take(opened, "csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert len(table) == 3
    assert not [cell for row in table.to_numpy() for cell in row if cell[:1] in ("=", "+", "-", "@")]
    assert table["notes"].str.contains("OpenStreetMap").all()


def test_a_kml_is_read_by_gdal_with_its_words_and_without_what_has_no_place(opened: Any) -> None:
    path = take(opened, "kml")
    frame = gpd.read_file(path)
    same_outlines(frame.geometry, [BLOCK, BOTH])
    assert frame["Name"].tolist()[0] == "区块一"
    assert "示意" in frame["description"][1]
    assert "因由" in frame["description"][1]
    assert "<b>" not in frame["description"][1]  # which a viewer would take for markup
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<styleUrl>#(\w+)", text) == ["traced", "sketched"]
    assert "© OpenStreetMap contributors, ODbL" in text


def test_a_txt_is_read_to_the_millimetre_and_says_what_is_no_survey(opened: Any) -> None:
    path = take(opened, "txt")
    survey = surveyed(path)
    truth = gpd.GeoSeries([BLOCK, BOTH], crs=4490).to_crs("EPSG:4527")
    found = survey.polygons.to_crs(4490).to_crs("EPSG:4527")
    assert found["id"].tolist() == ["xiqing-1", "xiqing-2"]
    assert [[f.check for f in own] for own in survey.findings[:2]] == [["survey-drawn"], ["survey-drawn"]]
    for one, other in zip(found.geometry, truth, strict=True):
        assert one.hausdorff_distance(other) < 1e-3
        assert one.symmetric_difference(other).area < 5
    text = path.read_text(encoding="utf-8-sig")
    assert "数据说明=描图 1 示意 1 非实测" in text
    heads = [line for line in text.splitlines() if line.endswith("@")]
    assert [re.search(r"（.*非实测）", head) is not None for head in heads] == [True, True]
    x, y = map(float, text.splitlines()[text.splitlines().index(heads[0]) + 1].split(",")[2:])
    onto = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4527")
    corners = {tuple(round(v, 3) for v in onto.transform(lat, lon)) for lon, lat in BLOCK.exterior.coords}
    assert (x, y) in corners


def test_what_cannot_be_written_is_said_before(opened: Any) -> None:
    page = opened.page
    page.click("#take")
    for form, words in (("kml", "没有坐标可写，不在文件内"), ("geojson", "只写属性，不写坐标")):
        page.check(f"dialog.take [value={form}]")
        assert words in page.locator(".take .notes").inner_text()
    page.keyboard.press("Escape")
    assert opened.count("dialog[open]") == 0
    opened.page.evaluate("ftzGeoPage.select('xiqing-3')")
    page.locator("#card").get_by_role("button", name="带走").click()
    page.check("dialog.take [value=txt]")
    assert page.locator("dialog.take [type=submit]").is_disabled()
    page.keyboard.press("Escape")
    assert page.locator("#card").is_visible()


def test_real_blocks_come_back_as_they_were_built(open_page: Open, shared: Path) -> None:
    plan: Plan = read_plan(shared / "cases/shanghai_west_blocks.txt")
    reference = read_reference(shared / "reference/shanghai_west.gpkg")
    some = draw(plan, reference).select([parcel.id for parcel in plan.parcels[:12]])
    opened = open_page(map_pages(plan, some, None), f"{plan.zones[0].id}.html")
    true = some.parcels
    for form in ("geojson", "csv"):
        found = read_drawing(take(opened, form)).parcels
        same_outlines(found.geometry, true.geometry)
        assert found[["grade", "block", "east", "south", "west", "north", "text"]].equals(
            true[["grade", "block", "east", "south", "west", "north", "text"]]
        )
        assert found["reasons"].tolist() == [list(reasons) for reasons in true["reasons"]]
    same_outlines(gpd.read_file(take(opened, "kml")).geometry, true.geometry)
    survey = surveyed(take(opened, "txt")).polygons.geometry
    for one, other in zip(survey.to_crs("EPSG:4528"), true.geometry.to_crs("EPSG:4528"), strict=True):
        assert one.hausdorff_distance(other) < 1e-3


# ---------- a picture ----------


def test_the_picture_is_twice_the_map_and_has_its_colours_where_they_are(opened: Any) -> None:
    opened.page.evaluate("map_0.removeLayer(ftzGeoPage.layers.uncertainty)")
    inside, outside = shapely.Point(117.105, 39.025), shapely.Point(117.145, 39.025)
    at, size = opened.page.evaluate(
        """(places) => [
            places.map(([lng, lat]) => map_0.latLngToContainerPoint([lat, lng])).map(({ x, y }) => [x, y]),
            [map_0.getSize().x, map_0.getSize().y],
        ]""",
        [[inside.x, inside.y], [outside.x, outside.y]],
    )
    picture = PIL.Image.open(io.BytesIO(take(opened, "png").read_bytes())).convert("RGB")
    assert picture.width == 2 * size[0]
    assert 2 * size[1] < picture.height < 2 * size[1] + 400  # a title above, what it is below
    shot = PIL.Image.open(io.BytesIO(opened.page.locator("#map_0").screenshot())).convert("RGB")
    seen = [shot.getpixel((round(x), round(y))) for x, y in at]
    assert seen[0] != seen[1]
    tops = [
        top
        for top in range(picture.height - 2 * size[1])
        if [picture.getpixel((round(2 * x), round(top + 2 * y))) for x, y in at] == seen
    ]
    assert tops
    assert opened.complaints == []


def test_a_picture_of_thousands_on_a_canvas_shows_them_and_leaves_tiles_out(open_page: Open) -> None:
    boxes = [
        shapely.box(117 + i % 40 / 100, 39 + i // 40 / 100, 117.009 + i % 40 / 100, 39.009 + i // 40 / 100)
        for i in range(1040)
    ]
    columns = {"zone_id": "xiqing", "block": [f"区块{i}" for i in range(1040)], "grade": "traced"}
    frame = gpd.GeoDataFrame(columns, geometry=boxes, index=[f"xiqing-{i}" for i in range(1040)], crs=4326)
    opened = open_page(map_pages(None, frame, None), "xiqing.html")
    page = opened.page
    plain = PIL.Image.open(io.BytesIO(take(opened, "png").read_bytes())).convert("RGB")
    assert (
        len(plain.crop((400, 600, 1000, 1200)).getcolors(10**6) or ()) > 100
    )  # blocks in their colours, and names
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("OpenStreetMap").check()
    page.click("#take")
    page.check("dialog.take [value=png]")
    assert "联网底图不能写入图片，图中略去。" in page.locator(".take .notes").inner_text()
    page.keyboard.press("Escape")
    with_tiles = PIL.Image.open(io.BytesIO(take(opened, "png").read_bytes()))
    assert with_tiles.size == plain.size


def test_a_file_is_of_the_blocks_as_built_and_says_that_edits_are_not_in_it(open_page: Open) -> None:
    editor = {"schema": "s", "file": "blocks.geojson", "sha256": "0" * 64}
    opened = open_page(map_pages(None, made(), None, editor=editor), "xiqing.html")
    words = "地图上未交回的修改不在文件内"
    opened.page.click("#take")
    assert words not in opened.page.locator(".take .notes").inner_text()
    opened.page.keyboard.press("Escape")
    opened.page.evaluate(
        """() => {
            const { polygon, parts } = ftzGeoPage.shapes[0];
            const moved = ({ lat, lng }) => [lat + 0.001, lng];
            polygon.setLatLngs(parts.map((part) => part.map((ring) => ring.map(moved))));
        }"""
    )
    opened.page.click("#take")
    assert words in opened.page.locator(".take .notes").inner_text()
    opened.page.keyboard.press("Escape")
    same_outlines(gpd.read_file(take(opened, "geojson")).geometry[:2], [BLOCK, BOTH])


# ---------- text ----------


def pasted(opened: Any) -> str:
    """What the clipboard holds, as a reader gets it."""
    page = opened.page
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    page.focus("#paste")
    page.keyboard.press("Control+v")
    text = str(page.input_value("#paste"))
    page.evaluate("document.getElementById('paste').remove()")
    return text


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_card_and_its_corners_are_copied_as_text(opened: Any, has_clipboard: bool) -> None:
    page = opened.page
    if has_clipboard:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("ftzGeoPage.select('xiqing-1')")
    page.get_by_role("button", name="复制卡片").click()
    page.wait_for_selector(".toast:not([hidden])")
    assert "已复制：区块一" in page.locator(".toast").inner_text()
    card = pasted(opened).splitlines()
    assert card[:2] == ["区块一", "描图：各边落在底图的同名地物上"]
    assert "申报面积 7.8 km²" in card
    assert any(line.startswith("东至 甲路") for line in card)
    page.get_by_role("button", name="复制坐标").click()
    told = "() => document.querySelector('.toast').textContent.includes(`${ftzGeoPage.chosen().called} 界点`)"
    page.wait_for_function(told)
    rows = [line.split("\t") for line in pasted(opened).splitlines() if line.count("\t") == 5][1:]
    onto = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4527")
    assert len(rows) == 8
    for _, _, x, y, lon, lat in rows:
        assert (float(x), float(y)) == pytest.approx(onto.transform(float(lat), float(lon)), abs=1e-3)
    assert {(float(row[4]), float(row[5])) for row in rows} == set(BLOCK.exterior.coords) | set(
        BLOCK.interiors[0].coords
    )
    page.evaluate("ftzGeoPage.select('xiqing-3')")
    page.get_by_role("button", name="复制坐标").click()
    page.wait_for_function(told)
    assert "位置未知：只示大小和相邻关系，不给坐标" in pasted(opened)
    assert "39" not in pasted(opened)


def test_a_place_is_copied_by_key_and_by_the_right_button(opened: Any) -> None:
    page = opened.page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.mouse.move(800, 500)
    told = page.locator(".readout").inner_text()
    page.keyboard.press("c")
    assert pasted(opened) == told
    page.mouse.click(820, 420, button="right")
    page.get_by_role("button", name="复制此处坐标").click()
    truth = page.evaluate(
        """() => {
            const { x, y } = document.getElementById("map_0").getBoundingClientRect();
            const { lng, lat } = map_0.containerPointToLatLng([820 - x, 420 - y]);
            return [lng, lat];
        }"""
    )
    lon, lat = map(float, re.findall(r"(\d+\.\d{6})°", pasted(opened)))
    assert (lon, lat) == pytest.approx(truth, abs=1e-6)
    page.fill("#search", "")
    page.keyboard.type("c")
    assert page.input_value("#search") == "c"
    assert pasted(opened) != told


# ---------- units of area ----------

PER_KM2 = {"km2": Fraction(1), "ha": Fraction(100), "mu": Fraction(1500), "m2": Fraction(10**6)}
"""1 亩 = 2000/3 m²."""


@pytest.fixture(scope="module")
def in_unit(chromium: Any) -> Iterator[Callable[[str, str], Any]]:
    """Evaluate an expression in a page whose areas are in a unit."""
    page = chromium.new_page()
    page.set_content(map_pages(None, made(), None)["xiqing.html"])

    def evaluate(unit: str, expression: str) -> Any:
        page.select_option("#unit", unit)
        return page.evaluate(expression)

    yield evaluate
    page.close()


@settings(max_examples=20)
@given(
    st.lists(
        st.decimals(min_value=0, max_value=99999, places=None, allow_nan=False).map(lambda d: round(d, 4))
    )
)
@example([Decimal("7.80"), Decimal("18.88"), Decimal("0.0001"), Decimal(0)])
def test_a_stated_figure_is_the_same_area_in_every_unit(
    in_unit: Callable[[str, str], Any], figures: list[Decimal]
) -> None:
    texts = [f"{figure:f}" for figure in figures]
    for unit, factor in PER_KM2.items():
        told = in_unit(unit, f"{json.dumps(texts)}.map(ftzGeo.units.stated)")
        assert [Fraction(text) for text in told] == [Fraction(text) * factor for text in texts]


def test_the_unit_changes_every_figure_and_stays_in_the_address(opened: Any) -> None:
    page = opened.page
    row = page.locator(".blocks tbody tr").first
    page.evaluate("ftzGeoPage.select('xiqing-1')")
    drawn = area_m2([BLOCK])[0]
    for unit, word, stated, shown in (
        ("ha", "公顷", "780", drawn / 1e4),
        ("mu", "亩", "11700", drawn * 3 / 2000),
        ("m2", "平方米", "7800000", drawn),
        ("km2", "平方公里", "7.8", drawn / 1e6),
    ):
        page.select_option("#unit", unit)
        assert page.locator("#blocks-head").inner_text().endswith(word)
        assert row.locator("td").nth(0).inner_text() == stated
        decimals = {"ha": 0.05, "km2": 0.005}.get(unit, 0.5)
        assert float(row.locator("td").nth(1).inner_text()) == pytest.approx(shown, abs=decimals * 1.01)
        card = page.locator("#card dl dd").first
        assert card.inner_text() == stated
        assert stated in "".join(opened.texts("svg.labels text"))
        assert ("unit=" in page.evaluate("location.hash")) == (unit != "km2")
    page.select_option("#unit", "mu")
    assert page.get_attribute("nav a", "href") == "index.html#unit=mu"
    page.reload()
    assert page.locator(".blocks tbody tr td").first.inner_text() == "11700"
    page.emulate_media(media="print")
    assert page.locator(".blocks tbody tr td").first.inner_text() == "11700"
    page.evaluate("location.hash = '#xiqing-1'")
    page.wait_for_function("document.getElementById('unit').value === 'km2'")
    assert opened.complaints == []
