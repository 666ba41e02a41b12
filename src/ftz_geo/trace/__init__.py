"""From named sides and a reference map to one valid polygon per parcel, with evidence.

A parcel's ring runs along its east, north, west and south side in turn. Each feature that a side
names becomes a *track*: its lines on the map, one along the middle in the place of those side by side,
bridges over the gaps between them, extensions of their loose ends. Where the tracks of neighbouring
sides meet are the possible corners, and the ring is the cheapest closed way through the tracks in
order, what is not on the map costing more.
"""

from __future__ import annotations

from dataclasses import replace
from heapq import merge
from itertools import permutations, product
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.measure import area_m2
from ftz_geo.model import Digitised, Direction, Edge, Feature, Reason
from ftz_geo.trace.areas import OPPOSITE
from ftz_geo.trace.atlas import NEAR_M, OFFSET, RING_ORDER, Atlas, Named
from ftz_geo.trace.band import half_widths_m, with_bands
from ftz_geo.trace.places import SNAP_M, loose_ends
from ftz_geo.trace.reasons import (
    RIVAL_COST,
    beside_doubts,
    bridge_notes,
    closed_by_area,
    does_not_close,
    name_doubts,
    neighbour_doubts,
    no_distance,
    no_place_for_area,
    not_on_map,
    piece_doubts,
    rival_doubts,
    short_doubts,
    side_not_stated,
)
from ftz_geo.trace.rings import Known, Step, drawn_in, find_rings
from ftz_geo.trace.rules import closing_line, line_through, neighbours_first, neighbours_of
from ftz_geo.trace.shape import draw
from ftz_geo.trace.steering import link, signs_of, steer
from ftz_geo.trace.weave import weave

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Grade, Method, Parcel, Plan, ReferenceMap, Settings
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.shape import Piece
    from ftz_geo.trace.tracks import Track

__all__ = ["trace_parcels"]

ALIKE_COST = 2.0
"""Rings that cost up to this times the cheapest are held against each other."""

INSIDE_COST = 3.0
"""What a metre of its own features' lines inside a ring counts against it, in metres."""

_ORDERS = 24  # orders tried of the features on sides that name several


def trace_parcels(
    plan: Plan,
    reference: ReferenceMap,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    settings: Settings,
) -> dict[str, Digitised]:
    """Draw every parcel that the map closes.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap
    resolutions : mapping of (parcel id, side, index) to tuple of Candidate
        What :func:`ftz_geo.resolve.resolve_plan` found.
    settings : Settings
        ``bridge_tolerance_m``: the longest stretch not on a named feature that may still be traced.

    Returns
    -------
    dict of parcel id to Digitised
        One for every parcel, in the order of the plan: ``traced``, ``inferred`` with its reasons,
        or ``undetermined`` with the reason why nothing was drawn. Polygons in longitude, latitude.

    Examples
    --------
    >>> import geopandas as gpd
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
    >>> found = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings())
    >>> for drawn in found.values():
    ...     print(drawn.grade, [round(x, 5) for x in drawn.polygon.bounds] if drawn.polygon else None)
    traced [117.0, 39.0, 117.01, 39.01]
    undetermined None
    """
    atlas = Atlas(reference=reference)
    neighbours = neighbours_of(plan)
    stated = _stated_m2(plan)
    drawn: dict[str, Digitised] = {}
    for group in neighbours_first(plan, neighbours):
        # Those that wait for each other see none of their own group.
        drawn |= {
            parcel.id: _trace(
                parcel,
                _with_neighbours(parcel, resolutions, neighbours, drawn, atlas),
                atlas,
                settings,
                stated_m2=stated.get(parcel.id),
                circle=_within(parcel, group, neighbours),
            )
            for parcel in group
        }
    runs_along = _runs_along(plan, resolutions, neighbours)
    for zone in plan.zones:
        drawn |= weave([drawn[parcel.id] for parcel in zone.parcels], atlas, runs_along)
    drawn |= with_bands(list(drawn.values()), atlas, settings)
    return {parcel.id: drawn[parcel.id] for parcel in plan.parcels}


