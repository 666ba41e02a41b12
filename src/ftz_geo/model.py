"""The values that one stage hands to the next; settings, units and reference systems.

Everything here is frozen. Later values hold earlier ones: an :class:`Edge` names the feature
it was drawn from and that feature's span of the document, so that a map can quote the words.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ftz_geo.compass import DIRECTIONS, RING_ORDER, SIDE_ZH, Direction, Side
from ftz_geo.wording import KM2_PER_UNIT, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import geopandas
    from shapely import LineString, MultiPolygon, Polygon

__all__ = [
    "AXIS_PREFIX",
    "BY_SIDES",
    "DIRECTIONS",
    "GRADES",
    "HOLDS_ZH",
    "LABELS_ZH",
    "LINEAR_KINDS",
    "NO_PLACE",
    "PASSES_ZH",
    "SHARED_AREA",
    "STORAGE_CRS",
    "STRAIGHT_KINDS",
    "Anchor",
    "Area",
    "Audit",
    "Block",
    "BlockSummary",
    "Boundary",
    "Candidate",
    "CheckRun",
    "Choice",
    "Digitised",
    "Direction",
    "Division",
    "Edge",
    "Feature",
    "FigureRole",
    "Finding",
    "Grade",
    "Kind",
    "Measure",
    "Metadata",
    "Method",
    "Neighbours",
    "Note",
    "Parcel",
    "Place",
    "Plan",
    "Position",
    "Reason",
    "ReferenceMap",
    "Relation",
    "Rule",
    "Searched",
    "Settings",
    "Severity",
    "SideKey",
    "Source",
    "Span",
    "StatedFigure",
    "Status",
    "Task",
    "Text",
    "Unchecked",
    "Undetermined",
    "Verdict",
    "Ways",
    "Zone",
    "ZoneSummary",
    "title",
    "verdict_of",
]

Span = tuple[int, int]
"""Half-open character positions in the plan's text: ``text[start:end]`` gives the words back."""

Kind = Literal["road", "water", "rail", "boundary", "place", "block", "vague"]
"""What a feature is: ``boundary`` an administrative or planning line, ``place`` anything that has
an extent of its own (village, company, school, park), ``block`` another block or parcel of the
same plan, ``vague`` what no map can know (空地, 耕地, 坑塘)."""

LINEAR_KINDS: frozenset[Kind] = frozenset({"road", "rail", "water"})
"""What a map draws as lines and the ground has as bands: carriageways, tracks, banks."""

STRAIGHT_KINDS: frozenset[Kind] = frozenset({"road", "rail"})
"""Of these, what cannot be both of two opposite sides; a river can, where it bends."""

Relation = Literal[
    "at",
    "east_of",
    "south_of",
    "west_of",
    "north_of",
    "east_edge",
    "south_edge",
    "west_edge",
    "north_edge",
]
"""How the side lies to the feature: ``at`` it; ``east_of`` it (以东, with or without
``offset_m``); on its ``east_edge`` (东边界, 东侧)."""

_EDGE: Mapping[str, Direction] = {f"{side}_edge": side for side in DIRECTIONS}
_BEYOND: Mapping[str, Direction] = {f"{side}_of": side for side in DIRECTIONS}

Grade = Literal["surveyed", "traced", "inferred", "approximate", "sketched", "undetermined"]
"""What a polygon claims, best first."""

GRADES: tuple[Grade, ...] = get_args(Grade)

Method = Literal[
    "on-feature", "bridge", "extension", "landmark", "offset", "area-closure", "points", "sketch", "edited"
]
"""How one piece of a ring was drawn; ``edited`` by hand on a map page."""

Severity = Literal["error", "warning", "note"]

Boundary = Literal["centre", "near", "far"]
"""Which line of a road or water a block ends at: the middle, the edge on its side, the other edge."""

STORAGE_CRS = "EPSG:4326"
"""Results are stored as WGS 84 longitude, latitude; areas are taken on the CGCS2000 ellipsoid."""

AXIS_PREFIX = "points:"
"""What the ids of axes through named points begin with, among those of a map's features."""

