"""Figures and boundaries put in a tree: what stands below what, by punctuation and a few words.

A node is a piece of ground that the text speaks of: a figure with what it is said of, the sides told beside
it, or sides alone. Below it stands what 其中, 包括, 分为, a colon or a bracket lead down to.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ftz_geo.parse.groups import Group
from ftz_geo.parse.heads import (
    is_general,
    is_matter,
    is_place,
    is_sentence,
    name_after,
    name_before,
    opening_place,
    place_in,
)
from ftz_geo.parse.prose import BREAK, BULLETS
from ftz_geo.parse.series import series_of, style_of
from ftz_geo.parse.words import DOWN, LEAD_INS, SUMMING
from ftz_geo.wording import NUMERALS, folded, one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftz_geo.parse.areas import StatedArea
    from ftz_geo.parse.heads import Label
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.series import Series

__all__ = ["Node", "Sentences", "tree_of"]


@dataclass(eq=False)
class Node:
    """A piece of ground that the text speaks of; positions in the folded text."""

    start: int
    """Where the words for what it is begin."""
    end: int
    kind: Literal["place", "use", "generic"]
    name: str | None = None
    """What it is called, where the words name something."""
    stated: StatedArea | None = None
    group: Group | None = None
    label: Label | None = None
    number: str | None = None
    """The number or code that its row of a table gives it."""
    in_series: bool = False
    """It is an item of a numbered list of blocks, or of lines of names and areas."""
    heads_line: bool = False
    """Its name begins a line and stands before a colon or its area: 湖滨园：位于…, WC-07街区 2公顷."""
    scope: str | None = None
    """Of several pieces of ground of one name which: 保护范围, 建设控制地带."""
    is_row: bool = False
    """It is a row of a table."""
    title: tuple[int, int] | None = None
    """Where the title of its table stands."""
    below: list[Node] = field(default_factory=list)
    up: Node | None = None

    @property
    def is_listed(self) -> bool:
        """Whether it is one of several told alike."""
        sisters = self.up.below if self.up else []
        told = self.label is not None or self.is_row or self.heads_line or self.scope is not None
        return told or len([n for n in sisters if n.kind == self.kind]) > 1


class Sentences:
    """Where the sentences of a text end: at a full stop, and at a line's end unless a colon leads on."""

    def __init__(self, prose: Prose) -> None:
        text, gaps = prose.text, prose.gaps
        self._text_end = len(text)
        self._ends = [
            i
            for i in range(1, len(text))
            if text[i - 1] in "。!?"
            or (gaps[i] >= BREAK and text[i - 1] != ":")
            or (text[i - 1] == "." and text[i] == " " and not text[i - 2].isdigit())
        ]

    def number(self, at: int) -> int:
        """Return which sentence a place lies in, from 0."""
        return bisect_right(self._ends, at)

    def span(self, number: int) -> tuple[int, int]:
        """Return where a sentence begins and ends."""
        start = self._ends[number - 1] if number else 0
        return start, self._ends[number] if number < len(self._ends) else self._text_end


_COUNT_BEHIND = re.compile(rf"(?<=.)[{NUMERALS}\d]+[个处座家]$")
"""How many there are of what is named: 饮用水水源保护区2个."""
_CLAUSE_END = re.compile(r"[,。;:(]")

_SCOPE = re.compile(r"(?:重点|一般|核心|[一二三]类)?(?:保护范围|(?:建设)?控制地带)(?=(?:四至)?[为是:]*$)")
"""保护范围：东至…: where 建设控制地带 is told too, each is a piece of ground."""

_SCOPE_OPENS = re.compile(r"(?P<name>(?:重点|一般|[一二三]类)?(?:保护范围|(?:建设)?控制地带))[为:](?=.*面积)")

_MARKS = rf"—\-*{BULLETS}"
_LED_ON = re.compile(rf":(?:[(]?[{NUMERALS}\d]{{1,3}}[)、.]*|[{_MARKS}①-⑳])*$")
"""A colon that leads on to a list, with the number or bullet of its first item."""

_DIVIDES = re.compile(rf"[{_MARKS}]*(?:其中|分别为|具体(?:为|如下|包括)|含|内含|包含)")
"""What a sentence begins with that divides the ground of the one before it."""


