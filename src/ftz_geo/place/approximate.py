"""Blocks that were drawn along axes of points: how sure each edge is, and the block as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.compass import AXIS, DIRECTIONS, OPPOSITE
from ftz_geo.measure import area_m2
from ftz_geo.model import Reason
from ftz_geo.place.axes import SD_90

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.compass import Direction
    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Edge, Parcel, SideKey
    from ftz_geo.place.calibration import Calibration
    from ftz_geo.place.roads import Road, Roads

__all__ = ["Evidence", "as_approximate", "evidence_of"]

_ON_MAP_M = 30.0
"""Half width of the band about an edge on a line of the map, which may be the other carriageway."""

_HALF_ROAD_M = 15.0

_WIDTH_M = 7.5
"""A road bounds a block by its middle or by an edge: half of half a road, whichever is meant."""

_STEP_M = 25.0

_RADIUS_90 = 2.146
"""Standard deviations within which a place in the plane lies with 90 %: the root of -2 ln 0.1."""


Evidence = Mapping[str, tuple["Road", ...]]
"""By the name of a feature, the axes that it was found as."""


def evidence_of(
    parcel: Parcel,
    candidates: Mapping[SideKey, tuple[Candidate, ...]],
    edges: Sequence[Edge],
    roads: Roads,
) -> dict[str, tuple[Road, ...]]:
    """Return the axes that each feature of a parcel was found as, or drawn along by a name that is near."""
    found: dict[str, tuple[Road, ...]] = {}
    for key, feature in parcel.bounds():
        ids = candidates[key][0].source_ids if candidates.get(key) else ()
        ids = ids or tuple(i for edge in edges if edge.feature == feature.name for i in edge.source_ids)
        own = tuple(roads.by_id[i] for i in ids if i in roads.by_id)
        if own:
            found[feature.name] = own
    return found


def as_approximate(
    drawn: Digitised,
    evidence: Evidence,
    plane: LocalPlane,
    calibration: Calibration,
    stated_m2: float | None,
) -> Digitised:
    """Return a block drawn along axes of points with the uncertainty of its edges and of its place.

    Parameters
    ----------
    drawn : Digitised
        With a polygon.
    evidence : mapping of feature name to tuple of Road
        What its edges ran along.
    plane : LocalPlane
        Of the axes.
    calibration : Calibration
        Of the gazetteer.
    stated_m2 : float or None
        What the text says of its area.

    Returns
    -------
    Digitised
        ``approximate``; ``undetermined`` where its sides are less sure than it is wide.
    """
    lines = plane.to_xy(np.array([edge.line for edge in drawn.edges], dtype=object))
    pieces = [_Piece(edge, line) for edge, line in zip(drawn.edges, lines, strict=True)]
    bands = _bands(pieces, evidence, calibration)
    by_side, length_m = _by_side(pieces, bands), _lengths(pieces)
    radius_m = _radius_m(by_side, _held(pieces, evidence))
    own_m2 = float(area_m2([drawn.polygon])[0])
    solved = list(_solved(evidence))
    told = [
        *_placed(evidence, radius_m),
        *_by_series(evidence),
        *solved,
        *(r for r in drawn.reasons if r.code not in _OF_LINES),
    ]
    if radius_m > _LOOSE * own_m2**0.5:
        loose = replace(
            drawn, polygon=None, grade="undetermined", edges=(), area_near_km2=None, area_far_km2=None
        )
        return replace(
            loose,
            reasons=(_too_loose(radius_m), *(r for r in told[1:] if r.code not in _OF_SHAPES)),
            area_doubt_km2=None,
            area_shaped=False,
        )
    if not drawn.area_shaped and not solved and stated_m2 is not None:
        told += _area_disagrees(pieces, by_side, length_m, own_m2, stated_m2)
    edges = tuple(
        replace(
            piece.edge,
            uncertainty_m=round(band, 1),
            method="points" if _is_on_axis(piece.edge, evidence) else piece.edge.method,
        )
        for piece, band in zip(pieces, bands, strict=True)
    )
    return replace(
        drawn,
        grade="approximate",
        edges=edges,
        placement_uncertainty_m=round(radius_m, 1),
        area_doubt_km2=None,
        area_shaped=drawn.area_shaped or bool(solved),
        reasons=tuple(told),
    )


_LOOSE = 0.35
"""A block whose centre is no surer than this share of its own length has no shape to be drawn."""

_ALONG = frozenset({"on-feature", "bridge", "landmark"})

_OF_SHAPES = frozenset(
    {
        "area-closure",
        "bridge",
        "bridges",
        "edge-of-road",
        "landmark",
        "long-bridge",
        "long-extension",
        "offset",
    }
)
"""Codes of reasons that tell how a shape was drawn: of one that is put aside they tell what is not there."""

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


class _Piece(NamedTuple):
    edge: Edge
    line: shapely.LineString
    """Plane metres."""


def _bands(pieces: Sequence[_Piece], evidence: Evidence, calibration: Calibration) -> NDArray[np.float64]:
    """Return half the width of the band about each edge that holds the true one with 90 %."""
    bands = np.array([_band_m(piece, evidence, calibration) for piece in pieces])
    closed = np.array([piece.edge.method == "area-closure" for piece in pieces])
    if closed.any():
        sides, length_m = _by_side(pieces, np.where(closed, 0.0, bands)), _lengths(pieces)
        for k in np.flatnonzero(closed).tolist():
            bands[k] = _closed_band_m(pieces[k].edge.side, sides, length_m)
    return bands


def _is_on_axis(edge: Edge, evidence: Evidence) -> bool:
    """Return whether an edge was drawn along an axis, and not along a line of a map of the same feature."""
    axes = {road.id for road in evidence.get(edge.feature or "", ())}
    return edge.method in _ALONG and not axes.isdisjoint(edge.source_ids)


def _band_m(piece: _Piece, evidence: Evidence, calibration: Calibration) -> float:
    own = evidence.get(piece.edge.feature or "", ())
    if not own or (piece.edge.source_ids and not _is_on_axis(piece.edge, evidence)):
        return _ON_MAP_M
    at = np.arange(0.5, max(piece.line.length / _STEP_M, 1.0)) * _STEP_M
    places = shapely.line_interpolate_point(piece.line, at)
    bands = []
    for road in own:
        along = shapely.line_locate_point(road.axis.line, places)
        away, beyond = road.axis.away_m(along)
        # What was drawn beyond the axis itself goes on straight from its end.
        away = away + np.maximum(shapely.distance(road.axis.line, places) - _ON_MAP_M, 0.0)
        bands.append(np.hypot(calibration.band_m(away, beyond), max(road.band_m, _WIDTH_M)))
    return float(np.min(bands, axis=0).mean())


def _closed_band_m(
    side: Direction, by_side: Mapping[Direction, float], length_m: Mapping[Direction, float]
) -> float:
    """Return the band of a side that the area closes: as sure as the others let it be."""
    across = [other for other in DIRECTIONS if AXIS[other] != AXIS[side]]
    slant = sum(length_m[other] for other in across) / 2 / max(length_m[side], 1.0)
    # A stated area may end at the middle of the roads around or at their edges.
    edges_m = _HALF_ROAD_M * sum(length_m.values()) / max(length_m[side], 1.0)
    beside_m = slant * float(np.linalg.norm([by_side[other] for other in across]))
    return float(np.hypot(np.hypot(edges_m, by_side[OPPOSITE[side]]), beside_m))


def _lengths(pieces: Sequence[_Piece]) -> dict[Direction, float]:
    return {side: sum(p.line.length for p in pieces if p.edge.side == side) for side in DIRECTIONS}


def _by_side(pieces: Sequence[_Piece], bands: NDArray[np.float64]) -> dict[Direction, float]:
    """Return the band of each side, its edges counted by their length."""
    length_m = _lengths(pieces)
    return {
        side: sum(
            p.line.length * band
            for p, band in zip(pieces, bands.tolist(), strict=True)
            if p.edge.side == side
        )
        / max(length_m[side], 1.0)
        for side in DIRECTIONS
    }


def _held(pieces: Sequence[_Piece], evidence: Evidence) -> dict[Direction, int]:
    """Return how many places hold each side: what one of them is off, the others are not."""
    held = dict.fromkeys(DIRECTIONS, 0)
    for piece in pieces:
        for road in evidence.get(piece.edge.feature or "", ()):
            ends = shapely.points(piece.line.coords[0]), shapely.points(piece.line.coords[-1])
            low, high = sorted(shapely.line_locate_point(road.axis.line, ends).tolist())
            held[piece.edge.side] += int(((road.axis.held_m >= low) & (road.axis.held_m <= high)).sum())
    return held


def _radius_m(by_side: Mapping[Direction, float], held: Mapping[Direction, int]) -> float:
    """Return the radius that holds the centre with 90 %: a side moves it by half of what it is off."""
    # What a place is off, others are not; but all may lie on one carriageway.
    own_m = {side: max(by_side[side] ** 2 - _WIDTH_M**2, 0.0) / max(held[side], 1) for side in DIRECTIONS}
    sd_m = {side: (own + _WIDTH_M**2) ** 0.5 / SD_90 for side, own in own_m.items()}
    sd = np.linalg.norm(list(sd_m.values())) / 2  # of x and y together
    return float(np.hypot(_RADIUS_90 * sd / np.sqrt(2), _WIDTH_M))


def _placed(evidence: Evidence, radius_m: float) -> Iterator[Reason]:
    known = {road.name: road.points for roads in evidence.values() for road in roads if road.points}
    zh = "、".join(f"{name}（{points}点）" for name, points in known.items())
    en = ", ".join(f"{name} ({points})" for name, points in known.items())
    yield Reason(
        code="by-points",
        zh=f"沿地名点连成的中线绘制：{zh}；中心误差约{radius_m:.0f}米以内（九成把握）",
        en=f"drawn along axes through named points: {en}; its centre is good to {radius_m:.0f} m (90 %)",
    )


def _solved(evidence: Evidence) -> Iterator[Reason]:
    """Say which sides the area of another block gave."""
    for name, roads in evidence.items():
        if any(not road.points and not road.members for road in roads):
            yield Reason(
                code="side-of-neighbour",
                zh=f"“{name}”没有地名点，取自另一区块按申报面积推算的边",
                en=f"{name} has no points: it is the side that the stated area of another block gave",
            )


def _by_series(evidence: Evidence) -> Iterator[Reason]:
    """Say which sides the other roads of a numbered series gave."""
    for name, roads in evidence.items():
        for road in roads:
            if road.members:
                zh, en = "、".join(road.members), ", ".join(road.members)
                yield Reason(
                    code="by-series",
                    zh=f"“{name}”没有地名点，按同一编号序列的{zh}推定，误差约{road.band_m:.0f}米以内（九成把握）",
                    en=f"{name} has no points: its series, {en}, places it to {road.band_m:.0f} m (90 %)",
                )


def _too_loose(radius_m: float) -> Reason:
    return Reason(
        code="points-too-few",
        zh=f"各边的地名点太少或太远，围成的形状中心误差达{radius_m:.0f}米，未据以成形",
        en=f"the points of its sides are too few or too far: drawn from them its centre would be good to "
        f"{radius_m:.0f} m only",
    )


def _area_disagrees(
    pieces: Sequence[_Piece],
    by_side: Mapping[Direction, float],
    length_m: Mapping[Direction, float],
    own_m2: float,
    stated_m2: float,
) -> Iterator[Reason]:
    """Say where four sides that close by themselves enclose another area than the text states."""
    doubt_m2 = float(np.sqrt(sum((by_side[side] * length_m[side]) ** 2 for side in DIRECTIONS)))
    if abs(own_m2 - stated_m2) <= doubt_m2:
        return
    side = max((s for s in DIRECTIONS if length_m[s]), key=lambda s: by_side[s])
    names = "、".join(dict.fromkeys(p.edge.feature for p in pieces if p.edge.side == side and p.edge.feature))
    move_m = (own_m2 - stated_m2) / length_m[side]
    way_zh, way_en = ("内", "in") if move_m > 0 else ("外", "out")
    yield Reason(
        code="area-doubts-points",
        zh=f"四边自行围成{own_m2 / 1e6:.2f}平方公里，与所述{stated_m2 / 1e6:.2f}平方公里不符，超出点位误差；"
        f"最可疑的是“{names}”的点：若该边{way_zh}移{abs(move_m):.0f}米则相符（另一读法）",
        en=f"its four sides enclose {own_m2 / 1e6:.2f} km², not the stated {stated_m2 / 1e6:.2f} km², beyond "
        f"the doubt of the points; those of {names} are the most doubtful: moved {way_en} by "
        f"{abs(move_m):.0f} m the areas would agree",
    )
