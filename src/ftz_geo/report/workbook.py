"""An audit as tables for spreadsheets: findings as CSV, and a workbook whose formulas can be followed."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from ftz_geo.errors import OutputError
from ftz_geo.files import safe_cell
from ftz_geo.model import LABELS_ZH, PASSES_ZH, BlockSummary, title
from ftz_geo.report.words import (
    FIGURES,
    SEVERITIES,
    STATUSES,
    check_word,
    settings_words,
    source_words,
    verdict_sentences,
    where,
)
from ftz_geo.wording import KM2_PER_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.model import Area, Audit, Block, Finding, Plan, Unchecked, Zone

__all__ = ["audit_csv", "audit_xlsx"]

_FINDING_COLUMNS = (
    ("severity", "程度"),
    ("check", "检查项"),
    ("zone", "片区"),
    ("block", "区块"),
    ("parcel", "地块"),
    *((key, f"{word.zh} km²") for key, word in FIGURES.items()),
    ("zh", "说明"),
    ("en", "message"),
    ("words", "依据的原文"),
    ("where", "原文位置"),
    ("follows_from", "由何项而来"),
    ("id", "id"),
)
_CHECK_HEADS = ("检查项", "规则", "允许差", "状态", "核对数", "发现", "未核的原因", "id")
_GAP_HEADS = ("类别", "片区", "区块", "地块", "说明", "message", "原文", "原文位置", "id")
_AREA_HEADS = (
    "片区",
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
    "界线、点位误差 km²",
    "允许差 km²",
    "路宽带 km²",
    "判断",
)
_WITHIN, _IN_BAND, _OTHER_WAY, _BEYOND = "限内", "路宽带内", "另一量法限内", "超限"

_SLACK_KM2 = 1e-12
"""What floats may lose in adding: a figure at its limit is within."""

_CELL_CHARACTERS = 32_767
"""What a cell can hold, by Microsoft's specifications and limits of Excel."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot hold."""

_LINE_POINTS = 15.0
"""Height of one line in Excel's default font."""

_MOST_LINES = 27
"""Excel makes no row higher than 409 points."""

_MARGIN_INCHES = 0.4
"""Printers leave about so much white at the edges anyway."""

_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Any fixed moment: the day of the audit stands in the sheet, and the same audit is the same file."""


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
    note,x,,,,,,,,甲,a,'=1+1,第1字,,
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([key for key, _ in _FINDING_COLUMNS])
    names = _names(plan)
    writer.writerows(
        [safe_cell(value) for value in _finding_row(plan, names, finding)] for finding in audit.findings
    )
    return out.getvalue()


def _finding_row(plan: Plan, names: dict[str, str], finding: Finding) -> list[Any]:
    figures = [getattr(finding, key) for key in FIGURES]
    return [
        finding.severity,
        finding.check,
        *_place(names, finding),
        *figures,
        finding.zh,
        finding.en,
        *_original(plan, finding),
        finding.follows_from,
        finding.parcel_id or finding.block_id or finding.zone_id,
    ]


def _names(plan: Plan) -> dict[str, str]:
    """Return what zones, blocks and parcels are called by themselves; a block's only parcel has its id."""
    names = {zone.id: title(zone) for zone in plan.zones}
    names |= {block.id: title(block=block) for zone in plan.zones for block in zone.blocks}
    return {p.id: title(parcel=p) for p in plan.parcels} | names


def _place(names: dict[str, str], about: Finding | Unchecked) -> list[str]:
    """Return zone, block and parcel by their labels and names."""
    parcel = about.parcel_id if about.parcel_id != about.block_id else None
    return [names.get(key, key) if key else "" for key in (about.zone_id, about.block_id, parcel)]


def _original(plan: Plan, about: Finding | Unchecked) -> list[str]:
    """Return the words that something rests on, and where they stand."""
    spans = sorted(set(about.spans))
    return [" … ".join(map(plan.words, spans)), "、".join(where(plan, (span,), "zh") for span in spans)]


