"""The pen: a parcel's outline inside its rectangle, as one would draw it by hand.

Its bends, cut corners and proportions were chosen by eye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.compass import AXIS, DIRECTIONS, RING_ORDER, SIGN, Direction
from ftz_geo.sketch.chance import scatter
from ftz_geo.sketch.contacts import WINDING_LINES, key
from ftz_geo.sketch.curves import DEEPEST, corner, curve, following, runs_straight, side_of, turns
from ftz_geo.sketch.outline import Outline, Path
from ftz_geo.sketch.relations import BOX_SIDES, Box

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ftz_geo.model import Feature
    from ftz_geo.sketch.curves import Side
    from ftz_geo.sketch.leaves import Leaf

__all__ = ["area_needed_m2", "aspect", "draw"]

_RING = (*RING_ORDER[-1:], *RING_ORDER[:-1])
"""Sides as a ring passes them, counter-clockwise from the south-west corner."""

_BEND = 0.22
"""Where one feature turns a corner, its bend begins at this part of the shorter side."""


def aspect(leaf: Leaf) -> float:
    """Choose width by height: longer along what is long (river, railway, expressway), else by chance."""
    if not any(leaf.parcel.abuttals.values()):
        return 1.0
    along = [0, 0]
    for side, feature in leaf.parcel.features():
        along[AXIS[side]] += feature.kind in WINDING_LINES or runs_straight(feature)
    chance = 0.7 * scatter("aspect", leaf.id, *(key(f) for _, f in leaf.parcel.features())) - 0.35
    return float(np.exp(chance + 0.2 * np.clip(along[1] - along[0], -1, 1)))


def area_needed_m2(leaf: Leaf, on_line: Collection[tuple[Direction, str]]) -> float:
    """Return the area of the rectangle that a parcel's outline of exact area fits into.

    What is on a line runs along the rectangle itself; the other sides lean inwards.
    """
    if not any(leaf.parcel.abuttals.values()):
        return leaf.area_m2 / _blob(leaf, Box(0, 0, 1, 1)).area
    loss = 0.005  # of the fan of tangents
    for side in _RING:
        features = leaf.parcel.abuttals[side]
        if len(features) == 1 and features[0].kind in WINDING_LINES:
            loss += 0.02
        elif not any((side, key(f)) in on_line for f in features):
            loss += DEEPEST / 2
        if turns(leaf, side, following(side)):
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
        Metres, with the leaf's area to 1e-9 or better.
    """
    if not any(leaf.parcel.abuttals.values()):
        return _of_area(_blob(leaf, box), leaf.area_m2)
    sides = {side: side_of(leaf, side, box, on_line, scales) for side in _RING}
    moving = [side for side in DIRECTIONS if held[side] == 0]
    if not moving:  # a bank may come nearer to its river, a road stays where it is
        moving = [s for s in DIRECTIONS if not any((s, key(f)) in on_line for f in leaf.parcel.abuttals[s])]
    if not moving:
        cut = _cut(_outline(leaf, box, sides), leaf)
        if cut is not None:
            return _of_area(cut, leaf.area_m2)
        # One of each axis, so that the shape stays the same.
        moving = [min(pair, key=lambda s: held[s]) for pair in (("east", "west"), ("north", "south"))]
    return _of_area(_moved_in(leaf, box, moving, sides), leaf.area_m2)


def _of_area(outline: Outline, area_m2: float) -> Outline:
    return outline.scaled((area_m2 / outline.area) ** 0.5)


def _moved_in(
    leaf: Leaf, box: Box, moving: Collection[Direction], sides: Mapping[Direction, Side]
) -> Outline:
    """Move some sides inwards, each by the same part of the rectangle, until the area is all but met."""
    from scipy.optimize import newton

    def outline(inset: float) -> Outline:
        moved = (
            at - SIGN[side] * inset * box.size[AXIS[side]] if side in moving else at
            for side, at in zip(BOX_SIDES, box, strict=True)
        )
        return _outline(leaf, Box(*moved), sides)

    # The area is all but linear in the inset: the secant is there after a few steps.
    inset = newton(
        lambda part: outline(part).area - leaf.area_m2, 0.0, x1=0.05, tol=1e-10, maxiter=8, disp=False
    )
    return outline(float(inset))


def _cut(outline: Outline, leaf: Leaf) -> Outline | None:
    """Cut off one corner, or all if one is not enough, so that the area is met; None if it cannot be."""
    from scipy.optimize import brentq

    paths = outline.paths
    corners = [
        i
        for i, (side, _, _) in enumerate(paths)
        if side != paths[(i + 1) % len(paths)].side and not turns(leaf, side, following(side))
    ]
    if not corners:
        return None

    def surplus_m2(leg_m: float, cut: Collection[int]) -> float:
        return _without_corners(paths, cut, leg_m).area - leaf.area_m2

    longest_m = 0.4 * min(shapely.LineString(path.xy).length for path in paths)
    one = corners[int(len(corners) * scatter("corner", leaf.id))]
    for cut in ([one], corners):
        if surplus_m2(0.0, cut) >= 0 >= surplus_m2(longest_m, cut):
            return _without_corners(paths, cut, brentq(surplus_m2, 0.0, longest_m, args=(cut,)))
    return None


