"""What the readers of every format share: lines, limits, and what they noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ftz_geo.errors import DocumentError
from ftz_geo.model import Note

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from ftz_geo.model import Place, Source

__all__ = ["MAX_CHARACTERS", "Document", "Line", "installed", "notes_of"]

MAX_CHARACTERS = 20_000_000
"""Of a document's text; no notice comes near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A document's running text, and where in the source each stretch of it stands."""

    text: str
    r"""Line ends are ``\n``. A row of a table is a line, and its cells are separated by tabs."""
    source: Source
    places: tuple[Place, ...]
    """In the order of the text; each stands for the characters up to the next."""
    notes: tuple[Note, ...] = ()
    """What its reader did that the text does not show, such as leaving out hidden words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, where it stands, and whether a break after it may be the page's alone."""

    text: str
    page: int | None
    number: int
    row: bool = False
    """A row of a table, which ends where it ends."""


_NOTED = {
    "inserted": ("修订插入的文字 {} 处，已读入", "tracked insertions read: {}"),
    "deleted": ("修订删除的文字 {} 处，未读入", "tracked deletions left out: {}"),
    "hidden": ("隐藏的文字 {} 处，未读入", "hidden passages left out: {}"),
    "hidden-rows": ("隐藏的行、列 {} 个，未读入", "hidden rows and columns left out: {}"),
    "hidden-sheets": ("隐藏的工作表 {} 个，未读入", "hidden sheets left out: {}"),
    "no-value": (
        "公式 {} 个没有存下结果，未读入：用电子表格软件打开并保存一次",
        "formulas without a stored result, left out: {} (open the file in a spreadsheet and save it)",
    ),
    "comments": ("批注 {} 条，未读入", "comments left out: {}"),
    "footnotes": (
        "脚注、尾注 {} 条，接在所注的段落之后",
        "footnotes and endnotes put after their paragraphs: {}",
    ),
    "pictures": ("图片、图表 {} 个，其中的文字未读入", "pictures and charts whose words are not read: {}"),
    "embedded": ("嵌入的文件 {} 个，未读入", "embedded files not read: {}"),
    "symbols": (
        "符号字体的字符 {} 个无法辨认，记作 \ufffd",
        "characters of symbol fonts that are not known, written as \ufffd: {}",
    ),
    "no-tables": (
        "有线框的页 {} 页：未安装 pdfplumber，表格按文字行读入（pip install 'ftz-geo[documents]'）",
        "pages with ruled lines whose tables are read as lines, since pdfplumber is not installed: {} "
        "(pip install 'ftz-geo[documents]')",
    ),
    "lines-only": (
        "线条无法辨认的页 {} 页，其中的表格按文字行读入",
        "pages whose drawn lines cannot be made out, and whose tables are read as lines: {}",
    ),
}


def notes_of(counts: Counter[str]) -> tuple[Note, ...]:
    """Put what was counted into words.

    Examples
    --------
    >>> from collections import Counter
    >>> [note.en for note in notes_of(Counter({"hidden": 2, "inserted": 1}))]
    ['tracked insertions read: 1', 'hidden passages left out: 2']
    """
    return tuple(
        Note(code=code, count=counts[code], zh=zh.format(counts[code]), en=en.format(counts[code]))
        for code, (zh, en) in _NOTED.items()
        if counts[code]
    )


def installed(module: str, package: str, files: str, path: str | Path) -> Any:
    """Return the reader of a format, which is an extra."""
    try:
        return import_module(module)
    except ImportError:
        problem = f"{files} are read by {package}, which is not installed"
        raise DocumentError(path, problem, "pip install 'ftz-geo[documents]'") from None
