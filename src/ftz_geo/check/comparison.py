"""Stated areas held against polygons that stand where their sides say: what differs, and what may."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.check.blocks import addends, areas_of, block_sums, total
from ftz_geo.check.case import covers, fact
from ftz_geo.check.figures import (
    IMPROBABLE,
    exact_km2,
    half_width_km2,
    number,
    other_units,
    places_for,
    shared_decimals,
)
from ftz_geo.measure import GEOD, geodesic_area_m2, plane_area_m2
from ftz_geo.model import LINEAR_KINDS, Text
from ftz_geo.wording import unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.check.case import Drawn, ZoneCase
    from ftz_geo.check.figures import Sum
    from ftz_geo.model import Area, Block, Parcel, Settings, Severity, Zone


_WAYS = (
    (Text("投影平面（3 度带）", "the survey plane (3° zone)"), plane_area_m2),
    (Text("测地线", "geodesics"), geodesic_area_m2),
)
"""Ways of taking an area other than the formula that findings are judged by."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A stated area held against polygons that it did not shape.

    Not slotted, because what follows from the figures is kept once it was asked for.
    """

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
        return self.block is not None and covers(self.block, self.drawn)

    @cached_property
    def measured_km2(self) -> float:
        """Sum of the polygons' areas on the ellipsoid."""
        return sum(d.area_km2 for d in self.drawn)

    @cached_property
    def difference_km2(self) -> float:
        """Stated minus measured."""
        return float(exact_km2(self.area)) - self.measured_km2

    @cached_property
    def perimeter_m(self) -> float:
        """Length of all rings."""
        return sum(float(d.xy.length) for d in self.drawn)

    @cached_property
    def limit_km2(self) -> float:
        """Rounding of the stated figure, what the boundaries leave open, and their own doubt."""
        return float(self.half_width_km2) + self.tolerance_km2 + self.survey_km2 + self.doubt_km2

    @cached_property
    def tolerance_km2(self) -> float:
        """The boundary's tolerance along the rings that no survey gave."""
        lengths = sum(float(d.xy.length) for d in self.drawn if d.grade != "surveyed")
        return lengths * self.settings.boundary_tolerance_m / 1e6

    @cached_property
    def survey_km2(self) -> float:
        """Twice the mean error that the corners' own makes of the surveyed areas; corners err by chance."""
        sigmas = [d.sigma_km2 for d in self.drawn if d.grade == "surveyed"]
        return 2 * math.hypot(*sigmas)

    @property
    def beyond_km2(self) -> float:
        """By how much the difference exceeds the limit; a bound (1.70平方公里以上) holds on its own side."""
        if self.area.bound == "at-least":
            return self.difference_km2 - self.limit_km2
        if self.area.bound == "at-most":
            return -self.difference_km2 - self.limit_km2
        return abs(self.difference_km2) - self.limit_km2

    @cached_property
    def other_way(self) -> tuple[Text, float] | None:
        """Another way of taking the area of surveyed polygons in which the stated one fits, and the area."""
        if any(d.grade != "surveyed" for d in self.drawn) or self.area.bound is not None:
            return None
        shapes = [d.shape for d in self.drawn]
        for name, ways in _WAYS:
            km2 = float(ways(shapes).sum()) / 1e6
            if abs(float(exact_km2(self.area)) - km2) <= self.limit_km2:
                return name, km2
        return None

    @cached_property
    def doubt_km2(self) -> float:
        """By how much what was drawn by rule may change the measured area."""
        return sum(d.doubt_km2 for d in self.drawn if d.grade == "inferred")

    @cached_property
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

    @cached_property
    def severity(self) -> Severity | None:
        """Nothing within the limit, a note within the band of the roads, an error beyond both."""
        if self.beyond_km2 <= 0:
            return None
        if self.beyond_km2 <= self.band_km2 or self.other_way is not None:
            return "note"
        return "warning" if self.area.approximate else "error"

    @property
    def fails(self) -> bool:
        """Whether the stated area is contradicted."""
        return self.severity in ("warning", "error")

    def write(self, km2: float) -> str:
        """Return a figure in the unit of the stated one, with the digits that the comparison needs."""
        unit = float(unit_km2(self.area.unit))
        difference, limit = self.difference_km2 / unit, self.limit_km2 / unit
        places = places_for(difference, limit, self.area.decimals)
        # A small term of a limit has two digits of its own.
        own = places_for(km2 / unit, 0.0, 0) if abs(km2) < abs(self.difference_km2) else 0
        return number(km2 / unit, max(places, min(own, places + 3)))

    def fits(self, other: Comparison) -> bool:
        """Whether the stated area would fit another part's polygons."""
        difference = float(exact_km2(self.area)) - other.measured_km2
        allowed = other.limit_km2 - float(other.half_width_km2) + float(self.half_width_km2)
        return abs(difference) <= allowed + other.band_km2

    @cached_property
    def unit_that_fits(self) -> str | None:
        """The other unit in which the stated number would fit the polygons, if there is one."""
        for unit in other_units(self.area.unit):
            scale = unit_km2(unit) / unit_km2(self.area.unit)
            reread = replace(
                self, area=replace(self.area, unit=unit), half_width_km2=self.half_width_km2 * scale
            )
            if not reread.fails:
                return unit
        return None


