"""Made ground: a town of streets and blocks in 西青, its notice in words, and its files as users bring them.

Areas are taken on the CGCS2000 ellipsoid by pyproj's geodesics, which the package does not use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from pathlib import Path

Points = NDArray[np.float64]
Warp = Callable[[Points], Points]
Geometry = Any
"""A shapely geometry, in metres east and north of EPSG:4548 (CGCS2000, 3-degree zone of 117 E)."""

GEOD = Geod(a=6378137, rf=298.257222101)
CORNER = (509800.0, 4317400.0)
"""South-west corner of every town: 117.113 E, 38.990 N, well inside 西青区."""
ALONG = tuple("柳明路 云霞路 盛兴路 泽润路 祥宪路 兴华路 永康路 惠泽路 嘉和路 天源路 友谊南路".split())
ACROSS = tuple("明进道 财源道 津兴道 新源道 赛达南道 宏源道 梨双道 民和道 海澜道 丰泽道 裕安道".split())
HAN = "零一二三四五六七八九十"
SQUARE_METRES = {"平方公里": 1e6, "公顷": 1e4, "亩": 2000 / 3, "平方米": 1.0}
SIDES = "东南西北"


def counted(number: int) -> str:
    """A number of things: two are 两, not 二."""
    return "两" if number == 2 else han(number)


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens < 2 else HAN[tens]) + ("十" if tens else "")
    return (head + (HAN[ones] if ones or not tens else "")) or HAN[0]


# ---- where things are ------------------------------------------------------------------------------------


def between(source: Any, target: Any) -> Warp:
    change = Transformer.from_crs(source, target, always_xy=True)
    return lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))


lonlat: Warp = between(4548, 4490)
_PLAIN = "+proj=longlat +a=6378137 +rf=298.257222101 +towgs84=0,0,0 +no_defs"


def zone39(xy: Points) -> Points:
    there: Points = xy + np.array([39e6, 0])
    return there


def zone(number: int, degrees: int = 3) -> Warp:
    """Gauss-Krüger zone with its number in the easting."""
    meridian = number * degrees - (3 if degrees == 6 else 0)
    plane = f"+proj=tmerc +lon_0={meridian} +x_0={number}500000 +a=6378137 +rf=298.257222101 +no_defs"
    change = between(_PLAIN, plane)
    return lambda xy: change(lonlat(xy))


def beijing54(xy: Points) -> Points:
    """Plane coordinates of Beijing 54, zone 39; three parameters of the Yellow Sea, EPSG:15918 and after."""
    shift = "+ellps=krass +towgs84=12.646,-155.176,-80.863 +no_defs"
    return between(_PLAIN, f"+proj=tmerc +lon_0=117 +x_0=39500000 {shift}")(lonlat(xy))


def xian80(xy: Points) -> Points:
    """Plane coordinates of Xian 80, zone 39: some 100 m of easting away, as is usual around Tianjin."""
    plane = "+proj=tmerc +lon_0=117 +x_0=39500000 +a=6378140 +rf=298.257 +no_defs"
    own = lonlat(xy) - np.array([4.2, 0.3]) / 3600
    return between("+proj=longlat +a=6378140 +rf=298.257 +no_defs", plane)(own)


def gcj02(xy: Points) -> Points:
    """The published formula of GCJ-02."""
    lon, lat = lonlat(xy).T
    x, y = lon - 105, lat - 35
    waves = 20 * (np.sin(6 * x * math.pi) + np.sin(2 * x * math.pi)) * 2 / 3
    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * np.sin(y * math.pi) + 40 * np.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * math.pi) + 320 * np.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * np.sin(x * math.pi) + 40 * np.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * math.pi) + 300 * np.sin(x / 30 * math.pi)) * 2 / 3
    a, e2 = 6378245.0, 0.00669342162296594323
    phi = np.radians(lat)
    w = 1 - e2 * np.sin(phi) ** 2
    dlat = north * 180 / (a * (1 - e2) / (w * np.sqrt(w)) * math.pi)
    dlon = east * 180 / (a / np.sqrt(w) * np.cos(phi) * math.pi)
    return np.column_stack([lon + dlon, lat + dlat])


def bd09(xy: Points) -> Points:
    lon, lat = gcj02(xy).T
    wave = math.pi * 3000 / 180
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * wave)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * wave)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def axes_swapped(warp: Warp) -> Warp:
    return lambda xy: warp(xy)[:, ::-1]


def area_m2(ground: Geometry) -> float:
    """Area on the ellipsoid of what the polygon covers."""
    return float(abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(warped(ground, lonlat)))[0]))


def warped(ground: Geometry, warp: Warp) -> Geometry:
    return None if ground is None else shapely.transform(ground, warp)


# ---- what the notice says ----------------------------------------------------------------------------------


def figure(square_metres: float, unit: str = "平方公里", decimals: int = 2) -> str:
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(square_metres / SQUARE_METRES[unit]).quantize(step, ROUND_HALF_UP)}{unit}"


def number_of(stated: str) -> Decimal:
    return Decimal("".join(c for c in stated if c.isdigit() or c == "."))


@dataclass(frozen=True, kw_only=True)
class Block:
    label: str
    ground: Geometry
    sides: Mapping[str, str]
    stated: str
    """The figure with its unit, as it stands in the notice; empty where it states none."""
    tail: str = ""
    """What follows the sides."""
    parcels: tuple[Block, ...] = ()
    told_parcels: int | None = None

    def words(self) -> str:
        area = f"面积{self.stated}，" if self.stated else ""
        if not self.parcels:
            sides = "、".join(f"{side}至{name}" for side, name in self.sides.items())
            return f"{self.label}：{area}{sides}。{self.tail}\n"
        count = counted(self.told_parcels or len(self.parcels))
        parcels = "；".join(map(_parcel_words, self.parcels))
        return f"{self.label}：{area}分为{count}个地块。{parcels}。{self.tail}\n"


def _parcel_words(parcel: Block) -> str:
    area = f"面积{parcel.stated}，" if parcel.stated else ""
    sides = "，".join(f"{side}至{name}" for side, name in parcel.sides.items())
    return f"{parcel.label}{area}四至范围为：{sides}"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One polygon of a user's file; its ground may be None."""

    name: str
    ground: Geometry
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Town:
    """A notice and what is handed in with it; every method returns another town."""

    blocks: tuple[Block, ...]
    streets: Mapping[str, Geometry]
    shapes: tuple[Shape, ...]
    total: str | None
    count: int
    notice: str | None = None
    """The whole text, where it is not the one that the blocks make."""
    title: str = "中国（天津）自由贸易试验区西青经开区联动创新区总体方案"
    closing: str = ""
    notice_file: Callable[[Path, str], Path] | None = None
    kind: str | None = None
    """Which writer makes the file of polygons; None hands in none."""
    options: Mapping[str, Any] = field(default_factory=dict)
    with_map: bool = False
    outline: Geometry = None

    def say(self, which: int, **changes: Any) -> Town:
        """Change what the notice says of one block."""
        blocks = list(self.blocks)
        blocks[which] = replace(blocks[which], **changes)
        return replace(self, blocks=tuple(blocks))

    def draw(self, which: int, ground: Geometry | Callable[[Geometry], Geometry], **changes: Any) -> Town:
        """Change what the user's file draws of one block."""
        shapes = list(self.shapes)
        new = ground(shapes[which].ground) if callable(ground) else ground
        shapes[which] = replace(shapes[which], ground=new, **changes)
        return replace(self, shapes=tuple(shapes))

    def draw_all(self, change: Callable[[Geometry], Geometry]) -> Town:
        return replace(self, shapes=tuple(replace(s, ground=change(s.ground)) for s in self.shapes))

    def without(self, which: int) -> Town:
        """Leave one polygon out."""
        return replace(self, shapes=tuple(s for n, s in enumerate(self.shapes) if n != which))

    def added(self, *shapes: Shape) -> Town:
        return replace(self, shapes=(*self.shapes, *shapes))

    def file(self, kind: str | None, **options: Any) -> Town:
        return replace(self, kind=kind, options=options)

    def mapped(self) -> Town:
        return replace(self, with_map=True)

    def outlined(self, margin: float = 2500) -> Town:
        """Hand in a district that reaches so far beyond the blocks."""
        grounds = shapely.union_all([block.ground for block in self.blocks])
        return replace(self, outline=grounds.convex_hull.buffer(margin))

    def text(self) -> str:
        if self.notice is not None:
            return self.notice
        total = f"联动创新区总面积{self.total}，" if self.total else "联动创新区"
        return (
            f"{self.title}\n\n（三）实施范围\n\n"
            f"{total}分为{counted(self.count)}个区块，分别为：\n\n"
            + "\n".join(block.words() for block in self.blocks)
            + self.closing
        )

    def write(self, folder: Path) -> Handed:
        """Write everything that is handed in."""
        notice = (self.notice_file or _plain)(folder, self.text())
        polygons = WRITERS[self.kind](folder, self.shapes, **self.options) if self.kind else None
        reference = _lines(folder, self.streets) if self.with_map else None
        outlines = _outlines(folder, self.outline) if self.outline is not None else None
        return Handed(notice, polygons, reference, outlines)


