"""Checks of stated areas: against each other, and against polygons that stand where they should.

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

from ftz_geo.check.case import UNIT_EN, decimal, exact_km2, number, terms, title, unit_km2
from ftz_geo.measure import GEOD
from ftz_geo.model import KM2_PER_UNIT, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.model import Area, Block, Parcel, Settings, Severity, Zone

_WIDE = frozenset({"road", "rail", "water"})
"""Kinds of feature that a map draws as a line and the ground has as a band."""


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
    """Give the blocks whose areas add up to the zone's total.

    A zone that describes itself among its blocks (the very figure of its total, or its own name
    at that figure) is its own only addend: what else it lists lies inside.
    """
    total = zone.declared_area
    for block in zone.blocks:
        own = block.declared_area
        if total is None or own is None:
            continue
        if own.span == total.span or (block.name == zone.name and exact_km2(own) == exact_km2(total)):
            return (block,)
    return zone.blocks


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
    listed = len(zone.blocks)
    return listed < (zone.declared_block_count or 0) and added.difference_km2 > added.limit_km2


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
    for zone, block in _blocks(case):
        added = block_sum(block)
        if added is not None and misread_unit(added) is None:
            silent = [title(p) for p in block.parcels if p.declared_area is None]
            yield from _sum_findings("parcel-sum", zone, block, added, silent)


def _sum_findings(
    check: str, zone: Zone, block: Block | None, added: Sum, silent: list[str]
) -> Iterator[Finding]:
    """Judge a sum; ``silent`` names the parts that state no area."""
    unit, unit_en = added.unit, UNIT_EN[added.unit]
    part, part_en = ("地块", "parcels") if block else ("区块", "blocks")
    whole, whole_en = ("公布面积", "stated area") if block else ("公布总面积", "stated total")
    n, gap = len(added.parts), added.write(abs(added.difference_km2))
    stated_zh = (
        f"{_place(zone, block)}：{whole} {added.write(exact_km2(added.total))} {unit}，"
        f"{n} 个{part}相加 {added.sum_words} {unit}，相差 {gap} {unit}"
    )
    stated_en = (
        f"{_place(zone, block)}: {whole_en} {added.write(exact_km2(added.total))} {unit_en}, {n} {part_en} "
        f"add up to {added.sum_words} {unit_en}, a difference of {gap} {unit_en}"
    )
    rounding_zh = f"取舍到末位所能造成的 {added.limit_words} {unit}"
    rounding_en = f"the {added.limit_words} {unit_en} that rounding to the last digit can cause"
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
        stated, listed = zone.declared_block_count, len(zone.blocks)
        if stated is None or listed == stated or len(addends(zone)) == stated:
            continue
        labels = "、".join(title(b) for b in zone.blocks)
        zh = f"{_place(zone)}：文中称分为 {stated} 个区块，列出的却是 {listed} 个（{labels}）"
        en = f"{_place(zone)}: the text says {stated} blocks and lists {listed} ({labels})"
        added = zone_sum(zone)
        if added is not None:
            unit, unit_en = added.unit, UNIT_EN[added.unit]
            figures = f"{added.sum_words} {unit}，总面积 {added.write(exact_km2(added.total))} {unit}"
            figures_en = f"{added.sum_words} {unit_en}, the total is {added.write(exact_km2(added.total))}"
            zh += f"；列出的相加 {figures}"
            en += f"; those listed add up to {figures_en} {unit_en}"
            if abs(added.difference_km2) <= added.limit_km2:
                zh += "，两者相符，可能是个数写错"
                en += ": they agree, so it may be the number of blocks that is wrong"
            elif added.difference_km2 > 0:
                zh += f"，尚余 {added.write(added.difference_km2)} {unit}没有着落"
                en += f": {added.write(added.difference_km2)} {unit_en} are left without a block"
        yield Finding(
            check="declared-count",
            severity="error",
            zone_id=zone.id,
            zh=zh + "。",
            en=en + ".",
            spans=(zone.declared_area.span,) if zone.declared_area else (zone.span,),
        )


def misread_unit(added: Sum) -> tuple[Area, str] | None:
    """Give the one figure, and the one other unit for it, that would make a failing sum hold."""
    if added.severity in (None, "note"):
        return None
    figures = (added.total, *added.parts)
    found = []
    for i, area in enumerate(figures):
        for unit in KM2_PER_UNIT:
            if unit_km2(unit) != unit_km2(area.unit):
                total, *parts = (replace(a, unit=unit) if a is area else a for a in figures)
                reread = Sum(total=total, parts=tuple(parts))
                if abs(reread.difference_km2) <= min(reread.limit_km2, added.limit_km2):
                    found.append((i, unit_km2(unit), area, unit))
    readings = {(i, size) for i, size, _, _ in found}
    return found[0][2:] if len(readings) == 1 else None


def _sums(case: Case) -> Iterator[tuple[Zone, Block | None, Sum]]:
    """Give every sum of the plan: zones with their blocks, then blocks with their parcels."""
    for zone in case.plan.zones:
        if added := zone_sum(zone):
            yield zone, None, added
    for zone, block in _blocks(case):
        if added := block_sum(block):
            yield zone, block, added


def _blocks(case: Case) -> Iterator[tuple[Zone, Block]]:
    for zone in case.plan.zones:
        for block in zone.blocks:
            yield zone, block


def _place(zone: Zone, block: Block | None = None) -> str:
    """Say where a finding is, so that its sentence can stand alone."""
    return f"{title(zone)} {title(block)}" if block else title(zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A stated area held against polygons that it did not shape."""

    zone: Zone
    block: Block | None
    """None where the zone's total is compared."""
    parcel: Parcel | None
    """None where a block or a zone is compared."""
    area: Area
    half_width_km2: Fraction
    drawn: tuple[Drawn, ...]
    """All polygons of the part, each of them measurable."""
    settings: Settings

    @property
    def measured_km2(self) -> float:
        """Sum of the polygons' areas on the ellipsoid."""
        return sum(d.area_km2 for d in self.drawn)

    @property
    def difference_km2(self) -> float:
        """Stated minus measured."""
        return float(exact_km2(self.area)) - self.measured_km2

    @property
    def perimeter_m(self) -> float:
        """Length of all rings."""
        return sum(float(d.xy.length) for d in self.drawn)

    @property
    def limit_km2(self) -> float:
        """Rounding of the stated figure, and the boundary's tolerance along the whole perimeter."""
        return float(self.half_width_km2) + self.perimeter_m * self.settings.boundary_tolerance_m / 1e6

    @property
    def band_km2(self) -> float:
        """Area between the middle of roads and waters and their edges, along the sides traced on them.

        A notice that bounds a block by a road seldom says which line of it; a traced side follows
        the map's line.
        """
        length = 0.0
        for drawn in self.drawn:
            kinds = {f.name: f.kind for _, f in drawn.parcel.features()}
            for edge in drawn.edges:
                if edge.method == "on-feature" and kinds.get(edge.feature or "") in _WIDE:
                    length += GEOD.geometry_length(edge.line)
        return length * self.settings.road_half_width_m / 1e6

    @property
    def severity(self) -> Severity | None:
        """Nothing within the limit, a note within the band of the roads, an error beyond both."""
        beyond = abs(self.difference_km2) - self.limit_km2
        if beyond <= 0:
            return None
        if beyond <= self.band_km2:
            return "note"
        return "warning" if self.area.approximate else "error"

    def fits(self, other: Comparison) -> bool:
        """Whether the stated area would fit another part's polygons."""
        difference = float(exact_km2(self.area)) - other.measured_km2
        allowed = other.limit_km2 - float(other.half_width_km2) + float(self.half_width_km2)
        return abs(difference) <= allowed + other.band_km2

    @property
    def unit_that_fits(self) -> str | None:
        """The other unit in which the stated number would fit the polygons, if there is one."""
        for unit in KM2_PER_UNIT:
            scale = unit_km2(unit) / unit_km2(self.area.unit)
            reread = replace(
                self, area=replace(self.area, unit=unit), half_width_km2=self.half_width_km2 * scale
            )
            if scale != 1 and reread.severity in (None, "note"):
                return unit
        return None


