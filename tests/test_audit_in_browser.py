"""The audit page in real Chromium without a network, on the screen and printed on A4."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely

import ftz_geo
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Audit, Finding, Plan, Text, Unchecked
from ftz_geo.parse import parse_plan
from ftz_geo.report import audit_page
from ftz_geo.report.words import WORDS, Language, spoken
from ftz_geo.survey import parse_survey

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")

HOSTILE = "<img src=x onerror=alert(1)>园</script><script>alert(1)</script>"
LONG = "京津产业新城高端时尚消费商圈与现代物流装备制造业集聚发展示范区（核心启动区）"
PLANE = LocalPlane(lon=117.15, lat=39.0)


def made() -> str:
    """Three zones of twelve surveyed blocks: one a tenth too large, one called something hostile."""
    texts, corners = [], []
    for z, zone in enumerate("甲乙丙"):
        blocks, total = [], Decimal(0)
        for k in range(12):
            label = f"{zone}{k + 1}号地块"
            x, y = 1500 * k, 1500 * z
            ring = [(x, y), (x + 1000 + k, y + 20), (x + 980 + k, y + 1010 + z), (x - 20, y + 1000)]
            lonlat = [PLANE.to_lonlat(shapely.Point(p)) for p in ring]
            corners += [label, *(f"J{i} {p.x:.7f} {p.y:.7f}" for i, p in enumerate(lonlat, 1))]
            area = Decimal("1.10" if (z, k) == (0, 3) else f"{shapely.Polygon(ring).area / 1e6:.2f}")
            total += area
            sides = f"东至{label}东路、南至{label}南路、西至{label}西路、北至{label}北路"
            blocks.append(f"{label}：面积{area}平方公里，{sides}。")
        texts.append(f"{zone}县开发区总面积{total}平方公里，分为12个地块。\n" + "\n".join(blocks))
    plan = parse_plan("\n".join(texts))
    zones = tuple(
        replace(
            zone,
            blocks=(
                replace(zone.blocks[0], name=LONG),
                replace(zone.blocks[1], name=HOSTILE),
                *zone.blocks[2:],
            ),
        )
        for zone in plan.zones
    )
    plan = replace(plan, zones=zones)
    survey = parse_survey("2000国家大地坐标系 十进制度\n" + "\n".join(corners))
    parcels = ftz_geo.join_polygons(plan, survey)
    assert len(plan.parcels) == (parcels.parcels["grade"] == "surveyed").sum() == 36
    return audit_page(plan, ftz_geo.audit(plan, parcels))


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[tuple[Any, list[str]]]:
    (tmp_path / "audit.html").write_text(made(), encoding="utf-8")
    context = chromium.new_context()
    page, heard = context.new_page(), []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))

    def dismiss(dialog: Any) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto((tmp_path / "audit.html").as_uri())
    yield page, heard
    context.close()


def test_it_asks_for_nothing_and_words_stay_words(opened: tuple[Any, list[str]]) -> None:
    page, heard = opened
    assert [words for words in heard if not words.startswith("file:")] == []
    assert page.locator("img, script").count() == 0
    assert HOSTILE in page.locator("body").inner_text()


@pytest.mark.slow
def test_it_prints_on_a4_with_nothing_cut_and_no_heading_alone(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    headings = page.locator("h2").all_inner_texts()
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [sheet.get_textpage().get_text_bounded().split("\r\n") for sheet in document]
    assert 4 <= len(sheets) <= 9
    for number, sheet in enumerate(document, 1):
        assert sheet.get_size() == pytest.approx((595, 842), abs=1)
        # Nothing stands in the margin, so nothing ran off the sheet.
        words = sheet.get_textpage()
        for i in range(words.count_rects()):
            left, bottom, right, top = words.get_rect(i)
            assert 15 / 25.4 * 72 - 1 <= left <= right <= 595 - 15 / 25.4 * 72 + 1
            assert 0 < bottom <= top < 842
        lines = [line for line in sheets[number - 1] if line.strip()]
        lines.remove(f"第 {number} 页，共 {len(sheets)} 页")
        assert lines[-1] not in headings
    text = re.sub(r"\s", "", "".join(map("".join, sheets)))
    assert "不通过" in "".join(sheets[0])
    assert "SHA-256" in "".join(sheets[-1])
    for words in (LONG, HOSTILE, "1.10", "declared-measured", "Karney", "pyproj", *headings):
        assert re.sub(r"\s", "", words) in text


def worst() -> tuple[Plan, Audit]:
    """An audit with more of everything than the first pages have room for, and long words in all of it."""
    zones = "".join(
        f"{name}{LONG}第{i}开发区总面积9.00平方公里，分为30个区块。\n"
        + "".join(
            f"区块{k}（{name}{LONG}）：面积1.00平方公里，东至甲{k}路、南至乙{k}路、西至丙{k}路、北至丁{k}路。\n"
            for k in range(1, 31)
        )
        for i, name in enumerate("甲乙丙丁戊己庚辛壬癸", 1)
    )
    plan = parse_plan(zones)
    audit = ftz_geo.audit(plan)
    findings = [
        Finding(
            check=f"check-{k}",
            severity="warning" if k % 3 else "error",
            zone_id=zone.id,
            block_id=block.id,
            zh=f"{block.label}：{LONG * 3}。",
            en=f"{block.label}: {'many a word ' * 20}.",
            spans=(block.span,),
            limit_km2=Decimal("0.0123"),
            measured_km2=Decimal("1.2345"),
        )
        for zone in plan.zones
        for k, block in enumerate(zone.blocks)
    ]
    cause = Finding(check="cause", severity="error", zh=LONG * 6, en="one cause of all " * 20)
    findings[-1] = replace(findings[-1], follows_from="cause")
    gaps = tuple(
        Unchecked(code="x", zone_id=z.id, block_id=b.id, zh=f"{LONG}{i}", en=f"not checked {i} " * 5)
        for z in plan.zones
        for i, b in enumerate(z.blocks)
    )
    runs = tuple(
        replace(run, status="could-not", reason=Text(f"{LONG * 9}{i}", f"reason {i} " * 90))
        for i, run in enumerate(audit.checks)
    )
    sources = tuple(
        {"role": "reference", "file": f"{LONG}{i}.gpkg", "sha256": f"{i:064x}"} for i in range(30)
    )
    meta = replace(audit.metadata, sources=sources, command="ftz-geo audit " + "x/" * 600, date="2026-03-31")
    return plan, replace(
        audit, findings=(cause, cause, cause, cause, *findings), unchecked=gaps, checks=runs, metadata=meta
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_signed_is_two_sheets_at_most(chromium: Any, tmp_path: Path, language: Language) -> None:
    (tmp_path / "audit.html").write_text(audit_page(*worst(), language), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "audit.html").as_uri())
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    page.close()
    annex = spoken(WORDS["annex_1"], language)
    sheets = [re.sub(r"\s", "", sheet.get_textpage().get_text_bounded()) for sheet in document]
    first = next(i for i, sheet in enumerate(sheets) if re.sub(r"\s", "", annex) in sheet)
    assert first == 2
    assert re.sub(r"\s", "", spoken(WORDS["reviewer"], language)) in sheets[1]


def test_a_table_of_several_sheets_says_on_each_whose_it_is(chromium: Any, tmp_path: Path) -> None:
    blocks = "".join(
        f"\n区块{i}：面积1.00平方公里，东至甲{i}路、南至乙{i}路、西至丙{i}路、北至丁{i}路。"
        for i in range(1, 71)
    )
    plan = parse_plan(f"长塘联动创新区总面积70.00平方公里，分为70个区块。{blocks}")
    (tmp_path / "audit.html").write_text(audit_page(plan, ftz_geo.audit(plan)), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "audit.html").as_uri())
    assert page.locator(".again").is_hidden()
    sheets = [
        s.get_textpage().get_text_bounded() for s in pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    ]
    page.close()
    with_blocks = [sheet for sheet in sheets if re.search(r"区块\d", sheet)]
    assert len(with_blocks) >= 2
    assert all("长塘联动创新区" in sheet for sheet in with_blocks)
