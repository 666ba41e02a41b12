"""An audit as tables for spreadsheets: findings as CSV, and a workbook whose formulas can be followed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from ftz_geo.errors import OutputError
from ftz_geo.files import safe_cell
from ftz_geo.model import LABELS_ZH
from ftz_geo.policy import department_table
from ftz_geo.wording import KM2_PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftz_geo.model import Area, Audit, Block, Finding, Measure, Plan, Zone

__all__ = ["audit_csv", "audit_xlsx", "department_csv"]

_FINDING_COLUMNS = (
    ("severity", "程度"),
    ("check", "检查项"),
    ("zone_id", "园区"),
    ("block_id", "区块"),
    ("parcel_id", "地块"),
    ("declared_km2", "公布 km²"),
    ("measured_km2", "对照 km²"),
    ("difference_km2", "差 km²"),
    ("limit_km2", "允许差 km²"),
    ("zh", "说明"),
    ("en", "message"),
    ("words", "依据的原文"),
)
_AREA_HEADS = (
    "园区",
    "区块",
    "公布面积",
    "单位",
    "每单位 km²",
    "公布 km²",
    "小数位数",
    "取舍 ± km²",
    "量得 km²（椭球面）",
    "量得 km²（测地线）",
    "量得 km²（投影平面）",
    "周长 m",
    "公布减量得 km²",
    "允许差 km²",
    "判断",
)
_WITHIN, _BEYOND = "限内", "超限"


def audit_csv(plan: Plan, audit: Audit) -> str:
    """Write the findings as a table, one a row.

    Parameters
    ----------
    plan : Plan
        Its words are quoted.
    audit : Audit

    Returns
    -------
    str
        Without the byte order mark that Excel needs. No cell runs as a formula.

    Examples
    --------
    >>> from ftz_geo.model import Audit, Finding, Plan, Source
    >>> plan = Plan(text="=1+1", source=Source(), zones=())
    >>> finding = Finding(check="x", severity="note", zh="甲", en="a", spans=((0, 4),))
    >>> print(audit_csv(plan, Audit(findings=(finding,), zones=())).splitlines()[1])
    note,x,,,,,,,,甲,a,'=1+1
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([key for key, _ in _FINDING_COLUMNS])
    writer.writerows(
        [safe_cell(value) for value in _finding_row(plan, finding)] for finding in audit.findings
    )
    return out.getvalue()


def _finding_row(plan: Plan, finding: Finding) -> list[Any]:
    words = " … ".join(plan.words(span) for span in finding.spans)
    return [words if key == "words" else getattr(finding, key) for key, _ in _FINDING_COLUMNS]


