"""One line for each parcel: what is known of every side, and how it was used."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
import shapely
from rich.cells import cell_len

from builders import reference_map, run
from ftz_geo import pipeline, read_plan, read_points, shipped
from ftz_geo.parse import parse_plan
from ftz_geo.printing import account_csv
from ftz_geo.reference import Alias, read_aliases
from test_place import ACROSS, PLANE, SIDES, UP, at_m, lines, points_at, town, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ftz_geo.accounts import ParcelAccount
    from ftz_geo.model import Plan, ReferenceMap

EAST = SIDES["east"]


def tell(
    text: str, reference: ReferenceMap | None = None, points: ReferenceMap | None = None, *aliases: Alias
) -> ParcelAccount:
    (told,) = pipeline.account(parse_plan(text), None, reference, points=points, aliases=aliases)
    return told


def found(account: ParcelAccount) -> dict[str, tuple[str, bool]]:
    return {side.name: (side.found.en, side.is_known) for side in account.sides}


def test_every_way_to_know_a_side_has_its_words() -> None:
    rest = [name for name in (*UP, *ACROSS) if name not in (EAST, SIDES["west"])]
    alias = Alias(name="东风渠路", map_name=EAST)
    points = town(only=[EAST])
    text = words(east="东风渠路", west="空地")
    told = tell(text, lines(*rest), points, alias)
    assert found(told)["东风渠路"] == (f"25 points (also {EAST})", True)
    assert found(told)["空地"] == ("vague", False)
    assert found(told)[SIDES["north"]] == ("1 on the map", True)
    assert told.known == (3, 4)


def test_the_use_of_a_side_is_what_was_drawn_of_it() -> None:
    rest = [name for name in (*UP, *ACROSS) if name != EAST]
    on_points = tell(words(area=None), lines(*rest), town(only=[EAST]))
    assert on_points.grade == "approximate"
    used = {side.name: side.used.en for side in on_points.sides}
    assert used[EAST].endswith(" m points")
    assert used[SIDES["west"]].endswith(" m on-feature")
    by_area = tell(words(), lines(*rest))
    (east,) = by_area.of("east")
    assert (east.found.en, east.used.en[-12:]) == ("nothing", "area-closure")


def test_a_sketch_says_which_sides_placed_it() -> None:
    told = tell(words(), None, town(only=[EAST]))
    assert told.grade == "sketched"
    assert {side.name for side in told.sides if side.used.en == "for its place"} == {EAST}
    bare = tell(words())
    assert {side.used.en for side in bare.sides} == {"not used"}


def test_a_vague_side_is_known_where_an_alias_names_it() -> None:
    stop = points_at([("李庄", "place", (at_m(EAST) + 100, 0.0))])
    alias = Alias(name="李庄空地", map_name="李庄")
    without = tell(words(east="李庄空地"), None, stop)
    told = tell(words(east="李庄空地"), None, stop, alias)
    (east,) = told.of("east")
    assert (east.found.en, east.used.en) == ("1 point (also 李庄)", "for its place")
    assert not without.of("east")[0].is_known
    assert told.radius_m is not None


def test_a_ring_is_told_in_its_order() -> None:
    names = [SIDES[side] for side in ("east", "north", "west", "south")]
    told = tell(f"区块一：由{'、'.join(names)}围合。", lines(*UP, *ACROSS))
    assert [side.name for side in told.of("ring")] == names
    assert all(side.used.en.endswith("on-feature") for side in told.sides)


def test_no_cell_of_the_csv_runs_as_a_formula() -> None:
    text = "区块一：东至=cmd()路、南至甲路、西至乙路、北至丙路。"
    (row,) = csv.DictReader(io.StringIO(account_csv([tell(text)])))
    assert not any(value.startswith(("=", "+", "@")) for value in row.values())


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(shipped.plan_file())


@pytest.fixture(scope="module")
def told(plan: Plan) -> Sequence[ParcelAccount]:
    """What the points that come along know of the notice."""
    points, aliases = read_points(shipped.points_file()), read_aliases(shipped.aliases_file())
    return pipeline.account(plan, points=points, aliases=aliases)


@pytest.mark.slow
def test_every_parcel_of_the_notice_has_one_line_and_every_point_is_used(
    plan: Plan, told: Sequence[ParcelAccount]
) -> None:
    assert [one.parcel_id for one in told] == [parcel.id for parcel in plan.parcels]
    assert sum(len(one.sides) for one in told) == sum(len(list(p.features())) for p in plan.parcels)
    idle = [
        (one.parcel_id, side.name)
        for one in told
        for side in one.sides
        if side.is_known and side.used.en == "not used"
    ]
    assert not idle
    rows = list(csv.DictReader(io.StringIO(account_csv(told))))
    assert len(rows) == len(told)


@pytest.mark.slow
def test_what_the_shared_facts_know_of_a_side_is_known_here(
    shared: Path, told: Sequence[ParcelAccount]
) -> None:
    with (shared / "reference/tianjin/notice_sides.csv").open(encoding="utf-8") as file:
        facts = {
            (row["parcel"], row["side"], row["name"])
            for row in csv.DictReader(file)
            if int(row["osm_points"]) or int(row["stops"]) or row["note"]
        }
    known = {(one.parcel_id, side.side, side.name) for one in told for side in one.sides if side.is_known}
    assert facts <= known


@pytest.mark.slow
def test_the_command_prints_aligned_lines_and_csv(tmp_path: Path) -> None:
    plan, mapped = tmp_path / "plan.txt", tmp_path / "map.geojson"
    plan.write_text(words() + words(label="二", east=SIDES["west"], west=UP[1]), encoding="utf-8")
    line = shapely.LineString([(0, -3000), (0, 3000)])
    reference_map([(EAST, PLANE.to_lonlat(line))]).features[["name", "geometry"]].to_file(mapped)
    done = run("explain", plan, "-r", mapped)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert len(rows) == 2
    at = cell_len(head[: head.index("级别")])
    assert {cell_len(row[: row.index("示意")]) for row in rows} == {at}
    table = run("explain", plan, "-r", mapped, "--csv").stdout
    (first, second) = csv.DictReader(io.StringIO(table))
    assert (first["east"], first["east_found"], second["north_found"]) == (EAST, "底图1段", "无")
    (only,) = csv.DictReader(io.StringIO(run("explain", plan, "区块二", "-r", mapped, "--csv").stdout))
    assert only["id"] == second["id"]
    for wrong in (["--csv", "--json"], ["--out", tmp_path / "page.html"]):
        done = run("explain", plan, *wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1
