"""Several entries for a dictionary at once: typed one a line, or pasted from one or two columns of a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

from crm_desktop.core.i18n import _
from crm_desktop.services.dictionaries import NewEntry, read_entries
from crm_desktop.services.records import Record
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.widgets.labels import label

WIDTH, HEIGHT = 520, 220


class AddEntriesDialog(KeptDialog):
    """Announces the entries. Begins with what was copied, where that has several lines."""

    decided = Signal(object)  # list of NewEntry

    def __init__(self, view: AreaView, dictionary: Record, known: Iterable[str]) -> None:
        super().__init__(view.window(), _("Add several entries"), width=WIDTH)
        self._known = frozenset(known)
        self.lines = QPlainTextEdit()
        self.lines.setMinimumHeight(HEIGHT)
        self.lines.setTabChangesFocus(True)
        self.lines.setAccessibleName(_("Entries, one a line"))
        self.note = label("", "muted", wrap=True)
        words = _("One a line. Two columns copied from a spreadsheet give the Chinese and the English name.")
        self.body.addWidget(label(words, wrap=True))
        self.body.addWidget(self.lines, 1)
        self.body.addWidget(self.note)
        self.add_cancel()
        self.add_button = self.add_primary(_("Add"), lambda: self.decided.emit(self.entries()))
        self.lines.textChanged.connect(self._count)
        copied = QGuiApplication.clipboard().text()
        self.lines.setPlainText(copied if "\n" in copied.strip() else "")
        self._count()
        self.lines.setFocus()
        about = ("dictionary", dictionary.id)
        draft = KeptDraft(view.context.drafts, "dialog", about, "several entries", dictionary.title)
        self.keep_draft(draft, {"lines": self.lines})

    def entries(self) -> list[NewEntry]:
        """Those that are new."""
        return read_entries(self.lines.toPlainText(), self._known)[0]

    def _count(self) -> None:
        found, repeated = read_entries(self.lines.toPlainText(), self._known)
        words = _("{new} new; {repeated} are there already and are left out.")
        self.note.setText(words.format(new=len(found), repeated=repeated))
        self.add_button.setEnabled(bool(found))
