"""A zone page with the editor in real Chromium, and hands to work it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import shapely

from ftz_geo import files
from ftz_geo.pipeline import render_maps

if TYPE_CHECKING:
    from pathlib import Path

    from ftz_geo.frame import Drawing
    from ftz_geo.model import ReferenceMap

Open = Callable[..., Any]
Place = tuple[float, float]


class EditedPage:
    """A zone page with the editor, and the file that its patches are for."""

    def __init__(
        self,
        open_page: Open,
        folder: Path,
        parcels: Drawing,
        zone: str,
        *,
        basemap: ReferenceMap | None = None,
        **size: int,
    ) -> None:
        self.folder = folder
        self.blocks = folder / "blocks.geojson"
        self.blocks.write_text(files.to_json(files.parcels_geojson(parcels)), encoding="utf-8")
        (folder / "edges.geojson").write_text(files.to_json(files.edges_geojson(parcels)), encoding="utf-8")
        pages = render_maps(
            None, files.read_drawing(self.blocks), folder / "maps", basemap=basemap, editor=self.blocks
        )
        texts = {page.name: page.read_text("utf-8") for page in pages}
        self.opened = open_page(texts, f"{zone}.html", **size)
        self.page = self.opened.page

    def choose(self, block: str) -> None:
        self.page.get_by_role("button", name="修改", exact=True).click()
        self.page.locator(".editor select").select_option(block)
        self.page.wait_for_selector(".handle.vertex")

    def point(self, place: Place) -> tuple[float, float]:
        x, y = self.page.evaluate(
            """([lon, lat]) => {
                const { map } = ftzGeoPage;
                const { x, y } = map.latLngToContainerPoint([lat, lon]);
                const { left, top } = map.getContainer().getBoundingClientRect();
                return [x + left, y + top];
            }""",
            list(place),
        )
        return x, y

    def drag(self, start: Place, end: Place, off: tuple[float, float] = (0, 0)) -> None:
        self.page.mouse.move(*self.point(start))
        self.page.mouse.down()
        x, y = self.point(end)
        self.page.mouse.move(x + off[0] / 2, y + off[1] / 2)
        self.page.mouse.move(x + off[0], y + off[1])
        self.page.mouse.up()

    def outlines(self) -> dict[str, shapely.Polygon]:
        found = self.page.evaluate(
            "() => Object.fromEntries(ftzGeoPage.shapes.map((s) => [s.id, s.polygon.toGeoJSON(12).geometry]))"
        )
        return {
            key: shapely.Polygon(
                value["coordinates"][0][0] if value["type"] == "MultiPolygon" else value["coordinates"][0]
            )
            for key, value in found.items()
        }

    def figure(self, word: str) -> float:
        told = self.page.locator(f'.editor dt[data-word="{word}"] + dd').inner_text()
        return float(re.split("[（ ]", told)[0].replace("−", "-"))

    def hand_back(self, who: str = "张三", grade: str = "keep") -> Path:
        self.page.get_by_role("button", name="下载修改").click()
        self.page.get_by_label("姓名").fill(who)
        self.page.locator(f'.hand-back input[value="{grade}"]').check()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="下载", exact=True).click()
        path = self.folder / str(download.value.suggested_filename)
        download.value.save_as(path)
        return path
