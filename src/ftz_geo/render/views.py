"""What the pages say: the frame of parcels, the plan and the audit, put into words and figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.frame import has_place, reasons_of
from ftz_geo.model import BY_SIDES, HOLDS_ZH, SHARED_AREA, Grade, Method, Severity, ZoneSummary
from ftz_geo.render.looks import PALETTE
from ftz_geo.render.quotes import finding_anchor, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Area, Audit, Edge, Finding, Measure, Plan, Reason, Span, Task
    from ftz_geo.render.looks import Colour

__all__ = [
    "SKETCH_NOTES",
    "BlockView",
    "Clause",
    "FindingView",
    "ParcelView",
    "ZoneView",
    "figure",
    "general_findings",
    "page_files",
    "sketch_note",
    "zone_views",
]


_GRADES: tuple[str, ...] = get_args(Grade)
_METHODS: tuple[str, ...] = get_args(Method)
_SEVERITIES: tuple[str, ...] = get_args(Severity)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """The words that a parcel was read from, and where in them its features stand."""

    text: str
    start: int = 0
    """Where it begins in the plan."""
    marks: tuple[tuple[Direction | None, Span], ...] = ()
    """Side and positions in the plan of every feature; None of a feature that is told on no side."""

    @property
    def marked(self) -> Markup:
        """The words as HTML, with the features marked."""
        spans = [(first - self.start, last - self.start) for _, (first, last) in self.marks]
        return marked(self.text, (0, len(self.text)), spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParcelView:
    """One parcel as its card shows it."""

    id: str
    number: int
    """Its place in the zone, from 0: the name of its card."""
    block_id: str | None
    """None without a plan."""
    block: str | None
    """The block's label, or its name."""
    label: str | None
    title: str
    """Both, or the id."""
    name: str | None
    colour: Colour
    geometry: BaseGeometry | None
    grade: str
    reasons: tuple[Reason, ...]
    declared: str | None
    """Stated km² of this parcel, or of its whole block where it has no figure of its own."""
    declared_for_block: bool
    measured_km2: float | None
    area_shaped: bool
    near_km2: float | None
    far_km2: float | None
    uncertainty_m: float | None
    by_sides: bool
    """The known ones of its sides placed it, so that this radius holds with 90 %."""
    is_placed: bool
    """Some clue tells where it lies; what is drawn without one stands apart from the map."""
    is_shared: bool
    """Its area is an equal share of its block's."""
    abuttals: tuple[str | None, ...]
    """What it abuts on to the east, south, west, north, as written."""
    edges: tuple[Edge, ...]
    clause: Clause

    @property
    def edge_uncertainty_m(self) -> float | None:
        """The widest of the bands that hold its true edges; None where nothing is claimed of them."""
        return max((e.uncertainty_m for e in self.edges if e.uncertainty_m is not None), default=None)

    @property
    def is_outside(self) -> bool:
        """Its stated area is none that its drawing allows, from the near edges of its roads to the far."""
        if self.declared is None or self.declared_for_block or self.area_shaped:
            return False
        low, high = self.near_km2, self.far_km2
        return low is not None and high is not None and not low <= float(self.declared) <= high

    @property
    def banded(self) -> bool:
        """Its edges say how sure they are, so that its page draws bands rather than a circle."""
        return any(edge.uncertainty_m is not None for edge in self.edges)


def _grades(parcels: Iterable[ParcelView]) -> tuple[str, ...]:
    found = {p.grade for p in parcels}
    return tuple(g for g in _GRADES if g in found)


