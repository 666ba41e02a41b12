"""Rings of named lines: every difficulty alone, on streets made here, then the shared cases."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo.measure import LocalPlane
from ftz_geo.model import (
    Block,
    Digitised,
    Direction,
    Feature,
    Parcel,
    Plan,
    ReferenceMap,
    Relation,
    Settings,
    Source,
    Zone,
)
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.outlines import unknot
from ftz_geo.trace.tracks import BRIDGE, track_of
from ftz_geo.trace.weave import WEAVE_M, _fitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from shapely.geometry.base import BaseGeometry

    Line: TypeAlias = Sequence[tuple[float, float]]
    Lines: TypeAlias = Mapping[str, Sequence[Line]]


PLANE = LocalPlane(lon=117.2, lat=39.0)
FOUR: Lines = {
    "东路": [[(1000, -800), (1000, 800)]],
    "北路": [[(-800, 500), (1400, 500)]],
    "西路": [[(-500, -800), (-500, 800)]],
    "南路": [[(-800, -500), (1400, -500)]],
}
BLOCK = shapely.box(-500, -500, 1000, 500)


def streets(lines: Lines) -> ReferenceMap:
    rows = [(name, shapely.LineString(line)) for name, several in lines.items() for line in several]
    features = gpd.GeoDataFrame(
        {
            "source_id": [f"w{i}" for i in range(len(rows))],
            "name": [name for name, _ in rows],
            "alt_names": [()] * len(rows),
            "kind": "road",
            "source": 0,
        },
        geometry=[PLANE.to_lonlat(line) for _, line in rows],
        crs=4326,
    )
    return ReferenceMap(features=features)


def plan_of(east: str, north: str, west: str, south: str) -> Plan:
    return parse_plan(f"区块一：东至{east}、南至{south}、西至{west}、北至{north}。")


FOUR_SIDES = plan_of(*FOUR)


def trace(plan: Plan, reference: ReferenceMap, choices: Settings | None = None) -> Digitised:
    (drawn,) = trace_parcels(plan, reference, resolve_plan(plan, reference), choices or Settings()).values()
    return drawn


def off(drawn: Digitised, truth: BaseGeometry) -> float:
    assert drawn.polygon is not None, [r.zh for r in drawn.reasons]
    return float(PLANE.to_xy(drawn.polygon).symmetric_difference(truth).area / truth.area)


def codes(drawn: Digitised) -> set[str]:
    return {reason.code for reason in drawn.reasons}


def assert_edges_are_the_ring(drawn: Digitised) -> None:
    """Hold the edges, end to end, against the polygon's ring."""
    assert isinstance(drawn.polygon, shapely.Polygon)
    assert drawn.polygon.is_valid
    assert drawn.polygon.exterior.is_ccw
    for edge, following in pairwise([*drawn.edges, drawn.edges[0]]):
        assert edge.line.coords[-1] == following.line.coords[0]
    ring = shapely.Polygon([xy for edge in drawn.edges for xy in edge.line.coords[:-1]])
    assert ring.normalize() == drawn.polygon.normalize()
    vertices = shapely.get_coordinates(PLANE.to_xy(drawn.polygon))
    assert np.hypot(*np.diff(vertices, axis=0).T).min() > 0.005


def test_a_river_on_two_sides_is_split_where_it_turns() -> None:
    bend = [(600 * np.cos(a), 600 * np.sin(a)) for a in np.linspace(np.pi * 0.9, np.pi * 1.6, 40)]
    reference = streets(
        {"海河": [bend], "东路": [[(100, -900), (100, 900)]], "北路": [[(-900, 100), (900, 100)]]}
    )
    drawn = trace(plan_of("东路", "北路", "海河", "海河"), reference)
    corner = shapely.Polygon([*bend, (900, -900), (900, 900), (-900, 900)]).intersection(
        shapely.box(-900, -900, 100, 100)
    )
    assert drawn.grade == "traced"
    assert off(drawn, corner) < 0.001
    assert_edges_are_the_ring(drawn)
    south, west = (
        shapely.union_all([e.line for e in drawn.edges if e.side == side]) for side in ("south", "west")
    )
    assert south.centroid.y < west.centroid.y
    assert south.centroid.x > west.centroid.x


