"""How far what was drawn by rule may lie from the truth, and when that is too far to be called drawn.

The figures were measured on 2,860 blocks of six maps of Shanghai, Shenzhen and Wuhan, whole and with 10 and
25 % of their ways taken out: 277 of those drawn had an extension or a doubt beyond the limits below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ftz_geo.model import Reason
from ftz_geo.trace.named import is_undirected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Settings
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.shape import Piece

__all__ = ["Limits", "length_m", "limits_of", "short_of"]

FAR_M = 300.0
"""An extension that is longer claims too much: beyond it one block in four is wrong."""

DOUBT_SHARE = 0.5
"""So does one by which more than this of the area is in doubt."""

NOTHING_SHARE = 0.98
"""An extension beyond that of the settings, with so much of the area in doubt, is nothing to draw."""

_ELSEWHERE_M = 30.0
"""What lies on a feature may lie on its other carriageway."""

_BAND_M, _BAND_SHARE = 15.0, 0.25
"""Of an edge by rule and of those that it meets: metres, and metres for each metre of extension. With them
the boundary lies within the band in 0.96 to 0.98 of blocks, with 0.15 in 0.94."""

_CENTRE_M, _CENTRE_SHARE = 10.0, 0.15
"""Of the centre: metres, and metres for each metre of extension, or of the doubt of the area over half the
block's width. It holds the true centre in 0.96 of blocks."""


class Limits(NamedTuple):
    """How far the pieces of a ring by rule reach."""

    extension_m: float
    """The longest extension beyond the end of a feature."""
    undirected_m: float
    """Of a ring told without directions, which nothing else holds, the longest stretch by rule; else 0."""
    share: float
    """The most of the area that hangs on where a neighbour runs that an extension does not reach."""
    water: str | None
    """A water that an extension crosses, and no side names."""
    area_m2: float
    """Of the block."""
    longest_m: float
    """The longest extension that is drawn whatever the doubt."""
    beside_m: float
    """The uncertainty of an approximate block that it abuts on; 0 where there is none."""

    @property
    def is_nothing(self) -> bool:
        """Whether what was drawn tells nothing."""
        far = self.extension_m > self.longest_m and self.share > NOTHING_SHARE
        return far or self.undirected_m > FAR_M

    @property
    def is_far(self) -> bool:
        """Whether it is too far to be called inferred."""
        far = self.extension_m > FAR_M or self.share > DOUBT_SHARE
        return far or self.water is not None or self.beside_m > 0

    @property
    def centre_m(self) -> float:
        """Radius that holds the true centre with 90 %."""
        reach_m = max(self.extension_m, self.share * self.area_m2**0.5 / 2)
        return float(max(_CENTRE_M + _CENTRE_SHARE * reach_m, self.beside_m))

    def bands_m(self, pieces: Sequence[Piece]) -> list[float]:
        """Return half the width of the band around each piece that holds the true boundary with 90 %."""
        bands = []
        for k, piece in enumerate(pieces):
            near = (pieces[k - 1], piece, pieces[(k + 1) % len(pieces)])
            reach_m = max((length_m(p) for p in near if p.method == "extension"), default=0.0)
            band_m = _BAND_M + _BAND_SHARE * reach_m if reach_m else _ELSEWHERE_M
            bands.append(max(band_m, _ELSEWHERE_M, self.beside_m))
        return bands

    def reason(self) -> Reason:
        """Say why a block is approximate, or not drawn."""
        if self.is_nothing:
            if self.undirected_m > FAR_M:
                return Reason(
                    code="beyond-doubt",
                    zh=f"须有{self.undirected_m:.0f}米按规则连接才能围合，原文又没有方位可以印证，未画",
                    en=f"closes only by {self.undirected_m:.0f} m of rule, and no direction bears that out",
                )
            return Reason(
                code="beyond-doubt",
                zh=f"按规则须延长{self.extension_m:.0f}米，可能相差面积的{self.share:.0%}，不足为据，未画",
                en=f"{self.extension_m:.0f} m of extension that leave {self.share:.0%} of the area in doubt "
                "tell nothing: not drawn",
            )
        crossing = f"，且跨越“{self.water}”" if self.water else ""
        across = f" across {self.water}" if self.water else ""
        return Reason(
            code="far-by-rule",
            zh=f"按规则延长{self.extension_m:.0f}米{crossing}，只是可能的一种画法："
            f"中心误差约{self.centre_m:.0f}米以内（九成把握），面积不作核对",
            en=f"an extension of {self.extension_m:.0f} m{across} is one way to draw it among others: "
            f"its centre is good to about {self.centre_m:.0f} m (90 %), its area is not compared",
        )


def limits_of(
    pieces: Sequence[Piece],
    area_m2: float,
    named: Sequence[Named],
    atlas: Atlas,
    plane: LocalPlane,
    settings: Settings,
) -> Limits:
    """Return how far the pieces of a ring by rule reach."""
    extensions = [piece for piece in pieces if piece.method == "extension"]
    by_rule = (piece for piece in pieces if piece.method != "on-feature" and not piece.source_ids)
    known = {name for n in named for name in (n.candidate.map_name, n.feature.called)}
    xy = [piece.xy for piece in extensions if length_m(piece) > 1]
    blocks = [n.block for n in named if n.block is not None and n.block.grade == "approximate"]
    return Limits(
        extension_m=max(map(length_m, extensions), default=0.0),
        undirected_m=max(map(length_m, by_rule), default=0.0) if is_undirected(named) else 0.0,
        share=max((m2 / area_m2 for _, _, m2 in short_of(pieces)), default=0.0),
        water=next((name for name in atlas.waters_across(xy, plane) if name not in known), None),
        area_m2=area_m2,
        longest_m=settings.longest_extension_m,
        beside_m=max((block.placement_uncertainty_m or 0.0 for block in blocks), default=0.0),
    )


def short_of(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Piece, float]]:
    """Yield each extension, the side that it runs to, and the area that hangs on where that side runs."""
    for k, piece in enumerate(pieces):
        if piece.method != "extension":
            continue
        for beside in (pieces[k - 1], pieces[(k + 1) % len(pieces)]):
            if (beside.side, beside.feature) != (piece.side, piece.feature):
                along = sum(
                    length_m(p) for p in pieces if (p.side, p.feature) == (beside.side, beside.feature)
                )
                yield piece, beside, length_m(piece) * along


def length_m(piece: Piece) -> float:
    """Return the length of a piece."""
    return float(np.hypot(*np.diff(piece.xy, axis=0).T).sum())
