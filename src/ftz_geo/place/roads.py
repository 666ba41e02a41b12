"""The axes of the roads that a zone names, from named points, as lines that a ring can be traced on."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.compass import Direction
from ftz_geo.measure import LocalPlane
from ftz_geo.model import AXIS_PREFIX, LINEAR_KINDS, STORAGE_CRS
from ftz_geo.place.axes import Axis, Places, axis_through
from ftz_geo.place.crowds import places_of_crowd
from ftz_geo.place.headings import headings_of
from ftz_geo.place.mates import continued, stem_of
from ftz_geo.place.series import placed_by_series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ftz_geo.model import Kind, ReferenceMap, Zone
    from ftz_geo.place.gazetteer import Gazetteer
    from ftz_geo.place.headings import Headings

__all__ = [
    "SERIES",
    "SOLVED",
    "Road",
    "Roads",
    "Wanted",
    "roads_by_series",
    "roads_of",
    "wanted_of",
]

_AROUND_M = 3000.0
"""Roads this near to those that are named tell which way roads run there;"""

_MOST_BESIDE = 400
"""but no more of them than this, the nearest first."""

_REACH_M = (200.0, 1000.0)
"""The least and the most that an axis goes on beyond its last place, else twice its usual step: a label
stands in the middle of a way, and the way goes on."""

_FARTHEST_M = 5000.0
"""However large a block is, a road is followed no farther beyond its last place."""

_EITHER = np.radians(44)
"""A road of one place runs as one of the two directions of a grid does."""

SERIES = f"{AXIS_PREFIX}series:"
"""What the ids of roads begin with that their numbered series placed,"""

SOLVED = f"{AXIS_PREFIX}solved:"
"""and those of sides that the area of a block gave."""


class Road(NamedTuple):
    """One stretch of a named road, from its points."""

    id: str
    name: str
    kind: Kind
    axis: Axis
    points: int
    """How many points of the gazetteer it rests on; 0 for a side that the area of a block gave."""
    band_m: float = 0.0
    """Half the width of the band that holds it with 90 %, beside what its distance from places adds."""
    members: tuple[str, ...] = ()
    """The roads of its numbered series that it was placed by, where it has no points itself."""


class Roads(NamedTuple):
    """The roads of a zone."""

    plane: LocalPlane
    by_id: Mapping[str, Road]

    def features(self) -> gpd.GeoDataFrame:
        """Return the axes as features of a reference map, in longitude and latitude."""
        roads = list(self.by_id.values())
        lines = np.array([road.axis.line for road in roads], dtype=object)
        return gpd.GeoDataFrame(
            {
                "source_id": [road.id for road in roads],
                "name": [road.name for road in roads],
                "alt_names": [()] * len(roads),
                "kind": [road.kind for road in roads],
                "one_way": np.zeros(len(roads), dtype=np.int8),
                "source": 0,
                "of_points": True,
            },
            geometry=self.plane.to_lonlat(lines) if roads else [],
            crs=STORAGE_CRS,
        )


class Wanted(NamedTuple):
    """What the words of a zone ask of one name."""

    sides: Counter[Direction]
    """How often it bounds a parcel on which side."""
    length_m: float
    """The length of the largest parcel that it bounds, the root of its stated area; 0 where none is."""


def wanted_of(zone: Zone, stated_m2: Mapping[str, float]) -> dict[str, Wanted]:
    """Return what each name of a zone bounds; ``stated_m2`` are the stated areas by parcel id."""
    wanted: dict[str, Wanted] = {}
    for parcel in zone.parcels:
        length_m = stated_m2.get(parcel.id, 0.0) ** 0.5
        for key, feature in parcel.bounds():
            before = wanted.get(feature.called, Wanted(Counter(), 0.0))
            more = Counter([key.side]) if key.side != "ring" else Counter[Direction]()
            wanted[feature.called] = Wanted(before.sides + more, max(before.length_m, length_m))
    return wanted


def roads_by_series(gazetteer: Gazetteer, wanted: Mapping[str, Wanted], plane: LocalPlane) -> Iterator[Road]:
    """Yield the axes of numbered roads that have no points, by the others of their series.

    Parameters
    ----------
    gazetteer : Gazetteer
        Points with names.
    wanted : mapping of str to Wanted
        What the words ask of each name that neither it nor a map has.
    plane : LocalPlane

    Yields
    ------
    Road
        Without points, with the members that placed it.
    """
    for name, places in placed_by_series(gazetteer, wanted, plane).items():
        for k, (ends, band_m, members) in enumerate(places):
            reach_m = max(_REACH_M[1], min(wanted[name].length_m / 2, _FARTHEST_M))
            along = ends[1] - ends[0]
            along = along / max(float(np.hypot(*along)), 1.0)
            middle = ends.mean(axis=0)
            half_m = max(float(np.hypot(*(ends[1] - ends[0]))) / 2, 20.0)
            xy = middle + np.array([[-half_m - reach_m], [half_m + reach_m]]) * along
            axis = Axis(xy, np.array([reach_m, reach_m + 2 * half_m]))
            yield Road(f"{SERIES}{name}:{k}", name, "road", axis, 0, band_m, members)


def roads_of(points: ReferenceMap, names: Mapping[str, str], wanted: Mapping[str, Wanted]) -> Roads:
    """Return the axes of the roads that a zone names.

    Parameters
    ----------
    points : ReferenceMap
        A gazetteer: points with names.
    names : mapping of str to str
        The gazetteer's names that are wanted, and what the words call each.
    wanted : mapping of str to Wanted
        What the words ask of each: a road of one point runs across its side, and one that bounds a large
        block is followed farther.

    Returns
    -------
    Roads
        One or more of each name, those of several places first.
    """
    features = points.features
    features = features[shapely.get_type_id(features.geometry.to_numpy()) == shapely.GeometryType.POINT]
    own = features[features["name"].isin(list(names))]
    if own.empty:
        shapes = points.features.geometry.to_numpy()
        return Roads(LocalPlane.around(shapes) if len(shapes) else LocalPlane(lon=0.0, lat=0.0), {})
    plane = LocalPlane.around(own.geometry.to_numpy())
    linear = features[features["kind"].isin(list(LINEAR_KINDS))]
    table = _Table(linear, plane)
    places_of_name = {name: table.places(name) for name in names if name in table.rows}
    if not places_of_name:  # only a village or a company is called so
        return Roads(plane, {})
    headings = _headings(table, places_of_name)
    found: dict[str, Road] = {}
    for name, stretches in places_of_name.items():
        for k, places in enumerate(stretches):
            mates = [other for mate in table.mates(name) for other in table.places(mate)]
            axis = _axis(places, mates, headings, name, wanted.get(names[name], Wanted(Counter(), 0.0)))
            if axis is not None:
                key = f"{AXIS_PREFIX}{name}:{k}"
                count = int(places.weight.sum())
                found[key] = Road(key, name, table.kind(name), axis, count)
    return Roads(plane, found)


class _Table:
    """A gazetteer's roads by name, on a plane."""

    def __init__(self, features: gpd.GeoDataFrame, plane: LocalPlane) -> None:
        self.xy = shapely.get_coordinates(plane.to_xy(features.geometry.to_numpy()))
        self.rows = {str(name): np.asarray(rows) for name, rows in features.groupby("name").indices.items()}
        self._kinds = features["kind"].to_numpy()
        self._of_stem: dict[tuple[str, str] | None, list[str]] = defaultdict(list)
        for name in self.rows:
            self._of_stem[stem_of(name)].append(name)

    def places(self, name: str) -> list[Places]:
        return list(places_of_crowd(self.xy[self.rows[name]]))

    def mates(self, name: str) -> list[str]:
        """Return the names that may continue one."""
        stem = stem_of(name)
        return [other for other in self._of_stem.get(stem, ()) if other != name] if stem else []

    def kind(self, name: str) -> Kind:
        kind: Kind = self._kinds[self.rows[name][0]]
        return kind


