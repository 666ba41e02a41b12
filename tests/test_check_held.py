"""Stated areas held against polygons: what the limit, the band and the other figures of a zone decide."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ftz_geo.check import run_checks
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Settings
from ftz_geo.parse import parse_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.model import Audit, CheckRun, Finding

PLANE = LocalPlane(lon=117.15, lat=39.0)
SIDES = "东至{0}东路、南至{0}南路、西至{0}西路、北至{0}北路"
POINT_M = 0.5
"""The error of corners that map files have where no other is set."""


def block(n: str, area: str = "") -> str:
    return f"区块{n}：{area and f'面积{area}，'}{SIDES.format(n)}。"


def zone(total: str, *areas: str) -> str:
    own = "".join(block(n, a) for n, a in zip("一二三四", areas, strict=False))
    return f"甲开发区{total and f'总面积{total}，'}分为{len(areas)}个区块。{own}"


PARCELS = (
    "甲开发区。区块一：面积2.00平方公里，"
    f"地块一面积1.00平方公里，{SIDES.format('甲')}，地块二面积1.00平方公里，{SIDES.format('乙')}。"
)
BOWTIE = PLANE.to_lonlat(shapely.Polygon([(0, 0), (980, 1010), (1000, 20), (-20, 1000)]))


def oblong(km2: float, n: int = 0) -> shapely.Polygon:
    """A rectangle of so many km², far from the others and of another form, a little askew."""
    width = (km2 * 1e6) ** 0.5 * (1 + n / 100)
    height = km2 * 1e6 / width
    x = 6000 * n
    return PLANE.to_lonlat(shapely.Polygon([(x, 0), (x + width, 5), (x + width, height + 5), (x, height)]))


def audited(
    text: str, *drawn: float | shapely.Geometry, settings: Settings | None = None, **columns: Any
) -> Audit:
    plan = parse_plan(text)
    shapes = [oblong(d, n) if isinstance(d, float) else d for n, d in enumerate(drawn)]
    ids = [p.id for p in plan.parcels][: len(shapes)]
    frame = gpd.GeoDataFrame({"grade": "surveyed"} | columns, geometry=shapes, index=ids, crs="EPSG:4326")
    return run_checks(plan, frame, settings or Settings())


def areas(audit: Audit) -> list[tuple[str, str | None, str, str | None]]:
    """The findings on areas: check, block or parcel, severity, and what they follow from."""
    told = ("declared-sum", "declared-measured", "total-measured", "swapped-labels", "unit-plausibility")
    return [
        (f.check, f.parcel_id or f.block_id, f.severity, f.follows_from)
        for f in audit.findings
        if f.check in told
    ]


def run(audit: Audit, check: str) -> CheckRun:
    return next(run for run in audit.checks if run.id == check)


def only(audit: Audit) -> Finding:
    (finding,) = audit.findings
    return finding


# --- limits ---------------------------------------------------------------------------------


def test_the_limit_is_written_out_as_the_sum_that_it_is() -> None:
    finding = only(audited(zone("", "1.00平方公里"), 1.1))
    # Corners of a square of side a that err by s each move its area by a·s: 1,049 m × 0.5 m.
    assert float(finding.limit_km2 or 0) == pytest.approx(0.005 + 2 * 1049 * POINT_M / 1e6, rel=1e-3)
    assert "数字取舍与界址点误差（0.5 米）" in finding.zh
    assert "0.005+2×0.00052=0.006" in finding.zh
    traced = only(audited(zone("", "1.00平方公里"), 1.1, grade="traced"))
    # One metre along a ring of 4,195 m.
    assert float(traced.limit_km2 or 0) == pytest.approx(0.005 + 4195e-6, abs=2e-6)
    assert "数字取舍与界线误差" in traced.zh
    assert "0.005+4195 m×1 m=0.009" in traced.zh
    ruled = only(audited(zone("", "1.00平方公里"), 1.1, grade="inferred", area_doubt_km2=0.02))
    assert "数字取舍与界线误差与按规则所画各边的存疑" in ruled.zh
    assert float(ruled.limit_km2 or 0) == pytest.approx(0.005 + 4195e-6 + 0.02, abs=2e-6)


def test_the_doubt_of_a_traced_polygon_is_not_its_own() -> None:
    """What was drawn by rule is told of inferred polygons alone."""
    finding = only(audited(zone("", "1.00平方公里"), 1.1, grade="traced", area_doubt_km2=0.2))
    assert float(finding.limit_km2 or 0) == pytest.approx(0.005 + 4195e-6, abs=2e-6)


@pytest.mark.parametrize(
    ("stated", "drawn_km2", "holds"),
    [
        ("1.23平方公里以上", 1.5, True),
        ("1.23平方公里以上", 1.22, True),  # its last digit is not held to
        ("1.23平方公里以上", 1.0, False),
        ("不超过1.23平方公里", 1.0, True),
        ("不超过1.23平方公里", 1.24, True),
        ("不超过1.23平方公里", 1.5, False),
    ],
)
def test_a_bound_holds_on_its_own_side(stated: str, drawn_km2: float, *, holds: bool) -> None:
    assert (not areas(audited(zone("", stated), drawn_km2))) == holds


@pytest.mark.parametrize(
    ("stated", "drawn_km2", "severity"),
    [
        ("1.00", 1.03, "note"),  # up to the far edges of its roads it is 1.04
        ("1.05", 1.03, "note"),
        ("1.06", 1.03, "error"),
        ("1.00", 1.10, "error"),
    ],
)
def test_a_difference_within_the_roads_of_a_drawing_is_a_note(
    stated: str, drawn_km2: float, severity: str
) -> None:
    text = zone("", f"{stated}平方公里")
    near, far = drawn_km2 - 0.03, drawn_km2 + 0.012
    audit = audited(text, drawn_km2, grade="traced", area_near_km2=near, area_far_km2=far)
    finding = only(audit)
    assert (finding.check, finding.severity) == ("declared-measured", severity)
    assert ("取决于以中线还是边线为界" in finding.zh) == (severity == "note")
    band = 0.012 if float(stated) > drawn_km2 else 0.03
    assert audit.zones[0].blocks[0].band_km2 == pytest.approx(band, abs=1e-4)


def test_a_round_figure_that_polygons_contradict_is_a_warning() -> None:
    assert areas(audited(zone("", "约1.23平方公里"), 1.5)) == [
        ("declared-measured", "jiakaifaqu-1", "warning", None)
    ]
    assert not audited(zone("", "约1.23平方公里"), 1.237).findings  # a whole 0.01, and the corners' error


# --- which of the figures of a zone is wrong ------------------------------------------------


def test_polygons_say_which_of_a_zones_figures_is_wrong() -> None:
    block_2 = ("declared-measured", "jiakaifaqu-2", "error", None)
    wrong = areas(audited(zone("2.00平方公里", "1.00平方公里", "1.00平方公里"), 1.0, 1.2))
    assert wrong == [block_2, ("total-measured", None, "error", "declared-measured")]
    # With the total that the polygons make up, the sum and the block are wrong, and the total is not.
    total = areas(audited(zone("2.20平方公里", "1.00平方公里", "1.00平方公里"), 1.0, 1.2))
    assert total == [("declared-sum", None, "error", None), block_2]
    total = areas(audited(zone("2.20平方公里", "1.00平方公里", "1.00平方公里"), 1.0, 1.0))
    assert total == [
        ("declared-sum", None, "error", None),
        ("total-measured", None, "error", "declared-sum"),
    ]
    # Neither the block nor the sum alone explains this total.
    both = areas(audited(zone("2.50平方公里", "1.00平方公里", "1.00平方公里"), 1.0, 1.2))
    assert both == [
        ("declared-sum", None, "error", None),
        block_2,
        ("total-measured", None, "error", None),
    ]


def test_the_blocks_in_which_a_total_is_off_are_named() -> None:
    found = audited(zone("3.00平方公里", *["1.00平方公里"] * 3), 1.0, 1.2, 1.1).findings
    (total,) = [f for f in found if f.check == "total-measured"]
    assert total.zh.endswith("；差在区块二、区块三。")
    assert total.en.endswith("; it lies in 区块二, 区块三.")


def test_a_blocks_area_is_held_to_all_its_parcels_and_each_to_its_own() -> None:
    assert not areas(audited(PARCELS, 1.0, 1.0))
    wrong = audited(PARCELS, 1.0, 1.2)
    assert areas(wrong) == [
        ("declared-measured", "zone-1", "error", None),
        ("declared-measured", "zone-1-2", "error", None),
    ]
    assert run(wrong, "declared-measured").looked_at == 3
    # The block's own figure may be off by the roundings of its parcels' too: by 0.015, of 0.02.
    assert [key for _, key, *_ in areas(audited(PARCELS, 1.0065, 1.0065))] == ["zone-1-1", "zone-1-2"]
    assert [key for _, key, *_ in areas(audited(PARCELS, 1.0095, 1.0095))] == [
        "zone-1",
        "zone-1-1",
        "zone-1-2",
    ]


def test_a_missing_polygon_leaves_its_block_and_the_total_uncompared() -> None:
    audit = audited(PARCELS, 1.0)
    assert run(audit, "declared-measured").looked_at == 1
    assert [(gap.code, gap.parcel_id) for gap in audit.unchecked] == [("no-polygon", "zone-1-2")]
    audit = audited(zone("2.00平方公里", "1.00平方公里", "1.00平方公里"), 1.0)
    assert (run(audit, "total-measured").status, run(audit, "total-measured").looked_at) == ("could-not", 0)
    assert run(audit, "declared-measured").status == "ran"


def test_figures_of_one_list_share_their_decimals() -> None:
    """1.2 beside 1.03 is 1.20: 0.02 off is beyond half of 0.01, and within half of 0.1."""
    (found,) = areas(audited(zone("", "1.03平方公里", "1.2平方公里"), 1.03, 1.22))
    assert found[:2] == ("declared-measured", "jiakaifaqu-2")
    assert not areas(audited(zone("", "1.2平方公里"), 1.22))


def test_exchanged_figures_are_told_once_with_both_areas() -> None:
    audit = audited(zone("", "1.00平方公里", "1.20平方公里"), 1.2, 1.0)
    plan = parse_plan(zone("", "1.00平方公里", "1.20平方公里"))
    finding = only(audit)
    assert [plan.words(span) for span in finding.spans] == ["1.00平方公里", "1.20平方公里"]
    assert "区块二的公布面积 1.2 平方公里，量得 1 平方公里" in finding.zh
    assert run(audit, "swapped-labels").looked_at == 2
    # The one fits the other's polygon, and not the other way around.
    assert [key for _, key, *_ in areas(audited(zone("", "1.00平方公里", "1.20平方公里"), 1.2, 1.3))] == [
        "jiakaifaqu-1",
        "jiakaifaqu-2",
    ]


def test_a_figure_in_another_unit_that_fits_is_no_wrong_area() -> None:
    finding = only(audited(zone("", "1.00公顷"), 1.0))
    assert finding.check == "unit-plausibility"
    assert "若单位为平方公里则相符" in finding.zh
    assert (finding.declared_km2, finding.severity) == (Decimal("0.01"), "error")


# --- what could not be compared -------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "columns", "reason"),
    [
        (BOWTIE, {}, "图形有误"),
        (1.3, {"grade": ["approximate", "surveyed"]}, "图形为概略"),
        (1.3, {"grade": ["sketched", "surveyed"]}, "按公布面积绘成"),
        (1.3, {"grade": ["traced", "surveyed"], "area_shaped": [True, False]}, "按公布面积绘成"),
        (1.3, {"grade": ["approximate", "surveyed"], "area_shaped": [True, False]}, "按公布面积绘成"),
    ],
)
def test_why_a_polygon_was_not_compared(
    shape: float | shapely.Geometry, columns: dict[str, Any], reason: str
) -> None:
    audit = audited(zone("", "1.00平方公里", "1.00平方公里"), shape, 1.0, **columns)
    (gap,) = audit.unchecked
    assert (gap.code, gap.parcel_id) == ("not-compared", "jiakaifaqu-1")
    assert reason in gap.zh
    compared = run(audit, "declared-measured")
    assert (compared.status, compared.looked_at) == ("could-not", 1)
    assert reason in (compared.reason.zh if compared.reason else "")


def test_a_broken_polygon_of_a_pair_leaves_the_other_looked_at() -> None:
    """Two polygons beside each other are looked at where both are sound."""
    text = zone("", "1.00平方公里", "1.00平方公里", "1.00平方公里")
    overlap = run(audited(text, BOWTIE, 1.0, 1.0), "overlap")
    assert (overlap.status, overlap.looked_at) == ("could-not", 2)
    overlap = run(audited(zone("", "1.00平方公里", "1.00平方公里"), BOWTIE, 1.0), "overlap")
    assert (overlap.status, overlap.looked_at) == ("could-not", 0)
    alone = run(audited(zone("", "1.00平方公里"), 1.0), "overlap")
    assert (alone.status, alone.reason and alone.reason.zh) == ("not-run", "不足两个图形")


# --- neighbours -----------------------------------------------------------------------------


def beside(apart_m: float, grade: str = "surveyed") -> list[tuple[str, str, str | None]]:
    text = (
        "甲开发区。区块一：东至区块二、南至一南路、西至一西路、北至一北路。"
        "区块二：东至二东路、南至二南路、西至二西路、北至二北路。"
    )
    first = [(0, 0), (800, 5), (800, 910), (3, 900)]
    second = [(800 + apart_m, 5), (1700, 0), (1707, 905), (800 + apart_m, 910)]
    audit = audited(text, *(PLANE.to_lonlat(shapely.Polygon(xy)) for xy in (first, second)), grade=grade)
    return [(f.severity, f.zh, f.parcel_id) for f in audit.findings if f.check == "adjacency"]


@pytest.mark.parametrize(
    ("apart_m", "grade", "severity"),
    [
        (0.8, "surveyed", None),  # the tolerance is 1 m
        (1.5, "surveyed", "note"),
        (30.8, "surveyed", "note"),  # and a road 30 m
        (31.3, "surveyed", "warning"),
        (99.0, "surveyed", "warning"),
        (101.0, "surveyed", "error"),
        (101.0, "traced", "warning"),
        (101.0, "sketched", None),
    ],
)
def test_blocks_that_bound_each_other_meet(apart_m: float, grade: str, severity: str | None) -> None:
    found = beside(apart_m, grade)
    assert [f[0] for f in found] == ([severity] if severity else [])
    for _, words, parcel in found:
        assert f"相距 {apart_m:g} 米" in words
        assert ("可能隔着道路" in words) == (severity == "note")
        assert parcel is not None
        assert parcel.endswith("-1")


# --- place ----------------------------------------------------------------------------------

ROADS = {"甲路": ((0, -900), (0, 1900)), "乙路": ((1000, -900), (1000, 1900))}


def placed(
    ring: Sequence[tuple[float, float]], east_of_m: float = -5000, grade: str = "surveyed"
) -> list[tuple[str, str, str]]:
    """One block between two roads and some way east of its district's edge; checks, severities and words."""
    text = "西青区联动创新区分为一个区块。\n区块一：东至乙路、南至子路、西至甲路、北至丑路。"
    plan = parse_plan(text)
    frame = gpd.GeoDataFrame(
        {"grade": [grade]},
        geometry=[PLANE.to_lonlat(shapely.Polygon(ring))],
        index=[p.id for p in plan.parcels],
        crs="EPSG:4326",
    )
    named = {name: PLANE.to_lonlat(shapely.LineString(xy)) for name, xy in ROADS.items()}
    district = PLANE.to_lonlat(shapely.box(east_of_m, -5000, 9000, 5000))
    found = run_checks(plan, frame, named=named, districts={"西青区": [district]}).findings
    return [
        (f.check, f.severity, f.zh) for f in found if f.check in ("conformance", "outside-district", "cause")
    ]


