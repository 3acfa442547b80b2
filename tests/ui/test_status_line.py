"""What managers read of backups at the foot of the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_desktop.services.preferences import SAMPLE_FIRM
from crm_desktop.ui.status_line import backup_words
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("settings", "words", "tone"),
    [
        ({}, "No backup yet", "bad"),
        ({"last_backup": {"at": NOW.isoformat()}}, "never tried to restore", "muted"),
        ({"last_backup": {"at": (NOW - timedelta(days=9)).isoformat()}}, "never tried to restore", "bad"),
        (
            {"last_backup": {"at": NOW.isoformat()}, "last_proven_restore": {"at": "2026-11-01T00:00:00+00:00"}},
            "restore tried 2026-1",
            "muted",
        ),
    ],
)
def test_backup_is_told_in_words(settings: dict[str, object], words: str, tone: str) -> None:
    text, found = backup_words(settings)
    assert words in text
    assert found == tone


def test_nobody_is_told_of_backups_of_the_sample_firm(sit_down: SitDown) -> None:
    status = sit_down("manager").window.status
    status._show_backup({SAMPLE_FIRM: {}})
    assert status._backup.text() == ""


def test_only_managers_are_told(sit_down: SitDown) -> None:
    assert sit_down("seller").window.status._backup.text() == ""
    manager = sit_down("manager")
    manager.settle()
    assert manager.window.status._backup.text() == "No backup yet"
