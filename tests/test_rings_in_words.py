"""Blocks whose roads the text names in order and without directions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo import draw
from ftz_geo.model import ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels
from test_directions import PLANE, grid, ring_and_chord

if TYPE_CHECKING:
    from pathlib import Path

    from ftz_geo.model import Digitised


def trace(text: str, reference: ReferenceMap) -> Digitised:
    plan = parse_plan(f"区块一：{text}。")
    return trace_parcels(plan, reference, resolve_plan(plan, reference), Settings())[plan.parcels[0].id]


@pytest.mark.parametrize(
    "text",
    [
        "由甲路、乙路、丙路、丁路围合的区域",
        "面积0.48平方公里，由乙路、甲路、丁路、丙路围合的区域",
        "丁路—甲路—乙路—丙路合围",
        "四至范围为甲路—乙路—丙路—丁路—甲路",
    ],
)
def test_the_order_of_names_is_the_evidence_and_runs_either_way(text: str) -> None:
    drawn = trace(text, grid(30))
    assert drawn.grade == "traced"
    assert drawn.polygon is not None
    assert PLANE.to_xy(drawn.polygon).area == pytest.approx(800 * 600, rel=1e-6)
    assert {edge.feature: edge.side for edge in drawn.edges} == {
        "甲路": "east",
        "乙路": "north",
        "丙路": "west",
        "丁路": "south",
    }


def test_names_in_an_order_in_which_the_roads_do_not_meet_enclose_nothing() -> None:
    assert trace("由甲路、丙路、乙路、丁路围合的区域", grid()).grade == "undetermined"


def test_a_name_that_is_missing_is_told_without_a_direction() -> None:
    drawn = trace("由甲路、乙路、戊路、丁路围合的区域", grid())
    assert drawn.grade == "undetermined"
    assert [reason.zh for reason in drawn.reasons] == ["底图上没有“戊路”"]


def test_two_roads_that_enclose_two_blocks_are_not_sure_which_is_meant() -> None:
    drawn = trace("由环路、中路围合的区域", ring_and_chord(0.0))
    assert drawn.grade == "inferred"
    assert [reason.code for reason in drawn.reasons] == ["another-ring"]
    drawn_areas = np.pi * 1000**2 - (1000**2 * np.arccos(0.2) - 200 * np.sqrt(1000**2 - 200**2))
    assert drawn.polygon is not None
    assert PLANE.to_xy(drawn.polygon).area in (
        pytest.approx(drawn_areas, rel=0.01),
        pytest.approx(np.pi * 1000**2 - drawn_areas, rel=0.01),
    )


def test_two_roads_that_meet_twice_enclose_one_block() -> None:
    angle = np.radians(np.arange(0, 181, 10))
    bow = np.column_stack([500 * np.cos(angle), 400 * np.sin(angle)])
    lines = [shapely.LineString(bow), shapely.LineString(bow * (1, -0.5))]
    columns = {"source_id": ["1", "2"], "name": ["中华路", "人民路"], "alt_names": [(), ()], "kind": "road"}
    reference = ReferenceMap(
        features=gpd.GeoDataFrame(columns, geometry=list(map(PLANE.to_lonlat, lines)), crs=4326).assign(
            source=0
        )
    )
    drawn = trace("由中华路、人民路围合而成", reference)
    assert drawn.grade == "traced"
    assert drawn.polygon is not None
    assert PLANE.to_xy(drawn.polygon).area == pytest.approx(
        sum(shapely.Polygon(line).area for line in lines), rel=1e-6
    )


@pytest.mark.slow
@given(st.integers(3, 16), st.booleans(), st.integers(0, 15))
def test_a_ring_of_many_roads_is_drawn_wherever_the_text_begins(count: int, back: bool, first: int) -> None:
    angle = 2 * np.pi * np.arange(count) / count
    corners = np.column_stack([900 * np.cos(angle), 900 * np.sin(angle)])
    over = 0.2 * (np.roll(corners, -1, axis=0) - corners)  # roads go on beyond their crossings
    lines = [
        PLANE.to_lonlat(shapely.LineString([start - way, start + 6 * way]))
        for start, way in zip(corners, over, strict=True)
    ]
    names = [f"{letter}州路" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"[:count]]
    columns = {"source_id": names, "name": names, "alt_names": [()] * count, "kind": "road"}
    reference = ReferenceMap(features=gpd.GeoDataFrame(columns, geometry=lines, crs=4326).assign(source=0))
    told = np.roll(names, first).tolist()[:: -1 if back else 1]
    drawn = trace(f"由{'、'.join(told)}围合的区域", reference)
    assert drawn.grade == "traced"
    assert drawn.polygon is not None
    assert PLANE.to_xy(drawn.polygon).area == pytest.approx(shapely.Polygon(corners).area, rel=1e-6)


@pytest.mark.slow
def test_real_blocks_told_as_rings_are_the_ones_told_by_their_sides(shared: Path) -> None:
    text = (shared / "cases" / "shanghai_west_blocks.txt").read_text(encoding="utf-8")
    reference = read_reference(shared / "reference" / "shanghai_west.gpkg")
    sides = parse_plan(text)
    rings = parse_plan(
        "".join(
            f"区块{n}：由{'、'.join(feature.name for _, feature in parcel.bounds())}围合的区域。\n"
            for n, parcel in enumerate(sides.parcels, start=1)
        )
    )
    told, unsaid = (draw(plan, reference).parcels for plan in (sides, rings))
    assert len(unsaid) == len(told)
    assert unsaid["grade"].isin(["traced", "inferred"]).all()
    same = shapely.area(shapely.symmetric_difference(told.geometry.to_numpy(), unsaid.geometry.to_numpy()))
    assert np.mean(same < 0.01 * shapely.area(told.geometry.to_numpy())) >= 0.98
    assert not re.search("东至|南至|西至|北至", "".join(r for row in unsaid["reasons"] for r in row))
