"""The people at a customer: name, position, numbers to dial; another one is added in place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.listing import Row
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import PHONES
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.widgets.buttons import icon_button, inline_link, quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.links import ways_to_reach


class ContactsCard(Card):
    """Announces the values of a new contact; whoever shows the card saves it."""

    added = Signal(object)  # dict by field key

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Contacts"))
        self._view = view
        self._lines: QWidget | None = None
        self.add_button: QPushButton = quiet_button(_("Add"), self.show_adder, icon_name="plus")
        self.nobody = label(_("Nobody yet"), "muted")
        self.head.insertWidget(1, self.nobody)
        self.head.addWidget(self.add_button)
        self.name, self.title, self.phones = QLineEdit(), QLineEdit(), QLineEdit()
        self.parts: dict[str, QLineEdit | QPlainTextEdit] = {
            "name": self.name, "title": self.title, "phones": self.phones
        }  # fmt: skip
        self.adder = self._adder()
        self.body.addWidget(self.adder)
        self.adder.hide()

    def show_contacts(self, rows: Sequence[Row], *, may_add: bool) -> None:
        """Main contacts first, those who left last."""
        if self._lines is not None:
            self._lines.hide()
            self._lines.deleteLater()
        self._lines = QWidget()
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        in_order = sorted(rows, key=lambda row: (bool(row.values["has_left"]), not row.values["is_main"]))
        for place, row in enumerate(in_order):
            self._add_line(grid, place, row)
        self.body.insertWidget(1, self._lines)
        self._lines.setVisible(bool(rows))
        self.nobody.setVisible(not rows)
        self.add_button.setVisible(may_add)

    def show_adder(self) -> None:
        """Let somebody be typed."""
        self.adder.show()
        self.name.setFocus()

    def clear(self) -> None:
        """Be ready for the next one; called when it was saved."""
        for line in (self.name, self.title, self.phones):
            line.clear()
        self.name.setFocus()

    def is_edited(self) -> bool:
        """Whether somebody is typed who was not saved."""
        return bool(self.adder.isVisible() and self.name.text().strip())

    def _add_line(self, grid: QGridLayout, place: int, row: Row) -> None:
        values = row.values
        name = inline_link(values["name"], partial(self._view.open_record, "contact", row.id))
        grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignLeft)
        words = [str(values.get("title") or ""), values["role"].label if isinstance(values.get("role"), Ref) else ""]
        grid.addWidget(ElidedLabel(" · ".join(filter(None, words)), "muted"), place, 1)
        grid.addWidget(ways_to_reach(values.get("phones") or (), values.get("email") or ""), place, 2)
        if values["has_left"]:
            grid.addWidget(Chip(_("left"), "neutral"), place, 3)
        elif values["is_main"]:
            grid.addWidget(Chip(_("main"), "accent"), place, 3)

    def _adder(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for place, (editor, words) in enumerate(
            ((self.name, _("Full name")), (self.title, _("Position")), (self.phones, _("Phones")))
        ):
            editor.setPlaceholderText(words)
            editor.setAccessibleName(words)
            editor.returnPressed.connect(self._add)
            grid.addWidget(editor, *divmod(place, 2))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(secondary_button(_("Add"), self._add))
        buttons.addWidget(icon_button("x", _("Close"), made.hide))
        buttons.addStretch(1)
        grid.addLayout(buttons, 1, 1)
        return made

    def _add(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setFocus()
            return
        values: dict[str, Any] = {"name": name, "title": self.title.text().strip() or None}
        values["phones"] = PHONES.parse(self.phones.text())
        self.added.emit(values)
