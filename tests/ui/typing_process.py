"""A workbench in a process of its own whose user types without end: new customers, changes, lines to log, comments.

Started by test_killed.py, which kills it. Says on its output what is typed, what is kept of it, and what is saved.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time

from PySide6.QtWidgets import QApplication

from crm_desktop.core.i18n import set_language
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.drafts import draft_from
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import apply_theme
from tests.ui.desk import write

KEY_SECONDS = 0.01


def say(what: str, text: str) -> None:
    sys.stdout.write(f"{what}\t{text}\n")
    sys.stdout.flush()


class Typist:
    """One window and its user."""

    def __init__(self, app: QApplication, url: str, seed: str) -> None:
        self.app = app
        self.chance = random.Random(seed)
        self.gateway = Gateway.connect(ConnectionAddress.from_url(url))
        self.tasks = Tasks(self.gateway.read, self.gateway.write, app)
        person = self.gateway.person
        self.window = MainWindow(
            Context(
                self.tasks, Bus(app), person, "here", areas_for(person), lambda _text, answer: answer([]),
                identity=self.gateway.identity,
            )
        )  # fmt: skip
        store = self.window.context.drafts._drafts.store
        self._write, store._try = store._try, self._tell_what_is_kept  # type: ignore[method-assign]
        self.window.show()
        self.settle()

    def _tell_what_is_kept(self, batch: dict[str, bytes | None]) -> OSError | sqlite3.Error | None:
        error = self._write(batch)
        for content in batch.values() if error is None else ():
            if content is not None:
                found = draft_from(content).content
                for typed in (found.get("typed") or found["parts"]).values():
                    say("kept", str(typed))
        return error

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()

    def settle(self) -> None:
        self.wait(0.05)
        while self.tasks.busy:
            self.wait(0.01)
        self.wait(0.02)

    def type(self, line: object, text: str) -> None:
        for end in range(1, len(text) + 1):
            write(line, text[end - 1])  # type: ignore[arg-type]
            say("typed", text[:end])
            self.wait(KEY_SECONDS)

    def new_customer(self, name: str) -> None:
        page = self.window.open_record("customer", 0)
        self.settle()
        form = page.editor.form  # type: ignore[union-attr]
        self.type(form.editors["name"].line, name)
        self.type(form.editors["website"].line, f"w{name}")
        page.editor.save()  # type: ignore[union-attr]
        if self.chance.random() < 0.5:
            self.settle()
            say("saved", name)
            self.log(page, f"log {name}")
            self.comment(page, f"note {name}")
            self.change(page, f"fax {name}")
        page.view.tabs.close_requested.emit(page)  # type: ignore[union-attr]
        self.settle()

    def log(self, page: object, subject: str) -> None:
        self.type(page.story.log_line.line, subject)  # type: ignore[attr-defined]
        page.story.log_line.log()  # type: ignore[attr-defined]
        self.settle()
        say("saved", subject)

    def comment(self, page: object, body: str) -> None:
        panel = page.attached.comments  # type: ignore[attr-defined]
        self.type(panel.box, body)
        panel.send()
        self.settle()
        say("saved", body)

    def change(self, page: object, fax: str) -> None:
        page.edit()  # type: ignore[attr-defined]
        editor = page.editor  # type: ignore[attr-defined]
        self.type(editor.form.editors["fax"].line, fax)
        editor.save()
        self.settle()
        say("saved", fax)


def main() -> None:
    url, seed = sys.argv[1:]
    app = QApplication([])
    set_language("en")
    apply_theme(app, "light")
    typist = Typist(app, url, seed)
    say("ready", "")
    for number in range(10_000):
        typist.new_customer(f"{seed}x{number}")


if __name__ == "__main__":
    main()
