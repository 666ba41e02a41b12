"""Sides with the direction first: 东至X, 南、西临Y, 东以X为界, 东X西Y南Z北W."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ftz_geo.compass import SIDE_OF, Direction
from ftz_geo.parse.names import feature_at, features_at, is_complete, is_linear, read_names, shared_names
from ftz_geo.parse.paths import walks
from ftz_geo.parse.prose import BREAK, CELL, SPACE
from ftz_geo.parse.words import (
    AREA_NOUNS,
    DIRECTION_SUFFIXES,
    EDGE_NOUNS,
    FRAME_ENDS,
    LEAD_INS,
    LYING_VERBS,
    NEIGHBOUR_ENDS,
    PASSING_VERBS,
    SIDE_VERBS,
    VERB_TAILS,
    WEAK_SIDE_VERBS,
)
from ftz_geo.wording import NUMERALS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Feature
    from ftz_geo.parse.names import Reading
    from ftz_geo.parse.prose import Prose

__all__ = ["Head", "Side", "direction_sides", "side_of", "verbless_sides"]

_D = "[东南西北]"
_SUFFIX = one_of(DIRECTION_SUFFIXES)
_HAND = r"(?:\([上下左右前后]\))?"
"""东(上), 南(左): where the side lies on the sheet, as deeds of land tell it."""

_HEAD = re.compile(
    rf"""
    (?= (?P<directions> {_D} (?:{_SUFFIX})? {_HAND} (?: [、,和与及/]? {_D} (?:{_SUFFIX})? {_HAND} ){{0,3}} )
    (?: [两三四](?:面|侧|边|至|个方向) )?
    (?P<each> 分别|各自|各 )? (?:均|都|皆|全部|则|大致|基本|一直)?
    (?: (?<=[侧面边部线]){one_of(EDGE_NOUNS)}{{1,2}}(?=[为是:]) )?
    (?: (?P<strong> 划界: | {one_of(SIDE_VERBS)} ) | (?P<weak> {one_of(WEAK_SIDE_VERBS)} ) )
    (?P<tail> (?:{one_of(VERB_TAILS)}){{0,2}} ) )
    """,
    re.X,
)

_TRAVEL = re.compile(r"[向往朝自由从以折转到]$")
"""向东至, 从东到西依次: somebody walks there, it is no side."""

_PLACE_BEFORE = re.compile(
    r"(?:山|河|湖|广|海|云|江|华|京|陕|浦|辽|济|淮|鲁|苏|皖|闽|粤|桂|滇|豫|冀|晋|关|岭|黔|巴|渝|川|塞)$"
)
"""山东, 河南 …: the direction belongs to a name, unless a mark stands between."""

_NO_BODY = re.compile(
    r"""
      [、,。;)]                          # 为东界、…
    | [东南西北]?[经纬](?:度|[\d.]+(?![\d.路街道巷号线大支干环桥])|°)  # coordinates; 西经1路 is a road
    | \d+(?:\.\d+)?[°′度]
    | [东南西北]?(?:全|总|最)?[宽长](?:度)?[约为\d]
    | (?<=东至)县(?!道|城|界|学|医院|中学|[一二三]中|[^,。;]{0,6}[路街巷道墙渠河])  # 东至县 is a county
    | [东南西北](?:[、,。;)]|[至到](?![路街道河村山庄]))  # 东至西
    | (?<=以)[东南西北](?:约?\d|[、,。;)]|$)  # 北边界以南1000米
    """,
    re.X,
)

_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff]")
_QUANTITY = re.compile(
    r"(?:大?约|各)?[\d.]+余?(?:米|公里|千米|m|km|户|人|个|家|栋|幢|间|亩|条|处)(?:处|远|范围|左右|以内)*+$"
)
"""A distance or a count is no feature."""

_CLAUSE = re.compile(
    r"""
      (?:总|规划|占地|用地|土地|宗地|地块|净|净用地|出让|征收|辖区|行政区划|区域|控制|核准|建筑|合计)*+面积
    | 占地 | 约\d | 共计 | 总用地 | 总占地 | 计\d
    | 等?(?:[一二三四五六七八九十\d]条)?(?:道路|路段)?(?:所|共同)?(?:合围|围合|围成|包围|围绕)
    | (?:区域|范围)?内?(?:被|已)?(?:划定|划分|确定|调整|列)为 | 区域(?:实行|实施)
    | 四至(?:范围)?(?:以内|之内|内)
    | (?:所围|以内|之内|范围内|区域内|界内|沿线以内)
    | 为(?=\d{4}年|[^,。;界止边限]{0,8}(?:区域|范围|区|年|地带))
    | 的?(?:连片)?(?:范围|区域|地区|地带)(?=[,。;)”]|$)
    | 的(?:范围|区域|地区|地块|部分|地段|地带|连线|路段|用地)
    | (?:一线|一带|沿线)?(?:所|共同)?(?:形成|构成|组成|划成)的
    | 之(?:间的?)?(?:非|都市|土地|范围|区域|地区|部分)
    | 一[线带](?=等|所|共同|以内|范围)
    """,
    re.X,
)
"""Words after a name that begin something else."""

_NO_NAME = re.compile(
    r"""
      总 | 共 | 约 | 其中 | 包括 | 包含 | 不含 | 不包 | 涉及 | 主要 | 规划面积 | 面积 | 占地 | 具体 | 详见
    | 结合 | 隔 | 全长 | 长约?\d | 宽约?\d | 位于 | 属于? | 地处 | 该 | 此 | 本 | 现 | 并 | 以及其 | 由 | 呈
    | 为 | 是 | 与 | 及其
    | 对应 | 距 | 合计 | 建筑 | 用地 | 四至 | 实际 | 最终 | 界址 | 核减 | 除 | 如 | 按 | 均 | 可 | 适时 | 拟
    | [东西][南北](?:至|临|邻|接|以|到|起) | 以[^东南西北]{0,3}为准
    | (?:东经|北纬)(?!\d{0,3}[路街道巷号线大支]|[一二三四五六七八九十]{1,3}[路街道巷号线])
    | \d+(?:\.\d+)?(?:亩|公顷|平方)
    """,
    re.X,
)
"""Words that begin a clause which is no feature."""

_LONG_VERBS = one_of((*PASSING_VERBS, *(v for v in SIDE_VERBS if len(v) > 1)))
_OTHER_CLAUSE = re.compile(
    rf"""
      (?: [中途上下横纵内外直再又折转前后左右旁东南西北]{{1,2}}[侧面边部角端]?   # 中经东湖, 东北连三路, 西距…
          (?: 经(?![{NUMERALS}\d]) | (?<![再又直折转])[至到]
            | 紧?[穿跨越贯绕距离隔连临邻靠依接望眺瞰揽拥抱扼夹毗濒抵达向往含辖纳设嵌]
            | 为 | 是 | 有(?!限) | 通[往向至达] )
          [^,。;、]{{2}}
    | {_LONG_VERBS}(?![线路道街桥])[^,。;、]{{2}}
    | (?:[跨穿]|绕(?!城))[^,。;、]{{3}}
    | 其[^,。;、]{{2}} | 包括 | 包含 | 涵盖 | 覆盖 | 囊括 | 涉及 | 不含 | 面积
    | 沿(?![江河海湖街线山溪湾滩港岸城])[^,。;、]{{2}}
    | [^,。;、]{{0,3}}[内中部间面侧边围周原划](?:有(?!限)|含|设有)[^,。;、]{{2}}       # 境内有丙河
    | [^,。;、]{{1,10}}(?:[侧面边部角端处段米间原]|道路|河流|现状|其余|其他|两岸)[为是][^,。;、]
    | (?:两岸|两侧|两边|沿岸|四周|周边|周围|其余|其它|其他|其中)[^,。;、]{{0,12}}?[以为是与至]
    | 以[^,。;、]{{2,20}}为 | [^,。;、]{{0,12}}以[^,。;、]{{2,20}}为(?:界|边|限|准|分界)
    | [^,。;、]{{0,8}}[高宽深长厚距][度约为]{{0,2}}[\d.]+(?:米|公里|km|m)
    | [^,。;、]{{2,12}}(?:而过|流经|流过|穿过|穿境)
    | [与隔][^,。;、]{{1,20}}(?:接壤|相邻|毗邻|毗连|相望|交界|相距) )
    """,
    re.X,
)
"""A clause that tells something of its own: behind a mark it is no further feature of the side before it."""

_SENTENCE_END = frozenset("。;!?")
_CLOSERS = frozenset(")]}>”’」』")
_LONGEST_ITEM = 240
"""Of the words between two marks of a list; the list itself may be of any length."""
_BRACKET = re.compile(r"\((?:[^()]|\([^()]{0,80}\)){0,160}\)|\[[^\[\]]{0,80}\]")


@dataclass(frozen=True, slots=True)
class Head:
    """A direction and its verb: what a side begins with."""

    start: int
    end: int
    directions: tuple[Direction, ...]
    strong: bool
    verb: str
    each: bool
    """分别: the first feature is on the first direction, the second on the second."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side, or one feature on several sides."""

    start: int
    end: int
    directions: tuple[Direction, ...]
    features: tuple[tuple[Direction, tuple[Feature, ...]], ...]
    """The features of each direction."""
    others: tuple[tuple[Direction, tuple[Feature, ...]], ...] = ()
    """Other readings of the same words."""
    strong: bool = True
    clean: bool = True
    """A mark or a lead-in stands before it."""
    inverse: bool = False
    faced: bool = False
    """Told like a heading: 东面为X以西, 东:X."""
    lying: bool = False
    """Told by a verb that says what lies near (临, 靠, 望) and not how far the area reaches."""

    @property
    def latin(self) -> bool:
        """Its first name is written in Latin letters."""
        return self.features[0][1][0].name[:3].isascii()


