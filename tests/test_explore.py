"""GeoPandas' own interactive map of our frames: words, heads and rounded figures, and no more than words."""

import json
import re
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftz_geo
from conftest import Opened
from ftz_geo import shipped
from ftz_geo.columns import EDGE_COLUMNS, PARCEL_COLUMNS
from ftz_geo.frame import Drawing
from ftz_geo.render.offline import leaflet

REPRS = ("Reason(", "Decimal(", "Timestamp", "{'", "['", "[&#x27;", "nan", "None", "np.float64")


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return ftz_geo.draw(ftz_geo.read_plan(shipped.plan_file()))


def html_of(the_map: Any) -> str:
    return str(the_map.get_root().render())


def properties(page: str) -> list[dict[str, Any]]:
    """What the map knows of each shape, read back from its script."""
    told = re.search(r"_add\((\{.*\})\);", page)
    assert told
    features: list[dict[str, Any]] = json.loads(told[1])["features"]
    return [feature["properties"] for feature in features]


def pointed(page: str) -> dict[str, str]:
    """The heads of a tooltip, by the column that each stands over."""
    fields, heads = (
        json.loads(re.findall(rf"let {name} = (\[.*?\]);", page)[0]) for name in ("fields", "aliases")
    )
    return dict(zip(fields, heads, strict=True))


@pytest.mark.slow
def test_a_plain_call_tells_the_real_notice_in_words(drawing: Drawing) -> None:
    page = html_of(drawing.parcels.explore())
    shapes = properties(page)
    assert [text for text in REPRS if text in json.dumps(shapes, ensure_ascii=False)] == []
    assert pointed(page) == {
        "id": "id",
        "zone": "片区 zone",
        "block": "区块 block",
        "block_name": "名称 name",
        "parcel": "地块 parcel",
        "declared_area_km2": "申报 stated (km²)",
        "measured_area_km2": "图上 drawn (km²)",
        "grade": "评级 grade",
        "reasons": "依据 reasons",
        "placement_uncertainty_m": "位置误差 within (m)",
        "east": "东至 east",
        "south": "南至 south",
        "west": "西至 west",
        "north": "北至 north",
    }
    [first] = [shape for shape in shapes if shape["id"] == "xiqing-1"]
    assert first["grade"] == "示意 sketched"
    assert first["reasons"].split("<br>") == drawing.parcels.loc["xiqing-1", "reasons"]
    assert (first["declared_area_km2"], first["west"]) == (7.8, "津淄公路")
    assert {shape["measured_area_km2"] for shape in shapes} == {
        round(area, 4) for area in drawing.parcels["measured_area_km2"]
    }


@pytest.mark.slow
def test_edges_are_told_in_words_too(drawing: Drawing) -> None:
    page = html_of(drawing.edges.explore("method"))
    assert pointed(page)["method"] == "画法 method"
    assert {shape["method"] for shape in properties(page)} == {"示意 sketch"}
    assert "画法 method" in page.partition("legend-title")[2]


@pytest.mark.slow
def test_what_is_cut_out_or_read_from_a_file_is_told_alike(drawing: Drawing, tmp_path: Any) -> None:
    parcels = drawing.parcels
    back = ftz_geo.read_parcels(ftz_geo.write(drawing, tmp_path / "blocks.gpkg"))
    cuts = (
        parcels[parcels["zone_id"] == "ziya"],
        parcels.head(3),
        parcels.to_crs(4548),
        parcels.copy(),
        back,
    )
    for frame in cuts:
        page = html_of(frame.explore())
        assert pointed(page)["grade"] == "评级 grade"
        assert {shape["grade"] for shape in properties(page)} == {"示意 sketched"}


