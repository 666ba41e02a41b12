"""What the rest of the map tells of missing stretches, near where a parcel seems to lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.trace.atlas import NEAR_M
from ftz_geo.trace.places import SNAP_M, loose_ends
from ftz_geo.trace.steering import link, signs_of, steer
from ftz_geo.trace.tracks import crossings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.measure import LocalPlane
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.tracks import Track


def mended(
    named: Sequence[Named], rings: Sequence[Ring], atlas: Atlas, plane: LocalPlane
) -> tuple[Named, ...]:
    """Return features with their tracks led by other streets, and linked to others of their side."""
    box = rings[0].polygon.bounds if rings else _whereabouts(named)
    if box is None:
        return tuple(named)
    lines, names = atlas.around(box, plane)
    if not len(lines):
        return tuple(named)
    stops = loose_ends(lines, within=SNAP_M / 2)
    signs = signs_of(lines, stops)
    foreign = ~np.isin(names, list({n.candidate.map_name for n in named}))
    steered: dict[Track, Track] = {}
    linked = []
    for n in named:
        if n.track not in steered:
            own = names == n.candidate.map_name
            steered[n.track] = steer(n.track, signs.where(~own[signs.line]), stops.xy[own[stops.line]])
        track = steered[n.track]
        for other in named:
            if other.side == n.side and other is not n and not n.track.meets(other.track):
                track = link(track, other.track, lines[foreign], names[foreign])
        linked.append(replace(n, track=track))
    return tuple(linked)


def _whereabouts(named: Sequence[Named]) -> tuple[float, float, float, float] | None:
    """Return the box of a kilometre around the middle of the places where neighbouring sides meet."""
    pairs = zip([named[-1], *named[:-1]], named, strict=True)
    met = [crossings(before.track.lines, n.track.lines, n.track.tree)[2] for before, n in pairs]
    xy = np.concatenate(met)
    if not len(xy):
        return None
    x, y = np.median(xy, axis=0).tolist()
    return x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M
