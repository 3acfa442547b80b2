"""What is measured, and the hand-written statements it is measured against, as the same salesperson."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crm_desktop.core.text import typed_words
from crm_desktop.db.engine import Gateway
from crm_desktop.services import grouping, listing, overview, search, totals
from crm_desktop.services.listing import ListQuery, columns_of
from crm_desktop.services.records import fetch_record, save_record
from crm_desktop.spec.filters import Condition, Group, Item
from tests.bench.measure import Figure
from tests.bench.seat import Seat

_ROWS = """
    select c.id, c.version, c.code, c.name, l.id, l.name, l.tone, y.id, y.name, y.tone, o.id, o.name,
           c.last_contact_at, c.total_amount
    from {source} c left join crm.dictionary_entry l on l.id = c.level_id
    left join crm.dictionary_entry y on y.id = c.life_cycle_id left join crm.employee o on o.id = c.owner_id
"""
_FIRST = (
    _ROWS.format(source="(select * from crm.customer where owner_id = any(%(owners)s) order by sort_key, id limit 100)")
    + " order by c.sort_key, c.id"
)
_IDS = """
    select string_agg(int8send(id), ''::bytea) from
      (select id from crm.customer where owner_id = any(%(owners)s) order by sort_key, id) t
"""
_PAGE = _ROWS.format(source="crm.customer") + " where c.id = any(%(ids)s)"
_SEARCH = """
    select 'customer', c.id, c.name, concat_ws(' · ', c.code, r.full_name, o.name)
      from (select id, name, code, region_id, owner_id from crm.customer where ({owned_grams}) and {named}) c
      left join crm.dictionary_entry r on r.id = c.region_id left join crm.employee o on o.id = c.owner_id
    union all
    select 'contact', k.id, k.name, concat_ws(' · ', c.name, k.title, array_to_string(k.phones, ', '))
      from (select id, name, title, phones, customer_id from crm.contact where ({owned_grams}) and {named}) k
      left join crm.customer c on c.id = k.customer_id
    union all
    select 'activity', a.id, a.subject, concat_ws(' · ', c.name, to_char(a.happened_at, 'YYYY-MM-DD'))
      from (select id, subject, happened_at, customer_id from crm.activity
            where ({owned_pieces}) and position(%(word)s in lower(subject)) > 0 order by happened_at desc limit 8) a
      left join crm.customer c on c.id = a.customer_id
    union all
    select 'employee', e.id, e.name, concat_ws(' · ', d.name, e.title)
      from (select id, name, title, department_id from crm.employee where {named}) e
      left join crm.department d on d.id = e.department_id
    union all (select 'department', id, name, null from crm.department where {called})
    union all (select 'permission_group', id, name, null from crm.permission_group where {called})
    union all (select 'dictionary', id, name, null from crm.dictionary where {called})
"""
_NAMED = """
    position(%(word)s in search_text) > 0
    order by position(%(word)s in search_text) > 1, length(search_text), id limit 8
"""
# What comes into sight by itself is judged by the policy alone.
_AT_CUSTOMERS = """
    union all
    select '{table}', t.id, t.{title}, c.name
      from (select id, {title}, customer_id from crm.{table} where {where}) t
      left join crm.customer c on c.id = t.customer_id
