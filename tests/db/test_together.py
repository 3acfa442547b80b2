"""Several people edit, create, delete, undo and import the same records at once: nothing is lost without a trace."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import KnownError
from crm_desktop.db.engine import Gateway
from crm_desktop.services import journal
from crm_desktop.services.records import create_record, delete_records, fetch_record, new_record, save_record
from importers import run
from importers.records import read_records
from tests.db.conftest import SignIn

PEOPLE = ("admin", "director", "manager", "leader", "clerk")
TWICE = (*PEOPLE, *PEOPLE)
"""Everybody with two programs."""
SECONDS = float(os.environ.get("TOGETHER_SECONDS", "4"))
FIELDS = ("remark", "address", "bank_name", "website")
"""Few fields and few customers, so that people meet."""
DERIVED = {
    "version",
    "created_at",
    "updated_at",
    "sort_key",
    "search_text",
    "search_grams",
    "name_core",
    "last_contact_at",
}
Values = dict[str, Any]


@dataclass
class Worker:
    """One person with a program of his own, and everything he was told is saved."""

    name: str
    gateway: Gateway
    customers: list[int]
    folder: Path
    chance: random.Random
    saved: list[tuple[int, int, Values]] = field(default_factory=list)
    """Change set, customer, and what it wrote there."""
    done: int = 0

    def work(self) -> None:
        often: list[Callable[[str], None]] = [self.edit, self.edit, self.edit_by_sql]
        steps = [*often, *often, *often, self.create, self.delete, self.undo, self.undo]
        until = monotonic() + SECONDS
        for number in count(1):
            if monotonic() > until:
                return
            step = self.chance.choice(steps) if number % 13 else self.import_file
            try:
                step(f"{self.name} {number}")
                self.done += 1
            except KnownError:  # somebody was quicker, or he may not: he is told, and nothing was saved
                continue

    def edit(self, unique: str) -> None:
        id_, name = self.chance.choice(self.customers), self.chance.choice(FIELDS)
        with self.gateway.read() as session:
            base = fetch_record(session, "customer", id_)
        with self.gateway.write() as session:
            change_set = save_record(session, base, {name: unique}).change_set
        self.saved.append((change_set, id_, {name: unique}))

    def edit_by_sql(self, unique: str) -> None:
        """Two customers in one statement, past the versions."""
        name, some = self.chance.choice(FIELDS), self.chance.sample(self.customers, 2)
        with self.gateway.write() as session:
            change_set = journal.begin_change(session, "bulk", unique)
            written = session.execute(
                text(f"update crm.customer set {name} = :value where id = any (:ids) returning id"),
                {"value": unique, "ids": some},
            ).scalars()
            ids = list(written)
        self.saved += [(change_set, id_, {name: unique}) for id_ in ids]

    def create(self, unique: str) -> None:
        with self.gateway.write() as session:
            record = create_record(session, new_record("customer", self.gateway.person, name=unique))
        self.saved.append((record.change_set, record.id, {"name": unique}))

    def delete(self, unique: str) -> None:
        with self.gateway.write() as session:
            delete_records(session, "customer", [self.chance.choice(self.customers)], unique)

    def undo(self, _unique: str) -> None:
        with self.gateway.read() as session:
            mine = journal.fetch_change_sets(session, 20)
        if mine:
            with self.gateway.long_write() as session:
                journal.undo(session, self.chance.choice(mine).id)

    def import_file(self, unique: str) -> None:
        path = self.folder / f"{unique}.csv"
        names = [f"客户{number}" for number in self.chance.sample(range(1, 61), 20)]
        lines = [f"{name},{unique}" for name in [*names, f"{unique}有限公司"]]
        path.write_text("\n".join(["客户名称,备注", *lines]), encoding="utf-8")
        source = run.open_file(path).chosen()
        with self.gateway.long_write() as session:
            run.import_records(session, self.gateway.person, read_records(source.pairs), source)


def replayed(history: Iterable[Any]) -> Values | None:
    """The record as its history tells it, from its creation on; None where it ends deleted."""
    state: Values | None = None
    for change in history:
        before, after = change.before or {}, change.after or {}
        if change.operation == "I":
            assert state is None
            state = dict(after)
        else:
            assert state is not None
            assert all(state.get(key) == value for key, value in before.items() if key not in DERIVED)
            state = None if change.operation == "D" else {**state, **after}
    return state


@pytest.mark.parametrize("people", [PEOPLE[:2], TWICE], ids=["two", "ten"])
def test_what_several_people_do_at_once_is_kept_or_told(
    sign_in: SignIn, tmp_path: Path, people: tuple[str, ...]
) -> None:
    director = sign_in("director")
    with director.read() as session:
        customers = list(session.execute(text("select id from crm.customer order by id limit 12")).scalars())
    names = [f"{number} {key}" for number, key in enumerate(people)]
    workers = [
        Worker(name, sign_in(key), customers, tmp_path, random.Random(name))
        for name, key in zip(names, people, strict=True)
    ]
    with ThreadPoolExecutor(len(workers)) as pool:
        for running in [pool.submit(worker.work) for worker in workers]:
            running.result()
    assert all(worker.done and worker.saved for worker in workers)

    with director.read() as session:
        there = {row["id"]: row for row in session.execute(text("select to_jsonb(c) from crm.customer c")).scalars()}
        deleted = session.execute(text("select row_id from journal.deleted('customer')")).scalars()
        histories = {
            id_: session.execute(text("select * from journal.history('customer', :id)"), {"id": id_}).all()
            for id_ in [*there, *deleted]
        }
    for id_, history in histories.items():
        present = {key: value for key, value in there.get(id_, {}).items() if key not in DERIVED and value is not None}
        told = replayed(history)
        assert (told is None) == (id_ not in there)
        assert {key: value for key, value in (told or {}).items() if value is not None} == present
    for change_set, id_, values in (entry for worker in workers for entry in worker.saved):
        (written,) = [change.after for change in histories[id_] if change.change_set_id == change_set]
        assert values.items() <= written.items()
