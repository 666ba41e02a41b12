"""Measure what named points give: blocks of known place on thinned gazetteers, and the stated uncertainties.

    python benchmarks/places.py [SHARED] [--part NAME]... [--misses]

SHARED is the folder of cases and reference maps, ``../shared`` beside the checkout by default. Without
``--part`` every part is measured. ``shanghai`` is the 150 blocks of central Shanghai; ``cities`` other cities
and the western half of the 150; ``calibration`` leaves points of Tianjin out and looks how far from them the
axis of their road then runs; ``together`` draws the 150 blocks on a map without a quarter of its ways and on
half of the points, each alone and both together. No areas are given but where the row says so. The measure
is that of the cases' own ``score_places.py``: looked at are the blocks that are graded ``approximate``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from cases import HIT, SEEDS, Damage, Maps, notice, read_map, shared_folder, told, wide
from cases import score as hit_score
from large_maps import MAP_OF

import ftz_geo
from ftz_geo import place
from ftz_geo.measure import area_m2
from ftz_geo.reference import read_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Plan

CENTRAL, CENTRAL_MAP = "shanghai_west_blocks", "shanghai_west.gpkg"

KIND_COLUMNS = {"waterway": "water", "railway": "rail"}
"""Columns of a map that say that a way is no road; ``points.py`` calls everything a road."""

BINS_M = (0, 200, 400, 800, 1500, np.inf)
"""Distances to the nearest other point of a name, as the calibration of the cases is told by."""


class Gazetteer(NamedTuple):
    """How ``points.py`` thins a map, and whether the text states areas."""

    label: str
    options: tuple[str, ...] = ()
    areas: bool = False


GAZETTEERS = (
    Gazetteer("all points"),
    Gazetteer("keep 0.5", ("--keep", "0.5")),
    Gazetteer("per-name 2", ("--per-name", "2")),
    Gazetteer("gone 0.4, areas", ("--gone", "0.4"), areas=True),
    Gazetteer("gone 0.4, areas, seed 8", ("--gone", "0.4", "--seed", "8"), areas=True),
    Gazetteer("shake 30", ("--shake", "30")),
)


class Blocks(NamedTuple):
    """Blocks in words, and the truth about them in the same order."""

    name: str
    map_name: str
    clauses: tuple[str, ...]
    truth: gpd.GeoDataFrame
    """Inner polygons; the outer ones as geometry in ``outer``."""

    def plan(self, areas: bool) -> Plan:
        inner_km2 = area_m2(self.truth.geometry.to_numpy()) / 1e6
        stated = (f"面积{km2:.4f}平方公里，" if areas else "" for km2 in inner_km2)
        return notice(map("".join, zip(stated, self.clauses, strict=True)))

    def western_half(self) -> Blocks:
        """Return the blocks that lie whole to the west of the middle one's centre."""
        chosen = shapely.bounds(self.truth["outer"].to_numpy())[:, 2] <= self.middle
        clauses = tuple(np.array(self.clauses)[chosen])
        return Blocks("western half", self.map_name, clauses, self.truth[chosen].reset_index(drop=True))

    @property
    def middle(self) -> float:
        return float(np.median(shapely.get_x(shapely.centroid(self.truth.geometry.to_numpy()))))


class Scores(NamedTuple):
    """Of the blocks graded ``approximate``, one value each."""

    number: NDArray[np.float64]
    overlap: NDArray[np.float64]
    off_m: NDArray[np.float64]
    stated_m: NDArray[np.float64]
    boundary: NDArray[np.float64]
    """Share of the true boundary that lies within the band of the nearest edge."""
    gross: NDArray[np.float64]


