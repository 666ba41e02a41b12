"""What the numbers of a list mean: metres or degrees, which of two is north, which zone, which datum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import METRES_PER_DEGREE, LocalPlane
from ftz_geo.survey.systems import (
    LEAST_NORTHING,
    MOST_DEGREES,
    MOST_NORTHING,
    NORTHERNMOST,
    ZONES,
    is_local,
)
from ftz_geo.survey.values import DamagedError, notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Finding, Severity
    from ftz_geo.survey.systems import System
    from ftz_geo.survey.values import Entry, Point

__all__ = ["Corners", "are_packed", "corners_of", "doubts_of_order", "moved_notices"]

_STRAY, _STRAY_M = 10.0, 10_000.0
"""A corner so many times as far from the middle as half of the corners are, and so many metres, has a
digit wrong: one of the first four of a northing moves it by 10 km or more."""

_LEAST_PACKED = 6
"""Different numbers of more than four decimals of which none has minutes or seconds from 60 up, before
all are read as D.MMSS: each decimal degree would be so by a chance of 0.36."""

_ZONE_M = 1_000_000
"""An easting has the zone's number before its six digits before the point."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Corners:
    """The corners of an entry, understood."""

    lonlat: NDArray[np.float64]
    """Shape (n, 2), WGS 84 degrees, ring after ring without closing points."""
    plane: NDArray[np.float64] | None
    """Easting, northing as printed; None where degrees are."""
    half_m: tuple[float, float]
    """Half of the last printed digit, metres to the east and to the north."""
    system: System
    notices: tuple[Finding, ...]


def corners_of(entry: Entry, system: System, *, packed: bool | None) -> Corners:
    """Understand an entry's numbers; ``packed`` says whether plain degrees are D.MMSS, None if nothing does.

    Raises
    ------
    DamagedError
        To understand them would be a guess.
    """
    if entry.damaged:
        zh = f"坐标被遮盖或残缺（{entry.damaged[0]}）"
        raise DamagedError(zh, f"coordinates are masked or broken ({entry.damaged[0]})")
    if system.unknown is not None and is_local(system.unknown):
        raise DamagedError(
            f"坐标系为“{system.unknown}”，没有公开的换算参数，无法换算到 CGCS2000",
            f"the coordinates are in “{system.unknown}”, whose parameters are not public: they cannot be "
            "moved to CGCS2000",
        )
    if not entry.rings or min(map(len, entry.open_rings)) < 3:
        raise DamagedError("界址点不足三个", "a ring has fewer than three points")
    points = [point for ring in entry.open_rings for point in ring]
    table = np.array([[number.value for number in point.numbers] for point in points])
    forms = {number.form for point in points for number in point.numbers}
    metres = table.max() > MOST_DEGREES
    if len(forms) > 1 or metres != (table.min() > MOST_DEGREES):
        raise DamagedError("坐标写法不一", "coordinates are written in different ways")
    corners = _metres(table, points, system) if metres else _degrees(table, points, system, packed=packed)
    _refuse_strays(corners, points)
    return corners


_HEAD_ORDER = re.compile(r"(?P<first>[经纬])度[^\d\n]{0,8}?(?P<second>[经纬])度")


def doubts_of_order(entries: Sequence[Entry], text: str) -> list[tuple[Finding, ...]]:
    """Return, for each entry, what the others or the head of the list say against how it was read.

    Parameters
    ----------
    entries : sequence of Entry
    text : str
        All of the list, with its head.

    Returns
    -------
    list of tuple of Finding
        Of an easting without the zone's number where others have it, and of latitudes below 经度.
    """
    tables = [_numbers(entry) for entry in entries]
    prefixed = [len(t) > 0 and bool((t.max(axis=1) >= 13 * _ZONE_M).all()) for t in tables]
    head = _HEAD_ORDER.search(text)
    east_first = None if head is None or head["first"] == head["second"] else head["first"] == "经"
    doubts = []
    for table, own in zip(tables, prefixed, strict=True):
        found = []
        metres = len(table) > 0 and table.max() > MOST_DEGREES
        if metres and any(prefixed) and not own:
            zh = "东坐标没有带号，而同一文件其他图形都有，已按文中的带号读取"
            en = "its eastings lack the zone that the others have; the stated zone was taken"
            found.append(notice("survey-zone", "warning", zh, en))
        if len(table) and not metres and east_first is not None and east_first != _is_east(table[:, 0]):
            zh = "表头所写的经度、纬度与各列的数值相反，已按数值大小识别"
            en = "the head has longitude and latitude the other way round; they were told by their size"
            found.append(notice("survey-order", "warning", zh, en))
        doubts.append(tuple(found))
    return doubts


def _is_east(degrees: NDArray[np.float64]) -> bool:
    return bool((degrees >= NORTHERNMOST).all())


def _numbers(entry: Entry) -> NDArray[np.float64]:
    rows = [[number.value for number in point.numbers] for ring in entry.open_rings for point in ring]
    return np.array(rows, dtype=float).reshape(-1, 2)