"""
_GRAMS = "crm.owned_grams(search_grams, owner_id) operator(crm.@>>) %(grams)s::text[] and {named}"
_PIECES = "operator(crm.@>>) %(grams)s::text[] and position(%(word)s in lower(subject)) > 0 order by"
_FURTHER = (
    ("opportunity", "name", _GRAMS),
    ("service_request", "subject", _GRAMS),
    ("event", "subject", f"crm.owned_pieces(subject, reader_id) {_PIECES} starts_at desc limit 8"),
    ("task", "subject", f"crm.owned_pieces(subject, owner_id) {_PIECES} due_on desc limit 8"),
)
_CALLED = "position(%(word)s in lower(name)) > 0 limit 8"
_OVERVIEW = (
    _ROWS.format(source="crm.customer") + " where c.id = %(id)s",
    "select id, name, title, phones from crm.contact where customer_id = %(id)s order by sort_key limit 100",
    "select id, happened_at, subject from crm.activity where customer_id = %(id)s order by 2 desc limit 100",
    "select count(*), max(happened_at) from crm.activity where customer_id = %(id)s",
    "select id, name, amount, expected_on from crm.opportunity where customer_id = %(id)s order by sort_key limit 100",
    "select id, subject, due_at, state_id from crm.service_request where customer_id = %(id)s order by id limit 100",
    "select id, serial, product_id from crm.installed_product where customer_id = %(id)s order by id limit 100",
    "select id, subject, starts_at from crm.event where customer_id = %(id)s order by starts_at desc limit 100",
    "select id, subject, due_on from crm.task where customer_id = %(id)s order by due_on desc limit 100",
    "select * from journal.history('customer', %(id)s)",
)
_TYPED = {"2": "华工", "4": "广州华工", "6": "广州华工医药", "initials": "gzhgyy", "phone": "0205550"}


_FOUND = "select * from crm.customer where owner_id = any(%(owners)s) and {where}"
_PACKED = "select string_agg(int8send(id), '' order by sort_key, id), sum(total_amount) from ({found}) f"
_HEADINGS = """
    select l.id, l.name, l.tone, g.count, g.sum from
      (select level_id, count(*), sum(total_amount) from crm.customer where owner_id = any(%(owners)s) group by 1) g
    left join crm.dictionary_entry l on l.id = g.level_id order by l.sort_order nulls last
"""
_GROUPED = """
    select level_id, string_agg(int8send(id), '' order by sort_key, id)
    from crm.customer where owner_id = any(%(owners)s) group by 1
