"""From text to plan: find the parts, draft the zones, and write them down as values."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from ftz_geo.compass import DIRECTIONS
from ftz_geo.model import Block, Division, Parcel, Plan, Source, Undetermined, Zone
from ftz_geo.parse.areas import declared_counts, stated_areas
from ftz_geo.parse.clauses import clauses_like_sides, speaks_of_bound
from ftz_geo.parse.drafts import BlockDraft, ParcelDraft, ZoneDraft, draft_zones
from ftz_geo.parse.english import english_sides
from ftz_geo.parse.entries import entries_of
from ftz_geo.parse.figures import find_figures
from ftz_geo.parse.grids import find_grids
from ftz_geo.parse.groups import Group, group_sides, is_description
from ftz_geo.parse.heads import block_noun, find_headings, find_labels, sections
from ftz_geo.parse.ids import Ids
from ftz_geo.parse.inverse import beside_sides, enclosing_chains, inverse_sides, named_first_sides
from ftz_geo.parse.ledger import figures_of
from ftz_geo.parse.names import features_at, read_names
from ftz_geo.parse.outline import outlined_zones
from ftz_geo.parse.prose import BREAK, Prose
from ftz_geo.parse.series import style_of
from ftz_geo.parse.settling import whole_of
from ftz_geo.parse.sides import direction_sides, verbless_sides
from ftz_geo.parse.tables import read_tables
from ftz_geo.parse.words import PARCEL_NOUNS
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ftz_geo.model import Area, Feature, Span, StatedFigure
    from ftz_geo.parse.areas import Count, StatedArea
    from ftz_geo.parse.drafts import Part, PartDraft
    from ftz_geo.parse.grids import Grid
    from ftz_geo.parse.heads import Heading, Label
    from ftz_geo.parse.sides import Side
    from ftz_geo.parse.tables import Table

__all__ = ["parse_plan"]


def parse_plan(text: str, *, source: Source | None = None) -> Plan:
    r"""Read the zones, blocks, parcels and 四至 of a notice.

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
    >>> plan = parse_plan("示范区总体方案\n\n总面积2.5平方公里，分为一个区块。"
    ...                   "区块一：面积2.5平方公里，东至甲路和乙路、南至丙河、西至丁村、北至丁村北侧空地。")
    >>> [p.id for p in plan.parcels], str(plan.zones[0].declared_area.km2)
    (['shifanqu-1'], '2.5')
    >>> [(d, f.name, f.kind) for d, f in plan.parcels[0].features()]
    [('east', '甲路', 'road'), ('east', '乙路', 'road'), ('south', '丙河', 'water'),
     ('west', '丁村', 'place'), ('north', '丁村北侧空地', 'vague')]
    """
    prose = Prose.of(text)
    grids = list(find_grids(prose))
    prose = prose.with_cells(cell.start for grid in grids for row in grid.rows for cell in row)
    if source is None:
        source = Source(sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    if source.title is None:
        source = replace(source, title=_title(text))
    groups, labels, tables, remarks = _descriptions(prose, grids)
    inside = _inside(groups)
    rows = entries_of(prose, tables, groups)
    figures = rows.with_running(find_figures(prose))
    running = [f for f in rows.others(figures) if not inside(f.end - 1)]
    stated = list(stated_areas(prose, running))
    every = [*groups, *(node.group for node in rows.nodes if node.group is not None)]
    groups = rows.without(groups)
    counts = [c for c in declared_counts(prose) if not inside(c.start)]
    labels, names = _counted(counts, list(sections(prose, labels)), labels)
    headings = [*find_headings(prose), *names]
    drafts: list[ZoneDraft] = []
    if groups and any(label.firm for label in labels):
        drafts = draft_zones(prose, _parts(groups, labels, stated, counts, headings))
        groups = []
    drafts = outlined_zones(prose, stated, groups, labels, headings, counts, drafts, rows.nodes)
    whole = whole_of(prose, drafts)
    unknown = [figure.start for figure in figures if figure.area is None]
    zones = _zones(prose, [draft for draft in drafts if draft is not whole], unknown)
    total = whole.area if whole else None
    ledger = figures_of(prose, figures, [*stated, *rows.stated], zones, rows.again, total)
    heads = [(table.start, table.body) for table in tables if table.rows]
    unread = _unread(prose, every, zones, remarks, ledger, heads)
    return Plan(text=text, source=source, zones=zones, declared_area=total, figures=ledger, unread=unread)


def _title(text: str) -> str | None:
    r"""Return the first line if it reads like a title: short, no sentence and no boundary.

    Examples
    --------
    >>> _title("\n示范区总体方案\n\n（三）实施范围"), _title("区块一：东至甲路、南至乙路。")
    ('示范区总体方案', None)
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if 4 <= len(line) <= 60 and not re.search(r"[。；;，,：:\t]|[东南西北]至", line) else None


