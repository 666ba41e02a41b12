"""Word files are read as Word shows them."""

import io
import zipfile
from pathlib import Path

import pytest

from builders import run as cli
from ftz_geo.documents import read_document
from ftz_geo.errors import DocumentError
from ftz_geo.reading import read_plan

pytest.importorskip("lxml")

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def save(folder: Path, body: str, **parts: str) -> Path:
    """A Word file of this body; ``parts`` are the insides of numbering, styles, footnotes."""
    path = folder / "n.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>"
        archive.writestr("word/document.xml", text)
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {NAMESPACES}>{inside}</w:{name}>")
    return path


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inside: str, properties: str = "") -> str:
    words = "".join(part if part.startswith("<") else run(part) for part in inside)
    return f"<w:p><w:pPr>{properties}</w:pPr>{words}</w:p>"


def cell(*inside: str, properties: str = "") -> str:
    words = "".join(part if part.startswith("<") else paragraph(part) for part in inside)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{words or '<w:p/>'}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def lines(path: Path) -> list[str]:
    return read_document(path).text.split("\n")


def codes(path: Path) -> dict[str, int]:
    return {note.code: note.count for note in read_document(path).notes}


def test_tracked_changes_are_accepted_and_told(tmp_path: Path) -> None:
    deleted = "<w:del><w:r><w:delText>一千</w:delText></w:r></w:del>"
    path = save(
        tmp_path,
        paragraph("面积", f"<w:ins>{run('2')}</w:ins>", deleted, "平方公里")
        + paragraph("<w:moveFrom>" + run("旧处") + "</w:moveFrom>", properties="<w:rPr><w:del/></w:rPr>")
        + paragraph("东至甲路", properties="<w:rPr><w:del/></w:rPr>")
        + paragraph(f"<w:moveTo>{run('、乙路')}</w:moveTo>")
        + table(row("甲", "1"), row("乙", "2", properties="<w:del/>"), row("丙", "3", properties="<w:ins/>")),
    )
    assert lines(path) == ["面积2平方公里", "东至甲路、乙路", "", "甲\t1", "丙\t3", ""]
    assert codes(path) == {"inserted": 3, "deleted": 3}


