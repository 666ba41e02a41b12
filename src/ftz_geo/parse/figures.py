"""Every number with a unit of area: what it reads as, or why it cannot be read.

This module finds figures by their form alone. What each of them is of, other modules say; what nobody
says anything of is unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Literal

from ftz_geo.model import Area
from ftz_geo.parse.prose import BREAK, CELL, SPACE
from ftz_geo.parse.words import APPROXIMATE_AFTER, APPROXIMATE_BEFORE, AT_LEAST, AT_MOST
from ftz_geo.wording import NUMERALS, UNITS, decimal_in_words, one_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Span
    from ftz_geo.parse.prose import Prose

__all__ = ["Figure", "Problem", "find_figures", "read_cell"]

Problem = Literal["no-number", "range", "negative", "masked", "too-long", "no-unit"]
"""Why a figure states no area: 1.8.2 or 28、77; 2-3; -2; XX or ＿＿; a number of more digits than any has; a
number below a head 面积 for which no unit is told."""

_MOST_DIGITS = 24
"""More digits than any area has, in any unit."""

_DIGITS = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?"
_WORDS = rf"[{NUMERALS}千万半点]{{1,16}}"
_MASKS = "Xx×＊*_＿□■○●?？"
_MASK = rf"[{_MASKS}]{{1,8}}"
_LETTERED = r"\d[\d.]*[OoIl][\dOoIl.]*|(?<![A-Za-z\d])[OIl][.\d][\dOoIl.]*"
"""A number in which a letter stands for a digit: 1.0O, l.00."""
_LARGE = r"[百千十]?[万亿]|百|千"
"""Words that multiply the unit behind them: 12.5万平方米, 3百万亩."""

_UNIT = one_of(UNITS)

_FIGURE = re.compile(
    rf"""
    (?: (?P<qing>{_DIGITS}|{_WORDS})顷(?P<mu>(?:{_DIGITS}|{_WORDS}))亩            # 3顷20亩
      | (?P<number> {_LETTERED} | {_DIGITS}
                  | (?<![{NUMERALS}千万点])(?!百万|千万|万|百|千){_WORDS} | {_MASK} )
        [ ]? (?P<more>余|多|来)?
        (?P<large>{_LARGE})? [ ]? (?P<more2>余|多)? (?P<unit>{_UNIT}|顷)
    )
    (?P<after>{one_of((*APPROXIMATE_AFTER, "以上", "以下", "以内", "之内", "之上"))}
        (?!合计|总计|共计|共|各|面积|[{NUMERALS}\d]+[宗个块处片]|区块|地块|片区|村|土地) )?
    """,
    re.X | re.I,
)
_ABOUT = re.compile(rf"(?P<about>{one_of((*APPROXIMATE_BEFORE, *AT_LEAST, *AT_MOST))})+$")
_BOUND = re.compile(one_of((*AT_LEAST, *AT_MOST)))
_JOINED = re.compile(
    rf"""(?:
        (?P<mask> [\d.]*[{_MASKS}][\d.]* | \d[\d.]*[OoIl][\d.]* )   # 1.■5, and 1.O1 with a letter
      | (?<=[\u4e00-\u9fff])\.     # *.09, of which a page has taken the mark away
      | [\d.]*\d、 | (?<=[积地约共为计])\d{{1,3}}, | \d\.[\d.]*
      | (?P<range> [\d.]*\d[万亿]?(?:[~～—-]{{1,2}}|至|到) ) | (?<![\dA-Za-z)])[-−] | 负 )$""",
    re.X,
)
"""What before a number is of it: the digits of 28、77, 1.8.2 and 1.■5, the lower end of 2-3, a sign."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with a unit of area, in the folded text."""

    start: int
    end: int
    area: Area | None
    """None where it cannot be read."""
    words: str
    """Number, unit and what marks them as approximate, folded."""
    problem: Problem | None = None


def find_figures(prose: Prose, start: int = 0, end: int | None = None) -> Iterator[Figure]:
    """Find every figure of running text, or of a stretch of it such as a cell, in order.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "约一点八二平方公里，甲区12,000亩、乙区3顷20亩、丙区不少于0.5万公顷，丁区XX亩、戊区1.8.2公顷"
    >>> for figure in find_figures(Prose.of(text)):
    ...     area = figure.area
    ...     print(figure.words, area and (str(area.value), area.unit, area.approximate), figure.problem)
    一点八二平方公里 ('1.82', '平方公里', True) None
    12,000亩 ('12000', '亩', False) None
    3顷20亩 ('320', '亩', False) None
    0.5万公顷 ('0.5', '万公顷', True) None
    XX亩 None masked
    1.8.2公顷 None no-number
    """
    text = prose.text
    for m in _FIGURE.finditer(text, start, len(text) if end is None else end):
        if m["number"] and (_is_counted(text, m.start()) or _goes_on(prose, m.end("unit"))):
            continue
        if any(_parts(prose, i) for i in range(m.start() + 1, m.end("unit" if m["unit"] else "mu"))):
            continue
        first, problem = _joined(text, m.start(), start)
        if prose.gaps[m.start()] >= SPACE and prose.gaps[first] >= BREAK and problem == "masked":
            first, problem = m.start(), None  # the mark of a list: ● 4.5公顷
        after = m["after"] if m["after"] and prose.gaps[m.start("after")] < SPACE else ""
        yield _figure(prose, m, first, after, problem, start)


