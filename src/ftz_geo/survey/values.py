"""What a list of coordinates is read into: points, rings, and what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ftz_geo.errors import FtzGeoError
from ftz_geo.model import Finding
from ftz_geo.wording import KM2_PER_UNIT

if TYPE_CHECKING:
    from decimal import Decimal

    from ftz_geo.model import Severity

__all__ = ["DamagedError", "Entry", "Number", "Point", "StatedArea", "notice"]


class DamagedError(FtzGeoError):
    """Coordinates that cannot be read without guessing; carries the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """One coordinate as it was printed."""

    value: float
    """Metres, or degrees; a packed D.MMSS is still packed."""
    half_digit: float
    """Half of the last printed digit, in the unit of the value."""
    form: Literal["plain", "dms"]
    """``dms`` was written with its signs (121°55′30″) and is in degrees already."""
    decimals: int = 0
    """Digits after the point of a plain number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A row of a list: a label and two coordinates in the order printed."""

    label: str
    first: Number
    second: Number
    words: str
    """The row, verbatim."""

    @property
    def numbers(self) -> tuple[Number, Number]:
        """Both coordinates."""
        return self.first, self.second

    def is_at(self, other: Point) -> bool:
        """Tell whether another point has the same coordinates."""
        return (self.first.value, self.second.value) == (other.first.value, other.second.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedArea:
    """An area that stands beside the coordinates."""

    text: str
    number: Decimal
    half: Decimal
    """Half of its last digit, in its unit."""
    unit: str | None
    """A unit of :data:`~ftz_geo.wording.KM2_PER_UNIT`; None where nothing tells it."""
    approximate: bool = False
    assumed: bool = False
    """Whether the unit is the custom of the place it stands in, and not written."""

    @property
    def km2(self) -> Decimal | None:
        """In km²; None where the unit is not known."""
        return None if self.unit is None else self.number * KM2_PER_UNIT[self.unit]

    def within(self, unit: str, km2: float, slack_km2: float) -> bool:
        """Tell whether, in a unit, it is an area of so many km² but for its last digit and so much more."""
        scale = float(KM2_PER_UNIT[unit])
        return abs(float(self.number) * scale - km2) <= float(self.half) * scale + slack_km2


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One parcel of a list, before its coordinates are understood."""

    id: str | None = None
    name: str | None = None
    rings: tuple[tuple[Point, ...], ...]
    stated: StatedArea | None = None
    damaged: tuple[str, ...] = ()
    """Rows that hold a masked or broken coordinate, verbatim."""
    notices: tuple[Finding, ...] = ()

    @property
    def open_rings(self) -> tuple[tuple[Point, ...], ...]:
        """Its rings without the points that close them."""
        return tuple(ring[:-1] if len(ring) > 1 and ring[0].is_at(ring[-1]) else ring for ring in self.rings)

    @property
    def title(self) -> str:
        """What to call it by in a message."""
        return self.name or self.id or "图形"


def notice(check: str, severity: Severity, zh: str, en: str) -> Finding:
    """Return a finding about a list of coordinates; who joins it to a plan adds the ids."""
    return Finding(check=check, severity=severity, zh=f"{zh}。", en=f"{en}.")
