"""One line in the place of lines side by side: carriageways, slip roads, lines that part and meet."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import substring

from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels
from ftz_geo.trace.carriageways import ROAD_WIDTH_M
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.tracks import Run, track_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ftz_geo.model import Digitised
    from ftz_geo.trace.tracks import Track

PLANE = LocalPlane(lon=117.2, lat=39.0)


def track(*lines: Sequence[tuple[float, float]]) -> Track:
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    ids = np.array([f"w{k}" for k in range(len(lines))], dtype=object)
    return track_of(mapped_of(shapes, ids, centred=True))


def traced(text: str, lines: Mapping[str, Sequence[Sequence[tuple[float, float]]]]) -> list[Digitised]:
    rows = [(name, shapely.LineString(line)) for name, several in lines.items() for line in several]
    features = gpd.GeoDataFrame(
        {
            "source_id": [f"{name}{i}" for i, (name, _) in enumerate(rows)],
            "name": [name for name, _ in rows],
            "alt_names": [()] * len(rows),
            "kind": "road",
        },
        geometry=[PLANE.to_lonlat(line) for _, line in rows],
        crs=4326,
    )
    plan, reference = parse_plan(text), ReferenceMap(features=features)
    return list(trace_parcels(plan, reference, resolve_plan(plan, reference), Settings()).values())


def test_two_carriageways_become_their_middle_and_keep_both_sources() -> None:
    found = track([(0, 0), (1000, 0)], [(0, 24), (1000, 24)])
    (line,) = found.map.lines
    assert shapely.hausdorff_distance(line, shapely.LineString([(0, 12), (1000, 12)])) < 0.01
    run = Run(0, 100, 900)
    assert set(found.source_ids(run, found.stretch(run))) == {"w0", "w1"}
    assert found.near_m2(run) == pytest.approx(800 * 12, rel=0.01)


@pytest.mark.parametrize("apart", [ROAD_WIDTH_M + 1, 300.0])
def test_lines_farther_apart_than_a_road_is_wide_stay_as_they_are(apart: float) -> None:
    lines = [[(0.0, 0.0), (1000.0, 0.0)], [(0.0, apart), (1000.0, apart)]]
    found = track(*lines)
    assert not found.map.centred
    assert {line.wkt for line in found.map.lines} == {shapely.LineString(line).wkt for line in lines}


@settings(max_examples=25, deadline=None)
@given(
    half_m=st.floats(2, 15),
    radius_m=st.floats(250, 2000),
    cuts=st.lists(st.tuples(st.booleans(), st.floats(0.05, 0.95)), max_size=5),
    seed=st.integers(0, 1000),
)
def test_the_middle_of_a_bend_is_the_line_it_was_made_from(
    half_m: float, radius_m: float, cuts: list[tuple[bool, float]], seed: int
) -> None:
    """However the carriageways are cut, ordered and directed."""
    turn = np.linspace(0, 1000 / radius_m, 200)
    arc = radius_m * np.stack([np.sin(turn), 1 - np.cos(turn)], axis=1)
    out = np.stack([np.sin(turn), -np.cos(turn)], axis=1)
    ways = []
    for is_outer in (False, True):
        whole = shapely.LineString(arc + (half_m if is_outer else -half_m) * out)
        at = sorted({0.0, 1.0, *(share for outer, share in cuts if outer == is_outer)})
        ways += [substring(whole, a, b, normalized=True) for a, b in pairwise(at)]
    rng = np.random.default_rng(seed)
    ways = [ways[k].reverse() if rng.random() < 0.5 else ways[k] for k in rng.permutation(len(ways))]
    (line,) = track(*([(x, y) for x, y in way.coords] for way in ways)).map.lines
    truth = shapely.LineString(arc)
    assert shapely.hausdorff_distance(shapely.segmentize(line, 5), shapely.segmentize(truth, 5)) < 1.5


def test_a_road_that_parts_and_joins_again_is_one_line_through_the_forks() -> None:
    found = track(
        [(0, 0), (300, 0)],
        [(300, 0), (340, 10), (660, 10), (700, 0)],
        [(300, 0), (340, -10), (660, -10), (700, 0)],
        [(700, 0), (1000, 0)],
    )
    (line,) = found.map.lines
    assert shapely.hausdorff_distance(line, shapely.LineString([(0, 0), (1000, 0)])) < 5
    assert len(found.map.loose.xy) == 2


def test_what_joins_two_carriageways_leaves_no_trace() -> None:
    """Places to turn round, and two that join where the road goes on."""
    found = track(
        [(0, 0), (400, 0)],
        [(400, 0), (1000, 0)],
        [(0, 20), (400, 20)],
        [(400, 20), (1000, 20)],
        [(400, 0), (400, 20)],
        [(1000, 0), (1000, 20)],
    )
    (line,) = found.map.lines
    middle = shapely.LineString([(0, 10), (1000, 10)])
    assert line.length == pytest.approx(1000, abs=15)
    assert max(middle.distance(shapely.Point(xy)) for xy in line.coords) < 1


def test_where_one_carriageway_is_missing_the_other_keeps_its_distance() -> None:
    found = track([(0, 0), (1000, 0)], [(0, 20), (400, 20)], [(600, 20), (1000, 20)])
    (line,) = found.map.lines
    assert shapely.hausdorff_distance(line, shapely.LineString([(0, 10), (1000, 10)])) < 0.5


def test_a_side_street_of_the_same_name_stays_joined_to_the_middle() -> None:
    found = track([(0, 0), (500, 0), (1000, 0)], [(0, 20), (1000, 20)], [(500, 0), (500, -400)])
    ends = shapely.get_coordinates(shapely.get_point(found.map.lines[:, None], [0, -1]))
    assert len(found.map.lines) == 3
    assert any(np.hypot(*(end - (500, 10))) < 0.1 for end in ends)
    assert len(found.map.loose.xy) == 3  # both ends of the road, and that of the street


def test_of_four_lines_the_near_ones_make_a_road() -> None:
    """A road with service roads, 44 m across in all: each block has its own two lines."""
    found = track(*([(0.0, y), (1000.0, y)] for y in (0.0, 12.0, 32.5, 44.5)))
    assert sorted(round(float(line.centroid.y), 1) for line in found.map.lines) == [6.0, 38.5]


def test_a_street_that_ends_at_the_near_carriageway_meets_the_middle() -> None:
    """Two blocks on either side of it have that corner in common, and the road's middle as their edge."""
    lines = {
        "南路": [[(-100, 0), (1100, 0)], [(-100, -24), (1100, -24)]],
        "北路": [[(-100, 500), (1100, 500)]],
        "西路": [[(0, -200), (0, 600)]],
        "中路": [[(400, 0), (400, 600)]],
        "东路": [[(1000, -200), (1000, 600)]],
    }
    one, two = traced(
        "区块一：东至中路、南至南路、西至西路、北至北路。区块二：东至东路、南至南路、西至中路、北至北路。",
        lines,
    )
    truths = (shapely.box(0, -12, 400, 500), shapely.box(400, -12, 1000, 500))
    for drawn, truth in zip((one, two), truths, strict=True):
        assert drawn.grade == "traced"
        assert drawn.polygon is not None
        assert not [edge for edge in drawn.edges if edge.method != "on-feature"]
        assert PLANE.to_xy(drawn.polygon).symmetric_difference(truth).area < 10
    assert one.polygon is not None
    assert two.polygon is not None
    assert one.polygon.intersection(two.polygon).length == pytest.approx(
        PLANE.to_lonlat(shapely.LineString([(400, -12), (400, 500)])).length, rel=1e-6
    )


