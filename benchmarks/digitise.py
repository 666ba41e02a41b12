"""Measure the tracing of blocks with known true polygons, on whole and on damaged maps.

    python benchmarks/digitise.py [SHARED] [--part NAME]... [--pictures DIR]

SHARED is the folder of cases and reference maps, ``../shared`` beside the checkout by default. Without
``--part`` every part is measured. No areas are given but where the part is about them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cases import Maps, Result, shared_folder
from central import central
from large_maps import large
from pictures import write_pictures
from ring_words import rings
from summary import print_summary, worst_blocks
from unseen import unseen
from wrong_words import words

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS: dict[str, Callable[[Maps], list[Result]]] = {
    "central": central,
    "words": words,
    "large": large,
    "rings": rings,
    "unseen": unseen,
}

SUMMARY = "summary"
"""The part that says what those measured in the same run come to; alone, it has all of them measured."""


def main() -> int:
    given = arguments()
    shared = shared_folder(given.shared)
    if shared is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        results = measured(Maps(shared, Path(folder)), [part for part in given.part if part != SUMMARY])
    if not given.part or SUMMARY in given.part:
        print(f"# {SUMMARY}")
        print_summary(results)
    if given.pictures:
        write_pictures(given.pictures, worst_blocks(results))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", nargs="?", metavar="SHARED")
    parser.add_argument("--part", action="append", choices=[*PARTS, SUMMARY], default=[])
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="draw the ten worst blocks there")
    return parser.parse_args()


def measured(maps: Maps, parts: list[str]) -> list[Result]:
    """Measure parts, by default all of them, each under its head."""
    results: list[Result] = []
    for part in parts or PARTS:
        print(f"# {part}", flush=True)
        results += PARTS[part](maps)
        print()
    return results


if __name__ == "__main__":
    raise SystemExit(main())
