"""How the words of a page are spoken, for readers who type pinyin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["readings"]

_COMMON = 3
"""How many readings of a character are kept beside that of its word. The dictionary lists common ones first:
the third is needed for 堡 (bao, bu, pu) and 单 (dan, chan, shan), a fourth is rare wherever there is one."""

_HAN = re.compile(r"[\u3400-\u9fff]+")


def readings(texts: Iterable[str]) -> dict[str, str]:
    """Return the characters of some texts by how they are read: by syllables without tones, ü written v.

    A character stands below every common reading of its own, and below what it is read as in its words.

    Examples
    --------
    >>> readings(["重庆路", "A-03"])
    {'chong': '重', 'lu': '路', 'luo': '路', 'qing': '庆', 'tong': '重', 'zhong': '重'}
    >>> readings(["番禺"])["pan"]
    '番'
    """
    from pypinyin import Style, pinyin  # loads a large dictionary

    runs = {run for text in texts for run in _HAN.findall(text)}
    spoken = {pair for run in runs for pair in zip(run, _in_its_words(run), strict=True)}
    for character in {character for run in runs for character in run}:
        [own] = pinyin(character, style=Style.NORMAL, heteronym=True)
        spoken |= {(character, syllable) for syllable in list(dict.fromkeys(own))[:_COMMON]}
    found: dict[str, str] = {}
    for character, syllable in sorted(spoken, key=lambda pair: (pair[1], pair[0])):
        if syllable.isascii():
            found[syllable] = found.get(syllable, "") + character
    return found


def _in_its_words(run: str) -> list[str]:
    """Return how each character is read where it stands; one that no dictionary knows comes back as it is."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin(run, errors=list)  # type: ignore[arg-type] # the manual allows a list, the stub does not
