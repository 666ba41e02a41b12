"""Zones, blocks, parcels and their areas, as notices put them together."""

from decimal import Decimal

import pytest

from ftz_geo.model import Block, Plan
from ftz_geo.parse import parse_plan

SIDES = "东至甲路，南至乙路，西至丙路，北至丁路"
OTHER = "东至戊路，南至己路，西至庚路，北至辛路"


def km2(plan: Plan) -> list[tuple[str | None, list[str | None]]]:
    """Total and block areas of every zone, in km²."""

    def of(block: Block) -> str | None:
        areas = [block.declared_area, *(p.declared_area for p in block.parcels)]
        return next((f"{a.km2.normalize():f}" for a in areas if a), None)

    totals = [f"{z.declared_area.km2.normalize():f}" if z.declared_area else None for z in plan.zones]
    return [(total, [of(b) for b in z.blocks]) for total, z in zip(totals, plan.zones, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Where an area may stand.
        (f"区块一面积2.5平方公里，{SIDES}。", [(None, ["2.5"])]),
        (f"区块一：甲园，2.5平方公里，{SIDES}。", [(None, ["2.5"])]),
        (f"甲园四至为{SIDES}，面积2.5平方公里。", [("2.5", ["2.5"])]),
        (f"甲园四至为{SIDES}。总面积约2.5平方公里。", [("2.5", ["2.5"])]),
        (f"甲园规划面积2.5平方公里，四至范围：{SIDES}。", [("2.5", ["2.5"])]),
        (f"甲园{SIDES}，约 `2.5 km²`；", [("2.5", ["2.5"])]),
        # Units, and the same area in two of them.
        (f"甲园{SIDES}，占地375亩（25公顷）。", [("0.25", ["0.25"])]),
        (f"甲园{SIDES}，用地面积25.0 ha。", [("0.25", ["0.25"])]),
        (f"甲园{SIDES}，用地面积250,000㎡。", [("0.25", ["0.25"])]),
        (f"甲园{SIDES}，用地面积25万平方米。", [("0.25", ["0.25"])]),
        (f"甲園{SIDES}，面積25公頃。", [("0.25", ["0.25"])]),
        # Totals.
        (
            f"甲区总面积5平方公里，分为2个区块。区块一面积2平方公里，{SIDES}；区块二面积3平方公里，{OTHER}。",
            [("5", ["2", "3"])],
        ),
        (
            "甲区规划面积由4平方公里调整为5平方公里，共两个片区。"
            f"片区一：{SIDES}，面积2平方公里；片区二：{OTHER}，面积3平方公里。",
            [("5", ["2", "3"])],
        ),
        (
            f"甲片区{SIDES}，面积2平方公里；乙片区{OTHER}，面积3平方公里，总面积5平方公里。",
            [("5", ["2", "3"])],
        ),
        # What is no block's area.
        (f"甲园{SIDES}，占地面积3公顷，其中绿地面积1公顷，总建筑面积9万平方米。", [("0.03", ["0.03"])]),
        (f"甲园{SIDES}，面积3公顷，起步区面积1公顷。", [("0.03", ["0.03"])]),
        (f"甲园{SIDES}。区内居住用地面积1公顷。", [(None, [None])]),
        # A comma for the decimal point: nobody knows what the figure is.
        (f"甲园{SIDES}，面积28、77平方公里。", [(None, [None])]),
    ],
)
def test_areas(text: str, expected: list[object]) -> None:
    assert km2(parse_plan(text)) == expected


def test_an_area_keeps_its_words_and_precision() -> None:
    text = f"甲园{SIDES}，面积约 1.50 公顷。"
    plan = parse_plan(text)
    area = plan.zones[0].blocks[0].declared_area
    assert area is not None
    assert (area.text, area.value, area.unit, area.approximate) == (
        "1.50 公顷",
        Decimal("1.50"),
        "公顷",
        True,
    )
    assert plan.words(area.span) == area.text
    assert area.half_width_km2 == Decimal("0.00005")


