"""Polygons that a user brings: broken ones, their labels and areas, and what does not fit one to one."""

import json
import math
import random
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ftz_geo import pipeline
from ftz_geo.cli import app
from ftz_geo.frame import Drawing
from ftz_geo.measure import on_survey_plane
from ftz_geo.model import Audit, Finding
from ftz_geo.parse import parse_plan
from ftz_geo.polygons import read_survey
from ftz_geo.soundness import crossing_of, uncrossed
from ftz_geo.survey import parse_survey
from ftz_geo.survey.systems import stated_system
from test_check_fixtures import BARE, ONE, POINTS, TEXT, TWO, ring

PLAN = parse_plan(BARE)
FIRST, SECOND = (list(ring(*corners).exterior.coords) for corners in (ONE, TWO))
Feature = tuple[dict[str, Any], Any]


def polygon(corners: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [corners]}


def geojson(folder: Path, *features: Feature) -> Path:
    """A GeoJSON as a program may write it, its coordinates as they come."""
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    file = folder / "polygons.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return file


def audited(file: Path, text: str = BARE) -> Audit:
    plan = parse_plan(text)
    return pipeline.audit(plan, pipeline.join_polygons(plan, read_survey(file)))


def named(found: Audit, check: str) -> Finding:
    return next(f for f in found.findings if f.check == check)


@pytest.mark.parametrize(
    ("geometry", "check"),
    [
        (polygon(FIRST[:-1]), "ring-closure"),
        (polygon(FIRST[:2]), "ring-closure"),
        (polygon(FIRST[:1]), "ring-closure"),
        (polygon([(math.nan, 39.0), *FIRST[1:]]), "broken-polygon"),
        (polygon([(math.inf, 39.0), *FIRST[1:]]), "broken-polygon"),
        (polygon([(None, 39.0), *FIRST[1:]]), "broken-polygon"),
        (polygon([FIRST[0]] * 4), "broken-polygon"),
        (polygon([FIRST[0], FIRST[1], FIRST[0]]), "broken-polygon"),
        (polygon([]), "broken-polygon"),
        ({"type": "Polygon", "coordinates": []}, "broken-polygon"),
        (None, "broken-polygon"),
        (polygon([FIRST[i] for i in (0, 2, 1, 3, 0)]), "self-crossing"),
    ],
)
def test_a_broken_feature_is_a_finding_of_its_block_and_takes_no_other_along(
    tmp_path: Path, geometry: Any, check: str
) -> None:
    found = audited(geojson(tmp_path, ({"name": "区块一"}, geometry), ({"name": "区块二"}, polygon(SECOND))))
    assert [(f.check, f.severity, f.block_id) for f in found.findings if f.block_id] == [
        (check, "error", "xiqingqu-1")
    ]
    assert "区块一" in named(found, check).zh
    assert found.zones[0].blocks[1].measured_km2 is not None


@pytest.mark.parametrize("ending", ["gpkg", "shp", "kml"])
def test_a_ring_that_crosses_itself_is_told_in_every_format(tmp_path: Path, ending: str) -> None:
    crossed = shapely.Polygon([FIRST[i] for i in (0, 2, 1, 3)])
    frame = gpd.GeoDataFrame(
        {"Name": ["区块一", "区块二"]}, geometry=[crossed, shapely.Polygon(SECOND)], crs=4326
    )
    frame.to_file(tmp_path / f"a.{ending}")
    finding = named(audited(tmp_path / f"a.{ending}"), "self-crossing")
    assert finding.block_id == "xiqingqu-1"
    assert "1、3、2、4" in finding.zh or "1、2、4、3" in finding.zh or "1、4、2、3" in finding.zh


