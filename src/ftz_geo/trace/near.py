"""Names of the map that come near a name that it does not have: told, and drawn where all else agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.model import Candidate
from ftz_geo.trace.named import Target, plane_near
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Feature, Settings, SideKey
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.targets import Sides

__all__ = ["NEAR_SCORE", "Near", "is_near", "near_keys", "near_names_of", "taken"]

NEAR_SCORE = 0.4
"""Rank of a name that differs by one character: below every rule of the names themselves."""

_STREETS = frozenset("路街道巷弄")
"""Endings that may be taken for each other; 四川路桥 is no slip for 四川路, nor 张家浜 for 张家路."""

_NUMBERS = frozenset(NUMERALS + "0123456789")


_ROAD_WORDS = ("大道", "公路", "大街", "路", "街", "道")


def _stem(name: str) -> str:
    """Return what stands before the word for road; nothing where there is none, or one character."""
    ending = next((word for word in _ROAD_WORDS if name.endswith(word)), "")
    stem = name.removesuffix(ending) if ending else ""
    return stem if len(stem) > 1 else ""


def is_near(one: str, other: str) -> bool:
    """Return whether two names differ by one character, or by their word for road.

    Numbers are no slips: 东二路 is another road than 东三路. Of names with nothing else in common, 甲路 and
    乙路, none is a slip for the other.

    Examples
    --------
    >>> is_near("打浦街", "打浦路"), is_near("重庆男路", "重庆南路"), is_near("局门北路", "局门路")
    (True, True, True)
    >>> is_near("津港大道", "津港公路"), is_near("四川路", "四川路桥")
    (True, False)
    >>> is_near("东二路", "东三路"), is_near("北京路", "南京东路"), is_near("甲路", "甲路")
    (False, False, False)
    """
    if one != other and (stem := _stem(one)) and stem == _stem(other):
        return True
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if one[-1] != other[-1] and not {one[-1], other[-1]} <= _STREETS:
        return False
    short, long = sorted((one, other), key=len)
    at = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = 1 if len(short) == len(long) else 0
    differing = {*short[at : at + rest], long[at]}
    shared = {*short[:at], *short[at + rest :]} - _STREETS
    return short[at + rest :] == long[at + 1 :] and bool(shared) and not differing <= _NUMBERS


def near_keys(name: str) -> Iterator[str]:
    """Yield keys of a name: two that are near share one at least, so that few need to be compared.

    >>> sorted(set(near_keys("打浦街")) & set(near_keys("打浦路")))
    ['打浦', '打浦…']
    """
    if stem := _stem(name):
        yield f"{stem}…"
    yield name
    yield from (name[:k] + name[k + 1 :] for k in range(len(name)))


class Near(NamedTuple):
    """Names that may be meant by one that the map does not have."""

    key: SideKey
    feature: Feature
    names: tuple[str, ...]
    """Of roads that differ from the words by one character and would close the ring."""


def near_names_of(sides: Sides, atlas: Atlas, settings: Settings) -> Iterator[Near]:
    """Yield which roads of the map may be meant where it has none of a side's name.

    A road may be meant that differs from the words by one character and reaches the features of both
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
            close = tuple(
                name
                for name in names
                if shapely.dwithin(
                    reached,
                    shapely.union_all(plane.to_xy(atlas.geometry[atlas.names == name])),
                    settings.bridge_tolerance_m,
                ).all()
            )
            if close:
                yield Near(key, feature, close)


def taken(sides: Sides, near: Sequence[Near], atlas: Atlas) -> tuple[Target, ...] | None:
    """Return the features of all sides with the near name of one for the only one that is missing.

    None where more is missing than that, or several names may be meant.
    """
    if len(sides.missing) != 1 or len(near) != 1 or len(near[0].names) != 1:
        return None
    ((key, feature, (name,)),) = near
    own = atlas.features[atlas.names == name]
    candidate = Candidate(
        source_ids=tuple(map(str, own["source_id"])),
        map_name=name,
        score=NEAR_SCORE,
        how="one character differs",
        of_points="of_points" in own and bool(own["of_points"].all()),
    )
    target = Target(key=key, feature=feature, candidate=candidate)
    return tuple(sorted((*sides.targets, target), key=lambda t: t.key))


def _shapes(target: Target, atlas: Atlas, plane: LocalPlane) -> NDArray[np.object_]:
    if target.block is None:
        return atlas.shapes(target.candidate, plane)
    return np.array([plane.to_xy(target.block.polygon)], dtype=object)
