"""Pages of records in narrow and wide windows."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_form_has_one_column_where_two_are_too_narrow(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", desk.customer().id)
    page.edit()
    form = page.editor.form
    name, short_name = form.editors["name"], form.editors["short_name"]
    desk.window.resize(1920, 1080)
    desk.settle()
    assert name.y() == short_name.y()
    desk.window.resize(1024, 600)
    desk.settle()
    assert name.y() < short_name.y()
    assert all(line.width() >= 150 for line in form.findChildren(QLineEdit) if line.isVisible())
