"""Tables as notices print them: what each row is of, its area, its other figures, its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ftz_geo.parse.prose import Prose
from ftz_geo.parse.tables import Row, Table, read_tables
from table_cases import LAND_LISTS

if TYPE_CHECKING:
    from ftz_geo.parse.figures import Figure
    from ftz_geo.parse.grids import Cell


def tables(text: str) -> tuple[Prose, list[Table]]:
    prose = Prose.of(text.replace("¦", "\t"))
    return prose, list(read_tables(prose))


def told(prose: Prose, row: Row) -> str:
    """Write a row down as the cases do."""

    def words(cell: Cell | None) -> str:
        return prose.text[cell.start : cell.end] if cell else "-"

    def figure(f: Figure | None) -> str:
        return f"{f.area.value}{f.area.unit}" if f and f.area else f"?{f.problem}" if f else "-"

    others = [f"again {figure(o.figure)}" if o.again else f"{o.head}: {figure(o.figure)}" for o in row.other]
    return "; ".join([f"{row.kind} {words(row.group)} / {words(row.name)} = {figure(row.area)}", *others])


def all_told(text: str) -> list[str]:
    prose, found = tables(text)
    return [told(prose, row) for table in found for row in table.rows]


@pytest.mark.parametrize(("text", "rows"), LAND_LISTS.values(), ids=LAND_LISTS)
def test_a_table_is_read_row_by_row(text: str, rows: str) -> None:
    assert all_told(text) == rows.split("\n")[1:-1]
