"""From when to when: two moments, or the first and the last of whole days."""

from __future__ import annotations

import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import Span
from crm_desktop.services.calendar_times import DAY, midnight
from crm_desktop.spec.kinds import DATE, TIME
from crm_desktop.ui.fields.line import DateEditor, LineEditor

_WHEN = 9
_HOUR = datetime.timedelta(hours=1)


class MomentEditor(LineEditor):
    """A moment. Where only an hour is typed, it is one of the day that stood there."""

    def __init__(self, label: str) -> None:
        super().__init__(TIME, label, required=True)
        self._day: datetime.date | None = None

    def value(self) -> Any:
        """What is typed."""
        text = self.line.text().strip().replace("：", ":")
        is_hour = ":" in text and " " not in text and self._day is not None
        found = TIME.parse(f"{self._day} {text}" if is_hour else text)
        if found is not None:
            self._day = found.date()
        return found

    def set_value(self, value: Any) -> None:
        """Show a moment."""
        self._day = value.astimezone().date() if value is not None else None
        super().set_value(value)


class TimesEditor(QWidget):
    """Moving the beginning moves the end with it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.starts_at, self.ends_at = MomentEditor(_("Begins")), MomentEditor(_("Ends"))
        self.first_day = DateEditor(DATE, _("First day"), required=True)
        self.last_day = DateEditor(DATE, _("Last day"), required=True)
        self.all_day = QCheckBox(_("All day"))
        self._length = _HOUR
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self._moments = (self.starts_at, self.first_day, self.ends_at, self.last_day)
        for editor in self._moments:
            line.addWidget(editor, 1)
            editor.changed.connect(self._note)
        line.addWidget(self.all_day, 0, Qt.AlignmentFlag.AlignBottom)
        self.all_day.toggled.connect(self._toggle)

    @property
    def is_whole(self) -> bool:
        """Whether whole days are meant."""
        return self.all_day.isChecked()

    def show_span(self, span: Span, *, is_whole: bool) -> None:
        """Show a stretch of time."""
        self.all_day.blockSignals(True)
        self.all_day.setChecked(is_whole)
        self.all_day.blockSignals(False)
        self._length = span.ends_at - span.starts_at
        self._show(span)

    def span(self) -> Span | None:
        """What is typed; None where it is no stretch of time."""
        try:
            if self.is_whole:
                first, last = self.first_day.value(), self.last_day.value()
                return Span(midnight(first), midnight(last + DAY)) if first and last and first <= last else None
            begin, end = self.starts_at.value(), self.ends_at.value()
        except KnownError:
            return None
        return Span(begin.astimezone(), end.astimezone()) if begin and end and begin < end else None

    def typed(self) -> Any:
        """What stands there, as a draft keeps it."""
        return {"all_day": self.is_whole, "moments": [editor.typed() for editor in self._moments]}

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""
        self.all_day.setChecked(typed["all_day"])
        for editor, moment in zip(self._moments, typed["moments"], strict=True):
            editor.type_again(moment)
        self.changed.emit()

    def check(self) -> bool:
        """Whether it is one; says where not."""
        shown = (self.first_day, self.last_day) if self.is_whole else (self.starts_at, self.ends_at)
        are_sound = [editor.check() for editor in shown]
        if not all(are_sound):
            return False
        if self.span() is None:
            shown[1].set_error(_("It ends before it begins."))
        return self.span() is not None

    def _show(self, span: Span) -> None:
        last = (span.ends_at - datetime.timedelta(microseconds=1)).date()
        self.starts_at.set_value(span.starts_at)
        self.ends_at.set_value(span.ends_at)
        self.first_day.set_value(span.starts_at.date())
        self.last_day.set_value(last)
        for editor in (self.starts_at, self.ends_at):
            editor.setVisible(not self.is_whole)
        for day in (self.first_day, self.last_day):
            day.setVisible(self.is_whole)

    def _toggle(self) -> None:
        before = self.starts_at.value() if self.is_whole else self.first_day.value()
        if isinstance(before, datetime.datetime):
            begin = midnight(before.astimezone().date())
            self._length = DAY
        else:
            begin = midnight(before or datetime.date.today()).replace(hour=_WHEN)
            self._length = _HOUR
        self._show(Span(begin, begin + self._length))
        self.changed.emit()

    def _note(self) -> None:
        begins = self.sender() in {self.starts_at, self.first_day}
        try:
            begin = self.first_day.value() if self.is_whole else self.starts_at.value()
        except KnownError:
            begin = None
        if begins and begin is not None:
            at = midnight(begin) if self.is_whole else begin.astimezone()
            end = at + self._length
            self.ends_at.set_value(end)
            self.last_day.set_value((end - datetime.timedelta(microseconds=1)).date())
        elif (span := self.span()) is not None:
            self._length = span.ends_at - span.starts_at
        self.changed.emit()
