"""The audit: one defect, one finding; no defect, none."""

import json
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from builders import drawing
from ftz_geo.check import CHECKS, run_checks
from ftz_geo.check.figures import Sum
from ftz_geo.errors import GeometryError
from ftz_geo.measure import LocalPlane, area_error_m2, area_m2, gcj02_of, wgs84_of_gcj02
from ftz_geo.model import (
    Area,
    Audit,
    Block,
    Direction,
    Edge,
    Feature,
    Finding,
    Kind,
    Parcel,
    Plan,
    Settings,
    Source,
    Zone,
)
from ftz_geo.parse import parse_plan

# The figures of the notice's five zones, read by eye: total, stated number of blocks, their areas.
NOTICE = {
    "西青": ("18.88", 8, ["7.8", "0.66", "1.17", "1.51", "1.81", "1.17", "1.38", "3.38"]),
    "武清": ("37.78", 2, ["36.88", "0.9"]),
    "北辰": ("49.75", 7, ["4.98", "15.61", "4.52", "11.94", "5.59", "2.3", "4.8"]),
    "子牙": ("22.86", 2, ["16.09", "6.77"]),
    "东丽": ("20.94", 5, ["8.06", "0.71", "7.66", "1.2", "3.31"]),
}
NUMERALS = "一二三四五六七八九十"


@dataclass
class Draft:
    """A text under construction, so that every span gives its words back."""

    text: str = ""

    def say(self, words: str) -> tuple[int, int]:
        start = len(self.text)
        self.text += words
        return start, len(self.text)

    def area(self, stated: str | None) -> Area | None:
        """``7.8``, ``780公顷`` or ``约7.8``; km² where no unit is given."""
        if stated is None:
            return None
        number = stated.removeprefix("约").rstrip("平方公里顷亩米")
        unit = stated.removeprefix("约")[len(number) :] or "平方公里"
        self.say("面积约" if stated.startswith("约") else "面积")
        span = self.say(number + unit)
        return Area(
            text=number + unit,
            value=Decimal(number),
            unit=unit,
            approximate=stated.startswith("约"),
            span=span,
        )


def kind_of(name: str) -> Kind:
    return "water" if name.endswith("河") else "road"


def parcel_of(
    draft: Draft, key: str, label: str | None = None, area: str | None = None, sides: str = ""
) -> Parcel:
    """``sides`` is four names or lists of names: east, south, west, north, such as ``a b/c d e``."""
    start = len(draft.text)
    if label:
        draft.say(label)
    stated = draft.area(area)
    directions: tuple[Direction, ...] = ("east", "south", "west", "north")
    abuttals: dict[Direction, tuple[Feature, ...]] = dict.fromkeys(directions, ())
    for direction, word, names in zip(directions, "东南西北", sides.split() or [""] * 4, strict=True):
        features: list[Feature] = []
        for name in filter(None, names.strip("-").split("/")):
            draft.say(f"{word}至" if not features else "、")
            features.append(Feature(name=name, kind=kind_of(name), span=draft.say(name)))
        abuttals[direction] = tuple(features)
        draft.say("，")
    return Parcel(id=key, label=label, declared_area=stated, abuttals=abuttals, span=(start, len(draft.text)))


def block_of(
    draft: Draft,
    key: str,
    label: str,
    area: str | None,
    *,
    sides: str = "",
    parcels: dict[str, tuple[str | None, str]] | None = None,
) -> Block:
    start = len(draft.text)
    draft.say(f"{label}：")
    stated = draft.area(area)
    if parcels is None:
        inside: tuple[Parcel, ...] = (parcel_of(draft, key, sides=sides),)
    else:
        inside = tuple(
            parcel_of(draft, f"{key}-{n}", its, own, of)
            for n, (its, (own, of)) in enumerate(parcels.items(), 1)
        )
    draft.say("。\n")
    return Block(id=key, label=label, declared_area=stated, parcels=inside, span=(start, len(draft.text)))


def zone_of(
    draft: Draft,
    key: str,
    name: str,
    total: str | None,
    count: int | None,
    blocks: list[dict[str, Any]],
) -> Zone:
    start = len(draft.text)
    draft.say(name)
    stated = draft.area(total)
    draft.say(f"，分为{count}个区块。\n" if count else "。\n")
    listed = tuple(
        block_of(draft, f"{key}-{n}", **({"label": f"区块{NUMERALS[n - 1]}"} | block))
        for n, block in enumerate(blocks, 1)
    )
    return Zone(
        id=key,
        name=name,
        declared_area=stated,
        declared_block_count=count,
        blocks=listed,
        span=(start, len(draft.text)),
    )


def plan_of(*zones: dict[str, Any]) -> Plan:
    draft = Draft()
    made = tuple(zone_of(draft, f"z{n}", **({"name": f"甲{n}区"} | zone)) for n, zone in enumerate(zones, 1))
    return Plan(text=draft.text, source=Source(), zones=made)


def simple(total: str | None, areas: list[str | None], count: int | None = None) -> Plan:
    return plan_of({"total": total, "count": count, "blocks": [{"area": a} for a in areas]})


def notice(**changes: tuple[str, int, list[str]]) -> Plan:
    return plan_of(
        *(
            {"name": name, "total": total, "count": count, "blocks": [{"area": a} for a in areas]}
            for name, (total, count, areas) in (NOTICE | changes).items()
        )
    )


def only(result: Audit) -> Finding:
    assert len(result.findings) == 1, [f.en for f in result.findings]
    return result.findings[0]


def said(finding: Finding, plan: Plan) -> list[str]:
    return [plan.words(s) for s in finding.spans]


# --- The notice ---


def test_the_notice_as_printed_gives_one_note() -> None:
    plan = notice()
    result = run_checks(plan)
    finding = only(result)
    assert (finding.check, finding.severity, finding.zone_id) == ("declared-sum", "note", "z3")
    assert finding.declared_km2 == Decimal("49.75")
    assert finding.measured_km2 == Decimal("49.74")
    assert finding.difference_km2 == Decimal("0.01")
    assert finding.limit_km2 == Decimal("0.04")
    assert [z.verdict for z in result.zones] == ["pass", "pass", "notes", "pass", "pass"]
    assert result.verdict == "notes"
    for words in ("49.75", "4.98+15.61+4.52+11.94+5.59+2.3+4.8=49.74", "8×0.005=0.04"):
        assert words in finding.zh
        assert words in finding.en
    assert said(finding, plan)[0] == "49.75平方公里"
    assert len(finding.spans) == 8


def test_a_changed_block_is_an_error() -> None:
    total, count, areas = NOTICE["西青"]
    finding = only(
        run_checks(notice(西青=(total, count, [*areas[:-1], "3.44"]), 北辰=("49.74", *NOTICE["北辰"][1:])))
    )
    assert (finding.check, finding.severity, finding.zone_id) == ("declared-sum", "error", "z1")
    assert finding.difference_km2 == Decimal("-0.06")
    assert finding.limit_km2 == Decimal("0.045")
    assert "9×0.005=0.045" in finding.zh


