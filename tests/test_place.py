"""Blocks placed by named points, in a made town of which every road is known."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from builders import reference_map
from ftz_geo import audit, draw, read_plan
from ftz_geo.compass import SIDE_ZH
from ftz_geo.files import edges_geojson, parcels_geojson, read_drawing, to_json
from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap
from ftz_geo.parse import parse_plan
from ftz_geo.pipeline import build, explain_block
from ftz_geo.place import Gazetteer
from ftz_geo.place.sites import Known, spot_of
from ftz_geo.reference import Alias, read_points
from ftz_geo.trace.near import is_near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ftz_geo.frame import Drawing

PLANE = LocalPlane(lon=117.2, lat=39.1)
UP = ("松花路", "淮海路", "珠江路", "汉口路", "金沙路", "赣榆路")
"""Roads from south to north, the westernmost first; none is a slip for another."""
ACROSS = ("朝阳道", "迎宾道", "胜利道", "建设道", "友谊道", "光荣道")
"""Roads from west to east, the southernmost first."""
STEP_M = 800.0
BLOCK_KM2 = "0.64"
SIDES = {"east": UP[3], "south": ACROSS[2], "west": UP[2], "north": ACROSS[3]}
"""Of the block in the middle of the town."""


def at_m(name: str) -> float:
    return float(((UP if name in UP else ACROSS).index(name) - 2.5) * STEP_M)


def on_road(name: str, along: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    xy = np.column_stack([np.full(len(along), at_m(name)), along])
    return xy if name in UP else xy[:, ::-1]


def town(
    *,
    gone: Sequence[str] = (),
    only: Sequence[str] = (),
    kept: Mapping[str, int] | None = None,
    more: Sequence[tuple[str, str, float, float]] = (),
    step_m: float = 200.0,
    noise_m: float = 8.0,
    turn: float = 0.0,
    seed: int = 1,
) -> ReferenceMap:
    """Make a gazetteer of the town: label points of its roads, and ``more``: name, kind, x, y."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, Any]] = []
    for name in (*UP, *ACROSS):
        xy = on_road(name, np.arange(-2400, 2401, step_m))
        xy = xy + rng.normal(0, noise_m, xy.shape)
        xy = rng.permutation(xy)[: (kept or {}).get(name)]
        if name not in gone and (not only or name in only):
            rows += [(name, "road", place) for place in xy]
    rows += [(name, kind, np.array([x, y])) for name, kind, x, y in more]
    return points_at([(name, kind, turned(xy, turn)) for name, kind, xy in rows])


