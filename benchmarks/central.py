"""Blocks of central Shanghai on whole, shaken and thinned maps; single difficulties; published texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import shapely.geometry
from cases import MISSING, WHOLE, Damage, blocks, digitise, made_map, measure, overlap, read_map

from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference

if TYPE_CHECKING:
    from pathlib import Path

    from cases import Maps, Result
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import ReferenceMap

RUNS = 3
"""The quickest of so many runs is told: other work on the machine only adds to the time."""

SHAKEN = Damage(shake="3")


class Wanted(NamedTuple):
    """The share of hits that is asked for."""

    whole: float
    """Of a shaken map too."""
    missing: dict[str, float]


WANTED = {
    "shanghai_west_blocks": Wanted(0.99, {"0.1": 0.95, "0.25": 0.85}),
    "shanghai_west_blocks_two_on_a_side": Wanted(0.96, {"0.1": 0.90, "0.25": 0.78}),
}


def central(maps: Maps) -> list[Result]:
    """Print hits, grades and times of the blocks, then overlap and grade of the small cases."""
    print(f"{'case':44} {'hits':>6} {'wanted':>7}   {'traced':>6} {'right':>6}   ms/block, best of {RUNS}")
    results = []
    for name, wanted in WANTED.items():
        case = blocks(maps.shared, name)
        for damage in (WHOLE, SHAKEN, *MISSING):
            reference = read_map(maps, "shanghai_west.gpkg", damage)
            results.append(measure(case, reference, damage.label, RUNS))
            print_row(results[-1], wanted.missing.get(damage.missing, wanted.whole))
    for name, (value, grade) in (synthetic(maps.shared) | published(maps.shared)).items():
        print(f"{name:44} {value:6.3f} {0.995 if name[0].isdigit() else 0.97:7.3f}   {grade}")
    return results


def print_row(result: Result, wanted: float) -> None:
    print(
        f"{result.name:44} {result.hits():6.3f} {wanted:7.2f}   {result.share('traced'):6.2f} "
        f"{result.hits('traced'):6.3f}   {result.ms_a_block:6.1f}",
        flush=True,
    )


def drawn_alone(text: str, reference: ReferenceMap, truth: BaseGeometry) -> tuple[float, str]:
    """Trace a single block; return overlap with the truth, and grade."""
    (drawn,) = digitise(parse_plan(f"区块一：{text}。"), reference)[0].values()
    return overlap(drawn.polygon, truth), drawn.grade


def synthetic(shared: Path) -> dict[str, tuple[float, str]]:
    """Trace the seven cases of one difficulty each."""
    truth = gpd.read_file(shared / "cases" / "synthetic_blocks.geojson")
    lines = gpd.read_file(shared / "cases" / "synthetic_lines.geojson")
    result: dict[str, tuple[float, str]] = {}
    for row in truth.itertuples():
        own = lines[lines["case"] == row.case]
        reference = made_map(list(zip(own["name"], own.geometry, strict=True)))
        text = f"东至{row.east}、南至{row.south}、西至{row.west}、北至{row.north}"
        result[str(row.case)] = drawn_alone(text, reference, row.geometry)
    return result


def published(shared: Path) -> dict[str, tuple[float, str]]:
    """Trace two published texts whose outlines are known to a few metres."""
    pairs = gpd.read_file(shared / "cases" / "shanghai_pairs.geojson").set_index("name")
    folder = shared / "reference"
    outline = json.loads((folder / "shanghai_xinhua_boundary.json").read_text(encoding="utf-8"))
    return {
        "镇宁路": drawn_alone(
            "东至镇宁路、南至延安西路、西至江苏路、北至武定西路、万航渡路、愚园路",
            read_reference(folder / "shanghai_west.gpkg"),
            pairs.geometry["镇宁路"],
        ),
        "新华路街道": drawn_alone(
            "东至江苏路、兴国路，西至凯旋路，南至淮海西路，北至延安西路",
            read_reference(folder / "shanghai_xinhua_roads.overpass.json"),
            shapely.geometry.shape(outline[0]["geojson"]),
        ),
    }
