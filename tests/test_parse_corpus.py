"""The corpus of real boundary descriptions, held to the thresholds by its own scorer."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

# Share of sides exact, by level; spurious sides at most 1 in 200; areas and totals 0.97.
THRESHOLDS = {"regular": 0.995, "variant": 0.97, "hard": 0.85}
LINE = re.compile(
    r"(?P<level>\w+)\s+sides (?P<exact>\d+)/(?P<sides>\d+).*?spurious (?P<spurious>\d+)"
    r"\s+areas (?:(?P<areas>\d+)/(?P<all_areas>\d+))?.*?totals (?:(?P<totals>\d+)/(?P<all_totals>\d+))?"
    r".*?crashed (?P<crashed>\d+)"
)


@pytest.fixture(scope="module")
def scores(shared: Path) -> dict[str, dict[str, int]]:
    corpus = shared / "corpus"
    run = subprocess.run(
        [sys.executable, str(corpus / "score.py")],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    found = {m["level"]: m.groupdict() for m in LINE.finditer(run.stdout)}
    return {level: {k: int(v or 0) for k, v in g.items() if k != "level"} for level, g in found.items()}


@pytest.mark.parametrize("level", THRESHOLDS)
def test_sides(scores: dict[str, dict[str, int]], level: str) -> None:
    score = scores[level]
    assert score["crashed"] == 0
    assert score["exact"] / score["sides"] >= THRESHOLDS[level]
    assert score["spurious"] <= score["sides"] / 200


def test_areas_and_totals(scores: dict[str, dict[str, int]]) -> None:
    for found, stated in (("areas", "all_areas"), ("totals", "all_totals")):
        assert sum(s[found] for s in scores.values()) >= 0.97 * sum(s[stated] for s in scores.values())
