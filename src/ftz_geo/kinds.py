"""What a file is that a user names: a notice, parcels, polygons, a reference map, a survey, a patch."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Literal

from ftz_geo.documents import read_document, sheets_text
from ftz_geo.errors import DocumentError, FtzGeoError
from ftz_geo.files import NEEDED_PROPERTIES
from ftz_geo.soundness import read_wkb

__all__ = ["TEXT_ENDINGS", "FileKind", "expect", "is_notice_too", "kind_of"]

FileKind = Literal["notice", "parcels", "polygons", "map", "survey", "patch"]
"""``notice`` words with boundaries or areas; ``parcels`` what ``build`` or ``export`` wrote; ``polygons`` any
other file of polygons; ``map`` lines and points with names; ``survey`` corners listed in text or a table;
``patch`` corrections from a map page."""

SAID: dict[FileKind, str] = {
    "notice": "a notice",
    "parcels": "a file of blocks that build or export wrote",
    "polygons": "a file of polygons",
    "map": "a reference map",
    "survey": "a list of corners",
    "patch": "a patch from a map page",
}
"""What each kind is called in a message."""

TEXT_ENDINGS = frozenset({".txt", ".csv", ".tsv", ".md", ".docx", ".pdf", ".html", ".htm", ""})
"""What the names of files end in that are read as words; ``-``, standard input, has no ending."""

_MAP_ENDINGS = frozenset({".geojson", ".gpkg", ".shp", ".kml", ".kmz", ".fgb", ".gml"})
"""What the names of files end in that hold nothing but layers."""

_OSM_ENDINGS = (".pbf", ".osm", ".osm.xml", ".osm.gz", ".osm.bz2")

_SIDE = re.compile(r"[东東南西北][面侧側边邊]?(?:至|临|臨|邻|鄰|靠|抵|接)|四至|以[东東南西北]")
_CORNER = re.compile(r"\d{5,}(?:\.\d+)?\D{1,3}\d{5,}|\d\s*[°º˚度]\s*\d|\d{2,3}\.\d{3,}\D{1,3}\d{2,3}\.\d{3,}")
"""A pair of plane coordinates, degrees with their sign, or a pair of decimal degrees."""


def kind_of(path: str | Path) -> FileKind:
    """Tell what a file is, by its name's ending and, where that leaves it open, by what it holds.

    Parameters
    ----------
    path : str or Path
        ``-`` is standard input, which is a notice.

    Returns
    -------
    FileKind
        A ``notice`` where nothing tells: its reader says what is wrong with it.

    Raises
    ------
    DocumentError
        The file is missing or damaged.

    Examples
    --------
    >>> from ftz_geo.shipped import boundaries_folder, plan_file
    >>> kind_of(plan_file()), kind_of(boundaries_folder() / "xiqing.geojson")
    ('notice', 'parcels')
    """
    if str(path) == "-":
        return "notice"
    path = Path(path)
    if not path.exists():
        raise DocumentError(path, "there is no such file", "check the path")
    if not (path.is_file() or path.is_dir()):
        return "notice"  # a pipe can be read once only, and that is for the reader of notices
    ending = path.suffix.lower()
    if path.name.lower().endswith(_OSM_ENDINGS):
        return "map"
    if ending == ".csv" and _has_parcels_head(path):
        return "parcels"
    if ending == ".xlsx":
        return _kind_of_words(sheets_text(path), bare="survey")
    if ending in TEXT_ENDINGS:
        return _kind_of_text(path)
    if ending in (".json", ".geojson") and (found := _kind_of_json(path)):
        return found
    return _kind_of_layers(path)


def expect(path: str | Path, *kinds: FileKind, instead: str) -> FileKind:
    """Return what a file is, or say that it is none of what a command reads.

    Parameters
    ----------
    path : str or Path
    *kinds : FileKind
        What is read.
    instead : str
        How to mend it, the end of a sentence.

    Returns
    -------
    FileKind

    Raises
    ------
    FtzGeoError
        It is something else.
    """
    found = kind_of(path)
    if found == "survey" and "notice" in kinds and found not in kinds and is_notice_too(Path(path)):
        return "notice"
    if found not in kinds:
        wanted = " or ".join(SAID[kind] for kind in kinds)
        raise FtzGeoError(f"{path}: this is {SAID[found]}, where {wanted} is read; {instead}")
    return found


def is_notice_too(path: Path) -> bool:
    """Whether a list of corners stands beside an area in words, as in a notice of a reserve or of a mine."""
    text = sheets_text(path) if path.suffix.lower() == ".xlsx" else read_document(path).text
    return "[地块坐标]" not in text and re.search(r"面[积積][^。\n]{0,12}\d", text) is not None


def _kind_of_text(path: Path) -> FileKind:
    return _kind_of_words(read_document(path, rows=False).text, bare="notice")


def _kind_of_words(text: str, *, bare: FileKind) -> FileKind:
    """Tell a list of corners from a notice; ``bare`` is what a text without corners, sides and areas is."""
    corners = len(_CORNER.findall(text))
    if "[地块坐标]" in text or (corners > 2 and not _SIDE.search(text)):
        return "survey"
    return "notice" if _SIDE.search(text) or "面积" in text or "面積" in text else bare


def _has_parcels_head(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return set(NEEDED_PROPERTIES) <= set(next(csv.reader(file), []))


def _kind_of_json(path: Path) -> FileKind | None:
    try:
        value = json.loads(path.read_bytes())
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    about = value.get("ftz_geo")
    if isinstance(about, dict) and str(about.get("schema")).startswith("ftz-geo/patch"):
        return "patch"
    return "map" if "elements" in value else None


def _kind_of_layers(path: Path) -> FileKind:
    """Tell what a file is that GDAL opens, by the columns and geometries of its layers."""
    import pyogrio

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        infos = [pyogrio.read_info(path, layer=layer) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        # A broken map file is still none of words: its reader says what is wrong with it.
        return "polygons" if path.suffix.lower() in _MAP_ENDINGS else "notice"
    if any(set(NEEDED_PROPERTIES) <= set(info["fields"]) for info in infos):
        return "parcels"
    kinds = [info["geometry_type"] or "" for info in infos]
    for n, layer in enumerate(layers):
        if kinds[n] == "Unknown":  # mixed: the first few tell
            wkb = pyogrio.raw.read(path, layer=layer, columns=[], max_features=50)[2]
            kinds[n] = " ".join(filter(None, (shape and shape.geom_type for shape in read_wkb(wkb))))
    return "polygons" if any("Polygon" in kind for kind in kinds) else "map"
