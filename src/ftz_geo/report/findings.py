"""Findings in the order in which they are read: causes first, then the worst; consequences folded."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from ftz_geo.model import title
from ftz_geo.report.words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ftz_geo.model import Finding, Plan, Severity, Text, Unchecked

__all__ = ["CAUSE", "Head", "Titles", "fair", "grouped", "heads"]

_SHORT = 14
"""Characters of a zone's short name, so that its block stands in the same line."""

CAUSE = "cause"
"""The check that looks for what may explain others; its findings stand on top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Titles:
    """What zones, blocks and parcels are called, by id."""

    full: dict[str, str]
    """With the zone's whole name."""
    short: dict[str, str]
    """With no more of the zone's name than tells it from the others; without it where it is the only one."""
    zones: tuple[tuple[str, str], ...]
    """Whole and short names of the zones."""

    @classmethod
    def of(cls, plan: Plan) -> Titles:
        """Return the titles of a plan; a block's only parcel shares its id."""
        full: dict[str, str] = {}
        short: dict[str, str] = {}
        names = _apart([title(zone) for zone in plan.zones])
        for zone, name in zip(plan.zones, names, strict=True):
            full[zone.id], short[zone.id] = title(zone), name
            for block in zone.blocks:
                for part in (None, *block.parcels):
                    key = block.id if part is None else part.id
                    own = title(block=block, parcel=part)
                    full.setdefault(key, title(zone, block, part))
                    short.setdefault(key, f"{name} · {own}" if len(names) > 1 else own)
        return cls(
            full=full, short=short, zones=tuple((title(z), n) for z, n in zip(plan.zones, names, strict=True))
        )

    def of_finding(self, about: Finding | Unchecked) -> str | None:
        """Return the short title of what something is about; None for the whole text."""
        key = about.parcel_id or about.block_id or about.zone_id
        return self.short.get(key, key) if key else None

    def message(self, about: Finding | Unchecked | Text, key: str | None, language: str) -> str:
        """Return what is said, without the title that it begins with and with short ones for zones."""
        said: str = getattr(about, language)
        for colon in ("：", ": "):
            said = said.removeprefix(f"{self.full.get(key or '', '')}{colon}")
        return self.shortened(said)

    def shortened(self, said: str) -> str:
        """Return a sentence with short names of zones before their blocks, none where there is one zone."""
        for full, short in self.zones:
            if full not in said:
                continue
            said = said.replace(f"{full} ", f"{short} · " if len(self.zones) > 1 else "")
            said = said.replace(f"{full}：", f"{short}：").replace(f"{full}: ", f"{short}: ")
        return said


def _apart(names: Sequence[str]) -> list[str]:
    """Return what tells names from each other; what they begin with is left away up to the end of a word.

    Examples
    --------
    >>> _apart(["天津自贸区西青经开区联动创新区", "天津自贸区武清联动创新区", "天津自贸区子牙联动创新区"])
    ['西青经开区', '武清', '子牙']
    >>> _apart(["东丽", "东疆"]), _apart(["甲区"])
    (['东丽', '东疆'], ['甲区'])
    """
    if len(names) < 2:
        return list(names)
    before = _shared(names)
    first = max((m.end() for m in re.finditer(r"[区市省县）)\s]", before)), default=0)
    rest = [name[first:] for name in names]
    after = _shared([name[::-1] for name in rest])[::-1]
    short = [name.removesuffix(after) for name in rest]
    short = short if all(len(name) > 1 for name in short) else list(names)
    cut = [name if len(name) <= _SHORT else f"{name[: _SHORT - 1]}…" for name in short]
    return cut if len(set(cut)) == len(set(short)) else short


def _shared(names: Sequence[str]) -> str:
    """Return what all names begin with.

    >>> _shared(["甲区东", "甲区西"])
    '甲区'
    """
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*names, strict=False))
    return "".join(column[0] for column in alike)


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A finding, and those that follow from it."""

    finding: Finding
    followers: tuple[Finding, ...] = ()

    @property
    def is_cause(self) -> bool:
        """Whether it explains others, or was found by looking for what may."""
        return self.finding.check == CAUSE or bool(self.followers)

    @property
    def severity(self) -> Severity:
        """The worst of it and of what follows from it."""
        return min((f.severity for f in (self.finding, *self.followers)), key=SEVERITIES.index)


def heads(findings: Iterable[Finding]) -> list[Head]:
    """Return findings with what follows from them folded: causes first, then the worst first.

    A finding follows from the nearest one of the check that it names: of its block, of its zone, of the plan.

    Examples
    --------
    >>> from ftz_geo.model import Finding
    >>> cause = Finding(check="cause", severity="error", zone_id="a", zh="坐标互换", en="swapped axes")
    >>> far = Finding(check="x", severity="error", zone_id="a", zh="远", en="far", follows_from="cause")
    >>> [(head.finding.zh, len(head.followers)) for head in heads([far, cause])]
    [('坐标互换', 1)]
    """
    known = list(findings)
    by_check: dict[str, list[int]] = {}
    for i, finding in enumerate(known):
        if finding.follows_from is None:
            by_check.setdefault(finding.check, []).append(i)
    under: dict[int, list[Finding]] = {}
    alone: list[int] = []
    for i, finding in enumerate(known):
        head = min(
            (h for h in by_check.get(finding.follows_from or "", ()) if _distance(known[h], finding) < 3),
            key=lambda h: _distance(known[h], finding),
            default=None,
        )
        if head is None:
            alone.append(i)
        else:
            under.setdefault(head, []).append(finding)
    ordered = [Head(finding=known[i], followers=tuple(under.get(i, ()))) for i in alone]
    return sorted(ordered, key=lambda h: (not h.is_cause, SEVERITIES.index(h.severity)))


def _distance(head: Finding, finding: Finding) -> int:
    if head.zone_id is None:
        return 2
    if head.zone_id != finding.zone_id:
        return 3
    return 0 if head.block_id == finding.block_id else 1 if head.block_id is None else 3


def fair(findings: Sequence[Head], room: int) -> list[Head]:
    """Return as many findings as there is room for, of every check in turn, in their own order.

    Examples
    --------
    >>> from ftz_geo.model import Finding
    >>> made = [Head(finding=Finding(check=c, severity="error", zh=c, en=c)) for c in "aaab"]
    >>> [head.finding.check for head in fair(made, 2)]
    ['a', 'b']
    """
    turns: Counter[tuple[str, str]] = Counter()
    ranked = []
    for i, head in enumerate(findings):
        key = (head.severity, head.finding.check)
        ranked.append((SEVERITIES.index(head.severity), turns[key], i))
        turns[key] += 1
    # Errors before warnings; within each, the first of every check before the second of any.
    return [findings[i] for _, _, i in sorted(sorted(ranked)[:room], key=lambda rank: rank[2])]


def grouped(said: Iterable[tuple[str | None, str]]) -> list[tuple[str, list[str]]]:
    """Return what is said of several places once, with the places.

    Examples
    --------
    >>> grouped([("区块一", "没有图形。"), ("区块四", "没有图形。"), (None, "全文无面积。")])
    [('没有图形。', ['区块一', '区块四']), ('全文无面积。', [])]
    """
    groups: dict[str, list[str]] = {}
    for place, words in said:
        groups.setdefault(words, []).extend([place] if place else [])
    return list(groups.items())
