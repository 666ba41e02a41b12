"""What every check has to look at: how many things, and why there are none or some it cannot look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.check.blocks import addends, areas_of, block_sums, listed, single, total
from ftz_geo.check.case import Look
from ftz_geo.check.comparison import comparisons
from ftz_geo.check.unchecked import not_compared
from ftz_geo.model import CheckRun, Neighbours, Text, title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ftz_geo.check.case import Case, Check, Drawn, ZoneCase
    from ftz_geo.model import Block, Parcel

__all__ = ["run_of"]

_NOT_GIVEN = Text("未提供图形", "no polygons were given")


def run_of(check: Check, look: Look, found: int) -> CheckRun:
    """Return what a check did.

    Parameters
    ----------
    check : Check
    look : Look
        What it had to look at.
    found : int
        How many findings it has.

    Returns
    -------
    CheckRun
    """
    number = max(look.number, found)
    if look.hindered:
        reason = Text(
            "；".join(said.zh for said in look.hindered), "; ".join(said.en for said in look.hindered)
        )
        return CheckRun(id=check.id, status="could-not", looked_at=number, found=found, reason=reason)
    if number:
        return CheckRun(id=check.id, status="ran", looked_at=number, found=found)
    return CheckRun(id=check.id, status="not-run", looked_at=0, found=0, reason=look.lacking)


def _of(zone: ZoneCase, said: Text, block: Block | None = None, parcel: Parcel | None = None) -> Text:
    where = title(zone.zone, block, parcel)
    return Text(f"{where}：{said.zh}", f"{where}: {said.en}")


# --- words ----------------------------------------------------------------------------------


def totals(case: Case) -> Look:
    """Look at the totals that blocks add up to."""
    added = [zone for zone in case.zones if total(zone) is not None and not single(zone)]
    return Look(
        len(added),
        Text("没有既写总面积、又写各区块面积的片区", "no zone states both a total and areas of its blocks"),
        tuple(_not_added(case)),
    )


def _not_added(case: Case) -> Iterator[Text]:
    for zone in case.zones:
        if zone.zone.made_up is None or any(c.block is None for c in comparisons(zone)):
            continue
        if total(zone) is None or single(zone):
            yield _of(zone, Text("总面积没有可相加的分项", "nothing adds up to the total"))
            continue
        for block in addends(zone):
            if not areas_of(block):
                yield _of(zone, Text("未公布面积", "states no area"), block)


def whole_plan(case: Case) -> Look:
    """Look at the total of a whole plan over its zones."""
    whole = case.plan.declared_area is not None and len(case.plan.zones) > 1
    return Look(int(whole), Text("文中没有各片区的总面积", "the text states no total over its zones"))


def parcel_totals(case: Case) -> Look:
    """Look at the areas of blocks that parcels add up to."""
    count = sum(len(block_sums(zone)) for zone in case.zones)
    return Look(count, Text("没有另列地块面积的区块", "no block lists areas of its parcels"))


def counts(case: Case) -> Look:
    """Look at the numbers of blocks that are told."""
    count = sum(zone.declared_block_count is not None for zone in case.plan.zones)
    count += sum(b.declared_parcel_count is not None for zone in case.plan.zones for b in zone.blocks)
    return Look(count, Text("文中未写区块个数", "the text does not say how many blocks there are"))


def parts_beside(case: Case) -> Look:
    """Look at the blocks told beside the addends of a total."""
    count = sum(
        not block.part_of_total and block.declared_area is not None and zone.declared_area is not None
        for zone in case.plan.zones
        for block in zone.blocks
    )
    return Look(count, Text("没有另述的部分", "no part is told beside the blocks"))


def restated(case: Case) -> Look:
    """Look at areas that are told again."""
    zones = case.plan.zones
    count = sum(len(zone.restated) + sum(len(block.restated) for block in zone.blocks) for zone in zones)
    return Look(count, Text("面积都只写了一次", "no area is told twice"))


def in_two_units(case: Case) -> Look:
    """Look at areas that are told in two units."""
    count = sum(figure.reason == "other-unit" for figure in case.plan.figures)
    return Look(count, Text("没有以两种单位写出的面积", "no area is told in two units"))


def parts(case: Case) -> Look:
    """Look at the parts that areas are divided into."""
    count = sum(len(zone.parts) + sum(len(block.parts) for block in zone.blocks) for zone in case.plan.zones)
    return Look(count, Text("没有“其中”的面积", "no area is said to be a part of another"))


def blocks(case: Case) -> Look:
    """Look at all blocks that are listed."""
    return Look(sum(len(listed(zone)) for zone in case.zones), Text("文中没有区块", "the text has no block"))


def sides(case: Case) -> Look:
    """Look at the parcels whose sides are told."""
    count = sum(bool(p.ring) or any(p.abuttals.values()) for p in case.plan.parcels)
    return Look(count, Text("文中没有四至", "the text tells no sides"))


def neighbours(case: Case) -> Look:
    """Look at the sides that name another block."""
    count = sum(f.kind == "block" for p in case.plan.parcels for _, f in p.features())
    return Look(count, Text("没有以相邻区块为界的边", "no side names another block"))


def figures(case: Case) -> Look:
    """Look at every figure of the text with a unit of area."""
    return Look(len(case.plan.figures), Text("文中没有面积", "the text states no area"))


def words(case: Case) -> Look:
    """Look at every figure, and every clause that opens like a side."""
    count = len(case.plan.figures) + sides(case).number + len(case.plan.unread)
    return Look(count, Text("文中没有面积和四至", "the text states no area and no sides"))


# --- polygons against words -----------------------------------------------------------------


def given(case: Case) -> Look:
    """Look at all polygons that were given."""
    count = (len(case.drawn) + len(case.unmatched)) if case.given else 0
    return Look(count, _NOT_GIVEN)


def parcels(case: Case) -> Look:
    """Look at all parcels of the plan, where polygons were given for them."""
    return Look(len(case.plan.parcels) if case.given else 0, _NOT_GIVEN)


def areas(case: Case) -> Look:
    """Look at the stated areas of blocks and parcels that polygons can be held against."""
    count = sum(c.block is not None for zone in case.zones for c in comparisons(zone))
    return Look(count, _why_none(case), tuple(_not_measured(case)))


def area_totals(case: Case) -> Look:
    """Look at the totals that the polygons of all blocks can be held against."""
    count = sum(c.block is None for zone in case.zones for c in comparisons(zone))
    hindered: tuple[Text, ...] = ()
    if case.given:
        hindered = tuple(
            _of(zone, Text("图形不全，总面积未与图形之和比对", "polygons are missing for its total"))
            for zone in case.zones
            if zone.zone.made_up is not None
            and len(zone.zone.blocks) > 1
            and not any(c.block is None for c in comparisons(zone))
        )
    return Look(count, _why_none(case), hindered)


def pairs_of_areas(case: Case) -> Look:
    """Look at the stated areas of zones that have several compared ones."""
    count = sum(len(own) for zone in case.zones if len(own := comparisons(zone)) > 1)
    return Look(count, _why_none(case))


def sums_and_areas(case: Case) -> Look:
    """Look at every figure that is held against a sum or a polygon."""
    count = totals(case).number + parcel_totals(case).number
    count += sum(len(comparisons(zone)) for zone in case.zones)
    return Look(count, Text("没有可核对的面积", "there is no area to check"))


def _why_none(case: Case) -> Text:
    if not case.drawn:
        return _NOT_GIVEN
    if not case.given:
        return Text(
            "图形由文字绘成，不能证明面积", "the polygons were drawn from the words: they prove no area"
        )
    return Text("没有可与图形比对的面积", "no stated area can be held against a polygon")


def _not_measured(case: Case) -> Iterator[Text]:
    if case.given:
        for zone in case.zones:
            for drawn in zone.drawn:
                if why := not_compared(zone, drawn):
                    yield _of(zone, why, drawn.block, drawn.parcel)


# --- polygons -------------------------------------------------------------------------------


def polygons(case: Case) -> Look:
    """Look at every polygon."""
    return Look(len(case.drawn), _NOT_GIVEN)


def surveyed(case: Case) -> Look:
    """Look at every surveyed polygon."""
    return _whole([d for d in case.drawn if d.grade == "surveyed"], _NOT_GIVEN)


def sound(case: Case) -> Look:
    """Look at every polygon that geometry can be computed on."""
    return _whole(case.drawn, _NOT_GIVEN)


def pairs(case: Case) -> Look:
    """Look at polygons beside each other: two or more that stand where the words say."""
    standing = [d for d in case.drawn if d.stands]
    lacking = Text("不足两个图形", "there are not two polygons") if standing else _NOT_GIVEN
    look = _whole(standing, lacking)
    return look if look.number > 1 else look._replace(number=0)


def _whole(drawn: Sequence[Drawn], lacking: Text) -> Look:
    broken = [d for d in drawn if not d.is_sound]
    said = tuple(
        Text(f"{d.title}：图形有误，未能核对", f"{d.title}: its polygon is broken and was not looked at")
        for d in broken
    )
    return Look(len(drawn) - len(broken), lacking, said)


def lists(case: Case) -> Look:
    """Look at the polygons that were read from lists of coordinates."""
    return Look(case.listed, Text("没有坐标表", "no list of coordinates was given"))


def areas_beside(case: Case) -> Look:
    """Look at the areas that are stated beside coordinates, or in the columns of a map file."""
    return Look(case.stated, Text("坐标旁和属性表里没有面积", "no area stands beside coordinates"))


def on_map(case: Case) -> Look:
    """Look at the surveyed polygons that a reference map can be held against."""
    if not case.named:
        return Look(0, Text("未提供底图", "no reference map was given"))
    return surveyed(case)


def placed(case: Case) -> Look:
    """Look at the surveyed polygons whose place a map, points or a district can be held against.

    With none of these only what lies outside China is seen.
    """
    if not (case.named or case.points or case.districts or case.nowhere):
        lacking = Text(
            "未提供底图、地名点或区县界，只知图形在中国境内",
            "no map, points or outlines were given: all that is known is that they lie in China",
        )
        return Look(0, lacking if case.drawn else _NOT_GIVEN)
    look = surveyed(case)
    return look._replace(number=look.number + len(case.nowhere))


def named_pairs(case: Case) -> Look:
    """Look at the polygons whose sides name another block that has a polygon."""
    drawn = {d.parcel.id for d in case.drawn if d.stands}
    number = 0
    for zone in case.plan.zones:
        known = Neighbours(zone)
        for parcel in zone.parcels:
            meant = [p for _, f in parcel.features() for p in known.meant_by(f, parcel)]
            number += parcel.id in drawn and any(p.id in drawn for p in meant)
    return Look(
        number, Text("没有以相邻区块为界、且双方都有图形的边", "no side names a block that is drawn too")
    )


def in_districts(outlined: Callable[[Case], Iterable[str]]) -> Callable[[Case], Look]:
    """Return what looks at the polygons of zones whose district has an outline."""

    def look(case: Case) -> Look:
        known = set(outlined(case))
        if not case.districts:
            return Look(
                0, Text("没有得到片区所在区县的界线", "no outline of the district of a zone was given")
            )
        own = [d for d in case.drawn if d.zone.id in known and d.stands]
        return _whole(own, Text("片区名称所属的区县没有界线", "no outline of the zones' districts is known"))

    return look
