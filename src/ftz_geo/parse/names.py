"""Feature names: where one ends and the next begins, and what each of them is."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.compass import SIDE_OF, Direction
from ftz_geo.endings import CROSSINGS, KIND_OF_SUFFIX, LINEAR_SUFFIXES, suffix_of
from ftz_geo.model import Feature
from ftz_geo.parse.paths import is_path, read_path
from ftz_geo.parse.words import (
    FRAME_ENDS,
    JUNCTIONS,
    NEIGHBOUR_ENDS,
    TAILS,
)
from ftz_geo.wording import NUMERALS, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftz_geo.model import Kind, Relation
    from ftz_geo.parse.prose import Prose

__all__ = [
    "Meaning",
    "Reading",
    "feature_at",
    "features_at",
    "is_complete",
    "is_linear",
    "read_feature",
    "read_names",
    "shared_names",
]

_LONGEST_ENDING = 40
"""More of a name's end than any suffix, offset and side take together."""

_BRACKET_AT_END = re.compile(r"\((?:[^()]|\([^()]*\)){0,120}\)$")

_OFFSET = re.compile(
    r"""
    (?: [以之向往]?(?P<direction>[东南西北])[侧面边方]?向?(?:外扩|延伸|平移|偏移|处|外)?
      | 以外 | 外侧? | 外扩 | 外延 )
    (?:大?约|各|至)?
    (?P<number>\d{1,6}(?:\.\d{1,4})?)
    (?P<unit>公里|千米|米|km|m)
    (?:左右|处|以内|范围内|范围)*+$
    """,
    re.X | re.I,
)
"""试白路以东1500米, 外环线外侧200米处."""

_BEYOND = re.compile(r"[以之](?P<direction>[东南西北])$")
"""X以东, without a distance."""

_EDGE = re.compile(
    r"""
    的?(?P<direction>[东南西北])
    (?: 侧(?:边界线?|边线|界线?|红线|围墙|院墙|道路|边缘|外缘|外)? | 边(?:界线?|线|缘)? | 面 | 岸(?:线)?
      | 外?缘 | 沿 | 围墙 | 院墙 | 墙 | 红线 | 界线? | 部 )$
    """,
    re.X,
)
"""项目东边界, 村北侧, 河西岸, 区块二西侧边界线."""

_LINE = re.compile(r"(?:道路|规划|用地|河道)*(?:中心线|中线|红线|边线|路缘石?)$")
"""What of a road is meant; whose road it is, the name before it says."""

_SEGMENT = re.compile(r"(?:[东南西北]{1,2}|[上中下前后])(?:段|端|头|部|角|口|延|延线|延长线|延伸线|延伸段)?$")
_EXTENSION = re.compile(r"(?:延长|延伸)(?:线|段)$")
_TAIL = re.compile(rf"(?:{one_of(TAILS)})$")
_CODE = re.compile(r"(?:[A-Za-z]{1,3}-?\d{1,4}[A-Za-z]?|\d{1,3}(?:号|#))$")
_BLOCK = re.compile(
    rf"(?:本方案|本次|规划)?(?:区块|片区|地块|组团|宗地)[{NUMERALS}\dA-Z]{{1,3}}$|^[A-Z]\d?(?:区块|片区)$"
)
_LATIN_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("rail", re.compile(r"\b(?:railway|railroad|rail|metro|subway)\b", re.I)),
    (
        "road",
        re.compile(
            r"\b(?:road|rd|street|st|avenue|ave|highway|expressway|lane|ring|boulevard|blvd|way)\b\.?", re.I
        ),
    ),
    ("water", re.compile(r"\b(?:river|canal|lake|creek|sea|reservoir|stream|bay)\b", re.I)),
    ("boundary", re.compile(r"\b(?:boundary|border|limits?)\b", re.I)),
)


def _without_notes(name: str) -> str:
    """Take brackets off the end: 木槿路(规划道路) is 木槿路."""
    while name.endswith(")") and (m := _BRACKET_AT_END.search(name)):
        if m.start() == 0:
            break
        name = name[: m.start()]
    return name


