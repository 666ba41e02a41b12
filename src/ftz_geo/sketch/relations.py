"""What the words fix about the order of parcels: who shares a line, who lies on which side.

Positions are differences on two axes, 0 to the east and 1 to the north. A *node* is one
coordinate: a side of a parcel, or a named line that several parcels abut on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from ftz_geo.compass import AXIS, OPPOSITE, SIGN, Direction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ftz_geo.model import Block, Feature, Parcel, Zone

__all__ = [
    "Apart",
    "Box",
    "Contact",
    "Leaf",
    "Order",
    "Tie",
    "Words",
    "between",
    "clusters",
    "key",
    "read_words",
    "scatter",
    "shared_contacts",
]

WINDING = frozenset({"water", "boundary", "place"})
"""Kinds that run no straight line: two parcels north of one river need not stand level."""

PLACE_WIDTH = 8
"""A village or a company between two parcels is drawn as wide as this many roads."""

Node = tuple[str, str]
"""(parcel id, direction) for a side; ("0" or "1", name) for a named line across that axis."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A parcel, the block it belongs to, and the area to draw it with."""

    parcel: Parcel
    block: Block
    area_m2: float

    @property
    def id(self) -> str:
        """The parcel's id."""
        return self.parcel.id

    @property
    def length_m(self) -> float:
        """Side of the square of its area."""
        return float(self.area_m2**0.5)


Bond = tuple[str, "Direction", str]
"""(parcel id, side, name): what the words say of this side and this feature."""

Hold = Literal["line", "order"]
"""How a bond holds: the side stands on the straight line of that name, or only beyond others."""


class Contact(NamedTuple):
    """One feature that one parcel abuts on to one side."""

    parcel_id: str
    side: Direction
    feature: Feature


class Apart(NamedTuple):
    """``high`` lies at least ``by`` metres beyond ``low``."""

    low: Node
    high: Node
    by: float


class Tie(NamedTuple):
    """``high`` would best lie ``by`` metres beyond ``low``."""

    low: Node
    high: Node
    by: float
    weight: float


