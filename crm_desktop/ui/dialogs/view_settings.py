"""Name, icon and audience of a saved view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QRadioButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.administration import fetch_groups
from crm_desktop.services.views import View
from crm_desktop.spec.kinds import TEXT, Ref
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.icons import icon
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.labels import label

ICONS = (
    "funnel", "bookmark-simple", "star", "flag", "bell", "calendar-blank", "clock", "phone", "map-pin", "buildings",
    "users", "currency-cny", "chart-bar", "warning", "check-circle", "heart",
)  # fmt: skip
LONGEST = 100
INDENT = 24


class ViewSettingsDialog(Dialog):
    """``chosen`` brings the view with what was entered; who may not share is not asked about others."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None, title: str, view: View, tasks: Tasks, *, may_share: bool) -> None:
        super().__init__(parent.window() if parent is not None else None, title)
        self._view = view
        self.name = LineEditor(TEXT, _("Name"), required=True, max_length=LONGEST)
        self.name.set_value(view.name)
        self.icons = QComboBox()
        self.icons.setAccessibleName(_("Icon"))
        self.icons.setIconSize(QSize(16, 16))
        for name in dict.fromkeys((*ICONS, view.icon)):
            self.icons.addItem(icon(name), "", name)
        self.icons.setCurrentIndex(self.icons.findData(view.icon))
        self.icons.setFixedWidth(72)
        self.body.addWidget(self.name)
        self.body.addWidget(label(_("Icon"), "small"))
        self.body.addWidget(self.icons)
        self.audience = QButtonGroup(self)
        self.groups: dict[int, QCheckBox] = {}
        self._group_column = QVBoxLayout()
        self._group_column.setContentsMargins(INDENT, 0, 0, 0)
        if may_share:
            self._add_audience(tasks)
        self.add_cancel()
        self.add_primary(_("Save"), self._take)
        self.name.setFocus()
        self.name.line.selectAll()

    def _add_audience(self, tasks: Tasks) -> None:
        view = self._view
        self.body.addWidget(label(_("Who sees it"), "small"))
        words = (_("Only I"), _("Everybody who may see the list"), _("The members of these groups"))
        current = 1 if view.is_for_everybody else 2 if view.group_ids else 0
        for number, text in enumerate(words):
            button = QRadioButton(text)
            button.setChecked(number == current)
            self.audience.addButton(button, number)
            self.body.addWidget(button)
        self.body.addLayout(self._group_column)
        self.audience.idToggled.connect(lambda _number, _on: self._show_groups())
        tasks.query(self, fetch_groups, self._take_groups)

    def _take_groups(self, groups: Sequence[Ref]) -> None:
        for group in groups:
            box = QCheckBox(group.label)
            box.setChecked(group.id in self._view.group_ids)
            self.groups[group.id] = box
            self._group_column.addWidget(box)
        self._show_groups()
        self.adjustSize()

    def _show_groups(self) -> None:
        for box in self.groups.values():
            box.setEnabled(self.audience.checkedId() == 2)  # noqa: PLR2004 - the third of three

    def _take(self) -> None:
        if not self.name.check():
            return
        audience = self.audience.checkedId() if self.audience.buttons() else -1
        view = replace(self._view, name=str(self.name.value()), icon=str(self.icons.currentData()))
        if audience >= 0:
            chosen = tuple(id_ for id_, box in self.groups.items() if box.isChecked())
            view = replace(view, is_for_everybody=audience == 1, group_ids=chosen if audience == 2 else ())  # noqa: PLR2004
        self.accept()
        self.chosen.emit(view)
