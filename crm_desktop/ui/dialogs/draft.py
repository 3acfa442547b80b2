"""A draft field by field: before, what was typed, and what stands in the record now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Draft, Typed, base_of
from crm_desktop.services.records import Record
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page.wording import moment_text, value_text
from crm_desktop.ui.widgets.labels import Role, label

HIGHEST = 420  # px


class DraftDialog(Dialog):
    """Announces what is to become of it; changes nothing itself."""

    apply_chosen = Signal()
    discard_chosen = Signal()

    def __init__(self, parent: QWidget | None, draft: Draft, current: Record | None) -> None:
        """``current``: the record now; None where it is not known."""
        title = _("Typed {at} and not saved").format(at=moment_text(draft.at))
        super().__init__(parent and parent.window(), title, width=640)
        inside = QWidget()
        inside.setObjectName("plain")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        headings = ["", _("Before"), _("Typed"), *([_("Now")] if current is not None else [])]
        for column, heading in enumerate(headings):
            grid.addWidget(label(heading, "small"), 0, column)
            grid.setColumnStretch(column, 1 if column else 0)
        base = base_of(draft)
        typed = {key: value for key, value in draft.content["typed"].items() if key in base.spec.fields}
        for row, (key, value) in enumerate(typed.items(), 1):
            text = value.text if isinstance(value, Typed) else value_text(base.spec, key, value)
            texts = [value_text(base.spec, key, base.values.get(key)), text]
            if current is not None:
                texts.append(value_text(base.spec, key, current.values.get(key)))
            grid.addWidget(label(_(base.spec.label_of(key)), "strong"), row, 0, Qt.AlignmentFlag.AlignTop)
            for column, words in enumerate(texts, 1):
                role: Role = "body" if words is text else "muted"
                grid.addWidget(label(words, role, wrap=True, selectable=True), row, column, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(typed) + 1, 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMinimumHeight(min(HIGHEST, inside.sizeHint().height()))
        self.body.addWidget(area)
        self.add_cancel(_("Close"))
        self.add_secondary(_("Discard"), lambda: self._choose(self.discard_chosen))
        self.add_primary(_("Apply"), lambda: self._choose(self.apply_chosen))

    def _choose(self, signal: SignalInstance) -> None:
        self.accept()
        signal.emit()
