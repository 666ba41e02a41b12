"""Which part of a plan each polygon is meant to be: by id, label, name, or number in its zone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from ftz_geo.wording import NUMERALS, folded, label_number, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from ftz_geo.model import Block, Parcel, Plan, Zone

__all__ = ["match_polygons"]


def match_polygons(plan: Plan, polygons: gpd.GeoDataFrame, *, own: bool = False) -> dict[int, str]:
    """Find the parcel that each polygon is meant to be, by id, label, name or number.

    An equal id goes before an equal label or name, that before a label or name that a longer name contains,
    and that before a number (1号区块, XQ-01, 1), which counts in its own zone only. What fits several parcels
    fits none: 区块一 of five zones needs the zone's name too.

    Parameters
    ----------
    plan : Plan
    polygons : GeoDataFrame
        With columns ``id``, ``label``, ``name``, ``zone``, ``words`` (a tuple of more) and ``layer``, each
        of which may be missing.
    own : bool, optional
        Whether the plan's own text lists them: one polygon is its one parcel then, whatever it is called.

    Returns
    -------
    dict of int to str
        Row number to the id of a parcel, or of a block of several parcels that is drawn as one; rows that
        fit nothing are not in it.
    """
    index = _Index(plan)
    rows = list(_rows(polygons))
    matches = {}
    for number, row in enumerate(rows):
        if (found := index.by_id(row) or index.by_words(row)) is not None:
            matches[number] = found
    left = {number: row for number, row in enumerate(rows) if number not in matches}
    matches |= index.by_numbers(left)
    if not matches and len(rows) == len(index.targets) == 1 and (own or not rows[0].labels):
        return {0: index.targets[0]}
    return matches


@dataclass(frozen=True)
class _Row:
    """What a file says of one polygon."""

    labels: tuple[str, ...]
    """Words that may be a label or a name; the most telling first."""
    zone: str
    """Words that may tell the zone beside them."""

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The labels in the form that labels are compared in."""
        return tuple(map(folded, self.labels))

    @cached_property
    def everything(self) -> str:
        """All words in one."""
        return folded(" ".join((*self.labels, self.zone)))


_LABELS = ("label", "name", "id")


def _rows(polygons: gpd.GeoDataFrame) -> Iterator[_Row]:
    """Yield what each polygon is called; a layer's name tells only where it is one of several."""
    columns = {name: polygons[name].tolist() for name in polygons.columns if name != "geometry"}
    nothing = [None] * len(polygons)
    layers = columns.get("layer", nothing)
    telling = len(set(layers)) > 1 or len(polygons) == 1
    for row in range(len(polygons)):
        words = [columns.get(name, nothing)[row] for name in _LABELS]
        words += columns["words"][row] if "words" in columns else ()
        words += [layers[row]] if telling else []
        zone = columns.get("zone", nothing)[row]
        yield _Row(
            tuple(word for word in words if isinstance(word, str) and word.strip()),
            zone if isinstance(zone, str) else "",
        )


class _Key(NamedTuple):
    words: tuple[str, ...]
    """All of which must be found."""
    target: str
    zone_id: str

    @property
    def length(self) -> int:
        return sum(map(len, self.words))


