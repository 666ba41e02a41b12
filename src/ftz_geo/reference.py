"""Map files of every usual format, read into named features.

A reference map holds roads, rivers, railways, boundaries and places by name. Whatever the format
and the reference system, they come out as one frame in WGS 84 longitude, latitude.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.model import STORAGE_CRS, ReferenceMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ftz_geo.model import Kind

__all__ = ["read_reference"]

NAME_COLUMNS = ("name", "name:zh", "name_zh", "name_cn", "名称", "道路名称", "路名", "mc", "dlmc")
"""Columns that may hold the name, best first; 名称 and its initials MC are how surveys label them."""

ALT_NAME_COLUMNS = (
    "alt_name",
    "old_name",
    "official_name",
    "short_name",
    "loc_name",
    "name:zh",
    "name_zh",
    "merged_names",
    "ref",
    "曾用名",
    "别名",
)
"""Columns that may hold further names (OSM wiki, Key:name); several are split at ``;``."""

KIND_BY_TAG: Mapping[str, Kind] = {
    "highway": "road",
    "railway": "rail",
    "waterway": "water",
    "boundary": "boundary",
    "admin_level": "boundary",
    "natural": "place",
    "landuse": "place",
    "place": "place",
    "amenity": "place",
    "building": "place",
}
"""What a feature is when this OSM key is set; ``natural=water`` is told by its value."""

_VALUES: Mapping[Kind, tuple[str, ...]] = {
    "road": ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "road", "highway"),
    "rail": ("rail", "railway", "subway", "metro", "light_rail", "tram", "monorail"),
    "water": ("water", "river", "riverbank", "canal", "stream", "drain", "ditch", "coastline", "reservoir"),
    "boundary": ("administrative", "boundary", "border"),
}

KIND_BY_VALUE: Mapping[str, Kind] = {value: kind for kind, values in _VALUES.items() for value in values}
"""What a feature is by the value of a class column (OSM values, Geofabrik's ``fclass``)."""

CLASS_COLUMNS = ("fclass", "class", "cls", "kind", "type", "feature", "natural", "boundary", "waterway")

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)


def read_reference(*paths: str | Path) -> ReferenceMap:
    """Read map files into one reference map.

    Parameters
    ----------
    *paths : str or Path
        GeoPackage (every layer), GeoJSON, Shapefile, FlatGeobuf, OSM XML, OSM PBF or Overpass JSON
        (``out geom``). Any reference system that the file states is converted.

    Returns
    -------
    ReferenceMap
        Named features only, sorted so that the order of rows in a file makes no difference.

    Raises
    ------
    ReferenceMapError
        A file is missing, broken, states no reference system, or names no feature.

    Examples
    --------
    >>> read_reference("nowhere.gpkg")
    Traceback (most recent call last):
    ...
    ftz_geo.errors.ReferenceMapError: nowhere.gpkg: there is no such file; check the path
    """
    frames, sources = [], []
    for number, given in enumerate(paths):
        path = Path(given)
        if not path.is_file():
            raise ReferenceMapError(path, "there is no such file", "check the path")
        frame, facts = _reader(path)(path)
        if frame.empty:
            raise ReferenceMapError(
                path,
                "no feature in it has a name",
                f"give a map whose lines are named in a column such as {', '.join(NAME_COLUMNS[:4])}",
            )
        frame["source"] = number
        frames.append(frame)
        sources.append({"file": path.name, "sha256": _sha256(path), **facts})
    if not frames:
        raise ReferenceMapError("reference map", "no file was given", "give at least one map file")
    features = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if features["source_id"].duplicated().any():
        # The same way in two files, or a table without ids of its own: number within each id.
        repeat = features.groupby("source_id").cumcount()
        features["source_id"] = features["source_id"].where(
            repeat == 0, features["source_id"] + "#" + (repeat + 1).astype(str)
        )
    return ReferenceMap(features=gpd.GeoDataFrame(features, crs=STORAGE_CRS), sources=tuple(sources))


