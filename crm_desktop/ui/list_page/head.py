"""The buttons beside the title of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import _
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.list_page import words
from crm_desktop.ui.list_page.ways import add_ways
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


def add_buttons(page: ListPage, view: AreaView) -> None:
    """What can be done with the whole list, and a new record."""
    line, actions = page.title_line, page.row_actions
    add_ways(line, view, page.spec.key, f"{page.spec.key}/all")
    if page.may_import():
        line.add(secondary_button(_("Import"), page.start_import, icon_name="upload-simple", shortcut="Ctrl+I"))
    if page.may(Function.EXPORT):
        export = secondary_button(
            _("Export"), lambda: actions.export(None), icon_name="download-simple", shortcut="Ctrl+E"
        )
        line.add(export)
    if page.may(Function.PRINT):
        line.add(secondary_button(_("Print"), lambda: actions.print(None), icon_name="printer", shortcut="Ctrl+P"))
    if page.may_create():
        line.add(primary_button(words.new_text(page.spec), page.create_record, icon_name="plus", shortcut="Ctrl+N"))
