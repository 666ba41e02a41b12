"""Order along two axes, 0 to the east and 1 to the north, as differences between coordinates.

A *node* is one coordinate: a side of a parcel, or a named line that several parcels abut on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Apart", "Node", "Order"]

Node = tuple[str, str]
"""(parcel id, direction) for a side; ("0" or "1", name) for a named line across that axis."""


class Apart(NamedTuple):
    """``high`` lies at least ``by`` metres beyond ``low``."""

    low: Node
    high: Node
    by: float


class Order:
    """A growing set of constraints that can all be kept at once.

    A potential (one number per node that keeps every constraint so far) is carried along, so that
    a new constraint is checked by following only what it moves (Cotton & Maler, "Fast and flexible
    difference constraint propagation for DPLL(T)", SAT 2006).

    >>> order = Order()
    >>> order.add(Apart(("a", "east"), ("b", "west"), 40.0))
    True
    >>> order.add(Apart(("b", "west"), ("a", "east"), 40.0))
    False
    """

    def __init__(self, kept: Iterable[Apart] = ()) -> None:
        self.kept: list[Apart] = []
        self._after: dict[Node, list[Apart]] = defaultdict(list)
        self._potential: dict[Node, float] = defaultdict(float)
        for apart in kept:
            self.add(apart)

    def add(self, *new: Apart) -> bool:
        """Keep some constraints together, or none of them if they contradict those kept so far."""
        before, count = self._potential.copy(), len(self.kept)
        for apart in new:
            self.kept.append(apart)
            self._after[apart.low].append(apart)
            if not self._settle(apart):
                for undone in self.kept[count:]:
                    self._after[undone.low].pop()
                del self.kept[count:]
                self._potential = before
                return False
        return True

    def _settle(self, new: Apart) -> bool:
        """Move what a new constraint pushes; False if the push comes round to where it began."""
        waiting = deque([new])
        while waiting:
            low, high, by = waiting.popleft()
            needed = self._potential[low] + by
            if needed > self._potential[high] + 1e-6:  # a micrometre is no contradiction
                if high == new.low:
                    return False
                self._potential[high] = needed
                waiting.extend(self._after[high])
        return True