def _descriptions(
    prose: Prose, grids: Sequence[Grid]
) -> tuple[list[Group], list[Label], list[Table], list[tuple[int, int]]]:
    """Find all descriptions in running text, the labels outside them, tables, and what is no description."""
    taken = bytearray(len(prose.text) + 1)

    def take(sides: Iterable[Side]) -> list[Side]:
        found = list(sides)
        for s in found:
            taken[s.start : s.end] = b"\1" * (s.end - s.start)
        return found

    tables = list(read_tables(prose, grids))
    for table in (table for table in tables if table.sides):
        head = (table.start, max(table.start, table.body))
        for start, end in (head, *((row.start, row.end) for row in table.rows if row.sides)):
            taken[start:end] = b"\1" * (end - start)
    sides = take(direction_sides(prose, taken))
    sides += take(inverse_sides(prose, taken))
    sides += take(beside_sides(prose, taken))
    sides += take(named_first_sides(prose, taken))
    sides += take(english_sides(prose, taken))
    sides += take(verbless_sides(prose, taken))
    sides.sort(key=lambda s: s.start)
    take(sides)
    every_label = find_labels(prose)
    labels = [label for label in every_label if not taken[label.start]]
    starts = [label.start for label in labels]
    firm = [label.start for label in labels if label.firm]
    groups: list[Group] = []
    remarks: list[tuple[int, int]] = [(table.start, table.end) for table in tables if not table.rows]
    found = list(group_sides(prose, sides, firm))
    for group, after in zip_longest(found, found[1:]):
        if is_description(prose, group, groups[-1] if groups else None, after, starts):
            groups.append(group)
        else:
            remarks.append((group.start, group.end))
            taken[group.start : group.end] = bytes(group.end - group.start)
    for start, end, ring in enclosing_chains(prose, taken):
        groups.append(Group(start, end, ring=ring))
        taken[start:end] = b"\1" * (end - start)
    groups.sort(key=lambda g: g.start)
    labels = [label for label in every_label if not taken[label.start]]
    return groups, labels, tables, remarks


def _counted(
    counts: Sequence[Count], parts: Sequence[tuple[Label, Heading]], labels: list[Label]
) -> tuple[list[Label], list[Heading]]:
    """Take numbered headlines for blocks where the text counts them or all name one, else for zones."""
    zones: list[Heading] = []
    nouns: dict[int, str | None] = {}
    firm = [label.start for label in labels if label.firm and label.noun not in PARCEL_NOUNS]
    for style in dict.fromkeys(style_of(label)[0] for label, _ in parts):
        alike = [(label, heading) for label, heading in parts if style_of(label)[0] == style]
        noun = _noun_counted(counts, alike)
        below = sum(start > alike[0][0].start for start in firm)
        if noun is None or below > len(alike):  # each has labelled blocks of its own
            zones += [heading for _, heading in alike]
        else:
            nouns |= {label.start: noun for label, _ in alike}
    numbered = [replace(x, noun=nouns[x.start], firm=True) if x.start in nouns else x for x in labels]
    return numbered, sorted(zones, key=lambda heading: heading.start)


def _noun_counted(counts: Sequence[Count], parts: Sequence[tuple[Label, Heading]]) -> str | None:
    """Return what headlines are called where they count blocks: as the text says, or as all of them end."""
    told = [c for c in counts if c.number == len(parts) > 1 and c.start < parts[0][0].start]
    if told:
        return told[-1].noun
    nouns = {block_noun(heading.name) for _, heading in parts}
    return nouns.pop() if len(nouns) == 1 and len(parts) > 1 else None


