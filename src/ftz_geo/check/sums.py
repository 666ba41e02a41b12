"""Checks of stated areas and counts against each other: words against words, no polygon needed.

A figure printed with d decimals of a unit stands for itself ± half of its last digit; the sum of
n figures is good to n halves, and the total it is held against adds its own. Rounding half up and
rounding half to even (GB/T 8170) differ only where every figure is a tie, at the limit itself,
which counts as within.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from ftz_geo.check.case import decimal, exact_km2, listed, listed_blocks, number, place, terms, title
from ftz_geo.model import Finding
from ftz_geo.wording import KM2_PER_UNIT, unit_en, unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftz_geo.check.case import Case
    from ftz_geo.model import Area, Block, Severity, Zone


def half_width_km2(area: Area, decimals: int) -> Fraction:
    """Give how far the true area may lie from the printed one, in km².

    Half a unit of the last of ``decimals`` places; for an approximate figure (约), which nobody
    holds to its digit, a whole unit of its last digit that is not a padding zero.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from ftz_geo.model import Area
    >>> printed = Area(text="7.8平方公里", value=Decimal("7.8"), unit="平方公里", span=(0, 7))
    >>> half_width_km2(printed, 2)
    Fraction(1, 200)
    >>> about = Area(text="120亩", value=Decimal(120), unit="亩", approximate=True, span=(0, 4))
    >>> half_width_km2(about, 0) == 10 * Fraction(1, 1500)
    True
    """
    if area.approximate:
        last = int(area.value.normalize().as_tuple().exponent)
        return unit_km2(area.unit) * Fraction(10) ** last
    return unit_km2(area.unit) * Fraction(1, 2 * 10**decimals)


def shared_decimals(areas: tuple[Area, ...]) -> Mapping[str, int]:
    """Give the decimals that figures of one list are good to, by unit.

    A list that prints 7.8 beside 0.66 and 1.17 has dropped a zero, not a digit of precision:
    in every official notice examined, such lists add up to the last digit of the finest figure.
    """
    found: dict[str, int] = {}
    for area in areas:
        found[area.unit] = max(found.get(area.unit, 0), area.decimals)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """A stated total held against the stated areas of its parts."""

    total: Area
    parts: tuple[Area, ...]

    @property
    def unit(self) -> str:
        """The unit that all figures are printed in; km² where they differ."""
        units = {a.unit for a in (self.total, *self.parts)}
        return units.pop() if len(units) == 1 else "平方公里"

    @property
    def sum_km2(self) -> Fraction:
        """Of the parts."""
        return sum((exact_km2(a) for a in self.parts), Fraction(0))

    @property
    def difference_km2(self) -> Fraction:
        """Total minus sum."""
        return exact_km2(self.total) - self.sum_km2

    @property
    def half_widths_km2(self) -> tuple[Fraction, ...]:
        """Of the total and of each part."""
        decimals = shared_decimals(self.parts)
        # A total may be printed coarser than its parts because it was rounded once more.
        return (
            half_width_km2(self.total, self.total.decimals),
            *(half_width_km2(a, decimals[a.unit]) for a in self.parts),
        )

    @property
    def limit_km2(self) -> Fraction:
        """The largest difference that rounding explains."""
        return sum(self.half_widths_km2, Fraction(0))

    @property
    def severity(self) -> Severity | None:
        """What the difference is worth: nothing, a note within the limit, an error beyond it.

        Beyond the limit of approximate figures it is a warning: they claim no digit to be held to.
        """
        if self.difference_km2 == 0:
            return None
        if abs(self.difference_km2) <= self.limit_km2:
            return "note"
        return "warning" if any(a.approximate for a in (self.total, *self.parts)) else "error"

    def write(self, km2: Fraction) -> str:
        """Write a figure in :attr:`unit`, without the unit."""
        return number(km2 / unit_km2(self.unit), 6)

    @property
    def sum_words(self) -> str:
        """The addition written out, such as ``7.8+0.66=8.46``."""
        written = terms([self.write(exact_km2(a)) for a in self.parts])
        return written if len(self.parts) == 1 else f"{written}={self.write(self.sum_km2)}"

    @property
    def limit_words(self) -> str:
        """The limit written out, such as ``8×0.005=0.04``."""
        widths = Counter(self.half_widths_km2)
        written = "+".join(f"{n}×{self.write(w)}" for w, n in sorted(widths.items()))
        return f"{written}={self.write(self.limit_km2)}"


def addends(zone: Zone) -> tuple[Block, ...]:
    """Give the blocks whose areas add up to the zone's total."""
    return tuple(b for b in listed(zone) if b.part_of_total)


def areas_of(block: Block) -> tuple[Area, ...]:
    """Give a block's stated area; without one, its parcels' if each states its own."""
    if block.declared_area is not None:
        return (block.declared_area,)
    own = tuple(p.declared_area for p in block.parcels if p.declared_area is not None)
    return own if len(own) == len(block.parcels) else ()


