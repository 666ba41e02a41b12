"""What a check is given, what a check is, and the figures and words that findings share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ftz_geo.compass import DIRECTIONS
from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.model import Finding
from ftz_geo.wording import unit_km2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Area, Block, Edge, Grade, Parcel, Plan, Settings, Severity, Span, Zone

MEASURABLE: frozenset[Grade] = frozenset({"surveyed", "traced"})
"""Grades whose polygons stand where their sides say, so that an area can be taken from them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One polygon and the part of the plan that it stands for."""

    zone: Zone
    block: Block
    parcel: Parcel
    shape: BaseGeometry
    """Longitude, latitude; as it was given, valid or not."""
    xy: BaseGeometry
    """The same in metres, on one equal-area plane for all polygons of the case."""
    grade: Grade
    area_shaped: bool
    edges: tuple[Edge, ...]
    band_km2: tuple[float, float] | None
    """Areas up to the near and to the far edges of its roads and waters, where the drawing tells them."""
    area_km2: float
    """On the CGCS2000 ellipsoid; the edges of a surveyed polygon are taken as straight on its plane."""

    @property
    def is_area(self) -> bool:
        """Whether it is a polygon or several, and no open line."""
        return bool(shapely.get_dimensions(self.shape) == 2)

    @property
    def is_sound(self) -> bool:
        """Whether it is a valid polygon, on which geometry can be computed."""
        return self.is_area and bool(self.shape.is_valid)

    @property
    def stands(self) -> bool:
        """Whether it claims to lie where the words say, and not only to show them."""
        return self.grade in MEASURABLE

    @property
    def measurable(self) -> bool:
        """Whether its area says anything about the stated one."""
        return self.stands and self.is_sound and not self.area_shaped


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Everything that a check may look at."""

    plan: Plan
    drawn: tuple[Drawn, ...]
    """In the order of the text; parcels without a polygon are not among them."""
    plane: LocalPlane
    """The plane of every :attr:`Drawn.xy`."""
    settings: Settings
    named: Mapping[str, BaseGeometry]
    """Lines and areas by the plan's words for them, longitude, latitude."""
    districts: Mapping[str, Sequence[BaseGeometry]] = field(default_factory=dict)
    """Outlines of districts and cities by full name, longitude, latitude; several may share a name."""
    unmatched: tuple[str, ...] = ()
    """Ids of polygons that no parcel of the plan has."""
    noticed: tuple[Finding, ...] = ()
    """What was found where the polygons were read."""

    def named_xy(self, name: str) -> BaseGeometry:
        """Give one of :attr:`named` in metres."""
        return self.plane.to_xy(self.named[name])


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One rule, and the function that finds where it is broken."""

    id: str
    """Stable ASCII word; :attr:`~ftz_geo.model.Finding.check` repeats it."""
    zh: str
    """The rule in one Chinese sentence."""
    en: str
    """The rule in one English sentence."""
    limit_zh: str
    """What a finding's limit is computed from; 0 where there is no allowance."""
    limit_en: str
    severities: tuple[Severity, ...]
    """What a finding of it may be, lightest first."""
    find: Callable[[Case], Iterable[Finding]]
    """A pure function of the case."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "zh": self.zh,
            "en": self.en,
            "limit": {"zh": self.limit_zh, "en": self.limit_en},
            "severities": list(self.severities),
        }


def read_case(
    plan: Plan,
    drawing: Drawing | None,
    settings: Settings,
    named: Mapping[str, BaseGeometry],
    districts: Mapping[str, Sequence[BaseGeometry]],
) -> Case:
    """Take the polygons out of a drawing, each with its part of the plan.

    Parameters
    ----------
    plan : Plan
    drawing : Drawing or None
        Its columns other than ``grade`` may be missing, as they are in a file of surveyed polygons.
    settings : Settings
    named : mapping of str to geometry
    districts : mapping of str to sequence of geometry

    Returns
    -------
    Case
    """
    nothing = Case(
        plan=plan,
        drawn=(),
        plane=LocalPlane(lon=0.0, lat=0.0),
        settings=settings,
        named=named,
        districts=districts,
        noticed=drawing.findings if drawing else (),
    )
    if drawing is None:
        return nothing
    parcels, edges = drawing.parcels, drawing.edges_of()
    found = parcels[~(parcels.geometry.isna() | parcels.geometry.is_empty)]
    shapes = found.geometry.to_numpy()
    if len(shapes) == 0:
        return nothing
    plane = LocalPlane.around(shapes)

    def column(name: str, otherwise: object) -> list[Any]:
        return found[name].tolist() if name in found.columns else [otherwise] * len(found)

    surveyed = np.array(column("grade", "surveyed")) == "surveyed"
    rows = dict(
        zip(
            found.index,
            zip(
                shapes,
                plane.to_xy(shapes),
                np.where(surveyed, area_m2(shapes, cut_m=SURVEY_CUT_M), area_m2(shapes)) / 1e6,
                column("grade", "surveyed"),
                column("area_shaped", False),
                [edges.get(key, ()) for key in found.index],
                zip(column("area_near_km2", np.nan), column("area_far_km2", np.nan), strict=True),
                strict=True,
            ),
            strict=True,
        )
    )
    drawn = []
    for zone in plan.zones:
        for block in zone.blocks:
            for parcel in block.parcels:
                if parcel.id in rows:
                    shape, xy, area_km2, grade, area_shaped, edges, band = rows[parcel.id]
                    drawn.append(
                        Drawn(
                            zone=zone,
                            block=block,
                            parcel=parcel,
                            shape=shape,
                            xy=xy,
                            grade=grade,
                            area_shaped=bool(area_shaped),
                            edges=tuple(edges),
                            band_km2=band if np.isfinite(np.array(band, dtype=float)).all() else None,
                            area_km2=float(area_km2),
                        )
                    )
    unmatched = sorted(map(str, set(found.index) - {p.id for p in plan.parcels}))
    return replace(nothing, drawn=tuple(drawn), plane=plane, unmatched=tuple(unmatched))


def exact_km2(area: Area) -> Fraction:
    """Give a stated area in km², exact in every unit."""
    return Fraction(area.value) * unit_km2(area.unit)


def number(value: Fraction | Decimal | float, places: int = 9) -> str:
    """Write a number without an exponent, with as many decimals as it needs.

    Examples
    --------
    >>> number(Fraction(1, 25)), number(Decimal("7.80")), number(Fraction(1, 3), 4), number(20.0)
    ('0.04', '7.8', '0.3333', '20')
    """
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{Decimal(value):.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def decimal(value: Fraction | float) -> Decimal:
    """Give a figure of a finding, km² with at most nine decimals."""
    return Decimal(number(value))


def terms(figures: Sequence[str]) -> str:
    """Write a sum out, its middle left away where it is long.

    Examples
    --------
    >>> terms(["1", "2"]), terms([str(n) for n in range(20)])
    ('1+2', '0+1+2+3+4+5+…+19')
    """
    return "+".join(figures if len(figures) <= 12 else (*figures[:6], "…", figures[-1]))


def title(part: Zone | Block | Parcel) -> str:
    """Give the words that a part of a plan is called by.

    Examples
    --------
    >>> from ftz_geo.model import Block
    >>> title(Block(id="a-1", label="区块一", name="核心区", parcels=(), span=(0, 0)))
    '区块一（核心区）'
    """
    return _words(part) or part.id


def _words(part: Zone | Block | Parcel) -> str:
    label, name = getattr(part, "label", None), getattr(part, "name", None)
    return f"{label}（{name}）" if label and name else label or name or ""


def place(zone: Zone, block: Block | None = None, parcel: Parcel | None = None) -> str:
    """Say where a finding is, so that its sentence can stand alone."""
    parts = [part for part in (zone, block, parcel) if part is not None]
    if block is not None and len(block.parcels) == 1:
        parts = parts[:2]  # such a parcel has no words of its own
    return " ".join(words for part in parts if (words := _words(part))) or parts[-1].id


def continuation(zone: Zone, block: Block) -> Block | None:
    """Give the block that only goes on with the sides of this one.

    Where a text tells a side twice, ``parse`` opens a new block there; it has no label, name or
    area, and neither of the two has all four sides.
    """
    for before, after in pairwise(zone.blocks):
        if before is block and len(after.parcels) == 1 and before.parcels:
            bare = after.label is None and after.name is None and after.declared_area is None
            # Only a mark between them: the words belong to one sentence.
            adjoining = 0 <= after.span[0] - before.parcels[-1].span[1] <= 1
            if bare and adjoining and _is_open(before.parcels[-1]) and _is_open(after.parcels[0]):
                return after
    return None


def _is_open(parcel: Parcel) -> bool:
    told = sum(bool(features) for features in parcel.abuttals.values())
    return 0 < told < len(DIRECTIONS)


def listed(zone: Zone) -> tuple[Block, ...]:
    """Give the blocks of a zone without those that only go on with another's sides."""
    continued = [continuation(zone, b) for b in zone.blocks]
    return tuple(b for b in zone.blocks if all(b is not c for c in continued))


