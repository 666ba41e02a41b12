"""Small helpers for elements of XML, whose namespaces are told apart by nothing but their last words."""

from __future__ import annotations

from typing import Any

__all__ = ["attribute", "child", "local", "number", "on"]


def local(element: Any) -> str:
    """Return an element's name without its namespace; Word writes the same names in two of them."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any:
    """Return an element's first child of a name, or None; also None where there is no element."""
    return None if element is None else next((e for e in element if local(e) == name), None)


def attribute(element: Any, name: str) -> str | None:
    """Return an attribute's value, whatever its namespace."""
    if element is None:
        return None
    return next((str(v) for key, v in element.items() if key.rpartition("}")[2] == name), None)


def number(element: Any, name: str = "val") -> int | None:
    """Return an attribute as a whole number, at most a dozen digits of it."""
    words = (attribute(element, name) or "").strip()
    return int(words[:12]) if words.lstrip("-").isascii() and words.lstrip("-").isdigit() else None


def on(element: Any, name: str) -> bool | None:
    """Tell whether a child that is a switch is on; None where it is not there."""
    switch = child(element, name)
    return None if switch is None else attribute(switch, "val") not in {"0", "false", "off", "none"}