def _runs_along(
    plan: Plan,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    neighbours: Mapping[tuple[str, Direction, int], str],
) -> Callable[[Digitised, Edge], frozenset[str]]:
    """Give a function that tells what an edge runs along: all of its feature, and its own block."""
    ids: dict[tuple[str, str | None], frozenset[str]] = {}
    for parcel in plan.parcels:
        for side in RING_ORDER:
            for index, feature in enumerate(parcel.abuttals[side]):
                key = (parcel.id, side, index)
                if key in neighbours:
                    ids[parcel.id, feature.name] = frozenset({f"block:{neighbours[key]}"})
                elif candidates := resolutions.get(key, ()):
                    ids[parcel.id, feature.name] = frozenset(candidates[0].source_ids)

    def runs_along(drawn: Digitised, edge: Edge) -> frozenset[str]:
        own = ids.get((drawn.parcel_id, edge.feature), frozenset())
        return own | {*edge.source_ids, f"block:{drawn.parcel_id}"}

    return runs_along


def _within(
    parcel: Parcel, group: Sequence[Parcel], neighbours: Mapping[tuple[str, Direction, int], str]
) -> set[tuple[Direction, int]]:
    """Give the sides of a parcel that name others of a group that wait for each other."""
    ids = {p.id for p in group}
    return {
        (side, index) for (key, side, index), other in neighbours.items() if key == parcel.id and other in ids
    }


def _stated_m2(plan: Plan) -> dict[str, float]:
    """Give the stated areas of parcels, as far as there are any above nothing."""
    stated = {}
    for zone in plan.zones:
        for block in zone.blocks:
            for parcel in block.parcels:
                area = block.stated_area(parcel)
                if area is not None and area.km2 > 0:
                    stated[parcel.id] = float(area.km2) * 1e6
    return stated


def _with_neighbours(
    parcel: Parcel,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    neighbours: Mapping[tuple[str, Direction, int], str],
    drawn: Mapping[str, Digitised],
    atlas: Atlas,
) -> Mapping[tuple[str, Direction, int], tuple[Candidate, ...]]:
    """Give what the map has for a parcel's own sides, and the other blocks that are drawn already."""
    found: dict[tuple[str, Direction, int], tuple[Candidate, ...]] = {}
    for side in RING_ORDER:
        for index, feature in enumerate(parcel.abuttals[side]):
            key = (parcel.id, side, index)
            other = drawn.get(neighbours.get(key, ""))
            if other is not None and other.polygon is not None:
                found[key] = (atlas.take_block(other, feature.name),)
            else:
                found[key] = resolutions.get(key, ())
    return found


def _trace(
    parcel: Parcel,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    atlas: Atlas,
    settings: Settings,
    *,
    stated_m2: float | None,
    circle: Collection[tuple[Direction, int]],
) -> Digitised:
    chosen: dict[Direction, list[tuple[Feature, Candidate]]] = {}
    reasons: list[Reason] = []
    for side in RING_ORDER:
        chosen[side] = []
        features = parcel.abuttals[side]
        if not features:
            reasons.append(side_not_stated(side))
        for index, feature in enumerate(features):
            candidates = resolutions.get((parcel.id, side, index), ())
            if candidates and (feature.relation not in OFFSET or feature.offset_m is not None):
                chosen[side].append((atlas.as_mapped(feature, candidates[0]), candidates[0]))
                reasons += [c.lost for c in candidates if c.lost is not None and c.lost.code == "tied"]
            elif candidates:
                reasons.append(no_distance(side, feature))
            else:
                reasons.append(not_on_map(side, feature, in_circle=(side, index) in circle))
    open_sides = [side for side in RING_ORDER if not chosen[side]]
    undrawn = Digitised(parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=tuple(reasons))
    if len(open_sides) > 1 or (open_sides and stated_m2 is None):
        return undrawn

    plane = atlas.plane([c for side in RING_ORDER for _, c in chosen[side]])
    named = _named(chosen, atlas, plane)
    if open_sides:
        assert stated_m2 is not None  # noqa: S101  (told above)
        side = open_sides[0]
        closing = _closing(parcel, side, named, stated_m2, plane)
        if closing is None:
            return replace(undrawn, reasons=(*reasons, no_place_for_area(side)))
        named[side] = [closing]
        reasons.append(closed_by_area(side))
    found = _draw(named, settings, None if open_sides else atlas, plane)
    if found is None:
        return replace(undrawn, reasons=(*reasons, does_not_close(named)))
    ring, rings, polygon, outline, pieces = found

    every = [n for side in RING_ORDER for n in named[side]]
    doubts = [
        *reasons,
        *name_doubts(every),
        *neighbour_doubts(every, atlas.blocks),
        *piece_doubts(pieces, settings),
        *short_doubts(pieces, polygon.area),
        *rival_doubts(ring, rings),
        *beside_doubts(ring, settings),
    ]
    grade: Grade = "inferred" if doubts else "traced"
    of_piece = {(n.side, n.feature): n for n in every}
    return Digitised(
        parcel_id=parcel.id,
        polygon=outline,
        grade=grade,
        reasons=(*doubts, *bridge_notes(pieces)),
        edges=_edges(pieces, [of_piece[p.side, p.feature] for p in pieces], atlas, plane, settings),
        area_shaped=bool(open_sides) or any(atlas.is_area_shaped(n.candidate) for n in every),
    )


