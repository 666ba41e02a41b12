"""Ids are paths, each given once over the whole plan."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.parse import parse_plan
from ftz_geo.parse.ids import Ids

SIDES = "面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"


def ids_of(text: str) -> list[str]:
    plan = parse_plan(text)
    zones = [zone.id for zone in plan.zones]
    return zones + [block.id for zone in plan.zones for block in zone.blocks]


def zone(name: str, blocks: str = "一二") -> str:
    return f"{name}总面积{len(blocks)}平方公里。" + "".join(f"区块{b}：{SIDES}" for b in blocks) + "\n\n"


def test_two_zones_whose_names_begin_alike_share_no_id() -> None:
    one, other = zone("滨海新区中心商务片区"), zone("滨海新区中心渔港片区")
    first, second = "binhaixinquzhongxin", "binhaixinquzhongxin2"
    found = ids_of(one + other)
    assert found == [first, second, f"{first}-1", f"{first}-2", f"{second}-1", f"{second}-2"]
    # A zone that is added at the end changes no id before it.
    assert ids_of(one) == [first, f"{first}-1", f"{first}-2"]
    assert set(found) < set(ids_of(one + other + zone("滨海新区中心文旅片区")))


def test_a_label_that_comes_twice_takes_no_parcels_id() -> None:
    parcels = "区块一：包括两个地块。地块一：" + SIDES + "地块二：" + SIDES
    plan = parse_plan("甲开发区总面积4平方公里。" + parcels + "区块二：" + SIDES + "区块二：" + SIDES)
    every = [b.id for b in plan.zones[0].blocks] + [p.id for p in plan.parcels if p.label]
    assert len(set(every)) == len(every) == 5


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["滨海新区中心商务片区", "滨海新区中心渔港片区", "1号区", "x", "", "index", "区2"]),
        st.lists(
            st.tuples(st.sampled_from(["区块一", "区块1-1", "A区", "1b", None, "区块二"]), st.integers(0, 3))
        ),
    ),
    max_size=6,
)


@given(PARTS)
@example([("x", [("区块1-1", 0), ("区块一", 2), ("区块一", 1)]), ("x", [("区块一", 0)])])
def test_no_id_is_ever_given_twice(zones: list[tuple[str, list[tuple[str | None, int]]]]) -> None:
    ids = Ids()
    given_ids: list[str] = []
    for name, blocks in zones:
        zone_id = ids.zone(name)
        given_ids.append(zone_id)
        for order, (label, parcels) in enumerate(blocks, start=1):
            block_id = ids.below(zone_id, label, order)
            given_ids += [block_id, *(ids.below(block_id, None, n + 1) for n in range(parcels))]
            assert re.fullmatch(rf"{zone_id}-[a-z0-9_]+", block_id)
    assert len(set(given_ids)) == len(given_ids)
    assert "index" not in given_ids
