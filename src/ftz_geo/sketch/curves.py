"""The sides of a parcel as curves inside its rectangle: leaning, kinked, wavy, as one draws by hand.

How far they lean, bend and wind was chosen by eye: nothing in a sketch's edges claims a place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.compass import AXIS, RING_ORDER, SIGN, Direction
from ftz_geo.sketch.chance import scatter
from ftz_geo.sketch.contacts import LINES, WINDING_LINES, key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    from ftz_geo.model import Feature
    from ftz_geo.sketch.leaves import Leaf
    from ftz_geo.sketch.relations import Box

    Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]

__all__ = ["DEEPEST", "Side", "corner", "curve", "following", "runs_straight", "side_of", "turns"]

_STRAIGHT_WORDS = ("高速", "铁路", "快速路")
"""Roads built for speed: drawn without skew."""

DEEPEST = 0.12
"""How far a side may lean inwards, as a part of the width that it takes from."""

_UNEVEN = (0.0, 0.17, 0.38, 0.61, 0.83, 1.0)
"""Where an edge along no line has its vertices, as parts of its length."""


class Wave(NamedTuple):
    """How a river or a boundary winds."""

    height_m: float = 0.0
    length_m: float = 1.0
    phase: float = 0.0


class Side(NamedTuple):
    """A side as a curve: where it lies across its axis, as a function of the way along it."""

    features: tuple[Feature | None, ...]
    """Its pieces along the axis."""
    breaks: NDArray[np.float64]
    """Where they begin and end, as parts of the side, from 0 to 1."""
    knots: NDArray[np.float64]
    """(part of the side, depth inside the rectangle as part of the side's length), shape (k, 2)."""
    wave: Wave


def following(side: Direction, steps: int = 1) -> Direction:
    """Return the side that a counter-clockwise ring passes so many after another."""
    return RING_ORDER[(RING_ORDER.index(side) + steps) % len(RING_ORDER)]


def runs_straight(feature: Feature) -> bool:
    """Tell whether a feature is built for speed."""
    return feature.kind == "rail" or (
        feature.kind == "road" and any(w in feature.name for w in _STRAIGHT_WORDS)
    )


def turns(leaf: Leaf, side: Direction, other: Direction) -> bool:
    """Tell whether one thing goes on from one side of a parcel to another."""
    return not _names(leaf, side).isdisjoint(_names(leaf, other))


def _names(leaf: Leaf, side: Direction) -> set[str]:
    return {key(f) for f in leaf.parcel.abuttals[side] if f.kind != "vague"}


def side_of(
    leaf: Leaf,
    side: Direction,
    box: Box,
    on_line: Collection[tuple[Direction, str]],
    scales: Mapping[str, tuple[float, float]],
) -> Side:
    """Decide how one side of a parcel runs; the arguments are those of :func:`~.shape.draw`."""
    features = _along(leaf, side)
    chance = [scatter(leaf.id, side, i) for i in range(8)]
    breaks = np.arange(len(features) + 1) / len(features)
    breaks[1:-1] += (chance[0] - 0.5) * 0.3 / len(features)
    deepest = DEEPEST * box.size[AXIS[side]] / box.size[1 - AXIS[side]]
    if len(features) > 1:
        straight = any(f is not None and (side, key(f)) in on_line for f in features)
        knots = _nicks(breaks, deepest) if straight else _bends(breaks, min(0.07 + 0.05 * chance[1], deepest))
    else:
        feature = features[0]
        knots = [(0.0, 0.0), (1.0, 0.0)]
        if feature is None or (feature.kind not in WINDING_LINES and (side, key(feature)) not in on_line):
            knots = _leaning(feature, chance, deepest)
    return Side(features, breaks, np.array(sorted(knots)), _wave(features, scales))


def _along(leaf: Leaf, side: Direction) -> tuple[Feature | None, ...]:
    """Order a side's features from west to east or south to north.

    The text names them clockwise, as it names the sides, unless a feature that goes on round a
    corner says that it is the other way.
    """
    text: tuple[Feature | None, ...] = leaf.parcel.abuttals[side] or (None,)
    ends: tuple[Direction, Direction] = ("south", "north") if AXIS[side] == 0 else ("west", "east")

    def corners(order: tuple[Feature | None, ...]) -> int:
        return sum(
            end is not None and key(end) in _names(leaf, neighbour)
            for end, neighbour in zip((order[0], order[-1]), ends, strict=True)
        )

    clockwise = text[::-1] if side in {"east", "south"} else text
    return max(clockwise, clockwise[::-1], key=corners)


def _nicks(breaks: NDArray[np.float64], deepest: float) -> list[tuple[float, float]]:
    """Return the knots of a straight side of several lines: a nick where one goes over into the next."""
    nicks = [
        (b + step, deep) for b in breaks[1:-1] for step, deep in ((-0.02, 0.0), (0.0, 0.03), (0.02, 0.0))
    ]
    return [(0.0, 0.0), *((float(at), min(deep, deepest)) for at, deep in nicks), (1.0, 0.0)]


def _bends(breaks: NDArray[np.float64], lean: float) -> list[tuple[float, float]]:
    """Return the knots of a side that bends where one feature ends and the next begins."""
    return [(float(b), 0.0 if 0 < i < len(breaks) - 1 else lean) for i, b in enumerate(breaks)]


def _leaning(feature: Feature | None, chance: list[float], deepest: float) -> list[tuple[float, float]]:
    """Return the knots of a side along one thing: leaning along a line, uneven along anything else."""
    if feature is None or feature.kind not in LINES:
        deep = min(0.06, deepest)
        return [(p + 0.05 * (c - 0.5) * (0 < p < 1), deep * c) for p, c in zip(_UNEVEN, chance, strict=False)]
    lean = 0.02 * chance[1] if runs_straight(feature) else 0.02 + 0.05 * chance[1]
    ends = (0.0, min(lean, deepest))
    return list(zip((0.0, 1.0), ends if chance[2] < 0.5 else ends[::-1], strict=True))


def _wave(features: tuple[Feature | None, ...], scales: Mapping[str, tuple[float, float]]) -> Wave:
    """Return the windings of a side along one thing; both banks wind alike, so only its name decides."""
    feature = features[0]
    if len(features) > 1 or feature is None or feature.kind not in WINDING_LINES:
        return Wave()
    name = key(feature)
    smallest, largest = scales[name]
    return Wave(
        height_m=(0.03 if feature.kind == "water" else 0.012) * smallest,
        length_m=(0.8 + 0.4 * scatter("length", name)) * (smallest + largest) / 2,
        phase=scatter("phase", name),
    )


def curve(side: Direction, box: Box, shape: Side) -> Curve:
    """Return the side's coordinate across its axis as a function of the one along it."""
    base = getattr(box, side)
    origin, length = box.span(1 - AXIS[side])
    wave = shape.wave

    def across(along: NDArray[np.float64]) -> NDArray[np.float64]:
        depth = length * np.interp((along - origin) / length, shape.knots[:, 0], shape.knots[:, 1])
        turn = 2 * np.pi * (along / wave.length_m + wave.phase)
        height = wave.height_m * (np.sin(turn) + 0.4 * np.sin(1.7 * turn))
        return np.asarray(base - SIGN[side] * depth + height)

    return across


def corner(curves: Mapping[Direction, Curve], side: Direction, box: Box) -> tuple[float, float]:
    """Find where a side meets the next one of the ring."""
    upright, level = sorted((side, following(side)), key=lambda s: AXIS[s])
    x, y = getattr(box, upright), getattr(box, level)
    for _ in range(40):  # both curves are flat enough for this to converge
        before = x, y
        x = float(curves[upright](np.array(y)))
        y = float(curves[level](np.array(x)))
        if abs(x - before[0]) + abs(y - before[1]) < 1e-9:
            break
    return x, y
