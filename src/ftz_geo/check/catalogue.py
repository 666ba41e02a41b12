"""Every check there is: its rule and its limit in one sentence each, how severe it is, what finds it."""

from __future__ import annotations

from functools import partial

from ftz_geo.check import (
    bias,
    cause,
    coverage,
    given,
    location,
    looked,
    measured,
    neighbours,
    polygons,
    relations,
    shapes,
    sums,
    told,
    words,
)
from ftz_geo.check.case import Check
from ftz_geo.model import Text

__all__ = ["CHECKS"]

_NO_ALLOWANCE = Text("0", "0")
_MEASURED = Text(
    "取舍 + 周长 × 界线误差（描图）或 2 倍界址点误差所致的面积误差（实测）（+ 路宽带，作说明）",
    "rounding + perimeter × boundary tolerance (traced) or twice the mean error of the area by that of the "
    "corners (surveyed) (+ the band of roads, a note)",
)

CHECKS: tuple[Check, ...] = (
    Check(
        id="declared-sum",
        text=Text(
            "各区块公布面积之和等于公布总面积；差数在各数取舍之和以内为说明，超出为错误。",
            "The blocks' stated areas add up to the stated total; a difference that rounding explains "
            "is a note, a larger one an error.",
        ),
        limit=Text(
            "½·10⁻ᵈ × 项数与总数各一（约数为一个单位）",
            "½·10⁻ᵈ for each part and for the total (a whole unit for 约)",
        ),
        severities=("note", "warning", "error"),
        find=sums.declared_sum,
        look=looked.totals,
    ),
    Check(
        id="parcel-sum",
        text=Text(
            "各地块公布面积之和等于所在区块的公布面积，取舍同上。",
            "The parcels' stated areas add up to their block's, with the same allowance for rounding.",
        ),
        limit=Text("同上", "the same"),
        severities=("note", "warning", "error"),
        find=sums.parcel_sum,
        look=looked.parcel_totals,
    ),
    Check(
        id="declared-count",
        text=Text(
            "列出的区块、地块个数与文中所称个数一致。",
            "As many blocks, and parcels of a block, are listed as the text says there are.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=sums.declared_count,
        look=looked.counts,
    ),
    Check(
        id="nesting",
        text=Text(
            "另述的全区之一部分，面积不大于全区。",
            "A part told beside the addends of a zone is no larger than the zone.",
        ),
        limit=Text("全区与部分的取舍", "rounding of both figures"),
        severities=("error",),
        find=sums.nesting,
        look=looked.parts_beside,
    ),
    Check(
        id="restated-total",
        text=Text(
            "同一总面积、同一区块的面积前后所述一致。",
            "The area of a zone or of a block that is told again is told alike.",
        ),
        limit=Text("两数的取舍", "rounding of both figures"),
        severities=("warning",),
        find=told.restated_totals,
        look=looked.restated,
    ),
    Check(
        id="two-units",
        text=Text(
            "同一面积以两种单位写出的，换算后一致。",
            "An area told in two units is one area.",
        ),
        limit=Text("两数的取舍", "rounding of both figures"),
        severities=("warning", "error"),
        find=told.two_units,
        look=looked.in_two_units,
    ),
    Check(
        id="larger-part",
        text=Text(
            "其中所含部分不大于整体；各部分合起来即为整体的，其和也不大于整体。",
            "What is said to be a part (其中…) is no larger than the whole, nor are parts that make it up.",
        ),
        limit=Text("各数取舍之和", "rounding of all figures"),
        severities=("error",),
        find=told.larger_parts,
        look=looked.parts,
    ),
    Check(
        id="plan-total",
        text=Text(
            "各片区公布总面积之和等于全文总面积，取舍同上。",
            "The zones' stated totals add up to the total over all of them, with the same allowance.",
        ),
        limit=Text("同上", "the same"),
        severities=("note", "warning", "error"),
        find=sums.plan_total,
        look=looked.whole_plan,
    ),
    Check(
        id="parts-sum",
        text=Text(
            "说明为全部的各部分（由…组成、其余…），或几乎占满整体的，相加即为整体。",
            "Parts that are said to make up their whole, or that make up all but a twentieth of it, do.",
        ),
        limit=Text("各数取舍之和", "rounding of all figures"),
        severities=("warning", "error"),
        find=told.sums_of_parts,
        look=looked.parts,
    ),
    Check(
        id="zero-area",
        text=Text("公布面积不为零。", "No stated area is nothing."),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=told.zero_areas,
        look=looked.figures,
    ),
    Check(
        id="unknown-neighbour",
        text=Text(
            "以相邻区块为界的，文中有这一区块，且不是其自身。",
            "A block named on a side is a block of the text, and not the one whose side it is.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=neighbours.unknown_neighbours,
        look=looked.neighbours,
    ),
    Check(
        id="opposed-neighbours",
        text=Text(
            "两个区块不互在对方的同一侧。",
            "Of two blocks that name each other, one lies opposite to where the other lies of it.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning", "error"),
        find=neighbours.opposed_neighbours,
        look=looked.neighbours,
    ),
    Check(
        id="block-labels",
        text=Text(
            "区块编号不重复、不遗漏、不颠倒。",
            "Block labels come once each, none left out, in order.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=words.block_labels,
        look=looked.blocks,
    ),
    Check(
        id="missing-side",
        text=Text(
            "写了四至的地块，东南西北四侧都有所至。",
            "A parcel whose sides are told has something on each of the four.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=words.missing_side,
        look=looked.sides,
    ),
    Check(
        id="doubled-side",
        text=Text(
            "一个地块的每一侧只写一次。",
            "Each side of a parcel is told in one place.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=words.doubled_side,
        look=looked.sides,
    ),
    Check(
        id="contradictory-sides",
        text=Text(
            "同一条道路或铁路不单独作为相对的两侧，两个地块的四至不完全相同。",
            "No road or railway is all of two opposite sides, and no two parcels have the same four sides.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=words.contradictory_sides,
        look=looked.sides,
    ),
    Check(
        id="unread-text",
        text=Text(
            "像边界或面积的文字都已读懂。",
            "All words that look like a boundary or an area were understood.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note",),
        find=words.unread_text,
        look=looked.words,
    ),
    Check(
        id="unit-plausibility",
        text=Text(
            "不相符的面积，换一个单位也不应恰好相符。",
            "No figure that does not fit would fit in another unit.",
        ),
        limit=Text("换单位后的原限差", "the limit in the other unit"),
        severities=("error",),
        find=measured.unit_plausibility,
        look=looked.sums_and_areas,
    ),
    Check(
        id="unmatched-polygon",
        text=Text(
            "每个图形都对应方案中的一个地块。",
            "Every polygon belongs to a parcel of the plan.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning", "error"),
        find=measured.unmatched_polygons,
        look=looked.given,
    ),
    Check(
        id="missing-polygon",
        text=Text(
            "提供了图形的，每个区块、每个地块都有图形；几个地块画成一个图形的为说明。",
            "Where polygons are given, every block and parcel has one; parcels drawn as one are a note.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note", "warning"),
        find=polygons.missing_polygons,
        look=looked.parcels,
    ),
    Check(
        id="several-polygons",
        text=Text(
            "一个区块或地块只有一个图形；几个图形不重叠的按其几部分合计。",
            "A block or parcel has one polygon; several that do not overlap are added up as its parts.",
        ),
        limit=Text("重叠 1 平方米", "1 m² of overlap"),
        severities=("warning", "error"),
        find=partial(given.noticed, "several-polygons"),
        look=looked.given,
    ),
    Check(
        id="duplicate-id",
        text=Text(
            "图形的编号不重复。",
            "No two polygons have the same id.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=partial(given.noticed, "duplicate-id"),
        look=looked.given,
    ),
    Check(
        id="broken-polygon",
        text=Text(
            "图形不为空，坐标都是数，每个环都围出面积。",
            "No polygon is empty; its coordinates are numbers, and each of its rings encloses an area.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=polygons.broken_polygons,
        look=looked.given,
    ),
    Check(
        id="detached-part",
        text=Text(
            "图形的各部分、片区的各图形相距不远。",
            "No part of a polygon lies far from the rest, and no polygon far from its zone.",
        ),
        limit=Text(
            "图形大小的 3 倍且 1 公里；片区内 20 公里",
            "3 times the size of the whole and 1 km; 20 km within a zone",
        ),
        severities=("warning",),
        find=polygons.detached_parts,
        look=looked.polygons,
    ),
    Check(
        id="declared-measured",
        text=Text(
            "公布面积与图形面积之差，不超过数字取舍加界线误差：描图的为周长乘界线误差，实测的为界址点误差所致。",
            "A stated area differs from a polygon's by no more than rounding and what its boundary leaves "
            "open: perimeter × boundary tolerance where traced, the corners' error where surveyed.",
        ),
        limit=_MEASURED,
        severities=("note", "warning", "error"),
        find=measured.declared_measured,
        look=looked.areas,
    ),
    Check(
        id="total-measured",
        text=Text(
            "公布总面积与图形面积之和之差，不超过数字取舍（总数是各数之和的，为各数之取舍）加各图形的界线误差。",
            "A stated total differs from the sum of all polygons by no more than its rounding (that of its "
            "addends where it is their sum) and what the boundaries leave open.",
        ),
        limit=_MEASURED,
        severities=("note", "warning", "error"),
        find=measured.total_measured,
        look=looked.area_totals,
    ),
    Check(
        id="bias",
        text=Text(
            "各图形与公布面积之差有正有负，不是整体偏大或偏小。",
            "Polygons differ from their stated areas by chance, and not all one way in proportion to their "
            "perimeters.",
        ),
        limit=Text("界线整体移动量的 3.5 倍标准误差", "3.5 standard errors of one shift of all boundaries"),
        severities=("note", "warning"),
        find=bias.biases,
        look=looked.pairs_of_areas,
    ),
    Check(
        id="swapped-labels",
        text=Text(
            "两个区块的公布面积不应互换才与图形相符。",
            "No two blocks' stated areas fit only each other's polygons.",
        ),
        limit=Text("互换后各自的限差", "both limits, exchanged"),
        severities=("error",),
        find=measured.swapped_labels,
        look=looked.pairs_of_areas,
    ),
    Check(
        id="overlap",
        text=Text(
            "图形互不重叠；窄条重叠在其周长乘界线误差以内的为说明。",
            "No two polygons cover the same ground; a strip within perimeter × boundary tolerance is a note.",
        ),
        limit=Text("重叠周长 × 界线误差", "the overlap’s perimeter × boundary tolerance"),
        severities=("note", "warning", "error"),
        find=coverage.overlaps,
        look=looked.pairs,
    ),
    Check(
        id="gap",
        text=Text(
            "相邻图形之间没有窄于道路的空隙。",
            "No strip narrower than a road is left open between polygons.",
        ),
        limit=Text("空隙周长 × 界线误差", "the gap’s perimeter × boundary tolerance"),
        severities=("note", "warning"),
        find=coverage.gaps,
        look=looked.pairs,
    ),
    Check(
        id="relation",
        text=Text(
            "同一条路在一块之西、另一块之东的，图上也是前者在东；写明相邻区块的，图上也在那一侧。",
            "Where one road is the west of one block and the east of another, the drawing has the one east "
            "of the other; a block named on a side lies there.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning", "error"),
        find=relations.relations,
        look=looked.pairs,
    ),
    Check(
        id="adjacency",
        text=Text(
            "文字写明以相邻区块为界的，图上两块相接；隔一条路以内的为说明，超过 100 米的为错误。",
            "Blocks that the words put side by side meet in the drawing; a road's width apart is a note, "
            "more than 100 m an error.",
        ),
        limit=Text(
            "界线误差（+ 两倍半路宽，作说明）", "boundary tolerance (+ twice a road’s half width, a note)"
        ),
        severities=("note", "warning", "error"),
        find=relations.adjacency,
        look=looked.named_pairs,
    ),
    Check(
        id="conformance",
        text=Text(
            "实测图形的每一侧有九成以上沿文字所称的道路、河流，相距不超过界线误差加半个路宽。",
            "Nine tenths of each surveyed side run along the feature that the words name, within boundary "
            "tolerance and half a road's width.",
        ),
        limit=Text("界线误差 + 半个路宽", "boundary tolerance + half a road’s width"),
        severities=("warning", "error"),
        find=location.conformance,
        look=looked.on_map,
    ),
    Check(
        id="outside-district",
        text=Text(
            "图形位于所属区县界内，界线底图的误差除外。",
            "Polygons lie in the district that the zone is named after, but for the outline's own error.",
        ),
        limit=Text("界线底图误差", "the outline’s tolerance"),
        severities=("warning", "error"),
        find=location.outside_district,
        look=looked.in_districts(location.outlined),
    ),
    Check(
        id="cause",
        text=Text(
            "实测图形没有整体偏离：轴未写反，带号、单位、坐标系未用错，未整体平移、转动或成镜像。",
            "Surveyed polygons are not off as a whole: no swapped axes, wrong zone, unit or datum, "
            "and no shift, turn or mirroring of all.",
        ),
        limit=Text(
            "还原后八成以上的边沿所称道路，或九成面积在界内，且比还原前多两成半以上",
            "once undone, .8 of the sides along their features (.25 more than before) or .9 of the area in "
            "its district",
        ),
        severities=("error",),
        find=cause.causes,
        look=looked.placed,
    ),
    Check(
        id="gcj02",
        text=Text(
            "实测坐标不是网络地图的偏移坐标（GCJ-02）。",
            "Surveyed coordinates are not in GCJ-02, the shifted system of Chinese web maps.",
        ),
        limit=Text("同“沿路”“界内”", "those of conformance and outside-district"),
        severities=("error",),
        find=cause.gcj02,
        look=looked.placed,
    ),
    Check(
        id="survey-damaged",
        text=Text(
            "坐标完整，可以不加猜测地读成图形。",
            "Coordinates are whole and can be read without guessing.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=partial(given.noticed, "survey-damaged"),
        look=looked.lists,
    ),
    Check(
        id="survey-order",
        text=Text(
            "坐标按 X 北、Y 东的惯例排列，界址点按序号排列。",
            "Coordinates come X north, Y east, and points in the order of their numbers.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note", "warning"),
        find=partial(given.noticed, "survey-order"),
        look=looked.lists,
    ),
    Check(
        id="survey-count",
        text=Text(
            "界址点数与表头所写一致，编号不缺。",
            "As many points are listed as the list says, none of their numbers left out.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=partial(given.noticed, "survey-count"),
        look=looked.lists,
    ),
    Check(
        id="survey-drawn",
        text=Text(
            "坐标表是勘测成果；注明非实测的图形不能作为印证。",
            "Lists of corners come from a survey; an outline that says it does not proves nothing.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=partial(given.noticed, "survey-drawn"),
        look=looked.lists,
    ),
    Check(
        id="survey-zone",
        text=Text(
            "文件头所写带号、计量单位与坐标一致。",
            "The zone and the unit of length that the head states are those of the coordinates.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("warning",),
        find=partial(given.noticed, "survey-zone"),
        look=looked.lists,
    ),
    Check(
        id="survey-datum",
        text=Text(
            "坐标写明为 CGCS2000；别的坐标系须换算，位置有偏差。",
            "Coordinates are stated to be CGCS2000; others are converted, and their place may be off.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note", "warning"),
        find=partial(given.noticed, "survey-datum"),
        look=looked.lists,
    ),
    Check(
        id="survey-packed",
        text=Text(
            "经纬度不写成度分秒合并的小数（D.MMSS）。",
            "Degrees are not written as packed D.MMSS.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note",),
        find=partial(given.noticed, "survey-packed"),
        look=looked.lists,
    ),
    Check(
        id="survey-area",
        text=Text(
            "坐标旁或属性表所写的面积与坐标围成的面积（椭球面或平面）相符。",
            "The area stated beside a list of corners, or in a column of a map file, is what they enclose, "
            "on the ellipsoid or the plane.",
        ),
        limit=Text(
            "取舍 + 坐标末位取舍引起的面积（属性表：周长 × 0.1 米 + 千分之一；再加周长 × 1 米以内为警告）",
            "rounding + what the last digit of the coordinates makes of the area (in a map file: perimeter × "
            "0.1 m + 0.1 %; up to perimeter × 1 m more is a warning)",
        ),
        severities=("warning", "error"),
        find=partial(given.noticed, "survey-area"),
        look=looked.areas_beside,
    ),
    Check(
        id="ring-closure",
        text=Text(
            "图形是闭合的多边形。",
            "Every outline is closed.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=shapes.ring_closure,
        look=looked.polygons,
    ),
    Check(
        id="self-crossing",
        text=Text(
            "界线不与自身相交或相接。",
            "No outline crosses or touches itself.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("error",),
        find=shapes.self_crossing,
        look=looked.polygons,
    ),
    Check(
        id="repeated-points",
        text=Text(
            "相邻界址点相距不小于 1 厘米。",
            "Points that follow each other are at least 1 cm apart.",
        ),
        limit=Text("1 厘米", "1 cm"),
        severities=("note",),
        find=shapes.repeated_points,
        look=looked.surveyed,
    ),
    Check(
        id="spike",
        text=Text(
            "界线没有小于 1° 的尖角。",
            "No corner is sharper than 1°.",
        ),
        limit=Text("1°", "1°"),
        severities=("warning",),
        find=shapes.spikes,
        look=looked.polygons,
    ),
    Check(
        id="sliver",
        text=Text(
            "没有处处窄于界线误差两倍的面。",
            "No part is everywhere thinner than twice the boundary tolerance.",
        ),
        limit=Text("2 × 界线误差", "2 × boundary tolerance"),
        severities=("warning",),
        find=shapes.slivers,
        look=looked.sound,
    ),
    Check(
        id="winding",
        text=Text(
            "内环与外环绕向相反。",
            "Holes are wound against their shell.",
        ),
        limit=_NO_ALLOWANCE,
        severities=("note",),
        find=shapes.winding,
        look=looked.polygons,
    ),
    Check(
        id="template-shape",
        text=Text(
            "实测图形不是正矩形、圆形，也不与别的图形完全相同。",
            "No surveyed polygon is a box along the axes, a circle, or a copy of another.",
        ),
        limit=Text("1 毫米（圆 5 厘米）", "1 mm (circles 5 cm)"),
        severities=("warning",),
        find=shapes.template_shapes,
        look=looked.surveyed,
    ),
)
"""Every check, in the order of its findings."""
