"""Parcels out to every GIS format and back: knows drivers, field limits and encodings."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from ftz_geo.errors import DocumentError, GeometryError, OutputError, PlanError
from ftz_geo.measure import GEOD
from ftz_geo.model import STORAGE_CRS, Edge, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "EDGE_PROPERTIES",
    "FORMATS",
    "PARCEL_PROPERTIES",
    "edges_frame",
    "edges_geojson",
    "object_cells",
    "parcels_geojson",
    "read_parcels",
    "safe_cell",
    "select_zone",
    "to_json",
    "write",
]

PARCEL_PROPERTIES = (
    "id",
    "zone",
    "zone_id",
    "block",
    "block_name",
    "parcel",
    "text",
    "declared_area_km2",
    "block_declared_area_km2",
    "measured_area_km2",
    "grade",
    "reasons",
    "placement_uncertainty_m",
    "east",
    "south",
    "west",
    "north",
    "area_near_km2",
    "area_far_km2",
    "area_shaped",
)
EDGE_PROPERTIES = ("parcel_id", "side", "feature", "source_ids", "method", "length_m")

_DECIMALS = 9
"""Of a degree: 0.1 mm. RFC 7946 suggests 7, but those move the area of a small block by more than 1e-6."""

_SHAPEFILE_FIELDS = {
    "id": "id",
    "zone": "zone",
    "zone_id": "zone_id",
    "block": "block",
    "block_name": "block_name",
    "parcel": "parcel",
    "declared_area_km2": "decl_km2",
    "block_declared_area_km2": "blkdeclkm2",
    "measured_area_km2": "meas_km2",
    "grade": "grade",
    "placement_uncertainty_m": "uncert_m",
}
"""A Shapefile's field name holds 10 bytes and its text 254: the long texts go to the CSV beside it."""


def parcels_geojson(parcels: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the parcels as RFC 7946: one feature each, geometry null where undetermined.

    Parameters
    ----------
    parcels : GeoDataFrame
        Indexed by parcel id, in EPSG:4326.

    Returns
    -------
    dict
        JSON-ready; shells wound counter-clockwise, 9 decimals of a degree.

    Raises
    ------
    GeometryError
        The frame is not in EPSG:4326.
    """
    _check_crs(parcels)
    rounded = shapely.orient_polygons(parcels.geometry.to_numpy())
    features = [
        {"type": "Feature", "id": row["id"], "properties": row, "geometry": _geometry(geometry)}
        for row, geometry in zip(_records(parcels), rounded, strict=True)
    ]
    return {"type": "FeatureCollection", **_metadata(parcels), "features": features}


def edges_frame(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cross over from the evidence to a flat frame: one line per piece of ring.

    Parameters
    ----------
    parcels : GeoDataFrame
        With a column ``evidence`` of tuples of :class:`~ftz_geo.model.Edge`.

    Returns
    -------
    GeoDataFrame
        Columns of :data:`EDGE_PROPERTIES` (``source_ids`` a tuple, ``length_m`` on the ellipsoid)
        and a line geometry in EPSG:4326, in the order of the parcels and of their rings.
    """
    _check_crs(parcels)
    evidence: list[tuple[str, Edge]] = [
        (str(parcel), edge)
        for parcel, edges in zip(parcels.index, parcels.get("evidence", [()] * len(parcels)), strict=True)
        for edge in edges
    ]
    return gpd.GeoDataFrame(
        {
            "parcel_id": [parcel for parcel, _ in evidence],
            "side": [edge.side for _, edge in evidence],
            "feature": [edge.feature for _, edge in evidence],
            "source_ids": [edge.source_ids for _, edge in evidence],
            "method": [edge.method for _, edge in evidence],
            "length_m": [round(GEOD.geometry_length(edge.line), 3) for _, edge in evidence],
        },
        geometry=[edge.line for _, edge in evidence],
        crs=STORAGE_CRS,
    )


def edges_geojson(parcels: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the evidence of the parcels' edges as RFC 7946: one line per piece of ring."""
    edges = edges_frame(parcels)
    features = [
        {
            "type": "Feature",
            "properties": {name: _plain(row[name]) for name in EDGE_PROPERTIES},
            "geometry": _geometry(line),
        }
        for row, line in zip(edges.to_dict("records"), edges.geometry, strict=True)
    ]
    return {"type": "FeatureCollection", **_metadata(parcels), "features": features}


def to_json(value: Mapping[str, Any]) -> str:
    """Write JSON that a person can read and a line-based tool can compare: one feature a line.

    Examples
    --------
    >>> print(to_json({"type": "FeatureCollection", "features": [{"type": "Feature"}]}), end="")
    {"type": "FeatureCollection",
    "features": [
    {"type": "Feature"}
    ]}
    """
    if "features" not in value:
        return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    head = ",\n".join(
        f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False, allow_nan=False)}"
        for k, v in value.items()
        if k != "features"
    )
    rows = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in value["features"])
    return f'{{{head},\n"features": [\n{rows}\n]}}\n'


