"""Settling: of two readings of a text, the one holds that its own counts and sums bear out."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.parse.drafts import BlockDraft
from ftz_geo.wording import NUMERALS, folded, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.model import Area
    from ftz_geo.parse.drafts import ZoneDraft
    from ftz_geo.parse.prose import Prose

__all__ = ["adds_up", "is_complete", "settled", "whole_of"]


def adds_up(blocks: Sequence[BlockDraft], total: Area) -> bool:
    """Whether two blocks or more, all of stated areas, make up a total as printed."""
    areas = [block.area for block in blocks if block.area is not None]
    if not len(areas) == len(blocks) > 1:
        return False
    added = sum(area.km2 for area in areas)
    if not added <= 3 * total.km2 <= 9 * added:
        return False  # a figure is off by half of itself at most
    doubt = total.half_width_km2 + sum(area.half_width_km2 for area in areas)
    return abs(added - total.km2) <= doubt


def is_complete(zone: ZoneDraft) -> bool:
    """Whether the blocks of a zone that have areas make up its total."""
    return zone.area is not None and adds_up(_listed(zone), zone.area)


def settled(zones: Sequence[ZoneDraft], left: Sequence[tuple[int, Area]]) -> list[ZoneDraft]:
    """Return zones whose blocks, parts and totals fit each other where another reading of them does.

    Parameters
    ----------
    zones : sequence of ZoneDraft
        In the order of the text.
    left : sequence of (int, Area)
        Figures that are of nothing named, and where they stand.

    Returns
    -------
    list of ZoneDraft
    """
    kept: list[ZoneDraft] = []
    for zone in zones:
        if kept and _completes(kept[-1], zone):
            kept[-1].blocks += _as_blocks(zone)
        else:
            kept.append(zone)
    kept = _joined(kept)
    for before, zone in pairwise(kept):
        _give_back(before, zone)
    for zone in kept:
        _take_total_behind(zone, left)
        _settle_divisions(zone)
        _settle_basis(zone)
        _leave_out_loose(zone)
        _settle_total(zone)
    return kept


_COUNTED = re.compile(
    rf"(?:共|计|分|有|设|含|等|以上|上述)(?:有|为|设)?(?P<number>[{NUMERALS}\d]{{1,3}})(?:个|家|处|片|大)"
)


def whole_of(prose: Prose, zones: Sequence[ZoneDraft]) -> ZoneDraft | None:
    """Return what was drafted as a zone and is the whole plan: what it names or counts follows as zones.

    What it tells of zones that follow (涵盖东川片区5.31平方公里…) is given to them as told again.

    Parameters
    ----------
    prose : Prose
    zones : sequence of ZoneDraft
        In the order of the text.

    Returns
    -------
    ZoneDraft or None
        One with a total, and with nothing in it.
    """
    for k, zone in enumerate(zones):
        ahead = _told_ahead(zone, zones[k + 1 :]) if zone.area is not None else []
        for other, area in ahead:
            other.restated.append(area)
        if ahead:
            zone.blocks = []
            return zone
        others = sum(1 for other in zones if other is not zone and other.area is not None)
        if zone.area is None or zone.blocks or others < 2:
            continue
        end = zones[k + 1].start if k + 1 < len(zones) else len(prose.text)
        told = _COUNTED.search(prose.text, max(0, zone.start - 10), min(end, zone.start + 120))
        if told and number_of(told["number"]) == others:
            return zone
    return None


def _told_ahead(zone: ZoneDraft, after: Sequence[ZoneDraft]) -> list[tuple[ZoneDraft, Area]]:
    """Return the areas that a zone's blocks tell ahead of zones of their names; none unless all do.

    A count that they are not stays with them, for the audit to tell.
    """
    named = {folded(other.name): other for other in after if other.name and other.area is not None}
    told = [(named.get(folded(block.name or "")), block.area) for block in zone.blocks]
    ahead = [(other, area) for other, area in told if other is not None and area is not None]
    told_only = not any(block.described for block in zone.blocks) and zone.count in (None, len(told))
    return ahead if len(ahead) == len(told) > 1 and told_only else []


def _listed(zone: ZoneDraft) -> list[BlockDraft]:
    return [block for block in zone.blocks if block.area is not None and not block.whole]


def _as_blocks(zone: ZoneDraft) -> list[BlockDraft]:
    """Return a zone of nothing named as the block that it is."""
    block = zone.blocks[0] if zone.blocks else BlockDraft(zone.start, zone.start + 1)
    block.area = block.area or zone.area
    return [block]


def _completes(before: ZoneDraft, zone: ZoneDraft) -> bool:
    """Whether a zone that nothing names is the block that the zone before it lacks."""
    listed = _listed(before)
    if zone.name is not None or len(zone.blocks) > 1 or before.area is None or not listed:
        return False
    return not adds_up(listed, before.area) and adds_up([*listed, *_as_blocks(zone)], before.area)


def _joined(zones: Sequence[ZoneDraft]) -> list[ZoneDraft]:
    """Return zones, those as one that have no total each and add up to that of the last."""
    out: list[ZoneDraft] = []
    for zone in zones:
        k = len(out)
        while zone.area is not None and k > 0 and out[k - 1].area is None and out[k - 1].blocks:
            k -= 1
        blocks = [block for other in [*out[k:], zone] for block in _listed(other)]
        if zone.area and k < len(out) and adds_up(blocks, zone.area) and not is_complete(zone):
            zone.blocks = [block for other in [*out[k:], zone] for block in other.blocks]
            zone.start, zone.name = out[k].start, None
            del out[k:]
        out.append(zone)
    return out


def _give_back(before: ZoneDraft, zone: ZoneDraft) -> None:
    """Give the zone before the blocks that make up its total and not that of the zone they stand in."""
    listed = _listed(zone)
    if before.area is None or zone.area is None or _listed(before) or len(listed) < 2:
        return
    if adds_up(listed, before.area) and not adds_up(listed, zone.area):
        before.blocks += zone.blocks
        before.count, before.noun = before.count or zone.count, before.noun or zone.noun
        zone.blocks, zone.count, zone.noun = [], None, None


def _take_total_behind(zone: ZoneDraft, left: Sequence[tuple[int, Area]]) -> None:
    """Take what was read as a zone's total for its first block where a later figure is the sum of all."""
    listed = _listed(zone)
    if zone.area is None or not listed or adds_up(listed, zone.area):
        return
    first = BlockDraft(zone.start, zone.start + 1, name=zone.name, area=zone.area)
    sums = [area for at, area in left if at > zone.start and adds_up([first, *listed], area)]
    if sums and not any(block.described for block in zone.blocks):
        zone.blocks.insert(0, first)
        zone.area, zone.name = sums[-1], None


