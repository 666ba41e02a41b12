"""Rectangles for the parcels of one cluster: in the order of the words, large enough, compact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.compass import AXIS
from ftz_geo.sketch.relations import Apart, Box, read_words, scatter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ftz_geo.model import Zone
    from ftz_geo.sketch.relations import Bond, Hold, Leaf, Node, Tie, Words

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

_MOST = 100.0
"""A parcel that is still too large when its sides weigh this much has no better place."""

_SHORTAGE = 1e5
"""What a square kilometre too little costs: more than any length is worth."""

_CLEARANCE = 0.15
"""Distance between parcels that the words do not set side by side, by the sum of their lengths."""

_CUT = 0.1
"""How far a rectangle may reach into one that stands on a map, by its length: what stands is no
rectangle, and the outline is cut where they meet."""


class Layout(NamedTuple):
    """Where the parcels of a cluster stand, and what of their words was kept."""

    boxes: dict[str, Box]
    words: Words


def lay_out(
    zone: Zone,
    leaves: Sequence[Leaf],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    needs: Callable[[Leaf, Words], float],
    aspects: Mapping[str, float],
    road_gap_m: float,
) -> Layout | None:
    """Lay the parcels of one cluster out as rectangles.

    Positions and sizes together are a convex problem once it is known who lies on which side of
    whom (Boyd & Vandenberghe, *Convex Optimization*, 2004, section 8.8, floor planning); here a
    linear one, the area bounded by a fan of tangents. What the words leave open is decided pair
    by pair where two rectangles come too near one another: apart on the axis that costs least.

    Parameters
    ----------
    zone : Zone
    leaves : sequence of Leaf
    pinned : mapping of parcel id to Box
        Parcels of the cluster that stand already, metres.
    targets : mapping of parcel id to (x, y)
        Where each leaf is believed to lie, metres.
    needs : function of a Leaf and the Words to float
        Square metres that a leaf's rectangle has at least, with those words kept.
    aspects : mapping of parcel id to float
        Width by height that each would have if it stood alone.
    road_gap_m : float

    Returns
    -------
    Layout or None
        None where there is no room for a parcel even without its words.
    """
    best: Layout | None = None
    for leaning in _LEANINGS if len(leaves) + len(pinned) <= _FEW else _LEANINGS[:1]:
        without: set[tuple[Hold, Bond]] = set()
        while True:
            words = read_words(zone, leaves, pinned, targets, road_gap_m, without)
            needed_m2 = {leaf.id: needs(leaf, words) for leaf in leaves}
            boxes, unfit = _arrange(words, leaves, pinned, targets, needed_m2, aspects, road_gap_m, leaning)
            # One at a time, as the rest may then fit; in a large cluster several, or it takes too long.
            worst = unfit[: 1 + (len(leaves) + len(pinned)) // _FEW]
            given_up = [_to_give_up(parcels, boxes, words) for parcels in worst]
            if not any(given_up):
                break
            without.update(word for word in given_up if word)
        if not unfit and (best is None or len(words.broken) < len(best.words.broken)):
            best = Layout(boxes, words)
        if best and not best.words.broken:
            break
    return best


def _arrange(
    words: Words,
    leaves: Sequence[Leaf],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    needed_m2: Mapping[str, float],
    aspects: Mapping[str, float],
    road_gap_m: float,
    leaning: float,
) -> tuple[dict[str, Box], list[list[str]]]:
    """Solve, part what comes too near, and solve again, until all is well or somebody has no fit place.

    Returns the rectangles, and the parcels, alone or in pairs, of which some word must be given up.
    """
    least, most = _FILL_BESIDE if pinned else _FILL
    shapes = {leaf.id: (aspects[leaf.id], 1.0) for leaf in leaves}
    parted: set[tuple[str, str]] = set()
    while True:
        boxes = _solve(words, leaves, targets, needed_m2, shapes)
        fill = {leaf.id: _area_m2(boxes[leaf.id]) / needed_m2[leaf.id] for leaf in leaves}
        if min(fill.values()) < least:
            return boxes, [[i] for i in sorted(fill, key=lambda i: fill[i]) if fill[i] < least]
        clashing = _clashes(leaves, {**pinned, **boxes}, words, road_gap_m)
        stuck = []
        for first, second, room in clashing:
            again = (first, second) in parted  # nothing to be had from parting them once more
            parted.add((first, second))
            if again or not _part(first, second, room, {**pinned, **boxes}, words, leaning):
                stuck.append([i for i in (first, second) if i not in pinned])
        if stuck:
            return boxes, stuck
        if not clashing:
            lines = {bond[0] for hold, bond in words.holds if hold == "line"}
            too_large = [i for i, part in fill.items() if i in lines and part > most]
            if not too_large or max(shapes[i][1] for i in too_large) > _MOST:
                return boxes, [[i] for i in sorted(too_large, key=lambda i: -fill[i])]
            # The areas are bounded from below only. What comes out too large pays for its area, made
            # linear about what it is now (the convex-concave procedure, Yuille & Rangarajan 2003).
            shapes |= {i: (_aspect(boxes[i]), 3 * shapes[i][1]) for i in too_large}


def _aspect(box: Box) -> float:
    return (box.east - box.west) / (box.north - box.south)


def _area_m2(box: Box) -> float:
    return (box.east - box.west) * (box.north - box.south)


def _solve(
    words: Words,
    leaves: Sequence[Leaf],
    targets: Mapping[str, tuple[float, float]],
    needed_m2: Mapping[str, float],
    shapes: Mapping[str, tuple[float, float]],
) -> dict[str, Box]:
    """Find the most compact well-shaped rectangles that keep the words' order.

    Where the words leave too little room for an area, the rectangle stays too small.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    index: dict[Node, int] = {}
    links: list[Apart | Tie] = [*words.order.kept, *words.ties]
    for link in links:
        index.setdefault(link.low, len(index))
        index.setdefault(link.high, len(index))
    cost = [0.0] * len(index)
    rows: list[list[tuple[int, float]]] = []
    least: list[float] = []  # rows · x >= least, kilometres

    def aim(terms: list[tuple[int, float]], value: float, weight: float) -> None:
        """Pay for every metre that a sum of coordinates misses a value by."""
        cost.append(weight)
        missed = (len(cost) - 1, 1.0)
        rows.extend(([*terms, missed], [*((i, -c) for i, c in terms), missed]))
        least.extend((value, -value))

    for low, high, by in words.order.kept:
        rows.append([(index[high], 1.0), (index[low], -1.0)])
        least.append(by / 1000)
    for low, high, by, weight in words.ties:
        aim([(index[high], 1.0), (index[low], -1.0)], by / 1000, weight)
    for leaf in leaves:
        west, south, east, north = (index[leaf.id, s] for s in ("west", "south", "east", "north"))
        wide, dear = shapes[leaf.id]
        root = float(np.sqrt(wide))
        for i, weight in ((east, 1 / root), (west, -1 / root), (north, root), (south, -root)):
            cost[i] += weight * dear
        cost.append(_SHORTAGE)
        shortage = (len(cost) - 1, 1.0)
        for aspect in _ASPECTS:
            # The tangent to width·height = area at this aspect: h0·w + w0·h >= 2·area.
            width, height = (
                np.sqrt(needed_m2[leaf.id] / 1e6 * aspect),
                np.sqrt(needed_m2[leaf.id] / 1e6 / aspect),
            )
            rows.append([(east, height), (west, -height), (north, width), (south, -width), shortage])
            least.append(2 * width * height)
        x, y = targets[leaf.id]
        # Not quite alike: of two parcels drawn to one place, the same one comes nearer everywhere.
        pull = _PULL * (0.9 + 0.2 * scatter("pull", leaf.id))
        aim([(west, 0.5), (east, 0.5)], x / 1000, pull)
        aim([(south, 0.5), (north, 0.5)], y / 1000, pull)
    # The origin of each axis is a node of its own, there to pin what stands already.
    bounds = [(0.0, 0.0) if node in {("0", ""), ("1", "")} else (None, None) for node in index]
    matrix = csr_array(
        (
            [-c for row in rows for _, c in row],
            ([r for r, row in enumerate(rows) for _ in row], [i for row in rows for i, _ in row]),
        ),
        shape=(len(rows), len(cost)),
    )
    found = linprog(
        cost, A_ub=matrix, b_ub=-np.array(least), bounds=bounds + [(0.0, None)] * (len(cost) - len(index))
    )
    at = {node: float(found.x[i]) * 1000 for node, i in index.items()}
    return {
        leaf.id: Box(*(at[leaf.id, side] for side in ("west", "south", "east", "north"))) for leaf in leaves
    }


