"""Gazetteers, tables and layers of points with names, read into a reference map of points.

Where no map of lines can be had, points with names almost always can: label points of road ways, bus
stops, places, addresses. Every row of a file becomes a feature or is counted with the reason why not.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.endings import CROSSINGS
from ftz_geo.errors import ReferenceMapError
from ftz_geo.measure import CONVERSION, TO_WGS84
from ftz_geo.model import STORAGE_CRS
from ftz_geo.reference.crossings import crossing_roads, is_road
from ftz_geo.reference.csvs import MAX_BYTES, read_csv, too_large
from ftz_geo.reference.frames import Part, feature_frame, first_line
from ftz_geo.reference.labels import SLIP, label_points, labels_of
from ftz_geo.reference.layers import cell_texts, dbf_encoding, layer_facts
from ftz_geo.reference.prepared import is_prepared, read_prepared, read_prepared_points
from ftz_geo.reference.read import is_osm, join_parts, read_file, sha256_of
from ftz_geo.reference.tags import (
    ALT_NAME_COLUMNS,
    CLASS_COLUMNS,
    KIND_BY_TAG,
    KIND_BY_VALUE,
    NAME_COLUMNS,
    kind_by_name,
    split_names,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import Datum
    from ftz_geo.model import Kind, ReferenceMap

__all__ = ["points_of_maps", "read_points"]

_TABLES = (".csv", ".csv.gz", ".tsv")
_LAYERS: Mapping[str, tuple[bytes, ...]] = {
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\0\0\x27\x0a",),
    ".fgb": (b"fgb",),
    ".kml": (b"<kml", b"<?xml"),
}
"""Layers are read by GDAL, which goes by what a file holds, whatever its name, and some of its formats send
it to other files and hosts: only what begins as its ending says is given to it."""

_ENDINGS = (*_TABLES, *_LAYERS, ".osm", ".osm.pbf")

_NAME = (*NAME_COLUMNS, "title", "标题")
_ADDRESS = ("address", "addr", "地址", "详细地址")
_LON = ("lon", "lng", "long", "longitude", "x", "经度")
_LAT = ("lat", "latitude", "y", "纬度")
_KIND = ("category", "类别", "大类", "分类", *CLASS_COLUMNS, "小类", "类型")
"""Columns that tell the kind, the more general first: a building's class may be ``residential`` too."""
_LICENCE = ("licence", "license", "attribution", "许可", "source", "来源", "数据来源")
_SOURCE = ("source", "来源", "数据来源", "provider")
_DATE = ("date", "日期", "updated")
_DATUM = ("datum", "crs", "坐标系", "坐标系统")

_WORDS: Mapping[Kind, str] = {
    "road": "道路 道路名 公路 高速公路 road street unclassified service living_street pedestrian footway"
    " cycleway path track busway construction proposed",
    "water": "水系 水域 河流 湖泊 lake pond",
    "rail": "铁路 地铁 轨道交通",
    "place": "place poi address 地址 地名 建筑 building 交通 公交站 公交车站 地铁站 bus_stop bus_station"
    " station subway_station village town suburb",
    "boundary": "边界 行政区划",
}
_KIND_OF_WORD: Mapping[str, Kind] = {
    **KIND_BY_VALUE,
    **{word: kind for kind, words in _WORDS.items() for word in words.split()},
}

_WGS84 = re.compile(r"wgs[-_ ]?(?:19)?84|epsg:?(?:4326|4490)|^(?:4326|4490)$|crs84|cgcs[-_ ]?2000", re.I)
_GCJ02 = re.compile(r"gcj(?:[-_ ]?0?2)?|火星(?:坐标系?)?|国测局(?:坐标系?)?", re.I)
_BD09 = re.compile(r"bd[-_ ]?09(?:ll)?|^bd(?=[_-])|(?<=[_-])bd$", re.I)
_SAID: Mapping[Datum, re.Pattern[str]] = {"WGS 84": _WGS84, "GCJ-02": _GCJ02, "BD-09": _BD09}
_HINTS: Mapping[Datum, re.Pattern[str]] = {
    "GCJ-02": re.compile(r"gcj|火星|高德|amap|autonavi|腾讯|tencent", re.I),
    "BD-09": re.compile(r"bd[-_ ]?09|百度|baidu", re.I),
}
"""Whose service it is tells the system that it answers in, until somebody converted the answers."""


