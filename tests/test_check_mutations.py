"""Sixty plans and polygon sets with one defect each: every one is caught, by the check that it breaks.

A notice is made of a grid of jittered blocks: its words go through ``parse``, its polygons through
the audit, with the grid's roads and a district as the map. Unmutated it gives no finding.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from ftz_geo.check import run_checks
from ftz_geo.measure import LocalPlane, area_m2, gcj02_of
from ftz_geo.model import Audit
from ftz_geo.parse import parse_plan

PLANE = LocalPlane(lon=117.15, lat=39.0)
NUMERALS = "一二三四五六"
VERTICAL, HORIZONTAL = ("甲路", "乙路", "丙路", "丁路"), ("子路", "丑路", "寅路")
"""Roads of the grid, from west to east and from south to north."""

XY = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Block:
    label: str
    area: str
    unit: str = "平方公里"
    sides: tuple[tuple[str, str], ...]
    ring: tuple[XY, ...]
    """Metres, counter-clockwise from the south-west."""
    holes: tuple[tuple[XY, ...], ...] = ()
    parcels: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        words = "、".join(f"{direction}至{name}" for direction, name in self.sides)
        inside = "，".join(
            f"地块{n}面积{a}平方公里，{words}" for n, a in zip("一二", self.parcels, strict=False)
        )
        return f"{self.label}：面积{self.area}{self.unit}，{inside or words}。"

    @property
    def shape(self) -> shapely.Polygon:
        return shapely.Polygon(self.ring, self.holes)


@dataclass(frozen=True, kw_only=True)
class Case:
    total: str | None
    unit: str = "平方公里"
    count: str = "六"
    blocks: tuple[Block, ...]
    shapes: dict[int, BaseGeometry] = field(default_factory=dict)
    """Polygons in degrees that take the place of a block's own."""
    roads: dict[str, BaseGeometry]
    district: BaseGeometry

    @property
    def text(self) -> str:
        head = f"总面积{self.total}{self.unit}，分为{self.count}个区块，分别为：" if self.total else ""
        return "\n".join([f"西青区联动创新区{head}", *(b.text for b in self.blocks)])

    def audited(self) -> Audit:
        plan = parse_plan(self.text)
        shapes = [self.shapes.get(i, PLANE.to_lonlat(b.shape)) for i, b in enumerate(self.blocks)]
        ids = [p.id for p in plan.parcels]
        frame = None
        if len(ids) == len(shapes):
            frame = gpd.GeoDataFrame({"grade": "surveyed"}, geometry=shapes, index=ids, crs="EPSG:4326")
        return run_checks(plan, frame, named=self.roads, districts={"西青区": [self.district]})

    def change(self, i: int, **changes: object) -> "Case":
        blocks = list(self.blocks)
        blocks[i] = replace(blocks[i], **changes)  # type: ignore[arg-type]  # each mutation names its own fields
        return replace(self, blocks=tuple(blocks))


def made(chance: random.Random) -> Case:
    """A zone of three by two blocks of about 1 km², whose corners are jittered."""
    corner = {
        (i, j): (1000 * i + chance.uniform(-120, 120), 1000 * j + chance.uniform(-120, 120))
        for i in range(4)
        for j in range(3)
    }
    blocks: list[Block] = []
    for j in range(2):
        for i in range(3):
            ring = tuple(corner[p] for p in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)))
            area = area_m2([PLANE.to_lonlat(shapely.Polygon(ring))], cut_m=70)[0] / 1e6
            sides = (
                ("东", VERTICAL[i + 1]),
                ("南", HORIZONTAL[j]),
                ("西", VERTICAL[i]),
                ("北", HORIZONTAL[j + 1]),
            )
            blocks.append(
                Block(label=f"区块{NUMERALS[len(blocks)]}", area=f"{area:.2f}", sides=sides, ring=ring)
            )
    lines = {name: [corner[i, j] for j in range(3)] for i, name in enumerate(VERTICAL)} | {
        name: [corner[i, j] for i in range(4)] for j, name in enumerate(HORIZONTAL)
    }
    return Case(
        total=str(sum(Decimal(b.area) for b in blocks)),
        blocks=tuple(blocks),
        roads={name: PLANE.to_lonlat(shapely.LineString(points)) for name, points in lines.items()},
        district=PLANE.to_lonlat(shapely.box(-9000, -9000, 9000, 9000)),
    )


def plus(figure: str | None, change: float) -> str:
    return f"{Decimal(figure or 0) + Decimal(str(change)):.2f}"


