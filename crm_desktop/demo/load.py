"""Fills a new database with the sample firm, in one transaction: all of it is there, or nothing.

Rows are copied past triggers and policies, so everything that triggers derive is generated with them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from crm_desktop.core.progress import Step
from crm_desktop.db.bulk import copy_rows
from crm_desktop.demo.calendar import ZONE, build_outlines
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.events import CALENDAR_TABLES, add_events
from crm_desktop.demo.full_days import FULL_DAY_TABLES, add_full_days
from crm_desktop.demo.knowledge import KNOWLEDGE_TABLES, add_knowledge
from crm_desktop.demo.leads import LEAD_TABLES, add_leads
from crm_desktop.demo.logs import LOG_TABLES, add_logs
from crm_desktop.demo.memos import MEMO_TABLES, add_memos
from crm_desktop.demo.names import Names
from crm_desktop.demo.notes import NOTE_TABLES, add_notes
from crm_desktop.demo.parties import Parties, Row
from crm_desktop.demo.people import People
from crm_desktop.demo.sales import SALES_TABLES, add_sales
from crm_desktop.demo.scale import SCALES, Scale
from crm_desktop.demo.service import (
    MAINTENANCE_TABLES,
    SERVICE_TABLES,
    SKILL_TABLES,
    add_maintenance,
    add_service,
    add_skills,
)
from crm_desktop.demo.service_costs import COST_TABLES, add_costs
from crm_desktop.demo.staff import build_staff
from crm_desktop.demo.stories import Stories
from crm_desktop.demo.targets import TARGET_TABLES, add_targets
from crm_desktop.demo.tasks import TASK_TABLES, add_tasks
from crm_desktop.demo.team import add_team
from crm_desktop.demo.weeks import WEEK_TABLES, add_weeks
from crm_desktop.demo.words import read_words
from crm_desktop.demo.world import World
from crm_desktop.models import Setting
from crm_desktop.services.preferences import SAMPLE_FIRM

CHAPTERS = {
    "sales": (add_sales, SALES_TABLES),
    "leads": (add_leads, LEAD_TABLES),
    "service": (add_service, SERVICE_TABLES),
    "skills": (add_skills, SKILL_TABLES),
    "costs": (add_costs, COST_TABLES),
    "maintenance": (add_maintenance, MAINTENANCE_TABLES),
    "weeks": (add_weeks, WEEK_TABLES),
    "calendar": (add_events, CALENDAR_TABLES),
    "tasks": (add_tasks, TASK_TABLES),
    "notes": (add_notes, NOTE_TABLES),
    "knowledge": (add_knowledge, KNOWLEDGE_TABLES),
    "logs": (add_logs, LOG_TABLES),
    "memos": (add_memos, MEMO_TABLES),
    "full days": (add_full_days, FULL_DAY_TABLES),
    "targets": (add_targets, TARGET_TABLES),
}
"""What came after the customers, in this order: firms made before get it too. Each with the tables it fills."""
TABLES = ("customer", "contact", "contact_relation", "activity")
Batch = dict[str, list[Row]]
_SEED = 1998
_SHANGHAI = 8
"""Hours from UTC; a firm is there unless it says something else."""
_BATCH = 2_000  # customers
_REBUILD_FROM = 50_000  # customers; below, indexes are filled row by row as quickly
_INDEXES = text("""
    select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'crm'::regnamespace and c.relname = any (:tables)
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
    order by 2
""")
_CONTINUE_KEYS = text("""
    select setval(pg_get_serial_sequence('crm.' || name, 'id'), greatest(1, last), last > 0)
    from unnest(cast(:tables as text[]), cast(:lasts as bigint[])) t (name, last)
