"""A user's polygons: read from survey lists, tables and map files, and joined to a plan's parcels."""

from __future__ import annotations

import hashlib
import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo import files
from ftz_geo.documents import read_document
from ftz_geo.errors import DocumentError
from ftz_geo.model import STORAGE_CRS
from ftz_geo.survey import parse_survey
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftz_geo.model import Block, Parcel, Plan

__all__ = ["match_polygons", "read_survey"]

_TEXTS = frozenset({".txt", ".csv", ".tsv", ".md", ".docx", ".pdf", ".html", ".htm", ""})
_COLUMNS = {
    "id": ("id", "地块编号", "编号", "dkbh", "fid_"),
    "label": ("label", "block", "区块", "地块", "qk"),
    "name": ("name", "block_name", "名称", "地块名称", "dkmc", "mc"),
    "zone": ("zone", "zone_id", "片区", "园区"),
}
"""What a map file's columns may be called, the first that is there."""


def read_survey(path: str | Path) -> gpd.GeoDataFrame:
    r"""Read polygons that a user gives.

    Parameters
    ----------
    path : str or Path
        The land-survey TXT or a list of corners as text, CSV, Word, HTML, PDF or ``.xlsx``; or any map
        file that GDAL opens (``.geojson``, ``.gpkg``, ``.shp``, ``.zip``, ``.kml`` …).

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one row per polygon: ``id``, ``label``, ``name``, ``zone`` as far as given, ``grade``,
        ``stated_area_km2``, ``crs_note``, ``findings``. A ``blocks.geojson`` that ``build`` wrote keeps its
        grades.

    Raises
    ------
    DocumentError
        The file cannot be read, holds no polygon, or states no reference system.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "corners.txt")
    ...     _ = file.write_text("核心区\n1 4320014.69 39511493.96\n2 4320024.69 39511493.96\n"
    ...                         "3 4320014.69 39511503.96", encoding="gbk")
    ...     read_survey(file)["name"].tolist()
    ['核心区']
    """
    ending = Path(path).suffix.lower()
    if ending == ".xlsx":
        frame = parse_survey(_sheets(path), Path(path).name)
    elif ending in _TEXTS:
        frame = parse_survey(read_document(path).text, Path(path).name)
    else:
        frame = _map_file(path)
    if Path(path).is_file():
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        frame.attrs["source"] = {"file": Path(path).name, "sha256": digest}
    return frame


def _sheets(path: str | Path) -> str:
    """Give the cells of a workbook as rows of text, sheet after sheet under its name."""
    try:
        import openpyxl
    except ImportError:
        raise DocumentError(
            path, "Excel files are read by openpyxl, which is not installed", "pip install 'ftz-geo[report]'"
        ) from None
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise DocumentError(path, "there is no such file", "check the path") from None
    except (
        OSError,
        BadZipFile,
        KeyError,
        ValueError,
        openpyxl.utils.exceptions.InvalidFileException,
    ) as error:
        raise DocumentError(path, f"the workbook is damaged ({error})", "save it again as .xlsx") from error
    rows = [
        "\t".join("" if cell is None else str(cell) for cell in row)
        for sheet in book.worksheets
        for row in [(sheet.title if len(book.worksheets) > 1 else "",), *sheet.iter_rows(values_only=True)]
    ]
    book.close()
    return "\n".join(rows)


def _map_file(path: str | Path) -> gpd.GeoDataFrame:
    import pyogrio

    if not Path(path).exists():
        raise DocumentError(path, "there is no such file", "check the path")
    try:
        frame = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DocumentError(path, f"it cannot be read as a map file ({error})", "export it again") from error
    if {"id", "zone_id", "grade"} <= set(frame.columns):
        return files.read_parcels(path)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.isna().all():
        raise DocumentError(path, "it holds no geometries", "name a file of polygons")
    if frame.crs is None:
        raise DocumentError(
            path, "it states no reference system", "export it with its CRS (a .prj beside it)"
        )
    columns = {str(name).lower(): name for name in frame.columns}

    def given(names: Sequence[str]) -> list[str | None]:
        found = next((columns[name] for name in names if name in columns), None)
        values = [None] * len(frame) if found is None else frame[found].tolist()
        return [None if value is None or value != value else str(value) for value in values]

    findings = np.empty(len(frame), dtype=object)
    findings[:] = [()] * len(frame)
    return gpd.GeoDataFrame(
        {
            **{name: given(names) for name, names in _COLUMNS.items()},
            "grade": "surveyed",
            "stated_area_km2": np.nan,
            "crs_note": frame.crs.to_string(),
            "findings": findings,
        },
        geometry=shapely.force_2d(frame.geometry.to_crs(STORAGE_CRS).to_numpy()),
        crs=STORAGE_CRS,
    )


