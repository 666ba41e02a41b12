"""One offline map per zone, and an index of all zones.

folium writes the layers; :mod:`ftz_geo.render.offline` makes a file of them. branca runs what an
element wrote through jinja2 once more, so a block named ``{{ … }}`` would be *executed* here in
Python: no word of a document is ever given to folium. Its features carry numbers, and the page
script looks the words up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

    from ftz_geo.model import Audit, Plan
    from ftz_geo.render.views import Colour, ParcelView, ZoneView

__all__ = ["map_pages"]

SKETCH_NOTE = "示意：按文字和面积排布，位置不可用于定位"

_DIGITS = 8
"""Decimals of a coordinate in a page: 1 mm, which moves the area of a block by less than 1e-6 of it."""

_CHINA = (73.0, 18.0, 135.0, 53.5)
"""What a map without any polygon shows: west, south, east, north."""

_DEGREE_M = 111_000
"""Metres in a degree of latitude, near enough to keep a label off a shape."""

_OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={tk}"
)


def _geojson(features: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda lonlat: lonlat.round(_DIGITS))
    return {"type": "Feature", "geometry": shapely.geometry.mapping(rounded), "properties": properties}


def _fill(grade: str, colour: Colour, *, outlined: bool) -> dict[str, Any]:
    """Style of a polygon: plain where its place is known, hatched where it is only a sketch."""
    style = {
        "stroke": outlined,
        "color": colour.ink,
        "weight": 2,
        "dashArray": {"sketched": METHODS["sketch"], "inferred": METHODS["bridge"]}.get(grade),
        "fillColor": colour.fill,
        "fillOpacity": 0.14 if grade == "inferred" else 0.34,
    }
    if grade == "sketched":
        style |= {"fillColor": f"url(#hatch-{colour.number})", "fillOpacity": 1}
    return style


def _centre(geometry: BaseGeometry) -> tuple[list[float], float]:
    """Give the largest inscribed circle, where a label fits best: latitude and longitude, metres."""
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon"]
    plane = LocalPlane.around(parts)
    largest = max((plane.to_xy(p) for p in parts), key=lambda p: p.area)
    inscribed = shapely.maximum_inscribed_circle(largest)
    middle, radius_m = shapely.Point(inscribed.coords[0]), float(inscribed.length)
    # A long shape has many such circles: the one in its middle looks best, if it is about as large.
    if largest.contains(largest.centroid):
        central_m = float(largest.exterior.distance(largest.centroid))
        if central_m > 0.85 * radius_m:
            middle, radius_m = largest.centroid, central_m
    lon, lat = shapely.get_coordinates(plane.to_lonlat(middle))[0]
    return [round(float(lat), 6), round(float(lon), 6)], radius_m


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shape:
    """A drawn parcel on one map."""

    parcel: ParcelView
    geometry: BaseGeometry
    colour: Colour
    card: int
    """Number of the card that a click on it opens."""


def _script(shapes: Sequence[_Shape], *, edges: bool, what: str) -> str:
    """Write a map's JavaScript with folium: shapes by their number, and layers to be filled by the page."""
    import folium
    from folium.map import CustomPane
    from folium.utilities import JsCode

    the_map = folium.Map(tiles=None, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5)
    for pane, z_index in (("graticule", 350), ("edges", 450), ("labels", 470)):
        CustomPane(pane, z_index=z_index).add_to(the_map)

    folium.FeatureGroup(name="纸面（离线）", overlay=False).add_to(the_map)
    switched_off: dict[str, Any] = {"show": False, "max_zoom": 19}
    tianditu: dict[str, Any] = {
        "subdomains": "01234567",
        "attr": "天地图",
        "tk": JsCode("ftzGeo.tiandituKey"),
        **switched_off,
    }
    for layer in (
        folium.TileLayer(
            _OSM, name="OpenStreetMap（联网）", attr="© OpenStreetMap contributors", **switched_off
        ),
        folium.TileLayer(_TIANDITU, name="天地图（联网，需密钥）", layer="vec", **tianditu),
        folium.TileLayer(_TIANDITU, name="天地图注记（联网，需密钥）", layer="cva", overlay=True, **tianditu),
    ):
        layer.add_to(the_map)

    layers: dict[str, Any] = {"blocks": folium.GeoJson(_polygons(shapes, edges), name=what, smooth_factor=0)}
    if edges:
        layers["edges"] = folium.GeoJson(_edges(shapes), name="四至边线", smooth_factor=0, pane="edges")
        layers["sideNames"] = folium.FeatureGroup(name="四至名称")
    layers["names"] = folium.FeatureGroup(name=f"{what}名称")
    if any(shape.parcel.uncertainty_m for shape in shapes):
        layers["uncertainty"] = folium.FeatureGroup(name="位置不确定范围", show=False)
    layers["graticule"] = folium.FeatureGroup(name="经纬网")
    for layer in layers.values():
        layer.add_to(the_map)
    folium.LayerControl(collapsed=True).add_to(the_map)

    bounds = shapely.total_bounds([s.geometry for s in shapes]) if shapes else _CHINA
    west, south, east, north = map(float, bounds)
    the_map.fit_bounds([[south, west], [north, east]], padding=(36, 36), max_zoom=16)

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


