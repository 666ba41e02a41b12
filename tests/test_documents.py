"""Documents of every format come out as one running text."""

import html
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftz_geo.documents import read_document
from ftz_geo.errors import DocumentError
from ftz_geo.reading import read_plan

NOTICE = """甲开发区总面积3平方公里，分为两个区块。
区块一：面积1平方公里，东至津淄公路、南至赛达南道。
区块二：面积2平方公里。"""


def save(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_plain_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    document = read_document(save(tmp_path, "n.txt", NOTICE.replace("\n", "\r\n").encode(encoding)))
    assert document.text == NOTICE
    assert [place.line for place in document.places] == [1, 2, 3]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
@example("区块一：东至津淄公路")
def test_utf8_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = save(tmp_path_factory.mktemp("t"), "n.txt", ("\n" + text).encode())
    assert read_document(path).text == "\n" + text


def test_html_hides_scripts_and_keeps_table_cells(tmp_path: Path) -> None:
    page = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>标题</title></head><body>
      <script>东至河</script>
      <p>区块一：东至<b>津淄</b>公路&nbsp;</p><table>
      <tr><td>序号<td>面积</tr><tr><td>1</td><td>7.8 km&sup2;</td></tr></table>"""
    text = read_document(save(tmp_path, "n.html", page.encode("gb18030"))).text
    assert text.splitlines() == ["区块一：东至津淄公路\xa0", "", "序号\t面积", "1\t7.8 km²"]
    assert "东至河" not in text


def test_word_keeps_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("区块一：东至津淄公路")
    table = document.add_table(rows=2, cols=3)
    for i, text in enumerate(["区块", "四至", "面积", "区块二", "东至河\n南至路", "2平方公里"]):
        table.cell(i // 3, i % 3).text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    document.add_paragraph("联动创新区")
    file = io.BytesIO()
    document.save(file)
    text = read_document(save(tmp_path, "n.docx", file.getvalue())).text
    assert text.splitlines() == [
        "区块一：东至津淄公路",
        "",
        "区块 四至\t\t面积",
        "区块二\t东至河 南至路\t2平方公里",
        "",
        "联动创新区",
    ]


def test_pdf_of_several_pages_is_one_running_text(browser_file: str, tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    # Words in an order of their own in each paragraph, so that no line stands on many pages.
    words = "面积 四至 逐条 核对 区块 道路 河流 公告 园区 方案 边界 说明".split()
    paragraphs = [
        f"第{i}段，" + "".join(words[(i * 5 + k * k) % 12] for k in range(90)) + "东至津港大道。"
        for i in range(60)
    ]
    page = tmp_path / "n.html"
    page.write_text(
        "<!DOCTYPE html><meta charset=utf-8><body style='font:14pt serif'>"
        + "".join(f"<p>{p}</p>" for p in paragraphs),
        encoding="utf-8",
    )
    pdf = tmp_path / "n.pdf"
    print_pdf(browser_file, page, pdf, tmp_path / "profile")
    document = read_document(pdf)
    assert document.text.strip().split("\n") == paragraphs
    pages = {place.page for place in document.places}
    assert pages == set(range(1, len(pages) + 1))
    assert len(pages) > 3


def test_scan_says_that_it_holds_no_text(tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument.new()
    document.new_page(595, 842)
    file = io.BytesIO()
    document.save(file)
    document.close()
    with pytest.raises(DocumentError, match="holds no text; it is probably a scan"):
        read_document(save(tmp_path, "scan.pdf", file.getvalue()))


def long_pdf() -> bytes:
    """A valid PDF whose page tree names one empty page 10,000 times."""
    kids = b" ".join([b"3 0 R"] * 10_000)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 10000/Kids[" + kids + b"]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as entry,
    ):
        for _ in range(300):
            entry.write(bytes(2**20))
    return file.getvalue()


def archive_without_word() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    return file.getvalue()


HOSTILE = {
    "10,000 pages": ("n.pdf", long_pdf, "10000 pages"),
    "damaged pdf": ("n.pdf", lambda: b"%PDF-1.4 and nothing", "cannot be opened"),
    "zip bomb": ("n.docx", zip_bomb, "unpacks to more than"),
    "damaged word": ("n.docx", lambda: b"PK\x03\x04 and nothing", "is damaged"),
    "zip": ("n.docx", archive_without_word, "no Word file"),
    "deep html": ("n.html", lambda: b"<div>" * 1_000_000, "nested more than"),
    "word 97": ("n.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word 97"),
    "image": ("n.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\r", "binary file"),
    "not any encoding": ("n.txt", lambda: b"\xff\xff\x81", "neither UTF-8 nor GBK"),
}


@pytest.mark.parametrize(("name", "make", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_ends_in_one_sentence(tmp_path: Path, name: str, make: object, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(save(tmp_path, name, make()))  # type: ignore[operator]
    assert "\n" not in str(caught.value)


def facts(path: Path) -> list[object]:
    """Everything that a plan says of its zones, apart from where the words stand."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k not in {"span", "text"}}
        return [strip(v) for v in value] if isinstance(value, list) else value

    plan = read_plan(path).to_dict()
    tasks = [{k: v for k, v in task.items() if k != "span"} for task in plan["tasks"]]
    return [strip(plan["zones"]), tasks]


def print_pdf(browser: str, page: Path, pdf: Path, profile: Path) -> None:
    options = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()
    command = [browser, *options, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.slow
def test_the_notice_reads_the_same_from_every_format(shared: Path, browser_file: str, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    pytest.importorskip("pypdfium2")
    notice = shared / "documents/zones-plan.txt"
    text = notice.read_text(encoding="utf-8")
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "notice.docx"))
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    page = tmp_path / "notice.html"
    page.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><body style='font:16pt serif'>{paragraphs}", encoding="utf-8"
    )
    print_pdf(browser_file, page, tmp_path / "notice.pdf", tmp_path / "profile")
    (tmp_path / "gbk.txt").write_bytes(text.encode("gb18030"))
    want = facts(notice)
    assert len(read_plan(notice).parcels) == 28
    for name in ("gbk.txt", "notice.docx", "notice.html", "notice.pdf"):
        assert facts(tmp_path / name) == want, name
    plan = read_plan(tmp_path / "notice.pdf")
    first = next(feature for _, feature in plan.parcels[0].features())
    place = plan.place(first.span)
    assert place is not None
    assert place.page is not None
    assert place.page > 1


@pytest.mark.parametrize("name", ["blocks.geojson", "blocks.txt"])
def test_polygons_are_no_notice(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(DocumentError, match="holds polygons"):
        read_document(path)
