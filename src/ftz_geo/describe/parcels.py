"""From polygons to words: the 四至 of a block, read off the reference map that its edges run along.

The ring is cut into short pieces. Each is given the name of the feature it runs along, or none,
by the cheapest labelling of the whole ring: a metre off a feature costs more the farther it is
off, and every change of name costs :data:`NAME_CHANGE`. The ring is then cut into its east,
south, west and north side, where the pieces face most nearly that way and, if it can be, where
the name changes anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.describe.words import NAMELESS, Description, Hole, Stretch
from ftz_geo.errors import GeometryError
from ftz_geo.frame import checked
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Kind, ReferenceMap

__all__ = ["NAMELESS", "Description", "Hole", "Stretch", "describe_parcels"]

REACH = 2.0
"""How far off a feature an edge may run, in half road widths: a right-of-way line lies one from
the middle of a carriageway, and the other carriageway's is as far again."""

NAME_CHANGE = 0.5
"""What a change of name costs, in bridge tolerances: over a gap shorter than a whole one a name
goes on, as it does when tracing, and a corner piece of another road shorter than a half is no side."""

OFF_COST = 2.0
"""What a metre that runs along nothing costs while a name goes on; 1 if it is called nameless."""

MIN_SHARE = 0.05
"""Part of a side's length below which a name is not stated, unless it is the side's longest; and
part of the ring below which a side is no side unless it has a name of its own."""

SPLIT_COST = 0.05
"""What it costs, in perimeters, to let one feature be two sides of a block."""

PIECE_M = 10.0
"""Longest piece of a ring, metres; at least a thousandth and at most a hundredth part of the ring."""

KIND_COST: Mapping[Kind, float] = {
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

_OPPOSITE_ZH: Mapping[Direction, str] = {"east": "西", "south": "北", "west": "东", "north": "南"}

_FACING = np.array([[1, 0], [0, -1], [-1, 0], [0, 1]])
"""Which way the sides face, in the order of :data:`~ftz_geo.model.DIRECTIONS`: clockwise."""


def describe_parcels(
    parcels: geopandas.GeoDataFrame,
    reference: ReferenceMap,
    settings: Settings | None = None,
    *,
    labels: Mapping[str, str] | None = None,
) -> tuple[Description, ...]:
    """Write the 四至 of polygons from the named features that their edges run along.

    Parameters
    ----------
    parcels : GeoDataFrame
        Polygons in EPSG:4326, indexed by parcel id; rows without a polygon are passed over.
    reference : ReferenceMap
        Its lines, and the outlines of its areas; a point is never a side.
    settings : Settings, optional
        ``road_half_width_m`` and ``bridge_tolerance_m`` are used, see the module's constants.
    labels : mapping of str to str, optional
        What polygons are called (区块二), by parcel id. A side along which no named feature runs is
        then named after the polygon that it abuts on; a label that two have names neither.

    Returns
    -------
    tuple of Description
        One per polygon, in the order of the frame.

    Raises
    ------
    GeometryError
        The frame is not in EPSG:4326, or a geometry is no valid polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap
    >>> roads = {
    ...     "东路": [(117.02, 38.9), (117.02, 39.1)],
    ...     "南路": [(116.9, 39.0), (117.1, 39.0)],
    ...     "西河": [(117.0, 38.9), (117.0, 39.1)],
    ... }
    >>> features = gpd.GeoDataFrame(
    ...     {"source_id": ["w1", "w2", "w3"], "name": list(roads), "kind": "road"},
    ...     geometry=[shapely.LineString(xy) for xy in roads.values()],
    ... )
    >>> block = gpd.GeoDataFrame(geometry=[shapely.box(117.0, 39.0, 117.02, 39.01)], crs="EPSG:4326")
    >>> describe_parcels(block, ReferenceMap(features=features))[0].text
    '东至东路、南至南路、西至西河、北至无名用地'
    """
    parcels = checked(parcels)
    settings = settings or Settings()
    lines = _Lines.of(reference).and_blocks(parcels, labels or {})
    return tuple(
        description
        for parcel_id, geometry in zip(parcels.index, parcels.geometry, strict=True)
        if geometry is not None and not geometry.is_empty
        for description in _describe(str(parcel_id), geometry, lines, settings)
    )


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """What a side may run along: the map's lines and the outlines of its areas."""

    geometry: NDArray[np.object_]
    """Longitude, latitude."""
    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    source_id: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, reference: ReferenceMap) -> _Lines:
        features = reference.features
        geometry = features.geometry.to_numpy()
        dimension = shapely.get_dimensions(geometry)
        kind = features["kind"].to_numpy()
        kept = (dimension > 0) & np.isin(kind, list(KIND_COST))
        # Whatever the order of the map's rows, equally near features are taken in the order of names.
        name, source_id = features["name"].to_numpy(), features["source_id"].to_numpy()
        order = np.lexsort((source_id.astype(str), name.astype(str)))
        order = order[kept[order]]
        lines = np.where(dimension == 2, shapely.boundary(geometry), geometry)[order]
        return cls(
            geometry=lines,
            name=name[order],
            kind=kind[order],
            source_id=source_id[order],
            tree=shapely.STRtree(lines),
        )

    def and_blocks(self, parcels: geopandas.GeoDataFrame, labels: Mapping[str, str]) -> _Lines:
        """Add the outer rings of polygons, after all that the map has."""
        rings = [
            (shapely.get_exterior_ring(part), labels[key], f"block:{key}")
            for key, geometry in zip(map(str, parcels.index), parcels.geometry, strict=True)
            if key in labels and list(labels.values()).count(labels[key]) == 1
            for part in shapely.get_parts(geometry)
            if part.geom_type == "Polygon" and not part.is_empty
        ]
        if not rings:
            return self
        added = np.empty((len(rings), 3), dtype=object)
        added[:] = rings
        geometry = np.append(self.geometry, added[:, 0])
        return _Lines(
            geometry=geometry,
            name=np.append(self.name, added[:, 1]),
            kind=np.append(self.kind, np.full(len(rings), "block", dtype=object)),
            source_id=np.append(self.source_id, added[:, 2]),
            tree=shapely.STRtree(geometry),
        )

    def without(self, source_id: str) -> _Lines:
        """Leave one source out."""
        kept = self.source_id != source_id
        if kept.all():
            return self
        return _Lines(
            geometry=self.geometry[kept],
            name=self.name[kept],
            kind=self.kind[kept],
            source_id=self.source_id[kept],
            tree=shapely.STRtree(self.geometry[kept]),
        )


