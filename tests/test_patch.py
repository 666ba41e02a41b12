"""Patches from map pages: what they change, what they leave, and what is refused whole."""

import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import drawing, run
from ftz_geo import apply_patch, files
from ftz_geo.errors import FtzGeoError, OutputError, PatchError
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2
from ftz_geo.model import Direction, Edge, Method, Reason
from ftz_geo.patch import corrected, read_patch
from ftz_geo.pipeline import render_maps

Ring = list[list[float]]
Value = dict[str, Any]

LEFT = [(117.10, 39.0), (117.12, 39.0), (117.12, 39.02), (117.10, 39.02)]
RIGHT = [(117.12, 39.0), (117.15, 39.0), (117.15, 39.02), (117.12, 39.02)]
"""Two blocks side by side; the edge between them is one."""

CORNERS = {"xiqing-1": LEFT, "xiqing-2": RIGHT}
SIDES: tuple[Direction, ...] = ("south", "east", "north", "west")


def frame(
    corners: dict[str, list[tuple[float, float]]] | None = None,
    *,
    grade: str = "traced",
    method: Method = "on-feature",
) -> Drawing:
    corners = corners or CORNERS
    rows, edges = [], []
    for number, ring in enumerate(corners.values(), 1):
        closed = [*ring, ring[0]]
        edges.append(
            [
                Edge(
                    side=SIDES[i % 4],
                    feature=f"{SIDES[i % 4]}路",
                    source_ids=(f"way/{i}",),
                    method=method,
                    line=shapely.LineString(closed[i : i + 2]),
                )
                for i in range(len(ring))
            ]
        )
        rows.append(
            {
                "zone": "西青",
                "zone_id": "xiqing",
                "block": f"区块{number}",
                "text": f"区块{number}：面积4平方公里",
                "declared_area_km2": 4.0,
                "measured_area_km2": round(float(area_m2([shapely.Polygon(ring)])[0]) / 1e6, 9),
                "grade": grade,
                "placement_uncertainty_m": 300.0,
                "area_near_km2": 3.9,
                "area_far_km2": 4.1,
                "area_doubt_km2": 0.2,
                "area_shaped": True,
            }
        )
    made = gpd.GeoDataFrame(
        rows, index=list(corners), geometry=[shapely.Polygon(c) for c in corners.values()]
    )
    reasons = [[Reason(code="why", zh="原因", en="why")]] * len(corners)
    return drawing(made.rename_axis("id").set_crs(4326), edges, reasons)


def blocks_in(folder: Path, parcels: Drawing | None = None) -> Path:
    parcels = frame() if parcels is None else parcels
    (folder / "blocks.geojson").write_text(files.to_json(files.parcels_geojson(parcels)), encoding="utf-8")
    (folder / "edges.geojson").write_text(files.to_json(files.edges_geojson(parcels)), encoding="utf-8")
    return folder / "blocks.geojson"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def patch_of(blocks: Path, rings: dict[str, list[tuple[float, float]]], **head: Any) -> Value:
    return {
        "type": "FeatureCollection",
        "ftz_geo": {
            "schema": "ftz-geo/patch-1",
            "made_from": {"file": "blocks.geojson", "sha256": sha256(blocks)},
            "who": "张三",
            "when": "2026-03-01T09:30:00+08:00",
            "grade": "surveyed",
            **head,
        },
        "features": [
            {
                "type": "Feature",
                "id": key,
                "properties": {"id": key},
                "geometry": {"type": "Polygon", "coordinates": [[list(xy) for xy in [*ring, ring[0]]]]},
            }
            for key, ring in rings.items()
        ],
    }


def written(value: Any, folder: Path) -> Path:
    path = folder / "zone.patch.geojson"
    path.write_text(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), encoding="utf-8"
    )
    return path


