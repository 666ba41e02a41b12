"""A user's polygons: read from survey lists, tables and map files, and joined to a plan's parcels."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo import files
from ftz_geo.documents import read_document, sheets_text
from ftz_geo.errors import DocumentError
from ftz_geo.frame import PARCEL_COLUMNS, Drawing, drawing_of, text_cells
from ftz_geo.kinds import TEXT_ENDINGS, kind_of
from ftz_geo.model import STORAGE_CRS, Digitised, Reason
from ftz_geo.survey import Survey, parse_survey
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftz_geo.model import Block, Finding, Parcel, Plan

__all__ = ["join_polygons", "match_polygons", "read_polygons", "read_survey"]

_COLUMNS = {
    "id": ("id", "地块编号", "编号", "dkbh", "fid_"),
    "label": ("label", "block", "区块", "地块", "qk"),
    "name": ("name", "block_name", "名称", "地块名称", "dkmc", "mc"),
    "zone": ("zone", "zone_id", "片区", "园区"),
}
"""What a map file's columns may be called, the first that is there."""


def read_survey(path: str | Path) -> Survey | Drawing:
    r"""Read polygons that a user gives.

    Parameters
    ----------
    path : str or Path
        The land-survey TXT or a list of corners as text, CSV, Word, HTML, PDF or ``.xlsx``; or any map
        file that GDAL opens (``.geojson``, ``.gpkg``, ``.shp``, ``.zip``, ``.kml`` …).

    Returns
    -------
    Survey or Drawing
        A drawing where the file is one that ``build`` or ``export`` wrote: its polygons keep their grades.

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
    ...     read_survey(file).polygons["name"].tolist()
    ['核心区']
    """
    if kind_of(path) == "parcels":
        return files.read_drawing(path)
    ending = Path(path).suffix.lower()
    if ending == ".xlsx":
        survey = parse_survey(sheets_text(path), Path(path).name)
    elif ending in TEXT_ENDINGS:
        survey = parse_survey(read_document(path, rows=False).text, Path(path).name)
    else:
        survey = _map_file(Path(path))
    if not Path(path).is_file():
        return survey
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return replace(survey, source={"file": Path(path).name, "sha256": digest})


