"""What a drawing rests on where the map is not whole: gaps, extensions, far carriageways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ftz_geo import audit, draw, read_reference, write
from ftz_geo.compass import DIRECTIONS, SIDE_ZH
from ftz_geo.files import read_drawing
from ftz_geo.model import ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from test_directions import AT, PLANE, ROADS, grid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Plan

WORDS = "、".join(f"{SIDE_ZH[side]}至{ROADS[side]}" for side in DIRECTIONS)


def plan(area: str = "") -> Plan:
    return parse_plan(f"区块一：{area}{WORDS}。")


def lines(**changed: Sequence[Sequence[tuple[float, float]]]) -> ReferenceMap:
    """The four roads of a block of 800 m by 600 m, some of them in other pieces, in metres."""
    rows = [(ROADS[side], xy) for side in ROADS for xy in changed.get(side, [list(AT[side])])]
    columns = {
        "source_id": [str(n) for n in range(len(rows))],
        "name": [name for name, _ in rows],
        "alt_names": [()] * len(rows),
        "kind": "road",
    }
    geometry = [PLANE.to_lonlat(shapely.LineString(xy)) for _, xy in rows]
    return ReferenceMap(features=gpd.GeoDataFrame(columns, geometry=geometry, crs=4326).assign(source=0))


def only(drawing: Drawing) -> pd.Series:
    (row,) = drawing.parcels.to_dict("records")
    return pd.Series(row)


@pytest.mark.parametrize(("gap_m", "grade"), [(50, "traced"), (180, "traced"), (230, "inferred")])
def test_a_short_gap_between_known_ends_of_one_road_is_traced_and_told(gap_m: float, grade: str) -> None:
    north = [[(-900, 300), (-gap_m / 2, 300)], [(gap_m / 2, 300), (900, 300)]]
    row = only(draw(plan(), lines(north=north)))
    assert row["grade"] == grade
    assert row["measured_area_km2"] == pytest.approx(0.48, rel=1e-4)
    assert any(f"{gap_m}米" in reason for reason in row["reasons"])


def test_a_gap_at_a_corner_is_no_gap_between_known_ends() -> None:
    row = only(draw(plan(), lines(north=[[(-900, 300), (270, 300)]])))
    assert row["grade"] == "inferred"
    assert "long-extension" in row["reason_codes"]


def test_a_long_extension_is_approximate_with_its_uncertainty(tmp_path: Path) -> None:
    drawing = draw(plan("面积5平方公里，"), lines(north=[[(-900, 300), (50, 300)]]))
    row = only(drawing)
    assert row["grade"] == "approximate"
    assert "far-by-rule" in row["reason_codes"]
    assert row["placement_uncertainty_m"] >= 0.15 * 350
    bands = drawing.edges.set_index("method")["uncertainty_m"]
    assert bands["extension"].max() == pytest.approx(15 + 0.25 * 350, abs=1)
    assert drawing.edges["uncertainty_m"].notna().all()
    # Ten times the area that is stated says nothing of what only may lie there.
    assert not audit(plan("面积5平方公里，"), drawing).findings
    write(drawing, tmp_path / "blocks.gpkg")
    back = read_drawing(tmp_path / "blocks.gpkg")
    assert back.parcels["grade"].tolist() == ["approximate"]
    assert back.edges["uncertainty_m"].tolist() == pytest.approx(drawing.edges["uncertainty_m"].tolist())


def test_an_extension_that_leaves_all_in_doubt_is_not_drawn() -> None:
    gone = lines(north=[[(-900, 300), (-390, 300)]])
    assert only(draw(plan(), gone))["grade"] == "approximate"
    row = only(draw(plan(), gone, Settings(longest_extension_m=700)))
    assert row["grade"] == "undetermined"
    assert "beyond-doubt" in row["reason_codes"]
    assert any("790米" in reason for reason in row["reasons"])


def test_an_extension_across_a_river_is_approximate() -> None:
    roads = lines(north=[[(-900, 300), (250, 300)]])
    river = roads.features.iloc[:1].assign(source_id="r", name="中河", kind="water")
    river.geometry = [PLANE.to_lonlat(shapely.LineString([(330, -100), (330, 900)]))]
    both = ReferenceMap(features=gpd.GeoDataFrame(pd.concat([roads.features, river], ignore_index=True)))
    assert only(draw(plan(), roads))["grade"] == "inferred"
    row = only(draw(plan(), both))
    assert row["grade"] == "approximate"
    assert any("中河" in reason for reason in row["reasons"])


@pytest.mark.parametrize("stub", [[], [[(-900, 250), (-250, 250)]]])
def test_a_far_carriageway_is_not_taken_for_the_near_one_in_silence(
    stub: list[list[tuple[float, float]]],
) -> None:
    far = [(-900.0, 300.0), (900.0, 300.0)]
    both = lines(north=[far, [(-900, 250), (900, 250)]])
    assert only(draw(plan(), both))["grade"] == "traced"
    left = lines(north=[far, *stub])
    one_way = np.where(left.features["name"] == ROADS["north"], 1, 0) if not stub else 0
    row = only(draw(plan(), ReferenceMap(features=left.features.assign(one_way=one_way))))
    assert row["grade"] == "inferred"
    assert row["reason_codes"] == ["near-line-missing"]


def test_a_main_road_of_one_direction_is_read_from_a_map(tmp_path: Path) -> None:
    table = (
        grid()
        .features[["name", "geometry"]]
        .assign(highway=["primary", "primary", "residential", "trunk"], oneway=["yes", "no", "yes", "-1"])
    )
    table.to_file(tmp_path / "map.gpkg")
    features = read_reference(tmp_path / "map.gpkg").features.set_index("name")
    assert features["one_way"][list(ROADS.values())].tolist() == [1, 0, 0, -1]


@pytest.mark.parametrize(
    ("stated", "found"), [("0.48", []), ("1.44", ["declared-measured"]), ("48", ["unit-plausibility"])]
)
def test_an_inferred_block_is_held_against_its_stated_area(stated: str, found: list[str]) -> None:
    told = plan(f"面积{stated}平方公里，")
    drawing = draw(told, lines(north=[[(-900, 300), (270, 300)]]))
    assert only(drawing)["grade"] == "inferred"
    checks = [finding.check for finding in audit(told, drawing).findings if finding.severity == "error"]
    assert checks == found or (found and checks)