def _inside(groups: list[Group]) -> Callable[[int], bool]:
    """Return a function that tells whether a place lies inside the sides of a parcel."""
    starts = [g.start for g in groups]

    def inside(i: int) -> bool:
        k = bisect_right(starts, i) - 1
        return k >= 0 and i < groups[k].end

    return inside


def _parts(
    groups: list[Group],
    labels: list[Label],
    areas: list[StatedArea],
    counts: list[Count],
    headings: list[Heading],
) -> list[Part]:
    """Put everything found in the order of the text; at one place heading, label, area, count, sides."""
    ranked: list[tuple[int, int, Part]] = [(h.start, 0, h) for h in headings]
    ranked += [(label.start, 1, label) for label in labels]
    ranked += [(a.end, 2, a) for a in areas]
    ranked += [(c.start, 3, c) for c in counts]
    ranked += [(g.start, 4, g) for g in groups]
    return [part for _, _, part in sorted(ranked, key=lambda r: r[:2])]


# --- values ---------------------------------------------------------------------------------


def _zones(prose: Prose, drafts: list[ZoneDraft], unknown: Sequence[int]) -> tuple[Zone, ...]:
    """Write down the zones that have a block with sides, contents or an area, even one that is unread."""
    ids = Ids()
    zones: list[Zone] = []
    for k, draft in enumerate(drafts):
        if not draft.blocks and draft.area:
            draft.blocks.append(BlockDraft(draft.start, draft.start + 1))
        limit = drafts[k + 1].start if k + 1 < len(drafts) else len(prose.text)
        limits = [*(b.start for b in draft.blocks[1:]), limit]
        contents = [
            () if block.described else _members(prose, block, following)
            for block, following in zip(draft.blocks, limits, strict=False)
        ]
        alone = len(draft.blocks) == 1 and draft.area is not None
        kept = [
            (b, m)
            for b, m in zip(draft.blocks, contents, strict=True)
            if b.described or m or b.area or b.listed or alone or (b.firm and _is_of_line(prose, b, unknown))
        ]
        if kept:
            _settle_areas(draft, [b for b, _ in kept])
            zones.append(_zone(prose, draft, kept, ids))
    return tuple(zones)


def _is_of_line(prose: Prose, block: BlockDraft, figures: Sequence[int]) -> bool:
    """Whether one of some figures stands in the line that a block's label begins."""
    k = bisect_left(figures, block.start)
    if k == len(figures) or figures[k] - block.end > _LONGEST_LINE:
        return False
    return not any(gap >= BREAK for gap in prose.gaps[block.start + 1 : figures[k]])


_LONGEST_LINE = 60
"""From a block's label to the figure of its area."""


def _settle_areas(draft: ZoneDraft, blocks: list[BlockDraft]) -> None:
    """Return a total to the block that it is also said of.

    One figure for a zone of one block without label is the zone's and the block's. Sides told
    for the zone itself, beside its blocks, bound the total: before them, or behind them without a name.
    """
    first = blocks[0]
    if len(blocks) == 1 and not first.firm:
        first.area = first.area or (None if any(p.area for p in first.parcels) else draft.area)
        draft.area = draft.area or first.area
    elif draft.area:
        bare = [b for b in blocks if not (b.firm or b.area or any(p.area for p in b.parcels))]
        own = [b for b in bare if b is first or (len(bare) == 1 and b.name is None and b.is_bounded)]
        for block in own[:1]:
            block.area, block.whole = draft.area, True


