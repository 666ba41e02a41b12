"""Names of a plan against names of a map: what is one name, and what never is."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.model import Candidate, ReferenceMap
from ftz_geo.parse import parse_plan
from ftz_geo.resolve import normalise, resolve_plan

LINE = shapely.LineString([(117.0, 39.0), (117.1, 39.0)])


def names(*named: str, alt: dict[str, tuple[str, ...]] | None = None) -> ReferenceMap:
    return ReferenceMap(
        features=gpd.GeoDataFrame(
            {
                "source_id": [f"w{i}" for i in range(len(named))],
                "name": list(named),
                "alt_names": [(alt or {}).get(n, ()) for n in named],
                "kind": "road",
                "source": 0,
            },
            geometry=[LINE] * len(named),
            crs=4326,
        )
    )


def look_up(name: str, reference: ReferenceMap) -> tuple[Candidate, ...]:
    plan = parse_plan(f"区块一：东至{name}、南至甲路、西至乙路、北至丙路。")
    return resolve_plan(plan, reference)[plan.parcels[0].id, "east", 0]


@pytest.mark.parametrize(
    ("stated", "mapped", "how"),
    [
        ("津淄公路", "津淄公路", "exact"),
        ("荣乌联络线", "荣乌　联络线", "normalised"),
        ("京津塘高速", "京津塘高速公路", "long or short form"),
        ("内环高架路", "内环高架", "long or short form"),
        ("南苏州路", "南苏州路(辅道)", "words in brackets"),
        ("中山北路", "中山北路桥", "part of the feature"),
        ("深南大道", "深南大道辅路", "part of the feature"),
        ("津港大道", "津港道", "other word for road"),
    ],
)
def test_one_name_written_in_two_ways(stated: str, mapped: str, how: str) -> None:
    (found,) = look_up(stated, names("别处路", mapped))
    assert (found.map_name, found.how) == (mapped, how)
    assert found.source_ids == ("w1",)
    assert (found.score == 1.0) == (how in ("exact", "normalised"))


@pytest.mark.parametrize(
    ("stated", "mapped"),
    [
        ("友谊路", "友谊街"),
        ("友谊路", "友谊河"),
        ("友谊南路", "友谊北路"),
        ("西三经路", "西一经路"),
        ("地块一路", "地块二路"),
        ("南京路", "北京路"),
        ("新闸路", "新闻路"),
        ("津淄公路", "津港公路"),
        ("共和新路", "共和路"),
        ("和平路", "平路"),
    ],
)
def test_two_names_that_look_alike(stated: str, mapped: str) -> None:
    assert look_up(stated, names(mapped)) == ()


def test_further_names_and_numbers() -> None:
    reference = names("津晋高速公路", alt={"津晋高速公路": ("G2502", "天津港高速")})
    (found,) = look_up("天津港高速", reference)
    assert (found.map_name, found.how) == ("天津港高速", "alternative name")
    assert found.source_ids == ("w0",)


def test_the_very_name_comes_before_the_like() -> None:
    found = look_up("中山路", names("中山道", "中山路桥", "中山路", "中山大道"))
    assert [c.map_name for c in found][:2] == ["中山路", "中山路桥"]
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_a_road_is_not_the_station_of_its_name() -> None:
    station = gpd.GeoDataFrame(
        {"source_id": ["n1"], "name": ["西藏路"], "alt_names": [()], "kind": ["place"], "source": [0]},
        geometry=[shapely.Point(117, 39)],
        crs=4326,
    )
    assert look_up("西藏路", ReferenceMap(features=station)) == ()


def test_same_name_many_times_is_one_candidate() -> None:
    (found,) = look_up("人民路", names("人民路", "解放路", "人民路"))
    assert found.source_ids == ("w0", "w2")


def test_nothing_is_looked_up_for_vague_words() -> None:
    assert look_up("空地", names("空地")) == ()


@given(st.text(max_size=12))
@example("Ｇ２　京沪高速（天津段）")
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


@given(
    st.text(alphabet="甲乙丙丁戊", min_size=2, max_size=4),
    st.lists(st.text(alphabet="甲乙丙丁戊", min_size=2, max_size=4), max_size=5),
    st.sampled_from(["路", "街", "道", "大道", "公路"]),
)
@example("甲乙", ["乙甲", "甲丙"], "路")
def test_every_candidate_shares_the_name_without_its_ending(
    stem: str, others: list[str], ending: str
) -> None:
    """Whatever else is on the map, no other stem is ever a candidate."""
    mapped = [f"{other}{word}" for other in (stem, *others) for word in ("路", "街", "道", "大道", "公路")]
    for found in look_up(stem + ending, names(*mapped)):
        assert found.map_name.removesuffix("公路").rstrip("路街道大") == stem
        assert ("街" in found.map_name) == (ending == "街")
