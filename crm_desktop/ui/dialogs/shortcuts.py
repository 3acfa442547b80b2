"""Which keys do what: those of every page, and those of the page in front, read from its buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.search_box import SearchBox

EVERYWHERE = (
    ("Ctrl+K", N_("Search everything")),
    ("Ctrl+1", N_("First area, Ctrl+2 the second, and so on")),
    ("F6", N_("To the list at the left")),
    ("Ctrl+Tab", N_("Next tab")),
    ("Ctrl+Shift+Tab", N_("Previous tab")),
    ("Ctrl+W", N_("Close the tab")),
    ("Ctrl+Z", N_("Take back what you did last; Ctrl+Y does it again")),
    ("Alt+Z", N_("Undo what the notice at the foot tells of")),
    ("F1", N_("Show these keys")),
)
IN_LISTS = (
    ("Enter", N_("Open the row")),
    ("Ctrl+C", N_("Copy the selected rows as a table")),
    ("Ctrl+A", N_("Select all rows")),
    ("Home", N_("First row, End the last one")),
    ("F2", N_("Edit the cell")),
    ("Ctrl+Shift+E", N_("Change the selected rows")),
    ("Ctrl+V", N_("Paste cells from the current one on")),
    ("Esc", N_("Select nothing")),
    ("Del", N_("Delete the selected rows")),
    ("Shift+F", N_("Filter by the value of the cell")),
    ("F5", N_("Read the list again")),
)


class ShortcutsDialog(Dialog):
    """Shown by F1. Two columns, so that it fits on a small screen."""

    def __init__(self, parent: QWidget | None, page: QWidget) -> None:
        super().__init__(parent, _("Keyboard"), width=720)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        self.body.addLayout(columns)
        everywhere = [(key, _(text)) for key, text in EVERYWHERE]
        in_lists = [(key, _(text)) for key, text in IN_LISTS]
        for groups in (
            ((_("Everywhere"), everywhere),),
            ((_("In lists"), in_lists), (_("On this page"), shortcuts_of(page))),
        ):
            grid = QGridLayout()
            grid.setHorizontalSpacing(24)
            grid.setVerticalSpacing(8)
            grid.setColumnStretch(1, 1)
            for heading, keys in groups:
                self._add(grid, heading, keys)
            grid.setRowStretch(grid.rowCount(), 1)
            columns.addLayout(grid, 1)
        self.add_primary(_("Close"), self.accept)

    @staticmethod
    def _add(grid: QGridLayout, heading: str, keys: list[tuple[str, str]]) -> None:
        if not keys:
            return
        grid.addWidget(label(heading, "strong"), grid.rowCount(), 0, 1, 2)
        for key, text in keys:
            row = grid.rowCount()
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            grid.addWidget(label(native, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(text, wrap=True), row, 1)


def shortcuts_of(page: QWidget) -> list[tuple[str, str]]:
    """The keys that visible buttons and search boxes of ``page`` answer to, with their words."""
    found = {}
    for shortcut in page.findChildren(QShortcut):
        owner = shortcut.parent()
        if isinstance(owner, QPushButton) and owner.isVisible():
            found[shortcut.key().toString()] = owner.accessibleName() or owner.text()
        elif isinstance(owner, SearchBox) and owner.isVisible():
            found[shortcut.key().toString()] = owner.accessibleName()
    return list(found.items())
