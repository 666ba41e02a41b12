"""Reference systems of Chinese surveys: what a text says of them, and the way to longitude and latitude."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pyproj import CRS, Transformer

from ftz_geo.model import STORAGE_CRS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "LEAST_NORTHING",
    "MOST_DEGREES",
    "MOST_NORTHING",
    "NORTHERNMOST",
    "ZONES",
    "System",
    "is_local",
    "stated_system",
]

Datum = Literal["CGCS2000", "Xian 1980", "Beijing 1954", "WGS 84"]

_DATUMS: tuple[tuple[Datum, re.Pattern[str]], ...] = (
    (
        "Xian 1980",
        re.compile(
            r"西安[\s_]*(?:19)?80|西安坐标系|(?<!\d)(?:19)?80\s*年?\s*(?:西安|国家大地|国家坐标|大地坐标|坐标系)"
            r"|xi'?an[\s_]*(?:19)?80|国家\s*(?:19)?80|EPSG\D{0,3}(?:4610|23[2-9]\d)(?!\d)",
            re.I,
        ),
    ),
    (
        "Beijing 1954",
        re.compile(
            r"北京[\s_]*(?:19)?54|北京坐标系|(?<!\d)(?:19)?54\s*年?\s*(?:北京|国家大地|大地坐标|坐标系)"
            r"|(?:beijing|BJ)[\s_-]*(?:19)?54(?!\d)|EPSG\D{0,3}(?:4214|24[0-5]\d|214[1-5]\d)(?!\d)",
            re.I,
        ),
    ),
    (
        "CGCS2000",
        re.compile(
            r"2000\s*(?:年)?\s*(?:国家|中国)?\s*(?:大地|坐标系|系)|(?:国家|大地|坐标系)\s*2000|CGCS[\s_-]*2000"
            r"|China[\s_]*Geodetic[\s_]*Coordinate[\s_]*System|China[\s_]*2000"
            r"|EPSG\D{0,3}(?:4490|4479|4480|449\d|45[0-4]\d|455[0-4])(?!\d)",
            re.I,
        ),
    ),
    ("WGS 84", re.compile(r"WGS[\s_-]*(?:19)?84|EPSG\D{0,3}4326(?!\d)", re.I)),
)
"""The older systems come first: a text that names two says mostly what its numbers were moved from."""

_LOCAL = re.compile(
    r"地方(?:独立)?坐标|独立坐标|城市坐标|城建坐标|工程坐标|施工坐标|假定坐标|相对坐标"
    r"|(?:天津|上海|广州|深圳|重庆|武汉|杭州|苏州|大连|青岛|西安|北京)(?:19)?\d{0,4}\s*(?:地方|任意直角|平面)坐标"
    r"|(?:天津|珠区)\s*(?:19)?90"
)
"""Systems of one city or one site, whose parameters are not public."""

_MOVED_TO = re.compile(r"(?:转换?|换算)(?:为|至|到|成)([^。\n]{0,16})")
_HEAD = re.compile(r"(?:坐标系(?:统|名称)?|坐标基准|大地基准|空间参考)\s*[=:][ \t]*([^\n\r,;，；。]*)")
"""What a list's own head says of it, before any sentence beside it."""

# The first zone of each series and its EPSG code; codes and zones run on together from there.
_PLANE: dict[tuple[Datum, int], tuple[int, int]] = {
    ("CGCS2000", 3): (25, 4513),
    ("CGCS2000", 6): (13, 4491),
    ("WGS 84", 3): (25, 4513),  # the ellipsoids differ by 0.1 mm
    ("WGS 84", 6): (13, 4491),
    ("Xian 1980", 3): (25, 2349),
    ("Xian 1980", 6): (13, 2327),
    ("Beijing 1954", 3): (25, 2401),
    ("Beijing 1954", 6): (13, 21413),
}
_GEOGRAPHIC: dict[Datum, int] = {"CGCS2000": 4490, "WGS 84": 4326, "Xian 1980": 4610, "Beijing 1954": 4214}

_TRUST: dict[Datum, str] = {
    "CGCS2000": "taken as WGS 84 (a zero shift of unknown accuracy in PROJ)",
    "WGS 84": "WGS 84",
    "Beijing 1954": "moved to WGS 84 by EPSG's parameters, good to 15 m",
    "Xian 1980": "taken as WGS 84, as no parameters are public: the place may be off by tens of metres",
}

_ZONE = re.compile(
    r"带\s*号\s*(?:为|[:=])?\s*(\d{2})(?!\d)|(?<![\d.])(\d{2})\s*号?带(?!\s*号)|_Zone_(\d{2})(?!\d)", re.I
)
_MERIDIAN = re.compile(r"(?:中央(?:子午线|经线)\D{0,6}|_CM_)(\d{2,3})(?:\.0+)?\s*(?:°|度|[EeＥ]|$|\D)")
_CGCS2000_CODE = re.compile(r"EPSG\D{0,3}(45[1-5]\d)(?!\d)", re.I)
_WIDTH = re.compile(r"几度分带\s*=\s*([36])|([36三六])\s*(?:°|度)\s*(?:分)?带|_([36])_Degree", re.I)

