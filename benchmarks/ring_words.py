"""Blocks told by the roads around them in order, without directions."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import shapely
from cases import Case, blocks, digitise, made_map, measure, notice, overlap, wide
from faces import Faces

from ftz_geo.compass import RING_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cases import Maps, Result
    from faces import Block

    from ftz_geo.model import ReferenceMap

SEED = 1
WALKS = 60
WALK_ROADS = (8, 16)
"""A walk goes around at least and at most so many roads."""

CHOICES = 3
"""Of so many neighbours the nearest is added: a block that sprawls meets its roads twice."""


def listed(names: Sequence[str]) -> str:
    return f"由{'、'.join(names)}围合的区域"


def chained(names: Sequence[str]) -> str:
    return f"{'—'.join(names)}合围"


WAYS: dict[str, tuple[Callable[[Sequence[str]], str], int]] = {
    "由…、…围合, clockwise": (listed, -1),
    "由…、…围合, counter-clockwise": (listed, 1),
    "…—…合围, clockwise": (chained, -1),
}
"""How a ring is told, and which way around."""


def rings(maps: Maps) -> list[Result]:
    """Print hits, grades and codes of blocks told by rings of four and of many roads, then made cases."""
    print(f"{'ring':47} {'n':>4} {'hits':>6}   {'traced':>6} {'right':>6} {'undet':>6} {'unread':>6}   codes")
    four = blocks(maps.shared, "shanghai_west_blocks")
    orders = [[p.abuttals[side][0].name for side in RING_ORDER] for p in four.plan.parcels]
    results = told_in_each_way("four roads", four, orders)
    walks = long_walks(four.reference)
    many = Case("walk", four.plan, four.reference, [w.inner for w in walks], [w.outer for w in walks])
    results += told_in_each_way(
        f"{WALK_ROADS[0]} to {WALK_ROADS[1]} roads", many, [[run.name for run in w.runs] for w in walks]
    )
    print_made()
    return results


def told_in_each_way(name: str, case: Case, orders: Sequence[Sequence[str]]) -> list[Result]:
    """Trace blocks by their roads in counter-clockwise order, told in each way from any corner."""
    results = []
    for label, (worded, step) in WAYS.items():
        chance = random.Random(SEED)  # noqa: S311 the same corners each time
        begun = [turned(names[::step], chance.randrange(len(names))) for names in orders]
        own = case._replace(name=f"{name}, {label}", plan=notice(worded(names) for names in begun))
        results.append(measure(own, case.reference))
        print_row(results[-1])
    return results


def turned(names: Sequence[str], start: int) -> list[str]:
    return [*names[start:], *names[:start]]


def print_row(result: Result) -> None:
    undrawn = result.grade == "undetermined"
    codes = Counter(code for i in np.flatnonzero(undrawn) for code in result.codes(i))
    print(
        f"{wide(result.name, 47)} {len(result.grade):4} {result.hits():6.3f}   {result.share('traced'):6.2f} "
        f"{result.hits('traced'):6.3f} {result.share('undetermined'):6.2f} {result.share('unread'):6.2f}   "
        + ", ".join(f"{code} {count}" for code, count in codes.most_common(3)),
        flush=True,
    )


def long_walks(reference: ReferenceMap) -> list[Block]:
    """Return blocks of many faces, each grown from a face at random until enough roads go around it."""
    faces = Faces(reference)
    chance = random.Random(SEED)  # noqa: S311 the same blocks each time
    seeds = chance.sample(range(len(faces.wide)), len(faces.wide))
    found: list[Block] = []
    for seed in seeds:
        block = grown(faces, seed, chance)
        if block is not None:
            found.append(block)
        if len(found) == WALKS:
            break
    return found


def grown(faces: Faces, seed: int, chance: random.Random) -> Block | None:
    """Add neighbours to a face; return the first block with as many roads around it as were drawn."""
    chosen, beside = [seed], set(faces.beside(seed))
    wanted = chance.randint(*WALK_ROADS)
    for _ in range(2 * wanted):
        if not beside:
            return None
        some = chance.sample(sorted(beside), min(CHOICES, len(beside)))
        chosen.append(min(some, key=lambda face: faces.wide[face].distance(faces.wide[seed].centroid)))
        beside = (beside | set(faces.beside(chosen[-1]))) - set(chosen)
        outline = faces.outline(chosen)
        if outline is not None and wanted <= len(outline.runs) <= WALK_ROADS[1]:
            return faces.block(outline)
    return None


def print_made() -> None:
    """Print rings of two and of three roads on made maps."""
    print(f"\n{'made ring':47} {'overlap':>7}   grade")
    bay = shapely.LineString([(117 + 0.01 * t, 30 + 0.01 * (1 - t * t)) for t in np.linspace(-1.3, 1.3, 60)])
    road = shapely.LineString([(116.98, 30.0), (117.02, 30.0)])
    left = shapely.LineString([(116.988, 29.998), (117.002, 30.012)])
    right = shapely.LineString([(117.012, 29.998), (116.998, 30.012)])
    made = {
        "a curve and a road": (("湾路", bay), ("直路", road)),
        "three roads": (("直路", road), ("右路", right), ("左路", left)),
    }
    for label, lines in made.items():
        truth = max(shapely.polygonize([shapely.union_all([line for _, line in lines])]).geoms, key=_area)
        for worded in (listed, chained):
            plan = notice([worded([name for name, _ in lines])])
            found = [*digitise(plan, made_map(lines))[0].values()]
            value, grade = (overlap(found[0].polygon, truth), found[0].grade) if found else (0.0, "unread")
            print(f"{wide(f'{label}, {worded([])}', 47)} {value:7.3f}   {grade}")


def _area(polygon: shapely.Polygon) -> float:
    return float(polygon.area)
