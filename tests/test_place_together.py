"""Named points and a map of lines together: each says what the other cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from builders import reference_map
from ftz_geo import draw, explain_block
from ftz_geo.parse import parse_plan
from test_place import (
    ACROSS,
    PLANE,
    SIDES,
    UP,
    at_m,
    drawn,
    edges_on,
    lines,
    off_m,
    on_road,
    overlap,
    points_at,
    town,
    true_block,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import ReferenceMap

EAST = SIDES["east"]
AWAY_M = 12_000.0
"""How far east another town lies, of which every road has the same name."""


def streets(name: str, east_m: float = 0.0) -> tuple[str, BaseGeometry]:
    line = shapely.LineString(on_road(name, [-2000, 2000]) + np.array([east_m, 0.0]))
    return name, PLANE.to_lonlat(line)


def two_towns(names: Sequence[str]) -> ReferenceMap:
    return reference_map([streets(name, east_m) for east_m in (0.0, AWAY_M) for name in names])


def centre_x(drawing: Drawing) -> float:
    return float(PLANE.to_xy(drawing.parcels.geometry.iloc[0]).centroid.x)


# --- which of two roads of one name -----------------------------------------------------------


@pytest.mark.parametrize("east_m", [0.0, AWAY_M])
def test_points_of_a_side_that_the_map_lacks_tell_which_town_is_meant(east_m: float) -> None:
    mapped = two_towns([name for name in SIDES.values() if name != EAST])
    assert "tied" in draw(parse_plan(words()), mapped).parcels["reason_codes"].iloc[0]
    points = points_at([(EAST, "road", (at_m(EAST) + east_m, y)) for y in (-700, 100, 900)])
    parcel = (drawing := drawn(words(), points, mapped)).parcels.iloc[0]
    assert parcel["grade"] == "approximate"
    assert abs(centre_x(drawing) - east_m) < 50
    told = [r for r, code in zip(parcel["reasons"], parcel["reason_codes"], strict=True) if code == "points"]
    assert len(told) == 3
    assert all(EAST in reason for reason in told)
    assert "tied" not in parcel["reason_codes"]


@pytest.mark.parametrize("east_m", [0.0, AWAY_M])
def test_an_address_at_a_crossing_tells_which_town_is_meant(east_m: float) -> None:
    mapped = two_towns(list(SIDES.values()))
    at = (at_m(EAST) + east_m, at_m(SIDES["north"]))
    points = points_at([(EAST, "road", at), (SIDES["north"], "road", at)])
    drawing = drawn(words(), points, mapped)
    parcel = drawing.parcels.iloc[0]
    assert abs(centre_x(drawing) - east_m) < 1
    assert set(parcel["reason_codes"]) == {"points"}
    assert parcel["grade"] != "traced"
    assert all(f"{EAST}与{SIDES['north']}路口" in reason for reason in parcel["reasons"])
    (told,) = explain_block(parse_plan(words()), "区块一", mapped, points=points)
    assert {d.code for f in told.features for d in f.doubts} == {"points"}


def test_points_of_two_places_that_are_no_crossing_leave_a_tie() -> None:
    mapped = two_towns(list(SIDES.values()))
    points = points_at([(EAST, "road", (at_m(EAST), 0)), (SIDES["north"], "road", (0, at_m(SIDES["north"])))])
    assert "tied" in drawn(words(), points, mapped).parcels["reason_codes"].iloc[0]


def test_points_far_off_do_not_outweigh_what_the_map_closes() -> None:
    mapped = reference_map([*map(streets, SIDES.values()), streets(EAST, AWAY_M)])
    alone = draw(parse_plan(words()), mapped)
    at = (at_m(EAST) + AWAY_M, at_m(SIDES["north"]))
    both = drawn(words(), points_at([(EAST, "road", at), (SIDES["north"], "road", at)]), mapped)
    assert both.parcels["grade"].tolist() == alone.parcels["grade"].tolist() == ["traced"]
    assert both.parcels.geometry.geom_equals_exact(alone.parcels.geometry, 0).all()


# --- where a line breaks off ------------------------------------------------------------------


def cut(name: str, end_m: float) -> ReferenceMap:
    """Make the map of the town with one road that ends there."""
    whole = [streets(other) for other in (*UP, *ACROSS) if other != name]
    return reference_map([*whole, (name, PLANE.to_lonlat(shapely.LineString(on_road(name, [-2000, end_m]))))])


def bent(off: float) -> ReferenceMap:
    """Make points of the eastern side that run so far off its line beyond its end."""
    y = np.arange(-1500, 1501, 100.0)
    x = at_m(EAST) + off * np.clip((y + 200) / 200, 0, 1)
    return points_at([(EAST, "road", xy) for xy in zip(x, y, strict=True)])


def test_a_side_runs_on_along_points_where_its_line_ends() -> None:
    mapped = cut(EAST, -200.0)
    alone = draw(parse_plan(words(area=None)), mapped).parcels.iloc[0]
    assert alone["grade"] == "approximate"
    drawing = drawn(words(area=None), town(only=[EAST]), mapped)
    parcel = drawing.parcels.iloc[0]
    assert parcel["grade"] == "approximate"
    assert parcel["placement_uncertainty_m"] < alone["placement_uncertainty_m"]
    assert {"on-feature", "points"} <= {edge["method"] for edge in edges_on(drawing, "east")}
    (told,) = (r for r in parcel["reasons"] if "底图上的线中断" in r)
    assert EAST in told
    assert "line-breaks-off" in parcel["reason_codes"]
    assert overlap(drawing, true_block()) > 0.97
    assert off_m(drawing, true_block()) <= parcel["placement_uncertainty_m"]


def test_points_that_bear_an_extension_out_are_told_and_change_nothing() -> None:
    mapped = cut(EAST, 200.0)
    alone = draw(parse_plan(words(area=None)), mapped)
    both = drawn(words(area=None), bent(0.0), mapped)
    assert alone.parcels["grade"].tolist() == both.parcels["grade"].tolist() == ["inferred"]
    assert both.parcels.geometry.geom_equals_exact(alone.parcels.geometry, 0).all()
    assert both.parcels["reason_codes"].iloc[0] == [*alone.parcels["reason_codes"].iloc[0], "points-go-on"]
    assert any(EAST in reason and "相合" in reason for reason in both.parcels["reasons"].iloc[0])


def test_points_that_deny_an_extension_are_drawn_instead() -> None:
    off = 250.0
    drawing = drawn(words(area=None), bent(off), cut(EAST, 200.0))
    assert drawing.parcels["grade"].tolist() == ["approximate"]
    assert "points" in {edge["method"] for edge in edges_on(drawing, "east")}


# --- an area where a side is missing ----------------------------------------------------------


@pytest.mark.parametrize(("stated", "doubted"), [("0.64", False), ("0.90", True)])
def test_points_of_a_missing_side_beat_the_area_which_is_then_held_against_them(
    stated: str, doubted: bool
) -> None:
    mapped = lines(*(name for name in (*UP, *ACROSS) if name != EAST))
    alone = draw(parse_plan(words(area=stated)), mapped).parcels.iloc[0]
    assert (alone["grade"], bool(alone["area_shaped"])) == ("inferred", True)
    drawing = drawn(words(area=stated), town(only=[EAST]), mapped)
    parcel = drawing.parcels.iloc[0]
    assert (parcel["grade"], bool(parcel["area_shaped"])) == ("approximate", False)
    assert overlap(drawing, true_block()) > 0.95
    assert ("area-doubts-points" in parcel["reason_codes"]) == doubted


def test_an_area_stays_where_points_know_nothing_of_the_missing_side() -> None:
    mapped = lines(*(name for name in (*UP, *ACROSS) if name != EAST))
    parcel = drawn(words(), town(only=[SIDES["west"]]), mapped).parcels.iloc[0]
    assert (parcel["grade"], bool(parcel["area_shaped"])) == ("inferred", True)


# --- whole towns ------------------------------------------------------------------------------


@pytest.mark.slow
def test_together_nothing_is_lost_and_nothing_on_points_is_called_traced() -> None:
    rng = np.random.default_rng(5)
    cuts = {name: float(rng.uniform(-1500, 2000)) for name in (*UP, *ACROSS)}
    mapped = reference_map(
        [
            (name, PLANE.to_lonlat(shapely.LineString(on_road(name, [-2000, end]))))
            for name, end in cuts.items()
            if rng.random() < 0.8
        ]
    )
    text = "".join(
        words(label, area=None, east=UP[i + 1], west=UP[i], south=ACROSS[j], north=ACROSS[j + 1])
        for label, (i, j) in zip("一二三四五六七八九", np.ndindex(3, 3), strict=True)
    )
    points = town(noise_m=5)
    alone, both = draw(parse_plan(text), mapped), drawn(text, points, mapped)
    was_traced = alone.parcels["grade"] == "traced"
    assert (both.parcels["grade"][was_traced] == "traced").all()
    on_points = both.edges.loc[both.edges["method"] == "points", "parcel_id"].unique()
    assert len(on_points)
    assert set(both.parcels.loc[on_points, "grade"]) == {"approximate"}
    truth = [
        true_block(east=UP[i + 1], west=UP[i], south=ACROSS[j], north=ACROSS[j + 1])
        for i, j in np.ndindex(3, 3)
    ]
    assert min(overlap(both, true, row) for row, true in enumerate(truth)) > 0.9