def turned(xy: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    there: NDArray[np.float64] = xy @ np.array([[cos, sin], [-sin, cos]])
    return there


def points_at(rows: Sequence[tuple[str, Any, Any]], *, in_degrees: bool = False) -> ReferenceMap:
    shapes = np.array([shapely.Point(xy) for _, _, xy in rows], dtype=object)
    features = gpd.GeoDataFrame(
        {
            "source_id": [f"town:{n}" for n in range(len(rows))],
            "name": [name for name, _, _ in rows],
            "alt_names": [()] * len(rows),
            "kind": [kind for _, kind, _ in rows],
            "source": 0,
        },
        geometry=list(shapes if in_degrees else PLANE.to_lonlat(shapes)),
        crs=4326,
    )
    return ReferenceMap(
        features=features,
        sources=({"file": "town.csv", "datum": "WGS 84", "licence": "CC0", "count": len(rows)},),
    )


def together(one: ReferenceMap, other: ReferenceMap) -> ReferenceMap:
    rows = pd.concat([one.features, other.features], ignore_index=True)
    rows["source_id"] = [f"town:{n}" for n in range(len(rows))]
    return replace(one, features=gpd.GeoDataFrame(rows, crs=4326))


def lines(*names: str, off_m: Mapping[str, float] | None = None, half_m: float = 3500.0) -> ReferenceMap:
    """Make a map of lines of some roads, some of them drawn beside where their points are."""
    rows = []
    for name in names:
        xy = on_road(name, [-half_m, half_m])
        xy[:, 0 if name in UP else 1] += (off_m or {}).get(name, 0.0)
        rows.append((name, PLANE.to_lonlat(shapely.LineString(xy))))
    return reference_map(rows)


def words(label: str = "一", area: str | None = BLOCK_KM2, **other: str) -> str:
    sides = {**SIDES, **other}
    stated = f"面积{area}平方公里，" if area else ""
    said = "、".join(f"{zh}至{sides[side]}" for side, zh in SIDE_ZH.items())
    return f"区块{label}：{stated}{said}。"


def true_block(**other: str) -> shapely.Polygon:
    sides = {**SIDES, **other}
    west, south, east, north = (at_m(sides[side]) for side in ("west", "south", "east", "north"))
    return shapely.box(west, south, east, north)


def drawn(text: str, points: ReferenceMap, reference: ReferenceMap | None = None, **how: Any) -> Drawing:
    return draw(parse_plan(text), reference, points=points, **how)


def off_m(drawing: Drawing, true: shapely.Polygon, row: int = 0) -> float:
    return float(PLANE.to_xy(drawing.parcels.geometry.iloc[row]).centroid.distance(true.centroid))


def overlap(drawing: Drawing, true: shapely.Polygon, row: int = 0) -> float:
    own = PLANE.to_xy(drawing.parcels.geometry.iloc[row])
    return float(own.intersection(true).area / own.union(true).area)


def within_bands(drawing: Drawing, true: shapely.Polygon) -> float:
    """Return the share of a true boundary that lies within the band of the edge nearest to it."""
    samples = shapely.points(shapely.get_coordinates(shapely.segmentize(true.exterior, 10)))
    edges = PLANE.to_xy(drawing.edges.geometry.to_numpy())
    far = shapely.distance(samples, edges[:, None])
    bands = drawing.edges["uncertainty_m"].to_numpy(float)
    return float(np.mean(bands[far.argmin(axis=0)] >= far.min(axis=0)))


def edges_on(drawing: Drawing, side: str) -> list[dict[str, Any]]:
    rows = drawing.edges[drawing.edges["side"] == side]
    return [dict(row) for _, row in rows.iterrows()]


# --- blocks that close ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> Drawing:
    """The middle block, of which all four sides have points."""
    return drawn(words(), town())


def test_a_block_is_approximate_and_says_how_sure_it_is(whole: Drawing) -> None:
    (parcel,) = [row for _, row in whole.parcels.iterrows()]
    assert parcel["grade"] == "approximate"
    assert set(whole.edges["method"]) == {"points"}
    assert (whole.edges["uncertainty_m"] > 0).all()
    assert all(ids[0].startswith("points:") for ids in whole.edges["source_ids"])
    assert dict(zip(whole.edges["side"], whole.edges["feature"], strict=True)) == SIDES
    assert off_m(whole, true_block()) <= parcel["placement_uncertainty_m"] < 100
    assert overlap(whole, true_block()) > 0.95
    assert within_bands(whole, true_block()) > 0.85
    assert not parcel["area_shaped"]
    assert parcel["reason_codes"] == ["by-points"]
    assert [dict(source)["file"] for source in whole.about["points"]] == ["town.csv"]


@pytest.mark.slow
def test_towns_of_every_kind_hold_what_is_claimed() -> None:
    rng = np.random.default_rng(4)
    rows = []
    for seed in range(40):
        angle = rng.uniform(-0.3, 0.3)
        points = town(
            step_m=rng.choice([150, 300, 600]), noise_m=rng.uniform(3, 15), turn=angle, seed=seed, gone=()
        )
        drawing = drawn(words(area=None), points)
        grade = drawing.parcels["grade"].iloc[0]
        assert grade in ("approximate", "undetermined")
        if grade == "approximate":
            corners = shapely.get_coordinates(true_block())
            true = shapely.Polygon(turned(corners, angle))
            radius_m = drawing.parcels["placement_uncertainty_m"].iloc[0]
            rows.append(
                (overlap(drawing, true), off_m(drawing, true) <= radius_m, within_bands(drawing, true))
            )
    overlaps, centres, bands = np.array(rows, dtype=float).T
    assert len(rows) >= 38
    assert overlaps.min() > 0.9
    assert centres.mean() >= 0.85
    assert bands.mean() >= 0.85


@pytest.mark.slow
def test_three_sides_and_an_area_close_a_block_that_proves_no_area() -> None:
    plan = parse_plan("甲开发区总面积0.64平方公里。" + words())
    drawing = draw(plan, points=town(gone=[UP[3]]))
    parcel = drawing.parcels.iloc[0]
    assert (parcel["grade"], bool(parcel["area_shaped"])) == ("approximate", True)
    assert parcel["measured_area_km2"] == pytest.approx(0.64, abs=1e-4)
    assert {"by-points", "not-on-map", "area-closure"} <= set(parcel["reason_codes"])
    (closed,) = edges_on(drawing, "east")
    others = drawing.edges[drawing.edges["side"] != "east"]
    assert closed["method"] == "area-closure"
    assert set(others["method"]) == {"points"}
    assert closed["uncertainty_m"] > others["uncertainty_m"].max()
    assert overlap(drawing, true_block()) > 0.95
    assert off_m(drawing, true_block()) <= parcel["placement_uncertainty_m"]
    found = audit(plan, drawing).to_dict()
    (block,) = found["zones"][0]["blocks"]
    assert (block["measured_km2"], block["difference_km2"], block["verdict"]) == (None, None, None)
    assert "proves nothing" in found["zones"][0]["measured_basis"]["en"]
    assert not any(finding.get("parcel_id") for finding in found["findings"])


def test_the_area_of_a_block_on_points_is_not_compared_either(whole: Drawing) -> None:
    plan = parse_plan(words())
    (block,) = audit(plan, whole).to_dict()["zones"][0]["blocks"]
    assert (block["measured_km2"], block["verdict"], block["grade"]) == (None, None, "approximate")


@pytest.mark.slow
def test_without_an_area_three_sides_close_nothing() -> None:
    drawing = drawn(words(area=None), town(gone=[UP[3]]))
    assert drawing.parcels["grade"].tolist() == ["undetermined"]
    assert drawing.edges.empty


@pytest.mark.slow
@pytest.mark.parametrize(
    "stated",
    [
        0.34,
        1.2,
    ],
)
def test_an_area_that_contradicts_four_sides_is_told_with_both_readings(stated: float) -> None:
    drawing = drawn(words(area=str(stated)), town(kept={ACROSS[3]: 4}))
    parcel = drawing.parcels.iloc[0]
    assert parcel["grade"] == "approximate"
    assert not parcel["area_shaped"]
    assert parcel["measured_area_km2"] == pytest.approx(0.64, abs=0.06)  # drawn by its sides, not by the area
    told = parcel["reasons_en"][parcel["reason_codes"].index("area-doubts-points")]
    own, other = map(float, re.findall(r"([\d.]+) km²", told))
    assert own == pytest.approx(parcel["measured_area_km2"], abs=0.006)
    assert other == stated
    assert f"of {ACROSS[3]} are" in told  # the side that has the fewest points
    found = re.search(r"moved (in|out) by (\d+) m", told)
    assert found is not None
    assert found[1] == ("in" if stated < own else "out")
    north_m = sum(edge["length_m"] for edge in edges_on(drawing, "north"))
    assert int(found[2]) * north_m / 1e6 == pytest.approx(abs(own - stated), abs=0.02)


@pytest.mark.slow
def test_an_area_within_the_doubt_of_the_points_says_nothing(whole: Drawing) -> None:
    for stated in ("0.63", "0.65"):
        assert drawn(words(area=stated), town()).parcels["reason_codes"].iloc[0] == ["by-points"]


@pytest.mark.slow
def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    text = words() + words("二", east=UP[4], west=UP[3]) + words("三", east="无名路", south="无名道")
    drawing = drawn(text, town(gone=[UP[3]]))
    assert sorted(drawing.parcels["grade"]) == ["approximate", "approximate", "sketched"]
    (tmp_path / "blocks.geojson").write_text(to_json(parcels_geojson(drawing)), encoding="utf-8")
    (tmp_path / "edges.geojson").write_text(to_json(edges_geojson(drawing)), encoding="utf-8")
    back = read_drawing(tmp_path / "blocks.geojson")
    for column in ("grade", "area_shaped", "placement_uncertainty_m", "reasons", "reason_codes"):
        assert back.parcels[column].tolist() == drawing.parcels[column].tolist()
    for column in ("parcel_id", "side", "feature", "method", "source_ids"):
        assert back.edges[column].tolist() == drawing.edges[column].tolist()
    assert back.edges["uncertainty_m"].to_numpy(float) == pytest.approx(
        drawing.edges["uncertainty_m"].to_numpy(float), nan_ok=True
    )
    assert back.about["points"] == drawing.about["points"]


# --- sketches in place ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "gone",
    [(UP[3], ACROSS[3]), (UP[3], UP[2]), (UP[3], UP[2], ACROSS[3])],
    ids="+".join,
)
def test_a_block_with_one_or_two_sides_is_sketched_within_its_radius(gone: tuple[str, ...]) -> None:
    drawing = drawn(words(), town(gone=gone))
    parcel = drawing.parcels.iloc[0]
    assert (parcel["grade"], bool(parcel["area_shaped"])) == ("sketched", True)
    assert off_m(drawing, true_block()) <= parcel["placement_uncertainty_m"]
    assert parcel["placement_uncertainty_m"] < 8000
    assert "by-points" not in parcel["reason_codes"]
    told = parcel["reasons"][parcel["reason_codes"].index("known-sides")]
    assert all((name in told) == (name not in gone) for name in SIDES.values())


