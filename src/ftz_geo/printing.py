"""Plans and corrections as tables of a terminal."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from typing import TYPE_CHECKING

from ftz_geo.compass import DIRECTIONS
from ftz_geo.model import LABELS_ZH, title
from ftz_geo.wording import FIGURE_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from ftz_geo.accounts import ParcelAccount
    from ftz_geo.compass import Side
    from ftz_geo.model import Area, Block, Parcel, Plan, StatedFigure, Zone
    from ftz_geo.patch import AreaChange

__all__ = ["account_csv", "account_lines", "console", "print_changes", "print_plan"]


def print_plan(plan: Plan) -> None:
    """Print what was read: a table per zone, and the words that no rule read."""
    from rich.table import Table
    from rich.text import Text

    screen = console()
    for zone in plan.zones:
        heads = ["区块", "面积", "东", "南", "西", "北"]
        # Contents and rings are rare: a column for them only where there are any.
        other = any(parcel.ring or parcel.members for parcel in zone.parcels)
        table = Table(title=Text(_zone_title(zone)), title_justify="left")
        for head in [*heads, "其他"] if other else heads:
            table.add_column(head, overflow="fold")
        for block in zone.blocks:
            for parcel in block.parcels or (None,):
                first = parcel is None or parcel is block.parcels[0]
                stated = (parcel and parcel.declared_area) or (block.declared_area if first else None)
                cells = [title(block=block, parcel=parcel), _area_words(stated), *_sides(parcel)]
                table.add_row(*map(Text, cells[: len(table.columns)]))
        screen.print(table)
    for line in _ledger(plan):
        screen.print(Text(line))


def _ledger(plan: Plan) -> Iterator[str]:
    """Yield what stands beside the tables: parts, what was set aside and why, what was not read."""
    titles = {part.id: title(zone, block) for zone in plan.zones for part, block in _divided(zone)}
    for figure in plan.figures:
        if figure.role in ("part", "restated"):
            said = "其中" if figure.role == "part" else "又作"
            of = titles.get(figure.of or "", "")
            yield f"{said}（{plan.where(figure.span)}）：{of} {_told(plan, figure)}"
    for figure in plan.figures:
        if figure.role == "set-aside":
            reason = FIGURE_REASONS[figure.reason or ""][0]
            yield f"未作区块面积（{plan.where(figure.span)}）：{_told(plan, figure)}，{reason}"
    reasons = {f.span: FIGURE_REASONS[f.reason or ""][0] for f in plan.figures if f.role == "unread"}
    for span in plan.unread:
        reason = f"，{reasons[span]}" if span in reasons else ""
        yield f"未读出（{plan.where(span)}）：{plan.words(span)}{reason}"


def _divided(zone: Zone) -> Iterator[tuple[Zone | Block, Block | None]]:
    yield zone, None
    for block in zone.blocks:
        yield block, block


def _told(plan: Plan, figure: StatedFigure) -> str:
    """Return a figure with the words before it in its line."""
    start = figure.span[0]
    lead = _CLAUSE.split(plan.text[max(0, start - 12) : start])[-1]
    return f"…{lead}{figure.text}"


_CLAUSE = re.compile(r"[，。；：、,;:\n\t（(]")


def console() -> Console:
    """Return a console of the terminal's width; in a pipe or a file no line is wrapped."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # main() knows what to do; rich would end with exit code 1

    return Piped(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 10_000)


def _area_words(area: Area | None) -> str:
    """Return a stated area as printed, with the unit of its column's head, and 约 or its bound."""
    if area is None:
        return ""
    words = (
        area.text if area.unit in area.text or not area.text[-1:].isdigit() else f"{area.text} {area.unit}"
    )
    bounds = {"at-least": "不少于", "at-most": "不超过", None: "约" if area.approximate else ""}
    return bounds[area.bound] + words


def _zone_title(zone: Zone) -> str:
    area = _area_words(zone.declared_area) or "总面积未读出"
    count = zone.declared_block_count
    return f"{title(zone)}：{area}" + (f"，{count} 个区块" if count else "")


