"""The pages in real Chromium without a network: what is drawn, what is asked for, what stays text."""

import re
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from builders import drawing
from ftz_geo.frame import Drawing
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import (
    DIRECTIONS,
    Area,
    Audit,
    Block,
    Direction,
    Edge,
    Feature,
    Finding,
    Grade,
    Metadata,
    Method,
    Parcel,
    Plan,
    Reason,
    Source,
    Zone,
    ZoneSummary,
)
from ftz_geo.render import map_pages
from ftz_geo.report import audit_page

Open = Callable[..., Any]
"""The fixture ``open_page`` of conftest.py."""

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{ 7 * 191 }}{% raw %}",
    "\u2028'\"`${alert(1)}\\",
)
"""HTML, the end of a script, a template that branca would run, and the ends of strings."""

PLANE = LocalPlane(lon=117.15, lat=39.0)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A block made for a test: its corner in metres, its size, what lies on its sides."""

    label: str
    at: tuple[float, float]
    size: tuple[float, float]
    sides: Mapping[Direction, str]
    name: str | None = None
    parcel: str | None = None
    grade: Grade = "sketched"
    lean: float = 0.0
    river: Direction | None = None
    uncertainty_m: float | None = None
    reasons: tuple[Reason, ...] = ()
    area: str = "7.80"
    methods: Mapping[Direction, Method] = field(default_factory=dict)
    bands: Mapping[Direction, float] = field(default_factory=dict)


def ring_sides(made: Made) -> dict[Direction, list[tuple[float, float]]]:
    """South, east, north and west side in metres, counter-clockwise; a river swings."""
    (x, y), (w, h), lean = made.at, made.size, made.lean
    corners = [(x, y), (x + w, y + lean), (x + w + lean, y + h + lean), (x + lean / 2, y + h)]
    order: tuple[Direction, ...] = ("south", "east", "north", "west")
    sides = {}
    for i, side in enumerate(order):
        (ax, ay), (bx, by) = corners[i], corners[(i + 1) % 4]
        t = np.linspace(0, 1, 25 if side == made.river else 2)
        swing = 0.06 * h * np.sin(t * 3 * np.pi) if side == made.river else 0 * t
        points = zip(ax + (bx - ax) * t - swing * np.sign(by - ay), ay + (by - ay) * t + swing, strict=True)
        sides[side] = [(float(px), float(py)) for px, py in points]
    return sides


def plan_and_parcels(zones: Mapping[str, tuple[str, list[Made]]]) -> tuple[Plan, Drawing]:
    """A plan whose text really holds every word, and the frame that ``digitise`` would give for it."""
    text, plan_zones, rows = "", [], []
    edges: list[tuple[Edge, ...]] = []
    reasons: list[tuple[Reason, ...]] = []

    def write(words: str) -> tuple[int, int]:
        nonlocal text
        text += words
        return len(text) - len(words), len(text)

    for zone_id, (zone_name, blocks) in zones.items():
        total = f"{sum(Decimal(m.area) for m in blocks)}"
        zone_start = write(f"{zone_name}总面积")[0]
        declared = Area(
            text=total, value=Decimal(total), unit="平方公里", span=write(total + "平方公里，分别为：\n")
        )
        plan_blocks = []
        for i, made in enumerate(blocks, start=1):
            parcel_id = f"{zone_id}-{i}"
            start = write(f"{made.label}：{made.name or ''}{made.parcel or ''}，面积")[0]
            area = Area(
                text=made.area, value=Decimal(made.area), unit="平方公里", span=write(made.area + "平方公里")
            )
            abuttals: dict[Direction, tuple[Feature, ...]] = dict.fromkeys(DIRECTIONS, ())
            for side, words in made.sides.items():
                write(f"，{dict(zip(DIRECTIONS, '东南西北', strict=True))[side]}至")
                abuttals[side] = (Feature(name=words, kind="road", span=write(words)),)
            span = (start, write("。\n")[1])
            parcel = Parcel(id=parcel_id, label=made.parcel, declared_area=area, span=span, abuttals=abuttals)
            plan_blocks.append(
                Block(
                    id=parcel_id,
                    label=made.label,
                    name=made.name,
                    declared_area=area,
                    parcels=(parcel,),
                    span=span,
                )
            )
            lines = ring_sides(made)
            drawn = made.grade != "undetermined"
            evidence = tuple(
                Edge(
                    side=side,
                    feature=made.sides.get(side),
                    span=abuttals[side][0].span if abuttals[side] else None,
                    method=made.methods.get(side, "sketch" if made.grade == "sketched" else "on-feature"),
                    line=PLANE.to_lonlat(shapely.LineString(line)),
                    uncertainty_m=made.bands.get(side),
                )
                for side, line in lines.items()
                if drawn
            )
            corners = [point for line in lines.values() for point in line[:-1]]
            row: dict[str, Any] = {
                "id": parcel_id,
                "zone": zone_name,
                "zone_id": zone_id,
                "block": made.label,
                "block_name": made.name,
                "parcel": made.parcel,
                "text": text[slice(*span)],
                "declared_area_km2": float(made.area),
                "block_declared_area_km2": float(made.area),
                "grade": made.grade,
                "placement_uncertainty_m": made.uncertainty_m or np.nan,
                **{d: made.sides.get(d) for d in DIRECTIONS},
                "area_shaped": made.grade == "sketched",
                "geometry": PLANE.to_lonlat(shapely.Polygon(corners)) if drawn else None,
            }
            rows.append(row)
            edges.append(evidence)
            reasons.append(made.reasons)
        plan_zones.append(
            Zone(
                id=zone_id,
                name=zone_name,
                declared_area=declared,
                blocks=tuple(plan_blocks),
                span=(zone_start, len(text)),
            )
        )
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326).set_index("id")
    frame["measured_area_km2"] = area_m2(frame.geometry.to_numpy()) / 1e6
    plan = Plan(
        text=text, source=Source(title="联动创新区建设方案", sha256="0" * 64), zones=tuple(plan_zones)
    )
    return plan, drawing(frame, edges, reasons)


def audit_of(plan: Plan) -> Audit:
    zone = plan.zones[0]
    note = Finding(
        check="zone-total",
        severity="note",
        zone_id=zone.id,
        declared_km2=Decimal("49.75"),
        measured_km2=Decimal("49.74"),
        difference_km2=Decimal("0.01"),
        limit_km2=Decimal("0.040"),
        zh="申报总面积与区块合计相差 0.01 平方公里，在取位误差 ± 0.040 之内。",
        en="The declared total differs from the sum of the blocks within rounding.",
        spans=tuple(b.declared_area.span for b in zone.blocks if b.declared_area),
    )
    zones = tuple(
        ZoneSummary(
            id=z.id,
            name=z.name,
            declared_km2=float(z.declared_area.km2) if z.declared_area else None,
            sum_km2=float(z.declared_area.km2) if z.declared_area else None,
            difference_km2=0.0,
            limit_km2=0.04,
            verdict="notes" if z is zone else "pass",
        )
        for z in plan.zones
    )
    source = {"role": "document", "file": "plan.txt", "sha256": "0" * 64}
    return Audit(findings=(note,), zones=zones, metadata=Metadata(sources=(source,)))


def sides(east: str, south: str, west: str, north: str) -> dict[Direction, str]:
    return dict(zip(DIRECTIONS, (east, south, west, north), strict=True))


WORDS = Reason(
    code="no-reference-map", zh="没有给出底图，按文字和申报面积排布。", en="No reference map was given."
)

SKETCHED = [
    Made(
        label="区块一",
        name="经开区核心区",
        at=(0, 0),
        size=(2600, 3000),
        lean=180,
        uncertainty_m=4000,
        reasons=(WORDS,),
        sides=sides("津港大道", "赛达南道", "津淄公路", "梨双路"),
        area="7.80",
    ),
    Made(
        label="区块三",
        at=(-1240, 0),
        size=(1200, 975),
        uncertainty_m=4000,
        reasons=(WORDS,),
        sides=sides("津淄公路", "赛达南道", "荣乌联络线", "祥厚路"),
        area="1.17",
    ),
    Made(
        label="区块五",
        at=(-4200, 2600),
        size=(1300, 1392),
        lean=120,
        river="south",
        uncertainty_m=4000,
        reasons=(WORDS,),
        sides=sides("民兴北路", "陈台子河", "裕兴路", "海泰南道"),
        area="1.81",
    ),
    Made(
        label="区块二",
        at=(3600, 900),
        size=(800, 825),
        sides=sides("津港高速", "津安道", "泽润路", "津兴道"),
        area="0.66",
    ),
    Made(
        label="区块九",
        at=(0, 0),
        size=(1, 1),
        grade="undetermined",
        sides={},
        area="0.90",
        reasons=(Reason(code="members-only", zh="原文只列举了所含项目，没有四至。", en="Members only."),),
    ),
]

TRACED = [
    Made(
        label="区块一",
        name="智能制造谷",
        at=(24000, 20000),
        size=(3400, 3400),
        lean=260,
        river="west",
        grade="traced",
        sides=sides("滨湖路", "郎园引河", "淮东路", "永宁道"),
        area="11.94",
    ),
    Made(
        label="区块二",
        name="京津医药谷",
        at=(28200, 20500),
        size=(1500, 1533),
        grade="inferred",
        sides=sides("力峰工贸", "北麻疸", "京津塘高速", "九园公路"),
        methods={"east": "landmark", "north": "bridge"},
        reasons=(
            Reason(code="landmark", zh="东边按力峰工贸的位置推定。", en="The east side follows a landmark."),
        ),
        area="2.30",
    ),
]


@pytest.fixture(scope="module")
def made() -> tuple[Plan, Drawing, dict[str, str]]:
    plan, parcels = plan_and_parcels(
        {"xiqing": ("西青经开区联动创新区", SKETCHED), "beichen": ("北辰经开区联动创新区", TRACED)}
    )
    return plan, parcels, map_pages(plan, parcels, audit_of(plan))


POLYGONS = ".leaflet-overlay-pane path.leaflet-interactive"
EDGES = ".leaflet-edges-pane path.leaflet-interactive"


def drawn_polygons(opened: Any) -> list[Any]:
    """The polygons that Leaflet holds, in the order of drawing."""
    found = opened.page.evaluate(
        """() => {
            const found = [];
            map_0.eachLayer((layer) => {
                if (layer instanceof L.Polygon) found.push(layer.toGeoJSON(12).geometry);
            });
            return found;
        }"""
    )
    return [shapely.geometry.shape(geometry) for geometry in found]


@pytest.mark.parametrize(("zone", "drawn"), [("xiqing", SKETCHED[:4]), ("beichen", TRACED)])
def test_a_zone_page_draws_its_blocks_and_asks_for_nothing(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open, zone: str, drawn: list[Made]
) -> None:
    _, parcels, pages = made
    opened = open_page(pages, f"{zone}.html")
    assert opened.count(POLYGONS) == len(drawn)
    assert opened.count(EDGES) == 4 * len(drawn)
    labels = "".join(opened.texts("svg.labels text"))
    for block in drawn:
        assert block.label in labels
    assert opened.complaints == []
    assert opened.requests == []
    assert opened.page.get_attribute("html", "lang") == "zh-CN"
    assert parcels.parcels.zone[f"{zone}-1"] in opened.page.title()
    assert opened.page.get_by_text("参考图").first.is_visible()
    note = opened.page.get_by_text("示意：按文字和面积排布，位置只在各区块所述误差以内")
    assert (note.count() > 0) == (zone == "xiqing")


def test_drawn_shapes_are_those_of_the_frame(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    parcels, pages = made[1].parcels, made[2]
    drawn = drawn_polygons(open_page(pages, "beichen.html"))
    for polygon, truth in zip(drawn, parcels[parcels.zone_id == "beichen"].geometry, strict=True):
        assert polygon.hausdorff_distance(truth) < 1e-8
        assert area_m2([polygon])[0] == pytest.approx(area_m2([truth])[0], rel=1e-6)


def test_side_names_run_along_their_edges(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    _, parcels, pages = made
    opened = open_page(pages, "xiqing.html")
    places = opened.page.evaluate(
        """() => [...document.querySelectorAll("svg.labels .side")].map((label) => {
            const [, x, y] = label.getAttribute("transform").match(/translate\\((-?\\d+) (-?\\d+)\\)/);
            const { lng, lat } = map_0.layerPointToLatLng([Number(x), Number(y)]);
            return [label.textContent, lng, lat];
        })"""
    )
    per_pixel = opened.page.evaluate(
        "() => 40075017 * Math.cos(39 * Math.PI / 180) / 2 ** (map_0.getZoom() + 8)"
    )
    edges = [edge for own in parcels.edges_of().values() for edge in own]
    assert len(places) >= 8
    for name, lon, lat in places:
        spot = PLANE.to_xy(shapely.Point(lon, lat))
        nearest = min(PLANE.to_xy(e.line).distance(spot) for e in edges if e.feature == name)
        assert nearest < 25 * per_pixel, name


def test_labels_keep_clear_of_each_other(made: tuple[Plan, Drawing, dict[str, str]], open_page: Open) -> None:
    opened = open_page(made[2], "xiqing.html")
    for _ in range(3):
        upright = opened.page.evaluate(
            """() => [...document.querySelectorAll("svg.labels text")]
                .filter((label) => !/rotate\\((?!0\\.0)/.test(label.getAttribute("transform") ?? ""))
                .map((label) => label.getBoundingClientRect())
                .map(({ left, top, right, bottom }) => [left, top, right, bottom])"""
        )
        boxes = [shapely.box(*corners) for corners in upright]
        assert len(boxes) > 1
        for i, one in enumerate(boxes):
            for other in boxes[:i]:
                assert one.intersection(other).area < 0.12 * min(one.area, other.area)
        opened.page.evaluate("() => map_0.zoomIn(1, { animate: false })")


def test_a_click_opens_the_card_with_the_words(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    opened.page.locator(POLYGONS).first.click()
    card = opened.page.locator("#card .card")
    text = card.inner_text()
    for words in ("区块一", "经开区核心区", "示意", "7.80", "不能作为印证", WORDS.zh, "约 4.0 公里"):
        assert words in text
    marks = [str(t) for t in card.locator("mark").all_text_contents()]
    assert marks == ["津港大道", "赛达南道", "津淄公路", "梨双路"]
    assert opened.complaints == []


def test_a_row_of_the_table_leads_to_the_map(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    opened.page.locator("tr", has_text="区块二").get_by_role("button").click()
    assert "津港高速" in opened.page.locator("#card .card").inner_text()
    middle = opened.page.evaluate("() => { const { lng, lat } = map_0.getCenter(); return [lng, lat]; }")
    target = made[1].parcels.geometry["xiqing-4"]
    assert target.buffer(0.01).contains(shapely.Point(middle))
    assert "原文只列举了所含项目，没有四至。" in opened.page.locator("#undrawn-4").inner_text()


def test_layers_switch_and_only_base_maps_ask_the_network(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    control = opened.page.locator(".leaflet-control-layers")
    control.hover()
    assert opened.count("path.halo") == 3 * 3  # a rim of three steps about each sketch
    control.get_by_label("位置不确定范围").uncheck()
    assert opened.count("path.halo") == 0
    control.get_by_label("四至名称").uncheck()
    assert opened.count("svg.labels .side") == 0
    control.get_by_label("区块名称").uncheck()
    assert opened.count("svg.labels text") == 0
    control.get_by_label("经纬网").uncheck()
    assert opened.count("svg.graticule path") == 0
    assert opened.requests == []
    control.get_by_label("OpenStreetMap").check()
    opened.page.wait_for_function("() => document.querySelector('.leaflet-tile-pane img') !== null")
    opened.page.wait_for_timeout(200)
    asked = {re.sub(r"/\d.*", "", url) for url in opened.requests}
    assert asked == {"https://tile.openstreetmap.org"}


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(open_page: Open, hostile: str) -> None:
    block = Made(
        label=hostile,
        name=hostile,
        at=(0, 0),
        size=(9000, 9000),
        sides=sides(hostile, hostile, hostile, hostile),
        reasons=(Reason(code="x", zh=hostile, en=hostile),),
    )
    undrawn = Made(label="区块二", at=(0, 0), size=(1, 1), sides={}, name=hostile, grade="undetermined")
    plan, parcels = plan_and_parcels({"xiqing": (hostile, [block, undrawn])})
    audit = audit_of(plan)
    pages = map_pages(plan, parcels, audit) | {"audit.html": audit_page(plan, audit)}
    for name in pages:
        opened = open_page(pages, name)
        if name != "audit.html":
            assert any(hostile in label for label in opened.texts("svg.labels text"))
            opened.page.locator(POLYGONS).first.hover()
            assert hostile in opened.texts(".leaflet-tooltip")[0]
            opened.page.locator(POLYGONS).first.click()
            assert hostile in opened.texts("#card .card")[0]
        assert hostile in opened.texts("body")[0]
        assert (
            opened.page.evaluate("() => document.querySelectorAll('body img:not(.leaflet-tile)').length") == 0
        )
        assert opened.complaints == []
        assert opened.requests == []
    assert hostile.replace("\u2028", " ").split() == open_page(pages, "xiqing.html").page.title().split()[:-1]


def test_the_index_shows_every_zone_with_totals_and_links(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "index.html")
    assert opened.count(POLYGONS) == 6
    assert sorted(opened.texts("svg.labels text")) == ["北辰14.24 km²", "西青12.34 km²"]
    rows = opened.texts("table.blocks tbody tr")
    assert "12.34" in rows[0]
    assert "14.24" in rows[1]
    opened.page.get_by_role("link", name="北辰").click()
    assert "北辰" in opened.page.title()
    assert opened.complaints == []


@pytest.mark.slow
def test_a_phone_shows_it_without_scrolling_sideways(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    for name in made[2]:
        opened = open_page(made[2], name, width=360, height=740)
        assert opened.page.evaluate("() => document.documentElement.scrollWidth") == 360
    opened = open_page(made[2], "xiqing.html", width=360, height=740)
    opened.page.locator("tr", has_text="区块一").get_by_role("button").click()
    sheet = opened.page.locator("#card").bounding_box()
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= 360
    # The block that the card is about stands above it.
    block = opened.page.locator(POLYGONS).first.bounding_box()
    assert block["y"] >= 0
    assert block["y"] + block["height"] <= sheet["y"]


def test_it_prints_the_map_and_the_table_on_two_sheets(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "beichen.html")
    before = opened.page.evaluate("() => map_0.getBounds().toBBoxString()")
    printed = opened.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    after = opened.page.evaluate("() => map_0.getBounds().toBBoxString()")
    assert [float(x) for x in after.split(",")] == pytest.approx(
        [float(x) for x in before.split(",")], abs=1e-6
    )


def test_a_zone_with_nothing_drawn_still_has_its_page(open_page: Open) -> None:
    plan, parcels = plan_and_parcels({"wuqing": ("武清", [SKETCHED[4]])})
    pages = map_pages(plan, parcels, None)
    for name in pages:
        opened = open_page(pages, name)
        assert opened.count(POLYGONS) == 0
        assert opened.complaints == []
    assert "没有四至" in opened.texts("aside")[0]


@pytest.mark.slow
def test_the_real_plan_is_drawn_whole(shared: Path, open_page: Open) -> None:
    import ftz_geo

    plan = ftz_geo.read_plan(shared / "documents" / "zones-plan.txt")
    drawing = ftz_geo.draw(plan)
    parcels = drawing.parcels
    pages = map_pages(plan, drawing, ftz_geo.audit(plan, drawing))
    assert len(pages) == 6
    for zone in plan.zones:
        opened = open_page(pages, f"{zone.id}.html")
        found = parcels[parcels.zone_id == zone.id].geometry.notna().sum()
        assert opened.count(POLYGONS) == found > 0
        assert opened.complaints == []
        labels = "".join(opened.texts("svg.labels text"))
        for block in zone.blocks:
            assert str(block.label) in labels
    assert max(len(page.encode()) for page in pages.values()) < 500 * 1024


# ---------- reading: search, sort, links, cards, languages, keyboard, paper ----------


def row(opened: Any, words: str) -> Any:
    return opened.page.locator("table.blocks tbody tr", has_text=words)


def opened_card(opened: Any) -> Any:
    return opened.page.locator("#card .card")


def test_search_finds_blocks_and_roads(made: tuple[Plan, Drawing, dict[str, str]], open_page: Open) -> None:
    opened = open_page(made[2], "xiqing.html")
    box = opened.page.get_by_role("searchbox")
    box.fill("核心区")
    assert len(opened.texts("#found li")) == 1
    opened.page.keyboard.press("Enter")
    assert "经开区核心区" in opened_card(opened).inner_text()
    box.fill("津港高速")
    opened.page.locator("#found button").first.click()
    assert "津港高速" in opened_card(opened).locator("h3").inner_text()
    # A road of two blocks leads to both of its edges.
    box.fill("津淄公路")
    [found] = opened.texts("#found li")
    assert "区块一" in found
    assert "区块三" in found
    box.fill("没有这条路")
    assert opened.texts("#found li") == ["没有找到"]
    assert opened.page.locator("#said").inner_text() == "没有找到"
    box.press("Escape")
    assert not opened.page.locator("#found").is_visible()
    assert opened.complaints == []


def test_the_table_sorts_by_every_column(made: tuple[Plan, Drawing, dict[str, str]], open_page: Open) -> None:
    opened = open_page(made[2], "xiqing.html")
    heads = opened.page.locator("table.blocks thead th")

    def column(number: int) -> list[str]:
        rows = opened.page.locator("table.blocks tbody tr")
        return [str(rows.nth(i).locator("th, td").nth(number).inner_text()) for i in range(rows.count())]

    written = column(0)
    heads.nth(1).get_by_role("button").click()
    assert heads.nth(1).get_attribute("aria-sort") == "ascending"
    assert column(1) == sorted(column(1), key=float)
    heads.nth(1).get_by_role("button").click()
    assert heads.nth(1).get_attribute("aria-sort") == "descending"
    assert column(1) == sorted(column(1), key=float, reverse=True)
    heads.nth(2).get_by_role("button").click()
    assert column(2)[-1] == "—"  # nothing was drawn of that block: last, whichever way
    heads.nth(0).get_by_role("button").click()
    assert column(0) == written


def test_table_and_map_lead_to_each_other(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    polygon = opened.page.locator(POLYGONS).nth(1)
    polygon.click()
    assert row(opened, "区块三").get_attribute("aria-current") == "true"
    assert opened.count("[aria-current]") == 1
    row(opened, "区块二").get_by_role("button").click()
    assert "区块二" in opened_card(opened).inner_text()
    assert row(opened, "区块二").get_attribute("aria-current") == "true"
    assert opened.count("[aria-current]") == 1
    row(opened, "区块九").get_by_role("button").click()
    assert opened.page.locator("#undrawn-4").is_visible()


def test_an_edge_tells_its_words_its_method_and_its_length(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "beichen.html")
    # The middle of block two's east side, drawn by a landmark.
    line = made[1].edges_of()["beichen-2"][1].line
    middle = line.interpolate(0.5, normalized=True)
    row(opened, "区块二").get_by_role("button").click()
    opened.page.keyboard.press("Escape")
    x, y = opened.page.evaluate(
        f"""() => {{
            const {{ left, top }} = map_0.getContainer().getBoundingClientRect();
            const {{ x, y }} = map_0.latLngToContainerPoint([{middle.y}, {middle.x}]);
            return [left + x, top + y];
        }}"""
    )
    opened.page.mouse.click(x, y)
    card = opened_card(opened)
    assert "力峰工贸" in card.locator("h3").inner_text()
    assert "地标" in card.inner_text()
    assert [str(t) for t in card.locator("mark.lit").all_text_contents()] == ["力峰工贸"]
    assert [str(t) for t in card.locator("mark").all_text_contents()] == list(
        [*TRACED[1].sides.values()][0:4]
    )
    stated = re.search(r"([\d,]+) 米", card.inner_text())
    assert stated
    assert float(stated[1].replace(",", "")) == pytest.approx(PLANE.to_xy(line).length, abs=1)
    card.get_by_role("button", name="整个区块").click()
    assert "京津医药谷" in opened_card(opened).inner_text()
    assert opened.complaints == []


CJK = re.compile(r"[\u4e00-\u9fff]")


def test_a_block_by_points_shows_its_bands_and_the_points(open_page: Open) -> None:
    bands: dict[Direction, float] = {"east": 35.0, "south": 80.4, "west": 12.0, "north": 350.0}
    block = Made(
        label="区块一",
        at=(0, 0),
        size=(1500, 1200),
        grade="approximate",
        sides=sides("子路", "丑路", "寅路", "卯路"),
        methods={**dict.fromkeys(DIRECTIONS, "points"), "north": "area-closure"},
        bands=bands,
        uncertainty_m=60,
    )
    plan, parcels = plan_and_parcels({"jia": ("甲区", [block])})
    places = gpd.GeoSeries(gpd.points_from_xy([117.155, 117.16], [39.005, 39.0]), crs=4326)
    hostile = "".join(HOSTILE)
    drawn = replace(parcels, points={"jia": places.set_axis([hostile, "子路"])})
    opened = open_page(map_pages(plan, drawn, None), "jia.html")
    circles = ".leaflet-points-pane path"
    sign = opened.page.locator(".legend li", has_text="地名点")
    assert (opened.count(circles), sign.is_visible()) == (0, False)
    control = opened.page.locator(".leaflet-control-layers")
    control.hover()
    control.get_by_label("地名点").check()
    assert (opened.count(circles), sign.is_visible()) == (2, True)
    opened.page.locator(circles).first.hover()
    assert opened.page.locator(".leaflet-tooltip").text_content() == hostile

    row(opened, "区块一").get_by_role("button").click()
    card = opened_card(opened)
    told = dict(re.findall(r"(.)至?\s+.路\s+\S+\s+±(\d+) 米", card.locator("table").inner_text()))
    assert told == {"东": "35", "南": "80", "西": "12", "北": "350"}
    assert "九成把握" in card.locator("caption").inner_text()
    widths = """() => {
        const corner = map_0.project([39, 117.15]);
        const per_pixel = map_0.distance([39, 117.15], map_0.unproject(corner.add([100, 0]))) / 100;
        const drawn = [...document.querySelectorAll("path.doubt")];
        return drawn.map((path) => path.getAttribute("stroke-width") * per_pixel);
    }"""
    for _ in range(2):
        assert sorted(opened.page.evaluate(widths)) == pytest.approx(
            sorted(2 * band for band in bands.values()), rel=5e-3
        )
        opened.page.evaluate("() => map_0.setZoom(map_0.getZoom() - 2, { animate: false })")
    card.get_by_role("button", name="卯路").click()
    assert "±350 米" in opened_card(opened).inner_text()
    opened.page.keyboard.press("Escape")
    opened.page.wait_for_function("() => document.querySelector('path.doubt') === null")
    control.hover()
    control.get_by_label("地名点").uncheck()
    assert opened.count(circles) == 0
    assert opened.complaints == []


@pytest.mark.slow
def test_the_switch_puts_every_word_of_the_page_into_english(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    for name in made[2]:
        opened = open_page(made[2], name)
        chinese = opened.texts("[data-t]")
        opened.page.get_by_role("button", name="English").click()
        opened.page.wait_for_function("() => document.documentElement.lang === 'en'")
        assert [words for words in opened.texts("[data-t]") if CJK.search(words)] == []
        labels = opened.page.locator("[data-label]").evaluate_all(
            "found => found.map((one) => one.getAttribute('aria-label'))"
        )
        assert [label for label in labels if CJK.search(label)] == []
        opened.page.get_by_role("button", name="中文").click()
        opened.page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
        assert opened.texts("[data-t]") == chinese
        assert opened.complaints == []


def test_english_cards_keep_the_words_of_the_document(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    opened.page.goto(opened.page.url + "#lang=en")
    opened.page.reload()
    row(opened, "区块一").get_by_role("button").click()
    text = opened_card(opened).inner_text()
    assert WORDS.en in text
    assert WORDS.zh not in text
    assert "津港大道" in text
    quoted = opened_card(opened).locator("blockquote")
    assert quoted.get_attribute("lang") == "zh-CN"
    opened.page.get_by_role("link", name="All zones").click()
    opened.page.wait_for_url("**/index.html*")
    assert opened.page.evaluate("() => document.documentElement.lang") == "en"


def test_the_keyboard_reaches_the_table_a_card_and_back(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    opened = open_page(made[2], "xiqing.html")
    focused = "() => document.activeElement.closest('tr[data-cards]')?.textContent ?? ''"
    for _ in range(60):
        opened.page.keyboard.press("Tab")
        if "区块三" in opened.page.evaluate(focused):
            break
    else:
        pytest.fail("sixty tabs do not reach the table's third block")
    opened.page.keyboard.press("Enter")
    assert "区块三" in opened_card(opened).inner_text()
    opened.page.keyboard.press("Escape")
    opened.page.wait_for_function("() => document.getElementById('card').hidden")
    # A polygon is a button too.
    opened.page.locator(POLYGONS).first.focus()
    opened.page.keyboard.press("Enter")
    assert "区块一" in opened_card(opened).inner_text()
    assert opened.complaints == []


@pytest.mark.slow
def test_everything_that_can_be_used_has_a_name(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open
) -> None:
    for name in made[2]:
        opened = open_page(made[2], name)
        nameless = opened.page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")]
                .filter((one) => one.checkVisibility() && !(one.getAttribute("aria-label") || one.title
                    || one.textContent.trim() || one.labels?.length || one.getAttribute("aria-labelledby")))
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert nameless == []
        ids = opened.page.evaluate("() => [...document.querySelectorAll('[id]')].map(({ id }) => id)")
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("paper", "size"),
    [
        ("A4 landscape", (297, 210)),
        ("A4 portrait", (210, 297)),
        ("A3 landscape", (420, 297)),
        ("A3 portrait", (297, 420)),
    ],
)
def test_paper_of_every_size_holds_title_legend_table_and_source(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open, paper: str, size: tuple[int, int]
) -> None:
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
    opened = open_page(made[2], "beichen.html")
    opened.page.get_by_role("button", name="打印").click()
    opened.page.locator("#paper").select_option(paper)
    document = pdfium.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    sheets = list(document)
    assert 1 <= len(sheets) <= 2
    for sheet in sheets:
        assert [side * 25.4 / 72 for side in sheet.get_size()] == pytest.approx(size, abs=0.5)
    first = sheets[0].get_textpage().get_text_bounded()
    for words in ("北辰经开区联动创新区", "参考图", "图例", "描图", "推断", "北"):
        assert words in first
    assert re.search(r"\d+ (km|m)\b", first)  # the scale
    whole = "".join(sheet.get_textpage().get_text_bounded() for sheet in sheets)
    for words in ("区块一", "智能制造谷", "11.94", "来源", "联动创新区建设方案"):
        assert words in whole


def test_without_scripts_the_table_can_still_be_read(
    made: tuple[Plan, Drawing, dict[str, str]], chromium: Any, tmp_path: Path
) -> None:
    file = tmp_path / "xiqing.html"
    file.write_text(made[2]["xiqing.html"], encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    text = page.inner_text("body")
    context.close()
    for words in ("未运行脚本", "区块一", "7.80", "区块九", "原文只列举了所含项目"):
        assert words in text


@pytest.mark.parametrize("hostile", HOSTILE[:3])
def test_hostile_words_stay_words_in_search_and_edges(open_page: Open, hostile: str) -> None:
    block = Made(label=hostile, at=(0, 0), size=(9000, 9000), sides=sides("甲路", hostile, "丙路", "丁路"))
    plan, parcels = plan_and_parcels({"xiqing": ("西青", [block])})
    opened = open_page(map_pages(plan, parcels, None), "xiqing.html")
    opened.page.get_by_role("searchbox").fill(hostile[:4])
    assert all(hostile in found for found in opened.texts("#found li"))
    opened.page.locator("#found button").last.click()
    assert hostile in opened.texts("#card .card")[0]
    opened.page.locator(EDGES).first.click(force=True)
    assert hostile in opened.texts("#card .card")[0]
    assert opened.page.evaluate("() => document.querySelectorAll('body img:not(.leaflet-tile)').length") == 0
    assert opened.complaints == []
    assert opened.requests == []


# ---------- real and large zones ----------


@pytest.mark.slow
def test_a_zone_traced_on_a_map_of_shanghai(shared: Path, open_page: Open) -> None:
    import ftz_geo

    roads = ftz_geo.read_reference(shared / "reference" / "shanghai_west.gpkg")
    plan = ftz_geo.read_plan(shared / "cases" / "shanghai_west_blocks.txt")
    parcels = ftz_geo.draw(plan, roads)
    pages = map_pages(plan, parcels, ftz_geo.audit(plan, parcels, reference=roads), basemap=roads)
    [name] = [name for name in pages if name != "index.html"]
    opened = open_page(pages, name)
    drawn = parcels.parcels[parcels.parcels.geometry.notna()]
    assert opened.count(POLYGONS) == len(drawn) > 100
    for polygon, truth in zip(drawn_polygons(opened), drawn.geometry, strict=True):
        assert area_m2([polygon])[0] == pytest.approx(area_m2([truth])[0], rel=1e-6)
    # Lines of the background are on a canvas below; roads that bound no block are named too.
    assert opened.count(".leaflet-basemap-pane canvas") == 1
    bounding = set(parcels.edges["feature"].dropna())
    labels = set(opened.texts("svg.labels .side"))
    assert labels - bounding
    assert labels <= bounding | set(roads.features["name"])
    opened.page.locator(".leaflet-control-layers").hover()
    opened.page.locator(".leaflet-control-layers").get_by_label("底图线条").uncheck()
    assert set(opened.texts("svg.labels .side")) <= bounding
    footer = opened.page.locator("footer").inner_text()
    assert "shanghai_west.gpkg" in footer
    # Search finds the sides of blocks, and roads of the background too.
    elsewhere = max(labels - bounding)
    opened.page.get_by_role("searchbox").fill(elsewhere)
    assert "底图线条" in opened.texts("#found li")[0]
    opened.page.locator("#found button").first.click()
    west, south, east, north = opened.page.evaluate(
        "() => map_0.getBounds().toBBoxString().split(',').map(Number)"
    )
    seen = roads.features[roads.features["name"] == elsewhere].cx[west:east, south:north]
    assert len(seen) > 0
    opened.page.get_by_role("searchbox").fill("延安中路")
    assert "区块" in opened.texts("#found li")[0]
    opened.page.locator("#found button").first.click()
    assert opened.complaints == []
    assert opened.requests == []


BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "pages.py"


@pytest.mark.slow
def test_five_thousand_parcels_are_all_there(open_page: Open) -> None:
    parcels = runpy.run_path(str(BENCHMARK))["parcels_of"](5000)
    opened = open_page(map_pages(None, parcels, None), "town.html")
    assert len(drawn_polygons(opened)) == 5000
    assert opened.count("tr[data-cards]") == 5000
    opened.page.get_by_role("searchbox").fill("区块4321")
    opened.page.keyboard.press("Enter")
    assert "区块4321" in opened_card(opened).inner_text()
    assert "区块4321" in opened.page.locator("tr[aria-current]").inner_text()
    assert opened.complaints == []


@pytest.mark.slow
def test_the_benchmark_of_pages_runs(chromium: Any, tmp_path: Path) -> None:
    benchmark = runpy.run_path(str(BENCHMARK))
    file = tmp_path / "town.html"
    file.write_text(map_pages(None, benchmark["parcels_of"](30), None)["town.html"], encoding="utf-8")
    assert benchmark["opened"](chromium, file)["shapes"] == 30


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_card_stands_beside_its_block(
    made: tuple[Plan, Drawing, dict[str, str]], open_page: Open, width: int, height: int
) -> None:
    opened = open_page(made[2], "xiqing.html", width=width, height=height)
    # The map's upper left corner into the middle of a block: the card has to move the map.
    opened.page.evaluate(
        """() => {
            const [block] = ftzGeoPage.shapes;
            const middle = map_0.project(block.centre).add(map_0.getSize().divideBy(2)).subtract([30, 30]);
            map_0.setView(map_0.unproject(middle), map_0.getZoom(), { animate: false });
        }"""
    )
    opened.page.locator(POLYGONS).first.press("Enter")
    card, block = (opened.page.locator(s).first.bounding_box() for s in ("#card", POLYGONS))
    right, below = block["x"] + block["width"], block["y"] + block["height"]
    assert right <= card["x"] + 1 or below <= card["y"] + 1
    assert opened.page.locator(".legend").bounding_box()["y"] + 20 <= max(card["y"], height)
