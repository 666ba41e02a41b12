"""A prepared map gives back everything that it was made of, and is written whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo.errors import OutputError, ReferenceMapError
from ftz_geo.model import ReferenceMap
from ftz_geo.reference import prepare_reference, read_reference
from ftz_geo.reference.prepared import clip, write_prepared

if TYPE_CHECKING:
    from pathlib import Path


def rows(reference: ReferenceMap) -> list[tuple[Any, ...]]:
    """Every row as values, its source in place of the source's number."""
    table = reference.features
    return [
        (i, name, others, kind, dict(reference.sources[source]), shape.wkb)
        for i, name, others, kind, source, shape in zip(
            table["source_id"],
            table["name"],
            table["alt_names"],
            table["kind"],
            table["source"],
            table.geometry,
            strict=True,
        )
    ]


def lake_and_roads(path: Path) -> Path:
    """A road of two names, a lake with an island, a company: in metres, in 3° zone 39."""
    shell = [(0, 0), (900, 0), (900, 900), (0, 900)]
    island = [(300, 300), (300, 500), (500, 500)]
    shapes = [
        shapely.LineString([(-5000, 450), (5000, 450)]),
        shapely.Polygon(shell, [island]),
        shapely.Point(4000, 4000),
        shapely.LineString([(4000, -900), (4000, 900)]),
    ]
    frame = gpd.GeoDataFrame(
        {
            "name": ["津淄公路", "东丽湖", "天津某某有限公司", "二号路"],
            "alt_name": ["京福公路;老路", None, None, None],
            "highway": ["primary", None, None, "residential"],
            "natural": [None, "water", None, None],
        },
        geometry=[shapely.transform(s, lambda xy: np.add(xy, (39_510_000, 4_320_000))) for s in shapes],
        crs=4527,
    )
    frame.to_file(path)
    return path


def test_nothing_is_lost(tmp_path: Path) -> None:
    source = lake_and_roads(tmp_path / "zone.gpkg")
    prepared = prepare_reference([source], tmp_path / "map.gpkg", licence="测绘院内部", date="2024-05")
    before = read_reference(source)
    assert before.sources[0]["licence"] is None
    (facts,) = prepared.sources
    assert facts == {**before.sources[0], "licence": "测绘院内部", "date": "2024-05"}
    assert facts["crs"] == "EPSG:4527"
    assert facts["datum"] == "China Geodetic Coordinate System 2000"
    assert [row[:4] + row[5:] for row in rows(prepared)] == [row[:4] + row[5:] for row in rows(before)]
    again = prepare_reference([tmp_path / "map.gpkg"], tmp_path / "again.gpkg")
    assert rows(again) == rows(prepared)


def test_real_maps_together(shared: Path, tmp_path: Path) -> None:
    maps = shared / "reference"
    paths = [
        maps / "helsinki.osm.pbf",
        maps / "shanghai_railways" / "Railways.shp",
        maps / "shanghai_xinhua_roads.overpass.json",
        maps / "wuhan_guanggu.geojson",
    ]
    whole = read_reference(*paths)
    prepared = prepare_reference(paths, tmp_path / "map.gpkg")
    assert rows(prepared) == rows(whole)
    assert [source["file"] for source in prepared.sources] == [path.name for path in paths]
    # What another reader finds in the file: an index, and the sources in plain columns.
    info = pyogrio.read_info(tmp_path / "map.gpkg", layer="ftz_geo_features")
    assert info["features"] == len(whole.features)
    assert info["capabilities"]["fast_spatial_filter"]
    table = pyogrio.read_dataframe(tmp_path / "map.gpkg", layer="ftz_geo_sources")
    assert table["date"].tolist()[2] == "2026-07-16T06:36:02Z"


def test_prepared_and_other_maps_are_read_together(tmp_path: Path) -> None:
    source = lake_and_roads(tmp_path / "zone.gpkg")
    prepare_reference([source], tmp_path / "map.gpkg", licence="甲")
    both = read_reference(tmp_path / "map.gpkg", source)
    assert len(both.features) == 8
    assert both.features["source_id"].is_unique
    assert [s["licence"] for s in both.sources] == ["甲", None]
    assert both.features.groupby("source").size().tolist() == [4, 4]


