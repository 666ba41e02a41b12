"""The fixed words of the map pages: Chinese as the templates and scripts write them, and their English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Method

__all__ = ["EN", "METHODS_ZH"]

METHODS_ZH: Mapping[Method, str] = {
    "on-feature": "沿底图上的同名地物",
    "bridge": "地物之间的空隙，用直线连接",
    "extension": "地物到此为止，按其走向延长",
    "landmark": "按地标的位置推定",
    "offset": "按文中的方位或距离从地物偏移",
    "area-closure": "按申报面积推定",
    "sketch": "没有底图依据，按文字和面积排布",
    "edited": "由人在地图上改画",
}
"""How an edge of each method was found."""

EN: Mapping[str, str] = {
    # pages
    "全部片区": "All zones",
    "区块四至示意图": "Sketch map of the blocks and what they abut on",
    "片区总图": "All zones",
    "个片区": "zones",
    "个区块": "blocks",
    "四至说明：文字、候选、取用、边线": "How the sides were read: words, candidates, choice, edge",
    "纸张": "Paper",
    "A4 横向": "A4 landscape",
    "A4 纵向": "A4 portrait",
    "A3 横向": "A3 landscape",
    "A3 纵向": "A3 portrait",
    "打印": "Print",
    "地图": "Map",
    "北方向上": "North is up",
    "示意图": "Sketch map",
    "示意：按文字和面积排布，位置不可用于定位": "Sketched from words and areas: not fit for locating",
    "。图形按申报面积绘制，不能用来印证面积。": ". Drawn to the stated areas, which it cannot confirm.",
    "图例": "Legend",
    "来源：": "Source: ",
    "坐标 WGS 84（与 CGCS2000 视为相同）；面积为 CGCS2000 椭球面积。面积单位：平方公里（km²）。": (
        "Coordinates in WGS 84 (taken as CGCS2000); areas on the CGCS2000 ellipsoid, in km²."
    ),
    "制图：": "Drawn by ",
    "内容": "Contents",
    "查找区块、道路、地名": "Find a block, road or place",
    "找到": "Found:",
    "没有找到": "Nothing found",
    # table and tabs
    "区块": "Blocks",
    "核对": "Audit",
    "任务": "Tasks",
    "片区": "Zones",
    "申报总面积": "Stated total",
    "区块合计": "Sum of blocks",
    "合计": "Sum",
    "差": "Diff.",
    "申报": "Stated",
    "图上": "Drawn",
    "评级": "Grade",
    "升序": "ascending",
    "降序": "descending",
    "区块（平方公里）": "Blocks (km²)",
    "片区面积（平方公里）": "Areas of the zones (km²)",
    "未能绘出": "Not drawn",
    "核对结果": "Audit findings",
    "看图": "Show",
    "此处只列前面的结果，其余见核对报告（audit.html）：": "The rest is in audit.html: ",
    "主要任务": "Tasks",
    "适用的改革措施": "Pilot measures that apply",
    "打开分图": "Open its map",
    "相符": "agrees",
    "有说明": "notes",
    "不符": "fails",
    "错误": "error",
    "警告": "warning",
    "说明": "note",
    # grades
    "实测": "surveyed",
    "描图": "traced",
    "推断": "inferred",
    "未定": "undetermined",
    "按给定坐标绘制": "drawn from given coordinates",
    "各边落在底图的同名地物上": "every side lies on its feature of the reference map",
    "部分边按规则推定，逐条列明": "some edges drawn by rule, each listed",
    "按文字和面积排布，位置不可用于定位": "laid out from words and areas, not in place",
    "未能绘出图形，原因见表": "no polygon; the table says why",
    # edges
    "东": "East",
    "南": "South",
    "西": "West",
    "北": "North",
    "至": ":",
    "（无名）": "(unnamed)",
    "边线：": "Edge: ",
    "沿地物": "on its feature",
    "连接": "bridge",
    "延长": "extension",
    "地标": "landmark",
    "偏移": "offset",
    "按面积闭合": "area closure",
    "示意": "sketched",
    "沿底图上的同名地物": "Along the feature of that name on the reference map.",
    "地物之间的空隙，用直线连接": "A straight line over a gap between features.",
    "地物到此为止，按其走向延长": "The feature ends here and was drawn on in its direction.",
    "按地标的位置推定": "Placed by a landmark.",
    "按文中的方位或距离从地物偏移": "Set off from the feature as the words say.",
    "按申报面积推定": "Placed so that the stated area comes out.",
    "改绘": "edited",
    "由人在地图上改画": "Redrawn on the map by hand.",
    "没有底图依据，按文字和面积排布": "No map behind it: laid out from words and areas.",
    "长度": "Length",
    "中线至边": "Middle to edge",
    "米": "m",
    "公里": "km",
    "边线画在地物中线上；近边、远边各在两侧这一距离处。": (
        "Drawn on the middle of the feature; its near and far edges lie this far to either side."
    ),
    "底图要素": "Features of the map:",
    "原文没有词句对应这一段。": "No words of the document stand for this stretch.",
    "整个区块": "The whole block",
    # cards
    "申报面积": "Stated area",
    "图上面积": "Drawn area",
    "近边—远边": "Near to far edges",
    "（整个区块）": " (whole block)",
    "图形由申报面积推得，两数相符不能作为印证。": (
        "Shaped by the stated area: that the two agree confirms nothing."
    ),
    "四至": "Abuts on",
    "未单独绘出": "not drawn by itself",
    "位置不确定范围：约": "May lie elsewhere within about",
    "关闭": "Close",
    # map
    "放大": "Zoom in",
    "缩小": "Zoom out",
    "图层": "Layers",
    "纸面（离线）": "Paper (offline)",
    "天地图（联网，需密钥）": "Tianditu (online, needs a key)",
    "高德（联网，图形按 GCJ-02 显示）": "Gaode (online, shapes shown in GCJ-02)",
    "OpenStreetMap（联网）": "OpenStreetMap (online)",
    "请输入天地图密钥（tk）": "Your Tianditu key (tk)",
    "近边与远边之间": "Between near and far edges",
    "区块间道路河流（示意）": "Roads and waters between blocks (sketched)",
    "位置不确定范围（选中时画出）": "Where it may lie (drawn when chosen)",
    "核对有疑问的区块": "Blocks in doubt after the audit",
    "示意，位置不可用于定位": "sketched, not in place",
    "四至边线": "Edges",
    "四至名称": "Names along edges",
    "区块名称": "Names of blocks",
    "片区名称": "Names of zones",
    "位置不确定范围": "Where it may lie",
    "经纬网": "Graticule",
    "所取地物": "Chosen features",
    "落选候选": "Candidates that lost",
    "3°带": "3° zone",
}
"""English of every fixed word."""
