"""A window in a process of its own whose user types a new customer's name: started and killed by test_killed.py."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.tasks import Tasks
from tests.ui.desk import write


def main() -> None:
    """Say so when the name is kept, and go on until killed."""
    url, name = sys.argv[1:]
    app = QApplication([])
    gateway = Gateway.connect(ConnectionAddress.from_url(url))
    tasks, person = Tasks(gateway.read, gateway.write, app), gateway.person
    context = Context(
        tasks, Bus(app), person, "here", areas_for(person), lambda _text, answer: answer([]), gateway.identity
    )
    window = MainWindow(context, "customers")
    window.show()
    page = window.open_record("customer", 0)
    write(page.editor.form.editors["name"].line, name)  # type: ignore[union-attr]
    assert context.drafts._drafts.store.flush(60)
    sys.stdout.write("kept\n")
    sys.stdout.flush()
    app.exec()


if __name__ == "__main__":
    main()
