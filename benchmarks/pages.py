"""Measure how quickly a large zone's page opens, and whether it can be moved without freezing.

    python benchmarks/pages.py [--parcels N] [--rounds N]

A zone of parcels side by side is made, its page is written to a temporary folder and opened in the
system's Chromium without a network. For each round it prints the time from asking for the page until the
first frame after its script ran, and the longest frame while the map is dragged across the screen and
zoomed; the quickest of several rounds counts, as other work of the machine only slows.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import sync_playwright

from ftz_geo.frame import Drawing, edges_frame
from ftz_geo.measure import LocalPlane, area_m2
from ftz_geo.model import Direction, Edge
from ftz_geo.render import map_pages

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
SIDES: tuple[Direction, ...] = ("south", "east", "north", "west")

FRAMES = """() => {
    window.frames_ms = [];
    let last = performance.now();
    const next = (now) => {
        window.frames_ms.push(now - last);
        last = now;
        requestAnimationFrame(next);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(next); });
}"""


def parcels_of(count: int) -> Drawing:
    """A town of crooked blocks, each with a road of its own name on every side."""
    across = int(np.ceil(np.sqrt(count)))
    noise = np.random.default_rng(1).uniform(-30, 30, (across + 1, across + 1, 2))
    corner = np.stack(np.meshgrid(np.arange(across + 1), np.arange(across + 1), indexing="ij"), axis=-1) * 300
    plane = LocalPlane(lon=117.15, lat=39.0)
    rows, polygons, edges = [], [], {}
    for number in range(count):
        i, j = divmod(number, across)
        ring = [(corner + noise)[at] for at in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))]
        lonlat = shapely.get_coordinates(plane.to_lonlat(shapely.LineString([*ring, ring[0]])))
        names = [f"东西{j}路", f"南北{i + 1}路", f"东西{j + 1}路", f"南北{i}路"]
        edges[f"town-{number + 1}"] = tuple(
            Edge(side=side, feature=name, method="on-feature", line=shapely.LineString(lonlat[k : k + 2]))
            for k, (side, name) in enumerate(zip(SIDES, names, strict=True))
        )
        rows.append(
            {
                "id": f"town-{number + 1}",
                "zone_id": "town",
                "zone": "试验区",
                "block": f"区块{number + 1}",
                "text": f"区块{number + 1}：东至{names[1]}、南至{names[0]}、西至{names[3]}、北至{names[2]}",
                **dict(zip(SIDES, names, strict=True)),
                "grade": "traced",
            }
        )
        polygons.append(shapely.Polygon(lonlat))
    frame = gpd.GeoDataFrame(rows, geometry=polygons, crs=4326).set_index("id")
    frame["measured_area_km2"] = area_m2(polygons) / 1e6
    frame["declared_area_km2"] = frame["measured_area_km2"].round(2)
    return Drawing(parcels=frame, edges=edges_frame(edges))


def opened(browser: Any, page_file: Path) -> dict[str, float]:
    """Open the page once; seconds and milliseconds."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    try:
        start = time.perf_counter()
        page.goto(page_file.as_uri())
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        ready = time.perf_counter() - start
        box = page.locator("#map_0").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        found = {"ready_s": ready}
        for what in ("drag", "zoom"):
            page.evaluate(FRAMES)
            if what == "drag":
                page.mouse.move(x, y)
                page.mouse.down()
                for step in range(1, 31):
                    page.mouse.move(x + 10 * step, y + 5 * step)
                page.mouse.up()
            else:
                page.mouse.wheel(0, -300)
            page.wait_for_timeout(1500)
            found[f"longest_frame_{what}_ms"] = page.evaluate("() => Math.max(...window.frames_ms)")
        found["shapes"] = page.evaluate(
            "() => { let n = 0; map_0.eachLayer(l => n += l instanceof L.Polygon); return n; }"
        )
        return found
    finally:
        page.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    start = time.perf_counter()
    frame = parcels_of(options.parcels)
    print(f"made {len(frame.parcels)} parcels in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    page = map_pages(None, frame, None)["town.html"]
    print(f"page of {len(page.encode()) / 2**20:.2f} MiB written in {time.perf_counter() - start:.1f} s")

    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_file is None:
        raise SystemExit("no Chromium on this system: install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_file = Path(folder) / "town.html"
        page_file.write_text(page, encoding="utf-8")
        browser = driver.chromium.launch(executable_path=browser_file, args=list(ARGUMENTS))
        rounds = [opened(browser, page_file) for _ in range(options.rounds)]
        browser.close()
    for key in rounds[0]:
        values = [r[key] for r in rounds]
        print(f"{key:24}", "  ".join(f"{v:9.2f}" for v in values), f"  best {min(values):.2f}")


if __name__ == "__main__":
    main()