def side_of(
    prose: Prose,
    start: int,
    end: int,
    directions: tuple[Direction, ...],
    reading: Reading,
    *,
    strong: bool = True,
    clean: bool = True,
    inverse: bool = False,
    faced: bool = False,
    lying: bool = False,
    each: bool = False,
) -> Side | None:
    """Make the side of a reading; None if no feature is left."""

    def features(
        pieces: tuple[tuple[int, int], ...],
    ) -> tuple[tuple[Direction, tuple[Feature, ...]], ...]:
        shared = shared_names(prose.text, pieces)
        kept = [
            p
            for k, p in enumerate(pieces)
            if k in shared or (_LETTER.search(prose.text, *p) and not _QUANTITY.match(prose.text, *p))
        ]
        if each and len(kept) == len(directions):
            return tuple(
                (d, (feature_at(prose, *p, d, faced=faced),)) for d, p in zip(directions, kept, strict=True)
            )
        return tuple((d, features_at(prose, kept, d, faced=faced)) for d in directions if kept)

    found = features(reading.pieces)
    if not found:
        return None
    others = tuple(f for other in reading.others for f in features(other))
    directions = tuple(d for d, _ in found)
    return Side(start, end, directions, found, others, strong, clean, inverse, faced, lying)


@dataclass(frozen=True)
class _Scan:
    """One pass over a text: where the heads are, and where each side's words end."""

    prose: Prose
    heads: dict[int, Head] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return self.prose.text

    @cached_property
    def _frame_ends(self) -> list[int]:
        return [m.start() for m in _FRAME_END.finditer(self.text)]

    def heads_between(self, start: int, end: int) -> bool:
        """Tell whether another side begins after a mark between two places."""
        return any(i in self.heads and self.text[i - 1] in ",、;" for i in range(start + 1, end))

    def frame_ends_after(self, start: int) -> bool:
        """Tell whether a word such as 为界 or 接壤 stands near enough to end a frame."""
        k = bisect_right(self._frame_ends, start)
        return k < len(self._frame_ends) and self._frame_ends[k] - start < _LONGEST_FRAME

    def body(self, start: int, used: set[Direction], verb: str, facing: str = "") -> int:
        """Return the end of the words of the side whose verb ends at ``start``."""
        text, gaps, n = self.text, self.prose.gaps, len(self.text)
        i = item = start
        quotes = 0
        while i < n and i - item < _LONGEST_ITEM:
            c = text[i]
            if i > start:
                if gaps[i] >= CELL and self._line_ends(item, i):
                    return i
                if (head := self.heads.get(i)) and self._takes_over(head, item, used, verb):
                    return i
            if c in _SENTENCE_END or c == ":":
                return i
            if c == ".":
                if not (text[i - 1].isalnum() and text[i + 1 : i + 2].isalnum()):
                    return i
            elif c in "([":
                closed = text.find(")" if c == "(" else "]", i, i + _LONGEST_ITEM) > 0
                m = _BRACKET.match(text, i) if closed else None
                if not m:
                    return i
                i = m.end()
                continue
            elif c == "“":
                quotes += 1
            elif c in _CLOSERS:
                if c != "”" or not quotes:
                    return i
                quotes -= 1
            elif c == ",":
                if not self._list_goes_on(i + 1, used, verb, facing):
                    return i
                item = i + 1
            elif c in "、/":
                item = i + 1
                if _NO_NAME.match(text, item) and not is_complete(self._segment(item)):
                    return i
                if _OTHER_CLAUSE.match(text, item):
                    return i
            elif i > item and _CLAUSE.match(text, i) and is_complete(text[item:i]):
                return i
            i += 1
        return i

    def _segment(self, i: int) -> str:
        m = _SEGMENT_END.search(self.text, i, i + 40)
        return self.text[i : m.start() if m else i + 40]

    def _takes_over(self, head: Head, item: int, used: set[Direction], verb: str) -> bool:
        """Tell whether a head inside a side's words begins the next side."""
        i = head.start
        if not self._may_have_body(head):
            return False
        separated = i == item or self.prose.gaps[i] >= SPACE or self.text[i - 1] in ")]”,、;"
        if separated:
            if head.strong:
                return True
            if self.text[i - 1] != "、" or head.verb == verb:
                return True
            # 、北达路 is a road; 、北达中山北路 is the north side.
            name = _SEGMENT_END.split(self.text[head.end : head.end + 24], maxsplit=1)[0]
            fresh = len(used) > 1 and not used.intersection(head.directions)
            return fresh and head.verb in "达及连近界对望" and len(name) > 3 and is_complete(name)
        return (
            head.strong
            and not used.intersection(head.directions)
            and is_complete(self.text[item:i])
            and not _PLACE_BEFORE.search(self.text, i - 1, i)
        )

    def _may_have_body(self, head: Head) -> bool:
        return head.end < len(self.text) and not _NO_BODY.match(self.text, head.end)

    def _line_ends(self, item: int, i: int) -> bool:
        """Tell whether a line break inside a side ends it, or only broke a word."""
        name = self.text[item:i]
        if not name or name[-1] in ",、和与及(—~/":
            return False
        if self.prose.begins_item(i) or self.prose.gaps[i] == CELL:
            return True
        m = _SEGMENT_END.search(self.text, i, i + 20)
        if not m or (self._break_within(i + 1, m.start())):
            return True
        rest = self.text[i : m.start()]
        if is_complete(name):
            return not (len(rest) <= 6 and is_complete(name + rest) and m.group() in "、,。;")
        return len(rest) > 14

    def _line_free(self, i: int) -> bool:
        return i < len(self.text) and self.prose.gaps[i] < BREAK

    def _break_within(self, start: int, end: int) -> bool:
        return any(g >= BREAK for g in self.prose.gaps[start : end + 1])

    def _list_goes_on(self, i: int, used: set[Direction], verb: str, facing: str) -> bool:
        """Tell whether what follows a comma is one more feature of the same side."""
        head = self.heads.get(i)
        if head and self._takes_over(head, i, used, verb):
            return False
        segment = self._segment(i)
        if facing and self._line_free(i) and _facing_end(self.text, i, facing):
            return True
        if self._line_free(i) and _WALKS_ON.match(self.text, i):
            return True  # …西端,沿人民大街至与西宁大路交汇处
        if not 2 <= len(segment) <= 16 or _NO_NAME.match(segment) or _CLAUSE.search(segment):
            return False
        if _OTHER_CLAUSE.match(self.text, i):
            return False
        if not is_complete(segment) or re.search(r"[的是了]|以[东南西北]", segment):
            return False
        if not self._line_free(i):
            return False
        after = i + len(segment)
        mark = self.text[after : after + 1]
        following = self.heads.get(after + 1)
        if mark in (",", "、", ";") and following and following.strong:
            return True
        return is_linear(segment) and mark in ("。", ",", "、", ";")


