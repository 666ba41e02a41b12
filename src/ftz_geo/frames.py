"""One flat frame of parcels: from what was drawn, or from polygons that a user gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ftz_geo import files
from ftz_geo.compass import DIRECTIONS
from ftz_geo.measure import area_m2
from ftz_geo.model import STORAGE_CRS, Digitised, Reason
from ftz_geo.polygons import match_polygons, read_survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ftz_geo.model import Block, Parcel, Plan, Zone

__all__ = ["join_polygons", "parcels_frame", "read_polygons"]


def parcels_frame(plan: Plan, drawn: Mapping[str, Digitised]) -> gpd.GeoDataFrame:
    """Cross over from values to one flat frame of parcels, in the order of the text.

    Parameters
    ----------
    plan : Plan
    drawn : mapping of parcel id to Digitised
        One for every parcel of the plan.

    Returns
    -------
    GeoDataFrame
        As :func:`ftz_geo.digitise` gives it.
    """
    rows = [
        _row(plan, zone, block, parcel, drawn[parcel.id])
        for zone in plan.zones
        for block in zone.blocks
        for parcel in block.parcels
    ]
    polygons = np.array([row.pop("geometry") for row in rows], dtype=object)
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    columns["measured_area_km2"] = list(np.round(area_m2(polygons) / 1e6, 9))
    columns["reasons"] = files.object_cells(columns.get("reasons", []))
    columns["evidence"] = files.object_cells(columns.get("evidence", []))
    columns["choices"] = files.object_cells(columns.get("choices", []))
    frame = gpd.GeoDataFrame(columns, geometry=polygons, crs=STORAGE_CRS)
    return frame.set_index("id", drop=True)


def _row(plan: Plan, zone: Zone, block: Block, parcel: Parcel, result: Digitised) -> dict[str, Any]:
    stated = block.stated_area(parcel)
    return {
        "id": parcel.id,
        "zone": zone.name,
        "zone_id": zone.id,
        "block": block.label or block.name,
        "block_name": block.name,
        "parcel": parcel.label,
        "text": plan.words(parcel.span),
        "declared_area_km2": float(stated.km2) if stated else np.nan,
        "block_declared_area_km2": float(block.declared_area.km2) if block.declared_area else np.nan,
        "measured_area_km2": np.nan,
        "grade": result.grade,
        "reasons": result.reasons,
        "placement_uncertainty_m": np.nan
        if result.placement_uncertainty_m is None
        else result.placement_uncertainty_m,
        **{side: "、".join(f.name for f in parcel.abuttals[side]) or None for side in DIRECTIONS},
        "area_shaped": result.area_shaped,
        "area_near_km2": np.nan if result.area_near_km2 is None else round(result.area_near_km2, 9),
        "area_far_km2": np.nan if result.area_far_km2 is None else round(result.area_far_km2, 9),
        "evidence": result.edges,
        "choices": result.choices,
        "geometry": result.polygon,
    }


def read_polygons(path: str | Path) -> gpd.GeoDataFrame:
    """Read polygons that stand for themselves, without a plan to join them to.

    Parameters
    ----------
    path : str or Path
        Any file that :func:`ftz_geo.read_survey` reads.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, indexed by id, or by number from 1 where the file gives none, with the columns of
        ``blocks.geojson`` as far as the file has them.

    Raises
    ------
    DocumentError
        As for :func:`ftz_geo.read_survey`.
    """
    frame = read_survey(path)
    if frame.index.name == "id":
        return frame
    frame = frame.rename(
        columns={"label": "block", "name": "block_name", "stated_area_km2": "declared_area_km2"}
    )
    ids = [given or str(number) for number, given in enumerate(frame["id"], start=1)]
    return frame.drop(columns="id").set_index(pd.Index(ids, name="id"))


def join_polygons(plan: Plan, polygons: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put a user's polygons in the place of the parcels that they are meant to be.

    Parameters
    ----------
    plan : Plan
    polygons : GeoDataFrame
        As :func:`ftz_geo.read_survey` gives it.

    Returns
    -------
    GeoDataFrame
        As :func:`ftz_geo.digitise` gives it, graded ``surveyed``; parcels that got no polygon are
        ``undetermined``. Polygons that fit no parcel follow with an id of their own, for the audit to list.
        ``attrs["findings"]`` holds what was noticed in reading.

    Examples
    --------
    >>> from ftz_geo.reading import read_plan
    >>> from ftz_geo.shipped import plan_file
    >>> from ftz_geo.survey import parse_survey
    >>> plan = read_plan(plan_file())
    >>> corners = "4320014.69,39511493.96;4321014.69,39511493.96;4320014.69,39512503.96"
    >>> joined = join_polygons(plan, parse_survey(f"beichen-1 {corners}"))
    >>> joined.index[joined["grade"] == "surveyed"].tolist()
    ['beichen-1']
    """
    if polygons.index.name == "id":  # a blocks.geojson has the plan's own ids
        return polygons
    matches = match_polygons(plan, polygons)
    rows_of: dict[str, list[int]] = {}
    for row, parcel_id in matches.items():
        rows_of.setdefault(parcel_id, []).append(row)
    parts = {key: [g for g in polygons.geometry.iloc[rows] if g is not None] for key, rows in rows_of.items()}
    frame = parcels_frame(plan, {p.id: _surveyed(p.id, parts.get(p.id, [])) for p in plan.parcels})
    strangers = [row for row in range(len(polygons)) if row not in matches]
    frame = _with_strangers(frame, polygons.iloc[strangers])
    places = {p.id: (z.id, b.id, p.id) for z in plan.zones for b in z.blocks for p in b.parcels}
    frame.attrs["findings"] = tuple(
        replace(finding, zone_id=zone_id, block_id=block_id, parcel_id=parcel_id)
        for row, findings in enumerate(polygons["findings"])
        for zone_id, block_id, parcel_id in [places.get(matches.get(row, ""), (None, None, None))]
        for finding in findings
        # Of a polygon in its place the audit tells that itself, and where.
        if finding.check != "self-crossing" or parcel_id is None
    )
    systems = sorted({str(note) for note in polygons.get("crs_note", ()) if note})
    frame.attrs["ftz_geo"] = {
        "polygons": [{**polygons.attrs["source"], "crs": "；".join(systems) or None}]
        if "source" in polygons.attrs
        else []
    }
    return frame


