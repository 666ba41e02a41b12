"""Groups: the sides that describe one parcel, kept apart from passing remarks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftz_geo.compass import DIRECTIONS, Direction
from ftz_geo.parse.names import is_complete
from ftz_geo.parse.prose import BREAK
from ftz_geo.parse.words import LEAD_INS, NEIGHBOUR_ENDS, REMARK_HEADINGS, WIDE_ENDS, WIDE_NAMES
from ftz_geo.wording import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftz_geo.model import Feature
    from ftz_geo.parse.prose import Prose
    from ftz_geo.parse.sides import Side

__all__ = ["Group", "group_sides", "is_description"]


@dataclass(frozen=True, slots=True)
class Group:
    """The sides of one parcel, or its ring."""

    start: int
    end: int
    sides: tuple[Side, ...] = ()
    ring: tuple[Feature, ...] = ()

    @property
    def directions(self) -> set[Direction]:
        """The directions that have a side."""
        return {d for s in self.sides for d in s.directions}

    def abuttals(self) -> dict[Direction, tuple[Feature, ...]]:
        """Return the features of every direction, in the order of the text."""
        found: dict[Direction, tuple[Feature, ...]] = dict.fromkeys(DIRECTIONS, ())
        for side in self.sides:
            for direction, features in side.features:
                found[direction] += features
        return found

    def alternatives(self) -> dict[Direction, tuple[tuple[Feature, ...], ...]]:
        """Return the other readings of the directions that have any."""
        found: dict[Direction, tuple[tuple[Feature, ...], ...]] = {}
        for side in self.sides:
            for direction, features in side.others:
                found[direction] = (*found.get(direction, ()), features)
        return found


def group_sides(prose: Prose, sides: list[Side], label_starts: list[int]) -> Iterator[Group]:
    """Put sides together that describe one parcel.

    Parameters
    ----------
    prose : Prose
    sides : list of Side
        In the order of the text.
    label_starts : list of int
        Where the labels of blocks begin; no group reaches over one.

    Yields
    ------
    Group
        In the order of the text.
    """
    current: list[Side] = []
    for side in sides:
        if current and not _goes_on(prose, current, side, label_starts):
            yield Group(current[0].start, current[-1].end, tuple(current))
            current = []
        current.append(side)
    if current:
        yield Group(current[0].start, current[-1].end, tuple(current))


_MOST_SIDES = 16
"""Four directions, each told in a few pieces; more is a list of something else."""

_CORNER = re.compile(r"[^,。;、]{1,20}以[东西][南北]|[东西][南北][至以临邻接][^,。;]{1,40}")
"""A corner is no side, and does not end a description either."""

_ASIDE = re.compile(
    rf"""(?<=[,;、])
    (?: [^,。;、]{{0,12}}?[与和同][^,。;]{{1,30}}?{one_of(NEIGHBOUR_ENDS)}     # …,与丙镇接壤
    | [^,。;、]{{1,20}}以[^,。;]{{2,20}}为[界边准限]
    | [东南西北]?距[^,。;]{{1,20}}\d+(?:\.\d+)?(?:米|公里|千米) )
    """,
    re.X,
)
"""What is told beside a side and is none: who the neighbour is, how far something lies."""


def _goes_on(prose: Prose, group: list[Side], side: Side, label_starts: list[int]) -> bool:
    """Tell whether a side describes the same parcel as the sides before it."""
    last = group[-1]
    if bisect_left(label_starts, last.end) != bisect_left(label_starts, side.start + 1):
        return False
    between = prose.text[last.end : side.start]
    if len(between) > 80 or len(group) == _MOST_SIDES:
        return False
    between = _ASIDE.sub("", _CORNER.sub("", between))
    if last.latin:
        between = between.replace(" and ", "").replace(" ", "")
    known = {d for s in group for d in s.directions}
    if known.intersection(side.directions):
        if side.inverse and last.inverse:
            return len(known) < 3 and len(between) < 4 and not re.search(r"[及和与;。]", between)
        return set(side.directions) == set(last.directions) and len(known) < 3 and len(between) < 3
    if len(between) > 60 or (last.latin and re.search(r"[.:]", between)):
        return False
    if side.faced and last.faced and prose.gaps[side.start] >= BREAK:
        return True  # each side a line of its own, with remarks at its end
    if ";" in between and not re.search(r"[。!?]", between) and len(between) < 24 and len(known) < 4:
        return True  # …;南至乙江,沿岸长约3公里;西至…
    if re.search(r"[。;!?]", between):
        # A side may begin the next sentence, but not one that tells something else first.
        return len(re.sub(r"[。;!?,、]", "", between)) <= 4 and len(known) < 4
    return side.inverse == last.inverse or len(between) <= 12


_LED = re.compile(rf"(?:{one_of(LEAD_INS)})[^,。;]{{0,6}}$")
_AREA_AFTER = re.compile(r"(?:的)?(?:连片)?(?:区域|范围|地区|部分|地块|片区|一带)?[,、。;)]")


_BOUNDS_TOLD = re.compile(
    rf"(?:{one_of([w for w in LEAD_INS if '位置' not in w and '坐落' not in w])}"
    r"|面积|占地|用地|\d(?:平方|公顷|亩|km|ha)|为界|围合)"
)
_REMARK_HEADING = re.compile(one_of(REMARK_HEADINGS))
_HEADING_MARKS = re.compile(r"[。;,]")
_WIDE = re.compile(rf"^(?:{one_of(WIDE_NAMES)})(?:[省市]|沿海|地区|各国|五国)?$|{one_of(WIDE_ENDS)}$")

_NEAR = re.compile(r"(?<![公铁])路$|[街巷弄村渠沟园校院]$|(?<![国省])道$|小区$|社区$|地块$|公司$")


def is_location_remark(prose: Prose, group: Group) -> bool:
    """Tell whether sides tell where a place lies in its region: 东临渤海,西靠燕山.

    No block does so: the sentence speaks of no area and no range, and either most of what it
    names is a sea, a mountain range, a province or a country, or it stands under a heading such
    as 区位条件 with verbs of lying only, and names nothing as near as a street or a village.
    """
    if any(s.inverse for s in group.sides) or _BOUNDS_TOLD.search(_sentence_around(prose, group)):
        return False
    names = [f.name for s in group.sides for _, features in s.features for f in features]
    wide = sum(_WIDE.search(name.split("的")[0]) is not None for name in names)
    lying = all(s.lying for s in group.sides)
    if 2 * wide > len(names):
        return True
    near = any(_NEAR.search(name) for name in names)
    return lying and not near and _under_remark_heading(prose, group.start)


def _sentence_around(prose: Prose, group: Group) -> str:
    """Return the words around sides in their sentence, and what opens the next: …。总面积2平方公里."""
    text = prose.text
    a = max(text.rfind(c, max(0, group.start - 120), group.start) for c in "。!?") + 1
    b = text.find("。", group.end, group.end + 80)
    after = text[group.end : b if b >= 0 else group.end + 80]
    opens_next = re.match(r"[^,。;]{0,16}", text[b + 1 : b + 17]) if b >= 0 else None
    return text[max(a, group.start - 120) : group.start] + after + (opens_next.group() if opens_next else "")


def _under_remark_heading(prose: Prose, i: int) -> bool:
    """Tell whether the last heading before a place is one of location, on a line or before a colon."""
    starts = prose.line_starts
    k = bisect_right(starts, i) - 1
    for j in range(k, max(-1, k - 12), -1):
        line = prose.text[starts[j] : starts[j + 1] if j + 1 < len(starts) else len(prose.text)][:24]
        words = line.split(":")[0]
        if (":" in line or len(line) < 20) and not _HEADING_MARKS.search(words):
            return _REMARK_HEADING.search(words) is not None
    return False


_RUN = re.compile(r"[^,。;、]的[^,。;、]{1,12}?(?:路|道|街|线|堤|渠|河|管网|全线|全段)[^,。;、]{0,8}$")
"""东至东门桥、西至汽车站的人民路: from where to where a road or a river runs."""


def is_description(
    prose: Prose, group: Group, before: Group | None, after: Group | None, label_starts: list[int]
) -> bool:
    """Tell whether a group describes a parcel and is not a passing remark.

    Three directions do. Two do unless they follow a full description (its neighbours are told);
    a single one only after a lead-in such as 范围为.
    """
    known = group.directions
    first = group.sides[0]
    lead = prose.text[max(0, group.start - 24) : group.start]
    led = lead.endswith(":") or _LED.search(lead) is not None
    full = before is not None and len(before.directions) == 4
    labelled = before and bisect_left(label_starts, before.end) < bisect_left(label_starts, group.start)
    near = before is not None and group.start - before.end < 120
    around = len(known) < 3 or (len(known) < 4 and prose.text[group.start + 1] in "侧面边部方")
    if full and near and around and not labelled and not first.inverse:
        # 片区东侧为…，南侧为… after a full description tells what lies around.
        return led
    if not labelled and is_location_remark(prose, group):
        return False
    if len(known) >= 3:
        return True
    if known in ({"east", "west"}, {"south", "north"}) and _RUN.search(prose.text, group.start, group.end):
        return False
    if first.inverse and after and len(after.directions) > len(known) and not after.sides[0].inverse:
        # 甲路以南、乙路以西地块（东至…，南至…）: where it lies, before what bounds it.
        between = prose.text[group.end : after.start]
        if len(between) < 40 and not re.search(r"[。;]", between):
            return False
    if len(known) == 2:
        if first.inverse:
            return True
        last_words = re.split(r"[,。;:、]", lead)[-1]
        return all(s.strong for s in group.sides) and (first.clean or is_complete(last_words))
    if first.inverse:
        if lead.endswith("位于") and prose.text[first.end - 1] in "侧面":
            return True  # a plot of land, and the one road that it lies beside
        area_follows = _AREA_AFTER.match(prose.text, group.end) is not None
        return area_follows and (led or lead.endswith((":", "为", "招收")))
    return first.strong and led
