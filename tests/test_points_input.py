"""Gazetteers of named points: every row is read or told why not, in WGS 84; aliases that a user states."""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo.datum import check_points_datum, settle_points_datum
from ftz_geo.errors import ReferenceMapError
from ftz_geo.measure import TO_WGS84, Datum, LocalPlane, bd09_of, gcj02_of
from ftz_geo.reference import (
    Alias,
    prepare_reference,
    read_aliases,
    read_points,
    read_reference,
    unmatched_aliases,
    with_aliases,
)
from ftz_geo.reference.crossings import crossing_roads
from ftz_geo.reference.prepared import write_prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftz_geo.model import ReferenceMap

FROM_WGS84: dict[Datum, Callable[[Any], Any]] = {
    "WGS 84": lambda geometry: geometry,
    "GCJ-02": gcj02_of,
    "BD-09": bd09_of,
}
HEAD = "name,lon,lat\n"


def table(folder: Path, text: str, name: str = "points.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def balance(points: ReferenceMap) -> int:
    """Rows that became features and rows that were set aside, over all sources."""
    return sum(s["count"] + sum(s["set_aside"].values()) for s in points.sources)


def refusal(path: Path, **how: Any) -> str:
    with pytest.raises(ReferenceMapError) as caught:
        read_points(path, **how)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["点.csv", "点.csv.gz"])
def test_the_same_points_in_every_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    text = "名称,类别,经度,纬度\n津淄公路,道路,117.19,39.03\n大寺,公交站,117.2,39.0\n"
    features = read_points(table(tmp_path, text, name, encoding)).features
    assert features["source_id"].tolist() == ["点:2", "点:1"]
    assert dict(zip(features["name"], features["kind"], strict=True)) == {"津淄公路": "road", "大寺": "place"}
    assert shapely.get_coordinates(features.geometry.to_numpy()).tolist() == [[117.2, 39.0], [117.19, 39.03]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(tmp_path: Path, separator: str) -> None:
    text = (
        separator.join(["title", "lng", "latitude"]) + "\n" + separator.join(["甲路", "117.1", "39"]) + "\n"
    )
    assert read_points(table(tmp_path, text)).features["name"].tolist() == ["甲路"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("甲路,road,,", "road"),
        ("甲厂路北,,道路,unclassified", "road"),
        ("海河公寓,,建筑,residential", "place"),
        ("子牙河,,水系,canal", "water"),
        ("津秦,,铁路,", "rail"),
        ("南京路,,交通,bus_stop", "place"),
        ("迎水道,,地名地址信息;交通地名;道路名,", "road"),
        ("大寺新家园,,,", "place"),
        ("赛达南道,,,", "road"),
        ("子牙河,,,", "water"),
        ("甲路与乙路交口,,,", "place"),
    ],
)
def test_kind_by_column_class_and_name(tmp_path: Path, row: str, kind: str) -> None:
    points = read_points(table(tmp_path, f"name,kind,category,class,lon,lat\n{row},117,39\n"))
    assert points.features["kind"].tolist()[0] == kind


def test_rows_set_aside_are_counted_by_reason(tmp_path: Path) -> None:
    rows = ["甲路,,117,39", ",,117,39", "乙路,,,39", "丙路,,nan,39", "丁路,,1e999,39", "戊路,,390,117"]
    rows += ["己路,primary_link,117,39", "庚路,,117,39,surplus", "辛路,,117,39,", "壬路,,117"]
    points = read_points(table(tmp_path, "name,class,lon,lat\n" + "\n".join(rows) + "\n\n"))
    (source,) = points.sources
    assert source["set_aside"] == {
        "with more cells than the head": 1,
        "without a name": 1,
        "without a position in numbers": 4,
        "outside the range of degrees": 1,
        "of slip roads (_link)": 1,
    }
    assert set(points.features["name"]) == {"甲路", "辛路"}
    assert balance(points) == source["rows"] == len(rows)


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
DEGREES = st.one_of(st.floats().map(str), st.floats(min_value=-200, max_value=200).map(str), CELLS)


