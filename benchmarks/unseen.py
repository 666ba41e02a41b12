"""Blocks that the cases do not hold: faces of the reference maps, told by where their roads face."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from cases import MISSING, WHOLE, Case, blocks, measure, notice, read_map, told, wide
from faces import STUB_M, Faces, sides

from ftz_geo.compass import DIRECTIONS, SIDE_ZH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cases import Maps, Result
    from faces import Block

SEED = 1
MOST = 200
"""No more blocks than this of one map."""

MAPS = (
    "shanghai_west.gpkg",
    "wuhan_guanggu.geojson",
    "helsinki.osm.pbf",
    "shenzhen_futian.gpkg",
    "shenzhen_nanshan.osm",
)


Roads = tuple[tuple[str, ...], ...]
"""The roads of each side, in the order of :data:`DIRECTIONS`."""

SEEN = {
    "shanghai_west.gpkg": ("shanghai_west_blocks", "shanghai_west_blocks_two_on_a_side"),
    "shenzhen_futian.gpkg": ("large/shenzhen_futian__four",),
    "shenzhen_nanshan.osm": ("large/shenzhen_nanshan__four",),
}
"""The cases that the project is developed with."""


def unseen(maps: Maps) -> list[Result]:
    """Print hits and grades on whole and on thinned maps."""
    print(f"{'unseen blocks':44} {'n':>4} {'hits':>6}   {'traced':>6} {'right':>6}   {'undet':>5}   ms/block")
    results = []
    for name in MAPS:
        told(f"faces of {name}")
        case = unseen_case(maps, name)
        for damage in (WHOLE, *MISSING):
            results.append(measure(case, read_map(maps, name, damage), damage.label))
            print_row(results[-1])
    return results


def unseen_case(maps: Maps, name: str) -> Case:
    """Return blocks of one map: its faces first, then pairs of neighbours."""
    reference = read_map(maps, name)
    seen = set(seen_roads(maps, name))
    found: dict[Roads, Block] = {}
    for block in shuffled_blocks(Faces(reference)):
        roads = roads_of(block)
        if roads is not None and roads not in seen and roads not in found and readable(roads):
            found[roads] = block
        if len(found) == MOST:
            break
    return Case(
        name=name.split(".")[0],
        plan=notice(clause(roads) for roads in found),
        reference=reference,
        inner=[block.inner for block in found.values()],
        outer=[block.outer for block in found.values()],
    )


def seen_roads(maps: Maps, name: str) -> Iterator[Roads]:
    for case in SEEN.get(name, ()):
        for parcel in blocks(maps.shared, case, name).plan.parcels:
            yield tuple(tuple(sorted(f.name for f in parcel.abuttals[side])) for side in DIRECTIONS)


def shuffled_blocks(faces: Faces) -> Iterator[Block]:
    """Yield faces of four or five roads, then such pairs of neighbours, each time in the same order."""
    chance = random.Random(SEED)  # noqa: S311 the same blocks each time
    alone = [(i,) for i in range(len(faces.wide))]
    pairs = [(i, j) for (i,) in alone for j in faces.beside(i) if i < j]
    for chosen in (*chance.sample(alone, len(alone)), *chance.sample(pairs, len(pairs))):
        outline = faces.outline(chosen)
        if outline is not None and len(outline.runs) in (4, 5):
            yield faces.block(outline)


def roads_of(block: Block) -> Roads | None:
    """Return the roads by sides of a block; None where words would not tell it from another."""
    found = sides(block) if block.within_m <= STUB_M else None
    return found and tuple(tuple(sorted(found[side])) for side in DIRECTIONS)


def clause(roads: Roads) -> str:
    return "、".join(
        f"{SIDE_ZH[side]}至{'和'.join(names)}" for side, names in zip(DIRECTIONS, roads, strict=True)
    )


def readable(roads: Roads) -> bool:
    """Tell whether the words are read as they are meant: this part is about tracing alone."""
    parcels = notice([clause(roads)]).parcels
    read = [tuple(f.name for f in parcels[0].abuttals[side]) for side in DIRECTIONS] if parcels else []
    return tuple(read) == roads


def print_row(result: Result) -> None:
    print(
        f"{wide(result.name, 44)} {len(result.grade):4} {result.hits():6.3f}   {result.share('traced'):6.2f} "
        f"{result.hits('traced'):6.3f}   {result.share('undetermined'):5.2f}   {result.ms_a_block:6.1f}",
        flush=True,
    )
