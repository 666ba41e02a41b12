"""Roads of a numbered series without points, placed by those that have some, in made towns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import shapely

from builders import reference_map
from ftz_geo import draw, explain_block, read_points
from ftz_geo.model import LINEAR_KINDS
from ftz_geo.parse import parse_plan
from ftz_geo.place import Gazetteer
from ftz_geo.place.series import placed_by_series
from ftz_geo.wording import number_in_words, numbered
from test_place import PLANE, overlap, points_at

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ftz_geo.model import ReferenceMap

STEP_M = 800.0
ROADS = range(1, 10)
ACROSS = {"迎宾道": -400.0, "友谊道": 400.0}


def name_of(number: int) -> str:
    return f"赛达{number_in_words(number)}支路"


def x_of(number: int) -> float:
    return (number - 5) * STEP_M


def row_of_roads(
    gone: Collection[int] = (), *, noise_m: float = 20.0, across: bool = True, seed: int = 3
) -> ReferenceMap:
    """Make points of roads numbered from west to east, and of two that cross them all."""
    rng = np.random.default_rng(seed)
    rows = [
        (name_of(number), "road", (x_of(number) + off, y + rng.uniform(-200, 200)))
        for number in ROADS
        for off, y in zip(rng.normal(0, noise_m, 3), (-900, 0, 900), strict=True)
        if number not in gone
    ]
    if across:
        rows += [(name, "road", (x, y)) for name, y in ACROSS.items() for x in np.arange(-4000, 4001, 250.0)]
    return points_at(rows)


def words(west: int, east: int) -> str:
    return f"区块一：东至{name_of(east)}、南至迎宾道、西至{name_of(west)}、北至友谊道。"


@pytest.mark.parametrize(("missing", "west", "east"), [(5, 4, 5), (9, 8, 9), (10, 9, 10)])
def test_a_missing_number_is_placed_where_its_row_puts_it(missing: int, west: int, east: int) -> None:
    points = row_of_roads(gone=[missing])
    drawing = draw(parse_plan(words(west, east)), points=points)
    parcel = drawing.parcels.iloc[0]
    assert parcel["grade"] == "approximate"
    assert not parcel["area_shaped"]
    assert overlap(drawing, shapely.box(x_of(west), -400, x_of(east), 400)) > 0.85
    (told,) = (r for r, c in zip(parcel["reasons"], parcel["reason_codes"], strict=True) if c == "by-series")
    assert name_of(missing) in told
    assert name_of(missing - 1) in told
    east_edge = drawing.edges[drawing.edges["side"] == "east"]
    assert set(east_edge["method"]) == {"points"}
    x = shapely.get_coordinates(PLANE.to_xy(east_edge.geometry.to_numpy()))[:, 0]
    assert np.abs(x - x_of(east)).max() <= east_edge["uncertainty_m"].max()
    (explained,) = explain_block(parse_plan(words(west, east)), "区块一", points=points)
    (found,) = (f for f in explained.features if f.feature.name == name_of(missing))
    assert found.chosen is not None
    assert found.chosen.how == "by its numbered series"


def test_three_steps_off_nothing_is_placed() -> None:
    parcel = draw(parse_plan(words(9, 12)), points=row_of_roads()).parcels.iloc[0]
    assert parcel["grade"] == "undetermined"
    assert "by-series" not in parcel["reason_codes"]


def test_two_missing_numbers_of_one_block_are_not_drawn() -> None:
    parcel = draw(parse_plan(words(5, 6)), points=row_of_roads(gone=[5, 6])).parcels.iloc[0]
    assert parcel["grade"] == "undetermined"


def test_a_series_says_nothing_where_no_other_side_is_known() -> None:
    text = f"区块一：面积0.64平方公里，东至{name_of(5)}、南至甲道、西至乙路、北至丙道。"
    parcel = draw(parse_plan(text), points=row_of_roads(gone=[5], across=False), anchors=()).parcels.iloc[0]
    assert not any("编号" in reason for reason in parcel["reasons"])


def test_an_area_goes_before_a_series() -> None:
    text = words(4, 5).replace("：", "：面积0.64平方公里，", 1)
    parcel = draw(parse_plan(text), points=row_of_roads(gone=[5])).parcels.iloc[0]
    assert bool(parcel["area_shaped"])
    assert "by-series" not in parcel["reason_codes"]


def test_a_row_out_of_order_places_nothing() -> None:
    numbers = np.random.default_rng(1).permutation(list(ROADS))
    rows = [
        (name_of(int(number)), "road", (x_of(place), y))
        for place, number in zip(ROADS, numbers, strict=True)
        for y in (-600, 0, 600)
        if number != 5
    ]
    assert not placed_by_series(Gazetteer(points_at(rows)), [name_of(5)], PLANE).get(name_of(5))


def test_too_few_roads_to_learn_from_place_nothing() -> None:
    rows = [(name_of(n), "road", (x_of(n), y)) for n in (1, 2, 3, 5) for y in (-600, 0, 600)]
    assert placed_by_series(Gazetteer(points_at(rows)), [name_of(4)], PLANE) == {name_of(4): []}


def test_a_line_of_the_map_goes_before_the_series() -> None:
    line = shapely.LineString([(x_of(5) + 300, -2000), (x_of(5) + 300, 2000)])
    mapped = reference_map([(name_of(5), PLANE.to_lonlat(line))])
    parcel = draw(parse_plan(words(4, 5)), mapped, points=row_of_roads(gone=[5])).parcels.iloc[0]
    assert "by-series" not in parcel["reason_codes"]


@pytest.mark.slow
def test_the_stated_bands_hold_for_rows_of_every_evenness() -> None:
    held = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        xs = np.cumsum(rng.uniform(0.75, 1.25, len(ROADS))) * 500
        rows = [
            (name_of(n), "road", (x + rng.normal(0, 10), y))
            for n, x in zip(ROADS, xs, strict=True)
            for y in (-500, 0, 500)
        ]
        missing = int(rng.integers(2, 9))
        points = points_at([row for row in rows if row[0] != name_of(missing)])
        placed = placed_by_series(Gazetteer(points), [name_of(missing)], PLANE)[name_of(missing)]
        held += [abs(one.ends[:, 0].mean() - xs[missing - 1]) <= one.band_m for one in placed]
    assert len(held) > 30
    assert np.mean(held) >= 0.8


@pytest.mark.slow
def test_members_of_real_series_lie_within_what_the_others_claim(shared: Path) -> None:
    points = read_points(shared / "reference/tianjin/named_points.csv.gz")
    features = points.features[points.features["kind"].isin(list(LINEAR_KINDS))]
    features = features[[numbered(name) is not None for name in features["name"]]]
    series = defaultdict(list)
    for name in sorted(set(features["name"]))[::4]:
        own = features.loc[features["name"] == name].geometry.to_numpy()
        xy = shapely.get_coordinates(PLANE.to_xy(own))
        if np.ptp(xy, axis=0).max() <= 2000:
            before, _, after = cast("tuple[str, int, str]", numbered(name))
            series[before, after].append((name, xy))
    held = []
    # One member of every series at a time: all others of its own stay.
    for left_out in zip_longest(*series.values()):
        gone = dict(filter(None, left_out))
        others = replace(points, features=features[~features["name"].isin(list(gone))])
        placed = placed_by_series(Gazetteer(others), gone, PLANE)
        for xy, found in ((xy, found) for name, xy in gone.items() for found in placed[name]):
            away = shapely.distance(shapely.LineString(found.ends), shapely.points(xy)).mean()
            if away < 3000:
                along = (found.ends[1] - found.ends[0]) / np.hypot(*(found.ends[1] - found.ends[0]))
                off = np.abs((xy - found.ends[0]) @ np.array([-along[1], along[0]])).mean()
                held.append(bool(off <= found.band_m))
    assert len(held) > 20
    assert np.mean(held) >= 0.8
