"""Every page and state against all rules of axe-core, and by the keyboard alone."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely
from PIL import Image

import ftz_geo
from builders import in_place, reference_map
from ftz_geo.explain import explain_parcel
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Measure, Task
from ftz_geo.parse import parse_plan
from ftz_geo.render import Told, diff_page, explanation_page, map_pages
from ftz_geo.report import audit_page

axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
AXE = (resources.files(axe) / "axe.min.js").read_text(encoding="utf-8")

WIDE, NARROW = (1440, 900), (390, 844)

PLANE = LocalPlane(lon=117.15, lat=39.0)
TEXT = (
    "甲区总面积6平方公里。区块一：面积1平方公里，东至子路、南至丑路、西至寅路、北至卯路。"
    "区块二：面积1平方公里，东至辰路、南至丑路、西至子路、北至卯路。区块三：面积3平方公里。"
)
MEASURES = [
    Measure(number=1, name="随卸随检", content="检验。", scope="全市", departments=("海关",), span=(0, 1))
]


def road(*ends: tuple[float, float]) -> Any:
    return PLANE.to_lonlat(shapely.LineString(ends))


ROADS = replace(
    reference_map(
        [
            *(
                (name, road((x, -900), (x, 1900)))
                for name, x in (("寅路", 0), ("子路", 1000), ("辰路", 2000))
            ),
            *((name, road((-900, y), (2900, y))) for name, y in (("丑路", 0), ("卯路", 1000))),
            ("巳路", road((-900, 500), (-500, 1500))),
        ]
    ),
    sources=({"file": "map.gpkg", "sha256": "0" * 64},),
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Every kind of page by its file's name."""
    plan = parse_plan(TEXT)
    [zone] = plan.zones
    task = Task(zone_id=zone.id, number=1, group="改革", heading="通办", departments=("商务局",), span=(0, 1))
    plan = replace(plan, tasks=(task,))
    made: dict[str, str] = {}
    for name, reference in (("sketched", None), ("traced", ROADS)):
        drawn = in_place(ftz_geo.draw(plan, reference))
        audit = ftz_geo.audit(plan, drawn)
        given = map_pages(
            plan,
            drawn,
            audit,
            lines={zone.id: [("巳路", road((-900, 500), (-500, 1500)))]},
            measures={zone.id: MEASURES},
            basemap=reference,
            editor={"schema": "s", "file": "blocks.geojson", "sha256": "0" * 64},
        )
        made |= {f"{name}.html": given[f"{zone.id}.html"], "index.html": given["index.html"]}
    grades = set(drawn.parcels["grade"])
    assert "traced" in grades
    told = [explain_parcel(plan, drawn, plan.parcels[0].id)]
    shapes = dict(zip(ROADS.features["source_id"], ROADS.features.geometry, strict=True))
    moved = drawn.parcels.set_geometry(drawn.parcels.geometry.translate(0.001))
    ids = frozenset({plan.parcels[0].id})
    return made | {
        "explain.html": explanation_page(plan, drawn, told, shapes),
        "audit.html": audit_page(plan, audit),
        "audit.en.html": audit_page(plan, audit, "en"),
        "diff.html": diff_page(
            [Told(change="moved", zh="移动", en="moved", old_ids=ids, new_ids=ids)],
            drawn.parcels,
            moved,
            titles=("旧", "新"),
        ),
    }


class State(NamedTuple):
    """A page and what its reader has done there."""

    page: str
    done: str = ""
    """Key of DONE."""
    english: bool = False


def print_layout(page: Any) -> None:
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")


def edge_card(page: Any) -> None:
    page.locator("tr[data-cards] button").first.click()
    page.locator("article.card .sides .link").first.click()


def corner(page: Any) -> None:
    page.get_by_role("button", name="修改", exact=True).click()
    page.locator(".editor select").select_option(index=1)
    page.locator(".handle.vertex").first.focus()


def search(page: Any) -> None:
    page.get_by_role("searchbox").fill("路")


def cross(page: Any) -> None:
    page.get_by_role("searchbox").fill("39.01 117.15")
    page.keyboard.press("Enter")


DONE: dict[str, Callable[[Any], None]] = {
    "": lambda page: None,
    "card": lambda page: page.locator("tr[data-cards] button").first.click(),
    "edge": edge_card,
    "corner": corner,
    "audit tab": lambda page: page.locator("#tab-audit").click(),
    "tasks tab": lambda page: page.locator("#tab-tasks").click(),
    "search": search,
    "nothing found": lambda page: page.get_by_role("searchbox").fill("zzz"),
    "cross": cross,
    "layers": lambda page: page.locator(".leaflet-control-layers").hover(),
    "measuring": lambda page: page.get_by_role("button", name="测面").click(),
    "print": print_layout,
}

STATES = [
    *(State("sketched.html", done) for done in DONE),
    *(State("traced.html", done) for done in ("", "card", "edge", "corner", "print")),
    *(State("sketched.html", done, english=True) for done in ("", "card", "audit tab")),
    *(State(f"{name}.html", english=english) for name in ("index", "explain") for english in (False, True)),
    State("index.html", "print"),
    State("index.html", "card of a zone"),
    *(State(f"{name}.html") for name in ("audit", "audit.en", "diff")),
    State("diff.html", "change"),
]

