"""Where two permission groups differ, in words beside each other."""

from __future__ import annotations

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from crm_desktop.core.access import Grant
from crm_desktop.core.i18n import _
from crm_desktop.services.grants import Matrix, Subject, describe_grant, subjects
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import TableView

WIDTH, HEIGHT, COLUMN_WIDTH = 1180, 420, 520


class CompareGroupsDialog(Dialog):
    """Changes nothing. ``group_id`` is the one to begin with."""

    def __init__(self, parent: QWidget | None, matrix: Matrix, group_id: int) -> None:
        super().__init__(parent and parent.window(), _("Compare groups"), width=WIDTH)
        self._matrix = matrix
        self.boxes = (QComboBox(), QComboBox())
        ids = [group.id for group in matrix.groups]
        line = QHBoxLayout()
        line.setSpacing(8)
        for box, words in zip(self.boxes, (_("First group"), _("Second group")), strict=True):
            box.setAccessibleName(words)
            for group in matrix.groups:
                box.addItem(group.name, group.id)
            line.addWidget(box, 1)
        first = ids.index(group_id) if group_id in ids else 0
        self.boxes[0].setCurrentIndex(first)
        self.boxes[1].setCurrentIndex((first + 1) % len(ids) if ids else -1)
        self._model = QStandardItemModel(self)
        self.table = TableView()
        self.table.setModel(self._model)
        self.table.setAccessibleName(_("Differences"))
        self.note = label("", "muted", wrap=True)
        self.body.addLayout(line)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.note)
        self.setMinimumHeight(HEIGHT)
        self.add_cancel(_("Close"))
        for box in self.boxes:
            box.currentIndexChanged.connect(self._compare)
        self._compare()

    def _compare(self) -> None:
        self._model.clear()
        self._model.setHorizontalHeaderLabels([_("Kind of record"), *(box.currentText() for box in self.boxes)])
        same = 0
        for subject in subjects():
            one, other = (self._grant(box, subject) for box in self.boxes)
            if one == other:
                same += 1
                continue
            texts = (_(subject.label), describe_grant(subject, one), describe_grant(subject, other))
            items = [QStandardItem(text) for text in texts]
            for item, text in zip(items, texts, strict=True):
                item.setToolTip(text)
            self._model.appendRow(items)
        self.note.setText(_("{count} kinds of records have the same rights in both.").format(count=same))
        self.table.fit_columns(2)
        self.table.setColumnWidth(1, COLUMN_WIDTH)

    def _grant(self, box: QComboBox, subject: Subject) -> Grant:
        return self._matrix.grants.get((int(box.currentData() or 0), subject.key), Grant())