def _map_file(path: Path) -> Survey:
    import pyogrio

    if not path.exists():
        raise DocumentError(path, "there is no such file", "check the path")
    try:
        frame = gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DocumentError(path, f"it cannot be read as a map file ({error})", "export it again") from error
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

    polygons = gpd.GeoDataFrame(
        {
            **{name: given(names) for name, names in _COLUMNS.items()},
            "grade": "surveyed",
            "stated_area_km2": np.nan,
            "crs_note": frame.crs.to_string(),
        },
        geometry=shapely.force_2d(frame.geometry.to_crs(STORAGE_CRS).to_numpy()),
        crs=STORAGE_CRS,
    )
    return Survey(polygons=polygons, findings=((),) * len(polygons))


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
    """Return the words by which each zone may be told from the others: its id, and what its name has alone.

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
    """Return the words that each parcel may be known by."""
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


def read_polygons(path: str | Path) -> gpd.GeoDataFrame:
    """Read polygons that stand for themselves, without a plan to join them to.

    Parameters
    ----------
    path : str or Path
        Any file that :func:`ftz_geo.read_survey` reads.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, indexed by id, or by number from 1 where the file gives none, with the columns of
        ``blocks.geojson`` as far as the file has them.

    Raises
    ------
    DocumentError
        As for :func:`ftz_geo.read_survey`.
    """
    given = read_survey(path)
    if isinstance(given, Drawing):
        return given.parcels
    frame = given.polygons.rename(
        columns={"label": "block", "name": "block_name", "stated_area_km2": "declared_area_km2"}
    )
    ids = [given or str(number) for number, given in enumerate(frame["id"], start=1)]
    return frame.drop(columns="id").set_index(pd.Index(ids, name="id"))


def join_polygons(plan: Plan, survey: Survey | Drawing) -> Drawing:
    """Put a user's polygons in the place of the parcels that they are meant to be.

    Parameters
    ----------
    plan : Plan
    survey : Survey or Drawing
        As :func:`ftz_geo.read_survey` gives it. A drawing has the plan's own ids and is returned as it is.

    Returns
    -------
    Drawing
        Parcels graded ``surveyed``, or ``undetermined`` where they got no polygon. Polygons that fit no
        parcel follow under an id of their own, for the audit to list; its findings are what was noticed in
        reading.

    Examples
    --------
    >>> from ftz_geo.reading import read_plan
    >>> from ftz_geo.shipped import plan_file
    >>> from ftz_geo.survey import Survey, parse_survey
    >>> plan = read_plan(plan_file())
    >>> corners = "4320014.69,39511493.96;4321014.69,39511493.96;4320014.69,39512503.96"
    >>> joined = join_polygons(plan, parse_survey(f"beichen-1 {corners}"))
    >>> joined.parcels.index[joined.parcels["grade"] == "surveyed"].tolist()
    ['beichen-1']
    """
    if isinstance(survey, Drawing):
        return survey
    polygons = survey.polygons
    matches = match_polygons(plan, polygons)
    parts: dict[str, list[Any]] = {}
    for row, parcel_id in matches.items():
        if (shape := polygons.geometry.iloc[row]) is not None:
            parts.setdefault(parcel_id, []).append(shape)
    systems = sorted({str(note) for note in polygons["crs_note"] if note})
    told = [{**survey.source, "crs": "；".join(systems) or None}] if survey.source else []
    drawn = {p.id: _surveyed(p.id, parts.get(p.id, [])) for p in plan.parcels}
    drawing = drawing_of(plan, drawn, about={"polygons": told})
    strangers = [row for row in range(len(polygons)) if row not in matches]
    return replace(
        drawing,
        parcels=_with_strangers(drawing.parcels, polygons.iloc[strangers]),
        findings=tuple(_placed(plan, survey, matches)),
    )


def _placed(plan: Plan, survey: Survey, matches: Mapping[int, str]) -> Iterator[Finding]:
    """Yield what was noticed in reading, each finding under the parcel that its polygon is meant to be."""
    positions = {position.parcel.id: position for position in plan.walk()}
    for row, findings in enumerate(survey.findings):
        position = positions.get(matches.get(row, ""))
        for finding in findings:
            if position is None:
                yield finding
            # Of a polygon in its place the audit tells that itself, and where.
            elif finding.check != "self-crossing":
                yield replace(
                    finding,
                    zone_id=position.zone.id,
                    block_id=position.block.id,
                    parcel_id=position.parcel.id,
                )


def _surveyed(parcel_id: str, parts: Sequence[Any]) -> Digitised:
    if not parts:
        reason = Reason(code="no-polygon", zh="未提供可用的图形", en="no usable polygon was given")
        return Digitised(parcel_id=parcel_id, polygon=None, grade="undetermined", reasons=(reason,))
    if len(parts) == 1:
        return Digitised(parcel_id=parcel_id, polygon=parts[0], grade="surveyed")
    # As printed, overlapping or not: whether they overlap is for the audit to say.
    whole = shapely.MultiPolygon([p for part in parts for p in shapely.get_parts(part)])
    return Digitised(parcel_id=parcel_id, polygon=whole, grade="surveyed")


def _with_strangers(frame: gpd.GeoDataFrame, strangers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add polygons that fit no parcel, each under its own id or name."""
    taken = set(frame.index)
    extra: list[str] = []
    for position, row in enumerate(strangers.to_dict("records"), 1):
        words = next((row[k] for k in ("name", "id", "label") if isinstance(row.get(k), str)), "")
        name = words if words and words not in taken else f"{words}#{position}"
        taken.add(name)
        extra.append(name)
    if not extra:
        return frame
    longer = frame.reindex([*frame.index, *extra])
    longer.loc[extra, "geometry"] = gpd.GeoSeries(
        strangers.geometry.to_numpy(), index=extra, crs=strangers.crs
    )
    longer.loc[extra, "grade"] = "surveyed"
    longer["area_shaped"] = longer["area_shaped"].eq(True)
    for column in PARCEL_COLUMNS:
        if column.dtype == "texts":
            longer[column.name] = text_cells([v if isinstance(v, list) else [] for v in longer[column.name]])
    return longer
