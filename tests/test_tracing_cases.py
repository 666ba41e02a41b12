"""Blocks with known answers: real ones of Shanghai, and streets made here."""

import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ftz_geo
from builders import reference_map
from ftz_geo import pipeline
from ftz_geo.files import parcels_geojson, to_json
from ftz_geo.frame import Drawing
from ftz_geo.measure import LocalPlane
from ftz_geo.model import ReferenceMap

PLANE = LocalPlane(lon=117.2, lat=39.0)
TEXT = "甲区分为一个区块。区块一：东至东街路、南至南街路、西至西街路、北至北街路。"
STREETS: dict[str, list[tuple[float, float]]] = {
    "东街路": [(500, -900), (500, 900)],
    "西街路": [(-500, -900), (-500, 900)],
    "南街路": [(-900, -400), (900, -400)],
    "北街路": [(-900, 400), (900, 400)],
    "中街路": [(0, -900), (0, 900)],
}
STRAIGHT = 1e-5
"""A street of 1.8 km that is straight in longitude and latitude bends by 5 cm on a plane."""
BLOCK = shapely.box(-500, -400, 500, 400)


def streets(lines: dict[str, list[list[tuple[float, float]]]]) -> ReferenceMap:
    return reference_map(
        (name, PLANE.to_lonlat(shapely.LineString(line)))
        for name, several in lines.items()
        for line in several
    )


def drawn(reference: ReferenceMap, text: str = TEXT) -> Drawing:
    return pipeline.draw(ftz_geo.parse_plan(text), reference)


def traced(reference: ReferenceMap, text: str = TEXT) -> gpd.GeoDataFrame:
    return drawn(reference, text).parcels


def wrong_share(polygon: shapely.Polygon) -> float:
    return float(PLANE.to_xy(polygon).symmetric_difference(BLOCK).area / BLOCK.area)


def test_four_streets_bound_a_block() -> None:
    drawing = drawn(streets({name: [line] for name, line in STREETS.items()}))
    (row,) = drawing.parcels.itertuples()
    assert row.grade == "traced"
    assert wrong_share(row.geometry) < STRAIGHT
    edges = drawing.edges
    assert set(zip(edges["side"], edges["feature"], strict=True)) == {
        ("east", "东街路"),
        ("south", "南街路"),
        ("west", "西街路"),
        ("north", "北街路"),
    }
    assert set(edges["method"]) == {"on-feature"}
    assert all(edges["source_ids"])


@settings(max_examples=15)
@given(st.integers(0, 10_000))
@example(1)
def test_result_ignores_order_direction_and_cuts_of_the_lines(seed: int) -> None:
    rnd = random.Random(seed)  # noqa: S311  (no secret)
    lines: dict[str, list[list[tuple[float, float]]]] = {}
    for name, (start, end) in rnd.sample(sorted(STREETS.items()), len(STREETS)):
        shares = sorted(rnd.uniform(0.05, 0.95) for _ in range(rnd.randrange(4)))
        places = [
            (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            for share in (0.0, *shares, 1.0)
        ]
        pieces = [[a, b] if rnd.random() < 0.5 else [b, a] for a, b in pairwise(places)]
        rnd.shuffle(pieces)
        lines[name] = pieces
    (row,) = traced(streets(lines)).itertuples()
    assert row.grade == "traced"
    assert wrong_share(row.geometry) < STRAIGHT


def test_street_that_the_map_does_not_have_is_not_drawn() -> None:
    (row,) = traced(streets({n: [line] for n, line in STREETS.items() if n != "北街路"})).itertuples()
    assert row.grade == "undetermined"
    assert row.geometry is None
    assert any("北街路" in reason for reason in row.reasons)


def test_another_kind_or_number_is_another_name() -> None:
    others = {"北街路": "北街河", "东街路": "西街路"}
    for name, other in others.items():
        lines = {n: [line] for n, line in STREETS.items() if n != name}
        lines.setdefault(other, []).append(STREETS[name])
        (row,) = traced(streets(lines)).itertuples()
        assert row.grade != "traced", other


def test_long_gap_is_no_trace() -> None:
    lines = {name: [line] for name, line in STREETS.items()}
    lines["北街路"] = [[(-900.0, 400.0), (-350.0, 400.0)], [(350.0, 400.0), (900.0, 400.0)]]
    drawing = drawn(streets(lines))
    (row,) = drawing.parcels.itertuples()
    assert row.grade == "inferred"
    assert wrong_share(row.geometry) < 0.01
    assert row.reasons
    assert "bridge" in set(drawing.edges["method"])


@pytest.mark.slow
@pytest.mark.parametrize("case", ["shanghai_west_blocks", "shanghai_west_blocks_two_on_a_side"])
def test_blocks_of_shanghai(shared: Path, tmp_path: Path, case: str) -> None:
    plan = ftz_geo.read_plan(shared / "cases" / f"{case}.txt")
    parcels = pipeline.digitise(plan, ftz_geo.read_reference(shared / "reference" / "shanghai_west.gpkg"))
    blocks = tmp_path / "blocks.geojson"
    blocks.write_text(to_json(parcels_geojson(parcels)), encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        shared / "cases" / "score.py",
        shared / "cases" / f"{case}.geojson",
        blocks,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = {line.split()[0]: float(line.split("hits")[1].split()[0]) for line in done.stdout.splitlines()}
    assert rows["blocks"] >= 0.97, done.stdout
    assert rows["traced"] >= 0.99, done.stdout
