"""From named sides and a reference map to one valid polygon per parcel, with evidence.

A parcel's ring runs along its east, north, west and south side in turn. Each feature that a side
names becomes a *track*: its lines on the map, bridges over the gaps between them, extensions of
their loose ends. Where the tracks of neighbouring sides meet are the possible corners, and the
ring is the cheapest closed way through the tracks in order, what is not on the map costing more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LABELS_ZH, Digitised, Direction, Edge, Reason
from ftz_geo.trace.rings import Step, find_rings, looked_at
from ftz_geo.trace.shape import draw, gap_beside_m, strip_m2
from ftz_geo.trace.tracks import SNAP_M, Ends, Track, link, loose_ends, steer, track_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Candidate, Feature, Grade, Parcel, Plan, ReferenceMap, Settings
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.shape import Piece

__all__ = ["trace_parcels"]

RING_ORDER: tuple[Direction, ...] = ("east", "north", "west", "south")
"""The sides in the order in which a counter-clockwise ring passes them."""

ALIKE_COST = 2.0
"""Rings that cost up to this times the cheapest are held against each other."""

INSIDE_COST = 3.0
"""What a metre of its own features' lines inside a ring counts against it, in metres."""

RIVAL_COST = 1.25
"""Another ring that costs at most this times the drawn one is a rival,"""

RIVAL_OVERLAP = 0.9
"""unless the two share this much of their union."""

WIDTH_SHARE = 0.05
"""Where the near lines of wide features would change the area by more than this, it is in doubt."""

NEAR_M = 600.0
"""How far around a ring the map is searched for streets that stop at a missing road."""

_ORDERS = 24  # orders tried of the features on sides that name several

_OFFSET: dict[str, tuple[float, float]] = {
    "east_of": (1, 0),
    "west_of": (-1, 0),
    "north_of": (0, 1),
    "south_of": (0, -1),
}


def trace_parcels(
    plan: Plan,
    reference: ReferenceMap,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    settings: Settings,
) -> dict[str, Digitised]:
    """Draw every parcel that the map closes.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap
    resolutions : mapping of (parcel id, side, index) to tuple of Candidate
        What :func:`ftz_geo.resolve.resolve_plan` found.
    settings : Settings
        ``bridge_tolerance_m``: the longest stretch not on a named feature that may still be traced.

    Returns
    -------
    dict of parcel id to Digitised
        One for every parcel, in the order of the plan: ``traced``, ``inferred`` with its reasons,
        or ``undetermined`` with the reason why nothing was drawn. Polygons in longitude, latitude.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap, Settings
    >>> from ftz_geo.parse import parse_plan
    >>> from ftz_geo.resolve import resolve_plan
    >>> lines = {"东路": [(117.01, 38.99), (117.01, 39.02)], "西路": [(117.0, 38.99), (117.0, 39.02)],
    ...          "南路": [(116.99, 39.0), (117.02, 39.0)], "北路": [(116.99, 39.01), (117.02, 39.01)]}
    >>> features = gpd.GeoDataFrame(
    ...     {"source_id": list(lines), "name": list(lines), "alt_names": [()] * 4, "kind": "road"},
    ...     geometry=[shapely.LineString(xy) for xy in lines.values()], crs="EPSG:4326")
    >>> reference = ReferenceMap(features=features)
    >>> plan = parse_plan(
    ...     "区块一：东至东路、南至南路、西至西路、北至北路。区块二：东至甲路、南至乙路、西至丙路、北至丁路。"
    ... )
    >>> found = trace_parcels(plan, reference, resolve_plan(plan, reference), Settings())
    >>> for drawn in found.values():
    ...     print(drawn.grade, [round(x, 5) for x in drawn.polygon.bounds] if drawn.polygon else None)
    traced [117.0, 39.0, 117.01, 39.01]
    undetermined None
    """
    atlas = _Atlas(reference=reference)
    return {parcel.id: _trace(parcel, resolutions, atlas, settings) for parcel in plan.parcels}


