"""An audit as a table of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.model import PASSES_ZH
from ftz_geo.printing import console

if TYPE_CHECKING:
    from ftz_geo.model import Audit

__all__ = ["print_audit", "print_findings", "verdict_line"]

_NAMED = 3
"""Things not checked that the last line names; the table above it has all."""


def print_audit(audit: Audit) -> None:
    """Print a table of the zones' areas, the findings, and the verdict."""
    from rich.table import Table
    from rich.text import Text

    screen = console()
    table = Table()
    for head in ("zone", "declared km²", "sum km²", "difference", "limit", "verdict"):
        table.add_column(head, justify="left" if head in {"zone", "verdict"} else "right", overflow="fold")
    for zone in audit.zones:
        figures = (zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2)
        cells = ["-" if f is None else f"{round(f, 6):.10g}" for f in figures]
        table.add_row(Text(zone.title), *cells, zone.verdict)
    screen.print(table)
    print_findings(audit)
    for run in audit.checks:
        if run.status == "could-not" and run.reason:
            screen.print(Text(f"could not [{run.id}] {run.reason.zh}\n    {run.reason.en}"))
    for gap in audit.unchecked:
        screen.print(Text(f"not checked [{gap.code}] {gap.zh}\n    {gap.en}"))
    ran = sum(run.status == "ran" for run in audit.checks)
    idle = sum(run.status == "not-run" for run in audit.checks)
    screen.print(
        f"checks: {ran} ran, {idle} had nothing to look at, {len(audit.checks) - ran - idle} could not"
    )
    screen.print(Text(verdict_line(audit)))


def verdict_line(audit: Audit) -> str:
    """Return the verdict in one line, with what was not checked.

    Examples
    --------
    >>> from ftz_geo.model import Audit, Unchecked
    >>> gap = Unchecked(code="no-polygon", zh="区块二：没有图形。", en="区块二: has no polygon.")
    >>> verdict_line(Audit(findings=(), zones=(), unchecked=(gap,)))
    'verdict: incomplete 未核全; 1 not checked: 区块二: has no polygon'
    """
    line = f"verdict: {audit.verdict} {PASSES_ZH[audit.verdict]}"
    if not audit.unchecked:
        return line
    named = [gap.en.removesuffix(".") for gap in audit.unchecked[:_NAMED]]
    more = len(audit.unchecked) - len(named)
    return f"{line}; {len(audit.unchecked)} not checked: {'; '.join(named)}" + (
        f"; and {more} more" * bool(more)
    )


def print_findings(audit: Audit) -> None:
    """Print every finding in Chinese and English."""
    from rich.text import Text

    screen = console()
    for finding in audit.findings:
        screen.print(Text(f"{finding.severity} [{finding.check}] {finding.zh}\n    {finding.en}"))
