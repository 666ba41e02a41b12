"""What lies around the blocks of a map page, in real Chromium: base maps, coordinates, bands, lines."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pyproj
import pytest
import shapely

from builders import drawing
from ftz_geo.measure import gcj02_of
from ftz_geo.model import Direction, Edge, Measure
from ftz_geo.render import map_pages

Open = Callable[..., Any]

SIDES: tuple[Direction, ...] = ("east", "north", "west", "south")
KEY = "0123456789abcdef0123456789abcdef"
LINE = shapely.LineString([(117.09, 38.995), (117.16, 38.995)])
MEASURES = [
    Measure(
        number=number,
        name=name,
        content=f"{name}的内容。",
        scope=scope,
        departments=("市商务局",),
        span=(0, 1),
    )
    for number, name, scope in (
        (1, "随卸随检", "全市"),
        (2, "<b>通办</b>", "京津冀"),
        (3, "快验快放", "全市"),
    )
]


def parcels(half_width_m: float = 15.0) -> gpd.GeoDataFrame:
    """One traced block on roads of a known width."""
    block = shapely.box(117.10, 39.00, 117.15, 39.04)
    ring = shapely.get_coordinates(block.exterior)
    edges = tuple(
        Edge(
            side=side,
            feature=f"{side}路",
            method="on-feature",
            line=shapely.LineString(ring[i : i + 2]),
            half_width_m=half_width_m,
        )
        for i, side in enumerate(SIDES)
    )
    columns = {"zone_id": ["xiqing"], "block": ["区块一"], "grade": ["traced"]}
    return drawing(gpd.GeoDataFrame(columns, geometry=[block], index=["xiqing-1"], crs=4326), [edges])


def corner_on_screen(opened: Any) -> list[float]:
    found: list[float] = opened.page.evaluate(
        """() => {
            const { x, y } = map_0.project(ftzGeoPage.shapes[0].rings[0][0], 20);
            return [x, y];
        }"""
    )
    return found


def test_on_gaode_the_shapes_are_shown_where_gcj02_has_them_and_stay_what_they_are(open_page: Open) -> None:
    opened = open_page(map_pages(None, parcels(), None), "xiqing.html")
    control = opened.page.locator(".leaflet-control-layers")
    corner = opened.page.evaluate(
        "() => { const p = ftzGeoPage.shapes[0].rings[0][0]; return [p.lng, p.lat]; }"
    )
    before = corner_on_screen(opened)
    centre = opened.page.evaluate("() => [map_0.getCenter().lng, map_0.getCenter().lat]")
    control.hover()
    control.get_by_label("高德").check()
    there = gcj02_of(shapely.Point(corner))
    x, y = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(there.x, there.y)
    half = 20037508.342789244
    pixels = 256 * 2**20 / (2 * half)
    assert corner_on_screen(opened) == pytest.approx([(x + half) * pixels, (half - y) * pixels], abs=0.01)
    assert corner == opened.page.evaluate(
        "() => { const p = ftzGeoPage.shapes[0].rings[0][0]; return [p.lng, p.lat]; }"
    )
    assert opened.page.evaluate("() => [map_0.getCenter().lng, map_0.getCenter().lat]") == pytest.approx(
        centre, abs=2e-5
    )
    back = opened.page.evaluate(
        "() => { const p = map_0.unproject(map_0.project([39.01, 117.11], 20), 20); return [p.lng, p.lat]; }"
    )
    assert back == pytest.approx([117.11, 39.01], abs=1e-9)
    assert {
        re.sub(r"^https://webrd0[1-4]\.is\.autonavi\.com/.*", "gaode", url) for url in opened.requests
    } == {"gaode"}
    control.hover()
    control.get_by_label("纸面").check()
    assert corner_on_screen(opened) == pytest.approx(before, abs=1e-6)


def test_the_place_under_the_pointer_is_told_in_degrees_and_in_its_zone(open_page: Open) -> None:
    opened = open_page(map_pages(None, parcels(), None), "xiqing.html")
    opened.page.mouse.move(800, 500)
    lon, lat, north, east = map(
        float, re.findall(r"(\d+\.\d+)", opened.page.locator(".readout").inner_text())
    )
    truth = opened.page.evaluate(
        """() => {
            const { x, y } = document.getElementById("map_0").getBoundingClientRect();
            const { lng, lat } = map_0.containerPointToLatLng([800 - x, 500 - y]);
            return [lng, lat];
        }"""
    )
    assert [lon, lat] == pytest.approx(truth, abs=1e-6)
    y, x = pyproj.Transformer.from_crs(4490, 4527, always_xy=True).transform(*truth)  # zone 39
    assert (north, east) == pytest.approx((x, y), abs=0.06)


def test_bands_are_as_wide_as_the_roads_at_every_zoom(open_page: Open) -> None:
    opened = open_page(map_pages(None, parcels(15.0), None), "xiqing.html")
    for _ in range(3):
        widths, per_pixel = opened.page.evaluate(
            """() => {
                const bands = [...document.querySelectorAll("path.band")];
                const [a, b] = [L.latLng(39.02, 117.12), L.latLng(39.02, 117.13)];
                const apart = map_0.project(a).distanceTo(map_0.project(b));
                const metres = ftzGeodesy.distance([a.lng, a.lat], [b.lng, b.lat]);
                return [bands.map((band) => Number(band.getAttribute("stroke-width"))), metres / apart];
            }"""
        )
        assert len(widths) == 4
        # Web Mercator is drawn on a sphere, up to 0.3 % off here.
        assert [width * per_pixel for width in widths] == pytest.approx([30.0] * 4, rel=4e-3)
        opened.page.evaluate("() => map_0.zoomIn(1, { animate: false })")
    assert open_page(map_pages(None, parcels(0.0), None), "xiqing.html").count("path.band") == 0


def test_lines_between_blocks_are_drawn_and_say_that_they_are_sketched(open_page: Open) -> None:
    pages = map_pages(None, parcels(), None, lines={"xiqing": [("<i>中河</i>", LINE)]})
    opened = open_page(pages, "xiqing.html")
    drawn = opened.page.evaluate(
        """() => {
            let found = null;
            ftzGeoPage.layers.lines.eachLayer((line) => { found = line.toGeoJSON(8).geometry.coordinates; });
            return found;
        }"""
    )
    assert shapely.LineString(drawn).equals_exact(LINE, 1e-8)
    assert "<i>中河</i>" in opened.texts("svg.labels text")
    assert "区块间道路河流（示意）" in opened.page.locator(".legend").inner_text()
    assert opened.complaints == []


def test_measures_stand_under_their_scope(open_page: Open) -> None:
    pages = map_pages(None, parcels(), None, measures={"xiqing": MEASURES})
    opened = open_page(pages, "xiqing.html")
    opened.page.get_by_role("tab", name="任务").click()
    assert [text.split() for text in opened.texts("#tasks h3")] == [["全市", "2"], ["京津冀", "1"]]
    shown = opened.texts("#tasks summary")
    assert shown == ["1. 随卸随检", "3. 快验快放", "2. <b>通办</b>"]
    opened.page.locator("#tasks summary").first.click()
    assert opened.page.get_by_text("随卸随检的内容。").is_visible()
    assert not opened.page.locator("#blocks").is_visible()


def test_a_key_is_written_only_when_asked(open_page: Open) -> None:
    assert KEY not in "".join(map_pages(None, parcels(), None).values())
    opened = open_page(map_pages(None, parcels(), None, tianditu_key=KEY), "xiqing.html")
    assert opened.requests == []
    control = opened.page.locator(".leaflet-control-layers")
    control.hover()
    control.get_by_label("天地图").check()
    opened.page.wait_for_function("() => document.querySelector('.leaflet-tile-pane img') !== null")
    opened.page.wait_for_timeout(200)
    assert opened.requests
    assert all(url.endswith(f"&tk={KEY}") and ".tianditu.gov.cn/" in url for url in opened.requests)
    assert not any("dialog" in complaint for complaint in opened.complaints)


def test_near_and_far_areas_stand_in_the_card(open_page: Open) -> None:
    block = parcels()
    drawn = replace(block, parcels=block.parcels.assign(area_near_km2=19.1234, area_far_km2=19.9876))
    opened = open_page(map_pages(None, drawn, None), "xiqing.html")
    opened.page.get_by_role("table").get_by_role("button", name="区块一").click()
    assert "19.123—19.988" in opened.page.locator("#card .card").inner_text()
