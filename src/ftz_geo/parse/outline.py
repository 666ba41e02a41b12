"""Blocks that a text tells by their areas alone: lists, divisions, totals before and behind them.

Figures are put in a tree by punctuation and by the few words that lead down a level (其中, 包括, 分为). What
stands in the tree below a total, with the name of a place, is a block; with the name of a use of land, a part.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ftz_geo.parse.drafts import BlockDraft, ParcelDraft, PartDraft, ZoneDraft
from ftz_geo.parse.heads import is_place, subject_of
from ftz_geo.parse.prose import BREAK
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.model import Area
    from ftz_geo.parse.areas import Count, StatedArea
    from ftz_geo.parse.heads import Heading, Label
    from ftz_geo.parse.prose import Prose

__all__ = ["complete_zones"]

_DOWN = re.compile(
    rf"""
      其中 | 包括 | 包含 | 涵盖 | 分为 | 划分 | 划为 | 区划 | 分成 | 分别 | 下辖 | 组成 | 构成 | 含(?!量|税|水) | 内有 | 下设
    | 各(?:区|片|地块)?.{{0,4}}面积 | 设[{NUMERALS}\d]+个 | 实行.{{0,2}}级 | 按
    """,
    re.X,
)
"""Words that lead from a figure to those that it is made of."""

_GENERIC = re.compile(
    rf"""^(?: [该本其此] .{{0,8}}
      | (?:规划|实施|控制|研究|征收|出让|项目|用地|保护|管理|总)?(?:区域?|园区?|地块|宗地|范围|片区|项目|用地|区块|景区|保护区|开发区
          |新区|保护范围|实施范围|规划区|街道|辖区|全区|全域|全园|全镇|全境|矿区|湿地公园|公园|风景区|名胜区|图斑)
      | (?:以上|上述|上列|前述)?(?:[{NUMERALS}\d]{{1,3}}|各|全部|所有)(?:宗|个|块|片|处|幅)?(?:地块|宗地|地|区块|片区|村|土地|园区|区域|部分)?
      | 以上.{{0,10}} | 上述.{{0,10}} | 合计 | 总计 | 共计 | 小计 )$""",
    re.X,
)
"""What may be said of any zone: it names none."""

_ELSEWHERE = re.compile(
    rf"全省|全国|全市(?!辖)|全世界|(?:建成|建立|拥有|现有|设立)[^,。;]{{0,20}}(?:[{NUMERALS}\d]+)(?:处|个)"
)

_AFTER = re.compile(r"(?:以上|上述|合计|总计|共计|共占|一共|总共|累计|[宗块片处个]地?共|小计)")
"""A total behind its list."""


@dataclass
class _Node:
    """A figure in the tree."""

    stated: StatedArea
    name: str | None
    """What it is of, where the words name something; None where they say only that it is an area."""
    kind: Literal["place", "use", "generic"]
    breath: int
    """Number of the sentence."""
    label: Label | None = None
    below: list[_Node] = field(default_factory=list)
    up: _Node | None = None


def complete_zones(
    prose: Prose,
    zones: Sequence[ZoneDraft],
    stated: Sequence[StatedArea],
    labels: Sequence[Label],
    headings: Sequence[Heading],
    counts: Sequence[Count],
) -> list[ZoneDraft]:
    """Return zones with the blocks, parts and totals that the figures left over tell.

    Parameters
    ----------
    prose : Prose
    zones : sequence of ZoneDraft
        What the sides and labels gave.
    stated : sequence of StatedArea
        All figures that can be read, in order.
    labels, headings, counts : sequence
        In order.

    Returns
    -------
    list of ZoneDraft
        In the order of the text.
    """
    return _Outline(prose, zones, stated, labels, headings, counts).zones


class _Outline:
    def __init__(
        self,
        prose: Prose,
        zones: Sequence[ZoneDraft],
        stated: Sequence[StatedArea],
        labels: Sequence[Label],
        headings: Sequence[Heading],
        counts: Sequence[Count],
    ) -> None:
        self.prose = prose
        self.zones = [zone for zone in zones if zone.blocks or zone.area or zone.name]
        self._labels = {label.end: label for label in labels}
        self._headings = headings
        self._counts = counts
        self._held = {area.span for zone in self.zones for area in zone.areas()}
        self._figures = [s.number for s in stated]
        tops = list(self._tree([s for s in stated if not s.again]))
        self._tops = tops
        for top in tops:
            self._take(top)
        for zone in self.zones:
            _settle_divisions(zone)
        self.zones.sort(key=lambda zone: zone.start)

    # --- the tree

    def _tree(self, stated: Sequence[StatedArea]) -> Iterator[_Node]:
        """Yield the figures that stand below no other, with those below them."""
        tops: list[_Node] = []
        last: _Node | None = None
        for figure in stated:
            node = self._node(figure)
            up = self._up(last, node) if last else None
            node.up = up
            (up.below if up else tops).append(node)
            last = node
        yield from tops

    def _node(self, figure: StatedArea) -> _Node:
        name = self.prose.words(*figure.subject) if figure.subject else None
        kind: Literal["place", "use", "generic"] = "generic"
        if figure.aside == "land-use":
            kind = "use"
        label = self._label_of(figure)
        names_place = name and not _GENERIC.match(name) and (is_place(name) or label is not None)
        if kind == "generic" and names_place:
            kind = "place"
        return _Node(figure, name, kind, self._breath(figure.number), label)

    def _label_of(self, figure: StatedArea) -> Label | None:
        a = figure.subject[0] if figure.subject else figure.start
        return next((self._labels[k] for k in range(a, max(a - 3, -1), -1) if k in self._labels), None)

    def _breath(self, at: int) -> int:
        return bisect_right(self._ends, at)

    @property
    def _ends(self) -> list[int]:
        if not hasattr(self, "_sentence_ends"):
            text, gaps = self.prose.text, self.prose.gaps
            self._sentence_ends = [
                i
                for i in range(1, len(text))
                if text[i - 1] in "。!?" or (gaps[i] >= BREAK and text[i - 1] != ":")
            ]
        return self._sentence_ends

    def _up(self, last: _Node, node: _Node) -> _Node | None:
        """Return the figure that one stands below, from what stands between it and the last."""
        text = self.prose.text
        begins = node.stated.subject[0] if node.stated.subject else node.stated.start
        between = text[last.stated.end : max(begins, last.stated.end)]
        if node.breath != last.breath:
            return self._up_across(last, node, between)
        closed = between.count(")") - between.count("(")
        if closed > 0:
            opened = self._opened(last)
            last, between = opened or last, between[between.rfind(")") + 1 :]
            if opened is not None and not _DOWN.search(between):
                return opened.up
        if "(" in between or _DOWN.search(between) or _DOWN.match(text[begins : node.stated.number]):
            return last if not self._goes_on(last, node, between) else last.up
        if (
            ";" in between
            and last.up
            and self._separator(last) != ";"
            and (self._separator(last) or last.up.up)
        ):
            return last.up.up
        return last.up

    def _goes_on(self, last: _Node, node: _Node, between: str) -> bool:
        """Whether a word that leads down only begins another item of the same list: 其中甲…，其中乙…."""
        same = (
            last.up is not None and self._led_by(last) == _DOWN.findall(between)[-1:] and "(" not in between
        )
        return same and ";" not in between and last.kind == node.kind and "其中" in between

    def _led_by(self, node: _Node) -> list[str]:
        a = node.stated.subject[0] if node.stated.subject else node.stated.start
        return _DOWN.findall(self.prose.text[max(0, a - 4) : a])[-1:]

    def _opened(self, node: _Node) -> _Node | None:
        """Return the figure behind which the bracket opened that a figure stands in."""
        while node.up is not None:
            if "(" in self.prose.text[node.up.stated.end : node.stated.number]:
                return node.up
            node = node.up
        return None

    def _separator(self, node: _Node) -> str:
        """Return what parts a figure from its sister before it."""
        sisters = node.up.below if node.up else []
        k = next((k for k, sister in enumerate(sisters) if sister is node), 0)
        if k == 0:
            return ""
        found = re.findall("[,、;]", self.prose.text[sisters[k - 1].stated.end : node.stated.number])
        return found[-1] if found else ""

    def _up_across(self, last: _Node, node: _Node, between: str) -> _Node | None:
        """Return what a figure of a new sentence stands below."""
        if re.match(
            r"[。;\s]*(?:其中|包括|分别为|具体)",
            between + self.prose.text[node.stated.start : node.stated.start + 4],
        ):
            top = last
            while top.up is not None and top.kind != "place":
                top = top.up
            while top.up is not None and top.breath == last.breath and top.up.breath == last.breath:
                top = top.up
            return top
        return None

    # --- what the tree says

    def _take(self, node: _Node) -> None:
        if node.stated.area.span in self._held:
            self._take_below_held(node)
        elif node.stated.aside or (node.kind == "generic" and self._is_elsewhere(node)):
            self._take_aside(node)
        elif node.kind == "generic" or node.stated.role == "total" or self._is_zone(node):
            self._take_total(node)
        else:
            self._take_item(node)

    def _is_elsewhere(self, node: _Node) -> bool:
        """Whether the sentence of a figure speaks of all the province or of many such places."""
        k = self._breath(node.stated.number)
        return (
            _ELSEWHERE.search(self.prose.text, self._ends[k - 1] if k else 0, node.stated.number) is not None
        )

    def _take_aside(self, node: _Node) -> None:
        if node.kind == "use" and self.zones and self._near(self.zones[-1], node):
            owner = self.zones[-1].blocks[-1] if self.zones[-1].blocks else self.zones[-1]
            owner.parts.append(self._part(node))

    def _near(self, zone: ZoneDraft, node: _Node) -> bool:
        at = zone.blocks[-1].end if zone.blocks else zone.start
        return 0 <= node.stated.start - at < 400

    def _take_below_held(self, node: _Node) -> None:
        """Take what stands below a figure that sides and labels have given a place."""
        for zone in self.zones:
            if zone.area is not None and zone.area.span == node.stated.area.span:
                self._divide_zone(zone, node)
                return
            for block in zone.blocks:
                if block.area is not None and block.area.span == node.stated.area.span:
                    block.parts += [self._part(n) for n in self._leaves(node)]
                    return

    def _leaves(self, node: _Node) -> list[_Node]:
        return [
            n
            for n in node.below
            if n.stated.area.span not in self._held and n.stated.aside in (None, "land-use")
        ]

    # --- zones

    @property
    def _open(self) -> ZoneDraft | None:
        return self.zones[-1] if self.zones else None

    def _is_zone(self, node: _Node) -> bool:
        """Whether a figure of a place is a zone's: it opens the text, or is divided and of the last zone's sort."""
        zone = self._open
        items = [n for n in node.below if n.kind == "place" and not n.stated.aside]
        if zone is None or (zone.area is None and not zone.blocks):
            return bool(items) or self._is_told_later(node) or self._is_alone(node)
        if node.label is not None and zone.blocks:
            return False
        return self._of_one_sort(zone.name, node.name) and not self._is_named_in(zone, node)

    def _is_told_later(self, node: _Node) -> bool:
        """Whether a place's area is told twice: a headline's, and that of the sentence below it."""
        return any(
            other is not node
            and other.stated.area.km2 == node.stated.area.km2
            and (other.kind == "generic" or (other.name and node.name and _alike(other.name, node.name)))
            for other in self._tops
        )

    def _is_alone(self, node: _Node) -> bool:
        """Whether no other place of the text has an area of its own."""
        return node.label is None and not any(
            other is not node and other.kind == "place" and not other.stated.aside for other in self._tops
        )

    def _of_one_sort(self, one: str | None, other: str | None) -> bool:
        """Whether two names end in the same words for what they are: 自然保护区, 风景名胜区."""
        if not one or not other or one == other:
            return False
        shared = 0
        while shared < min(len(one), len(other)) and one[-1 - shared] == other[-1 - shared]:
            shared += 1
        return shared >= 3

    def _is_named_in(self, zone: ZoneDraft, node: _Node) -> bool:
        """Whether the sentence that opens a zone names a place as one of its own."""
        text = self.prose.text
        end = text.find("。", zone.start)
        return bool(node.name) and node.name in self.prose.words(
            zone.start, end if end > zone.start else len(text)
        )

    def _take_total(self, node: _Node) -> None:
        zone, area = self._open, node.stated.area
        name = self._zone_name(node)
        if zone is not None and self._is_of(zone, name, node):
            if zone.area is None:
                zone.area = area
                zone.name = zone.name or name
            elif zone.area.km2 == area.km2 or self._is_again(zone, node):
                zone.restated.append(area)
            elif node.kind == "place" or node.below:
                zone = self._new_zone(node, name)
            else:
                return
        else:
            zone = self._new_zone(node, name)
        self._hold(node)
        self._divide_zone(zone, node)

    def _is_of(self, zone: ZoneDraft, name: str | None, node: _Node) -> bool:
        """Whether a total is the open zone's."""
        behind = _AFTER.search(self.prose.text, max(0, node.stated.start - 6), node.stated.number) is not None
        if behind and zone.blocks:
            return True
        if zone.area is None and (not zone.name or not name or _alike(zone.name, name) or zone.blocks):
            return not (zone.name and name and self._of_one_sort(zone.name, name))
        return not name or (zone.name is not None and _alike(zone.name, name))

    def _is_again(self, zone: ZoneDraft, node: _Node) -> bool:
        """Whether another figure is the same total told again: of the same name, and no part of it."""
        named = node.name is not None and zone.name is not None and _alike(zone.name, node.name)
        return node.stated.role == "total" and (named or not node.below)

    def _new_zone(self, node: _Node, name: str | None) -> ZoneDraft:
        zone = ZoneDraft(node.stated.start, name, node.stated.area)
        self.zones.append(zone)
        return zone

    def _zone_name(self, node: _Node) -> str | None:
        """Return the name of the zone that a total is of: its own words', its sentence's, or its paragraph's."""
        if node.kind == "place":
            return node.name
        at = node.stated.start
        k = self._breath(at)
        for sentence in range(k, max(k - 4, -1), -1):
            start = self._ends[sentence - 1] if sentence else 0
            end = at if sentence == k else self._ends[sentence]
            if sentence < k and self._has_figure(start, end):
                break
            if name := subject_of(self.prose, start, end):
                return name
        return self._heading_before(at) or subject_of(self.prose, 0, self._ends[0] if self._ends else at)

    def _has_figure(self, start: int, end: int) -> bool:
        return any(start <= at < end for at in self._figures)

    def _heading_before(self, at: int) -> str | None:
        names = [h.name for h in self._headings if h.start <= at]
        return names[-1] if names else None

    def _divide_zone(self, zone: ZoneDraft, node: _Node) -> None:
        """Give a zone what its total is made of."""
        free = self._leaves(node)
        items = [n for n in free if n.kind == "place" and n.stated.aside is None]
        zone.parts += [self._part(n) for n in free if n not in items]
        described = any(block.described and not block.whole for block in zone.blocks)
        if described or len(items) == 1:
            zone.parts += [self._part(n) for n in items]
            self._hold(*items)
            return
        if items:
            zone.divided.append(len(zone.blocks))
        for item in items:
            self._add_block(zone, item)

    def _hold(self, *nodes: _Node) -> None:
        self._held |= {node.stated.area.span for node in nodes}

    def _part(self, node: _Node) -> PartDraft:
        self._hold(node)
        return PartDraft(node.name, node.stated.area)

    # --- blocks

    def _take_item(self, node: _Node) -> None:
        zone = self._open
        if zone is not None and node.label is None and any(block.described for block in zone.blocks):
            return  # a remark beside blocks that have sides
        if zone is None:
            zone = ZoneDraft(node.stated.start, self._heading_before(node.stated.start))
            self.zones.append(zone)
        self._add_block(zone, node)

    def _add_block(self, zone: ZoneDraft, node: _Node) -> None:
        stated = node.stated
        same = next((b for b in zone.blocks if b.name and node.name and b.name == node.name), None)
        if same is not None and same.area is None:
            same.area = stated.area
            self._hold(node)
            return
        start = node.label.start if node.label else stated.subject[0] if stated.subject else stated.start
        firm = node.label is not None and node.label.firm
        block = BlockDraft(
            start,
            stated.end,
            node.label.words if node.label else None,
            node.name,
            area=stated.area,
            firm=firm,
        )
        self._hold(node)
        free = self._leaves(node)
        items = [n for n in free if n.kind == "place" and n.stated.aside is None]
        if len(items) > 1:
            block.parcels = [ParcelDraft(n.stated.start, n.stated.end, n.name, n.stated.area) for n in items]
            block.end = max(p.end for p in block.parcels)
            self._hold(*items)
        else:
            block.parts += [self._part(n) for n in items]
        block.parts += [self._part(n) for n in free if n not in items]
        zone.blocks.append(block)


