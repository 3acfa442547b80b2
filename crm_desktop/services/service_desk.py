"""The life of service requests as the desk lives it: what can be done next, taking, giving, solving, and who fits."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import ConflictError
from crm_desktop.core.i18n import N_, _, language
from crm_desktop.entities import by_key
from crm_desktop.services.journal import begin_change
from crm_desktop.services.records import FieldsError, Record, SaveConflictError, fetch_record, save_record
from crm_desktop.spec import Ref

ENTITY = "service_request"
ASKED: Mapping[str, tuple[str, ...]] = {
    "dispatched": ("owner",),
    "solved": ("cause", "solution", "hours"),
    "closed": ("satisfaction", "revisit_note"),
}
"""What is asked for on the way into a state, by its code."""
NEEDED: Mapping[str, tuple[str, ...]] = {"dispatched": ("owner",), "solved": ("cause", "solution")}
EXPLAINED = frozenset({"refused", "reopened", "cancelled"})
"""States that nobody enters without a word."""


@dataclass(frozen=True, slots=True)
class State:
    """A state, named in the language of the moment. ``following`` are the codes of those a request can go to."""

    ref: Ref
    code: str
    following: frozenset[str]

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done there but to hear what the customer says."""
        return self.code in {"solved", "closed", "cancelled"}


class States:
    """All states, in their order."""

    def __init__(self, states: Sequence[State]) -> None:
        self.all = tuple(states)
        self._by_id = {state.ref.id: state for state in states}
        self._by_code = {state.code: state for state in states}

    def find(self, ref: object) -> State | None:
        """The state that a record's field refers to."""
        return self._by_id.get(ref.id) if isinstance(ref, Ref) else None

    def named(self, code: str) -> State:
        """The state of a code; raises KeyError."""
        return self._by_code[code]


def fetch_states(session: Session) -> States:
    """All of them with the ways between, as the database declares them. One statement."""
    rows = session.execute(
        text("""
            select e.id, case when :english then coalesce(e.name_en, e.name) else e.name end as name, e.tone, e.code,
                   array(select m.to_state from crm.request_moves() m where m.from_state = e.code) as following
            from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id and d.code = 'request_state'
            order by e.sort_order, e.id
        """),
        {"english": language() == "en"},
    )
    return States([State(Ref(row.id, row.name, row.tone), row.code, frozenset(row.following)) for row in rows])


