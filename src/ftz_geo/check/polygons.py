"""Checks of polygons against the plan's parts one by one: missing, broken, several, far from the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.check.figures import number
from ftz_geo.check.findings import drawn_finding, finding
from ftz_geo.check.given import noticed
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.model import Block, Finding, Parcel

_SIZES = 3.0
"""A part is detached so many times the size of the whole away: parts of a block lie across a road or a river
from each other, hardly a block's width."""

_PART_M = 1_000.0
"""And at least so far: 飞地 of small sites lie some hundred metres apart."""

_BLOCK_M = 20_000.0
"""A block is detached from its zone so far from all others: zones lie within one district, which are some
20 km across; a digit wrong in all of a block's coordinates moves it by 10 or 100 km."""

_TOLD = 8
"""Blocks without polygons that one sentence names."""


def broken_polygons(case: Case) -> Iterator[Finding]:
    """Find polygons that cannot be looked at at all: empty, not of numbers, without area."""
    told = {f.parcel_id or f.block_id for f in noticed("broken-polygon", case)}
    yield from noticed("broken-polygon", case)
    for (zone, block, parcel), fault in case.broken:
        if parcel.id not in told:
            said = Text(
                f"图形不能用：{fault.zh}；请改正后重新导出",
                f"its polygon is of no use: {fault.en}; mend it and export it again",
            )
            whole = len(block.parcels) > 1 and parcel.id == block.id
            own = None if whole else parcel
            yield finding("broken-polygon", "error", said, zone, block, own, spans=(parcel.span,))


def missing_polygons(case: Case) -> Iterator[Finding]:
    """Find blocks and parcels without a polygon, where polygons were given."""
    if not case.given or (case.unmatched and not case.drawn):
        return  # that none of the polygons joined is told of these
    told = {f.parcel_id or f.block_id or "" for check in _TELLING for f in noticed(check, case)}
    told |= {position.parcel.id for position, _ in case.broken}
    for zone in case.zones:
        known = {d.parcel.id for d in zone.drawn}
        told_of = known | told
        lacking = {b.id: _lacking(b, told_of) for b in zone.zone.blocks}
        if len(lacking) > 1 and all(len(lacking[b.id]) == len(b.parcels) for b in zone.zone.blocks):
            yield _no_polygons(zone)
            continue
        for block in zone.zone.blocks:
            yield from _missing(zone, block, lacking[block.id])
            if block.id in known and len(block.parcels) > 1 and known.isdisjoint(p.id for p in block.parcels):
                yield _drawn_as_one(zone, block)


_TELLING = ("broken-polygon", "survey-damaged")
"""Checks that tell of a polygon which was given and could not be read."""


def _lacking(block: Block, known: set[str]) -> tuple[Parcel, ...]:
    """Return the parcels of a block that have no polygon, and of which nothing else was told."""
    return () if block.id in known else tuple(p for p in block.parcels if p.id not in known)


def _no_polygons(zone: ZoneCase) -> Finding:
    names = [block.words or block.id for block in zone.zone.blocks]
    more = Text("等", ", …") if len(names) > _TOLD else Text("", "")
    said = Text(
        f"{len(names)} 个区块（{'、'.join(names[:_TOLD])}{more.zh}）都没有图形，请补交",
        f"none of its {len(names)} blocks ({', '.join(names[:_TOLD])}{more.en}) has a polygon: hand them in",
    )
    return finding("missing-polygon", "warning", said, zone.zone, spans=(zone.zone.span,))


def _missing(zone: ZoneCase, block: Block, lacking: tuple[Parcel, ...]) -> Iterator[Finding]:
    if len(lacking) == len(block.parcels):
        said = Text("没有图形，请补交", "has no polygon: hand it in")
        yield finding("missing-polygon", "warning", said, zone.zone, block, spans=(block.span,))
        return
    for parcel in lacking:
        said = Text(
            "没有图形，所在区块的面积无从比对，请补交",
            "has no polygon, so the area of its block cannot be compared: hand it in",
        )
        yield finding("missing-polygon", "warning", said, zone.zone, block, parcel, spans=(parcel.span,))


def _drawn_as_one(zone: ZoneCase, block: Block) -> Finding:
    said = Text(
        f"{len(block.parcels)} 个地块画成一个图形，与区块的面积比对；各地块没有单独的图形",
        f"its {len(block.parcels)} parcels are drawn as one polygon, held against the block's area; none is "
        "drawn by itself",
    )
    return finding("missing-polygon", "note", said, zone.zone, block, spans=(block.span,))


def detached_parts(case: Case) -> Iterator[Finding]:
    """Find parts of polygons far from the rest of them, and blocks far from their zone."""
    for drawn in case.drawn:
        parts = shapely.get_parts(drawn.xy)
        if len(parts) > 1 and drawn.is_area:
            yield from _detached(case, drawn, parts)
    for zone in case.zones:
        yield from _strays(zone)


def _detached(case: Case, drawn: Drawn, parts: NDArray[np.object_]) -> Iterator[Finding]:
    areas = shapely.area(parts)
    limit = max(_SIZES * float(np.sqrt(areas.sum())), _PART_M)
    near = shapely.STRtree(parts).query(parts, predicate="dwithin", distance=limit)
    _, group = connected_components(coo_array((np.ones(near.shape[1]), near), (len(parts),) * 2))
    main = group[areas.argmax()]
    for other in np.setdiff1d(group, main):
        there = shapely.MultiPolygon(list(parts[group == other]))
        away = float(shapely.distance(there, parts[group == main]).min())
        lon, lat = case.plane.to_lonlat(there.representative_point()).coords[0]
        found = drawn_finding(
            "detached-part",
            "warning",
            drawn,
            Text(
                f"有一部分（{number(there.area / 1e6, 6)} 平方公里，东经 {lon:.6f}，北纬 {lat:.6f}）"
                f"远离其余部分 {number(away / 1000, 2)} 公里，超过图形大小的 {_SIZES:g} 倍"
                f"（{number(limit / 1000, 2)} 公里）；"
                "请核对是否属于本区块",
                f"a part of it ({number(there.area / 1e6, 6)} km², at {lon:.6f} E, {lat:.6f} N) lies "
                f"{number(away / 1000, 2)} km off the rest, more than {_SIZES:g} times the size of the whole "
                f"({number(limit / 1000, 2)} km): see whether it belongs to the block",
            ),
            measured_km2=there.area / 1e6,
        )
        thin = there.buffer(-case.settings.boundary_tolerance_m).is_empty
        yield replace(found, follows_from="sliver" if thin else None)


def _strays(zone: ZoneCase) -> Iterator[Finding]:
    """Yield the blocks that lie far from all others of their zone."""
    standing = [d for d in zone.drawn if d.stands]
    if len(standing) < 2:
        return
    shapes = np.array([d.xy for d in standing], dtype=object)
    tree = shapely.STRtree(shapes)
    (own, _), away = tree.query_nearest(shapes, exclusive=True, return_distance=True, all_matches=False)
    far = {int(i): float(m) for i, m in zip(own, away, strict=True) if m > _BLOCK_M}
    if len(far) == len(standing) > 2 or not far:
        return
    for i, metres in far.items():
        yield drawn_finding(
            "detached-part",
            "warning",
            standing[i],
            Text(
                f"离本片区最近的图形也有 {number(metres / 1000, 1)} 公里，请核对坐标和带号",
                f"even the nearest polygon of its zone lies {number(metres / 1000, 1)} km away: check its "
                "coordinates and their zone",
            ),
        )
