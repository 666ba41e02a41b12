"""What the page script reads: shapes, edges and lines over one list of vertices, repeated words told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.model import LABELS_ZH
from ftz_geo.render.packing import UNITS_PER_DEGREE, Vertices, base64_vlq
from ftz_geo.render.views import GRADES, METHODS
from ftz_geo.render.words import EN, METHODS_ZH

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Edge, Span
    from ftz_geo.render.basemap import Basemap
    from ftz_geo.render.views import Colour, ParcelView

__all__ = ["PageData", "Shape", "centre_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A drawn parcel on one map."""

    parcel: ParcelView
    geometry: BaseGeometry
    colour: Colour
    card: int
    """Number of the card that a click on it opens, and of the row of the table."""


_EMPTY: tuple[Any, ...] = (None, "", [])


class _Numbers(dict[Any, int]):
    """Values in the order first met, by number."""

    def __missing__(self, value: Hashable) -> int:
        self[value] = len(self)
        return self[value]


class PageData:
    """Collects what one page shows.

    Examples
    --------
    >>> data = PageData()
    >>> data.add_line("中河", shapely.LineString([(117, 39), (117.1, 39)]))
    >>> data.to_dict()["lines"]
    [{'name': '中河', 'runs': 'AE'}]
    """

    def __init__(self) -> None:
        self._vertices = Vertices()
        self._features, self._sources, self._reasons = _Numbers(), _Numbers(), _Numbers()
        self._looks: dict[str, dict[str, Any]] = {}
        self._shapes: list[dict[str, Any]] = []
        self._names: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []
        self._candidates: list[dict[str, Any]] = []
        self._basemap: dict[str, Any] | None = None

    def add_shape(self, shape: Shape, *, evidence: bool, plane: LocalPlane | None = None) -> None:
        """Add a parcel; with its edges and words, and with a place for its name if a plane is given."""
        parcel = shape.parcel
        look = f"{parcel.grade} {shape.colour.number}"
        self._looks[look] = _fill(parcel.grade, shape.colour)
        data: dict[str, Any] = {
            "id": parcel.id,
            "block": None if parcel.block_id == parcel.id else parcel.block_id,
            "label": [word for word in (parcel.block, parcel.label) if word] or [parcel.title],
            "name": parcel.name,
            "card": shape.card,
            "grade": parcel.grade,
            "style": shape.colour.number,
            "declared_km2": parcel.declared,
            "of_block": parcel.declared_for_block or None,
            "measured_km2": _rounded(parcel.measured_km2),
            "parts": [
                [self._runs(ring) for ring in shapely.get_rings(part)] for part in _polygons(shape.geometry)
            ],
        }
        if plane is not None:
            data["centre"], data["radius_m"] = centre_of(shape.geometry, plane)
        if evidence:
            data |= self._evidence(parcel)
        self._shapes.append(data)

    def _runs(self, line: BaseGeometry) -> str:
        return base64_vlq(self._vertices.runs(line))

    def _evidence(self, parcel: ParcelView) -> dict[str, Any]:
        clause = parcel.clause
        numbers = {span: number for number, (_, span) in enumerate(clause.marks)}
        return {
            "near_km2": _rounded(parcel.near_km2, 3),
            "far_km2": _rounded(parcel.far_km2, 3),
            "shaped": parcel.area_shaped or None,
            "uncertainty_m": parcel.uncertainty_m,
            "reasons": [self._reasons[reason] for reason in parcel.reasons],
            "clause": clause.text,
            "marks": base64_vlq([number for mark in clause.marks for number in _mark(*mark, clause.start)]),
            "sides": [] if clause.marks else list(parcel.sides),
            "edges": [
                self._edge(edge, -1 if edge.span is None else numbers.get(edge.span, -1))
                for edge in parcel.evidence
            ],
        }

    def _edge(self, edge: Edge, mark: int) -> str:
        """Tell side, feature, method, half width in decimetres, mark, how many sources and which, runs."""
        sources = [self._sources[source] for source in edge.source_ids]
        told = (
            DIRECTIONS.index(edge.side),
            -1 if edge.feature is None else self._features[edge.feature],
            list(METHODS).index(edge.method),
            round(edge.half_width_m * 10),
            mark,
            len(sources),
        )
        return base64_vlq([*told, *sources, *self._vertices.runs(edge.line)])

    def add_name(self, lines: Sequence[str], bounds: Sequence[float], ink: str, radius_m: float) -> None:
        """Add a name that belongs to no one shape, around the middle of some bounds."""
        west, south, east, north = bounds
        middle = [round((south + north) / 2, 6), round((west + east) / 2, 6)]
        look = {"least": 1, "shape": None, "ink": ink, "centre": middle, "radius_m": radius_m}
        self._names.append({"lines": list(lines), **look})

    def add_line(self, name: str, line: BaseGeometry) -> None:
        """Add a named line between the shapes."""
        self._lines.append({"name": name, "runs": self._runs(line)})

    def add_candidate(self, lines: Iterable[BaseGeometry], *, chosen: bool, words: str) -> None:
        """Add what a name may mean on the reference map."""
        runs = [self._runs(line) for line in lines]
        self._candidates.append({"lines": runs, "chosen": chosen, "words": words})

    def add_basemap(self, background: Basemap) -> None:
        """Add the background."""
        self._basemap = background.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Give all of it, JSON-ready."""
        prefix = _prefix(list(self._sources))
        return {
            "units_per_degree": UNITS_PER_DEGREE,
            "vertices": self._vertices.packed(),
            "styles": self._looks,
            "grades": dict(GRADES),
            "labels": {word: LABELS_ZH[word] for word in GRADES},
            "methods": [
                {"label": LABELS_ZH[method], "how": METHODS_ZH[method], "dash": dash}
                for method, dash in METHODS.items()
            ],
            "features": list(self._features),
            "source_prefix": prefix,
            "sources": [source[len(prefix) :] for source in self._sources],
            "reasons": [list(reason) for reason in self._reasons],
            "shapes": _columns(self._shapes),
            "names": self._names,
            "lines": self._lines,
            "candidates": self._candidates,
            "basemap": self._basemap,
            "words": dict(EN),
        }


def _prefix(texts: Sequence[str]) -> str:
    """Give what all texts begin with.

    >>> _prefix(["way/12", "way/17"]), _prefix([])
    ('way/1', '')
    """
    least, most = min(texts, default=""), max(texts, default="")
    same = (i for i in range(len(least)) if least[i] != most[i])
    return least[: next(same, len(least))]


def _mark(side: Direction | None, span: Span, start: int) -> tuple[int, int, int]:
    """Tell a feature's words as side, place in the clause, length."""
    return -1 if side is None else DIRECTIONS.index(side), span[0] - start, span[1] - span[0]


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Turn rows into columns, without those that are empty from top to bottom.

    >>> _columns([{"id": "a", "name": None}, {"id": "b", "name": None}])
    {'id': ['a', 'b']}
    """
    columns = {key: [row.get(key) for row in rows] for row in rows[:1] for key in row}
    return {key: values for key, values in columns.items() if any(value not in _EMPTY for value in values)}


def _rounded(km2: float | None, digits: int = 6) -> float | None:
    return None if km2 is None else round(km2, digits)


def _fill(grade: str, colour: Colour) -> dict[str, Any]:
    """Style of a polygon: plain where its place is known, hatched where it is only a sketch."""
    style = {
        "color": colour.ink,
        "weight": 2,
        "dashArray": {"sketched": METHODS["sketch"], "inferred": METHODS["bridge"]}.get(grade),
        "fillColor": colour.fill,
        "fillOpacity": 0.34,
    }
    if grade in ("sketched", "inferred"):
        pattern = f"url(#{'hatch' if grade == 'sketched' else 'lines'}-{colour.number})"
        style |= {"fillColor": pattern, "fillOpacity": 1, "hatch": colour.fill}
    return style


def centre_of(geometry: BaseGeometry, plane: LocalPlane) -> tuple[list[float], float]:
    """Give the largest inscribed circle, where a label fits best: latitude and longitude, metres."""
    largest = max(_polygons(plane.to_xy(geometry)), key=lambda p: p.area)
    inscribed = shapely.maximum_inscribed_circle(largest)
    middle, radius_m = shapely.Point(inscribed.coords[0]), float(inscribed.length)
    # A long shape has many such circles: the one in its middle looks best, if it is about as large.
    if largest.contains(largest.centroid):
        central_m = float(largest.boundary.distance(largest.centroid))
        if central_m > 0.85 * radius_m:
            middle, radius_m = largest.centroid, central_m
    lon, lat = shapely.get_coordinates(plane.to_lonlat(middle))[0]
    return [round(float(lat), 5), round(float(lon), 5)], round(radius_m)


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon)]
