"""Roads of a numbered series that have no points, placed by those that have (赛达一支路 … 赛达九支路).

Roads that are numbered in one row lie side by side: in the order of their numbers, about parallel, about
equally far apart. Where the known ones do, one that is missing lies where the row puts it, within two steps
of the next. How far off that is, the gazetteer tells: every known member of every such row is left out once.
The errors are counted in steps of their row, since one row is wider than another.

All coordinates are metres in a local plane.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.model import LINEAR_KINDS
from ftz_geo.place.crowds import places_of_crowd
from ftz_geo.wording import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ftz_geo.measure import LocalPlane
    from ftz_geo.place.gazetteer import Gazetteer

__all__ = ["BySeries", "placed_by_series"]

_FEWEST = 3
"""Members that must be known: two are in order whatever they are."""

_NEAREST = 6
"""Members of a row that tell of one that is missing, those of the nearest numbers."""

_STEPS = 2
"""So many numbers a missing member may lie off the next known one."""

_APART_M = 3000.0
"""Members of one row lie no farther from the next: 经三路 is in many towns."""

_UNEVEN = 2.0
"""A step that differs from the usual one of its row by more than this factor is none of a regular row."""

_TURNED = np.radians(25)
"""Members that differ more in direction are not parallel."""

_LONG_M = 200.0
"""Places of a member that lie less far apart tell no direction."""

_SHARE = 0.9


class BySeries(NamedTuple):
    """Where a numbered road lies by its row."""

    ends: NDArray[np.float64]
    """Shape (2, 2): two places of it, between which and beyond which it runs straight."""
    band_m: float
    """Half the width of the band that holds it with 90 %."""
    members: tuple[str, ...]
    """The names that it was placed by, in the order of their numbers."""


def placed_by_series(
    gazetteer: Gazetteer, names: Iterable[str], plane: LocalPlane
) -> dict[str, list[BySeries]]:
    """Return where numbered roads without points lie by the other members of their series.

    Parameters
    ----------
    gazetteer : Gazetteer
        Points with names.
    names : iterable of str
        Roads that it does not have.
    plane : LocalPlane

    Returns
    -------
    dict of name to list of BySeries
        One for each place where a series has the number missing; nothing of a name that has no number, of a
        row that is not regular, and of what the gazetteer is too small to tell the error of: 90 % are only
        known from nine members left out.
    """
    asked = {name: told for name in names if (told := numbered(name)) is not None}
    if not asked:
        return {}
    rows = _rows(gazetteer, plane)
    errors = _left_out(rows.values())
    found: dict[str, list[BySeries]] = {}
    for name, (before, number, after) in asked.items():
        guesses = (_guess(row, number) for row in rows.get((before, after), ()))
        placed = [_placed(guess, errors) for guess in guesses if guess is not None]
        found[name] = [one for one in placed if one is not None]
    return found


class _Member(NamedTuple):
    number: int
    name: str
    xy: NDArray[np.float64]
    """Shape (n, 2): its places, in order along it."""

    @property
    def middle(self) -> NDArray[np.float64]:
        middle: NDArray[np.float64] = self.xy.mean(axis=0)
        return middle


_Row = tuple[_Member, ...]
"""Members in the order of their numbers, of each number one."""


class _Guess(NamedTuple):
    """Where the row puts a member."""

    offset_m: float
    """Across the row, from the origin of the plane."""
    across: NDArray[np.float64]
    """Shape (2,): a unit vector in the direction of the row."""
    step_m: float
    away: int
    """How many numbers off the next member, beyond the end of the row; 0 between two."""
    by: _Row


def _rows(gazetteer: Gazetteer, plane: LocalPlane) -> dict[tuple[str, str], list[_Row]]:
    """Return the rows of each series, by what stands before and after the number."""
    features = gazetteer.points.features
    shapes = features.geometry.to_numpy()
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    is_road = is_point & features["kind"].isin(list(LINEAR_KINDS)).to_numpy()
    members: defaultdict[tuple[str, str], list[_Member]] = defaultdict(list)
    for key, names in gazetteer.series.items():
        for number, name in names:
            rows = gazetteer.names.rows[name]
            if len(own := rows[is_road[rows]]):
                xy = shapely.get_coordinates(plane.to_xy(shapes[own]))
                members[key] += [_Member(number, name, places.xy) for places in places_of_crowd(xy)]
    return {key: list(_parted(of)) for key, of in sorted(members.items())}


def _parted(members: Sequence[_Member]) -> Iterator[_Row]:
    """Yield the members that lie together, one row for each town."""
    left = sorted(members, key=lambda m: (m.number, m.name, *m.middle.tolist()))
    while left:
        row = [left.pop(0)]
        rest: list[_Member] = []
        for member in left:
            beside = member.number > row[-1].number
            near = beside and np.hypot(*(member.middle - row[-1].middle)) <= _APART_M
            (row if near else rest).append(member)
        left = rest
        if len(row) >= _FEWEST:
            yield tuple(row)


def _guess(row: _Row, number: int) -> _Guess | None:
    """Return where a row puts a number that it lacks; None where it is not regular, or too far off."""
    by = tuple(sorted(sorted(row, key=lambda m: abs(m.number - number))[:_NEAREST]))
    if len(by) < _FEWEST or any(member.number == number for member in by):
        return None
    across = _across(by)
    if across is None:
        return None
    offsets = np.array([float(np.median(member.xy @ across)) for member in by])
    numbers = np.array([member.number for member in by])
    steps = np.diff(offsets) / np.diff(numbers)
    usual = float(np.median(steps))
    if not ((steps / usual >= 1 / _UNEVEN) & (steps / usual <= _UNEVEN)).all():
        return None
    k = int(numbers.searchsorted(number))
    if 0 < k < len(by):
        near = min(number - numbers[k - 1], numbers[k] - number) <= _STEPS
        offset_m = float(np.interp(number, numbers, offsets))
        return _Guess(offset_m, across, abs(usual), 0, by) if near else None
    end = 0 if k == 0 else -1
    away = int(abs(number - numbers[end]))
    if away > _STEPS:
        return None
    return _Guess(float(offsets[end] + usual * (number - numbers[end])), across, abs(usual), away, by)


def _across(row: _Row) -> NDArray[np.float64] | None:
    """Return the direction across which the members run side by side; None where they do not."""
    middles = np.array([member.middle for member in row])
    numbers = np.array([member.number for member in row], dtype=float)
    onward = np.polyfit(numbers - numbers.mean(), middles, 1)[0]
    steps = [member.xy[-1] - member.xy[0] for member in row]
    long = np.array([step for step in steps if np.hypot(*step) >= _LONG_M])
    if not len(long):
        length = float(np.hypot(*onward))
        return onward / length if length else None
    doubled = 2 * np.arctan2(long[:, 1], long[:, 0])
    weight = np.hypot(*long.T)
    along = float(np.arctan2(weight @ np.sin(doubled), weight @ np.cos(doubled))) / 2
    turned = (doubled / 2 - along + np.pi / 2) % np.pi - np.pi / 2
    if (np.abs(turned) > _TURNED).any():
        return None
    across = np.array([-np.sin(along), np.cos(along)])
    return across if across @ onward >= 0 else -across


def _left_out(every: Iterable[Sequence[_Row]]) -> Mapping[int, Sequence[float]]:
    """Return the errors, in steps, of members that were left out, by how far they lay beyond the others."""
    errors: defaultdict[int, list[float]] = defaultdict(list)
    for row in (row for rows in every for row in rows):
        for k, member in enumerate(row):
            # As one between the others, and as one beyond those before it or after it.
            before, after = row[:k], row[k + 1 :]
            for others in ((*before, *after), before, after) if before and after else (before or after,):
                guess = _guess(others, member.number)
                if guess is not None:
                    off_m = float(np.abs(member.xy @ guess.across - guess.offset_m).mean())
                    errors[guess.away].append(off_m / guess.step_m)
    return errors


def _placed(guess: _Guess, errors: Mapping[int, Sequence[float]]) -> BySeries | None:
    """Return a place with the band that the errors of others give it; None where they are too few."""
    like: list[float] = []
    for away in range(guess.away, _STEPS + 1):  # where there are few of its kind, with those of a harder one
        like += errors.get(away, ())
        # With 90 %, the next error is none above this one: the errors of regular rows are alike.
        rank = int(np.ceil(_SHARE * (len(like) + 1)))
        if rank <= len(like):
            break
    else:
        return None
    band_m = sorted(like)[rank - 1] * guess.step_m
    along = np.array([guess.across[1], -guess.across[0]])
    beside = sorted(guess.by, key=lambda m: abs(float(np.median(m.xy @ guess.across)) - guess.offset_m))[:2]
    reach = np.concatenate([member.xy @ along for member in beside])
    ends = guess.offset_m * guess.across + np.array([[reach.min()], [reach.max()]]) * along
    return BySeries(ends, band_m, tuple(member.name for member in guess.by))
