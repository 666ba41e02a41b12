"""The order of the stages, and that nothing is left half-written."""

from decimal import Decimal
from pathlib import Path

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

import ftz_geo
from ftz_geo import pipeline, render
from ftz_geo.errors import OutputError
from ftz_geo.measure import area_m2

TEXT = """甲开发区总体方案

甲开发区总面积{total}平方公里，分为两个区块，分别为：

区块一：面积{one}平方公里，东至甲河、南至乙路、西至丙路、北至丁路。

区块二：面积{two}平方公里，东至丙路、南至乙路、西至戊路、北至己路。
"""


def plan(one: str = "1.5", two: str = "2.25", total: str = "3.75") -> ftz_geo.Plan:
    return ftz_geo.parse_plan(TEXT.format(one=one, two=two, total=total))


def test_public_names_are_functions_whatever_was_imported_before() -> None:
    for name in ftz_geo.__all__:
        assert callable(getattr(ftz_geo, name)), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ftz_geo.nothing  # noqa: B018


@pytest.mark.slow
@given(st.decimals("0.05", "60", places=2), st.decimals("0.05", "60", places=2))
@example(Decimal("1.5"), Decimal("2.25"))
def test_sketch_has_the_stated_areas_in_order(one: Decimal, two: Decimal) -> None:
    parcels = pipeline.digitise(plan(str(one), str(two)))
    assert parcels["grade"].tolist() == ["sketched", "sketched"]
    assert area_m2(parcels.geometry.to_numpy()) / 1e6 == pytest.approx([float(one), float(two)], rel=1e-6)
    east, west = parcels.geometry
    # 丙路 is the west side of the one and the east side of the other.
    assert not east.intersects(west)
    assert west.centroid.x < east.centroid.x


def test_frame_holds_the_words_and_the_evidence() -> None:
    given_plan = plan()
    drawing = pipeline.draw(given_plan)
    parcels, edges_of = drawing.parcels, drawing.edges_of()
    assert parcels.crs.to_epsg() == 4326
    assert parcels["east"].iloc[0] == "甲河"
    assert parcels["declared_area_km2"].tolist() == parcels["block_declared_area_km2"].tolist() == [1.5, 2.25]
    assert parcels["text"].iloc[0].startswith("区块一：面积1.5平方公里")
    for parcel_id, polygon in parcels.geometry.items():
        edges = edges_of[parcel_id]
        ring = shapely.union_all([edge.line for edge in edges])
        assert ring.length == pytest.approx(polygon.exterior.length, rel=1e-9)
        for edge in edges:
            assert edge.span is None or given_plan.words(edge.span) == edge.feature


def test_failure_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocks.geojson").write_text("of an earlier run", encoding="utf-8")

    def full_disk(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(render, "map_pages", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        pipeline.build(plan(), tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["blocks.geojson"]
    assert (tmp_path / "blocks.geojson").read_text(encoding="utf-8") == "of an earlier run"


def test_folder_in_a_results_place_is_said_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "audit.html").mkdir()
    with pytest.raises(OutputError, match=r"audit\.html is a folder"):
        pipeline.build(plan(), tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["audit.html"]


def test_pages_of_an_earlier_notice_go_and_others_stay(tmp_path: Path) -> None:
    pipeline.build(plan(), tmp_path)
    (tmp_path / "maps" / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    other = ftz_geo.parse_plan(TEXT.format(one="1", two="2", total="3").replace("甲开发区", "乙开发区"))
    pipeline.build(other, tmp_path)
    assert {p.name for p in (tmp_path / "maps").iterdir()} == {
        "index.html",
        f"{other.zones[0].id}.html",
        "mine.html",
    }


def test_build_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        pipeline.build(plan(), tmp_path / name)
    for name in ("blocks.geojson", "edges.geojson", "audit.json", "audit.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
