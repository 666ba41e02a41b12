"""Names that are told again, and names of one sort."""

from __future__ import annotations

import re

__all__ = ["alike", "of_one_sort"]


def alike(one: str | None, other: str | None) -> bool:
    """Whether one name holds the other, but for brackets and 中国.

    Examples
    --------
    >>> alike("中国（滨海）自由贸易试验区", "滨海自由贸易试验区"), alike("东园", None)
    (True, False)
    """
    one, other = (re.sub(r"[()（）]|中国|以下简称.*", "", name or "") for name in (one, other))
    return bool(one and other) and (one in other or other in one)


def of_one_sort(one: str | None, other: str | None) -> bool:
    """Whether two names end in the same words for what they are: 自然保护区, 风景名胜区."""
    if not one or not other or alike(one, other):
        return False
    shared = 0
    while shared < min(len(one), len(other)) and one[-1 - shared] == other[-1 - shared]:
        shared += 1
    return shared >= 3
