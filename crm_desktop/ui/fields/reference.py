"""A record of another entity, searched on the server while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.fields.line import OPEN_KEY
from crm_desktop.ui.fields.rows import Lookup, RowEditor
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.buttons import with_shortcut
from crm_desktop.ui.widgets.popup_list import PopupRow


class ReferenceEditor(RowEditor):
    """One record. ``lookup`` is asked with what is typed; ``open_record`` shows the chosen one in its own
    page.
    """

    def __init__(
        self,
        kind: Kind,
        label: str,
        lookup: Lookup,
        open_record: Callable[[int], object] | None = None,
        *,
        required: bool = False,
        help_text: str = "",
    ) -> None:
        self._lookup = lookup
        self._open_action: QAction | None = None
        super().__init__(kind, label, required=required, help_text=help_text)
        self.line.setPlaceholderText(_("Type to search"))
        if open_record is not None:
            self._open_action = QAction(icon("arrow-square-out"), _("Open the record"), self)
            self._open_action.triggered.connect(lambda: self._chosen and open_record(self._chosen.id))
            self._open_action.setShortcut(OPEN_KEY)
            self._open_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._open_action.setToolTip(with_shortcut(_("Open the record"), OPEN_KEY))
            self.line.addAction(self._open_action, QLineEdit.ActionPosition.TrailingPosition)
            self._show_chosen()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Without the hint to type."""
        super().set_read_only(read_only)
        self.line.setPlaceholderText("" if read_only else _("Type to search"))

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        self._lookup(text, lambda refs: answer([PopupRow(ref, ref.label) for ref in refs]))

    def _show_chosen(self) -> None:
        super()._show_chosen()
        if self._open_action is not None:
            self._open_action.setVisible(self._chosen is not None)
