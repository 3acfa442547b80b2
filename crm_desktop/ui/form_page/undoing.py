"""Taking a change set back: offered after every save, rehearsed first when it is chosen from the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import N_, _, counted
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services import journal
from crm_desktop.services.journal import UndoResult
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.progress import show_progress

HANGING = {
    "attachment": (N_("File"), N_("Files")),
    "comment": (N_("Comment"), N_("Comments")),
    "share": (N_("Share"), N_("Shares")),
    "group_member": (N_("Group membership"), N_("Group memberships")),
    "permission_grant": (N_("Right"), N_("Rights")),
    "setting": (N_("Setting"), N_("Settings")),
}
"""What hangs on records or stands for itself and is no entity, by table: one, and several."""


def notify_saved(view: AreaView, record: Record, *, is_new: bool) -> None:
    """Say what was saved, and offer to take it back."""
    sentence = _("“{title}” was created.") if is_new else _("“{title}” was saved.")
    messages.notify(view, sentence.format(title=record.title), undo=lambda: undo(view, view, record.change_set))


def undo(
    view: AreaView, owner: QWidget, change_set: int, done: Callable[[], object] | None = None, *, is_long: bool = False
) -> None:
    """Take a change set back in the background and say what came of it. What may be long can be stopped."""

    def tell(result: UndoResult) -> None:
        messages.notify(view, outcome(result), tone="warn" if result.kept else "good")
        if done is not None:
            done()

    tasks = view.context.tasks
    if is_long:
        work = tasks.long_command(owner, lambda session, _progress: journal.undo(session, change_set), tell, waits=True)
        show_progress(owner, _("Take back"), work)
    else:
        tasks.command(owner, lambda session: journal.undo(session, change_set), tell, waits=True)


def outcome(result: UndoResult) -> str:
    """What an undo did, in a sentence or two."""
    done = _(", ").join(effects(result))
    sentences = [_("Taken back: {what}.").format(what=done) if done else _("Nothing was left to take back.")]
    if result.kept:
        sentences.append(_("Kept: {what}").format(what=_("; ").join(kept.sentence() for kept in result.kept[:3])))
    return " ".join(sentences)


def effects(result: UndoResult) -> Iterator[str]:
    """What it does, kind by kind: ``12 customers removed``."""
    words = (
        (result.restored, _("{things} as before")),
        (result.brought_back, _("{things} brought back")),
        (result.removed, _("{things} removed")),
    )
    labels = {spec.key: (spec.label, spec.label_plural) for spec in ALL_ENTITIES} | HANGING
    for numbers, sentence in words:
        for entity, count in numbers.items():
            if count:
                yield sentence.format(things=counted(*labels.get(entity, (entity, entity)), count))