def _sides(parcel: Parcel | None) -> list[str]:
    """Return east, south, west, north, and the rest, in words."""
    if parcel is None:
        return [""] * 5
    sides = ["、".join(f.name for f in parcel.abuttals[d]) for d in DIRECTIONS]
    other = [
        f"{head}：" + "、".join(f.name for f in listed)
        for head, listed in (("四周", parcel.ring), ("包括", parcel.members))
        if listed
    ]
    return [*sides, "；".join(other)]


def account_lines(accounts: Sequence[ParcelAccount]) -> list[str]:
    """Return what is known of every side and how it was used: a head, then one line for each parcel.

    Columns are aligned, a Chinese character counting two. No line is folded, however narrow the terminal: a
    parcel is one line, for ``less -S`` and ``grep`` as well.
    """
    from rich.cells import cell_len, set_cell_size
    from rich.control import strip_control_codes

    sides = [side for side in _SIDES if side != "ring" or any(account.of(side) for account in accounts)]
    head = [
        "编号",
        "区块",
        "级别",
        "中心误差（米）",
        "有据",
        *(LABELS_ZH.get(side, "四周") for side in sides),
        "说明",
    ]
    rows = [head, *([*_facts(a), *(_side_cell(a, side) for side in sides), _doubts(a)] for a in accounts)]
    rows = [[strip_control_codes(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)][:-1]
    return ["  ".join([*map(set_cell_size, row, widths), row[-1]]).rstrip() for row in rows]


_SIDES: tuple[Side, ...] = (*DIRECTIONS, "ring")


def _facts(account: ParcelAccount) -> list[str]:
    known, told = account.known
    radius = "" if account.radius_m is None else f"{account.radius_m:.0f}"
    return [account.parcel_id, account.title, LABELS_ZH[account.grade], radius, f"{known}/{told}"]


def _side_cell(account: ParcelAccount, side: Side) -> str:
    return "；".join(f"{own.name}：{own.found.zh}→{own.used.zh}" for own in account.of(side))


def _doubts(account: ParcelAccount) -> str:
    return "；".join(reason.zh for reason in account.reasons)


def account_csv(accounts: Sequence[ParcelAccount]) -> str:
    """Return the same as CSV, one row for each parcel; of each side its features, what was found and its use.

    Parameters
    ----------
    accounts : sequence of ParcelAccount

    Returns
    -------
    str
        Without a byte order mark, and without a line break at the end. Several features of one side stand in
        one cell, in the order of the text; no cell runs as a formula.
    """
    from ftz_geo.files import safe_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    parts = [f"{side}{part}" for side in _SIDES for part in ("", "_found", "_used")]
    writer.writerow(
        ["id", "zone", "block", "grade", "uncertainty_m", "known", "named", *parts, "reasons", "reason_codes"]
    )
    for account in accounts:
        cells = [
            "；".join(told)
            for side in _SIDES
            for own in [account.of(side)]
            for told in ([s.name for s in own], [s.found.zh for s in own], [s.used.zh for s in own])
        ]
        row = [
            account.parcel_id,
            account.zone,
            account.title,
            account.grade,
            "" if account.radius_m is None else f"{account.radius_m:.0f}",
            *account.known,
            *cells,
            _doubts(account),
            " ".join(reason.code for reason in account.reasons),
        ]
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue().rstrip()


def print_changes(changes: Sequence[AreaChange]) -> None:
    """Print each block's area before and after a correction."""
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for head in ("block", "before km²", "after km²", "difference", "%", "declared km²"):
        table.add_column(head, justify="left" if head == "block" else "right", overflow="fold")
    for c in changes:
        before = c.before_km2 or None
        difference = None if before is None else c.after_km2 - before
        cells = [
            "-" if before is None else f"{before:.6f}",
            f"{c.after_km2:.6f}",
            "-" if difference is None else f"{difference:+.6f}",
            "-" if before is None or difference is None else f"{difference / before:+.3%}",
            "-" if c.declared_km2 is None else f"{c.declared_km2:.10g}",
        ]
        table.add_row(Text(c.parcel_id), *cells)
    console().print(table)
