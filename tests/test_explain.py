"""Why a block was drawn as it was: as values, in the terminal, as JSON, and on a page."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from builders import reference_map, run
from ftz_geo import pipeline
from ftz_geo.errors import PlanError
from ftz_geo.explain import Explanation, explain_parcel, find_parcels
from ftz_geo.measure import GEOD
from ftz_geo.parse import parse_plan
from ftz_geo.render import explanation_page, explanation_table

if TYPE_CHECKING:
    from pathlib import Path

    from ftz_geo.model import ReferenceMap

KM = 0.009
X, Y = 117.0, 0.0

ROADS: dict[str, list[tuple[float, float]]] = {
    "东路": [(1, -0.5), (1, 1.5)],
    "东路辅路": [(1, 1.6), (1, 1.7)],
    "南路": [(-0.5, 0), (1.5, 0)],
    "西路": [(0, -0.5), (0, 1.5)],
    "北路": [(-0.5, 1), (1.5, 1)],
    "北路 ": [(30, 1), (32, 1)],
}
"""A block of a square kilometre near the equator, a bridge of one road, and another 北路 30 km away."""


def line(*at_km: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X + x * KM, Y + y * KM) for x, y in at_km])


def a_map(roads: dict[str, list[tuple[float, float]]]) -> ReferenceMap:
    return reference_map((name.strip(), line(*at)) for name, at in roads.items())


TEXT = (
    "甲联动创新区总面积2平方公里。区块一：甲片，面积1平方公里，东至东路、南至南路、西至西路、北至北路。"
    "区块二：面积1平方公里，东至空地、南至丙路、西至东路、北至丁路。"
)


def tell(block: str, text: str = TEXT) -> Explanation:
    (told,) = pipeline.explain_block(parse_plan(text), block, a_map(ROADS))
    return told


def test_a_traced_block_is_told_feature_by_feature() -> None:
    told = tell("区块一")
    assert told.grade == "traced"
    by_name = {feature.feature.name: feature for feature in told.features}
    assert list(by_name) == ["东路", "南路", "西路", "北路"]
    for feature in told.features:
        assert feature.doubts == ()
        (edge,) = feature.edges
        assert edge.method == "on-feature"
        assert edge.length_m == pytest.approx(1000, abs=10)
        assert feature.chosen is not None
        assert set(edge.source_ids) <= set(feature.chosen.source_ids)
        assert [c.lost is None for c in feature.candidates] == [True] + [False] * (
            len(feature.candidates) - 1
        )
    reasons = {name: [c.lost.code for c in f.candidates if c.lost] for name, f in by_name.items()}
    assert reasons == {"东路": ["weaker-name"], "南路": [], "西路": [], "北路": ["farther"]}


def test_what_was_not_found_says_so() -> None:
    told = tell("区块二")
    assert told.grade == "sketched"
    codes = {f.feature.name: [d.code for d in f.doubts] for f in told.features}
    assert {name: found[0] for name, found in codes.items()} == {
        "空地": "vague",
        "丙路": "not-on-map",
        "东路": "sketch",
        "丁路": "not-on-map",
    }
    (without,) = pipeline.explain_block(parse_plan(TEXT), "区块一")
    assert {f.doubts[0].code for f in without.features} == {"no-map"}


def test_an_edge_of_several_methods_is_not_sure() -> None:
    roads = dict(ROADS) | {"西路": [(0, -0.5), (0, 0.4)], "西路 ": [(0, 0.6), (0, 1.5)]}
    (told,) = pipeline.explain_block(parse_plan(TEXT), "区块一", a_map(roads))
    (west,) = [f for f in told.features if f.side == "west"]
    lengths = {edge.method: edge.length_m for edge in west.edges}
    assert lengths["bridge"] == pytest.approx(200, abs=3)
    assert [d.code for d in west.doubts] == ["bridge"]
    assert sum(lengths.values()) == pytest.approx(GEOD.geometry_length(line((0, 0), (0, 1))), abs=0.1)


@pytest.mark.parametrize("words", ["jia-1", "区块一", "甲片", "甲联动创新区区块一", " 区块一 "])
def test_a_block_by_id_label_or_name(words: str) -> None:
    plan = parse_plan(TEXT)
    block = plan.zones[0].blocks[0]
    words = words.replace("jia-1", block.id)
    assert find_parcels(plan, words) == block.parcels


def test_a_parcel_of_a_block_and_labels_that_two_zones_share(shared: Path) -> None:
    plan = pipeline.read_plan(shared / "documents" / "zones-plan.txt")
    assert [p.id for p in find_parcels(plan, "dongli-2-1")] == ["dongli-2-1"]
    assert len(find_parcels(plan, "dongli-2")) > 1
    with pytest.raises(PlanError, match=r"5 blocks .* name one of xiqing-1, "):
        find_parcels(plan, "区块一")
    with pytest.raises(PlanError, match="no block in it is called '区块九十九'"):
        find_parcels(plan, "区块九十九")


@pytest.mark.slow
@given(st.text(max_size=8))
@example("区块一")
@example("")
def test_whatever_is_asked_finds_parcels_or_says_why_not(words: str) -> None:
    plan = parse_plan(TEXT)
    blocks = plan.zones[0].blocks
    known = {name: b for b in blocks for name in (b.id, b.label, b.name, b.parcels[0].id) if name}
    if words.strip() in known:
        assert find_parcels(plan, words) == known[words.strip()].parcels
    else:
        with pytest.raises(PlanError, match="name one of"):
            find_parcels(plan, words)


def test_what_was_decided_is_one_line_of_each_side() -> None:
    lines = {f.feature.name: f.decision for f in tell("区块一").features}
    assert re.fullmatch(r"取用“东路”（同名）；沿地物 \d+ 米", lines["东路"].zh)
    assert re.fullmatch(r"took 北路 \(exact\); \d+ m on-feature", lines["北路"].en)
    # Where nothing was found, the reason stands there; what no edge rests on is not said to be taken.
    lines = {f.feature.name: f.decision for f in tell("区块二").features}
    assert lines["空地"].zh.startswith("泛指，无从查找；")
    assert lines["丙路"].en.startswith("it is not on the map; ")
    assert re.fullmatch(r"认作“东路”（同名）；示意 \d+ 米", lines["东路"].zh)
    assert "取用" not in "".join(line.zh for line in lines.values())


@pytest.mark.parametrize("area", [0.3, 1.0, 4.0])
def test_lengths_of_a_decision_are_those_of_its_edges(area: float) -> None:
    for block in ("区块一", "区块二"):
        for feature in tell(block, TEXT.replace("面积1平方公里", f"面积{area}平方公里")).features:
            told = [int(n) for n in re.findall(r"(\d+) 米", feature.decision.zh)]
            assert told == [round(edge.length_m) for edge in feature.edges]
            assert told == [int(n) for n in re.findall(r"(\d+) m ", feature.decision.en)]


def test_every_edge_of_the_real_blocks_is_told_once(shared: Path) -> None:
    """Lengths by method over the features add up to the ring, source ids to those of the evidence."""
    text = (shared / "cases" / "shanghai_west_blocks_two_on_a_side.txt").read_text(encoding="utf-8")
    head = text.index("区块1")
    plan = parse_plan(text[head : text.index("区块9")])
    parcels = pipeline.draw(plan, pipeline.read_reference(shared / "reference" / "shanghai_west.gpkg"))
    assert len(plan.parcels) == 8
    for parcel in plan.parcels:
        told = explain_parcel(plan, parcels, parcel.id)
        evidence = parcels.edges_of()[parcel.id]
        length = sum(edge.length_m for feature in told.features for edge in feature.edges)
        assert length == pytest.approx(sum(GEOD.geometry_length(e.line) for e in evidence))
        ids = {i for feature in told.features for edge in feature.edges for i in edge.source_ids}
        assert ids == {i for e in evidence for i in e.source_ids}


def test_the_table_has_a_row_per_feature() -> None:
    from rich.console import Console

    told = tell("区块一")
    console = Console(width=200, record=True, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(explanation_table(told))
    console.file.close()
    text = console.export_text()
    assert [re.search(rf"{side}至 {side}路", text) is not None for side in "东南西北"] == [True] * 4
    assert "东路辅路（其一段，1段）：落选：名称不如“东路”相符" in text
    assert len(re.findall(r"沿地物 99\d 米 \[w\d\]|沿地物 100\d 米 \[w\d\]", text)) == 4


# --- the command and its page ----------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    plan, reference = tmp_path / "plan.txt", tmp_path / "map.gpkg"
    plan.write_text(TEXT, encoding="utf-8")
    a_map(ROADS).features[["name", "geometry"]].to_file(reference)
    return plan, reference


@pytest.mark.slow
def test_the_command_prints_plain_text_into_a_pipe(files: tuple[Path, Path]) -> None:
    done = run("explain", files[0], "区块一", "-r", files[1])
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert re.search(r"东至 东路.*取用|东至 东路 +│ 东路（同名，1段）", done.stdout)
    assert "datum not checked" in done.stderr


@pytest.mark.slow
def test_the_command_prints_json(files: tuple[Path, Path]) -> None:
    done = run("explain", files[0], "区块一", "-r", files[1], "--json")
    told = json.loads(done.stdout)
    assert told["schema"] == "ftz-geo/explain-1"
    (parcel,) = told["parcels"]
    assert [f["words"]["name"] for f in parcel["features"]] == ["东路", "南路", "西路", "北路"]
    assert [f["sure"] for f in parcel["features"]] == [True] * 4
    lost = [c["lost"]["code"] for f in parcel["features"] for c in f["candidates"] if not c["chosen"]]
    assert sorted(lost) == ["farther", "weaker-name"]


@pytest.mark.slow
def test_a_wrong_name_is_one_sentence(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("explain", files[0], "区块九", "-r", files[1], "--out", tmp_path / "page.html")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("ftz-geo: plan.txt: no block in it is called")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.slow
def test_the_page_is_written_where_it_was_asked_for(files: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "new" / "page.html"
    done = run("explain", files[0], "区块一", "-r", files[1], "--out", page)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(page)
    assert [p.name for p in page.parent.iterdir()] == ["page.html"]


HOSTILE = ("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 191 }}")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_page_draws_block_and_candidates_offline(chromium: Any, tmp_path: Path, hostile: str) -> None:
    """Hostile names of a map stay text; nothing is asked of the network; lost candidates are drawn too."""
    plan = parse_plan(TEXT)
    reference = a_map(ROADS)
    told = pipeline.explain_block(plan, "区块一", reference)
    east = told[0].features[0]
    object.__setattr__(east.candidates[1], "map_name", hostile)
    shapes = dict(zip(reference.features["source_id"], reference.features.geometry, strict=True))
    html = explanation_page(plan, pipeline.draw(plan, reference), told, shapes)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    heard: list[str] = []
    page.on("request", lambda r: heard.append(r.url) if not r.url.startswith("file:") else None)
    page.on("console", lambda m: heard.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
    page.goto((tmp_path / "page.html").as_uri())
    assert heard == []
    strokes = page.locator(".leaflet-overlay-pane path").evaluate_all(
        "paths => paths.map((p) => p.getAttribute('stroke'))"
    )
    assert strokes.count("#1d5566") == 4
    assert strokes.count("#8c1d2c") == 2
    assert hostile in page.inner_text("aside")
    page.close()


CJK = re.compile(r"[一-鿿]")


def test_the_page_tells_decisions_first_and_is_whole_in_english(open_page: Any, tmp_path: Path) -> None:
    text = (
        "Alpha联动创新区总面积2平方公里。区块一：面积1平方公里，东至东路、南至南路、西至西路、北至北路。"
        "区块二：面积1平方公里，东至空地、南至丙路、西至东路、北至丁路。"
    )
    for block in ("区块一", "区块二"):
        pipeline.explain_block(parse_plan(text), block, a_map(ROADS), out=tmp_path / "page.html")
        opened = open_page({}, "page.html")
        page = opened.page
        rows = page.locator("table.decisions tr")
        assert rows.count() == 4
        first = page.locator("section.feature").first
        assert first.locator("table.decisions").count() == 1
        # Ids of the map's features are there for who asks, and folded away.
        ids = page.locator("details.ids")
        assert ids.count() == (4 if block == "区块一" else 0)
        for one in ids.all():
            assert one.get_attribute("open") is None
            assert not one.locator(".hash").is_visible()
            one.locator("summary").click()
            assert re.fullmatch(r"w\d+", one.locator(".hash").inner_text())
        page.get_by_role("button", name="English").click()
        shown = "\n".join(page.locator("header, main, aside").all_inner_texts())
        assert set(re.findall(r"[Tt]ook|taken for|not on the map|nothing that could", shown))
        words = re.sub(
            r"[东南西北丙丁]路(辅路)?|空地|区块[一二]|中文|（BSD-2-Clause）|^北$", "", shown, flags=re.M
        )
        clause = page.locator("blockquote.clause").inner_text()
        left = CJK.findall(words.replace(re.sub(r"[东南西北丙丁]路|空地|区块[一二]", "", clause), ""))
        assert left == []
        page.mouse.move(700, 450)
        for label in page.evaluate(
            """() => ["chosen", "lost"].flatMap((key) => ftzGeoPage.layers[key].getLayers())
                .map((line) => line.getTooltip()._content().textContent)"""
        ):
            assert re.match(r"(east|south|west|north): ", label)
            assert CJK.findall(re.sub(r"[东南西北]路(辅路)?", "", label)) == []
        assert (opened.requests, opened.complaints) == ([], [])
