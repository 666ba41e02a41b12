"""Where a missing stretch may have run, by what the rest of the map tells: other streets and links.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.trace.atlas import NEAR_M
from ftz_geo.trace.places import SAME_M, SNAP_M, loose_ends, unit, without_repeats
from ftz_geo.trace.tracks import EXTENSION, LINK, crossings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.places import Ends
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.tracks import Track

_DETOUR_COST = 1.5  # a metre of it
_SPREAD = 0.25  # metres aside for each metre from where a line is held
_ALONGSIDE = 0.85  # cosine of 32°: a street that runs more along a line was not met by it
_STEP_M = 400.0  # the farthest from sign to sign on a line that is held at one end only
_END_WORTH_M = 20.0
_VERTEX_WORTH_M, _VERTEX_SPACE_M = 6.0, 20.0


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
    signs = _signs_of(lines, stops)
    foreign = ~np.isin(names, list({n.candidate.map_name for n in named}))
    steered: dict[Track, Track] = {}
    linked = []
    for n in named:
        if n.track not in steered:
            own = names == n.candidate.map_name
            steered[n.track] = _steer(n.track, signs.where(~own[signs.line]), stops.xy[own[stops.line]])
        track = steered[n.track]
        for other in named:
            if other.side == n.side and other is not n and not n.track.meets(other.track):
                track = _link(track, other.track, lines[foreign], names[foreign])
        linked.append(replace(n, track=track))
    return tuple(linked)


def _whereabouts(named: Sequence[Named]) -> tuple[float, float, float, float] | None:
    """Return the box of a kilometre around the middle of the places where neighbouring sides meet."""
    pairs = zip([named[-1], *named[:-1]], named, strict=True)
    xy = np.concatenate([crossings(a.track.lines, b.track.lines, b.track.tree)[2] for a, b in pairs])
    if not len(xy):
        return None
    x, y = np.median(xy, axis=0).tolist()
    return x - NEAR_M, y - NEAR_M, x + NEAR_M, y + NEAR_M


class _Signs(NamedTuple):
    """Places that a missing stretch of a road may have run through."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    along: NDArray[np.float64]
    """Shape (n, 2): unit directions of the streets there, which it crossed or met."""
    line: NDArray[np.intp]
    """Shape (n,): which line is the street."""
    worth_m: NDArray[np.float64]
    """Shape (n,): how much longer a way through it may be."""

    def where(self, mask: NDArray[np.bool_]) -> _Signs:
        """Return some of the signs."""
        return _Signs(self.xy[mask], self.along[mask], self.line[mask], self.worth_m[mask])


def _signs_of(lines: NDArray[np.object_], ends: Ends) -> _Signs:
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
    return _Signs(
        np.concatenate([ends.xy, xy[inner[tells]]]),
        np.concatenate([ends.outward, chord[tells] / norm[tells, None]]),
        np.concatenate([ends.line, line[inner[tells]]]),
        np.concatenate([np.full(len(ends.xy), _END_WORTH_M), worth[tells]]),
    )


def _steer(track: Track, signs: _Signs, stubs: NDArray[np.float64]) -> Track:
    """Lead bridges and extensions through the places where other streets stop or have a vertex.

    Parameters
    ----------
    track : Track
    signs : _Signs
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


def _steered(line: shapely.LineString, signs: _Signs, *, free: bool) -> shapely.LineString:
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
    xy = without_repeats(xy)
    return shapely.LineString(xy) if len(xy) > 1 else line


def _stops(
    signs: _Signs, start: NDArray[np.float64], along: NDArray[np.float64], length: float, *, free: bool
) -> _Stops:
    """Return the start of a line, the signs that lie well for it, and its end unless it is free."""
    across = np.array([-along[1], along[0]])
    ahead, aside = (signs.xy - start) @ along, (signs.xy - start) @ across
    # The farther from where it is held, the more a line may lie off the straight one.
    room = ahead if free else np.minimum(ahead, length - ahead)
    fits = (room > SNAP_M / 2) & (ahead < length) & (np.abs(aside) <= _SPREAD * room + SNAP_M / 2)
    fits &= np.abs(signs.along @ along) <= _ALONGSIDE
    rows = np.flatnonzero(fits)
    rows = rows[np.lexsort((aside[rows], ahead[rows]))]
    end = [] if free else [0.0]
    return _Stops(
        np.concatenate([[0.0], ahead[rows], [length][: len(end)]]),
        np.concatenate([[0.0], aside[rows], end]),
        np.concatenate([[0.0], signs.worth_m[rows], end]),
    )


def _cheapest_way(stops: _Stops, *, free: bool) -> list[int] | None:
    """Return the stops of the cheapest way from the first of all, to the last unless it is free to end."""
    n = len(stops.along_m)
    best, back = np.zeros(n), np.full(n, -1)
    best[1:] = np.inf
    for k in range(1, n):
        ahead, aside = stops.along_m[k] - stops.along_m[:k], np.abs(stops.aside_m[k] - stops.aside_m[:k])
        step = np.hypot(ahead, aside)
        cost = best[:k] + _DETOUR_COST * (step - ahead) - stops.worth_m[k]
        cost[(aside > ahead) & (step > 1)] = np.inf  # not aside by more than 45°, but for a shake
        if free:
            cost[ahead > _STEP_M] = np.inf
        back[k] = int(cost.argmin())
        best[k] = cost[back[k]]
    end = int(best.argmin()) if free else n - 1
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
    way = unit(came) + along
    beyond: NDArray[np.float64] = xy[-1] + max(left_m, SNAP_M) * way / np.hypot(*way)
    return beyond


def _link(track: Track, other: Track, roads: NDArray[np.object_], names: NDArray[np.object_]) -> Track:
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
    tree = shapely.STRtree(roads)
    touching, touching_other = (
        set(names[tree.query(lines, predicate="dwithin", distance=SNAP_M)[1]])
        for lines in (track.map.lines, other.map.lines)
    )
    joining = np.isin(names, sorted(touching & touching_other))
    if not joining.any():
        return track
    return replace(
        track,
        drawn=np.concatenate([track.drawn, roads[joining]]),
        drawn_kind=np.concatenate([track.drawn_kind, np.full(int(joining.sum()), LINK)]),
    )
