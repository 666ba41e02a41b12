"""Words, candidates, choice and edge of one parcel: as a table for the terminal, and as an offline page."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import shapely

from ftz_geo.explain import fate, rule_zh
from ftz_geo.model import LABELS_ZH, Grade, Method
from ftz_geo.render.credits import credits_of
from ftz_geo.render.page import bounds_of, layers_of, map_page
from ftz_geo.render.quotes import marked
from ftz_geo.render.shapes import DrawnParcel, PageData
from ftz_geo.render.views import sketch_note, zone_views

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.table import Table
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.explain import Explanation
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Candidate, Plan, ReferenceMap

__all__ = ["add_candidates", "candidate_shapes", "explanation_page", "explanation_table"]

_LINE_TOLERANCE_DEGREES = 1e-5
"""How far a candidate's line may be simplified on the page: 1 m, less than its width there."""


def explanation_table(told: Explanation) -> Table:
    """Return an explanation as a table of one row per feature.

    Parameters
    ----------
    told : Explanation

    Returns
    -------
    rich.table.Table
        Words, candidates with why they lost, choice, edge, and whether it is sure.
    """
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for head in ("四至", "候选", "取用", "边线", "把握"):
        table.add_column(head, overflow="fold")
    for feature in told.features:
        chosen = feature.chosen
        candidates = [
            f"{c.map_name}（{rule_zh(c.how)}，{len(c.source_ids)}段）" + (f"：{fate(c).zh}" if c.lost else "")
            for c in feature.candidates
        ]
        edges = [
            f"{LABELS_ZH[e.method]} {e.length_m:.0f} 米"
            + (f" [{_few(e.source_ids)}]" if e.source_ids else "")
            for e in feature.edges
        ]
        cells = (
            f"{LABELS_ZH[feature.side]}至 {feature.feature.name}",
            "\n".join(candidates) or "—",
            chosen.map_name if chosen else "—",
            "\n".join(edges) or "—",
            "；".join(d.zh for d in feature.doubts) or "确定",
        )
        table.add_row(*map(Text, cells))
    return table


def _few(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:4]) + (f" 等{len(ids)}段" if len(ids) > 4 else "")


def explanation_page(
    plan: Plan,
    drawing: Drawing,
    told: Sequence[Explanation],
    shapes: Mapping[str, BaseGeometry],
) -> str:
    """Return a page that shows a block with the candidates of its sides, chosen and lost, beside the words.

    Parameters
    ----------
    plan : Plan
    drawing : Drawing
        As ``draw`` gives it.
    told : sequence of Explanation
        One for each of the block's parcels.
    shapes : mapping of source id to geometry
        The map's features that are candidates, longitude and latitude.

    Returns
    -------
    str
        HTML, one file complete in itself.
    """
    of_block = drawing.select([one.parcel_id for one in told])
    data = PageData()
    zones = zone_views(plan, of_block, None)
    drawn = [found for zone in zones for found in zone.drawn]
    for parcel, geometry in drawn:
        shape = DrawnParcel(parcel=parcel, geometry=geometry, colour=parcel.colour, card=parcel.number)
        data.add_shape(shape, evidence=True)
    for one in told:
        add_candidates(data, one, shapes)
    spans = {parcel.id: parcel.span for parcel in plan.parcels}
    bounds = bounds_of([geometry for _, geometry in drawn] or [*shapes.values()])
    methods = {edge.method for one in told for feature in one.features for edge in feature.edges}
    return map_page(
        "explain.html",
        bounds=bounds,
        layers=layers_of({"blocks", "chosen", "lost", "edges", "sideNames", "names", "graticule"}),
        data=data,
        told=told,
        sources=credits_of(drawing.about),
        references=drawing.about.get("reference", ()),
        datum_zh=_datum_zh,
        rule_zh=rule_zh,
        fate=fate,
        clauses=[
            marked(plan.text, spans[one.parcel_id], [f.feature.span for f in one.features]) for one in told
        ],
        methods=[method for method in get_args(Method) if method in methods],
        grades=[grade for grade in get_args(Grade) if any(one.grade == grade for one in told)],
        apart=any(not parcel.is_placed for parcel, _ in drawn),
        sketch_note=sketch_note(zones),
        source=plan.source,
    )


def _datum_zh(check: str) -> str:
    """Return in Chinese what the check of a map's datum came to.

    >>> _datum_zh("not checked: no district on it fits an outline that is known"), _datum_zh("WGS 84: its …")
    ('未检验', 'WGS 84')
    """
    verdict = check.partition(":")[0]
    return {"not checked": "未检验", "unclear": "不明"}.get(verdict, verdict)


def candidate_shapes(told: Iterable[Explanation], reference: ReferenceMap) -> dict[str, BaseGeometry]:
    """Return the features of a map that names may mean, by their ids there."""
    rows = reference.features.set_index("source_id").geometry
    ids = (i for one in told for f in one.features for c in f.candidates for i in c.source_ids)
    return {i: rows[i] for i in ids if i in rows.index}


def add_candidates(data: PageData, told: Explanation, shapes: Mapping[str, BaseGeometry]) -> None:
    """Add what the names of a parcel's sides may mean to a page."""
    for feature in told.features:
        name = feature.feature.name
        # The lost ones first: where two run together, the chosen one lies on top.
        for candidate in reversed(feature.candidates):
            became = fate(candidate)
            words = (
                f"{LABELS_ZH[feature.side]}至 {name} → "
                f"{candidate.map_name}（{rule_zh(candidate.how)}）：{became.zh}",
                f"{feature.side}: {name} → {candidate.map_name} ({candidate.how}): {became.en}",
            )
            data.add_candidate(_lines(candidate, shapes), chosen=candidate.lost is None, words=words)


def _lines(candidate: Candidate, shapes: Mapping[str, BaseGeometry]) -> list[BaseGeometry]:
    """Return the lines of a candidate, the outlines of its areas, and a small cross for a point."""
    lines: list[BaseGeometry] = []
    for part in shapely.get_parts([shapes[i] for i in candidate.source_ids]):
        if part.geom_type == "Point":
            lines += [
                shapely.LineString([(part.x - d, part.y - e), (part.x + d, part.y + e)]) for d, e in _CROSS
            ]
        elif part.geom_type == "Polygon":
            lines += shapely.get_rings(part).tolist()
        else:
            lines.append(part)
    return [line.simplify(_LINE_TOLERANCE_DEGREES) for line in lines]


_CROSS = ((5e-4, 0.0), (0.0, 5e-4))
