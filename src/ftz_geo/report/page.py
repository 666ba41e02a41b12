"""The audit as a report to sign: two pages that say what does not add up, and an annex with all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from ftz_geo.render.offline import own, template
from ftz_geo.render.quotes import finding_anchor, quotes
from ftz_geo.report.figures import PLAIN, Scale, Told, decimals_of_ways, printed, scale_of, scales, told
from ftz_geo.report.findings import Head, Titles, fair, grouped, heads
from ftz_geo.report.words import (
    FIGURES,
    STATUSES,
    WORDS,
    check_word,
    holds,
    label,
    passes,
    settings_words,
    source_words,
    spoken,
    unit_word,
    verdict_sentences,
    where,
)
from ftz_geo.wording import unit_km2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftz_geo.model import Audit, BlockSummary, Finding, Plan, Span, Unchecked, Ways, ZoneSummary
    from ftz_geo.report.words import Language

__all__ = ["audit_page"]

_ROOM = {"zones": 6, "findings": 11, "gaps": 6, "sources": 6, "hindered": 3, "causes": 3}
"""Rows of each list on the first two pages; with all of them full they are two of A4, as a test prints."""

_PLACES = 6
"""Places that a list names there."""

_QUOTES, _QUOTE, _AROUND = 3, 60, 10
"""Quotations of a finding, characters of one and of what stands around it; of the rest, its place is told."""


def audit_page(
    plan: Plan, audit: Audit, language: Language = "zh", *, maps: Mapping[str, str] | None = None
) -> str:
    """Return an audit as one page that prints on A4: what to sign, then the annex.

    Parameters
    ----------
    plan : Plan
        Its text is quoted.
    audit : Audit
    language : {"zh", "en"}, default "zh"
        Names and quotations stay as they are.
    maps : mapping of str to str, optional
        Addresses of the zones' maps by the zone's id, seen from the page, which links to them.

    Returns
    -------
    str
        HTML without scripts and without anything to fetch.

    Examples
    --------
    >>> from ftz_geo.model import Audit, Plan, Source
    >>> plan = Plan(text="", source=Source(file="plan.txt"), zones=())
    >>> page = audit_page(plan, Audit(findings=(), zones=()))
    >>> "没有发现" in page, "found nothing" in audit_page(plan, Audit(findings=(), zones=()), "en")
    (True, True)
    """
    return template("audit.html").render(_Report(plan, audit, language, maps or {}).values())


class _Report:
    """The values of a page; what its parts share is found once."""

    def __init__(self, plan: Plan, audit: Audit, language: Language, maps: Mapping[str, str]) -> None:
        self.plan, self.audit, self.language, self.maps = plan, audit, language, maps
        self.titles = Titles.of(plan)
        self.scales = scales(plan)
        self.zones = {zone.id: zone for zone in plan.zones}
        self.heads = heads(audit.findings)
        self.anchors = {id(finding): finding_anchor(n) for n, finding in enumerate(audit.findings)}
        # Maps know parcels, of which a block has one or more.
        self.parcels = {block.id: block.parcels[0].id for _, block, _ in plan.walk()}

    def values(self) -> dict[str, Any]:
        """Return all that the template shows."""
        audit, language = self.audit, self.language
        verdict, basis = verdict_sentences(audit, language)
        sources = [source_words(source, language) for source in audit.metadata.sources]
        causes = [head for head in self.heads if head.is_cause]
        # Causes that there is no room for on top go before the other errors.
        problems = causes[_ROOM["causes"] :] + [
            head for head in self.heads if not head.is_cause and head.severity != "note"
        ]
        checks = self.checks()
        hindered = grouped((c["word"], c["reason"]) for c in checks if c["status"] == "could-not")
        zones = [self._zone(zone) for zone in sorted(audit.zones, key=_bad_first)]
        gaps = self._gaps(audit.unchecked)
        return {
            "style": own("audit.css"),
            "w": {key: spoken(text, language) for key, text in WORDS.items()},
            "lang": {"zh": "zh-CN", "en": "en"}[language],
            "running": _css_text(f"{self.plan.source.file or ''} {self.plan.source.sha256[:12]}"),
            "page_of": [_css_text(part) for part in spoken(WORDS["page"], language).split("{}")],
            "source": self.plan.source,
            "meta": audit.metadata,
            "verdict": (audit.verdict, passes(audit.verdict, language), verdict, basis),
            "causes": [self._line(head) for head in causes[: _ROOM["causes"]]],
            "zones": _short(zones, "zones"),
            "problems": ([self._line(head) for head in fair(problems, _ROOM["findings"])], len(problems)),
            "gaps": _short(gaps, "gaps"),
            "is_unplaced": _is_unplaced(audit),
            "all_gaps": gaps,
            "most_places": _PLACES,
            "hindered": _short(hindered, "hindered"),
            "sources": _short(sources, "sources"),
            "all_sources": sources,
            "checks": checks,
            "findings": [
                self._finding(f, head) for head in self.heads for f in (head.finding, *head.followers)
            ],
            "tables": [self._table(zone) for zone in audit.zones if zone.blocks],
            "has_shaped": any(_is_shaped(block) for zone in audit.zones for block in zone.blocks),
            "unread": [self._quotes([span]) for span in self.plan.unread],
            "method": [
                spoken(said, language) for said in (*audit.metadata.method, audit.metadata.crs) if said
            ],
            "settings": settings_words(audit, language),
        }

    def checks(self) -> list[dict[str, Any]]:
        """Return what every check did; of one that did not run, no number is told."""
        rules = {rule.id: rule for rule in self.audit.metadata.checks}
        return [
            {
                "id": run.id,
                "word": check_word(run.id, self.language),
                "status": run.status,
                "did": spoken(STATUSES[run.status], self.language),
                "looked_at": None if run.status == "not-run" else run.looked_at,
                "found": None if run.status == "not-run" else run.found,
                "reason": self.titles.shortened(spoken(run.reason, self.language)) if run.reason else "",
                "text": spoken(rules[run.id].text, self.language) if run.id in rules else "",
                "limit": spoken(rules[run.id].limit, self.language) if run.id in rules else "",
            }
            for run in self.audit.checks
        ]

    def _zone(self, zone: ZoneSummary) -> dict[str, Any]:
        scale = self.scales.get(zone.id, PLAIN)
        return {
            "title": zone.title,
            "href": self._href(zone.id),
            "unit": unit_word(scale.unit, self.language),
            "told": told(zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2, scale),
            "sum": (zone.sum_verdict or "plain", self._sum_word(zone)),
            "verdict": (zone.verdict, passes(zone.verdict, self.language)),
        }

    def _href(self, zone_id: str | None, part_id: str | None = None) -> str | None:
        """Return the address of a zone's map, at a parcel or a block's first; None where there is none."""
        page = self.maps.get(zone_id or "")
        if page is None:
            return None
        place = [] if part_id is None else [quote(self.parcels.get(part_id, part_id), safe="")]
        state = "&".join([*place, *(["lang=en"] if self.language == "en" else [])])
        return f"{page}#{state}" if state else page

    def _linked(self, gap: Unchecked) -> str | None:
        """Return what something is about, as a link where there is a map of it."""
        place = self.titles.of_finding(gap)
        href = self._href(gap.zone_id, gap.parcel_id or gap.block_id)
        return Markup('<a href="{}">{}</a>').format(href, place) if place and href else place

    def _sum_word(self, zone: ZoneSummary) -> str:
        if zone.sum_verdict is None:
            return spoken(WORDS["not_added"], self.language)
        if zone.sum_verdict == "notes":
            return spoken(WORDS["within"], self.language)
        return holds(zone.sum_verdict, self.language)

    def _line(self, head: Head) -> dict[str, Any]:
        """Return a finding as it stands on the first pages."""
        finding = head.finding
        key = finding.parcel_id or finding.block_id or finding.zone_id
        scale = self.scales.get(key or "", PLAIN)
        figures = _told(finding, scale)
        return {
            "severity": (finding.severity, label(finding.severity, self.language)),
            "place": self.titles.of_finding(finding) or spoken(WORDS["whole"], self.language),
            "href": self._href(finding.zone_id, finding.parcel_id or finding.block_id),
            "said": self.titles.message(finding, key, self.language),
            # Where both figures stand beside it, the sentence would only say them again.
            "word": check_word(finding.check, self.language)
            if figures.declared and figures.measured
            else None,
            "check": finding.check,
            "told": figures,
            "unit": unit_word(scale.unit, self.language),
            "where": where(self.plan, finding.spans, self.language),
            "followers": len(head.followers),
        }

    def _finding(self, finding: Finding, head: Head) -> dict[str, Any]:
        line = self._line(head if finding is head.finding else Head(finding=finding))
        figures = zip(FIGURES.values(), line["told"], strict=True)
        return {
            **line,
            "anchor": self.anchors[id(finding)],
            "is_follower": finding is not head.finding,
            "figures": [(spoken(word, self.language), text) for word, text in figures if text],
            "quotes": self._quotes(finding.spans[:_QUOTES]),
            "also": [where(self.plan, (span,), self.language) for span in finding.spans[_QUOTES:]],
        }

    def _quotes(self, spans: Iterable[Span]) -> list[tuple[str, Any]]:
        """Return quotations, each with where it stands in the original; long ones are cut."""
        return [
            (where(self.plan, (span,), self.language), quote)
            for span in sorted({(start, min(end, start + _QUOTE)) for start, end in spans})
            for quote in quotes(self.plan.text, [span], around=_AROUND)
        ]

    def _gaps(self, unchecked: Sequence[Unchecked]) -> list[tuple[str, list[str]]]:
        return grouped(
            (
                self._linked(gap),
                self.titles.message(gap, gap.parcel_id or gap.block_id or gap.zone_id, self.language).rstrip(
                    "。."
                ),
            )
            for gap in unchecked
        )

    def _table(self, summary: ZoneSummary) -> dict[str, Any]:
        """Return a zone's blocks, one row each, in the unit that most of them are stated in."""
        zone = self.zones.get(summary.id)
        unit = scale_of(zone).unit if zone else PLAIN.unit
        figures = (summary.declared_km2, summary.sum_km2, summary.difference_km2, summary.limit_km2)
        return {
            "title": summary.title,
            "unit": unit_word(unit, self.language),
            "basis": spoken(summary.measured_basis, self.language) if summary.measured_basis else "",
            "is_drawn": any(block.drawn_ways_km2 for block in summary.blocks),
            "is_long": len(summary.blocks) > 20,
            "href": self._href(summary.id),
            "rows": [self._block(summary.id, block, unit) for block in summary.blocks],
            "sums": _totals(summary, unit),
            "told": told(*figures, self._scale(summary.id, unit)),
            "sum": (summary.sum_verdict, self._sum_word(summary)),
        }

    def _scale(self, key: str, unit: str) -> Scale:
        """Return how a figure is told in a table's unit: with the decimals it was stated with, if in that."""
        stated = self.scales.get(key, PLAIN)
        return stated if stated.unit == unit else Scale(unit)

    def _block(self, zone_id: str, block: BlockSummary, unit: str) -> dict[str, Any]:
        figures = (block.declared_km2, block.measured_km2, block.difference_km2, block.limit_km2)
        return {
            "label": block.label or block.name or block.id,
            "name": block.name if block.label else None,
            "href": self._href(zone_id, block.id),
            "told": told(*figures, self._scale(block.id, unit)),
            "ways": _ways(block, unit),
            "is_proof": block.measured_ways_km2 is not None,
            "verdict": block.verdict and (block.verdict, holds(block.verdict, self.language)),
            "grade": label(block.grade, self.language),
        }


