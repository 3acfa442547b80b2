"""Every editor of a form: some filled, one wrong, one that only shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.lookup import Entry
from crm_desktop.spec import kinds
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.tree_choice import TreeChoiceEditor
from crm_desktop.ui.widgets.card import Card

INDUSTRIES = (Ref(1, "工业制造"), Ref(2, "商业贸易"), Ref(3, "金融保险"))
REGIONS = (
    Entry(Ref(1, "广东"), "44", None, ()),
    Entry(Ref(2, "广东广州"), "4401", 1, ()),
    Entry(Ref(3, "广东广州天河"), "440106", 2, ()),
)
COLUMNS = 3


def editors() -> QWidget:
    """The sheet."""
    page = QWidget()
    page.setObjectName("canvas")
    card = Card(_("General"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    for place, editor in enumerate([*_plain(), *_with_rows()]):
        grid.addWidget(editor, place // COLUMNS, place % COLUMNS)
    card.body.addLayout(grid)
    card.body.addStretch(1)
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 16, 16, 16)
    column.addWidget(card)
    return page


def _plain() -> list[FieldEditor]:
    name = make_editor(kinds.TEXT, _("Customer name"), required=True)
    name.set_value("珠海华工医药有限公司")
    code = make_editor(kinds.TEXT, _("No."), required=True)
    code.check()
    revenue = make_editor(kinds.MONEY, _("Annual revenue"), help_text="¥")
    revenue.set_value(Decimal(1200000))
    founded = make_editor(kinds.DATE, _("Founded on"))
    founded.set_value(date(2008, 5, 12))
    mail = make_editor(kinds.EMAIL, _("E-mail"))
    mail.set_value("info@hgyy.example")
    people = make_editor(kinds.INTEGER, _("Employees"))
    people.set_value(1250)
    people.set_read_only(True)
    phones = make_editor(kinds.PHONES, _("Phones"))
    phones.set_value(["0756-5550 1234", "199 0000 1234"])
    quiet = make_editor(kinds.BOOL, _("Do not contact"))
    return [name, code, revenue, founded, mail, people, phones, quiet, make_editor(kinds.LONG_TEXT, _("Remark"))]


def _with_rows() -> list[FieldEditor]:
    region = TreeChoiceEditor(kinds.CHOICE, _("Region"), lambda answer: answer(REGIONS))
    region.set_value(REGIONS[2].ref)
    owner = ReferenceEditor(kinds.REFERENCE, _("Owner"), lambda _text, answer: answer(INDUSTRIES), lambda _id: None)
    owner.set_value(Ref(1, "林秋"))
    parent = ReferenceEditor(kinds.REFERENCE, _("Parent company"), lambda _text, answer: answer(INDUSTRIES))
    industry = ChoiceEditor(kinds.CHOICE, _("Industry"), lambda answer: answer(INDUSTRIES))
    interests = ReferencesEditor(kinds.REFERENCE, _("Interests"), lambda _text, answer: answer(INDUSTRIES))
    interests.set_value(INDUSTRIES)
    return [region, owner, parent, industry, interests]
