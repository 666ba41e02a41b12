"""Columns: what the words in the head of a table say that the cells below them are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from ftz_geo.compass import SIDE_OF
from ftz_geo.parse.words import SUB_USES
from ftz_geo.wording import UNITS, one_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.compass import Direction

__all__ = [
    "NO_UNIT",
    "TITLE",
    "Column",
    "UnitLine",
    "Use",
    "is_ground",
    "is_key",
    "is_known",
    "is_scope",
    "is_side",
    "is_unit",
    "read_columns",
    "unit_of_line",
]

Use = Literal[
    "area",
    "whole",
    "again",
    "other",
    "name",
    "place",
    "label",
    "site",
    "side",
    "boundary",
    "scope",
    "rate",
    "words",
]
"""What a column holds: the area of the row; that of the place it is a part of; the area in another unit;
another area; the name of the row's
ground; the name of a level above; its number; where it is, which names it where nothing else does; one
side; all sides; one of several pieces of ground of the row, told in words; prices and the like, which are no
areas whatever their unit; anything else."""

TITLE = re.compile(r"(?:表|清单|目录|名单|一览|明细|统计|情况|汇总)(?:[(].*[)])?$|^附?[表件]\d?|^续表")
"""What the line above a table reads like."""

_UNIT = one_of(UNITS)

_HEAD_UNIT = re.compile(
    rf"""(?:
        [(\[](?:单位|计量单位)?:?(?:{_UNIT})[)\]]       # 面积(公顷)
      | (?:(?<=积)|(?<=模)|(?<=地))[/:,]?(?:单位:?)?(?:{_UNIT})  # 用地面积/㎡, 面积:亩, 面积公顷
      | ^(?:{_UNIT})                                 # a unit alone
    )$""",
    re.X | re.I,
)
_BARE_UNIT = re.compile(_UNIT, re.I)
_OWN_BRACKET = re.compile(r"[(\[/].*[)\]]?$|[%‰]$")
"""A head that ends so states a unit of its own, area or not."""

_RATE = re.compile(
    r"[元人户吨株头台套][)]?[/每]|[/](?:年|月|天)|每|均|价|率|密度|强度|产值|产量|税收|投资|补偿|保证金|款|比[例重]|占比|[%‰]"
)
_LAND_USES = """
    农用地 耕地 园地 林地 草地 牧草地 水域 水田 旱地 坑塘 滩涂 未利用 其他土地 其他用地 其他农 基本农田
    建设用地 交通运输 水利 绿地 公园 湿地 居民点 独立工矿 工矿 宅基地 国有 集体 建成
    现状 剩余 闲置 新增 减少 历年 建筑 代征 代建 退让 其中
    核心区 缓冲区 实验区 可 已 未
