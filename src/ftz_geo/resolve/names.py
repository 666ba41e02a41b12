"""Names of a plan against names of a map: what is one name, and what never is.

Names are compared by their parts, never by edit distance: 南京路 and 北京路 differ in one
character and are two roads, 友谊路 and 友谊街 are two roads, 京沪高速 and 京沪高速公路 are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ftz_geo.wording import number_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ftz_geo.model import ReferenceMap

__all__ = ["SCORES", "STRETCH", "Names", "normalise"]

LONG_FORMS: Mapping[str, str] = {
    "高速公路": "高速",
    "高架道路": "高架",
    "高架路": "高架",
    "快速公路": "快速路",
    "快速道路": "快速路",
}
"""Endings that are written long or short for the same road."""

ROAD_WORDS = ("道", "路")
"""Endings of which a notice and a map may use different ones for the same road; 大道, 街, 巷 and 河 are
not among them: 浦东大道 is not 浦东路, and cities name a 路 and a 街 alike."""

BESIDE_WORDS = ("高架", "辅路", "辅道")
"""Endings by which a map names the road beside a road. 四川路桥 carries 四川路 over one river, and does not
bound what 四川路 bounds."""

BOUNDARY_WORDS = ("界", "边界", "界线", "行政边界", "行政区划界线", "行政区界")
"""Endings of an administrative boundary, which the map has as the outline of the area itself."""

STRETCH = "stretch of the feature"
"""The rule of 人民路北段 for what a map calls 人民路."""

SCORES = {
    "exact": 1.0,
    "normalised": 1.0,
    "boundary of the area": 0.95,
    "alternative name": 0.95,
    "long or short form": 0.9,
    "numeral written otherwise": 0.9,
    "words in brackets": 0.85,
    STRETCH: 0.8,
    "part of the feature": 0.7,
    "road that it follows": 0.6,
    "other word for road": 0.5,
}
"""Ranks of the rules; their order matters, the figures only spread them between 0 and 1."""

_NUMBER = re.compile(r"(?<![A-Z\d])[1-9]\d?(?=号|[大经纬]?[路街道])")
"""A number that is read out: 3号路, 第3大街, 经3路; not that of a house (28弄) or of a highway (G2)."""

_BRACKETS = re.compile(r"[(\[{〔【「]([^)\]}〕】」]*)[)\]}〕】」]")


def normalise(name: str) -> str:
    """Return a name without differences of typing: full or half width, blanks, letter case, dashes.

    Examples
    --------
    >>> normalise("Ｇ２　京沪高速（天津段）"), normalise("武宁路 28 弄")
    ('G2京沪高速(天津段)', '武宁路28弄')
    """
    plain = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s·・—–\-]+", "", plain).upper()


def _shorten(name: str) -> str:
    """Return the short form of an ending.

    >>> _shorten("京沪高速公路"), _shorten("延安高架路")
    ('京沪高速', '延安高架')
    """
    for long, short in LONG_FORMS.items():
        if name.endswith(long):
            return name.removesuffix(long) + short
    return name


def _numerals(name: str) -> str:
    """Return a name with its numbers below 100 in Chinese.

    >>> _numerals("3号路"), _numerals("第12大街"), _numerals("G2京沪高速"), _numerals("武宁路28弄")
    ('三号路', '第十二大街', 'G2京沪高速', '武宁路28弄')
    """
    return _NUMBER.sub(lambda digits: number_in_words(int(digits[0])), name)


def _stem(name: str, words: tuple[str, ...]) -> str | None:
    """Return what stands before the longest of some endings, at least two characters of it."""
    endings = [w for w in words if name.endswith(w) and len(name) - len(w) >= 2]
    return name.removesuffix(max(endings, key=len)) if endings else None


def _keys(name: str) -> Iterator[tuple[str, str]]:
    """Yield the keys under which a name of the map is filed, each with the rule that it serves."""
    plain = normalise(name)
    yield "exact", name
    yield "normalised", plain
    yield "long or short form", _shorten(plain)
    yield "numeral written otherwise", _numerals(plain)
    outside, inside = _BRACKETS.sub("", plain), _BRACKETS.findall(plain)
    if inside:
        yield "words in brackets", outside
        yield from (("words in brackets", word) for word in inside if len(word) >= 2)
    if (whole := _stem(plain, BESIDE_WORDS)) is not None:
        yield "part of the feature", whole
    if (stem := _stem(plain, ROAD_WORDS)) is not None:
        yield "other word for road", stem


def _questions(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a name of the plan is looked up by: the rule, and where and under which key.

    Where is the rule under which names of the map are filed, or ``other`` for their further names.
    """
    plain = normalise(name)
    yield "exact", "exact", name
    yield "normalised", "normalised", plain
    yield "alternative name", "other", plain
    yield "long or short form", "long or short form", _shorten(plain)
    yield "numeral written otherwise", "numeral written otherwise", _numerals(plain)
    yield "words in brackets", "words in brackets", plain
    outside, inside = _BRACKETS.sub("", plain), _BRACKETS.findall(plain)
    if inside:
        for word in (outside, *inside):
            yield "words in brackets", "normalised", word
            yield "words in brackets", "other", word
    # 京津高速 may be G2 or "G2京津高速" on the map.
    if number := re.match(r"[GSXYZ]\d+", plain):
        yield "alternative name", "other", number[0]
        yield "long or short form", "long or short form", _shorten(plain[number.end() :])
    if (area := _stem(plain, BOUNDARY_WORDS)) is not None:
        yield "boundary of the area", "normalised", area
    yield "part of the feature", "part of the feature", plain
    if (followed := _stem(plain, BESIDE_WORDS)) is not None:
        yield "road that it follows", "normalised", followed
    if (stem := _stem(plain, ROAD_WORDS)) is not None:
        yield "other word for road", "other word for road", stem


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of a map, filed for looking up."""

    rows: Mapping[str, NDArray[np.intp]]
    """Rows by the map's own name."""
    filed: Mapping[tuple[str, str], tuple[str, ...]]
    """The map's names by rule and key."""
    other_rows: Mapping[str, NDArray[np.intp]]
    """Rows by normalised further name."""

    @classmethod
    def of(cls, reference: ReferenceMap) -> Names:
        """File the names of a map."""
        features = reference.features
        rows = {str(n): np.asarray(r) for n, r in features.groupby("name", sort=True).indices.items()}
        filed: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for name in rows:
            for rule, key in _keys(name):
                filed[rule, key][name] = None
        others: defaultdict[str, list[int]] = defaultdict(list)
        alternatives = features["alt_names"].to_numpy()
        for row in np.flatnonzero([bool(a) for a in alternatives]):
            for name in alternatives[row]:
                others[normalise(name)].append(int(row))
        return cls(
            rows=rows,
            filed={key: tuple(names) for key, names in filed.items()},
            other_rows={key: np.array(own) for key, own in others.items()},
        )

    def joined(self, more: Names, start: int) -> Names:
        """Return the names of a map and of features that follow its own, from row ``start`` on."""
        rows, others = dict(self.rows), dict(self.other_rows)
        for both, own in ((rows, more.rows), (others, more.other_rows)):
            for name, added in own.items():
                both[name] = np.concatenate([both.get(name, added[:0]), added + start])
        filed = {key: tuple(sorted({*self.filed.get(key, ()), *own})) for key, own in more.filed.items()}
        return Names(rows=rows, filed={**self.filed, **filed}, other_rows=others)

    def find(self, name: str) -> Iterator[tuple[str, str, NDArray[np.intp]]]:
        """Yield the rule, the map's name and its rows, best rule first, each map name once."""
        seen: set[str] = set()
        others: set[str] = set()
        for rule, where, key in sorted(_questions(name), key=lambda q: -SCORES[q[0]]):
            if where == "other":
                if key in self.other_rows and key not in others:
                    others.add(key)
                    yield rule, key, self.other_rows[key]
                continue
            for map_name in self.filed.get((where, key), ()):
                if map_name not in seen:
                    seen.add(map_name)
                    yield rule, map_name, self.rows[map_name]
