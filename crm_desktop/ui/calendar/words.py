"""An event in words: all that is known of it, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import Occurrence
from crm_desktop.services.calendar_times import clock_words, day_words
from crm_desktop.services.events import Answer
from crm_desktop.ui.calendar.layout import Shown
from crm_desktop.ui.calendar.model import CalendarKey

NAMED = 3
"""So many clashes are told one by one."""


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


def clash_words(found: Sequence[Occurrence], names: Mapping[CalendarKey, str]) -> str:
    """Whose time is taken by what, and when; empty where nothing was found."""
    said = []
    for one in found[:NAMED]:
        keys = [*((False, id_) for id_ in one.people), *((True, id_) for id_ in one.resources)]
        who = _(", ").join(names[key] for key in keys if key in names)
        said.append(_("{who}: {what}, {time}").format(who=who, what=one.title, time=time_words(one)))
    if more := len(found) - len(said):
        said.append(_("and {count} more").format(count=more))
    return _("Clash: {what}").format(what=_("; ").join(said)) if said else ""


def answered_words(answer: Answer, title: str) -> str:
    """What one has answered to an invitation."""
    words = _("You take part in “{title}”.") if answer == "accepted" else _("You declined “{title}”.")
    return words.format(title=title)


def time_words(one: Occurrence) -> str:
    """``11月22日 09:00–10:00``; of whole days the first and the last."""
    first, last = one.starts_at.date(), one.last_day
    if one.is_whole_days:
        return day_words(first) if first == last else f"{day_words(first)} – {day_words(last)}"
    return f"{day_words(first)} {clock_words(one.starts_at)}–{clock_words(one.ends_at)}"
