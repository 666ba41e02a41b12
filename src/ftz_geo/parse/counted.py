"""The names of blocks that a text tells with their number: 分甲、乙两个片区, 两个片区：甲、乙."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from ftz_geo.parse.areas import Count
    from ftz_geo.parse.prose import Prose

__all__ = ["names_counted"]

_LIST = re.compile(r"[:,](?P<names>[^,。;:()]{2,120})[。;,]")
_BEFORE_NAMES = re.compile(r"^(?:由|分为|分成|分|共|含有?|涵盖|包含|包括|设|划分为|划为|涉及|下辖|有)+")


def names_counted(prose: Prose, count: Count) -> list[tuple[int, int]]:
    """Return the names of blocks in their count (分甲、乙两个片区) or behind it (两个片区：甲、乙)."""
    text = prose.text
    behind = _LIST.match(text, count.end)
    start, end = behind.span("names") if behind else (count.start, count.end)
    if not behind:
        lead = _BEFORE_NAMES.match(text[start:end])
        start += lead.end() if lead else 0
        number = re.search(rf"[{NUMERALS}\d]+[个块处宗大片][^、]*$", text[start:end])
        end = start + number.start() if number else start
    edges = [
        start,
        *(
            k
            for m in re.finditer("[、和与及]", text[start:end])
            for k in (start + m.start(), start + m.end())
        ),
        end,
    ]
    names = list(zip(edges[::2], edges[1::2], strict=True))
    return names if all(2 <= b - a <= 16 and not re.search(r"\d", text[a:b]) for a, b in names) else []
