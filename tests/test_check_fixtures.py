"""One fixture for each check, that breaks it and no other; unbroken, they give nothing."""

import re
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from ftz_geo import pipeline
from ftz_geo.check import CHECKS, Check, run_checks
from ftz_geo.measure import LocalPlane, gcj02_of
from ftz_geo.model import Audit
from ftz_geo.parse import parse_plan
from ftz_geo.survey import parse_survey

PLANE = LocalPlane(lon=117.15, lat=39.0)

TEXT = (
    "西青区联动创新区总面积2.02平方公里，分为两个区块，分别为：\n"
    "区块一：面积1.00平方公里，东至乙路、南至子路、西至甲路、北至丑路。\n"
    "区块二：面积1.02平方公里，东至丙路、南至寅路、西至乙路、北至卯路。"
)
OTHER = TEXT.replace("西青区", "东丽区").replace("路", "道")
ONE = ((0, 0), (1000, 20), (980, 1010), (-20, 1000))
TWO = ((1000, 20), (2010, 0), (2005, 1020), (980, 1010))
"""Metres; they share the edge on 乙路."""
ROADS = {
    "甲路": ((0, 0), (-20, 1000)),
    "乙路": ((1000, 20), (980, 1010)),
    "丙路": ((2010, 0), (2005, 1020)),
    "子路": ((0, 0), (1000, 20)),
    "丑路": ((-20, 1000), (980, 1010)),
    "寅路": ((1000, 20), (2010, 0)),
    "卯路": ((980, 1010), (2005, 1020)),
}
DISTRICT = shapely.box(-3000, -3000, 5000, 5000)
XY = tuple[float, float]


def ring(*corners: XY, holes: tuple[tuple[XY, ...], ...] = ()) -> shapely.Polygon:
    return PLANE.to_lonlat(shapely.Polygon(corners, holes))


@dataclass(frozen=True, kw_only=True)
class Fixture:
    text: str = TEXT
    shapes: tuple[BaseGeometry, ...] | None = (ring(*ONE), ring(*TWO))
    ids: tuple[str, ...] | None = None
    roads: bool = True
    district: BaseGeometry = DISTRICT
    survey: str | None = None

    def audited(self) -> Audit:
        plan = parse_plan(self.text)
        if self.survey is not None:
            return pipeline.audit(plan, pipeline.join_polygons(plan, parse_survey(self.survey)))
        if self.shapes is None:
            return run_checks(plan)
        frame = gpd.GeoDataFrame(
            {"grade": "surveyed"},
            geometry=list(self.shapes),
            index=list(self.ids or [p.id for p in plan.parcels]),
            crs="EPSG:4326",
        )
        lines = {name: PLANE.to_lonlat(shapely.LineString(xy)) for name, xy in ROADS.items()}
        districts = {"西青区": [PLANE.to_lonlat(self.district)]}
        return run_checks(plan, frame, named=lines if self.roads else {}, districts=districts)


def words(*changes: tuple[str, str]) -> Fixture:
    """A plan read without polygons, some of its words changed."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return Fixture(text=text, shapes=None)


BARE = re.sub(r"(?:总?面积[\d.]+平方公里，)", "", TEXT)


def drawn(first: BaseGeometry, second: BaseGeometry | None = None, **others: Any) -> Fixture:
    """Other polygons, and no roads to hold them against."""
    shapes = (first,) if "ids" in others else (first, second or ring(*TWO))
    return Fixture(text=BARE, shapes=shapes, roads=False, **others)


def listed(*names: str, ids: tuple[str, ...] | None = None) -> Fixture:
    """Lists of corners side by side, with these names."""
    rows = []
    for n, name in enumerate(names):
        rows.append(f"5,0,{ids[n] if ids else n},{name},面,,,,@")
        corners = [(x + 1200 * n, y + 39e6) for x, y in (*POINTS, POINTS[0])]
        rows += [f"J{i % 4 + 1},1,{x + 5 * n * i % 4:.3f},{y:.3f}" for i, (x, y) in enumerate(corners)]
    return Fixture(text=BARE, survey="坐标系=2000国家大地坐标系\n[地块坐标]\n" + "\n".join(rows))


POINTS = [(4320014.689, 511493.964), (4321014.689, 511500.1), (4321010.0, 512493.964), (4320020.5, 512490.2)]


def survey(
    points: list[tuple[float, float]] = POINTS,
    *,
    count: int = 5,
    stated: str = "0",
    name: str = "区块一",
    system: str = "2000国家大地坐标系",
    zone: str = "39",
    swapped: bool = False,
    broken: bool = False,
) -> Fixture:
    """A land survey's TXT of one block."""
    rows = [
        f"J{i % 4 + 1},1," + (f"{y + 39e6:.3f},{x:.3f}" if swapped else f"{x:.3f},{y + 39e6:.3f}")
        for i, (x, y) in enumerate([*points, points[0]])
    ]
    head = f"[属性描述]\n坐标系={system}\n几度分带=3\n带号={zone}\n[地块坐标]"
    text = "\n".join([head, f"{count},{stated},1,{name},面,,,,@", *rows])
    if broken:
        second = (
            text.split("[地块坐标]\n")[1]
            .replace("1,区块一", "2,区块二")
            .replace("4321014.689", "4321***.689")
        )
        text = f"{text}\n{second}"
    return Fixture(text=ALONE, survey=text)


