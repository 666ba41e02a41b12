"""What was handed in and could not be held against its counterpart: the list that no clean audit has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.check.blocks import addends, areas_of, listed, single, total
from ftz_geo.check.case import fact
from ftz_geo.check.comparison import comparisons
from ftz_geo.model import Text, Unchecked, title
from ftz_geo.wording import FIGURE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case, Drawn, ZoneCase
    from ftz_geo.model import Block, Parcel

__all__ = ["not_compared", "unchecked"]


def unchecked(case: Case) -> tuple[Unchecked, ...]:
    """Return what of a case no check could hold against anything, in the order of the text.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of Unchecked
        Blocks without a polygon and polygons without a block, where polygons were given; stated areas that
        were not compared, figures that were not read, totals that nothing adds up to, and, where nothing at
        all was compared, that.
    """
    found = [gap for zone in case.zones for gap in (*_totals(zone), *_polygons(zone))]
    found += [*_strangers(case), *_figures(case)]
    if not found and not _is_anything_compared(case):
        found.append(_nothing(case))
    return tuple(found)


def _gap(
    code: str, said: Text, zone: ZoneCase, block: Block | None = None, parcel: Parcel | None = None
) -> Unchecked:
    subject = parcel or block or zone.zone
    where = title(zone.zone, block, parcel)
    return Unchecked(
        code=code,
        zone_id=zone.zone.id,
        block_id=block.id if block else None,
        parcel_id=parcel.id if parcel else None,
        zh=f"{where}：{said.zh}。",
        en=f"{where}: {said.en}.",
        spans=(subject.span,),
    )


def _totals(zone: ZoneCase) -> Iterator[Unchecked]:
    """Yield a total that nothing was added up to, and the blocks that are missing from a sum."""
    count = zone.zone.declared_block_count or 0
    if (missing := count - len(listed(zone))) > 0:
        said = Text(
            f"文中称有 {count} 个区块，有 {missing} 个没有列出，无从核对",
            f"{missing} of the {count} blocks that it is said to have are not listed",
        )
        yield _gap("blocks-not-listed", said, zone)
    if zone.zone.made_up is None or any(c.block is None for c in comparisons(zone)):
        return
    if total(zone) is None or single(zone):
        yield _gap(
            "total-without-addends",
            Text(
                "公布总面积没有可相加的分项，未作核对",
                "nothing adds up to its total: it was not checked",
            ),
            zone,
        )
        return
    for block in addends(zone):
        if not areas_of(block):
            unread = _is_unread(zone, block)
            yield _gap(
                "no-stated-area",
                Text("面积未能读懂，相加不完整", "its area was not read: the sum is not complete")
                if unread
                else Text("未公布面积，总面积的相加不完整", "states no area: the sum is not complete"),
                zone,
                block,
            )


_NONE = Text("没有图形", "has no polygon")
_USELESS = Text("图形不能用，未作核对", "its polygon is of no use: it was not checked")


@fact
def _useless(case: Case) -> frozenset[str]:
    """Return the parcels whose polygon was given and could not be read."""
    told = {f.parcel_id or "" for f in case.noticed if f.check in ("broken-polygon", "survey-damaged")}
    return frozenset(told | {position.parcel.id for position, _ in case.broken})


_IN_LINE = 60
"""Characters behind a block's words in which its area may stand unread."""


def _is_unread(zone: ZoneCase, block: Block) -> bool:
    """Whether a block states an area that was not read."""
    start, end = block.span
    following = min((b.span[0] for b in zone.zone.blocks if b.span[0] > start), default=end + _IN_LINE)
    unread = (f.span[0] for f in zone.case.plan.figures if f.role == "unread")
    return any(start <= at < min(following, end + _IN_LINE) for at in unread)


def _polygons(zone: ZoneCase) -> Iterator[Unchecked]:
    """Yield the parcels without a polygon, and those whose polygon says nothing of a stated area."""
    if not zone.case.given:
        return
    drawn = {d.parcel.id: d for d in zone.drawn}
    useless = _useless(zone.case)
    for block in zone.zone.blocks:
        whole = drawn.get(block.id) if len(block.parcels) > 1 else None
        if whole is not None and (why := not_compared(zone, whole)) is not None:
            yield _gap("not-compared", why, zone, block)
        for parcel in block.parcels:
            own = drawn.get(parcel.id)
            if own is None and whole is not None:
                if parcel.declared_area is not None:
                    said = Text("没有单独的图形，面积未作比对", "is not drawn by itself: it was not compared")
                    yield _gap("no-polygon", said, zone, block, parcel)
            elif own is None:
                yield _gap("no-polygon", _USELESS if parcel.id in useless else _NONE, zone, block, parcel)
            elif (why := not_compared(zone, own)) is not None:
                yield _gap("not-compared", why, zone, block, parcel)


@fact
def _compared(zone: ZoneCase) -> frozenset[str]:
    return frozenset(d.parcel.id for c in comparisons(zone) for d in c.drawn)


def not_compared(zone: ZoneCase, drawn: Drawn) -> Text | None:
    """Return why a polygon's area was not held against a stated one; None where it was."""
    if drawn.parcel.id in _compared(zone):
        return None
    if not drawn.is_sound:
        return Text("图形有误，面积未作比对", "its polygon is broken: its area was not compared")
    if drawn.area_shaped or drawn.grade == "sketched":
        return Text(
            "图形按公布面积绘成，面积未作比对",
            "it was drawn to its stated area, which proves nothing: it was not compared",
        )
    if not drawn.measurable:
        return Text("图形为概略，面积未作比对", "its polygon is approximate: its area was not compared")
    if not areas_of(drawn.block) and drawn.parcel.declared_area is None:
        return Text("未公布面积，图形无从比对", "it states no area to hold its polygon against")
    return Text(
        "同一区块的图形不全，面积未作比对", "not all polygons of its block are there: it was not compared"
    )


def _strangers(case: Case) -> Iterator[Unchecked]:
    """Yield the polygons that belong to no parcel."""
    for name in case.unmatched:
        yield Unchecked(
            code="no-block",
            zh=f"图形“{name}”与方案的地块都对不上，未作核对。",
            en=f"the polygon “{name}” belongs to no parcel of the plan and was not checked.",
        )


def _figures(case: Case) -> Iterator[Unchecked]:
    """Yield the figures that were not read."""
    for figure in case.plan.figures:
        if figure.role == "unread":
            zh, en = FIGURE_REASONS.get(figure.reason or "", ("未能读懂", "it was not understood"))
            yield Unchecked(
                code="unread-figure",
                zh=f"“{figure.text}”未能读懂（{zh}），未计入核对。",
                en=f"“{figure.text}” was not read ({en}) and not checked.",
                spans=(figure.span,),
            )


def _is_anything_compared(case: Case) -> bool:
    summed = any((total(zone) is not None and not single(zone)) for zone in case.zones)
    return summed or any(True for zone in case.zones for _ in comparisons(zone))


def _nothing(case: Case) -> Unchecked:
    return Unchecked(
        code="nothing-compared",
        zh="文中没有可以相加或与图形比对的面积，未作任何面积核对。",
        en="the text states no areas to add up or to hold against polygons: no area was checked.",
    )