_LEAD = re.compile(rf"(?:{one_of(LEAD_INS)}|为|是|即|指|由|其|则|大致|分别|大体|包括|范围内|官方)$")
FACING: dict[Direction, str] = {"east": "西", "west": "东", "south": "北", "north": "南"}


def _facing_end(text: str, i: int, facing: str) -> bool:
    return re.compile(rf"(?:[^,。;:()]|\([^()]{{0,40}}\)){{2,30}}以{facing}[,。;]").match(text, i) is not None


_WALKS_ON = re.compile(r"[沿经再转折][^,。;]{1,40}?(?<![东南西北])至")
_SEGMENT_END = re.compile(r"[,、。;:!?()“”\[\]]")


def begins_clause(prose: Prose, i: int) -> bool:
    """Tell whether a mark, a space or a lead-in stands right before ``i``."""
    return (
        i == 0
        or prose.gaps[i] >= SPACE
        or prose.text[i - 1] in ",、;。:([{“\"'‘”)]}.!?—→~/·"
        or _LEAD.search(prose.text, max(0, i - 8), i) is not None
    )


_SOLSTICE = re.compile(r"冬(?=[面侧边]?至(?![当前后日节时期这那]))")
_OTHER_SIDE = re.compile(r"[南西北][面侧边]?[至临邻接靠起到]")


