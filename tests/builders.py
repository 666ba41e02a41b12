"""Maps and drawings that several tests make, and the command as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from ftz_geo.frame import Drawing, edges_frame, text_cells
from ftz_geo.model import NO_PLACE, ReferenceMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Edge, Reason

COMMAND = Path(sys.executable).parent / "ftz-geo"


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``ftz-geo`` to its end, whatever that is."""
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def reference_map(
    rows: Iterable[tuple[str, BaseGeometry]], kinds: str | Sequence[str] = "road"
) -> ReferenceMap:
    """Make a map of names and their shapes in longitude, latitude; of one kind, or each of its own."""
    names, shapes = zip(*rows, strict=True)
    columns = {
        "source_id": [f"w{i}" for i in range(len(names))],
        "name": names,
        "alt_names": [()] * len(names),
        "kind": kinds,
        "source": 0,
    }
    return ReferenceMap(features=gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326))


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


def in_place(drawn: Drawing) -> Drawing:
    """Take a drawing for one whose places are known: sketches of made names have none."""
    codes = [[code for code in own if code not in NO_PLACE] for own in drawn.parcels["reason_codes"]]
    kept = [len(own) for own in codes]
    words = {
        column: text_cells([own[:n] for own, n in zip(drawn.parcels[column], kept, strict=True)])
        for column in ("reasons", "reasons_en")
    }
    parcels = drawn.parcels.assign(reason_codes=text_cells(codes), **words)
    return replace(drawn, parcels=parcels)
