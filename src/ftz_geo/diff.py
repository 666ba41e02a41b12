"""Two versions of a plan, or of a set of polygons, held against each other.

What belongs together is found by what it says, not by where it stands: zones, blocks and parcels
are matched one to one by name, label and sides, so that a block that only moved up in the list is
not taken for another.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import shapely
from shapely.affinity import translate

from ftz_geo.compass import DIRECTIONS
from ftz_geo.errors import GeometryError
from ftz_geo.frame import checked
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import LABELS_ZH, Block, Parcel, Zone
from ftz_geo.wording import plain_area, plain_number

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    import geopandas
    from numpy.typing import NDArray

    from ftz_geo.model import Area, Feature, Plan, Span

__all__ = ["Change", "diff_parcels", "diff_plans"]

SIDES_WEIGHT, NAME_WEIGHT, LABEL_WEIGHT = 3.0, 2.0, 1.0
"""What the sides, the name and the label of two parts say about their being the same."""

SAME_PART = 0.3
"""From which agreement on, 0 to 1, two parts are two versions of one. With all sides changed, a name
is enough (0.4) and a label is not (0.25): labels are given anew when a block is taken out."""

DRAWING_TOLERANCE_M = 0.01
"""How far edges of one polygon in two files may differ by rounding alone."""

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference between two versions."""

    change: str
    """What happened: ``zone-added``, ``block-gone``, ``parcel-renamed``, ``area-changed``,
    ``count-changed``, ``side-changed``, ``polygon-changed`` …"""
    old_id: str | None = None
    """Id of the zone, block or parcel in the old version; None for what was added."""
    new_id: str | None = None
    side: str | None = None
    """The side, where one changed."""
    before: str | None = None
    """What the old version says; the names of a side, as written, joined by 、."""
    after: str | None = None
    difference_km2: float | None = None
    """New area less old area."""
    moved_m: float | None = None
    """How far the polygon's centre moved."""
    symmetric_difference_km2: float | None = None
    """Area that only one of the two polygons covers."""
    zh: str
    en: str
    old_spans: tuple[Span, ...] = ()
    new_spans: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "change": self.change,
            "old_id": self.old_id,
            "new_id": self.new_id,
            "side": self.side,
            "before": self.before,
            "after": self.after,
            "difference_km2": self.difference_km2,
            "moved_m": self.moved_m,
            "symmetric_difference_km2": self.symmetric_difference_km2,
            "message": {"zh": self.zh, "en": self.en},
            "old_spans": [list(s) for s in self.old_spans],
            "new_spans": [list(s) for s in self.new_spans],
        }


