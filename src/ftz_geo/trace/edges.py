"""The edges of a drawn block: each piece of its ring with what it was drawn along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.compass import DIRECTIONS, TOWARDS
from ftz_geo.model import Edge
from ftz_geo.trace.band import half_widths_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Direction, Settings
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.shape import Piece


def edges_of(
    pieces: Sequence[Piece], named: Sequence[Named], atlas: Atlas, plane: LocalPlane, settings: Settings
) -> tuple[Edge, ...]:
    """Return the edges that the pieces of a ring become, in its order, in longitude and latitude."""
    lines = np.array([shapely.LineString(piece.xy) for piece in pieces], dtype=object)
    row = {(n.side, n.feature): k for k, n in enumerate(named)}
    whose = np.array([row[piece.side, piece.feature] for piece in pieces])
    halves = np.zeros(len(pieces))
    for k in np.unique(whose).tolist():
        width_m = None if named[k].block is not None else atlas.width_m(named[k].candidate, plane)
        halves[whose == k] = half_widths_m(named[k], lines[whose == k], width_m, settings)
    return tuple(
        Edge(
            side=_faced(piece.xy) if piece.side == "ring" else piece.side,
            feature=piece.feature.name or None,
            span=piece.feature.span,
            source_ids=tuple(key for key in piece.source_ids if key),
            method=named[k].method if piece.method == "on-feature" else piece.method,
            line=line,
            half_width_m=half_m,
        )
        for piece, k, line, half_m in zip(
            pieces, whose.tolist(), plane.to_lonlat(lines), halves.tolist(), strict=True
        )
    )


def _faced(xy: NDArray[np.float64]) -> Direction:
    """Return the side that a piece of a counter-clockwise ring faces most."""
    x, y = xy[-1] - xy[0]
    return max(DIRECTIONS, key=lambda side: float(np.dot(TOWARDS[side], (y, -x))))
