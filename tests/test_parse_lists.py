"""What is a list of blocks, what stands beside one, and which sums a text means."""

from __future__ import annotations

import pytest

from ftz_geo import audit, parse_plan

Told = list[tuple[str | None, str | None, list[tuple[str | None, str]]]]


def told(text: str) -> Told:
    """Return of each zone its name, its total, and its blocks that have an area of their own."""
    return [
        (
            zone.name,
            zone.declared_area.text if zone.declared_area else None,
            [
                (block.name or block.label, block.declared_area.text)
                for block in zone.blocks
                if block.declared_area and block.declared_area != zone.declared_area
            ],
        )
        for zone in parse_plan(text).zones
    ]


LISTS: dict[str, tuple[str, Told]] = {
    "an area before its name": (
        "甲开发区总面积9.5公顷，包括以下部分：\n4.5公顷的东园，东至乙路，南至丙路，西至丁路，北至戊路；\n"
        "5公顷的西园，东至己路，南至庚路，西至辛路，北至壬路。",
        [("甲开发区", "9.5公顷", [("东园", "4.5公顷"), ("西园", "5公顷")])],
    ),
    "an area, a dash and a name": (
        "甲试验区总面积9.5公顷。\n● 4.5公顷——东片区\n含乙保税区1公顷；\n● 5公顷——西片区\n主打物流。",
        [("甲试验区", "9.5公顷", [("东片区", "4.5公顷"), ("西片区", "5公顷")])],
    ),
    "an area alone in the bracket behind its name": (
        "甲新区规划面积9.5公顷，下设两个园区：\n航空产业园（4.5公顷）、\n临港物流园（约5公顷）。",
        [("甲新区", "9.5公顷", [("航空产业园", "4.5公顷"), ("临港物流园", "5公顷")])],
    ),
    "names before colons, and the total behind": (
        "东园：位于甲镇，规划面积4.5公顷，已入驻企业23家。\n西园：位于乙镇，面积5公顷。东至丙路，南至丁路，西至戊路，北至己路。\n"
        "全区规划总面积9.5公顷，建成区面积7公顷。",
        [(None, "9.5公顷", [("东园", "4.5公顷"), ("西园", "5公顷")])],
    ),
    "lines of a name and an area, and what else a line tells": (
        "甲森林公园规划面积9.5公顷，分两个景区。\n东岭景区 面积4.5公顷，瀑布众多，核心游览区约2公顷。\n"
        "西岭景区 面积5公顷，停车场占地1公顷。\n周边：湖心岛0.5公顷。",
        [("甲森林公园", "9.5公顷", [("东岭景区", "4.5公顷"), ("西岭景区", "5公顷")])],
    ),
    "headlines that all name a block": (
        "本年度实施更新总用地面积9.5公顷。\n二、项目安排\n（一）东门片区\n东至乙路，南至丙路，西至丁路，北至戊路，更新面积4.5公顷。\n"
        "（二）西门片区\n更新面积5公顷，以整治为主。\n三、资金筹措\n总投资1亿元。",
        [(None, "9.5公顷", [("东门片区", "4.5公顷"), ("西门片区", "5公顷")])],
    ),
    "names in a series that end alike": (
        "拟设采矿权两宗，矿区面积合计9.5公顷。\n1. 甲岭石灰岩矿，面积4.5公顷；\n2. 乙坡砂岩矿，面积5公顷。",
        [(None, "9.5公顷", [("甲岭石灰岩矿", "4.5公顷"), ("乙坡砂岩矿", "5公顷")])],
    ),
    "what a number counts is no part of a name": (
        "甲禁养区总面积9.5公顷。其中：\n（一）水源保护区2个，面积4.5公顷；\n（二）自然保护区1个，面积5公顷。\n"
        "二、养殖场（占地5亩以上）应搬迁。",
        [("甲禁养区", "9.5公顷", [("水源保护区", "4.5公顷"), ("自然保护区", "5公顷")])],
    ),
    "phases that add up": (
        "甲综合保税区批复面积9.5公顷，分两期建设。一期4.5公顷去年验收；二期5公顷今年验收。",
        [("甲综合保税区", "9.5公顷", [("一期", "4.5公顷"), ("二期", "5公顷")])],
    ),
    "sections without totals that add up to that of the last": (
        "一、严格禁燃区\n中心城区：甲路以内，面积4.5公顷。\n二、一般禁燃区\n城郊片：其余城区，面积5公顷。\n"
        "三、禁燃区总面积为9.5公顷。",
        [(None, "9.5公顷", [("中心城区", "4.5公顷"), ("城郊片", "5公顷")])],
    ),
    "a table of zones and their blocks": (
        "单位：公顷\n开发区名称\t核准面积\t区块\t区块面积\n甲工业园区\t9.5\t一区\t4.5\n\t\t二区\t5\n乙开发区\t3\t一区\t3\n",
        [("甲工业园区", "9.5", [("一区", "4.5"), ("二区", "5")]), ("乙开发区", "3", [("一区", "3")])],
    ),
    "the unit behind who fills a table in": (
        "填表单位：甲土地整理中心　　计量单位：公顷\n村\t征收面积\t其中：耕地\n"
        "乙村\t4.5\t2\n丙村\t5\t1\n合计\t9.5\t3\n",
        [(None, "9.5", [("乙村", "4.5"), ("丙村", "5")])],
    ),
    "another zone set up behind blocks": (
        "一、同意设立甲开发区，规划面积9.5公顷。分两个区块：区块一4.5公顷，东至乙路，南至丙路，西至丁路，北至戊路；"
        "区块二5公顷，东至己路，南至庚路，西至辛路，北至壬路。\n"
        "二、同意设立癸江产业园，规划面积3公顷，东至子路，南至丑路，西至寅路，北至卯路。",
        [("甲开发区", "9.5公顷", [("区块一", "4.5公顷"), ("区块二", "5公顷")]), ("癸江产业园", "3公顷", [])],
    ),
}


