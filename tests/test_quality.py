"""Lint, format, types, docstrings and the direction of imports."""

import ast
import inspect
import pkgutil
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import Any

import grimp
import pytest
from numpydoc.validate import ERROR_MSGS, validate

import ftz_geo

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent

LEFT_OUT = {
    "ES01",  # a summary that says everything needs no more
    "EX01",  # the doctests and the notebooks show what can be shown in a few lines
    "PR07",  # ``plan : Plan`` says all
    "RT03",  # so does a Returns section of one type, under a summary that tells what is returned
    "SA01",  # what belongs together stands together in a module
}
"""Checks of numpydoc that no docstring has to pass."""

OF_WHOLE_DOCSTRINGS = {
    "PR01",  # the fields of a class have their lines in its body
    "RT01",
    "YD01",
}
"""Checks for functions of the package itself, and for others whose docstring lists parameters: a function
of a single module may say what it takes and returns in its summary."""


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


def public() -> dict[str, Any]:
    """Every class and function that some module names in its ``__all__``, by its full name."""
    names = ["ftz_geo", *(m.name for m in pkgutil.walk_packages(ftz_geo.__path__, "ftz_geo."))]
    values = [getattr(m, name) for m in map(import_module, names) for name in getattr(m, "__all__", ())]
    ours = [
        v
        for v in values
        if (inspect.isclass(v) or inspect.isroutine(v)) and v.__module__.startswith("ftz_geo")
    ]
    return {f"{v.__module__}.{v.__qualname__}": v for v in ours}


@pytest.mark.slow
def test_public_docstrings_are_well_formed() -> None:
    offered = [getattr(ftz_geo, name) for name in ftz_geo.__all__]
    complaints = []
    for name, value in public().items():
        whole = inspect.isroutine(value) and (
            value in offered or "\nParameters\n---" in (inspect.getdoc(value) or "")
        )
        checks = ERROR_MSGS.keys() - LEFT_OUT - (set() if whole else OF_WHOLE_DOCSTRINGS)
        complaints += [f"{name}: {code} {said}" for code, said in validate(name)["errors"] if code in checks]
    assert not complaints, "\n".join(complaints)


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("ftz_geo", cache_dir=None)  # with what is imported for types only
    TopologicalSorter({m: graph.find_modules_directly_imported_by(m) for m in graph.modules}).prepare()


def test_nothing_is_imported_past_what_a_module_offers() -> None:
    modules = {
        name: ast.parse(Path(str(import_module(name).__file__)).read_text(encoding="utf-8"))
        for name in ["ftz_geo", *(m.name for m in pkgutil.walk_packages(ftz_geo.__path__, "ftz_geo."))]
    }
    taken = [
        f"{name} takes {alias.name} of {node.module}"
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
        if f"{node.module}.{alias.name}" not in modules
        and alias.name not in getattr(import_module(node.module), "__all__", (alias.name.lstrip("_"),))
    ]
    assert not taken, "\n".join(taken)


def test_the_table_of_modules_names_every_one() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = {m.name for m in pkgutil.iter_modules(ftz_geo.__path__)}
    rows = {
        name
        for row in re.findall(r"^\| (`[a-z`, ]+`) \|", table, re.M)
        for name in re.findall(r"`([a-z]+)`", row)
    }
    assert rows == modules
