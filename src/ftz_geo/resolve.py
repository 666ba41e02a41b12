"""From the names in a plan to the features of a reference map that they may mean.

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
import shapely

from ftz_geo.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from ftz_geo.model import Direction, Feature, Plan, ReferenceMap

__all__ = ["normalise", "resolve_plan"]

LONG_FORMS: Mapping[str, str] = {
    "高速公路": "高速",
    "高架道路": "高架",
    "高架路": "高架",
    "快速公路": "快速路",
    "快速道路": "快速路",
}
"""Endings that are written long or short for the same road."""

ROAD_WORDS = ("大道", "道", "路")
"""Endings of which a notice and a map may use different ones for the same road; 街, 巷 and 河 are
not among them, since cities name a 路 and a 街 alike."""

PART_WORDS = ("桥", "大桥", "地道", "隧道", "高架", "辅路", "辅道", "立交")
"""Endings by which a map names a part of a road, or the road beside it: 中山北路桥 carries 中山北路."""

SCORES = {
    "exact": 1.0,
    "normalised": 1.0,
    "alternative name": 0.95,
    "long or short form": 0.9,
    "words in brackets": 0.85,
    "part of the feature": 0.7,
    "other word for road": 0.5,
}
"""Ranks of the rules; their order matters, the figures only spread them between 0 and 1."""

_BRACKETS = re.compile(r"[(\[{〔【「]([^)\]}〕】」]*)[)\]}〕】」]")


def normalise(name: str) -> str:
    """Give a name without differences of typing: full or half width, blanks, letter case, dashes.

    Examples
    --------
    >>> normalise("Ｇ２　京沪高速（天津段）"), normalise("武宁路 28 弄")
    ('G2京沪高速(天津段)', '武宁路28弄')
    """
    plain = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s·・—–\-]+", "", plain).upper()


def _shorten(name: str) -> str:
    """Give the short form of an ending.

    >>> _shorten("京沪高速公路"), _shorten("延安高架路")
    ('京沪高速', '延安高架')
    """
    for long, short in LONG_FORMS.items():
        if name.endswith(long):
            return name.removesuffix(long) + short
    return name


def _stem(name: str, words: tuple[str, ...]) -> str | None:
    """Give what stands before the longest of some endings, at least two characters of it."""
    found = [w for w in words if name.endswith(w) and len(name) - len(w) >= 2]
    return name.removesuffix(max(found, key=len)) if found else None


def _keys(name: str) -> Iterator[tuple[str, str]]:
    """Give the keys under which a name of the map is filed, each with the rule that it serves."""
    plain = normalise(name)
    yield "exact", name
    yield "normalised", plain
    yield "long or short form", _shorten(plain)
    outside, inside = _BRACKETS.sub("", plain), _BRACKETS.findall(plain)
    if inside:
        yield "words in brackets", outside
        yield from (("words in brackets", word) for word in inside if len(word) >= 2)
    if (whole := _stem(plain, PART_WORDS)) is not None:
        yield "part of the feature", whole
    if (stem := _stem(plain, ROAD_WORDS)) is not None:
        yield "other word for road", stem


def _questions(name: str) -> Iterator[tuple[str, str]]:
    """Give the keys under which a name of the plan is looked up."""
    plain = normalise(name)
    yield "exact", name
    yield "normalised", plain
    yield "alternative name", plain
    yield "long or short form", _shorten(plain)
    yield "words in brackets", plain
    outside, inside = _BRACKETS.sub("", plain), _BRACKETS.findall(plain)
    if inside:
        for word in (outside, *inside):
            yield "normalised in brackets", word
    # 京津高速 may be G2 or "G2京津高速" on the map.
    if number := re.match(r"[GSXYZ]\d+", plain):
        yield "alternative name", number[0]
        yield "long or short form", _shorten(plain[number.end() :])
    yield "part of the feature", plain
    if (stem := _stem(plain, ROAD_WORDS)) is not None:
        yield "other word for road", stem


@dataclass(frozen=True, kw_only=True, slots=True)
class _Names:
    """The names of a map, filed for looking up."""

    rows: Mapping[str, NDArray[np.intp]]
    """Rows by the map's own name."""
    filed: Mapping[tuple[str, str], tuple[str, ...]]
    """The map's names by rule and key."""
    other_rows: Mapping[str, NDArray[np.intp]]
    """Rows by normalised further name."""

    @classmethod
    def of(cls, reference: ReferenceMap) -> _Names:
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
            other_rows={key: np.array(found) for key, found in others.items()},
        )

    def find(self, name: str) -> Iterator[tuple[str, str, NDArray[np.intp]]]:
        """Give the rule, the map's name and its rows, best rule first, each map name once."""
        seen: set[str] = set()
        for rule, key in sorted(_questions(name), key=lambda q: -_score(q[0])):
            if rule == "alternative name" and key in self.other_rows:
                yield rule, key, self.other_rows[key]
            asked = "normalised" if rule == "normalised in brackets" else rule
            for found in self.filed.get((asked, key), ()):
                if found not in seen:
                    seen.add(found)
                    yield ("words in brackets" if asked != rule else rule), found, self.rows[found]


