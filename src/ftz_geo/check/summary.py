"""The figures of zones and blocks that an audit's findings rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.check.blocks import areas_of, listed, single, total
from ftz_geo.check.case import covers, fact
from ftz_geo.check.comparison import comparisons
from ftz_geo.check.figures import exact_km2
from ftz_geo.measure import geodesic_area_m2, plane_area_m2
from ftz_geo.model import GRADES, BlockSummary, Grade, Text, Ways, ZoneSummary, verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.check.comparison import Comparison
    from ftz_geo.model import Block, Finding, Unchecked, Verdict


def zone_summary(
    zone: ZoneCase, findings: Iterable[Finding], gaps: Iterable[Unchecked], *, given: bool
) -> ZoneSummary:
    """Return the figures of one zone; ``findings`` and ``gaps`` are about it, ``given`` tells of polygons."""
    stated, added = zone.zone.declared_area, None if single(zone) else total(zone)
    drawn: dict[str, list[Drawn]] = {}
    for d in zone.drawn:
        drawn.setdefault(d.block.id, []).append(d)
    compared: dict[str, list[Comparison]] = {}
    for c in comparisons(zone):
        if c.block is not None:
            compared.setdefault(c.block.id, []).append(c)
    return ZoneSummary(
        id=zone.zone.id,
        name=zone.zone.name,
        declared_km2=float(exact_km2(stated)) if stated else None,
        sum_km2=float(added.sum_km2) if added else None,
        difference_km2=float(added.difference_km2) if added else None,
        limit_km2=float(added.limit_km2) if added else None,
        declared_block_count=zone.zone.declared_block_count,
        listed_block_count=len(listed(zone)),
        verdict=_zone_verdict(verdict_of(findings, gaps), is_compared=added is not None or bool(compared)),
        measured_basis=_measured_basis(zone, given=given),
        blocks=tuple(
            _block_summary(zone.case, block, drawn.get(block.id, ()), compared.get(block.id, ()))
            for block in zone.zone.blocks
        ),
    )


def _zone_verdict(verdict: Verdict, *, is_compared: bool) -> Verdict:
    """Return the verdict on a zone; nothing passes of which no area was held against anything."""
    return "incomplete" if verdict in ("pass", "notes") and not is_compared else verdict


def _block_summary(
    case: Case, block: Block, drawn: Sequence[Drawn], compared: Sequence[Comparison]
) -> BlockSummary:
    own = [d for d in drawn if not d.is_whole]
    drawn = own if len(own) == len(block.parcels) else [d for d in drawn if d.is_whole] or own
    proof = covers(block, drawn) and all(d.measurable for d in drawn)
    grades: list[Grade] = [d.grade for d in drawn] or ["undetermined"]
    if not covers(block, drawn):
        grades.append("undetermined")
    stated = areas_of(block)
    ways = _ways(case, drawn)
    whole = next((c for c in compared if c.covers_block), None)
    return BlockSummary(
        id=block.id,
        label=block.label,
        name=block.name,
        part_of_total=block.part_of_total,
        declared_km2=float(sum(exact_km2(a) for a in stated)) if stated else None,
        # A polygon that its stated area shaped measures nothing but that area.
        measured_km2=sum(d.area_km2 for d in drawn) if proof else None,
        measured_ways_km2=ways if proof else None,
        drawn_ways_km2=ways,
        perimeter_m=sum(float(d.xy.length) for d in drawn) if proof else None,
        difference_km2=whole.difference_km2 if whole else None,
        limit_km2=whole.limit_km2 if whole else None,
        band_km2=whole.band_km2 if whole else None,
        verdict=_verdict(compared),
        grade=max(grades, key=GRADES.index),
    )


@fact
def _other_ways(case: Case) -> dict[str, tuple[float, float]]:
    """Return every sound polygon's geodesic area and area on the plane, m², by parcel id."""
    sound = [d for d in case.drawn if d.is_sound]
    shapes = [d.shape for d in sound]
    both = zip(geodesic_area_m2(shapes).tolist(), plane_area_m2(shapes).tolist(), strict=True)
    return dict(zip((d.parcel.id for d in sound), both, strict=True))


def _ways(case: Case, drawn: Sequence[Drawn]) -> Ways | None:
    """Return the area of some polygons in three ways; None where one is missing or broken."""
    if not drawn or not all(d.is_sound for d in drawn):
        return None
    known = _other_ways(case)
    geodesic, plane = (float(m2.sum()) / 1e6 for m2 in np.array([known[d.parcel.id] for d in drawn]).T)
    return Ways(ellipsoid=sum(d.area_km2 for d in drawn), geodesic=geodesic, plane=plane)


def _verdict(compared: Sequence[Comparison]) -> Verdict | None:
    """Return whether a block's stated areas hold; None where no polygon can tell."""
    if not compared:
        return None
    if any(c.fails for c in compared):
        return "fail"
    return "notes" if any(c.severity == "note" for c in compared) else "pass"


def _measured_basis(zone: ZoneCase, *, given: bool) -> Text:
    """Return what the zone's polygons prove about its areas."""
    if not given:
        return Text(
            "未提供图形：公布面积只在文字之间核对。",
            "No polygons were given: stated areas were checked against each other only.",
        )
    measured = [d.grade for d in zone.drawn if d.measurable]
    ruled = measured.count("inferred")
    proof = len(measured) - ruled
    shaped = sum(d.area_shaped or d.grade == "sketched" for d in zone.drawn)
    rough = sum(d.grade == "approximate" and not d.area_shaped for d in zone.drawn)
    counted = (
        (
            proof,
            Text(
                "个地块为描图或实测，面积由图形独立量得",
                "parcel(s) traced or surveyed: measured independently",
            ),
        ),
        (
            ruled,
            Text(
                "个地块有推断的边，限差按其自述的存疑放宽",
                "parcel(s) with inferred sides: compared, the limit widened by their own stated doubt",
            ),
        ),
        (
            rough,
            Text("个地块为概略，未作面积比对", "parcel(s) approximate: not compared"),
        ),
        (
            shaped,
            Text(
                "个地块的图形按公布面积绘成，与公布面积相符不能证明任何事",
                "parcel(s) drawn to their stated areas: that they agree proves nothing",
            ),
        ),
        (
            len(zone.drawn) - len(measured) - rough - shaped,
            Text("个地块图形有误，未作面积比对", "parcel(s) with a broken polygon: not compared"),
        ),
        (_undrawn(zone), Text("个地块未绘出", "parcel(s) not drawn")),
    )
    return Text(
        "；".join(f"{n} {said.zh}" for n, said in counted if n) + "。",
        "; ".join(f"{n} {said.en}" for n, said in counted if n) + ".",
    )


def _undrawn(zone: ZoneCase) -> int:
    """Count the parcels that have no polygon, neither of their own nor in that of their block."""
    drawn = {d.parcel.id for d in zone.drawn}
    return sum(drawn.isdisjoint((b.id, p.id)) for b in zone.zone.blocks for p in b.parcels)
