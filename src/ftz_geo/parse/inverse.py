"""Areas told by where they lie from their features: X以西, Y路南侧, chains that enclose an area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftz_geo.compass import OPPOSITE, SIDE_OF
from ftz_geo.parse.names import features_at, is_complete, is_linear, read_names
from ftz_geo.parse.prose import BREAK, CELL
from ftz_geo.parse.sides import Side, side_of
from ftz_geo.parse.words import LEAD_INS
from ftz_geo.wording import NUMERALS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Feature
    from ftz_geo.parse.prose import Prose

__all__ = ["beside_sides", "enclosing_chains", "inverse_sides", "named_first_sides"]

_INVERSE = re.compile(
    r"以(?P<direction>[东南西北]{1,2})(?P<after>侧|面|部|方)?"
    r"(?P<more>(?:[、及和与并]以?[东南西北](?=[、,。;)及和与侧面]|的|$))*+)"
)
"""以东, 以东及以北."""

_DISTANCE = re.compile(r"(?:侧|面|方)?(?:大?约|近)?\d+(?:\.\d+)?(?:余|多)?(?:公里|千米|米|m|km|里)")

_NAME_LEAD = re.compile(
    rf"""^.*(?:
        招收|招生|[位限]于|地处|处于|坐落于?|座落于?|{one_of(LEAD_INS)}(?:为|是)?|区域为|即
      | [东南西北](?:面|侧|边|线|界)(?:为|是)
      | 覆盖了? | 涵盖了? | 囊括 | 包括 | 包含 | 选址[在于]? | (?:同意|拟|决定)将(?!军) | ^凡(?=...)
      | (?<![华有无大])[为是](?=...)
      | (?:区|域|块|段|围|划|地|目)就?(?:为|是|系就?|在|自)(?=...)
      | 以[内外][及和与]
      | (?:其中|确定|规定|划定|凡是|指|^由|^对|^将(?!军))
      | (?:本|全|我)(?:市|县|区|镇|乡)
    )""",
    re.X,
)
_NAME_LEAD_SHORT = re.compile(
    r"""^(?:
        [(\[]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)\]、.](?!\d)
      | (?:市|城|主城|中心城|县城|老城|建成|城镇|市辖)区(?:范围)?内?的?(?=..)
      | [在从以自就系为是](?=...) | 沿(?![江海河湖街线山]) | 以及 | 包含 )""",
    re.X,
)
_EXCLUDED = re.compile(r"(?:(?<!包)含|(?<!范围)(?<!区域)(?<!片区)包[括含]|除|涉及|邻近|靠近)[^,。;、()]*$")
_ADDED = re.compile(r"(?:另|还|并|也)?(?:不?含|包括|除)")
"""另含X以北, 包括X以西区域: what is added or left out is no side."""

_BACK_STOPS = frozenset(',。;:、!?“"[{')
_LONGEST_NAME = 60


def inverse_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read X以西: the area lies west of X, so X is its east side.

    Parameters
    ----------
    prose : Prose
    taken : bytearray
        Non-zero for every character of ``prose.text`` that a side with its direction first
        has read.

    Yields
    ------
    Side
        In the order of the text.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("市区利红街以西、开元大道（与世纪大道交汇路段）以东、金积大道以北的合围区域")
    >>> for side in inverse_sides(prose, bytearray(len(prose.text))):
    ...     print(side.directions[0], [f.name for f in side.features[0][1]])
    east ['利红街']
    west ['开元大道（与世纪大道交汇路段）']
    south ['金积大道']
    """
    text = prose.text
    past = 0
    for m in _INVERSE.finditer(text):
        if taken[m.start()]:
            past = max(past, m.end())
            continue
        start = _name_start(prose, m.start(), past)
        words = text[start : m.start()]
        diagonal = len(m["direction"]) == 2
        if (
            diagonal
            or len(words) < 2
            or _DISTANCE.match(text, m.end())
            or any(taken[start : m.start()])
            or (text[start - 1] not in "为是" and _EXCLUDED.search(text, max(0, start - 20), start))
            or _ADDED.match(words)
        ):
            past = m.end()
            continue
        first = _list_start(prose, start, past)
        towards = [m["direction"], *re.findall("[东南西北]", m["more"])]
        directions = tuple(OPPOSITE[SIDE_OF[c]] for c in dict.fromkeys(towards))
        reading = read_names(prose, first, m.start())
        side = side_of(prose, first, m.end(), directions, reading, inverse=True)
        past = m.end()
        if side:
            yield side


