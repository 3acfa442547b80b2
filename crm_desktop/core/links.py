"""Links to records, ``crm://customer/1234``, that a colleague can paste into the search box or open from outside."""

from __future__ import annotations

import re

_LINK = re.compile(r"crm://([a-z_]{1,40})/(\d{1,18})/?")


def link_to(entity: str, record_id: int) -> str:
    """The link to a record. It holds no value of it, and shows nothing to those who may not see it."""
    return f"crm://{entity}/{record_id}"


def parse_link(text: str) -> tuple[str, int] | None:
    """Entity and id of the first link in ``text``; None where there is none."""
    found = _LINK.search(text)
    return (found[1], int(found[2])) if found else None