def test_a_zone_told_beside_its_blocks_is_no_addend() -> None:
    plan = parse_plan(
        f"甲区总面积5平方公里，四至范围：{SIDES}。其中规划建设用地面积3平方公里，四至范围：{OTHER}。"
    )
    (zone,) = plan.zones
    assert [(b.declared_area and b.declared_area.km2, b.part_of_total) for b in zone.blocks] == [
        (Decimal(5), False),
        (Decimal(3), False),
    ]


def test_blocks_of_several_parcels() -> None:
    (zone,) = parse_plan(
        f"甲区总面积5平方公里，分为两个区块。区块一面积2平方公里，分两个地块：地块一{SIDES}；地块二{OTHER}。"
        f"区块二面积3平方公里，{OTHER}。"
    ).zones
    assert [[p.id for p in b.parcels] for b in zone.blocks] == [["jiaqu-1-1", "jiaqu-1-2"], ["jiaqu-2"]]
    assert [p.label for p in zone.blocks[0].parcels] == ["地块一", "地块二"]


def test_a_block_without_label_and_its_named_parcels() -> None:
    (zone,) = parse_plan(
        "甲开发区规划面积5平方公里，分两个区块。"
        f"东山区块规划面积2平方公里，分两个片区：南片区四至范围为{SIDES}；北片区四至范围为{OTHER}。"
        f"西山区块规划面积3平方公里，四至范围：{OTHER}。"
    ).zones
    assert [(b.name, len(b.parcels)) for b in zone.blocks] == [("东山区块", 2), ("西山区块", 1)]
    assert zone.declared_block_count == 2


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (f"（一）甲校：{SIDES}。\n（二）乙校：{OTHER}。", ["(一)", "(二)"]),
        (f"1.甲区：{SIDES}。2.乙区：{OTHER}。", ["1", "2"]),
        (f"1号地块：{SIDES}。2号地块：{OTHER}。", ["1号地块", "2号地块"]),
        (f"A片区{SIDES}；B片区{OTHER}。", ["A片区", "B片区"]),
        (f"范围1：{SIDES}。\n范围2：{OTHER}。", ["范围1", "范围2"]),
        # A label spoken of inside a side is no label.
        ("区块一：东至区块二，南至乙路，西至丙路，北至丁路。", ["区块一"]),
        # A heading before a description is none either.
        (f"一、总体要求\n坚持创新。\n二、实施范围\n（一）甲区：{SIDES}。", ["(一)"]),
    ],
)
def test_labels(text: str, labels: list[str]) -> None:
    assert [b.label for z in parse_plan(text).zones for b in z.blocks] == labels


def test_two_zones_in_one_notice() -> None:
    plan = parse_plan(
        f"甲区规划面积2平方公里，分一个区块。区块一{SIDES}，面积2平方公里。\n"
        f"乙区规划面积3平方公里，分一个区块。区块一{OTHER}，面积3平方公里。"
    )
    assert [(z.name, z.declared_block_count, [b.id for b in z.blocks]) for z in plan.zones] == [
        ("甲区", 1, ["jiaqu-1"]),
        ("乙区", 1, ["yiqu-1"]),
    ]


def test_a_table_of_parcels() -> None:
    plan = parse_plan(
        "名称\t东至\t南至\t西至\t北至\t面积（公顷）\n区块一\t甲路\t乙路\t丙路\t丁路\t12.5\n区块二\t戊路\t己路、庚河\t辛路\t壬村\t8\n"
    )
    (zone,) = plan.zones
    assert [(b.label, b.declared_area and str(b.declared_area.value)) for b in zone.blocks] == [
        ("区块一", "12.5"),
        ("区块二", "8"),
    ]
    assert [f.name for f in zone.blocks[1].parcels[0].abuttals["south"]] == ["己路", "庚河"]


