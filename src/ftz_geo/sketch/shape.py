"""The pen: a parcel's outline inside its rectangle, as one would draw it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.compass import AXIS, DIRECTIONS, SIGN, Direction
from ftz_geo.sketch.relations import Box, key, scatter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Feature
    from ftz_geo.sketch.relations import Leaf

__all__ = ["Outline", "Piece", "area_needed_m2", "aspect", "draw"]

_RING: tuple[Direction, ...] = ("south", "east", "north", "west")
"""Sides in ring order, counter-clockwise from the south-west corner."""

_STRAIGHT_WORDS = ("高速", "铁路", "快速路")
"""Roads built for speed: drawn without skew."""

_WAVY = frozenset({"water", "boundary"})

_DEEPEST = 0.12
"""How far a side may lean inwards, as a part of the width that it takes from."""

_BEND = 0.22
"""Where one feature turns a corner, its bend begins at this part of the shorter side."""


class Piece(NamedTuple):
    """A stretch of a ring: ``ring[start : stop + 1]``."""

    side: Direction
    feature: Feature | None
    start: int
    stop: int


class Outline(NamedTuple):
    """A closed counter-clockwise ring, shape (n + 1, 2), and the pieces that cover it in order."""

    ring: NDArray[np.float64]
    pieces: tuple[Piece, ...]

    @property
    def area(self) -> float:
        """Area in the ring's own unit, squared."""
        x, y = (self.ring - self.ring[0]).T
        return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


_Path = tuple["Direction", "Feature | None", "NDArray[np.float64]"]
"""One piece of a ring before it is closed: side, feature, vertices."""


class _Wave(NamedTuple):
    """How a river or a boundary winds."""

    height_m: float = 0.0
    length_m: float = 1.0
    phase: float = 0.0


class _Side(NamedTuple):
    """A side as a curve: where it lies across its axis, as a function of the way along it."""

    names: tuple[Feature | None, ...]
    """Its pieces along the axis."""
    breaks: NDArray[np.float64]
    """Where they begin and end, as parts of the side, from 0 to 1."""
    knots: NDArray[np.float64]
    """(part of the side, depth inside the rectangle as part of the side's length), shape (k, 2)."""
    wave: _Wave


def aspect(leaf: Leaf) -> float:
    """Choose width by height: longer along what is long (river, railway, expressway), else by chance."""
    if not any(leaf.parcel.abuttals.values()):
        return 1.0
    along = {0: 0, 1: 0}
    for side, feature in leaf.parcel.features():
        if feature.kind in {"water", "rail", "boundary"} or _runs_straight(feature):
            along[AXIS[side]] += 1
    chance = 0.7 * scatter("aspect", leaf.id, *(key(f) for _, f in leaf.parcel.features())) - 0.35
    return float(np.exp(chance + 0.2 * np.clip(along[1] - along[0], -1, 1)))


def area_needed_m2(leaf: Leaf, on_line: Collection[tuple[Direction, str]]) -> float:
    """Give the area of the rectangle that a parcel's outline of exact area fits into.

    Parameters
    ----------
    leaf : Leaf
    on_line : collection of (direction, name)
        What runs along the rectangle itself; the other sides lean inwards.

    Returns
    -------
    float
        Square metres.
    """
    if not any(leaf.parcel.abuttals.values()):
        return leaf.area_m2 / _blob(leaf, Box(0, 0, 1, 1)).area
    loss = 0.005  # of the fan of tangents
    for side in _RING:
        features = leaf.parcel.abuttals[side]
        if len(features) == 1 and features[0].kind in _WAVY:
            loss += 0.02
        elif not any((side, key(f)) in on_line for f in features):
            loss += _DEEPEST / 2
        if _turns(leaf, side, _next(side)):
            loss += 0.02
    return leaf.area_m2 / (1 - loss)


