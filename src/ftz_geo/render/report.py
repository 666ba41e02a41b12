"""The audit on one printable page: what does not add up, the figures behind it, the words they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftz_geo.model import LABELS_ZH
from ftz_geo.render.offline import own, template
from ftz_geo.render.quotes import quotes
from ftz_geo.render.views import VERDICTS, figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftz_geo.model import Audit, Finding, Plan

__all__ = ["audit_page"]

_SEVERITIES = ("error", "warning", "note")

_FIGURES = (
    ("declared_km2", "公布"),
    ("measured_km2", "对照"),
    ("difference_km2", "差"),
    ("limit_km2", "允许差"),
)

_ROLES = {"document": "文件", "polygons": "图形", "reference": "底图", "outlines": "区县界"}

_WAYS = ("ellipsoid", "geodesic", "plane")

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
        "check": finding.check,
        "zh": finding.zh,
        "figures": [(word, text) for key, word in _FIGURES if (text := figure(getattr(finding, key)))],
        "quotes": quotes(plan.text, finding.spans),
    }


def _zone(zone: Mapping[str, Any]) -> dict[str, Any]:
    blocks = [_block(block) for block in zone.get("blocks", ())]
    return {
        "name": zone.get("name") or zone["id"],
        "verdict": zone.get("verdict"),
        **{key: figure(zone.get(key)) for key in ("declared_km2", "sum_km2", "difference_km2", "limit_km2")},
        "basis": (zone.get("measured_basis") or {}).get("zh"),
        "blocks": blocks,
        "drawn": any(block["ways"] for block in blocks),
        "totals": _totals(zone.get("blocks", ())),
        "sum_verdict": _sum_verdict(zone.get("difference_km2"), zone.get("limit_km2")),
    }


def _sum_verdict(difference: float | None, limit: float | None) -> str | None:
    if difference is None or limit is None:
        return None
    return "pass" if difference == 0 else "notes" if abs(difference) <= limit else "fail"


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    measured = block.get("measured_ways_km2")
    ways = measured or block.get("drawn_ways_km2")
    return {
        "label": block.get("label") or block.get("name") or block["id"],
        "name": block.get("name") if block.get("label") else None,
        "declared_km2": figure(block.get("declared_km2")),
        "ways": [f"{ways[way]:.6f}" for way in _WAYS] if ways else None,
        "is_proof": measured is not None,
        "difference_km2": _rounded(block.get("difference_km2")),
        "limit_km2": _rounded(block.get("limit_km2")),
        "verdict": block.get("verdict"),
        "grade": block.get("grade"),
    }


def _totals(blocks: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """Add up what was measured; None unless every addend of the zone was."""
    addends = [b.get("measured_ways_km2") for b in blocks if b.get("part_of_total", True)]
    if not addends or not all(addends):
        return None
    return [f"{sum(ways[way] for ways in addends if ways):.6f}" for way in _WAYS]


def _rounded(km2: float | None) -> str | None:
    return None if km2 is None else f"{km2:.6f}"


def _sources(plan: Plan, metadata: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give what every input says of itself; what it does not say is said to be missing."""
    known = metadata.get("sources") or [
        {"role": "document", "file": name, "sha256": digest}
        for name, digest in metadata.get("inputs", {plan.source.file or "文本": plan.source.sha256}).items()
    ]
    return [
        {
            "role": _ROLES.get(source.get("role", ""), "—"),
            "file": str(source["file"]),
            "licence": _said(source, "licence"),
            "date": _said(source, "date"),
            "datum": _said(source, "datum" if source.get("datum") else "crs"),
            "sha256": str(source["sha256"]),
        }
        for source in known
    ]


def _said(source: Mapping[str, Any], fact: str) -> str:
    missing = "—" if source.get("role") == "document" else "未注明"
    return str(source.get(fact) or missing)


def _settings(settings: Mapping[str, Any]) -> list[str]:
    return [
        f"{word} {_BOUNDARIES[settings[key]] if key == 'boundary' else f'{settings[key]:g} 米'}"
        for key, word in _SETTINGS.items()
        if key in settings
    ]


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
    zones = [_zone(zone) for zone in audit.zones]
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
        zones=zones,
        has_shaped=any(b["ways"] and not b["is_proof"] for zone in zones for b in zone["blocks"]),
        findings=[_finding(f, plan, places) for f in ordered],
        unread=quotes(plan.text, plan.unread),
        labels=LABELS_ZH,
        method=audit.metadata.get("method", {}).get("zh", ()),
        checks=[
            {
                "id": check["id"],
                "zh": check["zh"],
                "limit": check["limit"]["zh"],
                "found": sum(f.check == check["id"] for f in audit.findings),
                "severities": "、".join(LABELS_ZH[s] for s in check["severities"]),
            }
            for check in audit.metadata.get("checks", ())
        ],
        sources=_sources(plan, audit.metadata),
        crs=audit.metadata.get("crs", {}).get("zh"),
        settings=_settings(audit.metadata.get("settings", {})),
        versions=audit.metadata.get("versions", {}),
    )
