"""What words say of areas, held against each other: what decides between an error, a note and nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from ftz_geo.check import run_checks
from ftz_geo.check.figures import places_for
from ftz_geo.check.sums import _percent
from ftz_geo.parse import parse_plan

if TYPE_CHECKING:
    from ftz_geo.model import Audit, Finding

SIDES = "东至{0}东路、南至{0}南路、西至{0}西路、北至{0}北路"


def block(n: str, area: str = "") -> str:
    return f"区块{n}：{area and f'面积{area}，'}{SIDES.format(n)}。"


def zone(total: str, *areas: str, count: int | None = None, first: int = 0) -> str:
    own = "".join(block(n, a) for n, a in zip("一二三四五六"[first:], areas, strict=False))
    return f"甲开发区总面积{total}，分为{count or len(areas)}个区块。{own}"


def audited(text: str) -> Audit:
    return run_checks(parse_plan(text))


def found(text: str, check: str) -> list[Finding]:
    return [f for f in audited(text).findings if f.check == check]


def severities(text: str) -> list[tuple[str, str]]:
    return [(f.check, f.severity) for f in audited(text).findings if f.check != "unread-text"]


# --- what was not read and may be what a total has more -------------------------------------


@pytest.mark.parametrize(
    ("loose", "named"),
    [
        ("面积0.50平方公里，面积0.30平方公里", ["0.50平方公里"]),
        ("面积0.30平方公里，面积0.50平方公里", ["0.50平方公里"]),
        ("面积0.30平方公里，面积0.20平方公里", ["0.30平方公里", "0.20平方公里"]),
        ("面积0.515平方公里", ["0.515平方公里"]),  # by no more than three figures of two decimals leave open
        ("面积0.516平方公里", None),
        ("面积0.40平方公里，面积0.30平方公里", None),
    ],
)
def test_figures_of_nothing_named_excuse_a_total_that_they_make_up(
    loose: str, named: list[str] | None
) -> None:
    (finding,) = found(f"{zone('3.00平方公里', '1.00平方公里', '1.50平方公里')}\n{loose}。", "declared-sum")
    assert finding.severity == ("note" if named else "error")
    if named:
        assert "、".join(f"未读懂的{text}" for text in named) + "未公布面积" in finding.zh


def test_a_masked_figure_excuses_its_own_zone_alone() -> None:
    short = zone("2.50平方公里", "1.00平方公里{}", "1.00平方公里")
    other = zone("2.00平方公里", "1.00平方公里{}", "1.00平方公里").replace("甲", "乙").replace("路", "街")
    masked = "，水面XX亩"
    for text, severity in (
        (f"{short.format(masked)}\n{other.format('')}", "note"),
        (f"{other.format('')}\n{short.format(masked)}", "note"),
        (f"{short.format('')}\n{other.format(masked)}", "error"),
        (f"{other.format(masked)}\n{short.format('')}", "error"),
    ):
        (finding,) = found(text, "declared-sum")
        assert finding.severity == severity
        assert ("XX亩" in finding.zh) == (severity == "note")


def test_a_silent_block_excuses_no_total_that_is_too_small() -> None:
    assert severities(zone("2.00平方公里", "1.00平方公里", "", "0.50平方公里")) == [("declared-sum", "note")]
    assert severities(zone("2.00平方公里", "1.50平方公里", "", "0.53平方公里")) == [("declared-sum", "error")]
    # 0.01 too small is within three halves of 0.01: of that a block without an area is no part.
    assert severities(zone("2.00平方公里", "1.50平方公里", "", "0.51平方公里")) == [("declared-sum", "note")]


def test_figures_of_several_units_are_added_in_square_kilometres() -> None:
    (finding,) = found(zone("1.50平方公里", "1.00平方公里", "100亩"), "declared-sum")
    # 100 mu are a fifteenth of a km²; half a mu is 0.000333.
    assert "1+0.066667=1.066667 平方公里，相差 0.433333 平方公里" in finding.zh
    assert "1×0.000333+2×0.005=0.010333 平方公里" in finding.zh


# --- numbers of blocks ----------------------------------------------------------------------


def test_a_count_says_what_the_listed_blocks_add_up_to() -> None:
    (agrees,) = found(zone("2.02平方公里", "1.00平方公里", "1.02平方公里", count=3), "declared-count")
    assert agrees.severity == "error"
    assert "可能是个数写错" in agrees.zh
    assert "没有着落" not in agrees.zh
    (less,) = found(zone("3.02平方公里", "1.00平方公里", count=4), "declared-count")
    assert "尚余 2.02 平方公里没有着落" in less.zh
    (more,) = found(zone("1.02平方公里", "1.00平方公里", "1.02平方公里", count=3), "declared-count")
    assert more.zh.endswith("列出的相加 1+1.02=2.02 平方公里，总面积 1.02 平方公里。")


@pytest.mark.parametrize(
    ("count", "first", "severity"),
    [
        (4, 1, "note"),  # 区块二 and 区块三 of four
        (3, 1, "error"),  # more than half of them
        (4, 0, "error"),  # from the first on, the rest is missing
    ],
)
def test_blocks_from_the_middle_of_a_list_are_an_excerpt(count: int, first: int, severity: str) -> None:
    text = zone("5.00平方公里", "1.00平方公里", "2.02平方公里", count=count, first=first)
    (finding,) = found(text, "declared-count")
    assert finding.severity == severity
    assert ("只述及其中一部分" in finding.zh) == (severity == "note")


def test_what_is_left_over_for_blocks_that_are_not_listed_is_told_once() -> None:
    assert severities(zone("3.02平方公里", "1.00平方公里", "1.00平方公里", count=3)) == [
        ("declared-count", "error")
    ]
    # As many as are counted: nothing is left for others, and the sum itself is wrong.
    assert severities(zone("3.02平方公里", "1.00平方公里", "1.00平方公里", count=2)) == [
        ("declared-sum", "error")
    ]


def test_a_block_that_lists_other_parcels_than_it_counts() -> None:
    parts = "".join(
        f"地块{n}面积0.50平方公里，东至{n}甲路、南至{n}乙路、西至{n}丙路、北至{n}丁路，" for n in "一二"
    )
    text = f"甲开发区总面积1.00平方公里。区块一：面积1.00平方公里，分为{{}}个地块，{parts[:-1]}。"
    (finding,) = found(text.format("三"), "declared-count")
    assert (finding.severity, finding.block_id) == ("error", "jiakaifaqu-1")
    assert "分为 3 个地块，列出的却是 2 个" in finding.zh
    assert not found(text.format("两"), "declared-count")


# --- parts of an area -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "severity"),
    [
        # Two parts and their whole, of two decimals each, may be 0.015 apart.
        ("其中农用地1.20平方公里、建设用地0.79平方公里", None),
        ("其中农用地1.20平方公里、建设用地0.78平方公里", "warning"),
        # A twentieth of 2.00 is 0.10: so much less, and the parts are not all of it.
        ("其中农用地1.20平方公里、建设用地0.70平方公里", "warning"),
        ("其中农用地1.20平方公里、建设用地0.69平方公里", None),
        ("由农用地1.20平方公里、建设用地0.69平方公里组成", "error"),
        ("由农用地1.20平方公里、建设用地0.79平方公里组成", None),
        ("其中农用地1.20平方公里", None),
    ],
)
def test_parts_that_nearly_make_up_their_whole_were_meant_to(parts: str, severity: str | None) -> None:
    findings = found(f"甲开发区总面积2.00平方公里，{parts}。", "parts-sum")
    assert [f.severity for f in findings] == ([severity] if severity else [])
    for finding in findings:
        assert finding.difference_km2 == 2 - Decimal(finding.measured_km2 or 0)
        assert len(finding.spans) == 3


@pytest.mark.parametrize(
    ("parts", "larger_km2"),
    [
        ("其中林地2.01平方公里", None),  # each of two decimals: 0.01 apart at most
        ("其中林地2.02平方公里", "2.02"),
        ("其中林地1.50平方公里、公园1.60平方公里", None),  # one may lie in the other
        ("其中公园1.00平方公里、林地2.50平方公里", "2.50"),
        ("由农用地1.50平方公里、建设用地1.60平方公里组成", "3.10"),
    ],
)
def test_a_part_larger_than_its_whole(parts: str, larger_km2: str | None) -> None:
    findings = found(f"甲开发区总面积2.00平方公里，{parts}。", "larger-part")
    assert [f.measured_km2 for f in findings] == ([Decimal(larger_km2)] if larger_km2 else [])
    assert all(f.severity == "error" for f in findings)


def test_parts_of_a_block_are_held_to_the_block() -> None:
    text = zone("2.00平方公里", "1.00平方公里，其中林地1.20平方公里", "1.00平方公里")
    (finding,) = found(text, "larger-part")
    assert (finding.block_id, finding.declared_km2) == ("jiakaifaqu-1", Decimal(1))


# --- one area told twice --------------------------------------------------------------------


def test_totals_and_units_that_are_told_twice() -> None:
    text = zone("2.00平方公里", "1.00平方公里", "1.00平方公里") + "\n以上合计总面积{}平方公里。"
    assert severities(text.format("2.01")) == []  # half of 0.01 each
    assert severities(text.format("2.02")) == [("restated-total", "warning")]
    (finding,) = found(text.format("1.94"), "restated-total")
    assert "相差 0.06 平方公里" in finding.zh
    assert (finding.difference_km2, finding.limit_km2) == (Decimal("0.06"), Decimal("0.01"))


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("（101公顷）", "（1500亩）", []),  # 1 ha is what is left of the second decimal and of whole hectares
        ("（102公顷）", "（1500亩）", ["102公顷"]),
        ("（100公顷）", "（1600亩）", ["1600亩"]),
        ("（102公顷）", "（1600亩）", ["102公顷", "1600亩"]),
    ],
)
def test_each_figure_is_held_to_the_one_it_stands_behind(first: str, second: str, wrong: list[str]) -> None:
    text = zone("2.00平方公里", f"1.00平方公里{first}", f"1.00平方公里{second}")
    plan = parse_plan(text)
    findings = [f for f in run_checks(plan).findings if f.check == "two-units"]
    assert [(f.severity, f.zone_id) for f in findings] == [("error", "jiakaifaqu")] * len(wrong)
    assert [[plan.words(span) for span in f.spans] for f in findings] == [["1.00平方公里", w] for w in wrong]


def test_an_area_of_nothing_is_told_wherever_it_stands() -> None:
    assert [f.block_id for f in found(zone("0平方公里", "0.0平方公里"), "zero-area")] == [
        None,
        "jiakaifaqu-1",
    ]
    (finding,) = found(zone("1.00平方公里", "1.00平方公里", "0公顷"), "zero-area")
    assert finding.block_id == "jiakaifaqu-2"


def test_a_total_over_zones_says_how_far_it_is_off() -> None:
    one = zone("2.00平方公里", "1.00平方公里", "1.00平方公里")
    two = zone("2.12平方公里", "1.10平方公里", "1.02平方公里").replace("甲", "乙").replace("路", "街")
    text = f"甲市联动创新区共两个，规划总面积{{}}平方公里。\n{one}\n{two}"
    assert severities(text.format("4.12")) == []
    assert severities(text.format("4.13")) == [("plan-total", "note")]
    (finding,) = found(text.format("4.06"), "plan-total")
    assert finding.severity == "error"
    assert "2 个片区相加 2+2.12=4.12 平方公里，相差 0.06 平方公里" in finding.zh
    assert (finding.difference_km2, finding.limit_km2) == (Decimal("-0.06"), Decimal("0.015"))


# --- sides ----------------------------------------------------------------------------------

FOUR = "东至甲路、南至乙路、西至丙路、北至丁路"
OTHER = "东至子路、南至丑路、西至寅路、北至卯路"


def sides(*told: str, name: str = "甲区") -> str:
    own = "".join(f"区块{n}：面积1.00平方公里，{s}。\n" for n, s in zip("一二三", told, strict=False))
    return f"{name}总面积{len(told)}.00平方公里，分为{len(told)}个区块。\n{own}"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("东至甲路、南至乙路、东至丙路、北至丁路", [("doubled-side", "东侧写了两次，西侧却没有写")]),
        ("西至甲路、南至乙路、东至丙路、南至丁路", [("doubled-side", "南侧写了两次，北侧却没有写")]),
        # One behind the other they are one side of two roads.
        ("东至甲路、东至丙路、南至乙路、北至丁路", [("missing-side", "没有写明西至何处")]),
        ("东至甲路、南至乙路，南至己路，西至丙路、北至丁路", []),
        ("东至甲路、北至乙路", [("missing-side", "没有写明南、西至何处")]),
    ],
)
def test_sides_that_are_doubled_or_missing(told: str, expected: list[tuple[str, str]]) -> None:
    findings = audited(sides(told, OTHER)).findings
    assert [f.check for f in findings] == [check for check, _ in expected]
    for finding, (_, words) in zip(findings, expected, strict=True):
        assert words in finding.zh
        assert finding.block_id == "jiaqu-1"


def test_a_side_told_again_in_words_that_were_not_read_is_told_once() -> None:
    text = sides(f"{FOUR}，南至{'很长的' * 20}", OTHER)
    assert severities(text) == [("doubled-side", "warning")]
    assert not found(text, "unread-text")


def test_unread_words_are_told_in_their_zone_and_long_ones_cut() -> None:
    first, second = sides(FOUR, OTHER), sides(FOUR, OTHER, name="乙区").replace("路", "街")
    masked = "，水面××亩"
    text = first.replace("丁路。", f"丁路{masked}。") + second.replace("丁街。", f"丁街{masked}。")
    assert [f.zone_id for f in found(text, "unread-text")] == ["jiaqu", "yiqu"]
    plan = parse_plan(first)
    for length, words in ((40, plan.text[10:50]), (41, plan.text[10:49] + "…")):
        (note,) = [
            f
            for f in run_checks(replace(plan, unread=((10, 10 + length),))).findings
            if f.check == "unread-text"
        ]
        assert note.zh.startswith(f"“{words}”")


@pytest.mark.parametrize(
    ("told", "contrary"),
    [
        ("东至甲路、南至乙路、西至甲路、北至丁路", "东、西两侧都是甲路"),
        ("东至甲路、南至乙铁路、西至丙路、北至乙铁路", "南、北两侧都是乙铁路"),
        ("东至甲河、南至乙路、西至甲河、北至丁路", None),
        ("东至甲路以西、南至乙路、西至甲路、北至丁路", None),
        ("东至甲路、南至甲路、西至甲路、北至丁路", None),
        ("东至甲路、戊路、南至乙路、西至甲路、北至丁路", None),
    ],
)
def test_one_line_on_both_sides(told: str, contrary: str | None) -> None:
    findings = found(sides(told, OTHER), "contradictory-sides")
    assert len(findings) == (contrary is not None)
    assert all(contrary in f.zh for f in findings if contrary)


# --- figures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.523, "52 %"), (0.01, "1 %"), (0.0099, "1 %"), (0.001, "1 %"), (0.00099, "0.1 %"), (0.0, "0.1 %")],
)
def test_small_chances_are_told_as_bounds(chance: float, words: str) -> None:
    assert _percent(chance) == words


@pytest.mark.parametrize("difference", [0.0123, 0.00021, 3.7, 123.4, 1e-7])
@pytest.mark.parametrize("limit", [0.0122, 0.0002, 3.6, 0.05])
def test_decimals_part_a_difference_from_its_limit_and_no_fewer_do(difference: float, limit: float) -> None:
    def tells(places: int) -> bool:
        shown, allowed = (round(Fraction(v) * 10**places) for v in (difference, limit))
        return bool(shown != allowed and shown >= 10)

    places = places_for(difference, limit, 0)
    assert places == places_for(-difference, -limit, 0)
    assert tells(places) or places >= 7
    assert not any(tells(n) for n in range(places))
    assert places_for(difference, limit, 5) >= 5