def bent(share: float, out_m: float = 40.0) -> list[tuple[float, float]]:
    """A block whose western side leaves its road for the last part of it."""
    y = 1000 * share
    return [(0, 0), (1000, 7), (1000, 1007), (-out_m, 1000), (-out_m, y + 20), (0, y)]


@pytest.mark.parametrize(
    ("share", "severity"), [(0.96, None), (0.86, "warning"), (0.56, "warning"), (0.42, "error")]
)
def test_a_side_runs_along_nine_tenths_of_its_road(share: float, severity: str | None) -> None:
    found = [f for f in placed(bent(share)) if f[0] == "conformance"]
    assert [f[1] for f in found] == ([severity] if severity else [])
    for _, _, words in found:
        assert "西侧按文字应沿甲路" in words
        assert "最远相距 40 米" in words
        told = int(words.split("界线只有 ")[1].split("%")[0])
        # The tolerance is 1 m, and a road 30 m wide: 16 m of the way out still count.
        assert told == pytest.approx(100 * share, abs=6)


def test_a_block_on_the_other_side_of_its_road_is_told_so() -> None:
    beyond = [(-1000, 0), (-2, 7), (-2, 1007), (-1000, 1000)]
    found = [f for f in placed(beyond) if f[0] == "conformance" and "西侧" in f[2]]
    assert [f[1] for f in found] == ["error"]
    assert "甲路却在另一侧" in found[0][2]


