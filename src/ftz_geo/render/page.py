"""The frame that all map pages share: groups of layers, our scripts, the words of the legend.

folium makes the map, its panes and its groups of layers; the page script fills the groups from a JSON
block. branca runs what an element wrote through jinja2 once more, so a block named ``{{ … }}`` would be
*executed* in Python if folium were told its name: nothing that comes from a document is ever given to folium.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely
from markupsafe import Markup

from ftz_geo.measure import versions
from ftz_geo.model import HOLDS_ZH, LABELS_ZH
from ftz_geo.render.looks import DASHES, PALETTE
from ftz_geo.render.offline import content_policy, json_block, leaflet, own, template
from ftz_geo.render.words import CLAIMS_ZH

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.render.credits import Credit
    from ftz_geo.render.schema import DiffPage
    from ftz_geo.render.shapes import PageData

__all__ = ["LAYERS", "TILE_HOSTS", "Layer", "bounds_of", "layers_of", "map_page", "two_versions_page"]

TILE_HOSTS = (
    "https://tile.openstreetmap.org",
    "https://*.tianditu.gov.cn",
    "https://*.is.autonavi.com",
)
"""The only hosts that a map page may ever ask for images, once its reader switches a base map on."""

_SCRIPTS = (
    "geodesy.js",
    "page.core.js",
    "page.address.js",
    "page.words.js",
    "page.units.js",
    "page.labels.js",
    "page.basemap.js",
    "page.draw.js",
    "page.cards.js",
    "page.panel.js",
    "page.choice.js",
    "page.inset.js",
    "page.spelling.js",
    "page.coordinates.js",
    "page.find.js",
    "page.views.js",
    "page.focus.js",
    "page.sheet.js",
    "page.frame.js",
    "page.paper.js",
    "page.js",
)
"""Our own scripts, in the order in which they need each other."""

_TOOLS = (
    "measure.js",
    "take.formats.js",
    "take.picture.js",
    "take.js",
    "drop.read.js",
    "drop.js",
)
"""What a reader may do with a page; they begin when the map stands."""


_STYLES = ("page.css", "page.find.css", "page.focus.css", "measure.css", "take.css", "paper.css")

_EDITOR_SCRIPTS = (
    "edits.js",
    "edits.sides.js",
    "edits.overlap.js",
    "edits.lines.js",
    "edits.along.js",
    "editor.panel.js",
    "editor.corners.js",
    "editor.snap.js",
    "editor.along.js",
    "editor.watch.js",
    "editor.align.js",
    "editor.moves.js",
    "editor.handles.js",
    "editor.js",
)

_TWO_VERSIONS_SCRIPTS = (
    "geodesy.js",
    "page.core.js",
    "page.address.js",
    "page.words.js",
    "page.labels.js",
    "page.sheet.js",
    "page.frame.js",
    "page.paper.js",
    "diff.js",
)
"""Those of the page that holds two versions against each other."""

_PANES = (
    ("halos", 290),
    ("graticule", 350),
    ("bands", 380),
    ("doubt", 385),
    ("glow", 440),
    ("edges", 450),
    ("points", 455),
    ("labels", 470),
    ("findings", 480),
)
"""Panes by their height; polygons are at 400 (Leaflet's overlayPane)."""

_CHINA = (73.0, 18.0, 135.0, 53.5)
"""What a map without any polygon shows: west, south, east, north."""


class Layer(NamedTuple):
    """A group of layers that a reader may switch on and off."""

    title: str
    shown: bool = True
    """At first."""


LAYERS: Mapping[str, Layer] = {
    "basemap": Layer("底图线条"),
    "bands": Layer("近边与远边之间"),
    "lines": Layer("区块间道路河流（示意）"),
    "blocks": Layer("区块"),
    "chosen": Layer("所取地物"),
    "lost": Layer("落选候选"),
    "edges": Layer("四至边线"),
    "points": Layer("地名点", shown=False),
    "sideNames": Layer("四至名称"),
    "names": Layer("区块名称"),
    "uncertainty": Layer("位置不确定范围"),
    "findings": Layer("核对结果"),
    "graticule": Layer("经纬网"),
}
"""All groups by the name under which the page script knows them, the lowest first."""


def layers_of(names: Container[str]) -> dict[str, Layer]:
    """Return some of the groups, the lowest first."""
    return {name: layer for name, layer in LAYERS.items() if name in names}


def bounds_of(geometries: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    """Return what geometries cover, or China if there is none: west, south, east, north."""
    if not geometries:
        return _CHINA
    west, south, east, north = map(float, shapely.total_bounds(geometries))
    return west, south, east, north


def _map_script(bounds: Sequence[float], layers: Mapping[str, Layer]) -> Markup:
    """Return the map's JavaScript as folium writes it: empty groups of layers, and what to show."""
    import folium
    from folium.map import CustomPane

    the_map = folium.Map(tiles=None, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5)
    for pane, z_index in _PANES:
        CustomPane(pane, z_index=z_index).add_to(the_map)
    groups = {
        name: folium.FeatureGroup(name=name, show=layer.shown).add_to(the_map)
        for name, layer in layers.items()
    }
    west, south, east, north = map(float, bounds)
    the_map.fit_bounds(
        [[south, west], [north, east]], padding_top_left=(40, 60), padding_bottom_right=(40, 130), max_zoom=16
    )
    # Names that are the same at every run, and no header: its tags fetch what the page has already.
    for number, element in enumerate(_elements(the_map)):
        element._id = str(number)
    figure: Any = the_map.get_root()
    figure.render()
    variables = ", ".join(f"{name}: {group.get_name()}" for name, group in groups.items())
    script = f"{figure.script.render()}\nftzGeo.start({the_map.get_name()}, {{{variables}}});"
    # The policy speaks of the text between the tags, to the letter; the templates add no white space.
    return Markup(re.sub(r"\n\s*", "\n", script))  # noqa: S704 - no word of a document is in it


def _elements(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():
        yield from _elements(child)


@cache
def _script(*names: str) -> Markup:
    """Return scripts of ours as one, without what is for readers of the package: comments, indentation."""
    text = "\n".join(map(own, names))
    text = re.sub(r"^\s*/\*.*?\*/$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^\s*(//.*\n)?", "", text, flags=re.MULTILINE)
    return Markup(text)  # noqa: S704 - files of this package


def _plain(style: Markup) -> Markup:
    """Return a style sheet without comments and indentation."""
    text = re.sub(r"\s*/\*.*?\*/", "", style, flags=re.DOTALL)
    return Markup(re.sub(r"\n\s*", "\n", text))  # noqa: S704 - part of what was markup


def map_page(
    name: str,
    *,
    bounds: Sequence[float],
    layers: Mapping[str, Layer],
    data: PageData,
    tianditu_key: str | None = None,
    editor: Mapping[str, Any] | None = None,
    sources: Sequence[Credit] = (),
    **context: Any,
) -> str:
    """Return a page with Leaflet, our style and script, and the map that folium made.

    The page's own policy lets the browser run these scripts and no other: even text that
    escaped every escape could neither run nor fetch.

    Parameters
    ----------
    name : str
        A template of this package.
    bounds : sequence of float, shape (4,)
        What the map shows: west, south, east, north in degrees.
    layers : mapping of str to Layer
        Groups by the name that the page script knows.
    data : PageData
        What the page script reads, words included.
    tianditu_key : str, optional
        Written into the page.
    editor : mapping, optional
        An :class:`~ftz_geo.render.schema.Editor`; without it, the page has no editor.
    sources : sequence of Credit
        Told on the sheet of paper.
    **context
        The template's variables.

    Returns
    -------
    str
        HTML.
    """
    library, library_style = leaflet()
    scripts = [library, _script(*_SCRIPTS), _map_script(bounds, layers), _script(*_TOOLS)]
    styles = [library_style, *map(own, _STYLES)]
    if editor is not None:
        scripts.append(_script(*_EDITOR_SCRIPTS))
        styles.append(own("editor.css"))
    titles = {key: layer.title for key, layer in layers.items()}
    return _written(
        name,
        scripts,
        styles,
        policy=content_policy(scripts, TILE_HOSTS),
        data=json_block(data.to_dict(layers=titles, tianditu_key=tianditu_key)),
        editor=None if editor is None else json_block(editor),
        layers=layers,
        sources=sources,
        **context,
    )


def two_versions_page(
    name: str, *, bounds: Sequence[float], layers: Mapping[str, Layer], data: DiffPage, **context: Any
) -> str:
    """Return a page of two versions in the frame of the map pages, which asks no host for anything.

    Parameters
    ----------
    name : str
        A template of this package.
    bounds : sequence of float, shape (4,)
        What the map shows: west, south, east, north in degrees.
    layers : mapping of str to Layer
        Groups by the name that the page script knows.
    data : DiffPage
    **context
        The template's variables.

    Returns
    -------
    str
        HTML.
    """
    library, library_style = leaflet()
    scripts = [library, _script(*_TWO_VERSIONS_SCRIPTS), _map_script(bounds, layers)]
    styles = [library_style, *map(own, ("page.css", "page.focus.css", "paper.css", "diff.css"))]
    return _written(
        name,
        scripts,
        styles,
        policy=content_policy(scripts),
        data=json_block(data),
        editor=None,
        layers=layers,
        sources=(),
        **context,
    )


def _written(name: str, scripts: Sequence[Markup], styles: Sequence[Markup], **context: Any) -> str:
    """Return a template with all that the frame of the map pages asks for."""
    return template(name).render(
        styles=[_plain(style) for style in styles],
        scripts=scripts,
        claims=CLAIMS_ZH,
        dashes=DASHES,
        labels=LABELS_ZH,
        palette=PALETTE,
        verdicts=HOLDS_ZH,
        versions=versions(),
        **context,
    )
