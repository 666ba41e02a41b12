"""A gazetteer as placing asks it: its names filed once, those near a word, what lies within reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo.measure import METRES_PER_DEGREE
from ftz_geo.model import STORAGE_CRS, Reason, ReferenceMap
from ftz_geo.resolve.names import Names
from ftz_geo.trace.near import is_near, near_keys
from ftz_geo.wording import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Kind, Parcel, Zone
    from ftz_geo.reference import Alias

__all__ = ["Gazetteer", "Reached", "joined", "told_beyond"]

_REACH_M = 200_000.0
"""Points farther than this from where most of a zone's names lie together are of other roads,"""

_QUARTER_M = 9_000_000.0
"""and where no place has more of them than another, those that no plane around it has room for."""

_CELL = 0.5
"""Degrees. Names in a cell and in those around it lie together."""


class Gazetteer:
    """Named points, with what is worked out of their names when it is first asked for."""

    def __init__(self, points: ReferenceMap, names: Names | None = None) -> None:
        self.points = points
        self._names = names
        self._renamed: dict[frozenset[tuple[str, str]], Gazetteer] = {}

    @cached_property
    def names(self) -> Names:
        """Its names, filed for looking up."""
        return self._names or Names.of(self.points)

    @cached_property
    def _by_near_key(self) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names.rows:
            for key in near_keys(name):
                found[key].append(name)
        return found

    @cached_property
    def series(self) -> Mapping[tuple[str, str], Sequence[tuple[int, str]]]:
        """Its numbered names, by what stands before and after the number."""
        found: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for name in self.names.rows:
            if (told := numbered(name)) is not None:
                before, number, after = told
                found[before, after].append((number, name))
        return found

    def renamed(self, zone: Zone, aliases: Sequence[Alias]) -> Gazetteer:
        """Return it with points of other names as those of what they stand for in a zone, too.

        Their own names stand in the column ``own_name``, which is there only if there are such points.
        """
        pairs = frozenset((a.map_name, a.name) for a in aliases if a.holds_in(zone.words))
        if pairs not in self._renamed:
            known = sorted(pair for pair in pairs if pair[0] in self.names.rows)
            self._renamed[pairs] = self._with(known) if known else self
        return self._renamed[pairs]

    def _with(self, pairs: Sequence[tuple[str, str]]) -> Gazetteer:
        features = self.points.features
        rows = [self.names.rows[own] for own, _ in pairs]
        names = np.repeat(np.array([name for _, name in pairs], dtype=object), [len(of) for of in rows])
        other = features.iloc[np.concatenate(rows)]
        more = other.assign(
            name=names,
            kind=[self._kind(name) for name in names],
            source_id=other["source_id"].astype(str) + "*" + names,
            own_name=other["name"],
        )
        both = replace(self.points, features=joined(features, more))
        return Gazetteer(both, self.names.joined(Names.of(ReferenceMap(features=more)), len(features)))

    def _kind(self, name: str) -> Kind:
        rows = self.names.rows.get(name)
        kind: Kind = "road" if rows is None else self.points.features["kind"].iloc[rows[0]]
        return kind

    def has(self, name: str) -> bool:
        """Return whether points have a name, by any rule of names."""
        return next(self.names.find(name), None) is not None

    def meant(self, wanted: Sequence[str]) -> dict[str, str]:
        """Return its names that words may mean or are near to, and which of the words each is."""
        meant: dict[str, str] = {}
        for word in wanted:
            for _, map_name, _ in self.names.find(word):
                meant.setdefault(map_name, word)
        near: dict[str, str] = {}
        for word in wanted:
            for name in {name for key in near_keys(word) for name in self._by_near_key.get(key, ())}:
                if name not in meant and name not in near and is_near(word, name):
                    near[name] = word
        return meant | dict(sorted(near.items()))

    def reached(self, meant: Mapping[str, str]) -> Reached:
        """Return what of it lies within reach of where most of some names lie together.

        Parameters
        ----------
        meant : mapping of str to str
            As :meth:`meant` gives it.

        Returns
        -------
        Reached
            All of it where those names lie in one region, or none is there.
        """
        rows = [self.names.rows[name] for name in meant if name in self.names.rows]
        if not rows:
            return Reached(self, {})
        lonlat = _middles(self.points)
        own = np.concatenate(rows)
        if np.hypot(*np.ptp(lonlat[own], axis=0)) * METRES_PER_DEGREE <= _REACH_M:
            return Reached(self, {})
        number = np.repeat(np.arange(len(rows)), [len(of) for of in rows])
        spot, reach_m = _spot(lonlat[own], number)
        within = _away_m(lonlat, spot) <= reach_m
        if within.all():
            return Reached(self, {})
        beyond = Counter(
            word
            for name, word in meant.items()
            if name in self.names.rows
            for _ in range(int((~within[self.names.rows[name]]).sum()))
        )
        features = self.points.features[within].reset_index(drop=True)
        return Reached(Gazetteer(ReferenceMap(features=features, sources=self.points.sources)), beyond)


