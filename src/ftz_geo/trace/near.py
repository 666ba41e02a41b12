"""Names of the map that come near a name that it does not have: offered to the reader, never taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ftz_geo.trace.named import plane_near
from ftz_geo.trace.reasons import near_names
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Reason, Settings
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Target
    from ftz_geo.trace.targets import Sides

__all__ = ["is_near", "offered"]

_NUMBERS = frozenset(NUMERALS + "0123456789")


def is_near(one: str, other: str) -> bool:
    """Return whether two names differ by one character: another, one more or one less.

    Numbers are no slips: 东二路 is another road than 东三路.

    Examples
    --------
    >>> is_near("打浦街", "打浦路"), is_near("重庆男路", "重庆南路"), is_near("局门北路", "局门路")
    (True, True, True)
    >>> is_near("东二路", "东三路"), is_near("北京路", "南京东路"), is_near("甲路", "甲路")
    (False, False, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = 1 if len(short) == len(long) else 0
    differing = {*short[at : at + rest], long[at]}
    return short[at + rest :] == long[at + 1 :] and not differing <= _NUMBERS


def offered(sides: Sides, atlas: Atlas, settings: Settings) -> Iterator[Reason]:
    """Yield which roads of the map may be meant where it has none of a side's name.

    A road is offered that differs from the words by one character and reaches the features of both
    neighbouring sides: it would close the ring.
    """
    for key, feature in sides.missing:
        beside = ((key.slot + step) % sides.slots for step in (-1, 1))
        around = [[t for t in sides.targets if t.key.slot == slot] for slot in beside]
        if all(around):
            plane = plane_near(sides.targets, atlas)
            reached = [
                shapely.union_all(np.concatenate([_shapes(target, atlas, plane) for target in targets]))
                for targets in around
            ]
            names = [name for name in atlas.distinct_names if is_near(feature.called, name)]
            close = [
                name
                for name in names
                if shapely.dwithin(
                    reached,
                    shapely.union_all(plane.to_xy(atlas.geometry[atlas.names == name])),
                    settings.bridge_tolerance_m,
                ).all()
            ]
            if close:
                yield near_names(key.side, feature, close)


def _shapes(target: Target, atlas: Atlas, plane: LocalPlane) -> NDArray[np.object_]:
    if target.block is None:
        return atlas.shapes(target.candidate, plane)
    return np.array([plane.to_xy(target.block.polygon)], dtype=object)