def diff_plans(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Say in words what changed from one version of a plan to another.

    Parameters
    ----------
    old, new : Plan
        For example the draft for comment and the final text.

    Returns
    -------
    tuple of Change
        In the order of the new plan, each zone followed by its blocks; what is gone comes after
        what is left of its zone. Empty where both say the same, however they word the rest.

    Examples
    --------
    >>> from ftz_geo.parse import parse_plan
    >>> old = parse_plan("区块一：面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。")
    >>> new = parse_plan("区块一：面积1.2平方公里，东至甲路、南至戊路、西至丙路、北至丁路。")
    >>> for change in diff_plans(old, new):
    ...     print(change.zh)
    区块一：面积由“1平方公里”改为“1.2平方公里”（+0.2平方公里）
    区块一：南至由“乙路”改为“戊路”
    """
    changes: list[Change] = []
    gone: list[tuple[Zone, Block]] = []
    added: list[tuple[Zone, Block]] = []
    for zone, later_zone in _pairs(old.zones, new.zones, _agreement):
        if zone is None or later_zone is None:
            changes.append(_come_or_gone("zone", "片区", (zone,), (later_zone,)))
        else:
            changes += _zone_changes(zone, later_zone)
        blocks = zone.blocks if zone else ()
        later_blocks = later_zone.blocks if later_zone else ()
        for block, later_block in _pairs(blocks, later_blocks, _agreement):
            if zone and later_zone and block and later_block:
                changes += _block_changes((zone, block), (later_zone, later_block))
            elif zone and block:
                gone.append((zone, block))
            elif later_zone and later_block:
                added.append((later_zone, later_block))
    # A block that left one zone may have come to another; its label there says nothing.
    for was, now in _pairs(gone, added, lambda a, b: _agreement(a[1], b[1], labels=False)):
        if was and now and was[0].name != now[0].name:
            changes.append(_moved_block(was, now))
            changes += _block_changes(was, now)
        elif was and now:
            changes += _block_changes(was, now)
        else:
            changes.append(_come_or_gone("block", "区块", was or (None,), now or (None,)))
    return tuple(changes)


def _pairs(
    old: Sequence[_T], new: Sequence[_T], agreement: Callable[[_T, _T], float]
) -> Iterator[tuple[_T | None, _T | None]]:
    """Match two lists one to one; yield pairs in the new one's order, then what of the old is left."""
    score = np.array([[agreement(a, b) for b in new] for a in old]).reshape(len(old), len(new))
    for i, j in _assigned(score):
        yield None if i is None else old[i], None if j is None else new[j]


def _assigned(score: NDArray[np.float64]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the pairs of rows and columns of the greatest total agreement, and what is left alone.

    >>> list(_assigned(np.array([[0.4, 0.9], [0.9, 1.0], [0.1, 0.2]])))
    [(1, 0), (0, 1), (2, None)]
    """
    from scipy.optimize import linear_sum_assignment

    # Of equal agreements the one that keeps the order of the lists is meant.
    rows, columns = np.indices(score.shape)
    known = np.where(score >= SAME_PART, score - 1e-6 * np.abs(rows - columns) / (1 + score.size), 0)
    matched = zip(*linear_sum_assignment(known, maximize=True), strict=True)
    row_of = {int(j): int(i) for i, j in matched if score[i, j] >= SAME_PART}
    for j in range(score.shape[1]):
        yield row_of.get(j), j
    for i in sorted(set(range(score.shape[0])) - set(row_of.values())):
        yield i, None


def _agreement(one: Zone | Block | Parcel, other: Zone | Block | Parcel, *, labels: bool = True) -> float:
    """Return how far two parts agree, 0 to 1, in what both of them state."""
    sides, other_sides = _side_keys(one), _side_keys(other)
    parts = []
    if sides and other_sides:
        parts.append((SIDES_WEIGHT, len(sides & other_sides) / len(sides | other_sides)))
    for attribute, weight in (("name", NAME_WEIGHT), ("label", LABEL_WEIGHT if labels else 0)):
        a, b = getattr(one, attribute, None), getattr(other, attribute, None)
        if a and b and weight:
            parts.append((weight, float(_plain(a) == _plain(b))))
    if not parts:
        return SAME_PART  # nothing tells them apart
    return sum(w * agreed for w, agreed in parts) / sum(w for w, _ in parts)


def _side_keys(part: Zone | Block | Parcel) -> frozenset[tuple[str, str]]:
    """Return every side of a part with every feature on it."""
    if isinstance(part, Zone | Block):
        return frozenset().union(*(_side_keys(parcel) for parcel in part.parcels))
    return frozenset((side, _plain(f.name)) for side, features in _listed(part).items() for f in features)


def _listed(parcel: Parcel) -> Mapping[str, tuple[Feature, ...]]:
    """Return the features of each side, of the ring and of the contents."""
    sides: dict[str, tuple[Feature, ...]] = {side: parcel.abuttals[side] for side in DIRECTIONS}
    return {**sides, "ring": parcel.ring, "members": parcel.members}


def _plain(words: str) -> str:
    """Return words without their spaces and in half width, which is how they are compared."""
    return "".join(unicodedata.normalize("NFKC", words).split())


# --- what changed within a pair -----------------------------------------------------------------

_Path = tuple[Zone | Block | Parcel, ...]


def _title(path: tuple[Zone | Block | Parcel | None, ...]) -> str:
    """Return what a part is called, with what it is part of."""
    words: list[str] = []
    for part in filter(None, path):
        own = [part.label, part.name] if isinstance(part, Block) else [getattr(part, "label", None)]
        words += filter(None, [part.name] if isinstance(part, Zone) else own)
    return " ".join(words) or next(p.id for p in reversed(path) if p is not None)


def _in_brackets(difference_km2: float | None) -> tuple[str, str]:
    """Return a difference of areas behind a statement, in both languages; nothing where there is none."""
    if not difference_km2:
        return "", ""
    zh, en = plain_area(difference_km2, signed=True)
    return f"（{zh}）", f" ({en})"


def _come_or_gone(
    what: str,
    zh: str,
    was: tuple[Zone | Block | Parcel | None, ...],
    now: tuple[Zone | Block | Parcel | None, ...],
) -> Change:
    """Tell of a part that one version alone has."""
    one, other = was[-1], now[-1]
    if other is not None:
        return _added(what, zh, other.id, _title(now), (other.span,))
    return _gone(what, zh, one.id if one else "", _title(was), (one.span,) if one else ())


def _added(what: str, zh: str, new_id: str, title: str, spans: tuple[Span, ...] = ()) -> Change:
    return Change(
        change=f"{what}-added",
        new_id=new_id,
        after=title,
        zh=f"{title}：新增的{zh}",
        en=f"{title}: {what} added",
        new_spans=spans,
    )


def _gone(what: str, zh: str, old_id: str, title: str, spans: tuple[Span, ...] = ()) -> Change:
    return Change(
        change=f"{what}-gone",
        old_id=old_id,
        before=title,
        zh=f"{title}：{zh}不再列入",
        en=f"{title}: {what} gone",
        old_spans=spans,
    )


def _moved_block(was: tuple[Zone, Block], now: tuple[Zone, Block]) -> Change:
    return Change(
        change="block-moved",
        old_id=was[1].id,
        new_id=now[1].id,
        before=was[0].name,
        after=now[0].name,
        zh=f"{_title(was)}：由{_title(was[:1])}划入{_title(now[:1])}，现为{_title(now[1:])}",
        en=f"{_title(was)}: moved from {_title(was[:1])} to {_title(now[:1])}, now {_title(now[1:])}",
        old_spans=(was[1].span,),
        new_spans=(now[1].span,),
    )


class _Said(NamedTuple):
    """A statement that a part makes, and what a change of it is."""

    change: str
    zh: str
    en: str


class _Both(NamedTuple):
    """A part in the old and in the new version, each with what it is part of."""

    was: _Path
    now: _Path

    def words(self, said: _Said, before: str | None, after: str | None) -> Iterator[Change]:
        """Compare a statement in words."""
        if _plain(before or "") != _plain(after or ""):
            yield self.changed(said, before, after)

    def area(self, zh: str, en: str, before: Area | None, after: Area | None) -> Iterator[Change]:
        """Tell a changed figure, and one that only claims another precision."""
        if before is after or (before and after and _claim(before) == _claim(after)):
            return
        change = self.changed(
            _Said("area-changed", zh, en),
            before.text if before else None,
            after.text if after else None,
            difference_km2=float(after.km2 - before.km2) if before and after else None,
        )
        yield replace(change, old_spans=_spans(before), new_spans=_spans(after))

    def side(self, side: str, features: Sequence[Feature], later: Sequence[Feature]) -> Iterator[Change]:
        """Compare the features of a side, of the ring, or of the contents."""
        if [_plain(f.name) for f in features] == [_plain(f.name) for f in later]:
            return
        before, after = ("、".join(f.name for f in listed) or None for listed in (features, later))
        change = self.changed(_Said("side-changed", _LISTED_ZH[side], side), before, after)
        yield replace(change, side=side, old_spans=_spans(*features), new_spans=_spans(*later))

    def changed(
        self, said: _Said, before: str | None, after: str | None, difference_km2: float | None = None
    ) -> Change:
        """Put a change of one statement in words."""
        title = _title(self.was)
        figure_zh, figure_en = _in_brackets(difference_km2)
        return Change(
            change=said.change,
            old_id=self.was[-1].id,
            new_id=self.now[-1].id,
            before=before,
            after=after,
            difference_km2=difference_km2,
            zh=f"{title}：{_words_zh(said.zh, before, after)}{figure_zh}",
            en=f"{title}: {_words_en(said.en, before, after)}{figure_en}",
            old_spans=(self.was[-1].span,),
            new_spans=(self.now[-1].span,),
        )


def _spans(*stated: Area | Feature | None) -> tuple[Span, ...]:
    """Return the one span from the first to the last of what is stated; none where nothing is."""
    spans = [words.span for words in stated if words]
    return ((spans[0][0], spans[-1][1]),) if spans else ()


def _claim(area: Area) -> Hashable:
    """Return what an area states: the figure, what its last digit is worth, and whether it is about that."""
    return area.km2, area.half_width_km2, area.approximate


_LISTED_ZH: Mapping[str, str] = {
    **{side: f"{LABELS_ZH[side]}至" for side in DIRECTIONS},
    "ring": "四周",
    "members": "包括",
}


def _zone_changes(was: Zone, now: Zone) -> Iterator[Change]:
    both = _Both((was,), (now,))
    yield from both.words(_Said("zone-renamed", "名称", "name"), was.name, now.name)
    yield from both.area("总面积", "total area", was.declared_area, now.declared_area)
    counts = (z.declared_block_count for z in (was, now))
    before, after = (None if count is None else str(count) for count in counts)
    yield from both.words(_Said("count-changed", "区块个数", "number of blocks"), before, after)


def _block_changes(was: tuple[Zone, Block], now: tuple[Zone, Block]) -> Iterator[Change]:
    both, one, other = _Both(was, now), was[-1], now[-1]
    yield from both.words(_Said("block-relabelled", "编号", "label"), one.label, other.label)
    yield from both.words(_Said("block-renamed", "名称", "name"), one.name, other.name)
    yield from both.area("面积", "area", one.declared_area, other.declared_area)
    if len(one.parcels) == len(other.parcels) == 1:
        # Whatever its sides say now, the one parcel of a block is that block.
        yield from _parcel_changes((*was, one.parcels[0]), (*now, other.parcels[0]))
        return
    for parcel, later in _pairs(one.parcels, other.parcels, _agreement):
        if parcel and later:
            yield from _parcel_changes((*was, parcel), (*now, later))
        else:
            yield _come_or_gone("parcel", "地块", (*was, parcel), (*now, later))


def _parcel_changes(was: tuple[Zone, Block, Parcel], now: tuple[Zone, Block, Parcel]) -> Iterator[Change]:
    both, one, other = _Both(was, now), was[-1], now[-1]
    yield from both.words(_Said("parcel-relabelled", "编号", "label"), one.label, other.label)
    yield from both.area("面积", "area", one.declared_area, other.declared_area)
    later = _listed(other)
    for side, features in _listed(one).items():
        yield from both.side(side, features, later[side])


def _words_zh(what: str, before: str | None, after: str | None) -> str:
    """Return in Chinese what became of a statement.

    >>> _words_zh("南至", "乙路", "丙路"), _words_zh("南至", None, "丙路"), _words_zh("面积", "1公顷", None)
    ('南至由“乙路”改为“丙路”', '增写南至“丙路”', '不再写面积（原为“1公顷”）')
    """
    if before is None:
        return f"增写{what}“{after}”"
    return f"不再写{what}（原为“{before}”）" if after is None else f"{what}由“{before}”改为“{after}”"


def _words_en(what: str, before: str | None, after: str | None) -> str:
    """Return in English what became of a statement.

    >>> _words_en("south", "乙路", "丙路"), _words_en("south", None, "丙路")
    ('south 乙路 became 丙路', 'south 丙路 is new')
    """
    if before is None:
        return f"{what} {after} is new"
    return f"{what} {before} is gone" if after is None else f"{what} {before} became {after}"


# --- polygons -----------------------------------------------------------------------------------

_TEXT_CHANGES = (
    ("zone", "zone-renamed", "片区", "zone"),
    ("block", "block-relabelled", "编号", "label"),
    ("block_name", "block-renamed", "名称", "name"),
    ("parcel", "parcel-relabelled", "地块", "parcel"),
    *((side, "side-changed", f"{LABELS_ZH[side]}至", side) for side in DIRECTIONS),
)
"""Columns of text, what a change of theirs is, and what it is called."""

_AREA = "declared_area_km2"


def diff_parcels(old: geopandas.GeoDataFrame, new: geopandas.GeoDataFrame) -> tuple[Change, ...]:
    """Say in words what changed from one set of polygons to another.

    Polygons are matched by overlap, name and label; edges that differ by less than
    :data:`DRAWING_TOLERANCE_M` are the same.

    Parameters
    ----------
    old, new : GeoDataFrame
        Polygons in EPSG:4326, indexed by id; of the columns of ``blocks.geojson``, those that
        both have are compared too.

    Returns
    -------
    tuple of Change
        In the order of the new set, then what is gone. Areas are CGCS2000 ellipsoid areas.

    Raises
    ------
    GeometryError
        A set is not in EPSG:4326, or holds an invalid polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> old = gpd.GeoDataFrame({"block": ["区块一"]}, geometry=[box(117, 39, 117.01, 39.01)], crs=4326)
    >>> new = gpd.GeoDataFrame({"block": ["区块一"]}, geometry=[box(117, 39, 117.01, 39.02)], crs=4326)
    >>> print(diff_parcels(old, new)[0].en)
    区块一: area 0.96162 km² became 1.923107 km² (+0.961487 km²), centre moved by 555 m, 0.961487 km² differ
    """
    was, now = _Shapes.of(old), _Shapes.of(new)
    drawn = [polygon for polygon in (*was.polygons, *now.polygons) if polygon is not None]
    if drawn:
        plane = LocalPlane.around(drawn)
        was, now = was.on(plane), now.on(plane)
    return tuple(_shape_changes(was, now))


@dataclass(frozen=True, kw_only=True)
class _Shapes:
    """One set of polygons."""

    frame: geopandas.GeoDataFrame
    ids: tuple[str, ...]
    polygons: NDArray[np.object_]
    """Shape (n,): None where there is none; in degrees, and in metres once they are on a plane."""
    area_km2: NDArray[np.float64]
    """Shape (n,): on the ellipsoid; nan where there is no polygon."""

    @classmethod
    def of(cls, frame: geopandas.GeoDataFrame) -> _Shapes:
        frame = checked(frame)
        lonlat = np.array(frame.geometry.to_numpy(), dtype=object)
        lonlat[shapely.is_empty(lonlat)] = None
        ids = tuple(map(str, frame.index))
        for parcel_id, polygon in zip(ids, lonlat, strict=True):
            if polygon is not None and (shapely.get_dimensions(polygon) != 2 or not polygon.is_valid):
                why = shapely.is_valid_reason(polygon)
                raise GeometryError(
                    f"{parcel_id}: {why}, {polygon.geom_type}; only valid polygons are compared"
                )
        return cls(frame=frame, ids=ids, polygons=lonlat, area_km2=area_m2(lonlat) / 1e6)

    def on(self, plane: LocalPlane) -> _Shapes:
        """Return them on a plane."""
        return replace(self, polygons=plane.to_xy(self.polygons))

    def text(self, column: str) -> NDArray[np.object_]:
        """Return a column as text, shape (n,), None where there is none."""
        if column not in self.frame.columns:
            return np.full(len(self.ids), None, dtype=object)
        values = self.frame[column]
        present = values.notna() & (values.astype(str) != "")
        return np.asarray(values.astype(str).astype(object).where(present, None).to_numpy(), dtype=object)

    def title(self, i: int) -> str:
        """Return what a polygon is called."""
        words = [self.text(column)[i] for column in ("zone", "block", "block_name", "parcel")]
        return " ".join(dict.fromkeys(w for w in words if w)) or self.ids[i]


def _shape_changes(was: _Shapes, now: _Shapes) -> Iterator[Change]:
    for i, j in _assigned(_shape_agreement(was, now)):
        if i is not None and j is not None:
            yield from _statement_changes(was, now, i, j)
            yield from _outline_change(was, now, i, j)
        elif j is not None:
            yield _added("polygon", "图形", now.ids[j], now.title(j))
        elif i is not None:
            yield _gone("polygon", "图形", was.ids[i], was.title(i))


def _shape_agreement(was: _Shapes, now: _Shapes) -> NDArray[np.float64]:
    """Return how far each two polygons agree, 0 to 1, shape (n, m)."""
    shape = len(was.ids), len(now.ids)
    i, j = shapely.STRtree(now.polygons).query(was.polygons, predicate="intersects")
    shared = shapely.area(shapely.intersection(was.polygons[i], now.polygons[j]))
    overlap = np.zeros(shape)
    overlap[i, j] = shared / (shapely.area(was.polygons[i]) + shapely.area(now.polygons[j]) - shared)
    drawn = ~shapely.is_missing(was.polygons)[:, None] & ~shapely.is_missing(now.polygons)[None, :]
    total, weight = SIDES_WEIGHT * overlap, SIDES_WEIGHT * drawn
    for column, value in (("block_name", NAME_WEIGHT), ("zone", LABEL_WEIGHT), ("block", LABEL_WEIGHT)):
        one, other = was.text(column)[:, None], now.text(column)[None, :]
        known = (one != None) & (other != None)  # noqa: E711  (element by element)
        total = total + value * (known & (one == other))
        weight = weight + value * known
    same_id = np.array(was.ids)[:, None] == np.array(now.ids)[None, :]
    return np.asarray(np.where(weight > 0, total / np.maximum(weight, 1), same_id), dtype=float)


def _statement_changes(was: _Shapes, now: _Shapes, i: int, j: int) -> Iterator[Change]:
    """Compare what the columns that both sets have state of a polygon."""
    title = was.title(i)
    for column, change, zh, en in _TEXT_CHANGES:
        if column not in was.frame.columns or column not in now.frame.columns:
            continue
        before, after = was.text(column)[i], now.text(column)[j]
        if _plain(before or "") != _plain(after or ""):
            yield Change(
                change=change,
                old_id=was.ids[i],
                new_id=now.ids[j],
                side=column if column in DIRECTIONS else None,
                before=before,
                after=after,
                zh=f"{title}：{_words_zh(zh, before, after)}",
                en=f"{title}: {_words_en(en, before, after)}",
            )
    figures = [float(text) for text in (was.text(_AREA)[i], now.text(_AREA)[j]) if text is not None]
    if len(figures) == 2 and figures[0] != figures[1]:
        difference = figures[1] - figures[0]
        before, after = (plain_area(figure) for figure in figures)
        in_zh, in_en = _in_brackets(difference)
        yield Change(
            change="area-changed",
            old_id=was.ids[i],
            new_id=now.ids[j],
            before=plain_number(figures[0], 9),
            after=plain_number(figures[1], 9),
            difference_km2=difference,
            zh=f"{title}：{_words_zh('公布面积', before[0], after[0])}{in_zh}",
            en=f"{title}: {_words_en('stated area', before[1], after[1])}{in_en}",
        )


def _outline_change(was: _Shapes, now: _Shapes, i: int, j: int) -> Iterator[Change]:
    """Compare two polygons on one plane, metres."""
    title = was.title(i)
    old, new = was.polygons[i], now.polygons[j]
    if old is None and new is None:
        return
    if old is None or new is None:
        yield _drawn_or_lost(was.ids[i], now.ids[j], title, is_drawn=old is None)
        return
    tolerance = DRAWING_TOLERANCE_M * old.length
    apart = old.symmetric_difference(new).area
    if apart <= tolerance:
        return
    step = shapely.get_coordinates(new.centroid)[0] - shapely.get_coordinates(old.centroid)[0]
    moved_m = float(np.hypot(*step))
    difference = float(now.area_km2[j] - was.area_km2[i])
    is_same_shape = translate(old, *step).symmetric_difference(new).area <= tolerance
    if is_same_shape:
        zh, en = (f"{words}{metres}" for words, metres in zip(_MOVED_WHOLE, _metres(moved_m), strict=True))
    else:
        zh, en = _new_outline(was.area_km2[i], now.area_km2[j], moved_m, apart / 1e6)
    yield Change(
        change="polygon-moved" if is_same_shape else "polygon-changed",
        old_id=was.ids[i],
        new_id=now.ids[j],
        difference_km2=difference,
        moved_m=moved_m,
        symmetric_difference_km2=apart / 1e6,
        zh=f"{title}：{zh}",
        en=f"{title}: {en}",
    )


def _drawn_or_lost(old_id: str, new_id: str, title: str, *, is_drawn: bool) -> Change:
    return Change(
        change="polygon-drawn" if is_drawn else "polygon-lost",
        old_id=old_id,
        new_id=new_id,
        zh=f"{title}：{'原无图形，现有图形' if is_drawn else '原有图形，现无图形'}",
        en=f"{title}: {'has a polygon now' if is_drawn else 'has no polygon any more'}",
    )


_MOVED_WHOLE = "整体移动", "moved whole by "


def _metres(distance: float) -> tuple[str, str]:
    """Return a distance in both languages.

    >>> _metres(55.04), _metres(0.02)
    (('55米', '55 m'), ('不足0.1米', 'less than 0.1 m'))
    """
    if distance < 0.05:
        return "不足0.1米", "less than 0.1 m"
    return f"{plain_number(distance, 1)}米", f"{plain_number(distance, 1)} m"


def _new_outline(before_km2: float, after_km2: float, moved_m: float, apart_km2: float) -> tuple[str, str]:
    """Return in both languages how an outline changed."""
    before, after, apart = map(plain_area, (before_km2, after_km2, apart_km2))
    metres = _metres(moved_m)
    in_zh, in_en = _in_brackets(float(after_km2 - before_km2))
    area_zh = f"面积由{before[0]}改为{after[0]}" if before != after else f"面积仍为{after[0]}"
    area_en = f"area {before[1]} became {after[1]}" if before != after else f"area still {after[1]}"
    zh = f"{area_zh}{in_zh}，中心移动{metres[0]}，两版不重合的面积{apart[0]}"
    en = f"{area_en}{in_en}, centre moved by {metres[1]}, {apart[1]} differ"
    return zh, en
