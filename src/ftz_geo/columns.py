"""The columns of the frames of parcels and of edges: name, type, unit, meaning, and what people call them."""

from __future__ import annotations

from typing import NamedTuple

from ftz_geo.compass import DIRECTIONS
from ftz_geo.model import LABELS_ZH

__all__ = ["EDGE_COLUMNS", "PARCEL_COLUMNS", "Column"]


class Column(NamedTuple):
    """One column of a frame."""

    name: str
    dtype: str
    """``text`` or ``float`` (None or nan where there is none), ``bool``, or ``texts``, a list of text."""
    unit: str | None
    meaning: str
    in_files: bool = True
    """Written to files; the others are only at hand where the frame was drawn."""
    head: str | None = None
    """What it is called above its values, in Chinese and English."""
    first: bool = False
    """Told wherever a reader points, without being asked for."""


PARCEL_COLUMNS = (
    Column("zone", "text", None, "name of the zone", head="片区 zone", first=True),
    Column("zone_id", "text", None, "id of the zone"),
    Column(
        "block",
        "text",
        None,
        "label of the block, or its name where it has no label",
        head="区块 block",
        first=True,
    ),
    Column("block_name", "text", None, "name of the block", head="名称 name", first=True),
    Column("parcel", "text", None, "label of the parcel within its block", head="地块 parcel", first=True),
    Column("text", "text", None, "the clause that the parcel was read from", head="四至原文 words"),
    Column(
        "declared_area_km2",
        "float",
        "km²",
        "stated area of the parcel",
        head="申报 stated (km²)",
        first=True,
    ),
    Column(
        "block_declared_area_km2",
        "float",
        "km²",
        "stated area of the whole block",
        head="区块申报 block stated (km²)",
    ),
    Column(
        "measured_area_km2",
        "float",
        "km²",
        "area of the polygon on the CGCS2000 ellipsoid",
        head="图上 drawn (km²)",
        first=True,
    ),
    Column(
        "grade",
        "text",
        None,
        "what the polygon claims, a Grade of ftz_geo.model",
        head="评级 grade",
        first=True,
    ),
    Column("reasons", "texts", None, "why it is graded so, in Chinese", head="依据 reasons", first=True),
    Column(
        "placement_uncertainty_m",
        "float",
        "m",
        "how far the whole polygon may lie from the truth",
        head="位置误差 within (m)",
        first=True,
    ),
    *(
        Column(
            side,
            "text",
            None,
            f"what it abuts on to the {side}, as written",
            head=f"{LABELS_ZH[side]}至 {side}",
            first=True,
        )
        for side in DIRECTIONS
    ),
    Column(
        "area_near_km2",
        "float",
        "km²",
        "area up to the near edges of its roads and waters",
        head="至近边 to near edges (km²)",
    ),
    Column(
        "area_far_km2",
        "float",
        "km²",
        "area up to the far edges of its roads and waters",
        head="至远边 to far edges (km²)",
    ),
    Column("area_shaped", "bool", None, "the stated area decided the shape, so that it proves nothing"),
    Column(
        "area_doubt_km2",
        "float",
        "km²",
        "by how much what was drawn by rule may change the area",
        head="存疑 in doubt (km²)",
    ),
    Column("reasons_en", "texts", None, "the reasons in English", in_files=False, head="reasons"),
    Column("reason_codes", "texts", None, "a stable word for each reason"),
)
"""Of the frame of parcels, beside the index ``id`` and the geometry: a polygon or several in
:data:`~ftz_geo.model.STORAGE_CRS`, None where nothing was drawn."""

EDGE_COLUMNS = (
    Column("parcel_id", "text", None, "whose ring it is a piece of", head="图斑 parcel", first=True),
    Column(
        "side", "text", None, "the side it lies on: east, south, west or north", head="方位 side", first=True
    ),
    Column(
        "feature",
        "text",
        None,
        "name of the feature as written; None where no name accounts for it",
        head="地物 feature",
        first=True,
    ),
    Column("source_ids", "texts", None, "features of the reference map that it lies on"),
    Column(
        "method", "text", None, "how it was drawn, a Method of ftz_geo.model", head="画法 method", first=True
    ),
    Column("length_m", "float", "m", "length on the CGCS2000 ellipsoid", head="长度 length (m)", first=True),
    Column(
        "uncertainty_m",
        "float",
        "m",
        "half the width of the band that holds the true edge with 90 %",
        head="误差 within (m)",
        first=True,
    ),
    Column("half_width_m", "float", "m", "from the line to the edge of what it runs along", in_files=False),
    Column("span_start", "float", None, "where its words begin in the plan's text", in_files=False),
    Column("span_end", "float", None, "where its words end in the plan's text", in_files=False),
)
"""Of the frame of edges, one row for each piece of ring, in the order of the parcels and of their rings;
the geometry is a line in :data:`~ftz_geo.model.STORAGE_CRS`."""
