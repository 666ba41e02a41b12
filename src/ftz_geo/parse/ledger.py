"""The ledger: every figure of a text with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.model import StatedFigure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftz_geo.model import Area, FigureRole, Span, Zone
    from ftz_geo.parse.areas import StatedArea
    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.prose import Prose

__all__ = ["figures_of"]


def figures_of(
    prose: Prose,
    figures: Sequence[Figure],
    stated: Sequence[StatedArea],
    zones: Sequence[Zone],
    again: Mapping[int, int],
    whole: Area | None = None,
) -> tuple[StatedFigure, ...]:
    """Say of every figure where it stands in the plan; what stands nowhere is set aside or unread.

    Parameters
    ----------
    prose : Prose
    figures : sequence of Figure
        All of the text, in order.
    stated : sequence of StatedArea
        What those that can be read are of.
    zones : sequence of Zone
        What was made of them.
    again : mapping of int to int
        Where a figure of a table begins that tells another one in another unit, and where that begins.
    whole : Area, optional
        The total over all zones.

    Returns
    -------
    tuple of StatedFigure
        One for each figure, in the order of the text.
    """
    used: dict[Span, tuple[FigureRole, str | None]] = dict(_used(zones))
    if whole is not None:
        used[whole.span] = "total", None
    meanings = {s.number: s for s in stated}
    found = []
    last: tuple[FigureRole, str | None] | None = None
    for figure in figures:
        meaning = meanings.get(figure.start)
        first_told = meanings.get(again.get(figure.start, -1))
        first = used.get(first_told.area.span) if first_told else None
        made = _entry(prose, figure, meaning, used, first or last)
        found.append(made)
        if not (meaning and meaning.again):
            last = (made.role, made.of)
    return tuple(found)


def _entry(
    prose: Prose,
    figure: Figure,
    meaning: StatedArea | None,
    used: Mapping[Span, tuple[FigureRole, str | None]],
    last: tuple[FigureRole, str | None] | None,
) -> StatedFigure:
    area = figure.area
    span = area.span if area else prose.span(figure.start, figure.end)
    role: FigureRole = "unread"
    of: str | None = None
    reason: str | None = None
    if area is None:
        reason = figure.problem
    elif span in used:
        role, of = used[span]
    elif meaning is None:
        role, reason = "set-aside", "within-side"
    elif meaning.again and last is not None:
        role, of, reason = _told_again(last)
    elif meaning.aside:
        role, reason = "set-aside", meaning.aside
    else:
        reason = "nothing-named"
    text = area.text if area else prose.words(figure.start, figure.end)
    return StatedFigure(text=text, area=area, span=span, role=role, of=of, reason=reason)


def _told_again(last: tuple[FigureRole, str | None]) -> tuple[FigureRole, str | None, str | None]:
    """Return what the figure before it in another unit makes of one."""
    role, of = last
    if role in ("set-aside", "unread"):
        return role, None, "other-unit"
    return "restated", of, "other-unit"


def _used(zones: Sequence[Zone]) -> Iterator[tuple[Span, tuple[FigureRole, str]]]:
    """Yield the place of every area of a plan with what it is of; of two things, the larger comes last."""
    for zone in zones:
        for block in zone.blocks:
            yield from ((part.span, ("part", block.id)) for part in block.parts)
            yield from ((area.span, ("restated", block.id)) for area in block.restated)
            for parcel in block.parcels:
                if parcel.declared_area:
                    yield parcel.declared_area.span, ("parcel", parcel.id)
            if block.declared_area:
                yield block.declared_area.span, ("block", block.id)
        yield from ((part.span, ("part", zone.id)) for part in zone.parts)
        yield from ((area.span, ("restated", zone.id)) for area in zone.restated)
        if zone.declared_area:
            yield zone.declared_area.span, ("total", zone.id)
