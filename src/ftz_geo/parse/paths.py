"""Sides told as a walk: 自甲街向东经乙路至丙河北岸."""

from __future__ import annotations

import re

from ftz_geo.parse.words import JUNCTIONS
from ftz_geo.wording import one_of

__all__ = ["is_path", "read_path", "walks"]

_PATH = re.compile(
    r"""
      [向往][东南西北]{1,2}(?!\d|[侧面]?外) | ^[自从由沿].*(?:至|到|经|向) | ^[^,]*,[^沿]*沿.*至
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


_GOES = re.compile(
    r"""(?:(?<=[,。;:、])|^)(?:并|然?后|而后|又)?
    (?: (?:沿着?|顺着?|循|自|由|从)[^,。;:、]{2,40}? | (?:折|再|转|继续|复)[^,。;:、]{0,2} )
    (?<![向往朝])[东南西北]{1,2}(?:行|方向)?(?:至|到|抵|达)(?![东南西北]?(?:[,。;:、]|$))""",
    re.X | re.M,
)
"""沿县界西至…, 再东至…: where somebody goes next."""
_GOES_ON = re.compile(r"[东南西北]{1,2}[面侧边]?(?:至|到|抵|达|起|自|止|临|邻|接)")
_SENTENCE = re.compile(r"[^。;!?\n]+")
_WALK_ENDS = re.compile(r"止(?=[,。;)]|$)|(?<=[^起])起(?=[,、])")


def walks(text: str) -> list[tuple[int, int]]:
    """Find the stretches that tell a walk around an area: their directions say where it goes.

    A sentence is one if going comes first in it and it also tells its start or end, or goes twice.

    Examples
    --------
    >>> text = "界线自甲桥起，沿县界西至乙山，北至丙沟，再东至甲桥止。东至丁路，沿丁路南至戊河，西至己村。"
    >>> [text[a:b] for a, b in walks(text.replace("，", ","))]
    ['沿县界西至乙山，北至丙沟，再东至甲桥止']
    """
    found: list[tuple[int, int]] = []
    last = -1
    for first in _GOES.finditer(text):
        if first.start() < last:
            continue
        start = max(text.rfind(c, max(0, first.start() - 400), first.start()) for c in "。;!?\n") + 1
        m = _SENTENCE.match(text, start)
        last = m.end() if m else first.end()
        plain = _GOES_ON.search(text, start, last)
        again = _GOES.search(text, first.end(), last)
        if (plain is None or plain.start() >= first.start()) and (
            again or _WALK_ENDS.search(text, start, last)
        ):
            found.append((first.start(), last))
    return found


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