@pytest.mark.slow
def test_the_more_sides_are_known_the_smaller_the_radius() -> None:
    missing = [UP[3], UP[2], ACROSS[3]]
    radii = [
        drawn(words(), town(gone=missing[:k])).parcels["placement_uncertainty_m"].iloc[0]
        for k in range(1, 4)
        if k != 2
    ]
    assert radii[0] < radii[1]


@pytest.mark.slow
def test_a_block_of_which_nothing_is_known_says_so_or_lies_beside_the_others() -> None:
    nowhere = {side: f"无名{side}路" for side in SIDES}
    alone = drawn(words(**nowhere), town())
    assert alone.parcels["grade"].tolist() == ["sketched"]
    radius_m = alone.parcels["placement_uncertainty_m"].iloc[0]
    assert off_m(alone, true_block()) <= radius_m
    beside = drawn(words() + words("二", **nowhere), town())
    assert beside.parcels["grade"].tolist() == ["approximate", "sketched"]
    assert off_m(beside, true_block(), 1) <= beside.parcels["placement_uncertainty_m"].iloc[1]
    assert off_m(beside, true_block(), 1) < 20_000
    assert beside.parcels["placement_uncertainty_m"].iloc[1] > 5000


@pytest.mark.slow
def test_a_side_solved_in_one_block_serves_its_neighbour() -> None:
    text = words() + words("二", area=None, east=UP[4], west=UP[3])
    drawing = drawn(text, town(gone=[UP[3]]))
    assert drawing.parcels["grade"].tolist() == ["approximate", "approximate"]
    second = true_block(east=UP[4], west=UP[3])
    assert overlap(drawing, second, 1) > 0.9
    assert off_m(drawing, second, 1) <= drawing.parcels["placement_uncertainty_m"].iloc[1]
    west = next(e for e in edges_on(drawing, "west") if e["feature"] == UP[3])
    others = drawing.edges[drawing.edges["method"] == "points"]["uncertainty_m"]
    assert west["uncertainty_m"] >= others.max()
    shared_m = west["geometry"].hausdorff_distance(edges_on(drawing, "east")[0]["geometry"]) * 1.2e5
    assert shared_m < 5


