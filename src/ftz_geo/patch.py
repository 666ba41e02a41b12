"""Corrections made on a map page: a patch is read, checked, and put into the parcels that it was made for.

A patch is GeoJSON with only what changed. Beside ``features``, each a polygon under a parcel's id, it has a
member ``ftz_geo``: ``schema`` (:data:`SCHEMA`), ``made_from`` (``file``, and ``sha256`` of the
``blocks.geojson`` that the page was made with), ``who``, ``when`` (ISO 8601 with its offset), and ``grade``
(``surveyed`` or ``keep``). A feature's property ``along`` may list sides that were laid along a named line of
the page's base map: ``side``, ``feature``, and ``line``, the vertices of the ring that they are. A patch is
applied whole or refused whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ftz_geo.compass import DIRECTIONS
from ftz_geo.errors import PatchError
from ftz_geo.frame import Drawing, edges_frame, reasons_of
from ftz_geo.measure import area_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    import geopandas
    from numpy.typing import NDArray

    from ftz_geo.model import Direction, Edge, Grade

__all__ = ["SCHEMA", "Along", "AreaChange", "Patch", "area_changes", "corrected", "read_patch"]

SCHEMA = "ftz-geo/patch-1"

_SAME_DEGREES = 1.5e-8
"""Vertices nearer than this, 1.5 mm, are one: far more than the 1e-9 degrees to which a page rounds."""

_MAKE_ANEW = "download it again from the map page"

Polygonal = shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True, kw_only=True, slots=True)
class Along:
    """A side that its corrector laid along a line of the page's base map."""

    side: Direction
    feature: str
    """The line's name."""
    segments: frozenset[frozenset[tuple[float, float]]]
    """Of the new ring, by their two ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """What somebody changed on a map page."""

    path: str
    sha256: str
    """Of the patch's own bytes."""
    made_from: str
    """SHA-256 of the ``blocks.geojson`` that it changes."""
    who: str
    when: datetime
    """With its offset from UTC."""
    grade: Literal["surveyed", "keep"]
    """Whether the polygons are coordinates that somebody stands for, or keep the grade they had."""
    polygons: Mapping[str, Polygonal]
    """New polygon by parcel id: longitude, latitude; valid, shells counter-clockwise."""
    along: Mapping[str, tuple[Along, ...]] = field(default_factory=dict)
    """By parcel id; a parcel without any may be missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaChange:
    """What a patch did to the area of one parcel, km² on the CGCS2000 ellipsoid."""

    parcel_id: str
    before_km2: float | None
    """None where nothing was drawn before."""
    after_km2: float
    declared_km2: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with the difference."""
        before = self.before_km2
        return {
            "parcel_id": self.parcel_id,
            "before_km2": before,
            "after_km2": self.after_km2,
            "difference_km2": None if before is None else round(self.after_km2 - before, 9),
            "declared_km2": self.declared_km2,
        }


def read_patch(path: str | Path) -> Patch:
    """Read a patch and check everything that can be checked without the parcels it changes.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Patch

    Raises
    ------
    PatchError
        The file is missing or no patch; it names nobody, no time or no version; a parcel stands twice in it;
        or a polygon is broken: too few points, not numbers, outside the world, crossing itself.

    Examples
    --------
    >>> read_patch("nowhere.patch.geojson")
    Traceback (most recent call last):
    ...
    ftz_geo.errors.PatchError: nowhere.patch.geojson: there is no such file; check the path
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise PatchError(path, "there is no such file", "check the path") from None
    except OSError as error:
        raise PatchError(path, f"it cannot be read ({error.strerror})", "check the path") from error
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise PatchError(path, f"it is not JSON ({error})", _MAKE_ANEW) from error
    head = _member(value, "ftz_geo", dict)
    if _member(value, "type", str) != "FeatureCollection" or _member(head, "schema", str) != SCHEMA:
        raise PatchError(path, f"it is no patch of schema {SCHEMA}", _MAKE_ANEW)
    made_from = _member(_member(head, "made_from", dict), "sha256", str) or ""
    if not re.fullmatch("[0-9a-f]{64}", made_from):
        raise PatchError(path, "it does not state the SHA-256 of what it was made from", _MAKE_ANEW)
    who = (_member(head, "who", str) or "").strip()
    if not 0 < len(who) <= 200 or not who.isprintable():
        raise PatchError(
            path, "it does not name who made it (member who, 1 to 200 printable characters)", "add a name"
        )
    grade = head.get("grade", "surveyed")
    if grade not in ("surveyed", "keep"):
        raise PatchError(path, f"its grade is {grade!r}, neither 'surveyed' nor 'keep'", "correct it")
    return Patch(
        path=str(path),
        sha256=hashlib.sha256(content).hexdigest(),
        made_from=made_from,
        who=who,
        when=_moment(path, _member(head, "when", str)),
        grade=grade,
        polygons=(polygons := _polygons(path, _member(value, "features", list))),
        along=_alongs(path, value["features"], polygons),
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _member(value: object, name: str, kind: type[Any]) -> Any:
    """Return a member of a JSON object, or None if there is none of this kind."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, kind) else None


