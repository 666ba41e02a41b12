"""Blocks that were drawn along axes of points: how sure each edge is, and the block as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.compass import AXIS, DIRECTIONS, OPPOSITE
from ftz_geo.measure import area_m2
from ftz_geo.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.compass import Direction
    from ftz_geo.model import Digitised, Edge
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.place.roads import Roads

__all__ = ["SOLVED", "as_approximate", "rests_on_points"]

_ON_MAP_M = 30.0
"""Half width of the band about an edge on a line of the map, which may be the other carriageway."""

_STEP_M = 25.0

_SD_90 = 1.645
"""Standard deviations within which a normal error lies with 90 %."""

_RADIUS_90 = 2.146
"""The same for a distance in the plane: the root of -2 ln 0.1."""


SOLVED = "solved:"
"""What the ids of sides begin with that the area of another block gave."""


def rests_on_points(drawn: Digitised, roads: Roads, solved: Mapping[str, float]) -> bool:
    """Return whether any edge of a block was drawn along an axis of points, or a side solved from one."""
    return any(key in roads.by_id or key in solved for edge in drawn.edges for key in edge.source_ids)


def as_approximate(
    drawn: Digitised,
    roads: Roads,
    calibration: Calibration,
    stated_m2: float | None,
    solved: Mapping[str, float],
) -> Digitised:
    """Return a block drawn along axes of points with the uncertainty of its edges and of its place.

    Parameters
    ----------
    drawn : Digitised
        With a polygon.
    roads : Roads
        What its edges ran along.
    calibration : Calibration
        Of the gazetteer.
    stated_m2 : float or None
        What the text says of its area.
    solved : mapping of str to float
        By id, the bands of sides that the areas of other blocks gave.
    """
    bands = _bands(drawn.edges, roads, calibration, solved)
    edges = tuple(
        replace(
            edge,
            uncertainty_m=round(band, 1),
            method="points" if _on_axis(edge, roads, solved) else edge.method,
        )
        for edge, band in zip(drawn.edges, bands, strict=True)
    )
    by_side = _by_side(edges, bands)
    radius_m = _radius_m(by_side)
    told = [_placed(drawn.edges, roads, radius_m), *(r for r in drawn.reasons if r.code not in _OF_LINES)]
    if not drawn.area_shaped and stated_m2 is not None and drawn.polygon is not None:
        told += _area_disagrees(drawn, by_side, stated_m2, roads)
    return replace(
        drawn,
        grade="approximate",
        edges=edges,
        placement_uncertainty_m=round(radius_m, 1),
        area_doubt_km2=None,
        reasons=tuple(told),
    )


_OF_LINES = frozenset(
    {
        "bridges",
        "bridge",
        "wide-feature",
        "gap-beside",
        "near-line-missing",
        "far-by-rule",
        "short-of-neighbour",
        "line-beside",
    }
)
"""Reasons that tell of the lines of a map, and say nothing of axes."""


def _on_axis(edge: Edge, roads: Roads, solved: Mapping[str, float]) -> bool:
    on_line = edge.method in ("on-feature", "bridge", "extension", "landmark")
    return on_line and any(key in roads.by_id or key in solved for key in edge.source_ids)


def _bands(
    edges: Sequence[Edge], roads: Roads, calibration: Calibration, solved: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return half the width of the band about each edge that holds the true one with 90 %."""
    bands = np.array([_band_m(edge, edges, roads, calibration, solved) for edge in edges])
    for k, edge in enumerate(edges):
        if edge.method == "area-closure":
            bands[k] = _closed_band_m(edge, edges, bands, roads)
    return bands


def _band_m(
    edge: Edge,
    edges: Sequence[Edge],
    roads: Roads,
    calibration: Calibration,
    solved: Mapping[str, float],
) -> float:
    ids = {key for other in edges if other.feature == edge.feature for key in other.source_ids}
    if ids & solved.keys():
        return max(solved[key] for key in ids & solved.keys())
    own = [roads.by_id[key] for key in sorted(ids & roads.by_id.keys())]
    if not own:
        return _ON_MAP_M
    line = roads.plane.to_xy(edge.line)
    places = shapely.line_interpolate_point(line, np.arange(0.5, max(line.length / _STEP_M, 1.0)) * _STEP_M)
    bands = []
    for road in own:
        away, beyond = road.axis.away_m(shapely.line_locate_point(road.axis.line, places))
        off = shapely.distance(road.axis.line, places)
        bands.append(calibration.band_m(away + off, beyond))
    return float(np.min(bands, axis=0).mean())