def _describe(
    parcel_id: str, geometry: BaseGeometry, lines: _Lines, settings: Settings
) -> Iterator[Description]:
    """Describe each polygon of a parcel, the largest first."""
    if shapely.get_dimensions(geometry) != 2 or not geometry.is_valid:
        raise GeometryError(
            f"{parcel_id}: {shapely.is_valid_reason(geometry)}, {geometry.geom_type}; "
            "only a valid polygon has sides"
        )
    plane, others = LocalPlane.around([geometry]), lines.without(f"block:{parcel_id}")
    parts = shapely.get_parts(plane.to_xy(geometry))
    parts = parts[np.argsort(-shapely.area(parts), kind="stable")]
    for number, polygon in enumerate(parts, start=1):
        yield Description(
            parcel_id=parcel_id,
            part=number if len(parts) > 1 else None,
            stretches=tuple(_stretches(polygon, plane, others, settings)),
            holes=tuple(_holes(polygon, plane, others, settings)),
        )


def _holes(polygon: shapely.Polygon, plane: LocalPlane, lines: _Lines, settings: Settings) -> Iterator[Hole]:
    for hole in sorted(map(shapely.Polygon, polygon.interiors), key=lambda hole: -hole.area):
        yield Hole(
            area_m2=float(area_m2([plane.to_lonlat(hole)])[0]),
            stretches=tuple(_stretches(hole, plane, lines, settings, is_hole=True)),
        )


def _stretches(
    polygon: shapely.Polygon, plane: LocalPlane, lines: _Lines, settings: Settings, *, is_hole: bool = False
) -> Iterator[Stretch]:
    """Give the stretches of a polygon's outer ring, clockwise, from the beginning of its east side."""
    ring = shapely.reverse(shapely.orient_polygons(polygon).exterior)
    longest = np.clip(PIECE_M, ring.length / 1000, ring.length / 100)
    xy = shapely.get_coordinates(shapely.segmentize(ring, longest))
    xy = xy[np.append(True, np.hypot(*np.diff(xy, axis=0).T) > 0)]
    step = np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    beside = _beside(xy, length, plane, lines, REACH * settings.road_half_width_m)
    name = _labels(length, beside.cost, NAME_CHANGE * settings.bridge_tolerance_m)
    side = _sides(step, length, name)
    # From the first piece of the east side on, side after side.
    first = int(np.flatnonzero((side == 0) & (np.roll(side, 1) != 0))[0])
    total = np.zeros((len(DIRECTIONS), len(beside.names)))
    np.add.at(total, (side, name), length)  # a name may come twice on one side
    for (s, n), run in groupby(
        np.roll(np.arange(len(length)), -first).tolist(), lambda i: (side[i], name[i])
    ):
        pieces = np.array(list(run))
        on = beside.line[pieces, n] >= 0
        off, weight = beside.distance[pieces, n][on], length[pieces][on]
        called = beside.names[n]
        if not is_hole and (lines.kind[beside.line[pieces, n][on]] == "block").any():
            called = f"{called}{_OPPOSITE_ZH[DIRECTIONS[s]]}边界"
        yield Stretch(
            side=DIRECTIONS[s],
            name=called,
            source_ids=tuple(sorted({str(lines.source_id[i]) for i in beside.line[pieces, n][on]})),
            length_m=float(length[pieces].sum()),
            departure_m=float(np.sqrt(np.average(off**2, weights=weight))) if on.any() else None,
            stated=bool(total[s, n] >= min(MIN_SHARE * total[s].sum(), total[s].max())),
            line=plane.to_lonlat(shapely.LineString(xy[np.append(pieces, pieces[-1] + 1)])),
        )


