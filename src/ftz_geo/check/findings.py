"""How findings are written: a sentence in both languages that says first what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.check.figures import decimal
from ftz_geo.model import Finding, Text, title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from fractions import Fraction

    from ftz_geo.check.case import Drawn
    from ftz_geo.model import Block, Parcel, Severity, Span, Zone


def finding(
    check: str,
    severity: Severity,
    said: Text,
    zone: Zone,
    block: Block | None = None,
    parcel: Parcel | None = None,
    *,
    spans: Sequence[Span],
    declared_km2: Fraction | float | None = None,
    measured_km2: Fraction | float | None = None,
    difference_km2: Fraction | float | None = None,
    limit_km2: Fraction | float | None = None,
) -> Finding:
    """Return a finding about a zone, a block or a parcel; ``said`` lacks only the subject and the stop."""
    where = title(zone, block, parcel)

    def figure(value: Fraction | float | None) -> Decimal | None:
        return None if value is None else decimal(value)

    return Finding(
        check=check,
        severity=severity,
        zone_id=zone.id,
        block_id=block.id if block else None,
        parcel_id=parcel.id if parcel else None,
        declared_km2=figure(declared_km2),
        measured_km2=figure(measured_km2),
        difference_km2=figure(difference_km2),
        limit_km2=figure(limit_km2),
        zh=f"{where}：{said.zh}。",
        en=f"{where}: {said.en}.",
        spans=tuple(spans),
    )


def drawn_finding(
    check: str,
    severity: Severity,
    drawn: Drawn,
    said: Text,
    *,
    measured_km2: float | None = None,
    change_km2: float | None = None,
    limit_km2: float | None = None,
    spans: Sequence[Span] = (),
) -> Finding:
    """Return a finding about one polygon; by default on all its words, with its own area.

    ``change_km2`` is what a proposed repair would add.
    """
    if measured_km2 is None and drawn.is_area:
        measured_km2 = drawn.area_km2
    return finding(
        check,
        severity,
        said,
        drawn.zone,
        drawn.block,
        None if drawn.is_whole else drawn.parcel,
        spans=spans or (drawn.parcel.span,),
        measured_km2=measured_km2,
        difference_km2=None if change_km2 is None else -change_km2,
        limit_km2=limit_km2,
    )
