"""The program is killed while somebody types: what was kept comes back, and nothing is saved twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import text

from crm_desktop.core.paths import ROOT
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.ui.pages.customer import CustomerPage
from tests.db.office import PASSWORD
from tests.ui.desk import Desk, SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

MOMENTS = int(os.environ.get("TYPING_KILLS", "3"))
LATEST = float(os.environ.get("TYPING_SECONDS", "4"))
"""After so many seconds of typing, at a hundred keys a second, the program is killed at the latest."""


@pytest.fixture
def url(server: ServerAddress, own_database: str) -> str:
    return server.url(own_database, "office.seller", PASSWORD)


def type_until_killed(url: str, seed: str, seconds: float) -> list[tuple[str, str]]:
    """What the killed program has said."""
    command = [sys.executable, "-m", "tests.ui.typing_process", url, seed]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as typing:
        assert typing.stdout is not None
        said = [typing.stdout.readline()]
        assert said[0].startswith("ready")
        while not said[-1].startswith("kept"):
            said.append(typing.stdout.readline())
        time.sleep(seconds)
        typing.kill()
        said += typing.stdout.readlines()
    parts = [line.rstrip("\n").split("\t") for line in said if line.endswith("\n")]
    return [(what, typed) for what, typed in parts]


def apply_all(desk: Desk) -> Iterator[str]:
    """Go on with every draft and save it; what was offered."""
    book = desk.window.context.drafts
    desk.qtbot.waitUntil(lambda: book.is_loaded)
    for _offer in range(10):
        if not book.waiting():
            return
        draft = book.waiting()[0]
        page = desk.open(draft.entity, draft.record_id)
        assert isinstance(page, CustomerPage)
        buttons = [button for button in page.draft_bar.findChildren(QPushButton) if button.text() == "Apply"]
        if not buttons:
            continue  # it was saved after all
        buttons[0].click()
        desk.settle()
        if draft.place == "log":
            yield page.story.log_line.line.text()
            page.story.log_line.log()
        elif draft.place == "comment":
            yield page.attached.comments.box.text()
            page.attached.comments.send()
        else:
            assert page.editor is not None
            yield from (str(page.editor.form.value_of(key)) for key in ("name", "website", "fax"))
            page.editor.save()
        desk.settle()
        page.view.close_page(page)
    raise AssertionError("the drafts come to no end")


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_program_loses_nothing_that_was_kept_and_saves_nothing_twice(
    url: str, sit_down: SitDown, moment: int
) -> None:
    seed = f"s{moment}"
    said = type_until_killed(url, seed, random.Random(moment).uniform(0.2, LATEST))
    desk = sit_down("seller")
    offered = list(apply_all(desk))
    saved: list[str] = []
    with desk.gateway.read() as session:
        for column, table in (("name", "customer"), ("subject", "activity"), ("body", "comment")):
            statement = text(f"select {column} from crm.{table} where {column} like :typed")
            found = session.execute(statement, {"typed": f"%{seed}x%"}).scalars().all()
            assert len(found) == len(set(found)), f"something was saved twice as {column}"
            saved += found
        for column in ("website", "fax"):
            saved += session.execute(text(f"select {column} from crm.customer where {column} <> ''")).scalars()
    there = {*saved, *offered}
    assert {typed for what, typed in said if what == "saved"} <= set(saved)
    kept = [typed for what, typed in said if what == "kept"]
    assert [typed for typed in kept if not any(text.startswith(typed) for text in there)] == []