def audit_xlsx(plan: Plan, audit: Audit) -> bytes:
    """Return an audit as a workbook: 汇总, 检查, 发现, 未核 and 面积, the areas with live formulas.

    In 面积 every stated figure stands as printed; its km², its rounding, the zone's sum, the difference
    and the limit are formulas on the cells beside it, with their values for programs that do not compute.

    Parameters
    ----------
    plan : Plan
    audit : Audit

    Returns
    -------
    bytes
        Of an ``.xlsx`` file, the same for the same audit. Words of the document are text cells, whatever they
        begin with.

    Raises
    ------
    OutputError
        XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise OutputError(
            "audit.xlsx",
            "workbooks need XlsxWriter, which is not installed",
            "pip install 'ftz-geo[report]'",
        ) from None
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **plain})
    book.set_properties({"created": _CREATED})
    sheets = (
        ("汇总", _summary(audit), (34, 18, 18, 14, 18, 70)),
        ("检查", _checks(audit), (24, 50, 34, 12, 9, 9, 50, 20)),
        ("发现", _findings(plan, audit), (6, 22, 24, 20, 12, *[11] * 4, 50, 50, 44, 16, 14, 14)),
        ("未核", _gaps(plan, audit), (20, 30, 24, 14, 50, 50, 44, 16, 14)),
        ("面积", _areas(plan, audit), (52, 40, *[13] * 15)),
    )
    formats = {
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "0.00####", "valign": "top"}),
        "plain": book.add_format({"valign": "top"}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
    }
    for name, table, widths in sheets:
        _fill(book.add_worksheet(name), table, widths, formats)
    book.close()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Formula:
    """A cell that is meant to compute, and what it comes to; every other text is shown as it is."""

    words: str
    value: float | str


_Row = list[Any]


def _fill(sheet: Any, table: Iterator[_Row], widths: Sequence[int], formats: dict[str, Any]) -> None:
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    for i, row in enumerate(table):
        lines = 1
        if len(row) == 1:
            sheet.merge_range(i, 0, i, len(widths) - 1, "", formats["text"])
        for j, value in enumerate(row):
            _write(sheet, i, j, value, formats, is_head=i == 0)
            if isinstance(value, str):
                # A sentence alone in its row has the sheet's whole width.
                width = sum(widths) if len(row) == 1 else widths[j]
                lines = max(lines, -(-_columns(value) // (width - 1)))
        # Written out, because not every program fits rows to what is in them.
        sheet.set_row(i, _LINE_POINTS * min(lines, _MOST_LINES))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=_MARGIN_INCHES, right=_MARGIN_INCHES)
    sheet.repeat_rows(0)


def _write(sheet: Any, i: int, j: int, value: Any, formats: dict[str, Any], *, is_head: bool) -> None:
    if isinstance(value, _Formula):
        sheet.write_formula(i, j, value.words, formats["number"], value.value)
    elif isinstance(value, str):
        words = _CONTROL.sub("", value)[:_CELL_CHARACTERS]
        sheet.write_string(i, j, words, formats["head" if is_head else "text"])
    elif value is not None:
        sheet.write_number(i, j, float(value), formats["number" if isinstance(value, float) else "plain"])


def _columns(text: str) -> int:
    """Return how many columns a text takes in one line; a Chinese character takes two.

    >>> _columns("面积 km²")
    8
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _summary(audit: Audit) -> Iterator[_Row]:
    yield ["片区", "公布 km²", "各区块之和 km²", "差 km²", "允许差 km²", "结论"]
    for zone in audit.zones:
        figures = (zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2)
        yield [zone.title, *figures, PASSES_ZH[zone.verdict]]
    yield []
    yield ["总结论", PASSES_ZH[audit.verdict]]
    for sentence in verdict_sentences(audit, "zh"):
        yield [sentence]
    for severity in SEVERITIES:
        yield [LABELS_ZH[severity], sum(f.severity == severity for f in audit.findings)]
    yield ["未核事项", len(audit.unchecked)]
    yield []
    meta = audit.metadata
    for name, said in (("核对日期", meta.date), ("操作人", meta.operator), ("命令", meta.command)):
        yield [name, said or ""]
    yield []
    yield ["文件", "用途", "许可", "日期", "坐标系", "SHA-256"]
    for source in map(source_words, meta.sources):
        facts = (source.role, source.licence, source.date, source.datum)
        yield [source.file, *(fact or "" for fact in facts), source.sha256]
    yield []
    for name, version in meta.versions.items():
        yield [name, version]
    yield ["；".join(settings_words(audit, "zh"))]
    yield []
    for text in (*meta.method, meta.crs):
        yield [text.zh if text else ""]


def _checks(audit: Audit) -> Iterator[_Row]:
    """Yield what every check did; of one that did not run, no number is told."""
    rules = {rule.id: rule for rule in audit.metadata.checks}
    yield [*_CHECK_HEADS]
    for run in audit.checks:
        rule = rules.get(run.id)
        numbers = ["—", "—"] if run.status == "not-run" else [run.looked_at, run.found]
        yield [
            check_word(run.id, "zh"),
            rule.text.zh if rule else "",
            rule.limit.zh if rule else "",
            STATUSES[run.status].zh,
            *numbers,
            run.reason.zh if run.reason else "",
            run.id,
        ]


