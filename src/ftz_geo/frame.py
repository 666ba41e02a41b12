"""The frames of parcels and of edges: how they are filled, their check, and what travels beside them.

Cells hold plain values (text, numbers, lists of text), so that a frame goes into any file that GeoPandas
writes. What no cell can hold (findings, sources, candidates) stands beside the frames in a :class:`Drawing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import CRS

from ftz_geo.columns import EDGE_COLUMNS, PARCEL_COLUMNS, Column
from ftz_geo.compass import DIRECTIONS
from ftz_geo.errors import GeometryError
from ftz_geo.measure import GEOD, area_m2
from ftz_geo.model import NO_PLACE, STORAGE_CRS, Choice, Edge, Finding, Reason
from ftz_geo.readable import ReadableFrame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from ftz_geo.model import Digitised, Plan, Position

__all__ = [
    "EDGE_COLUMNS",
    "PARCEL_COLUMNS",
    "Column",
    "Drawing",
    "as_drawing",
    "checked",
    "drawing_of",
    "edges_frame",
    "has_place",
    "no_degrees",
    "reasons_of",
    "text_cells",
]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What was drawn of a plan, or read from files: two frames, and the plain values beside them.

    Functions that take parcels take a drawing or a bare frame of parcels; a bare frame has no edges,
    findings or sources to tell.
    """

    parcels: gpd.GeoDataFrame
    """Indexed by parcel id, with :data:`PARCEL_COLUMNS`."""
    edges: gpd.GeoDataFrame
    """With :data:`EDGE_COLUMNS`."""
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """By parcel id, what every feature of its sides was looked up as; empty where there was no map."""
    findings: tuple[Finding, ...] = ()
    """What was noticed when polygons were read."""
    points: Mapping[str, gpd.GeoSeries] = field(default_factory=dict)
    """By zone id, the named points that names of its sides mean, indexed by their own names."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """JSON-ready: source, reference maps or polygons, versions, patches."""

    def edges_of(self) -> dict[str, tuple[Edge, ...]]:
        """Return the edges of each parcel as values, in ring order; parcels without any are not in it."""
        found: dict[str, list[Edge]] = {}
        columns = [self.edges[c.name].tolist() for c in EDGE_COLUMNS]
        for line, parcel_id, side, feature, ids, method, _, band_m, half_m, start, end in zip(
            self.edges.geometry, *columns, strict=True
        ):
            edge = Edge(
                side=side,
                feature=feature if isinstance(feature, str) else None,  # pandas writes nan for None
                span=None if np.isnan(start) else (int(start), int(end)),
                source_ids=tuple(ids),
                method=method,
                line=line,
                uncertainty_m=None if np.isnan(band_m) else band_m,
                half_width_m=half_m,
            )
            found.setdefault(parcel_id, []).append(edge)
        return {parcel_id: tuple(edges) for parcel_id, edges in found.items()}

    def found_on_map(self) -> tuple[int, int]:
        """Return how many of the features that the sides name were found on the map, and how many they name.

        What no map can know (空地) and other blocks of the plan are not counted.
        """
        named = [c for own in self.choices.values() for c in own if c.feature.kind not in ("vague", "block")]
        return sum(bool(choice.candidates) for choice in named), len(named)

    def select(self, ids: Sequence[str]) -> Drawing:
        """Return the drawing of some of its parcels."""
        return replace(
            self, parcels=self.parcels.loc[list(ids)], edges=self.edges[self.edges["parcel_id"].isin(ids)]
        )

    def zone_names(self) -> dict[str, str]:
        """Return the names of its zones by id, in the order of the parcels; the id where there is no name."""
        ids = self.parcels["zone_id"].astype(str)
        names = (
            self.parcels["zone"].where(self.parcels["zone"].notna(), ids) if "zone" in self.parcels else ids
        )
        return dict(zip(ids, map(str, names), strict=True))

    def of_zone(self, words: str) -> Drawing:
        """Return the drawing of a zone by its id, its name or a part of a name that no other zone has."""
        names, asked = self.zone_names(), words.strip()
        whole = [key for key, name in names.items() if asked in (key, name)]
        found = whole or [key for key, name in names.items() if asked and asked in name]
        if len(found) != 1:
            called = "several zones are" if found else "no zone is"
            known = ", ".join(f"{key} ({name})" for key, name in names.items())
            raise GeometryError(f"{called} called {words!r}; name one of {known}")
        return self.select(self.parcels.index[self.parcels["zone_id"].astype(str) == found[0]])


def text_cells(rows: Sequence[Sequence[str]]) -> NDArray[np.object_]:
    """Return each row's texts as one cell, a list; shape (n,)."""
    cells = np.empty(len(rows), dtype=object)
    cells[:] = [list(row) for row in rows]
    return cells


