"""The 四至 of polygons: their rings cut into pieces, labelled, and told side by side."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.compass import DIRECTIONS, OPPOSITE, SIDE_ZH
from ftz_geo.describe.edges import Beside, Lines, labels_of
from ftz_geo.describe.sentences import Description, Hole, Stretch
from ftz_geo.describe.sides import MIN_SHARE, sides_of
from ftz_geo.errors import GeometryError
from ftz_geo.frame import checked
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import ReferenceMap

__all__ = ["describe_parcels"]

_REACH = 2.0
"""How far off a feature an edge may run, in half road widths: a right-of-way line lies one from
the middle of a carriageway, and the other carriageway's is as far again."""

_NAME_CHANGE = 0.5
"""What a change of name costs, in bridge tolerances: over a gap shorter than a whole one a name
goes on, as it does when tracing, and a corner piece of another road shorter than a half is no side."""

_PIECE_M = 10.0
"""Longest piece of a ring, metres; at least a thousandth and at most a hundredth part of the ring."""


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
    lines = Lines.of(reference).and_blocks(parcels, labels or {})
    return tuple(
        description
        for parcel_id, geometry in zip(parcels.index, parcels.geometry, strict=True)
        if geometry is not None and not geometry.is_empty
        for description in _describe(str(parcel_id), geometry, lines, settings)
    )


def _describe(
    parcel_id: str, geometry: BaseGeometry, lines: Lines, settings: Settings
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


def _holes(polygon: shapely.Polygon, plane: LocalPlane, lines: Lines, settings: Settings) -> Iterator[Hole]:
    for hole in sorted(map(shapely.Polygon, polygon.interiors), key=lambda hole: -hole.area):
        yield Hole(
            area_m2=float(area_m2([plane.to_lonlat(hole)])[0]),
            stretches=tuple(_stretches(hole, plane, lines, settings, is_hole=True)),
        )


def _stretches(
    polygon: shapely.Polygon, plane: LocalPlane, lines: Lines, settings: Settings, *, is_hole: bool = False
) -> Iterator[Stretch]:
    """Yield the stretches of a polygon's outer ring, clockwise, from the beginning of its east side."""
    xy = _cut_up(polygon)
    step = np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    beside = Beside.of(xy, length, plane, lines, _REACH * settings.road_half_width_m)
    name = labels_of(length, beside.cost, _NAME_CHANGE * settings.bridge_tolerance_m)
    side = sides_of(step, length, name)
    # From the first piece of the east side on, side after side.
    first = int(np.flatnonzero((side == 0) & (np.roll(side, 1) != 0))[0])
    total = np.zeros((len(DIRECTIONS), len(beside.names)))
    np.add.at(total, (side, name), length)  # a name may come twice on one side
    in_order = np.roll(np.arange(len(length)), -first).tolist()
    for (s, n), run in groupby(in_order, lambda i: (side[i], name[i])):
        pieces = np.array(list(run))
        line, off = beside.line[pieces, n], beside.distance[pieces, n]
        on = line >= 0
        called = beside.names[n]
        if not is_hole and (lines.kind[line[on]] == "block").any():
            called = f"{called}{SIDE_ZH[OPPOSITE[DIRECTIONS[s]]]}边界"
        yield Stretch(
            side=DIRECTIONS[s],
            name=called,
            source_ids=tuple(sorted(set(map(str, lines.source_id[line[on]])))),
            length_m=float(length[pieces].sum()),
            departure_m=float(np.sqrt(np.average(off[on] ** 2, weights=length[pieces][on])))
            if on.any()
            else None,
            stated=bool(total[s, n] >= min(MIN_SHARE * total[s].sum(), total[s].max())),
            line=plane.to_lonlat(shapely.LineString(xy[np.append(pieces, pieces[-1] + 1)])),
        )


def _cut_up(polygon: shapely.Polygon) -> NDArray[np.float64]:
    """Return the points between short pieces of a polygon's outer ring, clockwise, shape (n + 1, 2)."""
    ring = shapely.reverse(shapely.orient_polygons(polygon).exterior)
    longest = np.clip(_PIECE_M, ring.length / 1000, ring.length / 100)
    xy = shapely.get_coordinates(shapely.segmentize(ring, longest))
    return np.asarray(xy[np.append(True, np.hypot(*np.diff(xy, axis=0).T) > 0)])
