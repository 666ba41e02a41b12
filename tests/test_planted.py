"""Planted defects are found and sound controls are left alone, over the whole table of cases."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely

from planted import CASES, Result, run, table_of
from planted_ground import area_m2, between, gcj02, town

TRACEBACKS = 0
FALSE_ALARMS = 0
MISSED_THAT_CHANGE_AN_AREA = 0
LEAST_SHARE_RIGHT = 0.95
"""Of the defects, how many the check that names them must find."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Result]:
    def folder(n: int) -> Path:
        return tmp_path_factory.mktemp(f"planted{n}")

    return [run(case, folder(n)) for n, case in enumerate(CASES)]


def these(results: Sequence[Result], outcome: str) -> list[Result]:
    return [result for result in results if result.outcome == outcome]


def test_ground_is_measured_as_published() -> None:
    """A plane square of 3 km at 117.15 E, 39.0 N has 8,999,962.59 m² by its four corners."""
    ((x, y),) = between(4490, 4548)(np.array([[117.15, 39.0]]))
    square = shapely.box(x - 1500, y - 1500, x + 1500, y + 1500)
    assert area_m2(square) == pytest.approx(8_999_962.593, abs=0.2)
    ((lon, lat),) = gcj02(np.array([[x, y]]))
    assert (lon, lat) == pytest.approx((117.15637769, 39.00104503), abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_a_town_fill_it_and_share_their_streets(seed: int) -> None:
    made = town(seed, 4, 3)
    grounds = [block.ground for block in made.blocks]
    assert shapely.coverage_is_valid(grounds)
    for block in made.blocks:
        for name in block.sides.values():
            assert block.ground.boundary.intersection(made.streets[name].buffer(0.01)).length > 500


def test_the_table_is_as_wide_as_it_should_be() -> None:
    defects, controls = ([case for case in CASES if case.defect == wanted] for wanted in (True, False))
    assert len(defects) >= 160
    assert len({case.kind for case in defects}) >= 45
    assert len(controls) >= 85
    assert len({case.kind for case in controls}) >= 25
    assert len({case.id for case in CASES}) == len(CASES)
    assert all(case.lesson and (case.right or not case.defect) for case in CASES)


def test_nothing_ends_in_a_traceback(results: Sequence[Result]) -> None:
    found = these(results, "traceback")
    assert len(found) <= TRACEBACKS, table_of(found)


def test_sound_plans_raise_no_alarm(results: Sequence[Result]) -> None:
    found = these(results, "false alarm")
    assert len(found) <= FALSE_ALARMS, table_of(found)


def test_no_defect_that_changes_an_area_is_missed(results: Sequence[Result]) -> None:
    found = [result for result in these(results, "missed") if result.case.changes_area]
    assert len(found) <= MISSED_THAT_CHANGE_AN_AREA, table_of(found)


def test_defects_are_found_by_the_check_that_names_them(results: Sequence[Result]) -> None:
    defects = [result for result in results if result.case.defect]
    others = [result for result in defects if result.outcome != "right"]
    assert len(others) <= (1 - LEAST_SHARE_RIGHT) * len(defects), table_of(others)
