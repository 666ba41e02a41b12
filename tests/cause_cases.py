"""Plans whose polygons were all moved by one known transformation, with less and less to tell it by.

Written down before any search for causes was: what was done to the polygons, and what of it can be known from
a map, from named points, from a district's outline, or from nothing but that China is China.
"""

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from ftz_geo import pipeline
from ftz_geo.check import run_checks
from ftz_geo.frame import as_drawing
from ftz_geo.measure import LocalPlane, bd09_of, gcj02_of
from ftz_geo.model import Audit, Finding, Plan
from ftz_geo.parse import parse_plan
from test_check_mutations import PLANE, made

Shapes = Sequence[BaseGeometry]
XY = NDArray[np.float64]
Move = Callable[[Shapes], Shapes]


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """A plan, its true polygons, and all that may be known beside them."""

    text: str
    shapes: Shapes
    roads: Mapping[str, BaseGeometry]
    districts: Mapping[str, Shapes]
    points: Mapping[str, BaseGeometry] = field(default_factory=dict)

    def audited(self, evidence: str, shapes: Shapes | None = None) -> Audit:
        plan = parse_plan(self.text)
        return run_checks(
            plan,
            replace(as_drawing(frame_of(plan, self.shapes)), parcels=frame_of(plan, shapes or self.shapes)),
            named=self.roads if evidence == "map" else {},
            points={zone.id: self.points for zone in plan.zones} if evidence == "points" else {},
            districts=self.districts if evidence == "district" else {},
        )


def frame_of(plan: Plan, shapes: Shapes) -> gpd.GeoDataFrame:
    ids = [p.id for p in plan.parcels]
    return gpd.GeoDataFrame({"grade": "surveyed"}, geometry=shapes, index=ids, crs="EPSG:4326")


# --- the plans ------------------------------------------------------------------------------


def grid() -> Surveyed:
    case = made(random.Random(7))  # noqa: S311
    shapes = [PLANE.to_lonlat(b.shape) for b in case.blocks]
    return Surveyed(
        text=case.text,
        shapes=shapes,
        roads=case.roads,
        districts={"西青区": [case.district]},
        points=points_along(case.roads),
    )


def two_zones() -> Surveyed:
    """Two grids 30 km apart, each with roads and a district of its own."""
    first, second = made(random.Random(1)), made(random.Random(2))  # noqa: S311
    there = LocalPlane(lon=117.45, lat=38.85)
    renamed = {name: f"新{name}" for name in second.roads}
    text = second.text.replace("西青区", "津南区")
    for name, new in renamed.items():
        text = text.replace(name, new)
    roads = first.roads | {
        renamed[name]: there.to_lonlat(PLANE.to_xy(road)) for name, road in second.roads.items()
    }
    return Surveyed(
        text=f"{first.text}\n{text}",
        shapes=[
            *(PLANE.to_lonlat(b.shape) for b in first.blocks),
            *(there.to_lonlat(b.shape) for b in second.blocks),
        ],
        roads=roads,
        districts={
            "西青区": [first.district],
            "津南区": [there.to_lonlat(PLANE.to_xy(second.district))],
        },
        points=points_along(roads),
    )


def shanghai(shared: Path, most: int = 30) -> Surveyed:
    text = (shared / "cases" / "shanghai_west_blocks.txt").read_text(encoding="utf-8")
    plan = parse_plan(text)
    true = gpd.read_file(shared / "cases" / "shanghai_west_blocks.geojson").geometry[:most]
    start = plan.zones[0].blocks[most].span[0]
    text = text[:start].replace("150个", f"{most}个").replace("示范区总体方案", "上海市示范区总体方案")
    plan = parse_plan(text)
    reference = pipeline.read_reference(shared / "reference" / "shanghai_west.gpkg")
    roads = pipeline._named(plan, reference)
    middle = LocalPlane(lon=121.45, lat=31.21)
    outline = middle.to_lonlat(shapely.Point(0, 0).buffer(30_000))
    return Surveyed(
        text=text,
        shapes=list(true),
        roads=roads,
        districts={"上海市": [outline]},
        points=points_along(roads, metres=400),
    )


