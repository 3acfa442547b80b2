"""What one person arranged for himself (columns of a list, widths): in the database, so that it follows him."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from crm_desktop.models import Preference, Setting

SAMPLE_FIRM = "sample_firm"
"""Setting that only the sample firm has, once it is filled."""
LOGO = "firm_logo"
"""Setting: a PNG in base64."""


def fetch_preferences(session: Session) -> dict[str, Any]:
    """All of the signed-in person's arrangements by key. One statement; row security shows only his."""
    return dict(session.execute(select(Preference.key, Preference.value)).all())


def save_preference(session: Session, key: str, value: Any) -> None:
    """Keep one arrangement. One statement."""
    statement = insert(Preference).values(employee_id=func.crm.me(), key=key, value=value)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Preference.employee_id, Preference.key], set_={"value": statement.excluded.value}
        )
    )


def fetch_settings(session: Session) -> dict[str, Any]:
    """The firm's settings by key, such as ``firm_name``, but for its logo, which few need. One statement."""
    return dict(session.execute(select(Setting.key, Setting.value).where(Setting.key != LOGO)).all())
