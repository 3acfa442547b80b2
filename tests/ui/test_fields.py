"""The editors: what goes in comes out, what is wrong is said, everything works by keyboard."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import KnownError
from crm_desktop.services.lookup import Entry
from crm_desktop.spec import kinds
from crm_desktop.spec.kinds import Kind, Ref
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import DateEditor, LineEditor
from crm_desktop.ui.fields.long_text import LongTextEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.tree_choice import TreeChoiceEditor

Key = Qt.Key
INDUSTRIES = [Ref(1, "工业制造"), Ref(2, "商业贸易"), Ref(3, "金融保险")]
GUANGDONG, GUANGZHOU, TIANHE = Ref(1, "广东"), Ref(2, "广东广州"), Ref(3, "广东广州天河")
REGIONS = [
    Entry(GUANGDONG, "44", None, ()),
    Entry(GUANGZHOU, "4401", 1, ()),
    Entry(TIANHE, "440106", 2, ()),
    Entry(Ref(9, "北京"), "11", None, ()),
]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window with a second line, to leave the editor for."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 600)
    QVBoxLayout(window)
    return window


def test_a_help_of_several_lines_has_the_room_it_needs(window: QWidget) -> None:
    words = "Out of use it is shown nowhere, in no list and in no form. Its data stay and come back with it."
    beside = QHBoxLayout()
    for help_text in (words, ""):
        beside.addWidget(make_editor(kinds.BOOL, "In use", help_text=help_text))
    layout = window.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addLayout(beside)
    window.show()
    help_label = next(label for label in window.findChildren(QLabel) if label.text() == words)
    assert help_label.height() >= help_label.heightForWidth(help_label.width())


def _show(window: QWidget, editor: FieldEditor, qtbot: QtBot) -> QLineEdit:
    elsewhere = QLineEdit()
    layout = window.layout()
    assert layout is not None
    layout.addWidget(editor)
    layout.addWidget(elsewhere)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    editor.setFocus()
    return elsewhere


ROUND_TRIPS: tuple[tuple[Kind, Any], ...] = (
    (kinds.TEXT, "华工"),
    (kinds.LONG_TEXT, "一\n二"),
    (kinds.INTEGER, 1250),
    (kinds.MONEY, Decimal("1234.50")),
    (kinds.DATE, datetime.date(2026, 3, 5)),
    (kinds.BOOL, True),
    (kinds.EMAIL, "info@hgyy.example"),
    (kinds.WEBSITE, "hgyy.example"),
    (kinds.PHONES, ["0756-5550 1234", "199 0000 1234"]),
    (kinds.BIRTHDAY, "1970-05-12"),
)


@pytest.mark.parametrize(("kind", "value"), ROUND_TRIPS, ids=[kind.name for kind, _value in ROUND_TRIPS])
def test_value_goes_in_and_comes_out(qtbot: QtBot, kind: Kind, value: Any) -> None:
    editor = make_editor(kind, "Field")
    qtbot.addWidget(editor)
    with qtbot.assertNotEmitted(editor.changed):
        editor.set_value(value)
    assert editor.value() == value
    editor.set_value(None)
    assert not editor.value()


def test_typing_is_announced_and_rewritten_when_the_line_is_left(qtbot: QtBot, window: QWidget) -> None:
    editor = LineEditor(kinds.MONEY, "Turnover")
    elsewhere = _show(window, editor, qtbot)
    with qtbot.waitSignal(editor.changed):
        _type(editor.line, "120万")
    elsewhere.setFocus()
    assert (editor.line.text(), editor.value()) == ("¥1,200,000", Decimal("1200000.00"))


def test_wrong_text_is_said_below_the_line_and_kept(qtbot: QtBot, window: QWidget) -> None:
    editor = make_editor(kinds.DATE, "Founded on", help_text="or: today")
    elsewhere = _show(window, editor, qtbot)
    qtbot.keyClicks(_line(editor), "31.2.")
    elsewhere.setFocus()
    assert "31.2." in editor.error()
    assert _line(editor).text() == "31.2."
    assert not editor.check()
    qtbot.keyClicks(_line(editor), "x")
    assert editor.error() == "", "who corrects it is not told off any more"


def test_required_field_says_so(qtbot: QtBot) -> None:
    editor = make_editor(kinds.TEXT, "Name", required=True)
    qtbot.addWidget(editor)
    assert not editor.check()
    assert editor.error() == "Please fill this in."
    editor.set_value("华工")
    assert editor.check()
    assert editor.error() == ""


def test_read_only_line_cannot_be_typed_in(qtbot: QtBot, window: QWidget) -> None:
    editor = LineEditor(kinds.TEXT, "No.")
    _show(window, editor, qtbot)
    editor.set_value("C1")
    editor.set_read_only(True)
    qtbot.keyClicks(editor.line, "x")
    assert editor.value() == "C1"


def test_arrow_keys_move_a_date_by_a_day(qtbot: QtBot, window: QWidget) -> None:
    editor = DateEditor(kinds.DATE, "Founded on")
    _show(window, editor, qtbot)
    editor.set_value(datetime.date(2026, 2, 28))
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClick(editor.line, Key.Key_Up)
    assert editor.value() == datetime.date(2026, 3, 1)
    qtbot.keyClick(editor.line, Key.Key_Down)
    assert editor.value() == datetime.date(2026, 2, 28)


def test_wheel_over_a_text_scrolls_the_form(qtbot: QtBot) -> None:
    editor = LongTextEditor(kinds.LONG_TEXT, "Remark")
    qtbot.addWidget(editor)
    editor.set_value("line\n" * 50)
    editor.show()
    none = QPointF(0, 0)
    event = QWheelEvent(
        none,
        none,
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.area.viewport(), event)
    assert editor.area.verticalScrollBar().value() == 0
    assert not event.isAccepted()


def test_tab_leaves_a_long_text(qtbot: QtBot, window: QWidget) -> None:
    editor = LongTextEditor(kinds.LONG_TEXT, "Remark")
    elsewhere = _show(window, editor, qtbot)
    qtbot.keyClick(editor.area, Key.Key_Tab)
    assert elsewhere.hasFocus()
    assert editor.value() is None


@pytest.mark.parametrize("typed", ["商业", "symy", "shangye"])
def test_choice_is_found_by_text_and_pinyin(qtbot: QtBot, window: QWidget, typed: str) -> None:
    editor = ChoiceEditor(kinds.CHOICE, "Industry", _answering(INDUSTRIES))
    _show(window, editor, qtbot)
    _type(editor.line, typed)
    qtbot.waitUntil(lambda: editor.popup.texts() == ["商业贸易"])
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClick(editor.line, Key.Key_Return)
    assert editor.value() == INDUSTRIES[1]


def test_choice_opens_by_keyboard_at_the_current_entry(qtbot: QtBot, window: QWidget) -> None:
    editor = ChoiceEditor(kinds.CHOICE, "Industry", _answering(INDUSTRIES))
    _show(window, editor, qtbot)
    editor.set_value(INDUSTRIES[1])
    qtbot.keyClick(editor.line, Key.Key_Down)
    qtbot.keyClick(editor.line, Key.Key_Down)
    qtbot.keyClick(editor.line, Key.Key_Return)
    assert editor.value() == INDUSTRIES[2]


def test_emptied_choice_is_none(qtbot: QtBot, window: QWidget) -> None:
    editor = ChoiceEditor(kinds.CHOICE, "Industry", _answering(INDUSTRIES))
    _show(window, editor, qtbot)
    editor.set_value(INDUSTRIES[1])
    editor.line.selectAll()
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClick(editor.line, Key.Key_Delete)
    assert editor.value() is None


def test_text_that_names_no_row_is_refused(qtbot: QtBot, window: QWidget) -> None:
    editor = ChoiceEditor(kinds.CHOICE, "Industry", _answering(INDUSTRIES))
    elsewhere = _show(window, editor, qtbot)
    editor.set_value(INDUSTRIES[1])
    editor.line.selectAll()
    qtbot.keyClicks(editor.line, "xyz")
    elsewhere.setFocus()
    assert "“xyz” is not in the list." in editor.error()
    with pytest.raises(KnownError):
        editor.value()


@pytest.mark.parametrize("leaves", [True, False])
def test_choice_typed_in_full_is_taken_before_the_list_opens(*, leaves: bool, qtbot: QtBot, window: QWidget) -> None:
    editor = ChoiceEditor(kinds.CHOICE, "Industry", _answering(INDUSTRIES))
    elsewhere = _show(window, editor, qtbot)
    _type(editor.line, "商业贸易")
    if leaves:
        elsewhere.setFocus()
    else:
        qtbot.keyClick(editor.line, Key.Key_Return)
    assert (editor.value(), editor.error()) == (INDUSTRIES[1], "")


def test_reference_ignores_an_answer_to_older_words(qtbot: QtBot, window: QWidget) -> None:
    asked: list[tuple[str, Callable[[Sequence[Ref]], None]]] = []
    editor = ReferenceEditor(kinds.REFERENCE, "Owner", lambda text, answer: asked.append((text, answer)))
    _show(window, editor, qtbot)
    qtbot.keyClicks(editor.line, "lin")
    qtbot.waitUntil(lambda: len(asked) == 1)
    qtbot.keyClicks(editor.line, "q")
    qtbot.waitUntil(lambda: len(asked) == 2)
    asked[1][1]([Ref(5, "林秋")])
    asked[0][1]([Ref(6, "林立")])
    assert [text for text, _answer in asked] == ["lin", "linq"]
    assert editor.popup.texts() == ["林秋"]


def test_reference_opens_its_record(qtbot: QtBot) -> None:
    opened: list[int] = []
    editor = ReferenceEditor(kinds.REFERENCE, "Owner", _finding([]), opened.append)
    qtbot.addWidget(editor)
    action = editor.line.actions()[-1]
    assert not action.isVisible()
    editor.set_value(Ref(5, "林秋"))
    action.trigger()
    assert opened == [5]


def test_tree_shows_the_path_and_goes_down_level_by_level(qtbot: QtBot, window: QWidget) -> None:
    editor = TreeChoiceEditor(kinds.CHOICE, "Region", _answering(REGIONS))
    _show(window, editor, qtbot)
    qtbot.keyClick(editor.line, Key.Key_Down)
    assert editor.popup.texts() == ["广东", "北京"]
    qtbot.keyClick(editor.line, Key.Key_Return)
    assert (editor.value(), editor.popup.texts()) == (GUANGDONG, ["广州"])
    qtbot.keyClick(editor.line, Key.Key_Return)
    qtbot.keyClick(editor.line, Key.Key_Return)
    assert (editor.value(), editor.line.text()) == (TIANHE, "广东 / 广州 / 天河")


@pytest.mark.parametrize("typed", ["天河", "th", "广州/天"])
def test_tree_is_found_by_any_part(qtbot: QtBot, window: QWidget, typed: str) -> None:
    editor = TreeChoiceEditor(kinds.CHOICE, "Region", _answering(REGIONS))
    _show(window, editor, qtbot)
    _type(editor.line, typed)
    qtbot.waitUntil(lambda: "广东 / 广州 / 天河" in editor.popup.texts())
    assert "北京" not in editor.popup.texts()


def test_tree_shows_the_path_of_a_value_set_from_outside(qtbot: QtBot) -> None:
    editor = TreeChoiceEditor(kinds.CHOICE, "Region", _answering(REGIONS))
    qtbot.addWidget(editor)
    editor.set_value(TIANHE)
    assert editor.line.text() == "广东 / 广州 / 天河"
    assert editor.value() == TIANHE


def test_tree_says_a_level_once_that_is_called_as_the_one_above(qtbot: QtBot) -> None:
    names = ((1, "Beijing", None), (2, "Beijing", 1), (3, "Haidian", 2))
    editor = TreeChoiceEditor(
        kinds.CHOICE, "Region", _answering([Entry(Ref(id_, name), name, above, ()) for id_, name, above in names])
    )
    qtbot.addWidget(editor)
    editor.set_value(Ref(3, "Haidian"))
    assert editor.line.text() == "Beijing / Haidian"


def test_tree_of_english_names_says_each_level_once(qtbot: QtBot) -> None:
    names = ((1, "Guangdong", None), (2, "Guangzhou, Guangdong", 1), (3, "Tianhe, Guangzhou, Guangdong", 2))
    editor = TreeChoiceEditor(
        kinds.CHOICE, "Region", _answering([Entry(Ref(id_, name), name, above, ()) for id_, name, above in names])
    )
    qtbot.addWidget(editor)
    editor.set_value(Ref(3, "Tianhe, Guangzhou, Guangdong"))
    assert editor.line.text() == "Guangdong / Guangzhou / Tianhe"


def test_several_references_are_added_once_and_removed(qtbot: QtBot, window: QWidget) -> None:
    editor = ReferencesEditor(kinds.REFERENCE, "Groups", _finding(INDUSTRIES))
    _show(window, editor, qtbot)
    for _each in range(2):
        qtbot.keyClick(editor.adder.line, Key.Key_Down)
        qtbot.keyClick(editor.adder.line, Key.Key_Return)
    assert editor.value() == INDUSTRIES[:1]
    editor.set_value(INDUSTRIES)
    cross = next(one for one in editor.findChildren(QWidget) if one.accessibleName() == "Remove 商业贸易")
    with qtbot.waitSignal(editor.changed):
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert editor.value() == [INDUSTRIES[0], INDUSTRIES[2]]
    qtbot.keyClick(editor.adder.line, Key.Key_Backspace)
    assert editor.value() == INDUSTRIES[:1]


def _type(line: QLineEdit, text: str) -> None:
    """As an input method does; QTest cannot press Chinese keys."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(line, event)


def _line(editor: FieldEditor) -> QLineEdit:
    assert isinstance(editor, LineEditor)
    return editor.line


def _answering(rows: Sequence[Any]) -> Callable[[Callable[[Sequence[Any]], None]], None]:
    return lambda answer: answer(rows)


def _finding(rows: Sequence[Ref]) -> Callable[[str, Callable[[Sequence[Ref]], None]], None]:
    return lambda _text, answer: answer(rows)
