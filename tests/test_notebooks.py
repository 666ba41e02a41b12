"""The notebooks are stored without outputs; pytest runs them itself, by nbmake."""

import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_without_outputs(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]


def test_every_notebook_has_its_row() -> None:
    readme = (NOTEBOOKS[0].parent / "README.md").read_text(encoding="utf-8")
    assert [f"`{path.name}`" in readme for path in NOTEBOOKS] == [True] * len(NOTEBOOKS)
