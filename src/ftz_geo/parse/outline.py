"""Zones and blocks from the tree of what a text speaks of: lists, divisions, totals before and behind."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from ftz_geo.parse.counted import names_counted
from ftz_geo.parse.drafts import BlockDraft, ParcelDraft, PartDraft, ZoneDraft
from ftz_geo.parse.heads import Heading, is_division, is_zone_name, subject_of
from ftz_geo.parse.likeness import alike, of_one_sort
from ftz_geo.parse.prose import BREAK
from ftz_geo.parse.settling import adds_up, is_complete, settled
from ftz_geo.parse.tree import Sentences, tree_of
from ftz_geo.parse.words import DOWN, SUMMING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.model import Area
    from ftz_geo.parse.areas import Count, StatedArea
    from ftz_geo.parse.groups import Group
    from ftz_geo.parse.heads import Label
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.tree import Node

__all__ = ["outlined_zones"]

_AFTER = re.compile(rf"{SUMMING}|[宗块片处个]地?共")
"""A total behind its list."""


def outlined_zones(
    prose: Prose,
    stated: Sequence[StatedArea],
    groups: Sequence[Group],
    labels: Sequence[Label],
    headings: Sequence[Heading],
    counts: Sequence[Count],
    zones: Sequence[ZoneDraft] = (),
    rows: Sequence[Node] = (),
) -> list[ZoneDraft]:
    """Draft zones from what a text speaks of.

    Parameters
    ----------
    prose : Prose
    stated : sequence of StatedArea
        All figures that can be read, in order.
    groups : sequence of Group
        Sides that stand in no zone yet.
    labels, headings, counts : sequence
        In order.
    zones : sequence of ZoneDraft
        What labels gave already; the figures left over complete them.
    rows : sequence of Node
        What rows of tables tell.

    Returns
    -------
    list of ZoneDraft
        In the order of the text.
    """
    figures = [s for s in stated if not s.again and s.aside in (None, "land-use")]
    sentences = Sentences(prose)
    outline = _Outline(prose, sentences, headings, zones, [s.number for s in stated], groups)
    nodes = [*tree_of(prose, figures, groups, labels, sentences), *rows]
    tops = sorted(nodes, key=lambda node: node.start)
    return outline.of(tops, counts)


_MOST_REMARKS = 4
"""So many figures of nothing named may a plan of one zone tell: what was leased, cleared, built."""

_OF_ALL = re.compile(r"由[^。;]{2,60}(?:组成|构成)|(?:分为|分成|划分为|划为)[^。;]*部分|其余")
"""Words that say of parts that they are all there is."""

_Key = tuple[str | None, str | None]
"""What a block is told again by: :attr:`.BlockDraft.key`."""


class _Outline:
    def __init__(
        self,
        prose: Prose,
        sentences: Sentences,
        headings: Sequence[Heading],
        zones: Sequence[ZoneDraft],
        figures: Sequence[int],
        groups: Sequence[Group],
    ) -> None:
        self.prose = prose
        self.zones = [zone for zone in zones if zone.blocks or zone.area or zone.name]
        self._sentences = sentences
        self._headings = sorted(headings, key=lambda heading: heading.start)
        self._figures = figures
        self._group_starts = [group.start for group in groups]
        self._group_ends = [group.end for group in groups]
        self._held = {area.span for zone in self.zones for area in zone.areas()}
        self._left: list[tuple[int, Area]] = []
        """Figures of nothing named that were taken for remarks, and where they stand."""
        self._here = 0
        """Where what is being taken begins."""
        self._tops: list[Node] = []
        self._by_zone: dict[int, dict[_Key, BlockDraft]] = {}
        self._sections: set[int] = set()
        """Where zones begin that a numbered headline heads."""

    def of(self, tops: list[Node], counts: Sequence[Count]) -> list[ZoneDraft]:
        """Return the zones that a tree makes, and those that were there."""
        self._tops = tops
        for top in tops:
            self._take(top)
        self._place_the_rest(tops)
        self._leave_out_remarks(tops)
        self.zones.sort(key=lambda zone: zone.start)
        self._count(counts)
        self.zones = settled(self.zones, self._left)
        return self.zones

    def _leave_out_remarks(self, tops: Sequence[Node]) -> None:
        """Leave out zones of one plain figure in a text of many, as a report of what was done tells them."""
        plain = {
            n.stated.area.span: n
            for n in tops
            if n.kind == "generic" and n.stated and n.stated.role != "total" and not (n.below or n.group)
        }
        if len(plain) <= _MOST_REMARKS:
            return
        for zone in self.zones:
            if zone.area and zone.area.span in plain:
                zone.area = zone.name = None
        self.zones = [zone for zone in self.zones if zone.area or zone.parts or not _is_in_passing(zone)]

    def _place_the_rest(self, tops: Sequence[Node]) -> None:
        """Make a block of all sides that stand in none yet."""
        placed = {id(p.group) for zone in self.zones for block in zone.blocks for p in block.parcels}
        for node in _walk(tops):
            if node.group is not None and id(node.group) not in placed:
                before = [zone for zone in self.zones if zone.start <= node.start]
                if not before:
                    before = [ZoneDraft(node.start, self._heading_before(node.start))]
                    self.zones.append(before[0])
                block = self._block(node, area=None, name=node.name)
                if node.stated is not None and node.stated.area.span not in self._held:
                    block.area = node.stated.area
                    self._held.add(node.stated.area.span)
                before[-1].blocks.append(block)

    def _count(self, counts: Sequence[Count]) -> None:
        """Give each zone the number of blocks that is told before them."""
        for zone, limit in zip(
            self.zones, [*(z.start for z in self.zones[1:]), len(self.prose.text)], strict=False
        ):
            if zone.count is not None or not zone.blocks:
                continue
            start, _ = self._sentences.span(self._sentences.number(zone.start))
            last = max(block.start for block in zone.blocks)
            own = [c for c in counts if start <= c.start < min(last, limit)]
            if own:
                zone.count, zone.noun = own[0].number, own[0].noun
                self._add_listed(zone, own[0])

    def _add_listed(self, zone: ZoneDraft, count: Count) -> None:
        """Give a zone the blocks that are named with their count, and of which nothing else is told."""
        names = names_counted(self.prose, count)
        if len(names) != count.number:
            return
        for start, end in names:
            name = self.prose.words(start, end)
            if not any(alike(block.name, name) or block.label == name for block in zone.blocks):
                zone.blocks.append(BlockDraft(start, end, None, name, count.noun, listed=True))

    # --- what the tree says

    def _take(self, node: Node) -> None:
        stated, self._here = node.stated, node.start
        if stated is not None and stated.area.span in self._held:
            self._take_below_held(node, stated)
        elif stated is not None and (block := self._divided_in_line(node, stated)) is not None:
            block.parts += self._parts([node], of_all=self._is_all_told(node))
        elif node.kind == "use":
            self._take_use(node)
        elif stated is not None and self._is_total(node, stated):
            self._take_total(node, stated)
        else:
            self._take_item(node)

    def _divided_in_line(self, node: Node, stated: StatedArea) -> BlockDraft | None:
        """Return the labelled block in whose line a figure stands behind words that divide it: 分为两部分."""
        if node.label is not None or node.group is not None or node.is_row or stated.role == "total":
            return None
        zone = self._open
        before = [block for block in zone.blocks if block.firm and block.start <= node.start] if zone else []
        if not before or any(gap >= BREAK for gap in self.prose.gaps[before[-1].start + 1 : node.start + 1]):
            return None
        told = self.prose.text[before[-1].start : node.start]
        sentence = told[max(told.rfind("。"), 0) :] + self.prose.text[node.end : node.end + 40].split("。")[0]
        opened = told.count("(") > told.count(")")
        return before[-1] if DOWN.search(sentence) and ("。" in told or opened) else None

    def _is_all_told(self, node: Node) -> bool:
        """Whether the sentence of a part says that the parts in it are all there is."""
        start, end = self._sentences.span(self._sentences.number(node.start))
        return _OF_ALL.search(self.prose.text, start, end) is not None

    def _is_total(self, node: Node, stated: StatedArea) -> bool:
        if node.is_row and node.kind == "place":
            return stated.role == "total"
        if node.label is not None and node.label.firm:
            return False
        return node.kind == "generic" or stated.role == "total" or self._is_zone(node)

    def _take_uses(self, node: Node, stated: StatedArea) -> None:
        """Take a table of uses for the division of the zone before it, or for a zone of its own."""
        zone = self._open or self._new_zone(node, self._zone_name(node))
        if zone.area is not None and zone.area.km2 == stated.area.km2 and zone.area != stated.area:
            zone.restated.append(stated.area)
        elif zone.area != stated.area:
            zone.parts += self._parts([node])
        self._held.add(stated.area.span)
        zone.parts += self._parts(node.below)

    def _take_use(self, node: Node) -> None:
        if node.below and node.is_row and node.stated is not None:
            self._take_uses(node, node.stated)
            return
        zone = self._open
        if zone is None:
            return
        before = [block for block in zone.blocks if block.start <= node.start]
        owner = before[-1] if before else zone
        end = before[-1].end if before else zone.start
        apart = self._sentences.number(node.start) - self._sentences.number(max(end - 1, 0))
        in_line = not any(gap >= BREAK for gap in self.prose.gaps[end + 1 : node.start])
        larger = owner.area is not None and node.stated is not None and node.stated.area.km2 > owner.area.km2
        if end <= node.start and apart <= 1 and in_line and not larger:
            owner.parts += self._parts([node], of_all=self._is_all_told(node))

    def _take_below_held(self, node: Node, stated: StatedArea) -> None:
        """Take what stands below a figure that labels have given a place."""
        span = stated.area.span
        for zone in self.zones:
            if zone.area is not None and zone.area.span == span:
                for below in node.below:
                    if below.stated is not None and below.stated.area.span in self._held:
                        self._take_below_held(below, below.stated)
                self._divide_zone(zone, node)
                return
            for block in zone.blocks:
                if block.area is not None and block.area.span == span:
                    parts = self._free(node)
                    block.parts += self._parts(parts, of_all=any(map(self._is_all_told, parts)))
                    return

    def _free(self, node: Node) -> list[Node]:
        return [n for n in node.below if n.stated is None or n.stated.area.span not in self._held]

    # --- zones

    @property
    def _open(self) -> ZoneDraft | None:
        """The last zone that begins before what is being taken."""
        last = self.zones[-1] if self.zones else None
        return next((zone for zone in reversed(self.zones) if self._begins(zone) <= self._here), last)

    def _begins(self, zone: ZoneDraft) -> int:
        """Return where the first block or the total of a zone stands, else the zone's heading."""
        told = [block.start for block in zone.blocks[:1]]
        if zone.area is not None:
            told.append(bisect_left(self.prose.at, zone.area.span[0]))
        return min(told, default=zone.start)

    def _is_zone(self, node: Node) -> bool:
        """Whether a place's figure is a zone's: it opens the text, or is of the last zone's sort."""
        zone = self._open
        if is_division(node.name or ""):
            return False
        if zone is None or (zone.area is None and not zone.blocks):
            items = [n for n in node.below if n.kind == "place"]
            divided = bool(items) or self._is_divided(node) or self._is_section(node)
            return (
                divided or is_zone_name(node.name or "") or self._is_told_later(node) or self._is_alone(node)
            )
        sort = of_one_sort(zone.name, node.name)
        if sort and is_zone_name(node.name or ""):
            return True
        alone = len(zone.blocks) == 1 and zone.blocks[0].area == zone.area
        if (is_complete(zone) or alone) and is_zone_name(node.name or "") and self._is_founded(node):
            return True
        if self._is_named_in(zone, node):
            return False
        return sort or (zone.start in self._sections and self._is_section(node))

    def _is_founded(self, node: Node) -> bool:
        """Whether a place has sides or parts of its own, or is set up by what a text decides."""
        lead = self.prose.text[max(0, node.start - 4) : node.start + 4]
        return bool(node.group or node.below) or re.search("设立|建立|划定", lead) is not None

    def _is_divided(self, node: Node) -> bool:
        """Whether the rest of its sentence says that a place is divided."""
        _, end = self._sentences.span(self._sentences.number(node.end - 1))
        return node.label is None and DOWN.search(self.prose.text, node.end, end) is not None

    def _is_section(self, node: Node) -> bool:
        """Whether a line of its own, numbered as the parts of a text are, heads what a figure is told in."""
        label = node.label
        if (
            label is None
            or label.firm
            or node.stated is None
            or not re.match(r"[一二三四五六七八九十(]", label.words)
        ):
            return False
        gaps = self.prose.gaps
        own_line = any(gaps[i] >= BREAK for i in range(label.end + 2, node.stated.number))
        return own_line and gaps[label.start] >= BREAK

    def _is_told_later(self, node: Node) -> bool:
        """Whether a place's area is told twice: a headline's, and that of the sentence below it."""
        return any(
            other is not node
            and other.stated is not None
            and node.stated is not None
            and other.stated.area.km2 == node.stated.area.km2
            and (other.kind == "generic" or alike(other.name, node.name))
            for other in self._tops
        )

    def _is_alone(self, node: Node) -> bool:
        """Whether no other place of the text has an area of its own."""
        return node.label is None and not any(
            other is not node and other.kind == "place" for other in self._tops
        )

    def _is_named_in(self, zone: ZoneDraft, node: Node) -> bool:
        """Whether the sentence that opens a zone names a place as one of its own."""
        _, end = self._sentences.span(self._sentences.number(zone.start))
        return node.name is not None and node.name in self.prose.words(zone.start, max(end, zone.start + 1))

    def _take_total(self, node: Node, stated: StatedArea) -> None:
        zone, area = self._open, stated.area
        name = self._zone_name(node)
        if zone is not None and (self._is_remark(zone, node, stated) or self._is_aside(zone, node, name)):
            self._left.append((node.start, stated.area))
            return
        if zone is not None and self._is_of(zone, name, node, stated):
            if zone.area is None:
                zone.area = area
                of_block = any(alike(block.name, name) for block in zone.blocks)
                zone.name = zone.name or (None if of_block else name)
            elif zone.area.km2 == area.km2 or self._is_again(zone, node, stated):
                zone.restated.append(area)
            elif node.group is not None or (node.below and self._is_apart(zone, node, stated)):
                zone = self._new_zone(node, name)
            else:
                self._take_doubtful(zone, node)
                return
        else:
            zone = self._new_zone(node, name)
        self._held.add(area.span)
        if node.group is not None:
            alone = not any(block.described for block in zone.blocks)
            zone.blocks.insert(0 if alone else len(zone.blocks), self._block(node, area=None, name=None))
        self._divide_zone(zone, node)

    def _is_remark(self, zone: ZoneDraft, node: Node, stated: StatedArea) -> bool:
        """Whether a figure of nothing named, behind a zone's blocks, is neither their total nor divided."""
        if not zone.blocks:
            return False
        a, b = max(0, stated.start - 6), stated.number
        plain = node.kind == "generic" and stated.role != "total" and not node.below and node.group is None
        bounded = any(block.described for block in zone.blocks)
        told = is_complete(zone) or (len(zone.blocks) > 1 and all(block.area for block in zone.blocks))
        if told and adds_up(zone.blocks, stated.area):
            return False
        return plain and (told or not bounded) and _AFTER.search(self.prose.text, a, b) is None

    def _is_aside(self, zone: ZoneDraft, node: Node, name: str | None) -> bool:
        """Whether a figure less than a zone's total is of something that neither is a zone nor bounded."""
        stated = node.stated
        if stated is None or zone.area is None or node.group is not None or node.is_row:
            return False
        plain = node.kind == "generic" and stated.role != "total" and stated.area.km2 < zone.area.km2
        grade = is_division(name or "")
        own = name is None or (not grade and of_one_sort(zone.name, name)) or alike(zone.name, name)
        return plain and not (own or is_zone_name(name or "") or self._opens_zone(zone, node))

    def _is_of(self, zone: ZoneDraft, name: str | None, node: Node, stated: StatedArea) -> bool:
        """Whether a total is the open zone's."""
        if node.is_row and self._opens_zone(zone, node):
            return False
        a, b = stated.start - 6, stated.number
        if zone.blocks and _AFTER.search(self.prose.text, max(0, a), b):
            return True
        if name is not None and zone.name is not None and not alike(zone.name, name):
            return zone.area is None and not of_one_sort(zone.name, name) and node.kind == "generic"
        return True

    def _take_doubtful(self, zone: ZoneDraft, node: Node) -> None:
        """Take the blocks below a figure that may be no total: the zone's, whatever they add up to."""
        items = [n for n in self._free(node) if n.kind == "place"]
        if len(items) < 2 or any(not block.described for block in zone.blocks):
            return
        if _add_up_to(items, node.stated.area if node.stated else None):
            self._divide_part(zone, node)
            return
        for item in items:
            self._add_block(zone, item, loose=True)

    def _is_apart(self, zone: ZoneDraft, node: Node, stated: StatedArea) -> bool:
        """Whether a divided figure is of another zone than the open one, and of no part of it."""
        larger = zone.area is not None and stated.area.km2 > zone.area.km2
        return larger or stated.role == "total" or self._opens_zone(zone, node)

    def _is_again(self, zone: ZoneDraft, node: Node, stated: StatedArea) -> bool:
        """Whether another figure is the same total told again: of the same name, and no part or sum of it."""
        if len(zone.blocks) < 2 and _AFTER.search(self.prose.text, stated.clause, stated.number):
            return False
        return stated.role == "total" and (alike(zone.name, node.name) or not node.below)

    def _new_zone(self, node: Node, name: str | None) -> ZoneDraft:
        zone = ZoneDraft(node.start, name, node.stated.area if node.stated else None)
        self.zones.append(zone)
        if self._is_section(node):
            self._sections.add(node.start)
        return zone

    def _zone_name(self, node: Node) -> str | None:
        """Return the name of the zone that a total is of: its own, its sentence's, or its paragraph's."""
        if node.kind == "place":
            return node.name
        if node.is_row:
            if self._headings and (heading := self._heading_before(node.start)):
                return heading
            titles = [node.title] if node.title else []
            named = (subject_of(self.prose, *at) for at in [*titles, self._sentences.span(0)])
            return next((name for name in named if name), None)
        here = self._sentences.number(node.start)
        for k in range(here, max(here - 4, -1), -1):
            start, end = self._sentences.span(k)
            if k < here and any(start <= at < end for at in self._figures):
                break
            if k < here and any(start < at < end for at in self._group_ends):
                break
            if name := subject_of(
                self.prose, start, min(node.end, self._first_side(node, start)) if k == here else end
            ):
                return name
        return self._heading_before(node.start) or subject_of(self.prose, *self._sentences.span(0))

    def _first_side(self, node: Node, start: int) -> int:
        """Return where the first sides of a sentence begin."""
        return next((at for at in self._group_starts if start <= at < node.end), node.end)

    def _heading_before(self, at: int) -> str | None:
        names = [h.name for h in self._headings if h.start <= at]
        return names[-1] if names else None

    def _divide_zone(self, zone: ZoneDraft, node: Node) -> None:
        """Give a zone what its total is made of."""
        free = self._free(node)
        items = [n for n in free if n.kind == "place"]
        rest = [n for n in free if n not in items and (n.kind == "use" or n.group is not None)]
        own = any(block.described and not block.whole for block in zone.blocks) and zone.area is None
        if own or (len(items) == 1 and items[0].group is None and not items[0].is_row):
            rest, items = [n for n in free if n.kind != "generic" or n.group is not None], []
        if items:
            zone.divided.append(len(zone.blocks))
        for item in items:
            self._add_block(zone, item)
        for part in rest:
            self._divide_part(zone, part)

    def _divide_part(self, zone: ZoneDraft, node: Node) -> None:
        """Take a part of a zone; blocks told below it belong to it and add up to it."""
        if node.stated is None or node.group is not None:
            self._add_block(zone, node, whole=True)
            return
        (part,) = self._parts([node])
        zone.parts.append(part)
        items = [n for n in self._free(node) if n.kind == "place"]
        if len(items) > 1:
            zone.basis = part
            zone.divided.append(len(zone.blocks))
            for item in items:
                self._add_block(zone, item)

    def _parts(self, nodes: Sequence[Node], *, of_all: bool = False) -> Iterator[PartDraft]:
        """Yield the parts that figures tell."""
        for node in nodes:
            if node.stated is not None:
                self._held.add(node.stated.area.span)
                yield PartDraft(node.name, node.stated.area, of_all)

    # --- blocks

    def _take_item(self, node: Node) -> None:
        zone = self._open
        if zone is not None and self._is_same_total(zone, node):
            return
        numbered = node.label is not None and (node.label.firm or node.in_series)
        sure = numbered or node.is_row or node.scope is not None
        listed = node.is_listed and (sure or zone is None or not is_complete(zone))
        if zone is not None and node.group is None and not listed:
            bounded = any(block.described for block in zone.blocks)
            alone = not self._is_in_list(node)
            if alone and ((bounded and not _completes(zone, node)) or is_complete(zone)):
                return  # a remark beside blocks that have sides, or that are all of the zone
        if zone is None or self._opens_zone(zone, node):
            zone = ZoneDraft(node.start, self._heading_before(node.start))
            self.zones.append(zone)
        self._add_block(zone, node, loose=not node.is_listed)

    def _is_same_total(self, zone: ZoneDraft, node: Node) -> bool:
        """Take a zone's total that is told again by its name."""
        if (
            zone.area is None
            or node.stated is None
            or node.group is not None
            or not alike(zone.name, node.name)
        ):
            return False
        if node.stated.area.km2 != zone.area.km2:
            return False
        zone.restated.append(node.stated.area)
        self._held.add(node.stated.area.span)
        self._divide_zone(zone, node)
        return True

    def _is_in_list(self, node: Node) -> bool:
        """Whether the sentence of a place tells other places' areas too."""
        k = self._sentences.number(node.end - 1)
        same = [n for n in self._tops if n.kind == "place" and self._sentences.number(n.end - 1) == k]
        return len(same) > 1

    def _opens_zone(self, zone: ZoneDraft, node: Node) -> bool:
        """Whether a heading stands between the last zone and a block."""
        last = zone.blocks[-1].end if zone.blocks else zone.start
        return any(last <= h.start < node.start for h in self._headings)

    def _filed(self, zone: ZoneDraft) -> dict[_Key, BlockDraft]:
        """Return the blocks of a zone by what they are told again by."""
        if id(zone) not in self._by_zone:
            self._by_zone[id(zone)] = {}
            for block in reversed(zone.blocks):
                if block.key[0]:
                    self._by_zone[id(zone)][block.key] = block
        return self._by_zone[id(zone)]

    def _block(self, node: Node, *, area: Area | None, name: str | None) -> BlockDraft:
        block = BlockDraft(
            node.start,
            node.end,
            node.label.words if node.label else node.scope or node.number,
            name,
            node.label.noun if node.label else None,
            area=area,
            firm=node.label is not None and node.label.firm,
            scope=node.scope,
        )
        if node.group is not None:
            block.parcels = [ParcelDraft(node.start, node.end, None, None, node.group)]
        return block

    def _add_block(self, zone: ZoneDraft, node: Node, *, whole: bool = False, loose: bool = False) -> None:
        area = node.stated.area if node.stated else None
        filed = self._filed(zone)
        block = self._block(node, area=area, name=node.name)
        same = filed.get(block.key) if block.key[0] else None
        if same is not None and area is not None and same.area is None and node.group is None:
            same.area = area
            self._held.add(area.span)
            return
        if same is not None and node.group is not None and node.stated is None and not same.parcels:
            same.parcels = [ParcelDraft(node.start, node.end, None, None, node.group)]
            same.end = max(same.end, node.end)
            return
        block.whole, block.loose = whole, loose
        if area is not None:
            self._held.add(area.span)
        free = self._free(node)
        items = [n for n in free if n.kind == "place"]
        if len(items) > 1 and not block.parcels and _are_parcels(items, area):
            block.parcels = [_parcel(n) for n in items]
            block.end = max(p.end for p in block.parcels)
            self._held |= {n.stated.area.span for n in items if n.stated}
            items = []
        rest = [n for n in free if n.kind != "place" or n in items]
        rest = [n for n in rest if n.stated is None or area is None or n.stated.area.km2 <= area.km2]
        block.parts += self._parts(rest)
        zone.blocks.append(block)
        if block.key[0]:
            filed.setdefault(block.key, block)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.below)


def _parcel(node: Node) -> ParcelDraft:
    return ParcelDraft(node.start, node.end, node.name, node.stated.area if node.stated else None, node.group)


def _are_parcels(items: Sequence[Node], area: Area | None) -> bool:
    """Whether places make up a block, and are no parts of it: one has sides, or they add up."""
    rows = all(n.is_row for n in items)
    return area is None or rows or any(n.group for n in items) or _add_up_to(items, area)


def _add_up_to(items: Sequence[Node], area: Area | None) -> bool:
    blocks = [BlockDraft(n.start, n.end, area=n.stated.area if n.stated else None) for n in items]
    return area is not None and adds_up(blocks, area)


def _completes(zone: ZoneDraft, node: Node) -> bool:
    """Whether a zone's blocks add up to its total with one more."""
    more = BlockDraft(node.start, node.end, area=node.stated.area if node.stated else None)
    return zone.area is not None and adds_up([*zone.blocks, more], zone.area)


def _is_in_passing(zone: ZoneDraft) -> bool:
    """Whether nothing of a zone is told but the areas of a place or two."""
    return len(zone.blocks) < 3 and not any(b.described or b.label or b.parts for b in zone.blocks)