def _name_start(prose: Prose, end: int, past: int) -> int:
    """Go back from 以 to where the name before it begins."""
    text = prose.text
    i = end
    lowest = max(past, end - _LONGEST_NAME)
    while i > lowest:
        c = text[i - 1]
        if c == ")":
            opening = text.rfind("(", lowest, i)
            if opening < 0:
                break
            i = opening
            continue
        if c in _BACK_STOPS or c == "(" or (c == "”" and i < end):
            break
        i -= 1
        if prose.gaps[i] == CELL:
            break
        if prose.gaps[i] >= BREAK and (is_complete(text[i:end]) or prose.begins_item(i)):
            break
    if i == past and text[i : i + 1] in tuple("至到和与及") and end - i > 3:
        i += 1  # 甲路以东至乙路以西; 和平街 is a name
    if m := _NAME_LEAD.search(text[i:end]):
        i += m.end()
    while m := _NAME_LEAD_SHORT.search(text[i:end]):
        i += m.end()
    return i


def _list_start(prose: Prose, start: int, past: int) -> int:
    """Take in the names before 、: A路、B路以东 names two roads on one side."""
    text = prose.text
    first = start
    while first > past + 1 and text[first - 1] == "、":
        before = _name_start(prose, first - 1, past)
        name = text[before : first - 1]
        if not is_linear(name) or len(name) > 20:
            break
        first = before
    return first


_BESIDE = re.compile(
    r"(?P<name>[^,。;:、()“”]{2,24}?)(?P<direction>[东南西北])[侧面](?P<mark>[、,]|以及|[及和与](?!.[路街道巷])|(?=[围合的区所。;()]|$|地块))"
)
_BEYOND = re.compile(r"[^,。;:、()]{2,24}?以[东南西北](?:[、,]|以及|[及和与])")
"""A路以北、B路西侧: both ways to say it in one list."""
_LIES = re.compile(
    r"(?:位于|坐落于?|座落于?|地处|选址于|选址(?!位于|于)|位置:|范围(?:为|:|是)|四至(?:为|:)|区域(?:为|是))"
)
_LAND = re.compile(r"(?:地块|宗地|区块|片区|图斑|用地)[^,。;:]{0,6}$")