def test_a_side_that_slants_is_not_behind_its_road() -> None:
    """甲路 runs to the north-east: more north of the block than west, and yet not on its other side."""
    steep = np.array([np.cos(np.radians(25)), np.sin(np.radians(25))])
    across = np.array([steep[1], -steep[0]])
    ring = [tuple(map(float, p)) for p in (0 * steep, 900 * across, 900 * across + 950 * steep, 950 * steep)]
    text = "西青区联动创新区分为一个区块。\n区块一：东至乙路、南至子路、西至甲路、北至丑路。"
    plan = parse_plan(text)
    frame = gpd.GeoDataFrame(
        {"grade": ["surveyed"]},
        geometry=[PLANE.to_lonlat(shapely.Polygon(ring))],
        index=[p.id for p in plan.parcels],
        crs="EPSG:4326",
    )
    road = PLANE.to_lonlat(shapely.LineString([-500 * steep, 1500 * steep]))
    (found,) = [f for f in run_checks(plan, frame, named={"甲路": road}).findings if "西侧" in f.zh]
    assert found.severity == "warning"  # its end, which faces west too, lies away from the road
    assert "另一侧" not in found.zh


@pytest.mark.parametrize(
    ("east_of_m", "grade", "severity"),
    [
        (-10.0, "surveyed", None),
        (140.0, "surveyed", None),  # an outline may be off by 150 m
        (155.0, "surveyed", None),  # of 1,000 m only 5: less than a hundredth
        (170.0, "surveyed", "error"),
        (170.0, "traced", "warning"),
        (170.0, "sketched", None),
    ],
)
def test_a_block_lies_in_its_district(east_of_m: float, grade: str, severity: str | None) -> None:
    ring = [(0.0, 0.0), (1000.0, 7.0), (1000.0, 1007.0), (0.0, 1000.0)]
    found = [f for f in placed(ring, east_of_m, grade) if f[0] == "outside-district"]
    assert [f[1] for f in found] == ([severity] if severity else [])
    for _, _, words in found:
        assert "有 2% 在西青区界外，最远 170 米" in words