@dataclass(frozen=True)
class Handed:
    notice: Path
    polygons: Path | None
    reference: Path | None
    outlines: Path | None


def summed(blocks: Sequence[Block], unit: str = "平方公里") -> str:
    return f"{sum(number_of(block.stated) for block in blocks)}{unit}"


def shapes_of(blocks: Sequence[Block]) -> tuple[Shape, ...]:
    named = [(b.label, b) for b in blocks if not b.parcels]
    named += [(b.label + parcel.label, parcel) for b in blocks for parcel in b.parcels]
    return tuple(Shape(name=name, ground=block.ground) for name, block in named)


def town(
    seed: int,
    columns: int = 3,
    rows: int = 2,
    *,
    size: float = 1250,
    jitter: float = 60,
    unit: str = "平方公里",
    decimals: int = 2,
    north: float = 0,
    bend: Callable[[Geometry], Geometry] = lambda line: line,
) -> Town:
    """A town whose every cell between four streets is a block, numbered from the north-west, row by row."""
    rng = np.random.default_rng(seed)
    along = [str(name) for name in rng.choice(ALONG, columns + 1, replace=False)]
    across = [str(name) for name in rng.choice(ACROSS, rows + 1, replace=False)]
    steps = [np.cumsum([0, *rng.uniform(0.8, 1.25, n) * size]) for n in (columns, rows)]
    nodes = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1) + CORNER + np.array([0, north])
    nodes = np.round(nodes + rng.uniform(-jitter, jitter, nodes.shape), 3)
    blocks = []
    for n in range(columns * rows):
        i, j = n % columns, rows - 1 - n // columns
        ground = shapely.Polygon([nodes[i, j], nodes[i + 1, j], nodes[i + 1, j + 1], nodes[i, j + 1]])
        ground = bend(ground)
        names = (along[i + 1], across[j], along[i], across[j + 1])
        blocks.append(
            Block(
                label=f"区块{han(n + 1)}",
                ground=ground,
                sides=dict(zip(SIDES, names, strict=True)),
                stated=figure(area_m2(ground), unit, decimals),
            )
        )
    reach = size / 4
    lines = {name: bend(_street(nodes[i], reach)) for i, name in enumerate(along)}
    lines |= {name: bend(_street(nodes[:, j], reach)) for j, name in enumerate(across)}
    return Town(
        blocks=tuple(blocks),
        streets=lines,
        shapes=shapes_of(blocks),
        total=summed(blocks, unit),
        count=len(blocks),
    )


