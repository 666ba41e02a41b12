"""Parts of the page's scripts on their own, in Chromium, against Python and shapely."""

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity

from ftz_geo.render.offline import leaflet
from ftz_geo.render.packing import base64_vlq

Run = Callable[[str, Any], Any]

TEMPLATES = resources.files("ftz_geo.render") / "templates"


@pytest.fixture(scope="module")
def run(chromium: Any) -> Iterator[Run]:
    """Evaluate a function of one value in a page that has the scripts and nothing else."""
    page = chromium.new_page()
    page.add_script_tag(content=str(leaflet()[0]))
    for name in ("page.core.js", "page.labels.js", "page.basemap.js"):
        page.add_script_tag(content=(TEMPLATES / name).read_text(encoding="utf-8"))
    yield page.evaluate
    page.close()


# Coordinates on a grid of 1e-8 degrees need 35 bits: more than JavaScript's bit operators have.
@settings(max_examples=50)
@given(st.lists(st.integers(-(2**50), 2**50), max_size=30))
@example([0, 1, -1, 16, 11_715_000_000, -3_900_000_000])
def test_numbers_are_unpacked_as_python_packed_them(run: Run, values: list[int]) -> None:
    assert run("(text) => ftzGeo.core.unpack(text)", base64_vlq(values)) == values


def test_a_background_lies_where_python_put_it(run: Run) -> None:
    found = run(
        """(parts) => {
            const map = L.map(document.createElement("div"), { center: [39, 117], zoom: 12 });
            const layer = L.layerGroup();
            const feature = { name: "<i>甲路</i>", kind: "road", area: false, parts };
            return ftzGeo.basemap.start(map, layer, { features: [feature], units_per_degree: 1000000 })
                .map(({ name, lonlats }) => [name, lonlats.map(({ lng, lat }) => [lng, lat])]);
        }""",
        [base64_vlq([117_000_000, 39_000_000, 1_500, -20]), base64_vlq([116_500_000, 38_000_000, -5, 7])],
    )
    assert found == [
        ["<i>甲路</i>", [[117.0, 39.0], [117.0015, 38.99998]]],
        ["<i>甲路</i>", [[116.5, 38.0], [116.499995, 38.000007]]],
    ]


boxes = st.tuples(
    st.floats(-50, 50), st.floats(-50, 50), st.floats(-3.2, 3.2), st.floats(1, 80), st.floats(1, 30)
)
"""Middle, angle, length and height."""


@settings(max_examples=60)
@given(one=boxes, other=boxes)
@example(one=(0, 0, 0, 10, 10), other=(9, 9, 0.785, 10, 10))
def test_turned_labels_meet_as_their_rectangles_do(
    run: Run, one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    def rectangle(x: float, y: float, angle: float, length: float, height: float) -> shapely.Polygon:
        straight = shapely.box(x - length / 2, y - height / 2, x + length / 2, y + height / 2)
        turned: shapely.Polygon = affinity.rotate(straight, angle, origin=(x, y), use_radians=True)
        return turned

    a, b = rectangle(*one), rectangle(*other)
    # Where they only just touch, rounding may say either.
    if a.distance(b) == 0 and a.intersection(b).area < 1e-6:
        return
    if 0 < a.distance(b) < 1e-6:
        return
    found = run(
        """(both) => {
            const [a, b] = both.map(([x, y, angle, length, height]) =>
                ftzGeo.labels.box(L.point(x, y), angle, length, height));
            return ftzGeo.labels.meet(a, b);
        }""",
        [one, other],
    )
    assert found == a.intersects(b)
