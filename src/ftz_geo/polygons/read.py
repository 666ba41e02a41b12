"""Files of polygons that a user names, whatever they are."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ftz_geo import files
from ftz_geo.documents import read_document, sheets_text
from ftz_geo.errors import DocumentError
from ftz_geo.frame import Drawing
from ftz_geo.kinds import TEXT_ENDINGS, kind_of
from ftz_geo.survey import Survey, parse_survey, read_layers

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["read_own", "read_polygons", "read_survey"]


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
        survey = read_layers(Path(path))
    if not Path(path).is_file():
        return survey
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return replace(survey, source={"file": Path(path).name, "sha256": digest})


def read_own(path: str | Path, text: str) -> Survey | None:
    """Read the lists of corners in a notice's own text.

    Parameters
    ----------
    path : str or Path
        The notice; ``-`` is standard input, of which there is only ``text``.
    text : str
        Its text as the plan was read from it, where tables are in one form.

    Returns
    -------
    Survey or None
        None where it lists no corners.
    """
    path = Path(path)
    if path.is_file():
        is_book = path.suffix.lower() == ".xlsx"
        text = sheets_text(path) if is_book else read_document(path, rows=False).text
    try:
        survey = parse_survey(text, path.name, needed=False)
    except DocumentError:
        return None
    digest = hashlib.sha256(path.read_bytes() if path.is_file() else text.encode()).hexdigest()
    return replace(survey, own=True, source={"file": path.name, "sha256": digest})


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
    own = ("id", "words", "layer")
    return frame.drop(columns=own, errors="ignore").set_index(pd.Index(ids, name="id"))
