"""The parcels to draw: how large each is, and what its outline rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftz_geo.compass import DIRECTIONS, SIDE_ZH
from ftz_geo.model import SHARED_AREA, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Block, Parcel, Zone

__all__ = ["Leaf", "basis_of", "leaves_of", "undrawn"]

_NO_AREA = Reason(
    code="no-area",
    zh="未给出可用的面积，示意图无从定其大小",
    en="no usable area is stated, so that a sketch has no size",
)
_NO_BOUNDARY = Reason(
    code="no-boundary-stated",
    zh="未写四至，只有面积，无从绘制",
    en="the text states an area and no boundary: there is nothing to draw",
)
_NO_SIDES = Reason(
    code="no-sides",
    zh="文字未给出各边方位，只按面积画出范围大小，形状无依据",
    en="the words give no side a direction: the outline shows its area, and its form nothing",
)
_NOT_AN_ADDEND = Reason(
    code="not-an-addend",
    zh="文字所述范围与其他区块重合（整体或其中一部分），示意图为免重叠另画在旁",
    en="told as the whole or a part of other blocks: drawn beside them, so as not to overlap",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A parcel, the block it belongs to, and the area to draw it with."""

    parcel: Parcel
    block: Block
    area_m2: float
    sharing: int
    """Parcels that one stated area is shared out to; 1 where the parcel has an area of its own."""

    @property
    def id(self) -> str:
        """The parcel's id."""
        return self.parcel.id

    @property
    def length_m(self) -> float:
        """Side of the square of its area."""
        return float(self.area_m2**0.5)


def leaves_of(zone: Zone) -> Iterator[Leaf]:
    """Yield the parcels with a boundary and an area, or an equal share of their block's, in order."""
    for block in zone.blocks:
        unstated = sum(p.declared_area is None for p in block.parcels)
        stated_km2 = sum((p.declared_area.km2 for p in block.parcels if p.declared_area), start=0)
        share = (block.declared_area.km2 - stated_km2) / unstated if block.declared_area and unstated else 0
        for parcel in block.parcels:
            km2 = parcel.declared_area.km2 if parcel.declared_area else share
            if km2 > 0 and not _is_unbounded(parcel):
                sharing = 1 if parcel.declared_area else unstated
                yield Leaf(parcel=parcel, block=block, area_m2=float(km2) * 1e6, sharing=sharing)


def _is_unbounded(parcel: Parcel) -> bool:
    return parcel.undetermined is not None and parcel.undetermined.code == _NO_BOUNDARY.code


def _words_and_area(leaf: Leaf, is_placed: bool, has_mates: bool) -> Reason:
    """Return what of an outline may be trusted: each only where something says it."""
    is_shared = leaf.sharing > 1
    size = ("大小只是均分所得，", "in size an equal share") if is_shared else ("大小可信，", "right in size")
    if is_placed:
        size = size if is_shared else ("大小和", "right in size")
        order = "次序可信，位置只在所述误差以内", "right in order, in place within its radius"
    elif has_mates:
        order = "与所连地块的次序可信，位置不明", "right in order with those it is tied to, its place unknown"
    else:
        order = "次序、位置不明", "its order and place unknown"
    return Reason(
        code="words-and-area",
        zh=f"仅按文字所述四至关系和面积布置，{size[0]}{order[0]}，边线不可信",
        en=f"laid out from words and stated area only: {size[1]}, {order[1]}",
    )


def undrawn(parcel: Parcel) -> Reason:
    """Return why a parcel has no sketch."""
    return _NO_BOUNDARY if _is_unbounded(parcel) else _NO_AREA


def basis_of(leaf: Leaf, *, is_placed: bool, has_mates: bool) -> Iterator[Reason]:
    """Yield what the outline of a parcel rests on.

    ``is_placed`` tells that some clue says where it lies, ``has_mates`` that it was laid out with others.
    """
    unnamed = [side for side in DIRECTIONS if not leaf.parcel.abuttals[side]]
    yield _NO_SIDES if len(unnamed) == len(DIRECTIONS) else _words_and_area(leaf, is_placed, has_mates)
    if leaf.sharing > 1:
        yield Reason(
            code=SHARED_AREA,
            zh=f"文字只给出区块面积，由{leaf.sharing}个地块均分",
            en=f"an area is stated for the block only; its {leaf.sharing} parcels share it equally",
        )
    if not leaf.block.part_of_total:
        yield _NOT_AN_ADDEND
    if 0 < len(unnamed) < len(DIRECTIONS):
        yield Reason(
            code="side-not-named",
            zh="文字未给出的边：" + "、".join(SIDE_ZH[side] for side in unnamed),
            en="the words name nothing to the " + ", ".join(unnamed),
        )
