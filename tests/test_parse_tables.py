"""Tables as notices print them: what each row is of, its area, its other figures, its sides."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo import parse_plan
from ftz_geo.check import run_checks
from ftz_geo.parse.prose import Prose
from ftz_geo.parse.tables import Row, Table, read_tables
from table_cases import TABLES

if TYPE_CHECKING:
    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.grids import Cell


def tables(text: str) -> tuple[Prose, list[Table]]:
    prose = Prose.of(text.replace("¦", "\t"))
    return prose, list(read_tables(prose))


def told(prose: Prose, row: Row) -> str:
    """Write a row down as the cases do."""

    def words(cell: Cell | None) -> str:
        return prose.text[cell.start : cell.end] if cell else "-"

    def figure(f: Figure | None) -> str:
        return f"{f.area.value}{f.area.unit}" if f and f.area else f"?{f.problem}" if f else "-"

    others = [f"again {figure(o.figure)}" if o.again else f"{o.head}: {figure(o.figure)}" for o in row.other]
    return "; ".join([f"{row.kind} {words(row.group)} / {words(row.name)} = {figure(row.area)}", *others])


def all_told(text: str) -> list[str]:
    prose, found = tables(text)
    return [told(prose, row) for table in found for row in table.rows]


@pytest.mark.parametrize(("text", "rows"), TABLES.values(), ids=TABLES)
def test_a_table_is_read_row_by_row(text: str, rows: str) -> None:
    assert all_told(text) == rows.split("\n")[1:-1]


@pytest.mark.parametrize(
    ("head", "area"),
    [
        ("面积（公顷）", "3公顷"),
        ("面积(hm²)", "3公顷"),
        ("用地面积/㎡", "3平方米"),
        ("面积：亩", "3亩"),
        ("面积 公顷", "3公顷"),
        ("出让面积（平方米）", "3平方米"),
        ("规划面积（单位：平方公里）", "3平方公里"),
        ("公顷", "3公顷"),
        ("面积（含水面）（亩）", "3亩"),
        ("面积", "?no-unit"),
        ("面积（公顷/亩）", "?no-unit"),
        ("面积（共3公顷）", "?no-unit"),
    ],
)
def test_the_unit_of_a_head(head: str, area: str) -> None:
    assert all_told(f"地块¦{head}¦备注¦四至\n甲¦3¦无¦详见附图\n") == [f"item - / 甲 = {area}"]


@pytest.mark.parametrize(
    ("line", "area"),
    [
        ("单位：公顷", "3公顷"),
        ("（单位：亩）", "3亩"),
        ("表1 用地表    单位：hm2、%", "3公顷"),
        ("单位：万元/亩", "?no-unit"),
        ("单位：万元", "?no-unit"),
        ("单位：亩、公顷", "?no-unit"),
    ],
)
def test_the_unit_of_a_table(line: str, area: str) -> None:
    assert all_told(f"{line}\n地块¦面积¦备注\n甲¦3¦无\n") == [f"item - / 甲 = {area}"]


def test_where_a_table_has_several_units_only_areas_are_in_that_of_area() -> None:
    rows = "项目¦面积¦合计¦耕地\n甲¦3¦20¦4\n"
    assert all_told(f"单位：亩、万元\n{rows}") == ["item - / 甲 = 3亩"]
    assert all_told(f"单位：亩\n{rows.replace('合计', '总面积')}") == [
        "item - / 甲 = 20亩; 面积: 3亩; 耕地: 4亩"
    ]


@pytest.mark.parametrize(
    "head",
    [
        "起始价（万元/亩）",
        "单价(元/㎡)",
        "人口密度（人/公顷）",
        "亩均税收（万元/亩）",
        "总投资（亿元）",
        "面积占比（%）",
        "容积率",
        "年份",
    ],
)
def test_prices_densities_and_shares_are_no_areas(head: str) -> None:
    assert all_told(f"地块¦用地面积（亩）¦{head}\n甲¦30¦2023\n") == ["item - / 甲 = 30亩"]


@pytest.mark.parametrize(
    "text",
    [
        "目录\n一、总则\t1\n二、用地面积\t3\n三、四至范围\t5\n",
        "时间\t事项\t地点\n9:00\t开会\t二楼\n10:00\t讨论\t三楼\n",
        "区域\t地价（元/㎡）\t年份\n一级\t5000\t2023\n",
        "指标\t数值\n容积率\t2.0\n绿地率\t30%\n",
        "东至人民路  南至解放路  面积3亩\n面积12公顷  容积率2  用途工业\n甲方（章）  乙方（章）  丙方\n",
        "名称  面积（亩）\n甲  3\n",
    ],
)
def test_what_is_no_table_of_areas_gives_none(text: str) -> None:
    assert not any(row.area or row.other for table in tables(text)[1] for row in table.rows)


@pytest.mark.parametrize(
    ("cell", "told_row"),
    [
        ("约3", "3亩"),
        ("1,234.5", "1234.5亩"),
        ("2250㎡(合3.38亩)", "2250平方米; again 3.38亩"),
        ("2.25（0.15公顷）", "2.25亩; again 0.15公顷"),
        ("5（其中一期2亩）", "5亩; 面积(亩): 2亩"),
        ("A区3公顷，B区2公顷", "-"),
        ("1.8.2", "?no-number"),
        ("35%", "-"),
        ("待定", "-"),
        ("—", "-"),
    ],
)
def test_a_cell(cell: str, told_row: str) -> None:
    assert all_told(f"地块¦面积（亩）\n甲¦{cell}\n乙¦1\n")[0] == f"item - / 甲 = {told_row}"


def test_a_cell_never_takes_digits_of_its_neighbours() -> None:
    assert all_told("序号¦地块¦面积\n1¦3¦300亩\n2¦1.¦200亩\n") == [
        "item - / 3 = 300亩",
        "item - / 1. = 200亩",
    ]


def test_a_row_that_does_not_fit_its_head_gives_no_figures() -> None:
    prose, (table,) = tables("镇¦村¦面积（亩）¦备注\n甲¦a¦1¦\n乙¦2¦\n¦c¦3¦\n丙¦d¦4¦5¦6\n丁¦e¦5¦¦¦\n")
    assert [told(prose, row) for row in table.rows] == [
        "item 甲 / a = 1亩",
        "item - / - = -",
        "item - / c = 3亩",  # whether 乙 begins a group is not known
        "item - / - = -",
        "item 丁 / e = 5亩",
    ]


@pytest.mark.parametrize("word", ["合计", "合 计", "总计", "总　计", "共计", "计", "全区合计"])
def test_a_total_stands_anywhere(word: str) -> None:
    assert all_told(f"序号¦镇¦面积（亩）\n{word}¦¦3\n1¦甲¦3\n")[0].startswith("total - / ")
    assert all_told(f"序号¦镇¦面积（亩）\n1¦甲¦3\n¦{word}¦3\n")[1].startswith("total - / ")


def test_the_last_sum_below_a_merged_cell() -> None:
    head = "区¦片区¦面积（亩）\n"
    one_sum = all_told(f"{head}甲¦a¦1\n¦b¦2\n乙¦c¦3\n¦合计¦6\n")
    assert one_sum[-1] == "total - / 合计 = 6亩"
    sums = all_told(f"{head}甲¦a¦1\n¦合计¦1\n乙¦c¦3\n¦合计¦3\n¦合计¦4\n")
    assert [s.split(" = ")[0] for s in sums if "合计" in s] == [
        "subtotal 甲 / 合计",
        "subtotal 乙 / 合计",
        "total - / 合计",
    ]


def test_a_name_whose_parts_follow_is_a_subtotal() -> None:
    assert all_told("镇¦村¦面积（亩）\n甲镇¦¦10\n¦a村¦4\n¦b村¦6\n乙镇¦c村¦5\n") == [
        "subtotal - / 甲镇 = 10亩",
        "item 甲镇 / a村 = 4亩",
        "item 甲镇 / b村 = 6亩",
        "item 乙镇 / c村 = 5亩",
    ]


def test_the_same_word_below_two_heads_is_neither() -> None:
    assert all_told("片区¦现状¦¦规划¦\n¦面积（亩）¦比重¦面积（亩）¦比重\n甲¦1¦20¦2¦30\n") == [
        "item - / 甲 = -; 现状面积(亩): 1亩; 规划面积(亩): 2亩"
    ]


def test_the_second_unit_stands_in_where_the_first_is_empty() -> None:
    assert all_told("片区¦面积（公顷）¦面积（亩）\n甲¦2¦30\n乙¦¦45\n") == [
        "item - / 甲 = 2公顷; again 30亩",
        "item - / 乙 = 45亩",
    ]


def test_parts_have_the_unit_of_the_whole_before_them() -> None:
    assert all_told("片区¦总面积（亩）¦其中耕地¦补偿（万元）¦其中青苗\n甲¦30¦20¦90¦5\n") == [
        "item - / 甲 = 30亩; 其中耕地: 20亩"
    ]


def test_sides_of_columns_and_cells_with_all_sides() -> None:
    prose, (table,) = tables("地块¦四至¦¦¦¦面积（亩）\n¦东¦南¦西¦北¦\n甲¦A路¦B路、C河¦D路¦E村¦3\n")
    assert [(s.directions[0], [f.name for f in s.features[0][1]]) for s in table.rows[0].sides] == [
        ("east", ["A路"]),
        ("south", ["B路", "C河"]),
        ("west", ["D路"]),
        ("north", ["E村"]),
    ]
    prose, (table,) = tables("地块¦四至范围¦面积（亩）\n甲¦东至A路，南至B路¦3\n")
    (row,) = table.rows
    assert row.boundary is not None
    assert not row.sides
    assert prose.text[slice(*row.boundary)] == "东至A路,南至B路"


def test_forms() -> None:
    stacked = "地块编号¦A\n用地面积¦3亩\n容积率¦2\n地块编号¦B\n用地面积¦4亩\n容积率¦1\n"
    assert all_told(stacked) == ["item - / - = 3亩", "item - / - = 4亩"]
    units = "序号¦指标¦单位¦数量\n1¦规划用地面积¦hm²¦12.5\n2¦建筑面积¦万㎡¦30\n3¦居住户数¦户¦300\n"
    assert all_told(units) == ["item - / - = 12.5公顷; 建筑面积万㎡: 30万平方米"]


def test_a_form_gives_its_sides() -> None:
    _, (table,) = tables("地块¦¦甲\n四至¦东¦A路\n¦南¦B路\n¦西¦C路\n¦北¦D路\n面积（亩）¦¦3\n")
    assert [s.directions for s in table.rows[0].sides] == [("east",), ("south",), ("west",), ("north",)]


def test_tables_in_tags() -> None:
    text = (
        "<table><tr><td rowspan=2>镇</td><td rowspan='2'>村</td><td colspan=\"2\">面积（亩）</td></tr>"
        "<tr><td>总面积</td><td>其中耕地</td></tr>\n<tr>\n<td rowspan='2'>甲</td>\n<td>a</td>"
        "<td>3</td><td>2</td></tr>"
        "<tr><td>b</td><td>4</td><td>1</td></tr></table>\n"
    )
    assert all_told(text) == [
        "item 甲 / a = 3亩; 面积(亩)其中耕地: 2亩",
        "item 甲 / b = 4亩; 面积(亩)其中耕地: 1亩",
    ]


def test_a_drawn_table_is_told_and_not_read() -> None:
    text = "表1 地块\n┏━━┯━━┓\n┃名称│面积（亩）┃\n┠──┼──┨\n┃甲地│3 ┃\n┃块 │ ┃\n┗━━┷━━┛\n后文\n"
    prose, (table,) = tables(text)
    assert not table.rows
    assert table.title is not None
    assert prose.text[slice(*table.title)] == "表1地块"
    assert "甲地" in prose.text[table.start : table.end]
    assert "后文" not in prose.text[table.start : table.end]


def test_every_head_has_its_own_table() -> None:
    prose, found = tables("表1 甲\n名称¦面积（亩）\n甲¦3\n表2 乙\n名称¦面积（公顷）\n乙¦4\n")
    assert [table.head for table in found] == [("名称", "面积(亩)"), ("名称", "面积(公顷)")]
    assert [prose.text[slice(*table.title)] for table in found if table.title] == ["表1甲", "表2乙"]
    # A head printed again at the top of a page is no row.
    assert all_told("名称¦面积（亩）\n甲¦3\n名称¦面积（亩）\n乙¦4\n") == [
        "item - / 甲 = 3亩",
        "item - / 乙 = 4亩",
    ]


@given(st.text(alphabet="甲乙面积亩（）12.,、四至东南西北合计\t|\n <>trd/ 其中：公顷│", max_size=80))
@example("面积（亩）\t甲\n\t\n")
@example("|面积（亩）|\n|")
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_every_figure_stands_in_its_row(text: str) -> None:
    prose, found = tables(text)
    assert all(0 <= a.end <= b.start for a, b in pairwise(found))
    for table in found:
        for row in table.rows:
            assert table.start <= row.start <= row.end <= table.end <= len(prose.text)
            figures = [row.area, *(o.figure for o in row.other)]
            assert all(row.start <= f.start < f.end <= row.end for f in figures if f)


def test_a_row_for_each_side_is_one_item() -> None:
    lines = ["区块¦四至¦¦面积（公顷）", "甲¦东¦A路¦12", "¦南¦B河¦", "¦西¦C路¦", "¦北¦D路¦", "乙¦东¦E路¦3"]
    prose, (table,) = tables("\n".join(lines))
    assert [told(prose, row) for row in table.rows] == ["item - / 甲 = 12公顷", "item - / 乙 = 3公顷"]
    assert [s.directions[0] for s in table.rows[0].sides] == ["east", "south", "west", "north"]
    assert all(row.boundary is None for row in table.rows)


def test_a_unit_in_letters_is_no_reading_aid() -> None:
    assert all_told("地块¦用地面积(ha)¦限高(m)\n甲¦3¦54\n") == ["item - / 甲 = 3公顷"]


def test_an_empty_first_cell_without_outer_bars() -> None:
    text = "镇 | 村 | 面积（亩）\n--- | --- | ---\n甲 | a | 1\n | b | 2\n"
    assert all_told(text) == ["item 甲 / a = 1亩", "item 甲 / b = 2亩"]


def test_a_block_is_a_label_beside_its_name_and_a_group_of_its_parcels() -> None:
    prose, (table,) = tables("区块¦名称¦面积（亩）\n区块一¦甲园¦1\n区块二¦乙园¦2\n")
    assert [prose.text[slice(*row.label)] for row in table.rows if row.label] == ["区块一", "区块二"]
    assert all_told("区块¦地块¦面积（亩）\n区块一¦a¦1\n¦b¦2\n") == [
        "item 区块一 / a = 1亩",
        "item 区块一 / b = 2亩",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"|{'-' * 300_000}甲\n",
        f"名称¦面积（亩）\n甲¦3亩{'折合约合' * 20_000}x2公顷\n",
        f"名称¦面积（亩）¦{'行政区域' * 28}x面积\n甲¦1¦2\n",
        f"名称¦面积（亩）\n{'表(' * 200_000}¦\n甲¦1\n",
        "<tr><td>" * 50_000,
        "<tr>" + "<td rowspan=40 colspan=40>" * 5_000 + "</tr>" + "<tr></tr>" * 40,
    ],
    ids=["rule", "again", "head", "alone", "tags", "spans"],
)
def test_hostile_tables_are_read_to_their_end(text: str) -> None:
    # A rule that tries every way of cutting these would not come back.
    assert len(tables(text)[1]) <= 1


SCOPES = """\
序号¦名称¦保护范围¦建设控制地带
1¦李家祠堂¦东至李家路，南至南街，西至青石巷，北至后墙。面积1200平方米（合1.8亩）。¦东至李家路以东20米，南至中山路，西至文昌巷，北至后街，面积3500平方米。
2¦古城墙¦墙体及两侧各10米。¦保护范围外50米，面积8.6公顷，其中建筑面积2公顷。
"""


def test_columns_of_ground_told_in_words_are_blocks_of_one_name() -> None:
    text = SCOPES.replace("¦", "\t")
    plan = parse_plan(text)
    (zone,) = plan.zones
    areas = [(b.label, b.name, b.declared_area and b.declared_area.text) for b in zone.blocks]
    assert areas == [
        ("保护范围", "李家祠堂", "1200平方米"),
        ("建设控制地带", "李家祠堂", "3500平方米"),
        ("建设控制地带", "古城墙", "8.6公顷"),
    ]
    assert [f.name for f in zone.blocks[1].parcels[0].abuttals["east"]] == ["李家路以东20米"]
    assert [(f.text, f.role, f.reason) for f in plan.figures if f.role not in ("block",)] == [
        ("1.8亩", "restated", "other-unit"),
        ("2公顷", "set-aside", "floor-area"),
    ]
    unread = [text[a:b] for a, b in plan.unread]
    assert any("墙体及两侧各10米" in words for words in unread)
    assert "保护范围外50米" in unread


def test_one_column_of_ground_is_the_boundary_of_its_row() -> None:
    text = "名称\t保护范围\t面积（公顷）\n甲祠\t东至乙路，南至丙路，西至丁路，北至戊路\t1.2\n"
    (block,) = parse_plan(text).zones[0].blocks
    assert (block.name, str(block.declared_area.km2)) == ("甲祠", "0.012")  # type: ignore[union-attr]
    assert [f.name for f in block.parcels[0].abuttals["north"]] == ["戊路"]


@pytest.mark.parametrize("lead", ["全省已建成自然保护区12处，", "截至去年，全市"])
def test_a_figure_of_all_the_province_is_set_aside(lead: str) -> None:
    plan = parse_plan(f"甲开发区东至乙路、南至丙路、西至丁路、北至戊路，面积2公顷。{lead}面积达1.2万公顷。")
    (figure,) = [f for f in plan.figures if f.text == "1.2万公顷"]
    assert (figure.role, figure.reason) == ("set-aside", "elsewhere")


def test_the_area_of_all_a_province_is_that_of_a_text_about_it() -> None:
    sides = "东邻乙省，北接丙省，西连丁省，南临戊海。"
    plan = parse_plan(f"甘江省地处大陆南部。{sides}全省陆地面积为17.98万平方公里。")
    assert [f.role for f in plan.figures] == ["total"]


def test_blocks_told_in_words_and_then_in_a_table_are_the_same_blocks() -> None:
    text = (
        "甲片区总面积6.53平方公里，共两个区块，具体四至范围如下：\n"
        "区块一：面积2.98平方公里，东至乙路、南至丙路、西至丁路、北至戊路。\n"
        "区块二：面积3.55平方公里，东至己路、南至丙路、西至乙路、北至戊路。\n"
        "区块\t东至\t南至\t西至\t北至\t面积（平方公里）\n"
        "区块一\t乙路\t丙路\t丁路\t戊路\t2.98\n"
        "区块二\t己路\t丙路\t乙路\t戊路\t3.85\n"
    )
    plan = parse_plan(text)
    (zone,) = plan.zones
    assert [(b.label, b.part_of_total) for b in zone.blocks] == [("区块一", True), ("区块二", True)]
    assert [[str(area.km2) for area in b.restated] for b in zone.blocks] == [["2.98"], ["3.85"]]
    assert [f.role for f in plan.figures] == ["total", "block", "block", "restated", "restated"]
    assert plan.unread == ()
    (found,) = run_checks(plan).findings
    assert (found.check, found.block_id, found.difference_km2) == (
        "restated-total",
        zone.blocks[1].id,
        Decimal("-0.3"),
    )


def test_a_block_whose_area_is_told_again_in_a_sentence_is_held_to_it() -> None:
    text = (
        "甲片区总面积5.31平方公里，共二个区块，具体四至范围如下：\n"
        "区块一：面积2.98平方公里，东至乙路、南至丙路、西至丁路、北至戊路。\n"
        "区块二：面积2.33平方公里，东至己路、南至丙路、西至乙路、北至戊路。\n"
        "区块二面积2.43平方公里。"
    )
    plan = parse_plan(text)
    assert [area.text for area in plan.zones[0].blocks[1].restated] == ["2.43平方公里"]
    assert [f.check for f in run_checks(plan).findings] == ["restated-total"]


@pytest.mark.parametrize("lead", ["涵盖两个片区：", "其中", ""])
def test_zones_that_a_plan_sums_up_before_it_tells_them_are_no_blocks_of_it(lead: str) -> None:
    zones = "".join(
        f"{n}、{name}\n{name}规划总面积{total}平方公里，共二个区块。\n"
        f"区块一：面积{one}平方公里，东至{name}路、南至丙路、西至丁路、北至戊路。\n"
        f"区块二：面积{other}平方公里，东至己路、南至丙路、西至{name}路、北至戊路。\n"
        for n, name, total, one, other in (
            ("一", "东川片区", "5.31", "2.98", "2.33"),
            ("二", "西川片区", "6.25", "3.55", "2.70"),
        )
    )
    head = f"静川新区总面积11.46平方公里，{lead}东川片区5.31平方公里，西川片区6.15平方公里。"
    text = f"静川新区方案\n{head}\n{zones}"
    if lead.startswith("涵盖"):
        wrong = parse_plan(text.replace("涵盖两个", "涵盖三个"))
        assert "declared-count" in {f.check for f in run_checks(wrong).findings}
    plan = parse_plan(text)
    assert plan.declared_area is not None
    assert [(z.name, len(z.blocks)) for z in plan.zones] == [("东川片区", 2), ("西川片区", 2)]
    assert [[a.text for a in z.restated] for z in plan.zones] == [["5.31平方公里"], ["6.15平方公里"]]
    found = {f.check for f in run_checks(plan).findings if f.severity != "note"}
    assert found == {"restated-total", "plan-total"}


def test_a_row_that_is_copied_twice_is_told() -> None:
    row = "区块{0}\t乙{0}路\t丙路\t丁{0}路\t戊路\t1.20\n"
    rows = "".join(row.format(n) for n in "一二二三四")
    plan = parse_plan(f"甲片区\n区块\t东至\t南至\t西至\t北至\t面积（平方公里）\n{rows}合计\t\t\t\t\t6.00\n")
    assert len(plan.zones[0].blocks) == 5
    assert {f.check for f in run_checks(plan).findings} == {"block-labels", "contradictory-sides"}


def test_a_label_told_twice_with_other_sides_stays_two_blocks() -> None:
    text = (
        "甲片区区块一：面积2平方公里，东至乙路、南至丙路、西至丁路、北至戊路。\n"
        "区块一：面积3平方公里，东至己路、南至丙路、西至乙路、北至戊路。"
    )
    assert len(parse_plan(text).parcels) == 2


@pytest.mark.parametrize(
    ("said", "count"),
    [("拍卖出让3宗国有建设用地使用权", 3), ("公开出让三宗地块", 3), ("挂牌5宗国有土地使用权", 5)],
)
def test_plots_to_be_sold_are_counted(said: str, count: int) -> None:
    rows = "".join(
        f"JC2024-0{n}号地块：东至乙{n}路、南至丙路、西至丁路、北至戊路，面积2万平方米。\n"
        for n in range(1, 5)
    )
    plan = parse_plan(f"决定{said}，总面积8万平方米。\n{rows}")
    assert plan.zones[0].declared_block_count == count
    assert all(block.part_of_total for block in plan.zones[0].blocks)
    assert {f.check for f in run_checks(plan).findings} == {"declared-count"}


def test_rows_below_a_head_that_cannot_be_read_are_told() -> None:
    text = (
        "甲片区\n区块\t东至\t南至\t西至\t北至\t面积（平方公里）\n"
        "区块一，东至乙河大桥以远\n"
        "区块二\t己路\t丙路\t乙路\t戊路\t3.85\n"
        "区块三\t己路\t丙路\t乙路\t戊路\t3.85\n"
    )
    plan = parse_plan(text)
    told = [f.name for p in plan.parcels for _, f in p.features()] + [plan.words(s) for s in plan.unread]
    assert any("乙河大桥" in words for words in told)


def test_a_name_that_only_the_table_tells_is_kept() -> None:
    text = (
        "甲片区总面积2.98平方公里。区块一：面积2.98平方公里，东至乙路、南至丙路、西至丁路、北至戊路。\n"
        "区块\t名称\t东至\t南至\t西至\t北至\t面积（平方公里）\n区块一\t科技园\t乙路\t丙路\t丁路\t戊路\t2.98\n"
    )
    (block,) = parse_plan(text).zones[0].blocks
    assert (block.label, block.name, len(block.restated)) == ("区块一", "科技园", 1)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("区块1A 区块1B 区块2", None),
        ("JC2024-01 JC2024-03 JC2024-07", None),
        ("区块二 区块2 区块3", "不止一次"),
        ("区块1 区块3 区块4", "不连续"),
        ("JC2024-03 JC2024-01 JC2024-07", "次序颠倒"),
    ],
)
def test_labels_are_held_to_their_order(labels: str, said: str | None) -> None:
    rows = "".join(f"{label}\t乙{k}路\t丙路\t丁{k}路\t戊路\t1.2\n" for k, label in enumerate(labels.split()))
    audit = run_checks(parse_plan(f"甲片区\n编号\t东至\t南至\t西至\t北至\t面积（平方公里）\n{rows}"))
    found = [f.zh for f in audit.findings if f.check == "block-labels"]
    assert len(found) == (said is not None)
    assert all((said or "") in words for words in found)
