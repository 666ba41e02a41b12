"""Run the notebooks and store them with what they give, for those who read them where nothing runs.

``python tests/store_notebooks.py`` does so. A map that a cell shows is stored as a picture of it, taken in
Chromium: code hosts show no frames, and a page in each notebook would change with every line of its scripts.
"""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient

import ftz_geo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))

_TIMEOUT_S = 600
_SETTLES_MS = 500
"""A map is drawn anew once its frame has its size, which Leaflet waits for."""
_WIDTH = 1000
"""Of the pictures, in pixels: about the width that notebooks are read at."""


def run(path: Path) -> Any:
    """Return a notebook with the outputs that running it gives, and nothing else of the run."""
    notebook = nbformat.read(path, as_version=4)
    metadata = nbformat.from_dict(notebook.metadata)
    # The package that is imported here, wherever the kernel's own would be found.
    env = os.environ | {"PYTHONPATH": str(Path(ftz_geo.__file__).parents[1])}
    client = NotebookClient(notebook, timeout=_TIMEOUT_S, record_timing=False)
    client.execute(cwd=str(path.parent), env=env)
    notebook.metadata = metadata  # the kernel tells its version
    return notebook


def outputs(notebook: Any) -> Iterator[dict[str, Any]]:
    """Yield what every output of a notebook shows, by its type."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield output.data if "data" in output else dict(output)


def is_map(shown: Mapping[str, Any]) -> bool:
    """Return whether an output is a map in a frame."""
    return "<iframe " in shown.get("text/html", "")


def store(path: Path, picture: Callable[[str], bytes]) -> None:
    """Run a notebook and store it, each map as a picture of it."""
    notebook = run(path)
    for shown in filter(is_map, outputs(notebook)):
        shown["image/png"] = base64.b64encode(picture(shown.pop("text/html"))).decode("ascii")
    nbformat.write(notebook, path)


def main() -> None:
    """Store all notebooks."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-lcd-text"]
        )

        def picture(html: str) -> bytes:
            page = browser.new_page(viewport={"width": _WIDTH, "height": 800})
            page.set_content(f"<!DOCTYPE html><body style='margin: 0'>{html}")
            page.frames[-1].locator("path[role=button]").first.wait_for()
            page.wait_for_timeout(_SETTLES_MS)
            taken = page.locator("iframe").screenshot()
            page.close()
            return bytes(taken)

        for path in NOTEBOOKS:
            store(path, picture)
            print(path.name, f"{path.stat().st_size / 1024:.0f} KiB")
        browser.close()


if __name__ == "__main__":
    main()