_Read = tuple[gpd.GeoDataFrame, dict[str, Any]]


def _reader(path: Path) -> Callable[[Path], _Read]:
    """Choose by the file's name, and for ``.json`` by what it holds."""
    name = path.name.lower()
    if name.endswith((".pbf", ".osm", ".osm.xml", ".osm.gz", ".osm.bz2")):
        return _read_osm
    if name.endswith(".json") and b'"elements"' in path.read_bytes()[:4096]:
        return _read_overpass
    return _read_table


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_table(path: Path) -> _Read:
    """Read every layer with a geometry that GDAL finds in a file."""
    import pyogrio

    try:
        layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
        tables = [_read_layer(path, layer) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise ReferenceMapError(
            path, f"it cannot be read as a map ({_first_line(error)})", "open it in QGIS and save it anew"
        ) from error
    crs = sorted({str(t.attrs["crs"]) for t in tables})
    frame = pd.concat(tables, ignore_index=True) if tables else _frame([], [], [], [], [])
    return frame, {"licence": None, "date": None, "crs": ", ".join(crs)}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")


def _read_layer(path: Path, layer: str) -> gpd.GeoDataFrame:
    import pyogrio

    # GDAL takes a Shapefile without .cpg for Latin-1, in which nothing Chinese survives.
    encoding = _dbf_encoding(path) if path.suffix.lower() == ".shp" else None
    table = pyogrio.read_dataframe(path, layer=layer, force_2d=True, encoding=encoding)
    if not isinstance(table, gpd.GeoDataFrame):
        return _frame([], [], [], [], []).assign(source_id="")
    if table.crs is None:
        raise ReferenceMapError(
            path,
            "it does not say which coordinate reference system it is in",
            "add a .prj file, or set the layer's CRS in QGIS and save it anew",
        )
    crs = table.crs.to_string() if len(table.crs.to_string()) < 40 else table.crs.name
    columns = {str(c).lower(): c for c in table.columns}
    name = next((columns[c] for c in NAME_COLUMNS if c in columns), None)
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    names = _text(table[name]) if name is not None else pd.Series("", index=table.index)
    table, names = table[names != ""], names[names != ""]
    extra = [_text(table[columns[c]]) for c in ALT_NAME_COLUMNS if c in columns and columns[c] != name]
    geometry = shapely.force_2d(table.geometry.to_crs(STORAGE_CRS).to_numpy())
    frame = _frame(
        _ids(path, layer, table, columns),
        names.to_list(),
        [_split(*row) for row in zip(*extra, strict=True)] if extra else [()] * len(table),
        _kinds(table, columns, names, geometry),
        geometry,
    )
    # Row order in a file means nothing: whatever is done later starts from the same order.
    order = np.lexsort((frame["source_id"], shapely.to_wkb(geometry), frame["name"]))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["crs"] = crs
    return frame


def _dbf_encoding(path: Path) -> str | None:
    """Give the encoding of a Shapefile's text where no ``.cpg`` says it: UTF-8 if it is, else GB 18030."""
    if any(path.with_suffix(s).is_file() for s in (".cpg", ".CPG")):
        return None
    dbf = next((p for s in (".dbf", ".DBF") if (p := path.with_suffix(s)).is_file()), None)
    if dbf is None:
        return None
    content = dbf.read_bytes()
    head = int.from_bytes(content[8:10], "little")  # dBASE III: length of the header
    try:
        content[head:].decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


def _text(values: pd.Series) -> pd.Series:
    return values.astype("object").where(values.notna(), "").astype(str).str.strip()


def _split(*values: str) -> tuple[str, ...]:
    """Split further names at semicolons.

    >>> _split("延安路;延安西路", "", "G2")
    ('延安路', '延安西路', 'G2')
    """
    return tuple(dict.fromkeys(part.strip() for v in values for part in v.split(";") if part.strip()))


def _ids(path: Path, layer: str, table: gpd.GeoDataFrame, columns: Mapping[str, str]) -> list[str]:
    """Give each row its own id column's value where that is unique, else its number."""
    for key in ("osm_id", "osmid", "id", "fid", "objectid"):
        if key in columns and table[columns[key]].notna().all() and table[columns[key]].astype(str).is_unique:
            return [f"{path.stem}:{v}" for v in table[columns[key]].astype(str)]
    return [f"{path.stem}:{layer}:{i}" for i in table.index]


def _kinds(
    table: gpd.GeoDataFrame, columns: Mapping[str, str], names: pd.Series, geometry: np.ndarray[Any, Any]
) -> list[Kind]:
    """Tell what each row is by its tags, its class, its name, its shape: the first that says so."""
    lines = np.isin(shapely.get_type_id(geometry), _LINES)
    values = [_text(table[columns[c]]) for c in CLASS_COLUMNS if c in columns]
    tags = [(k, _text(table[columns[t]])) for t, k in KIND_BY_TAG.items() if t in columns]
    kinds: list[Kind] = []
    for i, (name, line) in enumerate(zip(names, lines, strict=True)):
        by_value = next((KIND_BY_VALUE[v] for c in values if (v := str(c.iat[i])) in KIND_BY_VALUE), None)
        by_tag = next((k for k, column in tags if column.iat[i]), None)
        kinds.append(by_value or by_tag or _kind_by_name(name, is_line=bool(line)))
    return kinds


def _kind_by_name(name: str, *, is_line: bool) -> Kind:
    """Tell by the last character.

    >>> _kind_by_name("海河", is_line=True), _kind_by_name("天津大学", is_line=False)
    ('water', 'place')
    """
    if name.endswith(("河", "江", "渠", "湖", "河道", "运河", "浜", "涌", "水库")):
        return "water"
    if name.endswith(("铁路", "号线", "高铁", "城际")):
        return "rail"
    return "road" if is_line else "place"


def _frame(
    source_ids: list[str],
    names: list[str],
    alt_names: list[tuple[str, ...]],
    kinds: list[Kind],
    geometry: Any,
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "source_id": pd.Series(source_ids, dtype=object),
            "name": pd.Series(names, dtype=object),
            "alt_names": pd.Series(alt_names, dtype=object),
            "kind": pd.Series(kinds, dtype=object),
        },
        geometry=np.asarray(geometry, dtype=object),
        crs=STORAGE_CRS,
    )


