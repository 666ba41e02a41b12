"""Coordinates that a user gives: forms of writing, real lists, and what must be refused."""

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyproj
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo import pipeline
from ftz_geo.errors import DocumentError
from ftz_geo.measure import area_m2
from ftz_geo.model import Unchecked
from ftz_geo.parse import parse_plan
from ftz_geo.polygons import match_polygons, read_survey
from ftz_geo.report import audit_csv, audit_xlsx
from ftz_geo.survey import Survey, parse_survey

SQUARE = [(4320014.689, 511493.964), (4321014.689, 511500.1), (4321010.0, 512493.964), (4320020.5, 512490.2)]
"""X north, Y east without zone, metres; zone 39."""
HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号={zone}\n[地块坐标]\n"


def survey_txt(
    rows: list[tuple[float, float]],
    *,
    zone: str = "39",
    prefix: bool = True,
    j: str = "J",
    closed: bool = True,
    count: int | None = None,
    swapped: bool = False,
    tail: str = ",,,@",
    ring: int = 1,
) -> str:
    points = [*rows, rows[0]] if closed else rows
    lines = []
    for i, (x, y) in enumerate(points):
        y += 39_000_000 * prefix
        pair = f"{y:.3f},{x:.3f}" if swapped else f"{x:.3f},{y:.3f}"
        lines.append(f"{j}{i % len(rows) + 1},{ring},{pair}")
    head = f"{count or len(points)},0,XQ-01,区块一,面{tail}"
    return HEAD.format(zone=zone) + "\n".join([head, *lines])


def oracle(rows: list[tuple[float, float]], epsg: int = 4527) -> shapely.Polygon:
    """The square by pyproj alone: EPSG's own plane with zone 39 in the easting."""
    there = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True)
    return shapely.Polygon([there.transform(y + 39_000_000, x) for x, y in rows])


def codes(text: str) -> list[str]:
    return [f.check for findings in parse_survey(text).findings for f in findings]


@pytest.mark.parametrize(
    ("variant", "noticed"),
    [
        ({}, []),
        ({"j": ""}, []),
        ({"prefix": False}, []),
        ({"zone": ""}, []),
        ({"closed": False}, []),
        ({"closed": True, "count": 4}, []),
        ({"swapped": True}, ["survey-order"]),
        ({"count": 9}, ["survey-count"]),
        ({"zone": "40"}, ["survey-zone"]),
        ({"tail": ",,,,,,@"}, []),
        ({"tail": ",,,,,,,@"}, []),
    ],
)
def test_survey_txt_in_its_variants(variant: dict[str, object], noticed: list[str]) -> None:
    found = parse_survey(survey_txt(SQUARE, **variant))  # type: ignore[arg-type]
    frame = found.polygons
    assert frame[["id", "name", "grade"]].iloc[0].tolist() == ["XQ-01", "区块一", "surveyed"]
    assert shapely.hausdorff_distance(frame.geometry.iloc[0], oracle(SQUARE)) < 1e-9
    assert [f.check for f in found.findings[0]] == noticed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_survey_txt_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "界址点.txt"
    file.write_bytes(survey_txt(SQUARE).replace("\n", "\r\n").encode(encoding))
    found = read_survey(file)
    assert isinstance(found, Survey)
    assert found.polygons["name"].tolist() == ["区块一"]


def test_easting_without_any_zone_is_refused() -> None:
    with pytest.raises(DocumentError, match="neither zone nor central meridian"):
        parse_survey(survey_txt(SQUARE, zone="", prefix=False))


