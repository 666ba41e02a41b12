"""Lay parcels out from words and stated areas alone, for what no map could close.

A sketch is right in size and in order, not in place: every parcel has exactly its stated area,
every relation that the words fix is kept or said to be broken, and nothing else is claimed.

Stages: :mod:`.relations` reads the order of parcels from their words, :mod:`.layout` finds
rectangles that keep it, :mod:`.shape` draws an outline in each, :mod:`.sites` moves each group
of related parcels to where it is believed to lie. This module puts them together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.compass import AXIS, DIRECTIONS, SIDE_ZH, Direction
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Digitised, Edge, Reason, Settings
from ftz_geo.sketch.fit import fit
from ftz_geo.sketch.layout import lay_out
from ftz_geo.sketch.lines import sketch_lines
from ftz_geo.sketch.relations import Box, Leaf, between, clusters, key, scatter, shared_contacts
from ftz_geo.sketch.shape import Outline, area_needed_m2, aspect, draw
from ftz_geo.sketch.sites import Site, find_sites, room_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Anchor, Zone
    from ftz_geo.sketch.relations import Words

__all__ = ["sketch_lines", "sketch_zone"]

_STEEPEST = np.radians(20)
"""A traced parcel's own grid is followed up to this angle; beyond it, east is no longer east."""


def sketch_zone(
    zone: Zone,
    anchors: Sequence[Anchor],
    settings: Settings | None = None,
    *,
    drawn: Mapping[str, Digitised] | None = None,
) -> dict[str, Digitised]:
    """Lay out the parcels of a zone that no map could close.

    Parcels tied to one another by what they share are laid out together; each group stands
    where its anchors say, and groups believed to lie in the same place are set round it with
    clear distance between them. The result depends on the words and numbers alone.

    Parameters
    ----------
    zone : Zone
    anchors : sequence of Anchor
        Those whose words the zone's name contains are used.
    settings : Settings, optional
    drawn : mapping of parcel id to Digitised, optional
        What stands on a map already. It is neither moved nor overlapped.

    Returns
    -------
    dict of str to Digitised
        One for every parcel of the zone that ``drawn`` has no polygon of, graded ``sketched``,
        its area on the CGCS2000 ellipsoid equal to the stated one to 1e-9; or ``undetermined``
        where neither the parcel's nor its block's area is stated.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from ftz_geo.model import Area, Block, Feature, Parcel, Zone
    >>> def block(number, west, east):
    ...     sides = {"east": east, "south": "南路", "west": west, "north": f"北{number}路"}
    ...     abuttals = {d: (Feature(name=n, kind="road", span=(0, 0)),) for d, n in sides.items()}
    ...     parcel = Parcel(id=f"a-{number}", abuttals=abuttals, span=(0, 0))
    ...     area = Area(text="2平方公里", value=Decimal(2), unit="平方公里", span=(0, 0))
    ...     return Block(id=f"a-{number}", declared_area=area, parcels=(parcel,), span=(0, 0))
    >>> blocks = block(1, "中路", "东路"), block(2, "西路", "中路")
    >>> zone = Zone(id="a", name="甲片区", span=(0, 0), blocks=blocks)
    >>> sketched = sketch_zone(zone, anchors=())
    >>> [round(float(area_m2([d.polygon])[0]), 2) for d in sketched.values()]
    [2000000.0, 2000000.0]
    >>> sketched["a-2"].polygon.centroid.x < sketched["a-1"].polygon.centroid.x  # west of 中路
    True
    """
    settings = settings or Settings()
    standing: dict[str, Polygon | MultiPolygon] = {}
    for parcel in zone.parcels:
        known = (drawn or {}).get(parcel.id)
        if known is not None and known.polygon is not None:
            standing[parcel.id] = known.polygon
    leaves, reasons, result = _leaves(zone, standing)
    groups = clusters(zone, {*leaves, *standing})
    plane, sites = find_sites(zone, anchors, groups, standing)
    polygons = {i: plane.to_xy(polygon) for i, polygon in standing.items()}
    gap_m = max(settings.road_gap_m, 1.0)  # roads without width would let rounding overlap

    tied = [group for group in groups if any(i in standing for i in group)]
    loose = [[leaves[i] for i in group] for group in groups if group not in tied]
    beside = [leaves[i] for group in tied for i in group if i in leaves]
    obstacles: list[BaseGeometry] = [*polygons.values()]
    outlines: dict[str, Outline] = {}
    broken: list[tuple[str, str]] = []
    if beside:
        drawing = _beside(zone, beside, polygons, sites, gap_m)
        # Where what stands leaves no room, a parcel is set round it by itself.
        homeless = [leaf for leaf in beside if drawing is None or leaf.id not in drawing.outlines]
        loose += [[leaf] for leaf in homeless]
        broken += _all_shared(zone, homeless)
        if drawing is not None:
            outlines |= drawing.outlines
            broken += drawing.words.broken
            obstacles += _hulls(drawing)
    # The surest place first; the text's order among equals.
    for group in sorted(loose, key=lambda group: min(sites[leaf.id].uncertainty_m for leaf in group)):
        drawings = _alone(zone, group, sites, gap_m)
        if len(drawings) > 1:
            broken += _all_shared(zone, group)
        for drawing in drawings:
            clear_m = max(8 * gap_m, 0.3 * float(np.mean([leaves[i].length_m for i in drawing.outlines])))
            shift = room_for(_hulls(drawing), obstacles, clear_m)
            moved = drawing.turned(np.eye(2), onto=shift)
            outlines |= moved.outlines
            broken += moved.words.broken
            obstacles += _hulls(moved)

    _say_broken(reasons, broken)
    for parcel_id, leaf in leaves.items():
        result[parcel_id] = _digitised(leaf, outlines[parcel_id], plane, sites[parcel_id], reasons[parcel_id])
    return {p.id: result[p.id] for p in zone.parcels if p.id in result}


