"""Blocks that are named on sides: known ones, the block itself, and two that name each other alike."""

from __future__ import annotations

import pytest

from ftz_geo.check import run_checks
from ftz_geo.parse import parse_plan

TEXT = (
    "甲开发区总面积3平方公里，分为三个区块。"
    "区块一：面积1平方公里，东至{0}，南至乙路，西至丙路，北至丁路。"
    "区块二：面积1平方公里，东至{1}，南至乙路，西至{2}，北至丁路。"
    "区块三：面积1平方公里，东至戊路，南至{3}，西至区块二，北至丁路。"
)


def found(*sides: str) -> list[tuple[str, str, str | None]]:
    audit = run_checks(parse_plan(TEXT.format(*sides)))
    checks = ("unknown-neighbour", "opposed-neighbours")
    return [(f.check, f.severity, f.block_id) for f in audit.findings if f.check in checks]


@pytest.mark.parametrize(
    ("sides", "findings"),
    [
        (("区块二", "区块三", "区块一", "乙路"), []),
        (("区块九", "区块三", "区块一", "乙路"), [("unknown-neighbour", "warning", "jiakaifaqu-1")]),
        (("区块一", "区块三", "区块一", "乙路"), [("unknown-neighbour", "warning", "jiakaifaqu-1")]),
        (("区块二", "区块一", "丙路", "乙路"), [("opposed-neighbours", "error", "jiakaifaqu-1")]),
        # Beside another feature the two may reach around each other.
        (("区块二、己路", "区块一", "丙路", "乙路"), [("opposed-neighbours", "warning", "jiakaifaqu-1")]),
        (("区块二", "戊路", "区块一", "乙路"), []),
        # South of the third and west of it: neither is opposite to the other.
        (("区块二", "戊路", "区块一", "区块二"), []),
    ],
)
def test_neighbours(sides: tuple[str, ...], findings: list[tuple[str, str, str | None]]) -> None:
    assert found(*sides) == findings


def test_a_pair_is_told_once_with_the_words_of_both() -> None:
    text = TEXT.format("区块二", "区块一", "丙路", "乙路")
    plan = parse_plan(text)
    (finding,) = [f for f in run_checks(plan).findings if f.check == "opposed-neighbours"]
    assert sorted(plan.words(span) for span in finding.spans) == ["区块一", "区块二"]
    assert "其一应为西" in finding.zh
