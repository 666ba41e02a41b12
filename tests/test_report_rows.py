"""Rows of the reports: what stands in sheets, in tables of the page and on the screen, and in what order."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyproj
import pytest
import shapely

from ftz_geo.check import run_checks
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Audit, Finding, Plan, Settings, Source, Unchecked
from ftz_geo.parse import parse_plan
from ftz_geo.report import audit_csv, audit_page, audit_xlsx, print_audit
from ftz_geo.report.findings import Head, Titles, fair, heads

if TYPE_CHECKING:
    from ftz_geo.model import Severity

PLANE = LocalPlane(lon=117.15, lat=39.0)


def block(n: str, area: str, road: str = "路") -> str:
    return f"区块{n}：面积{area}，东至{n}东{road}、南至{n}南{road}、西至{n}西{road}、北至{n}北{road}。"


TEXT = (
    "甲开发区总面积2.50平方公里，分为三个区块。"
    f"{block('一', '1.2平方公里')}{block('二', '750亩')}{block('三', '约0.83平方公里')}\n"
    "乙开发区总面积不少于2.53平方公里，分为两个区块。"
    f"{block('一', '1.00平方公里', '街')}{block('二', '150公顷', '街')}"
)


def oblong(km2: float, n: int) -> shapely.Polygon:
    width = (km2 * 1e6) ** 0.5 + 10 * n
    height, x = km2 * 1e6 / width, 6000 * n
    return PLANE.to_lonlat(shapely.Polygon([(x, 0), (x + width, 5), (x + width, height + 5), (x, height)]))


def mixed() -> tuple[Plan, Audit]:
    """One block within its limit, one within its road's band, one round, one wrong, one drawn by its area."""
    plan = parse_plan(TEXT)
    frame = gpd.GeoDataFrame(
        {
            "grade": ["surveyed", "traced", "surveyed", "surveyed", "sketched"],
            "area_near_km2": [None, 0.49, None, None, None],
            "area_far_km2": [None, 0.52, None, None, None],
        },
        geometry=[oblong(km2, n) for n, km2 in enumerate((1.2, 0.515, 0.83, 1.02, 1.5))],
        index=[p.id for p in plan.parcels],
        crs="EPSG:4326",
    )
    return plan, run_checks(plan, frame)


def sheet_of(plan: Plan, audit: Audit, name: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)), data_only=True)[name]


def rows_of(plan: Plan, audit: Audit, name: str) -> list[tuple[Any, ...]]:
    return list(sheet_of(plan, audit, name).iter_rows(values_only=True))


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S)))


# --- workbook -------------------------------------------------------------------------------


def test_the_sheet_of_areas_adds_up_every_unit() -> None:
    rows = rows_of(*mixed(), "面积")
    assert rows[1][:3] == ("界线误差 m", None, 1)
    first = [row for row in rows if row[0] == "甲开发区"]
    # Of one list 1.2 is 1.20, as 0.83 has two decimals; 约 is held to a whole 0.01.
    expected = [
        ("区块一", 1.2, 1.2, 0.005),
        ("区块二", 750, 0.5, 0.5 / 1500),
        ("区块三", 0.83, 0.83, 0.01),
        ("公布总面积", 2.5, 2.5, 0.005),
    ]
    for row, (name, stated, km2, rounding) in zip(first, expected, strict=True):
        assert (row[1], row[2]) == (name, stated)
        assert (row[5], row[7]) == (pytest.approx(km2), pytest.approx(rounding))
    below = {row[1]: row[5] for row in rows[5:10]}
    assert below == {
        "公布总面积": pytest.approx(2.5),
        "各区块之和": pytest.approx(2.53),
        "公布减之和": pytest.approx(-0.03),
        "允许差": pytest.approx(0.005 + 0.5 / 1500 + 0.01 + 0.005),
        "判断": "超限",
    }