def _metres(table: NDArray[np.float64], points: Sequence[Point], system: System) -> Corners:
    north = (table >= LEAST_NORTHING) & (table < MOST_NORTHING)
    if not _in_one_order(north):
        alone = north.sum(axis=1) == 1
        odd = points[int(np.argmin(north[:, 0] == np.median(north[:, 0]) if alone.all() else alone))]
        raise DamagedError(
            f"坐标位数不对（{odd.words}）", f"a number has a digit too many or too few ({odd.words})"
        )
    swapped = not north[0, 0]
    easting, northing = (table[:, 0], table[:, 1]) if swapped else (table[:, 1], table[:, 0])
    zone = _zone(easting, system)
    own = system.on_zone(zone)
    full = easting if easting[0] >= _ZONE_M else easting + zone * _ZONE_M
    plane = np.column_stack([full, northing])
    half = min(number.half_digit for point in points for number in point.numbers)
    notices = []
    if swapped:
        zh = "前一列为东坐标、后一列为北坐标，与 X 北 Y 东的惯例相反，已按数值大小识别"
        en = "the first column is the easting, against the custom of X north, Y east; told by its size"
        notices.append(notice("survey-order", "note", zh, en))
    if system.zone not in (None, zone):
        zh = f"文件头写带号 {system.zone}，坐标本身为 {zone} 带，按坐标"
        en = f"the head says zone {system.zone}, the coordinates zone {zone}; the coordinates hold"
        notices.append(notice("survey-zone", "warning", zh, en))
    if system.width is not None and zone not in ZONES[system.width]:
        zh = f"写明 {system.width} 度分带，带号 {zone} 却是 {9 - system.width} 度带的，按带号"
        en = f"zones of {system.width}° are stated, {zone} is one of {9 - system.width}°; the number holds"
        notices.append(notice("survey-zone", "warning", zh, en))
    return Corners(
        lonlat=own.lonlat(plane, plane=True),
        plane=plane,
        half_m=(half, half),
        system=own,
        notices=(*notices, *_datum_notices(system)),
    )


def _in_one_order(mask: NDArray[np.bool_]) -> bool:
    """Tell whether a mask of shape (n, 2) marks one of each two numbers, and the same of all of them."""
    return bool((mask.sum(axis=1) == 1).all() and mask[:, 0].any() == mask[:, 0].all())


def _zone(easting: NDArray[np.float64], system: System) -> int:
    """Return the zone that the eastings begin with, else the one that the text states."""
    zones = np.floor(easting / _ZONE_M).astype(int)
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
    return zone


def _degrees(
    table: NDArray[np.float64], points: Sequence[Point], system: System, *, packed: bool | None
) -> Corners:
    notices = []
    numbers = [number for point in points for number in point.numbers]
    half = min(number.half_digit for number in numbers)
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
    east = table >= NORTHERNMOST
    if not _in_one_order(east):
        odd = points[int(np.argmax((east.sum(axis=1) != 1) | (east[:, 0] != east[0, 0])))]
        raise DamagedError(
            f"经纬度位置不对（{odd.words}）", f"longitude and latitude are not in order ({odd.words})"
        )
    lonlat = table if east[0, 0] else table[:, ::-1]
    half_m = half * METRES_PER_DEGREE
    return Corners(
        lonlat=system.lonlat(lonlat, plane=False),
        plane=None,
        half_m=(half_m * float(np.cos(np.radians(lonlat[:, 1].mean()))), half_m),
        system=system,
        notices=(*notices, *_datum_notices(system)),
    )


_MOVED: Mapping[str | None, tuple[Severity, str, str]] = {
    "Beijing 1954": ("warning", "约 15 米", "about 15 m"),
    "Xian 1980": ("warning", "数十米", "tens of metres"),
}
"""How far off the place of a datum may come out in WGS 84, and how grave that is (EPSG's accuracies)."""


def _datum_notices(system: System) -> Iterator[Finding]:
    if system.unknown is not None:
        zh = f"文中所写坐标系“{system.unknown}”不认识，按 CGCS2000 读取，请核对"
        en = f"the reference system “{system.unknown}” is not known here; CGCS2000 was taken: check it"
        yield notice("survey-datum", "warning", zh, en)
    elif system.datum is None:
        zh = "文中没有写坐标系，按 CGCS2000 读取"
        yield notice("survey-datum", "note", zh, "no reference system is stated; CGCS2000 was taken")
    yield from moved_notices(system.datum)


def moved_notices(datum: str | None) -> Iterator[Finding]:
    """Yield how far the place of a datum may be off after it was moved to WGS 84."""
    if datum in _MOVED:
        severity, zh, en = _MOVED[datum]
        yield notice(
            "survey-datum",
            severity,
            f"坐标系为 {datum}，换算到 WGS 84 后位置可能偏差{zh}，面积不受影响",
            f"the datum is {datum}; moved to WGS 84 the place may be off by {en}, the area is not",
        )


_PACKED_WORDS = ("d.mmss", "度.分秒", "度分秒")
_DECIMAL_WORDS = ("十进制", "小数度", "decimal")


def are_packed(entries: Sequence[Entry], text: str) -> bool | None:
    """Tell packed D.MMSS from decimal degrees; None where the numbers leave it open."""
    lowered = text.lower()
    if any(words in lowered for words in _PACKED_WORDS):
        return True
    if any(words in lowered for words in _DECIMAL_WORDS):
        return False
    numbers = [
        number
        for entry in entries
        for ring in entry.rings
        for point in ring
        for number in point.numbers
        if number.form == "plain" and number.value <= MOST_DEGREES
    ]
    if not numbers:
        return False
    decimals = max(number.decimals for number in numbers)
    if decimals > 6 or decimals == 3 or any(_overflows(number.value) for number in numbers):
        return False
    # Whole seconds fill four decimals, which are the habit of mining notices; no survey gives decimal
    # degrees so coarsely (11 m).
    enough = decimals == 4 or len({number.value for number in numbers}) >= _LEAST_PACKED
    return True if decimals >= 4 and enough else None


def _overflows(value: float) -> bool:
    rest = round(value * 10**8) % 10**8
    return rest // 10**6 >= 60 or rest // 10**4 % 100 >= 60


def _unpacked(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the degrees of packed D.MMSS.

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


def _refuse_strays(corners: Corners, points: Sequence[Point]) -> None:
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
