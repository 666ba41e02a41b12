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

from ftz_geo.atomic import replacing
from ftz_geo.columns import EDGE_COLUMNS, PARCEL_COLUMNS
from ftz_geo.errors import DocumentError, OutputError, PlanError
from ftz_geo.frame import Drawing, as_drawing, edges_frame, no_degrees
from ftz_geo.model import STORAGE_CRS, Edge
from ftz_geo.readable import ReadableFrame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from ftz_geo.frame import Column

__all__ = [
    "EDGE_PROPERTIES",
    "FORMATS",
    "NEEDED_PROPERTIES",
    "PARCEL_PROPERTIES",
    "edges_geojson",
    "format_of",
    "parcels_geojson",
    "read_drawing",
    "read_parcels",
    "safe_cell",
    "select_zone",
    "to_json",
    "write",
]

PARCEL_PROPERTIES = ("id", *(column.name for column in PARCEL_COLUMNS if column.in_files))
EDGE_PROPERTIES = tuple(column.name for column in EDGE_COLUMNS if column.in_files)

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


def parcels_geojson(parcels: gpd.GeoDataFrame | Drawing) -> dict[str, Any]:
    """Return the parcels as RFC 7946: one feature each, geometry null where undetermined.

    Parameters
    ----------
    parcels : GeoDataFrame or Drawing
        Indexed by parcel id, in longitude and latitude.

    Returns
    -------
    dict
        JSON-ready; shells wound counter-clockwise, 9 decimals of a degree.

    Raises
    ------
    GeometryError
        As for :func:`ftz_geo.frame.checked`.
    """
    drawing = as_drawing(parcels)
    wound = shapely.orient_polygons(drawing.parcels.geometry.to_numpy())
    features = [
        {"type": "Feature", "id": row["id"], "properties": row, "geometry": _geometry(geometry)}
        for row, geometry in zip(_records(drawing.parcels), wound, strict=True)
    ]
    return {"type": "FeatureCollection", **_about(drawing), "features": features}


def edges_geojson(drawing: Drawing) -> dict[str, Any]:
    """Return the edges as RFC 7946: one line per piece of ring."""
    features = [
        {
            "type": "Feature",
            "properties": {name: _plain(row[name]) for name in EDGE_PROPERTIES},
            "geometry": _geometry(line),
        }
        for row, line in zip(drawing.edges.to_dict("records"), drawing.edges.geometry, strict=True)
    ]
    return {"type": "FeatureCollection", **_about(drawing), "features": features}


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
    r"""Return a value that a spreadsheet shows as text and never runs as a formula.

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


def _unguarded(cell: str) -> str:
    """Undo :func:`safe_cell`."""
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) != cell[1:] else cell


def write(parcels: gpd.GeoDataFrame | Drawing, path: str | Path) -> Path:
    """Write the parcels in the format that the path's ending names.

    ``.geojson`` ``.gpkg`` ``.fgb`` ``.kml`` hold the parcels (``.gpkg`` the edges of a drawing too, as a
    second layer); ``.zip`` holds a Shapefile with ASCII field names, its
    encoding, and a CSV beside it for the texts that its fields are too short for; ``.csv`` holds
    the table with the geometry as WKT.

    Parameters
    ----------
    parcels : GeoDataFrame or Drawing
        Indexed by parcel id, in longitude and latitude.
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
        As for :func:`ftz_geo.frame.checked`.
    """
    path = Path(path)
    form = format_of(path)
    drawing = as_drawing(parcels)
    with replacing(path, (DataSourceError, DataLayerError)) as place:
        form.write(drawing, place)
    return path


def format_of(path: str | Path) -> _Format:
    """Return the format that a path's ending names.

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
    """Read back the parcels that :func:`write` wrote: :func:`read_drawing` without what stands beside them.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    GeoDataFrame
        Indexed by parcel id, with the columns that files hold.

    Raises
    ------
    DocumentError
        As for :func:`read_drawing`.
    """
    return read_drawing(path).parcels