def _findings(plan: Plan, audit: Audit) -> Iterator[_Row]:
    yield [head for _, head in _FINDING_COLUMNS]
    names = _names(plan)
    for finding in audit.findings:
        severity, check, *rest, follows, key = _finding_row(plan, names, finding)
        yield [
            LABELS_ZH[severity],
            check_word(check, "zh"),
            *(float(v) if j in _FIGURES and v is not None else v for j, v in enumerate(rest, 2)),
            check_word(follows, "zh") if follows else None,
            key,
        ]


_FIGURES = range(5, 5 + len(FIGURES))
"""Columns of the figures among those of a finding."""


def _gaps(plan: Plan, audit: Audit) -> Iterator[_Row]:
    yield [*_GAP_HEADS]
    names = _names(plan)
    for gap in audit.unchecked:
        key = gap.parcel_id or gap.block_id or gap.zone_id
        yield [gap.code, *_place(names, gap), gap.zh, gap.en, *_original(plan, gap), key]


def _areas(plan: Plan, audit: Audit) -> Iterator[_Row]:
    """Yield, zone by zone, the blocks' rows and below them the sum against the stated total."""
    measured = {block.id: block for zone in audit.zones for block in zone.blocks}
    tolerance_m = audit.metadata.settings.boundary_tolerance_m
    yield [*_AREA_HEADS]
    yield ["界线误差 m", None, tolerance_m]
    line = 3
    for zone in plan.zones:
        addends = [part for block in zone.blocks if block.part_of_total for part in _parts(block)]
        others = [part for block in zone.blocks if not block.part_of_total for part in _parts(block)]
        first, last = line, line + len(addends) - 1
        finest = _finest(addends, first)
        rows = []
        for block, name, area in addends:
            drawn = measured.get(block or "", _NOT_MEASURED)
            unit = area.unit if area else None
            rows.append(_area_row(zone, name, area, line, drawn, finest[unit], tolerance_m))
            yield rows[-1]
            line += 1
        if zone.declared_area and addends:
            yield from _sum_rows(zone, zone.declared_area, rows, first, last)
            line += 5
        for block, name, area in others:
            drawn = measured.get(block or "", _NOT_MEASURED)
            own = _Formula(f"G{line}", area.decimals if area else 0)
            yield _area_row(zone, name, area, line, drawn, own, tolerance_m)
            line += 1
        yield []
        line += 1


def _finest(addends: Sequence[tuple[str | None, str, Area | None]], first: int) -> dict[str | None, _Formula]:
    """Return the most decimals of a list's figures of each unit.

    Where figures of one unit differ in decimals, what was dropped is a zero: the finest holds.
    """
    rows_of: dict[str | None, list[int]] = {}
    most: dict[str | None, int] = {}
    for row, (_, _, area) in enumerate(addends, first):
        unit = area.unit if area else None
        rows_of.setdefault(unit, []).append(row)
        most[unit] = max(most.get(unit, 0), area.decimals if area else 0)
    return {unit: _Formula(f"MAX({_cells('G', rows)})", most[unit]) for unit, rows in rows_of.items()}


def _sum_rows(zone: Zone, stated: Area, rows: Sequence[_Row], first: int, last: int) -> Iterator[_Row]:
    """Yield the total, the sum, their difference and limit, and whether it is within."""
    line = last + 1
    total = [title(zone), "公布总面积", *_stated(stated, line, _Formula(f"G{line}", stated.decimals))]
    added, limit = (sum(_value(row[j]) for row in rows) for j in (_KM2, _ROUNDING))
    limit += _value(total[_ROUNDING])
    difference = _value(total[_KM2]) - added
    within = _test(stated, f"F{line + 2}")
    is_within = _tested(stated, difference) <= limit + _SLACK_KM2
    formulas = {
        "各区块之和": _Formula(f"=SUM(F{first}:F{last})", added),
        "公布减之和": _Formula(f"=F{line}-F{line + 1}", difference),
        "允许差": _Formula(f"=SUM(H{first}:H{line})", limit),
        "判断": _Formula(
            f'=IF({within}<=F{line + 3}+1E-12,"{_WITHIN}","{_BEYOND}")', _WITHIN if is_within else _BEYOND
        ),
    }
    yield total
    for name, formula in formulas.items():
        yield [None, name, *[None] * 3, formula]


_KM2, _ROUNDING = 5, 7
"""Columns of a stated area in km² and of its rounding."""


def _value(cell: Any) -> float:
    return float(cell.value) if isinstance(cell, _Formula) else 0.0


