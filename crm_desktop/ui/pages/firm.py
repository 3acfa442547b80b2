"""The settings of the firm: what is printed at the head of every page, when it works, what it keeps."""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.firm import (
    LARGEST_LOGO,
    WEEK,
    Firm,
    KeptMonth,
    dropped_by,
    fetch_firm,
    fetch_kept_months,
    save_firm,
)
from crm_desktop.spec.kinds import CHOICE, INTEGER, LONG_TEXT, TEXT, Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.fields.long_text import LongTextEditor
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.page import Page
from crm_desktop.ui.page_draft import PageDraft
from crm_desktop.ui.pages.server_state import size_words
from crm_desktop.ui.widgets.buttons import primary_button, quiet_button, secondary_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle

WIDTH = 720
LOGO_WIDTH, LOGO_HEIGHT = 600, 160  # px that are kept; paper shows it 11 mm high
SHOWN_HEIGHT = 48
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
KEPT_MONTHS = (0, 12, 24, 36, 60)
LARGEST_LIMIT = 1024  # MB
LARGEST_NUMBER = 1000  # of hours and days
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


class FirmPage(Page):
    """Saved by the button, as one change set."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Settings of the firm"))
        self._view = view
        self._firm = Firm()
        self._kept: Sequence[KeptMonth] = ()
        self._logo: bytes | None = None  # another one was chosen, or none (empty)
        self.name = LineEditor(TEXT, _("Name of the firm"), required=True, max_length=100)
        self.address = LineEditor(TEXT, _("Address"), max_length=200)
        self.postcode = LineEditor(TEXT, _("Postcode"), max_length=20)
        self.phone = LineEditor(TEXT, _("Telephone"), max_length=100)
        self.lines = LongTextEditor(
            LONG_TEXT, _("Further lines of the letterhead"), help_text=_("Printed at the right, three lines at most.")
        )
        self.days = [QCheckBox(_(day)) for day in DAYS]
        self.begin = LineEditor(TEXT, _("Work begins"), required=True, max_length=5)
        self.end = LineEditor(TEXT, _("Work ends"), required=True, max_length=5)
        self.lunch_from = LineEditor(TEXT, _("Lunch break from"), max_length=5)
        self.lunch_to = LineEditor(TEXT, _("Lunch break to"), max_length=5)
        self.zone = LineEditor(TEXT, _("Time zone"), required=True, max_length=40)
        self.lead_hours = LineEditor(
            INTEGER, _("Working hours in which a lead should be answered"), required=True, max_length=4
        )
        self.lead_days = LineEditor(
            INTEGER,
            _("Days without a follow-up after which a lead falls back into the pool"),
            required=True,
            help_text=_("0: it never does."),
            max_length=4,
        )
        self.limit = LineEditor(INTEGER, _("Largest file that can be attached (MB)"), required=True)
        self.months = ChoiceEditor(CHOICE, _("Keep changes for undo and history"), self._answer_months, required=True)
        self.kept = label("", "muted", wrap=True)
        self.months.hide_mark()
        self.months.changed.connect(self._show_kept)
        self.picture = QLabel()
        self.remove_button = quiet_button(_("Remove"), self.remove_logo)
        self.save_button = primary_button(_("Save"), self.save, shortcut="Ctrl+S")
        heading = PageTitle(self.title)
        heading.add(self.save_button)
        self.body.addWidget(heading)
        self.draft = PageDraft(view, "firm", self.title)
        self.draft.applied.connect(self._apply)
        self.body.addWidget(self.draft)
        self._lay_out()
        for editor in self._editors():
            editor.changed.connect(self._edited)
        for box in self.days:
            box.toggled.connect(self._edited)
        self.begin_at(self.name)
        self.refresh()

    def refresh(self) -> None:
        """Read the settings, and what the journal holds."""
        tasks = self._view.context.tasks
        tasks.query(self, fetch_firm, lambda found: self._show(*found), key="firm")
        tasks.query(self, fetch_kept_months, self._take_kept, key="kept")

    def save(self) -> None:
        """Keep what was changed."""
        firm = self._typed()
        if firm is None:
            return
        before, logo, sent = self._firm, self._logo, self._content()
        self.save_button.setEnabled(False)
        work = self.draft.sending(lambda session: save_firm(session, before, firm, logo), self.title, sent)
        self._view.context.tasks.command(
            self, work, lambda change_set: self._saved(firm, sent, change_set), self._not_saved, waits=True
        )

    def may_close(self) -> bool:
        """Asks about what was typed and not saved."""
        return not self.save_button.isEnabled() or self.draft.may_leave()

    def choose_logo(self) -> None:
        """Take a picture from a file, made as small as paper needs it."""
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Choose a logo"), "", "*.png *.jpg *.jpeg *.bmp *.gif")
        if chosen:
            self.take_logo(QImage(chosen))

    def take_logo(self, image: QImage) -> None:
        """Take a picture as the logo, to be saved with the rest; a null one is refused."""
        if image.isNull():
            messages.notify(self, _("This file is no picture the program can read."), tone="bad")
            return
        if image.width() > LOGO_WIDTH or image.height() > LOGO_HEIGHT:
            how = Qt.TransformationMode.SmoothTransformation
            image = image.scaled(LOGO_WIDTH, LOGO_HEIGHT, Qt.AspectRatioMode.KeepAspectRatio, how)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs take bytes
        png = bytes(buffer.data().data())
        if len(png) > LARGEST_LOGO:
            messages.notify(self, _("The picture is too large. Choose a simpler one."), tone="bad")
            return
        self._set_logo(png)

    def remove_logo(self) -> None:
        """Print without a picture."""
        self._set_logo(b"")

    def _set_logo(self, png: bytes) -> None:
        self._logo = png
        self._show_logo(png)
        self._edited()

    def _editors(self) -> Sequence[FieldEditor]:
        letterhead = (self.name, self.address, self.postcode, self.phone, self.lines)
        return (*letterhead, *self._hours(), self.zone, self.lead_hours, self.lead_days, self.limit, self.months)

    def _hours(self) -> Sequence[LineEditor]:
        return (self.begin, self.lunch_from, self.lunch_to, self.end)

    def _typed(self) -> Firm | None:
        """What is on the page; None where a field says what is wrong."""
        if not all([editor.check() for editor in self._editors()]):  # noqa: C419 - all of them are to say it
            return None
        hours = self._typed_hours()
        if hours is None:
            return None
        if self.zone.value() not in available_timezones():
            self.zone.set_error(_("A time zone, as Asia/Shanghai."))
            return None
        for editor, least in ((self.lead_hours, 1), (self.lead_days, 0)):
            if not least <= editor.value() <= LARGEST_NUMBER:
                editor.set_error(_("{least} to {most}").format(least=least, most=LARGEST_NUMBER))
                return None
        if not 1 <= self.limit.value() <= LARGEST_LIMIT:
            self.limit.set_error(_("1 to {most}").format(most=LARGEST_LIMIT))
            return None
        months = self.months.chosen()
        return replace(
            self._firm,
            firm_name=self.name.value(),
            firm_address=self.address.value() or "",
            firm_postcode=self.postcode.value() or "",
            firm_phone=self.phone.value() or "",
            letterhead_lines=self.lines.value() or "",
            working_days=tuple(day for day, box in zip(WEEK, self.days, strict=True) if box.isChecked()),
            **hours,
            time_zone=self.zone.value(),
            lead_response_hours=self.lead_hours.value(),
            lead_recycle_days=self.lead_days.value(),
            attachment_limit_mb=self.limit.value(),
            journal_months=months.id if months is not None else 0,
        )

    def _typed_hours(self) -> dict[str, str] | None:
        """When work and lunch begin and end; None where a field says what is wrong."""
        for editor in self._hours():
            if editor.value() and not _CLOCK.fullmatch(editor.value()):
                editor.set_error(_("A time, as 9:00."))
                return None
        begin, lunch_from, lunch_to, end = ((editor.value() or "").zfill(5) for editor in self._hours())
        if begin >= end:
            self.end.set_error(_("The end comes after the beginning."))
            return None
        if not (self.lunch_from.value() or self.lunch_to.value()):
            lunch_from = lunch_to = ""
        elif not begin < lunch_from < lunch_to < end:
            self.lunch_to.set_error(_("The break lies within working hours; without one, leave both times empty."))
            return None
        return {"working_from": begin, "lunch_from": lunch_from, "lunch_to": lunch_to, "working_to": end}

    def _show(self, firm: Firm, logo: bytes) -> None:
        self._firm, self._logo = firm, None
        self.name.set_value(firm.firm_name)
        self.address.set_value(firm.firm_address)
        self.postcode.set_value(firm.firm_postcode)
        self.phone.set_value(firm.firm_phone)
        self.lines.set_value(firm.letterhead_lines)
        self.begin.set_value(firm.working_from)
        self.end.set_value(firm.working_to)
        self.lunch_from.set_value(firm.lunch_from)
        self.lunch_to.set_value(firm.lunch_to)
        self.zone.set_value(firm.time_zone)
        self.lead_hours.set_value(firm.lead_response_hours)
        self.lead_days.set_value(firm.lead_recycle_days)
        self.limit.set_value(firm.attachment_limit_mb)
        self.months.set_value(_months(firm.journal_months))
        for day, box in zip(WEEK, self.days, strict=True):
            box.setChecked(day in firm.working_days)
        self._show_logo(logo)
        self._mark(edited=False)
        self.draft.forget()  # the boxes told of what was read, too
        self.draft.offer()

    def _apply(self, content: Mapping[str, Any]) -> None:
        for editor, typed in zip(self._editors(), content["typed"], strict=True):
            editor.type_again(typed)
        for box, is_on in zip(self.days, content["days"], strict=True):
            box.setChecked(is_on)
        if (logo := content.get("logo")) is not None:
            self._logo = base64.b64decode(logo)
            self._show_logo(self._logo)
        self._edited()

    def _show_logo(self, png: bytes) -> None:
        pixmap = QPixmap()
        pixmap.loadFromData(png)
        self.remove_button.setVisible(not pixmap.isNull())
        if pixmap.isNull():
            self.picture.setText(_("No logo"))
        else:
            self.picture.setPixmap(pixmap.scaledToHeight(SHOWN_HEIGHT, Qt.TransformationMode.SmoothTransformation))

    def _saved(self, firm: Firm, sent: Mapping[str, Any], change_set: int) -> None:
        self._firm = firm
        self.draft.settle()
        is_all = self._content() == sent
        if is_all or self._content()["logo"] == sent["logo"]:
            self._logo = None
        if is_all:
            self._mark(edited=False)
            self.draft.forget()
        else:
            self._edited()
        back = partial(undo, self._view, self._view, change_set, self.refresh)
        messages.notify(self, _("The settings of the firm are saved."), undo=back)

    def _take_kept(self, kept: Sequence[KeptMonth]) -> None:
        self._kept = kept
        self._show_kept()

    def _show_kept(self) -> None:
        """How much the journal holds, and what would go with the months chosen."""
        months = self.months.chosen()
        today = datetime.datetime.now(datetime.UTC).date()
        dropped = dropped_by(self._kept, months.id if months is not None else 0, today)
        words = [_("The journal holds {changes} changes in {size}, the oldest of {month}.").format(**_sum(self._kept))]
        if dropped:
            told = {**_sum(dropped), "month": f"{dropped[-1].month:%Y-%m}"}
            words.append(_("Of these {changes} changes in {size} would be dropped, up to {month}.").format(**told))
        elif months is not None and months.id:
            words.append(_("Nothing of it would be dropped now."))
        self.kept.setText(" ".join(words) if self._kept else "")

    def _not_saved(self, error: KnownError) -> None:
        self.save_button.setEnabled(True)
        messages.show_error(self, error)

    def _edited(self) -> None:
        self._mark(edited=True)
        self.draft.keep(self.title, self._content())

    def _content(self) -> dict[str, Any]:
        return {
            "typed": [editor.typed() for editor in self._editors()],
            "days": [box.isChecked() for box in self.days],
            "logo": None if self._logo is None else base64.b64encode(self._logo).decode(),
        }

    def _mark(self, *, edited: bool) -> None:
        self.save_button.setEnabled(edited)
        words = with_shortcut(_("Save"), "Ctrl+S") if edited else _("Nothing was changed that could be saved.")
        self.save_button.setToolTip(words)
        self.unsaved_changed.emit(edited)

    def _answer_months(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer([_months(months) for months in KEPT_MONTHS])

    def _lay_out(self) -> None:
        letterhead = Card(_("Name and letterhead"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.addWidget(self.name, 0, 0, 1, 2)
        grid.addWidget(self.address, 1, 0, 1, 2)
        grid.addWidget(self.postcode, 2, 0)
        grid.addWidget(self.phone, 2, 1)
        grid.addWidget(self.lines, 3, 0, 1, 2)
        letterhead.body.addLayout(grid)
        logo = QHBoxLayout()
        logo.setSpacing(8)
        logo.addWidget(self.picture)
        logo.addStretch(1)
        logo.addWidget(self.remove_button)
        logo.addWidget(secondary_button(_("Choose a logo…"), self.choose_logo, icon_name="image"))
        letterhead.body.addLayout(logo)
        work = Card(_("Working time"))
        days = QHBoxLayout()
        days.setSpacing(12)
        for box in self.days:
            days.addWidget(box)
        days.addStretch(1)
        work.body.addLayout(days)
        hours = QHBoxLayout()
        hours.setSpacing(12)
        for editor in self._hours():
            hours.addWidget(editor)
        work.body.addLayout(hours)
        work.body.addWidget(self.zone)
        words = _("Holidays and make-up days stand in a list of their own below “Administration”.")
        work.body.addWidget(label(words, "muted", wrap=True))
        leads = Card(_("Leads"))
        leads.body.addWidget(self.lead_hours)
        leads.body.addWidget(self.lead_days)
        keeping = Card(_("What is kept"))
        keeping.body.addWidget(self.limit)
        keeping.body.addWidget(self.months)
        words = _("Older changes are dropped when an administrator signs in. They cannot be undone or looked up then.")
        keeping.body.addWidget(self.kept)
        keeping.body.addWidget(label(words, "muted", wrap=True))
        self.body.addWidget(_scrolling((letterhead, work, leads, keeping)), 1)


def _sum(kept: Sequence[KeptMonth]) -> dict[str, str]:
    changes, size = sum(one.changes for one in kept), sum(one.size for one in kept)
    return {"changes": f"{changes:,}", "size": size_words(size), "month": f"{kept[0].month:%Y-%m}" if kept else ""}


def _months(months: int) -> Ref:
    return Ref(months, _("{count} months").format(count=months) if months else _("Always"))


def _scrolling(cards: Sequence[QWidget]) -> QScrollArea:
    holder = QWidget()
    holder.setObjectName("plain")
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for card in cards:
        card.setMaximumWidth(WIDTH)
        column.addWidget(card)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(holder)
    return scroll
