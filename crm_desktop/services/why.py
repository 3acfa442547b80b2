"""Why somebody can or cannot see, create, change or delete a record: the database's answer, said in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Scope, Verb
from crm_desktop.core.i18n import N_, _
from crm_desktop.models import PermissionGroup
from crm_desktop.services.statements import display_of
from crm_desktop.spec.kinds import DATE

VERBS: Mapping[Verb, str] = {
    "read": N_("See"), "create": N_("Create"), "update": N_("Change"), "delete": N_("Delete"),
}  # fmt: skip
_SENTENCES = {
    "everybody": N_("Everybody in the firm sees records of this kind."),
    "granted": N_("By the permission group: {groups}."),
    "own": N_("He owns it, and may do this with his own records. Group: {groups}."),
    "team": N_("It belongs to {owner}, who works under him, and he may do this with his subordinates' records."
               " Group: {groups}."),
    "department": N_("It belongs to {owner} of the same department, with whose records he may do this."
                     " Group: {groups}."),
    "department_tree": N_("It belongs to {owner} of a department below his, with whose records he may do this."
                          " Group: {groups}."),
    "all": N_("He may do this with everybody's records. Group: {groups}."),
    "pool": N_("It is in the public pool, and he may work with the pool."),
    "along": N_("It belongs to a customer whom he sees, and he may do this with records like it. Group: {groups}."),
    "named": N_("He registered it."),
    "invited": N_("He is asked to take part in it."),
    "private": N_("It is private: only {owner} and those who take part in it see it."),
    "gone": N_("There is no such record any more."),
    "locked": N_("He is locked, or has no login, and sees nothing at all."),
    "no_grant": N_("None of his permission groups allows this for records of this kind. The administrator can change"
                   " his groups, or what they allow."),
    "out_of_scope": N_("It belongs to {owner}, and he may do this only with: {scope}. {owner} or a superior can share"
                       " it with him; the administrator can widen what his groups reach."),
    "writer": N_("{writer} wrote it, and he may do this only with: {scope}."),
    "unseen": N_("He does not see it, so he cannot do this either."),
}  # fmt: skip

_OF_NEW_ONES = {
    **dict.fromkeys(("own", "team", "department", "department_tree", "all", "pool"), _SENTENCES["granted"]),
    "out_of_scope": N_("He may create records of this kind only for: {scope}."),
}
"""Said of creating, for which it does not matter whose the record is."""


class Reason(NamedTuple):
    """The answer for one verb."""

    verb: Verb
    may: bool
    reason: str
    """The database's word: ``own``, ``share``, ``out_of_scope``; see ``db/sql/why.sql``."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who sees a record: what he may do with it, and why he sees it."""

    id: int
    name: str
    department: str
    reasons: tuple[Reason, ...]

    @property
    def verbs(self) -> str:
        """``See, Change``."""
        return _(", ").join(_(VERBS[r.verb]) for r in self.reasons if r.may and r.verb != "create")


class Found(NamedTuple):
    """A record that was looked for by its number."""

    id: int
    name: str
    owner: str


def explain(session: Session, table: str, record_id: int, employee_id: int) -> list[Reason]:
    """Why the employee may or may not do each verb. Two statements; raises NoRightError for who may not ask."""
    rows = session.execute(
        text("select * from crm.why(:table, :id, :person)"), {"table": table, "id": record_id, "person": employee_id}
    ).all()
    names = _group_names(session)
    return [_reason(row, names) for row in rows]


def fetch_seers(session: Session, table: str, record_id: int) -> list[Seer]:
    """Everybody who sees the record, in the order of their names. Two statements; raises NoRightError."""
    rows = session.execute(text("select * from crm.who_sees(:table, :id)"), {"table": table, "id": record_id}).all()
    names = _group_names(session)
    people: dict[int, tuple[str, str, list[Reason]]] = {}
    for row in rows:
        people.setdefault(row.employee_id, (row.name, row.department or "", []))[2].append(_reason(row, names))
    return [Seer(id_, name, department, tuple(reasons)) for id_, (name, department, reasons) in people.items()]


def find_record(session: Session, table: str, typed: str) -> list[Found]:
    """Records by number or key, also out of the asker's sight; for who administers the rights. One statement."""
    rows = session.execute(
        text("select * from crm.find_for_why(:table, :typed)"), {"table": table, "typed": typed.strip()}
    )
    return [Found(row.id, row.name, row.owner or "") for row in rows]


def _group_names(session: Session) -> dict[str, str]:
    rows = session.execute(select(PermissionGroup.code, display_of(PermissionGroup)))
    return {row.code: row[1] for row in rows}


def _reason(row: Any, names: Mapping[str, str]) -> Reason:
    if row.reason == "share":
        sentence = share_sentence(row.share)
    else:
        sentences = {**_SENTENCES, **_OF_NEW_ONES} if row.verb == "create" else _SENTENCES
        sentence = _(sentences[row.reason]).format(
            groups=_(", ").join(names.get(code, code) for code in row.groups),
            owner=row.owner or "",
            writer=row.writer or "",
            scope=_(Scope(row.scope).label),
        )
    return Reason(row.verb, row.may, row.reason, sentence)


def share_sentence(share: Mapping[str, Any]) -> str:
    """``何毅 shared it with the department 客服部 on 2026-11-22, until 2026-12-31``."""
    shared_at = datetime.datetime.fromisoformat(share["at"]).astimezone().date()
    values = {"by": share.get("by") or "?", "day": DATE.format(shared_at), "department": share.get("department") or ""}
    if values["department"]:
        sentence = _("{by} shared it with his department, {department}, on {day}.").format(**values)
    else:
        sentence = _("{by} shared it with him on {day}.").format(**values)
    if share.get("ends_at"):
        last = datetime.datetime.fromisoformat(share["ends_at"]).astimezone().date()
        sentence += " " + _("It holds until {day}.").format(day=DATE.format(last))
    return sentence
