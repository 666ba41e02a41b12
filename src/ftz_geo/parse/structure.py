"""Zones, blocks and parcels: which words describe which."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ftz_geo.model import DIRECTIONS, Area, Block, Feature, Parcel, Plan, Source, Undetermined, Zone
from ftz_geo.parse.areas import declared_counts, stated_areas
from ftz_geo.parse.english import english_sides
from ftz_geo.parse.ids import label_number, unique, zone_slug
from ftz_geo.parse.inverse import enclosing_chains, inverse_sides
from ftz_geo.parse.names import feature_at, is_complete, read_names
from ftz_geo.parse.prose import BREAK, Prose
from ftz_geo.parse.sides import Side, direction_sides, verbless_sides
from ftz_geo.parse.words import AREA_NOUNS, BLOCK_NOUNS, LEAD_INS, NUMERALS, PARCEL_NOUNS, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ftz_geo.model import Direction, Span
    from ftz_geo.parse.areas import Count, StatedArea

__all__ = ["parse_plan"]


# --- groups: the sides of one parcel --------------------------------------------------------


@dataclass
class _Group:
    """Sides that belong to one parcel, or the ring of one."""

    sides: list[Side] = field(default_factory=list)
    ring: tuple[Feature, ...] = ()
    start: int = 0
    end: int = 0

    @property
    def directions(self) -> set[Direction]:
        return {d for s in self.sides for d in s.directions}

    def abuttals(self) -> dict[Direction, tuple[Feature, ...]]:
        found: dict[Direction, tuple[Feature, ...]] = dict.fromkeys(DIRECTIONS, ())
        for side in self.sides:
            for direction, features in side.features:
                found[direction] += features
        return found

    def alternatives(self) -> dict[Direction, tuple[tuple[Feature, ...], ...]]:
        found: dict[Direction, tuple[tuple[Feature, ...], ...]] = {}
        for side in self.sides:
            for direction, features in side.others:
                found[direction] = (*found.get(direction, ()), features)
        return found


def _groups(prose: Prose, sides: list[Side], labels: list[_Label]) -> Iterator[_Group]:
    """Put sides together that describe one parcel."""
    label_starts = [label.start for label in labels if label.firm]
    current: _Group | None = None
    for side in sides:
        if current and _goes_on(prose, current, side, label_starts):
            current.sides.append(side)
            current.end = side.end
            continue
        if current:
            yield current
        current = _Group([side], (), side.start, side.end)
    if current:
        yield current


def _goes_on(prose: Prose, group: _Group, side: Side, label_starts: list[int]) -> bool:
    """Tell whether a side describes the same parcel as the group before it."""
    if bisect_left(label_starts, group.end) != bisect_right(label_starts, side.start):
        return False
    between = prose.text[group.end : side.start]
    known = group.directions
    again = known.intersection(side.directions)
    last = group.sides[-1]
    if again:
        if side.inverse and last.inverse:
            between = _DIAGONAL.sub("", between)
            return len(known) < 3 and not re.search(r"[及和与;。]", between) and len(between) < 4
        return set(side.directions) == set(last.directions) and len(known) < 3 and len(between) < 3
    if len(between) > 60 or (last.latin and re.search(r"[.:]", between)):
        return False
    if re.search(r"[。;!?]", between):
        # A side may begin the next sentence, but not one that tells something else first.
        return len(re.sub(r"[\s。;!?,]", "", between)) <= 4 and not (
            known <= {*DIRECTIONS} and len(known) == 4
        )
    if side.inverse != last.inverse and len(between) > 12:
        return False
    return prose.gaps[side.start] < BREAK or not between or not re.search(r"[:]", between)


_DIAGONAL = re.compile(r"[^,。;、]{1,20}以[东南西北]{2}")


def _accepted(prose: Prose, group: _Group, before: _Group | None) -> bool:
    """Tell whether a group is a description and not a passing remark."""
    known = group.directions
    first = group.sides[0]
    lead = prose.text[max(0, group.start - 24) : group.start]
    led = re.search(rf"(?:{one_of(LEAD_INS)})[^,。;]{{0,6}}$", lead) is not None
    strong = sum(s.strong for s in group.sides)
    if len(known) >= 3:
        # 片区东侧为…，南侧为… after a full description tells what lies around.
        return not (
            first.suffixed and not led and before and len(known) < 4 and _follows(prose, before, group)
        )
    if before and len(known) < 4 and len(before.directions) == 4 and _follows(prose, before, group):
        return led and not first.inverse
    if len(known) == 2:
        if first.inverse:
            return True
        return strong == len(group.sides) and (first.clean or is_complete(_last_words(lead)))
    if first.inverse:
        tail = re.compile(r"(?:的)?(?:连片)?(?:区域|范围|地区|部分|地块|片区|一带)?[,、。;)]").match(
            prose.text, group.end
        )
        return tail is not None and (led or lead.endswith((":", "为", "招收")))
    return first.strong and led


def _last_words(lead: str) -> str:
    return re.split(r"[,。;:、]", lead)[-1]


def _follows(prose: Prose, before: _Group, group: _Group) -> bool:
    """Tell whether a group stands in the same breath as the one before it."""
    between = prose.text[before.end : group.start]
    return len(between) < 120 and not re.search(r"[及和与]$", between)


# --- labels ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Label:
    """区块一, (三), 2. or 1号地块, at the beginning of a clause."""

    start: int
    end: int
    words: str
    noun: str | None
    firm: bool
    """区块一 is a label wherever it begins a clause, 1. only if a description follows."""


_N = rf"(?:[{NUMERALS}]{{1,4}}|\d{{1,3}})"
_FIRM = re.compile(
    rf"""
      (?P<noun> {one_of(BLOCK_NOUNS)} )[之第]?(?:{_N}|[A-Z]\d{{0,2}})(?:-\d{{1,2}})?(?![\d.至界]|号线|号路|平方|公顷|亩|个|[路街道])
    | (?:第?{_N}(?:号|\#|-\d{{1,2}}\#?)?|[A-Z]\d{{0,2}}(?:-\d{{1,3}})?号?) (?P<noun2> {one_of((*BLOCK_NOUNS, "土地"))} ) (?![路街道])
    """,
    re.X,
)
_LOOSE = re.compile(
    rf"""
      [(\[]{_N}[)\]][、.]? | {_N}[、.](?!\d) | \d{{1,2}}\)[、.]? | [①-⑳] | 第{_N}[、,:.]
    """,
    re.X,
)


def _labels(prose: Prose, taken: bytearray) -> list[_Label]:
    text = prose.text
    found: list[_Label] = []
    for m in _FIRM.finditer(text):
        i = m.start()
        begins = (
            i == 0
            or prose.gaps[i] >= BREAK
            or text[i - 1] in "。;:,(!?)]—"
            or text[max(0, i - 2) : i] in ("其中", "分别", "别为")
        )
        listed = (m.end() < len(text) and text[m.end()] in "、和与及至") or (
            text[i - 1 : i] in "、和与及" and i > 0
        )
        if begins and not taken[i] and not listed:
            found.append(_Label(i, m.end(), m.group(), m["noun"] or m["noun2"], firm=True))
    for m in _LOOSE.finditer(text):
        i = m.start()
        if (i == 0 or prose.gaps[i] >= BREAK or text[i - 1] in "。;:") and not taken[i]:
            words = re.sub(r"[、,.:]$", "", m.group())
            found.append(_Label(i, m.end(), words, None, firm=False))
    return sorted(found, key=lambda label: label.start)


# --- names of blocks and zones --------------------------------------------------------------

_NAME_STOP = re.compile(
    rf"""
      [,。;:(\["] | (?:的)?(?:官方|完整|精确|具体|正式|行政|规定|原始|实际)?(?:{one_of(LEAD_INS)})(?:为|是|:|在|$|[东南西北(])
    | (?:总|规划|用地|占地|土地|总用地|总占地|核准|控制|净用地|升级后|扩区后|调整后|实施|约)*(?:面积|占地|用地规模) | 约?\d+(?:\.\d+)?(?:平方|公顷|亩|km|ha)
    | [东南西北](?:[、,和]?[东南西北])*(?:面|侧|边|部)?(?:至|起|临|靠|邻|抵|到|接|以|与) | 位于 | 地处 | 共[{NUMERALS}\d] | 分为
    """,
    re.X,
)
_NOT_A_NAME = re.compile(
    r"给出|写|披露|明确|规定|确定|坚持|公告|通告|批复|同意|说明|可见|包括|属于|资料|其中|为准|根据|按照|^[该本此]|[。,;]"
)
_NAME_PREFIX = re.compile(
    r"^(?:[\s—、:,;.)\]“”\"'-]|其中|以及|和|与|二是|一是|三是|分别为|分别是|包括|同意|将|对)+"
)
_NAME_SUFFIX = re.compile(
    r"(?:升级后|扩区后|调整后|并点扩区调整后|扩区调整后|现|的|项目)?(?:官方|完整|行政)?$"
)


def _name_between(prose: Prose, start: int, end: int) -> tuple[str | None, int]:
    """Find a proper name that begins at ``start``; also give where it ends."""
    text = prose.text
    lead = _NAME_PREFIX.match(text[start:end])
    a = start + (lead.end() if lead else 0)
    m = _NAME_STOP.search(text, a, end)
    b = m.start() if m else end
    name = text[a:b].rstrip("的为是、“—")
    if name.endswith("”") and "“" not in name:
        name = name[:-1]
    b = a + len(name)
    if not 2 <= len(name) <= 40 or _NOT_A_NAME.search(name) or name.isdigit():
        return None, a
    return prose.words(a, b), b


def _name_before(prose: Prose, lowest: int, end: int) -> str | None:
    """Find the proper name in the clause that leads up to ``end``."""
    text = prose.text
    a = max((text.rfind(c, lowest, end) for c in "。;!?"), default=-1) + 1
    a = max(a, lowest)
    for segment in re.finditer(r"[^,:]+", text[a:end]):
        name, _ = _name_between(prose, a + segment.start(), a + segment.end())
        if name and re.search(rf"{one_of(AREA_NOUNS)}(?:[A-Z\d]+|[{NUMERALS}]期)?$", name):
            return name
    return None


# --- drafts ---------------------------------------------------------------------------------


@dataclass
class _ParcelDraft:
    start: int
    end: int
    label: str | None = None
    area: Area | None = None
    group: _Group | None = None
    members: tuple[Feature, ...] = ()


@dataclass
class _BlockDraft:
    start: int
    end: int
    label: str | None = None
    name: str | None = None
    noun: str | None = None
    firm: bool = False
    area: Area | None = None
    area_end: int = -1
    parcels: list[_ParcelDraft] = field(default_factory=list)
    members: tuple[Feature, ...] = ()
    whole: bool = False
    """Bounds the zone itself or a part of what other blocks cover."""

    @property
    def described(self) -> bool:
        return any(p.group for p in self.parcels)


@dataclass
class _ZoneDraft:
    start: int
    name: str | None = None
    area: Area | None = None
    count: int | None = None
    blocks: list[_BlockDraft] = field(default_factory=list)
    heading: bool = False
    area_end: int = -1


_Event = tuple[int, int, Literal["heading", "label", "count", "area", "group"], object]


class _Reader:
    """Goes through the events of a text once and drafts its zones."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self.zones: list[_ZoneDraft] = [_ZoneDraft(0)]
        self.block: _BlockDraft | None = None
        self.parcel: _ParcelDraft | None = None
        self.pending: StatedArea | None = None
        self.heading_name: str | None = None
        self.loose: _Label | None = None
        self.last_group_end = -1

    @property
    def zone(self) -> _ZoneDraft:
        return self.zones[-1]

    # Each of these takes one event.

    def on_heading(self, start: int, name: str) -> None:
        self.zones.append(_ZoneDraft(start, name, heading=True))
        self._close()

    def _close(self) -> None:
        self.block = self.parcel = self.pending = self.loose = None

    def on_label(self, label: _Label) -> None:
        if self.pending and not self.zone.blocks and self.zone.area is None:
            self._set_total(self.pending)
        self.pending = None
        if not label.firm:
            self.loose = label
            self.block = self.parcel = None
            return
        below = (
            self.block is not None
            and self.block.firm
            and label.noun in PARCEL_NOUNS
            and self.block.noun not in PARCEL_NOUNS
            and self._same_paragraph(self.block.end, label.start)
        )
        if below and self.block:
            self.parcel = _ParcelDraft(label.start, label.end, label.words)
            self.block.parcels.append(self.parcel)
            self.block.end = label.end
            return
        if any(b.label == label.words and b.described for b in self.zone.blocks):
            # The label again: a remark on a block described before, or another zone's block.
            if not any(b.label == label.words for b in self.zone.blocks[-1:]) and self._described_next(label):
                self.zones.append(_ZoneDraft(label.start))
            else:
                self.block = self.parcel = None
                return
        name, end = _name_between(self.prose, label.end, min(len(self.prose.text), label.end + 60))
        self.block = _BlockDraft(label.start, max(label.end, end), label.words, name, label.noun, firm=True)
        self.parcel = None
        self.loose = None
        self.zone.blocks.append(self.block)

    def _described_next(self, label: _Label) -> bool:
        return (
            re.search(r"^[^。]{0,60}(?:四至|[东南西北]至)", self.prose.text[label.end : label.end + 80])
            is not None
        )

    def _same_paragraph(self, end: int, start: int) -> bool:
        """Tell whether no paragraph ends between two places (a page break in a sentence does not)."""
        text = self.prose.text
        for i in range(end + 1, min(start + 1, len(text))):
            if self.prose.gaps[i] >= BREAK and text[i - 1] in "。!?":
                return False
        return start - end < 2000

    def on_count(self, count: Count) -> None:
        if (
            self.block is not None
            and self.block.firm
            and count.noun in PARCEL_NOUNS
            and not self.block.described
        ):
            return
        if self.zone.count is not None and self.zone.blocks:
            return
        if self.pending and not self.zone.blocks:
            self._set_total(self.pending)
            self.pending = None
        if self.zone.count is None and not any(b.described for b in self.zone.blocks):
            self.zone.count = count.number

    def _set_total(self, stated: StatedArea) -> None:
        if self.zone.blocks and (
            self.zone.area is not None or not re.search(r"[总合共]计", self._words_before(stated))
        ):
            self.zones.append(_ZoneDraft(stated.start))
            self.block = self.parcel = None
        self.zone.area = stated.area
        self.zone.area_end = stated.end
        if not self.zone.name:
            self.zone.name = self._subject(stated)

    def _words_before(self, stated: StatedArea) -> str:
        return self.prose.text[max(0, stated.start - 4) : stated.end]

    def _subject(self, stated: StatedArea) -> str | None:
        lowest = max(self.last_group_end, stated.start - 80, 0)
        if self.loose:
            name, _ = _name_between(self.prose, self.loose.end, stated.start)
            if name:
                return name
        return _name_before(self.prose, lowest, stated.end)

    def on_area(self, stated: StatedArea) -> None:
        if stated.role == "part" and not self._beside_description(stated):
            return
        target = self._described_before(stated)
        if target:
            self._give(target, stated)
            return
        if self.block and self.block.firm and not self.block.described and self._near(self.block.end, stated):
            if self.parcel is not None:
                self.parcel.area = self.parcel.area or stated.area
            elif self.block.area is None:
                self.block.area, self.block.end = stated.area, stated.end
            return
        if self.parcel is not None and self.parcel.group is None and self._near(self.parcel.end, stated):
            self.parcel.area = self.parcel.area or stated.area
            return
        if stated.role == "bare" and not self._beside_description(stated):
            return
        if stated.role == "total":
            self.pending = None
            self._set_total(stated)
        else:
            self.pending = stated

    def _beside_description(self, stated: StatedArea) -> bool:
        return (
            re.compile(r"[^。;]{0,40}(?:四至|[东南西北](?:至|起|临)|分为|区域|范围)").match(
                self.prose.text, stated.end
            )
            is not None
        )

    def _near(self, end: int, stated: StatedArea) -> bool:
        between = self.prose.text[end : stated.start]
        return len(between) < 60 and "。" not in between and ";" not in between

    def _described_before(self, stated: StatedArea) -> _ParcelDraft | None:
        """Give the parcel whose sides end just before an area."""
        if self.last_group_end < 0 or not self.block or not self.block.parcels:
            return None
        parcel = self.block.parcels[-1]
        if parcel.group is None or parcel.area is not None:
            return None
        between = self.prose.text[parcel.end : stated.start]
        if "其中" in self.prose.text[parcel.end : stated.end] or len(between) > 40:
            return None
        limit = 40 if stated.role in ("own", "total") else 14
        if len(between) > limit:
            return None
        if not between.strip("、,;。()“”") and stated.role == "own":
            return parcel
        if re.search(r"[;]", between) or re.search(r"。.{12,}", between):
            return None
        if "。" in between and stated.role == "bare":
            return None
        has_own = self.block.area is not None
        return None if has_own and len(self.block.parcels) == 1 else parcel

    def _give(self, parcel: _ParcelDraft, stated: StatedArea) -> None:
        assert self.block is not None
        if parcel.label is None and len(self.block.parcels) == 1:
            self.block.area = stated.area
        else:
            parcel.area = stated.area
        parcel.end = max(parcel.end, stated.end)
        self.block.end = max(self.block.end, stated.end)

    def on_group(self, group: _Group) -> None:
        prose = self.prose
        previous_end = self.last_group_end
        self.last_group_end = group.end
        if self.parcel is not None and self.parcel.group is None and self.block:
            self.parcel.group, self.parcel.end = group, group.end
            self.block.end = group.end
            return
        if self.block and self.block.firm and not self.block.described:
            start = self.block.start
            self.block.parcels.append(_ParcelDraft(start, group.end, None, None, group))
            self.block.end = group.end
            self.parcel = None
            return
        area = self.pending
        self.pending = None
        name = None
        if self.loose and not (self.block and self.block.described and self.block.start == self.loose.start):
            label = self.loose
            name, _ = _name_between(prose, label.end, group.start)
            start, words = label.start, label.words
            self.loose = None
        else:
            start, words = group.start, None
            lowest = max(previous_end, group.start - 160, 0)
            name = _name_before(prose, lowest, group.start)
            if area:
                start = min(start, area.start)
        block = _BlockDraft(start, group.end, words, name)
        if area:
            block.area = area.area
        block.parcels.append(_ParcelDraft(start, group.end, None, None, group))
        block.whole = bool(
            re.search(r"其中[^。;]{0,40}$", prose.text[max(0, group.start - 60) : group.start])
        )
        self.zone.blocks.append(block)
        self.block, self.parcel = block, None


# --- the text -------------------------------------------------------------------------------

_HEADING = re.compile(r"(?P<name>.{2,60}?)(?:的?(?:总体|建设|实施|设立|规划|发展)方案|总体规划)$")
_NO_TITLE = re.compile(r"[。;:,!?]")


def _headings(prose: Prose) -> Iterator[tuple[int, int, str]]:
    """Find the title lines that open a zone: …联动创新区总体方案."""
    starts = [*prose.line_starts, len(prose.text)]
    for k, (a, b) in enumerate(zip(starts, starts[1:], strict=False)):
        line = prose.text[a:b]
        if len(line) > 70 or not line.endswith(("方案", "规划")) or _NO_TITLE.search(line):
            continue
        if k and 6 < len(before := prose.text[starts[k - 1] : a]) < 40 and not _NO_TITLE.search(before):
            if prose.gaps[a] == BREAK and not re.match(r"附件|附表|\d|[(（]", before):
                a, line = starts[k - 1], before + line
        m = _HEADING.match(line)
        if m and not re.match(rf"(?:[-·]|附件|\d+[.、]|[{NUMERALS}]+、)", line):
            yield a, b, re.sub(r"\s+", "", prose.words(a, a + m.end("name")))


_MEMBERS = re.compile(
    r"(?:主要)?(?:包括|包含|涵盖|含|涉及)(?P<names>[^。;:]{2,200}?)(?:等(?:项目|区域)?)?[。;]"
)


def _members(prose: Prose, block: _BlockDraft, limit: int) -> tuple[Feature, ...]:
    """Read the named contents of a block that has no sides."""
    m = _MEMBERS.search(prose.text, block.end, min(limit, block.end + 260))
    if not m or "。" in prose.text[block.end : m.start()]:
        return ()
    block.end = m.end("names")
    pieces = read_names(prose, *m.span("names")).pieces
    return tuple(feature_at(prose, a, b, "east") for a, b in pieces)


def parse_plan(text: str, *, source: Source | None = None) -> Plan:
    """Read the zones, blocks, parcels and 四至 of a notice.

    Parameters
    ----------
    text : str
        Running text; line breaks inside sentences, spaces, full-width and traditional
        characters are no matter.
    source : Source, optional
        Where the text came from; by default only the hash of the text is noted.

    Returns
    -------
    Plan
        Every span points into ``text``. A name is verbatim, without the line breaks and the
        spaces between Chinese characters that its span may hold.

    Examples
    --------
    >>> plan = parse_plan("示范区总体方案\\n\\n总面积2.5平方公里，分为一个区块。"
    ...                   "区块一：面积2.5平方公里，东至甲路和乙路、南至丙河、西至丁村、北至丁村北侧空地。")
    >>> [p.id for p in plan.parcels], str(plan.zones[0].declared_area.km2)
    (['shifanqu-1'], '2.5')
    >>> [(d, f.name, f.kind) for d, f in plan.parcels[0].features()]  # doctest: +NORMALIZE_WHITESPACE
    [('east', '甲路', 'road'), ('east', '乙路', 'road'), ('south', '丙河', 'water'),
     ('west', '丁村', 'place'), ('north', '丁村北侧空地', 'vague')]
    """
    prose = Prose.of(text)
    if source is None:
        source = Source(sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    groups, labels, unread = _descriptions(prose)
    events = _events(prose, groups, labels)
    reader = _Reader(prose)
    for _, _, kind, value in events:
        getattr(reader, f"on_{kind}")(*value if isinstance(value, tuple) else (value,))
    zones = _finish(prose, reader.zones)
    return Plan(text=text, source=source, zones=zones, unread=_unread(prose, zones, unread))


def _descriptions(prose: Prose) -> tuple[list[_Group], list[_Label], list[tuple[int, int]]]:
    """Find all descriptions, the labels outside them, and what looked like one and is none."""
    taken = bytearray(len(prose.text) + 1)

    def take(sides: Iterable[Side]) -> list[Side]:
        found = list(sides)
        for s in found:
            taken[s.start : s.end] = b"\1" * (s.end - s.start)
        return found

    sides = take(direction_sides(prose))
    sides += take(inverse_sides(prose, taken))
    sides += take(english_sides(prose, taken))
    sides += take(verbless_sides(prose, [(s.start, s.end) for s in sides]))
    sides.sort(key=lambda s: s.start)
    labels = _labels(prose, taken)
    accepted: list[_Group] = []
    unread: list[tuple[int, int]] = []
    for group in _groups(prose, sides, labels):
        if _accepted(prose, group, accepted[-1] if accepted else None):
            accepted.append(group)
        else:
            unread.append((group.start, group.end))
            taken[group.start : group.end] = bytes(group.end - group.start)
    for start, end, ring in enclosing_chains(prose, taken):
        accepted.append(_Group([], ring, start, end))
        taken[start:end] = b"\1" * (end - start)
    labels = [label for label in labels if not taken[label.start]]
    return sorted(accepted, key=lambda g: g.start), labels, unread


def _events(prose: Prose, groups: list[_Group], labels: list[_Label]) -> list[_Event]:
    taken = [(g.start, g.end) for g in groups]
    starts = [s for s, _ in taken]

    def inside(i: int) -> bool:
        k = bisect_right(starts, i) - 1
        return k >= 0 and i < taken[k][1]

    events: list[_Event] = [(a, 0, "heading", (a, name)) for a, _, name in _headings(prose)]
    events += [(label.start, 1, "label", label) for label in labels]
    events += [(c.start, 3, "count", c) for c in declared_counts(prose) if not inside(c.start)]
    events += [(a.end, 2, "area", a) for a in stated_areas(prose) if not inside(a.end - 1)]
    events += [(g.start, 4, "group", g) for g in groups]
    return sorted(events, key=lambda e: e[:2])


def _finish(prose: Prose, drafts: list[_ZoneDraft]) -> tuple[Zone, ...]:
    zone_ids: set[str] = set()
    zones: list[Zone] = []
    for k, draft in enumerate(drafts):
        limit = drafts[k + 1].start if k + 1 < len(drafts) else len(prose.text)
        starts = [b.start for b in draft.blocks[1:]] + [limit]
        blocks: list[_BlockDraft] = []
        for block, following in zip(draft.blocks, starts, strict=False):
            if not block.described:
                block.members = _members(prose, block, following)
            if block.described or block.members or block.area:
                blocks.append(block)
        if not blocks:
            continue
        single = blocks[0] if len(blocks) == 1 else None
        if single and not single.firm:
            # One figure for a zone of one block is the zone's and the block's.
            single.area = single.area or (draft.area if not any(p.area for p in single.parcels) else None)
            draft.area = draft.area or single.area
        elif draft.area and not blocks[0].firm and blocks[0].area is None:
            if len([p for p in blocks[0].parcels if p.area]) == 0:
                blocks[0].area, blocks[0].whole = draft.area, True
        zones.append(_zone(prose, draft, blocks, unique(zone_slug(draft.name or blocks[0].name), zone_ids)))
    return tuple(zones)


def _zone(prose: Prose, draft: _ZoneDraft, drafts: list[_BlockDraft], zone_id: str) -> Zone:
    ids: set[str] = set()
    parcel_ids: set[str] = set()
    blocks: list[Block] = []
    for order, block in enumerate(drafts, start=1):
        number = label_number(block.label) or str(order)
        block_id = unique(f"{zone_id}-{number}", ids)
        parcels = [p for p in block.parcels if p.group or p.area] or [_ParcelDraft(block.start, block.end)]
        made: list[Parcel] = []
        for place, p in enumerate(parcels, start=1):
            wanted = (
                block_id
                if len(parcels) == 1 and not p.label
                else f"{block_id}-{label_number(p.label) or place}"
            )
            made.append(_parcel(prose, p, block, unique(wanted, parcel_ids)))
        start = min([block.start, *(p.start for p in parcels)])
        end = max([block.end, *(p.end for p in parcels)])
        blocks.append(
            Block(
                id=block_id,
                label=block.label and re.sub(r"\s+", "", block.label),
                name=block.name,
                declared_area=block.area,
                parcels=tuple(made),
                span=prose.span(start, end),
                part_of_total=not block.whole,
            )
        )
    first = min(draft.start, drafts[0].start)
    last = max(b.span[1] for b in blocks)
    return Zone(
        id=zone_id,
        name=draft.name or (drafts[0].name if len(drafts) == 1 else None),
        declared_area=draft.area,
        declared_block_count=draft.count,
        blocks=tuple(blocks),
        span=(prose.at[first], last),
    )


def _parcel(prose: Prose, draft: _ParcelDraft, block: _BlockDraft, parcel_id: str) -> Parcel:
    group = draft.group
    undetermined = None
    if group is None:
        undetermined = (
            Undetermined(code="members-only", reason="文中只列出所含项目，没有四至。")
            if block.members
            else Undetermined(code="no-sides", reason="文中没有四至。")
        )
    start = min(draft.start, group.start) if group else draft.start
    return Parcel(
        id=parcel_id,
        label=draft.label,
        declared_area=draft.area,
        span=prose.span(start, max(draft.end, start + 1) if prose.text else start),
        abuttals=group.abuttals() if group else dict.fromkeys(DIRECTIONS, ()),
        ring=group.ring if group else (),
        members=block.members,
        undetermined=undetermined,
        alternatives=group.alternatives() if group else {},
    )


_LOOKS_LIKE_ONE = re.compile(
    r"四至(?:范围|边界)?(?:为|:|详见|见)[^。;]{0,60}|[东南西北](?:至|临|邻|靠|抵)[^,。;、]{1,20}"
)


def _unread(prose: Prose, zones: tuple[Zone, ...], rejected: list[tuple[int, int]]) -> tuple[Span, ...]:
    """List what looks like a boundary and is in no parcel."""
    read = sorted(p.span for z in zones for p in z.parcels)
    found = {prose.span(a, b) for a, b in rejected}
    starts = [s for s, _ in read]
    result: list[Span] = []
    for a, b in sorted(found):
        k = bisect_right(starts, a) - 1
        if not (k >= 0 and b <= read[k][1]):
            result.append((a, b))
    return tuple(result)
