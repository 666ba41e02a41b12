"""What every reader gives: a frame of named features, and the facts of where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from ftz_geo.model import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ftz_geo.model import Kind

__all__ = ["Part", "Role", "Row", "feature_frame", "first_line", "frame_of_rows"]

Row = tuple[str, str, "tuple[str, ...]", "Kind", Any, int]
"""Source id, name, further names, kind, geometry, whether one-way."""


Role = Literal["feature", "slip", "stop"]
"""What a row is: a feature of the map, one that is a slip road, or a named node that is none."""


class Part(NamedTuple):
    """Features of one source."""

    frame: gpd.GeoDataFrame
    """As :attr:`ftz_geo.model.ReferenceMap.features`, without ``source``."""
    facts: dict[str, Any]
    """Licence, date, crs and datum; more where the source says more."""
    stops: gpd.GeoDataFrame | None = None
    """Named nodes that bound nothing and are no features of a map, but points: stops, signals, entrances."""
    slips: frozenset[str] = frozenset()
    """Ids of slip roads of junctions."""


def feature_frame(
    source_ids: list[str],
    names: list[str],
    alt_names: list[tuple[str, ...]],
    kinds: list[Kind],
    geometry: Any,
    one_way: Sequence[int] | None = None,
) -> gpd.GeoDataFrame:
    """Put columns together into a frame of features in longitude, latitude; by default none is one-way."""
    return gpd.GeoDataFrame(
        {
            "source_id": pd.Series(source_ids, dtype=object),
            "name": pd.Series(names, dtype=object),
            "alt_names": pd.Series(alt_names, dtype=object),
            "kind": pd.Series(kinds, dtype=object),
            "one_way": np.asarray([0] * len(kinds) if one_way is None else one_way, dtype=np.int8),
        },
        geometry=np.asarray(geometry, dtype=object),
        crs=STORAGE_CRS,
    )


def frame_of_rows(rows: Iterable[Row]) -> gpd.GeoDataFrame:
    """Put rows together into a frame of features; geometries are shapely's."""
    ids, names, others, kinds, shapes, ways = [list(c) for c in zip(*rows, strict=True)] or [[]] * 6
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return feature_frame(ids, names, others, kinds, geometry, ways)


def first_line(error: Exception) -> str:
    """Return an error's words for a sentence of our own."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
