"""Figures as reports print them: in the unit that was stated, with as many digits as the difference needs."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
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
    declared, measured, difference, limit = (
        None if v is None else _rounded(Fraction(v) / unit_km2(scale.unit), most)
        for v in (declared_km2, measured_km2, difference_km2, limit_km2)
    )
    # Where nothing is stated, what is measured is told to a hundred square metres.
    least = max(0, decimals_of_ways(scale.unit) - 2) if declared is None else _exact(declared, most)
    least = min(max(least, scale.decimals), most)
    places = next((n for n in range(least, most) if _tells(difference, limit, n)), most)

    def shown(value: Fraction | None, fewest: int) -> str | None:
        return None if value is None else printed(value, min(places, max(fewest, _exact(value, most))))

    return Told(shown(declared, least), shown(measured, least), shown(difference, least), shown(limit, 0))


def printed(value: Fraction | float, places: int) -> str:
    """Return a number with so many decimals and a true minus; no zero is negative.

    Examples
    --------
    >>> printed(-0.00001, 2), printed(-0.5, 2), printed(Fraction(1, 3), 4)
    ('0.00', '−0.50', '0.3333')
    """
    scaled = round(Fraction(value) * 10**places)
    return ("−" if scaled < 0 else "") + f"{Decimal(abs(scaled)).scaleb(-places):f}"


def _rounded(value: Fraction, places: int) -> Fraction:
    return Fraction(round(value * 10**places), 10**places)


def _exact(value: Fraction, most: int) -> int:
    """Return the fewest decimals that hold a value of at most so many."""
    return next(n for n in range(most + 1) if (value * 10**n).denominator == 1)


def _tells(difference: Fraction | None, limit: Fraction | None, places: int) -> bool:
    """Whether so many decimals show both figures, and which of them is larger."""
    d, t = (None if v is None else abs(v) for v in (difference, limit))
    matter = [t] if d is None or (t is not None and d <= t) else [d, t]
    for value in matter:
        if value is not None and not _is_plain(value, places):
            return False
    if d is None or t is None:
        return True
    d_shown, t_shown = _rounded(d, places), _rounded(t, places)
    return (d > t) == (d_shown > t_shown) and (d == t) == (d_shown == t_shown)


def _is_plain(value: Fraction, places: int) -> bool:
    """Whether so many decimals hold a figure, or enough of its significant digits."""
    shown = _rounded(value, places)
    return shown == value or shown * 10**places >= 10 ** (_SIGNIFICANT - 1)


def _most(unit: str) -> int:
    """Return the most decimals that a figure has in a unit.

    >>> [_most(unit) for unit in ("平方公里", "公顷", "亩", "平方米")]
    [8, 6, 4, 2]
    """
    return max(0, math.floor(math.log10(unit_km2(unit) / _RESOLUTION_KM2) + 1e-9))


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
