"""Numbered paragraphs of administrative documents: what counts blocks, what only counts sentences."""

from __future__ import annotations

import pytest

from ftz_geo import parse_plan

FIGURES = {
    "a sentence behind a number names no block": (
        "一、同意设立甲开发区，总面积5平方公里，东至乙路，南至丙路，西至丁路，北至戊路。\n"
        "二、甲开发区总库容2860万立方米，集水面积31平方公里。\n"
        "三、A-01地块须配建幼儿园一所，用地面积5400平方米。",
        [("5平方公里", "total", None), ("31平方公里", "set-aside", "influence")],
    ),
    "what an older plan said ends with it": (
        "一、划定甲水库保护区，总面积24.18平方公里。\n二、原《划分方案》划定的面积19.7平方公里同时废止。",
        [("24.18平方公里", "total", None), ("19.7平方公里", "set-aside", "before")],
    ),
    "grades are divisions of the ground above them": (
        "甲水库保护区总面积24.18平方公里。\n（一）一级保护区：水域为取水口半径300米以内、正常水位以上200米的陆域，"
        "面积8.28平方公里，其中水域0.31平方公里、陆域7.97平方公里。\n（二）准保护区：面积15.90平方公里。",
        [
            ("24.18平方公里", "total", None),
            ("8.28平方公里", "block", None),
            ("0.31平方公里", "part", None),
            ("7.97平方公里", "part", None),
            ("15.90平方公里", "block", None),
        ],
    ),
    "a district is told beside a zone": (
        "甲镇行政区域面积103.5平方公里。乙开发区总面积48.60平方公里，四至范围：东至丙河，南至丁路，西至戊山，北至己路。",
        [("103.5平方公里", "set-aside", "elsewhere"), ("48.60平方公里", "total", None)],
    ),
    "a time told before its figure": (
        "甲园区东至乙路，南至丙路，西至丁路，北至戊路，总面积5平方公里。近期至2025年，开发面积210公顷。",
        [("5平方公里", "total", None), ("210公顷", "set-aside", "phase")],
    ),
    "a part of what is set aside is set aside": (
        "甲矿区面积9.32平方公里，本次核减面积4.66平方公里，其中重叠部分0.73平方公里。",
        [
            ("9.32平方公里", "total", None),
            ("4.66平方公里", "set-aside", "change"),
            ("0.73平方公里", "set-aside", "change"),
        ],
    ),
}


@pytest.mark.parametrize(("text", "figures"), FIGURES.values(), ids=FIGURES)
def test_what_a_figure_is(text: str, figures: list[tuple[str, str, str | None]]) -> None:
    found = [(f.text, f.role, f.reason) for f in parse_plan(text).figures]
    assert found[: len(figures)] == figures
    assert all(role not in ("block", "total") for _, role, _ in found[len(figures) :])


def blocks(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (b.label, b.name, b.declared_area.text if b.declared_area else None)
        for zone in parse_plan(text).zones
        for b in zone.blocks
    ]


def test_numbered_headlines_are_blocks_where_the_text_counts_them() -> None:
    text = (
        "本批计划共2个更新单元，拟更新范围用地面积合计51.53公顷。\n"
        "一、渔港里更新单元\n位于甲街道，东至乙路，南至丙路，西至丁路，北至戊路。拟更新范围用地面积21.45公顷。\n"
        "二、棉纺厂更新单元\n位于己街道，东至庚路，南至辛路，西至壬路，北至癸路。拟更新范围用地面积30.08公顷。\n"
    )
    assert blocks(text) == [("一", "渔港里更新单元", "21.45公顷"), ("二", "棉纺厂更新单元", "30.08公顷")]
    assert str(parse_plan(text).zones[0].declared_area.text) == "51.53公顷"  # type: ignore[union-attr]


def test_scopes_below_numbered_names_have_their_name() -> None:
    text = (
        "文物保护范围及建设控制地带\n1、文昌阁\n保护范围：东至甲路，南至乙墙，西至丙院，北至丁溪。面积2860平方米。\n"
        "建设控制地带：保护范围外扩20米，面积4975平方米。\n"
        "2、永济桥\n保护范围：桥体外扩30米，面积6400平方米。\n"
    )
    assert blocks(text) == [
        ("保护范围", "文昌阁", "2860平方米"),
        ("建设控制地带", "文昌阁", "4975平方米"),
        ("保护范围", "永济桥", "6400平方米"),
    ]


SUMS = {
    "blocks of the smaller of two totals": (
        "甲试验区本次扩展区域实施范围48.61平方公里，扩展后总面积达到168.55平方公里。\n扩展区域涵盖两个片区：\n"
        "金沙湾片区31.20平方公里，东至乙路，南至丙岸，西至丁河，北至戊路；\n"
        "石浦片区17.41平方公里，东至己港，南至庚路，西至辛路，北至壬岗。",
        ["48.61平方公里"],
    ),
    "blocks of a part of the total": (
        "甲开发区总面积48.60平方公里。其中规划建设用地面积1264.37公顷，分两个区块：区块一面积812.05公顷，"
        "东至乙路，南至丙路，西至丁路，北至戊路；区块二面积452.32公顷，东至己路，南至庚路，西至辛路，北至壬路。",
        ["1264.37公顷"],
    ),
}


@pytest.mark.parametrize(("text", "wholes"), SUMS.values(), ids=SUMS)
def test_blocks_belong_to_what_they_add_up_to(text: str, wholes: list[str]) -> None:
    zones = [zone for zone in parse_plan(text).zones if len(zone.blocks) > 1]
    held = [zone.basis or zone.declared_area for zone in zones]
    assert [area and area.text for area in held] == wholes


