"""Entries of tables as what a text speaks of: each row a block, a total row a total."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ftz_geo.parse.areas import StatedArea, is_land_use, stated_areas
from ftz_geo.parse.grids import Cell
from ftz_geo.parse.groups import Group
from ftz_geo.parse.heads import is_general, is_label, is_place
from ftz_geo.parse.tree import Node
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftz_geo.parse.areas import Role
    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.rows import Row, Scope
    from ftz_geo.parse.tables import Table

__all__ = ["Entries", "entries_of"]


@dataclass(frozen=True)
class Entries:
    """What tables tell."""

    nodes: tuple[Node, ...]
    """In the order of the text."""
    stated: tuple[StatedArea, ...]
    """What every figure of a row is of."""
    figures: tuple[Figure, ...]
    again: Mapping[int, int]
    """Where a figure begins that tells another one in another unit, and where that one begins."""
    groups: tuple[Group, ...]
    """Sides of running text that stand in a cell of a row."""

    def without(self, groups: Sequence[Group]) -> list[Group]:
        """Return the sides that are no row's."""
        held = {id(group) for group in self.groups}
        return [group for group in groups if id(group) not in held]

    def others(self, figures: Sequence[Figure]) -> list[Figure]:
        """Return the figures that are no row's."""
        held = {id(figure) for figure in self.figures}
        return [figure for figure in figures if id(figure) not in held]

    def with_running(self, running: Iterable[Figure]) -> list[Figure]:
        """Return the figures of rows and those of running text, each place once, in order."""
        taken = bytearray(max((f.end for f in self.figures), default=0))
        for f in self.figures:
            taken[f.start : f.end] = b"\1" * (f.end - f.start)
        others = [f for f in running if taken.find(1, f.start, f.end) < 0]
        return sorted([*self.figures, *others], key=lambda f: f.start)


def entries_of(prose: Prose, tables: Sequence[Table], groups: Sequence[Group]) -> Entries:
    """Make of each row of tables a node of the tree.

    Parameters
    ----------
    prose : Prose
    tables : sequence of Table
    groups : sequence of Group
        Sides of running text; those in a cell of a row are the row's.

    Returns
    -------
    Entries
    """
    reading = _Reading(prose, groups)
    for table in tables:
        reading.add(table)
    return Entries(
        tuple(reading.nodes),
        tuple(reading.stated),
        tuple(reading.figures),
        reading.again,
        tuple(reading.held),
    )


_AFTER = re.compile(
    r"(?:调整|变更|扩区|扩容|整合|优化|修改|核减)后|(?<!最)[\u4e00-\u9fff]后.{0,4}面积|现行|拟定|核定"
)
_BEFORE = re.compile(r"(?:调整|变更|扩区|扩容|整合|优化|修改|批复)前|[\u4e00-\u9fff]前.{0,4}面积|原")
_CHANGE = re.compile(r"增减|增加|减少|净增|变化|差")
"""What heads of columns say of an area that was, is, or differs."""


