"""The last step: what the import did, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _, counted
from crm_desktop.entities import by_key
from crm_desktop.ui import icons, messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.fates import place_words
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from importers.plan import Fate
from importers.run import Result

WIDTH = 640
MOST_REJECTS = 5


class ResultStep(StepPage):
    """Counts, and the buttons for what comes next."""

    restart_chosen = Signal()

    def __init__(self, draft: ImportDraft, view: AreaView) -> None:
        super().__init__(draft)
        self._view = view
        self._undone = Bar("warn")
        self._picture = QLabel()
        self._title = label("", "page", wrap=True)
        self._number = label("", "muted", selectable=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._number)
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._counts = QWidget()
        self.undo_button = secondary_button(_("Undo the import"), self.undo, icon_name="arrow-counter-clockwise")
        self.rejects_button = secondary_button(
            _("Rejected rows as Excel"), self.save_rejects, icon_name="download-simple"
        )
        self.restart_button = secondary_button(
            _("Import another file"), self.restart_chosen.emit, icon_name="upload-simple"
        )
        self._rejected = QVBoxLayout()
        self._rejected.setSpacing(4)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.rejects_button, self.undo_button, self.restart_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._card = Card(padding=24)
        self._card.setFixedWidth(WIDTH)
        self._card.body.addLayout(head)
        self._card.body.addWidget(self._undone)
        self._card.body.addWidget(self._counts)
        self._card.body.addLayout(self._rejected)
        self._card.body.addLayout(buttons)
        self.body.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)

    def show_draft(self) -> None:
        """What was written."""
        result = self.draft.result
        assert result is not None
        change_set = result.written.change_set
        done = change_set is not None and not self.draft.is_undone
        self._picture.setPixmap(icons.pixmap("check-circle" if done else "info", 32, "good" if done else "neutral"))
        self._title.setText(_title(result, is_undone=self.draft.is_undone))
        parts = [self.draft.file_name, _(self.draft.spec.label_plural)]
        if change_set is not None:
            parts.append(_("change set {number}").format(number=change_set))
        self._number.setText(" · ".join(parts))
        before = self.draft.rehearsal
        differs = before is not None and before.plan.count(Fate.CREATE) != result.plan.count(Fate.CREATE)
        self._undone.say_one(
            _("Others have worked in the meantime: some rows came in otherwise than the preview said.")
            if differs
            else ""
        )
        self._show_counts(result)
        self._show_rejects(result)
        self.undo_button.setVisible(done)
        self.rejects_button.setVisible(bool(result.rejects))

    def next_text(self) -> str:
        """On to what came in."""
        return _("Open the list")

    def undo(self) -> None:
        """Rehearse taking the import back; the dialog does it."""
        result = self.draft.result
        assert result is not None
        assert result.written.change_set is not None
        what = _("import of {file}").format(file=self.draft.file_name)
        dialog = UndoDialog(self._view, result.written.change_set, what, self._note_undone)
        dialog.open_quietly()
        dialog.rehearse()

    def save_rejects(self) -> None:
        """Ask where to write the rows that did not come in, beside the file at first."""
        result, path = self.draft.result, self.draft.path
        assert result is not None
        assert path is not None
        name = _("{file} - rejected rows").format(file=path.stem)
        proposal, kind = str(path.with_name(f"{name}.xlsx")), _("Excel sheet") + " (*.xlsx)"
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Rejected rows as Excel"), proposal, kind)
        if not chosen:
            return
        target, pairs = Path(chosen), self.draft.source().pairs

        def work(_session: Session) -> None:
            from importers.rejects import write_rejects  # with all that writes workbooks

            write_rejects(target, pairs, result.rejects)

        tell = _("Saved as {file}").format(file=target.name)
        self._view.context.tasks.query(self, work, lambda _done: messages.notify(self, tell))

    def _note_undone(self) -> None:
        self.draft.is_undone = True
        if shiboken6.isValid(self):  # not closed in the meantime
            self.show_draft()

    def _show_counts(self, result: Result) -> None:
        old, self._counts = self._counts, QWidget()
        grid = QGridLayout(self._counts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        for column, (word, count, remark) in enumerate(_figures(result)):
            grid.addWidget(label(word, "muted"), 0, column)
            grid.addWidget(label(f"{count:,}", "page"), 1, column)
            grid.addWidget(label(remark, "faint"), 2, column)
            grid.setColumnStretch(column, 1)
        self._card.body.replaceWidget(old, self._counts)
        old.deleteLater()

    def _show_rejects(self, result: Result) -> None:
        """The first rows that did not come in, and why."""
        while (item := self._rejected.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        lines = [
            _("{place}: {reason}").format(place=place_words(reject.sheet, reject.row), reason=reject.reason)
            for reject in result.rejects[:MOST_REJECTS]
        ]
        if len(result.rejects) > MOST_REJECTS:
            lines.append(_("and {count} more").format(count=len(result.rejects) - MOST_REJECTS))
        for line in lines:
            self._rejected.addWidget(label(line, "muted", wrap=True))


def _title(result: Result, *, is_undone: bool) -> str:
    if is_undone:
        return _("The import was taken back.")
    if result.written.change_set is None:
        return _("The file held nothing new; nothing was written.")
    return _("The import is done.")


def _figures(result: Result) -> Iterator[tuple[str, int, str]]:
    """Word, number, and the same of the parts that came with the records."""
    spec = by_key(result.entity)

    def parts(counts: dict[str, int]) -> str:
        found = ((by_key(kind), count) for kind, count in counts.items() if kind != spec.key and count)
        words = (counted(part.label, part.label_plural, count) for part, count in found)
        return ", ".join(_("+ {things}").format(things=things) for things in words)

    things = _(spec.label_plural).lower()
    written = result.written
    yield _("New {things}").format(things=things), written.created.get(spec.key, 0), parts(written.created)
    yield _("Updated {things}").format(things=things), written.updated.get(spec.key, 0), parts(written.updated)
    yield _("Left as they are"), result.left_alone, ""
    yield _("Rejected rows"), len(result.rejects), ""
