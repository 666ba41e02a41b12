"""The parcels of a plan drawn one after another, those that others abut on first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ftz_geo.model import Digitised, Feature
from ftz_geo.trace.atlas import Atlas
from ftz_geo.trace.band import with_bands
from ftz_geo.trace.closure import closing_line
from ftz_geo.trace.edges import edges_of
from ftz_geo.trace.limits import limits_of
from ftz_geo.trace.named import is_undirected, named_of, plane_near
from ftz_geo.trace.near import near_names_of, taken
from ftz_geo.trace.neighbours import block_key, neighbours_first, neighbours_of
from ftz_geo.trace.reasons import (
    beside_doubts,
    bridge_notes,
    closed_by_area,
    does_not_close,
    name_doubts,
    name_notes,
    near_name_taken,
    near_names_told,
    neighbour_doubts,
    no_place_for_area,
    not_on_map,
    piece_doubts,
    point_in_ring,
    rival_doubts,
    short_doubts,
    words_denied,
)
from ftz_geo.trace.search import drawing_of, slip_of
from ftz_geo.trace.targets import sides_of
from ftz_geo.trace.weave import weave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Direction, Edge, Parcel, Plan, Reason, ReferenceMap, Searched, Settings, SideKey
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.near import Near
    from ftz_geo.trace.search import Drawing
    from ftz_geo.trace.targets import Resolutions, Sides


def trace_parcels(
    plan: Plan,
    reference: ReferenceMap,
    resolutions: Resolutions,
    settings: Settings,
    *,
    near_names: bool = True,
) -> dict[str, Digitised]:
    """Draw every parcel that the map closes.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap
    resolutions : mapping of SideKey to tuple of Candidate
        What :func:`ftz_geo.resolve.resolve_plan` found.
    settings : Settings
        ``bridge_tolerance_m``: the longest stretch not on a named feature that may still be traced.
    near_names : bool
        Whether a name of the map is drawn that differs from the words by one character, where all else
        agrees; else it is only told.

    Returns
    -------
    dict of parcel id to Digitised
        One for every parcel, in the order of the plan: ``traced``, ``inferred`` with its reasons,
        or ``undetermined`` with the reason why nothing was drawn. Polygons in longitude, latitude.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> from ftz_geo.model import ReferenceMap, Settings
    >>> from ftz_geo.parse import parse_plan
    >>> from ftz_geo.resolve import resolve_plan
    >>> lines = {"东路": [(117.01, 38.99), (117.01, 39.02)], "西路": [(117.0, 38.99), (117.0, 39.02)],
    ...          "南路": [(116.99, 39.0), (117.02, 39.0)], "北路": [(116.99, 39.01), (117.02, 39.01)]}
    >>> features = gpd.GeoDataFrame(
    ...     {"source_id": list(lines), "name": list(lines), "alt_names": [()] * 4, "kind": "road"},
    ...     geometry=[shapely.LineString(xy) for xy in lines.values()], crs="EPSG:4326")
    >>> reference = ReferenceMap(features=features)
    >>> plan = parse_plan(
    ...     "区块一：东至东路、南至南路、西至西路、北至北路。区块二：东至甲路、南至乙路、西至丙路、北至丁路。"
    ... )
    >>> drawn = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings())
    >>> for block in drawn.values():
    ...     print(block.grade, [round(x, 5) for x in block.polygon.bounds] if block.polygon else None)
    traced [117.0, 39.0, 117.01, 39.01]
    undetermined None
    """
    atlas = Atlas(reference)
    neighbours = neighbours_of(plan)
    stated_m2 = _stated_m2(plan)
    drawn: dict[str, Digitised] = {}
    for group in neighbours_first(plan, neighbours):
        circle = {parcel.id for parcel in group}
        # Those that wait for each other see none of their own group.
        sides = [sides_of(parcel, resolutions, neighbours, drawn, circle, atlas.searched) for parcel in group]
        for parcel, its_sides in zip(group, sides, strict=True):
            near = tuple(near_names_of(its_sides, atlas, settings))
            by_near_name = _with_near_name(parcel, its_sides, near, atlas, settings) if near_names else None
            drawn[parcel.id] = by_near_name or _trace(
                parcel,
                its_sides._replace(
                    reasons=(
                        *its_sides.reasons,
                        *(
                            near_names_told(one.key.side, one.feature, one.names, atlas.searched)
                            for one in near
                        ),
                    )
                ),
                stated_m2.get(parcel.id),
                atlas,
                settings,
            )
    runs_along = _runs_along(plan, resolutions, neighbours)
    for zone in plan.zones:
        drawn |= weave([drawn[parcel.id] for parcel in zone.parcels], atlas, runs_along)
    drawn |= with_bands(list(drawn.values()), atlas, settings)
    return {parcel.id: drawn[parcel.id] for parcel in plan.parcels}


def _stated_m2(plan: Plan) -> dict[str, float]:
    """Return the stated areas of parcels, as far as there are any above nothing."""
    stated = {parcel.id: block.stated_area(parcel) for _, block, parcel in plan.walk()}
    return {key: float(area.km2) * 1e6 for key, area in stated.items() if area is not None and area.km2 > 0}


def _runs_along(
    plan: Plan, resolutions: Resolutions, neighbours: Mapping[SideKey, str]
) -> Callable[[Digitised, Edge], frozenset[str]]:
    """Return a function that tells what an edge runs along: all of its feature, and its own block."""
    ids: dict[tuple[str, str | None], frozenset[str]] = {}
    for parcel in plan.parcels:
        for key, feature in parcel.bounds():
            if key in neighbours:
                ids[parcel.id, feature.name] = frozenset({block_key(neighbours[key])})
            elif candidates := resolutions.get(key, ()):
                ids[parcel.id, feature.name] = frozenset(candidates[0].source_ids)

    def runs_along(drawn: Digitised, edge: Edge) -> frozenset[str]:
        own = ids.get((drawn.parcel_id, edge.feature), frozenset())
        return own | {*edge.source_ids, block_key(drawn.parcel_id)}

    return runs_along


def _with_near_name(
    parcel: Parcel, sides: Sides, near: Sequence[Near], atlas: Atlas, settings: Settings
) -> Digitised | None:
    """Return what is drawn if one name is a slip for another of the map; None unless all else agrees."""
    targets = taken(sides, near, atlas)
    if targets is None:
        return None
    missing = {not_on_map(near[0].key.side, near[0].feature, atlas.searched).code}
    others = tuple(reason for reason in sides.reasons if reason.code not in missing)
    drawn = _trace(parcel, sides._replace(targets=targets, missing=(), reasons=others), None, atlas, settings)
    agrees = {reason.code for reason in drawn.reasons} <= {"name-differs", "bridge", "bridges"}
    if drawn.grade != "inferred" or not agrees:
        return None
    told = near_name_taken(near[0].key.side, near[0].feature, near[0].names[0], atlas.searched)
    rest = (reason for reason in drawn.reasons if reason.code != "name-differs")
    return replace(drawn, reasons=(told, *rest))


def _trace(
    parcel: Parcel, sides: Sides, stated_m2: float | None, atlas: Atlas, settings: Settings
) -> Digitised:
    """Return what is drawn of one parcel; a stated area closes it where one side is open."""
    reasons = sides.reasons
    undirected = is_undirected(sides.targets)
    drawable = {target.key.slot for target in sides.targets}
    open_sides = [side for slot, (side, _) in enumerate(parcel.around()) if slot not in drawable]
    if open_sides and (len(open_sides) > 1 or stated_m2 is None):
        return _undrawn(parcel, reasons)
    points = (
        [target.feature for target in sides.targets if not atlas.runs(target.candidate)] if undirected else ()
    )
    if points:
        return _undrawn(parcel, (*reasons, *map(point_in_ring, points)))
    plane = plane_near(sides.targets, atlas)
    named = named_of(sides.targets, atlas, plane)
    if open_sides and stated_m2 is not None:
        side = open_sides[0]
        if side == "ring":
            return _undrawn(parcel, reasons)
        closing = _closing(parcel, side, named, stated_m2, plane)
        if closing is None:
            return _undrawn(parcel, (*reasons, no_place_for_area(side, atlas.searched)))
        named = tuple(sorted((*named, closing), key=lambda n: n.key.slot))
        reasons = (*reasons, closed_by_area(side))
    drawing = drawing_of(named, settings, None if open_sides else atlas, plane)
    if drawing is None:
        slip = None if open_sides or undirected else slip_of(named, settings, plane)
        return _undrawn(
            parcel,
            (
                *reasons,
                words_denied(slip[0], slip[1].outline, atlas.searched)
                if slip
                else does_not_close(named, atlas.searched),
            ),
        )
    limits = limits_of(drawing.pieces, drawing.polygon.area, named, atlas, plane, settings)
    if limits.is_nothing:
        return _undrawn(
            parcel, (*reasons, *_doubts(drawing, named, atlas.searched, settings), limits.reason())
        )
    doubts = (
        *reasons,
        *_doubts(drawing, named, atlas.searched, settings),
        *([limits.reason()] if limits.is_far else []),
    )
    told = (*doubts, *name_notes(named, atlas), *bridge_notes(drawing.pieces, settings))
    edges = edges_of(drawing.pieces, named, atlas, plane, settings)
    if limits.is_far:
        bands = limits.bands_m(drawing.pieces)
        edges = tuple(replace(edge, uncertainty_m=m) for edge, m in zip(edges, bands, strict=True))
    return Digitised(
        parcel_id=parcel.id,
        polygon=drawing.outline,
        grade="approximate" if limits.is_far else "inferred" if doubts else "traced",
        reasons=told,
        edges=edges,
        placement_uncertainty_m=round(limits.centre_m) if limits.is_far else None,
        area_doubt_km2=sum(reason.area_m2 for reason in told) / 1e6,
        area_shaped=bool(open_sides) or any(n.block is not None and n.block.area_shaped for n in named),
    )


def _undrawn(parcel: Parcel, reasons: tuple[Reason, ...]) -> Digitised:
    return Digitised(parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=reasons)


def _closing(
    parcel: Parcel, side: Direction, named: Sequence[Named], stated_m2: float, plane: LocalPlane
) -> Named | None:
    """Return the line that closes the open side where the stated area is met."""
    words = parcel.abuttals[side]
    feature = words[0] if words else Feature(name="", kind="vague", span=parcel.span)
    return closing_line(named, side, feature, stated_m2, plane)


def _doubts(
    drawing: Drawing, named: Sequence[Named], searched: Searched, settings: Settings
) -> Iterator[Reason]:
    """Return why a polygon is not called traced; nothing where it is."""
    yield from name_doubts(named)
    yield from neighbour_doubts(named)
    yield from piece_doubts(drawing.pieces, settings, searched)
    yield from short_doubts(drawing.pieces, drawing.polygon.area)
    yield from rival_doubts(drawing.ring, drawing.rings, searched)
    yield from beside_doubts(drawing.ring, settings)
