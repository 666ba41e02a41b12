"""Tables for spreadsheets of what stands around the blocks: departments, tasks and measures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ftz_geo.files import safe_cell
from ftz_geo.model import title
from ftz_geo.policy import department_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.model import Measure, Plan

__all__ = ["department_csv"]


def department_csv(plan: Plan, measures: Sequence[Measure] = ()) -> str:
    """Return who supports how many tasks of which zone, and answers for how many measures.

    Parameters
    ----------
    plan : Plan
        With its tasks.
    measures : sequence of Measure, optional
        By default the plan's own.

    Returns
    -------
    str
        CSV with a byte order mark, so that spreadsheets read it as UTF-8; the zones' names stand in the head.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["单位", *(safe_cell(title(zone)) for zone in plan.zones), "任务合计", "试点经验"])
    for row in department_table(plan, measures):
        writer.writerow([safe_cell(value) for value in row.values()])
    return "\ufeff" + out.getvalue()
