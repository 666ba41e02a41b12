"""Whole or not at all: one file, or a folder of them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ftz_geo.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["replacing", "staged"]


@contextmanager
def replacing(path: Path, errors: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """Yield a place to write a file to; what was written there takes the path's place only at the end.

    Parameters
    ----------
    path : Path
        Its folder is made if it is not there.
    errors : tuple of exception types, optional
        What, beside ``OSError``, says that it could not be written.

    Yields
    ------
    Path

    Raises
    ------
    OutputError
        The file cannot be written; what was there is left as it was.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as made:
    ...     with replacing(Path(made, "a.txt")) as place:
    ...         _ = place.write_text("a")
    ...     [file.name for file in Path(made).iterdir()]
    ['a.txt']
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that moving is renaming and a full disk is met before anything moves.
        with tempfile.TemporaryDirectory(prefix=".ftz-geo-", dir=path.parent) as folder:
            place = Path(folder) / path.name
            yield place
            place.replace(path)
    except errors + (OSError,) as error:  # noqa: RUF005  (mypy follows the sum, not the unpacking)
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise OutputError(
            path, f"it cannot be written ({reason})", "choose a folder you may write to"
        ) from error


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Yield a folder to write into; its files move to ``out`` only if all of them could be written.

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
