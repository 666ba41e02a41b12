"""From the text of a list to surveyed parcels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ftz_geo.errors import DocumentError
from ftz_geo.model import STORAGE_CRS
from ftz_geo.survey.corners import are_packed, corners_of, doubts_of_order
from ftz_geo.survey.lists import HALF_WIDTH, read_lists
from ftz_geo.survey.shapes import doubts_of, shape_of, stated_km2_of
from ftz_geo.survey.systems import stated_system
from ftz_geo.survey.txt import is_txt, read_txt
from ftz_geo.survey.values import DamagedError, notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Finding
    from ftz_geo.survey.systems import System
    from ftz_geo.survey.values import Entry

__all__ = ["Survey", "parse_survey", "title_of"]


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Polygons that a user gives, before they are joined to a plan."""

    polygons: geopandas.GeoDataFrame
    """EPSG:4326, one row each: ``id``, ``label``, ``name``, ``zone`` as far as given, ``grade``
    (``surveyed``, or ``undetermined`` with a geometry of None), ``stated_area_km2``, ``crs_note``."""
    findings: tuple[tuple[Finding, ...], ...]
    """What was noticed in reading each row."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """``file`` and ``sha256``; empty for text given directly."""
    listed: bool = False
    """Whether it was read from lists of coordinates."""
    columns: tuple[str, ...] = ()
    """Names of the columns that a map file has."""
    own: bool = False
    """Whether it was read from the text of the plan itself, which speaks of nothing else."""
    about: tuple[Finding, ...] = ()
    """What was noticed of the whole file."""

    def title(self, row: int) -> str:
        """Return what to call a polygon by in a message: its own words, or its number."""
        own = self.polygons.iloc[row]
        return title_of([own.get("name"), own.get("label"), own.get("id")], row)


def title_of(words: Sequence[object], row: int) -> str:
    """Return the first of words that are there, else the number of a row."""
    return next((w for w in words if isinstance(w, str) and w.strip()), f"第 {row + 1} 个图形")


def parse_survey(text: str, file: str = "text", *, needed: bool = True) -> Survey:
    """Read the polygons of a land-survey TXT, or of lists of corners in text or a table.

    Parameters
    ----------
    text : str
        Rows of ``name, ring, X, Y`` under ``[地块坐标]``; or corners as X (north) and Y (east, with or
        without zone), degrees with their signs, decimal degrees, or packed D.MMSS.
    file : str, optional
        What to call it in a message.
    needed : bool, optional
        Whether a list of which no polygon can be read is an error, and not only a finding.

    Returns
    -------
    Survey

    Raises
    ------
    DocumentError
        No list of corners was found, or none whose numbers are whole.

    Notes
    -----
    Rings of one parcel are holes where they lie inside another, and parts where they do not, whatever
    their numbers say. Which of X and Y is north is told by their size.

    Examples
    --------
    >>> polygons = parse_survey("区块一 J1 4320014.689,39511493.964;J2 4320024.689,39511493.964;"
    ...                         "J3 4320014.689,39511503.964").polygons
    >>> polygons["name"].tolist(), polygons["grade"].tolist()
    (['区块一'], ['surveyed'])
    """
    import geopandas as gpd

    plain = text.translate(HALF_WIDTH)
    entries = read_txt(plain) if is_txt(plain) else read_lists(text)
    if not entries:
        raise DocumentError(
            file,
            "it holds no list of coordinates",
            "give corners as X and Y, degrees and minutes, or a survey's TXT",
        )
    system, packed = stated_system(plain), are_packed(entries, plain)
    parcels = [
        replace(parcel, findings=(*parcel.findings, *doubts))
        for parcel, doubts in zip(
            (_read(entry, system, packed=packed) for entry in entries),
            doubts_of_order(entries, plain),
            strict=True,
        )
    ]
    if needed and all(parcel.shape is None for parcel in parcels):
        reasons = [f.en for parcel in parcels for f in parcel.findings if f.severity == "error"]
        raise DocumentError(file, f"no polygon can be read ({reasons[0]})", "name the original list")
    polygons = gpd.GeoDataFrame(
        {
            "id": [entry.id for entry in entries],
            "label": [None] * len(entries),
            "name": [entry.name for entry in entries],
            "grade": ["undetermined" if parcel.shape is None else "surveyed" for parcel in parcels],
            "stated_area_km2": [np.nan if p.stated_km2 is None else float(p.stated_km2) for p in parcels],
            "crs_note": [parcel.crs_note for parcel in parcels],
        },
        geometry=[parcel.shape for parcel in parcels],
        crs=STORAGE_CRS,
    )
    return Survey(polygons=polygons, findings=tuple(p.findings for p in parcels), listed=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Surveyed:
    shape: BaseGeometry | None
    crs_note: str
    findings: tuple[Finding, ...]
    stated_km2: Decimal | None


def _read(entry: Entry, system: System, *, packed: bool | None) -> _Surveyed:
    try:
        corners = corners_of(entry, system, packed=packed)
    except DamagedError as error:
        zh = f"{entry.title}：{error.zh}，未读成图形"
        en = f"{entry.title}: {error.en}; no polygon was made of it"
        damaged = notice("survey-damaged", "error", zh, en)
        stated_km2 = entry.stated.km2 if entry.stated else None
        return _Surveyed(shape=None, crs_note="", findings=(*entry.notices, damaged), stated_km2=stated_km2)
    shape = shape_of(corners.lonlat, entry)
    return _Surveyed(
        stated_km2=stated_km2_of(entry, shape, corners),
        shape=shape,
        crs_note=corners.system.words(plane=corners.plane is not None),
        findings=(*entry.notices, *corners.notices, *doubts_of(entry, shape, corners)),
    )