def listed_blocks(case: Case) -> Iterator[tuple[Zone, Block]]:
    """Give every listed block with its zone, in the order of the text."""
    for zone in case.plan.zones:
        for block in listed(zone):
            yield zone, block


def drawn_finding(
    check: str,
    severity: Severity,
    drawn: Drawn,
    zh: str,
    en: str,
    *,
    measured_km2: float | None = None,
    change_km2: float | None = None,
    limit_km2: float | None = None,
    spans: tuple[Span, ...] = (),
) -> Finding:
    """Give a finding about one polygon; by default on all its words, with its own area.

    ``change_km2`` is what a proposed repair would add.
    """
    where = place(drawn.zone, drawn.block, drawn.parcel)
    if measured_km2 is None and drawn.is_area:
        measured_km2 = drawn.area_km2
    return Finding(
        check=check,
        severity=severity,
        zone_id=drawn.zone.id,
        block_id=drawn.block.id,
        parcel_id=drawn.parcel.id,
        measured_km2=None if measured_km2 is None else decimal(measured_km2),
        difference_km2=None if change_km2 is None else decimal(-change_km2),
        limit_km2=None if limit_km2 is None else decimal(limit_km2),
        zh=f"{where}：{zh}。",
        en=f"{where}: {en}.",
        spans=spans or (drawn.parcel.span,),
    )
