"""Which of some things are shown, and in which order: a check list that is dragged, or moved by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

KEY = Qt.ItemDataRole.UserRole
LIST_HEIGHT = 380


class ChecklistDialog(Dialog):
    """``choices`` are all keys with their words as shipped; ``chosen`` is called with the checked keys in order.

    Without any key in ``shown`` it begins with ``shipped``.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        choices: Sequence[tuple[str, str]],
        shipped: Sequence[str],
        shown: Sequence[str],
        chosen: Callable[[list[str]], None],
        action: str,
    ) -> None:
        super().__init__(parent, title)
        self._words, self._shipped, self._chosen = dict(choices), shipped, chosen
        self.list = QListWidget()
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setFixedHeight(LIST_HEIGHT)
        self.list.setAccessibleName(title)
        self.list.itemChanged.connect(self._enable)
        card = Card(padding=4)
        card.body.addWidget(self.list)
        self.body.addWidget(label(_("Space shows or hides one; drag moves it."), "muted"))
        self.body.addWidget(card)
        self.body.addLayout(self._movers())
        self.add_secondary(_("As shipped"), self.reset)
        self.add_cancel()
        self._apply = self.add_primary(action, self._accept)
        self._fill(shown or shipped)
        self.list.setFocus()

    def keys(self) -> list[str]:
        """The checked keys in order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [str(item.data(KEY)) for item in items if item.checkState() == Qt.CheckState.Checked]

    def reset(self) -> None:
        """Show them as shipped."""
        self._fill(self._shipped)

    def _movers(self) -> QHBoxLayout:
        line = QHBoxLayout()
        for text, icon, key, step in ((_("Up"), "arrow-up", "Alt+Up", -1), (_("Down"), "arrow-down", "Alt+Down", 1)):
            line.addWidget(quiet_button(text, partial(self._move, step), icon_name=icon, shortcut=key))
        line.addStretch(1)
        return line

    def _fill(self, shown: Sequence[str]) -> None:
        known = [key for key in shown if key in self._words]
        self.list.clear()
        for key in dict.fromkeys((*known, *self._words)):
            item = QListWidgetItem(self._words[key])
            item.setData(KEY, key)
            item.setCheckState(Qt.CheckState.Checked if key in known else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._enable()

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        if 0 <= row + step < self.list.count():
            self.list.insertItem(row + step, self.list.takeItem(row))
            self.list.setCurrentRow(row + step)

    def _enable(self) -> None:
        self._apply.setEnabled(bool(self.keys()))

    def _accept(self) -> None:
        self._chosen(self.keys())
        self.accept()
