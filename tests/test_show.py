"""Maps inside a notebook: what stands in the cell, what is saved, and how zones are named."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import ftz_geo
from ftz_geo import shipped
from ftz_geo.frame import Drawing, as_drawing
from ftz_geo.model import Plan
from ftz_geo.render import map_pages, shown
from ftz_geo.render import picture as picture_of


@pytest.fixture(scope="module")
def plan() -> Plan:
    return ftz_geo.read_plan(shipped.plan_file())


@pytest.fixture(scope="module")
def drawing(plan: Plan) -> Drawing:
    return ftz_geo.draw(plan)


class Frames(HTMLParser):
    """The standard library's reading of HTML: the attributes of every frame."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.found.append(dict(attrs))


def joined_pages(page: str) -> list[str]:
    """What the choice of a page of several zones would put into its frame."""
    told = re.search(r'<script type="application/json" id="ftz-pages">(.*?)</script>', page, re.DOTALL)
    assert told
    data: dict[str, Any] = json.loads(told[1])
    return ["".join(data["parts"][n] for n in numbers) for numbers in data["pages"]]


def test_a_cell_holds_the_page_of_one_zone_in_a_frame_of_its_own(plan: Plan, drawing: Drawing) -> None:
    value = ftz_geo.show(drawing, plan, zone="xiqing", height=500)
    [frame] = Frames(value._repr_html_()).found
    assert frame["srcdoc"] == value.page
    assert frame["sandbox"] == "allow-scripts allow-forms allow-downloads"
    assert "height: 500px" in value._repr_html_()
    assert repr(value) == (
        "<map of 中国（天津）自由贸易试验区西青经开区联动创新区, parcels: 8; save(path) writes its page>"
    )


def test_the_page_is_the_one_that_render_maps_writes_without_its_way_to_the_others(
    plan: Plan, drawing: Drawing, tmp_path: Path
) -> None:
    audit = ftz_geo.audit(plan, drawing)
    ftz_geo.render_maps(plan, drawing, tmp_path, audit=audit)
    written = (tmp_path / "beichen.html").read_text("utf-8")
    nav = '<nav><a href="index.html" data-t>全部片区</a></nav>\n'
    assert nav in written
    assert ftz_geo.show(drawing, plan, audit, "北辰").page == written.replace(nav, "")


def test_several_zones_stand_behind_a_choice_with_a_map_of_all_first(plan: Plan, drawing: Drawing) -> None:
    page = ftz_geo.show(drawing, plan).page
    names = [zone.name for zone in plan.zones]
    assert re.findall(r"<option>(.*?)</option>", page) == ["全部片区 All zones", *names]
    pages = joined_pages(page)
    alone = [ftz_geo.show(drawing, plan, zone=zone.id).page for zone in plan.zones]
    assert pages[1:] == alone
    assert ".html" not in "".join(re.findall(r'href="[^"]*"', "".join(pages)))
    assert len(page) < sum(map(len, pages)) / 3  # Leaflet stands in it once


def test_what_was_read_from_a_file_is_shown_too(drawing: Drawing, tmp_path: Path) -> None:
    file = ftz_geo.write(drawing, tmp_path / "blocks.geojson")
    parcels = ftz_geo.read_parcels(file)
    assert "区块八" in ftz_geo.show(parcels, zone="xiqing").page
    assert repr(ftz_geo.show(parcels)) == "<map of 5 zones, parcels: 28; save(path) writes its page>"
    assert repr(ftz_geo.show(parcels.drop(columns="zone"), zone="ziya")).startswith(
        "<map of ziya, parcels: 2"
    )


def test_the_same_parcels_give_the_same_page(plan: Plan, drawing: Drawing) -> None:
    assert ftz_geo.show(drawing, plan) == ftz_geo.show(drawing, plan)


def test_it_is_saved_whole_or_not_at_all(plan: Plan, drawing: Drawing, tmp_path: Path) -> None:
    value = ftz_geo.show(drawing, plan)
    path = value.save(tmp_path / "made" / "map.html")
    assert path.read_bytes() == value.page.encode()
    assert [file.name for file in path.parent.iterdir()] == ["map.html"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    with pytest.raises(ftz_geo.FtzGeoError, match="cannot be written"):
        value.save(tmp_path / "full")
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [("海口", "no zone is called '海口'"), ("经开区", "several zones are called '经开区'"), (" ", "no zone")],
)
def test_a_zone_that_is_not_known_is_told_with_those_that_are(
    drawing: Drawing, words: str, said: str
) -> None:
    with pytest.raises(ftz_geo.FtzGeoError, match=said) as told:
        ftz_geo.show(drawing, zone=words)
    assert "wuqing (中国（天津）自由贸易试验区武清经开区联动创新区)" in str(told.value)


def test_a_frame_of_other_things_is_refused(drawing: Drawing) -> None:
    with pytest.raises(ftz_geo.FtzGeoError, match="zone_id"):
        ftz_geo.show(drawing.parcels.drop(columns="zone_id"))


