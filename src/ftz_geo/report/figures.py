"""Figures as reports print them: in the unit that was stated, with as many digits as the difference needs."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.wording import unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Area, Block, Plan, Zone

__all__ = ["PLAIN", "Scale", "Told", "decimals_of_ways", "printed", "scale_of", "scales", "told"]

_RESOLUTION_KM2 = Fraction(1, 10**8)
"""The last digit that is printed; findings carry one more."""

_SIGNIFICANT = 2
"""Digits of a limit, and of a difference beyond it: with one, rounding may change a figure by half."""


class Scale(NamedTuple):
    """How an area is stated: its unit, and the decimals printed."""

    unit: str = "平方公里"
    decimals: int = 0


PLAIN = Scale()
"""Where nothing is stated in another unit."""


class Told(NamedTuple):
    """A stated area, what it was held against, their difference and its limit; None for what there is not."""

    declared: str | None
    measured: str | None
    difference: str | None
    limit: str | None


def told(
    declared_km2: Decimal | float | None,
    measured_km2: Decimal | float | None,
    difference_km2: Decimal | float | None,
    limit_km2: Decimal | float | None,
    scale: Scale = PLAIN,
) -> Told:
    """Return figures of km² as they are stated, with digits enough to see whether the difference is allowed.

    What is exact with fewer digits is printed with those, though with no fewer than the stated figure has.

    Examples
    --------
    >>> told(18.88, 19.42, -0.54, 0.045)
    Told(declared='18.88', measured='19.42', difference='−0.54', limit='0.045')
    >>> told(1.71, 1.1699234, 0.5400766, 0.0092581)
    Told(declared='1.71', measured='1.1699', difference='0.5401', limit='0.0093')
    >>> told(4.98, 4.98000002, -0.00000002, 0.014008)
    Told(declared='4.98', measured='4.980', difference='0.000', limit='0.014')
    >>> told(0.0056, 0.0000999, 0.0055001, 0.0055, Scale("公顷", 3))
    Told(declared='0.560', measured='0.00999', difference='0.55001', limit='0.55')
    """
    most = _most(scale.unit)
    one = unit_km2(scale.unit) / 10**most
    declared, measured, difference, limit = (
        None if v is None else round(Fraction(v) / one)
        for v in (declared_km2, measured_km2, difference_km2, limit_km2)
    )
    # Where nothing is stated, what is measured is told to a hundred square metres.
    least = max(0, decimals_of_ways(scale.unit) - 2) if declared is None else _exact(declared, most)
    least = min(max(least, scale.decimals), most)
    places = next((n for n in range(least, most) if _tells(difference, limit, 10 ** (most - n))), most)

    def shown(value: int | None, fewest: int) -> str | None:
        if value is None:
            return None
        own = min(places, max(fewest, _exact(value, most)))
        return _written(_rounded(value, 10 ** (most - own)), own)

    return Told(shown(declared, least), shown(measured, least), shown(difference, least), shown(limit, 0))


def printed(value: float, places: int) -> str:
    """Return a number with so many decimals and a true minus; no zero is negative.

    Examples
    --------
    >>> printed(-0.00001, 2), printed(-0.5, 2), printed(1 / 3, 4)
    ('0.00', '−0.50', '0.3333')
    """
    return _written(round(value * 10**places), places)


def _written(count: int, places: int) -> str:
    """Return a count of units of the last decimal as a number."""
    return ("−" if count < 0 else "") + f"{Decimal(abs(count)).scaleb(-places):f}"


def _rounded(count: int, step: int) -> int:
    """Return how many steps a count is, a half taken away from nothing."""
    steps = (abs(count) + step // 2) // step
    return steps if count >= 0 else -steps


def _exact(count: int, most: int) -> int:
    """Return the fewest decimals that hold a count of units of the last of so many.

    >>> _exact(1888000000, 8), _exact(0, 8), _exact(5, 2)
    (2, 0, 2)
    """
    return next(n for n in range(most + 1) if count % 10 ** (most - n) == 0)


def _tells(difference: int | None, limit: int | None, step: int) -> bool:
    """Whether figures rounded to a step show what matters, and which of them is larger.

    A limit matters, and a difference beyond it.
    """
    d, t = (None if v is None else abs(v) for v in (difference, limit))
    matter = [t] if d is None or (t is not None and d <= t) else [d, t]
    if any(v is not None and v % step and _rounded(v, step) < 10 ** (_SIGNIFICANT - 1) for v in matter):
        return False
    if d is None or t is None:
        return True
    d_shown, t_shown = _rounded(d, step), _rounded(t, step)
    return (d > t) == (d_shown > t_shown) and (d == t) == (d_shown == t_shown)


@cache
def _most(unit: str) -> int:
    """Return the most decimals that a figure has in a unit.

    >>> [_most(unit) for unit in ("平方公里", "公顷", "亩", "平方米")]
    [8, 6, 4, 2]
    """
    return max(0, math.floor(math.log10(unit_km2(unit) / _RESOLUTION_KM2) + 1e-9))


@cache
def decimals_of_ways(unit: str) -> int:
    """Return the decimals that tell a square metre, by which the ways of taking an area differ.

    >>> [decimals_of_ways(unit) for unit in ("平方公里", "公顷", "亩", "平方米")]
    [6, 4, 3, 0]
    """
    return max(0, math.ceil(math.log10(unit_km2(unit) * 10**6) - 1e-9))


def scales(plan: Plan) -> dict[str, Scale]:
    """Return how each zone, block and parcel states its area, by id."""
    found: dict[str, Scale] = {}
    for zone in plan.zones:
        for block in zone.blocks:
            for parcel in block.parcels:
                found[parcel.id] = scale_of(zone, parcel.declared_area or block.declared_area)
            found[block.id] = scale_of(zone, next(_areas(block), None))
        found[zone.id] = scale_of(zone, zone.declared_area)
    return found


def scale_of(zone: Zone, area: Area | None = None) -> Scale:
    """Return how an area is stated; without one, the unit that most areas of its zone are told in."""
    if area is not None:
        return Scale(area.unit, area.decimals)
    counts = Counter(a.unit for block in zone.blocks for a in _areas(block))
    if counts:
        return Scale(counts.most_common(1)[0][0])
    return Scale(zone.declared_area.unit) if zone.declared_area else PLAIN


def _areas(block: Block) -> Iterator[Area]:
    stated = (block.declared_area, *(parcel.declared_area for parcel in block.parcels))
    yield from (area for area in stated if area is not None)
