"""The pages as text: what they hold, what they must never hold, and how words and numbers get into them."""

import html
import json
import re
import string
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from builders import drawing, reference_map
from ftz_geo.errors import GeometryError
from ftz_geo.files import parcels_geojson, read_drawing, to_json
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2
from ftz_geo.model import (
    DIRECTIONS,
    HOLDS_ZH,
    LABELS_ZH,
    Anchor,
    Audit,
    Direction,
    Edge,
    Finding,
    Metadata,
    Plan,
    Reason,
    Source,
    ZoneSummary,
)
from ftz_geo.parse import parse_plan
from ftz_geo.pipeline import draw
from ftz_geo.reference import Alias
from ftz_geo.render import map_pages
from ftz_geo.render.credits import ROLES
from ftz_geo.render.looks import DASHES, PALETTE
from ftz_geo.render.offline import json_block, leaflet
from ftz_geo.render.packing import UNITS_PER_DEGREE, Vertices, base64_vlq
from ftz_geo.render.page import LAYERS, TILE_HOSTS
from ftz_geo.render.points import CUT_TITLE, MOST
from ftz_geo.render.quotes import marked, quotes
from ftz_geo.render.views import SKETCH_NOTES, figure, zone_views
from ftz_geo.render.words import CLAIMS_ZH, EN, METHODS_ZH
from ftz_geo.report import audit_page


def parcels(**columns: object) -> Drawing:
    """Two traced blocks side by side and one that could not be drawn, in one zone."""
    west, east = shapely.box(117.10, 39.00, 117.12, 39.02), shapely.box(117.12, 39.00, 117.15, 39.02)
    ring = shapely.get_coordinates(west.exterior)  # from the south-east corner northwards
    sides: tuple[Direction, ...] = ("east", "north", "west", "south")
    evidence = tuple(
        Edge(side=side, feature=f"{side}路", method="on-feature", line=shapely.LineString(ring[i : i + 2]))
        for i, side in enumerate(sides)
    )
    frame = gpd.GeoDataFrame(
        {
            "zone_id": "xiqing",
            "zone": "西青",
            "block": ["区块一", "区块二", "区块三"],
            "block_name": [None, "产业区", None],
            "parcel": None,
            "text": ["区块一：东至东路", "区块二", "区块三：主要包括甲、乙"],
            "declared_area_km2": [3.84, 5.76, np.nan],
            "grade": ["traced", "sketched", "undetermined"],
            "placement_uncertainty_m": [np.nan, 5000.0, np.nan],
            "east": ["东路", None, None],
        },
        geometry=[west, east, None],
        index=["xiqing-1", "xiqing-2", "xiqing-3"],
        crs=4326,
    )
    frame["measured_area_km2"] = area_m2(frame.geometry.to_numpy()) / 1e6
    reasons = ((), (), (Reason(code="members-only", zh="没有四至。", en="No sides."),))
    return drawing(frame.assign(**columns), (evidence, (), ()), reasons)