# --- polygons by themselves -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "digit_m"),
    [(1e3, 111.32), (1e4, 11.132), (1e5, 1.1132), (1e7, 0.0111), (3600, 30.92), (36_000, 3.092)],
    ids=["3 decimals", "4 decimals", "5 decimals", "7 decimals", "seconds", "tenths of a second"],
)
def test_coordinates_of_few_digits_are_known_no_better_than_their_last(steps: float, digit_m: float) -> None:
    shape = shapely.transform(oblong(1.0), lambda p: (p * steps).round() / steps)
    finding = audited(zone("", "9.00平方公里"), shape).findings[0]
    # Rounding to q makes a mean error of q/√6 of a place; a square of side a errs by a·s.
    point_m = (POINT_M**2 + digit_m**2 / 6) ** 0.5
    assert float(finding.limit_km2 or 0) - 0.005 == pytest.approx(2 * 1000 * point_m / 1e6, rel=0.15)


def alone(ring: Sequence[tuple[float, float]], grade: str = "surveyed") -> list[tuple[str, str, str]]:
    shape = PLANE.to_lonlat(shapely.Polygon(ring))
    return [(f.check, f.severity, f.zh) for f in audited(zone("", ""), shape, grade=grade).findings]


PLOT = [(0.0, 0.0), (800.0, 30.0), (780.0, 900.0), (20.0, 870.0)]


