"""One cause for which all polygons lie amiss is named where it can be known, else nothing."""

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

import cause_cases as cases
from ftz_geo import cli, pipeline
from ftz_geo.check import run_checks
from ftz_geo.check.cause import _explains
from ftz_geo.check.fitting import Fit
from ftz_geo.parse import parse_plan
from test_check_mutations import PLANE

PLANS = {"grid": cases.grid(), "two zones": cases.two_zones()}


@pytest.mark.parametrize("evidence", cases.EVERYWHERE)
@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", cases.TRANSFORMATIONS)
def test_what_was_done_to_all_polygons_is_named(name: str, plan: str, evidence: str) -> None:
    known = evidence in cases.TRANSFORMATIONS[name][2]
    assert cases.verdict(PLANS[plan], name, evidence) == ("right" if known else "none")


@pytest.mark.parametrize("evidence", cases.EVERYWHERE)
@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", cases.CONTROLS)
def test_nothing_is_named_where_there_is_no_one_cause(name: str, plan: str, evidence: str) -> None:
    assert cases.verdict(PLANS[plan], name, evidence) == "none"


@pytest.mark.slow
@pytest.mark.parametrize("evidence", cases.EVERYWHERE)
def test_real_blocks_between_real_roads(shared: Path, evidence: str) -> None:
    plan = cases.shanghai(shared)
    for name, (_, _, known) in cases.TRANSFORMATIONS.items():
        assert cases.verdict(plan, name, evidence) == ("right" if evidence in known else "none"), name
    for name in cases.CONTROLS:
        assert cases.verdict(plan, name, evidence) == "none", name


def test_all_that_follows_is_kept_and_marked() -> None:
    plan = PLANS["two zones"]
    audit = plan.audited("map", cases.east(3)(plan.shapes))
    cause, *others = audit.findings
    assert (cause.check, cause.zone_id, cause.follows_from) == ("cause", None, None)
    assert {f.check for f in others} == {"conformance"}
    assert {f.follows_from for f in others} == {"cause"}
    assert len(others) == 48  # every side of every block


def test_what_has_another_cause_is_not_marked() -> None:
    """One block is wrong beside the shift of all: it stays a finding of its own."""
    plan = cases.grid()
    shapes = [cases.shifted(0, 250)([plan.shapes[0]])[0], *plan.shapes[1:]]
    audit = plan.audited("map", cases.shifted(350, -820)(shapes))
    assert [f.check for f in cases.told(audit)] == ["cause"]
    left = [f for f in audit.findings if f.follows_from is None and f.check == "conformance"]
    assert left
    assert len({f.parcel_id for f in left}) == 1


def test_what_remains_is_told() -> None:
    plan = cases.grid()
    (found,) = cases.told(plan.audited("map", cases.shifted(350, -820)(cases.noise(3)(plan.shapes))))
    west, north = map(int, re.findall(r"向西 (\d+) 米、向北 (\d+) 米", found.zh)[0])
    assert (west, north) == pytest.approx((350, 820), abs=3)
    assert "24 条边中有 24 条" in found.zh
    assert "剩余偏差中位数 " in found.zh


def test_a_shift_that_is_a_datums_too_says_both() -> None:
    plan = cases.grid()
    (found,) = cases.told(plan.audited("map", cases.shifted(-116, -12)(plan.shapes)))
    assert "平移" in found.zh
    assert "1980 西安坐标系" in found.zh
    assert "shifted" in found.en


def test_a_zone_of_its_own_has_a_cause_of_its_own() -> None:
    plan = PLANS["two zones"]
    audit = plan.audited("district", [*cases.east(3)(plan.shapes[:6]), *plan.shapes[6:]])
    (found,) = cases.told(audit)
    assert found.zone_id == parse_plan(plan.text).zones[0].id
    assert "第 39 带" in found.zh
    assert "第 40 带" in found.zh


@pytest.mark.parametrize("grade", ["sketched", "traced", "approximate", "inferred"])
def test_what_was_not_surveyed_has_no_cause(grade: str) -> None:
    plan = cases.grid()
    frame = cases.frame_of(parse_plan(plan.text), cases.east(3)(plan.shapes)).assign(grade=grade)
    audit = run_checks(parse_plan(plan.text), frame, named=plan.roads, districts=plan.districts)
    assert not cases.told(audit)


def test_polygons_stay_as_they_are() -> None:
    plan = cases.grid()
    given = cases.frame_of(parse_plan(plan.text), cases.east(3)(plan.shapes))
    before = given.geometry.to_wkb().tolist()
    run_checks(parse_plan(plan.text), given, named=plan.roads)
    assert given.geometry.to_wkb().tolist() == before


def test_latitudes_that_are_none_and_no_swap_either() -> None:
    plan = parse_plan(PLANS["grid"].text)
    shapes = [shapely.box(60, 100 + n, 60.01, 100.01 + n) for n in range(6)]
    audit = run_checks(plan, cases.frame_of(plan, shapes))
    assert [(f.check, f.severity) for f in cases.told(audit)] == [("cause", "error")] * 6
    assert audit.verdict == "fail"


def test_the_bare_name_of_a_city_tells_a_zone(tmp_path: Path) -> None:
    case = cases.grid()
    plan = parse_plan(f"天津示范区总体方案\n{case.text.replace('西青区', '')}")
    frame = cases.frame_of(plan, cases.east(3)(case.shapes))
    city = PLANE.to_lonlat(shapely.Point(0, 0).buffer(60_000))
    (found,) = cases.told(run_checks(plan, frame, districts={"天津市": [city]}))
    assert "天津市" in found.zh


