"""Checks of sides that name another block: that there is one, and that two do not name each other alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.check.findings import finding
from ftz_geo.compass import OPPOSITE, SIDE_ZH
from ftz_geo.model import Neighbours, Text, title
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.compass import Direction
    from ftz_geo.model import Block, Feature, Finding, Parcel, Severity


def unknown_neighbours(case: Case) -> Iterator[Finding]:
    """Find sides that name the parcel's own block, or a block that the zone does not have."""
    for zone in case.zones:
        known = Neighbours(zone.zone)
        for block, parcel, side, feature in _named(zone):
            if known.meant_by(feature, parcel):
                continue
            if _is_own(block, parcel, feature):
                said = Text(
                    f"{SIDE_ZH[side]}至{feature.name}，以自身为界",
                    f"its {side} side is {feature.name}, itself",
                )
            elif not feature.called.strip() or _is_called(zone, feature):
                continue  # several are called so: it is known, and not which
            else:
                said = Text(
                    f"{SIDE_ZH[side]}至{feature.name}，文中却没有这一区块",
                    f"its {side} side is {feature.name}, and the text has no such block",
                )
            yield finding(
                "unknown-neighbour", "warning", said, zone.zone, block, parcel, spans=(feature.span,)
            )


def opposed_neighbours(case: Case) -> Iterator[Finding]:
    """Find two parcels each of which lies on the same side of the other."""
    for zone in case.zones:
        known = Neighbours(zone.zone)
        told: dict[tuple[str, Direction, str], tuple[Block, Parcel, Feature]] = {}
        for block, parcel, side, feature in _named(zone):
            for meant in known.meant_by(feature, parcel):
                told[parcel.id, side, meant.id] = block, parcel, feature
        for (one, side, other), (block, parcel, feature) in told.items():
            back = told.get((other, side, one))
            if back is None or other < one:
                continue  # each pair is told once
            # Where a side names more than the block, the two may reach around each other.
            alone = len(parcel.abuttals[side]) == len(back[1].abuttals[side]) == 1
            there = title(zone.zone, back[0], back[1])
            said = Text(
                f"{SIDE_ZH[side]}至{feature.name}，而{there}也{SIDE_ZH[side]}至{back[2].name}："
                f"两者不可能互在对方以{SIDE_ZH[side]}，其一应为{SIDE_ZH[OPPOSITE[side]]}",
                f"its {side} side is {feature.name}, and the {side} side of {there} is {back[2].name}: each "
                f"would lie {side} of the other; one of the two should be {OPPOSITE[side]}",
            )
            spans = (feature.span, back[2].span)
            severity: Severity = "error" if alone else "warning"
            yield finding("opposed-neighbours", severity, said, zone.zone, block, parcel, spans=spans)


def _named(zone: ZoneCase) -> Iterator[tuple[Block, Parcel, Direction, Feature]]:
    """Yield the sides that name a block."""
    for block in zone.zone.blocks:
        for parcel in block.parcels:
            for side, feature in parcel.features():
                if feature.kind == "block":
                    yield block, parcel, side, feature


def _is_own(block: Block, parcel: Parcel, feature: Feature) -> bool:
    """Whether a side names the parcel itself, or its block where that has no other."""
    own = [parcel.label, *((block.label, block.name) if len(block.parcels) == 1 else ())]
    return folded(feature.called) in {folded(words) for words in own if words}


def _is_called(zone: ZoneCase, feature: Feature) -> bool:
    called = folded(feature.called)
    return any(called in names for block in zone.zone.blocks for names, _ in block.called())
