"""The four sides: their order, what lies across from each, where they point, what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AXIS",
    "DIRECTIONS",
    "OPPOSITE",
    "RING_ORDER",
    "SIDE_OF",
    "SIDE_ZH",
    "SIGN",
    "TOWARDS",
    "Direction",
    "Side",
]

Direction = Literal["east", "south", "west", "north"]

Side = Literal[Direction, "ring"]
"""Where a feature bounds a parcel: on a side, or somewhere around it where the text tells the order only."""

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
"""The order in which most notices tell the sides: 东至…、南至…、西至…、北至…."""

RING_ORDER: tuple[Direction, ...] = ("east", "north", "west", "south")
"""The order in which a ring that runs counter-clockwise passes them."""

OPPOSITE: Mapping[Direction, Direction] = {
    "east": "west",
    "south": "north",
    "west": "east",
    "north": "south",
}

TOWARDS: Mapping[Direction, tuple[int, int]] = {
    "east": (1, 0),
    "south": (0, -1),
    "west": (-1, 0),
    "north": (0, 1),
}
"""Where each points, as a unit vector to the east and to the north."""

AXIS: Mapping[Direction, int] = {side: 0 if x else 1 for side, (x, _) in TOWARDS.items()}
"""The coordinate that changes towards each: 0 to the east, 1 to the north."""

SIGN: Mapping[Direction, int] = {side: x + y for side, (x, y) in TOWARDS.items()}
"""1 where that coordinate grows towards a side, -1 where it falls."""

SIDE_ZH: Mapping[Direction, str] = {"east": "东", "south": "南", "west": "西", "north": "北"}

SIDE_OF: Mapping[str, Direction] = {zh: side for side, zh in SIDE_ZH.items()}
"""The side of each Chinese word."""
