"""Whether a ring's sides lie where the words say, and which slip of the words would explain it if not.

The cyclic order of names alone closes a ring for words that are turned by a quarter or reversed as well.
What a side faces is told by the chord from its first to its last corner: of a ring that runs
counter-clockwise, the outside is to its right, however the road bends between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.compass import DIRECTIONS, RING_ORDER, SIDE_ZH, TOWARDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Direction
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.rings import Ring

__all__ = ["SLIPS", "Slip", "follows_words", "reread"]

_QUARTER = np.pi / 4
"""Half of the turn from one side to the next: a block, or a whole grid of streets, that is turned by less
is closer to its own words than to the same words moved on by one side. On six maps of three cities, the
blocks are turned by up to 36°."""


class Slip(NamedTuple):
    """How words may have been written wrongly: the side that was meant, for every side that was told."""

    meant: Mapping[Direction, Direction]
    zh: str
    en: str


def _swapped(one: Direction, other: Direction) -> Slip:
    meant = {**{side: side for side in RING_ORDER}, one: other, other: one}
    zh = f"{SIDE_ZH[one]}、{SIDE_ZH[other]}似写反"
    return Slip(meant, zh, f"{one} and {other} seem to be swapped")


def _turned(by: int) -> Slip:
    meant = {side: RING_ORDER[(k + by) % 4] for k, side in enumerate(RING_ORDER)}
    order = [meant[side] for side in DIRECTIONS]
    zh = "".join(SIDE_ZH[side] for side in order)
    told = "".join(SIDE_ZH[side] for side in DIRECTIONS)
    return Slip(
        meant,
        f"四至似错位，所写“{told}”应为“{zh}”",
        f"what is told as {', '.join(DIRECTIONS)} seems to be {', '.join(order)}",
    )


SLIPS: tuple[Slip, ...] = (
    _swapped("east", "west"),
    _swapped("south", "north"),
    *map(_turned, (2, 1, 3)),
    *(_swapped(side, RING_ORDER[(k + 1) % 4]) for k, side in enumerate(RING_ORDER)),
)
"""Slips in the order in which they are tried: those that writers make most come first."""


def follows_words(ring: Ring) -> bool:
    """Return whether the sides of a ring face where the words say, its own turn allowed for.

    Parameters
    ----------
    ring : Ring
        Counter-clockwise.

    Returns
    -------
    bool
        False where the whole ring is turned by 45° or more against its words, or a side faces away from
        its own. True where fewer than two sides can be told apart, as of a ring told without directions.
    """
    turns = [_turn(words, chord) for words, chord in _sides(ring) if words.any() and chord.any()]
    if len(turns) < 2:
        return True
    whole = np.arctan2(np.sin(turns).sum(), np.cos(turns).sum())
    return bool(abs(whole) < _QUARTER and np.abs(turns).max() < 2 * _QUARTER)


def _sides(ring: Ring) -> Iterable[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield where each run of steps of one side points by the words, and the outward normal of its chord."""
    runs: list[tuple[frozenset[Direction], NDArray[np.float64], NDArray[np.float64]]] = []
    for step, way in zip(ring.steps, ring.ways, strict=True):
        told = frozenset(side for side, _ in step.sides if side != "ring")
        if runs and runs[-1][0] == told:
            runs[-1] = (told, runs[-1][1], way.path[-1])
        else:
            runs.append((told, way.path[0], way.path[-1]))
    for told, start, end in runs:
        x, y = end - start
        yield np.sum([(0, 0), *(TOWARDS[side] for side in told)], axis=0), np.array([y, -x])


def _turn(words: NDArray[np.float64], faced: NDArray[np.float64]) -> float:
    """Return the angle from where the words point to what is faced, radians from -π to π."""
    cross = words[0] * faced[1] - words[1] * faced[0]
    return float(np.arctan2(cross, words @ faced))


def reread(named: Sequence[Named], slip: Slip) -> tuple[Named, ...]:
    """Return the features on the sides that a slip says were meant, in the order of the ring."""
    moved = (replace(n, key=n.key._replace(side=slip.meant[n.side])) for n in named if n.side != "ring")
    return tuple(sorted(moved, key=lambda n: n.key.slot))
