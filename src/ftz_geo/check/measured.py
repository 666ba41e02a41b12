"""Checks of stated areas against polygons that stand where their sides say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ftz_geo.check.case import decimal, exact_km2, number, place
from ftz_geo.check.sums import addends, areas_of, half_width_km2, misread_sums, other_units, shared_decimals
from ftz_geo.measure import GEOD
from ftz_geo.model import LINEAR_KINDS, Finding
from ftz_geo.wording import unit_en, unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from ftz_geo.check.case import Case, Drawn
    from ftz_geo.model import Area, Block, Parcel, Settings, Severity, Zone


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
    def covers_block(self) -> bool:
        """Whether it is the area of a whole block."""
        return self.block is not None and len(self.drawn) == len(self.block.parcels)

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
        """Area between the drawn ring and the edges of roads and waters on the stated figure's side.

        A notice that bounds a block by a road seldom says which line of it. Where the drawing does not
        tell the widths, the settings' half width counts along the sides traced on roads and waters.
        """
        return sum(self._band_km2(drawn) for drawn in self.drawn)

    def _band_km2(self, drawn: Drawn) -> float:
        if drawn.band_km2 is not None:
            near, far = drawn.band_km2
            return max(0.0, far - drawn.area_km2 if self.difference_km2 > 0 else drawn.area_km2 - near)
        kinds = {f.name: f.kind for _, f in drawn.parcel.features()}
        length = sum(
            GEOD.geometry_length(edge.line)
            for edge in drawn.edges
            if edge.method == "on-feature" and kinds.get(edge.feature or "") in LINEAR_KINDS
        )
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
        for unit in other_units(self.area.unit):
            scale = unit_km2(unit) / unit_km2(self.area.unit)
            reread = replace(
                self, area=replace(self.area, unit=unit), half_width_km2=self.half_width_km2 * scale
            )
            if reread.severity in (None, "note"):
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
        first, second = (_where(c) for c in (one, other))
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


def unmatched_polygons(case: Case) -> Iterator[Finding]:
    """Find polygons that belong to no parcel of the plan."""
    if not case.unmatched:
        return
    ids, known = ", ".join(case.unmatched), ", ".join(p.id for p in case.plan.parcels)
    yield Finding(
        check="unmatched-polygon",
        severity="warning" if case.drawn else "error",
        zh=f"{len(case.unmatched)} 个图形（{ids}）与方案的地块（{known}）都对不上，未作核对。",
        en=f"{len(case.unmatched)} polygon(s) ({ids}) belong to no parcel of the plan ({known}) and were not "
        "checked.",
    )


def unit_plausibility(case: Case) -> Iterator[Finding]:
    """Find figures that would fit, and now do not, in another unit."""
    yield from misread_sums(case)
    for c in comparisons(case):
        other = c.unit_that_fits
        if c.severity in ("warning", "error") and other:
            zh, en = _measured_words(c)
            yield _comparison_finding(
                "unit-plausibility",
                "error",
                c,
                f"{zh}若单位为{other}则相符，单位可能写错。",
                f"{en} In {unit_en(other)} the number would fit: its unit is probably wrong.",
            )


def _measured_words(c: Comparison) -> tuple[str, str]:
    """Say what was compared and by how much it differs, in both languages."""
    gap = number(abs(c.difference_km2), 4)
    limit = (
        f"{number(c.half_width_km2)}+{number(c.perimeter_m, 0)} m×{number(c.settings.boundary_tolerance_m)} m"
        f"={number(c.limit_km2, 4)}"
    )
    zh = (
        f"{_where(c)}：公布面积 {_km2(c)} 平方公里，由图形量得 {number(c.measured_km2, 4)} 平方公里，"
        f"相差 {gap} 平方公里，超出数字取舍与界线误差所能造成的 {limit} 平方公里"
    )
    en = (
        f"{_where(c)}: the stated area is {_km2(c)} km², the polygon measures {number(c.measured_km2, 4)} "
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


def _where(c: Comparison) -> str:
    return place(c.zone, c.block, c.parcel)