def _weakest(parcels: Iterable[ParcelView]) -> str:
    drawn = _grades(p for p in parcels if p.geometry is not None)
    return drawn[-1] if drawn else "undetermined"


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockView:
    """One block as its row of the table shows it."""

    label: str
    name: str | None
    declared: str | None
    measured_km2: float | None
    """Sum of its parcels; None where one of them was not drawn."""
    difference_km2: float | None
    """Declared minus measured; None where there is no such figure, or the declared one shaped the other."""
    colour: Colour
    parcels: tuple[ParcelView, ...]

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades of its parcels, each once, best first."""
        return _grades(self.parcels)

    @property
    def weakest(self) -> str:
        """The last grade of what is drawn of it, which its swatch shows."""
        return _weakest(self.parcels)

    @property
    def is_shared(self) -> bool:
        """The areas of its parcels are equal shares of its own."""
        return any(parcel.is_shared for parcel in self.parcels)


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingView:
    """A finding of the audit as the panel lists it."""

    severity: Severity
    zh: str
    en: str
    anchor: str
    """Where the page of the audit tells it in full."""
    numbers: tuple[int, ...]
    """Of the parcels that it is about; empty where it is about the whole zone."""
    place: str | None
    """Id of the first of them, by which the zone's page is asked for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneView:
    """One zone as its page and its row of the index show it."""

    id: str
    file: str
    """The name of its page."""
    name: str
    short_name: str
    """What tells it from the other zones, for a map with little room."""
    colour: Colour
    declared: str | None
    """This and the next two in km², as the audit or the plan gives them."""
    total: str | None
    difference: str | None
    verdict: str | None
    """Of all that the audit looked at; None without an audit."""
    sum_verdict: str | None
    """Whether the blocks add up to the total; None where that was not held against anything."""
    drawn_verdict: str | None
    """Whether stated areas hold against polygons that they did not shape; None where none could be held."""
    findings: tuple[FindingView, ...]
    blocks: tuple[BlockView, ...]
    tasks: tuple[Task, ...] = ()
    measures: tuple[Measure, ...] = ()
    """Pilot measures in whose scope the zone lies."""

    @property
    def problems(self) -> tuple[FindingView, ...]:
        """Its errors and warnings."""
        return tuple(finding for finding in self.findings if finding.severity != "note")

    @property
    def groups(self) -> tuple[tuple[str | None, tuple[Task, ...]], ...]:
        """The tasks under the headings of their groups."""
        return tuple((group, tuple(of)) for group, of in groupby(self.tasks, key=lambda task: task.group))

    @property
    def scopes(self) -> tuple[tuple[str, tuple[Measure, ...]], ...]:
        """The measures by scope, in the order in which the scopes are first told."""
        scopes: dict[str, list[Measure]] = {}
        for measure in self.measures:
            scopes.setdefault(measure.scope, []).append(measure)
        return tuple((scope, tuple(of)) for scope, of in scopes.items())

    @property
    def words_beside(self) -> tuple[str, ...]:
        """What its page names beside the map only: what was not drawn, tasks, measures, their departments."""
        undrawn = [word for p in self.parcels if p.geometry is None for word in (p.title, p.name) if word]
        policy = [word for t in self.tasks for word in (t.heading, *t.departments)]
        return (*undrawn, *policy, *(word for m in self.measures for word in (m.name, *m.departments)))

    @property
    def parcels(self) -> tuple[ParcelView, ...]:
        """All parcels, in the order of the text."""
        return tuple(p for b in self.blocks for p in b.parcels)

    @property
    def drawn(self) -> tuple[tuple[ParcelView, BaseGeometry], ...]:
        """The parcels that have a geometry, with it."""
        return tuple((p, p.geometry) for p in self.parcels if p.geometry is not None)

    @property
    def is_placed(self) -> bool:
        """Some clue tells where one of its parcels lies, or none is drawn."""
        return not self.drawn or any(parcel.is_placed for parcel, _ in self.drawn)

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades of its parcels, each once, best first."""
        return _grades(self.parcels)

    @property
    def weakest(self) -> str:
        """The last grade of what is drawn of it, which its swatch shows."""
        return _weakest(self.parcels)

    @property
    def methods(self) -> tuple[str, ...]:
        """How its edges were drawn, each once."""
        found = {e.method for p in self.parcels for e in p.edges}
        return tuple(m for m in _METHODS if m in found)


def figure(value: object) -> str | None:
    """Return a figure of km² with the digits it has, six decimals at most; None for none.

    Examples
    --------
    >>> figure(Decimal("49.70")), figure(0.01), figure(Decimal(100) / 1500), figure(float("nan"))
    ('49.70', '0.01', '0.066667', None)
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, Decimal) and int(value.as_tuple().exponent) >= -6:
        return f"{value:f}"
    if isinstance(value, str):
        return value
    return f"{Decimal(repr(round(float(value), 6))).normalize():f}"  # type: ignore[arg-type] # a number


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _word(value: Any) -> str | None:
    """Return a cell of text; None for an empty one (pandas writes nan there)."""
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stated:
    """What the document says of a parcel, in its own digits and words."""

    block_id: str | None
    own: str | None
    of_block: str | None
    clause: Clause