@pytest.mark.slow
def test_a_side_that_another_block_s_area_gave_is_told() -> None:
    text = words() + words("二", area=None, east=UP[4], west=UP[3])
    second = drawn(text, town(gone=[UP[3]])).parcels.iloc[1]
    assert any(UP[3] in reason for reason in second["reasons"])


@pytest.mark.parametrize("length_m", [700.0, 1000.0, 2500.0])
def test_a_hair_of_its_sides_moves_a_block_by_a_hair(length_m: float) -> None:
    def spot(off_m: float) -> tuple[float, float, float]:
        end, far = (0.0, off_m), (0.0, off_m + 3000.0)
        own, beyond = shapely.LineString([(0.0, -length_m), end]), shapely.LineString([end, far])
        turned_own, turned_beyond = (shapely.transform(line, np.fliplr) for line in (own, beyond))
        sides = [Known("west", own, beyond, 20.0), Known("south", turned_own, turned_beyond, 20.0)]
        (x, y), radius_m = spot_of(sides, length_m**2, None)
        return x, y, radius_m

    for off_m in (-1e-7, 1e-7):
        assert spot(off_m) == pytest.approx(spot(0.0), abs=1e-3)


# --- map and points together ------------------------------------------------------------------


@pytest.mark.slow
def test_a_line_beats_the_points_of_its_name() -> None:
    drawing = drawn(words(area=None), town(), lines(UP[3], off_m={UP[3]: 20.0}))
    assert drawing.parcels["grade"].tolist() == ["approximate"]
    (east,) = edges_on(drawing, "east")
    assert (east["method"], list(east["source_ids"])) == ("on-feature", ["w0"])
    x = shapely.get_coordinates(PLANE.to_xy(east["geometry"]))[:, 0]
    assert np.abs(x - at_m(UP[3]) - 20).max() < 1
    assert {e["method"] for side in ("south", "west", "north") for e in edges_on(drawing, side)} == {"points"}


