"""A zone's sketch, put together: what is tied to the map first, then group after group round it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Digitised, Edge, Reason
from ftz_geo.sketch.contacts import clusters, key, road_gap_m, shared_contacts
from ftz_geo.sketch.groups import Drawing, draw_alone, draw_beside
from ftz_geo.sketch.leaves import Leaf, basis_of, leaves_of, undrawn
from ftz_geo.sketch.outline import Outline
from ftz_geo.sketch.sites import Site, find_sites, room_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Anchor, Settings, Zone

__all__ = ["sketch_zone"]

_CLEAR_ROADS, _CLEAR_LENGTHS = 8, 0.3
"""How far groups that share nothing stand from one another at least, in widths of a road and in mean
lengths of their parcels; by choice, so that nobody takes them for neighbours."""


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
    gap_m = road_gap_m(settings)
    known = {p.id: drawn[p.id].polygon for p in zone.parcels if drawn and p.id in drawn}
    standing = {parcel_id: polygon for parcel_id, polygon in known.items() if polygon is not None}
    leaves = {leaf.id: leaf for leaf in leaves_of(zone) if leaf.id not in standing}
    # Of a parcel that is known to lie somewhere, the words that it shares with others say nothing of where.
    known_alone = {i for anchor in anchors for i in anchor.parcels} & leaves.keys()
    groups = [*clusters(zone, {*leaves, *standing} - known_alone), *([i] for i in sorted(known_alone))]
    plane, sites = find_sites(zone, anchors, groups, standing)
    polygons = {i: plane.to_xy(polygon) for i, polygon in standing.items()}

    ground = _Ground(zone, sites, polygons, gap_m)
    tied = [leaves[i] for g in groups if not standing.keys().isdisjoint(g) for i in g if i in leaves]
    loose = [[leaves[i] for i in g] for g in groups if standing.keys().isdisjoint(g)]
    # Where what stands leaves no room, a parcel is set round it by itself.
    loose += [[leaf] for leaf in ground.put_beside(tied)]
    # The surest place first; the text's order among equals.
    for group in sorted(loose, key=lambda group: min(sites[leaf.id].uncertainty_m for leaf in group)):
        ground.put_round(group, clear=not known_alone.issuperset(leaf.id for leaf in group))
    return {
        p.id: ground.digitised(leaves[p.id], plane, sites[p.id])
        if p.id in leaves
        else Digitised(parcel_id=p.id, polygon=None, grade="undetermined", reasons=(undrawn(p),))
        for p in zone.parcels
        if p.id not in standing
    }


class _Ground:
    """What was put on a zone's plane so far; it grows drawing by drawing."""

    def __init__(
        self,
        zone: Zone,
        sites: Mapping[str, Site],
        polygons: Mapping[str, Polygon | MultiPolygon],
        gap_m: float,
    ) -> None:
        self.zone, self.sites, self.polygons, self.gap_m = zone, sites, polygons, gap_m
        self.obstacles: list[BaseGeometry] = [*polygons.values()]
        self.outlines: dict[str, Outline] = {}
        self.mates: set[str] = set()
        """Ids of parcels that were laid out together with others."""
        self.broken: list[tuple[str, str]] = []
        """(parcel id, name): relations that were not kept."""

    def put_beside(self, leaves: Sequence[Leaf]) -> list[Leaf]:
        """Put parcels beside what stands on a map; return those for which there is no room."""
        if not leaves:
            return []
        drawing = draw_beside(self.zone, leaves, self.polygons, self.sites, self.gap_m)
        homeless = [leaf for leaf in leaves if drawing is None or leaf.id not in drawing.outlines]
        self._forgo(homeless)
        if drawing is not None:
            self._put(drawing)
        return homeless

    def put_round(self, leaves: Sequence[Leaf], *, clear: bool = True) -> None:
        """Put a group as near to its sites as what stands lets it; ``clear`` of that, or beside it."""
        drawings = draw_alone(self.zone, leaves, self.sites, self.gap_m)
        if len(drawings) > 1:
            self._forgo(leaves)
        lengths = {leaf.id: leaf.length_m for leaf in leaves}
        for drawing in drawings:
            length_m = float(np.mean([lengths[i] for i in drawing.outlines]))
            apart_m = max(_CLEAR_ROADS * self.gap_m, _CLEAR_LENGTHS * length_m)
            clear_m = apart_m if clear else self.gap_m
            shift = room_for(drawing.hulls(), self.obstacles, clear_m)
            self._put(drawing.turned(np.eye(2), onto=shift))

    def _put(self, drawing: Drawing) -> None:
        self.outlines |= drawing.outlines
        if len(drawing.outlines) > 1:
            self.mates |= drawing.outlines.keys()
        self.broken += drawing.words.broken
        self.obstacles += drawing.hulls()

    def _forgo(self, leaves: Sequence[Leaf]) -> None:
        """Say that parcels stand by themselves: all that they share with others is lost."""
        shared = shared_contacts(self.zone.parcels)
        self.broken += [
            (leaf.id, key(feature))
            for leaf in leaves
            for _, feature in leaf.parcel.features()
            if feature.kind == "block" or key(feature) in shared
        ]

    def digitised(self, leaf: Leaf, plane: LocalPlane, site: Site) -> Digitised:
        """Return what was drawn for a parcel, in longitude and latitude."""
        flat = self.outlines[leaf.id]
        distance_m = float(np.hypot(*(shapely.Polygon(flat.ring).centroid.coords[0] - np.array(site.xy))))
        outline = _onto_ellipsoid(flat, leaf, plane)
        basis = basis_of(leaf, is_placed=site.is_known, has_mates=leaf.id in self.mates)
        return Digitised(
            parcel_id=leaf.id,
            polygon=shapely.Polygon(outline.ring),
            grade="sketched",
            reasons=(*basis, *self._broken(leaf), site.reason),
            edges=tuple(
                Edge(
                    side=side,
                    feature=feature.name if feature else None,
                    span=feature.span if feature else None,
                    method="sketch",
                    line=shapely.LineString(lonlat),
                )
                for side, feature, lonlat in outline.paths
            ),
            placement_uncertainty_m=round(site.uncertainty_m + distance_m),
            area_shaped=True,
        )

    def _broken(self, leaf: Leaf) -> Iterator[Reason]:
        """Yield a reason for each relation of a parcel that could not be kept, once per name."""
        for parcel_id, name in dict.fromkeys(self.broken):
            if parcel_id == leaf.id:
                yield Reason(
                    code="relation-broken",
                    zh=f"文字中关于「{name}」的关系与其余文字、面积不能同时满足，图上未能全部保持",
                    en=f"what the words say of {name} does not fit the rest and the areas: not kept in full",
                )


def _onto_ellipsoid(outline: Outline, leaf: Leaf, plane: LocalPlane) -> Outline:
    """Carry an outline over to longitude and latitude, of exactly its area there."""
    # Between an edge of length s along a parallel and the geodesic lie s³·tan(lat)/12R m². Segments
    # short enough keep that below 3e-7 of the area, whichever of the two an edge is taken for.
    segment_m = (20 * leaf.length_m) ** 0.5
    dense = Outline.of(
        path._replace(xy=shapely.get_coordinates(shapely.segmentize(shapely.LineString(path.xy), segment_m)))
        for path in outline.paths
    )
    lonlat = shapely.get_coordinates(plane.to_lonlat(shapely.LineString(dense.ring)))
    placed = dense._replace(ring=lonlat)
    for _ in range(4):  # each turn leaves a small part of the error of the one before
        placed = placed.scaled((leaf.area_m2 / area_m2([shapely.Polygon(placed.ring)])[0]) ** 0.5)
    return placed
