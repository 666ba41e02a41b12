"""Rings put together to a shape, and what of it does not fit what the list says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.soundness import crossing_of
from ftz_geo.survey.areas import area_doubts, in_its_unit
from ftz_geo.survey.values import notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Finding
    from ftz_geo.survey.corners import Corners
    from ftz_geo.survey.values import Entry

__all__ = ["doubts_of", "shape_of", "stated_km2_of"]


_SCALE_OF_DATUM = 5e-5
"""Share of an area by which those in two datums differ: Krassovsky's axis is longer by 17 in a million."""


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
        crossing = crossing_of(shape, [[point.label for point in ring] for ring in entry.open_rings])
        found = notice(
            "self-crossing",
            "error",
            f"{entry.title}：{crossing.text.zh}",
            f"{entry.title}: {crossing.text.en}",
        )
        yield replace(found, measured_km2=Decimal(f"{crossing.printed_km2:.6f}"))
    elif entry.stated:
        ways, slack_km2 = _measured(entry, shape, corners), _rounding_m2(shape, corners) / 1e6
        yield from area_doubts(entry.title, entry.stated, ways, slack_km2=slack_km2)


def stated_km2_of(entry: Entry, shape: BaseGeometry, corners: Corners) -> Decimal | None:
    """Return the area that an entry states, in the unit that its ring tells where none is written."""
    if entry.stated is None:
        return None
    ways, slack_km2 = _measured(entry, shape, corners), _rounding_m2(shape, corners) / 1e6
    return in_its_unit(entry.stated, ways, slack_km2).km2


def _measured(entry: Entry, shape: BaseGeometry, corners: Corners) -> dict[str, float]:
    """Return a shape's area in km² by the ways in which surveys state areas; any of them may agree."""
    measured = {"椭球面": float(area_m2([shape], cut_m=SURVEY_CUT_M)[0]) / 1e6}
    if corners.plane is not None:
        measured["投影平面"] = shape_of(corners.plane, entry).area / 1e6
    return measured


def _rounding_m2(shape: BaseGeometry, corners: Corners) -> float:
    """Return the most that rounding each coordinate to its last digit can change the area, to first order.

    dA = ½ Σ (dx·Δy - dy·Δx), with Δ between the neighbours of each corner. What was moved from another
    datum has the scale of that datum besides.
    """
    flat = LocalPlane.around([shape]).to_xy(shape)
    total = 0.0
    half_x, half_y = corners.half_m
    for ring in shapely.get_rings(flat):
        xy = shapely.get_coordinates(ring)[:-1]
        across = np.abs(np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)).sum(axis=0)
        total += float(half_x * across[1] + half_y * across[0]) / 2
    moved = corners.system.known not in ("CGCS2000", "WGS 84")
    return total + (_SCALE_OF_DATUM * float(flat.area) if moved else 0.0)
