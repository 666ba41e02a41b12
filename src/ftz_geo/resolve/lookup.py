"""Looking the features of a plan up on a map."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.model import LINEAR_KINDS, Candidate
from ftz_geo.resolve.choice import choose
from ftz_geo.resolve.names import SCORES, STRETCH, Names
from ftz_geo.resolve.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Feature, Plan, ReferenceMap, SideKey
    from ftz_geo.resolve.choice import Witness

__all__ = ["resolve_plan"]

_OTHER_KIND = 0.8
"""What remains of a rank where a river was asked for and the map has a road of that name beside it: a
name alike in kind in long or short form (0.9) goes before it."""


def resolve_plan(
    plan: Plan, reference: ReferenceMap, witnesses: Mapping[str, Sequence[Witness]] = MappingProxyType({})
) -> Mapping[SideKey, tuple[Candidate, ...]]:
    """Look up every feature that a plan's sides name, and choose among what is found.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap
    witnesses : mapping of parcel id to sequence of Witness, optional
        Where features of each parcel are known to be that the map may lack.

    Returns
    -------
    mapping of SideKey to tuple of Candidate
        The chosen one first, the others each with the reason why it lost; an empty tuple where the map
        names nothing of the kind. A name that the map has many times is one candidate as long as
        its pieces lie within :data:`~ftz_geo.resolve.places.APART_M` of each other.

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
    >>> candidates = resolve_plan(plan, ReferenceMap(features=features))
    >>> [(c.map_name, c.how) for c in candidates[plan.parcels[0].id, "east", 0]]
    [('京津高速公路', 'long or short form')]
    >>> candidates[plan.parcels[0].id, "south", 0]
    ()
    """
    places = Places(reference)
    look_up = _LookUp(reference, places)
    found = {key: look_up.candidates(feature) for parcel in plan.parcels for key, feature in parcel.bounds()}
    return choose(plan, found, places, witnesses)


class _LookUp:
    """A map's names, and what decides which of its features a name may mean."""

    def __init__(self, reference: ReferenceMap, places: Places) -> None:
        self.names = Names.of(reference)
        self.places = places
        geometry = reference.features.geometry.to_numpy()
        self.is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
        self.kinds = reference.features["kind"].to_numpy()
        self.is_linear = np.isin(self.kinds.astype(str), sorted(LINEAR_KINDS))
        self.source_ids = reference.features["source_id"].to_numpy()
        self.of_points = np.zeros(len(geometry), dtype=bool)
        if "of_points" in reference.features:
            self.of_points |= reference.features["of_points"].to_numpy(dtype=bool)
        self._known: dict[tuple[str, str], tuple[Candidate, ...]] = {}

    def candidates(self, feature: Feature) -> tuple[Candidate, ...]:
        """Return what the map has for a feature, best rule first, one candidate per place."""
        # Features of one name and kind share the very same candidates, which are compared by identity.
        asked = feature.name, feature.kind
        if asked not in self._known:
            self._known[asked] = tuple(self._look_up(feature))
        return self._known[asked]

    def _look_up(self, feature: Feature) -> Iterator[Candidate]:
        if feature.kind in ("vague", "block"):
            return
        ranked = sorted(self._ranked(feature), key=lambda r: (-r[0], r[1]))
        for score, map_name, rule, rows in ranked:
            for group in self.places.groups(rows):
                yield Candidate(
                    source_ids=tuple(self.source_ids[group]),
                    map_name=map_name,
                    score=score,
                    how=rule,
                    of_points=bool(self.of_points[group].all()),
                )

    def _ranked(self, feature: Feature) -> Iterator[tuple[float, str, str, NDArray[np.intp]]]:
        """Yield the score, the map's name, the rule and the rows of what may be meant."""
        # A map may have 海河东岸 of its own; else the river is looked up of whose bank it speaks.
        matches = list(self.names.find(feature.name)) or [
            (STRETCH if feature.part else rule, map_name, rows)
            for rule, map_name, rows in self.names.find(feature.called)
        ]
        for rule, map_name, rows in matches:
            fitting = rows[self._fits(feature, rows)]
            # What the map calls a road may still be the river: without one of the right kind it stands.
            right = self.kinds[fitting] == feature.kind
            if right.any() and not right.all():
                yield SCORES[rule] * _OTHER_KIND, map_name, f"{rule}, of another kind", fitting[~right]
                fitting = fitting[right]
            if len(fitting):
                yield SCORES[rule], map_name, rule, fitting

    def _fits(self, feature: Feature, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        # A station or a shop may carry the road's name; it is not where the road runs.
        runs = np.asarray(~self.is_point[rows], dtype=bool)
        if feature.kind == "place":
            return runs if runs.any() else ~runs
        if feature.kind == "boundary":
            return runs
        # A point that is said to be of a road, as gazetteers say it, is one.
        return np.asarray((runs | self.is_linear[rows]) & (self.kinds[rows] != "place"))