def between(start: XY, end: XY, share: float) -> XY:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def edge_moved(block: Block, metres: float) -> tuple[XY, ...]:
    """The ring with most of its east side moved outwards; its corners stay."""
    a, b, c, d = block.ring
    low, high = between(b, c, 0.1), between(b, c, 0.9)
    return a, b, low, (low[0] + metres, low[1]), (high[0] + metres, high[1]), high, c, d


Mutation = Callable[[Case, int, random.Random], Case]


def block_area(case: Case, i: int, chance: random.Random) -> Case:
    return case.change(i, area=plus(case.blocks[i].area, chance.choice([-0.2, -0.06, 0.06, 0.5])))


def total_area(case: Case, _: int, chance: random.Random) -> Case:
    return replace(case, total=plus(case.total, chance.choice([-0.09, 0.09, 1])))


def block_gone(case: Case, i: int, _: random.Random) -> Case:
    return replace(case, blocks=case.blocks[:i] + case.blocks[i + 1 :])


def count_changed(case: Case, _: int, chance: random.Random) -> Case:
    return replace(case, count=chance.choice("五七八"))


def block_unit(case: Case, i: int, chance: random.Random) -> Case:
    return case.change(i, unit=chance.choice(["公顷", "亩"]))


def total_unit(case: Case, _: int, chance: random.Random) -> Case:
    return replace(case, unit=chance.choice(["公顷", "亩"]))


def unit_against_polygon(case: Case, i: int, chance: random.Random) -> Case:
    return replace(block_unit(case, i, chance), total=None)


def labels_exchanged(case: Case, i: int, _: random.Random) -> Case:
    i = min(i, 4)
    first, second = case.blocks[i].label, case.blocks[i + 1].label
    return case.change(i, label=second).change(i + 1, label=first)


def side_gone(case: Case, i: int, chance: random.Random) -> Case:
    sides = list(case.blocks[i].sides)
    sides.pop(chance.randrange(4))
    return case.change(i, sides=tuple(sides))


def side_doubled(case: Case, i: int, _: random.Random) -> Case:
    (east, a), south, (_west, b), north = case.blocks[i].sides
    return case.change(i, sides=((east, a), south, (east, b), north))


def road_on_both_sides(case: Case, i: int, chance: random.Random) -> Case:
    east, south, west, north = case.blocks[i].sides
    if chance.random() < 0.5:
        return case.change(i, sides=(east, south, ("西", east[1]), north))
    return case.change(i, sides=(east, ("南", north[1]), west, north))


def sides_copied(case: Case, i: int, _: random.Random) -> Case:
    return case.change(i, sides=case.blocks[(i + 3) % 6].sides)


def parcel_area(case: Case, i: int, _: random.Random) -> Case:
    half = plus(case.blocks[i].area, -0.4)
    return case.change(i, parcels=(half, "0.48"))


def two_areas_wrong(case: Case, i: int, _: random.Random) -> Case:
    j = (i + 1) % 6
    moved = case.change(i, area=plus(case.blocks[i].area, 0.17))
    return moved.change(j, area=plus(case.blocks[j].area, -0.17))


def areas_exchanged(case: Case, _: int, __: random.Random) -> Case:
    order = sorted(range(6), key=lambda k: Decimal(case.blocks[k].area))
    i, j = order[0], order[-1]
    return case.change(i, area=case.blocks[j].area).change(j, area=case.blocks[i].area)


def neighbour_entered(case: Case, i: int, _: random.Random) -> Case:
    i -= i % 3 == 2  # a block with a neighbour to the east
    return case.change(i, ring=edge_moved(case.blocks[i], 3.5))


def strip_left(case: Case, i: int, _: random.Random) -> Case:
    i -= i % 3 == 2
    return case.change(i, ring=edge_moved(case.blocks[i], -3.5))


def corners_exchanged(case: Case, i: int, _: random.Random) -> Case:
    a, b, c, d = case.blocks[i].ring
    return case.change(i, ring=(a, c, b, d))


def point_repeated(case: Case, i: int, _: random.Random) -> Case:
    a, *rest = case.blocks[i].ring
    return case.change(i, ring=(a, (a[0] + 0.004, a[1]), *rest))


def needle(case: Case, i: int, _: random.Random) -> Case:
    i -= i % 3  # the west side of these has no neighbour
    a, *rest, d = case.blocks[i].ring
    foot, beside = between(d, a, 0.5), between(d, a, 0.5004)
    return case.change(i, ring=(a, *rest, d, foot, (foot[0] + 40, foot[1]), beside))


