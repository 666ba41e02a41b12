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
    "stated_system",
]

Datum = Literal["CGCS2000", "Xian 1980", "Beijing 1954", "WGS 84"]

_DATUMS: tuple[tuple[Datum, re.Pattern[str]], ...] = (
    ("Xian 1980", re.compile(r"西安\s*(?:19)?80|(?:19)?80\s*(?:年)?\s*西安|xi'?an\s*(?:19)?80", re.I)),
    ("Beijing 1954", re.compile(r"北京\s*(?:19)?54|(?:19)?54\s*(?:年)?\s*北京|beijing\s*(?:19)?54", re.I)),
    ("CGCS2000", re.compile(r"2000\s*(?:国家|中国)?大地|国家\s*2000|CGCS\s*2000", re.I)),
    ("WGS 84", re.compile(r"WGS\s*-?\s*(?:19)?84", re.I)),
)

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

_ZONE = re.compile(r"带\s*号\s*(?:为|[:=])?\s*(\d{2})(?!\d)|(?<![\d.])(\d{2})\s*号?带(?!\s*号)")
_MERIDIAN = re.compile(r"中央(?:子午线|经线)\D{0,6}(\d{2,3})(?:\.0+)?\s*(?:°|度|[EeＥ]|$|\D)")
_WIDTH = re.compile(r"几度分带\s*=\s*([36])|([36三六])\s*(?:°|度)\s*(?:分)?带")

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


def stated_system(text: str) -> System:
    """Find what a text says of its datum, projection zone or central meridian.

    Examples
    --------
    >>> stated_system("坐标系=2000国家大地坐标系 几度分带=3 带号=39")
    System(datum='CGCS2000', zone=39)
    >>> stated_system("1980西安坐标系，中央子午线117°")
    System(datum='Xian 1980', zone=39)
    >>> stated_system("点号 X Y")
    System(datum=None, zone=None)
    """
    datum = next((name for name, pattern in _DATUMS if pattern.search(text)), None)
    zone = None
    if m := _ZONE.search(text):
        zone = int(m.group(1) or m.group(2))
    elif m := _MERIDIAN.search(text):
        degrees = int(m.group(1))
        wide = (w := _WIDTH.search(text)) is not None and (w.group(1) or w.group(2)) in ("6", "六")
        if wide and degrees % 6 == 3:
            zone = (degrees + 3) // 6
        elif degrees % 3 == 0:
            zone = degrees // 3
    if zone is not None and not any(zone in zones for zones in ZONES.values()):
        zone = None
    return System(datum=datum, zone=zone)
