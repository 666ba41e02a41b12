"""The one line that stands for lines side by side: carriageways of a road, tracks of a railway, banks.

Every line is sampled and moved to the middle of what runs beside it. Of lines side by side the longest
stays, the others go, and what is left of them, where they part or cross over, is joined to it. All that
is drawn along a road afterwards is drawn along that one line, by every block in the same way.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from ftz_geo.trace.joining import closed_up, joined
from ftz_geo.trace.places import SAME_M, loose_ends, same_places, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROAD_WIDTH_M = 32.0
"""Lines of one name that run side by side within this are carriageways of one road. The widest urban
roads have rights of way of 55 m (GB 50220), in which the middles of two carriageways lie about half
as far apart."""

_SAMPLE_M = 15.0
_PARALLEL = np.cos(np.radians(20))
_ONWARD = np.cos(np.radians(60))  # a road that turns aside by less nowhere runs beside itself
_SMOOTH = 5  # samples that a shift is averaged over
_APART_M = 1.0  # lines closer than this are drawn twice rather than side by side
_SHORT_M = 2 * ROAD_WIDTH_M  # what joins two carriageways, and what parts before they run side by side


class _Samples(NamedTuple):
    """Points on lines, none farther than the sample from the next."""

    xy: NDArray[np.float64]
    """Shape (n, 2)."""
    left: NDArray[np.float64]
    """Shape (n, 2): unit directions to the left of the line."""
    line: NDArray[np.intp]
    """Shape (n,)."""
    along: NDArray[np.float64]
    """Shape (n,): metres along the lines, one after another."""
    step: NDArray[np.intp]
    """Shape (m,): points that are not the last of their line."""
    first: NDArray[np.intp]
    """Shape (number of lines,): the first point of each line,"""
    last: NDArray[np.intp]
    """and the last."""

    @property
    def is_end(self) -> NDArray[np.bool_]:
        """Tell which are the first or last of their line, shape (n,)."""
        found = np.zeros(len(self.xy), dtype=bool)
        found[self.first] = found[self.last] = True
        return found

    def of_each(self, values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Return what is known of each point line by line."""
        return np.split(values, self.first[1:])


def _samples(lines: NDArray[np.object_]) -> _Samples:
    xy, line = shapely.get_coordinates(shapely.segmentize(lines, _SAMPLE_M), return_index=True)
    goes_on = line[1:] == line[:-1]
    index = np.arange(len(xy))
    ahead = xy[index + np.append(goes_on, False)] - xy[index - np.append([False], goes_on)]
    left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T) * goes_on)])
    left = left / np.maximum(np.hypot(*ahead.T), SAME_M)[:, None]
    first = np.searchsorted(line, np.arange(len(lines)))
    last = np.append(first[1:], len(line)) - 1
    return _Samples(xy, left, line, along, np.flatnonzero(goes_on), first, last)