@pytest.mark.parametrize(("text", "zones"), LISTS.values(), ids=LISTS)
def test_what_is_a_list_of_blocks(text: str, zones: Told) -> None:
    assert told(text) == zones
    assert not [f for f in audit(parse_plan(text)).findings if f.severity == "error"]


ASIDES = {
    "what is beside a total": ("甲园面积9公顷。另有乙农场3公顷。", "3公顷", "excluded"),
    "a bracket behind what is left out": ("甲地块不含湖面（约3公顷）。", "3公顷", "excluded"),
    "a list of a use": ("被征地村剩余耕地分别为：甲村214亩、乙村3公顷。", "3公顷", "land-use"),
    "a time told once for two": ("2006年公告时甲园面积为640公顷，乙园为3公顷。", "3公顷", "before"),
}


@pytest.mark.parametrize(("text", "figure", "reason"), ASIDES.values(), ids=ASIDES)
def test_what_is_set_aside(text: str, figure: str, reason: str) -> None:
    found = {f.text: (f.role, f.reason) for f in parse_plan(text).figures}
    assert found[figure] == ("set-aside", reason)


def test_a_use_in_a_name_is_no_use() -> None:
    text = "甲开发区总面积9.5公顷。\n1. 监管仓储区 4.5公顷；\n2. 海水养殖区 5公顷，含仓储面积1公顷。"
    assert told(text) == [("甲开发区", "9.5公顷", [("监管仓储区", "4.5公顷"), ("海水养殖区", "5公顷")])]


