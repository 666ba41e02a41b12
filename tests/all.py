"""Set up and run every test, on a machine that has only Python 3.11 or later.

Makes a virtual environment in ``.venv``, installs the package with what its tests need, installs
Chromium where Debian's package manager may be used, and runs pytest with the arguments given.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def environment_python() -> Path:
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return ENVIRONMENT / folder / name


def run(*command: str | Path) -> int:
    print("+", *command, flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


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


def main() -> int:
    if not environment_python().exists():
        print(f"making a virtual environment in {ENVIRONMENT.name}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    python = environment_python()
    if failed := run(python, "-m", "pip", "install", "--quiet", "--editable", ".[test]"):
        return failed
    install_browser()
    return run(python, "-m", "pytest", *sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
