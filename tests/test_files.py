"""Parcels out to GIS formats and back."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from builders import drawing
from ftz_geo import files
from ftz_geo.errors import DocumentError, GeometryError, OutputError
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2
from ftz_geo.model import Edge, Reason


def square(west: float = 117.1, south: float = 39.0, size: float = 0.01) -> shapely.Polygon:
    # Clockwise on purpose: RFC 7946 wants the shell counter-clockwise.
    return shapely.box(west, south, west + size, south + size, ccw=False)


def frame(**changes: object) -> Drawing:
    """Two parcels, the second undetermined."""
    polygon = square()
    edge = Edge(
        side="north", feature="北路", method="sketch", line=shapely.LineString(polygon.exterior.coords[:2])
    )
    columns: dict[str, list[object]] = {name: [None, None] for name in files.PARCEL_PROPERTIES[1:]}
    columns |= {
        "zone": ["甲区", "甲区"],
        "zone_id": ["jia", "jia"],
        "block": ["区块一", "区块二"],
        "block_name": ["很长很长的名字" * 30, None],
        "text": ["区块一：东至河", "区块二"],
        "declared_area_km2": [0.96, np.nan],
        "block_declared_area_km2": [0.96, np.nan],
        "measured_area_km2": [0.9621, np.nan],
        "grade": ["sketched", "undetermined"],
        "placement_uncertainty_m": [5000.0, np.nan],
        "north": ["北路", None],
        "area_shaped": [True, False],
    } | {name: list(values) for name, values in changes.items()}  # type: ignore[call-overload]
    made = gpd.GeoDataFrame(columns, index=["jia-1", "jia-2"], geometry=[polygon, None], crs=4326)
    return drawing(made, [[edge], []], [[Reason(code="a", zh="示意", en="sketch")], []])


def test_geojson_is_rfc_7946(tmp_path: Path) -> None:
    path = files.write(frame(), tmp_path / "blocks.geojson")
    value = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in value
    first, second = value["features"]
    assert tuple(first["properties"]) == files.PARCEL_PROPERTIES
    assert first["properties"]["reasons"] == ["示意"]
    assert second["geometry"] is None
    assert second["properties"]["declared_area_km2"] is None
    ring = first["geometry"]["coordinates"][0]
    assert shapely.is_ccw(shapely.LinearRing(ring))


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".kml"])
def test_written_and_read_again(tmp_path: Path, ending: str) -> None:
    before = frame().parcels
    after = files.read_parcels(files.write(before, tmp_path / f"blocks{ending}"))
    if ending == ".kml":  # a placemark without geometry is no placemark
        before = before.iloc[:1]
    assert after.index.tolist() == before.index.tolist()
    assert after.geometry.iloc[0].normalize().equals_exact(before.geometry.iloc[0].normalize(), 1e-9)
    assert after["block_name"].iloc[0] == before["block_name"].iloc[0]
    assert after["reasons"].iloc[0] == ["示意"]
    assert after["grade"].tolist() == before["grade"].tolist()


@pytest.mark.slow
@given(st.floats(0.0005, 0.2), st.floats(73, 134), st.floats(18, 53))
@example(0.0005, 117.1, 39.0)
def test_rounding_moves_no_area_by_a_millionth(size: float, west: float, south: float) -> None:
    polygon = square(west, south, size)
    parcels = frame().parcels.set_geometry([polygon, None], crs=4326)
    written = shapely.geometry.shape(files.parcels_geojson(parcels)["features"][0]["geometry"])
    assert area_m2([written])[0] == pytest.approx(area_m2([polygon])[0], rel=1e-6)


def test_evidence_is_read_back_from_beside_the_blocks(tmp_path: Path) -> None:
    before = replace(frame(), about={"source": {"file": "notice.txt"}})
    files.write(before, tmp_path / "blocks.geojson")
    (tmp_path / "edges.geojson").write_text(files.to_json(files.edges_geojson(before)), encoding="utf-8")
    files.write(before, tmp_path / "blocks.gpkg")
    for name in ("blocks.geojson", "blocks.gpkg"):
        (edge,) = files.read_drawing(tmp_path / name).edges_of()["jia-1"]
        assert (edge.side, edge.feature, edge.method) == ("north", "北路", "sketch")
    after = files.read_drawing(tmp_path / "blocks.geojson")
    assert after.about["source"]["file"] == "notice.txt"
    # What was read back can be written in every format.
    for ending in files.FORMATS:
        files.write(after, tmp_path / f"again{ending}")


@pytest.mark.parametrize("ending", files.FORMATS)
def test_failed_write_leaves_the_file_as_it_was(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"blocks{ending}"
    target.mkdir()  # a folder in the file's place cannot be replaced
    (target / "kept").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        files.write(frame(), target)
    assert [path.name for path in tmp_path.rglob("*")] == [target.name, "kept"]


def test_edges_say_where_each_piece_came_from() -> None:
    value = files.edges_geojson(frame())
    (feature,) = value["features"]
    assert tuple(feature["properties"]) == files.EDGE_PROPERTIES
    assert feature["properties"]["parcel_id"] == "jia-1"
    # 0.01 degrees of latitude at 39 N is 1110.2 m (meridian arc tables).
    assert feature["properties"]["length_m"] == pytest.approx(1110.2, abs=0.3)


def test_shapefile_keeps_long_chinese_texts_beside_it(tmp_path: Path) -> None:
    path = files.write(frame(), tmp_path / "blocks.zip")
    back = gpd.read_file(f"zip://{path}!parcels.shp")
    assert back["block"].tolist() == ["区块一", "区块二"]
    assert all(len(name.encode()) <= 10 for name in back.columns if name != "geometry")
    with zipfile.ZipFile(path) as archive:
        assert "parcels.cpg" in archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read("parcels.csv").decode("utf-8-sig"))))
    assert rows[0]["block_name"] == "很长很长的名字" * 30


def test_formula_in_a_name_is_text_in_a_spreadsheet(tmp_path: Path) -> None:
    path = files.write(frame(block_name=["=cmd|'/c calc'!A1", None]), tmp_path / "blocks.csv")
    (row, _) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert row["block_name"] == "'=cmd|'/c calc'!A1"


def test_wrong_ending_crs_and_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.xyz names no format; use one of \.geojson"):
        files.write(frame(), tmp_path / "a.xyz")
    with pytest.raises(GeometryError, match="EPSG:4490"):
        files.write(frame().parcels.to_crs(4490), tmp_path / "a.geojson")
    with pytest.raises(DocumentError, match="no such file"):
        files.read_parcels(tmp_path / "none.geojson")
    flat = files.parcels_geojson(frame())
    flat["features"][0]["geometry"] = {"type": "Point", "coordinates": [500117, 4000039]}
    (tmp_path / "flat.geojson").write_text(files.to_json(flat), encoding="utf-8")
    with pytest.raises(DocumentError, match="500117, 4000039, are not degrees"):
        files.read_parcels(tmp_path / "flat.geojson")
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"SQLite format 3\0 and nothing more")
    with pytest.raises(DocumentError, match="cannot be read as a map file"):
        files.read_parcels(broken)


def test_a_table_is_read_back_where_some_parcels_have_no_outline(tmp_path: Path) -> None:
    """Two texts and a gap make another kind of column in pandas than one text and a gap."""
    parcels = frame().parcels
    three = gpd.GeoDataFrame(parcels.iloc[[0, 0, 1]].assign(zone="甲区")).set_axis(["a", "b", "c"])
    back = files.read_parcels(files.write(three, tmp_path / "blocks.csv"))
    assert back.geometry.isna().tolist() == [False, False, True]