def _headings(table: _Table, wanted: Mapping[str, Sequence[Places]]) -> Headings:
    """Return which way roads run about those that are wanted."""
    places = np.concatenate([p.xy for of in wanted.values() for p in of])
    here = shapely.STRtree(np.asarray(shapely.points(places), dtype=object))
    beside: dict[str, float] = {}
    for name, rows in table.rows.items():
        if name not in wanted and len(rows) > 1:
            _, away = here.query_nearest(
                shapely.points(table.xy[rows]), max_distance=_AROUND_M, return_distance=True
            )
            if len(away):
                beside[name] = float(away.min())
    nearest = sorted(beside, key=lambda name: (beside[name], name))[:_MOST_BESIDE]
    every = {**wanted, **{name: table.places(name) for name in nearest}}
    return headings_of({name: [places.xy for places in of] for name, of in every.items()})


def _axis(
    places: Places, mates: Sequence[Places], headings: Headings, name: str, wanted: Wanted
) -> Axis | None:
    half_m = min(wanted.length_m / 2, _FARTHEST_M)
    farthest_m = max(_REACH_M[1], half_m)
    through = continued(places, mates)
    if len(through.xy) > 1:
        steps = np.hypot(*np.diff(places.xy, axis=0).T)
        step = float(np.median(steps)) if len(steps) > 1 else _REACH_M[1]  # one step tells nothing of others
        reach_m = float(np.clip(max(2 * step, half_m), _REACH_M[0], farthest_m))
        return _cut(axis_through(through, reach_m, headings, name), places, through, reach_m)
    if not wanted.sides:
        return None
    sides = wanted.sides
    upright = sides["east"] + sides["west"] > sides["north"] + sides["south"]
    at, across = places.xy[0], np.array([0.0, 1.0]) if upright else np.array([1.0, 0.0])
    told = headings.beside(np.stack([at - across, at + across]), name, float(_EITHER))
    if told is not None:
        across = np.array([np.cos(told.angle), np.sin(told.angle)])
    ends = Places(np.stack([at - 20 * across, at + 20 * across]), np.full(2, 16.0))
    axis = axis_through(ends, farthest_m, headings, name)
    return axis._replace(held_m=np.array([axis.held_m.mean()]))


def _cut(axis: Axis, places: Places, through: Places, reach_m: float) -> Axis:
    """Return an axis as far as its own road may go: to the first place of the road that continues it."""
    if len(through.xy) == len(places.xy):
        return axis
    own = shapely.line_locate_point(axis.line, shapely.points(places.xy))
    first, last = float(own.min()), float(own.max())
    before, after = axis.held_m[axis.held_m < first - 1], axis.held_m[axis.held_m > last + 1]
    start = min(first - reach_m, float(before[-1]) if len(before) else np.inf)
    end = max(last + reach_m, float(after[0]) if len(after) else -np.inf)
    start, end = max(start, 0.0), min(end, axis.line.length)
    return Axis(shapely.get_coordinates(substring(axis.line, start, end)), axis.held_m - start)
