"""Names of a plan against names of a map: what is one name, and what never is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from builders import reference_map
from ftz_geo.model import Candidate, ReferenceMap, Settings, SideKey
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import normalise, resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from pathlib import Path

LINE = shapely.LineString([(117.0, 39.0), (117.1, 39.0)])


def names(*named: str, alt: dict[str, tuple[str, ...]] | None = None) -> ReferenceMap:
    features = reference_map((name, LINE) for name in named).features
    return ReferenceMap(features=features.assign(alt_names=[(alt or {}).get(name, ()) for name in named]))


def look_up(name: str, reference: ReferenceMap) -> tuple[Candidate, ...]:
    plan = parse_plan(f"区块一：东至{name}、南至甲路、西至乙路、北至丙路。")
    return resolve_plan(plan, reference)[SideKey(plan.parcels[0].id, "east", 0)]


@pytest.mark.parametrize(
    ("stated", "mapped", "how"),
    [
        ("津淄公路", "津淄公路", "exact"),
        ("荣乌联络线", "荣乌　联络线", "normalised"),
        ("京津塘高速", "京津塘高速公路", "long or short form"),
        ("内环高架路", "内环高架", "long or short form"),
        ("南苏州路", "南苏州路(辅道)", "words in brackets"),
        ("深南大道", "深南大道辅路", "part of the feature"),
        ("迭山道", "迭山路", "other word for road"),
        ("Ｇ２", "G2", "normalised"),
        ("津港公路(G112)", "津港公路", "words in brackets"),
        ("3号路", "三号路", "numeral written otherwise"),
        ("第三大街", "第3大街", "numeral written otherwise"),
        ("中山北路辅路", "中山北路", "road that it follows"),
        ("延安西路高架", "延安西路", "road that it follows"),
        ("北辰区界", "北辰区", "boundary of the area"),
        ("G2京沪高速", "京沪高速公路", "long or short form"),
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
        ("海河", "海河路"),
        ("海河东路", "海河"),
        ("中山路桥", "中山路"),
        ("3号路", "13号路"),
        ("三号路", "二号路"),
        ("十三号路", "三号路"),
        ("G2", "G25"),
        ("西三经路", "三经路"),
        ("东环路", "环路"),
        ("津港高速", "津港公路"),
        ("南环铁路", "南环路"),
        ("赛达一支路", "赛达一大道"),
        ("浦东路", "浦东大道"),
        ("津港大道", "津港路"),
        ("四川路", "四川路桥"),
        ("中山北路", "中山北路隧道"),
        ("新开河", "新开路"),
    ],
)
def test_two_names_that_look_alike(stated: str, mapped: str) -> None:
    assert look_up(stated, names(mapped)) == ()


def test_further_names_and_numbers() -> None:
    reference = names("津晋高速公路", alt={"津晋高速公路": ("G2502", "天津港高速")})
    (found,) = look_up("天津港高速", reference)
    assert (found.map_name, found.how) == ("天津港高速", "alternative name")
    assert found.source_ids == ("w0",)


@pytest.mark.parametrize("asked", ["G2", "京沪高速（G2）", "G2 京沪高速", "Ｇ２"])
def test_a_number_is_a_further_name(asked: str) -> None:
    reference = names("天津段", "别处路", alt={"天津段": ("G2", "京沪高速公路")})
    assert next(c.source_ids for c in look_up(asked, reference)) == ("w0",)


def test_the_very_name_comes_before_the_like() -> None:
    found = look_up("中山路", names("中山道", "中山路辅路", "中山路", "中山大道"))
    assert [c.map_name for c in found] == ["中山路", "中山路辅路", "中山道"]
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert [c.lost.code if c.lost else None for c in found] == [None, *["weaker-name"] * (len(found) - 1)]


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


# --- the same name in two places -------------------------------------------------------------

KM = 0.009
"""Degrees of latitude; the blocks below lie at the equator, where a degree of longitude is as long."""


def block(at: float, east: str = "东路", north: str = "北路") -> dict[str, shapely.LineString]:
    """Four roads around a square of a kilometre that begins ``at`` km east of the origin."""
    x, y = 117 + at * KM, 0.0
    a, b = x - KM / 2, x + 1.5 * KM
    return {
        east: shapely.LineString([(x + KM, y - KM / 2), (x + KM, y + 1.5 * KM)]),
        f"南{at}街": shapely.LineString([(a, y), (b, y)]),
        f"西{at}街": shapely.LineString([(x, y - KM / 2), (x, y + 1.5 * KM)]),
        north: shapely.LineString([(a, y + KM), (b, y + KM)]),
    }


def city(
    *blocks: dict[str, shapely.LineString], areas: dict[str, shapely.Polygon] | None = None
) -> ReferenceMap:
    rows = [row for of in blocks for row in of.items()] + list((areas or {}).items())
    return reference_map(rows, ["boundary" if name in (areas or {}) else "road" for name, _ in rows])


def choices(text: str, reference: ReferenceMap, parcel: int = 0) -> dict[str, tuple[Candidate, ...]]:
    plan = parse_plan(text)
    found = resolve_plan(plan, reference)
    asked = plan.parcels[parcel]
    return {feature.name: found[key] for key, feature in asked.bounds()}


@pytest.mark.parametrize(("at", "own"), [(0, "w0"), (20, "w4")])
def test_the_other_sides_tell_two_roads_of_one_name_apart(at: int, own: str) -> None:
    reference = city(block(0, north="北路0"), block(20, north="北路20"))
    text = f"区块一：东至东路、南至南{at}街、西至西{at}街、北至北路{at}。"
    chosen, other = choices(text, reference)["东路"]
    assert chosen.source_ids == (own,)
    assert other.lost is not None
    assert other.lost.code == "farther"
    # In the best ring the sides touch; with the other road the gaps are 19 and 21 km, two of each.
    assert float(re.findall(r"[\d.]+(?= km)", other.lost.en)[0]) == pytest.approx(38, abs=3)


def test_pieces_of_a_road_with_a_gap_are_one_feature() -> None:
    x = [117 + d * KM for d in (0, 1, 3.5, 5)]
    pieces = {"甲路": shapely.LineString([(x[0], 0), (x[1], 0)])}
    rest = {"甲路": shapely.LineString([(x[2], 0), (x[3], 0)])}
    (found,) = look_up("甲路", city(pieces, rest))
    assert found.source_ids == ("w0", "w1")


def twins() -> tuple[dict[str, shapely.LineString], dict[str, shapely.LineString]]:
    """Two blocks whose four roads have the same names."""
    one, other = block(0), block(20)
    return one, dict(zip(one, other.values(), strict=True))


TWIN = "东至东路、南至南0街、西至西0街、北至北路"


def test_what_nothing_decides_is_a_tie_that_names_both() -> None:
    for candidates in choices(f"区块一：{TWIN}。", city(*twins())).values():
        chosen, other = candidates
        assert chosen.lost is None
        assert other.lost is not None
        assert other.lost.code == "tied"
        assert "117.0" in other.lost.en
        assert "117.1" in other.lost.en


@pytest.mark.parametrize(("at", "own"), [(-1, "w0"), (19, "w4")])
def test_the_district_of_the_zone_decides(at: int, own: str) -> None:
    district = shapely.box(117 + at * KM, -2 * KM, 117 + (at + 4) * KM, 3 * KM)
    reference = city(*twins(), areas={"甲乙区": district})
    found = choices(f"甲乙联动创新区总面积1平方公里。区块一：面积1平方公里，{TWIN}。", reference)
    chosen, other = found["东路"]
    assert chosen.source_ids == (own,)
    assert other.lost is not None
    assert other.lost.code == "outside-district"


@pytest.mark.parametrize(("at", "own"), [(2, "w0"), (22, "w4")])
def test_the_other_blocks_of_the_zone_decide(at: int, own: str) -> None:
    beside = block(at, east="丙路", north="丁路")
    reference = city(*twins(), beside)
    text = f"区块一：{TWIN}。区块二：东至丙路、南至南{at}街、西至西{at}街、北至丁路。"
    chosen, other = choices(text, reference)["东路"]
    assert chosen.source_ids == (own,)
    assert other.lost is not None
    assert other.lost.code == "neighbours"


def test_a_tie_makes_a_parcel_inferred_with_a_reason() -> None:
    plan = parse_plan(f"区块一：{TWIN}。")
    for reference, grade in ((city(*twins()), "inferred"), (city(twins()[0]), "traced")):
        (drawn,) = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings()).values()
        assert drawn.grade == grade
        assert ("tied" in {reason.code for reason in drawn.reasons}) == (grade == "inferred")


def test_a_river_comes_before_the_road_of_its_name() -> None:
    one = block(0, east="新开河")
    reference = city(one, {"新开河": one["西0街"]})
    reference.features.loc[0, "kind"] = "water"
    chosen, other = choices("区块一：东至新开河、南至南0街、西至西0街、北至北路。", reference)["新开河"]
    assert chosen.source_ids == ("w0",)
    assert other.lost is not None
    assert other.lost.code == "weaker-name"


@pytest.mark.slow
@given(st.integers(min_value=4, max_value=60), st.permutations(range(8)))
@example(20, list(range(8)))
def test_rows_may_stand_in_any_order(at: int, order: list[int]) -> None:
    """Which of two roads is meant does not depend on the order of the map's rows."""
    reference = city(block(0, north="北路0"), block(at, north=f"北路{at}"))
    turned = ReferenceMap(features=reference.features.iloc[order].reset_index(drop=True))
    text = f"区块一：东至东路、南至南{at}街、西至西{at}街、北至北路{at}。"
    assert choices(text, turned)["东路"][0].source_ids == ("w4",)


def test_what_the_other_blocks_of_shanghai_choose_is_as_before(shared: Path) -> None:
    """No road of central Shanghai is two: nothing may be split or tied there."""
    plan = parse_plan((shared / "cases" / "shanghai_west_blocks.txt").read_text(encoding="utf-8"))
    reference = read_reference(shared / "reference" / "shanghai_west.gpkg")
    for candidates in resolve_plan(plan, reference).values():
        assert candidates
        assert candidates[0].how == "exact"
        assert {c.lost.code for c in candidates[1:] if c.lost} <= {"weaker-name"}
