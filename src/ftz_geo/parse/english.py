"""Descriptions in English: east of the railway and north of Jiefang Road."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ftz_geo.compass import OPPOSITE, Direction
from ftz_geo.parse.names import Reading
from ftz_geo.parse.sides import Side, side_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.prose import Prose

__all__ = ["english_sides"]

_DIRECTION = r"(?:north|south|east|west)"
_NAME = r"(?P<name>[A-Za-z0-9][^,.;:()]{1,60}?)"
_AT_SIDE = rf"(?:to|on|in)\s+the\s+(?P<direction>{_DIRECTION})(?:\s+side)?\b"
_END = rf"""(?=\s*(?:
    [,;:()] | \.(?:\s|\w|$) | $
  | \band\s+(?:(?:in|on|to)\s+)?(?:the\s+)?{_DIRECTION}
  | \band\s+by\b | \bto\s+the\s+{_DIRECTION} | \b{_DIRECTION}\s+of\b
))"""

_OF = re.compile(rf"\b(?P<direction>{_DIRECTION})\s+of\s+{_NAME}{_END}", re.I | re.X)
"""east of X"""
_BY = re.compile(rf"\b{_AT_SIDE}\s*,?\s*(?:by|is|:|reaches)\s+{_NAME}{_END}", re.I | re.X)
"""on the east by X"""
_AT = re.compile(
    rf"(?:\b(?:by|from|to|and|borders|adjoins|meets)\s+|,\s*(?:and\s+)?){_NAME}\s+{_AT_SIDE}", re.I | re.X
)
"""by X to the east, Y to the south"""
_TO = re.compile(
    rf"""\b(?P<direction>{_DIRECTION})(?:ern)?\s*
    (?: to | : | by | (?:boundary|side)\s*(?:is|:) )\s*{_NAME}{_END}""",
    re.I | re.X,
)
"""east to X, east: X"""


_WALK = re.compile(r"(?:along|from|go|goes|pass|connect|starts?|then)\b", re.I)
"""from the junction of X, go south along Y: a walk, which nobody can cut into sides safely."""


def english_sides(prose: Prose, taken: bytearray) -> Iterator[Side]:
    """Read sides told in English; ``east of X`` makes X the west side.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "No.3 School: east of the railway and north of Jiefang Road. Bounded on the west by Tai Lake."
    >>> sides = english_sides(Prose.of(text), bytearray(len(text)))
    >>> [(s.directions[0], s.features[0][1][0].name) for s in sides]
    [('west', 'the railway'), ('south', 'Jiefang Road'), ('west', 'Tai Lake')]
    """
    if not re.search(rf"\b{_DIRECTION}\b", prose.text, re.I):
        return
    found: dict[int, Side] = {}
    for pattern in (_BY, _AT, _OF, _TO):
        for m in pattern.finditer(prose.text):
            start, end = m.span()
            if taken.find(1, start, end) >= 0 or _WALK.match(m["name"]):
                continue
            named: Direction = m["direction"].lower()  # type: ignore[assignment]  # the pattern allows no other
            direction = OPPOSITE[named] if pattern is _OF else named
            reading = Reading((m.span("name"),), ())
            side = side_of(prose, start, end, (direction,), reading, inverse=pattern is _OF)
            if side:
                taken[start:end] = b"\1" * (end - start)
                found[start] = side
    yield from (found[i] for i in sorted(found))
