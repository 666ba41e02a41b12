"""A quiet background for offline maps: named lines of a reference map, clipped, simplified, kept small."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.render.credits import in_words
from ftz_geo.render.packing import COARSE_UNITS_PER_DEGREE, on_grid, packed_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Kind, ReferenceMap
    from ftz_geo.render import schema

__all__ = ["BUDGET_BYTES", "KINDS", "Basemap", "clip_basemap"]

BUDGET_BYTES = 96 * 1024
"""What the background may add to a page, so that a page with it stays below 400 KiB."""

KINDS: tuple[Kind, ...] = ("road", "rail", "water", "boundary")
"""Kinds that are drawn; a named place would say more than a background should."""

_TOLERANCE_M = 2.0
"""How far a line may be simplified: less than a pixel at the closest zoom at which whole streets are seen."""

_MARGIN = 0.25
"""How far the background reaches around the shapes, as a share of their larger extent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Basemap:
    """The background of one page."""

    features: tuple[schema.BasemapFeature, ...]
    """The longest first."""
    left_out: int
    """How many named features had no room."""
    sources: tuple[Mapping[str, Any], ...]
    """What is drawn is from these."""
    bounds: tuple[float, float, float, float]
    """West, south, east and north of what it was cut out for."""

    @property
    def credits(self) -> tuple[str, ...]:
        """File, licence and date of every source that is drawn."""
        return tuple(dict.fromkeys(map(in_words, self.sources)))

    def to_dict(self) -> schema.Basemap:
        """Return what the page script reads."""
        return {"units_per_degree": COARSE_UNITS_PER_DEGREE, "features": list(self.features)}


def clip_basemap(
    reference: ReferenceMap, bounds: Sequence[float], *, budget_bytes: int = BUDGET_BYTES
) -> Basemap:
    """Return a background cut out of a reference map.

    Parameters
    ----------
    reference : ReferenceMap
    bounds : sequence of float, shape (4,)
        West, south, east and north of what the map shows, in degrees; the background reaches a quarter
        of their larger extent beyond them.
    budget_bytes : int
        Of the features' JSON. The longest within the cut come first; the shortest are left out, and counted.

    Returns
    -------
    Basemap
        Without a feature where the map has none there.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.model import ReferenceMap
    >>> road = shapely.LineString([(117.0, 39.0), (117.1, 39.0)])
    >>> features = gpd.GeoDataFrame(
    ...     {"name": ["甲路"], "kind": ["road"], "source": [0]}, geometry=[road], crs=4326
    ... )
    >>> found = clip_basemap(
    ...     ReferenceMap(features=features, sources=({"file": "a.gpkg", "licence": "ODbL"},)),
    ...     (117.04, 38.99, 117.06, 39.01),
    ... )
    >>> [f["name"] for f in found.features], found.credits
    (['甲路'], ('a.gpkg（ODbL）',))
    """
    window = _window(bounds)
    rows = reference.features[reference.features["kind"].isin(KINDS)]
    rows = rows.iloc[np.sort(rows.sindex.query(window, predicate="intersects"))]
    plane = LocalPlane.around([window])
    # By name and kind: the ways of one road are one feature, joined where they meet.
    groups = [
        (str(name), str(kind), area, _joined(clipped, plane))
        for (name, kind, area), clipped in _clipped(rows, window).items()
    ]
    longest = sorted(groups, key=lambda g: (-sum(line.length for line in g[3]), g[:3]))
    features = _fitting((_feature(group, plane) for group in longest), budget_bytes)
    sources = [reference.sources[number] for number in sorted(set(rows["source"]))]
    return Basemap(
        features=features,
        left_out=len(longest) - len(features),
        sources=tuple(sources),
        bounds=(bounds[0], bounds[1], bounds[2], bounds[3]),
    )


def _feature(
    group: tuple[str, str, bool, Sequence[BaseGeometry]], plane: LocalPlane
) -> schema.BasemapFeature:
    name, kind, area, lines = group
    parts = plane.to_lonlat(np.array(lines, dtype=object))
    packed = [packed_places(on_grid(part, COARSE_UNITS_PER_DEGREE)) for part in parts]
    return {"name": name, "kind": kind, "area": area, "parts": packed}


def _fitting(
    features: Iterable[schema.BasemapFeature], budget_bytes: int
) -> tuple[schema.BasemapFeature, ...]:
    """Return the first features, as many as their JSON has room for."""
    kept = []
    for feature in features:
        budget_bytes -= len(json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode()) + 1
        if budget_bytes < 0:
            break
        kept.append(feature)
    return tuple(kept)


def _window(bounds: Sequence[float]) -> shapely.Polygon:
    west, south, east, north = map(float, bounds)
    # A degree of longitude is shorter than one of latitude, which makes the margin no smaller.
    margin = _MARGIN * max(east - west, north - south)
    window: shapely.Polygon = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return window


def _clipped(rows: Any, window: shapely.Polygon) -> dict[tuple[str, str, bool], list[BaseGeometry]]:
    """Return the parts inside the window by name, kind, and whether they are areas; areas only of water."""
    found: dict[tuple[str, str, bool], list[BaseGeometry]] = {}
    inside = shapely.intersection(rows.geometry.to_numpy(), window)
    for name, kind, geometry in zip(rows["name"], rows["kind"], inside, strict=True):
        for part in shapely.get_parts(geometry):
            is_area = isinstance(part, shapely.Polygon)
            if is_area and kind != "water":
                part = part.boundary
            if not part.is_empty and part.geom_type != "Point":
                found.setdefault((name, kind, is_area and kind == "water"), []).append(part)
    return found


def _joined(parts: Sequence[BaseGeometry], plane: LocalPlane) -> list[BaseGeometry]:
    """Return joined and simplified lines in metres; of areas, all their rings."""
    flat = plane.to_xy(np.array(parts, dtype=object))
    if isinstance(flat[0], shapely.Polygon):
        whole = shapely.simplify(shapely.get_parts(shapely.union_all(flat)), _TOLERANCE_M)
        return list(shapely.get_rings(whole))
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(flat)))
    return [line for line in shapely.simplify(merged, _TOLERANCE_M) if line.length > _TOLERANCE_M]