def _clashes(
    leaves: Sequence[Leaf], boxes: Mapping[str, Box], words: Words, road_gap_m: float
) -> list[tuple[str, str, float]]:
    """Give pairs of rectangles that stand too near, each with the distance it should keep.

    The worst first, and no rectangle twice: parting one pair moves the others.
    """
    lengths = {leaf.id: leaf.length_m for leaf in leaves}
    facing = {frozenset(pair[:2]) for pair in words.facing}
    ids = list(boxes)
    array = np.array([boxes[i] for i in ids])
    low, high = array[:, :2], array[:, 2:]
    # Positive where they overlap, on each axis; shape (n, n, 2).
    overlap = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    found = []
    farthest = max(2 * _CLEARANCE * max(lengths.values()), road_gap_m)
    for a, b in np.argwhere(np.triu(overlap.min(axis=2) > -farthest, 1)):
        first, second = ids[a], ids[b]
        if first not in lengths and second not in lengths:
            continue
        if first in lengths and second in lengths:
            room = max(_CLEARANCE * (lengths[first] + lengths[second]), road_gap_m)
        else:
            room = -_CUT * (lengths.get(first) or lengths[second])
        if frozenset((first, second)) in facing:
            room = min(room, 0.0)
        short = float(overlap[a, b].min()) + room
        if short > 0.01:  # what the solver may miss by
            found.append((short, first, second, room))
    taken: set[str] = set()
    worst = []
    for _, first, second, room in sorted(found, key=lambda clash: -clash[0]):
        if not {first, second} & taken:
            worst.append((first, second, room))
            taken |= {first, second}
    return worst