COLUMNS: dict[str, Callable[[Scores], str]] = {
    "overlap": lambda s: f"{np.median(s.overlap):.3f}",
    "tenth": lambda s: f"{np.quantile(s.overlap, 0.1):.3f}",
    "off": lambda s: f"{np.median(s.off_m):.0f}",
    "90 %": lambda s: f"{np.quantile(s.off_m, 0.9):.0f}",
    "stated": lambda s: f"{np.median(s.stated_m):.0f}",
    "centre": lambda s: f"{np.mean(s.off_m <= s.stated_m):.2f}",
    "boundary": lambda s: f"{np.mean(s.boundary):.2f}",
    "gross": lambda s: f"{np.sum(s.gross):.0f}",
}
"""Overlap, median and lowest tenth; metres that the centre is off, median and 90 %, and the radius stated for
it; shares of centres within their radius and of boundaries within their band; centres outside their block."""

CALIBRATION_COLUMNS: dict[str, Callable[[pd.DataFrame], str]] = {
    "error": lambda found: f"{found['error_m'].median():.0f}",
    "90 %": lambda found: f"{found['error_m'].quantile(0.9):.0f}",
    "stated": lambda found: f"{found['stated_m'].median():.0f}",
    "within": lambda found: f"{np.mean(found['error_m'] <= found['stated_m']):.2f}",
}
"""Metres from the axis to the left-out point, median and 90 %; what is stated for 90 %; share within that."""


def main() -> int:
    given = arguments()
    shared = shared_folder(given.shared)
    if shared is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for part in given.part or PARTS:
            print(f"# {part}", flush=True)
            PARTS[part](Maps(shared, Path(folder)), given.misses)
            print()
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", nargs="?", metavar="SHARED")
    parser.add_argument("--part", action="append", choices=list(PARTS), default=[])
    parser.add_argument("--misses", action="store_true", help="name the blocks outside their radius")
    return parser.parse_args()


def shanghai(maps: Maps, misses: bool) -> None:
    print_head()
    measure(maps, read_blocks(maps.shared, CENTRAL, CENTRAL_MAP), misses)


def cities(maps: Maps, misses: bool) -> None:
    print_head()
    for name, map_name in MAP_OF.items():
        measure(maps, read_blocks(maps.shared, name, map_name), misses)
    central = read_blocks(maps.shared, CENTRAL, CENTRAL_MAP)
    measure(maps, central.western_half(), misses, east=central.middle)


def calibration(maps: Maps, _misses: bool) -> None:
    """Print how far a road's axis runs from a point of it that was left out, and how far it is said to."""
    shipped = Path(__file__).resolve().parents[1] / "data" / "boundaries" / "points.csv"
    for path in (shipped, maps.shared / "reference" / "tianjin" / "named_points.csv.gz"):
        told(path.name)
        found = place.leave_one_out(ftz_geo.read_points(path))
        print(f"{path.name}: {len(found)} points left out, of {found['name'].nunique()} names")
        print_calibration(found)


TOGETHER = Gazetteer("keep 0.5", ("--keep", "0.5"))


def together(maps: Maps, _misses: bool) -> None:
    """Print hits and overlap on a damaged map alone, on points alone and on both, and what went wrong."""
    print(f"{'case':32} {'drawn on':10} {'hits':>5} {'overlap':>8}", *(f"{g:>12}" for g in GRADES_DRAWN))
    blocks = read_blocks(maps.shared, CENTRAL, CENTRAL_MAP)
    points = ftz_geo.read_points(write_points(maps, blocks.map_name, TOGETHER, np.inf))
    for seed, areas in product(SEEDS, (False, True)):
        label = f"0.25 missing, seed {seed}{', areas' if areas else ''}"
        told(label)
        damaged = read_map(maps, blocks.map_name, Damage(missing="0.25", seed=seed))
        plan = blocks.plan(areas)
        alone = ftz_geo.draw(plan, damaged)
        by_points = ftz_geo.draw(plan, points=points)
        both = ftz_geo.draw(plan, damaged, points=points)
        for name, drawing in (("map", alone), ("points", by_points), ("both", both)):
            print_together(label, name, blocks, drawing)
        print_faults(alone, both)


GRADES_DRAWN = ("traced", "inferred", "approximate")


