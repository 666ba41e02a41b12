"""What the audit finds by trees and shortcuts is what looking at everything finds."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from ftz_geo.check import run_checks
from ftz_geo.check.along import _near, pieces_of
from ftz_geo.check.case import ZoneCase, read_case
from ftz_geo.check.comparison import comparisons, swapped
from ftz_geo.check.figures import Sum, other_units
from ftz_geo.check.relations import _along_roads, _doubtful, _is_reversed
from ftz_geo.check.shapes import _is_moved, _twins
from ftz_geo.compass import OPPOSITE
from ftz_geo.frame import Drawing, edges_frame
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Area, Plan, Settings
from ftz_geo.parse import parse_plan

pytestmark = pytest.mark.slow
PLANE = LocalPlane(lon=117.15, lat=39.0)
NUMERALS = "一二三四五六七八九"
Chance = np.random.Generator
seeds = st.integers(0, 10_000)


def town(chance: Chance, unit_m: float = 1000.0) -> tuple[Plan, Drawing]:
    """Nine blocks between four roads each way, some of them shifted, with areas between those of all."""
    blocks, shapes = [], []
    for n in range(9):
        i, j = divmod(n, 3)
        sides = f"东至竖{i + 1}路、南至横{j}路、西至竖{i}路、北至横{j + 1}路"
        stated = chance.choice([0.25, 0.49, 0.64, 0.81])
        blocks.append(f"区块{NUMERALS[n]}：面积{stated:.2f}平方公里，{sides}。")
        side = unit_m * chance.choice([0.5, 0.7, 0.8, 0.9])
        x, y = np.array([i, j]) * unit_m + chance.choice([0, 0, 1.5 * unit_m, -unit_m], 2)
        corners = shapely.get_coordinates(shapely.box(x, y, x + side, y + side))[:-1]
        shapes.append(shapely.Polygon(corners + chance.uniform(-9, 9, corners.shape)))
    plan = parse_plan("甲片区总面积5平方公里，分为九个区块，分别为：\n" + "\n".join(blocks))
    return plan, drawing_of(plan, shapes)


def drawing_of(plan: Plan, shapes: Sequence[BaseGeometry]) -> Drawing:
    ids = [parcel.id for parcel in plan.parcels]
    frame = gpd.GeoDataFrame(
        {"grade": "surveyed"}, geometry=[PLANE.to_lonlat(s) for s in shapes], index=ids, crs="EPSG:4326"
    )
    return Drawing(parcels=frame, edges=edges_frame({}))


def zone_of(seed: int) -> ZoneCase:
    plan, drawing = town(np.random.default_rng(seed))
    return read_case(plan, drawing, Settings(boundary_tolerance_m=20), {}, {}).zones[0]


@settings(max_examples=25)
@given(seeds)
@example(0)
def test_areas_that_fit_each_other(seed: int) -> None:
    zone = zone_of(seed)
    pairs = combinations([c for c in comparisons(zone) if c.fails], 2)
    assert list(swapped(zone)) == [(a, b) for a, b in pairs if a.fits(b) and b.fits(a)]


@settings(max_examples=25)
@given(seeds)
@example(0)
def test_no_pair_on_the_wrong_sides_of_a_road_is_left_out(seed: int) -> None:
    along = _along_roads(list(zone_of(seed).drawn))
    for (name, direction), ones in along.items():
        side = OPPOSITE[direction]
        others = along.get((name, side), [])
        doubtful = _doubtful(ones, side, others)
        for one, _ in ones:
            across = [other.parcel.id for other, _ in doubtful.get(one.parcel.id, ())]
            wrong = [other.parcel.id for other, _ in others if _is_reversed(one.xy, side, other.xy)]
            assert set(wrong) <= set(across)
            assert across == [other.parcel.id for other, _ in others if other.parcel.id in across]


@given(seeds)
@example(0)
def test_the_first_shape_that_another_repeats(seed: int) -> None:
    chance = np.random.default_rng(seed)
    corners = np.array([(0, 0), (200, 0), (100, 200)])
    models = [corners + chance.uniform(0, 100, (3, 2)) for _ in range(3)]
    shapes: list[BaseGeometry] = []
    for _ in range(12):
        drawn = shapely.Polygon(models[chance.integers(3)] + chance.uniform(-0.04, 0.04, (3, 2)))
        shapes.append(shapely.affinity.translate(drawn, *chance.choice([0, 0.5, 3000], 2)))
    rings = [shapely.get_coordinates(shapely.normalize(shape)) for shape in shapes]
    expected = [
        next((j for j in range(i) if _is_moved(rings[j], ring)), None) for i, ring in enumerate(rings)
    ]
    assert _twins(shapes) == expected


@given(seeds)
@example(0)
def test_the_nearest_piece_of_a_long_road(seed: int) -> None:
    chance = np.random.default_rng(seed)
    road = shapely.LineString(np.cumsum(chance.uniform(-100, 110, (300, 2)), axis=0))
    others = shapely.MultiPoint(chance.uniform(-2000, 2000, (3, 2)))
    block = shapely.box(*chance.uniform(-2000, 0, 2), *chance.uniform(0, 2000, 2))
    points = shapely.points(chance.uniform(block.bounds[:2], block.bounds[2:], (50, 2)))
    near = _near(shapely.STRtree(pieces_of([road, others])), block)
    whole = shapely.union_all([road, others])
    np.testing.assert_array_equal(shapely.distance(points, near), shapely.distance(points, whole))


@given(
    st.lists(st.sampled_from(["1", "1.5", "2.25", "100公顷", "150公顷", "1500亩"]), min_size=1, max_size=5),
    seeds,
)
@example(["1", "1.5"], 100)
def test_the_one_figure_whose_unit_is_wrong(parts: list[str], hundredths: int) -> None:
    def area(words: str) -> Area:
        number = words.rstrip("公顷亩")
        return Area(text=words, value=Decimal(number), unit=words[len(number) :] or "平方公里", span=(0, 0))

    added = Sum(total=area(f"{Decimal(hundredths) / 100}"), parts=tuple(map(area, parts)))
    explained = set()
    for i, figure in enumerate((added.total, *added.parts)):
        for unit in other_units(figure.unit):
            figures = [added.total, *added.parts]
            figures[i] = replace(figure, unit=unit)
            reread = Sum(total=figures[0], parts=tuple(figures[1:]))
            if abs(reread.difference_km2) <= min(reread.limit_km2, added.limit_km2):
                explained.add((i, figures[i].km2))
    expected = added.severity not in (None, "note") and len(explained) == 1
    assert (added.misread is not None) == expected


def test_a_gap_is_the_same_whoever_else_is_on_the_map() -> None:
    sides = "东至甲路、南至乙路、西至丙路、北至丁路"
    plan = parse_plan("\n".join(f"区块{n}：{sides.replace('路', f'{n}路')}。" for n in NUMERALS[:4]))
    near = [shapely.box(0, 0, 300, 310), shapely.box(302, 5, 600, 320)]
    found = []
    for far_m in (5_000, 9_000):
        far = [shapely.affinity.rotate(shapely.box(far_m, 0, far_m + 200, 210), 3)]
        far.append(shapely.affinity.translate(far[0], 203, 5))
        found.append(run_checks(plan, drawing_of(plan, [*near, *far])).findings)
    gaps = [[f for f in findings if f.check == "gap"] for findings in found]
    first, third = plan.parcels[0].id, plan.parcels[2].id
    assert [[f.parcel_id for f in own] for own in gaps] == [[first, third]] * 2
    areas = [float(own[0].measured_km2 or 0) for own in gaps]
    assert areas[0] == pytest.approx(areas[1], rel=1e-5)
    assert areas[0] == pytest.approx(600e-6, rel=0.1)
