"""Which entry is to be chosen wherever another one is, and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.core.text import pinyin
from crm_desktop.entities import by_key
from crm_desktop.services.dictionaries import Use
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.widgets.labels import label

MOST_OFFERED = 50


class ReplaceEntryDialog(Dialog):
    """Announces the other entry. ``others`` are those that may take its place."""

    decided = Signal(Ref)

    def __init__(self, parent: QWidget | None, entry: Record, uses: Sequence[Use], others: Iterable[Record]) -> None:
        super().__init__(parent and parent.window(), _("Replace “{title}”").format(title=entry.title), width=480)
        self._others = [Ref(other.id, other.title) for other in others]
        self.by = ReferenceEditor(REFERENCE, _("Replace by"), self._find, required=True)
        where = _(", ").join(f"{_(by_key(use.entity).label_plural)} {use.records:,}" for use in uses)
        words = _("Chosen in: {where}.").format(where=where) if uses else _("It is chosen nowhere.")
        self.body.addWidget(label(words, wrap=True))
        self.body.addWidget(self.by)
        self.body.addWidget(
            label(_("It is taken out of use then. All of it is one change that can be taken back."), "muted", wrap=True)
        )
        self.body.addStretch(1)
        self.add_cancel()
        self.add_primary(_("Replace everywhere"), self._decide)
        self.by.setFocus()

    def _find(self, typed: str, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer([ref for ref in self._others if matches(ref.label, typed)][:MOST_OFFERED])

    def _decide(self) -> None:
        chosen = self.by.chosen()
        if self.by.check() and chosen is not None:
            self.decided.emit(chosen)


def matches(name: str, typed: str) -> bool:
    """Whether a name contains what is typed, or its pinyin or initials begin so."""
    wanted = typed.strip().casefold()
    syllables = pinyin(name.lower())
    readings = ("".join(syllables), "".join(syllable[:1] for syllable in syllables))
    return wanted in name.casefold() or any(reading.startswith(wanted) for reading in readings)
