"""Checks of what the words say about blocks and sides: labels, and sides missing, doubled or contrary."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.check.case import continuation, listed, listed_blocks, place
from ftz_geo.compass import DIRECTIONS, OPPOSITE, SIDE_OF, Direction
from ftz_geo.model import LABELS_ZH, STRAIGHT_KINDS, Finding
from ftz_geo.wording import NUMERALS, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case
    from ftz_geo.model import Block, Parcel, Plan, Span, Zone


def ordinal(label: str | None) -> int | None:
    """Return the number that a label counts with.

    Examples
    --------
    >>> [ordinal(label) for label in ("区块三", "区块一百零五", "片区21", "二十", "A区", "主片区")]
    [3, 105, 21, 20, None, None]
    """
    found = re.search(rf"\d+|[{NUMERALS}]+", label or "")
    return number_of(found.group()) if found else None


def block_labels(case: Case) -> Iterator[Finding]:
    """Find labels that come twice, that leave one out, or that run out of order."""
    for zone in case.plan.zones:
        # A bare number may count paragraphs that are no blocks.
        labelled = [b for b in listed(zone) if re.search(rf"[^\W\d{NUMERALS}]", b.label or "")]
        labels = [b.label or "" for b in labelled]
        numbers = [n for n in map(ordinal, labels) if n is not None]
        steps = {after - before for before, after in pairwise(numbers)}
        twice = sorted({x for x in labels if labels.count(x) > 1}, key=labels.index)
        if twice:
            zh, en = f"{'、'.join(twice)}出现不止一次", f"the label {', '.join(twice)} comes more than once"
        elif len(numbers) < len(labels) or steps <= {1}:
            continue
        elif min(steps) < 1:
            zh, en = (
                f"区块次序颠倒（{'、'.join(labels)}），编号或内容可能放错",
                f"the blocks run out of order ({', '.join(labels)}): labels or contents may be misplaced",
            )
        elif zone.declared_block_count is not None and zone.declared_block_count != len(listed(zone)):
            continue  # the count of blocks says it already
        else:
            zh, en = f"编号不连续（{'、'.join(labels)}）", f"a number is left out ({', '.join(labels)})"
        yield Finding(
            check="block-labels",
            severity="warning",
            zone_id=zone.id,
            zh=f"{place(zone)}：{zh}。",
            en=f"{place(zone)}: {en}.",
            spans=tuple(b.span for b in labelled),
        )


def missing_side(case: Case) -> Iterator[Finding]:
    """Find parcels that the words leave open on a side."""
    for zone, block in listed_blocks(case):
        described = any(p.ring or any(p.abuttals.values()) for p in zone.parcels)
        for parcel in block.parcels:
            told = _told(case.plan, zone, block, parcel)
            missing = [d for d in DIRECTIONS if all(d != side for side, _ in told)]
            if not missing or parcel.ring or parcel.members or not described:
                continue
            if _told_twice(told):
                continue  # told under another direction
            where = place(zone, block, parcel)
            zh = "、".join(LABELS_ZH[d] for d in missing)
            yield Finding(
                check="missing-side",
                severity="warning",
                zone_id=zone.id,
                block_id=block.id,
                parcel_id=parcel.id,
                zh=f"{where}：没有写明{zh}至何处，边界不闭合。",
                en=f"{where}: the text names nothing to the {', '.join(missing)}: the boundary stays open.",
                spans=(parcel.span,),
            )


def doubled_side(case: Case) -> Iterator[Finding]:
    """Find parcels that tell one side in two places."""
    for zone, block in listed_blocks(case):
        for parcel in block.parcels:
            told = _told(case.plan, zone, block, parcel)
            twice = _told_twice(told)
            if not twice:
                continue
            where = place(zone, block, parcel)
            missing = [d for d in DIRECTIONS if all(d != side for side, _ in told)]
            zh = f"{where}：{'、'.join(LABELS_ZH[d] for d in twice)}侧写了两次"
            en = f"{where}: the {', '.join(twice)} side is told twice"
            if missing:
                zh += f"，{'、'.join(LABELS_ZH[d] for d in missing)}侧却没有写，方位可能写错"
                en += f" and the {', '.join(missing)} side not at all: a direction is probably wrong"
            yield Finding(
                check="doubled-side",
                severity="warning",
                zone_id=zone.id,
                block_id=block.id,
                parcel_id=parcel.id,
                zh=zh + "。",
                en=en + ".",
                spans=tuple(span for side, span in told if side in twice),
            )


def _told(plan: Plan, zone: Zone, block: Block, parcel: Parcel) -> list[tuple[Direction, Span]]:
    """Give a parcel's sides in the order of the text, with those that ``parse`` could not place.

    A side told again opens a block of its own without label, name or area, or stays unread.
    """
    told: list[tuple[Direction, Span]] = [(d, f.span) for d, f in parcel.features()]
    if parcel is block.parcels[-1]:
        after = continuation(zone, block)
        if after is not None:
            told += [(d, f.span) for p in after.parcels for d, f in p.features()]
        following = [b.span[0] for b in zone.blocks if b.span[0] > block.span[0] and b is not after]
        end = min(following, default=zone.span[1] + 1)
        for span in plan.unread:
            if parcel.span[0] <= span[0] <= end and (again := SIDE_OF.get(plan.words(span)[:1])):
                told.append((again, span))
    return sorted(told, key=lambda t: t[1])


def _told_twice(told: list[tuple[Direction, Span]]) -> list[Direction]:
    """Give the directions that another side stands between."""
    twice = []
    for direction in DIRECTIONS:
        own = {span for d, span in told if d == direction}
        places = [i for i, (_, span) in enumerate(told) if span in own]
        if places and places[-1] - places[0] + 1 > len(places):
            twice.append(direction)
    return twice


def contradictory_sides(case: Case) -> Iterator[Finding]:
    """Find parcels that lie on both sides of one road, and parcels with the same four sides."""
    described: dict[tuple[tuple[str, ...], ...], str] = {}
    for zone, block in listed_blocks(case):
        for parcel in block.parcels:
            where = place(zone, block, parcel)
            for one in DIRECTIONS[:2]:
                other = OPPOSITE[one]
                both = parcel.abuttals[one] + parcel.abuttals[other]
                if _is_one_road(parcel, one, other):
                    name = both[0].name
                    zh = f"{LABELS_ZH[one]}、{LABELS_ZH[other]}两侧都是{name}，其间没有余地"
                    en = f"{name} bounds it to the {one} and to the {other}: nothing is left between"
                    yield _contradiction(zone, block, parcel, where, zh, en, tuple(f.span for f in both))
            sides = tuple(tuple(f.name for f in parcel.abuttals[d]) for d in DIRECTIONS)
            if all(sides) and sides in described:
                zh = f"四至与{described[sides]}完全相同"
                en = f"its four sides are those of {described[sides]}"
                yield _contradiction(zone, block, parcel, where, zh, en, (parcel.span,))
            described.setdefault(sides, where)


def _is_one_road(parcel: Parcel, one: Direction, other: Direction) -> bool:
    """Whether two opposite sides are the same line and nothing else; a ring road may be all four."""
    first, second = parcel.abuttals[one], parcel.abuttals[other]
    if len(first) != 1 or len(second) != 1 or first[0].name != second[0].name:
        return False
    on = [d for d, f in parcel.features() if f.name == first[0].name]
    lines = all(f.kind in STRAIGHT_KINDS and f.relation == "at" for f in (*first, *second))
    return lines and len(on) == 2


def _contradiction(
    zone: Zone, block: Block, parcel: Parcel, where: str, zh: str, en: str, spans: tuple[Span, ...]
) -> Finding:
    return Finding(
        check="contradictory-sides",
        severity="warning",
        zone_id=zone.id,
        block_id=block.id,
        parcel_id=parcel.id,
        zh=f"{where}：{zh}。",
        en=f"{where}: {en}.",
        spans=spans,
    )


def unread_text(case: Case) -> Iterator[Finding]:
    """Find words that look like a boundary or an area and that were not read."""
    plan = case.plan
    used = {span for finding in doubled_side(case) for span in finding.spans}
    for span in plan.unread:
        if span not in used:
            zone = next((z for z in plan.zones if z.span[0] <= span[0] < z.span[1]), None)
            words = plan.words(span)
            words = words if len(words) <= 40 else words[:39] + "…"
            yield Finding(
                check="unread-text",
                severity="note",
                zone_id=zone.id if zone else None,
                zh=f"“{words}”像是边界或面积，但未能读懂，未计入核对。",
                en=f"“{words}” looks like a boundary or an area and was not understood: it was not checked.",
                spans=(span,),
            )
