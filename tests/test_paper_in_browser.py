"""What map pages print: read back from the PDF that Chromium makes of them."""

import ctypes
import io
import math
import re
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from builders import drawing
from ftz_geo.frame import Drawing
from ftz_geo.model import Direction, Edge, Grade, Reason
from ftz_geo.render import map_pages
from ftz_geo.render.offline import leaflet

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
raw = pytest.importorskip("pypdfium2.raw", reason="pypdfium2 is not installed")

Open = Callable[..., Any]
Run = Callable[[str, Any], Any]

MM = 25.4 / 72
GEOD = pyproj.Geod(a=6378137, rf=298.257222101)
TO_MERCATOR = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
TO_ZONE = pyproj.Transformer.from_crs(4490, 4527, always_xy=True)  # 3-degree zone 39, with its number
TEMPLATES = resources.files("ftz_geo.render") / "templates"

SIDES: tuple[Direction, ...] = ("east", "north", "west", "south")
INK = (34, 48, 60)
PAPERS = {
    "A4 landscape": (297, 210),
    "A4 portrait": (210, 297),
    "A3 landscape": (420, 297),
    "A3 portrait": (297, 420),
}


def drawn(
    boxes: list[tuple[float, float, float, float]],
    grade: Grade = "traced",
    radius_m: float = math.nan,
    name: str = "区块",
    reasons: tuple[Reason, ...] = (),
) -> Drawing:
    """Blocks that are boxes of degrees, each on four named roads."""
    edges = []
    for number, box in enumerate(boxes, start=1):
        ring = shapely.get_coordinates(shapely.box(*box).exterior)
        edges.append(
            tuple(
                Edge(
                    side=side,
                    feature=f"{side} road {number}",
                    method="on-feature" if grade == "traced" else "sketch",
                    line=shapely.LineString(ring[i : i + 2]),
                )
                for i, side in enumerate(SIDES)
            )
        )
    numbers = range(1, len(boxes) + 1)
    columns: dict[str, Any] = {
        "zone_id": "xiqing",
        "zone": "Xiqing",
        "block": [f"{name} {n}" for n in numbers],
        "grade": grade,
        "placement_uncertainty_m": radius_m,
        "text": [f"words of {n}" for n in numbers],
        **{side: [f"{side} road {n}" for n in numbers] for side in SIDES},
    }
    frame = gpd.GeoDataFrame(
        columns,
        geometry=[shapely.box(*box) for box in boxes],
        index=[f"xiqing-{n}" for n in numbers],
        crs=4326,
    )
    return drawing(frame, edges, [reasons] * len(boxes))


ONE = [(117.10, 39.00, 117.15, 39.04)]
TWO = [(117.10, 39.00, 117.11, 39.01), (117.20, 39.06, 117.21, 39.07)]


def ask(opened: Any, paper: str = "A4 landscape", **answers: Any) -> None:
    """Open the dialog and answer it; what follows is printed as it says."""
    opened.page.get_by_role("button", name="打印", exact=True).or_(
        opened.page.get_by_role("button", name="Print", exact=True)
    ).first.click()
    opened.page.locator("#paper").select_option(paper)
    for key, value in answers.items():
        found = opened.page.locator(f"#print-{key}")
        if isinstance(value, bool):
            found.set_checked(value)
        elif key in {"scale", "extent"}:
            found.select_option(value)
        else:
            found.fill(value)
            found.blur()


def printed(opened: Any) -> Any:
    return pdfium.PdfDocument(opened.page.pdf(prefer_css_page_size=True))


def texts(document: Any) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in document]


def inked(page: Any, *, filled: bool) -> list[tuple[float, float, float, float]]:
    """Bounds of what is filled or stroked in the sheet's own ink, in millimetres from the lower left."""
    found = []
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        rgba = [ctypes.c_uint() for _ in range(4)]
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(one, fill, stroke)
        raw.FPDFPageObj_GetStrokeColor(one, *rgba)
        if tuple(c.value for c in rgba[:3]) == INK and filled != bool(stroke.value):
            left, bottom, right, top = (side * MM for side in one.get_bounds())
            found.append((left, bottom, right, top))
    return found


def scale_of(text: str) -> int:
    return int(re.search(r"1:([\d ]+\d)", text)[1].replace(" ", ""))  # type: ignore[index]


def colour_of(opened: Any) -> tuple[int, int, int]:
    ink = opened.page.evaluate("() => ftzGeoPage.shapes[0].style.color")
    return tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5))  # type: ignore[return-value]