def test_the_real_document_gives_the_same(shared: Any) -> None:
    plan = parse_plan((shared / "documents" / "zones-plan.txt").read_text(encoding="utf-8"))
    finding = only(run_checks(plan))
    assert (finding.check, finding.severity) == ("declared-sum", "note")
    assert finding.difference_km2 == Decimal("0.01")
    for zone, (total, count, areas) in zip(run_checks(plan).zones, NOTICE.values(), strict=True):
        assert (str(zone.declared_km2), zone.listed_block_count) == (total, count)
        assert zone.sum_km2 == pytest.approx(float(sum(map(Decimal, areas))))


# --- Sums ---


def _rounded(values: list[int], places: int, how: str) -> tuple[str, list[str]]:
    """Print true areas, in millionths, with some decimals, their sum as the total."""
    unit = Decimal(1).scaleb(-places)
    printed = [(Decimal(v) / 10**6).quantize(unit, how) for v in (sum(values), *values)]
    return str(printed[0]), [str(p) for p in printed[1:]]


@given(
    st.lists(st.integers(10_000, 99_000_000), min_size=2, max_size=9),
    st.integers(0, 4),
    st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]),
)
@example([4_983_000, 15_614_000, 4_523_000], 2, ROUND_HALF_UP)
@example([500_000, 1_500_000], 0, ROUND_HALF_UP)
def test_true_areas_however_rounded_are_never_an_error(values: list[int], places: int, how: str) -> None:
    total, areas = _rounded(values, places, how)
    assume(all(map(Decimal, areas)))  # what rounds to nothing is told as nothing
    result = run_checks(simple(total, list(areas)))
    if Decimal(total) == sum(map(Decimal, areas)):
        assert not result.findings
    else:
        assert only(result).severity in ("note", "warning")


@pytest.mark.slow
@given(st.lists(st.integers(1, 9999), min_size=2, max_size=9), st.integers(-30, 30))
@example([780, 66, 117, 151, 181, 117, 138, 338], -6)
def test_a_difference_beyond_half_a_digit_per_figure_is_an_error(hundredths: list[int], shift: int) -> None:
    shown = [str(Decimal(h) / 100) for h in hundredths]
    shown[0] = f"{Decimal(shown[0]):.2f}"
    result = run_checks(simple(f"{Decimal(sum(hundredths) + shift + 40) / 100:.2f}", [*shown, "0.40"]))
    figures = len(shown) + 2
    severity = result.findings[0].severity if result.findings else None
    possible, likely = 2 * abs(shift) <= figures, abs(shift) <= 3 * (figures / 12) ** 0.5
    assert severity == (None if shift == 0 else "error" if not possible else "note" if likely else "warning")


def test_a_difference_that_rounding_allows_and_chance_does_not_is_a_warning() -> None:
    blocks = "".join(
        f"区块{n}：面积0.05平方公里，东至{n}号路，南至甲{n}路，西至{n - 1}号路，北至乙{n}路。"
        for n in range(1, 41)
    )
    finding = only(run_checks(parse_plan(f"甲区总面积2.20平方公里，分为40个区块。{blocks}")))
    assert finding.severity == "warning"
    assert "10.8 倍" in finding.zh
    assert "不算错误" not in finding.zh


def test_the_chance_of_a_difference_is_that_of_figures_rounded_at_random() -> None:
    chance = np.random.default_rng(3)
    areas = chance.uniform(1, 9, (200_000, 7))
    shown = np.round(areas, 2).sum(axis=1)
    apart = np.abs(np.round(np.round(areas.sum(axis=1), 2) - shown, 2))
    for difference in (0.01, 0.02):
        seen = float((apart >= difference - 1e-9).mean())
        plan = simple(f"{28 + difference:.2f}", [f"{n}.00" for n in range(1, 8)])
        zone = plan.zones[0]
        parts = tuple(b.declared_area for b in zone.blocks if b.declared_area)
        assert zone.declared_area is not None
        assert Sum(total=zone.declared_area, parts=parts).chance == pytest.approx(seen, abs=0.005)


def test_the_chance_of_many_figures_is_nearly_that_of_few_added_exactly() -> None:
    chance = np.random.default_rng(5)
    apart = np.abs(chance.uniform(-0.5, 0.5, (100_000, 40)).sum(axis=1))
    one = simple("1.00", ["1.00"]).zones[0].declared_area
    assert one is not None
    for difference in (3, 5):
        whole = replace(one, value=Decimal(40) + Decimal(difference) / 100)
        seen = float((apart >= difference - 0.5).mean())
        assert Sum(total=whole, parts=(one,) * 40).chance == pytest.approx(seen, abs=0.01)


@pytest.mark.parametrize(
    ("total", "parts", "holds"),
    [
        ("3.00平方公里以上", ["2.00平方公里", "1.50平方公里"], True),
        ("3.00平方公里以上", ["2.00平方公里", "0.50平方公里"], False),
        ("不超过3.00平方公里", ["2.00平方公里", "0.50平方公里"], True),
        ("3.00平方公里", ["1.70平方公里以上", "1.00平方公里"], True),
        ("3.00平方公里", ["2.70平方公里以上", "1.00平方公里"], False),
    ],
)
def test_bounds_hold_on_their_own_side(total: str, parts: list[str], *, holds: bool) -> None:
    blocks = "".join(
        f"区块{n}：面积{a}，东至甲{n}路，南至乙{n}路，西至丙{n}路，北至丁{n}路。"
        for n, a in zip("一二", parts, strict=True)
    )
    found = run_checks(parse_plan(f"甲区规划总面积{total}，分为两个区块。{blocks}")).findings
    assert ("declared-sum" not in {f.check for f in found}) == holds


def test_a_dropped_zero_is_not_a_dropped_digit() -> None:
    # Were 7.8 good to 0.05 only, the limit would be 0.085 and hide the difference.
    assert only(run_checks(simple("8.40", ["7.8", "0.66"], 2))).limit_km2 == Decimal("0.015")
    # A total printed coarser than its parts may have been rounded once more.
    assert only(run_checks(simple("8.4", ["7.8", "0.66"], 2))).severity == "note"


def test_units_mix_exactly() -> None:
    # 100 ha, 1500 mu and 1000000 m² are a km² each.
    assert not run_checks(simple("4", ["1", "100公顷", "1500亩", "1000000平方米"], 4)).findings
    finding = only(run_checks(simple("3.10", ["1.00", "100.00公顷", "1500亩"], 3)))
    assert finding.severity == "error"
    assert Fraction(finding.limit_km2 or 0) == pytest.approx(
        float(Fraction(5, 1000) * 2 + Fraction(1, 3000) + Fraction(5, 10**5))
    )


