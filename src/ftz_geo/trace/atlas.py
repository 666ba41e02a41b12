"""A reference map as tracing needs it: tracks by candidate, planes, the lines around a place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import Candidate
from ftz_geo.trace.areas import OPPOSITE, facing, is_river, side_lines
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.tracks import Track, track_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Digitised, Direction, Feature, Method, ReferenceMap

RING_ORDER: tuple[Direction, ...] = ("east", "north", "west", "south")
"""The sides in the order in which a counter-clockwise ring passes them."""

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

LINEAR = frozenset({"road", "rail", "water"})
"""Kinds whose lines side by side are one: carriageways, tracks, banks."""

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
    middles: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)
    tracks: dict[tuple[LocalPlane, tuple[str, ...], tuple[float, float], Direction | None, bool], Track] = (
        field(default_factory=dict)
    )
    widths: dict[tuple[str, ...], float | None] = field(default_factory=dict)
    blocks: dict[tuple[str, ...], Digitised] = field(default_factory=dict)
    """Blocks drawn already that others abut on, by the source ids of their candidates."""

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Shapes of the map's features, longitude, latitude."""
        found: NDArray[np.object_] = self.reference.features.geometry.to_numpy()
        return found

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Their rows by source id."""
        return {key: row for row, key in enumerate(self.reference.features["source_id"])}

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
        return self.plane_at([median(x) for x in zip(*map(self.middle, candidates), strict=True)])

    def plane_at(self, lonlat: Iterable[float]) -> LocalPlane:
        """Give the plane at most an eighth of a degree from a place."""
        lon, lat = (round(4 * x) / 4 for x in lonlat)
        return self.planes.setdefault((lon, lat), LocalPlane(lon=lon, lat=lat))

    def middle(self, candidate: Candidate) -> tuple[float, float]:
        """Give the middle of a candidate's bounds, longitude and latitude."""
        if candidate.source_ids not in self.middles:
            self.middles[candidate.source_ids] = _middle(self.geometry[self.rows(candidate)])
        return self.middles[candidate.source_ids]

    def rows(self, candidate: Candidate) -> NDArray[np.intp]:
        """Give the rows of a candidate's features."""
        return np.array([self.row_of[key] for key in candidate.source_ids], dtype=np.intp)

    def as_mapped(self, feature: Feature, candidate: Candidate) -> Feature:
        """Give a feature as the kind that the map has: a name without 路 may be a road's all the same."""
        if feature.kind != "place" or candidate.source_ids in self.blocks:
            return feature
        rows = self.rows(candidate)
        kinds = set(self.reference.features["kind"].iloc[rows])
        runs = bool((shapely.get_dimensions(self.geometry[rows]) == 1).all())
        if runs and len(kinds) == 1 and kinds <= {"road", "water", "rail"}:
            return replace(feature, kind=kinds.pop())
        return feature

    def width_m(self, candidate: Candidate, plane: LocalPlane) -> float | None:
        """Give how wide a candidate's features are: by banks, stated width or class."""
        key = candidate.source_ids
        if key not in self.widths:
            self.widths[key] = self._width_m(candidate, plane) if key not in self.blocks else None
        return self.widths[key]

    def _width_m(self, candidate: Candidate, plane: LocalPlane) -> float | None:
        rows = self.rows(candidate)
        areal = rows[shapely.get_dimensions(self.geometry[rows]) == 2]
        if len(areal):
            whole = shapely.get_parts(shapely.union_all(plane.to_xy(self.geometry[areal])))
            rivers = [area for area in whole if is_river(area)]
            if rivers:  # of a long narrow area, width is twice the area over the outline
                return 2 * float(shapely.area(rivers).sum() / shapely.length(rivers).sum())
        features = self.reference.features
        for column, known in (("width_m", None), ("highway", ROAD_WIDTH_BY_CLASS_M)):
            if column in features:
                values = features[column].iloc[rows]
                values = values.map(known) if known is not None else values
                values = pd.to_numeric(values, errors="coerce")
                if values.notna().any():
                    return float(values.median())
        return None

    def take_block(self, block: Digitised, name: str) -> Candidate:
        """Take a drawn block among the features; give the candidate for a side that names it."""
        key = (f"block:{block.parcel_id}",)
        self.blocks[key] = block
        self.middles[key] = _middle([block.polygon])
        return Candidate(source_ids=key, map_name=name, score=1.0, how="block")

    def is_area_shaped(self, candidate: Candidate) -> bool:
        """Tell whether a stated area decided where a block lies that a side names."""
        block = self.blocks.get(candidate.source_ids)
        return block is not None and block.area_shaped

    def shapes(self, candidate: Candidate, plane: LocalPlane) -> NDArray[np.object_]:
        """Give the shapes of a candidate's features in plane metres."""
        return plane.to_xy(self.geometry[self.rows(candidate)])

    def track(
        self, candidate: Candidate, feature: Feature, side: Direction, plane: LocalPlane
    ) -> Track | None:
        """Give the track of a feature, moved by the offset that the text states.

        Of an area it is the edge that faces the block, of a river its middle; None where the map has
        points only, along which no side runs.
        """
        way = OFFSET.get(feature.relation, (0, 0)) if feature.offset_m else (0, 0)
        shift = (way[0] * (feature.offset_m or 0.0), way[1] * (feature.offset_m or 0.0))
        face = facing(feature, side)
        key = (plane, candidate.source_ids, shift, face, feature.kind in LINEAR)
        if candidate.source_ids in self.blocks:
            return edge_track(self.blocks[candidate.source_ids], feature, side, plane)
        if key not in self.tracks:
            lines, shape = side_lines(self.shapes(candidate, plane), feature.kind, face)
            if not len(lines):
                return None
            lines = shapely.transform(lines, lambda xy: xy + np.array(shift))
            ids = np.asarray(candidate.source_ids, dtype=object)[shape]
            self.tracks[key] = track_of(mapped_of(lines, ids, centred=feature.kind in LINEAR))
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
    method: Method = "on-feature"
    """How a piece is drawn that lies on the track's lines."""
    is_point: bool = False
    """The map has a point of that name, and the track is a line through it."""


def _middle(shapes: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> tuple[float, float]:
    """Give the middle of the bounds of some shapes."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return (west + east) / 2, (south + north) / 2


def edge_track(other: Digitised, feature: Feature, side: Direction, plane: LocalPlane) -> Track:
    """Give the track along another block's edges on the side that faces this one."""
    face = facing(feature, side) or OPPOSITE[side]
    edges = [edge for edge in other.edges if edge.side == face] or other.edges
    pairs = [(edge.line, key) for edge in edges for key in edge.source_ids or ("",)]
    lines = np.empty(len(pairs), dtype=object)
    lines[:] = [line for line, _ in pairs]
    ids = np.array([key for _, key in pairs], dtype=object)
    return track_of(mapped_of(plane.to_xy(lines), ids, centred=False))