def _km2(area: Area | None) -> str | None:
    return None if area is None else figure(area.km2)


def _stated(plan: Plan) -> dict[str, _Stated]:
    return {
        parcel.id: _Stated(
            block_id=block.id,
            own=_km2(parcel.declared_area),
            of_block=_km2(block.declared_area),
            clause=Clause(
                text=plan.words(parcel.span),
                start=parcel.span[0],
                marks=(
                    *((side, feature.span) for side, feature in parcel.features()),
                    *((None, feature.span) for feature in (*parcel.ring, *parcel.members)),
                ),
            ),
        )
        for _, block, parcel in plan.walk()
    }


def _as_frame_says(row: Mapping[str, Any]) -> _Stated:
    return _Stated(
        block_id=None,
        own=figure(row.get("declared_area_km2")),
        of_block=figure(row.get("block_declared_area_km2")),
        clause=Clause(text=_word(row.get("text")) or ""),
    )


def _parcel(
    row: Mapping[str, Any], number: int, stated: _Stated, colour: Colour, edges: tuple[Edge, ...]
) -> ParcelView:
    block, label, name = (_word(row.get(key)) for key in ("block", "parcel", "block_name"))
    parcel_id, reasons = str(row["id"]), reasons_of(row)
    codes = {reason.code for reason in reasons}
    return ParcelView(
        id=parcel_id,
        number=number,
        block_id=stated.block_id,
        block=block,
        label=label,
        title=" ".join(filter(None, (block, label))) or parcel_id,
        name=name if name != block else None,
        colour=colour,
        geometry=row["geometry"],
        grade=row["grade"],
        reasons=reasons,
        declared=stated.own or stated.of_block,
        declared_for_block=stated.own is None and label is not None,
        measured_km2=_number(row.get("measured_area_km2")),
        area_shaped=bool(row.get("area_shaped")),
        near_km2=_number(row.get("area_near_km2")),
        far_km2=_number(row.get("area_far_km2")),
        uncertainty_m=_number(row.get("placement_uncertainty_m")),
        by_sides=BY_SIDES in codes,
        is_placed=has_place(row),
        is_shared=SHARED_AREA in codes,
        abuttals=tuple(_word(row.get(side)) for side in DIRECTIONS),
        edges=edges,
        clause=stated.clause,
    )


def _blocks(
    rows: Sequence[Mapping[str, Any]], stated: Mapping[str, _Stated], edges: Mapping[str, tuple[Edge, ...]]
) -> tuple[BlockView, ...]:
    """Return the blocks of a zone's rows: by the plan, or without one, by label and name."""
    said = [stated.get(row["id"]) or _as_frame_says(row) for row in rows]
    keys = [words.block_id or _block_key(row) for row, words in zip(rows, said, strict=True)]
    blocks: list[BlockView] = []
    for _, numbers in groupby(range(len(rows)), key=keys.__getitem__):
        colour = PALETTE[len(blocks) % len(PALETTE)]
        parcels = [_parcel(rows[n], n, said[n], colour, edges.get(rows[n]["id"], ())) for n in numbers]
        first = parcels[0].number
        blocks.append(_block(tuple(parcels), _word(rows[first].get("block")), said[first].of_block))
    return tuple(blocks)


