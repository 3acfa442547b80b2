"""Which keys do what: those of every page, and those of the page in front, read from its buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.page import LOG_KEY, Page
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.search_box import SearchBox

WIDTH = 900
EVERYWHERE = (
    ("Ctrl+K", N_("Search everything")),
    ("Ctrl+1", N_("First area, Ctrl+2 the second, and so on")),
    ("F6", N_("To the list at the left")),
    (LOG_KEY, N_("Log a call")),
    ("Ctrl+Tab", N_("Next tab")),
    ("Ctrl+Shift+Tab", N_("Previous tab")),
    ("Ctrl+W", N_("Close the tab")),
    ("Ctrl+Q", N_("Close the program")),
    ("Ctrl+Z", N_("Take back what you did last; Ctrl+Y does it again")),
    ("Alt+Z", N_("Undo what the notice at the foot tells of")),
    ("F1", N_("Show these keys")),
)
IN_LISTS = (
    ("Ctrl+F", N_("Filter this list")),
    ("Ctrl+Shift+F", N_("Build a filter")),
    ("Ctrl+N", N_("New record")),
    ("Ctrl+I", N_("Import")),
    ("Ctrl+E", N_("Export")),
    ("Ctrl+P", N_("Print")),
    ("Alt+P", N_("Preview")),
    ("Enter", N_("Open the row")),
    ("Ctrl+Return", N_("Open in the background")),
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
IN_RECORDS = (
    ("F2", N_("Edit")),
    ("Ctrl+S", N_("Save")),
    ("Ctrl+Shift+S", N_("Save and new")),
    ("Ctrl+L", N_("Log what happened")),
    ("Ctrl+M", N_("Write a comment")),
    ("Ctrl+H", N_("Changes")),
    ("Alt+Up", N_("Previous record")),
    ("Alt+Down", N_("Next record")),
    ("Ctrl+P", N_("Print")),
    ("Ctrl+D", N_("Star")),
    ("Ctrl+Shift+A", N_("Attach a file")),
    ("Ctrl+Shift+L", N_("Copy the link")),
    ("Esc", N_("Leave the form, then the record")),
)
IN_FIELDS = (
    ("F4", N_("Show the list or the calendar")),
    ("Up", N_("A day later, Down a day earlier")),
    ("Ctrl+Return", N_("Open what is chosen")),
)


class ShortcutsDialog(Dialog):
    """Shown by F1. Three columns, so that it fits on a small screen."""

    def __init__(self, parent: QWidget | None, page: QWidget) -> None:
        super().__init__(parent, _("Keyboard"), width=WIDTH)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        self.body.addLayout(columns)
        everywhere, in_lists, in_records, in_fields = (
            [(key, _(text)) for key, text in keys] for keys in (EVERYWHERE, IN_LISTS, IN_RECORDS, IN_FIELDS)
        )
        told = {key for key, _text in (*EVERYWHERE, *IN_LISTS, *IN_RECORDS)}
        own = [(key, _(text)) for key, text in page.keys] if isinstance(page, Page) else []
        here = own + [(key, text) for key, text in shortcuts_of(page) if key not in told]
        for groups in (
            ((_("Everywhere"), everywhere), (_("On this page"), here)),
            ((_("In lists"), in_lists),),
            ((_("In records"), in_records), (_("In fields"), in_fields)),
        ):
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(4)
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
