"""A reader's own files over the map of a zone page: read right, or refused with a sentence."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo.measure import area_m2
from ftz_geo.render import map_pages

Open = Callable[..., Any]

MINE = shapely.box(117.11, 39.005, 117.13, 39.02)
HOSTILE = "<img src=x onerror=alert(1)>"


def parcels() -> gpd.GeoDataFrame:
    columns = {"zone_id": ["xiqing"], "block": ["区块一"], "grade": ["traced"]}
    return gpd.GeoDataFrame(
        columns, geometry=[shapely.box(117.10, 39.00, 117.12, 39.03)], index=["xiqing-1"], crs=4326
    )


@pytest.fixture
def opened(open_page: Open) -> Any:
    return open_page(map_pages(None, parcels(), None), "xiqing.html")


@pytest.fixture(scope="module")
def inverse(chromium: Any) -> Iterator[Callable[[list[Any]], Any]]:
    """The inverse of the projection, for a list of places of zones."""
    page = chromium.new_page()
    page.set_content(map_pages(None, parcels(), None)["xiqing.html"])
    yield lambda places: page.evaluate("(places) => places.map(ftzGeodesy.place)", places)
    page.close()


def lay(opened: Any, path: Path, content: str | bytes) -> None:
    """Pick a file, and wait until it is drawn or refused."""
    page = opened.page
    rows = opened.count(".layers li")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    page.set_input_files(".layers input[type=file]", path)
    page.wait_for_function(
        """(rows) => document.querySelectorAll(".layers li").length > rows
            || !document.querySelector(".layers .wrong").hidden""",
        arg=rows,
    )


def drawn(opened: Any) -> list[Any]:
    """The outlines of all own layers, as the map has them."""
    found = opened.page.evaluate(
        """() => {
            const all = [];
            map_0.eachLayer((layer) => {
                const isOutline = layer.options.pane === "own" && layer.getLatLngs;
                if (isOutline) all.push(layer.toGeoJSON(9).geometry);
            });
            return all;
        }"""
    )
    return [shapely.geometry.shape(geometry) for geometry in found]


def written(form: str, tmp_path: Path) -> bytes:
    """The outline as GDAL writes it, or as a survey of zone 39 lists it."""
    if form == "txt":
        onto = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4527")
        rows = [onto.transform(lat, lon) for lon, lat in MINE.exterior.coords]
        points = [f"J{i % 4 + 1},1,{x:.3f},{y:.3f}" for i, (x, y) in enumerate(rows)]
        head = [
            "[属性描述]",
            "坐标系=2000国家大地坐标系",
            "带号=39",
            "[地块坐标]",
            "5,1.0,X-1,我的地块,面,,,,@",
        ]
        return "\r\n".join([*head, *points]).encode("gb18030")
    path = tmp_path / f"mine.{form}"
    driver = {"kml": "KML", "geojson": "GeoJSON"}[form]
    gpd.GeoDataFrame({"Name": ["我的地块"]}, geometry=[MINE], crs=4326).to_file(path, driver=driver)
    return path.read_bytes()


@pytest.mark.parametrize("form", ["geojson", "kml", "txt"])
def test_an_own_file_lies_where_it_belongs_with_its_name_and_area(
    opened: Any, tmp_path: Path, form: str
) -> None:
    lay(opened, tmp_path / f"mine.{form}", written(form, tmp_path))
    [outline] = drawn(opened)
    assert outline.hausdorff_distance(MINE) < 1e-8
    x, y = opened.page.evaluate(
        """() => {
            const { x, y } = map_0.latLngToContainerPoint([39.01, 117.125]);
            const box = document.getElementById("map_0").getBoundingClientRect();
            return [x + box.x, y + box.y];
        }"""
    )
    opened.page.mouse.click(x, y)
    name, file, area = opened.page.locator(".leaflet-popup-content p").all_inner_texts()
    assert (name, file) == ("我的地块", f"mine.{form}")
    assert float(area.split()[1]) == pytest.approx(area_m2([MINE])[0] / 1e6, abs=1e-4)
    in_legend = opened.page.locator(".legend li", has_text=f"mine.{form}")
    assert in_legend.is_visible()
    opened.page.locator(".layers [type=checkbox]").uncheck()
    assert drawn(opened) == []
    assert not in_legend.is_visible()
    opened.page.locator(".layers [type=checkbox]").check()
    assert len(drawn(opened)) == 1
    opened.page.locator(".layers .off").click()
    assert drawn(opened) == []
    assert opened.count(".layers li") == 0
    assert in_legend.count() == 0
    assert opened.requests == []
    assert opened.complaints == []


@settings(max_examples=20)
@given(lon=st.floats(73.5, 134.5), lat=st.floats(18.0, 53.0), width=st.sampled_from([3, 6]))
@example(lon=117.15, lat=39.0, width=3)
def test_the_way_back_from_the_survey_plane_is_that_of_proj(
    inverse: Callable[[list[Any]], Any], lon: float, lat: float, width: int
) -> None:
    # EPSG:4513 to 4533 are the 3-degree zones 25 to 45, EPSG:4491 to 4501 the 6-degree zones 13 to 23.
    zone = int((lon + 1.5) // 3) if width == 3 else int(lon // 6) + 1
    code = 4513 + zone - 25 if width == 3 else 4491 + zone - 13
    x, y = pyproj.Transformer.from_crs("EPSG:4490", f"EPSG:{code}").transform(lat, lon)
    [found] = inverse([{"zone": zone, "x": x, "y": y - zone * 1e6}])
    assert found == pytest.approx([lon, lat], abs=1e-9)  # 0.1 mm


def polygon(coordinates: Any) -> str:
    return json.dumps({"type": "Polygon", "coordinates": coordinates})


BOMB = '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><kml><Placemark><name>&d;</name></Placemark></kml>'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.geojson", '{"type": "FeatureCollection", "features": [', "JSON 残缺"),
        ("a.geojson", "[" * 200_000, "JSON 残缺"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "没有读到坐标"),
        ("a.geojson", '{"type": "Nonsense"}', "不认识的图形类型：Nonsense"),
        ("a.geojson", '{"type": "Polygon", "coordinates": 5}', "图形残缺"),
        (
            "a.geojson",
            polygon([[[511493.9, 4320014.7], [511500, 4321014], [512493, 4321010]]]),
            "投影米制坐标",
        ),
        ("a.geojson", polygon([[[39.0, 117.1], [39.1, 117.1], [39.1, 117.2]]]), "纬度写在了经度前面"),
        ("a.geojson", polygon([[[117.1, 39.0], [None, 39.1], [117.2, 39.1]]]), "坐标不是数字"),
        ("a.kml", "<kml><Placemark><Polygon></kml>", "KML 残缺"),
        ("a.kml", BOMB, "实体声明"),
        ("a.txt", "[地块坐标]\n3,0,a,b,面,,,,@\nJ1,1,4320014.6,511493.9\n", "带号"),
        ("a.txt", "坐标系=西安80坐标系\n带号=39\n[地块坐标]\nJ1,1,4320014.6,39511493.9\n", "西安80"),
        ("a.txt", "[地块坐标]\n3,0,a,b,面,,,,@\nJ1,1,4320***.6,39511493.9\n", "损坏"),
        ("a.txt", "no coordinates here", "没有读到坐标"),
        ("a.geojson", b" " * (20 * 1024 * 1024 + 1), "20 MB"),
        ("a.geojson", polygon([[[117.1, 39.0]] * 500_001]), "50 万"),
    ],
    ids=range(16),
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(
    opened: Any, tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    lay(opened, tmp_path / name, content)
    assert words in opened.page.locator(".layers .wrong").inner_text()
    assert opened.count(".layers li") == 0
    assert drawn(opened) == []
    assert opened.complaints == []


def test_words_of_a_file_stay_words(opened: Any, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"name": HOSTILE}, "geometry": shapely.geometry.mapping(MINE)}
    lay(opened, tmp_path / f"{HOSTILE}.geojson", json.dumps(feature))
    opened.page.evaluate(
        """() => map_0.eachLayer((layer) => {
            if (layer.options.pane !== "own" || !layer.getLatLngs) return;
            layer.fire("click", { latlng: layer.getCenter() }, true);
        })"""
    )
    assert HOSTILE in opened.page.locator(".leaflet-popup-content").inner_text()
    assert opened.page.locator(".layers label").inner_text() == f"{HOSTILE}.geojson"
    assert opened.count(".leaflet-popup-content img, .layers img") == 0
    assert opened.complaints == []


def test_a_file_may_be_dropped_onto_the_page(opened: Any) -> None:
    text = json.dumps(shapely.geometry.mapping(MINE))
    opened.page.evaluate(
        """(text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "dropped.geojson"));
            document.getElementById("map_0").dispatchEvent(
                new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }),
            );
        }""",
        text,
    )
    opened.page.wait_for_selector(".layers li")
    assert drawn(opened)[0].hausdorff_distance(MINE) < 1e-8


def test_no_name_lies_under_the_panel(open_page: Open, tmp_path: Path) -> None:
    opened = open_page(map_pages(None, parcels(), None), "xiqing.html", width=390, height=844)
    meets = """() => {
        const box = document.querySelector(".layers").getBoundingClientRect();
        const texts = [...document.querySelectorAll("svg.labels text")];
        const names = texts.map((name) => name.getBoundingClientRect());
        const beside = (name) => name.left >= box.right || name.right <= box.left;
        return names.some((name) => !beside(name) && name.top < box.bottom && name.bottom > box.top);
    }"""
    assert opened.count("svg.labels text") > 0
    assert not opened.page.evaluate(meets)
    lay(opened, tmp_path / "mine.geojson", json.dumps(shapely.geometry.mapping(MINE)))
    assert not opened.page.evaluate(meets)


def test_parts_without_an_outline_are_left_out(opened: Any, tmp_path: Path) -> None:
    ring = [[117.1, 39.0], [117.12, 39.0], [117.12, 39.02], [117.1, 39.0]]
    parts = {"type": "MultiPolygon", "coordinates": [[], [[]], [ring]]}
    lay(opened, tmp_path / "a.geojson", json.dumps({"type": "Feature", "properties": {}, "geometry": parts}))
    assert len(drawn(opened)) == 1
    box = opened.page.locator(".folium-map").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert opened.complaints == []


def test_a_hole_under_the_number_of_its_shell_is_a_hole(opened: Any, tmp_path: Path) -> None:
    """As ``survey/txt.py`` reads it: once a ring is closed, the next begins."""
    x, y = 4320000, 39510000
    shell = [(0, 0), (0, 100), (100, 100), (100, 0), (0, 0)]
    hole = [(20, 20), (20, 40), (40, 40), (20, 20)]
    rows = [f"J{n},1,{x + dx},{y + dy}" for n, (dx, dy) in enumerate([*shell, *hole], 1)]
    lay(opened, tmp_path / "a.txt", "\n".join(["[地块坐标]", "9,0.98,1,甲,面,,,,@", *rows]))
    [outline] = drawn(opened)
    assert len(outline.interiors) == 1
    assert shapely.Polygon(outline.interiors[0]).within(shapely.Polygon(outline.exterior))
