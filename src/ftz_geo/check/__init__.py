"""Plan and parcels -> findings: what does not add up, by how much, and on which words it rests.

Every check is a rule in one sentence and a pure function; :data:`CHECKS` lists them in the order
in which findings are given.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from ftz_geo import measure
from ftz_geo.check import coverage, location, measured, shapes, sums, words
from ftz_geo.check.case import Case, Check, exact_km2, listed, read_case
from ftz_geo.model import Audit, Finding, Grade, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Block, Plan, Zone

__all__ = ["CHECKS", "Check", "audit"]

GRADES: tuple[Grade, ...] = get_args(Grade)

CHECKS: tuple[Check, ...] = (
    Check(
        id="declared-sum",
        zh="各区块公布面积之和等于公布总面积；差数在各数取舍之和以内为说明，超出为错误。",
        en="The blocks' stated areas add up to the stated total; a difference that rounding explains "
        "is a note, a larger one an error.",
        find=sums.declared_sum,
    ),
    Check(
        id="parcel-sum",
        zh="各地块公布面积之和等于所在区块的公布面积，取舍同上。",
        en="The parcels' stated areas add up to their block's, with the same allowance for rounding.",
        find=sums.parcel_sum,
    ),
    Check(
        id="declared-count",
        zh="列出的区块个数与文中所称个数一致。",
        en="As many blocks are listed as the text says there are.",
        find=sums.declared_count,
    ),
    Check(
        id="nesting",
        zh="另述的全区之一部分，面积不大于全区。",
        en="A part told beside the addends of a zone is no larger than the zone.",
        find=sums.nesting,
    ),
    Check(
        id="block-labels",
        zh="区块编号不重复、不遗漏、不颠倒。",
        en="Block labels come once each, none left out, in order.",
        find=words.block_labels,
    ),
    Check(
        id="missing-side",
        zh="写了四至的地块，东南西北四侧都有所至。",
        en="A parcel whose sides are told has something on each of the four.",
        find=words.missing_side,
    ),
    Check(
        id="doubled-side",
        zh="一个地块的每一侧只写一次。",
        en="Each side of a parcel is told in one place.",
        find=words.doubled_side,
    ),
    Check(
        id="contradictory-sides",
        zh="同一条道路或铁路不单独作为相对的两侧，两个地块的四至不完全相同。",
        en="No road or railway is all of two opposite sides, and no two parcels have the same four sides.",
        find=words.contradictory_sides,
    ),
    Check(
        id="unread-text",
        zh="像边界或面积的文字都已读懂。",
        en="All words that look like a boundary or an area were understood.",
        find=words.unread_text,
    ),
    Check(
        id="unit-plausibility",
        zh="不相符的面积，换一个单位也不应恰好相符。",
        en="No figure that does not fit would fit in another unit.",
        find=measured.unit_plausibility,
    ),
    Check(
        id="unmatched-polygon",
        zh="每个图形都对应方案中的一个地块。",
        en="Every polygon belongs to a parcel of the plan.",
        find=measured.unmatched_polygons,
    ),
    Check(
        id="declared-measured",
        zh="公布面积与描图或实测图形的面积之差，不超过数字取舍与周长乘界线误差之和。",
        en="A stated area differs from a traced or surveyed polygon's by no more than rounding and "
        "perimeter × boundary tolerance.",
        find=measured.declared_measured,
    ),
    Check(
        id="swapped-labels",
        zh="两个区块的公布面积不应互换才与图形相符。",
        en="No two blocks' stated areas fit only each other's polygons.",
        find=measured.swapped_labels,
    ),
    Check(
        id="overlap",
        zh="图形互不重叠；窄条重叠在其周长乘界线误差以内的为说明。",
        en="No two polygons cover the same ground; a strip within perimeter × boundary tolerance is a note.",
        find=coverage.overlaps,
    ),
    Check(
        id="gap",
        zh="相邻图形之间没有窄于道路的空隙。",
        en="No strip narrower than a road is left open between polygons.",
        find=coverage.gaps,
    ),
    Check(
        id="relation",
        zh="同一条路在一块之西、另一块之东的，图上也是前者在东；写明相邻区块的，图上也在那一侧。",
        en="Where one road is the west of one block and the east of another, the drawing has the one east of "
        "the other; a block named on a side lies there.",
        find=coverage.relations,
    ),
    Check(
        id="conformance",
        zh="实测图形的每一侧有九成以上沿文字所称的道路、河流，相距不超过界线误差加半个路宽。",
        en="Nine tenths of each surveyed side run along the feature that the words name, within boundary "
        "tolerance and half a road's width.",
        find=location.conformance,
    ),
    Check(
        id="outside-district",
        zh="图形位于所属区县界内，界线底图的误差除外。",
        en="Polygons lie in the district that the zone is named after, but for the outline's own error.",
        find=location.outside_district,
    ),
    Check(
        id="gcj02",
        zh="实测坐标不是网络地图的偏移坐标（GCJ-02）。",
        en="Surveyed coordinates are not in GCJ-02, the shifted system of Chinese web maps.",
        find=location.gcj02,
    ),
    Check(
        id="ring-closure",
        zh="图形是闭合的多边形。",
        en="Every outline is closed.",
        find=shapes.ring_closure,
    ),
    Check(
        id="self-crossing",
        zh="界线不与自身相交或相接。",
        en="No outline crosses or touches itself.",
        find=shapes.self_crossing,
    ),
    Check(
        id="repeated-points",
        zh="相邻界址点相距不小于 1 厘米。",
        en="Points that follow each other are at least 1 cm apart.",
        find=shapes.repeated_points,
    ),
    Check(
        id="spike",
        zh="界线没有小于 1° 的尖角。",
        en="No corner is sharper than 1°.",
        find=shapes.spikes,
    ),
    Check(
        id="sliver",
        zh="没有处处窄于界线误差两倍的面。",
        en="No part is everywhere thinner than twice the boundary tolerance.",
        find=shapes.slivers,
    ),
    Check(
        id="winding",
        zh="内环与外环绕向相反。",
        en="Holes are wound against their shell.",
        find=shapes.winding,
    ),
    Check(
        id="template-shape",
        zh="实测图形不是正矩形、圆形，也不与别的图形完全相同。",
        en="No surveyed polygon is a box along the axes, a circle, or a copy of another.",
        find=shapes.template_shapes,
    ),
)
"""Every check, in the order of its findings."""

METHOD = {
    "zh": (
        "面积按国土调查办发〔2008〕32号的公式在 CGCS2000 椭球面上计算。",
        "印有 d 位小数的面积视为该数 ± 末位的一半；n 项之和的限差为各项限差之和，总数另加一项。"
        "同一列表中小数位数不一的，按最多的位数计（省略的是末尾的零）。",
        "约数按末位有效数字的一个单位计，超限只作警告。",
        "只有描图或实测、且未按公布面积成形的图形才与公布面积比对；示意图形不能证明面积。",
        "公布面积与量得面积之差的限差 = 数字取舍 + 周长 × 界线误差；沿道路、河流描绘的边另计半个路宽，"
        "在此以内的作说明。",
    ),
    "en": (
        "Areas are taken on the CGCS2000 ellipsoid by the formula of 国土调查办发〔2008〕32号.",
        "A figure with d decimals stands for itself ± half of its last digit; a sum is good to the sum of "
        "these, and its total adds one more. Where figures of one list differ in decimals, the finest "
        "holds (what was dropped is a zero).",
        "An approximate figure (约) is taken to a whole unit of its last significant digit, and is no more "
        "than a warning beyond it.",
        "Only traced or surveyed polygons that no stated area shaped are held against stated areas; "
        "a sketch proves no area.",
        "The limit of declared against measured = rounding + perimeter × boundary tolerance; sides traced "
        "along roads and waters add half a road's width, within which a difference is a note.",
    ),
}
"""How the figures were come by, as reports print it."""


def audit(
    plan: Plan,
    parcels: geopandas.GeoDataFrame | None = None,
    settings: Settings | None = None,
    *,
    inputs: Mapping[str, str] | None = None,
    named: Mapping[str, BaseGeometry] | None = None,
    noticed: Sequence[Finding] = (),
) -> Audit:
    """Run every check on a plan, and on its polygons where there are any.

    Parameters
    ----------
    plan : Plan
    parcels : GeoDataFrame, optional
        EPSG:4326, indexed by parcel id, with a ``grade`` for each row. Areas are measured anew.
    settings : Settings, optional
    inputs : mapping of str to str, optional
        Name and SHA-256 of every file that the plan and the polygons rest on, for the metadata.
    named : mapping of str to geometry, optional
        Lines of roads, waters and railways by the plan's own words for them, and outlines of districts
        by their names, longitude, latitude. Without them nothing is said about where polygons lie.
    noticed : sequence of Finding, optional
        What was noticed when the polygons were read.

    Returns
    -------
    Audit
        Findings in the order of zones, within a zone in the order of :data:`CHECKS`.

    Raises
    ------
    GeometryError
        The frame states no CRS or another one, or holds a parcel twice.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from ftz_geo.model import Area, Block, Plan, Source, Zone
    >>> text = "甲区3.44平方公里：区块一1.2平方公里，区块二2.25平方公里"
    >>> def area(number):
    ...     start = text.index(number)
    ...     span = (start, start + len(number) + 4)
    ...     return Area(text=text[slice(*span)], value=Decimal(number), unit="平方公里", span=span)
    >>> def block(label, number):
    ...     return Block(id=label, label=label, declared_area=area(number), parcels=(), span=(0, 0))
    >>> zone = Zone(id="a", name="甲区", declared_area=area("3.44"), span=(0, len(text)),
    ...             blocks=(block("区块一", "1.2"), block("区块二", "2.25")))
    >>> result = audit(Plan(text=text, source=Source(), zones=(zone,)))
    >>> result.verdict, result.findings[0].difference_km2, result.findings[0].limit_km2
    ('notes', Decimal('-0.01'), Decimal('0.015'))
    """
    settings = settings or Settings()
    case = read_case(plan, parcels, settings, named or {})
    order = {zone.id: i for i, zone in enumerate(plan.zones)}
    findings = tuple(
        sorted(
            (*(finding for check in CHECKS for finding in check.find(case)), *noticed),
            key=lambda f: order.get(f.zone_id or "", len(order)),
        )
    )
    return Audit(
        findings=findings,
        zones=tuple(
            _zone_summary(
                zone, case, [f for f in findings if f.zone_id == zone.id], given=parcels is not None
            )
            for zone in plan.zones
        ),
        metadata={
            "versions": measure.versions(),
            "settings": asdict(settings),
            "inputs": dict(inputs or {}),
            "method": {language: list(sentences) for language, sentences in METHOD.items()},
            "checks": [{"id": c.id, "zh": c.zh, "en": c.en} for c in CHECKS],
        },
    )


def _zone_summary(zone: Zone, case: Case, findings: Sequence[Finding], *, given: bool) -> dict[str, Any]:
    """Give the figures of one zone, JSON-ready."""
    added = sums.zone_sum(zone)
    severities = {f.severity for f in findings}
    return {
        "id": zone.id,
        "name": zone.name,
        "declared_km2": float(exact_km2(zone.declared_area)) if zone.declared_area else None,
        "sum_km2": float(added.sum_km2) if added else None,
        "difference_km2": float(added.difference_km2) if added else None,
        "limit_km2": float(added.limit_km2) if added else None,
        "declared_block_count": zone.declared_block_count,
        "listed_block_count": len(listed(zone)),
        "verdict": "fail" if "error" in severities else "notes" if severities else "pass",
        "measured_basis": _measured_basis(zone, case, given=given),
        "blocks": [_block_summary(block, case) for block in zone.blocks],
    }


def _block_summary(block: Block, case: Case) -> dict[str, Any]:
    drawn = [d for d in case.drawn if d.block is block]
    proof = len(drawn) == len(block.parcels) and bool(drawn) and all(d.measurable for d in drawn)
    grades: list[Grade] = [d.grade for d in drawn] or ["undetermined"]
    if len(drawn) < len(block.parcels):
        grades.append("undetermined")
    stated = sums.areas_of(block)
    ways = measure.areas([d.shape for d in drawn]).sum() / 1e6 if proof else None
    return {
        "id": block.id,
        "label": block.label,
        "name": block.name,
        "declared_km2": float(sum(exact_km2(a) for a in stated)) if stated else None,
        # A polygon that its stated area shaped measures nothing but that area.
        "measured_km2": sum(d.area_km2 for d in drawn) if proof else None,
        "measured_ways_km2": None
        if ways is None
        else {
            "ellipsoid": float(ways["ellipsoid_m2"]),
            "geodesic": float(ways["geodesic_m2"]),
            "plane": float(ways["plane_m2"]),
        },
        "perimeter_m": sum(float(d.xy.length) for d in drawn) if proof else None,
        "grade": max(grades, key=GRADES.index),
    }


def _measured_basis(zone: Zone, case: Case, *, given: bool) -> dict[str, str]:
    """Say what the zone's polygons prove about its areas."""
    if not given:
        return {
            "zh": "未提供图形：公布面积只在文字之间核对。",
            "en": "No polygons were given: stated areas were checked against each other only.",
        }
    drawn = [d for d in case.drawn if d.zone is zone]
    proof = sum(d.measurable for d in drawn)
    shaped = sum(d.area_shaped or d.grade == "sketched" for d in drawn)
    parts = [
        (
            proof,
            "个地块为描图或实测，面积由图形独立量得",
            "parcel(s) traced or surveyed: measured independently",
        ),
        (
            shaped,
            "个地块的图形按公布面积绘成，与公布面积相符不能证明任何事",
            "parcel(s) drawn to their stated areas: that they agree proves nothing",
        ),
        (
            len(drawn) - proof - shaped,
            "个地块有推断的边或图形有误，未作面积比对",
            "parcel(s) with inferred sides or a broken polygon: not compared",
        ),
        (len(zone.parcels) - len(drawn), "个地块未绘出", "parcel(s) not drawn"),
    ]
    return {
        "zh": "；".join(f"{n} {zh}" for n, zh, _ in parts if n) + "。",
        "en": "; ".join(f"{n} {en}" for n, _, en in parts if n) + ".",
    }
