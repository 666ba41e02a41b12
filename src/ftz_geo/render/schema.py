"""The contract between Python and the scripts of the pages: every record and field of a page's JSON.

:mod:`~ftz_geo.render.shapes` and :mod:`~ftz_geo.render.diff` build the JSON as these records;
``page.core.js`` unpacks it. Four packings keep a page small:

- *numbers*: whole numbers as :func:`~ftz_geo.render.packing.base64_vlq` writes them;
- *places*: longitude and latitude in turn on a grid, each as its step from the place before, as numbers;
- *runs*: a line told by the numbers of its vertices, see :meth:`~ftz_geo.render.packing.Vertices.runs`;
- *columns*: the rows of a table as one list for each field, told once where all its values are the same.

Places that are not packed are latitude and longitude in degrees, the order of Leaflet.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

__all__ = [
    "About",
    "Basemap",
    "BasemapFeature",
    "Candidate",
    "DiffPage",
    "DiffShape",
    "DiffStrip",
    "Editor",
    "Evidence",
    "GradeWords",
    "Line",
    "MethodWords",
    "Name",
    "NamedPoints",
    "Packed",
    "PackedEdge",
    "PackedMark",
    "Page",
    "Points",
    "Shape",
    "Style",
]

Packed = str
"""Numbers, places or runs; the field says which."""


class PackedEdge(NamedTuple):
    """The numbers that an edge begins with; the numbers of its sources follow, then its runs."""

    side: int
    """Place in :attr:`Page.directions`."""
    feature: int
    """Place in :attr:`Page.features`; -1 where no name accounts for it."""
    method: int
    """Place among :attr:`Page.methods`."""
    half_width_dm: int
    """From the line to the edge of what it runs along, in decimetres; 0 where that has no width."""
    uncertainty_dm: int
    """Half the width of the band that holds the true edge with 90 %, in decimetres; -1 for no claim."""
    mark: int
    """Place of its words in :attr:`Evidence.marks`; -1 where it has none."""
    source_count: int
    """How many of the numbers that follow are places in :attr:`Page.sources`."""


class PackedMark(NamedTuple):
    """A feature's words in the clause of its parcel."""

    side: int
    """Place in :attr:`Page.directions`; -1 for a feature that is told on no side."""
    start: int
    """Where the words begin, in characters from the beginning of the clause."""
    length: int
    """How many characters they have."""


class Style(TypedDict):
    """How a polygon looks, as options of a path of Leaflet; and what replaces a pattern on a canvas."""

    color: str
    weight: float
    """Pixels."""
    dashArray: str | None
    fillColor: str
    """A colour, or a pattern of the page as ``url(#…)``."""
    fillOpacity: float
    hatch: str | None
    """Colour of the pattern; None for a plain fill."""


class GradeWords(TypedDict):
    """A grade in Chinese."""

    label: str
    claim: str
    """What a polygon of this grade claims."""


class MethodWords(TypedDict):
    """How edges were drawn, in Chinese, and the dash that tells it."""

    label: str
    how: str
    """A sentence."""
    dash: str | None
    """As in SVG, in pixels; None for an unbroken line."""


class Evidence(TypedDict):
    """What a polygon rests on."""

    near_km2: float | None
    """Area up to the near edges of its roads and waters; None where none has a width."""
    far_km2: float | None
    shaped: bool
    """The stated area decided the shape, so that it proves nothing."""
    uncertainty_m: float | None
    """How far the whole polygon may lie from the truth; None where it stands on a map."""
    by_sides: bool
    """The known ones of its sides placed it, so that this holds with 90 %."""
    reasons: list[int]
    """Places in :attr:`Page.reasons`."""
    clause: str
    """The words that the parcel was read from."""
    marks: Packed
    """Numbers, three for each :class:`PackedMark`."""
    abuttals: list[str | None]
    """What it abuts on as written, in the order of :attr:`Page.directions`; empty where there are marks."""
    edges: list[Packed]
    """Numbers: a :class:`PackedEdge`, its sources, its runs."""


class Shape(Evidence):
    """The polygon of a parcel."""

    id: str
    """Of the parcel."""
    label: list[str]
    """Labels of its block and of itself, or its id."""
    name: str | None
    """Of its block."""
    card: int
    """Number of the card that a click on it opens, and of the row of the table."""
    grade: str
    """Key of :attr:`Page.grades`."""
    style: int
    """Place in :attr:`Page.styles`."""
    declared_km2: str | None
    """As printed in the document."""
    of_block: bool
    """That area is stated of its whole block."""
    measured_km2: float | None
    """On the CGCS2000 ellipsoid."""
    placed: bool
    """Some clue tells where it lies; one without stands apart from the map."""
    shared: bool
    """Its area is an equal share of its block's."""
    parts: list[list[Packed]]
    """Runs of the rings of each polygon, the shell first; the first vertex is not repeated."""
    centre: list[float] | None
    """Where its name stands; None on a map that names no parcels."""
    radius_m: float | None
    """Of the circle around the centre that its name has room in."""


