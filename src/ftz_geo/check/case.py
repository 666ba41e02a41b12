"""What a check is given, what a check is, and how facts that several checks ask for are found once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
import shapely

from ftz_geo.compass import DIRECTIONS
from ftz_geo.measure import METRES_PER_DEGREE, SURVEY_CUT_M, LocalPlane, area_error_m2, area_m2
from ftz_geo.model import Finding, Parcel, Position, Rule, Text, title
from ftz_geo.soundness import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import geopandas
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.compass import Direction
    from ftz_geo.frame import Drawing
    from ftz_geo.model import Block, Edge, Feature, Grade, Plan, Settings, Zone

STANDING: frozenset[Grade] = frozenset({"surveyed", "traced"})
"""Grades whose polygons stand where their sides say."""

MEASURABLE: frozenset[Grade] = STANDING | {"inferred"}
"""Grades from which an area can be taken, if in doubt by no more than the polygon itself says."""


LISTED_M, MAPPED_M = 0.05, 0.5
"""The usual :attr:`.Settings.point_error_m` of lists of corners, and of polygons of a map file."""


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
        kept: _Fact = of.facts[find]
        return kept

    return known


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One polygon and the part of the plan that it stands for."""

    zone: Zone
    block: Block
    parcel: Parcel
    """A parcel without sides, with the id of its block, where the polygon is that of a block of several."""
    shape: BaseGeometry
    """Longitude, latitude; as it was given, valid or not."""
    xy: BaseGeometry
    """The same in metres, on one equal-area plane for all polygons of the case."""
    grade: Grade
    area_shaped: bool
    edges: tuple[Edge, ...]
    band_km2: tuple[float, float] | None
    """Areas up to the near and to the far edges of its roads and waters, where the drawing tells them."""
    doubt_km2: float
    """By how much what was drawn by rule may change its area."""
    area_km2: float
    """On the CGCS2000 ellipsoid; the edges of a surveyed polygon are taken as straight on its plane."""
    sigma_km2: float
    """Mean error of the area that the mean error of its corners makes."""
    is_area: bool
    """Whether it is a polygon or several, and no open line."""
    is_sound: bool
    """Whether it is a valid polygon, on which geometry can be computed."""

    @property
    def is_whole(self) -> bool:
        """Whether it is one polygon of a block of several parcels."""
        return len(self.block.parcels) > 1 and self.parcel.id == self.block.id

    @property
    def title(self) -> str:
        """What it is called in a sentence that stands alone."""
        return title(self.zone, self.block, None if self.is_whole else self.parcel)

    @property
    def stands(self) -> bool:
        """Whether it claims to lie where the words say, and not only to show them."""
        return self.grade in STANDING

    @property
    def measurable(self) -> bool:
        """Whether its area says anything about the stated one."""
        return self.grade in MEASURABLE and self.is_sound and not self.area_shaped


def covers(block: Block, drawn: Sequence[Drawn]) -> bool:
    """Tell whether polygons of a block are all of it: one of every parcel, or one of the whole."""
    return any(d.is_whole for d in drawn) or len(drawn) == len(block.parcels) > 0


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
    points: Mapping[str, Mapping[str, BaseGeometry]] = field(default_factory=dict)
    """By zone id, named points by the plan's words for them, longitude, latitude."""
    nowhere: tuple[tuple[Position, BaseGeometry], ...] = ()
    """Surveyed polygons whose latitudes are none, so that they lie nowhere, in the order of the text."""
    given: bool = False
    """Whether somebody handed polygons in; what was drawn from the words alone is not handed in."""
    listed: int = 0
    """How many of those were read from lists of coordinates."""
    stated: int = 0
    """How many of the polygons that were handed in have an area beside them."""
    unmatched: tuple[str, ...] = ()
    """Ids of polygons that no parcel of the plan has."""
    columns: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Columns of the files that hold the polygons, and those that could tell which block each is."""
    broken: tuple[tuple[Position, Text], ...] = ()
    """Parcels whose polygon could not be looked at at all, each with the reason."""
    noticed: tuple[Finding, ...] = ()
    """What was found where the polygons were read."""
    facts: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What functions marked as :func:`fact` said of it."""

    @property
    def zones(self) -> tuple[ZoneCase, ...]:
        """Every zone of the plan, in the order of the text."""
        return _zones(self)


