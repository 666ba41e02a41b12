"""Sides that are other blocks: which block the words mean, which is drawn first, what its edge is."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ftz_geo.compass import OPPOSITE, RING_ORDER
from ftz_geo.model import Candidate
from ftz_geo.trace.areas import facing
from ftz_geo.trace.mapped import mapped_of
from ftz_geo.trace.tracks import track_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Digitised, Direction, Feature, Parcel, Plan
    from ftz_geo.trace.tracks import Track

_EDGE_WORDS = re.compile(r"的?[东南西北]?(边界线|边界|界线|边线|界|侧|边|部)?")


class SideKey(NamedTuple):
    """Which feature of a plan's sides is meant."""

    parcel_id: str
    side: Direction
    nth: int
    """Of the features of the side, from 0."""


def side_features(parcel: Parcel) -> Iterator[tuple[SideKey, Feature]]:
    """Return the features of a parcel's sides in the order of a ring."""
    for side in RING_ORDER:
        for index, feature in enumerate(parcel.abuttals[side]):
            yield SideKey(parcel.id, side, index), feature


def neighbours_of(plan: Plan) -> dict[tuple[str, Direction, int], str]:
    """Return which parcel each side means that names another block.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of (parcel id, side, index of the feature in that side) to parcel id
        Labels and names count within the zone, those of 地块 within the block first. A name that
        several parcels answer to is left out.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> plan = parse_plan("区块一：东至甲路、南至乙路、西至丙路、北至丁路。"
    ...                   "区块二：东至区块一西边界、南至乙路、西至戊路、北至丁路。")
    >>> one, two = plan.parcels
    >>> neighbours_of(plan) == {(two.id, "east", 0): one.id}
    True
    """
    meant: dict[tuple[str, Direction, int], str] = {}
    for zone in plan.zones:
        of_zone: dict[str, set[str]] = {}
        for block in zone.blocks:
            for parcel in block.parcels:
                names = {block.label, block.name, f"{block.label or ''}{block.name or ''}"}
                if len(block.parcels) > 1:
                    names = {f"{name or ''}{parcel.label or ''}" for name in names}
                for name in names - {None, ""}:
                    of_zone.setdefault(str(name), set()).add(parcel.id)
        for block in zone.blocks:
            of_block = {p.label: {p.id} for p in block.parcels if p.label}
            for parcel in block.parcels:
                for key, feature in side_features(parcel):
                    if feature.kind == "block":
                        ids = _meant(feature.name, of_block) or _meant(feature.name, of_zone)
                        if len(ids - {parcel.id}) == 1:
                            (meant[key],) = ids - {parcel.id}
    return meant


def _meant(words: str, names: Mapping[str, set[str]]) -> set[str]:
    """Return what the longest name stands for that the words begin with, but for words for an edge."""
    for name in sorted(names, key=len, reverse=True):
        if words.startswith(name) and _EDGE_WORDS.fullmatch(words[len(name) :]):
            return names[name]
    return set()


def neighbours_first(plan: Plan, neighbours: Mapping[tuple[str, Direction, int], str]) -> list[list[Parcel]]:
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


def edge_track(block: Digitised, feature: Feature, side: Direction, plane: LocalPlane) -> Track:
    """Return the track along another block's edges on the side that faces this one."""
    face = facing(feature, side) or OPPOSITE[side]
    edges = [edge for edge in block.edges if edge.side == face] or block.edges
    pairs = [(edge.line, key) for edge in edges for key in edge.source_ids or ("",)]
    lines = np.empty(len(pairs), dtype=object)
    lines[:] = [line for line, _ in pairs]
    ids = np.array([key for _, key in pairs], dtype=object)
    return track_of(mapped_of(plane.to_xy(lines), ids, centred=False))