def _zone(
    prose: Prose, draft: ZoneDraft, kept: list[tuple[BlockDraft, tuple[Feature, ...]]], ids: Ids
) -> Zone:
    zone_id = ids.zone(draft.name or kept[0][0].name)
    blocks: list[Block] = []
    for order, (block, members) in enumerate(kept, start=1):
        block_id = ids.below(zone_id, block.label, order)
        drafts = [p for p in block.parcels if p.group or p.area] or [ParcelDraft(block.start, block.end)]
        parcels: list[Parcel] = []
        for place, parcel in enumerate(drafts, start=1):
            alone = len(drafts) == 1 and not parcel.label
            parcel_id = block_id if alone else ids.below(block_id, parcel.label, place)
            parcels.append(_parcel(prose, parcel, members, parcel_id))
        blocks.append(
            Block(
                id=block_id,
                label=block.label,
                name=block.name,
                declared_area=block.area,
                parcels=tuple(parcels),
                parts=_divisions(block.parts, block.area),
                span=prose.span(
                    min([block.start, *(p.start for p in drafts)]), max([block.end, *(p.end for p in drafts)])
                ),
                part_of_total=not block.whole,
                declared_parcel_count=block.count,
            )
        )
    parts, blocks = _told_of_blocks(draft.parts, _told_once(blocks))
    return Zone(
        id=zone_id,
        name=draft.name or (kept[0][0].name if len(kept) == 1 else None),
        declared_area=draft.area,
        declared_block_count=None if _counts_parcels(draft) else draft.count,
        parts=_divisions(parts, draft.area),
        restated=tuple(draft.restated),
        basis=draft.basis.area if draft.basis else None,
        blocks=tuple(blocks),
        span=(min(prose.at[draft.start], blocks[0].span[0]), max(b.span[1] for b in blocks)),
    )


