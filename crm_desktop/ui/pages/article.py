"""The page of a knowledge article: read first, edited on demand, handed in, published, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services import attachments, knowledge, records
from crm_desktop.services.attachments import Attachment
from crm_desktop.services.drafts import Draft
from crm_desktop.services.knowledge import State
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.services.surroundings import Surroundings
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.ask_text import ask_text
from crm_desktop.ui.dialogs.file_preview import look_at
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.article_card import EDIT, HAND_IN, PUBLISH, SEND_BACK, WITHDRAW, ArticleCard
from crm_desktop.ui.pages.reading_card import USEFUL, USELESS, ReadingCard
from crm_desktop.ui.tasks import Session

MOST_PICTURES, LARGEST_PICTURE = 8, 8 << 20  # bytes


class ArticlePage(FormPage):
    """What is to be read, or its form in the same place."""

    keys = (
        (EDIT, N_("Edit an article")),
        (HAND_IN, N_("Hand an article in for review")),
        (PUBLISH, N_("Publish an article")),
        (SEND_BACK, N_("Make an article a draft again")),
        (WITHDRAW, N_("Withdraw an article")),
        (USEFUL, N_("This article was useful")),
        (USELESS, N_("This article was not useful")),
    )

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._choices: Choices | None = None
        self._is_editing_words = False
        self.card, self.reading = ArticleCard(), ReadingCard()
        super().__init__(view, entity, id_)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.card)
        self.add_below(self.reading)
        self.attached.read.connect(self._read_around)
        self.attached.files.wrote.connect(lambda _change_set: self._read_around())
        self._editor.saved.connect(lambda _record: self._read_again())
        self.card.edit_wanted.connect(self.edit)
        self.reading.voted.connect(self._vote)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (
            (EDIT, self.edit),
            (USEFUL, lambda: self.reading.vote(is_useful=True)),
            (USELESS, lambda: self.reading.vote(is_useful=False)),
        ):
            QShortcut(QKeySequence(key), self, context=here).activated.connect(act)
        for key, wanted, act in (
            (HAND_IN, self.card.hand_in_wanted, self.hand_in),
            (PUBLISH, self.card.publish_wanted, self.publish),
            (SEND_BACK, self.card.send_back_wanted, self.send_back),
            (WITHDRAW, self.card.withdraw_wanted, self.withdraw),
        ):
            wanted.connect(act)
            QShortcut(QKeySequence(key), self, context=here).activated.connect(act)
        view.context.choices.load(self, self._take_choices)

    @property
    def state(self) -> State | None:
        """Where the article stands; None while that is not known."""
        return knowledge.state_of(self._editor.record, self._choices) if self._choices is not None else None

    @property
    def is_reading(self) -> bool:
        """Whether its words are shown, and not the form."""
        return self._editor.record.id > 0 and not self._is_editing_words

    def edit(self) -> None:
        """Show the form."""
        if self.is_reading and not self._editor.is_read_only:
            self._is_editing_words = True
            self._show_state()
            self._editor.form.focus_field("name")

    def escape(self) -> None:
        """Back from the form to the words; from there out of the page."""
        if self.is_reading or not self._editor.record.id:
            super().escape()
        elif self._editor.may_leave():
            self._editor.revert()
            self._read_again()

    def apply_draft(self, draft: Draft) -> None:
        """In the form, where it is one of the form."""
        self._is_editing_words = self._is_editing_words or draft.kind != "note"
        super().apply_draft(draft)
        self._show_state()

    def start_new(self, values: Mapping[str, Any]) -> None:
        """In the form."""
        self._is_editing_words = False
        super().start_new(values)

    def hand_in(self) -> None:
        """Ask for review."""
        self._move("in_review", knowledge.hand_in, _("“{title}” waits for review."))

    def publish(self) -> None:
        """Let everybody read it."""
        self._move("published", knowledge.publish, _("“{title}” is published."))

    def withdraw(self) -> None:
        """It holds no longer."""
        self._move("withdrawn", knowledge.withdraw, _("“{title}” was withdrawn."))

    def send_back(self) -> None:
        """Make it a draft again; a reviewer says what is to be changed."""
        note: str | None = ""
        if self.state == "in_review" and self._may_publish():
            note = ask_text(self, _("Send back to the author"), _("What is to be changed"), _("Send back"))
        if note is not None:
            back = note
            self._move(
                "draft", lambda session, article: knowledge.send_back(session, article, back),
                _("“{title}” is a draft again."),
            )  # fmt: skip

    # What is shown

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self._show_state()

    def _take_choices(self, choices: Choices) -> None:
        self._choices = choices
        self._show_state()

    def _read_again(self) -> None:
        self._is_editing_words = False
        self._show_state()

    def _show_state(self) -> None:
        editor, state, is_reading = self._editor, self.state, self.is_reading
        may_edit = editor.record.id > 0 and not editor.is_read_only
        self.card.show_article(
            editor.record, state, is_reading=is_reading, may_edit=may_edit, may_publish=self._may_publish()
        )
        if is_reading:
            self.reading.show_article(editor.record, is_published=state == "published")
        self.reading.setVisible(is_reading)
        self.begin_at(self.reading if is_reading else editor)
        if is_reading and editor.form.isAncestorOf(self.focusWidget()):  # else the keys go to whatever comes next
            self.reading.setFocus()
        editor.form.setVisible(not is_reading)
        for widget in (editor.save_button, editor.revert_button):
            widget.setVisible(not is_reading and not editor.is_read_only)
        editor.right_bar.setVisible(not is_reading and editor.is_read_only)

    def _may_publish(self) -> bool:
        record = self._editor.record
        return record.id > 0 and knowledge.may_publish(self.view.context.person, record)

    def _read_around(self, found: Surroundings | None = None) -> None:
        """What its reader said of it, and its pictures; ``found`` has its files, where they were just read."""
        id_ = self._editor.record.id

        def work(session: Session) -> tuple[bool | None, list[tuple[str, QImage]]]:
            files = attachments.fetch_attachments(session, self.spec.key, id_) if found is None else found.files
            return knowledge.own_vote(session, id_), _read_pictures(session, files)

        def show(read: tuple[bool | None, list[tuple[str, QImage]]]) -> None:
            vote, pictures = read
            self.reading.show_vote(vote)
            self.reading.show_pictures(pictures)

        self.view.context.tasks.query(self, work, show, key="reading")

    # What is done

    def _vote(self, is_useful: bool | None) -> None:  # noqa: FBT001 - a slot
        id_ = self._editor.record.id

        def work(session: Session) -> Record:
            knowledge.vote(session, id_, is_useful=is_useful)
            return records.fetch_record(session, self.spec.key, id_)

        def done(article: Record) -> None:
            self.reading.show_vote(is_useful)
            self._editor.take_written(article)

        self.view.context.tasks.command(self, work, done, partial(self._fail, id_))

    def _move(self, state: State, work: Callable[[Session, Record], Record], words: str) -> None:
        """Save what is typed, then move it there, where it can go there from here."""
        if self.state is None or state not in knowledge.MOVES[self.state] or self._editor.is_read_only:
            return
        if "published" in (state, self.state) and not self._may_publish():
            return
        self._editor.save(lambda: self._run(work, words))

    def _run(self, work: Callable[[Session, Record], Record], words: str) -> None:
        base = self._editor.record

        def done(written: Record) -> None:
            self._editor.take_written(written)
            back = partial(undo, self.view, self.view, written.change_set)
            messages.notify(self.view, words.format(title=written.title), undo=back)

        self.view.context.tasks.command(
            self,
            lambda session: records.reread(session, work(session, base)),
            done,
            partial(self._fail, base.id),
            waits=True,  # what is to be changed was said in a dialog that is closed
        )

    def _fail(self, id_: int, error: KnownError) -> None:
        """Something is missing in a field; else somebody was faster, or there is no right, and it is read again."""
        if isinstance(error, FieldsError):
            self.edit()
            self._editor.form.show_errors(error.fields)
            return
        self._editor.load(id_)
        messages.show_error(self, error)


def _read_pictures(session: Session, files: Sequence[Attachment]) -> list[tuple[str, QImage]]:
    found = []
    pictures = (file for file in files if file.mime_type.startswith("image/") and file.size <= LARGEST_PICTURE)
    for file, _place in zip(pictures, range(MOST_PICTURES), strict=False):
        looked = look_at(attachments.fetch_content(session, file.id), file.mime_type)
        if isinstance(looked, QImage):
            found.append((file.name, looked))
    return found
