"""Which columns a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.listing import columns_of
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

KEY = Qt.ItemDataRole.UserRole
LIST_HEIGHT = 380


class ColumnsDialog(Dialog):
    """A check list of all columns, those shown first, in their order. ``chosen`` is called with their keys."""

    def __init__(
        self, parent: QWidget | None, spec: EntitySpec, shown: Sequence[str], chosen: Callable[[list[str]], None]
    ) -> None:
        super().__init__(parent, _("Columns of this list"))
        self._spec, self._chosen = spec, chosen
        self.list = QListWidget()
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setFixedHeight(LIST_HEIGHT)
        self.list.setAccessibleName(_("Columns"))
        self.list.itemChanged.connect(self._enable)
        card = Card(padding=4)
        card.body.addWidget(self.list)
        self.body.addWidget(label(_("Space shows or hides a column; drag moves it."), "muted"))
        self.body.addWidget(card)
        self.body.addLayout(self._movers())
        self.add_secondary(_("As shipped"), self._reset)
        self.add_cancel()
        self._apply = self.add_primary(_("Show these columns"), self._accept)
        self._fill(shown)
        self.list.setFocus()

    def keys(self) -> list[str]:
        """The keys of the checked columns in order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [str(item.data(KEY)) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _movers(self) -> QHBoxLayout:
        line = QHBoxLayout()
        for text, icon, key, step in ((_("Up"), "arrow-up", "Alt+Up", -1), (_("Down"), "arrow-down", "Alt+Down", 1)):
            line.addWidget(quiet_button(text, partial(self._move, step), icon_name=icon, shortcut=key))
        line.addStretch(1)
        return line

    def _fill(self, shown: Sequence[str]) -> None:
        columns = columns_of(self._spec, shown)
        rest = [column for column in self._spec.table.columns if column not in columns]
        self.list.clear()
        for column in (*columns, *rest):
            item = QListWidgetItem(_(self._spec.column_label(column)))
            item.setData(KEY, column.key)
            item.setCheckState(Qt.CheckState.Checked if column in columns else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._enable()

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        if 0 <= row + step < self.list.count():
            self.list.insertItem(row + step, self.list.takeItem(row))
            self.list.setCurrentRow(row + step)

    def _reset(self) -> None:
        self._fill(())

    def _enable(self) -> None:
        self._apply.setEnabled(bool(self.keys()))

    def _accept(self) -> None:
        self._chosen(self.keys())
        self.accept()