def _score(rule: str) -> float:
    return SCORES["words in brackets" if rule == "normalised in brackets" else rule]


def resolve_plan(
    plan: Plan, reference: ReferenceMap
) -> Mapping[tuple[str, Direction, int], tuple[Candidate, ...]]:
    """Look up every feature that a plan's sides name.

    Parameters
    ----------
    plan : Plan
    reference : ReferenceMap

    Returns
    -------
    mapping of (parcel id, side, index of the feature in that side) to tuple of Candidate
        Best first; an empty tuple where the map names nothing of the kind. A name that the map
        has many times is one candidate: which of them is meant, the other sides tell.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from ftz_geo.parse import parse_plan
    >>> from ftz_geo.model import ReferenceMap
    >>> features = gpd.GeoDataFrame(
    ...     {"source_id": ["w1", "w2"], "name": ["京津高速公路", "北京路"], "alt_names": [(), ()]},
    ...     geometry=gpd.points_from_xy([117.0, 117.0], [39.0, 39.1]).buffer(0.1).boundary,
    ... ).assign(kind="road", source=0)
    >>> plan = parse_plan("区块一：东至京津高速、南至南京路、西至甲路、北至乙路。")
    >>> found = resolve_plan(plan, ReferenceMap(features=features))
    >>> [(c.map_name, c.how) for c in found[plan.parcels[0].id, "east", 0]]
    [('京津高速公路', 'long or short form')]
    >>> found[plan.parcels[0].id, "south", 0]
    ()
    """
    names = _Names.of(reference)
    is_point = shapely.get_type_id(reference.features.geometry.to_numpy()) == shapely.GeometryType.POINT
    kinds = reference.features["kind"].to_numpy()
    source_ids = reference.features["source_id"].to_numpy()
    known: dict[tuple[str, str], tuple[Candidate, ...]] = {}

    def candidates(feature: Feature) -> tuple[Candidate, ...]:
        linear = feature.kind in ("road", "water", "rail", "boundary")
        found = []
        for rule, map_name, rows in names.find(feature.name):
            # A station or a shop may carry the road's name; it is not where the road runs.
            fitting = rows[~is_point[rows] & (kinds[rows] != "place")] if linear else rows
            if len(fitting):
                found.append(
                    Candidate(
                        source_ids=tuple(source_ids[fitting]),
                        map_name=map_name,
                        score=_score(rule),
                        how=rule,
                    )
                )
        return tuple(sorted(found, key=lambda c: (-c.score, c.map_name)))

    result: dict[tuple[str, Direction, int], tuple[Candidate, ...]] = {}
    for parcel in plan.parcels:
        for direction, features in parcel.abuttals.items():
            for index, feature in enumerate(features):
                key = (feature.name, feature.kind)
                if key not in known:
                    known[key] = () if feature.kind in ("vague", "block") else candidates(feature)
                result[parcel.id, direction, index] = known[key]
    return result