class _Table(NamedTuple):
    """The rows of a file, or of a layer of it."""

    cells: pd.DataFrame
    """Text, under the names of the columns in small letters; its index numbers the rows from 1."""
    lonlat: NDArray[np.float64]
    """NaN where a row has no position."""
    facts: Mapping[str, Any]
    datum: tuple[Datum, bool] | None = None
    """What the columns of the position say by their names, and whether that is more than a hint."""
    broken: int = 0
    """Rows with more cells than the head."""
    layer: str = ""
    """Where there are several."""
    labels: NDArray[np.bool_] | None = None
    """Which rows are the middles of lines and areas."""


def read_points(*paths: str | Path, datum: Datum | None = None) -> ReferenceMap:
    r"""Read gazetteers into one reference map of points.

    Parameters
    ----------
    *paths : str or Path
        CSV (``.csv``, ``.csv.gz``, ``.tsv``; UTF-8, UTF-16 or GB 18030) with a name, lon and lat, and, if it
        has them, kind, category, class, address, date, licence, source and datum; GeoJSON, GeoPackage,
        Shapefile, FlatGeobuf or KML of points; a folder of such files. Of a map of lines and areas (these
        too, OSM XML or PBF, Overpass JSON, what :func:`prepare_reference` wrote) the nodes with names, and
        a point in the middle of each named way and area: as a reference map it tells more.
    datum : {"WGS 84", "GCJ-02", "BD-09"}, optional
        Of files that do not state theirs; points that are not in WGS 84 are converted. By default WGS 84,
        unless something hints at another: then it has to be stated.

    Returns
    -------
    ReferenceMap
        One feature for each named point. An address at the crossing of two roads also gives a point of each
        of them. ``sources`` tell, beside what they tell of maps, the number of ``rows``, the ``count`` of
        those that became features, the number of points that are ``labels`` of ways and areas, if there are
        any, and the rows ``set_aside``, by reason.

    Raises
    ------
    ReferenceMapError
        A file is missing, too large, broken, no table or layer of named points, or its datum is to be stated.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "点.csv")
    ...     _ = file.write_text("名称,经度,纬度\n津淄公路,117.19,39.03\n,117.2,39.0\n", encoding="gb18030")
    ...     points = read_points(file)
    >>> points.features[["source_id", "name", "kind"]].values.tolist()
    [['点:1', '津淄公路', 'road']]
    >>> points.sources[0]["rows"], points.sources[0]["set_aside"]
    (2, {'without a name': 1})
    """
    if not paths:
        raise ReferenceMapError("points", "no file was given", "give at least one file of named points")
    parts = [part for path in paths for file in _files(Path(path)) for part in _read_file(file, datum)]
    return _joined(parts)


def points_of_maps(*paths: str | Path) -> ReferenceMap:
    """Read map files as named points, before crossings are looked for in their words.

    Parameters
    ----------
    *paths : str or Path
        As for :func:`ftz_geo.reference.read_reference`, whatever their names end in.

    Returns
    -------
    ReferenceMap
        Its features have an ``address`` too.
    """
    return join_parts([part for path in paths for part in _of_map(Path(path))])


def _of_map(path: Path) -> list[Part]:
    """Return the parts of a map as points: as :func:`read_points` reads them, else labels of its features.

    A map need not be what a gazetteer has to be: only hinting at another datum, it is taken as it states.
    """
    with suppress(ReferenceMapError):
        return _read_file(path, None)
    return [label_points(part) for part in read_file(path)]


def _joined(parts: Sequence[Part]) -> ReferenceMap:
    roads = {name for p in parts for name in p.frame["name"][p.frame["kind"] == "road"]}
    return join_parts([_with_crossings(part, roads) for part in parts])


