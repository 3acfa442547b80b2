"""Sales targets in the window: a sheet of them goes through the wizard, and on into the next year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.import_wizard.page import ImportPage, open_import
from tests.ui.desk import SitDown, button, own_database, sign_in, sit_down, template
from tests.ui.test_import_wizard import count, go_on, listed, step_of, write_csv

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_a_sheet_comes_in_and_goes_on_into_the_next_year(sit_down: SitDown, tmp_path: Path) -> None:
    desk = sit_down("manager")
    before = count(desk, "sales_target")
    view = desk.window.show_area("opportunities")
    view.select_page("sales_target/all")
    desk.settle()
    listed_page: Any = view.current_page()
    button(listed_page, "Import").click()
    page = view.current_page()
    assert isinstance(page, ImportPage)
    open_import(
        desk.window, write_csv(tmp_path / "目标.csv", "员工,年份,月,金额", "seller,2030,1,5", "junior,2030,13,5")
    )
    desk.settle()
    go_on(desk, page, 2)
    assert page.matching_step.boxes["name"].text() == "Employee, Year, Month"
    go_on(desk, page)
    assert step_of(page) is Step.PREVIEW
    assert [row for row, *_rest in listed(page)] == ["New", "Rejected"]
    go_on(desk, page)
    assert count(desk, "sales_target") == before + 1
    made = desk.id_of("sales_target", "year = 2030")
    view.select_page("sales_target/all")
    desk.hear("sales_target", made)
    shown: Any = view.current_page()
    shown.table.select_ids([made])
    shown.commands.copy_on()
    desk.settle()
    assert "1 sales target copied to the next year." in desk.notices()
    assert desk.id_of("sales_target", "year = 2031 and amount = 5")
