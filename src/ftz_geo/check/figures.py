"""Stated figures and what they are good to: km², decimals, rounding, and sums of them.

A figure printed with d decimals of a unit stands for itself ± half of its last digit; the sum of
n figures is good to n halves, and the total it is held against adds its own. Rounding half up and
rounding half to even (GB/T 8170) differ only where every figure is a tie, at the limit itself,
which counts as within.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ftz_geo.wording import KM2_PER_UNIT, unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftz_geo.model import Area, Severity


IMPROBABLE = 3.0
"""Mean errors beyond which a difference is no chance of rounding: it happens once in 370 sums."""


_MOST_UNIFORM = 30
"""Errors that are added exactly; beyond, their sum is normal to three digits."""


def exact_km2(area: Area) -> Fraction:
    """Return a stated area in km², exact in every unit."""
    return Fraction(area.value) * unit_km2(area.unit)


def number(value: Fraction | Decimal | float, places: int = 9) -> str:
    """Return a number without an exponent, with as many decimals as it needs.

    Examples
    --------
    >>> number(Fraction(1, 25)), number(Decimal("7.80")), number(Fraction(1, 3), 4), number(20.0)
    ('0.04', '7.8', '0.3333', '20')
    """
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{Decimal(value):.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def decimal(value: Fraction | float) -> Decimal:
    """Return a figure of a finding, km² with at most nine decimals."""
    return Decimal(number(value))


def places_for(difference: float, limit: float, least: int) -> int:
    """Return how many decimals tell a difference from its limit, and have two of its digits.

    Parameters
    ----------
    difference, limit : float
        In the unit that they are written in.
    least : int
        Decimals of the figure that is compared.

    Examples
    --------
    >>> places_for(0.00554, 0.00547, 2), places_for(12.5, 0.3, 1), places_for(0.0, 0.005, 2)
    (5, 1, 2)
    """
    difference, limit = abs(difference), abs(limit)
    for places in range(least, 12):
        parted = difference == limit or round(difference, places) != round(limit, places)
        shown = difference == 0 or round(difference, places) >= 10 ** -(places - 1)
        if parted and (shown or places > least + 6):
            return places
    return 12


def terms(figures: Sequence[str]) -> str:
    """Return a sum written out, its middle left away where it is long.

    Examples
    --------
    >>> terms(["1", "2"]), terms([str(n) for n in range(20)])
    ('1+2', '0+1+2+3+4+5+…+19')
    """
    return "+".join(figures if len(figures) <= 12 else (*figures[:6], "…", figures[-1]))


def half_width_km2(area: Area, decimals: int) -> Fraction:
    """Return how far the true area may lie from the printed one, in km².

    Half a unit of the last of ``decimals`` places; for an approximate figure (约), which nobody
    holds to its digit, a whole unit of its last digit that is not a padding zero; zeros behind the
    point (约1.00) pad nothing.

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
    >>> about = Area(text="1.00公顷", value=Decimal("1.00"), unit="公顷", approximate=True, span=(0, 6))
    >>> half_width_km2(about, 2)
    Fraction(1, 10000)
    """
    if area.approximate:
        last = -area.decimals if area.decimals else int(area.value.normalize().as_tuple().exponent)
        return unit_km2(area.unit) * Fraction(10) ** last
    return unit_km2(area.unit) * Fraction(1, 2 * 10**decimals)


def shared_decimals(areas: Iterable[Area]) -> Mapping[str, int]:
    """Return the decimals that figures of one list are good to, by unit.

    A list that prints 7.8 beside 0.66 and 1.17 has dropped a zero, not a digit of precision:
    in every official notice examined, such lists add up to the last digit of the finest figure.
    """
    finest: dict[str, int] = {}
    for area in areas:
        finest[area.unit] = max(finest.get(area.unit, 0), area.decimals)
    return finest


@lru_cache(maxsize=len(KM2_PER_UNIT))
def other_units(unit: str) -> tuple[str, ...]:
    """Return the units that a unit may have been mistaken for: at least ten times larger or smaller.

    Examples
    --------
    >>> other_units("公顷")
    ('平方公里', '平方千米', 'km²', '万平方公里', '万公顷', '亩', '万亩', '平方米')
    """
    return tuple(u for u in KM2_PER_UNIT if not Fraction(1, 10) < unit_km2(u) / unit_km2(unit) < 10)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A stated total held against the stated areas of its parts.

    Not slotted, because what follows from the figures is kept once it was asked for.
    """

    total: Area
    parts: tuple[Area, ...]

    @cached_property
    def unit(self) -> str:
        """The unit that all figures are printed in; km² where they differ."""
        units = {a.unit for a in (self.total, *self.parts)}
        return units.pop() if len(units) == 1 else "平方公里"

    @cached_property
    def sum_km2(self) -> Fraction:
        """Of the parts."""
        return sum((exact_km2(a) for a in self.parts), Fraction(0))

    @cached_property
    def difference_km2(self) -> Fraction:
        """Total minus sum."""
        return exact_km2(self.total) - self.sum_km2

    @cached_property
    def half_widths_km2(self) -> tuple[Fraction, ...]:
        """Of the total and of each part."""
        decimals = shared_decimals(self.parts)
        # A total may be printed coarser than its parts because it was rounded once more.
        return (
            half_width_km2(self.total, self.total.decimals),
            *(half_width_km2(a, decimals[a.unit]) for a in self.parts),
        )

    @cached_property
    def limit_km2(self) -> Fraction:
        """The largest difference that rounding explains."""
        return sum(self.half_widths_km2, Fraction(0))

    @property
    def is_bound(self) -> bool:
        """Whether the figures are bounds (1.70平方公里以上) that leave room on the side of the difference."""
        rooms = {"at-least": 1, "at-most": -1, None: 0}
        # A total of at least so much leaves its parts room above, a part of at least so much its total.
        room = {-rooms[self.total.bound], *(rooms[area.bound] for area in self.parts)}
        return (1 if self.difference_km2 > 0 else -1) in room

    @cached_property
    def sigmas(self) -> float:
        """How many mean errors the difference is, if every figure was rounded by itself.

        A figure rounded to ± h has a uniform error of the mean error h/√3; for n + 1 figures of unit u the
        sum's is u·√((n+1)/12).
        """
        spread = math.sqrt(sum(float(width) ** 2 for width in self.half_widths_km2) / 3)
        return abs(float(self.difference_km2)) / spread if spread else 0.0

    @cached_property
    def chance(self) -> float:
        """How probable a difference of this size or more is, if every figure was rounded by itself.

        The total is the rounded sum of true areas, so that it shows a difference wherever the parts' errors
        exceed its own half digit. Their sum is that of uniform errors (Irwin and Hall), of many or different
        ones it is taken as normal.
        """
        whole, *parts = self.half_widths_km2
        beyond = abs(self.difference_km2) - whole
        if beyond <= 0 or not any(parts):
            return 1.0
        n = len(parts)
        if len(set(parts)) == 1 and n <= _MOST_UNIFORM:
            left = n * Fraction(1, 2) - beyond / (2 * parts[0])
            terms = ((-1) ** k * math.comb(n, k) * (left - k) ** n for k in range(math.floor(left) + 1))
            return float(2 * sum(terms, Fraction(0)) / math.factorial(n))
        spread = math.sqrt(sum(float(width) ** 2 for width in parts) / 3)
        return math.erfc(float(beyond) / spread / math.sqrt(2))

    @cached_property
    def severity(self) -> Severity | None:
        """What the difference is worth: nothing, a note within the limit, an error beyond it.

        Within the limit, but by more than three mean errors of rounding, it is a warning: it is possible, and
        no chance. Beyond the limit of approximate figures it is a warning: they claim no digit to be held to.
        """
        if self.difference_km2 == 0 or self.is_bound:
            return None
        if abs(self.difference_km2) <= self.limit_km2:
            return "note" if self.sigmas <= IMPROBABLE else "warning"
        return "warning" if any(a.approximate for a in (self.total, *self.parts)) else "error"

    def write(self, km2: Fraction) -> str:
        """Return a figure written in :attr:`unit`, without the unit."""
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

    @cached_property
    def misread(self) -> tuple[Area, str] | None:
        """The one figure, and the one other unit for it, that would make a failing sum hold."""
        if self.severity in (None, "note"):
            return None
        explanations: dict[tuple[int, Fraction], tuple[Area, str]] = {}
        for i, area, unit in self._nearer():
            figures = [self.total, *self.parts]
            figures[i] = replace(area, unit=unit)
            reread = Sum(total=figures[0], parts=tuple(figures[1:]))
            if abs(reread.difference_km2) <= min(reread.limit_km2, self.limit_km2):
                explanations.setdefault((i, unit_km2(unit)), (area, unit))
            if len(explanations) > 1:
                return None
        return next(iter(explanations.values()), None)

    def _nearer(self) -> Iterator[tuple[int, Area, str]]:
        """Yield the figures, by position, and the units that would bring the difference within the limit."""
        for i, area in enumerate((self.total, *self.parts)):
            for unit in other_units(area.unit):
                change = Fraction(area.value) * (unit_km2(unit) - unit_km2(area.unit))
                if abs(self.difference_km2 + (change if i == 0 else -change)) <= self.limit_km2:
                    yield i, area, unit
