"""What columns and OSM tags say: names, further names, and what kind of thing it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Kind

__all__ = [
    "ALT_NAME_COLUMNS",
    "CLASS_COLUMNS",
    "KIND_BY_TAG",
    "KIND_BY_VALUE",
    "MAIN_ROADS",
    "NAME_COLUMNS",
    "NAME_TAGS",
    "OSM_LICENCE",
    "Tags",
    "is_line",
    "is_slip",
    "kind_by_name",
    "one_way",
    "osm_kind",
    "osm_names",
    "split_names",
]

NAME_COLUMNS = ("name", "name:zh", "name_zh", "name_cn", "名称", "道路名称", "路名", "mc", "dlmc")
"""Columns that may hold the name, best first; 名称 and its initials MC are how surveys label them."""

_OTHER_NAMES = ("alt_name", "old_name", "official_name", "short_name", "loc_name", "name:zh")
_ALT_NAME_TAGS = (*_OTHER_NAMES, "ref")

ALT_NAME_COLUMNS = (*_OTHER_NAMES, "name_zh", "merged_names", "ref", "曾用名", "别名")
"""Columns that may hold further names (OSM wiki, Key:name); several are split at ``;``."""

KIND_BY_TAG: Mapping[str, Kind] = {
    "highway": "road",
    "railway": "rail",
    "waterway": "water",
    "boundary": "boundary",
    "admin_level": "boundary",
    "natural": "place",
    "landuse": "place",
    "place": "place",
    "amenity": "place",
    "building": "place",
}
"""What a feature is when this OSM key is set; ``natural=water`` is told by its value."""

_VALUES: Mapping[Kind, tuple[str, ...]] = {
    "road": ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "road", "highway"),
    "rail": ("rail", "railway", "subway", "metro", "light_rail", "tram", "monorail"),
    "water": ("water", "river", "riverbank", "canal", "stream", "drain", "ditch", "coastline", "reservoir"),
    "boundary": ("administrative", "boundary", "border"),
}

KIND_BY_VALUE: Mapping[str, Kind] = {value: kind for kind, values in _VALUES.items() for value in values}
"""What a feature is by the value of a class column (OSM values, Geofabrik's ``fclass``)."""

CLASS_COLUMNS = ("fclass", "class", "cls", "kind", "type", "feature", "natural", "boundary", "waterway")

OSM_LICENCE = "ODbL 1.0, © OpenStreetMap contributors"

NAME_TAGS = ("name", "name:zh")
"""OSM tags that hold the name, best first."""

_NO_PLACES = [(tag, kind) for tag, kind in KIND_BY_TAG.items() if kind != "place"]
_NO_FEATURE = frozenset({"route", "route_master", "restriction", "site", "public_transport"})


class Tags(Protocol):
    """Tags of one OSM object: a dict, or pyosmium's list, which is slow to turn into a dict."""

    def get(self, key: str, /) -> str | None:
        """Return the value of a key, or None."""


def split_names(*values: str) -> tuple[str, ...]:
    """Split further names at semicolons.

    >>> split_names("延安路;延安西路", "", "G2")
    ('延安路', '延安西路', 'G2')
    """
    return tuple(dict.fromkeys(part.strip() for v in values for part in v.split(";") if part.strip()))


def is_line(tags: Tags) -> bool:
    """Tell whether it is a way to go along, even where it closes on itself."""
    get = tags.get
    return get("highway") is not None or get("railway") is not None or get("waterway") is not None


def is_slip(tags: Tags) -> bool:
    """Tell whether it is the slip road of a junction.

    >>> is_slip({"highway": "trunk_link"}), is_slip({"highway": "trunk"})
    (True, False)
    """
    return (tags.get("highway") or "").endswith("_link")


def osm_names(tags: Tags) -> tuple[str, tuple[str, ...]]:
    """Return the name, or for a numbered road without one its number, and the further names.

    >>> osm_names({"highway": "trunk", "name": "京津公路", "ref": "G103;S1"})
    ('京津公路', ('G103', 'S1'))
    """
    get = tags.get
    name = get("name") or get("name:zh") or ""
    if not name and get("highway") is not None:
        name = get("ref") or ""
    name = name.strip()
    if not name:
        return "", ()
    values = [value for tag in _ALT_NAME_TAGS if (value := get(tag))]
    return name, tuple(other for other in split_names(*values) if other != name) if values else ()


def osm_kind(tags: Tags) -> Kind | None:
    """Tell by the tags; None for a thing that a boundary is never named after, such as a bus stop.

    >>> osm_kind({"natural": "water"}), osm_kind({"office": "company"}), osm_kind({"type": "route"})
    ('water', 'place', None)
    """
    if tags.get("waterway") is not None or tags.get("natural") in ("water", "coastline"):
        return "water"
    if tags.get("public_transport") is not None or tags.get("type") in _NO_FEATURE:
        return None
    for tag, kind in _NO_PLACES:
        if tags.get(tag) is not None:
            return kind
    return "place"


MAIN_ROADS = frozenset({"motorway", "trunk", "primary"})
"""Classes of roads that are mostly built with two carriageways."""

_ONE_WAY: Mapping[str, int] = {"yes": 1, "true": 1, "1": 1, "f": 1, "-1": -1, "reverse": -1, "t": -1}
"""Values of OSM's tag ``oneway``, and of Geofabrik's column of that name (F forwards, T backwards)."""


def one_way(road_class: str | None, value: str | None) -> int:
    """Return 1 or -1 for a main road that is run along or against its line only, 0 for any other.

    One line of such a road is mostly one of its two carriageways.

    >>> one_way("primary", "yes"), one_way("primary", None), one_way("residential", "yes")
    (1, 0, 0)
    """
    return _ONE_WAY.get((value or "").lower(), 0) if road_class in MAIN_ROADS else 0


def kind_by_name(name: str, *, line: bool) -> Kind:
    """Tell by the last character.

    >>> kind_by_name("海河", line=True), kind_by_name("天津大学", line=False)
    ('water', 'place')
    """
    if name.endswith(("河", "江", "渠", "湖", "河道", "运河", "浜", "涌", "水库")):
        return "water"
    if name.endswith(("铁路", "号线", "高铁", "城际")):
        return "rail"
    return "road" if line else "place"