def points_along(roads: Mapping[str, BaseGeometry], metres: float = 300) -> dict[str, shapely.MultiPoint]:
    """A label point about every so many metres of each road, shaken by 8 m."""
    chance = np.random.default_rng(3)
    found: dict[str, shapely.MultiPoint] = {}
    for name, road in roads.items():
        plane = LocalPlane.around([road])
        xy = plane.to_xy(road)
        places = []
        for part in shapely.get_parts(xy):
            if part.length == 0:
                continue
            count = max(1, round(part.length / metres))
            places += [part.interpolate((k + 0.5) / count, normalized=True) for k in range(count)]
        thinned = places[:: max(1, len(places) // 40)]
        coordinates = shapely.get_coordinates(thinned) + chance.normal(0, 8, (len(thinned), 2))
        found[name] = plane.to_lonlat(shapely.MultiPoint(coordinates))
    return found


# --- what was done --------------------------------------------------------------------------


def coordinates(change: Callable[[XY], XY]) -> Move:
    return lambda shapes: list(shapely.transform(np.array(shapes, dtype=object), change))


def through(code: int, change: Callable[[XY], XY], back: int | None = None) -> Move:
    """Written on one plane, changed there, and read as on it or another."""

    def move(lonlat: XY) -> XY:
        there = Transformer.from_crs(4326, code, always_xy=True)
        again = Transformer.from_crs(back or code, 4326, always_xy=True)
        return np.column_stack(again.transform(*change(np.column_stack(there.transform(*lonlat.T))).T))

    return coordinates(move)


def on_plane(change: Callable[[XY], XY]) -> Move:
    """Changed in metres around the middle of all."""

    def move(shapes: Shapes) -> Shapes:
        plane = LocalPlane.around(shapes)
        return list(plane.to_lonlat(shapely.transform(plane.to_xy(np.array(shapes, dtype=object)), change)))

    return move


def shifted(east: float, north: float) -> Move:
    return on_plane(lambda xy: xy + np.array([east, north]))


def turned(degrees: float, east: float = 0, north: float = 0) -> Move:
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return on_plane(lambda xy: xy @ turn + np.array([east, north]))


def as_degrees(shapes: Shapes) -> Shapes:
    """Degrees handed in as metres of the plane of zone 39, or 40."""
    code = 4548 if shapes[0].bounds[0] < 118.5 else 4549
    plane = Transformer.from_crs(code, 4326, always_xy=True)
    return coordinates(lambda p: np.column_stack(plane.transform(*p.T)))(shapes)


def as_beijing54(shapes: Shapes) -> Shapes:
    """Coordinates of Beijing 1954 read as WGS 84 (EPSG:15919, parameters of the Yellow Sea)."""
    steps = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        "+step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=15.53 +y=-113.82 +z=-41.38 "
        "+rz=0.814 +s=-0.38 +convention=position_vector +step +inv +proj=cart +ellps=krass "
        "+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    pipe = Transformer.from_pipeline(steps)
    return coordinates(lambda p: np.column_stack(pipe.transform(*p.T)))(shapes)


def swapped_xy(shapes: Shapes) -> Shapes:
    code = 4548 if shapes[0].bounds[0] < 118.5 else 4549
    return through(code, lambda xy: xy[:, ::-1])(shapes)


def three_as_six(shapes: Shapes) -> Shapes:
    """Zone 39 of 3° taken for zone 39 of 6°."""
    zone = round(shapes[0].bounds[0] / 3)
    return coordinates(lambda p: np.column_stack([p[:, 0] + 3 * zone - 3 - 360, p[:, 1]]))(shapes)


def east(degrees: float) -> Move:
    return coordinates(lambda p: p + np.array([degrees, 0]))


LOCAL = ("map", "points")
EVERYWHERE = ("map", "points", "district", "china")

TRANSFORMATIONS: dict[str, tuple[Move, str, tuple[str, ...]]] = {
    # The transformation, a word of the cause that is told, and the evidence by which it can be known.
    "swapped axes": (coordinates(lambda p: p[:, ::-1]), "latitude before longitude", EVERYWHERE),
    "swapped X, Y": (swapped_xy, "X and Y", EVERYWHERE),
    "next zone, Xian 1980": (
        lambda shapes: east(3)(shifted(-116, -12)(shapes)),
        "zone",
        (*LOCAL, "district"),
    ),
    "next zone": (east(3), "zone", (*LOCAL, "district")),
    "zone before last": (east(-6), "zone", (*LOCAL, "district")),
    "1.5° zone": (east(1.5), "meridian", (*LOCAL, "district")),
    "3° as 6°": (three_as_six, "6°", EVERYWHERE),
    "degrees as metres": (as_degrees, "as metres", EVERYWHERE),
    "GCJ-02": (lambda s: list(gcj02_of(np.array(s, dtype=object))), "GCJ-02", LOCAL),
    "BD-09": (lambda s: list(bd09_of(np.array(s, dtype=object))), "BD-09", LOCAL),
    "Xian 1980": (shifted(-116, -12), "Xian 1980", LOCAL),
    "Beijing 1954": (as_beijing54, "Beijing 1954", LOCAL),
    "mirrored": (on_plane(lambda xy: xy * np.array([-1, 1])), "mirrored", LOCAL),
    "shifted": (shifted(350, -820), "shifted", LOCAL),
    "turned": (turned(5, 40, 30), "turned", LOCAL),
}


# --- what is sound, or wrong in another way -------------------------------------------------


def noise(metres: float) -> Move:
    """Every corner moved by chance; corners that blocks share stay shared."""

    def moved(xy: XY) -> XY:
        corners, which = np.unique(xy.round(2), axis=0, return_inverse=True)
        return xy + np.random.default_rng(5).normal(0, metres, corners.shape)[which.ravel()]

    return on_plane(moved)


def some(share: float, move: Move) -> Move:
    """Only the first of the blocks moved, at least one."""

    def moved(shapes: Shapes) -> Shapes:
        count = max(1, round(share * len(shapes)))
        return [*move(shapes[:count]), *shapes[count:]]

    return moved


def each_its_own(shapes: Shapes) -> Shapes:
    """Every block moved by 60 to 400 m in a direction of its own."""
    chance = random.Random(9)  # noqa: S311
    found: list[BaseGeometry] = []
    for shape in shapes:
        metres, angle = chance.uniform(60, 400), chance.uniform(0, 6.28)
        found += shifted(metres * np.cos(angle), metres * np.sin(angle))([shape])
    return found


def reordered(shapes: Shapes) -> Shapes:
    """Every polygon under the next one's label."""
    return [*shapes[1:], shapes[0]]


CONTROLS: dict[str, Move] = {
    "right": lambda shapes: shapes,
    "noise 1 m": noise(1),
    "noise 5 m": noise(5),
    "noise 10 m": noise(10),
    "noise 20 m": noise(20),
    "shifted 5 m": shifted(4, -3),
    "one block shifted": some(0, shifted(300, 200)),
    "one block in GCJ-02": some(0, TRANSFORMATIONS["GCJ-02"][0]),
    "half shifted": some(0.5, shifted(300, 200)),
    "half in GCJ-02": some(0.5, TRANSFORMATIONS["GCJ-02"][0]),
    "half a zone off": some(0.5, east(3)),
    "each its own way": each_its_own,
    "labels moved on": reordered,
    "half as large": lambda shapes: [shapely.affinity.scale(s, 0.7, 0.7) for s in shapes],
}


def told(audit: Audit) -> list[Finding]:
    """Return the findings that name a cause."""
    return [f for f in audit.findings if f.check in ("cause", "gcj02")]


def verdict(plan: Surveyed, name: str, evidence: str) -> str:
    """Return how one cell of the table came out: right or none as it should be, or wrong, or missed."""
    if name in CONTROLS:
        found = told(plan.audited(evidence, CONTROLS[name](plan.shapes)))
        # Half of the blocks are one of two zones: there a cause of that zone alone is right.
        zones = {f.zone_id for f in found}
        first = {parse_plan(plan.text).zones[0].id}
        wholly = name.startswith("half") and "新" in "".join(plan.roads) and zones == first
        return "none" if not found or wholly else "wrong"
    move, word, known = TRANSFORMATIONS[name]
    found = told(plan.audited(evidence, move(plan.shapes)))
    if found and all(word in f.en for f in found):
        return "right"
    if found:
        return "wrong"
    return "missed" if evidence in known else "none"


def _table(shared: Path) -> None:
    plans = {"grid": grid(), "two zones": two_zones(), "Shanghai": shanghai(shared)}
    print(f"{'':24}", *(f"{plan:^28}" for plan in plans))
    print(f"{'':24}", *(f"{evidence:6}" for _ in plans for evidence in EVERYWHERE))
    for name in (*TRANSFORMATIONS, *CONTROLS):
        cells = [f"{verdict(plan, name, e):6}" for plan in plans.values() for e in EVERYWHERE]
        print(f"{name:24}", *cells, flush=True)


if __name__ == "__main__":
    _table(Path(sys.argv[1]))