DOUBTS = {
    "scopes beside each other": (
        "甲新区总面积462平方公里。\n核心区范围：东至乙河，南至丙街，西至丁河，北至戊路，面积168平方公里。\n"
        "科创走廊东至己路，南至庚路，西至辛河，北至壬路，面积22.5平方公里。"
    ),
    "a part of a part told with its own": (
        "甲扩展区域9.5公顷，涵盖两个片区：\n港城片区4.5公顷（含乙保税区1公顷、丙物流中心0.5公顷），\n临空片区5公顷。"
    ),
    "a report of what was done": (
        "甲县工作总结\n全年征收土地3280亩，盘活土地46.9公顷。治理水土流失28平方公里，新建道路12公里。改造片区面积22.6公顷。\n"
        "东至乙桥、西至丙站的人民路全线贯通，整治河道7.5平方公里，储备土地12平方公里。"
    ),
    "scopes of one thing and a part of the rule": (
        "第六条 镇区规划范围面积216公顷。\n第九条 核心保护范围\n"
        "核心保护范围北至甲岸，南至乙山，东至丙巷，西至丁阁，总面积9.5公顷。包括以下两片：\n"
        "1.老街片 4.5公顷；\n2.码头片 5公顷。\n第十条 建设控制地带\n建设控制地带面积27.30公顷。"
    ),
}


@pytest.mark.parametrize("text", DOUBTS.values(), ids=DOUBTS)
def test_what_may_be_no_addend_makes_no_sum_fail(text: str) -> None:
    assert not [f for f in audit(parse_plan(text)).findings if f.severity == "error"]


@pytest.mark.parametrize(
    "text",
    [
        "东园：规划面积4.5公顷。\n西园：规划面积5公顷。\n全区规划总面积8.2公顷。",
        "甲公园面积8.2公顷，分两个景区。\n东岭景区 面积4.5公顷。\n西岭景区 面积5公顷。",
        "甲园区总面积8.2公顷。\n（一）东片区，面积4.5公顷；\n（二）西片区，面积5公顷。",
        "填表单位：甲中心　　计量单位：公顷\n村\t征收面积\n乙村\t4.5\n丙村\t5\n合计\t8.2\n"
        "一、征收范围：东至乙路，南至丙路，西至丁路，北至戊路。",
    ],
)
def test_lists_that_do_not_add_up_are_told(text: str) -> None:
    assert audit(parse_plan(text)).verdict == "fail"


def test_sides_behind_blocks_without_a_name_bound_their_zone() -> None:
    sides = "一、征收范围：东至乙路，南至丙路，西至丁路，北至戊路。"
    text = f"甲园区总面积9.5公顷。\n东园：4.5公顷。\n西园：5公顷。\n{sides}"
    (zone,) = parse_plan(text).zones
    assert [block.part_of_total for block in zone.blocks] == [True, True, False]


def test_a_line_of_a_full_page_goes_on_in_the_next() -> None:
    text = (
        "　　一、拟征收范围：本次征收土地东至柳泉河西侧堤脚，南至双井镇东马\n"
        "营村耕地，西至规划站西路，北至迎宾大道，具体以实地勘测定界图为准，\n"
        "任何单位和个人不得抢栽抢建。本次拟征收土地总面积12.6743公顷，涉及\n"
        "柳泉街道、双井镇，均为集体土地，请有关权利人予以支持配合，按时到\n"
        "现场确认。\n"
    )
    (zone,) = parse_plan(text).zones
    south = [f.name for b in zone.blocks for p in b.parcels for d, f in p.features() if d == "south"]
    assert south == ["双井镇东马营村耕地"]
    assert zone.declared_area is not None
    assert zone.declared_area.text == "12.6743公顷"


def test_short_lines_of_equal_width_are_lines() -> None:
    text = "甲开发区总面积9.5公顷\n" + "".join(f"{name}片区 面积4.75公顷\n" for name in "东西")
    assert told(text)[0][2] == [("东片区", "4.75公顷"), ("西片区", "4.75公顷")]


def test_a_figure_before_the_number_of_the_next_line_is_read() -> None:
    text = "1. 甲度假区，规划面积18.6平方公里，核心区4.2平方公里\n2. 乙度假区，规划面积12.3平方公里\n3. 丙"
    assert [f.text for f in parse_plan(text).figures] == ["18.6平方公里", "4.2平方公里", "12.3平方公里"]
