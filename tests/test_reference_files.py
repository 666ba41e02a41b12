"""The same named streets from every kind of map file."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from ftz_geo import read_reference
from ftz_geo.errors import ReferenceMapError

LINES = {
    "津淄公路": [(117.20, 39.00), (117.20, 39.02)],
    "赛达南道": [(117.19, 39.01), (117.21, 39.01)],
}
FRAME = gpd.GeoDataFrame(
    {"name": list(LINES), "highway": "primary"},
    geometry=[shapely.LineString(p) for p in LINES.values()],
    crs=4326,
)


def osm_xml(path: Path) -> None:
    nodes, ways, number = [], [], 0
    for way, (name, points) in enumerate(LINES.items(), 1):
        refs = []
        for lon, lat in points:
            number += 1
            nodes.append(f'<node id="{number}" version="1" lon="{lon}" lat="{lat}"/>')
            refs.append(f'<nd ref="{number}"/>')
        tags = f'<tag k="highway" v="primary"/><tag k="name" v="{name}"/>'
        ways.append(f'<way id="{way}" version="1">{"".join(refs)}{tags}</way>')
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>', encoding="utf-8")


def osm_pbf(path: Path) -> None:
    import osmium

    xml = path.with_suffix(".source.osm")
    osm_xml(xml)
    with osmium.SimpleWriter(str(path)) as writer:
        for entity in osmium.FileProcessor(str(xml)):
            writer.add(entity)


def overpass(path: Path, *, with_geometry: bool = True) -> None:
    """Write an answer with ``out geom``, or with the nodes told apart (``out; >; out skel``)."""
    elements: list[dict[str, object]] = []
    for way, (name, points) in enumerate(LINES.items(), 1):
        found = [{"lon": lon, "lat": lat} for lon, lat in points]
        refs = [10 * way + i for i in range(len(points))]
        own = {"geometry": found} if with_geometry else {"nodes": refs}
        elements.append({"type": "way", "id": way, "tags": {"highway": "primary", "name": name}, **own})
        if not with_geometry:
            elements += [{"type": "node", "id": i, **xy} for i, xy in zip(refs, found, strict=True)]
    path.write_text(json.dumps({"version": 0.6, "elements": elements}), encoding="utf-8")


MAKERS: dict[str, Callable[[Path], None]] = {
    "roads.gpkg": lambda path: FRAME.to_file(path, layer="roads"),
    "roads.geojson": lambda path: FRAME.to_file(path),
    "roads.shp": lambda path: FRAME.to_file(path, encoding="GBK"),
    "roads.fgb": lambda path: FRAME.to_crs(4490).to_file(path),
    "roads.json": overpass,
    "skeleton.json": lambda path: overpass(path, with_geometry=False),
    "roads.osm": osm_xml,
    "roads.osm.pbf": osm_pbf,
}


@pytest.mark.parametrize("name", MAKERS)
def test_named_lines_of_every_format(tmp_path: Path, name: str) -> None:
    MAKERS[name](tmp_path / name)
    reference = read_reference(tmp_path / name)
    features = reference.features.set_index("name")
    assert set(features.index) == set(LINES)
    assert set(features["kind"]) == {"road"}
    assert features["source_id"].is_unique
    for road, points in LINES.items():
        assert shapely.hausdorff_distance(features.geometry[road], shapely.LineString(points)) < 1e-6
    (source,) = reference.sources
    assert source["file"] == name
    assert len(source["sha256"]) == 64
    datum = {"EPSG:4326": "WGS 84", "EPSG:4490": "China Geodetic Coordinate System 2000"}
    assert source["datum"] == datum[source["crs"]]
    assert set(source) >= {"file", "sha256", "licence", "date", "crs", "datum"}


def test_all_maps_are_one(tmp_path: Path) -> None:
    for name in MAKERS:
        MAKERS[name](tmp_path / name)
    reference = read_reference(*[tmp_path / name for name in MAKERS])
    features = reference.features
    assert features["source_id"].is_unique
    assert [source["file"] for source in reference.sources] == list(MAKERS)
    assert features.groupby("source")["name"].agg(set).to_list() == [set(LINES)] * len(MAKERS)
    # What a source says of itself, and nothing of what another one says.
    licences = [reference.sources[number]["licence"] for number in features["source"]]
    openstreetmap = features["source"].map(list(MAKERS).__getitem__).str.contains("osm|json$")
    geojson = features["source"] == list(MAKERS).index("roads.geojson")
    assert [licence is not None for licence in licences] == (openstreetmap & ~geojson).to_list()


def test_a_layer_that_states_its_licence_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "roads.gpkg"
    metadata = {"licence": "CC BY 4.0", "date": "2023-11-02"}
    pyogrio.write_dataframe(FRAME, path, layer="roads", layer_metadata=metadata)
    (source,) = read_reference(path).sources
    assert (source["licence"], source["date"]) == ("CC BY 4.0", "2023-11-02")


def test_unusable_maps_get_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"no database")
    unnamed = tmp_path / "unnamed.geojson"
    FRAME.drop(columns="name").to_file(unnamed)
    for path in (tmp_path / "none.gpkg", broken, unnamed):
        with pytest.raises(ReferenceMapError) as caught:
            read_reference(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
