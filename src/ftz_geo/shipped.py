"""The data that travels with the package: the notice's boundary facts and the place anchors."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

from ftz_geo.model import Anchor

__all__ = ["boundaries_folder", "plan_file", "read_anchors"]

POINTS_LICENCE = "ODbL 1.0, © OpenStreetMap contributors"
"""Of the shipped named points, which say nothing of it in their rows."""


def boundaries_folder() -> Path:
    """Return the folder of boundary data: in an installed package its own, in a source tree ``data/``.

    Examples
    --------
    >>> sorted(p.name for p in boundaries_folder().iterdir() if p.suffix in {".csv", ".txt"})
    ['aliases.csv', 'anchors.csv', 'plan.txt', 'points.csv']
    """
    package = Path(str(files("ftz_geo")))
    installed = package / "data" / "boundaries"
    return installed if installed.is_dir() else package.parents[1] / "data" / "boundaries"


def plan_file() -> Path:
    """Return the shipped plan text: five zones of Tianjin, 24 blocks."""
    return boundaries_folder() / "plan.txt"


def points_file() -> Path:
    """Return the shipped named points that concern the shipped plan."""
    return boundaries_folder() / "points.csv"


def aliases_file() -> Path:
    """Return the shipped names that those points have for names of the shipped plan."""
    return boundaries_folder() / "aliases.csv"


def read_anchors(path: Path | None = None) -> tuple[Anchor, ...]:
    """Read a table of place anchors.

    Parameters
    ----------
    path : Path, optional
        A UTF-8 CSV with the columns of :class:`~ftz_geo.model.Anchor`, block labels separated by
        spaces. The shipped table by default.

    Returns
    -------
    tuple of Anchor

    Examples
    --------
    >>> [a.name for a in read_anchors() if a.zone == "子牙"]
    ['静海区中心', '子牙镇']
    """
    with (path or boundaries_folder() / "anchors.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Anchor(
                name=row["name"],
                zone=row["zone"],
                blocks=tuple(row["blocks"].split()),
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                uncertainty_m=float(row["uncertainty_m"]),
                source=row["source"],
                licence=row["licence"],
                basis=row["basis"],
            )
            for row in csv.DictReader(file)
        )