def test_layers_of_one_file_keep_their_own_system(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    road = gpd.GeoDataFrame(
        {"name": ["甲路"]}, geometry=[shapely.LineString([(117, 39), (117, 39.1)])], crs=4326
    )
    road.to_file(path, layer="a")
    road.assign(name="乙路").to_crs(4548).to_file(path, layer="b")
    reference = read_reference(path)
    systems = {
        name: reference.sources[source]["crs"]
        for name, source in zip(reference.features["name"], reference.features["source"], strict=True)
    }
    assert systems == {"甲路": "EPSG:4326", "乙路": "EPSG:4548"}


def test_box_keeps_what_meets_it_whole(tmp_path: Path) -> None:
    source = lake_and_roads(tmp_path / "zone.gpkg")
    whole = read_reference(source).features.set_index("name").geometry
    west, south, east, north = whole["东丽湖"].bounds
    box = ((west + east) / 2, (2 * south + north) / 3, east + 0.001, north)
    kept = prepare_reference([source], tmp_path / "map.gpkg", box=box).features.set_index("name").geometry
    assert set(kept.index) == {"津淄公路", "东丽湖"}
    assert all(kept[name].equals_exact(whole[name], 0) for name in kept.index)


box_sides = st.tuples(*[st.floats(-1, 1, allow_nan=False)] * 4)


@given(sides=box_sides)
def test_clipping_agrees_with_a_look_at_every_feature(sides: tuple[float, float, float, float]) -> None:
    west, east = sorted((117 + sides[0], 117 + sides[1]))
    south, north = sorted((39 + sides[2], 39 + sides[3]))
    shapes = [
        shapely.LineString([(116 + x, 38 + y), (116.3 + x, 38.2 + y)]) for x in (0, 0.9, 1.6) for y in (0, 1)
    ]
    frame = gpd.GeoDataFrame({"name": [str(i) for i in range(6)]}, geometry=shapes, crs=4326)
    area = shapely.Polygon([(west, south), (east, south), (east, north), (west, north)])
    wanted = [str(i) for i, shape in enumerate(shapes) if not shape.disjoint(area)]
    reference = ReferenceMap(features=frame)
    if wanted:
        assert clip(reference, (west, south, east, north)).features["name"].tolist() == wanted
    else:
        with pytest.raises(ReferenceMapError, match="no feature"):
            clip(reference, (west, south, east, north))


@pytest.mark.parametrize("box", [(117, 39), (118, 39, 117, 40), (117, 39, 117, 40), (float("nan"), 1, 2, 3)])
def test_box_that_is_none(tmp_path: Path, box: tuple[float, ...]) -> None:
    source = lake_and_roads(tmp_path / "zone.gpkg")
    with pytest.raises(ReferenceMapError, match="west,south,east,north"):
        prepare_reference([source], tmp_path / "map.gpkg", box=box)
    assert not (tmp_path / "map.gpkg").exists()


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = lake_and_roads(tmp_path / "zone.gpkg")
    out = tmp_path / "maps" / "map.gpkg"
    prepare_reference([source], out)
    before = out.read_bytes()
    write = pyogrio.write_dataframe

    def full_disk(frame: Any, path: Path, *, layer: str, **how: Any) -> None:
        if layer == "ftz_geo_sources":
            raise pyogrio.errors.DataSourceError("no space left on device")
        write(frame, path, layer=layer, **how)

    monkeypatch.setattr(pyogrio, "write_dataframe", full_disk)
    with pytest.raises(OutputError, match="no space left"):
        prepare_reference([source], out, licence="other")
    assert out.read_bytes() == before
    assert [p.name for p in out.parent.iterdir()] == ["map.gpkg"]


def test_written_over_its_own_source(tmp_path: Path) -> None:
    path = lake_and_roads(tmp_path / "zone.gpkg")
    prepare_reference([path], path)
    assert len(read_reference(path).features) == 4


def test_prepared_map_that_was_tampered_with(tmp_path: Path) -> None:
    reference = read_reference(lake_and_roads(tmp_path / "zone.gpkg"))
    changes: list[dict[str, Any]] = [{"source": 7}, {"kind": "<script>"}]
    for number, change in enumerate(changes):
        path = tmp_path / f"map{number}.gpkg"
        write_prepared(
            ReferenceMap(features=reference.features.assign(**change), sources=reference.sources), path
        )
        with pytest.raises(ReferenceMapError, match="prepare it anew") as caught:
            read_reference(path)
        assert "\n" not in str(caught.value)


def test_command_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftz_geo.cli import main

    source = lake_and_roads(tmp_path / "zone.gpkg")
    out = tmp_path / "map.gpkg"
    run = ["ftz-geo", "reference", "prepare", str(source), "-o", str(out)]
    monkeypatch.setattr("sys.argv", [*run, "--licence", "CC BY 4.0"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = capfd.readouterr()
    assert said.out == f"{out}\n"
    assert "CC BY 4.0" in said.err
    facts = pyogrio.read_dataframe(out, layer="ftz_geo_sources")["facts"]
    assert json.loads(facts[0])["licence"] == "CC BY 4.0"
    monkeypatch.setattr("sys.argv", [*run, "--bbox", "117,39,x,40"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "west,south,east,north" in capfd.readouterr().err