def _named(
    chosen: Mapping[Direction, Sequence[tuple[Feature, Candidate]]], atlas: Atlas, plane: LocalPlane
) -> dict[Direction, list[Named]]:
    """Give every feature its track; a landmark that is a point gets a line across its side."""
    tracks = {
        (side, index): atlas.track(c, f, side, plane)
        for side in RING_ORDER
        for index, (f, c) in enumerate(chosen[side])
    }
    named: dict[Direction, list[Named]] = {}
    for side in RING_ORDER:
        named[side] = []
        for index, (feature, candidate) in enumerate(chosen[side]):
            track = tracks[side, index]
            is_point = track is None
            if track is None:
                opposite = tracks.get((OPPOSITE[side], 0))
                track = line_through(atlas.shapes(candidate, plane), candidate.source_ids, side, opposite)
            method: Method = "on-feature"
            if feature.offset_m is not None:
                method = "offset"
            elif is_point or feature.kind == "place":
                method = "landmark"
            named[side].append(
                Named(
                    side=side,
                    feature=feature,
                    candidate=candidate,
                    track=track,
                    method=method,
                    is_point=is_point,
                )
            )
    return named


class _Drawing(NamedTuple):
    ring: Ring
    rings: list[Ring]
    """What it was chosen from."""
    polygon: shapely.Polygon
    """Plane metres."""
    outline: shapely.Polygon
    """The same in longitude, latitude."""
    pieces: tuple[Piece, ...]


def _draw(
    named: Mapping[Direction, Sequence[Named]], settings: Settings, atlas: Atlas | None, plane: LocalPlane
) -> _Drawing | None:
    """Give the best ring that can be drawn, the rings it was chosen from, and its drawing.

    Without ``atlas`` nothing else of the map is asked where stretches are missing.
    """
    rings = _search(named)
    if atlas is not None and (not rings or max(rings[0].drawn, default=0.0) > settings.bridge_tolerance_m):
        rings = _search(_mended(named, rings, atlas, plane)) or rings
    for ring in rings:
        polygon, pieces = draw(ring)
        outline = plane.to_lonlat(polygon)
        # A hair that is valid in plane metres can cross itself in degrees.
        if not outline.is_empty and outline.is_valid:
            return _Drawing(ring, rings, polygon, outline, pieces)
    return None


def _closing(
    parcel: Parcel,
    side: Direction,
    named: Mapping[Direction, Sequence[Named]],
    stated_m2: float,
    plane: LocalPlane,
) -> Named | None:
    """Give the line that closes the open side where the stated area is met."""

    def area_closed_by(line: Named) -> float | None:
        rings = _search({**named, side: [line]})
        drawings = (draw(ring)[0] for ring in rings)
        polygon = next((p for p in drawings if not p.is_empty), None)
        return None if polygon is None else float(area_m2([plane.to_lonlat(polygon)])[0])

    words = parcel.abuttals[side]
    feature = words[0] if words else Feature(name="", kind="vague", span=parcel.span)
    return closing_line(named, side, feature, stated_m2, area_closed_by)


def _search(named: Mapping[Direction, Sequence[Named]]) -> list[Ring]:
    """Find the rings, best first, over all orders of the features within their sides.

    A block has its roads around it: a line of a side's own feature that runs inside counts against
    a ring.
    """
    searches = []
    known = Known()
    orders = product(*(permutations(named[side]) for side in RING_ORDER))
    for _, order in zip(range(_ORDERS), orders, strict=False):
        steps = _steps([n for side in order for n in side])
        if len(steps) > 1:
            searches.append(find_rings(steps, known))
    rings: list[tuple[float, Ring]] = []
    for ring in merge(*searches, key=lambda ring: ring.cost):
        # None of the dearer ones can be better, or a rival, which are wanted to tell how sure it is.
        if rings and ring.cost > min(
            ALIKE_COST * rings[0][1].cost, RIVAL_COST * min(rings, key=itemgetter(0))[0]
        ):
            break
        if ring.polygon.is_empty:
            continue
        inside_m = ring.inside_m if not rings or rings[0][0] > rings[0][1].cost else 0.0
        rings.append((ring.cost + INSIDE_COST * inside_m, ring))
    found = [ring for _, ring in sorted(rings, key=itemgetter(0))]
    return [drawn_in(found[0]), *found[1:]] if found and found[0].inside_m > SNAP_M else found


