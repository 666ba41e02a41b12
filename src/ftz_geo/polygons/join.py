"""Polygons put in the place of the parcels that they are meant to be, and what was noticed in doing so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.columns import PARCEL_COLUMNS
from ftz_geo.frame import Drawing, drawing_of, text_cells
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Digitised, Finding, Reason, title
from ftz_geo.polygons.match import match_polygons
from ftz_geo.survey import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Block, Parcel, Plan, Severity, Zone
    from ftz_geo.survey import Survey

__all__ = ["join_own", "join_polygons"]

_SHARED_M2 = 1.0
"""Two polygons of one block that share less ground touch: half a corner's rounding along a few metres."""


def join_polygons(plan: Plan, survey: Survey | Drawing) -> Drawing:
    """Put a user's polygons in the place of the parcels that they are meant to be.

    Parameters
    ----------
    plan : Plan
    survey : Survey or Drawing
        As :func:`ftz_geo.read_survey` gives it. A drawing has the plan's own ids and is returned as it is.

    Returns
    -------
    Drawing
        Parcels graded ``surveyed``, or ``undetermined`` where they got no polygon. A polygon of a whole block
        of several parcels follows under the block's id; polygons that fit nothing follow under an id of their
        own, for the audit to list. Its findings are what was noticed in reading and in joining.

    Examples
    --------
    >>> from ftz_geo.reading import read_plan
    >>> from ftz_geo.shipped import plan_file
    >>> from ftz_geo.survey import Survey, parse_survey
    >>> plan = read_plan(plan_file())
    >>> corners = "4320014.69,39511493.96;4321014.69,39511493.96;4320014.69,39512503.96"
    >>> joined = join_polygons(plan, parse_survey(f"beichen-1 {corners}"))
    >>> joined.parcels.index[joined.parcels["grade"] == "surveyed"].tolist()
    ['beichen-1']
    """
    if isinstance(survey, Drawing):
        return survey
    joined = _Joined(plan, survey)
    drawn = {p.id: _surveyed(p.id, joined.shapes_of(p.id)) for p in plan.parcels}
    drawing = drawing_of(plan, drawn, about={"polygons": list(_told(survey))})
    wholes = {key: joined.shapes_of(key) for key in joined.rows if key not in drawn}
    return replace(
        drawing,
        parcels=_longer(drawing.parcels, [*_wholes(wholes), *joined.strangers()]),
        findings=tuple(joined.findings()),
    )


def join_own(plan: Plan, survey: Survey | None) -> Drawing | None:
    """Put polygons that a notice lists itself in their places; None where they are none of its blocks.

    A notice may list other corners too, such as those of its monitoring points.
    """
    if survey is None:
        return None
    drawing = join_polygons(plan, survey)
    placed = any(f.parcel_id or f.block_id for f in drawing.findings)
    joined = drawing.parcels["grade"].eq("surveyed") & drawing.parcels.index.isin(
        [p.id for p in plan.parcels]
    )
    return drawing if placed or joined.any() else None


def _told(survey: Survey) -> Iterator[dict[str, Any]]:
    """Yield what to tell of the file that polygons came from."""
    if survey.source:
        systems = sorted({str(note) for note in survey.polygons["crs_note"] if note})
        yield {
            **survey.source,
            "crs": "；".join(systems) or None,
            "listed": int(survey.listed) * int(survey.polygons["grade"].eq("surveyed").sum()),
            "stated": int(survey.polygons["stated_area_km2"].notna().sum()),
            "columns": list(survey.columns),
            "looked_for": [] if survey.listed else [name for names in COLUMNS.values() for name in names],
        }