# --- OpenStreetMap ---------------------------------------------------------------------------

_OSM_LICENCE = "ODbL 1.0, © OpenStreetMap contributors"
_ALT_NAME_TAGS = tuple(c for c in ALT_NAME_COLUMNS if c.isascii())


def _osm_names(tags: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Give the name, or for a numbered way without one its number, and the further names."""
    name = tags.get("name") or tags.get("name:zh") or ""
    if not name and "highway" in tags:
        name = tags.get("ref", "")
    others = _split(*(tags[t] for t in _ALT_NAME_TAGS if t in tags))
    return name.strip(), tuple(o for o in others if o != name)


def _osm_kind(tags: Mapping[str, str]) -> Kind | None:
    """Tell by the tags; None for a thing that a boundary is never named after, such as a bus stop."""
    if tags.get("natural") in ("water", "coastline") or "waterway" in tags:
        return "water"
    if "public_transport" in tags or tags.get("type") in ("route", "restriction", "site"):
        return None
    return next((kind for tag, kind in KIND_BY_TAG.items() if tag in tags), "place")


def _read_osm(path: Path) -> _Read:
    """Read OSM XML or PBF in one pass over the file and one over its relations."""
    import osmium

    wkb = osmium.geom.WKBFactory()
    rows: list[tuple[str, str, tuple[str, ...], Kind, str]] = []
    named = osmium.filter.KeyFilter("name", "name:zh", "ref")
    try:
        header = osmium.FileProcessor(str(path)).header
        date = header.get("osmosis_replication_timestamp") or None
        for thing in osmium.FileProcessor(str(path)).with_areas(named).with_filter(named):
            row = _osm_row(thing, wkb)
            if row is not None:
                rows.append(row)
    except RuntimeError as error:
        raise ReferenceMapError(
            path, f"it cannot be read as OpenStreetMap data ({_first_line(error)})", "download it anew"
        ) from error
    ids, names, others, kinds, shapes = [list(c) for c in zip(*rows, strict=True)] if rows else [[]] * 5
    frame = _frame(ids, names, others, kinds, shapely.from_wkb(shapes) if rows else [])
    return frame, {"licence": _OSM_LICENCE, "date": date, "crs": STORAGE_CRS}


def _osm_row(thing: Any, wkb: Any) -> tuple[str, str, tuple[str, ...], Kind, str] | None:
    import osmium

    tags = dict(thing.tags)
    name, others = _osm_names(tags)
    kind = _osm_kind(tags)
    if not name or kind is None:
        return None
    line = "highway" in tags or "railway" in tags or "waterway" in tags
    try:
        if thing.is_node():
            if line:  # a crossing, a signal, a stop: its name is that of the road it stands on
                return None
            return f"n{thing.id}", name, others, kind, wkb.create_point(thing)
        if thing.is_way():
            if thing.is_closed() and not line and kind != "boundary":
                return None  # comes again as an area
            return f"w{thing.id}", name, others, kind, wkb.create_linestring(thing)
        if thing.is_area() and not (line and thing.from_way()):
            prefix = "w" if thing.from_way() else "r"
            return f"{prefix}{thing.orig_id()}", name, others, kind, wkb.create_multipolygon(thing)
    except (osmium.InvalidLocationError, RuntimeError):
        return None  # a way cut off at the edge of the extract, a relation that does not close
    return None


def _read_overpass(path: Path) -> _Read:
    """Read what an Overpass server answers to ``[out:json]; …; out geom;``."""
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        rows = list(_overpass_rows(answer["elements"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ReferenceMapError(
            path, f"it is not a whole Overpass answer ({_first_line(error)})", "download it anew"
        ) from error
    ids, names, others, kinds, shapes = [list(c) for c in zip(*rows, strict=True)] if rows else [[]] * 5
    date = answer.get("osm3s", {}).get("timestamp_osm_base")
    return _frame(ids, names, others, kinds, shapes), {
        "licence": _OSM_LICENCE,
        "date": date,
        "crs": STORAGE_CRS,
    }


def _overpass_rows(elements: list[dict[str, Any]]) -> Iterator[tuple[str, str, tuple[str, ...], Kind, Any]]:
    for element in elements:
        tags = element.get("tags", {})
        name, others = _osm_names(tags)
        kind = _osm_kind(tags)
        if not name or kind is None:
            continue
        line = "highway" in tags or "railway" in tags or "waterway" in tags
        label = f"{element['type'][0]}{element['id']}"
        if element["type"] == "node" and not line:
            yield label, name, others, kind, shapely.Point(element["lon"], element["lat"])
        elif element["type"] == "way" and len(element.get("geometry", [])) > 1:
            lonlat = [(p["lon"], p["lat"]) for p in element["geometry"]]
            closed = lonlat[0] == lonlat[-1] and len(lonlat) > 3 and not line
            yield label, name, others, kind, (shapely.Polygon if closed else shapely.LineString)(lonlat)
        elif element["type"] == "relation":
            parts = [
                [(p["lon"], p["lat"]) for p in member["geometry"]]
                for member in element.get("members", [])
                if member["type"] == "way" and len(member.get("geometry", [])) > 1
            ]
            if parts:
                yield label, name, others, kind, shapely.MultiLineString(parts)
