"""Heads: labels, proper names and title lines that open a block or a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.parse.prose import BREAK, BULLETS, CELL, SPACE
from ftz_geo.parse.words import (
    AFTER_SUBJECT,
    AREA_NOUNS,
    BLOCK_NOUNS,
    LEAD_INS,
    PLACE_ENDS,
    SUBJECT_ENDS,
    WHOLES,
)
from ftz_geo.wording import NUMERALS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.parse.prose import Prose

__all__ = [
    "Heading",
    "Label",
    "block_noun",
    "find_headings",
    "find_labels",
    "is_division",
    "is_general",
    "is_label",
    "is_matter",
    "is_place",
    "is_sentence",
    "is_zone_name",
    "name_after",
    "name_before",
    "opening_place",
    "place_in",
    "sections",
    "subject_of",
]


# --- labels ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a clause: 区块一, (三), 2. or 1号地块."""

    start: int
    end: int
    words: str
    """Folded."""
    noun: str | None
    firm: bool
    """区块一 is a label wherever it begins a clause; (一) only if a description follows."""


_N = rf"(?:[{NUMERALS}]{{1,4}}|\d{{1,3}})"
_FIRM = re.compile(
    rf"""
      (?P<noun> {one_of(BLOCK_NOUNS)} ) [之第]?
      (?: [{NUMERALS}]{{1,4}} | (?: \d{{1,3}} | [A-Z]\d{{0,2}} ) (?:-\d{{1,2}})? (?![\d.]) )
      (?! [-至界路街道亩个] | 号线 | 号路 | 平方 | 公顷 )            # 地块一四至, 区域2个
    | (?: 第?{_N}(?:号|\#|-\d{{1,2}}\#?)? | [A-Z]\d{{0,2}}(?:-\d{{1,3}})?号? )
      (?P<noun2> {one_of((*BLOCK_NOUNS, "土地"))} ) (?![路街道]|共|均|合计|总计|组成|构成|之间|直线|相)
    """,
    re.X,
)
_LOOSE = re.compile(
    rf"""
      [(\[]{_N}[)\]][、.]? | {_N}[、.](?!\d) | \d{{1,2}}\)[、.]? | [①-⑳] | 第{_N}(?:[条章节款]|[、,:.])
    """,
    re.X,
)


def find_labels(prose: Prose) -> list[Label]:
    r"""Find the labels that begin a clause.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "分为两个区块：区块一东至甲路；区块二东至区块一。\n（二）3号地块：面积2亩"
    >>> prose = Prose.of(text)
    >>> [label.words for label in find_labels(prose)]
    ['区块一', '区块二', '(二)', '3号地块']
    """
    text = prose.text
    found: list[Label] = []
    begins = {m.end() for m in _BEFORE_LABEL.finditer(text)}
    begins.update(m.start() for m in re.finditer(rb"[\x02-\x04]", prose.gaps))
    for i in sorted(begins):
        if i == len(text):
            break
        if (m := _FIRM.match(text, i)) and not _is_numbered_line(prose, m):
            after = text[m.end() : m.end() + 1]
            listed = after and after in "、和与及至"  # 区块一、区块二 are spoken of, not told
            if not listed:
                found.append(Label(i, m.end(), m.group(), m["noun"] or m["noun2"], firm=True))
        elif (i == 0 or prose.gaps[i] >= BREAK or text[i - 1] in "。;:") and (m := _LOOSE.match(text, i)):
            found.append(Label(i, m.end(), re.sub(r"[、,.:]$", "", m.group()), None, firm=False))
    return found


def _is_numbered_line(prose: Prose, m: re.Match[str]) -> bool:
    """Whether a number and spaces stand before the noun at a line's beginning: 02 单元划分."""
    return m["noun2"] is not None and prose.gaps[m.start("noun2")] == SPACE and prose.gaps[m.start()] >= BREAK


_BEFORE_LABEL = re.compile(r"[。;:,(!?)\]—]|其中|分别为")


