"""What an audit says it looked at: every check's status, what was not checked, and the verdict on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from ftz_geo.check import run_checks
from ftz_geo.measure import LocalPlane
from ftz_geo.parse import parse_plan

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Audit, CheckRun

PLANE = LocalPlane(lon=117.15, lat=39.0)
SIDES = "东至{0}东路、南至{0}南路、西至{0}西路、北至{0}北路"
ONE = ((0, 0), (1000, 20), (980, 1010), (-20, 1000))
TWO = ((3000, 0), (4010, 20), (4005, 1020), (2980, 1010))
BOWTIE = (ONE[0], ONE[2], ONE[1], ONE[3])


def text(total: str | None, *areas: str | None) -> str:
    blocks = "".join(
        f"区块{n}：{f'面积{a}，' if a else ''}{SIDES.format(n)}。"
        for n, a in zip("一二三", areas, strict=False)
    )
    head = f"总面积{total}，" if total else ""
    return f"甲开发区{head}分为{'零一两三'[len(areas)]}个区块。{blocks}"


def audited(words: str, *rings: tuple[tuple[float, float], ...] | None, grade: str = "surveyed") -> Audit:
    plan = parse_plan(words)
    if not rings:
        return run_checks(plan)
    shapes: list[BaseGeometry | None] = [
        PLANE.to_lonlat(shapely.Polygon(ring)) if ring else None for ring in rings
    ]
    ids = [p.id for p in plan.parcels]
    ids += [f"甲{n}" for n in range(len(shapes) - len(ids))]
    return run_checks(plan, gpd.GeoDataFrame({"grade": grade}, geometry=shapes, index=ids, crs="EPSG:4326"))


def runs(audit: Audit) -> dict[str, CheckRun]:
    return {run.id: run for run in audit.checks}


BOTH = text("2.02平方公里", "1.00平方公里", "1.02平方公里")


def test_every_check_says_what_it_did_once_and_in_the_order_of_the_rules() -> None:
    audit = audited(BOTH, ONE, TWO)
    assert [run.id for run in audit.checks] == [rule.id for rule in audit.metadata.checks]
    for run in audit.checks:
        assert (run.reason is None) == (run.status == "ran"), run
        assert (run.looked_at == 0) == (run.status == "not-run"), run
    told = audit.to_dict()
    assert told["schema"] == "ftz-geo/audit-2"
    assert told["checks"][0] == {
        "id": "declared-sum",
        "status": "ran",
        "looked_at": 1,
        "found": 0,
        "reason": None,
    }


def test_words_alone_leave_polygons_unlooked_at_and_say_why() -> None:
    audit = audited(BOTH)
    told = runs(audit)
    assert (audit.verdict, told["declared-sum"].status) == ("pass", "ran")
    for name in ("declared-measured", "total-measured", "overlap", "self-crossing", "unmatched-polygon"):
        run = told[name]
        assert (run.status, run.looked_at, run.reason and run.reason.zh) == ("not-run", 0, "未提供图形")
    assert told["conformance"].reason is not None
    assert told["conformance"].reason.en == "no reference map was given"


def test_polygons_are_counted_and_a_sound_set_passes() -> None:
    audit = audited(BOTH, ONE, TWO)
    told = runs(audit)
    assert audit.verdict == "pass"
    assert not audit.unchecked
    looked = {name: told[name].looked_at for name in ("declared-measured", "total-measured", "sliver", "gap")}
    assert looked == {"declared-measured": 2, "total-measured": 1, "sliver": 2, "gap": 2}


INCOMPLETE = {
    "one figure and nothing to add": (text("5平方公里"), (), "total-without-addends"),
    "no area at all": ("甲园：" + SIDES.format("甲") + "。", (), "nothing-compared"),
    "a block that states no area": (text("3.00平方公里", "1.00平方公里", None), (), "no-stated-area"),
    "a figure that was not read": (BOTH + "另有XX亩。", (), "unread-figure"),
    "a block without a polygon": (BOTH, (ONE, None), "no-polygon"),
    "a polygon without a block": (BOTH, (ONE, TWO, ((9000, 0), (9900, 0), (9900, 900))), "no-block"),
    "a ring that crosses itself": (text(None, "1.00平方公里"), (BOWTIE,), "not-compared"),
    "a polygon and no area to hold it against": (
        text(None, "1.00平方公里", None),
        (ONE, TWO),
        "not-compared",
    ),
}


@pytest.mark.parametrize(("words", "rings", "code"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_was_not_held_against_anything_makes_an_audit_incomplete(
    words: str, rings: tuple[tuple[tuple[float, float], ...] | None, ...], code: str
) -> None:
    audit = audited(words, *rings)
    assert code in {gap.code for gap in audit.unchecked}
    errors = [f for f in audit.findings if f.severity == "error"]
    assert audit.verdict == ("fail" if errors else "incomplete")
    gap = next(gap for gap in audit.unchecked if gap.code == code)
    assert gap.zh.endswith("。")
    assert gap.en.endswith(".")
    if gap.zone_id is not None:
        zone = next(zone for zone in audit.zones if zone.id == gap.zone_id)
        assert zone.verdict in ("incomplete", "fail")


def test_a_ring_that_crosses_itself_could_not_be_compared_and_the_check_says_so() -> None:
    run = runs(audited(BOTH, BOWTIE, TWO))["declared-measured"]
    assert (run.status, run.looked_at) == ("could-not", 1)
    assert run.reason is not None
    assert "区块一" in run.reason.zh


def test_what_is_drawn_from_the_words_was_not_handed_in() -> None:
    audit = audited(BOTH, ONE, None, grade="sketched")
    assert audit.verdict == "pass"
    run = runs(audit)["declared-measured"]
    assert (run.status, run.reason and run.reason.zh) == (
        "not-run",
        "图形由文字绘成，不能证明面积",
    )


def test_a_total_that_polygons_make_up_needs_no_stated_areas() -> None:
    audit = audited(text("2.02平方公里", None, None), ONE, TWO)
    assert audit.verdict == "pass"
    assert runs(audit)["total-measured"].looked_at == 1


def test_a_wrong_total_is_held_against_polygons_although_every_block_states_an_area() -> None:
    found = audited(text("2.12平方公里", "1.00平方公里", "1.02平方公里"), ONE, TWO).findings
    assert [(f.check, f.severity, f.follows_from) for f in found] == [
        ("declared-sum", "error", None),
        ("total-measured", "error", "declared-sum"),
    ]
    assert "有误的是总面积" in found[1].zh


def test_of_a_wrong_sum_the_polygons_say_which_figure_is_wrong() -> None:
    found = audited(text("2.02平方公里", "1.30平方公里", "1.02平方公里"), ONE, TWO).findings
    (wrong,) = [f for f in found if f.check == "declared-sum"]
    assert "有误的很可能是区块一的数" in wrong.zh
    both = audited(text("2.02平方公里", "1.30平方公里", "1.42平方公里"), ONE, TWO).findings
    assert all("很可能是区块" not in f.zh for f in both)


def test_a_total_of_rounded_areas_is_held_to_their_roundings() -> None:
    # 1.004 and 1.014 are stated as 1.00 and 1.01: their sum 2.01 is 0.008 from what the ground measures.
    side = (1.0045e6) ** 0.5
    first = ((0.0, 0.0), (side, 0.0), (side, side), (0.0, side - 1))
    second = ((3000.0, 0.0), (3000 + side, 0.0), (3000 + side, side), (3000.0, side - 1))
    words = text("2.00平方公里", "1.00平方公里", "1.00平方公里")
    assert not [f for f in audited(words, first, second).findings if f.check == "total-measured"]


def test_a_place_that_nothing_can_tell_was_not_looked_at() -> None:
    told = runs(audited(BOTH, ONE, TWO))
    for name in ("cause", "gcj02"):
        assert told[name].status == "not-run"
        assert told[name].reason is not None


def test_neighbours_are_looked_at_only_where_a_side_names_one_that_is_drawn() -> None:
    assert runs(audited(BOTH, ONE, TWO))["adjacency"].status == "not-run"
    named = BOTH.replace("东至一东路", "东至区块二")
    assert runs(audited(named, ONE, TWO))["adjacency"].looked_at == 1
    assert runs(audited(named, ONE, None))["adjacency"].status == "not-run"


def test_blocks_that_are_counted_and_not_listed_were_not_checked() -> None:
    words = BOTH.replace("区块一", "区块四").replace("区块二", "区块五").replace("分为两个", "分为五个")
    audit = audited(words.replace("总面积2.02", "总面积9.02"))
    assert "blocks-not-listed" in {gap.code for gap in audit.unchecked}
    assert audit.verdict == "incomplete"


def test_a_zone_of_which_nothing_was_compared_does_not_pass() -> None:
    words = BOTH + "\n二、乙工业园\n乙工业园四至范围：" + SIDES.format("五") + "。"
    verdicts = {zone.title: zone.verdict for zone in audited(words).zones}
    assert verdicts["甲开发区"] == "pass"
    assert [v for title, v in verdicts.items() if title != "甲开发区"] == ["incomplete"]


def test_every_check_of_words_counts_what_it_looks_at() -> None:
    plan = (
        "甲市联动创新区共两个，规划总面积7.00平方公里。\n"
        "甲开发区总面积3.00平方公里（300公顷），其中林地1.00平方公里，分为三个区块。"
        f"区块一：面积1.00平方公里，其中公园0.20平方公里，{SIDES.format('一')}。"
        f"区块二：面积1.00平方公里，分为两个地块，地块一面积0.50平方公里，{SIDES.format('甲')}，"
        f"地块二面积0.50平方公里，{SIDES.format('乙')}。"
        "区块三：面积1.00平方公里，东至区块二、南至三南路、西至三西路、北至三北路，水面××亩。\n"
        "以上合计总面积3.00平方公里。\n"
        f"乙开发区总面积4.00平方公里，分为一个区块。区块四：面积4.00平方公里，{SIDES.format('四')}。"
    )
    told = runs(audited(plan))
    assert {name: run.looked_at for name, run in told.items() if run.status == "ran"} == {
        "declared-sum": 2,
        "parcel-sum": 1,
        "declared-count": 3,  # of blocks twice, of parcels once
        "restated-total": 1,
        "two-units": 1,
        "larger-part": 2,
        "parts-sum": 2,
        "plan-total": 1,
        "zero-area": 14,  # every figure
        "unknown-neighbour": 1,
        "opposed-neighbours": 1,
        "block-labels": 4,
        "missing-side": 5,  # parcels
        "doubled-side": 5,
        "contradictory-sides": 5,
        "unread-text": 14 + 5 + 1,
        "unit-plausibility": 3,
    }


def test_what_a_total_lacks_is_why_it_could_not_be_added_up() -> None:
    alone = runs(audited(text("5平方公里")))["declared-sum"]
    assert (alone.status, alone.looked_at) == ("could-not", 0)
    assert alone.reason is not None
    assert "总面积没有可相加的分项" in alone.reason.zh
    silent = runs(audited(text("3.00平方公里", "1.00平方公里", None)))["declared-sum"]
    assert (silent.status, silent.looked_at) == ("could-not", 1)
    assert silent.reason is not None
    assert silent.reason.zh == "甲开发区 区块二：未公布面积"
    # Polygons of all blocks make up the total: nothing hinders.
    drawn = runs(audited(text("2.02平方公里", "1.00平方公里", None), ONE, TWO))["declared-sum"]
    assert drawn.status == "ran"
    one = runs(audited(text("1.00平方公里", "1.00平方公里")))["declared-sum"]
    assert (one.status, one.looked_at) == ("ran", 1)


@pytest.mark.parametrize(
    ("grades", "shaped", "basis"),
    [
        (["surveyed", "traced"], [False, False], "2 个地块为描图或实测，面积由图形独立量得。"),
        (
            ["inferred", "traced"],
            [False, False],
            "1 个地块为描图或实测，面积由图形独立量得；1 个地块有推断的边",
        ),
        (["approximate", "sketched"], [False, False], "1 个地块为概略，未作面积比对；1 个地块的图形按公布"),
        (["approximate", "traced"], [True, True], "2 个地块的图形按公布面积绘成"),
    ],
)
def test_what_polygons_prove_is_told_of_each_zone(grades: list[str], shaped: list[bool], basis: str) -> None:
    plan = parse_plan(BOTH)
    shapes = [PLANE.to_lonlat(shapely.Polygon(ring)) for ring in (ONE, TWO)]
    columns = {"grade": grades, "area_shaped": shaped}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, index=[p.id for p in plan.parcels], crs="EPSG:4326")
    told = run_checks(plan, frame).zones[0].measured_basis
    assert told is not None
    assert told.zh.startswith(basis)


def test_broken_and_missing_polygons_prove_nothing() -> None:
    told = audited(text(None, *["1.00平方公里"] * 3), BOWTIE, TWO, None).zones[0].measured_basis
    assert told is not None
    assert told.zh == (
        "1 个地块为描图或实测，面积由图形独立量得；1 个地块图形有误，未作面积比对；1 个地块未绘出。"
    )
