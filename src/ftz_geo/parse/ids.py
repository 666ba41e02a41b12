"""Ids: ASCII, readable, and the same for the same text every time."""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING

from ftz_geo.wording import label_number

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Ids", "zone_slug"]

_GENERIC = re.compile(
    r"""
      中国[(（][^()（）]*[)）]自由贸易试验区
    | ^(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南
        |广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)[省市]?(?=..)
    | (?:国家级?|省级)?
      (?:(?:农业)?高新技术产业|经济技术|经济|综合保税|联动创新|自由贸易|化工产业|化工|工业|产业)
      (?:开发区|示范区|园区|试验区|区|园)
    | 经开区 | 高新区 | 自贸试验区 | 示范区 | 总体 | 方案
    """,
    re.X,
)
_SLUG_CHARACTERS = 6


def zone_slug(name: str | None) -> str:
    """Return the pinyin of what distinguishes a zone's name from others of its sort.

    Examples
    --------
    >>> zone_slug("中国（天津）自由贸易试验区西青经开区联动创新区"), zone_slug("示范区"), zone_slug(None)
    ('xiqing', 'shifanqu', 'zone')
    """
    if not name:
        return "zone"
    distinct = _GENERIC.sub("", name) or name
    return pinyin(distinct[:_SLUG_CHARACTERS]) or "zone"


def pinyin(words: str) -> str:
    """Return Latin letters and digits for Chinese words.

    Examples
    --------
    >>> pinyin("武清 A1")
    'wuqinga1'
    """
    from pypinyin import lazy_pinyin  # loads a large dictionary

    latin = "".join(lazy_pinyin(words, errors="default")).lower()
    return re.sub(r"[^a-z0-9]+", "", latin.replace("ü", "v"))


class Ids:
    """Ids of one plan, each given once.

    An id is a path: a zone's has no hyphen, a block's is its zone's and a number, a parcel's its block's
    and a number. What comes twice gets a figure (zones) or a letter (blocks, parcels) behind it, so that
    no id can ever be one of another level, and what stands before in the text keeps its id.

    Examples
    --------
    >>> ids = Ids()
    >>> ids.zone("滨海新区中心商务片区"), ids.zone("滨海新区中心渔港片区")
    ('binhaixinquzhongxin', 'binhaixinquzhongxin2')
    >>> ids.below("a", "区块一", 1), ids.below("a", "区块一", 2), ids.below("a", "区块1-1", 3)
    ('a-1', 'a-1b', 'a-1_1')
    """

    def __init__(self) -> None:
        self._taken = {"index"}  # the maps' own first page

    def zone(self, name: str | None) -> str:
        """Return the id of the next zone."""
        slug = zone_slug(name)
        return self._take(slug, (f"{slug}{n}" for n in count(2)))

    def below(self, parent: str, label: str | None, order: int) -> str:
        """Return the id of the next part of a zone or a block: by its label's number, else by its order."""
        number = (label_number(label) or str(order)).replace("-", "_")
        wanted = f"{parent}-{number}"
        return self._take(wanted, (f"{wanted}{_letters(n)}" for n in count(2)))

    def _take(self, wanted: str, others: Iterator[str]) -> str:
        found = next(key for key in chain([wanted], others) if key not in self._taken)
        self._taken.add(found)
        return found


def _letters(number: int) -> str:
    """Return letters that count from 2: b, c, … z, aa, ab."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