def _abreast(
    samples: _Samples, segments: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return samples, the segments, shape (m, 2, 2), that run beside them, and how far to the left."""
    xy, left = samples.xy, samples.left
    start, way = segments[:, 0], segments[:, 1] - segments[:, 0]
    probes = strings(np.stack([xy - ROAD_WIDTH_M * left, xy + ROAD_WIDTH_M * left], axis=1))
    i, j = shapely.STRtree(strings(segments)).query(probes)
    # Along the probe at i: xy + d * left = start + r * way.
    determinant = left[i, 0] * -way[j, 1] + left[i, 1] * way[j, 0]
    offset = start[j] - xy[i]
    with np.errstate(invalid="ignore", divide="ignore"):
        d = (offset[:, 0] * -way[j, 1] + offset[:, 1] * way[j, 0]) / determinant
        r = (left[i, 0] * offset[:, 1] - left[i, 1] * offset[:, 0]) / determinant
        level = np.abs(determinant) / np.hypot(*way[j].T)
    beside = (np.abs(d) <= ROAD_WIDTH_M) & (np.abs(r - 0.5) <= 0.5 + 1e-9) & (level >= _PARALLEL)
    return i[beside], j[beside], d[beside]


class Profile(NamedTuple):
    """How far off the outermost lines run on either side of a line."""

    along_m: NDArray[np.float64]
    """Shape (n,): places along the line."""
    left_m: NDArray[np.float64]
    """Shape (n,)."""
    right_m: NDArray[np.float64]

    def near_m(self, along_m: NDArray[np.float64], *, left: bool) -> NDArray[np.float64]:
        """Return the distance on one side; where nothing is left there, that on the other."""
        this, that = (self.left_m, self.right_m) if left else (self.right_m, self.left_m)
        return np.interp(along_m, self.along_m, np.where(this > _APART_M, this, that))

    def reach_m(self, along_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance on that side on which they run farther off."""
        return np.interp(along_m, self.along_m, np.maximum(self.left_m, self.right_m))


def profiles(lines: NDArray[np.object_], others: NDArray[np.object_]) -> list[Profile]:
    """Return how far off the outermost of other lines run beside each of some.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
    others : ndarray of LineString, shape (m,)
    """
    xy, line = shapely.get_coordinates(others, return_index=True)
    step = np.flatnonzero(line[1:] == line[:-1])
    samples = _samples(lines)
    i, _, d = _abreast(samples, np.stack([xy[step], xy[step + 1]], axis=1))
    left, right = np.zeros(len(samples.xy)), np.zeros(len(samples.xy))
    np.maximum.at(left, i, d)
    np.maximum.at(right, i, -d)
    along = samples.along - samples.along[samples.first][samples.line]
    return list(map(Profile, *(samples.of_each(values) for values in (along, left, right))))


def centre_lines(
    lines: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.float64]] | None:
    """Put one line along the middle in the place of lines that run side by side.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        Lines of one feature, cut where they cross, each in its normal form.

    Returns
    -------
    ndarray of LineString
        Lines cut where they cross.
    ndarray, shape (m, 2)
        Where lines of the feature end; other ends of the centre lines are where several became one.

    None where no lines run side by side.

    Examples
    --------
    >>> ways = shapely.linestrings([[(0, 0), (900, 0)], [(0, 24), (900, 24)]])
    >>> lines, tips = centre_lines(ways)
    >>> print(shapely.set_precision(lines[0], 0.01), len(tips))
    LINESTRING (0 12, 900 12) 4
    """
    if len(lines) == 1 and _runs_on(lines[0]):
        return None
    sides = _sides(lines)
    if not sides.several.any():
        return None
    whole = closed_up(lines)
    if whole is not lines:
        lines, sides = whole, _sides(whole)
    legs = _cut_at_folds(lines, sides)
    if legs is not lines:
        lines, sides = legs, _sides(legs)
    order = np.lexsort((np.arange(len(lines)), -shapely.length(lines)))
    found = _assembled(lines, sides.samples, _shift(sides), _stand_ins(sides, order), order)
    return found, loose_ends(lines).xy


def _runs_on(line: shapely.LineString) -> bool:
    """Tell whether no part of a line turns aside by more than 60°, let alone back."""
    xy = shapely.get_coordinates(line)
    step = np.diff(xy, axis=0)
    whole = xy[-1] - xy[0]
    return bool((step @ whole >= _ONWARD * np.hypot(*step.T) * np.hypot(*whole)).all())


class _Sides(NamedTuple):
    """What runs beside the samples of some lines."""

    samples: _Samples
    at: NDArray[np.intp]
    """Shape (k,): samples,"""
    segment: NDArray[np.intp]
    """shape (k,): the steps between samples that run beside them,"""
    left_m: NDArray[np.float64]
    """shape (k,): how far to the left."""
    middle_m: NDArray[np.float64]
    """Shape (n,): how far to the left of each sample the middle of all lies."""
    several: NDArray[np.bool_]
    """Shape (n,)."""


def _sides(lines: NDArray[np.object_]) -> _Sides:
    samples = _samples(lines)
    steps = np.stack([samples.xy[samples.step], samples.xy[samples.step + 1]], axis=1)
    at, segment, left_m = _abreast(samples, steps)
    # Of more lines than one road has, those nearest to each sample are of its road,
    order = np.lexsort((np.abs(left_m), at))
    at, segment, left_m = at[order], segment[order], left_m[order]
    step_up = 3 * ROAD_WIDTH_M * at  # more than any two differ: each sample begins anew
    span = np.maximum.accumulate(left_m + step_up) - np.minimum.accumulate(left_m - step_up) - 2 * step_up
    near = span <= ROAD_WIDTH_M
    at, segment, left_m = at[near], segment[near], left_m[near]
    # if it is of theirs.
    mine, other = samples.line[at], samples.line[samples.step[segment]]
    known = at * len(lines) + other
    back = (samples.step[segment] + np.array([[0], [1]])) * len(lines) + mine
    mutual = np.isin(back, known).any(axis=0)
    at, segment, left_m = at[mutual], segment[mutual], left_m[mutual]
    low, high = np.zeros(len(samples.xy)), np.zeros(len(samples.xy))
    np.minimum.at(low, at, left_m)
    np.maximum.at(high, at, left_m)
    return _Sides(samples, at, segment, left_m, (high + low) / 2, high - low > _APART_M)


