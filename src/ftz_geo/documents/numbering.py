"""The numbers of Word's paragraphs, which stand in no run of text: 一、 (一) 1. 第一章."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.numerals import numeral
from ftz_geo.documents.xml import attribute, child, local, number, on

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Numbering", "Styles"]

_DEEPEST = 8
"""Word has nine levels, counted from 0."""


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    vanish: bool | None
    numbered: tuple[int | None, int | None]
    """The list, and the level in it."""


class Styles:
    """What a paragraph's or a run's style says of numbers and hidden text."""

    def __init__(self, root: Any) -> None:
        self._styles: dict[str, _Style] = {}
        self.default: str | None = None
        for style in root if root is not None else ():
            if local(style) != "style" or (key := attribute(style, "styleId")) is None:
                continue
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true", "on"}:
                self.default = key
            based_on = child(style, "basedOn")
            self._styles[key] = _Style(
                None if based_on is None else attribute(based_on, "val"),
                on(child(style, "rPr"), "vanish"),
                numbered(child(style, "pPr")),
            )

    def _chain(self, key: str | None) -> Iterator[tuple[str, _Style]]:
        seen: set[str] = set()
        while key is not None and key not in seen and (style := self._styles.get(key)):
            yield key, style
            seen.add(key)
            key = style.based_on

    def vanishes(self, key: str | None) -> bool:
        """Tell whether a style hides its text."""
        return next((s.vanish for _, s in self._chain(key) if s.vanish is not None), False)

    def numbered(self, key: str | None) -> tuple[int | None, int | None, str | None]:
        """Return the list and the level that a style puts its paragraphs in, and which style says so."""
        level = None
        for name, style in self._chain(key):
            listed, at = style.numbered
            level = at if level is None else level
            if listed is not None:
                return listed, level, name
        return None, None, None


def numbered(properties: Any) -> tuple[int | None, int | None]:
    """Return the list and the level that a paragraph's properties name."""
    pair = child(properties, "numPr")
    return number(child(pair, "numId")), number(child(pair, "ilvl"))


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    words: str = ""
    restart: int | None = None
    legal: bool = False
    gap: bool = True
    style: str | None = None


@dataclass(slots=True)
class _List:
    """An abstract list: its levels, and how far each has counted."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs of a document, in its order."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[int, _List] = {}
        self._instances: dict[int, tuple[_List, dict[int, _Level], dict[int, int]]] = {}
        self._begun: set[tuple[int, int]] = set()
        if root is not None:
            links = self._read_lists(root)
            self._read_instances(root)
            for key, style in links.items():
                listed, _, _ = styles.numbered(style)
                if listed in self._instances:
                    self._lists[key].levels = self._instances[listed][0].levels

    def _read_lists(self, root: Any) -> dict[int, str]:
        links = {}
        for item in root:
            key = number(item, "abstractNumId")
            if local(item) != "abstractNum" or key is None:
                continue
            levels = dict(_levels(item))
            self._lists[key] = _List(levels)
            link = attribute(child(item, "numStyleLink"), "val")
            if link is not None and not levels:
                links[key] = link
        return links

    def _read_instances(self, root: Any) -> None:
        for item in root:
            key, abstract = number(item, "numId"), number(child(item, "abstractNumId"))
            if local(item) != "num" or key is None or abstract not in self._lists:
                continue
            own: dict[int, _Level] = {}
            starts: dict[int, int] = {}
            for override in item:
                at = number(override, "ilvl")
                if local(override) != "lvlOverride" or at is None:
                    continue
                own.update(_levels(override))
                start = number(child(override, "startOverride"))
                if start is not None:
                    starts[at] = start
            self._instances[key] = (self._lists[abstract], own, starts)

    def label(self, properties: Any, style: str | None) -> str:
        """Count a paragraph and return its number with what separates it from the words; often empty."""
        listed, at = numbered(properties)
        if listed is None:
            listed, style_at, named = self._styles.numbered(style)
            at = style_at if at is None else at
            if at is None and listed in self._instances:
                levels = self._instances[listed][0].levels
                at = next((i for i, level in levels.items() if level.style == named), 0)
        if not listed or listed not in self._instances:
            return ""
        return self._count(listed, min(max(at or 0, 0), _DEEPEST))

    def _count(self, listed: int, at: int) -> str:
        whole, own, starts = self._instances[listed]
        levels = whole.levels | own
        level = levels.get(at)
        if level is None:
            return ""
        counted = whole.counted
        if (listed, at) not in self._begun and at in starts:
            counted[at] = starts[at]
        else:
            counted[at] = counted[at] + 1 if at in counted else level.start
        self._begun.add((listed, at))
        for i in [i for i in counted if i > at]:
            restart = levels[i].restart if i in levels else None
            if restart != 0 and (restart is None or at < restart):
                del counted[i]

        def figure(m: re.Match[str]) -> str:
            i = int(m[1]) - 1
            of = levels.get(i) or _Level()
            return numeral(counted.get(i, of.start), "decimal" if level.legal else of.form)

        if level.form == "bullet":
            return ""
        words = re.sub(r"%([1-9])", figure, level.words).strip()
        # 一、 and （一） need no space; between 1. and a figure it keeps two numbers apart.
        return words + " " if words and level.gap and words[-1] not in "、）：" else words


def _levels(item: Any) -> Iterator[tuple[int, _Level]]:
    for lvl in item:
        at = number(lvl, "ilvl")
        if local(lvl) != "lvl" or at is None:
            continue
        start, restart = number(child(lvl, "start")), number(child(lvl, "lvlRestart"))
        form, words = attribute(child(lvl, "numFmt"), "val"), attribute(child(lvl, "lvlText"), "val")
        yield (
            at,
            _Level(
                start=1 if start is None else start,
                form=form or "decimal",
                words="" if on(child(lvl, "rPr"), "vanish") else (words or ""),
                restart=restart,
                legal=bool(on(lvl, "isLgl")),
                gap=attribute(child(lvl, "suff"), "val") != "nothing",
                style=attribute(child(lvl, "pStyle"), "val"),
            ),
        )
