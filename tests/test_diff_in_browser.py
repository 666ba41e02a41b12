"""The page that shows two versions, in real Chromium without a network."""

import json
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

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
SQUARE = shapely.Polygon([(117.1, 39.0), (117.112, 39.001), (117.111, 39.011), (117.101, 39.01)])


def opened(chromium: Any, file: Path) -> tuple[Any, list[str]]:
    page, heard = chromium.new_page(viewport={"width": 1200, "height": 800}), []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(file.as_uri())
    return page, heard


def polygons(*rows: tuple[str, Any]) -> gpd.GeoDataFrame:
    labels, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"block": labels}, geometry=list(shapes), index=list(labels), crs="EPSG:4326")


def test_polygons_of_two_versions(chromium: Any, tmp_path: Path) -> None:
    away = [translate(SQUARE, 0.02 * i, 0.001 * i) for i in range(1, 5)]
    old = polygons(("留", SQUARE), ("移", away[0]), ("去", away[1]), (HOSTILE, away[2]))
    new = polygons(
        ("留", SQUARE), ("移", translate(away[0], 0.003)), ("来", away[3]), (HOSTILE + "新", away[2])
    )
    changes = diff_parcels(old, new)
    paths = write_diff(changes, old, new, tmp_path / "out", titles=(HOSTILE, "新版"))
    assert [path.name for path in paths] == ["diff.json", "diff.html"]
    assert len(json.loads(paths[0].read_text(encoding="utf-8"))["changes"]) == len(changes)
    page, heard = opened(chromium, paths[1])
    data = page.evaluate("() => JSON.parse(document.getElementById('data').textContent)")
    states = {(s["label"], s["version"]): s["state"] for s in data["shapes"]}
    assert states == {
        ("留", "new"): "same",
        ("移", "old"): "changed",
        ("移", "new"): "changed",
        ("去", "old"): "gone",
        ("来", "new"): "added",
        (HOSTILE, "old"): "changed",
        (HOSTILE + "新", "new"): "changed",
    }
    # The ground that one version alone covers, beside what shapely says of it.
    strips = {s["kind"]: shapely.geometry.shape(s["geometry"]) for s in data["strips"]}
    assert strips["added"].area == pytest.approx(translate(away[0], 0.003).difference(away[0]).area, rel=1e-4)
    assert strips["gone"].area == pytest.approx(strips["added"].area, rel=1e-4)
    assert page.locator(".leaflet-overlay-pane path").count() == len(states) + len(strips)
    page.locator("button", has_text="移").first.click()
    assert "整体移动" in page.locator(".leaflet-popup-content").inner_text()
    page.locator("button", has_text=HOSTILE).first.click()
    assert HOSTILE in page.locator(".leaflet-popup-content").last.inner_text()
    assert page.locator("img").count() == 0
    assert [words for words in heard if not words.startswith("file:")] == []


def test_plans_of_two_versions_with_their_words(chromium: Any, tmp_path: Path) -> None:
    text = (
        "甲区总面积3平方公里，分为三个区块：区块一：面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"
        "区块二：面积1平方公里，东至丙路、南至乙路、西至戊路、北至丁路。"
        "区块三：面积1平方公里，东至甲路、南至丁路、西至戊路、北至己路。"
    )
    plans = parse_plan(text), parse_plan(text.replace("西至戊路、北至丁路", "西至庚路、北至丁路"))
    drawn = ftz_geo.digitise(plans[0]), ftz_geo.digitise(plans[1])
    changes = diff_plans(*plans)
    _, file = write_diff(changes, *drawn, tmp_path, plans=plans)
    page, heard = opened(chromium, file)
    assert page.locator("aside ol > li").count() == len(changes) == 1
    assert page.locator("blockquote mark").all_inner_texts() == ["戊路", "庚路"]
    data = page.evaluate("() => JSON.parse(document.getElementById('data').textContent)")
    assert [s["state"] for s in data["shapes"] if s["version"] == "new"] == ["same", "changed", "same"]
    # Where a sketch lies says nothing: no ground is told to be of one version alone.
    assert data["strips"] == []
    assert "示意" in page.locator("aside .remark").inner_text()
    assert [words for words in heard if not words.startswith("file:")] == []


def test_the_map_shows_what_changed(chromium: Any, tmp_path: Path) -> None:
    still = [translate(SQUARE, 0.3 * i, 0.2) for i in range(1, 4)]
    rows = [(f"留{i}", shape) for i, shape in enumerate(still)]
    old, new = polygons(*rows, ("移", SQUARE)), polygons(*rows, ("移", translate(SQUARE, 0.003)))
    _, file = write_diff(diff_parcels(old, new), old, new, tmp_path)
    page, _ = opened(chromium, file)
    # Of eighty kilometres of blocks, the one that moved fills most of the map.
    width = page.evaluate("() => document.getElementById('map').clientWidth")
    boxes = [path.bounding_box() for path in page.locator(".leaflet-overlay-pane path").all()]
    assert max(box["width"] for box in boxes) > width / 3