def _files(path: Path) -> list[Path]:
    """Return a file, or the files of points in a folder, by name."""
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.is_file() and (_ending(p) or is_osm(p)))
    if not found:
        raise ReferenceMapError(path, "no file of points is in this folder", f"use {' '.join(_ENDINGS)}")
    return found


def _ending(path: Path) -> str | None:
    return next((e for e in (*_TABLES, *_LAYERS) if path.name.lower().endswith(e)), None)


def _read_file(path: Path, datum: Datum | None) -> list[Part]:
    if not path.exists():
        raise ReferenceMapError(path, "there is no such file", "check the path")
    if path.is_file() and is_osm(path):
        return _osm(path, datum)
    ending = _ending(path)
    if not path.is_file() or ending is None:
        raise ReferenceMapError(path, "it is no file of points", f"use {' '.join(_ENDINGS)}")
    if path.stat().st_size > MAX_BYTES:
        raise too_large(path)
    if ending == ".gpkg" and is_prepared(path):
        return _prepared(path, datum)
    tables = [_read_table(path)] if ending in _TABLES else _read_layers(path, _LAYERS[ending])
    own = {"file": path.name, "sha256": sha256_of(path)}
    read = [_part(path, table, datum, own) for table in tables if len(table.cells) or table.broken]
    parts = [part for part in read if len(part.frame)]
    if not parts:
        why = "; ".join(_told(part.facts["set_aside"]) for part in read) or "there are none"
        raise ReferenceMapError(
            path, f"none of its rows is a named point ({why})", "give a name, and lon and lat in degrees"
        )
    return parts


def _told(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in reasons.items())


def _prepared(path: Path, datum: Datum | None) -> list[Part]:
    if datum not in (None, "WGS 84"):
        raise _otherwise(path, "WGS 84", datum)
    parts = read_prepared_points(path)
    if parts is None:  # prepared when points were not kept
        parts = [label_points(part) for part in read_prepared(path)]
    if not any(len(part.frame) for part in parts):
        raise ReferenceMapError(path, "it keeps no named point", "prepare it of files with names")
    return parts


def _osm(path: Path, datum: Datum | None) -> list[Part]:
    if datum not in (None, "WGS 84"):
        raise _otherwise(path, "WGS 84", datum)
    return [label_points(part) for part in read_file(path)]


# --- tables -----------------------------------------------------------------------------------


def _read_table(path: Path) -> _Table:
    head, rows = read_csv(path)
    columns = {cell.strip().lower(): n for n, cell in reversed(list(enumerate(head)))}
    x, y, datum = _position(path, columns)
    if not columns.keys() & {*_NAME, *_ADDRESS}:
        raise ReferenceMapError(
            path, "it has no column of names", f"name one of its columns {', '.join(_NAME[:1] + _NAME[4:8])}"
        )
    whole = [(n, row) for n, row in rows if not any(cell.strip() for cell in row[len(head) :])]
    cells = pd.DataFrame(
        [[*row[: len(head)], *[""] * (len(head) - len(row))] for _, row in whole],
        index=[n for n, _ in whole],
        columns=range(len(head)),
        dtype=object,
    )
    lonlat = [pd.to_numeric(cells[n].str.strip(), errors="coerce").to_numpy(float) for n in (x, y)]
    named = {name: cell_texts(cells[n]) for name, n in columns.items()}
    facts = {"licence": None, "date": None, "crs": None}
    return _Table(
        pd.DataFrame(named, index=cells.index), np.column_stack(lonlat), facts, datum, len(rows) - len(whole)
    )


def _position(path: Path, columns: Mapping[str, int]) -> tuple[int, int, tuple[Datum, bool] | None]:
    """Return the columns of longitude and latitude, WGS 84 before others, and what their names say of it."""
    found = {
        (plain in _LAT, said): column
        for name, column in columns.items()
        for plain, said in [_plain(name)]
        if plain in (*_LON, *_LAT)
    }
    order: list[tuple[Datum, bool] | None] = [("WGS 84", True), None]
    for said in (*order, *((d, sure) for sure in (True, False) for d in TO_WGS84)):
        if (False, said) in found and (True, said) in found:
            return found[False, said], found[True, said], said
    raise ReferenceMapError(
        path, "it has no columns of longitude and latitude", "name them lon and lat, or 经度 and 纬度"
    )


