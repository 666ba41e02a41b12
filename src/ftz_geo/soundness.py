"""What makes an outline a polygon: rings that close, and corners that are numbers in an order."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import on_survey_plane, plane_area_m2
from ftz_geo.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["Crossing", "crossing_of", "faults", "read_wkb", "uncrossed"]

_FLAT = 1e-5
"""A ring whose hull has less of the square of its length is a line: one of 1 km is nowhere wider than 8 cm,
and a straight line on a plane bows by 2 cm in degrees."""

_MOST_CORNERS = 600
"""Rings with more corners get no order proposed: every pair of their edges is looked at many times over."""

_MOST_TOLD = 24
"""Corners up to which an order is written out; a longer one is told by the stretches that turn round."""

_MOST_STRETCHES = 4
"""Stretches that are told before 等: with more, the order is no slip of two corners."""


def read_wkb(wkb: Sequence[bytes | None] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries of their WKB; an outline that does not close comes back as the lines it is.

    Parameters
    ----------
    wkb : sequence of bytes or None, shape (n,)

    Returns
    -------
    ndarray of geometry or None, shape (n,)
        Two-dimensional. A polygon of which a ring does not close or has too few points is the lines (or
        points) of its rings; a collection that holds polygons is these polygons.

    Examples
    --------
    >>> open_ring = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1)
    >>> print(read_wkb([open_ring, None])[0])
    LINESTRING (0 0, 1 0, 1 1, 0 1)
    """
    data = np.asarray(wkb, dtype=object)
    shapes: NDArray[np.object_] = shapely.from_wkb(data, on_invalid="ignore")
    for i in np.flatnonzero(shapely.is_missing(shapes)):
        if data[i] is not None:
            shapes[i] = _loose(list(_rings_in(memoryview(data[i]))))
    for i in np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION):
        shapes[i] = _areas_of(shapes[i])
    flat: NDArray[np.object_] = shapely.force_2d(shapes)
    return flat


def _rings_in(data: memoryview) -> Iterator[NDArray[np.float64]]:
    """Yield the coordinates of every ring of a WKB polygon or polygons, as they stand."""
    yield from _ring_reader(data, 0)[1]


def _ring_reader(data: memoryview, at: int) -> tuple[int, list[NDArray[np.float64]]]:
    order = "<" if data[at] == 1 else ">"
    (code,) = struct.unpack_from(order + "I", data, at + 1)
    # EWKB marks Z and M by its two highest bits, ISO by thousands.
    kind, thousands = code % 1000 & 0xFF, (code & 0x1FFFFFFF) // 1000
    width = 2 + (bool(code & 0x80000000) or thousands in (1, 3)) + (bool(code & 0x40000000) or thousands > 1)
    (count,) = struct.unpack_from(order + "I", data, at + 5)
    at += 9
    rings: list[NDArray[np.float64]] = []
    for _ in range(count):
        if kind == shapely.GeometryType.POLYGON:
            (points,) = struct.unpack_from(order + "I", data, at)
            numbers = np.frombuffer(data, dtype=order + "f8", count=points * width, offset=at + 4)
            rings.append(numbers.reshape(-1, width)[:, :2].astype(float))
            at += 4 + 8 * points * width
        elif kind in (shapely.GeometryType.MULTIPOLYGON, shapely.GeometryType.GEOMETRYCOLLECTION):
            at, more = _ring_reader(data, at)
            rings += more
        else:
            break
    return at, rings


def _loose(rings: list[NDArray[np.float64]]) -> BaseGeometry | None:
    """Return rings that make no polygon as lines; None where not even a line is left."""
    lines = [shapely.LineString(ring) for ring in rings if len(ring) > 1]
    if len(lines) > 1:
        return shapely.MultiLineString(lines)
    if lines:
        return lines[0]
    return shapely.Point(rings[0][0]) if rings and len(rings[0]) else None


def _areas_of(collection: BaseGeometry) -> BaseGeometry:
    parts = [p for part in shapely.get_parts(collection) for p in shapely.get_parts(part)]
    areas = [part for part in parts if part.geom_type == "Polygon"]
    if not areas:
        return collection
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