def test_the_unit_of_the_words_is_the_unit_of_the_message() -> None:
    finding = only(run_checks(simple("1264.9公顷", ["800公顷", "464.7公顷"], 2)))
    assert finding.declared_km2 == Decimal("12.649")
    assert "800+464.7=1264.7 公顷" in finding.zh
    assert "ha" in finding.en


def test_approximate_figures_are_not_held_to_the_digit() -> None:
    assert only(run_checks(simple("约94", ["50.2", "43.1"], 2))).severity == "note"
    assert only(run_checks(simple("约100", ["50.2", "43.1"], 2))).severity == "note"
    far = only(run_checks(simple("约94", ["50.2", "33.1"], 2)))
    assert far.severity == "warning"
    assert "约数" in far.zh


def test_a_block_without_area_leaves_the_total_open() -> None:
    finding = only(run_checks(simple("10.00", ["4.00", None, "5.00"], 3)))
    assert finding.severity == "note"
    assert "区块二未公布面积" in finding.zh
    assert only(run_checks(simple("10.00", ["4.00", None, "7.00"], 3))).severity == "error"


def test_parcels_that_share_their_blocks_area_are_no_finding() -> None:
    blocks = [{"area": "0.71", "parcels": {"地块一": (None, ""), "地块二": (None, "")}}]
    assert not run_checks(plan_of({"total": "0.71", "count": 1, "blocks": blocks})).findings


@pytest.mark.parametrize(
    ("own", "severity"),
    [
        (("0.30", "0.41"), None),
        (("0.30", "0.42"), "note"),
        (("0.30", "0.45"), "error"),
        (("0.30", None), "note"),
    ],
)
def test_parcels_against_their_block(own: tuple[str | None, ...], severity: str | None) -> None:
    parcels = {f"地块{NUMERALS[i]}": (a, "") for i, a in enumerate(own)}
    result = run_checks(
        plan_of({"total": "0.71", "count": 1, "blocks": [{"area": "0.71", "parcels": parcels}]})
    )
    assert [(f.check, f.severity, f.block_id) for f in result.findings] == (
        [("parcel-sum", severity, "z1-1")] if severity else []
    )


def test_parcels_stand_in_for_a_block_that_states_no_area() -> None:
    blocks = [
        {"area": None, "parcels": {"地块一": ("0.30", ""), "地块二": ("0.41", "")}},
        {"area": "1.00"},
    ]
    assert not run_checks(plan_of({"total": "1.71", "count": 2, "blocks": blocks})).findings
    assert only(run_checks(plan_of({"total": "1.91", "count": 2, "blocks": blocks}))).severity == "error"


# --- Counts and nesting ---


def test_a_list_cut_short_is_one_error_that_says_what_is_left() -> None:
    # 遵义高新区: 6 blocks and 6.1233 km² stated, four of them in the excerpt.
    finding = only(run_checks(simple("6.1233", ["0.9734", "0.9175", "0.4571", "1.2529"], 6)))
    assert (finding.check, finding.severity) == ("declared-count", "error")
    assert "2.5224" in finding.zh
    assert "2.5224" in finding.en


def test_a_miscounted_list_that_adds_up_is_told_from_a_cut_one() -> None:
    finding = only(run_checks(simple("3.00", ["1.00", "2.00"], 3)))
    assert finding.check == "declared-count"
    assert "可能是个数写错" in finding.zh


def test_what_lies_inside_is_no_addend() -> None:
    # 南京农高区: 145.86 km² with 四至, and 3.08 km² of construction land inside it.
    plan = simple("145.86", ["145.86", "3.08"])
    assert only(run_checks(plan)).check == "declared-sum"

    def nested(plan: Plan) -> Plan:
        zone = plan.zones[0]
        inside = replace(zone.blocks[-1], part_of_total=False)
        return replace(plan, zones=(replace(zone, blocks=(*zone.blocks[:-1], inside)),))

    assert not run_checks(nested(plan)).findings
    assert only(run_checks(nested(simple("145.86", ["145.86", "308"])))).check == "nesting"
    assert not run_checks(nested(simple("3.00", ["1.00", "2.00", "0.50"], 2))).findings


# --- Units ---


def test_a_unit_that_is_wrong_is_named() -> None:
    plan = simple("18.88", ["7.80公顷", "7.70", "3.38"], 3)
    finding = only(run_checks(plan))
    assert (finding.check, finding.severity) == ("unit-plausibility", "error")
    assert said(finding, plan) == ["7.80公顷"]
    assert "若为 7.8 平方公里则相符" in finding.zh


def test_a_zone_in_two_units_that_adds_up_is_no_finding() -> None:
    assert not run_checks(simple("11.08", ["770公顷", "3.38"], 2)).findings


# --- Stated against measured ---

PLANE = LocalPlane(lon=117.15, lat=39.0)


def square(side_m: float, x: float = 0.0, y: float = 0.0) -> shapely.Polygon:
    """A square in degrees, its south-west corner at x, y metres from a point in Tianjin."""
    return PLANE.to_lonlat(shapely.box(x, y, x + side_m, y + side_m))


def frame_of(
    plan: Plan, *shapes: shapely.Geometry | None, grade: str = "surveyed", **columns: list[Any]
) -> gpd.GeoDataFrame:
    """One polygon per parcel of the plan, in its order."""
    ids = [p.id for p in plan.parcels]
    grades = [grade if s is not None else "undetermined" for s in shapes]
    return gpd.GeoDataFrame({"grade": grades, **columns}, geometry=list(shapes), index=ids, crs="EPSG:4326")


def test_measured_within_rounding_and_tolerance_is_no_finding() -> None:
    plan = simple("1.00", ["1.00"])
    # 0.005 km² of rounding and 4 km × 1 m: up to 1.009 km².
    for side_m in (995.6, 1000, 1004.4):
        assert not run_checks(plan, frame_of(plan, square(side_m), grade="traced")).findings
    for side_m in (995.4, 1004.6):
        finding = only(run_checks(plan, frame_of(plan, square(side_m), grade="traced")))
        assert (finding.check, finding.severity) == ("declared-measured", "error")
        assert float(finding.limit_km2 or 0) == pytest.approx(0.005 + 4 * side_m * 1e-6, abs=2e-8)
        assert float(finding.measured_km2 or 0) == pytest.approx(side_m**2 / 1e6, abs=1e-6)


def test_the_limit_follows_the_tolerance_that_was_set() -> None:
    plan = simple("1.00", ["1.00"])
    traced, surveyed = (frame_of(plan, square(1010), grade=grade) for grade in ("traced", "surveyed"))
    for frame in (traced, surveyed):
        assert only(run_checks(plan, frame)).check == "declared-measured"
    assert not run_checks(plan, traced, Settings(boundary_tolerance_m=5)).findings
    assert run_checks(plan, traced, Settings(point_error_m=20)).findings
    assert not run_checks(plan, surveyed, Settings(point_error_m=20)).findings
    assert run_checks(plan, surveyed, Settings(boundary_tolerance_m=5)).findings


