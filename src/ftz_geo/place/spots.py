"""Where the parcels of a zone lie that points do not close, from whatever is known of their sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LABELS_ZH, Anchor, ReferenceMap
from ftz_geo.place.calibration import calibration_of
from ftz_geo.place.roads import Roads
from ftz_geo.place.sites import Around, Known, Spot, spot_of
from ftz_geo.resolve.names import Names
from ftz_geo.trace.places import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Side
    from ftz_geo.model import Candidate, Digitised, Feature, Parcel, Plan, SideKey, Zone
    from ftz_geo.place.calibration import Calibration

__all__ = ["spots_of", "spots_on_map", "stated_m2_of"]

_PLACE_M = 300.0
"""How far the edge of a village, a company or a stop of its name may lie from its point."""

_GOES_ON_M = {False: 1000.0, True: 8000.0}
"""How far a road, and a railway or river, may go on beyond its last points, as a standard deviation."""

_BLOCK_SD_M, _ZONE_SD_M = 3000.0, 10_000.0
"""How far a parcel may lie from the others of its block, and a block from those of its zone: zones measure up
to 20 km across."""

_SURE_M = 2000.0
"""Of a parcel that is less sure than this, others learn nothing."""

_SURE_BEYOND_M = 200.0
"""So far beyond its last place a road is taken to go on."""


def spots_of(
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
    spots = {
        key: Spot((at.x, at.y), 0.0) for key, point in centres.items() for at in [roads.plane.to_xy(point)]
    }
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


def spots_on_map(
    plan: Plan,
    drawn: Mapping[str, Digitised],
    candidates: Mapping[SideKey, tuple[Candidate, ...]],
    reference: ReferenceMap,
) -> Iterator[Anchor]:
    """Yield where the parcels lie of zones of which a map closes none: by the sides that it has, or on it.

    Parameters
    ----------
    plan : Plan
    drawn : mapping of parcel id to Digitised
    candidates : mapping of SideKey to tuple of Candidate
        What each feature was looked up as on the map.
    reference : ReferenceMap

    Yields
    ------
    Anchor
        Of single parcels, and of whole zones that have no side on the map.
    """
    shapes = reference.features.geometry.to_numpy()
    plane = LocalPlane.around(shapes)
    nothing = ReferenceMap(features=reference.features.iloc[:0])
    for zone in plan.zones:
        if any(drawn[parcel.id].polygon is not None for parcel in zone.parcels):
            continue
        stated = stated_m2_of(plan, zone)
        only = replace(plan, zones=(zone,))
        found = list(
            spots_of(
                only, drawn, candidates, nothing, reference, Roads(plane, {}), calibration_of(nothing), stated
            )
        )
        yield from found
        if not found:
            west, south, east, north = shapely.total_bounds(plane.to_xy(shapes)).tolist()
            yield Anchor(
                name="底图范围",
                zone=zone.name or "",
                parcels=tuple(parcel.id for parcel in zone.parcels),
                lon=plane.lon,
                lat=plane.lat,
                uncertainty_m=max(float(np.hypot(east - west, north - south)) / 2, 1.0),
                source="reference map",
                licence="",
                basis="原文各边在底图上都没有找到，置于底图中部",
            )


def stated_m2_of(plan: Plan, zone: Zone) -> dict[str, float]:
    """Return the stated areas of a zone's parcels, as far as there are any above nothing."""
    return {
        parcel.id: float(area.km2) * 1e6
        for own, block, parcel in plan.walk()
        if own is zone and (area := block.stated_area(parcel)) is not None and area.km2 > 0
    }


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

    def _held(self, key: str) -> BaseGeometry:
        """Return what is known of a line: of an axis the stretch that its places hold."""
        road = self.roads.by_id.get(key)
        if road is None:
            line: BaseGeometry = self.roads.plane.to_xy(self.shapes[key])
            return line
        start, end = road.axis.held_m[[0, -1]] + (-_SURE_BEYOND_M, _SURE_BEYOND_M)
        return substring(road.axis.line, max(start, 0.0), end)

    def _shape(self, feature: Feature, candidates: Sequence[Candidate]) -> BaseGeometry | None:
        if feature.kind in ("vague", "block"):
            return None
        if candidates:
            return shapely.union_all([self._held(key) for key in candidates[0].source_ids])
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
