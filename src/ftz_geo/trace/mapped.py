"""What a map has of one feature: its lines, one for those side by side, and what tells of each.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ftz_geo.trace.carriageways import ROAD_WIDTH_M, Profile, centre_lines, profiles
from ftz_geo.trace.joining import merged
from ftz_geo.trace.places import SAME_M, SNAP_M, Ends, loose_ends, metres_along

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Mapped:
    """The lines that a map has of one feature."""

    lines: NDArray[np.object_]
    """Shape (n,): LineStrings, cut where they cross."""
    uncentred: NDArray[np.object_] | None = None
    """Shape (j,): :attr:`parts` cut where they cross, where :attr:`lines` may stand for several of them."""
    parts: NDArray[np.object_]
    """Shape (m,): the map's own lines, uncut."""
    part_ids: NDArray[np.object_]
    """Source id of each of :attr:`parts`."""
    part_one_way: NDArray[np.int8] | None = None
    """Shape (m,): 1 or -1 for main roads that are run along or against their line only; None where the map
    says nothing of it."""
    tips: NDArray[np.float64] | None = None
    """Shape (k, 2): where lines of the map end, if some of :attr:`lines` stand for several of
    :attr:`parts` on either side of them."""

    @property
    def centred(self) -> bool:
        """Whether some of :attr:`lines` stand for several of :attr:`parts`."""
        return self.tips is not None

    @cached_property
    def part_ends(self) -> Ends:
        """The loose ends of :attr:`parts`."""
        return loose_ends(self.lines if self.uncentred is None else self.uncentred, within=SNAP_M / 2)

    @cached_property
    def part_tree(self) -> shapely.STRtree:
        """Index of :attr:`parts`."""
        return shapely.STRtree(self.parts)

    @cached_property
    def profiles(self) -> list[Profile]:
        """What of :attr:`parts` runs beside each of :attr:`lines`; nothing where each stands for itself."""
        return profiles(self.lines, self.parts) if self.centred else []

    @cached_property
    def loose(self) -> Ends:
        """The loose ends of :attr:`lines`."""
        ends = loose_ends(self.lines)
        if self.tips is None:
            return ends
        near = cKDTree(self.tips).query(ends.xy)[0] if len(self.tips) else np.full(len(ends.xy), np.inf)
        return ends.where(near <= ROAD_WIDTH_M)

    @cached_property
    def vertices(self) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
        """The points of each of :attr:`lines`, shape (p, 2), and their metres along it, shape (p,)."""
        return vertices_of(self.lines)


def mapped_of(
    lines: NDArray[np.object_],
    source_ids: NDArray[np.object_],
    one_way: NDArray[np.int8] | None = None,
    *,
    centred: bool,
) -> Mapped:
    """Node the lines of one feature where they cross.

    Parameters
    ----------
    lines : ndarray of LineString or MultiLineString, shape (n,)
    source_ids : ndarray of str, shape (n,)
    one_way : ndarray of int, shape (n,), optional
        1 or -1 for main roads that are run along or against their line only, 0 for others.
    centred : bool
        Whether one line stands for those that run side by side.

    Returns
    -------
    Mapped
        The same however the lines are ordered, cut or directed.
    """
    parts, owner = shapely.get_parts(lines, return_index=True)
    lines = noded = _long(merged(parts))
    tips = None
    if centred and (middles := centre_lines(noded)) is not None:
        lines, tips = _long(middles[0]), middles[1]
    return Mapped(
        lines=lines,
        uncentred=noded,
        parts=parts,
        part_ids=source_ids[owner],
        part_one_way=None if one_way is None else one_way[owner],
        tips=tips,
    )


def _long(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return lines without those that are mere points."""
    return lines[shapely.length(lines) > SAME_M]


def vertices_of(lines: NDArray[np.object_]) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """Return the points of each of some lines, shape (p, 2), and their metres along it, shape (p,)."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    split = np.split(xy, np.flatnonzero(np.diff(line)) + 1) if len(xy) else []
    return tuple((p, metres_along(p)) for p in split)
