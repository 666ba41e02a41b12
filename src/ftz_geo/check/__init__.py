"""Plan and parcels -> findings: what does not add up, by how much, and on which words it rests.

Every check is a rule in one sentence and a pure function; :data:`~ftz_geo.check.catalogue.CHECKS`
lists them in the order in which findings are given.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args

from ftz_geo import measure
from ftz_geo.check import measured, sums
from ftz_geo.check.case import Check, exact_km2, listed, read_case
from ftz_geo.check.catalogue import CHECKS
from ftz_geo.check.districts import district_names
from ftz_geo.frame import as_drawing
from ftz_geo.model import Audit, Finding, Grade, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.check.measured import Comparison
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Block, Plan, Zone

__all__ = ["CHECKS", "Check", "audit", "district_names"]

GRADES: tuple[Grade, ...] = get_args(Grade)

METHOD = {
    "zh": (
        "面积按国土调查办发〔2008〕32号的公式在 CGCS2000 椭球面上计算，判断以此为准；"
        "实测图形的边在投影平面上为直线，超过 70 米的先在平面上加密。",
        "另列两数备查：测地线面积（边为椭球面上的最短线，Karney 2013）和投影平面面积（3 度带高斯—克吕格）。",
        "印有 d 位小数的面积视为该数 ± 末位的一半；n 项之和的限差为各项限差之和，总数另加一项。"
        "同一列表中小数位数不一的，按最多的位数计（省略的是末尾的零）。",
        "约数按末位有效数字的一个单位计，超限只作警告。",
        "只有描图或实测、且未按公布面积成形的图形才与公布面积比对；示意图形不能证明面积。",
        "公布面积与量得面积之差的限差 = 数字取舍 + 周长 × 界线误差；沿道路、河流描绘的边另计半个路宽，"
        "在此以内的作说明。",
    ),
    "en": (
        "Areas are taken on the CGCS2000 ellipsoid by the formula of 国土调查办发〔2008〕32号, and judged by "
        "it; edges of surveyed polygons are straight on their plane and cut there where longer than 70 m.",
        "Two more stand beside it: the geodesic area (edges as shortest lines on the ellipsoid, Karney 2013) "
        "and the plane area (3° zones of Gauss-Krüger).",
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

CRS_NOTE = {
    "zh": "图形以 WGS 84 经纬度保存，面积以 CGCS2000 椭球（EPSG:4490）计算。两者之间 PROJ 取零平移，"
    "精度未知，一般视为在数分米以内；对面积没有可见的影响（椭球短半轴只差 0.1 毫米）。",
    "en": "Polygons are kept in WGS 84 longitude, latitude; areas are taken on the CGCS2000 ellipsoid "
    "(EPSG:4490). PROJ has a zero shift of unknown accuracy between the two, commonly taken as within "
    "decimetres; it is of no consequence to an area (the semi-minor axes differ by 0.1 mm).",
}


def audit(
    plan: Plan,
    parcels: geopandas.GeoDataFrame | Drawing | None = None,
    settings: Settings | None = None,
    *,
    sources: Sequence[Mapping[str, Any]] = (),
    named: Mapping[str, BaseGeometry] | None = None,
    districts: Mapping[str, Sequence[BaseGeometry]] | None = None,
) -> Audit:
    """Run every check on a plan, and on its polygons where there are any.

    Parameters
    ----------
    plan : Plan
    parcels : GeoDataFrame or Drawing, optional
        Indexed by parcel id, with a ``grade`` for each row. Areas are measured anew.
    settings : Settings, optional
    sources : sequence of mapping, optional
        Of every file that the plan, the polygons and the map rest on: ``role`` (``document``, ``polygons``,
        ``reference``, ``outlines``), ``file``, ``sha256``, and licence, date and datum as far as known.
    named : mapping of str to geometry, optional
        Lines and areas by the plan's own words for them, longitude, latitude.
    districts : mapping of str to sequence of geometry, optional
        Outlines of districts and cities by full name, longitude, latitude; several may share a name.
        Without them and ``named`` nothing is said about where polygons lie.

    Returns
    -------
    Audit
        Findings in the order of zones, within a zone in the order of :data:`CHECKS`.

    Raises
    ------
    GeometryError
        As for :func:`ftz_geo.frame.checked`.

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
    drawing = None if parcels is None else as_drawing(parcels)
    case = read_case(plan, drawing, settings, named or {}, districts or {})
    order = {zone.id: i for i, zone in enumerate(plan.zones)}
    findings = tuple(
        sorted(
            (finding for check in CHECKS for finding in check.find(case)),
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
            "inputs": {source["file"]: source["sha256"] for source in sources},
            "sources": [dict(source) for source in sources],
            "crs": CRS_NOTE,
            "method": {language: list(sentences) for language, sentences in METHOD.items()},
            "checks": [check.to_dict() for check in CHECKS],
        },
    )


def _zone_summary(zone: Zone, case: Case, findings: Sequence[Finding], *, given: bool) -> dict[str, Any]:
    """Give the figures of one zone, JSON-ready."""
    added = sums.zone_sum(zone)
    severities = {f.severity for f in findings}
    compared = measured.comparisons(case)
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
        "blocks": [
            _block_summary(block, case, [c for c in compared if c.block is block]) for block in zone.blocks
        ],
    }


def _block_summary(block: Block, case: Case, compared: Sequence[Comparison]) -> dict[str, Any]:
    drawn = [d for d in case.drawn if d.block is block]
    proof = len(drawn) == len(block.parcels) and bool(drawn) and all(d.measurable for d in drawn)
    grades: list[Grade] = [d.grade for d in drawn] or ["undetermined"]
    if len(drawn) < len(block.parcels):
        grades.append("undetermined")
    stated = sums.areas_of(block)
    ways = _three_ways(drawn)
    whole = next((c for c in compared if c.covers_block), None)
    return {
        "id": block.id,
        "label": block.label,
        "name": block.name,
        "part_of_total": block.part_of_total,
        "declared_km2": float(sum(exact_km2(a) for a in stated)) if stated else None,
        # A polygon that its stated area shaped measures nothing but that area.
        "measured_km2": sum(d.area_km2 for d in drawn) if proof else None,
        "measured_ways_km2": ways if proof else None,
        "drawn_ways_km2": ways,
        "perimeter_m": sum(float(d.xy.length) for d in drawn) if proof else None,
        "difference_km2": whole.difference_km2 if whole else None,
        "limit_km2": whole.limit_km2 if whole else None,
        "band_km2": whole.band_km2 if whole else None,
        "verdict": _block_verdict(compared),
        "grade": max(grades, key=GRADES.index),
    }


def _three_ways(drawn: Sequence[Drawn]) -> dict[str, float] | None:
    """Give the area of some polygons in three ways, km²; a survey's edges are straight on its plane."""
    sound = [d for d in drawn if d.is_sound]
    if not sound or len(sound) < len(drawn):
        return None
    ways = measure.areas([d.shape for d in sound]).sum() / 1e6
    return {
        "ellipsoid": sum(d.area_km2 for d in sound),
        "geodesic": float(ways["geodesic_m2"]),
        "plane": float(ways["plane_m2"]),
    }


def _block_verdict(compared: Sequence[Comparison]) -> str | None:
    """Say whether a block's stated areas hold; None where no polygon can tell."""
    if not compared:
        return None
    severities = {c.severity for c in compared}
    return "fail" if severities - {None, "note"} else "notes" if "note" in severities else "pass"


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
