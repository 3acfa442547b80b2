"""What the keys and menus of a list do to its rows, cells, groups and columns."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.services.sharing import is_shareable, may_claim
from crm_desktop.spec import Ref
from crm_desktop.ui.list_page.cell_editing import CellEditing
from crm_desktop.ui.list_page.words import record_title
from crm_desktop.ui.sharing.actions import SharingActions
from crm_desktop.ui.widgets.buttons import with_shortcut
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.menu_actions import add_action

if TYPE_CHECKING:
    from crm_desktop.ui.area_view import AreaView
    from crm_desktop.ui.list_page.bulk_actions import BulkActions
    from crm_desktop.ui.list_page.page import ListPage

MOST_LOOKED_AT = 100
MOVE = "Ctrl+Shift+M"
FINISH = "Ctrl+Shift+D"


class Commands:
    """Of one list page, for its current cell and its selected rows."""

    def __init__(self, page: ListPage, view: AreaView) -> None:
        self._page, self._view = page, view
        self.cells = CellEditing(view, page.table, page.model)
        self.sharing = SharingActions(page, view, page.spec.key, page.model.refresh)
        page.table.edit_requested.connect(self.edit_cell)
        page.table.paste_requested.connect(self.paste)
        page.table.delete_requested.connect(self.delete)
        for key, act in (
            ("Ctrl+Shift+E", self.change_several),
            (MOVE, self.move),
            (FINISH, self.finish),
            ("Ctrl+Return", self.open_in_background),
            ("Ctrl+Shift+C", self.copy_cell),
        ):
            shortcut = QShortcut(QKeySequence(key), page.table, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    @cached_property
    def bulk(self) -> BulkActions:
        """What is done to many rows."""
        from crm_desktop.ui.list_page.bulk_actions import BulkActions  # with its dialogs

        return BulkActions(self._page, self._view, self._page.spec.key, self._page.model.refresh)

    def may_update(self) -> bool:
        """Whether to offer to change anything."""
        return self._view.context.person.may("update", self._page.spec.key)

    def may_change_several(self) -> bool:
        """Whether to offer to change several records at once."""
        return self.may_update() and self._page.may(Function.BULK_EDIT)

    def may_move(self) -> bool:
        """Whether the selected rows are opportunities that can go to another stage."""
        is_one = self._page.table.selected_count() == 1
        return self._page.spec.key == "opportunity" and (self.may_change_several() or (is_one and self.may_update()))

    def may_give_by_rule(self) -> bool:
        """Whether the selected rows are leads that this person may give to people by the firm's rules."""
        return self._page.spec.key == "lead" and self.may_change_several()

    def may_copy_on(self) -> bool:
        """Whether the selected rows are sales targets that this person may set for the year after."""
        return self._page.spec.key == "sales_target" and self._page.may_create()

    def for_selection(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """What is offered beside the number of the selected rows: of one, to claim it; the rest has its own page."""
        offered: list[tuple[str, Callable[[], object]]] = []
        page = self._page
        if page.table.selected_count() == 1:
            return list(self._claiming())
        if self.may_change_several():
            offered.append((_("Change…"), self.change_several))
        if self.may_move():
            offered.append((_("Move to stage…"), self.move))
        if self.may_give_by_rule():
            offered.append((_("Assign by rule"), self.give_by_rule))
        if self.may_copy_on():
            offered.append((_("Copy to the next year"), self.copy_on))
        if page.spec.key == "task" and self.may_update():
            offered.append((with_shortcut(_("Done"), FINISH), self.finish))
        offered += self._passing_on()
        if page.may(Function.PRINT):
            offered.append((_("Print"), lambda: page.row_actions.print(page.table.selected_ids())))
        if page.may(Function.EXPORT):
            offered.append((_("Export"), lambda: page.row_actions.export(page.table.selected_ids())))
        if page.may_delete():
            offered.append((_("Delete…"), self.delete))
        return [*offered, (_("Select nothing"), page.table.clearSelection)]

    def _passing_on(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Sharing, giving away and taking, as far as the person may."""
        if not is_shareable(self._page.spec) or not self.may_update():
            return
        yield _("Share…"), lambda: self.sharing.share(*self.chosen())
        if self.may_change_several():
            yield _("Assign…"), lambda: self.sharing.assign(*self.chosen())
        yield from self._claiming()

    def _claiming(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Taking what nobody owns."""
        if may_claim(self._view.context.person, self._page.spec.key) and self._may_be_free(
            self._page.table.selected_ids()
        ):
            yield _("Claim"), lambda: self.sharing.claim(*self.chosen())

    # Rows

    def chosen(self) -> tuple[Sequence[int], str]:
        """The selected rows, and what the only one is called."""
        ids = self._page.table.selected_ids()
        row = self._page.model.loaded(ids[0]) if len(ids) == 1 else None
        return ids, record_title(self._page.spec, row) if row is not None else ""

    def phones(self) -> Sequence[str]:
        """The telephone numbers in the current row, as far as they are shown."""
        index = self._page.table.currentIndex()
        cells = (index.siblingAtColumn(column) for column in range(self._page.model.columnCount()))
        return [number for cell in cells for number in cell.data(CellRole.PHONES) or ()]

    def add_sharing(self, menu: QMenu) -> None:
        """Offer to share, assign and claim the selected rows, and to say who sees the only one."""
        ids = self._page.table.selected_ids()
        if self.may_give_by_rule():
            add_action(menu, "path", _("Assign by rule"), self.give_by_rule)
        if self.may_copy_on():
            add_action(menu, "copy", _("Copy to the next year"), self.copy_on)
        self.sharing.add_to(menu, self.chosen, lambda: self._may_be_free(ids), is_one=len(ids) == 1)

    def _may_be_free(self, ids: Sequence[int]) -> bool:
        """Whether a selected row is without owner, as far as the rows at hand tell."""
        pool = self._view.context.person.pool_id
        rows = (self._page.model.loaded(id_) for id_ in itertools.islice(ids, MOST_LOOKED_AT))
        owners = (row.values.get("owner") for row in rows if row is not None)
        return any(isinstance(owner, Ref) and owner.id == pool for owner in owners)

    def open_in_background(self) -> None:
        """Open the current record in a tab, and stay in the list."""
        before = self._view.tabs.current()
        self._page.open_current()
        self._view.tabs.go_to(before)
        self._page.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def change_several(self) -> None:
        """Ask what to change of the selected records; the field of the current cell is proposed."""
        ids = self._page.table.selected_ids()
        if ids and self.may_change_several():
            column = self._page.current_column()
            self.bulk.edit(ids, column.key if self.cells.editable(column) else "")

    def move(self) -> None:
        """Ask to which stage the selected opportunities shall go."""
        ids = self._page.table.selected_ids()
        if ids and self.may_move():
            self.bulk.move(ids)

    def give_by_rule(self) -> None:
        """Give those of the selected leads that nobody owns to people by the firm's rules."""
        self.bulk.give_by_rule(self._page.table.selected_ids())

    def copy_on(self) -> None:
        """Set the selected sales targets for the same months of the year after."""
        ids = self._page.table.selected_ids()
        if ids and self.may_copy_on():
            self.bulk.copy_on(ids)

    def finish(self) -> None:
        """The selected tasks are done."""
        ids = self._page.table.selected_ids()
        if ids and self._page.spec.key == "task" and self.may_update():
            self.bulk.finish(ids)

    def delete(self) -> None:
        """Ask whether the selected records may go."""
        ids = self._page.table.selected_ids()
        if ids and self._page.may_delete():
            row = self._page.model.loaded(ids[0]) if len(ids) == 1 else None
            self.bulk.delete(ids, record_title(self._page.spec, row) if row else "")

    def select_group(self, number: int) -> None:
        """Select all rows of a group, unfolding it."""
        model = self._page.model
        model.fold(model.lines.heading_of(number), folded=False)
        self._page.table.select_ids(model.lines.members(number))

    # Cells

    def edit_cell(self) -> None:
        """Edit the current cell."""
        if self.may_update():
            self.cells.begin(self._page.table.currentIndex())

    def copy_cell(self) -> None:
        """Put the whole text of the current cell on the clipboard."""
        text = self._page.table.currentIndex().data(Qt.ItemDataRole.ToolTipRole)
        QGuiApplication.clipboard().setText(str(text or ""))

    def paste(self) -> None:
        """Paste the clipboard from the current cell on, to the right and down."""
        page, index = self._page, self._page.table.currentIndex()
        if not index.isValid() or not self.may_update():
            return
        header = page.table.horizontalHeader()
        first = header.visualIndex(index.column())
        columns = [page.model.source.columns[header.logicalIndex(place)] for place in range(first, header.count())]
        self.bulk.paste(self._ids_from(index.row()), page.table.selected_ids(), columns)

    def _ids_from(self, row: int) -> array[int]:
        """The records from this line on, as they are shown: those of folded groups are left out."""
        from crm_desktop.ui.list_page.bulk_actions import MOST_PASTED

        lines, found = self._page.model.lines, array("q")
        for first, last in lines.places(row, min(lines.count - 1, row + MOST_PASTED + len(lines.groups))):
            found.extend(lines.ids[first : last + 1])
        return array("q", filter(None, found))

    # How the list is arranged

    def group_by(self, text: str) -> None:
        """Group the list, or no longer."""
        self._page.arrange(self._page.arrangement.with_group(text))

    def set_total(self, key: str, total: str) -> None:
        """Show another total of a number column."""
        self._page.arrange(self._page.arrangement.with_total(key, total))

    def hide_column(self, key: str) -> None:
        """Show the list without a column."""
        self._page.set_columns([column.key for column in self._page.columns() if column.key != key])