@pytest.mark.slow
def test_what_a_user_asks_for_goes_before_ours(drawing: Drawing) -> None:
    parcels = drawing.parcels.assign(mine=1)
    assert pointed(html_of(parcels.explore(tooltip=["mine", "text"]))) == {
        "mine": "mine",
        "text": "四至原文 words",
    }
    assert list(pointed(html_of(parcels.explore(tooltip="block")))) == ["block"]
    assert list(pointed(html_of(parcels.explore(tooltip=2)))) == ["id", "zone"]
    assert "let fields" not in html_of(parcels.explore(tooltip=False))
    assert "text" in pointed(html_of(parcels.explore(tooltip=None, popup=True)))
    own = html_of(parcels.explore(tooltip="block", tooltip_kwds={"aliases": ["块"]}, legend=False))
    assert pointed(own) == {"block": "块"}
    page = html_of(parcels.explore("grade", categories=["traced", "sketched"], legend_kwds={"caption": "G"}))
    assert {shape["grade"] for shape in properties(page)} == {"sketched"}
    numbers = html_of(parcels.explore("measured_area_km2", scheme="quantiles", k=4))
    assert json.dumps("图上 drawn (km²)") in numbers


@pytest.mark.slow
def test_the_frame_itself_stays_as_it_was(drawing: Drawing) -> None:
    before = drawing.parcels.copy()
    drawing.parcels.explore()
    pd.testing.assert_frame_equal(pd.DataFrame(drawing.parcels), pd.DataFrame(before))
    assert isinstance(drawing.parcels, gpd.GeoDataFrame)
    assert type(drawing.parcels[["block"]]) is pd.DataFrame
    assert type(drawing.parcels["geometry"]) is gpd.GeoSeries


HOSTILE = st.text(alphabet=st.sampled_from("<>&\"'{}%甲 a/`$")) | st.text()


@pytest.mark.slow
@settings(max_examples=25)
@given(HOSTILE, st.lists(HOSTILE, max_size=3))
def test_no_word_of_a_document_is_more_than_a_word(name: str, reasons: list[str]) -> None:
    parcels = ftz_geo.draw(ftz_geo.parse_plan("区块一：面积1平方公里，东至甲河、南至甲路。")).parcels
    parcels["block"] = name
    parcels.at[parcels.index[0], "reasons"] = reasons
    [told] = properties(html_of(parcels.explore()))
    cells = [str(told[key] or "") for key in ("block", "reasons")]
    assert not re.search(r"[<>\"'{]", "".join(cells).replace("<br>", ""))


def test_heads_are_in_chinese_or_english_and_no_two_alike() -> None:
    for columns in (PARCEL_COLUMNS, EDGE_COLUMNS):
        heads = [column.head for column in columns if column.head]
        assert len(set(heads)) == len(heads)
        assert all(column.head for column in columns if column.first)
        assert [c.name for c in columns if c.head and c.unit and c.unit not in c.head] == []


def offline(page: str) -> str:
    """The page with Leaflet in it and without whatever else it would fetch."""
    script, style = leaflet()
    page = re.sub(r'<script src="[^"]*"></script>|<link[^>]*href="http[^>]*>', "", page)
    return page.replace("<head>", f"<head><script>{script}</script><style>{style}</style>", 1)


def test_the_tooltip_shows_words_in_a_browser(open_page: Callable[..., Opened], drawing: Drawing) -> None:
    xiqing = drawing.parcels[drawing.parcels["zone_id"] == "xiqing"]
    page = offline(html_of(xiqing.explore(tiles=None)))
    opened = open_page({"explore.html": page}, "explore.html")
    shapes = opened.page.locator("path.leaflet-interactive")
    assert shapes.count() == 8
    shapes.first.hover()
    tooltip = opened.page.locator(".leaflet-tooltip")
    rows = [line.strip() for line in tooltip.inner_text().splitlines() if line.strip()]
    assert "区块 block\t区块一" in rows
    assert "西至 west\t津淄公路" in rows
    assert "图上 drawn (km²)\t7.8" in rows
    box = tooltip.bounding_box()
    assert box is not None
    assert 200 < box["width"] < 460
    assert box["height"] < 420
    assert opened.complaints == []