def _polygons(shapes: Sequence[_Shape], edges: bool) -> dict[str, Any]:
    return _geojson(
        _feature(
            shape.geometry,
            n=n,
            style=_fill(shape.parcel.grade, shape.colour, outlined=not (edges and shape.parcel.evidence)),
        )
        for n, shape in enumerate(shapes)
    )


def _edges(shapes: Sequence[_Shape]) -> dict[str, Any]:
    return _geojson(
        _feature(
            edge.line,
            n=n,
            edge=k,
            style={"color": shape.colour.ink, "weight": 2.5, "dashArray": METHODS[edge.method]},
        )
        for n, shape in enumerate(shapes)
        for k, edge in enumerate(shape.parcel.evidence)
    )


def _shape_data(shape: _Shape) -> dict[str, Any]:
    parcel = shape.parcel
    centre, radius_m = _centre(shape.geometry)
    return {
        "title": " ".join(filter(None, (parcel.title, parcel.name))),
        "card": shape.card,
        "ink": shape.colour.ink,
        "centre": centre,
        "radius_m": round(radius_m, 1),
        "uncertainty_m": parcel.uncertainty_m,
        "edges": [
            {"side": LABELS_ZH[e.side], "name": e.feature, "method": LABELS_ZH[e.method]}
            for e in parcel.evidence
        ],
    }


def _zone_page(zone: ZoneView, context: Mapping[str, Any]) -> str:
    shapes = [
        _Shape(parcel=p, geometry=p.geometry, colour=p.colour, card=p.number)
        for p in zone.parcels
        if p.geometry is not None
    ]
    data = [_shape_data(s) for s in shapes]
    names = [
        {
            "lines": [w for w in (s.parcel.title, s.parcel.name, _km2(s.parcel)) if w],
            "beside": False,
            **{key: d[key] for key in ("centre", "radius_m", "ink")},
        }
        for s, d in zip(shapes, data, strict=True)
    ]
    return offline.map_page(
        "zone.html",
        drawing=_script(shapes, edges=True, what="区块"),
        data={"shapes": data, "names": names},
        zone=zone,
        sketched="sketched" in zone.grades,
        **context,
    )


def _km2(parcel: ParcelView) -> str | None:
    if parcel.declared and not parcel.declared_for_block:
        return f"{parcel.declared} km²"
    return None if parcel.measured_km2 is None else f"图上 {parcel.measured_km2:.2f} km²"


def _index_page(zones: Sequence[ZoneView], context: Mapping[str, Any]) -> str:
    shapes = [
        _Shape(parcel=p, geometry=p.geometry, colour=zone.colour, card=n)
        for n, zone in enumerate(zones)
        for p in zone.parcels
        if p.geometry is not None
    ]
    names = []
    for zone in zones:
        found = [p.geometry for p in zone.parcels if p.geometry is not None]
        if found:
            west, south, east, north = map(float, shapely.total_bounds(found))
            names.append(
                {
                    "lines": [zone.name, *([f"{zone.declared} km²"] if zone.declared else [])],
                    "centre": [round((south + north) / 2, 6), round((west + east) / 2, 6)],
                    "radius_m": round((north - south) / 2 * _DEGREE_M),
                    "beside": True,
                    "ink": zone.colour.ink,
                }
            )
    return offline.map_page(
        "index.html",
        drawing=_script(shapes, edges=False, what="片区"),
        data={"shapes": [_shape_data(s) for s in shapes], "names": names},
        zones=zones,
        sketched=any("sketched" in zone.grades for zone in zones),
        **context,
    )


def map_pages(plan: Plan | None, parcels: geopandas.GeoDataFrame, audit: Audit | None) -> dict[str, str]:
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

    Returns
    -------
    dict of str to str
        HTML by file name: ``index.html`` and one ``<zone id>.html`` for each zone. The same input gives
        the same text.

    Raises
    ------
    GeometryError
        The frame is not in EPSG:4326.

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
    return pages | {zone.file: _zone_page(zone, context) for zone in zones}