def test_the_sheet_judges_by_limit_band_and_bound() -> None:
    rows = rows_of(*mixed(), "面积")
    judged = [(row[0], row[1], row[16]) for row in rows[2:] if str(row[1]).startswith("区块")]
    assert judged == [
        ("甲开发区", "区块一", "限内"),
        ("甲开发区", "区块二", "路宽带内"),
        ("甲开发区", "区块三", "限内"),
        ("乙开发区", "区块一", "超限"),
        ("乙开发区", "区块二", None),  # drawn to its stated area
    ]
    traced = next(row for row in rows if row[1] == "区块二")
    # A metre along its ring, and the far edge of its roads.
    assert traced[13] == pytest.approx(traced[11] / 1e6)
    assert traced[15] == pytest.approx(traced[8] - 0.49)
    total = [row[5] for row in rows if row[1] == "判断"]
    assert total == ["超限", "超限"]  # 2.50 are 0.03 less than the least, beyond 0.01, 0.005 and 0.005


@pytest.mark.parametrize(
    ("total", "verdict"),
    [
        ("不少于2.03平方公里", "限内"),
        ("不少于3.23平方公里", "超限"),
        ("不超过3.23平方公里", "限内"),
        ("不超过2.03平方公里", "超限"),
    ],
)
def test_a_bound_total_is_judged_on_its_own_side(total: str, verdict: str) -> None:
    plan = parse_plan(TEXT.replace("不少于2.53平方公里", total))
    rows = rows_of(plan, run_checks(plan), "面积")
    assert [row[5] for row in rows if row[1] == "判断"][1] == verdict


@pytest.mark.parametrize(
    ("stated", "km2", "rounding_km2"),
    [
        ("约83公顷", 0.83, 0.01),
        ("约120亩", 0.08, 10 / 1500),  # the zero fills up
        ("120亩", 0.08, 0.5 / 1500),
        ("83.25公顷", 0.8325, 0.00005),
        ("1.2万亩", 8.0, 500 / 1500),
        ("830000平方米", 0.83, 0.0000005),
    ],
)
def test_the_sheet_rounds_in_the_unit_of_a_figure(stated: str, km2: float, rounding_km2: float) -> None:
    plan = parse_plan(f"甲开发区。{block('一', stated)}")
    row = next(row for row in rows_of(plan, run_checks(plan), "面积") if row[1] == "区块一")
    assert (row[5], row[7]) == (pytest.approx(km2), pytest.approx(rounding_km2))


def test_a_part_told_beside_the_blocks_is_no_addend_of_the_sheet() -> None:
    plan = parse_plan(TEXT)
    first, *others = plan.zones
    beside = replace(first.blocks[2], part_of_total=False)
    plan = replace(plan, zones=(replace(first, blocks=(*first.blocks[:2], beside)), *others))
    rows = rows_of(plan, run_checks(plan), "面积")
    assert [row[1] for row in rows[2:10]] == [
        "区块一",
        "区块二",
        "公布总面积",
        "各区块之和",
        "公布减之和",
        "允许差",
        "判断",
        "区块三",
    ]
    assert rows[5][5] == pytest.approx(1.7)
    assert (rows[9][5], rows[9][7]) == (pytest.approx(0.83), pytest.approx(0.01))
    # Without its neighbours' second decimal 1.2 is held to half of 0.1.
    assert rows[2][7] == pytest.approx(0.05)


def test_sheets_print_on_a4_under_their_heads() -> None:
    plan, audit = mixed()
    book = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))
    assert book.sheetnames == ["汇总", "检查", "发现", "未核", "面积"]
    for sheet in book.worksheets:
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet["A1"].font.bold
        assert not sheet["A2"].font.bold
    # A sentence alone in its row goes over all columns; a row is as high as its longest cell needs.
    assert "A6:F6" in {str(cells) for cells in book["汇总"].merged_cells.ranges}
    heights = [book["发现"].row_dimensions[n].height or 15 for n in range(1, len(audit.findings) + 2)]
    assert heights[0] == 15
    assert max(heights) >= 60
    assert all(height % 15 == 0 for height in heights)


def test_cells_hold_what_a_sheet_can() -> None:
    plan = Plan(text="甲" * 10, source=Source(), zones=())
    long = Finding(check="x", severity="note", zh="长" * 40_000, en="a\x07b")
    sheet = sheet_of(plan, Audit(findings=(long,), zones=()), "发现")
    row = next(sheet.iter_rows(min_row=2, values_only=True))
    assert len(row[9]) == 32_767
    assert row[10] == "ab"
    assert sheet.row_dimensions[2].height == 27 * 15


