"""A work log on paper: its words, what was done, and what others said of it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _, language
from crm_desktop.entities import by_key
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.record_card import Card, CardTable, Chip, Section, card_pdf
from crm_desktop.reports.table import Column
from crm_desktop.services.comments import fetch_comments
from crm_desktop.services.records import fetch_record
from crm_desktop.services.work_logs import Deed, fetch_deeds
from crm_desktop.spec.kinds import TIME


def print_work_log(session: Session, id_: int, person: Person, target: Path | BinaryIO) -> int:
    """Print one work log; returns the number of pages."""
    log = fetch_record(session, "work_log", id_)
    values = log.values
    words = tuple((_(log.spec.label_of(key)), values[key]) for key in ("summary", "plan", "problems") if values[key])
    about = (_(log.spec.label), values["kind"].label, TIME.format(values["submitted_at"]))
    card = Card(
        title=log.title,
        subtitle=" · ".join(filter(None, about)),
        chips=(Chip(values["state"].label, values["state"].tone or "neutral"),),
        sections=(Section(_("Words"), words),) if words else (),
        tables=(
            CardTable(
                _("What was done"),
                tuple(map(Column, (_("Time"), _("Kind"), _("Subject"), _("Customer")))),
                tuple(_row(one) for one in fetch_deeds(session, id_) if not one.is_left_out),
            ),
            CardTable(
                _("Comments"),
                tuple(map(Column, (_("Time"), _("Employee"), _("Comment")))),
                tuple((TIME.format(one.at), one.author, one.body) for one in fetch_comments(session, "work_log", id_)),
                empty=_("None"),
            ),
        ),
    )
    return card_pdf(target, fetch_letterhead(session, person), card)


def _row(deed: Deed) -> tuple[str, ...]:
    kind = filter(None, (_(by_key(deed.entity).label), deed.what_en if language() == "en" else deed.what))
    return TIME.format(deed.at), " · ".join(kind), deed.title, deed.whose
