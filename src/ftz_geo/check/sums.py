"""Checks of stated areas and counts against each other: words against words, no polygon needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.check.blocks import addends, areas_of, block_sums, listed, total
from ftz_geo.check.comparison import comparisons
from ftz_geo.check.figures import Sum, decimal, exact_km2, half_width_km2, number
from ftz_geo.check.findings import finding
from ftz_geo.model import Finding, Text, title
from ftz_geo.wording import label_number, unit_en

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.model import Area, Block, Severity


def declared_sum(case: Case) -> Iterator[Finding]:
    """Find zones whose total is not the sum of their blocks."""
    for zone in case.zones:
        added = total(zone)
        if added is None or _is_cut_short(zone, added) or added.misread is not None:
            continue
        silent = [title(block=block) for block in addends(zone) if not areas_of(block)]
        silent += _left_unread(case, added)
        if added.difference_km2 > added.limit_km2:
            silent += _masked(case, zone)
        yield from _sum_findings("declared-sum", zone, None, added, silent)


def _left_unread(case: Case, added: Sum) -> list[str]:
    """Return the figures of nothing named that make up the difference, one or all of them."""
    areas = [f.area for f in case.plan.figures if f.role == "unread" and f.area is not None]
    for chosen in (*([area] for area in areas), areas):
        if chosen and abs(sum(exact_km2(a) for a in chosen) - added.difference_km2) <= added.limit_km2:
            return [f"未读懂的{area.text}" for area in chosen]
    return []


def _masked(case: Case, zone: ZoneCase) -> list[str]:
    """Return the figures of a zone that have no number to add: ××亩, 1.8.2公顷."""
    start, end = zone.zone.span
    return [
        f"未读懂的{figure.text}"
        for figure in case.plan.figures
        if figure.role == "unread" and figure.area is None and start <= figure.span[0] <= end
    ]


def parcel_sum(case: Case) -> Iterator[Finding]:
    """Find blocks whose area is not the sum of their parcels."""
    for zone in case.zones:
        for block, added in block_sums(zone):
            if added.misread is None:
                silent = [title(parcel=p) for p in block.parcels if p.declared_area is None]
                yield from _sum_findings("parcel-sum", zone, block, added, silent)


def _is_cut_short(zone: ZoneCase, added: Sum) -> bool:
    """Whether blocks that the text counts are not listed, and area is left over for them."""
    missing = (zone.zone.declared_block_count or 0) - len(listed(zone))
    return missing > 0 and added.difference_km2 > added.limit_km2


def _sum_findings(
    check: str, zone: ZoneCase, block: Block | None, added: Sum, silent: Sequence[str]
) -> Iterator[Finding]:
    """Judge a sum; ``silent`` names the parts that state no area."""
    # A total that is larger than its parts may owe it to those that are silent.
    excused = bool(silent) and added.difference_km2 > -added.limit_km2
    severity = "note" if excused else added.severity
    if severity is None:
        return
    stated = _addition(added, whole_block=block is not None)
    verdict = _silence(added, silent) if excused else _judgement(added, severity)
    if severity == "error" and block is None:
        verdict += _pointed_at(zone, added)
    yield finding(
        check,
        severity,
        stated + verdict,
        zone.zone,
        block,
        declared_km2=exact_km2(added.total),
        measured_km2=added.sum_km2,
        difference_km2=added.difference_km2,
        limit_km2=added.limit_km2,
        spans=(added.total.span, *(area.span for area in added.parts)),
    )


def _pointed_at(zone: ZoneCase, added: Sum) -> Text:
    """Return which block's figure the polygons say is wrong, if the sum holds with what it measures."""
    failing = [c for c in comparisons(zone) if c.covers_block and c.parcel is None and c.fails]
    if len(failing) != 1 or failing[0].area not in added.parts:
        return Text("", "")
    c = failing[0]
    mended_km2 = float(added.difference_km2) + c.difference_km2
    if abs(mended_km2) > float(added.limit_km2) + c.limit_km2:
        return Text("", "")
    where, unit, sign = title(block=c.block), c.area.unit, unit_en(c.area.unit)
    measured, stated = c.write(c.measured_km2), number(c.area.value)
    return Text(
        f"。{where}若取图形量得的 {measured} {unit}而非 {stated} {unit}，相加即与总面积相符："
        f"有误的很可能是{where}的数",
        f". With the {measured} {sign} that the polygon of {where} measures in place of {stated} {sign} they "
        f"add up: the figure of {where} is probably the wrong one",
    )