def test_the_summary_counts_findings_and_names_the_run() -> None:
    plan, audit = mixed()
    audit = replace(audit, metadata=replace(audit.metadata, date="2026-03-31", operator="王工"))
    rows = rows_of(plan, audit, "汇总")
    told = {row[0]: row[1] for row in rows if row[0]}
    for severity, word in (("error", "错误"), ("warning", "警告"), ("note", "说明")):
        assert told[word] == sum(f.severity == severity for f in audit.findings)
    assert (told["未核事项"], told["核对日期"], told["操作人"]) == (1, "2026-03-31", "王工")
    assert rows[1][0] == "甲开发区"
    assert rows[1][1:5] == (pytest.approx(2.5), *map(pytest.approx, (2.53, -0.03, 0.020333333)))


def test_the_sheet_of_findings_has_figures_and_words_in_their_columns() -> None:
    plan, audit = mixed()
    head, *rows = rows_of(plan, audit, "发现")
    wrong = next(row for row in rows if row[-1] == plan.zones[1].blocks[0].id)
    named = dict(zip(head, wrong, strict=True))
    assert (named["程度"], named["片区"], named["区块"], named["地块"]) == ("错误", "乙开发区", "区块一", "")
    assert [named[f"{word} km²"] for word in ("公布", "对照", "差")] == [
        pytest.approx(v, abs=1e-4) for v in (1, 1.02, -0.02)
    ]
    assert named["依据的原文"] == "1.00平方公里"


def test_words_of_several_places_are_quoted_in_the_order_of_the_text() -> None:
    plan = Plan(text="甲乙丙丁戊己庚", source=Source(), zones=())
    found = Finding(check="x", severity="note", zh="甲", en="a", spans=((4, 6), (0, 2), (4, 6)))
    row = audit_csv(plan, Audit(findings=(found,), zones=())).splitlines()[1]
    assert row.endswith("甲,a,甲乙 … 戊己,第1字、第5字,,")


# --- page -----------------------------------------------------------------------------------


def test_the_worst_zone_comes_first_and_areas_that_prove_nothing_stand_in_brackets() -> None:
    plan, audit = mixed()
    audit = replace(
        audit,
        zones=(replace(audit.zones[0], verdict="notes"), replace(audit.zones[1], verdict="fail")),
    )
    page = text_of(audit_page(plan, audit))
    assert page.index("乙开发区 2.53") < page.index("甲开发区 2.50")
    blocks = page[page.index("附件三") : page.index("附件四")]
    assert re.search(r"区块二 1\.5 \(1\.500\d{3}\) \(1\.500\d{3}\) \(1\.500\d{3}\) — — 未比对", blocks)
    assert "括号内是示意" in blocks
    # 1.2, 0.515 and 0.83 are of all blocks of the first zone; of the second one is not measured.
    sums = re.findall(r"各区块之和 ([\d.]+) ([\d.—]+) ([\d.—]+) ([\d.—]+)", blocks)
    assert float(sums[0][1]) == pytest.approx(2.545, abs=1e-3)
    assert sums[1][1:] == ("—", "—", "—")


@pytest.mark.parametrize(("blocks", "form"), [(20, "short"), (21, "long")])
def test_long_tables_repeat_their_head(blocks: int, form: str) -> None:
    own = "".join(block(f"{n}", "1.00平方公里", f"{n}路") for n in range(1, blocks + 1))
    plan = parse_plan(f"甲开发区总面积{blocks}.00平方公里，分为{blocks}个区块。{own}")
    page = audit_page(plan, run_checks(plan))
    assert f'<table class="blocks {form}">' in page
    assert ('<tr class="again">' in page) == (form == "long")
    assert f"各区块之和 {blocks}.00" in text_of(page)


def test_areas_that_another_way_of_taking_them_explains_are_told_so() -> None:
    """On the plane, 1.3° from its middle, 9 km² are some 700 m² more than on the ellipsoid."""
    back = pyproj.Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True).transform
    x, y = 612_000.0, 4_320_000.0
    ring = shapely.Polygon([(x, y), (x + 3000, y + 100), (x + 3000, y + 3100), (x, y + 3000)])
    shape = shapely.transform(ring, lambda p: np.column_stack(back(*p.T)))
    for stated, words in (("900.0000公顷", "另一量法限内"), ("900.1000公顷", "超限")):
        plan = parse_plan(f"甲开发区。{block('一', stated)}")
        frame = gpd.GeoDataFrame(
            {"grade": "surveyed"}, geometry=[shape], index=[plan.parcels[0].id], crs="EPSG:4326"
        )
        audit = run_checks(plan, frame, Settings(point_error_m=0.02))
        row = next(row for row in rows_of(plan, audit, "面积") if row[1] == "区块一")
        assert row[16] == words
        assert row[10] == pytest.approx(9.0, abs=1e-7)
        assert [f.severity for f in audit.findings] == ["note" if words != "超限" else "error"]


