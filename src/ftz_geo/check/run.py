"""Running every check on a case, and putting together what an audit says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftz_geo import measure
from ftz_geo.check.case import read_case
from ftz_geo.check.catalogue import CHECKS
from ftz_geo.check.cause import CAUSES, explained, mended
from ftz_geo.check.looked import run_of
from ftz_geo.check.method import CRS_NOTE, METHOD
from ftz_geo.check.summary import zone_summary
from ftz_geo.check.unchecked import unchecked
from ftz_geo.frame import as_drawing
from ftz_geo.model import Audit, Finding, Metadata, Settings, Unchecked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Plan


def run_checks(
    plan: Plan,
    parcels: geopandas.GeoDataFrame | Drawing | None = None,
    settings: Settings | None = None,
    *,
    sources: Sequence[Mapping[str, Any]] = (),
    named: Mapping[str, BaseGeometry] | None = None,
    districts: Mapping[str, Sequence[BaseGeometry]] | None = None,
    points: Mapping[str, Mapping[str, BaseGeometry]] | None = None,
) -> Audit:
    """Run every check on a plan, and on its polygons where there are any.

    Parameters
    ----------
    plan : Plan
    parcels : GeoDataFrame or Drawing, optional
        Indexed by parcel id, with a ``grade`` for each row. Areas are measured anew.
    settings : Settings, optional
    sources : sequence of mapping, optional
        Of every file that the plan, the polygons and the map rest on: ``role`` (``document``, ``polygons``,
        ``reference``, ``outlines``), ``file``, ``sha256``, and licence, date and datum as far as known.
    named : mapping of str to geometry, optional
        Lines and areas by the plan's own words for them, longitude, latitude.
    districts : mapping of str to sequence of geometry, optional
        Outlines of districts and cities by full name, longitude, latitude; several may share a name.
    points : mapping of str to mapping of str to geometry, optional
        By zone id, named points by the plan's own words for them, longitude, latitude. Without any of the
        three little is said about where polygons lie.

    Returns
    -------
    Audit
        Findings in the order of zones, within a zone in the order of :data:`~ftz_geo.check.catalogue.CHECKS`.

    Raises
    ------
    GeometryError
        As for :func:`ftz_geo.frame.checked`.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from ftz_geo.model import Area, Block, Plan, Source, Zone
    >>> text = "甲区3.44平方公里：区块一1.2平方公里，区块二2.25平方公里"
    >>> def area(number):
    ...     start = text.index(number)
    ...     span = (start, start + len(number) + 4)
    ...     return Area(text=text[slice(*span)], value=Decimal(number), unit="平方公里", span=span)
    >>> def block(label, number):
    ...     return Block(id=label, label=label, declared_area=area(number), parcels=(), span=(0, 0))
    >>> zone = Zone(id="a", name="甲区", declared_area=area("3.44"), span=(0, len(text)),
    ...             blocks=(block("区块一", "1.2"), block("区块二", "2.25")))
    >>> result = run_checks(Plan(text=text, source=Source(), zones=(zone,)))
    >>> result.verdict, result.findings[0].difference_km2, result.findings[0].limit_km2
    ('notes', Decimal('-0.01'), Decimal('0.015'))
    """
    settings = settings or Settings()
    drawing = None if parcels is None else as_drawing(parcels, either_order=True)
    case = read_case(plan, drawing, settings, named or {}, districts or {}, points)
    findings = _findings(case)
    gaps = unchecked(case)
    found = Counter(finding.check for finding in findings)
    by_zone: dict[str | None, list[Finding]] = {}
    for finding in findings:
        by_zone.setdefault(finding.zone_id, []).append(finding)
    open_in: dict[str | None, list[Unchecked]] = {}
    for gap in gaps:
        open_in.setdefault(gap.zone_id, []).append(gap)
    return Audit(
        findings=findings,
        zones=tuple(
            zone_summary(
                zone,
                by_zone.get(zone.zone.id, ()),
                open_in.get(zone.zone.id, ()),
                given=parcels is not None,
            )
            for zone in case.zones
        ),
        checks=tuple(run_of(check, check.look(case), found[check.id]) for check in CHECKS),
        unchecked=gaps,
        metadata=Metadata(
            versions=measure.versions(),
            settings=case.settings,
            sources=tuple(sources),
            crs=CRS_NOTE,
            method=METHOD,
            checks=CHECKS,
        ),
    )


def _findings(case: Case) -> tuple[Finding, ...]:
    """Return all findings in the order of zones, then of checks, a cause before what follows from it.

    Those about no zone come last, but for a cause that all zones share.
    """
    order = {zone.id: i for i, zone in enumerate(case.plan.zones)}

    def place(finding: Finding) -> tuple[int, bool]:
        is_cause = finding.check in CAUSES
        return order.get(finding.zone_id or "", -1 if is_cause else len(order)), not is_cause

    findings = [finding for check in CHECKS for finding in check.find(case)]
    return tuple(sorted(_with_consequences(case, findings), key=place))


def _with_consequences(case: Case, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings, those marked that are gone once the causes found are undone."""
    after = mended(case)
    if after is case:
        yield from findings
        return
    causes = explained(case)
    remaining = {_subject(found) for check in CHECKS for found in check.find(after)}
    for found in findings:
        cause = causes.get(found.zone_id or "")
        gone = cause and found.check not in CAUSES and _subject(found) not in remaining
        yield replace(found, follows_from=cause) if gone else found


def _subject(found: Finding) -> tuple[object, ...]:
    """Return what makes two findings one, whatever their figures say."""
    return found.check, found.zone_id, found.block_id, found.parcel_id, found.spans