def zone_sum(zone: Zone) -> Sum | None:
    """Give the zone's total against all areas its blocks state; None where there is nothing to add."""
    parts = tuple(a for b in addends(zone) for a in areas_of(b))
    return Sum(total=zone.declared_area, parts=parts) if zone.declared_area and parts else None


def block_sum(block: Block) -> Sum | None:
    """Give the block's area against those of its parcels; None where there is nothing to add."""
    parts = tuple(p.declared_area for p in block.parcels if p.declared_area is not None)
    if block.declared_area is None or not parts or parts == (block.declared_area,):
        return None
    return Sum(total=block.declared_area, parts=parts)


def _is_cut_short(zone: Zone, added: Sum) -> bool:
    """Whether blocks that the text counts are not listed, and area is left over for them."""
    missing = (zone.declared_block_count or 0) - len(listed(zone))
    return missing > 0 and added.difference_km2 > added.limit_km2


def declared_sum(case: Case) -> Iterator[Finding]:
    """Find zones whose total is not the sum of their blocks."""
    for zone in case.plan.zones:
        added = zone_sum(zone)
        if added is None or _is_cut_short(zone, added) or misread_unit(added) is not None:
            continue
        silent = [b for b in addends(zone) if not areas_of(b)]
        yield from _sum_findings("declared-sum", zone, None, added, [title(b) for b in silent])


def parcel_sum(case: Case) -> Iterator[Finding]:
    """Find blocks whose area is not the sum of their parcels."""
    for zone, block in listed_blocks(case):
        added = block_sum(block)
        if added is not None and misread_unit(added) is None:
            silent = [title(p) for p in block.parcels if p.declared_area is None]
            yield from _sum_findings("parcel-sum", zone, block, added, silent)


def _sum_findings(
    check: str, zone: Zone, block: Block | None, added: Sum, silent: list[str]
) -> Iterator[Finding]:
    """Judge a sum; ``silent`` names the parts that state no area."""
    unit, sign = added.unit, unit_en(added.unit)
    part, part_en = ("地块", "parcels") if block else ("区块", "blocks")
    whole, whole_en = ("公布面积", "stated area") if block else ("公布总面积", "stated total")
    n, gap = len(added.parts), added.write(abs(added.difference_km2))
    stated_zh = (
        f"{place(zone, block)}：{whole} {added.write(exact_km2(added.total))} {unit}，"
        f"{n} 个{part}相加 {added.sum_words} {unit}，相差 {gap} {unit}"
    )
    stated_en = (
        f"{place(zone, block)}: {whole_en} {added.write(exact_km2(added.total))} {sign}, {n} {part_en} "
        f"add up to {added.sum_words} {sign}, a difference of {gap} {sign}"
    )
    rounding_zh = f"取舍到末位所能造成的 {added.limit_words} {unit}"
    rounding_en = f"the {added.limit_words} {sign} that rounding to the last digit can cause"
    severity: Severity | None
    if silent and added.difference_km2 > -added.limit_km2:
        severity = "note"
        zh = (
            f"{stated_zh}；{'、'.join(silent)}未公布面积，总数无从核对，"
            f"所差 {gap} {unit}只能全部归于未公布者。"
        )
        en = f"{stated_en}; {', '.join(silent)} state no area, so that the total cannot be checked."
    elif (severity := added.severity) is None:
        return
    elif severity == "note":
        zh = (
            f"{stated_zh}，未超出{rounding_zh}，不算错误；"
            "但正式文件的各项相加通常与总数逐位相符，宜向编制单位核实。"
        )
        en = (
            f"{stated_en}. It lies within {rounding_en}, so it is no error; "
            "yet official notices add up to the last digit, so it is worth asking about."
        )
    else:
        about_zh = "（约数按其末位的一个单位计）" if severity == "warning" else ""
        about_en = " (approximate figures taken to a whole unit)" if severity == "warning" else ""
        zh = f"{stated_zh}，超出{rounding_zh}{about_zh}：其中至少有一个数有误。"
        en = f"{stated_en}, more than {rounding_en}{about_en}: at least one of the figures is wrong."
    yield Finding(
        check=check,
        severity=severity,
        zone_id=zone.id,
        block_id=block.id if block else None,
        declared_km2=decimal(exact_km2(added.total)),
        measured_km2=decimal(added.sum_km2),
        difference_km2=decimal(added.difference_km2),
        limit_km2=decimal(added.limit_km2),
        zh=zh,
        en=en,
        spans=(added.total.span, *(a.span for a in added.parts)),
    )


