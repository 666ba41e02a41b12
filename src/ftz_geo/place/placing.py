"""The blocks of a zone traced along axes of named points, and along lines of a map where it has them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.model import STORAGE_CRS, Anchor, ReferenceMap, Searched
from ftz_geo.place.approximate import as_approximate, evidence_of
from ftz_geo.place.beside import Beside, beside_of, lines_that_end
from ftz_geo.place.gazetteer import Gazetteer, joined, told_beyond
from ftz_geo.place.roads import SERIES, SOLVED, Road, Roads, roads_by_series, roads_of, wanted_of
from ftz_geo.place.solved import Piece, pieces_of, roads_through
from ftz_geo.place.spots import spots_of, stated_m2_of
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Candidate, Digitised, Parcel, Plan, Reason, Settings, SideKey, Zone
    from ftz_geo.place.approximate import Evidence
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.reference import Alias
    from ftz_geo.resolve import Witness

__all__ = ["Alone", "Placed", "place_zone"]

_SAME_ROAD_M = 100.0
"""An axis this near to a line of its own name on the map tells nothing that the line does not."""

_ROUNDS = 6
"""A side that its block's area gave serves the blocks beside it, and theirs others: so often at most."""


class Alone(NamedTuple):
    """What a map alone gives of a plan."""

    drawn: Mapping[str, Digitised]
    """By parcel id."""
    candidates: Mapping[SideKey, tuple[Candidate, ...]]
    """What each feature was looked up as on it."""
    witnesses: Mapping[str, Sequence[Witness]]
    """By parcel id, what points know of where its features are, as :func:`witnesses_of` gives it."""

    def decided(
        self, parcel: Parcel, candidates: Mapping[SideKey, tuple[Candidate, ...]]
    ) -> Iterator[Reason]:
        """Yield what points decided between lines of one name, where lines and axes together chose alike."""
        for key, _ in parcel.bounds():
            chosen, *lost = self.candidates.get(key, ()) or (None,)
            if chosen is not None and set(chosen.source_ids) <= set(candidates[key][0].source_ids):
                yield from (c.lost for c in lost if c.lost is not None and c.lost.code == "points")


class Placed(NamedTuple):
    """What points and a map together give of a zone."""

    parcels: tuple[Parcel, ...]
    drawn: dict[str, Digitised]
    """By parcel id: ``approximate`` on points, or undetermined; not what closes without points."""
    candidates: Mapping[SideKey, tuple[Candidate, ...]]
    """What each feature was looked up as, on the map and among the axes."""
    searched: Searched
    """What that was looked up in."""
    spots: tuple[Anchor, ...]
    """Where those lie that did not close, and of which some side is known."""
    beside: Mapping[str, Beside]
    """By parcel id, what points say of what the map alone drew by rule."""

    def is_better(self, parcel_id: str, mapped: Digitised | None) -> bool:
        """Return whether points tell more of a block than the map alone.

        They do not where the map traces it, nor where it infers it but for two reasons: the map lacks a
        side, for which the stated area stood in, and points know that side; or what it drew by rule runs
        beside the points of its road.
        """
        placed = self.drawn.get(parcel_id)
        if mapped is None or mapped.polygon is None:
            return placed is not None
        if placed is None or placed.polygon is None or mapped.grade == "traced":
            return False
        if mapped.grade == "inferred":
            by_area = mapped.area_shaped and not placed.area_shaped
            return by_area or (parcel_id in self.beside and self.beside[parcel_id].denied)
        return (placed.placement_uncertainty_m or 0.0) < (mapped.placement_uncertainty_m or np.inf)