class _Drawing(NamedTuple):
    """The outlines of one group of parcels, and what of their words was kept."""

    outlines: dict[str, Outline]
    boxes: dict[str, Box]
    words: Words

    def turned(self, matrix: NDArray[np.float64], *, onto: Sequence[float] | NDArray[np.float64]) -> _Drawing:
        """Give the drawing with every vertex multiplied by a matrix, then shifted."""
        return self._replace(
            outlines={i: o._replace(ring=o.ring @ matrix.T + onto) for i, o in self.outlines.items()}
        )


def _hulls(drawing: _Drawing) -> list[BaseGeometry]:
    """Give what others keep clear of: the parcels, and the shared lines from one parcel to the next."""
    lines: dict[tuple[int, str], list[NDArray[np.float64]]] = defaultdict(list)
    for parcel_id, outline in drawing.outlines.items():
        for piece in outline.pieces:
            if piece.feature and (parcel_id, piece.side, key(piece.feature)) in drawing.words.on_line:
                vertices = outline.ring[piece.start : piece.stop + 1]
                lines[AXIS[piece.side], key(piece.feature)].append(vertices)
    strips = [shapely.MultiPoint(np.vstack(line)).convex_hull for line in lines.values() if len(line) > 1]
    return [*(shapely.Polygon(o.ring) for o in drawing.outlines.values()), *strips]


def _all_shared(zone: Zone, leaves: Sequence[Leaf]) -> list[tuple[str, str]]:
    """Give everything that some parcels share with others: what is lost where each stands by itself."""
    shared = shared_contacts(zone.parcels)
    return [
        (leaf.id, key(f))
        for leaf in leaves
        for _, f in leaf.parcel.features()
        if f.kind == "block" or key(f) in shared
    ]


def _leaves(
    zone: Zone, standing: Mapping[str, object]
) -> tuple[dict[str, Leaf], dict[str, list[Reason]], dict[str, Digitised]]:
    """Find the area to draw each parcel with, and what is to be said of it."""
    leaves: dict[str, Leaf] = {}
    reasons: dict[str, list[Reason]] = {}
    undetermined: dict[str, Digitised] = {}
    for block in zone.blocks:
        without = [p for p in block.parcels if p.declared_area is None]
        own = sum((p.declared_area.km2 for p in block.parcels if p.declared_area), start=0)
        rest = (block.declared_area.km2 - own) / len(without) if block.declared_area and without else None
        for parcel in block.parcels:
            if parcel.id in standing:
                continue
            km2 = parcel.declared_area.km2 if parcel.declared_area else rest
            if km2 is None or km2 <= 0:
                said = Reason(
                    code="no-area",
                    zh="未给出可用的面积，示意图无从定其大小",
                    en="no usable area is stated, so that a sketch has no size",
                )
                undetermined[parcel.id] = Digitised(
                    parcel_id=parcel.id, polygon=None, grade="undetermined", reasons=(said,)
                )
                continue
            leaves[parcel.id] = Leaf(parcel=parcel, block=block, area_m2=float(km2) * 1e6)
            reasons[parcel.id] = _reasons(leaves[parcel.id], len(without) if parcel in without else 1)
    return leaves, reasons, undetermined


