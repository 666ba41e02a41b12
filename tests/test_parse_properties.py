"""What holds for any text: nothing raises, spans give the words back, names come out as put in."""

import re
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.model import Feature, Plan
from ftz_geo.parse import parse_plan

WORDS = st.sampled_from(
    """
    东至 南、西至 北临 东以 为界 与 相邻 以西 以东500米 四至范围： 区块一 区块二 地块一 （一） 1. 面积
    总面积 分为两个区块 3.5平方公里 12,000㎡ 约 其中 人民路 和平路 嘉和路 海河 和 、 ， 。 ； （ ） — ~ / 空地
    合围区域 的区域 主要包括 甲 总体方案 附件1 east of the railway north\tto * | <b> </td> 東鄰 (dong) 至 不含
    """.split(" ")
)
BROKEN = st.lists(WORDS | st.text(max_size=4), max_size=40).map("".join)


def features(plan: Plan) -> list[Feature]:
    found = [f for p in plan.parcels for _, f in p.features()]
    found += [f for p in plan.parcels for f in (*p.ring, *p.members)]
    return found + [f for p in plan.parcels for rs in p.alternatives.values() for r in rs for f in r]


def bare(words: str) -> str:
    """Words without spaces and the marks of web pages."""
    words = re.sub(r"</?[A-Za-z][^<>\n]*>|&\w+;|\([a-z]{1,6}\)", "", words)
    return re.sub(r"[\s*`|#\u200b\ufeff]|-", "", words)


@given(BROKEN)
@example("")
@example("东至")
@example("区块一：东至（，南至）、西至—，北至/")
@example("东至\ud800路，南至乙路，西至丙路，北至丁路")
@example("3.5平方公里\n区块一")
def test_no_text_makes_it_raise_and_spans_give_the_words_back(text: str) -> None:
    plan = parse_plan(text)
    for f in features(plan):
        start, end = f.span
        assert 0 <= start < end <= len(text)
        assert bare(f.name) == bare(text[start:end])
        assert "\n" not in f.name
    for zone in plan.zones:
        assert 0 <= zone.span[0] < zone.span[1] <= len(text)
        for block in zone.blocks:
            assert zone.span[0] <= block.span[0] < block.span[1] <= zone.span[1]
            for parcel in block.parcels:
                assert block.span[0] <= parcel.span[0] < parcel.span[1] <= block.span[1]
    for area in [b.declared_area for z in plan.zones for b in z.blocks if b.declared_area]:
        assert text[slice(*area.span)] == area.text
    ids = [p.id for p in plan.parcels]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids)
    assert all(a[1] <= b[0] for a, b in pairwise(plan.unread))


STEMS = st.text(alphabet="京津沪渝甬杭苏锡常泰淮徐鄂湘赣闽粤桂黔滇川陇秦晋冀鲁豫皖", min_size=2, max_size=4)
NAMES = st.builds(
    "{}{}".format, STEMS, st.sampled_from(["路", "大道", "河", "村", "铁路", "小学", "公司", "公园"])
)
SIDE = st.lists(NAMES, min_size=1, max_size=3)


@given(
    sides=st.tuples(SIDE, SIDE, SIDE, SIDE),
    order=st.permutations("东南西北"),
    verb=st.sampled_from(["至", "临", "到", "靠", "抵", "邻", "侧至", "面紧邻", "起"]),
    between=st.sampled_from(["，", "、", "；", "\n", " ", ",", "，\n"]),
    joint=st.sampled_from(["、", "和", "及", "/", "—", "与"]),
)
@example(
    sides=(["津淄路"], ["赛达河"], ["京津村"], ["沪宁铁路", "苏锡大道"]),
    order=["东", "南", "西", "北"],
    verb="至",
    between="、",
    joint="和",
)
def test_names_come_out_as_they_were_put_in(
    sides: tuple[list[str], ...], order: list[str], verb: str, between: str, joint: str
) -> None:
    told = dict(zip("东南西北", sides, strict=True))
    text = between.join(f"{d}{verb}{joint.join(told[d])}" for d in order)
    (parcel,) = parse_plan(f"四至范围为{text}。").parcels
    found = [[f.name for f in parcel.abuttals[d]] for d in ("east", "south", "west", "north")]
    assert found == list(sides)


@given(sides=st.tuples(NAMES, NAMES, NAMES, NAMES), order=st.permutations("东南西北"))
def test_where_an_area_lies_from_its_roads_is_the_opposite_side(
    sides: tuple[str, ...], order: list[str]
) -> None:
    lies = dict(zip("西北东南", sides, strict=True))  # east side, so the area lies west of it; …
    text = "、".join(f"{lies[d]}以{d}" for d in order)
    (parcel,) = parse_plan(f"范围：{text}的区域。").parcels
    assert tuple(parcel.abuttals[d][0].name for d in ("east", "south", "west", "north")) == sides


@given(st.lists(st.decimals(min_value="0.01", max_value="99.99", places=2), min_size=1, max_size=12))
def test_figures_come_out_as_printed(figures: list[object]) -> None:
    blocks = "；".join(
        f"区块{k}：面积{figure}平方公里，东至甲路，南至乙路，西至丙路，北至丁路"
        for k, figure in enumerate(figures, 1)
    )
    (zone,) = parse_plan(f"甲园总面积1平方公里，分为{len(figures)}个区块。{blocks}。").zones
    assert [b.declared_area and b.declared_area.value for b in zone.blocks] == figures
    assert zone.declared_block_count == len(figures)
