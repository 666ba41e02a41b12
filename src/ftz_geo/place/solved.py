"""Sides that the areas of blocks gave, as roads that serve the blocks beside.

Of a road that neither map nor points have, each block that closes by its area tells a piece. The pieces of
several blocks are one road: what one of them is off, the others are not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.model import LINEAR_KINDS
from ftz_geo.place.axes import NOISE_M, SD_90, Axis, axis_through, places_of
from ftz_geo.place.roads import SOLVED, Road

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Digitised, Kind, Parcel

__all__ = ["Piece", "pieces_of", "roads_through"]


class Piece(NamedTuple):
    """A side that an area gave: a straight line."""

    name: str
    kind: Kind
    ends: NDArray[np.float64]
    """Shape (2, 2), plane metres."""
    band_m: float
    """Half the width of the band that holds it with 90 %."""

    @property
    def length_m(self) -> float:
        """Its length."""
        return float(np.hypot(*(self.ends[1] - self.ends[0])))

    @property
    def quarters(self) -> NDArray[np.float64]:
        """Its places at a quarter and three quarters, shape (2, 2): the corners are less sure."""
        return 0.75 * self.ends + 0.25 * self.ends[::-1]


def pieces_of(
    parcels: Sequence[Parcel], drawn: Mapping[str, Digitised], known: Collection[str], plane: LocalPlane
) -> dict[tuple[str, str], Piece]:
    """Return the sides that areas gave, by parcel id and name, but for those of ``known`` names."""
    features = {(key.parcel_id, key.side): feature for p in parcels for key, feature in p.bounds()}
    found = {}
    for parcel_id, block in drawn.items():
        for edge in block.edges:
            feature = features.get((parcel_id, edge.side))
            if edge.method != "area-closure" or edge.uncertainty_m is None or feature is None:
                continue
            if feature.kind in LINEAR_KINDS and feature.called not in known:
                ends = plane.to_xy(edge.line).coords
                piece = Piece(feature.called, feature.kind, np.array([ends[0], ends[-1]]), edge.uncertainty_m)
                found[parcel_id, feature.called] = piece
    return found


def roads_through(pieces: Iterable[Piece]) -> dict[str, Road]:
    """Return the roads that pieces of their names make, by id.

    Examples
    --------
    >>> west = Piece("甲路", "road", np.array([(0.0, 0.0), (400.0, 0.0)]), 40.0)
    >>> east = Piece("甲路", "road", np.array([(400.0, 30.0), (800.0, 30.0)]), 40.0)
    >>> (road,) = roads_through([west, east]).values()
    >>> road.points, round(road.band_m), road.axis.xy[[0, -1]].round(-1).tolist()
    (0, 34, [[0.0, -10.0], [800.0, 40.0]])
    """
    by_name: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_name[piece.name].append(piece)
    return {road.id: road for own in by_name.values() for road in _roads(own)}


def _roads(pieces: Sequence[Piece]) -> Iterator[Road]:
    name, kind = pieces[0].name, pieces[0].kind
    for k, axis in enumerate(_axes(pieces)):
        # The blocks share more than their errors: those of two are not as good as of two measurements.
        band_m = float(np.mean([piece.band_m for piece in pieces])) / len(pieces) ** 0.25
        yield Road(f"{SOLVED}{name}:{k}", name, kind, axis, 0, band_m)


def _axes(pieces: Sequence[Piece]) -> Iterator[Axis]:
    if len(pieces) == 1:
        yield Axis(pieces[0].ends, np.array([0.0, pieces[0].length_m]))
        return
    reach_m = max(piece.length_m for piece in pieces) / 4
    # A label point is off by its noise; a piece by its band, and counts as much less.
    weight = (NOISE_M * SD_90 / np.mean([piece.band_m for piece in pieces])) ** 2
    for places in places_of(np.concatenate([piece.quarters for piece in pieces])):
        yield axis_through(places._replace(weight=np.full(len(places.xy), weight)), reach_m, None, "")
