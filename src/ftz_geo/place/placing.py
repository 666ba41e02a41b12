"""The blocks of a zone traced along axes of named points, and along lines of a map where it has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.model import LINEAR_KINDS, STORAGE_CRS, Anchor, ReferenceMap, Searched
from ftz_geo.place.approximate import as_approximate, evidence_of
from ftz_geo.place.axes import Axis
from ftz_geo.place.gazetteer import Gazetteer, told_beyond
from ftz_geo.place.roads import PREFIX, Road, Roads, roads_of, wanted_of
from ftz_geo.place.spots import spots_of, stated_m2_of
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Parcel, Plan, Settings, SideKey, Zone
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.reference import Alias

__all__ = ["Placed", "place_zone"]

_SAME_ROAD_M = 100.0
"""An axis this near to a line of its own name on the map tells nothing that the line does not."""

_ROUNDS = 3
"""A side that its block's area gave serves the blocks beside it, and theirs others."""


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
    lines = replace(_together(reference, roads), searched=searched)
    drawn: dict[str, Digitised] = {}
    for _ in range(_ROUNDS):
        candidates = resolve_plan(only, lines)
        traced = _traced(only, lines, candidates, settings)
        for parcel in zone.parcels:
            if parcel.id in drawn and drawn[parcel.id].polygon is not None:
                continue  # what its own words gave is surer than what others' sides give
            block = traced[parcel.id]
            evidence = evidence_of(parcel, candidates, block.edges, roads)
            if block.polygon is not None and not evidence:
                continue  # what closes without points is for the map alone to say, within its own limits
            if block.polygon is not None:
                block = as_approximate(block, evidence, roads.plane, calibration, stated.get(parcel.id))
            drawn[parcel.id] = block
        solved = list(_solved(drawn, zone, set(lines.features["name"]), roads.plane))
        if not solved:
            break
        more = Roads(roads.plane, {road.id: road for road in solved})
        roads = Roads(roads.plane, {**roads.by_id, **more.by_id})
        lines = replace(lines, features=_joined(lines.features, more.features()))
    for parcel in zone.parcels:
        if parcel.id in drawn and (left_out := tuple(told_beyond(parcel, beyond))):
            drawn[parcel.id] = replace(drawn[parcel.id], reasons=(*drawn[parcel.id].reasons, *left_out))
    spots = spots_of(only, drawn, candidates, gazetteer, lines, roads, calibration, stated)
    return Placed(zone.parcels, drawn, candidates, searched, tuple(spots))


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
                key = f"{PREFIX}solved:{parcel_id}:{k}"
                yield Road(key, feature.called, feature.kind, axis, 0, edge.uncertainty_m)


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
