"""The frame of a dialog in which one writes: what is typed there is lost neither by Esc nor with the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit

from crm_desktop.core.errors import ConflictError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Typed
from crm_desktop.services.records import FieldsError
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.tasks import Session

T = TypeVar("T")


class Typeable(Protocol):
    """Where something is typed or chosen, such as a ``FieldEditor``."""

    changed: SignalInstance

    def typed(self) -> Any:
        """What stands there."""

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""


Part = Typeable | QLineEdit | QPlainTextEdit | QCheckBox


class TypedDialog(Dialog):
    """Asks before it is left with something typed."""

    def is_typed(self) -> bool:
        """Whether words would be lost."""
        raise NotImplementedError

    def reject(self) -> None:
        """Leave it, if its user means to."""
        if not self.is_typed() or messages.confirm(self, _("Discard what you typed?"), "", _("Discard"), danger=True):
            super().reject()


class KeptDialog(TypedDialog):
    """Keeps what is typed as a draft. What is discarded can be brought back from the list of drafts."""

    def keep_draft(self, draft: KeptDraft, parts: Mapping[str, Part]) -> None:
        """Keep what its user does to ``parts`` from now on, and offer what was left behind. For the end of each
        ``__init__``.
        """
        self._parts, self._draft = parts, draft
        self._before = {name: _typed(part) for name, part in parts.items()}
        self._now: dict[str, Any] = {}
        self._draft.applied.connect(self._apply)
        self.rejected.connect(self._draft.discard)
        self.body.insertWidget(0, self._draft)
        for name, part in parts.items():
            _changed(part).connect(partial(self._keep, name))
        self._draft.offer()

    def sending(self, work: Callable[[Session], T]) -> Callable[[Session], T]:
        """``work``, which saves what is typed here (see ``DraftKeeper.sending``)."""
        return self._draft.sending(work, *self._content())

    def is_typed(self) -> bool:
        """Whether words would be lost."""
        return bool(self._now)

    def accept(self) -> None:
        """It is saved; what was typed after that was sent off is offered the next time."""
        self._draft.settle()
        self._draft.leave()
        super().accept()

    def show_errors(self, error: FieldsError) -> None:
        """Say what is wrong; who has fields says it below them."""
        messages.show_error(self.parentWidget(), error)

    def refuse(self, error: KnownError) -> bool:
        """Say why it was not saved; whether it is closed now, since somebody has changed what it was begun with."""
        if isinstance(error, FieldsError):
            self.show_errors(error)
            return False
        is_stale = isinstance(error, ConflictError)
        if is_stale:
            self.leave()
        messages.show_error(self.parentWidget(), error)
        return is_stale

    def leave(self) -> None:
        """Close it, since it cannot be done any more as it was begun; what is typed is offered."""
        self._draft.leave()
        self.done(Dialog.DialogCode.Rejected)

    def _keep(self, name: str, *_arguments: object) -> None:
        typed = _typed(self._parts[name])
        if typed == self._before[name]:
            self._now.pop(name, None)
        else:
            self._now[name] = typed
        if self._now:
            self._draft.keep(*self._content())
        else:
            self._draft.forget()

    def _content(self) -> tuple[str, dict[str, Any]]:
        """The words that tell the draft from others, and what it holds."""
        texts = filter(None, (_text(self._now[name]) for name in self._parts if name in self._now))
        return " · ".join(texts), {"label": self.windowTitle(), "typed": dict(self._now)}

    def _apply(self, content: Mapping[str, Any]) -> None:
        for name, typed in content["typed"].items():
            if name in self._parts:
                _type_again(self._parts[name], typed)
                self._keep(name)


def _typed(part: Part) -> Any:
    match part:
        case QLineEdit():
            return part.text()
        case QPlainTextEdit():
            return part.toPlainText()
        case QCheckBox():
            return part.isChecked()
        case _:
            return part.typed()


def _type_again(part: Part, typed: Any) -> None:
    match part:
        case QLineEdit():
            part.setText(typed)
        case QPlainTextEdit():
            part.setPlainText(typed)
        case QCheckBox():
            part.setChecked(typed)
        case _:
            part.type_again(typed)


def _changed(part: Part) -> SignalInstance:
    match part:
        case QLineEdit() | QPlainTextEdit():
            return part.textChanged
        case QCheckBox():
            return part.toggled
        case _:
            return part.changed


def _text(typed: Any) -> str:
    match typed:
        case str():
            return typed
        case Typed():
            return typed.text
        case Ref():
            return typed.label
    return ""
