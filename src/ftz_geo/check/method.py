"""How the figures of an audit were come by, as reports print it."""

from __future__ import annotations

from ftz_geo.model import Text

METHOD = (
    Text(
        "面积按国土调查办发〔2008〕32号的公式在 CGCS2000 椭球面上计算，判断以此为准；"
        "实测图形的边在投影平面上为直线，超过 70 米的先在平面上加密。",
        "Areas are taken on the CGCS2000 ellipsoid by the formula of 国土调查办发〔2008〕32号, and judged by "
        "it; edges of surveyed polygons are straight on their plane and cut there where longer than 70 m.",
    ),
    Text(
        "另列两数备查：测地线面积（边为椭球面上的最短线，Karney 2013）和投影平面面积（3 度带高斯—克吕格）。",
        "Two more stand beside it: the geodesic area (edges as shortest lines on the ellipsoid, Karney 2013) "
        "and the plane area (3° zones of Gauss-Krüger).",
    ),
    Text(
        "印有 d 位小数的面积视为该数 ± 末位的一半；n 项之和的限差为各项限差之和，总数另加一项。"
        "同一列表中小数位数不一的，按最多的位数计（省略的是末尾的零）。",
        "A figure with d decimals stands for itself ± half of its last digit; a sum is good to the sum of "
        "these, and its total adds one more. Where figures of one list differ in decimals, the finest "
        "holds (what was dropped is a zero).",
    ),
    Text(
        "约数按末位有效数字的一个单位计，超限只作警告。",
        "An approximate figure (约) is taken to a whole unit of its last significant digit, and is no more "
        "than a warning beyond it.",
    ),
    Text(
        "只有描图或实测、且未按公布面积成形的图形才与公布面积比对；示意图形不能证明面积。",
        "Only traced or surveyed polygons that no stated area shaped are held against stated areas; "
        "a sketch proves no area.",
    ),
    Text(
        "公布面积与量得面积之差的限差 = 数字取舍 + 界线误差。描图的界线误差为周长 × 界线误差，"
        "沿道路、河流的边另计半个路宽，在此以内的作说明；实测的为界址点误差 m 所致面积中误差 m·√(ΣD²/8) "
        "的 2 倍，D 为界址点前后两点之距。总面积是各数之和的，取舍为各数取舍之和，且不大于其 3 倍中误差。",
        "The limit of declared against measured = rounding + what the boundary leaves open: perimeter × "
        "boundary tolerance where traced, sides along roads and waters with half a road's width more, within "
        "which a difference is a note; where surveyed, twice the area's mean error m·√(ΣD²/8) by the corners "
        "error m, D from the corner before to the one after. A total that is a sum has the roundings of its "
        "addends, and no more than three times their mean error.",
    ),
)

CRS_NOTE = Text(
    "图形以 WGS 84 经纬度保存，面积以 CGCS2000 椭球（EPSG:4490）计算。两者之间 PROJ 取零平移，"
    "精度未知，一般视为在数分米以内；对面积没有可见的影响（椭球短半轴只差 0.1 毫米）。",
    "Polygons are kept in WGS 84 longitude, latitude; areas are taken on the CGCS2000 ellipsoid "
    "(EPSG:4490). PROJ has a zero shift of unknown accuracy between the two, commonly taken as within "
    "decimetres; it is of no consequence to an area (the semi-minor axes differ by 0.1 mm).",
)
