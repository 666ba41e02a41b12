"""Coordinates that a user gives -> surveyed polygons, as printed, and what was noticed in reading them.

Nothing is repaired: a ring that crosses itself stays so, a number that is masked or broken is not
guessed, and every choice that the list left open is told as a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ftz_geo.errors import DocumentError
from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.model import STORAGE_CRS, Finding
from ftz_geo.survey.lists import read_lists
from ftz_geo.survey.systems import ZONES, System, stated_system
from ftz_geo.survey.txt import is_txt, read_txt
from ftz_geo.survey.values import DamagedError, Entry, notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.survey.values import Number, Point

__all__ = ["Survey", "parse_survey"]

_STRAY, _STRAY_M = 10.0, 10_000.0
"""A corner so many times as far from the middle as half of the corners are, and so many metres, has a
digit wrong: one of the first four of a northing moves it by 10 km or more."""

_LEAST_PACKED = 6
"""Different numbers of more than four decimals of which none has minutes or seconds from 60 up, before
all are read as D.MMSS: each decimal degree would be so by a chance of 0.36."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Polygons that a user gives, before they are joined to a plan."""

    polygons: geopandas.GeoDataFrame
    """EPSG:4326, one row each: ``id``, ``label``, ``name``, ``zone`` as far as given, ``grade``
    (``surveyed``, or ``undetermined`` with a geometry of None), ``stated_area_km2``, ``crs_note``."""
    findings: tuple[tuple[Finding, ...], ...]
    """What was noticed in reading each row."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """``file`` and ``sha256``; empty for text given directly."""


def parse_survey(text: str, file: str = "text") -> Survey:
    """Read the polygons of a land-survey TXT, or of lists of corners in text or a table.

    Parameters
    ----------
    text : str
        Rows of ``name, ring, X, Y`` under ``[地块坐标]``; or corners as X (north) and Y (east, with or
        without zone), degrees with their signs, decimal degrees, or packed D.MMSS.
    file : str, optional
        What to call it in a message.

    Returns
    -------
    Survey

    Raises
    ------
    DocumentError
        No list of corners was found, or none whose numbers are whole.

    Notes
    -----
    Rings of one parcel are holes where they lie inside another, and parts where they do not, whatever
    their numbers say. Which of X and Y is north is told by their size.

    Examples
    --------
    >>> found = parse_survey("区块一 J1 4320014.689,39511493.964;J2 4320024.689,39511493.964;"
    ...                      "J3 4320014.689,39511503.964").polygons
    >>> found["name"].tolist(), found["grade"].tolist()
    (['区块一'], ['surveyed'])
    """
    import geopandas as gpd

    folded = text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
    entries = read_txt(folded) if is_txt(folded) else read_lists(text)
    if not entries:
        raise DocumentError(
            file,
            "it holds no list of coordinates",
            "give corners as X and Y, degrees and minutes, or a survey's TXT",
        )
    system = stated_system(folded)
    packed = _are_packed(entries, folded)
    read = [_read(entry, system, packed=packed) for entry in entries]
    if all(polygon.shape is None for polygon in read):
        reasons = [f.en for polygon in read for f in polygon.findings if f.severity == "error"]
        raise DocumentError(file, f"no polygon can be read ({reasons[0]})", "name the original list")
    polygons = gpd.GeoDataFrame(
        {
            "id": [entry.id for entry in entries],
            "label": [None] * len(entries),
            "name": [entry.name for entry in entries],
            "grade": ["undetermined" if polygon.shape is None else "surveyed" for polygon in read],
            "stated_area_km2": [float(e.stated.km2) if e.stated else np.nan for e in entries],
            "crs_note": [polygon.crs_note for polygon in read],
        },
        geometry=[polygon.shape for polygon in read],
        crs=STORAGE_CRS,
    )
    return Survey(polygons=polygons, findings=tuple(polygon.findings for polygon in read))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    shape: BaseGeometry | None
    crs_note: str
    findings: tuple[Finding, ...]


def _read(entry: Entry, system: System, *, packed: bool | None) -> _Read:
    try:
        corners, notices = _corners(entry, system, packed=packed)
    except DamagedError as error:
        zh = f"{entry.title}：{error.zh}，未读成图形"
        en = f"{entry.title}: {error.en}; no polygon was made of it"
        return _Read(
            shape=None, crs_note="", findings=(*entry.notices, notice("survey-damaged", "error", zh, en))
        )
    rings = _split(corners.lonlat, entry)
    shape = _assemble(rings)
    findings = [*entry.notices, *notices, *_validity(entry, shape)]
    if entry.stated and shape.is_valid:
        findings += _stated_area(entry, shape, corners)
    return _Read(
        shape=shape, crs_note=corners.system.words(plane=corners.plane is not None), findings=tuple(findings)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Corners:
    lonlat: NDArray[np.float64]
    """Shape (n, 2), WGS 84 degrees, ring after ring without closing points."""
    plane: NDArray[np.float64] | None
    """Easting, northing as printed; None where degrees are."""
    half_m: tuple[float, float]
    """Half of the last printed digit, metres to the east and to the north."""
    system: System


def _corners(entry: Entry, system: System, *, packed: bool | None) -> tuple[_Corners, list[Finding]]:
    """Understand an entry's numbers, or say why that would be a guess."""
    if entry.damaged:
        zh = f"坐标被遮盖或残缺（{entry.damaged[0]}）"
        raise DamagedError(zh, f"coordinates are masked or broken ({entry.damaged[0]})")
    rings = [_open(ring) for ring in entry.rings]
    if not rings or min(map(len, rings)) < 3:
        raise DamagedError("界址点不足三个", "a ring has fewer than three points")
    points = [point for ring in rings for point in ring]
    table = np.array([[p.first.value, p.second.value] for p in points])
    if len({n.form for p in points for n in (p.first, p.second)}) > 1 or (table.max() > 180) != (
        table.min() > 180
    ):
        raise DamagedError("坐标写法不一", "coordinates are written in different ways")
    if table.max() > 180:
        corners, notices = _metres(table, points, system)
    else:
        corners, notices = _degrees(table, points, system, packed=packed)
    _refuse_strays(corners, points)
    return corners, notices


