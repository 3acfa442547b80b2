"""What a lead becomes: a new customer or one that is there, its contact, and an opportunity or none. Enter converts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QRadioButton, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.duplicates import Duplicate, find_duplicates
from crm_desktop.services.leads import Conversion
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.widgets.bar import Action, Bar
from crm_desktop.ui.widgets.buttons import as_written
from crm_desktop.ui.widgets.labels import label

ASKED = ("name", "amount", "expected_on")
"""Of a new opportunity."""
MOST_ALIKE = 3


class ConvertDialog(KeptDialog):
    """Announces a conversion; whoever shows it converts and closes it, or shows what was wrong."""

    decided = Signal(object)  # Conversion

    def __init__(self, view: AreaView, lead: Record, proposed: Conversion) -> None:
        super().__init__(view.window(), _("Convert “{title}”").format(title=lead.title), width=560)
        self._view, self._lead, self._proposed = view, lead, proposed
        self.alike = Bar("warn")
        maker = FieldMaker(view, self, lead.spec, self._value_of)
        self.customer = maker.make(lead.spec.fields["customer"], required=True)
        self.opportunity = maker.make(lead.spec.fields["opportunity"], required=True)
        for editor in (self.customer, self.opportunity):
            editor.hide_heading()
        self.new_customer = _choice(_("New: {name}").format(name=proposed.customer.title))
        self.known_customer = _choice(_("One that is there already"))
        self.new_opportunity = _choice(_("New"))
        self.known_opportunity = _choice(_("One that is there already"))
        self.no_opportunity = _choice(_("None"))
        self.contact = QCheckBox()
        self.fields: dict[str, FieldEditor] = {}
        self.body.addWidget(self.alike)
        self.body.addWidget(label(_("Customer"), "strong"))
        self._customers = self._group(self.new_customer, self.known_customer)
        self.body.addWidget(self.new_customer)
        self.body.addWidget(self.known_customer)
        self.body.addWidget(self.customer)
        self.body.addWidget(self.contact)
        self.body.addWidget(label(_("Opportunity"), "strong"))
        self._opportunities = self._group(self.new_opportunity, self.known_opportunity, self.no_opportunity)
        self.body.addWidget(self.new_opportunity)
        self._new_fields = self._ask_fields()
        self.body.addWidget(self._new_fields)
        self.body.addWidget(self.known_opportunity)
        self.body.addWidget(self.opportunity)
        self.body.addWidget(self.no_opportunity)
        self.add_cancel()
        self.add_primary(_("Convert"), self._decide)
        self._begin()
        draft = KeptDraft(view.context.drafts, "dialog", (lead.entity, lead.id), "convert", lead.title)
        self.keep_draft(draft, self.fields)

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        for key, sentence in error.fields.items():
            self.fields.get(key, self.customer).set_error(sentence)

    def take_customer(self, customer: Ref) -> None:
        """Convert into this customer."""
        self.customer.set_value(customer)
        self.known_customer.setChecked(True)
        self.alike.say_one("")
        self._show_chosen()

    def _begin(self) -> None:
        contact, may = self._proposed.contact, self._view.context.person.may
        self.contact.setVisible(contact is not None)
        self.contact.setChecked(contact is not None)
        if contact is not None:
            self.contact.setText(as_written(_("With the contact {name}").format(name=contact.title)))
        self.new_customer.setEnabled(may("create", "customer"))
        self.new_opportunity.setEnabled(may("create", "opportunity"))
        first = self.new_opportunity if may("create", "opportunity") else self.no_opportunity
        first.setChecked(True)
        known = self._lead.values.get("customer")
        (self.known_customer if known or not self.new_customer.isEnabled() else self.new_customer).setChecked(True)
        self.customer.set_value(known)
        self._show_chosen()
        self.fields["name"].setFocus()
        lead = self._lead
        self._view.context.tasks.query(
            self, lambda session: find_duplicates(session, "lead", lead.values, lead.id), self._show_alike, key="alike"
        )

    def _show_alike(self, found: Sequence[Duplicate]) -> None:
        """Customers that may be meant; a lead has others beside it in its own form."""
        named = self._lead.values.get("customer")
        other = [one for one in found if one.entity == "customer" and not (named and one.id == named.id)]
        lines: list[tuple[str, Sequence[Action]]] = []
        for one in other[:MOST_ALIKE]:
            take = [] if one.id is None else [(_("Take this one"), partial(self.take_customer, Ref(one.id, one.name)))]
            lines.append((one.sentence(), take))
        self.alike.say(lines)
        self.adjustSize()

    def _group(self, *choices: QRadioButton) -> QButtonGroup:
        group = QButtonGroup(self)
        for choice in choices:
            group.addButton(choice)
            choice.toggled.connect(self._show_chosen)
        return group

    def _ask_fields(self) -> QWidget:
        spec = by_key("opportunity")
        maker = FieldMaker(self._view, self, spec, lambda _key: None)
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(24, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        values = self._proposed.opportunity.values if self._proposed.opportunity is not None else {}
        for place, key in enumerate(ASKED):
            self.fields[key] = editor = maker.make(spec.fields[key], required=key == "name")
            editor.set_value(values.get(key))
            grid.addWidget(editor, *((0, 0, 1, 2) if key == "name" else (1, place - 1, 1, 1)))
        return box

    def _show_chosen(self) -> None:
        self.customer.setVisible(self.known_customer.isChecked())
        self.opportunity.setVisible(self.known_opportunity.isChecked())
        self._new_fields.setVisible(self.new_opportunity.isChecked())
        self.known_opportunity.setEnabled(self.known_customer.isChecked())
        if self.known_opportunity.isChecked() and not self.known_customer.isChecked():
            self.new_opportunity.setChecked(True)
        self.adjustSize()

    def _value_of(self, key: str) -> Any:
        return self.customer.value() if key == "customer" and self.known_customer.isChecked() else None

    def _decide(self) -> None:
        asked = [
            *([self.customer] if self.known_customer.isChecked() else []),
            *(self.fields.values() if self.new_opportunity.isChecked() else []),
            *([self.opportunity] if self.known_opportunity.isChecked() else []),
        ]
        wrong = [editor for editor in asked if not editor.check()]
        if wrong:
            wrong[0].setFocus()
            return
        made = self._proposed
        if self.known_customer.isChecked():
            made = replace(made, customer=_known("customer", self.customer.value()))
        if not self.contact.isChecked():
            made = replace(made, contact=None)
        if self.no_opportunity.isChecked():
            made = replace(made, opportunity=None)
        elif self.known_opportunity.isChecked():
            made = replace(made, opportunity=_known("opportunity", self.opportunity.value()))
        elif made.opportunity is not None:
            typed = {key: editor.value() for key, editor in self.fields.items()}
            made = replace(made, opportunity=Record("opportunity", 0, 0, {**made.opportunity.values, **typed}))
        self.decided.emit(made)


def _choice(text: str) -> QRadioButton:
    return QRadioButton(as_written(text))


def _known(entity: str, ref: Ref) -> Record:
    """A record that is there; only its key and name are asked of it."""
    return Record(entity, ref.id, 0, {"name": ref.label})
