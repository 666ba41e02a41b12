"""Where a missing stretch may have run, by what the rest of the map tells: other streets and links.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.trace.places import SAME_M, SNAP_M
from ftz_geo.trace.tracks import EXTENSION, LINK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ftz_geo.trace.places import Ends
    from ftz_geo.trace.tracks import Track

_DETOUR_COST, _SPREAD, _STEP_M = 1.5, 0.25, 400.0

_END_WORTH_M, _VERTEX_WORTH_M, _VERTEX_SPACE_M = 20.0, 6.0, 20.0


class Signs(NamedTuple):
    """Places that a missing stretch of a road may have run through."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    along: NDArray[np.float64]
    """Shape (n, 2): unit directions of the streets there, which it crossed or met."""
    line: NDArray[np.intp]
    """Shape (n,): which line is the street."""
    worth_m: NDArray[np.float64]
    """Shape (n,): how much longer a way through it may be."""

    def where(self, mask: NDArray[np.bool_]) -> Signs:
        """Return some of the signs."""
        return Signs(self.xy[mask], self.along[mask], self.line[mask], self.worth_m[mask])


def signs_of(lines: NDArray[np.object_], ends: Ends) -> Signs:
    """Find where streets stop, and where they may have been crossed.

    A street that stops in nothing ended where something ran that the map lacks. Roads meet at
    vertices (OSM wiki, Junctions): the fewer vertices a street has about one, the more it tells.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
    ends : Ends
        Their loose ends.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    inner = np.flatnonzero(line[:-2] == line[2:]) + 1
    chord = xy[inner + 1] - xy[inner - 1]
    space = np.hypot(*np.stack([xy[inner] - xy[inner - 1], xy[inner + 1] - xy[inner]]).transpose(2, 0, 1))
    worth = _VERTEX_WORTH_M * np.clip(np.log(np.maximum(space.min(axis=0), SAME_M) / _VERTEX_SPACE_M), 0, 2)
    norm = np.hypot(*chord.T)
    tells = (worth > 0) & (norm > 0)
    return Signs(
        np.concatenate([ends.xy, xy[inner[tells]]]),
        np.concatenate([ends.outward, chord[tells] / norm[tells, None]]),
        np.concatenate([ends.line, line[inner[tells]]]),
        np.concatenate([np.full(len(ends.xy), _END_WORTH_M), worth[tells]]),
    )


def steer(track: Track, signs: Signs, stubs: NDArray[np.float64]) -> Track:
    """Lead bridges and extensions through the places where other streets stop or have a vertex.

    Parameters
    ----------
    track : Track
    signs : Signs
        Of other streets near by.
    stubs : ndarray, shape (n, 2)
        Ends of the track's own lines at which no line of the map goes on.
    """
    lines, kind = track.drawn.copy(), track.drawn_kind
    for k in np.flatnonzero((shapely.length(lines) > 2 * SNAP_M) & (kind != LINK)).tolist():
        lines[k] = _steered(lines[k], signs, free=bool(kind[k] == EXTENSION))
    return replace(track, drawn=lines, drawn_kind=kind, stubs=stubs)


def _steered(line: shapely.LineString, signs: Signs, *, free: bool) -> shapely.LineString:
    """Lead one straight line from sign to sign, as far as they lie well for it.

    The way is the cheapest by detour less what the signs on it are worth; ``free`` lets it end
    elsewhere than the line does.
    """
    a, b = shapely.get_coordinates(line)[[0, -1]]
    length = float(np.hypot(*(b - a)))
    along = (b - a) / length
    across = np.array([-along[1], along[0]])
    t, s = (signs.xy - a) @ along, (signs.xy - a) @ across
    room = t if free else np.minimum(t, length - t)
    fits = (room > SNAP_M / 2) & (t < length) & (np.abs(s) <= _SPREAD * room + SNAP_M / 2)
    fits &= np.abs(signs.along @ along) <= 0.85  # a street alongside was not met there
    t, s, worth = t[fits], s[fits], signs.worth_m[fits]
    if not len(t):
        return line
    order = np.lexsort((s, t))
    last = () if free else (length,)
    t, s = np.concatenate([[0.0], t[order], last]), np.concatenate([[0.0], s[order], np.zeros(len(last))])
    worth = np.concatenate([[0.0], worth[order], np.zeros(len(last))])
    best, back = np.zeros(len(t)), np.full(len(t), -1)
    best[1:] = np.inf
    for j in range(1, len(t)):
        dt, ds = t[j] - t[:j], np.abs(s[j] - s[:j])
        step = np.hypot(dt, ds)
        cost = best[:j] + _DETOUR_COST * (step - dt) - worth[j]
        cost[(ds > dt) & (step > 1)] = np.inf
        if free:
            cost[dt > _STEP_M] = np.inf
        back[j] = int(cost.argmin())
        best[j] = cost[back[j]]
    end = int(best.argmin()) if free else len(t) - 1
    if end == 0 or not np.isfinite(best[end]):
        return line
    chosen = [end]
    while chosen[-1] > 0:
        chosen.append(int(back[chosen[-1]]))
    chosen.reverse()
    xy = a + t[chosen, None] * along + s[chosen, None] * across
    if free:  # and on from the last street, half as it came, half as the line went
        since = np.flatnonzero(np.hypot(*(xy[-1] - xy).T) > 4 * SNAP_M)
        came = xy[-1] - xy[since[-1] if len(since) else 0]
        way = came / max(float(np.hypot(*came)), SAME_M) + along
        xy = np.concatenate([xy, [xy[-1] + max(length - t[end], SNAP_M) * way / np.hypot(*way)]])
    apart = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > SAME_M])
    return shapely.LineString(xy[apart]) if apart.sum() > 1 else line


def link(track: Track, other: Track, roads: NDArray[np.object_], names: NDArray[np.object_]) -> Track:
    """Add to a track the roads of another name that join it with another track where the two are closest.

    Parameters
    ----------
    track, other : Track
        Two features of one side that do not meet on the map.
    roads : ndarray of LineString, shape (n,)
    names : ndarray of str, shape (n,)
    """
    gap = shapely.shortest_line(shapely.union_all(track.map.lines), shapely.union_all(other.map.lines))
    roads = shapely.intersection(roads, gap.buffer(gap.length + SNAP_M))
    roads, owner = shapely.get_parts(roads, return_index=True)
    long = shapely.length(roads) > SAME_M
    roads, owner = roads[long], owner[long]
    names = names[owner]
    touching = [
        set(names[shapely.STRtree(roads).query(t.map.lines, predicate="dwithin", distance=SNAP_M)[1]])
        for t in (track, other)
    ]
    joining = np.isin(names, sorted(touching[0] & touching[1]))
    if not joining.any():
        return track
    return replace(
        track,
        drawn=np.concatenate([track.drawn, roads[joining]]),
        drawn_kind=np.concatenate([track.drawn_kind, np.full(int(joining.sum()), LINK)]),
    )
