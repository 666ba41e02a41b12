"""Why a block was drawn as it was: words, candidates, choice and edge of every feature, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftz_geo.errors import PlanError
from ftz_geo.frame import reasons_of
from ftz_geo.measure import GEOD
from ftz_geo.model import LABELS_ZH, Method, Reason, Text
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ftz_geo.compass import Direction
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Candidate, Choice, Edge, Feature, Parcel, Plan

__all__ = [
    "DrawnEdge",
    "Explanation",
    "FeatureExplanation",
    "explain_parcel",
    "fate",
    "find_parcels",
    "rule_zh",
]

RULES_ZH = {
    "exact": "同名",
    "normalised": "同名（写法不同）",
    "boundary of the area": "其界线",
    "alternative name": "别名、曾用名或编号",
    "long or short form": "全称与简称",
    "numeral written otherwise": "数字写法不同",
    "words in brackets": "括注",
    "part of the feature": "其一段",
    "stretch of the feature": "原文指其一段",
    "road that it follows": "所沿之路",
    "other word for road": "路、道、大道之别",
    "by its numbered series": "按编号序列推定",
    "side of another block by its area": "另一区块按面积推算的边",
}
"""The rules by which a name of the map matches, in Chinese."""


def rule_zh(how: str) -> str:
    """Return the rule of a candidate in Chinese.

    >>> rule_zh("alternative name"), rule_zh("exact, of another kind")
    ('别名、曾用名或编号', '同名，类别不同')
    """
    rule, _, other = how.partition(", ")
    return RULES_ZH.get(rule, rule) + ("，类别不同" if other else "")


def fate(candidate: Candidate) -> Reason:
    """Say what became of a candidate.

    >>> from ftz_geo.model import Candidate
    >>> told = fate(Candidate(source_ids=("w1",), map_name="甲路", score=1.0, how="exact"))
    >>> told.zh, told.en
    ('取用', 'chosen')
    """
    lost = candidate.lost
    if lost is None:
        return Reason(code="chosen", zh="取用", en="chosen")
    if lost.code == "tied":  # the reason names both places at length, and stands among the doubts
        return Reason(code="tied", zh="未取，但同样可能", en="not chosen, though as likely")
    if lost.code == "points":
        return Reason(code="points", zh="落选：地名点在另一处", en="lost: named points lie near the other")
    return Reason(code=lost.code, zh=f"落选：{lost.zh}", en=f"lost: {lost.en}")


_NAMED_WELL = 0.9
"""Candidates that score less carry another name than the text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnEdge:
    """What was drawn for a feature by one method."""

    method: Method
    length_m: float
    """On the CGCS2000 ellipsoid."""
    source_ids: tuple[str, ...]
    """Features of the map that it lies on, in the order of the ring."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "method": self.method,
            "length_m": round(self.length_m, 1),
            "source_ids": list(self.source_ids),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureExplanation:
    """How one feature of one side came to its edge."""

    side: Direction
    feature: Feature
    candidates: tuple[Candidate, ...]
    """The chosen one first."""
    edges: tuple[DrawnEdge, ...]
    doubts: tuple[Reason, ...]
    """Why its edge is not sure; none where it is."""

    @property
    def chosen(self) -> Candidate | None:
        """The feature of the map that it was taken for."""
        return self.candidates[0] if self.candidates else None

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Features of the map that its edges lie on, each once."""
        return tuple(dict.fromkeys(i for edge in self.edges for i in edge.source_ids))

    @property
    def is_of_points(self) -> bool:
        """Whether these are named points rather than features of a map."""
        return any(edge.method == "points" for edge in self.edges)

    @property
    def decision(self) -> Text:
        """What it was taken for, or why for nothing, and what was drawn for it, in one line."""
        return _taken(self) + _drawn(self.edges)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "side": self.side,
            "words": self.feature.to_dict(),
            "decision": self.decision.to_dict(),
            "candidates": [
                {
                    "map_name": c.map_name,
                    "how": c.how,
                    "score": c.score,
                    "source_ids": list(c.source_ids),
                    "chosen": c is self.chosen,
                    "lost": c.lost and _words(c.lost),
                }
                for c in self.candidates
            ],
            "edges": [edge.to_dict() for edge in self.edges],
            "sure": not self.doubts,
            "doubts": [_words(d) for d in self.doubts],
        }


