"""The frames' own class: GeoPandas' interactive map of them tells their columns in words that people read."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd

from ftz_geo.columns import EDGE_COLUMNS, PARCEL_COLUMNS
from ftz_geo.model import LABELS_ZH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import folium
    import pandas as pd

    from ftz_geo.columns import Column

__all__ = ["ReadableFrame"]

_STYLE = "width: 36em; max-width: 80vw; font-size: 12px; line-height: 1.4; white-space: normal"
"""Sentences wrap: Leaflet would set each in one line, however long."""

_DECIMALS = {"km²": 4, "m": 0}
"""Areas to 100 m², the last digit of notices that state hectares with two decimals; lengths to metres."""


_COLUMNS = {column.name: column for column in (*PARCEL_COLUMNS, *EDGE_COLUMNS)}


class ReadableFrame(gpd.GeoDataFrame):  # type: ignore[misc] # GeoPandas states no types
    """A GeoDataFrame like any other, whose :meth:`explore` tells its columns in words."""

    def _constructor_from_mgr(self, mgr: Any, axes: Any) -> Any:
        # What pandas cuts out of it stays readable, as long as it has a geometry; older versions of GeoPandas
        # would give a frame of their own.
        made = super()._constructor_from_mgr(mgr, axes)
        if isinstance(made, gpd.GeoDataFrame):
            made.__class__ = type(self)
        return made

    def explore(
        self,
        column: Any = None,
        *args: Any,
        tooltip: Any = True,
        popup: Any = False,
        tooltip_kwds: Mapping[str, Any] | None = None,
        popup_kwds: Mapping[str, Any] | None = None,
        legend_kwds: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> folium.Map:
        """Return GeoPandas' interactive map, with heads, rounded figures and words in its tooltips.

        Its tiles and scripts come from the network; :func:`ftz_geo.show` needs none.

        Parameters
        ----------
        column : str or sequence, optional
            What the map is coloured by.
        *args
            As for ``GeoDataFrame.explore``.
        tooltip, popup : bool, int, str or list of str
            Columns to tell. True stands for those that say most, as far as they hold anything; in a popup,
            for all that have a head.
        tooltip_kwds, popup_kwds, legend_kwds : mapping, optional
            As for ``GeoDataFrame.explore``; what they say goes before ours.
        **kwargs
            As for ``GeoDataFrame.explore``.

        Returns
        -------
        folium.Map
        """
        told = self._in_words(but=column if "categories" in kwargs else None)
        pointed, opened = self._fields(tooltip, popup=False), self._fields(popup, popup=True)
        caption = {"caption": _head(column)} if isinstance(column, str) else {}
        drawn = told.explore(
            column,
            *args,
            tooltip=pointed,
            popup=opened,
            tooltip_kwds=_looks(pointed) | dict(tooltip_kwds or {}),
            popup_kwds=_looks(opened) | dict(popup_kwds or {}),
            legend_kwds=caption | dict(legend_kwds or {}),
            **kwargs,
        )
        return cast("folium.Map", drawn)

    def _fields(self, asked: Any, *, popup: bool) -> list[str] | None:
        """Return the columns to tell: those asked for, else those that say most."""
        if asked is None or asked is False:
            return None
        if not isinstance(asked, int):
            return [asked] if isinstance(asked, str) else list(asked)
        known = (c for c in _COLUMNS.values() if c.head and (c.first or popup))
        names = [c.name for c in known if c.name in self and self[c.name].map(_holds).any()]
        names = [*filter(None, [self.index.name]), *names]
        return names if asked is True else names[:asked]

    def _in_words(self, *, but: Any) -> gpd.GeoDataFrame:
        """Return a plain frame of what a reader sees; one column stays as it is."""
        told = gpd.GeoDataFrame(self)
        for known in _COLUMNS.values():
            if known.name in told and known.name is not but:
                told[known.name] = _words(told[known.name], known)
        return told


def _head(name: str) -> str:
    known = _COLUMNS.get(name)
    return escape((known and known.head) or name)


def _looks(fields: Sequence[str] | None) -> dict[str, Any]:
    return {"aliases": [_head(name) for name in fields or ()], "style": _STYLE}


def _holds(cell: Any) -> bool:
    """Return whether a cell holds anything: None, nan and an empty list do not."""
    return bool(cell) and cell == cell  # nan alone differs from itself


def _words(cells: pd.Series, column: Column) -> pd.Series:
    if column.dtype == "float":
        return cells.round(_DECIMALS.get(column.unit or "", 6))
    return cells.map(lambda cell: _html(cell) if _holds(cell) else None)


def _html(cell: Any) -> str:
    r"""Return a cell as words in HTML, in which no word of a document is more than a word.

    Examples
    --------
    >>> _html(["甲 < 乙", "{{ 丙 }}"]), _html("traced"), _html(True)
    ('甲 &lt; 乙<br>&#123;&#123; 丙 }}', '描图 traced', 'True')
    """
    lines = cell if isinstance(cell, list) else [str(cell)]
    known = [f"{LABELS_ZH[line]} {line}" if line in LABELS_ZH else line for line in lines]
    # folium runs what it writes through a template language, whose signs begin with a brace.
    return "<br>".join(escape(line).replace("{", "&#123;") for line in known)