def test_named_points_tell_a_cause_from_the_command_line(tmp_path: Path) -> None:
    case = cases.grid()
    notice, polygons, points = (tmp_path / name for name in ("notice.txt", "polygons.geojson", "points.csv"))
    notice.write_text(case.text, encoding="utf-8")
    plan = parse_plan(case.text)
    moved: Any = cases.frame_of(plan, cases.shifted(900, -700)(case.shapes))
    moved.assign(id=moved.index).to_file(polygons)
    rows = [
        f"{name},{x:.7f},{y:.7f}"
        for name, shape in case.points.items()
        for x, y in shapely.get_coordinates(shape)
    ]
    points.write_text("\n".join(["name,lon,lat", *rows]), encoding="utf-8")
    arguments = ["audit", str(notice), "--polygons", str(polygons), "--points", str(points), "--json"]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1, result.output
    assert "整体平移过" in result.stdout


def test_axes_swapped_in_a_file_are_told(tmp_path: Path) -> None:
    case = cases.grid()
    notice, polygons = tmp_path / "notice.txt", tmp_path / "polygons.geojson"
    notice.write_text(case.text, encoding="utf-8")
    swapped = shapely.transform(np.array(case.shapes, dtype=object), lambda p: p[:, ::-1])
    plan = parse_plan(case.text)
    frame = gpd.GeoDataFrame({"id": [p.id for p in plan.parcels]}, geometry=list(swapped), crs=4326)
    frame.to_file(polygons)
    audit = pipeline.audit(plan, pipeline.join_polygons(plan, pipeline.read_survey(polygons)))
    assert "两轴写反" in cases.told(audit)[0].zh


def test_what_lies_in_its_district_is_told_beside_its_roads() -> None:
    plan = cases.grid()
    read = parse_plan(plan.text)
    frame = cases.frame_of(read, cases.east(3)(plan.shapes))
    (found,) = cases.told(run_checks(read, frame, named=plan.roads, districts=plan.districts))
    assert "24 条边中有 24 条在所称道路、河流的 16 米以内（还原前 0 条）" in found.zh
    assert "图形的 100% 在西青区界内（还原前 0%）" in found.zh
    assert "within 16 m" in found.en
    assert "100 % of their area lies in 西青区, 0 % before" in found.en


@pytest.mark.parametrize(("turn", "words"), [(5.0, "顺时针转 5°"), (-5.0, "逆时针转 5°")])
def test_a_turn_is_told_with_the_way_back(turn: float, words: str) -> None:
    plan = cases.grid()
    (found,) = cases.told(plan.audited("map", cases.turned(turn)(plan.shapes)))
    assert words in found.zh


@pytest.mark.parametrize(
    ("east_m", "north_m", "words"),
    [
        (400, 300, "向西 400 米、向南 300 米"),
        (-400, 300, "向东 400 米、向南 300 米"),
        (-400, -300, "向东 400 米、向北 300 米"),
    ],
)
def test_a_shift_is_told_with_the_way_back(east_m: float, north_m: float, words: str) -> None:
    plan = cases.grid()
    (found,) = cases.told(plan.audited("map", cases.shifted(east_m, north_m)(plan.shapes)))
    metres = [int(n) for n in re.findall(r"(\d+) 米", words)]
    told = re.search(r"向(.) (\d+) 米、向(.) (\d+) 米", found.zh)
    assert told is not None
    assert f"向{told[1]}" in words
    assert f"向{told[3]}" in words
    assert [int(told[2]), int(told[4])] == pytest.approx(metres, abs=2)


def fitted(along: int, sides: int = 24, rest_m: float = 1.0, inside: float | None = None) -> Fit:
    return Fit(
        sides=sides,
        along=frozenset((n, 0) for n in range(along)),
        rest_m=rest_m,
        inside=inside,
        in_china=True,
        scale_off=0.0,
    )


@pytest.mark.parametrize(
    ("before", "after", "explains"),
    [
        (fitted(0, rest_m=90.0), fitted(20), True),
        (fitted(0, rest_m=3.0), fitted(19), False),  # four fifths of 24 are more than 19
        (fitted(0, rest_m=90.0), fitted(15), True),  # much nearer, three fifths are enough
        (fitted(0, rest_m=90.0), fitted(14), False),
        (fitted(15, rest_m=3.0), fitted(22), True),
        (fitted(18, rest_m=3.0), fitted(23), False),  # no quarter more than before
        (fitted(0, 6, 3.0), fitted(6, 6, 1.0), True),
        (fitted(0, 6, 3.0), fitted(6, 6, 2.5), False),  # of few sides two fifths of the way have to go
    ],
)
def test_what_explains_where_sides_lie(before: Fit, after: Fit, *, explains: bool) -> None:
    assert _explains(before, after, "sides") == explains


def test_what_explains_sides_takes_none_away() -> None:
    """Blocks that were in place and are so no more: half of them moved."""
    before, after = fitted(6, rest_m=90.0), fitted(24)
    assert _explains(before, after, "sides")
    lost = after._replace(along=frozenset((n, 1) for n in range(24)))
    assert not _explains(before, lost, "sides")


@pytest.mark.parametrize(
    ("before", "after", "by", "explains"),
    [
        (0.97, 0.995, "outline", True),
        (0.97, 0.990, "outline", False),  # a third of what lay outside still does
        (0.995, 1.0, "outline", False),  # so much two maps differ by
        (0.0, 0.95, "district", True),
        (0.0, 0.85, "district", False),
        (0.45, 0.95, "district", True),
        (0.6, 0.95, "district", False),  # more than half of it lay inside
    ],
)
def test_what_explains_where_areas_lie(before: float, after: float, by: Any, *, explains: bool) -> None:
    assert _explains(fitted(0, inside=before), fitted(0, inside=after), by) == explains
