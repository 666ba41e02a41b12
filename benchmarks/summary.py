"""What all measured parts say together, and the blocks that were drawn worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from cases import HIT, wide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cases import Result
    from shapely.geometry.base import BaseGeometry

WORST = 10


class Drawn(NamedTuple):
    """One block of a result that was drawn."""

    result: Result
    index: int

    @property
    def score(self) -> float:
        return float(self.result.score[self.index])

    @property
    def grade(self) -> str:
        return str(self.result.grade[self.index])

    @property
    def polygon(self) -> BaseGeometry:
        found = self.result.drawn[self.index]
        assert found is not None
        return found.polygon

    @property
    def label(self) -> str:
        return f"{self.result.name}: 区块{self.index + 1}"


def drawn_blocks(results: Sequence[Result]) -> Iterator[Drawn]:
    for result in results:
        for index, found in enumerate(result.drawn):
            if found is not None and found.polygon is not None:
                yield Drawn(result, index)


def worst_blocks(results: Sequence[Result]) -> list[Drawn]:
    """Return the drawn blocks of the lowest scores, each block of a case once, on its worst map."""
    worst: dict[tuple[str, int], Drawn] = {}
    for drawn in sorted(drawn_blocks(results), key=lambda drawn: drawn.score):
        worst.setdefault((drawn.result.case.name, drawn.index), drawn)
    return list(worst.values())[:WORST]


def print_summary(results: Sequence[Result]) -> None:
    """Print what share of all traced blocks is right, which are not, the time, the worst blocks."""
    drawn = list(drawn_blocks(results))
    traced = [block for block in drawn if block.grade == "traced"]
    wrong = [block for block in traced if block.score < HIT]
    counts = np.array([len(result.drawn) for result in results])
    times = np.array([result.ms_a_block for result in results])
    right = 1 - len(wrong) / max(1, len(traced))
    print(f"blocks on whole and damaged maps  {counts.sum():6}")
    print(f"hits                              {sum(b.score >= HIT for b in drawn) / counts.sum():6.3f}")
    print(f"traced                            {len(traced):6}")
    print(f"traced right                      {right:6.4f}")
    print(f"ms/block                          {np.average(times, weights=counts):6.1f}")
    print_blocks("traced wrong", wrong)
    print_blocks("drawn worst", worst_blocks(results))


def print_blocks(title: str, blocks: Sequence[Drawn]) -> None:
    print(f"\n{f'{title}: {len(blocks)}':58} {'score':>6}   {'grade':10} codes")
    for block in blocks:
        codes = ", ".join(block.result.codes(block.index))
        print(f"{wide(block.label, 58)} {block.score:6.3f}   {block.grade:10} {codes}")
