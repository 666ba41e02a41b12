"""Where the features of a map lie, and which of one name lie together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Candidate, ReferenceMap, Zone

__all__ = ["APART_M", "Places"]

APART_M = 3000.0
"""Pieces of one name farther apart than this are two features: twice the longest gap (1.5 km) that
tracing would bridge, so that no bridge could ever make one line of them."""

_TOUCHING_M = 50.0
"""What a map that is not noded leaves between pieces of one line; by choice, far below
:data:`APART_M`, so that no group depends on it."""


class Places:
    """Where the features of a map lie, in rough metres: a degree of longitude is that of the map's middle.

    Good to tell kilometres apart within a province; nothing is measured or drawn here.
    """

    def __init__(self, reference: ReferenceMap) -> None:
        self._reference = reference
        self._shapes: dict[tuple[str, ...], BaseGeometry] = {}
        self._distances: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}

    @cached_property
    def _lonlat(self) -> NDArray[np.object_]:
        return np.asarray(self._reference.features.geometry.to_numpy())

    @cached_property
    def _scale(self) -> NDArray[np.float64]:
        south, north = shapely.total_bounds(self._lonlat)[[1, 3]] if len(self._lonlat) else (0.0, 0.0)
        return METRES_PER_DEGREE * np.array([np.cos(np.radians((south + north) / 2)), 1.0])

    def _xy(self, rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.object_]:
        return np.asarray(shapely.transform(self._lonlat[rows], lambda lonlat: lonlat * self._scale))

    @cached_property
    def _row(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self._reference.features["source_id"])}

    def groups(self, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
        """Part rows into groups more than :data:`APART_M` from each other, the order of their first rows."""
        xy = self._xy(rows)
        bounds = shapely.bounds(xy)
        size = bounds[:, 2:].max(axis=0) - bounds[:, :2].min(axis=0)
        if np.hypot(*size) <= APART_M:
            return [rows]
        # First what touches, or nearly so where a map is not noded: few shapes are left to measure.
        near = _linked(xy, within=_TOUCHING_M)
        shapes = np.array([shapely.union_all(xy[near == k]) for k in range(near.max() + 1)])
        far = _linked(shapes, within=APART_M)[near]
        order = dict.fromkeys(far.tolist())
        return [rows[far == k] for k in order]

    def shape(self, candidate: Candidate) -> BaseGeometry:
        """Return all that a candidate consists of as one geometry."""
        key = candidate.source_ids
        if key not in self._shapes:
            self._shapes[key] = shapely.union_all(self._xy([self._row[i] for i in key]))
            shapely.prepare(self._shapes[key])
        return self._shapes[key]

    def lonlat(self, candidate: Candidate) -> str:
        """Return the middle of a candidate's bounds in words: longitude and latitude."""
        lonlat = self._lonlat[[self._row[i] for i in candidate.source_ids]]
        west, south, east, north = shapely.total_bounds(lonlat)
        return f"{(west + east) / 2:.4f}, {(south + north) / 2:.4f}"

    def distance_m(self, a: Candidate, b: Candidate) -> float:
        """Return how far two candidates lie apart."""
        key = (a.source_ids, b.source_ids)
        if key not in self._distances:
            metres = float(shapely.distance(self.shape(a), self.shape(b)))
            self._distances[key] = self._distances[key[::-1]] = metres
        return self._distances[key]

    def away_m(self, candidate: Candidate, lonlat: BaseGeometry) -> float:
        """Return how far a candidate lies from places in longitude and latitude."""
        xy = shapely.transform(lonlat, lambda degrees: degrees * self._scale)
        return float(shapely.distance(self.shape(candidate), xy))

    def district(self, zone: Zone) -> BaseGeometry | None:
        """Return the outline of the district that a zone's name holds, the longest name that fits."""
        features = self._reference.features
        areal = shapely.get_dimensions(self._lonlat) == 2
        words = zone.name or ""
        fitting = [
            (len(name), name, row)
            for row in np.flatnonzero(areal).tolist()
            if (name := str(features["name"].iat[row]))[-1:] in "区县旗镇市"
            and len(name) > 2
            and name[:-1] in words
        ]
        if not fitting:
            return None
        outline: BaseGeometry = self._xy([max(fitting)[2]])[0]
        return outline


def _linked(shapes: NDArray[np.object_], *, within: float) -> NDArray[np.intp]:
    """Return for each shape the number of the group that distances of at most so much link it to."""
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=within)
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(len(shapes), len(shapes)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