@dataclass(frozen=True, kw_only=True)
class _Atlas:
    """A reference map, with what was once computed from it."""

    reference: ReferenceMap
    planes: dict[tuple[float, float], LocalPlane] = field(default_factory=dict)
    middles: dict[tuple[str, ...], NDArray[np.float64]] = field(default_factory=dict)
    tracks: dict[tuple[LocalPlane, tuple[str, ...], tuple[float, float]], Track] = field(default_factory=dict)

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        found: NDArray[np.object_] = self.reference.features.geometry.to_numpy()
        return found

    @cached_property
    def ids(self) -> pd.Index[Any]:
        found: pd.Index[Any] = pd.Index(self.reference.features["source_id"].to_numpy(dtype=object))
        return found

    @cached_property
    def names(self) -> NDArray[np.object_]:
        found: NDArray[np.object_] = self.reference.features["name"].to_numpy(dtype=object)
        return found

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.geometry)

    def plane(self, candidates: Sequence[Candidate]) -> LocalPlane:
        """Give a plane near some features, the same for all that lie near each other."""
        middle = np.median([self.middle(c) for c in candidates], axis=0)
        lon, lat = (np.round(middle * 4) / 4).tolist()
        return self.planes.setdefault((lon, lat), LocalPlane(lon=lon, lat=lat))

    def middle(self, candidate: Candidate) -> NDArray[np.float64]:
        """Give the middle of a candidate's bounds, longitude and latitude."""
        if candidate.source_ids not in self.middles:
            bounds = shapely.total_bounds(self.geometry[self.rows(candidate)])
            self.middles[candidate.source_ids] = bounds.reshape(2, 2).mean(axis=0)
        return self.middles[candidate.source_ids]

    def rows(self, candidate: Candidate) -> NDArray[np.intp]:
        return self.ids.get_indexer(pd.Index(candidate.source_ids, dtype=object))

    def track(self, candidate: Candidate, feature: Feature, plane: LocalPlane) -> Track:
        """Give the track of a feature, moved by the offset that the text states."""
        way = _OFFSET.get(feature.relation, (0, 0)) if feature.offset_m else (0, 0)
        shift = (way[0] * (feature.offset_m or 0.0), way[1] * (feature.offset_m or 0.0))
        key = (plane, candidate.source_ids, shift)
        if key not in self.tracks:
            rows = self.rows(candidate)
            lines = plane.to_xy(self.geometry[rows])
            areal = shapely.get_dimensions(lines) == 2
            lines[areal] = shapely.boundary(lines[areal])
            lines = shapely.transform(lines, lambda xy: xy + np.array(shift))
            self.tracks[key] = track_of(lines, np.asarray(candidate.source_ids, dtype=object))
        return self.tracks[key]

    def around(
        self, box: tuple[float, float, float, float], plane: LocalPlane
    ) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Give the map's lines in and near a box of plane metres, and their names."""
        region = plane.to_lonlat(shapely.box(*box).buffer(NEAR_M))
        rows = np.sort(self.tree.query(region, predicate="intersects"))
        rows = rows[shapely.get_dimensions(self.geometry[rows]) == 1]
        lines, owner = shapely.get_parts(plane.to_xy(self.geometry[rows]), return_index=True)
        return lines, self.names[rows[owner]]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """One feature of one side, and the track of what the map has under that name."""

    side: Direction
    feature: Feature
    candidate: Candidate
    track: Track


def _trace(
    parcel: Parcel,
    resolutions: Mapping[tuple[str, Direction, int], tuple[Candidate, ...]],
    atlas: _Atlas,
    settings: Settings,
) -> Digitised:
    chosen: dict[Direction, list[tuple[Feature, Candidate]]] = {}
    reasons: list[Reason] = []
    open_side = False
    for side in RING_ORDER:
        chosen[side] = []
        features = parcel.abuttals[side]
        if not features:
            reasons.append(_side_not_stated(side))
            open_side = True
        for index, feature in enumerate(features):
            candidates = resolutions.get((parcel.id, side, index), ())
            if candidates and (feature.relation not in _OFFSET or feature.offset_m is not None):
                chosen[side].append((feature, candidates[0]))
            else:
                reasons.append(_not_on_map(side, feature))
        open_side |= not chosen[side]
    if open_side:
        return Digitised(parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=tuple(reasons))

    plane = atlas.plane([c for side in RING_ORDER for _, c in chosen[side]])
    named = {
        side: [
            _Named(side=side, feature=f, candidate=c, track=atlas.track(c, f, plane)) for f, c in chosen[side]
        ]
        for side in RING_ORDER
    }
    rings = _search(named)
    if not rings or max(rings[0].drawn, default=0.0) > settings.bridge_tolerance_m:
        rings = _search(_mended(named, rings, atlas, plane)) or rings
    for ring in rings:
        polygon, pieces = draw(ring)
        if not polygon.is_empty:
            break
    else:
        reasons.append(_does_not_close(named))
        return Digitised(parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=tuple(reasons))

    doubts = [
        *reasons,
        *_name_doubts([n for side in RING_ORDER for n in named[side]]),
        *_piece_doubts(pieces, settings),
        *_short_doubts(pieces, polygon.area),
        *_rival_doubts(ring, rings),
        *_beside_doubts(ring, settings),
        *_width_doubts(ring, polygon),
    ]
    grade: Grade = "inferred" if doubts else "traced"
    return Digitised(
        parcel_id=parcel.id,
        polygon=plane.to_lonlat(polygon),
        grade=grade,
        reasons=(*doubts, *_bridge_notes(pieces)),
        edges=tuple(_edge(piece, plane) for piece in pieces),
    )