@pytest.mark.parametrize(("offset", "kind", "holes"), [(300, "Polygon", 1), (5000, "MultiPolygon", 0)])
def test_a_second_ring_is_a_hole_where_it_lies_inside_and_a_part_where_not(
    offset: float, kind: str, holes: int
) -> None:
    inner = [
        (4320014.689 + offset + dx, 39511493.964 + offset + dy) for dx, dy in [(0, 0), (99, 0), (99, 99)]
    ]
    more = "".join(f"\nJ{i},2,{x:.3f},{y:.3f}" for i, (x, y) in enumerate(inner, 5))
    shape = parse_survey(survey_txt(SQUARE, count=8) + more).polygons.geometry.iloc[0]
    assert shape.geom_type == kind
    outer = float(area_m2([oracle(SQUARE)])[0])
    assert area_m2([shape])[0] == pytest.approx(outer + (99 * 99 / 2) * (-1 if holes else 1), abs=1)


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=3, max_size=9, unique=True),
    st.sampled_from(
        [
            "{n} {x:.3f} {y:.3f}\n",
            "J{n},{x:.3f},{y:.3f};",
            "{n}\tX={x:.3f}\tY={y:.3f}\n",
            "|{n}|{y:.3f}|{x:.3f}|\n",
        ]
    ),
)
@example([(0, 0), (1000, 0), (1000, 1000)], "{n} {x:.3f} {y:.3f}\n")
def test_lists_give_back_the_corners_in_any_form(offsets: list[tuple[int, int]], form: str) -> None:
    rows = [(4320000.125 + x, 511000.25 + y) for x, y in offsets]
    text = "".join(form.format(n=n, x=x, y=y + 39_000_000) for n, (x, y) in enumerate(rows, 1))
    found = parse_survey("核心区\n" + text).polygons
    assert found["name"].tolist() == ["核心区"]
    wanted = np.array(oracle(rows).exterior.coords)
    assert np.abs(shapely.get_coordinates(found.geometry.iloc[0]) - wanted).max() < 1e-9


@pytest.mark.parametrize("mark", ["′″", "'\"", "分秒"])
def test_degrees_with_their_signs(mark: str) -> None:
    degree = "度" if mark == "分秒" else "°"
    corners = [(117, 9, 30.25, 39, 1, 2.5), (117, 10, 30.25, 39, 1, 2.5), (117, 10, 30.25, 39, 2, 2.5)]
    text = "；".join(
        f"东经{a}{degree}{b:02}{mark[0]}{c:05.2f}{mark[1]}，北纬{d}{degree}{e:02}{mark[0]}{f:05.2f}{mark[1]}"
        for a, b, c, d, e, f in corners
    )
    xy = shapely.get_coordinates(parse_survey(text).polygons.geometry.iloc[0])[:3]
    assert xy == pytest.approx(
        np.array([(a + b / 60 + c / 3600, d + e / 60 + f / 3600) for a, b, c, d, e, f in corners])
    )


def test_several_named_rings_and_their_areas() -> None:
    parts = []
    for n, name in enumerate(("区块一", "区块二")):
        rows = "\n".join(f"{i}\t{x + 3000 * n:.3f}\t{y + 39e6:.3f}" for i, (x, y) in enumerate(SQUARE, 1))
        parts.append(
            f"{name}拐点坐标（2000国家大地坐标系）\n点号\tX坐标\tY坐标\n{rows}\n面积：{98.98 + n}公顷"
        )
    found = parse_survey("\n".join(parts))
    frame = found.polygons
    assert frame["name"].tolist() == ["区块一", "区块二"]
    assert frame["stated_area_km2"].tolist() == [0.9898, 0.9998]
    assert [[f.check for f in findings] for findings in found.findings] == [[], ["survey-area"]]


def test_points_printed_side_by_side_are_put_in_the_order_of_their_labels() -> None:
    (a, b, c, d) = [f"{i} {x:.3f} {y + 39e6:.3f}" for i, (x, y) in enumerate(SQUARE, 1)]
    found = parse_survey(f"点号 X Y 点号 X Y\n{a} {c}\n{b} {d}")
    frame = found.polygons
    assert frame.geometry.iloc[0].equals(oracle(SQUARE)) or (
        shapely.hausdorff_distance(frame.geometry.iloc[0], oracle(SQUARE)) < 1e-9
    )
    assert "survey-order" in [f.check for f in found.findings[0]]