@pytest.mark.slow
def test_a_line_that_ends_before_the_points_beats_them_too() -> None:
    drawing = drawn(words(area=None), town(), lines(UP[3], half_m=1500.0))
    (east,) = edges_on(drawing, "east")
    assert (east["method"], list(east["source_ids"])) == ("on-feature", ["w0"])


def test_points_stand_in_for_a_line_that_the_map_lacks() -> None:
    rest = [name for name in (*UP, *ACROSS) if name != UP[3]]
    drawing = drawn(words(area=None), town(only=[UP[3]]), lines(*rest))
    assert drawing.parcels["grade"].tolist() == ["approximate"]
    (east,) = edges_on(drawing, "east")
    assert (east["method"], east["feature"]) == ("points", UP[3])
    assert {e["method"] for side in ("south", "west", "north") for e in edges_on(drawing, side)} == {
        "on-feature"
    }
    assert overlap(drawing, true_block()) > 0.95
    assert off_m(drawing, true_block()) <= drawing.parcels["placement_uncertainty_m"].iloc[0]


@pytest.mark.slow
def test_a_block_that_the_map_traces_stays_as_it_is() -> None:
    mapped = lines(*UP, *ACROSS)
    alone = draw(parse_plan(words()), mapped)
    with_points = drawn(words(), town(noise_m=60), mapped)
    assert with_points.parcels["grade"].tolist() == ["traced"]
    assert with_points.parcels.drop(columns="geometry").equals(alone.parcels.drop(columns="geometry"))
    assert with_points.parcels.geometry.geom_equals_exact(alone.parcels.geometry, 0).all()
    assert with_points.edges["source_ids"].tolist() == alone.edges["source_ids"].tolist()


def test_points_of_a_near_name_are_points() -> None:
    rest = [name for name in (*UP, *ACROSS) if name != UP[3]]
    drawing = drawn(words(area=None, east="汉口街"), town(only=[UP[3]]), lines(*rest))
    assert not set(drawing.parcels["grade"]) & {"traced", "inferred"}


@pytest.mark.slow
def test_a_near_name_is_told_and_never_equal() -> None:
    parcel = drawn(words(area=None, east="汉口街"), town()).parcels.iloc[0]
    assert parcel["grade"] == "approximate"
    assert "near-name" in parcel["reason_codes"]
    assert any("汉口街" in reason and "汉口路" in reason for reason in parcel["reasons"])


# --- what reasons say was looked at -------------------------------------------------------------


@pytest.mark.slow
def test_reasons_of_points_alone_speak_of_no_map() -> None:
    hamlet = ("某村", "place", 0.0, at_m(ACROSS[3]))
    text = words(east="汉口街", north="天山路") + words("二", area=None, north="某村")
    parcels = drawn(text, town(more=[hamlet]), anchors=()).parcels
    told = [reason for row in parcels["reasons"] for reason in row]
    assert "地名点中没有北至的“天山路”" in told
    assert "北至的“某村”只有地名点，没有连成线" in told
    assert not [reason for reason in told if "底图" in reason]
    assert not [reason for row in parcels["reasons_en"] for reason in row if "map" in reason]


def test_reasons_say_which_of_map_and_points_a_name_is_not_in() -> None:
    text = words(area=None, north="天山路")
    on_map = lines(UP[2], UP[3])
    both = drawn(text, town(only=[ACROSS[2]]), on_map).parcels
    assert "底图和地名点中都没有北至的“天山路”" in both["reasons"].iloc[0]
    alone = draw(parse_plan(text), on_map).parcels
    assert "底图上没有北至的“天山路”" in alone["reasons"].iloc[0]