def moved(shape: BaseGeometry) -> BaseGeometry:
    """In the next 3° zone."""
    return shapely.affinity.translate(shape, 3)


ALONE = "区块一：东至乙路、南至子路、西至甲路、北至丑路。"
PACKED = "2000国家大地坐标系\n区块一\n" + "\n".join(
    ["1,117.0905,39.0001", "2,117.0941,39.0003", "3,117.0939,39.0035", "4,117.0904,39.0033"]
)

# Three blocks apart from each other, each 6 m too large all around.
BIASED = Fixture(
    text="甲开发区。"
    + "".join(
        f"区块{n}：面积{km2}平方公里，东至{n}东路、南至{n}南路、西至{n}西路、北至{n}北路。"
        for n, km2 in (("一", "1.00"), ("二", "1.02"), ("三", "1.00"))
    ),
    shapes=tuple(
        PLANE.to_lonlat(shapely.Polygon([(x + far, y) for x, y in corners]).buffer(6, join_style="mitre"))
        for corners, far in ((ONE, 0), (TWO, 3000), ((*ONE[:2], (983, 1008), (-17, 999)), 9000))
    ),
    roads=False,
)

FIXTURES: dict[str, Fixture] = {
    "declared-sum": words(("2.02平方公里", "2.12平方公里")),
    "parcel-sum": words(
        (
            "区块一：面积1.00平方公里，东至乙路、南至子路、西至甲路、北至丑路。",
            "区块一：面积1.00平方公里，地块一面积0.60平方公里，东至乙路、南至子路、西至甲路、北至丑路，"
            "地块二面积0.48平方公里，东至戊路、南至己路、西至庚路、北至辛路。",
        )
    ),
    "declared-count": words(("两个区块", "三个区块")),
    "nesting": Fixture(
        text="甲区总面积2平方公里，东至乙路、南至子路、西至甲路、北至丑路。"
        "其中规划建设用地面积5平方公里，四至范围：东至丙路、南至寅路、西至丁路、北至卯路。",
        shapes=None,
    ),
    "restated-total": words(("北至卯路。", "北至卯路。\n以上合计总面积2.10平方公里。")),
    "two-units": words(("2.02平方公里", "2.02平方公里（212公顷）")),
    "larger-part": words(("2.02平方公里", "2.02平方公里，其中林地3.10平方公里")),
    "plan-total": Fixture(
        text=f"甲市联动创新区共两个，规划总面积4.14平方公里。\n{TEXT}\n{OTHER}", shapes=None
    ),
    "parts-sum": words(("2.02平方公里", "2.02平方公里，其中农用地1.20平方公里、建设用地0.79平方公里")),
    "zero-area": words(("1.00平方公里", "0平方公里"), ("2.02平方公里", "1.02平方公里")),
    "unknown-neighbour": words(("东至乙路", "东至区块九")),
    "opposed-neighbours": words(("东至乙路", "东至区块二"), ("东至丙路", "东至区块一")),
    "block-labels": words(("区块二", "区块三")),
    "missing-side": words(("、北至丑路", "")),
    "doubled-side": words(("西至甲路", "东至甲路")),
    "contradictory-sides": words(("西至甲路", "西至乙路")),
    "unread-text": words(("东至乙路", "水面面积-2平方公里，东至乙路")),
    "unit-plausibility": words(("2.02平方公里", "2.02公顷")),
    "unmatched-polygon": Fixture(
        shapes=(ring(*ONE), ring(*TWO), ring((3000, 0), (3900, 30), (3950, 900))), ids=("1-1", "1-2", "甲")
    ),
    "missing-polygon": drawn(ring(*ONE), None, ids=("xiqingqu-1",)),
    "several-polygons": listed("区块一", "区块一", "区块二"),
    "duplicate-id": listed("区块一", "区块二", ids=("7", "7")),
    "broken-polygon": drawn(ring((0, 0), (500, 0), (1000, 0))),
    "detached-part": drawn(
        shapely.MultiPolygon([ring(*ONE), ring((-9000, 0), (-8900, 3), (-8890, 90), (-9010, 80))])
    ),
    "declared-measured": Fixture(text=TEXT.replace("1.00", "0.90").replace("1.02", "1.12")),
    "total-measured": Fixture(
        text=TEXT.replace("面积1.00平方公里，", "").replace("面积1.02平方公里，", "").replace("2.02", "2.12")
    ),
    "bias": BIASED,
    "swapped-labels": Fixture(text=TEXT.replace("1.00", "x").replace("1.02", "1.00").replace("x", "1.02")),
    "overlap": drawn(ring(ONE[0], (1004, 20), (984, 1010), ONE[3])),
    "gap": drawn(ring(ONE[0], (997, 20), (977, 1010), ONE[3])),
    "relation": drawn(
        ring(*((x + 2100, y + 7) for x, y in ONE)),
        ring(*((x - 900, y * 0.97) for x, y in TWO)),
    ),
    "adjacency": replace(
        drawn(ring(*ONE), ring(*((x + 40, y) for x, y in TWO))), text=BARE.replace("西至乙路", "西至区块一")
    ),
    "conformance": replace(drawn(ring((0, 0), (1000, 20), (980, 1010), (-90, 1000))), roads=True),
    "outside-district": replace(drawn(ring(*ONE)), district=shapely.box(9000, 0, 10_000, 1000)),
    "cause": Fixture(shapes=(moved(ring(*ONE)), moved(ring(*TWO)))),
    "gcj02": Fixture(shapes=(gcj02_of(ring(*ONE)), gcj02_of(ring(*TWO)))),
    "survey-damaged": survey(broken=True),
    "survey-order": survey(swapped=True),
    "survey-count": survey(count=9),
    "survey-drawn": survey(name="区块一（示意：非实测）"),
    "survey-zone": survey(zone="40"),
    "survey-datum": survey(system=""),
    "survey-packed": Fixture(text=ALONE, survey=PACKED),
    "survey-area": survey(stated="120.0000"),
    "ring-closure": drawn(PLANE.to_lonlat(shapely.LineString(ONE))),
    "self-crossing": drawn(ring(ONE[0], ONE[2], ONE[1], ONE[3])),
    "repeated-points": drawn(ring(ONE[0], (0.004, 0), *ONE[1:])),
    "spike": drawn(ring(*ONE, (-10, 500), (-60, 500), (-10, 499.6))),
    "sliver": drawn(
        shapely.MultiPolygon([ring(*ONE), ring((-900, 0), (-898.8, 1), (-850, 91.2), (-851, 91.4))])
    ),
    "winding": drawn(ring(*ONE, holes=(((400, 400), (430, 400), (430, 440)),))),
    "template-shape": drawn(shapely.box(117.12, 39.0, 117.13, 39.01)),
}


def test_unbroken_nothing_is_found() -> None:
    for fixture in (Fixture(), words(), drawn(ring(*ONE)), replace(drawn(ring(*ONE)), roads=True), survey()):
        assert [f.en for f in fixture.audited().findings] == []


def test_every_check_has_its_fixture() -> None:
    assert list(FIXTURES) == [check.id for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_fixture_breaks_its_check_and_no_other(check: Check) -> None:
    found = FIXTURES[check.id].audited().findings
    assert {f.check for f in found if f.follows_from is None} == {check.id}, [f.en for f in found]
    for finding in (f for f in found if f.check == check.id):
        assert finding.severity in check.severities
        assert finding.zh.endswith("。")
        assert finding.en.endswith(".")
