"""What is done with the rows of a list: copied, exported, printed, deleted. Knows no entity."""

from __future__ import annotations

import datetime
import io
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.reports.envelopes import Envelope
from crm_desktop.reports.labels import LabelSheet
from crm_desktop.reports.lists import export_kinds, export_list, print_list
from crm_desktop.reports.mailing import print_envelopes, print_labels
from crm_desktop.services.listing import ListQuery, Row, fetch_rows
from crm_desktop.services.records import Deleted, delete_records
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.list_page.words import record_title, things, view_title
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.tasks import LongWork, Session
from crm_desktop.ui.widgets.notice import notices_of
from crm_desktop.ui.widgets.table_view import copy_table

MOST_COPIED = 10_000
PAGE = 1000
PATIENCE_MS = 400  # shorter work needs no dialog
FOLDER = "export/folder"


class ShownList(Protocol):
    """The list at hand: what the actions need to know of it."""

    query: ListQuery

    def columns(self) -> tuple[Column, ...]:
        """What is shown, in the order shown."""


class ListActions:
    """Works on ``ids``, or on the whole list where there are none."""

    def __init__(self, page: QWidget, view: AreaView, model: RowModel, shown: ShownList) -> None:
        self._page, self._view, self._model, self._shown = page, view, model, shown

    def copy(self, ids: Sequence[int]) -> None:
        """Put rows on the clipboard as a table with headings; those never seen are read first."""
        if len(ids) > MOST_COPIED:
            text = _("More than {count} rows are better exported than copied.").format(count=f"{MOST_COPIED:,}")
            messages.notify(self._page, text, tone="warn")
            return
        spec, columns = self._shown.query.spec, self._shown.columns()
        at_hand = {id_: row for id_ in ids if (row := self._model.loaded(id_)) is not None}
        if len(at_hand) == len(ids):
            copy_table(table_of(spec, columns, list(at_hand.values())))
            return

        def work(session: Session) -> list[Row]:
            pages = (list(ids[start : start + PAGE]) for start in range(0, len(ids), PAGE))
            rows = (fetch_rows(session, spec, columns, page) for page in pages)
            return [row for found in rows for row in _in_order(found, ids)]

        def put(rows: list[Row]) -> None:
            copy_table(table_of(spec, columns, rows))
            messages.notify(self._page, _("{things} copied").format(things=things(spec, len(rows))))

        self._view.context.tasks.query(self._page, work, put, key="copy")

    def export(self, ids: Sequence[int] | None) -> None:
        """Ask for a file and write it."""
        query, columns, person = self._shown.query, self._shown.columns(), self._view.context.person
        target = self._ask_for_file(f"{view_title(query)} {datetime.date.today()}")
        if target is None:
            return

        def work(session: Session, progress: Progress) -> int:
            return export_list(session, query, person, columns, target, progress, ids=_plain(ids))

        def tell(count: int) -> None:
            text = _("{things} written to {name}").format(things=things(query.spec, count), name=target.name)
            notices = notices_of(self._page)
            if notices is not None:
                notices.show_notice(text, tone="good", action=(_("Open"), lambda: _open(target)))

        self._show(_("Export"), self._view.context.tasks.long_command(self._page, work, tell))

    def print(self, ids: Sequence[int] | None) -> None:
        """Set the pages and show them before they are printed."""
        query, columns, person = self._shown.query, self._shown.columns(), self._view.context.person

        def work(session: Session, progress: Progress) -> bytes:
            pages = io.BytesIO()
            print_list(session, query, person, columns, pages, progress, ids=_plain(ids))
            return pages.getvalue()

        def show(pdf: bytes) -> None:
            PrintPreview(self._page.window(), view_title(query), pdf).open_quietly()

        self._show(_("Print"), self._view.context.tasks.long_command(self._page, work, show))

    def print_labels(self, ids: Sequence[int], sheet: LabelSheet) -> None:
        """Set address labels of customers and show them."""
        person = self._view.context.person

        def draw(session: Session, pages: io.BytesIO) -> None:
            print_labels(session, person, list(ids), sheet, pages)

        self._print_post(_("Labels"), draw)

    def print_envelopes(self, ids: Sequence[int], envelope: Envelope) -> None:
        """Set envelopes to customers and show them."""
        person = self._view.context.person

        def draw(session: Session, pages: io.BytesIO) -> None:
            print_envelopes(session, person, list(ids), envelope, pages)

        self._print_post(_("Envelopes"), draw)

    def _print_post(self, title: str, draw: Callable[[Session, io.BytesIO], None]) -> None:
        def work(session: Session) -> bytes:
            pages = io.BytesIO()
            draw(session, pages)
            return pages.getvalue()

        def show(pdf: bytes) -> None:
            PrintPreview(self._page.window(), title, pdf).open_quietly()

        self._view.context.tasks.query(self._page, work, show)

    def delete(self, ids: Sequence[int], done: Callable[[], object]) -> None:
        """Ask, delete, and offer to take it back."""
        spec = self._shown.query.spec
        first = self._model.loaded(ids[0])
        name = record_title(spec, first) if first else f"#{ids[0]}"
        what = f"“{name}”" if len(ids) == 1 else things(spec, len(ids))
        consequence = _("What belongs to it goes too. It can be taken back at once, and later from the history.")
        action = _("Delete {what}").format(what=things(spec, len(ids)) if len(ids) > 1 else _(spec.label).lower())
        question = _("Delete {what}?").format(what=what)
        if not messages.confirm(self._page, question, consequence, action, danger=True):
            return
        label = name if len(ids) == 1 else f"{name} +{len(ids) - 1}"
        plain = list(ids)

        def tell(deleted: Deleted) -> None:
            text = _("{things} deleted").format(things=things(spec, deleted.count))
            if deleted.count < len(plain):
                text += " " + _("The others are not yours to delete, or were gone already.")
            back = (lambda: undo(self._view, self._view, deleted.change_set, done)) if deleted.count else None
            messages.notify(self._page, text, tone="good" if back else "warn", undo=back)
            done()

        self._view.context.tasks.command(
            self._page, lambda session: delete_records(session, spec.key, plain, label), tell
        )

    def _ask_for_file(self, name: str) -> Path | None:
        folder = Path(remembered(FOLDER, str(Path.home())))
        proposal = str(folder / f"{name.replace('/', '-')}.xlsx")
        kinds = {f"{words} (*{ending})": ending for ending, words in export_kinds(self._shown.query.spec).items()}
        chosen, kind = QFileDialog.getSaveFileName(self._page, _("Export"), proposal, ";;".join(kinds))
        if not chosen:
            return None
        target = Path(chosen)
        if not target.suffix:
            target = target.with_suffix(kinds.get(kind, ".xlsx"))
        remember(FOLDER, str(target.parent))
        return target

    def _show(self, title: str, work: LongWork) -> None:
        dialog = ProgressDialog(self._page.window(), title, work)
        patience = QTimer(dialog)
        patience.setSingleShot(True)
        patience.timeout.connect(dialog.show)
        patience.start(PATIENCE_MS)
        work.finished.connect(dialog.deleteLater)


def table_of(spec: EntitySpec, columns: Sequence[Column], rows: Sequence[Row]) -> list[list[str]]:
    """Headings and rows in whole words."""
    lines = [[column.facts.kind.format(row.values[column.key]) for column in columns] for row in rows]
    return [[_(spec.column_label(column)) for column in columns], *lines]


def _in_order(rows: dict[int, Row], ids: Sequence[int]) -> list[Row]:
    return [rows[id_] for id_ in ids if id_ in rows]


def _plain(ids: Sequence[int] | None) -> Any:
    return list(ids) if isinstance(ids, array) else ids


def _open(file: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
