"""The land-survey TXT (界址点坐标): a head of ``key=value``, a row per parcel, a row per point."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ftz_geo.survey.values import Entry, Number, Point, StatedArea, notice

__all__ = ["is_txt", "read_txt"]

_PARCEL_KINDS = {"点", "线", "面"}
_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d+))?")


def is_txt(text: str) -> bool:
    r"""Tell whether a text is in the land-survey form.

    Examples
    --------
    >>> is_txt("[地块坐标]\n4,1.0,1,甲,面,,,,@"), is_txt("J1 4320014.689 39511493.964")
    (True, False)
    """
    return "[地块坐标]" in text or any(_is_parcel(_fields(line)) for line in text.splitlines())


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.split(",")]


def _is_parcel(fields: list[str]) -> bool:
    """Tell a parcel row: it ends with @, or names what it draws; its length differs by office."""
    return len(fields) > 4 and (
        any(f.endswith("@") for f in fields) or any(f in _PARCEL_KINDS for f in fields[2:])
    )


def read_txt(text: str) -> tuple[Entry, ...]:
    """Read the parcels of a land-survey TXT.

    Parcel row: points, area in hectares, number, name, kind, sheet, use, class, more by office, ``@``.
    Point row: name, ring, two coordinates.

    Examples
    --------
    >>> entry, = read_txt('''[地块坐标]
    ... 3,0.0050,XQ-01,区块一,面,,,,@
    ... J1,1,4320014.689,39511493.964
    ... J2,1,4320024.689,39511493.964
    ... J3,1,4320014.689,39511503.964''')
    >>> entry.id, entry.name, entry.stated.km2, len(entry.rings[0])
    ('XQ-01', '区块一', Decimal('0.00005'), 3)
    """
    body = text.split("[地块坐标]", 1)[-1]
    heads: list[list[str]] = []
    rows: list[list[str]] = []
    groups: list[list[list[str]]] = []
    for line in body.splitlines():
        if not line.strip():
            continue
        fields = _fields(line)
        if _is_parcel(fields):
            heads.append(fields)
            rows = []
            groups.append(rows)
        elif len(fields) >= 3 and "=" not in fields[0]:
            if not groups:  # points before any parcel row are one parcel without a name
                heads.append([])
                groups.append(rows)
            rows.append(fields)
    return tuple(_entry(head, rows) for head, rows in zip(heads, groups, strict=True))


def _entry(head: list[str], rows: list[list[str]]) -> Entry:
    rings: dict[str, list[Point]] = {}
    damaged = []
    for fields in rows:
        # Some offices leave the ring away: name, X, Y.
        name, ring, *pair = fields if len(fields) > 3 else [fields[0], "1", *fields[1:]]
        numbers = [_number(words) for words in pair[:2]]
        if len(numbers) < 2 or None in numbers:
            damaged.append(",".join(fields))
            continue
        first, second = (n for n in numbers if n is not None)
        rings.setdefault(ring, []).append(
            Point(label=name, first=first, second=second, words=",".join(fields))
        )
    notices = []
    count = head[0] if head else ""
    read, closing = len(rows), sum(_is_closed(ring) for ring in rings.values())
    if count.isdigit() and int(count) not in (read, read - closing):
        zh = f"地块行写 {count} 个界址点，列出 {read} 个（含 {closing} 个闭合点）"
        en = f"the parcel's row says {count} points, and {read} are listed ({closing} of them closing a ring)"
        notices.append(notice("survey-count", "warning", zh, en))
    head = [field.rstrip("@").strip() for field in head]
    return Entry(
        id=head[2] or None if len(head) > 2 else None,
        name=head[3] or None if len(head) > 3 else None,
        rings=tuple(tuple(ring) for ring in rings.values()),
        stated=_hectares(head[1]) if len(head) > 1 else None,
        damaged=tuple(damaged),
        notices=tuple(notices),
    )


def _is_closed(ring: list[Point]) -> bool:
    return len(ring) > 1 and (ring[0].first, ring[0].second) == (ring[-1].first, ring[-1].second)


def _number(words: str) -> Number | None:
    m = _NUMBER.fullmatch(words)
    if m is None:
        return None
    decimals = len(m.group(1) or "")
    return Number(
        value=float(words),
        half_digit=float(Decimal(1).scaleb(-decimals) / 2),
        form="plain",
        decimals=decimals,
    )


def _hectares(words: str) -> StatedArea | None:
    try:
        value = Decimal(words)
    except InvalidOperation:
        return None
    if not value.is_finite() or value <= 0:  # an office that states none writes 0
        return None
    step = Decimal(1).scaleb(int(value.as_tuple().exponent))
    return StatedArea(text=f"{words} 公顷", km2=value / 100, half_width_km2=step / 200)
