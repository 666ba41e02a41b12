"""Running text as the grammar reads it: folded, without spaces or markup, every character traceable."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from ftz_geo.parse.words import TRADITIONAL
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftz_geo.model import Span

__all__ = ["BLANK", "BREAK", "BULLETS", "CELL", "NOTHING", "SPACE", "Prose"]

NOTHING, SPACE, CELL, BREAK, BLANK = range(5)
"""What was left out before a character: nothing, spaces, a cell's edge, a line break, a blank line."""

_FOLD = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}  # full-width ASCII
    | dict.fromkeys("―─━–⸺﹘", "—")
    | dict.fromkeys("－﹣‐‑−", "-")
    | dict.fromkeys("〜∼～", "~")
    | dict.fromkeys("→⇒➔", "→")
    | {"﹑": "、", "､": "、", "︰": ":", "﹕": ":", "﹔": ";", "｡": "。", "．": "."}
    | TRADITIONAL
    | {"【": "[", "】": "]", "〔": "(", "〕": ")", "﹙": "(", "﹚": ")"}
)
"""One character for one character, so that positions stay."""

_MARKUP = (
    "a|b|br|center|div|em|font|h[1-6]|i|li|ol|p|section|span|strong|su[bp]|table|tbody|td|th|thead|tr|u|ul"
)
"""HTML that only sets text. Any other tag is words of the document, like a name, and stays."""

_FOREIGN = re.compile(
    rf"""<(script|style|svg|iframe)\b[^<>\n]{{0,300}}>[^<>\n]{{0,300}}</\1>
    | <(?!/?(?:{_MARKUP})\b)[/!A-Za-z][^<>\n\u4e00-\u9fff]{{0,300}}>""",
    re.X,
)
_OPAQUE = "\ue000"
"""Stands in for the characters of a foreign tag: its brackets and marks are no grammar."""

_LEFT_OUT = re.compile(
    rf"""(?=[\s<&(*`|\#+•▪·\u200b\ufeff-])  # most characters are none of these
    (?:
      (?P<tag>   </?(?:{_MARKUP})\b[^<>\n]{{0,300}}> )
    | (?P<entity> &(?:nbsp|ensp|emsp|ldquo|rdquo|amp|\#\d{{1,6}}); )
    | (?P<pinyin> (?<=[\u4e00-\u9fff])(?!(?<=[积模地])\(ha\))   # 面积(ha) is a unit
                  \([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{{1,6}}\)
                  (?:\([a-z]{{1,6}}\))* )                 # 東(dong): left by some web pages
    | (?P<blank> (?:
          (?:(?<=\n)|\A)[ \t]*[-+•▪·](?=[ \t])            # a list's bullet
        | (?<=\|)[ ]*:?-{{2,}}:?[ ]*(?=\|)                  # the rule under a table's head
        | [\s\u200b\ufeff*`|\#]
      )+ )
    )
    """,
    re.X,
)

_LINE_TAG = re.compile(r"</?(?:p|div|br|tr|li|h\d|table)\b", re.I)
_CELL_TAG = re.compile(r"</?(?:td|th)\b", re.I)

BULLETS = "●•◆■▪·○◇□★☆▶►➢➤✓√※▌▍"
"""Marks that stand before the items of a list."""

_STARTS_ITEM = re.compile(
    rf"""
      [({{\[]?(?:[{NUMERALS}]{{1,4}}|\d{{1,3}}|[A-Za-z])[)\]、.．](?!\d)   # (一) 1. 二、 3)
    | 第[{NUMERALS}\d]{{1,4}}[章节条款项]
    | [①-⑳-]
    | [{BULLETS}]
    | (?:区块|片区|地块|组团|范围|附件|附表|附图)[之第]?[{NUMERALS}\dA-Z]{{1,3}}
    """,
    re.X,
)


