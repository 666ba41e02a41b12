"""Prepare maps once, so that every later run reads one small indexed file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.model import ReferenceMap
from ftz_geo.reference.prepared import check_box, clip, write_prepared
from ftz_geo.reference.read import read_reference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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

    Parameters
    ----------
    paths : sequence of str or Path
        As for :func:`read_reference`.
    out : str or Path
        The GeoPackage; replaced, once all of it is written, if it is there.
    box : sequence of float, optional
        West, south, east, north in WGS 84 degrees. Features that meet it are kept whole: cut at the
        box, an area would have an edge that no map shows.
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
    reference = read_reference(*paths)
    if checked is not None:
        reference = clip(reference, checked)
    given = {"licence": licence, "date": date}
    sources = tuple(
        {**source, **{fact: words for fact, words in given.items() if source.get(fact) is None}}
        for source in reference.sources
    )
    write_prepared(ReferenceMap(features=reference.features, sources=sources), out)
    return read_reference(out)
