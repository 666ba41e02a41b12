"""Roads that go on under another name: 陕西北路 is followed by 陕西南路, 瑞金一路 by 瑞金二路.

Where the points of a road are few, those of the roads that continue it tell which way it leaves its last
point. That they do continue it is never taken from the names alone: they lie straight ahead of it.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.place.axes import Places, joined_places
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["continued", "stem_of"]

_NAME = re.compile(rf"(.{{2,}}?)([东南西北中]?[{NUMERALS}]*)(公路|大道|大街|路|街|道)")
"""What streets of one line share, what tells them apart, and their word for road."""

_AHEAD_M = 2500.0
"""Farther ahead than this another road may lie between."""

_ASIDE = 0.4
"""How far aside of straight ahead a place may lie, as a share of its distance."""

_ASIDE_M = 30.0
"""The same, of places so near that the carriageways make the angle."""

_MOST = 2
"""Places of other names that are taken on either side."""


def stem_of(name: str) -> tuple[str, str] | None:
    """Return what a street shares with those that may continue it; None where its name has no such form.

    Examples
    --------
    >>> stem_of("陕西北路"), stem_of("中山南二路"), stem_of("瑞金一路"), stem_of("愚园路")
    (('陕西', '路'), ('中山', '路'), ('瑞金', '路'), ('愚园', '路'))
    >>> stem_of("东路"), stem_of("肇嘉浜")
    (None, None)
    """
    found = _NAME.fullmatch(name)
    return (found[1], found[3]) if found else None


def continued(places: Places, others: Sequence[Places]) -> Places:
    """Return the places of a road, and of others those that lie straight ahead of its ends.

    Parameters
    ----------
    places : Places
        Of the road, in order along it.
    others : sequence of Places
        Of roads that may continue it.

    Returns
    -------
    Places
        In one order along the road; ``places`` itself where nothing lies ahead.

    Examples
    --------
    >>> own = Places(np.array([(0.0, 0.0), (500.0, 0.0)]), np.ones(2))
    >>> ahead = Places(np.array([(1000.0, 50.0), (1500.0, 90.0)]), np.ones(2))
    >>> beside = Places(np.array([(0.0, 400.0), (500.0, 400.0)]), np.ones(2))
    >>> continued(own, [ahead, beside]).xy[:, 0].tolist()
    [0.0, 500.0, 1000.0, 1500.0]
    """
    found = list(_ahead(places, others))
    return joined_places(places, found) if found else places


def _ahead(places: Places, others: Sequence[Places]) -> Iterator[Places]:
    """Yield what lies ahead of each end."""
    if not others:
        return
    xy = np.concatenate([other.xy for other in others])
    weight = np.concatenate([other.weight for other in others])
    for end, way in _ends(places, others):
        step = xy - end
        far = np.hypot(*step.T)
        along, aside = step @ way, np.abs(step @ np.array([-way[1], way[0]]))
        kept = np.flatnonzero((along > 0) & (far <= _AHEAD_M) & (aside <= np.maximum(_ASIDE * far, _ASIDE_M)))
        kept = kept[np.argsort(far[kept], kind="stable")][:_MOST]
        if len(kept):
            yield Places(xy[kept], weight[kept])


def _ends(
    places: Places, others: Sequence[Places]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield each end of a road with the way it leaves it, a vector of length 1."""
    xy = places.xy
    if len(xy) > 1:
        for at, before in ((xy[0], xy[1]), (xy[-1], xy[-2])):
            yield at, (at - before) / np.hypot(*(at - before))
        return
    way = _way_of_one(xy[0], others)
    if way is not None:
        yield xy[0], way
        yield xy[0], -way


def _way_of_one(at: NDArray[np.float64], others: Sequence[Places]) -> NDArray[np.float64] | None:
    """Return the way from the only place of a road to the nearest of those that run as that way leads."""
    ways = []
    for other in others:
        if len(other.xy) > 1:
            ends = other.xy[[0, -1]]
            k = int(np.hypot(*(ends - at).T).argmin())
            step, run = ends[k] - at, ends[1 - k] - ends[k]
            far, length = np.hypot(*step), np.hypot(*run)
            if 0 < far <= _AHEAD_M and step @ run >= (1 - _ASIDE**2 / 2) * far * length:
                ways.append((far, step / far))
    return min(ways, key=lambda way: way[0])[1] if ways else None