def test_corners_in_disorder_cross_and_stay_so() -> None:
    a, b, c, d = SQUARE
    found = parse_survey(survey_txt([a, c, b, d]))
    frame = found.polygons
    assert not frame.geometry.iloc[0].is_valid
    assert [f.check for f in found.findings[0]] == ["self-crossing"]


@pytest.mark.parametrize(
    "broken",
    [
        "4321***.100",
        "43210xx.100",
        "43210l4.689",
        "4321.014.689",
        "432101.689",
        "43210145.689",
        "4821014.689",
        "********",
    ],
)
@pytest.mark.parametrize("form", ["txt", "list"])
def test_masked_and_damaged_numbers_are_refused(broken: str, form: str) -> None:
    if form == "txt":
        text = survey_txt(SQUARE).replace("4321014.689", broken)
    else:
        text = "\n".join(f"{i} {x:.3f} {y + 39e6:.3f}" for i, (x, y) in enumerate(SQUARE, 1))
        text = text.replace("4321014.689", broken)
    assert broken in text
    with pytest.raises(DocumentError, match="no polygon can be read"):
        parse_survey(text)


@pytest.mark.parametrize("words", ["（辨认不清）", "此处破损"])
def test_a_broken_row_with_words_does_not_fall_out_of_its_list(words: str) -> None:
    rows = [f"{i} {x + 7 * i:.3f} {y + 39e6 + i * i:.3f}" for i, (x, y) in enumerate(SQUARE * 2, 1)]
    assert len(parse_survey("\n".join(rows[:4])).polygons) == 1
    rows[3] = f"4 4321*** 39511500.100 {words}"
    with pytest.raises(DocumentError, match="masked or broken"):
        parse_survey("\n".join(rows))
    del rows[3]
    assert "survey-count" in codes("\n".join(rows))


def test_one_damaged_parcel_does_not_take_the_others_along() -> None:
    second = survey_txt(SQUARE).split("[地块坐标]\n")[1].replace("4321014.689", "4321***.689")
    found = parse_survey(survey_txt(SQUARE) + "\n" + second)
    frame = found.polygons
    assert frame["grade"].tolist() == ["surveyed", "undetermined"]
    assert frame.geometry.iloc[1] is None
    assert [f.check for f in found.findings[1]] == ["survey-damaged"]


@pytest.mark.parametrize("between", ["\t", " ", ",", " | "])
@pytest.mark.parametrize("label", ["", "J"])
def test_degrees_minutes_and_seconds_in_columns_of_their_own(between: str, label: str) -> None:
    seconds = [(0.5, 1.2), (41.25, 2.0), (40.1, 34.5), (1.2, 33.3)]
    rows = [
        between.join(map(str, (f"{label}{i}", 117, 9, east, 39, 0, north)))
        for i, (east, north) in enumerate(seconds, 1)
    ]
    head = "2000国家大地坐标系\n区块一\n点号\t经度\t\t\t纬度\t\t\n\t度\t分\t秒\t度\t分\t秒\n"
    frame = parse_survey(head + "\n".join(rows)).polygons
    assert frame["name"].tolist() == ["区块一"]
    wanted = [(117 + 9 / 60 + east / 3600, 39 + north / 3600) for east, north in seconds]
    assert shapely.get_coordinates(frame.geometry.iloc[0])[:-1] == pytest.approx(np.array(wanted), abs=1e-12)
    rows[2] = rows[2].replace("40.1", "4*.1")
    with pytest.raises(DocumentError, match="masked or broken"):
        parse_survey(head + "\n".join(rows))


