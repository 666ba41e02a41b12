"""Tables on the pages of a PDF file."""

import builtins
from pathlib import Path

import pytest

from ftz_geo.documents import read_document

pytest.importorskip("pypdfium2")


def pdf(*pages: str, rotate: int = 0) -> bytes:
    """A PDF of square pages, each the operators that draw it upright, with Helvetica as F."""
    count = len(pages)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for i, drawing in enumerate(pages):
        about = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 842]/Resources<</Font<</F 3 0 R>>>>/Rotate %d"
            % rotate
        )
        objects.append(about + b"/Contents %d 0 R>>" % (5 + 2 * i))
        upright = "0 1 -1 0 842 0 cm\n" if rotate == 90 else ""
        stream = (upright + drawing).encode("latin-1")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    )


def word(text: str, x: float, y: float) -> str:
    return f"BT /F 12 Tf {x} {y} Td ({text}) Tj ET\n"


def rule(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def ruled(rows: list[list[str]], top: float = 700) -> str:
    """A table of columns 100 wide and rows 30 high; a word with a line break stands on two lines."""
    height, width = 30 * len(rows), 100 * len(rows[0])
    lines = [rule(50, top - 30 * i, 50 + width, top - 30 * i) for i in range(len(rows) + 1)]
    lines += [rule(50 + 100 * k, top, 50 + 100 * k, top - height) for k in range(len(rows[0]) + 1)]
    words = [
        word(part, 55 + 100 * k, top - 12 - 30 * i - 14 * n)
        for i, row in enumerate(rows)
        for k, cell in enumerate(row)
        for n, part in enumerate(cell.split("\n"))
        if part
    ]
    return "".join(lines + words)


def read(folder: Path, data: bytes) -> tuple[list[str], dict[str, int]]:
    path = folder / "n.pdf"
    path.write_bytes(data)
    document = read_document(path)
    return document.text.removesuffix("\n").split("\n"), {note.code: note.count for note in document.notes}


ROWS = [["Block", "Bounds", "Area"], ["A", "East\nRoad", ""], ["B", "West Road", "2.5"]]
READ = ["Block\tBounds\tArea", "A\tEast Road\t", "B\tWest Road\t2.5"]


@pytest.mark.parametrize("rotate", [0, 90])
def test_ruled_lines_make_a_table(tmp_path: Path, rotate: int) -> None:
    pytest.importorskip("pdfplumber")
    page = word("Before the table.", 50, 750) + ruled(ROWS) + word("After the table.", 50, 500)
    text, notes = read(tmp_path, pdf(page, rotate=rotate))
    assert text == ["Before the table.", "", *READ, "", "After the table."]
    assert notes == {}


def test_a_table_over_two_pages_is_one(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    text, _ = read(tmp_path, pdf(ruled(ROWS, 200), ruled([ROWS[0], ["C", "x", "3"], ["D", "y", "4"]], 800)))
    assert text == ["", *READ, "C\tx\t3", "D\ty\t4", ""]


def test_aligned_columns_make_a_table_without_lines(tmp_path: Path) -> None:
    rows = [["Block", "Bounds", "Area"], ["A", "East Road", "1.5"], ["B", "West Road", "2.5"]]
    page = "".join(
        word(cell, 50 + 150 * k, 700 - 20 * i) for i, row in enumerate(rows) for k, cell in enumerate(row)
    )
    text, _ = read(tmp_path, pdf(word("Words before it.", 50, 750) + page + word("And after.", 50, 600)))
    assert text == ["Words before it.", "", *("\t".join(row) for row in rows), "", "And after."]


def test_a_frame_around_words_is_no_table(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    text, _ = read(tmp_path, pdf(ruled([["One line"]]) + word("East Road", 50, 600)))
    assert text == ["One line", "East Road"]


def test_without_pdfplumber_lines_are_read_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name == "pdfplumber":
            raise ImportError(name)
        return there(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    text, notes = read(tmp_path, pdf(ruled(ROWS[1:])))
    assert notes == {"no-tables": 1}
    assert "West Road" in " ".join(text)


def test_a_drawing_of_thousands_of_lines_is_told(tmp_path: Path) -> None:
    drawing = "".join(rule(i, 100, i, 200) for i in range(3100)) + word("East Road", 50, 600)
    text, notes = read(tmp_path, pdf(drawing))
    assert text == ["East Road"]
    assert notes == {"lines-only": 1}


def test_a_grid_of_thousands_of_cells_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pdfplumber")
    lines = [rule(4 * i, 0, 4 * i, 800) + rule(0, 4 * i, 800, 4 * i) for i in range(200)]
    text, notes = read(tmp_path, pdf("".join(lines) + word("East Road", 50, 600)))
    assert text == ["East Road"]
    assert notes == {"lines-only": 1}
