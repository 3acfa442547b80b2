"""Is this customer or lead already there? Asked while somebody types, answered beyond what he may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import N_, _
from crm_desktop.core.names import name_core
from crm_desktop.core.text import email_token, phone_token

REASONS = {
    "name": N_("same name"),
    "tax_no": N_("same tax number"),
    "phone": N_("same phone"),
    "email": N_("same e-mail"),
}
_SEEN = {"customer": N_("{reason}: {name} ({code}, {owner})"), "lead": N_("{reason}: lead {name} ({code}, {owner})")}
_UNSEEN = {"customer": N_("{reason}: a customer of {owner}"), "lead": N_("{reason}: a lead of {owner}")}


class Duplicate(NamedTuple):
    """A customer or lead that may be the same. ``id`` is None for one out of sight; then only its owner is known."""

    entity: str
    id: int | None
    name: str
    code: str
    owner: str
    reason: str

    def sentence(self) -> str:
        """What the form says of it."""
        words = _UNSEEN[self.entity] if self.id is None else _SEEN[self.entity]
        return _(words).format(reason=_(REASONS[self.reason]), name=self.name, code=self.code, owner=self.owner)


def is_code_taken(session: Session, code: str) -> bool:
    """Whether some customer, in sight or not, has this number. One statement."""
    statement = text("select crm.taken_codes('customer', :codes)")
    return bool(session.execute(statement, {"codes": [code]}).scalar_one())


def find_duplicates(session: Session, entity: str, values: Mapping[str, Any], except_id: int = 0) -> list[Duplicate]:
    """Customers, then leads, with the same core of the name, tax number, telephone number or e-mail, at most ten each.

    ``except_id`` is the record of ``entity`` that is being typed. One statement.
    """
    tokens = [token for phone in values.get("phones") or () if (token := phone_token(phone))]
    if values.get("email"):
        tokens.append(email_token(values["email"]))
    rows = session.execute(
        text("""
            select 'customer' as entity, c.* from crm.find_duplicates(:core, :tax_no, :tokens, :customer) c
            union all
            select 'lead', l.* from crm.find_lead_duplicates(:core, :tokens, :lead) l
        """),
        {
            "core": name_core(values.get("name") or ""),
            "tax_no": values.get("tax_no") or "",
            "tokens": tokens,
            **{one: except_id if one == entity else 0 for one in _SEEN},
        },
    )
    return [Duplicate(row.entity, row.id, row.name or "", row.code or "", row.owner, row.reason) for row in rows]