def audit_xlsx(plan: Plan, audit: Audit) -> bytes:
    """Write an audit as a workbook: 汇总, 发现 and 面积, the areas with live formulas.

    In 面积 every stated figure stands as printed; its km², its rounding, the zone's sum, the difference
    and the limit are formulas on the cells beside it.

    Parameters
    ----------
    plan : Plan
    audit : Audit

    Returns
    -------
    bytes
        Of an ``.xlsx`` file. Words of the document are text cells, whatever they begin with.

    Raises
    ------
    OutputError
        openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        raise OutputError(
            "audit.xlsx", "workbooks need openpyxl, which is not installed", "pip install 'ftz-geo[report]'"
        ) from None
    book = Workbook()
    sheets = [book.active, book.create_sheet(), book.create_sheet()]
    rows = (_summary(audit), _findings(plan, audit), _areas(plan, audit))
    widths = ((34, 18, 18, 14, 18, 70), (6, 20, *[13] * 3, *[11] * 4, 50, 50, 44), (30, 26, *[13] * 13))
    for sheet, title, table, columns in zip(sheets, ("汇总", "发现", "面积"), rows, widths, strict=True):
        sheet.title = title
        _fill(sheet, table, columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Formula:
    """A cell that is meant to compute; every other text is shown as it is."""

    words: str


_Row = list[Any]


def _fill(sheet: Any, table: Iterator[_Row], widths: Sequence[int]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for i, row in enumerate(table, 1):
        lines = 1
        for j, value in enumerate(row, 1):
            cell = sheet.cell(row=i, column=j)
            if isinstance(value, _Formula):
                cell.value = value.words
            elif isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32767]  # what a cell can hold
                cell.data_type = "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                # A sentence alone in its row has the sheet's whole width.
                width = sum(widths) if len(row) == 1 else widths[j - 1]
                lines = max(lines, -(-_columns(value) // (width - 1)))
            else:
                cell.value = value
            if isinstance(value, _Formula | float):
                cell.number_format = "0.00####"
            if not isinstance(value, str):
                cell.alignment = Alignment(vertical="top")
            if i == 1:
                cell.font = Font(bold=True)
        if len(row) == 1:
            sheet.merge_cells(start_row=i, end_row=i, start_column=1, end_column=len(widths))
        # Written out, because not every program fits rows to what is in them.
        sheet.row_dimensions[i].height = 15.0 * min(lines, 27)
    sheet.freeze_panes = "A2"
    for j, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(j)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    sheet.print_title_rows = "1:1"


def _columns(text: str) -> int:
    """Count the columns that a text takes in one line; a Chinese character takes two.

    >>> _columns("面积 km²")
    8
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _summary(audit: Audit) -> Iterator[_Row]:
    yield ["园区", "公布 km²", "各区块之和 km²", "差 km²", "允许差 km²", "结论"]
    words = {"pass": "通过", "notes": "有说明", "fail": "不通过"}
    for zone in audit.zones:
        figures = [zone.get(key) for key in ("declared_km2", "sum_km2", "difference_km2", "limit_km2")]
        yield [zone.get("name") or zone["id"], *figures, words[zone["verdict"]]]
    yield []
    yield ["总结论", words[audit.verdict]]
    for severity in ("error", "warning", "note"):
        yield [LABELS_ZH[severity], sum(f.severity == severity for f in audit.findings)]
    yield []
    yield ["文件", "用途", "许可", "日期", "坐标系", "SHA-256"]
    roles = {"document": "文件", "polygons": "图形", "reference": "底图", "outlines": "区县界"}
    for source in audit.metadata.get("sources", ()):
        facts = (source.get("licence"), source.get("date"), source.get("datum") or source.get("crs"))
        role = roles.get(source.get("role", ""), "")
        yield [source["file"], role, *(str(fact) if fact else "" for fact in facts), source["sha256"]]
    yield []
    for key in ("versions", "settings"):
        for name, value in audit.metadata.get(key, {}).items():
            yield [name, str(value)]
    yield []
    for sentence in (
        *audit.metadata.get("method", {}).get("zh", ()),
        audit.metadata.get("crs", {}).get("zh", ""),
    ):
        yield [sentence]


def _findings(plan: Plan, audit: Audit) -> Iterator[_Row]:
    yield [title for _, title in _FINDING_COLUMNS]
    for finding in audit.findings:
        severity, *rest = _finding_row(plan, finding)
        yield [LABELS_ZH[severity], *rest]


def _areas(plan: Plan, audit: Audit) -> Iterator[_Row]:
    """Give, zone by zone, the blocks' rows and below them the sum against the stated total."""
    tolerance = audit.metadata.get("settings", {}).get("boundary_tolerance_m", 0.0)
    measured = {block["id"]: block for zone in audit.zones for block in zone.get("blocks", ())}
    yield [*_AREA_HEADS]
    yield ["界线误差 m", None, tolerance]
    line = 3
    for zone in plan.zones:
        addends = [part for block in zone.blocks if block.part_of_total for part in _parts(block)]
        others = [part for block in zone.blocks if not block.part_of_total for part in _parts(block)]
        first, last = line, line + len(addends) - 1
        units = [area.unit if area else None for _, _, area in addends]
        for (block, title, area), unit in zip(addends, units, strict=True):
            # Where figures of one unit differ in decimals, what was dropped is a zero: the finest holds.
            alike = [first + i for i, other in enumerate(units) if other == unit]
            finest = f"MAX({_cells('G', alike)})"
            yield _area_row(zone, title, area, line, measured.get(block or "", {}), finest)
            line += 1
        if zone.declared_area and addends:
            yield [zone.name or zone.id, "公布总面积", *_stated(zone.declared_area, line, f"G{line}")]
            yield [None, "各区块之和", *[None] * 3, _Formula(f"=SUM(F{first}:F{last})")]
            yield [None, "公布减之和", *[None] * 3, _Formula(f"=F{line}-F{line + 1}")]
            yield [None, "允许差", *[None] * 3, _Formula(f"=SUM(H{first}:H{line})")]
            verdict = _Formula(f'=IF(ABS(F{line + 2})<=F{line + 3}+1E-12,"{_WITHIN}","{_BEYOND}")')
            yield [None, "判断", *[None] * 3, verdict]
            line += 5
        for block, title, area in others:
            yield _area_row(zone, title, area, line, measured.get(block or "", {}), f"G{line}")
            line += 1
        yield []
        line += 1


