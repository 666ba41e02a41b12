"""Checks that were made where polygons were read: what a list of coordinates itself left doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.check.case import Case
    from ftz_geo.model import Finding


def noticed(check: str, case: Case) -> Iterator[Finding]:
    """Find what was noticed under a check's id, in the order of the polygons."""
    return (finding for finding in case.noticed if finding.check == check)