def _mended(text: str) -> str:
    """Put 东至 for the misprint 冬至 (the solstice) where it begins a clause beside other sides."""

    def mend(m: re.Match[str]) -> str:
        begins = m.start() == 0 or text[m.start() - 1] in ",、;:。("
        before, after = text[max(0, m.start() - 60) : m.start()], text[m.end() : m.end() + 60]
        before, after = before.rpartition("。")[2], after.partition("。")[0]
        return "东" if begins and len(_OTHER_SIDE.findall(before + "|" + after)) > 1 else m.group()

    return _SOLSTICE.sub(mend, text)


def is_within(i: int, spans: list[tuple[int, int]]) -> bool:
    """Tell whether a position lies in one of some stretches, which stand in order."""
    k = bisect_right(spans, (i, len(spans) and spans[-1][1] + 1)) - 1
    return k >= 0 and i < spans[k][1]


def find_heads(prose: Prose) -> dict[int, Head]:
    """Find every direction with a verb after it, by position.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> [h.directions for h in find_heads(Prose.of("东至A路，南、西面均临B河，自西向东至C山")).values()]
    [('east',), ('south', 'west'), ('west',)]
    """
    heads: dict[int, Head] = {}
    walked = walks(prose.text)
    text = _mended(prose.text)
    for m in _HEAD.finditer(text):
        letters = re.findall(_D, m["directions"])
        diagonal = re.search(r"[东西][南北](?![、,和与及/])|[南北][东西]", m["directions"])
        if len(set(letters)) != len(letters):
            continue
        told_apart = m["each"] is not None  # 东南分别与甲、乙相邻
        if len(letters) == 2 and diagonal and not told_apart:
            continue  # 东北至: a corner
        i = m.start()
        if is_within(i, walked):
            continue
        if i and prose.text[i - 1] in SIDE_OF and not prose.gaps[i]:
            continue  # 西南以: a corner, or the second of 东、西
        if m["weak"] in ("为", "是") and re.search(r"[部段端翼]$", m["directions"]):
            continue  # 东部为山地 tells what a part is, not what bounds it
        if _TRAVEL.search(prose.text, max(0, i - 1), i) and m["strong"] != "起":
            continue
        if len(letters) > 1 and not told_apart and not begins_clause(prose, i):
            continue
        heads[i] = Head(
            start=i,
            end=m.end("tail"),
            directions=tuple(SIDE_OF[c] for c in letters),
            strong=m["strong"] is not None,
            verb=m["strong"] or m["weak"],
            each=m["each"] is not None and len(letters) > 1,
        )
    return heads


