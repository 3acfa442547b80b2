"""The files of one record as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.attachments import Attachment, size_text
from crm_desktop.ui.form_page.wording import moment_text

Index = QModelIndex | QPersistentModelIndex
HEADINGS = (N_("Name"), N_("Size"), N_("Added by"), N_("Added"))
NAME, SIZE, BY, AT = range(4)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FilesModel(QAbstractTableModel):
    """Rows that are all at hand, and can be dragged out."""

    def __init__(self) -> None:
        super().__init__()
        self.files: Sequence[Attachment] = ()

    def show_files(self, files: Sequence[Attachment]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.files = files
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """All of them."""
        return 0 if parent.isValid() else len(self.files)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Name, size, who, when."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Label and alignment of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(HEADINGS[section])
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The file in words."""
        if not index.isValid():
            return None
        file = self.files[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (file.name, size_text(file.size), file.added_by, moment_text(file.added_at))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == NAME:
            return file.name
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == SIZE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be taken to the desktop."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
