"""What the features of a parcel's sides were found to be, and why some of them are not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ftz_geo.trace.named import Target
from ftz_geo.trace.neighbours import candidate_of
from ftz_geo.trace.reasons import no_distance, not_on_map, side_not_stated

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ftz_geo.model import Candidate, Digitised, Feature, Parcel, Reason, Searched, SideKey

Resolutions: TypeAlias = "Mapping[SideKey, tuple[Candidate, ...]]"


class Sides(NamedTuple):
    """What a parcel's sides were found to be."""

    slots: int
    """How many places around the parcel the words name, by :meth:`~ftz_geo.model.Parcel.around`."""
    targets: tuple[Target, ...]
    """In their order; none of a place that is open."""
    missing: tuple[tuple[SideKey, Feature], ...]
    """The features of its sides that the map could have and has not."""
    reasons: tuple[Reason, ...]
    """What is missing, and what is not sure."""


def sides_of(
    parcel: Parcel,
    resolutions: Resolutions,
    neighbours: Mapping[SideKey, str],
    drawn: Mapping[str, Digitised],
    circle: Collection[str],
    searched: Searched,
) -> Sides:
    """Return what a parcel's sides were found to be: blocks drawn already, or features of the map.

    Parameters
    ----------
    parcel : Parcel
    resolutions : mapping of SideKey to tuple of Candidate
    neighbours : mapping of SideKey to parcel id
        Which block each side means that names one.
    drawn : mapping of parcel id to Digitised
        The blocks drawn already.
    circle : collection of parcel id
        Those that wait for each other, this one among them.
    searched : Searched
        What the candidates were looked up in.
    """
    targets: list[Target] = []
    missing: list[tuple[SideKey, Feature]] = []
    reasons: list[Reason] = []
    reasons += [
        side_not_stated(side) for side, features in parcel.around() if side != "ring" and not features
    ]
    for key, feature in parcel.bounds():
        block = drawn.get(neighbours.get(key, ""))
        candidates = resolutions.get(key, ())
        if block is not None and block.polygon is None:
            block = None
        if block is not None:
            candidates = (candidate_of(block, feature.name),)
        if not candidates:
            if feature.kind not in ("vague", "block"):
                missing.append((key, feature))
            reasons.append(not_on_map(key.side, feature, searched, in_circle=neighbours.get(key) in circle))
        elif feature.beyond is not None and feature.offset_m is None:
            reasons.append(no_distance(key.side, feature))
        else:
            targets.append(Target(key=key, feature=feature, candidate=candidates[0], block=block))
            reasons += [c.lost for c in candidates if c.lost is not None and c.is_rival]
    return Sides(len(parcel.around()), tuple(targets), tuple(missing), tuple(reasons))
