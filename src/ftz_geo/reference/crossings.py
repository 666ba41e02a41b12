"""Addresses at the crossing of two roads: which roads they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftz_geo.endings import CROSSINGS, KIND_OF_SUFFIX, suffix_of
from ftz_geo.wording import NUMERALS, one_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["crossing_roads", "is_road"]

_AT_CROSSING = re.compile(rf"^(.{{2,60}}?)的?{one_of(CROSSINGS)}处?(?:的?[东南西北]{{2}}[角侧])?$")
_AND = re.compile(r"[与和及同、/]")
_DISTRICT = re.compile(
    r"^(?:[^路街道]{2,7}?(?:省|自治区))?(?:[^路街道]{2,7}?市(?!场))?"
    r"(?:[^路街道]{1,7}?(?<![发园社小校景城厂库片矿林])[区县旗])?(?:[^路街道]{2,6}?[镇乡])?"
)
_ENDS_ONLY = tuple("东南西北中上下前后新老大小第" + NUMERALS)
"""What a road's name may begin with and be the end of another's: 二经路 is the end of 陆港二经路."""


def crossing_roads(words: str, roads: Collection[str]) -> tuple[str, ...]:
    """Return the names of two roads whose crossing the words name; none where they do not.

    >>> crossing_roads("北辰区陆路港陆港二经路与陆港六纬路交叉口", set())
    ('陆港二经路', '陆港六纬路')
    >>> crossing_roads("天津市河西区友谊路与平江道交口东北角", set())
    ('友谊路', '平江道')
    >>> crossing_roads("友谊路与平江道交口以东200米", set())
    ()
    """
    at = _AT_CROSSING.match(words)
    for joint in _AND.finditer(at[1]) if at else ():
        one, other = at[1][: joint.start()], at[1][joint.end() :]  # type: ignore[index]
        if len(other) > 1 and is_road(one) and is_road(other):
            return _road_at_end(one, other, roads), other
    return ()


def _road_at_end(words: str, other: str, roads: Collection[str]) -> str:
    """Return the road at the end of an address.

    >>> _road_at_end("大学城双源道", "甲路", {"双源道"}), _road_at_end("天津市北辰区双源道", "甲路", set())
    ('双源道', '双源道')
    """
    # Roads of one estate are often named alike: where the other's beginning stands, this one begins.
    if (alike := words.rfind(other[:2])) > 0:
        return words[alike:]
    words = words[_DISTRICT.match(words).end() :] or words  # type: ignore[union-attr]
    return next(_known_ends(words, roads), words)


def _known_ends(words: str, roads: Collection[str]) -> Iterator[str]:
    ends = (words[n:] for n in range(len(words) - 1))
    return (end for n, end in enumerate(ends) if end in roads and not (n and end.startswith(_ENDS_ONLY)))


def is_road(name: str) -> bool:
    """Tell whether a name ends as that of a road does."""
    return KIND_OF_SUFFIX.get(suffix_of(name) or "") == "road"
