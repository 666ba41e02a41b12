"""Checks of what the words say about blocks and sides: labels, and sides missing, doubled or contrary."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.check.blocks import listed, told
from ftz_geo.check.case import fact
from ftz_geo.check.findings import finding
from ftz_geo.compass import DIRECTIONS, OPPOSITE, SIDE_OF, SIDE_ZH, Direction
from ftz_geo.model import STRAIGHT_KINDS, Finding, Text, title
from ftz_geo.wording import NUMERALS, folded, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.model import Block, Parcel, Plan, Span

_Told = tuple[tuple[Direction, "Span"], ...]
"""A parcel's sides and where they are told, in the order of the text."""

_QUOTED = 40
"""Characters of an unread stretch that are quoted; a line of a report holds about as many."""


def ordinals(label: str | None) -> tuple[int, ...]:
    """Return the numbers that a label counts with.

    Examples
    --------
    >>> [ordinals(label) for label in ("区块三", "区块一百零五", "JC2024-01", "二十", "A区")]
    [(3,), (105,), (2024, 1), (20,), ()]
    """
    numbers = map(number_of, re.findall(rf"\d+|[{NUMERALS}]+", label or ""))
    return tuple(int(number) for number in numbers if number is not None)


def block_labels(case: Case) -> Iterator[Finding]:
    """Find labels that come twice, that leave one out, or that run out of order."""
    for zone in case.zones:
        # A bare number may count paragraphs that are no blocks.
        labelled = [b for b in listed(zone) if re.search(rf"[^\W\d{NUMERALS}]", b.label or "")]
        said = _miscounted(zone, [b.label or "" for b in labelled])
        if said is not None:
            yield finding("block-labels", "warning", said, zone.zone, spans=[b.span for b in labelled])


def _miscounted(zone: ZoneCase, labels: list[str]) -> Text | None:
    """Return what is wrong with the labels of a zone's blocks, if anything is."""
    numbers = [n for n in map(ordinals, labels) if n]
    together = "、".join(labels), ", ".join(labels)
    alike = Counter(map(folded, labels))
    if twice := [label for label in dict.fromkeys(labels) if alike[folded(label)] > 1]:
        return Text(f"{'、'.join(twice)}出现不止一次", f"the label {', '.join(twice)} comes more than once")
    if len(numbers) < len(labels):
        return None
    if any(after < before for before, after in pairwise(numbers)):
        return Text(
            f"区块次序颠倒（{together[0]}），编号或内容可能放错",
            f"the blocks run out of order ({together[1]}): labels or contents may be misplaced",
        )
    # A code of several numbers, JC2024-07, counts what its office wrote, not what one notice lists.
    if any(len(n) > 1 for n in numbers) or {b[0] - a[0] for a, b in pairwise(numbers)} <= {0, 1}:
        return None
    if zone.zone.declared_block_count not in (None, len(listed(zone))):
        return None  # the count of blocks says it already
    return Text(f"编号不连续（{together[0]}）", f"a number is left out ({together[1]})")


def missing_side(case: Case) -> Iterator[Finding]:
    """Find parcels that the words leave open on a side."""
    for zone in case.zones:
        if not any(p.ring or any(p.abuttals.values()) for p in zone.zone.parcels):
            continue  # no block of it is told by its sides
        for block, parcel, sides in _sides(zone):
            missing = _missing(sides)
            # A side that is told under another direction is not missing but doubled there.
            if not missing or parcel.ring or parcel.members or _told_twice(sides):
                continue
            said = Text(
                f"没有写明{_zh(missing)}至何处，边界不闭合",
                f"the text names nothing to the {', '.join(missing)}: the boundary stays open",
            )
            yield finding("missing-side", "warning", said, zone.zone, block, parcel, spans=(parcel.span,))


def doubled_side(case: Case) -> Iterator[Finding]:
    """Find parcels that tell one side in two places."""
    for zone in case.zones:
        for block, parcel, sides in _sides(zone):
            if not (twice := _told_twice(sides)):
                continue
            said = Text(f"{_zh(twice)}侧写了两次", f"the {', '.join(twice)} side is told twice")
            if missing := _missing(sides):
                said += Text(
                    f"，{_zh(missing)}侧却没有写，方位可能写错",
                    f" and the {', '.join(missing)} side not at all: a direction is probably wrong",
                )
            spans = [span for side, span in sides if side in twice]
            yield finding("doubled-side", "warning", said, zone.zone, block, parcel, spans=spans)


def _zh(sides: Iterable[Direction]) -> str:
    return "、".join(SIDE_ZH[side] for side in sides)