def place_zone(
    plan: Plan,
    zone: Zone,
    gazetteer: Gazetteer,
    calibration: Calibration,
    settings: Settings,
    *,
    reference: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
    alone: Alone | None = None,
) -> Placed:
    """Draw the blocks of a zone along axes of named points.

    Parameters
    ----------
    plan : Plan
    zone : Zone
        One of the plan's.
    gazetteer : Gazetteer
        Points with names.
    calibration : Calibration
        Of that gazetteer.
    settings : Settings
    reference : ReferenceMap, optional
        A map of lines: a line goes before the points of its name.
    aliases : sequence of Alias, optional
        Names that points may have for those of the words.
    alone : Alone, optional
        What the map alone gives; nothing by default.

    Returns
    -------
    Placed
    """
    only = replace(plan, zones=(zone,))
    alone = alone or Alone({}, {}, {})
    gazetteer = gazetteer.renamed(zone, aliases)
    stated = stated_m2_of(plan, zone)
    wanted = wanted_of(zone, stated)
    meant = gazetteer.meant(list(wanted))
    gazetteer, beyond = gazetteer.reached(meant)
    roads = roads_of(gazetteer.points, meant, wanted)
    found = frozenset(name for name in wanted if gazetteer.has(name))
    searched = Searched(has_map=reference is not None, has_points=True, only_points=found)
    own = _Ground(replace(_together(reference, roads), searched=searched), roads)
    settings = replace(settings, longest_extension_m=9_999.0)  # the bands say how far it may be off
    draw = partial(
        _drawn_on, plan=only, alone=alone, stated=stated, calibration=calibration, settings=settings
    )
    first = draw(own)
    last = _with_neighbours(first, draw, zone.parcels)
    on_map = {f.called for parcel in zone.parcels for key, f in parcel.bounds() if first.candidates[key]}
    unknown = {name: of for name, of in wanted.items() if name not in found | on_map}
    if by_series := {road.id: road for road in roads_by_series(gazetteer, unknown, roads.plane)}:
        more = _with_neighbours(draw(_with(own, by_series)), draw, zone.parcels)
        # What words, points and areas give is surer than what a series does.
        last = more._replace(drawn=last.drawn | _news(last.drawn, more.drawn))
    drawn = {
        parcel.id: replace(block, reasons=(*block.reasons, *told_beyond(parcel, beyond)))
        for parcel in zone.parcels
        if (block := last.drawn.get(parcel.id)) is not None
    }
    spots = spots_of(only, drawn, last.candidates, gazetteer, *last.ground, calibration, stated)
    candidates = {key: tuple(map(_as_found, of)) for key, of in last.candidates.items()}
    inferred = {key: block for key, block in alone.drawn.items() if block.grade == "inferred"}
    beside = {
        key: beside_of(inferred[key], evidence, roads.plane, calibration)
        for key, evidence in first.evidence.items()
        if key in inferred
    }
    return Placed(zone.parcels, drawn, candidates, searched, tuple(spots), beside)


class _Ground(NamedTuple):
    """What blocks are drawn on."""

    lines: ReferenceMap
    """The roads, and what a map has."""
    roads: Roads


def _with(ground: _Ground, roads: Mapping[str, Road]) -> _Ground:
    """Return a ground with more roads."""
    plane = ground.roads.plane
    features = joined(ground.lines.features, Roads(plane, roads).features())
    return _Ground(replace(ground.lines, features=features), Roads(plane, {**ground.roads.by_id, **roads}))


class _Draft(NamedTuple):
    """What came of one ground."""

    ground: _Ground
    candidates: Mapping[SideKey, tuple[Candidate, ...]]
    """What features were looked up as on it."""
    drawn: dict[str, Digitised]
    """By parcel id, blocks that are ``approximate`` or undetermined."""
    evidence: Mapping[str, Evidence]
    """By parcel id, the axes that its features were found as."""


def _drawn_on(
    ground: _Ground,
    *,
    plan: Plan,
    alone: Alone,
    stated: Mapping[str, float],
    calibration: Calibration,
    settings: Settings,
) -> _Draft:
    """Draw blocks on a ground; what closes without points is left out."""
    candidates = resolve_plan(plan, ground.lines, alone.witnesses)
    traced = _traced(plan, ground.lines, candidates, settings)
    plane = ground.roads.plane
    found = {p.id: evidence_of(p, candidates, traced[p.id].edges, ground.roads) for p in plan.parcels}
    drawn = {}
    for parcel in plan.parcels:
        block, evidence = traced[parcel.id], found[parcel.id]
        if block.polygon is None:
            drawn[parcel.id] = block
        elif _is_borne_out(block, evidence):
            block = as_approximate(block, evidence, plane, calibration, stated.get(parcel.id))
            ends = lines_that_end(parcel, candidates, block, plane)
            told = (*block.reasons, *alone.decided(parcel, candidates), *ends)
            drawn[parcel.id] = replace(block, reasons=told)
    return _Draft(ground, candidates, drawn, found)


