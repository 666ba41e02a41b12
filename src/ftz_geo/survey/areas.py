"""Areas that stand beside coordinates, held against what these enclose."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.model import Finding
from ftz_geo.survey.values import StatedArea
from ftz_geo.wording import KM2_PER_UNIT, UNITS, one_of, unit_en, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftz_geo.model import Severity

__all__ = ["area_column", "area_doubts", "areas_in", "in_its_unit"]

_TRIED = ("平方公里", "公顷", "亩", "平方米")
"""Units that areas of land are stated in; two of them differ by 15 times at least."""

_UNIT_CODES = {
    "mu": "亩",
    "gq": "公顷",
    "sqm": "平方米",
    "pfm": "平方米",
    "pfgl": "平方公里",
    "km": "平方公里",
}
"""How names of columns write units in letters, beside the signs of units."""

_AREA_COLUMN = re.compile(
    r"(?:(?:dk|qk|z|zd|yd|td|tb|xm|gh|sc|js)?mj|mianji"
    r"|(?:总|總|用地|地块|区块|占地|土地|宗地|图斑|规划|实测|测量|公布|批准)?面[积積]"
    r"|(?:(?:declared|stated|block|parcel|plot|land|total|gross|survey|surveyed)_?)?area)"
)
"""Names of columns that state areas, without their unit. What a GIS computes of itself (SHAPE_Area, ST_Area)
states nothing, and is in degrees where the file is."""

_UNIT = re.compile(rf"[_\s(（\[/-]*(?P<unit>{one_of([*UNITS, *_UNIT_CODES, 'm'])})[)）\]]*$", re.I)


def area_column(name: str) -> tuple[bool, str | None]:
    """Tell whether a column of that name states areas, and the unit in its name.

    Examples
    --------
    >>> area_column("DKMJ"), area_column("面积（亩）"), area_column("area_ha"), area_column("SHAPE_Area")
    ((True, None), (True, '亩'), (True, '公顷'), (False, None))
    """
    words = name.strip().lower()
    unit = _UNIT.search(words)
    base = (words[: unit.start()] if unit else words).strip("_ ")
    if unit and _AREA_COLUMN.fullmatch(base):
        code = unit["unit"]
        return True, _UNIT_CODES.get(code) or ("平方米" if code == "m" else unit_of(code))
    return _AREA_COLUMN.fullmatch(words) is not None, None


_MOST_PERCENT = 0.9
"""Beyond it a difference is told as a multiple: −100 % says nothing."""

_CELL = re.compile(rf"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>{one_of(UNITS)})?", re.I)


def areas_in(values: Sequence[object], unit: str | None) -> list[StatedArea | None]:
    """Return the areas that a column states.

    Figures of one column are good to the digit of the finest: a file that holds numbers drops their zeros.

    Examples
    --------
    >>> [str(area.half) for area in areas_in([1.5, 0.66, "公顷"], "公顷") if area]
    ['0.005', '0.005']
    """
    read = [_CELL.fullmatch(_words(value)) for value in values]
    digits = [-int(Decimal(m["number"]).as_tuple().exponent) for m in read if m]
    half = Decimal(1).scaleb(-max(digits, default=0)) / 2
    return [
        StatedArea(
            text=m[0],
            number=number,
            half=half,
            unit=unit_of(m["unit"]) if m["unit"] else unit,
            assumed=not m["unit"],
        )
        if m is not None and (number := Decimal(m["number"])) > 0
        else None
        for m in read
    ]


def _words(value: object) -> str:
    """Return a cell as it would be printed."""
    if value is None or value != value:
        return ""
    if isinstance(value, float | np.floating):
        try:
            return format(Decimal(repr(float(value))).normalize(), "f")
        except InvalidOperation:
            return ""
    return str(value).replace(",", "").strip()


def in_its_unit(stated: StatedArea, ways: Mapping[str, float], slack_km2: float) -> StatedArea:
    """Return a stated area in the unit in which it is what was measured, if there is one and it may be that.

    A written unit is never changed.

    Parameters
    ----------
    stated : StatedArea
    ways : mapping of str to float
        Areas in km², by what they were measured on; any of them may agree.
    slack_km2 : float
        What they may differ by beside the last digit of what is stated.

    Returns
    -------
    StatedArea
        With a unit: the nearest one where none fits and none is written.
    """
    if stated.unit is not None and not stated.assumed:
        return stated
    fitting = _fitting(stated, ways, slack_km2)
    if fitting is not None:
        return replace(stated, unit=fitting)
    return stated if stated.unit else replace(stated, unit=_nearest_unit(stated, ways))


def _fitting(stated: StatedArea, ways: Mapping[str, float], slack_km2: float) -> str | None:
    units = dict.fromkeys([stated.unit or _TRIED[0], *_TRIED])
    return next((u for u in units if any(stated.within(u, km2, slack_km2) for km2 in ways.values())), None)


def _nearest_unit(stated: StatedArea, ways: Mapping[str, float]) -> str:
    km2 = max(next(iter(ways.values())), 1e-12)
    return min(_TRIED, key=lambda u: abs(np.log(float(stated.number) * float(KM2_PER_UNIT[u]) / km2)))


def area_doubts(
    title: str,
    stated: StatedArea,
    ways: Mapping[str, float],
    *,
    slack_km2: float,
    mild_km2: float = 0.0,
    where: tuple[str, str] = ("旁边所写面积", "the area written beside them"),
) -> Iterator[Finding]:
    """Yield what is wrong with a stated area, held against the ring that it is stated of.

    Parameters
    ----------
    title : str
        What it is the area of.
    stated : StatedArea
    ways : mapping of str to float
        As for :func:`in_its_unit`.
    slack_km2 : float
        As for :func:`in_its_unit`.
    mild_km2 : float, optional
        Up to so much more it is a warning only.
    where : tuple of str, optional
        Where it stands, in Chinese and in English.

    Yields
    ------
    Finding
    """
    unit = stated.unit or in_its_unit(stated, ways, slack_km2).unit or _TRIED[0]
    scale = float(KM2_PER_UNIT[unit])
    way, nearest = min(ways.items(), key=lambda item: abs(item[1] - float(stated.number) * scale))
    difference = float(stated.number) * scale - nearest
    limit = float(stated.half) * scale + slack_km2
    if abs(difference) <= limit:
        return
    other = _fitting(stated, ways, slack_km2)
    mild = stated.approximate or abs(difference) <= limit + mild_km2 or (other is not None and stated.assumed)
    severity: Severity = "warning" if mild else "error"
    said = _said(stated, unit, nearest, difference / nearest)
    mend = (
        (
            f"；单位若为{other}则相符，请核对单位",
            f"; in {unit_en(other)} the number would fit: check its unit",
        )
        if other
        else ("；请核对面积与界址点", "; check the figure and the corners")
    )
    yield Finding(
        check="survey-area",
        severity=severity,
        declared_km2=Decimal(f"{float(stated.number) * scale:.9f}").normalize(),
        measured_km2=Decimal(f"{nearest:.6f}"),
        difference_km2=Decimal(f"{difference:.6f}"),
        limit_km2=Decimal(f"{limit:.6f}"),
        zh=f"{title}：坐标围成 {nearest:.6f} 平方公里（{way}），{where[0]} {said[0]}，"
        f"超出取舍之限 {limit:.6f} 平方公里{mend[0]}。",
        en=f"{title}: the corners enclose {nearest:.6f} km²; {where[1]}, {said[1]}; "
        f"rounding explains {limit:.6f} km²{mend[1]}.",
    )


def _said(stated: StatedArea, unit: str, measured: float, off: float) -> tuple[str, str]:
    """Return what is stated and how far off it is: in percent, or how many times where it is far off."""
    zh = f"{stated.text}（按{unit}计）" if stated.assumed else stated.text
    en = f"{stated.text} (taken as {unit_en(unit)})" if stated.assumed else stated.text
    if abs(off) < _MOST_PERCENT:
        percent = f"{100 * off:+.{max(1, 1 - int(np.floor(np.log10(abs(100 * off)))))}f}%"
        return f"{zh} 相差 {percent}", f"{en}, is off by {percent}"
    return f"{zh} 为其 {off + 1:.4g} 倍", f"{en}, is {off + 1:.4g} times as much"
