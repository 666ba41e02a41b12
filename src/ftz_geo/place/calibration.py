"""How far an axis through points lies off its road, measured on the gazetteer by leaving points out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LINEAR_KINDS
from ftz_geo.place.axes import NOISE_M, Places, axis_through
from ftz_geo.place.crowds import places_of_crowd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ftz_geo.model import ReferenceMap

__all__ = ["Calibration", "calibration_of", "leave_one_out"]

_BINS_M = np.array([0.0, 200.0, 400.0, 800.0, 1500.0, np.inf])
_AT_M = np.array([100.0, 300.0, 600.0, 1150.0, 2000.0])
"""Where in its bin each figure is said to hold."""

_USUAL_M = {False: (38.0, 112.0, 138.0, 256.0, 500.0), True: (51.0, 126.0, 310.0, 400.0, 1363.0)}
"""The same for a gazetteer too small to tell: measured on 691 points of Tianjin, between and beyond."""

_ENOUGH = 20
"""Points left out that are needed for a figure."""

_MOST = 600
"""Points left out in all: more do not change the figures by a tenth."""

_WINDOW = 20
"""Places on either side of one that is left out through which the axis is drawn again."""

_ON_A_PLANE = 10.0
"""Degrees that one plane holds: at 500 km from its middle, lengths are off by a thousandth."""

_SHARE = 0.9

_LABEL_M = 1.645 * NOISE_M
"""A label lies off the axis of its road by this much with 90 %: that is no error of the axis."""


class Calibration(NamedTuple):
    """Half the width of the band about an axis that holds its road with 90 %, by distance from its places."""

    between_m: tuple[float, ...]
    beyond_m: tuple[float, ...]
    left_out: int
    """Points that it was measured on."""

    def band_m(self, away_m: NDArray[np.float64], beyond: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the half width at places that lie so far along an axis from the nearest point."""
        far = np.maximum(away_m / _AT_M[-1], 1.0)
        between, out = (np.interp(away_m, _AT_M, of) for of in (self.between_m, self.beyond_m))
        band: NDArray[np.float64] = np.where(beyond, np.maximum(out, between), between) * far
        return band


def calibration_of(points: ReferenceMap) -> Calibration:
    """Measure how far axes lie off their roads, on the points of a gazetteer.

    Examples
    --------
    Of three points in a row nothing can be learned, and what is usual holds:

    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap
    >>> features = gpd.GeoDataFrame({"name": "甲路", "kind": "road"}, index=range(3),
    ...     geometry=gpd.points_from_xy([117.0, 117.01, 117.02], [39.0] * 3), crs=4326)
    >>> known = calibration_of(ReferenceMap(features=features))
    >>> known.band_m(np.array([100.0]), np.array([False])).round().tolist(), known.left_out
    ([32.0], 3)
    """
    return _calibration(_left_out(points))


def leave_one_out(points: ReferenceMap) -> pd.DataFrame:
    """Leave points of a gazetteer out, one at a time, and measure how far the axis of the others is off.

    Parameters
    ----------
    points : ReferenceMap

    Returns
    -------
    DataFrame
        ``name``; ``distance_m`` along the axis to the nearest other point; ``beyond``, whether all others lie
        on one side; ``error_m``, how far the axis runs from the point; ``stated_m``, the half width that
        holds 90 %, learned from the points of other names.
    """
    table = _left_out(points)
    half = np.array([sum(map(ord, name)) % 2 for name in table["name"]], dtype=int)
    stated = np.zeros(len(table))
    for k in (0, 1):
        learned = _calibration(table[half != k])
        own = table[half == k]
        stated[half == k] = learned.band_m(own["distance_m"].to_numpy(), own["beyond"].to_numpy())
    return table.assign(stated_m=stated)


def _calibration(table: pd.DataFrame) -> Calibration:
    figures = {}
    for beyond in (False, True):
        own = table[table["beyond"] == beyond]
        which = np.digitize(own["distance_m"], _BINS_M) - 1
        measured = []
        for k, usual in enumerate(_USUAL_M[beyond]):
            errors = own["error_m"].to_numpy()[which == k]
            enough = len(errors) >= _ENOUGH
            error_m = float(np.quantile(errors, _SHARE, method="higher")) if enough else usual
            measured.append(max(float(np.sqrt(max(error_m**2 - _LABEL_M**2, 0.0))), error_m / 2))
        figures[beyond] = tuple(np.maximum.accumulate(measured).tolist())
    return Calibration(figures[False], figures[True], len(table))


def _left_out(points: ReferenceMap) -> pd.DataFrame:
    rows = list(_errors(points))
    return pd.DataFrame(rows, columns=["name", "distance_m", "beyond", "error_m"]).astype(
        {"distance_m": float, "beyond": bool, "error_m": float}
    )


def _errors(points: ReferenceMap) -> Iterator[tuple[str, float, bool, float]]:
    features = points.features
    is_point = shapely.get_type_id(features.geometry.to_numpy()) == shapely.GeometryType.POINT
    features = features[is_point & features["kind"].isin(list(LINEAR_KINDS)).to_numpy()]
    if features.empty:
        return
    xy, region = _on_planes(features.geometry.to_numpy())
    stretches = [
        (str(name), places)
        for name, rows in features.groupby("name").indices.items()
        for k in np.unique(region[rows])
        if (region[rows] == k).sum() > 2
        for places in places_of_crowd(xy[rows[region[rows] == k]])
        if len(places.xy) > 2
    ]
    count = sum(len(places.xy) for _, places in stretches)
    every = max(count // _MOST, 1)
    n = 0
    for name, places in stretches:
        for k in range(len(places.xy)):
            n += 1
            if n % every == 0:
                yield name, *_error(places, k)


def _on_planes(points: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return points in metres, shape (n, 2), and on which plane each lies: on one if they fit there."""
    lonlat = shapely.get_coordinates(points)
    region = np.zeros(len(points), dtype=np.intp)
    if np.ptp(lonlat, axis=0).max() > _ON_A_PLANE:
        cells = np.floor(lonlat / _ON_A_PLANE)
        region = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
    xy = np.empty(lonlat.shape)
    for k in range(region.max() + 1):
        own = points[region == k]
        xy[region == k] = shapely.get_coordinates(LocalPlane.around(own).to_xy(own))
    return xy, region


def _error(places: Places, left_out: int) -> tuple[float, bool, float]:
    """Return how far a place lies from the others, whether beyond them, and how far from their axis."""
    # Places farther along say nothing of this one.
    rows = np.arange(len(places.xy))
    kept = (rows != left_out) & (np.abs(rows - left_out) <= _WINDOW)
    others = Places(places.xy[kept], places.weight[kept])
    point = places.xy[left_out]
    nearest = float(np.hypot(*(others.xy - point).T).min())
    axis = axis_through(others, nearest, None, "")
    at = axis.line.project(shapely.Point(point))
    away, beyond = axis.away_m(np.array([at]))
    return float(away[0]), bool(beyond[0]), float(axis.line.distance(shapely.Point(point)))