def direction_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read every side of the form direction, verb, names, outside what is taken.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "东以外环为界，南、西至北苏州路、和云路，北与大场镇接壤。"
    >>> for side in direction_sides(Prose.of(text), bytearray(len(text))):
    ...     print(side.directions, [f.name for f in side.features[0][1]])
    ('east',) ['外环']
    ('south', 'west') ['北苏州路', '和云路']
    ('north',) ['大场镇']
    """
    scan = _Scan(prose, find_heads(prose))
    past = 0
    used: set[Direction] = set()
    for head in scan.heads.values():
        if head.start < past or taken[head.start] or not scan._may_have_body(head):
            continue
        clean = begins_clause(prose, head.start)
        if not clean and (
            not (head.strong or _has_owner(prose.text, head))
            or _PLACE_BEFORE.search(prose.text, max(0, head.start - 1), head.start)
        ):
            continue
        if head.start - past > 60 or len(used) == 4 or used.intersection(head.directions):
            used = set()
        start, end = _framed(scan, head, used | set(head.directions))
        if end <= start:
            continue
        reading = read_names(prose, start, end)
        side = side_of(
            prose,
            head.start,
            end,
            head.directions,
            reading,
            strong=head.strong or head.verb in "和同",  # read only where 相邻 or the like ends the frame
            clean=clean,
            each=head.each,
            faced=head.verb in ("为", "是", ":", "划界:"),
            lying=head.verb in LYING_VERBS,
        )
        if side:
            used |= set(head.directions)
            past = end
            yield side


_BY = re.compile(
    rf"(?P<name>[^,。;]{{1,80}}?)(?:{one_of(FRAME_ENDS)}|[与和同][^,。;]{{1,30}}?{one_of(NEIGHBOUR_ENDS)})"
)
_FROM = re.compile(r"(?P<name>[^,。;]{1,60}?)(?:划定|界定|围成|构成|为界|为边界|形成)")
_WITH = re.compile(
    rf"""
      (?P<inner>[^,。;]{{1,60}}?)以(?P<name>[^,。;]{{1,60}}?)(?:为界|分界)   # 与Y以X为界
    | (?:[^,。;]{{1,60}}?)隔(?P<across>[^,。;]{{1,40}}?)相[望邻对接]         # 与Y隔X相望
    | (?P<plain>[^。;]{{1,120}}?){one_of(NEIGHBOUR_ENDS)}
    """,
    re.X,
)
_ACROSS = re.compile(r"(?P<name>[^,。;、与和同]{1,40}?)(?:[与和同为是][^。;,]{1,60}|相[望邻对])")


_TWICE = re.compile(rf"以[^,。;]{{1,40}}?{one_of(FRAME_ENDS)}")


def _has_owner(text: str, head: Head) -> bool:
    """Tell whether the words before 东侧为 say whose east side it is: 项目东侧为X, 小区东边是X."""
    if head.verb not in ("为", "是") or not re.search(r"[侧面边]", text[head.start : head.end]):
        return False
    before = re.split(r"[,。;:、()]", text[max(0, head.start - 12) : head.start])[-1].removesuffix("的")
    return _OWNER.search(before) is not None or (is_complete(before) and not is_linear(before))


_OWNER = re.compile(rf"(?:{one_of(AREA_NOUNS)}|该地|其|场地)$")
_FRAMES = {"以": _BY, "由": _FROM, "与": _WITH, "和": _WITH, "同": _WITH, "隔": _ACROSS}
_LONGEST_FRAME = 130
_FRAME_END = re.compile(one_of((*FRAME_ENDS, *NEIGHBOUR_ENDS, "划定", "界定", "围成", "构成", "形成")))


def _framed(scan: _Scan, head: Head, used: set[Direction]) -> tuple[int, int]:
    """Return the stretch of a side's names: what a frame such as 以…为界 encloses, or all words."""
    text, start, verb = scan.text, head.end, head.verb
    if _TWICE.match(text, start):  # 东至以X为界
        start, verb = start + 1, "以"
    pattern = _FRAMES.get(verb) if verb == "隔" or scan.frame_ends_after(start) else None
    only_framed = verb in "与和同由"  # 北和平街 is a street
    if only_framed and not pattern:
        return start, start
    if pattern and (m := pattern.match(text, start, start + _LONGEST_FRAME)):
        group = next(k for k in ("name", "across", "plain") if k in m.groupdict() and m[k])
        if not scan.heads_between(start, m.end(group)):
            return m.span(group)
    if only_framed:
        return start, start
    # 北线划界:甲街以南,乙路以南: each item says again on which side of it the area lies.
    facing = FACING[head.directions[0]] if len(head.directions) == 1 else ""
    return start, scan.body(start, used, head.verb, facing)


