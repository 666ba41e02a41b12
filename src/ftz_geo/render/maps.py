"""One offline map per zone, and an index of all zones.

folium makes the map, its groups of layers and the control that switches them; the page script
fills the groups from a JSON block. branca runs what an element wrote through jinja2 once more, so
a block named ``{{ … }}`` would be *executed* in Python if folium were told its name: nothing that
comes from a document is ever given to folium.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ftz_geo.errors import GeometryError
from ftz_geo.measure import LocalPlane, versions
from ftz_geo.model import LABELS_ZH
from ftz_geo.render import offline
from ftz_geo.render.views import GRADES, METHODS, PALETTE, VERDICTS, zone_views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Audit, Edge, Plan
    from ftz_geo.render.views import Colour, ParcelView, ZoneView

__all__ = ["map_pages"]

SKETCH_NOTE = "示意：按文字和面积排布，位置不可用于定位"

_UNITS_PER_DEGREE = 10**8
"""Coordinates stand in a page as whole numbers of this fine a grid, 1 mm, which keeps the area of a block
to 1e-6; the 1 cm of a GeoJSON with 7 decimals moves 9 km² by up to 18 m²."""

_INDEX_TOLERANCE_DEGREES = 2e-5
"""How far the index, where a zone is a few hundred pixels wide, may simplify an outline: 2 m."""

_DEGREE_M = 111_000
"""Metres in a degree of latitude, near enough to keep a label off a shape."""

_CHINA = (73.0, 18.0, 135.0, 53.5)
"""What a map without any polygon shows: west, south, east, north."""

_OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={tk}"
)

_Grid = list[tuple[int, int]]
"""Vertices on the page's grid, longitude and latitude; of a ring, the first is not repeated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shape:
    """A drawn parcel on one map."""

    parcel: ParcelView
    geometry: BaseGeometry
    colour: Colour
    card: int
    """Number of the card that a click on it opens."""


def _script(
    bounds: Sequence[float], *, edges: bool, uncertain: bool, what: str, candidates: bool = False
) -> str:
    """Write the map's JavaScript with folium: base maps, empty groups of layers, and what to show."""
    import folium
    from folium.map import CustomPane
    from folium.utilities import JsCode

    the_map = folium.Map(tiles=None, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5)
    for pane, z_index in (("graticule", 350), ("edges", 450), ("labels", 470)):
        CustomPane(pane, z_index=z_index).add_to(the_map)

    folium.FeatureGroup(name="纸面（离线）", overlay=False).add_to(the_map)
    switched_off: dict[str, Any] = {"show": False, "max_zoom": 19}
    tianditu = {
        "subdomains": "01234567",
        "attr": "天地图",
        "tk": JsCode("ftzGeo.tiandituKey"),
        **switched_off,
    }
    folium.TileLayer(
        _OSM, name="OpenStreetMap（联网）", attr="© OpenStreetMap contributors", **switched_off
    ).add_to(the_map)
    folium.TileLayer(_TIANDITU, name="天地图（联网，需密钥）", layer="vec", **tianditu).add_to(the_map)

    layers = {"blocks": folium.FeatureGroup(name=what)}
    if candidates:
        layers["chosen"] = folium.FeatureGroup(name="所取地物")
        layers["lost"] = folium.FeatureGroup(name="落选候选")
    if edges:
        layers["edges"] = folium.FeatureGroup(name="四至边线")
        layers["sideNames"] = folium.FeatureGroup(name="四至名称")
    layers["names"] = folium.FeatureGroup(name=f"{what}名称")
    if uncertain:
        layers["uncertainty"] = folium.FeatureGroup(name="位置不确定范围", show=False)
    layers["graticule"] = folium.FeatureGroup(name="经纬网")
    for layer in layers.values():
        layer.add_to(the_map)
    folium.TileLayer(
        _TIANDITU, name="天地图注记（联网，需密钥）", layer="cva", overlay=True, **tianditu
    ).add_to(the_map)
    folium.LayerControl(collapsed=True).add_to(the_map)
    west, south, east, north = map(float, bounds)
    the_map.fit_bounds(
        [[south, west], [north, east]], padding_top_left=(40, 60), padding_bottom_right=(40, 90), max_zoom=16
    )

    # Names that are the same at every run, and no header: its tags fetch what the page has already.
    for number, element in enumerate(_elements(the_map)):
        element._id = str(number)
    figure: Any = the_map.get_root()
    figure.render()
    variables = ", ".join(f"{key}: {layer.get_name()}" for key, layer in layers.items())
    return f"{figure.script.render()}\nftzGeo.start({the_map.get_name()}, {{{variables}}});"


