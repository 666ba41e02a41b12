"""Prepare maps once, so that every later run reads one small indexed file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ftz_geo.reference.points import points_of_maps
from ftz_geo.reference.prepared import check_box, clip, within, write_prepared
from ftz_geo.reference.read import read_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ftz_geo.model import ReferenceMap

__all__ = ["prepare_reference"]


def prepare_reference(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    box: Sequence[float] | None = None,
    licence: str | None = None,
    date: str | None = None,
) -> ReferenceMap:
    """Read map files, keep what meets a box, and write one GeoPackage that reads quickly.

    It also keeps what :func:`read_points` gives of the files, for whoever gives it as named points.

    Parameters
    ----------
    paths : sequence of str or Path
        As for :func:`read_reference`.
    out : str or Path
        The GeoPackage; replaced, once all of it is written, if it is there.
    box : sequence of float, optional
        West, south, east, north in WGS 84 degrees. Features that meet it are kept whole: cut at the
        box, an area would have an edge that no map shows. Named points are kept that lie in it.
    licence, date : str, optional
        Of sources that do not state theirs.

    Returns
    -------
    ReferenceMap
        What :func:`read_reference` gives of the new file.

    Raises
    ------
    ReferenceMapError
        As for :func:`read_reference`; the box is none, or nothing lies in it.
    OutputError
        The file cannot be written.
    """
    checked = None if box is None else check_box(box)  # before any file is read
    reference, points = read_reference(*paths), points_of_maps(*paths)
    if checked is not None:
        reference, points = clip(reference, checked), within(points, checked)
    given = {"licence": licence, "date": date}
    write_prepared(_with_facts(reference, given), out, points=_with_facts(points, given))
    return read_reference(out)


def _with_facts(reference: ReferenceMap, given: Mapping[str, str | None]) -> ReferenceMap:
    """Return a map whose sources tell what they did not state themselves."""
    sources = tuple(
        {**source, **{fact: words for fact, words in given.items() if source.get(fact) is None}}
        for source in reference.sources
    )
    return replace(reference, sources=sources)