def _search(named: Mapping[Direction, Sequence[_Named]]) -> list[Ring]:
    """Find the rings, best first, over all orders of the features within their sides.

    A block has its roads around it: a line of a side's own feature that runs inside counts against
    a ring.
    """
    searches = []
    orders = product(*(permutations(named[side]) for side in RING_ORDER))
    for _, order in zip(range(_ORDERS), orders, strict=False):
        steps = _steps([n for side in order for n in side])
        if len(steps) > 1:
            searches.append(find_rings(steps))
    rings = list(looked_at(merge(*searches, key=lambda ring: ring.cost), ALIKE_COST))
    if rings and rings[0].inside_m > 0:
        rings.sort(key=lambda ring: ring.cost + INSIDE_COST * ring.inside_m)
    return rings


def _steps(order: Sequence[_Named]) -> list[Step]:
    """Make steps; a feature that two sides name in turn is one step."""
    order = list(order)
    if len(order) > 1 and _same(order[-1], order[0]):
        order = [order[-1], *order[:-1]]
    steps: list[Step] = []
    for k, n in enumerate(order):
        if k and _same(order[k - 1], n) and len(steps[-1].sides) == 1:
            steps[-1] = Step((*steps[-1].sides, (n.side, n.feature)), n.track)
        else:
            steps.append(Step(((n.side, n.feature),), n.track))
    return steps


def _same(a: _Named, b: _Named) -> bool:
    return a.side != b.side and a.track is b.track


def _mended(
    named: Mapping[Direction, Sequence[_Named]], rings: Sequence[Ring], atlas: _Atlas, plane: LocalPlane
) -> dict[Direction, list[_Named]]:
    """Use what the rest of the map tells of missing stretches, near where the parcel seems to lie."""
    box = rings[0].polygon.bounds if rings else _whereabouts(named)
    if box is None:
        return {side: list(n) for side, n in named.items()}
    lines, names = atlas.around(box, plane)
    streets, street_names = _streets(lines, names)
    plan_names = {n.candidate.map_name for side in RING_ORDER for n in named[side]}
    foreign = ~np.isin(names, list(plan_names))
    mended: dict[Direction, list[_Named]] = {}
    steered: dict[int, Track] = {}
    for side in RING_ORDER:
        mended[side] = []
        for n in named[side]:
            if id(n.track) not in steered:
                own = street_names == n.candidate.map_name
                steered[id(n.track)] = steer(n.track, streets, own)
            track = steered[id(n.track)]
            for other in named[side]:
                if other is not n and not n.track.meets(other.track):
                    track = link(track, other.track, lines[foreign], names[foreign])
            mended[side].append(_Named(side=side, feature=n.feature, candidate=n.candidate, track=track))
    return mended


def _streets(lines: NDArray[np.object_], names: NDArray[np.object_]) -> tuple[Ends, NDArray[np.object_]]:
    """Give the loose ends of all lines of a map, and the names of those lines."""
    if not len(lines):
        return Ends(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, dtype=np.intp)), names
    ends = loose_ends(lines, within=SNAP_M / 2)
    return ends, names[ends.line]


def _whereabouts(named: Mapping[Direction, Sequence[_Named]]) -> tuple[float, float, float, float] | None:
    """Give the box of a kilometre around the middle of the places where neighbouring sides meet."""
    order = [n for side in RING_ORDER for n in named[side]]
    met = []
    for k, n in enumerate(order):
        i, j = n.track.tree.query(order[k - 1].track.lines, predicate="intersects")
        met.append(
            shapely.get_coordinates(shapely.intersection(order[k - 1].track.lines[i], n.track.lines[j]))
        )
    xy = np.concatenate(met)
    if not len(xy):
        return None
    x, y = np.median(xy, axis=0).tolist()
    return x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M


