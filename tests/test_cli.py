"""The command line, run as a user runs it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from builders import COMMAND, run
from ftz_geo import shipped

PLAN = shipped.plan_file()


def changed_plan(folder: Path) -> Path:
    path = folder / "changed.txt"
    text = PLAN.read_text(encoding="utf-8")
    assert text.count("3.38") == 1
    path.write_text(text.replace("3.38", "3.44"), encoding="utf-8")
    return path


@pytest.mark.slow
def test_build_without_a_file_writes_the_contract(tmp_path: Path) -> None:
    done = run("build", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    zones = ("index", "xiqing", "wuqing", "beichen", "ziya", "dongli")
    wanted = {
        "blocks.geojson",
        "edges.geojson",
        "audit.json",
        "audit.html",
        *(f"maps/{z}.html" for z in zones),
    }
    out = tmp_path / "out"
    assert {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} == wanted
    assert done.stdout.splitlines()[0] == str(Path("out", "blocks.geojson"))
    blocks = json.loads((out / "blocks.geojson").read_text(encoding="utf-8"))["features"]
    assert len(blocks) == 28
    assert {f["properties"]["grade"] for f in blocks} == {"approximate", "sketched"}
    # Each is put where the named points that come along say, within a radius that it states.
    radii = [f["properties"]["placement_uncertainty_m"] for f in blocks]
    assert sum(radius < 2000 for radius in radii) >= 15
    assert max(radii) < 10_000
    assert json.loads((out / "audit.json").read_text(encoding="utf-8"))["verdict"] == "notes"


@pytest.mark.slow
def test_the_notice_itself_gives_what_the_shipped_facts_give(shared: Path) -> None:
    def facts(path: Path) -> object:
        def strip(value: object) -> object:
            if isinstance(value, dict):
                return {
                    k: strip(v) for k, v in value.items() if k not in {"span", "text", "source", "unread"}
                }
            return [strip(v) for v in value] if isinstance(value, list) else value

        keep = ("id", "name", "declared_area", "declared_block_count", "blocks")
        zones = json.loads(run("parse", path, "--json").stdout)["zones"]
        return [strip({name: zone[name] for name in keep}) for zone in zones]

    assert facts(shared / "documents/zones-plan.txt") == facts(PLAN)


@pytest.mark.slow
def test_audit_says_one_note_and_succeeds() -> None:
    done = run("audit", PLAN, "--json")
    assert done.returncode == 0
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["severity"], finding["zone_id"]) == ("note", "beichen")
    assert finding["difference_km2"] == pytest.approx(0.01)


@pytest.mark.slow
def test_audit_of_a_wrong_figure_fails(tmp_path: Path) -> None:
    done = run("audit", changed_plan(tmp_path), "--json")
    assert done.returncode == 1
    errors = [f for f in json.loads(done.stdout)["findings"] if f["severity"] == "error"]
    assert [(f["check"], f["zone_id"]) for f in errors] == [("declared-sum", "xiqing")]
    assert "18.94" in done.stderr


@pytest.mark.slow
def test_export_gives_one_zone_in_several_formats(tmp_path: Path) -> None:
    out = [tmp_path / "ziya.geojson", tmp_path / "ziya.gpkg"]
    done = run("export", PLAN, *out, "--zone", "ziya")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(out[0].read_text(encoding="utf-8"))["features"]) == 2
    assert out[1].stat().st_size > 0
    assert "use one of xiqing" in run("export", PLAN, out[0], "--zone", "nowhere").stderr


@pytest.mark.slow
def test_map_of_written_blocks(tmp_path: Path) -> None:
    run("export", PLAN, tmp_path / "b.geojson", "--zone", "ziya")
    done = run("map", tmp_path / "b.geojson", "--out", tmp_path / "maps")
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "maps").iterdir()} == {"index.html", "ziya.html"}


UNUSABLE = {
    "missing": (None, "there is no such file"),
    "empty": (b" \n", "the file is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary file"),
    "no boundary": ("关于召开会议的通知。请准时参加。".encode(), "hold neither a boundary description"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("content", "sentence"), UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_document_gets_one_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "notice.txt"
    if content is not None:
        path.write_bytes(content)
    kept = tmp_path / "out" / "blocks.geojson"
    kept.parent.mkdir()
    kept.write_text("of an earlier run", encoding="utf-8")
    done = run("build", path, "--out", kept.parent)
    assert done.returncode == 2
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [p.name for p in kept.parent.rglob("*")] == ["blocks.geojson"]
    assert kept.read_text(encoding="utf-8") == "of an earlier run"


@pytest.mark.slow
def test_the_last_line_says_how_much_of_the_words_the_map_holds(tmp_path: Path) -> None:
    roads = {"甲路": [(117.01, 38.99), (117.01, 39.02)], "乙路": [(116.99, 39.0), (117.02, 39.0)]}
    lines = gpd.GeoDataFrame(
        {"name": list(roads)}, geometry=[shapely.LineString(xy) for xy in roads.values()], crs=4326
    )
    lines.to_file(tmp_path / "roads.gpkg")
    notice = tmp_path / "notice.txt"
    notice.write_text("区块一：面积1平方公里，东至甲路、南至乙路、西至丙路、北至空地。", encoding="utf-8")
    done = run("build", notice, "--reference", tmp_path / "roads.gpkg", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "ftz-geo: found on the map: 2 of 3 named sides"


@pytest.mark.slow
def test_broken_reference_map_gets_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "roads.gpkg"
    broken.write_bytes(b"SQLite format 3\0" + bytes(100))
    done = run("build", PLAN, "--reference", broken, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "roads.gpkg" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_unwritable_folder_gets_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", encoding="utf-8")
    done = run("build", PLAN, "--out", file / "out")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert file.read_text(encoding="utf-8") == "in the way"


def test_standard_input_and_gbk() -> None:
    done = subprocess.run(
        [COMMAND, "parse", "-", "--json"],
        input=PLAN.read_text(encoding="utf-8").encode("gb18030"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["zones"]) == 5


def test_console_of_another_code_page() -> None:
    done = run("parse", PLAN, env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    assert "津淄公路" in done.stdout


def test_help_imports_no_geometry() -> None:
    heavy = {"geopandas", "folium", "shapely", "rich"}
    code = f"import sys, ftz_geo.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_departments_are_counted_by_zone(shared: Path) -> None:
    done = run(
        "departments",
        shared / "documents/zones-plan.txt",
        "--measures",
        shared / "documents/pilot-measures.txt",
    )
    assert done.returncode == 0, done.stderr
    head, *rows = list(csv.reader(done.stdout.lstrip("\ufeff").splitlines()))
    assert len(head) == 1 + 5 + 2
    customs = next(row for row in rows if row[0] == "天津海关")
    assert sum(map(int, customs[1:6])) == int(customs[6]) == 23


@pytest.mark.slow
def test_pilot_measures_are_read_and_not_built(shared: Path, tmp_path: Path) -> None:
    path = shared / "documents/pilot-measures.txt"
    assert len(json.loads(run("parse", path, "--json").stdout)["measures"]) == 42
    done = run("build", path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "describes no block" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
