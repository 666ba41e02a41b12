"""The four sides of a ring, by the way its pieces face and by where the name changes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.compass import DIRECTIONS, TOWARDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MIN_SHARE", "sides_of"]

MIN_SHARE = 0.05
"""Part of a side's length below which a name is not stated, unless it is the side's longest; and
part of the ring below which a side is no side unless it has a name of its own."""

_SPLIT_COST = 0.05
"""What it costs, in perimeters, to let one feature be two sides of a block."""

_FACING = np.array([TOWARDS[side] for side in DIRECTIONS])
"""Which way the sides face: clockwise."""


def sides_of(
    step: NDArray[np.float64], length: NDArray[np.float64], name: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Cut a clockwise ring into its four sides; return each piece's, shape (n,), by :data:`DIRECTIONS`.

    A square whose every edge has a name of its own, from its south-west corner:

    >>> step = np.repeat([[0.0, 10.0], [10.0, 0.0], [0.0, -10.0], [-10.0, 0.0]], 2, axis=0)
    >>> [DIRECTIONS[s] for s in sides_of(step, np.full(8, 10.0), np.repeat([1, 2, 3, 4], 2))[::2]]
    ['west', 'north', 'east', 'south']
    """
    n, perimeter = len(length), float(length.sum())
    along = np.concatenate([[0.0], np.cumsum(np.tile(length, 2))])
    changes = name != np.roll(name, 1)
    within = np.diff(np.floor(along[: n + 1] / (MIN_SHARE / 2 * perimeter)), prepend=-1)[:n] > 0
    cuts = np.flatnonzero(changes | within)
    price = np.tile(np.where(changes[cuts], 0.0, _SPLIT_COST * perimeter), 2)
    cuts = np.concatenate([cuts, cuts + n])
    possible = _possible(cuts, along, changes)
    cost = [
        np.where(possible, facing[cuts][None, :] - facing[cuts][:, None] + price[:, None], np.inf)
        for facing in _turned_away(step, length).T
    ]
    side = np.zeros(n, dtype=np.intp)
    for d, (first, last) in enumerate(_cheapest(cost)):
        side[np.arange(cuts[first], cuts[last]) % n] = d
    return side


def _turned_away(step: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres turned away from each side up to each point of two laps, shape (2 n + 1, 4).

    A metre counts 0 where it faces its side's way and 1 where it faces the other way.
    """
    outward = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]  # to the left
    away = np.tile(length[:, None] * (1 - outward @ _FACING.T) / 2, (2, 1))
    return np.concatenate([np.zeros((1, len(_FACING))), np.cumsum(away, axis=0)])


def _possible(
    cuts: NDArray[np.intp], along: NDArray[np.float64], changes: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell from which cut to which a side may go, shape (k, k).

    A side is a twentieth of the ring, or has a name from its beginning to its end: two changes.
    """
    before = np.concatenate([[0], np.cumsum(np.tile(changes, 2))])
    spans = along[cuts][None, :] - along[cuts][:, None]
    named = before[cuts + 1][None, :] - before[cuts][:, None] >= 2
    perimeter = along[len(changes)]
    return np.asarray((spans > 0) & (named | (spans >= MIN_SHARE * perimeter)))


def _cheapest(cost: Sequence[NDArray[np.float64]]) -> list[tuple[int, int]]:
    """Return the cuts where each side begins and ends, given what each would cost from cut to cut.

    The cuts of two laps have shape (k,), the costs of a side (k, k).
    """
    half = len(cost[0]) // 2
    best = np.inf
    chosen: list[int] = []
    for start in range(half):
        total, via = cost[0][start], []
        for onward in cost[1:]:
            both = total[:, None] + onward
            via.append(both.argmin(axis=0))
            total = both.min(axis=0)
        if total[start + half] < best:
            best, chosen = float(total[start + half]), [start + half]
            for came in reversed(via):
                chosen.append(int(came[chosen[-1]]))
            chosen.append(start)
    return list(pairwise(reversed(chosen)))
