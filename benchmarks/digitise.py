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

from cases import Maps, shared_folder
from central import central
from large_maps import large
from ring_words import rings
from wrong_words import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases import Result

PARTS: dict[str, Callable[[Maps], list[Result] | None]] = {
    "central": central,
    "words": words,
    "large": large,
    "rings": rings,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", nargs="?", metavar="SHARED")
    parser.add_argument("--part", action="append", choices=list(PARTS), metavar="NAME", default=[])
    given = parser.parse_args()
    shared = shared_folder(given.shared)
    if shared is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        maps = Maps(shared, Path(folder))
        for number, part in enumerate(given.part or PARTS):
            print(f"{chr(10) if number else ''}# {part}", flush=True)
            PARTS[part](maps)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
