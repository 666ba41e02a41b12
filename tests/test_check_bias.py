"""Polygons that are all too large or too small by one shift of their boundaries, and such that are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ftz_geo.check import run_checks
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.parse import parse_plan

if TYPE_CHECKING:
    from ftz_geo.model import Audit, Finding

PLANE = LocalPlane(lon=117.15, lat=39.0)


def audited(seed: int, blocks: int, shift_m: float, *, off: int = 0, grade: str = "surveyed") -> Audit:
    """Blocks apart from each other, stated to two decimals, all drawn ``shift_m`` outside; ``off`` by 5 %."""
    chance = np.random.default_rng(seed)
    shapes, words = [], []
    for k in range(blocks):
        width, height = chance.uniform(700, 2600, 2)
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)]) + chance.normal(0, 40, (4, 2))
        true = shapely.Polygon(corners + np.array([4000 * (k % 6), 4000 * (k // 6)]))
        km2 = float(area_m2([PLANE.to_lonlat(true)])[0]) / 1e6 * (1.05 if k < off else 1.0)
        shapes.append(PLANE.to_lonlat(true.buffer(shift_m, join_style="mitre")))
        words.append(
            f"区块{k + 1}：面积{km2:.2f}平方公里，东至甲{k}路，南至乙{k}路，西至丙{k}路，北至丁{k}路。"
        )
    plan = parse_plan("甲区四至如下。" + "".join(words))
    ids = [p.id for p in plan.parcels]
    return run_checks(plan, gpd.GeoDataFrame({"grade": grade}, geometry=shapes, index=ids, crs="EPSG:4326"))


def told(audit: Audit) -> list[str]:
    return [f.zh for f in audit.findings if f.check == "bias"]


@pytest.mark.slow
def test_chance_is_no_bias() -> None:
    assert sum(bool(told(audited(seed, 8, 0.0))) for seed in range(60)) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("shift_m", [0.9, -1.5])
def test_a_shift_of_a_metre_is_told_where_many_blocks_show_it(shift_m: float) -> None:
    found = [told(audited(seed, 30, shift_m)) for seed in range(10)]
    assert sum(map(bool, found)) >= 9
    side = "外移" if shift_m > 0 else "内移"
    assert all(side in words for own in found for words in own)


def test_the_middle_of_roads_against_their_edge_is_told_in_metres_and_explains_all() -> None:
    audit = audited(1, 8, 15.9)
    (words,) = told(audit)
    assert "16" in words or "15.9" in words
    assert "中线" in words
    areas = [f for f in audit.findings if f.check == "declared-measured"]
    assert areas
    assert {f.follows_from for f in areas} == {"bias"}


def test_one_wrong_block_is_no_bias_and_is_not_explained_by_one() -> None:
    assert not told(audited(2, 8, 0.0, off=1))
    among = audited(3, 12, 15.9, off=1)
    wrong = [f for f in among.findings if f.check == "declared-measured" and f.follows_from is None]
    assert [f.block_id for f in wrong] == [among.zones[0].blocks[0].id]


def found(blocks: int, shift_m: float, **of: Any) -> list[Finding]:
    return [f for f in audited(4, blocks, shift_m, **of).findings if f.check == "bias"]


@pytest.mark.parametrize(
    ("blocks", "shift_m", "severity"),
    [(2, 12.0, None), (3, 12.0, "warning"), (3, -12.0, "warning"), (8, 0.05, None)],
)
def test_three_areas_show_a_shift_and_two_do_not(blocks: int, shift_m: float, severity: str | None) -> None:
    assert [f.severity for f in found(blocks, shift_m)] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("shift_m", "is_road"), [(3.0, False), (8.0, True), (-8.0, True), (38.0, True), (44.0, False)]
)
def test_a_shift_as_wide_as_half_a_road_is_told_to_be_one(shift_m: float, is_road: bool) -> None:
    (finding,) = found(8, shift_m)
    assert ("道路中线到边线" in finding.zh) == is_road
    outside = shift_m > 0
    assert ("普遍大于公布面积" in finding.zh, "外移" in finding.zh) == (outside, outside)
    assert ("are larger than stated" in finding.en, "outside of" in finding.en) == (outside, outside)
    metres, error = map(float, re.findall(r"移 ([\d.]+) 米（±([\d.]+) 米）", finding.zh)[0])
    # The perimeter is that of what was drawn, by eight shifts longer or shorter: 3 % of some 6 km at most.
    assert metres == pytest.approx(abs(shift_m), abs=error + 0.03 * abs(shift_m))


def test_a_shift_of_what_was_traced_is_a_note() -> None:
    (finding,) = found(8, 12.0, grade="traced")
    assert finding.severity == "note"
    assert len(finding.spans) == 8
    # All polygons are larger by it: the areas together are off by it along all their boundaries.
    assert float(finding.difference_km2 or 0) < -float(finding.limit_km2 or 0) < 0


def test_the_error_of_a_shift_is_how_far_shifts_of_other_blocks_are_from_it() -> None:
    shifts, errors = [], []
    for seed in range(40):
        audit = audited(seed, 5, 8.0)
        (words,) = told(audit)
        metres, error = map(float, re.findall(r"移 ([\d.]+) 米（±([\d.]+) 米）", words)[0])
        shifts.append(metres)
        errors.append(error)
    assert np.mean(shifts) == pytest.approx(8.0, abs=0.3)
    # Twice the standard error is told; of 5 areas it is itself known to a third.
    assert np.sqrt(np.mean((np.array(shifts) - 8) ** 2)) == pytest.approx(np.mean(errors) / 2, rel=0.4)
