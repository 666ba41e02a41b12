"""The words decide: a ring whose sides lie elsewhere than they say is not drawn, and the slip is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.compass import DIRECTIONS, RING_ORDER, SIDE_ZH
from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ftz_geo.model import Digitised, Direction

PLANE = LocalPlane(lon=117.1, lat=39.0)
ROADS: dict[Direction, str] = {"east": "甲路", "north": "乙路", "west": "丙路", "south": "丁路"}
AT: dict[Direction, tuple[tuple[float, float], tuple[float, float]]] = {
    "east": ((400, -900), (400, 900)),
    "north": ((-900, 300), (900, 300)),
    "west": ((-400, -900), (-400, 900)),
    "south": ((-900, -300), (900, -300)),
}
SLIPS: dict[str, dict[Direction, Direction]] = {
    "东、西似写反": {"east": "west", "west": "east"},
    "南、北似写反": {"south": "north", "north": "south"},
    "所写“东南西北”应为“西北东南”": {"east": "west", "west": "east", "south": "north", "north": "south"},
    "所写“东南西北”应为“北东南西”": {"east": "north", "north": "west", "west": "south", "south": "east"},
    "所写“东南西北”应为“南西北东”": {"east": "south", "south": "west", "west": "north", "north": "east"},
}
"""The side that was meant, for every side that was told wrongly."""


def grid(turn_degrees: float = 0.0) -> ReferenceMap:
    """Four roads that cross, the whole of them turned."""
    turn = np.radians(turn_degrees)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    lines = [PLANE.to_lonlat(shapely.LineString(np.array(AT[side]) @ matrix.T)) for side in ROADS]
    columns = {"source_id": list("1234"), "name": list(ROADS.values()), "alt_names": [()] * 4, "kind": "road"}
    return ReferenceMap(features=gpd.GeoDataFrame(columns, geometry=lines, crs=4326).assign(source=0))


def trace(sides: Mapping[Direction, str], reference: ReferenceMap) -> Digitised:
    words = "、".join(f"{SIDE_ZH[side]}至{sides[side]}" for side in DIRECTIONS)
    plan = parse_plan(f"区块一：{words}。")
    return trace_parcels(plan, reference, resolve_plan(plan, reference), Settings())[plan.parcels[0].id]


@pytest.mark.parametrize("slip", SLIPS)
def test_words_that_are_swapped_reversed_or_turned_draw_nothing_and_say_so(slip: str) -> None:
    drawn = trace({told: ROADS[SLIPS[slip].get(told, told)] for told in ROADS}, grid())
    assert drawn.grade == "undetermined"
    (reason,) = drawn.reasons
    assert reason.code == "words-denied"
    assert slip in reason.zh
    assert "0.48平方公里" in reason.zh  # 800 m by 600 m


@pytest.mark.slow
@given(st.floats(-40, 40))
@example(36.0)
@example(-36.0)
def test_a_grid_that_is_turned_by_less_than_half_a_quarter_keeps_its_words(degrees: float) -> None:
    assert trace(ROADS, grid(degrees)).grade == "traced"


@pytest.mark.slow
@given(st.floats(50, 310))
@example(90.0)
def test_a_grid_that_is_turned_further_denies_them(degrees: float) -> None:
    assert {reason.code for reason in trace(ROADS, grid(degrees)).reasons} == {"words-denied"}


@pytest.mark.parametrize("slip", ["乙州街", "已州路", "乙州北路", "大乙州路", "乙州大道"])
def test_a_name_that_the_map_has_nearly_is_drawn_as_inferred_and_told(slip: str) -> None:
    roads = grid().features.replace({"name": {"乙路": "乙州路", "甲路": "甲州路"}})
    drawn = trace({**ROADS, "east": "甲州路", "north": slip}, ReferenceMap(features=roads))
    assert drawn.grade == "inferred"
    (reason,) = drawn.reasons
    assert reason.code == "near-name"
    assert "“乙州路”" in reason.zh
    assert slip in reason.zh
    assert "甲州路" not in reason.zh


def test_a_near_name_is_only_offered_where_the_ring_turns_against_the_words() -> None:
    roads = grid().features.replace({"name": {"乙路": "乙州路"}})
    swapped = {**ROADS, "north": "乙州街", "east": ROADS["west"], "west": ROADS["east"]}
    drawn = trace(swapped, ReferenceMap(features=roads))
    assert drawn.grade == "undetermined"
    assert {reason.code for reason in drawn.reasons} == {"not-on-map", "near-name"}


def test_of_two_near_names_none_is_drawn() -> None:
    roads = grid().features.replace({"name": {"乙路": "乙州路"}})
    other = roads[roads["name"] == "乙州路"].assign(source_id="5", name="己州路")
    both = ReferenceMap(features=gpd.GeoDataFrame(pd.concat([roads, other], ignore_index=True), crs=4326))
    drawn = trace({**ROADS, "north": "已州路"}, both)
    assert drawn.grade == "undetermined"
    (offer,) = (reason for reason in drawn.reasons if reason.code == "near-name")
    assert "“乙州路”、“己州路”" in offer.zh or "“己州路”、“乙州路”" in offer.zh


@pytest.mark.parametrize("other", ["戊己路", "乙大道", "甲路桥", "已路"])
def test_a_name_that_differs_by_more_or_lies_elsewhere_is_not_offered(other: str) -> None:
    assert {reason.code for reason in trace({**ROADS, "north": other}, grid()).reasons} == {"not-on-map"}


def test_a_road_that_the_map_has_is_no_slip_for_another() -> None:
    roads = grid().features
    other = roads[roads["name"] == "乙路"].assign(source_id="5", name="庚路")
    both = ReferenceMap(features=gpd.GeoDataFrame(pd.concat([roads, other], ignore_index=True), crs=4326))
    found = {reason.code for reason in trace({**ROADS, "north": "乙路以北"}, both).reasons}
    assert "no-distance" in found
    assert "near-name" not in found


def ring_and_chord(turn_degrees: float) -> ReferenceMap:
    """A ring road and a chord across it from south to north, east of its middle."""
    turn = np.radians(np.arange(0, 360, 10) + turn_degrees)
    ring = np.column_stack([1000 * np.cos(turn), 1000 * np.sin(turn)])
    lines = [shapely.LineString([*ring, ring[0]]), shapely.LineString([(200, -1200), (200, 1200)])]
    columns = {"source_id": ["1", "2"], "name": ["环路", "中路"], "alt_names": [(), ()], "kind": "road"}
    geometry = [PLANE.to_lonlat(line) for line in lines]
    return ReferenceMap(features=gpd.GeoDataFrame(columns, geometry=geometry, crs=4326).assign(source=0))


@pytest.mark.parametrize("turn_degrees", [0.0, 45.0, 97.0, 260.0])
@pytest.mark.parametrize(("chord", "east"), [("west", True), ("east", False)])
def test_of_two_halves_of_a_ring_road_the_words_take_theirs(
    chord: Direction, east: bool, turn_degrees: float
) -> None:
    drawn = trace({side: "中路" if side == chord else "环路" for side in ROADS}, ring_and_chord(turn_degrees))
    assert drawn.grade == "traced"
    assert drawn.polygon is not None
    half = PLANE.to_xy(drawn.polygon)
    assert (half.centroid.x > 200) == east
    # A circle's segment, less what a polygon of 36 corners lacks of it.
    whole = {True: 1000**2 * np.arccos(0.2) - 200 * np.sqrt(1000**2 - 200**2)}
    whole[False] = np.pi * 1000**2 - whole[True]
    assert half.area == pytest.approx(whole[east], rel=0.01)
    assert {edge.side for edge in drawn.edges} == set(ROADS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["swap E/W", "swap N/S", "all reversed", "rotate 1"])
def test_real_blocks_with_wrong_directions_are_never_traced(shared: Path, kind: str) -> None:
    rows = json.loads((shared / "cases" / "wrong_words.json").read_text(encoding="utf-8"))[kind]
    reference = read_reference(shared / "reference" / "shanghai_west.gpkg")
    plan = parse_plan(
        "".join(
            f"区块{n}：" + "、".join(f"{SIDE_ZH[side]}至{row['sides'][side]}" for side in RING_ORDER) + "。\n"
            for n, row in enumerate(rows, start=1)
        )
    )
    drawn = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings()).values()
    assert len(drawn) == len(rows)
    assert {d.grade for d in drawn} == {"undetermined"}
    assert all(any(reason.code == "words-denied" for reason in d.reasons) for d in drawn)
