"""The workbench's window: header, areas, status line. Knows no entity; the areas are given to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.services.drafts import Draft
from crm_desktop.services.search import Hit
from crm_desktop.services.service_desk import Given
from crm_desktop.spec.filters import Group
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView, Opened
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.drafts import DraftsDialog
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from crm_desktop.ui.header import Header
from crm_desktop.ui.lost_answers import LostAnswers
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.message_watch import MessageWatch
from crm_desktop.ui.page import LOG_CALL, LOG_KEY, FilteredPage, Page, PageBuilder, RecordBuilder, TakesCalls
from crm_desktop.ui.reminders.reminding import Reminding
from crm_desktop.ui.service_watch import ServiceWatch
from crm_desktop.ui.sharing.watch import SightWatch
from crm_desktop.ui.side_entries import INBOX, INBOX_AREA
from crm_desktop.ui.status_line import StatusLine
from crm_desktop.ui.tab_memory import TabMemory
from crm_desktop.ui.theme import dress
from crm_desktop.ui.turns import Turns
from crm_desktop.ui.undo_last import redo_last, undo_last
from crm_desktop.ui.widgets.notice import Notice, Notices
from crm_desktop.ui.widgets.tab_order import tab_on

SIZE = QSize(1366, 768)
LEAST = QSize(1024, 600)


class MainWindow(QMainWindow):
    """What is chosen in the person's menu is announced; the program around it acts and calls ``rebuild``."""

    file_dropped = Signal(Path)
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    password_change_chosen = Signal()
    settings_chosen = Signal()
    sign_out_chosen = Signal()
    import_draft_chosen = Signal(object)  # services.drafts.Draft
    closed = Signal()

    def __init__(self, context: Context, begin: str = "") -> None:
        """``begin`` is the area one comes to; the first without it."""
        super().__init__()
        self.context = context
        self._views: dict[str, AreaView] = {}
        self._turns = Turns(self)
        self._is_sample = False
        self._unread = 0
        self._place = ""
        self._tab_memory: TabMemory | None = None
        self.reminding: Reminding | None = None
        dress(self)
        self.setMinimumSize(LEAST)
        self.setAcceptDrops(True)
        self.resize(SIZE)
        self.restoreGeometry(QByteArray.fromBase64(remembered("window/geometry", "").encode("ascii")))
        self._bind_keys()
        self._build()
        context.bus.connection_changed.connect(self._show_connection)
        self._drafts_notice: Notice | None = None
        LostAnswers(context, self).told.connect(self._tell_drafts, Qt.ConnectionType.SingleShotConnection)
        if any(page.key == INBOX for area in context.areas for page in area.pages):
            watch = MessageWatch(context, self._tell_message, self)
            watch.counted.connect(self._show_unread)
        SightWatch(context.tasks, context.bus, context.person, self)
        ServiceWatch(context, self._tell_given, self)
        known = [area.key for area in context.areas]
        self.show_area(begin if begin in known else known[0])

    def appear(self) -> None:
        """Show it where it was last; over the whole of a screen on which its foot would lie below the task bar."""
        room = self.screen().availableSize()
        if room.width() > self.width() and room.height() > self.height():
            self.show()
        else:
            self.showMaximized()

    def rebuild(self, change: Callable[[], object] = lambda: None) -> None:
        """Change the language or the look, and build all pages anew with the same tabs open: those out of sight
        in later turns, or when somebody asks for them. Asks pages with unsaved edits; where one stays, all do.
        """
        views = self.views()
        if not all(view.may_close() for view in views.values()):
            change()
            return
        front = self.current_area()
        opened = {front: views[front].opened()} | {key: view.opened() for key, view in views.items()}
        self._views = {}
        self.header.setFocus()  # what is deleted under the focus would hand it to any button
        front, *others = opened
        self.setUpdatesEnabled(False)  # painted once: as it will be
        self._turns.add(
            [
                *(views[key].deleteLater for key in reversed(opened)),  # Qt would give the new style to all of them
                change,
                self._build,
                partial(self._make_view, front, opened[front].page),
                partial(self._put_in, front),
                partial(self._reopen, front, opened[front]),
                partial(self._show_view, front),
                self._paint_around,
                lambda: self._canvas.setUpdatesEnabled(True),
                *(partial(self._reopen, key, opened[key]) for key in others),
            ]
        )
        if self.reminding is not None:
            self._turns.add([self.reminding.build_anew])

    def _paint_around(self) -> None:
        """What is inside waits for the next turn: Qt paints a whole window twice when it may be painted again."""
        self._canvas.setUpdatesEnabled(False)
        self.setUpdatesEnabled(True)

    def remember_tabs(self, firm: str) -> None:
        """Open what the person had open in this firm at the last time, and keep in mind from now on what is open."""
        self._tab_memory = TabMemory(self, firm)
        self._tab_memory.restore()

    def remind(self) -> None:
        """Remind the person of his events and tasks from now on, and of what came while nobody was here."""
        self.reminding = Reminding(self)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Tab through what is shown, in its order."""
        return tab_on(self, forward=forward) or super().focusNextPrevChild(forward)

    def mark_as_sample(self) -> None:
        """Say over every page that nothing here is real."""
        self._is_sample = True
        self._sample_mark.show()

    def keep_place(self) -> None:
        """Keep place and size for the next start, if they are others than before."""
        place = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        if place != self._place:
            self._place = place
            remember("window/geometry", place)

    def views(self) -> dict[str, AreaView]:
        """The areas that have been looked at, by key."""
        self._turns.finish()
        return self._views

    def view(self, area: str) -> AreaView:
        """The view of an area, built when it is first needed."""
        self._turns.finish()
        return self._view(area)

    def _view(self, area: str, begin: str = "") -> AreaView:
        if area not in self._views:
            self._make_view(area, begin)
            self._put_in(area)
        return self._views[area]

    def _make_view(self, area: str, begin: str) -> None:
        found = next(one for one in self.context.areas if one.key == area)
        self._views[area] = AreaView(found, self.context, self, begin)

    def _put_in(self, area: str) -> None:
        self._stack.addWidget(self._views[area])

    def show_area(self, area: str) -> AreaView:
        """Bring an area to the front."""
        self._turns.finish()
        return self._show_view(area)

    def _show_view(self, area: str) -> AreaView:
        view = self._view(area)
        self._stack.setCurrentWidget(view)
        self.header.show_area(area)
        view.focus_page()
        return view

    def current_area(self) -> str:
        """The key of the area in front."""
        self._turns.finish()
        current = self._stack.currentWidget()
        return next(key for key, view in self._views.items() if view is current)

    def open_record(self, entity: str, id: int) -> Page | None:
        """Open a record in its area; None where no area shows such records."""
        key = f"{entity}/{id}"
        build = self.record_builder(key)
        if build is None:
            return None
        area = next(one for one in self.context.areas if entity in one.records)
        return self.show_area(area.key).open_tab(key, build)

    def log_call(self) -> QWidget | None:
        """Go where calls are logged, or say that this person logs none."""
        area = next((one for one in self.context.areas if any(page.key == LOG_CALL for page in one.pages)), None)
        if area is None:
            messages.notify(self, _("You have no right to log calls."), tone="warn")
            return None
        view = self.view(area.key)
        view.select_page(LOG_CALL)
        self.show_area(area.key)
        return view.current_page()

    def take_call(self, number: str) -> None:
        """Begin to log a call from a number."""
        page = self.log_call()
        if isinstance(page, TakesCalls):
            page.take_call(number)

    def open_list(self, entity: str, group: Group) -> None:
        """List the records of an entity that a filter lets through, in the area that has such a list."""
        self.open_filtered(f"{entity}/all", group)

    def open_filtered(self, entry: str, group: Group) -> None:
        """Show the page of a side entry with what a filter lets through."""
        area = next(one for one in self.context.areas if any(page.key == entry for page in one.pages))
        view = self.view(area.key)
        view.select_page(entry)
        page = view.current_page()
        assert isinstance(page, FilteredPage)
        page.set_filter(group)
        self.show_area(area.key)

    def show_list(self, entity: str) -> None:
        """Bring the list of all records of an entity to the front, or what stands in its place."""
        entries = [(area, page.key) for area in self.context.areas for page in area.pages]
        own = [(area, key) for area, key in entries if key.partition("/")[0] == entity]
        area, entry = next((one for one in own if one[1] == f"{entity}/all"), own[0])
        self.view(area.key).select_page(entry)
        self.show_area(area.key)

    def record_builder(self, key: str) -> PageBuilder | None:
        """What builds the page of the record behind a tab's key; None where no area shows such records."""
        entity, _slash, number = key.partition("/")
        builders = [area.records[entity] for area in self.context.areas if entity in area.records]
        return partial(_build_record, builders[0], int(number)) if builders else None

    def show_shortcuts(self) -> None:
        """Show which keys do what here."""
        page = self.view(self.current_area()).current_page()
        ShortcutsDialog(self, page).open_quietly()

    def show_drafts(self) -> None:
        """Show all that was typed and not saved."""
        dialog = DraftsDialog(self, self.context.drafts)
        dialog.open_chosen.connect(self._open_draft)
        dialog.open_quietly()

    def show_messages(self) -> None:
        """Go to what others wrote."""
        view = self.show_area(INBOX_AREA)
        view.select_page(INBOX)
        view.focus_page()

    def _show_unread(self, count: int) -> None:
        self._unread = count
        self.header.show_unread(count)

    def _tell_message(self, words: str) -> None:
        self.notices.show_notice(words, action=(_("Show"), self.show_messages))

    def _tell_drafts(self) -> None:
        count = len(self.context.drafts.waiting())
        if count:
            words = ngettext("{count} draft is not saved.", "{count} drafts are not saved.", count).format(count=count)
            if self._drafts_notice is not None and isValid(self._drafts_notice):
                self._drafts_notice.dismiss()
            self._drafts_notice = self.notices.show_notice(words, action=(_("Show"), self.show_drafts))

    def _open_draft(self, draft: Draft) -> None:
        """Go where it was typed; there it is offered."""
        if draft.kind == "import":
            self.import_draft_chosen.emit(draft)
        elif draft.kind == "page":
            self.show_area(draft.entity).select_page(draft.place.partition("#")[0])
        else:
            self.open_record(draft.entity, draft.record_id)

    def _tell_given(self, new: Sequence[Given]) -> None:
        """Colleagues gave a request, or opened it again: it opens with its customer's page behind it; of several at
        once the list opens.
        """
        if len(new) > 1:
            words = _("{count} service requests are given to you.").format(count=len(new))
            self.notices.show_notice(words, tone="accent", action=(_("Show"), self._show_queue), stays=True)
            QApplication.alert(self)
            return
        (given,) = new

        def show() -> None:
            self.open_record("customer", given.customer_id)
            self.open_record("service_request", given.id)

        again = _("{name} opened “{title}” of {customer} again. It is yours.")
        words = again if given.is_reopened else _("{name} gives you “{title}” of {customer}.")
        text = words.format(name=given.by, title=given.subject, customer=given.customer)
        self.notices.show_notice(text, tone="accent", hint=given.note, action=(_("Open"), show), stays=True)
        QApplication.alert(self)

    def _show_queue(self) -> None:
        self.show_area("service").select_page("service_request/mine")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let files in."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Announce the first file."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.file_dropped.emit(files[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the pages, then remember place and size."""
        if not all(view.may_close() for view in self.views().values()):
            event.ignore()
            return
        self.keep_place()
        if self._tab_memory is not None:
            self._tab_memory.keep()
        event.accept()
        self.closed.emit()

    def _build(self) -> None:
        self._views = {}
        self.header = Header(self.context)
        self.status = StatusLine(self.context)
        self._stack = QStackedWidget()
        self._banner = QLabel(
            _("The connection to the server is lost. What you type stays; it is tried again all the time.")
        )
        self._banner.setObjectName("banner")
        self._banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._banner.hide()
        self._sample_mark = QLabel(_("Sample firm: all people and customers here are invented. Try whatever you like."))
        self._sample_mark.setObjectName("sample")
        self._sample_mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sample_mark.setVisible(self._is_sample)
        self._canvas = canvas = QWidget()
        canvas.setObjectName("canvas")
        column = QVBoxLayout(canvas)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._sample_mark)
        column.addWidget(self._banner)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(canvas)  # deletes the canvas before it, and all pages with it
        self.notices = Notices(canvas)
        self.setWindowTitle(_("CRM") + f" — {self.context.person.name or self.context.person.login}")
        self.header.area_chosen.connect(self.show_area)
        self.header.hit_chosen.connect(self._open_hit)
        self.header.language_chosen.connect(self.language_chosen)
        self.header.theme_chosen.connect(self.theme_chosen)
        self.header.password_change_chosen.connect(self.password_change_chosen)
        self.header.settings_chosen.connect(self.settings_chosen)
        self.header.drafts_chosen.connect(self.show_drafts)
        self.status.connection.drafts_chosen.connect(self.show_drafts)
        self.header.sign_out_chosen.connect(self.sign_out_chosen)
        self.header.shortcuts_chosen.connect(self.show_shortcuts)
        self.header.messages_chosen.connect(self.show_messages)
        self.header.show_unread(self._unread)

    def _reopen(self, area: str, opened: Opened) -> None:
        view = self._view(area, opened.page)
        view.reopen(opened)
        self._turns.add(partial(view.build_tab, tab.key) for tab, _title in opened.tabs)

    def _show_connection(self, state: str) -> None:
        self._banner.setVisible(state == "lost")
        if state == "connected":
            self.notices.connection_is_back()

    def _open_hit(self, hit: Hit) -> None:
        self.open_record(hit.entity, hit.id)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+W": lambda: self._current_view().close_current(),
            "Ctrl+Q": self.close,
            "Ctrl+Tab": lambda: self._current_view().step(1),
            "Ctrl+Shift+Tab": lambda: self._current_view().step(-1),
            "Ctrl+Z": lambda: undo_last(self._current_view()),
            "Ctrl+Y": lambda: redo_last(self._current_view()),
            "Ctrl+Shift+Z": lambda: redo_last(self._current_view()),
            "Ctrl+Shift+I": self.show_messages,
            "F1": self.show_shortcuts,
            "Ctrl+,": self.settings_chosen.emit,
            LOG_KEY: self.log_call,
            "F6": lambda: self._current_view().side.setFocus(Qt.FocusReason.ShortcutFocusReason),
        }
        for number, area in enumerate(self.context.areas[:9], 1):
            keys[f"Ctrl+{number}"] = partial(self.show_area, area.key)
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _current_view(self) -> AreaView:
        return self.view(self.current_area())


def _build_record(build: RecordBuilder, id_: int, view: AreaView) -> Page:
    return build(view, id_)
