"""Tracks cut at points on them: the graph in which a way along a track is searched.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import csr_array

from ftz_geo.trace.places import SAME_M, same_places
from ftz_geo.trace.tracks import METRE_COST, Nodes, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ftz_geo.trace.tracks import Track


class Cuts(NamedTuple):
    """Places at which a track is to be cut."""

    line: NDArray[np.intp]
    """Shape (n,)."""
    xy: NDArray[np.float64]
    """Shape (n, 2): points on the lines."""


class Graph(NamedTuple):
    """Places on tracks, and the pieces of lines that join them."""

    matrix: csr_array
    """What the cheapest piece from each place to each other costs."""
    keys: NDArray[np.intp]
    """Shape (e,): from-place times number of places plus to-place of each piece, ascending."""
    line: NDArray[np.intp]
    """Shape (e,): the line of each piece in its track,"""
    start: NDArray[np.float64]
    """shape (e,): the metres along it at which the piece begins,"""
    end: NDArray[np.float64]
    """and those at which it ends."""

    def runs(self, way: NDArray[np.intp]) -> tuple[Run, ...]:
        """Return the runs along a way from place to place, those along one line in one."""
        piece = np.searchsorted(self.keys, way[:-1] * self.matrix.shape[0] + way[1:])
        columns = (self.line[piece], self.start[piece], self.end[piece])
        runs: list[Run] = []
        for run in map(Run, *(column.tolist() for column in columns)):
            if runs and (runs[-1].line, runs[-1].end) == (run.line, run.start):
                runs[-1] = runs[-1]._replace(end=run.end)
            else:
                runs.append(run)
        return tuple(runs)


def graph_of(
    tracks: Sequence[Track], cuts: Sequence[Cuts], weight: NDArray[np.float64] | float = 1.0
) -> tuple[Graph, NDArray[np.intp]]:
    """Cut tracks, each for itself, at points on their lines.

    Parameters
    ----------
    tracks : sequence of Track
    cuts : sequence of Cuts
        One of each track.
    weight : ndarray, shape (number of lines of all tracks,), or float
        What a metre on each counts for beside its cost.

    Returns
    -------
    Graph
    ndarray of int, shape (number of cuts of all tracks,)
        The place of each cut.
    """
    counts = np.array([len(track.lines) for track in tracks])
    begin = counts.cumsum() - counts  # the lines of all tracks are numbered through
    nodes = _nodes(tracks, cuts, begin)
    owner = np.repeat(np.arange(len(tracks)), counts)[nodes.line]
    # The number of the track is a third coordinate, in metres: what lies on two tracks is never one place.
    place, first = same_places(np.column_stack([nodes.xy, owner]))
    u, v = _neighbours(nodes, place)
    metre_cost = weight * np.array(METRE_COST)[np.concatenate([track.kind for track in tracks])]
    # Pieces that are shorter than what counts as one place cost something too: scipy reads 0 as no piece.
    cost = metre_cost[nodes.line[u]] * np.maximum(np.abs(nodes.along[v] - nodes.along[u]), SAME_M)
    keys = place[u] * len(first) + place[v]
    cheapest = np.lexsort((nodes.line[u], cost, keys))  # of several lines between two places
    keys, one = np.unique(keys[cheapest], return_index=True)
    u, v, cost = u[cheapest[one]], v[cheapest[one]], cost[cheapest[one]]
    rows = np.searchsorted(place[u], np.arange(len(first) + 1))  # the keys are in the order of their rows
    matrix = csr_array((cost, place[v], rows), shape=(len(first), len(first)))
    graph = Graph(matrix, keys, (nodes.line - begin[owner])[u], nodes.along[u], nodes.along[v])
    return graph, place[len(place) - sum(len(of_track.line) for of_track in cuts) :]


def _neighbours(nodes: Nodes, place: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the nodes between which a piece of a line runs, each piece in both directions."""
    order = np.lexsort((nodes.along, nodes.line))
    u, v = order[:-1], order[1:]
    piece = (nodes.line[u] == nodes.line[v]) & (place[u] != place[v])
    return np.concatenate([u[piece], v[piece]]), np.concatenate([v[piece], u[piece]])


def _nodes(tracks: Sequence[Track], cuts: Sequence[Cuts], begin: NDArray[np.intp]) -> Nodes:
    """Return the nodes of tracks, and the cuts as the last of them, their lines numbered through."""
    lines = np.concatenate([track.lines for track in tracks])
    cut = np.concatenate([b + of_track.line for b, of_track in zip(begin, cuts, strict=True)])
    cut_xy = np.concatenate([of_track.xy for of_track in cuts])
    along = shapely.line_locate_point(lines[cut], shapely.points(cut_xy))
    own = [track.nodes for track in tracks]
    return Nodes(
        np.concatenate([*(b + nodes.line for b, nodes in zip(begin, own, strict=True)), cut]),
        np.concatenate([*(nodes.xy for nodes in own), cut_xy]),
        np.concatenate([*(nodes.along for nodes in own), along]),
    )
