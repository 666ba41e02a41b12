"""Map files of every format into one reference map."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from ftz_geo.errors import ReferenceMapError
from ftz_geo.model import STORAGE_CRS, ReferenceMap
from ftz_geo.reference.layers import read_layers
from ftz_geo.reference.osm import read_osm
from ftz_geo.reference.overpass import read_overpass
from ftz_geo.reference.prepared import is_prepared, read_prepared
from ftz_geo.reference.tags import NAME_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftz_geo.reference.frames import Part

__all__ = ["is_osm", "join_parts", "read_file", "read_reference", "sha256_of"]


def read_reference(*paths: str | Path) -> ReferenceMap:
    """Read map files into one reference map.

    Parameters
    ----------
    *paths : str or Path
        GeoPackage (every layer), GeoJSON, Shapefile, FlatGeobuf, OSM XML, OSM PBF, Overpass JSON,
        or what :func:`prepare_reference` wrote. Any reference system that the file states is converted.

    Returns
    -------
    ReferenceMap
        Named features only, in an order that the order of rows in a file does not change. What is known
        of each one's source (file, sha256, licence, date, crs, datum) is in ``sources``, at the number
        in its ``source`` column; what the file does not say is None.

    Raises
    ------
    ReferenceMapError
        A file is missing, broken, states no reference system, or names no feature.

    Examples
    --------
    >>> read_reference("nowhere.gpkg")
    Traceback (most recent call last):
    ...
    ftz_geo.errors.ReferenceMapError: nowhere.gpkg: there is no such file; check the path
    """
    if not paths:
        raise ReferenceMapError("reference map", "no file was given", "give at least one map file")
    return join_parts([part for path in paths for part in read_file(Path(path))])


def read_file(path: Path) -> list[Part]:
    """Read one map file; a part per source."""
    if not path.is_file():
        raise ReferenceMapError(path, "there is no such file", "check the path")
    parts = _reader(path)(path)
    own = {"file": path.name, "sha256": sha256_of(path)}
    # A prepared map says itself where its features come from; layers without a name have no features.
    parts = [p._replace(facts={**own, **p.facts}) for p in parts if len(p.frame)]
    if not parts:
        raise ReferenceMapError(
            path,
            "no feature in it has a name",
            f"give a map whose lines are named in a column such as {', '.join(NAME_COLUMNS[:4])}",
        )
    return parts


def _reader(path: Path) -> Callable[[Path], list[Part]]:
    """Choose by the file's name, and for ``.json`` and ``.gpkg`` by what it holds."""
    name = path.name.lower()
    if is_osm(path):
        return read_overpass if name.endswith(".json") else read_osm
    if name.endswith(".gpkg") and is_prepared(path):
        return read_prepared
    return read_layers


def is_osm(path: Path) -> bool:
    """Tell whether a file is OpenStreetMap's own, or an Overpass answer."""
    name = path.name.lower()
    if name.endswith(".json"):
        with path.open("rb") as file:
            return b'"elements"' in file.read(4096)
    return name.endswith((".pbf", ".osm", ".osm.xml", ".osm.gz", ".osm.bz2"))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def join_parts(parts: Sequence[Part]) -> ReferenceMap:
    """Join features of several sources, each of them numbered as its source is."""
    sources: list[dict[str, Any]] = []
    frames = []
    for part in parts:
        if part.facts not in sources:  # layers of one file that differ in nothing
            sources.append(part.facts)
        frames.append(part.frame.assign(source=sources.index(part.facts)))
    features = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if features["source_id"].duplicated().any():
        # The same way in two files, or a table without ids of its own: number within each id.
        repeat = features.groupby("source_id").cumcount()
        features["source_id"] = features["source_id"].where(
            repeat == 0, features["source_id"] + "#" + (repeat + 1).astype(str)
        )
    return ReferenceMap(features=gpd.GeoDataFrame(features, crs=STORAGE_CRS), sources=tuple(sources))
