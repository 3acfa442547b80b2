"""What is done with the rows of a list: copied, exported, printed. Knows no entity."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.services.grouping import Grouping
from crm_desktop.services.listing import ListQuery, Row, fetch_rows
from crm_desktop.services.totals import Totals
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.progress import show_progress
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.list_page.words import things, view_title
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.notice import notices_of
from crm_desktop.ui.widgets.table_view import copy_table

if TYPE_CHECKING:  # reports set pages and take a fifth of a second to load: where they are used
    from crm_desktop.reports.envelopes import Envelope
    from crm_desktop.reports.labels import LabelSheet

MOST_COPIED = 10_000
PAGE = 1000
FOLDER = "export/folder"


class ShownList(Protocol):
    """The list at hand: what the actions need to know of it."""

    query: ListQuery

    def columns(self) -> tuple[Column, ...]:
        """What is shown, in the order shown."""

    def groups(self) -> tuple[Grouping | None, Totals]:
        """By what the rows are grouped, and the total of each number column."""


class ListActions:
    """Works on ``ids``, or on the whole list where there are none."""

    def __init__(self, page: QWidget, view: AreaView, model: RowModel, shown: ShownList) -> None:
        self._page, self._view, self._model, self._shown = page, view, model, shown

    def copy(self, ids: Sequence[int]) -> None:
        """Put rows on the clipboard as a table with headings."""
        spec, columns = self._shown.query.spec, self._shown.columns()
        self._copy(ids, lambda rows: copy_table(table_of(spec, columns, rows)))

    def copy_as_text(self, ids: Sequence[int]) -> None:
        """Put rows on the clipboard in words, a line for each field that holds something."""
        spec, columns = self._shown.query.spec, self._shown.columns()
        self._copy(ids, lambda rows: QGuiApplication.clipboard().setText(text_of(spec, columns, rows)))

    def _copy(self, ids: Sequence[int], put: Callable[[Sequence[Row]], object]) -> None:
        """Rows that were never in sight are read first."""
        if len(ids) > MOST_COPIED:
            text = _("More than {count} rows are better exported than copied.").format(count=f"{MOST_COPIED:,}")
            messages.notify(self._page, text, tone="warn")
            return
        spec, columns = self._shown.query.spec, self._shown.columns()
        at_hand = {id_: row for id_ in ids if (row := self._model.loaded(id_)) is not None}
        if len(at_hand) == len(ids):
            put(list(at_hand.values()))
            return

        def work(session: Session) -> list[Row]:
            pages = (list(ids[start : start + PAGE]) for start in range(0, len(ids), PAGE))
            rows = (fetch_rows(session, spec, columns, page) for page in pages)
            return [row for found in rows for row in _in_order(found, ids)]

        def tell(rows: list[Row]) -> None:
            put(rows)
            messages.notify(self._page, _("{things} copied").format(things=things(spec, len(rows))))

        self._view.context.tasks.query(self._page, work, tell, key="copy")

    def export(self, ids: Sequence[int] | None) -> None:
        """Ask for a file and write it."""
        query, columns, person = self._shown.query, self._shown.columns(), self._view.context.person
        groups = self._shown.groups()
        target = self._ask_for_file(f"{view_title(query)} {clock.today()}")
        if target is None:
            return

        def work(session: Session, progress: Progress) -> int:
            from crm_desktop.reports.lists import Part, export_list

            part = Part(ids if ids is None else list(ids), *groups)
            return export_list(session, query, person, columns, target, progress, part=part)

        def tell(count: int) -> None:
            text = _("{things} written to {name}").format(things=things(query.spec, count), name=target.name)
            notices = notices_of(self._page)
            if notices is not None:
                notices.show_notice(text, tone="good", action=(_("Open"), lambda: _open(target)))

        show_progress(
            self._page, _("Export"), self._view.context.tasks.long_command(self._page, work, tell, waits=True)
        )

    def print(self, ids: Sequence[int] | None) -> None:
        """Set the pages and show them before they are printed."""
        query, columns, person = self._shown.query, self._shown.columns(), self._view.context.person
        groups = self._shown.groups()

        def work(session: Session, progress: Progress) -> bytes:
            from crm_desktop.reports.lists import Part, print_list

            part = Part(ids if ids is None else list(ids), *groups)
            pages = io.BytesIO()
            print_list(session, query, person, columns, pages, progress, part=part)
            return pages.getvalue()

        def show(pdf: bytes) -> None:
            show_pages(self._page.window(), view_title(query), pdf)

        show_progress(self._page, _("Print"), self._view.context.tasks.long_command(self._page, work, show, waits=True))

    def print_labels(self, ids: Sequence[int], sheet: LabelSheet) -> None:
        """Set address labels of customers and show them."""
        person = self._view.context.person

        def draw(session: Session, pages: io.BytesIO) -> None:
            from crm_desktop.reports.mailing import print_labels

            print_labels(session, person, list(ids), sheet, pages)

        self._print_post(_("Labels"), draw)

    def print_envelopes(self, ids: Sequence[int], envelope: Envelope) -> None:
        """Set envelopes to customers and show them."""
        person = self._view.context.person

        def draw(session: Session, pages: io.BytesIO) -> None:
            from crm_desktop.reports.mailing import print_envelopes

            print_envelopes(session, person, list(ids), envelope, pages)

        self._print_post(_("Envelopes"), draw)

    def _print_post(self, title: str, draw: Callable[[Session, io.BytesIO], None]) -> None:
        def work(session: Session) -> bytes:
            pages = io.BytesIO()
            draw(session, pages)
            return pages.getvalue()

        def show(pdf: bytes) -> None:
            show_pages(self._page.window(), title, pdf)

        self._view.context.tasks.query(self._page, work, show)

    def _ask_for_file(self, name: str) -> Path | None:
        from crm_desktop.reports.lists import export_kinds

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


def table_of(spec: EntitySpec, columns: Sequence[Column], rows: Sequence[Row]) -> list[list[str]]:
    """Headings and rows in whole words."""
    lines = [[column.facts.kind.format(row.values[column.key]) for column in columns] for row in rows]
    return [[_(spec.column_label(column)) for column in columns], *lines]


def text_of(spec: EntitySpec, columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """``Customer name: 华工医药`` and so on; an empty line between two rows."""
    records = []
    for row in rows:
        texts = ((_(spec.column_label(column)), column.facts.kind.format(row.values[column.key])) for column in columns)
        records.append(
            "\n".join(_("{field}: {value}").format(field=field, value=value) for field, value in texts if value)
        )
    return "\n\n".join(records)


def _in_order(rows: dict[int, Row], ids: Sequence[int]) -> list[Row]:
    return [rows[id_] for id_ in ids if id_ in rows]


def _open(file: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
