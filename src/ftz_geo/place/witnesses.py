"""Named points as witnesses of which of several roads of one name is meant, and points by other names."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from ftz_geo.compass import OPPOSITE
from ftz_geo.model import STORAGE_CRS, ReferenceMap
from ftz_geo.resolve import Witness
from ftz_geo.resolve.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Feature, Parcel, Plan, SideKey, Zone
    from ftz_geo.reference import Alias

__all__ = ["joined", "known_points", "renamed", "witnesses_of"]


def witnesses_of(
    plan: Plan, points: ReferenceMap, aliases: Sequence[Alias] = ()
) -> dict[str, tuple[Witness, ...]]:
    """Return by parcel id where points know its features to be, and the crossings of two of them.

    Parameters
    ----------
    plan : Plan
    points : ReferenceMap
        A gazetteer: points with names; an address at a crossing is a point of either road, at one place.
    aliases : sequence of Alias, optional
        Names that points may have for those of the words.

    Returns
    -------
    dict of parcel id to tuple of Witness
    """
    found = {}
    for zone in plan.zones:
        own = renamed(points, {a.map_name: a.name for a in aliases if a.holds_in(zone.words)})
        filed, shapes = Names.of(own), own.features.geometry
        for parcel in zone.parcels:
            found[parcel.id] = tuple(_witnesses(parcel, filed, shapes))
    return found


def known_points(
    zone: Zone, points: ReferenceMap, aliases: Sequence[Alias] = ()
) -> dict[str, dict[str, NDArray[np.intp]]]:
    """Return by what a zone's features are called the names that points have for each, and their rows.

    What no map can know (空地) has points only where an alias names them.
    """
    filed = Names.of(points)
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


def renamed(points: ReferenceMap, names: Mapping[str, str]) -> ReferenceMap:
    """Return a gazetteer in which points of other names are of the roads that they stand for.

    Their own names stand in the column ``own_name``, which is there only if there are such points.
    """
    if not names:
        return points
    features = points.features
    other = features[features["name"].isin(list(names))]
    roads = features.set_index("name")["kind"]
    kinds = [roads.get(names[name], "road") for name in other["name"]]
    more = other.assign(
        name=other["name"].map(names),
        kind=[kind if isinstance(kind, str) else "road" for kind in kinds],
        source_id=other["source_id"].astype(str) + "*",
        own_name=other["name"],
    )
    return ReferenceMap(features=joined(features, more), sources=points.sources)


def joined(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return features of both; what one of them does not tell is nothing."""
    both = pd.concat([one, other], ignore_index=True)
    if "one_way" in both:
        both["one_way"] = both["one_way"].fillna(0).astype("int8")
    return gpd.GeoDataFrame(both, crs=STORAGE_CRS)
