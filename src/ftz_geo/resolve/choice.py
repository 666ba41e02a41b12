"""Which of several features of a name is meant: those that lie together around one block.

The sides of a block meet. Of the candidates for its names, the combination whose features lie
closest together in the order of the ring is the one meant, a worse match of a name counting as
some distance; named points of features that the map lacks draw it near. Where two combinations are
as good, the district that the zone is named after and then the zone's other blocks decide; what
nothing decides is a tie, and is told as one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.model import Candidate, Reason, Searched
from ftz_geo.resolve.places import APART_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Parcel, Plan, SideKey, Text
    from ftz_geo.resolve.places import Places

__all__ = ["Witness", "choose"]

TIE_M = 500.0
"""Combinations whose features lie together this equally well are equally possible: roads that form
a block meet, and where a map lacks a piece of one they miss each other by a few hundred metres."""

SCORE_M = 20_000.0
"""What the whole rank of a name is worth in metres: a match in long or short form (0.1 below the
very name) is taken only where the very name lies 2 km farther from the other sides."""

_MOST = 2000
"""Combinations looked at for one parcel, so that none takes more than a moment."""


class Witness(NamedTuple):
    """Where features of a parcel are known to be, from elsewhere than the map."""

    keys: tuple[SideKey, ...]
    """One feature, of which all are places; or two that cross there."""
    names: tuple[str, ...]
    """Theirs, verbatim."""
    lonlat: BaseGeometry
    """Points."""


@dataclass(frozen=True, kw_only=True)
class _Combination:
    """One candidate for each of a parcel's features, in the order of the ring."""

    chosen: tuple[Candidate, ...]
    cost_m: float
    """How far its features lie from each other and from the district, plus what its names cost."""


