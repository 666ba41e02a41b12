"""Measure how the time of an audit grows with the number of blocks.

    python benchmarks/audit.py [--most N] [--rounds N] [--wrong]

Towns of crooked blocks are made, each with a stated area and a road on every side that its neighbours share,
surveyed, and the roads known by name: once in zones of 40 blocks, once all in one zone. For 100 blocks, and
ten times as many up to the most, it prints the processor time of all checks, and how many times as much as
half of them take; the quickest of several rounds counts, as other work of the machine only slows. With
``--wrong`` every stated area is off by a tenth and every total by a fifth, so that every figure is looked at
from all sides.
"""

from __future__ import annotations

import argparse
import time
from decimal import Decimal

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.check import run_checks
from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.model import Area, Block, Direction, Feature, Parcel, Plan, Source, Zone

ZONE_BLOCKS = 40
STEP_M = 300.0
"""From one road to the next."""


def feature(name: str, at: int) -> Feature:
    return Feature(name=name, kind="road", span=(at, at + len(name)))


def area_of(km2: Decimal, at: int) -> Area:
    text = f"{km2}平方公里"
    return Area(text=text, value=km2, unit="平方公里", span=(at, at + len(text)))


def block_of(number: int, label: int, i: int, j: int, km2: Decimal) -> Block:
    at = 100 * number
    sides: dict[Direction, tuple[Feature, ...]] = {
        "east": (feature(f"经{i + 1}路", at + 30),),
        "south": (feature(f"纬{j}路", at + 40),),
        "west": (feature(f"经{i}路", at + 50),),
        "north": (feature(f"纬{j + 1}路", at + 60),),
    }
    span = (at, at + 70)
    return Block(
        id=f"b-{number}",
        label=f"区块{label}",
        declared_area=area_of(km2, at + 10),
        parcels=(Parcel(id=f"b-{number}", abuttals=sides, span=span),),
        span=span,
    )


def total_of(blocks: list[Block], times: Decimal) -> Decimal:
    total = sum((b.declared_area.value for b in blocks if b.declared_area), Decimal(0))
    return (total * times).quantize(Decimal("0.0001"))


def town(count: int, in_zone: int, wrong: bool) -> tuple[Plan, gpd.GeoDataFrame, dict[str, shapely.Geometry]]:
    """A plan, its polygons, and the roads between them."""
    across = int(np.ceil(np.sqrt(count)))
    at = np.stack(np.meshgrid(np.arange(across + 1), np.arange(across + 1), indexing="ij"), axis=-1) * STEP_M
    crossings = at + np.random.default_rng(1).uniform(-30, 30, at.shape)
    plane = LocalPlane(lon=117.15, lat=39.0)
    i, j = np.divmod(np.arange(count), across)
    rings = np.stack([crossings[i + x, j + y] for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)
    shapes = plane.to_lonlat(shapely.buffer(shapely.polygons(rings), -12, join_style="mitre"))
    stated = area_m2(shapes, cut_m=SURVEY_CUT_M) / 1e6 * (1.1 if wrong else 1)
    blocks = [
        block_of(n, n % in_zone + 1, int(i[n]), int(j[n]), Decimal(f"{stated[n]:.4f}")) for n in range(count)
    ]
    zones = tuple(
        Zone(
            id=f"z-{first}",
            name=f"片区{first}",
            declared_area=area_of(total_of(own, Decimal("1.2") if wrong else Decimal(1)), 100 * first),
            declared_block_count=len(own),
            blocks=tuple(own),
            span=(100 * first, 100 * (first + len(own))),
        )
        for first in range(0, count, in_zone)
        if (own := blocks[first : first + in_zone])
    )
    roads = {f"经{n}路": shapely.LineString(crossings[n]) for n in range(across + 1)}
    roads |= {f"纬{n}路": shapely.LineString(crossings[:, n]) for n in range(across + 1)}
    frame = gpd.GeoDataFrame(
        {"grade": "surveyed"}, index=[b.id for b in blocks], geometry=shapes, crs="EPSG:4326"
    )
    plan = Plan(text="　" * (100 * count), source=Source(), zones=zones)
    return plan, frame, {name: plane.to_lonlat(road) for name, road in roads.items()}


def seconds(count: int, in_zone: int, rounds: int, wrong: bool) -> tuple[float, int]:
    """The quickest of several rounds, and how many findings there were."""
    plan, frame, named = town(count, in_zone, wrong)
    took = []
    for _ in range(rounds):
        start = time.process_time()
        found = run_checks(plan, frame, named=named).findings
        took.append(time.process_time() - start)
    return min(took), len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wrong", action="store_true")
    arguments = parser.parse_args()
    counts = [100]
    while 10 * counts[-1] <= arguments.most:
        counts.append(10 * counts[-1])
    for title, in_zone in ((f"zones of {ZONE_BLOCKS} blocks", ZONE_BLOCKS), ("one zone", arguments.most)):
        print(title)
        for count in counts:
            half, _ = seconds(count // 2, in_zone, arguments.rounds, arguments.wrong)
            took, found = seconds(count, in_zone, arguments.rounds, arguments.wrong)
            print(f"{count:>8} blocks {took:9.3f} s, {took / half:5.2f} times half of them, {found} findings")


if __name__ == "__main__":
    main()
