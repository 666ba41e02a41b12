"""Whether the polygons of a zone are all too large or too small, as by a boundary beside the right one.

Each stated area less the measured one is held against the perimeter: a boundary b metres outside of the
right one makes every polygon larger by b × its perimeter, where chance makes some larger and some smaller.
The shift is the slope by weighted least squares, the weights from rounding and the corners' error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.check.case import STANDING, fact
from ftz_geo.check.comparison import comparisons
from ftz_geo.check.figures import number
from ftz_geo.check.findings import finding
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.check.comparison import Comparison
    from ftz_geo.model import Finding

_LEAST = 3
"""Areas that show a bias; two of one sign are chance."""

_PLAIN = 3.5
"""Standard errors from which a shift is told: chance alone makes one so large once in 2,000 zones."""

_ONE_WAY = 0.8
"""Share of the areas that must differ the way the shift says."""

_ROAD_M = (5.0, 40.0)
"""A shift between these is about as large as from the middle of a road to its edge."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bias:
    """A shift of all boundaries of a zone that explains its residuals together."""

    shift_m: float
    """How far outside of the right boundary the drawn one lies; negative inside."""
    error_m: float
    """Its standard error."""
    compared: tuple[Comparison, ...]

    def explains(self, comparison: Comparison) -> bool:
        """Whether a stated area holds once the shift is taken off."""
        shifted_km2 = self.shift_m * comparison.perimeter_m / 1e6
        doubt_km2 = 2 * self.error_m * comparison.perimeter_m / 1e6
        return abs(comparison.difference_km2 + shifted_km2) <= comparison.limit_km2 + doubt_km2


@fact
def bias_of(zone: ZoneCase) -> Bias | None:
    """Return the shift that explains the residuals of a zone's areas; None where they differ by chance."""
    own = tuple(c for c in comparisons(zone) if c.block is not None and _is_independent(c))
    if len(own) < _LEAST:
        return None
    perimeters = np.array([c.perimeter_m for c in own])
    outward = np.array([-c.difference_km2 * 1e6 for c in own])
    variances = np.array([_variance_m4(c) for c in own])
    weights = perimeters / variances
    shift = float((weights * outward).sum() / (weights * perimeters).sum())
    # What the shift leaves tells whether the variances were taken too small.
    left = (outward - shift * perimeters) ** 2 / variances
    inflation = max(1.0, float(left.sum()) / (len(own) - 1))
    error = float(np.sqrt(inflation / (weights * perimeters).sum()))
    one_way = float((outward * shift > 0).mean())
    typical = float(np.median(outward / perimeters)) / shift if shift else 0.0
    if abs(shift) < _PLAIN * error or one_way < _ONE_WAY or typical < 0.5:
        return None
    return Bias(shift_m=shift, error_m=error, compared=own)


def _is_independent(c: Comparison) -> bool:
    """Whether an area is of polygons that stand where they were put, and no bound or round figure."""
    whole = c.parcel is not None or c.covers_block
    return whole and not c.area.approximate and all(d.grade in STANDING for d in c.drawn)


def _variance_m4(c: Comparison) -> float:
    """Return the variance of a measured area less the stated one by rounding and the corners' error."""
    rounding, corners = float(c.half_width_km2) * 1e6, c.survey_km2 / 2 * 1e6
    return rounding**2 / 3 + corners**2 + 1.0


def biases(case: Case) -> Iterator[Finding]:
    """Find zones whose polygons are all too large, or all too small, for one and the same shift."""
    for zone in case.zones:
        found = bias_of(zone)
        if found is not None:
            yield _finding(zone, found)


def _finding(zone: ZoneCase, bias: Bias) -> Finding:
    n, metres, error = len(bias.compared), number(abs(bias.shift_m), 1), number(2 * bias.error_m, 1)
    large, outward = ("大于", "外") if bias.shift_m > 0 else ("小于", "内")
    large_en, outward_en = ("larger", "outside") if bias.shift_m > 0 else ("smaller", "inside")
    said = Text(
        f"{n} 个图形普遍{large}公布面积，相当于界线整体{outward}移 {metres} 米（±{error} 米）",
        f"its {n} polygons are {large_en} than stated, as if all boundaries lay {metres} m (±{error} m) "
        f"{outward_en} of the right ones",
    )
    low, high = _ROAD_M
    if low <= abs(bias.shift_m) <= high:
        said += Text(
            "，约为道路中线到边线的距离：公布面积与图形很可能一个以中线、一个以边线为界",
            ", about from the middle of a road to its edge: one of the two was probably taken to the middle, "
            "the other to the edge",
        )
    traced = all(d.grade == "traced" for c in bias.compared for d in c.drawn)
    perimeter_m = sum(c.perimeter_m for c in bias.compared)
    return finding(
        "bias",
        "note" if traced else "warning",
        said,
        zone.zone,
        spans=[c.area.span for c in bias.compared],
        difference_km2=sum(c.difference_km2 for c in bias.compared),
        limit_km2=_PLAIN * bias.error_m * perimeter_m / 1e6,
    )
