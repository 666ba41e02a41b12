"""What a check is given, what a check is, and how facts that several checks ask for are found once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import shapely

from ftz_geo.measure import SURVEY_CUT_M, LocalPlane, area_m2
from ftz_geo.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Block, Edge, Grade, Parcel, Plan, Settings, Zone

MEASURABLE: frozenset[Grade] = frozenset({"surveyed", "traced"})
"""Grades whose polygons stand where their sides say, so that an area can be taken from them."""


class _Knows(Protocol):
    @property
    def facts(self) -> dict[Any, Any]: ...


_Of = TypeVar("_Of", bound=_Knows)
_Fact = TypeVar("_Fact")


def fact(find: Callable[[_Of], _Fact]) -> Callable[[_Of], _Fact]:
    """Let a function of a case, or of a zone in it, be computed once however many checks ask for it.

    What it returns is kept in ``facts`` of what it was asked of, so it lives as long as that does.
    """

    @wraps(find)
    def known(of: _Of) -> _Fact:
        if find not in of.facts:
            of.facts[find] = find(of)
        found: _Fact = of.facts[find]
        return found

    return known


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
class ZoneCase:
    """One zone, with its polygons."""

    case: Case = field(repr=False)
    zone: Zone
    drawn: tuple[Drawn, ...]
    """In the order of the text; parcels without a polygon are not among them."""
    facts: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What functions marked as :func:`fact` said of it."""


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
    facts: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What functions marked as :func:`fact` said of it."""

    @property
    def zones(self) -> tuple[ZoneCase, ...]:
        """Every zone of the plan, in the order of the text."""
        return _zones(self)


@fact
def _zones(case: Case) -> tuple[ZoneCase, ...]:
    drawn: dict[str, list[Drawn]] = {zone.id: [] for zone in case.plan.zones}
    for d in case.drawn:
        drawn[d.zone.id].append(d)
    return tuple(ZoneCase(case=case, zone=zone, drawn=tuple(drawn[zone.id])) for zone in case.plan.zones)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check(Rule):
    """One rule, and the function that finds where it is broken."""

    find: Callable[[Case], Iterable[Finding]]
    """A pure function of the case."""


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