def test_decimal_degrees_are_not_read_as_packed() -> None:
    text = "1,121.9250,45.5750\n2,121.9625,45.5750\n3,121.9625,45.5680\n4,121.9300,45.5681"
    xy = shapely.get_coordinates(parse_survey(text).polygons.geometry.iloc[0])
    assert xy[0] == pytest.approx([121.925, 45.575])


def test_degrees_that_could_be_either_are_refused_unless_the_text_says() -> None:
    text = "1,121.101000,45.101000\n2,121.102000,45.101000\n3,121.102000,45.102000"
    with pytest.raises(DocumentError, match="cannot be told apart"):
        parse_survey(text)
    packed = parse_survey("度分秒格式\n" + text).polygons.geometry.iloc[0]
    assert shapely.get_coordinates(packed)[0] == pytest.approx(
        [121 + 10 / 60 + 10 / 3600, 45 + 10 / 60 + 10 / 3600]
    )


def printed(entry: dict[str, object]) -> str:
    """An entry of the corpus as its document printed it, from what the corpus kept."""
    area = str(entry["stated_area"]).split("(")[0]
    if entry["id"] == "port-bj54":
        return str(entry["text"])
    if "text_coords" in entry:
        return f"{entry['text_coords']}\n面积{area}"
    rows: list[list[float]] = entry.get("ring_raw") or entry["ring"]  # type: ignore[assignment]
    form = "{},{:.4f},{:.4f}" if "ring_raw" in entry else "{},{},{}"
    return "\n".join(form.format(i, *row) for i, row in enumerate(rows, 1)) + f"\n面积{area}"


def test_real_lists_come_out_as_they_are_known_to(shared: Path) -> None:
    entries = json.loads((shared / "corpus" / "coordinates.json").read_text(encoding="utf-8"))
    off = {}
    for entry in entries:
        found = parse_survey(printed(entry))
        frame = found.polygons
        assert len(frame) == 1, entry["id"]
        shape = frame.geometry.iloc[0]
        # The corpus took areas on the plane or with straight degrees: 0.03 % apart at most.
        assert area_m2([shape])[0] / 1e6 == pytest.approx(entry["computed_km2"], rel=4e-4, abs=1e-6), entry[
            "id"
        ]
        if not entry["crs"].startswith(("CGCS2000", "Beijing")):
            wanted = shapely.Polygon(entry["ring"])
            assert shapely.hausdorff_distance(shape, wanted) < 2e-6 or "geographic" not in entry["crs"]
        for finding in found.findings[0]:
            if finding.check == "survey-area" and finding.difference_km2 and finding.declared_km2:
                off[entry["id"]] = (
                    finding.severity,
                    round(float(-finding.difference_km2 / finding.declared_km2) * 100, 1),
                )
    exact = {
        "mine-beilun-一",
        "mine-beilun-二",
        "mine-beilun-三",
        "explore-xingan-changchunling",
        "fish-jingziwan-core",
        "sh-xinhua",
    }
    assert not exact & off.keys()
    assert off["explore-xingan-yongcaitun"] == ("error", 10.8)
    assert off["fish-qingyang-core"][1] == pytest.approx(101, abs=0.1)
    assert off["port-bj54"] == ("warning", 15.0)
    assert off["sh-shangda"][0] == "warning"


PLAN = """东丽经开区总面积2.98平方公里，分为两个区块。

区块一：面积0.99平方公里，东至甲河、南至乙路、西至丙路、北至丁路。

区块二：科技园，面积1.99平方公里，东至丙路、南至乙路、西至戊路、北至己路。

西青经开区总面积1平方公里，分为一个区块。

区块一：面积1平方公里，东至子河、南至丑路、西至寅路、北至卯路。
"""


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("dongli-1", "dongli-1"),
        ("东丽区块一", "dongli-1"),
        ("西青片区 区块1 宗地", "xiqing-1"),
        ("区块二", "dongli-2"),
        ("科技园", "dongli-2"),
        ("区块一", None),  # which zone's?
        ("西青区块二", None),  # there is none
        ("区块十二", None),
    ],
)
def test_polygons_are_joined_by_words_that_fit_one_parcel_only(name: str, wanted: str | None) -> None:
    plan = parse_plan(PLAN)
    polygons = parse_survey(survey_txt(SQUARE).replace("XQ-01", "").replace("区块一", name)).polygons
    assert match_polygons(plan, polygons) == ({} if wanted is None else {0: wanted})


