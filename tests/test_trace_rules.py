"""Sides drawn by rule: landmarks, boundaries, rivers, offsets, other blocks, a stated area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ftz_geo import files, pipeline
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Digitised, Plan, ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels
from ftz_geo.trace.areas import facing_edge, middle_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

PLANE = LocalPlane(lon=117.2, lat=39.0)
EAST = shapely.LineString([(1000, -800), (1000, 800)])
NORTH = shapely.LineString([(-800, 500), (2400, 500)])
WEST = shapely.LineString([(-500, -800), (-500, 800)])
SOUTH = shapely.LineString([(-800, -500), (2400, -500)])
THREE: Mapping[str, BaseGeometry] = {"北路": NORTH, "西路": WEST, "南路": SOUTH}
STRAIGHT = 1e-4
"""A street of 1.5 km that is straight in longitude and latitude bends by centimetres on a plane."""


Shanghai: TypeAlias = tuple[Plan, ReferenceMap, dict[str, Digitised]]


@pytest.fixture(scope="module")
def shanghai(shared: Path) -> Shanghai:
    """Eight blocks, the streets of their names, and what is drawn on them."""
    words = (shared / "cases" / "shanghai_west_blocks_two_on_a_side.txt").read_text(encoding="utf-8")
    whole = parse_plan(words)
    plan = parse_plan("".join(whole.words(p.span).rstrip("。；\n") + "。" for p in whole.parcels[:8]))
    names = {feature.name for parcel in plan.parcels for _, feature in parcel.features()}
    features = read_reference(shared / "reference" / "shanghai_west.gpkg").features
    reference = ReferenceMap(features=features[features["name"].isin(names)].reset_index(drop=True))
    return plan, reference, trace(plan, reference)


def map_of(shapes: Mapping[str, BaseGeometry], kinds: Mapping[str, str] | None = None) -> ReferenceMap:
    features = gpd.GeoDataFrame(
        {
            "source_id": [f"w{i}" for i in range(len(shapes))],
            "name": list(shapes),
            "alt_names": [()] * len(shapes),
            "kind": [(kinds or {}).get(name, "road") for name in shapes],
            "source": 0,
        },
        geometry=[PLANE.to_lonlat(shape) for shape in shapes.values()],
        crs=4326,
    )
    return ReferenceMap(features=features)


def trace(plan: Plan, reference: ReferenceMap, choices: Settings | None = None) -> dict[str, Digitised]:
    return trace_parcels(plan, reference, resolve_plan(plan, reference), choices or Settings())


def one(text: str, reference: ReferenceMap, choices: Settings | None = None) -> Digitised:
    (drawn,) = trace(parse_plan(text), reference, choices).values()
    return drawn


def off(drawn: Digitised, truth: BaseGeometry) -> float:
    assert drawn.polygon is not None, [r.zh for r in drawn.reasons]
    assert drawn.polygon.is_valid
    return float(PLANE.to_xy(drawn.polygon).symmetric_difference(truth).area / truth.area)


def codes(drawn: Digitised) -> set[str]:
    return {reason.code for reason in drawn.reasons}


def methods(drawn: Digitised, side: str) -> set[str]:
    return {edge.method for edge in drawn.edges if edge.side == side}


SIDES = "南至南路、西至西路、北至北路。"


@pytest.mark.parametrize(
    "campus",
    [
        shapely.box(1000, -700, 1600, 700),  # wider than the block
        shapely.box(1000, -450, 1600, 450),  # its corners lie short of the streets
        shapely.Polygon([(1000, -490), (1600, -490), (1600, 490), (1300, 490), (1300, 600), (1000, 600)]),
    ],
)
def test_a_campus_bounds_with_its_near_edge(campus: shapely.Polygon) -> None:
    drawn = one(f"区块一：东至甲大学、{SIDES}", map_of({**THREE, "甲大学": campus}, {"甲大学": "place"}))
    assert off(drawn, shapely.box(-500, -500, 1000, 500)) < STRAIGHT
    assert drawn.grade == "inferred"
    assert "landmark" in codes(drawn)
    assert "landmark" in methods(drawn, "east")
    assert {edge.feature for edge in drawn.edges if edge.side == "east"} == {"甲大学"}


def test_a_campus_that_is_a_point_bounds_with_a_line_through_it() -> None:
    reference = map_of({**THREE, "甲大学": shapely.Point(1000, 120)}, {"甲大学": "place"})
    drawn = one(f"区块一：东至甲大学、{SIDES}", reference)
    assert off(drawn, shapely.box(-500, -500, 1000, 500)) < STRAIGHT
    assert drawn.grade == "inferred"
    assert methods(drawn, "east") == {"landmark"}
    assert any("一个点" in reason.zh for reason in drawn.reasons)


def test_a_line_through_a_point_runs_as_the_opposite_side_does() -> None:
    slanted = shapely.LineString([(-700, -800), (-300, 800)])
    reference = map_of({**THREE, "西路": slanted, "甲大学": shapely.Point(1000, 0)}, {"甲大学": "place"})
    drawn = one(f"区块一：东至甲大学、{SIDES}", reference)
    truth = shapely.Polygon([(-625, -500), (875, -500), (1125, 500), (-375, 500)])
    assert off(drawn, truth) < STRAIGHT


@pytest.mark.parametrize("areal", [True, False])
def test_an_administrative_boundary_is_traced(areal: bool) -> None:
    district = shapely.box(1000, -3000, 6000, 3000)
    shape = district if areal else district.exterior
    reference = map_of({**THREE, "甲区界": shape}, {"甲区界": "boundary"})
    drawn = one(f"区块一：东至甲区界、{SIDES}", reference)
    assert off(drawn, shapely.box(-500, -500, 1000, 500)) < STRAIGHT
    assert drawn.grade == "traced"


RIVER = shapely.box(1000, -2000, 1120, 2000)


@pytest.mark.parametrize("with_line", [True, False])
def test_a_river_bounds_with_its_middle_as_line_and_as_area(with_line: bool) -> None:
    shape: BaseGeometry = RIVER
    if with_line:
        shape = shapely.GeometryCollection([RIVER, shapely.LineString([(1060, -2000), (1060, 2000)])])
    parts = shapely.get_parts(shape)
    features = map_of({**THREE}).features
    rivers = map_of({f"甲河{i}": part for i, part in enumerate(parts)}).features
    rivers["name"], rivers["kind"] = "甲河", "water"
    rivers["source_id"] = [f"r{i}" for i in range(len(parts))]
    import pandas as pd

    reference = ReferenceMap(features=gpd.GeoDataFrame(pd.concat([features, rivers], ignore_index=True)))
    drawn = one(f"区块一：东至甲河、{SIDES}", reference)
    assert off(drawn, shapely.box(-500, -500, 1060, 500)) < 2e-3
    assert drawn.grade == "traced"


def test_words_choose_the_bank() -> None:
    reference = map_of({**THREE, "甲河东岸": RIVER}, {"甲河东岸": "water"})
    drawn = one(f"区块一：东至甲河东岸、{SIDES}", reference)
    assert off(drawn, shapely.box(-500, -500, 1120, 500)) < STRAIGHT


@settings(max_examples=25, deadline=None)
@given(st.floats(0.3, 1.7), st.sampled_from(["east", "south", "west", "north"]))
@example(1.0, "east")
def test_three_sides_and_a_stated_area_are_closed_where_the_area_is_met(share: float, side: str) -> None:
    """Whichever side is open: of a rectangle the oracle is arithmetic."""
    turn = {"east": 0, "north": 90, "west": 180, "south": 270}[side]
    names = ["东路", "北路", "西路", "南路"]
    order = [names[(k + turn // 90) % 4] for k in range(4)]
    shapes = {
        order[k]: shapely.affinity.rotate(street, turn, origin=(0, 0))
        for k, street in enumerate((NORTH, WEST, SOUTH), start=1)
    }
    words = {name[0]: name for name in names}
    words[order[0][0]] = "空地"
    area_km2 = round(1.5 * share, 4)
    text = f"区块一：面积{area_km2}平方公里，" + "、".join(f"{k}至{v}" for k, v in words.items()) + "。"
    drawn = one(text, map_of(shapes))
    truth = shapely.affinity.rotate(shapely.box(-500, -500, -500 + area_km2 * 1000, 500), turn, origin=(0, 0))
    assert off(drawn, truth) < STRAIGHT
    assert area_m2([drawn.polygon])[0] == pytest.approx(area_km2 * 1e6, rel=1e-6)
    assert drawn.grade == "inferred"
    assert drawn.area_shaped
    assert "area-closure" in methods(drawn, side)
    assert {"no-map-knows", "area-closure"} <= codes(drawn)


def test_words_for_where_at_a_road_a_side_lies() -> None:
    cases = {
        "东路以东150米": ("inferred", "offset", 1150),
        "东路东侧": ("inferred", "edge-of-road", 1000),
        "东路以东": ("undetermined", "no-distance", None),
    }
    for words, (grade, code, east) in cases.items():
        drawn = one(f"区块一：东至{words}、{SIDES}", map_of({**THREE, "东路": EAST}))
        assert drawn.grade == grade, words
        assert code in codes(drawn), words
        if east is not None:
            assert off(drawn, shapely.box(-500, -500, east, 500)) < STRAIGHT


def test_an_open_side_without_a_stated_area_is_not_drawn() -> None:
    drawn = one(f"区块一：东至空地、{SIDES}", map_of(THREE))
    assert drawn.grade == "undetermined"
    assert codes(drawn) == {"no-map-knows"}


def test_two_open_sides_are_not_drawn_by_area() -> None:
    drawn = one("区块一：面积1平方公里，东至空地、南至南路、西至西路、北至坑塘。", map_of(THREE))
    assert drawn.grade == "undetermined"


def test_a_stated_area_is_the_last_resort() -> None:
    drawn = one(f"区块一：面积9平方公里，东至东路、{SIDES}", map_of({**THREE, "东路": EAST}))
    assert drawn.grade == "traced"
    assert not drawn.area_shaped
    assert off(drawn, shapely.box(-500, -500, 1000, 500)) < STRAIGHT


TWO = "区块一：东至区块二、南至南路、西至西路、北至北路。区块二：东至东路、南至南路、西至中路、北至北路。"
MIDDLE = shapely.LineString([(200, -800), (300, 800)])


@pytest.mark.parametrize("swapped", [False, True])
def test_another_block_bounds_with_its_own_edge(swapped: bool) -> None:
    text = TWO if not swapped else "。".join([*reversed(TWO.split("。")[:2]), ""])
    drawn = trace(parse_plan(text), map_of({**THREE, "东路": EAST, "中路": MIDDLE}))
    west, east = sorted(drawn.values(), key=lambda d: d.polygon.centroid.x if d.polygon else 0.0)
    left = shapely.box(-500, -500, 2000, 500) & shapely.Polygon(
        [(-900, -800), (200, -800), (300, 800), (-900, 800)]
    )
    assert off(west, left) < STRAIGHT
    assert west.grade == east.grade == "traced"
    assert west.polygon is not None
    assert east.polygon is not None
    assert area_m2([west.polygon.intersection(east.polygon)])[0] < 1e-6
    shared = next(edge for edge in west.edges if edge.side == "east")
    assert shared.feature == "区块二"
    assert shared.source_ids == next(e for e in east.edges if e.side == "west").source_ids


def test_blocks_that_wait_for_each_other_are_told() -> None:
    text = (
        "区块一：东至区块二、南至南路、西至西路、北至北路。区块二：东至东路、南至南路、西至区块一、北至北路。"
    )
    for drawn in trace(parse_plan(text), map_of({**THREE, "东路": EAST})).values():
        assert drawn.grade == "undetermined"
        assert codes(drawn) == {"blocks-in-a-circle"}


def test_an_edge_of_a_turned_area_is_its_own() -> None:
    area = shapely.affinity.rotate(shapely.box(0, 0, 400, 900), 25, origin=(0, 0))
    corner = shapely.affinity.rotate(shapely.Point(0, 900), 25, origin=(0, 0))
    edge = facing_edge(area, "west")
    assert edge.normalize().equals_exact(shapely.LineString([(0, 0), corner.coords[0]]).normalize(), 1e-6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=6), st.floats(20, 120))
@example([0.0, 0.0], 40.0)
def test_the_middle_of_a_band_is_the_line_it_was_made_from(turns: list[float], width_m: float) -> None:
    xy = [np.zeros(2)]
    for way in np.cumsum(turns):
        xy.append(xy[-1] + 800 * np.array([np.cos(way), np.sin(way)]))
    line = shapely.LineString(xy)
    band = shapely.Polygon(line.buffer(width_m / 2, cap_style="flat", join_style="mitre"))
    assume(band.is_valid and not band.interiors)
    found = middle_line(band)
    assert found.length > line.length - 2 * width_m
    away: Any = shapely.distance(shapely.points(shapely.get_coordinates(found)), line)
    assert np.max(away) < width_m / 4


GRID = (
    "区块一：东至中路、南至横路、西至西路、北至北路。区块二：东至东路、南至横路、西至中路、北至北路。"
    "区块三：东至中路、南至南路、西至西路、北至横路。区块四：东至东路、南至南路、西至中路、北至横路。"
)


def shaken_grid(seed: int) -> ReferenceMap:
    """Six roads of two carriageways, every vertex moved by up to 3 m."""
    random = np.random.default_rng(seed)
    rows: dict[str, list[shapely.LineString]] = {}
    for name, at, along in [
        ("东路", 1000, 1),
        ("中路", 200, 1),
        ("西路", -500, 1),
        ("北路", 500, 0),
        ("横路", -20, 0),
        ("南路", -500, 0),
    ]:
        for away in (-9, 9):
            xy = np.column_stack([np.full(17, at + away), np.linspace(-900, 1500, 17)])
            shaken = xy[:, :: 1 if along else -1] + random.uniform(-3, 3, xy.shape)
            rows.setdefault(name, []).append(shapely.LineString(shaken))
    return map_of({name: shapely.MultiLineString(lines) for name, lines in rows.items()})


def vertices(drawn: Digitised) -> set[tuple[float, ...]]:
    return {tuple(xy) for xy in shapely.get_coordinates(drawn.polygon)}


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
@example(0)
def test_blocks_of_a_zone_share_their_common_edges_exactly(seed: int) -> None:
    reference = shaken_grid(seed)
    drawn = list(trace(parse_plan(GRID), reference).values())
    polygons = [d.polygon for d in drawn]
    assert all(p is not None and p.is_valid for p in polygons)
    together = shapely.union_all(polygons)
    assert isinstance(together, shapely.Polygon)
    gaps = [shapely.Polygon(ring) for ring in together.interiors]
    assert area_m2(gaps).sum() < 1, "a gap is left between the four"
    assert area_m2(polygons).sum() == pytest.approx(area_m2([together])[0], abs=1e-4)
    for a, b, length in [(0, 1, 520), (2, 3, 480), (0, 2, 700), (1, 3, 800)]:
        assert area_m2([shapely.intersection(polygons[a], polygons[b])])[0] < 1e-6
        shared = vertices(drawn[a]) & vertices(drawn[b])
        along = PLANE.to_xy(shapely.MultiPoint(sorted(shared)))
        assert shapely.oriented_envelope(along).length / 2 == pytest.approx(length, abs=25)
    assert len(set.intersection(*map(vertices, drawn))) == 1, "they do not meet in one corner"
    for d in drawn:
        ring = shapely.Polygon([xy for edge in d.edges for xy in edge.line.coords[:-1]])
        assert ring.normalize() == d.polygon.normalize()  # type: ignore[union-attr]  # asserted above
        assert {edge.side for edge in d.edges} == {"east", "south", "west", "north"}


def test_shared_edges_do_not_depend_on_the_order_of_the_blocks() -> None:
    reference = shaken_grid(3)
    sentences = GRID.split("。")[:4]
    found = []
    for order in ([0, 1, 2, 3], [2, 3, 1, 0]):
        plan = parse_plan("。".join([*(sentences[k] for k in order), ""]))
        drawn = trace(plan, reference)
        labels = {p.id: b.label for z in plan.zones for b in z.blocks for p in b.parcels}
        found.append({labels[key]: d.polygon for key, d in drawn.items()})
    assert found[0].keys() == found[1].keys()
    for label, polygon in found[0].items():
        assert polygon is not None
        assert polygon.normalize() == found[1][label].normalize(), label  # type: ignore[union-attr]


def test_blocks_on_two_banks_stay_apart() -> None:
    """A road of 24 m between two blocks that name its two sides as two roads is no gap in the drawing."""
    text = (
        "区块一：东至中一路、南至南路、西至西路、北至北路。区块二：东至东路、南至南路、西至中二路、北至北路。"
    )
    between = {"中一路": [(200, -800), (200, 800)], "中二路": [(212, -800), (212, 800)]}
    reference = map_of({**THREE, "东路": EAST, **{k: shapely.LineString(v) for k, v in between.items()}})
    one_, two = (d.polygon for d in trace(parse_plan(text), reference).values())
    assert one_ is not None
    assert two is not None
    assert PLANE.to_xy(one_).distance(PLANE.to_xy(two)) == pytest.approx(12, abs=0.1)


def test_blocks_of_shanghai_side_by_side_share_their_edges(shared: Path) -> None:
    cases, reference = shared / "cases", read_reference(shared / "reference" / "shanghai_west.gpkg")
    plan = parse_plan((cases / "shanghai_west_blocks_two_on_a_side.txt").read_text(encoding="utf-8"))
    truth = gpd.read_file(cases / "shanghai_west_blocks_two_on_a_side.geojson").geometry
    plane = LocalPlane.around(truth.to_numpy())
    inner = plane.to_xy(truth.to_numpy())
    apart: list[int] = []
    for k in range(len(inner)):
        if all(inner[k].intersection(inner[j]).area < 1 for j in apart):
            apart.append(k)
    words = [plan.words(plan.parcels[k].span).rstrip("。；\n") + "。" for k in apart]
    drawn = trace(parse_plan("".join(words)), reference)
    assert len(drawn) == len(apart) > 10
    polygons = [d.polygon for d in drawn.values() if d.polygon is not None]
    assert len(polygons) == len(apart)
    assert all(p.is_valid for p in polygons)
    i, j = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    touching = [(polygons[a], polygons[b]) for a, b in zip(i, j, strict=True) if a < b]
    assert len(touching) >= 3
    for a, b in touching:
        assert area_m2([shapely.intersection(a, b)])[0] < 1e-6


ROADS: Mapping[str, BaseGeometry] = {**THREE, "东路": EAST}
BLOCK = shapely.box(-500, -500, 1000, 500)


def with_widths(widths_m: Mapping[str, float]) -> ReferenceMap:
    reference = map_of(ROADS)
    features = reference.features.assign(
        width_m=[widths_m.get(n, np.nan) for n in reference.features["name"]]
    )
    return ReferenceMap(features=features)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(4, 90), min_size=4, max_size=4))
@example([20.0, 20.0, 20.0, 20.0])
def test_the_band_is_as_wide_as_the_roads(widths: list[float]) -> None:
    """Of a rectangle, near and far edges are rectangles: the oracle is arithmetic."""
    reference = with_widths(dict(zip(ROADS, widths, strict=True)))
    north, west, south, east = (width / 2 for width in widths)
    for boundary, sign in (("centre", 0), ("near", -1), ("far", 1)):
        drawn = one(f"区块一：东至东路、{SIDES}", reference, Settings(boundary=boundary))  # type: ignore[arg-type]  # a literal of its own
        edge = shapely.box(-500 - sign * west, -500 - sign * south, 1000 + sign * east, 500 + sign * north)
        assert off(drawn, edge) < STRAIGHT
        assert drawn.grade == "traced"
        near, far = ((1500 + k * (east + west)) * (1000 + k * (north + south)) / 1e6 for k in (-1, 1))
        assert drawn.area_near_km2 == pytest.approx(near, rel=1e-4)
        assert drawn.area_far_km2 == pytest.approx(far, rel=1e-4)
        ring = shapely.Polygon([xy for piece in drawn.edges for xy in piece.line.coords[:-1]])
        assert ring.normalize() == drawn.polygon.normalize()  # type: ignore[union-attr]  # asserted above
        assert {piece.side for piece in drawn.edges} == {"east", "south", "west", "north"}


def test_banks_and_carriageways_tell_the_width() -> None:
    river = shapely.box(1000, -2000, 1120, 2000)
    twice = shapely.MultiLineString([[(-800, 490), (2400, 490)], [(-800, 510), (2400, 510)]])
    reference = map_of({**THREE, "北路": twice, "甲河": river}, {"甲河": "water"})
    drawn = one(f"区块一：东至甲河、{SIDES}", reference, Settings(boundary="near", road_half_width_m=0))
    assert off(drawn, shapely.box(-500, -500, 1000, 500 - 10 - 3.5)) < 4e-3


def test_a_point_landmark_has_a_band_and_an_outline_has_none() -> None:
    choices = Settings(road_half_width_m=0, landmark_half_width_m=80)
    for place, half in ((shapely.Point(1000, 0), 80), (shapely.box(1000, -700, 1500, 700), 0)):
        reference = map_of({**THREE, "甲大学": place}, {"甲大学": "place"})
        drawn = one(f"区块一：东至甲大学、{SIDES}", reference, choices)
        if not half:
            assert drawn.area_near_km2 is None
            continue
        assert drawn.area_near_km2 == pytest.approx(1.42, rel=1e-4)
        assert drawn.area_far_km2 == pytest.approx(1.58, rel=1e-4)


def test_an_unknown_boundary_is_refused() -> None:
    with pytest.raises(ValueError, match="'middle'"):
        Settings(boundary="middle")  # type: ignore[arg-type]  # what a user may write


def test_an_agreement_that_the_stated_area_made_is_not_counted(tmp_path: Path) -> None:
    """Neither of the fresh drawing nor of one that was written and read back, whatever the format."""
    plan = parse_plan(f"区块一：面积1.2平方公里，东至空地、{SIDES}")
    parcels = pipeline.digitise(plan, map_of(THREE))
    assert parcels["grade"].tolist() == ["inferred"]
    assert parcels["measured_area_km2"].tolist() == pytest.approx([1.2], abs=2e-6)
    for name in ("blocks.geojson", "blocks.gpkg", "blocks.fgb"):
        read = files.read_parcels(files.write(parcels, tmp_path / name))
        assert read["area_shaped"].tolist() == [True], name
        wrong = parse_plan(f"区块一：面积7平方公里，东至空地、{SIDES}")
        checks = {finding.check for finding in pipeline.audit(wrong, read).findings}
        assert "declared-measured" not in checks, name


def test_what_lies_within_the_roads_is_a_note_and_what_lies_beyond_is_an_error() -> None:
    reference = with_widths(dict.fromkeys(ROADS, 40.0))  # near 1.4016, middle 1.5, far 1.6016 km²
    for stated, severity in (("1.59", "note"), ("1.41", "note"), ("1.62", "error"), ("1.38", "error")):
        plan = parse_plan(f"区块一：面积{stated}平方公里，东至东路、{SIDES}")
        found = pipeline.audit(plan, pipeline.digitise(plan, reference)).findings
        assert [f.severity for f in found if f.check == "declared-measured"] == [severity], stated


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
@example(0)
def test_blocks_of_shanghai_ignore_order_direction_and_cuts_of_the_maps_lines(
    shanghai: Shanghai, seed: int
) -> None:
    plan, reference, whole = shanghai
    random = np.random.default_rng(seed)
    features = reference.features.sample(frac=1, random_state=seed).reset_index(drop=True)
    lines, rows = [], []
    for row, line in enumerate(features.geometry):
        parts = [line]
        if line.geom_type == "LineString" and len(line.coords) > 2 and random.random() < 0.3:
            k = int(random.integers(1, len(line.coords) - 1))
            parts = [shapely.LineString(line.coords[: k + 1]), shapely.LineString(line.coords[k:])]
        for part in parts:
            lines.append(part.reverse() if random.random() < 0.5 else part)
            rows.append(row)
    cut = features.iloc[rows].reset_index(drop=True).set_geometry(gpd.GeoSeries(lines, crs=4326))
    cut["source_id"] = [f"{key}.{k}" for k, key in enumerate(cut["source_id"])]
    for key, drawn in trace(plan, ReferenceMap(features=cut)).items():
        before = whole[key]
        assert drawn.grade == before.grade, key
        assert drawn.polygon is not None
        assert before.polygon is not None
        difference = shapely.symmetric_difference(drawn.polygon, before.polygon)
        assert area_m2([difference])[0] < 1e-5 * area_m2([before.polygon])[0], key


def test_a_name_without_a_word_for_road_is_the_road_that_the_map_has() -> None:
    reference = map_of({**THREE, "Kluuvikatu": EAST})
    plan = parse_plan("区块一：东至Kluuvikatu、南至南路、西至西路、北至北路。")
    (drawn,) = trace(plan, reference).values()
    assert (drawn.grade, [r.code for r in drawn.reasons]) == ("traced", [])
    assert drawn.polygon is not None
    assert float(area_m2([drawn.polygon])[0]) == pytest.approx(1500 * 1000, rel=1e-4)


def test_a_bridged_gap_is_no_wider_than_the_road() -> None:
    broken = shapely.MultiLineString([[(1000, -800), (1000, -250)], [(1000, 250), (1000, 800)]])
    drawn = one(f"区块一：东至东路、{SIDES}", map_of({**THREE, "东路": broken}))
    bridges = [edge.half_width_m for edge in drawn.edges if edge.method == "bridge"]
    assert bridges == [Settings().road_half_width_m]


@pytest.mark.slow
@pytest.mark.parametrize("boundary", ["near", "far"])
def test_blocks_along_the_edges_of_roads_are_valid_in_degrees(shared: Path, boundary: str) -> None:
    words = (shared / "cases" / "shanghai_west_blocks_two_on_a_side.txt").read_text(encoding="utf-8")
    plan, reference = parse_plan(words), read_reference(shared / "reference" / "shanghai_west.gpkg")
    drawn = trace(plan, reference, Settings(boundary=boundary))  # type: ignore[arg-type]  # a literal of its own
    assert [d.parcel_id for d in drawn.values() if d.polygon is not None and not d.polygon.is_valid] == []