def _elements(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():
        yield from _elements(child)


def _grid(line: BaseGeometry) -> _Grid:
    units = np.rint(shapely.get_coordinates(line) * _UNITS_PER_DEGREE).astype(int)
    # What falls on one place of the grid is one vertex.
    return [vertex for vertex, _ in groupby((int(x), int(y)) for x, y in units)]


def _differences(vertices: _Grid) -> list[int]:
    """Write vertices flat, the first as it is and each other as its step from the one before."""
    steps = np.diff(np.array(vertices), axis=0, prepend=0)
    return [int(step) for step in steps.ravel()]


def _place(line: _Grid, rings: Sequence[_Grid]) -> list[int] | None:
    """Find a line in one of the rings: the ring's number, where it starts there, and its vertices.

    Examples
    --------
    >>> _place([(2, 0), (2, 2), (0, 0)], [[(0, 0), (2, 0), (2, 2)]])
    [0, 1, 3]
    >>> _place([(2, 2), (2, 0)], [[(0, 0), (2, 0), (2, 2)]]) is None
    True
    """
    for number, ring in enumerate(rings):
        if line[0] in ring and len(line) <= len(ring) + 1:
            start = ring.index(line[0])
            turned = ring[start:] + ring[: start + 1]
            if turned[: len(line)] == line:
                return [number, start, len(line)]
    return None


def _fill(grade: str, colour: Colour) -> dict[str, Any]:
    """Style of a polygon: plain where its place is known, hatched where it is only a sketch."""
    style = {
        "color": colour.ink,
        "weight": 2,
        "dashArray": {"sketched": METHODS["sketch"], "inferred": METHODS["bridge"]}.get(grade),
        "fillColor": colour.fill,
        "fillOpacity": 0.14 if grade == "inferred" else 0.34,
    }
    if grade == "sketched":
        style |= {"fillColor": f"url(#hatch-{colour.number})", "fillOpacity": 1}
    return style


def _centre(geometry: BaseGeometry, plane: LocalPlane) -> tuple[list[float], float]:
    """Give the largest inscribed circle, where a label fits best: latitude and longitude, metres."""
    largest = max(_polygons(plane.to_xy(geometry)), key=lambda p: p.area)
    inscribed = shapely.maximum_inscribed_circle(largest)
    middle, radius_m = shapely.Point(inscribed.coords[0]), float(inscribed.length)
    # A long shape has many such circles: the one in its middle looks best, if it is about as large.
    if largest.contains(largest.centroid):
        central_m = float(largest.boundary.distance(largest.centroid))
        if central_m > 0.85 * radius_m:
            middle, radius_m = largest.centroid, central_m
    lon, lat = shapely.get_coordinates(plane.to_lonlat(middle))[0]
    return [round(float(lat), 6), round(float(lon), 6)], round(radius_m, 1)


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon)]


def _shape_data(shape: _Shape, edges: Sequence[Edge]) -> dict[str, Any]:
    """Put a shape into the page's terms; its edges refer to its rings where they run along them."""
    parts = [[_grid(ring)[:-1] for ring in shapely.get_rings(p)] for p in _polygons(shape.geometry)]
    rings = [ring for part in parts for ring in part]
    return {
        "title": " ".join(filter(None, (shape.parcel.title, shape.parcel.name))),
        "id": shape.parcel.id,
        "block": shape.parcel.block_id,
        "declared_km2": shape.parcel.declared,
        "measured_km2": shape.parcel.measured_km2,
        "grade": shape.parcel.grade,
        "card": shape.card,
        "parts": [[_differences(ring) for ring in part] for part in parts],
        "style": f"{shape.parcel.grade} {shape.colour.number}",
        "edges": [_edge_data(edge, rings) for edge in edges],
    }


def _edge_data(edge: Edge, rings: Sequence[_Grid]) -> dict[str, Any]:
    line = _grid(edge.line)
    place = _place(line, rings)
    return {
        "side": LABELS_ZH[edge.side],
        "name": edge.feature,
        "method": edge.method,
        **({"line": _differences(line)} if place is None else {"place": place}),
    }


def _label(parcel: ParcelView) -> list[str]:
    """Give the lines without which a label would not tell a parcel from its neighbours."""
    return [word for word in (parcel.block, parcel.label) if word] or [parcel.title]


def _km2(parcel: ParcelView) -> str | None:
    if parcel.declared and not parcel.declared_for_block:
        return f"{parcel.declared} km²"
    return None if parcel.measured_km2 is None else f"图上 {parcel.measured_km2:.2f} km²"


def _data(
    shapes: Sequence[_Shape], shape_data: list[dict[str, Any]], names: list[dict[str, Any]]
) -> dict[str, Any]:
    """Put together what the page script reads: shapes, labels, and what both refer to."""
    looks = {(s.parcel.grade, s.colour) for s in shapes}
    return {
        "units_per_degree": _UNITS_PER_DEGREE,
        "styles": {
            f"{grade} {colour.number}": _fill(grade, colour) for grade, colour in sorted(looks, key=str)
        },
        "methods": {m: {"label": LABELS_ZH[m], "dash": dash} for m, dash in METHODS.items()},
        "shapes": shape_data,
        "names": names,
    }


def _bounds(shapes: Sequence[_Shape]) -> tuple[float, float, float, float]:
    if not shapes:
        return _CHINA
    west, south, east, north = map(float, shapely.total_bounds([s.geometry for s in shapes]))
    return west, south, east, north


