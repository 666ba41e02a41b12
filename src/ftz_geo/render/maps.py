"""One offline map per zone, and an index of all zones.

folium makes the map, its panes and its groups of layers; the page script fills the groups from a JSON
block. branca runs what an element wrote through jinja2 once more, so a block named ``{{ … }}`` would be
*executed* in Python if folium were told its name: nothing that comes from a document is ever given to folium.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import shapely

from ftz_geo.errors import GeometryError, ReferenceMapError
from ftz_geo.frame import as_drawing
from ftz_geo.measure import LocalPlane, versions
from ftz_geo.model import HOLDS_ZH, LABELS_ZH
from ftz_geo.render import offline
from ftz_geo.render.basemap import clip_basemap
from ftz_geo.render.shapes import PageData, Shape
from ftz_geo.render.views import GRADES, METHODS, PALETTE, zone_views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Audit, Measure, Plan, ReferenceMap
    from ftz_geo.render.basemap import Basemap
    from ftz_geo.render.views import ZoneView

__all__ = ["map_pages"]

SKETCH_NOTE = "示意：按文字和面积排布，位置不可用于定位"

_INDEX_TOLERANCE_DEGREES = 2e-5
"""How far the index, where a zone is a few hundred pixels wide, may simplify an outline: 2 m."""

_DEGREE_M = 111_000
"""Metres in a degree of latitude, near enough to keep a label off a shape."""

_CHINA = (73.0, 18.0, 135.0, 53.5)
"""What a map without any polygon shows: west, south, east, north."""

_PANES = (("graticule", 350), ("bands", 380), ("edges", 450), ("labels", 470), ("findings", 480))
"""Panes by their height; polygons are at 400 (Leaflet's overlayPane)."""


def drawing(bounds: Sequence[float], layers: Mapping[str, tuple[str, bool]]) -> tuple[str, dict[str, str]]:
    """Write the map's JavaScript with folium: empty groups of layers, and what to show.

    Parameters
    ----------
    bounds : sequence of float, shape (4,)
        West, south, east, north in degrees.
    layers : mapping of str to (str, bool)
        Groups by the name that the page script knows: title, and whether it is shown at first.

    Returns
    -------
    tuple of (str, dict)
        JavaScript, and the titles.
    """
    import folium
    from folium.map import CustomPane

    the_map = folium.Map(tiles=None, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5)
    for pane, z_index in _PANES:
        CustomPane(pane, z_index=z_index).add_to(the_map)
    groups = {
        key: folium.FeatureGroup(name=key, show=show).add_to(the_map) for key, (_, show) in layers.items()
    }
    west, south, east, north = map(float, bounds)
    the_map.fit_bounds(
        [[south, west], [north, east]], padding_top_left=(40, 60), padding_bottom_right=(40, 130), max_zoom=16
    )
    # Names that are the same at every run, and no header: its tags fetch what the page has already.
    for number, element in enumerate(_elements(the_map)):
        element._id = str(number)
    figure: Any = the_map.get_root()
    figure.render()
    variables = ", ".join(f"{key}: {group.get_name()}" for key, group in groups.items())
    script = f"{figure.script.render()}\nftzGeo.start({the_map.get_name()}, {{{variables}}});"
    return script, {key: title for key, (title, _) in layers.items()}


def _elements(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():
        yield from _elements(child)


def bounds_of(geometries: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    """Give what geometries cover, or China if there is none: west, south, east, north."""
    if not geometries:
        return _CHINA
    west, south, east, north = map(float, shapely.total_bounds(geometries))
    return west, south, east, north


def _zone_page(
    zone: ZoneView,
    lines: Sequence[tuple[str, BaseGeometry]],
    background: Basemap | None,
    context: Mapping[str, Any],
) -> str:
    bounds = bounds_of([geometry for _, geometry in zone.drawn])
    west, south, east, north = bounds
    plane = LocalPlane(lon=(west + east) / 2, lat=(south + north) / 2)
    data = PageData()
    for parcel, geometry in zone.drawn:
        shape = Shape(parcel=parcel, geometry=geometry, colour=parcel.colour, card=parcel.number)
        data.add_shape(shape, evidence=True, plane=plane)
    for name, line in lines:
        data.add_line(name, line)
    if background is not None:
        data.add_basemap(background)
    marked = any(f.numbers and f.severity != "note" for f in zone.findings)
    wide = any(edge.half_width_m > 0 for parcel, _ in zone.drawn for edge in parcel.evidence)
    uncertain = any(parcel.uncertainty_m for parcel, _ in zone.drawn)
    layers = {
        **({"basemap": ("底图线条", True)} if background is not None else {}),
        **({"bands": ("近边与远边之间", True)} if wide else {}),
        **({"lines": ("区块间道路河流（示意）", True)} if lines else {}),
        "blocks": ("区块", True),
        "edges": ("四至边线", True),
        "sideNames": ("四至名称", True),
        "names": ("区块名称", True),
        **({"uncertainty": ("位置不确定范围", False)} if uncertain else {}),
        **({"findings": ("核对结果", True)} if marked else {}),
        "graticule": ("经纬网", True),
    }
    return offline.map_page(
        "zone.html",
        drawing=drawing(bounds, layers),
        data=data,
        zone=zone,
        legend=layers,
        background=background,
        sketched="sketched" in zone.grades,
        **context,
    )


def _index_page(zones: Sequence[ZoneView], context: Mapping[str, Any]) -> str:
    data = PageData()
    drawn: list[BaseGeometry] = []
    for n, zone in enumerate(zones):
        for parcel, geometry in zone.drawn:
            outline = geometry.simplify(_INDEX_TOLERANCE_DEGREES)
            data.add_shape(Shape(parcel=parcel, geometry=outline, colour=zone.colour, card=n), evidence=False)
        if zone.drawn:
            bounds = bounds_of([geometry for _, geometry in zone.drawn])
            radius_m = round((bounds[3] - bounds[1]) / 2 * _DEGREE_M)
            total = [f"{zone.declared} km²"] if zone.declared else []
            data.add_name([zone.short_name, *total], bounds, zone.colour.ink, radius_m)
        drawn += [geometry for _, geometry in zone.drawn]
    layers = {"blocks": ("片区", True), "names": ("片区名称", True), "graticule": ("经纬网", True)}
    return offline.map_page(
        "index.html",
        drawing=drawing(bounds_of(drawn), layers),
        data=data,
        zones=zones,
        totals={key: _total([getattr(zone, key) for zone in zones]) for key in ("declared", "total")},
        sketched=any("sketched" in zone.grades for zone in zones),
        **context,
    )


def _total(figures: Sequence[str | None]) -> str | None:
    """Add up figures; None where one is missing.

    >>> _total(["49.75", "9.5"]), _total(["1", None])
    ('59.25', None)
    """
    known = [Decimal(text) for text in figures if text is not None]
    return f"{sum(known)}" if known and len(known) == len(figures) else None


def common_context() -> dict[str, Any]:
    """Give what the templates of all map pages need."""
    return {
        "grade_words": GRADES,
        "method_dashes": METHODS,
        "labels": LABELS_ZH,
        "palette": PALETTE,
        "verdicts": HOLDS_ZH,
        "sketch_note": SKETCH_NOTE,
        "versions": versions(),
    }


def map_pages(
    plan: Plan | None,
    parcels: geopandas.GeoDataFrame | Drawing,
    audit: Audit | None,
    *,
    lines: Mapping[str, Sequence[tuple[str, BaseGeometry]]] | None = None,
    measures: Mapping[str, Sequence[Measure]] | None = None,
    basemap: ReferenceMap | None = None,
    tianditu_key: str | None = None,
    editor: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Draw one offline map per zone and an index of all.

    Parameters
    ----------
    plan : Plan or None
        Quoted in the cards; without one, the frame's own ``text`` is.
    parcels : GeoDataFrame or Drawing
        Indexed by parcel id, as ``digitise`` or ``draw`` gives it. Columns other than ``zone_id``,
        ``grade`` and the geometry may be missing or empty; a bare frame has no edges to show.
    audit : Audit or None
        Its totals, verdicts and findings stand beside the maps.
    lines : mapping of zone id to sequence of (str, LineString), optional
        Named roads and waters of a zone's sketch, longitude and latitude, as ``sketch_lines`` gives them.
    measures : mapping of zone id to sequence of Measure, optional
        Pilot measures that apply in each zone; the tasks are the plan's own.
    basemap : ReferenceMap, optional
        Whose named lines are put into the pages of the zones as a quiet background.
    tianditu_key : str, optional
        Written into the pages, for whoever opens them to use; without it, a reader is asked for their own.
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
        As for :func:`ftz_geo.frame.checked`, or a grade is none of the five.
    ReferenceMapError
        The base map has no named line near any zone.

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
    found = as_drawing(parcels, needs=("zone_id", "grade"))
    strange = sorted({str(grade) for grade in found.parcels["grade"]} - set(GRADES))
    if strange:
        raise GeometryError(
            f"the grade {strange[0]!r} is none of {', '.join(GRADES)}; correct the column grade"
        )
    zones = zone_views(plan, found, audit, measures)
    context = common_context() | {"source": plan.source if plan else None, "tianditu_key": tianditu_key}
    pages = {"index.html": _index_page(zones, context)}
    of_zone = lines or {}
    backgrounds = _backgrounds(basemap, zones)
    return pages | {
        zone.file: _zone_page(
            zone, of_zone.get(zone.id, ()), backgrounds.get(zone.id), context | {"editor": editor}
        )
        for zone in zones
    }


def _backgrounds(basemap: ReferenceMap | None, zones: Sequence[ZoneView]) -> dict[str, Basemap]:
    """Give the background of every zone that the base map has lines of."""
    if basemap is None:
        return {}
    cut = {z.id: clip_basemap(basemap, bounds_of([g for _, g in z.drawn])) for z in zones if z.drawn}
    found = {key: background for key, background in cut.items() if background.features}
    if not found:
        raise ReferenceMapError(
            "、".join(str(source["file"]) for source in basemap.sources),
            "no named line of it lies near any zone",
            "give a base map of the zones' place",
        )
    return found
