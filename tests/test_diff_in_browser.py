"""The page that shows two versions, in real Chromium without a network."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely.affinity import translate

import ftz_geo
from ftz_geo.diff import diff_parcels, diff_plans
from ftz_geo.parse import parse_plan
from ftz_geo.pipeline import write_diff

Open = Callable[..., Any]

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
SQUARE = shapely.Polygon([(117.1, 39.0), (117.112, 39.001), (117.111, 39.011), (117.101, 39.01)])
CJK = re.compile(r"[一-鿿]")


def polygons(*rows: tuple[str, Any]) -> gpd.GeoDataFrame:
    labels, shapes = zip(*rows, strict=True) if rows else ((), ())
    return gpd.GeoDataFrame(
        {"block": list(labels)}, geometry=list(shapes), index=list(labels), crs="EPSG:4326"
    )


@pytest.fixture
def compared(open_page: Open, tmp_path: Path) -> Open:
    """Write the page of two sets of polygons, and open it."""

    def open_(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Any:
        write_diff(diff_parcels(old, new), old, new, tmp_path, titles=("旧.gpkg", "新.gpkg"))
        return open_page({}, "diff.html")

    return open_


def data_of(page: Any) -> Any:
    """What the page has unpacked, with places as longitude and latitude."""
    return page.evaluate(
        """() => Object.fromEntries(["shapes", "strips"].map((key) => [key, ftzGeoPage[key].map((shape) => ({
            ...shape, polygon: null, rings: null,
            parts: shape.parts.map((part) => part.map((ring) => ring.map(({ lng, lat }) => [lng, lat]))),
        }))]))"""
    )


def area_of(drawn: Any) -> float:
    return float(sum(shapely.Polygon(shell, holes).area for shell, *holes in drawn["parts"]))


def test_polygons_of_two_versions(open_page: Open, tmp_path: Path) -> None:
    away = [translate(SQUARE, 0.02 * i, 0.001 * i) for i in range(1, 5)]
    old = polygons(("留", SQUARE), ("移", away[0]), ("去", away[1]), (HOSTILE, away[2]))
    new = polygons(
        ("留", SQUARE), ("移", translate(away[0], 0.003)), ("来", away[3]), (HOSTILE + "新", away[2])
    )
    changes = diff_parcels(old, new)
    paths = write_diff(changes, old, new, tmp_path, titles=(HOSTILE, "新版"))
    assert [path.name for path in paths] == ["diff.json", "diff.html"]
    assert len(json.loads(paths[0].read_text(encoding="utf-8"))["changes"]) == len(changes)
    opened = open_page({}, "diff.html")
    page = opened.page
    data = data_of(page)
    states = {(s["label"], s["version"]): s["state"] for s in data["shapes"]}
    assert states == {
        ("留", "old"): "same",
        ("留", "new"): "same",
        ("移", "old"): "changed",
        ("移", "new"): "changed",
        ("去", "old"): "gone",
        ("来", "new"): "added",
        (HOSTILE, "old"): "changed",
        (HOSTILE + "新", "new"): "changed",
    }
    # The ground that one version alone covers, beside what shapely says of it.
    strips = {s["kind"]: area_of(s) for s in data["strips"]}
    assert strips["added"] == pytest.approx(translate(away[0], 0.003).difference(away[0]).area, rel=1e-4)
    assert strips["gone"] == pytest.approx(strips["added"], rel=1e-4)
    [moved] = [s for s in data["shapes"] if s["label"] == "移" and s["version"] == "old"]
    assert shapely.Polygon(moved["parts"][0][0]).hausdorff_distance(away[0]) < 1e-9
    assert [opened.count(f".leaflet-{version}-pane path") for version in ("old", "new")] == [4, 4]
    page.get_by_label("叠加").check()
    assert opened.count(".leaflet-new-pane path") == 4 + len(strips)
    page.locator("button", has_text="移").first.click()
    assert "整体移动" in page.locator(".leaflet-popup-content").inner_text()
    page.locator("button", has_text=HOSTILE).first.click()
    assert HOSTILE in page.locator(".leaflet-popup-content").last.inner_text()
    assert HOSTILE in page.locator("header").inner_text()
    assert opened.count("img") == 0
    assert (opened.requests, opened.complaints) == ([], [])


def test_plans_of_two_versions_with_their_words(open_page: Open, tmp_path: Path) -> None:
    text = (
        "甲区总面积3平方公里，分为三个区块：区块一：面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"
        "区块二：面积1平方公里，东至丙路、南至乙路、西至戊路、北至丁路。"
        "区块三：面积1平方公里，东至甲路、南至丁路、西至戊路、北至己路。"
    )
    plans = parse_plan(text), parse_plan(text.replace("西至戊路、北至丁路", "西至庚路、北至丁路"))
    drawn = ftz_geo.digitise(plans[0]), ftz_geo.digitise(plans[1])
    changes = diff_plans(*plans)
    write_diff(changes, *drawn, tmp_path, plans=plans)
    opened = open_page({}, "diff.html")
    assert opened.count("aside ol > li") == len(changes) == 1
    assert opened.texts("blockquote mark") == ["戊路", "庚路"]
    data = data_of(opened.page)
    assert [s["state"] for s in data["shapes"] if s["version"] == "new"] == ["same", "changed", "same"]
    # Where a sketch lies says nothing: no ground is told to be of one version alone.
    assert data["strips"] == []
    assert "位置无据" in opened.page.locator("aside .note").inner_text()
    assert (opened.requests, opened.complaints) == ([], [])


def test_the_map_shows_what_changed(compared: Open) -> None:
    still = [translate(SQUARE, 0.3 * i, 0.2) for i in range(1, 4)]
    rows = [(f"留{i}", shape) for i, shape in enumerate(still)]
    old, new = polygons(*rows, ("移", SQUARE)), polygons(*rows, ("移", translate(SQUARE, 0.003)))
    page = compared(old, new).page
    # Of eighty kilometres of blocks, the one that moved fills most of the map.
    width = page.evaluate("() => document.getElementById('map_0').clientWidth")
    boxes = [path.bounding_box() for path in page.locator(".leaflet-new-pane path").all()]
    assert max(box["width"] for box in boxes) > width / 3


HIT = """([x, y]) => ["old", "new"].filter((version) => (
    document.elementsFromPoint(x, y).some((found) => found.closest(`.leaflet-${version}-pane`))
))"""
"""The versions that a click at a place of the window would meet."""


def test_the_divider_parts_the_versions_wherever_it_stands(compared: Open) -> None:
    larger = translate(shapely.box(117.1, 39.0, 117.13, 39.02), 0.001)
    page = compared(polygons(("甲", shapely.box(117.1, 39.0, 117.13, 39.02))), polygons(("甲", larger))).page
    handle = page.get_by_role("slider", name="旧版与新版的分界")
    main = page.locator("main").bounding_box()
    middle = main["y"] + main["height"] / 2 + 60

    def parted() -> float:
        """Where the divider is, after seeing that it parts the versions there."""
        line = page.locator(".divider").bounding_box()["x"]
        share = (line - main["x"]) / main["width"]
        assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(100 * share, abs=0.6)
        block = page.locator(".leaflet-new-pane path").bounding_box()
        for x, version in ((line - 8, "old"), (line + 8, "new")):
            if block["x"] + 8 < x < block["x"] + block["width"] - 8:
                assert page.evaluate(HIT, [x, middle]) == [version]
        return float(share)

    assert parted() == pytest.approx(0.5, abs=0.01)
    handle.focus()
    for key, moved in (("ArrowLeft", -0.02), ("PageUp", 0.1), ("ArrowUp", 0.02), ("PageDown", -0.1)):
        before = parted()
        page.keyboard.press(key)
        assert parted() == pytest.approx(before + moved, abs=0.01)
    page.keyboard.press("Home")
    assert parted() == pytest.approx(0, abs=0.01)
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert parted() == pytest.approx(1, abs=0.01)
    page.keyboard.press("Home")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    # Dragging the handle moves the divider and not the map; dragging the map keeps the divider where it is.
    centre = "() => [ftzGeoPage.map.getCenter().lng, ftzGeoPage.map.getCenter().lat]"
    before = page.evaluate(centre)
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 18, box["y"] + 18)
    page.mouse.down()
    page.mouse.move(box["x"] + 118, box["y"] + 30, steps=4)
    page.mouse.up()
    assert parted() == pytest.approx(0.4 + 100 / main["width"], abs=0.02)
    assert page.evaluate(centre) == before
    at = parted()
    page.mouse.move(main["x"] + 300, main["y"] + 120)
    page.mouse.down()
    page.mouse.move(main["x"] + 240, main["y"] + 200, steps=4)
    page.mouse.up()
    assert page.evaluate(centre) != before
    assert parted() == pytest.approx(at, abs=0.01)
    page.evaluate("() => ftzGeoPage.map.zoomOut(1, { animate: false })")
    assert parted() == pytest.approx(at, abs=0.01)


def opacities(page: Any) -> list[float]:
    names = (".leaflet-old-pane", ".leaflet-new-pane")
    return [float(page.locator(name).evaluate("(pane) => getComputedStyle(pane).opacity")) for name in names]


def test_one_version_fades_into_the_other_and_both_lie_upon_each_other(compared: Open) -> None:
    old, new = polygons(("甲", SQUARE)), polygons(("甲", translate(SQUARE, 0.002)))
    page = compared(old, new).page
    page.get_by_label("淡入淡出").check()
    assert not page.locator(".divider").is_visible()
    fade = page.get_by_role("slider", name="由旧版淡入新版")
    for value in (0, 25, 100):
        fade.fill(str(value))
        assert opacities(page) == pytest.approx([1 - value / 100, value / 100])
    page.get_by_label("叠加").check()
    assert opacities(page) == [1, 1]
    assert not fade.is_visible()
    # The old version is the line that it was.
    assert page.locator(".leaflet-old-pane path").get_attribute("fill") == "none"
    assert page.locator(".legend").get_by_text("旧版界线").is_visible()
    page.get_by_label("并列滑动").check()
    assert page.locator(".leaflet-old-pane path").get_attribute("fill") != "none"
    assert not page.locator(".legend").get_by_text("旧版界线").is_visible()


def test_in_english_no_fixed_word_stays_chinese(compared: Open) -> None:
    old = polygons(("A", SQUARE), ("B", translate(SQUARE, 0.05)))
    new = polygons(("A", translate(SQUARE, 0.002)), ("C", translate(SQUARE, -0.05)))
    opened = compared(old, new)
    page = opened.page
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="A: moved whole").click()
    for way in ("Side by side", "Fade", "Overlay"):
        page.get_by_label(way, exact=True).check()
        shown = page.locator("header, main, aside").all_inner_texts()
        words = re.sub(r"中文|旧\.gpkg|新\.gpkg|（BSD-2-Clause）", "", "\n".join(shown))
        assert CJK.findall(words.replace("北", "")) == []
    assert page.locator(".divider [role=slider]").get_attribute("aria-valuetext") == "Old 50%"
    page.get_by_role("button", name="中文").click()
    assert "整体移动" in page.locator(".leaflet-popup-content").inner_text()
    assert opened.complaints == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (polygons(("甲", SQUARE)), polygons(("甲", SQUARE)), "两版所述相同。"),
        (polygons(("甲", SQUARE)), polygons(("甲", None)), "新版没有图形，图上只有旧版。"),
        (polygons(("甲", None)), polygons(("甲", SQUARE)), "旧版没有图形，图上只有新版。"),
        (polygons(("甲", None)), polygons(("甲", None)), "两版都没有图形，只比较文字。"),
        (polygons(), polygons(("甲", SQUARE)), "甲：新增的图形"),
    ],
    ids=["same", "lost", "drawn", "none", "empty"],
)
def test_what_there_is_nothing_of_is_said(
    compared: Open, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, words: str
) -> None:
    opened = compared(old, new)
    assert words in opened.page.locator("aside").inner_text()
    for way in ("淡入淡出", "叠加", "并列滑动"):
        opened.page.get_by_label(way).check()
    assert opened.complaints == []


def test_on_paper_both_versions_are_whole(compared: Open, tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
    old, new = polygons(("甲", SQUARE)), polygons(("甲", translate(SQUARE, 0.002)))
    page = compared(old, new).page
    seen = page.evaluate(
        """() => {
            const panes = [...document.querySelectorAll(".leaflet-old-pane, .leaflet-new-pane")];
            const state = () => panes.map(({ style, children }) => [style.clipPath, style.opacity]).flat();
            const screen = state();
            window.dispatchEvent(new Event("beforeprint"));
            const paper = state();
            window.dispatchEvent(new Event("afterprint"));
            return [screen, paper, state()];
        }"""
    )
    assert seen[1] == ["none", "1", "none", "1"]
    assert seen[0] == seen[2] != seen[1]
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert document[0].get_size() == pytest.approx((842, 595), abs=1)
    first, *rest = (sheet.get_textpage().get_text_bounded() for sheet in document)
    for words in ("新.gpkg", "旧.gpkg", "旧版界线", "甲"):
        assert words in first
    assert "整体移动" in re.sub(r"\s", "", "".join(rest))


def test_a_hundred_and_fifty_real_blocks(compared: Open, shared: Path) -> None:
    blocks = gpd.read_file(shared / "cases" / "shanghai_west_blocks.geojson").to_crs(4326)
    old = polygons(*((f"区块{i}", shape) for i, shape in enumerate(blocks.geometry)))
    # Every third is larger, one is gone, one has come.
    new = old.set_geometry(
        [shape.buffer(1e-4) if i % 3 == 0 else shape for i, shape in enumerate(old.geometry)], crs=4326
    ).drop(index="区块7")
    opened = compared(old.drop(index="区块8"), new)
    page = opened.page
    assert opened.count(".leaflet-old-pane path") == opened.count(".leaflet-new-pane path") == len(blocks) - 1
    assert opened.count("aside ol > li") == (len(blocks) + 2) // 3 + 2
    page.get_by_label("叠加").check()
    # No name upon another, as the browser has laid them out; their halos may meet.
    boxes = [name.bounding_box() for name in page.locator("svg.labels text.name").all()]
    halo = 4
    drawn = [
        shapely.box(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]).buffer(-halo) for b in boxes
    ]
    assert len(drawn) > 20
    assert not any(a.intersects(b) for i, a in enumerate(drawn) for b in drawn[:i])
    assert opened.complaints == []