def _zone_page(zone: ZoneView, context: Mapping[str, Any]) -> str:
    shapes = [
        _Shape(parcel=p, geometry=p.geometry, colour=p.colour, card=p.number)
        for p in zone.parcels
        if p.geometry is not None
    ]
    west, south, east, north = _bounds(shapes)
    plane = LocalPlane(lon=(west + east) / 2, lat=(south + north) / 2)
    data, names = [], []
    for n, shape in enumerate(shapes):
        parcel = shape.parcel
        centre, radius_m = _centre(shape.geometry, plane)
        circle = {"centre": centre, "uncertainty_m": parcel.uncertainty_m}
        data.append(_shape_data(shape, parcel.evidence) | circle)
        names.append(
            {
                "lines": [*_label(parcel), *filter(None, (parcel.name, _km2(parcel)))],
                "least": len(_label(parcel)),
                "shape": n,
                "ink": shape.colour.ink,
                "centre": centre,
                "radius_m": radius_m,
            }
        )
    uncertain = any(s.parcel.uncertainty_m for s in shapes)
    return offline.map_page(
        "zone.html",
        drawing=_script(_bounds(shapes), edges=True, uncertain=uncertain, what="区块"),
        data=_data(shapes, data, names),
        zone=zone,
        sketched="sketched" in zone.grades,
        **context,
    )


def _index_page(zones: Sequence[ZoneView], context: Mapping[str, Any]) -> str:
    shapes, names = [], []
    for n, zone in enumerate(zones):
        of_zone = [
            _Shape(
                parcel=p,
                geometry=p.geometry.simplify(_INDEX_TOLERANCE_DEGREES),
                colour=zone.colour,
                card=n,
            )
            for p in zone.parcels
            if p.geometry is not None
        ]
        shapes += of_zone
        if of_zone:
            west, south, east, north = _bounds(of_zone)
            names.append(
                {
                    "lines": [zone.short_name, *([f"{zone.declared} km²"] if zone.declared else [])],
                    "least": 1,
                    "shape": None,
                    "ink": zone.colour.ink,
                    "centre": [round((south + north) / 2, 6), round((west + east) / 2, 6)],
                    "radius_m": round((north - south) / 2 * _DEGREE_M),
                }
            )
    return offline.map_page(
        "index.html",
        drawing=_script(_bounds(shapes), edges=False, uncertain=False, what="片区"),
        data=_data(shapes, [_shape_data(s, ()) for s in shapes], names),
        zones=zones,
        sketched=any("sketched" in zone.grades for zone in zones),
        **context,
    )


def map_pages(
    plan: Plan | None,
    parcels: geopandas.GeoDataFrame,
    audit: Audit | None,
    *,
    editor: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Draw one offline map per zone and an index of all.

    Parameters
    ----------
    plan : Plan or None
        Quoted in the cards; without one, the frame's own ``text`` is.
    parcels : GeoDataFrame
        EPSG:4326 (longitude, latitude), indexed by parcel id, as ``digitise`` gives it. Columns other
        than ``zone_id``, ``grade`` and the geometry may be missing or empty.
    audit : Audit or None
        Its totals, verdicts and findings stand beside the maps.
    editor : mapping, optional
        JSON-ready; with it, the pages of the zones carry the editor, which reads it.

    Returns
    -------
    dict of str to str
        HTML by file name: ``index.html`` and one ``<zone id>.html`` for each zone. The same input gives
        the same text.

    Raises
    ------
    GeometryError
        The frame is not in EPSG:4326, or a grade is none of the five.

    Examples
    --------
    >>> import geopandas as gpd
    >>> parcels = gpd.GeoDataFrame(
    ...     {"zone_id": ["xiqing"], "zone": ["西青"], "block": ["区块一"], "grade": ["sketched"]},
    ...     geometry=[shapely.box(117.10, 39.00, 117.12, 39.02)], index=["xiqing-1"], crs=4326,
    ... )
    >>> pages = map_pages(None, parcels, None)
    >>> sorted(pages), "区块一" in pages["xiqing.html"]
    (['index.html', 'xiqing.html'], True)
    """
    if parcels.crs is None or parcels.crs.to_epsg() != 4326:
        raise GeometryError(
            f"maps are drawn from longitude and latitude (EPSG:4326), not {parcels.crs}; "
            "convert the parcels first, with parcels.to_crs(4326)"
        )
    strange = sorted({str(grade) for grade in parcels["grade"]} - set(GRADES))
    if strange:
        raise GeometryError(
            f"the grade {strange[0]!r} is none of {', '.join(GRADES)}; correct the column grade"
        )
    zones = zone_views(plan, parcels, audit)
    context: dict[str, Any] = {
        "source": plan.source if plan else None,
        "grade_words": GRADES,
        "method_dashes": METHODS,
        "labels": LABELS_ZH,
        "palette": PALETTE,
        "verdicts": VERDICTS,
        "sketch_note": SKETCH_NOTE,
        "versions": versions(),
    }
    pages = {"index.html": _index_page(zones, context)}
    return pages | {zone.file: _zone_page(zone, context | {"editor": editor}) for zone in zones}