def test_two_carriageways_are_drawn_along_their_middle() -> None:
    apart = {
        name: [[(x + dx, y + dy) for x, y in line] for line in lines for dx, dy in ((-10, -10), (10, 10))]
        for name, lines in FOUR.items()
    }
    drawn = trace(FOUR_SIDES, streets(apart))
    assert drawn.grade == "traced"
    assert off(drawn, BLOCK) < 0.001
    assert_edges_are_the_ring(drawn)
    for edge in drawn.edges:
        if edge.method == "on-feature":
            assert edge.source_ids


def test_lines_of_one_name_that_lie_apart_are_two_roads() -> None:
    drawn = trace(FOUR_SIDES, streets({**FOUR, "东路": [*FOUR["东路"], [(1200, -800), (1200, 800)]]}))
    assert off(drawn, BLOCK) < 0.001


def test_two_features_of_a_side_are_joined_by_the_road_between() -> None:
    lines: Lines = {
        **FOUR,
        "东路": [[(1000, -800), (1000, 100)]],
        "东二路": [[(700, -100), (700, 800)]],
        "横路": [[(600, 0), (1100, 0)]],
    }
    drawn = trace(plan_of("东路和东二路", "北路", "西路", "南路"), streets(lines))
    truth = shapely.union_all([shapely.box(-500, -500, 1000, 0), shapely.box(-500, 0, 700, 500)])
    assert drawn.grade == "inferred"
    assert off(drawn, truth) < 0.001
    assert_edges_are_the_ring(drawn)


def test_side_bends_where_other_streets_stop_at_a_missing_stretch() -> None:
    def bend(y: float) -> float:
        return 1000 + 90 * float(np.cos(np.pi * y / 1000))

    whole = [(bend(y), float(y)) for y in range(-800, 801, 50)]
    gap = [[p for p in whole if p[1] <= -350], [p for p in whole if p[1] >= 350]]
    stopping = {f"横{y}路": [[(bend(y) - 250, float(y)), (bend(y), float(y))]] for y in (-200, 0, 200)}
    truth = shapely.Polygon([(-500, 500), (-500, -500), *[(x, y) for x, y in whole if -500 <= y <= 500]])
    plain = trace(FOUR_SIDES, streets({**FOUR, "东路": gap}))
    steered = trace(FOUR_SIDES, streets({**FOUR, "东路": gap, **stopping}))
    assert plain.grade == steered.grade == "inferred"
    assert "long-bridge" in codes(steered)
    assert off(steered, truth) < 0.004 < 0.012 < off(plain, truth)
    assert_edges_are_the_ring(steered)


def test_second_block_of_the_same_sides_is_told() -> None:
    """The north road forks: which of its arms bounds the block, the words do not say."""
    fork: Lines = {**FOUR, "北路": [[(-800, 500), (1400, 500)], [(-800, 700), (1400, 700)]]}
    drawn = trace(FOUR_SIDES, streets(fork))
    assert drawn.grade == "inferred"
    assert codes(drawn) == {"another-ring"}


def test_what_does_not_meet_is_named() -> None:
    far: Lines = {**FOUR, "北路": [[(9000, 9000), (9500, 9500)]]}
    drawn = trace(FOUR_SIDES, streets(far))
    assert drawn.grade == "undetermined"
    assert codes(drawn) == {"sides-do-not-meet"}
    assert "北路" in drawn.reasons[0].zh
    assert "北路" in drawn.reasons[0].en


def test_side_that_the_text_leaves_out_is_not_drawn() -> None:
    drawn = trace(parse_plan("区块一：东至东路、南至南路、西至西路。"), streets(FOUR))
    assert drawn.polygon is None
    assert "side-not-stated" in codes(drawn)