DONE |= {
    "card of a zone": lambda page: page.locator("path.leaflet-interactive").first.press("Enter"),
    "change": lambda page: page.locator("button[data-change]").first.click(),
}


@pytest.fixture(scope="module")
def visit(chromium: Any, pages: dict[str, str], tmp_path_factory: Any) -> Iterator[Callable[..., Any]]:
    """Open a page in a state. The pages' own policy, which would keep axe out, is put aside."""
    folder = tmp_path_factory.mktemp("pages")
    for name, html in pages.items():
        (folder / name).write_text(html, encoding="utf-8")
    contexts = []

    def open_(state: State, size: tuple[int, int]) -> Any:
        viewport = dict(zip(("width", "height"), size, strict=True))
        contexts.append(chromium.new_context(viewport=viewport, bypass_csp=True, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.goto((folder / state.page).as_uri() + ("#lang=en" if state.english else ""))
        DONE[state.done](page)
        return page

    yield open_
    for context in contexts:
        context.close()


CROWDED = {
    "corner": "corners of a block lie where they lie, and the keyboard reaches each of them",
    "edge": "axe takes what the map's frame cuts off a block for something that lies on the card beside it",
    "search": "on a narrow screen the results lie over the tools of the map until they are closed",
}
"""States in which targets may be small or near each other, and why."""


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_axe_has_nothing_to_say(visit: Callable[..., Any], state: State, size: tuple[int, int]) -> None:
    page = visit(state, size)
    page.evaluate(AXE)
    page.wait_for_timeout(300)  # popups fade in
    found = page.evaluate(
        """async (enabled) => {
            const { violations } = await axe.run(document, { rules: { "target-size": { enabled } } });
            return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
                `${id}: ${html.slice(0, 150)}\\n${failureSummary}`));
        }""",
        state.done not in CROWDED,
    )
    assert found == []
    page.context.close()


# ---------- by the keyboard alone ----------


class Stop(NamedTuple):
    """Where the tab key has led, as Chromium tells assistive technology."""

    role: str
    name: str
    id: str


def walk(page: Any, most: int = 200) -> list[Stop]:
    """Every stop of the tab key, from the beginning of the page until it leaves it."""
    tools = page.context.new_cdp_session(page)
    found: list[Stop] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            break
        focused = tools.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        asked = {"objectId": focused["objectId"], "fetchRelatives": False}
        [node, *_] = tools.send("Accessibility.getPartialAXTree", asked)["nodes"]
        name = node.get("name", {}).get("value", "")
        found.append(Stop(node["role"]["value"], name, page.evaluate("() => document.activeElement.id")))
    return found


@pytest.mark.parametrize("english", [False, True])
def test_the_first_stops_lead_past_tools_and_to_the_search(visit: Callable[..., Any], english: bool) -> None:
    page = visit(State("sketched.html", english=english), WIDE)
    stops = walk(page)
    assert [stop.name for stop in stops[:2]] == (
        ["To the map", "To the table"] if english else ["跳到地图", "跳到表格"]
    )
    assert "search" in [stop.id for stop in stops[:5]]
    for number, goal in enumerate(("map_0", "beside")):
        page.reload()
        for _ in range(number + 1):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.id") == goal
        assert page.get_attribute("html", "lang") == ("en" if english else "zh-CN")
    page.context.close()


@pytest.mark.parametrize(
    "state",
    [
        State("sketched.html"),
        State("sketched.html", "edge"),
        State("sketched.html", "search"),
        State("sketched.html", "tasks tab"),
        State("traced.html", "corner"),
        *(State(f"{name}.html") for name in ("index", "explain", "audit", "diff")),
    ],
    ids=str,
)
def test_every_stop_has_a_name(visit: Callable[..., Any], state: State) -> None:
    page = visit(state, WIDE)
    page.evaluate("() => document.activeElement.blur()")
    stops = walk(page)
    assert stops
    assert [stop for stop in stops if not stop.name] == []
    page.context.close()


def test_the_focus_is_seen_on_a_shape(visit: Callable[..., Any]) -> None:
    page = visit(State("traced.html"), WIDE)
    shape = page.locator("path.leaflet-interactive[role=button]").first
    box = shape.bounding_box()
    around = {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": box["height"] + 16}
    pictures = [Image.open(io.BytesIO(page.screenshot(clip=around))).convert("L")]
    stops = walk(page)
    assert any(stop.name.startswith("区块一") and stop.role == "button" for stop in stops)
    while not shape.evaluate("(path) => path === document.activeElement"):
        page.keyboard.press("Tab")
    pictures.append(Image.open(io.BytesIO(page.screenshot(clip=around))).convert("L"))
    before, after = (np.asarray(picture, dtype=int) for picture in pictures)
    # What changes, and clearly, is at least a line of two pixels along the whole outline.
    assert (abs(before - after) > 80).sum() > 2 * 2 * (box["width"] + box["height"])
    page.context.close()
