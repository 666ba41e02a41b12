"""What the tests share."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

# No test asserts a time, hypothesis' own deadline included; the same examples on every machine.
settings.register_profile("ftz-geo", deadline=None, derandomize=True)
settings.load_profile("ftz-geo")

# Browsers that Playwright and the printing of documents can start, the preferred one first.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SHARED = Path(__file__).resolve().parents[2] / "shared"

CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser starts one; a notebook starts a kernel and runs whole."""
    for item in items:
        if "browser_file" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.path.suffix == ".ipynb":
            item.add_marker("slow")


def missing(reason: str) -> NoReturn:
    """Skip the test that needs what this machine lacks; CI lacks nothing, so there it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents, corpora and reference maps beside the checkout."""
    if not SHARED.is_dir():
        missing("the folder ../shared with real documents and maps is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def browser_file() -> str:
    """The system's Chromium; a test that asks for it, itself or through a fixture, is marked ``browser``."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or missing("no Chromium on this system: install chromium to run the pages in it")


@pytest.fixture(scope="session")
def chromium(browser_file: str) -> Iterator[Any]:
    """The system's Chromium, driven, without a network."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_file, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in the browser, and what it did while it opened."""

    page: Any
    requests: list[str]
    """Addresses asked for, other than files of this machine."""
    complaints: list[str]
    """Errors and warnings of the console, dialogs, exceptions."""

    def dismiss(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def asked(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def texts(self, selector: str) -> list[str]:
        return [str(t) for t in self.page.locator(selector).all_text_contents()]


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Write pages by file name into one folder, and open one of them."""
    contexts = []

    def open_(pages: Mapping[str, str], name: str, width: int = 1400, height: int = 900) -> Opened:
        for file, html in pages.items():
            (tmp_path / file).write_text(html, encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        opened = Opened(page=page, requests=[], complaints=[])
        page.on("request", opened.asked)
        page.on(
            "console", lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("dialog", opened.dismiss)
        page.goto((tmp_path / name).as_uri())
        return opened

    yield open_
    for context in contexts:
        context.close()