def read_drawing(path: str | Path) -> Drawing:
    """Read back what :func:`write` wrote, in any of its formats.

    The edges are read too where they are at hand: a GeoPackage holds them, and ``build`` writes
    ``edges.geojson`` beside ``blocks.geojson``. An edge read back does not know the span of its words.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Drawing

    Raises
    ------
    DocumentError
        The file is missing or damaged, lacks a property, or its coordinates are not degrees.
    """
    path = Path(path)
    if not path.is_file():
        raise DocumentError(path, "there is no such file", "check the path")
    frame = _read_frame(path)
    missing = [name for name in NEEDED_PROPERTIES if name not in frame.columns]
    if missing:
        raise DocumentError(
            path,
            f"its features have no property {', '.join(missing)}",
            "name a blocks.geojson that build wrote",
        )
    frame = frame.to_crs(STORAGE_CRS) if frame.crs else frame.set_crs(STORAGE_CRS)
    if (strange := no_degrees(frame)) is not None:
        raise DocumentError(
            path, f"its coordinates, such as {strange}, are not degrees", "state the file's CRS"
        )
    if len(twice := frame["id"][frame["id"].duplicated()]):
        raise DocumentError(path, f"it holds {twice.iloc[0]!r} twice", "build that file again")
    edges = _read_edges(path)
    parcels = ReadableFrame(
        {column.name: _cells(frame, column) for column in PARCEL_COLUMNS if column.in_files},
        index=pd.Index(frame["id"].astype(str), name="id"),
        geometry=frame.geometry.to_numpy(),
        crs=STORAGE_CRS,
    )
    closed = {key for key, own in edges.items() if any(edge.method == "area-closure" for edge in own)}
    parcels["area_shaped"] |= parcels["grade"].eq("sketched") | parcels.index.isin(closed)
    about = {}
    if path.suffix.lower() == ".geojson":
        about = json.loads(path.read_text(encoding="utf-8")).get("ftz_geo", {})
    return Drawing(
        parcels=parcels,
        edges=edges_frame({key: edges[key] for key in parcels.index if key in edges}),
        about=about,
    )


NEEDED_PROPERTIES = ("id", "zone_id", "grade")
"""What tells a file of parcels from any other file of polygons."""


def _read_frame(path: Path) -> gpd.GeoDataFrame:
    """Read the table of parcels of a file, its columns under the names of :data:`PARCEL_PROPERTIES`."""
    ending = path.suffix.lower()
    try:
        if ending == ".csv":
            table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
            table = table.map(lambda cell: _unguarded(cell) or None)
            return gpd.GeoDataFrame(
                table.drop(columns="wkt", errors="ignore"),
                geometry=shapely.from_wkt(table["wkt"].to_numpy() if "wkt" in table else [None] * len(table)),
            )
        layer: dict[str, Any] = {"layer": "parcels"} if ending == ".gpkg" else {}
        frame = gpd.read_file(path, **layer)
    except (DataSourceError, DataLayerError, ValueError, shapely.errors.GEOSException) as error:
        raise DocumentError(path, f"it cannot be read as a map file ({error})", "export it again") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DocumentError(path, "it holds no geometries", "name a blocks.geojson that build wrote")
    return frame.rename(columns={short: name for name, short in _SHAPEFILE_FIELDS.items()})


def _cells(frame: gpd.GeoDataFrame, column: Column) -> NDArray[Any]:
    """Return the cells of a column as it is described, whatever a driver made of them."""
    if column.name not in frame.columns:
        values: list[Any] = [None] * len(frame)
    else:
        values = [_plain(value) for value in frame[column.name]]
    if column.dtype == "float":
        return pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(dtype=float)
    if column.dtype == "bool":
        return np.array([str(value).lower() in ("true", "1") for value in values])
    cells = np.empty(len(values), dtype=object)
    cells[:] = [_reason_texts(v) for v in values] if column.dtype == "texts" else values
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
            source_ids=tuple(ids.split() if isinstance(ids, str) else () if ids is None else ids),
            method=row["method"],
            line=row["geometry"],
            uncertainty_m=_plain(row.get("uncertainty_m")),
        )
        edges.setdefault(row["parcel_id"], []).append(edge)
    return edges


