"""Plans, maps and drawings that several tests make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.frame import Drawing, edges_frame, text_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from ftz_geo.model import Edge, Reason


def drawing(
    parcels: gpd.GeoDataFrame,
    edges: Sequence[Sequence[Edge]] = (),
    reasons: Sequence[Sequence[Reason]] = (),
) -> Drawing:
    """Put edges and reasons, one sequence for each parcel, beside and into a frame of parcels."""
    if reasons:
        parcels = parcels.assign(
            reasons=text_cells([[reason.zh for reason in own] for own in reasons]),
            reasons_en=text_cells([[reason.en for reason in own] for own in reasons]),
            reason_codes=text_cells([[reason.code for reason in own] for own in reasons]),
        )
    own_edges = dict(zip(map(str, parcels.index), edges, strict=True)) if edges else {}
    return Drawing(parcels=parcels, edges=edges_frame(own_edges))
