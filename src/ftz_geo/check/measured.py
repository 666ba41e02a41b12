"""Checks of stated areas against polygons that stand where their sides say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ftz_geo.check.bias import bias_of
from ftz_geo.check.blocks import total
from ftz_geo.check.comparison import comparisons, swapped
from ftz_geo.check.figures import exact_km2, number
from ftz_geo.check.findings import finding
from ftz_geo.check.sums import misread_sums
from ftz_geo.model import Finding, Text, title
from ftz_geo.wording import unit_en, unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.check.comparison import Comparison
    from ftz_geo.model import Severity


def declared_measured(case: Case) -> Iterator[Finding]:
    """Find areas of blocks that polygons contradict, and no change of unit or of label explains."""
    for zone in case.zones:
        exchanged = {id(c) for pair in swapped(zone) for c in pair}
        for c in comparisons(zone):
            explained = id(c) in exchanged or (c.fails and c.unit_that_fits)
            if c.block is not None and c.severity is not None and not explained:
                found = _finding("declared-measured", c.severity, c, _measured(c))
                yield replace(found, follows_from=_biased(zone, c))


def total_measured(case: Case) -> Iterator[Finding]:
    """Find totals that the sum of the polygons contradicts, and say which of the figures they side with."""
    for zone in case.zones:
        for c in comparisons(zone):
            if c.block is None and c.severity is not None and not (c.fails and c.unit_that_fits):
                said, cause = _sided(zone, c)
                found = _finding("total-measured", c.severity, c, _measured(c) + said)
                yield replace(found, follows_from=_biased(zone, c) or cause)


def _biased(zone: ZoneCase, c: Comparison) -> str | None:
    """Return the check that tells of a shift of all boundaries, where that explains a difference."""
    bias = bias_of(zone)
    return "bias" if bias is not None and bias.explains(c) else None


def _sided(zone: ZoneCase, whole: Comparison) -> tuple[Text, str | None]:
    """Return what the polygons say of a total beside its blocks, and the check that tells the cause."""
    added = total(zone)
    blocks = [c for c in comparisons(zone) if c.block is not None and (c.parcel is None or c.covers_block)]
    failing = [c for c in blocks if c.fails]
    if failing and abs(whole.difference_km2 - sum(c.difference_km2 for c in failing)) <= whole.limit_km2:
        names = [title(block=c.block) for c in failing]
        return (
            Text(f"；差在{'、'.join(names)}", f"; it lies in {', '.join(names)}"),
            "declared-measured",
        )
    if added is None or abs(added.difference_km2) <= added.limit_km2:
        return Text("", ""), None
    if abs(float(added.sum_km2) - whole.measured_km2) <= whole.limit_km2:
        return (
            Text(
                "；各区块公布面积之和与图形之和相符，有误的是总面积",
                "; the blocks' stated areas add up to what the polygons measure: the total is wrong",
            ),
            "declared-sum",
        )
    return Text("", ""), None


def swapped_labels(case: Case) -> Iterator[Finding]:
    """Find two blocks of a zone whose stated areas fit each other's polygons."""
    for zone in case.zones:
        for one, other in swapped(zone):
            first, second = (title(c.zone, c.block, c.parcel) for c in (one, other))
            stated, measured = number(other.area.value), other.write(other.measured_km2)
            unit, sign = other.area.unit, unit_en(other.area.unit)
            said = _measured(one) + Text(
                f"。{second}的公布面积 {stated} {unit}，量得 {measured} {unit}；"
                f"{first}与{second}的面积互换即与图形相符，两者的名称或数字可能放反",
                f". {second} states {stated} {sign} and measures {measured} {sign}. With the areas of "
                f"{first} and {second} exchanged both fit: the labels or the figures are probably swapped",
            )
            spans = (one.area.span, other.area.span)
            yield replace(_finding("swapped-labels", "error", one, said), spans=spans)