def checked(
    frame: gpd.GeoDataFrame, *, needs: Sequence[str] = (), either_order: bool = False
) -> gpd.GeoDataFrame:
    """Return a frame that is fit to be read as parcels, or say what is wrong with it and how to mend it.

    Parameters
    ----------
    frame : GeoDataFrame
        WGS 84 longitude and latitude, under whatever name (EPSG:4326, OGC:CRS84).
    needs : sequence of str, optional
        Columns that must be there.
    either_order : bool, default False
        Let latitude stand before longitude, for an audit to tell.

    Returns
    -------
    GeoDataFrame
        The same in :data:`~ftz_geo.model.STORAGE_CRS`.

    Raises
    ------
    GeometryError
        It states no reference system or another one, lacks a column, holds an id twice, or
        coordinates that are no degrees.

    Examples
    --------
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500_000], [4_320_000]), crs=4548)
    >>> checked(frame)
    Traceback (most recent call last):
    ...
    ftz_geo.errors.GeometryError: the parcels are in EPSG:4548, not EPSG:4326; convert them with .to_crs(4326)
    """
    if frame.crs is None:
        raise GeometryError(
            "the parcels state no reference system; call set_crs with the one they are in, "
            f"then to_crs('{STORAGE_CRS}')"
        )
    if not CRS(frame.crs).equals(CRS(STORAGE_CRS), ignore_axis_order=True):
        raise GeometryError(
            f"the parcels are in {frame.crs.to_string()}, not {STORAGE_CRS}; convert them with .to_crs(4326)"
        )
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        raise GeometryError(f"the parcels have no column {', '.join(missing)}; add what digitise gives")
    if not frame.index.is_unique:
        twice = sorted(set(frame.index[frame.index.duplicated()].astype(str)))
        raise GeometryError(f"several rows for parcel {', '.join(twice)}; merge each into one polygon")
    if (strange := no_degrees(frame, either_order=either_order)) is not None:
        raise GeometryError(
            f"their coordinates, such as {strange}, are not degrees; state the system that they are in, "
            f"then call to_crs('{STORAGE_CRS}')"
        )
    return frame if frame.crs == STORAGE_CRS else frame.set_crs(STORAGE_CRS, allow_override=True)


def no_degrees(frame: gpd.GeoDataFrame, *, either_order: bool = False) -> str | None:
    """Return a place of the frame that no longitude and latitude can be, as words; None if there is none."""
    bounds = frame.bounds.to_numpy()
    bounds = bounds[np.isfinite(bounds).all(axis=1)]  # what is no number is told of its polygon
    if not len(bounds):
        return None
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    highest = 180 if either_order else 90
    if west < -180 or east > 180 or south < -highest or north > highest:
        return f"{west:.10g}, {south:.10g}"
    return None


def as_drawing(
    parcels: gpd.GeoDataFrame | Drawing, *, needs: Sequence[str] = (), either_order: bool = False
) -> Drawing:
    """Return a drawing, checked; a bare frame of parcels becomes one without edges.

    Parameters
    ----------
    parcels : GeoDataFrame or Drawing
    needs : sequence of str, optional
    either_order : bool, default False
        As for :func:`checked`.

    Returns
    -------
    Drawing

    Raises
    ------
    GeometryError
        As for :func:`checked`.
    """
    if isinstance(parcels, Drawing):
        return replace(parcels, parcels=checked(parcels.parcels, needs=needs, either_order=either_order))
    return Drawing(parcels=checked(parcels, needs=needs, either_order=either_order), edges=edges_frame({}))


def edges_frame(edges: Mapping[str, Sequence[Edge]]) -> gpd.GeoDataFrame:
    """Return the frame of edges.

    Parameters
    ----------
    edges : mapping of parcel id to sequence of Edge
        In the order of the frame of parcels; the edges in ring order.

    Returns
    -------
    GeoDataFrame
        One row for each edge, with :data:`EDGE_COLUMNS`.
    """
    rows = [(parcel_id, edge) for parcel_id, own in edges.items() for edge in own]
    spans = [edge.span or (np.nan, np.nan) for _, edge in rows]
    return ReadableFrame(
        {
            "parcel_id": _texts([parcel_id for parcel_id, _ in rows]),
            "side": _texts([edge.side for _, edge in rows]),
            "feature": _texts([edge.feature for _, edge in rows]),
            "source_ids": text_cells([edge.source_ids for _, edge in rows]),
            "method": _texts([edge.method for _, edge in rows]),
            "length_m": np.array(
                [round(GEOD.geometry_length(edge.line), 3) for _, edge in rows], dtype=float
            ),
            "uncertainty_m": np.array([_number(edge.uncertainty_m) for _, edge in rows], dtype=float),
            "half_width_m": np.array([edge.half_width_m for _, edge in rows], dtype=float),
            "span_start": np.array([start for start, _ in spans], dtype=float),
            "span_end": np.array([end for _, end in spans], dtype=float),
        },
        geometry=np.array([edge.line for _, edge in rows], dtype=object),
        crs=STORAGE_CRS,
    )