def _surveyed(parcel_id: str, parts: Sequence[Any]) -> Digitised:
    if not parts:
        reason = Reason(code="no-polygon", zh="未提供可用的图形", en="no usable polygon was given")
        return Digitised(parcel_id=parcel_id, polygon=None, grade="undetermined", reasons=(reason,))
    if len(parts) == 1:
        return Digitised(parcel_id=parcel_id, polygon=parts[0], grade="surveyed")
    # As printed, overlapping or not: whether they overlap is for the audit to say.
    whole = shapely.MultiPolygon([p for part in parts for p in shapely.get_parts(part)])
    return Digitised(parcel_id=parcel_id, polygon=whole, grade="surveyed")


def _with_strangers(frame: gpd.GeoDataFrame, strangers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add polygons that fit no parcel, each under its own id or name."""
    taken = set(frame.index)
    extra: list[str] = []
    for position, row in enumerate(strangers.to_dict("records"), 1):
        words = next((row[k] for k in ("name", "id", "label") if isinstance(row.get(k), str)), "")
        name = words if words and words not in taken else f"{words}#{position}"
        taken.add(name)
        extra.append(name)
    if not extra:
        return frame
    longer = frame.reindex([*frame.index, *extra])
    longer.loc[extra, "geometry"] = gpd.GeoSeries(
        strangers.geometry.to_numpy(), index=extra, crs=strangers.crs
    )
    longer.loc[extra, "grade"] = "surveyed"
    longer["area_shaped"] = longer["area_shaped"].eq(True)
    for name in ("reasons", "evidence", "choices"):
        longer[name] = files.object_cells([v if isinstance(v, tuple) else () for v in longer[name]])
    return longer
