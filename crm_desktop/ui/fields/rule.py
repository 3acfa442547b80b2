"""The editor of a rule by which something repeats: the usual ways to choose from, or a rule as it is written."""

from __future__ import annotations

from typing import Any

from crm_desktop.core.errors import KnownError
from crm_desktop.services.drafts import Typed
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.calendar.repeats import RepeatsEditor
from crm_desktop.ui.fields.base import FieldEditor


class RuleEditor(FieldEditor):
    """The value is a rule of RFC 5545, or None."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self.repeats = RepeatsEditor()
        self.repeats.show_rule(None)
        self._set_input(self.repeats)
        self.repeats.changed.connect(self.changed)

    def value(self) -> Any:
        """The rule; raises a KnownError where one is written that is none."""
        return self.repeats.value()

    def set_value(self, value: Any) -> None:
        """Show a rule."""
        self.repeats.blockSignals(True)
        self.repeats.show_rule(value)
        self.repeats.blockSignals(False)
        self.set_error("")

    def typed(self) -> Any:
        """The rule, or what is written and is none yet."""
        try:
            return self.value()
        except KnownError:
            return Typed(self.repeats.line.text())

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""
        if isinstance(typed, Typed):
            self.repeats.write_other(typed.text)
            self.check()
        else:
            self.set_value(typed)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Show only, or let edit."""
        self.repeats.setEnabled(not read_only)
