"""An audit -> a table of a terminal, a CSV, a workbook, a page: one set of values, one set of words."""

from __future__ import annotations

from ftz_geo.report.page import audit_page
from ftz_geo.report.terminal import print_audit, print_findings, verdict_line
from ftz_geo.report.workbook import audit_csv, audit_xlsx

__all__ = ["audit_csv", "audit_page", "audit_xlsx", "print_audit", "print_findings", "verdict_line"]