def _reasons(leaf: Leaf, sharing: int) -> list[Reason]:
    """Say what the outline of a parcel rests on."""
    parcel = leaf.parcel
    if any(parcel.abuttals.values()):
        basis = Reason(
            code="words-and-area",
            zh="仅按文字所述四至关系和面积布置，大小和次序可信，位置和边线不可信",
            en="laid out from the words and the stated area only: right in size and order, not in place",
        )
    else:
        basis = Reason(
            code="no-sides",
            zh="文字未给出各边方位，只按面积画出范围大小，形状无依据",
            en="the words give no side a direction: the outline shows its area, and its form nothing",
        )
    said = [basis]
    if sharing > 1:
        said.append(
            Reason(
                code="shared-area",
                zh=f"文字只给出区块面积，由{sharing}个地块均分",
                en=f"an area is stated for the block only; its {sharing} parcels share it equally",
            )
        )
    if not leaf.block.part_of_total:
        said.append(
            Reason(
                code="not-an-addend",
                zh="文字所述范围与其他区块重合（整体或其中一部分），示意图为免重叠另画在旁",
                en="told as the whole or a part of other blocks: drawn beside them, so as not to overlap",
            )
        )
    missing = [d for d in DIRECTIONS if not parcel.abuttals[d]]
    if 0 < len(missing) < 4:
        said.append(
            Reason(
                code="side-not-named",
                zh="文字未给出的边：" + "、".join(SIDE_ZH[d] for d in missing),
                en="the words name nothing to the " + ", ".join(missing),
            )
        )
    return said


def _say_broken(reasons: Mapping[str, list[Reason]], broken: Iterable[tuple[str, str]]) -> None:
    """Tell of each relation that could not be kept, once per parcel and name."""
    for parcel_id, name in dict.fromkeys(broken):
        if parcel_id in reasons:
            reasons[parcel_id].append(
                Reason(
                    code="relation-broken",
                    zh=f"文字中关于「{name}」的关系与其余文字、面积不能同时满足，图上未能全部保持",
                    en=f"what the words say of {name} does not fit the rest and the areas: not kept in full",
                )
            )


def _together(
    zone: Zone,
    leaves: Sequence[Leaf],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    gap_m: float,
) -> _Drawing | None:
    """Lay some parcels out together and draw them."""
    scales: dict[str, tuple[float, float]] = {}
    for leaf in leaves:
        for side, feature in leaf.parcel.features():
            # Beside other things on a side, a river cannot wind as it does along the bank across.
            winds = len(leaf.parcel.abuttals[side]) == 1
            smallest, largest = scales.get(key(feature), (np.inf, 1.0))
            scales[key(feature)] = min(smallest, winds * leaf.length_m), max(largest, leaf.length_m)

    def on_line(leaf: Leaf, words: Words) -> set[tuple[Direction, str]]:
        return {(side, name) for i, side, name in words.on_line if i == leaf.id}

    layout = lay_out(
        zone,
        leaves,
        pinned,
        targets,
        lambda leaf, words: area_needed_m2(leaf, on_line(leaf, words)),
        {leaf.id: aspect(leaf) for leaf in leaves},
        gap_m,
    )
    if layout is None:
        return None
    boxes, words = layout
    sharing = Counter((AXIS[side], name) for _, (_, side, name) in words.holds)
    outlines = {}
    for leaf in leaves:
        held = {
            side: sum(sharing[AXIS[side], key(f)] for f in leaf.parcel.abuttals[side])
            if (leaf.id, side) in words.tied
            else 0
            for side in DIRECTIONS
        }
        outlines[leaf.id] = draw(leaf, boxes[leaf.id], on_line(leaf, words), held, scales)
    return _Drawing(outlines, boxes, words)


def _beside(
    zone: Zone,
    leaves: Sequence[Leaf],
    polygons: Mapping[str, Polygon | MultiPolygon],
    sites: Mapping[str, Site],
    gap_m: float,
) -> _Drawing | None:
    """Lay out the parcels that share something with what stands, in its grid and round it."""
    largest = max(polygons.values(), key=lambda polygon: polygon.area)
    angle = float(np.clip(_grid_angle(largest), -_STEEPEST, _STEEPEST))
    into = _turn(-angle)
    turned = {i: shapely.transform(polygon, lambda xy: xy @ into.T) for i, polygon in polygons.items()}
    pinned = {i: _mean_box(p) for i, p in turned.items()}
    targets = {}
    for leaf in leaves:
        x, y = (into @ sites[leaf.id].xy).tolist()
        targets[leaf.id] = between(zone, leaf, pinned, otherwise=(x, y))
    drawing = _together(zone, leaves, pinned, targets, gap_m)
    if drawing is None:
        return None
    # Half a road on either side, and a little less, so that what just fits is not cut.
    standing = shapely.union_all(shapely.buffer(list(turned.values()), 0.45 * gap_m, join_style="mitre"))
    outlines = {}
    for leaf in leaves:
        fitted = fit(drawing.outlines[leaf.id], standing, leaf.area_m2, gap_m)
        if fitted is not None:
            outlines[leaf.id] = fitted
            taken = shapely.buffer(shapely.Polygon(fitted.ring), 0.45 * gap_m, join_style="mitre")
            standing = shapely.union_all([standing, taken])
    return drawing._replace(outlines=outlines).turned(_turn(angle), onto=(0, 0))