class Reached(NamedTuple):
    """What of a gazetteer lies within reach of a zone."""

    gazetteer: Gazetteer
    beyond: Mapping[str, int]
    """By word, how many points of names that it may mean lie beyond."""


def told_beyond(parcel: Parcel, beyond: Mapping[str, int]) -> Iterator[Reason]:
    """Say of which sides of a parcel points were left out, which lie too far from the zone's others."""
    for name in dict.fromkeys(feature.called for _, feature in parcel.bounds()):
        if count := beyond.get(name):
            yield Reason(
                code="points-beyond-reach",
                zh=f"“{name}”另有{count}个地名点远离本片区其他名称所在之处，未用",
                en=f"{count} points of {name} lie far from where most names of the zone are: left out",
            )


def joined(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return features of both; what one of them does not tell is nothing."""
    both = pd.concat([one, other], ignore_index=True)
    for column, dtype in (("one_way", np.int8), ("of_points", np.bool_)):
        if column in both:
            both[column] = [0 if value != value else value for value in both[column]]
            both[column] = both[column].astype(dtype)
    return gpd.GeoDataFrame(both, crs=STORAGE_CRS)


def _middles(points: ReferenceMap) -> NDArray[np.float64]:
    bounds = shapely.bounds(points.features.geometry.to_numpy())
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2)


def _spot(lonlat: NDArray[np.float64], number: NDArray[np.intp]) -> tuple[NDArray[np.float64], float]:
    """Return where most names lie together, and how far from it their points are theirs.

    Where another place has as many names, what lies there is no less likely.
    """
    around = round(360 / _CELL)
    cells = np.floor(lonlat / _CELL).astype(int)
    cells[:, 0] %= around
    names: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    points: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], int] = {}
    for row, ((x, y), name) in enumerate(zip(cells.tolist(), number.tolist(), strict=True)):
        first.setdefault((x, y), row)
        points[x, y] += 1
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                names[(x + dx) % around, y + dy].add(name)
    best = min(points, key=lambda cell: (-len(names[cell]), -points[cell], cell))
    spot = lonlat[first[best]]
    rivals = [cell for cell in points if len(names[cell]) >= len(names[best])]
    decided = _away_m(lonlat[[first[cell] for cell in rivals]], spot).max() <= _REACH_M
    return spot, _REACH_M if decided else _QUARTER_M


def _away_m(lonlat: NDArray[np.float64], spot: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances of places from one, on a sphere."""
    (lon, lat), (lon_0, lat_0) = np.radians(lonlat).T, np.radians(spot)
    chord = np.sin((lat - lat_0) / 2) ** 2 + np.cos(lat) * np.cos(lat_0) * np.sin((lon - lon_0) / 2) ** 2
    away: NDArray[np.float64] = 2 * np.degrees(np.arcsin(np.sqrt(np.clip(chord, 0, 1)))) * METRES_PER_DEGREE
    return away