def _cut_at_folds(lines: NDArray[np.object_], sides: _Sides) -> NDArray[np.object_]:
    """Cut out where lines turn round, as one does that leads from carriageway to carriageway.

    Either leg then ends beside the other, less than the sample before the turn.
    """
    samples, at, segment, left_m, *_ = sides
    start = samples.step[segment]
    way = samples.xy[start + 1] - samples.xy[start]
    across = samples.xy[at] + left_m[:, None] * samples.left[at] - samples.xy[start]
    begin, end = samples.along[at], samples.along[start] + (across * way).sum(axis=1) / np.hypot(*way.T)
    folded = (samples.line[at] == samples.line[start]) & (end > begin) & (end <= begin + _SHORT_M)
    folded &= (np.abs(left_m) > _APART_M) & ((samples.left[at] * samples.left[start]).sum(axis=1) < 0)
    turns: dict[int, list[tuple[float, float]]] = {}
    for k in np.flatnonzero(folded)[np.argsort((end - begin)[folded], kind="stable")].tolist():
        line = int(samples.line[at[k]])
        zero = samples.along[samples.first[line]]
        turn = float(begin[k] - zero), float(end[k] - zero)
        known = turns.setdefault(line, [])
        if all(turn[1] < a or turn[0] > b for a, b in known):
            known.append(turn)
    if not turns:
        return lines
    pieces = []
    for k, line in enumerate(lines):
        bounds = [0.0, *(x for turn in sorted(turns.get(k, ())) for x in turn), line.length]
        pieces += [substring(line, *ends) for ends in zip(bounds[::2], bounds[1::2], strict=True)]
    made: NDArray[np.object_] = shapely.normalize(np.array(pieces, dtype=object))
    return made[shapely.length(made) > SAME_M]


