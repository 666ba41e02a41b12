"""Large blocks and grids on other maps, a ring road with a chord, a carriageway that is partly gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
import shapely.affinity
import shapely.ops
from cases import MISSING, WHOLE, blocks, digitise, made_map, measure, notice, overlap, read_map

from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.reference import read_reference

if TYPE_CHECKING:
    from pathlib import Path

    from cases import Maps, Result
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Digitised, ReferenceMap

MAP_OF = {
    "large/wuhan_strokes__large4": "wuhan_large.zip",
    "large/wuhan_rivers__river_side": "wuhan_large_rivers.zip",
    "large/shenzhen_nanshan__four": "shenzhen_nanshan.osm",
    "large/shenzhen_futian__four": "shenzhen_futian.gpkg",
}

HALVES = ("东至环湖路、南至环湖路、西至中轴路、北至环湖路", "东至中轴路、南至环湖路、西至环湖路、北至环湖路")
"""The half to the east of the chord and the half to the west of it."""

CARRIAGEWAY_M = 20.0
"""From one carriageway of a main road to the other."""

GAP_M = 60.0
"""Longest gap that may be bridged and still be traced."""


def large(maps: Maps) -> list[Result]:
    """Print hits with and without a side that the damaged map lacks, then the made cases."""
    print(
        f"{'case':47} {'hits':>6}   {'gone':>4} {'hits':>6}   {'else':>4} {'hits':>6}   "
        f"{'traced':>6} {'right':>6}   {'undet':>5}   ms/block"
    )
    results = []
    for name, map_name in MAP_OF.items():
        case = blocks(maps.shared, name, map_name)
        for damage in (WHOLE, *MISSING):
            results.append(measure(case, read_map(maps, map_name, damage), damage.label))
            print_row(results[-1], side_gone(results[-1]))
    print_ring_and_chord(maps.shared)
    print_near_carriageway(maps.shared)
    return results


def side_gone(result: Result) -> NDArray[np.bool_]:
    """Return for each block whether the map has no way left of some road that its sides name."""
    left = set(result.reference.features["name"])
    parcels = result.case.plan.parcels
    return np.array([any(feature.name not in left for _, feature in p.features()) for p in parcels])


def print_row(result: Result, gone: NDArray[np.bool_]) -> None:
    print(
        f"{result.name:47} {result.hits():6.3f}   {gone.sum():4} {result.hits(gone):6.3f}   "
        f"{(~gone).sum():4} {result.hits(~gone):6.3f}   {result.share('traced'):6.2f} "
        f"{result.hits('traced'):6.3f}   {result.share('undetermined'):5.2f}   {result.ms_a_block:6.1f}",
        flush=True,
    )


def print_ring_and_chord(shared: Path) -> None:
    """Print overlap, grade and codes of both halves of a ring road, told by opposite words."""
    print(f"\n{'ring road and chord':30} {'half':5} {'overlap':>7}   grade")
    lines = gpd.read_file(shared / "cases" / "large" / "ring_chord.gpkg").set_index("name").geometry
    plane = LocalPlane.around(list(lines))
    ring, chord = (plane.to_xy(lines[name]) for name in ("环湖路", "中轴路"))
    second = shapely.Polygon(ring).buffer(CARRIAGEWAY_M).exterior
    gap = shapely.Point(ring.interpolate(0.0)).buffer(GAP_M / 2)
    chord = shapely.affinity.scale(chord, 1.1, 1.1)  # beyond the second carriageway
    for label, rings in {
        "plain": (ring,),
        "two carriageways": (ring, second),
        f"a gap of {GAP_M:.0f} m in the east": (ring.difference(gap),),
    }.items():
        named = [*(("环湖路", plane.to_lonlat(r)) for r in rings), ("中轴路", plane.to_lonlat(chord))]
        truths = [halves(r, chord, plane) for r in (ring, second)[: len(rings)]]
        print_halves(label, made_map(named), truths)


def halves(ring: BaseGeometry, chord: BaseGeometry, plane: LocalPlane) -> list[BaseGeometry]:
    """Return what lies to the east and to the west of the chord within the ring."""
    parts = shapely.ops.split(shapely.Polygon(ring), chord).geoms
    return [plane.to_lonlat(part) for part in sorted(parts, key=lambda part: -part.centroid.x)]


def print_halves(label: str, reference: ReferenceMap, truths: list[list[BaseGeometry]]) -> None:
    drawn = digitise(notice(HALVES), reference)[0].values()
    for number, (half, found) in enumerate(zip(("east", "west"), drawn, strict=True)):
        best = max(overlap(found.polygon, truth[number]) for truth in truths)
        print(f"{label:30} {half:5} {best:7.3f}   {graded(found)}", flush=True)


def graded(found: Digitised) -> str:
    return " ".join([found.grade, *sorted({reason.code for reason in found.reasons})])


def print_near_carriageway(shared: Path) -> None:
    """Print what is drawn where the near carriageway of the north side is whole, gone, or a stub."""
    print(f"\n{'near carriageway':30} {'km²':>7}   grade")
    plan = notice(["东至东路、南至南大道、西至西路、北至北大道"])
    for state in ("whole", "gone", "long"):
        reference = read_reference(shared / "cases" / "large" / f"near_carriageway_{state}.gpkg")
        (found,) = digitise(plan, reference)[0].values()
        km2 = 0.0 if found.polygon is None else float(area_m2([found.polygon])[0]) / 1e6
        print(f"{state:30} {km2:7.3f}   {graded(found)}", flush=True)