def comparisons(case: Case) -> tuple[Comparison, ...]:
    """Give every stated area that polygons can be held against, in the order of the text."""
    by_parcel = {d.parcel.id: d for d in case.drawn if d.measurable}
    found = []
    for zone in case.plan.zones:
        decimals = shared_decimals(tuple(a for b in addends(zone) for a in areas_of(b)))
        for block, parcel, area, parcels in _stated(zone):
            if parcels and all(p.id in by_parcel for p in parcels):
                found.append(
                    Comparison(
                        zone=zone,
                        block=block,
                        parcel=parcel,
                        area=area,
                        half_width_km2=half_width_km2(area, decimals.get(area.unit, area.decimals)),
                        drawn=tuple(by_parcel[p.id] for p in parcels),
                        settings=case.settings,
                    )
                )
    return tuple(found)


def _stated(zone: Zone) -> Iterator[tuple[Block | None, Parcel | None, Area, tuple[Parcel, ...]]]:
    """Give each stated area of a zone and the parcels that it covers.

    The total only where a block states none: it says nothing more where each of them is compared.
    """
    if zone.declared_area and not all(areas_of(b) for b in addends(zone)):
        yield None, None, zone.declared_area, tuple(p for b in addends(zone) for p in b.parcels)
    for block in zone.blocks:
        if block.declared_area:
            yield block, None, block.declared_area, block.parcels
        for parcel in block.parcels:
            if parcel.declared_area and not (block.declared_area and len(block.parcels) == 1):
                yield block, parcel, parcel.declared_area, (parcel,)


def _swapped(found: tuple[Comparison, ...]) -> Iterator[tuple[Comparison, Comparison]]:
    """Give pairs of a zone that fail, and that would not if their areas changed places."""
    failing = [c for c in found if c.severity in ("warning", "error")]
    for i, one in enumerate(failing):
        for other in failing[i + 1 :]:
            if one.zone is other.zone and one.fits(other) and other.fits(one):
                yield one, other


