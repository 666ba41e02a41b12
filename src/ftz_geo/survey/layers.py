"""Map files that a user brings: every layer, what its columns say of each polygon, and its areas."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from pyproj import CRS, Transformer

from ftz_geo.errors import DocumentError
from ftz_geo.measure import SURVEY_CUT_M, area_m2, on_survey_plane, plane_area_m2
from ftz_geo.model import STORAGE_CRS, Settings
from ftz_geo.soundness import faults, read_wkb
from ftz_geo.survey.areas import area_column, area_doubts, areas_in, in_its_unit
from ftz_geo.survey.corners import moved_notices
from ftz_geo.survey.parcels import Survey, title_of
from ftz_geo.survey.systems import NORTHERNMOST, stated_system
from ftz_geo.survey.values import notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ftz_geo.model import Finding, Text
    from ftz_geo.survey.values import StatedArea

__all__ = ["COLUMNS", "read_layers"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "block_id", "parcel_id", "id", "地块编号", "区块编号", "宗地编号", "编号", "代码",
        "dkbh", "qkbh", "zdbh", "bh", "bsm", "code", "no", "fid_",
    ),
    "label": (
        "label", "block", "parcel", "区块", "地块", "区块号", "地块号", "宗地号", "序号",
        "qk", "dk", "qkh", "dkh", "xh",
    ),
    "name": (
        "区块名称", "地块名称", "区块名", "地块名", "block_name", "parcel_name", "name", "名称",
        "qkmc", "dkmc", "zdmc", "mc", "title", "标题", "项目名称", "项目名", "xmmc",
    ),
    "zone": ("zone", "zone_name", "zone_id", "片区", "片区名称", "园区", "园区名称", "pqmc", "yqmc"),
}  # fmt: skip
"""What the columns of a map file may be called that tell which block a polygon is."""

_ROUNDING_M = 0.1
"""By so much along its outline an area in a table may be off for the digits of a file's coordinates: six
decimals of a degree, the coarsest in use, are good to 0.06 m."""

_OTHER_PLANE = 1e-3
"""And by so much of itself for the plane that it was taken on: UTM's makes areas smaller by 0.0008."""

_MILD_M = Settings().boundary_tolerance_m
"""Up to so much along the outline, a table's figure may be that of the plan and the ring another survey."""


class _Layer(NamedTuple):
    name: str
    shapes: NDArray[np.object_]
    """As the file has them."""
    crs: CRS
    fields: dict[str, list[Any]]
    """Values by the columns' names."""


def read_layers(path: Path) -> Survey:
    """Read the polygons of every layer of a map file.

    Parameters
    ----------
    path : Path
        Any file that GDAL opens.

    Returns
    -------
    Survey
        With columns ``label`` … as far as the file has such, ``words``, all else that names a row, and
        ``layer``, the name of its layer.

    Raises
    ------
    DocumentError
        It cannot be read, holds no geometry, or states no reference system.
    """
    import geopandas as gpd
    import pandas as pd

    layers = _with_shapes(path)
    frames: list[gpd.GeoDataFrame] = []
    findings: list[tuple[Finding, ...]] = []
    about: dict[str, Finding] = {}
    for layer in layers:
        moved = _in_storage(layer.shapes, layer.crs)
        wrong = faults(moved)
        stated = [(name, areas_in(layer.fields[name], unit)) for name, unit in _area_columns(layer)]
        words = _words(layer)
        titles = [
            title_of(own, row)
            for row, own in enumerate(zip(words["name"], words["label"], words["id"], strict=True))
        ]
        own, stated_km2 = _held(layer, moved, wrong, stated, titles)
        findings += own
        about |= {f.zh: f for f in moved_notices(stated_system(layer.crs.name).datum)}
        frames.append(
            gpd.GeoDataFrame(
                {
                    **words,
                    "layer": layer.name,
                    "grade": ["undetermined" if fault else "surveyed" for fault in wrong],
                    "stated_area_km2": stated_km2,
                    "crs_note": layer.crs.to_string(),
                },
                geometry=[None if fault else s for s, fault in zip(moved, wrong, strict=True)],
                crs=STORAGE_CRS,
            )
        )
    return Survey(
        polygons=gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=STORAGE_CRS),
        findings=tuple(findings),
        columns=tuple(dict.fromkeys(name for layer in layers for name in layer.fields)),
        about=tuple(about.values()),
    )


def _with_shapes(path: Path) -> list[_Layer]:
    """Return all layers that hold geometries."""
    import pyogrio

    if not path.exists():
        raise DocumentError(path, "there is no such file", "check the path")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what GDAL warns of is told as findings
            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
            layers = [layer for name in names if len((layer := _layer(path, name)).shapes)]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DocumentError(path, f"it cannot be read as a map file ({error})", "export it again") from error
    if not layers:
        raise DocumentError(path, "it holds no geometries", "name a file of polygons")
    return layers