def _plain(column: str) -> tuple[str, tuple[Datum, bool] | None]:
    """Return the name of a column without words for a datum, and the datum that they tell.

    >>> _plain("lng_gcj02"), _plain("百度经度"), _plain("lat")
    (('lng', ('GCJ-02', True)), ('经度', ('BD-09', False)), ('lat', None))
    """
    for table, sure in ((_SAID, True), (_HINTS, False)):
        for datum, words in table.items():
            if words.search(column):
                return re.sub(r"[\s_()（）:：.-]", "", words.sub("", column)), (datum, sure)
    return column, None


# --- layers -----------------------------------------------------------------------------------


def _read_layers(path: Path, starts: Collection[bytes]) -> list[_Table]:
    import pyogrio

    with path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(tuple(starts)) or (b"<kml" in starts and b"<kml" not in start):
        raise ReferenceMapError(path, "it is not what the ending of its name says", "save it anew")
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        return [_read_layer(path, layer, several=len(layers) > 1) for layer in layers]
    except (
        RuntimeError,
        UnicodeDecodeError,
        shapely.errors.GEOSException,
    ) as error:  # pyogrio's are RuntimeErrors
        raise ReferenceMapError(
            path, f"it cannot be read as points ({first_line(error)})", "open it in QGIS and save it anew"
        ) from error


def _read_layer(path: Path, layer: str, *, several: bool) -> _Table:
    import pyogrio

    encoding = dbf_encoding(path) if path.suffix.lower() == ".shp" else None
    frame = pyogrio.read_dataframe(path, layer=layer, force_2d=True, encoding=encoding)
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame), crs=STORAGE_CRS)
    if frame.crs is None:
        raise ReferenceMapError(
            path,
            "it does not say which coordinate reference system it is in",
            "set it in QGIS and save it anew",
        )
    facts = layer_facts(path, layer, frame.crs)
    rows, shapes = _single(frame.geometry.to_crs(STORAGE_CRS).to_numpy())
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    labels = np.zeros(len(rows), dtype=bool)
    labels[there] = shapely.get_dimensions(shapes[there]) > 0
    lonlat = np.full((len(rows), 2), np.nan)
    lonlat[there] = shapely.get_coordinates(labels_of(shapes[there]))
    table = frame.drop(columns=frame.geometry.name)
    cells = {str(c).lower(): cell_texts(table[c]).to_numpy()[rows] for c in reversed(table.columns)}
    table = pd.DataFrame(cells, index=rows + 1)
    return _Table(table, lonlat, facts, layer=layer if several else "", labels=labels)


