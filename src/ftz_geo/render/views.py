"""What the pages say: the frame of parcels, the plan and the audit, put into words and figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.frame import reasons_of
from ftz_geo.model import ZoneSummary
from ftz_geo.render.quotes import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markupsafe import Markup
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Area, Audit, Edge, Finding, Measure, Method, Plan, Severity, Span, Task

__all__ = [
    "GRADES",
    "METHODS",
    "PALETTE",
    "BlockView",
    "Clause",
    "Colour",
    "FindingView",
    "ParcelView",
    "ZoneView",
    "figure",
    "zone_views",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """A hue of the palette: as a fill, and dark enough to be read as text on paper."""

    number: int
    """Its place in the palette, and so the number of its hatch."""
    fill: str
    ink: str


PALETTE = tuple(
    Colour(number=number, fill=fill, ink=ink)
    for number, (fill, ink) in enumerate(
        (
            ("#4477aa", "#27496d"),
            ("#cc6677", "#8c2f40"),
            ("#ddaa33", "#7a5a0c"),
            ("#228833", "#155a20"),
            ("#aa4499", "#742a67"),
            ("#44aa99", "#1f655a"),
            ("#999933", "#5c5c15"),
            ("#882255", "#651440"),
            ("#66aadd", "#255f8a"),
        )
    )
)
"""Hues that stay apart for colour-blind eyes, after Paul Tol, Colour schemes, SRON/EPS/TN/09-002 (bright and
muted); neighbouring blocks are told apart by their labels too, so more blocks than hues do no harm."""

GRADES: Mapping[str, str] = {
    "surveyed": "按给定坐标绘制",
    "traced": "各边落在底图的同名地物上",
    "inferred": "部分边按规则推定，逐条列明",
    "sketched": "按文字和面积排布，位置不可用于定位",
    "undetermined": "未能绘出图形，原因见表",
}
"""What each grade claims, in the words of the legend."""

METHODS: Mapping[Method, str | None] = {
    "on-feature": None,
    "bridge": "7 5",
    "extension": "7 5",
    "landmark": "2 5",
    "offset": "2 5",
    "area-closure": "2 5",
    "sketch": "9 4 2 4",
    "edited": "14 4",
}
"""The dash of an edge by how it was drawn; an unbroken line claims that it lies on the feature."""


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
    block_id: str
    """The block's id in the plan; without a plan, the id of its first parcel."""
    block: str | None
    """The block's label, or its name."""
    label: str | None
    title: str
    """Both, or the id."""
    name: str | None
    colour: Colour
    geometry: BaseGeometry | None
    grade: str
    reasons: tuple[tuple[str, str | None], ...]
    """Each in Chinese, and in English if it was told in it."""
    declared: str | None
    """Stated km² of this parcel, or of its whole block where it has no figure of its own."""
    declared_for_block: bool
    measured_km2: float | None
    area_shaped: bool
    near_km2: float | None
    far_km2: float | None
    uncertainty_m: float | None
    sides: tuple[str | None, ...]
    """What it abuts on to the east, south, west, north, as written."""
    evidence: tuple[Edge, ...]
    clause: Clause


def _grades(parcels: Iterable[ParcelView]) -> tuple[str, ...]:
    found = {p.grade for p in parcels}
    return tuple(g for g in GRADES if g in found)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingView:
    """A finding of the audit as the panel lists it."""

    severity: Severity
    zh: str
    en: str
    numbers: tuple[int, ...]
    """Of the parcels that it is about; empty where it is about the whole zone."""


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
    """This and the next three in km², as the audit or the plan gives them."""
    total: str | None
    difference: str | None
    limit: str | None
    verdict: str | None
    findings: tuple[FindingView, ...]
    blocks: tuple[BlockView, ...]
    tasks: tuple[Task, ...] = ()
    measures: tuple[Measure, ...] = ()
    """Pilot measures in whose scope the zone lies."""

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
    def parcels(self) -> tuple[ParcelView, ...]:
        """All parcels, in the order of the text."""
        return tuple(p for b in self.blocks for p in b.parcels)

    @property
    def drawn(self) -> tuple[tuple[ParcelView, BaseGeometry], ...]:
        """The parcels that have a geometry, with it."""
        return tuple((p, p.geometry) for p in self.parcels if p.geometry is not None)

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
        found = {e.method for p in self.parcels for e in p.evidence}
        return tuple(m for m in METHODS if m in found)


