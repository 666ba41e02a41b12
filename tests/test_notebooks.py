"""The notebooks are stored with what they give, and running them gives it."""

import base64
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image

from store_notebooks import NOTEBOOKS, is_map, outputs, run

OF_A_MACHINE = re.compile(r"/(home|root|tmp|usr|var|Users|work)/|[A-Z]:\\\\|\b0x[0-9a-f]{6,}|\d\d:\d\d:\d\d")
"""Paths, addresses in memory, times of day."""

by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def told(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What an output says; of a map, whether stored as a picture or shown in its frame, that it is one."""
    if is_map(shown) or "image/png" in shown:
        return {"map": shown["text/plain"]}
    return dict(shown)


@pytest.mark.slow
@by_name
def test_running_gives_what_is_stored(path: Path) -> None:
    stored, ran = nbformat.read(path, as_version=4), run(path)
    assert [told(shown) for shown in outputs(ran)] == [told(shown) for shown in outputs(stored)]
    assert [cell.get("execution_count") for cell in ran.cells] == [
        cell.get("execution_count") for cell in stored.cells
    ]


@by_name
def test_what_is_stored_is_of_no_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    texts = [json.dumps({**shown, "image/png": ""}) for shown in outputs(notebook)]
    assert [text for text in texts if OF_A_MACHINE.search(text)] == []
    assert {shown.get("output_type") for shown in outputs(notebook)} <= {"stream", None}
    assert {shown.get("name") for shown in outputs(notebook)} <= {"stdout", None}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert [cell for cell in notebook.cells if cell.metadata] == []
    assert path.stat().st_size < 1_000_000


@by_name
def test_every_map_is_stored_as_a_picture(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not any(map(is_map, outputs(notebook)))
    showing = [cell for cell in notebook.cells if cell.cell_type == "code" and "ftz_geo.show(" in cell.source]
    assert showing
    for cell in showing:
        [output] = cell.outputs
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))).convert("RGB")
        assert picture.width == 1000
        assert len(picture.getcolors(picture.width * picture.height) or ()) > 500
        assert output.data["text/plain"].startswith("<map of ")


def test_every_notebook_has_its_row() -> None:
    readme = (NOTEBOOKS[0].parent / "README.md").read_text(encoding="utf-8")
    assert [f"`{path.name}`" in readme for path in NOTEBOOKS] == [True] * len(NOTEBOOKS)
