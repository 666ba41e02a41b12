"""OpenStreetMap's own files, XML and PBF, by pyosmium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.model import STORAGE_CRS
from ftz_geo.reference.frames import Part, feature_frame, first_line
from ftz_geo.reference.tags import NAME_TAGS, OSM_LICENCE, is_line, is_slip, one_way, osm_kind, osm_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from ftz_geo.model import Kind
    from ftz_geo.reference.frames import Role

__all__ = ["read_osm"]

_XML_DATE = re.compile(rb'<meta osm_base="([^"]{1,40})"')


def read_osm(path: Path) -> list[Part]:
    """Read OSM XML or PBF in one pass over the file, after one over its relations."""
    features = _Columns([], [], [], [], [], [])
    stops = _Columns([], [], [], [], [], [])
    slips: list[str] = []
    try:
        date = _date(path)
        for role, row in _rows(path):
            (stops if role == "stop" else features).add(row)
            if role == "slip":
                slips.append(row[0])
    except RuntimeError as error:
        raise ReferenceMapError(
            path, f"it cannot be read as OpenStreetMap data ({first_line(error)})", "download it anew"
        ) from error
    facts = {"licence": OSM_LICENCE, "date": date, "crs": STORAGE_CRS, "datum": "WGS 84"}
    return [Part(features.frame(), facts, stops.frame(), frozenset(slips))]


_Row = tuple[str, str, "tuple[str, ...]", "Kind", str, int]


class _Columns(NamedTuple):
    """The columns of a frame of features; shapes are WKB in hexadecimal."""

    ids: list[str]
    names: list[str]
    others: list[tuple[str, ...]]
    kinds: list[Kind]
    shapes: list[str]
    ways: list[int]

    def add(self, row: _Row) -> None:
        self.ids.append(row[0])
        self.names.append(row[1])
        self.others.append(row[2])
        self.kinds.append(row[3])
        self.shapes.append(row[4])
        self.ways.append(row[5])

    def frame(self) -> gpd.GeoDataFrame:
        shapes: Any = shapely.from_wkb(self.shapes) if self.shapes else []
        return feature_frame(self.ids, self.names, self.others, self.kinds, shapes, self.ways)


def _date(path: Path) -> str | None:
    """Return the time that the data were taken from the database, where the file says it."""
    import osmium

    header = osmium.FileProcessor(str(path)).header
    said = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    if said or path.suffix.lower() not in (".osm", ".xml"):
        return said or None
    with path.open("rb") as file:  # Overpass puts it into an element that pyosmium passes over
        stamp = _XML_DATE.search(file.read(4096))
    return stamp[1].decode("ascii", "replace") if stamp else None


def _rows(path: Path) -> Iterator[tuple[Role, _Row]]:
    """Yield what has a name, and what it is.

    The geometry is WKB in hexadecimal, for shapely to read all at once.
    """
    import osmium

    # Only what may become a feature leaves the C++ side: an object costs more there than its geometry.
    named, named_ways = osmium.filter.KeyFilter(*NAME_TAGS), osmium.filter.KeyFilter(*NAME_TAGS, "ref")
    named.enable_for(osmium.osm.NODE | osmium.osm.AREA)
    named_ways.enable_for(osmium.osm.WAY)
    things = osmium.FileProcessor(str(path)).with_areas(osmium.filter.KeyFilter(*NAME_TAGS))
    for wanted in (
        osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA),
        named,
        named_ways,
    ):
        things = things.with_filter(wanted)
    wkb = osmium.geom.WKBFactory()
    for thing in things:
        tags = thing.tags
        name, alt_names = osm_names(tags)
        kind = osm_kind(tags) if name else None
        # A crossing, a signal, a stop: its name is that of the road it stands on, or its own.
        if name and isinstance(thing, osmium.osm.Node) and (kind is None or is_line(tags)):
            yield "stop", (f"n{thing.id}", name, alt_names, "place", wkb.create_point(thing), 0)
            continue
        if kind is None:
            continue
        try:
            shaped = _shape(thing, wkb)
        except (osmium.InvalidLocationError, RuntimeError):
            continue  # a way cut off at the edge of the extract, a relation that does not close
        if shaped is not None:
            way = one_way(tags.get("highway"), tags.get("oneway"))
            role: Role = "slip" if is_slip(tags) else "feature"
            yield role, (shaped[0], name, alt_names, kind, shaped[1], way)


def _shape(thing: Any, wkb: Any) -> tuple[str, str] | None:
    """Return the label and the geometry; None for what comes again, or belongs to another thing."""
    if thing.is_way():
        if thing.is_closed() and thing.tags.get("area") != "no" and not is_line(thing.tags):
            return None  # comes again as an area
        return f"w{thing.id}", wkb.create_linestring(thing)
    if thing.is_node():
        return f"n{thing.id}", wkb.create_point(thing)
    if not thing.from_way():
        return f"r{thing.orig_id()}", wkb.create_multipolygon(thing)
    return None if is_line(thing.tags) else (f"w{thing.orig_id()}", wkb.create_multipolygon(thing))
