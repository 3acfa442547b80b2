"""What the list holds: chosen by a person, or taken from its headings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.ui import icons
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.widgets.buttons import link_button
from crm_desktop.ui.widgets.labels import ElidedLabel, label


class KindLine(QWidget):
    """A box with the kinds that this person may import. ``chosen`` tells the kind, or nothing for the headings'."""

    chosen = Signal(str)

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self._kinds, self._likely = kinds, ""
        self.box = QComboBox()
        self.box.setAccessibleName(_("The list holds"))
        self.box.addItem(_("What its headings say"), "")
        for kind in kinds:
            spec = by_key(kind)
            self.box.addItem(icons.icon(spec.icon), _(spec.label_plural), kind)
        self.box.activated.connect(lambda place: self.chosen.emit(self.box.itemData(place)))
        self._note = ElidedLabel("", "muted")
        self.likely_button = link_button("", lambda: self.chosen.emit(self._likely))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(label(_("The list holds"), "strong"))
        for widget in (self.box, self._note, self.likely_button):
            line.addWidget(widget)
        line.addStretch(1)

    def show_draft(self, draft: ImportDraft) -> None:
        """The kind as it is, and what the headings say to it."""
        self.box.setCurrentIndex(max(0, self.box.findData(draft.kind)))
        self._likely = draft.file.likely if draft.file is not None else ""
        is_other = draft.is_kind_chosen and self._likely not in {"", draft.kind} and self._likely in self._kinds
        if is_other:
            things = _(by_key(self._likely).label_plural).lower()
            self._note.setText(_("The headings rather speak of {things}.").format(things=things))
            self.likely_button.setText(_("Import {things}").format(things=things))
        else:
            is_guessed = draft.file is not None and not draft.is_kind_chosen
            self._note.setText(_("as the headings say") if is_guessed else "")
        self.likely_button.setVisible(is_other)
