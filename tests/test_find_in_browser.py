"""The search of a zone's page and the way back to earlier views, in real Chromium."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

import ftz_geo
from builders import in_place
from ftz_geo.frame import Drawing
from ftz_geo.model import Measure, Plan
from ftz_geo.parse import parse_plan
from ftz_geo.policy import read_measures
from ftz_geo.render import map_pages
from ftz_geo.render.readings import readings

Open = Callable[..., Any]
Run = Callable[[str, Any], Any]

TEMPLATES = resources.files("ftz_geo.render") / "templates"
GEOD = pyproj.Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    """Evaluate a function of one value in a page that has the scripts of the search and nothing else."""
    page = chromium.new_page()
    for name in ("geodesy.js", "page.core.js", "page.spelling.js", "page.coordinates.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


# ---------- spelling ----------

FINDS = """({ table, name, queries }) => {
    const made = ftzGeo.spelling.speller(table)(name);
    return queries.map((query) => {
        const words = ftzGeo.spelling.words(query);
        return words.length > 0 && words.every((word) => ftzGeo.spelling.distance(made, word) < Infinity);
    });
}"""


def finds(run: Run, name: str, *queries: str) -> list[bool]:
    found: list[bool] = run(FINDS, {"table": readings([name]), "name": name, "queries": queries})
    return found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("津淄公路", ("jzgl", "jinzi", "jinzigonglu", "津zi", "zig", "JinZi", "jin'zi", "公路", "ｊｚｇｌ")),
        ("重庆北路", ("chongqing", "zhongqing", "cqbl", "chqbl", "zqbl")),
        ("绿地大道", ("lvdi", "lüdi", "ldd")),
        ("十里堡", ("shilipu", "slp", "10里")),
        ("区块三", ("区块3", "区块三", "区块 ３", "3号", "第三", "3号区块", "三号区块", "qk3", "qukuaisan")),
        ("区块十二", ("第十二", "12", "１２", "区块12", "12号", "区块1")),
        ("第十二大街", ("第12大街", "12", "di12da", "第十二", "12大")),
        ("A-03地块", ("A-03", "a03", "Ａ－０３", "a-3", "A—03", "a03地")),
        ("地块1-2", ("1-2", "１－２", "地块1")),
        ("一百零五号", ("105", "105号")),
    ],
)
def test_a_name_is_found_as_people_type_it(run: Run, name: str, told: tuple[str, ...]) -> None:
    assert dict(zip(told, finds(run, name, *told), strict=True)) == dict.fromkeys(told, True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("津淄公路", ("jgl", "jinzl", "津公", "inzi", "zigongluo路", "nlu", "淄津", "3")),
        ("区块十三", ("区块3", "3号", "第三", "3")),
        ("区块三十", ("3号", "第三")),
        ("地块13", ("3", "3号", "地块3")),
        ("地块1-2", ("12", "2-1")),
    ],
)
def test_a_name_is_not_found_by_what_it_is_not(run: Run, name: str, told: tuple[str, ...]) -> None:
    assert dict(zip(told, finds(run, name, *told), strict=True)) == dict.fromkeys(told, False)


CHARACTERS = "津淄公路安重阿庆江"
"""Among them are syllables that begin others (an, a; gong, g), and one with several readings."""


def spelled(name: str) -> set[str]:
    """Everything that a name answers to: from any character on, each as it is, whole or by its initials."""
    table = readings([name])
    ways = []
    for character in name:
        syllables = [syllable for syllable, own in table.items() if character in own]
        initials = [m[0] for s in syllables for m in [re.match("[zcs]h(?=.)", s)] if m]
        ways.append([character, *syllables, *initials, *(s[0] for s in syllables)])
    runs = (
        "".join(p) for i in range(len(ways)) for j in range(i + 1, len(ways) + 1) for p in product(*ways[i:j])
    )
    return {run[:end] for run in runs for end in range(1, len(run) + 1)}


@settings(max_examples=40)
@given(data=st.data(), name=st.text(CHARACTERS, min_size=1, max_size=3))
def test_a_name_answers_to_its_spellings_and_to_nothing_else(run: Run, data: Any, name: str) -> None:
    answers = spelled(name)
    letters = "".join(sorted(set("".join(answers))))
    tried = data.draw(
        st.lists(
            st.sampled_from(sorted(answers)) | st.text(letters, min_size=1, max_size=6),
            min_size=1,
            max_size=20,
        )
    )
    assert finds(run, name, *tried) == [query in answers for query in tried]


@settings(max_examples=20)
@given(name=st.text(CHARACTERS + "长厦乐都大道", min_size=1, max_size=5))
@example(name="长乐路")
def test_a_name_is_found_by_the_pinyin_of_its_words(run: Run, name: str) -> None:
    syllables = lazy_pinyin(name)
    queries = ["".join(syllables), "".join(s[0] for s in syllables), "".join(syllables)[:-1] or syllables[0]]
    assert finds(run, name, *queries) == [True] * 3


# ---------- coordinates ----------


def read(run: Run, texts: list[str], own: int = 39) -> list[list[dict[str, Any]]]:
    given_there = {"texts": texts, "own": own}
    script = "({ texts, own }) => texts.map((text) => ftzGeo.coordinates.read(text, own))"
    found: list[list[dict[str, Any]]] = run(script, given_there)
    return found


def dms(value: float) -> tuple[int, int, float]:
    seconds = round(value * 3600, 4)
    return int(seconds // 3600), int(seconds % 3600 // 60), seconds % 60


def forms(lon: float, lat: float) -> list[str]:
    """One place as people write it; all good to a metre."""
    zone = int((lon + 1.5) // 3)
    north, east = pyproj.Transformer.from_crs(4490, 4513 + zone - 25).transform(lat, lon)
    (d1, m1, s1), (d2, m2, s2) = dms(lon), dms(lat)
    return [
        f"{lon:.6f}°E {lat:.6f}°N",
        f"{lat:.6f} {lon:.6f}",
        f"{lon:.6f},{lat:.6f}",
        f"{lon:.6f}，{lat:.6f}",
        f"N{lat:.6f} E{lon:.6f}",
        f"东经{lon:.6f}度，北纬{lat:.6f}度",
        f"({lat:.6f}N, {lon:.6f}E)",
        f"{d1}°{m1:02d}′{s1:07.4f}″E {d2}°{m2:02d}′{s2:07.4f}″N",
        f"{d2}°{m2}'{s2:.4f}\" {d1}°{m1}'{s1:.4f}\"",
        f"北纬{d2}度{m2}分{s2:.4f}秒 东经{d1}度{m1}分{s1:.4f}秒",
        f"X {north:.1f} Y {east:.1f}",
        f"{north:.1f} {east:.1f}",
        f"Y={east:.2f}, X={north:.2f}",
        f"CGCS2000 {lon:.6f}°E {lat:.6f}°N · 3°带 X {north:.1f} Y {east:.1f}",
        f"CGCS2000 {lon:.6f}°E {lat:.6f}°N · 3° zone X {north:.1f} Y {east:.1f}",
        f"X {north:.1f} Y {east - zone * 1e6:.1f}",
    ]


@settings(max_examples=15)
@given(lon=st.floats(73.6, 134.9), lat=st.floats(18.0, 53.4))
@example(lon=117.146225, lat=39.010290)
@example(lon=80.0, lat=40.0)
def test_a_place_is_read_from_every_form(run: Run, lon: float, lat: float) -> None:
    own = int((lon + 1.5) // 3)
    texts = forms(lon, lat)
    for text, places in zip(texts, read(run, texts, own), strict=True):
        [place] = places
        assert GEOD.inv(lon, lat, place["lng"], place["lat"])[2] < 1, text
        assert bool(place["zone"] and place["zone"]["assumed"]) == (text is texts[-1])


def test_six_degree_zones_are_known_by_their_numbers(run: Run) -> None:
    north, east = pyproj.Transformer.from_crs(4490, 4498).transform(39.0, 117.3)
    [[place]] = read(run, [f"{north:.3f} {east:.3f}"])
    assert place["zone"] == {"width": 6, "number": 20, "assumed": False}
    assert GEOD.inv(117.3, 39.0, place["lng"], place["lat"])[2] < 0.01


def test_what_may_be_meant_either_way_is_offered_both_ways(run: Run) -> None:
    [both, near] = read(run, ["39.01 52.5", "80.5 43.2"])
    assert [(p["lng"], p["lat"]) for p in both] == [(39.01, 52.5), (52.5, 39.01)]
    assert [(p["lng"], p["lat"]) for p in near] == [(80.5, 43.2)]  # only one of the two lies in China


def test_labels_and_names_are_no_coordinates(run: Run) -> None:
    texts = [
        "区块3",
        "1-2",
        "A-03",
        "12 3",
        "117",
        "12号路 3",
        "39°61′00″N 117°00′00″E",
        "东",
        "X 5 Y 6",
        "1.2.3",
    ]
    assert dict(zip(texts, read(run, texts), strict=True)) == {text: [] for text in texts}


# ---------- on the page ----------

TEXT = (
    "甲区总面积10平方公里。区块一：面积4平方公里，东至津淄公路、南至重庆路、西至寅路、北至卯路。"
    "区块二：面积3平方公里，东至辰路、南至重庆路、西至津淄公路、北至巳路。区块三：面积3平方公里。"
)
MEASURES = [
    Measure(number=number, name=name, content=f"{name}。", scope="全市", departments=departments, span=(0, 1))
    for number, name, departments in (
        (7, "快验快放", ("天津海关",)),
        (12, "<b>随卸随检</b>", ("市商务局", "天津海关")),
    )
]


@pytest.fixture(scope="module")
def made() -> tuple[Plan, Drawing, dict[str, str]]:
    plan = parse_plan(TEXT)
    [zone] = plan.zones
    drawn = in_place(ftz_geo.draw(plan))
    drawn.parcels["block_name"] = ["核心区", None, None]
    return plan, drawn, map_pages(plan, drawn, None, measures={zone.id: MEASURES})


@pytest.fixture
def opened(made: tuple[Plan, Drawing, dict[str, str]], open_page: Open) -> Iterator[Any]:
    [name] = [name for name in made[2] if name != "index.html"]
    page = open_page(made[2], name)
    yield page
    assert page.complaints == []
    assert page.requests == []


def ask(opened: Any, query: str) -> list[str]:
    opened.page.get_by_role("searchbox").fill(query)
    return [str(text) for text in opened.texts("#found li")]


def card_of(opened: Any) -> str:
    return str(opened.page.locator("article.card").last.inner_text())


def test_results_say_what_they_are(opened: Any) -> None:
    assert ask(opened, "jzgl") == ["津淄公路四至 · 区块一 东、区块二 西"]
    assert ask(opened, "区块1") == ["区块一 核心区区块"]
    assert ask(opened, "hexin") == ["区块一 核心区区块"]
    assert ask(opened, "区块3") == ["区块三区块 · 未能绘出"]
    assert ask(opened, "suixie") == ["12. <b>随卸随检</b>措施 · 市商务局、天津海关"]
    assert ask(opened, "措施7") == ["7. 快验快放措施 · 天津海关"]
    assert [found[:2] for found in ask(opened, "tjhg")] == ["7.", "12"]
    assert opened.page.locator("#said").inner_text() == "找到 2"
    assert ask(opened, "tjhg swj") == ["12. <b>随卸随检</b>措施 · 市商务局、天津海关"]
    assert ask(opened, "zzz") == ["没有找到"]
    assert opened.page.locator("#said").inner_text() == "没有找到"


def test_a_measure_is_shown_in_its_tab_unfolded_and_lit(opened: Any) -> None:
    details = opened.page.locator("details.measure", has_text="随卸随检")
    assert not details.is_visible()
    ask(opened, "swj")
    opened.page.keyboard.press("Enter")
    assert details.get_by_text("随卸随检").last.is_visible()
    assert details.get_attribute("open") is not None
    assert opened.page.get_by_role("tab", name="任务").get_attribute("aria-selected") == "true"
    assert "lit" in str(details.get_attribute("class"))
    assert opened.page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    opened.page.wait_for_selector("details.measure.lit", state="detached")
    ask(opened, "区块三")
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("#undrawn-2").is_visible()
    assert opened.page.evaluate("() => document.activeElement.id") == "undrawn-2"


def test_the_keyboard_leads_through_the_results(opened: Any) -> None:
    assert [found[:3] for found in ask(opened, "区块")] == ["区块二", "区块一", "区块三"]
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    focused = "() => document.activeElement.innerText.slice(0, 3)"
    assert opened.page.evaluate(focused) == "区块一"
    opened.page.keyboard.press("ArrowUp")
    assert opened.page.evaluate(focused) == "区块二"
    opened.page.keyboard.press("ArrowUp")
    assert opened.page.evaluate("() => document.activeElement.id") == "search"
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert "区块二" in card_of(opened)
    assert not opened.page.locator("#found").is_visible()
    opened.page.get_by_role("searchbox").focus()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Escape")
    assert opened.page.get_by_role("searchbox").input_value() == ""
    assert opened.page.evaluate("() => document.activeElement.id") == "search"
    assert not opened.page.locator("#found").is_visible()


def test_results_close_when_the_reader_goes_elsewhere(opened: Any) -> None:
    ask(opened, "路")
    opened.page.mouse.click(1000, 500)
    assert not opened.page.locator("#found").is_visible()
    opened.page.get_by_role("searchbox").focus()
    assert opened.page.locator("#found").is_visible()
    opened.page.locator("#language").focus()
    assert not opened.page.locator("#found").is_visible()


def centre(opened: Any) -> tuple[float, float, float]:
    found = opened.page.evaluate("() => [map_0.getCenter().lng, map_0.getCenter().lat, map_0.getZoom()]")
    lon, lat, zoom = map(float, found)
    return lon, lat, zoom


def test_coordinates_lead_to_their_place_and_say_how_far_it_is(
    made: tuple[Plan, Drawing, dict[str, str]], opened: Any
) -> None:
    blocks = made[1].parcels.geometry.dropna()
    _, south, east, north = blocks.total_bounds
    spot = shapely.Point(east + 0.2, (south + north) / 2)
    [found] = ask(opened, f"{spot.y:.6f} {spot.x:.6f}")
    assert f"{spot.x:.6f}°E {spot.y:.6f}°N" in found
    assert "坐标" in found
    nearest = min(
        GEOD.inv(*shapely.get_coordinates(line).ravel())[2]
        for line in (shapely.shortest_line(block, spot) for block in blocks)
    )
    told = re.search(r"图上距 区块. ([\d.]+) 公里", found)
    assert told
    assert float(told[1]) == pytest.approx(nearest / 1000, abs=0.06)
    opened.page.keyboard.press("Enter")
    lon, lat, zoom = centre(opened)
    assert GEOD.inv(lon, lat, spot.x, spot.y)[2] < 30
    assert zoom >= 14
    box = opened.page.locator(".cross").bounding_box()
    x, y = opened.page.evaluate(
        """([lon, lat]) => {
            const { left, top } = map_0.getContainer().getBoundingClientRect();
            const { x, y } = map_0.latLngToContainerPoint([lat, lon]);
            return [left + x, top + y];
        }""",
        [spot.x, spot.y],
    )
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx((x, y), abs=1.1)
    for words in (f"{spot.x:.6f}°E", told[0]):
        assert words in opened.page.locator(".leaflet-tooltip").inner_text()
    within = blocks.iloc[0].representative_point()
    [found] = ask(opened, f"{within.x:.6f},{within.y:.6f}")
    assert found.endswith("图上位于 区块一")
    opened.page.keyboard.press("Escape")
    assert opened.count(".cross") == 0


def test_an_easting_without_a_zone_says_what_was_assumed(opened: Any) -> None:
    line = opened.page.locator(".readout").inner_text()
    north, east = re.findall(r"[XY] ([\d.]+)", line)
    [full] = ask(opened, line)
    [bare] = ask(opened, f"{north} {east[2:]}")
    assert f"未写带号，按本图 3°带 {east[:2]}" in bare
    assert full.split("坐标")[0] == re.sub(r".*CGCS2000 | · .*", "", line)
    numbers = [tuple(map(float, re.findall(r"(\d+\.\d+)°", found))) for found in (full, bare)]
    assert numbers[0] == pytest.approx(numbers[1], abs=2e-6)


def test_results_follow_the_language(opened: Any) -> None:
    ask(opened, "jzgl")
    opened.page.evaluate("() => { location.hash = 'lang=en'; }")
    opened.page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert opened.texts("#found li") == ["津淄公路Abuts on · 区块一 East、区块二 West"]
    assert ask(opened, "zzz") == ["Nothing found"]
    assert opened.page.locator(".views button").first.get_attribute("aria-label") == "Earlier view"


def test_earlier_views_come_back_and_the_whole_map_is_one_step_away(opened: Any) -> None:
    opened.page.evaluate("() => { window.clock = 1e6; performance.now = () => window.clock; }")
    back = opened.page.get_by_role("button", name="上一视图")
    assert back.is_disabled()
    views = [centre(opened)]
    for step in (300, -150):
        opened.page.evaluate("() => { window.clock += 1000; }")
        # Moves that follow at once, as from the notches of a wheel, are one.
        opened.page.evaluate(f"() => map_0.panBy([{step}, 40], {{ animate: false }})")
        opened.page.evaluate("() => map_0.setZoom(map_0.getZoom() + 1, { animate: false })")
        views.append(centre(opened))
    assert back.is_enabled()
    for view in views[-2::-1]:
        back.click()
        assert centre(opened) == pytest.approx(view, abs=1e-9)
    assert back.is_disabled()
    opened.page.evaluate("() => { window.clock += 1000; }")
    opened.page.evaluate("() => map_0.setView([31, 121], 9, { animate: false })")
    opened.page.get_by_role("button", name="全图").click()
    assert centre(opened) == pytest.approx(views[0], abs=1e-4)
    assert opened.page.evaluate("() => map_0.getBounds().contains(ftzGeoPage.layers.blocks.getBounds())")


def test_paper_is_no_view_of_the_reader(opened: Any) -> None:
    opened.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    opened.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.get_by_role("button", name="上一视图").is_disabled()


# ---------- a real notice ----------


@pytest.mark.slow
def test_everything_that_a_real_zone_names_is_found_by_its_initials(shared: Path, open_page: Open) -> None:
    folder = shared / "documents"
    plan = ftz_geo.read_plan(folder / "zones-plan.txt")
    measures = read_measures((folder / "pilot-measures.txt").read_text(encoding="utf-8"))
    drawn = in_place(ftz_geo.draw(plan))
    page = map_pages(plan, drawn, None, measures={"xiqing": measures})["xiqing.html"]
    assert len(page.encode()) < 420 * 1024
    opened = open_page({"xiqing.html": page}, "xiqing.html")
    own = [edge for key, edges in drawn.edges_of().items() if key.startswith("xiqing") for edge in edges]
    names = {edge.feature for edge in own if edge.feature}
    assert len(names) > 20
    for name in sorted(names):
        for query in ("".join(lazy_pinyin(name)), "".join(s[0] for s in lazy_pinyin(name))):
            assert any(found.startswith(name) for found in ask(opened, query)), (name, query)
    for measure in measures:
        [first, *_] = ask(opened, f"措施{measure.number}")
        assert first.startswith(f"{measure.number}. {measure.name}")
    assert opened.complaints == []
