"""One offline map per zone, and an index of all zones."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from ftz_geo.errors import GeometryError
from ftz_geo.explain import explain_parcel
from ftz_geo.frame import as_drawing
from ftz_geo.measure import METRES_PER_DEGREE, LocalPlane
from ftz_geo.model import Grade
from ftz_geo.render.basemap import clip_basemap
from ftz_geo.render.credits import credits_of, lines_of
from ftz_geo.render.explain import add_candidates, candidate_shapes
from ftz_geo.render.page import LAYERS, Layer, bounds_of, layers_of, map_page
from ftz_geo.render.points import CUT_TITLE, near_points
from ftz_geo.render.shapes import DrawnParcel, PageData
from ftz_geo.render.views import general_findings, sketch_note, zone_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.explain import Explanation
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Audit, Measure, Plan, ReferenceMap
    from ftz_geo.render import schema
    from ftz_geo.render.basemap import Basemap
    from ftz_geo.render.points import NearPoints
    from ftz_geo.render.views import ZoneView

__all__ = ["map_pages"]

_INDEX_TOLERANCE_DEGREES = 2e-5
"""How far the index, where a zone is a few hundred pixels wide, may simplify an outline: 2 m."""


def _zone_page(
    zone: ZoneView,
    lines: Sequence[tuple[str, BaseGeometry]],
    background: Basemap | None,
    points: NearPoints | None,
    origin: Mapping[str, Any],
    candidates: _Candidates | None,
    about: schema.About,
    context: Mapping[str, Any],
) -> str:
    data = PageData()
    data.add_about(about)
    bounds = _bounds(zone, background, points, candidates)
    west, south, east, north = bounds
    plane = LocalPlane(lon=(west + east) / 2, lat=(south + north) / 2)
    for parcel, geometry in zone.drawn:
        shape = DrawnParcel(parcel=parcel, geometry=geometry, colour=parcel.colour, card=parcel.number)
        data.add_shape(shape, evidence=True, plane=plane)
    for name, line in lines:
        data.add_line(name, line)
    if background is not None and background.features:
        data.add_basemap(background)
    if points is not None:
        data.add_points(points)
    if candidates is not None:
        for one in candidates.told:
            add_candidates(data, one, candidates.shapes)
    data.add_search(zone.words_beside)
    return map_page(
        "zone.html",
        bounds=bounds,
        layers=_zone_layers(zone, lines, background, points)
        | (layers_of({"chosen", "lost"}) if candidates is not None else {}),
        data=data,
        zone=zone,
        background=background,
        sources=credits_of(origin, background.sources if background is not None else ()),
        apart=_has_apart([zone]),
        sketch_note=sketch_note([zone]),
        ringed=any(parcel.uncertainty_m and not parcel.banded for parcel, _ in zone.drawn),
        banded=any(parcel.banded for parcel, _ in zone.drawn),
        **context,
    )


class _Candidates(NamedTuple):
    """What the names of a zone's sides may mean on the reference map."""

    told: tuple[Explanation, ...]
    shapes: Mapping[str, BaseGeometry]
    """By their ids on the map; at least one."""


def _candidates(
    plan: Plan | None, drawing: Drawing, zone: ZoneView, reference: ReferenceMap | None
) -> _Candidates | None:
    """Return the candidates of a zone of which nothing was drawn; None without any."""
    if plan is None or reference is None or zone.drawn:
        return None
    told = tuple(explain_parcel(plan, drawing, parcel.id) for parcel in zone.parcels)
    shapes = candidate_shapes(told, reference)
    return _Candidates(told, shapes) if shapes else None


def _bounds(
    zone: ZoneView,
    background: Basemap | None,
    points: NearPoints | None,
    candidates: _Candidates | None,
) -> Sequence[float]:
    """Return what a zone's map shows: its placed blocks, or what stands in for them; else China."""
    placed = _placed([zone])
    if candidates is not None:
        return bounds_of([*candidates.shapes.values()])
    if not placed and points is not None:
        return points.bounds
    return background.bounds if not placed and background is not None else bounds_of(placed)


def _zone_layers(
    zone: ZoneView, lines: Sequence[object], background: Basemap | None, points: NearPoints | None
) -> dict[str, Layer]:
    """Return the groups of layers that have something in them."""
    placed = [parcel for parcel, _ in zone.drawn if parcel.is_placed]
    filled = {
        "basemap": background is not None and bool(background.features),
        "bands": any(edge.half_width_m > 0 for parcel in placed for edge in parcel.edges),
        "lines": bool(lines),
        "points": points is not None,
        "uncertainty": any(parcel.uncertainty_m or parcel.banded for parcel in placed),
        "findings": any(f.numbers and f.severity != "note" for f in zone.findings),
    }
    always = {"blocks", "edges", "sideNames", "names", "graticule"}
    layers = layers_of(always | {name for name, has_any in filled.items() if has_any})
    if points is not None and points.left_out:
        layers["points"] = layers["points"]._replace(title=CUT_TITLE)
    return layers