class _Index:
    """A plan's parcels by everything that they may be called."""

    def __init__(self, plan: Plan) -> None:
        self.zones = plan.zones
        self.stems = _zone_stems(plan.zones)
        self.ids = dict(_ids(plan.zones))
        wholes = _wholes(plan.zones)
        self.targets = [target for target in dict.fromkeys(self.ids.values()) if target not in wholes]
        self.keys: dict[str, list[_Key]] = {}
        """By their first word, which is the longer name or the block's label."""
        self.joined: dict[str, list[_Key]] = {}
        """By all their words in one."""
        for key in (key for zone in plan.zones for key in _keys(zone)):
            self.keys.setdefault(key.words[0], []).append(key)
            self.joined.setdefault("".join(key.words), []).append(key)
        self.alone = {folded(z.name or ""): _target(z.blocks[0]) for z in plan.zones if len(z.blocks) == 1}
        """What is all of its zone, by the zone's name; 核心区 in a layer of that name is something else."""
        self.lengths = sorted(set(map(len, self.keys)))

    def by_id(self, row: _Row) -> str | None:
        """Return what has an id among a row's words."""
        return next((self.ids[word] for word in reversed(row.labels) if word in self.ids), None)

    def meant(self, row: _Row) -> list[Zone]:
        """Return the zones that a row's words name; a polygon that names a zone belongs to no other."""
        return [z for z in self.zones if any(_contains(row.everything, stem) for stem in self.stems[z.id])]

    def by_words(self, row: _Row) -> str | None:
        """Return what has a label or a name that a row's words are, or contain."""
        zones = {zone.id for zone in self.meant(row) or self.zones}
        told = set(row.folded)
        equal = [key for word in told for key in self.joined.get(word, ())]
        equal += [k for word in told for k in self.keys.get(word, ()) if told.issuperset(k.words)]
        for keys in (equal, self._within(row)):
            own = [key for key in keys if key.zone_id in zones]
            if own:
                return _only(own)
        words = [word for word in told if not word.isascii()]  # a code beside a name says nothing against it
        return self.alone.get(words[0]) if len(words) == 1 else None

    def _within(self, row: _Row) -> Iterator[_Key]:
        """Yield the keys all of whose words a row's words contain."""
        words = row.everything
        starts = {words[i : i + n] for n in self.lengths for i in range(len(words) - n + 1)}
        for key in (key for word in starts for key in self.keys.get(word, ())):
            if all(_contains(words, word) for word in key.words):
                yield key

    def by_numbers(self, rows: Mapping[int, _Row]) -> dict[int, str]:
        """Return what has the number that a row's words end with, in the zone that they name.

        Plain numbers (1, 2, 3) may be anybody's: they count where most of them are numbers of the zone's
        blocks, and none is 0.
        """
        found: dict[int, str] = {}
        plain: dict[int, str | None] = {}
        for number, row in rows.items():
            for count in filter(None, map(_counted, row.folded)):
                target = self._counted(count, self.meant(row))
                if not count.letters and count.is_plain:
                    plain.setdefault(number, target if count.number else None)
                elif target is not None:
                    found.setdefault(number, target)
        fitting = {n: t for n, t in plain.items() if t is not None and n not in found}
        return found | (fitting if 2 * len(fitting) > len(plain) else {})

    def _counted(self, count: _Count, meant: Sequence[Zone]) -> str | None:
        zones = list(meant or self.zones)
        if count.letters not in _GENERIC:
            zones = [zone for zone in zones if count.letters in self._initials[zone.id]]
            # XQ is how 西青 begins; letters in the midst of a longer name tell less.
            zones = [z for z in zones if self._initials[z.id].startswith(count.letters)] or zones
        if len(zones) != 1:
            return None
        return self._numbers[zones[0].id].get((count.number, count.part))

    @cached_property
    def _initials(self) -> dict[str, str]:
        """The initials of the Latin spelling of each zone's own words, then of its whole name."""
        from pypinyin import Style, lazy_pinyin  # loads a large dictionary

        def initials(words: str) -> str:
            return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER, errors="ignore")).lower()

        return {z.id: "".join(initials(w) for w in (*self.stems[z.id][1:], z.name or "")) for z in self.zones}

    @cached_property
    def _numbers(self) -> dict[str, dict[tuple[int, int | None], str]]:
        return {zone.id: dict(_numbered(zone)) for zone in self.zones}


def _only(keys: Sequence[_Key]) -> str | None:
    """Return the target of the longest keys, if it is one: “区块一地块二” means the 地块, not its 区块."""
    longest = max((key.length for key in keys), default=0)
    targets = {key.target for key in keys if key.length == longest}
    return targets.pop() if len(targets) == 1 else None


def _ids(zones: Iterable[Zone]) -> Iterator[tuple[str, str]]:
    for zone in zones:
        for block in zone.blocks:
            yield block.id, _target(block)
            for parcel in block.parcels:
                yield parcel.id, parcel.id


def _target(block: Block) -> str:
    """Return what stands for a block as a whole: its only parcel, or the block itself."""
    return block.parcels[0].id if len(block.parcels) == 1 else block.id


def _wholes(zones: Iterable[Zone]) -> set[str]:
    return {block.id for zone in zones for block in zone.blocks if len(block.parcels) > 1}


