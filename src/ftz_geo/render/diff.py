"""Two versions on one offline page: what changed, in words, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import shapely

from ftz_geo.frame import has_place
from ftz_geo.measure import LocalPlane
from ftz_geo.render.packing import UNITS_PER_DEGREE, Vertices, base64_vlq
from ftz_geo.render.page import bounds_of, layers_of, two_versions_page
from ftz_geo.render.quotes import quotes
from ftz_geo.render.shapes import centre_of
from ftz_geo.render.views import SKETCH_NOTES
from ftz_geo.render.words import EN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Plan
    from ftz_geo.render import schema

__all__ = ["Told", "diff_page"]

State = Literal["added", "gone", "changed", "same"]

_PLACED = frozenset({"surveyed", "traced", "inferred", "approximate"})
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
    every = [*before.values(), *after.values()]
    is_placed = any(polygon.is_placed for polygon in every)
    if is_placed:  # beside these, what has no place would seem to lie there
        before, after = _in_place(before), _in_place(after)
    unplaced = sum(not polygon.is_placed for polygon in every)
    vertices = Vertices()
    shapes = [*_shapes(changes, before, "old", vertices), *_shapes(changes, after, "new", vertices)]
    strips = _strips(changes, before, after, vertices)
    data: schema.DiffPage = {
        "units_per_degree": UNITS_PER_DEGREE,
        "vertices": vertices.packed(),
        "shapes": shapes,
        "strips": strips,
        "changes": [(change.zh, change.en) for change in changes],
        "is_placed": is_placed,
        "words": dict(EN),
    }
    return two_versions_page(
        "diff.html",
        bounds=_extent(changes, before, after),
        layers=layers_of({"graticule"}),
        data=data,
        titles=titles,
        changes=[_change(change, plans) for change in changes],
        states={shape["state"] for shape in shapes},
        has_strips=bool(strips),
        undrawn=[version for version, drawn in (("old", before), ("new", after)) if not drawn],
        has_sketches=any(shape["sketched"] for shape in shapes),
        # What has no place stands on a map without degrees, or is counted beside the map.
        sketch_note=SKETCH_NOTES["unplaced"] if every and not is_placed else None,
        unplaced=unplaced if is_placed else 0,
        apart=False,
        source=None,
    )


def _extent(
    changes: Sequence[Told], old: Mapping[str, _Polygon], new: Mapping[str, _Polygon]
) -> tuple[float, float, float, float]:
    """Return what the map shows at first: what changed, or everything where no polygon did."""
    changed = [
        polygons[key].geometry
        for change in changes
        for polygons, ids in ((old, change.old_ids), (new, change.new_ids))
        for key in ids
        if key in polygons
    ]
    return bounds_of(changed or [polygon.geometry for polygon in (*old.values(), *new.values())])


def _change(change: Told, plans: tuple[Plan, Plan] | None) -> dict[str, Any]:
    """Return a change as the list shows it."""
    words = []
    if plans is not None:
        spans = change.old_spans, change.new_spans
        words = [
            (title, quote)
            for title, plan, of_plan in zip(("旧版", "新版"), plans, spans, strict=True)
            for quote in quotes(plan.text, of_plan)
        ]
    drawn = bool(change.old_ids or change.new_ids)
    return {"zh": change.zh, "en": change.en, "state": change.state, "words": words, "drawn": drawn}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Polygon:
    """A polygon of one version."""

    title: str
    label: str
    grade: str
    geometry: BaseGeometry
    is_placed: bool
    """Some clue tells where it lies."""


def _in_place(polygons: Mapping[str, _Polygon]) -> dict[str, _Polygon]:
    return {key: polygon for key, polygon in polygons.items() if polygon.is_placed}


def _polygons(frame: geopandas.GeoDataFrame) -> dict[str, _Polygon]:
    """Return the polygons that are drawn by their ids; columns may be missing."""
    return {
        str(key): _Polygon(
            title=_words(row, ("zone", "block", "block_name", "parcel")) or str(key),
            label=_words(row, ("block", "parcel")) or str(key),
            grade=str(row.get("grade", "surveyed")),
            geometry=geometry,
            is_placed=has_place(row),
        )
        for key, row, geometry in zip(frame.index, frame.to_dict("records"), frame.geometry, strict=True)
        if geometry is not None and not geometry.is_empty
    }


def _words(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    words = [row.get(column) for column in columns]
    return " ".join(dict.fromkeys(word for word in words if isinstance(word, str) and word))


def _shapes(
    changes: Sequence[Told],
    polygons: Mapping[str, _Polygon],
    version: Literal["old", "new"],
    vertices: Vertices,
) -> list[schema.DiffShape]:
    """Return every polygon of a version with the numbers of its changes."""
    own_changes: dict[str, list[int]] = {}
    for number, change in enumerate(changes):
        for key in change.old_ids if version == "old" else change.new_ids:
            own_changes.setdefault(key, []).append(number)
    if not polygons:
        return []
    plane = LocalPlane.around([polygon.geometry for polygon in polygons.values()])
    shapes: list[schema.DiffShape] = []
    for key, polygon in polygons.items():
        numbers = own_changes.get(key, [])
        states = {changes[number].state for number in numbers}
        centre, radius_m = centre_of(polygon.geometry, plane)
        shapes.append(
            {
                "title": polygon.title,
                "label": polygon.label,
                "version": version,
                "state": next((state for state in ("added", "gone", "changed") if state in states), "same"),
                "changes": numbers,
                "sketched": polygon.grade == "sketched",
                "parts": _parts(polygon.geometry, vertices),
                "centre": centre,
                "radius_m": radius_m,
            }
        )
    return shapes


def _strips(
    changes: Sequence[Told], old: Mapping[str, _Polygon], new: Mapping[str, _Polygon], vertices: Vertices
) -> list[schema.DiffStrip]:
    """Return the ground that only one version of a changed polygon covers."""
    pairs = {(a, b) for c in changes if c.state == "changed" for a in c.old_ids for b in c.new_ids}
    found: list[schema.DiffStrip] = []
    for a, b in sorted(pairs):
        one, other = _placed(old.get(a)), _placed(new.get(b))
        if one is not None and other is not None:
            for kind, strip in (("gone", one.difference(other)), ("added", other.difference(one))):
                if strip.area > 0:
                    found.append({"kind": kind, "parts": _parts(strip, vertices)})
    return found


def _placed(polygon: _Polygon | None) -> BaseGeometry | None:
    """Return the geometry of a polygon that lies somewhere and is sound."""
    if polygon is None or polygon.grade not in _PLACED or not polygon.geometry.is_valid:
        return None
    return polygon.geometry


def _parts(geometry: BaseGeometry, vertices: Vertices) -> list[list[schema.Packed]]:
    """Return the rings of each polygon of a geometry; what has no area is no part of it."""
    polygons = [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon)]
    return [[base64_vlq(vertices.runs(ring)) for ring in shapely.get_rings(polygon)] for polygon in polygons]