def _stand_ins(sides: _Sides, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each sample the line that stands for its own: one before in order, or an earlier stretch.

    -1 where its line stands for itself.
    """
    samples, at, segment, left_m, *_ = sides
    beside = samples.step[segment]
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    mine, other = rank[samples.line[at]], rank[samples.line[beside]]
    touching = samples.is_end[at] & (np.abs(left_m) < _APART_M)  # lines that meet end to end
    by_other = (other < mine) & ~touching
    behind = samples.along[beside] < samples.along[at] - _SHORT_M
    by_itself = (other == mine) & (np.abs(left_m) > _APART_M) & behind
    rows = np.flatnonzero(by_other | by_itself)
    rows = rows[np.lexsort((by_itself[rows], mine[rows]))]
    stand_in = np.full(len(samples.xy), -1)
    groups = np.flatnonzero(np.diff(2 * mine[rows] + by_itself[rows])) + 1
    for of_line in np.split(rows, groups):  # what another stands for stands for nothing
        seen = of_line[(stand_in[beside[of_line]] < 0) & (stand_in[beside[of_line] + 1] < 0)]
        stand_in[at[seen]] = samples.line[beside[seen]]
    return stand_in


def _shift(sides: _Sides) -> NDArray[np.float64]:
    """Return how each sample is moved to the middle, shape (n, 2)."""
    samples, *_, middle_m, several = sides
    shift = np.zeros((len(samples.xy), 2))
    for k in np.unique(samples.line[several]).tolist():
        own = slice(samples.first[k], samples.last[k] + 1)
        shift[own] = _smooth(middle_m[own], several[own])[:, None] * samples.left[own]
    return shift


def _smooth(shift: NDArray[np.float64], several: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how far each sample of a line is moved to its left, without jumps.

    Where one carriageway is missing the other keeps its distance from the middle, for as long as
    the road was seen to be wide; where two become one, the distance is nothing at the end.
    """
    known = np.flatnonzero(several)
    index = np.arange(len(shift))
    after = np.minimum(np.searchsorted(known, index), len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(index - known[before]) <= np.abs(known[after] - index), before, after)
    run = np.cumsum(np.concatenate([[0], np.diff(known) > 1]))
    seen = np.bincount(run)[run][nearest]
    filled = np.where(np.abs(known[nearest] - index) <= seen, np.interp(index, known, shift[known]), 0.0)
    edge = np.pad(filled, _SMOOTH // 2, mode="edge")
    return np.convolve(edge, np.full(_SMOOTH, 1 / _SMOOTH), mode="valid")


class _Stretch(NamedTuple):
    """A stretch of a line that no other stands for, with one covered sample where it is cut."""

    line: int
    bounds: tuple[int, int]
    """Its first and last sample."""
    stand_ins: tuple[int, int]
    """The lines that stand for what comes before it, and after; -1 where nothing comes."""

    @property
    def cut(self) -> tuple[bool, bool]:
        """Whether another line stands for what comes before it, and after."""
        return self.stand_ins[0] >= 0, self.stand_ins[1] >= 0

    @property
    def samples(self) -> slice:
        """All of its samples."""
        return slice(self.bounds[0], self.bounds[1] + 1)


def _stretches(stand_in: NDArray[np.intp], samples: _Samples, order: NDArray[np.intp]) -> Iterator[_Stretch]:
    for k in order.tolist():
        a, b = int(samples.first[k]), int(samples.last[k])
        free = np.flatnonzero(stand_in[a : b + 1] < 0) + a
        for run in np.split(free, np.flatnonzero(np.diff(free) > 1) + 1) if len(free) else []:
            start, end = max(int(run[0]) - 1, a), min(int(run[-1]) + 1, b)
            yield _Stretch(k, (start, end), (int(stand_in[start]), int(stand_in[end])))


def _assembled(
    lines: NDArray[np.object_],
    samples: _Samples,
    shift: NDArray[np.float64],
    stand_in: NDArray[np.intp],
    order: NDArray[np.intp],
) -> NDArray[np.object_]:
    """Return the lines moved, without what others stand for, joined where they met."""
    ends = np.concatenate([samples.first, samples.last])
    place, _ = same_places(samples.xy[ends])
    place_of = dict(zip(ends.tolist(), place.tolist(), strict=True))
    met = np.bincount(place)
    moves = _moved_places(place, shift[ends], stand_in[ends] >= 0)
    wide = np.hypot(*moves.T) > _APART_M / 2

    def is_kept(s: _Stretch) -> bool:
        if samples.along[s.bounds[1]] - samples.along[s.bounds[0]] > _SHORT_M:
            return True
        if all(s.cut):  # what leads from one line to another, unless these meet
            one, other = ({place[k], place[k + len(lines)]} for k in s.stand_ins)
            return one.isdisjoint(other)
        if any(s.cut):  # the mouth of a carriageway, where it is not yet beside the other
            return not all(c or met[place_of[at]] > 1 for c, at in zip(s.cut, s.bounds, strict=True))
        crosses = not shift[s.samples].any() and all(wide[place_of[at]] for at in s.bounds)
        return not crosses  # from one carriageway to the other

    found = list(_stretches(stand_in, samples, order))
    kept = [s for s in found if is_kept(s)] or found[:1]
    still_met = np.bincount(
        [place_of[at] for s in kept for at, c in zip(s.bounds, s.cut, strict=True) if not c],
        minlength=len(met),
    )
    pieces: list[NDArray[np.float64]] = []
    loose: list[tuple[int, int]] = []  # pieces, and their ends that are to be led to another
    for s in kept:
        at = [place_of.get(k) for k in s.bounds]
        loose += [(len(pieces), -k) for k in (0, 1) if s.cut[k] or still_met[at[k]] < met[at[k]]]
        if not any(s.cut) and not shift[s.samples].any() and not wide[at].any():
            pieces.append(shapely.get_coordinates(lines[s.line]))
            continue
        moved = samples.xy[s.samples] + shift[s.samples]
        goal = [moved[-k] if s.cut[k] else samples.xy[s.bounds[k]] + moves[at[k]] for k in (0, 1)]
        fade = np.clip(1 - np.arange(len(moved)) / min(_SMOOTH, len(moved) - 1), 0, 1)[:, None]
        moved = moved + fade * (goal[0] - moved[0]) + fade[::-1] * (goal[1] - moved[-1])
        pieces.append(_onward(moved, samples.xy[s.samples]))
    thin = shapely.simplify([shapely.LineString(piece) for piece in pieces], SAME_M)
    return joined([shapely.get_coordinates(line) for line in thin], loose, ROAD_WIDTH_M)


def _onward(moved: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out points of a moved line at which it runs back, as on the inner side of sharp bends."""
    kept = np.arange(len(xy))
    while len(kept) > 2:
        back = (np.diff(moved[kept], axis=0) * np.diff(xy[kept], axis=0)).sum(axis=1) <= 0
        if not back.any():
            break
        kept = np.delete(kept, np.minimum(np.flatnonzero(back) + 1, len(kept) - 2))
    return moved[kept]


def _moved_places(
    place: NDArray[np.intp], shift: NDArray[np.float64], covered: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how far each place moves where lines end, by those lines there that move and are kept."""
    found = np.zeros((int(place.max()) + 1, 2))
    moves = np.hypot(*shift.T) > _APART_M / 2
    for some in (moves & covered, moves & ~covered):
        count = np.bincount(place[some], minlength=len(found))
        total = np.zeros_like(found)
        np.add.at(total, place[some], shift[some])
        found[count > 0] = total[count > 0] / count[count > 0, None]
    return found
