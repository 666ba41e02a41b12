"""Checks that were made where polygons were read: what a list of coordinates itself left doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftz_geo.check.case import Case
    from ftz_geo.model import Finding

__all__ = ["noticed"]


def noticed(check: str) -> Callable[[Case], Iterator[Finding]]:
    """Give the function that finds what was noticed under a check's id.

    Parameters
    ----------
    check : str
        A check's id.

    Returns
    -------
    callable
        Of the case; it gives the findings in the order of the polygons.
    """

    def find(case: Case) -> Iterator[Finding]:
        return (finding for finding in case.noticed if finding.check == check)

    return find