def sides_on_paper(page: Any, ink: tuple[int, int, int]) -> tuple[float, float, float, float]:
    """West, south, east and north side of a box as the eye sees them, in millimetres from the lower left."""
    per_mm = 12
    seen = np.asarray(page.render(scale=per_mm * MM).to_pil().convert("RGB")).astype(int)
    is_ink = (np.abs(seen - np.array(ink)) < 6).all(axis=2)
    found = []
    for axis in (0, 1):
        long = np.flatnonzero(is_ink.sum(axis=axis) > 15 * per_mm)
        first, last = np.split(long, [np.argmax(np.diff(long)) + 1])
        found.append([(part.mean() + 0.5) / per_mm for part in (first, last)])
    (west, east), (north, south) = found
    height = page.get_height() * MM
    return west, height - south, east, height - north


# ---------- true on paper ----------


@pytest.mark.parametrize(
    ("paper", "scale"),
    [*((paper, None) for paper in PAPERS), ("A4 landscape", "100000"), ("A3 portrait", "50000")],
)
def test_a_length_on_paper_is_the_ground_at_the_scale_that_it_states(
    open_page: Open, paper: str, scale: str | None
) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    ask(opened, paper, **({"scale": scale} if scale else {}))
    document = printed(opened)
    assert [side * MM for side in document[0].get_size()] == pytest.approx(PAPERS[paper], abs=0.5)
    stated = scale_of(texts(document)[0])
    assert stated == int(scale or stated)
    west, south, east, north = sides_on_paper(document[0], colour_of(opened))
    lon, lat, far_lon, far_lat = ONE[0]
    _, _, metres = GEOD.inv(lon, lat, far_lon, far_lat)
    assert math.hypot(east - west, north - south) * stated / 1000 == pytest.approx(metres, rel=5e-3)
    _, _, across = GEOD.inv(lon, (lat + far_lat) / 2, far_lon, (lat + far_lat) / 2)
    assert (east - west) * stated / 1000 == pytest.approx(across, rel=5e-3)