def _block_key(row: Mapping[str, Any]) -> object:
    label, name = _word(row.get("block")), _word(row.get("block_name"))
    return (label, name) if label or name else row["id"]


def _block(parcels: tuple[ParcelView, ...], label: str | None, declared: str | None) -> BlockView:
    measured = [p.measured_km2 for p in parcels if p.measured_km2 is not None]
    own = parcels[0].declared if len(parcels) == 1 else None
    stated = declared or own
    whole = sum(measured) if len(measured) == len(parcels) else None
    return BlockView(
        label=label or parcels[0].title,
        name=parcels[0].name,
        declared=stated,
        measured_km2=whole,
        difference_km2=(
            None
            if stated is None or whole is None or any(p.area_shaped for p in parcels)
            else float(stated) - whole
        ),
        colour=parcels[0].colour,
        parcels=parcels,
    )


def page_files(drawing: Drawing) -> dict[str, str]:
    """Return the names of the pages of all zones, by the zone's id."""
    return {zone_id: page_file(zone_id, n) for n, zone_id in enumerate(_rows_by_zone(drawing), 1)}


def page_file(zone_id: str, number: int) -> str:
    """Return a page's name: after the zone's id, or its number where the id could leave the folder.

    Examples
    --------
    >>> page_file("xiqing", 1), page_file("../x", 2), page_file("index", 3)
    ('xiqing.html', '_2.html', '_3.html')
    """
    safe = zone_id.isascii() and zone_id.replace("-", "").isalnum() and zone_id != "index"
    return f"{zone_id}.html" if safe else f"_{number}.html"


def _shared(names: Sequence[str]) -> int:
    """Return how many characters all names begin with."""
    columns = enumerate(zip(*names, strict=False))
    return next((i for i, letters in columns if len(set(letters)) > 1), min(map(len, names), default=0))


def short_names(names: Sequence[str]) -> list[str]:
    """Return names without the beginning and the end that all share, if that is much and leaves something.

    Examples
    --------
    >>> short_names(["天津自贸试验区西青经开区联动创新区", "天津自贸试验区子牙经开区联动创新区"])
    ['西青', '子牙']
    >>> short_names(["东丽区", "河东区"]), short_names(["天津自贸试验区"])
    (['东丽区', '河东区'], ['天津自贸试验区'])
    """
    start = _shared(names)
    end = _shared([name[start:][::-1] for name in names])
    start, end = (0 if n < 4 else n for n in (start, end))
    short = [name[start : len(name) - end] for name in names]
    return short if min(map(len, short), default=0) >= 2 else list(names)


def _findings(
    audit: Audit | None, zone_id: str | None, parcels: Sequence[ParcelView] = ()
) -> tuple[FindingView, ...]:
    """Return the findings about a zone, the worst first; of no zone, those about the whole document."""
    numbered = enumerate(audit.findings if audit else ())
    own = [(n, finding) for n, finding in numbered if finding.zone_id == zone_id]
    return tuple(
        _finding(finding, finding_anchor(n), parcels)
        for n, finding in sorted(own, key=lambda pair: _SEVERITIES.index(pair[1].severity))
    )


def _finding(finding: Finding, anchor: str, parcels: Sequence[ParcelView]) -> FindingView:
    about = finding.parcel_id or finding.block_id
    own = [parcel for parcel in parcels if about and about in (parcel.id, parcel.block_id)]
    return FindingView(
        severity=finding.severity,
        zh=finding.zh,
        en=finding.en,
        anchor=anchor,
        numbers=tuple(parcel.number for parcel in own),
        place=own[0].id if own else None,
    )


def general_findings(audit: Audit | None) -> tuple[FindingView, ...]:
    """Return the errors and warnings that are about no one zone, the worst first."""
    return tuple(finding for finding in _findings(audit, None) if finding.severity != "note")


