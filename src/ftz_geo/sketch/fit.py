"""Fit an outline between polygons that stand already and are neither moved nor overlapped."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.sketch.outline import Outline, Path

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["fit"]

_GROWTH = 0.5, 1.6
"""How much smaller or larger an outline is drawn: a gap that it does not fill then is no place for it.
By choice; at half its size no outline has more than a quarter of its area."""

_JUMP = 0.001
"""An area off by more than this part of it has jumped, from one side of a neighbour round to the other."""


_SAME_M = 1e-6
"""Vertices nearer than this come from rounding; survey coordinates are written to the millimetre."""


def fit(outline: Outline, standing: BaseGeometry, area_m2: float, gap_m: float) -> Outline | None:
    """Cut an outline where it meets what stands, and let it grow elsewhere to its area.

    What stands includes the distance to keep from it; slits narrower than the gap are not filled.
    None where there is no room; the very outline where it meets nothing.
    """
    from scipy.optimize import brentq

    if not standing.intersects(shapely.Polygon(outline.ring)):
        return outline

    def room(factor: float) -> shapely.Polygon:
        free = shapely.Polygon(outline.scaled(factor).ring).difference(standing)
        opened = shapely.buffer(
            shapely.buffer(free, -gap_m / 2, join_style="mitre"), gap_m / 2, join_style="mitre"
        )
        parts = [p for p in shapely.get_parts(opened.intersection(free)) if isinstance(p, shapely.Polygon)]
        return max(parts, key=lambda part: part.area, default=shapely.Polygon())

    if room(_GROWTH[1]).area < area_m2:
        return None
    factor = brentq(lambda factor: room(factor).area - area_m2, *_GROWTH)
    cut = room(factor)
    if cut.interiors or abs(cut.area - area_m2) > _JUMP * area_m2:
        return None
    return _told_apart(cut, outline.scaled(factor))


def _told_apart(polygon: shapely.Polygon, outline: Outline) -> Outline:
    """Return a cut outline as an outline, each stretch as of the piece that it lies nearest to."""
    # Cutting leaves vertices on top of each other, and a piece of no length is no piece.
    ring = shapely.remove_repeated_points(shapely.orient_polygons(polygon).exterior, _SAME_M)
    vertices = shapely.get_coordinates(ring)[:-1]
    lines = [shapely.LineString(path.xy) for path in outline.paths]
    middles = shapely.points((vertices + np.roll(vertices, -1, axis=0)) / 2)
    owner = np.argmin([shapely.distance(line, middles) for line in lines], axis=0)
    # Begin where one piece ends and the next begins.
    changes = np.flatnonzero(owner != np.roll(owner, 1))
    start = int(changes[0]) if len(changes) else 0
    vertices, owner = np.roll(vertices, -start, axis=0), np.roll(owner, -start)
    closed = np.vstack([vertices, vertices[:1]])
    paths, at = [], 0
    for i, run in groupby(owner.tolist()):
        stop = at + len(list(run))
        paths.append(Path(outline.pieces[i].side, outline.pieces[i].feature, closed[at : stop + 1]))
        at = stop
    return Outline.of(paths)