def is_label(words: str) -> bool:
    """Whether words are a block's label and nothing else: 区块一, 3号地块."""
    return _FIRM.fullmatch(words) is not None


def block_noun(name: str) -> str | None:
    """Return the noun for a block that a name ends with: 东门片区."""
    m = re.search(rf"{one_of(BLOCK_NOUNS)}$", name)
    return m.group() if m else None


# --- proper names ---------------------------------------------------------------------------

_STOP = re.compile(
    rf"""
      [,。;:(\["]
    | 的?(?:官方|完整|精确|具体|正式|行政|规定|原始|实际)?(?:{one_of(LEAD_INS)})(?:为|是|:|在|$|[东南西北(])
    | (?:总|规划|用地|占地|土地|核准|控制|净|升级后|扩区后|调整后|实施|约|的)*+(?:面积|占地|用地规模)
    | 约?\d+(?:\.\d+)?(?:平方|公顷|亩|km|ha)
    | [东南西北](?:[、,和]?[东南西北])*+(?:面|侧|边|部)?(?:至|起|临|靠|邻|抵|到|接|以|与)
    | [ ](?:covers|has|with|is|of|consists|occupies|and)\b
    | 位于 | 地处 | 以(?![东南西北]) | 内?(?:禁止|限制|实行|实施) | 共[{NUMERALS}\d] | 分为 | 由[{NUMERALS}\d]
    """,
    re.X,
)
_NO_NAME = re.compile(
    r"""
      给出|写|披露|明确|规定|确定|坚持|公告|通告|批复|同意|说明|可见|包括|属于|资料|其中|为准|根据|按照
    | 请示|收悉|^[该本此其]|^(?:扩区|升级|调整|规划)后$|^[扩新园本]区$|[。,;]
    """,
    re.X,
)
_PREFIX = re.compile(
    rf"^(?:[{BULLETS}\s—、:,;.)\]“”\"'-]|其中|以及|和|与|二是|一是|三是|分别为|分别是|包括|同意|(?:设立|新设)(?=.{{4}})|将|对|我[市县区]的?|(?:扩区|升级|调整)后的?,?)+"
)
_NOUN_END = re.compile(rf"{one_of(AREA_NOUNS)}(?:[A-Z\d]+|[{NUMERALS}]期)?$|^[{NUMERALS}]期$")


