"""Map files of every format: the same named features come out, or one clear sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.reference import read_reference

ROADS = {"津淄公路": [(117.20, 39.00), (117.20, 39.02)], "赛达南道": [(117.19, 39.01), (117.21, 39.01)]}


def frame(**columns: Any) -> gpd.GeoDataFrame:
    geometry = [shapely.LineString(xy) for xy in ROADS.values()]
    return gpd.GeoDataFrame({"name": list(ROADS), **columns}, geometry=geometry, crs=4326)


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("with_cpg", [True, False])
def test_shapefile_in_either_encoding(tmp_path: Path, encoding: str, with_cpg: bool) -> None:
    path = tmp_path / "roads.shp"
    frame(fclass="primary").to_file(path, encoding=encoding)
    if not with_cpg:
        path.with_suffix(".cpg").unlink()
    features = read_reference(path).features
    assert set(features["name"]) == set(ROADS)
    assert set(features["kind"]) == {"road"}


def test_projected_map_comes_out_in_degrees(tmp_path: Path) -> None:
    path = tmp_path / "roads.fgb"
    frame().to_crs(4548).to_file(path)
    reference = read_reference(path)
    found = reference.features.set_index("name").geometry
    for name, xy in ROADS.items():
        assert shapely.hausdorff_distance(found[name], shapely.LineString(xy)) < 1e-8
    assert reference.sources[0]["crs"] == "EPSG:4548"


def test_map_without_reference_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roads.shp"
    frame().to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(ReferenceMapError, match="reference system") as caught:
        read_reference(path)
    assert "\n" not in str(caught.value)


def test_every_layer_is_read_and_told_by_its_class(tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    frame(highway="primary").to_file(path, layer="roads")
    frame(name=["海河", "子牙河"], waterway="river").to_file(path, layer="water")
    frame(name=["京沪铁路", None], fclass="rail").to_file(path, layer="rail")
    kinds = read_reference(path).features.set_index("name")["kind"]
    assert kinds.to_dict() == {
        "津淄公路": "road",
        "赛达南道": "road",
        "海河": "water",
        "子牙河": "water",
        "京沪铁路": "rail",
    }


def test_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    table = frame(osm_id=[7, 3])
    table.to_file(tmp_path / "a.gpkg")
    table.iloc[::-1].to_file(tmp_path / "b.gpkg")
    a, b = (read_reference(tmp_path / f).features for f in ("a.gpkg", "b.gpkg"))
    assert a["name"].tolist() == b["name"].tolist()
    assert (
        [i.split(":")[1] for i in a["source_id"]] == [i.split(":")[1] for i in b["source_id"]] == ["7", "3"]
    )


def test_further_names_are_split(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    frame(old_name=["旧路;老路", None], ref=[None, "G2"]).to_file(path)
    names = read_reference(path).features.set_index("name")["alt_names"]
    assert names["津淄公路"] == ("旧路", "老路")
    assert names["赛达南道"] == ("G2",)


OSM = """<osm version="0.6">
<node id="1" version="1" lon="117.0" lat="39.0"/><node id="2" version="1" lon="117.1" lat="39.0"/>
<node id="3" version="1" lon="117.1" lat="39.1"/><node id="4" version="1" lon="117.0" lat="39.1"/>
<node id="5" version="1" lon="117.2" lat="39.1"><tag k="place" v="village"/><tag k="name" v="安光村"/></node>
<node id="6" version="1" lon="117.2" lat="39.1">
  <tag k="highway" v="bus_stop"/><tag k="name" v="京津公路"/></node>
<way id="10" version="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="primary"/><tag k="name" v="京津公路"/></way>
<way id="11" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
  <tag k="natural" v="water"/><tag k="name" v="东丽湖"/></way>
<way id="12" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="motorway"/><tag k="ref" v="G2"/></way>
<way id="13" version="1"><nd ref="1"/><nd ref="4"/><tag k="highway" v="service"/></way>
<way id="14" version="1"><nd ref="1"/><nd ref="2"/><nd ref="4"/><nd ref="1"/>
  <tag k="highway" v="tertiary"/><tag k="name" v="环路"/></way>
