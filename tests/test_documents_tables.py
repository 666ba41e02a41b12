"""Tables of pages, CSV and Excel come out in one form: a row is a line, cells are parted by tabs."""

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftz_geo.documents import read_document
from ftz_geo.errors import DocumentError
from ftz_geo.kinds import kind_of
from ftz_geo.polygons import read_survey
from ftz_geo.reading import read_plan
from ftz_geo.survey import Survey


def page(folder: Path, body: str) -> Path:
    path = folder / "n.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{body}", encoding="utf-8")
    return path


def lines(path: Path) -> list[str]:
    return read_document(path).text.split("\n")


# --- pages ---


def test_cells_that_span_stand_once(tmp_path: Path) -> None:
    body = """前<table><caption>附表</caption><thead><tr><th colspan=2>区块<th rowspan="2">面积
      </thead><tr><td>名<td>四至</tr><tr><td rowspan=9>甲<td>东至<br>甲路<p>南至乙路</p></td><td>1</td></tr>
      <tr><td>丙<td>2</tr><tr></tr></table>后"""
    assert lines(page(tmp_path, body)) == [
        "前",
        "附表",
        "",
        "区块\t\t面积",
        "名\t四至\t",
        "甲\t东至 甲路 南至乙路\t1",
        "\t丙\t2",
        "\t\t",
        "",
        "后",
    ]


def test_a_table_in_a_cell_follows_its_row_and_a_frame_is_no_table(tmp_path: Path) -> None:
    inner = "<table><tr><td>1<td>2</tr></table>"
    body = f"<table><tr><td>甲{inner}后<td>乙</tr><tr><td>丙<td>丁</tr></table>"
    assert lines(page(tmp_path, body)) == ["", "甲 后\t乙", "", "1\t2", "", "丙\t丁", ""]
    frame = f"<table><tr><td><p>一、甲区</p><p>二、乙区</p>{inner}</td></tr></table>"
    assert lines(page(tmp_path, frame)) == ["", "一、甲区", "二、乙区", "", "1\t2", "", ""]


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=5), min_size=1, max_size=5)
)
def test_every_row_has_as_many_cells_and_every_word_stands_once(
    tmp_path_factory: pytest.TempPathFactory, spans: list[list[tuple[int, int]]]
) -> None:
    names = iter(range(100))
    rows = [[(f"w{next(names)}", columns, down) for columns, down in row] for row in spans]
    written = "".join(
        "<tr>" + "".join(f"<td colspan={c} rowspan={r}>{w}" for w, c, r in row) + "</tr>" for row in rows
    )
    path = page(tmp_path_factory.mktemp("t"), f"前<table>{written}<tr><td>x<td>y</tr></table>")
    read = [line for line in lines(path)[1:] if line]
    assert len({line.count("\t") for line in read}) == 1
    words = [word for line in read for word in line.split("\t") if word]
    assert words == [w for row in rows for w, _, _ in row] + ["x", "y"]


def test_lists_show_their_numbers_and_hidden_parts_are_told(tmp_path: Path) -> None:
    body = """<ol start=3 type=A><li>甲<li>乙</ol><ol><li>1.丙<li>5公顷</ol><ul><li>丁</ul>
      <div hidden>隐<p>也隐</div><p style="display: none">又隐</p><div hidden></div><p>显</p>"""
    path = page(tmp_path, body)
    assert lines(path) == ["C. 甲", "D. 乙", "1.丙", "2. 5公顷", "丁", "显"]
    assert [(note.code, note.count) for note in read_document(path).notes] == [("hidden", 2)]


def test_what_is_never_closed_hides_no_words(tmp_path: Path) -> None:
    assert lines(page(tmp_path, "<p>甲<!-- 乙<p>丙")) == ["甲 乙", "丙"]
    assert lines(page(tmp_path, "<p>甲<p title='>乙<p>丙<b")) == ["甲", "乙", "丙<b"]
    assert lines(page(tmp_path, "<p>面积<5公顷&#99999999999999999999;，<head>东至<body>甲路")) == [
        "面积<5公顷\ufffd，",
        "甲路",
    ]


@pytest.mark.parametrize(
    "piece",
    ["<a b ", "<!-- ", "<p title='", "<p>甲", "<p><i></p>", "<td>1", "&amp", "<![", "</p ", "<p ="],
)
def test_long_pages_that_close_nothing_are_read(tmp_path: Path, piece: str) -> None:
    # In time that grows with the square of the length none of these would end while anyone waits.
    assert "始" in read_document(page(tmp_path, "始" + piece * 50_000)).text


HOSTILE = {
    "columns": ("<table><tr><td colspan=2000000000>甲<td>乙</table>", "covers 2000000000 columns"),
    "rows": ("<table><tr><td rowspan=1000000>甲<td>乙</table>", "covers 1000000 rows"),
    "digits": (f"<table><tr><td rowspan={'9' * 9000}>甲<td>乙</table>", "rows"),
    "cells": ("<table>" + "<tr><td colspan=9999>甲" * 999 + "</table>", "more than 2000000 cells"),
    "tables": ("<table><tr><td>" * 60, "tables are nested more than 50"),
}