def _name_in(prose: Prose, start: int, end: int) -> tuple[int, int] | None:
    """Find the words at the beginning of a stretch that can be a proper name."""
    text = prose.text
    prefix = _PREFIX.match(text[start:end])
    a = start + (prefix.end() if prefix else 0)
    cell = next(
        (i for i in range(start, min(end, a + 42)) if prose.gaps[i] == CELL or _is_headline(prose, a, i)), end
    )
    m = _STOP.search(text, a, cell)
    name = text[a : m.start() if m else cell].rstrip("的为是、“—")
    if name.endswith("”") and "“" not in name:
        name = name[:-1]
    name = _OF_CHANGE.sub("", name)
    if (m := _FOUNDED.match(name)) and len(name) - m.end() > 3:
        a, name = a + m.end(), name[m.end() :]
    half = name[: len(name) // 2]
    if len(set(half)) > 2 and name == half + half:  # marks folded away are a run of one sign
        name = half  # a heading, and the sentence below it that begins with the same name
    if not 2 <= len(name) <= 40 or _NO_NAME.search(name) or name.isdigit():
        return None
    return a, a + len(name)


_FOUNDED = re.compile(r"在.{2,24}(?:设立|建立|划定|新设)")
_OF_CHANGE = re.compile(r"(?<=区)(?:扩区|升级|扩容|调区|核减|调整)+$")
_TAIL = re.compile(
    r"(?:(?:农民|村民)?集体(?:经济组织)?(?:集体)?(?:所有)?|所有|国有|使用)?的?(?:建设用地|土地|用地|宗地)?$"
)
_BEFORE_PLACE = re.compile(
    r"^(?:(?:新建|扩建|新设|改建|拟建|在建|调整后|扩区后|升级后)的?|拟?(?:征收|征用|出让|收回|使用|占用)|(?:本次|此次)|共|建成|设立|新设|建立|划定|规划(?!建设用地|用地)(?:建设)?|其中|含有?|包含|包括|位于|涉及|拟对|拟|对"
    r"|[一二三四五六]是|其[一二三四五六]|[一二三四五六七八九十\d]{1,3}[.、)]|以及|和|与|及|是|为|以(?!上)|在|将|由|对)+(?=..)"
)


_VERB = re.compile(r"划定|划分|设立|设置|包含|包括|涉及|安排|形成|拥有|对(?=.{4})|开发|管理的")
_LOCATED = re.compile(r"紧邻|毗邻|临近|邻近|位于|地处|坐落|座落|处于|距")


def place_in(prose: Prose, start: int, end: int) -> tuple[int, int] | None:
    """Find what the words of a clause name, without what leads up to it and whose land it is.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("拟征收黎里镇黎花村一组集体所有土地")
    >>> prose.words(*place_in(prose, 0, len(prose.text)))
    '黎里镇黎花村一组'
    """
    text = prose.text
    if m := _LOOSE.match(text, start, end):
        start = m.end()
    if m := _BEFORE_PLACE.match(text[start:end]):
        start += m.end()
    if (m := _TAIL.search(text, start, end)) and m.start() > start:
        end = m.start()
    verbs = [m.end() for m in _VERB.finditer(text, start, end)]
    if verbs and end - verbs[-1] >= 2:
        start = verbs[-1]
        start += text[start] in "为成" and end - start > 2
    of = text.rfind("的", start, end) + 1
    if of > start and end - of >= 2 and not text.startswith("区域", of):
        start = of + text.startswith("是", of)  # 今年刚批下来的空港产业园
    if _LOCATED.match(text, start, end):
        return None
    while start < end and text[start] in f" \"“”'—-,、;:{BULLETS}":
        start += 1
    while end > start and text[end - 1] in "\"“”'—-,、;:的":
        end -= 1
    return (start, end) if end - start >= 2 else None


_PLACE_END = re.compile(rf"(?:{one_of(PLACE_ENDS)}|[A-Z\d][A-Z\d-]*|[{NUMERALS}]期)(?:[(][^()]*[)])?$")


def is_place(name: str) -> bool:
    """Whether words can be the name of a piece of ground: 核心区, 天津港东疆片区, WD2024-25.

    Examples
    --------
    >>> [is_place(n) for n in ("核心区", "黎花村一组", "WD2024-25", "容积率", "贮存能力")]
    [True, True, True, False, False]
    """
    return 2 <= len(name) <= 40 and _PLACE_END.search(name) is not None and not _NO_NAME.search(name)


_SUBJECT = re.compile(
    rf"(?P<name>[^,。;:!?]{{1,40}}?{one_of(SUBJECT_ENDS)}(?:[(][^()]{{1,20}}[)])?)"
    rf"(?={one_of(AFTER_SUBJECT)}|[,:]|$)"
)


def subject_of(prose: Prose, start: int, end: int) -> str | None:
    """Find the place that a sentence speaks of: whose area it tells last, or what it begins with.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("根据批复，东平湖风景区包括戴村坝景区、州城景区2个景区，总面积274.3平方公里")
    >>> subject_of(prose, 0, len(prose.text))
    '东平湖风景区'
    """
    clauses = list(_clauses(prose, start, end))
    found = [m for clause in clauses if (m := _SUBJECT.match(prose.text, *_led(prose.text, *clause)))]
    found = [m for m in found if is_place(m["name"]) and not _NOT_ONE.search(m["name"])]
    found = [m for m in found if not is_general(m["name"])]
    found = [m for m in found if not is_division(m["name"])] or found
    of_area = [m for m in found if _OF_AREA.match(prose.text, m.end())]
    chosen = of_area[-1] if of_area else found[0] if found else None
    if chosen is None:
        return None
    start, stop = chosen.span("name")
    located = _LOCATED.search(prose.text, start + 2, stop)
    return _OF_CHANGE.sub("", prose.words(start, located.start() if located else stop))


_OF_AREA = re.compile(r"的?(?:总|规划|面积|占地|用地|实施范围|范围)")
_GENERAL = re.compile(
    rf"""
    (?:调整后|扩区后|升级后|扩建后|整合后|优化后|现|原)?
    (?: (?:[该本此各我]|其(?!中)|以上|上述)[^,]* | [{NUMERALS}\d]+[个处宗片大].*
      | 全[省区镇县市乡村园域境街道州盟旗]*(?:行政)?(?:区域|区划|辖区|陆地|陆域|海域|国土|土地)?
      | 拟?(?:更新|改造|征收|拆迁|实施|规划|研究|整治|项目|用地)范围(?:用地)?
      | (?:规划|实施|项目|用地|全)?{one_of(WHOLES)} )$
    """,
    re.X,
)
_NOT_ONE = re.compile(rf"^(?:19|20)\d\d年|[{NUMERALS}\d][个处家批]|了(?!望)|各[^自]")
"""In a name, what says that it is a sentence, or several places."""


def is_general(name: str) -> bool:
    """Whether a name is said of any zone: 开发区, 该片区.

    Examples
    --------
    >>> is_general("开发区"), is_general("本园区"), is_general("巴中经济开发区")
    (True, True, False)
    """
    return _GENERAL.fullmatch(name) is not None


_TELLS = re.compile(
    rf"""
      ^本次|^此次|^请|^调[出入]|按照|须|编制|经费|应(?![城县山])|同意|经(?!开|济|贸|纬)|划定|批准|设立|共|保持|不变|中有|收悉|《
    | 第[{NUMERALS}\d]+[宗个处项条款] | \d万?(?:立方|元|户|[人名]|家|班|个|处|年)
    | ^(?:拟?(?:征收|征用|征地|出让|收回|划拨|使用|占用))$
    """,
    re.X,
)


def is_sentence(words: str) -> bool:
    """Whether the words behind a number are no name: they begin a sentence.

    Examples
    --------
    >>> [is_sentence(w) for w in ("大坪水库总库容2860万立方米", "保护区经国务院批准设立", "牛栏坑")]
    [True, True, False]
    """
    return _TELLS.search(words) is not None


_DIVISION = re.compile(r"[一二三四特甲乙丙]级|准|核心|缓冲|实验|外围|过渡|一般|重点")


def is_division(name: str) -> bool:
    """Whether a name is that of a grade or division of some ground, and of no ground by itself: 一级保护区.

    Examples
    --------
    >>> is_division("准保护区"), is_division("梅花山自然保护区")
    (True, False)
    """
    return _DIVISION.match(name) is not None


def is_matter(words: str) -> bool:
    """Whether a headline names a matter that is told below it, and no place: 保护区划."""
    return re.search("(?:区划|范围|规划|要求|内容|概况|位置|分区|措施)$", words) is not None


def opening_place(prose: Prose, start: int, end: int) -> tuple[int, int] | None:
    """Find the place that a sentence begins with: 东片以湖区为主体, 中片区原批复.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("二是东片以湖区为主体，面积2公顷")
    >>> prose.words(*opening_place(prose, 0, len(prose.text)))
    '东片'
    """
    led = _led(prose.text, start, end)
    m = _BEFORE_COLON.match(prose.text, *led) or _SUBJECT.match(prose.text, *led)
    found = place_in(prose, *m.span("name")) if m else None
    plain = prose.text[slice(*found)] if found else ""
    return (
        found if found and is_place(plain) and not is_general(plain) and not _NOT_ONE.search(plain) else None
    )


_BEFORE_COLON = re.compile(rf"(?P<name>[^,。;:!?]{{1,20}}(?<!范围)(?:{one_of(PLACE_ENDS)})(?<!范围)):")


def _clauses(prose: Prose, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the clauses of a stretch; a line ends one too."""
    for clause in re.finditer(r"[^,。;:!?《》]+", prose.text[start:end]):
        a, b = start + clause.start(), start + clause.end()
        edges = [a, *(i for i in range(a + 1, b) if prose.gaps[i] >= CELL), b]
        yield from pairwise(edges)


def _led(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a clause without what leads up to its first name."""
    for pattern in (_LOOSE, _FIRM_LEAD):
        if m := pattern.match(text, start, end):
            start = m.end()
    return start, end


_FIRM_LEAD = re.compile(
    rf"(?:[{BULLETS}\"“—-]|[一二三四五六七八九]是|同时|拟对|拟|为了?|在|同意|批准|原则|将|对|经|根据|关于|其中|以及|和|与|日前|近日|至此|此次|本次|(?:新建|扩建|新设|改建)的?|(?:设|建)立|划定|规划的?"
    r"|(?:国务院|省政府|市政府|农业部|人民政府)(?:批复|批准|同意|公布)?的?)+"
)


def _is_headline(prose: Prose, start: int, end: int) -> bool:
    """Whether a line ends at ``end`` that is a headline: short, of a matter, and a long one follows."""
    if prose.gaps[end] < BREAK or not 2 <= end - start <= 24:
        return False
    text = prose.text
    following = next(
        (i for i in range(end + 1, min(len(text), end + 200)) if prose.gaps[i] >= BREAK), len(text)
    )
    return (
        following - end > 30
        and re.search(
            r"情况|概况|范围|要求|目标|位置|内容|依据|面积|名称|条件|简介|区位|说明", text[start:end]
        )
        is not None
    )


_BRACKETED = re.compile(r"\((?P<name>[^()]{2,24})\)")
_NOT_A_NAME = re.compile(r"见|详见|附|图|略|下同|以下|简称|即|原|含|不含|暂|拟")


def name_after(prose: Prose, start: int, end: int) -> tuple[str | None, int]:
    """Find the proper name that follows a label, and where it ends.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("区块一：武清经开区建成区，36.88平方公里")
    >>> name_after(prose, 3, len(prose.text))
    ('武清经开区建成区', 12)
    >>> name_after(Prose.of("区块二（软件园）：2平方公里"), 3, 8)
    ('软件园', 8)
    """
    if (m := _BRACKETED.match(prose.text, start, end)) and not _NOT_A_NAME.match(m["name"]):
        found = _name_in(prose, *m.span("name"))
        if found == m.span("name"):
            return prose.words(*found), m.end()
    line = next((i for i in range(start + 2, min(end, start + 24)) if prose.gaps[i] >= BREAK), end)
    found = _name_in(prose, start, line if is_place(prose.text[start:line]) else end)
    return (prose.words(*found), found[1]) if found else (None, start)


def name_before(prose: Prose, lowest: int, end: int) -> str | None:
    """Find the proper name in the sentence that leads up to ``end``, the last one that fits.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("二、调整后，利津经济开发区的规划面积为")
    >>> name_before(prose, 0, len(prose.text))
    '利津经济开发区'
    """
    text = prose.text
    a = max(max((text.rfind(c, lowest, end) for c in "。;!?"), default=-1) + 1, lowest)
    name = None
    for segment in re.finditer(r"[^,:\]]+", text[a:end]):
        p, q = a + segment.start(), a + segment.end()
        p = next((i for i in range(q - 2, p, -1) if prose.gaps[i] >= BREAK), p)
        if m := _LOOSE.match(text, p, q):
            p = m.end()
        found = _name_in(prose, p, q)
        if found and _NOUN_END.search(text[found[0] : found[1]]):
            name = prose.words(*found)
    return name


_ZONE_CLASS = re.compile(
    r".{2,}(?:保税港?区|保税物流中心(?:[(]B型[)])?|自然保护区|种质资源保护区|风景名胜区|风景区|湿地公园|森林公园|地质公园|海洋公园"
    r"|开发区|高新区|示范区|试验区|自贸区|新区|产业园区?|工业园区?|集中区|物流园区?|度假区|旅游区|功能区|产业带)$"
)


def is_zone_name(name: str) -> bool:
    """Whether a name is that of a zone by what it is called: 前海湾保税港区, and not 城南片区.

    Examples
    --------
    >>> is_zone_name("前海湾保税港区"), is_zone_name("城南片区"), is_zone_name("保税区")
    (True, False, False)
    """
    return _ZONE_CLASS.fullmatch(name) is not None


# --- title lines ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """The title line of a zone's own document."""

    start: int
    name: str


_TITLE = re.compile(
    r"""
      (?P<name>.{2,60}?)
      (?: 的?(?:总体|建设|实施|设立|规划|发展|扩区|扩容|调区|区位调整|范围调整)方案 | 总体规划 )$
    """,
    re.X,
)
_TOPIC = re.compile(r"[与和及]|面积|功能|范围|方案|要求|规划|条件|概况|情况|保护|区位|分[区级期]|地带")
"""In a headline, what says that it names a matter and no place."""


def sections(prose: Prose, labels: Sequence[Label]) -> Iterator[tuple[Label, Heading]]:
    r"""Yield the numbered lines that name a place and nothing else: 二、湖头镇.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("一、工作要求\n按规定办理。\n二、湖头镇\n面积2平方公里。")
    >>> [(label.words, heading.name) for label, heading in sections(prose, find_labels(prose))]
    [('二', '湖头镇')]
    """
    text = prose.text
    for label in labels:
        if (
            label.firm
            or prose.gaps[label.start] < BREAK
            or not re.match(r"[(]?[一二三四五六七八九十]", label.words)
        ):
            continue
        stop = min(len(text), label.end + 40)
        end = next((i for i in range(label.end + 1, stop) if prose.gaps[i] >= BREAK), None)
        found = place_in(prose, label.end, end) if end is not None else None
        plain = text[slice(*found)] if found else ""
        topic = is_general(plain) or _TOPIC.search(plain) is not None
        if found and found[1] == end and is_place(plain) and not topic:
            yield label, Heading(label.start, prose.words(*found))


_NOTE = re.compile(
    r"[(](?:节录|摘要|节选|摘录|试行|草案|征求意见稿|公示稿|送审稿|修订|[^()]{1,10}年[^()]{0,6})[)]$"
)
"""What stands behind a title: （节录）."""

_SENTENCE = re.compile(r"[。;:,!?]")
_LISTED = re.compile(rf"[-·]|附[件表]|\d+[.、]|[({NUMERALS}]+[、)]")


def find_headings(prose: Prose) -> Iterator[Heading]:
    r"""Find the title lines that open a zone; one that a page broke in two is put together.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "附件：1. 甲区总体方案\n附件1\n\n甲（乙）自由贸易试验区\n联动创新区总体方案\n\n为落实，"
    >>> [h.name for h in find_headings(Prose.of(text))]
    ['甲（乙）自由贸易试验区联动创新区']
    """
    text = prose.text
    before = ""
    for a, b in pairwise([*prose.line_starts, len(text)]):
        line = text[a:b]
        line = _NOTE.sub("", line)
        if len(line) <= 70 and line.endswith(("方案", "规划")) and not _SENTENCE.search(line):
            broken = prose.gaps[a] == BREAK and 6 < len(before) < 40
            if broken and not _SENTENCE.search(before) and not _LISTED.match(before):
                a -= len(before)
                line = before + line
            m = _TITLE.match(line)
            if m and not _LISTED.match(line):
                yield Heading(a, re.sub(r"\s+", "", prose.words(a, a + m.end("name"))))
        before = line if b - a < 80 else ""
