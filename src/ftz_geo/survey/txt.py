"""The land-survey TXT (界址点坐标): a head of ``key=value``, a row per parcel, a row per point."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from ftz_geo.survey.values import Entry, Number, Point, StatedArea, notice
from ftz_geo.wording import UNITS, one_of, unit_of

if TYPE_CHECKING:
    from ftz_geo.model import Finding

__all__ = ["is_txt", "read_txt"]

_PARCEL_KINDS = {"点", "线", "面"}
_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d+))?")
_AREA = re.compile(rf"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>{one_of(UNITS)})?", re.I)
_IN_KILOMETRES = re.compile(r"计量单位\s*[=:]\s*(?:千米|公里|km)", re.I)
_KILO = 1000
_MOST_KILOMETRES = 100_000
"""Northings in km stay below 6,500, eastings with the zone before them below 46,000."""

_UNSURVEYED = "非实测"
"""What the name of an outline says that a map page wrote as a list of corners and nobody surveyed."""

_LEAST_COORDINATE = 1000.0
"""Of what stands in a parcel's row, count and area in hectares mostly stay below it."""

_CLOSED = 3
"""Points of the least ring that is closed: three corners and the first again are more."""


def is_txt(text: str) -> bool:
    r"""Tell whether a text is in the land-survey form.

    Examples
    --------
    >>> is_txt("[地块坐标]\n4,1.0,1,甲,面,,,,@"), is_txt("J1 4320014.689 39511493.964")
    (True, False)
    """
    return "[地块坐标]" in text or any(_is_parcel(_fields(line)) for line in text.splitlines())


def _fields(line: str) -> list[str]:
    """Return the fields of a row, between commas, else semicolons, tabs, or blanks."""
    between = next((sign for sign in ",;\t" if sign in line.strip()), None)
    return [field.strip() for field in line.strip().split(between)]


def _is_parcel(fields: list[str]) -> bool:
    """Tell a parcel row: it ends with @, or names what it draws; its length differs by office."""
    if len(fields) > 2 and fields[-1].endswith("@"):
        return True
    return len(fields) > 3 and any(f in _PARCEL_KINDS or f.endswith("@") for f in fields[2:])


def _is_short_parcel(fields: list[str]) -> bool:
    """Tell a parcel row that ends with its name: a count, words, and nothing like a coordinate."""
    words = [f for f in fields[1:] if not _NUMBER.fullmatch(f)]
    small = all(float(f) < _LEAST_COORDINATE for f in fields if _NUMBER.fullmatch(f))
    named = any(re.search(r"[一-鿿]", f) for f in words)
    return fields[0].isdigit() and named and small and not any(re.search(r"[*×?■□]", f) for f in fields)


def read_txt(text: str) -> tuple[Entry, ...]:
    """Read the parcels of a land-survey TXT.

    Parcel row: points, area in hectares, number, name, kind, sheet, use, class, more by office, ``@``.
    Point row: name, ring, two coordinates; in metres, or in what ``计量单位`` says.

    Examples
    --------
    >>> entry, = read_txt('''[地块坐标]
    ... 3,0.0050,XQ-01,区块一,面,,,,@
    ... J1,1,4320014.689,39511493.964
    ... J2,1,4320024.689,39511493.964
    ... J3,1,4320014.689,39511503.964''')
    >>> entry.id, entry.name, entry.stated.km2, len(entry.rings[0])
    ('XQ-01', '区块一', Decimal('0.000050'), 3)
    """
    head, _, body = text.rpartition("[地块坐标]")
    scale = _KILO if _IN_KILOMETRES.search(head) else 1
    heads: list[list[str]] = []
    rows: list[list[str]] = []
    groups: list[list[list[str]]] = []
    for line in body.splitlines():
        fields = _fields(line)
        if _is_parcel(fields) or (len(fields) > 2 and _is_short_parcel(fields)):
            heads.append(fields)
            rows = []
            groups.append(rows)
        elif (len(fields) > 1 or (groups and fields)) and "=" not in fields[0] and _has_digit(line):
            if not groups:  # points before any parcel row are one parcel without a name
                heads.append([])
                groups.append(rows)
            rows.append(fields)
    return tuple(_entry(head, rows, scale) for head, rows in zip(heads, groups, strict=True))


def _has_digit(line: str) -> bool:
    return any(map(str.isdigit, line))


