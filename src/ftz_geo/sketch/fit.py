"""Fit an outline between polygons that stand already and are neither moved nor overlapped."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.sketch.shape import Outline, Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["fit"]

_GROWTH = 1.6
"""A gap that an outline does not fill when it is drawn larger by this is no place for it."""


def fit(outline: Outline, standing: BaseGeometry, area_m2: float, gap_m: float) -> Outline | None:
    """Cut an outline where it meets what stands, and let it grow elsewhere to its area.

    Parameters
    ----------
    outline : Outline
    standing : geometry
        What stands, with the distance to keep from it.
    area_m2 : float
        To be had exactly.
    gap_m : float
        Slits narrower than this are not filled.

    Returns
    -------
    Outline or None
        None where there is no room; the very outline where it meets nothing.
    """
    if not standing.intersects(shapely.Polygon(outline.ring)):
        return outline
    middle = outline.ring[:-1].mean(axis=0)

    def grown(factor: float) -> NDArray[np.float64]:
        ring: NDArray[np.float64] = middle + (outline.ring - middle) * factor
        return ring

    def room(factor: float) -> shapely.Polygon:
        free = shapely.Polygon(grown(factor)).difference(standing)
        opened = shapely.buffer(
            shapely.buffer(free, -gap_m / 2, join_style="mitre"), gap_m / 2, join_style="mitre"
        )
        parts = [p for p in shapely.get_parts(opened.intersection(free)) if isinstance(p, shapely.Polygon)]
        return max(parts, key=lambda part: part.area, default=shapely.Polygon())

    low, high = 0.5, _GROWTH
    if room(high).area < area_m2:
        return None
    for _ in range(60):
        factor = (low + high) / 2
        low, high = (factor, high) if room(factor).area < area_m2 else (low, factor)
    found = room(high)
    if found.interiors or found.area > area_m2 * 1.001:
        return None  # it jumped, from one side of a neighbour round to the other
    return _told_apart(found, outline, grown(high))


def _told_apart(polygon: shapely.Polygon, outline: Outline, ring: NDArray[np.float64]) -> Outline:
    """Give each stretch of a cut outline the piece that it lies nearest to."""
    vertices = shapely.get_coordinates(shapely.orient_polygons(polygon).exterior)[:-1]
    lines = [shapely.LineString(ring[piece.start : piece.stop + 1]) for piece in outline.pieces]
    middles = shapely.points((vertices + np.roll(vertices, -1, axis=0)) / 2)
    owner = np.argmin([shapely.distance(line, middles) for line in lines], axis=0)
    # Begin where one piece ends and the next begins.
    changes = np.flatnonzero(owner != np.roll(owner, 1))
    start = int(changes[0]) if len(changes) else 0
    vertices, owner = np.roll(vertices, -start, axis=0), np.roll(owner, -start)
    pieces, at = [], 0
    for i, run in groupby(owner.tolist()):
        stop = at + len(list(run))
        pieces.append(Piece(outline.pieces[i].side, outline.pieces[i].feature, at, stop))
        at = stop
    return Outline(np.vstack([vertices, vertices[:1]]), tuple(pieces))
