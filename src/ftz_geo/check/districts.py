"""Which district a zone is named after, and where that district lies.

A district counts only where it is named with its suffix: 西青区 is one, 西青经开区 is a company's
ground that may lie elsewhere. Districts of China share names, so it is looked up within whatever
city the words name; what is left in doubt is not checked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from ftz_geo.model import Plan, Zone

__all__ = ["city_of", "district_names", "district_of"]

_LONGEST = 8
"""Characters of a name with its suffix; the few longer ones, of autonomous counties, are not looked for."""

_OPENING = re.compile(r"^|(?<=[市省州盟（(《〈“、，和与在于（])|(?<=北京|天津|上海|重庆)")
"""Where a district's name may begin: 津南开发区 does not name 南开区."""

_NOT_BEHIND = "块域间划场"
"""What makes 城东区 a part of another word: 城东区块一."""


def district_names(plan: Plan) -> frozenset[str]:
    """Return every stretch of the plan's title and its zones' names that a district may be called.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    frozenset of str
        Names to look up; most of them are none.

    Examples
    --------
    >>> from ftz_geo.model import Plan, Source, Zone
    >>> zone = Zone(id="a", name="西青区中北片区", blocks=(), span=(0, 0))
    >>> title = "中国（天津）自由贸易试验区总体方案"
    >>> found = district_names(Plan(text="", source=Source(title=title), zones=(zone,)))
    >>> {"西青区", "天津市"} <= found, "青区" in found
    (True, False)
    """
    words = [plan.source.title, *(zone.name for zone in plan.zones)]
    return frozenset(name for text in words if text for name in (*_named(text), *_cities(text)))


def district_of(
    zone: Zone, plan: Plan, districts: Mapping[str, Sequence[BaseGeometry]]
) -> tuple[str, BaseGeometry] | None:
    """Return the district that a zone's name, or else its plan's title, names.

    Parameters
    ----------
    zone : Zone
    plan : Plan
    districts : mapping of str to sequence of geometry
        Outlines of districts and cities in longitude, latitude, by name.

    Returns
    -------
    tuple of (str, geometry) or None
        The one outline that lies within all others named, and within the city if one is named
        whose outline is known; None where no district is named or more than one is left.

    Examples
    --------
    >>> import shapely
    >>> from ftz_geo.model import Plan, Source, Zone
    >>> city, here, elsewhere = shapely.box(0, 0, 9, 9), shapely.box(1, 1, 2, 2), shapely.box(50, 1, 51, 2)
    >>> known = {"天津市": [city], "和平区": [here, elsewhere]}
    >>> def found(name):
    ...     zone = Zone(id="a", name=name, blocks=(), span=(0, 0))
    ...     return district_of(zone, Plan(text="", source=Source(), zones=(zone,)), known)
    >>> found("天津市和平区创新区")[1] is here, found("和平区创新区"), found("天津和平经开区")
    (True, None, None)
    """
    texts = [text for text in (zone.name, plan.source.title) if text]
    known = {name for text in texts for name in _named(text) if name in districts}
    # 天津 tells the city as 天津市 does, but 朝阳区 says nothing of the city 朝阳.
    bare = {
        city
        for text in texts
        for city in _cities(text)
        if city in districts and not any(name.startswith(city[:-1]) for name in known)
    }
    around = {name for name in known if name.endswith("市")} or bare
    for text in texts:
        names = known.intersection(_named(text))
        outlines = [
            (name, shape)
            for name in sorted(names)
            for shape in districts[name]
            if all(
                any(_lies_in(shape, other) for other in districts[outer])
                for outer in (names | around) - {name}
            )
        ]
        if names:
            return outlines[0] if len(outlines) == 1 else None
    return None


def city_of(
    zone: Zone, plan: Plan, districts: Mapping[str, Sequence[BaseGeometry]]
) -> tuple[str, BaseGeometry] | None:
    """Return the one city whose bare name (天津) a zone's name or its plan's title tells.

    That says less than a district: enough to see that polygons lie in another part of China.
    """
    texts = [text for text in (zone.name, plan.source.title) if text]
    cities = {city for text in texts for city in _cities(text) if city in districts}
    outlines = [(city, shape) for city in cities for shape in districts[city]]
    return outlines[0] if len(outlines) == 1 else None


def _named(text: str) -> Iterator[str]:
    """Yield what may be a district's name, with its suffix.

    >>> list(_named("西青区中北镇")), list(_named("津南开发区")), "西青区" in _named("天津市西青区")
    (['西青区'], ['津南开发区'], True)
    """
    for begun in _OPENING.finditer(text):
        for end in range(begun.end() + 3, min(begun.end() + _LONGEST, len(text)) + 1):
            if text[end - 1] in "区县旗市" and text[end : end + 1] not in tuple(_NOT_BEHIND):
                yield text[begun.end() : end]


def _cities(text: str) -> Iterator[str]:
    """Yield what may be a city's name that lacks its suffix, with it."""
    for begun in _OPENING.finditer(text):
        for end in range(begun.end() + 2, min(begun.end() + _LONGEST, len(text)) + 1):
            yield f"{text[begun.end() : end]}市"


def _lies_in(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    return bool(inner.area < outer.area and outer.contains(inner.representative_point()))