_WIDTHS = str.maketrans("三六", "36")

ZONES = {3: range(25, 46), 6: range(13, 24)}
"""Zone numbers of China by the zones' width in degrees; no number belongs to both."""


MOST_DEGREES = 180
"""Larger numbers are metres."""

LEAST_NORTHING, MOST_NORTHING = 1_000_000, 6_500_000
"""Metres from the equator between which China's northings lie: 9° to 58° N, with room to spare."""

NORTHERNMOST = 55
"""Degrees between every latitude and every longitude of China (to 53.6° N, from 73.5° E)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """What a text says of the system that its coordinates are in."""

    datum: Datum | None = None
    zone: int | None = None
    """Of the Gauss-Krüger projection, as a prefix of the easting gives it."""
    unknown: str | None = None
    """What the text calls a system of which nothing is known here."""
    width: int | None = None
    """How wide its zones are said to be, degrees."""

    @property
    def known(self) -> Datum:
        """The datum; CGCS2000, the official one since 2008, where none is stated."""
        return self.datum or "CGCS2000"

    def on_zone(self, zone: int) -> System:
        """Return the same system on another zone."""
        return replace(self, zone=zone)

    def _epsg(self, *, plane: bool) -> int:
        if not plane:
            return _GEOGRAPHIC[self.known]
        if self.zone is None:
            raise ValueError("a plane system has a zone")
        width = next(w for w, zones in ZONES.items() if self.zone in zones)
        first, code = _PLANE[self.known, width]
        return code + self.zone - first

    def lonlat(self, xy: NDArray[np.float64], *, plane: bool) -> NDArray[np.float64]:
        """Return WGS 84 degrees.

        Parameters
        ----------
        xy : ndarray of float, shape (n, 2)
            Easting with the zone's number and northing in metres, or longitude and latitude in degrees.
        plane : bool
            Whether they are metres.

        Returns
        -------
        ndarray of float, shape (n, 2)

        Examples
        --------
        >>> System(zone=39).lonlat(np.array([[39500000.0, 4318504.0]]), plane=True).round(4).tolist()
        [[117.0, 39.0]]
        """
        return np.column_stack(_transformer(self._epsg(plane=plane)).transform(xy[:, 0], xy[:, 1]))

    def words(self, *, plane: bool) -> str:
        """Say in English what the coordinates were read as, and how far that can be trusted."""
        code = self._epsg(plane=plane)
        said = "" if self.datum else ", datum not stated"
        return f"{CRS(code).name} (EPSG:{code}){said}; {_TRUST[self.known]}"


@cache
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, STORAGE_CRS, always_xy=True)


def is_local(words: str) -> bool:
    """Tell whether words name the system of one city or one site.

    Examples
    --------
    >>> is_local("地方独立坐标系"), is_local("2000国家大地坐标系")
    (True, False)
    """
    return _LOCAL.search(words) is not None


def stated_system(text: str) -> System:
    """Find what a text says of its datum, projection zone or central meridian.

    Examples
    --------
    >>> stated_system("坐标系=2000国家大地坐标系 几度分带=3 带号=39")
    System(datum='CGCS2000', zone=39, unknown=None, width=3)
    >>> stated_system("Xian_1980_3_Degree_GK_CM_117E")
    System(datum='Xian 1980', zone=39, unknown=None, width=3)
    >>> stated_system("坐标系=天津90任意直角坐标系").unknown
    '天津90任意直角坐标'
    """
    heads = "\n".join(m.group(1).strip() for m in _HEAD.finditer(text))
    places = (_moved_to(heads), heads, _moved_to(text), text)
    datum: Datum | None = next((found for place in places if (found := _datum_in(place))), None)
    unknown = None if datum else next((m.group() for m in _LOCAL.finditer(text)), heads.split("\n")[0])
    return System(datum=datum, zone=_stated_zone(text), unknown=unknown or None, width=_stated_width(text))


def _stated_width(text: str) -> int | None:
    """Return how wide the text says its zones are, where it says one width only."""
    told = {next(filter(None, m.groups())).translate(_WIDTHS) for m in _WIDTH.finditer(text)}
    return int(told.pop()) if len(told) == 1 else None


def _moved_to(text: str) -> str:
    """Return what a text says behind 转换为, where it tells the system that its numbers are in now."""
    return "".join(m.group(1) for m in _MOVED_TO.finditer(text))


def _datum_in(text: str) -> Datum | None:
    return next((name for name, pattern in _DATUMS if pattern.search(text)), None)


def _stated_zone(text: str) -> int | None:
    zone = None
    if m := _CGCS2000_CODE.search(text):
        code = int(m.group(1))
        zone = code - 4509 if code >= 4534 else code - 4488
    elif m := _ZONE.search(text):
        zone = int(next(filter(None, m.groups())))
    elif m := _MERIDIAN.search(text):
        degrees = int(m.group(1))
        wide = (w := _WIDTH.search(text)) is not None and next(filter(None, w.groups())) in ("6", "六")
        if wide and degrees % 6 == 3:
            zone = (degrees + 3) // 6
        elif degrees % 3 == 0:
            zone = degrees // 3
    return zone if any(zone in zones for zones in ZONES.values()) else None
