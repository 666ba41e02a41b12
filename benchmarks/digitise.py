"""Measure the tracing of blocks with known true polygons, on whole and on damaged maps.

    python benchmarks/digitise.py [SHARED]

SHARED is the folder of cases and reference maps, ``../shared`` beside the checkout by default. A
hit is a score of 0.95 or more by its ``cases/score.py``: one minus the area outside the band
between the inner and the outer true edge, over the inner area. No areas are given.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import Digitised, Plan, ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SEEDS = (1, 2, 3)
HIT = 0.95
RUNS = 3
"""The quickest of so many runs is told: other work on the machine only adds to the time."""


class Case(NamedTuple):
    plan: Plan
    reference: ReferenceMap
    inner: list[BaseGeometry]
    outer: list[BaseGeometry]


class Result(NamedTuple):
    score: np.ndarray
    grade: np.ndarray
    ms_a_block: float

    def hits(self, grade: str | None = None) -> float:
        chosen = self.score if grade is None else self.score[self.grade == grade]
        return float(np.mean(chosen >= HIT)) if len(chosen) else float("nan")

    def share(self, grade: str) -> float:
        return float(np.mean(self.grade == grade))


def blocks(shared: Path, name: str) -> Case:
    """Read the blocks of one case file with the map of central Shanghai."""
    truth = gpd.read_file(shared / "cases" / f"{name}.geojson")
    return Case(
        plan=parse_plan((shared / "cases" / f"{name}.txt").read_text(encoding="utf-8")),
        reference=read_reference(shared / "reference" / "shanghai_west.gpkg"),
        inner=list(truth.geometry),
        outer=list(shapely.from_wkt(truth["outer"].to_numpy())),
    )


def damaged(shared: Path, folder: str, *how: str) -> ReferenceMap:
    """Read the map of central Shanghai as the cases' own script damages it."""
    path = Path(folder) / ("map" + "".join(how) + ".gpkg")
    command = [
        sys.executable,
        shared / "cases" / "damage.py",
        shared / "reference" / "shanghai_west.gpkg",
        path,
    ]
    subprocess.run([*command, *how], check=True, capture_output=True)
    return read_reference(path)


def digitise(plan: Plan, reference: ReferenceMap) -> tuple[list[Digitised], float]:
    """Trace a plan; give what was drawn in the order of the text, and milliseconds a block."""
    resolutions = resolve_plan(plan, reference)
    spent = []
    for _ in range(RUNS):  # each from the beginning: nothing of a run is kept for the next
        start = time.process_time()
        drawn = trace_parcels(plan, reference, resolutions, Settings())
        spent.append(time.process_time() - start)
    return [drawn[p.id] for p in plan.parcels], 1000 * min(spent) / len(plan.parcels)


def score(found: BaseGeometry | None, inner: BaseGeometry, outer: BaseGeometry) -> float:
    """Score one block as ``score.py`` does."""
    if found is None:
        return 0.0
    plane = LocalPlane.around([inner])
    found, inner, outer = (plane.to_xy(g) for g in (found, inner, outer))
    wrong = found.difference(outer.buffer(2)).area + inner.buffer(-2).difference(found).area
    return max(0.0, 1 - float(wrong / inner.area))


def measure(case: Case, reference: ReferenceMap) -> Result:
    drawn, ms = digitise(case.plan, reference)
    scores = [score(d.polygon, i, o) for d, i, o in zip(drawn, case.inner, case.outer, strict=True)]
    return Result(np.array(scores), np.array([d.grade for d in drawn]), ms)


def overlap(found: BaseGeometry | None, truth: BaseGeometry) -> float:
    """Area that two polygons share over the area of their union."""
    return 0.0 if found is None else float(found.intersection(truth).area / found.union(truth).area)


