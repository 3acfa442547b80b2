from __future__ import annotations

import contextlib
import io
import random
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import language, set_language
from importers.layout import find_tables
from importers.readers import Book, Sheet, read_book
from tests.unit.importers.legacy import DATA, FILES, LEGACY, REFUSED_FILES, peak_memory

CORRUPTIONS = 25
"""For each of the files below."""


def write(tmp_path: Path, content: bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows(tmp_path: Path, content: bytes) -> list[list[object]]:
    (sheet,) = read_book(write(tmp_path, content)).sheets
    return [list(row) for row in sheet.rows]


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_broken_file_is_refused_with_a_chinese_sentence_that_says_why(name: str) -> None:
    before = language()
    set_language("zh")
    try:
        with pytest.raises(KnownError) as refused:
            find_tables(read_book(LEGACY / name))
    finally:
        set_language(before)
    wanted = {
        "文件不完整或已损坏": "损坏",
        "文件有密码,请先去掉密码": "密码",
        "文件已损坏(含有空字符)": "空字符",
        "各行列数不一致,指出第一处行号": "第 2 行",
        "不是 Excel 文件": "不是 Excel",
    }
    say = FILES[name]["say"]
    assert wanted.get(say, say) in str(refused.value)


def test_sheets_keep_types_blanks_and_merges() -> None:
    book = read_book(LEGACY / "客户资料汇总表.xlsx")
    assert [sheet.name for sheet in book.sheets] == ["华南区", "华东区", "说明"]
    sheet = book.sheets[0]
    assert sheet.rows[4][0] == 1
    assert sheet.rows[4][8] is None
    assert sheet.rows[4][17] == date(2002, 11, 6)
    assert sheet.rows[4][13] == 510100999845592
    assert ((4, 1), (32, 1)) in sheet.merges


def test_a_million_empty_formatted_rows_cost_nothing() -> None:
    before = peak_memory()
    (sheet,) = read_book(LEGACY / "broken/满格式.xlsx").sheets
    assert len(sheet.rows) == 21
    assert peak_memory() - before < 200_000_000


def test_page_under_the_name_of_a_workbook_is_read() -> None:
    (sheet,) = read_book(LEGACY / "broken/网页导出.xlsx").sheets
    assert sheet.rows[0][0] == "客户导出 2004-01-05"
    assert sheet.rows[2][:3] == ["东莞喆航食品有限公司", "梁锦荣", "0769-5550843"]
    assert sheet.rows[2][6] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["客户名称", "电话", "备注"], ["广州润源装饰工程有限公司", "020-55501102", "1,200;元"]]
    content = "\r\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert rows(tmp_path, content.encode(encoding)) == lines


def test_traditional_chinese_is_not_taken_for_simplified(tmp_path: Path) -> None:
    text = "公司,電話,地址\n臺北貿易股份有限公司,02-23456789,臺北市中正區重慶南路一段\n" * 5
    assert rows(tmp_path, text.encode("big5"))[1][0] == "臺北貿易股份有限公司"


def test_line_breaks_and_separators_inside_quotes_belong_to_the_field(tmp_path: Path) -> None:
    content = '名称,备注\n甲公司,"第一行\n第二行,""引号"""\n乙公司,\n'.encode()
    assert rows(tmp_path, content) == [["名称", "备注"], ["甲公司", '第一行\n第二行,"引号"'], ["乙公司", None]]


def test_open_quotation_mark_is_named_with_its_row(tmp_path: Path) -> None:
    content = '名称,备注\n甲公司,"没有结尾\n' + "乙公司,好\n" * 500
    with pytest.raises(KnownError, match="2"):
        read_book(write(tmp_path, content.encode()))


def test_spans_of_a_page_push_cells_aside(tmp_path: Path) -> None:
    page = "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>丙</td><td>丁<br>戊</td></tr></table>"
    (sheet,) = read_book(write(tmp_path, page.encode())).sheets
    assert sheet.rows == [["甲", "乙", None], [None, "丙", "丁\n戊"]]
    assert sheet.merges == (((0, 0), (1, 0)), ((0, 1), (0, 2)))


def repacked(name: str, changes: dict[str, tuple[bytes, bytes]]) -> bytes:
    """The workbook with bytes of its parts replaced, and packed again."""
    target = io.BytesIO()
    with zipfile.ZipFile(LEGACY / name) as source, zipfile.ZipFile(target, "w") as package:
        for part in source.namelist():
            old, new = changes.get(part, (b"", b""))
            content = source.read(part)
            assert old in content
            package.writestr(part, content.replace(old, new, 1))
    return target.getvalue()


def test_a_stray_cell_far_away_is_refused_before_it_takes_the_memory(tmp_path: Path) -> None:
    content = repacked(
        "broken/公式注入.xlsx",
        {
            "xl/worksheets/sheet1.xml": (
                b"</sheetData>",
                b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
            )
        },
    )
    with pytest.raises(KnownError, match="1048576"):
        read_book(write(tmp_path, content, "stray.xlsx"))