def _parts(prose: Prose, i: int) -> bool:
    """Whether a cell's edge, or a line's between two digits, stands before a character."""
    gap = prose.gaps[i]
    return gap == CELL or (gap > CELL and prose.text[i].isdigit() and prose.text[i - 1].isdigit())


def _is_counted(text: str, start: int) -> bool:
    """Whether a number in words is the end of a name or a label: 区块一 亩."""
    return (
        text[start] in NUMERALS and re.search(r"[块区段组第期]$", text[max(0, start - 1) : start]) is not None
    )


def _goes_on(prose: Prose, end: int) -> bool:
    """Whether letters or digits follow at once that are of the same word as a unit, and not of a new line."""
    after = prose.text[end : end + 1]
    return after.isascii() and after.isalnum() and prose.gaps[end] < CELL


def _joined(text: str, start: int, floor: int) -> tuple[int, Problem | None]:
    m = _JOINED.search(text, max(floor, start - 24), start)
    if m is None or (not text[start].isdigit() and m.group() != "负"):
        return start, None
    sign = m.group()
    if sign in ("负", "-", "−"):
        return m.start(), "negative"
    return m.start(), "masked" if m["mask"] else "range" if m["range"] else "no-number"


def _figure(
    prose: Prose, m: re.Match[str], start: int, after: str, problem: Problem | None, floor: int
) -> Figure:
    text = prose.text
    end = m.end() - len(m["after"] or "")
    past = end + len(after)
    unit, factor = _unit(m["large"], m["unit"]) if m["unit"] else ("亩", 1)
    value = None
    if problem is None:
        value, problem = _value(m)
    if value is None or problem is not None:
        return Figure(start, past, None, text[start:past], problem or "no-number")
    before = _ABOUT.search(text, max(floor, start - 6), start)
    about = before.group() if before else ""
    bound = _bound(about, after)
    area = Area(
        text=prose.words(start, end),
        value=value * factor,
        unit=unit,
        approximate=bool(about or after or m["more"] or m["more2"]),
        bound=bound,
        span=prose.span(start, end),
    )
    return Figure(start, past, area, text[start:past])


def _bound(about: str, after: str) -> Literal["at-least", "at-most"] | None:
    told = _BOUND.findall(about)  # the longer words first: 不超过 is no 超过
    if any(word in AT_LEAST for word in told) or after in ("以上", "之上", "余", "多"):
        return "at-least"
    if told or after in ("以下", "以内", "之内"):
        return "at-most"
    return None


def _unit(large: str | None, spelling: str) -> tuple[str, int]:
    """Return a unit that is known, and how many of it one of those spelt is."""
    base, times = ("亩", 100) if spelling == "顷" else (unit_of(spelling), 1)
    if not large:
        return base, times
    for unit, rest in ((f"万{base}", large.replace("万", "", 1)), (base, large)):
        if unit in set(UNITS.values()) and (unit == base or "万" in large):
            return unit, times * _times(rest)
    return base, times * _times(large)


def _times(large: str) -> int:
    product = 1
    for character in large:
        product *= {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[character]
    return product


def _value(m: re.Match[str]) -> tuple[Decimal | None, Problem | None]:
    if m["qing"]:
        qing, mu = _number(m["qing"]), _number(m["mu"])
        return (qing * 100 + mu, None) if qing is not None and mu is not None else (None, "no-number")
    if re.fullmatch(rf"{_MASK}|{_LETTERED}", m["number"], re.I):
        return None, "masked"
    if len(m["number"]) > _MOST_DIGITS:
        return None, "too-long"
    value = _number(m["number"])
    return value, None if value is not None else "no-number"


def _number(words: str) -> Decimal | None:
    if words[0] in "0123456789":
        try:
            return Decimal(re.sub("[, ]", "", words))
        except InvalidOperation:
            return None
    return decimal_in_words(words)


_CELL = re.compile(
    rf"(?P<about>{one_of((*APPROXIMATE_BEFORE, *AT_LEAST, *AT_MOST))})?(?P<number>{_DIGITS})"
    rf"(?P<after>{one_of(APPROXIMATE_AFTER)})?(?:[(].*[)])?"
)


def read_cell(prose: Prose, start: int, end: int, unit: str) -> Figure | None:
    """Read the cell of a table whose head states the unit; None where it holds no number.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> read_cell(Prose.of("约300"), 0, 4, "公顷").area.to_dict()["km2"]
    '3.00'
    """
    words = prose.text[start:end]
    m = _CELL.fullmatch(words)
    if m is None:
        bad = re.search(r"\d", words) is not None and not re.search(r"[\u4e00-\u9fff]", words)
        return Figure(start, end, None, words, "no-number") if bad else None
    a, b = start + m.start("number"), start + m.end("number")
    value = _number(m["number"])
    if value is None or len(m["number"]) > _MOST_DIGITS:
        return Figure(start, end, None, words, "too-long")
    about, after = m["about"] or "", m["after"] or ""
    span: Span = prose.span(a, b)
    area = Area(
        text=prose.words(a, b),
        value=value,
        unit=unit,
        approximate=bool(about or after),
        bound=_bound(about, after),
        span=span,
    )
    return Figure(start, end, area, words)
