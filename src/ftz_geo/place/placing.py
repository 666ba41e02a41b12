"""The blocks of a zone traced along axes of named points, and along lines of a map where it has them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.model import STORAGE_CRS, Anchor, ReferenceMap, Searched
from ftz_geo.place.approximate import as_approximate, evidence_of
from ftz_geo.place.gazetteer import Gazetteer, told_beyond
from ftz_geo.place.roads import Roads, roads_of, wanted_of
from ftz_geo.place.solved import Piece, pieces_of, roads_through
from ftz_geo.place.spots import spots_of, stated_m2_of
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Candidate, Digitised, Parcel, Plan, Settings, SideKey, Zone
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.place.roads import Road
    from ftz_geo.reference import Alias

__all__ = ["Placed", "place_zone"]

_SAME_ROAD_M = 100.0
"""An axis this near to a line of its own name on the map tells nothing that the line does not."""

_ROUNDS = 6
"""A side that its block's area gave serves the blocks beside it, and theirs others: so often at most."""


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


def place_zone(
    plan: Plan,
    zone: Zone,
    gazetteer: Gazetteer,
    calibration: Calibration,
    settings: Settings,
    *,
    reference: ReferenceMap | None = None,
    aliases: Sequence[Alias] = (),
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

    Returns
    -------
    Placed
    """
    only = replace(plan, zones=(zone,))
    if names := {a.map_name: a.name for a in aliases if a.holds_in(zone.words)}:
        gazetteer = Gazetteer(_renamed(gazetteer.points, names))
    settings = replace(settings, longest_extension_m=9_999.0)  # the bands say how far it may be off
    stated = stated_m2_of(plan, zone)
    wanted = wanted_of(zone, stated)
    meant = gazetteer.meant(list(wanted))
    gazetteer, beyond = gazetteer.reached(meant)
    roads = roads_of(gazetteer.points, meant, wanted)
    found = frozenset(name for name in wanted if gazetteer.has(name))
    searched = Searched(has_map=reference is not None, has_points=True, only_points=found)
    own = _Ground(roads, replace(_together(reference, roads), searched=searched))
    draw = partial(_drawn_on, plan=only, stated=stated, calibration=calibration, settings=settings)
    ground = own
    candidates, drawn = draw(ground)
    pieces: dict[tuple[str, str], Piece] = {}
    known = set(own.lines.features["name"])
    for _ in range(_ROUNDS):
        pieces |= pieces_of(zone.parcels, drawn, known, roads.plane)
        if not pieces:
            break
        ground = _with(own, roads_through(pieces.values()))
        candidates, again = draw(ground)
        news = {key: block for key, block in again.items() if block.polygon and not _is_placed(drawn, key)}
        drawn |= news
        if not news:
            # What a block's own words close stands until all others have told what they know.
            drawn |= {key: block for key, block in again.items() if _is_surer(block, drawn.get(key))}
            break
    for parcel in zone.parcels:
        if parcel.id in drawn and (left_out := tuple(told_beyond(parcel, beyond))):
            drawn[parcel.id] = replace(drawn[parcel.id], reasons=(*drawn[parcel.id].reasons, *left_out))
    spots = spots_of(only, drawn, candidates, gazetteer, ground.lines, ground.roads, calibration, stated)
    return Placed(zone.parcels, drawn, candidates, searched, tuple(spots))


def _is_placed(drawn: Mapping[str, Digitised], key: str) -> bool:
    return key in drawn and drawn[key].polygon is not None


def _is_surer(again: Digitised, before: Digitised | None) -> bool:
    """Return whether a block is surer of its place than before."""
    if again.placement_uncertainty_m is None:
        return False
    return (
        before is None
        or before.placement_uncertainty_m is None
        or again.placement_uncertainty_m < before.placement_uncertainty_m
    )


class _Ground(NamedTuple):
    """What blocks are drawn on."""

    roads: Roads
    lines: ReferenceMap
    """The roads, and what a map has."""


def _with(ground: _Ground, roads: Mapping[str, Road]) -> _Ground:
    """Return a ground with more roads."""
    plane = ground.roads.plane
    features = _joined(ground.lines.features, Roads(plane, roads).features())
    return _Ground(Roads(plane, {**ground.roads.by_id, **roads}), replace(ground.lines, features=features))


def _drawn_on(
    ground: _Ground,
    *,
    plan: Plan,
    stated: Mapping[str, float],
    calibration: Calibration,
    settings: Settings,
) -> tuple[Mapping[SideKey, tuple[Candidate, ...]], dict[str, Digitised]]:
    """Return what features were looked up as, and the blocks: ``approximate`` or undetermined.

    What closes without points is left out: it is for the map alone to say, within its own limits.
    """
    candidates = resolve_plan(plan, ground.lines)
    traced = _traced(plan, ground.lines, candidates, settings)
    drawn = {}
    for parcel in plan.parcels:
        block = traced[parcel.id]
        evidence = evidence_of(parcel, candidates, block.edges, ground.roads)
        if block.polygon is None:
            drawn[parcel.id] = block
        elif evidence:
            drawn[parcel.id] = as_approximate(
                block, evidence, ground.roads.plane, calibration, stated.get(parcel.id)
            )
    return candidates, drawn


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


def _renamed(points: ReferenceMap, names: Mapping[str, str]) -> ReferenceMap:
    """Return a gazetteer in which points of other names are of the roads that they stand for."""
    features = points.features
    other = features[features["name"].isin(list(names))]
    roads = features.set_index("name")["kind"]
    kinds = [roads.get(names[name], "road") for name in other["name"]]
    renamed = other.assign(
        name=other["name"].map(names),
        kind=[kind if isinstance(kind, str) else "road" for kind in kinds],
        source_id=other["source_id"].astype(str) + "*",
    )
    return ReferenceMap(features=_joined(features, renamed), sources=points.sources)


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
    return ReferenceMap(features=_joined(reference.features, axes), sources=reference.sources)


def _left_over(road: Road, reference: ReferenceMap, roads: Roads) -> BaseGeometry:
    """Return what of an axis lies off the lines that a map has of its name, plane metres."""
    own = reference.features.geometry[reference.features["name"] == road.name].to_numpy()
    own = own[shapely.get_dimensions(own) > 0]
    if not len(own):
        return road.axis.line
    beside = shapely.union_all(roads.plane.to_xy(own)).buffer(_SAME_ROAD_M)
    left = shapely.get_parts(road.axis.line.difference(beside))
    return shapely.MultiLineString([part for part in left if part.length > 2 * _SAME_ROAD_M])


def _joined(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return features of both; what one of them does not tell is nothing."""
    both = pd.concat([one, other], ignore_index=True)
    for column, dtype in (("one_way", np.int8), ("of_points", np.bool_)):
        if column in both:
            both[column] = [0 if value != value else value for value in both[column]]
            both[column] = both[column].astype(dtype)
    return gpd.GeoDataFrame(both, crs=STORAGE_CRS)
