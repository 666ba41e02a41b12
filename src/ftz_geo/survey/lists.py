"""Lists of corners in running text and in tables: X and Y, degrees with signs, packed D.MMSS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ftz_geo.survey.areas import area_column
from ftz_geo.survey.systems import LEAST_NORTHING, MOST_NORTHING, NORTHERNMOST
from ftz_geo.survey.values import Entry, Number, Point, StatedArea, notice
from ftz_geo.wording import NUMERALS, UNITS, one_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Finding

__all__ = ["HALF_WIDTH", "read_lists"]

_AXIS = r"(?:东经|東經|北纬|北緯|经度|纬度|[EWNS])?"
_MINUTES = r"[′'’‘分]"
_SECONDS = r"(?:″|\"|”|“|秒|′′|''|’’)"
_COORDINATE = re.compile(
    rf"""
      (?P<deg>\d{{1,3}}) \s*[°º˚度]\s* (?P<min>\d{{1,2}}(?:\.\d+)?) \s*{_MINUTES}
      (?:\s*(?P<sec>\d{{1,2}}(?:\.\d+)?) \s*{_SECONDS}?)?
    | (?P<degrees>\d{{1,3}}\.\d+) \s*[°º˚度]
    | (?<![\d.]) (?P<plain>\d+(?:\.(?P<fraction>\d+))?) (?![\d.]*\d|\s*%)
    """,
    re.X,
)
_RANGE = re.compile(
    rf"{_AXIS}\s*\d{{1,3}}\s*[°º˚度][^~～—至,;]{{0,16}}(?:[~～]|—+|至|-)\s*{_AXIS}\s*\d{{1,3}}\s*[°º˚度]"
    rf"[\d\s.]*{_MINUTES}?[\d\s.]*{_SECONDS}?"
)
"""东经 121°03′16″~121°04′17″ says how far a place reaches, and is no corner of it."""

_MASKED = re.compile(
    r"""
      \d [\d.]* [*×✕?■□◻○●…#]+ [\d.*×✕?■□◻○●…#]*   # 4320***.689
    | [*×✕?■□◻●#]{2,} [\d.]*                           # ****.689
    | \d{2,}\.?\d* [XxOolI]+ [\dXxOolI.]*              # 43200XX.XX, 43200l4.689
    | \d+\.\d*\.[\d.]*                                 # 4320.014.689
    """,
    re.X,
)
_NO_NUMBER = re.compile(
    r"(?<![A-Za-z])(?:nan|inf(?:inity)?|null|none)(?![A-Za-z])|#(?:N/?A|REF!|VALUE!|DIV/0!|NUM!)", re.I
)
"""What programs write where a number is lacking."""

_NO_WORDS = re.compile(
    r"""[\d\s.,;:|()\[\]°º˚′″'"’‘”“度分秒东東西南北经經纬緯EWNSXYJLBxyjewnsOolI*×✕?■□◻○●…#=+\-~/、横纵坐标点號号拐界址]*"""
)
_HEADER = re.compile(
    r"""(?:点号|點號|序号|编号|拐点|界址点|顶点|角点|坐标|座标|坐標|值|横|纵|经度|纬度|经|纬|东|北|备注|边长
    |直角|大地|地理|经纬度|度|分|秒|CGCS2000|国家|系|\d度带|[XYxyNE]|号|点|[()\s,|:/、\-=米m])*""",
    re.X,
)
_SIX_CELLS = re.compile(
    r"""^(?P<label>[^\n]*?[\t ,|;])?
    (?P<d>\d{1,3}) [\t ,|]+ (?P<m>[0-5]?\d) [\t ,|]+ (?P<s>[0-5]?\d(?:\.\d+)?) [\t ,|]+
    (?P<d2>\d{1,3}) [\t ,|]+ (?P<m2>[0-5]?\d) [\t ,|]+ (?P<s2>[0-5]?\d(?:\.\d+)?) (?P<end>[\t ,|]*)$""",
    re.M | re.X,
)
"""A row of a table with degrees, minutes and seconds in cells of their own."""
_UNSAID = "(单位未写)"
"""Stands for the unit of a column of areas whose head does not say it."""

_AREA = re.compile(
    r"(?P<about>[约約])?[为為是:=\s]{0,3}(?P<number>\d+(?:\.\d+)?)\s*"
    rf"(?P<unit>{one_of([*UNITS, _UNSAID])})(?![A-Za-z\d])(?P<after>左右)?",
    re.I,
)
_BOUNDED_BY = re.compile(r"由?\s*\d*\s*[个個]?\s*(?:拐[点點])?(?:圈定|围成|连线|连接|组成|构成)")
_AFTER_THE_NAME = re.compile(
    r"[(\[]?(?:中央子午线|中央经线|各?拐[点點]|界址点|角点|顶点|范围|坐[标標]|座标|面[积積]|四至|由\s*\d|经纬度|:|=|—)"
)
_LABEL = re.compile(r"(?<![A-Za-z\d-])([A-Za-z]{0,2}-?\d{1,4})\D*$")

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Signs as wide as a character, as plain ones."""

_FOLDED: dict[int, int | str] = {
    **HALF_WIDTH,
    0x3000: " ",
    **{0x2460 + i: f"\n{i + 1}\t" for i in range(20)},
}
"""Blanks become plain too; ① begins a row, so that it does not run into the number after it."""


@dataclass(slots=True)
class _Draft:
    """An entry while its rows are read; nothing outside this module sees it."""

    name: str | None = None
    rings: list[list[Point]] = field(default_factory=list)
    near: StatedArea | None = None
    far: StatedArea | None = None
    damaged: list[str] = field(default_factory=list)
    closed: bool = True

    def add(self, point: Point) -> None:
        ring = self.rings[-1] if self.rings else []
        if self.closed or (len(ring) >= 3 and point.label and point.label == ring[0].label):
            if ring and not self.closed and ring[0].is_at(point):
                ring.append(point)
                self.closed = True
                return
            self.rings.append([])
            self.closed = False
        elif len(ring) >= 3 and ring[0].is_at(point):
            self.closed = True
        self.rings[-1].append(point)


def _with_signs(text: str) -> str:
    r"""Write the signs of degrees, minutes and seconds into tables that have them as columns.

    >>> print(_with_signs("1\t117\t9\t0.5\t39\t0\t1.2\n" * 3).splitlines()[0])
    1	117°9′0.5″	39°0′1.2″
    """
    rows = [m for m in _SIX_CELLS.finditer(text) if _is_place(int(m["d"]), int(m["d2"]))]
    if len(rows) < 3:
        return text
    parts, at = [], 0
    for m in rows:
        signed = f"{m['d']}°{m['m']}′{m['s']}″\t{m['d2']}°{m['m2']}′{m['s2']}″"
        parts += [text[at : m.start()], m["label"] or "", signed]
        at = m.end()
    return "".join([*parts, text[at:]])


_CELLS = re.compile(r"[,\t|]")


def _with_areas(text: str) -> str:
    r"""Write the areas of a table's column behind the corners of each row, with the unit of its head.

    >>> print(_with_areas("区块,X,Y,面积(亩)\n区块一,4320014.689,39511493.964,1484").splitlines()[1])
    区块一,4320014.689,39511493.964,,面积1484亩
    """
    lines, column, unit, width = [], None, None, 0
    for line in text.translate(HALF_WIDTH).splitlines():
        cells = _CELLS.split(line)
        heads = [i for i, cell in enumerate(cells) if len(cells) > 2 and area_column(cell)[0]]
        if heads:
            column, unit, width = heads[0], area_column(cells[heads[0]])[1], len(cells)
        elif column is not None and len(cells) == width and _PLAIN.fullmatch(cells[column].strip()):
            area = f"面积{cells[column].strip()}{unit or _UNSAID}"
            lines.append(",".join([*cells[:column], "", *cells[column + 1 :], area]))
            continue
        lines.append(line)
    return "\n".join(lines)


_PLAIN = re.compile(r"\d+(?:\.\d+)?")


def _is_place(one: int, other: int) -> bool:
    """Tell whether two numbers are whole degrees of a longitude and a latitude of China."""
    east, north = max(one, other), min(one, other)
    return 73 <= east <= 135 and 3 <= north <= 54


def read_lists(text: str) -> tuple[Entry, ...]:
    """Read the lists of corners in a text.

    Words between two lists name the second; labels that start anew begin another ring.

    Examples
    --------
    >>> text = "区块一 J1 4320014.689,39511493.964;J2 4320024.689,39511493.964;J3 4320014.689,39511503.964"
    >>> entry, = read_lists(text)
    >>> entry.name, [p.label for p in entry.rings[0]]
    ('区块一', ['J1', 'J2', 'J3'])
    >>> read_lists("①37°41′55″N,121°03′16″E②37°4*′55″N,121°03′16″E")[0].damaged
    ('2 37°4*′55″N,121°03′16″E',)
    """
    lists = _Lists()
    for segment in _segments(_with_signs(_with_areas(text))):
        lists.read(segment)
    return lists.entries()


class _Lists:
    """The lists of a text while its rows are read."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.pending: list[str] = []
        """Words since the last row of a list."""

    def read(self, segment: str) -> None:
        points, before, after = _pairs(segment)
        damaged = self._is_damaged(segment, has_points=bool(points))
        if not points and not damaged:
            self._read_words(segment)
            return
        if before:
            self.pending.append(before)
        if self.pending or not self.drafts:
            self._begin()
        if damaged:
            self.drafts[-1].damaged.append(re.sub(r"\s+", " ", segment))
            return
        for point in points:
            self.drafts[-1].add(point)
        self.drafts[-1].near = self.drafts[-1].near or _area(after)

    def _is_damaged(self, segment: str, *, has_points: bool) -> bool:
        """Tell whether a row holds a masked or broken coordinate."""
        if _NO_NUMBER.search(segment) and (self.drafts or any(True for _ in _tokens(segment))):
            return True
        bare = _NO_WORDS.fullmatch(segment) is not None
        if _MASKED.search(segment) and (bare or has_points):
            return True
        # A row of a list with words beside it (辨认不清) must not fall out of the list unseen.
        return not has_points and (
            (bare and _looks_broken(segment)) or (bool(self.drafts) and _has_half_a_point(segment))
        )

    def _read_words(self, segment: str) -> None:
        if self.drafts and _is_area_alone(segment) and self.drafts[-1].near is None and not self.pending:
            self.drafts[-1].near = _area(segment)
        elif not _HEADER.fullmatch(segment):
            self.pending.append(segment)

    def _begin(self) -> None:
        """Begin an entry, if the words name one that is not being read already.

        An area beside its name is its own, one further up only if it is alone.
        """
        named = [i for i, words in enumerate(self.pending) if _name(words)]
        name = _name(self.pending[named[-1]]) if named else None
        # A table may name the block on every row.
        if not self.drafts or (named and name != self.drafts[-1].name):
            areas = [_area(words) for words in self.pending]
            near = next(filter(None, areas[named[-1] if named else 0 :]), None)
            self.drafts.append(_Draft(name=name, near=near, far=next(filter(None, areas), None)))
        self.pending = []

    def entries(self) -> tuple[Entry, ...]:
        if self.drafts and self.drafts[-1].near is None:
            below = next(filter(None, map(_area, self.pending)), None)
            self.drafts[-1].far = self.drafts[-1].far or below
        return tuple(_entry(draft, alone=len(self.drafts) == 1) for draft in self.drafts)


def _entry(draft: _Draft, *, alone: bool) -> Entry:
    notices: list[Finding] = []
    rings = []
    for ring in draft.rings:
        ordered = _by_label(ring)
        if ordered != ring:
            zh = "坐标按点号排列（原表一行并列几个点）"
            en = "points were put in the order of their labels (the table has several beside each other)"
            notices.append(notice("survey-order", "note", zh, en))
        if (lost := _skipped(ordered)) and not draft.damaged:
            zh, en = f"点号在 {lost} 之后不连续，可能缺点", f"labels skip after {lost}: points may be missing"
            notices.append(notice("survey-count", "warning", zh, en))
        rings.append(tuple(ordered))
    return Entry(
        name=draft.name,
        rings=tuple(rings),
        stated=draft.near or (draft.far if alone else None),
        damaged=tuple(draft.damaged),
        notices=tuple(notices),
    )


def _by_label(ring: list[Point]) -> list[Point]:
    """Sort a ring whose labels are consecutive but not in order; tables print columns side by side."""
    numbers = [int(digits.group()) if (digits := re.search(r"\d+$", p.label)) else None for p in ring]
    known = [n for n in numbers if n is not None]
    if len(known) < len(ring) or len(ring) < 3:
        return ring
    in_order = sorted(zip(known, ring, strict=True), key=lambda item: item[0])
    if any(b[0] - a[0] != 1 for a, b in pairwise(in_order)):
        return ring
    return [point for _, point in in_order]


def _skipped(ring: list[Point]) -> str | None:
    """Return the label after which one or more are missing."""
    numbers = [int(digits.group()) if (digits := re.search(r"\d+$", p.label)) else 0 for p in ring]
    later = zip(ring, pairwise(numbers), strict=False)
    return next((point.label for point, (a, b) in later if a and b > a + 1), None)


def _segments(text: str) -> Iterator[str]:
    folded = _RANGE.sub(" ", text.translate(_FOLDED))
    for segment in re.split(r"[\n\r;。]", folded):
        if segment.strip():
            yield segment.strip()


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    number: Number
    axis: Literal["north", "east", "lon", "lat"]


def _tokens(segment: str) -> Iterator[_Token]:
    areas = [m.span("number") for m in _AREA.finditer(segment)]
    for m in _COORDINATE.finditer(segment):
        if any(start <= m.start() < end for start, end in areas):
            continue
        number = _number(m)
        axis = _axis(number) if number is not None else None
        if number is not None and axis is not None:
            yield _Token(m.start(), m.end(), number, axis)


def _number(m: re.Match[str]) -> Number | None:
    if m["plain"] or m["degrees"]:
        words = m["plain"] or m["degrees"]
        decimals = len(words.partition(".")[2])
        form: Literal["plain", "dms"] = "plain" if m["plain"] else "dms"
        return Number(value=float(words), half_digit=10.0**-decimals / 2, form=form, decimals=decimals)
    minutes, seconds = float(m["min"]), float(m["sec"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    last, unit = (m["sec"], 3600) if m["sec"] else (m["min"], 60)
    return Number(
        value=int(m["deg"]) + minutes / 60 + seconds / 3600,
        half_digit=10.0 ** -len(last.partition(".")[2]) / 2 / unit,
        form="dms",
    )


def _axis(number: Number) -> Literal["north", "east", "lon", "lat"] | None:
    """Tell what a number can be in China by its size alone; None for what is no coordinate."""
    value = number.value
    if number.form == "plain" and value >= 100_000:
        if LEAST_NORTHING <= value < MOST_NORTHING:
            return "north"
        # With the number of a zone (13 to 45) before its six digits, or without.
        return "east" if value < 1_000_000 or 13_000_000 <= value < 46_000_000 else None
    if number.form == "plain" and number.decimals < 1:
        return None
    if 70 <= value <= 140:
        return "lon"
    return "lat" if 3 <= value < NORTHERNMOST else None


def _pairs(segment: str) -> tuple[list[Point], str, str]:
    """Return the points of a segment, and the words before the first and after the last."""
    tokens = list(_tokens(segment))
    plane = [t for t in tokens if t.axis in ("north", "east")]
    # Beside metres, small numbers are lengths of sides or heights.
    chosen = plane if len({t.axis for t in plane}) == 2 else [t for t in tokens if t.axis in ("lon", "lat")]
    points: list[Point] = []
    before, start = "", 0
    for one, other in zip(chosen[::2], chosen[1::2], strict=False):
        if one.axis == other.axis:
            return [], "", ""
        gap = segment[start : one.start]
        label = _LABEL.search(gap)
        if not points:
            before = gap[: label.start()] if label else gap
        words = segment[one.start : other.end]
        points.append(
            Point(label=label.group(1) if label else "", first=one.number, second=other.number, words=words)
        )
        start = other.end
    if len(chosen) % 2:
        return [], "", ""
    return points, "" if _NO_WORDS.fullmatch(before) else before.strip(), segment[start:]


def _has_half_a_point(segment: str) -> bool:
    """Tell whether a row with words holds one coordinate of a point that lacks the other."""
    sure = [t for t in _tokens(segment) if t.number.form == "dms" or t.axis in ("north", "east")]
    return len([t for t in sure if t.number.form == "dms" or t.number.decimals]) % 2 == 1


def _looks_broken(segment: str) -> bool:
    """Tell whether a row without words was meant to hold a point: it has a long number."""
    return re.search(r"\d{5,}|\d{2,}\.\d{2,}|\d\s*[°º˚度]", segment) is not None


def _area(words: str) -> StatedArea | None:
    m = _AREA.search(words)
    if m is None:
        return None
    value = Decimal(m["number"])
    unit = None if m["unit"] == _UNSAID else m["unit"]
    return StatedArea(
        text=m["number"] + (unit or ""),
        number=value,
        half=Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2,
        unit=unit and unit_of(unit),
        assumed=unit is None,
        approximate=bool(m["about"] or m["after"]),
    )


def _is_area_alone(words: str) -> bool:
    rest = _BOUNDED_BY.sub("", _AREA.sub("", words))
    return _area(words) is not None and not re.sub(
        r"(?:总|矿区|用地|占地|规划|面[积積]|[:,\s()为為是])", "", rest
    )


def _name(words: str) -> str | None:
    """Return the name in the words before a list; None where they are only a table's head.

    Examples
    --------
    >>> _name("（二）核心区拐点坐标为"), _name("点号 X Y"), _name("由5个拐点圈定")
    ('核心区', None, None)
    """
    if _HEADER.fullmatch(words):
        return None
    words = _BOUNDED_BY.sub("", _AREA.sub("", words))
    m = _AFTER_THE_NAME.search(words)
    name = words[: m.start()] if m else words
    name = re.sub(rf"^[(（\[]?[{NUMERALS}\d]{{1,3}}[)）\]、.]\s*", "", name.strip())
    name = re.split(r"[,|\t]", name.strip(" ,:|\t()[]#*-—、"))[-1].strip()
    if not name or _NO_WORDS.fullmatch(name) or _HEADER.fullmatch(name):
        return None
    return name[-40:]
