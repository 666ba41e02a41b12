"""Drawings of parcels that are laid out together: round their own sites, or beside what stands on a map."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.compass import AXIS, DIRECTIONS
from ftz_geo.sketch.chance import scatter
from ftz_geo.sketch.contacts import key
from ftz_geo.sketch.fit import fit
from ftz_geo.sketch.layout import lay_out
from ftz_geo.sketch.relations import Bond, Box, Cluster, between
from ftz_geo.sketch.shape import draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Zone
    from ftz_geo.sketch.leaves import Leaf
    from ftz_geo.sketch.outline import Outline
    from ftz_geo.sketch.relations import Words
    from ftz_geo.sketch.sites import Site

__all__ = ["Drawing", "draw_alone", "draw_beside"]

_STEEPEST = np.radians(20)
"""A traced parcel's own grid is followed up to this angle; beyond it, east is no longer east."""

_HALF_ROAD = 0.45
"""What is kept free round what stands, in widths of a road: half of one and, so that what just fits is
not cut, a little less."""


class Drawing(NamedTuple):
    """The outlines of one group of parcels, and what of their words was kept."""

    outlines: dict[str, Outline]
    boxes: dict[str, Box]
    words: Words

    def turned(self, matrix: NDArray[np.float64], *, onto: Sequence[float] | NDArray[np.float64]) -> Drawing:
        """Return the drawing with every vertex multiplied by a matrix, then shifted."""
        return self._replace(
            outlines={i: o._replace(ring=o.ring @ matrix.T + onto) for i, o in self.outlines.items()}
        )

    def hulls(self) -> list[BaseGeometry]:
        """Return what others keep clear of: the parcels, and the lines from one parcel to the next."""
        lines: dict[tuple[int, str], list[NDArray[np.float64]]] = defaultdict(list)
        for parcel_id, outline in self.outlines.items():
            for side, feature, xy in outline.paths:
                bond = Bond(parcel_id, side, key(feature)) if feature else None
                if bond in self.words.on_line:
                    lines[bond.line].append(xy)
        strips = [shapely.MultiPoint(np.vstack(line)).convex_hull for line in lines.values() if len(line) > 1]
        return [*(shapely.Polygon(o.ring) for o in self.outlines.values()), *strips]


def _draw_together(cluster: Cluster) -> Drawing | None:
    """Lay a cluster out and draw it; None where there is no room for some parcel."""
    layout = lay_out(cluster)
    if layout is None:
        return None
    boxes, words = layout
    sharing = Counter(held.bond.line for held in words.held)
    scales = _scales(cluster.leaves)
    outlines = {}
    for leaf in cluster.leaves:
        held = {
            side: sum(sharing[AXIS[side], key(f)] for f in leaf.parcel.abuttals[side])
            if (leaf.id, side) in words.tied
            else 0
            for side in DIRECTIONS
        }
        outlines[leaf.id] = draw(leaf, boxes[leaf.id], words.lines_of(leaf), held, scales)
    return Drawing(outlines, boxes, words)


def _scales(leaves: Sequence[Leaf]) -> dict[str, tuple[float, float]]:
    """Return by feature the lengths of the shortest and the longest parcel along it, metres."""
    scales: dict[str, tuple[float, float]] = {}
    for leaf in leaves:
        for side, feature in leaf.parcel.features():
            # Beside other things on a side, a river cannot wind as it does along the bank across.
            winds = len(leaf.parcel.abuttals[side]) == 1
            shortest, longest = scales.get(key(feature), (np.inf, 1.0))
            scales[key(feature)] = min(shortest, winds * leaf.length_m), max(longest, leaf.length_m)
    return scales


