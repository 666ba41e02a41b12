"""Sides that are other blocks: which block the words mean, which is drawn first, what its edge is."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.compass import OPPOSITE
from ftz_geo.model import Candidate, Neighbours
from ftz_geo.trace.areas import facing
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.tracks import track_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.compass import Side
    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Digitised, Feature, Parcel, Plan, SideKey
    from ftz_geo.trace.tracks import Track


def neighbours_of(plan: Plan) -> dict[SideKey, str]:
    """Return which parcel each side means that names another block.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of SideKey to parcel id
        As :class:`ftz_geo.model.Neighbours` tells it; a name that stands for several parcels is left out.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> plan = parse_plan("区块一：东至甲路、南至乙路、西至丙路、北至丁路。"
    ...                   "区块二：东至区块一西边界、南至乙路、西至戊路、北至丁路。")
    >>> one, two = plan.parcels
    >>> neighbours_of(plan) == {(two.id, "east", 0): one.id}
    True
    """
    meant: dict[SideKey, str] = {}
    for zone in plan.zones:
        neighbours = Neighbours(zone)
        for parcel in zone.parcels:
            for key, feature in parcel.bounds():
                named = neighbours.meant_by(feature, parcel)
                if len(named) == 1:
                    meant[key] = named[0].id
    return meant


def neighbours_first(plan: Plan, neighbours: Mapping[SideKey, str]) -> list[list[Parcel]]:
    """Order parcels so that those which a side names come before it.

    Returns
    -------
    list of list of Parcel
        Alone where it waits for none that is not before it; together where they wait for each other.
    """
    parcels = plan.parcels
    row = {parcel.id: k for k, parcel in enumerate(parcels)}
    waits = np.array([(row[key[0]], row[other]) for key, other in neighbours.items()], dtype=np.intp)
    waits = waits.reshape(-1, 2)
    links = coo_array((np.ones(len(waits)), waits.T), shape=(len(parcels), len(parcels)))
    count, circle_of = connected_components(links, connection="strong")
    circles: list[list[Parcel]] = [[] for _ in range(count)]
    for parcel, circle in zip(parcels, circle_of.tolist(), strict=True):
        circles[circle].append(parcel)
    before: dict[int, set[int]] = {circle: set() for circle in range(count)}
    for circle, awaited in circle_of[waits].tolist():
        if awaited != circle:
            before[circle].add(awaited)
    return [circles[circle] for circle in TopologicalSorter(before).static_order()]


def candidate_of(block: Digitised, name: str) -> Candidate:
    """Return a drawn block as the candidate for a side that names it."""
    return Candidate(source_ids=(block_key(block.parcel_id),), map_name=name, score=1.0, how="block")


def block_key(parcel_id: str) -> str:
    """Return what stands for a block among the ids of a map's features."""
    return f"block:{parcel_id}"


def edge_track(block: Digitised, feature: Feature, side: Side, plane: LocalPlane) -> Track:
    """Return the track along another block's edges on the side that faces this one."""
    face = facing(feature, side) or (None if side == "ring" else OPPOSITE[side])
    edges = [edge for edge in block.edges if edge.side == face] or block.edges
    pairs = [(edge.line, key) for edge in edges for key in edge.source_ids or ("",)]
    lines = np.empty(len(pairs), dtype=object)
    lines[:] = [line for line, _ in pairs]
    ids = np.array([key for _, key in pairs], dtype=object)
    return track_of(mapped_of(plane.to_xy(lines), ids, centred=False))