@pytest.mark.parametrize(
    ("zone_verdict", "word"), [("pass", "相符"), ("notes", "在取舍之内"), ("fail", "不符"), (None, "未相加")]
)
def test_the_word_for_a_sum_is_that_of_its_verdict(zone_verdict: str | None, word: str) -> None:
    totals = {"pass": "3.00", "notes": "3.01", "fail": "3.20", None: "3.00"}
    areas = ("1.00平方公里", "2.00平方公里") if zone_verdict else ("", "")
    own = "".join(block(n, a).replace("面积，", "") for n, a in zip("一二", areas, strict=True))
    plan = parse_plan(f"甲开发区总面积{totals[zone_verdict]}平方公里，分为两个区块。{own}")
    page = text_of(audit_page(plan, run_checks(plan))).split("附件一")[0]
    row = page[page.index("片区结论") : page.index("错误与警告")]
    assert word in row


def finding(check: str, severity: Severity = "error", **of: Any) -> Finding:
    return Finding(check=check, severity=severity, **{"zh": f"{check}。", "en": f"{check}."} | of)


def test_the_first_pages_tell_how_many_findings_there_is_no_room_for() -> None:
    plan = Plan(text="", source=Source(), zones=())
    many = tuple(finding(f"x{n}", "error" if n % 2 else "warning") for n in range(14))
    gaps = tuple(Unchecked(code="x", zh=f"甲{n}。", en=f"thing {n}.") for n in range(9))
    page = text_of(
        audit_page(plan, Audit(findings=(*many, finding("aside", "note")), zones=(), unchecked=gaps))
    )
    top, annex = page.split("附件一")
    assert re.findall(r"(x\d+)。", top) == [f"x{n}" for n in (1, 3, 5, 7, 9, 11, 13, 0, 2, 4, 6)]
    assert "另有 3 项，见附件二" in top
    assert "另有 3 类，见附件四" in top
    assert "aside" not in top
    assert all(f"x{n}。" in annex for n in range(14))
    assert [f"甲{n}" in top for n in range(9)] == [True] * 6 + [False] * 3


@pytest.mark.parametrize(
    ("figures", "row"),
    [
        # Where both figures stand in the row, the sentence would only say them again.
        (
            {"declared_km2": "1", "measured_km2": "1.2", "difference_km2": "-0.2", "limit_km2": "0.015"},
            "公布面积与图形面积 1 1.2 −0.2 0.015 平方公里",
        ),
        ({"declared_km2": "1"}, "不符。 1 — — — 平方公里"),
        ({"measured_km2": "1.2", "limit_km2": "0.012"}, "不符。 — 1.2000 — 0.012 平方公里"),
        ({"measured_km2": "1.2"}, "不符。 另有"),  # nothing was held against it
        ({}, "不符。 另有"),
    ],
)
def test_a_row_has_the_figures_of_its_finding(figures: dict[str, str], row: str) -> None:
    numbers: dict[str, Any] = {key: Decimal(n) for key, n in figures.items()}
    found = finding("declared-measured", "error", zh="不符。", **numbers)
    more = [finding(f"x{n}", "warning") for n in range(11)]
    page = text_of(
        audit_page(Plan(text="", source=Source(), zones=()), Audit(findings=(found, *more), zones=()))
    )
    top = page.split("附件一")[0]
    line = top[top.index("错误 全文") :].split("警告")[0]
    assert line.startswith(f"错误 全文 {row}".removesuffix(" 另有"))
    assert ("平方公里" in line) == ("平方公里" in row)


def test_long_quotations_are_cut_and_those_beyond_three_are_placed() -> None:
    text = "".join(f"{n}号界线自东向西" + "很" * 80 for n in range(5))
    spans = tuple((88 * n, 88 * n + 88) for n in range(5))
    plan = Plan(text=text, source=Source(), zones=())
    page = audit_page(plan, Audit(findings=(finding("x", spans=spans),), zones=()))
    annex = page.split('class="annex"')[1]
    quotes = re.findall(r"<q>(.*?)</q>", annex, re.S)
    assert len(quotes) == 3
    assert all(50 <= len(re.sub("<.*?>", "", quote)) <= 60 + 2 * 11 for quote in quotes)
    assert "第353字" in text_of(annex)  # the fifth