def _steps(order: Sequence[Named]) -> list[Step]:
    """Make steps; a feature that two sides name in turn is one step."""
    order = list(order)
    if len(order) > 1 and _same(order[-1], order[0]):
        order = [order[-1], *order[:-1]]
    steps: list[Step] = []
    for k, n in enumerate(order):
        if k and _same(order[k - 1], n) and len(steps[-1].sides) == 1:
            steps[-1] = Step((*steps[-1].sides, (n.side, n.feature)), n.track)
        else:
            steps.append(Step(((n.side, n.feature),), n.track))
    return steps


def _same(a: Named, b: Named) -> bool:
    return a.side != b.side and a.track is b.track


def _mended(
    named: Mapping[Direction, Sequence[Named]], rings: Sequence[Ring], atlas: Atlas, plane: LocalPlane
) -> dict[Direction, list[Named]]:
    """Use what the rest of the map tells of missing stretches, near where the parcel seems to lie."""
    box = rings[0].polygon.bounds if rings else _whereabouts(named)
    if box is None:
        return {side: list(n) for side, n in named.items()}
    lines, names = atlas.around(box, plane)
    if not len(lines):
        return {side: list(n) for side, n in named.items()}
    stops = loose_ends(lines, within=SNAP_M / 2)
    signs = signs_of(lines, stops)
    plan_names = {n.candidate.map_name for side in RING_ORDER for n in named[side]}
    foreign = ~np.isin(names, list(plan_names))
    mended: dict[Direction, list[Named]] = {}
    steered: dict[int, Track] = {}
    for side in RING_ORDER:
        mended[side] = []
        for n in named[side]:
            if id(n.track) not in steered:
                own = names == n.candidate.map_name
                steered[id(n.track)] = steer(
                    n.track, signs.where(~own[signs.line]), stops.xy[own[stops.line]]
                )
            track = steered[id(n.track)]
            for other in named[side]:
                if other is not n and not n.track.meets(other.track):
                    track = link(track, other.track, lines[foreign], names[foreign])
            mended[side].append(replace(n, track=track))
    return mended


def _whereabouts(named: Mapping[Direction, Sequence[Named]]) -> tuple[float, float, float, float] | None:
    """Give the box of a kilometre around the middle of the places where neighbouring sides meet."""
    order = [n for side in RING_ORDER for n in named[side]]
    met = []
    for k, n in enumerate(order):
        i, j = n.track.tree.query(order[k - 1].track.lines, predicate="intersects")
        met.append(
            shapely.get_coordinates(shapely.intersection(order[k - 1].track.lines[i], n.track.lines[j]))
        )
    xy = np.concatenate(met)
    if not len(xy):
        return None
    x, y = np.median(xy, axis=0).tolist()
    return x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M


def _edges(
    pieces: Sequence[Piece], of: Sequence[Named], atlas: Atlas, plane: LocalPlane, settings: Settings
) -> tuple[Edge, ...]:
    """Give the edges that pieces of a ring become, each piece with what it was drawn along."""
    lines = np.array([shapely.LineString(piece.xy) for piece in pieces], dtype=object)
    whose = np.array([id(named) for named in of])
    halves = np.zeros(len(pieces))
    for named in {id(named): named for named in of}.values():
        own = whose == id(named)
        halves[own] = half_widths_m(named, lines[own], atlas.width_m(named.candidate, plane), settings)
    return tuple(
        Edge(
            side=piece.side,
            feature=piece.feature.name or None,
            span=piece.feature.span,
            source_ids=tuple(key for key in piece.source_ids if key),
            method=named.method if piece.method == "on-feature" else piece.method,
            line=line,
            half_width_m=half_m,
        )
        for piece, named, line, half_m in zip(
            pieces, of, plane.to_lonlat(lines), halves.tolist(), strict=True
        )
    )