@fact
def _sides(zone: ZoneCase) -> tuple[tuple[Block, Parcel, _Told], ...]:
    """Return every parcel of the listed blocks with its sides, and with those that ``parse`` could not place.

    A side told again opens a block of its own without label, name or area, or stays unread.
    """
    starts = sorted(block.span[0] for block in zone.zone.blocks)
    parcels = []
    for block, after in told(zone):
        for parcel in block.parcels:
            sides: list[tuple[Direction, Span]] = [(side, f.span) for side, f in parcel.features()]
            if parcel is block.parcels[-1]:
                if after is not None:
                    sides += [(side, f.span) for p in after.parcels for side, f in p.features()]
                following = bisect_right(starts, block.span[0])
                if after is not None and starts[following : following + 1] == [after.span[0]]:
                    following += 1
                end = starts[following] if following < len(starts) else zone.zone.span[1] + 1
                sides += _unread_sides_within(zone.case, parcel.span[0], end)
            parcels.append((block, parcel, tuple(sorted(sides, key=lambda side: side[1]))))
    return tuple(parcels)


def _unread_sides_within(case: Case, start: int, end: int) -> list[tuple[Direction, Span]]:
    """Return the unread stretches that open like a side and begin from ``start`` up to ``end``."""
    sides = _unread_sides(case)
    return sides[bisect_left(sides, start, key=_start) : bisect_right(sides, end, key=_start)]


@fact
def _unread_sides(case: Case) -> list[tuple[Direction, Span]]:
    """Return the unread stretches that open like a side, in the order of the text."""
    opening = ((SIDE_OF.get(case.plan.words(span)[:1]), span) for span in case.plan.unread)
    return sorted(((side, span) for side, span in opening if side), key=_start)


def _start(side: tuple[Direction, Span]) -> int:
    return side[1][0]


def _missing(sides: _Told) -> list[Direction]:
    return [direction for direction in DIRECTIONS if all(direction != side for side, _ in sides)]


def _told_twice(sides: _Told) -> list[Direction]:
    """Return the directions that another side stands between."""
    twice = []
    for direction in DIRECTIONS:
        own = {span for side, span in sides if side == direction}
        places = [i for i, (_, span) in enumerate(sides) if span in own]
        if places and places[-1] - places[0] + 1 > len(places):
            twice.append(direction)
    return twice


def contradictory_sides(case: Case) -> Iterator[Finding]:
    """Find parcels that lie on both sides of one road, and parcels with the same four sides."""
    described: dict[tuple[tuple[str, ...], ...], str] = {}
    for zone in case.zones:
        for block in listed(zone):
            for parcel in block.parcels:
                for said, spans in _contradictions(parcel, described):
                    yield finding(
                        "contradictory-sides", "warning", said, zone.zone, block, parcel, spans=spans
                    )
                described.setdefault(_names(parcel), title(zone.zone, block, parcel))


def _contradictions(
    parcel: Parcel, described: dict[tuple[tuple[str, ...], ...], str]
) -> Iterator[tuple[Text, tuple[Span, ...]]]:
    """Yield what is contrary in a parcel's sides; ``described`` names those before it by theirs."""
    for one in DIRECTIONS[:2]:
        other = OPPOSITE[one]
        if _is_one_road(parcel, one, other):
            both = parcel.abuttals[one] + parcel.abuttals[other]
            name = both[0].name
            said = Text(
                f"{SIDE_ZH[one]}、{SIDE_ZH[other]}两侧都是{name}，其间没有余地",
                f"{name} bounds it to the {one} and to the {other}: nothing is left between",
            )
            yield said, tuple(f.span for f in both)
    sides = _names(parcel)
    if all(sides) and (where := described.get(sides)):
        yield Text(f"四至与{where}完全相同", f"its four sides are those of {where}"), (parcel.span,)


def _names(parcel: Parcel) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(f.name for f in parcel.abuttals[side]) for side in DIRECTIONS)


def _is_one_road(parcel: Parcel, one: Direction, other: Direction) -> bool:
    """Whether two opposite sides are the same line and nothing else; a ring road may be all four."""
    first, second = parcel.abuttals[one], parcel.abuttals[other]
    if len(first) != 1 or len(second) != 1 or first[0].name != second[0].name:
        return False
    on = [d for d, f in parcel.features() if f.name == first[0].name]
    lines = all(f.kind in STRAIGHT_KINDS and f.relation == "at" for f in (*first, *second))
    return lines and len(on) == 2


def unread_text(case: Case) -> Iterator[Finding]:
    """Find words that look like a boundary or an area and that were not read."""
    used = {span for doubled in doubled_side(case) for span in doubled.spans}
    zones = _zones_of_unread(case.plan)
    for span in case.plan.unread:
        if span not in used:
            words = case.plan.words(span)
            words = words if len(words) <= _QUOTED else words[: _QUOTED - 1] + "…"
            yield Finding(
                check="unread-text",
                severity="note",
                zone_id=zones.get(span),
                zh=f"“{words}”像是边界或面积，但未能读懂，未计入核对。",
                en=f"“{words}” looks like a boundary or an area and was not understood: it was not checked.",
                spans=(span,),
            )


def _zones_of_unread(plan: Plan) -> dict[Span, str]:
    """Return the id of the first zone that each unread stretch begins in."""
    unread = sorted(plan.unread)
    zones: dict[Span, str] = {}
    for zone in reversed(plan.zones):
        first, last = (bisect_left(unread, at, key=lambda span: span[0]) for at in zone.span)
        zones.update(dict.fromkeys(unread[first:last], zone.id))
    return zones
