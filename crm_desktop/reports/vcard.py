"""Contacts as vCards 3.0 (RFC 2426), which telephones and Outlook read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import vobject
from vobject.vcard import Address, Name

from crm_desktop.core.names import split_person_name
from crm_desktop.core.progress import Step
from crm_desktop.reports.destination import writing
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import PHONES

_STEP = 200
_MOBILE_DIGITS = 11
_NO_YEAR = "--"


def write_vcards(path: Path, contacts: Iterable[Record], progress: Step | None = None) -> int:
    """Write the contacts to ``path``; returns how many. Raises ``KnownError`` where the file cannot be written."""
    count = 0
    with writing(path) as stream:
        for count, contact in enumerate(contacts, 1):
            stream.write(vcard_of(contact).encode("utf-8"))
            if progress and count % _STEP == 0:
                progress(count, 0)
    return count


def vcard_of(contact: Record) -> str:
    """One card. A birthday without a year is left out: version 3.0 cannot say it."""
    values = contact.values
    card = vobject.vCard()
    family, given = split_person_name(values["name"])
    _add(card, "n", Name(family=family, given=given))
    _add(card, "fn", values["name"])
    customer = values.get("customer")
    if customer:
        _add(card, "org", [part for part in (customer.label, values.get("department_name")) if part])
    for key, name in (("title", "title"), ("email", "email"), ("remark", "note")):
        if values.get(key):
            _add(card, name, values[key])
    for phone in values.get("phones") or ():
        digits = "".join(filter(str.isdecimal, phone))
        is_mobile = len(digits) == _MOBILE_DIGITS and digits.startswith("1")
        _add(card, "tel", PHONES.format([phone])).type_param = "CELL" if is_mobile else "WORK"
    if values.get("fax"):
        _add(card, "tel", values["fax"]).type_param = "FAX"
    if values.get("address"):
        _add(card, "adr", Address(street=values["address"])).type_param = "WORK"
    birthday = values.get("birthday")
    if birthday and not birthday.startswith(_NO_YEAR):
        _add(card, "bday", birthday)
    text: str = card.serialize()
    return text


def _add(card: Any, name: str, value: Any) -> Any:
    part = card.add(name)
    part.value = value
    return part
