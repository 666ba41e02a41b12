"""What a notice calls by another name than the map: stated by the user, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ftz_geo.errors import ReferenceMapError
from ftz_geo.reference.csvs import read_csv
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftz_geo.model import ReferenceMap

__all__ = ["Alias", "read_aliases", "unmatched_aliases", "with_aliases"]

_COLUMNS = {
    "name": ("name", "notice", "方案名称", "公告名称", "名称"),
    "map_name": ("map_name", "map name", "map", "图上名称", "地图名称", "底图名称"),
    "zone": ("zone", "片区", "区"),
    "note": ("note", "basis", "备注", "依据"),
}
"""How the columns may be called. Without a head they stand in this order."""


_MEND = "write the notice's name, then the map's"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """Two names of one thing."""

    name: str
    """In the notice."""
    map_name: str
    """On the map."""
    zone: str | None = None
    """Where only one zone's notice calls it so: a part of that zone's name."""
    note: str | None = None
    """Why they are the same, for people."""

    def holds_in(self, zone: str) -> bool:
        """Return whether a zone of this name may mean it."""
        return self.zone is None or self.zone in zone


def read_aliases(path: str | Path) -> tuple[Alias, ...]:
    r"""Read a table of names that a notice and a map write differently.

    Parameters
    ----------
    path : str or Path
        CSV: the name in the notice, the name on the map, and, if need be, the zone and a note, in this order
        or under a head (``name``, ``map_name``, ``zone``, ``note``).

    Returns
    -------
    tuple of Alias
        In the order of the file.

    Raises
    ------
    ReferenceMapError
        The file is missing, no table, or a row lacks one of the two names.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "aliases.csv")
    ...     _ = file.write_text("name,map_name,zone\n津淄公路,山深线,西青\n", encoding="utf-8")
    ...     aliases = read_aliases(file)
    >>> aliases
    (Alias(name='津淄公路', map_name='山深线', zone='西青', note=None),)
    """
    path = Path(path)
    if not path.is_file():
        raise ReferenceMapError(path, "there is no such file", "check the path")
    aliases = []
    for n, cells in _rows(path):
        if not (cells.get("name") and cells.get("map_name")):
            raise ReferenceMapError(
                path, f"{f'row {n}' if n else 'its first row'} lacks one of the two names", _MEND
            )
        aliases.append(Alias(**cells))  # type: ignore[arg-type]
    if not aliases:
        raise ReferenceMapError(path, "it states no alias", _MEND)
    return tuple(aliases)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield the number and the cells of each row that is not blank; a first row that is no head is row 0."""
    first, rows = read_csv(path)
    head = [cell.strip().lower() for cell in first]
    places = {field: n for field, words in _COLUMNS.items() for n, cell in enumerate(head) if cell in words}
    if not {"name", "map_name"} <= places.keys():
        if places:
            raise ReferenceMapError(
                path, "its head does not name both names", "call its columns name, map_name, zone, note"
            )
        places, rows = {field: n for n, field in enumerate(_COLUMNS)}, [(0, first), *rows]
    for n, row in rows:
        if any(cell.strip() for cell in row):
            yield n, {field: row[at].strip() or None for field, at in places.items() if at < len(row)}


def with_aliases(
    reference: ReferenceMap, aliases: Iterable[Alias], *, zone: str | None = None
) -> ReferenceMap:
    """Add what a notice calls them to the further names of a map's features.

    Parameters
    ----------
    reference : ReferenceMap
    aliases : iterable of Alias
    zone : str, optional
        The name of the zone whose sides are looked up: aliases of other zones are left out.

    Returns
    -------
    ReferenceMap

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> from ftz_geo.model import ReferenceMap
    >>> road = gpd.GeoDataFrame({"name": ["山深线"], "alt_names": [("G205",)]}, geometry=[Point(117.2, 39)])
    >>> found = with_aliases(ReferenceMap(features=road), [Alias(name="津淄公路", map_name="山深线")])
    >>> found.features["alt_names"][0]
    ('G205', '津淄公路')
    """
    notice_names: dict[str, dict[str, None]] = {}
    for alias in aliases:
        if zone is None or alias.holds_in(zone):
            notice_names.setdefault(folded(alias.map_name), {})[alias.name] = None
    features = reference.features
    further = [
        tuple(dict.fromkeys((*others, *_new_names((name, *others), notice_names))))
        for name, others in zip(features["name"], features["alt_names"], strict=True)
    ]
    column = pd.Series(further, index=features.index, dtype=object)
    return replace(reference, features=features.assign(alt_names=column))


def _new_names(own: Iterable[str], notice_names: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name in own:
        yield from notice_names.get(folded(name), ())


def unmatched_aliases(reference: ReferenceMap, aliases: Iterable[Alias]) -> tuple[Alias, ...]:
    """Return the aliases whose name on the map no feature of the map has."""
    features = reference.features
    names = {folded(name) for name in features["name"]}
    names |= {folded(name) for others in features["alt_names"] for name in others}
    return tuple(alias for alias in aliases if folded(alias.map_name) not in names)
