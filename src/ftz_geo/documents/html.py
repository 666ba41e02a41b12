"""HTML pages: a block is a line, a table is rows of cells.

Pages are cut into tags and words here, in time that grows with their length alone: what is never closed
(a tag, a comment, a quote) is looked for once.
"""

from __future__ import annotations

import codecs
import html
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from ftz_geo.documents.numerals import numeral
from ftz_geo.documents.plain import decoded
from ftz_geo.documents.tables import Cell, Tables
from ftz_geo.documents.values import Line
from ftz_geo.errors import DocumentError
from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["html_lines"]

MAX_DEPTH = 5_000
"""Tags within tags; a page that people read has some dozens."""
MAX_TABLES_DEEP = 50
"""Tables within tables."""


def html_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read the lines of a page."""
    page = _Page(path, counts)
    page.feed(_page_text(data, path))
    for number, line in enumerate(page.lines(), 1):
        yield Line(line, None, number)


def _page_text(data: bytes, path: str | Path) -> str:
    declared = re.search(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)""", data[:4096], re.IGNORECASE)
    if declared and not data.startswith(codecs.BOM_UTF8):
        name = declared[1].decode("ascii", "replace").lower()
        try:
            # Pages that call themselves GB 2312 use characters of its supersets.
            return data.decode("gb18030" if name.startswith("gb") else name)
        except (LookupError, UnicodeError):
            pass
    return decoded(data, path)


# --- tags and words ---------------------------------------------------------------------------

_TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)
        (?P<attributes>(?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>])*+)>""",
    re.X,
)
_PLAIN_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*+)(?P<attributes>[^>]*+)>")
"""For a page in which a quote is never closed."""
_ATTRIBUTE = re.compile(
    r"""([^\s=/"'>]++)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""",
)
_MARK = re.compile(r"<(?=[!?]|/?[A-Za-z])")
_VERBATIM = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
"""Tags whose content holds no tags."""


def _pieces(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield words as ``("", "", words)``, and tags as their name, ``/`` if they close, and attributes."""
    tag, at, end = _TAG, 0, len(page)
    closed = {">": True, "-->": True}

    def find(mark: str, start: int) -> int:
        if closed[mark] and (found := page.find(mark, start)) >= 0:
            return found + len(mark)
        closed[mark] = False
        return 0

    while at < end:
        m = _MARK.search(page, at)
        if m is None or not closed[">"]:
            yield "", "", page[at:]
            return
        start = m.start()
        if start > at:
            yield "", "", page[at:start]
        at = start
        if page.startswith("<!--", start):
            # What follows a comment that is never closed is read: words are not lost by a slip.
            at = find("-->", start + 2) or start + 4
        elif (found := tag.match(page, start)) or (found := _PLAIN_TAG.match(page, start)):
            if found.re is not tag:
                tag = _PLAIN_TAG
            name = found["name"].lower()
            at = found.end()
            yield name, found["close"], found["attributes"]
            if name in _VERBATIM and not found["close"]:
                after = re.compile(rf"</{name}\b", re.I).search(page, at)
                words, at = (page[at : after.start()], after.start()) if after else (page[at:], end)
                yield "", "", words
        elif page[start + 1] in "!?" and (stop := find(">", start)):
            at = stop
        else:
            closed[">"] = page.find(">", start) >= 0
            yield "", "", "<"
            at = start + 1


def _attributes(words: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(one or two or three)
        for name, one, two, three in _ATTRIBUTE.findall(words)
    }


_ENDLESS_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][\da-fA-F]{7,});?")


def _unescaped(words: str) -> str:
    return html.unescape(_ENDLESS_NUMBER.sub("\ufffd", words)) if "&" in words else words


# --- the page -----------------------------------------------------------------------------------

_HIDDEN = frozenset(
    {"script", "style", "head", "template", "noscript", "svg", "iframe", "noembed", "noframes"}
)
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CELLS = frozenset({"td", "th"})
_IN_TABLES = frozenset({"table", "thead", "tbody", "tfoot", "tr", *_CELLS})
_CLOSES = {
    "p": {"p"},
    "li": {"p", "li"},
    "dt": {"p", "dt", "dd"},
    "dd": {"p", "dt", "dd"},
    "option": {"option"},
}
"""What a tag closes that was left open just before it."""
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_NUMBERED = re.compile(
    rf"[（(]?(?:\d{{1,3}}|[{NUMERALS}]{{1,3}})[、.．)）]|第[{NUMERALS}\d]{{1,4}}[章节条]|[①-⑳]"
)
"""An item whose number is written out; the list's own is then not shown."""
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(slots=True)
class _Scope:
    """What is open inside a cell, or inside the page: an end tag does not reach beyond."""

    cell: Cell = field(default_factory=Cell)
    unseen: bool = False
    open: list[tuple[str, bool]] = field(default_factory=list)
    """Tags, and whether what they hold is hidden."""
    names: Counter[str] = field(default_factory=Counter)
    lists: list[tuple[str, count[int]] | None] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    label: str = ""
    """An item's number, until its words are known."""


@dataclass(slots=True)
class _Table:
    level: int
    """How many scopes are open around it; one more while a cell is."""
    unseen: bool
    rows: list[list[Cell]] = field(default_factory=list)
    row: list[Cell] | None = None
    row_unseen: bool = False


class _Page:
    """Collects the lines of a page."""

    def __init__(self, path: str | Path, counts: Counter[str]) -> None:
        self._path, self._counts = path, counts
        self._written = Tables(path)
        self._scopes = [_Scope()]
        self._tables: list[_Table] = []
        self._depth = self._hidden = self._unseen = self._verbatim = 0
        self._told = False

    def feed(self, page: str) -> None:
        """Read a whole page."""
        for name, closes, words in _pieces(page):
            if not name:
                self._data(_unescaped(words))
            elif closes:
                self._end(name)
            else:
                self._start(name, words)

    def lines(self) -> list[str]:
        """Close what is still open, and return the lines."""
        while self._tables:
            self._end_table()
        self._break()
        lines: list[str] = []
        for part in self._scopes[0].cell.content:
            lines += [part] if isinstance(part, str) else part
        return lines

    # --- words ---

    def _data(self, words: str) -> None:
        if self._hidden or self._unseen:
            if self._unseen and not (self._hidden or self._told) and words.strip():
                self._counts["hidden"] += 1
                self._told = True
        else:
            self._scopes[-1].words.append(words if self._verbatim else re.sub(r"[ \t\r\n\f]+", " ", words))

    def _break(self) -> None:
        """End the line."""
        scope = self._scopes[-1]
        for line in "".join(scope.words).split("\n"):
            if line := line.strip(" \t"):
                shown = "" if _NUMBERED.match(line) else scope.label
                scope.label = ""
                if line.strip():
                    scope.cell.content.append(shown + line)
        scope.words.clear()

    # --- tags ---

    def _start(self, name: str, words: str) -> None:
        if name in _BLOCKS or name == "body":
            self._end("head")  # nobody need close it
            self._break()
        if name in _VOID:
            return
        about = _attributes(words) if words.strip() else {}
        unseen = "hidden" in about or _UNSEEN.search(about.get("style", "")) is not None
        if name in _IN_TABLES:
            self._start_in_table(name, about, unseen)
            return
        scope = self._scopes[-1]
        while scope.open and scope.open[-1][0] in _CLOSES.get(name, ()):
            self._pop(scope)
        scope.open.append((name, unseen))
        scope.names[name] += 1
        self._deeper(1)
        self._hidden += name in _HIDDEN
        self._verbatim += name == "pre"
        self._hide(unseen)
        if name in {"ol", "ul"}:
            scope.lists.append(_list_of(name, about))
        elif name == "li" and scope.lists and (form := scope.lists[-1]):
            scope.label = f"{numeral(next(form[1]), form[0])}. "

    def _end(self, name: str) -> None:
        if name in _BLOCKS:
            self._break()
        if name in _IN_TABLES:
            self._end_in_table(name)
            return
        scope = self._scopes[-1]
        # Closing a tag closes what was left open inside it, as a browser does.
        if scope.names[name]:
            while self._pop(scope) != name:
                pass

    def _pop(self, scope: _Scope) -> str:
        name, unseen = scope.open.pop()
        scope.names[name] -= 1
        self._deeper(-1)
        self._hidden -= name in _HIDDEN
        self._verbatim -= name == "pre"
        self._unseen -= unseen
        if name in {"ol", "ul"}:
            scope.lists.pop()
            scope.label = ""
        return name

    def _hide(self, unseen: bool) -> None:
        self._told = self._told and self._unseen > 0
        self._unseen += unseen

    def _deeper(self, by: int) -> None:
        self._depth += by
        if self._depth > MAX_DEPTH or len(self._tables) > MAX_TABLES_DEEP:
            what = f"tags are nested more than {MAX_DEPTH}"
            if self._depth <= MAX_DEPTH:
                what = f"tables are nested more than {MAX_TABLES_DEEP}"
            raise DocumentError(self._path, f"its {what} deep", "save the page as text")

    # --- tables ---

    def _start_in_table(self, name: str, about: dict[str, str], unseen: bool) -> None:
        if name == "table":
            self._tables.append(_Table(len(self._scopes), unseen))
            self._hide(unseen)
            self._deeper(1)
        elif not self._tables:
            self._data(" ")
        elif name in _CELLS:
            self._start_cell(about, unseen)
        else:
            self._end_row()
            if name == "tr":
                self._start_row(unseen)

    def _start_row(self, unseen: bool) -> None:
        table = self._tables[-1]
        table.row, table.row_unseen = [], unseen
        if not unseen:
            table.rows.append(table.row)
        self._hide(unseen)

    def _start_cell(self, about: dict[str, str], unseen: bool) -> None:
        self._end_cell()
        table = self._tables[-1]
        if table.row is None:
            self._start_row(False)
        cell = Cell(columns=_span(about, "colspan"), rows=_span(about, "rowspan"))
        if table.row is not None and not unseen:
            table.row.append(cell)
        self._scopes.append(_Scope(cell, unseen))
        self._hide(unseen)

    def _end_in_table(self, name: str) -> None:
        if not self._tables:
            return
        if name == "table":
            self._end_table()
        elif name in _CELLS:
            self._end_cell()
        else:
            self._end_row()

    def _end_cell(self) -> None:
        if len(self._scopes) > self._tables[-1].level:
            self._break()
            scope = self._scopes.pop()
            while scope.open:
                self._pop(scope)
            self._unseen -= scope.unseen

    def _end_row(self) -> None:
        self._end_cell()
        table = self._tables[-1]
        self._unseen -= table.row_unseen
        table.row, table.row_unseen = None, False

    def _end_table(self) -> None:
        self._end_row()
        table = self._tables.pop()
        self._break()
        self._unseen -= table.unseen
        self._deeper(-1)
        if not table.unseen and (lines := self._written.lines(table.rows)):
            self._scopes[-1].cell.content.append(lines)


def _list_of(name: str, about: dict[str, str]) -> tuple[str, count[int]] | None:
    """Return how a list numbers its items, and its numbers; None where it does not."""
    if name == "ul" or re.search(r"list-style[^;]*none", about.get("style", "")):
        return None
    first = about.get("start", "").strip()
    return _LIST_FORMS.get(about.get("type", ""), "decimal"), count(
        int(first) if re.fullmatch(r"\d{1,6}", first) else 1
    )


def _span(about: dict[str, str], name: str) -> int:
    words = re.match(r"\s*(\d+)", about.get(name, ""))
    # A number of a hundred digits is no more than one that is too large.
    return max(1, int(words[1][:12])) if words else 1
