"""What named points say of a block that a map draws: where its lines break off, and whether points go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.compass import SIDE_ZH
from ftz_geo.model import AXIS_PREFIX, Reason
from ftz_geo.trace.reasons import told_en, told_zh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Edge, Parcel, SideKey
    from ftz_geo.place.approximate import Evidence
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.place.roads import Road

__all__ = ["Beside", "beside_of", "lines_that_end"]

_BY_RULE = frozenset({"extension", "bridge"})

_SHORT_M = 60.0
"""What is drawn by rule and is shorter tells nothing that points could deny."""

_STEP_M = 25.0

_ON_MAP_M = 30.0
"""A line of the map may be that of the other carriageway."""


class Beside(NamedTuple):
    """What points say of what a map alone drew by rule."""

    reasons: tuple[Reason, ...]
    denied: bool
    """Whether the points of a road lie elsewhere than what was drawn for it."""


def beside_of(drawn: Digitised, evidence: Evidence, plane: LocalPlane, calibration: Calibration) -> Beside:
    """Return what points say of the stretches of a block that a map alone drew by rule.

    Parameters
    ----------
    drawn : Digitised
        As the map alone gives it, with a polygon.
    evidence : mapping of feature name to tuple of Road
        The axes of its features.
    plane : LocalPlane
        Of the axes.
    calibration : Calibration
        Of the gazetteer.

    Returns
    -------
    Beside
    """
    told = [
        (edge, off)
        for edge in drawn.edges
        if edge.method in _BY_RULE and not edge.source_ids
        for off in _off(plane.to_xy(edge.line), evidence.get(edge.feature or "", ()), calibration)
    ]
    return Beside(
        tuple(_points_beside(edge, off) for edge, off in told), any(off.m > off.band_m for _, off in told)
    )


class _Off(NamedTuple):
    """How far an axis runs from what was drawn by rule."""

    points: int
    """Places of the axis that lie along it."""
    m: float
    """Metres, on average."""
    band_m: float
    """Half the width of the band about the axis that holds its road with 90 %."""


def _off(line: shapely.LineString, roads: Iterable[Road], calibration: Calibration) -> Iterator[_Off]:
    """Yield how far the nearest of some axes runs from a line, where places hold it along that."""
    if line.length < _SHORT_M:
        return
    at = np.arange(0.5, max(line.length / _STEP_M, 1.0)) * _STEP_M
    places = shapely.line_interpolate_point(line, np.minimum(at, line.length))
    found = []
    for road in roads:
        axis = road.axis
        along = shapely.line_locate_point(axis.line, places)
        held = int(((axis.held_m > along.min()) & (axis.held_m < along.max())).sum())
        if held:
            band_m = float(np.mean(calibration.band_m(*axis.away_m(along))))
            off_m = float(np.mean(shapely.distance(axis.line, places)))
            found.append(_Off(held, off_m, float(np.hypot(band_m, _ON_MAP_M))))
    yield from sorted(found, key=lambda off: off.m)[:1]


def _points_beside(edge: Edge, off: _Off) -> Reason:
    denied = off.m > off.band_m
    agree_zh, agree_en = ("不合", "do not bear out") if denied else ("相合", "bear out")
    return Reason(
        code="points-deny" if denied else "points-go-on",
        zh=f"{SIDE_ZH[edge.side]}至“{edge.feature}”：底图上的线在此中断，同名地名点（{off.points}处）仍在延续，"
        f"与按规则所画的一段{agree_zh}（平均相距{off.m:.0f}米）",
        en=f"{edge.side}, {edge.feature}: its line on the map breaks off where points of its name go on "
        f"({off.points} places), which {agree_en} what was drawn by rule ({off.m:.0f} m off on average)",
    )


def lines_that_end(
    parcel: Parcel, candidates: Mapping[SideKey, tuple[Candidate, ...]], drawn: Digitised, plane: LocalPlane
) -> Iterator[Reason]:
    """Say of which features a block runs along points though the map has lines of them, which break off.

    Parameters
    ----------
    parcel : Parcel
    candidates : mapping of SideKey to tuple of Candidate
        What its features were looked up as, among lines and axes.
    drawn : Digitised
        The block, its edges on axes with the method ``points``.
    plane : LocalPlane
        Of the axes.

    Yields
    ------
    Reason
    """
    for key, feature in parcel.bounds():
        own = [e for e in drawn.edges if e.feature == feature.name and key.side in ("ring", e.side)]
        by_points = [edge for edge in own if edge.method == "points"]
        ids = candidates[key][0].source_ids if candidates.get(key) else ()
        if not by_points or all(i.startswith(AXIS_PREFIX) for i in ids):
            continue
        length_m = sum(float(plane.to_xy(edge.line).length) for edge in by_points)
        yield Reason(
            code="line-breaks-off",
            zh=f"{told_zh(key.side, feature)}：底图上的线中断，有{length_m:.0f}米改沿同名地名点连成的中线",
            en=f"{told_en(key.side, feature)}: its line on the map breaks off; {length_m:.0f} m run along "
            "the axis through points of its name",
        )
