"""What the pieces of a ring run along: the map's lines, the outlines of its areas, other polygons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas
    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Kind, ReferenceMap

__all__ = ["Beside", "Lines", "labels_of"]

_KIND_COST: Mapping[Kind, float] = {
    "road": 0,
    "water": 0,
    "rail": 0,
    "boundary": 0.1,
    "place": 0.3,
    "block": 0.7,
}
"""What a metre on a feature costs by its kind: a road is named rather than the boundary or the
park whose edge runs along it, as notices do, and another block only where it lies close by and
nothing else runs between."""

_OFF_COST = 2.0
"""What a metre that runs along nothing costs while a name goes on; 1 if it is called nameless."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What a side may run along: the map's lines and the outlines of its areas."""

    geometry: NDArray[np.object_]
    """Longitude, latitude."""
    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    source_id: NDArray[np.object_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """A spatial index of them."""
        return shapely.STRtree(self.geometry)

    @classmethod
    def of(cls, reference: ReferenceMap) -> Lines:
        """Return the lines and outlines of a map."""
        features = reference.features
        geometry = features.geometry.to_numpy()
        dimension = shapely.get_dimensions(geometry)
        name, kind, source_id = (features[column].to_numpy() for column in ("name", "kind", "source_id"))
        kept = (dimension > 0) & np.isin(kind, list(_KIND_COST))
        # Whatever the order of the map's rows, equally near features are taken in the order of names.
        order = np.lexsort((source_id.astype(str), name.astype(str)))
        outlines = np.where(dimension == 2, shapely.boundary(geometry), geometry)
        return cls(geometry=outlines, name=name, kind=kind, source_id=source_id).at(order[kept[order]])

    def at(self, rows: NDArray[Any]) -> Lines:
        """Return some of them, by index or mask."""
        return Lines(
            geometry=self.geometry[rows],
            name=self.name[rows],
            kind=self.kind[rows],
            source_id=self.source_id[rows],
        )

    def and_blocks(self, parcels: geopandas.GeoDataFrame, labels: Mapping[str, str]) -> Lines:
        """Add the outer rings of polygons, after all that the map has."""
        rings = [
            (shapely.get_exterior_ring(part), labels[key], "block", f"block:{key}")
            for key, geometry in zip(map(str, parcels.index), parcels.geometry, strict=True)
            if key in labels and list(labels.values()).count(labels[key]) == 1
            for part in shapely.get_parts(geometry)
            if part.geom_type == "Polygon" and not part.is_empty
        ]
        if not rings:
            return self
        added = np.empty((len(rings), 4), dtype=object)
        added[:] = rings
        geometry, name, kind, source_id = added.T
        return Lines(
            geometry=np.append(self.geometry, geometry),
            name=np.append(self.name, name),
            kind=np.append(self.kind, kind),
            source_id=np.append(self.source_id, source_id),
        )

    def without(self, source_id: str) -> Lines:
        """Leave one source out."""
        kept = self.source_id != source_id
        return self if kept.all() else self.at(kept)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What n pieces of a ring run along, of m names; the first of them is None, for no name."""

    names: tuple[str | None, ...]
    line: NDArray[np.intp]
    """Shape (n, m): index of the nearest line of that name, -1 if none is within reach."""
    distance: NDArray[np.float64]
    """Shape (n, m): metres to that line, inf if none is within reach."""
    cost: NDArray[np.float64]
    """Shape (n, m): of a metre of the piece if it is given the name."""

    @classmethod
    def of(
        cls,
        xy: NDArray[np.float64],
        length: NDArray[np.float64],
        plane: LocalPlane,
        lines: Lines,
        reach: float,
    ) -> Beside:
        """Find what named lines the pieces of a ring run along; its points have shape (n + 1, 2)."""
        points = np.asarray(shapely.points((xy[1:] + xy[:-1]) / 2), dtype=object)
        around = plane.to_lonlat(shapely.box(*shapely.total_bounds(points)).buffer(2 * reach))
        close = np.sort(lines.tree.query(around))
        flat = plane.to_xy(lines.geometry[close])
        point, line = shapely.STRtree(flat).query(points, predicate="dwithin", distance=reach)
        off = np.asarray(shapely.distance(points[point], flat[line]))
        name, column = np.unique(lines.name[close[line]].astype(str), return_inverse=True)
        shape = (len(points), len(name) + 1)
        distance, nearest = np.full(shape, np.inf), np.full(shape, -1, dtype=np.intp)
        # The nearest of each name is written last; of equally near ones the first of the map's order.
        order = np.lexsort((-line, -off))
        where = point[order], column[order] + 1
        distance[where], nearest[where] = off[order], close[line[order]]
        by_kind = np.array([*(_KIND_COST[k] for k in lines.kind), 0.0])[nearest]
        cost = np.minimum(_farthest(distance, length, reach) / reach + by_kind, _OFF_COST)
        cost[:, 0] = 1.0
        return cls(names=(None, *map(str, name)), line=nearest, distance=distance, cost=cost)


def _farthest(
    distance: NDArray[np.float64], length: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """Return how far each line is at each piece, a little before it and a little after, at the most.

    A road that only crosses the ring is near at one piece alone.
    """
    end, perimeter = np.cumsum(length), length.sum()
    window = min(reach / 2, perimeter / 20)
    laps = np.concatenate([end - perimeter, end, end + perimeter])
    ahead, behind = (np.searchsorted(laps, end - length / 2 + w) % len(length) for w in (window, -window))
    return np.asarray(np.maximum(distance, np.maximum(distance[ahead], distance[behind])))


def labels_of(length: NDArray[np.float64], cost: NDArray[np.float64], change_m: float) -> NDArray[np.intp]:
    """Return the cheapest name of each piece around a ring, shape (n,): Viterbi's algorithm.

    A road of 50 m and one of 30 m, and what their 10 m pieces cost by either name:

    >>> cost = np.repeat([[0.0, 2.0], [2.0, 0.0]], [5, 3], axis=0)
    >>> labels_of(np.full(8, 10.0), cost, change_m=20.0).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1]
    >>> labels_of(np.full(8, 10.0), cost, change_m=40.0).tolist()
    [0, 0, 0, 0, 0, 0, 0, 0]
    """
    n = len(length)
    total = np.zeros(cost.shape[1])
    stay = np.arange(cost.shape[1])
    came = []
    # Three laps: in the middle one neither end of the way is felt.
    for i in np.tile(np.arange(n), 3).tolist():
        best = int(total.argmin())
        changes = total[best] + change_m < total
        came.append(np.where(changes, best, stay))
        total = np.where(changes, total[best] + change_m, total) + length[i] * cost[i]
    label = int(total.argmin())
    labels = []
    for previous in reversed(came):
        labels.append(label)
        label = int(previous[label])
    return np.array(labels[::-1][n : 2 * n], dtype=np.intp)
