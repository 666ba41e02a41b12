"""Series: which of the numbers 一、二、三 and 1. 2. 3. count blocks, and which only count sentences."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.parse.heads import is_general, is_label, is_matter, is_place, is_sentence
from ftz_geo.parse.prose import BREAK
from ftz_geo.parse.words import DOWN
from ftz_geo.wording import NUMERALS, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftz_geo.parse.heads import Label
    from ftz_geo.parse.prose import Prose

__all__ = ["Series", "series_of", "style_of"]


@dataclass(frozen=True)
class Series:
    """Where the labels begin that count something."""

    blocks: frozenset[int]
    """Most items of their series begin with a name and tell an area or sides."""
    sentences: frozenset[int]
    """Few do."""


_ARTICLES = "条章节款"
"""第三条 counts the articles of a rule, whatever they tell."""


class _Item(NamedTuple):
    label: Label
    end: int


def series_of(prose: Prose, labels: Sequence[Label], told: Sequence[int]) -> Series:
    r"""Tell the series of blocks from those of sentences.

    Parameters
    ----------
    prose : Prose
    labels : sequence of Label
        In order.
    told : sequence of int
        Where the areas and sides begin that may be a block's, in order.

    Returns
    -------
    Series
        Of two items or more; a number alone counts nothing.

    Examples
    --------
    >>> from ftz_geo.parse.heads import find_labels
    >>> from ftz_geo.parse.prose import Prose
    >>> prose = Prose.of("一、范围。甲园5亩。\n二、分区。\n1.乙区2亩。\n2.丙区3亩。\n三、投资。")
    >>> areas = [m.start() for m in re.finditer(r"\d亩", prose.text)]
    >>> series = series_of(prose, find_labels(prose), areas)
    >>> [prose.text[i] for i in sorted(series.blocks)], [prose.text[i] for i in sorted(series.sentences)]
    (['1', '2'], ['一', '二', '三'])
    """
    blocks: set[int] = set()
    sentences = {label.start for label in labels if not label.firm and label.words[-1] in _ARTICLES}
    for items in _series(prose, [label for label in labels if label.start not in sentences]):
        if len(items) > 1:
            most = 2 * _blocks_told(prose, items, told) >= len(items)
            (blocks if most else sentences).update(item.label.start for item in items)
    return Series(frozenset(blocks), frozenset(sentences))


def _series(prose: Prose, labels: Sequence[Label]) -> Iterator[list[_Item]]:
    """Yield the items of each series; an item reaches to the next of its own or of an outer one."""
    open_: list[tuple[str, list[Label]]] = []
    for label in labels:
        style, number = style_of(label)
        if not number:
            continue
        same = (k for k, (s, of) in enumerate(open_) if s == style and number == style_of(of[-1])[1] + 1)
        outer = next(same, None)
        if outer is None and number == 1:
            again = next((k for k, (s, _) in enumerate(open_) if s == style), len(open_))
            yield from (_items(of, label.start) for _, of in open_[again:])
            del open_[again:]
            open_.append((style, [label]))
        elif outer is not None:
            yield from (_items(of, label.start) for _, of in open_[outer + 1 :])
            del open_[outer + 1 :]
            open_[outer][1].append(label)
    for _, of in open_:
        end = next((i for i in prose.line_starts if i > of[-1].start), len(prose.text))
        yield _items(of, end)


def _items(labels: Sequence[Label], end: int) -> list[_Item]:
    ends = [*(label.start for label in labels[1:]), end]
    return [_Item(label, stop) for label, stop in zip(labels, ends, strict=True)]


def style_of(label: Label) -> tuple[str, int]:
    """Return how a label is written, and its number: 一, (一), 1, ①; 0 for a block's own label."""
    if label.firm:
        return "", 0
    words = label.words
    if "①" <= words[0] <= "⑳":
        return "①", ord(words[0]) - ord("①") + 1
    number = re.search(rf"[{NUMERALS}]+|\d+", words)
    if number is None:
        return "", 0
    shape = re.sub(rf"[{NUMERALS}]+", "一", re.sub(r"\d+", "1", words))
    return shape, int(number_of(number.group()) or 0)


_LONGEST = 24
"""A name has fewer characters."""
_HEAD_END = re.compile(r"[,。;:(]")
_BEHIND_NAME = re.compile(
    r"(?:总|规划|用地|占地)*面积.*$|(?:位于|地处).*$|[东南西北]至?$|[\d一二三四五六七八九十]+[个处座家]$"
)


def _blocks_told(prose: Prose, items: Sequence[_Item], told: Sequence[int]) -> int:
    """Count the items that begin with a name, and tell an area or sides.

    What ends like the others is a name too: 青石岭灰岩矿, 黄土坡页岩矿.
    """
    heads = [_head(prose, item, told) for item in items]
    ends = Counter(head[-1] for head in heads if head)
    return sum(is_place(head) or is_label(head) or 2 * ends[head[-1]] > len(items) for head in heads if head)


def _head(prose: Prose, item: _Item, told: Sequence[int]) -> str | None:
    """Return the words that an item begins with, where they may be a name and an area or sides follow."""
    start = item.label.end
    k = bisect_left(told, start)
    if k == len(told) or told[k] >= item.end:
        return None
    stop = _HEAD_END.search(prose.text, start + 1, told[k])
    end = stop.start() if stop else told[k]
    end = next((i for i in range(start + 1, min(end, start + 40)) if prose.gaps[i] >= BREAK), end)
    head = _BEHIND_NAME.sub("", prose.text[start:end])
    may_be = 1 < len(head) < _LONGEST and not DOWN.search(head)
    return head if may_be and not any(told(head) for told in (is_general, is_sentence, is_matter)) else None