def page_data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="ftz-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def unpacked(text: str) -> list[int]:
    """Base64 VLQ read back, as the definition of source maps (ECMA-426) says it."""
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    found, value, shift = [], 0, 0
    for letter in text:
        digit = digits.index(letter)
        value += (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    assert shift == 0
    return found


def places(data: dict[str, Any], runs: list[int]) -> list[tuple[int, int]]:
    """The vertices of runs, on the page's grid."""
    steps = np.array(unpacked(data["vertices"])).reshape(-1, 2)
    vertices = [(int(x), int(y)) for x, y in np.cumsum(steps, axis=0)]
    found = []
    for first, count in zip(runs[::2], runs[1::2], strict=True):
        found += [vertices[first + i * (1 if count > 0 else -1)] for i in range(abs(count))]
    return found


# ---------- one file, nothing to fetch ----------


def test_pages_name_nothing_to_fetch() -> None:
    for page in map_pages(None, parcels(), None).values():
        assert not re.search(r"<(link|iframe|object|embed|base)\b", page)
        assert not re.search(r"<(script|img)[^>]*\ssrc=", page)
        assert "@import" not in page
        assert {u[:5] for u in re.findall(r"url\(['\"]?([^)'\"]+)", page)} <= {
            "data:",
            "#hatc",
            "#line",
            "#defa",
            "none",
        }
        assert "sourceMappingURL" not in page
        assert len(page.encode()) < 500 * 1024


def test_leaflet_keeps_its_copyright_and_licence() -> None:
    script, _ = leaflet()
    assert re.match(r"/\* @preserve\s+\* Leaflet [\d.]+", script)
    assert "Vladimir Agafonkin" in script.split("*/")[0]
    assert "BSD-2-Clause" in script.split("*/")[0]
    assert "</script" not in script


def test_folium_is_left_as_it_was() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    map_pages(None, parcels(), None)
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


def test_the_policy_allows_the_page_own_scripts_only() -> None:
    page = map_pages(None, parcels(), None)["xiqing.html"]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in html.unescape(policy[1]).split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert rules["script-src"].count("'sha256-") == page.count("<script>") > 2
    assert rules["img-src"].split() == ["data:", *TILE_HOSTS]


def test_the_same_input_gives_the_same_pages() -> None:
    assert map_pages(None, parcels(), None) == map_pages(None, parcels(), None)


def test_a_page_is_marked_as_chinese_and_titled() -> None:
    pages = map_pages(None, parcels(zone="西青<区>"), None)
    for page in pages.values():
        assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
        assert '<meta charset="utf-8">' in page
        assert '<meta name="viewport" content="width=device-width' in page
    assert "<title>西青&lt;区&gt; 四至图</title>" in pages["xiqing.html"]


# ---------- words ----------


@pytest.mark.parametrize("hostile", ["{{ 7 * 191 }}", "{% endmacro %}", "{{ this.__class__ }}", "{#"])
def test_words_are_never_run_as_a_template(hostile: str) -> None:
    """branca compiles what an element rendered, once more: these would run or break there."""
    pages = map_pages(None, parcels(zone=hostile, block=hostile, text=hostile), None)
    assert page_data(pages["xiqing.html"])["shapes"]["label"][0] == [hostile]
    assert f"<h1>{hostile}</h1>" in pages["xiqing.html"]


@given(st.text())
@example("</script><!-- <script>\u2028&")
def test_json_stands_in_a_script_and_comes_back(text: str) -> None:
    block = str(json_block({"text": text}))
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block) == {"text": text}


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(st.text(alphabet=st.sampled_from("甲乙<>&\"'\n路，"), min_size=1, max_size=80))
    ends = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=6))
    return text, [(a, b) for a, b in pairs if a < b]


@given(texts_with_spans())
@example(("东至<中河>", [(2, 6), (3, 5)]))
def test_marks_change_no_word(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    page = str(marked(text, (0, len(text)), spans))
    assert html.unescape(re.sub(r"</?mark>", "", page)) == text
    inside = "".join(html.unescape(words) for words in re.findall(r"<mark>(.*?)</mark>", page, re.DOTALL))
    covered = {i for a, b in spans for i in range(a, b)}
    assert inside == "".join(text[i] for i in sorted(covered))


@given(texts_with_spans())
@example(("甲\n乙路\n", [(2, 4)]))
def test_every_span_is_quoted_once(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    found = "".join(quotes(text, spans, around=5))
    inside = "".join(html.unescape(words) for words in re.findall(r"<mark>(.*?)</mark>", found, re.DOTALL))
    assert inside == "".join(text[i] for i in sorted({i for a, b in spans for i in range(a, b)}))


def test_a_quotation_is_cut_at_its_line_and_says_where_it_was_cut() -> None:
    text = "上一行\n" + "前" * 50 + "18.88平方公里" + "后" * 50 + "\n下一行"
    start = text.index("18.88")
    (quote,) = quotes(text, [(start, start + 9)], around=10)
    assert quote == "…" + "前" * 10 + "<mark>18.88平方公里</mark>" + "后" * 10 + "…"


# ---------- shapes and figures ----------


@given(st.lists(st.integers(-(10**11), 10**11)))
@example([0, 1, -1, 15, 16, -16, 11_715_000_000])
def test_whole_numbers_come_back_from_their_letters(values: list[int]) -> None:
    assert unpacked(base64_vlq(values)) == values


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12), max_size=5)
)
@example([[(0, 0), (1, 0), (1, 1), (2, 0)], [(2, 0), (1, 1), (1, 0), (3, 3)]])
def test_lines_come_back_from_the_vertices_they_share(lines: list[list[tuple[int, int]]]) -> None:
    vertices = Vertices()
    grid = [shapely.LineString(np.array(line) / UNITS_PER_DEGREE) for line in lines]
    runs = [vertices.runs(line) for line in grid]
    data = {"vertices": vertices.packed()}
    for line, told in zip(lines, runs, strict=True):
        assert places(data, told) == [place for place, _ in groupby(line)]
    assert len(unpacked(data["vertices"])) == 2 * len({place for line in lines for place in line})