def _taken(told: FeatureExplanation) -> Text:
    """Say what a feature was taken for; one that no edge rests on was found, and not used."""
    chosen = told.chosen
    if chosen is None:
        return next((Text(d.zh, d.en) for d in told.doubts if d.code in _NOTHING_FOUND), Text("", ""))
    rests = any(edge.method != "sketch" for edge in told.edges)
    return Text(
        f"{'取用' if rests else '认作'}“{chosen.map_name}”（{rule_zh(chosen.how)}）",
        f"{'took' if rests else 'taken for'} {chosen.map_name} ({chosen.how})",
    )


_NOTHING_FOUND = frozenset({"vague", "block", "no-map", "not-on-map", "no-line-of-points"})
"""Codes of the doubts that say why nothing was looked up or found."""


def _drawn(edges: Sequence[DrawnEdge]) -> Text:
    """Say by which methods a feature was drawn, and how long each.

    >>> _drawn([DrawnEdge(method="bridge", length_m=40.4, source_ids=())]).zh, _drawn([]).en
    ('；连接 40 米', '; no edge of its own')
    """
    if not edges:
        return Text("；没有单独的边", "; no edge of its own")
    told = [(f"{LABELS_ZH[e.method]} {e.length_m:.0f} 米", f"{e.length_m:.0f} m {e.method}") for e in edges]
    return Text("；" + "，".join(zh for zh, _ in told), "; " + ", ".join(en for _, en in told))


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """One parcel: its words, and for every feature what became of them."""

    parcel_id: str
    title: str
    text: str
    """The clause that it was read from."""
    grade: str
    measured_area_km2: float | None
    features: tuple[FeatureExplanation, ...]
    """East, south, west, north, in the order of the text."""
    reasons: tuple[Reason, ...]
    """Why the polygon as a whole is graded as it is."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "parcel_id": self.parcel_id,
            "title": self.title,
            "text": self.text,
            "grade": self.grade,
            "measured_area_km2": self.measured_area_km2,
            "features": [feature.to_dict() for feature in self.features],
            "reasons": [_words(reason) for reason in self.reasons],
        }


def _words(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "zh": reason.zh, "en": reason.en}


_OFFERED = 12  # blocks that a mistaken name is answered with


def find_parcels(plan: Plan, words: str) -> tuple[Parcel, ...]:
    """Return the parcels of the block, or the one parcel, that a user names.

    Parameters
    ----------
    plan : Plan
    words : str
        A block's or parcel's id, label or name; a label may stand after its zone's id or name.

    Returns
    -------
    tuple of Parcel
        In the order of the text, at least one.

    Raises
    ------
    PlanError
        Nothing is called so, or blocks of several zones are.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> plan = parse_plan("区块一：东至甲路、南至乙路、西至丙路、北至丁路。")
    >>> [parcel.id for parcel in find_parcels(plan, "区块一")] == [plan.parcels[0].id]
    True
    """
    asked = words.strip()
    found: dict[str, tuple[Parcel, ...]] = {}
    for zone in plan.zones:
        beginnings = {"", *(folded(of) for of in (zone.id, zone.name) if of)}
        for block in zone.blocks:
            for names, parcels in block.called():
                if folded(asked) in {of + name for of in beginnings for name in names}:
                    found.setdefault(block.id if parcels == block.parcels else parcels[0].id, parcels)
            if asked == block.id:
                found[block.id] = block.parcels
            for parcel in block.parcels:
                if asked == parcel.id and block.id not in found:
                    found[parcel.id] = (parcel,)
    file = plan.source.file or "text"
    if not found:
        every = [b for z in plan.zones for b in z.blocks]
        some = ", ".join(f"{b.label or b.name or ''} ({b.id})".strip() for b in every[:_OFFERED])
        more = f", or another of its {len(every)} blocks" if len(every) > _OFFERED else ""
        raise PlanError(file, f"no block in it is called {asked!r}", f"name one of {some}{more}")
    if len(found) > 1:
        raise PlanError(
            file, f"{len(found)} blocks in it are called {asked!r}", f"name one of {', '.join(found)}"
        )
    (parcels,) = found.values()
    if not parcels:
        raise PlanError(file, f"{asked!r} has no boundary in words", "name a block with 四至")
    return parcels


def explain_parcel(plan: Plan, drawing: Drawing, parcel_id: str) -> Explanation:
    """Say how every feature of a parcel's sides came to its edge.

    Parameters
    ----------
    plan : Plan
    drawing : Drawing
        As :func:`ftz_geo.draw` gives it.
    parcel_id : str

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from ftz_geo import draw, parse_plan
    >>> plan = parse_plan("区块一：面积1平方公里，东至甲路、南至空地、西至丙路、北至丁路。")
    >>> told = explain_parcel(plan, draw(plan), plan.parcels[0].id)
    >>> told.grade, [d.code for d in told.features[1].doubts]
    ('sketched', ['vague', 'sketch'])
    """
    _, block, parcel = next(position for position in plan.walk() if position.parcel.id == parcel_id)
    row = drawing.parcels.loc[parcel_id]
    edges = drawing.edges_of().get(parcel_id, ())
    choices = {(c.side, c.feature.span): c for c in drawing.choices.get(parcel_id, ())}
    names = (block.label, block.name if block.name != block.label else None, parcel.label)
    area = row["measured_area_km2"]
    return Explanation(
        parcel_id=parcel_id,
        title=" ".join(filter(None, names)) or parcel_id,
        text=plan.words(parcel.span),
        grade=row["grade"],
        measured_area_km2=float(area) if area == area else None,
        features=tuple(
            _explained(side, feature, choices.get((side, feature.span)), edges)
            for side, feature in parcel.features()
        ),
        reasons=reasons_of(row),
    )


def _explained(
    side: Direction, feature: Feature, choice: Choice | None, evidence: Iterable[Edge]
) -> FeatureExplanation:
    edges = tuple(_edges(e for e in evidence if e.side == side and e.feature == feature.name))
    return FeatureExplanation(
        side=side,
        feature=feature,
        candidates=choice.candidates if choice else (),
        edges=edges,
        doubts=tuple(_doubts(feature, choice, edges)),
    )


def _edges(pieces: Iterable[Edge]) -> Iterator[DrawnEdge]:
    """Sum pieces of a ring up by method, in the order in which the ring first meets each."""
    by_method: dict[Method, list[Edge]] = {}
    for piece in pieces:
        by_method.setdefault(piece.method, []).append(piece)
    for method, own in by_method.items():
        yield DrawnEdge(
            method=method,
            length_m=sum(GEOD.geometry_length(piece.line) for piece in own),
            source_ids=tuple(dict.fromkeys(i for piece in own for i in piece.source_ids)),
        )


def _doubts(feature: Feature, choice: Choice | None, edges: Sequence[DrawnEdge]) -> Iterator[Reason]:
    """Say what keeps a feature's edge from being sure, from what was looked up and drawn for it."""
    candidates = choice.candidates if choice else ()
    if feature.kind in ("vague", "block") and not candidates:
        yield Reason(
            code=feature.kind,
            zh="指另一区块，不另查找" if feature.kind == "block" else "泛指，无从查找",
            en="another block: not looked up"
            if feature.kind == "block"
            else "nothing that could be looked up",
        )
    elif choice is None:
        yield Reason(
            code="no-map", zh="没有底图，也没有地名点", en="there were neither a map nor named points"
        )
    elif not candidates:
        yield choice.searched.missing("", "it", feature)
    else:
        chosen = candidates[0]
        if chosen.score < _NAMED_WELL:
            yield Reason(
                code="name-differs",
                zh=f"{chosen.searched.where.zh}名为“{chosen.map_name}”（{rule_zh(chosen.how)}）",
                en=f"it is called {chosen.map_name} {chosen.searched.where.en} ({chosen.how})",
            )
        yield from (c.lost for c in candidates if c.lost is not None and c.is_rival)
    if not edges:
        yield Reason(code="no-edge", zh="没有单独的边", en="no edge was drawn for it")
    for edge in edges:
        if edge.method != "on-feature" and edge.length_m >= 1:
            yield Reason(
                code=edge.method,
                zh=f"{edge.length_m:.0f}米为{LABELS_ZH[edge.method]}",
                en=f"{edge.length_m:.0f} m of it: {edge.method}",
            )
