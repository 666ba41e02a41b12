"""Drafts: which label, name, area and sides belong to which zone, block and parcel.

The text's parts are gone through once, in order. What is open at each point (a zone, a block, a
parcel, a figure that waits for what it is of) decides where the next part goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.parse.areas import Count, StatedArea
from ftz_geo.parse.columns import is_known
from ftz_geo.parse.groups import Group
from ftz_geo.parse.heads import Heading, Label, is_general, is_zone_name, name_after, name_before, subject_of
from ftz_geo.parse.likeness import alike
from ftz_geo.parse.prose import BREAK
from ftz_geo.parse.words import LEAD_INS, PARCEL_NOUNS, SUMMING
from ftz_geo.wording import folded, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftz_geo.model import Area
    from ftz_geo.parse.prose import Prose

__all__ = ["BlockDraft", "ParcelDraft", "Part", "PartDraft", "ZoneDraft", "draft_zones"]


class PartDraft(NamedTuple):
    """A division of the same ground."""

    name: str | None
    area: Area
    of_all: bool = False
    """The words say that with the others told beside it it is all of the ground: 由…和…组成, 其余."""


@dataclass
class ParcelDraft:
    """A parcel being put together; positions in the folded text."""

    start: int
    end: int
    label: str | None = None
    area: Area | None = None
    group: Group | None = None


@dataclass
class BlockDraft:
    """A block being put together."""

    start: int
    end: int
    label: str | None = None
    name: str | None = None
    noun: str | None = None
    firm: bool = False
    """It has a label such as 区块一."""
    area: Area | None = None
    count: int | None = None
    """How many parcels it says it has."""
    parcels: list[ParcelDraft] = field(default_factory=list)
    whole: bool = False
    """The zone's own boundary, or a part of what other blocks cover."""
    parts: list[PartDraft] = field(default_factory=list)
    listed: bool = False
    """It is named in the list of its zone's blocks, and nothing more is told of it."""
    loose: bool = False
    """It is told in no list and below no total: it may be something else than an addend."""
    scope: str | None = None
    """Of several of one name which: 保护范围, 建设控制地带."""

    @property
    def key(self) -> tuple[str | None, str | None]:
        """What it is told again by: its label, else its name and scope."""
        return (self.label, None) if self.firm else (self.name, self.scope)

    @property
    def described(self) -> bool:
        """Some parcel has sides."""
        return any(p.group for p in self.parcels)

    @property
    def is_bounded(self) -> bool:
        """Some parcel has a ring, or sides in three directions."""
        return any(p.group and (p.group.ring or len(p.group.directions) > 2) for p in self.parcels)


@dataclass
class ZoneDraft:
    """A zone being put together."""

    start: int
    name: str | None = None
    area: Area | None = None
    count: int | None = None
    noun: str | None = None
    """What it says its blocks are: 区块, 片区."""
    blocks: list[BlockDraft] = field(default_factory=list)
    told: set[str | None] = field(default_factory=set)
    """Labels of the blocks that have sides."""
    parts: list[PartDraft] = field(default_factory=list)
    restated: list[Area] = field(default_factory=list)
    divided: list[int] = field(default_factory=list)
    """Of which block on each further division of it begins."""
    basis: PartDraft | None = None
    """The part that its blocks make up, where that is not the total."""

    def areas(self) -> Iterator[Area]:
        """Yield every area that it or something of it has."""
        yield from (area for area in (self.area, *self.restated, *(p.area for p in self.parts)) if area)
        for block in self.blocks:
            yield from (part.area for part in block.parts)
            yield from (area for area in (block.area, *(p.area for p in block.parcels)) if area)


Part = Heading | Label | Count | StatedArea | Group


def draft_zones(prose: Prose, parts: Iterable[Part]) -> list[ZoneDraft]:
    """Draft the zones of a text from its parts, given in the order of the text."""
    told = list(parts)
    labels = [part.start for part in told if isinstance(part, Label) and part.firm]
    drafting = _Drafting(prose, max(labels, default=0))
    for part in told:
        match part:
            case Heading():
                drafting.open_zone(part.start, part.name)
            case Label():
                drafting.take_label(part)
            case Count():
                drafting.take_count(part)
            case StatedArea():
                drafting.take_area(part)
            case Group():
                drafting.take_group(part)
    return drafting.zones


