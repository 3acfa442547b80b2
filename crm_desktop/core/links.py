"""Links to records, ``crm://customer/1234``, that a colleague can paste into the search box or open from outside."""

from __future__ import annotations

import re

_CALL = re.compile(r"crm://call/([+\d][\d+() -]{1,30})")
_LINK = re.compile(r"crm://([a-z_]{1,40})/(\d{1,18})/?")


def link_to(entity: str, record_id: int) -> str:
    """The link to a record. It holds no value of it, and shows nothing to those who may not see it."""
    return f"crm://{entity}/{record_id}"


def parse_link(text: str) -> tuple[str, int] | None:
    """Entity and id of the first link in ``text``; None where there is none."""
    found = _LINK.search(text)
    return (found[1], int(found[2])) if found else None


def link_to_call(number: str) -> str:
    """What a telephone hands over so that the call from ``number`` is logged."""
    return f"crm://call/{number.strip().removeprefix('tel:')}"


def parse_call(text: str) -> str:
    """The telephone number of such a link; empty where there is none in ``text``."""
    found = _CALL.search(text)
    return found[1].strip() if found else ""
