"""A reference map as tracing needs it: tracks by candidate, planes, the lines around a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.trace.tracks import Track, track_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Candidate, Direction, Feature, ReferenceMap

RING_ORDER: tuple[Direction, ...] = ("east", "north", "west", "south")
"""The sides in the order in which a counter-clockwise ring passes them."""

NEAR_M = 600.0
"""How far around a ring the map is searched for streets that stop at a missing road."""

OFFSET: dict[str, tuple[float, float]] = {
    "east_of": (1, 0),
    "west_of": (-1, 0),
    "north_of": (0, 1),
    "south_of": (0, -1),
}
"""The way, east and north, in which each relation moves a side."""


@dataclass(frozen=True, kw_only=True)
class Atlas:
    """A reference map, with what was once computed from it."""

    reference: ReferenceMap
    planes: dict[tuple[float, float], LocalPlane] = field(default_factory=dict)
    middles: dict[tuple[str, ...], NDArray[np.float64]] = field(default_factory=dict)
    tracks: dict[tuple[LocalPlane, tuple[str, ...], tuple[float, float]], Track] = field(default_factory=dict)

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Shapes of the map's features, longitude, latitude."""
        found: NDArray[np.object_] = self.reference.features.geometry.to_numpy()
        return found

    @cached_property
    def ids(self) -> pd.Index[Any]:
        """Their source ids."""
        found: pd.Index[Any] = pd.Index(self.reference.features["source_id"].to_numpy(dtype=object))
        return found

    @cached_property
    def names(self) -> NDArray[np.object_]:
        """Their names."""
        found: NDArray[np.object_] = self.reference.features["name"].to_numpy(dtype=object)
        return found

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of :attr:`geometry`."""
        return shapely.STRtree(self.geometry)

    def plane(self, candidates: Sequence[Candidate]) -> LocalPlane:
        """Give a plane near some features, the same for all that lie near each other."""
        middle = np.median([self.middle(c) for c in candidates], axis=0)
        lon, lat = (np.round(middle * 4) / 4).tolist()
        return self.planes.setdefault((lon, lat), LocalPlane(lon=lon, lat=lat))

    def middle(self, candidate: Candidate) -> NDArray[np.float64]:
        """Give the middle of a candidate's bounds, longitude and latitude."""
        if candidate.source_ids not in self.middles:
            bounds = shapely.total_bounds(self.geometry[self.rows(candidate)])
            self.middles[candidate.source_ids] = bounds.reshape(2, 2).mean(axis=0)
        return self.middles[candidate.source_ids]

    def rows(self, candidate: Candidate) -> NDArray[np.intp]:
        """Give the rows of a candidate's features."""
        return self.ids.get_indexer(pd.Index(candidate.source_ids, dtype=object))

    def track(self, candidate: Candidate, feature: Feature, plane: LocalPlane) -> Track:
        """Give the track of a feature, moved by the offset that the text states."""
        way = OFFSET.get(feature.relation, (0, 0)) if feature.offset_m else (0, 0)
        shift = (way[0] * (feature.offset_m or 0.0), way[1] * (feature.offset_m or 0.0))
        key = (plane, candidate.source_ids, shift)
        if key not in self.tracks:
            rows = self.rows(candidate)
            lines = plane.to_xy(self.geometry[rows])
            areal = shapely.get_dimensions(lines) == 2
            lines[areal] = shapely.boundary(lines[areal])
            lines = shapely.transform(lines, lambda xy: xy + np.array(shift))
            self.tracks[key] = track_of(lines, np.asarray(candidate.source_ids, dtype=object))
        return self.tracks[key]

    def around(
        self, box: tuple[float, float, float, float], plane: LocalPlane
    ) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Give the map's lines in and near a box of plane metres, and their names."""
        region = plane.to_lonlat(shapely.box(*box).buffer(NEAR_M))
        rows = np.sort(self.tree.query(region, predicate="intersects"))
        rows = rows[shapely.get_dimensions(self.geometry[rows]) == 1]
        lines, owner = shapely.get_parts(plane.to_xy(self.geometry[rows]), return_index=True)
        return lines, self.names[rows[owner]]


@dataclass(frozen=True, kw_only=True)
class Named:
    """One feature of one side, and the track of what the map has under that name."""

    side: Direction
    feature: Feature
    candidate: Candidate
    track: Track