def _addition(added: Sum, *, whole_block: bool) -> Text:
    """Return the sum told in its own unit, with the difference."""
    unit, sign = added.unit, unit_en(added.unit)
    part, part_en = ("地块", "parcels") if whole_block else ("区块", "blocks")
    whole, whole_en = ("公布面积", "stated area") if whole_block else ("公布总面积", "stated total")
    n, stated = len(added.parts), added.write(exact_km2(added.total))
    gap = added.write(abs(added.difference_km2))
    return Text(
        f"{whole} {stated} {unit}，{n} 个{part}相加 {added.sum_words} {unit}，相差 {gap} {unit}",
        f"{whole_en} {stated} {sign}, {n} {part_en} add up to {added.sum_words} {sign}, "
        f"a difference of {gap} {sign}",
    )


def _silence(added: Sum, silent: Sequence[str]) -> Text:
    gap = f"{added.write(abs(added.difference_km2))} {added.unit}"
    return Text(
        f"；{'、'.join(silent)}未公布面积，总数无从核对，所差 {gap}只能全部归于未公布者",
        f"; {', '.join(silent)} state no area, so that the total cannot be checked",
    )


def _judgement(added: Sum, severity: Severity) -> Text:
    """Return what the difference is worth beside what rounding can cause."""
    zh = f"取舍到末位所能造成的 {added.limit_words} {added.unit}"
    en = f"the {added.limit_words} {unit_en(added.unit)} that rounding to the last digit can cause"
    chance = _percent(added.chance)
    if severity == "note":
        return Text(
            f"，未超出{zh}，不算错误；各数独立取舍时，出现这样大的差数的可能约为 {chance}；"
            "但正式文件的各项相加通常与总数逐位相符，宜向编制单位核实",
            f". It lies within {en}, so it is no error: rounding by itself makes one so large with a chance "
            f"of {chance}; yet official notices add up to the last digit, so it is worth asking about",
        )
    if abs(added.difference_km2) <= added.limit_km2:
        sigmas = number(added.sigmas, 1)
        return Text(
            f"，虽未超出{zh}，却是各数独立取舍的中误差的 {sigmas} 倍，出现的可能不到 {chance}："
            "不能以取舍解释，各数很可能朝同一方向取舍，或有数有误",
            f". It lies within {en}, yet it is {sigmas} times the mean error of rounding, with a chance "
            f"below {chance}: rounding does not explain it; all were rounded one way, or one is wrong",
        )
    about_zh = "（约数按其末位的一个单位计）" if severity == "warning" else ""
    about_en = " (approximate figures taken to a whole unit)" if severity == "warning" else ""
    return Text(
        f"，超出{zh}{about_zh}：其中至少有一个数有误",
        f", more than {en}{about_en}: at least one of the figures is wrong",
    )


def _percent(chance: float) -> str:
    """Return a chance in percent: 52 %, or a bound where it is small."""
    return f"{100 * chance:.0f} %" if chance >= 0.01 else "1 %" if chance >= 1e-3 else "0.1 %"


def declared_count(case: Case) -> Iterator[Finding]:
    """Find zones that list more or fewer blocks than they say they have."""
    for zone in case.zones:
        stated, blocks = zone.zone.declared_block_count, listed(zone)
        if stated is None or stated in (len(blocks), len(addends(zone))):
            continue
        labels = "、".join(title(block=block) for block in blocks)
        told = Text(
            f"文中称分为 {stated} 个区块，列出的却是 {len(blocks)} 个（{labels}）",
            f"the text says {stated} blocks and lists {len(blocks)} ({labels})",
        )
        if added := total(zone):
            told += _left_over(added)
        excerpt = 2 * len(blocks) <= stated and _is_excerpt(blocks)
        if excerpt:
            told += Text(
                "；所列编号不连续，文中只述及其中一部分，其余无从核对",
                "; by their numbers they are a part of those, and the text tells nothing of the others",
            )
        whole = zone.zone.declared_area
        yield finding(
            "declared-count",
            "note" if excerpt else "error",
            told,
            zone.zone,
            spans=(whole.span if whole else zone.zone.span,),
        )
    yield from _parcel_counts(case)


def _parcel_counts(case: Case) -> Iterator[Finding]:
    """Find blocks that list more or fewer parcels than they say they have."""
    for zone in case.zones:
        for block in listed(zone):
            stated, n = block.declared_parcel_count, len(block.parcels)
            if stated is None or stated == n:
                continue
            told = Text(
                f"文中称分为 {stated} 个地块，列出的却是 {n} 个",
                f"the text says it has {stated} parcels and lists {n}",
            )
            yield finding("declared-count", "error", told, zone.zone, block, spans=(block.span,))


def _is_excerpt(blocks: Sequence[Block]) -> bool:
    """Whether blocks are some that follow each other, not from the first: a text about 区块二 alone."""
    numbers = [label_number(block.label) for block in blocks]
    known = sorted(int(number) for number in numbers if number is not None and number.isdigit())
    run = list(range(known[0], known[0] + len(known))) if known else []
    return len(known) == len(blocks) and known == run and known[0] > 1


