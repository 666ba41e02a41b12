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
_AT_SIDE = (
    rf"(?P<where>to|on|in|at)\s+(?:the|its)\s+(?P<direction>{_DIRECTION})(?:\s+side)?\b"
    rf"(?:\s+and\s+(?:(?:to|on|in)\s+)?(?:the\s+)?(?P<second>{_DIRECTION})(?=\s*(?:[,.;)]|by\b|and\b|$)))?"
)
_KIND = (
    r"(?:road|rd|street|st|avenue|ave|highway|expressway|motorway|lane|ring|boulevard|blvd|way|river|canal|lake"
    r"|creek|sea|reservoir|stream|bay|gulf|railway|railroad|rail|metro|line|bridge|park|village|town|township"
    r"|district|county|city|province|mountain|hill|school|community|boundary|square|airport|station|port|harbou?r"
    r"|island|dike|embankment|wall|farm|forest)s?"
)
_ENDS_AS_NAME = rf"(?i:\b{_KIND}\b\.?(?:\s*(?:No\.?\s*)?\d{{1,3}})?)"
_END = rf"""(?=\s*(?:
    [,;:()] | \.(?:\s|\w|$) | $
  | \band\s+(?:(?:in|on|to)\s+)?(?:the\s+)?{_DIRECTION}
  | \band\s+by\b | \bto\s+the\s+{_DIRECTION} | \b{_DIRECTION}\s+of\b
))"""

_OF = re.compile(rf"(?<!\bin\sthe\s)\b(?P<direction>{_DIRECTION})\s+of\s+{_NAME}{_END}", re.I | re.X)
"""east of X"""
_BY = re.compile(
    rf"\b{_AT_SIDE}\s*,?\s*(?:it\s+)?(?:by|is|:|reaches|borders|adjoins|meets)\s+{_NAME}{_END}", re.I | re.X
)
"""on the east by X"""
_AT = re.compile(
    rf"(?P<lead>\b(?:by|from|to|and|with|borders|adjoins|meets)\s+|[,;]\s*(?:and\s+)?){_NAME}\s+{_AT_SIDE}",
    re.I | re.X,
)
"""by X to the east, Y to the south"""
_TO = re.compile(
    rf"""\b(?P<direction>{_DIRECTION})(?:ern)?\s*
    (?: to | : | by | (?:boundary|side)\s*(?:is|:) )\s*{_NAME}{_END}""",
    re.I | re.X,
)
"""east to X, east: X"""
_BARE = re.compile(
    rf"(?<=[,;])\s*(?:and\s+)?(?i:{_AT_SIDE})\s+(?P<name>[A-Z][^,.;:()]{{1,60}}?{_ENDS_AS_NAME})(?=\s*(?:[,.;)]|$))"
)
"""…, to the north X River"""


_WALK = re.compile(r"(?:along|from|go|goes|pass|connect|starts?|then)\b", re.I)
"""from the junction of X, go south along Y: a walk, which nobody can cut into sides safely."""

_INNER_LEAD = re.compile(
    r"(?:.*\b(?:(?:bounded|bordered|delimited|flanked|enclosed|limited)\s+by|is\s+by|and\s+by|borders|adjoins|meets)"
    r"|(?:and\s+)?by|with)\s+",
    re.I,
)
"""is bounded by X: the name begins behind it."""
_FROM = re.compile(r"(?:and\s+)?(?:extend(?:s|ing)?\s+)?from\s+", re.I)
"""extends from X in the east to Y in the west. With ``to the east`` it is a walk."""
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+", re.I)
_ENDED = re.compile(rf"{_ENDS_AS_NAME}$", re.I)
_LIKE_A_NAME = re.compile(rf"{_ENDS_AS_NAME}$|\b(?:[A-Z]|\d)[^\s]*$")
_ONE_PLACE = re.compile(
    r"\b(?:intersection|junction|crossing|corner|between|confluence|line\s+of|boundary\s+of)\b", re.I
)
_MORE = re.compile(
    rf"\s*,\s*(?:and\s+)?(?:the\s+)?[A-Z][^,.;:()]{{1,50}}?{_ENDS_AS_NAME}(?=\s*(?:[,.;)]|and\s+(?:on|in|to)\b|$))"
)
"""on the east by X Road, Y Road: the list goes on until a direction follows."""
_ABBREVIATED = re.compile(r"\b(?:Rd|St|Ave|Blvd|No)\.$", re.I)
_BEFORE_AND = re.compile(
    rf"(?:^|[,.;:(]\s*|\bby\s+)(?P<name>[A-Z][^,.;:()]{{1,50}}?{_ENDS_AS_NAME}\s*,?\s*)$"
)
"""X River and Y Road in the east: what stands before ``and``."""


def _name_span(text: str, m: re.Match[str]) -> tuple[int, int]:
    """Return where the names of a side begin and end: without what leads up to them, with all of a list."""
    a, b = m.span("name")
    if lead := _INNER_LEAD.match(text, a, b):
        a = lead.end()
    if m.re is _AT:
        if m["where"].lower() != "to" and (lead := _FROM.match(text, a, b)):
            a = lead.end()
        before = m["lead"].strip().lower() == "and" and _BEFORE_AND.search(
            text, max(0, m.start() - 60), m.start()
        )
        if before:
            a = before.start("name")
    elif m.re is _BY:
        while more := _MORE.match(text, b):
            b = more.end()
    if text[b - 1] == "." and not _ABBREVIATED.search(text, a, b):
        b -= 1  # the sentence ends
    return a, b


def _pieces(text: str, a: int, b: int) -> tuple[tuple[int, int], ...]:
    """Cut ``A Road, B River and C Street`` where the words before a joint end as a name ends."""
    pieces: list[tuple[int, int]] = []
    if not _ONE_PLACE.search(text, a, b):
        for m in _AND.finditer(text, a, b):
            if _ENDED.search(text[a : m.start()]) and m.end() < b:
                pieces.append((a, m.start()))
                a = m.end()
    return (*pieces, (a, b))


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
    for pattern in (_BY, _AT, _OF, _TO, _BARE):
        for m in pattern.finditer(prose.text):
            a, b = _name_span(prose.text, m)
            start, end = min(a, m.start()), max(b, m.end())
            if taken.find(1, start, end) >= 0 or b - a < 2 or _WALK.match(prose.text, a):
                continue
            if pattern is _AT and not _LIKE_A_NAME.search(prose.text, a, b):
                continue  # the river flows to the east
            told = [m["direction"], *([m["second"]] if m.groupdict().get("second") else [])]
            named: list[Direction] = [d.lower() for d in told]  # type: ignore[misc]  # the pattern allows no other
            directions = tuple(OPPOSITE[d] if pattern is _OF else d for d in named)
            reading = Reading(_pieces(prose.text, a, b), ())
            side = side_of(prose, start, end, directions, reading, inverse=pattern is _OF)
            if side:
                taken[start:end] = b"\1" * (end - start)
                found[start] = side
    yield from (found[i] for i in sorted(found))
