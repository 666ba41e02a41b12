"""Why a polygon is graded as it is: what is not sure of a ring, in words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ftz_geo.measure import area_m2
from ftz_geo.model import LABELS_ZH, STRAIGHT_KINDS, Reason
from ftz_geo.trace.carriageways import BESIDE_M
from ftz_geo.trace.limits import length_m, short_of
from ftz_geo.trace.places import SNAP_M
from ftz_geo.trace.shape import gap_beside_m, strip_m2
from ftz_geo.trace.twins import lonely_m, missing_beside_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import shapely

    from ftz_geo.compass import Side
    from ftz_geo.model import Direction, Feature, Searched, Settings
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.directions import Slip
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.shape import Piece

RIVAL_COST = 1.25
"""Another ring that costs at most this times the drawn one is a rival,"""

RIVAL_OVERLAP = 0.9
"""unless the two share this much of their union."""

BENT_SHARE = 0.125
"""Between a stretch drawn straight and a bow that leaves it by 40° lies this times its length squared."""

WIDTH_SHARE = 0.05
"""Where the near lines of wide features would change the area by more than this, it is in doubt."""


def told_zh(side: Side, feature: Feature) -> str:
    """Return how a feature is spoken of: with its side, where the text tells one."""
    return f"“{feature.name}”" if side == "ring" else f"{LABELS_ZH[side]}至的“{feature.name}”"


def told_en(side: Side, feature: Feature) -> str:
    """Return the same in English."""
    return feature.name if side == "ring" else f"{feature.name} ({side})"


def side_not_stated(side: Direction) -> Reason:
    """Say that the text leaves a side open."""
    return Reason(
        code="side-not-stated",
        zh=f"原文没有写明{LABELS_ZH[side]}至",
        en=f"the text names nothing on the {side} side",
    )


def not_on_map(side: Side, feature: Feature, searched: Searched, *, in_circle: bool = False) -> Reason:
    """Say that no line is known for a side, and why."""
    if feature.kind == "vague":
        return Reason(
            code="no-map-knows",
            zh=f"{told_zh(side, feature)}没有名称，无从查找",
            en=f"{told_en(side, feature)} has no name that could be looked up",
        )
    if feature.kind == "block" and in_circle:
        return Reason(
            code="blocks-in-a-circle",
            zh=f"{told_zh(side, feature)}与本区块互为四至，无一可以先画",
            en=f"{told_en(side, feature)} is bounded by this block in turn: none can be drawn first",
        )
    if feature.kind == "block":
        return Reason(
            code="block-not-drawn",
            zh=f"{told_zh(side, feature)}未能画出",
            en=f"{told_en(side, feature)} is a block that could not be drawn",
        )
    return searched.missing(told_zh(side, feature), told_en(side, feature), feature)


def near_names_told(side: Side, feature: Feature, names: Sequence[str], searched: Searched) -> Reason:
    """Say which roads may be meant by a name that was not found."""
    quoted = "、".join(f"“{name}”" for name in names)
    return Reason(
        code="near-name",
        zh=f"{told_zh(side, feature)}若为{searched.where.zh}的{quoted}之误，则可与邻边相接，"
        "请核对原文；未采用",
        en=f"{told_en(side, feature)} may be a slip for {', '.join(names)} {searched.where.en}, which would "
        "meet the neighbouring sides: check the text; it was not taken",
    )


def near_name_taken(side: Side, feature: Feature, name: str, searched: Searched) -> Reason:
    """Say that a road was drawn whose name comes near the words."""
    missing = not_on_map(side, feature, searched)
    return Reason(
        code="near-name",
        zh=f"{missing.zh}，按与之一字之差、又与邻边相接的“{name}”绘制，请核对原文",
        en=f"{missing.en}: drawn along {name}, which differs by one character and meets the neighbouring "
        "sides; check the text",
    )


def no_distance(side: Side, feature: Feature) -> Reason:
    """Say that a side lies off a feature of the map, the words do not say how far."""
    return Reason(
        code="no-distance",
        zh=f"{told_zh(side, feature)}，原文没有写明距离",
        en=f"the text does not say how far off {told_en(side, feature)} the side lies",
    )


def point_in_ring(feature: Feature) -> Reason:
    """Say that a point of the map bounds a block without a direction."""
    return Reason(
        code="point-in-ring",
        zh=f"“{feature.name}”在底图上只是一个点，原文没有方位，无从画线",
        en=f"{feature.name} is a point on the map, and without a direction no line can be drawn through it",
    )


def closed_by_area(side: Direction) -> Reason:
    """Say that the stated area decided where a side lies."""
    return Reason(
        code="area-closure",
        zh=f"{LABELS_ZH[side]}边按申报面积画成与对边平行的直线，面积相符不能作为印证",
        en=f"the {side} side is a line parallel to the opposite one, put where the stated area is met; "
        "that the areas agree proves nothing",
    )


def no_place_for_area(side: Direction, searched: Searched) -> Reason:
    """Say that the other sides and the stated area do not fix where a side lies."""
    return Reason(
        code="no-area-closure",
        zh=f"其余三边{searched.along.zh}不能由{LABELS_ZH[side]}边按申报面积闭合",
        en=f"no line as {side} side gives the other three the stated area",
    )


def does_not_close(named: Sequence[Named], searched: Searched) -> Reason:
    """Say which neighbours do not meet, or that the ring does not close."""
    along = searched.along
    for a, b in zip(named, [*named[1:], named[0]], strict=True):
        if not len(b.track.tree.query(a.track.lines, predicate="dwithin", distance=SNAP_M)[0]):
            return Reason(
                code="sides-do-not-meet",
                zh=f"{told_zh(a.side, a.feature)}与{told_zh(b.side, b.feature)}{along.zh}不相接",
                en=f"{told_en(a.side, a.feature)} and {told_en(b.side, b.feature)} do not meet {along.en}",
            )
    return Reason(
        code="does-not-close",
        zh=f"各边{along.zh}不能围成一个区块",
        en=f"the sides enclose no block {along.en}",
    )


def words_denied(slip: Slip, polygon: shapely.Polygon, searched: Searched) -> Reason:
    """Say which slip of the words would explain that no block lies where they say, and what it would give.

    ``polygon`` is in longitude, latitude.
    """
    km2 = float(area_m2([polygon])[0]) / 1e6
    lon, lat = polygon.representative_point().coords[0]
    return Reason(
        code="words-denied",
        zh=f"{searched.along.zh}没有一个区块四面都合所写的方位；{slip.zh}：若然，则围成{km2:.2f}平方公里的一块"
        f"（东经{lon:.4f}，北纬{lat:.4f}），未采用",
        en=f"no block {searched.along.en} has its sides where the words say; {slip.en}: if so, they enclose "
        f"{km2:.2f} km² (at {lon:.4f} E, {lat:.4f} N), which was not taken",
    )


def name_doubts(named: Sequence[Named]) -> Iterator[Reason]:
    """Say where a side is not drawn on a feature of the very name."""
    for n in named:
        if n.candidate.score < 0.9:
            where = n.candidate.searched.where
            yield Reason(
                code="name-differs",
                zh=f"“{n.feature.name}”按{where.zh}的“{n.candidate.map_name}”绘制，名称不同",
                en=f"{n.feature.name} was taken for {n.candidate.map_name} {where.en} ({n.candidate.how})",
            )
        if n.is_point:
            yield Reason(
                code="landmark",
                zh=f"{told_zh(n.side, n.feature)}在底图上只是一个点，边线按穿过该点的直线绘制",
                en=f"{told_en(n.side, n.feature)} is a point on the map: drawn as a straight line through it",
            )
        elif n.feature.kind == "place" and n.method != "area-closure":
            yield Reason(
                code="landmark",
                zh=f"{told_zh(n.side, n.feature)}是一处地方，按其朝向区块的边线绘制",
                en=f"{told_en(n.side, n.feature)} is a place: drawn along its edge that faces the block",
            )
        if n.feature.kind in STRAIGHT_KINDS and n.feature.edge is not None:
            yield Reason(
                code="edge-of-road",
                zh=f"{told_zh(n.side, n.feature)}，按该路中线绘制",
                en=f"{told_en(n.side, n.feature)} was drawn along the middle of the road",
            )
        if n.feature.offset_m is not None:
            yield Reason(
                code="offset",
                zh=f"“{n.feature.name}”一边按原文偏移{n.feature.offset_m:g}米",
                en=f"the {n.side} side was drawn {n.feature.offset_m:g} m from {n.feature.name}, as stated",
            )


def name_notes(named: Sequence[Named], atlas: Atlas) -> Iterator[Reason]:
    """Say which sides were found under a further name of the map, which bears them out."""
    for n in named:
        if n.candidate.how == "alternative name":
            names = sorted(set(map(str, atlas.names[atlas.rows(n.candidate)])) - {n.feature.name})
            if names:
                yield Reason(
                    code="other-name",
                    zh=f"{told_zh(n.side, n.feature)}在底图上名为“{'、'.join(names)}”，并注有此别名",
                    en=f"the map calls {told_en(n.side, n.feature)} {', '.join(names)}, and that beside it",
                )


def neighbour_doubts(named: Sequence[Named]) -> Iterator[Reason]:
    """Say which sides lie on blocks that are not traced themselves."""
    for n in named:
        if n.block is not None and n.block.grade != "traced":
            yield Reason(
                code="block-inferred",
                zh=f"{told_zh(n.side, n.feature)}本身是推断的",
                en=f"{told_en(n.side, n.feature)} is itself inferred",
                area_m2=1e6 * (n.block.area_doubt_km2 or 0.0),
            )


def piece_doubts(pieces: Sequence[Piece], settings: Settings, searched: Searched) -> Iterator[Reason]:
    """Say which stretches are too long, together with what is drawn next to them, to be traced."""
    for stretch, is_gap in _stretches(pieces):
        limit_m = settings.gap_tolerance_m if is_gap else settings.bridge_tolerance_m
        if sum(map(length_m, stretch)) > limit_m:
            yield from (_long_piece(piece, searched) for piece in stretch if length_m(piece) >= 1)


def _stretches(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], bool]]:
    """Yield the unbroken stretches that are not on features, and whether each is a gap within one feature."""
    turned = _from_a_feature(pieces)
    for on_feature, some in groupby(range(len(turned)), key=lambda k: turned[k].method == "on-feature"):
        own = list(some)
        if not on_feature:
            around = [turned[own[0] - 1], *(turned[k] for k in own), turned[(own[-1] + 1) % len(turned)]]
            bridged = all(piece.method == "bridge" and not piece.source_ids for piece in around[1:-1])
            yield around[1:-1], bridged and len({piece.feature for piece in around}) == 1


def short_doubts(pieces: Sequence[Piece], area_m2: float) -> Iterator[Reason]:
    """Say where a side stops short of its neighbour by enough to doubt where the neighbour runs."""
    for piece, beside, doubt_m2 in short_of(pieces):
        share = doubt_m2 / area_m2
        if share > WIDTH_SHARE:
            yield Reason(
                code="short-of-neighbour",
                zh=f"{told_zh(piece.side, piece.feature)}离{told_zh(beside.side, beside.feature)}"
                f"差{length_m(piece):.0f}米，后者若在前者止处，面积差{share:.1%}",
                en=f"{told_en(piece.side, piece.feature)} stops {length_m(piece):.0f} m short of "
                f"{told_en(beside.side, beside.feature)}, {share:.1%} of the area",
                area_m2=doubt_m2,
            )


def _from_a_feature(pieces: Sequence[Piece]) -> list[Piece]:
    """Turn the ring so that no drawn stretch runs over its start."""
    start = next((k for k, p in enumerate(pieces) if p.method == "on-feature"), 0)
    return [*pieces[start:], *pieces[:start]]


def _long_piece(piece: Piece, searched: Searched) -> Reason:
    along = searched.along.zh
    zh, en, length = told_zh(piece.side, piece.feature), told_en(piece.side, piece.feature), length_m(piece)
    if piece.method == "extension":
        return Reason(
            code="long-extension",
            zh=f"{zh}{along}未及相邻一边，按走向延长{length:.0f}米",
            en=f"{en} stops short of its neighbour and was extended by {length:.0f} m",
            area_m2=BENT_SHARE * length**2,
        )
    return Reason(
        code="long-bridge",
        zh=f"{zh}{along}缺{length:.0f}米，按两端连接",
        en=f"{length:.0f} m of {en} are missing {searched.along.en} and were bridged",
        area_m2=BENT_SHARE * length**2,
    )


def rival_doubts(ring: Ring, rings: Sequence[Ring], searched: Searched) -> Iterator[Reason]:
    """Say so where another ring is nearly as cheap and lies elsewhere."""
    for other in rings:
        if other is ring or (other.cost > RIVAL_COST * ring.cost and not ring.is_of_two):
            continue
        both = ring.polygon.intersection(other.polygon).area
        shared = both / (ring.polygon.area + other.polygon.area - both)
        if shared < RIVAL_OVERLAP:
            yield Reason(
                code="another-ring",
                zh=f"同样的四至{searched.along.zh}还能围成另一区块，两者重合{shared:.0%}",
                en=f"the same sides enclose another block {searched.along.en}; the two share {shared:.0%}",
                area_m2=abs(other.polygon.area - ring.polygon.area),
            )
            return


def beside_doubts(ring: Ring, settings: Settings) -> Iterator[Reason]:
    """Say where lines of a side's feature run nearer than the ring, or one has a gap beside it."""
    area = ring.polygon.area
    wide = sum(way.track.near_m2(run) for way in ring.ways for run in way.runs)
    strips = [strip_m2(ring, way) if ring.inside_m else 0.0 for way in ring.ways]
    for step, way, strip in zip(ring.steps, ring.ways, strips, strict=True):
        side, feature = step.sides[0]
        if strip > WIDTH_SHARE * area:
            yield Reason(
                code="line-beside",
                zh=f"{told_zh(side, feature)}另有一线在区块以内并行，两线之间占面积{strip / area:.1%}",
                en=f"another line of {told_en(side, feature)} runs alongside inside the block; "
                f"{strip / area:.1%} of the area lies between the two",
                area_m2=strip,
            )
        missing = missing_beside_m2(ring, way, settings.bridge_tolerance_m)
        if missing > WIDTH_SHARE / 2 * area or lonely_m(way) > way.length / 2:
            yield far_line(side, feature, max(missing, BESIDE_M / 2 * way.length))
        gap = gap_beside_m(way, settings.bridge_tolerance_m)
        if gap > settings.bridge_tolerance_m:
            yield Reason(
                code="gap-beside",
                zh=f"{told_zh(side, feature)}在边线旁缺{gap:.0f}米，边线可能不是近侧一线",
                en=f"{gap:.0f} m of {told_en(side, feature)} are missing beside the ring, "
                "which may not run along its near line",
                area_m2=BESIDE_M * gap,
            )
    share = (wide + sum(strips)) / area
    if share > WIDTH_SHARE:
        yield Reason(
            code="wide-feature",
            zh=f"道路或水域有多条平行线，取其中线；若取近侧一线，面积相差{share:.1%}",
            en=f"drawn along the middle of parallel lines; along the near ones the area is {share:.1%} off",
        )