""".split()
_PART = re.compile(rf"{one_of((*SUB_USES, *_LAND_USES))}|开发(?!区)|\d{{4}}年")
"""Words for a use, a part or a time: such a column holds no area of the whole row."""

_OF_ALL = re.compile(
    r"(?:合计|总计|共计|小计|计)(?:面积)?|(?:总|合计)(?:规划|用地|占地|土地|出让|征地|征收|核准|批准|国土|辖区)*(?:面积|规模|用地|占地)"
    r"|.{0,8}总(?:用地|占地|土地)?(?:面积|规模)"
)
_OF_ROW = re.compile(
    r"""(?:拟|计划|储备|收储|收回|流转|规划|用地|占地|土地|宗地|地块|出让|挂牌|拍卖|转让|供应|供地|征收|征地|批准|核准|核定|审批|审定|界定|实测|测量
      |改造|更新|整治|整理|辖区|行政|区划|行政区|区域|国土|管辖|控制|保护|保护区|范围|占用|图斑|划定|四至|使用权|使用|净|调查|登记
      |园区|片区|区块|项目|街道|乡镇|不动产|权属)*(?:面积|规模|用地|占地)
      |(?:净|项目)?(?:建设用地|建设用地使用权)面积
      |(?:实施|规划|用地|划定|管辖|控制|保护)?范围""",
    re.X,
)
_GROUND = re.compile(r"[区园块片镇村街乡县市场岛城带地团元田域林]$")
"""The last character of words for ground: 核心区, 图斑所在地."""
_AGAIN = re.compile(r"(?:折合|折|合|约合|换算)(?:面积|亩数|公顷数)?")

_LEVELS = (
    r"省份?|省\(?(?:区|市|自治区|直辖市)*[)]?",
    r"市|地市|城市|州市|设区市|地区|盟市",
    r"行政区划?|行政区域|区县|县区|区\(?[县市]*\)?|县\(?[市区旗]*\)?|旗县|辖区",
    r"[乡镇街道\(\)/、]+|街镇|乡镇街道?|镇街",
    r"片区?|区块|园区|功能区|分区|区域|板块|组团|新区|开发区|工业园区?|所属园区|标段|单元|管控单元|大类",
    r"行?政?村|村?社区|村\(?社区\)?|村\(?居\)?|居委会|村居|村委会|(?:土地)?权属(?:单位|人)?|(?:被征地|被征收|被征|征地)单位"
    r"|(?:土地)?所有权人|(?:农村|村)?集体(?:经济)?(?:组织)?|中类",
    r"组|村民小组|小组|生产队|社|小类",
)
"""Heads of the names of places, from the widest to the narrowest."""
_LEVEL = re.compile("|".join(f"(?P<l{k}>{words})" for k, words in enumerate(_LEVELS)))
_OUTER = re.compile(r"^(?:所在|所属|涉及|隶属)|(?:名称|名)$")
_NAME = re.compile(
    r"(?:地块|宗地|区块|图斑|项目|批次|名称|地类|类别|用地类别|用地类型|土地类型|土地类别|地类名称|建设项目|小区|项目\(地块\))(?:名称)?"
    r"|.{0,10}(?:名称|名)"
)
_LABEL = re.compile(
    r"序号|序|编号|代码|代号|号码|no\.?|项次|.{0,8}(?:编号|代码|代号|宗地号|地块号|图斑号|地号)", re.I
)
_COUNT = re.compile(r"序号?|项次|编号|no\.?", re.I)
"""Of labels those that only count the rows."""
_LABELLED = re.compile(r"地块|宗地|区块|图斑")
_SITE = re.compile(r".{0,4}(?:坐落|座落|位置|地点|地址)")
_SIDE = re.compile(r"(?:四至)?(?P<direction>[东南西北])(?:至|侧|面|边|临|邻|接|界|四至|方|向)?:?")
_BOUNDARY = re.compile(
    r"(?:.{0,4}(?:四至|四址|四界)(?:范围|界限|界线|边界|情况|描述|说明)?|(?:用地|空间|具体|规划|边界)?(?:边界|范围)(?:描述)?):?"
)
_SCOPE = re.compile(
    r"(?:.{0,6}(?:保护|控制|缓冲|协调|禁[止建]|限[制建]|核心|实验|合作|过渡).{0,4}|[一二三四]级)(?:范围|地带|区划|区|界限|线)(?:四至|范围)?"
)
"""保护范围, 建设控制地带: a piece of ground that a column tells in words."""
_OTHER_KEY = re.compile(
    r".{0,8}(?:用途|性质|容积率|密度|绿地率|绿化率|限高|高度|期限|年限|年期|终止日期|[单起总底]价|价款|保证金|权利人|使用权人"
    r"|受让人|出让人|备注|单位|日期|类型|方式|比例|占比|比重|级别|强度|单元号|标准|产业|指标|数值|数量|指标值|其中)(?:\(.{0,12}\))?"
)
_USES = re.compile(r"(?:规划)?(?:用地|土地)(?:利用)?(?:性质|类型|类别|用途|分类)")
"""What heads the uses of land that a table divides ground by."""
_NUMBERS_OF_ELSE = re.compile(r"数量?$|年|人口|级|等|备注|时间|日期|文号|高|期|产业|用途|说明|单位$")
_LONGEST_HEAD = 40


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one key of a form."""

    words: str
    """Its head, from the uppermost row down, folded."""
    use: Use
    unit: str | None = None
    level: int = 0
    """Of a place: the greater, the narrower. Of a label: 0 if it only counts the rows."""
    direction: Direction | None = None


@lru_cache(maxsize=4096)
def _without_unit(words: str) -> tuple[str, str | None]:
    m = _HEAD_UNIT.search(words[:_LONGEST_HEAD])
    if not m:
        return words, None
    spelt = _BARE_UNIT.search(m.group().replace("单位", ""))
    return words[: m.start()], unit_of(spelt.group()) if spelt else None


def _without_bracket(words: str) -> str:
    """Leave out a remark at the end: 面积(含水面)."""
    return re.sub(r"[(][^()]*[)]$", "", words.rstrip(":"))


