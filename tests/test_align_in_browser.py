"""A whole zone brought to where it lies by two places: shifted, turned and scaled as one edit."""

import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from editing import EditedPage, Open, Place
from ftz_geo import apply_patch
from ftz_geo.measure import area_m2
from test_editor_in_browser import CORNERS, frame

Run = Callable[[str, Any], Any]

TEMPLATES = resources.files("ftz_geo.render") / "templates"
GEOD = Geod(ellps="GRS80")
ZONE_39 = Transformer.from_crs(4490, "+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80", always_xy=True)


SURVEYED = ZONE_39.transform(511493.964, 4320014.725, direction="INVERSE")


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    page = chromium.new_page()
    page.add_script_tag(content="var L = { Map: { prototype: {}, include() {} } };")
    for name in ("geodesy.js", "page.core.js", "page.address.js", "page.words.js", "editor.align.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("117.15, 39.05", (117.15, 39.05)),
        ("39.05，117.15", (117.15, 39.05)),
        ("117.15°E 39.05°N", (117.15, 39.05)),
        (
            "CGCS2000 X 4320014.725 Y 39511493.964",
            SURVEYED,
        ),
        ("39511493.964 4320014.725", SURVEYED),
        ("4320014.725 20511493.964", SURVEYED),
        ("4320014.725 511493.964", None),
        ("117.15", None),
        ("117.15, 39.05, 3", None),
        ("217.15, 39.05", None),
        ("北京", None),
        ("", None),
    ],
)
def test_coordinates_are_read_as_people_write_them(run: Run, text: str, place: Place | None) -> None:
    found = run("(text) => ftzGeo.align.read(text)", text)
    assert found == (None if place is None else pytest.approx(place, abs=1e-9))


@settings(max_examples=40)
@given(
    turn=st.floats(-179, 179),
    scale=st.floats(0.6, 1.8),
    east=st.floats(-40_000, 40_000),
    north=st.floats(-40_000, 40_000),
    keeps=st.booleans(),
)
@example(turn=0.0, scale=1.0, east=0.0, north=0.0, keeps=False)
def test_a_zone_is_moved_as_on_the_survey_plane(
    run: Run, turn: float, scale: float, east: float, north: float, keeps: bool
) -> None:
    places = [(117.1, 39.0), (117.14, 39.02), (117.13, 38.98), (117.2, 39.05)]
    plane = np.array([complex(*ZONE_39.transform(*place)) for place in places])
    factor = scale * np.exp(1j * np.radians(turn))
    truth = (plane - plane[0]) * factor + plane[0] + complex(east, north)
    to = [ZONE_39.transform(z.real, z.imag, direction="INVERSE") for z in truth[:2]]
    found = run(
        """({ from, to, places, keeps }) => {
            const { scale, degrees, move } = ftzGeo.align.similarity(from, to, keeps);
            return { scale, degrees, moved: places.map(move) };
        }""",
        {"from": places[:2], "to": to, "places": places, "keeps": keeps},
    )
    if keeps:  # around the middle of the two places, without the scale
        truth = (plane - plane[:2].mean()) * factor / scale + truth[:2].mean()
    moved = np.array([complex(*ZONE_39.transform(*place)) for place in found["moved"]])
    assert np.abs(moved - truth).max() < 2e-3
    assert found["scale"] == pytest.approx(1 if keeps else scale, abs=1e-6)
    assert found["degrees"] == pytest.approx(turn, abs=1e-4)


class Editor(EditedPage):
    def __init__(self, open_page: Open, folder: Path) -> None:
        super().__init__(open_page, folder, frame(), "xiqing", basemap=None)
        self.page.get_by_role("button", name="修改", exact=True).click()
        self.page.get_by_role("button", name="整区对位").click()

    def fill(self, *texts: str) -> None:
        for label, text in zip(("图上第一处", "图上第二处", "真实第一处", "真实第二处"), texts, strict=False):
            self.page.get_by_label(label).fill(text)

    def told(self) -> dict[str, float]:
        lines = str(self.page.locator(".editor .result").inner_text()).splitlines()
        return {line.split()[0]: float(re.findall("[−\\d.]+", line)[0].replace("−", "-")) for line in lines}


