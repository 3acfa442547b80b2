"""The page of one record of any entity: its form, what belongs to it, and its history beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import parts_of
from crm_desktop.services.records import Record
from crm_desktop.services.rights import why_not
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.history_panel import HistoryPanel
from crm_desktop.ui.form_page.parts_card import PartsCard, show_together
from crm_desktop.ui.form_page.record_editor import RecordEditor
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.icons import icon
from crm_desktop.ui.reminders.card import REMINDED, ReminderCard
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.preview_splitter import PreviewSplitter

COMMENTS_HEIGHT = 320  # px: the box to write in and some comments


class FormPage(RecordPage):
    """Save by Ctrl+S, history by Ctrl+H, leave by Esc."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        super().__init__(view, entity, id_)
        self._editor = RecordEditor(view, entity)
        self.history = HistoryPanel(view, entity)
        self.history_card = Card(_("History"))
        self.history_card.body.addWidget(self.history, 1)
        may = view.context.person.may
        self.parts = [self.part_card(part) for part in self.shown_parts() if may("read", part.key)]
        self._own = QVBoxLayout()
        self._own.setContentsMargins(0, 0, 0, 0)
        self._own.setSpacing(12)
        self.own = own = QWidget()
        own.setObjectName("plain")
        own.setLayout(self._own)
        for card in self.parts:
            self._own.addWidget(card)
        self.comments_card = Card(_("Comments"))
        self.comments_card.body.addWidget(self.attached.comments)
        self.attached.comments.setMinimumHeight(COMMENTS_HEIGHT)
        for below in (own, self.attached.files, self.comments_card):
            self._editor.add_below(below)
        self.splitter = PreviewSplitter(f"form/{entity}", self._editor, self.history_card)
        self.history_button = quiet_button(
            _("History"), self._toggle_history, icon_name="clock-counter-clockwise", shortcut="Ctrl+H"
        )
        self.history_button.setCheckable(True)
        self.splitter.preview_toggled.connect(self.history_button.setChecked)
        self.more_button = self._more_button()
        self.heading.add(self.history_button)
        self.heading.add(self.more_button)
        self.add_content(self.splitter)
        if entity in REMINDED:
            reminders = ReminderCard(view)
            self.add_below(reminders)
            self._editor.loaded.connect(reminders.show_record)
        self._editor.loaded.connect(self._show_record)
        self._editor.edited_changed.connect(self.unsaved_changed)
        self._editor.new_wanted.connect(self._begin_another)
        self.begin_at(self._editor)
        if id_:
            self._editor.load(id_)
        else:
            self._editor.begin({})

    @property
    def editor(self) -> RecordEditor:
        """The form."""
        return self._editor

    def shown_parts(self) -> tuple[EntitySpec, ...]:
        """The kinds of records that are listed under the form."""
        return parts_of(self.spec)

    def part_card(self, part: EntitySpec) -> PartsCard:
        """The card of one of them."""
        return PartsCard(self.view, part)

    def show_id(self, id_: int) -> None:
        """Show another record of the entity in this page."""
        self._editor.load(id_)

    def add_below(self, widget: QWidget) -> None:
        """Put something of the entity's own under the form, above what every record has."""
        self._own.addWidget(widget)

    def _show_record(self, record: Record) -> None:
        self.show_heading(record)
        is_old = record.id > 0
        self.history_button.setVisible(is_old)
        self.splitter.offer_preview(is_old)
        self.history_button.setChecked(self.splitter.preview_shown())
        self.more_button.setVisible(is_old)
        self.comments_card.setVisible(is_old)
        self._delete.setVisible(not why_not(self.view.context.person, "delete", record))
        show_together(self.view, self.parts, record)
        if is_old:
            self.history.refresh(record)

    def _begin_another(self) -> None:
        """Another part begins in the same parent."""
        kept = self.spec.part_of
        self.start_new({kept.key: self._editor.record.values.get(kept.key)} if kept is not None else {})

    def _toggle_history(self) -> None:
        self.splitter.show_preview(self.history_button.isChecked())
        if self.splitter.preview_shown():
            self.history.focus_first()

    def _delete_record(self) -> None:
        self.delete_record(self._editor.record)

    def _more_button(self) -> QPushButton:
        button = icon_button("dots-three", _("More"))
        menu = QMenu(button)
        self.add_common_actions(menu)
        self._delete = menu.addAction(icon("trash", "bad"), _("Delete…"), self._delete_record)
        button.setMenu(menu)
        return button