def _single(shapes: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Take shapes of several parts apart, each part with the number of its shape; none is left out."""
    parts = np.maximum(shapely.get_num_geometries(shapes), 1)
    rows = np.repeat(np.arange(len(shapes)), parts)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(parts) - parts, parts)
    return rows, np.asarray(shapely.get_geometry(shapes[rows], nth), dtype=object)


# --- rows -------------------------------------------------------------------------------------


def _part(path: Path, table: _Table, datum: Datum | None, own: Mapping[str, Any]) -> Part:
    """Turn the rows of a table into features, and count those that are none."""
    names = _first_column(table.cells, (*_NAME, *_ADDRESS))
    kinds, slip = _kinds(table.cells, names)
    kept, aside = _kept(table, names, slip)
    cells, names = table.cells[kept], names[kept]
    geometry, said = _in_wgs84(path, table, cells, table.lonlat[kept], datum)
    stem = path.name[: -len(_ending(path) or "")] + (f":{table.layer}" if table.layer else "")
    frame = feature_frame(
        [f"{stem}:{n}" for n in cells.index],
        names.to_list(),
        _further_names(cells, names),
        kinds[kept].to_list(),
        geometry,
    ).assign(address=_first_column(cells, _ADDRESS).to_numpy())
    labels = 0 if table.labels is None else int(table.labels[kept].sum())
    # As for maps, what is done later starts from an order that is not that of the rows.
    order = np.lexsort((frame["source_id"], *table.lonlat[kept].T, frame["name"]))
    facts = {
        **own,
        **table.facts,
        "licence": table.facts["licence"] or _span(cells, _LICENCE),
        "date": table.facts["date"] or _span(cells, _DATE),
        **said,
        "rows": len(set(table.cells.index)) + table.broken,
        "count": len(set(cells.index)),
        **({"labels": labels} if labels else {}),
        "set_aside": aside,
    }
    return Part(frame.iloc[order].reset_index(drop=True), facts)


def _kept(table: _Table, names: pd.Series, slip: pd.Series) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Return which rows become features, and how many do not for which reason."""
    with np.errstate(invalid="ignore"):
        outside = (np.abs(table.lonlat) > [180, 90]).any(axis=1)
    reasons = {
        "without a name": names.eq("").to_numpy(),
        "without a position in numbers": ~np.isfinite(table.lonlat).all(axis=1),
        "outside the range of degrees": outside,
        SLIP: slip.to_numpy(),
    }
    kept, aside = np.ones(len(names), dtype=bool), {"with more cells than the head": table.broken}
    for reason, rows in reasons.items():
        aside[reason] = len(set(names.index[kept & rows]))
        kept &= ~rows
    return kept, {reason: count for reason, count in aside.items() if count}


def _further_names(cells: pd.DataFrame, names: pd.Series) -> list[tuple[str, ...]]:
    extra = [cells[column] for column in ALT_NAME_COLUMNS if column in cells]
    rows = zip(names, *extra, strict=True)
    return [tuple(other for other in split_names(*row) if other != name) for name, *row in rows]


def _first_column(cells: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return each row's first value that is not empty, of those of some columns that are there."""
    values = pd.Series("", index=cells.index, dtype=object)
    for column in columns:
        if column in cells:
            values = values.where(values != "", cells[column])
    return values


def _span(cells: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """Return what the rows say, in order and each once; of more than five the first and the last."""
    said = sorted(set(_first_column(cells, columns)) - {""})
    return (" to ".join((said[0], said[-1])) if len(said) > 5 else "; ".join(said)) or None


def _kinds(cells: pd.DataFrame, names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tell what each row is, and whether it is the slip road of a junction, which no boundary is named after.

    The column ``kind`` says it, a word of a class, a column of OSM that has a value, or the name.
    """
    told = pd.Series(None, index=cells.index, dtype=object)
    slip = pd.Series(False, index=cells.index)
    for column in ("kind", *_KIND, "highway", "railway"):
        if column in cells:
            said = {value: _kind_of_words(value) for value in set(cells[column])}
            told = told.where(told.notna(), cells[column].map(said))
            slip |= cells[column].str.endswith("_link")
    for column, kind in KIND_BY_TAG.items():
        if column in cells:
            told = told.where(told.notna() | cells[column].eq(""), kind)
    by_name = {name: _kind_of_name(name) for name in set(names[told.isna()])}
    address = pd.Series(False, index=cells.index) if set(_NAME) & set(cells) else names.ne("")
    told = told.where(told.notna() | ~address, "place")
    return told.where(told.notna(), names.map(by_name)), slip


def _kind_of_words(words: str) -> Kind | None:
    """Tell by the words of a class, the last ones first: map services write them from wide to narrow.

    >>> _kind_of_words("地名地址信息;交通地名;道路名"), _kind_of_words("bus_stop"), _kind_of_words("yes")
    ('road', 'place', None)
    """
    parts = reversed(re.split(r"[;|,/>]", words.lower()))
    return next((kind for part in parts if (kind := _KIND_OF_WORD.get(part.strip()))), None)


def _kind_of_name(name: str) -> Kind:
    """Tell by how a name ends.

    >>> [_kind_of_name(name) for name in ("津淄公路", "子牙河", "大寺新家园", "甲路路口")]
    ['road', 'water', 'place', 'place']
    """
    return kind_by_name(name, line=is_road(name) and not name.endswith(CROSSINGS))


# --- datum ------------------------------------------------------------------------------------


def _in_wgs84(
    path: Path, table: _Table, cells: pd.DataFrame, lonlat: NDArray[np.float64], given: Datum | None
) -> tuple[NDArray[np.object_], dict[str, Any]]:
    """Convert what is not in WGS 84; say of the datum what is known of it."""
    stated = _stated(path, table, cells)
    hint = _hint(path, table, cells[stated.isna()])
    if given is None and hint is not None and stated.isna().any():
        system, where = hint
        raise ReferenceMapError(
            path,
            f"its {where} hints at {system}, which lies some hundred metres off WGS 84",
            f"say --points-datum {system}, or --points-datum WGS-84 if it was converted before",
        )
    strange = stated[stated.notna() & stated.ne(given or "")]
    if given is not None and len(strange):
        raise _otherwise(path, strange.iloc[0], given)
    datums = stated.where(stated.notna(), given or "WGS 84")
    geometry = np.asarray(shapely.points(lonlat), dtype=object)
    for datum, back in TO_WGS84.items():
        own = datums.eq(datum).to_numpy()
        geometry[own] = back(geometry[own])
    shifted = sorted(set(datums) - {"WGS 84"})
    if not shifted:
        assumed = given is None and stated.isna().any()
        return geometry, {"datum": "WGS 84, assumed" if assumed else "WGS 84"}
    part = "in part " if datums.eq("WGS 84").any() else ""
    said = f"WGS 84, {part}converted from {' and '.join(shifted)}"
    return geometry, {"datum": said, "conversion": CONVERSION}


def _otherwise(path: Path, stated: str, given: str | None) -> ReferenceMapError:
    return ReferenceMapError(
        path, f"it says that it is in {stated}, not in {given}", "give it without --points-datum"
    )


def _stated(path: Path, table: _Table, cells: pd.DataFrame) -> pd.Series:
    """Return each row's datum where a column, or the names of those of the position, state it."""
    words = _first_column(cells, _DATUM)
    said = {
        value: next((d for d, w in _SAID.items() if w.search(value)), None) for value in set(words) - {""}
    }
    unknown = sorted(value for value, datum in said.items() if datum is None)
    if unknown:
        raise ReferenceMapError(
            path, f"its datum {unknown[0]!r} is not known", "use WGS 84, GCJ-02 or BD-09 there"
        )
    default = table.datum[0] if table.datum and table.datum[1] else None
    stated = words.map(said).astype(object)
    return stated.where(stated.notna(), default)


def _hint(path: Path, table: _Table, cells: pd.DataFrame) -> tuple[Datum, str] | None:
    """Return the datum that something hints at, and what does."""
    if table.datum and not table.datum[1]:
        return table.datum[0], "column of longitude"
    sources = sorted(set(_first_column(cells, _SOURCE)))
    for words, where in ((path.name, "name"), *((s, f"source {s!r}") for s in sources)):
        for datum, pattern in _HINTS.items():
            if pattern.search(words):
                return datum, where
    return None


def _with_crossings(part: Part, roads: Collection[str]) -> Part:
    """Add a point of each of the two roads to every place whose words say that it is at their crossing."""
    if "address" not in part.frame:
        return part
    frame = part.frame.drop(columns="address")
    places = part.frame[part.frame["kind"] == "place"]
    found = [
        (f"{row.source_id}/{n}", road, row.geometry)
        for row in places.itertuples()
        for n, road in enumerate(crossing_roads(row.name, roads) or crossing_roads(row.address, roads), 1)
    ]
    if not found:
        return part._replace(frame=frame)
    ids, names, shapes = (list(column) for column in zip(*found, strict=True))
    added = feature_frame(ids, names, [()] * len(ids), ["road"] * len(ids), shapes)
    facts = {**part.facts, "points_of_crossing_roads": len(ids)}
    return Part(gpd.GeoDataFrame(pd.concat([frame, added], ignore_index=True), crs=STORAGE_CRS), facts)
