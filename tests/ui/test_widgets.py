"""The small widgets: keyboard, what is shown, what is announced."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QStandardItem,
    QStandardItemModel,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import KnownError, ServerLostError
from crm_desktop.ui import theme
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog, shortcuts_of
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.messages import show_error
from crm_desktop.ui.widgets.buttons import primary_button
from crm_desktop.ui.widgets.closable_tabs import ClosableTabs
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import ElidedLabel
from crm_desktop.ui.widgets.notice import Notices
from crm_desktop.ui.widgets.popup_list import GAP, PopupList, PopupRow
from crm_desktop.ui.widgets.preview_splitter import LEAST_PREVIEW, PreviewSplitter
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.side_list import SideEntry, SideList
from crm_desktop.ui.widgets.table_view import LOADING, TableView
from crm_desktop.ui.widgets.tooltips import plain_tooltip

Key = Qt.Key


def _side(qtbot: QtBot) -> SideList:
    side = SideList()
    qtbot.addWidget(side)
    side.set_entries(
        [
            SideEntry("mine", "My customers", "Customers", 428),
            SideEntry("all", "All customers", "Customers"),
            SideEntry("quiet", "Not contacted", "Watch"),
        ]
    )
    return side


def test_side_list_moves_over_headings_by_keyboard(qtbot: QtBot) -> None:
    side = _side(qtbot)
    side.select("all")
    chosen: list[str] = []
    side.current_changed.connect(chosen.append)
    qtbot.keyClick(side, Key.Key_Down)
    qtbot.keyClick(side, Key.Key_Up)
    qtbot.keyClick(side, Key.Key_Up)
    assert chosen == ["quiet", "all", "mine"]
    qtbot.keyClick(side, Key.Key_End)
    qtbot.keyClick(side, Key.Key_Home)
    assert chosen[-2:] == ["quiet", "mine"]


def test_side_list_folds_a_group_by_keyboard_and_comes_back_to_the_same_entry(qtbot: QtBot) -> None:
    side = _side(qtbot)
    side.select("all")
    chosen: list[str] = []
    side.current_changed.connect(chosen.append)
    qtbot.keyClick(side, Key.Key_Left)
    assert [side.isRowHidden(row) for row in range(5)] == [False, True, True, False, False]
    assert side.current_key() == "all"
    qtbot.keyClick(side, Key.Key_Down)
    qtbot.keyClick(side, Key.Key_Up)
    qtbot.keyClick(side, Key.Key_Return)
    assert not any(side.isRowHidden(row) for row in range(5))
    assert (chosen, side.current_key()) == (["quiet", "mine"], "mine")


def test_side_list_folds_and_unfolds_by_a_click_on_the_heading(qtbot: QtBot) -> None:
    side = _side(qtbot)
    side.resize(200, 300)
    told: list[list[str]] = []
    side.folded_changed.connect(told.append)
    for _time in range(2):
        heading = side.visualRect(side.model().index(3, 0)).center()
        qtbot.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=heading)
    assert told == [["Watch"], []]


def test_side_list_keeps_the_current_entry_silently(qtbot: QtBot) -> None:
    side = _side(qtbot)
    side.select("quiet")
    chosen: list[str] = []
    side.current_changed.connect(chosen.append)
    side.set_entries([SideEntry("quiet", "Not contacted", "Watch"), SideEntry("new", "New", "Watch")])
    assert (side.current_key(), chosen) == ("quiet", [])


def test_an_entry_that_is_to_have_rows_is_shown_while_it_has_some_or_is_current(qtbot: QtBot) -> None:
    side = SideList()
    qtbot.addWidget(side)
    side.set_entries(
        [SideEntry("all", "All", "Customers"), SideEntry("star", "Starred", "Customers", only_if_any=True)]
    )
    shown = [not side.isRowHidden(2)]
    for count in (3, 0):
        side.set_count("star", count)
        shown.append(not side.isRowHidden(2))
    for key in ("star", "all"):
        side.select(key)
        shown.append(not side.isRowHidden(2))
    assert shown == [False, True, False, True, False]


def test_side_rows_are_32_px_high(qtbot: QtBot) -> None:
    side = _side(qtbot)
    assert side.visualRect(side.model().index(1, 0)).height() == 32


def _table(qtbot: QtBot, rows: list[list[str]]) -> TableView:
    model = QStandardItemModel(0, len(rows[0]))
    for column, heading in enumerate(("No.", "Name", "Turnover")):
        model.setHeaderData(column, Qt.Orientation.Horizontal, heading)
    for row in rows:
        model.appendRow([QStandardItem(cell) for cell in row])
    table = TableView()
    model.setParent(table)
    table.setModel(model)
    qtbot.addWidget(table)
    return table


def test_selected_rows_are_copied_as_shown(qtbot: QtBot) -> None:
    table = _table(qtbot, [["C1", "华工", "¥5"], ["C2", "a\tb", "¥6"]])
    table.setColumnHidden(0, True)
    table.horizontalHeader().moveSection(2, 1)
    table.selectAll()
    qtbot.keyClick(table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "Turnover\tName\n¥5\t华工\n¥6\ta b"
    assert "<td>¥5</td><td>华工</td>" in data.html()


def test_rows_on_their_way_are_not_copied(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    table = _table(qtbot, [[LOADING, LOADING, LOADING]])
    table.setParent(window)
    notices = Notices(window)
    QGuiApplication.clipboard().setText("before")
    table.selectAll()
    table.copy_selection()
    assert QGuiApplication.clipboard().text() == "before"
    assert "still on their way" in notices.texts()[0]


def test_enter_opens_a_row_and_end_goes_to_the_last(qtbot: QtBot) -> None:
    table = _table(qtbot, [[f"C{row}", "x", "y"] for row in range(5)])
    table.selectRow(0)
    opened: list[int] = []
    table.opened.connect(lambda index: opened.append(index.row()))
    qtbot.keyClick(table, Key.Key_End)
    qtbot.keyClick(table, Key.Key_Return)
    assert opened == [4]


def test_columns_fit_their_content_and_one_takes_the_rest(qtbot: QtBot) -> None:
    table = _table(qtbot, [["C1", "深圳市金恒机械有限公司", "¥1,883,000.50"]])
    table.resize(800, 200)
    table.show()
    table.fit_columns(1)
    needed = table.fontMetrics().horizontalAdvance("¥1,883,000.50")
    assert table.columnWidth(2) >= needed
    assert table.horizontalHeader().length() == table.viewport().width()
    table.resize(1000, 200)
    assert table.horizontalHeader().length() == table.viewport().width()


def test_popup_chooses_by_keyboard_and_skips_headings(qtbot: QtBot) -> None:
    window, line = QWidget(), QLineEdit()
    QVBoxLayout(window).addWidget(line)
    window.resize(400, 400)
    qtbot.addWidget(window)
    window.show()
    line.setFocus()
    popup = PopupList(line)
    chosen: list[object] = []
    popup.chosen.connect(chosen.append)
    popup.show_rows([PopupRow(None, "Customers"), PopupRow(1, "A"), PopupRow(None, "Contacts"), PopupRow(2, "B")])
    assert popup.current_value() == 1
    qtbot.keyClick(line, Key.Key_Down)
    assert popup.current_value() == 2
    qtbot.keyClick(line, Key.Key_Down)
    qtbot.keyClick(line, Key.Key_Return)
    assert (chosen, popup.isHidden()) == ([2], True)


def test_popup_closes_on_escape_and_opens_above_where_there_is_no_room(qtbot: QtBot) -> None:
    window, line = QWidget(), QLineEdit()
    column = QVBoxLayout(window)
    column.addStretch(1)
    column.addWidget(line)
    window.resize(400, 400)
    qtbot.addWidget(window)
    window.show()
    popup = PopupList(line)
    popup.show_rows([PopupRow(number, str(number)) for number in range(30)])
    assert popup.geometry().bottom() < line.mapTo(window, QPoint(0, 0)).y()
    assert popup.geometry().top() >= 0
    qtbot.keyClick(line, Key.Key_Escape)
    assert popup.isHidden()


def test_popup_stays_under_its_line_when_something_comes_in_above(qtbot: QtBot) -> None:
    window, banner, inner, line = QWidget(), QLabel("Sample firm"), QWidget(), QLineEdit()
    QVBoxLayout(inner).addWidget(line)
    column = QVBoxLayout(window)
    column.addWidget(banner)
    column.addWidget(inner)
    column.addStretch(1)
    banner.hide()
    window.resize(400, 400)
    qtbot.addWidget(window)
    window.show()
    popup = PopupList(line)
    popup.show_rows([PopupRow(1, "A")])
    before = popup.y()
    banner.show()
    qtbot.waitUntil(lambda: popup.y() > before)
    assert popup.pos() == line.mapTo(window, QPoint(0, line.height() + GAP))
    assert popup.isVisible()


def test_search_box_never_cuts_its_shortcut(qtbot: QtBot) -> None:
    box = SearchBox("Search name, phone, pinyin initials, anything at all", "Ctrl+K")
    qtbot.addWidget(box)
    box.resize(240, 32)
    image = box.grab().toImage()
    assert _ink(image, 200, 228) > 0
    assert _ink(image, 229, 236) == 0, "the last letter ends before the padding"


def _ink(image: QImage, left: int, right: int) -> int:
    ground = image.pixelColor(120, 4)
    return sum(image.pixelColor(x, y) != ground for x in range(left, min(right, image.width())) for y in range(6, 26))


def test_search_box_announces_once_after_a_pause(qtbot: QtBot) -> None:
    box = SearchBox("Search")
    qtbot.addWidget(box)
    searched: list[str] = []
    box.searched.connect(searched.append)
    qtbot.keyClicks(box, "hgyy ")
    qtbot.waitUntil(lambda: bool(searched))
    assert searched == ["hgyy"]


def test_first_tab_stays_and_the_others_close(qtbot: QtBot) -> None:
    tabs = ClosableTabs()
    qtbot.addWidget(tabs)
    pages = [QLabel(name) for name in "abc"]
    for page in pages:
        tabs.add(page, page.text())
    tabs.step(1)
    assert tabs.current() is pages[0]
    tabs.step(-1)
    assert tabs.current() is pages[2]
    tabs.remove(pages[2])
    tabs.remove(pages[0])
    assert tabs.pages() == pages[:2]


def test_long_tab_title_is_shortened_and_told_in_the_tooltip(qtbot: QtBot) -> None:
    tabs = ClosableTabs()
    qtbot.addWidget(tabs)
    title = "珠海金恒医药器械进出口股份有限公司华南分公司"
    tabs.add(QLabel(), title)
    assert tabs.bar.tabText(0).endswith("…")
    assert tabs.bar.tabToolTip(0) == title


def test_enter_presses_the_button_with_the_focus_once(qtbot: QtBot) -> None:
    pressed: list[str] = []
    button = primary_button("Next", lambda: pressed.append("next"))
    qtbot.addWidget(button)
    qtbot.keyClick(button, Key.Key_Return)
    QApplication.sendEvent(
        button, QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    )
    qtbot.keyClick(button, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["next"]
    qtbot.keyClick(button, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert pressed == ["next", "next"]


def test_notice_offers_to_undo(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    undone: list[str] = []
    notices = Notices(window)
    notice = notices.show_notice("Saved.", tone="good", action=("Undo", lambda: undone.append("done")))
    button = next(one for one in notice.findChildren(QWidget) if getattr(one, "text", str)() == "Undo")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (undone, notices.texts()) == (["done"], [])


def test_notice_about_the_connection_goes_when_it_is_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window)
    show_error(window, ServerLostError("No database answers."))
    show_error(window, KnownError("The file cannot be read."))
    notices.connection_is_back()
    assert notices.texts() == ["The file cannot be read."]


def test_alt_z_does_what_the_newest_notice_offers(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    undone: list[str] = []
    notices = Notices(window)
    for what in ("first", "second"):
        notices.show_notice(what, action=("Undo", partial(undone.append, what)))
    notices.show_notice("no action")
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    assert (undone, notices.texts()) == (["second"], ["first", "no action"])


def test_only_the_newest_notices_are_kept(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window)
    for number in range(5):
        notices.show_notice(str(number))
    assert notices.texts() == ["2", "3", "4"]


def test_preview_stays_folded_next_time(qtbot: QtBot) -> None:
    first = PreviewSplitter("customers", QLabel(), QLabel())
    qtbot.addWidget(first)
    assert first.preview_shown()
    first.show_preview(False)
    second = PreviewSplitter("customers", QLabel(), QLabel())
    qtbot.addWidget(second)
    assert not second.preview_shown()


def test_preview_folds_away_where_both_have_no_room(qtbot: QtBot) -> None:
    splitter = PreviewSplitter("narrow", QLabel(), QLabel())
    qtbot.addWidget(splitter)
    splitter.resize(780, 400)
    splitter.show()
    assert not splitter.preview_shown()
    splitter.show_preview(True)
    assert splitter.preview_shown(), "who asks for it gets it"
    splitter.show_preview(False)
    splitter.show_preview(True)
    splitter.resize(1100, 400)
    assert splitter.preview_shown()


def test_preview_gets_its_share_until_the_handle_is_moved(qtbot: QtBot) -> None:
    preview = QLabel()
    splitter = PreviewSplitter("wide", QLabel(), preview)
    qtbot.addWidget(splitter)
    splitter.resize(1600, 400)
    splitter.show()
    assert preview.width() > LEAST_PREVIEW
    splitter.moveSplitter(1280, 1)
    splitter.resize(1700, 400)
    assert preview.width() == 1600 - 1280 - splitter.handleWidth()


def test_preview_of_nothing_stays_away(qtbot: QtBot) -> None:
    splitter = PreviewSplitter("new", QLabel(), QLabel())
    qtbot.addWidget(splitter)
    splitter.offer_preview(False)
    splitter.resize(780, 400)
    splitter.show()
    splitter.resize(1100, 400)
    assert not splitter.preview_shown()


def test_memory_keeps_plain_values_and_survives_rubbish() -> None:
    remember("list/columns", ["name", "owner"])
    assert remembered("list/columns", ["code"]) == ["name", "owner"]
    assert remembered("list/columns", 5) == 5, "another kind of value is not taken"
    assert remembered("list/other", default=True) is True


def test_label_tells_in_its_tooltip_what_it_hides(qtbot: QtBot) -> None:
    label = ElidedLabel("珠海金恒医药器械进出口股份有限公司")
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.show()
    assert label.toolTip() == ""
    label.resize(60, 20)
    assert label.toolTip() == label.text()


def test_flow_layout_breaks_lines(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    flow = FlowLayout(window)
    for _each in range(3):
        child = QLabel()
        child.setFixedSize(100, 20)
        flow.addWidget(child)
    assert flow.heightForWidth(320) == 20
    assert flow.heightForWidth(220) == 44
    assert flow.heightForWidth(100) == 68


def test_shortcuts_of_a_page_are_read_from_its_buttons(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    saved: list[str] = []
    button = primary_button("Save", lambda: saved.append("saved"), shortcut="Ctrl+S")
    column.addWidget(button)
    column.addWidget(SearchBox("Filter", "Ctrl+F"))
    page.show()
    qtbot.waitExposed(page)
    assert dict(shortcuts_of(page)) == {"Ctrl+S": "Save", "Ctrl+F": "Filter"}
    assert button.toolTip() == "Save  Ctrl+S"


def test_keys_dialog_fits_a_small_screen_and_names_no_key_twice(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(primary_button("Put aside", shortcut="Ctrl+S"))
    column.addWidget(primary_button("Check", shortcut="Ctrl+J"))
    page.show()
    qtbot.waitExposed(page)
    dialog = ShortcutsDialog(None, page)
    qtbot.addWidget(dialog)
    words = [shown.text() for shown in dialog.findChildren(QLabel)]
    assert "Check" in words
    assert "Put aside" not in words
    assert words.count("Ctrl+S") == 1
    assert dialog.sizeHint().width() <= 1024
    assert dialog.sizeHint().height() <= 600


def test_digits_have_the_same_width(qtbot: QtBot) -> None:
    table = _table(qtbot, [["1", "8", "0"]])
    metrics = theme.font(theme.BODY)
    widths = {QFontMetricsF(metrics).horizontalAdvance(digit * 10) for digit in "0123456789"}
    assert len(widths) == 1
    assert table.verticalHeader().defaultSectionSize() == 34


def test_the_font_of_the_product_is_loaded(qapp: QApplication) -> None:
    assert theme.FAMILY in QFontDatabase.families()
    assert qapp.font().family() == theme.FAMILY


def test_a_tooltip_shows_typed_text_as_it_is(qtbot: QtBot) -> None:
    """As rich text it would fetch the picture, on Windows from any server and with the user's hash."""
    evil = '<img src="//server/x.png">a & b'
    shown = ElidedLabel(evil * 20)
    qtbot.addWidget(shown)
    shown.resize(40, 20)
    shown.show()
    document = QTextDocument()
    document.setHtml(shown.toolTip())
    assert document.toPlainText() == evil * 20
    assert plain_tooltip("a < b & c") == "a < b & c"
