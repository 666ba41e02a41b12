"""Answers of an Overpass server, with geometry (``out geom``) or with nodes (``out; >; out skel``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.model import STORAGE_CRS
from ftz_geo.reference.frames import Part, Row, first_line, frame_of_rows
from ftz_geo.reference.tags import OSM_LICENCE, is_line, is_slip, one_way, osm_kind, osm_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.reference.frames import Role

__all__ = ["BROKEN", "GaveUpError", "answer_part", "read_overpass"]

_Lonlat = tuple[float, float]

BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.errors.GEOSException)
"""What comes of reading an answer that was cut off, or is of another kind."""


class GaveUpError(ValueError):
    """The server ran out of time or memory; the answer holds what was found until then, and says so."""


def read_overpass(path: Path) -> list[Part]:
    """Read a file that holds one answer."""
    try:
        return [answer_part(json.loads(path.read_bytes()))]
    except BROKEN as error:
        raise ReferenceMapError(
            path, f"it is not a whole Overpass answer ({first_line(error)})", "download it anew"
        ) from error


def answer_part(answer: Mapping[str, Any]) -> Part:
    """Turn an answer into features.

    Raises
    ------
    One of :data:`BROKEN`
        It is not what an Overpass server answers.
    """
    remark = str(answer.get("remark", ""))
    if "error" in remark:
        raise GaveUpError(remark)
    rows = list(_rows(answer["elements"]))
    frame = frame_of_rows(row for role, row in rows if role != "stop")
    stops = frame_of_rows(row for role, row in rows if role == "stop")
    slips = frozenset(row[0] for role, row in rows if role == "slip")
    date = answer.get("osm3s", {}).get("timestamp_osm_base")
    facts = {"licence": OSM_LICENCE, "date": date, "crs": STORAGE_CRS, "datum": "WGS 84"}
    return Part(frame, facts, stops, slips)


def _rows(elements: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Role, Row]]:
    nodes = {e["id"]: (e["lon"], e["lat"]) for e in elements if e["type"] == "node"}
    ways = {e["id"]: _way_lonlat(e, nodes) for e in elements if e["type"] == "way"}
    seen: set[str] = set()
    for element in elements:
        tags = element.get("tags", {})
        name, others = osm_names(tags)
        kind = osm_kind(tags) if name else None
        label = f"{element['type'][0]}{element['id']}"
        is_stop = element["type"] == "node" and bool(name) and (kind is None or is_line(tags))
        kind = "place" if is_stop else kind
        if kind is None or label in seen:  # answers to several statements repeat what they share
            continue
        shape = _shape(element, tags, ways)
        if shape is not None:
            seen.add(label)
            role: Role = "stop" if is_stop else "slip" if is_slip(tags) else "feature"
            way = one_way(tags.get("highway"), tags.get("oneway"))
            yield role, (label, name, others, kind, shape, 0 if is_stop else way)


def _way_lonlat(way: Mapping[str, Any], nodes: Mapping[int, _Lonlat]) -> list[_Lonlat]:
    """Return a way's vertices, its own or those of its nodes; none where one of them is missing."""
    if "geometry" in way:
        return [] if None in way["geometry"] else [(p["lon"], p["lat"]) for p in way["geometry"]]
    refs = way.get("nodes", [])
    return [nodes[ref] for ref in refs] if all(ref in nodes for ref in refs) else []


def _shape(
    element: Mapping[str, Any], tags: Mapping[str, str], ways: Mapping[int, list[_Lonlat]]
) -> BaseGeometry | None:
    if element["type"] == "node":
        return shapely.Point(element["lon"], element["lat"])
    if element["type"] == "way":
        lonlat = ways[element["id"]]
        if len(lonlat) < 2:
            return None
        areal = lonlat[0] == lonlat[-1] and len(lonlat) > 3 and tags.get("area") != "no"
        polygon = shapely.Polygon(lonlat) if areal and not is_line(tags) else None
        return polygon if polygon is not None and polygon.is_valid else shapely.LineString(lonlat)
    members = [m for m in element.get("members", []) if m["type"] == "way"]
    paths = [_way_lonlat(m, {}) if "geometry" in m else ways.get(m["ref"], []) for m in members]
    lines = [shapely.LineString(lonlat) for lonlat in paths if len(lonlat) > 1]
    if not lines:
        return None
    whole = tags.get("type") in ("multipolygon", "boundary") and len(lines) == len(members)
    return (_closed(lines) if whole else None) or shapely.MultiLineString(lines)


def _closed(lines: Sequence[shapely.LineString]) -> BaseGeometry | None:
    """Build the area whose rings the members are; None where they leave an end open.

    What is inside is told by counting rings, as osm2pgsql and libosmium do: roles are often wrong.
    """
    rings, *left_over = shapely.polygonize_full(np.array(lines, dtype=object))
    if shapely.is_empty(rings) or not all(shapely.is_empty(rest) for rest in left_over):
        return None
    area = shapely.build_area(shapely.MultiLineString(lines))
    return area if area.is_valid and not area.is_empty else None
