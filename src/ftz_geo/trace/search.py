"""Which ring is drawn of the features that a parcel's sides name."""

from __future__ import annotations

from heapq import merge
from itertools import chain, islice, permutations, product
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.compass import RING_ORDER
from ftz_geo.trace.directions import SLIPS, follows_words, reread
from ftz_geo.trace.named import is_undirected
from ftz_geo.trace.places import SNAP_M
from ftz_geo.trace.reasons import RIVAL_COST
from ftz_geo.trace.rings import Legs, Step, drawn_in, find_rings, round_about
from ftz_geo.trace.shape import draw
from ftz_geo.trace.steering import mended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import shapely

    from ftz_geo.measure import LocalPlane
    from ftz_geo.model import Settings, SideKey
    from ftz_geo.trace.atlas import Atlas
    from ftz_geo.trace.directions import Slip
    from ftz_geo.trace.named import Named
    from ftz_geo.trace.rings import Ring
    from ftz_geo.trace.shape import Piece

ALIKE_COST = 2.0
"""Rings that cost up to this times the cheapest are held against each other."""

INSIDE_COST = 3.0
"""What a metre of its own features' lines inside a ring counts against it, in metres."""

_ORDERS = 24  # orders tried of the features on sides that name several


class Drawing(NamedTuple):
    """The best ring that can be drawn."""

    ring: Ring
    rings: list[Ring]
    """What it was chosen from."""
    polygon: shapely.Polygon
    """Plane metres."""
    outline: shapely.Polygon
    """The same in longitude, latitude."""
    pieces: tuple[Piece, ...]


class _Weighed(NamedTuple):
    cost: float
    """With that of lines inside it."""
    ring: Ring


def drawing_of(
    named: Sequence[Named], settings: Settings, atlas: Atlas | None, plane: LocalPlane
) -> Drawing | None:
    """Return the best ring that can be drawn; None where there is none.

    Without ``atlas`` nothing else of the map is asked where stretches are missing.
    """
    rings = rings_of(named)
    if atlas is not None and (not rings or max(rings[0].drawn, default=0.0) > settings.bridge_tolerance_m):
        rings = rings_of(mended(named, rings, atlas, plane)) or rings
    for ring in rings:
        polygon, pieces = draw(ring)
        outline = plane.to_lonlat(polygon)
        # A hair that is valid in plane metres can cross itself in degrees.
        if not outline.is_empty and outline.is_valid:
            return Drawing(ring, rings, polygon, outline, pieces)
    return None


def slip_of(named: Sequence[Named], settings: Settings, plane: LocalPlane) -> tuple[Slip, Drawing] | None:
    """Return the slip of the words that would explain why they close no ring, and what it would give.

    Only rings that keep to the named features count: a slip that needs a long stretch by rule explains
    nothing.
    """
    for slip in SLIPS:
        drawing = drawing_of(reread(named, slip), settings, None, plane)
        if drawing is not None and max(drawing.ring.drawn, default=0.0) <= settings.bridge_tolerance_m:
            return slip, drawing
    return None


def rings_of(named: Sequence[Named]) -> list[Ring]:
    """Return the rings whose sides lie where the words say, best first, over all orders within their sides.

    A block has its roads around it: a line of a side's own feature that runs inside counts against
    a ring.
    """
    legs = Legs()
    undirected = is_undirected(named)
    every = (_steps(order) for order in _orders(named))
    searches = [find_rings(steps, legs) for steps in every if len(steps) > 1]
    weighed: list[_Weighed] = []
    for cheap in merge(*searches, key=attrgetter("cost")):
        # None of the dearer ones can be better, or a rival, which are wanted to tell how sure it is.
        if weighed and cheap.cost > min(
            ALIKE_COST * weighed[0].ring.cost, RIVAL_COST * min(one.cost for one in weighed)
        ):
            break
        allowed = filter(_is_allowed, chain([cheap], round_about(cheap)))
        # Without directions the words mean every one of them, else the first that lies where they say.
        for ring in allowed if undirected else islice(allowed, 1):
            # Where the cheapest has no line of its features inside, none of the others is measured.
            inside_m = ring.inside_m if not weighed or weighed[0].cost > weighed[0].ring.cost else 0.0
            weighed.append(_Weighed(ring.cost + INSIDE_COST * inside_m, ring))
    rings = [one.ring for one in sorted(weighed, key=attrgetter("cost"))]
    return [drawn_in(rings[0]), *rings[1:]] if rings and rings[0].inside_m > SNAP_M else rings


def _orders(named: Sequence[Named]) -> Iterator[Sequence[Named]]:
    """Yield the orders in which a ring may pass its features, at most :data:`_ORDERS` of them.

    A ring told without directions runs either way. Within a side the text may list its features either way,
    which is tried first, or in any order.
    """
    if is_undirected(named):
        yield from (named, named[::-1])
        return
    sides = [tuple(n for n in named if n.side == side) for side in RING_ORDER]
    either_way = product(*((own, own[::-1]) for own in sides))
    any_way = product(*(tuple(islice(permutations(own), _ORDERS)) for own in sides))
    orders = (tuple(chain(*order)) for order in chain(either_way, any_way))
    seen: set[tuple[SideKey, ...]] = set()
    for order in orders:
        keys = tuple(n.key for n in order)
        if keys not in seen:
            seen.add(keys)
            yield order
        if len(seen) == _ORDERS:
            return


def _is_allowed(ring: Ring) -> bool:
    return not ring.polygon.is_empty and follows_words(ring)


def _steps(order: Sequence[Named]) -> list[Step]:
    """Return the steps of a ring; a feature that two sides name in turn is one step."""
    begins = (k for k, named in enumerate(order) if not _is_one(order[k - 1], named))
    first = next(begins, 0)  # where a feature goes on over the last side to the first, it begins before
    order = [*order[first:], *order[:first]]
    steps: list[Step] = []
    for k, named in enumerate(order):
        if k and _is_one(order[k - 1], named):
            steps[-1] = Step((*steps[-1].sides, (named.side, named.feature)), named.track)
        else:
            steps.append(Step(((named.side, named.feature),), named.track))
    return steps


def _is_one(one: Named, other: Named) -> bool:
    return one.side != other.side and one.track is other.track