def _index_page(zones: Sequence[ZoneView], about: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    data = PageData()
    for number, zone in enumerate(zones):
        _add_zone(data, zone, number)
    return map_page(
        "index.html",
        bounds=bounds_of(_placed(zones)),
        layers={"blocks": Layer("片区"), "names": Layer("片区名称"), "graticule": LAYERS["graticule"]},
        data=data,
        zones=zones,
        totals={key: _total([getattr(zone, key) for zone in zones]) for key in ("declared", "total")},
        sources=credits_of(about),
        apart=_has_apart(zones),
        sketch_note=sketch_note(zones),
        **context,
    )


def _placed(zones: Iterable[ZoneView]) -> list[BaseGeometry]:
    """Return what has a place on the map."""
    return [geometry for zone in zones for parcel, geometry in zone.drawn if parcel.is_placed]


def _has_apart(zones: Iterable[ZoneView]) -> bool:
    """Return whether anything is drawn that has no place on the map."""
    return any(not parcel.is_placed for zone in zones for parcel, _ in zone.drawn)


def _add_zone(data: PageData, zone: ZoneView, number: int) -> None:
    """Add a zone's shapes in one hue, which open one card, and its name around them."""
    if not zone.drawn:
        return
    for parcel, geometry in zone.drawn:
        outline = geometry.simplify(_INDEX_TOLERANCE_DEGREES)
        shape = DrawnParcel(parcel=parcel, geometry=outline, colour=zone.colour, card=number)
        data.add_shape(shape, evidence=False)
    placed = _placed([zone])
    if not placed:
        return
    bounds = bounds_of(placed)
    radius_m = round((bounds[3] - bounds[1]) / 2 * METRES_PER_DEGREE)
    total = [f"{zone.declared} km²"] if zone.declared else []
    data.add_name([zone.short_name, *total], bounds, zone.colour.ink, radius_m)


def _total(figures: Sequence[str | None]) -> str | None:
    """Return the sum of figures; None where one is missing.

    >>> _total(["49.75", "9.5"]), _total(["1", None])
    ('59.25', None)
    """
    known = [Decimal(text) for text in figures if text is not None]
    return f"{sum(known)}" if known and len(known) == len(figures) else None


def map_pages(
    plan: Plan | None,
    parcels: geopandas.GeoDataFrame | Drawing,
    audit: Audit | None,
    *,
    lines: Mapping[str, Sequence[tuple[str, BaseGeometry]]] | None = None,
    measures: Mapping[str, Sequence[Measure]] | None = None,
    reference: ReferenceMap | None = None,
    basemap: ReferenceMap | None = None,
    tianditu_key: str | None = None,
    editor: Mapping[str, Any] | None = None,
    report: str | None = None,
    alone: bool = False,
) -> dict[str, str]:
    """Return one offline map per zone and an index of all.

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
    reference : ReferenceMap, optional
        Where the pages of zones of which nothing was drawn show what the names of sides may mean.
    basemap : ReferenceMap, optional
        Whose named lines are put into the pages of the zones as a quiet background.
    tianditu_key : str, optional
        Written into the pages, for whoever opens them to use; without it, a reader is asked for their own.
    editor : mapping, optional
        JSON-ready; with it, the pages of the zones carry the editor, which reads it.
    report : str, optional
        Address of the page of the audit, seen from the pages; they link to it where it is given.
    alone : bool, default False
        Let the pages have no links to each other, for they will not stand side by side.

    Returns
    -------
    dict of str to str
        HTML by file name: ``index.html`` and one ``<zone id>.html`` for each zone. The same input gives
        the same text.

    Raises
    ------
    GeometryError
        As for :func:`ftz_geo.frame.checked`, or a grade is none of the five.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> parcels = gpd.GeoDataFrame(
    ...     {"zone_id": ["xiqing"], "zone": ["西青"], "block": ["区块一"], "grade": ["sketched"]},
    ...     geometry=[shapely.box(117.10, 39.00, 117.12, 39.02)], index=["xiqing-1"], crs=4326,
    ... )
    >>> pages = map_pages(None, parcels, None)
    >>> sorted(pages), "区块一" in pages["xiqing.html"]
    (['index.html', 'xiqing.html'], True)
    """
    found = as_drawing(parcels, needs=("zone_id", "grade"))
    grades = get_args(Grade)
    strange = sorted({str(grade) for grade in found.parcels["grade"]} - set(grades))
    if strange:
        raise GeometryError(
            f"the grade {strange[0]!r} is none of {', '.join(grades)}; correct the column grade"
        )
    zones = zone_views(plan, found, audit, measures)
    context = {
        "source": plan.source if plan else None,
        "tianditu_key": tianditu_key,
        "report": report,
        "alone": alone,
    }
    of_zone = lines or {}
    backgrounds = _backgrounds(basemap, zones)
    zone_context = context | {"editor": editor}
    title = (plan.source.title or plan.source.file) if plan else None
    told = lines_of(found.about, basemap.sources if basemap is not None else ())
    general = context | {"general": general_findings(audit)}
    return {"index.html": _index_page(zones, found.about, general)} | {
        zone.file: _zone_page(
            zone,
            of_zone.get(zone.id, ()),
            backgrounds.get(zone.id),
            _points(found, zone),
            found.about,
            _candidates(plan, found, zone, reference),
            {"zone_id": zone.id, "zone": zone.name, "source": title, "credits": told},
            zone_context,
        )
        for zone in zones
    }


def _points(drawing: Drawing, zone: ZoneView) -> NearPoints | None:
    """Return the named points of a zone; None where there is none."""
    own = drawing.points.get(zone.id)
    return None if own is None or own.empty else near_points(own, _placed([zone]))


def _backgrounds(basemap: ReferenceMap | None, zones: Sequence[ZoneView]) -> dict[str, Basemap]:
    """Return what the base map has about every zone; of a zone without a place, all of the base map."""
    if basemap is None or basemap.features.empty:
        return {}
    whole = tuple(map(float, basemap.features.total_bounds))
    about = {zone.id: _placed([zone]) for zone in zones}
    return {key: clip_basemap(basemap, bounds_of(own) if own else whole) for key, own in about.items()}
