"""The command line with named points, run as a user runs it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from ftz_geo.cli import main
from ftz_geo.measure import LocalPlane, gcj02_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ran = Callable[..., tuple[int, str, str]]

PLANE = LocalPlane(lon=117.2, lat=39.1)
NOTICE = "区块一：面积0.64平方公里，东至汉口路、南至胜利道、西至珠江路、北至建设道。"
ROADS = {"汉口路": (400, None), "珠江路": (-400, None), "胜利道": (None, -400), "建设道": (None, 400)}


@pytest.fixture
def ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ftz-geo", *arguments])
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def rows(*, datum: str = "WGS 84", names: dict[str, tuple[int | None, int | None]] = ROADS) -> str:
    lines = ["name,kind,lon,lat"]
    for name, (x, y) in names.items():
        for along in range(-1500, 1501, 250):
            place = PLANE.to_lonlat(shapely.Point(along if x is None else x, along if y is None else y))
            place = gcj02_of(place) if datum == "GCJ-02" else place
            lines.append(f"{name},road,{place.x:.8f},{place.y:.8f}")
    return "\n".join(lines) + "\n"


def blocks_of(folder: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads((folder / "blocks.geojson").read_text(encoding="utf-8"))[
        "features"
    ]
    return features


POLYGONS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": None},
            "geometry": shapely.geometry.mapping(shapely.box(117, 39, 118, 40)),
        }
    ],
}

UNUSABLE = {
    "missing.csv": None,
    "no_columns.csv": "a,b\n汉口路,1\n",
    "only_a_head.csv": "name,lon,lat\n",
    "no_degrees.csv": "name,lon,lat\n汉口路,500000,4300000\n",
    "areas_without_names.geojson": json.dumps(POLYGONS),
    "words.txt": NOTICE,
    "hinted.csv": "name,高德经度,高德纬度\n汉口路,117.2,39.1\n",
}


@pytest.mark.parametrize("command", ["build", "audit"])
@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_points_end_in_one_sentence(ran: Ran, tmp_path: Path, command: str, name: str) -> None:
    if (text := UNUSABLE[name]) is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    code, out, err = ran(command, "notice.txt", "--points", name, "--out", "out")
    assert (code, out) == (2, "")
    sentence = err.splitlines()[-1]
    assert sentence.startswith(f"ftz-geo: {name}")
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("text", [None, "name,map_name\n津淄公路,\n", ""])
def test_unusable_aliases_end_in_one_sentence(ran: Ran, tmp_path: Path, text: str | None) -> None:
    (tmp_path / "points.csv").write_text(rows(), encoding="utf-8")
    if text is not None:
        (tmp_path / "aliases.csv").write_text(text, encoding="utf-8")
    code, _, err = ran("build", "notice.txt", "--points", "points.csv", "--aliases", "aliases.csv")
    assert code == 2
    assert err.splitlines()[-1].startswith("ftz-geo: aliases.csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_converted_points_give_the_same_blocks(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(rows(), encoding="utf-8")
    (tmp_path / "shifted.csv").write_text(rows(datum="GCJ-02"), encoding="utf-8")
    assert ran("build", "notice.txt", "--points", "points.csv", "-o", "one")[0] == 0
    code, _, err = ran(
        "build", "notice.txt", "--points", "shifted.csv", "--points-datum", "GCJ-02", "-o", "other"
    )
    assert code == 0
    assert "GCJ-02" in err
    (one,), (other,) = (
        PLANE.to_xy(gpd.read_file(tmp_path / folder / "blocks.geojson").geometry.to_numpy())
        for folder in ("one", "other")
    )
    assert one.hausdorff_distance(other) < 1
    assert one.symmetric_difference(shapely.box(-400, -400, 400, 400)).area < 0.02 * one.area
    grades = [blocks_of(tmp_path / f)[0]["properties"]["grade"] for f in ("one", "other")]
    assert grades == ["approximate"] * 2
    # Left as they are, they would lie hundreds of metres off.
    assert ran("build", "notice.txt", "--points", "shifted.csv", "-o", "wrong")[0] == 0
    (wrong,) = PLANE.to_xy(gpd.read_file(tmp_path / "wrong" / "blocks.geojson").geometry.to_numpy())
    assert wrong.hausdorff_distance(one) > 100


@pytest.mark.slow
def test_aliases_are_used_and_those_that_no_point_has_are_told(ran: Ran, tmp_path: Path) -> None:
    names = {("山深线" if name == "汉口路" else name): at for name, at in ROADS.items()}
    (tmp_path / "points.csv").write_text(rows(names=names), encoding="utf-8")
    (tmp_path / "aliases.csv").write_text("name,map_name\n汉口路,山深线\n甲路,乙路\n", encoding="utf-8")
    code, _, err = ran("build", "notice.txt", "--points", "points.csv", "--aliases", "aliases.csv")
    assert code == 0
    assert "乙路" in err
    (block,) = blocks_of(tmp_path / "out")
    assert (block["properties"]["grade"], block["properties"]["area_shaped"]) == ("approximate", False)


@pytest.mark.slow
def test_an_audit_with_points_compares_no_area_with_them(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(rows(), encoding="utf-8")
    code, out, _ = ran("audit", "notice.txt", "--points", "points.csv", "--json")
    assert code == 0
    (block,) = json.loads(out)["zones"][0]["blocks"]
    assert (block["grade"], block["measured_km2"], block["verdict"]) == ("approximate", None, None)


@pytest.mark.slow
def test_an_audit_names_the_points_that_it_rests_on(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(rows(), encoding="utf-8")
    assert ran("build", "notice.txt", "--points", "points.csv")[0] == 0
    assert "points.csv" in (tmp_path / "out" / "audit.json").read_text(encoding="utf-8")


def test_aliases_without_points_are_used_or_refused(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "aliases.csv").write_text("name,map_name\n汉口路,山深线\n", encoding="utf-8")
    code, _, err = ran("build", "notice.txt", "--aliases", "aliases.csv")
    assert code == 2 or "alias" in err


@pytest.mark.slow
def test_build_without_arguments_places_blocks_by_the_points_that_come_along(
    ran: Ran, tmp_path: Path
) -> None:
    code, _, err = ran("build")
    assert code == 0
    assert "named points" in err
    assert "rows of slip roads (_link) are set aside" in err
    assert "no point is called" not in err
    blocks = [feature["properties"] for feature in blocks_of(tmp_path / "out")]
    assert len(blocks) == 28
    assert {block["grade"] for block in blocks} == {"approximate", "sketched"}
    assert all(0 < block["placement_uncertainty_m"] < 40_000 for block in blocks)
    edges = json.loads((tmp_path / "out" / "edges.geojson").read_text(encoding="utf-8"))["features"]
    approximate = {block["id"] for block in blocks if block["grade"] == "approximate"}
    own = [edge["properties"] for edge in edges if edge["properties"]["parcel_id"] in approximate]
    assert "points" in {edge["method"] for edge in own}
    assert not {edge["method"] for edge in own} & {"on-feature", "sketch"}  # there is no map of lines
    assert all(edge["uncertainty_m"] > 0 for edge in own)
