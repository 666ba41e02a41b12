"""Results are written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ftz_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["staged"]


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder to write into; its files move to ``out`` only if all of them could be written.

    Parameters
    ----------
    out : Path
        Folder; made if it is not there, and gone again if nothing was written into it.

    Yields
    ------
    Path

    Raises
    ------
    OutputError
        The folder cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as made:
    ...     with staged(Path(made, "out")) as folder:
    ...         _ = (folder / "a.txt").write_text("a")
    ...     [file.name for file in Path(made, "out").iterdir()]
    ['a.txt']
    """
    existed = out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        # Inside the target, so that moving is renaming and a full disk is met before anything moves.
        staging = Path(tempfile.mkdtemp(prefix=".ftz-geo-", dir=out))
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            out, f"the folder cannot be written ({reason})", "choose another with --out"
        ) from error
    try:
        yield staging
        written = sorted(p for p in staging.rglob("*") if p.is_file())
        for file in written:
            target = out / file.relative_to(staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(f"{target} is a folder")
        for file in written:
            file.replace(out / file.relative_to(staging))
    except OSError as error:
        raise OutputError(
            out, f"results cannot be written ({error})", "choose another folder with --out"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not existed and out.is_dir() and not any(out.iterdir()):
            out.rmdir()
