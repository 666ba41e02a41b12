"""Clauses that look like sides: found by their opening words and by punctuation, not by the grammar.

What the grammar reads and what a text holds are told by two different means, so that a clause
which no rule of the grammar knows is still found, and can be listed as unread.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.parse.prose import BREAK
from ftz_geo.parse.words import DIRECTION_SUFFIXES
from ftz_geo.wording import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.prose import Prose

__all__ = ["clauses_like_sides", "speaks_of_bound"]

_MARKS = r",;。!?、:(\["
_OPENING = rf"""
    (?: [东南西北](?:[、,和与及/]?[东南西北]){{0,3}} | 冬(?=至) )
    (?:{one_of(DIRECTION_SUFFIXES)} | 角)? (?:\([上下左右前后]\))? (?:[两三四][面侧边])?
    (?:分别|各自|均|都|皆|全部|则|大致|基本|一直)?
"""
_REACHES = r"(?: [至到抵起临邻靠毗濒距] | 紧[邻靠临接挨贴] | 延[伸至] | 遥?望 | 接[至壤] | 连接 )"
"""Verbs that make a side wherever a direction stands before them, and others where a clause begins."""
_TELLS = rf"""(?: {_REACHES} | [止达依倚傍挨接连近沿界为是离以隔枕贴及迄始终扩背由自跨穿:—] | 通[往向至达]
    | [与和同](?=[^,。;]{{1,30}}(?:壤|邻|界|连|接|望|对)) )"""

_SPEAKS = re.compile(
    rf"""
      (?P<side> (?<![{_MARKS}东南西北向往朝自由从以]){_OPENING}{_REACHES}        # 园区东至
              | (?<![东南西北]){_OPENING}(?<=[侧面边])[^,。;:、]{{0,6}}?[为是]       # 项目东侧道路为
              )
    | (?P<weak> (?:其|且|并|再|又|折|沿[^,。;:、]{{1,30}}?)?{_OPENING}{_TELLS} )   # where a clause begins
    | (?P<lies> 以(?:[东南西北]{{1,2}})(?![方欧京]) (?:[、及和与]以?[东南西北](?=[、,。;)及和与侧面]|的|$))* )
    | (?P<lead> (?:四[至界址])(?:范围|边界|界线|界限)?(?:为|是|如下|:)* )
    | (?P<frame> 以[^,。;]{{1,40}}?为(?:[界边限]|分界)
              | [与和同][^,。;]{{1,30}}?(?:接壤|相邻|毗邻|毗连|交界|为邻|相接|相连|搭界|相望)
              | 隔[^,。;]{{1,20}}?(?:相[望邻对接]|[与和同])
              | 围合 | 合围 | 所围 | 围成 )
    | (?P<beside> (?:位于|坐落于?|座落于?|地处|选址于?|范围为)[^,。;]{{2,30}}?[东南西北][侧面]
              | [东南西北][侧面][、,及和][^,。;、]{{2,20}}?[东南西北][侧面](?=[、,。;)围合的]) )
    | (?P<grows> (?: [外内][延扩推移伸] | [两四周]侧各? | [四周][周边]各? | 各至 | (?:范围|墙|线)以?外 )
              [^,。;:\d]{{0,6}}\d+(?:\.\d+)?(?:米|公里) )
    | (?P<latin> \b(?i:north|south|east|west)(?:ern)?\b | \b(?i:bounded|bordered)\s+(?i:by|on|to)\b )
    """,
    re.X | re.M,
)
_ENDS = re.compile(
    rf"[,;。!?]|(?<![东南西北侧面边部界线限])(?<![东南西北面侧边]至):|、(?={_OPENING}{_TELLS})|\((?={_OPENING}{_TELLS})|\)(?![、和与及—~])",
    re.X,
)
_SENTENCE_ENDS = frozenset("。!?")
_LONGEST_BETWEEN = 40


@dataclass(slots=True)
class _Found:
    """A clause while its words are still looked at."""

    start: int
    end: int
    clause: int
    """Where the words between two marks begin that it stands in."""
    kind: str
    told: int
    """Where the words end that it was found by."""


def clauses_like_sides(prose: Prose) -> tuple[tuple[int, int], ...]:
    """Find every clause that opens like a side or speaks of a bound.

    Such are a direction with a verb or relation (东至, 西侧道路为, 西距), X以西, 以X为界, 与X接壤,
    四至…, words of enclosing, how far a bound lies from something (外扩30米), and English sides; and
    whatever stands between two of them in one sentence. The rules that read sides are not asked.

    Parameters
    ----------
    prose : Prose

    Returns
    -------
    tuple of (int, int)
        Spans of ``prose.text`` in order, none over another. :meth:`Prose.span` turns them into
        spans of the raw text.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("园区东至甲路，南至乙河、西距乙河约500米，中经丙湖，北与丁镇接壤，面积2亩。")
    >>> [prose.text[a:b] for a, b in clauses_like_sides(prose)]
    ['园区东至甲路', '南至乙河', '西距乙河约500米', '中经丙湖', '北与丁镇接壤']
    """
    bounds = _bounds(prose)
    found: list[_Found] = []
    for m in _openings(prose.text, set(bounds)):
        kind = (m.lastgroup or "").replace("weak", "side")
        clause = bounds[bisect_right(bounds, m.start()) - 1]
        # 东至, and its name on the next line
        after = bisect_right(bounds, m.end()) if kind == "side" else bisect_left(bounds, m.end())
        end = _without_mark(prose.text, m.end(), bounds[after] if after < len(bounds) else len(prose.text))
        last = found[-1] if found else None
        if last and last.kind == "lead" and m.start() - last.told < 3:
            clause, last = max(clause, last.told), None  # 四至范围为: only leads up to what follows
            found.pop()
        if last and (last.clause == clause or last.end > m.start()):
            begins = {"side": m.start(), "lies": last.told}.get(kind) if kind in ("side", last.kind) else None
            if begins is None or begins < last.told:
                last.end, last.told = max(last.end, end), m.end()
                continue
            last.end = begins
            found.append(_Found(begins, end, clause, kind, m.end()))
        else:
            found.append(_Found(clause, end, clause, kind, m.end()))
    return tuple(_with_between(prose, bounds, found))


def speaks_of_bound(words: str) -> bool:
    """Whether words open like a side or speak of a bound themselves, and do not only stand between such.

    Examples
    --------
    >>> speaks_of_bound("西距乙河约500米"), speaks_of_bound("中经丙湖"), speaks_of_bound("北部区域")
    (True, True, False)
    """
    return _SPEAKS.search(words) is not None or _ON_THE_WAY.match(words) is not None


_ON_THE_WAY = re.compile("中|途|两[岸侧边]|经|沿|隔|跨|绕|穿")


def _openings(text: str, begins: set[int]) -> Iterator[re.Match[str]]:
    """Find the words that clauses are told by; a weak verb does only where a clause begins."""
    i = 0
    while m := _SPEAKS.search(text, i):
        if m.lastgroup == "weak" and not (m.start() in begins or text[m.start() - 1] in ",;。!?、:(["):
            i = m.start() + 1
            continue
        yield m
        i = m.end()


def _bounds(prose: Prose) -> list[int]:
    """Return where clauses begin: behind marks, at line breaks, at the beginning."""
    starts = {0, *(m.end() for m in _ENDS.finditer(prose.text))}
    starts.update(i for i, gap in enumerate(prose.gaps) if gap >= BREAK)
    return sorted(starts)


def _without_mark(text: str, told: int, end: int) -> int:
    while end > told and text[end - 1] in " ,;。.!?:、()":
        end -= 1
    return end


def _with_between(prose: Prose, bounds: list[int], found: list[_Found]) -> list[tuple[int, int]]:
    """Add the clauses that stand between two found ones in one sentence: 中经丙湖."""
    spans: list[tuple[int, int]] = []

    def add(start: int, end: int) -> None:
        while start < end and prose.text[start] in " ,;:、()":
            start += 1
        if end > start:
            spans.append((start, end))

    for k, clause in enumerate(found):
        add(clause.start, clause.end)
        if k + 1 == len(found) or not 1 < found[k + 1].start - clause.end <= _LONGEST_BETWEEN:
            continue
        between = prose.text[clause.end : found[k + 1].start]
        if _SENTENCE_ENDS.intersection(between) or found[k + 1].kind == clause.kind == "latin":
            continue
        a = bisect_left(bounds, clause.end)
        starts = [clause.end, *bounds[a : bisect_left(bounds, found[k + 1].start)], found[k + 1].start]
        for p, q in pairwise(starts):
            add(p, _without_mark(prose.text, p, q))
    return spans
