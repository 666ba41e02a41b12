"""Stated areas: the number, the unit, and what the words before it say the figure is of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ftz_geo.model import Area
from ftz_geo.parse.words import APPROXIMATE_AFTER, APPROXIMATE_BEFORE, SUB_USES, TOTAL_WORDS
from ftz_geo.wording import NUMERALS, UNITS, number_of, one_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.prose import Prose

__all__ = [
    "Count",
    "Role",
    "StatedArea",
    "declared_counts",
    "stated_areas",
    "unknown_areas",
]

Role = Literal["total", "own", "bare", "part"]
"""What a figure is of: the zone (``total``), what stands beside it (``own``, 面积), the same
without the word 面积 (``bare``), or a use or part that is no block (``part``)."""

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

_AREA = re.compile(
    rf"""
    (?<![\d.]) (?P<number>{_NUMBER}) [ ]?(?P<more>余|多)?
    (?P<unit>{one_of(UNITS)}) (?![A-Za-z])
    (?P<after>{one_of(APPROXIMATE_AFTER)})?
    """,
    re.X | re.I,
)
_ABOUT = re.compile(rf"{one_of(APPROXIMATE_BEFORE)}$")
_UNKNOWN = re.compile(r"(?:\d[、~～—-]|(?<![\dA-Za-z])[-−]|负)$")
"""28、77平方公里, a comma for the point; 2-3平方公里, a range; -2平方公里: the area cannot be known."""

_SPELT = re.compile(rf"[{NUMERALS}千万点]{{1,12}}(?:余|多)?(?:{one_of(UNITS)})(?![A-Za-z])")
"""十二点五万平方米: figures in words are no rule's."""

_WHAT = re.compile(
    r"(?P<what>[^,。;:()\[\]“”]{0,24}?)(?:约为|约|大约|共计|共|为|是|达到|达|由|至|到|近|计|控制在|有|:|=|的|调整|扩大|增加|减少|变更|变|扩至|按|合)*+$"
)
_SUB_USE = re.compile(
    rf"{one_of(SUB_USES)}(?:保护|覆盖|用地|占地|土地|范围|区域|区|总(?!计)|净|的)*+(?:面积|规模)?(?:总计|共计|合计|总)?$"
)
_BLOCK = re.compile(rf"(?:区块|片区|地块|组团)[{NUMERALS}\d]")
_OWN = re.compile(r"面积|占地|用地|土地")


@dataclass(frozen=True, slots=True)
class StatedArea:
    """An area with its place in the folded text and its role."""

    start: int
    """Where the words that introduce it begin."""
    end: int
    role: Role
    area: Area
    words: str
    """Number, unit and what marks them as approximate, folded."""


@dataclass(frozen=True, slots=True)
class Count:
    """A declared number of blocks or parcels: 分为八个区块."""

    start: int
    end: int
    number: int
    noun: str


def stated_areas(prose: Prose) -> Iterator[StatedArea]:
    """Find every stated area, in order.

    Of two totals of which one replaces the other (由805公顷调整为1264.9公顷) the later holds, and of
    one area in two units the first.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "总面积18.88平方公里，其中绿地面积2公顷；区块一：约36.88km²，规划面积由805公顷调整为1264.9公顷"
    >>> [(a.area.text, a.role, a.area.approximate) for a in stated_areas(Prose.of(text))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('18.88平方公里', 'total', False), ('2公顷', 'part', False), ('36.88km²', 'bare', True),
     ('1264.9公顷', 'own', False)]
    """
    text = prose.text
    last_end = -1
    for m in _AREA.finditer(text):
        if _is_unknown(text, m.start()):
            continue
        between = text[last_end : m.start()] if last_end >= 0 and m.start() - last_end < 6 else None
        if between is not None and re.fullmatch(r"[(,、]?(?:合|即|约|折合|约合|也就是|/)*+[(]?", between):
            last_end = m.end()
            continue  # the same area again in another unit
        if _replaced(text, m.end()):
            last_end = m.end()
            continue
        last_end = m.end()
        before = text[max(0, m.start() - 40) : m.start()]
        role = _role(before)
        number, end = m.start("number"), m.end("unit")
        about = _ABOUT.search(before)
        yield StatedArea(
            start=number - len(_introduction(before)),
            end=m.end(),
            words=m.group(),
            role=role,
            area=Area(
                text=prose.words(number, end),
                value=Decimal(m["number"].replace(",", "")),
                unit=unit_of(m["unit"]),
                approximate=bool(about or m["more"] or m["after"]),
                span=prose.span(number, end),
            ),
        )