def test_the_uses_of_a_table_are_parts_and_no_blocks() -> None:
    text = (
        "甲工业集中区总用地面积512.60公顷，东至乙路，南至丙村，西至丁线，北至戊道。\n用地性质\t面积（公顷）\t占比（%）\n"
        "工业用地\t301.44\t63.28\n物流仓储用地\t42.10\t8.84\n道路用地\t132.84\t14.43\n城市建设用地合计\t476.38\t100\n"
    )
    (zone,) = parse_plan(text).zones
    assert len(zone.blocks) == 1
    assert [(p.name, p.declared_area.text) for p in zone.parts] == [
        ("城市建设用地合计", "476.38"),
        ("工业用地", "301.44"),
        ("物流仓储用地", "42.10"),
        ("道路用地", "132.84"),
    ]


def test_dashes_in_the_row_of_a_sum_name_no_place() -> None:
    text = (
        "拟征收甲镇、乙街道农民集体土地7.4942公顷。\n单位：公顷\n序号\t镇（街道）\t被征收单位\t总面积\n"
        "1\t甲镇\t塘湾村\t4.3157\n2\t乙街道\t河头村\t3.1785\n合计\t—\t—\t7.4942\n"
    )
    (zone,) = parse_plan(text).zones
    assert [b.name for b in zone.blocks] == ["塘湾村", "河头村"]
    assert [area.text for area in zone.restated] == ["7.4942"]


def test_several_units_of_a_line_go_to_the_columns_in_order() -> None:
    text = (
        "单位：公顷、万平方米、户\n片区名称\t改造范围面积\t现状建筑面积\t户数\n"
        "甲片区\t8.35\t9.62\t1204\n乙片区\t3.72\t4.1\t516\n"
    )
    assert blocks(text) == [(None, "甲片区", "8.35"), (None, "乙片区", "3.72")]
    assert {f.area.unit for f in parse_plan(text).figures if f.area} == {"公顷", "万平方米"}


DIVIDED = {
    "behind the sides": "面积1.55平方公里，{sides}。其中，核心区面积0.32平方公里。",
    "in brackets": "面积1.55平方公里（其中核心区0.32平方公里），{sides}。",
    "in its own sentence": "面积1.55平方公里，{sides}。分为核心区、外围区两部分，核心区0.32平方公里。",
}


@pytest.mark.parametrize("words", DIVIDED.values(), ids=DIVIDED)
def test_what_divides_a_labelled_block_is_its_part(words: str) -> None:
    sides = ("东至甲路、南至乙路、西至丙路、北至丁路", "东至戊路、南至己路、西至庚路、北至辛路")
    text = "甲开发区总面积3.10平方公里，分为两个区块：\n" + "\n".join(
        f"区块{n}：{words.format(sides=own) if n == '一' else f'面积1.55平方公里，{own}。'}"
        for n, own in zip("一二", sides, strict=True)
    )
    (zone,) = parse_plan(text).zones
    assert [(p.name, p.declared_area.text) for p in zone.blocks[0].parts] == [("核心区", "0.32平方公里")]
    assert [len(zone.parts), len(zone.blocks), len(zone.blocks[1].parts)] == [0, 2, 0]


@pytest.mark.parametrize(
    "words",
    [
        "由工业用地0.89平方公里和居住用地0.54平方公里组成",
        "其中，工业用地面积0.89平方公里，其余用地0.54平方公里",
    ],
)
def test_parts_that_are_said_to_be_all_of_a_block_are_exhaustive(words: str) -> None:
    text = (
        "甲开发区总面积3.10平方公里，分为两个区块：\n"
        f"区块一：面积1.79平方公里，东至甲路、南至乙路、西至丙路、北至丁路。{words}。\n"
        "区块二：面积1.31平方公里，东至戊路、南至己路、西至庚路、北至辛路。"
    )
    block = parse_plan(text).zones[0].blocks[0]
    assert [(p.declared_area.text, p.exhaustive) for p in block.parts] == [
        ("0.89平方公里", True),
        ("0.54平方公里", True),
    ]


def test_a_total_told_again_behind_labelled_blocks_is_no_other_zone() -> None:
    blocks_told = "".join(
        f"区块{n}：面积2平方公里，东至{n}东路，南至{n}南路，西至{n}西路，北至{n}北路。\n" for n in "一二"
    )
    text = f"甲市西城联动创新区总面积4平方公里，分为两个区块：\n{blocks_told}联动创新区总面积为4.6平方公里。"
    (zone,) = parse_plan(text).zones
    assert [area.text for area in zone.restated] == ["4.6平方公里"]


def test_numbered_places_that_count_blocks_are_zones_below_the_total_of_all() -> None:
    def told(number: str, name: str, total: str, n: str) -> str:
        own = "".join(
            f"区块{k}：面积2平方公里，东至{name}{k}东路，南至{name}{k}南路，西至{name}{k}西路，北至{name}{k}北路。\n"
            for k in "一二三"[: {"两": 2, "三": 3}[n]]
        )
        return f"（{number}）{name}片区。面积{total}平方公里，分为{n}个区块，分别为：\n{own}"

    text = "甲区建设方案\n联动创新区总面积10平方公里，共两个片区。\n"
    plan = parse_plan(text + told("一", "赛达", "4", "两") + told("二", "大寺", "6", "三"))
    assert plan.declared_area is not None
    assert plan.declared_area.text == "10平方公里"
    assert [(z.name, len(z.blocks)) for z in plan.zones] == [("赛达片区", 2), ("大寺片区", 3)]
