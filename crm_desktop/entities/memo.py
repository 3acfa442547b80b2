"""Memos: what somebody writes down for himself; nobody else reads it unless he shares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.starred import starred
from crm_desktop.models import Memo
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_OWN = Grant(
    read=Scope.OWN,
    create=Scope.OWN,
    update=Scope.OWN,
    delete=Scope.OWN,
    functions=frozenset({Function.EXPORT, Function.PRINT}),
)


def _mine(person: Person) -> Any:
    return Memo.owner_id == person.id


def _shared(person: Person) -> Any:
    return Memo.owner_id != person.id


MEMO_ACCESS: Mapping[Group, Grant] = dict.fromkeys(Group, _OWN)
"""One's own, whoever one is: superiors and administrators too see only what is shared with them."""

MEMO = EntitySpec(
    key="memo",
    model=Memo,
    label=N_("Memo"),
    label_plural=N_("Memos"),
    icon="note",
    labels={
        Memo.subject: N_("Subject"),
        Memo.body: N_("Content"),
        Memo.owner: N_("Written by"),
        Memo.customer: N_("Customer"),
        Memo.created_at: N_("Created"),
        Memo.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Memo.subject, width=280),
            Column(Memo.body, width=340),
            Column(Memo.customer, width=190),
            Column(Memo.updated_at, width=130),
            Column(Memo.owner, width=84, shown=False),
            Column(Memo.created_at, width=130, shown=False),
        ),
        sort=Memo.updated_at,
        is_descending=True,
        presets=(
            Preset(key="mine", label=N_("My memos"), where=_mine),
            Preset(key="shared", label=N_("Shared with me"), where=_shared, only_if_any=True),
            Preset(key="all", label=N_("All memos")),
            starred(Memo),
        ),
    ),
    form=FormSpec(sections=(Section(N_("General"), (Memo.subject, Memo.customer, Memo.body)),)),
    found_by=(Memo.subject,),
    part_of=Memo.customer,
    subtitle=(Memo.customer, Memo.updated_at),
    access=MEMO_ACCESS,
)