def unknown_areas(prose: Prose) -> Iterator[tuple[int, int]]:
    """Find what is written like an area and states none that could be known.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "区块一面积-2平方公里，区块二面积2-3.5公顷，区块三面积4亩"
    >>> [text[a:b] for a, b in unknown_areas(Prose.of(text))]
    ['-2平方公里', '2-3.5公顷']
    >>> text = "面积约十二点五万平方米，共三亩"
    >>> [text[a:b] for a, b in unknown_areas(Prose.of(text))]
    ['十二点五万平方米', '三亩']
    """
    for m in _AREA.finditer(prose.text):
        if _is_unknown(prose.text, m.start()):
            before = prose.text[max(0, m.start() - 12) : m.start()]
            yield m.start() - len(before) + len(before[:-1].rstrip("0123456789.")), m.end("unit")
    yield from (m.span() for m in _SPELT.finditer(prose.text))


def _is_unknown(text: str, start: int) -> bool:
    """Tell whether what stands before a number leaves open what it is."""
    return _UNKNOWN.search(text, max(0, start - 2), start) is not None


def _replaced(text: str, end: int) -> bool:
    """Tell whether an adjustment to another figure follows: 805公顷调整为1264.9公顷."""
    m = re.compile(
        r"(?:调整|扩大|增加|扩展|变更|缩减|减少|修订|核定|优化)(?:为|到|至)(?:了)?(?=约?\d)"
    ).match(text, end)
    return m is not None


def _introduction(before: str) -> str:
    m = _WHAT.search(before)
    return m.group() if m else ""


def _role(before: str) -> Role:
    """Say what a figure is of, from the words before it."""
    m = _WHAT.search(before)
    what = m["what"] if m else ""
    if "由" in what:
        what = re.sub(r"由.*$", "", what)
    if any(w in what for w in TOTAL_WORDS) and not re.search(r"总?建筑", what):
        return "total"
    if _SUB_USE.search(what) or ("其中" in what and not _BLOCK.search(what)):
        return "part"
    return "own" if _OWN.search(what) else "bare"


_COUNT = re.compile(
    rf"""
    (?=[共由分包含设划涉合下有])
    (?: 共?(?:由|分为|分成|分|共|含|包含|包括|设|划分为|划为|涉及|合计|下辖|共有|有) ){{1,3}}
    (?:以下|如下|[^,。;\d]{{2,30}}?[、和与][^,。;\d]{{2,12}}?)?
    (?P<number>[{NUMERALS}]{{1,4}}|\d{{1,3}})
    (?:个|块|处|宗|大|片)(?:相对独立的|独立的?|不相连的?|分散的?)?
    (?P<noun>区块|片区|地块|组团|分区|区域|园区|板块|部分|宗地|街区|单元|子项)?
    """,
    re.X,
)


def declared_counts(prose: Prose) -> Iterator[Count]:
    """Find every declared number of blocks or parcels.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("分为八个区块，区块一分为2个地块，由十二个片区组成")
    >>> [(c.number, c.noun) for c in declared_counts(prose)]
    [(8, '区块'), (2, '地块'), (12, '片区')]
    """
    for m in _COUNT.finditer(prose.text):
        if m["noun"] or prose.text[m.start() : m.start() + 1] in "分共由":
            number = number_of(m["number"])
            if number and m["noun"]:
                yield Count(m.start(), m.end(), number, m["noun"])
