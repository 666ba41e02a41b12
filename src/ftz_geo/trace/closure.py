"""The open side of a parcel as a straight line, put where the stated area is met.

What it bounds is never called traced, and that the areas agree proves nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq

from ftz_geo.compass import RING_ORDER, TOWARDS
from ftz_geo.measure import area_m2
from ftz_geo.model import Candidate, SideKey
from ftz_geo.trace.named import Named
from ftz_geo.trace.places import HEADING_M
from ftz_geo.trace.search import rings_of
from ftz_geo.trace.shape import draw
from ftz_geo.trace.tracks import crossings, straight_track

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Direction, Feature

_LEAN = np.cos(np.radians(60))  # a western side runs south more than it runs east or west

_SHARES = (1.0, 0.8, 1.25, 0.6, 1.6, 0.4, 2.4)
# Of the distance at which a rectangle would have the area: the line is tried there in turn.

_EXACT = 1e-6  # of the area: what is farther off at the place found is a jump from ring to ring


class _OpenError(Exception):
    """The parcel does not close."""


class _Base(NamedTuple):
    """What of the opposite side lies between the two neighbours of an open one, as a straight line."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]

    @property
    def length_m(self) -> float:
        return float(np.hypot(*(self.end - self.start)))


def closing_line(
    named: Sequence[Named], side: Direction, feature: Feature, stated_m2: float, plane: LocalPlane
) -> Named | None:
    """Return the line across the open side of a parcel at which the stated area is met.

    It runs parallel to the opposite side, between the places where that meets its neighbours.

    Parameters
    ----------
    named : sequence of Named
        Those of the other three sides.
    side : Direction
        The open side.
    feature : Feature
        What the words say of it.
    stated_m2 : float
    plane : LocalPlane

    Returns
    -------
    Named or None
        None where no place of the line gives the area.
    """
    base = _base(named, side)
    if base is None:
        return None
    length = base.length_m
    along = (base.end - base.start) / length
    outward = np.array([-along[1], along[0]])
    candidate = Candidate(source_ids=(), map_name="", score=1.0, how="stated area")
    key = SideKey(named[0].key.parcel_id, side, 0)

    def line_at(away_m: float) -> Named:
        at = (base.start + base.end) / 2 + away_m * outward
        track = straight_track(at, along, length + away_m, ())
        return Named(key=key, feature=feature, candidate=candidate, track=track, method="area-closure")

    @cache
    def excess_m2(away_m: float) -> float:
        return _area_m2([*named, line_at(away_m)], plane) - stated_m2

    away_m = _zero(excess_m2, [share * stated_m2 / length for share in _SHARES], _EXACT * stated_m2)
    return None if away_m is None else line_at(away_m)


def _area_m2(named: Sequence[Named], plane: LocalPlane) -> float:
    """Return the area of the best ring that can be drawn; raises where there is none."""
    drawings = (draw(ring)[0] for ring in rings_of(named))
    polygon = next((p for p in drawings if not p.is_empty), None)
    if polygon is None:
        raise _OpenError
    return float(area_m2([plane.to_lonlat(polygon)])[0])


def _zero(excess_m2: Callable[[float], float], tries_m: Sequence[float], exact_m2: float) -> float | None:
    """Return the distance at which nothing exceeds; None where the parcel does not close there."""
    bracket = _bracket(excess_m2, tries_m)
    if bracket is None:
        return None
    try:
        zero_m = float(brentq(excess_m2, *bracket, xtol=1e-7, rtol=1e-12))
        # Where the ring jumps from one way to another there is no such place.
        return zero_m if abs(excess_m2(zero_m)) <= exact_m2 else None
    except _OpenError:
        return None


def _bracket(excess_m2: Callable[[float], float], tries_m: Sequence[float]) -> tuple[float, float] | None:
    """Return the first distances found, tried in turn, at which the area is too small and too large."""
    below: list[float] = []
    above: list[float] = []
    for away_m in tries_m:
        try:
            excess = excess_m2(away_m)
        except _OpenError:
            continue
        if excess <= 0:
            below.append(away_m)
        if excess >= 0:
            above.append(away_m)
        if below and above:
            return max(below), min(above)
    return None


def _base(named: Sequence[Named], side: Direction) -> _Base | None:
    """Return the shortest stretch of the opposite side that lies between its neighbours, if there is one."""
    k = RING_ORDER.index(side)
    before, opposite, after = (
        [n for n in named if n.side == RING_ORDER[(k + later) % 4]] for later in (1, 2, 3)
    )
    starts, ends = _meetings(before, opposite), _meetings(after, opposite)
    step = ends[None] - starts[:, None]
    length = np.hypot(step[..., 0], step[..., 1])
    east, north = TOWARDS[side]
    onward = np.array([north, -east], dtype=float)  # of a western side, its opposite runs north
    fits = (length > HEADING_M / 10) & (step @ onward >= _LEAN * length)
    if not fits.any():
        return None
    i, j = np.unravel_index(np.where(fits, length, np.inf).argmin(), length.shape)
    return _Base(starts[i], ends[j])


def _meetings(some: Sequence[Named], others: Sequence[Named]) -> NDArray[np.float64]:
    """Return the points, shape (n, 2), where two sides meet: on the map, or else where they would."""
    pairs = [(one.track, other.track) for one in some for other in others]
    on_map = np.concatenate([crossings(one.map.lines, other.map.lines)[2] for one, other in pairs])
    if len(on_map):
        return on_map
    return np.concatenate([crossings(one.lines, other.lines)[2] for one, other in pairs])