def _without_corners(paths: Sequence[Path], corners: Collection[int], leg_m: float) -> Outline:
    """Cut the corners at the ends of some paths; no feature accounts for the cut."""
    kept: list[Path] = []
    for i, path in enumerate(paths):
        line = shapely.LineString(path.xy)
        start = leg_m if (i - 1) % len(paths) in corners else 0.0
        stop = line.length - (leg_m if i in corners else 0.0)
        kept.append(path._replace(xy=shapely.get_coordinates(substring(line, start, stop))))
    joined: list[Path] = []
    for i, path in enumerate(kept):
        joined.append(path)
        if i in corners and leg_m > 0:
            joined.append(Path(path.side, None, np.vstack([path.xy[-1], kept[(i + 1) % len(kept)].xy[0]])))
    return Outline.of(joined)


def _outline(leaf: Leaf, box: Box, sides: Mapping[Direction, Side]) -> Outline:
    """Join four curves at their crossings into a ring."""
    curves = {side: curve(side, box, sides[side]) for side in _RING}
    corners = {side: corner(curves, side, box) for side in _RING}
    paths: list[Path] = []
    for side in _RING:
        axis, shape = AXIS[side], sides[side]
        start, stop = (corners[s][1 - axis] for s in (following(side, -1), side))
        origin, length = box.span(1 - axis)
        breaks = origin + shape.breaks * length
        samples = origin + shape.knots[:, 0] * length
        if shape.wave.height_m:
            count = int(np.clip(9 * length / shape.wave.length_m, 9, 60))
            samples = np.r_[samples, origin + length * np.linspace(0.03, 0.97, count)]
        breaks[0], breaks[-1] = min(start, stop), max(start, stop)
        pieces = []
        for feature, a, b in zip(shape.features, breaks, breaks[1:], strict=False):
            inside = samples[(samples > a + 0.01 * length) & (samples < b - 0.01 * length)]
            along = np.r_[a, np.unique(inside), b]
            xy = np.column_stack([curves[side](along), along])
            pieces.append(Path(side, feature, xy if axis == 0 else xy[:, ::-1]))
        if start > stop:
            pieces = [path._replace(xy=path.xy[::-1]) for path in reversed(pieces)]
        # Both sides of a corner end in the very same point.
        pieces[0].xy[0] = corners[following(side, -1)]
        pieces[-1].xy[-1] = corners[side]
        paths += pieces
    return Outline.of(_rounded(paths, min(box.size)))


def _rounded(paths: Sequence[Path], shorter_m: float) -> list[Path]:
    """Bend the ring where one feature goes on round a corner."""
    result = list(paths)
    for i, path in enumerate(paths):
        j = (i + 1) % len(paths)
        if path.side == paths[j].side or not _goes_on(path.feature, paths[j].feature):
            continue
        before, after = shapely.LineString(result[i].xy), shapely.LineString(result[j].xy)
        radius = min(_BEND * shorter_m, 0.4 * before.length, 0.4 * after.length)
        head = shapely.get_coordinates(substring(before, 0, before.length - radius))
        tail = shapely.get_coordinates(substring(after, radius, after.length))
        t = np.linspace(0, 1, 9)[:, None]
        bend = (1 - t) ** 2 * head[-1] + 2 * t * (1 - t) * path.xy[-1] + t**2 * tail[0]
        result[i] = path._replace(xy=np.vstack([head[:-1], bend[:5]]))
        result[j] = paths[j]._replace(xy=np.vstack([bend[4:], tail[1:]]))
    return result


def _goes_on(feature: Feature | None, other: Feature | None) -> bool:
    return (
        feature is not None and other is not None and feature.kind != "vague" and key(feature) == key(other)
    )


def _blob(leaf: Leaf, box: Box) -> Outline:
    """Draw a round shape that claims no side; the pieces of a ring without directions share it out."""
    features: tuple[Feature | None, ...] = leaf.parcel.ring[::-1]  # named clockwise, drawn the other way
    features = features or (None,) * 4
    count = len(features)
    steps = 1 if len(leaf.parcel.ring) > 2 else 36 // count  # three and more meet at corners
    angle = 2 * np.pi * (np.arange(count * steps + 1) / (count * steps) + 0.125)
    radius = np.ones_like(angle)
    for i, (order, height) in enumerate(((2, 0.06), (3, 0.04), (5, 0.02))):
        radius += height * np.cos(order * angle + 2 * np.pi * scatter("blob", leaf.id, i))
    xy = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
    xy[-1] = xy[0]
    low, high = xy.min(axis=0), xy.max(axis=0)
    xy = np.array([box.west, box.south]) + (xy - low) / (high - low) * np.array(box.size)
    return Outline.of(
        Path(following("north", int(4 * (i + 0.5) / count)), feature, xy[i * steps : (i + 1) * steps + 1])
        for i, feature in enumerate(features)
    )
