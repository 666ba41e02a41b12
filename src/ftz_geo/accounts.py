"""What is known of every side of every parcel, and how it was used: one line for each parcel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftz_geo.compass import DIRECTIONS
from ftz_geo.explain import rule_zh
from ftz_geo.frame import reasons_of
from ftz_geo.measure import GEOD
from ftz_geo.model import AXIS_PREFIX, BY_SIDES, LABELS_ZH, Text, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.compass import Side
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Choice, Edge, Feature, Grade, Parcel, Plan, Position, Reason

__all__ = ["ParcelAccount", "SideAccount", "account_of"]

_SHOWN = 3
"""Other names of points that are told; the rest are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SideAccount:
    """One feature of one side: what was found of it, and what came of that."""

    side: Side
    name: str
    """Verbatim."""
    found: Text
    """On the map, among named points, under which other name; or nothing."""
    is_known: bool
    """Whether anything was found."""
    used: Text
    """How its edge was drawn, or that it only helped to place the block, or that it was not used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParcelAccount:
    """One parcel in one line."""

    parcel_id: str
    zone: str
    title: str
    grade: Grade
    radius_m: float | None
    """That holds the true centre with 90 %; None where it stands on a map, or its place is not known."""
    sides: tuple[SideAccount, ...]
    """East, south, west, north, in the order of the text; or around it."""
    reasons: tuple[Reason, ...]
    """Why it is graded so, and what is doubted."""

    def of(self, side: Side) -> tuple[SideAccount, ...]:
        """Return what is told of one side."""
        return tuple(own for own in self.sides if own.side == side)

    @property
    def known(self) -> tuple[int, int]:
        """How many of its features something was found of, and how many the words name."""
        return sum(side.is_known for side in self.sides), len(self.sides)


def account_of(plan: Plan, drawing: Drawing) -> tuple[ParcelAccount, ...]:
    """Return what is known of every side of every parcel, and how it was used.

    Parameters
    ----------
    plan : Plan
    drawing : Drawing
        As :func:`ftz_geo.draw` gives it.

    Returns
    -------
    tuple of ParcelAccount
        One for each parcel of the plan, in the order of the text.

    Examples
    --------
    >>> from ftz_geo import draw, parse_plan
    >>> plan = parse_plan("区块一：面积1平方公里，东至甲路、南至空地、西至丙路、北至丁路。")
    >>> (told,) = account_of(plan, draw(plan))
    >>> told.known, told.of("south")[0].found.zh
    ((0, 4), '泛指，无从查找')
    """
    edges = drawing.edges_of()
    return tuple(_account(position, drawing, edges.get(position.parcel.id, ())) for position in plan.walk())


def _account(position: Position, drawing: Drawing, edges: Sequence[Edge]) -> ParcelAccount:
    zone, block, parcel = position
    row = drawing.parcels.loc[parcel.id]
    radius_m = row["placement_uncertainty_m"]
    reasons = reasons_of(row)
    by_sides = any(reason.code == BY_SIDES for reason in reasons)
    choices = {(c.side, c.feature.span): c for c in drawing.choices.get(parcel.id, ())}
    return ParcelAccount(
        parcel_id=parcel.id,
        zone=title(zone),
        title=title(block=block, parcel=parcel),
        grade=row["grade"],
        radius_m=float(radius_m) if radius_m == radius_m else None,
        sides=tuple(
            _side(
                side, feature, choices.get((side, feature.span)), edges, row["grade"] == "sketched", by_sides
            )
            for side, feature in _features(parcel)
        ),
        reasons=reasons,
    )


def _features(parcel: Parcel) -> Iterator[tuple[Side, Feature]]:
    if parcel.ring:
        yield from ((key.side, feature) for key, feature in parcel.bounds())
    else:
        yield from ((side, feature) for side in DIRECTIONS for feature in parcel.abuttals[side])


def _side(
    side: Side, feature: Feature, choice: Choice | None, edges: Sequence[Edge], sketched: bool, by_sides: bool
) -> SideAccount:
    own = [e for e in edges if e.feature == feature.name and side in ("ring", e.side)]
    found = tuple(_found(feature, choice, own))
    # A sketch is laid out by words and area: what is known of its sides says at most where it lies.
    placing = Text("用于定位", "for its place") if found and by_sides else _UNUSED
    return SideAccount(
        side=side,
        name=feature.name,
        found=_listed(found) if found else _nothing(feature),
        is_known=bool(found),
        used=placing if sketched else _drawn(own),
    )


def _found(feature: Feature, choice: Choice | None, edges: Sequence[Edge]) -> Iterator[Text]:
    """Yield what was found of a feature, the best first."""
    chosen = choice.candidates[0] if choice and choice.candidates else None
    ids = chosen.source_ids if chosen else ()
    lines = sum(not key.startswith(AXIS_PREFIX) for key in ids)
    if chosen is not None and lines:
        same = chosen.how == "exact"
        zh = f"底图{lines}段" + ("" if same else f"（{chosen.map_name}，{rule_zh(chosen.how)}）")
        en = f"{lines} on the map" + ("" if same else f" ({chosen.map_name}, {chosen.how})")
        yield Text(zh, en)
    if choice is not None and choice.points:
        yield _points(feature, choice.points)
    elif chosen is not None and not lines:
        yield Text(rule_zh(chosen.how), chosen.how)
    elif chosen is None and any(edge.source_ids for edge in edges) and feature.kind != "block":
        yield Text("名称相近者", "a near name")
    if feature.kind == "block" and edges:
        yield Text("另一区块", "another block")


def _points(feature: Feature, points: Sequence[tuple[str, int]]) -> Text:
    count = sum(n for _, n in points)
    other = [name for name, _ in points if name != feature.called]
    zh = "、".join(other[:_SHOWN]) + (f"等{len(other)}名" if len(other) > _SHOWN else "")
    en = ", ".join(other[:_SHOWN]) + (f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else "")
    called = Text(f"（含{zh}）", f" (also {en})") if other else Text("", "")
    return Text(f"{count}点", f"{count} point{'s' if count > 1 else ''}") + called


def _listed(told: Sequence[Text]) -> Text:
    return Text("，".join(t.zh for t in told), ", ".join(t.en for t in told))


def _nothing(feature: Feature) -> Text:
    if feature.kind == "vague":
        return Text("泛指，无从查找", "vague")
    if feature.kind == "block":
        return Text("另一区块，未画出", "another block, not drawn")
    return Text("无", "nothing")


_UNUSED = Text("未用", "not used")


def _drawn(edges: Sequence[Edge]) -> Text:
    """Say how the edges of a feature were drawn, and how long they are."""
    lengths: dict[str, float] = {}
    for edge in edges:
        lengths[edge.method] = lengths.get(edge.method, 0.0) + GEOD.geometry_length(edge.line)
    told = [Text(f"{LABELS_ZH[how]}{m:.0f}米", f"{m:.0f} m {how}") for how, m in lengths.items()]
    return _listed(told) if told else _UNUSED