def print_together(label: str, name: str, blocks: Blocks, drawing: Drawing) -> None:
    hits, shared = [], []
    for row in drawing.parcels.itertuples():
        number = int(re.findall(r"\d+", row.block)[0]) - 1
        truth = blocks.truth.geometry[number], blocks.truth["outer"][number]
        found = row.geometry if row.grade in GRADES_DRAWN else None
        hits.append(hit_score(found, *truth) >= HIT)
        shared.append(max(overlap(found, true) for true in truth) if found is not None else 0.0)
    counts = drawing.parcels["grade"].value_counts()
    grades = (f"{counts.get(grade, 0):12}" for grade in GRADES_DRAWN)
    print(f"{label:32} {name:10} {sum(hits):5} {np.mean(shared):8.3f}", *grades, flush=True)


def print_faults(alone: Drawing, both: Drawing) -> None:
    """Tell when points took a grade away from what was traced, or gave one that they do not bear."""
    before, after = alone.parcels["grade"], both.parcels["grade"]
    if lost := int(((before == "traced") & (after != "traced")).sum()):
        print(f"  {lost} blocks are traced no longer")
    on_points = both.edges.loc[both.edges["method"] == "points", "parcel_id"]
    if wrong := int(after.loc[on_points.unique()].isin(["traced", "inferred"]).sum()):
        print(f"  {wrong} blocks that rest on points are graded traced or inferred")


PARTS: dict[str, Callable[[Maps, bool], None]] = {
    "shanghai": shanghai,
    "cities": cities,
    "calibration": calibration,
    "together": together,
}


def read_blocks(shared: Path, name: str, map_name: str) -> Blocks:
    text = (shared / "cases" / f"{name}.txt").read_text(encoding="utf-8")
    truth = gpd.read_file(shared / "cases" / f"{name}.geojson")
    truth["outer"] = shapely.from_wkt(truth["outer"].to_numpy())
    clauses = tuple(re.findall(r"区块\d+：(.*?)。", text))
    assert len(clauses) == len(truth)
    return Blocks(name.removeprefix("large/"), map_name, clauses, truth)


def measure(maps: Maps, blocks: Blocks, misses: bool, east: float = np.inf) -> None:
    """Print one row for each gazetteer, of which the points up to a longitude are used."""
    for gazetteer in GAZETTEERS:
        told(f"{blocks.name}, {gazetteer.label}")
        points = ftz_geo.read_points(write_points(maps, blocks.map_name, gazetteer, east))
        start = time.perf_counter()
        drawing = ftz_geo.draw(blocks.plan(gazetteer.areas), points=points)
        spent = time.perf_counter() - start
        scores = score(blocks.truth, drawing)
        print_row(f"{blocks.name}, {gazetteer.label}", len(blocks.truth), scores, spent)
        print_other_grades(drawing)
        if misses:
            print_misses(blocks, scores)


def write_points(maps: Maps, map_name: str, gazetteer: Gazetteer, east: float) -> Path:
    """Have ``points.py`` make a gazetteer, and say in it what is no road."""
    lines = lines_of(maps, map_name)
    out = maps.folder / "points.csv"
    script = maps.shared / "cases" / "points.py"
    command: list[str | Path] = [sys.executable, script, lines, out, *gazetteer.options]
    subprocess.run(command, check=True, capture_output=True)
    points = pd.read_csv(out)
    points["kind"] = points["name"].map(kinds_in(lines)).fillna("road")
    points[points["lon"] <= east].to_csv(out, index=False)
    return out


def lines_of(maps: Maps, map_name: str) -> Path:
    """Return a map that ``points.py`` reads: OSM XML as a GeoPackage of its lines."""
    path = maps.shared / "reference" / map_name
    if path.suffix != ".osm":
        return path
    out = maps.folder / f"{path.stem}.gpkg"
    if not out.exists():
        lines = read_reference(path).features[["name", "geometry"]].explode()
        lines[lines.geom_type == "LineString"].to_file(out)
    return out


def kinds_in(path: Path) -> dict[str, str]:
    """Return the kind of each name that a map says is no road."""
    ways = gpd.read_file(path, ignore_geometry=True)
    columns = [column for column in KIND_COLUMNS if column in ways]
    return {name: KIND_COLUMNS[column] for column in columns for name in ways["name"][ways[column].notna()]}


