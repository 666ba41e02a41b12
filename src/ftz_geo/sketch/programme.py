"""A linear programme over coordinates while it is written, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ftz_geo.sketch.order import Node

__all__ = ["Programme"]


class Programme:
    """Costs of coordinates, and what sums of them are at least.

    >>> programme = Programme([("a", "west"), ("a", "east")])
    >>> programme.pay(("a", "east"), 1.0)
    >>> programme.at_least({("a", "east"): 1.0, ("a", "west"): -1.0}, 2.0)
    >>> programme.aim({("a", "west"): 1.0}, 5.0, cost=3.0)
    >>> programme.solve(fixed=())
    {('a', 'west'): 5.0, ('a', 'east'): 7.0}
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._column = {node: column for column, node in enumerate(dict.fromkeys(nodes))}
        self._cost = [0.0] * len(self._column)
        self._rows: list[dict[int, float]] = []
        self._least: list[float] = []

    def pay(self, node: Node, cost: float) -> None:
        """Add to what a unit of a coordinate costs."""
        self._cost[self._column[node]] += cost

    def slack(self, cost: float) -> int:
        """Return a further quantity, 0 or more, of which a unit costs so much."""
        self._cost.append(cost)
        return len(self._cost) - 1

    def at_least(self, terms: Mapping[Node, float], value: float, slack: int | None = None) -> None:
        """Keep a sum of coordinates, with a slack if one is given, at a value or above."""
        row = {self._column[node]: factor for node, factor in terms.items()}
        self._rows.append(row if slack is None else {**row, slack: 1.0})
        self._least.append(value)

    def aim(self, terms: Mapping[Node, float], value: float, cost: float) -> None:
        """Pay for every unit that a sum of coordinates misses a value by."""
        missed = self.slack(cost)
        self.at_least(terms, value, missed)
        self.at_least({node: -factor for node, factor in terms.items()}, -value, missed)

    def solve(self, fixed: Collection[Node]) -> dict[Node, float]:
        """Return the cheapest coordinates, those of some nodes being 0."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        places = [(number, column) for number, row in enumerate(self._rows) for column in row]
        factors = [-factor for row in self._rows for factor in row.values()]
        solved = linprog(
            self._cost,
            A_ub=csr_array((factors, np.transpose(places)), shape=(len(self._rows), len(self._cost))),
            b_ub=-np.array(self._least),
            bounds=[(0.0, 0.0) if node in fixed else (None, None) for node in self._column]
            + [(0.0, None)] * (len(self._cost) - len(self._column)),
        )
        return {node: float(solved.x[column]) for node, column in self._column.items()}