def _moment(path: str | Path, text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise PatchError(
            path, f"its time is {text!r}", "write it as 2026-03-01T09:30:00+08:00, with the offset from UTC"
        )
    return moment


def _polygons(path: str | Path, features: Sequence[object] | None) -> dict[str, Polygonal]:
    if not features:
        raise PatchError(path, "it changes no block", _MAKE_ANEW)
    found: dict[str, Polygonal] = {}
    for number, feature in enumerate(features, 1):
        key = _member(feature, "id", str)
        if key is None:
            raise PatchError(path, f"its feature {number} has no id", _MAKE_ANEW)
        if key in found:
            raise PatchError(path, f"the block {key!r} stands in it twice", "keep one of the two")
        try:
            found[key] = _polygon(_member(feature, "geometry", dict))
        except ValueError as error:
            mend = "correct the shape on the map page and download it again"
            raise PatchError(path, f"the polygon of {key!r} is broken ({error})", mend) from error
    return found


def _alongs(
    path: str | Path, features: Sequence[Any], polygons: Mapping[str, Polygonal]
) -> dict[str, tuple[Along, ...]]:
    found: dict[str, tuple[Along, ...]] = {}
    for feature in features:
        key, told = feature["id"], (_member(feature, "properties", dict) or {}).get("along")
        if told is None:
            continue
        segments = {frozenset(s) for ring in _segments(polygons[key]) for s in ring}
        try:
            if not isinstance(told, list) or len(told) > len(segments):
                raise ValueError("they are no list of sides, or more than the ring has")
            found[key] = tuple(_along(one, segments) for one in told)
        except ValueError as error:
            problem = f"what sides of {key!r} lie along is broken ({error})"
            raise PatchError(path, problem, _MAKE_ANEW) from error
    return found


def _along(told: object, segments: Set[frozenset[_Vertex]]) -> Along:
    """Read a side that was laid along a line; a ValueError says what is wrong with it."""
    side, name = _member(told, "side", str), _member(told, "feature", str) or ""
    if side not in DIRECTIONS:
        raise ValueError("the side is none of " + ", ".join(DIRECTIONS))
    if not 0 < len(name.strip()) <= 200 or not name.isprintable():
        raise ValueError("the feature has no name of 1 to 200 printable characters")
    line = _positions(_member(told, "line", list), "a line", 2)
    own = frozenset(frozenset(pair) for pair in pairwise(map(tuple, line.tolist())))
    if not own <= segments:
        raise ValueError(f"the line of {name!r} is no part of the ring")
    return Along(side=side, feature=name.strip(), segments=own)


def _polygon(geometry: dict[str, Any] | None) -> Polygonal:
    """Make a polygon of GeoJSON; a ValueError says what is wrong with it."""
    kind, given = _member(geometry, "type", str), _member(geometry, "coordinates", list)
    if kind not in ("Polygon", "MultiPolygon") or not given:
        raise ValueError("it is neither a Polygon nor a MultiPolygon with coordinates")
    parts = [_part(part) for part in (given if kind == "MultiPolygon" else [given])]
    whole: Polygonal = parts[0] if kind == "Polygon" else shapely.MultiPolygon(parts)
    if not shapely.is_valid(whole):
        raise ValueError(shapely.is_valid_reason(whole))
    if not area_m2([whole])[0] > 0:
        raise ValueError("it has no area")
    oriented: Polygonal = shapely.orient_polygons(whole)
    return oriented


def _part(rings: object) -> shapely.Polygon:
    if not isinstance(rings, list) or not rings:
        raise ValueError("a part has no ring")
    shell, *holes = map(_ring, rings)
    return shapely.Polygon(shell, holes)


def _ring(positions: object) -> NDArray[np.float64]:
    ring = _positions(positions, "a ring", 4)
    if tuple(ring[0]) != tuple(ring[-1]):
        raise ValueError("a ring does not end where it starts")
    return ring


def _positions(positions: object, what: str, least: int) -> NDArray[np.float64]:
    if not isinstance(positions, list) or len(positions) < least:
        raise ValueError(f"{what} has fewer than { {2: 'two', 4: 'four'}[least] } positions")
    for position in positions:
        # bool counts as a number in Python, and text of digits becomes one in numpy.
        if not isinstance(position, list) or [type(n) for n in position] not in _PAIRS:
            raise ValueError(f"{str(position)[:60]} is not a longitude and a latitude")
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in positions):
        raise ValueError("a position lies outside the world")
    return np.array(positions, dtype=float)


