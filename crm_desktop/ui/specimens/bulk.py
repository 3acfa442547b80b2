"""A list in groups, a cell being edited, and the dialogs that change many rows, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services.bulk_cells import Cell, CellsRehearsal
from crm_desktop.services.bulk_steps import Action
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.bulk_delete import BulkDeleteDialog
from crm_desktop.ui.dialogs.bulk_edit import BulkEditDialog
from crm_desktop.ui.dialogs.paste_preview import PastePreview
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.main_window import MainWindow

MANY = 40
EDITED_ROW = 6


def bulk_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """In the order in which they are met."""
    return (
        ("list_grouped", partial(_list, context, _group)),
        ("list_several_selected", partial(_list, context, _select)),
        ("list_cell_edited", partial(_list, context, _edit)),
        ("bulk_edit", partial(bulk_edit, context)),
        ("bulk_delete", partial(bulk_delete, context)),
        ("paste_preview", paste_preview),
    )


def bulk_edit(context: Context) -> QWidget:
    """Two fields of some customers."""
    dialog = BulkEditDialog(_view(context), CUSTOMER, range(1, MANY + 1), lambda _steps, _found: None)
    dialog.lines[0].choose("is_do_not_contact")
    dialog.add_line().choose("remark", Action.APPEND)
    dialog.lines[0].editors[0].set_value(True)
    dialog.lines[1].editors[0].set_value(_("Remark"))
    return dialog


def bulk_delete(context: Context) -> QWidget:
    """What goes with some customers."""
    dialog = BulkDeleteDialog(_view(context), CUSTOMER, range(1, MANY + 1), "", lambda _found: None)
    dialog.rehearse()
    return dialog


def paste_preview() -> QWidget:
    """A block with cells that do not fit."""
    why = _("“{text}” is not an amount of money.").format(text="3万5")
    cells = (
        Cell(1, "广东华工医药有限公司", "total_amount", None, "3万5", why),
        Cell(1, "广东华工医药有限公司", "fax", None, "020-38880001"),
        Cell(2, "佛山市顺德区精工机械厂", "fax", "0757-1", "0757-22220002"),
    )
    return PastePreview(None, CUSTOMER, CellsRehearsal(cells, 4, {}), lambda: None)


def _view(context: Context) -> AreaView:
    window = MainWindow(context)
    return window.view(next(area.key for area in context.areas if "customer" in area.records))


def _list(context: Context, prepare: Callable[[ListPage], None]) -> QWidget:
    """The window at the customers; ``prepare`` is called when they are read."""
    window = MainWindow(context)
    area = next(area for area in context.areas if "customer" in area.records)
    view = window.show_area(area.key)
    view.select_page("customer/all")
    page = view.current_page()
    assert isinstance(page, ListPage)
    page.model.counted.connect(lambda: prepare(page))
    return window


def _group(page: ListPage) -> None:
    if not page.arrangement.group:
        page.column_layout.arrangement = page.arrangement.with_group("life_cycle")
        page.reload()
    elif not page.model.lines.folded:
        page.model.fold(0, folded=True)


def _select(page: ListPage) -> None:
    page.table.select_ids(page.model.ids()[1:5])


def _edit(page: ListPage) -> None:
    if not page.commands.cells.is_open():
        page.table.setCurrentIndex(page.model.index(EDITED_ROW, 1))
        page.commands.edit_cell()