def tree_of(
    prose: Prose,
    stated: Sequence[StatedArea],
    groups: Sequence[Group],
    labels: Sequence[Label],
    sentences: Sentences,
) -> list[Node]:
    """Return the nodes that stand below no other, in the order of the text.

    Parameters
    ----------
    prose : Prose
    stated : sequence of StatedArea
        Figures that may be areas of something; those set aside but for uses of land are none.
    groups : sequence of Group
    labels : sequence of Label
        Outside of the sides.
    sentences : Sentences

    Returns
    -------
    list of Node
    """
    told = sorted([*(s.number for s in stated if s.aside is None), *(g.start for g in groups)])
    return _Planting(prose, labels, sentences, series_of(prose, labels, told)).tree(stated, groups)


class _Planting:
    def __init__(self, prose: Prose, labels: Sequence[Label], sentences: Sentences, series: Series) -> None:
        self.prose = prose
        self.series = series
        self.sentences = sentences
        self._labels = list(labels)
        self._label_starts = [label.start for label in labels]
        self._lines: set[int] = set()
        """Where the figures stand that a list of lines tells."""

    def tree(self, stated: Sequence[StatedArea], groups: Sequence[Group]) -> list[Node]:
        """Return the tops of the tree; figures and sides of one piece of ground are one node."""
        self._lines = self._listed_lines(stated)
        parts: list[tuple[int, StatedArea | Group]] = [(s.end, s) for s in stated]
        parts += [(g.start, g) for g in groups]
        tops: list[Node] = []
        last: Node | None = None
        for _, part in sorted(parts, key=lambda p: p[0]):
            owner = self._owner(last, part) if last is not None else None
            if owner is not None:
                if isinstance(part, Group):
                    owner.group = part
                else:
                    owner.stated = part
                owner.end = max(owner.end, part.end)
                continue
            node = self._of_group(part, last) if isinstance(part, Group) else self._of_figure(part, last)
            node.in_series = self._is_item(node)
            node.up = self._up(last, node) if last else None
            (node.up.below if node.up else tops).append(node)
            last = node
        return tops

    # --- nodes

    def _owner(self, last: Node, part: StatedArea | Group) -> Node | None:
        """Return the node that a figure or sides are of, if it is one that stands there already."""
        begins = part.start if isinstance(part, Group) else part.number
        end = max(last.end, 0)
        between = self.prose.text[end:begins]
        node = self._divided(last) if "。" in between else last
        if between.count(")") > between.count("("):
            node = self._opened(last) or last
        return node if self._belongs(node, end, part) else None

    def _belongs(self, node: Node, end: int, part: StatedArea | Group) -> bool:
        """Whether sides or a figure are of the piece of ground that a node is."""
        text = self.prose.text
        begins = part.start if isinstance(part, Group) else part.number
        k = bisect_right(self._label_starts, end - 1)
        if k < len(self._label_starts) and self._label_starts[k] < begins:
            return False  # another part of the text begins between
        if not isinstance(part, Group):
            if node.stated is not None or node.group is None:
                return False
            own = part.subject is None or is_general(self.prose.words(*part.subject))
            between = text[end : part.number]
            of_item = node.in_series and part.role == "own" and "。" not in between
            near = self._is_near(between) or of_item
            return own and part.aside is None and near and "其中" not in between
        between = text[end : part.start]
        lines = sum(gap >= BREAK for gap in self.prose.gaps[end : part.start + 1])
        if lines > (0 if node.kind == "use" else 1) and "。" in between + "。" * (node.kind == "use"):
            return False
        if node.group is not None or (node.kind == "use" and not re.search(rf"{one_of(LEAD_INS)}", between)):
            return False
        if self._names_another(node, end, part):
            return False
        in_line = not any(gap >= BREAK for gap in self.prose.gaps[end : part.start + 1])
        if between == "。" and in_line and node.kind == "place":
            return True  # 湖滨园面积2公顷。东至…
        return self._is_near(between) or (node.label is not None and in_line and len(between) < 100)

    def _is_near(self, between: str) -> bool:
        """Whether nothing but a word that leads on stands between, across a full stop at most one."""
        if re.search("[;!?]", between) or len(between) > 60 or "其中" in between:
            return False
        if "。" in between:
            return (
                re.fullmatch(rf"[^。]{{0,20}}。[^。]{{0,16}}?(?:{_OWN_WORDS})?[^。,]{{0,12}}", between)
                is not None
                and re.search(_OWN_WORDS, between) is not None
            )
        return True

    def _names_another(self, node: Node, end: int, group: Group) -> bool:
        """Whether the words right before sides name another place than the node's."""
        text = self.prose.text
        lead = re.sub(rf"的?(?:{one_of(LEAD_INS)})?(?:为|是|:)*$", "", text[end : group.start])
        found = re.split("[,。;:]", lead)[-1]
        return len(found) > 1 and is_place(found) and not is_general(found) and found != node.name

    def _of_figure(self, stated: StatedArea, before: Node | None) -> Node:
        name = self.prose.words(*stated.subject) if stated.subject else None
        start = min(stated.subject[0], stated.number) if stated.subject else stated.clause
        end = max(stated.subject[1], stated.end) if stated.subject else stated.end
        while self.prose.text[start] == " ":
            start += 1
        label = self._label_before(start, before)
        if stated.aside == "land-use":
            return Node(start, stated.end, "use", name, stated)
        plain = self.prose.text[slice(*stated.subject)] if stated.subject else ""
        if label is not None and (is_general(plain) or not is_place(plain)):
            own = self._called(label, stated.number)
            if own is None:
                label = None
            else:
                name, start = own or name, label.start
                plain = folded(name or "")
        if name is None and (before_colon := self._before_colon(stated.clause)):
            name, start = before_colon
            plain = folded(name)
        lead = self.sentences.span(self.sentences.number(stated.clause))[0]
        if plain == "" and (m := _SCOPE_OPENS.match(self.prose.text, lead, stated.number)):
            node = Node(lead, stated.end, "place", self.prose.words(*m.span("name")), stated)
            return self._of_headline(node)
        opening = self._opening(before.end if before else 0, stated.clause)
        if not plain and label is None and opening is not None and (before or self._is_headed_by(*opening)):
            name, start = self.prose.words(*opening), opening[0]
            plain = self.prose.text[slice(*opening)]
        if re.search(SUMMING, self.prose.text[max(0, start - 2) : stated.number]):
            return Node(start, stated.end, "generic", None, stated)
        named = bool(plain) and not is_general(plain) and (is_place(plain) or label is not None)
        if label is not None and name is not None and self._is_headed(label, name):
            named = True
        if label is not None and (label.firm or (name and label.start in self.series.blocks)):
            named = True
        node = Node(start, end, "place" if named else "generic", name, stated, None, label)
        node.heads_line = named and (
            stated.number in self._lines or self._is_headed_by(start, start + len(name or ""))
        )
        return node

    def _listed_lines(self, stated: Sequence[StatedArea]) -> set[int]:
        """Return where the figures stand that follow a name at a line's beginning, in two lines or more."""
        gaps = self.prose.gaps
        leading = [
            s
            for s in stated
            if s.subject and s.subject[1] <= s.number <= s.subject[1] + 6 and gaps[s.subject[0]] >= BREAK
        ]
        found: set[int] = set()
        for one, other in pairwise(leading):
            breaks = sum(gap >= BREAK for gap in gaps[one.end : other.number])
            if breaks == 1:
                found |= {one.number, other.number}
        return found

    def _is_headed_by(self, start: int, end: int) -> bool:
        """Whether a name that a line begins with stands before a colon: 湖滨园：位于…，面积…."""
        return self.prose.text[end : end + 1] == ":" and self.prose.gaps[start] >= BREAK

    def _is_headed(self, label: Label, name: str) -> bool:
        """Whether a name stands between a label and a colon: (2)示范区:面积…, general as it may be."""
        end = label.end + len(name)
        return self.prose.text[end : end + 1] == ":" and self.prose.words(label.end, end) == name

    def _called(self, label: Label, end: int) -> str | None:
        """Return the name that follows a label, empty if none does; None where the label counts sentences."""
        name, _ = name_after(self.prose, label.end, end)
        name = _COUNT_BEHIND.sub("", name) if name else name
        if label.firm or (name is not None and not is_sentence(folded(name))):
            return name or ""
        stop = _CLAUSE_END.search(self.prose.text, label.end, end)
        words = self.prose.text[label.end : stop.start() if stop else end]
        if name is None and (len(words) < 2 or not is_sentence(words)):
            return ""
        found = place_in(self.prose, label.end, label.end + len(words))
        name = self.prose.words(*found) if found else ""
        return name if is_place(name) and not is_sentence(folded(name)) else None

    def _opening(self, past: int, clause: int) -> tuple[int, int] | None:
        """Return the place that the sentence of a clause begins with, if no other node stands before it."""
        start, _ = self.sentences.span(self.sentences.number(clause))
        start = max(start, self.prose.text.rfind(";", start, clause) + 1)
        return opening_place(self.prose, start, clause) if start >= past else None

    def _before_colon(self, at: int) -> tuple[str, int] | None:
        """Return the place before a colon that opens a clause, and where it begins: 主园区：面积…."""
        text = self.prose.text
        if at < 3 or text[at - 1] != ":":
            return None
        a = max(text.rfind(c, 0, at - 1) for c in ",。;:!?()") + 1
        a = max([a, *(i for i in range(a + 1, at - 1) if self.prose.gaps[i] >= BREAK)])
        found = place_in(self.prose, a, at - 1)
        name = self.prose.words(*found) if found else ""
        return (name, found[0]) if found and is_place(name) and not is_general(name) else None

    def _of_group(self, group: Group, before: Node | None) -> Node:
        lowest = before.end if before else 0
        label = self._label_before(group.start, before)
        if label is not None:
            own = self._called(label, group.start)
            if own is not None:
                return Node(label.start, group.end, "place", own or None, None, group, label)
        if scope := self._scope_before(group.start):
            node = Node(scope[0], group.end, "place", self.prose.words(*scope), None, group)
            return self._of_headline(node)
        name = name_before(self.prose, max(lowest, group.start - 160), group.start)
        opening = self._opening(lowest, group.start)
        if opening is not None and (name is None or name.endswith(self.prose.words(*opening))):
            name = self.prose.words(*opening)
        kind: Literal["place", "generic"] = "place" if name and not is_general(name) else "generic"
        return Node(group.start, group.end, kind, name, None, group)

    def _scope_before(self, at: int) -> tuple[int, int] | None:
        """Return where the words for one of several scopes stand right before sides."""
        m = _SCOPE.search(self.prose.text, max(0, at - 16), at)
        return m.span() if m and "控制地带" in self.prose.text else None

    def _of_headline(self, node: Node) -> Node:
        """Give one of several scopes the name of the numbered line above it: 2、陈氏宗祠."""
        k = bisect_right(self._label_starts, node.start) - 1
        if k >= 0 and node.name is not None:
            label = self._labels[k]
            stop = min(label.end + 30, node.start)
            end = next((i for i in range(label.end + 1, stop + 1) if self.prose.gaps[i] >= BREAK), None)
            name, last = name_after(self.prose, label.end, end) if end else (None, 0)
            if name and last == end and not is_sentence(folded(name)) and not is_matter(folded(name)):
                node.name, node.scope = name, node.name
        return node

    def _label_before(self, at: int, before: Node | None) -> Label | None:
        """Return the label of the clause or line that a node stands in, if no node stands between."""
        k = bisect_right(self._label_starts, at) - 1
        if k < 0:
            return None
        label = self._labels[k]
        if label.start in self.series.sentences or (before is not None and label.start < before.end):
            return None
        here = self.sentences.number(label.start)
        same = here == self.sentences.number(at)
        # What stands below a headline, or behind a name and a full stop, is told of it.
        lead = self.prose.text[label.end : at - 1]
        below = here == self.sentences.number(at - 1) and not (at and re.search("[,;。]", lead))
        return label if same or below or at - label.end < 4 else None

    # --- the tree

    def _up(self, last: Node, node: Node) -> Node | None:
        """Return the node that one stands below, from what stands between it and the last."""
        text = self.prose.text
        between = re.sub(r"\([^()]*\)", "", text[last.end : max(node.start, last.end)])
        between = _LEAD.sub("", between)
        if self.sentences.number(node.start) != self.sentences.number(max(last.end - 1, 0)):
            return self._up_across(last, node, between)
        if between.count(")") > between.count("("):
            opened = self._opened(last)
            if opened is not None:
                last, between = opened, between[between.rfind(")") + 1 :]
        if "(" in between or DOWN.search(between) or DOWN.match(text, node.start, node.end):
            return last.up if self._goes_on(last, between) else last
        if ":" in between and (last.kind == "generic" or _LED_ON.search(between)):
            return last
        if last.in_series and not node.in_series:
            return last  # what else an item of a list tells is of it
        sep = self._separator(last)
        if ";" in between and last.up and sep != ";" and (sep or last.up.up) and not self._led_by_colon(last):
            return last.up.up
        return last.up

    def _is_item(self, node: Node) -> bool:
        """Whether a node is an item of a list that is numbered, or of one name in each line."""
        numbered = node.label is not None and node.label.start in self.series.blocks
        return numbered or (node.stated is not None and node.stated.number in self._lines)

    def _goes_on(self, last: Node, between: str) -> bool:
        """Whether a word that leads down only begins another item of its own list: 其中甲…，其中乙…."""
        lead = self.prose.text[max(0, last.start - 3) : last.start]
        return last.up is not None and "其中" in between and "其中" in lead and ";" not in between

    def _led_by_colon(self, node: Node) -> bool:
        """Whether a node is the first of a list that a colon opens: what a semicolon parts are its items."""
        return (
            node.up is not None
            and node.up.below[0] is node
            and ":" in self.prose.text[node.up.end : node.start]
        )

    def _opened(self, node: Node) -> Node | None:
        """Return the node behind which the bracket opened that a node stands in."""
        while node.up is not None:
            if "(" in self.prose.text[node.up.end : node.start]:
                return node.up
            node = node.up
        return None

    def _separator(self, node: Node) -> str:
        """Return what parts a node from its sister before it."""
        sisters = node.up.below if node.up else []
        k = next((k for k, sister in enumerate(sisters) if sister is node), 0)
        if k == 0:
            return ""
        found = re.findall("[,、;]", self.prose.text[sisters[k - 1].end : node.start])
        return found[-1] if found else ""

    def _up_across(self, last: Node, node: Node, between: str) -> Node | None:
        """Return what a node of a new sentence stands below."""
        text = self.prose.text
        sister: Node | None = last if self._begins_line(node) else None
        while sister is not None:
            if sister.up is not None and self._begins_line(sister) and _are_counted_alike(sister, node):
                return sister.up
            sister = sister.up
        start, _ = self.sentences.span(self.sentences.number(node.start))
        lead = text[start : node.start]
        if _DIVIDES.match(lead + text[node.start : node.end]):
            return self._divided(last)
        if DOWN.search(lead) and ":" in lead and last.kind == "generic":
            return self._divided(last)
        return None

    def _begins_line(self, node: Node) -> bool:
        """Whether a node begins a line, behind a bullet or not."""
        at = node.label.start if node.label else node.start
        while at > 0 and self.prose.text[at - 1] in f"—-*{BULLETS}" and self.prose.gaps[at] < BREAK:
            at -= 1
        return self.prose.gaps[at] >= BREAK

    def _divided(self, last: Node) -> Node:
        """Return the node of the last sentence that a new one divides."""
        node = last
        sentence = self.sentences.number(max(last.end - 1, 0))
        while (
            node.up is not None
            and not (node.label and node.label.firm)
            and self.sentences.number(max(node.up.end - 1, 0)) == sentence
        ):
            node = node.up
        return node


def _are_counted_alike(one: Node, other: Node) -> bool:
    """Whether two nodes have no numbers, or numbers of one style: (一) and (二), and not 二."""
    labels = [label for label in (one.label, other.label) if label is not None]
    return len({style_of(label)[0] for label in labels}) < 2


_LEAD = re.compile(rf"[^,。;:]*{one_of(LEAD_INS)}(?:为|是|:)*$")
"""What leads up to sides: 主片区四至范围为:"""

_OWN_WORDS = rf"(?:{one_of(LEAD_INS)}|面积|占地|其[东南西北]|[东南西北](?:至|起|临))"