@pytest.mark.slow
def test_what_is_told_of_a_feature_names_where_it_was_looked_up() -> None:
    plan = parse_plan(words(north="天山路", east="珠江三路"))
    [told] = explain_block(plan, "区块一", points=town())
    assert [f.doubts[0].zh for f in told.features if f.feature.name == "天山路"] == ["地名点中没有"]


# --- aliases ----------------------------------------------------------------------------------

ZONES = "甲开发区总面积0.64平方公里。" + words(east="东风渠路") + "乙开发区总面积0.64平方公里。"
ZONES += words(east="东风渠路")


@pytest.mark.slow
def test_an_alias_is_for_its_own_zone() -> None:
    alias = Alias(name="东风渠路", map_name=UP[3], zone="甲")
    first, second = (row for _, row in drawn(ZONES, town(), aliases=[alias]).parcels.iterrows())
    assert (first["zone"], first["area_shaped"], first["reason_codes"]) == ("甲开发区", False, ["by-points"])
    assert bool(second["area_shaped"])
    assert "not-on-map" in second["reason_codes"]
    everywhere = drawn(ZONES, town(), aliases=[replace(alias, zone=None)]).parcels
    assert not everywhere["area_shaped"].any()


@pytest.mark.slow
def test_a_point_that_is_called_a_place_is_no_road() -> None:
    stops = [(UP[3], "place", at_m(UP[3]), y) for y in range(-2000, 2001, 300)]
    drawing = drawn(words(), town(gone=[UP[3]], more=stops))
    assert [edge["method"] for edge in edges_on(drawing, "east")] == ["area-closure"]
    # Whoever says so by an alias makes them one.
    named = [(f"{UP[3]}站", "place", x, y) for _, _, x, y in stops]
    alias = Alias(name=UP[3], map_name=f"{UP[3]}站")
    drawing = drawn(words(), town(gone=[UP[3]], more=named), aliases=[alias])
    assert [edge["method"] for edge in edges_on(drawing, "east")] == ["points"]


# --- the same names elsewhere -----------------------------------------------------------------


@pytest.mark.slow
def test_roads_of_the_same_names_in_another_city_change_nothing() -> None:
    names = list(SIDES.values())
    kept = dict.fromkeys((*UP, *ACROSS), 6)
    far = [
        (name, "road", (87.6 + 0.002 * i + 0.01 * k, 43.8 + 0.003 * k))
        for k, name in enumerate(names)
        for i in range(6)
    ]
    here = town(kept=kept)
    one = drawn(words(area=None), here)
    other = drawn(words(area=None), together(here, points_at(far, in_degrees=True)))
    assert one.parcels["grade"].tolist() == other.parcels["grade"].tolist() == ["approximate"]
    assert off_m(other, true_block()) <= other.parcels["placement_uncertainty_m"].iloc[0]
    assert abs(off_m(other, true_block()) - off_m(one, true_block())) < 10


# --- what nobody should bring -----------------------------------------------------------------

FOUR = tuple(SIDES.values())
HERE = (117.2, 39.1)

STRANGE: dict[str, Sequence[tuple[str, Any, Any]]] = {
    "all at one place": [(name, "road", HERE) for name in FOUR for _ in range(5)],
    "one point": [(FOUR[0], "road", HERE)],
    "two at one place": [(FOUR[0], "road", HERE), (FOUR[1], "road", HERE)],
    "one name twice at one place": [(FOUR[0], "road", HERE)] * 2,
    "only a village": [(FOUR[0], "place", HERE)],
    "kinds unknown": [(FOUR[0], "xyz", HERE), (FOUR[1], None, HERE), (FOUR[2], "vague", HERE)],
    "all over the country": [
        (name, "road", (100 + 5 * i + 0.001 * j, 20 + 8 * i)) for i, name in enumerate(FOUR) for j in range(4)
    ],
    "other names": [("天山路", "road", HERE)] * 3,
}