def _base(name: str) -> str:
    """Take off what says where at the feature: offset, side, stretch.

    Examples
    --------
    >>> _base("试白路以东1500米"), _base("盛云路北段"), _base("园区北边界以南1000米"), _base("人民路延长线")
    ('试白路', '盛云路', '园区', '人民路')
    """
    name = _without_notes(name)
    for pattern in (_OFFSET, _BEYOND, _EDGE, _SEGMENT, _TAIL):
        m = pattern.search(name)
        if m and m.start() > 1 and (pattern is not _SEGMENT or suffix_of(name[: m.start()])):
            name = name[: m.start()]
    return name


def is_complete(name: str) -> bool:
    """Tell whether the words end as a feature's name ends.

    Examples
    --------
    >>> [is_complete(n) for n in ("津港大道", "嘉", "盛云路北段", "道路NB8", "桐树庄村东南", "共")]
    [True, False, True, True, True, False]
    """
    return _ends_as_name(_without_notes(name)[-_LONGEST_ENDING:])


@lru_cache(maxsize=8192)
def _ends_as_name(name: str) -> bool:
    if len(name) < 2:
        return False
    if suffix_of(name) or _CODE.search(name):
        return True
    base = _base(name)
    return base != name and len(base) > 1 and suffix_of(base) is not None


def is_linear(name: str) -> bool:
    """Tell whether the name is that of a road, water or rail.

    Examples
    --------
    >>> is_linear("解放路北段"), is_linear("东庄村")
    (True, False)
    """
    name = _without_notes(name)[-_LONGEST_ENDING:]
    return len(name) > 1 and (name.endswith(LINEAR_SUFFIXES) or _base(name).endswith(LINEAR_SUFFIXES))


class Meaning(NamedTuple):
    """What the words of one feature say, as :class:`ftz_geo.model.Feature` documents it."""

    kind: Kind
    relation: Relation = "at"
    offset_m: float | None = None
    base: str | None = None
    part: str | None = None


def read_feature(name: str, side: Direction) -> Meaning:
    """Read what a name stands for and how the side lies to it.

    Parameters
    ----------
    name : str
        The words of one feature, folded.
    side : {"east", "south", "west", "north"}
        The side it bounds; an offset without a direction points outward.

    Returns
    -------
    Meaning

    Examples
    --------
    >>> tuple(read_feature("试白路以东1500米", "east"))
    ('road', 'east_of', 1500.0, '试白路', None)
    >>> tuple(read_feature("金隅振兴环保项目东边界", "east"))
    ('place', 'east_edge', None, '金隅振兴环保项目', None)
    >>> tuple(read_feature("区块二西侧边界", "east")), tuple(read_feature("盛云路北段", "north"))
    (('block', 'west_edge', None, '区块二', None), ('road', 'at', None, '盛云路', '北段'))
    >>> [read_feature(n, "north").kind for n in ("南坨村北侧空地", "北辰区界", "区块二", "天津北环线铁路")]
    ['vague', 'boundary', 'block', 'rail']
    """
    name = _without_notes(name)
    if (m := _OFFSET.search(name)) and m.start() > 1:
        factor = 1.0 if m["unit"].lower() in ("米", "m") else 1000.0
        outward = SIDE_OF[m["direction"]] if m["direction"] else side
        base = name[: m.start()]
        return Meaning(_kind_of(base), _OF[outward], float(m["number"]) * factor, base)
    if (m := _BEYOND.search(name)) and m.start() > 1:
        base = name[: m.start()]
        return Meaning(_kind_of(base), _OF[SIDE_OF[m["direction"]]], None, base)
    return _edge_of(name) or Meaning(_kind_of(name), "at", None, *_stretch_of(name))


def _edge_of(name: str) -> Meaning | None:
    """Read 项目东边界, 村北: one edge of what has an extent; None for any other words."""
    if (m := _EDGE.search(name)) and m.start() > 1:
        kind = _kind(name[: m.start()])
        if kind and kind != "vague":
            return Meaning(kind, _EDGE_OF[SIDE_OF[m["direction"]]], None, name[: m.start()])
        if kind:
            return None
    if len(name) > 2 and name[-1] in SIDE_OF and _kind(name[:-1]) == "place":
        return Meaning("place", _EDGE_OF[SIDE_OF[name[-1]]], None, name[:-1])
    return None