class _Joined:
    """The polygons of a survey by what they are joined to."""

    def __init__(self, plan: Plan, survey: Survey) -> None:
        self.survey = survey
        self.shapes: list[BaseGeometry | None] = survey.polygons.geometry.tolist()
        self.places = dict(_places(plan))
        matches = match_polygons(plan, survey.polygons, own=survey.own)
        areal = shapely.get_dimensions(np.array(self.shapes, dtype=object)) == 2
        self.matches = dict(_kept(matches, self.shapes, areal))
        self.dropped = {
            row
            for row in range(len(self.shapes))
            if row not in self.matches and self.shapes[row] is not None and not areal[row] and areal.any()
        }
        self.rows: dict[str, list[int]] = {}
        """Rows by the id of the parcel, or of the whole block, that they are."""
        for row, key in self.matches.items():
            self.rows.setdefault(key, []).append(row)

    def shapes_of(self, key: str) -> list[BaseGeometry]:
        """Return the polygons of a parcel or of a block; copies of one polygon once."""
        shapes: list[BaseGeometry] = []
        for row in self.rows.get(key, ()):
            shape = self.shapes[row]
            if shape is not None and not any(_is_same(shape, other) for other in shapes):
                shapes.append(shape)
        return shapes

    def strangers(self) -> Iterator[tuple[str, BaseGeometry]]:
        """Yield the polygons that fit nothing, by their own words."""
        for row, shape in enumerate(self.shapes):
            if shape is not None and row not in self.matches and row not in self.dropped:
                own = self.survey.polygons.iloc[row]
                words = next((own.get(k) for k in ("name", "id", "label") if isinstance(own.get(k), str)), "")
                yield str(words), shape

    def findings(self) -> Iterator[Finding]:
        """Yield what was noticed in reading, each under its parcel, and what does not fit one to one."""
        yield from self.survey.about
        common = _common(self.survey.findings)
        yield from common.values()
        for row, found in enumerate(self.survey.findings):
            for finding in found if row not in self.dropped else ():
                if (finding.check, finding.zh) not in common:
                    yield self._placed(finding, self.matches.get(row), self.survey.title(row))
        for key in self.rows:
            yield from self._several(key)
        yield from self._whole_and_parts()
        yield from self._duplicate_ids()

    def _placed(self, finding: Finding, key: str | None, own: str) -> Finding:
        """Return a finding on a row under what the row is joined to, called as the plan calls it."""
        if key is None:
            return finding
        zone, block, parcel = self.places[key]
        where = title(zone, block, parcel)
        return replace(
            finding,
            zone_id=zone.id,
            block_id=block.id,
            parcel_id=parcel.id if parcel else None,
            zh=f"{where}：{finding.zh.removeprefix(f'{own}：').removeprefix('图形：')}",
            en=f"{where}: {finding.en.removeprefix(f'{own}: ').removeprefix('图形: ')}",
        )

    def _found(self, check: str, severity: Severity, key: str, zh: str, en: str) -> Finding:
        return self._placed(Finding(check=check, severity=severity, zh=f"{zh}。", en=f"{en}."), key, "")

    def _several(self, key: str) -> Iterator[Finding]:
        rows = [row for row in self.rows[key] if self.shapes[row] is not None]
        if len(rows) < 2:
            return
        count, different = len(rows), self.shapes_of(key)
        named = "、".join(dict.fromkeys(self.survey.title(row) for row in rows))
        shared = _shared_m2(different)
        if len(different) == 1:
            zh, en = (
                "完全相同，只计一个；请删去多余的",
                "they are the same, and count once: delete the others",
            )
        elif shared > _SHARED_M2:
            zh = f"互相重叠 {shared:.0f} 平方米，不能合计，面积未作比对；请确定用哪一个"
            en = f"they share {shared:.0f} m², so they do not add up and were not compared: choose one"
        else:
            zh, en = (
                "按一个区块的几部分合计；请确认",
                "they were added up as parts of it: see whether they are",
            )
        yield self._found(
            "several-polygons",
            "error" if shared > _SHARED_M2 else "warning",
            key,
            f"有 {count} 个图形（{named}），{zh}",
            f"has {count} polygons ({named}); {en}",
        )

    def _whole_and_parts(self) -> Iterator[Finding]:
        for key in self.rows:
            _, block, parcel = self.places[key]
            parts = [p.label or p.id for p in block.parcels if self.shapes_of(p.id)]
            if parcel is None and parts and self.shapes_of(key):
                yield self._found(
                    "several-polygons",
                    "warning",
                    key,
                    f"整块有图形，其{'、'.join(parts)}又各有图形；请只留一种",
                    f"is drawn as a whole, and so are {', '.join(parts)} of it: keep one or the other",
                )

    def _duplicate_ids(self) -> Iterator[Finding]:
        """Yield ids that several polygons have, unless these are parcels of one block that share its id."""
        frame = self.survey.polygons
        ids = frame["id"].tolist() if "id" in frame.columns else []
        zones = frame["zone"].tolist() if "zone" in frame.columns else [None] * len(ids)
        named = [
            (zone, own) if isinstance(own, str) and own.strip() else None
            for zone, own in zip(zones, ids, strict=True)
        ]
        rows: dict[Any, list[int]] = {}
        for row, own in enumerate(named):
            if own is not None and row not in self.dropped:
                rows.setdefault(own, []).append(row)
        for (_, own), same in ((k, v) for k, v in rows.items() if len(v) > 1):
            keys = [self.matches.get(row) for row in same]
            blocks = {self.places[key][1].id for key in keys if key}
            if None not in keys and len(blocks) == 1 and len(set(keys)) == len(keys):
                continue
            called = "、".join(self.survey.title(row) for row in same)
            found = Finding(
                check="duplicate-id",
                severity="warning",
                zh=f"编号“{own}”有 {len(same)} 个图形同用（{called}）；请各给一个编号。",
                en=f"the id “{own}” is that of {len(same)} polygons ({called}): give each its own.",
                follows_from="several-polygons" if len(set(keys)) == 1 and keys[0] else None,
            )
            zone, block, parcel = self.places[keys[0]] if keys[0] and len(blocks) == 1 else (None, None, None)
            yield replace(
                found,
                zone_id=zone.id if zone else None,
                block_id=block.id if block else None,
                parcel_id=parcel.id if parcel and len(set(keys)) == 1 else None,
            )


