"""How blocks and edges look: the hues of blocks, the fill of each grade, the dash of each method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Method
    from ftz_geo.render.schema import Style

__all__ = ["DASHES", "PALETTE", "Colour", "polygon_style"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Colour:
    """A hue of the palette: as a fill, and dark enough to be read as text on paper."""

    number: int
    """Its place in the palette, and so the number of its hatch."""
    fill: str
    ink: str


PALETTE = tuple(
    Colour(number=number, fill=fill, ink=ink)
    for number, (fill, ink) in enumerate(
        (
            ("#4477aa", "#27496d"),
            ("#cc6677", "#8c2f40"),
            ("#ddaa33", "#7a5a0c"),
            ("#228833", "#155a20"),
            ("#aa4499", "#742a67"),
            ("#44aa99", "#1f655a"),
            ("#999933", "#5c5c15"),
            ("#882255", "#651440"),
            ("#66aadd", "#255f8a"),
        )
    )
)
"""Hues that stay apart for colour-blind eyes, after Paul Tol, Colour schemes, SRON/EPS/TN/09-002 (bright and
muted); neighbouring blocks are told apart by their labels too, so more blocks than hues do no harm."""

DASHES: Mapping[Method, str | None] = {
    "on-feature": None,
    "bridge": "7 5",
    "extension": "12 3",
    "landmark": "2 5",
    "offset": "6 3 2 3",
    "area-closure": "3 3",
    "points": "1 4",
    "sketch": "9 4 2 4",
    "edited": "14 4",
}
"""The dash of an edge by how it was drawn; an unbroken line claims that it lies on the feature."""

_PATTERNS: Mapping[str, tuple[str, Method]] = {
    "sketched": ("hatch", "sketch"),
    "inferred": ("lines", "bridge"),
    "approximate": ("lines", "landmark"),
}
"""Of the grades whose place no map tells: pattern of ``page.html``, and method whose dash they have."""


def polygon_style(grade: str, colour: Colour) -> Style:
    """Return the style of a polygon: plain where its place is known, hatched or lined where it is not."""
    pattern, method = _PATTERNS.get(grade, (None, None))
    return {
        "color": colour.ink,
        "weight": 2,
        "dashArray": DASHES[method] if method else None,
        "fillColor": f"url(#{pattern}-{colour.number})" if pattern else colour.fill,
        "fillOpacity": 1 if pattern else 0.34,
        "hatch": colour.fill if pattern else None,
    }