def _part(
    first: str, second: str, room: float, boxes: Mapping[str, Box], words: Words, leaning: float
) -> bool:
    """Set two rectangles apart in the direction that moves them least and contradicts nothing."""
    a, b = boxes[first], boxes[second]
    # As one reads: the second to the east of the first, then below it, then the other ways.
    ways = (
        (a.east - b.west, Apart((first, "east"), (second, "west"), room)),
        ((b.north - a.south) * leaning, Apart((second, "north"), (first, "south"), room)),
        (b.east - a.west, Apart((second, "east"), (first, "west"), room)),
        ((a.north - b.south) * leaning, Apart((first, "north"), (second, "south"), room)),
    )
    return any(words.order.add(apart) for _, apart in sorted(ways, key=lambda way: round(way[0])))


def _to_give_up(
    in_the_way: Sequence[str], boxes: Mapping[str, Box], words: Words
) -> tuple[Hold, Bond] | None:
    """Choose a word to give up of one or two parcels that have no fit place: as little as can be."""
    lines = [{(AXIS[side], name) for _, (i, side, name) in words.holds if i == one} for one in in_the_way]
    common = set.intersection(*lines)
    sharing = Counter((AXIS[side], name) for _, side, name in words.on_line)

    def rank(held: tuple[Hold, Bond]) -> tuple[bool, bool, bool, bool, int, Bond]:
        hold, (i, side, name) = held
        line = (AXIS[side], name)
        west, south, east, north = boxes[i]
        longer = int(north - south > east - west)
        # The later of two parcels; a line before the order itself; a line of both parcels, or one
        # across the way in which a parcel is too long; and one that few stand on.
        return (
            i == in_the_way[-1],
            hold == "line",
            line in common,
            AXIS[side] == longer,
            -sharing[line],
            held[1],
        )

    mine = [held for held in words.holds if held[1][0] in in_the_way]
    return max(mine, key=rank) if mine else None