def _edge(piece: Piece, plane: LocalPlane) -> Edge:
    offset = piece.feature.offset_m is not None and piece.method == "on-feature"
    return Edge(
        side=piece.side,
        feature=piece.feature.name,
        span=piece.feature.span,
        source_ids=piece.source_ids,
        method="offset" if offset else piece.method,
        line=plane.to_lonlat(shapely.LineString(piece.xy)),
    )


# --- reasons ---------------------------------------------------------------------------------


def _side_not_stated(side: Direction) -> Reason:
    return Reason(
        code="side-not-stated",
        zh=f"原文没有写明{LABELS_ZH[side]}至",
        en=f"the text names nothing on the {side} side",
    )


def _not_on_map(side: Direction, feature: Feature) -> Reason:
    return Reason(
        code="not-on-map",
        zh=f"底图上没有{LABELS_ZH[side]}至的“{feature.name}”",
        en=f"{feature.name} ({side}) is not on the reference map",
    )


def _does_not_close(named: Mapping[Direction, Sequence[_Named]]) -> Reason:
    """Say which neighbours do not meet, or that the ring does not close."""
    order = [n for side in RING_ORDER for n in named[side]]
    for a, b in zip(order, [*order[1:], order[0]], strict=True):
        if not len(b.track.tree.query(a.track.lines, predicate="dwithin", distance=SNAP_M)[0]):
            return Reason(
                code="sides-do-not-meet",
                zh=f"{LABELS_ZH[a.side]}至的“{a.feature.name}”与"
                f"{LABELS_ZH[b.side]}至的“{b.feature.name}”在底图上不相接",
                en=f"{a.feature.name} ({a.side}) and {b.feature.name} ({b.side}) do not meet on the map",
            )
    return Reason(
        code="does-not-close",
        zh="各边在底图上不能围成一个区块",
        en="the sides enclose no block on the reference map",
    )


def _name_doubts(named: Sequence[_Named]) -> Iterator[Reason]:
    for n in named:
        if n.candidate.score < 0.9:
            yield Reason(
                code="name-differs",
                zh=f"“{n.feature.name}”按底图上的“{n.candidate.map_name}”绘制，名称不同",
                en=f"{n.feature.name} was taken for {n.candidate.map_name} of the map ({n.candidate.how})",
            )
        if n.feature.kind == "place":
            yield Reason(
                code="landmark",
                zh=f"{LABELS_ZH[n.side]}至的“{n.feature.name}”是一处地方，按其边线绘制",
                en=f"{n.feature.name} ({n.side}) is a place: drawn along its outline",
            )
        if n.feature.offset_m is not None:
            yield Reason(
                code="offset",
                zh=f"“{n.feature.name}”一边按原文偏移{n.feature.offset_m:g}米",
                en=f"the {n.side} side was drawn {n.feature.offset_m:g} m from {n.feature.name}, as stated",
            )


def _length(piece: Piece) -> float:
    return float(np.hypot(*np.diff(piece.xy, axis=0).T).sum())


def _piece_doubts(pieces: Sequence[Piece], settings: Settings) -> Iterator[Reason]:
    """Say which stretches are too long, together with what is drawn next to them, to be traced."""
    stretch: list[Piece] = []
    turned = _from_a_feature(pieces)
    for piece in [*turned, None]:
        if piece is not None and piece.method != "on-feature":
            stretch.append(piece)
            continue
        if sum(map(_length, stretch)) > settings.bridge_tolerance_m:
            for drawn in stretch:
                if _length(drawn) >= 1:
                    yield _long_piece(drawn)
        stretch = []