@pytest.mark.slow
@given(st.lists(st.tuples(CELLS, CELLS, DEGREES, DEGREES), min_size=1, max_size=12))
def test_no_row_is_lost_silently(rows: list[tuple[str, str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "points.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("name", "class", "lon", "lat"), *rows, ("甲路", "", "117", "39")])
        points = read_points(path)
    assert balance(points) == points.sources[0]["rows"] == len(rows) + 1
    crossing = points.features["source_id"].str.contains("/")
    assert points.sources[0]["count"] == (~crossing).sum()
    xy = shapely.get_coordinates(points.features.geometry.to_numpy())
    assert (np.abs(xy) <= [180, 90]).all()


def test_what_the_columns_say_of_their_source(tmp_path: Path) -> None:
    text = "name,lon,lat,date,licence,别名\n甲路,117,39,2026-02,ODbL 1.0,乙路;丙路\n"
    text += "丁路,117,39,2025-01,ODbL 1.0,\n"
    points = read_points(table(tmp_path, text))
    (source,) = points.sources
    assert (source["licence"], source["date"]) == ("ODbL 1.0", "2025-01; 2026-02")
    assert len(source["sha256"]) == 64
    named = points.features.set_index("name")["alt_names"]
    assert (named["甲路"], named["丁路"]) == (("乙路", "丙路"), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("name,place\n甲路,here\n", "no columns of longitude and latitude"),
        ("lon,lat\n117,39\n", "no column of names"),
        (HEAD, "none of its rows"),
        (HEAD + "甲路,nan,39\n", "1 without a position in numbers"),
        (HEAD + "甲路,39,117\n", "1 outside the range of degrees"),
        (HEAD + f"{'甲' * 200_000},117,39\n", "no table"),
        (HEAD + "甲\0路,117,39\n", "no text"),
    ],
)
def test_tables_that_are_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(table(tmp_path, text))


def test_files_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such file" in refusal(tmp_path / "none.csv")
    assert "no file of points is in this folder" in refusal(tmp_path)
    (tmp_path / "points.exe").write_bytes(b"MZ")
    assert "no file of points" in refusal(tmp_path / "points.exe")
    for name in ("a.csv", "a.gpkg", "a.shp", "a.geojson", "a.kml", "a.csv.gz"):
        (tmp_path / name).write_bytes(bytes(range(256)) * 20)
        refusal(tmp_path / name)
    whole = table(tmp_path, HEAD + "甲路,117,39\n", "cut.csv.gz").read_bytes()
    (tmp_path / "cut.csv.gz").write_bytes(whole[:-9])
    assert "cannot be read" in refusal(tmp_path / "cut.csv.gz")
    monkeypatch.setattr("ftz_geo.reference.csvs.MAX_BYTES", 1000)
    assert "larger than" in refusal(table(tmp_path, HEAD + "甲路,117,39\n" * 100, "large.csv.gz"))


def test_a_layer_that_sends_gdal_elsewhere_is_not_opened(tmp_path: Path) -> None:
    real = table(tmp_path, HEAD + "甲路,117,39\n", "real.csv")
    layer = f'<OGRVRTLayer name="real"><SrcDataSource>{real}</SrcDataSource></OGRVRTLayer>'
    vrt = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for name in ("a.geojson", "a.kml", "a.gpkg", "a.fgb"):
        (tmp_path / name).write_text(vrt)
        assert "not what the ending" in refusal(tmp_path / name)


# --- layers -----------------------------------------------------------------------------------


def frame(**columns: Any) -> gpd.GeoDataFrame:
    geometry = [shapely.Point(117.2, 39.0), shapely.Point(117.3, 39.1), None]
    return gpd.GeoDataFrame({"name": ["甲路", "乙村", "丙路"], **columns}, geometry=geometry, crs=4326)


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp", ".fgb", ".kml"])
def test_the_same_points_in_every_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"points{ending}"
    # FlatGeobuf and KML hold no feature without a place.
    rows = 2 if ending in (".fgb", ".kml") else 3
    drawn = frame(highway=["primary", None, None]).iloc[:rows]
    drawn.to_file(path, driver="KML" if ending == ".kml" else None)
    points = read_points(path)
    assert dict(zip(points.features["name"], points.features["kind"], strict=True)) == {
        "甲路": "road",
        "乙村": "place",
    }
    there = points.features.set_index("name").geometry
    assert shapely.distance(there[["甲路", "乙村"]].to_numpy(), drawn.geometry.to_numpy()[:2]).max() < 1e-8
    assert balance(points) == points.sources[0]["rows"] == rows


def test_a_row_of_several_points(tmp_path: Path) -> None:
    path = tmp_path / "points.gpkg"
    shapes = [
        shapely.MultiPoint([(117, 39), (118, 39)]),
        shapely.MultiPoint([(117, 39)]),
        shapely.MultiPoint(),
    ]
    gpd.GeoDataFrame({"name": ["甲路", "乙路", "丙路"]}, geometry=shapes, crs=4326).to_file(path)
    points = read_points(path)
    assert sorted(points.features["source_id"]) == ["points:1", "points:1#2", "points:2"]
    assert points.sources[0]["set_aside"] == {"without a position in numbers": 1}
    assert balance(points) == points.sources[0]["rows"] == 3


def test_every_layer_and_any_reference_system(tmp_path: Path) -> None:
    path = tmp_path / "points.gpkg"
    frame().iloc[:2].to_crs(4548).to_file(path, layer="a")
    frame().iloc[:1].to_file(path, layer="b")
    points = read_points(path)
    assert sorted(points.features["source_id"]) == ["points:a:1", "points:a:2", "points:b:1"]
    assert points.features["source"].nunique() == 2
    there = points.features.set_index("source_id").geometry
    assert there["points:a:1"].distance(there["points:b:1"]) < 1e-8


def test_lines_and_areas_give_a_point_each(tmp_path: Path) -> None:
    path = tmp_path / "roads.geojson"
    twice = shapely.MultiLineString([[(117, 39), (118, 39)], [(118, 39), (118, 39.5)]])
    shapes = [twice, shapely.box(117, 39, 118, 40), shapely.Point(117, 38)]
    rows = {"name": ["甲路", "乙湖", "丙村"], "highway": ["primary", None, None]}
    gpd.GeoDataFrame(rows, geometry=shapes, crs=4326).to_file(path)
    points = read_points(path)
    places = {row.source_id: row.geometry.coords[0] for row in points.features.itertuples()}
    assert places == {
        "roads:1": (117.5, 39),
        "roads:1#2": (118, 39.25),
        "roads:2": (117.5, 39.5),
        "roads:3": (117, 38),
    }
    assert points.sources[0]["labels"] == 3
    assert balance(points) == points.sources[0]["rows"] == 3


OSM = """<osm version="0.6"><bounds minlat="39" minlon="117" maxlat="39.1" maxlon="117.1"/>
<node id="1" lat="39.00" lon="117.00" version="1"/><node id="2" lat="39.02" lon="117.00" version="1"/>
<node id="3" lat="39.03" lon="117.01" version="1"><tag k="place" v="village"/><tag k="name" v="乙村"/></node>
<node id="4" lat="39.01" lon="117.00" version="1">
  <tag k="highway" v="bus_stop"/><tag k="public_transport" v="platform"/><tag k="name" v="甲路站"/></node>
<node id="5" lat="39.02" lon="117.00" version="1"><tag k="highway" v="crossing"/></node>
<node id="6" lat="39.05" lon="117.05" version="1">
  <tag k="addr:housenumber" v="8"/><tag k="name" v="甲路与丙路交叉口"/></node>
<way id="7" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="甲路"/></way>
<way id="8" version="1"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary_link"/>
  <tag k="name" v="甲路"/></way>
<way id="9" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="name" v="丙路"/></way>
</osm>"""


def as_rows(points: ReferenceMap) -> list[tuple[Any, ...]]:
    columns = ["source_id", "name", "alt_names", "kind", "source"]
    places = points.features.geometry.to_wkt().tolist()
    rows = points.features[columns].to_numpy().tolist()
    return [(*row, place) for row, place in zip(rows, places, strict=True)]


def test_a_map_and_what_was_prepared_of_it_give_the_same_points(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    layer = tmp_path / "layer.geojson"
    frame(category=["道路", "地名", None], address=["", "甲路与丙路交叉口", ""]).to_file(layer)
    prepared = tmp_path / "prepared.gpkg"
    kept = prepare_reference([path, layer], prepared, licence="ODbL", date="2024-05")
    whole, again = read_points(path, layer), read_points(prepared)
    assert as_rows(again) == as_rows(whole)
    named = {row.source_id: (row.name, row.kind) for row in again.features.itertuples()}
    assert named["n4"] == ("甲路站", "place")
    assert named["n6/1"] == ("甲路", "road")
    assert "w8" not in named
    assert again.sources[0]["set_aside"] == {"of slip roads (_link)": 1}
    assert again.sources[0]["sha256"] == whole.sources[0]["sha256"]
    assert [source["licence"] for source in again.sources] == [whole.sources[0]["licence"], "ODbL"]
    # As a map it is what it was: no stop in it, and the slip road.
    assert as_rows(kept) == as_rows(read_reference(path, layer))
    assert {"w8", "n3"} < set(kept.features["source_id"])
    assert "n4" not in set(kept.features["source_id"])
    twice = tmp_path / "twice.gpkg"
    prepare_reference([prepared], twice)
    assert as_rows(read_points(twice)) == as_rows(whole)
    prepare_reference([path, layer], twice, box=(117.005, 39.0, 117.02, 39.05))
    assert set(read_points(twice).features["source_id"]) == {"n3", "w9"}
    assert [source["count"] for source in read_points(twice).sources] == [2, 0]


def test_a_map_prepared_before_points_were_kept_gives_labels(tmp_path: Path) -> None:
    (tmp_path / "map.osm").write_text(OSM, encoding="utf-8")
    write_prepared(read_reference(tmp_path / "map.osm"), tmp_path / "old.gpkg")
    names = set(read_points(tmp_path / "old.gpkg").features["name"])
    assert names == {"甲路", "丙路", "乙村", "甲路与丙路交叉口"}


def test_a_folder_and_several_files(tmp_path: Path) -> None:
    table(tmp_path, HEAD + "甲路,117,39\n", "b.csv")
    table(tmp_path, HEAD + "乙路,117,39\n", "a.csv.gz")
    (tmp_path / "README.md").write_text("what these are")
    points = read_points(tmp_path)
    assert [source["file"] for source in points.sources] == ["a.csv.gz", "b.csv"]
    both = read_points(tmp_path / "a.csv.gz", tmp_path / "b.csv")
    assert both.features["name"].tolist() == points.features["name"].tolist() == ["乙路", "甲路"]


def test_prepared_points_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "points.gpkg"
    frame().iloc[:2].to_file(path)
    prepare_reference([path], tmp_path / "prepared.gpkg")
    assert set(read_points(tmp_path / "prepared.gpkg").features["name"]) == {"甲路", "乙村"}
    assert "not in GCJ-02" in refusal(tmp_path / "prepared.gpkg", datum="GCJ-02")


# --- crossings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "roads"),
    [
        ("东山路与公园道交叉口", ("东山路", "公园道")),
        ("共和道和和平路交口", ("共和道", "和平路")),
        ("天津市北辰区天穆镇京津公路与龙洲道交汇处", ("京津公路", "龙洲道")),
        ("甲厂与乙路交叉口", ()),
        ("和平路", ()),
        ("和平路12号", ()),
        ("东山路与公园道交叉口以北300米", ()),
    ],
)
def test_the_roads_of_a_crossing(words: str, roads: tuple[str, ...]) -> None:
    assert crossing_roads(words, set()) == roads


def test_an_address_at_a_crossing_gives_a_point_of_each_road(tmp_path: Path) -> None:
    text = "名称,地址,经度,纬度\n某公司,东丽区大学城双源道与甲路交口,117.1,39.1\n双源道,,117.2,39.2\n"
    points = read_points(table(tmp_path, text))
    found = points.features.set_index("source_id")
    assert found["name"].to_dict() == {
        "points:1": "某公司",
        "points:2": "双源道",
        "points:1/1": "双源道",
        "points:1/2": "甲路",
    }
    assert found["kind"].to_dict()["points:1/2"] == "road"
    assert points.sources[0]["points_of_crossing_roads"] == 2
    assert "address" not in points.features


def test_a_table_of_addresses(tmp_path: Path) -> None:
    points = read_points(
        table(tmp_path, "地址,x,y\n东丽区双源道与甲路交口,117.1,39.1\n和平区南京路,117.2,39.2\n")
    )
    kinds = dict(zip(points.features["name"], points.features["kind"], strict=True))
    assert kinds == {
        "东丽区双源道与甲路交口": "place",
        "双源道": "road",
        "甲路": "road",
        "和平区南京路": "place",
    }


# --- datum ------------------------------------------------------------------------------------

HERE = (117.15, 39.0)


def shifted_row(datum: Datum, *more: str) -> str:
    there = FROM_WGS84[datum](shapely.Point(HERE))
    return ",".join(["甲路", repr(there.x), repr(there.y), *more]) + "\n"


def off_m(points: ReferenceMap) -> float:
    at = LocalPlane.around([shapely.Point(HERE)]).to_xy(points.features.geometry.iloc[0])
    return float(at.distance(shapely.Point(0, 0)))


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_a_datum_that_is_stated_is_converted(tmp_path: Path, datum: Datum) -> None:
    tag = datum.lower().replace("-", "")
    by_user = read_points(table(tmp_path, HEAD + shifted_row(datum)), datum=datum)
    by_column = read_points(table(tmp_path, "name,lon,lat,datum\n" + shifted_row(datum, tag)))
    by_head = read_points(table(tmp_path, f"name,lon_{tag},lat_{tag}\n" + shifted_row(datum)))
    for points in (by_user, by_column, by_head):
        assert off_m(points) < 0.001
        assert points.sources[0]["datum"] == f"WGS 84, converted from {datum}"
        assert "loses" in points.sources[0]["conversion"]


def test_each_row_by_its_own_datum(tmp_path: Path) -> None:
    said: dict[Datum, str] = {"WGS 84": "EPSG:4326", "GCJ-02": "火星坐标系", "BD-09": "bd09ll"}
    rows = "".join(shifted_row(datum, words) for datum, words in said.items())
    points = read_points(table(tmp_path, "name,lon,lat,坐标系\n" + rows))
    xy = shapely.get_coordinates(points.features.geometry.to_numpy())
    assert np.abs(xy - HERE).max() < 1e-8
    assert points.sources[0]["datum"] == "WGS 84, in part converted from BD-09 and GCJ-02"


@pytest.mark.parametrize(
    ("head", "more", "name", "datum"),
    [
        ("name,高德经度,高德纬度\n", (), "points.csv", "GCJ-02"),
        ("name,lon,lat,来源\n", ("百度地图",), "points.csv", "BD-09"),
        (HEAD, (), "amap_poi.csv", "GCJ-02"),
    ],
)
def test_a_datum_that_is_hinted_at_is_to_be_stated(
    tmp_path: Path, head: str, more: tuple[str, ...], name: str, datum: Datum
) -> None:
    path = table(tmp_path, head + shifted_row(datum, *more), name)
    assert f"--points-datum {datum}" in refusal(path)
    assert off_m(read_points(path, datum=datum)) < 0.001
    assert off_m(read_points(path, datum="WGS 84")) > 100


def test_statements_that_do_not_agree_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "name,lon,lat,datum\n" + shifted_row("GCJ-02", "gcj02"))
    assert "says that it is in GCJ-02" in refusal(path, datum="BD-09")
    assert "'西安80' is not known" in refusal(table(tmp_path, "name,lon,lat,datum\n甲路,117,39,西安80\n"))


def test_wgs84_columns_are_preferred(tmp_path: Path) -> None:
    points = read_points(table(tmp_path, "name,gcj_lng,gcj_lat,wgs84_lng,wgs84_lat\n甲路,118,40,117.15,39\n"))
    assert off_m(points) < 0.001
    assert points.sources[0]["datum"] == "WGS 84"


@given(
    st.sampled_from(["GCJ-02", "BD-09"]),
    st.floats(min_value=74, max_value=134),
    st.floats(min_value=19, max_value=53),
)
def test_there_and_back_loses_less_than_a_millimetre(datum: Datum, lon: float, lat: float) -> None:
    back = TO_WGS84[datum](FROM_WGS84[datum](shapely.Point(lon, lat)))
    assert LocalPlane.around([shapely.Point(lon, lat)]).to_xy(back).distance(shapely.Point(0, 0)) < 0.001


def middles(reference: ReferenceMap) -> ReferenceMap:
    """One point on each line of a map, as label points are."""
    shapes = shapely.line_interpolate_point(reference.features.geometry.to_numpy(), 0.5, normalized=True)
    features = reference.features.set_geometry(shapes, crs=4326).assign(source=0)
    return replace(
        reference, features=features, sources=({"file": "points.csv", "datum": "WGS 84, assumed"},)
    )


def in_datum(points: ReferenceMap, datum: Datum, shake_m: float, rng: np.random.Generator) -> ReferenceMap:
    shapes = points.features.geometry.to_numpy()
    if shake_m:
        plane = LocalPlane.around(shapes)
        xy = shapely.get_coordinates(plane.to_xy(shapes)) + rng.uniform(-shake_m, shake_m, (len(shapes), 2))
        shapes = plane.to_lonlat(shapely.points(xy))
    return replace(points, features=points.features.set_geometry(FROM_WGS84[datum](shapes), crs=4326))


@pytest.mark.parametrize("datum", ["WGS 84", "GCJ-02", "BD-09"])
def test_a_map_tells_the_datum_of_few_rough_points(shared: Path, datum: Datum) -> None:
    reference = read_reference(shared / "reference/shenzhen_nanshan.osm")
    lines = reference.features[reference.features.geom_type == "LineString"]
    whole, rng = middles(replace(reference, features=lines)), np.random.default_rng(5)
    for count in (10, 30, 150):
        rows = rng.choice(len(lines), count, replace=False)
        points = in_datum(replace(whole, features=whole.features.iloc[rows]), datum, 50, rng)
        (check,) = check_points_datum(points, reference)
        assert check.verdict == datum, str(check)
    # Converted by what was found, the points lie where they were.
    settled = settle_points_datum(in_datum(whole, datum, 0, rng), reference, convert=True)
    ours, theirs = (r.features.geometry.to_numpy() for r in (settled, whole))
    assert shapely.distance(ours, theirs).max() < 1e-8
    assert settled.sources[0]["datum_check"].startswith(datum)


def test_shifted_points_that_nobody_spoke_of_are_refused(shared: Path) -> None:
    reference = read_reference(shared / "reference/wuhan_guanggu.geojson")
    lines = replace(reference, features=reference.features[reference.features.geom_type == "LineString"])
    points = in_datum(middles(lines), "BD-09", 0, np.random.default_rng(1))
    with pytest.raises(ReferenceMapError, match="--points-datum BD-09"):
        settle_points_datum(points, reference)
    stated = replace(points, sources=({"file": "points.csv", "datum": "WGS 84"},))
    assert settle_points_datum(stated, reference).sources[0]["datum_check"].startswith("BD-09")


def test_roads_along_the_shift_tell_nothing() -> None:
    """Points of roads that all run the way from WGS 84 to GCJ-02 lie on their lines in both."""
    here = np.array(HERE)
    way = shapely.get_coordinates(gcj02_of(shapely.Point(here)))[0] - here
    across = np.array([-way[1], way[0]])
    lines = [
        shapely.LineString([here + 9 * n * across - 9 * way, here + 9 * n * across + 9 * way])
        for n in range(8)
    ]
    roads = gpd.GeoDataFrame({"name": list("甲乙丙丁戊己庚辛"), "source": 0}, geometry=lines, crs=4326)
    reference = replace(read_nothing(), features=roads)
    (check,) = check_points_datum(middles(reference), reference)
    assert check.verdict == "unclear"
    (few,) = check_points_datum(replace(reference, features=roads.iloc[:4]), reference)
    assert (few.verdict, few.names) == ("not checked", 4)


def read_nothing() -> ReferenceMap:
    from ftz_geo.model import ReferenceMap

    return ReferenceMap(features=gpd.GeoDataFrame(geometry=[], crs=4326), sources=({},))


# --- a real gazetteer -------------------------------------------------------------------------


@pytest.mark.slow
def test_the_named_points_of_a_city(shared: Path) -> None:
    points = read_points(shared / "reference/tianjin/named_points.csv.gz")
    (source,) = points.sources
    assert balance(points) == source["rows"] == 66_163
    assert source["set_aside"] == {"of slip roads (_link)": 720}
    assert points.features["source_id"].is_unique
    kinds = points.features["kind"].value_counts()
    assert kinds["road"] > 44_000
    assert kinds["water"] > 1_000
    # One half of them tells the datum of the other: bus stops, and label points of ways along one road.
    half = np.random.default_rng(2).random(len(points.features)) < 0.5
    one, other = (replace(points, features=points.features[h].reset_index(drop=True)) for h in (half, ~half))
    for datum in FROM_WGS84:
        (check,) = check_points_datum(in_datum(one, datum, 0, np.random.default_rng(0)), other)
        assert check.verdict == datum, str(check)


# --- aliases ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_aliases_with_and_without_a_head(tmp_path: Path, encoding: str) -> None:
    rows = "津淄公路,山深线,西青,G205\n迭山道,迭山路\n"
    expected = (
        Alias(name="津淄公路", map_name="山深线", zone="西青", note="G205"),
        Alias(name="迭山道", map_name="迭山路"),
    )
    assert read_aliases(table(tmp_path, rows, encoding=encoding)) == expected
    head = "方案名称,图上名称,片区,备注\n"
    assert read_aliases(table(tmp_path, head + rows + ",,,\n", encoding=encoding)) == expected
    turned = "map_name,name\n山深线,津淄公路\n"
    assert read_aliases(table(tmp_path, turned)) == (Alias(name="津淄公路", map_name="山深线"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,map_name\n津淄公路,\n", "row 1 lacks"),
        ("津淄公路\n", "its first row lacks"),
        ("name,note\n津淄公路,山深线\n", "head"),
        ("name,map_name\n", "no alias"),
        ("", "empty"),
    ],
)
def test_bad_aliases_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ReferenceMapError, match=said) as caught:
        read_aliases(table(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_aliases_become_further_names_in_their_zone(tmp_path: Path) -> None:
    points = read_points(table(tmp_path, HEAD + "山深线,117,39\n甲路,117,39\n"))
    aliases = [Alias(name="津淄公路", map_name="山深线", zone="西青"), Alias(name="乙路", map_name="丙路")]
    names = with_aliases(points, aliases, zone="西青联动创新区").features.set_index("name")["alt_names"]
    assert (names["山深线"], names["甲路"]) == (("津淄公路",), ())
    assert not any(with_aliases(points, aliases, zone="北辰").features["alt_names"])
    assert points.features["alt_names"].tolist() == [(), ()]
    assert unmatched_aliases(points, aliases) == (aliases[1],)


def test_facts_are_plain_values(tmp_path: Path) -> None:
    points = read_points(table(tmp_path, HEAD + "甲路,117,39\n,1,1\n"))
    assert json.loads(json.dumps(points.sources[0])) == points.sources[0]