@dataclass(frozen=True, kw_only=True)
class _Beside:
    """What n pieces of a ring run along, of m names; the first of them is None, for no name."""

    names: tuple[str | None, ...]
    line: NDArray[np.intp]
    """Shape (n, m): index of the nearest line of that name, -1 if none is within reach."""
    distance: NDArray[np.float64]
    """Shape (n, m): metres to that line, inf if none is within reach."""
    cost: NDArray[np.float64]
    """Shape (n, m): of a metre of the piece if it is given the name."""


def _beside(
    xy: NDArray[np.float64], length: NDArray[np.float64], plane: LocalPlane, lines: _Lines, reach: float
) -> _Beside:
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
    by_kind = np.array([*(KIND_COST[k] for k in lines.kind), 0.0])[nearest]
    # A road that only crosses the ring is near at one piece, and far a little before it and after.
    end, perimeter = np.cumsum(length), length.sum()
    window = min(reach / 2, perimeter / 20)
    laps = np.concatenate([end - perimeter, end, end + perimeter])
    ahead, behind = (np.searchsorted(laps, end - length / 2 + w) % len(points) for w in (window, -window))
    farthest = np.maximum(distance, np.maximum(distance[ahead], distance[behind]))
    cost = np.minimum(farthest / reach + by_kind, OFF_COST)
    cost[:, 0] = 1.0
    return _Beside(names=(None, *map(str, name)), line=nearest, distance=distance, cost=cost)


def _labels(length: NDArray[np.float64], cost: NDArray[np.float64], change_m: float) -> NDArray[np.intp]:
    """Give the cheapest name of each piece around a ring, shape (n,): Viterbi's algorithm.

    A road of 50 m and one of 30 m, and what their 10 m pieces cost by either name:

    >>> cost = np.repeat([[0.0, 2.0], [2.0, 0.0]], [5, 3], axis=0)
    >>> _labels(np.full(8, 10.0), cost, change_m=20.0).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1]
    >>> _labels(np.full(8, 10.0), cost, change_m=40.0).tolist()
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


def _sides(
    step: NDArray[np.float64], length: NDArray[np.float64], name: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Cut a clockwise ring into its four sides; give each piece's, shape (n,), by :data:`DIRECTIONS`.

    A square whose every edge has a name of its own, from its south-west corner:

    >>> step = np.repeat([[0.0, 10.0], [10.0, 0.0], [0.0, -10.0], [-10.0, 0.0]], 2, axis=0)
    >>> [DIRECTIONS[s] for s in _sides(step, np.full(8, 10.0), np.repeat([1, 2, 3, 4], 2))[::2]]
    ['west', 'north', 'east', 'south']
    """
    n, perimeter = len(length), float(length.sum())
    # A metre costs 0 where it faces its side's way and 1 where it faces the other way. Outward is left.
    outward = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]
    along = np.concatenate([[0.0], np.cumsum(np.tile(length, 2))])
    facing = np.tile(length[:, None] * (1 - outward @ _FACING.T) / 2, (2, 1))
    facing = np.concatenate([np.zeros((1, len(_FACING))), np.cumsum(facing, axis=0)])
    changes = name != np.roll(name, 1)
    within = np.diff(np.floor(along[: n + 1] / (MIN_SHARE / 2 * perimeter)), prepend=-1)[:n] > 0
    cuts = np.flatnonzero(changes | within)
    price = np.where(changes[cuts], 0.0, SPLIT_COST * perimeter)
    cuts, price = np.concatenate([cuts, cuts + n]), np.tile(price, 2)
    # A side is a twentieth of the ring, or has a name from its beginning to its end: two changes.
    before = np.concatenate([[0], np.cumsum(np.tile(changes, 2))])
    spans = along[cuts][None, :] - along[cuts][:, None]
    named = before[cuts + 1][None, :] - before[cuts][:, None] >= 2
    possible = (spans > 0) & (named | (spans >= MIN_SHARE * perimeter))
    side_cost = [
        np.where(possible, facing[cuts, d][None, :] - facing[cuts, d][:, None] + price[:, None], np.inf)
        for d in range(len(_FACING))
    ]
    half = len(cuts) // 2
    best = np.inf
    chosen: tuple[int, ...] = ()
    for start in range(half):
        reach, via = side_cost[0][start], []
        for cost in side_cost[1:]:
            total = reach[:, None] + cost
            via.append(total.argmin(axis=0))
            reach = total.min(axis=0)
        if reach[start + half] < best:
            at = start + half
            best, places = float(reach[at]), []
            for came in reversed(via):
                at = int(came[at])
                places.append(at)
            chosen = (start, *reversed(places))
    side = np.zeros(n, dtype=np.intp)
    ends = (*chosen[1:], chosen[0] + half)
    for d, (first, last) in enumerate(zip(chosen, ends, strict=True)):
        side[np.arange(cuts[first], cuts[last]) % n] = d
    return side