def test_the_error_of_corners_makes_that_of_an_area() -> None:
    chance = np.random.default_rng(7)
    corners = np.array([(0, 0), (90, 5), (120, 70), (60, 110), (-10, 60)], dtype=float)
    moved = corners + chance.normal(0, 0.3 / np.sqrt(2), (20_000, *corners.shape))
    spread = float(shapely.area(shapely.polygons(moved)).std())
    assert area_error_m2([shapely.Polygon(corners)], 0.3)[0] == pytest.approx(spread, rel=0.02)


def test_half_a_hectare_that_is_five_percent_wrong_fails() -> None:
    plan = simple(None, ["5250平方米"])
    finding = only(run_checks(plan, frame_of(plan, square(5000**0.5))))
    assert (finding.check, finding.severity) == ("declared-measured", "error")
    assert "5250 平方米" in finding.zh
    right = simple(None, ["5000平方米"])
    assert not run_checks(right, frame_of(right, square(5000**0.5))).findings


def test_an_area_taken_on_the_plane_is_told_as_such() -> None:
    # 3,000 m on the plane of EPSG:4548, 1.3° from its middle, are some 700 m² more than on the ellipsoid.
    back = pyproj.Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True).transform
    x, y = 612_000.0, 4_320_000.0
    ring = shapely.Polygon([(x, y), (x + 3000, y + 100), (x + 3000, y + 3100), (x, y + 3000)])
    shape = shapely.transform(ring, lambda p: np.column_stack(back(*p.T)))
    plan = simple(None, ["900.0000公顷"])
    finding = only(run_checks(plan, frame_of(plan, shape), Settings(point_error_m=0.05)))
    assert (finding.check, finding.severity) == ("declared-measured", "note")
    assert "投影平面" in finding.zh


@pytest.mark.parametrize(
    ("grade", "shaped"), [("sketched", True), ("approximate", False), ("inferred", True), ("traced", True)]
)
def test_a_polygon_that_its_area_shaped_or_that_has_no_place_proves_nothing(grade: str, shaped: bool) -> None:
    plan = simple("1.00", ["1.00"])
    result = run_checks(plan, frame_of(plan, square(1500), grade=grade, area_shaped=[shaped]))
    assert not result.findings
    zone = result.zones[0]
    assert zone.blocks[0].measured_km2 is None
    assert zone.blocks[0].grade == grade
    assert zone.measured_basis is not None
    assert ("不能证明" in zone.measured_basis.zh) == (shaped or grade == "sketched")


def test_an_inferred_polygon_is_compared_and_its_own_doubt_widens_the_limit() -> None:
    plan = simple("1.00", ["1.00"])
    far = frame_of(plan, square(1500), grade="inferred")
    finding = only(run_checks(plan, far))
    assert (finding.check, finding.severity) == ("declared-measured", "error")
    doubted = frame_of(plan, square(1500), grade="inferred", area_doubt_km2=[1.3])
    result = run_checks(plan, doubted)
    assert not result.findings
    assert result.zones[0].blocks[0].limit_km2 == pytest.approx(0.005 + 4 * 1500 * 1e-6 + 1.3, abs=1e-6)


def test_a_side_traced_on_a_road_leaves_the_roads_width_open() -> None:
    plan = plan_of(
        {"total": "1.00", "count": 1, "blocks": [{"area": "1.00", "sides": "甲路 乙路 丙路 丁河"}]}
    )
    shape = square(1020)
    corners = shapely.get_coordinates(shape.exterior)
    sides: list[tuple[Direction, str]] = [
        ("east", "甲路"),
        ("north", "丁河"),
        ("west", "丙路"),
        ("south", "乙路"),
    ]
    edges = tuple(
        Edge(side=side, feature=name, method="on-feature", line=shapely.LineString(corners[i : i + 2]))
        for i, (side, name) in enumerate(sides)
    )
    traced = only(run_checks(plan, drawing(frame_of(plan, shape, grade="traced"), [edges])))
    assert (traced.check, traced.severity) == ("declared-measured", "note")
    surveyed = only(run_checks(plan, frame_of(plan, shape)))
    assert surveyed.severity == "error"
    wide = drawing(frame_of(plan, square(1100), grade="traced"), [edges])
    assert only(run_checks(plan, wide)).severity == "error"
    # Edges that run along no road, or that none was found for, leave nothing open.
    bridged: tuple[Edge, ...] = tuple(replace(edge, method="bridge") for edge in edges)
    along_places = tuple(replace(edge, feature="某园") for edge in edges)
    for other in (bridged, along_places):
        assert (
            only(run_checks(plan, drawing(frame_of(plan, shape, grade="traced"), [other]))).severity
            == "error"
        )


def test_parcels_are_measured_together_for_their_block() -> None:
    parcels = {"地块一": (None, ""), "地块二": (None, "")}
    plan = plan_of({"total": "2.00", "count": 1, "blocks": [{"area": "2.00", "parcels": parcels}]})
    good = frame_of(plan, square(1000), square(999.9, 3000))
    assert not run_checks(plan, good).findings
    block = run_checks(plan, good).zones[0].blocks[0]
    assert block.measured_km2 == pytest.approx(1.9998, abs=1e-6)
    ways = block.measured_ways_km2
    assert ways is not None
    assert block.measured_km2 is not None
    # On the plane of zone 117 lengths are true only at 117° E; here areas are 6 in a million larger.
    assert ways.ellipsoid == pytest.approx(block.measured_km2, rel=1e-9)
    assert ways.geodesic == pytest.approx(block.measured_km2, rel=1e-6)
    assert 2e-6 < ways.plane / block.measured_km2 - 1 < 1e-5
    assert only(run_checks(plan, frame_of(plan, square(1000), square(1100, 3000)))).block_id == "z1-1"
    missing = only(run_checks(plan, frame_of(plan, square(1000), None)))
    assert (missing.check, missing.parcel_id) == ("missing-polygon", "z1-1-2")


def test_exchanged_labels_are_told_from_two_wrong_areas() -> None:
    plan = simple("5.00", ["1.00", "4.00"], 2)
    finding = only(run_checks(plan, frame_of(plan, square(2000), square(1000, 5000))))
    assert (finding.check, finding.severity) == ("swapped-labels", "error")
    assert "区块一" in finding.zh
    assert "区块二" in finding.zh
    wrong = run_checks(plan, frame_of(plan, square(1500), square(1000, 5000)))
    assert [f.check for f in wrong.findings] == ["declared-measured"] * 2 + ["total-measured"]
    assert wrong.findings[2].follows_from == "declared-measured"


def test_a_measured_area_names_the_unit_that_was_meant() -> None:
    plan = simple(None, ["780公顷"])
    finding = only(run_checks(plan, frame_of(plan, square((780 / 1500 * 1e6) ** 0.5))))
    assert (finding.check, finding.severity) == ("unit-plausibility", "error")
    assert "亩" in finding.zh


