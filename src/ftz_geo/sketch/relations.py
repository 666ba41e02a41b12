"""What the words fix about the order of parcels: who shares a line, who lies on which side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from ftz_geo.compass import AXIS, OPPOSITE, SIGN, Direction
from ftz_geo.model import STRAIGHT_KINDS
from ftz_geo.sketch.contacts import Contact, block_contacts, key, shared_contacts
from ftz_geo.sketch.order import Apart, Order

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ftz_geo.model import Parcel, Zone
    from ftz_geo.sketch.leaves import Leaf
    from ftz_geo.sketch.order import Node

__all__ = ["BOX_SIDES", "Bond", "Box", "Cluster", "Held", "Tie", "Words", "between", "read_words"]

_PLACE_WIDTH = 8
"""A village or a company between two parcels is drawn as wide as this many roads."""

_NARROW, _NARROW_BESIDE = 3, 5
"""No rectangle is narrower than the side of its area's square divided by this; what is drawn beside
what stands on a map may be narrower than what is guessed. By choice."""

_TOGETHER, _LOOSELY = 0.3, 0.05
"""What a metre that parcels stand off the winding thing they share is worth in metres of side, by
choice: where all are believed to lie at one place, and where their places are known apart."""

BOX_SIDES: tuple[Direction, ...] = ("west", "south", "east", "north")


class Box(NamedTuple):
    """The rectangle that a parcel is drawn in, metres."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return self.east - self.west, self.north - self.south

    @property
    def area_m2(self) -> float:
        """Width by height."""
        return self.size[0] * self.size[1]

    @property
    def aspect(self) -> float:
        """Width divided by height."""
        return self.size[0] / self.size[1]

    def span(self, axis: int) -> tuple[float, float]:
        """Return where it begins along an axis, and how long it is."""
        return self[axis], self.size[axis]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """Parcels that are laid out together, and where they and their neighbours are believed to lie."""

    zone: Zone
    leaves: Sequence[Leaf]
    """The parcels to lay out."""
    pinned: Mapping[str, Box]
    """By parcel id: those that stand on a map already, metres."""
    targets: Mapping[str, tuple[float, float]]
    """By parcel id: where each leaf is believed to lie, metres to the east and north."""
    gap_m: float
    """Width of a road."""

    @property
    def parcels(self) -> list[Parcel]:
        """All of them, those that stand already too, in the order of the text."""
        ids = {leaf.id for leaf in self.leaves} | set(self.pinned)
        return [p for p in self.zone.parcels if p.id in ids]

    def offset_m(self, contact: Contact) -> float:
        """Return where a side lies, from the middle of its feature, metres to the east or north."""
        side, feature = contact.side, contact.feature
        half = self.gap_m / 2 * (_PLACE_WIDTH if feature.kind == "place" else 1)
        of = feature.beyond or feature.edge
        if of is not None and AXIS[of] == AXIS[side]:
            return SIGN[of] * (feature.offset_m if feature.beyond and feature.offset_m else half)
        return -SIGN[side] * half


class Tie(NamedTuple):
    """``high`` would best lie ``by`` metres beyond ``low``."""

    low: Node
    high: Node
    by: float
    weight: float


class Bond(NamedTuple):
    """What the words say of one side of a parcel and one feature."""

    parcel_id: str
    side: Direction
    name: str

    @property
    def line(self) -> tuple[int, str]:
        """The line across an axis that the name would be."""
        return AXIS[self.side], self.name


class Held(NamedTuple):
    """How a bond holds: the side stands on the straight line of that name, or only beyond others."""

    how: Literal["line", "order"]
    bond: Bond


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What the words of a cluster fix, as far as it can be kept."""

    kept: tuple[Apart, ...]
    """Constraints that can all be kept at once."""
    ties: tuple[Tie, ...]
    on_line: frozenset[Bond]
    """Sides that stand on the straight line of a name."""
    held: tuple[Held, ...]
    """Everything that holds a parcel to another one and was kept, in the order of the text."""
    tied: frozenset[Node]
    """Sides of parcels that a kept constraint ties to something."""
    facing: frozenset[tuple[str, str, int]]
    """(parcel id, parcel id, axis): the second lies beyond the first, with one thing between them."""
    broken: tuple[tuple[str, str], ...]
    """(parcel id, name): what the words say of this contradicts the rest, and was not kept."""

    def lines_of(self, leaf: Leaf) -> frozenset[tuple[Direction, str]]:
        """Return which of a parcel's sides stand on the line of which name."""
        return frozenset((bond.side, bond.name) for bond in self.on_line if bond.parcel_id == leaf.id)


