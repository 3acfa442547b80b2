"""One line to note what just happened with a customer: kind, words, Enter; what follows is asked once one types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.lookup import Choices
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.line import DateEditor
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.widgets.buttons import primary_button, with_shortcut
from crm_desktop.ui.widgets.entry_line import FreshLine

MOST_LENGTH = 300  # of the column
KIND_WIDTH = 96
FRAMES = 32  # px that a line needs beside its text
DAY_WIDTH = 150
LAST_KIND = "log/kind"
NOTE = "log"
"""Under which drafts of it are kept."""


class LogLine(QWidget):
    """Announces the values of a new activity. Ctrl+L brings the cursor here."""

    logged = Signal(object)  # dict by field key

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Kind"))
        self.kind.setMinimumWidth(KIND_WIDTH)
        self.line = FreshLine()
        self.line.setMaxLength(MOST_LENGTH)
        self.line.setAccessibleName(_("What happened?"))
        self.line.setToolTip(with_shortcut(_("What happened? Enter saves"), "Ctrl+L"))
        self.next_step = QLineEdit()
        self.next_step.setMaxLength(MOST_LENGTH)
        self.next_step.setPlaceholderText(_("Next step (optional)"))
        self.next_step.setAccessibleName(_("Next step"))
        self.next_on = DateEditor(DATE, _("Next on"))
        self.next_on.hide_heading()
        self.next_on.line.setPlaceholderText(_("when, e.g. 3-15"))
        self.next_on.setFixedWidth(DAY_WIDTH)
        self.button = primary_button(_("Log"), self.log)
        QShortcut(QKeySequence("Ctrl+L"), self.button).activated.connect(self.line.setFocus)
        self._following = QWidget()
        second = QHBoxLayout(self._following)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(8)
        second.addWidget(self.next_step, 1)
        second.addWidget(self.next_on)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.kind, 0, 0)
        grid.addWidget(self.line, 0, 1)
        grid.addWidget(self._following, 1, 0, 1, 3)
        grid.addWidget(self.button, 0, 2)  # after what follows, as Tab goes
        self._following.hide()
        for line in (self.line, self.next_step, self.next_on.line):
            line.returnPressed.connect(self.log)
        self.line.textChanged.connect(self._text_changed)
        view.context.choices.load(self, self._show_kinds)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the whole hint, or as much of it as fits."""
        super().resizeEvent(event)
        whole = self.line.toolTip()
        has_room = self.line.width() >= self.line.fontMetrics().horizontalAdvance(whole) + FRAMES
        self.line.setPlaceholderText(whole if has_room else self.line.accessibleName())

    @property
    def parts(self) -> Mapping[str, QLineEdit]:
        """What a draft of it keeps."""
        return {"text": self.line, "next_step": self.next_step, "next_on": self.next_on.line}

    def is_edited(self) -> bool:
        """Whether something is typed that was not logged."""
        return bool(self.line.text().strip())

    def log(self) -> None:
        """Announce what is typed; a wrong date is said, an empty line does nothing."""
        subject = self.line.text().strip()
        if not subject:
            self.line.setFocus()
            return
        if not self.next_on.check():
            self.next_on.setFocus()
            return
        kind = self.kind.currentData()
        if isinstance(kind, Ref):
            remember(LAST_KIND, kind.id)
        values: dict[str, Any] = {"subject": subject, "kind": kind}
        values["next_step"] = self.next_step.text().strip() or None
        values["next_on"] = self.next_on.value()
        self.logged.emit(values)

    def clear(self) -> None:
        """Be ready for the next one; called when it was saved, so that nothing typed is lost before."""
        self.line.setText("")  # what was logged is taken back as a whole, not typed again
        self.next_step.setText("")
        self.next_on.set_value(None)

    def _text_changed(self, text: str) -> None:
        self._following.setVisible(bool(text.strip()))

    def _show_kinds(self, choices: Choices) -> None:
        last = remembered(LAST_KIND, 0)
        for place, entry in enumerate(choices.of("activity_kind")):
            self.kind.addItem(entry.ref.label, entry.ref)
            if entry.ref.id == last:
                self.kind.setCurrentIndex(place)