@pytest.mark.parametrize(
    ("apart_m", "grade", "count"),
    [(0.008, "surveyed", 1), (0.012, "surveyed", 0), (0.008, "traced", 0)],
)
def test_points_a_centimetre_apart_are_one(apart_m: float, grade: str, count: int) -> None:
    found = alone([PLOT[0], (apart_m, 0.0), *PLOT[1:]], grade)
    assert [check for check, *_ in found] == ["repeated-points"] * count
    assert all(severity == "note" and "有 1 处" in words for _, severity, words in found)


@pytest.mark.parametrize(("base_m", "is_spike"), [(1.0, True), (3.6, False)])
def test_a_corner_sharper_than_a_degree_is_a_spike(base_m: float, *, is_spike: bool) -> None:
    """200 m long, it is as sharp as its base is wide: a degree is 3.5 m of it."""
    found = alone([*PLOT[:2], (790, 465), (990, 465 + base_m / 2), (790, 465 + base_m), *PLOT[2:]])
    assert [(check, severity) for check, severity, _ in found] == [("spike", "warning")] * is_spike
    for _, _, words in found:
        # Half of base by length, taken off.
        assert f"面积变化 -{base_m * 200 / 2 / 1e6:.4f}" in words


@pytest.mark.parametrize(("width_m", "is_sliver"), [(1.9, True), (2.1, False)])
def test_what_is_thinner_than_twice_the_tolerance_is_a_sliver(width_m: float, *, is_sliver: bool) -> None:
    found = alone([(0, 0), (500, 40), (500 - 0.08 * width_m, 40 + width_m), (-0.08 * width_m, width_m)])
    assert ["sliver" in check for check, *_ in found] == [True] * is_sliver


