"""Word files as Word shows them: tracked changes accepted, fields as they came out, numbers counted.

The text is walked in the order of the document. What stands beside it (footnotes, text boxes) follows the
paragraph or the table that it belongs to.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftz_geo.documents.archive import Archive
from ftz_geo.documents.numbering import Numbering, Styles
from ftz_geo.documents.tables import Cell, Tables
from ftz_geo.documents.values import Line
from ftz_geo.documents.xml import attribute, child, local, number, on
from ftz_geo.errors import DocumentError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["word_lines"]

MAX_TABLES_DEEP = 20
"""Tables within tables."""
MAX_FIELDS_DEEP = 50
"""Fields within fields; those that are deeper are read as words."""


def word_lines(data: bytes, path: str | Path, counts: Counter[str]) -> Iterator[Line]:
    """Read the lines of a Word file."""
    archive = Archive(data, path)
    main = _main_part(archive, path)
    body = child(archive.tree(main), "body")
    if body is None:
        raise DocumentError(path, "the Word file is damaged (it has no body)", "save it again as .docx")
    targets = _targets(archive, main)

    def tree(kind: str) -> Any:
        name = targets.get(kind)
        return archive.tree(name) if name in archive.names else None

    styles = Styles(tree("styles"))
    notes = {
        (kind, key): note
        for kind in ("footnote", "endnote")
        if (root := tree(f"{kind}s")) is not None
        for note in root
        if attribute(note, "type") in {None, "normal"} and (key := attribute(note, "id")) is not None
    }
    walk = _Walk(styles, Numbering(tree("numbering"), styles), notes, Tables(path), counts, path)
    for at, line in enumerate(walk.body(body), 1):
        yield Line(line, None, at)


def _main_part(archive: Archive, path: str | Path) -> str:
    if "_rels/.rels" in archive.names:
        for relation in archive.tree("_rels/.rels"):
            target = (relation.get("Target") or "").lstrip("/")
            if (relation.get("Type") or "").endswith("/officeDocument") and target in archive.names:
                return target
    if "word/document.xml" in archive.names:
        return "word/document.xml"
    raise DocumentError(path, "this is an archive, but no Word file", "unpack it, or name a .docx")


def _targets(archive: Archive, main: str) -> dict[str, str]:
    """Return the parts that belong to the main one, by what they are."""
    folder, name = posixpath.split(main)
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    found = {
        kind: posixpath.join(folder, f"{kind}.xml")
        for kind in ("styles", "numbering", "footnotes", "endnotes")
    }
    if relations in archive.names:
        for relation in archive.tree(relations):
            kind = (relation.get("Type") or "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or ""))
            if relation.get("TargetMode") != "External":
                found[kind] = target.lstrip("/")
    return found


_LEFT_OUT = frozenset(
    "pPr rPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr sectPr instrText delInstrText delText fldData ffData rt "
    "customXmlPr smartTagPr rubyPr".split()
)
_WRITTEN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = frozenset({"blip", "imagedata", "chart", "relIds"})

_SYMBOL = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "αβχδεφγηιϕκλμνοπθρστυϖωξψζΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ",
        strict=True,
    )
) | {
    chr(code): sign
    for code, sign in zip(
        (0xA2, 0xA3, 0xA5, 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB7, 0xB8, 0xB9, 0xBB, 0xBC, 0xAE, 0xD7),
        "′≤∞°±″≥×•÷≠≈…→⋅",
        strict=True,
    )
}
_WINGDINGS = {
    chr(code): sign
    for code, sign in zip(
        (0x6C, 0x6E, 0x6F, 0x71, 0x75, 0x9F, 0xA7, 0xA8, 0xD8, 0xE0, 0xFB, 0xFC, 0xFD, 0xFE),
        "●■□❑◆•▪□➢→✗✓☒☑",
        strict=True,
    )
}
_WINGDINGS |= {chr(0x80 + i): sign for i, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿")}


def _symbol(font: str, code: str) -> str | None:
    """Return a ``w:sym`` as a character of Unicode, or None where its font's table is not known.

    Examples
    --------
    >>> _symbol("Symbol", "F0B1"), _symbol("Wingdings", "F0FE"), _symbol("宋体", "33A1"), _symbol("A", "F041")
    ('±', '☑', '㎡', None)
    """
    if not re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) or 0xD800 <= int(code, 16) < 0xE000:
        return None
    value = int(code, 16)
    if not 0xF000 <= value <= 0xF0FF:
        return chr(value) if value > 0x1F and value not in range(0xE000, 0xF900) else None
    key = chr(value - 0xF000)
    if font.lower() == "symbol":
        return _SYMBOL.get(key, key if 0x20 <= ord(key) < 0x40 else None)
    return _WINGDINGS.get(key) if font.lower() == "wingdings" else None


@dataclass(slots=True)
class _Walk:
    """Walks a document once, in its order, and counts what it leaves out."""

    styles: Styles
    numbering: Numbering
    notes: dict[tuple[str, str], Any]
    """Footnotes and endnotes that nothing has referred to yet."""
    tables: Tables
    counts: Counter[str]
    path: str | Path
    after: list[str] = field(default_factory=list)
    """Lines of footnotes and text boxes that follow the paragraph or the table being read."""
    fields: list[bool] = field(default_factory=list)
    """The complex fields that are open, and whether it is their code that is being read."""
    deep: int = 0

    def body(self, body: Any) -> Iterator[str]:
        """Yield the lines of the document, each paragraph and table followed by what belongs to it."""
        for part in self.content(body):
            yield from part.split("\n") if isinstance(part, str) else part
            following, self.after = self.after, []
            yield from following

    def story(self, container: Any) -> list[str]:
        """Return the lines of a footnote or of a text box."""
        lines: list[str] = []
        for part in self.content(container):
            lines += part.split("\n") if isinstance(part, str) else part
        return lines

    def content(self, container: Any) -> Iterator[str | list[str]]:
        """Yield a container's lines, and the lines of each of its tables."""
        carried = ""
        for block in self._inside(container, ("p", "tbl", "altChunk")):
            if local(block) == "tbl":
                yield self._table(block)
            elif local(block) == "altChunk":
                self.counts["embedded"] += 1
            else:
                words, ends = self._paragraph(block, carried)
                carried = "" if ends else words
                if ends:
                    yield words
        if carried:
            yield carried

    def _inside(self, container: Any, wanted: tuple[str, ...], inserted: bool = False) -> Iterator[Any]:
        """Yield a container's elements of some names, through what Word wraps them in."""
        for element in container:
            name = local(element)
            if name in wanted:
                yield element
            elif name in {"del", "moveFrom"}:
                self._count("deleted", element)
            elif name == "AlternateContent":
                yield from self._inside(_chosen(element), wanted, inserted)
            elif name in {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"}:
                added = name in {"ins", "moveTo"}
                if added and not inserted:
                    self._count("inserted", element)
                yield from self._inside(element, wanted, inserted or added)

    def _count(self, code: str, element: Any) -> None:
        if any(local(e) in {"t", "delText", "sym"} and (e.text or local(e) == "sym") for e in element.iter()):
            self.counts[code] += 1

    # --- tables ---

    def _table(self, table: Any) -> list[str]:
        self.deep += 1
        if self.deep > MAX_TABLES_DEEP:
            problem = f"its tables are nested more than {MAX_TABLES_DEEP} deep"
            raise DocumentError(self.path, problem, "save the document as text")
        rows: list[list[Cell]] = []
        above: frozenset[int] = frozenset()
        for row in self._inside(table, ("tr",)):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                self._count("deleted", row)
            elif on(properties, "hidden"):
                self.counts["hidden-rows"] += 1
            else:
                if child(properties, "ins") is not None:
                    self._count("inserted", row)
                cells, above = self._row(row, properties, above)
                rows.append(cells)
        self.deep -= 1
        return self.tables.lines(rows)

    def _row(self, row: Any, properties: Any, above: frozenset[int]) -> tuple[list[Cell], frozenset[int]]:
        """Read a row; ``above`` are the columns in which a cell of the row above may go on."""
        cells: list[Cell] = []
        merged: set[int] = set()
        at = 0

        def add(columns: int | None, content: list[str | list[str]]) -> None:
            nonlocal at
            cells.append(Cell(content, max(columns or 1, 1)))
            at += cells[-1].columns

        if before := number(child(properties, "gridBefore")):
            add(before, [])
        for tc in self._inside(row, ("tc",)):
            about = child(tc, "tcPr")
            if child(about, "cellDel") is not None:
                self._count("deleted", tc)
                continue
            upward, sideways = child(about, "vMerge"), child(about, "hMerge")
            covered = (sideways is not None and attribute(sideways, "val") != "restart") or (
                upward is not None and attribute(upward, "val") != "restart" and at in above
            )
            if upward is not None:
                merged.add(at)
            if covered:
                self._count("hidden", tc)
            add(number(child(about, "gridSpan")), [] if covered else list(self.content(tc)))
        if after := number(child(properties, "gridAfter")):
            add(after, [])
        return cells, frozenset(merged)

    # --- paragraphs ---

    def _paragraph(self, paragraph: Any, carried: str) -> tuple[str, bool]:
        """Return a paragraph's words, and whether it ends: a deleted mark joins it to the next."""
        properties = child(paragraph, "pPr")
        style = attribute(child(properties, "pStyle"), "val") or self.styles.default
        mark = child(properties, "rPr")
        ends = child(mark, "del") is None and child(mark, "moveFrom") is None
        label = self.numbering.label(properties, style) if ends and not on(mark, "vanish") else ""
        out: list[str] = []
        self._inline(paragraph, out, self.styles.vanishes(style))
        # A field's code never goes beyond its paragraph: one that nothing separates or ends hides no more.
        self.fields = [False] * len(self.fields)
        words = carried + "".join(out)
        return (label + words if words.strip() else words), ends

    def _inline(self, element: Any, out: list[str], hidden: bool) -> None:
        for part in element:
            name = local(part)
            if name in _LEFT_OUT:
                continue
            if name == "r":
                self._run(part, out, hidden)
            elif name in {"del", "moveFrom"}:
                self._count("deleted", part)
            elif name == "AlternateContent":
                self._inline(_chosen(part), out, hidden)
            else:
                if name in {"ins", "moveTo"} and local(element) not in {"ins", "moveTo"}:
                    self._count("inserted", part)
                self._part(name, part, out, hidden)

    def _run(self, run: Any, out: list[str], hidden: bool) -> None:
        properties = child(run, "rPr")
        vanish = on(properties, "vanish")
        if vanish is None:
            vanish = self.styles.vanishes(attribute(child(properties, "rStyle"), "val")) or hidden
        if vanish:
            self._count("hidden", run)
            for mark in run:
                if local(mark) == "fldChar":
                    self._field(attribute(mark, "fldCharType"))
        else:
            self._inline(run, out, hidden)

    def _part(self, name: str, part: Any, out: list[str], hidden: bool) -> None:
        if name == "fldChar":
            self._field(attribute(part, "fldCharType"))
        elif any(self.fields):
            return
        elif name == "t":
            out.append(part.text or "")
        elif name in _WRITTEN:
            out.append(_WRITTEN[name])
        elif name == "sym":
            sign = _symbol(attribute(part, "font") or "", attribute(part, "char") or "")
            self.counts["symbols"] += sign is None
            out.append("\ufffd" if sign is None else sign)
        elif name in {"footnoteReference", "endnoteReference"}:
            self._note(name.removesuffix("Reference"), attribute(part, "id") or "")
        elif name == "txbxContent":
            self.after += self.story(part)
        elif name == "commentReference":
            self.counts["comments"] += 1
        else:
            self.counts["pictures"] += name in _PICTURES
            if name == "den":  # of a fraction
                out.append("/")
            self._inline(part, out, hidden)

    def _field(self, kind: str | None) -> None:
        if kind == "begin" and len(self.fields) < MAX_FIELDS_DEEP:
            self.fields.append(True)
        elif kind == "separate" and self.fields:
            self.fields[-1] = False
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _note(self, kind: str, key: str) -> None:
        note = self.notes.pop((kind, key), None)
        if note is not None:
            self.counts["footnotes"] += 1
            lines = self.story(note)
            self.after += [line for line in lines if line.strip()]


def _chosen(alternatives: Any) -> Any:
    """Return what is shown of the same content given twice, for newer and for older programs."""
    choice = child(alternatives, "Choice")
    fallback = child(alternatives, "Fallback")
    return choice if choice is not None else fallback if fallback is not None else ()
