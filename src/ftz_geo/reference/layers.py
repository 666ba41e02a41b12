"""Layers of features in a table: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, and whatever else GDAL reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.model import STORAGE_CRS
from ftz_geo.reference.frames import Part, feature_frame, first_line
from ftz_geo.reference.tags import (
    ALT_NAME_COLUMNS,
    CLASS_COLUMNS,
    KIND_BY_TAG,
    KIND_BY_VALUE,
    MAIN_ROADS,
    NAME_COLUMNS,
    kind_by_name,
    one_way,
    split_names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ftz_geo.model import Kind

__all__ = ["cell_texts", "dbf_encoding", "layer_facts", "read_layers"]

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)


def read_layers(path: Path) -> list[Part]:
    """Read every layer with a geometry that GDAL finds in a file; a part per layer."""
    import pyogrio

    try:
        layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
        return [_read_layer(path, layer) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as error:
        raise ReferenceMapError(
            path, f"it cannot be read as a map ({first_line(error)})", "open it in QGIS and save it anew"
        ) from error


def _read_layer(path: Path, layer: str) -> Part:
    import pyogrio

    # GDAL takes a Shapefile without .cpg for Latin-1, in which nothing Chinese survives.
    encoding = dbf_encoding(path) if path.suffix.lower() == ".shp" else None
    table = pyogrio.read_dataframe(path, layer=layer, force_2d=True, encoding=encoding)
    if not isinstance(table, gpd.GeoDataFrame):
        return Part(feature_frame([], [], [], [], []), layer_facts(path, layer, None))
    if table.crs is None:
        raise ReferenceMapError(
            path,
            "it does not say which coordinate reference system it is in",
            "add a .prj file, or set the layer's CRS in QGIS and save it anew",
        )
    facts = layer_facts(path, layer, table.crs)
    columns = {str(c).lower(): c for c in table.columns}
    name = next((columns[c] for c in NAME_COLUMNS if c in columns), None)
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    names = cell_texts(table[name]) if name is not None else pd.Series("", index=table.index)
    table, names = table[names != ""], names[names != ""]
    extra = [cell_texts(table[columns[c]]) for c in ALT_NAME_COLUMNS if c in columns and columns[c] != name]
    geometry = shapely.force_2d(table.geometry.to_crs(STORAGE_CRS).to_numpy())
    frame = feature_frame(
        _ids(path, layer, table, columns),
        names.to_list(),
        [split_names(*row) for row in zip(*extra, strict=True)] if extra else [()] * len(table),
        _kinds(table, columns, names, geometry),
        geometry,
        _one_way(table, columns),
    )
    # Row order in a file means nothing: whatever is done later starts from the same order.
    order = np.lexsort((frame["source_id"], shapely.to_wkb(geometry), frame["name"]))
    return Part(frame.iloc[order].reset_index(drop=True), facts)


def layer_facts(path: Path, layer: str, crs: Any) -> dict[str, Any]:
    """Say where a layer comes from, as far as the file itself does: nothing is guessed."""
    import pyogrio

    info = pyogrio.read_info(path, layer=layer)
    stated = {
        key.lower(): value
        for metadata in (info["dataset_metadata"], info["layer_metadata"])
        for key, value in (metadata or {}).items()
        if value
    }
    told = {
        fact: next((stated[key] for key in keys if key in stated), None)
        for fact, keys in {"licence": ("licence", "license", "attribution"), "date": ("date",)}.items()
    }
    if crs is None:
        return {**told, "crs": None, "datum": None}
    name = crs.to_string() if len(crs.to_string()) < 40 else crs.name
    return {**told, "crs": name, "datum": crs.geodetic_crs.name if crs.geodetic_crs else None}


def dbf_encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile's text where no ``.cpg`` says it: UTF-8 if it is, else GB 18030."""
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


def cell_texts(values: pd.Series) -> pd.Series:
    """Return cells as text without blanks around it; empty where there is no value."""
    return values.astype("object").where(values.notna(), "").astype(str).str.strip()


def _ids(path: Path, layer: str, table: gpd.GeoDataFrame, columns: Mapping[str, str]) -> list[str]:
    """Return each row its own id column's value where that is unique, else its number."""
    for key in ("osm_id", "osmid", "id", "fid", "objectid"):
        if key in columns and table[columns[key]].notna().all() and table[columns[key]].astype(str).is_unique:
            return [f"{path.stem}:{v}" for v in table[columns[key]].astype(str)]
    return [f"{path.stem}:{layer}:{i}" for i in table.index]


def _one_way(table: gpd.GeoDataFrame, columns: Mapping[str, str]) -> list[int] | None:
    """Return which main roads are run along in one direction only; None where the table does not say."""
    classes = [cell_texts(table[columns[c]]) for c in ("highway", *CLASS_COLUMNS) if c in columns]
    if "oneway" not in columns or not classes:
        return None
    main = next((c for c in classes if c.isin(MAIN_ROADS).any()), classes[0])
    return [one_way(*row) for row in zip(main, cell_texts(table[columns["oneway"]]), strict=True)]


def _kinds(
    table: gpd.GeoDataFrame, columns: Mapping[str, str], names: pd.Series, geometry: np.ndarray[Any, Any]
) -> list[Kind]:
    """Tell what each row is by its class, its tags, its name, its shape: the first that says so."""
    by_value = [cell_texts(table[columns[c]]).map(KIND_BY_VALUE) for c in CLASS_COLUMNS if c in columns]
    by_tag = [
        cell_texts(table[columns[tag]]).ne("").map({True: kind})
        for tag, kind in KIND_BY_TAG.items()
        if tag in columns
    ]
    told = pd.Series(None, index=table.index, dtype=object)
    for says in (*by_value, *by_tag):
        told = told.where(told.notna(), says)
    lines = np.isin(shapely.get_type_id(geometry), _LINES)
    return [
        cast("Kind", kind) if isinstance(kind, str) else kind_by_name(name, line=bool(line))
        for kind, name, line in zip(told, names, lines, strict=True)
    ]