def declared_measured(case: Case) -> Iterator[Finding]:
    """Find stated areas that polygons contradict, and no change of unit or of label explains."""
    found = comparisons(case)
    swapped = {id(c) for pair in _swapped(found) for c in pair}
    for c in found:
        if (
            c.severity is not None
            and id(c) not in swapped
            and not (c.severity != "note" and c.unit_that_fits)
        ):
            yield _comparison_finding("declared-measured", c.severity, c, *_measured_words(c))


def swapped_labels(case: Case) -> Iterator[Finding]:
    """Find two blocks of a zone whose stated areas fit each other's polygons."""
    for one, other in _swapped(comparisons(case)):
        first, second = (_part(c) for c in (one, other))
        zh, en = _measured_words(one)
        yield replace(
            _comparison_finding(
                "swapped-labels",
                "error",
                one,
                f"{zh}{second}的公布面积 {_km2(other)} 平方公里，"
                f"量得 {number(other.measured_km2, 4)} 平方公里；"
                f"{first}与{second}的面积互换即与图形相符，两者的名称或数字可能放反。",
                f"{en} {second} states {_km2(other)} km² and measures {number(other.measured_km2, 4)} km². "
                f"With the areas of {first} and {second} exchanged both fit: the labels or the figures "
                "are probably swapped.",
            ),
            spans=(one.area.span, other.area.span),
        )


def unit_plausibility(case: Case) -> Iterator[Finding]:
    """Find figures that would fit, and now do not, in another unit."""
    for zone, block, added in _sums(case):
        misread = misread_unit(added)
        if misread is None:
            continue
        area, unit = misread
        unit_words = f"{number(area.value)} {area.unit}", f"{number(area.value)} {UNIT_EN[area.unit]}"
        total = number(exact_km2(added.total), 6)
        yield Finding(
            check="unit-plausibility",
            severity="error",
            zone_id=zone.id,
            block_id=block.id if block else None,
            declared_km2=decimal(exact_km2(added.total)),
            measured_km2=decimal(added.sum_km2),
            difference_km2=decimal(added.difference_km2),
            limit_km2=decimal(added.limit_km2),
            zh=f"{_place(zone, block)}：总数 {total} 平方公里，各项相加 {number(added.sum_km2, 6)} 平方公里，"
            f"两者不符；“{unit_words[0]}”若为 {number(area.value)} {unit}则相符，单位可能写错。",
            en=f"{_place(zone, block)}: the total is {total} km², the parts add up to "
            f"{number(added.sum_km2, 6)} km²; they would agree if “{unit_words[1]}” were "
            f"{number(area.value)} {UNIT_EN[unit]}: its unit is probably wrong.",
            spans=(area.span,),
        )
    for c in comparisons(case):
        other = c.unit_that_fits
        if c.severity in ("warning", "error") and other:
            zh, en = _measured_words(c)
            yield _comparison_finding(
                "unit-plausibility",
                "error",
                c,
                f"{zh}若单位为{other}则相符，单位可能写错。",
                f"{en} In {UNIT_EN[other]} the number would fit: its unit is probably wrong.",
            )


def _measured_words(c: Comparison) -> tuple[str, str]:
    """Say what was compared and by how much it differs, in both languages."""
    gap = number(abs(c.difference_km2), 4)
    limit = (
        f"{number(c.half_width_km2)}+{number(c.perimeter_m, 0)} m×{number(c.settings.boundary_tolerance_m)} m"
        f"={number(c.limit_km2, 4)}"
    )
    zh = (
        f"{_part(c)}：公布面积 {_km2(c)} 平方公里，由图形量得 {number(c.measured_km2, 4)} 平方公里，"
        f"相差 {gap} 平方公里，超出数字取舍与界线误差所能造成的 {limit} 平方公里"
    )
    en = (
        f"{_part(c)}: the stated area is {_km2(c)} km², the polygon measures {number(c.measured_km2, 4)} "
        f"km², a difference of {gap} km², more than the {limit} km² that rounding and the boundary's "
        "tolerance can cause"
    )
    if c.severity == "note":
        band = number(c.band_km2, 4)
        zh += f"；但沿道路、河流的边有 {band} 平方公里取决于以中线还是边线为界，不算错误"
        en += (
            f"; along roads and waters {band} km² hang on whether the middle or the edge bounds it: no error"
        )
    return zh + "。", en + "."


def _comparison_finding(check: str, severity: Severity, c: Comparison, zh: str, en: str) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        zone_id=c.zone.id,
        block_id=c.block.id if c.block else None,
        parcel_id=c.parcel.id if c.parcel else None,
        declared_km2=decimal(exact_km2(c.area)),
        measured_km2=decimal(c.measured_km2),
        difference_km2=decimal(c.difference_km2),
        limit_km2=decimal(c.limit_km2 + (c.band_km2 if severity == "note" else 0)),
        zh=zh,
        en=en,
        spans=(c.area.span,),
    )


def _km2(c: Comparison) -> str:
    return number(exact_km2(c.area), 6)


def _part(c: Comparison) -> str:
    return " ".join(title(p) for p in (c.zone, c.block, c.parcel) if p is not None)