def test_a_total_is_measured_where_no_block_states_an_area() -> None:
    plan = simple("2.00", [None, None], 2)
    assert not run_checks(plan, frame_of(plan, square(1000), square(999.9, 3000))).findings
    finding = only(run_checks(plan, frame_of(plan, square(1000), square(1100, 3000))))
    assert (finding.check, finding.block_id) == ("total-measured", None)


@settings(max_examples=25)
@given(st.floats(100, 5000), st.floats(0.2, 20))
@example(1000, 1.0)
def test_shifting_the_boundary_by_the_tolerance_is_never_an_error(side_m: float, tolerance_m: float) -> None:
    plan = simple(None, [f"{side_m**2 / 1e6:.2f}"])
    # Half the tolerance off on every side.
    frame = frame_of(plan, square(side_m - tolerance_m), grade="traced")
    assert not run_checks(plan, frame, Settings(boundary_tolerance_m=tolerance_m)).findings


def test_frames_in_another_system_are_refused_with_the_way_out() -> None:
    plan = simple("1.00", ["1.00"])
    frame = frame_of(plan, square(1000))
    with pytest.raises(GeometryError, match="to_crs"):
        run_checks(plan, frame.to_crs("EPSG:4548"))
    with pytest.raises(GeometryError, match="no reference system"):
        run_checks(plan, frame.set_crs(None, allow_override=True))
    with pytest.raises(GeometryError, match="are not degrees"):
        run_checks(plan, frame.to_crs("EPSG:4548").set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(GeometryError, match="several rows for parcel z1-1"):
        run_checks(plan, frame.iloc[[0, 0]])


def test_polygons_that_belong_to_nothing_are_listed() -> None:
    plan = simple("1.00", ["1.00"])
    frame = frame_of(plan, square(1000))
    stray = gpd.GeoDataFrame(
        {"grade": ["surveyed"]}, geometry=[square(9, 5000)], index=["x-9"], crs="EPSG:4326"
    )
    finding = only(run_checks(plan, pd.concat([frame, stray])))
    assert (finding.check, finding.severity) == ("unmatched-polygon", "warning")
    assert "x-9" in finding.zh
    assert only(run_checks(plan, stray)).severity == "error"


def test_the_result_is_json_and_says_what_it_rests_on() -> None:
    plan = notice()
    found = run_checks(plan, sources=[{"file": "plan.txt", "sha256": "ab"}])
    result = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert result["metadata"]["inputs"] == {"plan.txt": "ab"}
    assert {c["id"] for c in result["metadata"]["checks"]} == {c.id for c in CHECKS}
    assert result["metadata"]["versions"].keys() >= {"geos", "proj"}


# --- Labels and sides ---

SIDES = ("甲路 乙路 丙路 丁路", "戊路 己路 庚路 辛路", "壬路 癸路 子路 丑路")


def described(*sides: str, labels: str = "一二三", **zone: Any) -> Plan:
    blocks = [{"area": "1.00", "label": f"区块{n}", "sides": s} for n, s in zip(labels, sides, strict=False)]
    return plan_of({"total": f"{len(blocks)}.00", "count": len(blocks), "blocks": blocks} | zone)


def test_a_plain_plan_gives_nothing() -> None:
    assert not run_checks(described(*SIDES)).findings


@pytest.mark.parametrize(
    ("labels", "words"), [("一三二", "次序颠倒"), ("一二四", "编号不连续"), ("一二二", "区块二出现不止一次")]
)
def test_labels_that_do_not_count(labels: str, words: str) -> None:
    finding = only(run_checks(described(*SIDES, labels=labels)))
    assert (finding.check, finding.severity) == ("block-labels", "warning")
    assert words in finding.zh


def test_a_number_left_out_is_not_told_twice() -> None:
    finding = only(run_checks(described(*SIDES, labels="一二四", count=4, total="4.00")))
    assert finding.check == "declared-count"


def test_labels_may_begin_anywhere_and_be_no_numbers() -> None:
    assert not run_checks(described(*SIDES, labels="三四五")).findings
    assert not run_checks(described(*SIDES, labels="东西中")).findings
    assert not run_checks(described(*SIDES[:2], labels="九十")).findings


def test_a_side_left_out() -> None:
    plan = described(SIDES[0], "戊路 - 庚路 辛路", SIDES[2])
    finding = only(run_checks(plan))
    assert (finding.check, finding.severity, finding.block_id) == ("missing-side", "warning", "z1-2")
    assert "没有写明南至何处" in finding.zh
    assert "south" in finding.en


def test_blocks_told_by_their_contents_need_no_sides() -> None:
    plan = described(SIDES[0], "- - - -")
    zone = plan.zones[0]
    told = zone.blocks[1].parcels[0]
    assert only(run_checks(plan)).check == "missing-side"
    by_contents = replace(told, members=(Feature(name="佛罗伦萨小镇", kind="place", span=(0, 1)),))
    second = replace(zone.blocks[1], parcels=(by_contents,))
    assert not run_checks(replace(plan, zones=(replace(zone, blocks=(zone.blocks[0], second)),))).findings


@pytest.mark.parametrize(
    ("sides", "missing"),
    [
        ("东至甲路、南至乙路、东至丙路、北至丁路", "西侧却没有写"),
        ("东至甲路、南至乙路、西至丙路、北至丁路、东至戊路", None),
    ],
)
def test_a_side_told_twice_in_words(sides: str, missing: str | None) -> None:
    plan = parse_plan(
        f"甲区总面积2.00平方公里，分为两个区块。\n区块一：面积1.00平方公里，{sides}。\n"
        "区块二：面积1.00平方公里，东至子路、南至丑路、西至寅路、北至卯路。"
    )
    finding = only(run_checks(plan))
    assert (finding.check, finding.severity) == ("doubled-side", "warning")
    assert "东侧写了两次" in finding.zh
    assert said(finding, plan)[0] == "甲路"
    assert missing is None or missing in finding.zh


@pytest.mark.parametrize("sides", ["甲路 乙路 甲路 丁路", "甲路 乙路 丙路 乙路"])
def test_one_road_on_opposite_sides(sides: str) -> None:
    finding = only(run_checks(described(SIDES[1], sides)))
    assert (finding.check, finding.severity) == ("contradictory-sides", "warning")


@pytest.mark.parametrize(
    "sides",
    [
        "甲河 乙路 甲河 丁路",  # a river bends around it
        "甲路 乙路 丙路 甲路",  # so may a road around one corner
        "甲路 甲路 甲路 甲路",  # a ring road
        "甲路/乙路 丙路 甲路/戊路 丁路",
    ],
)
def test_one_feature_on_several_sides_may_be_right(sides: str) -> None:
    assert not run_checks(described(sides, SIDES[1])).findings


def test_two_blocks_with_the_same_sides() -> None:
    finding = only(run_checks(described(*SIDES[:2], SIDES[0])))
    assert (finding.check, finding.block_id) == ("contradictory-sides", "z1-3")
    assert "区块一" in finding.zh


def test_words_that_were_not_read_are_a_note() -> None:
    plan = described(*SIDES)
    span = (plan.zones[0].span[1] - 4, plan.zones[0].span[1] - 2)
    finding = only(run_checks(replace(plan, unread=(span,))))
    assert (finding.check, finding.severity, finding.spans) == ("unread-text", "note", (span,))
    assert plan.words(span) in finding.zh


# --- Polygons by themselves ---


def ring(*xy: tuple[float, float]) -> shapely.Polygon:
    return PLANE.to_lonlat(shapely.Polygon(xy))


# About 1 km², with no two sides parallel to anything.
PLOT = [(0, 0), (1010, 30), (980, 1020), (20, 970)]


def without_areas(plan: Plan) -> Plan:
    zones = [
        replace(z, declared_area=None, blocks=tuple(replace(b, declared_area=None) for b in z.blocks))
        for z in plan.zones
    ]
    return replace(plan, zones=tuple(zones))


def checks(shape: shapely.Geometry, grade: str = "surveyed") -> list[tuple[str, str]]:
    plan = without_areas(described(SIDES[0]))
    return [(f.check, f.severity) for f in run_checks(plan, frame_of(plan, shape, grade=grade)).findings]


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        (ring(*PLOT), []),
        (PLANE.to_lonlat(shapely.LineString(PLOT)), [("ring-closure", "error")]),
        (PLANE.to_lonlat(shapely.Point(0, 0)), [("ring-closure", "error")]),
        (ring(PLOT[0], PLOT[2], PLOT[1], PLOT[3]), [("self-crossing", "error")]),
        # Two halves that touch in one point.
        (
            ring((0, 0), (500, 480), (1010, 30), (980, 1020), (500, 480), (20, 970)),
            [("self-crossing", "error")],
        ),
        (ring(*PLOT[:2], (1010, 30.004), *PLOT[2:]), [("repeated-points", "note")]),
        (ring(*PLOT[:2], (1400, 500), (1005, 60), *PLOT[2:]), []),
        (ring(*PLOT[:2], (1400, 500), (1008, 31.5), *PLOT[2:]), [("spike", "warning")]),
        # Out and back on the very same line is a spike too, and not a crossing.
        (ring(*PLOT[:2], (1400, 500), PLOT[1], *PLOT[2:]), [("spike", "warning")]),
        (ring((0, 0), (900, 40), (900.5, 41.5), (0, 1.8)), [("sliver", "warning")]),
    ],
)
def test_polygons_by_themselves(shape: shapely.Geometry, found: list[tuple[str, str]]) -> None:
    assert checks(shape) == found


