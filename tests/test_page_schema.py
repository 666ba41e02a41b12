"""The contract between Python and the scripts of a page: what is written is described, and read."""

import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

import geopandas as gpd
import pytest
import shapely

from builders import drawing
from ftz_geo.compass import SIDE_ZH, Direction
from ftz_geo.explain import explain_parcel
from ftz_geo.frame import Drawing
from ftz_geo.measure import LocalPlane
from ftz_geo.model import LABELS_ZH, Candidate, Choice, Edge, Method, Parcel, Plan, Reason, ReferenceMap
from ftz_geo.parse import parse_plan
from ftz_geo.render import Told, diff_page, explanation_page, map_pages, schema
from ftz_geo.render.basemap import KINDS
from ftz_geo.render.offline import leaflet
from ftz_geo.render.page import LAYERS
from ftz_geo.render.views import zone_views

TEMPLATES = resources.files("ftz_geo.render") / "templates"

PLANE = LocalPlane(lon=117.15, lat=39.0)
RING = [(-500.0, -500.0), (500.0, -500.0), (500.0, 500.0), (-500.0, 500.0)]


class Made(NamedTuple):
    """A plan and its drawing, and the pages made of them."""

    plan: Plan
    drawing: Drawing
    maps: dict[str, str]
    explanation: str
    diff: str


TEXT = (
    "甲区总面积2平方公里。区块一（核心区）：面积1平方公里，东至子路、南至<丑>路、西至寅路、北至卯路。"
    "区块二：面积1平方公里，东至辰路、南至丑路、西至子路、北至空地。"
)

RIVER = shapely.LineString([(117.14, 39.006), (117.16, 39.006)])

DRAWN: tuple[tuple[Direction, Method], ...] = (
    ("south", "on-feature"),
    ("east", "bridge"),
    ("north", "landmark"),
    ("west", "sketch"),
)
"""The sides in ring order, each drawn in a way of its own."""


def edges_of(parcel: Parcel, ring: list[tuple[float, float]]) -> tuple[Edge, ...]:
    """Edges with their words; none for the north, and a width and two sources in the east."""
    features = dict(parcel.features())
    return tuple(
        Edge(
            side=side,
            feature=None if side == "north" else features[side].name,
            span=None if side == "north" else features[side].span,
            source_ids=(f"way/{parcel.id}/1", f"way/{parcel.id}/2") if side == "east" else (),
            method=method,
            line=PLANE.to_lonlat(shapely.LineString(pair)),
            half_width_m=12.5 if side == "east" else 0.0,
            uncertainty_m=35.5 if side == "west" else None,
        )
        for (side, method), pair in zip(DRAWN, pairwise([*ring, ring[0]]), strict=True)
    )


def drawn(plan: Plan) -> Drawing:
    """Two blocks side by side, with everything that a parcel may have."""
    rings = [[(x + 1000.0 * number, y) for x, y in RING] for number in range(2)]
    frame = gpd.GeoDataFrame(
        {
            "zone_id": plan.zones[0].id,
            "zone": "甲区",
            "block": ["区块一", "区块二"],
            "block_name": ["核心区", None],
            "grade": ["traced", "inferred"],
            "measured_area_km2": [1.0, 4 / 3],
            "placement_uncertainty_m": [None, 4000.0],
            "area_near_km2": 0.98,
            "area_far_km2": 1.02,
            "area_shaped": [False, True],
        },
        geometry=[PLANE.to_lonlat(shapely.Polygon(ring)) for ring in rings],
        index=[parcel.id for parcel in plan.parcels],
        crs=4326,
    )
    edges = [edges_of(parcel, ring) for parcel, ring in zip(plan.parcels, rings, strict=True)]
    reason, other = Reason(code="a", zh="因由", en="a reason"), Reason(code="b", zh="又", en="another")
    side, feature = next(plan.parcels[0].features())
    candidate = Candidate(source_ids=("way/1",), map_name="子路", score=1.0, how="exact")
    choice = Choice(side=side, feature=feature, candidates=(candidate,))
    points = gpd.GeoSeries([RIVER.centroid], index=["<丑>路"], crs=4326)
    return replace(
        drawing(frame, edges, [[reason], [reason, other]]),
        choices={plan.parcels[0].id: (choice,)},
        points={plan.zones[0].id: points},
    )


@pytest.fixture(scope="module")
def made() -> Made:
    plan = parse_plan(TEXT)
    drawing = drawn(plan)
    [first, _] = plan.parcels
    river = gpd.GeoDataFrame({"name": ["河"], "kind": ["water"], "source": [0]}, geometry=[RIVER], crs=4326)
    editor: schema.Editor = {"schema": "s", "file": "blocks.geojson", "sha256": "0" * 64}
    moved = drawing.parcels.set_geometry(drawing.parcels.geometry.translate(0.001))
    ids = frozenset({first.id})
    change = Told(change="moved", zh="移动", en="moved", old_ids=ids, new_ids=ids)
    told = [explain_parcel(plan, drawing, first.id)]
    return Made(
        plan=plan,
        drawing=drawing,
        maps=map_pages(
            plan,
            drawing,
            None,
            lines={plan.zones[0].id: [("<中>河", RIVER)]},
            basemap=ReferenceMap(features=river, sources=({"file": "map.gpkg"},)),
            editor=editor,
        ),
        explanation=explanation_page(plan, drawing, told, {"way/1": RIVER}),
        diff=diff_page([change], drawing.parcels, moved, titles=("旧", "新")),
    )


