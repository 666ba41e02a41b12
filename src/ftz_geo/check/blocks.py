"""Which blocks of a zone count, and what they state: the sums that its figures make."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.check.case import fact
from ftz_geo.check.figures import Sum
from ftz_geo.compass import DIRECTIONS

if TYPE_CHECKING:
    from ftz_geo.check.case import ZoneCase
    from ftz_geo.model import Area, Block, Parcel


@fact
def told(zone: ZoneCase) -> tuple[tuple[Block, Block | None], ...]:
    """Return every listed block, and the one behind it that only goes on with its sides, if there is one.

    Where a text tells a side twice, ``parse`` opens a new block there; it has no label, name or
    area, and neither of the two has all four sides.
    """
    blocks = zone.zone.blocks
    goes_on = [False, *(_goes_on(before, after) for before, after in pairwise(blocks)), False]
    return tuple(
        (block, blocks[i + 1] if goes_on[i + 1] else None) for i, block in enumerate(blocks) if not goes_on[i]
    )


def _goes_on(before: Block, after: Block) -> bool:
    """Whether a block only goes on with the sides of the one before it."""
    if len(after.parcels) != 1 or not before.parcels:
        return False
    bare = after.label is None and after.name is None and after.declared_area is None
    # Only a mark between them: the words belong to one sentence.
    adjoining = 0 <= after.span[0] - before.parcels[-1].span[1] <= 1
    return bare and adjoining and _is_open(before.parcels[-1]) and _is_open(after.parcels[0])


def _is_open(parcel: Parcel) -> bool:
    sides = sum(bool(features) for features in parcel.abuttals.values())
    return 0 < sides < len(DIRECTIONS)


@fact
def listed(zone: ZoneCase) -> tuple[Block, ...]:
    """Return the blocks of a zone without those that only go on with another's sides."""
    return tuple(block for block, _ in told(zone))


@fact
def addends(zone: ZoneCase) -> tuple[Block, ...]:
    """Return the blocks whose areas add up to the zone's total."""
    return tuple(block for block in listed(zone) if block.part_of_total)


def areas_of(block: Block) -> tuple[Area, ...]:
    """Return a block's stated area; without one, its parcels' if each states its own."""
    if block.declared_area is not None:
        return (block.declared_area,)
    own = tuple(p.declared_area for p in block.parcels if p.declared_area is not None)
    return own if len(own) == len(block.parcels) else ()


@fact
def total(zone: ZoneCase) -> Sum | None:
    """Return the zone's total against all areas its blocks state; None where there is nothing to add."""
    parts = tuple(area for block in addends(zone) for area in areas_of(block))
    stated = zone.zone.made_up
    return Sum(total=stated, parts=parts) if stated and parts else None


def single(zone: ZoneCase) -> bool:
    """Whether a zone's total is the same figure as its only block's, so that there is nothing to add."""
    added = total(zone)
    return added is not None and added.parts == (added.total,)


@fact
def block_sums(zone: ZoneCase) -> tuple[tuple[Block, Sum], ...]:
    """Return the listed blocks whose parcels state areas too, with the block's area against theirs."""
    return tuple((block, added) for block in listed(zone) if (added := _block_sum(block)))


def _block_sum(block: Block) -> Sum | None:
    parts = tuple(p.declared_area for p in block.parcels if p.declared_area is not None)
    if block.declared_area is None or not parts or parts == (block.declared_area,):
        return None
    return Sum(total=block.declared_area, parts=parts)