def test_a_zone_is_aligned_by_four_clicks_as_one_edit(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path)
    editor.page.evaluate(
        """() => ftzGeoPage.map.fitBounds(
            ftzGeoPage.layers.blocks.getBounds(), { paddingTopLeft: [290, 90], animate: false }
        )"""
    )
    clicks = [(117.10, 39.0), (117.17, 39.02), (117.105, 39.003), (117.165, 39.015)]
    for n, place in enumerate(clicks):
        x, y = editor.point(place)
        editor.page.mouse.click(x + (4 if n < 2 else 0), y)  # places on blocks go to the corner close by
    values = [editor.page.get_by_label(w).input_value() for w in ("图上第一处", "图上第二处")]
    assert values == ["117.100000000, 39.000000000", "117.170000000, 39.020000000"]
    told = editor.told()
    drawn = editor.outlines()
    length, to_length = (GEOD.inv(*clicks[i], *clicks[i + 1])[2] for i in (0, 2))
    assert told["缩放"] == pytest.approx(to_length / length, abs=2e-3)
    (corner,) = [
        xy for xy in drawn["xiqing-1"].exterior.coords[:-1] if abs(xy[0] - 117.105) < 2e-4 and xy[1] < 39.01
    ]
    assert GEOD.inv(corner[0], corner[1], *clicks[2])[2] < 15  # a pixel
    for key, ring in CORNERS.items():
        before, after = area_m2([shapely.Polygon(ring), drawn[key]])
        assert after / before == pytest.approx(told["缩放"] ** 2, rel=1e-3)
    editor.page.get_by_role("button", name="应用", exact=True).click()
    assert editor.outlines() == drawn
    assert editor.page.locator(".editor .caution").inner_text() == ""
    back = apply_patch(editor.hand_back(), editor.blocks).drawing.parcels
    assert back.geometry["xiqing-1"].intersection(back.geometry["xiqing-2"]).length > 0.01
    editor.page.keyboard.press("Control+z")
    after = {key: {(x, y) for x, y in polygon.exterior.coords} for key, polygon in editor.outlines().items()}
    assert after == {key: set(ring) for key, ring in CORNERS.items()}
    assert editor.opened.complaints == []


def test_a_zone_is_aligned_by_coordinates_and_its_areas_stay_if_asked(
    open_page: Open, tmp_path: Path
) -> None:
    editor = Editor(open_page, tmp_path)
    # 30 km off and turned, told in the survey's coordinates.
    first, second = ((520_000.0, 4_350_000.0), (525_000.0, 4_353_000.0))
    texts = [f"X {y:.3f} Y 39{x:.3f}" for x, y in (first, second)]
    editor.fill("117.1, 39.0", "117.17, 39.02", *texts)
    told = editor.told()
    p, q = (complex(*ZONE_39.transform(*place)) for place in ((117.1, 39.0), (117.17, 39.02)))
    factor = (complex(*second) - complex(*first)) / (q - p)
    assert told["缩放"] == pytest.approx(abs(factor), abs=1e-4)
    assert told["旋转（逆时针为正）"] == pytest.approx(np.degrees(np.angle(factor)), abs=6e-3)
    corner = editor.outlines()["xiqing-1"].exterior.coords[0]
    assert ZONE_39.transform(corner[0], corner[1]) == pytest.approx(first, abs=2e-3)
    editor.page.get_by_label("不缩放").check()
    assert editor.told()["缩放"] == 1
    drawn = editor.outlines()
    for key, ring in CORNERS.items():
        before, after = area_m2([shapely.Polygon(ring), drawn[key]])
        assert after == pytest.approx(before, rel=1e-4)
    editor.page.get_by_role("button", name="取消", exact=True).click()
    after = {key: {(x, y) for x, y in polygon.exterior.coords} for key, polygon in editor.outlines().items()}
    assert after == {key: set(ring) for key, ring in CORNERS.items()}
    assert editor.page.get_by_role("button", name="下载修改").is_disabled()
    assert editor.opened.complaints == []


def test_what_tells_no_place_aligns_nothing(open_page: Open, tmp_path: Path) -> None:
    editor = Editor(open_page, tmp_path)
    apply = editor.page.get_by_role("button", name="应用", exact=True)
    editor.fill("117.1, 39.0", "117.17, 39.02", "4350000 520000", "117.2, 39.1")
    assert apply.is_disabled()
    assert editor.page.get_by_label("真实第一处").get_attribute("aria-invalid") == "true"
    editor.fill("117.1, 39.0", "117.1, 39.0", "117.2, 39.0", "117.2, 39.1")
    assert apply.is_disabled()
    assert "两处重合" in editor.page.locator(".editor .result").inner_text()
    editor.fill("117.1, 39.0", "117.1, 39.01", "117.2, 39.0", "117.2, 39.1")
    assert "请核对所取位置" in editor.page.locator(".editor .result").inner_text()
    editor.page.get_by_role("button", name="清空").click()
    assert apply.is_disabled()
    assert editor.page.locator(".editor .result").inner_text() == ""