def _stretch_of(name: str) -> tuple[str | None, str | None]:
    """Return whose middle line or which stretch of it is meant: 枫扬路中心线, 盛云路北段, 人民路延长线."""
    if (m := _LINE.search(name)) and m.start() > 1:
        return name[: m.start()], None
    for pattern in (_SEGMENT, _EXTENSION):
        if (m := pattern.search(name)) and m.start() > 1 and suffix_of(name[: m.start()]):
            return name[: m.start()], m.group()
    return None, None


_OF: Mapping[Direction, Relation] = {
    "east": "east_of",
    "south": "south_of",
    "west": "west_of",
    "north": "north_of",
}
_EDGE_OF: Mapping[Direction, Relation] = {
    "east": "east_edge",
    "south": "south_edge",
    "west": "west_edge",
    "north": "north_edge",
}


def _kind_of(name: str) -> Kind:
    return _kind(name) or _kind(_base(name)) or "place"


def _kind(name: str) -> Kind | None:
    if _BLOCK.search(name):
        return "block"
    if suffix := suffix_of(name):
        return KIND_OF_SUFFIX[suffix]
    if re.search(r"[GSXY]\d{1,4}$", name):  # national, provincial, county and township roads by number
        return "road"
    for kind, pattern in _LATIN_KINDS:
        if pattern.search(name):
            return kind
    if (base := _base(name)) != name and (suffix := suffix_of(base)):
        return KIND_OF_SUFFIX[suffix]
    return None


# --- lists ----------------------------------------------------------------------------------


class Reading(NamedTuple):
    """The pieces of one side, positions in the folded text."""

    pieces: tuple[tuple[int, int], ...]
    others: tuple[tuple[tuple[int, int], ...], ...]
    """Other ways to read the same words."""


_JUNCTION = re.compile(one_of(JUNCTIONS))
_JOINT = re.compile(r"以及|再止|再至|及其|止于|终于|和|与|及|并|至|止|接|转|到")
_PLAIN_JOINT = re.compile(
    r"[、/~→,;+]|—+|(?<=[\u4e00-\u9fff)])-+(?=[\u4e00-\u9fffA-Z])|-+(?=[\u4e00-\u9fff]{2})"
)
_ONE_CHARACTER_STEM = re.compile(r".(?:路|街|道|村|巷|桥|园|河|里|苑)(?:[东南西北中]?段)?$")

_NEIGHBOURS_ONLY = one_of({*NEIGHBOUR_ENDS} - {"交界", "相交界", "连接", "分界", "为界"})
_CUT = re.compile(
    rf"""
      {one_of(FRAME_ENDS)}.*$
    | (?<=.)[与和同].{{1,30}}?{_NEIGHBOURS_ONLY}$             # 至X与Y相邻: X is the side
    | (?<=.{{2}})等(?:机构|单位|企业|道路|路段|村庄|小区|社区|建筑|设施|区域|范围|地区|地段|地块)?$
    | (?<=.{{2}})相?(?:接壤|相邻|毗邻|相连|相接|毗连)$
    """,
    re.X,
)
_WITHOUT = re.compile(r"(?:不含|不包含|不包括|不计|除外)[^、,]*")
"""001乡道不含, X不含243省道及两侧绿化带: what is left out is no feature of the side."""

_WHOLE_CHAIN = re.compile(r"(?<=[\u4e00-\u9fff)])(?:一线|一带|沿线)$")
"""A—B—C一线: the word is said of the whole chain."""

_ROUTE_NODE = re.compile(
    r"(?:[A-Z]\d{1,4}|[\u4e00-\u9fff]高速|[\u4e00-\u9fff]公路|[\d一二三四五六七八九十]号?[路线]|国道|省道)(?:枢纽|互通|互通立交)$"
)
"""G15与G40枢纽: where two routes meet. 虹桥枢纽 is a place of its own name."""