def match_polygons(plan: Plan, polygons: gpd.GeoDataFrame) -> dict[int, str]:
    """Find the parcel that each polygon is meant to be, by id, label or name.

    An equal id goes before an equal label or name, and that before a label or name that a longer
    name contains. What fits several parcels fits none: 区块一 of five zones needs the zone's name too.

    Parameters
    ----------
    plan : Plan
    polygons : GeoDataFrame
        With columns ``id``, ``label``, ``name``, ``zone``, each of which may be missing.

    Returns
    -------
    dict of int to str
        Row number to parcel id; rows that fit no parcel are not in it.
    """
    keys = list(_keys(plan))
    ids = dict(_ids(plan))
    zones = _zone_stems(plan)
    matches = {}
    for row in range(len(polygons)):
        words = {name: _cell(polygons, name, row) for name in ("id", "label", "name", "zone")}
        direct = next((ids[w] for w in (words["id"], words["name"], words["label"]) if w and w in ids), None)
        told = folded(" ".join(w for w in words.values() if w))
        meant = {zone_id for zone_id, stems in zones.items() if any(_contains(told, stem) for stem in stems)}
        # A polygon that names a zone belongs to no other, whatever its label.
        found = direct or _by_words(words, [k for k in keys if not meant or k[2] in meant])
        if found is not None:
            matches[row] = found
    return matches


def _cell(polygons: gpd.GeoDataFrame, name: str, row: int) -> str | None:
    value = polygons[name].iloc[row] if name in polygons.columns else None
    return value if isinstance(value, str) and value.strip() else None


def _ids(plan: Plan) -> Iterable[tuple[str, str]]:
    for zone in plan.zones:
        for block in zone.blocks:
            if len(block.parcels) == 1:
                yield block.id, block.parcels[0].id
            for parcel in block.parcels:
                yield parcel.id, parcel.id


def _zone_stems(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Give the words by which each zone may be told from the others: its id, and what its name has alone.

    Of 甲市东丽开发区 and 甲市西青开发区 these are 东丽 and 西青.
    """
    names = [folded(zone.name or "") for zone in plan.zones]
    head = _shared(names)
    tail = _shared([name[head:][::-1] for name in names])
    stems: dict[str, tuple[str, ...]] = {}
    for zone, name in zip(plan.zones, names, strict=True):
        own = name[head : len(name) - tail] if len(names) > 1 else name
        # 西青经开 is mostly called 西青, as long as no other zone begins so.
        short = own[:2] if sum(n[head:].startswith(own[:2]) for n in names) == 1 else own
        stems[zone.id] = tuple(word for word in (zone.id, own, short) if len(word) > 1)
    return stems


def _shared(names: Sequence[str]) -> int:
    """Count the characters that all names begin with."""
    return sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*names, strict=False)))


_Key = tuple[tuple[str, ...], str, str]
"""Words that must all be found, parcel id, zone id."""


def _keys(plan: Plan) -> Iterable[_Key]:
    """Give the words that each parcel may be known by."""
    for zone in plan.zones:
        for block in zone.blocks:
            for parcel in block.parcels:
                for words in _titles(block, parcel):
                    yield tuple(map(folded, words)), parcel.id, zone.id


def _titles(block: Block, parcel: Parcel) -> Iterable[tuple[str, ...]]:
    of_block = [words for words in (block.label, block.name) if words]
    if len(block.parcels) == 1:
        yield from ((words,) for words in of_block)
    elif parcel.label:
        yield from ((words, parcel.label) for words in of_block)
        yield (parcel.label,)


def _by_words(words: Mapping[str, str | None], keys: Sequence[_Key]) -> str | None:
    told = [folded(w) for w in (words["label"], words["name"], words["id"]) if w]
    everything = folded(" ".join(w for w in words.values() if w))
    equal = [k for k in keys if "".join(k[0]) in told]
    inside = [k for k in keys if all(_contains(everything, part) for part in k[0])]
    for found in (equal, inside):
        # 区块一 and its own 地块二 both fit "区块一地块二": the words that say more hold.
        longest = max((len("".join(key)) for key, _, _ in found), default=0)
        best = [f for f in found if len("".join(f[0])) == longest]
        parcels = {parcel for _, parcel, _ in best}
        if parcels:
            return parcels.pop() if len(parcels) == 1 else None
    return None


def _contains(words: str, part: str) -> bool:
    """Find a label among other words, but not 区块1 in 区块12."""
    ends = r"(?!\d)" if part[-1:].isdigit() else ""
    return re.search(re.escape(part) + ends, words) is not None