def read_words(cluster: Cluster, given_up: Collection[Held] = ()) -> Words:
    """Turn the words of a cluster into constraints, in the order of the text.

    A road or railway that several parcels abut on becomes one straight line that their sides
    stand on; what winds (a river, a boundary, a village) only puts the parcels on its two sides
    in order and ties the others loosely. A constraint that contradicts earlier ones is left
    out and listed as broken, as is what was given up because no layout keeps it all.
    """
    reader = _Reader(cluster, given_up)
    reader.read_sizes()
    for name, contacts in shared_contacts(cluster.parcels).items():
        sides = {(c.parcel_id, c.side) for c in contacts}
        # A ring road or a river loop on opposite sides of one parcel is no line across that axis.
        plain = [c for c in contacts if (c.parcel_id, OPPOSITE[c.side]) not in sides]
        for axis in (0, 1):
            reader.read_shared(name, [c for c in plain if AXIS[c.side] == axis])
    for contact, other in block_contacts(cluster.zone):
        reader.read_neighbour(contact, other)
    return reader.words()


class _Reader:
    """What was read of a cluster so far; it grows until :meth:`words` closes it."""

    def __init__(self, cluster: Cluster, given_up: Collection[Held]) -> None:
        self.cluster, self.given_up = cluster, given_up
        self.ids = {p.id for p in cluster.parcels}
        self.order = Order()
        self.ties: list[Tie] = []
        self.on_line: set[Bond] = set()
        self.held: list[Held] = []
        self.tied: set[Node] = set()
        self.facing: set[tuple[str, str, int]] = set()
        self.broken: list[tuple[str, str]] = []

    def words(self) -> Words:
        return Words(
            kept=tuple(self.order.kept),
            ties=tuple(self.ties),
            on_line=frozenset(self.on_line),
            held=tuple(self.held),
            tied=frozenset(self.tied),
            facing=frozenset(self.facing),
            broken=tuple(self.broken),
        )

    def read_sizes(self) -> None:
        """Give each leaf a least width and height, and pin what stands on a map."""
        narrow = _NARROW_BESIDE if self.cluster.pinned else _NARROW
        for leaf in self.cluster.leaves:
            least_m = leaf.length_m / narrow
            self.order.add(Apart((leaf.id, "west"), (leaf.id, "east"), least_m))
            self.order.add(Apart((leaf.id, "south"), (leaf.id, "north"), least_m))
        for parcel_id, box in self.cluster.pinned.items():
            for side, at in zip(BOX_SIDES, box, strict=True):
                origin, node = (str(AXIS[side]), ""), (parcel_id, side)
                self.order.add(Apart(origin, node, at), Apart(node, origin, -at))

    def read_shared(self, name: str, contacts: Sequence[Contact]) -> None:
        """Put the sides that share a feature across one axis on its line, or at least in order."""
        pinned = self.cluster.pinned
        standing = [c for c in contacts if c.parcel_id in pinned]
        free = [c for c in contacts if c.parcel_id not in pinned]
        if not free or len({c.parcel_id for c in contacts}) < 2:
            return
        sites = {self.cluster.targets[c.parcel_id] for c in free}
        for contact in free:
            self._put_on_line(contact, name, standing, _TOGETHER if len(sites) == 1 else _LOOSELY)
        for a, b in combinations(contacts, 2):
            if a.side != b.side:
                low, high = (a, b) if SIGN[a.side] > 0 else (b, a)
                self._face(low, high, [Bond(*c[:2], name) for c in (a, b) if c.parcel_id not in pinned])

    def _put_on_line(self, contact: Contact, name: str, standing: Sequence[Contact], weight: float) -> None:
        node, by = (contact.parcel_id, contact.side), self.cluster.offset_m(contact)
        bond = Bond(*node, name)
        line: Node = (str(AXIS[contact.side]), name)
        if standing:  # what stands nearest on a map says where the line runs here
            at, pinned = np.array(self.cluster.targets[contact.parcel_id]), self.cluster.pinned
            nearest = min(standing, key=lambda c: float(np.hypot(*(pinned[c.parcel_id].middle - at))))
            line, by = (nearest.parcel_id, nearest.side), by - self.cluster.offset_m(nearest)
        straight = contact.feature.kind in STRAIGHT_KINDS
        if Held("line" if straight else "order", bond) in self.given_up:
            self.broken.append((contact.parcel_id, name))
        elif not straight:
            # A winding line yields to sites known apart, and draws together what has only one.
            self.ties.append(Tie(line, node, by, weight))
        elif self.order.add(Apart(line, node, by), Apart(node, line, -by)):
            self.on_line.add(bond)
            self.tied.add(node)
            self.held.append(Held("line", bond))
        else:
            self.broken.append((contact.parcel_id, name))

    def _face(self, low: Contact, high: Contact, bonds: Sequence[Bond]) -> None:
        """Put two parcels on the two sides of what they share; the bonds are of those that can move."""
        by = self.cluster.offset_m(high) - self.cluster.offset_m(low)
        # 以东550米 can put one side beyond the other: then the line parts nothing.
        if by <= 0 or not bonds or any(Held("order", bond) in self.given_up for bond in bonds):
            return
        # On a map a road is not as straight as the line that a leaf stands on: the line decides.
        if len(bonds) == 1 and bonds[0] in self.on_line:
            self.facing.add((low.parcel_id, high.parcel_id, AXIS[low.side]))
        else:
            self._set_apart((low.parcel_id, low.side), (high.parcel_id, high.side), by, bonds[-1])

    def read_neighbour(self, contact: Contact, other: Parcel) -> None:
        """Put a parcel beside the one that it names, if one of them can move."""
        both = {contact.parcel_id, other.id}
        if not both <= self.ids or both <= set(self.cluster.pinned):
            return
        bond = Bond(contact.parcel_id, contact.side, key(contact.feature))
        low, high = (contact.parcel_id, contact.side), (other.id, OPPOSITE[contact.side])
        if SIGN[contact.side] < 0:
            low, high = high, low
        if Held("order", bond) in self.given_up:
            self.broken.append((contact.parcel_id, bond.name))
        else:
            self._set_apart(low, high, self.cluster.gap_m, bond)
            self.ties.append(Tie(low, high, self.cluster.gap_m, _TOGETHER))

    def _set_apart(self, low: Node, high: Node, by: float, bond: Bond) -> None:
        """Put one parcel beyond another, or say that it cannot be done."""
        if self.order.add(Apart(low, high, by)):
            self.facing.add((low[0], high[0], AXIS[bond.side]))
            self.tied.update((low, high))
            self.held.append(Held("order", bond))
        elif (bond.parcel_id, bond.name) not in self.broken:
            self.broken.append((bond.parcel_id, bond.name))


def between(
    zone: Zone, leaf: Leaf, pinned: Mapping[str, Box], otherwise: tuple[float, float]
) -> tuple[float, float]:
    """Estimate where a parcel lies from the sides that it shares with what stands on a map.

    Half-way between the lines on either side, or beside the line on one; on an axis on which it shares
    nothing, where it would lie otherwise. Metres.
    """
    shared = shared_contacts(p for p in zone.parcels if p.id in pinned or p.id == leaf.id)
    lines: list[tuple[Direction, float]] = []
    for side, feature in leaf.parcel.features():
        on_map = [
            getattr(pinned[c.parcel_id], c.side)
            for c in shared.get(key(feature), ())
            if c.parcel_id in pinned and AXIS[c.side] == AXIS[side]
        ]
        if on_map:
            lines.append((side, float(np.median(on_map))))
    middle = list(otherwise)
    for axis in (0, 1):
        across = [(side, at) for side, at in lines if AXIS[side] == axis]
        if across:
            middle[axis] = float(np.mean([at for _, at in across]))
            if len({side for side, _ in across}) == 1:
                middle[axis] -= SIGN[across[0][0]] * leaf.length_m / 2
    return middle[0], middle[1]
