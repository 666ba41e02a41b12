"""The JSON of a map page, collected: lines over one list of vertices, repeated words told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import shapely

from ftz_geo.compass import DIRECTIONS, SIDE_ZH
from ftz_geo.model import HOLDS_ZH, LABELS_ZH, Grade
from ftz_geo.render.looks import DASHES, polygon_style
from ftz_geo.render.packing import UNITS_PER_DEGREE, Vertices, base64_vlq
from ftz_geo.render.readings import readings
from ftz_geo.render.schema import PackedEdge, PackedMark, Shape
from ftz_geo.render.words import CLAIMS_ZH, EN, METHODS_ZH

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Edge
    from ftz_geo.render import schema
    from ftz_geo.render.basemap import Basemap
    from ftz_geo.render.looks import Colour
    from ftz_geo.render.points import NearPoints
    from ftz_geo.render.views import Clause, ParcelView

__all__ = ["DrawnParcel", "PageData", "centre_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnParcel:
    """A drawn parcel on one map."""

    parcel: ParcelView
    geometry: BaseGeometry
    colour: Colour
    card: int
    """Number of the card that a click on it opens, and of the row of the table."""


class _Numbers(dict[Any, int]):
    """Values in the order first met, by number."""

    def __missing__(self, value: Hashable) -> int:
        self[value] = len(self)
        return self[value]


_NO_EVIDENCE: schema.Evidence = {
    "near_km2": None,
    "far_km2": None,
    "shaped": False,
    "uncertainty_m": None,
    "by_sides": False,
    "reasons": [],
    "clause": "",
    "marks": "",
    "abuttals": [],
    "edges": [],
}


class PageData:
    """Collects what one page shows.

    Examples
    --------
    >>> data = PageData()
    >>> data.add_line("中河", shapely.LineString([(117, 39), (117.1, 39)]))
    >>> data.to_dict(layers={})["lines"]
    [{'name': '中河', 'runs': 'AE'}]
    """

    def __init__(self) -> None:
        self._vertices = Vertices()
        self._features, self._sources, self._reasons = _Numbers(), _Numbers(), _Numbers()
        self._looks = _Numbers()
        self._shapes: list[Shape] = []
        self._names: list[schema.Name] = []
        self._lines: list[schema.Line] = []
        self._candidates: list[schema.Candidate] = []
        self._basemap: schema.Basemap | None = None
        self._points: schema.Points | None = None
        self._readings: dict[str, str] = {}

    def add_shape(self, shape: DrawnParcel, *, evidence: bool, plane: LocalPlane | None = None) -> None:
        """Add a parcel; with its edges and words, and with a place for its name if a plane is given."""
        parcel = shape.parcel
        centre, radius_m = (None, None) if plane is None else centre_of(shape.geometry, plane)
        self._shapes.append(
            {
                "id": parcel.id,
                "label": [word for word in (parcel.block, parcel.label) if word] or [parcel.title],
                "name": parcel.name,
                "card": shape.card,
                "grade": parcel.grade,
                "style": self._looks[parcel.grade, shape.colour],
                "declared_km2": parcel.declared,
                "of_block": parcel.declared_for_block,
                "measured_km2": _rounded(parcel.measured_km2),
                "parts": [
                    [self._runs(ring) for ring in shapely.get_rings(part)]
                    for part in _polygons(shape.geometry)
                ],
                "centre": centre,
                "radius_m": radius_m,
                "placed": parcel.is_placed,
                "shared": parcel.is_shared,
                **(self._evidence(parcel) if evidence else _NO_EVIDENCE),
            }
        )

    def _runs(self, line: BaseGeometry) -> schema.Packed:
        return base64_vlq(self._vertices.runs(line))

    def _evidence(self, parcel: ParcelView) -> schema.Evidence:
        clause = parcel.clause
        numbers = {span: number for number, (_, span) in enumerate(clause.marks)}
        return {
            "near_km2": _rounded(parcel.near_km2, 3),
            "far_km2": _rounded(parcel.far_km2, 3),
            "shaped": parcel.area_shaped,
            "uncertainty_m": parcel.uncertainty_m,
            "by_sides": parcel.by_sides,
            "reasons": [self._reasons[reason.zh, reason.en] for reason in parcel.reasons],
            "clause": clause.text,
            "marks": base64_vlq(number for mark in _marks(clause) for number in mark),
            "abuttals": [] if clause.marks else list(parcel.abuttals),
            "edges": [
                self._edge(edge, -1 if edge.span is None else numbers.get(edge.span, -1))
                for edge in parcel.edges
            ],
        }

    def _edge(self, edge: Edge, mark: int) -> schema.Packed:
        sources = [self._sources[source] for source in edge.source_ids]
        told = PackedEdge(
            side=DIRECTIONS.index(edge.side),
            feature=-1 if edge.feature is None else self._features[edge.feature],
            method=list(DASHES).index(edge.method),
            half_width_dm=round(edge.half_width_m * 10),
            uncertainty_dm=-1 if edge.uncertainty_m is None else round(edge.uncertainty_m * 10),
            mark=mark,
            source_count=len(sources),
        )
        return base64_vlq([*told, *sources, *self._vertices.runs(edge.line)])

    def add_name(self, lines: Sequence[str], bounds: Sequence[float], ink: str, radius_m: float) -> None:
        """Add a name that belongs to no one shape, around the middle of some bounds."""
        west, south, east, north = bounds
        middle = [round((south + north) / 2, 6), round((west + east) / 2, 6)]
        self._names.append(
            {
                "lines": list(lines),
                "least": 1,
                "shape": None,
                "ink": ink,
                "centre": middle,
                "radius_m": radius_m,
            }
        )

    def add_line(self, name: str, line: BaseGeometry) -> None:
        """Add a named line between the shapes."""
        self._lines.append({"name": name, "runs": self._runs(line)})

    def add_candidate(self, lines: Iterable[BaseGeometry], *, chosen: bool, words: tuple[str, str]) -> None:
        """Add what a name may mean on the reference map; its words in Chinese and in English."""
        runs = [self._runs(line) for line in lines]
        self._candidates.append({"lines": runs, "chosen": chosen, "words": words})

    def add_basemap(self, background: Basemap) -> None:
        """Add the background."""
        self._basemap = background.to_dict()

    def add_points(self, points: NearPoints) -> None:
        """Add the named points."""
        self._points = points.to_dict()

    def add_search(self, words: Iterable[str] = ()) -> None:
        """Let everything named so far, and other words of the page, be found by how it is read."""
        named = [word for shape in self._shapes for word in (*shape["label"], shape["name"]) if word]
        background = [feature["name"] for feature in self._basemap["features"]] if self._basemap else []
        self._readings = readings([*named, *self._features, *background, *words])

    def to_dict(self, *, layers: Mapping[str, str], tianditu_key: str | None = None) -> schema.Page:
        """Return all of it, JSON-ready.

        Parameters
        ----------
        layers : mapping of str to str
            Chinese titles of the groups of layers, by the name under which the page script knows them.
        tianditu_key : str, optional
        """
        prefix = _prefix(list(self._sources))
        return {
            "units_per_degree": UNITS_PER_DEGREE,
            "vertices": self._vertices.packed(),
            "directions": [SIDE_ZH[side] for side in DIRECTIONS],
            "styles": [polygon_style(grade, colour) for grade, colour in self._looks],
            "grades": {
                grade: {"label": LABELS_ZH[grade], "claim": CLAIMS_ZH[grade]} for grade in get_args(Grade)
            },
            "verdicts": list(HOLDS_ZH),
            "methods": {
                method: {"label": LABELS_ZH[method], "how": METHODS_ZH[method], "dash": dash}
                for method, dash in DASHES.items()
            },
            "features": list(self._features),
            "source_prefix": prefix,
            "sources": [source[len(prefix) :] for source in self._sources],
            "reasons": list(self._reasons),
            "shapes": _columns(self._shapes),
            "names": self._names,
            "lines": self._lines,
            "candidates": self._candidates,
            "basemap": self._basemap,
            "points": self._points,
            "readings": self._readings,
            "words": dict(EN),
            "layers": dict(layers),
            "tianditu_key": tianditu_key,
        }


def _prefix(texts: Sequence[str]) -> str:
    """Return what all texts begin with.

    >>> _prefix(["way/12", "way/17"]), _prefix([])
    ('way/1', '')
    """
    least, most = min(texts, default=""), max(texts, default="")
    same = (i for i in range(len(least)) if least[i] != most[i])
    return least[: next(same, len(least))]


def _marks(clause: Clause) -> list[PackedMark]:
    """Return where in a clause its features stand."""
    return [
        PackedMark(
            side=-1 if side is None else DIRECTIONS.index(side),
            start=start - clause.start,
            length=end - start,
        )
        for side, (start, end) in clause.marks
    ]


def _columns(rows: Sequence[Shape]) -> dict[str, list[Any]]:
    """Return rows as columns; one whose values are all the same is told once."""
    columns = {key: [row[key] for row in rows] for key in Shape.__annotations__}  # type: ignore[literal-required] # its own keys
    return {
        key: values[:1] if all(value == values[0] for value in values) else values
        for key, values in columns.items()
    }


def _rounded(km2: float | None, digits: int = 6) -> float | None:
    return None if km2 is None else round(km2, digits)


def centre_of(geometry: BaseGeometry, plane: LocalPlane) -> tuple[list[float], float]:
    """Return the largest inscribed circle, where a label fits best: latitude and longitude, metres."""
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
