"""A notebook's cell in real Chromium without a network: the map in its frame, as a page around it has it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import ftz_geo
from conftest import Opened
from ftz_geo import shipped

NOTEBOOK = "<!DOCTYPE html><meta charset=utf-8><title>notebook</title><p id=above>In [1]</p>{}<p>In [2]</p>"


def drawn(frame: Any) -> None:
    """Wait until a frame has its map; its policy forbids Playwright to poll it with a function."""
    frame.locator("path[role=button]").first.wait_for()


def in_notebook(open_page: Callable[..., Opened], value: Any, width: int = 1100) -> Opened:
    opened = open_page({"notebook.html": NOTEBOOK.format(value._repr_html_())}, "notebook.html", width, 800)
    drawn(opened.page.frames[-1])
    return opened


@pytest.fixture(scope="module")
def made() -> tuple[Any, Any, Any]:
    plan = ftz_geo.read_plan(shipped.plan_file())
    drawing = ftz_geo.draw(plan)
    return plan, drawing, ftz_geo.audit(plan, drawing)


def test_a_cell_draws_every_parcel_of_its_zone(open_page: Callable[..., Opened], made: Any) -> None:
    plan, drawing, audit = made
    opened = in_notebook(open_page, ftz_geo.show(drawing, plan, audit, "dongli"))
    frame = opened.page.frames[-1]
    parcels = drawing.parcels[drawing.parcels["zone_id"] == "dongli"]
    shapes = frame.locator("path[role=button]")
    assert shapes.count() == len(parcels) == 9
    assert shapes.evaluate_all("all => all.every((path) => path.getBoundingClientRect().width > 3)")
    shapes.first.dispatch_event("click")
    assert "区块一" in frame.locator("#card h3").inner_text()
    frame.locator("#card .close").click()
    frame.locator(".leaflet-control-layers").hover()
    assert (opened.complaints, opened.requests) == ([], [])


def test_its_language_changes_within_the_frame(open_page: Callable[..., Opened], made: Any) -> None:
    plan, drawing, _ = made
    opened = in_notebook(open_page, ftz_geo.show(drawing, plan, zone="xiqing"))
    frame = opened.page.frames[-1]
    for language in ("en", "zh-CN", "en"):
        frame.locator("#language").click()
        frame.locator(f"html[lang={language}]").wait_for()
    assert str(frame.locator("#search").get_attribute("placeholder")).startswith("Find a name")
    assert frame.url.startswith("about:srcdoc")
    assert opened.page.frames == [opened.page.main_frame, frame]
    assert opened.complaints == []


def test_what_a_sandbox_forbids_is_not_offered(open_page: Callable[..., Opened], made: Any) -> None:
    _, drawing, _ = made
    value = ftz_geo.show(drawing, zone="xiqing")
    framed = in_notebook(open_page, value).page.frames[-1]
    alone = open_page({"saved.html": value.page}, "saved.html").page.main_frame
    for frame, whether in ((framed, False), (alone, True)):
        assert frame.locator("#print").is_visible() is whether
        frame.locator(".leaflet-control-layers").hover()
        assert ("天地图（联网，需密钥）" in frame.locator(".leaflet-control-layers").inner_text()) is whether
    addresses = framed.locator("a[href]").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert {address[0] for address in addresses} == {"#"}  # Leaflet's buttons and links past the tools


def test_the_page_cannot_reach_the_notebook(open_page: Callable[..., Opened], made: Any) -> None:
    frame = in_notebook(open_page, ftz_geo.show(made[1], zone="xiqing")).page.frames[-1]
    with pytest.raises(Exception, match="cross-origin"):
        frame.evaluate("window.parent.document.getElementById('above').textContent")


def test_where_the_frame_is_taken_out_a_picture_is_left(open_page: Callable[..., Opened], made: Any) -> None:
    _, drawing, _ = made
    cell = re.sub(r"<iframe.*?</iframe>", "", ftz_geo.show(drawing, zone="dongli")._repr_html_())
    opened = open_page({"notebook.html": NOTEBOOK.format(cell)}, "notebook.html")
    image = opened.page.locator("img")
    assert image.evaluate(
        "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
    ) == [
        900,
        600,
    ]
    box = image.bounding_box()
    assert box is not None
    assert box["width"] == 900
    assert (opened.complaints, opened.requests) == ([], [])


def test_a_cell_that_is_shown_late_shows_its_blocks_all_the_same(
    open_page: Callable[..., Opened], made: Any
) -> None:
    """Notebooks lay out what is out of sight later, and may fold a cell away."""
    cell = ftz_geo.show(made[1], zone="dongli")._repr_html_()
    pages = {
        "late.html": NOTEBOOK.format(f"<div id=cell style='display: none'>{cell}</div>"),
        "soon.html": NOTEBOOK.format(cell),
    }
    seen = []
    for name in pages:
        page = open_page(pages, name, 1100, 800).page
        frame = page.frames[-1]
        frame.locator("path[role=button]").first.wait_for(state="attached")
        page.evaluate("document.getElementById('cell')?.style.removeProperty('display')")
        drawn(frame)
        page.wait_for_timeout(500)  # Leaflet waits until a frame's size stays
        shapes = frame.locator("path[role=button]")
        legend = frame.locator("details.legend").get_attribute("open")
        seen.append((legend, shapes.evaluate_all("all => all.map((path) => path.getAttribute('d'))")))
    assert seen[0] == seen[1]


def test_several_zones_are_chosen_from(open_page: Callable[..., Opened], made: Any) -> None:
    plan, drawing, audit = made
    opened = in_notebook(open_page, ftz_geo.show(drawing, plan, audit))
    _, choice, first = opened.page.frames
    before = opened.page.evaluate("history.length")
    assert first.locator("path[role=button]").count() == len(drawing.parcels) == 28
    assert first.locator("tbody th a[href]").count() == 0
    for number, zone in enumerate(plan.zones, start=1):
        choice.locator("select").select_option(index=number)
        [frame] = choice.child_frames
        drawn(frame)
        assert frame.locator("h1").inner_text() == zone.name
        assert frame.locator("path[role=button]").count() == len(zone.parcels)
    assert opened.page.evaluate("history.length") == before
    assert (opened.complaints, opened.requests) == ([], [])


def test_one_file_of_several_zones_opens_by_itself(open_page: Callable[..., Opened], made: Any) -> None:
    _, drawing, _ = made
    opened = open_page({"saved.html": ftz_geo.show(drawing).page}, "saved.html", 500, 800)
    frame = opened.page.frames[-1]
    drawn(frame)
    assert frame.locator("path[role=button]").count() == 28
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (opened.complaints, opened.requests) == ([], [])
