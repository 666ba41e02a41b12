"""What is drawn turns with the map: mirrored, turned or moved words and maps give the same blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from ftz_geo.compass import SIDE_ZH, TOWARDS
from ftz_geo.measure import LocalPlane
from ftz_geo.model import Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ftz_geo.model import Digitised, Plan, ReferenceMap

PLANE = LocalPlane(lon=121.5, lat=31.25)
"""That on which the map is traced, wherever it is turned about its middle."""


def words(plan: Plan, turned: NDArray[np.float64]) -> str:
    """Return the sides of a plan's blocks as they are called after a turn."""
    called = {s: next(t for t in TOWARDS if np.allclose(TOWARDS[t], turned @ TOWARDS[s])) for s in TOWARDS}
    return "\n\n".join(
        f"区块{k}："
        + "、".join(f"{SIDE_ZH[called[side]]}至{feature.name}" for side, feature in p.features())
        + "。"
        for k, p in enumerate(plan.parcels, 1)
    )


def drawn(text: str, reference: ReferenceMap) -> list[Digitised]:
    plan = parse_plan(text)
    return list(trace_parcels(plan, reference, resolve_plan(plan, reference), Settings()).values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("turned", "moved"),
    [
        ([(-1, 0), (0, 1)], (0, 0)),
        ([(1, 0), (0, -1)], (0, 0)),
        ([(0, -1), (1, 0)], (0, 0)),
        ([(0, 1), (1, 0)], (0, 0)),
        ([(1, 0), (0, 1)], (1234.5, -2345.6)),
    ],
)
def test_blocks_turn_with_the_map(
    shared: Path, turned: list[tuple[int, int]], moved: tuple[float, float]
) -> None:
    plan = parse_plan((shared / "cases" / "shanghai_west_blocks.txt").read_text(encoding="utf-8"))
    reference = read_reference(shared / "reference" / "shanghai_west.gpkg")
    matrix = np.array(turned, dtype=float)

    def there(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        flat = PLANE.to_xy(shapes)
        return PLANE.to_lonlat(shapely.transform(flat, lambda xy: xy @ matrix.T + moved))

    features = reference.features.set_geometry(there(reference.features.geometry.to_numpy()))
    one = drawn(words(plan, np.eye(2)), reference)
    other = drawn(words(plan, matrix), replace(reference, features=features))
    for a, b in zip(one, other, strict=True):
        assert a.grade == b.grade
        assert a.polygon is not None
        assert b.polygon is not None
        back = shapely.transform(PLANE.to_xy(b.polygon), lambda xy: (xy - moved) @ matrix)
        assert shapely.hausdorff_distance(PLANE.to_xy(a.polygon).boundary, back.boundary) < 0.01