def _keys(zone: Zone) -> Iterator[_Key]:
    """Yield the words that each block and each parcel of a zone may be known by."""
    for block in zone.blocks:
        for parcel in block.parcels:
            for words, target in _titles(block, parcel):
                yield _Key(tuple(map(folded, words)), target, zone.id)


def _titles(block: Block, parcel: Parcel) -> Iterator[tuple[tuple[str, ...], str]]:
    of_block = [words for words in (block.label, block.name) if words]
    yield from (((words,), _target(block)) for words in of_block)
    if len(block.parcels) > 1 and parcel.label:
        yield from (((words, parcel.label), parcel.id) for words in of_block)
        yield (parcel.label,), parcel.id


def _numbered(zone: Zone) -> Iterator[tuple[tuple[int, int | None], str]]:
    """Yield the blocks and parcels of a zone by number, where no two have the same."""
    numbers = [_whole(label_number(block.label)) for block in zone.blocks]
    counts = Counter(numbers)
    for block, number in zip(zone.blocks, numbers, strict=True):
        if number is None or counts[number] > 1:
            continue
        yield (number, None), _target(block)
        for parcel in block.parcels:
            if (part := _whole(label_number(parcel.label))) is not None:
                yield (number, part), parcel.id


def _whole(number: str | None) -> int | None:
    return int(number) if number is not None and number.isdigit() else None


class _Count(NamedTuple):
    letters: str
    number: int
    part: int | None
    is_plain: bool
    """Whether nothing beside the number says that it counts blocks."""


_NUMBER = rf"\d+|[{NUMERALS}]+"
_COUNTED = re.compile(
    rf"(?P<letters>[a-z]*)[-_.#№]*(?P<before>第|区块|地块|片区|宗地|图斑|编号)?[-_.#№]*"
    rf"(?P<number>{_NUMBER})(?:[-_](?P<part>\d+))?(?P<after>号?(?:区块|地块|片区|宗地|图斑|片|区|块)|号|#)?(?:范围|界线|边界)?"
)
_GENERIC = frozenset(
    {"", "qk", "dk", "zd", "pq", "b", "p", "no", "block", "parcel", "plot", "lot", "polygon"}
)
"""Letters before a number that stand for a block or a parcel of any zone."""


def _counted(words: str) -> _Count | None:
    """Return the number that a label counts with.

    Examples
    --------
    >>> [tuple(_counted(folded(words))) for words in ("第一区块", "XQ-01", "2")]
    [('', 1, None, False), ('xq', 1, None, False), ('', 2, None, True)]
    """
    m = _COUNTED.fullmatch(words)
    number = number_of(m["number"]) if m and not m["number"].isdigit() else m and int(m["number"])
    if m is None or number is None:
        return None
    part = int(m["part"]) if m["part"] else None
    return _Count(m["letters"], int(number), part, not (m["letters"] or m["before"] or m["after"] or part))


def _zone_stems(zones: Sequence[Zone]) -> dict[str, tuple[str, ...]]:
    """Return the words by which each zone may be told from the others: its id, and what its name has alone.

    Of 甲市东丽开发区 and 甲市西青开发区 these are 东丽 and 西青, of 东川片区 and 西川片区 东川 and 西川, and
    the names themselves; one character alone tells nothing.
    """
    names = [folded(zone.name or "") for zone in zones]
    head = _shared(names)
    tail = _shared([name[head:][::-1] for name in names])
    stems: dict[str, tuple[str, ...]] = {}
    for zone, name in zip(zones, names, strict=True):
        own = name[head : max(len(name) - tail, head + 2)] if len(names) > 1 else name
        # 西青经开 is mostly called 西青, as long as no other zone begins so.
        short = own[:2] if sum(n[head:].startswith(own[:2]) for n in names) == 1 else own
        words = dict.fromkeys((short, own, name))
        stems[zone.id] = (zone.id, *(w for w in words if len(w) > 1 and sum(w in n for n in names) == 1))
    return stems


def _shared(names: Sequence[str]) -> int:
    """Count the characters that all names begin with."""
    return sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*names, strict=False)))


def _contains(words: str, part: str) -> bool:
    """Find a label among other words, but not 区块1 in 区块12."""
    if part not in words:
        return False
    ends = r"(?!\d)" if part[-1:].isdigit() else ""
    return re.search(re.escape(part) + ends, words) is not None
