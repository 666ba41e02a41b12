"""The words that a value rests on, quoted from the plan with marks around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftz_geo.model import Span

__all__ = ["finding_anchor", "marked", "quotes"]


def finding_anchor(number: int) -> str:
    """Return the anchor of a finding on the page of its audit, by its place in the audit, from 0.

    Examples
    --------
    >>> finding_anchor(0)
    'finding-1'
    """
    return f"finding-{number + 1}"


def marked(text: str, window: Span, spans: Iterable[Span]) -> Markup:
    """Return a window of a text, escaped, with ``<mark>`` around spans of it.

    Examples
    --------
    >>> marked("东至<中河>，西至丽新路", (0, 12), [(2, 6)])
    Markup('东至<mark>&lt;中河&gt;</mark>，西至丽新路')
    """
    start, end = window
    parts, at = [], start
    for first, last in sorted(spans):
        first, last = max(first, at), min(last, end)
        if first < last:
            parts += [escape(text[at:first]), Markup("<mark>{}</mark>").format(text[first:last])]
            at = last
    return Markup("").join([*parts, escape(text[at:end])])


def quotes(text: str, spans: Iterable[Span], *, around: int = 40) -> tuple[Markup, ...]:
    r"""Return each stretch of a text that holds some spans, marked, with a little of its own line around.

    Parameters
    ----------
    text : str
        The plan's text.
    spans : iterable of (int, int)
        Half-open positions in it.
    around : int, default 40
        How many characters of the same line may stand before and after; more are cut, with an ellipsis.

    Returns
    -------
    tuple of Markup
        In the order of the text; spans whose surroundings meet share one quotation.

    Examples
    --------
    >>> quotes("总面积5平方公里。\n区块一：2平方公里", [(3, 4), (14, 15)])
    (Markup('总面积<mark>5</mark>平方公里。'), Markup('区块一：<mark>2</mark>平方公里'))
    """
    windows: list[tuple[int, int, list[Span]]] = []
    for start, end in sorted(set(spans)):
        first = max(text.rfind("\n", 0, start) + 1, start - around)
        line_end = text.find("\n", end)
        last = min(len(text) if line_end < 0 else line_end, end + around)
        if windows and first <= windows[-1][1]:
            before = windows[-1]
            windows[-1] = (before[0], max(before[1], last), [*before[2], (start, end)])
        else:
            windows.append((first, last, [(start, end)]))
    return tuple(
        Markup("{}{}{}").format(
            "…" if first > 0 and text[first - 1] != "\n" else "",
            marked(text, (first, last), inside),
            "…" if last < len(text) and text[last] != "\n" else "",
        )
        for first, last, inside in windows
    )