def test_a_crossing_is_placed_and_a_repair_proposed() -> None:
    shape = ring(PLOT[0], PLOT[2], PLOT[1], PLOT[3])
    plan = simple(None, ["0.50"])
    finding = only(run_checks(plan, frame_of(plan, shape)))
    corners = shapely.get_coordinates(shape)
    crossing = shapely.LineString(corners[:2]).intersection(shapely.LineString(corners[2:4]))
    assert "东经 {:.6f}，北纬 {:.6f}".format(*shapely.get_coordinates(crossing)[0]) in finding.zh
    assert f"{area_m2([shapely.make_valid(shape)])[0] / 1e6:.4f}" in finding.en
    # The area of a polygon that crosses itself is not held against the stated one.
    assert finding.check == "self-crossing"


def test_a_hole_wound_like_its_shell() -> None:
    hole = [(300, 300), (300, 500), (500, 510)]
    against = PLANE.to_lonlat(shapely.Polygon(PLOT, [hole]))
    alike = PLANE.to_lonlat(shapely.Polygon(PLOT, [hole[::-1]]))
    assert checks(against) == []
    assert checks(alike) == [("winding", "note")]


def plane_box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    onto = pyproj.Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)

    def degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(onto.transform(xy[:, 0], xy[:, 1]))

    box: shapely.Polygon = shapely.transform(shapely.box(west, south, east, north), degrees)
    return box


def test_shapes_that_nobody_surveyed() -> None:
    template = [("template-shape", "warning")]
    on_plane = plane_box(511_000, 4_320_000, 512_000, 4_321_500)
    assert checks(on_plane) == template
    assert checks(on_plane, grade="sketched") == []
    assert checks(shapely.affinity.rotate(on_plane, 3)) == []
    assert checks(shapely.box(117.1, 39.0, 117.11, 39.012)) == template
    assert checks(PLANE.to_lonlat(shapely.Point(0, 0).buffer(500))) == template


def test_one_outline_used_twice() -> None:
    plan = simple(None, [None, None], 2)
    copy = ring(*((x + 4000, y + 300) for x, y in PLOT))
    finding = only(run_checks(plan, frame_of(plan, ring(*PLOT), copy)))
    assert (finding.check, finding.block_id) == ("template-shape", "z1-2")
    assert not run_checks(plan, frame_of(plan, ring(*PLOT), shapely.affinity.rotate(copy, 5))).findings


def test_real_survey_coordinates(shared: Any) -> None:
    entries = json.loads((shared / "corpus" / "coordinates.json").read_text(encoding="utf-8"))
    found = {e["id"]: checks(survey(shared, e["id"])) for e in entries}
    assert {key: value for key, value in found.items() if value} == {}


# --- Polygons against each other ---


def pair(*shapes: shapely.Polygon, sides: tuple[str, ...] = SIDES) -> tuple[Plan, list[shapely.Polygon]]:
    return without_areas(described(*sides[: len(shapes)])), list(shapes)


def moved(x: float, y: float = 0.0) -> shapely.Polygon:
    """A second plot, of another shape than the first, beyond its slanting east side at x = 0."""
    return ring((1010 + x, 30 + y), (2020 + x, y), (1930 + x, 990 + y), (980 + x, 1020 + y))


def test_neighbours_that_share_a_boundary_are_no_finding() -> None:
    plan, shapes = pair(ring(*PLOT), moved(0))
    assert not run_checks(plan, frame_of(plan, *shapes)).findings


@pytest.mark.parametrize(
    ("apart_m", "found"),
    [
        (-0.5, [("overlap", "note")]),
        (-3.0, [("overlap", "error")]),
        (0.5, [("gap", "note")]),
        (3.0, [("gap", "warning")]),
        (12.0, []),
    ],
)
def test_overlap_and_gap_between_neighbours(apart_m: float, found: list[tuple[str, str]]) -> None:
    plan, shapes = pair(ring(*PLOT), moved(apart_m))
    result = run_checks(plan, frame_of(plan, *shapes))
    assert [(f.check, f.severity) for f in result.findings] == found
    for finding in result.findings:
        # A strip along 990.4 m of boundary, whose width is measured across the boundary's slant.
        strip_km2 = abs(apart_m) * 990 / 1e6
        assert float(finding.measured_km2 or 0) == pytest.approx(strip_km2, rel=0.01)
        assert "区块一" in finding.zh
        assert "区块二" in finding.zh
    if found == [("overlap", "error")]:
        sketched = only(run_checks(plan, frame_of(plan, *shapes, grade="sketched")))
        assert sketched.severity == "warning"