def _settle_divisions(zone: ZoneDraft) -> None:
    """Of several divisions of one zone only one adds up to its total: the last that does."""
    total = zone.basis.area if zone.basis else zone.area
    listed = [block for block in zone.blocks if block.area is not None]
    if total is not None and len(listed) == 1 and not listed[0].described and zone.count is None:
        alone = len(zone.blocks) == 1 or (len(zone.blocks) == 2 and any(b.described for b in zone.blocks))
        listed[0].whole = alone and listed[0].area != total  # a part that is told, not all
    if total is None or len(listed) < 2:
        return
    starts = sorted({0, *zone.divided})
    runs = [zone.blocks[a:b] for a, b in pairwise([*starts, len(zone.blocks)]) if b > a]
    runs = [[block for block in run if block.area is not None or block.listed] for run in runs]
    runs = [part for run in runs for part in _in_two(run, total)]
    fits = [run for run in runs if adds_up(run, total)]
    if not fits and zone.blocks:
        labelled = [block for block in listed if block.label is not None and block.scope is None]
        fits = [labelled] if len(labelled) < len(listed) and adds_up(labelled, total) else []
        runs = [labelled, listed] if fits else []
    if fits and len(runs) > 1:
        for block in zone.blocks:
            block.whole = block not in fits[-1]
            sure = block.firm or block.described
            if block.whole and not sure and block.area and block.area.km2 > total.km2:
                block.area = None  # of something that the zone is a part of


def _in_two(run: list[BlockDraft], total: Area) -> list[list[BlockDraft]]:
    """Part a run of blocks where its beginning has the whole area already."""
    if adds_up(run, total):
        return [run]  # of coarse figures (2万平方米 each) the beginning may fit as well
    km2, doubt = Decimal(0), total.half_width_km2
    for k, block in enumerate(run):
        if k > 1 and not block.firm and abs(km2 - total.km2) <= doubt:
            return [run[:k], run[k:]]
        if block.area is None:
            break
        km2, doubt = km2 + block.area.km2, doubt + block.area.half_width_km2
    return [run]


def _settle_basis(zone: ZoneDraft) -> None:
    """Where blocks make up a part of the total and not the total, they are of that part."""
    listed = _listed(zone)
    if zone.basis is None and zone.area is not None and not adds_up(listed, zone.area):
        zone.basis = next((part for part in zone.parts if adds_up(listed, part.area)), None)


_NEAR = 10
"""A sum less than a tenth off is meant and misprinted; scopes beside each other add up to anything."""


def _leave_out_loose(zone: ZoneDraft) -> None:
    """Where blocks do not make up a total, count none that may be something else, nor a single one."""
    listed = _listed(zone)
    total = zone.area
    if total is None or zone.basis is not None or adds_up(listed, total):
        return
    if zone.count is not None and len(listed) <= zone.count:
        return  # blocks that the text counts
    near = abs(sum(b.area.km2 for b in listed if b.area) - total.km2) * _NEAR < total.km2
    doubtful = [block for block in listed if block.loose and not (near and block.described)]
    if len(listed) == 1 and not listed[0].firm and listed[0].area != total:
        doubtful = listed
        if listed[0].described and listed[0].area and listed[0].area.km2 > total.km2:
            zone.area = None  # what is bounded is sure, and the total is of a part of it
            return
    for block in doubtful:
        block.whole = True
        if block.area is not None and block.area.km2 > total.km2:
            block.area = None


def _settle_total(zone: ZoneDraft) -> None:
    """Give a zone without a total the name of its only block."""
    if len(zone.blocks) == 1 and zone.area is None and zone.blocks[0].label is None:
        zone.name = zone.name or zone.blocks[0].name