def test_a_side_that_can_be_read_in_two_ways_keeps_both() -> None:
    (parcel,) = parse_plan("东至甲路，南至华为和中兴产业园，西至丙路，北至人民路和平路。").parcels
    assert [f.name for f in parcel.abuttals["south"]] == ["华为和中兴产业园"]
    assert [[f.name for f in r] for r in parcel.alternatives["south"]] == [["华为", "中兴产业园"]]
    assert [f.name for f in parcel.abuttals["north"]] == ["人民路", "和平路"]
    assert [[f.name for f in r] for r in parcel.alternatives["north"]] == [["人民路", "平路"]]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("项目四至范围详见附图。", "项目四至范围详见附图"),
        ("保护范围：四向各至墙基外30米。", "四向各至墙基外30米"),
        (f"甲园{SIDES}，面积-2平方公里。", "-2平方公里"),
        (f"甲园面积2-3.5平方公里，{SIDES}。", "2-3.5平方公里"),
        (f"甲园{SIDES}，面积28、77平方公里。", "28、77平方公里"),
        (f"甲园{SIDES}。地块南侧紧邻学校，西临公园。", "地块南侧紧邻学校，西临公园"),
    ],
)
def test_what_was_not_read_is_listed(text: str, unread: str) -> None:
    plan = parse_plan(text)
    assert [plan.words(s) for s in plan.unread] == [unread]


def test_an_empty_text_is_an_empty_plan() -> None:
    plan = parse_plan("")
    assert (plan.zones, plan.unread, plan.source.sha256[:8]) == ((), (), "e3b0c442")


def test_a_part_of_the_total_is_not_the_total_of_the_blocks() -> None:
    text = f"甲区总面积2平方公里，其中建设用地1.5平方公里，分为两个区块：区块一：面积1平方公里，{SIDES}。"
    (zone,) = parse_plan(text).zones
    assert zone.declared_area is not None
    assert (zone.declared_area.text, zone.declared_block_count) == ("2平方公里", 2)


def test_a_name_in_brackets_after_a_label_is_the_blocks_name() -> None:
    sides = "东至甲路、南至乙路、西至丙路、北至丁路"
    plan = parse_plan(f"区块一（软件园）：{sides}。区块二（见附图2）：{sides}。区块三（东至甲路）：{sides}。")
    assert [b.name for b in plan.zones[0].blocks] == ["软件园", None, None]


def test_the_title_of_an_extension_names_the_zone() -> None:
    sides = "东至甲路、南至乙路、西至丙路、北至丁路"
    text = f"天津滨海高新区扩区方案\n\n扩区面积共5平方公里，分为2个区块。区块一：{sides}。区块二：{sides}。"
    (zone,) = parse_plan(text).zones
    assert (zone.name, str(zone.declared_area and zone.declared_area.km2)) == ("天津滨海高新区", "5")


def test_parcels_area_behind_its_sides_is_its_own_beside_the_blocks() -> None:
    sides = "东至甲路、南至乙路、西至丙路、北至丁路"
    text = (
        "示范片区总面积1.2平方公里，共两个地块。区块一：1.2平方公里，分为两个地块。"
        f"地块一{sides}，面积0.5平方公里；地块二{sides}，面积0.7平方公里。"
    )
    (zone,) = parse_plan(text).zones
    assert [str(p.declared_area and p.declared_area.km2) for p in zone.blocks[0].parcels] == ["0.5", "0.7"]
    assert zone.declared_block_count is None  # it counts 地块, of which 区块一 has two


def test_a_heading_and_a_sentence_with_its_words_name_one_zone() -> None:
    sides = "东至甲路、南至乙路、西至丙路、北至丁路"
    (zone,) = parse_plan(f"一、静安片区\n静安片区规划面积1.0平方公里。区块一：{sides}。").zones
    assert zone.name == "静安片区"