def _entry(head: list[str], rows: list[list[str]], scale: int) -> Entry:
    rings: dict[str, list[list[Point]]] = {}
    damaged = []
    for fields in rows:
        name, ring, *pair = _point_fields(fields)
        numbers = [_number(words, scale) for words in pair[:2]]
        if len(numbers) < 2 or None in numbers:
            damaged.append(",".join(fields))
            continue
        first, second = (n for n in numbers if n is not None)
        point = Point(label=name, first=first, second=second, words=",".join(fields))
        _add(rings.setdefault(ring, [[]]), point)
    count = head[0] if head else ""
    closed = [ring for own in rings.values() for ring in own]
    read, closing = len(rows), sum(map(_is_closed, closed))
    notices = []
    if count.isdigit() and int(count) not in (read, read - closing):
        zh = f"地块行写 {count} 个界址点，列出 {read} 个（含 {closing} 个闭合点）"
        en = f"the parcel's row says {count} points, and {read} are listed ({closing} of them closing a ring)"
        notices.append(notice("survey-count", "warning", zh, en))
    notices += [_unclosed(ring) for ring in closed if _ends_elsewhere(ring)]
    if scale != 1 and any(_is_in_metres(row[-1]) for row in rows if row):
        zh = "文件头写计量单位为千米，坐标本身为米，按米读取"
        en = "the head says that the numbers are kilometres; they are metres, and were read so"
        notices.append(notice("survey-zone", "warning", zh, en))
    area, own_id, own_name = _named(head)
    if _UNSURVEYED in (own_name or ""):
        notices.append(_unsurveyed(own_name or ""))
    return Entry(
        id=own_id,
        name=own_name,
        rings=tuple(map(tuple, closed)),
        stated=area,
        damaged=tuple(damaged),
        notices=tuple(notices),
    )


def _unsurveyed(name: str) -> Finding:
    zh = f"“{name}”注明非实测：由地图页面写出，不是勘测成果，其面积、位置都不能作为印证"
    en = f"“{name}” says that it is not surveyed: a map page wrote it, and its area and place prove nothing"
    return notice("survey-drawn", "warning", zh, en)


def _add(rings: list[list[Point]], point: Point) -> None:
    """Add a point to the last of a number's rings, or begin another where that one is closed already.

    Offices write holes under the number of their shell, after the point that closes it.
    """
    if _is_closed(rings[-1]) and not rings[-1][0].is_at(point):
        rings.append([])
    rings[-1].append(point)


def _point_fields(fields: list[str]) -> list[str]:
    """Return name, ring and the rest of a point's row; some offices leave the name or the ring away."""
    if not all(map(_NUMBER.fullmatch, fields[-2:])):  # J1 1 4320014.689,39511493.964
        split = [part for field in fields for part in field.split()]
        fields = split if all(map(_NUMBER.fullmatch, split[-2:])) else fields
    if len(fields) <= 2:
        return ["", "1", *fields]
    return fields if len(fields) > 3 else [fields[0], "1", *fields[1:]]


def _named(head: list[str]) -> tuple[StatedArea | None, str | None, str | None]:
    """Return the area, the number and the name of a parcel's row."""
    fields = [field.rstrip("@").strip() for field in head]
    kind = next((i for i, field in enumerate(fields) if field in _PARCEL_KINDS), len(fields))
    fields = fields[:kind]
    area = _area(fields[1]) if len(fields) > 1 else None
    if area is None and len(fields) > 1 and not _NUMBER.match(fields[1]):
        fields = [fields[0], "", *fields[1:]]  # the area was left away
    words = [field or None for field in (*fields[2:4], "", "")][:2]
    return area, words[0], words[1]


def _is_in_metres(words: str) -> bool:
    return _NUMBER.fullmatch(words) is not None and float(words) >= _MOST_KILOMETRES


def _ends_elsewhere(ring: list[Point]) -> bool:
    """Tell a ring whose last point has the first one's name, and another place."""
    return len(ring) > _CLOSED and ring[0].label == ring[-1].label != "" and not _is_closed(ring)


def _unclosed(ring: list[Point]) -> Finding:
    apart = max(abs(a.value - b.value) for a, b in zip(ring[0].numbers, ring[-1].numbers, strict=True))
    zh = f"首尾都是 {ring[0].label}，坐标却相差 {apart:.3f}，界线没有闭合；请核对该点坐标"
    en = (
        f"the first and the last point are both {ring[0].label}, and {apart:.3f} apart: the outline does not "
        "close; check that point"
    )
    return notice("ring-closure", "error", zh, en)


def _is_closed(ring: list[Point]) -> bool:
    return len(ring) > _CLOSED and ring[0].is_at(ring[-1])


def _number(words: str, scale: int) -> Number | None:
    m = _NUMBER.fullmatch(words)
    if m is None:
        return None
    if _is_in_metres(words):  # whatever the head says
        scale = 1
    decimals = len(m.group(1) or "")
    half = Decimal(scale).scaleb(-decimals) / 2
    return Number(
        value=float(Decimal(words) * scale), half_digit=float(half), form="plain", decimals=decimals
    )


def _area(words: str) -> StatedArea | None:
    """Return the area of a parcel's row: in hectares, unless the office wrote another unit."""
    m = _AREA.fullmatch(words)
    if m is None or (value := Decimal(m["number"])) <= 0:  # an office that states none writes 0
        return None
    return StatedArea(
        text=words,
        number=value,
        half=Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2,
        unit=unit_of(m["unit"]) if m["unit"] else "公顷",
        assumed=not m["unit"],
    )