def _texts(values: Sequence[str | None]) -> NDArray[np.object_]:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def reasons_of(row: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return the reasons of one row of parcels; in Chinese only where the frame was read from a file.

    What does not go with them one to one, in a file that somebody changed, is left out.
    """
    zh = row.get("reasons")
    zh = zh if isinstance(zh, list) else []
    en, codes = (row.get(name) for name in ("reasons_en", "reason_codes"))
    en = en if isinstance(en, list) and len(en) == len(zh) else zh
    codes = codes if isinstance(codes, list) and len(codes) == len(zh) else [""] * len(zh)
    return tuple(Reason(code=c, zh=z, en=e) for c, z, e in zip(codes, zh, en, strict=True))


def has_place(row: Mapping[str, Any]) -> bool:
    """Return whether any clue tells where the polygon of a row of parcels lies.

    >>> has_place({"reasons": ["位置完全不明"], "reason_codes": ["no-anchor"]}), has_place({})
    (False, True)
    """
    return NO_PLACE.isdisjoint(reason.code for reason in reasons_of(row))


def drawing_of(
    plan: Plan,
    drawn: Mapping[str, Digitised],
    *,
    points: Mapping[str, gpd.GeoSeries] | None = None,
    about: Mapping[str, Any] | None = None,
) -> Drawing:
    """Cross over from values to frames, in the order of the text.

    Parameters
    ----------
    plan : Plan
    drawn : mapping of parcel id to Digitised
        One for every parcel of the plan.
    points, about : mapping, optional
        As :attr:`Drawing.points` and :attr:`Drawing.about`.

    Returns
    -------
    Drawing
    """
    order = [(position, drawn[position.parcel.id]) for position in plan.walk()]
    rows = [_row(plan, position, result) for position, result in order]
    polygons = np.array([result.polygon for _, result in order], dtype=object)
    areas = np.round(area_m2(polygons) / 1e6, 9)
    cells = {"float": lambda v: np.array(v, dtype=float), "bool": lambda v: np.array(v, dtype=bool)}
    table = {
        c.name: cells.get(c.dtype, _texts if c.dtype == "text" else text_cells)([row[c.name] for row in rows])
        for c in PARCEL_COLUMNS
        if c.name != "measured_area_km2"
    }
    table["measured_area_km2"] = areas
    return Drawing(
        parcels=ReadableFrame(
            {c.name: table[c.name] for c in PARCEL_COLUMNS},
            index=pd.Index([position.parcel.id for position, _ in order], name="id", dtype=object),
            geometry=polygons,
            crs=STORAGE_CRS,
        ),
        edges=edges_frame({position.parcel.id: result.edges for position, result in order}),
        choices={position.parcel.id: result.choices for position, result in order if result.choices},
        points=points or {},
        about=about or {},
    )


def _row(plan: Plan, position: Position, result: Digitised) -> dict[str, Any]:
    zone, block, parcel = position
    stated = block.stated_area(parcel)
    return {
        "zone": zone.name,
        "zone_id": zone.id,
        "block": block.label or block.name,
        "block_name": block.name,
        "parcel": parcel.label,
        "text": plan.words(parcel.span),
        "declared_area_km2": float(stated.km2) if stated else np.nan,
        "block_declared_area_km2": float(block.declared_area.km2) if block.declared_area else np.nan,
        "grade": result.grade,
        "reasons": [reason.zh for reason in result.reasons],
        "reasons_en": [reason.en for reason in result.reasons],
        "reason_codes": [reason.code for reason in result.reasons],
        "placement_uncertainty_m": _number(result.placement_uncertainty_m),
        **{side: "、".join(f.name for f in parcel.abuttals[side]) or None for side in DIRECTIONS},
        "area_near_km2": _number(result.area_near_km2),
        "area_far_km2": _number(result.area_far_km2),
        "area_shaped": result.area_shaped,
        "area_doubt_km2": _number(result.area_doubt_km2),
    }


def _number(value: float | None) -> float:
    return np.nan if value is None else round(value, 9)
