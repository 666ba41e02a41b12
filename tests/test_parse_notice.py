"""The real notice, whole: every figure, every name, every trap of its wording."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from ftz_geo.model import Block, Parcel, Plan
from ftz_geo.parse import parse_plan

BOUNDARIES = Path(__file__).parents[1] / "data" / "boundaries"


@pytest.fixture(scope="module")
def notice(shared: Path) -> Plan:
    return parse_plan((shared / "documents" / "zones-plan.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shipped() -> Plan:
    return parse_plan((BOUNDARIES / "plan.txt").read_text(encoding="utf-8"))


def block(plan: Plan, block_id: str) -> Block:
    return next(b for z in plan.zones for b in z.blocks if b.id == block_id)


def parcel(plan: Plan, parcel_id: str) -> Parcel:
    return next(p for p in plan.parcels if p.id == parcel_id)


def names(p: Parcel) -> dict[str, list[str]]:
    return {d: [f.name for f in features] for d, features in p.abuttals.items()}


def test_counts(notice: Plan) -> None:
    assert len(notice.zones) == 5
    assert sum(len(z.blocks) for z in notice.zones) == 24
    assert len(notice.parcels) == 28
    assert sum(bool(features) for p in notice.parcels for features in p.abuttals.values()) == 108
    assert sum(1 for p in notice.parcels for _ in p.features()) == 112
    assert notice.unread == ()


def test_zones_are_named_by_their_headings_and_state_total_and_count(notice: Plan) -> None:
    stated = [(z.id, z.declared_area and z.declared_area.km2, z.declared_block_count) for z in notice.zones]
    assert stated == [
        ("xiqing", Decimal("18.88"), 8),
        ("wuqing", Decimal("37.78"), 2),
        ("beichen", Decimal("49.75"), 7),
        ("ziya", Decimal("22.86"), 2),
        ("dongli", Decimal("20.94"), 5),
    ]
    # The heading is broken between 经开区 and 联动创新区.
    assert notice.zones[0].name == "中国（天津）自由贸易试验区西青经开区联动创新区"
    assert all(z.declared_block_count == len(z.blocks) for z in notice.zones)


def test_block_areas_sum_as_the_notice_prints_them(notice: Plan) -> None:
    # 北辰 differs from its total by 0.01 in the notice itself.
    sums = [sum((b.declared_area.km2 for b in z.blocks if b.declared_area), Decimal(0)) for z in notice.zones]
    assert sums == [Decimal(s) for s in ("18.88", "37.78", "49.74", "22.86", "20.94")]


def test_the_shipped_plan_says_the_same(notice: Plan, shipped: Plan) -> None:
    def facts(plan: Plan) -> list[object]:
        found: list[object] = []
        for z in plan.zones:
            found.append((z.id, z.name, z.declared_area and z.declared_area.km2, z.declared_block_count))
            for b in z.blocks:
                found.append((b.id, b.label, b.name, b.declared_area and b.declared_area.km2))
                found += [(p.id, p.label, names(p), [m.name for m in p.members]) for p in b.parcels]
        return found

    assert facts(notice) == facts(shipped)


@pytest.mark.parametrize(
    ("parcel_id", "expected"),
    [
        # 和 joins two names; 和 inside a name does not.
        ("xiqing-1", {"east": ["津港大道", "泽恩路"]}),
        ("xiqing-6", {"east": ["嘉和路"]}),
        # One feature on two sides.
        ("xiqing-5", {"south": ["陈台子路"], "west": ["陈台子路", "裕兴路"]}),
        ("dongli-5-2", {"south": ["海河"], "west": ["海河"]}),
        # Sides in the order 东西南北, marks mixed, a list inside one side.
        (
            "dongli-3-1",
            {
                "east": ["映春路", "西三经路"],
                "west": ["西一经路"],
                "south": ["津汉公路"],
                "north": ["金丽楠道"],
            },
        ),
        # Names that begin with a direction.
        ("beichen-5", {"east": ["北杨线"], "south": ["津宁高速"]}),
        ("beichen-6", {"south": ["北麻疸"]}),
        # A company with brackets in its name.
        ("beichen-7", {"east": ["凯发新泉（天津）污水处理有限公司"]}),
        # An area without the word 面积, and a remark after the last side.
        ("wuqing-1", {"north": ["外环北路"]}),
        # A bracket that nothing opened.
        ("dongli-3-3", {"north": ["宝能城"], "south": ["南坨村北侧空地"]}),
        # The page broke after 四至范围为东.
        ("beichen-4", {"east": ["滨湖路"], "south": ["郎园引河"], "west": ["通正路"], "north": ["永宁道"]}),
    ],
)
def test_wording(notice: Plan, parcel_id: str, expected: dict[str, list[str]]) -> None:
    found = names(parcel(notice, parcel_id))
    assert {d: found[d] for d in expected} == expected


def test_parcels_stand_below_the_block_that_holds_their_area(notice: Plan) -> None:
    three = block(notice, "dongli-3")
    assert [p.label for p in three.parcels] == ["地块一", "地块二", "地块三"]
    assert [p.id for p in three.parcels] == ["dongli-3-1", "dongli-3-2", "dongli-3-3"]
    assert three.declared_area is not None
    assert three.declared_area.km2 == Decimal("7.66")
    assert [p.declared_area for p in three.parcels] == [None, None, None]


def test_a_block_without_sides_keeps_its_named_contents(notice: Plan) -> None:
    shops = block(notice, "wuqing-2")
    assert shops.name == "京津产业新城“新商圈”——武清高端时尚消费商圈"
    (only,) = shops.parcels
    assert [m.name for m in only.members] == [
        "佛罗伦萨小镇",
        "V1汽车世界",
        "威尼都",
        "创意米兰",
        "澳康达项目",
    ]
    assert only.undetermined is not None
    assert only.undetermined.code == "members-only"
    assert not any(only.abuttals.values())


@pytest.mark.parametrize(
    ("parcel_id", "name", "kind", "relation"),
    [
        ("beichen-1", "金隅振兴环保项目东边界", "place", "east_edge"),
        ("beichen-7", "北辰区界", "boundary", "at"),
        ("beichen-3", "安光村", "place", "at"),
        ("dongli-2-2", "北程林村空地", "vague", "at"),
        ("dongli-3-2", "海门街道直属耕地", "vague", "at"),
        ("dongli-3-2", "天津北环线铁路", "rail", "at"),
        ("dongli-5-1", "双城管控海河沿线生态空间", "vague", "at"),
        ("dongli-5-2", "北大道村坑塘", "vague", "at"),
        ("ziya-1", "规划干路五", "road", "at"),
        ("ziya-1", "子牙耳河", "water", "at"),
        ("beichen-5", "北杨线", "road", "at"),
    ],
)
def test_what_a_name_stands_for(notice: Plan, parcel_id: str, name: str, kind: str, relation: str) -> None:
    feature = next(f for _, f in parcel(notice, parcel_id).features() if f.name == name)
    assert (feature.kind, feature.relation) == (kind, relation)


def test_spans_give_the_words_back(notice: Plan) -> None:
    for zone in notice.zones:
        for b in zone.blocks:
            assert b.label is not None
            assert notice.words(b.span).startswith(b.label)
            assert b.declared_area is not None
            assert notice.words(b.declared_area.span) == b.declared_area.text
            for p in b.parcels:
                assert b.span[0] <= p.span[0] < p.span[1] <= b.span[1]
                for _, f in p.features():
                    assert notice.words(f.span) == f.name
                    assert p.span[0] <= f.span[0] < f.span[1] <= p.span[1]


@pytest.mark.parametrize(
    ("file", "blocks", "names_a_block"),
    [("shanghai_west_blocks.txt", 150, 4), ("shanghai_west_blocks_two_on_a_side.txt", 50, 5)],
)
def test_plan_texts_of_the_tracing_cases(shared: Path, file: str, blocks: int, names_a_block: int) -> None:
    plan = parse_plan((shared / "cases" / file).read_text(encoding="utf-8"))
    (zone,) = plan.zones
    assert zone.declared_block_count == len(zone.blocks) == blocks
    assert [b.id for b in zone.blocks] == [f"shifanqu-{n}" for n in range(1, blocks + 1)]
    assert [b.label for b in zone.blocks] == [f"区块{n}" for n in range(1, blocks + 1)]
    assert Counter(sum(1 for _ in p.features()) for p in plan.parcels) == {names_a_block: blocks}
    assert all(all(p.abuttals.values()) for p in plan.parcels)