def test_neighbours_and_edges_share_their_vertices() -> None:
    data = page_data(map_pages(None, parcels(), None)["xiqing.html"])
    assert len(unpacked(data["vertices"])) == 2 * 6
    (ring,) = data["shapes"]["parts"][0][0]
    corners = places(data, unpacked(ring))
    assert len(corners) == 4
    for i, edge in enumerate(data["shapes"]["edges"][0]):
        side, name, method, width, uncertainty, mark, sources, *runs = unpacked(edge)
        assert (method, width, uncertainty, mark, sources) == (0, 0, -1, -1, 0)
        assert data["features"][name] == f"{DIRECTIONS[side]}路"
        assert places(data, runs) == [corners[i], corners[(i + 1) % 4]]


def test_grades_look_different() -> None:
    page = map_pages(None, parcels(grade=["traced", "sketched", "undetermined"]), None)["xiqing.html"]
    data = page_data(page)
    shapes = data["shapes"]
    styles = [data["styles"][number] for number in shapes["style"]]
    assert styles[0]["fillColor"] == PALETTE[0].fill
    assert styles[0]["dashArray"] is None
    assert styles[1]["fillColor"].startswith("url(#hatch-")
    assert styles[1]["dashArray"]
    assert DASHES["on-feature"] is None
    assert all(dash for method, dash in DASHES.items() if method != "on-feature")


def test_points_of_a_page_are_those_nearest_its_blocks() -> None:
    lon = 117.05 + 0.0001 * np.arange(MOST + 500)
    names = [f"路{n % 7}" for n in range(len(lon))]
    points = gpd.GeoSeries(gpd.points_from_xy(lon, np.full(len(lon), 39.03)), index=names, crs=4326)
    [data, cut] = [
        page_data(map_pages(None, replace(parcels(), points={"xiqing": own}), None)["xiqing.html"])
        for own in (points.iloc[:9], points)
    ]
    assert data["layers"]["points"] == LAYERS["points"].title
    assert [named["name"] for named in data["points"]["named"]] == [f"路{n}" for n in range(7)]
    first = np.cumsum(np.reshape(unpacked(data["points"]["named"][0]["places"]), (-1, 2)), axis=0)
    assert first.tolist() == [[117050000, 39030000], [117050700, 39030000]]
    assert cut["layers"]["points"] == CUT_TITLE
    steps = [np.reshape(unpacked(named["places"]), (-1, 2)) for named in cut["points"]["named"]]
    kept = np.sort(np.concatenate([np.cumsum(of, axis=0)[:, 0] for of in steps]))
    # The blocks reach from 117.10 to 117.15, so that the farthest points are those in the east.
    assert (len(kept), kept[0], kept[-1]) == (MOST, 117050000, 117249900)
    assert page_data(map_pages(None, parcels(), None)["xiqing.html"])["points"] is None


def test_a_page_has_the_points_that_its_sides_name_and_tells_what_placed_a_block(tmp_path: Path) -> None:
    plan = parse_plan("甲区：区块一：面积1平方公里，东至子路、南至丑路、西至空地、北至卯路。")
    [zone] = plan.zones
    along = np.linspace(-0.02, 0.02, 9)
    rows = [("子路", shapely.Point(117.01, 39 + d)) for d in along]
    rows += [("丑大街", shapely.Point(117 + d, 38.99)) for d in along]
    rows += [(name, shapely.Point(117, 39)) for name in ("午路", "空地", "别区路")]
    aliases = (Alias(name="丑路", map_name="丑大街"), Alias(name="卯路", map_name="别区路", zone="乙区"))
    drawn = draw(plan, points=reference_map(rows), aliases=aliases)
    data = page_data(map_pages(plan, drawn, None)[f"{zone.id}.html"])
    assert [named["name"] for named in data["points"]["named"]] == ["子路", "丑大街"]
    assert (data["shapes"]["grade"], data["shapes"]["by_sides"]) == (["sketched"], [True])
    (tmp_path / "blocks.geojson").write_text(to_json(parcels_geojson(drawn)), encoding="utf-8")
    back = page_data(map_pages(plan, read_drawing(tmp_path / "blocks.geojson"), None)[f"{zone.id}.html"])
    assert back["shapes"]["by_sides"] == [True]
    place = Anchor(
        name="某站", zone="", lon=117, lat=39, uncertainty_m=900, source="", licence="", basis="旁有车站"
    )
    by_hand = page_data(map_pages(plan, draw(plan, anchors=[place]), None)[f"{zone.id}.html"])
    assert (by_hand["shapes"]["by_sides"], by_hand["points"]) == ([False], None)