@pytest.mark.parametrize("names", ["东川片区 西川片区", "甲市东川园 甲市西川园", "华苑经开区 滨湖经开区"])
def test_zones_that_differ_in_one_character_are_told_apart_by_their_names(names: str) -> None:
    one, other = names.split()
    text = "\n".join(
        f"{n}总面积2平方公里，共两个区块。\n区块一：面积1平方公里，东至{n}路、南至乙路、西至丙路、北至丁路。\n"
        f"区块二：面积1平方公里，东至戊路、南至己路、西至{n}路、北至庚路。"
        for n in (one, other)
    )
    plan = parse_plan(text)
    polygons = parse_survey(
        survey_txt(SQUARE).replace("XQ-01", "").replace("区块一", f"{other}区块一")
    ).polygons
    assert match_polygons(plan, polygons) == {0: plan.zones[1].blocks[0].id}


def test_a_zone_that_is_one_block_is_joined_by_its_name() -> None:
    plan = parse_plan("青岭湿地自然保护区总面积297.73公顷，其中核心区面积124.88公顷，其余为实验区。")
    block = plan.zones[0].blocks[0].id
    polygons = parse_survey(survey_txt(SQUARE).replace("区块一", "青岭湿地自然保护区")).polygons
    assert match_polygons(plan, polygons) == {0: block}


@pytest.mark.parametrize("name", ["青岭湿地自然保护区核心区", "核心区", "区块二"])
def test_a_part_of_a_zone_that_is_one_block_is_not_taken_for_it(name: str) -> None:
    plan = parse_plan("青岭湿地自然保护区总面积297.73公顷，其中核心区面积124.88公顷，其余为实验区。")
    polygons = parse_survey(survey_txt(SQUARE).replace("XQ-01", "").replace("区块一", name)).polygons
    assert match_polygons(plan, polygons.assign(zone="青岭湿地自然保护区")) == {}
    assert match_polygons(plan, polygons.assign(words=[("青岭湿地自然保护区",)])) == {}


def test_audit_of_a_survey_names_what_did_not_join() -> None:
    plan = parse_plan(PLAN)
    other = survey_txt(SQUARE).split("[地块坐标]\n")[1].replace("区块一", "乙地").replace("XQ-01", "Z")
    text = survey_txt(SQUARE).replace("区块一", "东丽区块二") + "\n" + other
    joined = pipeline.join_polygons(plan, parse_survey(text))
    assert joined.parcels.index.tolist() == ["dongli-1", "dongli-2", "xiqing-1", "乙地"]
    assert joined.parcels["grade"].tolist() == ["undetermined", "surveyed", "undetermined", "surveyed"]
    found = {f.check: f for f in pipeline.audit(plan, joined).findings}
    assert "乙地" in found["unmatched-polygon"].zh
    assert found["declared-measured"].block_id == "dongli-2"
    assert found["declared-measured"].severity == "error"


def test_a_map_file_of_any_columns_is_joined(tmp_path: Path) -> None:
    import geopandas as gpd

    file = tmp_path / "界线.gpkg"
    there = gpd.GeoDataFrame({"名称": ["科技园"]}, geometry=[oracle(SQUARE)], crs=4326).to_crs(4548)
    there.to_file(file)
    joined = pipeline.join_polygons(parse_plan(PLAN), read_survey(file))
    assert joined.parcels["grade"].tolist() == ["undetermined", "surveyed", "undetermined"]
    assert shapely.hausdorff_distance(joined.parcels.geometry.iloc[1], oracle(SQUARE)) < 1e-8


