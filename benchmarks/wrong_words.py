"""Notices of central Shanghai whose words were changed: what is drawn of them, and what is noticed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from cases import HIT, digitise, in_order, notice, read_map, score, told, wide

import ftz_geo
from ftz_geo.compass import DIRECTIONS, SIDE_ZH
from ftz_geo.measure import area_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cases import Maps, Result

    from ftz_geo.model import Digitised, Finding, Plan, ReferenceMap

ONE_CHARACTER = (
    "wrong suffix",
    "homophone char",
    "dropped N/S/E/W, absent on map",
    "dropped N/S/E/W, another road",
    "added 北, absent",
    "中/东/一 variant, on map",
    "中/东/一 variant, absent",
    "extra 段 suffix",
)
"""Kinds in which one road is misspelt, so that a reader can be told which one is meant."""

AREA_WITHIN = 0.05
"""A drawing follows the words where its area is within this share of what the words enclose."""

COMMON = 3
"""So many of the most frequent codes are printed."""


class Told(NamedTuple):
    """One block with changed words: what was said, what is true, what came of it."""

    row: Mapping[str, Any]
    true_sides: Mapping[str, str]
    found: Digitised
    score: float
    findings: tuple[Finding, ...]

    @property
    def true_roads(self) -> list[str]:
        """The roads that the changed words misname."""
        return [self.true_sides[s] for s in DIRECTIONS if self.row["sides"].get(s) != self.true_sides[s]]

    @property
    def by_the_words(self) -> bool:
        if self.found.polygon is None or self.row["area_words_km2"] is None:
            return False
        km2 = float(area_m2([self.found.polygon])[0]) / 1e6
        return abs(km2 / self.row["area_words_km2"] - 1) <= AREA_WITHIN

    @property
    def silent(self) -> bool:
        """A firm drawing of wrong words, of which neither tracing nor audit says anything but bridges."""
        said = {reason.code for reason in self.found.reasons} - {"bridges"}
        firm = self.found.grade in ("traced", "inferred")
        return firm and bool(self.true_roads) and not said and not self.findings

    @property
    def noticed(self) -> bool:
        return any(finding.severity in ("error", "warning") for finding in self.findings)

    @property
    def names_the_road(self) -> bool:
        """A sentence quotes the true road; the misspelt one may hold its name (打浦路北段)."""
        said = [reason.zh for reason in self.found.reasons] + [finding.zh for finding in self.findings]
        return any(f"“{road}”" in sentence for road in self.true_roads for sentence in said)


def words(maps: Maps) -> list[Result]:
    """Print one line for every kind of changed words; what they give has no place among true blocks."""
    print(
        f"{'changed words':30} {'n':>4}   {'traced':>6} {'inferr':>6} {'approx':>6} {'undet':>6}   "
        f"{'true':>5} {'by words':>9} {'silent':>6} {'audit':>6} {'named':>6}   codes"
    )
    reference = read_map(maps, "shanghai_west.gpkg")
    truth = gpd.read_file(maps.shared / "cases" / "shanghai_west_blocks.geojson")
    kinds = json.loads((maps.shared / "cases" / "wrong_words.json").read_text(encoding="utf-8"))
    for kind, rows in kinds.items():
        told(kind)
        print_row(kind, list(changed(rows, truth, reference)))
    return []


def changed(
    rows: list[Mapping[str, Any]], truth: gpd.GeoDataFrame, reference: ReferenceMap
) -> Iterator[Told]:
    """Trace and audit all blocks of one kind, told in one notice."""
    plan = notice(clause(row) for row in rows)
    drawn = in_order(plan, digitise(plan, reference)[0], len(rows))
    findings = audited_alone(plan, reference)
    for row, found in zip(rows, drawn, strict=True):
        assert found is not None, f"not read as a block: {clause(row)}"
        true = truth.iloc[row["block"] - 1]
        yield Told(
            row=row,
            true_sides={side: true[side] for side in DIRECTIONS},
            found=found,
            score=score(found.polygon, true.geometry, shapely.from_wkt(true["outer"])),
            findings=findings[found.parcel_id],
        )


def clause(row: Mapping[str, Any]) -> str:
    """Write one block as a notice does."""
    sides = [f"{SIDE_ZH[side]}至{row['sides'][side]}" for side in DIRECTIONS if row["sides"].get(side)]
    area = f"面积{row['stated_km2']}平方公里，" if row["stated_km2"] else ""
    return area + "、".join(sides)


def audited_alone(plan: Plan, reference: ReferenceMap) -> dict[str, tuple[Finding, ...]]:
    """Draw a plan and audit each block by itself: the blocks of the cases overlap one another."""
    parcels = ftz_geo.draw(plan, reference).parcels
    findings: dict[str, tuple[Finding, ...]] = {}
    for zone in plan.zones:
        for block in zone.blocks:
            alone = replace(plan, zones=(replace(zone, blocks=(block,)),))
            key = block.parcels[0].id
            findings[key] = ftz_geo.audit(alone, parcels.loc[[key]]).findings
    return findings


def print_row(kind: str, blocks: list[Told]) -> None:
    grades = Counter(block.found.grade for block in blocks)
    known = [block.by_the_words for block in blocks if block.row["area_words_km2"] is not None]
    codes = Counter(code for block in blocks for code in {reason.code for reason in block.found.reasons})
    named = f"{np.mean([b.names_the_road for b in blocks]):6.2f}" if kind in ONE_CHARACTER else f"{'':6}"
    print(
        f"{wide(kind, 30)} {len(blocks):4}   {grades['traced']:6} {grades['inferred']:6} "
        f"{grades['approximate']:6} {grades['undetermined']:6}   "
        f"{sum(block.score >= HIT for block in blocks):5} {f'{sum(known)}/{len(known)}':>9} "
        f"{sum(block.silent for block in blocks):6} {np.mean([b.noticed for b in blocks]):6.2f} {named}   "
        + ", ".join(f"{code} {count / len(blocks):.2f}" for code, count in codes.most_common(COMMON)),
        flush=True,
    )