def test_gaps_are_measured_as_they_were_cut() -> None:
    # Four blocks around two gaps, 2 m and 3 m wide, and a road of 20 m: 2 × 450 + 3 × 450 m².
    blocks = [
        shapely.box(0, 0, 450, 450),
        shapely.box(452, 0, 1000, 450),
        shapely.box(0, 470, 450, 1000),
        shapely.box(453, 470, 1003, 920),
    ]
    turned = [shapely.affinity.rotate(b, 7, origin=(0, 0)) for b in blocks]
    plan = without_areas(described(*SIDES, "寅路 卯路 辰路 巳路", labels="一二三四"))
    result = run_checks(plan, frame_of(plan, *map(PLANE.to_lonlat, turned)))
    sizes = sorted(float(f.measured_km2 or 0) * 1e6 for f in result.findings if f.check == "gap")
    assert sizes == pytest.approx([900, 1350], rel=1e-3)
    assert len(result.findings) == 2


def test_roads_that_part_leave_no_gap() -> None:
    fork = [(0, 0), (1000, 20), (1000, 500), (0, 5)]
    plan, shapes = pair(ring(*fork), ring((0, 0), (0, -700), (900, -800), (1000, -40)))
    assert not run_checks(plan, frame_of(plan, *shapes)).findings


def test_a_part_told_beside_the_blocks_may_lie_in_them() -> None:
    plan, shapes = pair(ring(*PLOT), ring((300, 300), (600, 310), (590, 600)))
    assert only(run_checks(plan, frame_of(plan, *shapes))).check == "overlap"
    zone = plan.zones[0]
    nested = replace(zone, blocks=(zone.blocks[0], replace(zone.blocks[1], part_of_total=False)))
    plan = replace(plan, zones=(nested,))
    assert not run_checks(plan, frame_of(plan, *shapes)).findings


@pytest.mark.slow
@settings(max_examples=25)
@given(st.permutations(range(3)), st.floats(-400, 400))
@example([2, 0, 1], 100.0)
def test_overlaps_do_not_depend_on_the_order_of_rows(order: list[int], y: float) -> None:
    plan, shapes = pair(ring(*PLOT), moved(-50, y), moved(300, 400))
    frame = frame_of(plan, *shapes)
    straight, shuffled = (run_checks(plan, f).findings for f in (frame, frame.iloc[order]))
    assert straight == shuffled


WEST_EAST = ("甲路 乙路 丙路 丁路", "丙路 己路 庚路 辛路")
"""丙路 is the west of block 1 and the east of block 2: the first lies east of the second."""


@pytest.mark.parametrize("grade", ["surveyed", "sketched"])
def test_one_road_between_two_blocks_keeps_them_in_order(grade: str) -> None:
    plan, (west, east) = pair(ring(*PLOT), moved(40), sides=WEST_EAST)
    assert not run_checks(plan, frame_of(plan, east, west, grade=grade)).findings
    finding = only(run_checks(plan, frame_of(plan, west, east, grade=grade)))
    assert finding.check == "relation"
    assert finding.severity == ("warning" if grade == "sketched" else "error")
    assert said(finding, plan) == ["丙路", "丙路"]
    # A kilometre further along the road nothing is fixed: it may bend.
    away = shapely.affinity.translate(east, 0, 0.02)
    assert not run_checks(plan, frame_of(plan, west, away, grade=grade)).findings


@pytest.mark.parametrize("words", ["区块一", "区块一东边界", "区块一东侧"])
def test_a_block_named_on_a_side_lies_there(words: str) -> None:
    sides = ("甲路 乙路 丙路 丁路", f"戊路 己路 {words} 辛路")
    plan, (west, east) = pair(ring(*PLOT), moved(0), sides=sides)
    zone = plan.zones[0]
    second = zone.blocks[1].parcels[0]
    named = {
        **second.abuttals,
        "west": tuple(replace(f, kind="block", base="区块一") for f in second.abuttals["west"]),
    }
    blocks = (zone.blocks[0], replace(zone.blocks[1], parcels=(replace(second, abuttals=named),)))
    plan = replace(plan, zones=(replace(zone, blocks=blocks),))
    assert not run_checks(plan, frame_of(plan, west, east)).findings
    assert only(run_checks(plan, frame_of(plan, east, west))).check == "relation"


# --- Where polygons lie ---


def test_true_blocks_conform_to_the_map(shared: Any) -> None:
    plan, true, named = shanghai(shared)
    result = run_checks(plan, true, named=named)
    assert [f.en for f in result.findings if f.check in {"conformance", "gcj02", "relation"}] == []


def test_true_blocks_keep_the_order_of_the_words(shared: Any) -> None:
    for name in ("shanghai_west_blocks", "shanghai_west_blocks_two_on_a_side"):
        plan = parse_plan((shared / "cases" / f"{name}.txt").read_text(encoding="utf-8"))
        true = gpd.read_file(shared / "cases" / f"{name}.geojson")
        result = run_checks(plan, frame_of(plan, *true.geometry))
        # The blocks of these cases overlap, as blocks drawn by lot between roads do.
        assert {f.check for f in result.findings} == {"overlap"}


def test_moved_blocks_do_not(shared: Any) -> None:
    plan, true, named = shanghai(shared)
    away = true.set_geometry(true.geometry.translate(0.001, 0.0005))  # 95 m and 55 m
    result = run_checks(plan, away, named=named)
    caught = {f.block_id for f in result.findings if f.check == "conformance"}
    assert len(caught) == len(true)
    assert not any(f.check == "gcj02" for f in result.findings)


def test_blocks_in_gcj02_are_told_so(shared: Any) -> None:
    plan, true, named = shanghai(shared)
    shifted = true.set_geometry(gcj02_of(true.geometry.to_numpy()), crs="EPSG:4326")
    found = [
        f for f in run_checks(plan, shifted, named=named).findings if f.check in {"gcj02", "conformance"}
    ]
    assert [(f.check, f.severity) for f in found if f.follows_from is None] == [("gcj02", "error")]
    assert {f.follows_from for f in found} == {None, "gcj02"}


GRID = {
    "甲路": PLANE.to_lonlat(shapely.LineString([(1000, -500), (1000, 1500)])),
    "乙路": PLANE.to_lonlat(shapely.LineString([(-500, 0), (1500, 0)])),
    "丙路": PLANE.to_lonlat(shapely.LineString([(0, -500), (0, 1500)])),
    "丁路": PLANE.to_lonlat(shapely.LineString([(-500, 1000), (1500, 1000)])),
}
"""The four sides of SIDES[0], 甲路 in the east, a kilometre apart."""


