"""The background cut out of a reference map: where its lines lie, what is left out, how large it is."""

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ftz_geo.cli import app
from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap
from ftz_geo.render.basemap import Basemap, clip_basemap

PLANE = LocalPlane(lon=117.15, lat=39.0)
BOUNDS = (117.14, 38.99, 117.16, 39.01)
WINDOW = shapely.box(117.135, 38.985, 117.165, 39.015)
"""The bounds and a quarter of their extent around them."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def reference_map(rows: Sequence[tuple[str, str, shapely.Geometry]], **facts: str) -> ReferenceMap:
    names, kinds, shapes = zip(*rows, strict=True)
    features = gpd.GeoDataFrame({"name": names, "kind": kinds, "source": 0}, geometry=list(shapes), crs=4326)
    return ReferenceMap(features=features, sources=({"file": "roads.gpkg", **facts},))


def line(*xy: tuple[float, float]) -> shapely.LineString:
    """From metres around the middle of the bounds."""
    drawn: shapely.LineString = PLANE.to_lonlat(shapely.LineString(xy))
    return drawn


def unpacked(text: str, units_per_degree: int) -> np.ndarray:
    """Longitudes and latitudes of a part: base64 VLQ read as ECMA-426 describes it."""
    values, bits = [], ""
    for letter in text:
        digit = f"{ALPHABET.index(letter):06b}"
        bits = digit[1:] + bits
        if digit[0] == "0":
            values.append(int(bits[:-1] or "0", 2) * (-1 if bits[-1] == "1" else 1))
            bits = ""
    return np.cumsum(np.array(values).reshape(-1, 2), axis=0) / units_per_degree


def shapes(background: Basemap, name: str) -> list[shapely.LineString]:
    data = background.to_dict()
    [feature] = [f for f in data["features"] if f["name"] == name]
    return [shapely.LineString(unpacked(part, data["units_per_degree"])) for part in feature["parts"]]


def test_lines_are_cut_at_the_window_and_stay_where_they_are() -> None:
    road = line((-9000, 100), (0, 0), (9000, 300))
    [drawn] = shapes(clip_basemap(reference_map([("甲路", "road", road)]), BOUNDS), "甲路")
    truth = shapely.intersection(road, WINDOW)
    assert PLANE.to_xy(drawn).hausdorff_distance(PLANE.to_xy(truth)) < 0.5


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 400), st.floats(-1500, 1500)), min_size=2, max_size=8))
@example([(200, 0.0), (100, 1.0), (400, 0.0)])
def test_a_simplified_line_leaves_its_road_by_two_metres_at_most(steps: list[tuple[int, float]]) -> None:
    # Ever further east, so that it does not cross itself.
    east = np.cumsum([step for step, _ in steps]) - 1250
    road = line(*((float(x), y) for x, (_, y) in zip(east, steps, strict=True)))
    if PLANE.to_xy(road).length < 50:
        return
    [drawn] = shapes(clip_basemap(reference_map([("甲路", "road", road)]), BOUNDS), "甲路")
    truth = shapely.intersection(road, WINDOW)
    assert PLANE.to_xy(truth).hausdorff_distance(PLANE.to_xy(drawn)) < 2.0 + 0.2


def test_ways_of_one_road_are_one_feature_joined_where_they_meet() -> None:
    ways = [line((-800, 0), (0, 0)), line((0, 0), (900, 0)), line((0, 500), (500, 500))]
    background = clip_basemap(reference_map([("甲路", "road", way) for way in ways]), BOUNDS)
    assert len(background.features) == 1
    assert sorted(round(PLANE.to_xy(part).length) for part in shapes(background, "甲路")) == [500, 1700]


def test_the_shortest_are_left_out_first_and_counted() -> None:
    rows = [(f"{n}号路", "road", line((0, 10.0 * n), (100.0 + n, 10.0 * n))) for n in range(60)]
    whole = clip_basemap(reference_map(rows), BOUNDS)
    assert (len(whole.features), whole.left_out) == (60, 0)
    small = clip_basemap(reference_map(rows), BOUNDS, budget_bytes=1500)
    kept = len(small.features)
    assert 0 < kept < 60
    assert small.left_out == 60 - kept
    assert [f["name"] for f in small.features] == [f"{n}号路" for n in range(59, 59 - kept, -1)]
    compact = json.dumps(small.features, ensure_ascii=False, separators=(",", ":"))
    assert len(compact.encode()) <= 1502
    assert clip_basemap(reference_map(rows), BOUNDS, budget_bytes=0).features == ()


def test_the_order_of_rows_changes_nothing() -> None:
    rows: list[tuple[str, str, shapely.Geometry]] = [
        ("甲路", "road", line((0, 0), (500, 0))),
        ("乙路", "road", line((0, 50), (500, 50))),
        ("甲路", "road", line((500, 0), (900, 0))),
        ("丙河", "water", line((0, 90), (300, 90))),
    ]
    assert clip_basemap(reference_map(rows), BOUNDS) == clip_basemap(reference_map(rows[::-1]), BOUNDS)


def test_lakes_keep_their_islands_and_other_areas_are_outlines() -> None:
    lake = PLANE.to_lonlat(
        shapely.Polygon(shapely.box(0, 0, 500, 500).exterior, [shapely.box(200, 200, 300, 300).exterior])
    )
    district = PLANE.to_lonlat(shapely.box(-300, -300, 600, 600))
    school = PLANE.to_lonlat(shapely.box(-500, 0, -400, 100))
    background = clip_basemap(
        reference_map([("东湖", "water", lake), ("西区", "boundary", district), ("学校", "place", school)]),
        BOUNDS,
    )
    assert [(f["name"], f["area"]) for f in background.features] == [("西区", False), ("东湖", True)]
    shell, island = (PLANE.to_xy(shapely.Polygon(part)).area for part in shapes(background, "东湖"))
    assert shell == pytest.approx(250_000, rel=1e-3)
    assert island == pytest.approx(10_000, rel=1e-2)


def test_sources_are_credited_with_licence_and_date() -> None:
    road = line((0, 0), (100, 0))
    told = clip_basemap(
        reference_map([("甲路", "road", road)], licence="ODbL 1.0", date="2025-08-09T01:02:03Z"), BOUNDS
    )
    assert told.credits == ("roads.gpkg（ODbL 1.0，2025-08-09）",)
    elsewhere = shapely.LineString([(100.0, 30.0), (100.1, 30.0)])
    nothing = clip_basemap(reference_map([("甲路", "road", elsewhere)]), BOUNDS)
    assert (nothing.features, nothing.credits, nothing.left_out) == ((), (), 0)


NOTICE = "甲开发区总面积1平方公里。区块一：面积1平方公里，东至子路、南至丑路、西至寅路、北至卯路。"


def streets(middle_lon: float) -> gpd.GeoDataFrame:
    """Four streets around a square kilometre, and one that runs by."""
    there = LocalPlane(lon=middle_lon, lat=39.0)
    lines = {
        "子路": [(500, -900), (500, 900)],
        "丑路": [(-900, -500), (900, -500)],
        "寅路": [(-500, -900), (-500, 900)],
        "卯路": [(-900, 500), (900, 500)],
        "<b>过路</b>": [(-900, 650), (900, 650)],
    }
    shapes = [there.to_lonlat(shapely.LineString(xy)) for xy in lines.values()]
    return gpd.GeoDataFrame({"name": list(lines), "highway": "primary"}, geometry=shapes, crs=4326)


def test_map_puts_the_background_into_the_page(tmp_path: Path) -> None:
    notice, here, elsewhere = (tmp_path / name for name in ("notice.txt", "here.gpkg", "elsewhere.gpkg"))
    notice.write_text(NOTICE, encoding="utf-8")
    streets(117.15).to_file(here)
    streets(100.0).to_file(elsewhere)
    command = ["map", str(notice), "--reference", str(here), "--out", str(tmp_path / "maps")]
    done = CliRunner().invoke(app, [*command, "--basemap", str(here)])
    assert done.exit_code == 0, done.output
    [zone_page] = [p for p in (tmp_path / "maps").glob("*.html") if p.name != "index.html"]
    page = zone_page.read_text(encoding="utf-8")
    data = json.loads(page.split('id="ftz-data">')[1].split("</script>")[0])
    assert {f["name"] for f in data["basemap"]["features"]} == set(streets(0)["name"])
    assert "here.gpkg（未注明许可）" in page
    assert "<b>过路" not in page
    without = CliRunner().invoke(app, [*command, "--basemap", str(elsewhere)])
    assert without.exit_code == 0, without.output
    plain = zone_page.read_text(encoding="utf-8")
    broken = CliRunner().invoke(app, [*command, "--basemap", str(notice)])
    assert broken.exit_code == 0, broken.output
    assert "no base map is drawn: " in broken.stderr
    assert str(notice) in broken.stderr
    assert "所给底图在此处附近没有带名称的线条" in plain
    assert json.loads(plain.split('id="ftz-data">')[1].split("</script>")[0])["basemap"] is None