def _closed_band_m(edge: Edge, edges: Sequence[Edge], bands: NDArray[np.float64], roads: Roads) -> float:
    """Return the band of a side that the area closes: as sure as the others let it be."""
    sides = _by_side(edges, np.where([e.method == "area-closure" for e in edges], 0.0, bands))
    length_m = {
        side: sum(roads.plane.to_xy(e.line).length for e in edges if e.side == side) for side in DIRECTIONS
    }
    across = [side for side in DIRECTIONS if AXIS[side] != AXIS[edge.side]]
    depth_m = np.mean([length_m[side] for side in across])
    slant = depth_m / max(length_m[edge.side], 1.0)
    return float(np.hypot(sides[OPPOSITE[edge.side]], slant * np.hypot(*(sides[side] for side in across))))


def _by_side(edges: Sequence[Edge], bands: NDArray[np.float64]) -> dict[Direction, float]:
    """Return the band of each side, its edges counted by their length."""
    result: dict[Direction, float] = {}
    for side in DIRECTIONS:
        own = [
            (edge.line.length, band)
            for edge, band in zip(edges, bands.tolist(), strict=True)
            if edge.side == side
        ]
        length = sum(weight for weight, _ in own)
        result[side] = sum(weight * band for weight, band in own) / length if length else 0.0
    return result


def _radius_m(by_side: Mapping[Direction, float]) -> float:
    """Return the radius that holds the centre with 90 %: a side moves it by half of what it is off."""
    x, y = (
        np.hypot(*(by_side[side] / _SD_90 for side in DIRECTIONS if AXIS[side] == axis)) / 2
        for axis in (0, 1)
    )
    return float(_RADIUS_90 * np.sqrt((x**2 + y**2) / 2))


def _placed(edges: Sequence[Edge], roads: Roads, radius_m: float) -> Reason:
    known = {road.name: road for edge in edges for key in edge.source_ids if (road := roads.by_id.get(key))}
    zh = "、".join(f"{name}（{road.points}点）" for name, road in known.items())
    en = ", ".join(f"{name} ({road.points})" for name, road in known.items())
    return Reason(
        code="by-points",
        zh=f"沿地名点连成的中线绘制：{zh}；中心误差约{radius_m:.0f}米以内（九成把握）",
        en=f"drawn along axes through named points: {en}; its centre is good to {radius_m:.0f} m (90 %)",
    )


def _area_disagrees(
    drawn: Digitised, by_side: Mapping[Direction, float], stated_m2: float, roads: Roads
) -> Iterator[Reason]:
    """Say where four sides that close by themselves enclose another area than the text states."""
    own_m2 = float(area_m2([drawn.polygon])[0])
    length_m = {
        side: sum(roads.plane.to_xy(e.line).length for e in drawn.edges if e.side == side)
        for side in DIRECTIONS
    }
    doubt_m2 = float(np.sqrt(sum((by_side[side] * length_m[side]) ** 2 for side in DIRECTIONS)))
    if abs(own_m2 - stated_m2) <= doubt_m2:
        return
    side = max((s for s in DIRECTIONS if length_m[s]), key=lambda s: by_side[s])
    names = "、".join(dict.fromkeys(e.feature for e in drawn.edges if e.side == side and e.feature))
    move_m = (own_m2 - stated_m2) / length_m[side]
    yield Reason(
        code="area-doubts-points",
        zh=f"四边自行围成{own_m2 / 1e6:.2f}平方公里，与所述{stated_m2 / 1e6:.2f}平方公里不符，超出点位误差；"
        f"最可疑的是“{names}”的点：若该边内移{move_m:.0f}米则相符（另一读法）",
        en=f"its four sides enclose {own_m2 / 1e6:.2f} km², not the stated {stated_m2 / 1e6:.2f} km², beyond the doubt "
        f"of the points; those of {names} are the most doubtful: moved in by {move_m:.0f} m they would agree",
    )