# ---------- what is written ----------


def block_of(page: str, element: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{element}">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def strays(value: Any, kind: Any, where: str) -> Iterator[str]:
    """Say where a value is not of a type of the schema."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if typing.is_typeddict(kind) and isinstance(value, dict):
        hints = typing.get_type_hints(kind)
        if set(value) != set(hints):
            yield f"{where}: {set(value) ^ set(hints)}"
        for key in set(value) & set(hints):
            yield from strays(value[key], hints[key], f"{where}.{key}")
    elif origin is list and isinstance(value, list):
        for item in value:
            yield from strays(item, inner[0], f"{where}[]")
    elif origin is tuple and isinstance(value, list):
        for item, own in zip(value, inner, strict=True):
            yield from strays(item, own, f"{where}()")
    elif origin is dict and isinstance(value, dict):
        for item in value.values():
            yield from strays(item, inner[1], f"{where}{{}}")
    elif isinstance(kind, types.UnionType):
        if all(list(strays(value, one, where)) for one in inner):
            yield f"{where}: {value!r} is no {kind}"
    elif kind is not Any:
        plain = isinstance(kind, type) and not typing.is_typeddict(kind)
        fits = plain and isinstance(value, (int, float) if kind is float else kind)
        if not fits or (isinstance(value, bool) and kind is not bool):
            yield f"{where}: {value!r} is no {kind}"


def rows(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [
        {key: values[n % len(values)] for key, values in columns.items()} for n in range(len(columns["id"]))
    ]


def test_pages_are_what_the_schema_says(made: Made) -> None:
    for page in (*made.maps.values(), made.explanation):
        data = block_of(page, "ftz-data")
        assert list(strays(data, schema.Page, "page")) == []
        shapes = rows(data["shapes"])
        assert shapes
        for shape in shapes:
            assert list(strays(shape, schema.Shape, "shape")) == []
    [zone] = [page for name, page in made.maps.items() if name != "index.html"]
    assert list(strays(block_of(zone, "ftz-editor"), schema.Editor, "editor")) == []
    diff = block_of(made.diff, "ftz-data")
    assert diff["strips"]
    assert list(strays(diff, schema.DiffPage, "diff")) == []


def test_the_check_finds_what_strays() -> None:
    line = {"name": "a", "runs": "A"}
    assert list(strays(line, schema.Line, "line")) == []
    for wrong in (line | {"more": 1}, {"name": "a"}, line | {"name": None}, line | {"runs": True}):
        assert list(strays(wrong, schema.Line, "line")) != []
    assert list(strays({"units_per_degree": 1.5, "features": [line]}, schema.Basemap, "map")) != []


# ---------- what is read ----------


def script(*names: str) -> str:
    text = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)


NAMES = sorted(file.name for file in TEMPLATES.iterdir() if file.name.endswith(".js"))
MAP = script(*(name for name in NAMES if name != "diff.js"))
DIFF = script("diff.js")


def names_read(text: str) -> set[str]:
    """Names after a dot, and those that are taken out of objects in braces."""
    patterns = re.findall(r"\{([\w\s,:.=]*)\}\s*(?:=(?!=)|\)|,| of |\]\s*=)", text)
    taken = {name for pattern in patterns for name in re.findall(r"(?:^|,)\s*(\w+)", pattern)}
    return taken | set(re.findall(r"\.(\w+)", text))


RECORDS = {
    "map": [
        schema.Page,
        schema.GradeWords,
        schema.MethodWords,
        schema.Shape,
        schema.Name,
        schema.Line,
        schema.Candidate,
        schema.Basemap,
        schema.BasemapFeature,
        schema.Points,
        schema.NamedPoints,
        schema.Editor,
    ],
    "diff": [schema.DiffPage, schema.DiffShape, schema.DiffStrip],
}


@pytest.mark.parametrize(
    ("page", "record"), [(page, record) for page, records in RECORDS.items() for record in records]
)
def test_every_field_is_read_by_a_script(page: str, record: type) -> None:
    read = names_read(DIFF if page == "diff" else MAP)
    assert set(typing.get_type_hints(record)) - read == set()


def test_a_style_is_read_by_leaflet_or_a_script() -> None:
    for option in typing.get_type_hints(schema.Style):
        assert re.search(rf"\b{option}\b", str(leaflet()[0])) or option in names_read(MAP)


@pytest.mark.parametrize(
    ("text", "variable", "record"),
    [
        (MAP, "data", schema.Page),
        (MAP, "shape", schema.Shape),
        (MAP, "candidate", schema.Candidate),
        (MAP, "line", schema.Line),
        (DIFF, "data", schema.DiffPage),
        (DIFF, "shape", schema.DiffShape),
        (DIFF, "strip", schema.DiffStrip),
    ],
)
def test_a_script_reads_only_what_python_tells_or_it_has_set(text: str, variable: str, record: type) -> None:
    read = set(re.findall(rf"(?<![\w.]){variable}\??\.(\w+)\b(?!\()", text))
    made_there = set(re.findall(rf"(?<![\w.]){variable}\.(\w+) (?:=|&&=) ", text))
    assert read
    # The figures of a line of text or of a row of labels are no fields of the page.
    elsewhere = {"text", "size", "length"} if variable == "line" else set()
    assert read - made_there - elsewhere - set(typing.get_type_hints(record)) == set()


@pytest.mark.parametrize("record", [schema.PackedEdge, schema.PackedMark])
def test_packed_numbers_are_unpacked_in_their_order(record: Any) -> None:
    assert f"const [{', '.join(record._fields)}" in script("page.core.js")


@pytest.mark.parametrize(
    ("made_by", "name", "set_later"), [("edge", "edge", {"polyline"}), ("marks", "mark", set())]
)
def test_a_script_reads_of_an_edge_or_mark_what_it_has(made_by: str, name: str, set_later: set[str]) -> None:
    made = re.search(rf"function {made_by}\(.*?return \{{([^{{}}]*)\}}", script("page.core.js"), re.DOTALL)
    assert made
    read = set(re.findall(rf"(?<![\w.]){name}\??\.(\w+)\b(?!\()", MAP))
    assert read
    assert read - set_later - set(re.findall(r"(?:^|,)\s*(\w+)", made[1])) == set()


def test_the_background_has_a_look_for_each_kind() -> None:
    looks = re.search(r"const LOOKS = \{(.*?)\n  \};", script("page.basemap.js"), re.DOTALL)
    assert looks
    assert re.findall(r"^    (\w+):", looks[1], re.MULTILINE) == list(KINDS)


def test_scripts_know_every_layer() -> None:
    assert set(LAYERS) - names_read(MAP) == set()


# ---------- what comes out ----------


def test_a_browser_unpacks_what_python_packed(made: Made, open_page: Callable[..., Any]) -> None:
    name = next(name for name in made.maps if name != "index.html")
    opened = open_page(made.maps, name)
    told = opened.page.evaluate(
        """() => ftzGeoPage.shapes.map((shape) => ({
            ...Object.fromEntries(Object.entries(shape).filter(([, value]) => !value?._leaflet_id)),
            polygon: null,
            parts: shape.parts.map((part) => part.map((ring) => ring.map(({ lng, lat }) => [lng, lat]))),
            rings: null,
            edges: shape.edges.map((edge) => ({
                ...edge, polyline: null, lonlats: edge.lonlats.map(({ lng, lat }) => [lng, lat]),
            })),
        }))"""
    )
    [zone] = zone_views(made.plan, made.drawing, None)
    assert len(told) == len(zone.parcels) == 2
    for shape, parcel in zip(told, zone.parcels, strict=True):
        assert shape["id"] == parcel.id
        assert shape["title"] == parcel.title
        assert shape["name"] == parcel.name
        assert shape["grade"] == parcel.grade
        assert shape["declared_km2"] == parcel.declared == "1"
        assert shape["measured_km2"] == pytest.approx(parcel.measured_km2, abs=1e-6)
        assert (shape["near_km2"], shape["far_km2"]) == (parcel.near_km2, parcel.far_km2)
        assert (shape["shaped"], shape["uncertainty_m"]) == (parcel.area_shaped, parcel.uncertainty_m)
        assert shape["reasons"] == [[reason.zh, reason.en] for reason in parcel.reasons]
        assert shape["clause"] == parcel.clause.text
        words = [shape["clause"][m["start"] :][: m["length"]] for m in shape["marks"]]
        assert words == [made.plan.words(span) for _, span in parcel.clause.marks]
        assert [m["side"] for m in shape["marks"]] == list("东南西北")
        assert parcel.geometry is not None
        [[ring]] = shape["parts"]
        assert shapely.Polygon(ring).hausdorff_distance(parcel.geometry) < 1e-9
        for edge, truth in zip(shape["edges"], parcel.edges, strict=True):
            assert edge["side"] == SIDE_ZH[truth.side]
            assert edge["name"] == truth.feature
            assert edge["method"]["label"] == LABELS_ZH[truth.method]
            assert edge["half_width_m"] == truth.half_width_m
            assert edge["uncertainty_m"] == truth.uncertainty_m
            assert edge["sources"] == list(truth.source_ids)
            assert shapely.LineString(edge["lonlats"]).hausdorff_distance(truth.line) < 1e-9
            if truth.span is None:
                assert edge["mark"] is None
            else:
                start = truth.span[0] - parcel.clause.start
                assert (edge["mark"]["start"], edge["mark"]["side"]) == (start, SIDE_ZH[truth.side])
    assert opened.complaints == []
