"""On the page of a record: what its user typed there and did not save, with what changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import journal, records
from crm_desktop.services.drafts import Draft, base_of
from crm_desktop.services.records import Record, is_same
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.draft import DraftDialog
from crm_desktop.ui.form_page.notes import note_text
from crm_desktop.ui.form_page.wording import describe_changes_since, moment_text
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Action, Bar

MOST_NAMED = 4
MOST_QUOTED = 60  # characters of a note


@dataclass(frozen=True, slots=True)
class _Found:
    """``saved`` are drafts of which all stands in the record; ``current`` is None where there is nothing to compare."""

    saved: frozenset[str] = frozenset()
    current: Record | None = None
    history: tuple[journal.Change, ...] = ()


class DraftBar(Bar):
    """Apply goes on where one was; Look shows field by field; Discard can be taken back in the list of drafts."""

    applied = Signal(object)  # Draft

    def __init__(self, view: AreaView) -> None:
        super().__init__("accent")
        self._view, self._book = view, view.context.drafts
        self._place: tuple[str, int] | None = None
        self._found = _Found()
        self._book.changed.connect(self._offer)

    def watch(self, entity: str, record_id: int) -> None:
        """Offer the drafts of this record (0: of a new one)."""
        if self._place != (entity, record_id):
            self._place = entity, record_id
            self._found = _Found()
            self._offer()

    def drafts(self) -> list[Draft]:
        """What is offered."""
        return self._book.waiting_at(*self._place) if self._place else []

    def _offer(self) -> None:
        drafts = self.drafts()
        if not drafts or self._place is None:
            self.say([])
            return
        entity, record_id = self._place

        def look(session: Session) -> _Found:
            current = records.fetch_record(session, entity, record_id)
            saved = frozenset(draft.id for draft in drafts if _is_saved(draft, current))
            return _Found(saved, current, tuple(journal.fetch_history(session, entity, record_id)))

        if record_id:
            self._view.context.tasks.query(self, look, self._take, self._show_without, key="draft")
        else:
            self._show(drafts)

    def _take(self, found: _Found) -> None:
        self._found = found
        for id_ in found.saved:
            self._book.forget(id_)  # and then this is called again
        if not found.saved:
            self._show(self.drafts())

    def _show_without(self, _error: KnownError) -> None:
        """The server is away, or the record is: the draft is there all the same."""
        self._found = _Found()
        self._show(self.drafts())

    def _show(self, drafts: Sequence[Draft]) -> None:
        self.say([(self._sentence(draft), self._actions(draft)) for draft in drafts])

    def _sentence(self, draft: Draft) -> str:
        at = moment_text(draft.at)
        if draft.kind == "note":
            return _("You typed “{text}” {at} and did not save it.").format(text=_quoted(note_text(draft)), at=at)
        if draft.kind == "dialog":
            sentence = _("You typed “{text}” {at} and did not save it. It is offered again under: {place}")
            return sentence.format(text=_quoted(draft.content["words"]), at=at, place=draft.content["label"])
        if self._is_elsewhere(draft):
            sentence = _("“{title}” was saved. What you typed after that {at} was not: {fields}.")
            return sentence.format(title=draft.title, at=at, fields=fields_text(draft))
        found, typed = self._found, draft.content["typed"]
        sentence = _("You typed this {at} and did not save it: {fields}.").format(at=at, fields=fields_text(draft))
        if found.current is None:
            return sentence
        meanwhile = describe_changes_since(base_of(draft), found.current, found.history, tuple(typed))
        return f"{sentence} {meanwhile}".strip()

    def _actions(self, draft: Draft) -> list[Action]:
        """None before it is known what became of it."""
        if draft.is_doubtful:
            return []
        discard = (_("Discard"), partial(self._book.discard, draft.id))
        if draft.kind == "dialog":
            return [discard]
        if self._is_elsewhere(draft):
            return [(_("Open"), partial(self._view.open_record, draft.entity, draft.record_id)), discard]
        look: list[Action] = [(_("Look"), partial(self._look, draft))] if draft.kind == "record" else []
        return [(_("Apply"), partial(self.applied.emit, draft)), *look, discard]

    def _is_elsewhere(self, draft: Draft) -> bool:
        """Whether it belongs to another page: to that of the record that the new one became."""
        return self._place != (draft.entity, draft.record_id)

    def _look(self, draft: Draft) -> None:
        dialog = DraftDialog(self, draft, self._found.current)
        dialog.apply_chosen.connect(lambda: self.applied.emit(draft))
        dialog.discard_chosen.connect(lambda: self._book.discard(draft.id))
        dialog.open_quietly()


def _quoted(text: str) -> str:
    return text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED] + "…"


def fields_text(draft: Draft) -> str:
    """The names of the fields that were typed into."""
    spec = by_key(draft.entity)
    labels = [_(spec.label_of(key)) for key in draft.content["typed"] if key in spec.fields]
    return _(", ").join(labels[:MOST_NAMED]) + (" …" if len(labels) > MOST_NAMED else "")


def _is_saved(draft: Draft, current: Record) -> bool:
    """Whether all that was typed stands in the record: the program was ended just after it had saved."""
    return draft.kind == "record" and all(
        is_same(value, current.values.get(key)) for key, value in draft.content["typed"].items()
    )
