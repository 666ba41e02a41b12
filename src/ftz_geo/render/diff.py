"""Two versions on one offline page: what changed, in words, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import shapely

from ftz_geo.render.offline import content_policy, json_block, leaflet, own, template
from ftz_geo.render.quotes import quotes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Plan

__all__ = ["Told", "diff_page"]

State = Literal["added", "gone", "changed", "same"]

STATES_ZH: dict[State, str] = {"added": "新增", "gone": "不再列入", "changed": "有改动", "same": "未变"}

_PLACED = frozenset({"surveyed", "traced", "inferred"})
"""Grades whose polygons lie somewhere; two sketches differ by their layout alone."""

_COMES_AND_GOES: dict[str, State] = {"added": "added", "drawn": "added", "gone": "gone", "lost": "gone"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One change, as far as the page needs to know it."""

    change: str
    zh: str
    en: str
    old_ids: frozenset[str]
    """Of the old version's parcels that it is about; empty where it is about a whole zone."""
    new_ids: frozenset[str]
    old_spans: tuple[tuple[int, int], ...] = ()
    new_spans: tuple[tuple[int, int], ...] = ()

    @property
    def state(self) -> State:
        """What it makes of the polygons it is about."""
        return _COMES_AND_GOES.get(self.change.rsplit("-", 1)[-1], "changed")


def diff_page(
    changes: Sequence[Told],
    old: geopandas.GeoDataFrame,
    new: geopandas.GeoDataFrame,
    *,
    titles: tuple[str, str],
    plans: tuple[Plan, Plan] | None = None,
) -> str:
    """Write a page with a map of two versions and the changes beside it.

    Parameters
    ----------
    changes : sequence of Told
    old, new : GeoDataFrame
        Polygons in EPSG:4326, indexed by parcel id.
    titles : (str, str)
        What the versions are called.
    plans : (Plan, Plan), optional
        Whose words are quoted.

    Returns
    -------
    str
        HTML, complete in itself: it asks for nothing.
    """
    shapes = [*_shapes(changes, old, "old"), *_shapes(changes, new, "new")]
    library, library_style = leaflet()
    scripts = [library, own("diff.js")]
    return template("diff.html").render(
        policy=content_policy(scripts),
        styles=[library_style, own("diff.css")],
        scripts=scripts,
        titles=titles,
        changes=[_change(change, plans) for change in changes],
        states=STATES_ZH,
        sketched=any(shape["sketched"] for shape in shapes),
        data=json_block(
            {
                "shapes": shapes,
                "strips": _strips(changes, old, new),
                "changes": [change.zh for change in changes],
                "states": STATES_ZH,
            }
        ),
    )


def _change(change: Told, plans: tuple[Plan, Plan] | None) -> dict[str, Any]:
    words = []
    if plans is not None:
        spans = change.old_spans, change.new_spans
        words = [
            (title, quote)
            for title, plan, of_plan in zip(("旧", "新"), plans, spans, strict=True)
            for quote in quotes(plan.text, of_plan)
        ]
    drawn = bool(change.old_ids or change.new_ids)
    return {"zh": change.zh, "en": change.en, "state": change.state, "words": words, "drawn": drawn}


def _shapes(
    changes: Sequence[Told], frame: geopandas.GeoDataFrame, version: Literal["old", "new"]
) -> list[dict[str, Any]]:
    """Give every polygon of a version with the numbers of its changes."""
    found = []
    for key, geometry in zip(map(str, frame.index), frame.geometry, strict=True):
        if geometry is None or geometry.is_empty:
            continue
        own_changes = [
            i for i, c in enumerate(changes) if key in (c.old_ids if version == "old" else c.new_ids)
        ]
        if version == "old" and not own_changes:
            continue  # it is drawn in the new version
        states = {changes[i].state for i in own_changes}
        found.append(
            {
                "title": _title(frame, key),
                "label": _title(frame, key, ("block", "parcel")),
                "version": version,
                "state": next((s for s in ("added", "gone", "changed") if s in states), "same"),
                "changes": own_changes,
                "sketched": _grade(frame, key) == "sketched",
                "geometry": _geometry(geometry),
            }
        )
    return found


def _strips(
    changes: Sequence[Told], old: geopandas.GeoDataFrame, new: geopandas.GeoDataFrame
) -> list[dict[str, Any]]:
    """Give the ground that only one version of a changed polygon covers."""
    before, after = ({str(k): g for k, g in zip(f.index, f.geometry, strict=True)} for f in (old, new))
    found = []
    pairs = {(a, b) for c in changes if c.state == "changed" for a in c.old_ids for b in c.new_ids}
    for a, b in sorted(pairs):
        one, other = before.get(a), after.get(b)
        placed = _grade(old, a) in _PLACED and _grade(new, b) in _PLACED
        if placed and one is not None and other is not None and one.is_valid and other.is_valid:
            for kind, strip in (("gone", one.difference(other)), ("added", other.difference(one))):
                if not strip.is_empty:
                    found.append({"kind": kind, "geometry": _geometry(strip)})
    return found


def _grade(frame: geopandas.GeoDataFrame, key: str) -> str:
    if "grade" not in frame.columns:
        return "surveyed"
    return str(dict(zip(map(str, frame.index), frame["grade"], strict=True)).get(key, "undetermined"))


def _title(
    frame: geopandas.GeoDataFrame,
    key: str,
    columns: Sequence[str] = ("zone", "block", "block_name", "parcel"),
) -> str:
    row = dict(zip(map(str, frame.index), frame.to_dict("records"), strict=True))[key]
    words = [row.get(column) for column in columns]
    return " ".join(dict.fromkeys(w for w in words if isinstance(w, str) and w)) or key


def _geometry(geometry: BaseGeometry) -> dict[str, Any]:
    # Seven decimals are a centimetre.
    return dict(shapely.geometry.mapping(shapely.set_precision(geometry, 1e-7, mode="pointwise")))
