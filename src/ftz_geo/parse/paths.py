"""Sides told as a walk: 自甲街向东经乙路至丙河北岸."""

from __future__ import annotations

import re

from ftz_geo.parse.words import JUNCTIONS
from ftz_geo.wording import one_of

__all__ = ["is_path", "read_path"]

_PATH = re.compile(
    r"""
      [向往][东南西北]{1,2}(?!\d|[侧面]?外) | ^[自从由沿].*(?:至|到|经|向) | [,].*沿.*至
    """,
    re.X,
)

_QUOTED = re.compile(r"“([^”]{2,20})”")
_STEP = re.compile(
    rf"""
      自 | 从 | 由 | 经(?:过)? | 沿着? | 再 | 折 | 转 | 入 | 过 | 起 | 止 | 接 | 穿过?
    | (?:继续)?[向往](?:[东南西北]{{1,2}})(?:方向)?(?:延伸|直行|折)?
    | [至到与和] | [“”"',、;]
    | {one_of(JUNCTIONS)} | 处
    | [东南西北](?:界线|线)[东南西北]?端 | [东南西北](?:岸|端|侧|段|头)
    """,
    re.X,
)
"""What stands between the features of a walk: directions, junctions, and the ends of other sides."""


def is_path(words: str) -> bool:
    """Tell whether the words of a side describe a walk along several features.

    Examples
    --------
    >>> is_path("自大什街向东经西宁大路至东吉大路"), is_path("东庄村至南辛庄村机耕路")
    (True, False)
    """
    return _PATH.search(words) is not None


def read_path(words: str) -> list[tuple[int, int]]:
    """Return the features of a walk in the order they are named.

    Examples
    --------
    >>> words = "“东吉大路”与“市委东街”交汇处向南至“东辽河”北岸"
    >>> [words[a:b] for a, b in read_path(words)]
    ['东吉大路', '市委东街', '东辽河']
    """
    pieces: list[tuple[int, int]] = []
    # What stands in quotation marks is a name, whatever characters it holds: “和宁街”.
    unquoted = _QUOTED.sub(lambda m: "“" + "□" * len(m[1]) + "”", words)
    a = 0
    for m in _STEP.finditer(unquoted):
        if m.start() > a:
            pieces.append((a, m.start()))
        a = m.end()
    if len(words) > a:
        pieces.append((a, len(words)))
    return [(p, q) for p, q in pieces if q - p > 1]
