"""A product of an opportunity, or a part used for a request: choosing it fills in its list price."""

from __future__ import annotations

from decimal import Decimal

from crm_desktop.services.opportunities import fetch_list_price
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage


class PricedLinePage(FormPage):
    """A price that somebody typed stays."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        super().__init__(view, entity, id_)
        self._filled: Decimal | None = None
        self._editor.form.edited.connect(self._note_edit)

    def _note_edit(self, key: str) -> None:
        product = self._editor.form.value_of("product") if key == "product" else None
        if isinstance(product, Ref) and self._editor.form.value_of("unit_price") in (None, self._filled):
            self.view.context.tasks.query(
                self, lambda session: fetch_list_price(session, product.id), self._fill, key="price"
            )

    def _fill(self, price: Decimal | None) -> None:
        self._filled = price
        self._editor.form.type_again({"unit_price": price}, self._editor.record.values)