def _settle_divisions(zone: ZoneDraft) -> None:
    """Of several divisions of one zone only one adds up to its total: the last that does."""
    if zone.area is None or any(block.described for block in zone.blocks):
        return
    starts = sorted({0, *zone.divided})
    runs = [zone.blocks[a:b] for a, b in pairwise([*starts, len(zone.blocks)]) if b > a]
    runs = [part for run in runs for part in _in_two(run, zone.area)]
    fits = [run for run in runs if _adds_up(run, zone.area)]
    if fits and len(runs) > 1:
        for block in zone.blocks:
            block.whole = block not in fits[-1]


def _in_two(run: list[BlockDraft], total: Area) -> list[list[BlockDraft]]:
    """Part a run of blocks where its beginning has the whole area already."""
    for k in range(2, len(run) - 1):
        if _adds_up(run[:k], total):
            return [run[:k], run[k:]]
    return [run]


def _adds_up(blocks: Sequence[BlockDraft], total: Area) -> bool:
    areas = [block.area for block in blocks if block.area is not None]
    doubt = total.half_width_km2 + sum(area.half_width_km2 for area in areas)
    return len(areas) == len(blocks) > 1 and abs(sum(area.km2 for area in areas) - total.km2) <= doubt


def _alike(one: str, other: str) -> bool:
    return one in other or other in one