@dataclass(frozen=True)
class Prose:
    r"""A text and its folded form.

    Examples
    --------
    >>> prose = Prose.of("四至范围为東\n\n至 滨湖路、南至（甲）路")
    >>> prose.text
    '四至范围为东至滨湖路、南至(甲)路'
    >>> prose.words(7, 10), prose.span(5, 10)
    ('滨湖路', (5, 13))
    """

    raw: str
    """The text as given."""
    text: str
    """Folded to simplified grammar words and ASCII punctuation; no spaces but between Latin words."""
    at: array[int]
    """Position in ``raw`` of every character of ``text``, and at the end the length of ``raw``."""
    gaps: bytes
    """What was left out before every character."""

    @classmethod
    def of(cls, raw: str) -> Prose:
        """Fold a text."""
        folded = _FOREIGN.sub(lambda tag: _OPAQUE * len(tag.group()), raw.translate(_FOLD))
        pieces: list[str] = []
        at = array("q")
        gaps = bytearray()
        wrapped = _wrapped(folded)
        start, gap = 0, BLANK
        for m in _LEFT_OUT.finditer(folded):
            kept = folded[start : m.start()]
            if kept:
                pieces.append(kept)
                at.extend(range(start, m.start()))
                gaps.append(gap)
                gaps.extend(bytes(len(kept) - 1))
                gap = NOTHING
            left = m.group()
            if m.lastgroup == "blank" or m.lastgroup == "entity":
                breaks = left.count("\n")
                cell = "\t" in left or "|" in left
                size = BLANK if breaks > 1 else BREAK if breaks else CELL if cell else SPACE
                if size == BREAK and m.start() + left.index("\n") in wrapped:
                    size = SPACE
                after = folded[m.end() : m.end() + 1]
                if kept and _is_latin(kept[-1]) and after.isascii() and after.isalnum():
                    pieces.append(" ")
                    at.append(m.start())
                    gaps.append(NOTHING)
            elif m.lastgroup == "tag":
                size = BREAK if _LINE_TAG.match(left) else CELL if _CELL_TAG.match(left) else NOTHING
            else:
                size = NOTHING
            gap = max(gap, size)
            start = m.end()
        kept = folded[start:]
        if kept:
            pieces.append(kept)
            at.extend(range(start, len(folded)))
            gaps.append(gap)
            gaps.extend(bytes(len(kept) - 1))
        at.append(len(raw))
        return cls(raw=raw, text="".join(pieces), at=at, gaps=bytes(gaps))

    def with_cells(self, starts: Iterable[int]) -> Prose:
        """Return the text with a cell's edge before each of some places, if only spaces stand there."""
        gaps = bytearray(self.gaps)
        for i in starts:
            if i < len(gaps):
                gaps[i] = max(gaps[i], CELL)
        return replace(self, gaps=bytes(gaps))

    def span(self, start: int, end: int) -> Span:
        """Return the span of the raw text for a stretch of the folded one."""
        return (self.at[start], self.at[end - 1] + 1) if end > start else (self.at[start], self.at[start])

    def words(self, start: int, end: int) -> str:
        """Return the words as written, without line breaks and the spaces between Chinese characters.

        A break between two Latin words is a space.
        """
        first, last = self.span(start, end)
        if last - first == end - start:
            return self.raw[first:last]
        out = [self.raw[first]]
        for i in range(start + 1, end):
            # Breaks, and the marks and readings that a web page left inside a name, are no part of it.
            between = self.raw[self.at[i - 1] + 1 : self.at[i]]
            if (
                between
                and not between.strip(" \u3000\u00a0")
                and not (_is_han(out[-1]) and _is_han(self.text[i]))
            ):
                out.append(between)
            out.append(" " if self.text[i] == " " else self.raw[self.at[i]])
        return "".join(out)

    @cached_property
    def line_starts(self) -> list[int]:
        """Positions in ``text`` where a line begins."""
        return [m.start() for m in re.finditer(rb"[\x03\x04]", self.gaps)]

    def begins_item(self, i: int) -> bool:
        """Tell whether a line begins at ``i`` with a number or label of its own."""
        return self.gaps[i] >= BREAK and _STARTS_ITEM.match(self.text, i) is not None


_PAGE = range(36, 101)
"""How wide pages of running text are, in columns of which a Chinese character takes two."""
_FULL = 0.75
"""Of the page's width a line takes as much before a long number, which no line parts, goes to the next."""
_LINES = 3
"""So many lines that flow on make a page."""
_TABULAR = re.compile(r"[\t|]|\S {2,}\S|\S\u3000\S")


_KEY = re.compile("[\u4e00-\u9fff]{2,8}:")
"""What begins a line of a form: 用地单位：."""


def _wrapped(text: str) -> frozenset[int]:
    r"""Return the line breaks that stand only where a line of the page is full, if the page is set so.

    Examples
    --------
    >>> full = "一二三四五,六七八九十" * 2
    >>> sorted(_wrapped("\n".join([full, full, full, full + "。", "乙"]))), _wrapped("甲,\n乙")
    ([22, 45, 68], frozenset())
    """
    lines = text.split("\n")
    widths = [sum(2 if c > "\u2e7f" else 1 for c in line.rstrip()) for line in lines]
    page = max(widths)
    if page not in _PAGE:
        return frozenset()
    flowing: list[int] = []
    for k, (line, following) in enumerate(pairwise(lines)):
        goes_on = bool(flowing) and flowing[-1] == k - 1
        if widths[k] >= _FULL * page and _flows(line, following, goes_on=goes_on):
            flowing.append(k)
    ends = list(accumulate(len(line) + 1 for line in lines))
    return frozenset(ends[k] - 1 for k in flowing) if len(flowing) >= _LINES else frozenset()


def _flows(line: str, following: str, *, goes_on: bool) -> bool:
    """Whether a full line goes on in the one below it: both are of a sentence, and neither is of a table."""
    begun = following.lstrip()
    if not begun or any(_TABULAR.search(words) for words in (line.strip(), begun)):
        return False
    if _STARTS_ITEM.match(begun) or _KEY.match(begun):
        return False
    indent = len(following) - len(begun)
    if line.rstrip()[-1] in "。;:!?" or indent > len(line) - len(line.lstrip()):
        return False
    return goes_on or re.search("[,。、;:]", line) is not None


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in ".,:;)")


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