def draw(
    leaf: Leaf,
    box: Box,
    on_line: Collection[tuple[Direction, str]],
    held: Mapping[Direction, int],
    scales: Mapping[str, tuple[float, float]],
) -> Outline:
    """Draw a parcel in its rectangle, of exactly its area.

    Sides that stand on a shared line follow the rectangle; the others lean inwards. The area is
    met by moving the free sides in or, where every side is tied, by cutting corners off, as the
    corners of blocks at crossings are (切角).

    Parameters
    ----------
    leaf : Leaf
    box : Box
    on_line : collection of (direction, name)
        What runs along the rectangle itself.
    held : mapping of direction to int
        How much a side is tied to others; the least tied one moves.
    scales : mapping of str to (float, float)
        Shortest and longest parcel, metres, that abuts on a river or boundary: what its windings go
        by. 0 as the shortest for none.

    Returns
    -------
    Outline
        Metres, counter-clockwise, with the leaf's area to 1e-9 or better.
    """
    if not any(leaf.parcel.abuttals.values()):
        return _scaled(_blob(leaf, box), leaf.area_m2)
    sides = {side: _side(leaf, side, box, on_line, scales) for side in _RING}
    moving = [side for side in DIRECTIONS if held[side] == 0]
    if not moving:  # a bank may come nearer to its river, a road stays where it is
        moving = [s for s in DIRECTIONS if not any((s, key(f)) in on_line for f in leaf.parcel.abuttals[s])]
    if not moving:
        cut = _cut(_outline(leaf, box, sides), leaf)
        if cut is not None:
            return _scaled(cut, leaf.area_m2)
        # One of each axis, so that the shape stays the same.
        moving = [min(pair, key=lambda s: held[s]) for pair in (("east", "west"), ("north", "south"))]

    def missing(inset: float) -> float:
        return _outline(leaf, _inset(box, moving, inset), sides).area - leaf.area_m2

    # The area is all but linear in the inset: the secant is there after a few steps.
    before, now = 0.0, 0.05
    at_before, at_now = missing(before), missing(now)
    for _ in range(8):
        if abs(at_now) < 1e-9 * leaf.area_m2 or at_now == at_before:
            break
        before, now = now, now - at_now * (now - before) / (at_now - at_before)
        at_before, at_now = at_now, missing(now)
    return _scaled(_outline(leaf, _inset(box, moving, now), sides), leaf.area_m2)


def _cut(outline: Outline, leaf: Leaf) -> Outline | None:
    """Cut off one corner, or all if one is not enough, so that the area is met; None if it cannot be."""
    paths: list[_Path] = [(p.side, p.feature, outline.ring[p.start : p.stop + 1]) for p in outline.pieces]
    corners = [
        i
        for i, (side, _, _) in enumerate(paths)
        if side != paths[(i + 1) % len(paths)][0] and not _turns(leaf, side, _next(side))
    ]
    if not corners:
        return None
    longest = 0.4 * min(shapely.LineString(path).length for _, _, path in paths)
    one = corners[int(len(corners) * scatter("corner", leaf.id))]
    for chosen in ([one], corners):
        low, high = 0.0, longest
        if _without_corners(paths, chosen, low).area < leaf.area_m2:
            return None
        if _without_corners(paths, chosen, high).area > leaf.area_m2:
            continue
        for _ in range(50):
            leg = (low + high) / 2
            low, high = (
                (leg, high) if _without_corners(paths, chosen, leg).area > leaf.area_m2 else (low, leg)
            )
        return _without_corners(paths, chosen, high)
    return None


def _without_corners(paths: Sequence[_Path], corners: Collection[int], leg_m: float) -> Outline:
    """Cut the corners at the ends of some paths; no feature accounts for the cut."""
    result: list[_Path] = []
    for i, (side, feature, path) in enumerate(paths):
        line = shapely.LineString(path)
        start = leg_m if (i - 1) % len(paths) in corners else 0.0
        stop = line.length - (leg_m if i in corners else 0.0)
        result.append((side, feature, shapely.get_coordinates(substring(line, start, stop))))
    joined: list[_Path] = []
    for i, piece in enumerate(result):
        joined.append(piece)
        if i in corners and leg_m > 0:
            joined.append((piece[0], None, np.vstack([piece[2][-1], result[(i + 1) % len(result)][2][0]])))
    return _ring(joined)


def _scaled(outline: Outline, area_m2: float) -> Outline:
    """Scale about the middle to an area."""
    middle = outline.ring[:-1].mean(axis=0)
    factor = (area_m2 / outline.area) ** 0.5
    return outline._replace(ring=middle + (outline.ring - middle) * factor)


def _inset(box: Box, sides: Collection[Direction], part: float) -> Box:
    """Move some sides inwards by a part of the rectangle's width or height."""
    by = {
        side: part * (box.east - box.west if AXIS[side] == 0 else box.north - box.south)
        if side in sides
        else 0
        for side in _RING
    }
    return Box(box.west + by["west"], box.south + by["south"], box.east - by["east"], box.north - by["north"])


def _next(side: Direction) -> Direction:
    return _RING[(_RING.index(side) + 1) % 4]


def _runs_straight(feature: Feature) -> bool:
    return feature.kind == "rail" or (
        feature.kind == "road" and any(w in feature.name for w in _STRAIGHT_WORDS)
    )


def _names(leaf: Leaf, side: Direction) -> set[str]:
    return {key(f) for f in leaf.parcel.abuttals[side] if f.kind != "vague"}