CJK = re.compile(r"[\u4e00-\u9fff]")

CHINESE_ONLY = ("audit.html",)
"""The page that has no switch of the language."""

TYPED = ("page.spelling.js", "page.coordinates.js")
"""Scripts whose Chinese is what a reader may type: they show nothing."""

OWN_NAMES = {"中文", "天地图", "© 高德地图", "北"}
"""The language, the makers of base maps, and the sign on the north arrow stay what they are."""

TXT_WORDS = set(
    "[属性描述] 格式版本号 数据说明 数据来源 2000国家大地坐标系 几度分带 投影类型 高斯克吕格 计量单位 带号 "
    "转换参数 [地块坐标] 面 非实测 千米 名称".split()
)
"""What files hold, the land-survey TXT first, is Chinese whatever the page's language."""


def sources(suffix: str) -> str:
    """The templates or scripts of the map pages, without what a reader of a page never sees."""
    folder = resources.files("ftz_geo.render") / "templates"
    names = [file.name for file in folder.iterdir() if file.name.endswith(suffix) and file.name not in TYPED]
    text = "\n".join((folder / name).read_text("utf-8") for name in sorted(names) if name not in CHINESE_ONLY)
    hidden = r"/\*.*?\*/|(?<!:)//[^\n]*" if suffix == ".js" else r"\{#.*?#\}|<noscript>.*?</noscript>"
    return re.sub(hidden + r"|\{% block title %\}.*", "", text, flags=re.DOTALL if suffix == ".js" else 0)


def words_of_scripts() -> set[str]:
    """Chinese in quotation marks."""
    script = sources(".js")
    quoted = set(re.findall(r'"([^"\n]*)"', script))
    bare = re.sub(r'"[^"\n]*"', "", script)
    assert not CJK.search(bare), "Chinese between back quotes is not translated"
    return {word for word in quoted if CJK.search(word)}


def words_of_templates() -> set[str]:
    """Chinese in elements, attributes and expressions."""
    html_of_pages = sources(".html")
    texts = re.findall(r">([^<>]*)<", re.sub(r"\{[{%].*?[%}]\}", "", html_of_pages))
    quoted = re.findall(r'"([^"<>]*)"', html_of_pages)
    return {word.strip() for word in (*texts, *quoted) if CJK.search(word)}


def test_every_word_that_a_page_shows_has_its_english_and_none_is_dead() -> None:
    page = "".join(map_pages(None, parcels(), None).values())
    shown = {html.unescape(word).strip() for word in re.findall(r"data-t>([^<]+)<", page)}
    shown |= (words_of_scripts() | words_of_templates()) - OWN_NAMES - TXT_WORDS
    shown |= {layer.title for layer in LAYERS.values()} | set(page_data(page)["layers"].values())
    shown |= {CUT_TITLE, *SKETCH_NOTES.values(), *ROLES.values()}
    shown |= {*LABELS_ZH.values(), *CLAIMS_ZH.values(), *METHODS_ZH.values(), *HOLDS_ZH.values()}
    assert shown - set(EN) == set()
    assert set(EN) - shown == set()
    assert not CJK.search("".join(EN.values()))


@pytest.mark.parametrize("name", TYPED)
def test_a_script_that_reads_what_is_typed_shows_nothing(name: str) -> None:
    script = (resources.files("ftz_geo.render") / "templates" / name).read_text("utf-8")
    assert not re.search(r"ftzGeo\.(?!spelling|coordinates)|document|\belement\b|textContent", script)


