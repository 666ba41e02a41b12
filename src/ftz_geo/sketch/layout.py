"""Rectangles for the parcels of one cluster: in the order of the words, large enough, compact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.sketch.relations import AXIS, Apart, Box, read_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftz_geo.model import Zone
    from ftz_geo.sketch.relations import Bond, Leaf, Node, Tie, Words

__all__ = ["Layout", "lay_out"]

_ASPECTS = np.geomspace(1 / 9, 9, 17)
"""Width by height at which a tangent bounds the rectangles of sufficient area; between two
neighbours of this fan a rectangle can fall short by 0.5 % at most."""

_PULL = 0.2
"""Metres of side that are worth one metre nearer to where a parcel is believed to lie."""

_SHORTAGE = 100.0
"""What a square kilometre too little costs: more than any length is worth."""

_CLEARANCE = 0.15
"""Distance between parcels that the words do not set side by side, by the sum of their lengths."""


class Layout(NamedTuple):
    """Where the parcels of a cluster stand, and what of their words was kept."""

    boxes: dict[str, Box]
    words: Words


def lay_out(
    zone: Zone,
    leaves: Sequence[Leaf],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    needed_m2: Mapping[str, float],
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
    needed_m2 : mapping of parcel id to float
        Area of each rectangle, at least.
    aspects : mapping of parcel id to float
        Width by height that each would have if it stood alone.
    road_gap_m : float

    Returns
    -------
    Layout or None
        None where there is no room for a parcel even without its words.
    """
    without: set[Bond] = set()
    while True:
        words = read_words(zone, leaves, pinned, targets, road_gap_m, without)
        while True:
            boxes = _solve(words, leaves, targets, needed_m2, aspects)
            stuck = [leaf.id for leaf in leaves if _area_m2(boxes[leaf.id]) < 0.99 * needed_m2[leaf.id]]
            clashing = _clashes(leaves, {**pinned, **boxes}, words, road_gap_m)
            if not stuck and not clashing:
                return Layout(boxes, words)
            if not stuck:
                parted = [_part(*pair, {**pinned, **boxes}, words) for pair in clashing]
                stuck = [i for pair, done in zip(clashing, parted, strict=True) if not done for i in pair[:2]]
            if stuck:
                break
        bond = _to_give_up(stuck, words)
        if bond is None:
            return None
        without.add(bond)


def _area_m2(box: Box) -> float:
    return (box.east - box.west) * (box.north - box.south)


def _solve(
    words: Words,
    leaves: Sequence[Leaf],
    targets: Mapping[str, tuple[float, float]],
    needed_m2: Mapping[str, float],
    aspects: Mapping[str, float],
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
        root = float(np.sqrt(aspects[leaf.id]))
        for i, weight in ((east, 1 / root), (west, -1 / root), (north, root), (south, -root)):
            cost[i] += weight
        cost.append(_SHORTAGE)
        shortage = (len(cost) - 1, 1.0)
        for aspect in root**2 * _ASPECTS:
            # The tangent to width·height = area at this aspect: h0·w + w0·h >= 2·area.
            width, height = (
                np.sqrt(needed_m2[leaf.id] / 1e6 * aspect),
                np.sqrt(needed_m2[leaf.id] / 1e6 / aspect),
            )
            rows.append([(east, height), (west, -height), (north, width), (south, -width), shortage])
            least.append(2 * width * height)
        x, y = targets[leaf.id]
        aim([(west, 0.5), (east, 0.5)], x / 1000, _PULL)
        aim([(south, 0.5), (north, 0.5)], y / 1000, _PULL)
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
    for a, b in np.argwhere(np.triu(overlap.min(axis=2) > -1e5, 1)):
        first, second = ids[a], ids[b]
        if first not in lengths and second not in lengths:
            continue
        room = _CLEARANCE * (lengths.get(first, 0.0) + lengths.get(second, 0.0))
        room = 0.0 if frozenset((first, second)) in facing else max(room, road_gap_m)
        short = float(overlap[a, b].min()) + room
        if short > 1e-3 * (1 + room):
            found.append((short, first, second, room))
    taken: set[str] = set()
    worst = []
    for _, first, second, room in sorted(found, key=lambda clash: -clash[0]):
        if not {first, second} & taken:
            worst.append((first, second, room))
            taken |= {first, second}
    return worst


def _part(first: str, second: str, room: float, boxes: Mapping[str, Box], words: Words) -> bool:
    """Set two rectangles apart in the direction that moves them least and contradicts nothing."""
    a, b = boxes[first], boxes[second]
    # As one reads: the second to the east of the first, then below it, then the other ways.
    ways = (
        (a.east - b.west, Apart((first, "east"), (second, "west"), room)),
        (b.north - a.south, Apart((second, "north"), (first, "south"), room)),
        (b.east - a.west, Apart((second, "east"), (first, "west"), room)),
        (a.north - b.south, Apart((first, "north"), (second, "south"), room)),
    )
    return any(words.order.add(apart) for _, apart in sorted(ways, key=lambda way: round(way[0])))


def _to_give_up(stuck: Sequence[str], words: Words) -> Bond | None:
    """Choose what the words say of one of some parcels that no layout has room for, to be given up."""
    lines = [{(AXIS[side], name) for i, side, name in words.bonds if i == one} for one in stuck[:2]]
    common = set.intersection(*lines)
    ranked = sorted(
        (bond for bond in words.bonds if bond[0] in stuck[:2]),
        # A line of both before a line of one, the later parcel before the earlier.
        key=lambda bond: ((AXIS[bond[1]], bond[2]) in common, bond[0] == stuck[:2][-1], AXIS[bond[1]], bond),
    )
    return ranked[-1] if ranked else None