@fact
def comparisons(zone: ZoneCase) -> tuple[Comparison, ...]:
    """Return every stated area of a zone that polygons can be held against, in the order of the text."""
    own = {d.parcel.id: d for d in zone.drawn if d.measurable}
    standing = dict(_standing(zone.zone, own))
    return tuple(
        Comparison(
            zone=zone.zone,
            block=block,
            parcel=parcel,
            area=area,
            half_width_km2=_half_width_km2(zone, block, parcel, area),
            drawn=drawn,
            settings=zone.case.settings,
        )
        for block, parcel, area, parcels in _stated(zone)
        if (drawn := _polygons_of(parcels, standing if parcel is None else own))
    )


def _half_width_km2(zone: ZoneCase, block: Block | None, parcel: Parcel | None, area: Area) -> Fraction:
    """Return how far a stated area may lie from the true one by rounding.

    What is the sum of other stated areas, each rounded by itself, is off by their roundings: by the sum of
    them at most, and by no more than three times their mean error.
    """
    if parcel is None:
        parts = total(zone) if block is None else _sums(zone).get(block.id)
        own = half_width_km2(area, area.decimals if block is None else _decimals(zone, area))
        if parts is None or len(parts.parts) < 2 or abs(parts.difference_km2) > parts.limit_km2:
            return own
        widths = parts.half_widths_km2[1:]
        by_chance = IMPROBABLE * math.sqrt(sum(float(width) ** 2 for width in widths) / 3)
        return own + min(sum(widths, Fraction(0)), Fraction(by_chance))
    return half_width_km2(area, _decimals(zone, area))


@fact
def _finest(zone: ZoneCase) -> Mapping[str, int]:
    return shared_decimals(area for block in addends(zone) for area in areas_of(block))


def _decimals(zone: ZoneCase, area: Area) -> int:
    return _finest(zone).get(area.unit, area.decimals)


@fact
def _sums(zone: ZoneCase) -> Mapping[str, Sum]:
    return {block.id: added for block, added in block_sums(zone)}


def _standing(zone: Zone, own: Mapping[str, Drawn]) -> Iterator[tuple[str, Drawn]]:
    """Yield what counts for each parcel in the area of its block: its own polygon, or that of the block."""
    for block in zone.blocks:
        whole = None if all(p.id in own for p in block.parcels) else own.get(block.id)
        for parcel in block.parcels:
            if (drawn := whole or own.get(parcel.id)) is not None:
                yield parcel.id, drawn


def _polygons_of(parcels: Sequence[Parcel], drawn: Mapping[str, Drawn]) -> tuple[Drawn, ...]:
    """Return the polygons of some parcels, each once; none where one is missing."""
    if not all(p.id in drawn for p in parcels):
        return ()
    return tuple({drawn[p.id].parcel.id: drawn[p.id] for p in parcels}.values())


def _stated(zone: ZoneCase) -> Iterator[tuple[Block | None, Parcel | None, Area, tuple[Parcel, ...]]]:
    """Yield each stated area of a zone and the parcels that it covers; the total first.

    The total of one block is that block's area.
    """
    whole, blocks = zone.zone.made_up, addends(zone)
    if whole and (len(blocks) > 1 or not all(map(areas_of, blocks))):
        yield None, None, whole, tuple(p for block in addends(zone) for p in block.parcels)
    for block in zone.zone.blocks:
        if block.declared_area:
            yield block, None, block.declared_area, block.parcels
        for parcel in block.parcels:
            if parcel.declared_area and not (block.declared_area and len(block.parcels) == 1):
                yield block, parcel, parcel.declared_area, (parcel,)


@fact
def swapped(zone: ZoneCase) -> tuple[tuple[Comparison, Comparison], ...]:
    """Return pairs of a zone that fail, and that would not if their areas changed places."""
    failing = [c for c in comparisons(zone) if c.fails]
    if len(failing) < 2:
        return ()
    low, high = _reach(
        [float(exact_km2(c.area)) for c in failing], [float(c.half_width_km2) for c in failing]
    )
    left, right = _reach(
        [c.measured_km2 for c in failing],
        [c.limit_km2 - float(c.half_width_km2) + c.band_km2 for c in failing],
    )
    # A box for each, what is stated along one axis and what is measured along the other: two areas can
    # change places only where the one's box meets the other's mirror image.
    tree = shapely.STRtree(shapely.box(left, low, right, high))
    pairs = tree.query(shapely.box(low, left, high, right)).T
    return tuple(
        (failing[i], failing[j])
        for i, j in sorted((int(i), int(j)) for i, j in pairs if i < j)
        if failing[i].fits(failing[j]) and failing[j].fits(failing[i])
    )


def _reach(middle: list[float], by: list[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of intervals that hold what is within reach, whatever rounding makes of them."""
    reach = np.array(by) + 1e-9 * (1 + np.abs(middle))
    return np.array(middle) - reach, np.array(middle) + reach