def missing(state: State, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields without which a request with these values does not enter a state."""
    return tuple(key for key in NEEDED.get(state.code, ()) if values.get(key) in (None, "", []))


def move(session: Session, record: Record, state: State, values: Mapping[str, Any], note: str) -> Record:
    """Let a record enter a state, with what that asked for and why. Two statements; what follows from it is the
    database's, so the record is to be read again.

    Raises FieldsError where something needed is missing, ConflictError where somebody else has moved it meanwhile.
    """
    label = by_key(ENTITY).label_of
    wrong = {
        key: _("{field} is needed.").format(field=_(label(key))) for key in missing(state, {**record.values, **values})
    }
    if state.code in EXPLAINED and not note:
        wrong["state_note"] = _("Say why.")
    if wrong:
        raise FieldsError(wrong)
    try:
        return save_record(session, record, {**values, "state": state.ref, "state_note": note or None})
    except SaveConflictError as error:
        if not {"state", "owner"} & {*error.fields}:
            raise
        raise _moved_elsewhere(error.current) from None


def fetch_where_seen(session: Session, request_id: int, state_id: int) -> Record:
    """A request that was seen in this state. One statement; raises ConflictError where it has left it, and
    RecordGoneError where it is gone.
    """
    record = fetch_record(session, ENTITY, request_id)
    if record.values["state"].id != state_id:
        raise _moved_elsewhere(record)
    return record


def _moved_elsewhere(record: Record) -> ConflictError:
    return ConflictError(
        _("“{title}” is “{state}” at {owner} by now.").format(
            title=record.title, state=record.values["state"].label, owner=record.values["owner"].label
        ),
        _("Look at it, and do it again if you still want to."),
    )


class Claimed(NamedTuple):
    """The requests that became the person's own, and the change set by which they go back."""

    change_set: int
    ids: tuple[int, ...]


def claim(session: Session, ids: Sequence[int], label: str) -> Claimed:
    """Take what nobody has yet; whoever comes first has it, everybody else gets nothing of it. Two statements."""
    change_set = begin_change(session, "assign", label, ENTITY)
    taken = session.scalars(
        text("""
            with free as (
                select r.id from crm.service_request r
                where r.id = any (:ids) and r.owner_id = crm.pool_owner()
                  and r.solved_at is null and r.closed_at is null
                order by r.id for update)  -- in one order, so that nobody waits in a circle
            update crm.service_request r set owner_id = crm.me() from free where r.id = free.id returning r.id
        """),
        {"ids": list(ids)},
    ).all()
    return Claimed(change_set, tuple(taken))


class Candidate(NamedTuple):
    """Somebody who could do a request, with what speaks for him in the last two years."""

    engineer: Ref
    department: str
    is_skilled: bool
    skill: str
    """The one that fits best, in words; empty where it is for everything."""
    open: int
    """Requests he has now."""
    customer: int
    """Requests of this customer that he solved."""
    product: int
    """Of this product, or of its category where the request names none of his."""
    area: int
    """Of customers in the same region."""

    @property
    def reasons(self) -> str:
        """In words, the strongest first; empty for somebody new."""
        skill = _("has the skill ({skill})").format(skill=self.skill) if self.skill else _("can do everything")
        found = [skill] * self.is_skilled
        found += [
            _(words).format(count=count)
            for words, count in (
                (N_("knows the customer ({count})"), self.customer),
                (N_("knows the product ({count})"), self.product),
                (N_("in the area ({count})"), self.area),
            )
            if count
        ]
        return _(", ").join(found)


def fetch_candidates(session: Session, request_id: int) -> list[Candidate]:
    """Who could do a request, the most suitable first: who has the skill, knows customer and product and has little to
    do. Everybody of the groups that work at the desk, and who else has the skill. One statement.
    """
    rows = session.execute(_CANDIDATES, {"request": request_id, "english": language() == "en"})
    return [Candidate(Ref(row.id, row.name), *row[2:9]) for row in rows]


_CANDIDATES = text("""
    with recursive asked as (
        select r.customer_id, r.product_id, r.type_id, p.category_id, c.region_id
        from crm.service_request r join crm.customer c on c.id = r.customer_id
        left join crm.product p on p.id = r.product_id where r.id = :request
    ), above as (
        select a.category_id as id from asked a
        union
        select c.parent_id from crm.product_category c join above a on a.id = c.id
    ), skill as (
        select distinct on (s.employee_id) s.employee_id,
               concat_ws(' · ', c.name, case when :english then coalesce(t.name_en, t.name) else t.name end) as words,
               1 + 2 * num_nonnulls(s.category_id, s.type_id) as points
        from asked a cross join crm.employee_skill s
        left join crm.product_category c on c.id = s.category_id
        left join crm.dictionary_entry t on t.id = s.type_id
        where (s.category_id is null or s.category_id in (select id from above))
          and (s.type_id is null or s.type_id = a.type_id)
        order by s.employee_id, points desc, s.id
    ), people as (
        select e.id, e.name, d.name as department, e.sort_key,
               exists (select from crm.group_member b join crm.permission_group n on n.id = b.group_id
                       where b.employee_id = e.id and n.code = 'service') as is_desk
        from crm.employee e left join crm.department d on d.id = e.department_id
        where e.is_active and not e.is_pool and exists (
            select from crm.group_member b join crm.permission_grant g on g.group_id = b.group_id
            join crm.permission_group n on n.id = b.group_id
            where b.employee_id = e.id and g.entity = 'service_request' and g.update_scope > 0
              and (n.code not in ('administrator', 'general_manager', 'salesperson', 'sales_manager')
                   or e.id in (select employee_id from skill)))
    ), busy as (
        select r.owner_id, count(*) as count from crm.service_request r
        where r.solved_at is null and r.closed_at is null group by 1
    ), done as not materialized (
        select r.* from crm.service_request r where r.solved_at > now() - interval '2 years'
    ), of_customer as (
        select r.owner_id, count(*) as count from asked a join done r on r.customer_id = a.customer_id group by 1
    ), of_product as (
        select r.owner_id, count(*) as count from done r
        where r.product_id in (
            select a.product_id from asked a
            union select p.id from asked a join crm.product p on p.category_id = a.category_id)
        group by 1
    ), of_area as (
        select r.owner_id, count(*) as count from asked a join crm.customer c on c.region_id = a.region_id
        join done r on r.customer_id = c.id group by 1
    )
    select w.id, w.name, coalesce(w.department, ''), s.points is not null, coalesce(s.words, ''),
           coalesce(b.count, 0), coalesce(c.count, 0), coalesce(p.count, 0), coalesce(r.count, 0)
    from people w left join skill s on s.employee_id = w.id left join busy b on b.owner_id = w.id
    left join of_customer c on c.owner_id = w.id left join of_product p on p.owner_id = w.id
    left join of_area r on r.owner_id = w.id
    order by w.is_desk::int + coalesce(s.points, 0) + 3 * ln(1 + coalesce(c.count, 0))
             + 2 * ln(1 + coalesce(p.count, 0)) + ln(1 + coalesce(r.count, 0)) - coalesce(b.count, 0) / 3.0 desc,
             w.sort_key, w.id
""")


class Given(NamedTuple):
    """A request that a colleague gave to the person, or opened again, and that he has not accepted yet."""

    id: int
    subject: str
    customer_id: int
    customer: str
    by: str
    note: str
    since: datetime.datetime
    is_reopened: bool


def fetch_given(session: Session, ids: Sequence[int]) -> list[Given]:
    """Those of the requests that somebody else has just given to this person or opened again. One statement."""
    rows = session.execute(
        text("""
            select r.id, r.subject, r.customer_id, c.name as customer, b.name as by, coalesce(g.note, '') as note,
                   g.entered_at, r.state_id = crm.choice('request_state', 'reopened') as is_reopened
            from crm.service_request r join crm.customer c on c.id = r.customer_id
            cross join lateral (
                select s.note, s.entered_at, s.moved_by_id from crm.service_stay s where s.request_id = r.id
                order by s.entered_at desc, s.id desc limit 1) g
            join crm.employee b on b.id = g.moved_by_id
            where r.id = any (:ids) and r.owner_id = crm.me() and g.moved_by_id <> crm.me()
              and g.entered_at > now() - interval '10 minutes'
              and r.state_id in (crm.choice('request_state', 'dispatched'), crm.choice('request_state', 'reopened'))
            order by r.id
        """),
        {"ids": list(ids)},
    )
    return [Given(*row) for row in rows]