def _told_once(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks, those of a list that is told again (in words, then in a table) with both their areas.

    The same label and the same sides are the same block. What comes again alone, or amid the list, may be a
    row copied twice or another block's label, and stays.
    """
    first: dict[tuple[str, str], Block] = {}
    again: list[tuple[Block, Block]] = []
    for block in blocks:
        key = _told_by(block)
        if key is None or key not in first:
            if key is not None and not again:
                first[key] = block
        elif _is_told_again(first[key], block):
            again.append((first[key], block))
    count = len({one.id for one, _ in again})
    if count < len(first) and not 2 * count > len(first) > 2:
        return list(blocks)
    repeats = {block.id for _, block in again}
    return [
        replace(
            block,
            name=next((o.name for one, o in again if one is block and not block.name), block.name),
            part_of_total=block.part_of_total or any(o.part_of_total for one, o in again if one is block),
            restated=tuple(o.declared_area for one, o in again if one is block and o.declared_area),
        )
        for block in blocks
        if block.id not in repeats
    ]


def _is_told_again(first: Block, block: Block) -> bool:
    """Whether a block of the same label and sides tells nothing that the first contradicts but its area."""
    areas = first.declared_area is not None and block.declared_area is not None
    named_alike = not first.name or not block.name or first.name == block.name
    return areas and named_alike and not block.parts


def _told_by(block: Block) -> tuple[str, str] | None:
    """Return what a block is told again by: its label and its sides, if it has them all."""
    sides = [[[(f.name, f.relation) for f in p.abuttals[side]] for side in DIRECTIONS] for p in block.parcels]
    return (block.label, str(sides)) if block.label and all(all(parcel) for parcel in sides) else None


def _told_of_blocks(
    parts: Sequence[PartDraft], blocks: Sequence[Block]
) -> tuple[list[PartDraft], list[Block]]:
    """Give blocks the areas that are told again of them by name: 区块五面积2.28平方公里."""
    named: dict[str, list[Block]] = {}
    for block in blocks:
        for words in {block.label, block.name} - {None}:
            named.setdefault(folded(words or ""), []).append(block)
    again: dict[str, list[Area]] = {}
    left = []
    for part in parts:
        meant = named.get(folded(part.name or ""), [])
        own = meant[0].declared_area if len(meant) == 1 else None
        if own is not None and own.span != part.area.span:
            again.setdefault(meant[0].id, []).append(part.area)
        else:
            left.append(part)
    return left, [replace(b, restated=(*b.restated, *again.get(b.id, ()))) for b in blocks]


def _divisions(parts: Sequence[PartDraft], whole: Area | None) -> tuple[Division, ...]:
    """Write down the divisions of one piece of ground; words or their sum tell whether they are all of it."""
    exhaustive: bool | None = None
    if whole is not None and len(parts) > 1:
        doubt = whole.half_width_km2 + sum(part.area.half_width_km2 for part in parts)
        exhaustive = abs(sum(part.area.km2 for part in parts) - whole.km2) <= doubt
    return tuple(
        Division(
            name=part.name,
            declared_area=part.area,
            span=part.area.span,
            exhaustive=part.of_all or exhaustive,
        )
        for part in parts
    )


def _counts_parcels(draft: ZoneDraft) -> bool:
    """Tell whether a zone's 共三个地块 is said of the parcels of its blocks."""
    nouns = {block.noun for block in draft.blocks if block.firm}
    return draft.noun in PARCEL_NOUNS and bool(nouns) and not nouns & {None, *PARCEL_NOUNS}


def _parcel(prose: Prose, draft: ParcelDraft, members: tuple[Feature, ...], parcel_id: str) -> Parcel:
    group = draft.group
    undetermined = None
    if group is None and members:
        undetermined = Undetermined(code="members-only", reason="文中只列出所含项目，没有四至。")
    elif group is None:
        undetermined = Undetermined(code="no-boundary-stated", reason="未写四至。")
    return Parcel(
        id=parcel_id,
        label=draft.label,
        declared_area=draft.area,
        span=prose.span(min(draft.start, group.start) if group else draft.start, draft.end),
        abuttals=group.abuttals() if group else dict.fromkeys(DIRECTIONS, ()),
        ring=group.ring if group else (),
        members=members,
        undetermined=undetermined,
        alternatives=group.alternatives() if group else {},
    )


_MEMBERS = re.compile(
    r"(?:主要)?(?:包括|包含|涵盖|含|涉及)(?P<names>[^。;:]{2,200}?)(?:等(?:项目|区域)?)?[。;]"
)


def _members(prose: Prose, block: BlockDraft, limit: int) -> tuple[Feature, ...]:
    """Read the named contents of a block that has no sides."""
    m = _MEMBERS.search(prose.text, block.end, min(limit, block.end + 260))
    if not m or "。" in prose.text[block.end : m.start()]:
        return ()
    if next(find_figures(Prose.of(m["names"])), None) is not None:
        return ()  # areas of what it contains, told as such
    block.end = m.end("names")
    pieces = read_names(prose, *m.span("names")).pieces
    return features_at(prose, pieces, "east")


# --- what was not read ----------------------------------------------------------------------


def _unread_clauses(prose: Prose, groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """Yield the clauses that open like a side and have no word in any."""
    sides = sorted((s.start, s.end) for g in groups for s in (g.sides or (g,)))
    starts = [start for start, _ in sides]
    for start, end in clauses_like_sides(prose):
        k = bisect_right(starts, end - 1)
        read = any(b > start for _, b in sides[max(0, k - 8) : k])
        follows = k < len(sides) and sides[k][0] - end <= 2
        words = prose.text[start:end]
        leads = (
            re.search("(?:四[至界址]|范围|边界).*" + ("" if follows else "如下[:。]?$"), words) is not None
        )
        if not (read or leads) and speaks_of_bound(words):
            yield start, end


def _announces(words: str) -> bool:
    """Whether a clause tells only that sides follow: 具体四至范围如下."""
    told = re.search(r"[东南西北]至|以[东南西北]", words)
    return told is None and re.search(r"(?:四[至界址]|范围|边界|界线).{0,4}如下[:。]?$", words) is not None


def _unread(
    prose: Prose,
    groups: Sequence[Group],
    zones: tuple[Zone, ...],
    remarks: list[tuple[int, int]],
    figures: Sequence[StatedFigure],
    heads: Sequence[tuple[int, int]],
) -> tuple[Span, ...]:
    """List what looks like a boundary and is in no parcel, and the figures that nothing was read of.

    The heads of tables whose rows were read (东至, 南至) are not.
    """
    read = sorted(b.span for z in zones for b in z.blocks)
    starts = [s for s, _ in read]
    found = [prose.span(*r) for r in remarks]
    clauses = {
        prose.span(*clause)
        for clause in _unread_clauses(prose, groups)
        if not any(start <= clause[0] < end for start, end in heads)
    }
    found += clauses
    unknown = {figure.span for figure in figures if figure.role == "unread"}
    result: list[Span] = []
    for start, end in sorted({*found, *unknown}):
        k = bisect_right(starts, start) - 1
        covered = k >= 0 and start < read[k][1]
        leads_up = k + 1 < len(read) and end > read[k + 1][0]
        if (covered or leads_up) and (start, end) not in unknown and (start, end) not in clauses:
            continue
        if result and start < result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)