@pytest.mark.parametrize(
    ("points", "off_m", "told"),
    [(12, 0.0, "恰为圆形"), (11, 0.0, None), (24, 0.02, "恰为圆形"), (24, 0.08, None)],
)
def test_an_exact_circle_is_no_survey(points: int, off_m: float, told: str | None) -> None:
    turns = 2 * np.pi * np.arange(points) / points
    radius = 300 + off_m * (np.arange(points) % 2)
    ring = [(9000 + float(r * np.cos(t)), float(r * np.sin(t))) for t, r in zip(turns, radius, strict=True)]
    shapes = [PLANE.to_lonlat(shapely.Polygon(corners)) for corners in (PLOT, ring)]
    found = [(f.check, f.severity, f.zh) for f in audited(zone("", "", ""), *shapes).findings]
    assert [check for check, *_ in found] == ["template-shape"] * (told is not None)
    assert all(told in words for _, _, words in found if told)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (
            shapely.LineString([(0, 0), (1000, 0), (1000, 500), (3.456, 500), (3.456, 4)]),
            "首尾相距 5.29 米，没有闭合；首尾直接相连（未采用）则为 0.498279 平方公里",
        ),
        (shapely.LineString([(0, 0), (30, 40)]), "首尾相距 50 米，没有闭合；请补齐界址点"),
        (shapely.LineString([(0, 0), (900, 900), (900, 0), (0, 900)]), "首尾相距 900 米，没有闭合；请补齐"),
        (shapely.Point(3, 4), "图形是点，不是多边形"),
    ],
)
def test_an_open_outline_tells_how_far_it_is_from_closing(shape: shapely.Geometry, words: str) -> None:
    (found,) = [
        f for f in audited(zone("", ""), PLANE.to_lonlat(shape)).findings if f.check == "ring-closure"
    ]
    assert words in found.zh