def _told(finding: Finding, scale: Scale) -> Told:
    """Return the figures of a finding; of a polygon that nothing was held against, none."""
    if finding.declared_km2 is None and finding.limit_km2 is None:
        return Told(None, None, None, None)
    figures = (finding.declared_km2, finding.measured_km2, finding.difference_km2, finding.limit_km2)
    return told(*figures, scale)


def _bad_first(zone: ZoneSummary) -> int:
    return ("fail", "incomplete", "notes", "pass").index(zone.verdict)


def _short(rows: list[Any], name: str) -> tuple[list[Any], int]:
    """Return the rows that the first pages have room for, and how many there are."""
    return rows[: _ROOM[name]], len(rows)


def _css_text(text: str) -> str:
    r"""Return a text as it may stand between quotation marks of a style sheet.

    >>> print(_css_text('方案"</style>'))
    方案\22 \3c \2f style\3e
    """
    return "".join(c if c.isalnum() or c in " .-_，" else f"\\{ord(c):x} " for c in text)


def _ways(block: BlockSummary, unit: str) -> tuple[str, ...] | None:
    """Return a block's area in three ways; in brackets where it proves nothing."""
    drawn = block.measured_ways_km2 or block.drawn_ways_km2
    if drawn is None:
        return None
    written = _written([drawn], unit)
    return written if block.measured_ways_km2 else tuple(f"({way})" for way in written)


def _totals(zone: ZoneSummary, unit: str) -> tuple[str, ...] | None:
    """Return the sum of what was measured; None unless every addend of the zone was."""
    addends = [block.measured_ways_km2 for block in zone.blocks if block.part_of_total]
    measured = [ways for ways in addends if ways]
    return _written(measured, unit) if measured and len(measured) == len(addends) else None


def _written(ways: list[Ways], unit: str) -> tuple[str, ...]:
    sums = (sum(w.ellipsoid for w in ways), sum(w.geodesic for w in ways), sum(w.plane for w in ways))
    places = decimals_of_ways(unit)
    return tuple(printed(km2 / float(unit_km2(unit)), places) for km2 in sums)


def _is_unplaced(audit: Audit) -> bool:
    """Whether polygons were given and nothing told whether they lie where they should."""
    given = any(source.get("role") == "polygons" for source in audit.metadata.sources)
    ran = {run.id for run in audit.checks if run.status != "not-run"}
    return given and not ran & {"conformance", "outside-district", "cause", "gcj02"}


def _is_shaped(block: BlockSummary) -> bool:
    """Whether a block's polygons are shown that prove nothing of its area."""
    return block.drawn_ways_km2 is not None and block.measured_ways_km2 is None
