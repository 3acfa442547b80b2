"""The import wizard with lists of other things than customers: begun from their page, by headings, changed, drafted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_desktop.core.i18n import set_language
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.import_wizard.page import ImportPage, open_import
from crm_desktop.ui.list_page.page import ListPage
from importers.kinds import likely_kind
from importers.layout import find_tables
from importers.plan import OnMatch
from importers.readers import read_book
from tests.ui.desk import SitDown, button, own_database, sign_in, sit_down, template
from tests.ui.test_gallery import cut_texts
from tests.ui.test_import_wizard import count, go_on, listed, start, step_of, texts, write_csv

__all__ = ["own_database", "sign_in", "sit_down", "template"]

DATA = Path(__file__).parents[1] / "data"
PRODUCTS = ("产品编号,品名,型号,单价", "KJ-1,空气净化器,A3,2980", "KJ-2,,B1,1", "KJ-3,加湿器,C2,499")


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("maven-crm/accounts.csv", "customer"),
        ("maven-crm/products.csv", "product"),
        ("maven-crm/sales_teams.csv", "employee"),
        ("maven-crm/sales_pipeline.csv", "opportunity"),
        ("legacy/服务记录2004.xls", "service_request"),
        ("legacy/contacts.csv", "contact"),
        ("legacy/contacts.vcf", "customer"),
        ("legacy/客户登记表.docx", "customer"),
        ("legacy/客户资料汇总表.xlsx", "customer"),
        ("legacy/合同台账.xlsx", "customer"),
        ("legacy/outlook_contacts.csv", "customer"),
    ],
)
def test_headings_say_what_a_list_holds(file: str, kind: str) -> None:
    assert likely_kind(find_tables(read_book(DATA / file))) == kind


def test_list_of_products_comes_in_from_their_page_and_goes_again(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    before = count(desk, "product")
    view = desk.window.show_area("opportunities")
    view.select_page("product/sold")
    first = view.current_page()
    assert isinstance(first, ListPage)
    button(first, "Import").click()
    page = view.current_page()
    assert isinstance(page, ImportPage)
    assert (page.title, page.file_step.kind_line.box.currentData()) == ("Import products", "product")
    assert open_import(desk.window, write_csv(tmp_path / "产品.csv", *PRODUCTS)) is page
    desk.settle()
    go_on(desk, page, 3)
    assert step_of(page) is Step.PREVIEW
    assert listed(page) == [("New", "空气净化器"), ("Rejected", "KJ-2 · B1 · 1"), ("New", "加湿器")]
    assert [page.preview_step.model.index(n, 4).data() for n in (0, 1)] == ["A3, ¥2,980", "Product name is missing."]
    assert page.next_button.text() == "Import 2 products"
    assert cut_texts(page) == []
    go_on(desk, page)
    assert step_of(page) is Step.RESULT
    assert count(desk, "product") == before + 2
    assert "New products\n2" in texts(page.result_step)
    page.result_step.undo_button.click()
    desk.settle()
    dialog = desk.dialog(UndoDialog)
    assert "2 products removed" in texts(dialog)
    desk.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    desk.settle()
    assert count(desk, "product") == before
    page.go_on()
    shown = view.current_page()
    assert isinstance(shown, ListPage)
    assert shown.query.preset == "all"


def test_kind_is_guessed_changed_and_kept_in_the_draft(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    page = start(desk, write_csv(tmp_path / "产品.csv", *PRODUCTS))
    line = page.file_step.kind_line
    assert (page.draft.kind, line.box.currentText()) == ("product", "Products")
    assert "as the headings say" in texts(line)
    line.chosen.emit("product_category")
    desk.settle()
    assert "The headings rather speak of products." in texts(line)
    go_on(desk, page, 2)
    assert "Say which column holds “Name”." in texts(page)
    page.go_back()
    line.likely_button.click()
    desk.settle()
    assert page.draft.kind == "product"
    go_on(desk, page, 2)
    assert [key for key, box in page.matching_step.boxes.items() if box.isVisible()] == ["code", "name"]
    page.matching_step.radios[OnMatch.SKIP].click()
    assert page.draft.rule.on_match is OnMatch.SKIP
    desk.window.context.drafts.close()
    set_language("zh")
    again = sit_down("clerk", desk.gateway)
    qtbot.waitUntil(lambda: again.window.context.drafts.is_loaded)
    (draft,) = again.window.context.drafts.waiting()
    reopened = open_import(again.window, draft=draft)
    assert reopened is not None
    again.settle()
    assert (reopened.title, reopened.draft.rule.on_match) == ("导入产品", OnMatch.SKIP)
    assert again.window.current_area() == "opportunities"