class _Reading:
    """What the tables read so far gave."""

    def __init__(self, prose: Prose, groups: Sequence[Group]) -> None:
        self.prose = prose
        self.groups = groups
        self.nodes: list[Node] = []
        self.stated: list[StatedArea] = []
        self.figures: list[Figure] = []
        self.again: dict[int, int] = {}
        self.held: list[Group] = []

    def add(self, table: Table) -> None:
        """Take the rows of a table; where subtotals stand, the rows of a group below it."""
        if _is_of_uses(self.prose, table):
            self.nodes += self._uses(table)
            return
        grouped = any(row.kind == "subtotal" and row.area for row in table.rows)
        items: dict[str, Node] = {}
        for row in table.rows:
            self.nodes += [self._scope(row, scope) for scope in row.scopes]
            node = self._node(row)
            node.title = table.title
            self._take_others(row, node)
            group = self._words(row.group)
            own = items.get(group or "")
            if row.kind == "subtotal" and grouped and group:
                self._group(items, group, row).stated = node.stated
            elif row.kind == "item" and (own is not None or ((grouped or row.whole) and group)):
                above = own or self._group(items, group or "", row)
                above.stated = above.stated or self._whole(row)
                node.up = above
                above.below.append(node)
            elif node.stated is not None or node.group is not None:
                self.nodes.append(node)
            if row.kind == "item" and node.name:
                items[node.name] = node
        self.nodes = [_alone(node) for node in self.nodes]

    def _uses(self, table: Table) -> list[Node]:
        """Return the uses of land that a table divides ground into, below the total that it tells last."""
        found: list[Node] = []
        for row in table.rows:
            node = self._node(row)
            node.kind, node.name = "use", self._words(row.name)
            self._take_others(row, node)
            found.append(node)
        totals = [node for row, node in zip(table.rows, found, strict=True) if row.kind != "item"]
        if not totals or totals[-1].stated is None:
            return found
        whole = totals[-1]
        whole.below = [node for node in found if node is not whole and node.stated is not None]
        whole.start = min(whole.start, found[0].start)
        return [whole]

    def _group(self, items: dict[str, Node], name: str, row: Row) -> Node:
        """Return the node of a group of rows, made with its first one."""
        if name not in items:
            items[name] = Node(row.start, row.start + 1, "place", name, is_row=True)
            self.nodes.append(items[name])
        return items[name]

    def _node(self, row: Row) -> Node:
        kind: Literal["place", "use", "generic"] = "generic" if row.kind == "total" else "place"
        name = self._words(row.name) if row.kind == "item" else None
        node = Node(row.start, row.end, kind, name, is_row=True)
        node.number = self._words(row.label)
        if name is not None and is_label(folded(name)):
            node.name, node.number = None, name
        node.stated = self._area(row)
        node.group = self._hold(self._sides(row))
        return node

    def _hold(self, group: Group | None) -> Group | None:
        if group is not None:
            self.held.append(group)
        return group

    def _scope(self, row: Row, scope: Scope) -> Node:
        """Return the node of one of several pieces of ground that a row tells in words."""
        node = Node(*scope.cell, "place", self._words(row.name), scope=scope.head, is_row=True)
        node.group = self._hold(next((g for g in self.groups if self._is_in(g, scope.cell)), None))
        self.figures += scope.figures
        for stated in stated_areas(self.prose, scope.figures):
            if stated.again and node.stated is not None:
                self.again[stated.number] = node.stated.number
            own = stated.aside is None and not stated.again
            aside = "within-table" if own and node.stated is not None else stated.aside
            told = self._told(replace(stated, role="own", aside=aside))
            if own and node.stated is None:
                node.stated = told
        return node

    def _area(self, row: Row) -> StatedArea | None:
        """Return the area of a row: where its columns tell one before and one after a change, that after."""
        figure = row.area
        if figure is None:
            after = [o.figure for o in row.other if o.again is None and _AFTER.search(o.head)]
            figure = after[0] if len(after) == 1 else None
        if figure is None:
            return None
        self.figures.append(figure)
        if figure.area is None:
            return None
        role: Role = "total" if row.kind == "total" else "own"
        return self._told(
            StatedArea(row.start, figure.end, role, figure.area, figure.words, clause=row.start)
        )

    def _whole(self, row: Row) -> StatedArea | None:
        """Return the area of the place that a row is a part of, where the row tells it."""
        if row.whole is None:
            return None
        self.figures.append(row.whole)
        if row.whole.area is None:
            return None
        return self._told(
            StatedArea(row.start, row.whole.end, "total", row.whole.area, row.whole.words, clause=row.start)
        )

    def _take_others(self, row: Row, node: Node) -> None:
        """Take the other figures of a row: of a place that heads their column, or set aside."""
        for other in row.other:
            figure = other.figure
            if node.stated is not None and node.stated.number == figure.start:
                continue
            self.figures.append(figure)
            if other.again is not None:
                self.again[figure.start] = other.again.start
            if figure.area is None:
                continue
            head = _UNIT.sub("", other.head)
            aside = None if other.again is not None else _aside(head)
            stated = self._told(
                StatedArea(
                    figure.start,
                    figure.end,
                    "own",
                    figure.area,
                    figure.words,
                    clause=figure.start,
                    aside=aside,
                    again=other.again is not None,
                )
            )
            if aside is None and other.again is None:
                node.below.append(Node(figure.start, figure.end, "place", head, stated, is_row=True, up=node))

    def _told(self, stated: StatedArea) -> StatedArea:
        self.stated.append(stated)
        return stated

    def _sides(self, row: Row) -> Group | None:
        if row.sides:
            return Group(row.sides[0].start, row.sides[-1].end, row.sides)
        if row.scopes and row.boundary is None:
            return None
        within = row.boundary or Cell(row.start, row.end)
        return next((g for g in self.groups if self._is_in(g, within)), None)

    def _is_in(self, group: Group, cell: Cell) -> bool:
        return cell.start <= group.start < cell.end

    def _words(self, cell: Cell | None) -> str | None:
        return self.prose.words(*cell) if cell is not None and cell.end > cell.start else None


def _is_of_uses(prose: Prose, table: Table) -> bool:
    """Whether most rows of a table are uses of land, and no places."""
    names = [prose.text[slice(*row.name)] for row in table.rows if row.name and row.kind == "item"]
    return sum(map(is_land_use, names)) * 2 > max(len(names), 2)


def _alone(node: Node) -> Node:
    """Return the only row of a group of which no subtotal is told, else the node itself."""
    if node.stated is None and node.group is None and len(node.below) == 1:
        node.below[0].up = None
        return node.below[0]
    return node


_UNIT = re.compile(r"[(].*[)]$|面积$")


def _aside(head: str) -> str | None:
    """Return why a figure below a head is no area of a place; None where the head names one."""
    if _BEFORE.search(head):
        return "before"
    if _CHANGE.search(head):
        return "change"
    if is_land_use(head):
        return "land-use"
    return None if is_place(head) and not is_general(head) else "within-table"