@pytest.mark.parametrize(("south", "lies_nowhere"), [(89.2, False), (89.9, True), (-90.4, True)])
def test_no_place_is_beyond_a_pole(south: float, *, lies_nowhere: bool) -> None:
    shape = shapely.Polygon([(117, south), (117.1, south), (117.1, south + 0.3), (117, south + 0.2)])
    found = [f for f in audited(zone("", ""), shape).findings if "纬度超出 90°" in f.zh]
    assert len(found) == lies_nowhere


# --- polygons beside each other -------------------------------------------------------------


def two(
    x_m: float, grades: Sequence[str] = ("surveyed", "surveyed"), check: str = "overlap"
) -> list[tuple[str, float, str]]:
    """Findings on two blocks along 1 km, the second from so far on: severity, square metres, words."""
    first = shapely.Polygon([(0, 0), (1000, 0), (1000, 1000), (7, 1000)])
    second = shapely.Polygon([(x_m, 0), (1900, 3), (1907, 997), (x_m, 1000)])
    shapes = [PLANE.to_lonlat(shape) for shape in (first, second)]
    found = audited(zone("", "", ""), *shapes, grade=list(grades)).findings
    return [(f.severity, float(f.measured_km2 or 0) * 1e6, f.zh) for f in found if f.check == check]


@pytest.mark.parametrize(
    ("wide_m", "grades", "severity"),
    [
        # The perimeter of 1 km by some metres, times 1 m of tolerance: up to 2 m.
        (1.9, ("surveyed", "surveyed"), "note"),
        (2.1, ("surveyed", "surveyed"), "error"),
        (2.1, ("surveyed", "traced"), "warning"),
        (2.1, ("traced", "surveyed"), "warning"),
        (-0.5, ("surveyed", "surveyed"), None),
    ],
)
def test_ground_that_two_cover(wide_m: float, grades: Sequence[str], severity: str | None) -> None:
    found = two(1000 - wide_m, grades)
    assert [f[0] for f in found] == ([severity] if severity else [])
    for _, area_m2, words in found:
        assert area_m2 == pytest.approx(wide_m * 1000, rel=0.01)
        assert ("未超出" in words) == (severity == "note")
        assert f"（{2 * (1000 + wide_m):.1f}"[:5] in words


@pytest.mark.parametrize(
    ("wide_m", "severity"), [(1.9, "note"), (2.1, "warning"), (4.8, "warning"), (5.2, None), (11.0, None)]
)
def test_strips_between_two_that_are_no_road(wide_m: float, severity: str | None) -> None:
    found = two(1000 + wide_m, check="gap")
    assert [f[0] for f in found] == ([severity] if severity else [])
    for _, area_m2, words in found:
        assert area_m2 == pytest.approx(wide_m * 1000, rel=0.02)
        assert ("以内" in words, "超出" in words) == (severity == "note", severity != "note")


