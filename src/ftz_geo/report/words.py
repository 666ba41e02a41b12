"""What the reports of an audit call things, in Chinese and English, each told in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ftz_geo.model import HOLDS_ZH, LABELS_ZH, PASSES_ZH, Grade, Severity, Status, Text, Verdict
from ftz_geo.wording import unit_en

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Audit, Plan, Span

Language = Literal["zh", "en"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""

FIGURES: Mapping[str, Text] = {
    "declared_km2": Text("公布", "stated"),
    "measured_km2": Text("对照", "against"),
    "difference_km2": Text("差", "difference"),
    "limit_km2": Text("允许差", "allowed"),
}
"""The figures of a finding."""

STATUSES: Mapping[Status, Text] = {
    "ran": Text("已核", "ran"),
    "not-run": Text("未核", "did not run"),
    "could-not": Text("未能全核", "could not run on all"),
}

_ROLES = {
    "document": Text("文件", "document"),
    "polygons": Text("图形", "polygons"),
    "reference": Text("底图", "map"),
    "points": Text("地名点", "named points"),
    "outlines": Text("区县界", "districts"),
}

_HOLDS_EN: Mapping[Verdict, str] = {
    "pass": "agrees",
    "notes": "with notes",
    "incomplete": "not all checked",
    "fail": "does not agree",
}
_PASSES_EN: Mapping[Verdict, str] = {
    "pass": "passed",
    "notes": "passed, with notes",
    "incomplete": "incomplete",
    "fail": "failed",
}

WORDS: Mapping[str, Text] = {
    "report": Text("面积核对报告", "Area audit report"),
    "unnamed": Text("未命名文本", "Untitled text"),
    "page": Text("第 {} 页，共 {} 页", "Page {} of {}"),
    "stop": Text("。", "."),
    "comma": Text("，", ", "),
    "semicolon": Text("；", "; "),
    "list": Text("、", ", "),
    "colon": Text("：", ": "),
    "basis": Text("依据", "Rests on"),
    "cause": Text("可能的共同原因", "One cause that would explain it"),
    "follow": Text("（由此而来的发现 {} 项，详见附件二）", "({} finding(s) follow from it, in annex 2)"),
    "followers": Text("另 {} 项由此而来", "{} more follow from it"),
    "zones": Text("各片区公布面积", "Stated areas of the zones"),
    "zone": Text("片区", "Zone"),
    "unit": Text("单位", "Unit"),
    "stated": Text("公布", "Stated"),
    "sum": Text("区块之和", "Sum of blocks"),
    "difference": Text("差", "Difference"),
    "allowed": Text("允许差", "Allowed"),
    "allowed_or_why": Text("允许差，或未核的原因", "Allowed, or why it did not run"),
    "adding": Text("相加", "Sum"),
    "verdict": Text("片区结论", "Zone"),
    "within": Text("在取舍之内", "within rounding"),
    "not_added": Text("未相加", "not added up"),
    "problems": Text("错误与警告", "Errors and warnings"),
    "no_problems": Text(
        "已做的检查没有发现错误或警告。", "The checks that ran found no error and no warning."
    ),
    "check": Text("检查项", "Check"),
    "also": Text("另见{}", "also {}"),
    "all_follow": Text(
        "除由上述原因而来的以外，没有错误或警告。", "None but those that follow from the above."
    ),
    "where": Text("何处", "Where"),
    "what": Text("何事", "What"),
    "against": Text("对照", "Against"),
    "original": Text("原文", "Original"),
    "more_findings": Text("另有 {} 项，见附件二。", "{} more, in annex 2."),
    "more_zones": Text("另有 {} 个片区，见附件三。", "{} more zones, in annex 3."),
    "more_gaps": Text("另有 {} 类，见附件四。", "{} more kinds, in annex 4."),
    "more_sources": Text("另有 {} 个文件，见附件六。", "{} more files, in annex 6."),
    "more_hindered": Text("另有 {} 条，见附件一。", "{} more, in annex 1."),
    "unchecked": Text("未核事项", "What was not checked"),
    "all_checked": Text(
        "交来的面积、图形和文字都有对照，没有未核事项；无可核对象的检查见附件一。",
        "All areas, polygons and words that were handed in were held against something; "
        "checks that had nothing to look at are in annex 1.",
    ),
    "place": Text(
        "图形的位置没有核对：未提供底图、地名点或所属区县的界线。",
        "The place of the polygons was not checked: no map, named points or outlines of their districts.",
    ),
    "hindered": Text("未能全核的检查", "Checks that could not run on all"),
    "places": Text("（{} 处）", " ({} places)"),
    "inputs": Text("核对的文件", "What was audited"),
    "use": Text("用途", "Use"),
    "file": Text("文件", "File"),
    "how": Text("如何核对", "How it was audited"),
    "date": Text("核对日期", "Date of the audit"),
    "operator": Text("操作人", "Run by"),
    "command": Text("命令", "Command"),
    "versions": Text("工具与版本", "Tool and libraries"),
    "signature": Text("签章", "Signatures"),
    "auditor": Text("核对人（签字）", "Audited by (signature)"),
    "reviewer": Text("复核人（签字）", "Reviewed by (signature)"),
    "day": Text("日期", "Date"),
    "seal": Text("盖章", "Seal"),
    "annex": Text("附件", "Annex"),
    "annex_1": Text("附件一　核对项目", "Annex 1: Checks"),
    "annex_2": Text("附件二　核对结果", "Annex 2: Findings in full"),
    "annex_3": Text("附件三　各区块面积", "Annex 3: Areas of the blocks"),
    "annex_4": Text("附件四　未核事项与未读文字", "Annex 4: What was not checked or not read"),
    "annex_5": Text("附件五　方法与设置", "Annex 5: Method and settings"),
    "annex_6": Text("附件六　数据来源", "Annex 6: Sources"),
    "rule": Text("规则", "Rule"),
    "severity": Text("程度", "Severity"),
    "status": Text("状态", "Status"),
    "looked_at": Text("核对数", "Looked at"),
    "found": Text("发现", "Found"),
    "reason": Text("未核的原因：", "Why: "),
    "no_findings": Text(
        "已做的检查没有发现不符之处。", "The checks that ran found nothing that does not agree."
    ),
    "nothing": Text("无。", "None."),
    "unread": Text(
        "下列文字像是边界或面积，但没有规则读懂，未计入核对：",
        "These words look like a boundary or an area; no rule read them, and they were not checked:",
    ),
    "block": Text("区块", "Block"),
    "measured": Text("由图形量得", "Measured from polygons"),
    "ellipsoid": Text("椭球面", "ellipsoid"),
    "geodesic": Text("测地线", "geodesic"),
    "plane": Text("投影平面", "plane"),
    "less": Text("公布减量得", "Difference"),
    "judged": Text("判断", "Verdict"),
    "drawing": Text("图形", "Polygon"),
    "none": Text("无", "none"),
    "not_compared": Text("未比对", "not compared"),
    "shaped": Text(
        "括号内是示意、概略或按公布面积成形的图形，只供参看，不能证明公布面积。",
        "Areas in brackets are of sketched or approximate polygons, or of ones that the stated area shaped: "
        "they prove nothing about a stated area.",
    ),
    "blocks_sum": Text("各区块之和", "Sum of blocks"),
    "total": Text("公布总面积", "Stated total"),
    "total_less": Text("总面积减区块之和 {}，允许差 {}：", "total less sum {}, allowed {}: "),
    "licence": Text("许可", "Licence"),
    "data_date": Text("日期", "Date"),
    "datum": Text("坐标系", "Reference system"),
    "not_stated": Text("未注明", "not stated"),
    "settings": Text("设置", "Settings"),
    "whole": Text("全文", "whole text"),
}
"""The words of the page, by the name that its template has for them."""

CHECKS: Mapping[str, Text] = {
    "cause": Text("共同原因", "common cause"),
    "declared-sum": Text("公布总面积与区块之和", "stated total and its blocks"),
    "plan-total": Text("全文总面积与片区之和", "total of the plan and its zones"),
    "parcel-sum": Text("区块面积与地块之和", "block and its parcels"),
    "parts-sum": Text("各部分之和", "parts and their whole"),
    "zero-area": Text("面积为零", "zero areas"),
    "declared-count": Text("区块个数", "number of blocks"),
    "nesting": Text("全区与另述的部分", "zone and a part beside"),
    "restated-total": Text("前后所述面积", "areas told twice"),
    "two-units": Text("两种单位", "two units of one area"),
    "larger-part": Text("部分与整体", "part and whole"),
    "block-labels": Text("区块编号", "labels of blocks"),
    "missing-side": Text("缺少的四至", "missing sides"),
    "doubled-side": Text("重复的四至", "doubled sides"),
    "contradictory-sides": Text("矛盾的四至", "contradictory sides"),
    "unknown-neighbour": Text("不存在的相邻区块", "neighbours that are not there"),
    "opposed-neighbours": Text("互相矛盾的相邻区块", "neighbours that contradict each other"),
    "unread-text": Text("未读懂的文字", "unread words"),
    "unit-plausibility": Text("面积单位", "unit of an area"),
    "unmatched-polygon": Text("图形与地块的对应", "polygons and parcels"),
    "missing-polygon": Text("缺少的图形", "missing polygons"),
    "several-polygons": Text("一块多个图形", "several polygons of one block"),
    "duplicate-id": Text("图形编号重复", "ids of polygons"),
    "broken-polygon": Text("不能用的图形", "polygons of no use"),
    "detached-part": Text("远离的部分", "detached parts"),
    "declared-measured": Text("公布面积与图形面积", "stated area and polygon"),
    "total-measured": Text("公布总面积与图形之和", "stated total and polygons"),
    "bias": Text("图形整体偏大或偏小", "polygons all too large or too small"),
    "swapped-labels": Text("互换的区块", "swapped blocks"),
    "overlap": Text("图形重叠", "overlaps"),
    "gap": Text("图形间的空隙", "gaps between polygons"),
    "relation": Text("区块的相对位置", "blocks beside each other"),
    "adjacency": Text("相邻区块的相接", "neighbours that meet"),
    "conformance": Text("界线与所称道路", "edges and named features"),
    "outside-district": Text("所属区县", "district"),
    "gcj02": Text("坐标偏移（GCJ-02）", "GCJ-02"),
    "survey-damaged": Text("坐标完整", "whole coordinates"),
    "survey-order": Text("坐标与点号顺序", "order of coordinates"),
    "survey-count": Text("界址点数", "number of points"),
    "survey-drawn": Text("坐标是否实测", "surveyed coordinates"),
    "survey-zone": Text("投影带号", "projection zone"),
    "survey-datum": Text("坐标系", "datum"),
    "survey-packed": Text("度分秒写法", "packed degrees"),
    "survey-area": Text("坐标表所写面积", "area beside coordinates"),
    "ring-closure": Text("图形闭合", "closed outlines"),
    "self-crossing": Text("界线自交", "crossing outlines"),
    "repeated-points": Text("重复的界址点", "repeated points"),
    "spike": Text("尖角", "spikes"),
    "sliver": Text("狭长的面", "slivers"),
    "winding": Text("内环绕向", "winding of holes"),
    "template-shape": Text("非实测形状", "made-up shapes"),
}
"""What the checks are called in a line; their ids are for programs."""

_SETTINGS = {
    "boundary_tolerance_m": Text("界线误差", "boundary tolerance"),
    "point_error_m": Text("界址点中误差", "mean error of corners"),
    "bridge_tolerance_m": Text("可连接的缺口", "gaps that are bridged"),
    "gap_tolerance_m": Text("同一道路两端已知的缺口", "gaps between known ends of one road"),
    "longest_extension_m": Text("最长的延长", "longest extension"),
    "road_gap_m": Text("示意图形间的路宽", "roads between sketches"),
    "road_half_width_m": Text("半个路宽", "half a road's width"),
    "gap_width_m": Text("空隙宽度", "width of gaps"),
    "landmark_half_width_m": Text("地标半宽", "half a landmark's width"),
    "boundary": Text("道路、河流的界线取", "line of roads and waters taken"),
    "outline_tolerance_m": Text("区县界底图误差", "tolerance of districts' outlines"),
}
_BOUNDARIES = {
    "centre": Text("中线", "centre"),
    "near": Text("近边", "near edge"),
    "far": Text("远边", "far edge"),
}
_METRES = Text("米", "m")
_USUAL = Text(
    "按资料类别（坐标表 0.05 米，图形文件 0.5 米）", "by its source (lists 0.05 m, map files 0.5 m)"
)


def spoken(text: Text, language: Language) -> str:
    """Return a text in a language."""
    return text.zh if language == "zh" else text.en


def check_word(check: str, language: Language) -> str:
    """Return what a check is called; its id where it has no name here."""
    return spoken(CHECKS[check], language) if check in CHECKS else check


def label(value: Severity | Grade, language: Language) -> str:
    """Return the word for a severity or a grade, which are English words themselves."""
    return LABELS_ZH[value] if language == "zh" else value


def holds(verdict: Verdict, language: Language) -> str:
    """Return the word for a verdict on figures."""
    return (HOLDS_ZH if language == "zh" else _HOLDS_EN)[verdict]


def passes(verdict: Verdict, language: Language) -> str:
    """Return the word for a verdict on a zone or a whole document."""
    return (PASSES_ZH if language == "zh" else _PASSES_EN)[verdict]


def unit_word(unit: str, language: Language) -> str:
    """Return the word for a unit of area."""
    return unit if language == "zh" else unit_en(unit)


def where(plan: Plan, spans: tuple[Span, ...], language: Language) -> str:
    """Say on which page and line the first of some spans begins; nothing where there are none.

    Examples
    --------
    >>> from ftz_geo.model import Place, Plan, Source
    >>> plan = Plan(text="甲乙丙", source=Source(), zones=(), places=(Place(start=0, page=2, line=7),))
    >>> where(plan, ((1, 2),), "zh"), where(plan, ((1, 2),), "en"), where(plan, (), "en")
    ('第2页第7行', 'p. 2, line 7', '')
    """
    if not spans:
        return ""
    first = min(spans)
    if language == "zh":
        return plan.where(first)
    place = plan.place(first)
    if place is None:
        return f"character {first[0] + 1}"
    return (f"p. {place.page}, " if place.page else "") + f"line {place.line}"


def verdict_sentences(audit: Audit, language: Language) -> tuple[str, str]:
    """Return the verdict in words, and what it rests on.

    Examples
    --------
    >>> from ftz_geo.model import Audit
    >>> verdict_sentences(Audit(findings=(), zones=()), "en")[0]
    'Passed: what could be compared agrees.'
    """
    number = {severity: sum(f.severity == severity for f in audit.findings) for severity in SEVERITIES}
    gaps = len(audit.unchecked)
    left = Text(f"另有 {gaps} 处未核", f"{gaps} thing(s) were not checked") if gaps else Text("", "")
    said = {
        "pass": Text("通过：可比对的面积均相符。", "Passed: what could be compared agrees."),
        "notes": Text(
            "通过，有说明：可比对的面积均相符或其差有解释。",
            "Passed, with notes: what could be compared agrees, or its difference is explained.",
        ),
        "incomplete": Text(
            f"未核全：没有发现错误，但有 {gaps} 处未核，不能作为全部相符的结论。",
            f"Incomplete: no error was found, but {gaps} thing(s) were not checked; "
            "this is no statement that all agrees.",
        ),
        "fail": Text(
            f"不通过：有 {number['error']} 项错误{'，' if gaps else ''}{left.zh}。",
            f"Failed: {number['error']} error(s){'; ' if gaps else ''}{left.en}.",
        ),
    }
    if audit.verdict == "notes" and number["warning"]:
        said["notes"] = Text(
            "没有错误，有警告须核实。", "No errors; there are warnings that need to be looked into."
        )
    runs = {status: sum(run.status == status for run in audit.checks) for status in get_args(Status)}
    basis = Text(
        f"检查 {len(audit.checks)} 项：已核 {runs['ran']} 项，未核（无可核对象）{runs['not-run']} 项，"
        f"未能全核 {runs['could-not']} 项；发现错误 {number['error']}、警告 {number['warning']}、"
        f"说明 {number['note']}；未核事项 {gaps} 处。",
        f"{len(audit.checks)} checks: {runs['ran']} ran, {runs['not-run']} had nothing to look at, "
        f"{runs['could-not']} could not run on all; {number['error']} error(s), "
        f"{number['warning']} warning(s), {number['note']} note(s); {gaps} thing(s) not checked.",
    )
    return spoken(said[audit.verdict], language), spoken(basis, language)


def settings_words(audit: Audit, language: Language) -> list[str]:
    """Return the settings of an audit, each with its value."""
    settings = audit.metadata.settings

    def value(key: str) -> str:
        if key == "boundary":
            return spoken(_BOUNDARIES[settings.boundary], language)
        metres = getattr(settings, key)
        return spoken(_USUAL, language) if metres is None else f"{metres:g} {spoken(_METRES, language)}"

    return [f"{spoken(word, language)} {value(key)}" for key, word in _SETTINGS.items()]


class SourceWords(NamedTuple):
    """What a source was used as, and what it says of itself; None where it says nothing."""

    role: str | None
    file: str
    licence: str | None
    date: str | None
    datum: str | None
    """Or the reference system, where it states no datum."""
    sha256: str
    is_document: bool


def source_words(source: Mapping[str, Any], language: Language = "zh") -> SourceWords:
    """Return a source of :attr:`~ftz_geo.model.Metadata.sources` in words.

    Examples
    --------
    >>> found = source_words({"role": "reference", "file": "a.gpkg", "sha256": "0", "crs": "EPSG:4490"})
    >>> found.role, found.licence, found.datum
    ('底图', None, 'EPSG:4490')
    """
    licence, date, datum, crs = (str(source.get(key) or "") for key in ("licence", "date", "datum", "crs"))
    role = _ROLES.get(source.get("role", ""))
    return SourceWords(
        role=spoken(role, language) if role else None,
        file=str(source["file"]),
        licence=licence or None,
        date=date or None,
        datum=datum or crs or None,
        sha256=str(source["sha256"]),
        is_document=source.get("role") == "document",
    )