class Name(TypedDict):
    """A name on the map that belongs to no one shape."""

    lines: list[str]
    least: int
    """How many of the lines stand there at least."""
    shape: int | None
    """Place of the shape that it names; None for none."""
    ink: str
    """Colour."""
    centre: list[float]
    radius_m: float
    """Half the height of what it names, which it keeps clear of."""


class Line(TypedDict):
    """A named road or water between the blocks of a sketch."""

    name: str
    runs: Packed


class Candidate(TypedDict):
    """What a name may mean on the reference map."""

    lines: list[Packed]
    """Runs."""
    chosen: bool
    words: tuple[str, str]
    """What became of it, in Chinese and in English."""


class BasemapFeature(TypedDict):
    """A named feature of the background."""

    name: str
    kind: str
    """One that ``page.basemap.js`` has a look for."""
    area: bool
    """Its parts are rings (even-odd) around one area."""
    parts: list[Packed]
    """Places."""


class Basemap(TypedDict):
    """The background."""

    units_per_degree: int
    """Of the grid that its places are on."""
    features: list[BasemapFeature]


class NamedPoints(TypedDict):
    """The points of one name."""

    name: str
    """Their own, as the gazetteer has it."""
    places: Packed
    """Places."""


class Points(TypedDict):
    """The named points that the sides name."""

    units_per_degree: int
    """Of the grid that their places are on."""
    named: list[NamedPoints]


class About(TypedDict):
    """What files that a reader takes from the page say of themselves."""

    zone_id: str
    zone: str
    """Its name."""
    source: str | None
    """Title of the document, or its file's name."""
    credits: list[str]
    """Of the maps and points that the page rests on."""


class Page(TypedDict):
    """The JSON of a map page, in the element ``ftz-data``."""

    units_per_degree: int
    """Of the grid that the vertices are on, and that the editor moves them on."""
    vertices: Packed
    """Places."""
    directions: list[str]
    """The four sides in Chinese."""
    styles: list[Style]
    grades: dict[str, GradeWords]
    """Best first."""
    verdicts: list[str]
    """Best first; a table is sorted by it."""
    methods: dict[str, MethodWords]
    features: list[str]
    """Names of the features that edges run along."""
    source_prefix: str
    """What all ids of :attr:`sources` begin with."""
    sources: list[str]
    """Ids of features of the reference map, without the prefix."""
    reasons: list[tuple[str, str]]
    """Why polygons are graded as they are, in Chinese and in English."""
    shapes: dict[str, list[Any]]
    """Columns of :class:`Shape`."""
    names: list[Name]
    """Where there are none, every shape is named."""
    lines: list[Line]
    candidates: list[Candidate]
    basemap: Basemap | None
    points: Points | None
    readings: dict[str, str]
    """The Chinese characters of what can be searched, by the syllables that they are read as, without tones;
    none on a page without a search."""
    words: dict[str, str]
    """Every fixed word in Chinese, and in English."""
    layers: dict[str, str]
    """Chinese titles of the groups of layers, by the name under which the page script knows them."""
    about: About | None
    """None on pages of no one zone."""
    tianditu_key: str | None
    """None where the reader is asked for their own."""


class Editor(TypedDict):
    """What the editor hands back with a patch, in the element ``ftz-editor``."""

    schema: str
    """Of the patch."""
    file: str
    """Name of the file that the page was made from."""
    sha256: str
    """Of that file."""


class DiffShape(TypedDict):
    """A polygon of one of two versions."""

    title: str
    label: str
    """What is written on the map."""
    version: str
    """``old`` or ``new``."""
    state: str
    """What becomes of it: ``added``, ``gone``, ``changed`` or ``same``."""
    changes: list[int]
    """Places in :attr:`DiffPage.changes`."""
    sketched: bool
    parts: list[list[Packed]]
    """Runs of the rings of each polygon, the shell first; the first vertex is not repeated."""
    centre: list[float]
    """Where its label stands."""
    radius_m: float
    """Of the circle around the centre that its label has room in."""


class DiffStrip(TypedDict):
    """Ground that only one version of a changed polygon covers."""

    kind: str
    """``gone`` or ``added``."""
    parts: list[list[Packed]]
    """As of a shape."""


class DiffPage(TypedDict):
    """The JSON of the page of two versions, in the element ``ftz-data``."""

    units_per_degree: int
    """Of the grid that the vertices are on."""
    vertices: Packed
    """Places."""
    shapes: list[DiffShape]
    """Of both versions, the old one first."""
    strips: list[DiffStrip]
    changes: list[tuple[str, str]]
    """In Chinese and in English."""
    is_placed: bool
    """Some clue tells where one of the shapes lies; without, nothing on the page tells of places."""
    words: dict[str, str]
    """Every fixed word in Chinese, and in English."""