def test_a_workbook_of_corners_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("点号", "X", "Y"), *((f"J{i}", x, y + 39e6) for i, (x, y) in enumerate(SQUARE, 1))]:
        book.active.append(row)
    book.save(tmp_path / "界址点.xlsx")
    found = read_survey(tmp_path / "界址点.xlsx")
    assert isinstance(found, Survey)
    shape = found.polygons.geometry.iloc[0]
    assert shapely.hausdorff_distance(shape, oracle(SQUARE)) < 1e-9


def computed(sheet: Any, name: str) -> Any:
    """What a cell shows, by an evaluator of its own for the few functions that the sheet uses."""
    value = sheet[name].value
    if sheet[name].data_type != "f":
        return 0.0 if value is None else float(value)

    def cells(m: re.Match[str]) -> str:
        column, first, last = m[1], int(m[2]), int(m[3])
        return "[" + ",".join(repr(computed(sheet, f"{column}{n}")) for n in range(first, last + 1)) + "]"

    words = re.sub(r"([A-Z])(\d+):[A-Z](\d+)", cells, value[1:].replace("$", ""))
    words = re.sub(r"\b[A-Z]\d+\b", lambda m: repr(computed(sheet, m[0])), words)
    words = words.replace("<=", "≤").replace("^", "**").replace("≤", "<=")
    known = {"SUM": sum, "MAX": max, "MIN": min, "ABS": abs, "IF": lambda test, yes, no: yes if test else no}
    return eval(words, {"__builtins__": {}}, known)  # noqa: S307  (cells that this test's own code wrote)


@pytest.mark.parametrize("one", ["0.99", "0.985", "0.95"])
def test_workbook_computes_what_the_audit_found(one: str) -> None:
    plan = parse_plan(PLAN.replace("面积0.99", f"面积{one}"))
    audit = pipeline.audit(plan)
    book = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))
    assert book.sheetnames == ["汇总", "检查", "发现", "未核", "面积"]
    areas = book["面积"]
    zone = audit.zones[0]
    assert [computed(areas, f"F{n}") for n in (5, 6, 7, 8)] == pytest.approx(
        [zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2]
    )
    assert computed(areas, "F9") == ("超限" if zone.verdict == "fail" else "限内")


def test_workbook_sets_a_surveyed_area_against_the_stated_one() -> None:
    plan = parse_plan(PLAN)
    joined = pipeline.join_polygons(plan, parse_survey(survey_txt(SQUARE).replace("区块一", "东丽区块一")))
    audit = pipeline.audit(plan, joined)
    areas = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))["面积"]
    assert float(areas["I3"].value) * 1e6 == pytest.approx(area_m2([oracle(SQUARE)], cut_m=70)[0])
    # σ = m·√(ΣD²/8) with D from the corner before to the one behind; twice that, and half a digit.
    diagonals = np.subtract(SQUARE[1:] + SQUARE[:1], SQUARE[-1:] + SQUARE[:-1])
    sigma = 0.5 * np.sqrt((diagonals**2).sum() / 8)
    assert computed(areas, "O3") == pytest.approx(0.005 + 2 * sigma / 1e6, rel=1e-3)
    assert computed(areas, "Q3") == "限内"


