"""A message to people, departments or groups, perhaps about a record. Ctrl+Enter sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.services import messages as service
from crm_desktop.services.messages import Receiver
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.rows import matches
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.side_entries import INBOX, INBOX_AREA
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import with_shortcut
from crm_desktop.ui.widgets.labels import label

HEIGHT = 140
MOST_OFFERED = 20
SEND = "Ctrl+Return"
_WORDS = {"employee": "{name}", "department": N_("{name} (department)"), "group": N_("{name} (group)")}


class WriteDialog(KeptDialog):
    """``about`` is the record that goes with it: entity, id, title."""

    def __init__(
        self, view: AreaView, receivers: Sequence[Receiver] = (), about: tuple[str, int, str] | None = None
    ) -> None:
        super().__init__(view.window(), _("New message"), width=560)
        self._view, self._about = view, about
        self._all: dict[Ref, Receiver] = {_ref(one): one for one in receivers}
        self.whom = ReferencesEditor(REFERENCE, _("To"), self._find, required=True)
        self.whom.set_value(list(self._all))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(_("Message"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(HEIGHT)
        self.text.textChanged.connect(self._enable)
        self.body.addWidget(self.whom)
        self.body.addWidget(label(_("Message"), "small"))
        self.body.addWidget(self.text)
        if about is not None:
            self.body.addWidget(label(_("About: {title}").format(title=about[2]), "muted", wrap=True))
        self.add_cancel()
        self.send_button = self.add_primary(with_shortcut(_("Send"), "Ctrl+Enter"), self.send)
        QShortcut(QKeySequence(SEND), self).activated.connect(self.send_button.click)
        self._enable()
        (self.text if receivers else self.whom).setFocus(Qt.FocusReason.OtherFocusReason)
        book = view.context.drafts
        if about is None:
            draft = KeptDraft(book, "page", (INBOX_AREA, 0), f"{INBOX}#write", self.windowTitle())
        else:
            draft = KeptDraft(book, "dialog", about[:2], "message", about[2])
        self.keep_draft(draft, {"text": self.text, "whom": self.whom})
        view.context.receivers.load(self, self._know)

    def is_typed(self) -> bool:
        """Whether something is written and not sent."""
        return bool(self.text.toPlainText().strip())

    def send(self) -> None:
        """Send what is written, and close when it is sent."""
        body = self.text.toPlainText().strip()
        if not body or not self.whom.check():
            return
        receivers = [self._all[ref] for ref in self.whom.value()]
        entity, id_ = self._about[:2] if self._about is not None else (None, None)

        def work(session: Session) -> int:
            return service.send(session, receivers, body, entity, id_)

        def done(count: int) -> None:
            words = ngettext("Sent to {count} person", "Sent to {count} people", count).format(count=count)
            messages.notify(self._view, words, tone="good" if count else "warn")
            self.accept()

        self.send_button.setEnabled(False)
        self._view.context.tasks.command(self, self.sending(work), done, self._fail)

    def _fail(self, error: KnownError) -> None:
        self._enable()
        messages.show_error(self, error)

    def _find(self, typed: str, answer: Callable[[Sequence[Ref]], None]) -> None:
        def take(receivers: Sequence[Receiver]) -> None:
            self._know(receivers)
            found = [ref for ref in map(_ref, receivers) if not typed or matches(ref.label, typed)]
            answer(found[:MOST_OFFERED])

        self._view.context.receivers.load(self, take)

    def _know(self, receivers: Sequence[Receiver]) -> None:
        self._all.update({_ref(one): one for one in receivers})

    def _enable(self) -> None:
        self.send_button.setEnabled(bool(self.text.toPlainText().strip()))


def _ref(receiver: Receiver) -> Ref:
    return Ref(receiver.ref.id, _(_WORDS[receiver.kind]).format(name=receiver.ref.label))
