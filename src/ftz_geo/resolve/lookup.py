"""From the names in a plan to the features of a reference map that they may mean.

A name is first compared by its parts (:mod:`~ftz_geo.resolve.names`). What the map has under one
name is then told apart by where it lies: the same name twice in a city is two candidates, and the
other sides and the zone say which is meant (:mod:`~ftz_geo.resolve.choice`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.model import Candidate
from ftz_geo.resolve.choice import Places, choose
from ftz_geo.resolve.names import SCORES, STRETCH, Names, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature, Plan, ReferenceMap

__all__ = ["normalise", "resolve_plan"]

OTHER_KIND = 0.8
"""What remains of a rank where a river was asked for and the map has a road of that name beside it."""

Resolutions = dict[tuple[str, "Direction", int], tuple[Candidate, ...]]


def resolve_plan(
    plan: Plan, reference: ReferenceMap
) -> Mapping[tuple[str, Direction, int], tuple[Candidate, ...]]:
    """Look up every feature that a plan's sides name, and choose among what is found.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap

    Returns
    -------
    mapping of (parcel id, side, index of the feature in that side) to tuple of Candidate
        The chosen one first, the others each with the reason why it lost; an empty tuple where the map
        names nothing of the kind. A name that the map has many times is one candidate as long as
        its pieces lie within :data:`~ftz_geo.resolve.choice.APART_M` of each other.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.parse import parse_plan
    >>> from ftz_geo.model import ReferenceMap
    >>> features = gpd.GeoDataFrame(
    ...     {"source_id": ["w1", "w2"], "name": ["京津高速公路", "北京路"], "alt_names": [(), ()]},
    ...     geometry=gpd.points_from_xy([117.0, 117.0], [39.0, 39.1]).buffer(0.1).boundary,
    ... ).assign(kind="road", source=0)
    >>> plan = parse_plan("区块一：东至京津高速、南至南京路、西至甲路、北至乙路。")
    >>> found = resolve_plan(plan, ReferenceMap(features=features))
    >>> [(c.map_name, c.how) for c in found[plan.parcels[0].id, "east", 0]]
    [('京津高速公路', 'long or short form')]
    >>> found[plan.parcels[0].id, "south", 0]
    ()
    """
    places = Places(reference)
    look_up = _LookUp(reference, places)
    found: Resolutions = {}
    known: dict[tuple[str, str], tuple[Candidate, ...]] = {}
    for parcel in plan.parcels:
        for direction, features in parcel.abuttals.items():
            for index, feature in enumerate(features):
                key = (feature.name, feature.kind)
                if key not in known:
                    known[key] = tuple(look_up.candidates(feature))
                found[parcel.id, direction, index] = known[key]
    return choose(plan, found, places)


class _LookUp:
    """A map's names, and what decides which of its features a name may mean."""

    def __init__(self, reference: ReferenceMap, places: Places) -> None:
        self.names = Names.of(reference)
        self.places = places
        geometry = reference.features.geometry.to_numpy()
        self.is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
        self.kinds = reference.features["kind"].to_numpy()
        self.source_ids = reference.features["source_id"].to_numpy()

    def candidates(self, feature: Feature) -> Iterator[Candidate]:
        """Give what the map has for a feature, best rule first, one candidate per place."""
        if feature.kind in ("vague", "block"):
            return
        ranked = sorted(
            ((-score, map_name, rule, rows) for score, map_name, rule, rows in self._ranked(feature)),
            key=lambda r: (r[0], r[1]),
        )
        for minus_score, map_name, rule, rows in ranked:
            for group in self.places.groups(rows):
                yield Candidate(
                    source_ids=tuple(self.source_ids[group]), map_name=map_name, score=-minus_score, how=rule
                )

    def _ranked(self, feature: Feature) -> Iterator[tuple[float, str, str, NDArray[np.intp]]]:
        # A map may have 海河东岸 of its own; else the river is looked up of whose bank it speaks.
        found = list(self.names.find(feature.name)) or [
            (STRETCH if feature.part else rule, map_name, rows)
            for rule, map_name, rows in self.names.find(feature.called)
        ]
        for rule, map_name, rows in found:
            fitting = rows[self._fits(feature, rows)]
            # What the map calls a road may still be the river: without one of the right kind it stands.
            right = self.kinds[fitting] == feature.kind
            if right.any() and not right.all():
                yield SCORES[rule] * OTHER_KIND, map_name, f"{rule}, of another kind", fitting[~right]
                fitting = fitting[right]
            if len(fitting):
                yield SCORES[rule], map_name, rule, fitting

    def _fits(self, feature: Feature, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        if feature.kind == "place":
            return np.ones(len(rows), dtype=bool)
        # A station or a shop may carry the road's name; it is not where the road runs.
        runs = np.asarray(~self.is_point[rows], dtype=bool)
        return runs if feature.kind == "boundary" else runs & (self.kinds[rows] != "place")
