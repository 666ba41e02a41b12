"""Entries of tables as what a text speaks of: each row a block, a total row a total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftz_geo.parse.areas import StatedArea
from ftz_geo.parse.groups import Group
from ftz_geo.parse.heads import is_label
from ftz_geo.parse.tree import Node
from ftz_geo.wording import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.grids import Cell
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.rows import Row
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

    def has(self, group: Group) -> bool:
        """Whether sides are a row's."""
        return any(own is group for own in self.groups)

    def holds(self, figure: Figure) -> bool:
        """Whether a figure is a row's."""
        return any(own is figure for own in self.figures)

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
    nodes: list[Node] = []
    stated: list[StatedArea] = []
    figures: list[Figure] = []
    again: dict[int, int] = {}
    held: list[Group] = []
    for table in tables:
        items: dict[str, Node] = {}
        for row in table.rows:
            node = _node(prose, row, groups)
            node.title = table.title
            own = items.get(_words(prose, row.group) or "")
            if row.kind == "item" and own is not None:
                node.up = own
                own.below.append(node)
            elif node.stated is not None or node.group is not None:
                nodes.append(node)
            if row.kind == "item" and node.name:
                items[node.name] = node
            if node.group is not None:
                held.append(node.group)
            stated += [s for s in (node.stated,) if s]
            figures += [f for f in (row.area,) if f]
            for other in row.other:
                figures.append(other.figure)
                stated += _other(other.figure, is_again=other.again is not None)
                if other.again is not None:
                    again[other.figure.start] = other.again.start
    return Entries(tuple(nodes), tuple(stated), tuple(figures), again, tuple(held))


def _other(figure: Figure, *, is_again: bool) -> Iterator[StatedArea]:
    if figure.area is not None:
        yield StatedArea(
            figure.start,
            figure.end,
            "part",
            figure.area,
            figure.words,
            aside=None if is_again else "within-table",
            again=is_again,
        )


def _node(prose: Prose, row: Row, groups: Sequence[Group]) -> Node:
    area = row.area.area if row.area else None
    role: str = "total" if row.kind == "total" else "own"
    stated = None
    if area is not None and row.area is not None:
        stated = StatedArea(row.start, row.area.end, role, area, row.area.words, clause=row.start)  # type: ignore[arg-type]
    kind = {"item": "place", "total": "generic", "subtotal": "use"}[row.kind]
    name = _words(prose, row.name if row.kind != "subtotal" else row.group or row.name)
    node = Node(row.start, row.end, kind, name if row.kind != "total" else None, stated)  # type: ignore[arg-type]
    node.number = _words(prose, row.label)
    if node.name is not None and is_label(folded(node.name)):
        node.name, node.number = None, node.name
    node.is_row = True
    node.group = _sides_of(row, groups)
    return node


def _sides_of(row: Row, groups: Sequence[Group]) -> Group | None:
    if row.sides:
        return Group(row.sides[0].start, row.sides[-1].end, row.sides)
    a, b = row.boundary or (row.start, row.end)
    return next((g for g in groups if a <= g.start < b), None)


def _words(prose: Prose, cell: Cell | None) -> str | None:
    return prose.words(*cell) if cell is not None and cell.end > cell.start else None