_OWN_PARTS = frozenset(("支流", "支渠", "支线", "支路", "辅路", "匝道", "护堤", "围堤"))
"""淡水河及其支流: what belongs to the first and is a thing beside it. 延长线 is the same line."""

_DISTRICTS_LINE = re.compile(r"[^、/~→,;—-]{1,8}(?:[区县市镇乡省村]界线?|边界)(?![^、/~→,;—-])")
"""What follows the first of two districts whose common line is named."""

_EDGES_OFF = re.compile(r"""^[\s:、,;."'“”‘’。~—-]+|[\s:、,;."'“‘。~—-]+$""")


def read_names(prose: Prose, start: int, end: int) -> Reading:
    """Cut the words of one side into the names of its features.

    Brackets are never cut into. 和, 与, 及 and 至 separate only where the words before them end
    as a name ends, so 嘉和路 and 区块三与区块二之间的空地 stay whole.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> def names(text):
    ...     prose = Prose.of(text)
    ...     return [prose.words(*p) for p in read_names(prose, 0, len(prose.text)).pieces]
    >>> names("荣乌联络线和祥宪路"), names("嘉和路"), names("大连西路/密云路")
    (['荣乌联络线', '祥宪路'], ['嘉和路'], ['大连西路', '密云路'])
    >>> names("虹镇北街与飞虹路交界"), names("东庄村至南辛庄村机耕路")
    (['虹镇北街与飞虹路交界'], ['东庄村至南辛庄村机耕路'])
    >>> names("新海路—環鎮路(包括冬棗城)"), names("花园街止石头街")
    (['新海路', '環鎮路(包括冬棗城)'], ['花园街', '石头街'])
    """
    masked = _mask_brackets(prose.text[start:end])
    masked = _WITHOUT.sub(lambda m: "、" * len(m.group()), masked)
    if is_path(masked):
        return Reading(tuple((start + a, start + b) for a, b in read_path(masked)), ())
    cuts = [(0, 0)]
    for m in _PLAIN_JOINT.finditer(masked):
        mark = m.group()
        left = masked[cuts[-1][1] : m.start()]
        right = masked[m.end() : m.end() + _LONGEST_ENDING]
        numbered = mark == "/" and _LEFT_OF_SLASH.match(left) and _RIGHT_OF_SLASH.match(right)
        if mark in ("/", "+") and not (is_complete(left) or len(left) > 2 or numbered):
            continue
        if mark[0] in "—-~" and len(left) < 3 and not is_complete(left):
            continue  # 京—沪高速
        short = mark[0] in "—-~" and len(left) < 4
        if (short or not is_complete(left)) and _DISTRICTS_LINE.match(masked, m.end()):
            continue  # 宝山—普陀区界 is one line
        cuts.append((m.start(), m.end()))
    cuts.append((len(masked), len(masked)))
    pieces: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    doubtful = False
    for (_, a), (b, _) in pairwise(cuts):
        found, other = _cut_at_words(masked, a, b)
        pieces += found
        others += other or found
        doubtful = doubtful or other is not None
    tail = _WHOLE_CHAIN.search(masked)
    if tail and (re.search(r"—|~|→|--", masked) or _is_drawn_along(masked)):
        pieces[-1] = (pieces[-1][0], tail.start())
    first = _trimmed(masked, pieces, start)
    second = _trimmed(masked, others, start) if doubtful else first
    return Reading(first, (second,) if second != first else ())


def _is_drawn_along(words: str) -> bool:
    """Tell whether 一线 adds nothing: 如意路一带, but not 高速路口一线: a line through a place."""
    name = words[:-2]
    return words.endswith(("一线", "一带")) and is_linear(name) and not name.endswith(CROSSINGS)