def relation_plan(relation: Relation, offset_m: float | None) -> Plan:
    def feature(name: str, relation: Relation = "at", offset_m: float | None = None) -> Feature:
        return Feature(name=name, kind="road", relation=relation, offset_m=offset_m, span=(0, 2))

    abuttals: dict[Direction, tuple[Feature, ...]] = {
        "east": (feature("东路", relation, offset_m),),
        "south": (feature("南路"),),
        "west": (feature("西路"),),
        "north": (feature("北路"),),
    }
    parcel = Parcel(id="a-1", span=(0, 2), abuttals=abuttals)
    block = Block(id="a-1", parcels=(parcel,), span=(0, 2))
    return Plan(text="东路", source=Source(), zones=(Zone(id="a", name=None, blocks=(block,), span=(0, 2)),))


def test_offset_moves_the_side_and_is_no_trace() -> None:
    drawn = trace(relation_plan("east_of", 150.0), streets(FOUR))
    assert drawn.grade == "inferred"
    assert "offset" in {edge.method for edge in drawn.edges}
    assert off(drawn, shapely.box(-500, -500, 1150, 500)) < 0.001


def test_offset_without_metres_is_not_drawn_on_the_road() -> None:
    assert trace(relation_plan("east_of", None), streets(FOUR)).polygon is None


def test_bridge_tolerance_decides_what_is_traced() -> None:
    short: Lines = {**FOUR, "东路": [[(1000, -800), (1000, 460)]]}
    assert trace(FOUR_SIDES, streets(short)).grade == "traced"
    assert trace(FOUR_SIDES, streets(short), Settings(bridge_tolerance_m=30.0)).grade == "inferred"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 3))
@example(1, 3.0)
def test_shaken_lines_give_the_same_block(seed: int, metres: float) -> None:
    rng = np.random.default_rng(seed)
    cut = {
        name: [
            list(pairwise(np.linspace(line[0], line[1], 9).tolist()))[k] for line in lines for k in range(8)
        ]
        for name, lines in FOUR.items()
    }
    shaken = {
        name: [[tuple(p) for p in np.array(piece) + rng.uniform(-metres, metres, (2, 2))] for piece in pieces]
        for name, pieces in cut.items()
    }
    drawn = trace(FOUR_SIDES, streets(shaken))
    assert drawn.grade == "traced"
    assert off(drawn, BLOCK) < 0.02
    assert_edges_are_the_ring(drawn)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0.1, 0.9), st.floats(-40, 40)), max_size=4),
)
@example([(0, 0.5, 30.0)])
def test_spikes_leave_the_polygon_as_it_was(spikes: list[tuple[int, float, float]]) -> None:
    corners = np.array([(0, 0), (900, 0), (900, 900), (0, 900)], dtype=float)
    xy: list[np.ndarray] = []
    for side in range(4):
        a, b = corners[side], corners[(side + 1) % 4]
        xy.append(a)
        outward = np.array([(b - a)[1], -(b - a)[0]]) / 900
        for _, share, length in sorted(s for s in spikes if s[0] == side):
            foot = a + share * (b - a)
            xy += [foot, foot + length * outward, foot]
    assert unknot(np.array(xy)).area == pytest.approx(810_000, rel=1e-9)