def _is_borne_out(block: Digitised, evidence: Evidence) -> bool:
    """Return whether a block rests on points.

    What closes without them is for the map alone to say, within its own limits. What a series gives may be
    one side of it, beside two or more of which points or a map know where they are.
    """
    guessed = {name for name, roads in evidence.items() if not any(road.points for road in roads)}
    if not any(road.members for roads in evidence.values() for road in roads):
        return bool(evidence)
    known = {edge.feature for edge in block.edges if edge.source_ids} - guessed
    return len(guessed) == 1 and len(known) > 1


def _with_neighbours(first: _Draft, draw: Callable[[_Ground], _Draft], parcels: Sequence[Parcel]) -> _Draft:
    """Draw blocks again on the sides that the areas of others gave, until no more of them close."""
    last, drawn = first, dict(first.drawn)
    known = set(first.ground.lines.features["name"])
    pieces: dict[tuple[str, str], Piece] = {}
    for _ in range(_ROUNDS):
        pieces |= pieces_of(parcels, drawn, known, first.ground.roads.plane)
        if not pieces:
            break
        last = draw(_with(first.ground, roads_through(pieces.values())))
        news = _news(drawn, last.drawn)
        drawn |= news
        if not news:
            # What a block's own words close stands until all others have told what they know.
            drawn |= {key: block for key, block in last.drawn.items() if _is_surer(block, drawn.get(key))}
            break
    return last._replace(drawn=drawn)


def _news(drawn: Mapping[str, Digitised], again: Mapping[str, Digitised]) -> dict[str, Digitised]:
    """Return the blocks that close now and did not before."""
    placed = {key for key, block in drawn.items() if block.polygon is not None}
    return {k: block for k, block in again.items() if block.polygon is not None and k not in placed}


def _is_surer(again: Digitised, before: Digitised | None) -> bool:
    """Return whether a block is surer of its place than before."""
    if again.placement_uncertainty_m is None:
        return False
    return (
        before is None
        or before.placement_uncertainty_m is None
        or again.placement_uncertainty_m < before.placement_uncertainty_m
    )


_HOW = {SERIES: "by its numbered series", SOLVED: "side of another block by its area"}


def _as_found(candidate: Candidate) -> Candidate:
    """Return a candidate that says how its axis was found, where neither a map nor points have its name."""
    how = next((how for prefix, how in _HOW.items() if candidate.source_ids[0].startswith(prefix)), None)
    return candidate if how is None else replace(candidate, how=how)


def _traced(
    plan: Plan,
    lines: ReferenceMap,
    candidates: Mapping[SideKey, tuple[Candidate, ...]],
    settings: Settings,
) -> dict[str, Digitised]:
    """Return what lines close; by a name that is only near, where nothing else closes a block.

    A gazetteer lacks more names than a map does: an area that is stated tells more of a side than a road
    of nearly its name.
    """
    drawn = trace_parcels(plan, lines, candidates, settings, near_names=False)
    if all(block.polygon is not None for block in drawn.values()):
        return drawn
    by_near_name = trace_parcels(plan, lines, candidates, settings)
    return {key: block if block.polygon is not None else by_near_name[key] for key, block in drawn.items()}


def _together(reference: ReferenceMap | None, roads: Roads) -> ReferenceMap:
    """Return the lines of a map, and the axes where it has no line of their name."""
    axes = roads.features()
    if reference is None:
        return ReferenceMap(features=axes)
    if axes.empty:
        return reference
    kept = np.array([_left_over(road, reference, roads) for road in roads.by_id.values()], dtype=object)
    axes = axes.set_geometry(gpd.GeoSeries(roads.plane.to_lonlat(kept), crs=STORAGE_CRS, index=axes.index))
    axes = axes[~axes.geometry.is_empty]
    return ReferenceMap(features=joined(reference.features, axes), sources=reference.sources)


def _left_over(road: Road, reference: ReferenceMap, roads: Roads) -> BaseGeometry:
    """Return what of an axis lies off the lines that a map has of its name, plane metres."""
    own = reference.features.geometry[reference.features["name"] == road.name].to_numpy()
    own = own[shapely.get_dimensions(own) > 0]
    if not len(own):
        return road.axis.line
    beside = shapely.union_all(roads.plane.to_xy(own)).buffer(_SAME_ROAD_M)
    left = shapely.get_parts(road.axis.line.difference(beside))
    return shapely.MultiLineString([part for part in left if part.length > 2 * _SAME_ROAD_M])