def synthetic(shared: Path) -> dict[str, tuple[float, str]]:
    """Trace the seven cases of one difficulty each; give overlap with the truth and grade."""
    truth = gpd.read_file(shared / "cases" / "synthetic_blocks.geojson")
    lines = gpd.read_file(shared / "cases" / "synthetic_lines.geojson")
    result: dict[str, tuple[float, str]] = {}
    for row in truth.itertuples():
        own = lines[lines["case"] == row.case].reset_index(drop=True)
        features = gpd.GeoDataFrame(
            {"source_id": own.index.astype(str), "name": own["name"], "kind": "road"},
            geometry=own.geometry,
        ).assign(alt_names=[()] * len(own), source=0)
        plan = parse_plan(f"区块一：东至{row.east}、南至{row.south}、西至{row.west}、北至{row.north}。")
        (drawn,), _ = digitise(plan, ReferenceMap(features=features))
        result[str(row.case)] = (overlap(drawn.polygon, row.geometry), drawn.grade)
    return result


def published(shared: Path) -> dict[str, tuple[float, str]]:
    """Trace two published texts whose outlines are known to a few metres."""
    pairs = gpd.read_file(shared / "cases" / "shanghai_pairs.geojson").set_index("name")
    reference = shared / "reference"
    outline = json.loads((reference / "shanghai_xinhua_boundary.json").read_text(encoding="utf-8"))
    cases = {
        "镇宁路": (
            "东至镇宁路、南至延安西路、西至江苏路、北至武定西路、万航渡路、愚园路",
            reference / "shanghai_west.gpkg",
            pairs.geometry["镇宁路"],
        ),
        "新华路街道": (
            "东至江苏路、兴国路，西至凯旋路，南至淮海西路，北至延安西路",
            reference / "shanghai_xinhua_roads.overpass.json",
            shapely.geometry.shape(outline[0]["geojson"]),
        ),
    }
    result: dict[str, tuple[float, str]] = {}
    for name, (text, path, truth) in cases.items():
        (drawn,), _ = digitise(parse_plan(f"区块一：{text}。"), read_reference(path))
        result[name] = (overlap(drawn.polygon, truth), drawn.grade)
    return result


def shared_folder() -> Path | None:
    """Give the folder of cases and maps, named or beside the checkout; say so if there is none."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared"
    if shared.is_dir():
        return shared
    print(
        f"skipped: the folder of cases and maps, {shared.name}, is not beside this checkout",
        file=sys.stderr,
    )
    return None


def main() -> int:
    shared = shared_folder()
    if shared is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        table(shared, folder)
    return 0


def table(shared: Path, folder: str) -> None:
    """Print the measured table."""
    print(f"{'case':44} {'hits':>6} {'wanted':>7}   {'traced':>6} {'right':>6}   ms/block, best of {RUNS}")
    for name, wanted in {
        "shanghai_west_blocks": (0.99, 0.95, 0.85),
        "shanghai_west_blocks_two_on_a_side": (0.96, 0.90, 0.78),
    }.items():
        case = blocks(shared, name)
        rows: list[tuple[str, float, tuple[str, ...]]] = [
            ("", wanted[0], ()),
            (", shaken by 3 m", wanted[0], ("--shake", "3")),
        ]
        rows += [
            (f", {share} missing, seed {seed}", limit, ("--missing", share, "--seed", str(seed)))
            for share, limit in (("0.1", wanted[1]), ("0.25", wanted[2]))
            for seed in SEEDS
        ]
        for label, limit, how in rows:
            r = measure(case, damaged(shared, folder, *how) if how else case.reference)
            short = name.removeprefix("shanghai_west_")
            print(
                f"{short + label:44} {r.hits():6.3f} {limit:7.2f}   {r.share('traced'):6.2f} "
                f"{r.hits('traced'):6.3f}   {r.ms_a_block:6.1f}",
                flush=True,
            )
    for name, (value, grade) in (synthetic(shared) | published(shared)).items():
        print(f"{name:44} {value:6.3f} {0.995 if name[0].isdigit() else 0.97:7.3f}   {grade}")


if __name__ == "__main__":
    raise SystemExit(main())