LABELS_ZH: Mapping[str, str] = {
    **{str(side): zh for side, zh in SIDE_ZH.items()},
    "surveyed": "实测",
    "traced": "描图",
    "inferred": "推断",
    "approximate": "概略",
    "sketched": "示意",
    "undetermined": "未定",
    "on-feature": "沿地物",
    "bridge": "连接",
    "extension": "延长",
    "landmark": "地标",
    "offset": "偏移",
    "area-closure": "按面积闭合",
    "points": "按点位",
    "sketch": "示意",
    "edited": "人工修改",
    "error": "错误",
    "warning": "警告",
    "note": "说明",
}
"""The Chinese word for each value of the vocabularies above, as maps and reports print it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a plan's text came from."""

    title: str | None = None
    """The document's own title, if a line of it is one."""
    file: str | None = None
    """File name without folders; None for text given directly."""
    sha256: str = ""
    """Of the file's bytes, or of the text's UTF-8 bytes."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"title": self.title, "file": self.file, "sha256": self.sha256}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a stretch of the running text stands in the document it was read from."""

    start: int
    """Position in the running text; the stretch ends where the next one starts."""
    page: int | None = None
    """Counted from 1; None where the format has no pages."""
    line: int
    """Counted from 1, on the page or, without pages, in the document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What the reader of a document did that its text does not show, such as leaving out hidden words."""

    code: str
    count: int
    """How often."""
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A stated area: the words, the number, and the precision that its last digit claims.

    Examples
    --------
    >>> a = Area(text="18.88平方公里", value=Decimal("18.88"), unit="平方公里", span=(0, 9))
    >>> a.km2, a.decimals, a.half_width_km2
    (Decimal('18.88'), 2, Decimal('0.005'))
    """

    text: str
    """Verbatim number and unit."""
    value: Decimal
    """The number as printed."""
    unit: str
    """A key of :data:`ftz_geo.wording.KM2_PER_UNIT`."""
    approximate: bool = False
    """约, 左右, 近, or what makes it a bound, stood beside it."""
    bound: Literal["at-least", "at-most"] | None = None
    """不少于, 以上; 不超过, 以内: what it says of the true figure."""
    span: Span

    def __post_init__(self) -> None:
        if self.unit not in KM2_PER_UNIT:
            raise ValueError(f"unit must be one of {', '.join(KM2_PER_UNIT)}, not {self.unit!r}")
        if not self.value.is_finite() or self.value < 0:
            raise ValueError(f"an area is a finite number of at least 0, not {self.value}")

    @property
    def km2(self) -> Decimal:
        """The value in km², exact where the unit is a power of ten of it."""
        return self.value * KM2_PER_UNIT[self.unit]

    @property
    def decimals(self) -> int:
        """Decimal places printed, in the printed unit."""
        return max(0, -int(self.value.as_tuple().exponent))

    @property
    def half_width_km2(self) -> Decimal:
        """Half of the last printed digit, km²: the figure stands for value ± this."""
        return KM2_PER_UNIT[self.unit] * Decimal(1).scaleb(int(self.value.as_tuple().exponent)) / 2

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; numbers are strings so that no digit is lost."""
        return {
            "text": self.text,
            "value": str(self.value),
            "unit": self.unit,
            "km2": f"{self.km2.normalize():f}" if self.unit in ("亩", "万亩") else f"{self.km2:f}",
            "decimals": self.decimals,
            "approximate": self.approximate,
            "bound": self.bound,
            "span": list(self.span),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Division:
    """A part of the same ground that a zone or block covers: 其中核心区…, 建设用地…; no block of it."""

    name: str | None
    """Verbatim; None where the words name nothing."""
    declared_area: Area
    span: Span
    exhaustive: bool | None = None
    """Whether it and those told beside it are all of the whole; None where nobody can say."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "declared_area": self.declared_area.to_dict(),
            "span": list(self.span),
            "exhaustive": self.exhaustive,
        }


FigureRole = Literal["total", "block", "parcel", "part", "restated", "set-aside", "unread"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedFigure:
    """One number with a unit of area, and what became of it."""

    text: str
    """Verbatim number and unit."""
    area: Area | None
    """None where it cannot be read."""
    span: Span
    role: FigureRole
    of: str | None = None
    """Id of the zone, block or parcel that it is said of."""
    reason: str | None = None
    """Why it was set aside or is unread, or how it is told again; a stable ASCII code."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "text": self.text,
            "km2": self.area and self.area.to_dict()["km2"],
            "span": list(self.span),
            "role": self.role,
            "of": self.of,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One named thing on a side."""

    name: str
    """Verbatim."""
    kind: Kind
    relation: Relation = "at"
    offset_m: float | None = None
    """Metres from the feature in the relation's direction, if the text says how many."""
    base: str | None = None
    """The name of what it speaks of, folded, without words for where at it (以东550米, 西侧边界, 中心线,
    北段); None where that is :attr:`name` itself."""
    part: str | None = None
    """Which stretch of it is meant (北段, 延长线); None where the whole is."""
    span: Span

    @property
    def called(self) -> str:
        """What a map or a plan would call it: :attr:`base`, or the whole name."""
        return self.base or self.name

    @property
    def edge(self) -> Direction | None:
        """The side of the feature whose edge is meant (河西岸, 区块二西侧边界); None where none is."""
        return _EDGE.get(self.relation)

    @property
    def beyond(self) -> Direction | None:
        """The way in which the side lies off the feature (以东, with or without a distance); None at it."""
        return _BEYOND.get(self.relation)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "kind": self.kind,
            "relation": self.relation,
            "offset_m": self.offset_m,
            "span": list(self.span),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Undetermined:
    """Why a parcel has no sides to draw from."""

    code: str
    """Stable ASCII word, such as ``members-only``."""
    reason: str
    """One Chinese sentence."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"code": self.code, "reason": self.reason}


class SideKey(NamedTuple):
    """Which feature of a plan's sides is meant."""

    parcel_id: str
    side: Side
    nth: int
    """Of the features of the side, or of the ring, from 0."""

    @property
    def slot(self) -> int:
        """Its place in :meth:`Parcel.around`."""
        return self.nth if self.side == "ring" else RING_ORDER.index(self.side)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """The leaf that has sides."""

    id: str
    label: str | None = None
    declared_area: Area | None = None
    span: Span
    """The whole clause: label, area and sides."""
    abuttals: Mapping[Direction, tuple[Feature, ...]]
    """Every direction is a key; a side that the text does not name is an empty tuple."""
    ring: tuple[Feature, ...] = ()
    """Features in order around the parcel where the text gives no directions."""
    members: tuple[Feature, ...] = ()
    """Named contents (主要包括…) where the text gives no sides."""
    undetermined: Undetermined | None = None
    alternatives: Mapping[Direction, tuple[tuple[Feature, ...], ...]] = field(default_factory=dict)
    """Other ways to read the words of a side, where they can be read in two ways."""

    @property
    def words(self) -> str:
        """What it is called within its block; empty where it has no label."""
        return self.label or ""

    def features(self) -> Iterator[tuple[Direction, Feature]]:
        """Yield each side's features, east, south, west, north, in the order of the text."""
        for direction in DIRECTIONS:
            for feature in self.abuttals[direction]:
                yield direction, feature

    def around(self) -> tuple[tuple[Side, tuple[Feature, ...]], ...]:
        """Return what bounds it, in the order of a ring: its four sides, east, north, west, south.

        Where the text tells no directions, it is each of the ring's features by itself, without the
        first one told again at the end (甲路—乙路—丙路—甲路).
        """
        if not self.ring:
            return tuple((side, self.abuttals[side]) for side in RING_ORDER)
        again = len(self.ring) > 1 and self.ring[0].name == self.ring[-1].name
        return tuple(("ring", (feature,)) for feature in self.ring[: len(self.ring) - again])

    def bounds(self) -> Iterator[tuple[SideKey, Feature]]:
        """Yield each feature that bounds it with its key, in the order of :meth:`around`."""
        for n, (side, features) in enumerate(self.around()):
            for k, feature in enumerate(features):
                yield SideKey(self.id, side, n if side == "ring" else k), feature

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "label": self.label,
            "declared_area": self.declared_area and self.declared_area.to_dict(),
            "span": list(self.span),
            "abuttals": {d: [f.to_dict() for f in self.abuttals[d]] for d in DIRECTIONS},
            "ring": [f.to_dict() for f in self.ring],
            "members": [f.to_dict() for f in self.members],
            "undetermined": self.undetermined and self.undetermined.to_dict(),
            "alternatives": {
                d: [[f.to_dict() for f in reading] for reading in readings]
                for d, readings in self.alternatives.items()
            },
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A labelled part of a zone, of one parcel or several."""

    id: str
    label: str | None = None
    name: str | None = None
    declared_area: Area | None = None
    parcels: tuple[Parcel, ...]
    span: Span
    part_of_total: bool = True
    """One of the addends of the zone's total; not so a whole zone told beside its blocks, nor a
    part (其中规划建设用地…) of what other blocks cover."""
    declared_parcel_count: int | None = None
    """How many parcels it says it has: 分为三个地块."""
    parts: tuple[Division, ...] = ()
    restated: tuple[Area, ...] = ()
    """Its area, told again: in a list or a table of the same blocks."""

    @property
    def words(self) -> str:
        """Its label, with its name in brackets; either alone; empty where it has neither."""
        return f"{self.label}（{self.name}）" if self.label and self.name else self.label or self.name or ""

    def stated_area(self, parcel: Parcel) -> Area | None:
        """Return the area stated of a parcel; of a block's only one, what is stated of the block is."""
        return parcel.declared_area or (self.declared_area if len(self.parcels) == 1 else None)

    def called(self) -> Iterator[tuple[frozenset[str], tuple[Parcel, ...]]]:
        """Yield what the block may be called, folded, with its parcels; then each of several parcels."""
        own = {folded(f"{label}{name}") for label in (self.label or "", "") for name in (self.name or "", "")}
        yield frozenset(own - {""}), self.parcels
        for parcel in self.parcels if len(self.parcels) > 1 else ():
            if parcel.label:
                yield frozenset(words + folded(parcel.label) for words in own), (parcel,)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "label": self.label,
            "name": self.name,
            "declared_area": self.declared_area and self.declared_area.to_dict(),
            "part_of_total": self.part_of_total,
            "declared_parcel_count": self.declared_parcel_count,
            "parts": [part.to_dict() for part in self.parts],
            "restated": [area.to_dict() for area in self.restated],
            "parcels": [p.to_dict() for p in self.parcels],
            "span": list(self.span),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A zone: a declared total and its blocks."""

    id: str
    name: str | None
    declared_area: Area | None = None
    declared_block_count: int | None = None
    blocks: tuple[Block, ...]
    span: Span
    parts: tuple[Division, ...] = ()
    restated: tuple[Area, ...] = ()
    """The same total, told again."""
    basis: Area | None = None
    """What its blocks add up to, where the text says that they make up a part of it
    (其中规划建设用地3.77平方公里，分三个区块); None where that is the total."""

    @property
    def made_up(self) -> Area | None:
        """The figure that its blocks add up to."""
        return self.basis or self.declared_area

    @property
    def words(self) -> str:
        """Its name; empty where it has none."""
        return self.name or ""

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """All parcels, in the order of the text."""
        return tuple(p for b in self.blocks for p in b.parcels)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "name": self.name,
            "declared_area": self.declared_area and self.declared_area.to_dict(),
            "declared_block_count": self.declared_block_count,
            "parts": [part.to_dict() for part in self.parts],
            "restated": [area.to_dict() for area in self.restated],
            "basis": self.basis and self.basis.to_dict(),
            "blocks": [b.to_dict() for b in self.blocks],
            "span": list(self.span),
        }


class Neighbours:
    """Whom the sides of a zone's parcels name as their neighbours: 区块二, 地块一, 核心区.

    Parameters
    ----------
    zone : Zone
        Its labels and names are filed once; asking does not go through the blocks again.

    Examples
    --------
    >>> def parcel(number):
    ...     return Parcel(id=f"a-{number}", abuttals={}, span=(0, 0))
    >>> one, two = parcel(1), parcel(2)
    >>> blocks = tuple(Block(id=p.id, label=f"区块{n}", parcels=(p,), span=(0, 0))
    ...                for n, p in (("一", one), ("二", two)))
    >>> zone = Zone(id="a", name=None, blocks=blocks, span=(0, 0))
    >>> side = Feature(name="区块2西侧", base="区块2", kind="block", relation="west_edge", span=(0, 5))
    >>> Neighbours(zone).meant_by(side, one) == (two,)
    True
    """

    def __init__(self, zone: Zone) -> None:
        self._home = {parcel.id: block for block in zone.blocks for parcel in block.parcels}
        self._called: dict[str, list[tuple[Parcel, ...]]] = {}
        for block in zone.blocks:
            for names, parcels in block.called():
                for name in names:
                    self._called.setdefault(name, []).append(parcels)

    def meant_by(self, feature: Feature, parcel: Parcel) -> tuple[Parcel, ...]:
        """Return the parcels that a side of a parcel names.

        Parameters
        ----------
        feature : Feature
            Of kind ``block``; what any other names is no part of the plan.
        parcel : Parcel
            Of the zone, whose side it is. It is never its own neighbour.

        Returns
        -------
        tuple of Parcel
            A sister parcel of the same block, else all parcels of the block so called; none where no
            part of the zone is called so, or more than one.
        """
        if feature.kind != "block":
            return ()
        called = folded(feature.called)
        home = self._home[parcel.id].parcels if parcel.id in self._home else ()
        sisters: list[tuple[Parcel, ...]] = [
            (p,) for p in home if p.label and folded(p.label) == called and p.id != parcel.id
        ]
        meant = sisters or [
            parcels for parcels in self._called.get(called, ()) if all(p.id != parcel.id for p in parcels)
        ]
        return meant[0] if len(meant) == 1 else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One numbered task that a notice sets for a zone."""

    zone_id: str
    number: int
    """As printed; it begins at 1 in every zone."""
    group: str | None = None
    """Heading of the group of tasks that it stands in."""
    heading: str
    departments: tuple[str, ...] = ()
    """支持单位, in the order of the text."""
    span: Span
    """The whole task, from its number to its last word."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "zone_id": self.zone_id,
            "number": self.number,
            "group": self.group,
            "heading": self.heading,
            "departments": list(self.departments),
            "span": list(self.span),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One measure of a table of pilot measures."""

    number: int
    name: str
    content: str
    scope: str
    """Where it applies: 全市, 京津冀."""
    departments: tuple[str, ...]
    """负责单位, in the order of the text."""
    span: Span
    """The table's row."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "number": self.number,
            "name": self.name,
            "content": self.content,
            "scope": self.scope,
            "departments": list(self.departments),
            "span": list(self.span),
        }


class Position(NamedTuple):
    """A parcel with the block and the zone that it stands in."""

    zone: Zone
    block: Block
    parcel: Parcel

    @property
    def title(self) -> str:
        """What the parcel is called in a sentence that stands alone: zone, block and parcel."""
        return title(self.zone, self.block, self.parcel)


def title(zone: Zone | None = None, block: Block | None = None, parcel: Parcel | None = None) -> str:
    """Return what parts of a plan are called, the larger before the smaller.

    Parameters
    ----------
    zone, block, parcel : optional
        The parts to name. A block's only parcel has no words of its own.

    Returns
    -------
    str
        Labels, with names in brackets; the id of the smallest part where none has words.

    Examples
    --------
    >>> block = Block(id="a-1", label="区块一", name="核心区", parcels=(), span=(0, 0))
    >>> title(Zone(id="a", name="甲区", blocks=(block,), span=(0, 9)), block), title(block=block)
    ('甲区 区块一（核心区）', '区块一（核心区）')
    """
    alone = block is not None and len(block.parcels) == 1
    parts = [part for part in (zone, block, None if alone else parcel) if part is not None]
    words = [part.words for part in parts if part.words]
    return " ".join(words) or (parts[-1].id if parts else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One document: its zones in order, and the text they were read from."""

    text: str = field(repr=False)
    """The running text that every span points into."""
    source: Source
    zones: tuple[Zone, ...]
    declared_area: Area | None = None
    """The total over all zones, where the text tells one."""
    figures: tuple[StatedFigure, ...] = ()
    """Every number with a unit of area, in the order of the text, with what became of it."""
    unread: tuple[Span, ...] = ()
    """Stretches that look like a boundary or hold an area, and of which nothing was read."""
    tasks: tuple[Task, ...] = ()
    """What the notice sets its zones to do."""
    measures: tuple[Measure, ...] = ()
    """Pilot measures told in the same document."""
    places: tuple[Place, ...] = field(default=(), repr=False)
    """Where in the document each stretch of the text stands; empty for text given directly."""
    notes: tuple[Note, ...] = field(default=(), repr=False)
    """What the document's reader did that the text does not show; empty for text given directly."""

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """All parcels of all zones, in the order of the text."""
        return tuple(p for z in self.zones for p in z.parcels)

    def walk(self) -> Iterator[Position]:
        """Yield every parcel with its block and its zone, in the order of the text."""
        for zone in self.zones:
            for block in zone.blocks:
                for parcel in block.parcels:
                    yield Position(zone, block, parcel)

    def parts(self, key: str) -> tuple[str, ...]:
        """Return the ids of the parcels of the zone, block or parcel of an id, in the order of the text.

        A zone's id goes before a block's, and that before a parcel's: a block's only parcel has its id.
        """
        return tuple(p.parcel.id for p in self.walk() if key in (p.zone.id, p.block.id, p.parcel.id))

    def words(self, span: Span) -> str:
        """Return the words of a span."""
        return self.text[span[0] : span[1]]

    def place(self, span: Span) -> Place | None:
        """Return the page and line of the document where a span begins."""
        after = bisect_right(self.places, span[0], key=lambda place: place.start)
        return self.places[after - 1] if after else None

    def where(self, span: Span) -> str:
        """Say in Chinese where a span begins: page and line of the document, or the character."""
        place = self.place(span)
        if place is None:
            return f"第{span[0] + 1}字"
        return (f"第{place.page}页" if place.page else "") + f"第{place.line}行"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, schema ``ftz-geo/plan-1``."""
        return {
            "schema": "ftz-geo/plan-1",
            "source": self.source.to_dict(),
            "declared_area": self.declared_area and self.declared_area.to_dict(),
            "zones": [z.to_dict() for z in self.zones],
            "tasks": [t.to_dict() for t in self.tasks],
            "measures": [m.to_dict() for m in self.measures],
            "figures": [figure.to_dict() for figure in self.figures],
            "unread": [list(s) for s in self.unread],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched:
    """What names were looked up in: the one home of how sentences speak of it.

    Examples
    --------
    >>> road = Feature(name="甲路", kind="road", span=(0, 2))
    >>> Searched(has_map=False, has_points=True).missing("“甲路”", "甲路", road).zh
    '地名点中没有“甲路”'
    >>> Searched(has_points=True).missing("“甲路”", "甲路", road).en
    '甲路 is neither on the map nor among the named points'
    """

    has_map: bool = True
    """A map of lines."""
    has_points: bool = False
    """Named points, and the axes drawn through them."""
    only_points: frozenset[str] = frozenset()
    """Names that points have; where no line was found of one, they made none."""

    def missing(self, zh: str, en: str, feature: Feature) -> Reason:
        """Say that no line is known of a feature, which is called so in Chinese and in English."""
        if feature.called in self.only_points:
            return Reason(
                code="no-line-of-points",
                zh=f"{zh}只有地名点，没有连成线",
                en=f"{en} has named points, of which no line was made",
            )
        both = self.has_map and self.has_points
        return Reason(
            code="not-on-map",
            zh=f"底图和地名点中都没有{zh}" if both else f"{self.where.zh}没有{zh}",
            en=f"{en} is neither on the map nor among the named points"
            if both
            else f"{en} is not {self.where.en}",
        )

    @property
    def where(self) -> Text:
        """Where names are found."""
        if not self.has_points:
            return Text("底图上", "on the map")
        if not self.has_map:
            return Text("地名点中", "among the named points")
        return Text("底图和地名点中", "on the map and among the named points")

    @property
    def along(self) -> Text:
        """What lines run along."""
        if not self.has_points:
            return Text("在底图上", "on the map")
        if not self.has_map:
            return Text("按地名点连成的中线", "along axes through the named points")
        return Text("按底图和地名点连成的中线", "on the map and along axes through the named points")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceMap:
    """Named features of one or more map files, ready to be looked up.

    Not hashable and not compared by value: it holds a frame.
    """

    features: geopandas.GeoDataFrame
    """Columns ``source_id`` (str, unique), ``name``, ``alt_names`` (tuple of str), ``kind``
    (a :data:`Kind`), ``source`` (index into :attr:`sources`), geometry in :data:`STORAGE_CRS`. ``one_way``
    may be missing: 1 or -1 for main roads that are run along or against their line only; so may
    ``of_points``: whether it is no line of a map, but an axis drawn through named points."""
    sources: tuple[Mapping[str, Any], ...] = ()
    """One mapping per file, or per layer where layers differ: file, sha256, licence, date, crs, datum;
    None where the file does not say."""
    searched: Searched = Searched()
    """What it is made of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A feature of the reference map that a name may mean, with its rank."""

    source_ids: tuple[str, ...]
    """The map's features that carry the name."""
    map_name: str
    """The name as the map spells it."""
    score: float
    """1 for the very name; lower for a match by the name's parts."""
    how: str
    """Which rule matched: ``exact``, ``normalised``, ``alternative name`` …"""
    lost: Reason | None = None
    """Why another candidate was chosen; None for the chosen one."""
    of_points: bool = False
    """Whether it is an axis through named points, and not on the map."""

    @property
    def searched(self) -> Searched:
        """What it was found in."""
        return Searched(has_map=not self.of_points, has_points=self.of_points)

    @property
    def is_rival(self) -> bool:
        """Whether nothing on the map speaks against it: it is as likely, or named points decided."""
        return self.lost is not None and self.lost.code in ("tied", "points")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def __add__(self, more: Text) -> Text:
        return Text(self.zh + more.zh, self.en + more.en)

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a result is graded as it is, or a candidate lost: a stable code, a sentence in both languages."""

    code: str
    zh: str
    en: str
    area_m2: float = 0.0
    """By how much the area may change for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What one feature of a side was taken for on the reference map."""

    side: Side
    feature: Feature
    candidates: tuple[Candidate, ...]
    """The chosen one first, then those that lost, each with its reason; empty where there was none."""
    searched: Searched = Searched()
    """What it was looked up in."""
    points: tuple[tuple[str, int], ...] = ()
    """Names of named points that were taken for it, its own and others, each with how many have it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """One piece of a parcel's ring and the evidence for it."""

    side: Direction
    feature: str | None
    """The feature's verbatim name; None for a piece that no name accounts for."""
    span: Span | None = None
    """The words it came from."""
    source_ids: tuple[str, ...] = ()
    """Features of the reference map that it lies on."""
    method: Method
    line: LineString
    """Longitude, latitude, in ring order (counter-clockwise)."""
    uncertainty_m: float | None = None
    """Half the width of the band that holds the true boundary with 90 %; None where nothing is claimed."""
    half_width_m: float = 0.0
    """From the line to the edge of what it runs along; 0 where that has no width."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Digitised:
    """What was drawn for one parcel, and on what grounds."""

    parcel_id: str
    polygon: Polygon | MultiPolygon | None
    """Longitude, latitude; None where nothing was drawn."""
    grade: Grade
    reasons: tuple[Reason, ...] = ()
    edges: tuple[Edge, ...] = ()
    choices: tuple[Choice, ...] = ()
    """For every feature of the sides, what it was looked up as; empty where there was no map."""
    placement_uncertainty_m: float | None = None
    """How far the whole polygon may lie from the truth; None where it stands on a map."""
    area_shaped: bool = False
    """The stated area decided the shape, so it cannot be checked against it."""
    area_doubt_km2: float | None = None
    """By how much what was drawn by rule may change the area; None where nothing is claimed."""
    area_near_km2: float | None = None
    """Of the block up to the near edges of its roads and waters; None where none has a width."""
    area_far_km2: float | None = None
    """Of the block with its roads and waters up to their far edges."""

    def __post_init__(self) -> None:
        if (self.polygon is None) != (self.grade == "undetermined"):
            raise ValueError(f"{self.parcel_id}: graded {self.grade} with polygon {self.polygon!r}")
        if self.polygon is not None and self.polygon.is_empty:
            raise ValueError(f"{self.parcel_id}: an empty polygon is no result; give None and a reason")


BY_SIDES = "known-sides"
"""The code of a place that a parcel has from the known ones of its sides."""

NO_PLACE = frozenset({"no-anchor", "beside-zone"})
"""The codes of a parcel of which no clue tells where it lies: nowhere, or beside its zone for want of one."""

SHARED_AREA = "shared-area"
"""The code of an outline whose area is an equal share of its block's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """A place where blocks of a zone are known to lie, as far as anybody knows."""

    name: str
    """The place's own name."""
    zone: str
    """Words that the zone's name contains."""
    blocks: tuple[str, ...] = ()
    """Block labels it stands for; empty for the whole zone, which its other anchors override."""
    parcels: tuple[str, ...] = ()
    """Ids of parcels that it stands for: nothing else is known as well of where they lie."""
    lon: float
    """WGS 84 degrees."""
    lat: float
    """WGS 84 degrees."""
    uncertainty_m: float
    """Radius within which the blocks are believed to lie."""
    source: str
    licence: str
    basis: str
    """Why the blocks are believed to lie there."""
    name_en: str = ""
    """Its name in English; empty where it has none."""
    basis_en: str = ""
    code: str = "anchor"
    """What the reason for a place there is called."""

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(
                f"{self.name}: {self.lon}, {self.lat} is not a longitude and latitude in degrees"
            )
        if not self.uncertainty_m > 0:
            raise ValueError(f"{self.name}: the uncertainty is more than 0 m, not {self.uncertainty_m}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fact that an audit found, with the figures and the words it rests on."""

    check: str
    """The check's id."""
    severity: Severity
    zone_id: str | None = None
    block_id: str | None = None
    parcel_id: str | None = None
    declared_km2: Decimal | None = None
    measured_km2: Decimal | None = None
    """What the declared figure was held against: a sum of figures or a measured polygon."""
    difference_km2: Decimal | None = None
    """Declared minus measured."""
    limit_km2: Decimal | None = None
    """The largest difference that rounding and boundary tolerance explain."""
    zh: str
    en: str
    spans: tuple[Span, ...] = ()
    follows_from: str | None = None
    """The check of the finding that explains it: where one cause has many consequences, reports fold these
    under it."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; figures are numbers."""

        def figure(value: Decimal | None) -> float | None:
            return None if value is None else float(value)

        return {
            "check": self.check,
            "severity": self.severity,
            "zone_id": self.zone_id,
            "block_id": self.block_id,
            "parcel_id": self.parcel_id,
            "declared_km2": figure(self.declared_km2),
            "measured_km2": figure(self.measured_km2),
            "difference_km2": figure(self.difference_km2),
            "limit_km2": figure(self.limit_km2),
            "message": {"zh": self.zh, "en": self.en},
            "spans": [list(s) for s in self.spans],
            "follows_from": self.follows_from,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Every tolerance and choice, passed whole."""

    boundary_tolerance_m: float = 1.0
    """How far a true boundary may lie from a traced one; the audit's limit grows with it."""
    point_error_m: float | None = None
    """Mean error of the corners of surveyed polygons; an area may be off by twice what they make of it.

    None for what is usual: 0.05 m for lists of corners, as boundary points of the first class of cadastral
    surveys (TD/T 1001-2012); 0.5 m for polygons of a map file, as points of a 1:1000 map (GB/T 14912-2017).
    """
    bridge_tolerance_m: float = 60.0
    """The longest gap along or between named features that may be bridged and still be traced,"""
    gap_tolerance_m: float = 200.0
    """but for a gap within one feature of which both ends are known."""
    longest_extension_m: float = 800.0
    """An extension that is longer and leaves all of the area in doubt is not drawn."""
    road_gap_m: float = 40.0
    """Width left for a shared road between two sketched blocks."""
    road_half_width_m: float = 15.0
    """From the middle of a road or water to its edge, where a notice does not say which bounds a block."""
    gap_width_m: float = 5.0
    """Open strips between polygons that are narrower are gaps in the drawing; wider ones are roads."""
    landmark_half_width_m: float = 100.0
    """From the middle of a landmark to its edge, where the map has a point only."""
    boundary: Boundary = "centre"
    """Which line of a road or water bounds a block where the words do not say."""
    outline_tolerance_m: float = 150.0
    """How far a district's outline on a reference map may be off: public ones are 50 to 130 m coarse."""

    def __post_init__(self) -> None:
        if self.boundary not in get_args(Boundary):
            raise ValueError(
                f"boundary must be one of {', '.join(get_args(Boundary))}, not {self.boundary!r}"
            )
        for name in self.__slots__:
            value = getattr(self, name)
            if name == "boundary" or (name == "point_error_m" and value is None):
                continue
            if not 0 <= value < 10_000:
                raise ValueError(f"{name} is metres between 0 and 10000, not {value!r}")


Verdict = Literal["pass", "notes", "incomplete", "fail"]
"""The best first."""

HOLDS_ZH: Mapping[Verdict, str] = {
    "pass": "相符",
    "notes": "有说明",
    "incomplete": "未核全",
    "fail": "不符",
}
"""The Chinese word for a verdict on figures, as maps and reports print it."""

PASSES_ZH: Mapping[Verdict, str] = {
    "pass": "通过",
    "notes": "有说明",
    "incomplete": "未核全",
    "fail": "不通过",
}
"""The Chinese word for a verdict on a zone or a whole document, as workbooks and reports print it."""


def verdict_of(findings: Iterable[Finding], unchecked: Iterable[Unchecked] = ()) -> Verdict:
    """Return the verdict on findings and on what was not checked.

    ``fail`` with an error among the findings; ``incomplete`` where something that was handed in could not be
    held against its counterpart; ``notes`` with lesser findings only, else ``pass``.
    """
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "fail"
    return "incomplete" if any(True for _ in unchecked) else "notes" if severities else "pass"


Status = Literal["ran", "not-run", "could-not"]
"""What a check did: it looked at all there was; there was nothing to look at; it could not look at some."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRun:
    """What a check did in an audit."""

    id: str
    status: Status
    looked_at: int
    """How many things it looked at: sums, figures, polygons, pairs."""
    found: int
    """How many findings it has."""
    reason: Text | None = None
    """Why it did not run, or what it could not look at."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "status": self.status,
            "looked_at": self.looked_at,
            "found": self.found,
            "reason": self.reason and self.reason.to_dict(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchecked:
    """One thing that was handed in and that an audit could not hold against its counterpart."""

    code: str
    """Stable ASCII word: ``no-polygon``, ``unread-figure`` …"""
    zone_id: str | None = None
    block_id: str | None = None
    parcel_id: str | None = None
    zh: str
    en: str
    spans: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "code": self.code,
            "zone_id": self.zone_id,
            "block_id": self.block_id,
            "parcel_id": self.parcel_id,
            "message": {"zh": self.zh, "en": self.en},
            "spans": [list(s) for s in self.spans],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What a check holds to be right."""

    id: str
    """Stable ASCII word; :attr:`Finding.check` repeats it."""
    text: Text
    """The rule in one sentence."""
    limit: Text
    """What a finding's limit is computed from; 0 where there is no allowance."""
    severities: tuple[Severity, ...]
    """What a finding of it may be, lightest first."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "id": self.id,
            **self.text.to_dict(),
            "limit": self.limit.to_dict(),
            "severities": list(self.severities),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """An area taken in three ways, km²."""

    ellipsoid: float
    """By the formula of the national land surveys; findings are judged by it."""
    geodesic: float
    """With geodesics as edges."""
    plane: float
    """On the plane of the 3-degree Gauss-Krüger zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockSummary:
    """The figures of one block, km²."""

    id: str
    label: str | None = None
    name: str | None = None
    part_of_total: bool = True
    declared_km2: float | None = None
    measured_km2: float | None = None
    """None where a polygon is missing, or its stated area shaped it."""
    measured_ways_km2: Ways | None = None
    drawn_ways_km2: Ways | None = None
    """Of its polygons whether or not they prove anything; None where one is missing or broken."""
    perimeter_m: float | None = None
    difference_km2: float | None = None
    """Declared minus measured."""
    limit_km2: float | None = None
    """The largest difference that rounding and boundary tolerance explain."""
    band_km2: float | None = None
    """What hangs on whether the middle or the edge of a road bounds it."""
    verdict: Verdict | None = None
    """Whether its stated areas hold; None where no polygon can tell."""
    grade: Grade = "undetermined"
    """The last of its polygons' grades."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneSummary:
    """The figures of one zone, km², and of its blocks."""

    id: str
    name: str | None = None
    declared_km2: float | None = None
    sum_km2: float | None = None
    difference_km2: float | None = None
    """Declared minus sum."""
    limit_km2: float | None = None
    """The largest difference that rounding explains."""
    declared_block_count: int | None = None
    listed_block_count: int = 0
    verdict: Verdict = "pass"
    """Of all findings about the zone, and of what of it was not checked."""
    measured_basis: Text | None = None
    """What its polygons prove about its areas."""
    blocks: tuple[BlockSummary, ...] = ()

    @property
    def title(self) -> str:
        """Its name, or its id."""
        return self.name or self.id

    @property
    def sum_verdict(self) -> Verdict | None:
        """Whether its blocks add up to its total; None where there is nothing to add."""
        if self.difference_km2 is None or self.limit_km2 is None:
            return None
        within = abs(self.difference_km2) <= self.limit_km2
        return "pass" if self.difference_km2 == 0 else "notes" if within else "fail"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "blocks": [asdict(block) for block in self.blocks]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What an audit rests on, so that it can be repeated."""

    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the libraries that computed."""
    settings: Settings = field(default_factory=Settings)
    sources: tuple[Mapping[str, Any], ...] = ()
    """One for each file: ``role`` (``document``, ``polygons``, ``reference``, ``outlines``), ``file``,
    ``sha256``, and licence, date and datum as far as the file tells them."""
    crs: Text | None = None
    method: tuple[Text, ...] = ()
    """How the figures were come by."""
    checks: tuple[Rule, ...] = ()
    date: str | None = None
    """The day of the audit, ISO 8601; None where nobody told it."""
    operator: str | None = None
    """Who ran it."""
    command: str | None = None
    """The command line that ran it."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "date": self.date,
            "operator": self.operator,
            "command": self.command,
            "versions": dict(self.versions),
            "settings": asdict(self.settings),
            "inputs": {source["file"]: source["sha256"] for source in self.sources},
            "sources": [dict(source) for source in self.sources],
            "crs": self.crs and self.crs.to_dict(),
            "method": {"zh": [text.zh for text in self.method], "en": [text.en for text in self.method]},
            "checks": [rule.to_dict() for rule in self.checks],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """All findings, and the figures per zone that they rest on."""

    findings: tuple[Finding, ...]
    zones: tuple[ZoneSummary, ...]
    checks: tuple[CheckRun, ...] = ()
    """What every check did, in the order of :data:`~ftz_geo.check.CHECKS`."""
    unchecked: tuple[Unchecked, ...] = ()
    """What could not be held against its counterpart; with any, the audit is ``incomplete`` at best."""
    metadata: Metadata = field(default_factory=Metadata)

    @property
    def verdict(self) -> Verdict:
        """As :func:`verdict_of` tells it."""
        return verdict_of(self.findings, self.unchecked)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, schema ``ftz-geo/audit-2``."""
        return {
            "schema": "ftz-geo/audit-2",
            "verdict": self.verdict,
            "checks": [run.to_dict() for run in self.checks],
            "unchecked": [gap.to_dict() for gap in self.unchecked],
            "findings": [f.to_dict() for f in self.findings],
            "zones": [zone.to_dict() for zone in self.zones],
            "metadata": self.metadata.to_dict(),
        }
