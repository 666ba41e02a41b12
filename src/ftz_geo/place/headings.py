"""Which way roads run about a place: what the roads beside one tell of its direction.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Heading", "Headings", "headings_of"]

_BESIDE_M = 1500.0
"""Roads farther off tell nothing;"""

_FADE_M = 400.0
"""those nearer tell the less the farther they are, by the power of this."""

_LIKE = np.radians(25)
"""A road that runs more across tells nothing of one that runs along."""

_AGREE = np.radians(10)
"""Of those that tell something, what is off the others by more than this counts less."""

_LEAST = 5
"""Pieces of other roads that are needed, each as long as a line's knots are apart."""

_EXACT = np.radians(3)

_LENGTH_M = 200.0
"""Roads shorter than this run anyhow;"""

_GAP_M = 3000.0
"""and between places farther apart than this a road may run any way."""

_PIECE_M = 40.0


class Heading(NamedTuple):
    """A direction, and how much those differ that it was taken from."""

    angle: float
    """Radians from the east, counter-clockwise."""
    spread: float


class Headings:
    """Directions of pieces of roads, by place."""

    def __init__(self, roads: Sequence[tuple[str, NDArray[np.float64]]]) -> None:
        """Take the pieces of lines, each with its road's name; shape (n, 2, 2) each."""
        pieces = np.concatenate([xy for _, xy in roads]) if roads else np.empty((0, 2, 2))
        step = pieces[:, 1] - pieces[:, 0]
        self._angle = np.arctan2(step[:, 1], step[:, 0])
        self._middle = pieces.mean(axis=1)
        self._numbers = {name: k for k, name in enumerate(dict.fromkeys(name for name, _ in roads))}
        numbers = np.array([self._numbers[name] for name, _ in roads], dtype=np.intp)
        self._number = np.repeat(numbers, [len(xy) for _, xy in roads])
        self._tree = cKDTree(self._middle)

    def beside(self, piece: NDArray[np.float64], name: str, within: float = _LIKE) -> Heading | None:
        """Return which way the roads run beside a piece of a line, shape (2, 2); None where few are known.

        ``name`` is the line's own, which says nothing of itself; roads that run across it by more than
        ``within`` radians are left out. The direction is that of the piece, not its opposite.
        """
        known, angle, spread = self.beside_each(piece[None], name, within)
        return Heading(float(angle[0]), float(spread[0])) if len(known) else None

    def beside_each(
        self, pieces: NDArray[np.float64], name: str, within: float = _LIKE
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Return which pieces, shape (n, 2, 2), enough is known of, and the angle and spread of each."""
        x, y = (pieces[:, 1] - pieces[:, 0]).T
        own = np.arctan2(y, x)
        near = cKDTree(pieces.mean(axis=1)).sparse_distance_matrix(
            self._tree, _BESIDE_M, output_type="ndarray"
        )
        piece, other = near["i"], near["j"]
        turn = self._angle[other] - own[piece]
        turn -= np.pi * np.rint(turn / np.pi)
        kept = (np.abs(turn) < within) & (self._number[other] != self._numbers.get(name, -1))
        enough = np.bincount(piece[kept], minlength=len(own)) >= _LEAST
        kept &= enough[piece]
        known, piece = np.flatnonzero(enough), (np.cumsum(enough) - 1)[piece[kept]]
        turn, weight = turn[kept], np.exp(-near["v"][kept] / _FADE_M)
        rough = _means(turn, piece, weight)
        weight = weight * np.exp(-(((turn - rough[piece]) / _AGREE) ** 2))
        mean = _means(turn, piece, weight)
        spread = np.sqrt(_means((turn - mean[piece]) ** 2, piece, weight))
        return known, own[known] + mean, np.maximum(spread, _EXACT)


def _means(
    values: NDArray[np.float64], group: NDArray[np.intp], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.bincount(group, weight * values) / np.bincount(group, weight)
    return means


def headings_of(roads: Mapping[str, Sequence[NDArray[np.float64]]]) -> Headings:
    """Return which way roads run, from the lines between their places.

    Parameters
    ----------
    roads : mapping of str to sequence of ndarray, shape (n, 2)
        By name, places in order along each stretch.

    Returns
    -------
    Headings

    Examples
    --------
    >>> beside = {"甲路": [np.array([(0.0, 50.0), (400.0, 90.0)])]}
    >>> told = headings_of(beside).beside(np.array([(200.0, 0.0), (240.0, 0.0)]), "乙路")
    >>> round(float(np.degrees(told.angle)), 1)
    5.7
    """
    return Headings([(name, pieces) for name, of in roads.items() for pieces in _pieces(of)])


def _pieces(stretches: Sequence[NDArray[np.float64]]) -> Iterator[NDArray[np.float64]]:
    """Yield the pieces of one road, all about as long as each other, shape (n, 2, 2)."""
    for xy in stretches:
        if len(xy) > 1 and np.hypot(*(xy[-1] - xy[0])) >= _LENGTH_M:
            steps = np.stack([xy[:-1], xy[1:]], axis=1)
            steps = steps[np.hypot(*(steps[:, 1] - steps[:, 0]).T) <= _GAP_M]
            for line in shapely.segmentize(shapely.linestrings(steps), _PIECE_M):
                fine = shapely.get_coordinates(line)
                yield np.stack([fine[:-1], fine[1:]], axis=1)
