"""A reference map as tracing asks it: tracks by candidate, planes, widths, the lines around a place."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ftz_geo.compass import TOWARDS
from ftz_geo.measure import LocalPlane
from ftz_geo.model import LINEAR_KINDS
from ftz_geo.trace.areas import facing, is_river, side_lines
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.tracks import track_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Side
    from ftz_geo.model import Candidate, Direction, Feature, ReferenceMap
    from ftz_geo.trace.tracks import Track

NEAR_M = 600.0
"""How far around a ring the map is searched for streets that stop at a missing road."""

ROAD_WIDTH_BY_CLASS_M: Mapping[str, float] = {
    "motorway": 42.5,
    "trunk": 42.5,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 22.5,
    "residential": 22.5,
    "unclassified": 22.5,
}
"""Widths between the red lines of city roads, the middles of the ranges of GB 50220-95, table 7.1.6-1, for
cities of more than two million: 快速路 40 to 45 m, 主干路 45 to 55, 次干路 40 to 50, 支路 15 to 30; by
OSM's classes as its wiki gives them for China."""


class Atlas:
    """A reference map as tracing asks it.

    Remembers what it computed: a street bounds many blocks, and the map never changes.
    """

    def __init__(self, reference: ReferenceMap) -> None:
        self.features = reference.features
        self.searched = reference.searched
        self._planes: dict[tuple[float, float], LocalPlane] = {}
        self._middles: dict[tuple[str, ...], tuple[float, float]] = {}
        self._widths_m: dict[tuple[str, ...], float | None] = {}
        self._tracks: dict[
            tuple[LocalPlane, tuple[str, ...], tuple[float, float], Direction | None, bool], Track
        ] = {}

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Shapes of the map's features, longitude, latitude."""
        shapes: NDArray[np.object_] = self.features.geometry.to_numpy()
        return shapes

    @cached_property
    def names(self) -> NDArray[np.object_]:
        """Their names."""
        names: NDArray[np.object_] = self.features["name"].to_numpy(dtype=object)
        return names

    @cached_property
    def distinct_names(self) -> tuple[str, ...]:
        """Each of them once, sorted."""
        return tuple(sorted(set(map(str, self.names))))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self.features["source_id"])}

    @cached_property
    def _one_way(self) -> NDArray[np.int8] | None:
        return self.features["one_way"].to_numpy(dtype=np.int8) if "one_way" in self.features else None

    @cached_property
    def _dimensions(self) -> NDArray[np.int32]:
        return shapely.get_dimensions(self.geometry)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.geometry)

    def plane_at(self, lonlat: Iterable[float]) -> LocalPlane:
        """Return the plane at most an eighth of a degree from a place."""
        lon, lat = (round(4 * x) / 4 for x in lonlat)
        return self._planes.setdefault((lon, lat), LocalPlane(lon=lon, lat=lat))

    def rows(self, candidate: Candidate) -> NDArray[np.intp]:
        """Return the rows of a candidate's features."""
        return np.array([self._row_of[key] for key in candidate.source_ids], dtype=np.intp)

    def shapes(self, candidate: Candidate, plane: LocalPlane) -> NDArray[np.object_]:
        """Return the shapes of a candidate's features in plane metres."""
        return plane.to_xy(self.geometry[self.rows(candidate)])

    def runs(self, candidate: Candidate) -> bool:
        """Return whether a candidate has lines or areas along which a side may run, and not points alone."""
        return not candidate.source_ids or bool(self._dimensions[self.rows(candidate)].any())

    def middle(self, candidate: Candidate) -> tuple[float, float]:
        """Return the middle of a candidate's bounds, longitude and latitude."""
        key = candidate.source_ids
        if key not in self._middles:
            self._middles[key] = middle_of(self.geometry[self.rows(candidate)])
        return self._middles[key]

    def as_mapped(self, feature: Feature, candidate: Candidate) -> Feature:
        """Return a feature as the kind that the map has: a name without 路 may be a road's all the same."""
        if feature.kind != "place":
            return feature
        rows = self.rows(candidate)
        kinds = set(self.features["kind"].iloc[rows])
        runs = bool((shapely.get_dimensions(self.geometry[rows]) == 1).all())
        return (
            replace(feature, kind=kinds.pop())
            if runs and len(kinds) == 1 and kinds <= LINEAR_KINDS
            else feature
        )

    def width_m(self, candidate: Candidate, plane: LocalPlane) -> float | None:
        """Return how wide a candidate's features are: by banks, stated width or class."""
        key = candidate.source_ids
        if key not in self._widths_m:
            shapes = self.geometry[self.rows(candidate)]
            areas = shapes[shapely.get_dimensions(shapes) == 2]
            banks_m = _width_of_rivers(plane.to_xy(areas)) if len(areas) else None
            self._widths_m[key] = self._stated_width_m(candidate) if banks_m is None else banks_m
        return self._widths_m[key]

    def _stated_width_m(self, candidate: Candidate) -> float | None:
        rows = self.rows(candidate)
        for column, known in (("width_m", None), ("highway", ROAD_WIDTH_BY_CLASS_M)):
            if column in self.features:
                values = self.features[column].iloc[rows]
                values = values.map(known) if known is not None else values
                values = pd.to_numeric(values, errors="coerce")
                if values.notna().any():
                    return float(values.median())
        return None

    def track(self, candidate: Candidate, feature: Feature, side: Side, plane: LocalPlane) -> Track | None:
        """Return the track of a feature, moved by the offset that the text states.

        Of an area it is the edge that faces the block, of a river its middle; None where the map has
        points only, along which no side runs.
        """
        shift, face, centred = _shift(feature), facing(feature, side), feature.kind in LINEAR_KINDS
        key = (plane, candidate.source_ids, shift, face, centred)
        if key not in self._tracks:
            lines, shape = side_lines(self.shapes(candidate, plane), feature.kind, face)
            if not len(lines):
                return None
            lines = shapely.transform(lines, lambda xy: xy + np.array(shift))
            ids = np.asarray(candidate.source_ids, dtype=object)[shape]
            one_way = None if self._one_way is None else self._one_way[self.rows(candidate)][shape]
            self._tracks[key] = track_of(mapped_of(lines, ids, one_way, centred=centred))
        return self._tracks[key]

    def waters_across(self, paths: Sequence[NDArray[np.float64]], plane: LocalPlane) -> list[str]:
        """Return the names of waters that paths in plane metres cross, sorted."""
        lines = [plane.to_lonlat(shapely.LineString(path)) for path in paths]
        if not lines:
            return []
        rows = np.unique(self._tree.query(lines, predicate="intersects")[1])
        return sorted({str(self.names[row]) for row in rows if self.features["kind"].iloc[row] == "water"})

    def around(
        self, box: tuple[float, float, float, float], plane: LocalPlane
    ) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Return the map's lines in and near a box of plane metres, and their names."""
        region = plane.to_lonlat(shapely.box(*box).buffer(NEAR_M))
        rows = np.sort(self._tree.query(region, predicate="intersects"))
        rows = rows[shapely.get_dimensions(self.geometry[rows]) == 1]
        lines, owner = shapely.get_parts(plane.to_xy(self.geometry[rows]), return_index=True)
        return lines, self.names[rows[owner]]


def middle_of(shapes: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> tuple[float, float]:
    """Return the middle of the bounds of some shapes."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return (west + east) / 2, (south + north) / 2


def _shift(feature: Feature) -> tuple[float, float]:
    """Return the metres, east and north, by which the text moves a side off its feature."""
    way = feature.beyond
    if way is None or not feature.offset_m:
        return 0.0, 0.0
    east, north = TOWARDS[way]
    return east * feature.offset_m, north * feature.offset_m


def _width_of_rivers(areas: NDArray[np.object_]) -> float | None:
    """Return the mean width of the rivers among some waters; None where there are none."""
    rivers = [area for area in shapely.get_parts(shapely.union_all(areas)) if is_river(area)]
    if not rivers:
        return None
    # Of a long narrow area, width is twice the area over the outline.
    return 2 * float(shapely.area(rivers).sum() / shapely.length(rivers).sum())