def _open(ring: tuple[Point, ...]) -> tuple[Point, ...]:
    """Leave a closing point away."""
    same = (ring[0].first.value, ring[0].second.value) == (ring[-1].first.value, ring[-1].second.value)
    return ring[:-1] if same and len(ring) > 1 else ring


def _metres(
    table: NDArray[np.float64], points: list[Point], system: System
) -> tuple[_Corners, list[Finding]]:
    notices: list[Finding] = []
    north = (table >= 1_000_000) & (table < 6_500_000)
    if not (north.sum(axis=1) == 1).all() or north[:, 0].any() != north[:, 0].all():
        odd = points[int(np.argmin(north[:, 0] == np.median(north[:, 0])))]
        if (odd_rows := np.flatnonzero(north.sum(axis=1) != 1)).size:
            odd = points[int(odd_rows[0])]
        raise DamagedError(
            f"坐标位数不对（{odd.words}）", f"a number has a digit too many or too few ({odd.words})"
        )
    swapped = not north[0, 0]
    easting, northing = (table[:, 0], table[:, 1]) if swapped else (table[:, 1], table[:, 0])
    if swapped:
        zh = "前一列为东坐标、后一列为北坐标，与 X 北 Y 东的惯例相反，已按数值大小识别"
        en = "the first column is the easting, against the custom of X north, Y east; told by its size"
        notices.append(notice("survey-order", "note", zh, en))
    zones = np.floor(easting / 1_000_000).astype(int)
    if np.ptp(zones):
        raise DamagedError("各点带号不一", "the points are in different zones")
    zone = int(zones[0]) or system.zone
    if zone is None:
        raise DamagedError(
            "东坐标没有带号，文中也没有写带号或中央子午线",
            "the easting has no zone, and the text states neither zone nor central meridian",
        )
    if not any(zone in known for known in ZONES.values()):
        raise DamagedError(f"带号 {zone} 不在中国", f"zone {zone} is not one of China's")
    if system.zone not in (None, zone):
        zh = f"文件头写带号 {system.zone}，坐标本身为 {zone} 带，按坐标"
        en = f"the head says zone {system.zone}, the coordinates zone {zone}; the coordinates hold"
        notices.append(notice("survey-zone", "warning", zh, en))
    full = easting if zones[0] else easting + zone * 1_000_000
    plane = np.column_stack([full, northing])
    own = system.on_zone(zone)
    half = min(n.half_digit for p in points for n in (p.first, p.second))
    notices += _datum_notice(system)
    return (
        _Corners(lonlat=own.lonlat(plane, plane=True), plane=plane, half_m=(half, half), system=own),
        notices,
    )


