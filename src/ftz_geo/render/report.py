"""The audit on one printable page: what does not add up, the figures behind it, the words they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftz_geo.model import LABELS_ZH
from ftz_geo.render.offline import own, template
from ftz_geo.render.quotes import quotes
from ftz_geo.render.views import VERDICTS, figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Audit, Finding, Plan

__all__ = ["audit_page"]

_SEVERITIES = ("error", "warning", "note")

_FIGURES = (
    ("declared_km2", "申报"),
    ("measured_km2", "对照"),
    ("difference_km2", "差"),
    ("limit_km2", "允许差"),
)

_APPENDIX = (("inputs", "输入文件（SHA-256）"), ("settings", "设置"), ("versions", "版本"))


def _places(plan: Plan) -> dict[str, str]:
    """Name zones, blocks and parcels by their id, as a reader of the document knows them."""
    places = {}
    for zone in plan.zones:
        places[zone.id] = zone.name or zone.id
        for block in zone.blocks:
            title = block.label or block.name or block.id
            places[block.id] = f"{places[zone.id]} {title}"
            for parcel in block.parcels:
                places.setdefault(parcel.id, " ".join(filter(None, (places[block.id], parcel.label))))
    return places


def _finding(finding: Finding, plan: Plan, places: Mapping[str, str]) -> dict[str, Any]:
    place = finding.parcel_id or finding.block_id or finding.zone_id
    return {
        "severity": finding.severity,
        "place": places.get(place, place) if place else "全文",
        "zh": finding.zh,
        "figures": [(word, text) for key, word in _FIGURES if (text := figure(getattr(finding, key)))],
        "quotes": quotes(plan.text, finding.spans),
    }


def _zone(zone: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": zone.get("name") or zone["id"],
        "verdict": zone.get("verdict"),
        **{key: figure(zone.get(key)) for key in ("declared_km2", "sum_km2", "difference_km2", "limit_km2")},
        "basis": (zone.get("measured_basis") or {}).get("zh"),
        "blocks": [
            {
                "label": block.get("label") or block.get("name") or block["id"],
                "name": block.get("name") if block.get("label") else None,
                "declared_km2": figure(block.get("declared_km2")),
                "measured_km2": block.get("measured_km2"),
                "grade": block.get("grade"),
            }
            for block in zone.get("blocks", ())
        ],
    }


def audit_page(plan: Plan, audit: Audit) -> str:
    """Write an audit as one Chinese page that prints on A4.

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
    >>> from ftz_geo.model import Plan, Source
    >>> from ftz_geo.model import Audit
    >>> plan = Plan(text="", source=Source(file="plan.txt"), zones=())
    >>> page = audit_page(plan, Audit(findings=(), zones=()))
    >>> "没有发现" in page
    True
    """
    places = _places(plan)
    ordered = sorted(audit.findings, key=lambda f: _SEVERITIES.index(f.severity))
    warned = any(finding.severity == "warning" for finding in audit.findings)
    return template("audit.html").render(
        style=own("audit.css"),
        source=plan.source,
        verdict=audit.verdict,
        verdicts={
            "pass": "通过",
            "notes": "没有错误，有警告须核实" if warned else "通过，有说明",
            "fail": "不通过",
        },
        zone_verdicts=VERDICTS,
        counts=[(s, sum(f.severity == s for f in audit.findings)) for s in _SEVERITIES],
        zones=[_zone(zone) for zone in audit.zones],
        findings=[_finding(f, plan, places) for f in ordered],
        unread=quotes(plan.text, plan.unread),
        labels=LABELS_ZH,
        metadata=audit.metadata,
        method=audit.metadata.get("method", {}).get("zh", ()),
        checks=[check["zh"] for check in audit.metadata.get("checks", ())],
        appendix=[(word, audit.metadata[key]) for key, word in _APPENDIX if audit.metadata.get(key)],
    )