@pytest.mark.slow
@pytest.mark.parametrize("rows", STRANGE.values(), ids=STRANGE)
def test_strange_gazetteers_give_a_block_that_says_how_sure_it_is(
    rows: Sequence[tuple[str, Any, Any]],
) -> None:
    plan = parse_plan(words())
    drawing = draw(plan, points=points_at(rows, in_degrees=True))
    parcel = drawing.parcels.iloc[0]
    assert parcel["grade"] in ("approximate", "sketched")
    assert np.isfinite(shapely.get_coordinates(parcel["geometry"])).all()
    assert np.isfinite(parcel["placement_uncertainty_m"])
    assert parcel["placement_uncertainty_m"] > 0
    audit(plan, drawing)


@pytest.mark.slow
def test_points_all_around_the_globe_are_no_crash() -> None:
    around = [(name, "road", (lon, 0.0)) for name in FOUR for lon in (180.0, 179.9, -180.0, -179.9)]
    drawn(words(), points_at(around, in_degrees=True))


@pytest.mark.slow
def test_names_scattered_over_the_globe_are_no_crash(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    places = np.column_stack([rng.uniform(-180, 180, 400), rng.uniform(-90, 90, 400)])
    rows = [(FOUR[k % 4], "road", tuple(place)) for k, place in enumerate(places)]
    built = build(parse_plan(words()), tmp_path / "out", points=points_at(rows, in_degrees=True))
    assert np.isfinite(shapely.get_coordinates(built.drawing.parcels.geometry.iloc[0])).all()


@pytest.mark.slow
def test_points_far_from_the_zone_s_other_names_are_left_out_and_told(whole: Drawing) -> None:
    far = points_at([(UP[3], "road", (104.0 + d, 30.6)) for d in (0, 0.004, 0.008)], in_degrees=True)
    parcel = drawn(words(), together(town(), far)).parcels.iloc[0]
    assert parcel["reason_codes"] == ["by-points", "points-beyond-reach"]
    assert f"“{UP[3]}”另有3个地名点" in parcel["reasons"][-1]
    assert parcel["geometry"].equals_exact(whole.parcels.geometry.iloc[0], 1e-6)


def test_what_lies_in_two_places_as_likely_is_kept() -> None:
    here = [(name, "road", (117.0, 39.0)) for name in FOUR]
    there = [(name, "road", (104.0, 30.6)) for name in FOUR]
    meant = dict.fromkeys(FOUR, FOUR[0])
    both = Gazetteer(points_at([*here, *there], in_degrees=True))
    assert both.reached(meant) == (both, {})
    most = Gazetteer(points_at([*here, *there[:2]], in_degrees=True))
    gazetteer, beyond = most.reached(meant)
    assert (len(gazetteer.points.features), beyond) == (4, {FOUR[0]: 2})


NAMES_OF_ROADS = st.text("东西南北一二甲乙路街道大", min_size=1, max_size=5)


@given(st.lists(NAMES_OF_ROADS, min_size=1, max_size=12), st.lists(NAMES_OF_ROADS, min_size=1, max_size=4))
def test_names_near_a_word_are_those_that_a_look_at_each_finds(names: list[str], wanted: list[str]) -> None:
    gazetteer = Gazetteer(points_at([(name, "road", HERE) for name in names], in_degrees=True))
    meant = gazetteer.meant(wanted)
    found = {n for word in wanted for _, n, _ in gazetteer.names.find(word)}
    near = {n: next((w for w in wanted if is_near(w, n)), None) for n in names if n not in found}
    assert {n: word for n, word in meant.items() if n not in found} == {n: w for n, w in near.items() if w}
    assert found <= meant.keys()


@given(
    st.lists(NAMES_OF_ROADS, min_size=1, max_size=8),
    st.lists(st.tuples(NAMES_OF_ROADS, st.integers(0, 7)), max_size=4),
)
def test_names_that_aliases_add_are_filed_as_if_all_were_filed_anew(
    names: list[str], other: list[tuple[str, int]]
) -> None:
    gazetteer = Gazetteer(points_at([(name, "road", HERE) for name in names], in_degrees=True))
    aliases = [Alias(name=name, map_name=names[k % len(names)]) for name, k in other]
    renamed = gazetteer.renamed(parse_plan(words()).zones[0], aliases)
    assert (renamed is gazetteer) == (not aliases)
    assert renamed.points.features["source_id"].is_unique
    anew = Gazetteer(renamed.points).names
    assert renamed.names.filed == anew.filed
    assert {name: rows.tolist() for name, rows in renamed.names.rows.items()} == {
        name: rows.tolist() for name, rows in anew.rows.items()
    }


def test_no_points_at_all_are_as_if_none_were_given() -> None:
    none = town()
    none = replace(none, features=none.features.iloc[:0])
    assert drawn(words(), none).parcels["grade"].tolist() == ["sketched"]


@pytest.mark.slow
def test_hostile_names_are_text_in_every_page(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)>路"
    points = town()
    names = points.features["name"].replace(UP[3], evil)
    points = replace(points, features=points.features.assign(name=names))
    built = build(parse_plan(words(east=evil)), tmp_path / "out", points=points)
    for path in built.paths:
        if path.suffix == ".html":
            assert "<img src=x" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_ten_thousand_points_of_one_name_are_one_road() -> None:
    rng = np.random.default_rng(0)
    xy = on_road(UP[3], rng.uniform(-2400, 2400, 10_000)) + rng.normal(0, 8, (10_000, 2))
    points = town(gone=[UP[3]], more=[(UP[3], "road", x, y) for x, y in xy.tolist()])
    drawing = drawn(words(area=None), points)
    assert drawing.parcels["grade"].tolist() == ["approximate"]
    assert overlap(drawing, true_block()) > 0.95


@pytest.mark.slow
def test_a_name_that_is_everywhere_is_no_crash() -> None:
    scattered = np.random.default_rng(0).uniform((117, 39), (118, 40), (300, 2))
    rows = [(UP[3], "road", tuple(place)) for place in scattered]
    drawing = drawn(words(), together(town(gone=[UP[3]]), points_at(rows, in_degrees=True)))
    assert np.isfinite(shapely.get_coordinates(drawing.parcels.geometry.iloc[0])).all()


@pytest.mark.slow
def test_a_stated_area_of_a_whole_province_is_drawn_in_bounded_time() -> None:
    drawing = drawn(words(area="10000"), town(gone=[UP[3]]))
    assert np.isfinite(shapely.get_coordinates(drawing.parcels.geometry.iloc[0])).all()


# --- real points ------------------------------------------------------------------------------


@pytest.mark.slow
def test_blocks_of_shanghai_are_where_they_are(shared: Path, tmp_path: Path) -> None:
    maker = shared / "cases/points.py"
    made = tmp_path / "points.csv"
    command: list[str | Path] = [sys.executable, maker, shared / "reference/shanghai_west.gpkg", made]
    subprocess.run(command, check=True, capture_output=True)
    truth = gpd.read_file(shared / "cases/shanghai_west_blocks.geojson")
    drawing = draw(read_plan(shared / "cases/shanghai_west_blocks.txt"), points=read_points(made))
    crs = truth.estimate_utm_crs()
    inner = truth.to_crs(crs).geometry
    outer = gpd.GeoSeries.from_wkt(truth["outer"], crs=4326).to_crs(crs)
    placed = drawing.parcels[drawing.parcels["grade"] == "approximate"].to_crs(crs)
    assert not set(drawing.parcels["grade"]) & {"traced", "inferred"}
    assert len(placed) / len(truth) >= 0.95
    edges = drawing.edges.to_crs(crs)
    shares, gross = [], 0
    for key, parcel in placed.iterrows():
        number = int(re.findall(r"\d+", parcel["block"])[0]) - 1
        block = parcel.geometry
        true = max(
            (inner[number], outer[number]), key=lambda t: block.intersection(t).area / block.union(t).area
        )
        gross += not true.contains(block.centroid)
        own = edges[edges["parcel_id"] == key]
        samples = shapely.points(shapely.get_coordinates(shapely.segmentize(true.exterior, 10)))
        far = shapely.distance(samples, own.geometry.to_numpy()[:, None])
        bands = own["uncertainty_m"].to_numpy(float)
        shares.append(np.mean(bands[far.argmin(axis=0)] >= far.min(axis=0)))
    assert gross == 0
    assert 0.85 <= np.mean(shares) <= 0.98


def test_the_town_is_one_in_which_no_name_is_a_slip_for_another() -> None:
    from ftz_geo.trace.near import is_near

    names = (*UP, *ACROSS)
    assert not any(is_near(one, other) for k, one in enumerate(names) for other in names[k + 1 :])
    assert all(b - a == STEP_M for a, b in pairwise(map(at_m, UP)))