def far_line(side: Side, feature: Feature, missing_m2: float) -> Reason:
    """Say that the line drawn may be a road's far carriageway."""
    return Reason(
        code="near-line-missing",
        zh=f"{told_zh(side, feature)}近区块一侧的车道线在底图上可能缺失，边线可能沿远侧一线",
        en=f"the map may lack the near carriageway of {told_en(side, feature)}: "
        "the ring may run along the far one",
        area_m2=missing_m2,
    )


def bridge_notes(pieces: Sequence[Piece], settings: Settings) -> Iterator[Reason]:
    """Count the stretches that are not on the features; tell each long gap that is bridged and traced."""
    for stretch, is_gap in _stretches(pieces):
        length = sum(map(length_m, stretch))
        if is_gap and settings.bridge_tolerance_m < length <= settings.gap_tolerance_m:
            side, feature = stretch[0].side, stretch[0].feature
            zh, en = told_zh(side, feature), told_en(side, feature)
            yield Reason(
                code="bridge",
                zh=f"{zh}在底图上缺{length:.0f}米，两端均在，按两端连接",
                en=f"{length:.0f} m of {en} are missing between two known ends and were bridged",
                area_m2=BENT_SHARE * length**2,
            )
    lengths = [length for p in pieces if p.method != "on-feature" and (length := length_m(p)) >= 1]
    if lengths:
        yield Reason(
            code="bridges",
            zh=f"共{len(lengths)}处不在地物上，合计{sum(lengths):.0f}米，最长{max(lengths):.0f}米",
            en=f"{len(lengths)} stretches are not on the features, {sum(lengths):.0f} m in all, "
            f"the longest {max(lengths):.0f} m",
        )
