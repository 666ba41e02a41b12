"""What digitise gives goes into any tool, and one check says what is wrong with a frame."""

from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import pytest
import shapely

import ftz_geo
from ftz_geo import shipped
from ftz_geo.errors import GeometryError
from ftz_geo.frame import EDGE_COLUMNS, PARCEL_COLUMNS, Drawing
from ftz_geo.model import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return ftz_geo.read_plan(shipped.plan_file())


@pytest.fixture(scope="module")
def drawing(plan: Plan) -> Drawing:
    return ftz_geo.draw(plan)


def is_of(dtype: str, column: pd.Series) -> bool:
    if dtype in ("float", "bool"):
        return str(column.dtype).startswith(dtype)
    if dtype == "texts":
        return all(isinstance(cell, list) and all(isinstance(t, str) for t in cell) for cell in column)
    return all(isinstance(cell, str) or pd.isna(cell) for cell in column)


def test_columns_are_those_that_are_documented(drawing: Drawing) -> None:
    for frame, columns in ((drawing.parcels, PARCEL_COLUMNS), (drawing.edges, EDGE_COLUMNS)):
        assert [*(c.name for c in columns), "geometry"] == list(frame.columns)
        assert [c.name for c in columns if not is_of(c.dtype, frame[c.name])] == []
        assert frame.crs.to_epsg() == 4326
    assert drawing.parcels.index.name == "id"
    assert not drawing.parcels.attrs


@pytest.mark.slow
def test_frames_go_into_parquet_json_and_folium(drawing: Drawing, tmp_path: Path) -> None:
    for number, frame in enumerate((drawing.parcels, drawing.edges)):
        path = tmp_path / f"{number}.parquet"
        frame.to_parquet(path)
        back = gpd.read_parquet(path)
        assert back.index.tolist() == frame.index.tolist()
        assert back.geometry.geom_equals(frame.geometry).all()
        assert "Reason(" not in frame.to_json()
        assert len(folium.GeoJson(frame).data["features"]) == len(frame)
        assert "Reason(" not in frame.explore().get_root().render()


def test_what_travels_beside_is_not_lost_by_a_merge(plan: Plan, drawing: Drawing) -> None:
    from dataclasses import replace

    extra = pd.DataFrame({"id": drawing.parcels.index, "owner": "甲"}).set_index("id")
    merged = replace(drawing, parcels=drawing.parcels.merge(extra, left_index=True, right_index=True))
    before, after = ftz_geo.audit(plan, drawing).to_dict(), ftz_geo.audit(plan, merged).to_dict()
    assert before == after


@pytest.mark.parametrize("name", ["OGC:CRS84", "EPSG:4326"])
def test_wgs84_is_known_under_either_name(plan: Plan, drawing: Drawing, name: str, tmp_path: Path) -> None:
    parcels = drawing.parcels.to_crs(name)
    assert ftz_geo.audit(plan, parcels).verdict == "notes"
    ftz_geo.write(parcels, tmp_path / "a.gpkg")
    ftz_geo.render_maps(plan, parcels, tmp_path / "maps")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: f.to_crs(4548), "not EPSG:4326; convert them"),
        (lambda f: f.set_crs(None, allow_override=True), "state no reference system"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "several rows for parcel xiqing-1"),
        (lambda f: f.set_geometry([shapely.Point(500_000, 4_320_000)] * len(f), crs=4326), "not degrees"),
    ],
    ids=["plane", "no crs", "twice", "metres"],
)
def test_every_door_refuses_a_frame_with_the_same_sentence(
    plan: Plan, drawing: Drawing, spoil: object, words: str, tmp_path: Path
) -> None:
    spoilt = spoil(drawing.parcels)  # type: ignore[operator]
    said = set()
    for door in (
        lambda: ftz_geo.audit(plan, spoilt),
        lambda: ftz_geo.write(spoilt, tmp_path / "a.geojson"),
        lambda: ftz_geo.render_maps(plan, spoilt, tmp_path),
    ):
        with pytest.raises(GeometryError, match=words) as raised:
            door()
        said.add(str(raised.value))
    assert len(said) == 1