def _turns(leaf: Leaf, side: Direction, other: Direction) -> bool:
    return bool(_names(leaf, side) & _names(leaf, other))


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


def _side(
    leaf: Leaf,
    side: Direction,
    box: Box,
    on_line: Collection[tuple[Direction, str]],
    scales: Mapping[str, tuple[float, float]],
) -> _Side:
    """Decide the curve of one side: straight on its line, leaning, kinked, wavy or uneven."""
    names = _along(leaf, side)
    count = len(names)
    chance = [scatter(leaf.id, side, i) for i in range(8)]
    breaks = np.arange(count + 1) / count
    breaks[1:-1] += (chance[0] - 0.5) * 0.3 / count
    length, across = box.north - box.south, box.east - box.west
    if AXIS[side] == 1:
        length, across = across, length
    deepest = _DEEPEST * across / length
    straight = [f is not None and (side, key(f)) in on_line for f in names]

    knots: list[tuple[float, float]] = []
    if any(straight) and count > 1:  # one line goes over into the next: a nick marks the place
        nicks = [
            (b + step, deep) for b in breaks[1:-1] for step, deep in ((-0.02, 0.0), (0.0, 0.03), (0.02, 0.0))
        ]
        knots = [(0.0, 0.0), *((float(at), min(deep, deepest)) for at, deep in nicks), (1.0, 0.0)]
    elif count > 1:  # a bend where one feature ends and the next begins
        lean = min(0.07 + 0.05 * chance[1], deepest)
        knots = [(float(b), 0.0 if 0 < i < count else lean) for i, b in enumerate(breaks)]
    elif straight[0] or (names[0] is not None and names[0].kind in _WAVY):
        knots = [(0.0, 0.0), (1.0, 0.0)]
    elif names[0] is None or names[0].kind in {"place", "vague", "block"}:
        deep = min(0.06, deepest)
        parts = (0.0, 0.17, 0.38, 0.61, 0.83, 1.0)
        knots = [(p + 0.05 * (c - 0.5) * (0 < p < 1), deep * c) for p, c in zip(parts, chance, strict=False)]
    else:
        lean = 0.02 * chance[1] if _runs_straight(names[0]) else 0.02 + 0.05 * chance[1]
        ends = (0.0, min(lean, deepest))
        knots = list(zip((0.0, 1.0), ends if chance[2] < 0.5 else ends[::-1], strict=True))
    return _Side(names, breaks, np.array(sorted(knots)), _wave(names, scales))


def _wave(names: tuple[Feature | None, ...], scales: Mapping[str, tuple[float, float]]) -> _Wave:
    """Give the windings of a side along one thing; both banks wind alike, so only its name decides."""
    feature = names[0]
    if len(names) > 1 or feature is None or feature.kind not in _WAVY:
        return _Wave()
    name = key(feature)
    smallest, largest = scales[name]
    return _Wave(
        height_m=(0.03 if feature.kind == "water" else 0.012) * smallest,
        length_m=(0.8 + 0.4 * scatter("length", name)) * (smallest + largest) / 2,
        phase=scatter("phase", name),
    )


def _outline(leaf: Leaf, box: Box, sides: Mapping[Direction, _Side]) -> Outline:
    """Join four curves at their crossings into a ring."""
    curves = {side: _curve(side, box, sides[side]) for side in _RING}
    corners = {side: _corner(curves, side, box) for side in _RING}
    paths: list[_Path] = []
    for side in _RING:
        axis = AXIS[side]
        start, stop = (corners[s][1 - axis] for s in (_RING[_RING.index(side) - 1], side))
        origin, length = (box.south, box.north - box.south) if axis == 0 else (box.west, box.east - box.west)
        breaks = origin + sides[side].breaks * length
        samples = origin + sides[side].knots[:, 0] * length
        if sides[side].wave.height_m:
            count = int(np.clip(9 * length / sides[side].wave.length_m, 9, 60))
            samples = np.r_[samples, origin + length * np.linspace(0.03, 0.97, count)]
        low, high = min(start, stop), max(start, stop)
        breaks[0], breaks[-1] = low, high
        pieces = []
        for feature, a, b in zip(sides[side].names, breaks, breaks[1:], strict=False):
            inside = samples[(samples > a + 0.01 * length) & (samples < b - 0.01 * length)]
            along = np.r_[a, np.unique(inside), b]
            xy = np.column_stack([curves[side](along), along])
            pieces.append((side, feature, xy if axis == 0 else xy[:, ::-1]))
        if start > stop:
            pieces = [(s, f, xy[::-1]) for s, f, xy in reversed(pieces)]
        # Both sides of a corner end in the very same point.
        pieces[0][2][0] = corners[_RING[_RING.index(side) - 1]]
        pieces[-1][2][-1] = corners[side]
        paths += pieces
    return _ring([*_rounded(paths, leaf, min(box.east - box.west, box.north - box.south))])