def beside_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read 位于X北侧、Y西侧: the area lies on X's north side, so X is its south side.

    Two of them in a row do after 位于 or a word for a range, or where 围合 follows; one does only
    where 位于 tells the place of something that is named a plot of land.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("地块位于兴宁区南梧路北侧、建兴路西侧，面积2亩。整治人民路东侧、中山路西侧的摊点。")
    >>> for side in beside_sides(prose, bytearray(len(prose.text))):
    ...     print(side.directions[0], [f.name for f in side.features[0][1]])
    south ['兴宁区南梧路']
    east ['建兴路']
    """
    text = prose.text
    past = 0
    for lead in _LIES.finditer(text):
        if lead.start() < past:
            continue
        found = _beside(prose, lead.end(), taken)
        subject = _LAND.search(text, max(0, lead.start() - 24), lead.start()) is not None
        alone = text.startswith("位于", lead.start()) and subject
        in_a_row = len(found) > 1 or (found and taken.find(1, lead.end(), found[-1].end) >= 0)
        if in_a_row or (found and alone):
            past = found[-1].end
            yield from found


def _beside(prose: Prose, start: int, taken: bytearray) -> list[Side]:
    """Read the features that follow each other, each with the side of it on which the area lies."""
    found: list[Side] = []
    i = start
    while m := _BESIDE.match(prose.text, i) or _BEYOND.match(prose.text, i):
        if m.re is _BEYOND:
            i = m.end()
            continue
        name = max(i, _name_start(prose, m.end("name"), i - 1))
        direction = OPPOSITE[SIDE_OF[m["direction"]]]
        if taken.find(1, i, m.end()) >= 0 or not is_complete(prose.text[name : m.end("name")]):
            break
        reading = read_names(prose, name, m.end("name"))
        side = side_of(prose, name, m.end("direction") + 1, (direction,), reading, inverse=True)
        if not side or any(direction in s.directions for s in found):
            break
        found.append(side)
        i = m.end()
    return found


_NAMED_FIRST = re.compile(
    r"""
      (?:作?为|是) (?P<direction>[东南西北]) [侧面部边]?(?:边界线?|界线?|界限)   # 以甲路为东界
    | \((?:[东南西北]侧)? (?P<direction2>[东南西北]) [侧面边]?界?\)             # 甲路(东)
    """,
    re.X,
)


def named_first_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read 以甲路为东界 and 甲路（东）: the feature first, then the side it is.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("以人民路为东界、解放路为南边界")
    >>> sides = named_first_sides(prose, bytearray(len(prose.text)))
    >>> [(s.directions[0], s.features[0][1][0].name) for s in sides]
    [('east', '人民路'), ('south', '解放路')]
    """
    past = 0
    for m in _NAMED_FIRST.finditer(prose.text):
        start = _name_start(prose, m.start(), past)
        start = max(start, prose.text.rfind("以", start, m.start()) + 1)
        past = m.end()
        if taken.find(1, start, m.end()) >= 0 or not is_complete(prose.text[start : m.start()]):
            continue
        direction = SIDE_OF[m["direction"] or m["direction2"]]
        side = side_of(prose, start, m.end(), (direction,), read_names(prose, start, m.start()), inverse=True)
        if side:
            yield side


_ENCLOSED = re.compile(
    r"""(?=[围合闭环包封连以之范的])
    (?: (?:围合|合围|围成|围绕|闭合|环绕|包围|封闭|连接成|围)(?:而成|形成|成|而|起来)?的?(?:闭合|封闭)?
      | 以内 | 之内 | 范围内 | 范围以内
      | 的区域(?=[,。;)]) )
    (?:的)?(?:连片)?(?:区域|地区|范围|地块|地带|片区|部分|空间)?
    """,
    re.X,
)
_BEFORE_ENCLOSED = re.compile(
    rf"[;,、]?等?(?:[{NUMERALS}\d]{{1,2}}[条段]|(?<=[路街道河巷])[{NUMERALS}]路)?(?:城市|市政|规划|主要|主)?"
    r"(?:(?:道路|路段|河流|街道|街巷|干道|马路|河道|铁路)(?:[和与及、](?=[道路河街铁]))?){0,2}"
    r"(?:沿线|一线)?(?:所|共同|首尾)?(?:相接)?$"
)
_LINK = re.compile(r"—+|~|→|-(?=[\u4e00-\u9fff])|、|/|,")
_CHAIN = re.compile(r"—|~|→|-(?=[\u4e00-\u9fff])")
_STATED_CHAIN = re.compile(
    r"(?:四至|范围|边界|界线|四界)(?:范围)?(?:为|是|即|:)"
    r"(?P<chain>[^—,;。()\s]{2,16}(?:—+[^—,;。()\s]{2,16}){2,})(?=[,;。()\s]|$)"
)
"""四至范围为甲路—乙路—丙路—丁路: without a word that says that it encloses something."""

_RING_LEAD = re.compile(
    r"^(?:[^、,;—~→/-]{0,20}?(?:[区域块段围地目园城界](?:由|为|是|系|指|以|包括)|位于)(?=[^、,;—~→/-]{2}))?"
    r"(?:[由为即以指:\"“]|[沿自从在](?!由)(?=[^—~→、/,-]{3}))*"
)
"""What leads up to the first name. 自忠路 and 沿河路 are names: what would be left is too short."""