def is_side(words: str) -> bool:
    """Tell whether words are the head of a side: 东, 南至."""
    return words[:1] in {"东", "南", "西", "北", "四"} and _SIDE.fullmatch(words) is not None


def is_unit(words: str) -> bool:
    """Tell whether words are a unit of area and nothing else."""
    own, unit = _without_unit(words)
    return not own and unit is not None


def is_key(words: str) -> bool:
    """Tell whether a cell by itself says that areas or sides belong to it.

    Examples
    --------
    >>> [is_key(w) for w in ("面积", "用地规模(公顷)", "四至范围", "工业用地", "地价(元/㎡)", "面积详见附图")]
    [True, True, True, False, False, False]
    """
    if not 0 < len(words) <= _LONGEST_HEAD:
        return False
    own, unit = _without_unit(words)
    if _BOUNDARY.fullmatch(words):
        return True
    return not _RATE.search(own) and (unit is not None or _without_bracket(own).endswith("面积"))


def is_scope(words: str) -> bool:
    """Tell whether a head names a piece of ground that its cells tell in words: 保护范围, 建设控制地带."""
    return _SCOPE.fullmatch(_without_bracket(words)) is not None


@lru_cache(maxsize=4096)
def is_ground(words: str) -> bool:
    """Tell whether a head in a table whose unit is one of area is of areas: 合计, 耕地, 核心区."""
    return _part([words], "亩").use == "other"


@lru_cache(maxsize=4096)
def is_known(words: str) -> bool:
    """Tell whether a cell is a word of heads, and no value."""
    if not 0 < len(words) <= _LONGEST_HEAD:
        return False
    own = words.rstrip(":")
    known = (_LABEL, _SITE, _SIDE, _NAME, _OTHER_KEY)
    return is_key(own) or is_scope(own) or any(p.fullmatch(own) for p in known) or _level(own) is not None


class UnitLine(NamedTuple):
    """What a line 单位:… states."""

    unit: str | None = None
    """The unit of area, if it is the only one."""
    mixed: bool = False
    """Other units are stated as well, such as 万元."""
    several: tuple[str, ...] = ()
    """All units of area in order, if there are more than one."""


NO_UNIT = UnitLine()


def unit_of_line(words: str) -> UnitLine:
    """Return the units of area that a line 单位:… states.

    Examples
    --------
    >>> [unit_of_line(w).unit for w in ("表2用地平衡表单位:公顷、%", "(单位:hm²)", "单位:元/亩")]
    ['公顷', '公顷', None]
    >>> unit_of_line("单位:亩、万元")
    UnitLine(unit='亩', mixed=True, several=())
    >>> unit_of_line("单位:公顷、万平方米、户").several
    ('公顷', '万平方米')
    """
    m = re.search(r".*单位[:为]?([^)\]。]{1,20})[)\]]?$", words[-80:])
    if not m or "元/" in m[1] or "人/" in m[1]:
        return NO_UNIT
    pieces = re.split(r"[、,;/]", m[1])
    units = [unit for p in pieces if _BARE_UNIT.fullmatch(p) and (unit := unit_of(p))]
    if len(set(units)) != 1:
        return UnitLine(several=tuple(units))
    return UnitLine(units[0], any(not _BARE_UNIT.fullmatch(p) and p not in "%‰" for p in pieces))


def _level(words: str) -> int | None:
    """Return how narrow the places are that a head announces."""
    own = _OUTER.sub("", words)
    m = _LEVEL.fullmatch(own or words)
    return int(m.lastgroup[1:]) if m and m.lastgroup else None


def read_columns(heads: Sequence[Sequence[str]], stated: UnitLine = NO_UNIT) -> tuple[Column, ...]:
    """Say what each column holds.

    Parameters
    ----------
    heads : sequence of sequences of str
        Of each column its words, from the uppermost row of the head down.
    stated : UnitLine, optional
        The units of the whole table. If it has others as well, only what is called 面积 is in that one; of
        several each is that of the column 面积 in its place.

    Returns
    -------
    tuple of Column
        One for each head.

    Examples
    --------
    >>> heads = [["序号"], ["村"], ["面积(亩)", "合计"], ["面积(亩)", "其中耕地"], ["补偿(万元/亩)"]]
    >>> [(c.use, c.unit) for c in read_columns(heads)]
    [('label', None), ('place', None), ('area', '亩'), ('other', '亩'), ('rate', None)]
    """
    paths = [[word for word in head if word] for head in heads]
    columns: list[Column] = []
    for path in paths:
        # The first column beside the numbers names the rows, as 林场, whatever the unit of the table.
        names = all(c.use == "label" for c in columns)
        columns.append(_column(path, stated.unit, stated.mixed or names))
    columns = _with_units(columns, stated.several)
    columns = _with_name(_with_scopes(_with_sides(_with_parts(_with_levels(columns)))))
    return tuple(_with_area(columns, paths))