def test_a_false_count_of_strings_is_refused_before_it_takes_the_memory(tmp_path: Path) -> None:
    content = repacked("broken/公式注入.xlsx", {"xl/sharedStrings.xml": (b'uniqueCount="', b'uniqueCount="40000000')})
    with pytest.raises(KnownError, match="damaged"):
        read_book(write(tmp_path, content, "count.xlsx"))


def test_open_document_sheet_is_read(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(
        f"<table:table-row>{''.join(map(cell.format, line))}</table:table-row>"
        for line in (("客户名称", "电话"), ("甲公司", "020-55501102"))
    )
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    names += 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    names += 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="客户">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    book = read_book(write(tmp_path, target.getvalue(), "list.ods"))
    assert book.sheets == (Sheet("客户", [["客户名称", "电话"], ["甲公司", "020-55501102"]]),)


def test_binary_workbook_is_read() -> None:
    (sheet,) = read_book(DATA / "formats/list.xlsb").sheets
    assert sheet.name == "客户"
    assert sheet.rows[2] == ["广州润源装饰工程有限公司", "孔佩珊", "020-55501102", date(2003, 5, 6), 4150.5]


def test_binary_workbook_whose_cells_would_be_lost_is_refused() -> None:
    with pytest.raises(KnownError, match="xlsb"):
        read_book(DATA / "formats/short_records.xlsb")


def damage(content: bytes, chance: random.Random) -> bytes:
    """``content`` cut off, with bytes changed, put in or taken out."""
    data = bytearray(content)
    place = chance.randrange(len(data))
    match chance.choice(["cut", "flip", "scatter", "insert", "delete"]):
        case "cut":
            del data[place:]
        case "flip":
            data[place] ^= 1 << chance.randrange(8)
        case "scatter":
            for _ in range(chance.randrange(1, 200)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        case "insert":
            data[place:place] = chance.randbytes(chance.randrange(1, 100))
        case _:
            del data[place : place + chance.randrange(1, 600)]
    return bytes(data)


@pytest.mark.parametrize(
    "name",
    [
        "客户资料汇总表.xlsx",
        "准客户登记.xls",
        "服务记录2004.xls",
        "客户名单_GBK.csv",
        "客户名单_制表符.txt",
        "broken/网页导出.xlsx",
        "客户登记表.docx",
    ],
)
def test_damaged_file_gives_rows_or_one_clear_sentence(name: str, tmp_path: Path) -> None:
    good = (LEGACY / name).read_bytes()
    before = peak_memory()
    answers = []
    for seed in range(CORRUPTIONS):
        path = write(tmp_path, damage(good, random.Random(f"{name} {seed}")))
        try:
            answers.append(bool(find_tables(read_book(path))))
        except KnownError as error:
            answers.append(bool(error.message))
    assert all(answers)
    assert peak_memory() - before < 500_000_000


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="nowhere"):
        read_book(tmp_path / "nowhere.xlsx")


def test_a_text_of_one_sheet_has_no_name(tmp_path: Path) -> None:
    book = read_book(write(tmp_path, b"name,phone\nA,1\n"))
    assert book == Book(tmp_path / "list.csv", (Sheet("", [["name", "phone"], ["A", "1"]]),))


def test_document_gives_its_lists_and_all_its_forms_together(tmp_path: Path) -> None:
    document = docx.Document()
    lines = (("客户名称", "电话"), ("甲", "020-1")), (
        ("客户名称", "乙", "客户类型", "企业"), ("传真", "", "行业", "□工业 ☑商业"), ("联系人", "姓名", "职务", ""),
        ("联系人", "陈立", "经理", ""), ("联系人", "李敏", "", ""), ("备注", "两个\n地址", "", ""),
    )  # fmt: skip
    for cells in lines:
        table = document.add_table(len(cells), len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    path = tmp_path / "a.docx"
    document.save(str(path))
    listed, forms = read_book(path).sheets
    assert listed == Sheet("", [["客户名称", "电话"], ["甲", "020-1"]])
    assert forms.rows == [
        ["客户名称", "客户类型", "行业", "备注", "联系人", None],
        [None, None, None, None, "姓名", "职务"],
        ["乙", "企业", "商业", "两个\n地址", "陈立", "经理"],
        [None, None, None, None, "李敏", None],
    ]


def test_card_that_cannot_be_read_comes_back_as_it_is(tmp_path: Path) -> None:
    good = "BEGIN:VCARD\nVERSION:4.0\nN:Li;Chen;;;\nTEL;TYPE=work,fax:020-1\nTEL;TYPE=cell:19900001234\nEND:VCARD\n"
    bad = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=KLINGON;ENCODING=QUOTED-PRINTABLE:=B3=C2\nEND:VCARD\n"
    heading, first, second = rows(tmp_path, (good + bad).encode())
    assert heading[:2] == ["Full name", "Company"]
    assert [first[0], first[4], first[5]] == ["Chen Li", "19900001234", "020-1"]
    assert second == [*[None] * 11, bad.strip()]
    for seed in range(40):
        with contextlib.suppress(KnownError):
            assert rows(tmp_path, damage((good + bad).encode(), random.Random(seed)))
