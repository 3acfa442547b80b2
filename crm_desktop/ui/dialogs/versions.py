"""A record as it was: every state it had, compared with now or with another one, and the way back for its fields."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.services.journal import KINDS, Change
from crm_desktop.services.records import Record
from crm_desktop.services.versions import as_of, differences
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.kinds import DATE, TIME
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import DateEditor
from crm_desktop.ui.form_page.wording import moment_text, value_text
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import TableView
from crm_desktop.ui.widgets.tooltips import plain_tooltip

WIDTH, HEIGHT, LIST_WIDTH = 960, 520, 320
FIELD = Qt.ItemDataRole.UserRole + 20
PutBack = Callable[[Mapping[str, Any]], object]


class VersionsDialog(Dialog):
    """One chosen state is compared with now, two with each other. ``put_back`` saves values by field key."""

    def __init__(
        self, parent: QWidget | None, record: Record, history: Sequence[Change], put_back: PutBack | None
    ) -> None:
        """``history`` is newest first; without ``put_back`` one can only look."""
        super().__init__(parent, _("“{title}” as it was").format(title=record.title), width=WIDTH)
        self._record, self._history, self._put_back = record, history, put_back
        self._then: Record | None = record
        self._later = record
        self.day = DateEditor(DATE, _("At the end of the day"))
        self.day.line.returnPressed.connect(self._go_to_day)
        self.day.changed.connect(self._go_to_day)
        self.versions = TableView()
        self.versions.setAccessibleName(_("History"))
        self.versions.setModel(self._states())
        self.versions.fit_columns(2)
        self.versions.selectionModel().selectionChanged.connect(lambda _on, _off: self._compare())
        self.what = label("", "strong", wrap=True)
        self.all_fields = QCheckBox(_("All fields"))
        self.all_fields.toggled.connect(lambda _on: self._compare())
        self.fields = TableView()
        self.fields.setAccessibleName(_("Differences"))
        self.fields.setSelectionMode(TableView.SelectionMode.ExtendedSelection)
        self.fields.opened.connect(lambda _index: self._put_back_chosen())
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.day)
        left.addWidget(self.versions, 1)
        left.addWidget(label(_("Choose two states with Ctrl to compare them with each other."), "small", wrap=True))
        over = QHBoxLayout()
        over.addWidget(self.what, 1)
        over.addWidget(self.all_fields)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(over)
        right.addWidget(self.fields, 1)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addLayout(left)
        halves.addLayout(right, 1)
        self.versions.setFixedWidth(LIST_WIDTH)
        self.day.setFixedWidth(LIST_WIDTH)
        self.body.addLayout(halves, 1)
        self.setMinimumHeight(HEIGHT)
        self.add_cancel(_("Close"))
        self.put_back_button = self.add_primary(_("Put back"), self._put_back_chosen)
        self.versions.selectRow(min(1, len(history)))

    def _states(self) -> QStandardItemModel:
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels([_("When"), _("By"), _("What")])
        model.appendRow([QStandardItem(_("now")), QStandardItem(""), QStandardItem("")])
        for change in self._history:
            moment = QStandardItem(moment_text(change.at))
            moment.setToolTip(TIME.format(change.at))
            model.appendRow(
                [
                    moment,
                    QStandardItem(change.who),
                    QStandardItem(f"{_(KINDS.get(change.kind, change.kind))} {change.source}"),
                ]
            )
        return model

    def _state(self, row: int) -> Record | None:
        """Row 0 is now; the others are the states that their changes led to."""
        return self._record if row == 0 else as_of(self._record, self._history, self._history[row - 1].at)

    def _go_to_day(self) -> None:
        try:
            day = self.day.value()
        except KnownError:
            return
        if day is None:
            return
        end = datetime.datetime.combine(day, datetime.time.max).astimezone()
        row = next((row for row, change in enumerate(self._history, 1) if change.at <= end), None)
        if row is None:
            self.day.set_error(_("The record did not exist yet, or the journal does not reach back so far."))
        else:
            self.versions.selectRow(row)

    def _compare(self) -> None:
        rows = sorted(index.row() for index in self.versions.selectionModel().selectedRows())
        if not rows:
            return
        newer = rows[0] if len(rows) > 1 else 0
        self._then, self._later = self._state(rows[-1]), self._state(newer) or self._record
        if self._then is None:
            self._then = self._later
        self._show_fields([_("Field"), self._moment(rows[-1]), self._moment(newer)], self._then, self._later)

    def _show_fields(self, headings: list[str], then: Record, later: Record) -> None:
        spec = then.spec
        changed = {field.key for field in differences(then, later)}
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels(headings)
        for attr in spec.form.fields:
            if self.all_fields.isChecked() or attr.key in changed:
                model.appendRow(_line(spec, attr.key, then, later, differs=attr.key in changed))
        self.fields.setModel(model)
        self.fields.fit_columns(2)
        self.fields.selectAll()
        count = len(changed)
        self.what.setText(
            ngettext("{count} field differs.", "{count} fields differ.", count).format(count=count)
            if changed
            else _("Nothing differs between the two.")
        )
        self.put_back_button.setVisible(self._put_back is not None)
        self.put_back_button.setEnabled(bool(self._values()))
        self.put_back_button.setToolTip(_("Write the selected fields as they were; that can be taken back too."))

    def _moment(self, row: int) -> str:
        return _("now") if row == 0 else moment_text(self._history[row - 1].at)

    def _values(self) -> dict[str, Any]:
        """The chosen fields as they were, where that is not what they are and they may be written."""
        assert self._then is not None
        spec = self._record.spec
        editable = {attr.key for attr in spec.form.fields} - {attr.key for attr in spec.form.read_only}
        chosen = {index.data(FIELD) for index in self.fields.selectionModel().selectedRows()}
        differing = {field.key for field in differences(self._then, self._record)}
        return {key: self._then.values.get(key) for key in chosen & editable & differing}

    def _put_back_chosen(self) -> None:
        values = self._values()
        if self._put_back is not None and values:
            self.accept()
            self._put_back(values)


def _line(spec: EntitySpec, key: str, then: Record, later: Record, *, differs: bool) -> list[QStandardItem]:
    before, after = (value_text(spec, key, record.values.get(key)) for record in (then, later))
    line = [QStandardItem(text) for text in (_(spec.label_of(key)), before, after)]
    line[0].setData(key, FIELD)
    for item in line[1:]:
        item.setToolTip(plain_tooltip(item.text()))
        if not differs:
            item.setData("muted", CellRole.TONE)
    return line
