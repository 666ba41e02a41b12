"""Ours beside what the field offers, in one run on the same data: time, ratios and hits.

    python benchmarks/beside.py [SHARED]

Needs the extra ``benchmark`` (momepy, osmnx). SHARED is the folder of cases and reference maps, ``../shared``
beside the checkout by default. Two things are compared:

Tracing of the 150 blocks of central Shanghai. Peers do not read words: they are given, for each block, the
lines that carry its four names and a point inside the true block, and the face there is theirs. Ours gets
the text and the whole map. A hit is a hit of ``benchmarks/digitise.py``. The map is then made ten times as
large, by copies of it each a degree further east, with the same names or with names of their own; with the
same names no words can tell the copies apart, so that a block on any of them is taken for the first's.

Loading of an OSM XML file by osmnx, which makes a graph of the drivable and walkable ways, and by ours.

Seconds are of the processor, the least of several rounds taken by turns.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.affinity
from cases import HIT, blocks, score, shared_folder

from ftz_geo.model import DIRECTIONS, ReferenceMap, Settings
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cases import Case
    from shapely.geometry.base import BaseGeometry

ROUNDS = 3
TOLERANCE_M = Settings().bridge_tolerance_m
"""The gap that ours may close too."""

COPIES = 10


def ours(case: Case, reference: ReferenceMap) -> list[BaseGeometry | None]:
    drawn = trace_parcels(case.plan, reference, resolve_plan(case.plan, reference), Settings())
    return [drawn[parcel.id].polygon for parcel in case.plan.parcels]


def each_block(
    case: Case, faces: Callable[[gpd.GeoSeries], gpd.GeoSeries]
) -> Callable[[], list[BaseGeometry | None]]:
    """Give a run over all blocks: from the four names' lines to the face at a point inside."""
    lines = case.reference.features
    crs = lines.estimate_utm_crs()
    by_name: Mapping[str, gpd.GeoSeries] = dict(iter(lines.to_crs(crs).geometry.groupby(lines["name"])))
    inside = gpd.GeoSeries(case.inner, crs=4326).to_crs(crs).representative_point()

    def run() -> list[BaseGeometry | None]:
        found: list[BaseGeometry | None] = []
        for parcel, point in zip(case.plan.parcels, inside, strict=True):
            names = dict.fromkeys(f.name for side in DIRECTIONS for f in parcel.abuttals[side])
            named = pd.concat([by_name[name] for name in names if name in by_name], ignore_index=True)
            faced = faces(gpd.GeoSeries(named, crs=crs))
            at = faced[faced.covers(point)]
            found.append(at.to_crs(4326).iloc[0] if len(at) else None)
        return found

    return run


def polygonized(lines: gpd.GeoSeries) -> gpd.GeoSeries:
    noded = shapely.union_all(lines.to_numpy())
    return gpd.GeoSeries(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), crs=lines.crs)


def enclosed(lines: gpd.GeoSeries) -> gpd.GeoSeries:
    import momepy

    parts = gpd.GeoDataFrame(geometry=lines.explode(ignore_index=True))
    try:
        closed = momepy.close_gaps(parts, TOLERANCE_M)
        longer = momepy.extend_lines(gpd.GeoDataFrame(geometry=closed), TOLERANCE_M)
        return momepy.enclosures(longer).geometry
    except (ValueError, IndexError, KeyError, TypeError, shapely.errors.GEOSException):
        return gpd.GeoSeries([], crs=lines.crs)  # it meets lines that it cannot take


def larger(reference: ReferenceMap, *, rename: bool) -> ReferenceMap:
    """Copy a map a degree to the east, time and again."""
    copies = []
    for number in range(COPIES):
        copy = reference.features.copy()
        if number:
            copy["geometry"] = copy.geometry.translate(xoff=number)
            copy["source_id"] += f"@{number}"
            if rename:
                copy["name"] = f"{number}号" + copy["name"]
        copies.append(copy)
    features = gpd.GeoDataFrame(pd.concat(copies, ignore_index=True), crs=reference.features.crs)
    return ReferenceMap(features=features, sources=reference.sources)


def moved_back(found: BaseGeometry | None, truth: BaseGeometry) -> BaseGeometry | None:
    """Move what was drawn on a copy to the first: copies with the same names differ in nothing else."""
    if found is None:
        return None
    return shapely.affinity.translate(found, round(truth.centroid.x - found.centroid.x))


def by_turns(runs: Mapping[str, Callable[[], Any]]) -> tuple[dict[str, float], dict[str, Any]]:
    """Give the least seconds of each run, and what it gave."""
    least: dict[str, float] = {}
    gave: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = time.process_time()
            gave[name] = run()
            least[name] = min(time.process_time() - start, least.get(name, np.inf))
    return least, gave


def tracing(shared: Path) -> None:
    case = blocks(shared, "shanghai_west_blocks")
    maps = {
        "ours": case.reference,
        f"ours, {COPIES} x map, own names": larger(case.reference, rename=True),
        f"ours, {COPIES} x map, same names": larger(case.reference, rename=False),
    }
    runs: dict[str, Callable[[], list[BaseGeometry | None]]] = {
        name: lambda reference=reference: ours(case, reference)  # type: ignore[misc]
        for name, reference in maps.items()
    }
    runs["shapely polygonize"] = each_block(case, polygonized)
    runs["momepy enclosures"] = each_block(case, enclosed)
    least, gave = by_turns(runs)
    print(f"{'tracing':32} {'ms/block':>9} {'time : ours':>12} {'hits':>6} {'no face':>8}")
    for name, seconds in least.items():
        scores = [
            score(moved_back(found, inner), inner, outer)
            for found, inner, outer in zip(gave[name], case.inner, case.outer, strict=True)
        ]
        none = sum(found is None for found in gave[name])
        print(
            f"{name:32} {1000 * seconds / len(scores):9.2f} {seconds / least['ours']:12.2f} "
            f"{np.mean(np.array(scores) >= HIT):6.3f} {none:8d}"
        )


def loading(path: Path) -> None:
    import osmnx

    least, gave = by_turns(
        {"ours": lambda: read_reference(path), "osmnx": lambda: osmnx.graph_from_xml(path)}
    )
    print(f"\n{'loading ' + path.name:32} {'seconds':>9} {'time : ours':>12}  what it gave")
    edges = [data.get("name") for *_, data in gave["osmnx"].edges(data=True)]
    names = {name for named in edges for name in (named if isinstance(named, list) else [named]) if name}
    features = gave["ours"].features
    said = {
        "ours": f"{len(features)} named features, {features['name'].nunique()} names",
        "osmnx": f"{len(edges)} edges, {len(names)} names",
    }
    for name, seconds in least.items():
        print(f"{name:32} {seconds:9.3f} {seconds / least['ours']:12.2f}  {said[name]}")


def main() -> int:
    shared = shared_folder(*sys.argv[1:2])
    if shared is None:
        return 0
    # Peers warn of every block that does not close; what they give is what is measured.
    warnings.simplefilter("ignore")
    tracing(shared)
    loading(shared / "reference" / "shenzhen_nanshan.osm")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
