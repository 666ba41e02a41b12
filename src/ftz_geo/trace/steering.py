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

_DETOUR_COST = 1.5  # a metre of it
_SPREAD = 0.25  # metres aside for each metre from where a line is held
_ALONGSIDE = 0.85  # cosine of 32°: a street that runs more along a line was not met by it
_STEP_M = 400.0  # the farthest from sign to sign on a line that is held at one end only
_END_WORTH_M = 20.0
_VERTEX_WORTH_M, _VERTEX_SPACE_M = 6.0, 20.0


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


class _Stops(NamedTuple):
    """Places that a straight line may be led through, in its direction, by how they lie to it."""

    along_m: NDArray[np.float64]
    aside_m: NDArray[np.float64]
    """To the left."""
    worth_m: NDArray[np.float64]


def _steered(line: shapely.LineString, signs: Signs, *, free: bool) -> shapely.LineString:
    """Lead one straight line from sign to sign, as far as they lie well for it.

    The way is the cheapest by detour less what the signs on it are worth; ``free`` lets it end
    elsewhere than the line does.
    """
    start, goal = shapely.get_coordinates(line)[[0, -1]]
    length = float(np.hypot(*(goal - start)))
    along = (goal - start) / length
    across = np.array([-along[1], along[0]])
    stops = _stops(signs, start, along, length, free=free)
    way = _cheapest_way(stops, free=free) if len(stops.along_m) > (1 if free else 2) else None
    if way is None:
        return line
    xy = start + stops.along_m[way, None] * along + stops.aside_m[way, None] * across
    if free:
        xy = np.concatenate([xy, [_beyond(xy, along, length - stops.along_m[way[-1]])]])
    apart = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > SAME_M])
    return shapely.LineString(xy[apart]) if apart.sum() > 1 else line


def _stops(
    signs: Signs, start: NDArray[np.float64], along: NDArray[np.float64], length: float, *, free: bool
) -> _Stops:
    """Return the start of a line, the signs that lie well for it, and its end unless it is free."""
    across = np.array([-along[1], along[0]])
    t, s = (signs.xy - start) @ along, (signs.xy - start) @ across
    # The farther from where it is held, the more a line may lie off the straight one.
    room = t if free else np.minimum(t, length - t)
    fits = (room > SNAP_M / 2) & (t < length) & (np.abs(s) <= _SPREAD * room + SNAP_M / 2)
    fits &= np.abs(signs.along @ along) <= _ALONGSIDE
    t, s, worth = t[fits], s[fits], signs.worth_m[fits]
    order = np.lexsort((s, t))
    end = [] if free else [length]
    t, s, worth = (
        np.concatenate([[0.0], of_stops[order], last])
        for of_stops, last in ((t, end), (s, np.zeros(len(end))), (worth, np.zeros(len(end))))
    )
    return _Stops(t, s, worth)


def _cheapest_way(stops: _Stops, *, free: bool) -> list[int] | None:
    """Return the stops of the cheapest way from the first of all, to the last unless it is free to end."""
    t, s, worth = stops
    best, back = np.zeros(len(t)), np.full(len(t), -1)
    best[1:] = np.inf
    for j in range(1, len(t)):
        dt, ds = t[j] - t[:j], np.abs(s[j] - s[:j])
        step = np.hypot(dt, ds)
        cost = best[:j] + _DETOUR_COST * (step - dt) - worth[j]
        cost[(ds > dt) & (step > 1)] = np.inf  # roads do not turn aside by more than 45°
        if free:
            cost[dt > _STEP_M] = np.inf
        back[j] = int(cost.argmin())
        best[j] = cost[back[j]]
    end = int(best.argmin()) if free else len(t) - 1
    if end == 0 or not np.isfinite(best[end]):
        return None
    way = [end]
    while way[-1] > 0:
        way.append(int(back[way[-1]]))
    return way[::-1]


def _beyond(xy: NDArray[np.float64], along: NDArray[np.float64], left_m: float) -> NDArray[np.float64]:
    """Return where a way goes on from its last stop: half as it came, half as the line went."""
    since = np.flatnonzero(np.hypot(*(xy[-1] - xy).T) > 4 * SNAP_M)
    came = xy[-1] - xy[since[-1] if len(since) else 0]
    way = came / max(float(np.hypot(*came)), SAME_M) + along
    beyond: NDArray[np.float64] = xy[-1] + max(left_m, SNAP_M) * way / np.hypot(*way)
    return beyond


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
