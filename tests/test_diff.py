"""Two versions held against each other: what was changed on purpose is found, and nothing else."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

import ftz_geo
from builders import run
from ftz_geo import shipped
from ftz_geo.diff import Change, diff_parcels, diff_plans
from ftz_geo.errors import GeometryError
from ftz_geo.measure import GEOD, LocalPlane
from ftz_geo.pipeline import write_diff
from ftz_geo.wording import plain_area

NOTICE = shipped.plan_file().read_text(encoding="utf-8")

SIDES = [
    ("甲河", "乙路", "丙路", "丁路"),
    ("丙路", "乙路", "戊路", "己路"),
    ("庚路", "辛路", "壬路和癸街", "子路"),
    ("丑路", "寅路", "卯路", "辰河"),
]
NUMERALS = "一二三四五"


def notice(blocks: Sequence[tuple[str, tuple[str, ...]]], zone: str = "甲开发区", total: str = "9") -> str:
    """A zone of blocks: what stands between label and sides, and the sides."""
    described = "\n\n".join(
        f"区块{NUMERALS[i]}{middle}东至{e}、南至{s}、西至{w}、北至{n}。"
        for i, (middle, (e, s, w, n)) in enumerate(blocks)
    )
    return f"{zone}总面积{total}平方公里，分为{len(blocks)}个区块，分别为：\n\n{described}"


def changes(old: str, new: str) -> tuple[Change, ...]:
    return diff_plans(ftz_geo.parse_plan(old), ftz_geo.parse_plan(new))


def kinds(found: tuple[Change, ...]) -> list[str]:
    return [c.change for c in found]


BLOCKS = [(f"：面积{i + 1}.5平方公里，", sides) for i, sides in enumerate(SIDES)]


def test_the_same_words_give_no_change_however_they_are_spaced() -> None:
    assert changes(NOTICE, NOTICE) == ()
    assert changes(NOTICE, NOTICE.replace("\n", "\n\n").replace("、南至", "，南至")) == ()


def test_one_changed_figure_and_one_changed_side_of_the_real_notice() -> None:
    assert NOTICE.count("3.38平方公里") == 1
    (figure,) = changes(NOTICE, NOTICE.replace("3.38平方公里", "3.44平方公里"))
    assert (figure.change, figure.before, figure.after) == ("area-changed", "3.38平方公里", "3.44平方公里")
    assert figure.difference_km2 == pytest.approx(0.06)
    assert "区块八" in figure.zh
    assert NOTICE[slice(*figure.old_spans[0])] == "3.38平方公里"

    assert NOTICE.count("东至津港大道和泽恩路") == 1
    (side,) = changes(NOTICE, NOTICE.replace("东至津港大道和泽恩路", "东至津港大道"))
    assert (side.change, side.side, side.before, side.after) == (
        "side-changed",
        "east",
        "津港大道、泽恩路",
        "津港大道",
    )


def test_a_block_taken_out_is_gone_and_the_others_are_given_new_labels() -> None:
    found = changes(notice(BLOCKS), notice([*BLOCKS[:1], *BLOCKS[2:]]))
    assert kinds(found) == ["count-changed", "block-relabelled", "block-relabelled", "block-gone"]
    assert [(c.before, c.after) for c in found[1:3]] == [("区块三", "区块二"), ("区块四", "区块三")]
    assert found[3].before == "甲开发区 区块二"
    back = changes(notice([*BLOCKS[:1], *BLOCKS[2:]]), notice(BLOCKS))
    assert sorted(kinds(back)) == ["block-added", "block-relabelled", "block-relabelled", "count-changed"]


def test_a_block_with_a_name_is_the_same_after_all_its_sides_changed() -> None:
    def named(name: str, sides: tuple[str, ...]) -> str:
        return notice([(f"：{name}，面积1.5平方公里，", sides), BLOCKS[1]])

    found = changes(named("科技园", SIDES[0]), named("科技园", SIDES[3]))
    assert kinds(found) == ["side-changed"] * 4
    found = changes(named("科技园", SIDES[0]), named("软件园", SIDES[0]))
    assert [(c.change, c.before, c.after) for c in found] == [("block-renamed", "科技园", "软件园")]
    found = changes(named("科技园", SIDES[0]), named("软件园", SIDES[3]))
    assert kinds(found) == ["block-added", "block-gone"]


def test_a_zone_renamed_and_a_block_that_went_to_another_zone() -> None:
    old = notice(BLOCKS[:2]) + "\n\n" + notice(BLOCKS[2:], "乙开发区")
    new = notice(BLOCKS[:2], "丙开发区") + "\n\n" + notice(BLOCKS[2:], "乙开发区")
    (renamed,) = changes(old, new)
    assert (renamed.change, renamed.before, renamed.after) == ("zone-renamed", "甲开发区", "丙开发区")

    new = notice(BLOCKS[:1]) + "\n\n" + notice([*BLOCKS[2:], BLOCKS[1]], "乙开发区")
    moved = [c for c in changes(old, new) if c.change not in {"count-changed", "block-relabelled"}]
    assert [(c.change, c.before, c.after) for c in moved] == [("block-moved", "甲开发区", "乙开发区")]


def test_zones_come_and_go() -> None:
    old, both = notice(BLOCKS[:2]), notice(BLOCKS[:2]) + "\n\n" + notice(BLOCKS[2:], "乙开发区")
    assert kinds(changes(old, both)) == ["zone-added", "block-added", "block-added"]
    assert kinds(changes(both, old)) == ["zone-gone", "block-gone", "block-gone"]


def test_a_side_with_another_offset_or_a_figure_with_another_precision_is_a_change() -> None:
    def beside(east: str, area: str = "1.5") -> str:
        return notice([(f"：面积{area}平方公里，", (east, *SIDES[0][1:])), BLOCKS[1]])

    (found,) = changes(beside("甲河以东550米"), beside("甲河以东500米"))
    assert (found.before, found.after) == ("甲河以东550米", "甲河以东500米")
    (found,) = changes(beside("甲河"), beside("甲河", "1.50"))
    assert (found.change, found.difference_km2) == ("area-changed", 0)


@given(
    st.permutations(range(4)),
    st.integers(0, 3),
    st.integers(0, 3),
    st.decimals("0.1", "9", places=2),
)
@example([3, 2, 1, 0], 0, 1, Decimal("2.25"))
def test_one_change_of_one_block_is_found_wherever_the_block_stands(
    order: list[int], block: int, side: int, area: Decimal
) -> None:
    changed = [list(b) for b in BLOCKS]
    sides = list(SIDES[block])
    sides[side] = "新开路"
    changed[block] = [f"：面积{area}平方公里，", tuple(sides)]
    found = changes(notice(BLOCKS), notice([(str(changed[i][0]), tuple(changed[i][1])) for i in order]))
    rest = [c for c in found if c.change != "block-relabelled"]
    wanted = (
        ["side-changed"] if area == Decimal(block + 1) + Decimal("0.5") else ["area-changed", "side-changed"]
    )
    assert sorted(kinds(tuple(rest))) == wanted
    assert rest[-1].after == "新开路"
    # Told the other way round, before and after change places.
    back = changes(notice([(str(changed[i][0]), tuple(changed[i][1])) for i in order]), notice(BLOCKS))
    assert sorted((c.change, c.before, c.after) for c in back) == sorted(
        (c.change, c.after, c.before) for c in found
    )


# --- polygons -----------------------------------------------------------------------------------

PLANE = LocalPlane(lon=117.0, lat=39.0)


def frame(shapes: dict[str, Any], **columns: list[Any]) -> gpd.GeoDataFrame:
    flat = [None if s is None else PLANE.to_lonlat(s) for s in shapes.values()]
    return gpd.GeoDataFrame(columns, geometry=flat, crs="EPSG:4326", index=list(shapes))


def test_polygons_added_gone_moved_and_reshaped() -> None:
    square, other = shapely.box(0, 0, 1000, 1000), shapely.box(2000, 0, 3000, 1000)
    assert diff_parcels(frame({"a": square, "b": other}), frame({"b": other, "a": square})) == ()
    found = diff_parcels(frame({"a": square, "b": other}), frame({"a": shapely.box(0, 0, 1000, 1100)}))
    assert kinds(found) == ["polygon-changed", "polygon-gone"]
    assert found[0].difference_km2 == pytest.approx(0.1, rel=1e-5)
    assert found[0].symmetric_difference_km2 == pytest.approx(0.1, rel=1e-5)
    assert found[0].moved_m == pytest.approx(50, rel=1e-4)
    (moved,) = diff_parcels(frame({"a": square}), frame({"a": shapely.box(30, 40, 1030, 1040)}))
    assert moved.change == "polygon-moved"
    assert moved.moved_m == pytest.approx(50, rel=1e-4)
    (added,) = diff_parcels(frame({"a": square}), frame({"a": square, "b": other}))
    assert (added.change, added.new_id) == ("polygon-added", "b")
    (lost,) = diff_parcels(frame({"a": square}), frame({"a": None}))
    assert lost.change == "polygon-lost"


def test_ids_and_columns_that_changed_while_the_polygon_stayed() -> None:
    square = shapely.box(0, 0, 1000, 1000)
    old = frame({"z-2": square}, zone=["甲"], block=["区块二"], east=["东路"], declared_area_km2=[1.0])
    new = frame({"z-1": square}, zone=["甲"], block=["区块一"], east=["东街"], declared_area_km2=[1.25])
    found = diff_parcels(old, new)
    assert kinds(found) == ["block-relabelled", "side-changed", "area-changed"]
    assert {(c.old_id, c.new_id) for c in found} == {("z-2", "z-1")}
    assert found[2].difference_km2 == 0.25
    # A column that only one set has is no change.
    assert diff_parcels(old, old.drop(columns=["east", "zone"])) == ()


def test_area_difference_agrees_with_geodesics() -> None:
    old, new = frame({"a": shapely.box(0, 0, 3000, 2000)}), frame({"a": shapely.box(0, 0, 3000, 2500)})
    (found,) = diff_parcels(old, new)
    geodesic = [abs(GEOD.geometry_area_perimeter(f.geometry.iloc[0])[0]) / 1e6 for f in (old, new)]
    assert found.difference_km2 == pytest.approx(geodesic[1] - geodesic[0], rel=1e-5)


def test_polygons_that_cannot_be_compared_are_said() -> None:
    good = frame({"a": shapely.box(0, 0, 10, 10)})
    with pytest.raises(GeometryError, match="not EPSG:4326"):
        diff_parcels(good, good.to_crs(4547))
    bow = frame({"a": shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])})
    with pytest.raises(GeometryError, match="a: Self-intersection"):
        diff_parcels(good, bow)


@settings(max_examples=60)
@given(st.floats(1e-12, 90), st.booleans())
@example(2.5e-05, True)
@example(0.00999999999, False)
def test_an_area_in_words_is_read_back_and_has_no_exponent(km2: float, negative: bool) -> None:
    value = -km2 if negative else km2
    zh, en = plain_area(value, signed=True)
    assert not re.search(r"\de", zh + en)
    if zh.startswith("不足"):
        assert km2 < 1e-8
        return
    found = re.fullmatch(r"([+−]?)([\d.]+)(平方公里|平方米)", zh)
    assert found
    assert found[1] == ("−" if negative else "+")
    unit = 1.0 if found[3] == "平方公里" else 1e-6
    # Half of the last digit that is told: a square metre, or where there are few, a hundredth of one.
    last = 1e-8 if unit < 1 and km2 < 1e-5 else 1e-6
    assert float(found[2]) * unit == pytest.approx(km2, abs=last / 2 * 1.001)


def test_small_changes_are_told_in_plain_figures(tmp_path: Path) -> None:
    square = shapely.box(0, 0, 1000, 1000)
    old = frame({"a": square, "b": translate(square, 2000)}, declared_area_km2=[2.5e-05, 1.0])
    bitten = translate(square, 2000).difference(shapely.box(2000, 0, 2010, 10))
    new = frame({"a": square, "b": bitten}, declared_area_km2=[5e-05, 1.0])
    found = diff_parcels(old, new)
    assert kinds(found) == ["area-changed", "polygon-changed"]
    assert found[0].zh == "a：公布面积由“25平方米”改为“50平方米”（+25平方米）"
    assert (found[0].before, found[0].after) == ("0.000025", "0.00005")
    assert "（−100平方米）" in found[1].zh
    assert "100 m² differ" in found[1].en
    write_diff(found, old, new, tmp_path)
    for message in json.loads((tmp_path / "diff.json").read_text(encoding="utf-8"))["changes"]:
        assert not re.search(r"\de-?\d", "".join(message["message"].values()))
    assert "e-05" not in (tmp_path / "diff.html").read_text(encoding="utf-8")


# --- the command line ---------------------------------------------------------------------------


@pytest.mark.slow
def test_command_compares_plans_and_polygons(tmp_path: Path) -> None:
    new = tmp_path / "final.txt"
    new.write_text(NOTICE.replace("3.38平方公里", "3.44平方公里"), encoding="utf-8")
    done = run("diff", shipped.plan_file(), new)
    assert done.returncode == 0, done.stderr
    assert "由“3.38平方公里”改为“3.44平方公里”（+0.06平方公里）" in done.stdout
    answer = json.loads(run("diff", shipped.plan_file(), new, "--json").stdout)
    assert answer["schema"] == "ftz-geo/diff-1"
    assert [c["change"] for c in answer["changes"]] == ["area-changed"]

    maps = [tmp_path / "old.geojson", tmp_path / "new.gpkg"]
    for path, width in zip(maps, (1000, 1200), strict=True):
        frame({"a": shapely.box(0, 0, width, 1000)}).rename_axis("id").reset_index().to_file(path)
    done = run("diff", *maps)
    assert done.returncode == 0, done.stderr
    assert "[polygon-changed] a：面积由1平方公里改为1.2平方公里" in done.stdout


@pytest.mark.slow
def test_command_refuses_unusable_input(tmp_path: Path) -> None:
    done = run("diff", shipped.plan_file(), tmp_path / "nothing.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such file" in done.stderr.splitlines()[-1]
    frame({"a": shapely.box(0, 0, 10, 10)}).to_file(tmp_path / "polygons.geojson")
    done = run("diff", shipped.plan_file(), tmp_path / "polygons.geojson")
    assert done.returncode == 2
    assert "give two of a kind" in done.stderr.splitlines()[-1]