@pytest.mark.parametrize(("body", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_tables_end_in_one_sentence(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(page(tmp_path, body))
    assert "\n" not in str(caught.value)


# --- CSV ---


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_csv_is_a_table(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "n.csv"
    rows = ["区块表", "区块,四至,面积（公顷）", '甲,"东至甲路,南至乙路\n西至丙路",12.5', "乙,,3"]
    path.write_bytes("\n".join(rows).replace(",", delimiter).encode("gb18030"))
    assert lines(path) == [
        "",
        "区块表\t\t",
        "区块\t四至\t面积（公顷）",
        f"甲\t东至甲路{delimiter.strip() or ' '}南至乙路 西至丙路\t12.5",
        "乙\t\t3",
        "",
    ]


def test_csv_without_columns_is_text(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    notice = "甲区面积1平方公里，东至甲路、南至乙路。\n\n乙区, 丙区"
    path.write_text(notice, encoding="utf-8")
    assert read_document(path).text == notice


def test_lists_of_corners_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "corners.csv"
    path.write_text(
        "[地块坐标]\n3,0.0050,XQ-01,区块一,面,,,,@\nJ1,1,4320014.689,39511493.964\n"
        "J2,1,4320024.689,39511493.964\nJ3,1,4320014.689,39511503.964",
        encoding="utf-8",
    )
    survey = read_survey(path)
    assert kind_of(path) == "survey"
    assert isinstance(survey, Survey)
    assert survey.polygons["name"].tolist() == ["区块一"]


# --- Excel ---


def book(folder: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "区块表"
    for row in [
        ["甲开发区", None, None, None, None],
        ["区块", "四至", "藏", "面积（公顷）", "日期"],
        ["区块一", "东至甲路\n南至乙路、西至丙路、北至丁路", "x", 12.345, datetime.date(2024, 5, 1)],
        ["区块二", "东至戊路、南至己路、西至庚路、北至辛路", "x", 1234.5, None],
        ["隐", None, None, 9, None],
        [None] * 5,
        ["合计", None, None, "=D3+D4", None],
    ]:
        sheet.append(row)
    sheet.merge_cells("A1:E1")
    sheet["D3"].number_format = "0.00"
    sheet["D4"].number_format = "#,##0.0"
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[5].hidden = True
    workbook.create_sheet("藏").sheet_state = "hidden"
    workbook.create_sheet("空")
    workbook.create_sheet("其他").append(["注", True])
    path = folder / "n.xlsx"
    workbook.save(path)
    return path


def test_excel_is_read_as_it_shows_itself(tmp_path: Path) -> None:
    path = book(tmp_path)
    document = read_document(path)
    assert document.text.split("\n") == [
        "区块表",
        "",
        "甲开发区\t\t\t",
        "区块\t四至\t面积（公顷）\t日期",
        "区块一\t东至甲路 南至乙路、西至丙路、北至丁路\t12.35\t2024-05-01",
        "区块二\t东至戊路、南至己路、西至庚路、北至辛路\t1,234.5\t",
        "",
        "",
        "合计\t\t\t",
        "",
        "其他",
        "",
        "注\tTRUE",
        "",
    ]
    noted = {note.code: note.count for note in document.notes}
    assert noted == {"hidden-rows": 2, "hidden-sheets": 1, "no-value": 1}
    assert kind_of(path) == "notice"
    assert len(read_plan(path).parcels) == 2


def test_excel_with_corners_is_a_survey(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    for row in [
        ["点号", "X", "Y", "面积"],
        *[[f"J{i}", 4320014.689 + i, 39511493.964, None] for i in range(4)],
    ]:
        workbook.active.append(row)
    workbook.save(tmp_path / "n.xlsx")
    assert kind_of(tmp_path / "n.xlsx") == "survey"


def test_merged_cells_without_end_end_in_one_sentence(tmp_path: Path) -> None:
    source, bomb = book(tmp_path), tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(bomb, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name).replace(b"A1:E1", b"A1:XFD1048576"))
    with pytest.raises(DocumentError, match="merged cells cover more than"):
        read_document(bomb)


def test_a_sheet_of_far_cells_ends_in_one_sentence(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    workbook = openpyxl.Workbook()
    workbook.active["XFD1"] = "远"
    for row in range(2, 200):
        workbook.active.cell(row, 1, "近")
    workbook.save(tmp_path / "n.xlsx")
    with pytest.raises(DocumentError, match="more than 2000000 cells"):
        read_document(tmp_path / "n.xlsx")


def test_a_damaged_workbook_ends_in_one_sentence(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a>")
    path = tmp_path / "n.xlsx"
    path.write_bytes(file.getvalue())
    with pytest.raises(DocumentError, match="workbook is damaged"):
        read_document(path)
