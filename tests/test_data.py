"""The data that ships: every row with its source, and the built boundaries as the code builds them."""

import csv
import gzip
import json
from functools import cache
from pathlib import Path

import pytest
import shapely

from ftz_geo import draw, read_aliases, read_plan, read_points, shipped
from ftz_geo.files import parcels_geojson, select_zone
from ftz_geo.frame import Drawing
from ftz_geo.measure import area_m2

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "boundaries"
ZONES = {"xiqing": 8, "wuqing": 2, "beichen": 7, "ziya": 2, "dongli": 9}


def test_every_file_has_its_row() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in FOLDER.iterdir()} - {"README.md"}
    rows = {line.split("`")[1] for line in readme.splitlines() if line.startswith("| `")}
    assert rows == files


def test_every_anchor_has_its_source_licence_and_basis() -> None:
    with (FOLDER / "anchors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(shipped.read_anchors()) > 0
    for row in rows:
        assert all(row[name].strip() for name in ("name", "zone", "source", "licence", "basis")), row
        # The municipality of Tianjin lies within these bounds.
        assert 116.6 < float(row["lon"]) < 118.1
        assert 38.5 < float(row["lat"]) < 40.3
        assert 1000 <= float(row["uncertainty_m"]) <= 40_000


def rows_of(path: Path) -> list[dict[str, str]]:
    packed = gzip.open if path.suffix == ".gz" else open
    with packed(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_named_points_lie_around_tianjin_and_stand_once_in_order() -> None:
    rows = rows_of(FOLDER / "points.csv")
    assert list(rows[0]) == ["name", "kind", "class", "lon", "lat"]
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda row: (row["name"], float(row["lon"]), float(row["lat"])))
    for row in rows:
        assert row["name"] == row["name"].strip() != ""
        assert row["kind"] in {"road", "water", "rail", "place", "boundary"}
        # The box of the gazetteer that they were taken from.
        assert 116.6 < float(row["lon"]) < 118.2
        assert 38.4 < float(row["lat"]) < 40.3


def test_other_names_belong_to_names_of_the_notice_and_have_points() -> None:
    aliases = rows_of(FOLDER / "aliases.csv")
    plan = (FOLDER / "plan.txt").read_text(encoding="utf-8")
    mapped = set(read_points(FOLDER / "points.csv").features["name"])  # without what is set aside
    zones = {anchor.zone for anchor in shipped.read_anchors()}
    assert len({(row["name"], row["map_name"], row["zone"]) for row in aliases}) == len(aliases) > 0
    for row in aliases:
        assert row["name"] in plan
        assert row["map_name"] in mapped
        assert row["zone"] in zones
        assert row["note"].strip()
        assert row["name"] != row["map_name"]


def test_named_points_are_those_of_the_shared_gazetteer(shared: Path) -> None:
    folder = shared / "reference/tianjin"
    taken = {(row["name"], row["class"], row["lon"], row["lat"]) for row in rows_of(FOLDER / "points.csv")}
    given = rows_of(folder / "named_points.csv.gz")
    assert taken <= {(row["name"], row["class"], row["lon"], row["lat"]) for row in given}
    names = {name for name, *_ in taken}
    names |= {row["name"] for row in rows_of(FOLDER / "aliases.csv") if row["map_name"] in names}
    sides = rows_of(folder / "notice_sides.csv")
    assert {side["name"] for side in sides if side["osm_points"] != "0" or side["stops"] != "0"} <= names


def test_every_row_of_the_plan_has_its_source() -> None:
    rows = [
        line for line in (FOLDER / "plan.txt").read_text(encoding="utf-8").splitlines() if "平方公里" in line
    ]
    assert len(rows) == 5 + 24
    assert all("〔来源：附件" in row for row in rows)


def test_anchors_are_where_the_shared_facts_put_them(shared: Path) -> None:
    towns = {
        feature["properties"]["addr_4"]: feature["geometry"]["coordinates"]
        for feature in json.loads((shared / "reference/tianjin/towns.geojson").read_text(encoding="utf-8"))[
            "features"
        ]
    }
    found = [a for a in shipped.read_anchors() if a.name in towns]
    assert len(found) >= 9
    for anchor in found:
        assert (anchor.lon, anchor.lat) == pytest.approx(towns[anchor.name], abs=2e-4)


@cache
def drawn() -> Drawing:
    points, aliases = read_points(FOLDER / "points.csv"), read_aliases(FOLDER / "aliases.csv")
    return draw(read_plan(FOLDER / "plan.txt"), points=points, aliases=aliases)


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "count"), ZONES.items())
def test_built_boundaries_are_what_the_code_builds(zone: str, count: int) -> None:
    stored = json.loads((FOLDER / f"{zone}.geojson").read_text(encoding="utf-8"))["features"]
    built = parcels_geojson(select_zone(drawn(), zone))["features"]
    assert len(stored) == len(built) == count
    for old, new in zip(stored, built, strict=True):
        assert old["properties"] == {
            **new["properties"],
            "measured_area_km2": old["properties"]["measured_area_km2"],
        }
        before, after = (shapely.geometry.shape(feature["geometry"]) for feature in (old, new))
        # Other versions of PROJ and GEOS may move a vertex by a hair: 1e-7 degrees are a centimetre.
        assert shapely.hausdorff_distance(before, after) < 1e-7
        assert area_m2([before])[0] == pytest.approx(area_m2([after])[0], rel=1e-6)
