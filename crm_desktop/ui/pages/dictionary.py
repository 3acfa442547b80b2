"""A choice list with its entries in their order."""

from __future__ import annotations

from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.pages.entries_card import EntriesCard


class DictionaryPage(FormPage):
    """The names of the list above, its entries below."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.entries = EntriesCard(view)
        super().__init__(view, entity, id_)
        self.add_below(self.entries)

    def shown_parts(self) -> tuple[EntitySpec, ...]:
        """None: the entries have a card of their own."""
        return ()

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self.entries.show_dictionary(record)