def _with_units(columns: list[Column], units: Sequence[str]) -> list[Column]:
    """Give the columns 面积 without a unit those of the line above, if there are as many."""
    bare = [
        k for k, c in enumerate(columns) if c.use == "other" and c.unit is None and c.words.endswith("面积")
    ]
    told = dict(zip(bare, units, strict=True)) if len(bare) == len(units) else {}
    return [replace(c, unit=told.get(k, c.unit)) for k, c in enumerate(columns)]


def _with_levels(columns: Sequence[Column]) -> list[Column]:
    """Put the right one of two columns of places of one level below the left one: 组团|片区."""
    out: list[Column] = []
    for c in columns:
        left = [other.level for other in out if other.use == c.use == "place"]
        out.append(replace(c, level=c.level + 1) if c.level in left else c)
    return out


def _column(path: list[str], table_unit: str | None, mixed: bool) -> Column:
    path = [word.rstrip(":") for word in path]
    words = "".join(path)
    last = path[-1] if path else ""
    parted = [_without_unit(w) for w in path]
    unit = next((u for _, u in reversed(parted) if u), None)
    own = next((w for w, _ in reversed(parted) if w), "")
    if len(words) > 3 * _LONGEST_HEAD or not path:
        return Column(words, "words")
    if m := _SIDE.fullmatch(last):
        return Column(words, "side", direction=SIDE_OF[m["direction"]])
    if _BOUNDARY.fullmatch(last):
        return Column(words, "boundary")
    if _RATE.search(own):
        return Column(words, "rate")
    if unit or _without_bracket(own).endswith("面积"):
        # 面积(公顷/亩), 面积(共3公顷): the cell must say which.
        several = _BARE_UNIT.search(own.removeprefix(_without_bracket(own)))
        return Column(words, "other", unit or (None if several else table_unit))
    if any(_LABEL.fullmatch(w) for w in path):  # 用地代码 may stand over 大类 and 中类
        return Column(words, "label", level=0 if _COUNT.fullmatch(words) else 1)
    found = _named(words, own) or _part(path, None if mixed else table_unit)
    return replace(found, use="scope") if found.use == "words" and is_scope(last) else found


def _named(words: str, own: str) -> Column | None:
    if (level := _level(own)) is not None:
        return Column(words, "place", level=level)
    if _NAME.fullmatch(own):
        return Column(words, "name", level=len(_LEVELS))
    if _SITE.fullmatch(own):
        return Column(words, "site")
    return None


def _part(path: list[str], unit: str | None) -> Column:
    """Take 耕地, 核心区, 合计 for areas if the table's unit is one of area."""
    words = "".join(path)
    of_ground = any(_PART.search(w) or _OF_ALL.fullmatch(w) or _GROUND.search(w) for w in path)
    if unit and of_ground and not _OWN_BRACKET.search(path[-1]) and not _NUMBERS_OF_ELSE.search(path[-1]):
        return Column(words, "other", unit)
    return Column(words, "words")


def _with_parts(columns: list[Column]) -> list[Column]:
    """Give parts the unit of the whole that they stand behind: 总面积(亩)|其中耕地."""
    unit, out = None, []
    for c in columns:
        if "其中" in c.words and c.use in ("words", "name", "place") and not _OWN_BRACKET.search(c.words):
            out.append(replace(c, use="other", unit=unit) if unit else c)
        else:
            out.append(c)
            unit = c.unit if c.use == "other" else unit if "其中" in c.words else None
    return out


def _with_sides(columns: list[Column]) -> list[Column]:
    """Three directions make sides; one 东 alone may head anything."""
    if len({c.direction for c in columns if c.direction}) >= 3:
        return columns
    return [replace(c, use="words", direction=None) if c.use == "side" else c for c in columns]


