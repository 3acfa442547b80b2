"""A sales process with its stages in their order."""

from __future__ import annotations

from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.pages.stages_card import StagesCard


class SalesProcessPage(FormPage):
    """What it is called and for above, its stages below."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.stages = StagesCard(view)
        super().__init__(view, entity, id_)
        self.add_below(self.stages)

    def shown_parts(self) -> tuple[EntitySpec, ...]:
        """None: the stages have a card of their own."""
        return ()

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self.stages.show_process(record)