""")


def fill(session: Session, scale: str, today: datetime.date, progress: Step) -> None:
    """Fill a database that ``server.init`` just made. ``progress`` counts customers.

    The session must be a superuser's; the caller commits.
    """
    session.execute(text("set local session_replication_role = replica"))
    size, dice, firm = SCALES[scale], Dice(_SEED), read_words("firm")
    _move_in(session)
    names = Names(read_words("names"), dice)
    world = add_team(session, firm, build_staff(firm, names, size, dice), today)
    last = dict.fromkeys(TABLES, 0)
    with _without_indexes(session) if size.customers >= _REBUILD_FROM else nullcontext():
        for batch in _ahead(session, generate(world, size, names, firm["well_known"], dice)):
            for table, rows in batch.items():
                last[table] += len(rows)
            progress(last["customer"], size.customers)
    session.execute(_CONTINUE_KEYS, {"tables": list(last), "lasts": list(last.values())})
    session.execute(
        text("select setval('crm.customer_number', greatest(1, :last), :last > 0)"), {"last": last["customer"]}
    )
    session.execute(insert(Setting).values(key=SAMPLE_FIRM, value={"scale": scale, "day": today.isoformat()}))
    add_chapters(session, today)


def _move_in(session: Session) -> None:
    """Let the firm's clocks go as those of its visitor, where that is whole hours from UTC."""
    offset = datetime.datetime.now(ZONE).utcoffset()
    hours, rest = divmod(offset or datetime.timedelta(), datetime.timedelta(hours=1))
    if not rest and hours != _SHANGHAI:
        zone = f"Etc/GMT{-hours:+d}" if hours else "UTC"
        session.execute(insert(Setting).values(key="time_zone", value=zone))
        session.execute(text("select crm.write_out_working_time()"))


def add_chapters(session: Session, today: datetime.date) -> list[str]:
    """Give a filled database what it has not got yet. Returns the names of the tables that were filled.

    The session must be a superuser's; the caller commits.
    """
    told = session.scalars(select(Setting.value).where(Setting.key == SAMPLE_FIRM)).one()
    known, size = told.get("chapters", []), SCALES[told["scale"]]
    missing = [chapter for chapter in CHAPTERS if chapter not in known]
    filled: list[str] = []
    for chapter in missing:
        session.execute(text("set local session_replication_role = replica"))
        add, tables = CHAPTERS[chapter]
        add(session, size, today, Dice(_SEED))
        filled += tables
    if missing:
        session.execute(text("select crm.refresh_reach()"))  # no trigger did
        value = told | {"chapters": [*known, *missing]}
        session.execute(update(Setting).where(Setting.key == SAMPLE_FIRM).values(value=value))
    return filled


def generate(world: World, scale: Scale, names: Names, well_known: list[list[str]], dice: Dice) -> Iterator[Batch]:
    """Rows by table, a few thousand customers at a time, parents first."""
    words = read_words("names")
    parties = Parties(world, names, well_known, dice)
    people = People(world, names, words, dice)
    stories = Stories(world, read_words("stories"), dice)
    outlines = enumerate(build_outlines(scale, world.today, dice), 1)
    while some := list(islice(outlines, _BATCH)):
        batch: Batch = {table: [] for table in TABLES}
        for customer_id, outline in some:
            party = parties.draw(customer_id, outline)
            contacts = people.draw(party)
            activities = stories.tell(party, contacts)
            if activities:
                party.row["last_contact_at"] = activities[-1]["happened_at"]
            batch["customer"].append(party.row)
            batch["contact"] += contacts
            batch["contact_relation"] += people.relations(contacts)
            batch["activity"] += activities
        yield batch


def _ahead(session: Session, batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches, written one after the other while the next is being generated."""
    with ThreadPoolExecutor(max_workers=1) as writer:
        writing: Future[Batch] | None = None
        for batch in batches:
            if writing:
                yield writing.result()
            writing = writer.submit(_write, session, batch)
        if writing:
            yield writing.result()


def _write(session: Session, batch: Batch) -> Batch:
    for table, rows in batch.items():
        if rows:
            copy_rows(session, f"crm.{table}", list(rows[0]), map(_values, rows))
    return batch


def _values(row: Row) -> list[Any]:
    return list(row.values())


@contextmanager
def _without_indexes(session: Session) -> Iterator[None]:
    """Building an index afterwards is many times faster than filling it row by row."""
    session.execute(text("set local maintenance_work_mem = '512MB'"))
    indexes = session.execute(_INDEXES, {"tables": list(TABLES)}).all()
    for drop, _create in indexes:
        session.execute(text(drop))
    yield
    for _drop, create in indexes:
        session.execute(text(create))
    session.execute(text("analyze " + ", ".join(f"crm.{table}" for table in TABLES)))  # the chapters read them