@dataclass(frozen=True, kw_only=True)
class _Puzzle:
    """A parcel's features and what each may be."""

    keys: tuple[SideKey, ...]
    choices: tuple[tuple[Candidate, ...], ...]
    """For each of the keys, best name first."""
    places: Places
    district: BaseGeometry | None
    witnesses: tuple[Witness, ...] = ()
    """Of crossings, and of features that the map lacks."""

    def outside_m(self, candidate: Candidate) -> float:
        """Return how far a candidate lies outside the zone's district."""
        if self.district is None:
            return 0.0
        return float(shapely.distance(self.places.shape(candidate), self.district))

    def own_m(self, candidate: Candidate) -> float:
        """Return what a candidate costs wherever the others are."""
        return (1 - candidate.score) * SCORE_M + self.outside_m(candidate)

    @cached_property
    def meeting(self) -> list[list[tuple[int, int]]]:
        """The pairs of keys of which one at least should meet: of neighbouring sides, and within a side."""
        sides: dict[object, list[int]] = {}
        for n, key in enumerate(self.keys):
            sides.setdefault(key if key.side == "ring" else key.side, []).append(n)
        order = list(sides.values())
        around = [*order, order[0]] if len(order) > 2 else order
        pairs = [list(product(here, there)) for here, there in pairwise(around)]
        return pairs + [[(a, b) for b in own if b != a] for own in order if len(own) > 1 for a in own]

    def apart_m(self, m: int, a: Candidate, n: int, b: Candidate) -> float:
        """Return how far two keys' candidates lie apart; endless where a side has one of them twice."""
        twice = a is b and self.keys[m].side == self.keys[n].side
        return np.inf if twice else self.places.distance_m(a, b)

    def joints(self, chosen: Sequence[Candidate]) -> list[tuple[Candidate, Candidate]]:
        """Return the pairs of features that should meet, the nearest of each."""
        nearest = (
            min((self.apart_m(m, chosen[m], n, chosen[n]), k, m, n) for k, (m, n) in enumerate(of))
            for of in self.meeting
        )
        return [(chosen[m], chosen[n]) for metres, _, m, n in nearest if np.isfinite(metres)]

    def costs_m(self, likely: Sequence[Sequence[Candidate]], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what combinations cost, shape (k,), each a row of places in the lists of candidates."""
        cost = np.zeros(len(rows))
        for n, of in enumerate(likely):
            cost += np.array([self.own_m(c) for c in of])[rows[:, n]]
        apart = np.zeros(len(rows))
        for pairs in self.meeting:
            nearest = np.full(len(rows), np.inf)
            for m, n in pairs:
                metres = np.array([[self.apart_m(m, a, n, b) for b in likely[n]] for a in likely[m]])
                nearest = np.minimum(nearest, metres[rows[:, m], rows[:, n]])
            apart += np.where(np.isfinite(nearest), nearest, 0.0)
        return cost + apart + sum(self._away_m(likely, rows, witness) for witness in self.witnesses)

    def _away_m(
        self, likely: Sequence[Sequence[Candidate]], rows: NDArray[np.intp], witness: Witness
    ) -> NDArray[np.float64]:
        """Return how far combinations lie from a witness, shape (k,).

        No more than :data:`APART_M`: farther off, it speaks of another feature of its name.
        """
        crossing = [n for n, key in enumerate(self.keys) if key in witness.keys]
        away = [
            np.array([self.places.away_m(c, witness.lonlat) for c in likely[n]])[rows[:, n]]
            for n in crossing or range(len(likely))
        ]
        nearest: NDArray[np.float64] = np.max(away, axis=0) if crossing else np.min(away, axis=0)
        return np.minimum(nearest, APART_M)

    def nearer_to(
        self, chosen: Sequence[Candidate], other: Sequence[Candidate]
    ) -> list[tuple[Witness, float]]:
        """Return the witnesses that lie nearer to one combination than to another, and by how many metres."""
        row = np.zeros((1, len(chosen)), dtype=np.intp)
        here, there = ([[c] for c in of] for of in (chosen, other))
        nearer = [
            (w, float(self._away_m(there, row, w)[0] - self._away_m(here, row, w)[0])) for w in self.witnesses
        ]
        return [(witness, metres) for witness, metres in nearer if metres > 0]

    def middle(self, combination: _Combination) -> shapely.Point:
        """Return the place where the features of a combination meet."""
        shape = self.places.shape
        joints = self.joints(combination.chosen)
        if not joints:
            return shapely.centroid(shape(combination.chosen[0]))
        links = [shapely.shortest_line(shape(a), shape(b)) for a, b in joints]
        return shapely.MultiPoint([shapely.centroid(link) for link in links]).centroid

    @cached_property
    def every(self) -> tuple[list[list[Candidate]], NDArray[np.intp], NDArray[np.float64]]:
        """The combinations and their costs; one only where no other can be as good.

        Candidates for each of the keys, shape (k, n) which of them each combination has, shape (k,) metres.
        """
        first = [[of[0]] for of in self.choices]
        rows = np.zeros((1, len(first)), dtype=np.intp)
        cost_m = self.costs_m(first, rows)
        more = [min(map(self.own_m, of[1:])) - self.own_m(of[0]) for of in self.choices if len(of) > 1]
        apart = float(cost_m[0]) - sum(self.own_m(of[0]) for of in first)
        if not more or apart + TIE_M < min(more):
            return first, rows, cost_m
        likely = self._likely()
        rows = np.array(list(product(*(range(len(of)) for of in likely))), dtype=np.intp)
        return likely, rows, self.costs_m(likely, rows)

    def best_with(self, n: int, candidate: Candidate) -> _Combination | None:
        """Return the best combination that has a candidate for the n-th key, if any was tried."""
        likely, rows, cost_m = self.every
        place = next((k for k, c in enumerate(likely[n]) if c is candidate), None)
        if place is None:
            return None
        return self._combination(int(np.where(rows[:, n] == place, cost_m, np.inf).argmin()))

    def _combination(self, row: int) -> _Combination:
        likely, rows, cost_m = self.every
        chosen = tuple(of[k] for of, k in zip(likely, rows[row], strict=True))
        return _Combination(chosen=chosen, cost_m=float(cost_m[row]))

    @cached_property
    def ranked(self) -> tuple[_Combination, ...]:
        """The combinations that are as good as the best, the closest together first."""
        cost_m = self.every[2]
        good = [self._combination(row) for row in np.flatnonzero(cost_m <= cost_m.min() + TIE_M).tolist()]
        return tuple(sorted(good, key=lambda c: (c.cost_m, [x.source_ids for x in c.chosen])))

    def _likely(self) -> list[list[Candidate]]:
        """Leave out the candidates that lie farthest from all others while combinations are too many."""

        def least_m(n: int, candidate: Candidate) -> float:
            others = [of for k, of in enumerate(self.choices) if k != n]
            return self.own_m(candidate) + sum(
                min(self.places.distance_m(candidate, other) for other in of) for of in others
            )

        ranked = []
        for n, of in enumerate(self.choices):
            cost = {c.source_ids: least_m(n, c) for c in of} if len(of) > 1 else {}
            ranked.append(sorted(of, key=lambda c: (cost.get(c.source_ids, 0.0), c.source_ids)))
        most = max(map(len, ranked))
        while prod(min(most, len(of)) for of in ranked) > _MOST and most > 1:
            most -= 1
        return [of[:most] for of in ranked]

    @cached_property
    def rivals(self) -> tuple[_Combination, ...]:
        """The best combination, and those as good as it that lie elsewhere."""
        best, *others = self.ranked
        return (best, *(c for c in others if self._elsewhere(c, best)))

    def _elsewhere(self, one: _Combination, other: _Combination) -> bool:
        pairs = zip(one.chosen, other.chosen, strict=True)
        return any(a is not b and self.places.distance_m(a, b) > APART_M for a, b in pairs)

    def nearest(self, neighbours: Sequence[shapely.Point]) -> tuple[_Combination, ...]:
        """Return the rivals that lie nearest to the zone's other blocks, one if that decides."""
        if len(self.rivals) == 1 or not neighbours:
            return self.rivals
        around = shapely.MultiPoint(neighbours)
        away = [float(shapely.distance(self.middle(c), around)) for c in self.rivals]
        order = sorted(range(len(away)), key=lambda k: (away[k], k))
        return tuple(self.rivals[k] for k in order if away[k] <= away[order[0]] + APART_M)


def choose(
    plan: Plan,
    candidates: Mapping[SideKey, tuple[Candidate, ...]],
    places: Places,
    witnesses: Mapping[str, Sequence[Witness]] = MappingProxyType({}),
) -> dict[SideKey, tuple[Candidate, ...]]:
    """Put the candidate that is meant first for every feature, and say of each other why it lost.

    The candidates come best name first. One that lost with the code ``tied`` is as likely as the chosen one,
    one with the code ``points`` would be without ``witnesses``, which are by parcel id.
    """
    chosen = dict(candidates)
    for zone in plan.zones:
        keys = {p.id: _keys(p, candidates) for p in zone.parcels}
        if all(len(candidates[key]) < 2 for own in keys.values() for key in own):
            continue
        district = places.district(zone)
        puzzles = {
            parcel_id: _Puzzle(
                keys=own,
                choices=tuple(candidates[key] for key in own),
                places=places,
                district=district,
                witnesses=tuple(
                    w for w in witnesses.get(parcel_id, ()) if len(w.keys) > 1 or not candidates[w.keys[0]]
                ),
            )
            for parcel_id, own in keys.items()
            if own
        }
        unsure = [key for key, puzzle in puzzles.items() if len(puzzle.rivals) > 1]
        sure = {k: p.middle(p.ranked[0]) for k, p in puzzles.items() if k not in unsure} if unsure else {}
        for puzzle in puzzles.values():
            best, *tied = puzzle.nearest(list(sure.values()))
            for n, key in enumerate(puzzle.keys):
                lost = (c for c in candidates[key] if c is not best.chosen[n])
                why = (replace(c, lost=_why(c, n, best, tied, puzzle)) for c in lost)
                chosen[key] = (best.chosen[n], *why)
    return chosen


def _keys(parcel: Parcel, candidates: Mapping[SideKey, tuple[Candidate, ...]]) -> tuple[SideKey, ...]:
    """Return a parcel's features that the map has, in the order of the ring."""
    return tuple(key for key, _ in parcel.bounds() if candidates[key])


def _why(
    candidate: Candidate, n: int, best: _Combination, tied: Sequence[_Combination], puzzle: _Puzzle
) -> Reason:
    """Say why a candidate for the n-th feature was not chosen."""
    chosen = best.chosen[n]
    if any(c.chosen[n] is candidate for c in tied):
        return _tied(chosen, candidate, puzzle.places)
    outside_m = puzzle.outside_m(candidate) - puzzle.outside_m(chosen)
    if outside_m > TIE_M:
        return Reason(
            code="outside-district",
            zh=f"在片区所在区县以外{outside_m / 1000:.1f}公里",
            en=f"it lies {outside_m / 1000:.1f} km outside the zone's district",
        )
    if candidate.score < chosen.score:
        return Reason(
            code="weaker-name",
            zh=f"名称不如“{chosen.map_name}”相符",
            en=f"its name fits less well than {chosen.map_name} ({candidate.how}, not {chosen.how})",
        )
    # Of combinations that were not even looked at, all that is known is that they lie far apart.
    other = puzzle.best_with(n, candidate)
    if other is None:
        return Reason(code="farther", zh="离其他各边远", en="it lies far from the other sides")
    farther_m = other.cost_m - best.cost_m + puzzle.own_m(chosen) - puzzle.own_m(candidate)
    nearer = puzzle.nearer_to(best.chosen, other.chosen)
    if farther_m > TIE_M >= farther_m - sum(metres for _, metres in nearer):
        return _by_points(chosen, candidate, [witness for witness, _ in nearer], puzzle.places)
    if farther_m > TIE_M:
        return Reason(
            code="farther",
            zh=f"取它则各边相距更远{farther_m / 1000:.1f}公里",
            en=f"with it the sides would lie {farther_m / 1000:.1f} km farther apart",
        )
    return Reason(
        code="neighbours",
        zh="离本片区其他区块更远",
        en="it lies farther from the zone's other blocks",
    )


def _by_points(chosen: Candidate, candidate: Candidate, nearer: Sequence[Witness], places: Places) -> Reason:
    here, there = places.lonlat(chosen), places.lonlat(candidate)
    zh = "、".join("与".join(w.names) + ("路口" if len(w.names) > 1 else "") for w in nearer)
    en = ", ".join(" at ".join(w.names) for w in nearer)
    return Reason(
        code="points",
        zh=f"{_where(chosen, candidate).zh}“{chosen.map_name}”（{here}）与“{candidate.map_name}”（{there}）"
        f"都可能是所指，据“{zh}”的地名点取前一处",
        en=f"{chosen.map_name} at {here} and {candidate.map_name} at {there} are both possible; the named "
        f"points of {en} lie near the first, which is taken",
    )


def _tied(chosen: Candidate, candidate: Candidate, places: Places) -> Reason:
    here, there = places.lonlat(chosen), places.lonlat(candidate)
    return Reason(
        code="tied",
        zh=f"{_where(chosen, candidate).zh}“{chosen.map_name}”（{here}）与“{candidate.map_name}”（{there}）"
        "都可能是所指，其他各边和片区分不出是哪一处",
        en=f"{chosen.map_name} at {here} and {candidate.map_name} at {there} are both possible; "
        "neither the other sides nor the zone tell which is meant",
    )


def _where(chosen: Candidate, candidate: Candidate) -> Text:
    mixed = chosen.of_points != candidate.of_points
    return Searched(has_points=True).where if mixed else chosen.searched.where
