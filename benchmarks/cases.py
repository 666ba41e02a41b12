"""Blocks with known true polygons, their maps whole and damaged, and how what was drawn is scored.

A hit is a score of 0.95 or more by the cases' own ``score.py``: one minus the area outside the band
between the inner and the outer true edge, over the inner area.
"""

from __future__ import annotations

import functools
import random
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ftz_geo.measure import LocalPlane
from ftz_geo.model import Digitised, Plan, ReferenceMap, Settings
from ftz_geo.parse import parse_plan
from ftz_geo.reference import read_reference
from ftz_geo.resolve import resolve_plan
from ftz_geo.trace import trace_parcels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SEEDS = (1, 2, 3)
HIT = 0.95


class Case(NamedTuple):
    name: str
    plan: Plan
    reference: ReferenceMap
    inner: list[BaseGeometry]
    outer: list[BaseGeometry]


class Damage(NamedTuple):
    """What is done to a map before a case is traced on it."""

    missing: str = ""
    """Share of its ways, as ``damage.py`` takes it."""
    seed: int = 0
    shake: str = ""
    """Metres."""

    @property
    def label(self) -> str:
        if self.missing:
            return f", {self.missing} missing, seed {self.seed}"
        return f", shaken by {self.shake} m" if self.shake else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        seeded = ("--missing", self.missing, "--seed", str(self.seed)) if self.missing else ()
        return seeded + (("--shake", self.shake) if self.shake else ())


WHOLE = Damage()
MISSING = tuple(Damage(missing=share, seed=seed) for share in ("0.1", "0.25") for seed in SEEDS)


class Maps(NamedTuple):
    """Where the cases and their maps are, and where damaged maps are put."""

    shared: Path
    folder: Path


class Result(NamedTuple):
    """What was drawn of one case on one map, in the order of its text."""

    case: Case
    label: str
    reference: ReferenceMap
    drawn: list[Digitised | None]
    """None for a block whose words were not read as one."""
    score: NDArray[np.float64]
    grade: NDArray[np.str_]
    ms_a_block: float

    @property
    def name(self) -> str:
        return self.case.name + self.label

    def hits(self, chosen: NDArray[np.bool_] | str | None = None) -> float:
        """Return the share of hits, among the blocks chosen by a mask or by a grade."""
        mask = self.grade == chosen if isinstance(chosen, str) else chosen
        scores = self.score if mask is None else self.score[mask]
        return float(np.mean(scores >= HIT)) if len(scores) else float("nan")

    def share(self, grade: str) -> float:
        return float(np.mean(self.grade == grade))

    def codes(self, index: int) -> list[str]:
        drawn = self.drawn[index]
        return sorted({reason.code for reason in drawn.reasons}) if drawn else []


def told(message: str) -> None:
    """Say on stderr what is being done."""
    print(message, file=sys.stderr, flush=True)


def shared_folder(named: str | None = None) -> Path | None:
    """Return the folder of cases and maps, named or beside the checkout; say so if there is none."""
    shared = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if shared.is_dir():
        return shared
    told(f"skipped: the folder of cases and maps, {shared.name}, is not beside this checkout")
    return None


def blocks(shared: Path, name: str, reference: str = "shanghai_west.gpkg") -> Case:
    """Read the blocks of one case file, by default with the map of central Shanghai."""
    truth = gpd.read_file(shared / "cases" / f"{name}.geojson")
    return Case(
        name=name.removeprefix("shanghai_west_").removeprefix("large/"),
        plan=parse_plan((shared / "cases" / f"{name}.txt").read_text(encoding="utf-8")),
        reference=read_reference(shared / "reference" / reference),
        inner=list(truth.geometry),
        outer=list(shapely.from_wkt(truth["outer"].to_numpy()) if "outer" in truth else truth.geometry),
    )


@functools.lru_cache(maxsize=32)
def read_map(maps: Maps, name: str, damage: Damage = WHOLE) -> ReferenceMap:
    """Read a map, damaged by the cases' own script where that reads its format."""
    path = maps.shared / "reference" / name
    if damage == WHOLE:
        return read_reference(path)
    if path.suffix in (".osm", ".pbf"):
        return thinned(read_reference(path), damage)
    out = maps.folder / f"{path.stem}{''.join(damage.arguments)}.gpkg"
    command = [sys.executable, maps.shared / "cases" / "damage.py", path, out]
    subprocess.run([*command, *damage.arguments], check=True, capture_output=True)
    return read_reference(out)


