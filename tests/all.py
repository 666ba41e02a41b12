"""Set up and run every test, on a machine that has only Python 3.11 or later.

    python3 tests/all.py                              every test, then the quick ones with the lowest versions
    python3 tests/all.py PYTEST-ARGUMENTS             what they ask for
    python3 tests/all.py --lowest [PYTEST-ARGUMENTS]  the quick ones with the lowest versions

Makes a virtual environment in ``.venv``, installs the package with what its tests need, and installs
Chromium where Debian's package manager may be used. Another in ``.venv-lowest`` has Python 3.11 and the
lowest versions that pyproject.toml allows. Both stay as they are until pyproject.toml changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
NEWEST, LOWEST = ROOT / ".venv", ROOT / ".venv-lowest"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUICK = ("-m", "not slow and not browser")
# An old library may call what a newer one under it has deprecated: neither is this package's to mend.
OLD = ("-W", "ignore::DeprecationWarning")


def program(environment: Path, name: str) -> Path:
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return environment / folder / f"{name}{suffix}"


def run(*command: str | Path, told: IO[str] | None = None) -> int:
    """Run a command to its end; what it says goes to the terminal, or into a file."""
    print("+", *command, file=told, flush=True)
    return subprocess.run(
        command, cwd=ROOT, check=False, stdout=told, stderr=told and subprocess.STDOUT
    ).returncode


def set_up(environment: Path, *commands: tuple[str | Path, ...], told: IO[str] | None = None) -> int:
    """Run the commands, unless they have run here for the same pyproject.toml."""
    stamp = environment / "set-up-for"
    wanted = hashlib.sha256(bytes(ROOT) + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return 0
    for command in commands:
        if failed := run(*command, told=told):
            return failed
    stamp.write_text(wanted)
    return 0


def install_browser() -> None:
    """Install Debian's Chromium if there is no browser yet and the machine lets us."""
    if any(map(shutil.which, BROWSERS)):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk")
    else:
        print("No Chromium found, and it cannot be installed from here: the browser tests will be skipped.")


def run_newest(*arguments: str, told: IO[str] | None = None) -> int:
    print("== with the newest versions ==", file=told)
    return run(program(NEWEST, "python"), "-m", "pytest", *arguments, told=told)


def run_lowest(*arguments: str, told: IO[str] | None = None) -> int:
    print("== with the lowest versions ==", file=told)
    uv, python = program(NEWEST, "uv"), program(LOWEST, "python")
    install = (uv, "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct")
    failed = set_up(
        LOWEST,
        (uv, "venv", "--quiet", "--clear", "--python", "3.11", LOWEST),
        (*install, "--editable", ".[test]"),
        told=told,
    )
    return failed or run(python, "-m", "pytest", *QUICK, *OLD, *arguments, told=told)


def run_all() -> int:
    """Run the tests in the browser, then those with the lowest versions, beside all others: for two cores."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told, ThreadPoolExecutor(1) as beside:
        browser = beside.submit(run_newest, "-m", "browser", told=told)
        lowest = beside.submit(run_lowest, told=told)
        print("(what runs beside is told at the end)", flush=True)
        others = run_newest("-m", "not browser")
        failed = [others, browser.result(), lowest.result()]
        told.seek(0)
        print(told.read(), flush=True)
    return int(any(failed))


def main(*arguments: str) -> int:
    python = program(NEWEST, "python")
    if failed := set_up(
        NEWEST,
        (sys.executable, "-m", "venv", NEWEST),
        (python, "-m", "pip", "install", "--quiet", "--editable", ".[test]"),
    ):
        return failed
    install_browser()
    if not arguments:
        return run_all()
    return run_lowest(*arguments[1:]) if arguments[0] == "--lowest" else run_newest(*arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