@pytest.mark.parametrize(
    ("corners", "found"),
    [
        ([(5, 3), (995, 6), (992, 994), (7, 990)], []),
        # The east side stays 60 m short of its road.
        ([(5, 3), (940, 6), (935, 994), (7, 990)], [("conformance", "error")]),
        # So does a fifth of it.
        ([(5, 3), (992, 6), (992, 790), (935, 791), (935, 990), (7, 994)], [("conformance", "warning")]),
        # On the wrong side of 甲路: it is followed, but in the west.
        ([(1004, 3), (1400, 6), (1400, 994), (1006, 990)], [("conformance", "error")]),
    ],
)
def test_sides_against_the_roads_they_name(
    corners: list[tuple[float, float]], found: list[tuple[str, str]]
) -> None:
    plan = without_areas(described(SIDES[0]))
    result = run_checks(plan, frame_of(plan, ring(*corners)), named=GRID)
    assert [(f.check, f.severity) for f in result.findings] == found
    if corners[0][0] > 1000:
        assert "对面" in result.findings[0].zh
        assert said(result.findings[0], plan) == ["甲路"]
    # A trace follows the map by its making, and a feature not on the map is not missed.
    assert not run_checks(plan, frame_of(plan, ring(*corners), grade="traced"), named=GRID).findings
    assert not run_checks(plan, frame_of(plan, ring(*corners)), named={}).findings


def test_inside_the_district_that_the_zone_is_named_after() -> None:
    plan = without_areas(described(SIDES[0], name="西青区联动创新区"))
    outlines = {
        "西青区": [PLANE.to_lonlat(shapely.box(-3000, -3000, 3000, 3000))],
        "天津市": [PLANE.to_lonlat(shapely.box(-50_000, -50_000, 50_000, 50_000))],
    }
    for x, found in ((0, []), (2100, []), (2400, [("outside-district", "error")])):
        moved_by = ring(*((px + x, py) for px, py in PLOT))
        result = run_checks(plan, frame_of(plan, moved_by), districts=outlines)
        assert [(f.check, f.severity) for f in result.findings] == found
        assert all("西青区" in f.zh and "GCJ-02" in f.zh for f in result.findings)
    west = ring(*((px - 3400, py) for px, py in PLOT))
    assert "GCJ-02" not in only(run_checks(plan, frame_of(plan, west), districts=outlines)).zh
    # A sketch lies nowhere, and 西青经开区 is not the district.
    assert not run_checks(plan, frame_of(plan, west, grade="sketched"), districts=outlines).findings
    of_no_district = without_areas(described(SIDES[0], name="西青经开区联动创新区"))
    assert not run_checks(of_no_district, frame_of(of_no_district, west), districts=outlines).findings


def test_a_district_in_gcj02_is_caught_by_its_outline(shared: Any) -> None:
    tianjin = shared / "reference" / "tianjin"
    outlines = gpd.read_file(tianjin / "districts_wgs84.geojson")
    districts = {n: [g] for n, g in zip(outlines["district_name"], outlines.geometry, strict=True)}
    shifted = shapely.from_geojson((tianjin / "beichen_gcj02.geojson").read_text(encoding="utf-8"))
    plan = without_areas(described(SIDES[0], name="北辰区"))
    found = run_checks(plan, frame_of(plan, shifted), districts=districts).findings
    assert [f.check for f in found if f.follows_from is None] == ["gcj02"]
    assert not run_checks(plan, frame_of(plan, wgs84_of_gcj02(shifted)), districts=districts).findings


def shanghai(shared: Any) -> tuple[Plan, gpd.GeoDataFrame, dict[str, Any]]:
    """Thirty blocks between named roads, their true polygons, and the roads."""
    plan = parse_plan((shared / "cases" / "shanghai_west_blocks.txt").read_text(encoding="utf-8"))
    true = gpd.read_file(shared / "cases" / "shanghai_west_blocks.geojson")
    zone = plan.zones[0]
    zone = replace(zone, blocks=zone.blocks[:30], declared_block_count=None)
    roads = gpd.read_file(shared / "reference" / "shanghai_west.gpkg")
    frame = gpd.GeoDataFrame(
        {"grade": "surveyed"},
        geometry=list(true.geometry[:30]),
        index=[p.id for p in zone.parcels],
        crs="EPSG:4326",
    )
    named = dict(roads.dissolve("name").geometry)
    return replace(plan, zones=(zone,)), frame, named


# --- Real texts and surveys ---


def test_official_texts_that_add_up_raise_nothing_about_areas(shared: Any) -> None:
    rows = (shared / "corpus" / "descriptions.jsonl").read_text(encoding="utf-8").splitlines()
    found, exact = {}, 0
    for row in map(json.loads, rows):
        gold, total = row["gold"]["blocks"], row["gold"]["zone_total"]
        areas = [b["area"] for b in gold if b["area"]]
        adds_up = total and sum(Decimal(str(a["value"])) for a in areas) == Decimal(str(total["value"]))
        findings = run_checks(parse_plan(row["text"])).findings
        if adds_up and len(areas) == len(gold) > 1:
            exact += 1
            assert [f.en for f in findings if f.severity != "note"] == []
        loud = {f.check for f in findings if f.severity == "error"}
        if loud:
            found[row["id"]] = loud
    assert exact >= 3
    # This excerpt stops after four of six blocks.
    assert found == {"news-hnte2022-zunyi-part": {"declared-count"}}


def test_stated_against_surveyed_in_real_notices(shared: Any) -> None:
    stated = {
        "mine-beilun-一": "17269平方米",
        "mine-beilun-二": "1586平方米",
        "mine-beilun-三": "2653平方米",
        "explore-xingan-changchunling": "3.68",
        "fish-jingziwan-core": "617.918公顷",
        "explore-xingan-yongcaitun": "5.89",  # 10.8 % off
        "fish-qingyang-core": "120公顷",  # half of what its corners enclose
        "port-bj54": "约1.35",  # its north side is the coast, which the corners leave out
    }
    found = {}
    for key, area in stated.items():
        plan = simple(None, [area])
        result = run_checks(plan, frame_of(plan, survey(shared, key)))
        found[key] = [(f.check, f.severity) for f in result.findings]
    assert {key: value for key, value in found.items() if value} == {
        "explore-xingan-yongcaitun": [("declared-measured", "error")],
        "fish-qingyang-core": [("declared-measured", "error")],
        "port-bj54": [("declared-measured", "warning")],
    }


def survey(shared: Any, key: str) -> shapely.Polygon:
    """A ring of the corpus in degrees."""
    entries = json.loads((shared / "corpus" / "coordinates.json").read_text(encoding="utf-8"))
    points = np.array(next(e["ring"] for e in entries if e["id"] == key))
    if points.max() > 1000:  # X north, Y east with its zone's number; zone 38 is EPSG:4526
        zone = int(points[:, 1].max() // 1e6)
        onto = pyproj.Transformer.from_crs(f"EPSG:{4526 - 38 + zone}", "EPSG:4326", always_xy=True)
        points = np.column_stack(onto.transform(points[:, 1], points[:, 0]))
    return shapely.Polygon(points)
