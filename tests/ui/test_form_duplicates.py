"""While a customer is typed, those who may be the same are shown; nothing is hindered."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.desk import SitDown, button, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_same_name_is_told_while_typing_and_can_be_opened(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    there = desk.customer("珠海华工医药有限公司")
    page = desk.open("customer", 0)
    bar = page.editor.duplicates
    write(page.editor.form.editors["name"].line, "珠海华工医药")
    qtbot.waitUntil(lambda: bool(bar.texts()))
    assert "same name: 珠海华工医药有限公司" in bar.texts()[0]
    button(bar, "Open").click()
    desk.settle()
    assert desk.window.view("customers").current_tab_key() == f"customer/{there.id}"


def test_customer_out_of_sight_is_told_without_its_name(sit_down: SitDown, qtbot: QtBot) -> None:
    junior = sit_down("junior")
    sit_down("leader").customer("珠海华工医药有限公司", phones=["0756-5550 1234"])
    page = junior.open("customer", 0)
    write(page.editor.form.editors["phones"].line, "07565550-1234")
    bar = page.editor.duplicates
    qtbot.waitUntil(lambda: bool(bar.texts()))
    assert bar.texts() == ["same phone: a customer of leader"]
    assert "华工" not in "".join(bar.texts())


def test_warning_does_not_hinder_saving(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    desk.customer("珠海华工医药有限公司")
    page = desk.open("customer", 0)
    write(page.editor.form.editors["name"].line, "珠海华工医药")
    qtbot.waitUntil(lambda: bool(page.editor.duplicates.texts()))
    page.editor.save()
    desk.settle()
    assert page.id > 0


def test_record_is_no_duplicate_of_itself(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = desk.open("customer", desk.customer("珠海华工医药有限公司").id)
    page.edit()
    page.editor.duplicates.look_now()
    desk.settle()
    assert page.editor.duplicates.texts() == []


def test_text_that_others_match_no_more_takes_the_warning_away(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    desk.customer("珠海华工医药有限公司")
    page = desk.open("customer", 0)
    line = page.editor.form.editors["name"].line
    write(line, "珠海华工医药")
    qtbot.waitUntil(lambda: bool(page.editor.duplicates.texts()))
    write(line, "器械")
    qtbot.waitUntil(lambda: not page.editor.duplicates.texts())


def test_a_number_that_is_taken_is_told_as_soon_as_it_is_typed(sit_down: SitDown, qtbot: QtBot) -> None:
    desk = sit_down("seller")
    taken = str(desk.value("customer", desk.customer("珠海华工医药有限公司").id, "code"))
    page = desk.open("customer", 0)
    line = page.editor.form.editors["code"].line
    write(line, taken)
    bar = page.editor.duplicates
    qtbot.waitUntil(lambda: bar.texts() == [f"The number {taken} is taken already."])
    write(line, "x")
    qtbot.waitUntil(lambda: bar.texts() == [])
