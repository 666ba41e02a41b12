"""Rings put together to a shape, and what of it does not fit what the list says."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.model import Finding
from ftz_geo.survey.values import notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.survey.corners import Corners
    from ftz_geo.survey.values import Entry, StatedArea

__all__ = ["doubts_of", "shape_of"]


def shape_of(xy: NDArray[np.float64], entry: Entry) -> BaseGeometry:
    """Put the rings of an entry together: what lies inside another is a hole, or an island in a hole."""
    rings = np.split(xy, np.cumsum(list(map(len, entry.open_rings)))[:-1])
    areas = [shapely.Polygon(ring) for ring in rings]
    if len(areas) == 1:
        return areas[0]
    if not all(area.is_valid for area in areas):
        return shapely.MultiPolygon(areas)
    around = [
        [j for j, other in enumerate(areas) if j != i and other.contains(a)] for i, a in enumerate(areas)
    ]
    parts = []
    for i, ring in enumerate(rings):
        if len(around[i]) % 2 == 0:
            holes = [
                rings[j] for j, outer in enumerate(around) if i in outer and len(outer) == len(around[i]) + 1
            ]
            parts.append(shapely.Polygon(ring, holes))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def doubts_of(entry: Entry, shape: BaseGeometry, corners: Corners) -> Iterator[Finding]:
    """Yield what is wrong with a shape, or with the area that is stated of it."""
    if not shape.is_valid:
        why = shapely.is_valid_reason(shape)
        zh = f"{entry.title}：所给界线自相交，按原样保留"
        en = f"{entry.title}: the outline as given crosses itself ({why}); it was left as it is"
        yield notice("self-crossing", "error", zh, en)
    elif entry.stated:
        yield from _stated_area(entry, entry.stated, shape, corners)


def _stated_area(
    entry: Entry, stated: StatedArea, shape: BaseGeometry, corners: Corners
) -> Iterator[Finding]:
    """Hold the area stated in the list against its own corners.

    A survey states plane areas or ellipsoid areas; either may agree.
    """
    measured = {"椭球面": float(area_m2([shape], cut_m=SURVEY_CUT_M)[0]) / 1e6}
    if corners.plane is not None:
        measured["投影平面"] = shape_of(corners.plane, entry).area / 1e6
    way, nearest = min(measured.items(), key=lambda item: abs(item[1] - float(stated.km2)))
    limit = float(stated.half_width_km2) + _rounding_m2(shape, corners) / 1e6
    difference = float(stated.km2) - nearest
    if abs(difference) <= limit:
        return
    percent = -difference / float(stated.km2) * 100
    yield Finding(
        check="survey-area",
        severity="warning" if stated.approximate else "error",
        declared_km2=stated.km2,
        measured_km2=Decimal(f"{nearest:.6f}"),
        difference_km2=Decimal(f"{difference:.6f}"),
        limit_km2=Decimal(f"{limit:.6f}"),
        zh=f"{entry.title}：坐标围成 {nearest:.6f} 平方公里（{way}），与旁边所写面积 {stated.text} "
        f"相差 {percent:+.1f}%，超出取舍之限 {limit:.6f} 平方公里。",
        en=f"{entry.title}: the corners enclose {nearest:.6f} km², {percent:+.1f} % off the area written "
        f"beside them, {stated.text}; rounding explains {limit:.6f} km².",
    )


def _rounding_m2(shape: BaseGeometry, corners: Corners) -> float:
    """Return the most that rounding each coordinate to its last digit can change the area, to first order.

    dA = ½ Σ (dx·Δy - dy·Δx), with Δ between the neighbours of each corner.
    """
    flat = LocalPlane.around([shape]).to_xy(shape)
    total = 0.0
    half_x, half_y = corners.half_m
    for ring in shapely.get_rings(flat):
        xy = shapely.get_coordinates(ring)[:-1]
        across = np.abs(np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)).sum(axis=0)
        total += float(half_x * across[1] + half_y * across[0]) / 2
    return total
