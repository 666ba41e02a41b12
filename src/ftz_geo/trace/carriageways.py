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

from ftz_geo.trace.joining import Loose, closed_up, in_normal_form, joined
from ftz_geo.trace.places import SAME_M, cross, loose_ends, same_places, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# What other values do was counted with the blocks of benchmarks/digitise.py, central Shanghai, on the
# whole map, shaken by 3 m, and with a tenth and a quarter of its ways taken out: of 800 drawings 770 hit.

BESIDE_M = 100.0
"""How far apart two lines of one name lie at most that bound a block together: those of 北环大道辅路,
with a motorway between, lie 90 m apart."""

ROAD_WIDTH_M = 32.0
"""Lines of one name that run side by side within this are carriageways of one road. The widest urban
roads have rights of way of 55 m (GB 50220), in which the middles of two carriageways lie about half
as far apart. With 16 m to 64 m there are 2 hits more to 4 fewer; from 40 m on, wrong blocks are traced."""

_SAMPLE_M = 15.0
"""How closely lines are held against each other. At half of it there are 10 hits fewer, at twice none."""

_PARALLEL = np.cos(np.radians(20))
"""Carriageways that part at a junction do not run side by side there. At 30° there are 4 hits fewer, at 10°
none."""

_ONWARD = np.cos(np.radians(60))
"""A road that nowhere turns aside by more does not run beside itself, and is not looked at: 30° to 89° draw
the same."""

_SMOOTH = 5
"""Samples that a shift is averaged over: the middle would jump where a carriageway begins. With 3 to 11
there are 2 hits fewer at most."""

_APART_M = 1.0
"""Lines closer than this are one line drawn twice. At half of it there are 2 hits fewer, at twice none."""

_SHORT_M = 2 * ROAD_WIDTH_M
"""What joins two carriageways, and the mouth where they part, are no longer. At half of it there is 1 hit
fewer, at twice none."""


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
        is_end = np.zeros(len(self.xy), dtype=bool)
        is_end[self.first] = is_end[self.last] = True
        return is_end

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


