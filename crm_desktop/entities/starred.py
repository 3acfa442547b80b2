"""The side entry of an entity's list that shows what the person has starred."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.models import Star
from crm_desktop.spec import Preset


def starred(model: Any) -> Preset:
    """The records of ``model`` that the person has marked for himself."""

    def where(person: Person) -> Any:
        marked = select(Star.record_id).where(Star.employee_id == person.id, Star.entity == model.__tablename__)
        return model.id.in_(marked)

    return Preset(key="starred", label=N_("Starred"), where=where, only_if_any=True)
