"""The table of a record's files: keys, and dragging a file out to the desktop or into a mail."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from crm_desktop.services.attachments import Attachment
from crm_desktop.ui.form_page.attachments_model import FilesModel
from crm_desktop.ui.widgets.table_view import TableView


class FileTable(TableView):
    """Enter and space look at a file, Del removes it. A drag begins when the file's copy is there."""

    remove_wanted = Signal()
    copy_wanted = Signal(object)  # Attachment that is being dragged and has no copy yet

    def __init__(self) -> None:
        super().__init__()
        self.files = FilesModel()
        self.setModel(self.files)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)

    def current_file(self) -> Attachment | None:
        """The file of the current row."""
        index = self.currentIndex()
        return self.files.files[index.row()] if index.isValid() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space opens as Enter does, Del removes."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            self.opened.emit(current)
        elif event.key() == Qt.Key.Key_Delete and current.isValid():
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Ask for the copy that can be dropped elsewhere."""
        file = self.current_file()
        if file is not None:
            self.copy_wanted.emit(file)

    def drag_copy(self, path: Path) -> None:
        """Drag this file, if the mouse button is still held."""
        if not QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