_PAIRS = [[one, other] for one in (int, float) for other in (int, float)]


def corrected(drawing: Drawing, patch: Patch) -> Drawing:
    """Put the polygons of a patch into the parcels that it was made for.

    A piece of ring that was not moved keeps its evidence. Every other piece has the method ``edited``: it no
    longer claims to lie on anything, also where it has the name of the line that it was laid along. A patch
    that keeps the grades lowers ``traced`` to ``inferred`` where it moved an edge. That a stated area shaped
    a polygon stays said as long as an edge of that shape is left.

    Parameters
    ----------
    drawing : Drawing
        As ``read_drawing`` gives it.
    patch : Patch
        Made from these parcels, or from an earlier version in which those that it names were the same.

    Returns
    -------
    Drawing
        All parcels; those that the patch does not name are as they were.

    Raises
    ------
    PatchError
        The patch names a parcel that is not there.
    """
    parcels, edges = drawing.parcels, drawing.edges_of()
    unknown = [key for key in patch.polygons if key not in parcels.index]
    if unknown:
        raise PatchError(patch.path, f"there is no block {unknown[0]!r}", "name the file it was made from")
    vertices = shapely.get_coordinates(parcels.geometry.to_numpy())
    rows: dict[str, dict[str, Any]] = {}
    for key, polygon in patch.polygons.items():
        settled = _settled(polygon, vertices)
        old = edges.get(key, ())
        laid = _laid(polygon, settled, patch.along.get(key, ()))
        edges[key] = _evidence(parcels.geometry[key], settled, old, laid)
        moved = not old or any(edge.method == "edited" for edge in edges[key])
        rows[key] = _corrected_row(parcels.loc[key], settled, patch, moved=moved)
    result = parcels.copy()
    for name in (*_CHANGED, "geometry"):
        values = np.empty(len(result), dtype=object)
        values[:] = [
            rows.get(key, {}).get(name, old) for key, old in zip(result.index, result[name], strict=True)
        ]
        result[name] = values if name in _OBJECTS else values.astype(parcels[name].dtype)
    in_order = {key: edges[key] for key in result.index if key in edges}
    return replace(drawing, parcels=result, edges=edges_frame(in_order))


_CHANGED = (
    "measured_area_km2",
    "grade",
    "reasons",
    "reason_codes",
    "placement_uncertainty_m",
    "area_near_km2",
    "area_far_km2",
    "area_shaped",
    "area_doubt_km2",
)
_OBJECTS = frozenset({"grade", "reasons", "reason_codes", "geometry"})


def area_changes(
    before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame, patch: Patch
) -> tuple[AreaChange, ...]:
    """Compare the areas of the parcels that a patch changed.

    Parameters
    ----------
    before, after : GeoDataFrame
        As given to and by :func:`corrected`.
    patch : Patch

    Returns
    -------
    tuple of AreaChange
        In the order of the patch.
    """
    keys = list(patch.polygons)

    def km2(values: Sequence[float] | NDArray[np.float64]) -> list[float | None]:
        return [None if np.isnan(v) else round(float(v), 9) for v in values]

    old = km2(area_m2(before.geometry.loc[keys].to_numpy()) / 1e6)
    new = area_m2(after.geometry.loc[keys].to_numpy()) / 1e6
    declared = km2(after["declared_area_km2"].loc[keys].to_numpy(dtype=float))
    return tuple(
        AreaChange(parcel_id=key, before_km2=b, after_km2=round(float(a), 9), declared_km2=d)
        for key, b, a, d in zip(keys, old, new, declared, strict=True)
    )


