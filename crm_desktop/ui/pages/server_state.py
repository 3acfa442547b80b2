"""How the server is: size, last backups, what is wrong with it; and backing up and restoring without a command line."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.progress import Progress
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services.server_state import Finding, ServerState, back_up, check_database, fetch_server_state, restore
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import icons, messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.dialogs.superuser import SuperuserDialog
from crm_desktop.ui.page import Page
from crm_desktop.ui.status_line import backup_words
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle

FILES = "*.crmbackup *.backup"
TABLES = {spec.model.__tablename__: spec.label_plural for spec in ALL_ENTITIES} | {
    "attachment_piece": N_("Attached files"),
    "change": N_("Change log"),
}
UNITS = ("B", "KB", "MB", "GB", "TB")
THOUSAND = 1024
T = TypeVar("T")


class ServerStatePage(Page):
    """Reads anew whenever it comes into sight; the checks, which take a moment, only when asked."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Server and backup"))
        self._view = view
        self._maintenance = view.context.maintenance
        heading = PageTitle(self.title)
        self.check_button = secondary_button(_("Check the database"), self.check, icon_name="heartbeat")
        self.restore_button = secondary_button(_("Restore to a new database…"), self.ask_restore)
        self.backup_button = primary_button(_("Back up now…"), self.ask_backup, icon_name="floppy-disk")
        for button in (self.check_button, self.restore_button, self.backup_button):
            heading.add(button)
        for button in (self.restore_button, self.backup_button):
            button.setVisible(self._maintenance is not None)
        self._state = Card(_("State"))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(24)
        self._facts.setVerticalSpacing(8)
        self._facts.setColumnStretch(1, 1)
        self._state.body.addLayout(self._facts)
        self._tables = Card(_("What takes the room"))
        self._sizes = QGridLayout()
        self._sizes.setHorizontalSpacing(24)
        self._sizes.setVerticalSpacing(4)
        self._sizes.setColumnStretch(1, 1)
        self._tables.body.addLayout(self._sizes)
        self.findings = Card(_("Findings"))
        self._found = QVBoxLayout()
        self._found.setSpacing(4)
        self.findings.body.addLayout(self._found)
        self.findings.hide()
        self.body.addWidget(heading)
        self.body.addWidget(_scrolling((self._state, self.findings, self._tables)), 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Read anew."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the state again."""
        self._view.context.tasks.query(self, fetch_server_state, self._show, key="state")

    def check(self) -> None:
        """Look whether everything is as this program installed it."""
        self.check_button.setEnabled(False)
        self._view.context.tasks.query(self, check_database, self._show_findings, self._check_failed, key="check")

    def ask_backup(self) -> None:
        """Ask for the file, and for whoever may read everything; then back up."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"crm-{datetime.datetime.now().astimezone():%Y-%m-%d-%H%M}.crmbackup"
        words = _("Backups ({kinds})").format(kinds=FILES)
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Back up now"), str(Path(folder) / name), words)
        if chosen:
            self._ask_superuser(_("Back up now"), _("Back up"), "", lambda url, _new: self.back_up(url, Path(chosen)))

    def ask_restore(self) -> None:
        """Ask for the file and the name of the new database; then restore. Nothing that is there is touched."""
        words = _("Backups ({kinds})").format(kinds=FILES)
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Restore to a new database"), "", words)
        if chosen:
            new = f"crm_{datetime.datetime.now().astimezone():%Y%m%d}"
            self._ask_superuser(
                _("Restore to a new database"),
                _("Restore"),
                new,
                lambda url, database: self.restore(url, Path(chosen), database),
            )

    def back_up(self, url: str, file: Path) -> None:
        """Back up as the superuser of ``url``, with progress."""
        self._run(
            _("Backing up"),
            lambda progress: back_up(url, file, progress),
            lambda _none: self._done(_("Backed up to {file}.").format(file=file)),
        )

    def restore(self, url: str, file: Path, database: str) -> None:
        """Restore as the superuser of ``url``, with progress, and say what is to be done then."""

        def say(locked: tuple[str, ...]) -> None:
            text = _("Restored to {database} and verified.").format(database=database)
            if locked:
                words = _("These logins did not exist here and are locked until you unlock them: {names}")
                text += " " + words.format(names=", ".join(locked))
            self._done(text)

        self._run(_("Restoring to a new database"), lambda progress: restore(url, file, database, progress), say)

    def _ask_superuser(self, title: str, action: str, database: str, go: Callable[[str, str], None]) -> None:
        maintenance = self._maintenance
        assert maintenance is not None
        own = maintenance.own_address
        if own and not database:
            go(own, "")
            return
        dialog = SuperuserDialog(self.window(), title, action, asks_login=not own, database=database)
        dialog.chosen.connect(lambda login, password, new: go(own or maintenance.address_as(login, password), new))
        dialog.open()

    def _run(self, title: str, work: Callable[[Progress], T], success: Callable[[T], None]) -> None:
        assert self._maintenance is not None
        running = self._maintenance.tasks.long_command(
            self, lambda _session, progress: work(progress), success, self._failed
        )
        ProgressDialog(self.window(), title, running).open()

    def _done(self, text: str) -> None:
        messages.notify(self, text)
        self.refresh()

    def _failed(self, error: KnownError) -> None:
        if not isinstance(error, CancelledError):
            messages.show_error(self, error)

    def _check_failed(self, error: KnownError) -> None:
        self.check_button.setEnabled(True)
        messages.show_error(self, error)

    def _show(self, state: ServerState) -> None:
        _clear(self._facts)
        version = self._view.context.person.server_version
        backup, tone = backup_words(state.settings)
        version_words = _("The database fits this program; no upgrade is pending.")
        if state.is_upgrade_pending:
            version_words = _("An upgrade is pending: back up, then run “server upgrade” on any computer.")
        facts = (
            (_("Backup"), backup, tone),
            (_("Database"), size_words(state.size), ""),
            (_("Server"), f"PostgreSQL {version // 10000}.{version % 10000}", ""),
            (_("Running since"), TIME.format(state.started_at), ""),
            (
                _("Connections"),
                _("{used} of {most}").format(used=state.used_connections, most=state.most_connections),
                "",
            ),
            (_("Version"), version_words, "bad" if state.is_upgrade_pending else ""),
        )
        for row, (name, words, how) in enumerate(facts):
            self._facts.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(words, "error" if how == "bad" else "body", wrap=True, selectable=True), row, 1)
        _clear(self._sizes)
        sizes = {_(TABLES[table]): size for table, size in state.tables if table in TABLES}
        sizes[_("Everything else")] = state.size - sum(sizes.values())
        for row, (name, size) in enumerate(sizes.items()):
            self._sizes.addWidget(label(name, "muted"), row, 0)
            self._sizes.addWidget(label(size_words(size), "body"), row, 1)

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        self.check_button.setEnabled(True)
        _clear(self._found)
        for finding in sorted(findings, key=lambda one: one.is_ok):
            self._found.addWidget(_finding_line(finding))
        self.findings.show()


def size_words(size: int) -> str:
    """``512 B``, ``3.4 MB``."""
    value, unit = float(size), UNITS[0]
    for unit in UNITS:
        if value < THOUSAND or unit == UNITS[-1]:
            break
        value /= THOUSAND
    return f"{value:.0f} {unit}" if unit == UNITS[0] else f"{value:.1f} {unit}"


def _finding_line(finding: Finding) -> QWidget:
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    picture = QLabel()
    picture.setPixmap(icons.pixmap(*(("check-circle", 16, "good") if finding.is_ok else ("x-circle", 16, "bad"))))
    line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(f"{finding.text} {finding.hint}".strip(), wrap=True, selectable=True), 1)
    return made


def _scrolling(cards: Sequence[QWidget]) -> QScrollArea:
    inner = QWidget()
    inner.setObjectName("plain")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidget(inner)
    return scroll


def _clear(layout: QGridLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
