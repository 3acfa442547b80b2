"""Sharing, assigning and claiming from a list or a record's page, each with the way back in the notice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import sharing
from crm_desktop.services.bulk import Changed, Rehearsal, Targets
from crm_desktop.services.sharing import Lending
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.sharing.assign_dialog import AssignDialog
from crm_desktop.ui.sharing.share_dialog import ShareDialog, Terms
from crm_desktop.ui.sharing.who_dialog import WhoDialog
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.chip import Tone

Chosen = Callable[[], tuple[Sequence[int], str]]


class SharingActions:
    """``done`` is called whenever something was written or taken back."""

    def __init__(self, page: QWidget, view: AreaView, entity: str, done: Callable[[], object]) -> None:
        self._page, self._view, self._spec, self._done = page, view, by_key(entity), done

    def add_to(self, menu: QMenu, chosen: Chosen, is_free: Callable[[], bool], *, is_one: bool) -> None:
        """Offer what fits. ``chosen`` answers with the ids and what the only one is called, when something is chosen.

        ``is_free`` answers whether something among them is without owner, when the menu opens.
        """
        person, key = self._view.context.person, self._spec.key
        if sharing.is_shareable(self._spec) and person.may("update", key):
            menu.addAction(icon("share-network"), _("Share…"), lambda: self.share(*chosen()))
            if is_one or sharing.may_assign_several(person, key):
                menu.addAction(icon("swap"), _("Assign…"), lambda: self.assign(*chosen()))
            if sharing.may_claim(person, key):
                claim = menu.addAction(icon("hand-grabbing"), _("Claim"), lambda: self.claim(*chosen()))
                menu.aboutToShow.connect(lambda: claim.setVisible(is_free()))
        if is_one:
            menu.addAction(icon("eye"), _("Who can see this?"), lambda: self.show_who(*chosen()))

    def share(self, ids: Sequence[int], name: str = "") -> ShareDialog:
        """Ask with whom."""
        label = name or things(self._spec, len(ids))

        def end(lending: Lending) -> None:
            self.end(lending, label, dialog.rehearse)

        dialog = ShareDialog(self._view, self._spec, ids, name, partial(self._share, label), end)
        dialog.open_quietly()
        dialog.rehearse()
        return dialog

    def assign(self, ids: Sequence[int], name: str = "") -> AssignDialog:
        """Ask to whom."""
        label = name or things(self._spec, len(ids))
        dialog = AssignDialog(self._view, self._spec, ids, name, partial(self._assign, label))
        dialog.open_quietly()
        return dialog

    def claim(self, ids: Sequence[int], name: str = "") -> None:
        """Take what is in the public pool."""
        person, entity = self._view.context.person, self._spec.key
        label = name or things(self._spec, len(ids))

        def work(session: Session) -> tuple[Rehearsal, Changed]:
            rehearsal = sharing.rehearse_claim(session, person, entity, ids)
            if not rehearsal.targets.ids:
                return rehearsal, Changed(0, 0, 0)
            me = Ref(person.id, person.name)
            return rehearsal, sharing.assign(session, person, entity, rehearsal.targets, me, label)

        def tell(answer: tuple[Rehearsal, Changed]) -> None:
            rehearsal, changed = answer
            why = [f"{len(kept)} × {sentence}" for sentence, kept in rehearsal.refused.items()]
            self._tell(_("{things} claimed"), changed, why)

        self._view.context.tasks.command(self._page, work, tell, waits=True)

    def show_who(self, ids: Sequence[int], name: str) -> WhoDialog:
        """Show everybody who sees the record."""
        dialog = WhoDialog(self._view, self._spec.key, ids[0], name)
        dialog.open_quietly()
        dialog.read()
        return dialog

    def end(self, lending: Lending, label: str, done: Callable[[], object]) -> None:
        """Take a share back."""

        def tell(changed: Changed) -> None:
            words = _("No longer shared with {name}").format(name=lending.receiver.ref.label)
            self._tell(words, changed)
            done()

        entity = self._spec.key
        self._view.context.tasks.command(
            self._page, lambda session: sharing.end_share(session, entity, [lending.id], label), tell, waits=True
        )

    def _share(self, label: str, terms: Terms, ids: Sequence[int]) -> None:
        entity = self._spec.key

        def work(session: Session) -> Changed:
            return sharing.share(
                session, entity, ids, terms.receivers, label, may_write=terms.may_write, ends_at=terms.ends_at
            )

        names = _(", ").join(receiver.ref.label for receiver in terms.receivers)
        sentence = _("{things} shared with {names}")
        self._view.context.tasks.command(
            self._page, work, lambda changed: self._tell(sentence.replace("{names}", names), changed), waits=True
        )

    def _assign(self, label: str, owner: Ref, targets: Targets, keeps_me: bool) -> None:  # noqa: FBT001 - a call back
        person, entity = self._view.context.person, self._spec.key

        def work(session: Session) -> Changed:
            return sharing.assign(session, person, entity, targets, owner, label, keeps_me=keeps_me)

        sentence = _("{things} assigned to {name}").replace("{name}", owner.label)
        self._view.context.tasks.command(self._page, work, partial(self._tell, sentence), waits=True)

    def _tell(self, sentence: str, changed: Changed, why: Sequence[str] = ()) -> None:
        text = sentence.replace("{things}", things(self._spec, changed.count))
        if changed.left:
            left = _("{count} were changed by somebody meanwhile and stay.").format(count=f"{changed.left:,}")
            why = (*why, left)
        tone: Tone = "warn" if why or not changed.count else "good"
        back = partial(undo, self._view, self._view, changed.change_set, self._done) if changed.count else None
        messages.notify(self._page, " ".join((text, *why)), tone=tone, undo=back)
        self._done()
