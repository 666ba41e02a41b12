"""The 四至 of a polygon as values, and the words that notices put them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.model import LABELS_ZH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import shapely

__all__ = ["NAMELESS", "Description", "Hole", "Stretch"]

NAMELESS = "无名用地"
"""What stands for an edge along nothing that the map names: land, of which no name is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of a ring that runs along one feature, or along none."""

    side: Direction
    name: str | None
    """As the map spells it; of a neighbour its label and edge (区块二西边界); None along nothing named."""
    source_ids: tuple[str, ...]
    """Features of the reference map that it runs along; ``block:`` and the id for another polygon."""
    length_m: float
    departure_m: float | None
    """Root mean square distance from the feature, no farther than the reach counted; None without one."""
    stated: bool
    """Whether the words name it; not so where it is below :data:`.sides.MIN_SHARE` of its side."""
    line: shapely.LineString
    """Longitude, latitude, clockwise."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, without the line."""
        return {
            "side": self.side,
            "name": self.name,
            "source_ids": list(self.source_ids),
            "length_m": round(self.length_m, 1),
            "departure_m": None if self.departure_m is None else round(self.departure_m, 2),
            "stated": self.stated,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """The 四至 of one polygon, and what its edges were found to run along."""

    parcel_id: str
    part: int | None = None
    """Counted from 1 where the parcel is of several polygons, the largest first."""
    stretches: tuple[Stretch, ...]
    """Clockwise: the east side from north to south, the south side from east to west, and so on."""
    holes: tuple[Hole, ...] = ()
    """What the polygon leaves out, the largest first."""

    @property
    def abuttals(self) -> Mapping[Direction, tuple[str, ...]]:
        """The names that the words give each side, clockwise; :data:`NAMELESS` for what has none."""
        return _abuttals(self.stretches)

    @property
    def text(self) -> str:
        """The words, in the style of notices; what is left out follows the sides."""
        sides = "、".join(f"{LABELS_ZH[side]}至{_joined(names)}" for side, names in self.abuttals.items())
        return "，".join([sides, *(hole.text for hole in self.holes)])

    @property
    def nameless_share(self) -> float:
        """Part of the outer ring's length, 0 to 1, that runs along no named feature."""
        length = sum(s.length_m for s in self.stretches)
        return sum(s.length_m for s in self.stretches if s.name is None) / length

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "parcel_id": self.parcel_id,
            "part": self.part,
            "text": self.text,
            "abuttals": {side: list(names) for side, names in self.abuttals.items()},
            "nameless_share": round(self.nameless_share, 4),
            "stretches": [s.to_dict() for s in self.stretches],
            "holes": [hole.to_dict() for hole in self.holes],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Hole:
    """Ground that a polygon leaves out, and what its edges were found to run along."""

    area_m2: float
    """On the CGCS2000 ellipsoid."""
    stretches: tuple[Stretch, ...]
    """As of a :class:`Description`, of the hole as if it were a block."""

    @property
    def abuttals(self) -> Mapping[Direction, tuple[str, ...]]:
        """What the hole abuts on to the east, south, west and north, as of a :class:`Description`."""
        return _abuttals(self.stretches)

    @property
    def text(self) -> str:
        """The words. They tell no directions: those would be read as sides of a block."""
        named = [name for names in self.abuttals.values() for name in names if name != NAMELESS]
        area = f"{self.area_m2 / 1e4:.2f}公顷" if self.area_m2 >= 1e4 else f"{self.area_m2:.0f}平方米"
        return f"不含其内由{'、'.join(dict.fromkeys(named))}围成的{area}" if named else f"不含其内一处{area}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "area_m2": round(self.area_m2, 1),
            "text": self.text,
            "abuttals": {side: list(names) for side, names in self.abuttals.items()},
            "stretches": [s.to_dict() for s in self.stretches],
        }


def _abuttals(stretches: Sequence[Stretch]) -> Mapping[Direction, tuple[str, ...]]:
    return {
        side: tuple(dict.fromkeys(s.name or NAMELESS for s in stretches if s.side == side and s.stated))
        for side in DIRECTIONS
    }


def _joined(names: Sequence[str]) -> str:
    """Join the names of one side, so that 和 inside a name is not taken for the joint.

    >>> _joined(["泽恩路", "连接路", "津港大道"]), _joined(["嘉和路", "和平路"])
    ('泽恩路、连接路和津港大道', '嘉和路、和平路')
    """
    if len(names) < 2 or any("和" in name for name in names):
        return "、".join(names)
    return f"{'、'.join(names[:-1])}和{names[-1]}"
