"""What parcels abut on, what they share, and which of them belong near one another."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.model import LINEAR_KINDS, STRAIGHT_KINDS, Neighbours, Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ftz_geo.compass import Direction
    from ftz_geo.model import Feature, Kind, Parcel, Zone

__all__ = [
    "LINES",
    "WINDING_LINES",
    "Contact",
    "block_contacts",
    "clusters",
    "key",
    "road_gap_m",
    "shared_contacts",
]

LINES: frozenset[Kind] = LINEAR_KINDS | {"boundary"}
"""Kinds that a sketch draws as lines."""

WINDING_LINES: frozenset[Kind] = LINES - STRAIGHT_KINDS
"""Of these, those that run no straight line: two parcels north of one river need not stand level."""


class Contact(NamedTuple):
    """One feature that one parcel abuts on to one side."""

    parcel_id: str
    side: Direction
    feature: Feature


def key(feature: Feature) -> str:
    """Return the name under which two mentions of a feature are the same."""
    return "".join(feature.name.split())


def road_gap_m(settings: Settings | None) -> float:
    """Return the width of a road between two parcels; without any, rounding would let them overlap."""
    return max((settings or Settings()).road_gap_m, 1.0)


def shared_contacts(parcels: Iterable[Parcel]) -> dict[str, list[Contact]]:
    """Return the contacts of each feature that more than one parcel abuts on, in the order of the text.

    What no map can know (空地) is not one thing and is never shared; nor are other blocks.
    """
    contacts: dict[str, list[Contact]] = defaultdict(list)
    for parcel in parcels:
        for side, feature in parcel.features():
            if feature.kind not in {"vague", "block"}:
                contacts[key(feature)].append(Contact(parcel.id, side, feature))
    return {name: own for name, own in contacts.items() if len({c.parcel_id for c in own}) > 1}


def block_contacts(zone: Zone) -> Iterator[tuple[Contact, Parcel]]:
    """Yield every side that abuts on another parcel of the zone, with that parcel."""
    neighbours = Neighbours(zone)
    for parcel in zone.parcels:
        for side, feature in parcel.features():
            for other in neighbours.meant_by(feature, parcel):
                yield Contact(parcel.id, side, feature), other


def clusters(zone: Zone, ids: Collection[str]) -> list[list[str]]:
    """Group parcels that belong near one another: by a shared feature, by block, by naming each other.

    Each group, and the groups, are in the order of the text.
    """
    number = {i: n for n, i in enumerate(p.id for p in zone.parcels if p.id in ids)}
    # A whole told beside its parts, or a part of others, cannot be set beside them by the same words.
    addends = [p for b in zone.blocks if b.part_of_total for p in b.parcels if p.id in ids]
    chains = [[p.id for p in block.parcels if p.id in ids] for block in zone.blocks]
    chains += [[contact.parcel_id for contact in own] for own in shared_contacts(addends).values()]
    chains += [[contact.parcel_id, other.id] for contact, other in block_contacts(zone)]
    links = [
        (number[a], number[b]) for chain in chains for a, b in pairwise(chain) if a in number and b in number
    ]
    ends = np.array(links, dtype=np.intp).reshape(-1, 2).T
    graph = coo_array((np.ones(len(links)), tuple(ends)), shape=(len(number), len(number)))
    groups: dict[int, list[str]] = defaultdict(list)
    for parcel_id, group in zip(number, connected_components(graph, directed=False)[1], strict=True):
        groups[int(group)].append(parcel_id)
    return list(groups.values())
