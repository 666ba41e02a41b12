"""Tables: a row of heads 东至, 南至, 西至, 北至 and a parcel in every row below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from ftz_geo.compass import SIDE_OF
from ftz_geo.model import Area
from ftz_geo.parse.areas import StatedArea
from ftz_geo.parse.names import read_names
from ftz_geo.parse.prose import CELL
from ftz_geo.parse.sides import side_of
from ftz_geo.wording import UNITS, one_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.sides import Side

__all__ = ["Table", "read_tables"]

_Cell = tuple[int, int]

_SIDE_HEAD = re.compile(r"(?P<direction>[东南西北])(?:至|侧|面|边|临|邻|接|界|四至|方)?:?")
_AREA_HEAD = re.compile(rf".*面积.*?[(\[/](?P<unit>{one_of(UNITS)})[)\]]?", re.I)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """What a table tells: its sides row by row, and the areas whose unit stands in the head."""

    start: int
    end: int
    sides: tuple[Side, ...]
    areas: tuple[StatedArea, ...]


def read_tables(prose: Prose) -> Iterator[Table]:
    r"""Read the tables whose head names at least three directions.

    A row counts only if it has as many cells as the head: with a cell left empty nobody can say
    which column the others stand in.

    Examples
    --------
    >>> from ftz_geo.parse.prose import Prose
    >>> text = "地块\t东至\t南至\t西至\t北至\t面积（亩）\n甲\t戊路\t己路、庚河\t辛路\t壬村\t12.5\n"
    >>> (table,) = read_tables(Prose.of(text))
    >>> [(s.directions[0], [f.name for f in s.features[0][1]]) for s in table.sides]
    [('east', ['戊路']), ('south', ['己路', '庚河']), ('west', ['辛路']), ('north', ['壬村'])]
    >>> [(a.area.text, a.area.unit) for a in table.areas]
    [('12.5', '亩')]
    """
    if CELL not in prose.gaps:
        return
    head: list[str] = []
    rows: list[list[_Cell]] = []
    for cells in _lines(prose):
        words = [prose.text[a:b] for a, b in cells]
        if sum(_SIDE_HEAD.fullmatch(w) is not None for w in words) >= 3:
            if rows:
                yield _table(prose, head, rows)
            head, rows = words, [cells]
        elif rows and len(cells) == len(head):
            rows.append(cells)
        elif rows:
            yield _table(prose, head, rows)
            head, rows = [], []
    if rows:
        yield _table(prose, head, rows)


def _lines(prose: Prose) -> Iterator[list[_Cell]]:
    for a, b in pairwise([*prose.line_starts, len(prose.text)]):
        edges = [a, *(i for i in range(a + 1, b) if prose.gaps[i] == CELL), b]
        yield list(pairwise(edges))


def _table(prose: Prose, head: list[str], rows: list[list[_Cell]]) -> Table:
    sides: list[Side] = []
    areas: list[StatedArea] = []
    for cells in rows[1:]:
        for name, (a, b) in zip(head, cells, strict=True):
            if m := _SIDE_HEAD.fullmatch(name):
                side = side_of(prose, a, b, (SIDE_OF[m["direction"]],), read_names(prose, a, b))
                if side:
                    sides.append(side)
            elif (m := _AREA_HEAD.fullmatch(name)) and _NUMBER.fullmatch(prose.text[a:b]):
                unit = unit_of(m["unit"])
                area = Area(
                    text=prose.words(a, b), value=Decimal(prose.text[a:b]), unit=unit, span=prose.span(a, b)
                )
                areas.append(StatedArea(a, b, "own", area, prose.text[a:b]))
    return Table(rows[0][0][0], rows[-1][-1][1], tuple(sides), tuple(areas))