def faults(shapes: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> list[Text | None]:
    """Return what keeps geometries from being looked at at all; None for those that can be.

    Parameters
    ----------
    shapes : sequence of geometry or None, shape (n,)

    Returns
    -------
    list of Text or None
        Empty, not a number, without area. Lines and points have no fault here: that they are no polygon is
        told of them where they are looked at.

    Examples
    --------
    >>> thin = shapely.Polygon([(0, 0), (1, 1), (2, 2)])
    >>> [fault.en if fault else None for fault in faults([None, thin, shapely.box(0, 0, 1, 1)])]
    ['it has no geometry, or one whose coordinates cannot be read',
     'its corners lie on one line: ring 1 has no area', None]
    """
    array = np.asarray(shapes, dtype=object)
    found: list[Text | None] = [None] * len(array)
    missing, empty = shapely.is_missing(array), shapely.is_empty(array)
    points, owner = shapely.get_coordinates(array, return_index=True)
    for i in np.unique(owner[~np.isfinite(points).all(axis=1)]):
        odd = int(np.argmin(np.isfinite(points[owner == i]).all(axis=1))) + 1
        found[int(i)] = Text(
            f"第 {odd} 个界址点的坐标不是数（NaN 或无穷大）",
            f"the coordinates of corner {odd} are no numbers (NaN or infinite)",
        )
    for i in np.flatnonzero(missing | empty):
        found[int(i)] = (
            Text(
                "没有几何图形，或其坐标无法读取",
                "it has no geometry, or one whose coordinates cannot be read",
            )
            if missing[i]
            else Text("几何图形为空", "its geometry is empty")
        )
    sane = [i for i, fault in enumerate(found) if fault is None]
    for at, fault in _degenerate(array[sane]):
        found[sane[at]] = found[sane[at]] or fault
    return found


def _degenerate(shapes: NDArray[np.object_]) -> Iterator[tuple[int, Text]]:
    """Yield the polygons of which a ring has no area, by position."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[areal], owner[areal]
    rings, part = shapely.get_rings(parts, return_index=True)
    thin = shapely.area(shapely.convex_hull(rings)) <= _FLAT * shapely.length(rings) ** 2
    for r in np.flatnonzero(thin):
        corners = len(np.unique(shapely.get_coordinates(rings[r]), axis=0))
        place = int((owner[part[: r + 1]] == owner[part[r]]).sum())
        yield (
            int(owner[part[r]]),
            Text(
                f"第 {place} 个环只有 {corners} 个不同的界址点",
                f"ring {place} has {corners} different corner(s) only",
            )
            if corners < 3
            else Text(
                f"第 {place} 个环的界址点在一条直线上，面积为零",
                f"its corners lie on one line: ring {place} has no area",
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """An outline that crosses itself: what its area is, and would be."""

    text: Text
    """Where it crosses, the areas, and the order of corners that would uncross it; without its subject."""
    printed_km2: float
    """By the shoelace of the corners in the order given: what crosses over counts against the rest."""
    repaired_km2: float
    """Of the ground that the outline goes round, as a repair takes it."""


def crossing_of(shape: BaseGeometry, labels: Sequence[Sequence[str]] | None = None) -> Crossing:
    """Describe how a polygon crosses or touches itself, and which order of its corners would not.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
        Invalid; longitude, latitude.
    labels : sequence of sequence of str, optional
        What the corners of each ring are called; their numbers in the ring from 1 otherwise.

    Returns
    -------
    Crossing

    Examples
    --------
    >>> bow = shapely.Polygon([(117, 39), (117.01, 39.01), (117.01, 39), (117, 39.01)])
    >>> print(crossing_of(bow).text.en)
    the outline crosses itself at 117.005000 E, 39.005000 N; its corners in the order given make 0.000000 km²
    on the survey plane, the ground it goes round is 0.480810 km² (a repair, not made); in the order 1, 3, 2,
    4 nothing crosses, and the area is 0.961620 km²
    """
    printed_km2, repaired_km2 = (plane_area_m2([shape, shapely.make_valid(shape)]) / 1e6).tolist()
    reason = shapely.is_valid_reason(shape).split("[")
    at = [float(n) for n in reason[1].rstrip("]").split()] if len(reason) > 1 else []
    said = Text(
        "界线自相交" + ("（东经 {:.6f}，北纬 {:.6f}）".format(*at) if at else ""),
        "the outline crosses itself" + (" at {:.6f} E, {:.6f} N".format(*at) if at else ""),
    )
    said += Text(
        f"；按所给次序围成 {printed_km2:.6f} 平方公里（测量投影面），"
        f"所绕地面为 {repaired_km2:.6f} 平方公里（修补所得，未采用）",
        f"; its corners in the order given make {printed_km2:.6f} km² on the survey plane, the ground it "
        f"goes round is {repaired_km2:.6f} km² (a repair, not made)",
    )
    return Crossing(text=said + _order(shape, labels), printed_km2=printed_km2, repaired_km2=repaired_km2)


def _order(shape: BaseGeometry, labels: Sequence[Sequence[str]] | None) -> Text:
    """Return the orders of corners that uncross those of a shape's rings that cross themselves."""
    said = Text("", "")
    rings = shapely.get_rings(shapely.get_parts(on_survey_plane([shape])[0]))
    for n, ring in enumerate(rings):
        if ring.is_simple:
            continue
        corners = shapely.get_coordinates(ring)[:-1]
        order = uncrossed(corners)
        if order is None:
            continue
        own = labels[n] if labels is not None else ()
        named = list(own) if len(own) == len(corners) else [str(i + 1) for i in range(len(corners))]
        area_km2 = shapely.Polygon(corners[order]).area / 1e6
        zh, en = _order_words(named, order)
        of = Text(f"第 {n + 1} 个环", f"ring {n + 1}: ") if len(rings) > 1 else Text("", "")
        said += Text(
            f"；{of.zh}{zh}则不再相交，面积 {area_km2:.6f} 平方公里",
            f"; {of.en}{en} nothing crosses, and the area is {area_km2:.6f} km²",
        )
    return said


def _order_words(named: Sequence[str], order: Sequence[int]) -> tuple[str, str]:
    if len(order) <= _MOST_TOLD:
        words = [named[i] for i in order]
        return f"改按 {'、'.join(words)} 的次序", f"in the order {', '.join(words)}"
    turned = list(_stretches(order))
    told = [f"{named[one]}–{named[other]}" for one, other in turned[:_MOST_STRETCHES]]
    more = ("等", ", …") if len(turned) > _MOST_STRETCHES else ("", "")
    return (
        f"把 {'、'.join(told)}{more[0]} 各段次序倒过来",
        f"with the stretches {', '.join(told)}{more[1]} the other way round",
    )


def _stretches(order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last corners of the stretches of an order that lie elsewhere than printed."""
    moved = [i for i, corner in enumerate(order) if corner != i]
    start = 0
    for k in range(len(moved)):
        if k + 1 == len(moved) or moved[k + 1] != moved[k] + 1:
            yield moved[start], moved[k]
            start = k + 1


def uncrossed(corners: NDArray[np.float64]) -> list[int] | None:
    """Return an order of corners in which no two edges cross; None where none was found.

    Where two edges cross, the corners between them are turned round, which always shortens the ring (2-opt),
    until none do. The turn that leaves the shortest ring goes first.

    Parameters
    ----------
    corners : ndarray of float, shape (n, 2)
        Metres, without the closing point.

    Returns
    -------
    list of int or None

    Examples
    --------
    >>> uncrossed(np.array([(0, 0), (1, 1), (1, 0), (0, 1)], dtype=float))
    [0, 2, 1, 3]
    """
    if len(corners) > _MOST_CORNERS:
        return None
    order = np.arange(len(corners))
    for _ in range(2 * len(corners)):
        ring = corners[order]
        i, j = _crossed(ring)
        if not len(i):
            break
        ends = np.roll(ring, -1, axis=0)
        gain = (
            np.hypot(*(ends[i] - ring[i]).T)
            + np.hypot(*(ends[j] - ring[j]).T)
            - np.hypot(*(ring[j] - ring[i]).T)
            - np.hypot(*(ends[j] - ends[i]).T)
        )
        best = int(gain.argmax())
        order[i[best] + 1 : j[best] + 1] = order[i[best] + 1 : j[best] + 1][::-1].copy()
    return order.tolist() if shapely.Polygon(corners[order]).is_valid else None


def _crossed(ring: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of edges that cross, the earlier first."""
    ends = np.roll(ring, -1, axis=0)

    def beside(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return on which side of each edge (rows) each point (columns) lies."""
        along, to = ends - ring, points[None] - ring[:, None]
        return np.sign(along[:, None, 0] * to[..., 1] - along[:, None, 1] * to[..., 0])

    apart = beside(ring) * beside(ends) < 0
    i, j = np.nonzero(np.triu(apart & apart.T, k=2))
    return i, j
