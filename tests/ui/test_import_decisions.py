"""Decisions for single rows in the preview of an import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crm_desktop.ui.import_wizard import fate_model
from importers.plan import OnMatch
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template
from tests.ui.test_gallery import cut_texts
from tests.ui.test_import_wizard import go_on, listed, start, texts, write_csv

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_single_row_is_decided_by_keyboard(sit_down: SitDown, qtbot: QtBot, tmp_path: Path) -> None:
    desk = sit_down("clerk")
    go_on(desk, start(desk, write_csv(tmp_path / "a.csv", "客户名称,传真", "甲有限公司,020-1", "乙有限公司,020-2")), 4)
    lines = ("客户名称,传真,邮编", "甲有限公司,020-8,510001", "乙有限公司,020-9,510002", "丙有限公司,020-3,")
    page = start(desk, write_csv(tmp_path / "b.csv", *lines))
    go_on(desk, page, 3)
    step = page.preview_step

    def decide(on_match: OnMatch) -> None:
        assert step.details.decision is not None
        chosen = step.details.decision.buttons[on_match]
        chosen.setFocus()
        qtbot.keyClick(chosen, Qt.Key.Key_Space)
        desk.settle()

    step.filters["update"].click()
    step.table.selectRow(1)
    assert "Decided by hand" not in step.model.index(1, fate_model.WHAT).data()
    decide(OnMatch.UPDATE)
    assert step.filters["update"].isChecked()
    assert listed(page) == [("Update", "甲有限公司"), ("Update", "乙有限公司")]
    assert step.table.currentIndex().row() == 1
    assert step.details.decision is not None
    assert QApplication.focusWidget() is step.details.decision.buttons[OnMatch.UPDATE]
    assert step.model.index(1, fate_model.WHAT).data() == "Decided by hand · Fax, Postcode"
    assert "020-2\n020-9" in texts(step.details)
    assert cut_texts(page) == []
    step.table.selectRow(0)
    decide(OnMatch.SKIP)
    assert listed(page) == [("Update", "乙有限公司")]
    assert QApplication.focusWidget() is step.table
    step.filters["create"].click()
    assert step.details.decision is None
    page.go_back()
    page.matching_step.radios[OnMatch.CREATE].setChecked(True)
    go_on(desk, page)
    assert [fate for fate, _title in listed(page)] == ["Skipped", "Update", "New"]
    go_on(desk, page)
    saved = [
        desk.value("customer", desk.id_of("customer", "name = :n", n=n), "fax") for n in ("甲有限公司", "乙有限公司")
    ]
    assert saved == ["020-1", "020-9"]
    assert page.draft.rule.decisions
    page.result_step.restart_button.click()
    assert not page.draft.rule.decisions