def test_chinese_in_a_template_is_marked_as_a_word() -> None:
    """What stands in an element without data-t, data-en or data-label stays Chinese in English."""
    elements = re.findall(r"<(\w+[^<>]*)>([^<>{]+)<", re.sub(r"\{%.*?%\}", "", sources(".html")))
    chinese = {(tag, word) for tag, word in elements if CJK.search(word)}
    assert {word for tag, word in chinese if not re.search(r"data-(t|en)\b", tag)} == set()
    labels = re.findall(r'(<[^<>]*aria-label="[^"{]*[\u4e00-\u9fff][^<>]*>)', sources(".html"))
    assert len(labels) >= 4
    assert [tag for tag in labels if "data-label" not in tag] == []


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_inks_can_be_read_on_paper() -> None:
    for colour in PALETTE:
        assert contrast(colour.ink, "#faf8f2") >= 4.5


@given(st.decimals(min_value=0, max_value=10000, places=2))
def test_a_stated_figure_keeps_its_digits(value: Decimal) -> None:
    assert figure(value) == str(value)
    assert Decimal(figure(float(value)) or "") == value


def test_a_page_never_leaves_its_folder() -> None:
    frame = parcels(zone_id=["../../x", "index", "xiqing"])
    files = [zone.file for zone in zone_views(None, frame, None)]
    assert len(set(files)) == 3
    assert all(re.fullmatch(r"\w[\w-]*\.html", file) and file != "index.html" for file in files)


def test_a_frame_with_no_more_than_it_must_have_is_drawn() -> None:
    frame = parcels().parcels[["zone_id", "grade", "geometry"]]
    pages = map_pages(None, frame, None)
    assert "xiqing-1" in pages["xiqing.html"]
    assert len(page_data(pages["xiqing.html"])["shapes"]["id"]) == 2


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (parcels().parcels.to_crs(4548), "to_crs"),
        (parcels().parcels.set_crs(None, allow_override=True), "EPSG:4326"),
        (parcels(grade="guessed"), "'guessed' is none of surveyed"),
    ],
    ids=["projected", "no crs", "grade"],
)
def test_what_cannot_be_mapped_is_refused_with_its_mend(
    frame: gpd.GeoDataFrame | Drawing, words: str
) -> None:
    with pytest.raises(GeometryError, match=re.escape(words)):
        map_pages(None, frame, None)


# ---------- the audit page ----------


def test_the_audit_page_shows_verdict_figures_words_and_hashes() -> None:
    text = "总面积49.75平方公里。\n区块八：面积3.44平方公里"
    plan = Plan(text=text, source=Source(title="方案", file="plan.txt", sha256="ab" * 32), zones=())
    error = Finding(
        check="zone-sum",
        severity="error",
        declared_km2=Decimal("49.75"),
        measured_km2=Decimal("49.70"),
        difference_km2=Decimal("0.05"),
        limit_km2=Decimal("0.045"),
        zh="总面积与区块之和不符。",
        en="",
        spans=((3, 12), (text.index("3.44"), len(text))),
    )
    note = Finding(check="x", severity="note", zh="一个说明。", en="")
    zone = ZoneSummary(id="a", name="甲区", declared_km2=49.75, sum_km2=49.7, verdict="fail")
    source = {"role": "document", "file": "plan.txt", "sha256": "ab" * 32}
    metadata = Metadata(versions={"geos": "3.14"}, sources=(source,))
    page = audit_page(plan, Audit(findings=(note, error), zones=(zone,), metadata=metadata))
    assert page.index("不通过") < page.index("甲区") < page.index("不符。") < page.index("一个说明。")
    # What was audited stands on the first page, where it came from at the end.
    assert page.index("ab" * 32) < page.index("甲区")
    assert page.index("一个说明。") < page.rindex("ab" * 32)
    for words in ("49.70", "0.045", "<mark>49.75平方公里</mark>", "<mark>3.44平方公里</mark>", "geos 3.14"):
        assert words in page
    assert "<script" not in page
    assert "A4" in page
    assert not re.search(r"<link|src=|url\(|@import", page)


def test_the_audit_page_shows_what_no_rule_read() -> None:
    plan = Plan(text="区块一：东至<甲>", source=Source(), zones=(), unread=((4, 9),))
    page = audit_page(plan, Audit(findings=(), zones=()))
    assert "区块一：<mark>东至&lt;甲&gt;</mark>" in page
