"""Polygons described in words: against published words, and drawn again from them."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ftz_geo
from builders import reference_map, run
from ftz_geo.describe import NAMELESS, Description, describe_parcels
from ftz_geo.errors import GeometryError
from ftz_geo.measure import LocalPlane
from ftz_geo.model import DIRECTIONS, ReferenceMap

PLANE = LocalPlane(lon=117.0, lat=39.0)


def a_map(*features: tuple[str, Any, str]) -> ReferenceMap:
    """A map of names, geometries in metres and kinds."""
    rows = [(name, PLANE.to_lonlat(shape)) for name, shape, _ in features]
    return reference_map(rows, [kind for *_, kind in features])


def polygons(*shapes: shapely.Polygon | shapely.MultiPolygon | None) -> gpd.GeoDataFrame:
    flat = [None if s is None else PLANE.to_lonlat(s) for s in shapes]
    return gpd.GeoDataFrame(geometry=flat, crs="EPSG:4326", index=[f"p{i}" for i in range(len(flat))])


def road(name: str, *xy: tuple[float, float]) -> tuple[str, Any, str]:
    return name, shapely.LineString(xy), "road"


CROSS = (
    road("东路", (1000, -200), (1000, 1200)),
    road("南路", (-200, 0), (1300, 0)),
    road("西路", (0, -200), (0, 1200)),
    road("北路", (-200, 900), (1300, 900)),
)
BLOCK = shapely.box(0, 0, 1000, 900)
PLAIN = "东至东路、南至南路、西至西路、北至北路"


def words(shape: shapely.Polygon, *features: tuple[str, Any, str]) -> str:
    (description,) = describe_parcels(polygons(shape), a_map(*features))
    return description.text


def test_four_roads() -> None:
    assert words(BLOCK, *CROSS) == PLAIN


def test_inner_edge_of_two_carriageways() -> None:
    twin = [road(name, *(np.array(line.coords) + 12)) for name, line, _ in CROSS]
    for inner in (BLOCK, shapely.box(12, 12, 1000, 900), shapely.box(6, 6, 1006, 906)):
        assert words(inner, *CROSS, *twin) == PLAIN


def test_edge_along_nothing_is_said_to_be_nameless() -> None:
    assert words(BLOCK, *CROSS[:3]) == f"东至东路、南至南路、西至西路、北至{NAMELESS}"
    # A road that runs parallel, two blocks off, is not taken for it.
    far = road("远路", (-200, 960), (1300, 960))
    assert words(BLOCK, *CROSS[:3], far) == f"东至东路、南至南路、西至西路、北至{NAMELESS}"


def test_roads_that_only_cross_an_edge_do_not_name_it() -> None:
    crossing = [road(f"{i}号路", (i * 60, 700), (i * 60, 1100)) for i in range(1, 16)]
    assert words(BLOCK, *CROSS[:3], *crossing) == f"东至东路、南至南路、西至西路、北至{NAMELESS}"


def test_gap_in_a_road_is_spanned_if_it_is_short() -> None:
    def with_gap(metres: float) -> str:
        parts = [road("北路", (-200, 900), (400, 900)), road("北路", (400 + metres, 900), (1300, 900))]
        return words(BLOCK, *CROSS[:3], *parts)

    assert with_gap(50) == PLAIN
    assert with_gap(300) == f"{PLAIN}和{NAMELESS}"


def test_short_corner_piece_is_found_and_not_stated() -> None:
    corner = shapely.Polygon([(0, 0), (1000, 0), (1000, 870), (970, 900), (0, 900)])
    cut = road("小街", (1010, 860), (960, 910))
    (description,) = describe_parcels(polygons(corner), a_map(*CROSS, cut))
    assert description.text == PLAIN
    assert [(s.name, s.stated) for s in description.stretches if s.name == "小街"] in ([], [("小街", False)])


def test_several_features_of_a_side_come_clockwise() -> None:
    shape = shapely.Polygon([(0, 0), (1000, 0), (1000, 500), (700, 500), (700, 900), (0, 900)])
    roads = (
        road("津港大道", (1000, -200), (1000, 600)),
        road("连接路", (600, 500), (1100, 500)),
        road("泽恩路", (700, 400), (700, 1000)),
    )
    assert words(shape, *CROSS[1:], *roads) == "东至泽恩路、连接路和津港大道、南至南路、西至西路、北至北路"
    plan = ftz_geo.parse_plan(f"区块一：{words(shape, *CROSS[1:], *roads)}。")
    assert [f.name for f in plan.parcels[0].abuttals["east"]] == ["泽恩路", "连接路", "津港大道"]


def test_one_feature_may_be_two_sides() -> None:
    river = (
        "海河",
        shapely.LineString([(-300, 1000), (0, 600), (300, 150), (900, -100), (1300, -100)]),
        "water",
    )
    shape = shapely.Polygon([(1000, -100), (1000, 900), (-225, 900), (0, 600), (300, 150), (900, -100)])
    assert words(shape, CROSS[0], CROSS[3], river) == "东至东路、南至海河、西至海河、北至北路"


def test_three_roads_leave_no_side_without_a_name() -> None:
    shape = shapely.Polygon([(0, 0), (1000, 0), (500, 800)])
    (description,) = describe_parcels(
        polygons(shape),
        a_map(
            road("甲路", (-100, 0), (1100, 0)),
            road("乙路", (1000, 0), (500, 800)),
            road("丙路", (500, 800), (0, 0)),
        ),
    )
    assert description.abuttals["south"] == ("甲路",)
    assert description.abuttals["east"] == ("乙路",)
    assert description.abuttals["west"] == ("丙路",)
    assert description.abuttals["north"] in {("乙路",), ("丙路",)}


def test_a_road_is_named_rather_than_the_park_or_boundary_beside_it() -> None:
    park = ("人民公园", shapely.box(1000, 0, 1500, 900), "place")
    border = ("区界", shapely.LineString([(1000, -200), (1000, 1200)]), "boundary")
    assert words(BLOCK, *CROSS, park, border) == PLAIN
    assert words(BLOCK, *CROSS[1:], park) == PLAIN.replace("东路", "人民公园")


def test_points_are_no_sides() -> None:
    assert "车站" not in words(BLOCK, *CROSS[1:], ("车站", shapely.Point(1000, 450), "place"))


def test_parts_of_a_parcel_are_described_apart_and_rows_without_polygon_passed_over() -> None:
    both = shapely.MultiPolygon([shapely.box(300, 300, 500, 500), shapely.box(0, 600, 1000, 900)])
    found = describe_parcels(polygons(None, both), a_map(*CROSS))
    assert [(d.parcel_id, d.part) for d in found] == [("p1", 1), ("p1", 2)]
    assert found[0].text == PLAIN.replace("南路", NAMELESS)
    assert found[1].nameless_share == 1


def test_what_cannot_be_described_is_said() -> None:
    reference = a_map(*CROSS)
    with pytest.raises(GeometryError, match="not EPSG:4326"):
        describe_parcels(polygons(BLOCK).to_crs(4547), reference)
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    with pytest.raises(GeometryError, match=r"p0: Self-intersection.*only a valid polygon has sides"):
        describe_parcels(polygons(bow), reference)


@settings(max_examples=30)
@given(
    st.integers(0, 3),
    st.booleans(),
    st.permutations(range(4)),
    st.floats(-15, 15),
    st.tuples(*[st.floats(150, 3000)] * 2),
)
@example(0, False, [0, 1, 2, 3], 0.0, (1000.0, 900.0))
def test_words_ignore_ring_start_winding_and_the_order_of_rows(
    start: int, is_reversed: bool, order: list[int], turn: float, size: tuple[float, float]
) -> None:
    def turned(shape: Any) -> Any:
        return shapely.affinity.rotate(shape, turn, origin=(0, 0))

    width, height = size
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    roads = [
        road("东路", (width, -99), (width, height + 99)),
        road("南路", (-99, 0), (width + 99, 0)),
        road("西路", (0, -99), (0, height + 99)),
        road("北路", (-99, height), (width + 99, height)),
    ]
    ring = corners[start:] + corners[:start]
    shape = turned(shapely.Polygon(ring[::-1] if is_reversed else ring))
    features = [(roads[i][0], turned(roads[i][1]), "road") for i in order]
    (description,) = describe_parcels(polygons(shape), a_map(*features))
    assert description.text == PLAIN
    assert description.nameless_share == 0
    assert_stretches_are_the_ring(description, shape)


def assert_stretches_are_the_ring(description: Description, shape: shapely.Polygon) -> None:
    xy = np.concatenate([shapely.get_coordinates(PLANE.to_xy(s.line)) for s in description.stretches])
    again = shapely.Polygon(xy)
    assert not again.exterior.is_ccw
    assert again.symmetric_difference(shape).area < 1e-2 * shape.length  # a centimetre
    assert sum(s.length_m for s in description.stretches) == pytest.approx(shape.length, rel=1e-5)
    sides = [DIRECTIONS.index(s.side) for s in description.stretches]
    assert sides == sorted(sides)
    assert set(sides) == {0, 1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("case", ["shanghai_west_blocks", "shanghai_west_blocks_two_on_a_side"])
def test_described_and_digitised_again_real_blocks_come_back(shared: Path, case: str) -> None:
    truth = gpd.read_file(shared / f"cases/{case}.geojson")
    reference = ftz_geo.read_reference(shared / "reference/shanghai_west.gpkg")
    descriptions = describe_parcels(truth, reference)

    # The names that the blocks were made from, by others.
    published = ftz_geo.read_plan(shared / f"cases/{case}.txt").parcels
    same = [
        {f.name for f in parcel.abuttals[side]} == set(description.abuttals[side])
        for parcel, description in zip(published, descriptions, strict=True)
        for side in DIRECTIONS
    ]
    assert np.mean(same) >= 0.97

    text = "示范区。\n\n" + "\n\n".join(f"区块{i}：{d.text}。" for i, d in enumerate(descriptions, start=1))
    plan = ftz_geo.parse_plan(text)
    for parcel, description in zip(plan.parcels, descriptions, strict=True):
        read = {side: tuple(f.name for f in parcel.abuttals[side]) for side in DIRECTIONS}
        assert read == description.abuttals
    drawn = ftz_geo.digitise(plan, reference).geometry.to_crs(32651).to_numpy()
    inner = truth.geometry.to_crs(32651).to_numpy()
    outer = gpd.GeoSeries.from_wkt(truth["outer"], crs=4326).to_crs(32651).to_numpy()
    # As cases/score.py measures: between two carriageways the edge may lie anywhere; 2 m of slack.
    outside = shapely.area(shapely.difference(drawn, shapely.buffer(outer, 2)))
    missing = shapely.area(shapely.difference(shapely.buffer(inner, -2), drawn))
    score = 1 - (np.nan_to_num(outside, nan=np.inf) + np.nan_to_num(missing, nan=np.inf)) / shapely.area(
        inner
    )
    assert np.mean(score >= 0.95) >= 0.97


OPEN = (
    road("西路", (0, -200), (0, 1200)),
    road("远路", (2000, -200), (2000, 1200)),
    road("南路", (-200, 0), (2300, 0)),
    road("北路", (-200, 900), (2300, 900)),
)


def drawn_again(text: str, reference: ReferenceMap) -> Any:
    """Polygons in metres, digitised from words."""
    drawn = ftz_geo.digitise(ftz_geo.parse_plan(f"示范区。\n{text}"), reference)
    return PLANE.to_xy(drawn.geometry.to_numpy())


@pytest.mark.slow
@settings(max_examples=15)
@given(st.integers(300, 1700), st.integers(0, 5))
@example(1000, 0)
def test_neighbours_are_sides_where_no_feature_runs(cut: int, gap: int) -> None:
    """Two blocks that meet on open ground: each names the other, and both come back with their areas."""
    shapes = [shapely.box(0, 0, cut, 900), shapely.box(cut + gap, 0, 2000, 900)]
    reference = a_map(*OPEN)
    frame = polygons(*shapes)
    west, east = describe_parcels(frame, reference, labels={"p0": "区块一", "p1": "区块二"})
    assert west.text == "东至区块二西边界、南至南路、西至西路、北至北路"
    assert east.text == "东至远路、南至南路、西至区块一东边界、北至北路"
    assert west.stretches[0].source_ids == ("block:p1",)
    assert west.nameless_share == 0
    text = "\n".join(
        f"区块{n}：面积{s.area / 1e6:.4f}平方公里，{d.text}。"
        for n, s, d in zip("一二", shapes, (west, east), strict=True)
    )
    plan = ftz_geo.parse_plan(f"示范区。\n{text}")
    assert {f.kind for p in plan.parcels for f in p.abuttals["east"] + p.abuttals["west"]} == {
        "road",
        "block",
    }
    for shape, again in zip(shapes, drawn_again(text, reference), strict=True):
        assert again.symmetric_difference(shape).area < 0.02 * shape.area


def test_a_road_between_two_blocks_is_named_rather_than_the_other() -> None:
    frame = polygons(shapely.box(0, 0, 1000, 900), shapely.box(1000, 0, 2000, 900))
    labels = {"p0": "区块一", "p1": "区块二"}
    found = describe_parcels(frame, a_map(*OPEN, CROSS[0]), labels=labels)
    assert found[0].abuttals["east"] == found[1].abuttals["west"] == ("东路",)
    # A block across an unnamed road abuts on nothing that is named; nor is one of two that share a label.
    apart = polygons(shapely.box(0, 0, 1000, 900), shapely.box(1030, 0, 2000, 900))
    for others, called in ((apart, labels), (frame, dict.fromkeys(labels, "区块一")), (frame, None)):
        first = describe_parcels(others, a_map(*OPEN), labels=called)[0]
        assert first.abuttals["east"] == (NAMELESS,)


@pytest.mark.parametrize(
    ("hole", "roads", "words"),
    [
        (
            shapely.box(300, 300, 500, 500),
            (
                road("戊路", (500, 250), (500, 550)),
                road("己路", (250, 300), (550, 300)),
                road("庚和路", (300, 250), (300, 550)),
                road("辛河", (250, 500), (550, 500)),
            ),
            "，不含其内由戊路、己路、庚和路、辛河围成的4.00公顷",
        ),
        (shapely.box(300, 300, 500, 500), (), "，不含其内一处4.00公顷"),
        (shapely.box(300, 300, 360, 350), (), "，不含其内一处3000平方米"),
    ],
)
def test_what_a_polygon_leaves_out_is_told_and_leaves_its_sides_alone(
    hole: shapely.Polygon, roads: tuple[Any, ...], words: str
) -> None:
    shape = shapely.Polygon(BLOCK.exterior, [hole.exterior])
    reference = a_map(*CROSS, *roads)
    (description,) = describe_parcels(polygons(shape), reference)
    assert description.text == PLAIN + words
    assert description.to_dict()["holes"][0]["area_m2"] == pytest.approx(hole.area, rel=1e-3)
    for tail in ("。", "。\n区块二：东至远路、南至南路、西至东路、北至北路。"):
        text = f"区块一：面积0.90平方公里，{description.text}{tail}"
        first = ftz_geo.parse_plan(f"示范区。\n{text}").parcels[0]
        assert {s: tuple(f.name for f in first.abuttals[s]) for s in DIRECTIONS} == description.abuttals
        assert len(ftz_geo.parse_plan(f"示范区。\n{text}").parcels) == text.count("东至")
        again = drawn_again(text, reference)[0]
        assert again.symmetric_difference(BLOCK).area < 0.02 * BLOCK.area


def test_two_holes_and_a_block_in_one_of_them() -> None:
    holes = [shapely.box(300, 300, 500, 500), shapely.box(600, 300, 900, 600)]
    shape = shapely.Polygon(BLOCK.exterior, [h.exterior for h in holes])
    labels = {"p0": "区块一", "p1": "区块二"}
    outer, inner = describe_parcels(polygons(shape, holes[0]), a_map(*CROSS), labels=labels)
    assert outer.text == f"{PLAIN}，不含其内一处9.00公顷，不含其内由区块二围成的4.00公顷"
    assert set(inner.abuttals.values()) == {(NAMELESS,)}


@pytest.mark.slow
def test_command_writes_what_parse_reads(tmp_path: Path) -> None:
    blocks = polygons(BLOCK, shapely.box(0, 900, 1000, 1200)).assign(
        block=["区块一", "区块二"], name=["科技园", None]
    )
    blocks.to_file(tmp_path / "blocks.gpkg")
    a_map(*CROSS).features.drop(columns="alt_names").to_file(tmp_path / "roads.geojson")
    done = run("describe", tmp_path / "blocks.gpkg", "--reference", tmp_path / "roads.geojson")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"区块一：科技园，{PLAIN}。",
        f"区块二：东至东路、南至北路、西至西路、北至{NAMELESS}。",
    ]
    assert "runs along nothing that is named" in done.stderr
    first, second = ftz_geo.parse_plan(done.stdout).zones[0].blocks
    assert (first.label, first.name, second.label) == ("区块一", "科技园", "区块二")
    assert [f.kind for f in second.parcels[0].abuttals["north"]] == ["vague"]

    done = run("describe", tmp_path / "blocks.gpkg", "-r", tmp_path / "roads.geojson", "--json")
    answer = json.loads(done.stdout)
    assert answer["schema"] == "ftz-geo/describe-1"
    assert answer["descriptions"][0]["abuttals"]["east"] == ["东路"]
    assert answer["descriptions"][1]["nameless_share"] == pytest.approx(0.38, abs=0.02)


@pytest.mark.slow
def test_command_refuses_unusable_input(tmp_path: Path) -> None:
    done = run("describe", tmp_path / "nothing.gpkg", "-r", tmp_path / "roads.gpkg")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such file" in done.stderr.splitlines()[-1]