def _degrees(
    table: NDArray[np.float64], points: list[Point], system: System, *, packed: bool | None
) -> tuple[_Corners, list[Finding]]:
    notices: list[Finding] = []
    numbers = [n for p in points for n in (p.first, p.second)]
    half = min(n.half_digit for n in numbers)
    if numbers[0].form == "plain":
        if packed is None:
            raise DamagedError(
                "看不出是十进制度还是度分秒（D.MMSS），请注明",
                "decimal degrees and packed D.MMSS cannot be told apart here; state which it is",
            )
        if packed:
            table = _unpacked(table)
            half = 10.0 ** -max(max(n.decimals for n in numbers) - 4, 0) / 2 / 3600
            zh = "坐标按度分秒（D.MMSS）读取：各数的分、秒都小于 60"
            en = "coordinates were read as packed D.MMSS: no minutes or seconds reach 60"
            notices.append(notice("survey-packed", "note", zh, en))
    east = table >= 55
    if not (east.sum(axis=1) == 1).all() or east[:, 0].any() != east[:, 0].all():
        odd = points[int(np.argmax((east.sum(axis=1) != 1) | (east[:, 0] != east[0, 0])))]
        raise DamagedError(
            f"经纬度位置不对（{odd.words}）", f"longitude and latitude are not in order ({odd.words})"
        )
    lonlat = table if east[0, 0] else table[:, ::-1]
    notices += _datum_notice(system)
    metres = half * 111_320
    return (
        _Corners(
            lonlat=system.lonlat(lonlat, plane=False),
            plane=None,
            half_m=(metres * float(np.cos(np.radians(lonlat[:, 1].mean()))), metres),
            system=system,
        ),
        notices,
    )


def _datum_notice(system: System) -> list[Finding]:
    if system.datum in ("Beijing 1954", "Xian 1980"):
        far = {"Beijing 1954": ("约 15 米", "about 15 m"), "Xian 1980": ("数十米", "tens of metres")}
        zh, en = far[system.datum]
        return [
            notice(
                "survey-datum",
                "warning" if system.datum == "Xian 1980" else "note",
                f"坐标系为 {system.datum}，换算到 WGS 84 后位置可能偏差{zh}，面积不受影响",
                f"the datum is {system.datum}; moved to WGS 84 the place may be off by {en}, the area is not",
            )
        ]
    if system.datum is not None:
        return []
    zh = "文中没有写坐标系，按 CGCS2000 读取"
    return [notice("survey-datum", "note", zh, "no reference system is stated; CGCS2000 was taken")]


def _are_packed(entries: tuple[Entry, ...], text: str) -> bool | None:
    """Tell packed D.MMSS from decimal degrees; None where the numbers leave it open."""
    lowered = text.lower()
    if any(words in lowered for words in ("d.mmss", "dd.mmss", "ddd.mmss", "度.分秒", "度分秒")):
        return True
    if any(words in lowered for words in ("十进制", "小数度", "decimal")):
        return False
    numbers: list[Number] = [
        n
        for entry in entries
        for ring in entry.rings
        for p in ring
        for n in (p.first, p.second)
        if n.form == "plain" and n.value <= 180
    ]
    if not numbers:
        return False
    decimals = max(n.decimals for n in numbers)
    if decimals > 6 or decimals == 3 or any(_overflows(n.value) for n in numbers):
        return False
    # Whole seconds fill four decimals, which are the habit of mining notices; no survey gives decimal
    # degrees so coarsely (11 m).
    enough = decimals == 4 or len({n.value for n in numbers}) >= _LEAST_PACKED
    return True if decimals >= 4 and enough else None


def _overflows(value: float) -> bool:
    rest = round(value * 10**8) % 10**8
    return rest // 10**6 >= 60 or rest // 10**4 % 100 >= 60


