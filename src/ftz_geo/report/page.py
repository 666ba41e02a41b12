"""The audit on one printable page: what does not add up, the figures behind it, the words they rest on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ftz_geo.model import HOLDS_ZH, LABELS_ZH, PASSES_ZH, title
from ftz_geo.render.offline import own, template
from ftz_geo.render.quotes import quotes
from ftz_geo.render.views import figure
from ftz_geo.report.words import FIGURES_ZH, SEVERITIES, source_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Audit, BlockSummary, Finding, Plan, Settings, Ways, ZoneSummary

__all__ = ["audit_page"]

_SETTINGS = {
    "boundary_tolerance_m": "界线误差",
    "bridge_tolerance_m": "可连接的缺口",
    "road_gap_m": "示意图形间的路宽",
    "road_half_width_m": "半个路宽",
    "gap_width_m": "空隙宽度",
    "landmark_half_width_m": "地标半宽",
    "boundary": "道路、河流的界线取",
    "outline_tolerance_m": "区县界底图误差",
}
_BOUNDARIES = {"centre": "中线", "near": "近边", "far": "远边"}


def audit_page(plan: Plan, audit: Audit) -> str:
    """Return an audit as one Chinese page that prints on A4.

    Parameters
    ----------
    plan : Plan
        Its text is quoted.
    audit : Audit

    Returns
    -------
    str
        HTML without scripts and without anything to fetch.

    Examples
    --------
    >>> from ftz_geo.model import Audit, Plan, Source
    >>> plan = Plan(text="", source=Source(file="plan.txt"), zones=())
    >>> page = audit_page(plan, Audit(findings=(), zones=()))
    >>> "没有发现" in page
    True
    """
    titles = _titles(plan)
    severities = Counter(finding.severity for finding in audit.findings)
    notes = "没有错误，有警告须核实" if severities["warning"] else "通过，有说明"
    return template("audit.html").render(
        style=own("audit.css"),
        source=plan.source,
        audit=audit,
        verdicts={**PASSES_ZH, "notes": notes},
        zone_verdicts=HOLDS_ZH,
        sum_verdicts={**HOLDS_ZH, "notes": "在取舍之内"},
        labels=LABELS_ZH,
        counts=[(severity, severities[severity]) for severity in SEVERITIES],
        findings=[
            _finding(finding, plan, titles)
            for finding in sorted(audit.findings, key=lambda f: SEVERITIES.index(f.severity))
        ],
        found=Counter(finding.check for finding in audit.findings),
        unread=quotes(plan.text, plan.unread),
        sources=[source_words(source) for source in audit.metadata.sources],
        settings=_settings(audit.metadata.settings),
        figure=figure,
        ways=_ways,
        totals=_totals,
        has_shaped=any(_is_shaped(block) for zone in audit.zones for block in zone.blocks),
    )


def _titles(plan: Plan) -> dict[str, str]:
    """Return what zones, blocks and parcels are called, by id; a block's only parcel shares its id."""
    titles: dict[str, str] = {}
    for zone in plan.zones:
        titles[zone.id] = title(zone)
        for block in zone.blocks:
            titles[block.id] = title(zone, block)
            for parcel in block.parcels:
                titles.setdefault(parcel.id, title(zone, block, parcel))
    return titles


def _finding(finding: Finding, plan: Plan, titles: Mapping[str, str]) -> dict[str, Any]:
    about = finding.parcel_id or finding.block_id or finding.zone_id
    return {
        "severity": finding.severity,
        "place": titles.get(about, about) if about else "全文",
        "check": finding.check,
        "zh": finding.zh,
        "figures": [(zh, text) for key, zh in FIGURES_ZH.items() if (text := figure(getattr(finding, key)))],
        "quotes": quotes(plan.text, finding.spans),
    }


def _ways(block: BlockSummary) -> tuple[str, ...] | None:
    """Return a block's area in three ways; in brackets where it proves nothing."""
    drawn = block.measured_ways_km2 or block.drawn_ways_km2
    if drawn is None:
        return None
    written = _written([drawn])
    return written if block.measured_ways_km2 else tuple(f"({way})" for way in written)


def _totals(zone: ZoneSummary) -> tuple[str, ...] | None:
    """Return the sum of what was measured; None unless every addend of the zone was."""
    addends = [block.measured_ways_km2 for block in zone.blocks if block.part_of_total]
    measured = [ways for ways in addends if ways]
    return _written(measured) if measured and len(measured) == len(addends) else None


def _written(ways: list[Ways]) -> tuple[str, ...]:
    sums = (sum(w.ellipsoid for w in ways), sum(w.geodesic for w in ways), sum(w.plane for w in ways))
    return tuple(f"{km2:.6f}" for km2 in sums)


def _is_shaped(block: BlockSummary) -> bool:
    """Whether a block's polygons are shown that prove nothing of its area."""
    return block.drawn_ways_km2 is not None and block.measured_ways_km2 is None


def _settings(settings: Settings) -> list[str]:
    return [
        f"{word} {_BOUNDARIES[settings.boundary] if key == 'boundary' else f'{getattr(settings, key):g} 米'}"
        for key, word in _SETTINGS.items()
    ]
