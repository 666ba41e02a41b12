"""Pages of one run link to each other, and to nothing that was not written with them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo import pipeline
from ftz_geo.model import Finding, Unchecked
from ftz_geo.parse import parse_plan
from ftz_geo.render import map_pages
from ftz_geo.report import audit_page

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "甲开发区总面积2.60平方公里，分为三个区块。\n"
    "区块一（东园）：面积1.00平方公里，东至甲路、南至乙路、西至丙路、北至丁路。\n"
    "区块二：面积0.50平方公里，东至戊路、南至己路、西至庚路、北至区块九。\n"
    "区块三：地块一：面积0.50平方公里，东至子路、南至丑路、西至寅路、北至卯路。"
    "地块二：面积0.50平方公里，东至辰路、南至巳路、西至午路、北至未路。\n\n"
    "乙开发区总面积1.00平方公里，分为一个区块。\n"
    "区块一：面积1.00平方公里，东至申路、南至酉路、西至戌路、北至亥路。\n"
)
"""A zone whose blocks do not add up and name a neighbour that is not there; and a sound one."""


def links(page: str) -> list[str]:
    """Addresses of other pages that a page links to, as it is written."""
    return re.findall(
        r'<a (?!class="skip")[^>]*href="([^"]*)"', re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    pipeline.build(parse_plan(TEXT), out)
    return out


def test_every_link_of_a_build_leads_somewhere(built: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in built.rglob("*.html")}
    assert len(pages) == 4
    seen = set()
    for path, page in pages.items():
        for link in links(page):
            file, _, place = link.partition("#")
            target = (path.parent / file).resolve()
            assert target in pages, link
            seen.add((path.name, target.name))
            if target.name == "audit.html":
                assert not place or f'id="{place}"' in pages[target]
            elif place:
                assert f'"{unquote(place)}"' in pages[target].split('id="ftz-data">')[1]
    zones = {path.name for path in (built / "maps").glob("*.html")} - {"index.html"}
    assert {("audit.html", zone) for zone in zones} <= seen
    assert {(name, "audit.html") for name in (*zones, "index.html")} <= seen


def test_what_was_not_checked_leads_to_its_place_too() -> None:
    plan = parse_plan(TEXT)
    gaps = tuple(
        Unchecked(
            code="x", zone_id=zone.id, block_id=zone.blocks[0].id, zh="没有<图形>。", en="no <polygon>."
        )
        for zone in plan.zones
    )
    audit = replace(pipeline.audit(plan), findings=(), unchecked=gaps)
    maps = {plan.zones[0].id: "maps/a.html"}
    listed = re.findall(r"<li>.*?</li>", audit_page(plan, audit, "en", maps=maps), re.S)
    # On the first page and in the annex; of the zone without a map, the name alone.
    assert [links(item) for item in listed if "no &lt;polygon&gt;" in item] == [
        [f"maps/a.html#{plan.zones[0].blocks[0].id}&amp;lang=en"]
    ] * 2


def test_what_is_written_alone_links_to_nothing_beside_it(tmp_path: Path) -> None:
    plan = parse_plan(TEXT)
    drawing = pipeline.draw(plan)
    audit = pipeline.audit(plan, drawing)
    for path in pipeline.write_audit(plan, audit, tmp_path / "audit"):
        if path.suffix == ".html":
            assert links(path.read_text(encoding="utf-8")) == []
    pipeline.render_maps(plan, drawing, tmp_path / "maps", audit=audit)
    for path in (tmp_path / "maps").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert all((path.parent / link.partition("#")[0]).is_file() for link in links(page))
        assert 'href="../audit' not in page


@settings(max_examples=30)
@given(st.text(alphabet="ab1-/\"'&<# 区", min_size=1, max_size=8))
@example('x"><img src=x onerror=alert(1)>')
def test_an_address_is_one_whatever_it_is_made_of(name: str) -> None:
    plan = parse_plan(TEXT)
    zone = plan.zones[0].id
    page = audit_page(plan, pipeline.audit(plan), maps={zone: name})
    assert "<img" not in page
    found = {re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), link) for link in links(page)}
    unescaped = {link.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for link in found}
    assert {link[: len(name)] for link in unescaped} == {name}


def test_the_reader_goes_from_the_audit_to_the_block_and_back(open_page: Any, built: Path) -> None:
    pages = {str(path): path.read_text(encoding="utf-8") for path in built.rglob("*.html")}
    opened = open_page(pages, str(built / "audit.html"))
    page = opened.page
    error = page.locator("article", has_text="区块九")
    error.locator("a").click()
    zone = parse_plan(TEXT).zones[0]
    assert page.url == (built / "maps" / f"{zone.id}.html").as_uri() + f"#{zone.blocks[1].id}"
    page.get_by_role("link", name="核对报告").first.click()
    assert page.url == (built / "audit.html").as_uri()
    page.goto((built / "maps" / "index.html").as_uri() + "#lang=en")
    item = page.locator("li.error, li.warning", has_text="区块九")
    assert (
        item.get_by_role("link", name="Show").get_attribute("href")
        == f"{zone.id}.html#{zone.blocks[1].id}&lang=en"
    )
    # The audit page is in Chinese alone: its anchors are left as they are.
    item.get_by_role("link", name="Details").click()
    anchor = page.url.partition("#")[2]
    assert "区块九" in page.locator(f"#{anchor}").inner_text()
    assert (opened.requests, opened.complaints) == ([], [])


def test_the_index_lists_errors_and_warnings_under_their_zones_and_no_empty_heading() -> None:
    plan = parse_plan(TEXT)
    drawing = pipeline.draw(plan)
    audit = pipeline.audit(plan, drawing)
    note = Finding(check="x", severity="note", zone_id=plan.zones[1].id, zh="一个说明。", en="A note.")
    audit = replace(audit, findings=(note, *audit.findings))
    index = map_pages(plan, drawing, audit)["index.html"]
    sections = re.findall(r"<section>\s*<h2><a href=\"([^\"]*)\">.*?</section>", index, re.S)
    assert sections == [f"{plan.zones[0].id}.html"]
    shown = re.findall(r'<li class="(\w+)"><span class="severity', index)
    problems = [f.severity for f in audit.findings if f.severity != "note" and f.zone_id == plan.zones[0].id]
    assert shown == sorted(problems)
    assert {"error", "warning"} <= set(problems)
    # Its cards are those of zones: a finding about a block opens none of them.
    assert "data-cards" not in index.split("<h2")[-1].split("</section>")[0]
    assert "一个说明" not in index
