"""The fields of one record in cards, side by side where there is room. Knows which were edited; saves nothing.

The first fields are there at once, the others follow in turns of the event loop, or as soon as somebody asks for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record, is_same
from crm_desktop.spec import Attr, EntitySpec
from crm_desktop.spec.kinds import LONG_TEXT
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.rows import RowEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.turns import Turns
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.places import places_of
from crm_desktop.ui.widgets.tab_order import bring_into_sight

GAP = 16
FEWEST_BESIDE = 3  # so many long texts by themselves stand side by side: strengths, weaknesses and so on
LEAST_EDITOR = 200  # px; two columns of less would cut what stands in the fields
AT_ONCE = 6
"""How many fields are made in a turn."""
_UNREADABLE = object()


class Form(QWidget):
    """A card for each section of the spec. Enter and Tab go to the next field; a field is checked when it is left."""

    edited = Signal(str)  # key of the field
    rebuilt = Signal()  # the entity has other fields than before; what the new ones hold is not read yet
    completed = Signal()  # all cards are there

    def __init__(self, view: AreaView, spec: EntitySpec) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._view = view
        self._base: Mapping[str, Any] = {}
        self._touched: set[str] = set()
        self._read_only = self._is_new = False
        self._shown: Callable[[], None] | None = None
        self._between: tuple[QWidget, int] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._sections: list[tuple[Card, QGridLayout, list[FieldEditor]]] = []
        self._columns = 2
        self._turns = Turns(self)
        self._build(spec)
        view.context.fields.changed.connect(self._fields_changed)

    @property
    def editors(self) -> dict[str, FieldEditor]:
        """All fields, by key."""
        self._turns.finish()
        return self._built

    def editor(self, key: str) -> FieldEditor:
        """One field; those after it need not be there yet."""
        self._turns.finish(lambda: key in self._built)
        return self._built[key]

    @property
    def is_complete(self) -> bool:
        """Whether all cards are there."""
        return self._turns.is_done

    def _build(self, spec: EntitySpec) -> None:
        for card, _grid, _editors in self._sections:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._turns.drop()
        self.spec = spec
        self._built: dict[str, FieldEditor] = {}
        self._attr_of: dict[str, Attr] = {}
        self._sections = []
        maker = FieldMaker(self._view, self, spec, self.value_of)
        steps: list[Callable[[], object]] = []
        for section in spec.form.sections:
            begun, *others = (section.fields[at : at + AT_ONCE] for at in range(0, len(section.fields), AT_ONCE))
            steps.append(partial(self._add_card, maker, section.label, begun))
            steps += [partial(self._add_fields, maker, fields) for fields in others]
        begin, *later = steps
        begin()
        self.setFocusProxy(next(iter(self._built.values())))
        self._turns.add([*later, self.completed.emit])

    def _add_card(self, maker: FieldMaker, label: str, fields: Sequence[Attr]) -> None:
        """Filled before it comes into the window, which styles it."""
        card = Card(_(label))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(12)
        card.body.addLayout(grid)
        self._sections.append((card, grid, []))
        self._add_fields(maker, fields)
        self._column.addWidget(card)
        card.show()  # now, not in a later turn: Tab may be on its way
        if self._between is not None:
            self.put_between(*self._between)

    def _add_fields(self, maker: FieldMaker, fields: Sequence[Attr]) -> None:
        """Go on with the last card."""
        _card, grid, editors = self._sections[-1]
        added = [self._add(maker, attr) for attr in fields]
        editors += added
        self._place(grid, editors)
        for editor in added:
            editor.show()

    def put_between(self, widget: QWidget, place: int) -> None:
        """Show something else after so many of the cards."""
        self._between = (widget, place)
        self._column.removeWidget(widget)
        self._column.insertWidget(min(place, len(self._sections)), widget)

    def _fields_changed(self, entities: frozenset[str]) -> None:
        """Where something is typed, that is saved or taken back first: then ``show_record`` notices."""
        if self.spec.key in entities and self._shown is not None and not self.edited_keys():
            focused = next((key for key, editor in self._built.items() if editor.focus_target().hasFocus()), None)
            self._shown()
            if focused is not None:
                self.focus_field(focused)

    def show_record(self, record: Record, *, read_only: bool = False, sent: Mapping[str, Any] | None = None) -> None:
        """Show these values. What was typed is forgotten, but for what was typed since ``sent`` was sent off."""
        edited = self.edited_keys() if sent is not None else ()
        sent = sent or {}
        self._touched = {key for key in {*edited, *sent} if key not in sent or not self._stands(key, sent[key])}
        self._base = record.values
        self._read_only, self._is_new = read_only, record.id == 0
        self._shown = lambda: self.show_record(record, read_only=read_only)
        is_outdated = self.spec is not by_key(self.spec.key) and not self._touched
        if is_outdated:
            self._build(by_key(self.spec.key))
        else:
            for key in self._built:
                self._show(key)
        if is_outdated:
            self.rebuilt.emit()

    def _show(self, key: str) -> None:
        editor = self._built[key]
        if key not in self._touched:
            editor.set_value(self._base.get(key))
        is_needed = self._is_new and editor.required  # what a new record cannot do without is typed once
        is_fixed = self._attr_of[key] in self.spec.form.read_only and not is_needed
        editor.set_read_only(self._read_only or is_fixed)

    def set_base(self, values: Mapping[str, Any]) -> None:
        """Take these values for unedited, and show them where nothing was typed."""
        self._base = values
        for key, editor in self._built.items():
            if key not in self._touched:
                editor.set_value(values.get(key))

    def typed(self, sent: Iterable[str] = ()) -> dict[str, Any]:
        """What was typed, by key: values, and texts that are none yet. With what stands in the fields whose values are
        being saved, even if it was typed back: it will differ from the record.
        """
        return {key: self._built[key].typed() for key in {*self.edited_keys(), *sent}}

    def type_again(self, typed: Mapping[str, Any], base: Mapping[str, Any]) -> None:
        """Put what was typed earlier, over a record with the values ``base``, into the fields as if it were typed now.

        The other fields go on showing what they show.
        """
        editors = self.editors
        self._base = base
        for key, value in typed.items():
            if key not in editors:
                continue  # the field is gone since
            self._touched.add(key)
            editors[key].type_again(value)

    def fill(self, key: str, value: Any) -> None:
        """Put a value into a field as if it were typed."""
        self.editors[key].set_value(value)
        self._note_edit(key)

    def value_of(self, key: str) -> Any:
        """What stands in a field; None where it cannot be read."""
        value = self._read(key)
        return None if value is _UNREADABLE else value

    def changes(self) -> dict[str, Any]:
        """The values that differ from the record. Call ``check`` first: what cannot be read is left out."""
        values = {key: self._read(key) for key in self._touched}
        return {
            key: value
            for key, value in values.items()
            if value is not _UNREADABLE and not is_same(value, self._base.get(key))
        }

    def edited_keys(self) -> frozenset[str]:
        """The fields that hold something else than the record, readable or not."""
        return frozenset(
            key
            for key in self._touched
            if (value := self._read(key)) is _UNREADABLE or not is_same(value, self._base.get(key))
        )

    def check(self) -> bool:
        """Whether all fields can be saved; the first wrong one gets the focus, each says what is wrong."""
        wrong = [editor for editor in self.editors.values() if not editor.check()]
        if wrong:
            self._go_to(wrong[0])
        return not wrong

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Say under the fields what is wrong, and go to the first."""
        for key, sentence in errors.items():
            if key in self.editors:
                self.editors[key].set_error(sentence)
        first = next((editor for key, editor in self.editors.items() if key in errors), None)
        if first is not None:
            self._go_to(first)

    def _go_to(self, editor: FieldEditor) -> None:
        editor.setFocus()
        bring_into_sight(editor)

    def focus_field(self, key: str = "") -> None:
        """Go to a field; without a key to the first that must be filled and is not yet, else to the first of all. Cards
        that are not there yet are not looked through for it.
        """
        missing = (at for at, one in self._built.items() if one.required and self._read(at) in (None, "", []))
        editor = self.editor(key or next(missing, next(iter(self._built))))
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        target = editor.focus_target()
        if isinstance(target, QLineEdit):
            target.selectAll()

    def as_text(self) -> str:
        """All fields that are filled, a line each, to be copied elsewhere."""
        lines = []
        for key, editor in self.editors.items():
            target = editor.focus_target()
            value = self._read(key)
            text = target.text() if isinstance(target, QLineEdit) else editor.kind.format(value)
            if text and value not in (False, _UNREADABLE):
                lines.append(f"{editor.label}: {text}")
        return "\n".join(lines)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001 - Qt's signature
        """Go on through all fields, however fast."""
        self._turns.finish()
        return super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Check a field when it is left; Enter in a line goes on to the next field."""
        kind = event.type()
        if kind == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() in _LEAVING:
                self._built[watched.property("field")].check()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QLineEdit):
            editor = self._built[watched.property("field")]
            is_choosing = isinstance(editor, RowEditor) and editor.popup.isVisible()
            if event.key() in _ENTER and not event.modifiers() and not is_choosing:
                self.focusNextChild()
                return True
        return super().eventFilter(watched, event)

    def _read(self, key: str) -> Any:
        try:
            return self.editor(key).value()
        except KnownError:
            return _UNREADABLE

    def _stands(self, key: str, value: Any) -> bool:
        """Whether this value stands in the field."""
        read = self._read(key)
        return read is not _UNREADABLE and is_same(read, value)

    def _arrange(self) -> None:
        """Two fields side by side, or one."""
        margins = self._sections[0][0].body.contentsMargins()
        needed = margins.left() + 2 * LEAST_EDITOR + GAP + margins.right()
        columns = 2 if self.width() >= needed else 1
        if columns != self._columns:
            self._columns = columns
            for _card, grid, editors in self._sections:
                self._place(grid, editors)

    def _place(self, grid: QGridLayout, editors: Sequence[FieldEditor]) -> None:
        is_matrix = len(editors) >= FEWEST_BESIDE and all(editor.kind is LONG_TEXT for editor in editors)
        places = places_of((editor.kind.is_wide and not is_matrix for editor in editors), self._columns)
        for editor, (row, side, taken) in zip(editors, places, strict=True):
            grid.addWidget(editor, row, side, 1, taken)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, self._columns - 1)

    def _add(self, maker: FieldMaker, attr: Attr) -> FieldEditor:
        editor = maker.make(attr)
        self._built[attr.key] = editor
        self._attr_of[attr.key] = attr
        if self._shown is not None:
            self._show(attr.key)
        editor.changed.connect(lambda: self._note_edit(attr.key))
        target = editor.focus_target()
        target.setProperty("field", attr.key)
        target.installEventFilter(self)
        return editor

    def _note_edit(self, key: str) -> None:
        self._touched.add(key)
        self.edited.emit(key)


_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_LEAVING = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.OtherFocusReason,
}