def figure(value: object) -> str | None:
    """Write a figure of km² with the digits it has, six decimals at most; None for none.

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
    return None if value is None or math.isnan(value) else float(value)


def _word(value: Any) -> str | None:
    """Give a cell of text; None for an empty one (pandas writes nan there)."""
    return value if isinstance(value, str) and value else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stated:
    """What the document says of a parcel, in its own digits and words."""

    block_id: str | None = None
    own: str | None
    of_block: str | None
    clause: Clause


def _km2(area: Area | None) -> str | None:
    return None if area is None else figure(area.km2)


def _stated(plan: Plan | None) -> dict[str, _Stated]:
    if plan is None:
        return {}
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
        for zone in plan.zones
        for block in zone.blocks
        for parcel in block.parcels
    }


def _as_frame_says(row: Mapping[str, Any]) -> _Stated:
    return _Stated(
        own=figure(row.get("declared_area_km2")),
        of_block=figure(row.get("block_declared_area_km2")),
        clause=Clause(text=_word(row.get("text")) or ""),
    )


def _parcel(
    row: Mapping[str, Any],
    number: int,
    stated: _Stated,
    colour: Colour,
    block_id: str,
    edges: tuple[Edge, ...],
) -> ParcelView:
    block, label, name = (_word(row.get(key)) for key in ("block", "parcel", "block_name"))
    parcel_id = str(row["id"])
    return ParcelView(
        id=parcel_id,
        number=number,
        block_id=block_id,
        block=block,
        label=label,
        title=" ".join(filter(None, (block, label))) or parcel_id,
        name=name if name != block else None,
        colour=colour,
        geometry=row["geometry"],
        grade=row["grade"],
        reasons=tuple((reason.zh, reason.en) for reason in reasons_of(row)),
        declared=stated.own or stated.of_block,
        declared_for_block=stated.own is None and label is not None,
        measured_km2=_number(row.get("measured_area_km2")),
        area_shaped=bool(row.get("area_shaped")),
        near_km2=_number(row.get("area_near_km2")),
        far_km2=_number(row.get("area_far_km2")),
        uncertainty_m=_number(row.get("placement_uncertainty_m")),
        sides=tuple(_word(row.get(side)) for side in DIRECTIONS),
        evidence=edges,
        clause=stated.clause,
    )


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


def _block_key(row: Mapping[str, Any]) -> object:
    label, name = _word(row.get("block")), _word(row.get("block_name"))
    return (label, name) if label or name else row["id"]


def page_file(zone_id: str, number: int) -> str:
    """Name a zone's page after its id, or after its number where the id could leave the folder.

    Examples
    --------
    >>> page_file("xiqing", 1), page_file("../x", 2), page_file("index", 3)
    ('xiqing.html', '_2.html', '_3.html')
    """
    safe = zone_id.isascii() and zone_id.replace("-", "").isalnum() and zone_id != "index"
    return f"{zone_id}.html" if safe else f"_{number}.html"


def _shared(names: Sequence[str]) -> int:
    """How many characters all names begin with."""
    columns = enumerate(zip(*names, strict=False))
    return next((i for i, letters in columns if len(set(letters)) > 1), min(map(len, names), default=0))


def short_names(names: Sequence[str]) -> list[str]:
    """Take off the beginning and the end that all names share, if that is much and leaves something.

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


_SEVERITIES = ("error", "warning", "note")


def _finding(finding: Finding, parcels: Sequence[ParcelView]) -> FindingView:
    about = finding.parcel_id or finding.block_id
    return FindingView(
        severity=finding.severity,
        zh=finding.zh,
        en=finding.en,
        numbers=tuple(p.number for p in parcels if about and about in (p.id, p.block_id)),
    )


def zone_views(
    plan: Plan | None,
    drawing: Drawing,
    audit: Audit | None,
    measures: Mapping[str, Sequence[Measure]] | None = None,
) -> tuple[ZoneView, ...]:
    """Put zones, blocks and parcels into words, in the frame's order.

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
    stated = _stated(plan)
    audited = {zone.id: zone for zone in (audit.zones if audit else ())}
    declared = {z.id: z.declared_area.km2 for z in (plan.zones if plan else ()) if z.declared_area}
    edges = drawing.edges_of()
    records: list[dict[str, Any]] = drawing.parcels.rename_axis("id").reset_index().to_dict("records")
    by_zone: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        by_zone.setdefault(str(record["zone_id"]), []).append(record)

    names = [_word(rows[0].get("zone")) or zone_id for zone_id, rows in by_zone.items()]
    views = []
    for number, (zone_id, rows) in enumerate(by_zone.items()):
        blocks: list[BlockView] = []
        for _, group in groupby(enumerate(rows), key=lambda numbered: _block_key(numbered[1])):
            members = [(n, row, stated.get(str(row["id"])) or _as_frame_says(row)) for n, row in group]
            colour = PALETTE[len(blocks) % len(PALETTE)]
            block_id = members[0][2].block_id or str(members[0][1]["id"])
            blocks.append(
                _block(
                    tuple(
                        _parcel(row, n, words, colour, block_id, edges.get(str(row["id"]), ()))
                        for n, row, words in members
                    ),
                    label=_word(members[0][1].get("block")),
                    declared=members[0][2].of_block,
                )
            )
        totals = audited.get(zone_id, ZoneSummary(id=zone_id))
        views.append(
            ZoneView(
                id=zone_id,
                file=page_file(zone_id, number + 1),
                name=names[number],
                short_name=short_names(names)[number],
                colour=PALETTE[number % len(PALETTE)],
                declared=figure(declared.get(zone_id, totals.declared_km2)),
                total=figure(totals.sum_km2),
                difference=figure(totals.difference_km2),
                limit=figure(totals.limit_km2),
                verdict=totals.verdict if zone_id in audited else None,
                findings=tuple(
                    _finding(f, [p for b in blocks for p in b.parcels])
                    for f in sorted(
                        audit.findings if audit else (), key=lambda f: _SEVERITIES.index(f.severity)
                    )
                    if f.zone_id == zone_id
                ),
                blocks=tuple(blocks),
                tasks=tuple(t for t in (plan.tasks if plan else ()) if t.zone_id == zone_id),
                measures=tuple((measures or {}).get(zone_id, ())),
            )
        )
    return tuple(views)
