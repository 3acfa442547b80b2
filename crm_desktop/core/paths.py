"""Where things lie: the program's own files, and the user's local state (moved whole by ``CRM_HOME``)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"


def state_home() -> Path:
    """The folder of all local state (profiles, embedded server, drafts, logs); made on first use."""
    home = os.environ.get("CRM_HOME")
    path = Path(home) if home else Path(platformdirs.user_data_dir("crm-desktop", appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path