def _street(nodes: Points, reach: float) -> Geometry:
    """A street through its crossings, going on beyond the first and the last."""
    first, last = nodes[0] - nodes[1], nodes[-1] - nodes[-2]
    ends = (nodes[0] + first / np.hypot(*first) * reach, nodes[-1] + last / np.hypot(*last) * reach)
    return shapely.LineString([ends[0], *nodes, ends[1]])


# ---- files -----------------------------------------------------------------------------------------------


def _plain(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "notice.txt"
    path.write_text(text, encoding=encoding)
    return path


def _feature(geometry: Geometry, properties: Mapping[str, Any]) -> dict[str, Any]:
    drawn = None if geometry is None else shapely.geometry.mapping(geometry)
    return {"type": "Feature", "properties": dict(properties), "geometry": drawn}


def _collection(path: Path, features: list[dict[str, Any]], encoding: str = "utf-8", **more: Any) -> Path:
    whole = {"type": "FeatureCollection", **more, "features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding=encoding)
    return path


def _lines(folder: Path, streets: Mapping[str, Geometry]) -> Path:
    features = [_feature(warped(g, lonlat), {"name": n, "highway": "primary"}) for n, g in streets.items()]
    return _collection(folder / "streets.geojson", features)


def _outlines(folder: Path, district: Geometry) -> Path:
    properties = {"name": "西青区", "boundary": "administrative", "admin_level": "6"}
    return _collection(folder / "districts.geojson", [_feature(warped(district, lonlat), properties)])


def geojson(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    column: str = "name",
    decimals: int = 8,
    edit: Callable[[list[dict[str, Any]]], None] = lambda features: None,
    **more: Any,
) -> Path:
    features = []
    for shape in shapes:
        drawn = warped(shape.ground, lambda xy: np.round(to(xy), decimals))
        features.append(_feature(drawn, {column: shape.name, **shape.more}))
    plain: list[dict[str, Any]] = json.loads(json.dumps(features))
    edit(plain)
    return _collection(folder / "blocks.geojson", plain, **more)


def _frame(shapes: Sequence[Shape], to: Warp, column: str, crs: int | None) -> gpd.GeoDataFrame:
    rows = [{column: shape.name, **shape.more} for shape in shapes]
    return gpd.GeoDataFrame(rows, geometry=[warped(s.ground, to) for s in shapes], crs=crs)


def shapefile(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    column: str = "DKMC",
    crs: int | None = 4490,
    encoding: str = "UTF-8",
    lost: str | None = None,
) -> Path:
    """The files that belong together, but for one that was left behind."""
    path = folder / "blocks.shp"
    _frame(shapes, to, column, crs).to_file(path, encoding=encoding)
    if lost is not None:
        path.with_suffix(lost).unlink()
    return path


def geopackage(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    column: str = "name",
    crs: int = 4490,
    layered: bool = False,
) -> Path:
    """One layer, or a layer for each block."""
    path = folder / "blocks.gpkg"
    groups = [(shape.name, [shape]) for shape in shapes] if layered else [("blocks", list(shapes))]
    for layer, group in groups:
        _frame(group, to, column, crs).to_file(path, layer=layer, driver="GPKG")
    return path


def kml(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    mark: Callable[[str], str] = lambda name: name,
) -> Path:
    """A folder for each block, as Google Earth saves them."""

    def ring(points: Any, kind: str) -> str:
        pairs = " ".join(f"{x:.9f},{y:.9f},0" for x, y in to(shapely.get_coordinates(points)))
        return f"<{kind}><LinearRing><coordinates>{pairs}</coordinates></LinearRing></{kind}>"

    def polygon(part: Geometry) -> str:
        inner = "".join(ring(hole, "innerBoundaryIs") for hole in part.interiors)
        return f"<Polygon>{ring(part.exterior, 'outerBoundaryIs')}{inner}</Polygon>"

    body = ""
    for shape in shapes:
        parts = "".join(polygon(part) for part in shapely.get_parts(shape.ground))
        placemark = (
            f"<Placemark><name>{mark(shape.name)}</name><MultiGeometry>{parts}</MultiGeometry></Placemark>"
        )
        body += f"<Folder><name>{shape.name}</name>{placemark}</Folder>"
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    path = folder / "blocks.kml"
    path.write_text(f"{head}<Document>{body}</Document></kml>", encoding="utf-8")
    return path


def _rings(ground: Geometry) -> list[Points]:
    parts = shapely.get_parts(ground)
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [shapely.get_coordinates(ring) for ring in rings]


HEAD = {
    "格式版本号": "1.01",
    "数据产生单位": "天津市测绘院",
    "数据产生日期": "2025-06-30",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "39",
    "精度": "0.001",
    "转换参数": ",,,,,,",
}


def survey(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = zone39,
    head: Mapping[str, str] = {},
    mark: str = "J",
    closed: bool = True,
    counted: Callable[[int], int] = lambda n: n,
    hectares: Callable[[float], str] = lambda square_metres: f"{square_metres / 1e4:.4f}",
    fields: str = "{count},{area},XQ-{n:02},{name},面,,,,@",
    row: str = "{mark}{k},{ring},{north:.3f},{east:.3f}",
    edit: Callable[[list[str]], list[str]] = lambda lines: lines,
    encoding: str = "utf-8",
) -> Path:
    """The land-survey TXT: X is north, Y east with the zone's number."""
    lines = ["[属性描述]", *(f"{key}={value}" for key, value in {**HEAD, **head}.items()), "[地块坐标]"]
    for n, shape in enumerate(shapes, 1):
        points = []
        for number, ring in enumerate(_rings(shape.ground), 1):
            places = to(ring)[::-1] if closed else to(ring)[:0:-1]
            last = len(places) - 1
            for k, (east, north) in enumerate(places):
                name = 1 if closed and k == last else k + 1
                points.append(row.format(mark=mark, k=name, ring=number, north=north, east=east))
        area = hectares(area_m2(shape.ground))
        lines += [fields.format(count=counted(len(points)), area=area, n=n, name=shape.name), *points]
    path = folder / "survey.txt"
    path.write_text("\n".join(edit(lines)) + "\n", encoding=encoding)
    return path


def corners(
    shapes: Sequence[Shape], to: Warp, head: Sequence[str], decimals: int, swap: bool = False
) -> list[list[str]]:
    """Rows of a table: block, number of the corner, two coordinates; the first corner is not said twice."""
    rows = [list(head)]
    for shape in shapes:
        places = to(shapely.get_coordinates(shape.ground))[:-1]
        for k, pair in enumerate(places[:, ::-1] if swap else places, 1):
            rows.append([shape.name, f"J{k}", *(f"{value:.{decimals}f}" for value in pair)])
    return rows


DEGREES = ("区块名称", "点号", "经度", "纬度")
METRES = ("区块名称", "点号", "X", "Y")


def table(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    head: Sequence[str] = DEGREES,
    decimals: int = 8,
    swap: bool = False,
    encoding: str = "utf-8",
    edit: Callable[[list[list[str]]], list[list[str]]] = lambda rows: rows,
) -> Path:
    path = folder / "corners.csv"
    rows = edit(corners(shapes, to, head, decimals, swap))
    path.write_text("\n".join(map(",".join, rows)) + "\n", encoding=encoding)
    return path


def metric_table(folder: Path, shapes: Sequence[Shape], **options: Any) -> Path:
    """X is north and Y is east, with the zone's number."""
    return table(folder, shapes, **{"to": zone39, "head": METRES, "decimals": 3, "swap": True, **options})


def workbook(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = lonlat,
    head: Sequence[str] = DEGREES,
    decimals: int = 8,
    swap: bool = False,
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for n, line in enumerate(corners(shapes, to, head, decimals, swap)):
        sheet.append(line if not n else [*line[:2], *map(float, line[2:])])
    path = folder / "corners.xlsx"
    book.save(path)
    return path


def corner_list(
    folder: Path,
    shapes: Sequence[Shape],
    *,
    to: Warp = zone39,
    form: str = "J{k} {north:.3f} {east:.3f}",
    encoding: str = "utf-8",
) -> Path:
    """Names with their corners in lines below."""
    lines = []
    for shape in shapes:
        lines.append(shape.name)
        places = to(shapely.get_coordinates(shape.ground))[:-1]
        lines += [form.format(k=k, east=east, north=north) for k, (east, north) in enumerate(places, 1)]
    path = folder / "corners.txt"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def unusable(folder: Path, shapes: Sequence[Shape], *, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


WRITERS: Mapping[str, Callable[..., Path]] = {
    "geojson": geojson,
    "shp": shapefile,
    "kml": kml,
    "gpkg": geopackage,
    "txt": survey,
    "csv": table,
    "xy": metric_table,
    "xlsx": workbook,
    "list": corner_list,
    "unusable": unusable,
}
KINDS = tuple(WRITERS)[:9]
"""The formats that users bring; the last writer's files cannot be used."""