def draw_beside(
    zone: Zone,
    leaves: Sequence[Leaf],
    polygons: Mapping[str, Polygon | MultiPolygon],
    sites: Mapping[str, Site],
    gap_m: float,
) -> Drawing | None:
    """Draw the parcels that share something with what stands (polygons, metres), in its grid and round it.

    A parcel that has no room has no outline; None where no layout has room.
    """
    largest = max(polygons.values(), key=lambda polygon: polygon.area)
    angle = float(np.clip(_grid_angle(largest), -_STEEPEST, _STEEPEST))
    into = _turn(-angle)
    turned = {i: shapely.transform(polygon, lambda xy: xy @ into.T) for i, polygon in polygons.items()}
    pinned = {i: _mean_box(p) for i, p in turned.items()}
    targets = {}
    for leaf in leaves:
        x, y = (into @ sites[leaf.id].xy).tolist()
        targets[leaf.id] = between(zone, leaf, pinned, otherwise=(x, y))
    drawing = _draw_together(Cluster(zone=zone, leaves=leaves, pinned=pinned, targets=targets, gap_m=gap_m))
    if drawing is None:
        return None
    standing = shapely.union_all(
        shapely.buffer(list(turned.values()), _HALF_ROAD * gap_m, join_style="mitre")
    )
    outlines = {}
    for leaf in leaves:
        fitted = fit(drawing.outlines[leaf.id], standing, leaf.area_m2, gap_m)
        if fitted is not None:
            outlines[leaf.id] = fitted
            taken = shapely.buffer(shapely.Polygon(fitted.ring), _HALF_ROAD * gap_m, join_style="mitre")
            standing = shapely.union_all([standing, taken])
    return drawing._replace(outlines=outlines).turned(_turn(angle), onto=(0, 0))


def _mean_box(polygon: Polygon | MultiPolygon) -> Box:
    """Return the rectangle with a polygon's middle, proportions and area: its sides run where its own do."""
    around = Box(*polygon.bounds)
    part = (1 - (polygon.area / around.area_m2) ** 0.5) / 2
    x, y = part * around.size[0], part * around.size[1]
    return Box(around.west + x, around.south + y, around.east - x, around.north - y)


def draw_alone(zone: Zone, leaves: Sequence[Leaf], sites: Mapping[str, Site], gap_m: float) -> list[Drawing]:
    """Draw one group of parcels round their own sites; each by itself if no layout holds them."""
    targets = {leaf.id: sites[leaf.id].xy for leaf in leaves}
    drawing = _draw_together(Cluster(zone=zone, leaves=leaves, pinned={}, targets=targets, gap_m=gap_m))
    if drawing is None:
        return [part for leaf in leaves for part in draw_alone(zone, [leaf], sites, gap_m)]
    slant = _slant(drawing, "、".join(leaf.id for leaf in leaves))
    weights = [leaf.area_m2 for leaf in leaves]
    middle = np.average([drawing.boxes[leaf.id].middle for leaf in leaves], axis=0, weights=weights)
    target = np.average([targets[leaf.id] for leaf in leaves], axis=0, weights=weights)
    return [drawing.turned(slant, onto=target - slant @ middle)]


def _turn(angle: float) -> NDArray[np.float64]:
    """Return the matrix that turns columns counter-clockwise."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _slant(drawing: Drawing, name: str) -> NDArray[np.float64]:
    """Choose a gentle turn and shear for a group, as grids have, that keeps east east and north north."""
    turn, shear = 2 * scatter("turn", name) - 1, 2 * scatter("shear", name) - 1
    for strength in (1.0, 0.5, 0.25):
        turned = _turn(np.radians(strength * (turn + np.copysign(1.5, turn))))
        sheared = np.array([[1.0, np.tan(np.radians(2.5 * strength * shear))], [0.0, 1.0]])
        matrix: NDArray[np.float64] = turned @ sheared
        if all(
            (matrix @ np.subtract(drawing.boxes[high].middle, drawing.boxes[low].middle))[axis] > 0
            for low, high, axis in drawing.words.facing
        ):
            return matrix
    return np.eye(2)


def _grid_angle(polygon: Polygon | MultiPolygon) -> float:
    """Return the angle, -45 to 45 degrees in radians, of the rectangle that fits a polygon best."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    x, y = max((corners[1:] - corners[:-1]).tolist(), key=lambda edge: float(np.hypot(*edge)))
    return float((np.arctan2(y, x) + np.pi / 4) % (np.pi / 2) - np.pi / 4)
