"""Two versions on one offline page: what changed, in words, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import shapely

from ftz_geo.render.offline import content_policy, json_block, leaflet, own, template
from ftz_geo.render.quotes import quotes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Plan
    from ftz_geo.render import schema

__all__ = ["Told", "diff_page"]

State = Literal["added", "gone", "changed", "same"]

_STATES_ZH: Mapping[State, str] = {"added": "新增", "gone": "不再列入", "changed": "有改动", "same": "未变"}

_PLACED = frozenset({"surveyed", "traced", "inferred", "approximate"})
"""Grades whose polygons lie somewhere; two sketches differ by their layout alone."""

_COMES_AND_GOES: dict[str, State] = {"added": "added", "drawn": "added", "gone": "gone", "lost": "gone"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One change, as far as the page needs to know it."""

    change: str
    zh: str
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
    """Return a page with a map of two versions and the changes beside it.

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
    before, after = _polygons(old), _polygons(new)
    data: schema.DiffPage = {
        "shapes": [*_shapes(changes, before, "old"), *_shapes(changes, after, "new")],
        "strips": _strips(changes, before, after),
        "changes": [change.zh for change in changes],
        "states": {str(state): zh for state, zh in _STATES_ZH.items()},
    }
    library, library_style = leaflet()
    scripts = [library, own("diff.js")]
    return template("diff.html").render(
        policy=content_policy(scripts),
        styles=[library_style, own("diff.css")],
        scripts=scripts,
        titles=titles,
        changes=[_change(change, plans) for change in changes],
        states=_STATES_ZH,
        sketched=any(shape["sketched"] for shape in data["shapes"]),
        data=json_block(data),
    )


def _change(change: Told, plans: tuple[Plan, Plan] | None) -> dict[str, Any]:
    """Return a change as the list shows it."""
    words = []
    if plans is not None:
        spans = change.old_spans, change.new_spans
        words = [
            (title, quote)
            for title, plan, of_plan in zip(("旧", "新"), plans, spans, strict=True)
            for quote in quotes(plan.text, of_plan)
        ]
    drawn = bool(change.old_ids or change.new_ids)
    return {"zh": change.zh, "state": change.state, "words": words, "drawn": drawn}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Polygon:
    """A polygon of one version."""

    title: str
    label: str
    grade: str
    geometry: BaseGeometry


def _polygons(frame: geopandas.GeoDataFrame) -> dict[str, _Polygon]:
    """Return the polygons that are drawn by their ids; columns may be missing."""
    return {
        str(key): _Polygon(
            title=_words(row, ("zone", "block", "block_name", "parcel")) or str(key),
            label=_words(row, ("block", "parcel")) or str(key),
            grade=str(row.get("grade", "surveyed")),
            geometry=geometry,
        )
        for key, row, geometry in zip(frame.index, frame.to_dict("records"), frame.geometry, strict=True)
        if geometry is not None and not geometry.is_empty
    }


def _words(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    words = [row.get(column) for column in columns]
    return " ".join(dict.fromkeys(word for word in words if isinstance(word, str) and word))


def _shapes(
    changes: Sequence[Told], polygons: Mapping[str, _Polygon], version: Literal["old", "new"]
) -> list[schema.DiffShape]:
    """Return every polygon of a version with the numbers of its changes."""
    own_changes: dict[str, list[int]] = {}
    for number, change in enumerate(changes):
        for key in change.old_ids if version == "old" else change.new_ids:
            own_changes.setdefault(key, []).append(number)
    return [
        _shape(changes, polygon, version, own_changes.get(key, []))
        for key, polygon in polygons.items()
        # What did not change is drawn in the new version alone.
        if version == "new" or key in own_changes
    ]


def _shape(
    changes: Sequence[Told], polygon: _Polygon, version: Literal["old", "new"], numbers: list[int]
) -> schema.DiffShape:
    states = {changes[number].state for number in numbers}
    return {
        "title": polygon.title,
        "label": polygon.label,
        "version": version,
        "state": next((state for state in ("added", "gone", "changed") if state in states), "same"),
        "changes": numbers,
        "sketched": polygon.grade == "sketched",
        "geometry": _geometry(polygon.geometry),
    }


def _strips(
    changes: Sequence[Told], old: Mapping[str, _Polygon], new: Mapping[str, _Polygon]
) -> list[schema.DiffStrip]:
    """Return the ground that only one version of a changed polygon covers."""
    pairs = {(a, b) for c in changes if c.state == "changed" for a in c.old_ids for b in c.new_ids}
    found: list[schema.DiffStrip] = []
    for a, b in sorted(pairs):
        one, other = _placed(old.get(a)), _placed(new.get(b))
        if one is not None and other is not None:
            for kind, strip in (("gone", one.difference(other)), ("added", other.difference(one))):
                if not strip.is_empty:
                    found.append({"kind": kind, "geometry": _geometry(strip)})
    return found


def _placed(polygon: _Polygon | None) -> BaseGeometry | None:
    """Return the geometry of a polygon that lies somewhere and is sound."""
    if polygon is None or polygon.grade not in _PLACED or not polygon.geometry.is_valid:
        return None
    return polygon.geometry


def _geometry(geometry: BaseGeometry) -> dict[str, Any]:
    # Seven decimals are a centimetre.
    return dict(shapely.geometry.mapping(shapely.set_precision(geometry, 1e-7, mode="pointwise")))
