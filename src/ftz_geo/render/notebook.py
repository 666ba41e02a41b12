"""Map pages inside a notebook: one page in a frame, or several in one behind a choice."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import escape

from ftz_geo.atomic import replacing
from ftz_geo.measure import versions
from ftz_geo.render.offline import content_policy, json_block, own, template
from ftz_geo.render.page import TILE_HOSTS
from ftz_geo.render.words import EN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Shown", "shown"]

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_PART = re.compile(r"(<script>.*?</script>|<style>.*?</style>)", re.DOTALL)
"""What the pages of several zones have in common, Leaflet above all."""

# Read by whoever reads the notebook, before any page could ask for a language.
_ALL, _CHOICE = (f"{zh} {EN[zh]}" for zh in ("全部片区", "片区"))
_FALLBACK = "地图在受信任的笔记本中显示。 The map is shown in a notebook that is trusted."


SANDBOX = "allow-scripts allow-forms allow-downloads"
"""What a page in a frame may do. Its forms lead nowhere, which its own policy forbids: they are dialogs."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Shown:
    """A map page that draws itself in a notebook, as the value of a cell's last line."""

    title: str
    """Of what it is a map, in a few words."""
    page: str
    """The whole page: HTML that asks the network for nothing."""
    height: int
    """Of its frame in the notebook, in pixels."""
    picture: str | None = None
    """SVG, seen where a viewer takes the frame out."""

    def __repr__(self) -> str:
        return f"<map of {self.title}; save(path) writes its page>"

    def _repr_html_(self) -> str:
        # The sandbox gives the page an origin of its own, so that its scripts reach nothing around them. Code
        # hosts, and notebooks that are not trusted, take the frame out: what lies beneath it is left.
        return (
            f'<div style="position: relative; height: {self.height}px">{self._beneath()}'
            f'<iframe sandbox="{SANDBOX}" title="{escape(self.title)}" srcdoc="{escape(self.page)}" '
            'style="position: absolute; top: 0; left: 0; box-sizing: border-box; width: 100%; height: 100%; '
            'border: 1px solid #ddd8cb; background: #fffefa"></iframe></div>'
        )

    def _beneath(self) -> str:
        if self.picture is None:
            return f"<p>{_FALLBACK}</p>"
        data = base64.b64encode(self.picture.encode()).decode("ascii")
        return (
            f'<img alt="{escape(self.title)}. {_FALLBACK}" src="data:image/svg+xml;base64,{data}" '
            'style="max-width: 100%; max-height: 100%">'
        )

    def save(self, path: str | Path) -> Path:
        """Write the page as one HTML file, whole or not at all.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        with replacing(Path(path)) as place:
            place.write_text(self.page, encoding="utf-8", newline="\n")
        return Path(path)


def shown(
    pages: Mapping[str, str],
    names: Sequence[str],
    *,
    parcels: int,
    height: int,
    picture: str | None = None,
) -> Shown:
    """Return map pages as one value for a notebook: the page of a single zone, or all behind a choice.

    Parameters
    ----------
    pages : mapping of str to str
        As :func:`~ftz_geo.render.map_pages` gives them: the index, then one for each zone.
    names : sequence of str
        Of the zones.
    parcels : int
        How many the pages show.
    height : int
    picture : str, optional
        As :attr:`Shown.height` and :attr:`Shown.picture`.

    Returns
    -------
    Shown

    Examples
    --------
    >>> shown({"index.html": "<p>总图", "a.html": "<p>图"}, ["甲区"], parcels=3, height=400)
    <map of 甲区, parcels: 3; save(path) writes its page>
    """
    index, *of_zones = pages.values()
    what = names[0] if len(names) == 1 else f"{len(names)} zones"
    title = f"{what}, parcels: {parcels}"
    page = of_zones[0] if len(of_zones) == 1 else _joined([index, *of_zones], [_ALL, *names], title)
    return Shown(title=title, page=page, height=height, picture=picture)


def _joined(pages: Sequence[str], choices: Sequence[str], title: str) -> str:
    """Return several pages as one, in which what they have in common stands once."""
    split = [_PART.split(page) for page in pages]
    numbers = {part: number for number, part in enumerate(dict.fromkeys(p for page in split for p in page))}
    scripts = dict.fromkeys(found for page in pages for found in _SCRIPT.findall(page))
    script = own("notebook.js")
    return template("notebook.html").render(
        policy=content_policy([script, *scripts], TILE_HOSTS),
        versions=versions(),
        title=title,
        label=_CHOICE,
        choices=choices,
        pages=json_block({"parts": list(numbers), "pages": [[numbers[p] for p in page] for page in split]}),
        script=script,
    )
