"""Every widget, editor and generic dialog once, for the gallery. The data in them is invented."""

from __future__ import annotations

from crm_desktop.ui.specimens.dialogs import (
    ask_text,
    bug,
    login,
    login_refused,
    password,
    progress,
    question,
    shortcuts,
)
from crm_desktop.ui.specimens.drafts import draft_dialog, drafts_dialog
from crm_desktop.ui.specimens.editors import editors
from crm_desktop.ui.specimens.starting import connections, new_firm, sample, sign_in_to_sample, trial, ways
from crm_desktop.ui.specimens.widgets import widgets
from crm_desktop.ui.specimens.window import window

SPECIMENS = (
    ("widgets", widgets),
    ("editors", editors),
    ("window", window),
    ("start_ways", ways),
    ("start_sample", sample),
    ("start_new_firm", new_firm),
    ("start_trial", trial),
    ("login_sample", sign_in_to_sample),
    ("connections", connections),
    ("login", login),
    ("login_refused", login_refused),
    ("question", question),
    ("ask_text", ask_text),
    ("progress", progress),
    ("bug", bug),
    ("shortcuts", shortcuts),
    ("password", password),
    ("drafts", drafts_dialog),
    ("draft", draft_dialog),
)
"""The file's name in the gallery, and what builds the window."""