def _cut_at_words(masked: str, a: int, b: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]] | None]:
    """Cut at 和, 与, 及 … where both halves are names; give another reading where that is in doubt."""
    if _JUNCTION.search(masked, a, b) or _ROUTE_NODE.search(masked[a:b]):
        return [(a, b)], None
    pieces: list[tuple[int, int]] = []
    last = a
    for m in _JOINT.finditer(masked, a, b):
        left, right = masked[last : m.start()], masked[m.end() : b]
        joint = m.group()
        if _count_on(left, right):
            pieces.append((last, m.start()))  # 规划七和八路
            last = m.end()
            continue
        if len(left) < 2 or len(right) < 2 or not _begins_name(right):
            continue
        if joint == "及其" and not (right in _OWN_PARTS or right in KIND_OF_SUFFIX):
            continue  # 黄河路及其延长线 is one road
        ends = is_complete(left) or (_LANE.search(left) is not None and is_linear(right))
        if joint in ("和", "与", "及") and not ends:
            # 东接杨浦和虹口, 南至华为和中兴产业园: nothing in the names tells one from two.
            apart, whole = [(last, m.start()), (m.end(), b)], [(last, b)]
            if _has_joint_inside(right):
                continue
            of_its_own = right in KIND_OF_SUFFIX  # 正房及围墙: a common noun is no part of a name
            first, second = (whole, apart) if is_complete(right) and not of_its_own else (apart, whole)
            return pieces + first, pieces + second
        if joint == "和" and right[0] in "平谐睦顺美兴安畅" and _ONE_CHARACTER_STEM.match(right):
            # 人民路和平路: 平路, or 和平路 with its comma lost.
            return (
                [*pieces, (last, m.start()), (m.start(), b)],
                [*pieces, (last, m.start()), (m.end(), b)],
            )
        if not ends:
            continue
        if joint in _WALK_JOINTS and not (is_linear(left) and _next_is_linear(right)):
            continue
        pieces.append((last, m.start()))
        last = m.end()
    return [*pieces, (last, b)], None


_LANE = re.compile(r"[\u4e00-\u9fff]{2}(?<!公)里$")
"""仁孝里和科巷: 里 ends the name of a lane where a road follows, and a distance after 公."""

_WALK_JOINTS = frozenset(("至", "到", "止", "接", "转", "再止", "再至"))
"""止 and 至 chain roads (花园街止石头街); between places they belong to a road's name."""


def _has_joint_inside(right: str) -> bool:
    return any(is_complete(right[: m.start()]) for m in _JOINT.finditer(right))


def _begins_name(right: str) -> bool:
    return right[0] not in "其相以的之"


def _next_is_linear(right: str) -> bool:
    first = _JOINT.split(right, maxsplit=1)[0]
    return is_linear(first) or is_linear(right)


def _mask_brackets(words: str) -> str:
    """Put a filler for everything inside brackets, so that no rule looks there."""
    if "(" not in words:
        return words
    out, depth = list(words), 0
    for i, c in enumerate(words):
        if c == "(":
            depth += 1
        elif c == ")" and depth:
            depth -= 1
        elif depth:
            out[i] = "□"
    return "".join(out)


def _trimmed(words: str, pieces: list[tuple[int, int]], offset: int) -> tuple[tuple[int, int], ...]:
    result: list[tuple[int, int]] = []
    for a, b in pieces:
        piece = words[a:b]
        if m := _CUT.search(piece):
            b = a + m.start()
            piece = words[a:b]
        lead = _EDGES_OFF.match(piece)
        a += lead.end() if lead else 0
        while b > a and words[b - 1] in " :、,;.\"'“‘。~—-…":
            b -= 1
        if words[a:b].endswith("”") and "“" not in words[a:b]:
            b -= 1
        if b > a:
            result.append((a + offset, b + offset))
    return tuple(result)


def feature_at(prose: Prose, start: int, end: int, side: Direction, *, faced: bool = False) -> Feature:
    """Make the feature for a piece of one side.

    Where a side is ``faced`` (东面为X以西, 东:X以西) the words 以西 say on which side of X the area
    lies and are no part of the name; in 东至X以西 they are an offset without a distance.
    """
    folded = prose.text[start:end]
    if faced and len(folded) > 3 and _BEYOND.search(folded):
        end -= 2
        folded = folded[:-2]
    meaning = read_feature(folded, side)
    return Feature(name=prose.words(start, end), span=prose.span(start, end), **meaning._asdict())