def test_a_block_ends_at_the_near_line_where_a_road_parts_widely() -> None:
    """The far line is shorter; between the two lies what the road encloses, not the block."""
    near = [(200, 0), (260, 80), (740, 80), (800, 0)]
    lines = {
        "南路": [[(-100, 0), (200, 0)], [(200, 0), (800, 0)], near, [(800, 0), (1100, 0)]],
        "北路": [[(-100, 600), (1100, 600)]],
        "西路": [[(0, -100), (0, 700)]],
        "东路": [[(1000, -100), (1000, 700)]],
    }
    (drawn,) = traced("区块一：东至东路、南至南路、西至西路、北至北路。", lines)
    assert drawn.polygon is not None
    truth = shapely.box(0, 0, 1000, 600).difference(shapely.Polygon(near))
    assert PLANE.to_xy(drawn.polygon).symmetric_difference(truth).area < 10


def test_nothing_of_a_citys_roads_is_lost_and_nothing_is_made_up(shared: Path) -> None:
    """Every road of Shanghai lies within a road's width of its centre lines, and they of it."""
    features = read_reference(shared / "reference" / "shanghai_west.gpkg").features
    names = features["name"].to_numpy()
    shapes = LocalPlane.around(features.geometry.to_numpy()[:100]).to_xy(features.geometry.to_numpy())
    wide = shorter = 0
    for name in sorted(set(names) - {""}):
        lines = shapes[(names == name) & (shapely.get_dimensions(shapes) == 1)]
        found = mapped_of(lines, np.array([str(k) for k in range(len(lines))], dtype=object), centred=True)
        road, middle = shapely.union_all(lines), shapely.union_all(found.lines)
        assert shapely.segmentize(road, 10).hausdorff_distance(middle) <= 2 * ROAD_WIDTH_M, name
        off = shapely.distance(shapely.points(shapely.get_coordinates(shapely.segmentize(middle, 10))), road)
        assert off.max() <= ROAD_WIDTH_M, name
        if found.centred:
            wide += 1
            shorter += middle.length < 1.02 * road.length
    assert wide > 50
    assert shorter == wide


def test_a_road_goes_on_over_a_crossing_where_only_one_carriageway_has_a_line() -> None:
    found = track(
        [(-20, 12), (-400, 12)],
        [(-20, 12), (-40, -12), (-400, -12)],
        [(20, 12), (400, 12)],
        [(20, 12), (40, -12), (400, -12)],
        [(-20, 12), (20, 12)],
    )
    (line,) = shapely.get_parts(shapely.line_merge(shapely.union_all(found.map.lines)))
    step = np.diff(shapely.get_coordinates(shapely.simplify(line, 0.1)), axis=0)
    heading = np.degrees(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
    assert line.length < 850
    assert np.abs(np.diff(heading)).max() < 60  # no spur, no jog


@pytest.mark.parametrize("x", [(1, 0), (-1, 0), (0, 1), (0, -1)])
@pytest.mark.parametrize("y", [1, -1])
def test_centre_lines_turn_with_the_map(x: tuple[int, int], y: int) -> None:
    turned = np.array([x, (-y * x[1], y * x[0])]).T
    lines = [
        [(0, 0), (430, 30), (900, 0), (960, 40), (880, 60), (420, 52), (0, 20)],
        [(430, 30), (450, -300)],
        [(200, 14), (215, 200)],
        [(-500, 5), (-10, 12)],
        [(-500, 25), (-200, 29), (-14, 16)],
    ]
    found = shapely.union_all(track(*lines).map.lines)
    other = shapely.union_all(track(*([tuple(turned @ at) for at in line] for line in lines)).map.lines)
    back = shapely.transform(other, lambda xy: xy @ turned)
    assert shapely.hausdorff_distance(found, back) < 0.01
