"""The named roads and rivers of a sketch, drawn on beyond the parcels that abut on them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import linemerge

from ftz_geo.measure import LocalPlane
from ftz_geo.model import STRAIGHT_KINDS
from ftz_geo.sketch.contacts import LINES, key, road_gap_m

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.model import Digitised, Feature, Settings, Span, Zone

__all__ = ["sketch_lines"]

_BEYOND = 0.12
"""A line goes on beyond the last parcel by this part of its length..."""

_BEYOND_MOST_M = 500.0
"""...but no farther than this."""


def sketch_lines(
    zone: Zone, drawn: Mapping[str, Digitised], settings: Settings | None = None
) -> tuple[tuple[str, shapely.LineString], ...]:
    """Return the roads, rivers, railways and boundaries that a zone's sketched parcels abut on.

    Parameters
    ----------
    zone : Zone
    drawn : mapping of parcel id to Digitised
        What :func:`sketch_zone` gave, among others.
    settings : Settings, optional
        Those of the sketch.

    Returns
    -------
    tuple of (str, LineString)
        Name, and its line in longitude and latitude: one through all parcels that share the name,
        cut where it would run through a parcel. In the order of the text.
    """
    gap_m = road_gap_m(settings)
    here = [drawn[p.id] for p in zone.parcels if p.id in drawn]
    sketched = [parcel for parcel in here if parcel.grade == "sketched"]
    if not sketched:
        return ()
    polygons = [parcel.polygon for parcel in here if parcel.polygon is not None]
    plane = LocalPlane.around(polygons)
    features = {f.span: f for p in zone.parcels for _, f in p.features() if f.kind in LINES}
    winding = {key(f) for f in features.values() if f.kind not in STRAIGHT_KINDS}
    paths: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for parcel in sketched:
        for name, line in _abutting(parcel, features, plane):
            outside = shapely.offset_curve(line, -gap_m / 2, join_style="mitre")
            paths[name] += [shapely.get_coordinates(part) for part in shapely.get_parts(outside)]
    ground = shapely.union_all([plane.to_xy(polygon) for polygon in polygons])
    lines: list[tuple[str, shapely.LineString]] = []
    for name, along in paths.items():
        for path in _joined(along, gap_m, winding=name in winding):
            parts = shapely.get_parts(shapely.LineString(_beyond(path, gap_m)).difference(ground))
            lines += [(name, plane.to_lonlat(part)) for part in parts if part.length > 4 * gap_m]
    return tuple(lines)


def _abutting(
    parcel: Digitised, features: Mapping[Span, Feature], plane: LocalPlane
) -> Iterator[tuple[str, shapely.LineString]]:
    """Yield the name and the stretches of each feature that a parcel lies right at, metres."""
    edges: dict[str, list[shapely.LineString]] = defaultdict(list)
    for edge in parcel.edges:
        feature = features.get(edge.span) if edge.span else None
        if feature is not None and feature.relation == "at":
            edges[key(feature)].append(plane.to_xy(edge.line))
    for name, own in edges.items():
        for line in shapely.get_parts(linemerge(own) if len(own) > 1 else own[0]):
            yield name, line


def _joined(
    paths: Sequence[NDArray[np.float64]], gap_m: float, *, winding: bool
) -> list[NDArray[np.float64]]:
    """Join paths along one thing, in order along it; where two run side by side, one of them counts.

    Straight things are joined where they go on in one line. How a winding thing runs between
    parcels far apart nobody knows: it is drawn at each.
    """
    cloud = np.vstack(paths)
    along = np.linalg.svd(cloud - cloud.mean(axis=0), full_matrices=False)[2][0]
    ordered = [path if (path[-1] - path[0]) @ along >= 0 else path[::-1] for path in paths]
    joined: list[NDArray[np.float64]] = []
    for path in sorted(ordered, key=lambda path: float(path[0] @ along)):
        for i, line in enumerate(joined):
            if winding:
                goes_on = np.hypot(*(path[0] - line[-1])) < shapely.LineString(path).length
            else:
                x, y = (line[-1] - line[0]) / np.hypot(*(line[-1] - line[0]))
                goes_on = np.abs((path - line[0]) @ (-y, x)).max() < 1.5 * gap_m
            if goes_on:
                joined[i] = np.vstack([line, path[path @ along > line[-1] @ along + 1.0]])
                break
        else:
            joined.append(path)
    return joined


def _beyond(path: NDArray[np.float64], gap_m: float) -> NDArray[np.float64]:
    """Draw both ends of a path on, straight."""
    smooth = shapely.get_coordinates(shapely.simplify(shapely.LineString(path), gap_m / 4))
    length = min(_BEYOND * float(shapely.LineString(smooth).length), _BEYOND_MOST_M)

    def on(end: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
        step = end - before
        return np.asarray(end + step / np.hypot(*step) * length)

    return np.vstack([on(smooth[0], smooth[1]), smooth, on(smooth[-1], smooth[-2])])