def _cells(column: str, rows: Sequence[int]) -> str:
    """Write the cells of some rows as a formula's arguments.

    >>> _cells("G", [3, 4, 5, 8])
    'G3:G5,G8'
    """
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ",".join(f"{column}{a}" if a == b else f"{column}{a}:{column}{b}" for a, b in runs)


def _stated(area: Area | None, line: int, finest: str) -> _Row:
    """Give figure, unit, factor, km², decimals and rounding; the last ones as formulas."""
    if area is None:
        return [None] * 6
    # 约 is held to a whole unit of its last digit that is not a padding zero.
    last = int(area.value.normalize().as_tuple().exponent)
    rounding = f"=10^({last})*E{line}" if area.approximate else f"=0.5*10^(-{finest})*E{line}"
    return [
        area.value,
        area.unit,
        _factor(area.unit),
        _Formula(f"=C{line}*E{line}"),
        area.decimals,
        _Formula(rounding),
    ]


def _factor(unit: str) -> Any:
    """Give km² per unit; that of 亩 has no end as a decimal and is a formula."""
    return {"亩": _Formula("=1/1500"), "万亩": _Formula("=10000/1500")}.get(unit, KM2_PER_UNIT[unit])


def _parts(block: Block) -> Iterator[tuple[str | None, str, Area | None]]:
    """Give the figures of a block: its own, or where it has none those of its parcels.

    Each with the id of the block that it is the whole area of, and a title.
    """
    title = " ".join(filter(None, (block.label, block.name))) or block.id
    own = [parcel for parcel in block.parcels if parcel.declared_area is not None]
    if block.declared_area is not None or len(own) < len(block.parcels) or not own:
        yield block.id, title, block.declared_area
    elif len(own) == 1:
        yield block.id, title, own[0].declared_area
    else:
        for parcel in own:
            yield None, f"{title} {parcel.label or parcel.id}", parcel.declared_area


def _area_row(
    zone: Zone, title: str, area: Area | None, line: int, drawn: Mapping[str, Any], finest: str
) -> _Row:
    ways = drawn.get("measured_ways_km2") or {}
    row = [zone.name or zone.id, title, *_stated(area, line, finest)]
    row += [drawn.get("measured_km2"), ways.get("geodesic"), ways.get("plane"), drawn.get("perimeter_m")]
    if drawn.get("measured_km2") is None or area is None:
        return row
    return [
        *row,
        _Formula(f"=F{line}-I{line}"),
        _Formula(f"=H{line}+L{line}*$C$2/1000000"),
        _Formula(f'=IF(ABS(M{line})<=N{line},"{_WITHIN}","{_BEYOND}")'),
    ]


def department_csv(plan: Plan, measures: Sequence[Measure] = ()) -> str:
    """Write who supports how many tasks of which zone, and answers for how many measures.

    Parameters
    ----------
    plan : Plan
        With its tasks.
    measures : sequence of Measure, optional
        By default the plan's own.

    Returns
    -------
    str
        CSV with a byte order mark, so that spreadsheets read it as UTF-8; the zones' names stand in the head.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["单位", *(safe_cell(z.name or z.id) for z in plan.zones), "任务合计", "试点经验"])
    for row in department_table(plan, measures):
        writer.writerow([safe_cell(value) for value in row.values()])
    return "\ufeff" + out.getvalue()