# 地铁3/4号线: a slash between two numbers is a list.
_LEFT_OF_SLASH = re.compile(rf"^(?P<head>.+?)(?P<number>[{NUMERALS}]+|[0-9]+)$")
_RIGHT_OF_SLASH = re.compile(rf"^(?:[{NUMERALS}]+|[0-9]+)(?P<tail>[^0-9].*)$")


def features_at(
    prose: Prose, pieces: Sequence[tuple[int, int]], side: Direction, *, faced: bool = False
) -> tuple[Feature, ...]:
    """Make the features for the pieces of one side.

    Of 地铁3/4号线 the words 地铁 and 号线 are said of both.
    """
    made = [feature_at(prose, a, b, side, faced=faced) for a, b in pieces]
    for n, name in shared_names(prose.text, pieces).items():
        meaning = read_feature(name, side)
        made[n] = replace(made[n], kind=meaning.kind, base=meaning.base or name)
    return tuple(made)


_LISTED = re.compile(rf"(?P<head>.*?)(?P<number>[{NUMERALS}]{{1,4}}|[0-9]{{1,4}})(?P<tail>[^0-9{NUMERALS}]*)")
"""A name that counts: 规划五, 六路, 地铁3, 4号线."""
_COUNTED = frozenset(("栋", "幢", "座", "组", "队", "号", "号井", "单元", "期"))
_MARK_OF_LIST = re.compile(r"[、/,和与及]|以及")


def shared_names(text: str, pieces: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Return the full names of pieces that share a first or last word: 规划五、六路, 地铁3/4号线, 5、6号楼.

    Examples
    --------
    >>> shared_names("规划五、六路", [(0, 3), (4, 6)]), shared_names("3、4号楼", [(0, 1), (2, 5)])
    ({0: '规划五路', 1: '规划六路'}, {0: '3号楼', 1: '4号楼'})
    >>> shared_names("淡水河及其支流", [(0, 3), (5, 7)]), shared_names("规划五路、六合路", [(0, 4), (5, 8)])
    ({1: '淡水河支流'}, {})
    """
    words = [text[a:b] for a, b in pieces]
    found: dict[int, str] = {}
    tail = ""
    for k in range(len(words) - 2, -1, -1):  # the last of a run tells what all of it are
        between = text[pieces[k][1] : pieces[k + 1][0]]
        left, right = _LISTED.fullmatch(words[k]), _LISTED.fullmatch(words[k + 1])
        if between == "及其":
            found[k + 1] = words[k] + words[k + 1]
        if not (left and right and _MARK_OF_LIST.fullmatch(between)):
            tail = ""
            continue
        tail = right["tail"] or tail
        if left["tail"] or not _counts(tail) or right["head"] not in ("", left["head"]):
            tail = ""
            continue
        found[k] = words[k] + tail
        found.setdefault(k + 1, words[k + 1])
    return _with_heads(words, found)


def _count_on(left: str, right: str) -> bool:
    """Tell whether the right words go on counting where the left ones end: 规划七 and 八路."""
    a, b = _LISTED.fullmatch(left), _LISTED.fullmatch(right)
    return bool(a and b and not a["tail"] and b["head"] in ("", a["head"]) and _counts(b["tail"]))


def _with_heads(words: list[str], found: dict[int, str]) -> dict[int, str]:
    """Put what stands before the first number of a run before the others: 规划五、六路."""
    head = ""
    for k in sorted(found):
        m = _LISTED.fullmatch(words[k])
        if m and m["head"] and not m["tail"]:
            head = m["head"]
        elif m and k - 1 in found and not m["head"]:
            found[k] = head + found[k]
        elif k - 1 not in found:
            head = ""
    return dict(sorted(found.items()))


def _counts(tail: str) -> bool:
    """Tell whether a word is one that numbered things of a kind end with: 路, 号楼, 号线."""
    return tail in _COUNTED or tail.removeprefix("号").removeprefix("#") in KIND_OF_SUFFIX
