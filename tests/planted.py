"""Planted defects and sound controls: what an auditor of zone areas should be told, and what not.

``python tests/planted.py`` runs all of them and prints the table; a word behind it picks kinds or ids.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import docx
import numpy as np
import openpyxl
import shapely
from shapely import affinity

import ftz_geo
from ftz_geo.kinds import expect
from planted_ground import (
    KINDS,
    METRES,
    SIDES,
    SQUARE_METRES,
    Block,
    Geometry,
    Points,
    Shape,
    Town,
    Warp,
    area_m2,
    axes_swapped,
    bd09,
    beijing54,
    between,
    counted,
    figure,
    gcj02,
    han,
    lonlat,
    number_of,
    shapes_of,
    summed,
    town,
    xian80,
    zone,
    zone39,
)

Outcome = Literal[
    "right",
    "fair",
    "another",
    "incomplete",
    "missed",
    "refused",
    "traceback",
    "sound",
    "warned",
    "false alarm",
]
BAD: tuple[Outcome, ...] = ("missed", "false alarm", "traceback")


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    kind: str
    lesson: str
    """What an auditor should learn; of a control, why it is sound."""
    defect: bool
    changes_area: bool = False
    """Whether some area is wrong by more than rounding and the accuracy of a survey explain."""
    right: frozenset[str] = frozenset()
    """Checks that name the defect; ``refused`` where the input cannot be used."""
    fair: frozenset[str] = frozenset()
    """Other checks by which an auditor would come upon it."""
    note: bool = False
    """Whether a note is enough, because nothing is wrong by it."""
    make: Callable[[], Town]


@dataclass(frozen=True)
class Result:
    case: Case
    outcome: Outcome
    verdict: str
    found: tuple[str, ...]
    """What was found, as ``severity:check``, or the sentence of an error."""
    seconds: float


CASES: list[Case] = []
T = TypeVar("T")
Made = Callable[[Town, int], Town]


def _add(kind: str, n: int, make: Made, **told: Any) -> None:
    for v in range(n):
        name = f"{kind}-{v + 1}"
        made = partial(_make, make, zlib.crc32(name.encode()), v)
        CASES.append(Case(id=name, kind=kind, lesson=make.__doc__ or "", make=made, **told))


def _make(make: Made, seed: int, v: int) -> Town:
    """Make a case on a town of six blocks, one of five on nine."""
    made = town(seed, 3, 2 + (seed % 5 == 0))
    return make(replace(made, title=pick(v, made.title, "天津市西青区联动创新区总体方案")), v)


def defect(
    kind: str, n: int, right: str, fair: str = "", *, area: bool = False, note: bool = False
) -> Callable[[Made], Made]:
    """Register so many cases of a kind; the docstring of what makes them is what an auditor should learn."""

    def keep(make: Made) -> Made:
        checks = {"right": frozenset(right.split()), "fair": frozenset(fair.split())}
        _add(kind, n, make, defect=True, changes_area=area, note=note, **checks)
        return make

    return keep


def control(kind: str, n: int) -> Callable[[Made], Made]:
    """Register sound cases; the docstring of what makes them says why they are sound."""

    def keep(make: Made) -> Made:
        _add(kind, n, make, defect=False)
        return make

    return keep


def pick(v: int, *choices: T) -> T:
    return choices[v % len(choices)]


def any_file(t: Town, v: int) -> Town:
    """Hand the polygons in, in another format for each number."""
    return t.file(KINDS[v % len(KINDS)])


def widened(edge: int, metres: float) -> Callable[[Geometry], Geometry]:
    """Move an edge (0 south, 1 east, 2 north, 3 west) outward, its ends along the streets they lie on."""

    def widen(g: Geometry) -> Geometry:
        old = shapely.get_coordinates(g)[:4]
        new = old.copy()
        for end, before in ((edge, edge - 1), ((edge + 1) % 4, (edge + 2) % 4)):
            way = old[end] - old[before]
            new[end] += way / np.hypot(*way) * metres
        return shapely.Polygon(new)

    return widen


def grown(stated: str, share: float) -> str:
    unit = stated.lstrip("0123456789.")
    value = number_of(stated)
    return f"{(value * Decimal(share)).quantize(value)}{unit}"


def resummed(t: Town, unit: str = "平方公里") -> Town:
    return replace(t, total=summed(t.blocks, unit))


# ---- figures ---------------------------------------------------------------------------------------------


@defect("wrong digit", 4, "declared-sum declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """One block's figure has a wrong digit."""
    value = number_of(t.blocks[v].stated) + pick(
        v, Decimal("0.3"), Decimal("-0.2"), Decimal(1), Decimal("0.5")
    )
    t = t.say(v, stated=f"{value}平方公里")
    return t if v % 2 else any_file(t, v)