def thinned(reference: ReferenceMap, damage: Damage) -> ReferenceMap:
    """Return a map without a share of its features, chosen as ``damage.py`` chooses them."""
    chance = random.Random(damage.seed)  # noqa: S311 the same features each time
    kept = [chance.random() >= float(damage.missing) for _ in range(len(reference.features))]
    return replace(reference, features=reference.features[kept].reset_index(drop=True))


def digitise(plan: Plan, reference: ReferenceMap, runs: int = 1) -> tuple[dict[str, Digitised], float]:
    """Trace a plan; return what was drawn by parcel, and milliseconds a block of the quickest run."""
    resolutions = resolve_plan(plan, reference)
    spent = []
    drawn: dict[str, Digitised] = {}
    for _ in range(runs):  # each from the beginning: nothing of a run is kept for the next
        start = time.process_time()
        drawn = trace_parcels(plan, reference, resolutions, Settings())
        spent.append(time.process_time() - start)
    return drawn, 1000 * min(spent) / max(1, len(plan.parcels))


def score(found: BaseGeometry | None, inner: BaseGeometry, outer: BaseGeometry) -> float:
    """Score one block as ``score.py`` does."""
    if found is None:
        return 0.0
    plane = LocalPlane.around([inner])
    found, inner, outer = (plane.to_xy(g) for g in (found, inner, outer))
    wrong = found.difference(outer.buffer(2)).area + inner.buffer(-2).difference(found).area
    return max(0.0, 1 - float(wrong / inner.area))


def overlap(found: BaseGeometry | None, truth: BaseGeometry) -> float:
    """Return the area that two polygons share over the area of their union."""
    return 0.0 if found is None else float(found.intersection(truth).area / found.union(truth).area)


def in_order(plan: Plan, drawn: Mapping[str, Digitised], count: int) -> list[Digitised | None]:
    """Return what was drawn for 区块1, 区块2 …; None where the words were not read as a block."""
    found: list[Digitised | None] = [None] * count
    for zone in plan.zones:
        for block in zone.blocks:
            if number := re.search(r"\d+", block.label or ""):
                found[int(number[0]) - 1] = drawn[block.parcels[0].id]
    return found


def measure(case: Case, reference: ReferenceMap, label: str = "", runs: int = 1) -> Result:
    """Trace a case on its map, whole or damaged, and score it."""
    told(case.name + label)
    by_parcel, ms = digitise(case.plan, reference, runs)
    drawn = in_order(case.plan, by_parcel, len(case.inner))
    polygons = [d and d.polygon for d in drawn]
    scores = [score(*three) for three in zip(polygons, case.inner, case.outer, strict=True)]
    grades = [d.grade if d else "unread" for d in drawn]
    return Result(case, label, reference, drawn, np.array(scores), np.array(grades), ms)


def notice(clauses: Iterable[str]) -> Plan:
    """Return the plan of a notice whose blocks are told by the clauses."""
    told_blocks = (f"区块{number}：{clause}。" for number, clause in enumerate(clauses, 1))
    return parse_plan("\n\n".join(["示范区总体方案", *told_blocks]))


def made_map(features: Sequence[tuple[str, BaseGeometry]]) -> ReferenceMap:
    """Return a map of roads made of names and lines in longitude and latitude."""
    frame = gpd.GeoDataFrame(
        {
            "source_id": [str(number) for number in range(len(features))],
            "name": [name for name, _ in features],
            "alt_names": [()] * len(features),
            "kind": "road",
            "source": 0,
        },
        geometry=[line for _, line in features],
        crs="EPSG:4326",
    )
    return ReferenceMap(features=frame)


def wide(text: str, width: int) -> str:
    """Pad a text in which Chinese characters take two columns."""
    return text + " " * (width - len(text) - sum(ord(c) > 0x2E80 for c in text))  # CJK begins there
