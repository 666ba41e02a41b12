"""Where the parcels of a zone lie that points do not close, from whatever is known of their sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.measure import LocalPlane
from ftz_geo.model import BY_SIDES, LABELS_ZH, Anchor, ReferenceMap
from ftz_geo.place.calibration import calibration_of
from ftz_geo.place.gazetteer import Gazetteer
from ftz_geo.place.roads import Roads
from ftz_geo.place.sites import Around, Known, Spot, spot_of
from ftz_geo.trace.places import unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

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
    gazetteer: Gazetteer,
    lines: ReferenceMap,
    roads: Roads,
    calibration: Calibration,
    stated_m2: Mapping[str, float],
) -> Iterator[Anchor]:
    """Yield where the parcels lie that did not close, from the sides of which something is known."""
    sights = _Sights(gazetteer, lines, roads)
    sources = (*gazetteer.points.sources, *lines.sources)
    licence = next((source["licence"] for source in sources if source.get("licence")), "")
    evidence = {
        parcel.id: found
        for _, _, parcel in plan.walk()
        if not _is_drawn(parcel, drawn) and (found := sights.look_up(parcel, candidates))
    }
    known = {key: _known(found, calibration) for key, found in evidence.items()}
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
            told = "、".join(_told(found) for found in evidence[parcel.id])
            yield Anchor(
                name="已知各边",
                zone=zone.name or "",
                parcels=(parcel.id,),
                lon=at.x,
                lat=at.y,
                uncertainty_m=round(spot.radius_m),
                source="、".join(str(source.get("file", "")) for source in sources),
                licence=str(licence),
                basis=f"按{told}的位置推算",
                name_en="its known sides",
                basis_en=f"by {'; '.join(_told_en(found) for found in evidence[parcel.id])}",
                code=BY_SIDES,
            )


def _is_drawn(parcel: Parcel, drawn: Mapping[str, Digitised]) -> bool:
    return parcel.id in drawn and drawn[parcel.id].polygon is not None


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
    nothing = Gazetteer(ReferenceMap(features=reference.features.iloc[:0]))
    usual = calibration_of(nothing.points)
    for zone in plan.zones:
        if any(_is_drawn(parcel, drawn) for parcel in zone.parcels):
            continue
        stated = stated_m2_of(plan, zone)
        only = replace(plan, zones=(zone,))
        found = list(spots_of(only, drawn, candidates, nothing, reference, Roads(plane, {}), usual, stated))
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


class _Found(NamedTuple):
    """What is known of one feature of a parcel."""

    key: SideKey
    feature: Feature
    shape: BaseGeometry
    """Lines or points, plane metres."""
    on_line: bool
    """Whether it is a line of a map or an axis, and not places of its name alone."""
    band_m: float = 0.0
    """How far off its axis may be, beside what its distance from places adds."""
    by_series: bool = False
    """Whether it has no points, and the other roads of its numbered series placed it."""


def _told(found: _Found) -> str:
    name = found.feature.name + ("（按编号序列推定）" if found.by_series else "")
    return name if found.key.side == "ring" else f"{LABELS_ZH[found.key.side]}至{name}"


def _told_en(found: _Found) -> str:
    name = found.feature.name + (" (by the series of its number)" if found.by_series else "")
    return name if found.key.side == "ring" else f"{found.key.side} {name}"


def _known(evidence: Sequence[_Found], calibration: Calibration) -> list[Known]:
    """Return what is known of each side: several features of one side are one."""
    sides: dict[object, list[_Found]] = {}
    for found in evidence:
        sides.setdefault(found.key if found.key.side == "ring" else found.key.side, []).append(found)
    known = []
    for of in sides.values():
        shape = shapely.union_all([found.shape for found in of])
        goes_on_m = max(_GOES_ON_M[found.feature.kind in ("rail", "water")] for found in of)
        band_m = max(calibration.between_m[1] if found.on_line else _PLACE_M for found in of)
        band_m = max(band_m, *(found.band_m for found in of))
        known.append(Known(of[0].key.side, shape, _beyond(shape, goes_on_m), band_m, goes_on_m))
    return known


class _Sights:
    """Everything that is known of where a feature lies: on a map, along an axis, or as places of its name."""

    def __init__(self, gazetteer: Gazetteer, lines: ReferenceMap, roads: Roads) -> None:
        self.points, self.names, self.roads = gazetteer.points.features, gazetteer.names, roads
        self.shapes = lines.features.geometry.set_axis(lines.features["source_id"])

    def look_up(self, parcel: Parcel, candidates: Mapping[SideKey, tuple[Candidate, ...]]) -> list[_Found]:
        """Return what is known of the features of a parcel; nothing of those of which nothing is.

        What a numbered series gives stands beside something that is known, and not by itself.
        """
        found = [
            _Found(key, feature, shape, bool(candidates.get(key)), *self._by_series(candidates.get(key, ())))
            for key, feature in parcel.bounds()
            if (shape := self._shape(feature, candidates.get(key, ()))) is not None
        ]
        return [] if all(one.by_series for one in found) else found

    def _by_series(self, candidates: Sequence[Candidate]) -> tuple[float, bool]:
        ids = candidates[0].source_ids if candidates else ()
        own = [self.roads.by_id[key] for key in ids if key in self.roads.by_id]
        return max((road.band_m for road in own), default=0.0), any(road.members for road in own)

    def _held(self, key: str) -> BaseGeometry:
        """Return what is known of a line: of an axis the stretch that its places hold."""
        road = self.roads.by_id.get(key)
        if road is None:
            line: BaseGeometry = self.roads.plane.to_xy(self.shapes[key])
            return line
        start, end = road.axis.held_m[[0, -1]] + (-_SURE_BEYOND_M, _SURE_BEYOND_M)
        return substring(road.axis.line, max(start, 0.0), end)

    def _shape(self, feature: Feature, candidates: Sequence[Candidate]) -> BaseGeometry | None:
        if feature.kind == "block":
            return None
        if candidates:
            return shapely.union_all([self._held(key) for key in candidates[0].source_ids])
        found = next(self.names.find(feature.called), None)
        if found is None:
            return None
        own = self.points.iloc[found[2]]
        if feature.kind == "vague":  # no map can know what it means, but for those whom an alias names
            own = own[own["own_name"].notna()] if "own_name" in own else own[:0]
        return shapely.union_all(self.roads.plane.to_xy(own.geometry.to_numpy())) if len(own) else None


def _beyond(shape: BaseGeometry, goes_on_m: float) -> BaseGeometry | None:
    """Return where lines go on straight at either end: a road does not end where its points do."""
    ends = []
    for line in shapely.get_parts(shape):
        if isinstance(line, shapely.LineString):
            xy = shapely.get_coordinates(line)
            for at, before in ((xy[-1], xy[-2]), (xy[0], xy[1])):
                ends.append(shapely.LineString([at, at + 3 * goes_on_m * unit(at - before)]))
    return shapely.MultiLineString(ends) if ends else None