@defect("wrong digit and total", 3, "declared-measured", "total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """Block and total repeat one wrong figure."""
    wrong = f"{number_of(t.blocks[v].stated) + Decimal('0.3')}平方公里"
    return any_file(resummed(t.say(v, stated=wrong)), v + 4)


@defect("swapped digits", 3, "declared-sum declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """Two digits stand in each other's place."""
    k = next(
        n
        for n, b in enumerate(t.blocks)
        if abs(int(b.stated[2]) - int(b.stated[0])) > 1 and b.stated[2] != "0"
    )
    s = t.blocks[k].stated
    t = t.say(k, stated=s[2] + "." + s[0] + s[3:])
    return any_file(t, v) if v else t


@defect("wrong decimal", 3, "declared-sum declared-measured unit-plausibility", area=True)
def _(t: Town, v: int) -> Town:
    """The decimal point is one place off."""
    value = number_of(t.blocks[v].stated)
    t = t.say(v, stated=f"{pick(v, value * 10, value / 10, value * 100).normalize():f}平方公里")
    return any_file(t, 2) if v == 2 else t


@defect("wrong unit", 4, "unit-plausibility declared-sum declared-measured", "nesting", area=True)
def _(t: Town, v: int) -> Town:
    """A figure in hectares, mu or square metres carries another unit."""
    area = area_m2(t.blocks[1].ground)
    hectares = figure(area, "公顷")
    wrong = pick(
        v,
        hectares.replace("公顷", "亩"),
        hectares.replace("公顷", "平方公里"),
        figure(area).replace("平方公里", "公顷"),
        figure(area, "亩").replace("亩", "公顷"),
    )
    t = t.say(1, stated=wrong)
    return any_file(t, 3) if v == 3 else t


@defect("wrong unit of total", 2, "declared-sum unit-plausibility", "nesting", area=True)
def _(t: Town, v: int) -> Town:
    """The total has the wrong unit."""
    return replace(t, total=(t.total or "").replace("平方公里", pick(v, "公顷", "亩")))


@defect("wrong total", 4, "declared-sum", "total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """The total is not the sum of its blocks."""
    total = number_of(t.total or "") + pick(v, Decimal("0.1"), Decimal(1), Decimal("-0.3"), Decimal("0.2"))
    t = replace(t, total=f"{total}平方公里")
    return any_file(t, v) if v % 2 else t


@defect("total against polygons", 3, "total-measured", "declared-sum plan-total declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """The polygons' sum is not the total, which is all that is stated."""
    total = grown(t.total or "", pick(v, 1.04, 0.95, 1.1))
    t = replace(t, total=total, blocks=tuple(replace(b, stated="") for b in t.blocks))
    return t.file(pick(v, "geojson", "txt", "shp"))


@defect("total against polygons and figures", 2, "declared-sum total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """A total agrees with neither the blocks' figures nor their polygons."""
    return replace(t, total=grown(t.total or "", 1.03)).file(pick(v, "gpkg", "kml"))


@defect("total told twice", 3, "restated-total", "declared-sum", area=True)
def _(t: Town, v: int) -> Town:
    """The total is told again with another figure."""
    other = grown(t.total or "", pick(v, 1.05, 0.9, 1.2))
    said = pick(
        v,
        f"联动创新区总面积为{other}。",
        f"综上，联动创新区规划总面积{other}。",
        f"以上区块总面积合计{other}。",
    )
    return replace(t, closing="\n" + said + "\n")


@defect("two units disagree", 4, "two-units", "declared-sum", area=True)
def _(t: Town, v: int) -> Town:
    """A figure is told in two units that differ."""
    area = area_m2(t.blocks[2].ground)
    other = figure(area * pick(v, 1.1, 0.1, 1.5, 0.9), pick(v, "公顷", "亩", "亩", "公顷"))
    return t.say(
        2,
        stated=figure(area) + pick(v, f"（{other}）", f"（合{other}）", f"（约合{other}）", f"（即{other}）"),
    )


@defect("part larger than whole", 3, "larger-part", "nesting", area=True)
def _(t: Town, v: int) -> Town:
    """其中 is larger than its block."""
    part = grown(t.blocks[0].stated, pick(v, 1.5, 2, 3))
    if v == 2:
        return replace(t, total=f"{t.total}（其中核心区{grown(t.total or '', 1.2)}）")
    bracket = t.say(0, stated=f"{t.blocks[0].stated}（其中核心区{part}）")
    return pick(v, t.say(0, tail=f"其中，核心区面积{part}。"), bracket)


@defect("parts do not add up", 3, "parts-sum", "nesting larger-part", area=True)
def _(t: Town, v: int) -> Town:
    """Parts that make up a block do not add up to it."""
    area = area_m2(t.blocks[0].ground)
    a, b = figure(area * pick(v, 0.5, 0.6, 0.7)), figure(area * pick(v, 0.3, 0.6, 0.2))
    said = pick(
        v,
        f"由工业用地{a}和居住用地{b}组成。",
        f"其中，工业用地面积{a}，其余用地面积{b}。",
        f"分为东、西两部分，东部面积{a}，西部面积{b}。",
    )
    return t.say(0, tail=said)


def parcelled(t: Town, which: int, n: int = 2, unit: str = "平方公里") -> Town:
    """Divide a block into strips from west to east, each a 地块 with its own sides."""
    block = t.blocks[which]
    sw, se, ne, nw = shapely.get_coordinates(block.ground)[:4]
    cuts = np.linspace(0, 1, n + 1)
    names = [
        block.sides["西"],
        *(f"{which + 1}号支路{'甲乙丙丁'[k]}" for k in range(n - 1)),
        block.sides["东"],
    ]
    parcels = []
    for k in range(n):
        a, b = cuts[k], cuts[k + 1]
        strip = shapely.Polygon(
            [sw + (se - sw) * a, sw + (se - sw) * b, nw + (ne - nw) * b, nw + (ne - nw) * a]
        )
        sides = {**block.sides, "东": names[k + 1], "西": names[k]}
        parcels.append(
            Block(label=f"地块{han(k + 1)}", ground=strip, sides=sides, stated=figure(area_m2(strip), unit))
        )
    total = sum(number_of(p.stated) for p in parcels)
    t = t.say(which, parcels=tuple(parcels), stated=f"{total}{unit}")
    return replace(resummed(t), shapes=shapes_of(t.blocks)) if unit == "平方公里" else t


@defect("fewer 地块 than told", 4, "declared-count parcel-sum block-labels", "nesting", area=True)
def _(t: Town, v: int) -> Town:
    """Three 地块 are announced and two are listed."""
    t = parcelled(t, v, 3)
    left = t.blocks[v].parcels[:2]
    if v % 2:
        left = tuple(replace(parcel, stated="") for parcel in left)
    return t.say(v, parcels=left, told_parcels=3)


@defect("地块 do not add up", 3, "parcel-sum", "declared-sum", area=True)
def _(t: Town, v: int) -> Town:
    """The 地块 of a block do not add up to it."""
    t = parcelled(t, v, 2 + v % 2)
    block = t.blocks[v]
    first = replace(block.parcels[0], stated=grown(block.parcels[0].stated, 1.4))
    return t.say(v, parcels=(first, *block.parcels[1:]))


@defect("missing block", 3, "declared-count", "declared-sum block-labels", area=True)
def _(t: Town, v: int) -> Town:
    """Fewer blocks are listed than announced."""
    return replace(t, blocks=t.blocks[:v] + t.blocks[v + 1 :])


@defect("wrong count", 2, "declared-count")
def _(t: Town, v: int) -> Town:
    """The count of blocks is not the number listed."""
    return replace(t, count=t.count + pick(v, 1, -1))


@defect("duplicate label", 3, "block-labels", "several-polygons missing-polygon unmatched-polygon")
def _(t: Town, v: int) -> Town:
    """Two blocks have one label."""
    t = t.say(v + 1, label=t.blocks[v].label)
    return any_file(t, v) if v == 2 else t


@defect("skipped label", 2, "block-labels", "declared-count")
def _(t: Town, v: int) -> Town:
    """A number is left out of the labels."""
    last = len(t.blocks) - 1
    return t.say(last, label=f"区块{han(last + 2 + v)}")


@defect("zero area", 2, "zero-area", "declared-sum declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """An area of nothing is stated."""
    return t.say(v, stated=pick(v, "0平方公里", "0.00平方公里"))


def bounded(t: Town, which: int, side: str, name: str) -> Town:
    return t.say(which, sides={**t.blocks[which].sides, side: name})


@defect("abuts itself", 2, "unknown-neighbour opposed-neighbours")
def _(t: Town, v: int) -> Town:
    """A block is its own neighbour."""
    return bounded(t, v, pick(v, "东", "北"), t.blocks[v].label)


@defect("abuts a stranger", 2, "unknown-neighbour")
def _(t: Town, v: int) -> Town:
    """A block abuts on one that does not exist."""
    return bounded(t, v, pick(v, "东", "南"), pick(v, "区块十二", "区块十五"))


@defect("opposed neighbours", 3, "opposed-neighbours", "relation adjacency")
def _(t: Town, v: int) -> Town:
    """A lies east of B and B east of A."""
    one, two, side = pick(v, (0, 1, "东"), (1, 2, "西"), (0, 3, "南"))
    t = bounded(bounded(t, one, side, t.blocks[two].label), two, side, t.blocks[one].label)
    return any_file(t, v) if v == 1 else t


@defect("damaged figure", 6, "unread-text", "declared-sum unit-plausibility", area=True)
def _(t: Town, v: int) -> Town:
    """A figure was masked or damaged and cannot be read."""
    s = t.blocks[v % 3].stated
    bad = pick(
        v,
        "*" + s[1:],
        "×.××平方公里",
        s[0] + ".■" + s[3:],
        s[0] + ".?" + s[3:],
        "（待定）平方公里",
        s[0] + ".O" + s[3:],
    )
    return t.say(v % 3, stated=bad)


@defect("rounding goes one way", 2, "rounding-chance", "declared-sum total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """40 figures, each rounded, all err to one side."""
    many = town(77 + v, 8, 5, size=900)
    total = number_of(many.total or "") + pick(v, Decimal("0.20"), Decimal("-0.20"))
    return replace(many, total=f"{total}平方公里")


@defect("missing side", 2, "missing-side")
def _(t: Town, v: int) -> Town:
    """A block states three sides."""
    sides = {side: name for side, name in t.blocks[v].sides.items() if side != SIDES[v]}
    return t.say(v, sides=sides)


@defect("doubled side", 3, "doubled-side missing-side")
def _(t: Town, v: int) -> Town:
    """One side is stated twice and another not at all."""
    b = t.blocks[v]
    twice, lost = pick(v, ("东", "西"), ("南", "北"), ("北", "东"))
    words = "、".join(f"{twice if s == lost else s}至{name}" for s, name in b.sides.items())
    return replace(t, notice=t.text().replace("、".join(f"{s}至{n}" for s, n in b.sides.items()), words))


@defect("contradictory sides", 3, "contradictory-sides", "relation")
def _(t: Town, v: int) -> Town:
    """One straight road bounds opposite sides."""
    one, other = pick(v, ("东", "西"), ("南", "北"), ("西", "东"))
    return bounded(t, v, one, t.blocks[v].sides[other])


def two_zones(one: Town, two: Town, total: str, form: int) -> Town:
    """One notice of two zones under a total of the plan."""

    heads = (
        "附件 {k}\n\n{name}总体方案\n\n（三）实施范围\n\n"
        "联动创新区总面积{total}，分为{n}个区块，分别为：\n\n",
        "（{h}）{name}。面积{total}，分为{n}个区块，分别为：\n\n",
        "{h}、{name}\n\n{name}总面积{total}，分为{n}个区块，分别为：\n\n",
        "{name}：面积{total}，共{n}个区块：\n\n",
    )
    names = ("西青经开区联动创新区", "大寺联动创新区") if form == 0 else ("赛达片区", "大寺片区")

    def part(k: int, t: Town) -> str:
        name = names[k - 1]
        head = heads[form].format(h=han(k), k=k, name=name, total=t.total, n=counted(t.count))
        return head + "\n".join(block.words() for block in t.blocks)

    said = "第二批联动创新区总面积{}，共两个联动创新区。" if form == 0 else "联动创新区总面积{}，共两个片区。"
    text = f"西青区联动创新区建设方案\n\n{said.format(total)}\n\n"
    return replace(one, notice=text + part(1, one) + "\n" + part(2, two))


def zones_drawn(v: int) -> Town:
    """Two zones whose blocks have the same labels, and polygons that name zone and block."""
    one, two = town(31 + v, 2, 2), town(61 + v, 3, 1, north=4000)
    total = number_of(one.total or "") + number_of(two.total or "")
    named = (("西青经开区联动创新区", one), ("大寺联动创新区", two))
    shapes = tuple(replace(s, name=name + s.name) for name, t in named for s in t.shapes)
    return replace(two_zones(one, two, f"{total}平方公里", 0), shapes=shapes)


def in_units(t: Town, v: int) -> Town:
    """Blocks in hectares or mu; the total stays in square kilometres."""
    unit, decimals = pick(v, ("公顷", 0), ("亩", 0))
    blocks = tuple(replace(b, stated=figure(area_m2(b.ground), unit, decimals)) for b in t.blocks)
    total = figure(sum(float(number_of(b.stated)) for b in blocks) * SQUARE_METRES[unit])
    return replace(t, blocks=blocks, total=total)


def plane(xy: Points) -> Points:
    """Metres of EPSG:4548 as they are, without a zone's number."""
    return xy


def both(v: int) -> tuple[Town, Town, Decimal]:
    one, two = town(31 + v, 2, 2), town(61 + v, 3, 1)
    return one, two, number_of(one.total or "") + number_of(two.total or "")


@defect("plan total", 4, "plan-total declared-sum", "restated-total", area=True)
def _(t: Town, v: int) -> Town:
    """The total of the plan is not the sum of its zones."""
    one, two, total = both(v)
    return two_zones(
        one, two, f"{total + pick(v, Decimal('0.5'), Decimal(-1), Decimal(3), Decimal('0.8'))}平方公里", v
    )


# ---- polygons that are missing, broken or too many ---------------------------------------------------------


@defect("polygon missing", 4, "missing-polygon", "plan-total total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """A block has no polygon."""
    return any_file(t.without(v), 2 * v)


@defect("null geometry", 3, "missing-polygon broken-polygon")
def _(t: Town, v: int) -> Town:
    """A row has no geometry."""
    return t.draw(v, None).file(pick(v, "geojson", "shp", "gpkg"))


def geometry(which: int, change: Callable[[Any], Any]) -> Callable[[list[dict[str, Any]]], None]:
    """Edit the coordinates of one feature of a GeoJSON file."""

    def edit(features: list[dict[str, Any]]) -> None:
        features[which]["geometry"]["coordinates"] = change(features[which]["geometry"]["coordinates"])

    return edit


@defect("empty geometry", 2, "broken-polygon missing-polygon refused")
def _(t: Town, v: int) -> Town:
    """A polygon has no corners."""
    return t.file("geojson", edit=geometry(v, lambda rings: pick(v, [], [[]])))


@defect(
    "not a number",
    4,
    "broken-polygon survey-damaged refused",
    "missing-polygon survey-count declared-measured",
)
def _(t: Town, v: int) -> Town:
    """A coordinate is not a number."""

    def cell(rows: list[list[str]]) -> list[list[str]]:
        return [
            [*row[:3], pick(v, "", "NaN", "#N/A", "#REF!")] if n == 2 else row for n, row in enumerate(rows)
        ]

    def nan(rings: Any) -> Any:
        return [[[float("nan"), float("nan")], *rings[0][1:-1], [float("nan"), float("nan")]]]

    return t.file("geojson", edit=geometry(1, nan)) if v == 0 else t.file("csv", edit=cell)


def collapsed(g: Geometry) -> Geometry:
    a, b = shapely.get_coordinates(g)[:2]
    return shapely.Polygon([a, (a + b) / 2, b, a])


@defect(
    "no area", 3, "broken-polygon sliver refused declared-measured", "missing-polygon ring-closure", area=True
)
def _(t: Town, v: int) -> Town:
    """A polygon is a line: it encloses nothing."""
    return t.draw(v, collapsed).file(pick(v, "geojson", "txt", "csv"))


@defect("unclosed ring", 2, "ring-closure refused broken-polygon", note=True)
def _(t: Town, v: int) -> Town:
    """A ring of a GeoJSON file is not closed."""
    return t.file("geojson", edit=geometry(v, lambda rings: [rings[0][:-1]]))


@defect("closed elsewhere", 3, "ring-closure", "survey-damaged self-crossing declared-measured survey-area")
def _(t: Town, v: int) -> Town:
    """A ring ends some way from where it began."""

    def edit(lines: list[str]) -> list[str]:
        lines = list(lines)
        k = next(n for n, line in enumerate(lines) if "区块二" in line) + 5
        number, ring, north, east = lines[k].split(",")
        lines[k] = f"{number},{ring},{float(north) + pick(v, 30, -25, 12):.3f},{float(east) + 20:.3f}"
        return lines

    return t.file("txt", edit=edit)


def bow_tie(g: Geometry) -> Geometry:
    a, b, c, d = shapely.get_coordinates(g)[:4]
    return shapely.Polygon([a, c, b, d])


@defect("bow tie", 5, "self-crossing", "declared-measured survey-order", area=True)
def _(t: Town, v: int) -> Town:
    """Two corners are exchanged, so that the ring crosses itself."""
    return t.draw(v, bow_tie).file(pick(v, "geojson", "csv", "txt", "kml", "list"))


def on_edge(g: Geometry, insert: Callable[[Points, Points, Points], list[Points]], edge: int = 0) -> Geometry:
    """Put points into an edge: from its middle, the way along it, and the way out of the polygon."""
    points = list(shapely.get_coordinates(g)[:-1])
    a, b = points[edge], points[edge + 1]
    along = (b - a) / np.hypot(*(b - a))
    out = np.array([along[1], -along[0]])
    points[edge + 1 : edge + 1] = insert((a + b) / 2, along, out)
    return shapely.Polygon(points)


@defect("loop", 3, "self-crossing")
def _(t: Town, v: int) -> Town:
    """A small loop hangs on an edge."""

    def loop(m: Points, d: Points, n: Points) -> list[Points]:
        return [m - 60 * d, m + 40 * d + 30 * n, m - 40 * d + 30 * n, m + 60 * d]

    return t.draw(v, lambda g: on_edge(g, loop)).file(pick(v, "geojson", "txt", "csv"))


@defect("repeated points", 3, "repeated-points", note=True)
def _(t: Town, v: int) -> Town:
    """Corners are repeated."""

    def again(m: Points, d: Points, n: Points) -> list[Points]:
        return [m, m, m]

    return t.draw(v, lambda g: on_edge(g, again)).file(pick(v, "geojson", "txt", "csv"))


@defect("spike", 4, "spike", "conformance overlap")
def _(t: Town, v: int) -> Town:
    """The ring runs out and back along a spike."""

    def out(m: Points, d: Points, n: Points) -> list[Points]:
        return [m, m + pick(v, 400, 250, 120, 600) * n, m + 0.3 * d]

    return t.draw(0, lambda g: on_edge(g, out, 2)).file(pick(v, "geojson", "shp", "kml", "txt"))


@defect("sliver", 3, "sliver detached-part", "overlap gap", note=True)
def _(t: Town, v: int) -> Town:
    """A stray sliver belongs to a block's polygon."""

    def with_sliver(g: Geometry) -> Geometry:
        left, _, _, top = g.bounds
        stray = shapely.box(left, top + 90, left + 300, top + 90.2)
        return shapely.MultiPolygon([g, stray])

    return t.draw(1, with_sliver).file(pick(v, "geojson", "gpkg", "kml"))


def enclave(g: Geometry, share: float = 0.35) -> Geometry:
    return g.difference(affinity.scale(g, share, share))


@defect("hole wound wrong", 2, "winding", note=True)
def _(t: Town, v: int) -> Town:
    """A hole is wound like its shell."""
    ground = enclave(t.blocks[v].ground)
    t = resummed(
        t.say(v, ground=ground, stated=figure(area_m2(ground))).draw(v, shapely.orient_polygons(ground))
    )
    return t.file("geojson", edit=geometry(v, lambda rings: [rings[0], rings[1][::-1]]))


@defect("hole missing", 3, "declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """An enclave that is left out is drawn as part of the block."""
    ground = enclave(t.blocks[v].ground)
    said = "其中不包括中部村庄用地。"
    return any_file(resummed(t.say(v, ground=ground, stated=figure(area_m2(ground)), tail=said)), v + 3)


@defect("hole filled twice", 2, "declared-measured", "gap", area=True)
def _(t: Town, v: int) -> Town:
    """A hole is drawn where the block has none."""
    return t.draw(v, enclave).file(pick(v, "geojson", "gpkg"))


@defect("detached part", 4, "detached-part declared-measured", "outside-district")
def _(t: Town, v: int) -> Town:
    """A part of a block lies kilometres away."""
    size = pick(v, 40, 60, 30, 50)

    def with_part(g: Geometry) -> Geometry:
        x, y = g.centroid.coords[0]
        return shapely.MultiPolygon([g, shapely.box(x + 6000, y + 4000, x + 6000 + size, y + 4000 + size)])

    return t.draw(v, with_part).file(pick(v, "geojson", "gpkg", "kml", "txt"))


@defect("two polygons", 4, "several-polygons duplicate-id", "overlap declared-measured")
def _(t: Town, v: int) -> Town:
    """One block has two polygons."""
    other = pick(v, t.shapes[v].ground, affinity.scale(t.shapes[v].ground, 0.9, 0.9))
    return any_file(t.added(Shape(name=t.shapes[v].name, ground=other)), (0, 2, 4, 1)[v])


@defect("one of two 地块", 3, "missing-polygon", "declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """One of a block's two 地块 has no polygon."""
    t = parcelled(t, v)
    which = next(n for n, s in enumerate(t.shapes) if "地块二" in s.name)
    return any_file(t.without(which), pick(v, 0, 4, 1))


@defect("地块 for its block", 2, "declared-measured missing-polygon", "unmatched-polygon", area=True)
def _(t: Town, v: int) -> Town:
    """The polygon of a block is that of one of its two 地块."""
    t = parcelled(t, v)
    left = [s for s in t.shapes if not s.name.startswith(t.blocks[v].label)]
    half = Shape(name=t.blocks[v].label, ground=t.blocks[v].parcels[0].ground)
    return replace(t, shapes=(*left, half)).file(pick(v, "geojson", "txt"))


@defect("duplicate ids", 3, "duplicate-id several-polygons", "missing-polygon")
def _(t: Town, v: int) -> Town:
    """Two polygons have one id."""
    return any_file(t.draw(v + 1, t.shapes[v + 1].ground, name=t.shapes[v].name), (0, 4, 3)[v])


@defect("stranger", 4, "unmatched-polygon")
def _(t: Town, v: int) -> Town:
    """A polygon belongs to no block."""
    far = affinity.translate(t.shapes[0].ground, -1500, 3000)
    return any_file(
        t.added(Shape(name=pick(v, "备用地", "生活配套区", "区块十八", "ABC"), ground=far)), 2 * v
    )


@defect("duplicate numbers", 2, "duplicate-id", note=True)
def _(t: Town, v: int) -> Town:
    """Two parcels of a TXT have one number."""
    return t.file(
        "txt", edit=lambda lines: [line.replace("XQ-02", pick(v, "XQ-01", "XQ-03")) for line in lines]
    )


@defect("two blocks in one", 2, "declared-measured missing-polygon", area=True)
def _(t: Town, v: int) -> Town:
    """One polygon covers two blocks."""
    joined = shapely.union_all([t.shapes[0].ground, t.shapes[1].ground])
    return any_file(t.draw(0, joined).without(1), pick(v, 0, 4))


# ---- polygons beside each other --------------------------------------------------------------------------


@defect("overlap", 5, "overlap", "declared-measured conformance")
def _(t: Town, v: int) -> Town:
    """A block reaches over its neighbour."""
    return any_file(t.draw(0, widened(1, pick(v, 30, 80, 15, 200, 50))), v)


@defect("gap", 4, "gap", "adjacency conformance declared-measured", note=True)
def _(t: Town, v: int) -> Town:
    """Two blocks that share a road leave a strip between them."""
    return any_file(t.draw(0, widened(1, -pick(v, 3, 8, 5, 12))), v)


def beside(t: Town) -> Town:
    return bounded(bounded(t, 0, "东", t.blocks[1].label), 1, "西", t.blocks[0].label)


def parted(t: Town, away: float) -> Town:
    """Two blocks, one 东至 the other, drawn so far from each other."""
    t = beside(t)
    t = replace(resummed(replace(t, blocks=t.blocks[:2])), count=2, shapes=t.shapes[:2])
    return t.draw(0, lambda g: affinity.translate(g, -away, 0))


@defect("neighbour 6 m away", 2, "adjacency gap", "conformance", note=True)
def _(t: Town, v: int) -> Town:
    """东至区块二 is said of a block 6 m away."""
    return parted(t, 6).file(pick(v, "geojson", "txt"))


@defect("neighbour away", 5, "adjacency gap", "relation conformance")
def _(t: Town, v: int) -> Town:
    """东至区块二 is said of a block far from it."""
    return parted(t, pick(v, 60, 400)).file(pick(v, "geojson", "txt", "shp", "csv", "gpkg"))


@defect("exchanged", 5, "swapped-labels", "declared-measured relation conformance", area=True)
def _(t: Town, v: int) -> Town:
    """Two polygons have each other's labels."""
    sizes = [number_of(b.stated) for b in t.blocks]
    small, large = sizes.index(min(sizes)), sizes.index(max(sizes))
    a, b = t.shapes[small], t.shapes[large]
    t = t.draw(small, b.ground).draw(large, a.ground)
    return any_file(t, v) if v != 4 else t.mapped().file("geojson")


@defect("mirrored", 3, "conformance overlap gap relation", "declared-measured")
def _(t: Town, v: int) -> Town:
    """A block is drawn mirrored."""
    t = town(901 + v, 3, 2, jitter=160)
    return t.draw(1, lambda g: affinity.scale(g, -1, 1)).mapped().file(pick(v, "geojson", "kml", "shp"))


@defect("across its road", 4, "relation conformance", "adjacency overlap declared-measured")
def _(t: Town, v: int) -> Town:
    """A block lies on the wrong side of its road."""
    t = town(911 + v, 3, 2)
    t = replace(resummed(replace(t, blocks=t.blocks[:2])), count=2, shapes=t.shapes[:2])
    ground = t.shapes[1].ground
    if v % 2:
        far = affinity.translate(ground, 0, ground.bounds[1] - ground.bounds[3])
    else:
        far = affinity.translate(ground, ground.bounds[2] - ground.bounds[0], 0)
    return t.draw(1, far).mapped().file(pick(v, "geojson", "txt", "gpkg", "csv"))


@defect("wrong place in words", 2, "relation", "swapped-labels adjacency")
def _(t: Town, v: int) -> Town:
    # Equal sizes, so that only the place tells.
    """Two blocks change places against what their shared roads say."""
    t = town(921 + v, 2, 1, jitter=0, size=1200)
    t = replace(t, blocks=t.blocks)
    a, b = t.shapes
    square = shapely.box(0, 0, 1200, 1200)
    left, right = (affinity.translate(square, 510000 + k * 1200, 4318000) for k in (0, 1))
    blocks = tuple(
        replace(x, ground=g, stated=figure(area_m2(g))) for x, g in zip(t.blocks, (left, right), strict=True)
    )
    shapes = (replace(a, ground=right), replace(b, ground=left))
    return resummed(replace(t, blocks=blocks, shapes=shapes)).file(pick(v, "geojson", "shp"))


@defect("off its road", 4, "conformance", "overlap gap declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """One side runs beside its road, not along it."""
    return any_file(t.mapped().draw(1, widened(2, pick(v, 60, -80, 120, -50))), v)


@defect("east and west exchanged", 3, "relation conformance", "contradictory-sides opposed-neighbours")
def _(t: Town, v: int) -> Town:
    """The words exchange two opposite sides."""
    one, other = pick(v, ("东", "西"), ("南", "北"))
    sides = t.blocks[1].sides
    t = t.say(1, sides={**sides, one: sides[other], other: sides[one]})
    return any_file(t.mapped(), v)


@defect("figures exchanged", 3, "swapped-labels declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """Two blocks carry each other's figures."""
    sizes = [number_of(b.stated) for b in t.blocks]
    a, b = sizes.index(min(sizes)), sizes.index(max(sizes))
    said = t.blocks[a].stated
    return any_file(t.say(a, stated=t.blocks[b].stated).say(b, stated=said), v)


@defect("copied ring", 3, "overlap template-shape", "declared-measured swapped-labels", area=True)
def _(t: Town, v: int) -> Town:
    """One block's ring was pasted for another."""
    return any_file(t.draw(v, t.shapes[v + 1].ground), (0, 4, 5)[v])


# ---- the whole file is somewhere else --------------------------------------------------------------------

PLACE = "relation conformance adjacency outside-district"


@defect("shifted 50 m", 4, "cause conformance", PLACE)
def _(t: Town, v: int) -> Town:
    """All polygons are shifted by 50 m."""
    east, north = pick(v, (50, 0), (-35, 35), (0, -50), (30, 40))
    return any_file(t.mapped().draw_all(lambda g: affinity.translate(g, east, north)), v)


@defect("shifted 500 m", 4, "cause conformance", PLACE)
def _(t: Town, v: int) -> Town:
    """All polygons are shifted by 500 m."""
    east, north = pick(v, (500, 0), (-300, 400), (0, -500), (350, -350))
    return any_file(t.mapped().draw_all(lambda g: affinity.translate(g, east, north)), v + 1)


@defect("GCJ-02", 5, "cause gcj02", PLACE)
def _(t: Town, v: int) -> Town:
    """The polygons are in GCJ-02, not in CGCS2000."""
    t = t.mapped().file(pick(v, "geojson", "kml", "csv", "shp", "gpkg"), to=gcj02)
    return t.outlined(250) if v == 1 else t


@defect("BD-09", 4, "cause gcj02", PLACE)
def _(t: Town, v: int) -> Town:
    """The polygons are in BD-09, not in CGCS2000."""
    return t.mapped().file(pick(v, "geojson", "kml", "csv", "xlsx"), to=bd09)


@defect("Beijing 54", 4, "cause conformance", PLACE)
def _(t: Town, v: int) -> Town:
    """Plane coordinates of Beijing 54 are given as CGCS2000."""
    return t.mapped().file(pick(v, "txt", "xy", "list", "txt"), to=beijing54)


@defect("Xian 80", 3, "cause conformance", PLACE)
def _(t: Town, v: int) -> Town:
    """Plane coordinates of Xian 80 are given as CGCS2000."""
    return t.mapped().file(pick(v, "txt", "xy", "list"), to=xian80)


@defect("swapped axes", 5, "cause refused", PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """Latitude stands before longitude."""
    return t.file(pick(v, "geojson", "csv", "kml", "shp", "gpkg"), to=axes_swapped(lonlat))


def plain39(number: str) -> Warp:
    """Easting with another zone's number before it."""
    return lambda xy: xy + np.array([float(number) * 1e6, 0])


@defect("wrong zone", 4, "cause survey-zone", PLACE)
def _(t: Town, v: int) -> Town:
    """The zone number is wrong."""
    t = t.mapped() if v % 2 else t.outlined()
    if v == 3:
        return t.file("txt", head={"带号": "40"})
    number = pick(v, "38", "40", "38")
    return t.file(
        pick(v, "txt", "xy", "txt"), to=plain39(number), **({} if v == 1 else {"head": {"带号": number}})
    )


@defect("one block in another zone", 2, "survey-zone cause outside-district", "relation adjacency")
def _(t: Town, v: int) -> Town:
    """One block has another zone's number."""

    def edit(lines: list[str]) -> list[str]:
        start = next(n for n, line in enumerate(lines) if "区块二" in line)
        return [
            line.replace(",39", pick(v, ",40", ",38")) if start < n <= start + 5 else line
            for n, line in enumerate(lines)
        ]

    return t.file("txt", edit=edit)


@defect("6-degree zone", 2, "survey-zone cause refused", PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """The zone number is that of 6-degree zones, the head says 3 degrees."""
    return t.file("txt", to=zone(20, 6), head={"带号": pick(v, "20", "39")})


@defect("no zone", 3, "refused survey-zone cause", PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """Plane coordinates without a zone anywhere."""
    return t.file(pick(v, "txt", "xy", "list"), to=plane, **({} if v else {"head": {"带号": ""}}))


@defect("metres as degrees", 2, "refused cause", area=True)
def _(t: Town, v: int) -> Town:
    """Plane coordinates stand where degrees should."""
    return t.file(pick(v, "geojson", "kml"), to=zone39)


@defect("metres below 经度", 2, "refused cause survey-order survey-zone", note=True)
def _(t: Town, v: int) -> Town:
    """A table's heads say degrees, its numbers are plainly metres."""
    return t.file(pick(v, "csv", "xlsx"), to=zone39, decimals=3)


@defect("prefix lacking", 2, "survey-zone cause", "survey-damaged " + PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """One block's eastings lack the zone number that the others have."""

    def rows(lines: list[list[str]]) -> list[list[str]]:
        return [[*row[:3], row[3][2:]] if row[0] == "区块二" else row for row in lines]

    def edit(lines: list[str]) -> list[str]:
        start = next(n for n, line in enumerate(lines) if "区块二" in line)
        return [line.replace(",39", ",") if start < n <= start + 5 else line for n, line in enumerate(lines)]

    return t.file("xy", edit=rows) if v else t.file("txt", edit=edit)


@defect("wrong unit of length", 2, "refused survey-damaged cause survey-zone", PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """The head says 千米, the numbers are metres."""
    return t.file("txt", head={"计量单位": pick(v, "千米", "公里")})


@defect(
    "kilometres",
    2,
    "refused survey-damaged cause survey-zone",
    "declared-measured survey-area " + PLACE,
    area=True,
)
def _(t: Town, v: int) -> Town:
    """The numbers are kilometres, the head says metres."""
    row = "{mark}{k},{ring},{north:.6f},{east:.6f}"
    return t.file(
        "txt",
        to=lambda xy: zone39(xy) / 1000,
        row=row,
        hectares=pick(v, lambda m2: f"{m2 / 1e4:.4f}", lambda m2: ""),
    )


@defect("degrees in a plane frame", 2, "cause refused", PLACE, area=True)
def _(t: Town, v: int) -> Town:
    """Degrees are declared as EPSG:4549."""
    return t.file(pick(v, "gpkg", "shp"), crs=4549)


@defect("wrong meridian", 2, "cause", PLACE)
def _(t: Town, v: int) -> Town:
    """Plane coordinates of 117 E are declared as those of 120 E."""
    return t.outlined().file(pick(v, "gpkg", "shp"), to=plane, crs=4549)


@defect("in another district", 3, "outside-district", "relation adjacency detached-part")
def _(t: Town, v: int) -> Town:
    """A block lies in another district."""
    far = affinity.translate(t.shapes[v].ground, pick(v, -14000, 0, -16000), pick(v, -9000, -16000, 0))
    titles = ("天津市西青区联动创新区总体方案", "西青经开区联动创新区总体方案", "西青区产业园区实施方案")
    return any_file(replace(t.outlined(), title=titles[v]).draw(v, far), v)


# ---- sizes -----------------------------------------------------------------------------------------------


def outward(metres: float) -> Callable[[Geometry], Geometry]:
    return lambda g: g.buffer(metres, join_style="mitre")


@defect("biased outward", 3, "bias", "total-measured declared-measured overlap")
def _(t: Town, v: int) -> Town:
    # Apart from each other, so that nothing overlaps.
    """Every polygon is 0.9 m too wide all around."""
    t = town(941 + v, 7, 5, unit=pick(v, "公顷", "平方公里", "公顷"), size=800)
    kept = [n for n in range(35) if (n // 7) % 2 == 0 and (n % 7) % 2 == 0]
    blocks = tuple(replace(t.blocks[n], label=f"区块{han(k)}") for k, n in enumerate(kept, 1))
    unit = pick(v, "公顷", "平方公里", "公顷")
    t = replace(t, blocks=blocks, shapes=shapes_of(blocks), count=len(blocks), total=summed(blocks, unit))
    return t.draw_all(outward(0.9)).file(pick(v, "geojson", "txt", "shp"))


@defect("to the kerb", 3, "bias declared-measured total-measured", "gap conformance", area=True)
def _(t: Town, v: int) -> Town:
    """Drawn to the kerbs, stated to the centre lines."""
    return any_file(t.draw_all(outward(-15.9)), v)


@defect("small parcel", 4, "declared-measured", "survey-area", area=True)
def _(t: Town, v: int) -> Town:
    """A surveyed parcel of half a hectare is 5 % wrong."""
    unit, decimals = pick(v, ("公顷", 4), ("平方米", 2), ("亩", 2), ("平方米", 0))
    t = town(951 + v, 2, 1, size=71, jitter=2, unit=unit, decimals=decimals)
    side = 1.05**0.5 if v % 2 else 0.95**0.5
    return t.draw(0, lambda g: affinity.scale(g, side, side)).file("txt")


@defect("wrong scale", 4, "declared-measured", "overlap gap total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """A polygon is some per cent too large or too small."""
    side = pick(v, 1.05, 0.9, 1.15, 0.93)
    return any_file(t.draw(v, lambda g: affinity.scale(g, side, side)), v + 2)


@defect("corner left out", 4, "declared-measured", "gap", area=True)
def _(t: Town, v: int) -> Town:
    """A corner was forgotten."""

    def cut(g: Geometry) -> Geometry:
        points = list(shapely.get_coordinates(g)[:4])
        del points[v % 4]
        return shapely.Polygon(points)

    return any_file(t.draw(v, cut), (0, 4, 5, 8)[v])


@defect(
    "mistyped corner",
    5,
    "declared-measured spike survey-damaged",
    "overlap gap self-crossing detached-part",
    area=True,
)
def _(t: Town, v: int) -> Town:
    """One digit of one coordinate is wrong."""

    def slip(g: Geometry) -> Geometry:
        points = shapely.get_coordinates(g)[:4].copy()
        points[v % 4] += pick(v, (300, 0), (0, -1000), (2000, 0), (0, 400), (-10000, 0))
        return shapely.Polygon(points)

    return any_file(t.draw(v % 3, slip), (5, 4, 6, 7, 8)[v])


@defect("area column", 4, "survey-area", "declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """The column of areas disagrees with the ring beside it."""
    column = pick(v, "面积_公顷", "MJ", "面积（平方米）", "area_m2")
    unit = pick(v, 1e4, 1.0, 1.0, 1.0)
    more = [
        {column: round(area_m2(s.ground) / unit * (1.1 if n == v else 1), 2)} for n, s in enumerate(t.shapes)
    ]
    shapes = tuple(replace(s, more=m) for s, m in zip(t.shapes, more, strict=True))
    return replace(t, shapes=shapes).file(pick(v, "geojson", "shp", "gpkg", "geojson"))


@defect("area of the TXT", 3, "survey-area", area=True)
def _(t: Town, v: int) -> Town:
    """The head of a TXT parcel states another area than its ring."""

    def edit(lines: list[str]) -> list[str]:
        k = next(n for n, line in enumerate(lines) if "区块二" in line)
        count, area, *rest = lines[k].split(",")
        wrong = f"{float(area) * pick(v, 1.1, 0.8, 1.02):.4f}"
        return [*lines[:k], ",".join([count, wrong, *rest]), *lines[k + 1 :]]

    return t.file("txt", edit=edit)


@defect("unit of the TXT", 3, "survey-area", note=True)
def _(t: Town, v: int) -> Town:
    """The areas of a TXT are in square metres, mu or square kilometres, not in hectares."""
    unit = pick(v, 1.0, 2000 / 3, 1e6)
    return t.file("txt", hectares=lambda m2: f"{m2 / unit:.4f}")


@defect("short rows", 3, "survey-damaged refused", "declared-measured survey-count")
def _(t: Town, v: int) -> Town:
    """Rows of a survey are cut off."""

    def edit(lines: list[str]) -> list[str]:
        start = next(n for n, line in enumerate(lines) if "区块三" in line)
        cut = ",".join(lines[start + 2].split(",")[: pick(v, 3, 2, 1)])
        return [*lines[: start + 2], cut, *lines[start + 3 :]]

    return t.file("txt", edit=edit)


@defect(
    "cut-off file",
    2,
    "survey-damaged survey-count declared-measured missing-polygon",
    "ring-closure",
    area=True,
)
def _(t: Town, v: int) -> Town:
    """A survey ends in the middle of a block."""
    return t.file("txt", edit=lambda lines: lines[: pick(v, -8, -3)])


@defect("count of points", 3, "survey-count", note=True)
def _(t: Town, v: int) -> Town:
    """The head counts other points than follow."""
    return t.file("txt", counted=lambda n: n + pick(v, 3, -2, 7))


@defect("order of points", 3, "survey-order self-crossing", "declared-measured")
def _(t: Town, v: int) -> Town:
    """Points are numbered in another order than they stand in."""

    def edit(lines: list[str]) -> list[str]:
        lines = list(lines)
        start = next(n for n, line in enumerate(lines) if "区块二" in line)
        lines[start + 2], lines[start + 3] = lines[start + 3], lines[start + 2]
        return lines

    return t.file("txt", edit=edit)


@defect("datum of the TXT", 4, "survey-datum refused cause", "survey-area")
def _(t: Town, v: int) -> Town:
    """The survey says that it is in an old datum."""
    said = pick(v, "80国家大地坐标系", "1954年北京坐标系", "西安80坐标系", "北京54")
    return t.file("txt", to=pick(v, xian80, beijing54), head={"坐标系": said})


@defect("wrong layer", 3, "declared-measured", "overlap gap", area=True)
def _(t: Town, v: int) -> Town:
    """One layer of a GeoPackage holds a wrong polygon."""
    side = pick(v, 1.1, 0.8, 1.3)
    return t.draw(v + 1, lambda g: affinity.scale(g, side, 1)).file("gpkg", layered=True)


@defect("wrong folder", 3, "declared-measured", "overlap gap", area=True)
def _(t: Town, v: int) -> Town:
    """One folder of a KML holds a wrong polygon."""
    side = pick(v, 1.1, 0.8, 1.3)
    return t.draw(v + 1, lambda g: affinity.scale(g, 1, side)).file(
        "kml", mark=pick(v, str, lambda name: "边界", str)
    )


@defect("wrong 地块", 3, "declared-measured", "overlap gap", area=True)
def _(t: Town, v: int) -> Town:
    """A 地块 is drawn larger than it is stated."""
    t = parcelled(t, 1)
    which = next(n for n, s in enumerate(t.shapes) if "地块一" in s.name)
    return any_file(t.draw(which, lambda g: affinity.scale(g, pick(v, 1.2, 0.8, 1.3), 1)), (0, 4, 1)[v])


@defect("enclave given away", 2, "overlap", "declared-measured")
def _(t: Town, v: int) -> Town:
    """Two blocks cover the same enclave."""
    inside = affinity.scale(t.shapes[0].ground, 0.3, 0.3)
    return t.draw(1, lambda g: shapely.MultiPolygon([g, inside])).file(pick(v, "geojson", "gpkg"))


@defect("same shape everywhere", 2, "template-shape declared-measured", area=True)
def _(t: Town, v: int) -> Town:
    """Every block was drawn with one template."""
    template = affinity.translate(shapely.box(-500, -400, 500, 400), 0, 0)
    centre = lambda g: affinity.translate(template, g.centroid.x, g.centroid.y)  # noqa: E731
    return t.draw_all(centre).file(pick(v, "geojson", "shp"))


@defect("far kerb on one side", 3, "declared-measured overlap", "gap bias", area=True)
def _(t: Town, v: int) -> Town:
    """One side runs along the far kerb of a wide road, all others along centre lines."""
    return any_file(t.draw(len(t.shapes) - 1 - v, widened(0, 25)), (0, 4, 1)[v])


@defect("mixed units", 2, "declared-sum", "unit-plausibility", area=True)
def _(t: Town, v: int) -> Town:
    """Blocks in hectares or mu do not add up to a total in square kilometres."""
    return replace(in_units(t, v), total=grown(t.total or "", pick(v, 1.08, 0.9)))


@defect("wrong digit against the map", 3, "declared-measured", "total-measured", area=True)
def _(t: Town, v: int) -> Town:
    """Block and total repeat one wrong figure, and only the streets of the map can tell."""
    wrong = f"{number_of(t.blocks[v].stated) + Decimal('0.4')}平方公里"
    return resummed(t.say(v, stated=wrong)).mapped()


@defect("zone without polygons", 2, "missing-polygon", area=True)
def _(t: Town, v: int) -> Town:
    """Polygons of one of two zones are handed in."""
    made = zones_drawn(v)
    return replace(made, shapes=tuple(s for s in made.shapes if "大寺" in s.name)).file(
        pick(v, "geojson", "txt")
    )


UNUSABLE = (
    ("blocks.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
    ("corners.csv", "区块名称,面积\n区块一,1.52\n区块二,1.38\n".encode()),
    ("survey.txt", b""),
    ("blocks.kml", b"<kml><Document></Document></kml>"),
    ("blocks.gpkg", b"SQLite format 3\x00" + bytes(100)),
    ("corners.xlsx", b"PK\x03\x04 no workbook"),
)


@defect("unusable file", 6, "refused", "missing-polygon")
def _(t: Town, v: int) -> Town:
    """The file of polygons is cut off, empty, or holds none."""
    name, content = UNUSABLE[v]
    return t.file("unusable", name=name, content=content)


@defect("no .prj", 2, "refused cause survey-zone survey-datum", PLACE, note=True)
def _(t: Town, v: int) -> Town:
    """A Shapefile in metres came without its reference system."""
    return t.file("shp", to=pick(v, zone39, plane), crs=4548, lost=".prj")


@defect("no .dbf", 1, "refused unmatched-polygon", "missing-polygon")
def _(t: Town, v: int) -> Town:
    """A Shapefile came without its table, so that no polygon has a label."""
    return t.file("shp", lost=".dbf")


# ---- sound controls --------------------------------------------------------------------------------------

LABELS = ("区块名称", "QKMC", "DKMC", "地块名", "block_id", "title", "name", "区块", "名称")


@control("column of labels", 9)
def _(t: Town, v: int) -> Town:
    """Any usual column may hold the label."""
    return t.file(pick(v, "geojson", "gpkg"), column=LABELS[v])


@control("spelling of labels", 7)
def _(t: Town, v: int) -> Town:
    """One number, written otherwise in the file than in the notice."""
    form = pick(v, "{n}号区块", "第{h}区块", "{n}", "XQ-{n:02}", "区块{n}", "西青-区块{h}", "xiqing-{n}")
    shapes = tuple(replace(s, name=form.format(n=n, h=han(n))) for n, s in enumerate(t.shapes, 1))
    return any_file(replace(t, shapes=shapes), v)


@control("labels of the notice", 3)
def _(t: Town, v: int) -> Town:
    """The notice numbers its blocks otherwise."""
    form = pick(v, "{n}号区块", "第{h}区块", "区块{n}")
    blocks = tuple(replace(b, label=form.format(n=n, h=han(n))) for n, b in enumerate(t.blocks, 1))
    return any_file(replace(t, blocks=blocks, shapes=shapes_of(blocks)), v)


@control("Shapefile", 4)
def _(t: Town, v: int) -> Town:
    """Shapefiles in GBK and UTF-8, in degrees and metres."""
    place: dict[str, Any] = {"to": plane, "crs": 4548} if v > 1 else {}
    return t.file("shp", encoding=pick(v, "GBK", "UTF-8"), **place)


@control("KML", 3)
def _(t: Town, v: int) -> Town:
    """A folder for each block."""
    return t.file("kml", mark=pick(v, str, lambda name: "边界", lambda name: name + "范围"))


@control("GeoPackage", 3)
def _(t: Town, v: int) -> Town:
    """One layer, or one for each block."""
    return t.file("gpkg", layered=bool(v % 2), column=pick(v, "区块名称", "区块名称", "title"))


TXT_FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"mark": ""},
    {"closed": False},
    {"encoding": "gbk"},
    {"encoding": "utf-8-sig"},
    {"counted": lambda n: n - 1},
    {"fields": "{count},{area},XQ-{n:02},{name},面,,,,,,,@"},
    {"fields": "{count},{area},XQ-{n:02},{name},面,J50G001,工业用地,,,,,,@"},
    {"row": "{mark}{k},{ring},{east:.3f},{north:.3f}"},
    {"to": plane},
    {"row": "{mark}{k},{ring},{north:.2f},{east:.2f}", "head": {"精度": "0.01"}},
    {"closed": False, "mark": "", "encoding": "gbk"},
)


@control("land-survey TXT", 12)
def _(t: Town, v: int) -> Town:
    """The TXT as different programs write it."""
    return t.file("txt", **TXT_FORMS[v])


@control("name of the datum", 6)
def _(t: Town, v: int) -> Town:
    """CGCS2000 by its other names."""
    named = pick(
        v, "CGCS2000", "国家大地2000", "2000国家大地坐标系", "CGCS2000坐标系", "国家2000", "CGCS_2000"
    )
    return t.file("txt", head={"坐标系": named})


@control("zone of 6 degrees", 2)
def _(t: Town, v: int) -> Town:
    """6-degree zone 20 has the meridian of 3-degree zone 39, and is said."""
    named = {"几度分带": "6", "带号": "20"}
    return t.file("txt", to=pick(v, zone(20, 6), plane), head=named)


@control("CSV of corners", 4)
def _(t: Town, v: int) -> Town:
    """Corners in degrees and metres, UTF-8 and GBK."""
    if v % 2:
        return t.file("xy", encoding=pick(v // 2, "utf-8", "gbk"))
    return t.file("csv", encoding=pick(v // 2, "utf-8-sig", "gbk"))


@control("workbook of corners", 3)
def _(t: Town, v: int) -> Town:
    """Corners in a workbook."""
    if v == 1:
        return t.file("xlsx", to=zone39, head=METRES, decimals=3, swap=True)
    return t.file(
        "xlsx", head=pick(v, ("区块名称", "点号", "经度", "纬度"), METRES, ("名称", "序号", "东经", "北纬"))
    )


@control("corners in text", 4)
def _(t: Town, v: int) -> Town:
    """Corners below their block's name."""
    forms: tuple[dict[str, Any], ...] = (
        {},
        {"form": "J{k} X={north:.3f} Y={east:.3f}"},
        {"to": lonlat, "form": "{k} {east:.8f},{north:.8f}"},
        {"form": "{k}\t{north:.3f}\t{east:.3f}", "encoding": "gbk"},
    )
    return t.file("list", **forms[v])


@control("about", 3)
def _(t: Town, v: int) -> Town:
    """约 before a figure."""
    t = t.say(1, stated="约" + t.blocks[1].stated)
    return any_file(replace(t, total="约" + (t.total or "")) if v else t, v)


@control("bounds", 3)
def _(t: Town, v: int) -> Town:
    """A figure that is a bound."""
    low = f"{number_of(t.blocks[1].stated) - Decimal('0.1')}平方公里"
    high = f"{number_of(t.blocks[1].stated) + Decimal('0.1')}平方公里"
    t = t.say(1, stated=pick(v, low + "以上", "不超过" + high, "不少于" + low))
    return any_file(replace(t, total=None), v)


@control("地块", 4)
def _(t: Town, v: int) -> Town:
    """Blocks of several 地块."""
    return any_file(parcelled(t, v, 2 + v % 2), (0, 1, 4, 5)[v])


@control("地块 without figures", 2)
def _(t: Town, v: int) -> Town:
    """Only the block states an area."""
    t = parcelled(t, v)
    blank = tuple(replace(p, stated="") for p in t.blocks[v].parcels)
    t = t.say(v, parcels=blank, stated=figure(area_m2(t.blocks[v].ground)))  # not the sum of rounded ones
    return resummed(t).file(pick(v, "geojson", "txt"))


@control("enclave", 4)
def _(t: Town, v: int) -> Town:
    """An enclave is left out."""
    ground = enclave(t.blocks[v].ground)
    t = resummed(t.say(v, ground=ground, stated=figure(area_m2(ground)))).draw(v, ground)
    return t.file(pick(v, "geojson", "shp", "kml", "txt"))


@control("several parts", 3)
def _(t: Town, v: int) -> Town:
    """A block of two pieces on either side of a river."""
    whole = t.blocks[v].ground
    left, bottom, right, top = whole.bounds
    river = shapely.LineString([((left + right) / 2 - 30, bottom - 50), ((left + right) / 2 + 40, top + 50)])
    ground = whole.difference(river.buffer(12))
    t = resummed(t.say(v, ground=ground, stated=figure(area_m2(ground)))).draw(v, ground)
    return t.file(pick(v, "geojson", "gpkg", "kml"))


def bent(seed: int) -> Callable[[Geometry], Geometry]:
    """A bend of the whole plane, so that streets and blocks still fit each other."""

    def bend(g: Geometry) -> Geometry:
        return shapely.transform(
            shapely.segmentize(g, 20),
            lambda p: (
                p + np.column_stack([25 * np.sin(p[:, 1] / 310 + seed), 20 * np.sin(p[:, 0] / 270 + seed)])
            ),
        )

    return bend


@control("curved sides", 4)
def _(t: Town, v: int) -> Town:
    """Sides of hundreds of points."""
    t = town(971 + v, 3, 2, bend=bent(v))
    t = any_file(t, (0, 4, 2, 3)[v])
    return t.mapped() if v % 2 else t


@control("tiny blocks", 5)
def _(t: Town, v: int) -> Town:
    """Blocks of less than a hectare, in hectares, mu and square metres."""
    unit, decimals = pick(v, ("公顷", 4), ("亩", 2), ("平方米", 2), ("平方米", 0), ("公顷", 2))
    return any_file(town(981 + v, 3, 2, size=75, jitter=3, unit=unit, decimals=decimals), v)


@control("huge blocks", 2)
def _(t: Town, v: int) -> Town:
    # They reach beyond one district, so the notice names none.
    """Blocks of 40 km² and more."""
    t = town(991 + v, 2, 2, size=7000, jitter=300)
    t = replace(t, notice=t.text().replace("西青", "海河"))
    return t.file(pick(v, "geojson", "txt"))


@control("text only", 4)
def _(t: Town, v: int) -> Town:
    """A notice whose figures add up."""
    return pick(v, t, parcelled(t, 1), town(5, 4, 3), town(6, 3, 1, unit="公顷"))


@control("reference map", 5)
def _(t: Town, v: int) -> Town:
    """Polygons that lie on their streets."""
    return any_file(t.mapped(), v)


@control("district given", 4)
def _(t: Town, v: int) -> Town:
    """Polygons in their district."""
    t = any_file(t.outlined(pick(v, 2500, 300, 1000, 600)), v)
    return t.mapped() if v > 1 else t


@control("rounded sum", 3)
def _(t: Town, v: int) -> Town:
    """A total within what rounding explains."""
    total = number_of(t.total or "") + pick(v, Decimal("0.01"), Decimal("-0.01"), Decimal("0.01"))
    t = replace(t, total=f"{total}平方公里")
    return any_file(t, v) if v else t


@control("sum of the ground", 2)
def _(t: Town, v: int) -> Town:
    """A total rounded from the whole, not summed from rounded figures."""
    whole = figure(sum(area_m2(b.ground) for b in t.blocks), decimals=pick(v, 2, 1))
    return any_file(replace(t, total=whole), v)


@control("two zones", 4)
def _(t: Town, v: int) -> Town:
    """Zones that add up to the plan."""
    one, two, total = both(v)
    return two_zones(one, two, f"{total}平方公里", v)


@control("parts", 3)
def _(t: Town, v: int) -> Town:
    """Parts that add up, or that are some of many."""
    area = number_of(t.blocks[0].stated)
    a = (area / 3).quantize(Decimal("0.01"))
    said = pick(
        v,
        f"其中，核心区面积{a}平方公里。",
        f"由工业用地{a}平方公里和居住用地{area - a}平方公里组成。",
        f"其中，工业用地面积{a}平方公里，其余用地面积{area - a}平方公里。",
    )
    return t.say(0, tail=said)


@control("two units", 3)
def _(t: Town, v: int) -> Town:
    """A figure in two units that agree."""
    area = area_m2(t.blocks[2].ground)
    other = pick(
        v, f"（{figure(area, '公顷')}）", f"（合{figure(area, '亩', 0)}）", f"（约{figure(area, '亩', 0)}）"
    )
    return t.say(2, stated=figure(area) + other)


@control("total again", 2)
def _(t: Town, v: int) -> Town:
    """The total told again."""
    return replace(
        t, closing=pick(v, f"\n联动创新区总面积为{t.total}。\n", f"\n以上区块总面积合计{t.total}。\n")
    )


@control("neighbours named", 3)
def _(t: Town, v: int) -> Town:
    """东至区块二, and drawn so."""
    return any_file(beside(t), v)


@control("area column agrees", 4)
def _(t: Town, v: int) -> Town:
    """A column of areas with its unit."""
    column, unit, digits = pick(
        v, ("面积_公顷", 1e4, 4), ("MJ", 1.0, 2), ("面积（平方米）", 1.0, 1), ("MJ_MU", 2000 / 3, 2)
    )
    more = ({column: round(area_m2(s.ground) / unit, digits)} for s in t.shapes)
    shapes = tuple(replace(s, more=m) for s, m in zip(t.shapes, more, strict=True))
    return replace(t, shapes=shapes).file(pick(v, "geojson", "shp", "gpkg", "shp"))


@control("rounded coordinates", 3)
def _(t: Town, v: int) -> Town:
    """Coordinates of a centimetre or six decimals."""
    kind, decimals = pick(v, ("geojson", 6), ("csv", 7), ("xy", 2))
    return t.file(kind, decimals=decimals)


@control("survey noise", 3)
def _(t: Town, v: int) -> Town:
    """Corners measured twice, a few centimetres apart."""
    rng = np.random.default_rng(v)

    def shaken(g: Geometry) -> Geometry:
        points = shapely.get_coordinates(g)[:-1]
        return shapely.Polygon(points + rng.normal(0, 0.03, points.shape))

    return any_file(t.draw_all(shaken), v)


@control("shuffled rows", 3)
def _(t: Town, v: int) -> Town:
    """Rows in any order, with columns that mean nothing here."""
    shapes = tuple(replace(s, more={"remark": "2025", "OBJECTID": n}) for n, s in enumerate(t.shapes, 1))
    return replace(t, shapes=shapes[::-1]).file(pick(v, "geojson", "shp", "gpkg"))


@control("another frame", 4)
def _(t: Town, v: int) -> Town:
    """Another reference system that the file states."""
    crs = pick(v, 4527, 3857, 32650, 4326)
    return t.file("gpkg", to=between(4548, crs), crs=crs)


@control("units mixed", 2)
def _(t: Town, v: int) -> Town:
    """Blocks in hectares or mu, the total in square kilometres."""
    return any_file(in_units(t, v), v)


@control("drawn from the map", 3)
def _(t: Town, v: int) -> Town:
    """No polygons are handed in, but the map from which they can be drawn."""
    return t.mapped()


@control("two zones drawn", 2)
def _(t: Town, v: int) -> Town:
    """Zones whose blocks have the same labels, and polygons that name both."""
    return zones_drawn(v).file(pick(v, "geojson", "txt"))


@control("crs member", 2)
def _(t: Town, v: int) -> Town:
    """A GeoJSON file in metres that says so, as GDAL and ArcGIS write it."""
    code, to = pick(v, (4527, zone39), (4548, plane))
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    return t.file("geojson", to=to, crs=named, decimals=3)


@control("GBK without .cpg", 2)
def _(t: Town, v: int) -> Town:
    """A Shapefile whose encoding only its table tells."""
    return t.file("shp", encoding="GBK", lost=".cpg", column=pick(v, "DKMC", "NAME"))


def _word(folder: Path, text: str) -> Path:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    path = folder / "notice.docx"
    document.save(str(path))
    return path


def _rows(t: Town) -> list[list[str]]:
    head = ["区块", "面积（平方公里）", *(f"{side}至" for side in SIDES)]
    rows = [[b.label, str(number_of(b.stated)), *b.sides.values()] for b in t.blocks]
    return [head, *rows, ["合计", str(number_of(t.total or "")), *[""] * 4]]


def _as_csv(t: Town, folder: Path, text: str) -> Path:
    path = folder / "notice.csv"
    path.write_text("\n".join(map(",".join, _rows(t))), encoding="utf-8-sig")
    return path


def _as_workbook(t: Town, folder: Path, text: str) -> Path:
    book = openpyxl.Workbook()
    for row in _rows(t):
        book.active.append(row)
    path = folder / "notice.xlsx"
    book.save(path)
    return path


@control("form of the notice", 4)
def _(t: Town, v: int) -> Town:
    """The notice as Word, CSV, workbook, and in GBK."""

    def gbk(folder: Path, text: str) -> Path:
        path = folder / "notice.txt"
        path.write_text(text, encoding="gbk")
        return path

    forms: list[Callable[[Path, str], Path]] = [_word, partial(_as_csv, t), partial(_as_workbook, t), gbk]
    return any_file(replace(t, notice_file=forms[v]), v)


@control("scattered blocks", 3)
def _(t: Town, v: int) -> Town:
    """Blocks that do not touch."""
    t = town(995 + v, 4, 3)
    kept = [n for n in range(12) if (n // 4 + n % 4) % 2 == v % 2]
    blocks = tuple(replace(t.blocks[n], label=f"区块{han(k)}") for k, n in enumerate(kept, 1))
    t = replace(t, blocks=blocks, shapes=shapes_of(blocks), count=len(blocks), total=summed(blocks))
    return any_file(t.mapped() if v else t, v)


@control("other units", 4)
def _(t: Town, v: int) -> Town:
    """Figures in hectares, mu and square metres."""
    unit, decimals = pick(v, ("公顷", 2), ("亩", 1), ("平方米", 0), ("公顷", 1))
    return any_file(town(1005 + v, 3, 2, unit=unit, decimals=decimals), v)


# ---- running ---------------------------------------------------------------------------------------------


def _audited(folder: Path, made: Town) -> Any:
    """Audit what is handed in, as the command line does."""
    handed = made.write(folder)
    plan = ftz_geo.read_plan(str(handed.notice))
    reference = None
    if handed.reference is not None:
        reference = ftz_geo.read_reference(handed.reference, outlines=handed.outlines)
    drawing = None
    if handed.polygons is not None:
        expect(handed.polygons, "parcels", "polygons", "survey", instead="name the polygons")
        drawing = ftz_geo.join_polygons(plan, ftz_geo.read_survey(handed.polygons))
    elif reference is not None:
        drawing = ftz_geo.draw(plan, reference)
    return ftz_geo.audit(plan, drawing, reference=reference, outlines=handed.outlines)


def _judged(case: Case, verdict: str, findings: Iterable[tuple[str, str]]) -> Outcome:
    """Judge pairs of severity and check."""
    told = set(findings)
    loud = {check for severity, check in told if severity != "note"}
    if not case.defect:
        if verdict == "fail" or any(severity == "error" for severity, _ in told):
            return "false alarm"
        return "warned" if loud or verdict == "incomplete" else "sound"
    heard = {check for _, check in told} if case.note or verdict == "incomplete" else loud
    if heard & case.right:
        return "right"
    if loud:
        return "fair" if loud & case.fair else "another"
    return "incomplete" if verdict == "incomplete" else "missed"


def run(case: Case, folder: Path) -> Result:
    """Write a case's files into an empty folder, audit them, and judge what came."""
    start = time.perf_counter()
    made = case.make()

    def result(outcome: Outcome, verdict: str, found: Iterable[str]) -> Result:
        return Result(case, outcome, verdict, tuple(found), time.perf_counter() - start)

    try:
        # The command line lets libraries' warnings pass; as errors they would hide what the audit tells.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            audit = _audited(folder, made)
    except ftz_geo.FtzGeoError as error:
        right: Outcome = "right" if "refused" in case.right else "refused"
        return result(right if case.defect else "false alarm", "refused", [str(error)])
    except Exception:
        return result("traceback", "traceback", [traceback.format_exc()])
    pairs = [(finding.severity, finding.check) for finding in audit.findings]
    outcome = _judged(case, audit.verdict, pairs)
    return result(outcome, audit.verdict, sorted(f"{severity}:{check}" for severity, check in set(pairs)))


def run_all(cases: Iterable[Case]) -> Iterator[Result]:
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            yield run(case, Path(folder))


def table_of(results: Iterable[Result]) -> str:
    """One line for each kind, and below it every case that did not come out as it should."""
    kinds: dict[tuple[bool, str], list[Result]] = {}
    for result in results:
        kinds.setdefault((result.case.defect, result.case.kind), []).append(result)
    lines = []
    for (is_defect, kind), group in kinds.items():
        counts = Counter(result.outcome for result in group)
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
        lines.append(f"{'defect ' if is_defect else 'control'} {kind}: {told}")
        lines += [
            f"    {r.case.id}{' (area)' if r.case.changes_area else ''}: {r.outcome}, {r.verdict}: "
            + (" ".join(r.found) if r.outcome != "traceback" else r.found[0][-900:])
            for r in group
            if r.outcome not in ("right", "sound")
        ]
    everything = [result for group in kinds.values() for result in group]
    for is_defect in (True, False):
        some = [r for r in everything if r.case.defect == is_defect]
        counts = Counter(r.outcome for r in some)
        of = len({r.case.kind for r in some})
        lines.append(f"{'defects' if is_defect else 'controls'}: {len(some)} of {of} kinds: {dict(counts)}")
    lines.append(f"{sum(r.seconds for r in everything):.1f} s")
    return "\n".join(lines)


if __name__ == "__main__":
    chosen = [case for case in CASES if not sys.argv[1:] or any(word in case.id for word in sys.argv[1:])]
    print(table_of(run_all(chosen)))