def select_zone(drawing: Drawing, zone_id: str) -> Drawing:
    """Return the drawing of one zone.

    Parameters
    ----------
    drawing : Drawing
    zone_id : str
        Such as ``xiqing``.

    Returns
    -------
    Drawing
        With at least one parcel.

    Raises
    ------
    PlanError
        No parcel is in such a zone.
    """
    zones = drawing.parcels["zone_id"]
    chosen = zones.index[zones == zone_id]
    if chosen.empty:
        raise PlanError(
            zone_id, "there is no zone of this id", f"use one of {', '.join(dict.fromkeys(zones))}"
        )
    return drawing.select(chosen.tolist())


def _reason_texts(value: object) -> list[str]:
    if isinstance(value, str):
        return list(json.loads(value)) if value.startswith("[") else [value]
    return [str(v) for v in value] if isinstance(value, list | tuple | np.ndarray) else []


def _about(drawing: Drawing) -> dict[str, Any]:
    return {"ftz_geo": dict(drawing.about)} if drawing.about else {}


def _records(parcels: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the properties of each parcel in the order of the contract."""
    rows = []
    for parcel_id, row in zip(
        parcels.index, parcels.drop(columns="geometry").to_dict("records"), strict=True
    ):
        values = {"id": str(parcel_id), **{name: _plain(row.get(name)) for name in PARCEL_PROPERTIES[1:]}}
        rows.append(values)
    return rows


def _plain(value: object) -> Any:
    """Turn a cell into what JSON holds; what is not a number becomes null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, tuple | list | np.ndarray):
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
    """Parcels as a frame whose every cell a GIS driver can hold; reasons and their codes as JSON lists."""
    records = _records(parcels)
    for row in records:
        for name in ("reasons", "reason_codes"):
            row[name] = json.dumps(row[name] or [], ensure_ascii=False)
    table = pd.DataFrame(records, columns=list(PARCEL_PROPERTIES))
    for name in table.columns:
        if name.endswith(("_km2", "_m")):
            table[name] = table[name].astype(float)
    return gpd.GeoDataFrame(table, geometry=parcels.geometry.to_numpy(), crs=parcels.crs)


def _write_geojson(drawing: Drawing, path: Path) -> None:
    path.write_text(to_json(parcels_geojson(drawing)), encoding="utf-8", newline="\n")


def _write_gpkg(drawing: Drawing, path: Path) -> None:
    path.unlink(missing_ok=True)
    _flat(drawing.parcels).to_file(path, layer="parcels", driver="GPKG")
    if len(drawing.edges):
        edges = drawing.edges[[*EDGE_PROPERTIES, "geometry"]]
        edges = edges.assign(source_ids=[" ".join(ids) for ids in edges["source_ids"]])
        edges.to_file(path, layer="edges", driver="GPKG")


def _write_fgb(drawing: Drawing, path: Path) -> None:
    # Without an index FlatGeobuf keeps the order of the text.
    _flat(drawing.parcels).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")


def _write_kml(drawing: Drawing, path: Path) -> None:
    frame = _flat(drawing.parcels).dropna(subset="geometry")
    names = [
        " ".join(filter(None, map(_plain, parts)))
        for parts in zip(frame["block"], frame["block_name"], strict=True)
    ]
    frame.assign(Name=names).to_file(path, driver="LIBKML" if _has_driver("LIBKML") else "KML")


def _has_driver(name: str) -> bool:
    import pyogrio

    return name in pyogrio.list_drivers(write=True)


def _write_shapefile(drawing: Drawing, path: Path) -> None:
    flat = _flat(drawing.parcels)
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


def _write_csv(drawing: Drawing, path: Path) -> None:
    flat = _flat(drawing.parcels)
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
    write: Callable[[Drawing, Path], None]


FORMATS: dict[str, _Format] = {
    ".geojson": _Format(title="GeoJSON (RFC 7946)", write=_write_geojson),
    ".gpkg": _Format(title="GeoPackage", write=_write_gpkg),
    ".zip": _Format(title="Shapefile, zipped, with a CSV of the long texts", write=_write_shapefile),
    ".fgb": _Format(title="FlatGeobuf", write=_write_fgb),
    ".kml": _Format(title="KML", write=_write_kml),
    ".csv": _Format(title="CSV with WKT", write=_write_csv),
}
"""Formats by file ending."""
