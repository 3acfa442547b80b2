"""Keeping dictionaries: several entries at once, uses counted, one replaced everywhere and put back."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import administration, dictionaries, journal
from crm_desktop.services.dictionaries import NewEntry
from crm_desktop.services.records import Record, fetch_record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


@pytest.fixture
def admin(sign_in: SignIn) -> Gateway:
    return sign_in("admin")


def number(gateway: Gateway, statement: str) -> int:
    with gateway.read() as session:
        return int(session.execute(text(statement)).scalar_one())


def dictionary(gateway: Gateway, code: str) -> Record:
    with gateway.read() as session:
        id_ = session.execute(text("select id from crm.dictionary where code = :code"), {"code": code}).scalar_one()
        return fetch_record(session, "dictionary", id_)


def entry(gateway: Gateway, code: str) -> Record:
    id_ = number(gateway, f"select id from crm.dictionary_entry where code = '{code}'")
    with gateway.read() as session:
        return fetch_record(session, "dictionary_entry", id_)


def test_pasted_columns_are_read_and_what_is_known_left_out() -> None:
    pasted = "\n重点\tKey account\t\n普通\n  \n重点\tagain\nA\tbest\r\n"
    assert dictionaries.read_entries(pasted, ["A"]) == ([NewEntry("重点", "Key account"), NewEntry("普通")], 2)


def test_several_entries_are_one_change_set_behind_the_others(admin: Gateway) -> None:
    level = dictionary(admin, "level")
    new = [NewEntry("重点", "Key account"), NewEntry("普通"), NewEntry("A", "a")]
    with admin.write() as session:
        change_set = dictionaries.add_entries(session, level, new)
    with admin.write() as session:
        codes = [one.values["code"] for one in administration.fetch_ordered(session, "dictionary_entry", level.id)]
        assert codes == ["a", "b", "c", "d", "key_account", "putong", "a_2"]
        journal.undo(session, change_set)
        assert len(administration.fetch_ordered(session, "dictionary_entry", level.id)) == 4


def test_replaced_entry_moves_all_uses_and_is_put_back_as_one(admin: Gateway) -> None:
    level = dictionary(admin, "level")
    old, new = entry(admin, "a"), entry(admin, "b")
    with admin.write() as session:
        session.execute(text("delete from crm.alert_rule"))  # those shipped are about levels
        session.execute(text("update crm.customer set level_id = :old where id % 3 = 0"), {"old": old.id})
    uses = "select count(*) from crm.customer where level_id = {}".format
    before = number(admin, uses(old.id)), number(admin, uses(new.id))
    assert before[0] > 0
    with admin.read() as session:
        told = dictionaries.fetch_uses(session, level.id)
    assert [(use.entity, use.column, use.records) for use in told[old.id]] == [("customer", "level_id", before[0])]
    with admin.write() as session:
        replaced = dictionaries.replace_entry(session, old, Ref(new.id, new.title), told[old.id])
    assert (replaced.moved, replaced.left) == (before[0], 0)
    assert (number(admin, uses(old.id)), number(admin, uses(new.id))) == (0, sum(before))
    assert entry(admin, "a").values["is_active"] is False
    with admin.write() as session:
        journal.undo(session, replaced.change_set)
    assert (number(admin, uses(old.id)), number(admin, uses(new.id))) == before
    assert entry(admin, "a").values["is_active"] is True


def test_uses_out_of_sight_are_counted_and_told_to_stay(admin: Gateway) -> None:
    level, old, new = dictionary(admin, "level"), entry(admin, "a"), entry(admin, "b")
    with admin.write() as session:
        session.execute(text("delete from crm.alert_rule"))
        session.execute(text("update crm.customer set level_id = :old"), {"old": old.id})
        session.execute(
            text("update crm.permission_grant set read_scope = 1, update_scope = 1 where entity = 'customer'"
                 " and group_id = (select id from crm.permission_group where code = 'administrator')")
        )  # fmt: skip
    with admin.write() as session:
        mine = session.execute(text("select count(*) from crm.customer")).scalar_one()
        uses = dictionaries.fetch_uses(session, level.id)[old.id]
        replaced = dictionaries.replace_entry(session, old, Ref(new.id, new.title), uses)
    assert (replaced.moved, replaced.left) == (mine, uses[0].records - mine)
    assert replaced.left > 0


def test_nobody_else_counts_uses(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    with pytest.raises(NoRightError), clerk.read() as session:
        dictionaries.fetch_uses(session, 1)


def test_chinese_in_english_is_missing() -> None:
    def named(name: str, name_en: str | None) -> Record:
        return Record("dictionary_entry", 1, 1, {"name": name, "name_en": name_en})

    assert dictionaries.is_untranslated(named("重点", None))
    assert dictionaries.is_untranslated(named("重点", "重点"))
    assert not dictionaries.is_untranslated(named("重点", "Key"))
    assert not dictionaries.is_untranslated(named("A", None))
