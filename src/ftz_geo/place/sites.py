"""Where a block lies of which points tell too little for a shape: a centre, and a radius that holds it.

Every side that is known says how far off the centre lies and which way. A grid of places is weighed by all
of them together; what is sure is as narrow, and what is not as wide, as the points make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ftz_geo.compass import TOWARDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Side

__all__ = ["Around", "Known", "Spot", "spot_of"]

_SHORT_SD, _LONG_SD = 0.55, 0.9
"""How much nearer and how much farther than half its length a side may lie off the centre of a block, as
shares of that half: blocks are no squares."""

_ANGLE_SD = np.radians(32)
"""How far off its direction the nearest place of a side may lie."""

_WRONG = 0.02
"""How likely a known side is another thing of the same name."""

_CELLS = 60
"""Places along the longer side of the grid, which is laid over everything, then over what is likely."""

_STEP_M = 45.0
"""Between the places of a line that are tried: far below what is known of it. It divides no length of whole
kilometres that a line goes on beyond its ends, so that rounding adds no place."""

_SHARE = 0.9

_USUAL_M2 = 1.5e6
"""The area of a block that states none."""


class Known(NamedTuple):
    """A side of a block of which something is known."""

    side: Side
    shape: BaseGeometry
    """Lines and points, plane metres."""
    beyond: BaseGeometry | None
    """Where its lines may go on beyond what is known of them."""
    band_m: float
    """How far off it may be."""
    goes_on_m: float = 1000.0
    """How far beyond what is known of it a block may lie along it, as a standard deviation."""


class Around(NamedTuple):
    """Where others lie that a block is told beside."""

    xy: NDArray[np.float64]
    """Shape (2,)."""
    sd_m: float


class Spot(NamedTuple):
    """Where a block lies."""

    xy: tuple[float, float]
    """Plane metres."""
    radius_m: float


def spot_of(known: Sequence[Known], area_m2: float | None, around: Around | None) -> Spot:
    """Return where a block lies, from the sides that are known.

    Parameters
    ----------
    known : sequence of Known
        One or more.
    area_m2 : float or None
        What the text states.
    around : Around or None
        Where other blocks of its zone lie, as far as that is known.

    Returns
    -------
    Spot

    Examples
    --------
    Beside a road on its west and one on its south, a block of 1 km² lies half a kilometre or more off either:

    >>> west = Known("west", shapely.LineString([(0, -2000), (0, 2000)]), None, 20.0)
    >>> south = Known("south", shapely.LineString([(-2000, 0), (2000, 0)]), None, 20.0)
    >>> spot = spot_of([west, south], 1e6, None)
    >>> [round(v, -2) for v in spot.xy], 500 < spot.radius_m < 1000
    ([700.0, 700.0], True)
    """
    length_m = (area_m2 or _USUAL_M2) ** 0.5
    box = shapely.box(
        *shapely.total_bounds([s for side in known for s in (side.shape, side.beyond) if s is not None])
    ).buffer(2 * length_m)
    xy, weight = _weighed(_grid(box.bounds, length_m), known, length_m, around)
    likely = xy[weight >= weight.max() * 1e-4]
    step = float(np.ptp(xy, axis=0).max()) / _CELLS
    west, south = (likely.min(axis=0) - step).tolist()
    east, north = (likely.max(axis=0) + step).tolist()
    xy, weight = _weighed(_grid((west, south, east, north), length_m / 4), known, length_m, around)
    weight = weight / weight.sum()
    middle = weight @ xy
    away = np.hypot(*(xy - middle).T)
    order = np.argsort(away)
    radius = float(away[order][np.searchsorted(np.cumsum(weight[order]), _SHARE).clip(0, len(order) - 1)])
    return Spot((float(middle[0]), float(middle[1])), max(radius, length_m / 10))


def _grid(bounds: tuple[float, float, float, float], least_m: float) -> NDArray[np.float64]:
    west, south, east, north = bounds
    step = max((east - west) / _CELLS, (north - south) / _CELLS, least_m / 8)
    # Half a step more, so that rounding adds no row where the step divides a side.
    x, y = (np.arange(low, high + 1.5 * step, step) for low, high in ((west, east), (south, north)))
    x, y = np.meshgrid(x, y)
    return np.column_stack([x.ravel(), y.ravel()])


def _weighed(
    xy: NDArray[np.float64], known: Sequence[Known], length_m: float, around: Around | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places, and how likely each is the centre."""
    weight = np.zeros(len(xy))
    for side in known:
        nearest = _nearest(side.shape, xy)
        fits = _fit(nearest - xy, side, length_m)
        if side.beyond is not None:
            nearest = _nearest(side.beyond, xy)
            farther = np.hypot(*(nearest - _nearest(side.shape, nearest)).T) / side.goes_on_m
            fits = np.minimum(fits, _fit(nearest - xy, side, length_m) + farther**2)
        weight += np.log((1 - _WRONG) * np.exp(-fits / 2) + _WRONG * 1e-3)
    if around is not None:
        weight -= (np.hypot(*(xy - around.xy).T) / around.sd_m) ** 2 / 2
    return xy, np.exp(weight - weight.max())


def _nearest(shape: BaseGeometry, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places of a shape nearest to others, shape (n, 2), to within half a step."""
    places = shapely.get_coordinates(shapely.segmentize(shape, _STEP_M))
    _, row = cKDTree(places).query(xy)
    return np.asarray(places[row])


def _fit(step: NDArray[np.float64], side: Known, length_m: float) -> NDArray[np.float64]:
    """Return how badly places fit as the centre of a block, by their way to its side: squared deviations."""
    away = np.hypot(*step.T)
    off = away - length_m / 2
    off /= np.hypot(np.where(off > 0, _LONG_SD, _SHORT_SD) * length_m / 2, side.band_m)
    fits: NDArray[np.float64] = off**2
    if side.side != "ring":
        ahead = (step @ np.array(TOWARDS[side.side], dtype=float)) / np.maximum(away, 1.0)
        # Near a line of which little is sure, its direction says little.
        sd = np.hypot(_ANGLE_SD, np.arctan2(side.band_m, length_m / 2))
        fits = fits + (np.arccos(np.clip(ahead, -1, 1)) / sd) ** 2
    return fits
