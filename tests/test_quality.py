"""Lint, format, types and the direction of imports."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        pytest.param(("mypy",), marks=pytest.mark.slow),
        ("lint-imports",),
        ("oxlint", "--deny-warnings", "src"),
    ],
    ids=" ".join,
)
def test_tool_has_nothing_to_say(command: tuple[str, ...]) -> None:
    tool, *arguments = command
    done = subprocess.run([SCRIPTS / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_path_or_host_of_a_machine_in_any_file() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("this is not a git checkout")
    needles = ("/" + "home/", "/" + "root/", "/" + "work/", "pypi" + ".org/simple", "registry." + "npmjs")
    found = [
        f"{name}: {needle}"
        for name in tracked.stdout.splitlines()
        if (ROOT / name).suffix
        in {".py", ".toml", ".md", ".css", ".js", ".txt", ".csv", ".ipynb", ".geojson"}
        for needle in needles
        if (ROOT / name).is_file() and needle in (ROOT / name).read_text(encoding="utf-8")
    ]
    assert not found