_FOLLOWS_AT_ONCE = re.compile(
    r"""
    [,、;。()“”]* (?:该|其|本)?
    (?:辖区|行政区划|行政区域|区域|片区|地块|宗地|项目|园区|街道|规划|街区|范围)?
    (?:总|规划|占地|用地|土地|控制|净|合计|实际|出让|征收|核准|拆迁|改造|开发|建设|管理|保护|管辖|区划|行政|城区|的)*+
    (?:面积|占地|用地|规模)?
    (?:共|约|为|计|达|:|共计|大约|近|是)*+$
    """,
    re.X,
)
"""What may stand between the last side and the area of the same parcel across a full stop."""

_DESCRIPTION_AHEAD = re.compile(r"[^。;]{0,40}(?:四至|[东南西北](?:至|起|临)|分为|区域|范围)")

_SITE_AREA = re.compile(r"(?:占地|用地|总|规划|土地|辖区)面积")


_OF_BLOCKS = frozenset({"片区", "园区", "区域", "板块", "组团"})
"""What a plan divides into, where each of them is divided into 区块."""


class _Drafting:
    def __init__(self, prose: Prose, last_label: int) -> None:
        self.prose = prose
        self.last_label = last_label
        """Where the last label of a block stands."""
        self.zones = [ZoneDraft(0)]
        self.block: BlockDraft | None = None
        self.parcel: ParcelDraft | None = None
        """A labelled parcel that waits for its sides."""
        self.waiting: StatedArea | None = None
        """An area that stood before what it is of."""
        self.label: Label | None = None
        """A number such as (一), a label only if a description follows."""
        self.described_to = 0
        """Where the last description ends."""

    @property
    def zone(self) -> ZoneDraft:
        return self.zones[-1]

    def open_zone(self, start: int, name: str | None) -> None:
        self.zones.append(ZoneDraft(start, name))
        self.block = self.parcel = self.waiting = self.label = None

    # --- labels and counts

    def take_label(self, label: Label) -> None:
        if self.waiting and not self.zone.blocks and self.zone.area is None:
            self._set_total(self.waiting)
        self.waiting = None
        if not label.firm:
            self.label = label
            self.block = self.parcel = None
        elif self.block and self._stands_below(self.block, label):
            self.parcel = ParcelDraft(label.start, label.end, label.words)
            self.block.parcels.append(self.parcel)
            self.block.end = label.end
        elif label.words in self.zone.told:
            self._take_label_again(label)
        else:
            self._open_block(label)

    def _stands_below(self, block: BlockDraft, label: Label) -> bool:
        return (
            block.firm
            and label.noun in PARCEL_NOUNS
            and block.noun not in PARCEL_NOUNS
            and self._same_paragraph(block.end, label.start)
        )

    def _same_paragraph(self, end: int, start: int) -> bool:
        """Tell whether no paragraph ends between two places; a page break in a sentence ends none."""
        text, gaps = self.prose.text, self.prose.gaps
        return start - end < 2000 and not any(
            gaps[i] >= BREAK and text[i - 1] in "。!?" for i in range(end + 1, min(start + 1, len(text)))
        )

    def _open_block(self, label: Label) -> None:
        text = self.prose.text
        name, end = name_after(self.prose, label.end, min(len(text), label.end + 60))
        if name and text[end : end + 1] == ":" and is_known(folded(name)):
            name, end = None, label.end  # 宗地一 用地单位：…, a form
        self.block = BlockDraft(label.start, max(label.end, end), label.words, name, label.noun, firm=True)
        self.parcel = self.label = None
        self.zone.blocks.append(self.block)

    def _take_label_again(self, label: Label) -> None:
        """区块一 a second time is a remark on it, or the first block of another zone."""
        ahead = self.prose.text[label.end : label.end + 80]
        described_again = re.search(r"^[^。]{0,60}(?:四至|[东南西北]至)", ahead) is not None
        if self.zone.blocks[-1].label != label.words and described_again:
            self.zones.append(ZoneDraft(label.start))
            self._open_block(label)
        elif self.zone.blocks[-1].described and described_again:
            self._open_block(label)  # misprinted: two blocks of one label, which the audit tells
        else:
            self.block = self.parcel = None

    def take_count(self, count: Count) -> None:
        if self.block and self.block.firm and not self.block.described:
            self.block.count = count.number
        elif self.waiting and self._counts_parcels(count):
            area, name = self.waiting, self._subject(self.waiting.start, self.waiting.end)
            if self.zone.noun in _OF_BLOCKS and count.noun == "区块":
                # 甲片区：面积8平方公里，分为四个区块: a zone of those that were counted before.
                start = self.label.start if self.label else area.clause
                self.zones.append(ZoneDraft(start, name, area.area, count.number, count.noun))
                self.block = self.parcel = self.waiting = None
                return
            # 甲区块规划面积5.61平方公里，分两个片区: a block without label and its parcels.
            self.block = BlockDraft(area.start, count.end, None, name, area=area.area, count=count.number)
            self.zone.blocks.append(self.block)
        elif self.waiting and not (self.waiting.role == "part" and self.zone.area):
            # 总面积2平方公里，其中建设用地1平方公里，分为两个区块: 2, and not 1, is the blocks' total.
            self._set_total(self.waiting)
            self._set_count(count)
        elif self.zone.count is None and not self.zone.told:
            self._set_count(count)
        self.waiting = None

    def _counts_parcels(self, count: Count) -> bool:
        zone = self.zone
        return zone.count is not None and zone.noun != count.noun and len(zone.blocks) < zone.count

    def _set_count(self, count: Count) -> None:
        self.zone.count, self.zone.noun = count.number, count.noun
        if not self.zone.name:
            self.zone.name = self._subject(count.start, count.start)

    # --- areas

    def take_area(self, stated: StatedArea) -> None:
        if stated.again or (stated.aside and stated.aside != "land-use"):
            return
        if (stated.role == "part" or stated.aside) and not self._description_ahead(stated):
            return
        if self._is_of_described(stated):
            self._give_described(stated)
        elif self._is_of_open(stated):
            self._give_open(stated)
        elif stated.role == "bare" and not self._description_ahead(stated):
            return
        elif self._is_of_only_block(stated):
            self.zone.blocks[0].area = stated.area
        elif stated.role == "total":
            self.waiting = None
            self._set_total(stated)
        else:
            self.waiting = stated

    def _description_ahead(self, stated: StatedArea) -> bool:
        return _DESCRIPTION_AHEAD.match(self.prose.text, stated.end) is not None

    def _is_of_open(self, stated: StatedArea) -> bool:
        """Tell whether the area stands right after a label that waits for its sides."""
        if self.parcel and self.parcel.group is None:
            end = self.parcel.end
        elif self.block and self.block.firm and not self.block.described:
            end = self.block.end
        else:
            return False
        return stated.start - end < 60 and not re.search(r"[。;]", self.prose.text[end : stated.start])

    def _give_open(self, stated: StatedArea) -> None:
        if self.parcel and self.parcel.group is None:
            self.parcel.area = self.parcel.area or stated.area
        elif self.block and self.block.area is None:
            self.block.area, self.block.end = stated.area, max(self.block.end, stated.end)

    def _is_of_described(self, stated: StatedArea) -> bool:
        """Tell whether the area belongs to the sides that end just before it."""
        if not self.block or not self.block.parcels or self.block.parcels[-1].group is None:
            return False
        parcel = self.block.parcels[-1]
        if parcel.area or (self.block.area and len(self.block.parcels) == 1 and parcel.label is None):
            return False
        text = self.prose.text
        number = stated.number
        between = text[parcel.end : number]
        if "其中" in between or len(between) > 40 or stated.role == "part":
            return False
        if _FOLLOWS_AT_ONCE.match(between):
            return True
        if between.count("。") == 1 and stated.subject is not None and stated.role == "own":
            return is_general(text[slice(*stated.subject)])  # 拟更新范围用地面积
        return not re.search(r"[。;]", between) and (stated.role != "bare" or len(between) < 14)

    def _is_of_only_block(self, stated: StatedArea) -> bool:
        """Tell whether a text with one block tells its site's area a sentence later."""
        zone, blocks = self.zone, self.zone.blocks
        return (
            len(blocks) == 1
            and zone.area is None
            and blocks[0].area is None
            and not any(p.area for p in blocks[0].parcels)
            and stated.start - blocks[0].end < 150
            and _SITE_AREA.search(self.prose.text, stated.start, stated.end) is not None
            and not self._description_ahead(stated)
        )

    def _give_described(self, stated: StatedArea) -> None:
        if self.block is None:
            return
        parcel = self.block.parcels[-1]
        if len(self.block.parcels) == 1 and parcel.label is None:
            self.block.area = stated.area
        else:
            parcel.area = stated.area
        parcel.end = max(parcel.end, stated.end)
        self.block.end = max(self.block.end, stated.end)

    def _set_total(self, stated: StatedArea) -> None:
        zone = self.zone
        if len(zone.blocks) == 1 and zone.blocks[0].area and zone.area is None and not zone.blocks[0].firm:
            return  # a remark on another figure: 总面积195平方公里的区域，对总面积104平方公里…实施改造
        if zone.blocks and zone.area is None and self._same_breath(zone.blocks[-1].end, stated.start):
            zone.area = stated.area  # …，总面积40.38平方公里 at the end of the list
            return
        if zone.blocks and zone.area is not None and (self._is_behind(stated) or self._is_of_zone(stated)):
            zone.restated.append(stated.area)
            return
        if zone.blocks:
            self.zones.append(ZoneDraft(stated.start))
            self.block = self.parcel = None
        self.zone.area = stated.area
        if not self.zone.name:
            self.zone.name = self._subject(stated.number, stated.end)

    def _is_behind(self, stated: StatedArea) -> bool:
        """Whether a total speaks of the blocks before it."""
        lead = self.prose.text[stated.clause : stated.number]
        return re.search(SUMMING, lead) is not None

    def _is_of_zone(self, stated: StatedArea) -> bool:
        """Whether a total behind a zone's blocks is said of that zone by name, and no other blocks follow."""
        if stated.subject is None or self.last_label > stated.end:
            return False
        return alike(self.zone.name, self.prose.words(*stated.subject))

    def _same_breath(self, end: int, start: int) -> bool:
        between = self.prose.text[end:start]
        if "。" not in between and len(between) < 200:
            return True
        return re.search(rf"{SUMMING}[^。]*$", between) is not None

    def _subject(self, start: int, end: int) -> str | None:
        """Name what an area or count is said of."""
        if self.label and start - self.label.end < 80:
            name, _ = name_after(self.prose, self.label.end, start)
            if name:
                return name
        lowest = max(self.described_to, start - 80, 0)
        name = name_before(self.prose, lowest, end)
        if name is None or is_general(name):
            a = max(self.described_to, max(self.prose.text.rfind(c, 0, start) for c in "。;!?") + 1)
            sentences = [a, *(k for k in self._sentences_before(a))]
            found = (
                subject_of(self.prose, k, start if k == a else n)
                for k, n in zip(sentences, [start, *sentences], strict=False)
            )
            name = next((other for other in found if other), name)
        return name

    def _sentences_before(self, at: int) -> Iterator[int]:
        """Yield where the three sentences before a place begin, the nearest first."""
        for _ in range(3):
            if at <= max(self.described_to, 0):
                return
            at = max(self.prose.text.rfind(c, 0, at - 1) for c in "。!?") + 1
            yield at

    # --- sides

    def take_group(self, group: Group) -> None:
        before, self.described_to = self.described_to, group.end
        block = self.block
        self.zone.told.add(block.label if block else None)
        if block and self.parcel and self.parcel.group is None:
            self.parcel.group, self.parcel.end = group, group.end
        elif block and block.firm and not block.described:
            block.parcels.append(ParcelDraft(block.start, group.end, None, None, group))
        elif block and block.count and len(block.parcels) < block.count and block.parcels is not None:
            name = name_before(self.prose, max(before, block.start), group.start)
            block.parcels.append(ParcelDraft(group.start, group.end, name, None, group))
        else:
            self._open_described(group, before)
            return
        block.end = group.end
        self.parcel = None

    def _is_past(self, area: StatedArea, group: Group) -> bool:
        """Whether an area that waits was told in a sentence that has nothing to do with these sides."""
        between = self.prose.text[area.end : group.start]
        return re.search(r"[。!?]", between) is not None and (
            len(between) > 60 and re.search(rf"{one_of(LEAD_INS)}", between) is None
        )

    def _open_described(self, group: Group, before: int) -> None:
        """Open a block for sides that no label waits for."""
        area, self.waiting = self.waiting, None
        if area is not None and self._is_past(area, group):
            area = None
        label, self.label = self.label, None
        start = group.start
        if label:
            name, _ = name_after(self.prose, label.end, group.start)
            start = label.start
        else:
            name = name_before(self.prose, max(before, start - 160), start)
            start = min(start, area.start) if area else start
        lead = self.prose.text[max(0, group.start - 60) : group.start]
        if label and name and is_zone_name(name) and any(block.firm for block in self.zone.blocks):
            self.zones.append(ZoneDraft(start, name, area.area if area else None))
            label = name = None  # 二、同意设立乙产业园: another zone, of one block
        self.block = BlockDraft(
            start,
            group.end,
            label.words if label else None,
            name,
            area=area.area if area else None,
            parcels=[ParcelDraft(start, group.end, None, None, group)],
            whole=re.search(r"其中[^。;]{0,40}$", lead) is not None,
        )
        self.zone.blocks.append(self.block)
        self.parcel = None