MOVED = [LEFT[0], LEFT[1], (117.121, 39.021), LEFT[3]]
"""The left block with its north-eastern corner drawn out."""


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_moved_corner_changes_its_block_and_nothing_else(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    old = blocks.read_text(encoding="utf-8").splitlines()
    applied = apply_patch(written(patch_of(blocks, {"xiqing-1": MOVED}), tmp_path), blocks)
    new = blocks.read_text(encoding="utf-8").splitlines()
    assert [line for line in old if "xiqing-2" in line] == [line for line in new if "xiqing-2" in line]
    back = files.read_parcels(blocks)
    assert back.geometry["xiqing-1"].equals(shapely.Polygon(MOVED))
    assert back.geometry["xiqing-2"].equals(shapely.Polygon(RIGHT))
    assert back["grade"].tolist() == ["surveyed", "traced"]
    # Against shapely and pyproj's own geodesics, not against the module's figure.
    truth = abs(geodesic_km2(MOVED))
    assert back["measured_area_km2"]["xiqing-1"] == pytest.approx(truth, rel=1e-4)
    (change,) = applied.changes
    assert change.before_km2 == pytest.approx(geodesic_km2(LEFT), rel=1e-4)
    assert change.after_km2 == back["measured_area_km2"]["xiqing-1"]
    assert np.isnan(back["placement_uncertainty_m"]["xiqing-1"])
    assert np.isnan(back["area_near_km2"]["xiqing-1"])
    assert back["reasons"]["xiqing-1"][0] == "张三于 2026-03-01 在地图页上修改了界线"
    assert len(back["reasons"]["xiqing-1"]) == 1
    assert back["reason_codes"]["xiqing-1"] == ["edited"]


def geodesic_km2(ring: list[tuple[float, float]]) -> float:
    from pyproj import Geod

    lon, lat = zip(*ring, strict=True)
    return float(Geod(ellps="GRS80").polygon_area_perimeter(lon, lat)[0]) / 1e6


def test_moved_edges_claim_nothing_and_others_keep_their_evidence(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    apply_patch(written(patch_of(blocks, {"xiqing-1": MOVED}, grade="keep"), tmp_path), blocks)
    drawn = files.read_drawing(blocks)
    back, edges = drawn.parcels, drawn.edges_of()
    told = {edge.side: (edge.method, edge.feature, edge.source_ids) for edge in edges["xiqing-1"]}
    assert told == {
        "south": ("on-feature", "south路", ("way/0",)),
        "east": ("edited", "east路", ()),
        "north": ("edited", "north路", ()),
        "west": ("on-feature", "west路", ("way/3",)),
    }
    ring = shapely.line_merge(shapely.MultiLineString([e.line for e in edges["xiqing-1"]]))
    assert shapely.Polygon(ring.coords).equals(back.geometry["xiqing-1"])
    # A trace of which an edge was moved lies no longer on the features with all its sides.
    assert back["grade"].tolist() == ["inferred", "traced"]
    assert back["reasons"]["xiqing-1"][0] == "原因"
    assert back["reason_codes"]["xiqing-1"] == ["why", "edited"]
    assert all(edge.method == "on-feature" for edge in edges["xiqing-2"])


def test_a_block_moved_whole_has_its_sides_where_they_were(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    away = [(x + 0.3, y + 0.2) for x, y in LEFT]
    apply_patch(written(patch_of(blocks, {"xiqing-1": away}, grade="keep"), tmp_path), blocks)
    drawn = files.read_drawing(blocks)
    back = drawn.parcels
    told: dict[str, object] = {
        edge.side: (edge.method, edge.line.coords[0]) for edge in drawn.edges_of()["xiqing-1"]
    }
    assert told == {side: ("edited", pytest.approx(place)) for side, place in zip(SIDES, away, strict=True)}
    # The shape is still the one that the stated area decided.
    assert back["area_shaped"]["xiqing-1"]


@pytest.mark.parametrize(
    ("ring", "shaped"), [(MOVED, True), ([(x * 2 - 117, y * 2 - 39) for x, y in LEFT], False)]
)
def test_a_shape_is_free_of_its_stated_area_once_no_edge_of_it_is_left(
    tmp_path: Path, ring: list[tuple[float, float]], shaped: bool
) -> None:
    blocks = blocks_in(tmp_path)
    apply_patch(written(patch_of(blocks, {"xiqing-1": ring}), tmp_path), blocks)
    assert files.read_parcels(blocks)["area_shaped"]["xiqing-1"] == shaped


@settings(max_examples=30)
@given(
    lon=st.floats(117.0, 117.2),
    lat=st.floats(38.9, 39.1),
    digits=st.integers(9, 15),
    fine=st.floats(-0.004, 0.004),
)
@example(lon=117.123456785, lat=39.000000005, digits=15, fine=0.0)
def test_corners_that_stayed_stay_to_the_last_digit(lon: float, lat: float, digits: int, fine: float) -> None:
    # A page may know places to 1e-8 degrees only, and gives back all corners of a block that it changed.
    exact = [(round(x + lon - 117.12, digits), round(y + lat - 39.0, digits)) for x, y in LEFT]
    neighbour = [(round(x + lon - 117.12, digits), round(y + lat - 39.0, digits)) for x, y in RIGHT]
    parcels = frame({"xiqing-1": exact, "xiqing-2": neighbour})
    page = [(round(x, 8), round(y, 8)) for x, y in exact]
    page[0] = (page[0][0] - 0.005 + fine, page[0][1])
    patch = read_value(patch_value({"xiqing-1": page}))
    after = corrected(parcels, patch).parcels
    new = [tuple(xy) for xy in after.geometry["xiqing-1"].exterior.coords[:-1]]
    assert set(new) - {page[0]} == set(exact[1:])
    shared = after.geometry["xiqing-1"].intersection(after.geometry["xiqing-2"])
    assert shared.length == pytest.approx(0.02)
    assert shared.area == 0


def patch_value(rings: dict[str, list[tuple[float, float]]]) -> Value:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "blocks.geojson")
        file.write_bytes(b"")
        return patch_of(file, rings)


def read_value(value: Value) -> Any:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return read_patch(written(value, Path(folder)))


def with_member(name: str, member: Any) -> Callable[[Value], Value]:
    return lambda value: {**value, name: member}


def with_head(name: str, member: Any) -> Callable[[Value], Value]:
    return lambda value: {**value, "ftz_geo": {**value["ftz_geo"], name: member}}


def with_ring(ring: Any, kind: str = "Polygon") -> Callable[[Value], Value]:
    geometry = {"type": kind, "coordinates": [ring]}
    return lambda value: {**value, "features": [{**value["features"][0], "geometry": geometry}]}


NORTH = {"side": "north", "feature": "<b>北大街</b>", "line": [[117.121, 39.021], [117.1, 39.02]]}
"""The northern side of the moved block, as a page tells that it was laid along a line."""


def with_along(*along: Any) -> Callable[[Value], Value]:
    def change(value: Value) -> Value:
        (feature,) = value["features"]
        return {**value, "features": [{**feature, "properties": {"along": list(along)}}]}

    return change


def closed(*places: tuple[float, float]) -> Ring:
    return [list(place) for place in (*places, places[0])]


BOW = closed((117.1, 39.0), (117.12, 39.02), (117.12, 39.0), (117.1, 39.02))

REFUSED: dict[str, tuple[Callable[[Value], Any], str]] = {
    "no JSON": (lambda _: "{", "not JSON"),
    "nothing": (lambda _: "", "not JSON"),
    "deep": (lambda _: "[" * 100_000, "not JSON"),
    "a list": (lambda _: [], "no patch"),
    "another schema": (with_head("schema", "ftz-geo/patch-9"), "no patch"),
    "plain GeoJSON": (lambda v: {"type": v["type"], "features": v["features"]}, "no patch"),
    "no type": (with_member("type", "Feature"), "no patch"),
    "no hash": (with_head("made_from", {}), "SHA-256"),
    "hash of something": (with_head("made_from", {"sha256": "x" * 64}), "SHA-256"),
    "another version": (with_head("made_from", {"sha256": "0" * 64}), "another version"),
    "nobody": (with_head("who", "  "), "who made it"),
    "a name that rings": (with_head("who", "张\x1b[31m三"), "who made it"),
    "a name without end": (with_head("who", "张" * 201), "who made it"),
    "no time": (with_head("when", None), "time"),
    "a time anywhere": (with_head("when", "2026-03-01T09:30:00"), "time"),
    "no such grade": (with_head("grade", "traced"), "grade"),
    "no feature": (with_member("features", []), "changes no block"),
    "a feature without id": (with_member("features", [{"type": "Feature"}]), "no id"),
    "twice": (lambda v: {**v, "features": v["features"] * 2}, "twice"),
    "unknown": (
        lambda v: {**v, "features": [{**v["features"][0], "id": "nowhere-1"}]},
        "no block 'nowhere-1'",
    ),
    "no geometry": (lambda v: {**v, "features": [{**v["features"][0], "geometry": None}]}, "broken"),
    "a point": (with_ring([117.1, 39.0], "Point"), "broken"),
    "crossing itself": (with_ring(BOW), "Self-intersection"),
    "two corners": (with_ring(closed((117.1, 39.0), (117.12, 39.02))), "fewer than four"),
    "not closed": (with_ring(BOW[:-1]), "does not end where it starts"),
    "no area": (with_ring(closed((117.1, 39.0), (117.12, 39.0), (117.11, 39.0))), "broken"),
    "outside the world": (
        with_ring(closed((117.1, 39.0), (217.12, 39.0), (117.11, 39.1))),
        "outside the world",
    ),
    "metres": (
        with_ring(closed((511493.9, 4320014.7), (512493.9, 4320014.7), (512493.9, 4321014.7))),
        "outside",
    ),
    "not a number": (with_ring(closed((math.nan, 39.0), (117.12, 39.0), (117.11, 39.1))), "NaN is no number"),
    "without end": (
        with_ring(closed((math.inf, 39.0), (117.12, 39.0), (117.11, 39.1))),
        "Infinity is no number",
    ),
    "words": (
        with_ring([["117.1", "39"], ["117.2", "39"], ["117.1", "39.1"], ["117.1", "39"]]),
        "not a longitude",
    ),
    "truth": (with_ring([[True, 39], [2, 39], [True, 40], [True, 39]]), "not a longitude"),
    "heights": (with_ring([[117.1, 39.0, 3.0]] * 5), "not a longitude"),
    "huge": (with_ring([[10**400, 39], [2, 39], [1, 40], [10**400, 39]]), "outside the world"),
    "no ring": (with_ring("ring"), "fewer than four"),
    "along no list": (
        lambda v: {**v, "features": [{**v["features"][0], "properties": {"along": NORTH}}]},
        "no list of sides",
    ),
    "along without end": (with_along(*[NORTH] * 5), "more than the ring has"),
    "along words": (with_along("north"), "the side is none of"),
    "along no side": (with_along({**NORTH, "side": "up"}), "the side is none of"),
    "along nothing": (with_along({**NORTH, "feature": " "}), "no name"),
    "along what rings": (with_along({**NORTH, "feature": "北\x1b[31m街"}), "no name"),
    "along a name without end": (with_along({**NORTH, "feature": "街" * 201}), "no name"),
    "along no line": (with_along({**NORTH, "line": [[117.1, 39.02]]}), "fewer than two"),
    "along words for a line": (with_along({**NORTH, "line": ["a", "b"]}), "not a longitude"),
    "along another line": (with_along({**NORTH, "line": [[117.1, 39.0], [117.121, 39.021]]}), "no part of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_whole_in_one_sentence(tmp_path: Path, case: str) -> None:
    spoil, words = REFUSED[case]
    blocks = blocks_in(tmp_path)
    patch = written(spoil(patch_of(blocks, {"xiqing-1": MOVED})), tmp_path)
    before = content(tmp_path)
    with pytest.raises(PatchError) as refused:
        apply_patch(patch, blocks)
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(patch))
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert content(tmp_path) == before


@settings(max_examples=30)
@given(
    start=st.integers(0, 7),
    count=st.integers(1, 7),
    backwards=st.booleans(),
    side=st.sampled_from(SIDES),
    name=st.text("街<>&\"'{}%路abc", min_size=1).filter(str.strip),
)
def test_what_was_laid_along_a_line_has_its_name_and_nothing_else_has(
    start: int, count: int, backwards: bool, side: Direction, name: str
) -> None:
    # An octagon far from the old block: no piece keeps its evidence.
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    ring = [
        (float(x), float(y))
        for x, y in np.column_stack([117.2 + 0.01 * np.cos(angles), 39.1 + 0.01 * np.sin(angles)])
    ]
    line = [list(ring[(start + i) % 8]) for i in range(count + 1)]
    told = {"side": side, "feature": name, "line": line[::-1] if backwards else line}
    patch = read_value(with_along(told)(patch_value({"xiqing-1": ring})))
    edges = corrected(frame(), patch).edges_of()["xiqing-1"]
    assert {edge.method for edge in edges} == {"edited"}
    laid = [edge for edge in edges if edge.feature == name.strip()]
    assert {edge.side for edge in laid} == {side}
    assert {(edge.source_ids, edge.span, edge.uncertainty_m) for edge in laid} == {((), None, None)}
    found = shapely.union_all([edge.line for edge in laid])
    assert found.length == pytest.approx(shapely.LineString(line).length, rel=1e-9)
    assert found.hausdorff_distance(shapely.LineString(line)) < 1e-9
    assert sum(edge.line.length for edge in edges) == pytest.approx(shapely.LinearRing(ring).length)


def test_one_broken_block_refuses_the_sound_one_too(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    value = patch_of(blocks, {"xiqing-1": MOVED, "xiqing-2": RIGHT})
    value["features"][1]["geometry"]["coordinates"] = [BOW]
    before = content(tmp_path)
    with pytest.raises(PatchError, match="'xiqing-2' is broken"):
        apply_patch(written(value, tmp_path), blocks)
    assert {k: v for k, v in content(tmp_path).items() if k in before} == before


def test_a_patch_is_applied_once_and_the_log_tells(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    first = sha256(blocks)
    patch = written(patch_of(blocks, {"xiqing-1": MOVED}), tmp_path)
    apply_patch(patch, blocks)
    with pytest.raises(PatchError, match=r"applied before, see blocks\.log\.jsonl"):
        apply_patch(patch, blocks)
    again = written(patch_of(blocks, {"xiqing-2": RIGHT[:3]}, who="李四"), tmp_path)
    apply_patch(again, blocks)
    log = [json.loads(line) for line in (tmp_path / "blocks.log.jsonl").read_text("utf-8").splitlines()]
    assert [entry["who"] for entry in log] == ["张三", "李四"]
    assert log[0]["before_sha256"] == first
    assert log[0]["after_sha256"] == log[1]["before_sha256"]
    assert log[1]["after_sha256"] == sha256(blocks)
    told = json.loads(blocks.read_text("utf-8"))["ftz_geo"]["patches"]
    assert [patch["who"] for patch in told] == ["张三", "李四"]
    assert told[0]["when"] == "2026-03-01T09:30:00+08:00"


def test_another_file_leaves_the_first_as_it_is(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    patch = written(patch_of(blocks, {"xiqing-1": MOVED}), tmp_path)
    before = content(tmp_path)
    applied = apply_patch(patch, blocks, tmp_path / "new" / "blocks.geojson")
    assert {path.name for path in applied.paths} == {"blocks.geojson", "edges.geojson", "blocks.log.jsonl"}
    after = content(tmp_path)
    assert {name: after[name] for name in before} == before
    edges = files.read_drawing(tmp_path / "new" / "blocks.geojson").edges_of()
    assert [edge.method for edge in edges["xiqing-1"]].count("edited") == 2


def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    patch = written(patch_of(blocks, {"xiqing-1": MOVED}), tmp_path)
    (tmp_path / "file").write_text("")
    before = content(tmp_path)
    with pytest.raises(OutputError):
        apply_patch(patch, blocks, tmp_path / "file" / "blocks.geojson")
    with pytest.raises(OutputError, match=r"\.geojson"):
        apply_patch(patch, blocks, tmp_path / "blocks.gpkg")
    assert content(tmp_path) == before


def test_shapes_are_audited_without_a_plan(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    over = [LEFT[0], (117.13, 39.0), (117.13, 39.02), LEFT[3]]
    patch = written(patch_of(blocks, {"xiqing-1": over, "xiqing-2": RIGHT}), tmp_path)
    applied = apply_patch(patch, blocks)
    found = {finding.check: finding for finding in applied.audit.findings}
    truth = geodesic_km2([(117.12, 39.0), (117.13, 39.0), (117.13, 39.02), (117.12, 39.02)])
    assert float(found["overlap"].measured_km2 or 0) == pytest.approx(truth, rel=1e-3)
    assert found["overlap"].severity == "error"


def test_the_notice_is_held_against_the_new_areas(tmp_path: Path) -> None:
    import ftz_geo
    from ftz_geo.parse import parse_plan

    text = "甲开发区总面积1平方公里。区块一：面积1平方公里，东至河、南至甲路、西至乙路、北至丙路。"
    plan = parse_plan(text)
    ftz_geo.build(plan, tmp_path, editor=True)
    blocks = tmp_path / "blocks.geojson"
    (key,) = files.read_parcels(blocks).index
    patch = written(patch_of(blocks, {key: LEFT}), tmp_path)
    applied = apply_patch(patch, blocks, plan=plan)
    checks = {finding.check: finding.severity for finding in applied.audit.findings}
    assert checks["declared-measured"] == "error"  # 1 km² stated, 3.8 km² given
    assert sha256(blocks) == applied.entry["after_sha256"]


def test_the_page_names_the_file_that_its_patch_is_for(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    pages = render_maps(None, files.read_drawing(blocks), tmp_path / "maps", editor=blocks)
    texts = {page.name: page.read_text("utf-8") for page in pages}
    assert sha256(blocks) in texts["xiqing.html"]
    assert sha256(blocks) not in texts["index.html"]
    plain = render_maps(None, files.read_drawing(blocks), tmp_path / "plain")
    assert "ftz-geo/patch-1" not in plain[1].read_text("utf-8")


@pytest.mark.slow
def test_the_command_prints_each_change_and_refuses_in_one_sentence(tmp_path: Path) -> None:
    blocks = blocks_in(tmp_path)
    patch = written(patch_of(blocks, {"xiqing-1": MOVED}), tmp_path)
    done = run("apply", patch, "--to", blocks)
    assert done.returncode == 0, done.stderr
    before, after = geodesic_km2(LEFT), geodesic_km2(MOVED)
    row = next(line for line in done.stdout.splitlines() if "xiqing-1" in line)
    figures = [cell.strip() for cell in row.split("│")[2:-1]]
    assert float(figures[0]) == pytest.approx(before, rel=1e-4)
    assert float(figures[1]) == pytest.approx(after, rel=1e-4)
    assert float(figures[2]) == pytest.approx(after - before, abs=1e-4)
    assert float(figures[3].rstrip("%")) == pytest.approx(100 * (after - before) / before, abs=0.01)
    again = run("apply", patch, "--to", blocks, "--json")
    assert (again.returncode, again.stdout) == (2, "")
    assert len(again.stderr.splitlines()) == 2  # what it reads, and the one sentence
    assert "Traceback" not in again.stderr


@pytest.mark.slow
def test_a_notice_is_no_file_to_correct(tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text("区块一：面积1平方公里，东至河、南至甲路、西至乙路、北至丙路。", encoding="utf-8")
    done = run("map", notice, "--editor", "--out", tmp_path / "maps")
    assert done.returncode == 2
    assert "build with --editor" in done.stderr
    assert not (tmp_path / "maps").exists()


def test_every_refusal_is_an_error_that_the_command_line_knows() -> None:
    assert issubclass(PatchError, FtzGeoError)
