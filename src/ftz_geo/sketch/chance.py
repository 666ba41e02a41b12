"""Chance that is the same on every machine and in every run."""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["scatter"]


def scatter(*words: object) -> float:
    """Return a number from 0 to 1 that only the words decide.

    Examples
    --------
    >>> scatter("赛达南道") == scatter("赛达南道") != scatter("梨双路")
    True
    """
    digest = blake2b("\0".join(map(str, words)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
