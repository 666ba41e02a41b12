"""Axes through named points, held against curves that are known; directions of roads; what is left out."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap
from ftz_geo.place import Calibration, calibration_of, leave_one_out
from ftz_geo.place.axes import Places, axis_through, places_of
from ftz_geo.place.crowds import MOST, places_of_crowd
from ftz_geo.place.headings import Headings, headings_of
from ftz_geo.place.mates import continued
from ftz_geo.place.roads import Wanted, roads_of
from ftz_geo.place.solved import Piece, roads_through

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ftz_geo.compass import Direction
    from ftz_geo.place.axes import Axis

    XY = NDArray[np.float64]

PLANE = LocalPlane(lon=117.2, lat=39.1)
REACH_M = 300.0


def axes(xy: XY, reach_m: float = REACH_M) -> list[Axis]:
    return [axis_through(p, reach_m, None, "") for p in places_of(xy) if len(p.xy) > 1]


def same_line(one: XY, other: XY) -> float:
    """How far two lines are from each other, whichever end they begin at."""
    return float(min(np.abs(one - other).max(), np.abs(one - other[::-1]).max()))


def turned(xy: XY, angle: float) -> XY:
    cos, sin = np.cos(angle), np.sin(angle)
    there: XY = xy @ np.array([[cos, sin], [-sin, cos]])
    return there


def row(n: int, seed: int, noise_m: float = 10.0) -> XY:
    """Places along 3 km, none as far from two others."""
    rng = np.random.default_rng(seed)
    return np.column_stack([np.sort(rng.uniform(-1500, 1500, n)), rng.normal(0, noise_m, n)])


def arc(t: XY) -> XY:
    angle = t * 3000 / 1800
    return np.column_stack([1800 * np.sin(angle), 1800 * (1 - np.cos(angle))])


def wave(t: XY) -> XY:
    return np.column_stack([t * 3000, 120 * np.sin(t * 2 * np.pi)])


# --- axes -------------------------------------------------------------------------------------


@given(st.permutations(range(12)), st.integers(0, 50))
@settings(max_examples=10)
@example(tuple(reversed(range(12))), 0)
def test_the_order_of_points_does_not_matter(order: tuple[int, ...], seed: int) -> None:
    xy = row(12, seed)
    (one,), (other,) = axes(xy), axes(xy[list(order)])
    assert same_line(one.xy, other.xy) < 1e-6
    assert one.held_m == pytest.approx(other.held_m, abs=1e-6)


def test_nor_does_it_where_points_lie_on_a_grid() -> None:
    xy = np.array([(x, y) for x in range(0, 1000, 200) for y in (0, 200)], dtype=float)
    lengths = {
        round(sum(a.line.length for a in axes(xy[np.random.default_rng(seed).permutation(10)])), 3)
        for seed in range(8)
    }
    assert len(lengths) == 1


@pytest.mark.parametrize("curve", [arc, wave])
@pytest.mark.parametrize("seed", range(3))
def test_an_axis_runs_along_the_road(curve: Callable[[XY], XY], seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = shapely.LineString(curve(np.linspace(-0.2, 1.2, 2000)))
    points = curve(np.sort(rng.uniform(0, 1, 25))) + rng.normal(0, 10, (25, 2))
    (axis,) = axes(points, 0.0)
    off = shapely.distance(true, shapely.points(axis.xy))
    assert np.sqrt(np.mean(off**2)) < 12  # 25 labels, each 10 m off: the line through them is surer
    assert off.max() < 60
    there = shapely.distance(axis.line, shapely.points(curve(np.linspace(0.1, 0.9, 200))))
    assert there.max() < 60  # and nothing of the road is left out


def test_two_carriageways_give_the_middle() -> None:
    along = np.arange(0, 3000, 150.0)
    both = np.concatenate(
        [np.column_stack([along + shift, np.full_like(along, off)]) for shift, off in ((0, 14), (60, -14))]
    )
    (axis,) = axes(both, 0.0)
    assert np.abs(axis.xy[:, 1]).max() < 8
    one_side = np.column_stack([along, np.full_like(along, 14.0)])
    assert np.abs(axes(one_side, 0.0)[0].xy[:, 1] - 14).max() < 1


def test_a_name_in_two_places_far_apart_is_two_roads() -> None:
    here = row(8, 1)
    one, other = axes(np.concatenate([here, here + np.array([9000, 500])]))
    west, east = sorted((one.line, other.line), key=lambda line: line.centroid.x)
    assert west.bounds[2] < 2000
    assert east.bounds[0] > 7000
    assert len(axes(np.concatenate([here, here + np.array([5000, 0])]))) == 1  # a gap of 2 km is one road


@given(
    st.floats(-np.pi, np.pi),
    st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)),
    st.integers(2, 14),
    st.integers(0, 50),
)
@settings(max_examples=10)
@example(np.pi / 2, (0.0, 0.0), 6, 0)
def test_points_turned_and_moved_turn_and_move_the_axis(
    angle: float, by: tuple[float, float], n: int, seed: int
) -> None:
    xy = row(n, seed)
    before, after = axes(xy), axes(turned(xy, angle) + by)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert same_line(turned(one.xy, angle) + by, other.xy) < 0.01


def test_an_axis_does_not_know_where_its_plane_begins() -> None:
    xy = row(4, 0)
    by = np.array([30_000.0, 20_000.0])
    assert same_line(axes(xy)[0].xy + by, axes(xy + by)[0].xy) < 0.01


def test_two_points_give_a_straight_line_that_goes_on() -> None:
    (axis,) = axes(np.array([(100.0, 50.0), (700.0, 850.0)]), 500.0)
    assert axis.line.length == pytest.approx(2000, abs=1)
    assert axis.held_m == pytest.approx([500, 1500], abs=1)
    assert shapely.distance(shapely.LineString([(-500, -750), (1600, 2050)]), axis.line) < 1e-6
    assert axis.line.hausdorff_distance(shapely.LineString([(-200, -350), (1000, 1250)])) < 1


# --- what is no road --------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=1, max_size=15))
@settings(max_examples=25)
@example([(0, 0)])
@example([(0, 0)] * 5)
@example([(0, 0), (10, 0), (10, 0), (20, 0)])
def test_no_points_give_what_is_no_number(cells: list[tuple[int, int]]) -> None:
    xy = np.array(cells, dtype=float) * 100
    places = list(places_of(xy))
    assert sum(int(p.weight.sum()) for p in places) <= len(xy)  # off the path is no road
    for p in places:
        assert np.isfinite(p.xy).all()
    for axis in axes(xy):
        assert np.isfinite(axis.xy).all()
        assert np.isfinite(axis.held_m).all()
        assert (np.diff(axis.held_m) >= 0).all()
        for band in axis.away_m(np.linspace(0, axis.line.length, 5)):
            assert np.isfinite(band).all()


def test_points_at_one_place_are_one_place() -> None:
    (place,) = places_of(np.full((40, 2), 7.0))
    assert (place.xy.tolist(), place.weight.tolist()) == ([[7.0, 7.0]], [40.0])


def test_a_point_more_does_not_bend_a_road_that_has_it_already() -> None:
    line = np.array([(0.0, 0.0), (500.0, 0.0), (1000.0, 0.0)])
    (once,), (twice,) = axes(line), axes(np.repeat(line, 2, axis=0))
    assert same_line(once.xy, twice.xy) < 0.01


@pytest.mark.slow
def test_three_thousand_points_of_a_name_are_one_road() -> None:
    (axis,) = axes(row(3000, 0, 12.0))
    inner = axis.xy[np.abs(axis.xy[:, 0]) < 1400]
    assert np.abs(inner[:, 1]).max() < 15
    scattered = np.random.default_rng(0).uniform(0, 20_000, (3000, 2))
    assert all(np.isfinite(a.xy).all() for a in axes(scattered))


# --- directions -------------------------------------------------------------------------------


def grid_pieces(angle: float, name: str = "{}") -> list[tuple[str, XY]]:
    """Pieces of 40 m of roads 300 m apart in both directions of a grid, turned."""
    steps = np.arange(-1200, 1201, 40.0)
    roads = []
    for k in range(-3, 4):
        across = np.column_stack([steps, np.full_like(steps, 300.0 * k)])
        for d, xy in enumerate((across, across[:, ::-1])):
            line = turned(xy, angle)
            roads.append((name.format(f"{k}.{d}"), np.stack([line[:-1], line[1:]], axis=1)))
    return roads


@given(st.floats(-np.pi, np.pi), st.floats(-0.35, 0.35))
@settings(max_examples=25)
@example(0.0, 0.0)
def test_the_direction_of_a_turned_grid_is_found(angle: float, off: float) -> None:
    piece = turned(np.array([(0.0, 10.0), (40.0, 10.0)]), angle + off)
    told = Headings(grid_pieces(angle)).beside(piece, "")
    assert told is not None
    assert abs(np.angle(np.exp(1j * (told.angle - angle)))) < np.radians(0.5)
    back = Headings(grid_pieces(angle)).beside(piece[::-1], "")
    assert back is not None
    assert abs(np.angle(-np.exp(1j * (back.angle - angle)))) < np.radians(0.5)


def test_a_road_says_nothing_of_itself() -> None:
    piece = np.array([(0.0, 0.0), (40.0, 0.0)])
    alone = Headings(grid_pieces(0.0, "甲路"))
    assert alone.beside(piece, "甲路") is None
    assert alone.beside(piece, "乙路") is not None
    assert Headings([]).beside(piece, "") is None


def test_roads_far_off_or_across_say_nothing() -> None:
    headings = Headings(grid_pieces(0.0))
    assert headings.beside(np.array([(9000.0, 0.0), (9040.0, 0.0)]), "") is None
    assert headings.beside(turned(np.array([(0.0, 0.0), (40.0, 0.0)]), np.pi / 4), "") is None


def gazetteer(roads: dict[str, XY], kind: str = "road") -> ReferenceMap:
    names = [name for name, xy in roads.items() for _ in xy]
    shapes = np.array([shapely.Point(at) for xy in roads.values() for at in xy], dtype=object)
    features = gpd.GeoDataFrame(
        {
            "source_id": [f"t:{n}" for n in range(len(names))],
            "name": names,
            "alt_names": [()] * len(names),
            "kind": kind,
            "source": 0,
        },
        geometry=PLANE.to_lonlat(shapes),
        crs=4326,
    )
    return ReferenceMap(features=features, sources=({"file": "town.csv"},))


def streets(angle: float) -> dict[str, XY]:
    along = np.arange(-1500, 1501, 250.0)
    rows = {}
    for k in range(-2, 3):
        across = np.column_stack([along, np.full_like(along, 400.0 * k)])
        rows[f"东西{k + 2}街"] = turned(across, angle)
        rows[f"南北{k + 2}街"] = turned(across[:, ::-1], angle)
    return rows


@pytest.mark.parametrize("degrees", [0, 20, -30])
@pytest.mark.parametrize(("side", "upright"), [("east", True), ("north", False)])
def test_a_road_of_one_point_runs_with_the_grid(degrees: float, side: Direction, upright: bool) -> None:
    angle = np.radians(degrees)
    at = np.array([[150.0, 170.0]])
    points = gazetteer({**streets(angle), "孤独道": at})
    found = roads_of(points, {"孤独道": "孤独道"}, {"孤独道": Wanted(Counter({side: 1}), 800.0)})
    (road,) = found.by_id.values()
    step = road.axis.xy[-1] - road.axis.xy[0]
    run = np.arctan2(step[1], step[0]) - angle - (np.pi / 2 if upright else 0)
    assert abs((run + np.pi / 2) % np.pi - np.pi / 2) < np.radians(3)
    assert (
        road.axis.line.distance(shapely.Point(found.plane.to_xy(PLANE.to_lonlat(shapely.Point(at[0]))))) < 1
    )
    assert road.points == 1
    assert len(road.axis.held_m) == 1


# --- streets of one line, and pieces that areas gave -------------------------------------------


def bend(x: NDArray[np.float64]) -> XY:
    return np.column_stack([x, (x / 1500.0) ** 2 * 150])


def test_the_street_that_continues_one_tells_which_way_it_leaves() -> None:
    own, ahead = bend(np.array([0.0, 300.0])), bend(np.array([900.0, 1300.0, 1700.0]))
    wanted = {"甲乙东路": Wanted(Counter({"north": 1}), 0.0)}
    true = shapely.LineString(bend(np.linspace(0, 900, 50)))

    def off_m(others: dict[str, XY]) -> float:
        found = roads_of(gazetteer({"甲乙东路": own, **others}), {"甲乙东路": "甲乙东路"}, wanted)
        (road,) = found.by_id.values()
        assert road.points == 2
        there = found.plane.to_xy(PLANE.to_lonlat(shapely.points(true.coords)))
        return float(shapely.distance(there, road.axis.line).max())

    assert off_m({"甲乙西路": ahead}) < 15 < 30 < off_m({})


@pytest.mark.parametrize(
    "xy",
    [
        [(0.0, 400.0), (300.0, 400.0), (600.0, 400.0)],  # beside it
        [(5000.0, 0.0), (5300.0, 0.0), (5600.0, 0.0)],  # too far ahead
    ],
)
def test_what_does_not_continue_a_street_changes_nothing(xy: list[tuple[float, float]]) -> None:
    own = Places(np.array([(0.0, 0.0), (300.0, 0.0)]), np.ones(2))
    assert continued(own, [Places(np.array(xy), np.ones(3))]) is own


def test_pieces_of_one_road_serve_as_one_and_are_surer_together() -> None:
    rng = np.random.default_rng(0)
    off_m = rng.normal(0, 40, 5)
    ends = [np.array([(300 * k, off), (300 * k + 300, off)]) for k, off in enumerate(off_m)]
    pieces = [Piece("甲路", "road", xy, 80.0) for xy in ends]
    (together,) = roads_through(pieces).values()
    (alone,) = roads_through(pieces[:1]).values()
    true = shapely.LineString([(0, 0), (1500, 0)])
    assert together.band_m < alone.band_m == 80.0
    on_road = together.axis.xy[(together.axis.xy[:, 0] > 0) & (together.axis.xy[:, 0] < 1500)]
    assert shapely.distance(shapely.points(on_road), true).mean() < np.abs(off_m).mean()


# --- crowds of points -------------------------------------------------------------------------


def test_a_crowd_is_the_road_that_a_few_of_its_points_are() -> None:
    rng = np.random.default_rng(0)
    along = rng.uniform(0, 6000, 6000)
    road = np.column_stack([along, 300 * np.sin(along / 1500)]) + rng.normal(0, 8, (6000, 2))
    far = rng.normal((90_000, 0), 20, (50, 2))
    found = sorted(places_of_crowd(np.concatenate([road, far])), key=lambda places: -places.weight.sum())
    assert [places.weight.sum() for places in found] == [6000, 50]
    (few,) = axes(road[:400])
    assert few.line.hausdorff_distance(axis_through(found[0], REACH_M, None, "").line) < 60
    assert len(found[0].xy) < MOST


@pytest.mark.slow
def test_memory_does_not_grow_with_the_square_of_a_name_s_points() -> None:
    rng = np.random.default_rng(0)
    points = gazetteer({"甲路": rng.uniform(-50_000, 50_000, (20_000, 2))})
    tracemalloc.start()
    calibration_of(points)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200e6  # the distances of each from each take 1.6 GB


# --- calibration ------------------------------------------------------------------------------


def curved_roads(seed: int, points: int, noise_m: float, bend_m: float) -> dict[str, tuple[XY, XY]]:
    """Labels of roads, and the roads themselves."""
    rng = np.random.default_rng(seed)
    roads = {}
    for k in range(50):
        x, phase, wave_m = np.sort(rng.uniform(0, 6000, points)), rng.uniform(0, 6), rng.uniform(2500, 5000)
        on, xs = (np.sin(2 * np.pi * v / wave_m + phase) for v in (x, np.linspace(-3000, 9000, 2401)))
        labels = np.column_stack([x, k * 300 + bend_m * on + rng.normal(0, noise_m, points)])
        true = np.column_stack([np.linspace(-3000, 9000, 2401), k * 300 + bend_m * xs])
        turn = slice(None, None, -1 if k % 2 else 1)
        roads[f"{k:03d}号路"] = labels[:, turn], true[:, turn]
    return roads


@pytest.mark.slow
def test_bands_are_wider_farther_from_points_and_beyond_them() -> None:
    roads = curved_roads(0, 8, 12, 100)
    calibration = calibration_of(gazetteer({name: xy for name, (xy, _) in roads.items()}))
    away = np.linspace(0, 6000, 200)
    between, beyond = (calibration.band_m(away, np.full(200, out)) for out in (False, True))
    for bands in (between, beyond):
        assert (bands > 0).all()
        assert (np.diff(bands) >= 0).all()
    assert (beyond >= between).all()
    assert beyond[-1] > 2 * beyond[0]


def test_a_small_gazetteer_says_what_is_usual() -> None:
    few = calibration_of(gazetteer({"甲路": row(5, 0)}))
    none = calibration_of(gazetteer({"甲路": row(1, 0)}))
    places = calibration_of(gazetteer({"甲村": row(30, 0)}, "place"))
    assert (few.left_out, none.left_out, places.left_out) == (9, 0, 0)
    assert few._replace(left_out=0) == none == places
    assert isinstance(none, Calibration)


def test_a_gazetteer_of_two_far_regions_tells_of_both_what_each_tells() -> None:
    # So few roads that none of their points is passed over.
    here = gazetteer({name: xy for name, (xy, _) in list(curved_roads(0, 8, 12, 100).items())[:10]})
    shapes = here.features.geometry.translate(xoff=-13)
    both = pd.concat([here.features, here.features.set_geometry(shapes)], ignore_index=True)
    one, two = (leave_one_out(ReferenceMap(features=of)) for of in (here.features, gpd.GeoDataFrame(both)))
    assert abs(two["error_m"].median() / one["error_m"].median() - 1) < 0.1
    assert two["distance_m"].max() < 2 * one["distance_m"].max()


@pytest.mark.slow
def test_what_is_left_out_is_told_in_columns() -> None:
    found = leave_one_out(gazetteer({name: xy for name, (xy, _) in curved_roads(0, 6, 12, 50).items()}))
    assert list(found.columns) == ["name", "distance_m", "beyond", "error_m", "stated_m"]
    assert found["beyond"].dtype == bool
    assert len(found) > 200
    assert np.isfinite(found[["distance_m", "error_m", "stated_m"]].to_numpy()).all()
    empty = leave_one_out(gazetteer({"甲路": row(2, 0)}))
    assert list(empty.columns) == list(found.columns)
    assert empty.empty


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("points", "noise_m", "bend_m"), [(14, 12, 30), (14, 10, 60), (6, 15, 150)])
def test_the_stated_band_holds_the_true_road(points: int, noise_m: float, bend_m: float, seed: int) -> None:
    """Where a point was left out, the true curve lies within the band of the axis of the others."""
    roads = curved_roads(seed, points, noise_m, bend_m)
    calibration = calibration_of(gazetteer({name: xy for name, (xy, _) in roads.items()}))
    beside = headings_of({name: [p.xy for p in places_of(xy)] for name, (xy, _) in roads.items()})
    held = []
    for name, (labels, curve) in roads.items():
        true = shapely.LineString(curve)
        (places,) = places_of(labels)
        for k, left_out in enumerate(places.xy):
            kept = np.arange(len(places.xy)) != k
            others = Places(places.xy[kept], places.weight[kept])
            # Axes are drawn with what the roads beside tell, and calibrated so.
            axis = axis_through(others, float(np.hypot(*(others.xy - left_out).T).min()), beside, name)
            there = true.interpolate(true.project(shapely.Point(left_out)))
            at = axis.line.project(there)
            band_m = calibration.band_m(*axis.away_m(np.array([at])))[0]
            # What a label is off its road widens a band that is hardly wider than that.
            held.append(there.distance(axis.line) <= np.hypot(band_m, 7.5))
    assert 0.85 <= np.mean(held) <= 0.97


@pytest.mark.slow
def test_the_points_of_a_city_hold_what_they_state(shared: Path) -> None:
    from ftz_geo.reference import read_points

    found = leave_one_out(read_points(shared / "reference/tianjin/named_points.csv.gz"))
    within = found["error_m"] <= found["stated_m"]
    assert len(found) > 400
    assert 0.85 <= within.mean() <= 0.97
    for _, part in within.groupby(found["beyond"]):
        assert 0.8 <= part.mean() <= 0.98