def _layer(path: Path, name: str) -> _Layer:
    import pyogrio

    meta, _, wkb, values = pyogrio.raw.read(path, layer=name, encoding=_encoding(path))
    if meta["crs"] is None:
        raise DocumentError(
            path, "it states no reference system", "export it with its CRS (a .prj beside it)"
        )
    shapes, crs = read_wkb([] if wkb is None else wkb), CRS.from_user_input(meta["crs"])
    if crs.is_projected and _are_degrees(shapes):
        raise DocumentError(
            path,
            f"it says that its coordinates are metres of {crs.name}, and they are degrees",
            "set its CRS to EPSG:4490, or to what they are",
        )
    return _Layer(
        name=name,
        shapes=shapes,
        crs=crs,
        fields={str(field): own.tolist() for field, own in zip(meta["fields"], values, strict=True)},
    )


def _are_degrees(shapes: NDArray[np.object_]) -> bool:
    """Tell whether numbers can hardly be metres: all lie where China's degrees do."""
    west, south, east, north = shapely.total_bounds(shapes)
    return bool(west > 70 and east < 140 and south > 0 and north < NORTHERNMOST)


_LANGUAGE_BYTE = 29
"""Where a .dbf says its code page; 0 says nothing."""


def _encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile that states none: UTF-8 if its table is that, else GBK."""
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.exists():
        return None
    content = table.read_bytes()
    if content[_LANGUAGE_BYTE : _LANGUAGE_BYTE + 1] not in (b"\0", b""):
        return None
    start = int.from_bytes(content[8:10], "little")
    try:
        content[start:].decode("utf-8")
    except UnicodeDecodeError:
        return "GBK"
    return "UTF-8"


def _in_storage(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    if crs == CRS(STORAGE_CRS):
        return shapes
    transformer = Transformer.from_crs(crs, STORAGE_CRS, always_xy=True)
    moved: NDArray[np.object_] = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _words(layer: _Layer) -> dict[str, list[Any]]:
    """Return what names each row: the first filled column of each kind, and all the others."""
    by_name = {name.strip().lower(): name for name in layer.fields}
    columns = {kind: [by_name[n] for n in names if n in by_name] for kind, names in COLUMNS.items()}
    rows = range(len(layer.shapes))
    cells = {
        kind: [[word for name in names if (word := _word(layer.fields[name][row]))] for row in rows]
        for kind, names in columns.items()
    }
    return {
        **{kind: [own[0] if own else None for own in told] for kind, told in cells.items()},
        "words": [tuple(word for told in cells.values() for word in told[row][1:]) for row in rows],
    }


def _word(value: object) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _area_columns(layer: _Layer) -> Iterator[tuple[str, str | None]]:
    for name in layer.fields:
        is_area, unit = area_column(name)
        if is_area:
            yield name, unit


def _held(
    layer: _Layer,
    shapes: NDArray[np.object_],
    wrong: Sequence[Text | None],
    stated: Sequence[tuple[str, Sequence[StatedArea | None]]],
    titles: Sequence[str],
) -> tuple[list[tuple[Finding, ...]], list[float]]:
    """Return what was noticed of each row, and the area in km² that its first column of areas states."""
    areal = shapely.get_dimensions(shapes) == 2
    sound = np.array([fault is None for fault in wrong], dtype=bool) & areal & shapely.is_valid(shapes)
    # With axes swapped a latitude may be none, and no area is known.
    sound &= (np.abs(shapely.bounds(shapes)[:, [1, 3]]) <= 90).all(axis=1)
    ways = {"椭球面": np.full(len(shapes), np.nan), "投影平面": np.full(len(shapes), np.nan)}
    if stated and sound.any():
        ways["椭球面"][sound] = area_m2(shapes[sound], cut_m=SURVEY_CUT_M) / 1e6
        plane = shapely.area(layer.shapes[sound]) if layer.crs.is_projected else None
        ways["投影平面"][sound] = (plane_area_m2(shapes[sound]) if plane is None else plane) / 1e6
    perimeter = np.zeros(len(shapes))
    perimeter[sound] = shapely.length(on_survey_plane(shapes[sound]))
    findings: list[tuple[Finding, ...]] = []
    stated_km2: list[float] = []
    for row in range(len(shapes)):
        own = [(name, area) for name, areas in stated if (area := areas[row]) is not None]
        here = {way: float(km2[row]) for way, km2 in ways.items()}
        slack_km2 = perimeter[row] * _ROUNDING_M / 1e6 + here["椭球面"] * _OTHER_PLANE
        found = list(_broken(titles[row], wrong[row]))
        first = own[0][1] if own else None
        if sound[row]:
            for name, area in own:
                found += area_doubts(
                    titles[row],
                    area,
                    here,
                    slack_km2=slack_km2,
                    mild_km2=perimeter[row] * _MILD_M / 1e6,
                    where=(f"属性表“{name}”列", f"the column “{name}”"),
                )
            first = in_its_unit(first, here, slack_km2) if first else None
        findings.append(tuple(found))
        stated_km2.append(float(first.km2) if first and first.km2 is not None else np.nan)
    return findings, stated_km2


def _broken(title: str, fault: Text | None) -> Iterator[Finding]:
    if fault is not None:
        zh = f"{title}：图形不能用：{fault.zh}；请改正后重新导出"
        en = f"{title}: its polygon is of no use: {fault.en}; mend it and export it again"
        yield notice("broken-polygon", "error", zh, en)
