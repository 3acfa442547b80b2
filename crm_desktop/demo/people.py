"""The people the sample firm knows at its customers, as rows for their table."""

from __future__ import annotations

import itertools
from typing import Any

from crm_desktop.core import text
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.names import Names
from crm_desktop.demo.parties import Party, Row
from crm_desktop.demo.world import World
from crm_desktop.entities.contact import CONTACT
from crm_desktop.services.keys import derived_columns

_RELATION_SHARE = 0.05


class People:
    """Draws contacts; ids count from 1."""

    def __init__(self, world: World, names: Names, words: dict[str, Any], dice: Dice) -> None:
        self._world, self._names, self._words, self._dice = world, names, words, dice
        self._ids = itertools.count(1)
        self._relation_ids = itertools.count(1)
        self._kinds = [id for (dictionary, _code), id in world.choices.items() if dictionary == "contact_relation"]
        self._main_before: Row | None = None

    def draw(self, party: Party) -> list[Row]:
        """The contacts of a customer, the main one first."""
        dice, choices = self._dice, self._world.choices
        customer, company = party.row, party.company
        positions = self._words["public_positions" if party.industry == "administration" else "positions"]
        chosen = dice.sample(positions, min(party.outline.contacts, len(positions)))
        contacts: list[Row] = []
        for number in range(party.outline.contacts):
            title, department, role = chosen[number % len(chosen)] if company.brand else (None, None, "decision_maker")
            name = self._names.person() if number or company.brand else company.name
            local = "".join(text.pinyin(name)) + ("" if company.brand else str(dice.randrange(100, 1000)))
            contact = {
                "id": next(self._ids),
                "customer_id": customer["id"],
                "owner_id": customer["owner_id"],
                "name": name,
                "is_main": number == 0,
                "title": title,
                "department_name": department,
                "role_id": choices["contact_role", role] if self._dice.chance(0.7) else None,
                "superior_id": contacts[0]["id"] if number and self._dice.chance(0.5) else None,
                "phones": [self._names.mobile()] if company.brand or number else customer["phones"],
                "email": f"{local}@{company.domain}" if self._dice.chance(0.45) else None,
                "birthday": self._birthday() if self._dice.chance(0.35) else None,
                "is_birthday_lunar": self._dice.chance(0.05),
                "hobbies": "、".join(dice.sample(self._words["hobbies"], 2)) if self._dice.chance(0.2) else None,
                "has_left": number > 0 and self._dice.chance(0.06),
                "created_at": customer["created_at"],
                "updated_at": customer["created_at"],
            }
            contacts.append(contact | derived_columns(CONTACT, contact))
        return contacts

    def relations(self, contacts: list[Row]) -> list[Row]:
        """How some of a customer's contacts know each other, or the main contact of the customer before."""
        dice, found = self._dice, []
        if contacts and dice.chance(_RELATION_SHARE):
            other = contacts[1] if len(contacts) > 1 else self._main_before
            if other:
                found.append(
                    {
                        "id": next(self._relation_ids),
                        "contact_id": contacts[0]["id"],
                        "other_id": other["id"],
                        "owner_id": contacts[0]["owner_id"],
                        "kind_id": dice.pick(self._kinds),
                        "remark": None,
                        "created_at": contacts[0]["created_at"],
                        "updated_at": contacts[0]["created_at"],
                    }
                )
        self._main_before = contacts[0] if contacts else self._main_before
        return found

    def _birthday(self) -> str:
        dice = self._dice
        day = f"{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        return f"--{day}" if self._dice.chance(0.2) else f"{dice.randrange(1962, 2001)}-{day}"
