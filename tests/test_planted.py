"""Planted defects are found and sound controls are left alone, over the whole table of cases."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from planted import CASES, Result, run, table_of

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
