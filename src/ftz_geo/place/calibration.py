"""How far an axis through points lies off its road, measured on the gazetteer by leaving points out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LINEAR_KINDS
from ftz_geo.place.axes import NOISE_M, SD_90, Places, axis_through
from ftz_geo.place.crowds import places_of_crowd
from ftz_geo.place.headings import headings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from ftz_geo.model import ReferenceMap
    from ftz_geo.place.headings import Headings

__all__ = ["Calibration", "calibration_of", "leave_one_out"]

_BINS_M = np.array([0.0, 200.0, 400.0, 800.0, 1500.0, np.inf])
_AT_M = np.array([100.0, 300.0, 600.0, 1150.0, 2000.0])
"""Where in its bin each figure is said to hold."""

_AT_POINT = 0.75
"""The share of the first figure that holds at a point itself: none was left out so near to another."""

_USUAL_M = {False: (38.0, 112.0, 138.0, 256.0, 500.0), True: (51.0, 126.0, 310.0, 400.0, 1363.0)}
"""The same for a gazetteer too small to tell: measured on 691 points of Tianjin, between and beyond."""

_ENOUGH = 20
"""Points left out that are needed for a figure."""

_RUNS = (1, 2, 4, 8)
"""How many places of a road are left out at a time: alone, they would all have another one near."""

_MOST = 200
"""Runs left out of each length: more do not change the figures by a tenth."""

_WINDOW = 20
"""Places on either side of one that is left out through which the axis is drawn again."""

_ON_A_PLANE = 10.0
"""Degrees that one plane holds: at 500 km from its middle, lengths are off by a thousandth."""

_SHARE = 0.9

_LABEL_M = SD_90 * NOISE_M
"""A label lies off the axis of its road by this much with 90 %: that is no error of the axis."""


class Calibration(NamedTuple):
    """Half the width of the band about an axis that holds its road with 90 %, by distance from its places."""

    between_m: tuple[float, ...]
    beyond_m: tuple[float, ...]
    left_out: int
    """Points that it was measured on."""

    def band_m(self, away_m: NDArray[np.float64], beyond: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the half width at places that lie so far along an axis from the nearest point."""
        between, out = (
            np.interp(away_m, (0.0, *_AT_M), (_AT_POINT * of[0], *of))
            for of in (self.between_m, self.beyond_m)
        )
        band: NDArray[np.float64] = np.where(beyond, np.maximum(out, between), between) * _far(away_m)
        return band


def _far(away_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many times farther than the last figure is said to hold; 1 within."""
    times: NDArray[np.float64] = np.maximum(away_m / _AT_M[-1], 1.0)
    return times


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
        every = own["error_m"].to_numpy() / _far(own["distance_m"].to_numpy())
        measured = []
        for k, usual in enumerate(_USUAL_M[beyond]):
            errors = every[which == k]
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
    regions = [_Region.of(roads) for roads in _on_planes(features)]
    for run in _RUNS:
        cases = [case for region in regions for case in region.runs(run)]
        for name, places, start, headings in cases[:: max(len(cases) // _MOST, 1)]:
            yield name, *_error(places, start, run, headings, name)


class _Region(NamedTuple):
    """What lies on one plane."""

    roads: Mapping[str, Sequence[Places]]
    headings: Headings

    @classmethod
    def of(cls, roads: Mapping[str, Sequence[Places]]) -> _Region:
        xy = {name: [places.xy for places in stretches] for name, stretches in roads.items()}
        return cls(roads, headings_of(xy))

    def runs(self, count: int) -> Iterator[tuple[str, Places, int, Headings]]:
        """Yield every run of so many places that leaves two or more of its road."""
        for name, stretches in self.roads.items():
            for places in stretches:
                for start in range(len(places.xy) - count + 1 if len(places.xy) >= count + 2 else 0):
                    yield name, places, start, self.headings


def _on_planes(features: gpd.GeoDataFrame) -> Iterator[dict[str, list[Places]]]:
    """Yield the places of roads by name, in metres: all on one plane if they fit there."""
    lonlat = shapely.get_coordinates(features.geometry.to_numpy())
    region = np.zeros(len(features), dtype=np.intp)
    if np.ptp(lonlat, axis=0).max() > _ON_A_PLANE:
        cells = np.floor(lonlat / _ON_A_PLANE)
        region = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
    for k in range(region.max() + 1):
        own = features[region == k]
        plane = LocalPlane.around(own.geometry.to_numpy())
        xy = shapely.get_coordinates(plane.to_xy(own.geometry.to_numpy()))
        names = own.groupby("name").indices.items()
        yield {str(name): list(places_of_crowd(xy[rows])) for name, rows in names}


def _error(places: Places, start: int, run: int, headings: Headings, name: str) -> tuple[float, bool, float]:
    """Return how far a place lies from the others, whether beyond them, and how far from their axis.

    Left out is a run of places; looked at is the one of them that is farthest from the others.
    """
    rows = np.arange(len(places.xy))
    out = (rows >= start) & (rows < start + run)
    # Places farther along say nothing of this one.
    kept = ~out & (rows >= start - _WINDOW) & (rows < start + run + _WINDOW)
    others = Places(places.xy[kept], places.weight[kept])
    away = np.hypot(*(places.xy[out][:, None] - others.xy[None]).transpose(2, 0, 1)).min(axis=1)
    k = int(away.argmax())
    point = shapely.Point(places.xy[out][k])
    axis = axis_through(others, float(away[k]), headings, name)
    _, beyond = axis.away_m(np.array([axis.line.project(point)]))
    return float(away[k]), bool(beyond[0]), float(axis.line.distance(point))