def safe_cell(value: object) -> object:
    r"""Give a value that a spreadsheet shows as text and never runs as a formula.

    Examples
    --------
    >>> safe_cell('=HYPERLINK("http://x")'), safe_cell("区块一"), safe_cell(-1.5)
    ('\'=HYPERLINK("http://x")', '区块一', -1.5)
    """
    # OWASP, CSV injection: these first characters make Excel and LibreOffice evaluate the cell.
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
        else value
    )


def write(parcels: gpd.GeoDataFrame, path: str | Path) -> Path:
    """Write the parcels in the format that the path's ending names.

    ``.geojson`` ``.gpkg`` ``.fgb`` ``.kml`` hold everything but the edges' evidence (``.gpkg``
    holds that too, as a second layer); ``.zip`` holds a Shapefile with ASCII field names, its
    encoding, and a CSV beside it for the texts that its fields are too short for; ``.csv`` holds
    the table with the geometry as WKT.

    Parameters
    ----------
    parcels : GeoDataFrame
        Indexed by parcel id, in EPSG:4326.
    path : str or Path

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    OutputError
        The ending names no format, or the file cannot be written.
    GeometryError
        The frame is not in EPSG:4326.
    """
    path = Path(path)
    form = format_of(path)
    _check_crs(parcels)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole beside its place first, so that a failure leaves what was there.
        with TemporaryDirectory(prefix=".ftz-geo-", dir=path.parent) as folder:
            written = Path(folder) / path.name
            form.write(parcels, written)
            written.replace(path)
    except (OSError, DataSourceError, DataLayerError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(
            path, f"it cannot be written ({reason})", "choose a folder you may write to"
        ) from error
    return path


def format_of(path: str | Path) -> _Format:
    """Give the format that a path's ending names.

    Raises
    ------
    OutputError
        It names none.
    """
    suffix = Path(path).suffix
    if suffix.lower() not in FORMATS:
        raise OutputError(path, f"{suffix or 'no ending'} names no format", f"use one of {' '.join(FORMATS)}")
    return FORMATS[suffix.lower()]


def read_parcels(path: str | Path) -> gpd.GeoDataFrame:
    """Read back what :func:`write` wrote as GeoJSON, GeoPackage, FlatGeobuf or KML.

    The edges' evidence is read too where it is at hand: a GeoPackage holds it, and ``build`` writes
    ``edges.geojson`` beside ``blocks.geojson``.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    GeoDataFrame
        Indexed by parcel id, in EPSG:4326, as :func:`~ftz_geo.digitise` gives it; an edge read back
        does not know the span of its words.

    Raises
    ------
    DocumentError
        The file is missing or damaged, lacks a property, or its coordinates are not degrees.
    """
    if not Path(path).is_file():
        raise DocumentError(path, "there is no such file", "check the path")
    path = Path(path)
    layer: dict[str, Any] = {"layer": "parcels"} if path.suffix.lower() == ".gpkg" else {}
    try:
        frame = gpd.read_file(path, **layer)
    except (DataSourceError, DataLayerError) as error:
        raise DocumentError(path, f"it cannot be read as a map file ({error})", "export it again") from error
    missing = [name for name in ("id", "zone_id", "grade") if name not in frame.columns]
    if missing:
        raise DocumentError(
            path,
            f"its features have no property {', '.join(missing)}",
            "name a blocks.geojson that build wrote",
        )
    frame = frame.to_crs(STORAGE_CRS) if frame.crs else frame.set_crs(STORAGE_CRS)
    west, south, east, north = frame.total_bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise DocumentError(
            path, f"its coordinates, such as {west:.0f}, {south:.0f}, are not degrees", "state the file's CRS"
        )
    evidence = _read_edges(path)
    columns: dict[str, Any] = {}
    for name in PARCEL_PROPERTIES[1:]:
        column = frame[name] if name in frame.columns else pd.Series(None, index=frame.index, dtype=object)
        if name.endswith(("_km2", "_m")):
            columns[name] = column.astype(float).to_numpy()
        else:
            columns[name] = object_cells([None if _plain(value) is None else value for value in column])
    reasons = [tuple(Reason(code="", zh=t, en=t) for t in _reason_texts(v)) for v in columns["reasons"]]
    columns["reasons"] = object_cells(reasons)
    columns["evidence"] = object_cells([tuple(evidence.get(str(key), ())) for key in frame["id"]])
    columns["area_shaped"] = [
        bool(shaped) or grade == "sketched" or any(edge.method == "area-closure" for edge in edges)
        for shaped, grade, edges in zip(
            columns["area_shaped"], columns["grade"], columns["evidence"], strict=True
        )
    ]
    parcels = gpd.GeoDataFrame(
        columns,
        index=pd.Index(frame["id"].astype(str), name="id"),
        geometry=frame.geometry.to_numpy(),
        crs=STORAGE_CRS,
    )
    if path.suffix.lower() == ".geojson":
        parcels.attrs["ftz_geo"] = json.loads(path.read_text(encoding="utf-8")).get("ftz_geo", {})
    return parcels


def object_cells(values: list[Any]) -> np.ndarray[Any, Any]:
    """Keep each value as one cell, tuples too."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def _read_edges(path: Path) -> dict[str, list[Edge]]:
    """Read the evidence that lies in or beside a file of parcels, by parcel id; none if there is none."""
    if path.suffix.lower() == ".gpkg":
        source, layer = path, {"layer": "edges"}
    elif path.name == "blocks.geojson":
        source, layer = path.with_name("edges.geojson"), {}
    else:
        return {}
    try:
        table = gpd.read_file(source, **layer)
    except (DataSourceError, DataLayerError):
        return {}
    edges: dict[str, list[Edge]] = {}
    for row in table.to_dict("records"):
        ids = row["source_ids"]
        edge = Edge(
            side=row["side"],
            feature=_plain(row["feature"]),
            source_ids=tuple(ids.split() if isinstance(ids, str) else ids),
            method=row["method"],
            line=row["geometry"],
        )
        edges.setdefault(row["parcel_id"], []).append(edge)
    return edges


def select_zone(parcels: gpd.GeoDataFrame, zone_id: str) -> gpd.GeoDataFrame:
    """Give the parcels of one zone.

    Parameters
    ----------
    parcels : GeoDataFrame
    zone_id : str
        Such as ``xiqing``.

    Returns
    -------
    GeoDataFrame
        With at least one row.

    Raises
    ------
    PlanError
        No parcel is in such a zone.
    """
    chosen = parcels[parcels["zone_id"] == zone_id]
    if chosen.empty:
        known = ", ".join(dict.fromkeys(parcels["zone_id"]))
        raise PlanError(zone_id, "there is no zone of this id", f"use one of {known}")
    return chosen


def _reason_texts(value: object) -> list[str]:
    if isinstance(value, str):
        return list(json.loads(value)) if value.startswith("[") else [value]
    return [str(v) for v in value] if isinstance(value, list | tuple | np.ndarray) else []


def _check_crs(frame: gpd.GeoDataFrame) -> None:
    if frame.crs is None or not CRS(frame.crs).equals(CRS(STORAGE_CRS), ignore_axis_order=True):
        raise GeometryError(
            f"parcels are stored in {STORAGE_CRS}, but these are in {frame.crs}; "
            "convert them with .to_crs(4326) first"
        )


def _metadata(parcels: gpd.GeoDataFrame) -> dict[str, Any]:
    metadata = parcels.attrs.get("ftz_geo")
    return {"ftz_geo": metadata} if metadata else {}


def _records(parcels: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Properties of each parcel in the order of the contract, reasons as Chinese sentences."""
    rows = []
    for parcel_id, row in zip(
        parcels.index, parcels.drop(columns="geometry").to_dict("records"), strict=True
    ):
        values = {"id": str(parcel_id), **{name: _plain(row.get(name)) for name in PARCEL_PROPERTIES[1:]}}
        values["reasons"] = [r.zh for r in row["reasons"] or ()]
        rows.append(values)
    return rows


def _plain(value: object) -> Any:
    """Turn a cell into what JSON holds; what is not a number becomes null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return None if value is pd.NA or value is pd.NaT else value


def _geometry(geometry: shapely.Geometry | None) -> dict[str, Any] | None:
    if geometry is None:
        return None
    fixed = shapely.transform(geometry, lambda xy: np.round(xy, _DECIMALS))
    return dict(json.loads(shapely.to_geojson(fixed)))


def _flat(parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Parcels as a frame whose every cell a GIS driver can hold; reasons as a JSON list."""
    records = _records(parcels)
    for row in records:
        row["reasons"] = json.dumps(row["reasons"], ensure_ascii=False)
    table = pd.DataFrame(records, columns=list(PARCEL_PROPERTIES))
    for name in table.columns:
        if name.endswith(("_km2", "_m")):
            table[name] = table[name].astype(float)
    return gpd.GeoDataFrame(table, geometry=parcels.geometry.to_numpy(), crs=parcels.crs)


def _write_geojson(parcels: gpd.GeoDataFrame, path: Path) -> None:
    path.write_text(to_json(parcels_geojson(parcels)), encoding="utf-8", newline="\n")


def _write_gpkg(parcels: gpd.GeoDataFrame, path: Path) -> None:
    path.unlink(missing_ok=True)
    _flat(parcels).to_file(path, layer="parcels", driver="GPKG")
    edges = edges_frame(parcels)
    if len(edges):
        edges["source_ids"] = [" ".join(ids) for ids in edges["source_ids"]]
        edges.to_file(path, layer="edges", driver="GPKG")


def _write_fgb(parcels: gpd.GeoDataFrame, path: Path) -> None:
    # Without an index FlatGeobuf keeps the order of the text.
    _flat(parcels).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")


def _write_kml(parcels: gpd.GeoDataFrame, path: Path) -> None:
    frame = _flat(parcels).dropna(subset="geometry")
    names = [
        " ".join(filter(None, map(_plain, parts)))
        for parts in zip(frame["block"], frame["block_name"], strict=True)
    ]
    frame.assign(Name=names).to_file(path, driver="LIBKML" if _has_driver("LIBKML") else "KML")


def _has_driver(name: str) -> bool:
    import pyogrio

    return name in pyogrio.list_drivers(write=True)


def _write_shapefile(parcels: gpd.GeoDataFrame, path: Path) -> None:
    flat = _flat(parcels)
    with TemporaryDirectory() as folder:
        short = flat.rename(columns=_SHAPEFILE_FIELDS)[[*_SHAPEFILE_FIELDS.values(), "geometry"]]
        for name in short.columns.drop("geometry"):
            short[name] = [_cut(value) for value in short[name]]
        short.to_file(Path(folder) / "parcels.shp", driver="ESRI Shapefile", encoding="UTF-8")
        (Path(folder) / "parcels.csv").write_text(_csv(flat.drop(columns="geometry")), encoding="utf-8-sig")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(Path(folder).iterdir()):
                archive.write(file, file.name)


def _cut(value: object) -> object:
    """Cut a text to the 254 bytes that a Shapefile holds, with a mark that it was cut."""
    if not isinstance(value, str) or len(value.encode()) <= 254:
        return value
    return value.encode()[:251].decode(errors="ignore") + "…"


def _write_csv(parcels: gpd.GeoDataFrame, path: Path) -> None:
    flat = _flat(parcels)
    table = flat.drop(columns="geometry").assign(
        wkt=shapely.to_wkt(flat.geometry.to_numpy(), rounding_precision=9)
    )
    path.write_text(_csv(table), encoding="utf-8-sig", newline="")


def _csv(table: pd.DataFrame) -> str:
    """Write a table for spreadsheets; the byte order mark that Excel needs is the caller's to add."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([safe_cell(_plain(value)) for value in row])
    return out.getvalue()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Format:
    title: str
    write: Callable[[gpd.GeoDataFrame, Path], None]


FORMATS: dict[str, _Format] = {
    ".geojson": _Format(title="GeoJSON (RFC 7946)", write=_write_geojson),
    ".gpkg": _Format(title="GeoPackage", write=_write_gpkg),
    ".zip": _Format(title="Shapefile, zipped, with a CSV of the long texts", write=_write_shapefile),
    ".fgb": _Format(title="FlatGeobuf", write=_write_fgb),
    ".kml": _Format(title="KML", write=_write_kml),
    ".csv": _Format(title="CSV with WKT", write=_write_csv),
}
"""Formats by file ending."""
