"""The files of a record: added by button, drag and drop or paste; looked at, opened, saved, renamed, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QModelIndex, QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu

from crm_desktop.core import clock
from crm_desktop.core.file_names import is_program, safe_name
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.reports.destination import writing
from crm_desktop.services import attachments
from crm_desktop.services.attachments import Added, Attachment, NewFile
from crm_desktop.services.records import Record
from crm_desktop.services.rights import why_not
from crm_desktop.ui import messages, theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.ask_text import ask_text
from crm_desktop.ui.dialogs.progress import show_progress
from crm_desktop.ui.form_page.attachments_copies import fetch_copy
from crm_desktop.ui.form_page.attachments_model import NAME
from crm_desktop.ui.form_page.attachments_table import FileTable
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.icons import icon
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT

MOST_HIGH = 6  # rows in sight before the card scrolls
MOST_LOOKED_AT = 32 << 20  # bytes; a larger file is for its own program
FOLDER = "attachments/folder"
ADD = "Ctrl+Shift+A"


class AttachmentsCard(Card):
    """Shows the files given to ``show_files``, and what becomes of them."""

    counted = Signal(int)
    wrote = Signal(int)  # a change set of one's own, which is being read

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Files"))
        self._view = view
        self._tasks = view.context.tasks
        self.record: Record | None = None
        self.may_change = False
        self.add_button = quiet_button(_("Add"), self.choose_files, icon_name="paperclip", shortcut=ADD)
        self.add_button.setAccessibleName(_("Add files"))
        self.head.addWidget(self.add_button)
        self._table: FileTable | None = None
        self._hint = label("", "muted", wrap=True)
        self.body.addWidget(self._hint)
        self.hide()

    @property
    def table(self) -> FileTable:
        """The files; made for the first record that has any, as most have none."""
        if self._table is None:
            self._table = table = FileTable()
            table.setAccessibleName(_("Files"))
            table.opened.connect(self._look)
            table.remove_wanted.connect(self.remove)
            table.copy_wanted.connect(lambda file: self._with_copy(file, table.drag_copy))
            table.menu_requested.connect(self._show_menu)
            self.body.insertWidget(self.body.indexOf(self._hint), table)
        return self._table

    def show_record(self, record: Record) -> None:
        """The files of this record are shown next; a new one has none yet."""
        is_other = self.record is None or (self.record.entity, self.record.id) != (record.entity, record.id)
        self.record = record
        self.may_change = record.id > 0 and not why_not(self._view.context.person, "update", record)
        self.add_button.setVisible(self.may_change)
        self.setVisible(record.id > 0)
        if is_other:
            self.show_files([])

    def refresh(self) -> None:
        """Read them again."""
        record = self.record
        if record is not None and record.id:
            self._tasks.query(
                self,
                lambda session: attachments.fetch_attachments(session, record.entity, record.id),
                self.show_files,
                key="files",
            )

    # Adding

    def choose_files(self) -> None:
        """Ask which files are to be added."""
        folder = remembered(FOLDER, str(Path.home()))
        chosen, _kind = QFileDialog.getOpenFileNames(self, _("Add files"), folder)
        if chosen:
            remember(FOLDER, str(Path(chosen[0]).parent))
            self.add([NewFile.at(Path(name)) for name in chosen])

    def take(self, data: QMimeData) -> None:
        """Add the files, or the picture, that were dropped or pasted; say why where that cannot be."""
        files = [NewFile.at(path) for path in _paths(data)]
        image = data.imageData() if not files else None
        if isinstance(image, QImage) and not image.isNull():
            now = f"{clock.now():%Y-%m-%d %H-%M-%S}"
            files = [NewFile.of(_("Picture") + f" {now}.png", _png(image))]
        if files:
            self.add(files)

    def paste(self) -> None:
        """Add what lies on the clipboard, where it is a picture or files."""
        data = QGuiApplication.clipboard().mimeData()
        if has_files(data):
            self.take(data)

    def add(self, files: Sequence[NewFile]) -> None:
        """Add these in the background."""
        record = self.record
        if record is None or not self.may_change:
            messages.notify(self._view, self._why_not(), tone="warn")
            return
        work = self._tasks.long_command(
            self,
            lambda session, report: attachments.add_files(session, record, files, report),
            self._tell_added,
            waits=True,
        )
        show_progress(self, _("Adding files"), work)

    def _why_not(self) -> str:
        if self.record is None or not self.record.id:
            return _("Save the record first; then files can be added.")
        return why_not(self._view.context.person, "update", self.record)

    def _tell_added(self, added: Added) -> None:
        if added.names:
            told = ngettext("{count} file was added.", "{count} files were added.", len(added.names))
            self._tell(told.format(count=len(added.names)), added.change_set)
        for sentence in added.refused:
            messages.notify(self, sentence, tone="warn")

    # What is done with one file

    def _look(self, index: QModelIndex) -> None:
        file = self.table.files.files[index.row()]

        from crm_desktop.ui.dialogs.file_preview import FilePreview, Looked, look_at

        def work(session: Session) -> Looked:
            if file.size > MOST_LOOKED_AT:
                return None
            return look_at(attachments.fetch_content(session, file.id), file.mime_type)

        def show(looked: Looked) -> None:
            dialog = FilePreview(
                self.window(), file.name, looked, lambda: self.open_file(file), lambda: self.save_file(file)
            )
            dialog.open_quietly()

        self._tasks.query(self, work, show, key="look")

    def open_file(self, file: Attachment) -> None:
        """Open a copy with the program that this computer has for such files; what is itself a program is not run."""
        if is_program(file.name):
            messages.notify(
                self, _("“{name}” is a program. Save it first if you trust who added it.").format(name=file.name),
                tone="warn",
            )  # fmt: skip
            return

        def start(path: Path) -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
                messages.notify(
                    self, _("This computer has no program for “{name}”.").format(name=file.name), tone="warn"
                )

        self._with_copy(file, start)

    def save_file(self, file: Attachment) -> None:
        """Save a file where its user wants it."""
        folder = Path(remembered(FOLDER, str(Path.home())))
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as"), str(folder / safe_name(file.name)))
        if not chosen:
            return
        target = Path(chosen)
        remember(FOLDER, str(target.parent))
        self.save_to(file, target)

    def save_to(self, file: Attachment, target: Path) -> None:
        """Write a file to this place; what is there is replaced only when all of it is there."""

        def work(session: Session, report: Callable[[int, int, str], None]) -> None:
            with writing(target) as stream:
                attachments.read_file(session, file.id, stream, report)

        def done(_nothing: None) -> None:
            messages.notify(self, _("“{name}” was saved.").format(name=target.name))

        show_progress(self, _("Saving"), self._tasks.long_command(self, work, done, waits=True))

    def rename(self) -> None:
        """Ask for another name of the current file."""
        file, record = self.table.current_file(), self.record
        if file is None or record is None or not self.may_change:
            return
        name = ask_text(self, _("Rename"), _("Name"), _("Rename"), file.name)
        if name and name != file.name:
            self._tasks.command(
                self,
                lambda session: attachments.rename_attachment(session, record, file, name[: attachments.LONGEST_NAME]),
                lambda change_set: self._tell(_("“{name}” was saved.").format(name=name), change_set),
                waits=True,
            )

    def remove(self) -> None:
        """Remove the current file; the notice takes it back."""
        file, record = self.table.current_file(), self.record
        if file is None or record is None or not self.may_change:
            return
        self._tasks.command(
            self,
            lambda session: attachments.delete_attachment(session, record, file),
            lambda change_set: self._tell(_("“{name}” was removed.").format(name=file.name), change_set),
            waits=True,
        )

    def _with_copy(self, file: Attachment, then: Callable[[Path], None]) -> None:
        work = self._tasks.long_command(
            self, lambda session, report: fetch_copy(session, file, report), then, waits=True
        )
        show_progress(self, _("Opening"), work)

    # What is shown

    def show_files(self, files: Sequence[Attachment]) -> None:
        """Show these files."""
        if files or self._table is not None:
            if files == self.table.files.files and files:
                return
            self.table.files.show_files(files)
            self.table.setVisible(bool(files))
            self.table.setFixedHeight(HEADING_HEIGHT + min(len(files), MOST_HIGH) * theme.row_height() + 2)
            self.table.fit_columns(NAME)
        hint = _("Drag files here, or paste a picture with Ctrl+V.") if self.may_change else _("None")
        self._hint.setText(hint)
        self._hint.setVisible(not files)
        self.counted.emit(len(files))

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        if index.isValid():
            self.table.setCurrentIndex(index)
            self.menu_of(index).popup(place)

    def menu_of(self, index: QModelIndex) -> QMenu:
        """What can be done with the file of a row."""
        file = self.table.files.files[index.row()]
        menu = QMenu(self)
        menu.addAction(icon("eye"), _("Look at it"), lambda: self._look(index))
        menu.addAction(icon("arrow-square-out"), _("Open"), lambda: self.open_file(file))
        menu.addAction(icon("download-simple"), _("Save as…"), lambda: self.save_file(file))
        if self.may_change:
            menu.addSeparator()
            menu.addAction(icon("pencil-simple"), _("Rename…"), self.rename)
            menu.addAction(icon("trash", "bad"), _("Remove"), self.remove)
        return menu

    def _tell(self, text: str, change_set: int) -> None:
        messages.notify(self, text, undo=lambda: undo(self._view, self._view, change_set))
        self.wrote.emit(change_set)
        self.refresh()


def has_files(data: QMimeData) -> bool:
    """Whether there are files or a picture in what is dropped or pasted."""
    return data.hasImage() or bool(_paths(data))


def is_no_text(data: QMimeData) -> bool:
    """Whether it is for the files even where one types: cells of a spreadsheet come with their picture, too."""
    return bool(_paths(data)) or (data.hasImage() and not data.hasText())


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs take bytes
    return bytes(buffer.data().data())
