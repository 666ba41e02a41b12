"""The blocks of a zone traced along axes of named points, and along lines of a map where it has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.model import LABELS_ZH, LINEAR_KINDS, STORAGE_CRS, Anchor, ReferenceMap
from ftz_geo.place.approximate import as_approximate, evidence_of
from ftz_geo.place.axes import Axis
from ftz_geo.place.roads import PREFIX, Road, Roads, roads_of, wanted_sides
from ftz_geo.place.sites import Around, Known, Spot, spot_of
from ftz_geo.resolve import resolve_plan
from ftz_geo.resolve.names import Names
from ftz_geo.trace import trace_parcels
from ftz_geo.trace.near import is_near
from ftz_geo.trace.places import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Side
    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Feature, Parcel, Plan, Settings, SideKey, Zone
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.reference import Alias

__all__ = ["Placed", "place_zone"]

_SAME_ROAD_M = 100.0
"""An axis this near to a line of its own name on the map tells nothing that the line does not."""

_PLACE_M = 300.0
"""How far the edge of a village, a company or a stop of its name may lie from its point."""

_GOES_ON_M = {False: 1000.0, True: 8000.0}
"""How far a road, and a railway or river, may go on beyond its last points, as a standard deviation."""

_BLOCK_SD_M, _ZONE_SD_M = 3000.0, 10_000.0
"""How far a parcel may lie from the others of its block, and a block from those of its zone: zones measure up to
20 km across."""

_SURE_M = 2000.0
"""Of a parcel that is less sure than this, others learn nothing."""

_ROUNDS = 3
"""A side that its block's area gave serves the blocks beside it, and theirs others."""


class Placed(NamedTuple):
    """What points and a map together give of a zone."""

    parcels: tuple[Parcel, ...]
    drawn: dict[str, Digitised]
    """By parcel id: those that rest on points, ``approximate`` or, where they did not close, undetermined."""
    candidates: Mapping[SideKey, tuple[Candidate, ...]]
    """What each feature was looked up as, on the map and among the axes."""
    spots: tuple[Anchor, ...]
    """Where those lie that did not close, and of which some side is known."""


