"""Is this customer already there? Asked while somebody types, answered by the database beyond what he may see."""

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


class Duplicate(NamedTuple):
    """A customer that may be the same. ``id`` is None for one out of sight; then only its owner is known."""

    id: int | None
    name: str
    code: str
    owner: str
    reason: str

    def sentence(self) -> str:
        """What the form says of it."""
        if self.id is None:
            return _("{reason}: a customer of {owner}").format(reason=_(REASONS[self.reason]), owner=self.owner)
        return _("{reason}: {name} ({code}, {owner})").format(
            reason=_(REASONS[self.reason]), name=self.name, code=self.code, owner=self.owner
        )


def is_code_taken(session: Session, code: str) -> bool:
    """Whether some customer, in sight or not, has this number. One statement."""
    return bool(session.execute(text("select crm.taken_codes(:codes)"), {"codes": [code]}).scalar_one())


def find_duplicates(session: Session, values: Mapping[str, Any], except_id: int = 0) -> list[Duplicate]:
    """Customers with the same core of the name, tax number, telephone number or e-mail, at most ten. One statement."""
    tokens = [token for phone in values.get("phones") or () if (token := phone_token(phone))]
    if values.get("email"):
        tokens.append(email_token(values["email"]))
    rows = session.execute(
        text("select * from crm.find_duplicates(:core, :tax_no, :tokens, :id)"),
        {
            "core": name_core(values.get("name") or ""),
            "tax_no": values.get("tax_no") or "",
            "tokens": tokens,
            "id": except_id,
        },
    )
    return [Duplicate(row.id, row.name or "", row.code or "", row.owner, row.reason) for row in rows]