# --- order of findings ----------------------------------------------------------------------


def test_a_consequence_is_folded_under_the_nearest_cause() -> None:
    causes = [
        finding("c", zh="全文"),
        finding("c", zone_id="a", zh="片区"),
        finding("c", zone_id="a", block_id="a-1", zh="区块"),
    ]

    def under(**of: Any) -> list[tuple[str, int]]:
        found = heads([*causes, finding("x", follows_from="c", **of)])
        return [(head.finding.zh, len(head.followers)) for head in found]

    assert ("区块", 1) in under(zone_id="a", block_id="a-1")
    assert ("片区", 1) in under(zone_id="a", block_id="a-2")
    assert ("片区", 1) in under(zone_id="a")
    assert ("全文", 1) in under(zone_id="b", block_id="b-1")
    assert ("全文", 1) in under()
    # No cause of its own zone or of the whole text: it stands alone.
    alone = heads([causes[1], causes[2], finding("x", zone_id="b", follows_from="c")])
    assert [len(head.followers) for head in alone] == [0, 0, 0]
    beside = heads([causes[2], finding("x", zone_id="a", block_id="a-2", follows_from="c")])
    assert [len(head.followers) for head in beside] == [0, 0]


def test_causes_come_first_then_the_worst() -> None:
    found = [
        finding("a", "note"),
        finding("b", "error"),
        finding("c", "warning"),
        finding("d", "note"),
        finding("e", "error", follows_from="d"),
        finding("cause", "note"),
    ]
    ordered = heads(found)
    assert [head.finding.check for head in ordered] == ["d", "cause", "b", "c", "a"]
    assert ordered[0].severity == "error"  # of what follows from it
    assert [head.is_cause for head in ordered] == [True, True, False, False, False]


def test_there_is_room_for_every_check_before_the_second_of_any() -> None:
    made = [Head(finding=finding("a", "warning")), *(Head(finding=finding(check)) for check in "bbcb")]
    assert [made.index(head) for head in fair(made, 2)] == [1, 3]
    assert [head.finding.check for head in fair(made, 4)] == ["b", "b", "c", "b"]
    assert len(fair(made, 9)) == 5


def test_titles_leave_away_what_all_zones_share() -> None:
    text = "天津自贸区{}联动创新区总面积1.00平方公里。" + block("一", "1.00平方公里")
    plan = parse_plan("\n".join(text.format(name) for name in ("西青经开区", "武清")))
    first, second = plan.zones
    titles = Titles.of(plan)
    assert titles.short[first.id] == "西青经开区"
    assert titles.short[second.blocks[0].id] == "武清 · 区块一"
    about = finding("x", zone_id=second.id, block_id=second.blocks[0].id)
    said = replace(about, zh=f"{titles.full[second.blocks[0].id]}：与{titles.full[first.id]} 区块一重叠。")
    assert titles.of_finding(said) == "武清 · 区块一"
    assert titles.message(said, second.blocks[0].id, "zh") == "与西青经开区 · 区块一重叠。"
    alone = Titles.of(replace(plan, zones=(first,)))
    assert alone.short[first.blocks[0].id] == "区块一"


# --- screen ---------------------------------------------------------------------------------


def test_the_screen_shows_zones_findings_and_what_could_not_be_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, audit = mixed()
    print_audit(audit)
    out = capsys.readouterr().out
    assert re.search(r"甲开发区 +│ +2\.5 +│ +2\.53 +│ +-0\.03 +│ +0\.020333 +│ fail", out)
    could_not = [run for run in audit.checks if run.status == "could-not"]
    assert could_not
    assert all(f"could not [{run.id}] " in out for run in could_not)
    assert f"not checked [{audit.unchecked[0].code}] " in out
    ran, idle = (sum(run.status == status for run in audit.checks) for status in ("ran", "not-run"))
    assert f"checks: {ran} ran, {idle} had nothing to look at, {len(could_not)} could not" in out
    assert out.count("[declared-measured]") >= 2
