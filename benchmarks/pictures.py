"""Pictures of single blocks: named lines, the true polygon, what was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import shapely
from cases import told

from ftz_geo.measure import LocalPlane

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry
    from summary import Drawn

COLOURS = {"traced": "#0a7d2c", "inferred": "#d9730d", "approximate": "#7a4fd0"}
OTHER = "#c0182b"
MARGIN = 0.25
"""Of the larger extent, left around the block."""

PIXELS = 900


class Scene(NamedTuple):
    """What a picture shows, in metres."""

    title: str
    colour: str
    lines: gpd.GeoSeries
    """Indexed by name."""
    named: frozenset[str]
    """Names that the words use."""
    inner: BaseGeometry
    outer: BaseGeometry
    drawn: BaseGeometry
    frame: tuple[float, float, float, float]


def write_pictures(folder: Path, blocks: Sequence[Drawn]) -> None:
    """Write one picture for each block: PNG with matplotlib, else SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, block in enumerate(blocks, 1):
        path = folder / f"{number:02}.png"
        scene = scene_of(block)
        try:
            write_png(path, scene)
        except ImportError:
            path = path.with_suffix(".svg")
            path.write_text(svg(scene), encoding="utf-8")
        told(f"{path}: {block.label}")


def scene_of(block: Drawn) -> Scene:
    case = block.result.case
    parcel = next(p for p in case.plan.parcels if p.id == block.result.drawn[block.index].parcel_id)
    inner, outer = case.inner[block.index], case.outer[block.index]
    plane = LocalPlane.around([inner])
    x1, y1, x2, y2 = shapely.total_bounds([plane.to_xy(outer), plane.to_xy(block.polygon)])
    margin = MARGIN * max(x2 - x1, y2 - y1)
    frame = (x1 - margin, y1 - margin, x2 + margin, y2 + margin)
    features = block.result.reference.features
    around = features.iloc[features.sindex.query(plane.to_lonlat(shapely.box(*frame)))]
    around = around[around.geom_type == "LineString"]
    lines = gpd.GeoSeries(
        shapely.clip_by_rect(plane.to_xy(around.geometry.to_numpy()), *frame), index=around["name"]
    )
    names = [f.name for _, f in parcel.features()] + [f.name for f in parcel.ring]
    return Scene(
        title=f"{block.label}  {block.grade} {block.score:.3f}\n{'、'.join(names)}",
        colour=COLOURS.get(block.grade, OTHER),
        lines=lines[~lines.is_empty],
        named=frozenset(names),
        inner=plane.to_xy(inner),
        outer=plane.to_xy(outer),
        drawn=plane.to_xy(block.polygon),
        frame=frame,
    )


def labels(scene: Scene) -> dict[str, tuple[float, float]]:
    """Return a point on the longest line of every name."""
    longest = scene.lines.iloc[scene.lines.length.argsort()[::-1]]
    once = longest[~longest.index.duplicated()]
    return {name: line.interpolate(0.5, normalized=True).coords[0] for name, line in once.items()}


def write_png(path: Path, scene: Scene) -> None:
    from matplotlib import font_manager, rcParams
    from matplotlib.figure import Figure

    # Latin fonts have no Chinese characters; any that the system has for them will do.
    installed = {font.name for font in font_manager.fontManager.ttflist}
    rcParams["font.family"] = [*sorted(name for name in installed if "CJK" in name)[:1], "DejaVu Sans"]
    figure = Figure(figsize=(PIXELS / 100, PIXELS / 100), layout="constrained")
    axes = figure.subplots()
    gpd.GeoSeries([scene.outer]).plot(ax=axes, color="#eef3fb")
    gpd.GeoSeries([scene.inner]).plot(ax=axes, color="#cfe0f7")
    chosen = scene.lines.index.isin(scene.named)
    for lines, colour in ((scene.lines[~chosen], "#bbbbbb"), (scene.lines[chosen], "#444444")):
        if len(lines):
            lines.plot(ax=axes, color=colour, linewidth=1.0)
    gpd.GeoSeries([scene.drawn]).boundary.plot(ax=axes, color=scene.colour, linewidth=2.0)
    for name, point in labels(scene).items():
        axes.annotate(name, point, fontsize=8, color="#222222" if name in scene.named else "#999999")
    axes.set(xlim=scene.frame[::2], ylim=scene.frame[1::2], aspect="equal")
    axes.set_title(scene.title, fontsize=9)
    figure.savefig(path)


def svg(scene: Scene) -> str:
    from html import escape

    x1, y1, x2, y2 = scene.frame
    size = max(x2 - x1, y2 - y1)
    parts = [
        scene.outer.svg(fill_color="#eef3fb", opacity=1),
        scene.inner.svg(fill_color="#cfe0f7", opacity=1),
        *(
            line.svg(stroke_color="#444444" if name in scene.named else "#bbbbbb", scale_factor=size / PIXELS)
            for name, line in scene.lines.items()
        ),
        scene.drawn.boundary.svg(stroke_color=scene.colour, scale_factor=size / PIXELS),
    ]
    words = [
        f'<text x="{x}" y="{-y}" font-size="{size / 80}">{escape(name)}</text>'
        for name, (x, y) in labels(scene).items()
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x1} {-y2} {x2 - x1} {y2 - y1}" width="{PIXELS}">'
        f"<title>{escape(scene.title)}</title>"
        f'<g transform="scale(1 -1)">{"".join(parts)}</g>{"".join(words)}</svg>'
    )
