"""Words for an edge are read once; looking up, tracing, sketching and checking follow that reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

import ftz_geo
from builders import reference_map

if TYPE_CHECKING:
    from ftz_geo.model import ReferenceMap

STREETS = {
    "东路": [(117.02, 38.99), (117.02, 39.02)],
    "中路": [(117.01, 38.99), (117.01, 39.02)],
    "西路": [(117.0, 38.99), (117.0, 39.02)],
    "南路": [(116.99, 39.0), (117.03, 39.0)],
    "北路": [(116.99, 39.01), (117.03, 39.01)],
}
EDGES_OF_TWO = ("西侧边界", "西边界", "西侧", "西外缘", "的西边界线", "西红线", "西侧围墙")


def streets(**areas: shapely.Polygon) -> ReferenceMap:
    shapes = {name: shapely.LineString(xy) for name, xy in STREETS.items()} | areas
    return reference_map(shapes.items(), ["place" if name in areas else "road" for name in shapes])


def two_blocks(edge: str, area: str = "") -> str:
    return (
        f"区块一：{area}东至区块二{edge}、南至南路、西至西路、北至北路。"
        f"区块二：{area}东至东路、南至南路、西至中路、北至北路。"
    )


@pytest.mark.parametrize("edge", EDGES_OF_TWO)
def test_an_edge_of_another_block_is_traced_along_it(edge: str) -> None:
    plan = ftz_geo.parse_plan(two_blocks(edge))
    (side,) = plan.parcels[0].abuttals["east"]
    assert (side.kind, side.called, side.edge) == ("block", "区块二", "west")
    parcels = ftz_geo.digitise(plan, streets())
    assert parcels["grade"].tolist() == ["traced", "traced"]
    one, other = parcels.geometry
    assert one.intersection(other).length == pytest.approx(0.01, rel=1e-3)
    assert shapely.intersection(one, other).area == 0


@pytest.mark.parametrize("edge", EDGES_OF_TWO)
def test_an_edge_of_another_block_puts_sketches_and_checks_on_its_side(edge: str) -> None:
    plan = ftz_geo.parse_plan(two_blocks(edge, area="面积1平方公里，"))
    parcels = ftz_geo.digitise(plan)
    one, other = (shapely.centroid(g).x for g in parcels.geometry)
    assert one < other
    swapped = parcels.set_geometry(parcels.geometry.to_numpy()[::-1], crs=4326).assign(
        grade="surveyed", area_shaped=False
    )
    found = {f.check for f in ftz_geo.audit(plan, swapped).findings}
    assert "relation" in found


@pytest.mark.parametrize("words", ["甲大学东院墙", "甲大学东侧围墙", "甲大学东边界", "甲大学东"])
def test_an_edge_of_a_place_is_looked_up_as_the_place(words: str) -> None:
    campus = shapely.box(116.995, 38.995, 117.003, 39.015)
    plan = ftz_geo.parse_plan(f"区块一：东至东路、南至南路、西至{words}、北至北路。")
    drawing = ftz_geo.draw(plan, streets(甲大学=campus))
    (choice,) = (c for c in drawing.choices[plan.parcels[0].id] if c.side == "west")
    assert [c.map_name for c in choice.candidates] == ["甲大学"]
    assert drawing.parcels.geometry.iloc[0].bounds[0] == pytest.approx(117.003, abs=1e-6)


def test_a_stretch_of_a_road_is_looked_up_as_the_road_and_told_as_such() -> None:
    plan = ftz_geo.parse_plan("区块一：东至东路北段、南至南路、西至西路、北至北路。")
    (side,) = plan.parcels[0].abuttals["east"]
    assert (side.called, side.part) == ("东路", "北段")
    parcels = ftz_geo.digitise(plan, streets())
    assert parcels["grade"].tolist() == ["inferred"]
    assert any("东路北段" in reason for reason in parcels["reasons"].iloc[0])


def test_numbers_of_labels_are_read_alike_everywhere() -> None:
    plan = ftz_geo.parse_plan(
        "示范区总面积3平方公里。"
        + "".join(
            f"区块{n}：面积1平方公里，东至{a}、南至南路、西至{b}、北至北路。"
            for n, a, b in (
                ("一百零四", "东路", "中路"),
                ("一百零五", "区块104西侧", "西路"),
                ("一百零六", "甲路", "乙路"),
            )
        )
    )
    assert [b.id.rpartition("-")[2] for b in plan.zones[0].blocks] == ["104", "105", "106"]
    assert not [f for f in ftz_geo.audit(plan).findings if f.check == "block-labels"]
    assert ftz_geo.digitise(plan, streets())["grade"].tolist()[:2] == ["traced", "traced"]
