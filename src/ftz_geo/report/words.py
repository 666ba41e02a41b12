"""What the reports of an audit call things, each told in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from ftz_geo.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The worst first."""

FIGURES_ZH: Mapping[str, str] = {
    "declared_km2": "公布",
    "measured_km2": "对照",
    "difference_km2": "差",
    "limit_km2": "允许差",
}
"""The figures of a finding."""

_ROLES_ZH = {
    "document": "文件",
    "polygons": "图形",
    "reference": "底图",
    "points": "地名点",
    "outlines": "区县界",
}


class SourceWords(NamedTuple):
    """What a source was used as, and what it says of itself; None where it says nothing."""

    role: str | None
    file: str
    licence: str | None
    date: str | None
    datum: str | None
    """Or the reference system, where it states no datum."""
    sha256: str
    is_document: bool


def source_words(source: Mapping[str, Any]) -> SourceWords:
    """Return a source of :attr:`~ftz_geo.model.Metadata.sources` in words.

    Examples
    --------
    >>> found = source_words({"role": "reference", "file": "a.gpkg", "sha256": "0", "crs": "EPSG:4490"})
    >>> found.role, found.licence, found.datum
    ('底图', None, 'EPSG:4490')
    """
    licence, date, datum, crs = (str(source.get(key) or "") for key in ("licence", "date", "datum", "crs"))
    return SourceWords(
        role=_ROLES_ZH.get(source.get("role", "")),
        file=str(source["file"]),
        licence=licence or None,
        date=date or None,
        datum=datum or crs or None,
        sha256=str(source["sha256"]),
        is_document=source.get("role") == "document",
    )