def _test(area: Area, cell: str) -> str:
    """Return what of a difference is held against the limit: 不少于 is no larger, 不超过 no smaller."""
    return {None: f"ABS({cell})", "at-least": cell, "at-most": f"-{cell}"}[area.bound]


def _tested(area: Area, difference: float) -> float:
    return {None: abs(difference), "at-least": difference, "at-most": -difference}[area.bound]


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


def _stated(area: Area | None, line: int, finest: _Formula) -> _Row:
    """Return figure, unit, factor, km², decimals and rounding; the last ones as formulas."""
    if area is None:
        return [None] * 6
    factor = _factor(area.unit)
    per_unit = _value(factor) if isinstance(factor, _Formula) else float(factor)
    # 约 is held to a whole unit of its last digit that is not a padding zero.
    last = int(area.value.normalize().as_tuple().exponent)
    rounding = (
        _Formula(f"=10^({last})*E{line}", 10.0**last * per_unit)
        if area.approximate
        else _Formula(f"=0.5*10^(-{finest.words})*E{line}", 0.5 * 10.0 ** -float(finest.value) * per_unit)
    )
    return [
        area.value,
        area.unit,
        factor,
        _Formula(f"=C{line}*E{line}", float(area.value) * per_unit),
        area.decimals,
        rounding,
    ]


def _factor(unit: str) -> Any:
    """Return km² per unit; that of 亩 has no end as a decimal and is a formula."""
    endless = {"亩": _Formula("=1/1500", 1 / 1500), "万亩": _Formula("=10000/1500", 10000 / 1500)}
    return endless.get(unit, KM2_PER_UNIT[unit])


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


def _area_row(
    zone: Zone,
    name: str,
    area: Area | None,
    line: int,
    drawn: BlockSummary,
    finest: _Formula,
    tolerance_m: float,
) -> _Row:
    ways = drawn.measured_ways_km2
    row = [title(zone), name, *_stated(area, line, finest), drawn.measured_km2]
    row += [ways.geodesic, ways.plane] if ways else [None, None]
    row.append(drawn.perimeter_m)
    if drawn.measured_km2 is None or drawn.perimeter_m is None or area is None:
        return row
    difference = _value(row[_KM2]) - drawn.measured_km2
    error = _error(drawn, line, _value(row[_ROUNDING]), tolerance_m)
    limit = _value(row[_ROUNDING]) + (_value(error) if isinstance(error, _Formula) else error)
    return [
        *row,
        _Formula(f"=F{line}-I{line}", difference),
        error,
        _Formula(f"=H{line}+N{line}", limit),
        drawn.band_km2 or 0.0,
        _judged(area, drawn, line, difference, limit),
    ]


def _error(drawn: BlockSummary, line: int, rounding_km2: float, tolerance_m: float) -> Any:
    """Return what is allowed beyond rounding: the audit's figure; of traced polygons by their perimeter."""
    beside = 0.0 if drawn.limit_km2 is None else drawn.limit_km2 - rounding_km2
    if drawn.grade == "surveyed":
        return beside
    tolerance = (drawn.perimeter_m or 0.0) * tolerance_m / 1e6
    doubt = 0.0 if drawn.limit_km2 is None else round(beside - tolerance, 12)
    more = f"+{doubt!r}" if doubt else ""
    return _Formula(f"=L{line}*$C$2/1000000{more}", tolerance + doubt)


def _judged(area: Area, drawn: BlockSummary, line: int, difference: float, limit: float) -> _Formula:
    """Return whether a difference is within its limit, within the band of roads, or is so by another way."""
    test, tested, band = _test(area, f"M{line}"), _tested(area, difference), drawn.band_km2 or 0.0
    words, verdict = f'"{_BEYOND}"', _BEYOND
    ways = drawn.measured_ways_km2
    if drawn.grade == "surveyed" and area.bound is None and ways is not None:
        words = f'IF(MIN(ABS(F{line}-J{line}),ABS(F{line}-K{line}))<=O{line}+1E-12,"{_OTHER_WAY}",{words})'
        off = (difference + ways.ellipsoid - way for way in (ways.geodesic, ways.plane))
        verdict = _OTHER_WAY if min(map(abs, off)) <= limit + _SLACK_KM2 else verdict
    verdict = _IN_BAND if tested <= limit + band + _SLACK_KM2 else verdict
    verdict = _WITHIN if tested <= limit + _SLACK_KM2 else verdict
    within = f'IF({test}<=O{line}+P{line}+1E-12,"{_IN_BAND}",{words})'
    return _Formula(f'=IF({test}<=O{line}+1E-12,"{_WITHIN}",{within})', verdict)
