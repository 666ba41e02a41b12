"""Checks of figures that the words tell more than once, or divide: in two units, again, in parts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ftz_geo.check.figures import Sum, exact_km2, half_width_km2, number
from ftz_geo.check.findings import finding
from ftz_geo.model import Finding, Severity, Text
from ftz_geo.wording import unit_en

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.check.case import Case
    from ftz_geo.model import Area, Block, Division, Parcel, Plan, StatedFigure, Zone


def restated_totals(case: Case) -> Iterator[Finding]:
    """Find zones and blocks whose area is told twice, and differently."""
    for zone in case.plan.zones:
        for again in zone.restated:
            if zone.declared_area is not None and not _agree(zone.declared_area, again):
                yield _differ("restated-total", "warning", zone, zone.declared_area, again)
        for block in zone.blocks:
            for again in block.restated:
                if block.declared_area is not None and not _agree(block.declared_area, again):
                    yield _differ("restated-total", "warning", zone, block.declared_area, again, block)


def two_units(case: Case) -> Iterator[Finding]:
    """Find figures that are told in two units, which do not agree."""
    zones = {key: zone for zone in case.plan.zones for key in _ids(zone)}
    for first, again in _in_two_units(case.plan):
        if first.area is None or again.area is None or _agree(first.area, again.area):
            continue
        zone = zones.get(first.of or "")
        if zone is not None:
            yield _differ("two-units", "error", zone, first.area, again.area)
        else:
            yield _differ_nowhere(first.area, again.area)


def _ids(zone: Zone) -> tuple[str, ...]:
    return (zone.id, *(block.id for block in zone.blocks), *(parcel.id for parcel in zone.parcels))


def _in_two_units(plan: Plan) -> Iterator[tuple[StatedFigure, StatedFigure]]:
    """Yield each figure that is told again in another unit behind it."""
    first: StatedFigure | None = None
    for figure in plan.figures:
        if figure.reason == "other-unit" and first is not None:
            yield first, figure
        else:
            first = figure


def zero_areas(case: Case) -> Iterator[Finding]:
    """Find zones, blocks and parcels whose stated area is nothing."""
    for zone in case.plan.zones:
        for block, parcel, area in _stated(zone):
            if area is not None and area.value == 0:
                said = Text(f"公布面积为 {area.text}", f"its stated area is {area.text}")
                yield finding("zero-area", "error", said, zone, block, parcel, spans=(area.span,))


def _stated(zone: Zone) -> Iterator[tuple[Block | None, Parcel | None, Area | None]]:
    yield None, None, zone.declared_area
    for block in zone.blocks:
        yield block, None, block.declared_area
        yield from ((block, parcel, parcel.declared_area) for parcel in block.parcels)


_NEARLY = Fraction(1, 20)
"""Parts that make up all but this share of a whole were meant to make up all of it."""


def sums_of_parts(case: Case) -> Iterator[Finding]:
    """Find parts that are said to make up their whole, or nearly do (其中…), and do not."""
    for zone in case.plan.zones:
        for block in (None, *zone.blocks):
            whole = block.declared_area if block else zone.declared_area
            told = block.parts if block else zone.parts
            parts = [part for part in told if part.exhaustive] or list(told)
            if whole is None or len(parts) < 2:
                continue
            limit = _doubt(whole) + sum(_doubt(part.declared_area) for part in parts)
            apart = abs(exact_km2(whole) - sum(exact_km2(part.declared_area) for part in parts))
            if apart <= limit:
                continue
            if parts[0].exhaustive:
                yield _parts_differ("error", zone, block, whole, parts, limit)
            elif apart <= _NEARLY * exact_km2(whole):
                yield _parts_differ("warning", zone, block, whole, parts, limit)


def _parts_differ(
    severity: Severity,
    zone: Zone,
    block: Block | None,
    whole: Area,
    parts: Sequence[Division],
    limit: Fraction,
) -> Finding:
    added = Sum(total=whole, parts=tuple(part.declared_area for part in parts))
    unit, sign, gap = added.unit, unit_en(added.unit), added.write(abs(added.difference_km2))
    stated = added.write(exact_km2(whole))
    return finding(
        "parts-sum",
        severity,
        Text(
            f"所含各部分相加 {added.sum_words} {unit}，与 {stated} {unit} 相差 {gap} {unit}",
            f"its parts add up to {added.sum_words} {sign}, {gap} {sign} apart from {stated} {sign}",
        ),
        zone,
        block,
        declared_km2=exact_km2(whole),
        measured_km2=added.sum_km2,
        difference_km2=added.difference_km2,
        limit_km2=limit,
        spans=(whole.span, *(part.span for part in parts)),
    )


def larger_parts(case: Case) -> Iterator[Finding]:
    """Find parts (其中…) that are together larger than what they are parts of."""
    for zone in case.plan.zones:
        for block in (None, *zone.blocks):
            whole = block.declared_area if block else zone.declared_area
            parts = block.parts if block else zone.parts
            if whole is not None and parts:
                yield from _too_large(zone, block, whole, parts)


def _too_large(zone: Zone, block: Block | None, whole: Area, parts: Sequence[Division]) -> Iterator[Finding]:
    """Tell of the largest part, or of those that divide the whole, where they exceed it."""
    largest = max(parts, key=lambda part: exact_km2(part.declared_area))
    for chosen in ((largest,), tuple(parts)):
        if len(chosen) > 1 and not chosen[0].exhaustive:
            continue  # they may overlap: 绿地, 其中公园绿地
        part_km2 = sum(exact_km2(part.declared_area) for part in chosen)
        limit = _doubt(whole) + sum(_doubt(part.declared_area) for part in chosen)
        difference = exact_km2(whole) - part_km2
        if difference >= -limit:
            continue
        all_km2 = number(exact_km2(whole), 6)
        names = "、".join(part.name or part.declared_area.text for part in chosen).removeprefix("其中")
        yield finding(
            "larger-part",
            "error",
            Text(
                f"其中{names} {number(part_km2, 6)} 平方公里，大于所属的 {all_km2} 平方公里",
                f"of its {all_km2} km² {names} is said to be {number(part_km2, 6)} km²",
            ),
            zone,
            block,
            declared_km2=exact_km2(whole),
            measured_km2=part_km2,
            difference_km2=difference,
            limit_km2=limit,
            spans=(whole.span, *(part.span for part in chosen)),
        )
        return


def _doubt(area: Area) -> Fraction:
    return half_width_km2(area, area.decimals)


def _agree(one: Area, other: Area) -> bool:
    return abs(exact_km2(one) - exact_km2(other)) <= _doubt(one) + _doubt(other)


def _differ(
    check: str, severity: Severity, zone: Zone, one: Area, other: Area, block: Block | None = None
) -> Finding:
    return finding(
        check,
        severity,
        _words(one, other),
        zone,
        block,
        declared_km2=exact_km2(one),
        measured_km2=exact_km2(other),
        difference_km2=exact_km2(one) - exact_km2(other),
        limit_km2=_doubt(one) + _doubt(other),
        spans=(one.span, other.span),
    )


def _differ_nowhere(one: Area, other: Area) -> Finding:
    said = _words(one, other)
    return Finding(
        check="two-units",
        severity="warning",
        zh=f"{said.zh}。",
        en=f"{said.en}.",
        spans=(one.span, other.span),
    )


def _words(one: Area, other: Area) -> Text:
    apart = number(abs(exact_km2(one) - exact_km2(other)), 6)
    return Text(
        f"同一面积写了两次，{one.text} 与 {other.text} 相差 {apart} 平方公里，超出取舍所能造成的",
        f"one area is told twice: {one.text} and {other.text} differ by {apart} km², more than rounding can",
    )
