"""Blocks made from a map by an oracle that is not the tracer: the faces that its named lines enclose.

A block is a face, or several next to one another. Where roads have two carriageways the strips between
them belong to neither neighbour: the true edge may lie anywhere in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.compass import RING_ORDER
from ftz_geo.model import LINEAR_KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Direction
    from ftz_geo.model import ReferenceMap

SLIVER_M = 60.0
"""A face that is nowhere wider lies between carriageways or in a crossing."""

OWN_SHARE = 0.7
"""A strip between carriageways has at least this share of its roadsides on one road; a wedge has not."""

TOUCHING_M = 2.0
"""What is nearer touches."""

STUB_M = 40.0
"""Shorter stretches of an outline are ends of crossings and no side."""

CLEAR_DEGREES = 35.0
"""A side that faces further than this from its direction could be told as another."""


class Run(NamedTuple):
    """A stretch of an outline along one road."""

    name: str
    length: float
    outward: complex
    """Its chord turned to the right: where it faces, as the outline runs counter-clockwise."""


class Outline(NamedTuple):
    """What some faces cover, in metres, and the roads around it in counter-clockwise order."""

    polygon: BaseGeometry
    runs: tuple[Run, ...]


class Block(NamedTuple):
    """A true polygon in longitude and latitude."""

    inner: BaseGeometry
    outer: BaseGeometry
    runs: tuple[Run, ...]
    within_m: float
    """So much of its own roads runs inside it too."""


class Faces:
    """The faces of a map's named lines, in metres."""

    def __init__(self, reference: ReferenceMap) -> None:
        features = reference.features
        linear = features["kind"].isin(LINEAR_KINDS) & (features.geom_type == "LineString")
        lonlat = features[linear]
        self.crs = lonlat.estimate_utm_crs()
        lines = lonlat.to_crs(self.crs)
        self.names = lines["name"].to_numpy()
        self.lines = shapely.STRtree(lines.geometry.to_numpy())
        noded = shapely.union_all(lines.geometry.to_numpy())
        polygons = np.array(shapely.get_parts(shapely.polygonize([noded])))
        narrow = shapely.is_empty(shapely.buffer(polygons, -SLIVER_M / 2))
        self.wide: NDArray[np.object_] = polygons[~narrow]
        self.narrow = shapely.STRtree(polygons[narrow])
        self.neighbours = shapely.STRtree(self.wide)

    def beside(self, face: int) -> list[int]:
        """Return the wide faces that lie next to one, across a road of two carriageways too."""
        near = self.neighbours.query(self.wide[face], predicate="dwithin", distance=SLIVER_M)
        return sorted(set(near.tolist()) - {face})

    def outline(self, chosen: Collection[int]) -> Outline | None:
        """Return the outline of some faces; None where a road comes twice, or there are holes."""
        polygon = self._closed([self.wide[i] for i in sorted(chosen)])
        if polygon.geom_type != "Polygon" or len(polygon.interiors):
            return None
        runs = self._runs(polygon)
        once = len({run.name for run in runs}) == len(runs) >= 3
        return Outline(polygon, runs) if once else None

    def block(self, outline: Outline) -> Block:
        inner = outline.polygon
        roads = [shapely.union_all(self.lines.geometries[self.names == run.name]) for run in outline.runs]
        within = shapely.union_all(roads).intersection(inner.buffer(-TOUCHING_M)).length
        outer = shapely.union_all([inner, *strips(inner, roads)])
        return Block(self._lonlat(inner), self._lonlat(outer), outline.runs, float(within))

    def _closed(self, faces: Sequence[BaseGeometry]) -> BaseGeometry:
        """Join faces with the strips between them."""
        joined = shapely.union_all(faces)
        if len(faces) == 1:
            return joined
        half = SLIVER_M / 2
        filled = joined.buffer(half, join_style="mitre").buffer(-half, join_style="mitre").buffer(1)
        strips = self.narrow.geometries[self.narrow.query(filled, predicate="contains")]
        return shapely.union_all([joined, *strips])

    def _named_segments(self, polygon: BaseGeometry) -> Iterator[tuple[str, complex]]:
        """Yield every segment of an outline, counter-clockwise, with the road that it lies on."""
        ring = shapely.get_coordinates(shapely.orient_polygons(polygon).exterior)
        middles = shapely.points((ring[1:] + ring[:-1]) / 2)
        _, nearest = self.lines.query_nearest(middles, all_matches=False)
        steps = np.diff(ring, axis=0)
        for index, (x, y) in zip(nearest, steps, strict=True):
            yield str(self.names[index]), complex(x, y)

    def _runs(self, polygon: BaseGeometry) -> tuple[Run, ...]:
        """Cut an outline where its road changes; leave out stubs."""
        runs = joined_runs([Run(name, abs(step), step * -1j) for name, step in self._named_segments(polygon)])
        return tuple(joined_runs([run for run in runs if run.length >= STUB_M]))

    def _lonlat(self, geometry: BaseGeometry) -> BaseGeometry:
        return gpd.GeoSeries([geometry], crs=self.crs).to_crs(4326).iloc[0]


def strips(inner: BaseGeometry, roads: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return what lies along a block between carriageways of its own roads."""
    # Ends of strips that no road closes are closed this far out, where what is no strip is wide.
    reach = inner.buffer(2 * SLIVER_M, join_style="mitre")
    near = [road.intersection(reach.buffer(TOUCHING_M)) for road in roads]  # so that they cross its edge
    cells = shapely.get_parts(shapely.polygonize([shapely.union_all([*near, reach.exterior])]))
    return [
        cell.intersection(inner.buffer(SLIVER_M, join_style="mitre"))
        for cell in cells
        if cell.buffer(-SLIVER_M / 2).is_empty and cell.dwithin(inner, TOUCHING_M) and is_strip(cell, near)
    ]


def is_strip(cell: BaseGeometry, roads: Sequence[BaseGeometry]) -> bool:
    """Tell whether a narrow cell lies between carriageways of one road, or in a crossing of two."""
    along = [cell.exterior.intersection(road.buffer(TOUCHING_M / 4)).length for road in roads]
    return cell.area <= STUB_M**2 or max(along) >= OWN_SHARE * sum(along)


def joined_runs(runs: Sequence[Run]) -> list[Run]:
    """Join neighbours of one name around a ring."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].name == run.name:
            last = joined.pop()
            run = Run(run.name, last.length + run.length, last.outward + run.outward)
        joined.append(run)
    if len(joined) > 1 and joined[0].name == joined[-1].name:
        first, last = joined.pop(0), joined.pop()
        joined.append(Run(first.name, first.length + last.length, last.outward + first.outward))
    return joined


def sides(block: Block) -> dict[Direction, list[str]] | None:
    """Return the roads of each side; None where a side is open, or a road does not face it clearly."""
    found: dict[Direction, list[str]] = {side: [] for side in RING_ORDER}
    order: list[int] = []
    for run in block.runs:
        bearing = np.degrees(np.angle(run.outward)) % 360  # 0 is east, 90 north: the order of the ring
        quarter = round(bearing / 90)
        if abs(bearing - 90 * quarter) > CLEAR_DEGREES:
            return None
        order.append(quarter % 4)
        found[RING_ORDER[quarter % 4]].append(run.name)
    turns = sum((after - before) % 4 for before, after in zip(order, [*order[1:], order[0]], strict=True))
    return found if all(found.values()) and turns == 4 else None
