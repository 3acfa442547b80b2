"""Who changed what of a record, newest first, with ways to put a value back and to take a whole change set back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.services import journal, records
from crm_desktop.services.journal import KINDS, Change, FieldChange
from crm_desktop.services.records import Record, is_same
from crm_desktop.services.rights import why_not
from crm_desktop.spec import EntitySpec, facts
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.dialogs.versions import VersionsDialog
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.form_page.wording import moment_text, step_text, value_text
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import inline_link, link_button
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

FIRST_SHOWN = 30
LABEL_WIDTH = 96
LINE = 24


class HistoryPanel(QScrollArea):
    """The history of one record. ``refresh`` reads it, ``show_history`` shows what was read elsewhere."""

    shown = Signal(object, object)  # Record, its changes

    def __init__(self, view: AreaView, entity: str) -> None:
        super().__init__()
        self._view, self._entity = view, entity
        self._record = Record(entity, 0, 0)
        self._changes: Sequence[Change] = ()
        self._shown = FIRST_SHOWN
        self._ways_back: list[QPushButton] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def refresh(self, record: Record) -> None:
        """Read the history of this record, which is what "put back" starts from."""
        self._view.context.tasks.query(
            self,
            lambda session: journal.fetch_history(session, record.entity, record.id),
            lambda changes: self.show_history(record, changes),
            key="history",
        )

    def show_history(self, record: Record, changes: Sequence[Change]) -> None:
        """Show these changes, newest first."""
        self._record, self._changes = record, changes
        self.shown.emit(record, changes)
        self._ways_back = []
        place = self.verticalScrollBar().value()
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        if any(change.operation == "U" for change in changes):
            column.addWidget(link_button(_("As it was on a day…"), self.show_versions))
        for change in changes[: self._shown]:
            column.addWidget(self._entry(change))
        if len(changes) > self._shown:
            column.addWidget(
                link_button(_("Show {count} older ones").format(count=len(changes) - self._shown), self._show_all)
            )
        if not changes:
            column.addWidget(EmptyState("clock-counter-clockwise", _("No changes yet")))
        column.addStretch(1)
        self.setWidget(inside)
        self.verticalScrollBar().setValue(place)

    def focus_first(self) -> None:
        """Go to the first value that can be put back, so that the keyboard finds it."""
        first = self._ways_back[0] if self._ways_back else self
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_back(self, field: FieldChange) -> None:
        """Write the old value of a field, as a change of its own."""
        self._write(self._record, {field.key: field.before})

    def show_versions(self) -> None:
        """Show the record as it was, with the way back."""
        may_edit = not why_not(self._view.context.person, "update", self._record)
        put_back = partial(self._write, self._record) if may_edit else None
        VersionsDialog(self.window(), self._record, self._changes, put_back).open_quietly()

    def _write(self, shown: Record, values: Mapping[str, Any]) -> None:
        """Over the record as it was shown: where somebody has changed the same since, that is said instead."""

        def work(session: Session) -> Record:
            return records.save_record(session, shown, values, "put_back")

        self._view.context.tasks.command(
            self, work, lambda record: notify_saved(self._view, record, is_new=False), waits=True
        )

    def take_back(self, change: Change) -> None:
        """Show what undoing the whole change set would do."""
        what = journal.describe(change.kind, change.label)
        dialog = UndoDialog(self._view, change.change_set, what)
        dialog.rehearse()
        dialog.open_quietly()

    def _show_all(self) -> None:
        self._shown = len(self._changes)
        self.show_history(self._record, self._changes)

    def _entry(self, change: Change) -> QWidget:
        entry = QWidget()
        column = QVBoxLayout(entry)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(change.who, "strong"))
        head.addWidget(label(_(KINDS.get(change.kind, change.kind)), "muted"))
        moment = label(moment_text(change.at), "small")
        moment.setToolTip(TIME.format(change.at))
        head.addWidget(moment)
        head.addStretch(1)
        if self._may_take_back(change):
            head.addWidget(inline_link(_("Take back…"), partial(self.take_back, change)))
        column.addLayout(head)
        if change.source:
            column.addWidget(label(change.source, "small", wrap=True))
        if change.fields:
            column.addLayout(self._fields(change))
        return entry

    def _fields(self, change: Change) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        spec = self._record.spec
        may_edit = not why_not(self._view.context.person, "update", self._record)
        for row, field in enumerate(_told(spec, change.fields)):
            name = ElidedLabel(_(field.label), "small")
            name.setFixedSize(LABEL_WIDTH, LINE)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            before = value_text(spec, field.key, field.before)
            step = label(step_text(spec, field.key, field.before, field.after), wrap=True, selectable=True)
            step.setContentsMargins(0, 2, 0, 2)  # in line with the name beside it
            grid.addWidget(step, row, 1, Qt.AlignmentFlag.AlignTop)
            if may_edit and self._can_put_back(field):
                button = inline_link(_("Put back"), partial(self.put_back, field))
                button.setAccessibleName(_("Put back “{value}”").format(value=before))
                button.setToolTip(plain_tooltip(button.accessibleName()))
                self._ways_back.append(button)
                grid.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)
        return grid

    def _can_put_back(self, field: FieldChange) -> bool:
        spec = self._record.spec
        editable = {attr.key for attr in spec.form.fields} - {attr.key for attr in spec.form.read_only}
        return field.key in editable and not is_same(field.before, self._record.values.get(field.key))

    def _may_take_back(self, change: Change) -> bool:
        """What came with the program stays."""
        person = self._view.context.person
        if change.kind == "setup":
            return False
        return change.employee_id == person.id or person.may_use(Function.UNDO, self._entity)


def _told(spec: EntitySpec, fields: Iterable[FieldChange]) -> list[FieldChange]:
    """Without what only follows from another change, unless nothing else changed."""
    fields, columns = list(fields), spec.model.__table__.columns
    return [field for field in fields if not columns[facts(spec.fields[field.key]).column].info.get("kept")] or fields