"""
_TOTAL = "select sum(total_amount) from crm.customer where owner_id = any(%(owners)s)"
_FILTERS: tuple[tuple[str, Item, str], ...] = (
    ("few", Condition("name", "contains", "广州华工"), "name ilike '%%广州华工%%'"),
    ("none", Condition("remark", "contains", "从未出现"), "remark ilike '%%从未出现%%'"),
    ("many", Condition("total_amount", "empty"), "total_amount is null"),
    (
        "related",
        Group((Condition("name", "contains", "王芳"),), part="contact"),
        "id in (select customer_id from crm.contact where owner_id = any(%(owners)s) and name like '%%王芳%%')",
    ),
)
_SUM = {"total_amount": totals.Total.SUM}


def search_by_hand(owners: list[int]) -> str:
    """The search of somebody who sees what these few own, all from the indexes; it takes ``grams`` and ``word``."""
    wanted = [f"operator(crm.@>>) (%(grams)s::text[] || 'owner {owner}'::text)" for owner in owners]
    further = (_AT_CUSTOMERS.format(table=table, title=title, where=where) for table, title, where in _FURTHER)
    return "".join((_SEARCH, *further)).format(
        owned_grams=" or ".join(f"crm.owned_grams(search_grams, owner_id) {each}" for each in wanted),
        owned_pieces=" or ".join(f"crm.owned_pieces(subject, owner_id) {each}" for each in wanted),
        named=_NAMED,
        called=_CALLED,
    )


class Bench(Seat):
    """One salesperson among customers."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        """``url`` signs in the same person."""
        super().__init__(gateway, url)
        self.owners = list(self.person.owners["customer", "read"])
        self.query = ListQuery(entity="customer", preset="all")
        self.columns = columns_of(self.query.spec)

    def hand(self, *statements: str, **values: Any) -> None:
        """Run the statements and fetch what they return."""
        super().hand(*statements, owners=self.owners, **values)

    def figures(self) -> Iterator[Figure]:
        """All cases that only read or repeat, in order."""
        person, query, columns = self.person, self.query, self.columns

        def open_list() -> None:
            with self.gateway.read() as session:
                listing.fetch_first_page(session, query, person, columns)
                listing.fetch_ids(session, query, person)

        yield self.figure("open a list", open_list, lambda: self.hand(_FIRST, _IDS), 2, 2)
        with self.gateway.read() as session:
            ids = listing.fetch_ids(session, query, person)
        middle = list(ids[len(ids) // 2 : len(ids) // 2 + 100])

        def jump() -> None:
            with self.gateway.read() as session:
                listing.fetch_rows(session, query.spec, columns, middle)

        yield self.figure("jump in a list", jump, lambda: self.hand(_PAGE, ids=middle), 2, 1)
        for label, typed in _TYPED.items():
            yield self._search(label, typed)
        some = middle[0]

        def open_page() -> None:
            with self.gateway.read() as session:
                overview.fetch_overview(session, "customer", some, person)

        yield self.figure("open a 360° page", open_page, lambda: self.hand(*_OVERVIEW, id=some), 3, 8)
        yield self._save(next(id_ for id_ in ids if self._is_mine(id_)))
        for label, condition, where in _FILTERS:
            yield self._filter(label, condition, where)
        yield self._group()
        yield self._total()

    def _filter(self, label: str, asked: Item, where: str) -> Figure:
        query, columns = replace(self.query, filter=Group((asked,))), self.columns

        def ours() -> None:
            with self.gateway.read() as session:
                listing.fetch_first_page(session, query, self.person, columns)
                listing.fetch_ids_and_sums(session, query, self.person, columns)

        found = _FOUND.format(where=where)
        first = _ROWS.format(source=f"(select * from ({found}) f order by sort_key, id limit 100)")
        statements = (f"{first} order by c.sort_key, c.id", _PACKED.format(found=found))
        return self.figure(f"filter, {label}", ours, lambda: self.hand(*statements), 3, 3)

    def _group(self) -> Figure:
        def ours() -> None:
            with self.gateway.read() as session:
                grouping.fetch_headings(session, self.query, self.person, grouping.Grouping("level"), _SUM)
                grouping.fetch_groups(session, self.query, self.person, grouping.Grouping("level"), _SUM)

        return self.figure("group", ours, lambda: self.hand(_HEADINGS, _GROUPED), 3, 3)

    def _total(self) -> Figure:
        def ours() -> None:
            with self.gateway.read() as session:
                totals.fetch_totals(session, self.query, self.person, _SUM)

        return self.figure("total", ours, lambda: self.hand(_TOTAL), 2, 1)

    def _is_mine(self, id_: int) -> bool:
        with self.gateway.read() as session:
            return bool(fetch_record(session, "customer", id_).values["owner"].id == self.person.id)

    def _search(self, label: str, typed: str) -> Figure:
        (word,) = typed_words(typed)

        def ours() -> None:
            with self.gateway.read() as session:
                search.search(session, typed, self.person)

        statement = search_by_hand(self.owners)

        def best() -> None:
            self.hand(statement, grams=word.grams, word=word.text)

        return self.figure(f"search, {label}", ours, best, 3, 1)

    def _save(self, id_: int) -> Figure:
        counter = iter(range(10_000))

        def ours() -> None:
            with self.gateway.read() as session:
                record = fetch_record(session, "customer", id_)
            with self.gateway.write() as session:
                save_record(session, record, {"remark": f"bench {next(counter)}"})

        def best() -> None:
            with self.by_hand() as cursor:
                cursor.execute(_PAGE, {"ids": [id_]})
                cursor.fetchall()
            with self.by_hand() as cursor:
                cursor.execute("select journal.begin_change('edit', 'bench')")
                cursor.execute("update crm.customer set remark = %s where id = %s", (f"hand {next(counter)}", id_))

        return self.figure("read and save an edit", ours, best, 0, 4)
