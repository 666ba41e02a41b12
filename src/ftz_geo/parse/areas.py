"""Stated areas: what the words around a figure say that it is of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ftz_geo.parse.figures import find_figures
from ftz_geo.parse.heads import is_division, is_general, is_place, place_in
from ftz_geo.parse.prose import BREAK, BULLETS, CELL
from ftz_geo.parse.words import ASIDES, LAND_USES, SUB_USES, TOTAL_WORDS
from ftz_geo.wording import NUMERALS, UNITS, number_of, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftz_geo.model import Area
    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.prose import Prose

__all__ = ["Count", "Role", "StatedArea", "declared_counts", "is_land_use", "stated_areas"]

Role = Literal["total", "own", "bare", "part"]
"""What a figure is of: the zone (``total``), what stands beside it (``own``, 面积), the same
without the word 面积 (``bare``), or a use or part that is no block (``part``)."""

_UNIT = one_of(UNITS)

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
    subject: tuple[int, int] | None = None
    """Where the words stand that say what it is of; None where there are none, or only 面积."""
    clause: int = 0
    """Where its clause begins."""
    aside: str | None = None
    """Why it is no area of a zone, block or parcel, a code; None where it may be one."""
    again: bool = False
    """The figure before it, told again in another unit."""

    @property
    def number(self) -> int:
        """Where the figure itself begins."""
        return self.end - len(self.words)


@dataclass(frozen=True, slots=True)
class Count:
    """A declared number of blocks or parcels: 分为八个区块."""

    start: int
    end: int
    number: int
    noun: str


def stated_areas(prose: Prose, figures: Iterable[Figure] | None = None) -> Iterator[StatedArea]:
    """Say of every figure that can be read what it is of, in order.

    Parameters
    ----------
    prose : Prose
    figures : iterable of Figure, optional
        By default all of running text.

    Yields
    ------
    StatedArea
        Also those that are no area of a block (``aside``), and those told again (``again``).

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "总面积18.88平方公里，其中绿地面积2公顷；区块一：约36.88km²，规划面积由805公顷调整为1264.9公顷"
    >>> for a in stated_areas(Prose.of(text)):
    ...     print(a.area.text, a.role, a.area.approximate, a.aside)
    18.88平方公里 total False None
    2公顷 part False land-use
    36.88km² bare True None
    805公顷 own False before
    1264.9公顷 own False None
    """
    found = list(_stated_in_order(prose, find_figures(prose) if figures is None else figures))
    found = _with_phases(prose, found)
    own = any(not (s.aside or s.again or _is_of_district(prose, s)) for s in found)
    for stated in found:
        district = own and stated.aside is None and _is_of_district(prose, stated)
        yield replace(stated, aside="elsewhere") if district else stated


_FAR = 120
"""Characters between the figures of two phases that are told together, a sentence or two."""


def _with_phases(prose: Prose, found: list[StatedArea]) -> list[StatedArea]:
    """Take phases for parts of the figure before it where they add up to it: 9公顷，一期4公顷，二期5公顷."""
    out = list(found)
    for k, whole in enumerate(found):
        if whole.aside is not None:
            continue
        run: list[int] = []
        for j in range(k + 1, len(found)):
            if found[j].aside != "phase" or found[j].number - found[j - 1].end > _FAR:
                break
            run.append(j)
        areas = [found[j].area for j in run]
        doubt = whole.area.half_width_km2 + sum(area.half_width_km2 for area in areas)
        if len(run) > 1 and abs(sum(a.km2 for a in areas) - whole.area.km2) <= doubt:
            for j in run:
                out[j] = replace(found[j], aside=None, subject=_subject(prose, found[j].number, None))
    return out


def _stated_in_order(prose: Prose, figures: Iterable[Figure]) -> Iterator[StatedArea]:
    text = prose.text
    before_it: StatedArea | None = None
    plain = False
    for figure in figures:
        if figure.area is None:
            before_it = None
            continue
        stated = _stated(prose, figure, figure.area, before_it)
        if before_it and not stated.again and _is_part_of_aside(text, before_it, stated):
            stated = replace(stated, aside=before_it.aside)
        year = _YEAR.search(text, max(0, figure.start - 40), figure.start)
        if stated.aside == "phase" and not plain and (year or stated.role == "total"):
            stated = replace(stated, aside=None)  # nothing else is told of now
        plain = plain or (stated.aside is None and not stated.again)
        before_it = before_it if stated.again else stated
        yield stated


def _is_part_of_aside(text: str, before: StatedArea, stated: StatedArea) -> bool:
    """Whether a figure is a part of one that is set aside, or told with it of the same time.

    扣减4.66平方公里，其中重叠0.73平方公里; 2006年公告时甲园面积为640公顷，乙园为300公顷.
    """
    between = text[before.end : stated.number]
    if before.aside == "before" and not stated.aside and _TOLD_WITH.fullmatch(between):
        return True
    return before.aside not in (None, "land-use") and "其中" in between and "。" not in between


_TOLD_WITH = re.compile(r"[,、](?:(?!现|今|后|调整|扩|增|面积|占地|其中)[^,、。;!?]){2,20}?[为是]?")


def _is_of_district(prose: Prose, stated: StatedArea) -> bool:
    """Whether a figure is of all of a district, which is told beside what a text is about: 东城区行政区域."""
    return stated.subject is not None and _DISTRICT.search(prose.text[slice(*stated.subject)]) is not None


def _stated(prose: Prose, figure: Figure, area: Area, before_it: StatedArea | None) -> StatedArea:
    text = prose.text
    lead = text[_line_start(prose, figure.start) : figure.start]
    again = before_it is not None and _is_again(text, before_it, figure, area)
    aside = None if again else _aside(prose, figure)
    subject = None
    if not again:
        subject = _subject(prose, figure.start, aside)
        subject = subject or _named_behind(prose, figure) or _before_bracket(prose, figure)
    if not (again or aside or _names(prose, subject)) and _is_elsewhere(prose, figure.start):
        aside = "elsewhere"
    return StatedArea(
        start=figure.start - len(_introduction(lead)),
        end=figure.end,
        role=_role(lead),
        area=area,
        words=figure.words,
        subject=subject,
        clause=_clause_start(prose, figure.start),
        aside=aside,
        again=again,
    )


_BETWEEN_UNITS = re.compile(r"[(\[,、]?(?:合计|合|计|即|约|大约|折合|约合|折|也就是|/|为|相当于|=)*+[(]?")


def _is_again(text: str, first: StatedArea, figure: Figure, area: Area) -> bool:
    """Whether a figure is the one before it in another unit: in brackets behind it, or of the same value."""
    between = text[first.end : figure.start]
    if len(between) > 8 or not _BETWEEN_UNITS.fullmatch(between) or area.unit == first.area.unit:
        return False
    near = abs(area.km2 - first.area.km2) <= (area.km2 + first.area.km2) / 50
    return near or "(" in between or re.search("合|即|折|相当", between) is not None


_CHANGED = re.compile(
    r"(?:调整|扩大|增加|扩展|变更|缩减|减少|修订|核定|优化|扩|变|减|增)(?:为|到|至)(?:了)?(?=约?\d)"
)

_PHASE_BEFORE = re.compile(
    r"(?:近期|远期|中期|首期|规划期末?|[一二三]期|起步区|到(?:19|20)\d\d年)[^,。;]{0,12},"
)
"""What tells of a figure in the next clause that it is of a time or phase: 近期至2025年，开发面积210公顷."""
_ENDED = re.compile(r"[^,。;]{0,8}(?:废止|撤销|失效)")
"""Behind a figure, what says that it holds no more: 划定的保护区面积19.7平方公里同时废止."""


def _aside(prose: Prose, figure: Figure) -> str | None:
    """Return why a figure is no area of a zone or block, by the words of its own clause."""
    text = prose.text
    if _CHANGED.match(text, figure.end) or _ENDED.match(text, figure.end):
        return "before"
    here = _clause_start(prose, figure.start)
    before = text[_clause_start(prose, here - 1) if here else 0 : here]
    clause = text[max(here, figure.start - 40) : figure.start]
    if before.endswith("(") and _QUALIFIERS.fullmatch(clause):
        clause = before[:-1] + clause  # 不含湖面(约40公顷)
    if code := _aside_of(clause, text[: figure.start]):
        return code
    if _PHASE_BEFORE.fullmatch(before):
        return "phase"
    head = _HEAD.search(text, max(0, figure.start - 200), figure.start)
    return _aside_of(head["of"], "") if head else None


_HEAD = re.compile(r"(?P<of>[^,。;:!?]{2,30}?)(?:分别|依次)(?:为|是)?:[^。;!?]*$")
"""What a list is of: 剩余耕地分别为：甲村214亩、乙村765亩."""
_IN_NAME = re.compile(r"[\u4e00-\u9fff]{0,4}?(?:区|园|片|块|组团|基地)(?!建)")
"""Behind a word for a use, what makes it the name of a place: 监管仓储区, 海水养殖区."""


def _aside_of(clause: str, text: str) -> str | None:
    """Return why what a clause says of a figure is no area of a zone or block; ``text`` stands before."""
    for code, pattern in _ASIDE.items():
        if m := pattern.search(clause):
            own = code == "elsewhere" and _is_own(text, m.group())
            name = code in ("floor-area", "production") and _IN_NAME.match(clause, m.end())
            if not (own or name):
                return code
    return "land-use" if is_land_use(clause) else None


def _is_own(before: str, whole: str) -> bool:
    """Whether 全省 is the province that the text is about: 广东省地处…."""
    kind = whole[-1]
    own = rf"[\u4e00-\u9fff]{{2,6}}{kind}(?:地处|位于|坐落|总面积|辖)"
    return kind in "省市县" and re.search(own, before) is not None


_ELSEWHERE = re.compile(
    rf"{'|'.join(ASIDES['elsewhere'])}|(?:建成|建立|拥有|现有)[^,。;]{{0,20}}[{NUMERALS}\d]+(?:处|个)"
)


def _is_elsewhere(prose: Prose, number: int) -> bool:
    """Whether the sentence before a figure of nothing named speaks of all a province or of many places."""
    text = prose.text
    start = max(text.rfind(mark, 0, number) for mark in "。!?") + 1
    start = next((i for i in range(number, start, -1) if prose.gaps[i] >= BREAK), start)
    found = list(_ELSEWHERE.finditer(text, start, number))
    return bool(found) and not _is_own(text[:number], found[-1].group())


_DISTRICT = re.compile(r"(?:[省市区县州旗镇乡]|街道|全)(?:行政)?(?:区域|区划|辖区)$|[省市县]域$")


def _names(prose: Prose, subject: tuple[int, int] | None) -> bool:
    return subject is not None and not is_general(prose.text[slice(*subject)])


_YEAR = re.compile(r"(?:19|20)\d\d年[^,。;]*$")

_ASIDE = {code: re.compile("|".join(patterns)) for code, patterns in ASIDES.items()}
_LAND_USE = re.compile(
    rf"(?P<use>[^,。;:、()含\d.]{{0,8}}?{one_of(LAND_USES)}|[^,。;:、()含\d.]{{1,10}}?用地)"
    r"(?:(?:总|占地|用地|土地|的)*面积|用地|规模|总量)?"
    r"(?:总计|共计|合计|共|约|为|是|达到|达|有|仅|:|控制在|在|控制|保持在|不低于|不少于|不超过|近|计|\d+处)*$"
)
_OF_BEFORE = re.compile(rf"(?:{_UNIT})[和与及]?")
"""The unit of the figure before, which nothing parts from the next: 工业用地2公顷和居住用地3公顷."""
_WHOLE_USE = re.compile(
    r"(?:总|规划|项目|控制|占|出让|征收|拟|本|该|其|实际|净|宗地|共|的|核准|批准|地块|园区|开发区|区|供应|现状)*用地"
)
"""用地 of no certain use: it is the whole."""


def is_land_use(clause: str) -> bool:
    """Whether words end in a use of land, and not in the name of a place or in all land that there is.

    Examples
    --------
    >>> is_land_use("其中农用地"), is_land_use("总用地"), is_land_use("城南片区用地")
    (True, False, False)
    """
    m = _LAND_USE.search(clause)
    if m is None or _WHOLE_USE.fullmatch(m["use"]):
        return False
    use = m["use"].removeprefix("其中")
    if use.endswith(("总用地", "总占地")):
        return False
    of = use.removesuffix("用地")
    return of == use or not (is_place(of) or is_general(of))


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


_EDGE = re.compile(r"[,。;:!?、()\[\]](?!\d{3})|—+(?=[\u4e00-\u9fff])")
_WAS = re.compile(rf"由[\d,.]+{_UNIT}(?:调整|扩大|增加|扩展|变更|缩减|减少|扩|减|变)(?:为|到|至)了?约?$")
"""What a figure was before: 由805公顷调整为."""
_QUALIFIERS = re.compile(
    r"""
    (?: 总|规划|用地|占地|土地|控制|净|区划|行政|辖区|管辖|建设|实施|核准|批准|出让|征收|拟征收|国土|陆域|海域
      | 实际|登记|使用权|批复|申报|公示|划定|核定|保护 )*
    (?: 面积|占地|用地规模|规模|范围|用地|幅员 )?
    (?: 最大|共计|共有|共|总计|合计|约|大约|为|是|达到|达|到|至|由|近|计|有|按|:|=|—|-|仅|均|各|的|分别
      | 调整|扩大|增加|减少|变更|扩至|控制在|保持|维持|了|将|在
      | \s*(?:covers|has|with|is|of|occupies|totals?|an?|the|area|planned)\s*
    )*$
    """,
    re.X,
)


def _subject(prose: Prose, number: int, aside: str | None) -> tuple[int, int] | None:
    """Return where the words stand that say what a figure is of, within its own clause."""
    text = prose.text
    if aside == "land-use" and (m := _LAND_USE.search(text, _line_start(prose, number), number)):
        start, end = m.span("use")
        unit = _OF_BEFORE.match(text, start, end)
        found = place_in(prose, unit.end() if unit else start, end)
        return (found[0], end) if found else (start, end)
    if was := _WAS.search(text, max(0, number - 40), number):
        number = was.start()
    a = _clause_start(prose, number)
    a = max([a, *(joined.end() for joined in _JOINED.finditer(text, a, number))])
    m = _QUALIFIERS.search(text, a, number)
    found = place_in(prose, a, m.start() if m else number)
    scope = _SCOPE_ENDS.match(text, found[1], number) if found and is_division(text[slice(*found)]) else None
    return (found[0], scope.end()) if found and scope else found


_JOINED = re.compile(rf"\d(?:{_UNIT})[和与及]")
"""A figure before, to which another is joined: 甲区197公顷和乙区4700公顷."""
_SCOPE_ENDS = re.compile(r"(?:保护|控制|管控)?(?:范围|地带)")
"""What belongs to the name of a division, and leads up to a figure elsewhere: 核心保护范围, 保护范围."""


_BEHIND = re.compile(r"(?:的|—+|-+)(?P<name>[^,。;:()的—\d]{2,24})")


def _named_behind(prose: Prose, figure: Figure) -> tuple[int, int] | None:
    """Return where the place stands behind a figure that begins a clause: 4公顷的主园区, 5公顷——南园."""
    lead = prose.text[_clause_start(prose, figure.start) : figure.start].lstrip(f" -{BULLETS}")
    m = _BEHIND.match(prose.text, figure.end)
    if m is None or _QUALIFIERS.fullmatch(lead) is None:
        return None
    a, b = m.span("name")
    b = next((i for i in range(a + 1, b) if prose.gaps[i] >= CELL), b)
    found = place_in(prose, a, b)
    plain = prose.text[slice(*found)] if found else ""
    return found if is_place(plain) and not is_general(plain) and not is_land_use(plain) else None


def _before_bracket(prose: Prose, figure: Figure) -> tuple[int, int] | None:
    """Return where the place stands whose figure is alone in the bracket behind it: 航空产业园(35公顷)."""
    opens = _clause_start(prose, figure.start)
    bracket = prose.text[max(0, opens - 1) : opens] + prose.text[figure.end : figure.end + 1]
    if bracket != "()" or _QUALIFIERS.fullmatch(prose.text, opens, figure.start) is None:
        return None
    found = place_in(prose, _clause_start(prose, opens - 1), opens - 1)
    plain = prose.text[slice(*found)] if found else ""
    return found if is_place(plain) and not is_general(plain) and not is_land_use(plain) else None


def _line_start(prose: Prose, number: int) -> int:
    """Return where the line of a figure begins, or forty characters before it."""
    lowest = max(0, number - 40)
    return max((i for i in range(lowest, number) if prose.gaps[i] >= BREAK), default=lowest)


def _clause_start(prose: Prose, number: int) -> int:
    """Return where the clause of a figure begins: behind a mark, or at the beginning of a line or cell."""
    lowest = max(0, number - 60)
    edges = [m.end() for m in _EDGE.finditer(prose.text, lowest, number)]
    a = edges[-1] if edges else lowest
    return max([a, *(i for i in range(a + 1, number) if prose.gaps[i] >= (BREAK if edges else CELL))])


_COUNT = re.compile(
    rf"""
    (?=[共由分包含涵设划涉合下有出挂拍])
    (?: (?:公开)?(?:出让|挂牌|拍卖)(?:出让)?
    | 共?(?:由|分为|分成|分|共|含|涵盖|包含|包括|设|划分为|划为|涉及|合计|下辖|共有|有) ){{1,3}}
    (?:以下|如下|[^,。;\d]{{2,30}}?[、和与][^,。;\d]{{2,12}}?)?
    (?P<number>[{NUMERALS}]{{1,4}}|\d{{1,3}})
    (?:个|块|处|宗|大|片)(?:相对独立的|独立的?|不相连的?|分散的?)?
    (?:[^,。;\d、和与]{{0,4}}?(?P<noun>
        区块|片区|地块|组团|分区|区域|园区|板块|部分|宗地|街区|单元|子项|建设用地|土地使用权))?
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
