"""What a file is, is told in one place, and every command asks there."""

import json
import os
from pathlib import Path
from threading import Thread

import geopandas as gpd
import pytest
import shapely

import ftz_geo
from builders import run
from ftz_geo import shipped
from ftz_geo.files import FORMATS
from ftz_geo.frame import Drawing
from ftz_geo.kinds import expect, kind_of

NOTICE = "甲开发区总面积1平方公里。区块一：面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"
CORNERS = "J1,1,4320014.689,39511493.964\nJ2,1,4320024.689,39511493.964\nJ3,1,4320014.689,39511503.964\n"


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return ftz_geo.draw(ftz_geo.parse_plan(NOTICE))


def test_files_are_told_by_what_they_hold(tmp_path: Path, shared: Path) -> None:
    box = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(117, 39, 117.1, 39.1)], crs=4326)
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    (tmp_path / "survey.txt").write_text(CORNERS, encoding="utf-8")
    (tmp_path / "survey.csv").write_text("no,X,Y\n" + CORNERS, encoding="utf-8")
    box.to_file(tmp_path / "polygons.geojson")
    box.boundary.to_frame("geometry").to_file(tmp_path / "lines.geojson")
    patch = {"type": "FeatureCollection", "ftz_geo": {"schema": "ftz-geo/patch-1"}, "features": []}
    (tmp_path / "a.patch.geojson").write_text(json.dumps(patch), encoding="utf-8")
    wanted = {
        tmp_path / "notice.txt": "notice",
        tmp_path / "survey.txt": "survey",
        tmp_path / "survey.csv": "survey",
        tmp_path / "polygons.geojson": "polygons",
        tmp_path / "lines.geojson": "map",
        tmp_path / "a.patch.geojson": "patch",
        shared / "documents" / "zones-plan.txt": "notice",
        shared / "reference" / "helsinki.osm.pbf": "map",
        shared / "reference" / "shanghai_xinhua_roads.overpass.json": "map",
        shared / "reference" / "shanghai_west.gpkg": "map",
    }
    assert {path: kind_of(path) for path in wanted} == wanted


@pytest.mark.parametrize("ending", FORMATS)
def test_what_was_exported_is_read_back_and_mapped(drawing: Drawing, tmp_path: Path, ending: str) -> None:
    path = ftz_geo.write(drawing, tmp_path / f"a{ending}")
    assert kind_of(path) == "parcels"
    back = ftz_geo.read_parcels(path)
    assert back.index.tolist() == drawing.parcels.index.tolist()
    assert back["declared_area_km2"].tolist() == [1.0]
    assert back["area_shaped"].tolist() == [True]
    assert back.geometry.iloc[0].hausdorff_distance(drawing.parcels.geometry.iloc[0]) < 1e-8
    assert len(ftz_geo.render_maps(None, back, tmp_path / "maps")) == 2


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_is_left_for_the_reader_of_notices(tmp_path: Path) -> None:
    pipe = tmp_path / "notice"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(NOTICE,), kwargs={"encoding": "utf-8"}, daemon=True)
    writer.start()
    done = run("audit", pipe, timeout=60)
    assert done.returncode == 0
    assert "甲开发区" in done.stdout


@pytest.mark.slow
def test_commands_say_what_they_were_given_in_place_of_what_they_read(tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    lines = gpd.GeoDataFrame(
        {"name": ["甲路"]}, geometry=[shapely.LineString([(117, 39), (117, 40)])], crs=4326
    )
    lines.to_file(tmp_path / "roads.shp")
    blocks = shipped.boundaries_folder() / "xiqing.geojson"
    for command in (
        ("map", tmp_path / "roads.shp"),
        ("export", tmp_path / "roads.shp", tmp_path / "a.csv"),
        ("audit", blocks),
        ("build", blocks),
        ("audit", notice, "--polygons", notice),
    ):
        done = run(*command)
        last = done.stderr.splitlines()[-1]
        assert done.returncode == 2
        assert last.startswith("ftz-geo: ")
        assert ": this is " in last
        assert "Traceback" not in done.stderr


def test_corners_in_sentences_that_state_areas_are_a_notice_where_one_is_read(tmp_path: Path) -> None:
    corners = "；".join(f'122°04′{s}.66"E，37°33′{s}.91"N' for s in (10, 20, 30, 40))
    notice = tmp_path / "保护区.txt"
    notice.write_text(
        f"甲保护区总面积25公顷，其中核心区面积6公顷。核心区拐点坐标分别为（{corners}）。", encoding="utf-8"
    )
    assert kind_of(notice) == "survey"
    assert expect(notice, "notice", "parcels", instead="name a notice") == "notice"
