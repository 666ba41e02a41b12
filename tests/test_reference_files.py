"""The same named streets from every kind of map file."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
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


MAKERS: dict[str, Callable[[Path], None]] = {
    "roads.gpkg": lambda path: FRAME.to_crs(4548).to_file(path, layer="roads"),
    "roads.geojson": lambda path: FRAME.to_file(path),
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


def test_several_maps_are_one(tmp_path: Path) -> None:
    for name in ("roads.gpkg", "roads.osm"):
        MAKERS[name](tmp_path / name)
    reference = read_reference(tmp_path / "roads.gpkg", tmp_path / "roads.osm")
    assert len(reference.features) == 4
    assert reference.features["source_id"].is_unique
    assert [source["file"] for source in reference.sources] == ["roads.gpkg", "roads.osm"]


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
