"""The window with what reminds its user, for the gallery. What it reminds of is invented."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core import clock
from crm_desktop.services.reminders import Pending
from crm_desktop.spec import Ref
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.reminders.panel import ReminderPanel

MINUTE = datetime.timedelta(minutes=1)
CUSTOMER = Ref(1, "珠海华工医药有限公司")


def reminder_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """An event to come, a task that is late, and the question what came of a visit."""
    return (("reminders", partial(_window, context)),)


def _window(context: Context) -> QWidget:
    window = MainWindow(context)
    window.show_area("calendar")
    panel, now = ReminderPanel(window), clock.now()
    panel.show_due([
        Pending(1, "event", 1, True, "拜访华工", now - 180 * MINUTE, now - 120 * MINUTE, None, CUSTOMER, "珠海"),
        Pending(2, "task", 2, False, "寄样本和价目表", now - 95 * MINUTE, now - 95 * MINUTE, None, CUSTOMER, ""),
        Pending(3, "event", 3, False, "部门周会", now + 14 * MINUTE, now - MINUTE, None, None, "大会议室"),
    ])  # fmt: skip
    next(iter(panel.rows.values())).result.setText("要两台，本周出方案")
    return window
