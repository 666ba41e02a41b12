"""An audit as tables for spreadsheets: findings as CSV, and a workbook whose formulas can be followed."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from ftz_geo.errors import OutputError
from ftz_geo.files import safe_cell
from ftz_geo.model import LABELS_ZH, PASSES_ZH, BlockSummary, title
from ftz_geo.report.words import FIGURES_ZH, SEVERITIES, source_words
from ftz_geo.wording import KM2_PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.model import Area, Audit, Block, Finding, Plan, Zone

__all__ = ["audit_csv", "audit_xlsx"]

_FINDING_COLUMNS = (
    ("severity", "程度"),
    ("check", "检查项"),
    ("zone_id", "园区"),
    ("block_id", "区块"),
    ("parcel_id", "地块"),
    *((key, f"{zh} km²") for key, zh in FIGURES_ZH.items()),
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

_CELL_CHARACTERS = 32_767
"""What a cell can hold, by Microsoft's specifications and limits of Excel."""

_LINE_POINTS = 15.0
"""Height of one line in Excel's default font."""

_MOST_LINES = 27
"""Excel makes no row higher than 409 points."""

_MARGIN_INCHES = 0.4
"""Printers leave about so much white at the edges anyway."""


def audit_csv(plan: Plan, audit: Audit) -> str:
    """Return the findings as a table, one a row.

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
    """Return an audit as a workbook: 汇总, 发现 and 面积, the areas with live formulas.

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
    for sheet, name, table, columns in zip(sheets, ("汇总", "发现", "面积"), rows, widths, strict=True):
        sheet.title = name
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
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_CHARACTERS]
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
        sheet.row_dimensions[i].height = _LINE_POINTS * min(lines, _MOST_LINES)
    sheet.freeze_panes = "A2"
    for j, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(j)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN_INCHES
    sheet.print_title_rows = "1:1"


def _columns(text: str) -> int:
    """Return how many columns a text takes in one line; a Chinese character takes two.

    >>> _columns("面积 km²")
    8
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _summary(audit: Audit) -> Iterator[_Row]:
    yield ["园区", "公布 km²", "各区块之和 km²", "差 km²", "允许差 km²", "结论"]
    for zone in audit.zones:
        figures = (zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2)
        yield [zone.title, *figures, PASSES_ZH[zone.verdict]]
    yield []
    yield ["总结论", PASSES_ZH[audit.verdict]]
    for severity in SEVERITIES:
        yield [LABELS_ZH[severity], sum(f.severity == severity for f in audit.findings)]
    yield []
    yield ["文件", "用途", "许可", "日期", "坐标系", "SHA-256"]
    for source in map(source_words, audit.metadata.sources):
        facts = (source.role, source.licence, source.date, source.datum)
        yield [source.file, *(fact or "" for fact in facts), source.sha256]
    yield []
    for name, value in {**audit.metadata.versions, **asdict(audit.metadata.settings)}.items():
        yield [name, str(value)]
    yield []
    for said in (*audit.metadata.method, audit.metadata.crs):
        yield [said.zh if said else ""]


def _findings(plan: Plan, audit: Audit) -> Iterator[_Row]:
    yield [head for _, head in _FINDING_COLUMNS]
    for finding in audit.findings:
        severity, *rest = _finding_row(plan, finding)
        yield [LABELS_ZH[severity], *rest]


def _areas(plan: Plan, audit: Audit) -> Iterator[_Row]:
    """Yield, zone by zone, the blocks' rows and below them the sum against the stated total."""
    measured = {block.id: block for zone in audit.zones for block in zone.blocks}
    yield [*_AREA_HEADS]
    yield ["界线误差 m", None, audit.metadata.settings.boundary_tolerance_m]
    line = 3
    for zone in plan.zones:
        addends = [part for block in zone.blocks if block.part_of_total for part in _parts(block)]
        others = [part for block in zone.blocks if not block.part_of_total for part in _parts(block)]
        first, last = line, line + len(addends) - 1
        rows_of: dict[str | None, list[int]] = {}
        for row, (_, _, area) in enumerate(addends, first):
            rows_of.setdefault(area.unit if area else None, []).append(row)
        # Where figures of one unit differ in decimals, what was dropped is a zero: the finest holds.
        finest = {unit: f"MAX({_cells('G', rows)})" for unit, rows in rows_of.items()}
        for block, name, area in addends:
            drawn = measured.get(block or "", _NOT_MEASURED)
            yield _area_row(zone, name, area, line, drawn, finest[area.unit if area else None])
            line += 1
        if zone.declared_area and addends:
            yield [title(zone), "公布总面积", *_stated(zone.declared_area, line, f"G{line}")]
            yield [None, "各区块之和", *[None] * 3, _Formula(f"=SUM(F{first}:F{last})")]
            yield [None, "公布减之和", *[None] * 3, _Formula(f"=F{line}-F{line + 1}")]
            yield [None, "允许差", *[None] * 3, _Formula(f"=SUM(H{first}:H{line})")]
            verdict = _Formula(f'=IF(ABS(F{line + 2})<=F{line + 3}+1E-12,"{_WITHIN}","{_BEYOND}")')
            yield [None, "判断", *[None] * 3, verdict]
            line += 5
        for block, name, area in others:
            yield _area_row(zone, name, area, line, measured.get(block or "", _NOT_MEASURED), f"G{line}")
            line += 1
        yield []
        line += 1


def _cells(column: str, rows: Sequence[int]) -> str:
    """Return the cells of some rows as a formula's arguments.

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
    """Return figure, unit, factor, km², decimals and rounding; the last ones as formulas."""
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
    """Return km² per unit; that of 亩 has no end as a decimal and is a formula."""
    return {"亩": _Formula("=1/1500"), "万亩": _Formula("=10000/1500")}.get(unit, KM2_PER_UNIT[unit])


def _parts(block: Block) -> Iterator[tuple[str | None, str, Area | None]]:
    """Yield the figures of a block: its own, or where it has none those of its parcels.

    Each with the id of the block that it is the whole area of, and a title.
    """
    name = title(block=block)
    own = [parcel for parcel in block.parcels if parcel.declared_area is not None]
    if block.declared_area is not None or len(own) < len(block.parcels) or not own:
        yield block.id, name, block.declared_area
    elif len(own) == 1:
        yield block.id, name, own[0].declared_area
    else:
        for parcel in own:
            yield None, f"{name} {title(parcel=parcel)}", parcel.declared_area


_NOT_MEASURED = BlockSummary(id="")


def _area_row(zone: Zone, name: str, area: Area | None, line: int, drawn: BlockSummary, finest: str) -> _Row:
    ways = drawn.measured_ways_km2
    row = [title(zone), name, *_stated(area, line, finest), drawn.measured_km2]
    row += [ways.geodesic, ways.plane] if ways else [None, None]
    row.append(drawn.perimeter_m)
    if drawn.measured_km2 is None or area is None:
        return row
    return [
        *row,
        _Formula(f"=F{line}-I{line}"),
        _Formula(f"=H{line}+L{line}*$C$2/1000000"),
        _Formula(f'=IF(ABS(M{line})<=N{line},"{_WITHIN}","{_BEYOND}")'),
    ]