def _curve(side: Direction, box: Box, shape: _Side) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Give the side's coordinate across its axis as a function of the one along it."""
    axis = AXIS[side]
    base = getattr(box, side)
    origin, length = (box.south, box.north - box.south) if axis == 0 else (box.west, box.east - box.west)
    wave = shape.wave

    def curve(along: NDArray[np.float64]) -> NDArray[np.float64]:
        part = (along - origin) / length
        depth = length * np.interp(part, shape.knots[:, 0], shape.knots[:, 1])
        turns = 2 * np.pi * (along / wave.length_m + wave.phase)
        height = wave.height_m * (np.sin(turns) + 0.4 * np.sin(1.7 * turns))
        across: NDArray[np.float64] = base - SIGN[side] * depth + height
        return across

    return curve


def _corner(
    curves: Mapping[Direction, Callable[[NDArray[np.float64]], NDArray[np.float64]]],
    side: Direction,
    box: Box,
) -> tuple[float, float]:
    """Find where a side meets the next one of the ring."""
    upright, level = (side, _next(side)) if AXIS[side] == 0 else (_next(side), side)
    x, y = getattr(box, upright), getattr(box, level)
    for _ in range(40):  # both curves are flat enough for this to converge
        before = x, y
        x = float(curves[upright](np.array(y)))
        y = float(curves[level](np.array(x)))
        if abs(x - before[0]) + abs(y - before[1]) < 1e-9:
            break
    return x, y


def _rounded(paths: list[_Path], leaf: Leaf, shorter_m: float) -> list[_Path]:
    """Bend the ring where one feature goes on round a corner."""
    result = list(paths)
    for i, (side, feature, _) in enumerate(paths):
        j = (i + 1) % len(paths)
        other = paths[j][1]
        if side == paths[j][0] or feature is None or other is None or key(feature) != key(other):
            continue
        if feature.kind == "vague":
            continue
        before, after = shapely.LineString(result[i][2]), shapely.LineString(result[j][2])
        radius = min(_BEND * shorter_m, 0.4 * before.length, 0.4 * after.length)
        head = shapely.get_coordinates(substring(before, 0, before.length - radius))
        tail = shapely.get_coordinates(substring(after, radius, after.length))
        first, corner, last = head[-1], paths[i][2][-1], tail[0]
        t = np.linspace(0, 1, 9)[:, None]
        bend = (1 - t) ** 2 * first + 2 * t * (1 - t) * corner + t**2 * last
        result[i] = (side, feature, np.vstack([head[:-1], bend[:5]]))
        result[j] = (paths[j][0], other, np.vstack([bend[4:], tail[1:]]))
    return result


def _ring(paths: list[_Path]) -> Outline:
    """Close a chain of paths into a ring; each begins where the one before it ends."""
    pieces, vertices, start = [], [], 0
    for side, feature, path in paths:
        vertices.append(path[:-1])
        pieces.append(Piece(side, feature, start, start + len(path) - 1))
        start += len(path) - 1
    vertices.append(vertices[0][:1])
    return Outline(np.vstack(vertices), tuple(pieces))


def _blob(leaf: Leaf, box: Box) -> Outline:
    """Draw a round shape that claims no side; the pieces of a ring without directions share it out."""
    features: tuple[Feature | None, ...] = leaf.parcel.ring[::-1]  # named clockwise, drawn the other way
    count = len(features) or 4
    steps = 1 if len(features) > 2 else 36 // count  # three and more meet at corners
    angle = 2 * np.pi * (np.arange(count * steps + 1) / (count * steps) + 0.125)
    phase = [2 * np.pi * scatter("blob", leaf.id, i) for i in range(3)]
    radius = np.ones_like(angle)
    for order, height, at in zip((2, 3, 5), (0.06, 0.04, 0.02), phase, strict=True):
        radius += height * np.cos(order * angle + at)
    xy = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    xy[-1] = xy[0]
    low, high = xy.min(axis=0), xy.max(axis=0)
    size = np.array([box.east - box.west, box.north - box.south])
    xy = np.array([box.west, box.south]) + (xy - low) / (high - low) * size
    quadrants: tuple[Direction, ...] = ("north", "west", "south", "east")
    pieces = []
    for i in range(count):
        middle = (i + 0.5) / count
        pieces.append(
            Piece(quadrants[int(4 * middle) % 4], (features or (None,) * 4)[i], i * steps, (i + 1) * steps)
        )
    return Outline(xy, tuple(pieces))