def star(seed: int, corners: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A ring around a middle, in metres: it does not cross itself."""
    chance = random.Random(seed)  # noqa: S311
    angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(corners))
    return np.array([(math.cos(a), math.sin(a)) for a in angles]) * [[chance.uniform(300, 900)]] * corners


@given(st.integers(0, 10**6), st.integers(5, 40), st.data())
def test_an_order_that_uncrosses_holds_every_corner_once(seed: int, corners: int, data: Any) -> None:
    ring_xy = star(seed, corners)
    order = data.draw(st.permutations(range(corners)))
    found = uncrossed(ring_xy[list(order)])
    assert found is None or (
        sorted(found) == list(range(corners)) and shapely.Polygon(ring_xy[list(order)][found]).is_valid
    )


@given(st.integers(0, 10**6), st.integers(5, 40), st.integers(0, 100))
def test_two_exchanged_neighbours_are_exchanged_back(seed: int, corners: int, at: int) -> None:
    ring_xy = star(seed, corners)
    at = 1 + at % (corners - 2)
    order = list(range(corners))
    order[at], order[at + 1] = order[at + 1], order[at]
    # On a circle the order that does not cross is one, but for its start and its sense.
    found = uncrossed(ring_xy[order])
    assert found is not None
    assert shapely.Polygon(ring_xy[order][found]).area == pytest.approx(shapely.Polygon(ring_xy).area)


def test_a_crossing_tells_the_shoelace_of_the_order_given() -> None:
    shape = shapely.Polygon([FIRST[i] for i in (0, 2, 1, 3)])
    (x, y) = shapely.get_coordinates(on_survey_plane([shape])[0]).T
    shoelace = abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2e6
    found = crossing_of(shape, [["J1", "J3", "J2", "J4"]])
    assert found.printed_km2 == pytest.approx(shoelace, abs=1e-9)
    assert found.repaired_km2 > 10 * found.printed_km2
    assert "J1、J2、J3、J4" in found.text.zh


@pytest.mark.parametrize(
    ("column", "labels"),
    [
        *(
            (column, ("区块一", "区块二"))
            for column in "区块名称 QKMC XMMC 项目名称 DKMC 地块名 block_id title Name bh".split()
        ),
        ("name", ("1号区块", "2号区块")),
        ("name", ("第一区块", "第二区块")),
        ("name", ("1", "2")),
        ("id", ("XQ-01", "XQ-02")),
        ("id", ("QK1", "QK2")),
        ("bh", (1, 2)),
    ],
)  # fmt: skip
def test_labels_are_read_in_any_column_and_form(tmp_path: Path, column: str, labels: tuple[Any, Any]) -> None:
    features = [({column: label}, polygon(c)) for label, c in zip(labels, (FIRST, SECOND), strict=True)]
    joined = pipeline.join_polygons(PLAN, read_survey(geojson(tmp_path, *features)))
    assert joined.parcels["grade"].to_dict() == {"xiqingqu-1": "surveyed", "xiqingqu-2": "surveyed"}
    assert shapely.equals_exact(joined.parcels.geometry.iloc[0], shapely.Polygon(FIRST), tolerance=1e-9)


@pytest.mark.parametrize("labels", [("DL-01", "DL-02"), ("0", "1"), ("7", "9"), ("区块五", "乙地")])
def test_what_does_not_join_is_told_with_the_columns(tmp_path: Path, labels: tuple[str, str]) -> None:
    features = [
        ({"name": label, "备注": "x"}, polygon(c)) for label, c in zip(labels, (FIRST, SECOND), strict=True)
    ]
    finding = named(audited(geojson(tmp_path, *features)), "unmatched-polygon")
    assert all(word in finding.zh for word in ("name, 备注", "区块名称", "qkmc"))


def test_all_layers_and_folders_are_read(tmp_path: Path) -> None:
    for name, corners in (("区块一", FIRST), ("区块二", SECOND)):
        frame = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Polygon(corners)], crs=4326)
        frame.to_file(tmp_path / "a.gpkg", layer=name)
    folders = "".join(
        f"<Folder><name>{name}</name><Placemark><name>边界</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x},{y},0" for x, y in corners)
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>"
        for name, corners in (("区块一", FIRST), ("区块二", SECOND))
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    (tmp_path / "a.kml").write_text(f"{head}{folders}</Document></kml>", encoding="utf-8")
    for file in ("a.gpkg", "a.kml"):
        assert audited(tmp_path / file, TEXT).zones[0].blocks[1].measured_km2 == pytest.approx(
            1.0225, abs=1e-4
        )


@pytest.mark.parametrize(
    ("column", "value", "severity"),
    [
        ("MJ", 99.53, None),  # hectares, as the ring tells
        ("面积（亩）", 1492.9, None),
        ("area_m2", 995300, None),
        ("用地面积", "0.9953平方公里", None),
        ("DKMJ", 90.1, "error"),
        ("area_ha", 99.8, "warning"),
        ("SHAPE_Area", 1e-4, None),
    ],
)
def test_columns_of_areas_are_held_against_the_ring(
    tmp_path: Path, column: str, value: Any, severity: str | None
) -> None:
    features = ({"name": "区块一", column: value}, polygon(FIRST)), ({"name": "区块二"}, polygon(SECOND))
    found = audited(geojson(tmp_path, *features))
    assert [f.severity for f in found.findings if f.check == "survey-area"] == (
        [severity] if severity else []
    )
    run = next(run for run in found.checks if run.id == "survey-area")
    assert run.looked_at == (0 if column == "SHAPE_Area" else 1)


def test_polygons_of_one_block_are_told(tmp_path: Path) -> None:
    half: Any = shapely.box(*shapely.Polygon(FIRST).bounds[:2], 117.156, 39.0092).intersection(
        shapely.Polygon(FIRST)
    )
    for more, severity in ((FIRST, "warning"), (list(half.exterior.coords), "error")):
        features = [
            ({"name": n}, polygon(c)) for n, c in (("区块一", FIRST), ("区块一", more), ("区块二", SECOND))
        ]
        found = audited(geojson(tmp_path, *features))
        assert [(f.check, f.severity) for f in found.findings] == [("several-polygons", severity)]


PARCELLED = (
    "西青区联动创新区总面积2.02平方公里，分为两个区块，分别为：\n"
    "区块一：面积1.00平方公里，地块一东至乙路、南至子路、西至甲路、北至午路；"
    "地块二东至乙路、南至午路、西至甲路、北至丑路。\n"
    "区块二：面积1.02平方公里，东至丙路、南至寅路、西至乙路、北至卯路。"
)


def test_one_polygon_of_a_block_of_several_parcels_is_that_of_the_block(tmp_path: Path) -> None:
    features = [({"name": n}, polygon(c)) for n, c in (("区块一", FIRST), ("区块二", SECOND))]
    found = audited(geojson(tmp_path, *features), PARCELLED)
    block = found.zones[0].blocks[0]
    assert block.measured_km2 == pytest.approx(0.9953, abs=1e-4)
    assert block.declared_km2 == 1
    told = named(found, "missing-polygon")
    assert (told.severity, told.block_id) == ("note", block.id)
    wrong = audited(geojson(tmp_path, *features), PARCELLED.replace("1.00", "1.20").replace("2.02", "2.22"))
    assert named(wrong, "declared-measured").block_id == block.id


HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=39\n{more}[地块坐标]\n"


def txt(between: str = ",", *, area: str = "0", scale: float = 1, more: str = "", parcel: str = "") -> str:
    """A land survey's TXT of one parcel, split by a sign."""
    rows = [
        between.join((f"J{i % 4 + 1}", "1", f"{x / scale:.6f}", f"{(y + 39e6) / scale:.6f}"))
        for i, (x, y) in enumerate([*POINTS, POINTS[0]])
    ]
    head = parcel or between.join(["5", area, "XQ-01", "区块一", "面", "图", "用途", "类", "@"])
    return HEAD.format(more=more) + "\n".join([head, *rows])


TRUE = parse_survey(txt()).polygons.geometry.iloc[0]


@pytest.mark.parametrize(
    "text",
    [
        txt("\t"),
        txt(" "),
        txt(";"),
        txt("，"),
        txt(parcel="5,XQ-01,区块一,@"),
        txt(parcel="5,98.9,XQ-01,区块一"),
        txt(scale=1000, more="计量单位=千米\n"),
        txt().replace("J2,1,", "J2 1 "),
    ],
)  # fmt: skip
def test_rows_of_a_survey_are_read_however_they_are_split(text: str) -> None:
    frame = parse_survey(text).polygons
    assert frame[["id", "name"]].iloc[0].tolist() == ["XQ-01", "区块一"]
    assert shapely.hausdorff_distance(frame.geometry.iloc[0], TRUE) < 1e-9


@pytest.mark.parametrize(
    ("area", "unit"), [("989823.2", "平方米"), ("1484.73", "亩"), ("0.989823", "平方公里")]
)
def test_an_area_of_a_survey_in_another_unit_is_told_by_its_unit(area: str, unit: str) -> None:
    found = parse_survey(txt(area=area))
    (finding,) = found.findings[0]
    assert (finding.check, finding.severity) == ("survey-area", "warning")
    assert f"单位若为{unit}则相符" in finding.zh
    assert found.polygons["stated_area_km2"].iloc[0] == pytest.approx(0.989823, abs=1e-5)


def test_a_hole_under_the_number_of_its_shell_is_a_hole() -> None:
    hole = [(4320300.0, 39511800.0), (4320400.0, 39511800.0), (4320400.0, 39511900.0)]
    more = "".join(f"\nJ{i},1,{x:.3f},{y:.3f}" for i, (x, y) in enumerate([*hole, hole[0]], 5))
    shape = parse_survey(txt().replace("5,0,", "9,0,") + more).polygons.geometry.iloc[0]
    assert len(shape.interiors) == 1
    assert shapely.get_num_coordinates(shape.exterior) == 5


def test_a_first_point_that_comes_last_with_other_numbers_does_not_close() -> None:
    *rows, last = txt().splitlines()
    found = parse_survey("\n".join([*rows, last.replace("4320014", "4320004")]))
    assert [f.check for f in found.findings[0]] == ["ring-closure"]


@pytest.mark.parametrize(
    ("words", "datum"),
    [
        ("80国家大地坐标系", "Xian 1980"),
        ("1980西安", "Xian 1980"),
        ("Xian_1980_3_Degree_GK_Zone_39", "Xian 1980"),
        ("BJ54", "Beijing 1954"),
        ("54北京坐标系", "Beijing 1954"),
        ("2000坐标系", "CGCS2000"),
        ("国家大地2000", "CGCS2000"),
        ("国家大地坐标系2000", "CGCS2000"),
        ("EPSG:4548", "CGCS2000"),
        ("由1980西安坐标系转换为2000国家大地坐标系", "CGCS2000"),
        ("天津90任意直角坐标系", None),
    ],
)
def test_names_of_datums(words: str, datum: str | None) -> None:
    for text in (f"坐标系={words}", f"{words}\n点号 X Y"):
        assert stated_system(text).datum == datum
    survey = txt().replace("2000国家大地坐标系", words)
    told = {f.check for f in parse_survey(survey, needed=False).findings[0]}
    assert told == (set() if datum == "CGCS2000" else {"survey-datum"} if datum else {"survey-damaged"})


MINE = """北辰区石料矿采矿权出让公告
（一）矿区面积：{area}平方公里。
（二）矿区范围由4个拐点圈定，拐点坐标（2000国家大地坐标系）：
1，X=4320014.689，Y=39511493.964
2，X=4321014.689，Y=39511500.100
3，X=4321010.000，Y=39512493.964
4，X=4320020.500，Y=39512490.200
"""


@pytest.mark.parametrize(
    ("area", "found"), [("0.9898", set()), ("0.9400", {"declared-measured", "survey-area"})]
)
def test_a_notice_of_corners_and_area_is_audited(tmp_path: Path, area: str, found: set[str]) -> None:
    file = tmp_path / "notice.txt"
    file.write_text(MINE.format(area=area), encoding="utf-8")
    done = CliRunner().invoke(app, ["audit", str(file), "--json"])
    result = json.loads(done.stdout)
    told = {f["check"] for f in result["findings"]}
    assert told - {"outside-district"} == found
    assert result["zones"][0]["blocks"][0]["measured_km2"] == pytest.approx(0.9898, abs=1e-4)
    again = CliRunner().invoke(app, ["diff", str(file), str(file)])
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("head", "area", "found"),
    [
        ("面积（公顷）", "86.55", set()),
        ("面积(亩)", "1298", set()),
        ("MJ", "865464", set()),
        ("面积", "96.55", {"survey-area"}),
    ],
)
def test_areas_in_a_column_beside_corners_have_the_unit_of_their_head(
    tmp_path: Path, head: str, area: str, found: set[str]
) -> None:
    corners = [(117.15, 39.0), (117.16, 39.0001), (117.1601, 39.009), (117.1501, 39.0091)]
    rows = [f"区块一,J{i},{x:.8f},{y:.8f},{area}" for i, (x, y) in enumerate(corners, 1)]
    file = tmp_path / "corners.csv"
    file.write_text("\n".join([f"区块,点号,经度,纬度,{head}", *rows]), encoding="utf-8")
    survey = read_survey(file)
    assert not isinstance(survey, Drawing)
    assert survey.polygons["name"].tolist() == ["区块一"]
    assert {f.check for f in survey.findings[0]} - {"survey-datum"} == found
    assert survey.polygons["stated_area_km2"].iloc[0] == pytest.approx(
        0.8655 if not found else 0.9655, abs=1e-3
    )
