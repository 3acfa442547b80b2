"""The import wizard against PostgreSQL: from a file to customers and back by keyboard, what stops it, what it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from crm_desktop.core.i18n import set_language
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.import_wizard import fate_model
from crm_desktop.ui.import_wizard.column_row import ColumnRow
from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.import_wizard.page import ImportPage, open_import
from crm_desktop.ui.list_page.page import ListPage
from importers.plan import OnMatch
from tests.db.firm import superuser
from tests.ui.desk import Desk, SitDown, button, own_database, sign_in, sit_down, template, write
from tests.ui.test_gallery import cut_texts

__all__ = ["own_database", "sign_in", "sit_down", "template"]

LEGACY = Path(__file__).parents[1] / "data" / "legacy"
SHEET = LEGACY / "客户资料汇总表.xlsx"
Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def start(desk: Desk, path: Path) -> ImportPage:
    """The wizard with a file that was read."""
    page = open_import(desk.window, path)
    assert page is not None
    desk.settle()
    return page


def go_on(desk: Desk, page: ImportPage, steps: int = 1) -> None:
    for _step in range(steps):
        desk.qtbot.keyClick(page, Key.Key_Return, CONTROL)
        desk.settle()


def step_of(page: ImportPage) -> Step:
    return page.draft.step


def count(desk: Desk, table: str = "customer") -> int:
    with desk.gateway.read() as session:
        return int(session.connection().exec_driver_sql(f"select count(*) from crm.{table}").scalar_one())


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def texts(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(text for text in labels if text)


def column(page: ImportPage, label: str) -> ColumnRow:
    return next(row for row in page.columns_step.rows if row.guess.column.label == label)


def mean(qtbot: QtBot, row: ColumnRow, typed: str) -> None:
    """Type what a column means and take the first row found."""
    row.editor.setFocus()
    row.editor.line.selectAll()
    write(row.editor.line, typed)
    qtbot.waitUntil(row.editor.popup.isVisible)
    qtbot.keyClick(row.editor.line, Key.Key_Return)


def listed(page: ImportPage) -> list[tuple[str, str]]:
    """Fate and customer of each row shown in the preview."""
    model = page.preview_step.model
    return [
        tuple(model.index(row, place).data() for place in (fate_model.OUTCOME, fate_model.TITLE))
        for row in range(model.rowCount())
    ]


def test_sheet_comes_in_and_goes_again_by_keyboard(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("clerk")
    before, contacts = count(desk), count(desk, "contact")
    page = start(desk, SHEET)
    assert step_of(page) is Step.FILE
    go_on(desk, page, 3)
    assert step_of(page) is Step.PREVIEW
    assert page.next_button.text() == "Import 900 customers"
    assert QApplication.focusWidget() is page.preview_step.table
    assert count(desk) == before
    go_on(desk, page)
    assert step_of(page) is Step.RESULT
    assert (count(desk), count(desk, "contact")) == (before + 900, contacts + 1346)
    assert page.draft.result is not None
    assert f"change set {page.draft.result.written.change_set}" in texts(page.result_step)
    page.result_step.undo_button.setFocus()
    qtbot.keyClick(page.result_step.undo_button, Key.Key_Space)
    desk.settle()
    dialog = desk.dialog(UndoDialog)
    assert "900 customers removed" in texts(dialog)
    qtbot.keyClick(dialog, Key.Key_Return)
    desk.settle()
    assert (count(desk), count(desk, "contact")) == (before, contacts)
    assert "The import was taken back." in texts(page.result_step)
    assert not page.result_step.undo_button.isVisible()


def test_list_begins_an_import_and_shows_what_came_in(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    view = desk.window.view("customers")
    first = view.current_page()
    assert isinstance(first, ListPage)
    button(first, "Import").click()
    page = view.current_page()
    assert isinstance(page, ImportPage)
    assert QApplication.focusWidget() is page.file_step.choose_button
    page.open_file(write_csv(tmp_path / "a.csv", "客户名称,传真", "甲有限公司,020-1"))
    desk.settle()
    go_on(desk, page, 4)
    desk.bus.post("customer", None)
    go_on(desk, page)
    shown = view.current_page()
    assert isinstance(shown, ListPage)
    assert shown.query.preset == "all"
    desk.qtbot.waitUntil(lambda: shown.model.rowCount() == count(desk))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("加密.xlsx", "The file is protected by a password."),
        ("截断.xlsx", "The file is incomplete or damaged."),
        ("空文件.xlsx", "The file is empty."),
        ("图片.xlsx", "This is not an Excel, CSV or text file."),
        ("含空字符.csv", "The file is damaged (it contains NUL characters)."),
        ("列数不一.csv", "The rows do not have the same number of columns"),
        ("没有这个文件.xlsx", "The file 没有这个文件.xlsx does not exist."),
    ],
)
def test_unreadable_file_is_said_and_another_can_be_chosen(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    desk = sit_down("clerk")
    page = start(desk, LEGACY / "broken" / name)
    assert sentence in texts(page)
    assert not page.next_button.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(SHEET), ""))
    chosen = button(page, "Choose another file")
    assert chosen.hasFocus()
    chosen.click()
    desk.settle()
    assert page.file_step.sheets.isVisible()
    assert page.next_button.isVisible()


def test_who_may_not_import_reads_why(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    view = desk.window.view("customers")
    assert not [one for one in view.findChildren(QPushButton) if one.text() == "Import"]
    page = start(desk, SHEET)
    assert "You may not import customers." in texts(page)
    assert not page.next_button.isVisible()
    assert [page.file_step.kind_line.box.itemText(n) for n in (0, 1)] == ["What its headings say", "Knowledge articles"]


def test_cancelled_import_leaves_nothing(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    before = count(desk)
    page = start(desk, SHEET)
    go_on(desk, page, 3)
    page.go_on()
    assert step_of(page) is Step.IMPORT
    page.import_step.waiting.stop()
    desk.settle()
    assert step_of(page) is Step.PREVIEW
    assert "The import was cancelled. Nothing was written." in desk.notices()
    assert count(desk) == before
    go_on(desk, page)
    assert count(desk) == before + 900


def test_import_that_the_server_breaks_off_begins_again_by_itself(
    sit_down: SitDown, server: ServerAddress, own_database: str
) -> None:
    desk = sit_down("clerk")
    before = count(desk)
    page = start(desk, SHEET)
    go_on(desk, page, 3)
    killed: list[int] = []

    def kill() -> None:
        if not killed:
            kill_sessions = (
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
            )
            with superuser(server.url()) as cursor:
                cursor.execute(kill_sessions, (own_database,))
                killed.append(cursor.rowcount)

    page.go_on()
    assert page._import is not None
    page._import.progressed.connect(kill)
    desk.settle()
    assert killed
    desk.qtbot.waitUntil(lambda: step_of(page) is Step.RESULT)
    assert count(desk) == before + 900


def test_cancelled_reading_is_dropped(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    page = open_import(desk.window, SHEET)
    assert page is not None
    page.file_step.waiting.stop()
    assert page.file_step.choose_button.isVisible()
    desk.settle()
    assert page.draft.file is None
    assert page.file_step.choose_button.isVisible()


def test_cancelled_comparison_returns_to_the_rule(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    go_on(desk, page, 2)
    page.go_on()
    page.preview_step.waiting.stop()
    desk.settle()
    assert step_of(page) is Step.MATCHING
    assert page.draft.rehearsal is None


def test_second_file_dropped_takes_the_place_of_the_first(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = open_import(desk.window, SHEET)
    assert page is not None
    again = open_import(desk.window, write_csv(tmp_path / "a.csv", "客户名称,传真", "甲有限公司,020-1"))
    desk.settle()
    assert again is page
    assert page.draft.file is not None
    assert page.draft.file.book.path.name == "a.csv"


def test_two_tables_in_a_sheet_are_asked_about(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    page = start(desk, LEGACY / "broken" / "两个表头.xlsx")
    go_on(desk, page)
    assert step_of(page) is Step.FILE
    assert "Say which of the tables is meant." in texts(page)
    choices = page.file_step.sheets.findChildren(QRadioButton)
    assert [choice.text() for choice in choices] == [
        "公司通讯录及重点客户 — headings in row 2, 8 rows below",
        "重点客户 — headings in row 14, 18 rows below",
    ]
    choices[1].setChecked(True)
    kinds = page.file_step.sheets.kinds
    assert kinds is not None
    words = [kind.word if (kind := kinds.kind(row)) else "" for row in (2, 5, 13, 14, 15)]
    assert words == ["other table", "other table", "title", "headings", "record"]
    go_on(desk, page, 3)
    assert page.next_button.text() == "Import 18 customers"


def test_rows_of_the_sheet_are_explained(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    sheets = page.file_step.sheets
    kinds = sheets.kinds
    assert kinds is not None
    words = [kind.word if (kind := kinds.kind(row)) else "" for row in (1, 3, 4, 5, 10, 34)]
    assert words == ["title", "headings", "headings", "record", "further contact", "total"]
    assert {kind.word: number for kind, number in kinds.counts().items()} == {
        "record": 567, "further contact": 216, "not usable": 2, "headings": 2, "title": 2, "total": 18, "remark": 5
    }  # fmt: skip
    button(sheets, "total 18").click()
    assert sheets.grid.currentIndex().row() == 33
    assert "Row 34: total. A sum of the rows above; left out." in texts(sheets)


def test_sheet_that_is_not_ticked_stays_out(sit_down: SitDown) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    button_texts = [page.file_step.sheets.tabs.tabText(n) for n in range(3)]
    assert button_texts == ["华南区", "华东区", "说明"]
    page.file_step.sheets.tabs.setCurrentIndex(1)
    page.draft.choose_table("华南区", None)
    go_on(desk, page, 3)
    assert {row.sheet for row in page.preview_step.model._rows} == {"华东区"}


def test_meaning_is_corrected_by_typing_and_kept(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, write_csv(tmp_path / "a.csv", "客户名称,甲列,日期", "甲有限公司,020-55501234,01/02/2003"))
    go_on(desk, page)
    mean(qtbot, column(page, "甲列"), "customer: fax")
    assert column(page, "甲列").editor.line.text() == "Customer: Fax"
    mean(qtbot, column(page, "日期"), "registered")
    reading = column(page, "日期").reading
    assert reading.isVisible()
    reading.setFocus()
    qtbot.keyClick(reading, Key.Key_M)
    go_on(desk, page)
    qtbot.keyClick(page, Key.Key_Left, ALT)
    qtbot.waitUntil(lambda: page.draft.step is Step.COLUMNS)
    assert column(page, "甲列").editor.line.text() == "Customer: Fax"
    go_on(desk, page, 2)
    (row,) = page.preview_step.model._rows
    assert row.planned is not None
    assert row.planned.values["fax"] == "020-55501234"
    assert row.planned.values["registered_on"].isoformat() == "2003-01-02"


def test_what_names_the_customers_is_asked_for(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(
        desk, write_csv(tmp_path / "a.csv", "对象,传真,电话", "甲,020-1,020-55501234", "乙,020-2,020-55501235")
    )
    go_on(desk, page, 2)
    assert step_of(page) is Step.COLUMNS
    assert "Say which column holds “Customer name”." in texts(page)
    mean(qtbot, column(page, "对象"), "customer name")
    desk.settle()
    assert "Say which column" not in texts(page)
    go_on(desk, page, 2)
    assert listed(page) == [("New", "甲"), ("New", "乙")]


def test_two_columns_for_one_field_are_pointed_out(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, write_csv(tmp_path / "a.csv", "客户名称,地址,甲列", "甲有限公司,江边路1号,河边路2号"))
    go_on(desk, page)
    mean(qtbot, column(page, "甲列"), "customer: address")
    desk.settle()
    assert "“地址” and “甲列” both come in as “Customer: Address”" in texts(page.columns_step)
    mean(qtbot, column(page, "甲列"), "leave out")
    desk.settle()
    assert "both come in" not in texts(page.columns_step)


def test_preview_shows_before_and_after_and_filters(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    before = ("客户名称,传真,邮编", "甲有限公司,020-1,510000", "乙有限公司,020-2,")
    go_on(desk, start(desk, write_csv(tmp_path / "before.csv", *before)), 4)
    page = start(
        desk,
        write_csv(
            tmp_path / "a.csv",
            "客户名称,传真,邮编,联系人,登记日期",
            "甲公司,020-9,510001,陈立,2003-01-02",
            "乙有限公司,020-2,,,",
            "丙有限公司,020-3,,苏敏,没有日期",
            ",020-4,,,",
            "丙有限公司,,510003,林秋,",
        ),
    )
    go_on(desk, page, 2)
    page.matching_step.radios[OnMatch.UPDATE].setChecked(True)
    go_on(desk, page)
    assert listed(page) == [
        ("Update", "甲公司"),
        ("Nothing new", "乙有限公司"),
        ("New", "丙有限公司"),
        ("Rejected", "020-4"),
        ("Joined", "丙有限公司"),
    ]
    details = texts(page.preview_step.details)
    assert "Is there already as “甲有限公司”: same name." in details
    assert details.index("020-1\n020-9") < details.index("510000\n510001")
    assert "New contact: 陈立" in details
    page.preview_step.filters["reject"].click()
    assert listed(page) == [("Rejected", "020-4")]
    assert "No customer name. It is not imported and comes back to you as Excel." in texts(page.preview_step.details)
    page.preview_step.filters["warned"].click()
    assert listed(page) == [("New", "丙有限公司")]
    assert "“没有日期” is no day" in texts(page.preview_step.details)
    said = [page.preview_step.warnings.itemText(n) for n in range(page.preview_step.warnings.count())]
    assert said[0] == "All warnings"
    assert any(text.startswith("1 × ") and "“没有日期” is no day" in text for text in said)
    page.preview_step.warnings.setCurrentIndex(1)
    assert listed(page) == [("New", "丙有限公司")]
    page.preview_step.filters["all"].click()
    page.preview_step.search.setText("丙")
    page.preview_step.search.search_now()
    assert [title for _fate, title in listed(page)] == ["丙有限公司", "丙有限公司"]


def test_nothing_new_is_said_instead_of_imported(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    file = write_csv(tmp_path / "a.csv", "客户名称,传真", "甲有限公司,020-1")
    go_on(desk, start(desk, file), 4)
    page = start(desk, file)
    go_on(desk, page, 4)
    assert step_of(page) is Step.PREVIEW
    assert "Nothing would be written: the file holds nothing new." in texts(page)


def test_rule_is_said_in_words_and_kept(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, write_csv(tmp_path / "a.csv", "客户名称,电话", "甲有限公司,020-55501234"))
    go_on(desk, page, 2)
    step = page.matching_step
    assert not step.boxes["tax_no"].isEnabled()
    assert "Where name is the same: only what is empty is filled in." in texts(step)
    step.boxes["phone"].setChecked(True)
    desk.settle()
    assert "Where name or phone is the same" in texts(step)
    page.go_back()
    go_on(desk, page)
    assert step.boxes["phone"].isChecked()
    assert page.draft.rule.keys == ("code", "tax_no", "name", "phone")


def test_rejected_rows_are_saved_as_excel(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    go_on(desk, page, 4)
    target = tmp_path / "back.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    page.result_step.rejects_button.click()
    desk.settle()
    book = CalamineWorkbook.from_path(str(target))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]]
    assert len(rows) == 5
    assert all("no customer name" in row for row in rows)
    assert "Saved as back.xlsx" in desk.notices()


def test_second_file_of_a_shape_is_read_as_the_first(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, write_csv(tmp_path / "a.csv", "客户名称,甲列", "甲有限公司,020-55501234"))
    go_on(desk, page)
    mean(qtbot, column(page, "甲列"), "customer: fax")
    go_on(desk, page, 3)
    page.result_step.restart_button.click()
    page.open_file(write_csv(tmp_path / "b.csv", "客户名称,甲列", "乙有限公司,020-55501235"))
    desk.settle()
    go_on(desk, page)
    assert column(page, "甲列").editor.line.text() == "Customer: Fax"
    assert "was imported before" in texts(page.columns_step)


def test_another_language_keeps_the_step_and_the_choices(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    go_on(desk, page, 2)
    page.matching_step.radios[OnMatch.SKIP].setChecked(True)
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_kinds: True)
    set_language("zh")
    desk.window.rebuild()
    desk.settle()
    rebuilt = desk.window.view("customers").current_page()
    assert isinstance(rebuilt, ImportPage)
    assert rebuilt is not page
    assert step_of(rebuilt) is Step.MATCHING
    assert rebuilt.matching_step.radios[OnMatch.SKIP].isChecked()
    assert "跳过" in [radio.text() for radio in rebuilt.matching_step.radios.values()]


def test_closing_asks_only_where_something_is_lost(sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    asked: list[str] = []
    monkeypatch.setattr(messages, "confirm", lambda _parent, question, *_more, **_kinds: asked.append(question))
    assert page.may_close()
    go_on(desk, page, 2)
    page.matching_step.radios[OnMatch.SKIP].setChecked(True)
    assert not page.may_close()
    assert asked == ["Give up this import?"]


def test_rows_are_copied_as_a_table(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    go_on(desk, page, 3)
    qtbot.keyClick(page.preview_step.table, Key.Key_C, CONTROL)
    assert "广州润源装饰工程有限公司" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_cut(sit_down: SitDown, language: str) -> None:
    set_language(language)
    desk = sit_down("clerk")
    page = start(desk, SHEET)
    for step in list(Step)[: Step.IMPORT]:
        assert step_of(page) is step
        assert cut_texts(page) == []
        if step is not Step.PREVIEW:
            go_on(desk, page)
