"""Where what a page shows is from: the sources of its map and its named points, with their licences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ROLES", "Credit", "credits_of", "in_words", "lines_of"]

ROLES: Mapping[str, str] = {"reference": "底图", "points": "地名点", "polygons": "界址坐标"}
"""What a drawing's sources are called, by the name under which it tells of them."""


class Credit(NamedTuple):
    """A source of a page, as its sheet of paper names it."""

    role: str
    """What it was used as, a fixed word in Chinese."""
    file: str
    licence: str | None
    """As it says itself; None where it says nothing."""
    date: str | None
    """The day."""


def _credit(role: str, source: Mapping[str, Any]) -> Credit:
    date = str(source.get("date") or "")[:10]
    return Credit(role, str(source["file"]), source.get("licence") or None, date or None)


def in_words(source: Mapping[str, Any]) -> str:
    """Return file, licence and date of a source in one line.

    >>> in_words({"file": "a.osm.pbf", "licence": "ODbL 1.0", "date": "2025-08-09"}), in_words({"file": "b"})
    ('a.osm.pbf（ODbL 1.0，2025-08-09）', 'b（未注明许可）')
    """
    found = _credit("", source)
    said = [found.licence or "未注明许可", found.date or ""]
    return f"{found.file}（{'，'.join(filter(None, said))}）"


def credits_of(about: Mapping[str, Any], drawn: Iterable[Mapping[str, Any]] = ()) -> tuple[Credit, ...]:
    """Return the sources that a drawing tells of, and those that are drawn behind it, each once.

    >>> about = {"reference": [{"file": "m.gpkg"}], "points": [{"file": "p.csv", "licence": "ODbL 1.0"}]}
    >>> for credit in credits_of(about, [{"file": "m.gpkg"}]):
    ...     print(credit.role, credit.file, credit.licence)
    底图 m.gpkg None
    地名点 p.csv ODbL 1.0
    """
    behind = {"reference": tuple(drawn)}
    told = (
        _credit(role, source)
        for key, role in ROLES.items()
        for source in (*about.get(key, ()), *behind.get(key, ()))
    )
    return tuple(dict.fromkeys(told))


_OSM = "© OpenStreetMap contributors, ODbL"
"""What the licence of OpenStreetMap's data asks for, where a source names only the licence."""


def lines_of(about: Mapping[str, Any], drawn: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """Return the sources as the lines that a file taken from a page carries.

    >>> lines_of({"points": [{"file": "p.csv", "licence": "ODbL 1.0"}]})
    ['p.csv（ODbL 1.0）', '© OpenStreetMap contributors, ODbL']
    """
    beneath = [source for key in ("reference", "points") for source in about.get(key, ())]
    told = list(dict.fromkeys(map(in_words, [*beneath, *drawn])))
    unsaid = any("ODbL" in words for words in told) and not any("OpenStreetMap" in words for words in told)
    return [*told, _OSM] if unsaid else told
