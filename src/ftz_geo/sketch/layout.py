"""Rectangles for the parcels of one cluster: in the order of the words, large enough, compact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.compass import AXIS
from ftz_geo.sketch.chance import scatter
from ftz_geo.sketch.order import Apart, Order
from ftz_geo.sketch.programme import Programme
from ftz_geo.sketch.relations import BOX_SIDES, Bond, Box, read_words
from ftz_geo.sketch.shape import area_needed_m2, aspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftz_geo.sketch.order import Node
    from ftz_geo.sketch.relations import Cluster, Held, Tie, Words

__all__ = ["Layout", "lay_out"]

_ASPECTS = np.geomspace(1 / 12, 12, 31)
"""Width by height at which a tangent bounds the rectangles of sufficient area; between two
neighbours of this fan a rectangle can fall short by 0.2 % at most."""

_FILL = 0.99, 1.05
"""A rectangle smaller or larger, by what its parcel needs, stands on a line too many."""

_FILL_BESIDE = 0.7, 1.4
"""The same beside what stands on a map, where no side is straight and outlines are cut to fit."""

_LEANINGS = (1.0, 0.4, 2.5)
"""What a metre up or down is worth in metres across where two parcels are set apart: tried in
turn until all words are kept."""

_FEW = 24
"""Clusters of more parcels than this are laid out once only."""

_PULL = 0.2
"""Metres of side that are worth one metre nearer to where a parcel is believed to lie."""

_DEARER, _DEAREST = 3, 100.0
"""What comes out too large pays for its sides this many times as much in each turn; a parcel that is
still too large when they weigh the latter has no better place."""

_SHORTAGE = 1e5
"""What a square kilometre too little costs: more than any length is worth."""

_CLEARANCE = 0.15
"""Distance between parcels that the words do not set side by side, by the sum of their lengths."""

_CUT = 0.1
"""How far a rectangle may reach into one that stands on a map, by its length: what stands is no
rectangle, and the outline is cut where they meet."""

_MISSED_M = 0.01
"""By this much the solver may miss a distance."""


class Layout(NamedTuple):
    """Where the parcels of a cluster stand, and what of their words was kept."""

    boxes: dict[str, Box]
    words: Words


def lay_out(cluster: Cluster) -> Layout | None:
    """Lay the parcels of one cluster out as rectangles that their outlines fit into.

    Positions and sizes together are a convex problem once it is known who lies on which side of
    whom (Boyd & Vandenberghe, *Convex Optimization*, 2004, section 8.8, floor planning); here a
    linear one, the area bounded by a fan of tangents. What the words leave open is decided pair
    by pair where two rectangles come too near one another: apart on the axis that costs least.
    None where there is no room for a parcel even without its words.
    """
    best: Layout | None = None
    count = len(cluster.leaves) + len(cluster.pinned)
    for leaning in _LEANINGS if count <= _FEW else _LEANINGS[:1]:
        given_up: set[Held] = set()
        while True:
            words = read_words(cluster, given_up)
            boxes, unfit = _Arrangement(cluster, words, leaning).settle()
            # One at a time, as the rest may then fit; in a large cluster several, or it takes too long.
            more = [_to_give_up(parcels, boxes, words) for parcels in unfit[: 1 + count // _FEW]]
            if not any(more):
                break
            given_up.update(held for held in more if held)
        if not unfit and (best is None or len(words.broken) < len(best.words.broken)):
            best = Layout(boxes, words)
        if best and not best.words.broken:
            break
    return best


class _Arrangement:
    """Rectangles of a cluster while they are set apart; what is decided on the way only grows."""

    def __init__(self, cluster: Cluster, words: Words, leaning: float) -> None:
        self.cluster, self.words, self.leaning = cluster, words, leaning
        self.order = Order(words.kept)
        self.needed_m2 = {leaf.id: area_needed_m2(leaf, words.lines_of(leaf)) for leaf in cluster.leaves}
        # Width by height that each would have, and what a metre of its sides costs.
        self.shapes = {leaf.id: (aspect(leaf), 1.0) for leaf in cluster.leaves}
        self.length_m = {leaf.id: leaf.length_m for leaf in cluster.leaves}
        self.facing = {frozenset((low, high)) for low, high, _ in words.facing}
        self.parted: set[tuple[str, str]] = set()

    def settle(self) -> tuple[dict[str, Box], list[list[str]]]:
        """Solve, part what comes too near, and solve again, until all is well or somebody has no fit place.

        Returns the rectangles, and the parcels, alone or in pairs, of which some word must be given up.
        """
        least, most = _FILL_BESIDE if self.cluster.pinned else _FILL
        on_lines = {bond.parcel_id for bond in self.words.on_line}
        while True:
            boxes = self._solve()
            fill = {i: box.area_m2 / self.needed_m2[i] for i, box in boxes.items()}
            if min(fill.values()) < least:
                return boxes, [[i] for i in sorted(fill, key=lambda i: fill[i]) if fill[i] < least]
            standing = {**self.cluster.pinned, **boxes}
            clashing = self._clashes(standing)
            stuck = [pair for pair, room_m in clashing if not self._part(pair, room_m, standing)]
            if stuck:
                return boxes, [[i for i in pair if i in boxes] for pair in stuck]
            if clashing:
                continue
            too_large = [i for i, part in fill.items() if i in on_lines and part > most]
            if not too_large or max(self.shapes[i][1] for i in too_large) > _DEAREST:
                return boxes, [[i] for i in sorted(too_large, key=lambda i: -fill[i])]
            # The areas are bounded from below only. What comes out too large pays for its area, made
            # linear about what it is now (the convex-concave procedure, Yuille & Rangarajan 2003).
            self.shapes |= {i: (boxes[i].aspect, _DEARER * self.shapes[i][1]) for i in too_large}

    def _solve(self) -> dict[str, Box]:
        """Return the most compact well-shaped rectangles that keep the order.

        Where the words leave too little room for an area, the rectangle stays too small.
        """
        links: list[Apart | Tie] = [*self.order.kept, *self.words.ties]
        programme = Programme(node for link in links for node in (link.low, link.high))
        for low, high, by in self.order.kept:
            programme.at_least({high: 1.0, low: -1.0}, by / 1000)
        for low, high, by, weight in self.words.ties:
            programme.aim({high: 1.0, low: -1.0}, by / 1000, weight)
        for leaf in self.cluster.leaves:
            self._add_rectangle(programme, leaf.id)
        # The origin of each axis is a node of its own, there to pin what stands already.
        km = programme.solve(fixed={("0", ""), ("1", "")})
        return {
            leaf.id: Box(*(km[leaf.id, side] * 1000 for side in BOX_SIDES)) for leaf in self.cluster.leaves
        }

    def _add_rectangle(self, programme: Programme, parcel_id: str) -> None:
        """Write down what the sides of a rectangle cost, how large it is, and where it should lie."""
        nodes: Iterator[Node] = ((parcel_id, side) for side in BOX_SIDES)
        west, south, east, north = nodes
        wide, dear = self.shapes[parcel_id]
        root = float(np.sqrt(wide))
        for node, weight in ((east, 1 / root), (west, -1 / root), (north, root), (south, -root)):
            programme.pay(node, weight * dear)
        shortage = programme.slack(_SHORTAGE)
        needed_km2 = self.needed_m2[parcel_id] / 1e6
        for width, height in zip(np.sqrt(needed_km2 * _ASPECTS), np.sqrt(needed_km2 / _ASPECTS), strict=True):
            # The tangent to width·height = area at this aspect: h0·w + w0·h >= 2·area.
            tangent = {east: height, west: -height, north: width, south: -width}
            programme.at_least(tangent, 2 * width * height, shortage)
        x, y = self.cluster.targets[parcel_id]
        # Not quite alike: of two parcels drawn to one place, the same one comes nearer everywhere.
        pull = _PULL * (0.9 + 0.2 * scatter("pull", parcel_id))
        programme.aim({west: 0.5, east: 0.5}, x / 1000, pull)
        programme.aim({south: 0.5, north: 0.5}, y / 1000, pull)

    def _clashes(self, boxes: Mapping[str, Box]) -> list[tuple[tuple[str, str], float]]:
        """Return pairs of rectangles that stand too near, each with the distance it should keep.

        The worst first, and no rectangle twice: parting one pair moves the others.
        """
        ids = list(boxes)
        array = np.array([boxes[i] for i in ids])
        low, high = array[:, :2], array[:, 2:]
        # Positive where they overlap, on each axis; shape (n, n, 2).
        overlap = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
        farthest = max(2 * _CLEARANCE * max(self.length_m.values()), self.cluster.gap_m)
        near = []
        for a, b in np.argwhere(np.triu(overlap.min(axis=2) > -farthest, 1)):
            pair = ids[a], ids[b]
            if any(i in self.length_m for i in pair):
                room_m = self._room_m(pair)
                near.append((float(overlap[a, b].min()) + room_m, pair, room_m))
        taken: set[str] = set()
        worst = []
        for short_m, pair, room_m in sorted(near, key=lambda clash: -clash[0]):
            if short_m > _MISSED_M and taken.isdisjoint(pair):
                worst.append((pair, room_m))
                taken.update(pair)
        return worst

    def _room_m(self, pair: tuple[str, str]) -> float:
        """Return the distance that two rectangles should keep; less than 0 where they may overlap."""
        lengths = [self.length_m[i] for i in pair if i in self.length_m]
        beside = -_CUT * lengths[0]
        room_m = max(_CLEARANCE * sum(lengths), self.cluster.gap_m) if len(lengths) == 2 else beside
        return min(room_m, 0.0) if frozenset(pair) in self.facing else room_m

    def _part(self, pair: tuple[str, str], room_m: float, boxes: Mapping[str, Box]) -> bool:
        """Set two rectangles apart in the direction that moves them least and contradicts nothing."""
        if pair in self.parted:
            return False  # nothing is to be had from parting them once more
        self.parted.add(pair)
        first, second = pair
        a, b = boxes[first], boxes[second]
        # As one reads: the second to the east of the first, then below it, then the other ways.
        ways = (
            (a.east - b.west, Apart((first, "east"), (second, "west"), room_m)),
            ((b.north - a.south) * self.leaning, Apart((second, "north"), (first, "south"), room_m)),
            (b.east - a.west, Apart((second, "east"), (first, "west"), room_m)),
            ((a.north - b.south) * self.leaning, Apart((first, "north"), (second, "south"), room_m)),
        )
        return any(self.order.add(apart) for _, apart in sorted(ways, key=lambda way: round(way[0])))


def _to_give_up(in_the_way: Sequence[str], boxes: Mapping[str, Box], words: Words) -> Held | None:
    """Choose a word to give up of one or two parcels that have no fit place: as little as can be."""
    lines = [{held.bond.line for held in words.held if held.bond.parcel_id == i} for i in in_the_way]
    common = set.intersection(*lines)
    sharing = Counter(bond.line for bond in words.on_line)

    def rank(held: Held) -> tuple[bool, bool, bool, bool, int, Bond]:
        bond = held.bond
        width, height = boxes[bond.parcel_id].size
        # The later of two parcels; a line before the order itself; a line of both parcels, or one
        # across the way in which a parcel is too long; and one that few stand on.
        return (
            bond.parcel_id == in_the_way[-1],
            held.how == "line",
            bond.line in common,
            AXIS[bond.side] == int(height > width),
            -sharing[bond.line],
            bond,
        )

    return max((held for held in words.held if held.bond.parcel_id in in_the_way), key=rank, default=None)