def moved(case: Case, shapes: Mapping[str, BaseGeometry]) -> Case:
    """Return a case with other polygons in the place of some, by parcel id; those that lay nowhere too."""
    if not shapes:
        return case
    kept = {d.parcel.id: d for d in case.drawn}
    everything = [shapes.get(key, d.shape) for key, d in kept.items()] + [
        shapes[p.parcel.id] for p, _ in case.nowhere if p.parcel.id in shapes
    ]
    plane = LocalPlane.around(everything)
    columns = _measures(
        np.array(list(shapes.values()), dtype=object),
        surveyed=True,
        plane=plane,
        point_error_m=case.settings.point_error_m or 0.0,
    )
    rows = dict(zip(shapes, zip(*columns.values(), strict=True), strict=True))
    changed = {key: dict(zip(columns, row, strict=True)) for key, row in rows.items()}
    drawn = {
        key: replace(d, **changed[key]) if key in changed else replace(d, xy=plane.to_xy(d.shape))
        for key, d in kept.items()
    }
    for position, _ in case.nowhere:
        if (key := position.parcel.id) in changed:
            drawn[key] = Drawn(**position._asdict(), **_SURVEYED, **changed[key])
    order = [p.id for p in case.plan.parcels if p.id in drawn]
    return replace(case, drawn=tuple(drawn[key] for key in order), plane=plane, nowhere=())


_SURVEYED: dict[str, Any] = {
    "grade": "surveyed",
    "area_shaped": False,
    "edges": (),
    "band_km2": None,
    "doubt_km2": 0.0,
}
"""What goes for every polygon that was handed in."""


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
    look: Callable[[Case], Look]
    """What of the case it can look at."""


class Look(NamedTuple):
    """What a check has to look at in a case."""

    number: int
    """How many things it looks at."""
    lacking: Text
    """Why there is nothing, told where there is none."""
    hindered: tuple[Text, ...] = ()
    """What it should look at and cannot, each with the reason."""


def read_case(
    plan: Plan,
    drawing: Drawing | None,
    settings: Settings,
    named: Mapping[str, BaseGeometry],
    districts: Mapping[str, Sequence[BaseGeometry]],
    points: Mapping[str, Mapping[str, BaseGeometry]] | None = None,
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
    points : mapping of str to mapping of str to geometry, optional

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
        points=points or {},
        noticed=drawing.findings if drawing else (),
    )
    if drawing is None:
        return nothing
    parcels = drawing.parcels
    told = drawing.about.get("polygons", ())
    surveyed = "grade" not in parcels.columns or bool(parcels["grade"].eq("surveyed").any())
    listed = sum(source.get("listed", 0) for source in told)
    if settings.point_error_m is None:
        settings = replace(settings, point_error_m=LISTED_M if listed else MAPPED_M)
    positions = {position.parcel.id: position for position in _positions(plan)}
    wrong = dict(_wrong(parcels))
    nothing = replace(
        nothing,
        given=bool(told) or surveyed,
        listed=listed,
        stated=sum(source.get("stated", 0) for source in told),
        settings=settings,
        columns=(_all(told, "columns"), _all(told, "looked_for")),
        broken=tuple((positions[key], wrong[key]) for key in positions if key in wrong),
    )
    present = parcels[~(parcels.geometry.isna() | parcels.index.isin(list(wrong)))]
    lost = np.abs(present.geometry.bounds[["miny", "maxy"]].to_numpy()).max(axis=1, initial=0) > 90
    nothing = replace(nothing, nowhere=_nowhere(plan, present[lost]))
    present = present[~lost]
    if present.empty:
        return nothing
    plane = LocalPlane.around(present.geometry.to_numpy())
    unmatched = sorted(map(str, set(present.index) - set(positions)))
    return replace(
        nothing,
        drawn=tuple(_drawn(plan, present, drawing.edges_of(), plane, settings.point_error_m or 0.0)),
        plane=plane,
        unmatched=tuple(unmatched),
    )


def _nowhere(plan: Plan, parcels: geopandas.GeoDataFrame) -> tuple[tuple[Position, BaseGeometry], ...]:
    shapes = dict(zip(parcels.index, parcels.geometry, strict=True))
    return tuple((p, shapes[p.parcel.id]) for p in plan.walk() if p.parcel.id in shapes)