def _left_over(added: Sum) -> Text:
    """Return what the listed blocks add up to, and what that says of those that are not listed."""
    unit, sign = added.unit, unit_en(added.unit)
    stated, gap = (added.write(km2) for km2 in (exact_km2(added.total), added.difference_km2))
    told = Text(
        f"；列出的相加 {added.sum_words} {unit}，总面积 {stated} {unit}",
        f"; those listed add up to {added.sum_words} {sign}, the total is {stated} {sign}",
    )
    if abs(added.difference_km2) <= added.limit_km2:
        return told + Text(
            "，两者相符，可能是个数写错", ": they agree, so it may be the number of blocks that is wrong"
        )
    if added.difference_km2 > 0:
        return told + Text(f"，尚余 {gap} {unit}没有着落", f": {gap} {sign} are left without a block")
    return told


def nesting(case: Case) -> Iterator[Finding]:
    """Find parts told beside the addends of a total that are larger than the total."""
    for zone in case.zones:
        for block in zone.zone.blocks:
            whole, part = zone.zone.declared_area, block.declared_area
            if whole is None or part is None or block.part_of_total:
                continue
            limit = sum(half_width_km2(area, area.decimals) for area in (whole, part))
            difference = exact_km2(whole) - exact_km2(part)
            if difference >= -limit:
                continue
            all_km2, part_km2 = number(exact_km2(whole), 6), number(exact_km2(part), 6)
            yield finding(
                "nesting",
                "error",
                Text(
                    f"是全区的一部分，面积 {part_km2} 平方公里，却大于全区的 {all_km2} 平方公里",
                    f"told as a part of the zone, its {part_km2} km² are more than the zone's {all_km2} km²",
                ),
                zone.zone,
                block,
                declared_km2=exact_km2(whole),
                measured_km2=exact_km2(part),
                difference_km2=difference,
                limit_km2=limit,
                spans=(whole.span, part.span),
            )


def plan_total(case: Case) -> Iterator[Finding]:
    """Find a total over all zones that the zones' totals do not add up to."""
    whole = case.plan.declared_area
    parts = [zone.declared_area for zone in case.plan.zones]
    stated = tuple(area for area in parts if area is not None)
    if whole is None or len(stated) < len(parts):
        return
    added = Sum(total=whole, parts=stated)
    if added.severity is None:
        return
    unit, sign, n = added.unit, unit_en(added.unit), len(parts)
    total, gap = added.write(exact_km2(whole)), added.write(abs(added.difference_km2))
    said = Text(
        f"全文总面积 {total} {unit}，{n} 个片区相加 {added.sum_words} {unit}，相差 {gap} {unit}",
        f"The total over all zones is {total} {sign}, the {n} zones add up to {added.sum_words} {sign}, "
        f"a difference of {gap} {sign}",
    ) + _judgement(added, added.severity)
    yield Finding(
        check="plan-total",
        severity=added.severity,
        declared_km2=decimal(exact_km2(whole)),
        measured_km2=decimal(added.sum_km2),
        difference_km2=decimal(added.difference_km2),
        limit_km2=decimal(added.limit_km2),
        zh=f"{said.zh}。",
        en=f"{said.en}.",
        spans=(whole.span, *(area.span for area in stated)),
    )


def misread_sums(zone: ZoneCase) -> Iterator[Finding]:
    """Find sums of a zone that do not hold, and would if one figure stood in another unit."""
    added = total(zone)
    if added is not None and added.misread is not None:
        yield _misread(zone, None, added, *added.misread)
    for block, added in block_sums(zone):
        if added.misread is not None:
            yield _misread(zone, block, added, *added.misread)


def _misread(zone: ZoneCase, block: Block | None, added: Sum, area: Area, unit: str) -> Finding:
    value = number(area.value)
    whole, summed = number(exact_km2(added.total), 6), number(added.sum_km2, 6)
    return finding(
        "unit-plausibility",
        "error",
        Text(
            f"总数 {whole} 平方公里，各项相加 {summed} 平方公里，两者不符；"
            f"“{value} {area.unit}”若为 {value} {unit}则相符，单位可能写错",
            f"the total is {whole} km², the parts add up to {summed} km². They would agree if "
            f"“{value} {unit_en(area.unit)}” were {value} {unit_en(unit)}: its unit is probably wrong",
        ),
        zone.zone,
        block,
        declared_km2=exact_km2(added.total),
        measured_km2=added.sum_km2,
        difference_km2=added.difference_km2,
        limit_km2=added.limit_km2,
        spans=(area.span,),
    )
