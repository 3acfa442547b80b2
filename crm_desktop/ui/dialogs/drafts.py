"""All drafts: what was typed and not saved, and what was discarded lately."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.drafts import KEPT_DAYS, Draft
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.drafts import DraftBook
from crm_desktop.ui.form_page.draft_bar import fields_text
from crm_desktop.ui.form_page.notes import note_text
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.widgets.buttons import link_button
from crm_desktop.ui.widgets.labels import ElidedLabel, label

HEIGHT = 360  # px


class DraftsDialog(Dialog):
    """Announces which one is to be opened; discards and brings back by itself."""

    open_chosen = Signal(object)  # Draft

    def __init__(self, parent: QWidget | None, book: DraftBook) -> None:
        super().__init__(parent and parent.window(), _("Drafts"), width=720)
        self._book = book
        self.body.addWidget(label(how_kept(book), "muted", wrap=True))
        self._inside = QWidget()
        self._inside.setObjectName("plain")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._inside)
        area.setMinimumHeight(HEIGHT)
        self.body.addWidget(area, 1)
        self.add_primary(_("Close"), self.accept)
        self._list: QWidget | None = None
        book.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        if self._list is not None:
            self._list.hide()
            self._list.deleteLater()
        self._list = QWidget()
        grid = QGridLayout(self._list)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        waiting, discarded = self._book.waiting(), self._book.discarded()
        row = self._add_all(grid, 0, _("Not saved"), waiting or [], is_waiting=True)
        if not waiting:
            grid.addWidget(label(_("Everything you typed is saved."), "muted"), row, 0, 1, 4)
            row += 1
        if discarded:
            title = _("Discarded; can be brought back for {days} days").format(days=KEPT_DAYS)
            row = self._add_all(grid, row, title, discarded, is_waiting=False)
        grid.setRowStretch(row, 1)
        self._column.addWidget(self._list)

    def _add_all(self, grid: QGridLayout, row: int, title: str, drafts: Sequence[Draft], *, is_waiting: bool) -> int:
        """The number of the row after the last one."""
        grid.addWidget(label(title, "strong"), row, 0, 1, 4)
        for place, draft in enumerate(drafts, row + 1):
            grid.addWidget(label(moment_text(draft.at), "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_words(draft), place, 1)
            if is_waiting:
                grid.addWidget(link_button(_("Open"), partial(self._open, draft)), place, 2)
                grid.addWidget(link_button(_("Discard"), partial(self._book.discard, draft.id)), place, 3)
            else:
                grid.addWidget(link_button(_("Bring back"), partial(self._book.bring_back, draft.id)), place, 2, 1, 2)
        return row + len(drafts) + 1

    def _open(self, draft: Draft) -> None:
        self.accept()
        self.open_chosen.emit(draft)


def draft_words(draft: Draft) -> tuple[str, str]:
    """What it belongs to, and what was typed."""
    if draft.kind == "import":
        return _("Import customers"), draft.title
    if draft.kind == "page":
        return draft.title, draft.content["words"]
    spec = by_key(draft.entity)
    thing = _(spec.label) if draft.record_id else _("New {thing}").format(thing=_(spec.label).lower())
    name = _(": ").join(filter(None, (thing, draft.title)))
    if draft.kind == "note":
        return name, draft.content["label"] + _(": ") + note_text(draft)
    if draft.kind == "dialog":
        return name, draft.content["label"] + _(": ") + draft.content["words"]
    return name, fields_text(draft)


def _words(draft: Draft) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    name, typed = draft_words(draft)
    column.addWidget(ElidedLabel(name))
    column.addWidget(ElidedLabel(typed.replace("\n", " "), "small"))
    return made


def how_kept(book: DraftBook) -> str:
    """Where what is typed lies, and who can read it there."""
    sentences = [
        _("What you type is kept on this computer until it is saved, encrypted with a key from its keyring.")
        if book.is_sealed
        else _(
            "What you type is kept on this computer until it is saved. This computer has no keyring, so it is not "
            "encrypted; only your account can read the file."
        )
    ]
    if book.unreadable:
        sentences.append(
            _("{count} drafts cannot be read: their key is gone, or another version of the program wrote them.").format(
                count=book.unreadable
            )
        )
    return " ".join(sentences)
