"""A new record made in place: the whole form of another entity over the form that refers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page.draft_bar import DraftBar
from crm_desktop.ui.form_page.record_editor import RecordEditor
from crm_desktop.ui.widgets.buttons import secondary_button

SIZE = QSize(760, 560)


class CreateDialog(Dialog):
    """Closes when the record is saved and hands it to ``created``; Esc asks about what is typed."""

    def __init__(
        self, parent: QWidget, view: AreaView, entity: str, values: Mapping[str, Any], created: Callable[[Ref], object]
    ) -> None:
        super().__init__(parent, _("New {thing}").format(thing=_(by_key(entity).label).lower()))
        self.editor = RecordEditor(view, entity, makes_several=False)
        self._created = created
        drafts = DraftBar(view)
        drafts.applied.connect(self.editor.apply_draft)
        drafts.watch(entity, 0)
        self.body.addWidget(drafts)
        self.body.addWidget(self.editor, 1)
        foot = self.editor.foot
        foot.insertWidget(foot.indexOf(self.editor.save_button), secondary_button(_("Cancel"), self.reject))
        self.editor.saved.connect(self._take)
        self.editor.begin(values)
        self.editor.setFocus()

    def sizeHint(self) -> QSize:
        """Two columns wide; a long form scrolls."""
        return SIZE

    def reject(self) -> None:
        """Leave, unless something typed is to stay."""
        if self.editor.may_leave():
            super().reject()

    def _take(self, record: Record) -> None:
        self._created(Ref(record.id, record.title))
        self.accept()