def unmatched_polygons(case: Case) -> Iterator[Finding]:
    """Find polygons that belong to no parcel of the plan."""
    if not case.unmatched:
        return
    ids, known = ", ".join(case.unmatched), ", ".join(p.id for p in case.plan.parcels)
    seen, looked_for = (", ".join(names) for names in case.columns)
    columns = Text("", "")
    if looked_for:
        columns = Text(
            f"文件的列有：{seen or '无'}；用来对应区块的列名有：{looked_for}。",
            f" The file has the columns {seen or '(none)'}; blocks are told by {looked_for}.",
        )
    yield Finding(
        check="unmatched-polygon",
        severity="warning" if case.drawn else "error",
        zh=f"{len(case.unmatched)} 个图形（{ids}）与方案的地块（{known}）都对不上，未作核对。{columns.zh}",
        en=f"{len(case.unmatched)} polygon(s) ({ids}) belong to no parcel of the plan ({known}) and were not "
        f"checked.{columns.en}",
    )


def unit_plausibility(case: Case) -> Iterator[Finding]:
    """Find figures that would fit, and now do not, in another unit."""
    for zone in case.zones:
        yield from misread_sums(zone)
        for c in comparisons(zone):
            if c.fails and (unit := c.unit_that_fits):
                said = _measured(c) + Text(
                    f"。若单位为{unit}则相符，单位可能写错",
                    f". In {unit_en(unit)} the number would fit: its unit is probably wrong",
                )
                yield _finding("unit-plausibility", "error", c, said)


def _measured(c: Comparison) -> Text:
    """Return what was compared and by how much it differs."""
    write, unit, sign = c.write, c.area.unit, unit_en(c.area.unit)
    stated, measured, gap = number(c.area.value), write(c.measured_km2), write(abs(c.difference_km2))
    limit, causes = _limit(c), _causes(c)
    said = Text(
        f"公布面积 {stated} {unit}，由图形量得 {measured} {unit}，相差 {gap} {unit}，"
        f"超出{causes.zh}所能造成的 {limit} {unit}",
        f"the stated area is {stated} {sign}, the polygon measures {measured} {sign}, a difference of {gap} "
        f"{sign}, more than the {limit} {sign} that {causes.en} can cause",
    )
    if c.severity != "note":
        return said
    if c.other_way is not None:
        way, km2 = c.other_way
        return said + Text(
            f"；按{way.zh}计为 {write(km2)} {unit}，与公布数相符，应是算法不同，不算错误",
            f"; by {way.en} it is {write(km2)} {sign}, which fits: it was taken in another way, no error",
        )
    band = write(c.band_km2)
    return said + Text(
        f"；但沿道路、河流的边有 {band} {unit}取决于以中线还是边线为界，不算错误",
        f"; along roads and waters {band} {sign} hang on whether the middle or the edge bounds it: no error",
    )


def _limit(c: Comparison) -> str:
    """Return the limit written out as the sum that it is, in the unit of the stated figure."""
    unit = float(unit_km2(c.area.unit))
    parts = [c.write(float(c.half_width_km2))]
    if c.tolerance_km2:
        metres = sum(float(d.xy.length) for d in c.drawn if d.grade != "surveyed")
        parts.append(f"{number(metres, 0)} m×{number(c.settings.boundary_tolerance_m)} m")
    if c.survey_km2:
        parts.append(f"2×{c.write(c.survey_km2 / 2)}")
    if c.doubt_km2:
        parts.append(c.write(c.doubt_km2))
    places = max(len(part.rpartition(".")[2]) if "." in part and "m×" not in part else 0 for part in parts)
    return f"{'+'.join(parts)}={number(c.limit_km2 / unit, max(places, 2))}"


def _causes(c: Comparison) -> Text:
    """Return what the limit is made of, in words."""
    zh, en = ["数字取舍"], ["rounding"]
    if c.tolerance_km2:
        zh.append("界线误差")
        en.append("the boundary's tolerance")
    if c.survey_km2:
        metres = number(c.settings.point_error_m or 0.0)
        zh.append(f"界址点误差（{metres} 米）")
        en.append(f"the corners' error ({metres} m)")
    if c.doubt_km2:
        zh.append("按规则所画各边的存疑")
        en.append("what was drawn by rule")
    return Text("与".join(zh), " and ".join(en))


def _finding(check: str, severity: Severity, c: Comparison, said: Text) -> Finding:
    return finding(
        check,
        severity,
        said,
        c.zone,
        c.block,
        c.parcel,
        declared_km2=exact_km2(c.area),
        measured_km2=c.measured_km2,
        difference_km2=c.difference_km2,
        limit_km2=c.limit_km2 + (c.band_km2 if severity == "note" else 0),
        spans=(c.area.span,),
    )