def score(truth: gpd.GeoDataFrame, drawing: Drawing) -> Scores:
    """Score the approximate blocks as ``score_places.py`` does."""
    crs = truth.estimate_utm_crs()
    inner = truth.to_crs(crs).geometry
    outer = gpd.GeoSeries(truth["outer"], crs=4326).to_crs(crs)
    parcels, edges = drawing.parcels.to_crs(crs), drawing.edges.to_crs(crs)
    rows = []
    for parcel_id, parcel in parcels[parcels["grade"] == "approximate"].iterrows():
        number = int(re.findall(r"\d+", parcel["block"])[0])
        drawn = parcel.geometry
        best = max((inner[number - 1], outer[number - 1]), key=lambda t: overlap(drawn, t))
        rows.append(
            (
                number,
                overlap(drawn, best),
                drawn.centroid.distance(best.centroid),
                parcel["placement_uncertainty_m"],
                within_bands(best, edges[edges["parcel_id"] == parcel_id]),
                not best.contains(drawn.centroid),
            )
        )
    return Scores(*np.array(rows, float).reshape(-1, len(Scores._fields)).T)


def overlap(a: shapely.Polygon, b: shapely.Polygon) -> float:
    return a.intersection(b).area / a.union(b).area


def within_bands(truth: shapely.Polygon, edges: gpd.GeoDataFrame) -> float:
    """Return the share of a true boundary that lies within the band of the edge nearest to it."""
    samples = shapely.points(shapely.get_coordinates(truth.exterior.segmentize(10)))
    far = shapely.distance(samples, edges.geometry.to_numpy()[:, None])
    return float(np.mean(edges["uncertainty_m"].to_numpy(float)[far.argmin(axis=0)] >= far.min(axis=0)))


def print_head() -> None:
    print(f"{'gazetteer':52} {'placed':>6}", *(f"{head:>8}" for head in COLUMNS), f"{'ms/block':>8}")


def print_row(label: str, blocks: int, scores: Scores, spent_s: float) -> None:
    placed = len(scores.number)
    cells = (f"{tell(scores) if placed else '-':>8}" for tell in COLUMNS.values())
    print(f"{label:52} {placed / blocks:6.2f}", *cells, f"{1000 * spent_s / blocks:8.0f}", flush=True)


def print_other_grades(drawing: Drawing) -> None:
    """Tell when a block that stands on points alone is graded as if it stood on lines."""
    grades = drawing.parcels["grade"]
    if wrong := int(grades.isin(["traced", "inferred"]).sum()):
        print(f"  {wrong} blocks are graded traced or inferred on points alone")


def print_misses(blocks: Blocks, scores: Scores) -> None:
    for number, iou, off_m, stated_m, _, gross in zip(*scores, strict=True):
        if off_m > stated_m or gross:
            clause = wide(f"区块{number:.0f}：{blocks.clauses[int(number) - 1]}", 60)
            print(f"  {clause} overlap {iou:.2f}, off {off_m:.0f} m, stated {stated_m:.0f} m")


def print_calibration(found: pd.DataFrame) -> None:
    print(f"{'nearest other point':32} {'points':>6}", *(f"{head:>8}" for head in CALIBRATION_COLUMNS))
    for label, part in binned(found):
        cells = (f"{tell(part) if len(part) else '-':>8}" for tell in CALIBRATION_COLUMNS.values())
        print(f"{label:32} {len(part):6}", *cells)


def binned(found: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the left-out points by where they lie and by distance, and last all of them."""
    for beyond, where in ((False, "between points"), (True, "beyond the end")):
        for low, high in pairwise(BINS_M):
            label = f"{low} m and more" if np.isinf(high) else f"{low} to {high} m"
            far = (found["distance_m"] >= low) & (found["distance_m"] < high)
            yield f"{where}, {label}", found[far & (found["beyond"] == beyond)]
    yield "all", found


if __name__ == "__main__":
    raise SystemExit(main())