def test_what_word_wraps_around_figures_is_read_once_and_in_order(tmp_path: Path) -> None:
    def control(inside: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
    shape = f"<w:drawing><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing>"
    old = f"<w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict>"
    twice = f"<mc:Choice>{shape}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    both = f"<w:r><mc:AlternateContent>{twice}</mc:AlternateContent></w:r>"
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>= SUM</w:instrText></w:r>'
        + run("码")
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("7.5")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    path = save(
        tmp_path,
        control(paragraph("一段", control(run("内")), f"<w:smartTag>{run('3')}</w:smartTag>"))
        + paragraph(f"<w:customXml>{run('4')}</w:customXml>", f"<w:fldSimple>{run('5')}</w:fldSimple>", field)
        + paragraph(f"<w:hyperlink>{run('链')}</w:hyperlink>", both, "后")
        + table(control(row("甲", control(cell("乙", control(paragraph("丙"))))))),
    )
    assert lines(path) == ["一段内3", "457.5", "链后", "框内", "", "甲\t乙 丙", ""]


def test_signs_that_are_no_letters(tmp_path: Path) -> None:
    inside = (
        "<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>1</w:t><w:tab/><w:softHyphen/>"
        '<w:sym w:font="Symbol" w:char="F0B1"/><w:br/><w:sym w:font="Foo" w:char="F041"/></w:r>'
        "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
    )
    path = save(tmp_path, paragraph(inside))
    assert lines(path) == ["A-1\t±", "\ufffd1/2"]
    assert codes(path) == {"symbols": 1}


def test_hidden_text_is_left_out_and_told(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="child"><w:basedOn w:val="base"/></w:style>'
    )
    path = save(
        tmp_path,
        paragraph("甲", run("隐", "<w:vanish/>"), run("显", '<w:vanish w:val="0"/>'))
        + paragraph("全隐", run("仍显", '<w:vanish w:val="false"/>'), properties='<w:pStyle w:val="child"/>')
        + table(row("甲", "1"), row("乙", "2", properties="<w:hidden/>")),
        styles=styles,
    )
    assert lines(path) == ["甲显", "仍显", "", "甲\t1", ""]
    assert codes(path) == {"hidden": 2, "hidden-rows": 1}


def test_footnotes_follow_their_paragraph(tmp_path: Path) -> None:
    def reference(key: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{key}"/></w:r>'

    notes = f'<w:footnote w:type="separator" w:id="0">{paragraph("线")}</w:footnote>' + "".join(
        f'<w:footnote w:id="{i}">{paragraph(f"注{i}", reference(i))}</w:footnote>' for i in (1, 2, 3)
    )
    path = save(
        tmp_path,
        paragraph("面积3", reference(1), "平方公里") + table(row("甲", cell(paragraph("乙", reference(2))))),
        footnotes=notes,
    )
    assert lines(path) == ["面积3平方公里", "注1", "", "甲\t乙", "", "注2"]
    assert codes(path) == {"footnotes": 2}


def level(at: int, form: str, words: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'{more}<w:lvlText w:val="{words}"/></w:lvl>'
    )


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCounting", "%1、")
    + level(1, "japaneseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "decimal", "%1.%4", "<w:isLgl/>")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="Heading1"/>')
    + level(1, "bullet", "\uf0b7")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
)


def numbered(text: str, at: int, listed: int = 1) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{listed}"/></w:numPr>')


def test_numbers_of_paragraphs_are_counted(tmp_path: Path) -> None:
    listed = '<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>'
    heading = f'<w:style w:type="paragraph" w:styleId="Heading1">{listed}</w:style>'
    path = save(
        tmp_path,
        paragraph("总则", properties='<w:pStyle w:val="Heading1"/>')
        + numbered("甲", 0)
        + numbered("乙", 1)
        + numbered("5公顷", 2)
        + numbered("丙", 2)
        + numbered("丁", 1)
        + numbered("戊", 2)
        + numbered("己", 0)
        + numbered("庚", 1)
        + numbered("辛", 3)
        + numbered("壬", 0, 2)
        + numbered("癸", 0)
        + paragraph("无号", properties='<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + numbered("点", 1, 3)
        + paragraph("附则", properties='<w:pStyle w:val="Heading1"/>'),
        numbering=NUMBERING,
        styles=heading,
    )
    assert lines(path) == [
        "第一章 总则",
        "一、甲",
        "（一）乙",
        "1. 5公顷",
        "2. 丙",
        "（二）丁",
        "1. 戊",
        "二、己",
        "（一）庚",
        "2.1 辛",
        "五、壬",
        "六、癸",
        "无号",
        "点",
        "第二章 附则",
    ]


def test_merged_cells_stand_once_and_columns_stay_aligned(tmp_path: Path) -> None:
    def wide(text: str, columns: int) -> str:
        return cell(text, properties=f'<w:gridSpan w:val="{columns}"/>')

    first, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    inner = table(row("内甲", "内乙"))
    path = save(
        tmp_path,
        table(
            row(wide("表头", 2), "丙"),
            row(cell("跨行", properties=first), "1", cell("上\t行", "下行")),
            row(cell("", properties=on), "2", cell("格", inner, "后")),
            row("尾", properties='<w:gridBefore w:val="1"/>'),
        )
        + table(row(cell("框一", "框二"))),
    )
    assert lines(path) == [
        "",
        "表头\t\t丙",
        "跨行\t1\t上 行 下行",
        "\t2\t格 后",
        "",
        "内甲\t内乙",
        "",
        "\t尾\t",
        "",
        "",
        "框一",
        "框二",
        "",
    ]


@pytest.mark.slow
def test_the_plan_carries_the_notes(tmp_path: Path) -> None:
    notice = "甲区面积1平方公里，东至甲路、南至乙路、西至丙路、北至丁路。"
    plan = read_plan(save(tmp_path, paragraph(notice, run("隐", "<w:vanish/>"))))
    assert [(note.code, note.count) for note in plan.notes] == [("hidden", 1)]
    assert plan.notes[0].en == "hidden passages left out: 1"
    for command in (("parse", tmp_path / "n.docx"), ("audit", tmp_path / "n.docx")):
        assert "n.docx: hidden passages left out: 1" in cli(*command).stderr


HOSTILE = {
    "a span of two billion": (
        table(row(cell("甲", properties='<w:gridSpan w:val="2000000000"/>'))),
        "columns",
    ),
    "too many cells": (table(row(*["甲"] * 3000), *[row("乙")] * 800), "more than 2000000 cells"),
    "tables in tables": ("<w:tbl><w:tr><w:tc>" * 60 + "</w:tc></w:tr></w:tbl>" * 60, "nested more than 20"),
    "too deep": ("<w:sdt>" * 500 + "</w:sdt>" * 500, "is damaged"),
    "too many tags": ("<w:p/>" * 1_600_000, "tags"),
}


@pytest.mark.parametrize(("body", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_word_files_end_in_one_sentence(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(save(tmp_path, body))
    assert "\n" not in str(caught.value)


def test_entities_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    entities = '<!ENTITY a "xxxxxxxxxx">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
    )
    with zipfile.ZipFile(file, "w") as archive:
        text = (
            f'<!DOCTYPE w [{entities}]><w:document xmlns:w="{W}"><w:body><w:p>&m;</w:p></w:body></w:document>'
        )
        archive.writestr("word/document.xml", text)
    path = tmp_path / "n.docx"
    path.write_bytes(file.getvalue())
    with pytest.raises(DocumentError, match=r"document type|damaged"):
        read_document(path)