def scatter(*words: object) -> float:
    """Give a number from 0 to 1 that only the words decide, the same on every machine.

    Examples
    --------
    >>> scatter("赛达南道") == scatter("赛达南道") != scatter("梨双路")
    True
    """
    digest = blake2b("\0".join(map(str, words)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def key(feature: Feature) -> str:
    """Give the name under which two mentions of a feature are the same."""
    return "".join(feature.name.split())


def shared_contacts(parcels: Iterable[Parcel]) -> dict[str, list[Contact]]:
    """Find the features that more than one parcel abuts on, with the contacts of each.

    What no map can know (空地) is not one thing and is never shared; nor are other blocks.

    Parameters
    ----------
    parcels : iterable of Parcel

    Returns
    -------
    dict of str to list of Contact
        In the order of the text.
    """
    found: dict[str, list[Contact]] = defaultdict(list)
    for parcel in parcels:
        for side, feature in parcel.features():
            if feature.kind not in {"vague", "block"}:
                found[key(feature)].append(Contact(parcel.id, side, feature))
    return {name: c for name, c in found.items() if len({contact.parcel_id for contact in c}) > 1}


def _block_contacts(zone: Zone) -> Iterator[tuple[Contact, Parcel]]:
    """Give every side that abuts on another parcel of the zone, with that parcel."""
    for block in zone.blocks:
        for parcel in block.parcels:
            for side, feature in parcel.features():
                for other in zone.meant_by(feature, parcel):
                    yield Contact(parcel.id, side, feature), other


def clusters(zone: Zone, ids: Collection[str]) -> list[list[str]]:
    """Group the parcels that belong near one another: by a shared feature, by block, by naming each other.

    Parameters
    ----------
    zone : Zone
    ids : collection of str
        The parcels to group.

    Returns
    -------
    list of list of str
        Each group, and the groups, in the order of the text.
    """
    group = {p.id: p.id for p in zone.parcels}

    def root(parcel_id: str) -> str:
        while group[parcel_id] != parcel_id:
            parcel_id = group[parcel_id]
        return parcel_id

    pairs = [(a.id, b.id) for block in zone.blocks for a, b in combinations(block.parcels, 2)]
    # A whole told beside its parts, or a part of others, cannot be set beside them by the same words.
    addends = [p for b in zone.blocks if b.part_of_total for p in b.parcels if p.id in ids]
    for contacts in shared_contacts(addends).values():
        pairs += [(contacts[0].parcel_id, contact.parcel_id) for contact in contacts]
    pairs += [(contact.parcel_id, other.id) for contact, other in _block_contacts(zone)]
    for a, b in pairs:
        if a in ids and b in ids:
            group[root(b)] = root(a)
    found: dict[str, list[str]] = defaultdict(list)
    for parcel in zone.parcels:
        if parcel.id in ids:
            found[root(parcel.id)].append(parcel.id)
    return list(found.values())


class Order:
    """A growing set of constraints that can all be kept at once.

    The one mutable thing of a layout. A potential (one number per node that keeps every
    constraint so far) is carried along, so that a new constraint is checked by following only
    what it moves (Cotton & Maler, "Fast and flexible difference constraint propagation for
    DPLL(T)", SAT 2006).

    Examples
    --------
    >>> order = Order()
    >>> order.add(Apart(("a", "east"), ("b", "west"), 40.0))
    True
    >>> order.add(Apart(("b", "west"), ("a", "east"), 40.0))
    False
    """

    def __init__(self) -> None:
        self.kept: list[Apart] = []
        self._after: dict[Node, list[Apart]] = defaultdict(list)
        self._potential: dict[Node, float] = defaultdict(float)

    def add(self, *new: Apart) -> bool:
        """Keep some constraints together, or none of them if they contradict those kept so far."""
        before, count = self._potential.copy(), len(self.kept)
        for apart in new:
            self.kept.append(apart)
            self._after[apart.low].append(apart)
            if not self._settle(apart):
                for undone in self.kept[count:]:
                    self._after[undone.low].pop()
                del self.kept[count:]
                self._potential = before
                return False
        return True

    def _settle(self, new: Apart) -> bool:
        """Move what a new constraint pushes; False if the push comes round to where it began."""
        waiting = deque([new])
        while waiting:
            low, high, by = waiting.popleft()
            needed = self._potential[low] + by
            if needed > self._potential[high] + 1e-6:
                if high == new.low:
                    return False
                self._potential[high] = needed
                waiting.extend(self._after[high])
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What the words of a cluster fix, as far as it can be kept."""

    order: Order
    ties: list[Tie] = field(default_factory=list)
    on_line: set[Bond] = field(default_factory=set)
    """Sides that stand on the straight line of a name."""
    holds: list[tuple[Hold, Bond]] = field(default_factory=list)
    """Everything that holds a parcel to another one and was kept, in the order of the text."""
    tied: set[Node] = field(default_factory=set)
    """Sides of parcels that a kept constraint ties to something."""
    facing: set[tuple[str, str, int]] = field(default_factory=set)
    """(parcel id, parcel id, axis): the second lies beyond the first, with one thing between them."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """(parcel id, name): what the words say of this contradicts the rest, and was not kept."""


def _offset(contact: Contact, road_gap_m: float) -> float:
    """Where a side lies, counted from the middle of its feature, metres to the east or north."""
    side, feature = contact.side, contact.feature
    half = road_gap_m / 2 * (PLACE_WIDTH if feature.kind == "place" else 1)
    of = feature.beyond or feature.edge
    if of is not None and AXIS[of] == AXIS[side]:
        return SIGN[of] * (feature.offset_m if feature.beyond and feature.offset_m else half)
    return -SIGN[side] * half


def read_words(
    zone: Zone,
    leaves: Sequence[Leaf],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    road_gap_m: float,
    without: Collection[tuple[Hold, Bond]] = (),
) -> Words:
    """Turn the words of one cluster into constraints, in the order of the text.

    A road or railway that several parcels abut on becomes one straight line that their sides
    stand on; what winds (a river, a boundary, a village) only puts the parcels on its two sides
    in order and ties the others loosely. A constraint that contradicts earlier ones is left
    out and listed as broken.

    Parameters
    ----------
    zone : Zone
    leaves : sequence of Leaf
        The cluster's parcels to lay out.
    pinned : mapping of parcel id to Box
        The cluster's parcels that stand on a map already.
    targets : mapping of parcel id to (x, y)
        Where each leaf is believed to lie, metres.
    road_gap_m : float
        Width of a road.
    without : collection of (hold, bond)
        What is given up, because no layout keeps it all.

    Returns
    -------
    Words
    """
    words = Words(order=Order())
    ids = {leaf.id for leaf in leaves} | set(pinned)
    for leaf in leaves:
        smallest = leaf.length_m / (5 if pinned else 3)  # what is drawn may be narrow, what is guessed not
        words.order.add(Apart((leaf.id, "west"), (leaf.id, "east"), smallest))
        words.order.add(Apart((leaf.id, "south"), (leaf.id, "north"), smallest))
    for parcel_id, box in pinned.items():
        for side, at, across in zip(("west", "south", "east", "north"), box, "0101", strict=True):
            origin = (across, "")
            words.order.add(Apart(origin, (parcel_id, side), at), Apart((parcel_id, side), origin, -at))

    for name, contacts in shared_contacts(p for p in zone.parcels if p.id in ids).items():
        sides = {(c.parcel_id, c.side) for c in contacts}
        # A ring road or a river loop on opposite sides of one parcel is no line across that axis.
        plain = [c for c in contacts if (c.parcel_id, OPPOSITE[c.side]) not in sides]
        for axis in (0, 1):
            _share(
                words, name, [c for c in plain if AXIS[c.side] == axis], pinned, targets, road_gap_m, without
            )
    for contact, other in _block_contacts(zone):
        if {contact.parcel_id, other.id} <= ids and not {contact.parcel_id, other.id} <= set(pinned):
            bond = (contact.parcel_id, contact.side, key(contact.feature))
            low, high = (contact.parcel_id, contact.side), (other.id, OPPOSITE[contact.side])
            if SIGN[contact.side] < 0:
                low, high = high, low
            if ("order", bond) in without:
                words.broken.append((contact.parcel_id, bond[2]))
            else:
                _set_apart(words, low, high, road_gap_m, bond)
                words.ties.append(Tie(low, high, road_gap_m, 0.3))
    return words


def _share(
    words: Words,
    name: str,
    contacts: Sequence[Contact],
    pinned: Mapping[str, Box],
    targets: Mapping[str, tuple[float, float]],
    road_gap_m: float,
    without: Collection[tuple[Hold, Bond]],
) -> None:
    """Put the sides that share a feature across one axis on its line, or at least in order."""
    standing = [c for c in contacts if c.parcel_id in pinned]
    if len({c.parcel_id for c in contacts}) < 2 or len(standing) == len(contacts):
        return
    sites = {targets[c.parcel_id] for c in contacts if c.parcel_id not in pinned}
    for contact in contacts:
        if contact.parcel_id in pinned:
            continue
        node, by = (contact.parcel_id, contact.side), _offset(contact, road_gap_m)
        bond = (*node, name)
        line = (str(AXIS[contact.side]), name)
        if standing:  # what stands nearest on a map says where the line runs here
            at = np.array(targets[contact.parcel_id])
            nearest = min(standing, key=lambda c: float(np.hypot(*(pinned[c.parcel_id].middle - at))))
            line, by = (nearest.parcel_id, nearest.side), by - _offset(nearest, road_gap_m)
        given_up = ("order" if contact.feature.kind in WINDING else "line", bond) in without
        if given_up:
            words.broken.append((contact.parcel_id, name))
        elif contact.feature.kind in WINDING:
            # A winding line yields to sites known apart, and draws together what has only one.
            words.ties.append(Tie(line, node, by, 0.3 if len(sites) == 1 else 0.05))
        elif words.order.add(Apart(line, node, by), Apart(node, line, -by)):
            words.on_line.add(bond)
            words.tied.add(node)
            words.holds.append(("line", bond))
        else:
            words.broken.append((contact.parcel_id, name))
    for a, b in combinations(contacts, 2):
        low, high = (a, b) if SIGN[a.side] > 0 else (b, a)
        by = _offset(high, road_gap_m) - _offset(low, road_gap_m)
        bonds = [(*c[:2], name) for c in (a, b) if c.parcel_id not in pinned]
        # 以东550米 can put one side beyond the other: then the line parts nothing.
        if a.side == b.side or by <= 0 or not bonds or any(("order", bond) in without for bond in bonds):
            continue
        # On a map a road is not as straight as the line that a leaf stands on: the line decides.
        if len(bonds) == 1 and bonds[0] in words.on_line:
            words.facing.add((low.parcel_id, high.parcel_id, AXIS[low.side]))
            continue
        _set_apart(words, (low.parcel_id, low.side), (high.parcel_id, high.side), by, bonds[-1])


def between(
    zone: Zone, leaf: Leaf, pinned: Mapping[str, Box], otherwise: tuple[float, float]
) -> tuple[float, float]:
    """Estimate where a parcel lies from the sides that it shares with what stands on a map.

    Parameters
    ----------
    zone : Zone
    leaf : Leaf
    pinned : mapping of parcel id to Box
    otherwise : (x, y)
        Taken on an axis on which it shares nothing.

    Returns
    -------
    (x, y)
        Metres: half-way between the lines on either side, or beside the line on one.
    """
    middle = list(otherwise)
    shared = shared_contacts(p for p in zone.parcels if p.id in pinned or p.id == leaf.id)
    for axis in (0, 1):
        found = []
        for side, feature in leaf.parcel.features():
            lines = [
                getattr(pinned[c.parcel_id], c.side)
                for c in shared.get(key(feature), ())
                if c.parcel_id in pinned and AXIS[c.side] == axis == AXIS[side]
            ]
            if lines:
                found.append((side, float(np.median(lines))))
        if found:
            middle[axis] = float(np.mean([at for _, at in found]))
            if len({side for side, _ in found}) == 1:
                middle[axis] -= SIGN[found[0][0]] * leaf.length_m / 2
    return middle[0], middle[1]


def _set_apart(words: Words, low: Node, high: Node, by: float, bond: Bond) -> None:
    """Put one parcel beyond another, or say that it cannot be done."""
    if words.order.add(Apart(low, high, by)):
        words.facing.add((low[0], high[0], AXIS[bond[1]]))
        words.tied.update((low, high))
        words.holds.append(("order", bond))
    elif (bond[0], bond[2]) not in words.broken:
        words.broken.append((bond[0], bond[2]))