pieces = st.sampled_from(
    ["<script>a</script>", "<style>p</style>", "</script>", "<!--", "\u2028", '"', "&quot;"]
)
pages_of_pieces = st.lists(st.one_of(pieces, st.text()), max_size=6).map("".join)


@given(st.lists(pages_of_pieces, min_size=1, max_size=4), st.text())
def test_any_pages_come_back_out_of_the_frame_and_the_choice(pages: list[str], name: str) -> None:
    names = [f"{name}{number}" for number in range(len(pages))]
    given_pages = {"index.html": "<p>index", **{f"{number}.html": page for number, page in enumerate(pages)}}
    value = shown(given_pages, names, parcels=1, height=400)
    [frame] = Frames(value._repr_html_()).found
    assert frame["srcdoc"] == value.page
    if len(pages) > 1:
        assert joined_pages(value.page) == ["<p>index", *pages]


def elements(picture: str | None, name: str) -> list[Any]:
    assert picture is not None
    return list(ElementTree.fromstring(picture).iter(f"{{http://www.w3.org/2000/svg}}{name}"))  # noqa: S314 - ours


def outlines(picture: str | None) -> list[list[list[float]]]:
    """The first rings of the filled paths of a picture, in pixels."""
    paths = [path.get("d") for path in elements(picture, "path") if path.get("fill") != "none"]
    first = [path[1:].split("Z")[0].split("L") for path in paths]
    return [[list(map(float, place.split())) for place in ring] for ring in first]


def words_of(picture: str | None) -> list[str | None]:
    return [element.text for element in elements(picture, "text")]


def test_the_picture_has_every_outline_to_scale(plan: Plan, drawing: Drawing) -> None:
    picture = ftz_geo.show(drawing, plan, zone="beichen").picture
    assert words_of(picture)[:7] == [f"区块{n}" for n in "一二三四五六七"]
    assert words_of(picture)[7:] == ["2 km", "参考图 For reference · 示意 sketched"]
    scale = re.search(r"h([\d.]+)v-6", picture or "")
    assert scale
    metres = 2000 / float(scale[1])
    on_plane = drawing.parcels[drawing.parcels["zone_id"] == "beichen"].to_crs(4548).area
    for ring, area in zip(outlines(picture), on_plane, strict=True):
        assert shapely.Polygon(ring).area * metres**2 == pytest.approx(area, rel=0.03)


def test_the_picture_of_all_names_the_zones(plan: Plan, drawing: Drawing) -> None:
    picture = ftz_geo.show(drawing, plan).picture
    assert words_of(picture)[:5] == ["西青", "武清", "北辰", "子牙", "东丽"]
    assert len(outlines(picture)) == 28


def test_nothing_drawn_has_no_picture_and_says_so_in_words(drawing: Drawing) -> None:
    parcels = drawing.parcels[drawing.parcels["zone_id"] == "ziya"].copy()
    parcels["geometry"] = None
    parcels["grade"] = "undetermined"
    value = ftz_geo.show(parcels)
    assert value.picture is None
    assert "<p>地图" in value._repr_html_()


sizes = st.floats(1e-5, 3)


@given(st.floats(74, 134), st.floats(18, 53), sizes, sizes)
def test_a_picture_of_any_size_fits_its_frame(west: float, south: float, width: float, height: float) -> None:
    parcels = gpd.GeoDataFrame(
        {"zone_id": ["a"], "grade": ["traced"]},
        geometry=[shapely.box(west, south, west + width, south + height)],
        index=["a-1"],
        crs=4326,
    )
    svg = picture_of(None, as_drawing(parcels))
    [ring] = outlines(svg)
    tall = float(elements(svg, "svg")[0].get("height"))
    assert tall <= 601
    assert all(0 <= x <= 900 and 0 <= y <= tall for x, y in ring)
    assert max(np.ptp(ring, axis=0) / (812, 512)) == pytest.approx(1, abs=0.01)


def test_hostile_words_stay_words(drawing: Drawing) -> None:
    hostile = "</script></iframe>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
    parcels = drawing.parcels.assign(zone=hostile, block=hostile)
    value = ftz_geo.show(parcels)
    [frame] = Frames(value._repr_html_()).found
    assert frame["srcdoc"] == value.page
    assert value.picture is not None
    assert "49" not in "".join(filter(None, words_of(ftz_geo.show(parcels, zone="xiqing").picture)))
    assert hostile in words_of(ftz_geo.show(parcels.head(8)).picture)
    assert "<img" not in value.picture
    assert "49" not in repr(value)
    assert "<img src=x" not in re.sub(r"<script.*?</script>", "", value.page, flags=re.DOTALL)
    assert joined_pages(value.page)[1] == map_pages(None, parcels, None, alone=True)["xiqing.html"]