_VERBLESS = re.compile(
    r"(?P<direction>[东南西北])(?P<mark>[:=]|[—-]{1,2}|侧|面|边|方)?[:]?(?![\s,、;。:距离约宽长部])"
)
_VERBLESS_LEAD = re.compile(rf"(?:{one_of(LEAD_INS)}|界)(?:为|是|:)*+$")


def verbless_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read 东营口路、西双阳北路、南走马塘、北国顺东路: four clauses, each with its direction.

    Without a verb only all four directions in one sentence count, three after a lead-in such
    as 四至.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "精确四至：东营口路、西双阳北路、南走马塘、北国顺东路，占地 39.86 ha"
    >>> [(s.directions[0], s.features[0][1][0].name) for s in verbless_sides(Prose.of(text), bytearray(50))]
    [('east', '营口路'), ('west', '双阳北路'), ('south', '走马塘'), ('north', '国顺东路')]
    """
    for sentence in re.finditer(r"[^。;!?]{8,400}", prose.text):
        if len(set(re.findall(_D, sentence.group()))) < 3:
            continue
        a, b = sentence.span()
        if taken.find(1, a, b) >= 0:
            continue
        yield from _verbless_in(prose, a, b)


def _verbless_in(prose: Prose, a: int, b: int) -> Iterator[Side]:
    text = prose.text
    starts: list[tuple[int, int, Direction]] = []
    led = False
    for m in _VERBLESS.finditer(text, a, b):
        i = m.start()
        direction = SIDE_OF[m["direction"]]
        if direction in {d for _, _, d in starts}:
            continue
        lead = _VERBLESS_LEAD.search(text, max(a, i - 12), i) is not None
        separated = i == a or text[i - 1] in ',、:(“ "' or prose.gaps[i] >= SPACE
        if not (lead or separated) or (starts and i - starts[-1][1] > 60):
            continue
        led = led or lead
        starts.append((i, m.end(), direction))
    if len(starts) < (3 if led else 4):
        return
    scan = _Scan(prose)
    sides: list[Side] = []
    for k, (i, body, direction) in enumerate(starts):
        limit = starts[k + 1][0] if k + 1 < len(starts) else b
        end = min(scan.body(body, set(), ""), limit)
        reading = read_names(prose, body, end)
        if not all(is_complete(text[p:q]) for p, q in reading.pieces):
            return
        side = side_of(prose, i, end, (direction,), reading, strong=False)
        if side:
            sides.append(side)
    yield from sides
