"""What the features of a parcel's sides are drawn along: lines of the map, or edges of other blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from ftz_geo.compass import OPPOSITE
from ftz_geo.trace.atlas import middle_of
from ftz_geo.trace.landmarks import line_through
from ftz_geo.trace.neighbours import edge_track

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftz_geo.compass import Side
    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Candidate, Digitised, Feature, Method, SideKey
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.tracks import Track


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one feature of one side was found to be."""

    key: SideKey
    feature: Feature
    candidate: Candidate
    block: Digitised | None = None
    """The block that it is, drawn before; None for a feature of the map."""

    @property
    def side(self) -> Side:
        """The side that it bounds."""
        return self.key.side


@dataclass(frozen=True, kw_only=True)
class Named(Target):
    """One feature of one side, and the track of what was found."""

    track: Track
    method: Method = "on-feature"
    """How a piece is drawn that lies on the track's lines."""
    is_point: bool = False
    """The map has a point of that name, and the track is a line through it."""


def is_undirected(targets: Sequence[Target]) -> bool:
    """Return whether the words tell the order of the features around a parcel, and no directions."""
    return any(target.side == "ring" for target in targets)


def plane_near(targets: Sequence[Target], atlas: Atlas) -> LocalPlane:
    """Return a plane near some features, the same for all that lie near each other."""
    middles = [
        atlas.middle(target.candidate) if target.block is None else middle_of([target.block.polygon])
        for target in targets
    ]
    return atlas.plane_at(map(median, zip(*middles, strict=True)))


def named_of(targets: Sequence[Target], atlas: Atlas, plane: LocalPlane) -> tuple[Named, ...]:
    """Return every feature with its track; a landmark that is a point gets a line across its side."""
    targets = [
        replace(target, feature=atlas.as_mapped(target.feature, target.candidate))
        if target.block is None
        else target
        for target in targets
    ]
    tracks = [_track(target, atlas, plane) for target in targets]
    first_of: dict[Side, Track | None] = {}
    for target, track in zip(targets, tracks, strict=True):
        first_of.setdefault(target.side, track)
    return tuple(
        Named(
            **vars(target),
            track=track or _line_through(target, first_of, atlas, plane),
            method=_method(target.feature, is_point=track is None),
            is_point=track is None,
        )
        for target, track in zip(targets, tracks, strict=True)
    )


def _track(target: Target, atlas: Atlas, plane: LocalPlane) -> Track | None:
    if target.block is not None:
        return edge_track(target.block, target.feature, target.side, plane)
    return atlas.track(target.candidate, target.feature, target.side, plane)


def _line_through(
    target: Target, first_of: Mapping[Side, Track | None], atlas: Atlas, plane: LocalPlane
) -> Track:
    points, ids = atlas.shapes(target.candidate, plane), target.candidate.source_ids
    assert target.side != "ring", "a point in a ring without directions is not drawn"  # noqa: S101
    return line_through(points, ids, target.side, first_of.get(OPPOSITE[target.side]))


def _method(feature: Feature, *, is_point: bool) -> Method:
    if feature.offset_m is not None:
        return "offset"
    return "landmark" if is_point or feature.kind == "place" else "on-feature"
