"""An event in words: all that is known of it, line by line."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_times import clock_words, day_words
from crm_desktop.ui.calendar.layout import Shown


def words_of(shown: Shown, one: Occurrence) -> str:
    """Title, time, customer, place, whose it is."""
    taken = {(False, id_) for id_ in one.people} | {(True, id_) for id_ in one.resources}
    names = ", ".join(c.ref.label for c in shown.calendars if (c.is_resource, c.ref.id) in taken)
    details = one.details
    if details is None:
        return "\n".join(filter(None, (one.title, time_words(one), names)))
    told = (details.customer.label if details.customer else "", details.place, names or details.owner.label)
    marks = (_("Private") if details.is_private else "", _("Repeats") if details.rule else "")
    return "\n".join(filter(None, (one.title, time_words(one), *told, *marks)))


def time_words(one: Occurrence) -> str:
    """``11月22日 09:00–10:00``; of whole days the first and the last."""
    first, last = one.starts_at.date(), one.last_day
    if one.is_whole_days:
        return day_words(first) if first == last else f"{day_words(first)} – {day_words(last)}"
    return f"{day_words(first)} {clock_words(one.starts_at)}–{clock_words(one.ends_at)}"