def _settled(polygon: Polygonal, vertices: NDArray[np.float64]) -> Polygonal:
    """Put vertices that nobody moved where they were to the last digit: shared edges stay shared."""
    if not len(vertices):
        return polygon
    tree = cKDTree(vertices)

    def settle(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        distance, nearest = tree.query(xy)
        return np.where((distance < _SAME_DEGREES)[:, None], vertices[nearest], xy)

    settled: Polygonal = shapely.transform(polygon, settle)
    return settled if settled.is_valid else polygon


def _corrected_row(
    old: Mapping[str, Any], polygon: Polygonal, patch: Patch, *, moved: bool
) -> dict[str, Any]:
    grade: Grade = "surveyed" if patch.grade == "surveyed" else old["grade"]
    if grade == "undetermined" or (grade == "traced" and moved):
        grade = "inferred"
    reason = f"{patch.who}于 {patch.when.date().isoformat()} 在地图页上修改了界线"
    surveyed = grade == "surveyed"
    return {
        "geometry": polygon,
        "measured_area_km2": round(float(area_m2([polygon])[0]) / 1e6, 9),
        "grade": grade,
        # Why a polygon was sketched or inferred is not true of one that somebody stands for.
        "reasons": [reason] if surveyed else [*old["reasons"], reason],
        "reason_codes": ["edited"] if surveyed else [*_codes(old), "edited"],
        "placement_uncertainty_m": np.nan if surveyed else old["placement_uncertainty_m"],
        "area_near_km2": np.nan,
        "area_far_km2": np.nan,
        "area_doubt_km2": np.nan if surveyed else old["area_doubt_km2"],
        "area_shaped": bool(old["area_shaped"]) and _keeps_an_edge(old["geometry"], polygon),
    }


def _codes(row: Mapping[str, Any]) -> list[str]:
    """Return the codes of a row's reasons, one for each; a file of before has none."""
    return [reason.code for reason in reasons_of(row)]


_Vertex = tuple[float, float]
_Segment = tuple[_Vertex, _Vertex]


def _segments(geometry: Polygonal | shapely.LineString | None) -> Iterator[list[_Segment]]:
    """Yield the segments of each ring, or of a line, in order."""
    if geometry is None:
        return
    for ring in [geometry] if isinstance(geometry, shapely.LineString) else _rings(geometry):
        yield list(pairwise((float(x), float(y)) for x, y in shapely.get_coordinates(ring)))


def _rings(geometry: Polygonal) -> list[shapely.LineString]:
    return list(shapely.get_rings(shapely.get_parts(geometry)))


def _keeps_an_edge(old: Polygonal | None, new: Polygonal) -> bool:
    """Tell whether an edge of a shape is left in another, moved along or not."""

    def steps(geometry: Polygonal | None) -> NDArray[np.float64]:
        rings = [np.diff(shapely.get_coordinates(r), axis=0) for r in _rings(geometry)] if geometry else []
        return np.concatenate(rings) if rings else np.empty((0, 2))

    before, after = steps(old), steps(new)
    return bool(
        len(before) and np.any(cKDTree(before).query(after, distance_upper_bound=2 * _SAME_DEGREES)[0] < 1)
    )


def _laid(
    polygon: Polygonal, settled: Polygonal, along: Sequence[Along]
) -> dict[frozenset[_Vertex], tuple[Direction, str]]:
    """Return side and name of the segments that were laid along a line, by their ends as they settled."""
    ends = zip(shapely.get_coordinates(polygon), shapely.get_coordinates(settled), strict=True)
    settled_at = {tuple(a.tolist()): tuple(b.tolist()) for a, b in ends}
    return {
        frozenset(settled_at[end] for end in segment): (one.side, one.feature)
        for one in along
        for segment in one.segments
    }


def _evidence(
    old: Polygonal | None,
    new: Polygonal,
    edges: Sequence[Edge],
    laid: Mapping[frozenset[_Vertex], tuple[Direction, str]],
) -> tuple[Edge, ...]:
    """Cut the new rings into pieces that still lie on their old edges, and pieces that were drawn by hand."""
    if old is None or not edges:
        return ()
    owner = {frozenset(segment): edge for edge in edges for line in _segments(edge.line) for segment in line}
    still = {frozenset(segment) for ring in _segments(old) for segment in ring}
    # A block that moved as a whole has its sides where they were around its middle.
    shift = np.subtract(old.centroid.coords[0], new.centroid.coords[0])
    lines = [edge.line for edge in edges]

    def edge_of(segment: _Segment) -> Edge | None:
        if frozenset(segment) in owner or frozenset(segment) in still:
            return owner.get(frozenset(segment))
        middle = shapely.Point(np.mean(segment, axis=0) + shift)
        nearest = edges[int(np.argmin(shapely.distance(lines, middle)))]
        edited = replace(nearest, method="edited", source_ids=(), half_width_m=0.0)
        if frozenset(segment) not in laid:
            return edited
        # Words of the notice are no evidence for a line that somebody chose on a map.
        side, name = laid[frozenset(segment)]
        span = edited.span if edited.feature == name else None
        return replace(edited, side=side, feature=name, span=span, uncertainty_m=None)

    found = []
    for ring in _segments(new):
        told = [(edge_of(segment), segment) for segment in ring]
        pieces = [
            (edge, [segment for _, segment in piece])
            for edge, piece in groupby(told, key=lambda pair: pair[0])
        ]
        # The ring may start in the middle of a piece.
        if len(pieces) > 1 and pieces[0][0] == pieces[-1][0]:
            edge, last = pieces.pop()
            pieces[0] = (edge, last + pieces[0][1])
        found += [
            replace(edge, line=shapely.LineString([piece[0][0], *(end for _, end in piece)]))
            for edge, piece in pieces
            if edge is not None
        ]
    return tuple(found)
