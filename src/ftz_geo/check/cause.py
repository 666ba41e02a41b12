"""The one cause for which surveyed polygons do not lie where they should, searched and named.

A cause is named only where it explains plainly more than doing nothing, and where several explain alike, all
are named. The polygons stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from ftz_geo.check.case import fact, moved
from ftz_geo.check.districts import city_of, district_of
from ftz_geo.check.figures import number
from ftz_geo.check.fitting import Fit, Ground, Motion, fit, ground_of, moved_onto
from ftz_geo.check.readings import Reading, datums_of_shift, readings
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Finding, Text, title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.check.case import Case, ZoneCase
    from ftz_geo.model import Block, Parcel, Position

    _Back = Callable[[NDArray[np.object_]], NDArray[np.object_]]

_By = Literal["sides", "outline", "district", "china"]
"""What a cause is told by: lines or points named on sides, a district as large as the polygons, any district,
or nothing but that they lie outside China."""

__all__ = ["CAUSES", "causes", "explained", "gcj02", "mended"]

CAUSES = ("cause", "gcj02")
"""The checks that name causes."""

_SAMPLE = 24
"""Polygons that causes are tried on; what is found is verified on all."""

_EXPLAINED, _GAIN = 0.8, 0.25
"""Part of the sides that lie along their features once a cause is undone, and how much more that is than
before: half of the blocks moved, or noise of 20 m, gain less. A shift along one axis leaves half of the sides
where they are. Measured on the plans of tests/cause_cases.py."""

_LARGELY, _FAR = 0.6, 4.0
"""The same part where the polygons come nearer by this factor: corners that are 5 m rough and stand at the
edge of wide roads lie within the limit of their middle on three sides of four."""

_MANY = 20
"""Sides that do not come to lie along their features by chance."""

_NEARER = 0.6
"""Where there are fewer, of the distance before at most this remains in the median: the best shift of corners
that are rough by chance leaves more."""

_TURNED = 8
"""Fewer sides tell no turn or mirroring, and have to fit as those of near polygons: three sides of one block
may fit by chance."""

_LOST = 0.1
"""Part of all sides, at most, that lay along their features before and do so no more, or one side: if more
do, some blocks were in place, and it is no cause of all."""

_INSIDE = 0.9
"""The same for the part of the area within the district, of which no more than half lies there before."""

_ALIKE = 0.1
"""Causes that explain as much as the best, but for this, are told with it."""

_PLAINLY = 0.15
"""How much more of the sides a turn or a mirroring explains than a mere shift, with half of what remains
after that; by choice."""

_SAME_SCALE = 0.02
"""Causes after which areas are off from the stated ones by so much more than after another explain less: with
X and Y exchanged, another zone makes some percent."""

_AS_LARGE = 0.5
"""Part of a district's area from which polygons show a shift of some hundred metres by its outline alone: a
small one that lies outside by half a kilometre may simply lie there."""

_NOISE = 0.01
"""Share of an area that two maps of the same district differ by."""


class _Way(NamedTuple):
    """One way to bring polygons to where they belong."""

    family: str
    done: Text
    mend: Text
    back: _Back
    shift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cause:
    """What was probably done to all surveyed polygons of a zone."""

    ways: tuple[_Way, ...]
    """The best first, then those that explain as much."""
    by: _By
    before: Fit
    after: Fit
    name: str
    """Of the district, where one is known."""
    limit_m: float
    parcels: tuple[Parcel, ...]
    shapes: NDArray[np.object_]

    @property
    def check(self) -> str:
        """The id of the check that tells it."""
        return "gcj02" if self.ways[0].family == "GCJ-02" else "cause"


def causes(case: Case) -> Iterator[Finding]:
    """Find what was probably done to all surveyed polygons of a zone, or of the plan."""
    return (found for found in _found(case) if found.check == "cause")


def gcj02(case: Case) -> Iterator[Finding]:
    """Find surveyed polygons that were taken from a web map."""
    return (found for found in _found(case) if found.check == "gcj02")


def explained(case: Case) -> Mapping[str, str]:
    """Return the check that names a cause, by the id of each zone that has one."""
    return {zone: cause.check for zone, cause in _causes(case).items()}


def mended(case: Case) -> Case:
    """Return the case as it would be without the causes found; the case itself where there is none."""
    return moved(
        case,
        {
            parcel.id: shape
            for cause in _causes(case).values()
            for parcel, shape in zip(cause.parcels, cause.ways[0].back(cause.shapes), strict=True)
        },
    )


@fact
def _found(case: Case) -> tuple[Finding, ...]:
    """Return one finding for all zones that share a cause, and one for each polygon that lies nowhere."""
    causes = _causes(case)
    groups: dict[int, list[ZoneCase]] = {}
    for zone in case.zones:
        if cause := causes.get(zone.zone.id):
            groups.setdefault(id(cause.ways), []).append(zone)
    surveyed = sum(bool(_suspects(zone)) for zone in case.zones)
    return (
        *(
            _finding(
                zones, _together([causes[zone.zone.id] for zone in zones]), is_all=len(zones) == surveyed
            )
            for zones in groups.values()
        ),
        *(_nowhere(position) for position, _ in case.nowhere if position.zone.id not in causes),
    )


class _Suspect(NamedTuple):
    block: Block
    parcel: Parcel
    shape: BaseGeometry

    @property
    def stated_m2(self) -> float:
        area = self.block.stated_area(self.parcel)
        return float(area.km2) * 1e6 if area else np.nan


def _suspects(zone: ZoneCase) -> list[_Suspect]:
    """Return the surveyed polygons of a zone, those that lie nowhere too."""
    surveyed = [
        _Suspect(d.block, d.parcel, d.shape) for d in zone.drawn if d.grade == "surveyed" and d.is_sound
    ]
    lost = [_Suspect(p.block, p.parcel, shape) for p, shape in zone.case.nowhere if p.zone.id == zone.zone.id]
    return surveyed + [suspect for suspect in lost if shapely.get_dimensions(suspect.shape) == 2]


# --- the search -----------------------------------------------------------------------------


@fact
def _causes(case: Case) -> Mapping[str, _Cause]:
    """Return by zone id the cause that explains where its surveyed polygons lie.

    What one zone has is tried first on the next.
    """
    found: dict[str, _Cause] = {}
    tried: list[tuple[_Way, ...]] = []
    for zone in case.zones:
        if (cause := _cause(zone, tried)) is not None:
            found[zone.zone.id] = cause
            if not any(cause.ways is ways for ways in tried):
                tried.append(cause.ways)
    return found


def _cause(zone: ZoneCase, tried: Sequence[tuple[_Way, ...]]) -> _Cause | None:
    suspects = _suspects(zone)
    if not suspects:
        return None
    case, plan = zone.case, zone.case.plan
    parcels = tuple(suspect.parcel for suspect in suspects)
    shapes = np.array([suspect.shape for suspect in suspects], dtype=object)
    stated_m2 = np.array([suspect.stated_m2 for suspect in suspects])
    name, outline = (
        district_of(zone.zone, plan, case.districts) or city_of(zone.zone, plan, case.districts) or ("", None)
    )
    ground = ground_of(case, zone.zone, parcels, stated_m2, outline)
    chosen = np.unique(np.linspace(0, len(parcels) - 1, _SAMPLE).astype(int))
    some, sample = ground.of(chosen), shapes[chosen]
    for by in _evidence(ground, shapes):
        if by != "outline" and _share(fit(some, sample), by) > 1 - _GAIN:
            return None
        for ways in (*tried, None):
            chosen_ways = _ways(some, sample, by) if ways is None else ways
            if not chosen_ways:
                continue
            before, after = fit(ground, shapes), fit(ground, chosen_ways[0].back(shapes))
            if _explains(before, after, by):
                limit_m = float(ground.limits_m.max(initial=0))
                return _Cause(
                    ways=chosen_ways,
                    by=by,
                    before=before,
                    after=after,
                    name=name,
                    limit_m=limit_m,
                    parcels=parcels,
                    shapes=shapes,
                )
    return None


def _evidence(ground: Ground, shapes: NDArray[np.object_]) -> Iterator[_By]:
    """Yield what may tell a cause, the best first: lines, and only without them an outline or China."""
    if ground.is_told_by_sides:
        yield "sides"
    elif ground.district is not None:
        if area_m2(shapes).sum() > _AS_LARGE * ground.district.area:
            yield "outline"
        yield "district"
    else:
        yield "china"


def _explains(before: Fit, after: Fit, by: _By) -> bool:
    """Whether polygons lie plainly better after than before."""
    if by == "outline":
        beyond, still = 1 - (before.inside or 0), 1 - (after.inside or 0)
        return beyond > _NOISE and still < beyond / 4
    share, gain = _share(after, by), _share(after, by) - _share(before, by)
    if by != "sides":
        return share >= _INSIDE and gain >= _INSIDE - 0.5
    is_far = before.sides >= _TURNED and after.rest_m * _FAR <= before.rest_m
    least = _LARGELY if is_far else _EXPLAINED
    is_nearer = before.sides >= _MANY or after.rest_m <= _NEARER * before.rest_m
    lost = len(before.along - after.along)
    return share >= least and gain >= _GAIN and is_nearer and lost <= max(1, _LOST * before.sides)


def _share(fit: Fit, by: _By) -> float:
    """Return how much of what is known of their place polygons agree with."""
    if by == "sides":
        return len(fit.along) / fit.sides if fit.sides else 0.0
    return float(fit.in_china) if by == "china" else fit.inside or 0.0


def _ways(ground: Ground, shapes: NDArray[np.object_], by: _By) -> tuple[_Way, ...]:
    """Return the ways that bring some polygons to where they belong, the best first."""
    before = fit(ground, shapes)
    known = [_way(reading) for reading in readings(shapely.get_coordinates(shapes)) if _fits_in(reading, by)]
    tried = [(way, fit(ground, way.back(shapes))) for way in known]
    good = [(way, found) for way, found in tried if _explains(before, found, by)]
    if by != "sides":
        return _ranked(good, by)
    if good:
        return _ranked(good, by)
    near = sorted((found.rest_m, n) for n, (_, found) in enumerate(tried) if np.isfinite(found.rest_m))
    bases = [tried[n][0] for _, n in near if tried[n][0].family not in _CLOSE_BY]
    # A shift by hundreds of kilometres says less than a wrong zone and what remains after it.
    bases.insert(0 if np.isfinite(before.rest_m) else len(bases), _AS_IT_IS)
    for way in bases:
        laid = _motions(ground, shapes, way)
        better = [(w, found) for w, found in laid if _explains(before, found, by)]
        if better:
            return _plainest(better)
    return ()


def _fits_in(reading: Reading, by: _By) -> bool:
    if by == "outline":
        return reading.family in _CLOSE_BY
    return reading.leaves_china or by != "china"


def _ranked(good: Sequence[tuple[_Way, Fit]], by: _By) -> tuple[_Way, ...]:
    """Return the best way, and those that explain as much."""
    if not good:
        return ()
    least_off = min(found.scale_off for _, found in good) + _SAME_SCALE
    good = [(way, found) for way, found in good if found.scale_off <= least_off]
    order = sorted(good, key=lambda pair: (-_share(pair[1], by), pair[1].rest_m, pair[1].scale_off))
    best, least = order[0][1], _share(order[0][1], by) - _ALIKE
    alike = [
        way
        for way, found in order
        if _share(found, by) >= least and (by != "sides" or found.rest_m <= 2 * best.rest_m + 1)
    ]
    return tuple(alike)


def _way(reading: Reading) -> _Way:
    def back(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        return np.asarray(shapely.transform(shapes, reading.back))

    return _Way(reading.family, reading.done, reading.mend, back)


_AS_IT_IS = _Way("", Text("", ""), Text("", ""), lambda shapes: shapes)

_CLOSE_BY = ("GCJ-02", "BD-09")
"""Families that move by less than what a shift would tell as well."""


_KINDS = (((1.0, 1.0), False), ((1.0, 1.0), True), ((-1.0, 1.0), False), ((1.0, -1.0), False))
"""How a motion mirrors, and whether it turns; the simplest first."""


def _motions(ground: Ground, shapes: NDArray[np.object_], way: _Way) -> Iterator[tuple[_Way, Fit]]:
    """Yield the shift, the turn and the mirrorings that bring polygons best onto their lines."""
    given = way.back(shapes)
    xy, known = ground.plane.to_xy(given), int((ground.targets >= 0).sum())
    for mirror, turns in _KINDS[: None if known >= _TURNED else 1]:
        motion = moved_onto(ground, xy, mirror=mirror, turns=turns)

        def back(some: NDArray[np.object_], motion: Motion = motion) -> NDArray[np.object_]:
            moved_xy = shapely.transform(ground.plane.to_xy(way.back(some)), motion.of)
            return ground.plane.to_lonlat(moved_xy)

        found = fit(ground, back(shapes))
        yield _moved_way(way, motion, ground.plane, back), found


def _plainest(better: Sequence[tuple[_Way, Fit]]) -> tuple[_Way, ...]:
    """Return the first, which is the simplest, unless another explains plainly more."""
    chosen, best = better[0]
    for way, found in better[1:]:
        more = _share(found, "sides") - _share(best, "sides")
        if more >= _PLAINLY and found.rest_m <= best.rest_m / 2:
            chosen, best = way, found
    return (chosen,)


def _moved_way(way: _Way, motion: Motion, plane: LocalPlane, back: _Back) -> _Way:
    done, mend = _words(motion, plane)
    if way.family:
        done = way.done + Text("，此外", ", and beside that ") + done
        mend = way.mend + Text("，再", ", then ") + mend
    family = way.family or ("mirror" if min(motion.mirror) < 0 else "turn" if motion.turn else "shift")
    return _Way(family, done, mend, back, motion.shift)


# --- the words ------------------------------------------------------------------------------


def _words(motion: Motion, plane: LocalPlane) -> tuple[Text, Text]:
    """Return what was done, and how to mend it, where polygons were moved as a whole."""
    east, north = motion.shift
    by = Text(
        f"向{'东' if east >= 0 else '西'} {number(abs(east), 0)} 米、"
        f"向{'北' if north >= 0 else '南'} {number(abs(north), 0)} 米",
        f"{number(abs(east), 0)} m {'east' if east >= 0 else 'west'} and "
        f"{number(abs(north), 0)} m {'north' if north >= 0 else 'south'}",
    )
    mend = Text(f"整体移动后可归位：{by.zh}", f"move them {by.en}")
    if min(motion.mirror) < 0:
        across = motion.mirror[0] < 0
        return (
            Text(
                f"成了镜像，{'东西' if across else '南北'}颠倒",
                f"mirrored, {'east' if across else 'north'} for {'west' if across else 'south'}",
            ),
            Text("请改正该轴的符号", "change the sign of that axis"),
        )
    if motion.turn:
        degrees = float(np.degrees(motion.turn))
        clock = Text("逆时针", "counter-clockwise") if degrees > 0 else Text("顺时针", "clockwise")
        turned = number(abs(degrees), 1)
        return (
            Text(
                f"整体转动过：{clock.zh}转 {turned}°、{by.zh}后归位",
                f"turned as a whole: turned {clock.en} by {turned}° and moved {by.en} they lie in place",
            ),
            Text("请核对坐标系是否为独立坐标系", "see whether they are in a local system of their own"),
        )
    said = Text(f"整体平移过：{by.zh}后归位", f"shifted as a whole: moved {by.en} they lie in place")
    datum = datums_of_shift(plane.lon, plane.lat, east, north)
    if datum is None:
        return said, mend
    return (
        said
        + Text(
            f"；{datum.zh}误作 CGCS2000 也约差这么多，与单纯的平移无从区分",
            f"; {datum.en} read as CGCS2000 is off by about as much, and a mere shift cannot be told from it",
        ),
        Text(f"请核对坐标系是否为 {datum.zh}", f"see whether their datum is {datum.en}"),
    )


def _finding(zones: Sequence[ZoneCase], cause: _Cause, *, is_all: bool) -> Finding:
    done, mend = _said(cause.ways)
    where = _where(zones, is_all=is_all)
    return Finding(
        check=cause.check,
        severity="error",
        zone_id=zones[0].zone.id if len(zones) == 1 else None,
        zh=f"{where.zh}：坐标很可能{done.zh}。{_proof(cause).zh}。{mend.zh}。",
        en=f"{where.en}: the coordinates are probably {done.en}. {_proof(cause).en}. To mend it, {mend.en}.",
        spans=tuple(parcel.span for parcel in cause.parcels),
    )


def _where(zones: Sequence[ZoneCase], *, is_all: bool) -> Text:
    if len(zones) == 1:
        name = title(zones[0].zone)
        return Text(name, name)
    if is_all:
        return Text("全部片区", "All zones")
    names = [title(zone.zone) for zone in zones]
    return Text("、".join(names), ", ".join(names))


def _said(ways: Sequence[_Way]) -> tuple[Text, Text]:
    """Return what was done and how to mend it; of several ways of one family only what they share."""
    first = {way.family: way for way in reversed(ways)}
    several = {way.family for way in ways if way.done != first[way.family].done}
    done = [_OF_FAMILY[f] if f in several else way.done for f, way in first.items()]
    mend = [_CHECK_ZONE if f in several else way.mend for f, way in first.items()]
    return _either(done[::-1]), _either(mend[::-1])


_OF_FAMILY = {
    "zone": Text("按错了带，哪一带不能由此确定", "read in a wrong zone; which one cannot be told"),
    "x-y": Text("X、Y 写反，北坐标当作了东坐标", "in swapped axes, X and Y exchanged"),
    "degrees": Text("以度为单位，却当作米读取", "in degrees and were read as metres"),
}
_CHECK_ZONE = Text(
    "请核对坐标系、带号与 X、Y 两列", "check their system, its zone and the columns of X and Y"
)


def _either(said: Sequence[Text]) -> Text:
    return Text("，或者".join(t.zh for t in said), ", or ".join(t.en for t in said))


def _proof(cause: _Cause) -> Text:
    """Return what a cause was found by, and what remains after it."""
    before, after = cause.before, cause.after
    if cause.by == "sides":
        limit, rest = number(cause.limit_m, 0), number(after.rest_m, 1)
        then, once = len(after.along), len(before.along)
        told = Text(
            f"按此还原，{after.sides} 条边中有 {then} 条在所称道路、河流的 {limit} 米以内（还原前 "
            f"{once} 条），剩余偏差中位数 {rest} 米",
            f"With it undone {then} of {after.sides} sides lie within {limit} m of the features that "
            f"they name, {once} before; what remains is {rest} m in the median",
        )
        if cause.name and after.inside is not None and before.inside is not None:
            told += _shares(cause, "，", ", and ")
        return told
    if cause.by == "china":
        return Text(
            "图形在中国境外，按此还原在境内；没有底图、点位或区县界可进一步核实",
            "They lie outside China, and within it once that is undone; no map or outline tells more",
        )
    return _shares(cause, "按此还原，", "With it undone ") + Text(
        "；剩余偏差须有底图才能量出", "; what remains cannot be measured without a map"
    )


def _shares(cause: _Cause, zh: str, en: str) -> Text:
    after, before = (number(100 * (fit.inside or 0), 0) for fit in (cause.after, cause.before))
    return Text(
        f"{zh}图形的 {after}% 在{cause.name}界内（还原前 {before}%）",
        f"{en}{after} % of their area lies in {cause.name}, {before} % before",
    )


def _together(causes: Sequence[_Cause]) -> _Cause:
    """Return one cause for the zones of a plan, with the counts of all."""

    def added(fits: Sequence[Fit]) -> Fit:
        inside = [f.inside for f in fits if f.inside is not None]
        return Fit(
            sides=sum(f.sides for f in fits),
            along=frozenset((n, m) for n, f in enumerate(fits) for m, _ in enumerate(f.along)),
            rest_m=float(np.median([f.rest_m for f in fits])),
            inside=float(np.mean(inside)) if len(inside) == len(fits) else None,
            in_china=all(f.in_china for f in fits),
            scale_off=max(f.scale_off for f in fits),
        )

    return replace(
        causes[0],
        before=added([cause.before for cause in causes]),
        after=added([cause.after for cause in causes]),
        name="、".join(dict.fromkeys(cause.name for cause in causes if cause.name)),
        parcels=tuple(parcel for cause in causes for parcel in cause.parcels),
    )


def _nowhere(position: Position) -> Finding:
    """Return that a polygon lies nowhere, and no cause was found."""
    return Finding(
        check="cause",
        severity="error",
        zone_id=position.zone.id,
        block_id=position.block.id,
        parcel_id=position.parcel.id,
        zh=f"{position.title}：纬度超出 90°，图形不在地球上，未作核对。",
        en=f"{position.title}: its latitudes are beyond 90°: it lies nowhere, and was not checked.",
        spans=(position.parcel.span,),
    )