class _Beside(NamedTuple):
    """Which segments of lines run beside which samples."""

    at: NDArray[np.intp]
    """Shape (k,): samples,"""
    segment: NDArray[np.intp]
    """shape (k,): the segments that run beside them,"""
    left_m: NDArray[np.float64]
    """shape (k,): how far to the left."""

    def where(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> _Beside:
        """Return some of them."""
        return _Beside(self.at[rows], self.segment[rows], self.left_m[rows])


def _abreast(samples: _Samples, segments: NDArray[np.float64]) -> _Beside:
    """Return which of some segments, shape (m, 2, 2), run beside samples."""
    xy, left = samples.xy, samples.left
    start, way = segments[:, 0], segments[:, 1] - segments[:, 0]
    # Looked for straight across: where lines bend, the nearest point of another one is not abreast,
    # and its distance would move the middle.
    probes = strings(np.stack([xy - ROAD_WIDTH_M * left, xy + ROAD_WIDTH_M * left], axis=1))
    at, segment = shapely.STRtree(strings(segments)).query(probes)
    across, step, offset = left[at], way[segment], start[segment] - xy[at]
    # Where they cross: xy + left_m * across = start + share * step.
    determinant = cross(step, across)
    with np.errstate(invalid="ignore", divide="ignore"):
        left_m = cross(step, offset) / determinant
        share = cross(across, offset) / determinant
        parallel = np.abs(determinant) / np.hypot(*step.T)
    crosses = (np.abs(left_m) <= ROAD_WIDTH_M) & (np.abs(share - 0.5) <= 0.5 + 1e-9)
    return _Beside(at, segment, left_m).where(crosses & (parallel >= _PARALLEL))


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
    beside = _abreast(samples, np.stack([xy[step], xy[step + 1]], axis=1))
    left, right = np.zeros(len(samples.xy)), np.zeros(len(samples.xy))
    np.maximum.at(left, beside.at, beside.left_m)
    np.maximum.at(right, beside.at, -beside.left_m)
    along = samples.along - samples.along[samples.first][samples.line]
    return list(map(Profile, *(samples.of_each(values) for values in (along, left, right))))


def centre_lines(
    lines: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.float64]] | None:
    """Put one line along the middle in the place of lines that run side by side.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        Lines of one feature, cut where they cross, in their normal form.

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
    return _assembled(lines, sides, _stand_ins(sides)), loose_ends(lines).xy


def _runs_on(line: shapely.LineString) -> bool:
    """Tell whether no part of a line turns aside by more than 60°, let alone back."""
    xy = shapely.get_coordinates(line)
    step = np.diff(xy, axis=0)
    whole = xy[-1] - xy[0]
    return bool((step @ whole >= _ONWARD * np.hypot(*step.T) * np.hypot(*whole)).all())


class _Sides(NamedTuple):
    """What runs beside the samples of some lines."""

    samples: _Samples
    beside: _Beside
    """Steps between samples that run beside samples."""
    middle_m: NDArray[np.float64]
    """Shape (n,): how far to the left of each sample the middle of all lies."""
    several: NDArray[np.bool_]
    """Shape (n,)."""


def _sides(lines: NDArray[np.object_]) -> _Sides:
    samples = _samples(lines)
    steps = np.stack([samples.xy[samples.step], samples.xy[samples.step + 1]], axis=1)
    beside = _of_one_road(_abreast(samples, steps), samples)
    low, high = np.zeros(len(samples.xy)), np.zeros(len(samples.xy))
    np.minimum.at(low, beside.at, beside.left_m)
    np.maximum.at(high, beside.at, beside.left_m)
    return _Sides(samples, beside, (high + low) / 2, high - low > _APART_M)


def _of_one_road(beside: _Beside, samples: _Samples) -> _Beside:
    """Return what is of the road of each sample: the nearest lines within its width, if it is of theirs.

    A street and the next one that is parallel may lie closer than the width of a road; the middle
    of three lines would be the middle of neither.
    """
    beside = beside.where(np.lexsort((np.abs(beside.left_m), beside.at)))
    # One running minimum and maximum serve all samples: a step between them that is wider than any
    # difference makes each begin anew.
    step_up = 3 * ROAD_WIDTH_M * beside.at
    widest = np.maximum.accumulate(beside.left_m + step_up)
    span: NDArray[np.float64] = widest - np.minimum.accumulate(beside.left_m - step_up) - 2 * step_up
    beside = beside.where(span <= ROAD_WIDTH_M)
    n, start = len(samples.first), samples.step[beside.segment]
    mine, other = samples.line[beside.at], samples.line[start]
    known = beside.at * n + other  # pairs of samples and lines by number, to look them up at once
    mutual = np.isin(start * n + mine, known) | np.isin((start + 1) * n + mine, known)
    return beside.where(mutual)


def _cut_at_folds(lines: NDArray[np.object_], sides: _Sides) -> NDArray[np.object_]:
    """Cut out where lines turn round, as one does that leads from carriageway to carriageway.

    Either leg then ends beside the other, less than the sample before the turn.
    """
    samples, (at, segment, left_m), *_ = sides
    start = samples.step[segment]
    way = samples.xy[start + 1] - samples.xy[start]
    across = samples.xy[at] + left_m[:, None] * samples.left[at] - samples.xy[start]
    begin, end = samples.along[at], samples.along[start] + (across * way).sum(axis=1) / np.hypot(*way.T)
    folded = (samples.line[at] == samples.line[start]) & (end > begin) & (end <= begin + _SHORT_M)
    folded &= (np.abs(left_m) > _APART_M) & ((samples.left[at] * samples.left[start]).sum(axis=1) < 0)
    turns: dict[int, list[tuple[float, float]]] = {}
    # The shortest way round first: that is the turn. Farther back the same legs run side by side, too.
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
    made = np.array(pieces, dtype=object)
    return in_normal_form(made[shapely.length(made) > SAME_M])


def _stand_ins(sides: _Sides) -> NDArray[np.intp]:
    """Return for each sample the line that stands for its own: one before it, or an earlier stretch.

    -1 where its line stands for itself.
    """
    samples, (at, segment, left_m), *_ = sides
    beside = samples.step[segment]
    mine, other = samples.line[at], samples.line[beside]
    # Lines that meet end to end lie on each other there, and neither stands for the other.
    touching = samples.is_end[at] & (np.abs(left_m) < _APART_M)
    by_other = (other < mine) & ~touching
    behind = samples.along[beside] < samples.along[at] - _SHORT_M
    by_itself = (other == mine) & (np.abs(left_m) > _APART_M) & behind
    rows = np.flatnonzero(by_other | by_itself)
    rows = rows[np.lexsort((by_itself[rows], mine[rows]))]
    stand_in = np.full(len(samples.xy), -1)
    groups = np.flatnonzero(np.diff(2 * mine[rows] + by_itself[rows])) + 1
    # One line after another, because what another stands for stands for nothing: what it stood for
    # would be gone with nothing in its place.
    for of_line in np.split(rows, groups):
        seen = of_line[(stand_in[beside[of_line]] < 0) & (stand_in[beside[of_line] + 1] < 0)]
        stand_in[at[seen]] = samples.line[beside[seen]]
    return stand_in


def _shift(sides: _Sides) -> NDArray[np.float64]:
    """Return how each sample is moved to the middle, shape (n, 2)."""
    samples, _, middle_m, several = sides
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


def _stretches(stand_in: NDArray[np.intp], samples: _Samples) -> Iterator[_Stretch]:
    for k, (a, b) in enumerate(zip(samples.first.tolist(), samples.last.tolist(), strict=True)):
        free = np.flatnonzero(stand_in[a : b + 1] < 0) + a
        for run in np.split(free, np.flatnonzero(np.diff(free) > 1) + 1) if len(free) else []:
            start, end = max(int(run[0]) - 1, a), min(int(run[-1]) + 1, b)
            yield _Stretch(k, (start, end), (int(stand_in[start]), int(stand_in[end])))


class _Moves(NamedTuple):
    """How samples, and the places where lines end, are moved to the middle."""

    samples: _Samples
    shift: NDArray[np.float64]
    """Shape (n, 2): of each sample."""
    place_of: dict[int, int]
    """The place of each sample at which a line ends."""
    met: NDArray[np.intp]
    """Shape (m,): how many lines end at each place."""
    of_place: NDArray[np.float64]
    """Shape (m, 2): how each place moves."""
    wide: frozenset[int]
    """Samples at which a line ends in a place that moves."""

    def places(self, line: int) -> set[int]:
        """Return the places where a line ends."""
        return {self.place_of[int(of_line[line])] for of_line in (self.samples.first, self.samples.last)}


def _moves(sides: _Sides, stand_in: NDArray[np.intp]) -> _Moves:
    samples, shift = sides.samples, _shift(sides)
    ends = np.concatenate([samples.first, samples.last])
    place, _ = same_places(samples.xy[ends])
    place_of = dict(zip(ends.tolist(), place.tolist(), strict=True))
    moved = _moved_places(place, shift[ends], stand_in[ends] >= 0)
    wide = ends[(np.hypot(*moved.T) > _APART_M / 2)[place]]
    return _Moves(samples, shift, place_of, np.bincount(place), moved, frozenset(wide.tolist()))


def _assembled(lines: NDArray[np.object_], sides: _Sides, stand_in: NDArray[np.intp]) -> NDArray[np.object_]:
    """Return the lines moved, without what others stand for, joined where they met."""
    moves = _moves(sides, stand_in)
    stretches = list(_stretches(stand_in, sides.samples))
    kept = [stretch for stretch in stretches if _is_kept(stretch, moves)] or stretches[:1]
    still = [
        (moves.place_of[at], s.line) for s in kept for at, cut in zip(s.bounds, s.cut, strict=True) if not cut
    ]
    left = np.bincount([place for place, _ in still], minlength=len(moves.met))
    led_to = {
        place: [n for n, s in enumerate(kept) if s.line in lines]
        for place, lines in _stood_for(moves, stand_in).items()
        if left[place] > 1 and all((place, line) not in still for line in lines)
    }
    pieces: list[NDArray[np.float64]] = []
    loose: list[Loose] = []
    for s in kept:
        for k, at in enumerate(s.bounds):
            if s.cut[k]:
                loose.append(Loose(len(pieces), -k))
            elif left[place := moves.place_of[at]] < moves.met[place]:
                loose.append(Loose(len(pieces), -k, led_to.get(place)))
        pieces.append(_moved_piece(s, lines[s.line], moves))
    thin = shapely.simplify([shapely.LineString(piece) for piece in pieces], SAME_M / 2)
    # Whole places go first: what is led to them afterwards is led to where they are then.
    loose.sort(key=lambda end: end.to is None)
    return joined([shapely.get_coordinates(line) for line in thin], loose, ROAD_WIDTH_M)


def _stood_for(moves: _Moves, stand_in: NDArray[np.intp]) -> dict[int, set[int]]:
    """Return the lines that stand for others at their ends, by the places where those end.

    What is left in such a place, several lines that still meet each other, is led to these lines.
    """
    lines: dict[int, set[int]] = {}
    first, last = moves.samples.first, moves.samples.last
    for a, b in zip(first.tolist(), last.tolist(), strict=True):
        own = stand_in[a : b + 1]
        own = own[own >= 0]
        if len(own):
            lines.setdefault(moves.place_of[a], set()).add(int(own[0]))
            lines.setdefault(moves.place_of[b], set()).add(int(own[-1]))
    return lines


def _is_kept(stretch: _Stretch, moves: _Moves) -> bool:
    """Tell whether a stretch is a road of its own, and not what joins two carriageways."""
    start, end = stretch.bounds
    if moves.samples.along[end] - moves.samples.along[start] > _SHORT_M:
        return True
    if all(stretch.cut):  # what leads from one line to another, unless these meet
        one, other = map(moves.places, stretch.stand_ins)
        return one.isdisjoint(other)
    if any(stretch.cut):  # the mouth of a carriageway, where it is not yet beside the other
        free = end if stretch.cut[0] else start
        return bool(moves.met[moves.place_of[free]] <= 1)
    crosses = moves.wide.issuperset(stretch.bounds) and not moves.shift[stretch.samples].any()
    return not crosses or _runs_along(stretch, moves)  # else from one carriageway to the other


def _runs_along(stretch: _Stretch, moves: _Moves) -> bool:
    """Tell whether a stretch leads along a road: over a crossing, where only one carriageway has a line.

    The ends of what leads from one carriageway to the other go to one place in the middle.
    """
    xy = moves.samples.xy[list(stretch.bounds)]
    moved = xy + moves.of_place[[moves.place_of[at] for at in stretch.bounds]]
    return bool((moved[1] - moved[0]) @ (xy[1] - xy[0]) >= _PARALLEL * np.sum((xy[1] - xy[0]) ** 2))


def _moved_piece(stretch: _Stretch, line: shapely.LineString, moves: _Moves) -> NDArray[np.float64]:
    """Return the points of a stretch moved to the middle, its ends where their places go."""
    shift = moves.shift[stretch.samples]
    stays = not any(stretch.cut) and not shift.any()
    if stays and moves.wide.isdisjoint(stretch.bounds):
        return shapely.get_coordinates(line)
    xy = moves.samples.xy[stretch.samples]
    moved = xy + shift
    goal = [
        moved[-k] if stretch.cut[k] else xy[-k] + moves.of_place[moves.place_of[stretch.bounds[k]]]
        for k in (0, 1)
    ]
    # All lines at a place go to one point there; what that adds to the shift of each fades out along it.
    fade = np.clip(1 - np.arange(len(moved)) / min(_SMOOTH, len(moved) - 1), 0, 1)[:, None]
    return _onward(moved + fade * (goal[0] - moved[0]) + fade[::-1] * (goal[1] - moved[-1]), xy)


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
    moves = np.zeros((int(place.max()) + 1, 2))
    wide = np.hypot(*shift.T) > _APART_M / 2
    for some in (wide & covered, wide & ~covered):  # the kept ones last: theirs count where there are any
        count = np.bincount(place[some], minlength=len(moves))
        total = np.zeros_like(moves)
        np.add.at(total, place[some], shift[some])
        moves[count > 0] = total[count > 0] / count[count > 0, None]
    return moves
