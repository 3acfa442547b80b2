"""Saved views: who sees which and who changes them, by raw connection; and what the program makes of them."""

from __future__ import annotations

import click
import pytest
from sqlalchemy import text

from crm_desktop.cli.records import _find_list
from crm_desktop.services import prepared, views
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.services.views import View, fetch_view_counts, save_view
from crm_desktop.spec.filters import Condition, Group
from tests.db.conftest import SignIn
from tests.db.office import Office, login
from tests.db.raw import Raw

REFUSED = "42501"
NEW = (
    "insert into crm.saved_view (entity, name, content, is_for_everybody, group_ids)"
    " values ('customer', 'v', '{}', %s, %s)"
)


def group_id(raw: Raw, code: str) -> int:
    raw.become(None)
    return int(raw.value("select id from crm.permission_group where code = %s", code))


def make_view(raw: Raw, key: str, *, everybody: bool = False, groups: tuple[int, ...] = ()) -> int:
    raw.become(login(key))
    return int(raw.value(NEW + " returning id", everybody, list(groups)))


def seers(raw: Raw, view: int) -> set[str]:
    found = set()
    for key in ("admin", "director", "manager", "seller", "junior", "desk", "clerk", "gone"):
        raw.become(login(key))
        if raw.column("select id from crm.saved_view where id = %s", view):
            found.add(key)
    return found


def test_a_personal_view_is_seen_by_nobody_else(raw: Raw, office: Office) -> None:
    del office
    assert seers(raw, make_view(raw, "seller")) == {"seller"}
    assert seers(raw, make_view(raw, "admin")) == {"admin"}


def test_a_shown_view_is_seen_by_those_it_is_shown_to(raw: Raw, office: Office) -> None:
    del office
    service = group_id(raw, "service")
    assert seers(raw, make_view(raw, "manager", groups=(service,))) == {"manager", "desk"}
    everybody = seers(raw, make_view(raw, "manager", everybody=True))
    assert everybody == {"admin", "director", "manager", "seller", "junior", "desk", "clerk"}


@pytest.mark.parametrize("key", ["seller", "clerk", "desk", "idle"])
def test_only_who_has_the_function_shows_views(raw: Raw, office: Office, key: str) -> None:
    sales = group_id(raw, "salesperson")
    raw.become(login(key))
    assert raw.tried(NEW, False, []) == 1
    assert raw.tried(NEW, True, []) == REFUSED
    assert raw.tried(NEW, False, [sales]) == REFUSED
    own = make_view(raw, key)
    assert raw.tried("update crm.saved_view set name = 'w' where id = %s", own) == 1
    assert raw.tried("update crm.saved_view set is_for_everybody = true where id = %s", own) == REFUSED
    assert raw.tried("update crm.saved_view set owner_id = crm.me() where id = %s", own) == REFUSED
    assert raw.tried("update crm.saved_view set entity = 'employee' where id = %s", own) == REFUSED
    for_another = "insert into crm.saved_view (entity, name, content, owner_id) values ('customer', 'v', '{}', %s)"
    assert raw.tried(for_another, office.ids["admin"]) == REFUSED


def test_what_is_shown_is_changed_only_with_the_function(raw: Raw, office: Office) -> None:
    del office
    shown, hidden = make_view(raw, "manager", everybody=True), make_view(raw, "manager")
    raw.become(login("seller"))
    assert raw.tried("update crm.saved_view set name = 'mine' where id = %s", shown) == 0
    assert raw.tried("delete from crm.saved_view where id = %s", shown) == 0
    assert raw.tried("update crm.saved_view set name = 'mine'") == 0
    raw.become(login("director"))
    assert raw.tried("update crm.saved_view set name = 'tidy' where id = %s", shown) == 1
    assert raw.tried("delete from crm.saved_view where id = %s", hidden) == 0
    # To take it for himself would hide it from its owner.
    assert raw.tried("update crm.saved_view set is_for_everybody = false where id = %s", shown) == REFUSED
    assert raw.tried("delete from crm.saved_view where id = %s", shown) == 1


def test_changes_of_views_are_nobodys_history(raw: Raw, office: Office) -> None:
    del office
    view = make_view(raw, "seller")
    raw.become(login("seller"))
    assert raw.count("update crm.saved_view set name = 'w' where id = %s", view) == 1
    for key in ("seller", "director"):
        raw.become(login(key))
        assert raw.rows("select * from journal.history('saved_view', %s)", view) == []


def test_a_list_is_exported_by_the_name_of_a_view(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    filter_ = Group((Condition("name", "contains", "客户1"),))
    with clerk.write() as session:
        save_view(session, View(entity="customer", name="Ones", filter=filter_, arrangement={"columns": ["name"]}))
    with clerk.read() as session:
        query, keys = _find_list(session, "customer", "ones")
        assert len(fetch_ids(session, query, clerk.person)) == 11
        assert (query.title, keys) == ("Ones", ("name",))
        assert _find_list(session, "customer", "mine") == (ListQuery(entity="customer", preset="mine"), ())
        with pytest.raises(click.UsageError, match=r"pool, .*Ones"):
            _find_list(session, "customer", "twos")


def test_views_are_counted_but_not_for_long(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    director = sign_in("director")
    monkeypatch.setattr(views, "MOST_COUNTED", 10)
    monkeypatch.setattr(views, "PATIENCE_MS", 60_000)
    many, few = View(id=1, entity="customer", name="a"), View(id=2, entity="customer", name="b", preset="mine")
    with director.read() as session:
        mine = len(fetch_ids(session, few.query(), director.person))
        assert fetch_view_counts(session, [many, few], director.person) == {1: 11, 2: mine}
        slow = View(id=3, entity="customer", name="c")
        monkeypatch.setattr(views, "where_of", lambda _query, _person: text("pg_sleep(1) is null"))
        monkeypatch.setattr(views, "PATIENCE_MS", 20)
        prepared._compiled.clear()
        assert fetch_view_counts(session, [slow], director.person) == {3: None}
        monkeypatch.undo()
        prepared._compiled.clear()
        assert fetch_view_counts(session, [many], director.person) == {1: 60}
