"""Measure how quickly OSM files load beside a bare pyosmium pass, and what memory that takes.

    python benchmarks/loading.py [PBF]... [--ways N] [--rounds N]

Without a file: the map of Helsinki in ``../shared``, where that folder is beside the checkout, and a
PBF of two million ways that is made in a temporary folder. Each pass runs in a process of its own,
ours and the bare ones by turns, and the quickest of several counts, as other work of the machine only
slows. Bare passes read every node, way with its locations, and tag; they keep nothing:

all      every object is handed to Python, and its tags are looked at
tagged   the same, of objects that have tags at all: the rest stays on the C++ side
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PASSES = ("ours", "all", "tagged")


def bare(path: Path, *, tagged: bool) -> int:
    import osmium

    things = osmium.FileProcessor(str(path)).with_locations()
    if tagged:
        things = things.with_filter(osmium.filter.EmptyTagFilter())
    return sum(len(thing.tags) for thing in things)


def ours(path: Path) -> int:
    from ftz_geo.reference import read_reference

    return len(read_reference(path).features)


def warm_up() -> None:
    """Import and first use of libraries are no part of reading a map."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.osm.pbf"
        make(small, 16)
        ours(small)


def one_pass(name: str, path: Path) -> None:
    """Print seconds, peak memory in MB before and after, and what was counted."""
    warm_up()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    count = ours(path) if name == "ours" else bare(path, tagged=name == "tagged")
    spent = time.perf_counter() - start
    print(spent, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, count)


def make(path: Path, ways: int) -> None:
    """Write a grid of ways as mixed as in a city: an eighth are named roads, most are closed buildings."""
    import osmium
    from osmium.osm.mutable import Node, Way

    across = max(1, int(ways**0.5))
    columns = 2 * across + 1
    rows = -(-ways // across)
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(rows * columns):
            row, column = divmod(number, columns)
            place = {"place": "village", "name": f"{number}村"} if number % 100 == 0 else {}
            writer.add_node(
                Node(id=number + 1, version=1, location=(100 + column * 0.001, 20 + row * 0.001), tags=place)
            )
        for number in range(ways):
            row, column = divmod(number, across)
            first = row * columns + 2 * column + 1
            nodes = [first, first + 1, first + 2]
            if number % 8 == 0:
                tags = {"highway": "tertiary", "name": f"{row}路", "lanes": "2", "surface": "asphalt"}
            elif number % 8 < 3:
                tags = {"highway": "service"}
            else:
                below = first + columns if row + 1 < rows else first - columns
                tags = {"building": "yes", "source": "survey"}
                if number % 80 == 7:
                    tags["name"] = f"{number}大厦"
                nodes = [first, first + 1, below + 1, below, first]
            writer.add_way(Way(id=number + 1, version=1, nodes=nodes, tags=tags))


def compare(path: Path, label: str, rounds: int) -> None:
    best: dict[str, tuple[float, ...]] = {}
    for _ in range(rounds):
        for name in PASSES:
            command = [sys.executable, __file__, str(path), "--pass", name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            figures = tuple(map(float, done.stdout.split()))
            best[name] = min(figures, best.get(name, figures))
    print(f"{label} ({path.stat().st_size / 1e6:.1f} MB, {best['ours'][3]:.0f} named features)")
    print(f"  {'pass':8} {'seconds':>8} {'speed of ours : bare':>21} {'peak MB':>8} {'of it to read':>14}")
    for name in PASSES:
        spent, before, after, _ = best[name]
        ratio = "" if name == "ours" else f"{spent / best['ours'][0]:.2f}"
        print(f"  {name:8} {spent:8.3f} {ratio:>21} {after:8.0f} {after - before:14.0f}", flush=True)


def prepared(path: Path, folder: Path) -> None:
    """Print how much quicker the prepared map reads than the file it was made of."""
    from ftz_geo.reference import prepare_reference

    small = folder / "prepared.gpkg"
    prepare_reference([path], small)
    spent = {}
    for file in (path, small):
        start = time.perf_counter()
        ours(file)
        spent[file] = time.perf_counter() - start
    print(f"  prepared: {spent[small]:.3f} s, {spent[path] / spent[small]:.1f} times as quick", flush=True)


def main() -> int:
    arguments = argparse.ArgumentParser(description="Load OSM files beside a bare pyosmium pass.")
    arguments.add_argument("files", nargs="*", type=Path, metavar="PBF")
    arguments.add_argument("--ways", type=int, default=2_000_000, help="of the file that is made")
    arguments.add_argument("--made-only", action="store_true", help="leave the map of Helsinki out")
    arguments.add_argument("--rounds", type=int, default=3, help="of each pass; the quickest counts")
    arguments.add_argument("--pass", dest="name", choices=PASSES, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.name:
        one_pass(asked.name, asked.files[0])
        return 0
    files = {file.name: file for file in asked.files}
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            helsinki = Path(__file__).resolve().parents[2] / "shared" / "reference" / "helsinki.osm.pbf"
            made = Path(folder) / "made.osm.pbf"
            if helsinki.is_file() and not asked.made_only:
                files[helsinki.name] = helsinki
            print(f"making a PBF of {asked.ways} ways", file=sys.stderr)
            make(made, asked.ways)
            files[f"{asked.ways} ways"] = made
        for label, file in files.items():
            compare(file, label, asked.rounds)
            prepared(file, Path(folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