def enclosing_chains(prose: Prose, taken: bytearray) -> Iterator[tuple[int, int, tuple[Feature, ...]]]:
    """Find rings: features in order around an area, told without directions.

    Yields
    ------
    start, end, features
        In the folded text; a ring that repeats its first feature at the end keeps it.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("(八)澎湖岛街-刘公岛路-崇明岛东路-澎湖岛街所围区域。")
    >>> [[f.name for f in ring] for _, _, ring in enclosing_chains(prose, bytearray(len(prose.text)))]
    [['澎湖岛街', '刘公岛路', '崇明岛东路', '澎湖岛街']]
    """
    text = prose.text
    past = 0
    found: set[int] = set()
    for m in _ENCLOSED.finditer(text):
        if m.start() < past:
            continue
        lead = _BEFORE_ENCLOSED.search(text, max(past, m.start() - 14), m.start())
        end = lead.start() if lead else m.start()
        lowest = max(past, end - 1200)
        start = max((text.rfind(c, lowest, end) for c in '。:!?"“'), default=-1) + 1
        start = max(start, lowest)
        if any(prose.gaps[start + 1 : end]):
            items = (i for i in range(end - 1, start, -1) if prose.begins_item(i))
            start = next(items, start)
        if numbered := _NUMBER.match(text, start):
            start = numbered.end()
        past = m.end()
        ring = _ring(prose, start, end, chained="围" in m.group())
        if ring and not any(taken[ring[0] : end]):
            found.add(ring[0])
            yield ring[0], m.end(), ring[1]
    for m in _STATED_CHAIN.finditer(text):
        ring = _ring(prose, m.start("chain"), m.end(), chained=True)
        if ring and ring[0] not in found and not any(taken[ring[0] : m.end()]):
            yield ring[0], m.end(), ring[1]


_NUMBER = re.compile(r"[(\[]?(?:[一二三四五六七八九十]{1,4}|\d{1,3}(?!\d))[)\]、.]+")


def _ring(prose: Prose, start: int, end: int, *, chained: bool) -> tuple[int, tuple[Feature, ...]] | None:
    """Cut a chain of three features and more, or of two that 围 tells to enclose something.

    Commas before its first link belong to what leads up to it.
    """
    text = prose.text
    first_link = _CHAIN.search(text, start, end)
    if first_link:
        comma = max(text.rfind(",", start, first_link.start()), text.rfind(";", start, first_link.start()))
        start = max(start, comma + 1)
    elif not chained:
        return None
    else:
        start = _after_last_clause(text, start, end)
    start += _RING_LEAD.match(text[start:end]).end()  # type: ignore[union-attr]  # it may match nothing
    pieces: list[tuple[int, int]] = []
    a = start
    for m in _LINK.finditer(text, start, end):
        pieces.append((a, m.start()))
        a = m.end()
    pieces.append((a, end))
    pieces = [p for p in pieces if p[1] > p[0]]
    names = [text[a:b] for a, b in pieces]
    good = sum(is_complete(n) and len(n) <= 24 for n in names)
    if (
        len(names) < (2 if chained else 3)
        or good < len(names) - len(names) // 4
        or any(re.search(r"以[东南西北]|拐点|坐标|界址点|\d个", n) for n in names)
    ):
        return None
    lines = sum(is_linear(n) for n in names)
    if not first_link and lines < len(names) - len(names) // 4:
        return None  # one of four may be a wall or a park
    return start, features_at(prose, pieces, "east")


def _after_last_clause(text: str, start: int, end: int) -> int:
    """Return where the names begin that stand last: after the last comma before which none ends.

    面积1平方公里,由甲路、乙路围合: the area is no part of the chain.
    """
    commas = [m.start() for m in re.finditer("[,;]", text[start:end])]
    clauses = [c for c in commas if not is_linear(re.split("[,;、/]", text[start : start + c])[-1])]
    return start + clauses[-1] + 1 if clauses else start