def _mean_box(polygon: Polygon | MultiPolygon) -> Box:
    """Give the rectangle with a polygon's middle, proportions and area: its sides run where its own do."""
    west, south, east, north = polygon.bounds
    part = (1 - (polygon.area / ((east - west) * (north - south))) ** 0.5) / 2
    x, y = part * (east - west), part * (north - south)
    return Box(west + x, south + y, east - x, north - y)


def _alone(zone: Zone, leaves: Sequence[Leaf], sites: Mapping[str, Site], gap_m: float) -> list[_Drawing]:
    """Lay out one group of parcels round their own sites; each by itself if no layout holds them."""
    targets = {leaf.id: sites[leaf.id].xy for leaf in leaves}
    drawing = _together(zone, leaves, {}, targets, gap_m)
    if drawing is None:
        return [part for leaf in leaves for part in _alone(zone, [leaf], sites, gap_m)]
    slant = _slant(drawing, "、".join(leaf.id for leaf in leaves))
    weights = [leaf.area_m2 for leaf in leaves]
    middle = np.average([drawing.boxes[leaf.id].middle for leaf in leaves], axis=0, weights=weights)
    target = np.average([targets[leaf.id] for leaf in leaves], axis=0, weights=weights)
    return [drawing.turned(slant, onto=target - slant @ middle)]


def _turn(angle: float) -> NDArray[np.float64]:
    """Give the matrix that turns columns counter-clockwise."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _slant(drawing: _Drawing, name: str) -> NDArray[np.float64]:
    """Choose a gentle turn and shear for a group, as grids have, that keeps east east and north north."""
    turn, shear = 2 * scatter("turn", name) - 1, 2 * scatter("shear", name) - 1
    for strength in (1.0, 0.5, 0.25):
        turned = _turn(np.radians(strength * (turn + np.copysign(1.5, turn))))
        matrix: NDArray[np.float64] = turned @ np.array(
            [[1.0, np.tan(np.radians(2.5 * strength * shear))], [0.0, 1.0]]
        )
        boxes = drawing.boxes
        if all(
            (matrix @ np.subtract(boxes[high].middle, boxes[low].middle))[axis] > 0
            for low, high, axis in drawing.words.facing
        ):
            return matrix
    return np.eye(2)


def _grid_angle(polygon: Polygon | MultiPolygon) -> float:
    """Give the angle, -45 to 45 degrees in radians, of the rectangle that fits a polygon best."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    x, y = max((corners[1:] - corners[:-1]).tolist(), key=lambda edge: float(np.hypot(*edge)))
    return float((np.arctan2(y, x) + np.pi / 4) % (np.pi / 2) - np.pi / 4)


def _digitised(
    leaf: Leaf, outline: Outline, plane: LocalPlane, site: Site, reasons: Sequence[Reason]
) -> Digitised:
    """Carry an outline over to longitude and latitude, of exactly its area there."""
    distance_m = float(np.hypot(*(shapely.Polygon(outline.ring).centroid.coords[0] - np.array(site.xy))))
    # Between an edge of length s along a parallel and the geodesic lie s³·tan(lat)/12R m². Segments
    # short enough keep that below 3e-7 of the area, whichever of the two an edge is taken for.
    segment_m = (20 * leaf.length_m) ** 0.5
    paths = [
        shapely.get_coordinates(
            shapely.segmentize(shapely.LineString(outline.ring[p.start : p.stop + 1]), segment_m)
        )
        for p in outline.pieces
    ]
    stops = np.cumsum([len(path) - 1 for path in paths]).tolist()
    flat = np.vstack([*(path[:-1] for path in paths), paths[0][:1]])
    ring = shapely.get_coordinates(plane.to_lonlat(shapely.LineString(flat)))
    for _ in range(4):
        factor = (leaf.area_m2 / area_m2([shapely.Polygon(ring)])[0]) ** 0.5
        middle = ring[:-1].mean(axis=0)
        ring = middle + (ring - middle) * factor
    edges = tuple(
        Edge(
            side=piece.side,
            feature=piece.feature.name if piece.feature else None,
            span=piece.feature.span if piece.feature else None,
            method="sketch",
            line=shapely.LineString(ring[start : stop + 1]),
        )
        for piece, start, stop in zip(outline.pieces, [0, *stops], stops, strict=False)
    )
    return Digitised(
        parcel_id=leaf.id,
        polygon=shapely.Polygon(ring),
        grade="sketched",
        reasons=(*reasons, site.reason),
        edges=edges,
        placement_uncertainty_m=round(site.uncertainty_m + distance_m),
        area_shaped=True,
    )