def test_the_largest_of_many_overlaps_is_named_first() -> None:
    text = "甲开发区。" + "".join(block(n) for n in "一二三四五六七")
    whole = shapely.Polygon([(0, 0), (5000, 9), (5000, 1009), (0, 1000)])
    inside = [
        shapely.Polygon([(x, 10), (x + 60 + 9 * n, 13), (x + 60 + 9 * n, 90 + n), (x, 100)])
        for n, x in enumerate(range(500, 4100, 600))
    ]
    found = audited(text, *(PLANE.to_lonlat(shape) for shape in (whole, *inside))).findings
    (overlap,) = [f for f in found if f.check == "overlap"]
    assert "与 6 个图形重叠：区块七 " in overlap.zh
    assert "等（" in overlap.zh  # five are named
    assert float(overlap.measured_km2 or 0) * 1e6 == pytest.approx(sum(s.area for s in inside), rel=1e-4)


@pytest.mark.parametrize(
    ("side_m", "away_m", "is_detached"),
    [
        (1000.0, 2900.0, False),  # three times the size of the whole
        (1000.0, 3200.0, True),
        (100.0, 950.0, False),  # and a kilometre at least
        (100.0, 1050.0, True),
    ],
)
def test_a_part_far_from_the_rest(side_m: float, away_m: float, *, is_detached: bool) -> None:
    whole = shapely.Polygon([(0, 0), (side_m, 9), (side_m - 4, side_m), (3, side_m)])
    x = side_m + away_m
    part = shapely.Polygon([(x, 9), (x + 30, 12), (x + 28, 40), (x, 45)])
    shape = PLANE.to_lonlat(shapely.MultiPolygon([whole, part]))
    found = [f for f in audited(zone("", ""), shape).findings if f.check == "detached-part"]
    assert len(found) == is_detached
    assert all(f"远离其余部分 {away_m / 1000:g} 公里" in f.zh for f in found)
    assert all(float(f.measured_km2 or 0) * 1e6 == pytest.approx(part.area, rel=1e-3) for f in found)


@pytest.mark.parametrize(
    ("east_km", "strays"),
    [((0, 20.5), []), ((0, 22), [1, 2]), ((0, 2, 30), [3]), ((0, 30, 60), []), ((0, 2, 30, 32), [])],
)
def test_a_block_far_from_all_others_of_its_zone(east_km: tuple[float, ...], strays: list[int]) -> None:
    shapes = [
        PLANE.to_lonlat(shapely.Polygon([(x, 0), (x + 990 + n, 9), (x + 980, 900), (x, 910 + 2 * n)]))
        for n, x in enumerate(1000 * km for km in east_km)
    ]
    found = audited(zone("", *[""] * len(shapes)), *shapes).findings
    told = [f.parcel_id for f in found if f.check == "detached-part"]
    assert [int((key or "")[-1]) for key in told] == strays


def test_a_neighbour_drawn_as_one_with_its_parcels_is_met() -> None:
    text = (
        "甲开发区。区块一：东至区块二、南至一南路、西至一西路、北至一北路。"
        f"区块二：分为两个地块，地块一面积0.50平方公里，{SIDES.format('甲')}，"
        f"地块二面积0.50平方公里，{SIDES.format('乙')}。"
    )
    plan = parse_plan(text)
    first, second = plan.zones[0].blocks
    assert len(second.parcels) == 2
    for apart_m, severities in ((0.5, []), (20.0, ["note"]), (60.0, ["warning"])):
        shapes = [
            PLANE.to_lonlat(shapely.Polygon([(x, 0), (x + 900, 4), (x + 890, 950), (x, 960)]))
            for x in (0.0, 900 + apart_m)
        ]
        shapes[0] = PLANE.to_lonlat(shapely.Polygon([(0, 0), (900, 4), (900, 950), (0, 960)]))
        frame = gpd.GeoDataFrame(
            {"grade": "surveyed"}, geometry=shapes, index=[first.id, second.id], crs="EPSG:4326"
        )
        found = [f for f in run_checks(plan, frame).findings if f.check == "adjacency"]
        assert [f.severity for f in found] == severities
