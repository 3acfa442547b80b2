"""A product that a customer owns: what was asked for about it, and the next request, lie one click from its form."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.list_page.words import new_text
from crm_desktop.ui.widgets.buttons import quiet_button


class InstalledProductPage(FormPage):
    """A new request begins with customer, product and serial number."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.requests = quiet_button(_("Service requests"), self.show_requests, icon_name="headset")
        self.ask = quiet_button(new_text(by_key("service_request")), self.begin_request, icon_name="plus")
        super().__init__(view, entity, id_)
        self.heading.add(self.requests)
        self.heading.add(self.ask)

    def show_requests(self) -> None:
        """List what was ever asked for about this product."""
        rows = Group((Condition("installed_product", "any_of", (self._own_ref(),)),))
        self.view.open_list("service_request", rows)

    def begin_request(self) -> None:
        """Begin a request about it."""
        values = self._editor.record.values
        known = {"customer": values["customer"], "product": values["product"]}
        open_new(self.view, "service_request", installed_product=self._own_ref(), **known)

    def _own_ref(self) -> Ref:
        return Ref(self._editor.record.id, self._editor.record.title)

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        person = self.view.context.person
        self.requests.setVisible(record.id > 0 and person.may("read", "service_request"))
        self.ask.setVisible(record.id > 0 and person.may("create", "service_request"))
