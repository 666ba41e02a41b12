"""The policy around the blocks: each zone's tasks, the pilot measures, and who answers for them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.model import Measure, Task
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftz_geo.model import Plan, Span, Zone

__all__ = ["department_table", "measures_of", "read_measures", "read_tasks"]

_CHAPTER = re.compile(rf"^[ \t]*[{NUMERALS}]{{1,3}}、[ \t]*(?P<title>[^\n。]{{2,30}})", re.M)
_TASK_CHAPTER = re.compile(r"任务|举措|措施")
_GROUP = re.compile(rf"^[ \t]*[（(][{NUMERALS}]{{1,3}}[）)][ \t]*(?P<title>[^\n]{{2,60}})", re.M)
_TASK = re.compile(
    r"""
    ^[ \t#*]* (?P<number>\d{1,2}) [.．、] (?!\d) [ \t*]*
    (?P<heading>[^。；]{2,120}?) \** 。
    """,
    re.M | re.X,
)
_DEPARTMENTS = re.compile(
    r"""
    [（(] \s* (?:支持|责任|负责|牵头|配合)单位 \s* [：:]
    (?P<names> (?: [^（）()] | [（(] [^（）()]* [）)] )* )
    """,
    re.X,
)


def read_tasks(plan: Plan) -> tuple[Task, ...]:
    """Read the numbered tasks of each zone, from its chapter of tasks (主要任务).

    Parameters
    ----------
    plan : Plan
        Its zones' spans say which part of the text is whose.

    Returns
    -------
    tuple of Task
        In the order of the text; a number that does not follow the one before it is no task.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> plan = parse_plan('''甲区总体方案
    ...
    ... 区块一：东至甲路，南至乙路，西至丙路，北至丁路。
    ...
    ... 二、主要任务
    ...
    ... （一）深化开放
    ...
    ... 1. **便利通关。**优化流程。（支持单位：天津海关、市公安
    ... 局出入境管理局）
    ... ''')
    >>> (task,) = read_tasks(plan)
    >>> task.zone_id, task.number, task.group, task.heading
    ('jiaqu', 1, '深化开放', '便利通关')
    >>> task.departments
    ('天津海关', '市公安局出入境管理局')
    """
    text = plan.text
    starts = [z.span[0] for z in plan.zones]
    return tuple(
        task
        for zone, (start, end) in zip(plan.zones, pairwise([*starts, len(text)]), strict=True)
        for chapter in _task_chapters(text, start, end)
        for task in _tasks_in(text, zone, chapter)
    )


def _task_chapters(text: str, start: int, end: int) -> Iterator[Span]:
    heads = list(_CHAPTER.finditer(text, start, end))
    for head, following in pairwise([*heads, None]):
        if head and _TASK_CHAPTER.search(head["title"]):
            yield head.end(), following.start() if following else end


def _tasks_in(text: str, zone: Zone, chapter: Span) -> Iterator[Task]:
    groups = [(m.start(), m["title"].strip(" *\r")) for m in _GROUP.finditer(text, *chapter)]
    heads: list[re.Match[str]] = []
    for m in _TASK.finditer(text, *chapter):
        if not heads or int(m["number"]) == int(heads[-1]["number"]) + 1:
            heads.append(m)
    for head, next_head in zip(heads, [*heads, None][1:], strict=True):
        end = next_head.start() if next_head else chapter[1]
        following = next((start for start, _ in groups if head.start() < start < end), end)
        body = text[head.start() : following]
        span = head.start() + len(body) - len(body.lstrip()), head.start() + len(body.rstrip())
        yield Task(
            zone_id=zone.id,
            number=int(head["number"]),
            group=next((title for start, title in reversed(groups) if start < head.start()), None),
            heading=_joined(head["heading"]).strip("* "),
            departments=tuple(
                name
                for listed in _DEPARTMENTS.finditer(text, *span)
                for name in _split_departments(_joined(listed["names"]), "、，,；;")
            ),
            span=span,
        )


def _joined(words: str) -> str:
    """Take out the line breaks of pages; a name broken by one is one name."""
    return re.sub(r"\s*\n\s*", "", words)


def _split_departments(words: str, marks: str) -> list[str]:
    return [name.strip() for name in re.split(rf"[{re.escape(marks)}]", words) if name.strip()]


# --- measures -------------------------------------------------------------------------------

_COLUMNS: Mapping[str, re.Pattern[str]] = {
    "number": re.compile(r"序号|编号"),
    "name": re.compile(r"事项|名称|措施|经验"),
    "content": re.compile(r"内容"),
    "scope": re.compile(r"范围"),
    "departments": re.compile(r"单位|部门"),
}
"""What the head of each column of a table of measures says."""


def read_measures(text: str) -> tuple[Measure, ...]:
    r"""Read the rows of a table of measures: number, name, content, scope, departments.

    Parameters
    ----------
    text : str
        One row a line, cells parted by tabs; the head may be repeated on every page.

    Returns
    -------
    tuple of Measure
        In the order of the text; a row with more or fewer cells than the head is left out.

    Examples
    --------
    >>> text = "序号\t改革事项\t主要内容\t范围\t负责单位\n1\t随卸随检\t优化检测。\t全市\t天津海关 市商务局"
    >>> (measure,) = read_measures(text)
    >>> measure.number, measure.name, measure.scope, measure.departments
    (1, '随卸随检', '全市', ('天津海关', '市商务局'))
    """
    measures: list[Measure] = []
    columns: dict[str, int] = {}
    cells_in_head = 0
    for line in re.finditer(r"^[^\n\t]*+\t[^\n]*", text, re.M):
        cells = [cell.strip() for cell in line.group().split("\t")]
        if head := _head(cells):
            columns, cells_in_head = head, len(cells)
        elif columns and len(cells) == cells_in_head and cells[columns["number"]].isdecimal():
            departments = cells[columns["departments"]]
            measures.append(
                Measure(
                    number=int(cells[columns["number"]]),
                    name=cells[columns["name"]],
                    content=cells[columns["content"]],
                    scope=cells[columns["scope"]],
                    departments=tuple(_split_departments(departments, " \u3000、，,；;")),
                    span=line.span(),
                )
            )
    return tuple(measures)


def _head(cells: Sequence[str]) -> dict[str, int] | None:
    """Return the place of every column if the cells are a table's head."""
    columns = {
        column: next((i for i, cell in enumerate(cells) if pattern.search(cell)), -1)
        for column, pattern in _COLUMNS.items()
    }
    complete = min(columns.values()) >= 0 and len(set(columns.values())) == len(columns)
    return columns if complete and not any(cell.isdecimal() for cell in cells) else None


# --- joined ---------------------------------------------------------------------------------

_EVERYWHERE = re.compile(r"全市|全国|全省|全域|京津冀|各区")
"""Scopes that take in every zone of a city's notice."""


def measures_of(zone: Zone, measures: Iterable[Measure]) -> tuple[Measure, ...]:
    r"""Return the measures whose scope takes a zone in.

    A scope takes in all zones (全市, 京津冀) or those whose name it names, 西青区 the zone of
    西青经开区 too.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> (zone,) = parse_plan("西青经开区面积2亩，东至甲路，南至乙路，西至丙路，北至丁路。").zones
    >>> table = "序号\t事项\t内容\t范围\t单位\n1\t甲\t子\t西青区\t寅局\n2\t乙\t丑\t武清区\t寅局"
    >>> [m.name for m in measures_of(zone, read_measures(table))]
    ['甲']
    """
    return tuple(m for m in measures if _EVERYWHERE.search(m.scope) or _names_zone(m.scope, zone.name or ""))


def _names_zone(scope: str, name: str) -> bool:
    places = [p for place in re.split(r"[、，,；;\s]+", scope) for p in (place, place.removesuffix("区"))]
    return any(len(place) > 1 and place in name for place in places)


def department_table(plan: Plan, measures: Sequence[Measure] = ()) -> list[dict[str, str | int]]:
    """Count, for every department and zone, the tasks it supports; and the measures it answers for.

    Parameters
    ----------
    plan : Plan
        With :attr:`Plan.tasks`.
    measures : sequence of Measure, optional
        By default the plan's own.

    Returns
    -------
    list of dict
        One row a department, the busiest first: ``department``, then a count under every zone's
        id, ``tasks`` their sum, and ``measures`` the measures in whose scope some zone lies.
    """
    measures = measures or plan.measures
    in_scope = {m.number: m for zone in plan.zones for m in measures_of(zone, measures)}
    rows: dict[str, dict[str, str | int]] = {}

    def row(department: str) -> dict[str, str | int]:
        empty = dict.fromkeys([z.id for z in plan.zones] + ["tasks", "measures"], 0)
        return rows.setdefault(department, {"department": department, **empty})

    for task in plan.tasks:
        for department in task.departments:
            for column in (task.zone_id, "tasks"):
                row(department)[column] = int(row(department)[column]) + 1
    for measure in in_scope.values():
        for department in measure.departments:
            row(department)["measures"] = int(row(department)["measures"]) + 1
    return sorted(rows.values(), key=lambda r: (-int(r["tasks"]) - int(r["measures"]), str(r["department"])))
