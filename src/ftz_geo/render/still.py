"""A still picture of the blocks, for viewers of a notebook that show no page in a frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import LABELS_ZH
from ftz_geo.render.looks import polygon_style
from ftz_geo.render.offline import template
from ftz_geo.render.views import zone_views
from ftz_geo.render.words import EN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ftz_geo.frame import Drawing
    from ftz_geo.model import Plan
    from ftz_geo.render.looks import Colour
    from ftz_geo.render.views import ZoneView

__all__ = ["picture"]

_WIDTH, _MOST_HEIGHT, _MARGIN = 900, 600, 44
"""In pixels: about what a notebook has room for; scale and names have room in the margin."""

_SCALE_MOST = 160
"""The scale's length in pixels, at most."""

_TOLERANCE = 0.3
"""How far an outline may be simplified, in pixels: less than the width of its line."""

_SKETCH_ZH = "示意图"


class _Shape(NamedTuple):
    path: str
    colour: Colour
    dash: str | None


class _Label(NamedTuple):
    words: str
    x: float
    y: float
    colour: Colour


class _Scale(NamedTuple):
    words: str
    pixels: float


def picture(plan: Plan | None, drawing: Drawing) -> str | None:
    """Return what is drawn as SVG: outlines, names, grades and a scale, north at the top.

    Parameters
    ----------
    plan : Plan or None
    drawing : Drawing
        The blocks of a single zone are named and told apart; of several zones, these are.

    Returns
    -------
    str or None
        None where nothing is drawn. The same input gives the same text.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.frame import as_drawing
    >>> parcels = gpd.GeoDataFrame(
    ...     {"zone_id": ["xiqing"], "block": ["区块一"], "grade": ["traced"]},
    ...     geometry=[shapely.box(117.10, 39.00, 117.12, 39.02)], index=["xiqing-1"], crs=4326,
    ... )
    >>> svg = picture(None, as_drawing(parcels))
    >>> svg.count("<path"), "区块一</text>" in svg, "500 m</text>" in svg
    (2, True, True)
    """
    zones = zone_views(plan, drawing, None)
    drawn = [(zone, *shape) for zone in zones for shape in zone.drawn]
    if not drawn:
        return None
    on_page, per_metre, height = _on_page([geometry for *_, geometry in drawn])
    colours = [zone.colour if len(zones) > 1 else parcel.colour for zone, parcel, _ in drawn]
    grades = [parcel.grade for _, parcel, _ in drawn]
    return template("picture.svg").render(
        width=_WIDTH,
        height=height,
        margin=_MARGIN,
        shapes=[
            _Shape(_path(shape), colour, polygon_style(grade, colour)["dashArray"])
            for shape, colour, grade in zip(on_page, colours, grades, strict=True)
        ],
        labels=list(_labels(zones, dict(zip([p.id for _, p, _ in drawn], on_page, strict=True)))),
        scale=_scale(per_metre),
        note=" · ".join([f"{_SKETCH_ZH} {EN[_SKETCH_ZH]}", *dict.fromkeys(map(_grade, grades))]),
    )


def _grade(grade: str) -> str:
    return f"{LABELS_ZH[grade]} {grade}"


def _on_page(geometries: Sequence[BaseGeometry]) -> tuple[NDArray[np.object_], float, int]:
    """Return geometries in pixels of the picture, how many pixels a metre has, and the picture's height."""
    shapes = np.array(geometries, dtype=object)
    shapes = LocalPlane.around(shapes).to_xy(shapes)
    west, south, east, north = map(float, shapely.total_bounds(shapes))
    room = np.array([_WIDTH, _MOST_HEIGHT]) - 2 * _MARGIN
    per_metre = float(min(room / np.maximum([east - west, north - south], 1)))
    middle = (_WIDTH - per_metre * (east - west)) / 2
    on_page = shapely.transform(
        shapes, lambda xy: (xy - (west, north)) * (per_metre, -per_metre) + (middle, _MARGIN)
    )
    height = math.ceil(per_metre * (north - south) + 2 * _MARGIN)
    return shapely.simplify(on_page, _TOLERANCE), per_metre, height


def _path(shape: BaseGeometry) -> str:
    """Return the rings of a polygon as the path of an SVG.

    >>> _path(shapely.box(0, 0, 1, 2))
    'M1.0 0.0L1.0 2.0L0.0 2.0L0.0 0.0Z'
    """
    rings = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shape)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)


def _labels(zones: Sequence[ZoneView], shapes: Mapping[str, BaseGeometry]) -> Iterator[_Label]:
    """Yield the names of zones above their blocks; of a single zone, those of its blocks within them."""
    if len(zones) == 1:
        for block in zones[0].blocks:
            if own := [shapes[parcel.id] for parcel in block.parcels if parcel.id in shapes]:
                point = shapely.point_on_surface(max(own, key=shapely.area))
                yield _Label(block.label, round(point.x, 1), round(point.y + 4, 1), block.colour)
        return
    for zone in zones:
        if own := [shapes[parcel.id] for parcel, _ in zone.drawn]:
            west, top, east, _ = map(float, shapely.total_bounds(own))
            yield _Label(zone.short_name, round((west + east) / 2, 1), round(top - 6, 1), zone.colour)


def _scale(per_metre: float) -> _Scale:
    """Return the longest round length that has room.

    >>> _scale(0.1), _scale(0.01).words, _scale(5).words
    (_Scale(words='1 km', pixels=100.0), '10 km', '20 m')
    """
    most = _SCALE_MOST / per_metre
    unit = 10.0 ** math.floor(math.log10(most))
    metres = next(times * unit for times in (5, 2, 1) if times * unit <= most)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return _Scale(words, round(metres * per_metre, 1))
