"""Choosing a block in real Chromium: its light, its card, the address; and what a page claims."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from builders import drawing, in_place
from ftz_geo.frame import Drawing
from ftz_geo.model import Audit, BlockSummary, Reason, ZoneSummary
from ftz_geo.parse import parse_plan
from ftz_geo.pipeline import draw, read_reference, render_maps
from ftz_geo.render import map_pages

Open = Callable[..., Any]
"""The fixture ``open_page`` of conftest.py."""

WORDS = Reason(code="words-and-area", zh="按文字和面积布置", en="laid out from words and area")
NOWHERE = Reason(code="no-anchor", zh="位置完全不明", en="its place is not known")
SHARED = Reason(code="shared-area", zh="由2个地块均分", en="shared equally")


def blocks(
    *boxes: tuple[float, float, float, float], reasons: dict[int, list[Reason]] | None = None, **columns: Any
) -> Drawing:
    """Blocks of one zone as boxes of degrees, sketched unless a column says otherwise."""
    names = "一二三四五六七八"
    frame = gpd.GeoDataFrame(
        {
            "zone_id": "jia",
            "zone": "甲片区",
            "block": [f"区块{names[n]}" for n in range(len(boxes))],
            "grade": "sketched",
            "measured_area_km2": [round((e - w) * (n - s) * 9600, 2) for w, s, e, n in boxes],
            **columns,
        },
        geometry=[shapely.box(*box) for box in boxes],
        index=[f"jia-{n + 1}" for n in range(len(boxes))],
        crs=4326,
    )
    said = reasons or {}
    return drawing(frame, reasons=[said.get(n, [WORDS]) for n in range(len(boxes))])


APART = (117.00, 39.00, 117.02, 39.02), (117.05, 39.00, 117.07, 39.02), (117.10, 39.00, 117.12, 39.02)


def card(opened: Any) -> Any:
    return opened.page.locator("#card .card")


def test_the_address_holds_block_language_tab_and_view(open_page: Open) -> None:
    pages = map_pages(None, blocks(*APART), None)
    opened = open_page(pages, "jia.html")
    opened.page.locator("tr", has_text="区块二").click()
    opened.page.locator("#language").click()
    address = opened.page.url
    assert "#jia-2&lang=en&view=" in address
    seen = opened.page.evaluate("() => map_0.getBounds().toBBoxString()")
    again = open_page(pages, "jia.html")
    again.page.goto("about:blank")
    again.page.goto(address)
    assert "区块二" in card(again).inner_text()
    assert again.page.evaluate("() => document.documentElement.lang") == "en"
    found, wanted = (
        [float(x) for x in text.split(",")]
        for text in (again.page.evaluate("() => map_0.getBounds().toBBoxString()"), seen)
    )
    assert found == pytest.approx(wanted, abs=2e-4)
    assert opened.complaints == []
    assert opened.requests == []


def test_a_view_that_was_asked_for_stays_in_the_address(open_page: Open) -> None:
    opened = open_page(map_pages(None, blocks(*APART), None), "jia.html")
    opened.page.evaluate("() => { location.hash = 'view=39.01000,117.06000,13'; }")
    opened.page.reload()
    opened.page.pdf()
    assert "view=39.01000,117.06000,13" in opened.page.url


def test_back_leads_to_the_block_before(open_page: Open) -> None:
    opened = open_page(map_pages(None, blocks(*APART), None), "jia.html")
    for name in ("区块一", "区块三"):
        opened.page.locator("tr", has_text=name).click()
    assert "区块三" in card(opened).inner_text()
    opened.page.go_back()
    opened.page.wait_for_function("() => ftzGeoPage.chosen()?.id === 'jia-1'")
    assert "区块一" in card(opened).inner_text()
    opened.page.go_back()
    opened.page.wait_for_function("() => ftzGeoPage.chosen() === null")
    assert not opened.page.locator("#card").is_visible()


def test_an_address_that_names_nothing_opens_the_plain_page(open_page: Open) -> None:
    pages = map_pages(None, blocks(*APART), None)
    for strange in (
        "%E0%A4%A",
        "<b>x</b>",
        "jia-9&view=1000,abc,9&tab=none",
        "view=39,117",
        "view=,,",
        "unit=constructor",
    ):
        opened = open_page(pages, "jia.html")
        opened.page.evaluate("(hash) => { location.hash = hash; }", strange)
        opened.page.reload()
        assert opened.page.locator(".leaflet-overlay-pane path").count() == 3
        assert opened.page.evaluate("() => map_0.getBounds().contains([39.01, 117.06])")
        assert not opened.page.locator("#card").is_visible()
        assert opened.complaints == []


def test_the_table_and_the_map_light_each_other_up(open_page: Open) -> None:
    opened = open_page(map_pages(None, blocks(*APART), None), "jia.html")
    glow = opened.page.locator(".leaflet-glow-pane path")
    assert glow.count() == 0
    # Any cell of a row will do.
    opened.page.locator("tr", has_text="区块二").locator("td").nth(1).hover()
    assert glow.count() == 1
    shape, light = (
        opened.page.evaluate("(path) => JSON.parse(JSON.stringify(path.getBoundingClientRect()))", handle)
        for handle in (
            opened.page.locator(".leaflet-overlay-pane path").nth(1).element_handle(),
            glow.first.element_handle(),
        )
    )
    assert light["x"] == pytest.approx(shape["x"], abs=6)
    opened.page.locator(".leaflet-overlay-pane path").nth(2).hover()
    assert "区块三" in opened.page.locator("tr.lit").inner_text()
    opened.page.locator(".leaflet-overlay-pane path").nth(0).click()
    assert "区块一" in opened.page.locator("tr.chosen").inner_text()
    assert opened.page.locator("tr.chosen").get_attribute("aria-current") == "true"


def test_blocks_that_lie_on_each_other_are_all_offered(open_page: Open) -> None:
    whole, part = (117.00, 39.00, 117.06, 39.06), (117.01, 39.01, 117.03, 39.03)
    opened = open_page(map_pages(None, blocks(part, whole), None), "jia.html")
    opened.page.evaluate(
        "() => map_0.fire('resize') && map_0.setView([39.02, 117.02], 13, { animate: false })"
    )
    box = opened.page.locator(".folium-map").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    offered = opened.page.locator(".overlap button")
    assert sorted(offered.all_inner_texts()) == ["区块一", "区块二"]
    assert "区块一" in card(opened).inner_text()  # the smaller one, wherever it lies in the order
    offered.filter(has_text="区块二").click()
    assert "区块二" in card(opened).inner_text()


def test_what_has_no_place_stands_in_a_frame_of_its_own(open_page: Open) -> None:
    unknown = {1: [WORDS, NOWHERE], 2: [WORDS, NOWHERE]}
    opened = open_page(map_pages(None, blocks(*APART, reasons=unknown), None), "jia.html")
    assert opened.page.locator(".leaflet-overlay-pane path").count() == 1
    frame = opened.page.locator("#inset")
    assert "位置未知" in frame.inner_text()
    assert frame.locator("svg text:not(.area)").all_text_contents() == ["区块二", "区块三"]
    assert [opened.page.locator("tbody tr td:nth-child(5)").nth(n).inner_text() for n in range(3)] == [
        "—",
        "未知",
        "未知",
    ]
    # The bar is as long as it says: the two squares, 0.02 degrees high, are told by it.
    bar = frame.locator(".bar")
    number, unit = bar.inner_text().split()
    metres = float(number) * (1000 if unit == "km" else 1)
    per_pixel = metres / bar.bounding_box()["width"]
    height = frame.locator("svg path").first.evaluate("(path) => path.getBBox().height")
    assert height * per_pixel == pytest.approx(0.02 * 111_132, rel=0.03)
    frame.get_by_role("button", name="区块三").click()
    assert "位置未知" in card(opened).inner_text()
    assert opened.complaints == []


def test_a_zone_without_a_place_is_not_laid_over_a_graticule(open_page: Open) -> None:
    text = (
        "高新区联动创新区总面积4.20平方公里。\n"
        "区块一：面积2.20平方公里，东至甲子路、南至乙丑路、西至丙寅路、北至丁卯路。\n"
        "区块二：面积2.00平方公里，东至戊辰路、南至己巳路、西至甲子路、北至辛未路。\n"
    )
    plan = parse_plan(text)
    pages = map_pages(plan, draw(plan), None)
    [name] = [name for name in pages if name != "index.html"]
    opened = open_page(pages, name)
    assert opened.page.locator(".leaflet-overlay-pane path").count() == 0
    assert opened.page.locator("#inset .apart").count() == 2
    assert not opened.page.locator(".graticule text").first.is_visible()
    assert not opened.page.locator(".readout").is_visible()
    assert "示意，位置未知" in opened.page.locator(".stamps").inner_text()
    # The map below it shows the country, not the Gulf of Guinea, and the address nothing.
    assert opened.page.evaluate("() => L.latLngBounds([18, 73], [54, 135]).contains(map_0.getCenter())")
    assert "view=" not in opened.page.url
    assert "大小可信" in opened.page.evaluate("() => ftzGeoPage.shapes[0].reasons.flat().join()")
    assert "位置只在所述误差以内" not in opened.page.evaluate(
        "() => ftzGeoPage.shapes[0].reasons.flat().join()"
    )


def verdicts(opened: Any) -> list[str]:
    return [str(text) for text in opened.page.locator(".totals .verdict").all_inner_texts()]


@pytest.mark.parametrize(
    ("near", "far", "block", "told"),
    [
        (1.80, 1.99, None, ["相符", "未比对"]),
        (1.80, 1.99, "pass", ["相符", "未核全"]),
        (1.80, 2.30, "pass", ["相符", "相符"]),
        (1.80, 2.30, "fail", ["相符", "不符"]),
    ],
)
def test_the_header_tells_what_was_held_against_what(
    open_page: Open, near: float, far: float, block: Any, told: list[str]
) -> None:
    made = blocks(APART[0], grade="inferred", declared_area_km2=2.2, area_near_km2=near, area_far_km2=far)
    zone = ZoneSummary(
        id="jia",
        declared_km2=2.2,
        sum_km2=2.2,
        difference_km2=0.0,
        limit_km2=0.05,
        blocks=(BlockSummary(id="jia-1", verdict=block),),
    )
    opened = open_page(map_pages(None, made, Audit(findings=(), zones=(zone,))), "jia.html")
    assert verdicts(opened) == told
    outside = not near <= Decimal("2.2") <= far
    assert opened.page.locator(".outside").count() == int(outside)


def test_equal_shares_are_marked(open_page: Open) -> None:
    made = blocks(
        *APART[:2],
        reasons={0: [WORDS, SHARED], 1: [WORDS, SHARED]},
        block="区块一",
        parcel=["地块一", "地块二"],
        block_declared_area_km2=7.68,
    )
    opened = open_page(map_pages(None, made, None), "jia.html")
    assert opened.page.locator("tr.parcel", has_text="均分").count() == 2
    assert any("均分" in text for text in opened.texts("svg.labels tspan"))


def test_a_traced_page_is_not_stamped_like_a_sketch(open_page: Open) -> None:
    for grade, stamps in (("traced", 1), ("sketched", 2)):
        opened = open_page(map_pages(None, blocks(*APART, grade=grade), None), "jia.html")
        assert opened.page.locator(".stamp").count() == stamps
        assert "参考图" in opened.page.locator(".stamp").first.inner_text()
        assert ("示意" in opened.page.locator(".stamps").inner_text()) == (grade == "sketched")


def test_a_rim_is_as_wide_as_the_place_is_uncertain(open_page: Open) -> None:
    opened = open_page(map_pages(None, blocks(APART[0], placement_uncertainty_m=500.0), None), "jia.html")
    rims = opened.page.locator("path.halo").all()
    weight = max(float(rim.get_attribute("stroke-width")) for rim in rims)
    pixels = opened.page.evaluate(
        "() => { const a = map_0.latLngToContainerPoint([39.01, 117.0]);"
        " const b = map_0.latLngToContainerPoint([39.01, 117.01]); return b.x - a.x; }"
    )
    metres_per_pixel = 0.01 * 111_320 * 0.77704 / pixels  # cos of 39.01 degrees
    assert weight / 2 * metres_per_pixel == pytest.approx(500, rel=0.01)


def test_the_projector_shows_the_map_alone_in_large_letters(open_page: Open) -> None:
    opened = open_page(map_pages(None, blocks(*APART), None), "jia.html")
    size = "() => getComputedStyle(document.querySelector('svg.labels tspan')).fontSize"
    before = opened.page.locator(".folium-map").bounding_box()["width"]
    assert opened.page.evaluate(size) == "14px"
    opened.page.locator("#projector").click()
    opened.page.wait_for_function("() => document.querySelector('.folium-map').clientWidth >= 1390")
    assert opened.page.evaluate(size) == "21px"
    assert not opened.page.locator("table.blocks").is_visible()
    opened.page.locator("#projector").click()
    opened.page.wait_for_function(f"() => document.querySelector('.folium-map').clientWidth === {before}")


def test_what_was_not_drawn_shows_where_its_names_may_be(tmp_path: Path, open_page: Open) -> None:
    plan = parse_plan("某片区\n区块一：东至甲路、南至乙路、西至丙路、北至丁路。\n")
    roads = gpd.GeoDataFrame(
        {"name": ["甲路", "乙路"], "highway": "primary"},
        geometry=[
            shapely.LineString([(117.2, 39.0), (117.2, 39.1)]),
            shapely.LineString([(117.1, 39.0), (117.2, 39.0)]),
        ],
        crs=4326,
    )
    roads.to_file(tmp_path / "roads.gpkg")
    reference = read_reference(tmp_path / "roads.gpkg")
    paths = render_maps(plan, draw(plan, reference), tmp_path / "maps", reference=reference)
    [page] = [path for path in paths if path.name != "index.html"]
    opened = open_page({page.name: page.read_text(encoding="utf-8")}, page.name)
    west, south, east, north = map(
        float, opened.page.evaluate("() => map_0.getBounds().toBBoxString()").split(",")
    )
    assert shapely.box(west, south, east, north).contains(shapely.box(117.1, 39.0, 117.2, 39.1))
    assert east - west < 1
    assert opened.page.locator("path.leaflet-interactive").count() == 2


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (720, 450), (390, 844)])
def test_no_label_lies_under_what_stands_on_the_map(open_page: Open, width: int, height: int) -> None:
    """720 by 450 is what a screen of 1440 by 900 shows at twice the size."""
    made = blocks(*APART, (117.02, 39.03, 117.10, 39.06), declared_area_km2=7.8)
    opened = open_page(map_pages(None, made, None), "jia.html", width=width, height=height)
    names = [box.bounding_box() for box in opened.page.locator("svg.labels text").all()]
    assert len(names) == 4
    for control in opened.page.locator(".leaflet-control, .stamp, .legend, .north").all():
        glass = control.bounding_box()
        for name in names if control.is_visible() else []:
            beside = name["x"] >= glass["x"] + glass["width"] or name["x"] + name["width"] <= glass["x"]
            above = name["y"] >= glass["y"] + glass["height"] or name["y"] + name["height"] <= glass["y"]
            assert beside or above


def test_a_road_of_two_blocks_is_named_once(open_page: Open) -> None:
    plan = parse_plan(
        "高新区联动创新区总面积4.20平方公里。\n"
        "区块一：面积2.20平方公里，东至甲子路、南至乙丑路、西至丙寅路、北至丁卯路。\n"
        "区块二：面积2.00平方公里，东至戊辰路、南至己巳路、西至甲子路、北至辛未路。\n"
    )
    pages = map_pages(plan, in_place(draw(plan)), None)
    [name] = [name for name in pages if name != "index.html"]
    opened = open_page(pages, name)
    sides = opened.texts("svg.labels .side")
    assert sides.count("甲子路") == 1
    assert {"乙丑路", "己巳路"} <= set(sides)


def test_an_area_in_mu_is_told_as_stated(open_page: Open) -> None:
    """2950 亩 are 1.966666… km²: the document's own figure comes back, and no digits that nobody stated."""
    made = blocks(APART[0], declared_area_km2=2950 / 1500)
    opened = open_page(map_pages(None, made, None), "jia.html")
    cell = opened.page.locator("tbody td").first
    assert cell.inner_text() == "1.9667"
    opened.page.locator("#unit").select_option("mu")
    assert cell.inner_text() == "2950"
    opened.page.locator("tr", has_text="区块一").click()
    assert "2950" in card(opened).inner_text()


def test_an_edge_is_found_again_by_its_address(open_page: Open) -> None:
    plan = parse_plan(
        "甲片区总面积1平方公里。区块一：面积1平方公里，东至甲河、南至甲路、西至乙路、北至丙路。"
    )
    pages = map_pages(plan, in_place(draw(plan)), None)
    [name] = [name for name in pages if name != "index.html"]
    opened = open_page(pages, name)
    opened.page.locator("tr", has_text="区块一").click()
    card(opened).get_by_role("button", name="乙路").click()
    address = opened.page.url
    again = open_page(pages, name)
    again.page.goto("about:blank")
    again.page.goto(address)
    assert "乙路" in card(again).locator("h3").inner_text()
