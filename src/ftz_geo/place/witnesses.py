"""Named points as witnesses of which of several roads of one name is meant, and what points a zone has."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from ftz_geo.compass import OPPOSITE
from ftz_geo.resolve import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Feature, Parcel, Plan, SideKey, Zone
    from ftz_geo.place.gazetteer import Gazetteer
    from ftz_geo.reference import Alias
    from ftz_geo.resolve.names import Names

__all__ = ["known_points", "witnesses_of"]


def witnesses_of(
    plan: Plan, gazetteer: Gazetteer, aliases: Sequence[Alias] = ()
) -> dict[str, tuple[Witness, ...]]:
    """Return by parcel id where points know its features to be, and the crossings of two of them.

    Parameters
    ----------
    plan : Plan
    gazetteer : Gazetteer
        Points with names; an address at a crossing is a point of either road, at one place.
    aliases : sequence of Alias, optional
        Names that points may have for those of the words.

    Returns
    -------
    dict of parcel id to tuple of Witness
    """
    found = {}
    for zone in plan.zones:
        own = gazetteer.renamed(zone, aliases)
        for parcel in zone.parcels:
            found[parcel.id] = tuple(_witnesses(parcel, own.names, own.points.features.geometry))
    return found


def known_points(
    zone: Zone, gazetteer: Gazetteer, aliases: Sequence[Alias] = ()
) -> dict[str, dict[str, NDArray[np.intp]]]:
    """Return by what a zone's features are called the names that points have for each, and their rows.

    What no map can know (空地) has points only where an alias names them.
    """
    filed = gazetteer.names
    known: dict[str, dict[str, NDArray[np.intp]]] = {}
    for feature in (feature for parcel in zone.parcels for _, feature in parcel.bounds()):
        own = known.setdefault(feature.called, {})
        if feature.kind not in ("vague", "block"):
            own.update((map_name, rows) for _, map_name, rows in filed.find(feature.called))
        others = (a.map_name for a in aliases if a.name == feature.called and a.holds_in(zone.words))
        own.update((name, filed.rows[name]) for name in others if name in filed.rows)
    return known


def _witnesses(parcel: Parcel, filed: Names, shapes: gpd.GeoSeries) -> Iterator[Witness]:
    known: list[tuple[SideKey, Feature, BaseGeometry]] = []
    for key, feature in parcel.bounds():
        _, _, rows = next(filed.find(feature.called), ("", "", ()))
        if len(rows) and feature.kind not in ("vague", "block"):
            known.append((key, feature, shapely.MultiPoint(shapely.get_coordinates(shapes.iloc[rows]))))
            yield Witness((key,), (feature.name,), known[-1][2])
    for (key, feature, here), (other, beside, there) in combinations(known, 2):
        if key.side != "ring" and other.side in (key.side, OPPOSITE[key.side]):
            continue
        both = {*_places(here)} & {*_places(there)}
        if both:
            yield Witness((key, other), (feature.name, beside.name), shapely.MultiPoint(sorted(both)))


def _places(points: BaseGeometry) -> Iterator[tuple[float, float]]:
    return ((x, y) for x, y in shapely.get_coordinates(points).tolist())