def declared_count(case: Case) -> Iterator[Finding]:
    """Find zones that list more or fewer blocks than they say they have."""
    for zone in case.plan.zones:
        stated, found = zone.declared_block_count, listed(zone)
        if stated is None or stated in (len(found), len(addends(zone))):
            continue
        labels = "、".join(title(b) for b in found)
        zh = f"{place(zone)}：文中称分为 {stated} 个区块，列出的却是 {len(found)} 个（{labels}）"
        en = f"{place(zone)}: the text says {stated} blocks and lists {len(found)} ({labels})"
        added = zone_sum(zone)
        if added is not None:
            unit, sign = added.unit, unit_en(added.unit)
            figures = f"{added.sum_words} {unit}，总面积 {added.write(exact_km2(added.total))} {unit}"
            figures_en = f"{added.sum_words} {sign}, the total is {added.write(exact_km2(added.total))}"
            zh += f"；列出的相加 {figures}"
            en += f"; those listed add up to {figures_en} {sign}"
            if abs(added.difference_km2) <= added.limit_km2:
                zh += "，两者相符，可能是个数写错"
                en += ": they agree, so it may be the number of blocks that is wrong"
            elif added.difference_km2 > 0:
                zh += f"，尚余 {added.write(added.difference_km2)} {unit}没有着落"
                en += f": {added.write(added.difference_km2)} {sign} are left without a block"
        yield Finding(
            check="declared-count",
            severity="error",
            zone_id=zone.id,
            zh=zh + "。",
            en=en + ".",
            spans=(zone.declared_area.span,) if zone.declared_area else (zone.span,),
        )


def nesting(case: Case) -> Iterator[Finding]:
    """Find parts told beside the addends of a total that are larger than the total."""
    for zone in case.plan.zones:
        total = zone.declared_area
        for block in zone.blocks:
            part = block.declared_area
            if total is None or part is None or block.part_of_total:
                continue
            limit = half_width_km2(total, total.decimals) + half_width_km2(part, part.decimals)
            difference = exact_km2(total) - exact_km2(part)
            if difference < -limit:
                figures = number(exact_km2(part), 6), number(exact_km2(total), 6)
                yield Finding(
                    check="nesting",
                    severity="error",
                    zone_id=zone.id,
                    block_id=block.id,
                    declared_km2=decimal(exact_km2(total)),
                    measured_km2=decimal(exact_km2(part)),
                    difference_km2=decimal(difference),
                    limit_km2=decimal(limit),
                    zh=f"{place(zone, block)}：是全区的一部分，面积 {figures[0]} 平方公里，"
                    f"却大于全区的 {figures[1]} 平方公里。",
                    en=f"{place(zone, block)}: told as a part of the zone, its {figures[0]} km² are more "
                    f"than the zone's {figures[1]} km².",
                    spans=(total.span, part.span),
                )


def misread_unit(added: Sum) -> tuple[Area, str] | None:
    """Give the one figure, and the one other unit for it, that would make a failing sum hold."""
    if added.severity in (None, "note"):
        return None
    figures = (added.total, *added.parts)
    found: dict[tuple[int, Fraction], tuple[Area, str]] = {}
    for i, area in enumerate(figures):
        for unit in other_units(area.unit):
            total, *parts = (replace(a, unit=unit) if n == i else a for n, a in enumerate(figures))
            reread = Sum(total=total, parts=tuple(parts))
            if abs(reread.difference_km2) <= min(reread.limit_km2, added.limit_km2):
                found.setdefault((i, unit_km2(unit)), (area, unit))
    return next(iter(found.values())) if len(found) == 1 else None


def other_units(unit: str) -> tuple[str, ...]:
    """Give the units that a unit may have been mistaken for: at least ten times larger or smaller.

    Examples
    --------
    >>> other_units("公顷")
    ('平方公里', '平方千米', 'km²', '亩', '万亩', '平方米')
    """
    return tuple(u for u in KM2_PER_UNIT if not Fraction(1, 10) < unit_km2(u) / unit_km2(unit) < 10)


def misread_sums(case: Case) -> Iterator[Finding]:
    """Find sums that do not hold, and would if one figure stood in another unit."""
    for zone, block, added in sums(case):
        misread = misread_unit(added)
        if misread is None:
            continue
        area, unit = misread
        value = number(area.value)
        total, summed = number(exact_km2(added.total), 6), number(added.sum_km2, 6)
        yield Finding(
            check="unit-plausibility",
            severity="error",
            zone_id=zone.id,
            block_id=block.id if block else None,
            declared_km2=decimal(exact_km2(added.total)),
            measured_km2=decimal(added.sum_km2),
            difference_km2=decimal(added.difference_km2),
            limit_km2=decimal(added.limit_km2),
            zh=f"{place(zone, block)}：总数 {total} 平方公里，各项相加 {summed} 平方公里，两者不符；"
            f"“{value} {area.unit}”若为 {value} {unit}则相符，单位可能写错。",
            en=f"{place(zone, block)}: the total is {total} km², the parts add up to {summed} km². They "
            f"would agree if “{value} {unit_en(area.unit)}” were {value} {unit_en(unit)}: "
            "its unit is probably wrong.",
            spans=(area.span,),
        )


def sums(case: Case) -> Iterator[tuple[Zone, Block | None, Sum]]:
    """Give every sum of the plan: zones with their blocks, then blocks with their parcels."""
    for zone in case.plan.zones:
        if added := zone_sum(zone):
            yield zone, None, added
    for zone, block in listed_blocks(case):
        if added := block_sum(block):
            yield zone, block, added