def _drawn_verdict(totals: ZoneSummary, blocks: Sequence[BlockView]) -> str | None:
    """Return the worst of what the audit says of blocks against their polygons.

    Nothing passes as a whole while a block was not compared, or states what its own drawing does not allow.
    """
    told = [block.verdict for block in totals.blocks]
    found = [verdict for verdict in told if verdict is not None]
    whole = len(found) == len(told) and not any(p.is_outside for block in blocks for p in block.parcels)
    if not found:
        return None
    verdicts: list[str] = [*found, *([] if whole else ["incomplete"])]
    return max(verdicts, key=list(map(str, HOLDS_ZH)).index)


SKETCH_NOTES = {
    "all": "示意：按文字和面积排布，位置只在各区块所述误差以内",
    "some": "含示意区块：按文字和面积排布，位置只在各区块所述误差以内",
    "unplaced": "示意，位置未知：只示大小和相邻关系",
}
"""What a page says of its sketches: of all that it shows, of some, and where none of it has a place."""


def sketch_note(zones: Iterable[ZoneView]) -> str | None:
    """Return what a page of zones says of its sketches; None where it shows none."""
    drawn = [parcel for zone in zones for parcel, _ in zone.drawn]
    sketched = [parcel for parcel in drawn if parcel.grade == "sketched"]
    if not sketched:
        return None
    if not any(parcel.is_placed for parcel in drawn):
        return SKETCH_NOTES["unplaced"]
    return SKETCH_NOTES["all" if len(sketched) == len(drawn) else "some"]


def zone_views(
    plan: Plan | None,
    drawing: Drawing,
    audit: Audit | None,
    measures: Mapping[str, Sequence[Measure]] | None = None,
) -> tuple[ZoneView, ...]:
    """Return zones, blocks and parcels in words, in the frame's order.

    Parameters
    ----------
    plan : Plan or None
        Where the clauses are quoted from; without one, the frame's own ``text``.
    drawing : Drawing
    audit : Audit or None
        Where the zones' totals come from; without one, totals are the plan's and no verdict is given.
    measures : mapping of zone id to sequence of Measure, optional
        Pilot measures that apply in each zone.

    Returns
    -------
    tuple of ZoneView
    """
    stated, edges = _stated(plan) if plan else {}, drawing.edges_of()
    declared = {z.id: z.declared_area.km2 for z in (plan.zones if plan else ()) if z.declared_area}
    audited = {zone.id: zone for zone in (audit.zones if audit else ())}
    by_zone, files = _rows_by_zone(drawing), page_files(drawing)
    names = [_word(rows[0].get("zone")) or zone_id for zone_id, rows in by_zone.items()]
    views: list[ZoneView] = []
    for zone_id, name, short_name in zip(by_zone, names, short_names(names), strict=True):
        blocks = _blocks(by_zone[zone_id], stated, edges)
        totals = audited.get(zone_id, ZoneSummary(id=zone_id))
        views.append(
            ZoneView(
                id=zone_id,
                file=files[zone_id],
                name=name,
                short_name=short_name,
                colour=PALETTE[len(views) % len(PALETTE)],
                declared=figure(declared.get(zone_id, totals.declared_km2)),
                total=figure(totals.sum_km2),
                difference=figure(totals.difference_km2),
                verdict=totals.verdict if zone_id in audited else None,
                sum_verdict=totals.sum_verdict,
                drawn_verdict=_drawn_verdict(totals, blocks),
                findings=_findings(audit, zone_id, [parcel for block in blocks for parcel in block.parcels]),
                blocks=blocks,
                tasks=tuple(t for t in (plan.tasks if plan else ()) if t.zone_id == zone_id),
                measures=tuple((measures or {}).get(zone_id, ())),
            )
        )
    return tuple(views)


def _rows_by_zone(drawing: Drawing) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of parcels, with their ids, by the id of their zone."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in drawing.parcels.rename_axis("id").reset_index().to_dict("records"):
        found.setdefault(str(row["zone_id"]), []).append(row | {"id": str(row["id"])})
    return found