</osm>"""


def test_openstreetmap_lines_areas_and_points(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    reference = read_reference(path)
    rows = reference.features.set_index("source_id")
    assert {
        i: (r.name_, r.kind, r.geometry.geom_type)
        for i, r in rows.rename(columns={"name": "name_"}).iterrows()
    } == {
        "w10": ("京津公路", "road", "LineString"),
        "w11": ("东丽湖", "water", "MultiPolygon"),
        "w12": ("G2", "road", "LineString"),
        "w14": ("环路", "road", "LineString"),
        "n5": ("安光村", "place", "Point"),
    }
    assert "OpenStreetMap" in reference.sources[0]["licence"]


def overpass(path: Path, elements: list[dict[str, Any]]) -> None:
    answer = {"osm3s": {"timestamp_osm_base": "2026-07-16T06:36:02Z"}, "elements": elements}
    path.write_text(json.dumps(answer), encoding="utf-8")


def test_overpass_answer(tmp_path: Path) -> None:
    path = tmp_path / "roads.json"
    way = {
        "type": "way",
        "id": 5,
        "tags": {"highway": "primary", "name": "新华路"},
        "geometry": [{"lon": 121.4, "lat": 31.2}, {"lon": 121.5, "lat": 31.2}],
    }
    overpass(path, [way, {**way, "id": 6, "tags": {"highway": "service"}}])
    reference = read_reference(path)
    assert reference.features["source_id"].tolist() == ["w5"]
    assert reference.sources[0]["date"] == "2026-07-16T06:36:02Z"


@pytest.mark.parametrize(
    "text",
    [
        '{"elements": [{"type": "way"',
        '{"elements": [{"type": "way", "id": 1',
        '{"elements": [], "remark": "runtime error: Query timed out in \\"query\\" at line 3"}',
        '{"elements": [{"type": "node", "id": 1, "tags": {"name": "村"}}]}',
        '{"elements": ' + "[" * 100_000,
    ],
    ids=["cut off", "cut off in a way", "given up", "no place", "deep"],
)
def test_overpass_answer_cut_off(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roads.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceMapError, match="Overpass"):
        read_reference(path)


def test_broken_osm_file(tmp_path: Path) -> None:
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(b"\x00\x00\x00\x0dnothing of the kind")
    with pytest.raises(ReferenceMapError, match="OpenStreetMap"):
        read_reference(path)


@pytest.mark.slow
def test_loading_benchmark_runs() -> None:
    script = Path(__file__).resolve().parents[1] / "benchmarks" / "loading.py"
    command = [sys.executable, str(script), "--ways", "160", "--rounds", "1", "--made-only"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # Every eighth way is a road with a name, every eightieth a building with one; every hundredth of
    # 14 rows of 25 nodes is a village.
    assert f"{20 + 2 + 4} named features" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == [
        "ours",
        "all",
        "tagged",
        "prepared:",
    ]


def test_real_files(shared: Path) -> None:
    """Counts told by the folder's own README, or by another reader of the same file."""
    maps = shared / "reference"
    shanghai = read_reference(maps / "shanghai_west.gpkg").features
    table = gpd.read_file(maps / "shanghai_west.gpkg")
    assert len(shanghai) == table["name"].notna().sum()
    assert shanghai["name"].nunique() == table["name"].nunique()
    helsinki = read_reference(maps / "helsinki.osm.pbf").features
    roads = helsinki[(helsinki["kind"] == "road") & (helsinki.geom_type == "LineString")]
    assert abs(len(roads) - 807) < 25  # 807 named ways, some of which are no roads
    railways = read_reference(maps / "shanghai_railways" / "Railways.shp").features
    assert len(railways) == 1774
    assert np.mean(railways["kind"] == "rail") > 0.99