def splinter(case: Case, i: int, chance: random.Random) -> Case:
    thin = shapely.affinity.rotate(shapely.box(-4000, -3000, -3950, -2998.8), chance.uniform(1, 80))
    whole = shapely.MultiPolygon([case.blocks[i].shape, thin])
    return replace(case, roads={}, shapes={i: PLANE.to_lonlat(whole)})


def hole_wound_alike(case: Case, i: int, _: random.Random) -> Case:
    x, y = case.blocks[i].ring[0]
    return case.change(i, holes=(((x + 400, y + 400), (x + 430, y + 400), (x + 430, y + 440)),))


def left_open(case: Case, i: int, _: random.Random) -> Case:
    return replace(case, shapes={i: PLANE.to_lonlat(shapely.LineString(case.blocks[i].ring))})


def box(case: Case, i: int, _: random.Random) -> Case:
    shape = PLANE.to_lonlat(case.blocks[i].shape)
    boxed = shapely.box(*shape.bounds)
    side = (area_m2([shape])[0] / area_m2([boxed])[0]) ** 0.5
    return replace(case, shapes={i: shapely.affinity.scale(boxed, side, side)})


def shifted(case: Case, _: int, __: random.Random) -> Case:
    return replace(case, shapes={k: gcj02_of(PLANE.to_lonlat(b.shape)) for k, b in enumerate(case.blocks)})


def side_off_its_road(case: Case, i: int, chance: random.Random) -> Case:
    i = 2 if i < 3 else 5  # the east side of these has no neighbour
    return case.change(i, ring=edge_moved(case.blocks[i], chance.choice([-60, 60, 150])))


def elsewhere(case: Case, _: int, chance: random.Random) -> Case:
    return replace(
        case, roads={}, district=shapely.affinity.translate(case.district, chance.choice([-0.3, 0.3]))
    )


def places_exchanged(case: Case, i: int, _: random.Random) -> Case:
    i -= i % 3 == 2
    first, second = (PLANE.to_lonlat(case.blocks[k].shape) for k in (i, i + 1))
    return replace(case, roads={}, shapes={i: second, i + 1: first})


SHEET: dict[Mutation, tuple[str, frozenset[str]]] = {
    # What breaks, and what breaks with it because it is the same fact told by another measure.
    block_area: ("declared-sum", frozenset({"declared-measured"})),
    total_area: ("declared-sum", frozenset()),
    block_gone: ("declared-count", frozenset({"total-measured"})),
    count_changed: ("declared-count", frozenset()),
    block_unit: ("unit-plausibility", frozenset()),
    total_unit: ("unit-plausibility", frozenset()),
    unit_against_polygon: ("unit-plausibility", frozenset()),
    labels_exchanged: ("block-labels", frozenset()),
    side_gone: ("missing-side", frozenset({"unread-text"})),
    side_doubled: ("doubled-side", frozenset({"unread-text"})),
    road_on_both_sides: ("contradictory-sides", frozenset({"conformance", "relation"})),
    sides_copied: ("contradictory-sides", frozenset({"conformance", "relation"})),
    parcel_area: ("parcel-sum", frozenset({"contradictory-sides"})),
    two_areas_wrong: ("declared-measured", frozenset()),
    areas_exchanged: ("swapped-labels", frozenset()),
    neighbour_entered: ("overlap", frozenset()),
    strip_left: ("gap", frozenset()),
    corners_exchanged: ("self-crossing", frozenset()),
    point_repeated: ("repeated-points", frozenset()),
    needle: ("spike", frozenset()),
    splinter: ("sliver", frozenset()),
    hole_wound_alike: ("winding", frozenset()),
    left_open: ("ring-closure", frozenset()),
    box: ("template-shape", frozenset({"overlap", "gap", "conformance"})),
    shifted: ("gcj02", frozenset()),
    side_off_its_road: ("conformance", frozenset({"declared-measured"})),
    elsewhere: ("outside-district", frozenset()),
    places_exchanged: ("relation", frozenset({"declared-measured", "swapped-labels"})),
}

SEEDS = range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_unmutated_plans_give_nothing(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    assert [f.en for f in made(chance).audited().findings] == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mutation", SHEET, ids=lambda m: m.__name__)
def test_each_defect_is_caught_by_its_check(mutation: Mutation, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    mutated = mutation(made(chance), chance.randrange(6), chance)
    wanted, along = SHEET[mutation]
    found = {f.check: f.en for f in mutated.audited().findings if f.follows_from is None}
    assert wanted in found, found
    assert found.keys() <= {wanted, *along}, found
    assert len(SHEET) * len(SEEDS) >= 60