def test_libreoffice_computes_what_the_audit_found(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    plan = parse_plan(PLAN.replace("面积0.99平方公里", "面积1485亩"))
    joined = pipeline.join_polygons(plan, parse_survey(survey_txt(SQUARE).replace("区块一", "东丽区块一")))
    audit = pipeline.audit(plan, joined)
    (tmp_path / "audit.xlsx").write_bytes(audit_xlsx(plan, audit))
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,5"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    book = str(tmp_path / "audit.xlsx")
    command = [office, profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), book]
    subprocess.run(command, check=True, capture_output=True)
    rows = list(csv.reader(io.StringIO((tmp_path / "audit-面积.csv").read_text(encoding="utf-8"))))
    by_title = {row[1]: row for row in reversed(rows)}  # the first zone comes first
    zone = audit.zones[0]
    block = next(b for b in zone.blocks if b.measured_km2)
    ways = block.measured_ways_km2
    assert ways is not None
    row = by_title[block.label or ""]
    assert [float(row[i]) for i in (5, 8, 9, 10, 12, 14)] == pytest.approx(
        [
            block.declared_km2,
            *(ways.ellipsoid, ways.geodesic, ways.plane),
            block.difference_km2,
            block.limit_km2,
        ],
        abs=1e-9,
    )
    assert row[16] == {"pass": "限内", "fail": "超限"}[block.verdict or "notes"]
    assert [
        float(by_title[t][5]) for t in ("公布总面积", "各区块之和", "公布减之和", "允许差")
    ] == pytest.approx([zone.declared_km2, zone.sum_km2, zone.difference_km2, zone.limit_km2], abs=1e-9)


HOSTILE = '=HYPERLINK("http://x")'


def test_the_documents_words_never_run_in_a_spreadsheet() -> None:
    plan = replace(parse_plan(PLAN.replace("面积0.99", "面积0.50")), text=HOSTILE * 20)
    zones = tuple(replace(zone, name=HOSTILE) for zone in plan.zones)
    audit = pipeline.audit(plan := replace(plan, zones=zones))
    gap = Unchecked(code="x", zone_id=plan.zones[0].id, zh="甲", en="a")
    finding = next(f for f in audit.findings if f.spans)
    audit = replace(audit, findings=(replace(finding, spans=((0, len(HOSTILE)),)),), unchecked=(gap,))
    book = openpyxl.load_workbook(io.BytesIO(audit_xlsx(plan, audit)))
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value == HOSTILE]
    assert {cell.parent.title for cell in cells} == {"汇总", "发现", "未核", "面积"}
    assert {cell.data_type for cell in cells} == {"s"}
    row = list(csv.reader(io.StringIO(audit_csv(plan, audit))))[1]
    assert row[-4] == "'" + HOSTILE


def test_command_writes_reports_and_strict_counts_warnings(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from ftz_geo.cli import app

    (tmp_path / "plan.txt").write_text(PLAN.replace("总面积2.98", "总面积约2.98"), encoding="utf-8")
    square = [
        (4320014.689, 511493.964),
        (4321009.677, 511493.964),
        (4321009.677, 512488.952),
        (4320014.689, 512488.952),
    ]
    survey = survey_txt(square).replace("区块一", "东丽区块一")  # a box along the axes: a warning
    (tmp_path / "s.txt").write_text(survey, encoding="gbk")
    arguments = ["audit", str(tmp_path / "plan.txt"), "--polygons", str(tmp_path / "s.txt")]
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    names = ["audit.csv", "audit.en.html", "audit.html", "audit.json", "audit.xlsx"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == names
    found = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert "s.txt" in found["metadata"]["inputs"]
    assert {f["severity"] for f in found["findings"]} == {"warning"}
    assert CliRunner().invoke(app, [*arguments, "--strict"]).exit_code == 1


def test_a_table_that_names_the_block_on_every_row_is_one_ring() -> None:
    corners = [(114.50, 30.49), (114.51, 30.49), (114.51, 30.50), (114.50, 30.50)]
    rows = "\n".join(f"区块一,{lon:.6f},{lat:.6f}" for lon, lat in corners)
    frame = parse_survey(
        f"block,lon,lat\n{rows}\n" + rows.replace("区块一", "区块二").replace("114.", "115.")
    ).polygons
    assert list(frame["name"]) == ["区块一", "区块二"]
    assert [len(g.exterior.coords) for g in frame.geometry] == [5, 5]
