"""The fixed words of the map pages: Chinese as templates and scripts write them, and their English.

A template or script writes a word in Chinese, which is what a page shows at first, and asks :data:`EN`
for its English. Words of a vocabulary (grades, methods, sides, severities) are those of ``LABELS_ZH``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from ftz_geo.compass import DIRECTIONS
from ftz_geo.model import LABELS_ZH, Grade, Method, Severity
from ftz_geo.render.points import CUT_TITLE, MOST
from ftz_geo.render.views import SKETCH_NOTES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLAIMS_ZH", "EN", "METHODS_ZH"]

CLAIMS_ZH: Mapping[Grade, str] = {
    "surveyed": "按给定坐标绘制",
    "traced": "各边落在底图的同名地物上",
    "inferred": "有按规则推定的边或其他存疑，逐条列明",
    "approximate": "只是可能的画法之一，位置和形状在所述误差以内",
    "sketched": "按文字和面积排布，只在所述误差以内",
    "undetermined": "未能绘出图形，原因见表",
}
"""What each grade claims, in the words of the legend."""

METHODS_ZH: Mapping[Method, str] = {
    "on-feature": "沿底图上的同名地物",
    "bridge": "地物之间的空隙，用直线连接",
    "extension": "地物到此为止，按其走向延长",
    "landmark": "按地标的位置推定",
    "offset": "按文中的方位或距离从地物偏移",
    "area-closure": "按申报面积推定",
    "points": "沿地名点连成的中线",
    "sketch": "没有底图依据，按文字和面积排布",
    "edited": "由人在地图上改画",
}
"""How an edge of each method was found."""

_LABELS_EN: Mapping[str, str] = {
    **{side: side.capitalize() for side in DIRECTIONS},
    **{word: word for values in (Method, Grade, Severity) for word in get_args(values)},
    "on-feature": "on its feature",
    "area-closure": "area closure",
    "sketch": "sketched",
}
"""English of the values that ``LABELS_ZH`` names."""

EN: Mapping[str, str] = {
    **{LABELS_ZH[value]: en for value, en in _LABELS_EN.items()},
    # pages
    "全部片区": "All zones",
    "区块四至图": "The blocks and what they abut on",
    "片区四至图": "The zones and their blocks",
    "片区总图": "All zones",
    "个片区": "zones",
    "个区块": "blocks",
    "四至说明：文字、候选、取用、边线": "How the sides were read: words, candidates, choice, edge",
    "存疑": "in doubt",
    "确定": "sure",
    "各边的取舍": "What was decided for each side",
    "候选与取用": "Candidates and choice",
    "段": "ways",
    "评级理由": "Why it has its grade",
    "底图": "Reference map",
    "许可": "licence",
    "日期": "date",
    "坐标系": "reference system",
    "基准检验": "datum check",
    "纸张": "Paper",
    "A4 横向": "A4 landscape",
    "A4 纵向": "A4 portrait",
    "A3 横向": "A3 landscape",
    "A3 纵向": "A3 portrait",
    "打印": "Print",
    "打印设置": "Print",
    "范围": "Extent",
    "当前视图": "What is in view",
    "全部区块": "All blocks",
    "比例尺": "Scale",
    "自动": "Automatic",
    "编制单位": "Drawn up by",
    "编制日期": "Date",
    "今天": "Today",
    "附表和所选区块的卡片": "With the tables, and the card of the chosen block",
    "附全部区块的卡片": "With the cards of all blocks",
    "{scale} 超过 {most} 张；{fit} 可以放下，共 {all} 张。": (
        "{scale} takes more than {most} sheets; {fit} takes {all}."
    ),
    "{scale}，共 {all} 张。": "{scale}, sheets: {all}.",
    "第 {n} 张 共 {all} 张": "Sheet {n} of {all}",
    "接图表": "Sheets",
    "图名": "Title",
    "高程": "Heights",
    "无": "none",
    "图幅": "Sheet",
    "数据来源": "Sources",
    "文件": "Document",
    "界址坐标": "Coordinates",
    "未注明许可": "no licence stated",
    "（图幅中央）": " (in the middle)",
    "见图内比例尺": "see the bar in the frame",
    "无（位置未知）": "none (place unknown)",
    "CGCS2000，3°带第 {zone} 带，中央经线 {meridian}°E；图廓注记为公里，横坐标前冠带号": (
        "CGCS2000, 3° zone {zone}, central meridian {meridian}°E; the frame tells km, eastings with the "
        "number of the zone before them"
    ),
    "地图": "Map",
    "北方向上": "North is up",
    "参考图": "For reference",
    "不作法定界线依据": "no legal boundary",
    SKETCH_NOTES["all"]: "Sketched from words and areas: in place only to the error of each block",
    SKETCH_NOTES["some"]: "Some blocks are sketched from words and areas: in place only to the error of each",
    SKETCH_NOTES["unplaced"]: "Sketched, place unknown: sizes and neighbours only",
    "位置未知": "Place unknown",
    "只示大小和相邻关系，不在经纬网上": "sizes and neighbours only, not on the graticule",
    "所给底图在此处附近没有带名称的线条，未画底图。": (
        "The base map given has no named line near here: none is drawn."
    ),
    "投影": "Projector",
    "所选区块": "The chosen block",
    "此处重叠：": "Lying on each other here:",
    "。图形按申报面积绘制，不能用来印证面积。": ". Drawn to the stated areas, which it cannot confirm.",
    "图例": "Legend",
    "来源：": "Source: ",
    "坐标 WGS 84（与 CGCS2000 视为相同）；面积为 CGCS2000 椭球面积。": (
        "Coordinates in WGS 84 (taken as CGCS2000); areas on the CGCS2000 ellipsoid. "
    ),
    "制图：": "Drawn by ",
    "底图线条": "Lines of the base map",
    "底图线条：": "Base map: ",
    "较短的未收入：": "shorter ones left out: ",
    "内容": "Contents",
    "跳到地图": "To the map",
    "跳到表格": "To the table",
    "跳到说明": "To the account",
    "查找名称（可用拼音）、编号、坐标": "Find a name (or its pinyin), a number, coordinates",
    "找到": "Found:",
    "没有找到": "Nothing found",
    "其余未列": "Not listed:",
    "措施": "Pilot measure",
    "坐标": "Coordinates",
    "图上位于": "as drawn, in",
    "图上距": "as drawn, distance to",
    "未写带号，按本图": "no zone given, taken as this map's:",
    "6°带": "6° zone",
    "上一视图": "Earlier view",
    "全图": "Whole map",
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
    "位置±": "Place ±",
    "未知": "unknown",
    "均分": "shared",
    "范围外": "outside its range",
    "加总核对": "Sums",
    "图形核对": "Shapes",
    "未比对": "not compared",
    "升序": "ascending",
    "降序": "descending",
    "片区面积": "Areas of the zones",
    "未能绘出": "Not drawn",
    "核对结果": "Audit findings",
    "看图": "Show",
    "此处只列前面的结果，未列：": "Only the first are listed here; left out: ",
    "核对报告": "Audit report (in Chinese)",
    "详情": "Details",
    "全文的核对结果": "Audit findings of the whole document",
    "主要任务": "Tasks",
    "适用的改革措施": "Pilot measures that apply",
    "打开分图": "Open its map",
    "相符": "agrees",
    "有说明": "notes",
    "未核全": "not all checked",
    "不符": "fails",
    # grades
    "按给定坐标绘制": "drawn from given coordinates",
    "各边落在底图的同名地物上": "every side lies on its feature of the reference map",
    "有按规则推定的边或其他存疑，逐条列明": "some edges drawn by rule, or other doubt, each listed",
    "只是可能的画法之一，位置和形状在所述误差以内": "one way to draw it, good to the uncertainty it states",
    "沿地名点连成的中线": "along an axis through named points",
    "按文字和面积排布，只在所述误差以内": ("laid out from words and areas, good only to the error it states"),
    "未能绘出图形，原因见表": "no polygon; the table says why",
    # edges
    "至": ":",
    "（无名）": "(unnamed)",
    "边线：": "Edge: ",
    "沿底图上的同名地物": "Along the feature of that name on the reference map.",
    "地物之间的空隙，用直线连接": "A straight line over a gap between features.",
    "地物到此为止，按其走向延长": "The feature ends here and was drawn on in its direction.",
    "按地标的位置推定": "Placed by a landmark.",
    "按文中的方位或距离从地物偏移": "Set off from the feature as the words say.",
    "按申报面积推定": "Placed so that the stated area comes out.",
    "由人在地图上改画": "Redrawn on the map by hand.",
    "没有底图依据，按文字和面积排布": "No map behind it: laid out from words and areas.",
    "长度": "Length",
    "中线至边": "Middle to edge",
    "米": "m",
    "公里": "km",
    "边线画在地物中线上；近边、远边各在两侧这一距离处，底图未给宽度的按道路等级取值。": (
        "Drawn on the middle of the feature; its near and far edges lie this far to either side, by the "
        "class of the road where the map gives no width."
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
    "位置按已知各边推算；连同避让其他区块的移动，误差约": (
        "Placed by those of its sides that are known; with the move clear of other blocks, good to about"
    ),
    "以内（九成把握）": " (90 %)",
    "±为边线误差，九成把握": "± holds the true line, 90 %",
    "误差": "Uncertainty",
    "九成把握": "90 %",
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
    "位置可能偏离的范围": "How far its place may be off",
    "边线误差带，九成把握": "Band of the true edge, 90 %",
    "核对有疑问的区块": "Blocks in doubt after the audit",
    "示意，位置不可用于定位": "sketched, not in place",
    "四至边线": "Edges",
    "地名点": "Named points",
    CUT_TITLE: f"Named points (only the {MOST} nearest the blocks)",
    "四至名称": "Names along edges",
    "区块名称": "Names of blocks",
    "片区名称": "Names of zones",
    "位置不确定范围": "Where it may lie",
    "经纬网": "Graticule",
    "所取地物": "Chosen features",
    "落选候选": "Candidates that lost",
    "3°带": "3° zone",
    # units of area
    "面积单位": "Areas in",
    "平方公里": "km²",
    "公顷": "ha",
    "亩": "mu",
    "平方米": "m²",
    # taking along
    "带走": "Take along",
    "图上可见": "In view",
    "格式": "As",
    "QGIS、ArcGIS 可直接打开": "opens in QGIS and ArcGIS",
    "表格，图形为 WKT": "a table, outlines as WKT",
    "三维地球软件可打开": "opens in viewers of the globe",
    "界址点坐标，CGCS2000 3° 带，米": "corners as surveys list them, CGCS2000 3° zone, metres",
    "图片：地图现状，两倍大小": "a picture of the map as it is, twice its size",
    "其中示意或概略图形": "Of these, sketched or approximate:",
    "：文件内逐条注明评级、理由和误差。": "; the file gives grade, reasons and error of each.",
    "：没有坐标可写，不在文件内。": ": no coordinates to write, left out of the file.",
    "地图上未交回的修改不在文件内，请用“下载修改”交回。": (
        "Changes made on this map are not in the file; hand them back by “Download changes”."
    ),
    "：只写属性，不写坐标。": ": written without coordinates.",
    "位置未知：只示大小和相邻关系，不给坐标": "Place unknown: sizes and neighbours only, no coordinates",
    "所选图形不是实测界址点，不能当作勘测成果。仍要写成坐标文件，并在文件内逐块注明“非实测”。": (
        "These outlines are no surveyed corners and must not pass for a survey. Write them as a file of "
        "coordinates all the same, which says of each block that it is not surveyed."
    ),
    "联网底图不能写入图片，图中略去。": "Online base maps cannot be put into a picture: left out.",
    "此浏览器不能把地图存成图片，可改用打印或截屏。": (
        "This browser cannot save the map as a picture: print it, or take a screenshot."
    ),
    "已保存到下载文件夹：": "Saved among the downloads: ",
    "复制卡片": "Copy card",
    "复制坐标": "Copy corners",
    "复制此处坐标": "Copy this place",
    "已复制：": "Copied: ",
    "此浏览器不许复制，请手工选取。": "This browser lets no page copy: mark the text by hand.",
    "环": "ring",
    "点号": "corner",
    "经度": "longitude",
    "纬度": "latitude",
    "中央子午线": "central meridian",
    # the reader's own layers
    "对照图层": "Own layer",
    "移去": "Take off",
    "按 WGS 84（CGCS2000）显示，不作换算；GCJ-02 等偏移坐标看不出来，也不纠正。文件不离开本机。": (
        "Shown as WGS 84 (CGCS2000), nothing is converted: GCJ-02 and other shifted coordinates cannot be "
        "told, and are not mended. The file stays on this computer."
    ),
    "坐标不是数字。": "A coordinate is no number.",
    "纬度写在了经度前面，请对调后再试：": "Latitude stands before longitude; swap them: ",
    "坐标不是经纬度，像是投影米制坐标，请先换算为经纬度：": (
        "The coordinates are no degrees but look like projected metres; convert them to degrees first: "
    ),
    "不认识的图形类型：": "No kind of geometry known here: ",
    "JSON 残缺，读不出来。": "The JSON is broken.",
    "坐标系不是经纬度，请先换算为 WGS 84 或 CGCS2000 经纬度：": (
        "Its reference system is no longitude and latitude; convert it to WGS 84 or CGCS2000 degrees first: "
    ),
    "不是 GeoJSON，或其中图形残缺。": "This is no GeoJSON, or its shapes are broken.",
    "KML 带有实体声明，不予读取。": "The KML declares entities and is not read.",
    "KML 残缺，读不出来。": "The KML is broken.",
    "东坐标没有带号，文件头也没有写带号，定不了位置：": (
        "The easting has no zone, and the head of the file states none: it has no place. "
    ),
    "北坐标不在中国范围：": "The northing is none of China's: ",
    "坐标文字损坏：": "A row of coordinates is damaged: ",
    "坐标系不是 2000 国家大地坐标系，换算需要参数，不予显示：": (
        "The coordinates are not in CGCS2000, and to convert them takes parameters; not shown: "
    ),
    "文件超过 20 MB，不予读取。": "The file is larger than 20 MB and is not read.",
    "没有读到坐标：只认 GeoJSON、KML 和界址点坐标 TXT。": (
        "No coordinates were read: GeoJSON, KML and survey TXT are known."
    ),
    "位置未知，不在图上：": "Place unknown, not on the map: ",
    "对照图层的点数超过 50 万，不予显示。": "The own layers have more than 500,000 points; not shown.",
    "文件读不出来。": "The file cannot be read.",
    # editor
    "修改": "Edit",
    "选择区块…": "Choose a block…",
    "撤销": "Undo",
    "重做": "Redo",
    "删除界点": "Delete corner",
    "共用界点一起移动": "Move shared corners together",
    "示意图中，两条同名道路相交处，路两侧区块的界点也一起移动。": (
        "In a sketch, corners of blocks across the road move along where the same two roads meet."
    ),
    "吸附相邻区块和底图": "Snap to neighbours and base map",
    "显示全部界点": "Show all vertices",
    "下载修改": "Download changes",
    "申报 km²": "Stated km²",
    "原图 km²": "Before km²",
    "现图 km²": "Now km²",
    "现图与申报之差": "Now − stated",
    "现图与原图之差": "Now − before",
    "界点": "Corner",
    "边中点": "Middle of an edge",
    "整块移动": "Move the whole block",
    "图形自相交，改正后才能下载。": "The outline crosses itself; mend it to download.",
    "整区对位": "Align the zone",
    "在图上依次点两处，再点这两处的真实位置；也可填经纬度（度）或带带号的 CGCS2000 坐标 X Y。": (
        "Click two places on the drawing, then where these truly are; or write degrees, or CGCS2000 X and Y "
        "with the zone's number."
    ),
    "图上第一处": "Drawn, first place",
    "图上第二处": "Drawn, second place",
    "真实第一处": "True, first place",
    "真实第二处": "True, second place",
    "不缩放（面积不变）": "Keep the scale (areas stay)",
    "应用": "Apply",
    "清空": "Clear",
    "缩放": "Scale",
    "请核对所取位置": "check the places",
    "旋转（逆时针为正）": "Turn (counter-clockwise)",
    "平移": "Shift",
    "两处重合，无法对位。": "The two places are one: nothing can be aligned.",
    "与": "and",
    "整边沿用底图": "The whole side takes the base map's line",
    "重叠": "overlap by",
    "其他重叠处数": "Other overlaps:",
    "文字所述相邻区块已不在这一侧": "a block that its words name no longer lies on this side",
    "放大地图后显示界点。": "Zoom in to see the corners.",
    "删去后不成图形。": "Fewer than three corners would be left.",
    "姓名": "Your name",
    "取消": "Cancel",
    "下载": "Download",
    "保持原评级（描图改动后降为推断）": "Keep the grade (a trace that was moved becomes inferred)",
    "按实测坐标": "Surveyed coordinates",
    "点选区块，拖动界点；拖边中点加界点，拖到底图的路上则整边沿用；方向键移 1 米，Shift 移 10 米，"
    "Alt 移 0.1 米；Delete 删除；Ctrl+Z 撤销，Ctrl+Y 重做。": (
        "Choose a block and drag its corners; a side's middle makes a corner or, on a road of the base map, "
        "takes the road; arrow keys move 1 m, with Shift 10 m, with Alt 0.1 m; Delete; Ctrl+Z, Ctrl+Y."
    ),
    # two versions
    "两版比较": "Two versions",
    "原为：": "Was: ",
    "比较方式": "How to compare",
    "并列滑动": "Side by side",
    "淡入淡出": "Fade",
    "叠加": "Overlay",
    "旧版": "Old",
    "新版": "New",
    "由旧版淡入新版": "Fade from the old version to the new",
    "旧版与新版的分界": "Divider between the old and the new version",
    "拖动，或用方向键移动": "Drag, or move with the arrow keys",
    "新增": "added",
    "不再列入": "gone",
    "有改动": "changed",
    "未变": "unchanged",
    "旧版界线": "outline in the old version",
    "只在新版之内的地": "ground of the new version alone",
    "只在旧版之内的地": "ground of the old version alone",
    "处改动": "changes",
    "两版都没有图形，只比较文字。": "Neither version has polygons: words alone are compared.",
    "旧版没有图形，图上只有新版。": "The old version has no polygons: the map shows the new one alone.",
    "新版没有图形，图上只有旧版。": "The new version has no polygons: the map shows the old one alone.",
    "虚线图形为示意，按文字排布，大小有据，位置无据；两版之间位置的差别不表示移动。": (
        "Broken outlines are sketched from words: their size is stated, their place is not; where they lie "
        "apart in the two versions, nothing moved."
    ),
    "两版所述相同。": "Both versions say the same.",
    # measuring
    "量测": "Measure",
    "测距": "Distance",
    "测面": "Area",
    "面积": "Area",
    "周长": "Perimeter",
    "点击地图逐点量测；键盘：方向键移图，回车取图心，退格去末点。": (
        "Click places on the map; with keys: arrows move the map, Enter takes its middle, Backspace the last "
        "place off."
    ),
}
"""English of every fixed word."""
