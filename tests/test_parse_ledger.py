"""Every figure with a unit of area stands in one place: read, set aside with a reason, or unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo import audit, parse_plan
from ftz_geo.parse.figures import find_figures
from ftz_geo.parse.prose import Prose
from ftz_geo.wording import FIGURE_REASONS

if TYPE_CHECKING:
    from ftz_geo.model import Plan

ROLES = {"total", "block", "parcel", "part", "restated", "set-aside", "unread"}

SIDES = "东至甲路、南至乙路、西至丙路、北至丁路"

NUMBERS = st.sampled_from(
    [
        "3",
        "0",
        "12.50",
        "1,234.5",
        "一点八二",
        "三千",
        "12.5万",
        "XX",
        "1.8.2",
        "28、77",
        "2-3",
        "-2",
        "3顷20",
    ]
)
UNITS = st.sampled_from(["平方公里", "公顷", "亩", "平方米", "㎡", "hm²", "万亩", "hectares"])
HEADS = st.sampled_from(
    [
        "总面积",
        "规划面积约",
        "其中核心区",
        "建筑面积",
        "区块一面积",
        "区块二",
        "以上合计",
        "东至甲路，南至",
        "（",
        "含",
        "到2035年",
        "",
    ]
)
TAILS = st.sampled_from([*"。 ， ； 、 左右， 以上。 ） | ，其中".split(), "\n", "\t", f"，{SIDES}。"])
TEXTS = st.lists(st.tuples(HEADS, NUMBERS, UNITS, TAILS), max_size=8).map(
    lambda parts: "".join(word for part in parts for word in part)
)


def accounted(plan: Plan) -> None:
    """Hold the rule of the ledger on a plan."""
    found = [figure.span for figure in plan.figures]
    assert len(set(found)) == len(found)
    assert {figure.role for figure in plan.figures} <= ROLES
    for figure in plan.figures:
        a, b = figure.span
        assert (
            plan.text[a:b].replace(" ", "").replace("\n", "") == figure.text.replace(" ", "") or figure.area
        )
        assert (figure.area is None) <= (figure.role == "unread")
        assert (figure.role in ("set-aside", "unread")) <= (figure.reason in FIGURE_REASONS)
        assert (figure.role in ("total", "block", "parcel", "part")) <= (figure.of is not None)
        if figure.role == "unread":
            assert any(s <= a and b <= e for s, e in plan.unread)
    stated = [zone.declared_area for zone in plan.zones]
    stated += [block.declared_area for zone in plan.zones for block in zone.blocks]
    stated += [parcel.declared_area for parcel in plan.parcels]
    assert {area.span for area in stated if area} <= set(found)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("总面积3公顷（45亩），其中核心区1公顷。")
@example("区块一面积3公顷，东至甲路，南至3公顷。")
@example("其中核心区2-3公顷；以上合计XX亩")
def test_every_figure_stands_in_one_place(text: str) -> None:
    plan = parse_plan(text)
    accounted(plan)
    assert len(plan.figures) >= sum(1 for _ in find_figures(Prose.of(text)))


@settings(max_examples=200, deadline=None)
@given(st.text("东南西北至路面积为亩公顷平方米里12.、，。；（）其中区块一二总计约共\n\t ", max_size=80))
def test_so_it_does_in_any_text(text: str) -> None:
    accounted(parse_plan(text))


def outline(text: str) -> list[tuple[str | None, str | None, list[tuple[str | None, str | None]]]]:
    """Return zones with their totals, and blocks with their areas."""
    return [
        (
            zone.name,
            zone.declared_area.text if zone.declared_area else None,
            [(b.name or b.label, b.declared_area.text if b.declared_area else None) for b in zone.blocks],
        )
        for zone in parse_plan(text).zones
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "甲乙自贸试验区的实施范围119.9平方公里，涵盖三个片区：临港片区30平方公里、机场片区43.1平方公里（含机场综合保税区1平方公里），"
            "中心片区46.8平方公里。",
            [
                (
                    "甲乙自贸试验区",
                    "119.9平方公里",
                    [("临港片区", "30平方公里"), ("机场片区", "43.1平方公里"), ("中心片区", "46.8平方公里")],
                )
            ],
        ),
        (
            "石岭省级自然保护区总面积300公顷，其中：核心区面积100公顷；缓冲区面积80公顷；实验区面积120公顷。"
            "柳山省级自然保护区面积由210公顷扩大到250公顷，其中核心区150公顷、实验区100公顷。",
            [
                (
                    "石岭省级自然保护区",
                    "300公顷",
                    [("核心区", "100公顷"), ("缓冲区", "80公顷"), ("实验区", "120公顷")],
                ),
                ("柳山省级自然保护区", "250公顷", [("核心区", "150公顷"), ("实验区", "100公顷")]),
            ],
        ),
        (
            "拟征收土地如下：\n1、大坪村集体所有土地2.5公顷（37.5亩）。其中，农用地2公顷，建设用地0.5公顷；\n"
            "2、新民村集体所有土地1.5公顷（22.5亩）。其中，农用地1.5公顷。\n以上合计4公顷。",
            [(None, "4公顷", [("大坪村", "2.5公顷"), ("新民村", "1.5公顷")])],
        ),
    ],
)
def test_areas_alone_make_a_plan(text: str, expected: list[object]) -> None:
    assert outline(text) == expected
    accounted(parse_plan(text))
    verdict = audit(parse_plan(text))
    assert not [f for f in verdict.findings if f.severity != "note"]


def test_blocks_of_a_part_add_up_to_it() -> None:
    text = (
        f"甲乙新区规划总面积468平方公里，四至范围：{SIDES}；其中规划建设用地面积7平方公里，分两个区块："
        f"城南区块面积4平方公里，{SIDES.replace('甲', '戊')}；"
        f"临港区块面积3平方公里，{SIDES.replace('甲', '己')}。"
    )
    (zone,) = parse_plan(text).zones
    assert zone.declared_area is not None
    assert zone.basis is not None
    assert (zone.declared_area.text, zone.basis.text) == ("468平方公里", "7平方公里")
    assert [(b.name, b.part_of_total) for b in zone.blocks[1:]] == [("城南区块", True), ("临港区块", True)]
    assert not [f for f in audit(parse_plan(text)).findings if f.check == "declared-sum"]
    wrong = parse_plan(text.replace("面积3平方公里", "面积5平方公里"))
    assert [f.severity for f in audit(wrong).findings if f.check == "declared-sum"] == ["error"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("建筑面积5万平方米", "floor-area"),
        ("起步区面积5平方公里", "phase"),
        ("人均公园绿地12平方米", "per-head"),
        ("净用地5公顷", "net"),
        ("新增面积5公顷", "change"),
        ("不含水库5公顷", "excluded"),
    ],
)
def test_what_is_no_area_of_a_block_is_set_aside_with_its_reason(words: str, reason: str) -> None:
    plan = parse_plan(f"甲乙开发区总面积10平方公里。{words}。区块一：面积10平方公里，{SIDES}。")
    assert [f.reason for f in plan.figures if f.role == "set-aside"] == [reason]
    assert plan.zones[0].declared_area is not None
    assert plan.zones[0].declared_area.text == "10平方公里"


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        ("XX亩", "masked"),
        ("1.■5公顷", "masked"),
        ("1.0O公顷", "masked"),
        ("l.00公顷", "masked"),
        (".09公顷", "no-number"),
        ("1.8.2公顷", "no-number"),
        ("2-3平方公里", "range"),
        ("-2平方公里", "negative"),
    ],
)
def test_what_cannot_be_read_is_unread_and_never_a_number(figure: str, reason: str) -> None:
    plan = parse_plan(f"区块一：面积{figure}，{SIDES}。")
    (told,) = plan.figures
    assert (told.role, told.reason, told.area) == ("unread", reason, None)
    assert plan.zones[0].blocks[0].declared_area is None
    assert plan.words(told.span) == figure


def test_figures_told_twice_are_held_against_each_other() -> None:
    def checks(text: str) -> set[tuple[str, str]]:
        return {(f.check, f.severity) for f in audit(parse_plan(text)).findings if f.severity != "note"}

    agreed = f"甲乙开发区总面积1.82平方公里（182公顷）。区块一：面积1.82平方公里，{SIDES}。"
    assert checks(agreed) == set()
    assert checks(agreed.replace("182公顷", "192公顷")) == {("two-units", "error")}
    parts = f"甲乙开发区总面积5平方公里，其中林地6.8平方公里。区块一：面积5平方公里，{SIDES}。"
    assert checks(parts) == {("larger-part", "error")}


@pytest.mark.parametrize(
    "text",
    [
        "甲乙自贸试验区实施范围180平方公里，涵盖三个片区：临港片区、机场片区、中心片区。临港片区134.6平方公里。",
        "甲乙自贸试验区实施范围180平方公里，分临港片区、机场片区和中心片区三个片区。临港片区134.6平方公里。",
    ],
)
def test_blocks_that_are_only_named_are_blocks_and_excuse_the_sum(text: str) -> None:
    (zone,) = parse_plan(text).zones
    assert {block.name for block in zone.blocks} == {"临港片区", "机场片区", "中心片区"}
    assert zone.declared_block_count == 3
    assert {(f.check, f.severity) for f in audit(parse_plan(text)).findings} == {("declared-sum", "note")}


def test_a_figure_that_was_not_understood_and_makes_up_the_difference_excuses_a_sum() -> None:
    text = (
        "甲乙开发区总面积10平方公里，分为两个区块。区块一：面积4平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"
        "区块二：东至戊路、南至乙路、西至甲路、北至丁路。经测算，余下部分为6平方公里。"
    )
    plan = parse_plan(text)
    assert [f.text for f in plan.figures if f.role == "unread"] == ["6平方公里"]
    assert {f.severity for f in audit(plan).findings if f.check == "declared-sum"} == {"note"}


def test_a_block_whose_only_words_are_an_area_that_cannot_be_read_is_a_block() -> None:
    text = (
        "海滨开发区总面积3.50平方公里，分为三个区块。\n"
        f"区块一：面积2.00平方公里，{SIDES}。\n区块二：面积1.50平方公里，东至戊路，南至己路，西至庚路，北至辛路。\n"
        "区块三：面积1.0O平方公里。\n"
    )
    plan = parse_plan(text)
    assert [b.label for b in plan.zones[0].blocks] == ["区块一", "区块二", "区块三"]
    audited = audit(plan)
    assert audited.verdict == "incomplete"
    assert {gap.code for gap in audited.unchecked} == {"no-stated-area", "unread-figure"}
    assert any("面积未能读懂" in gap.zh for gap in audited.unchecked)
