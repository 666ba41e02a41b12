"""A document's plan: the two stages that need no geometry, so that reading starts fast."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ftz_geo.documents import read_document
from ftz_geo.errors import PlanError
from ftz_geo.parse import parse_plan
from ftz_geo.policy import read_measures, read_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from ftz_geo.model import Plan

__all__ = ["read_plan"]


def read_plan(path: str | Path) -> Plan:
    """Read a document and the plan that its text holds.

    Parameters
    ----------
    path : str or Path
        Plain text, ``.csv``, ``.docx``, ``.xlsx``, ``.pdf`` with text, ``.html``; ``-`` reads
        standard input.

    Returns
    -------
    Plan

    Raises
    ------
    DocumentError
        The file cannot be read, or holds no text.
    PlanError
        The text holds neither a boundary nor an area, and lists no measure.

    Examples
    --------
    >>> from ftz_geo import shipped
    >>> plan = read_plan(shipped.plan_file())
    >>> len(plan.zones), len(plan.parcels)
    (5, 28)
    """
    document = read_document(path)
    plan = parse_plan(document.text, source=document.source)
    plan = replace(plan, places=document.places, notes=document.notes)
    plan = replace(plan, tasks=read_tasks(plan), measures=read_measures(document.text))
    if not plan.measures and not plan.zones and not plan.figures and not plan.unread:
        raise PlanError(
            path,
            f"its {len(document.text)} characters hold neither a boundary description (四至, such as 东至…) "
            "nor an area",
            "check that this is the document meant",
        )
    return plan
