"""Which columns a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.listing import columns_of
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.dialogs.checklist import ChecklistDialog


class ColumnsDialog(ChecklistDialog):
    """A check list of all columns, those shown first, in their order. ``chosen`` is called with their keys."""

    def __init__(
        self, parent: QWidget | None, spec: EntitySpec, shown: Sequence[str], chosen: Callable[[list[str]], None]
    ) -> None:
        super().__init__(
            parent,
            _("Columns of this list"),
            [(column.key, _(spec.column_label(column))) for column in spec.table.columns],
            [column.key for column in columns_of(spec, ())],
            [column.key for column in columns_of(spec, shown)],
            chosen,
            _("Show these columns"),
        )