def _all(told: Iterable[Mapping[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for source in told for name in source.get(key, ())))


def _positions(plan: Plan) -> Iterator[Position]:
    """Yield every parcel, and each block of several before its own, as if it were one without sides."""
    seen: set[str] = set()
    for position in plan.walk():
        block = position.block
        if len(block.parcels) > 1 and block.id not in seen:
            seen.add(block.id)
            sides: dict[Direction, tuple[Feature, ...]] = dict.fromkeys(DIRECTIONS, ())
            yield Position(position.zone, block, Parcel(id=block.id, abuttals=sides, span=block.span))
        yield position


def _wrong(parcels: geopandas.GeoDataFrame) -> Iterator[tuple[str, Text]]:
    """Yield what keeps polygons from being looked at; what is undetermined was said to have none."""
    found = faults(parcels.geometry.to_numpy())
    grades = parcels["grade"] if "grade" in parcels.columns else ["surveyed"] * len(parcels)
    for key, fault, grade, shape in zip(parcels.index, found, grades, parcels.geometry, strict=True):
        if fault is not None and (grade == "surveyed" or shape is not None):
            yield str(key), fault


def _drawn(
    plan: Plan,
    parcels: geopandas.GeoDataFrame,
    edges: Mapping[str, tuple[Edge, ...]],
    plane: LocalPlane,
    point_error_m: float,
) -> Iterator[Drawn]:
    """Yield the polygons of a frame in the order of the text; what belongs to no parcel is left out."""

    def column(name: str, otherwise: object) -> list[Any]:
        return parcels[name].tolist() if name in parcels.columns else [otherwise] * len(parcels)

    shapes = parcels.geometry.to_numpy()
    grades = column("grade", "surveyed")
    surveyed = np.array(grades) == "surveyed"
    columns = {
        **_measures(shapes, surveyed, plane, point_error_m),
        "grade": grades,
        "area_shaped": map(bool, column("area_shaped", False)),
        "band_km2": map(_band, column("area_near_km2", np.nan), column("area_far_km2", np.nan)),
        "doubt_km2": np.nan_to_num(np.array(column("area_doubt_km2", 0.0), dtype=float)).tolist(),
    }
    rows = dict(zip(parcels.index, zip(*columns.values(), strict=True), strict=True))
    for position in _positions(plan):
        key = position.parcel.id
        if key in rows:
            row: dict[str, Any] = dict(zip(columns, rows[key], strict=True))
            yield Drawn(**position._asdict(), **row, edges=edges.get(key, ()))


_STEPS = sorted([*(10.0**d for d in range(3, 9)), *(3600 * 10.0**d for d in range(4))])
"""Steps of a degree that coordinates are rounded to: decimals from three on, seconds and their decimals. With
more than eight decimals the last is below a millimetre."""


def _corner_errors_m(shapes: NDArray[np.object_], survey_m: float) -> NDArray[np.float64]:
    """Return the mean error of each polygon's corners: the survey's, and that of their degrees' digits."""
    return np.array([np.hypot(survey_m, _last_digit_m(shape) / np.sqrt(6)) for shape in shapes])


def _last_digit_m(shape: BaseGeometry) -> float:
    """Return what one unit of the last digit of coordinates in degrees is, in metres along a meridian.

    Rounding to a digit q makes a mean error of q/√12 of each coordinate, and q/√6 of both.
    """
    degrees = shapely.get_coordinates(shape)
    for steps in _STEPS:
        scaled = degrees * steps
        # What is read from text differs from the number by some units of the last place of a double.
        if np.abs(scaled - np.round(scaled)).max(initial=0.0) < 1e-4:
            return float(METRES_PER_DEGREE / steps)
    return 0.0


def _measures(
    shapes: NDArray[np.object_], surveyed: NDArray[np.bool_] | bool, plane: LocalPlane, point_error_m: float
) -> dict[str, Sequence[Any]]:
    """Return what is computed from the polygons themselves, by the fields of :class:`Drawn`."""
    xy, is_area = plane.to_xy(shapes), shapely.get_dimensions(shapes) == 2
    is_sound = is_area & shapely.is_valid(shapes)
    # To cut the edges of what crosses itself would repair it.
    areas = np.where(surveyed & is_sound, area_m2(shapes, cut_m=SURVEY_CUT_M), area_m2(shapes))
    return {
        "shape": shapes.tolist(),
        "xy": xy.tolist(),
        "area_km2": (areas / 1e6).tolist(),
        "sigma_km2": (area_error_m2(xy, _corner_errors_m(shapes, point_error_m)) / 1e6).tolist(),
        "is_area": is_area.tolist(),
        "is_sound": is_sound.tolist(),
    }


def _band(near: float | None, far: float | None) -> tuple[float, float] | None:
    return None if near is None or far is None or not np.isfinite([near, far]).all() else (near, far)