def test_synthetic_cases(shared: Path) -> None:
    truth = gpd.read_file(shared / "cases" / "synthetic_blocks.geojson")
    lines = gpd.read_file(shared / "cases" / "synthetic_lines.geojson").to_crs(4326)
    for row in truth.to_crs(4326).itertuples():
        own = lines[lines["case"] == row.case].reset_index(drop=True)
        reference = ReferenceMap(
            features=gpd.GeoDataFrame(
                {"source_id": own.index.astype(str), "name": own["name"], "kind": "road", "source": 0},
                geometry=own.geometry,
            ).assign(alt_names=[()] * len(own))
        )
        drawn = trace(plan_of(row.east, row.north, row.west, row.south), reference)
        assert drawn.polygon is not None
        overlap = drawn.polygon.intersection(row.geometry).area / drawn.polygon.union(row.geometry).area
        assert overlap >= 0.995, row.case
        assert_edges_are_the_ring(drawn)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "wanted"),
    [(("--shake", "3"), 0.99), (("--missing", "0.1"), 0.9), (("--missing", "0.25"), 0.75)],
)
def test_what_is_traced_on_a_damaged_map_is_right(
    shared: Path, tmp_path: Path, damage: tuple[str, str], wanted: float
) -> None:
    """Of what is graded traced, 99 of 100 are hits, however much of the map is missing."""
    cases, damaged = shared / "cases", tmp_path / "map.gpkg"
    command: list[str | Path] = [
        sys.executable,
        cases / "damage.py",
        shared / "reference" / "shanghai_west.gpkg",
        damaged,
    ]
    subprocess.run([*command, *damage, "--seed", "2"], check=True, capture_output=True)
    truth = gpd.read_file(cases / "shanghai_west_blocks.geojson")
    plan = parse_plan((cases / "shanghai_west_blocks.txt").read_text(encoding="utf-8"))
    reference = read_reference(damaged)
    drawn = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings()).values()
    plane = LocalPlane.around(truth.geometry.to_numpy())
    inner = plane.to_xy(truth.geometry.to_numpy())
    outer = plane.to_xy(shapely.from_wkt(truth["outer"].to_numpy()))
    hit = []
    for d, i, o in zip(drawn, inner, outer, strict=True):
        found = shapely.Polygon() if d.polygon is None else plane.to_xy(d.polygon)
        wrong = found.difference(o.buffer(2)).area + i.buffer(-2).difference(found).area
        hit.append(wrong <= 0.05 * i.area)
        if d.polygon is not None:
            assert_edges_are_the_ring(d)
    traced = [h for h, d in zip(hit, drawn, strict=True) if d.grade == "traced"]
    assert np.mean(hit) >= wanted
    assert len(traced) >= 10  # of 150: a share of nothing would say nothing
    assert np.mean(traced) >= 0.99


def test_a_neighbour_whose_tip_just_reaches_the_surroundings_is_cropped() -> None:
    far = 100 + 10 * WEAVE_M  # the corner of what a block of 100 m looks at
    tip = np.nextafter(far, 0)
    pointed = shapely.Polygon([(tip, tip), (far + 100, far + 50), (far + 50, far + 100)])
    strips = np.array([[shapely.box(90, 0, 110, 100)]] * 2, dtype=object)
    fitted = _fitted(shapely.box(0, 0, 100, 100), [shapely.box(95, 0, 200, 100), pointed], strips)
    assert fitted.equals(shapely.box(0, 0, 95, 100))


def test_carriageways_that_join_where_the_map_breaks_off_are_bridged_to_what_follows() -> None:
    lines = shapely.from_wkt(
        ["LINESTRING (0 0, 280 0)", "LINESTRING (500 0, 560 8, 900 8)", "LINESTRING (500 0, 560 -8, 900 -8)"]
    )
    track = track_of(mapped_of(lines, np.array(["a", "b", "c"], dtype=object), centred=False))
    bridges = track.lines[track.kind == BRIDGE]
    assert shapely.LineString([(280, 0), (500, 0)]).normalize() in [line.normalize() for line in bridges]


def test_a_sliver_within_its_neighbour_stays_as_it_was_drawn() -> None:
    sliver = shapely.box(10, 10, 12, 40)
    strips = np.array([[sliver], [sliver]], dtype=object)
    assert _fitted(sliver, [shapely.box(0, 0, 100, 100)], strips) is sliver
    askew = shapely.box(98, 0, 103, 90)
    assert _fitted(askew, [shapely.box(0, 0, 100, 100), shapely.box(101, 0, 200, 100)], strips) is askew


def test_a_gap_that_opens_wide_is_not_filled_halfway() -> None:
    """Half a wedge would leave a jog across it in the middle of an edge."""
    block, other = shapely.box(0, 0, 200, 100), shapely.Polygon([(0, 0), (0, -90), (200, -90), (200, -40)])
    strips = np.array([[shapely.box(0, -50, 200, 50)]] * 2, dtype=object)
    assert _fitted(block, [other], strips).equals(block)
    beside = shapely.Polygon([(0, -6), (0, -90), (200, -90), (200, -6)])
    assert _fitted(block, [beside], strips).equals(shapely.box(0, -6, 200, 100))