_OF_THE_FILE = ("survey-datum", "survey-zone", "survey-order", "survey-packed")
"""Checks of how numbers are written, which is mostly the same for all polygons of a file."""


def _common(findings: Sequence[Sequence[Finding]]) -> dict[tuple[str, str], Finding]:
    """Return what was noticed alike of several polygons and of all that were read: it is told once."""
    counts = Counter((f.check, f.zh) for own in findings for f in own if f.check in _OF_THE_FILE)
    read = sum(all(f.check != "survey-damaged" for f in own) for own in findings)
    first = {(f.check, f.zh): f for own in findings for f in own}
    return {key: first[key] for key, count in counts.items() if count >= read > 1}


def _places(plan: Plan) -> Iterator[tuple[str, tuple[Zone, Block, Parcel | None]]]:
    """Yield every parcel, and every block of several, by id."""
    for zone in plan.zones:
        for block in zone.blocks:
            if len(block.parcels) > 1:
                yield block.id, (zone, block, None)
            for parcel in block.parcels:
                yield parcel.id, (zone, block, parcel)


def _kept(
    matches: Mapping[int, str], shapes: Sequence[BaseGeometry | None], areal: Any
) -> Iterator[tuple[int, str]]:
    """Yield the matches without the points and lines of what has a polygon too, its label or its edge."""
    drawn = Counter(key for row, key in matches.items() if areal[row] or shapes[row] is None)
    for row, key in matches.items():
        if shapes[row] is None or areal[row] or not drawn[key]:
            yield row, key


def _is_same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=1e-9))


def _shared_m2(shapes: Sequence[BaseGeometry]) -> float:
    """Return how much ground polygons share; nothing where one crosses itself, which is told of itself."""
    sound = [s for s in shapes if shapely.get_dimensions(s) == 2 and s.is_valid]
    if len(sound) < 2:
        return 0.0
    flat = LocalPlane.around(sound).to_xy(np.array(sound, dtype=object))
    return max(0.0, float(shapely.area(flat).sum() - shapely.union_all(flat).area))


def _surveyed(parcel_id: str, parts: Sequence[BaseGeometry]) -> Digitised:
    if not parts:
        reason = Reason(code="no-polygon", zh="未提供可用的图形", en="no usable polygon was given")
        return Digitised(parcel_id=parcel_id, polygon=None, grade="undetermined", reasons=(reason,))
    return Digitised(parcel_id=parcel_id, polygon=_together(parts), grade="surveyed")


def _together(parts: Sequence[BaseGeometry]) -> Any:
    """Return parts as one geometry as printed; whether they overlap is for the audit to say."""
    if len(parts) == 1:
        return parts[0]
    pieces = [piece for part in parts for piece in shapely.get_parts(part)]
    areas = [piece for piece in pieces if piece.geom_type == "Polygon"]
    return shapely.MultiPolygon(areas) if areas else shapely.MultiLineString(pieces)


def _wholes(shapes: Mapping[str, Sequence[BaseGeometry]]) -> Iterator[tuple[str, BaseGeometry]]:
    for key, parts in shapes.items():
        if parts:
            yield key, _together(parts)


def _longer(frame: gpd.GeoDataFrame, more: Iterable[tuple[str, BaseGeometry]]) -> gpd.GeoDataFrame:
    """Add polygons that are no parcel's, each under its own id or name."""
    extra: dict[str, BaseGeometry] = {}
    for position, (words, shape) in enumerate(more, 1):
        taken = words in extra or words in frame.index
        extra[words if words and not taken else f"{words}#{position}"] = shape
    if not extra:
        return frame
    names = list(extra)
    longer = frame.reindex([*frame.index, *names])
    longer.loc[names, "geometry"] = gpd.GeoSeries(list(extra.values()), index=names, crs=frame.crs)
    longer.loc[names, "grade"] = "surveyed"
    longer["area_shaped"] = longer["area_shaped"].eq(True)
    for column in PARCEL_COLUMNS:
        if column.dtype == "texts":
            longer[column.name] = text_cells([v if isinstance(v, list) else [] for v in longer[column.name]])
    return longer
