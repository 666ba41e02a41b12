"""Tasks and measures of the two real documents, and the table that joins them."""

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo.model import Measure, Plan, Task
from ftz_geo.parse import parse_plan
from ftz_geo.policy import department_table, measures_of, read_measures, read_tasks
from ftz_geo.tables import department_csv


@pytest.fixture(scope="module")
def notice(shared: Path) -> Plan:
    plan = parse_plan((shared / "documents" / "zones-plan.txt").read_text(encoding="utf-8"))
    return replace(plan, tasks=read_tasks(plan))


@pytest.fixture(scope="module")
def measures(shared: Path) -> tuple[Measure, ...]:
    return read_measures((shared / "documents" / "pilot-measures.txt").read_text(encoding="utf-8"))


def task(plan: Plan, zone_id: str, number: int) -> Task:
    return next(t for t in plan.tasks if (t.zone_id, t.number) == (zone_id, number))


def test_every_zone_has_its_tasks(notice: Plan) -> None:
    counts = Counter(t.zone_id for t in notice.tasks)
    assert counts == {"xiqing": 12, "wuqing": 9, "beichen": 9, "ziya": 16, "dongli": 12}
    for zone_id, count in counts.items():
        assert [t.number for t in notice.tasks if t.zone_id == zone_id] == list(range(1, count + 1))


def test_every_task_names_its_departments(notice: Plan) -> None:
    # An independent count: the words 支持单位： stand once in every task, and nowhere else.
    assert (
        notice.text.replace(" ", "").count("支持单位") == len(notice.tasks) + 1
    )  # 各支持单位要与国家对口部门…
    assert all(t.departments for t in notice.tasks)


def test_a_department_broken_by_a_page_is_one(notice: Plan) -> None:
    assert task(notice, "xiqing", 8).departments[-2:] == ("天津海关", "市公安局出入境管理局")
    assert task(notice, "xiqing", 1).heading == "构建京津冀集成电路产业协同开放新高地"
    assert task(notice, "xiqing", 12).group == "拓展全球网络, 塑造开放型经济发展新优势"
    assert task(notice, "ziya", 15).departments == ("各行政执法部门",)


def test_spans_hold_whole_tasks(notice: Plan) -> None:
    for t in notice.tasks:
        words = notice.words(t.span)
        assert words.startswith(f"{t.number}.")
        assert words.rstrip().endswith(("）", ")", "。"))
        assert "支持单位" in words
        assert "\n三、" not in words


def test_all_measures(measures: tuple[Measure, ...]) -> None:
    assert [m.number for m in measures] == list(range(1, 43))
    assert Counter(m.scope for m in measures) == {"全市": 39, "京津冀": 3}
    assert measures[0].name == "数据跨境政策“双首个”制度创新"
    assert measures[0].departments == ("市委网信办", "市数据局", "市商务局")
    assert measures[41].departments == ("天津市贸促会", "经开区管委会", "自贸试验区管委会")
    assert all(m.content.endswith("。") for m in measures)


def test_departments_by_zone(notice: Plan, measures: tuple[Measure, ...]) -> None:
    rows = {r["department"]: r for r in department_table(notice, measures)}
    # Counted by hand in the text: 市规划资源局 in 子牙 16 only; 市教委 in 北辰 5 and measure 36.
    assert {k: v for k, v in rows["市规划资源局"].items() if v} == {
        "department": "市规划资源局",
        "ziya": 1,
        "tasks": 1,
    }
    assert (rows["市教委"]["beichen"], rows["市教委"]["measures"]) == (1, 1)
    assert sum(int(r["tasks"]) for r in rows.values()) == sum(len(t.departments) for t in notice.tasks)
    assert sum(int(r["measures"]) for r in rows.values()) == sum(len(m.departments) for m in measures)


def test_the_table_as_csv(notice: Plan, measures: tuple[Measure, ...]) -> None:
    rows = list(csv.reader(io.StringIO(department_csv(notice, measures).removeprefix("\ufeff"))))
    assert rows[0][0] == "单位"
    assert rows[0][1:6] == [z.name for z in notice.zones]
    assert {len(r) for r in rows} == {8}
    assert len(rows) - 1 == len(department_table(notice, measures))


def test_a_scope_takes_in_the_zones_it_names() -> None:
    text = "甲区总体方案\n\n区块一：面积2亩。\n\n乙区总体方案\n\n区块一：面积3亩。"
    first, second = parse_plan(text).zones
    table = "序号\t事项\t内容\t范围\t单位\n1\t一\t其一\t全市\t子局\n2\t二\t其二\t甲区、丙区\t丑局\n"
    assert [m.number for m in measures_of(first, read_measures(table))] == [1, 2]
    assert [m.number for m in measures_of(second, read_measures(table))] == [1]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r"), max_size=12)


@given(st.lists(st.lists(CELL, max_size=7), max_size=6))
def test_no_table_makes_it_raise(rows: list[list[str]]) -> None:
    text = "序号\t事项\t内容\t范围\t单位\n" + "\n".join("\t".join(row) for row in rows)
    for m in read_measures(text):
        assert text[slice(*m.span)].split("\t")[1].strip() == m.name


@given(st.text(alphabet="一二三、（）1234.任务。支持单位：\n 甲", max_size=120))
def test_no_text_makes_it_raise(text: str) -> None:
    plan = parse_plan("甲区总体方案\n\n区块一：面积2亩。\n\n" + text)
    for t in read_tasks(plan):
        assert 0 <= t.span[0] < t.span[1] <= len(plan.text)