def _unpacked(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees of packed D.MMSS.

    Examples
    --------
    >>> _unpacked(np.array([121.5530])).round(6).tolist()
    [121.925]
    """
    whole = np.round(table * 10**8).astype(np.int64)
    degrees, rest = np.divmod(whole, 10**8)
    minutes, seconds = np.divmod(rest, 10**6)
    if (minutes >= 60).any() or (seconds >= 600_000).any():
        raise DamagedError(
            "注明为度分秒，但有分或秒不小于 60",
            "the text says degrees-minutes-seconds, but minutes or seconds reach 60",
        )
    return np.asarray(degrees + minutes / 60 + seconds / 1e4 / 3600)


def _refuse_strays(corners: _Corners, points: list[Point]) -> None:
    """Refuse a corner far off all others: a digit of it is wrong, and which one cannot be known."""
    xy = LocalPlane(lon=float(np.median(corners.lonlat[:, 0])), lat=float(np.median(corners.lonlat[:, 1])))
    away = np.hypot(*shapely.get_coordinates(xy.to_xy(shapely.points(corners.lonlat))).T)
    worst = int(away.argmax())
    if away[worst] > max(_STRAY * float(np.median(away)), _STRAY_M):
        words, km = points[worst].words, away[worst] / 1000
        raise DamagedError(
            f"一点远离其余各点 {km:.1f} 公里（{words}），数字有误",
            f"one point lies {km:.1f} km off all others ({words}): a digit of it is wrong",
        )


def _split(lonlat: NDArray[np.float64], entry: Entry) -> list[NDArray[np.float64]]:
    counts = [len(_open(ring)) for ring in entry.rings]
    return np.split(lonlat, np.cumsum(counts)[:-1])


def _assemble(rings: list[NDArray[np.float64]]) -> BaseGeometry:
    """Put rings together: what lies inside another is a hole, or an island in a hole."""
    areas = [shapely.Polygon(ring) for ring in rings]
    if len(areas) == 1:
        return areas[0]
    if not all(area.is_valid for area in areas):
        return shapely.MultiPolygon(areas)
    around = [
        [j for j, other in enumerate(areas) if j != i and other.contains(a)] for i, a in enumerate(areas)
    ]
    parts = []
    for i, ring in enumerate(rings):
        if len(around[i]) % 2 == 0:
            holes = [
                rings[j] for j, outer in enumerate(around) if i in outer and len(outer) == len(around[i]) + 1
            ]
            parts.append(shapely.Polygon(ring, holes))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _validity(entry: Entry, shape: BaseGeometry) -> list[Finding]:
    if shape.is_valid:
        return []
    why = shapely.is_valid_reason(shape)
    zh = f"{entry.title}：所给界线自相交，按原样保留"
    en = f"{entry.title}: the outline as given crosses itself ({why}); it was left as it is"
    return [notice("self-crossing", "error", zh, en)]


def _stated_area(entry: Entry, shape: BaseGeometry, corners: _Corners) -> list[Finding]:
    """Hold the area stated in the list against its own corners.

    A survey states plane areas or ellipsoid areas; either may agree.
    """
    stated = entry.stated
    if stated is None:
        return []
    measured = {"椭球面": float(area_m2([shape], cut_m=SURVEY_CUT_M)[0]) / 1e6}
    if corners.plane is not None:
        measured["投影平面"] = _assemble(_split(corners.plane, entry)).area / 1e6
    way, nearest = min(measured.items(), key=lambda item: abs(item[1] - float(stated.km2)))
    limit = float(stated.half_width_km2) + _rounding_m2(shape, corners) / 1e6
    difference = float(stated.km2) - nearest
    if abs(difference) <= limit:
        return []
    percent = -difference / float(stated.km2) * 100
    return [
        Finding(
            check="survey-area",
            severity="warning" if stated.approximate else "error",
            declared_km2=stated.km2,
            measured_km2=Decimal(f"{nearest:.6f}"),
            difference_km2=Decimal(f"{difference:.6f}"),
            limit_km2=Decimal(f"{limit:.6f}"),
            zh=f"{entry.title}：坐标围成 {nearest:.6f} 平方公里（{way}），与旁边所写面积 {stated.text} "
            f"相差 {percent:+.1f}%，超出取舍之限 {limit:.6f} 平方公里。",
            en=f"{entry.title}: the corners enclose {nearest:.6f} km², {percent:+.1f} % off the area written "
            f"beside them, {stated.text}; rounding explains {limit:.6f} km².",
        )
    ]


def _rounding_m2(shape: BaseGeometry, corners: _Corners) -> float:
    """Most that rounding each coordinate to its last digit can change the area, to first order.

    dA = ½ Σ (dx·Δy - dy·Δx), with Δ between the neighbours of each corner.
    """
    flat = LocalPlane.around([shape]).to_xy(shape)
    total = 0.0
    half_x, half_y = corners.half_m
    for ring in shapely.get_rings(flat):
        xy = shapely.get_coordinates(ring)[:-1]
        across = np.abs(np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)).sum(axis=0)
        total += float(half_x * across[1] + half_y * across[0]) / 2
    return total