def _short_doubts(pieces: Sequence[Piece], area_m2: float) -> Iterator[Reason]:
    """Say where a side stops short of its neighbour by enough to doubt where the neighbour runs."""
    for k, piece in enumerate(pieces):
        if piece.method != "extension":
            continue
        for beside in (pieces[k - 1], pieces[(k + 1) % len(pieces)]):
            if (beside.side, beside.feature) == (piece.side, piece.feature):
                continue
            length = sum(_length(p) for p in pieces if (p.side, p.feature) == (beside.side, beside.feature))
            share = _length(piece) * length / area_m2
            if share > WIDTH_SHARE:
                yield Reason(
                    code="short-of-neighbour",
                    zh=f"{LABELS_ZH[piece.side]}至的“{piece.feature.name}”离{LABELS_ZH[beside.side]}至的"
                    f"“{beside.feature.name}”差{_length(piece):.0f}米，后者若在前者止处，面积差{share:.1%}",
                    en=f"{piece.feature.name} ({piece.side}) stops {_length(piece):.0f} m short of "
                    f"{beside.feature.name} ({beside.side}), {share:.1%} of the area",
                )


def _from_a_feature(pieces: Sequence[Piece]) -> list[Piece]:
    """Turn the ring so that no drawn stretch runs over its start."""
    start = next((k for k, p in enumerate(pieces) if p.method == "on-feature"), 0)
    return [*pieces[start:], *pieces[:start]]


def _long_piece(piece: Piece) -> Reason:
    side, name, length = LABELS_ZH[piece.side], piece.feature.name, _length(piece)
    if piece.method == "extension":
        return Reason(
            code="long-extension",
            zh=f"{side}至的“{name}”在底图上未及相邻一边，按走向延长{length:.0f}米",
            en=f"{name} ({piece.side}) stops short of its neighbour and was extended by {length:.0f} m",
        )
    return Reason(
        code="long-bridge",
        zh=f"{side}至的“{name}”在底图上缺{length:.0f}米，按两端连接",
        en=f"{length:.0f} m of {name} ({piece.side}) are missing from the map and were bridged",
    )


def _rival_doubts(ring: Ring, rings: Sequence[Ring]) -> Iterator[Reason]:
    for other in rings:
        if other is ring or other.cost > RIVAL_COST * ring.cost:
            continue
        shared = ring.polygon.intersection(other.polygon).area / ring.polygon.union(other.polygon).area
        if shared < RIVAL_OVERLAP:
            yield Reason(
                code="another-ring",
                zh=f"同样的四至在底图上还能围成另一区块，两者重合{shared:.0%}",
                en=f"the same sides enclose another block on the map; the two share {shared:.0%}",
            )
            return


def _beside_doubts(ring: Ring, settings: Settings) -> Iterator[Reason]:
    """Say where another line of a side's feature, or a gap in one, runs beside the ring."""
    for step, path in zip(ring.steps, ring.paths, strict=True):
        side, feature = step.sides[0]
        strip = strip_m2(ring, step.track, path) / ring.polygon.area
        if strip > WIDTH_SHARE:
            yield Reason(
                code="line-beside",
                zh=f"{LABELS_ZH[side]}至的“{feature.name}”另有一线在区块以内并行，两线之间占面积{strip:.1%}",
                en=f"another line of {feature.name} ({side}) runs alongside inside the block; "
                f"{strip:.1%} of the area lies between the two",
            )
        gap = gap_beside_m(step.track, path)
        if gap > settings.bridge_tolerance_m:
            yield Reason(
                code="gap-beside",
                zh=f"{LABELS_ZH[side]}至的“{feature.name}”在边线旁缺{gap:.0f}米，边线可能不是近侧一线",
                en=f"{gap:.0f} m of {feature.name} ({side}) are missing beside the ring, "
                "which may not run along its near line",
            )


def _width_doubts(ring: Ring, polygon: shapely.Polygon) -> Iterator[Reason]:
    """Say so where middle or near edge of a wide road makes a difference."""
    share = polygon.symmetric_difference(ring.polygon).area / ring.polygon.area
    if share > WIDTH_SHARE:
        yield Reason(
            code="wide-feature",
            zh=f"道路或水域有多条平行线，取其中线；若取近侧一线，面积相差{share:.1%}",
            en=f"drawn along the middle of parallel lines; along the near ones the area is {share:.1%} off",
        )


def _bridge_notes(pieces: Sequence[Piece]) -> Iterator[Reason]:
    lengths = [length for p in pieces if p.method != "on-feature" and (length := _length(p)) >= 1]
    if lengths:
        yield Reason(
            code="bridges",
            zh=f"共{len(lengths)}处不在地物上，合计{sum(lengths):.0f}米，最长{max(lengths):.0f}米",
            en=f"{len(lengths)} stretches are not on the features, {sum(lengths):.0f} m in all, "
            f"the longest {max(lengths):.0f} m",
        )
