"""The blocks of a zone traced along axes of named points, and along lines of a map where it has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.model import LINEAR_KINDS, STORAGE_CRS, Anchor, ReferenceMap
from ftz_geo.place.approximate import as_approximate, evidence_of
from ftz_geo.place.axes import Axis
from ftz_geo.place.beside import Beside, beside_of, lines_that_end
from ftz_geo.place.roads import SERIES, SOLVED, Road, Roads, roads_by_series, roads_of, wanted_of
from ftz_geo.place.spots import spots_of, stated_m2_of
from ftz_geo.place.witnesses import joined, renamed
from ftz_geo.resolve import resolve_plan
from ftz_geo.resolve.names import Names
from ftz_geo.trace import trace_parcels
from ftz_geo.trace.near import is_near

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Parcel, Plan, Reason, Settings, SideKey, Zone
    from ftz_geo.place.approximate import Evidence
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.reference import Alias
    from ftz_geo.resolve import Witness

__all__ = ["Alone", "Placed", "place_zone"]

_SAME_ROAD_M = 100.0
"""An axis this near to a line of its own name on the map tells nothing that the line does not."""

_ROUNDS = 3
"""A side that its block's area gave serves the blocks beside it, and theirs others."""


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
    points: ReferenceMap,
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
    points : ReferenceMap
        A gazetteer: points with names.
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
    points = renamed(points, {a.map_name: a.name for a in aliases if a.holds_in(zone.words)})
    settings = replace(settings, longest_extension_m=9_999.0)  # the bands say how far it may be off
    stated = stated_m2_of(plan, zone)
    wanted = wanted_of(zone, stated)
    roads = roads_of(points, _names(points, list(wanted)), wanted)
    lines = _together(reference, roads)
    unknown = {name: of for name, of in wanted.items() if not _is_known(name, lines, points)}
    by_series = list(roads_by_series(points, unknown, roads.plane))
    drawn: dict[str, Digitised] = {}
    beside: dict[str, Beside] = {}
    for _ in range(_ROUNDS + 1):
        candidates = resolve_plan(only, lines, alone.witnesses)
        traced = _traced(only, lines, candidates, settings)
        for parcel in zone.parcels:
            if parcel.id in drawn and drawn[parcel.id].polygon is not None:
                continue  # what its own words gave is surer than what others' sides give
            block = traced[parcel.id]
            evidence = evidence_of(parcel, candidates, block.edges, roads)
            if (own := alone.drawn.get(parcel.id)) is not None and own.grade == "inferred":
                beside[parcel.id] = beside_of(own, evidence, roads.plane, calibration)
            if block.polygon is None and not by_series and parcel.id in drawn:
                continue  # why it did not close without the series says more
            if block.polygon is not None and not _is_borne_out(block, evidence):
                continue
            if block.polygon is not None:
                block = as_approximate(block, evidence, roads.plane, calibration, stated.get(parcel.id))
                ends = lines_that_end(parcel, candidates, block, roads.plane)
                block = replace(block, reasons=(*block.reasons, *alone.decided(parcel, candidates), *ends))
            drawn[parcel.id] = block
        more = list(_solved(drawn, zone, set(lines.features["name"]), roads.plane))
        if not more:  # what areas give is surer than what a series does
            more, by_series = by_series, []
        if not more:
            break
        further = Roads(roads.plane, {road.id: road for road in more})
        roads = Roads(roads.plane, {**roads.by_id, **further.by_id})
        lines = ReferenceMap(features=joined(lines.features, further.features()), sources=lines.sources)
    candidates = {key: tuple(map(_as_found, of)) for key, of in candidates.items()}
    spots = spots_of(only, drawn, candidates, points, lines, roads, calibration, stated)
    return Placed(zone.parcels, drawn, candidates, tuple(spots), beside)


def _is_known(name: str, *gazetteers: ReferenceMap) -> bool:
    """Return whether a map or points have a name."""
    return any(next(Names.of(of).find(name), None) is not None for of in gazetteers)


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


def _solved(drawn: Mapping[str, Digitised], zone: Zone, known: set[str], plane: LocalPlane) -> Iterator[Road]:
    """Yield the sides that areas gave, of names that neither map nor points have."""
    features = {(key.parcel_id, key.side): f for p in zone.parcels for key, f in p.bounds()}
    for parcel_id, block in drawn.items():
        for k, edge in enumerate(block.edges):
            feature = features.get((parcel_id, edge.side))
            if feature is None or edge.method != "area-closure" or edge.uncertainty_m is None:
                continue
            if feature.kind in LINEAR_KINDS and feature.called not in known:
                xy = shapely.get_coordinates(plane.to_xy(edge.line))
                axis = Axis(xy, np.array([0.0, float(shapely.LineString(xy).length)]))
                key = f"{SOLVED}{parcel_id}:{k}"
                yield Road(key, feature.called, feature.kind, axis, 0, edge.uncertainty_m)


def _names(points: ReferenceMap, wanted: Sequence[str]) -> dict[str, str]:
    """Return the gazetteer's names that the words may mean, and which of theirs each is."""
    filed = Names.of(points)
    meant: dict[str, str] = {}
    for name in wanted:
        for _, map_name, _ in filed.find(name):
            meant.setdefault(map_name, name)
    near = (name for name in filed.rows if name not in meant)
    for name in near:
        like = next((word for word in wanted if is_near(word, name)), None)
        if like is not None:
            meant[name] = like
    return meant


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
