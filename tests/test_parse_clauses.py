"""Clauses that look like sides are found without the rules that read sides."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo.parse import parse_plan
from ftz_geo.parse.clauses import clauses_like_sides
from ftz_geo.parse.prose import Prose


def clauses(text: str) -> list[str]:
    prose = Prose.of(text)
    return [prose.words(*span) for span in clauses_like_sides(prose)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("南至老套河、西距老套河约500米。", ["南至老套河", "西距老套河约500米"]),
        ("东起甲路，中经东湖，西至乙路。", ["东起甲路", "中经东湖", "西至乙路"]),
        ("东至甲街，沿甲街，南至乙街。", ["东至甲街", "沿甲街", "南至乙街"]),
        ("西至甲界，两岸以河堤为界，面积2亩。", ["西至甲界", "两岸以河堤为界"]),
        ("西至甲路，东北连三路。", ["西至甲路", "东北连三路"]),
        ("西侧道路为基河路。", ["西侧道路为基河路"]),
        ("项目北侧为甲路，西侧为乙路。", ["项目北侧为甲路", "西侧为乙路"]),
        ("再东至青龙桥止。", ["再东至青龙桥止"]),
        ("位于甲路北侧、乙路西侧，占地2亩。", ["位于甲路北侧、乙路西侧"]),
        ("甲路以东及以北、乙路以南。", ["甲路以东及以北", "乙路以南"]),
        ("由甲路、乙路四条道路围合。", ["由甲路、乙路四条道路围合"]),
        ("四至详见附图。", ["四至详见附图"]),
        ("四至范围为：东至甲路。", ["东至甲路"]),
        ("东——甲路；南：乙路", ["东——甲路", "南：乙路"]),
        ("东至\n甲路\n南至\n乙路\n出让年限：70年", ["东至甲路", "南至乙路"]),
        (
            "Bounded by A Road to the north; B River in the east.",
            ["Bounded by A Road to the north", "B River in the east"],
        ),
        ("项目北侧规划为甲路，隔河与乙镇相望。", ["项目北侧规划为甲路", "隔河与乙镇相望"]),
        ("总面积2亩，土地用途为住宅，容积率不大于2。", []),
        ("自西向东依次布置，向南扩展。", []),
    ],
)
def test_what_looks_like_a_side(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


NAMES = st.builds(
    "{}{}".format,
    st.text(alphabet="京津沪渝甬杭苏锡常泰", min_size=2, max_size=4),
    st.sampled_from(["路", "河", "村"]),
)
FORMS = st.sampled_from(
    ["{d}至{n}", "{d}侧紧邻{n}", "{d}以{n}为界", "{d}与{n}接壤", "{d}面道路为{n}", "{d}连{n}"]
)


@given(
    st.lists(st.tuples(FORMS, NAMES), min_size=4, max_size=4),
    st.permutations("东南西北"),
    st.sampled_from(["，", "；", "\n", "，\n"]),
)
def test_every_side_that_is_read_is_in_a_clause_of_its_own(
    sides: list[tuple[str, str]], order: list[str], between: str
) -> None:
    told = [form.format(d=d, n=n) for d, (form, n) in zip(order, sides, strict=True)]
    text = f"范围：{between.join(told)}。"
    assert clauses(text) == told
    prose = Prose.of(text)
    spans = [prose.span(*span) for span in clauses_like_sides(prose)]
    read = [f.span for p in parse_plan(text).parcels for _, f in p.features()]
    assert all(any(a <= s and e <= b for a, b in spans) for s, e in read)


@given(st.text(alphabet="东南西北至以为界与接壤侧路河、，。；：（）()\n 甲乙AB四", max_size=60))
def test_spans_are_in_order_and_never_over_one_another(text: str) -> None:
    spans = clauses_like_sides(Prose.of(text))
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