def place_zone(
    plan: Plan,
    zone: Zone,
    points: ReferenceMap,
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
    points : ReferenceMap
        A gazetteer: points with names.
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
    points = _renamed(
        points, {a.map_name: a.name for a in aliases if not a.zone or a.zone in (zone.name or "")}
    )
    settings = replace(settings, longest_extension_m=9_999.0)  # the bands say how far it may be off
    sides = wanted_sides(zone)
    roads = roads_of(points, _names(points, list(sides)), sides)
    lines = _together(reference, roads)
    stated = {
        parcel.id: float(area.km2) * 1e6
        for _, block, parcel in only.walk()
        if (area := block.stated_area(parcel)) is not None and area.km2 > 0
    }
    drawn: dict[str, Digitised] = {}
    for _ in range(_ROUNDS):
        candidates = resolve_plan(only, lines)
        traced = _traced(only, lines, candidates, settings)
        for parcel in zone.parcels:
            if parcel.id in drawn and drawn[parcel.id].polygon is not None:
                continue  # what its own words gave is surer than what others' sides give
            block, evidence = traced[parcel.id], evidence_of(parcel, candidates, roads)
            if evidence and block.polygon is not None:
                block = as_approximate(block, evidence, roads.plane, calibration, stated.get(parcel.id))
            drawn[parcel.id] = block
        solved = list(_solved(drawn, zone, set(lines.features["name"]), roads.plane))
        if not solved:
            break
        more = Roads(roads.plane, {road.id: road for road in solved})
        roads = Roads(roads.plane, {**roads.by_id, **more.by_id})
        lines = ReferenceMap(features=_joined(lines.features, more.features()), sources=lines.sources)
    spots = _spots(only, drawn, candidates, points, lines, roads, calibration, stated)
    return Placed(zone.parcels, drawn, candidates, tuple(spots))


def _spots(
    plan: Plan,
    drawn: Mapping[str, Digitised],
    candidates: Mapping[SideKey, tuple[Candidate, ...]],
    points: ReferenceMap,
    lines: ReferenceMap,
    roads: Roads,
    calibration: Calibration,
    stated_m2: Mapping[str, float],
) -> Iterator[Anchor]:
    """Yield where the parcels lie that did not close, from the sides of which something is known."""
    gazetteer = _Gazetteer(points, lines, roads)
    licence = next((source["licence"] for source in points.sources if source.get("licence")), "")
    known = {
        parcel.id: sides
        for _, _, parcel in plan.walk()
        if drawn[parcel.id].polygon is None and (sides := gazetteer.known(parcel, candidates, calibration))
    }
    centres = {key: block.polygon.centroid for key, block in drawn.items() if block.polygon is not None}
    spots = {key: Spot(tuple(roads.plane.to_xy(point).coords[0]), 0.0) for key, point in centres.items()}
    for _ in range(2):  # first each by itself, then by what the others came to
        spots |= {
            key: spot_of(sides, stated_m2.get(key), _neighbours(plan, key, spots))
            for key, sides in known.items()
        }
    for zone, _, parcel in plan.walk():
        if parcel.id in known:
            spot = spots[parcel.id]
            at = roads.plane.to_lonlat(shapely.Point(spot.xy))
            names = {
                f.name: key.side for key, f in parcel.bounds() if gazetteer.has(f, candidates.get(key, ()))
            }
            told = "、".join(f"{LABELS_ZH.get(side, '')}至{name}" for name, side in names.items())
            yield Anchor(
                name="已知各边",
                zone=zone.name or "",
                parcels=(parcel.id,),
                lon=at.x,
                lat=at.y,
                uncertainty_m=round(spot.radius_m),
                source="named points",
                licence=str(licence),
                basis=f"按{told}的位置推算",
            )


def _neighbours(plan: Plan, parcel_id: str, spots: Mapping[str, Spot]) -> Around | None:
    """Return where the others of a parcel's block lie, or else those of its zone, as far as that is known."""
    zone, block, _ = next(position for position in plan.walk() if position.parcel.id == parcel_id)
    for parcels, sd_m in ((block.parcels, _BLOCK_SD_M), (zone.parcels, _ZONE_SD_M)):
        sure = [spots[p.id] for p in parcels if p.id in spots and p.id != parcel_id]
        sure = [spot for spot in sure if spot.radius_m <= _SURE_M]
        if sure:
            return Around(np.median([spot.xy for spot in sure], axis=0), sd_m)
    return None


class _Gazetteer:
    """Everything that is known of where a feature lies: on a map, along an axis, or as places of its name."""

    def __init__(self, points: ReferenceMap, lines: ReferenceMap, roads: Roads) -> None:
        self.points, self.names, self.roads = points.features, Names.of(points), roads
        self.shapes = lines.features.geometry.set_axis(lines.features["source_id"])

    def known(
        self, parcel: Parcel, candidates: Mapping[SideKey, tuple[Candidate, ...]], calibration: Calibration
    ) -> list[Known]:
        """Return what is known of the sides of a parcel; nothing of those of which nothing is."""
        sides: dict[object, list[tuple[Feature, Side, BaseGeometry, float]]] = {}
        for key, feature in parcel.bounds():
            shape = self._shape(feature, candidates.get(key, ()))
            if shape is not None:
                on_axis = bool(candidates.get(key))
                band_m = calibration.between_m[1] if on_axis else _PLACE_M
                sides.setdefault(key if key.side == "ring" else key.side, []).append(
                    (feature, key.side, shape, band_m)
                )
        known = []
        for of in sides.values():
            shape = shapely.union_all([shape for _, _, shape, _ in of])
            goes_on_m = max(_GOES_ON_M[feature.kind in ("rail", "water")] for feature, *_ in of)
            known.append(Known(of[0][1], shape, _beyond(shape, goes_on_m), max(b for *_, b in of), goes_on_m))
        return known

    def has(self, feature: Feature, candidates: Sequence[Candidate]) -> bool:
        """Return whether anything is known of a feature."""
        return self._shape(feature, candidates) is not None

    def _shape(self, feature: Feature, candidates: Sequence[Candidate]) -> BaseGeometry | None:
        if feature.kind in ("vague", "block"):
            return None
        if candidates:
            shapes = self.shapes.loc[list(candidates[0].source_ids)].to_numpy()
            return shapely.union_all([self.roads.plane.to_xy(shape) for shape in shapes])
        found = next(self.names.find(feature.called), None)
        if found is None:
            return None
        return shapely.union_all(self.roads.plane.to_xy(self.points.geometry.iloc[found[2]].to_numpy()))


def _beyond(shape: BaseGeometry, goes_on_m: float) -> BaseGeometry | None:
    """Return where lines go on straight at either end: a road does not end where its points do."""
    ends = []
    for line in shapely.get_parts(shape):
        if isinstance(line, shapely.LineString):
            xy = shapely.get_coordinates(line)
            for at, before in ((xy[-1], xy[-2]), (xy[0], xy[1])):
                ends.append(shapely.LineString([at, at + 3 * goes_on_m * unit(at - before)]))
    return shapely.MultiLineString(ends) if ends else None


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
    if not names:
        return points
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
    if "one_way" in both:
        both["one_way"] = both["one_way"].fillna(0).astype(np.int8)
    return gpd.GeoDataFrame(both, crs=STORAGE_CRS)