def test_the_scale_bar_is_as_long_as_it_says(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    ask(opened, scale="50000")
    document = printed(opened)
    [page_text, *_] = texts(document)
    length_km = float(re.search(r"(\d+(?:\.\d+)?) km", page_text)[1])  # type: ignore[index]
    halves = [r - left for left, b, r, t in inked(document[0], filled=True) if 1 < t - b < 2 < r - left]
    assert 2 * max(halves) * 50000 / 1e6 == pytest.approx(length_km, rel=5e-3)


@pytest.mark.parametrize("paper", ["A4 landscape", "A3 portrait"])
def test_ticks_stand_where_the_coordinates_are(open_page: Open, paper: str) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    ask(opened, paper, scale="50000")
    document = printed(opened)
    page = document[0]
    west, south, east, north = sides_on_paper(page, colour_of(opened))
    (x0, y0), (x1, y1) = (TO_MERCATOR.transform(ONE[0][i], ONE[0][i + 1]) for i in (0, 2))

    def metres_at(x: float, y: float) -> tuple[float, float]:
        """East and north in the zone of a spot on the paper: Web Mercator is drawn evenly."""
        at = (x0 + (x - west) * (x1 - x0) / (east - west), y0 + (y - south) * (y1 - y0) / (north - south))
        found: tuple[float, float] = TO_ZONE.transform(*TO_MERCATOR.transform(*at, direction="INVERSE"))
        return found

    small = [
        (box, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        for box in inked(page, filled=False)
        if max(box[2] - box[0], box[3] - box[1]) < 2.4
    ]
    upright = [(x, y) for (left, b, r, t), x, y in small if t - b > 1.2 > 0.5 > r - left]
    flat = [(x, y) for (left, b, r, t), x, y in small if r - left > 1.2 > 0.5 > t - b]
    textpage = page.get_textpage()
    text = textpage.get_text_bounded()
    checked = 0
    for pattern, ticks, axis in ((r"\b39\d{3}(?:\.\d)?\b", upright, 0), (r"\b43\d{2}(?:\.\d)?\b", flat, 1)):
        for words in sorted(set(re.findall(pattern, text))):
            search = textpage.search(words, match_whole_word=True)
            while found := search.get_next():
                boxes = [textpage.get_charbox(found[0] + i) for i in range(found[1])]
                x = (min(b[0] for b in boxes) + max(b[2] for b in boxes)) / 2 * MM
                y = (min(b[1] for b in boxes) + max(b[3] for b in boxes)) / 2 * MM
                tick = min(ticks, key=lambda spot: math.dist(spot, (x, y)))
                assert math.dist(tick, (x, y)) < 4
                value = metres_at(*tick)[axis]
                assert abs(value - float(words) * 1000) / 50000 * 1000 < 0.5  # millimetres of paper
                checked += 1
    assert checked >= 12


# ---------- what the sheet says ----------


def test_the_title_block_tells_what_the_map_is_and_where_it_is_from(open_page: Open) -> None:
    about = {
        "points": [{"file": "points.csv", "licence": "ODbL 1.0, © OpenStreetMap contributors"}],
        "reference": [{"file": "map.gpkg", "licence": None, "date": "2025-08-09T00:00"}],
    }
    shown = drawn(ONE, grade="sketched", radius_m=800.0)
    told = Drawing(parcels=shown.parcels, edges=shown.edges, about=about)
    opened = open_page(map_pages(None, told, None), "xiqing.html")
    ask(opened, maker="<b>市规划院</b>", date="2026年11月28日")
    [sheet, *_] = texts(printed(opened))
    flat = re.sub(r"\s+", "", sheet)
    for words in (
        "Xiqing区块四至图",
        "第1张共1张",
        "3°带第39带",
        "中央经线117°E",
        "<b>市规划院</b>",
        "2026年11月28日",
        "不作法定界线依据",
        "示意：按文字和面积排布",
        "points.csv（ODbL1.0,©OpenStreetMapcontributors）",
        "map.gpkg（未注明许可,2025-08-09）",
        "图例",
        "高程无",
    ):
        assert words in flat
    assert opened.complaints == []


def test_in_english_all_of_it_is_english(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(ONE, grade="sketched", name="Block"), None), "xiqing.html")
    opened.page.get_by_role("button", name="English").click()
    opened.page.evaluate("() => ftzGeoPage.select('xiqing-1')")
    ask(opened, cards=True)
    told = texts(printed(opened))
    assert "Sheet 1 of 1" in told[0]
    assert "south road 1" in "".join(told)
    assert not re.search(r"[\u4e00-\u9fff]", "".join(told))


OVERLAPS = """() => {
    const box = (one) => one.getBoundingClientRect();
    const meet = (a, b, slack) => (
        a.right > b.left + slack && b.right > a.left + slack
        && a.bottom > b.top + slack && b.bottom > a.top + slack
    );
    const inside = (a, b, slack) => (
        a.left >= b.left - slack && a.right <= b.right + slack
        && a.top >= b.top - slack && a.bottom <= b.bottom + slack
    );
    const PARTS = ".head, .field, .signs, .key:not([hidden]), .scale, .claims, .sources, .imprint";
    const found = [];
    window.dispatchEvent(new Event("beforeprint"));
    for (const sheet of document.querySelectorAll(".sheet")) {
        const parts = [...sheet.querySelectorAll(PARTS)];
        parts.forEach((one, i) => {
            if (!inside(box(one), box(sheet), 1)) found.push(`${one.className} is outside`);
            for (const other of parts.slice(i + 1)) {
                if (meet(box(one), box(other), 1)) found.push(`${one.className} on ${other.className}`);
            }
        });
        const margin = sheet.querySelector(".margin");
        if (margin.scrollHeight > margin.clientHeight + 2) found.push("the margin is too low");
        if (margin.scrollWidth > margin.clientWidth + 2) found.push("the margin is too narrow");
        const picture = sheet.querySelector(".picture");
        const glass = [...picture.querySelectorAll(":scope > .north, :scope > .inset")];
        for (const text of picture.querySelectorAll("svg.labels text, svg.graticule text")) {
            const [place, words] = [box(text), text.textContent];
            if (!inside(place, box(picture), 0)) found.push(`${words} is cut`);
            if (glass.some((one) => meet(place, box(one), 0))) found.push(`${words} on the glass`);
        }
    }
    window.dispatchEvent(new Event("afterprint"));
    return found;
}"""
"""What lies on each other, is cut or stands outside, of the sheets as the printer gets them."""


@pytest.mark.parametrize(("paper", "language"), [*zip(PAPERS, ("en", "zh", "zh", "en"), strict=True)])
def test_nothing_lies_on_anything_and_nothing_is_cut(open_page: Open, paper: str, language: str) -> None:
    pages = map_pages(None, drawn(TWO, grade="sketched", radius_m=900.0), None)
    opened = open_page(pages, "xiqing.html")
    if language == "en":
        opened.page.get_by_role("button", name="English").click()
    for scale in ("", "25000"):
        ask(opened, paper, scale=scale)
        assert opened.page.evaluate(OVERLAPS) == []


# ---------- sheets ----------


def test_a_large_scale_takes_several_sheets_and_one_too_large_none(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    before = opened.page.evaluate("() => [map_0.getBounds().toBBoxString(), map_0.options.maxZoom]")
    ask(opened, scale="20000", tables=False)
    told = opened.page.locator("#print-told").inner_text()
    count = int(re.search(r"共 (\d+) 张", told)[1])  # type: ignore[index]
    document = printed(opened)
    assert len(document) == count > 1
    for number, text in enumerate(texts(document), start=1):
        assert f"第{number}张共{count}张" in re.sub(r"\s+", "", text)
        assert scale_of(text) == 20000
        assert "接图表" in text
    assert opened.count(".sheet") == 0
    assert opened.page.evaluate("() => [map_0.getBounds().toBBoxString(), map_0.options.maxZoom]") == before
    ask(opened, scale="500")
    told = opened.page.locator("#print-told").inner_text()
    assert re.search(r"1:500 超过 12 张；1:[\d ]+ 可以放下，共 \d+ 张。", told)
    assert opened.page.locator("#print-go").is_disabled()


def test_without_the_dialog_one_sheet_and_the_tables_are_printed(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    ask(opened, scale="20000", tables=False)
    opened.page.get_by_role("button", name="取消").click()
    [sheet, table] = texts(printed(opened))
    assert scale_of(sheet) > 20000
    assert "区块 · 平方公里" in table


def test_the_chosen_block_alone_fills_its_sheet(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(TWO), None), "xiqing.html")
    ask(opened, extent="all", tables=False)
    whole = scale_of(texts(printed(opened))[0])
    opened.page.evaluate("() => ftzGeoPage.select('xiqing-2')")
    ask(opened, extent="chosen", tables=False)
    [text] = texts(printed(opened))
    assert scale_of(text) < whole / 2


def test_an_online_map_is_printed_with_its_maker_once_its_images_are_there(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(ONE), None), "xiqing.html")
    image = io.BytesIO()
    Image.new("RGB", (256, 256), (250, 230, 140)).save(image, "PNG")
    opened.page.route("https://tile.openstreetmap.org/**", lambda route: route.fulfill(body=image.getvalue()))
    control = opened.page.locator(".leaflet-control-layers")
    control.hover()
    control.get_by_label("OpenStreetMap").check()
    opened.page.evaluate("() => { window.print = () => { window.asked = true; }; }")
    ask(opened, tables=False)
    opened.page.locator("#print-go").click()
    opened.page.wait_for_function("() => window.asked")
    [sheet] = printed(opened)
    assert "© OpenStreetMap contributors" in sheet.get_textpage().get_text_bounded()
    colours = sheet.render(scale=1).to_pil().convert("RGB").getcolors(1 << 20)
    yellow = sum(count for count, (r, g, b) in colours if r > 240 and g > 220 and 130 < b < 150)
    assert yellow > 0.3 * sheet.get_width() * sheet.get_height()
    assert opened.count(".sheet") == 0
    assert opened.complaints == []


# ---------- cards and tables ----------


def test_the_card_of_the_chosen_block_is_printed_whole_after_its_map(open_page: Open) -> None:
    opened = open_page(map_pages(None, drawn(TWO), None), "xiqing.html")
    opened.page.evaluate("() => ftzGeoPage.select('xiqing-2')")
    document = printed(opened)
    sheet, after, *_ = texts(document)
    assert "第1张共1张" in re.sub(r"\s", "", sheet)
    for side in SIDES:
        assert f"{side} road 2" in after
    assert "words of 2" in after
    ask(opened, cards=True)
    together = "".join(texts(printed(opened))[1:])
    for number in (1, 2):
        for side in SIDES:
            assert f"{side} road {number}" in together


def test_the_head_of_a_long_table_stands_on_every_page(open_page: Open) -> None:
    many = [(117 + 0.01 * n, 39.0, 117.008 + 0.01 * n, 39.01) for n in range(90)]
    opened = open_page(map_pages(None, drawn(many), None), "xiqing.html")
    _, *tables = texts(printed(opened))
    assert len(tables) >= 3
    rows = [len(re.findall(r"区块 ?\d+", text)) for text in tables]
    assert sum(rows) == 90
    for text, count in zip(tables, rows, strict=True):
        assert not count or "图上" in text


def test_a_block_without_a_place_is_printed_with_a_bar_and_no_scale_of_a_map(open_page: Open) -> None:
    nowhere = Reason(code="no-anchor", zh="没有地点线索。", en="No clue.")
    pages = map_pages(None, drawn(ONE, grade="sketched", reasons=(nowhere,)), None)
    opened = open_page(pages, "xiqing.html")
    [sheet, *_] = texts(printed(opened))
    assert "位置未知" in sheet
    assert "第1张共1张" in re.sub(r"\s", "", sheet)
    assert re.search(r"\d+ k?m\b", sheet)
    assert not re.search(r"1:\d", sheet)
    assert not re.search(r"\d+°\d+′", sheet)


def test_what_has_no_place_is_printed_beside_the_map_of_what_has_one(open_page: Open) -> None:
    told = drawn(TWO, grade="sketched", reasons=(Reason(code="no-anchor", zh="没有线索。", en="No clue."),))
    codes = ["[]", told.parcels["reason_codes"].iloc[1]]
    some = Drawing(parcels=told.parcels.assign(reason_codes=codes), edges=told.edges)
    opened = open_page(map_pages(None, some, None), "xiqing.html")
    for paper in ("A4 landscape", "A4 portrait"):
        ask(opened, paper, scale="5000")
        assert opened.page.evaluate(OVERLAPS) == []
        ask(opened, paper, scale="5000")
        sheet, *_ = texts(printed(opened))
        assert "位置未知" in sheet
        assert scale_of(sheet) == 5000
        assert "第1张共" in re.sub(r"\s", "", sheet)


# ---------- the geometry by itself ----------


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    page = chromium.new_page()
    page.add_script_tag(content=str(leaflet()[0]))
    for name in ("geodesy.js", "page.core.js", "page.frame.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    page.evaluate(
        """() => {
            const box = document.body.appendChild(document.createElement("div"));
            Object.assign(box.style, { width: "800px", height: "600px" });
            window.map = L.map(box, { center: [39, 117], zoom: 12, zoomSnap: 0, maxZoom: 24 });
        }"""
    )
    yield page.evaluate
    page.close()


@settings(max_examples=25)
@given(west=st.floats(75, 134), south=st.floats(18, 52), extent=st.floats(0.002, 0.3), at=st.integers(0, 13))
@example(west=117.1, south=39.0, extent=0.05, at=6)
def test_sheets_are_true_and_cover_their_extent(
    run: Run, west: float, south: float, extent: float, at: int
) -> None:
    found = run(
        """([west, south, extent, at]) => {
            const size = L.point(800, 600);
            const bounds = L.latLngBounds([south, west], [south + extent, west + extent]);
            const { scale, zoom, sheets } = ftzGeo.frame.layOut(map, bounds, size, ftzGeo.frame.SCALES[at]);
            if (!sheets || sheets.length === 0) return null;
            const middle = map.project(bounds.getCenter(), zoom);
            const pair = (dx, dy) => [-1, 1].map((sign) => {
                const { lng, lat } = map.unproject(middle.add([sign * dx, sign * dy]), zoom);
                return [lng, lat];
            });
            return { scale, pairs: [pair(50, 0), pair(0, 50)], sheets: sheets.map(({ bounds: b }) => (
                [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]
            )) };
        }""",
        [west, south, extent, at],
    )
    if found is None:  # hundreds of sheets
        return
    on_paper_m = 100 * 25.4 / 96 / 1000
    for (lon1, lat1), (lon2, lat2) in found["pairs"]:
        assert GEOD.inv(lon1, lat1, lon2, lat2)[2] / on_paper_m == pytest.approx(found["scale"], rel=5e-3)
    covered = shapely.union_all([shapely.box(*sheet) for sheet in found["sheets"]])
    assert covered.buffer(1e-9).covers(shapely.box(west, south, west + extent, south + extent))


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS)
def test_the_shipped_plan_prints_on_every_paper(open_page: Open, paper: str) -> None:
    from ftz_geo import shipped
    from ftz_geo.pipeline import draw, read_plan
    from ftz_geo.reference import read_aliases, read_points

    plan = read_plan(shipped.plan_file())
    built = draw(
        plan,
        points=read_points(shipped.points_file(), datum="WGS 84"),
        aliases=read_aliases(shipped.aliases_file()),
    )
    pages = map_pages(plan, built, None)
    for zone in plan.zones:
        opened = open_page(pages, f"{zone.id}.html")
        ask(opened, paper)
        assert opened.page.evaluate(OVERLAPS) == []
        parcel = zone.blocks[0].parcels[0]
        opened.page.evaluate("(id) => ftzGeoPage.select(id)", parcel.id)
        document = printed(opened)
        told = texts(document)
        assert str(zone.name) in re.sub(r"\s+", "", told[0])
        for _, feature in parcel.features():
            assert feature.name in re.sub(r"\s+", "", told[1])