def _with_scopes(columns: list[Column]) -> list[Column]:
    """Keep several scopes, pieces of ground beside each other; one alone, 保护范围, is the row's boundary."""
    if sum(c.use == "scope" for c in columns) > 1:
        return columns
    uses: dict[bool, Use] = {True: "boundary", False: "words"}
    return [replace(c, use=uses[c.words.endswith("范围")]) if c.use == "scope" else c for c in columns]


def _with_name(columns: list[Column]) -> list[Column]:
    """Let the first column that nothing is known of name the rows, where no head says name; else the site."""
    if any(c.use in ("name", "place") for c in columns):
        return [_labelled(c, columns) for c in columns]
    k = next((k for k, c in enumerate(columns) if c.use != "label"), None)
    if k is None or columns[k].use != "words" or _OTHER_KEY.fullmatch(columns[k].words.removesuffix("指标")):
        coded = any(c.use == "label" and c.level and "用地" not in c.words for c in columns)
        uses = k if k is not None and not coded and _USES.fullmatch(columns[k].words) else None
        k = next((k for k, c in enumerate(columns) if c.use == "site"), uses)
    return columns if k is None else [*columns[:k], replace(columns[k], use="name"), *columns[k + 1 :]]


def _labelled(column: Column, columns: list[Column]) -> Column:
    """Take 区块 beside 名称 for the label: 区块一|智能制造园."""
    named = any(c.words in ("名称", f"{column.words}名称") for c in columns)
    return replace(column, use="label", level=1) if named and _LABELLED.fullmatch(column.words) else column


def _with_area(columns: list[Column], paths: list[list[str]]) -> list[Column]:
    """Choose the column of the row's own area, and mark the same in another unit.

    Of several that could be it, one for all (总面积, 合计) comes first, then the first of those that name
    no part. Where the same word stands twice, as below several heads (甲方|面积, 乙方|面积), neither is it.
    """
    if (levels := _of_levels(columns)) is not None:
        return levels
    ranks = [_rank(path) if c.use == "other" else 0 for c, path in zip(columns, paths, strict=True)]
    best = max(ranks, default=0)
    if best == 0:
        return columns
    chosen = ranks.index(best)
    spelt = ["".join(_without_unit(w)[0] for w in path) for path in paths]
    last = [_without_unit(path[-1])[0] if path else "" for path in paths]
    beside = [
        k for k, c in enumerate(columns) if k != chosen and c.use == "other" and last[k] == last[chosen]
    ]
    of_part = not all(
        _OF_ROW.fullmatch(_without_unit(w)[0]) for w in paths[chosen][:-1] if _without_unit(w)[0]
    )
    for k in beside:
        same = spelt[k] == spelt[chosen] and columns[k].unit != columns[chosen].unit
        if not same and (ranks[k] == best or of_part):
            return columns
    out = list(columns)
    out[chosen] = replace(columns[chosen], use="area")
    for k, column in enumerate(columns):
        other_unit = k != chosen and column.use == "other" and column.unit != columns[chosen].unit
        if other_unit and (spelt[k] == spelt[chosen] or _AGAIN.fullmatch(last[k])):
            out[k] = replace(column, use="again")
    return out


def _of_levels(columns: list[Column]) -> list[Column] | None:
    """Give each of two levels its area where heads tell them so: 开发区|核准面积|区块|区块面积."""
    places = [k for k, c in enumerate(columns) if c.use in ("place", "name")]
    areas = [k for k, c in enumerate(columns) if c.use == "other" and c.words.endswith("面积")]
    own = [k for k in areas if any(f"{columns[j].words}面积" == columns[k].words for j in places[1:])]
    if len(own) != 1:
        return None
    place = next(j for j in places if f"{columns[j].words}面积" == columns[own[0]].words)
    wider = [k for k in areas if places[0] < k < place]
    if len(wider) != 1:
        return None
    uses: dict[int, Use] = {own[0]: "area", wider[0]: "whole"}
    return [replace(c, use=uses.get(k, c.use)) for k, c in enumerate(columns)]


def _rank(path: list[str]) -> int:
    """Say how well a column's words fit the area of the whole row; 0 for that of a part."""
    words = [w for w, _ in (_without_unit(w) for w in path) if w] or ["面积"]
    *above, own = [_without_bracket(w) for w in words]
    if _OF_ROW.fullmatch(own) and not any(_PART.search(w) for w in above):
        return 2
    if any(_PART.search(w) for w in words):
        return 0
    if _OF_ALL.fullmatch(own):
        return 3
    return 1 if own.endswith("面积") and _GROUND.search(own.removesuffix("面积")) else 0
