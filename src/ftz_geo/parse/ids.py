"""Ids: ASCII, readable, and the same for the same text every time."""

from __future__ import annotations

import re

__all__ = ["unique", "zone_slug"]

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
    """Give the pinyin of what distinguishes a zone's name from others of its sort.

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
    """Give Latin letters and digits for Chinese words.

    Examples
    --------
    >>> pinyin("武清 A1")
    'wuqinga1'
    """
    from pypinyin import lazy_pinyin  # loads a large dictionary

    latin = "".join(lazy_pinyin(words, errors="default")).lower()
    return re.sub(r"[^a-z0-9]+", "", latin.replace("ü", "v"))


def unique(wanted: str, taken: dict[str, int]) -> str:
    """Give the wanted id, with a number at its end if it is taken, and note it as taken.

    Examples
    --------
    >>> ids = {}
    >>> [unique(i, ids) for i in ("a", "a-2", "a", "a")]
    ['a', 'a-2', 'a-3', 'a-4']
    """
    found = wanted
    while found in taken:
        taken[wanted] += 1
        found = f"{wanted}-{taken[wanted]}"
    taken[found] = 1
    return found
