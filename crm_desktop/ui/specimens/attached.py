"""Files and comments of a record, invented, on the page of a real one; and files looked at."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QWidget

from crm_desktop.services.attachments import Attachment
from crm_desktop.services.comments import Comment
from crm_desktop.services.surroundings import Surroundings
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.file_preview import FilePreview, Looked
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.story_card import COMMENTS
from crm_desktop.ui.specimens.records import CUSTOMER, MOMENT_MS, record_window

FILES = (
    ("报价单 2026-11.xlsx", 48_211),
    ("现场照片.jpg", 2_411_904),
    ("框架合同（盖章）.pdf", 913_000),
    ("备注.txt", 812),
)
SAID = (
    ("何毅", "客户要求下周三之前给样品，\n请先确认库存。"),
    ("陈立", "@何毅 库存够，已通知仓库，周一发出。"),
    ("何毅", "好的，谢谢！"),
)


def attached_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """A customer with both, a contact with both below its form, and the ways to look at a file."""
    text = "收货地址：珠海市香洲区\n联系人：陈立\n"
    return (
        ("attached_customer", partial(record_window, context, "customer", CUSTOMER, partial(_fill, context))),
        ("attached_contact", partial(record_window, context, "contact", "", partial(_fill, context))),
        ("file_picture", partial(_preview, FILES[1][0], _picture)),
        ("file_text", partial(_preview, FILES[3][0], lambda: text)),
        ("file_unknown", partial(_preview, FILES[0][0], lambda: None)),
    )


def _fill(context: Context, page: Page) -> None:
    assert isinstance(page, RecordPage)
    now = datetime.datetime.now().astimezone()
    ago = [now - datetime.timedelta(hours=3 * (len(FILES) - n)) for n in range(len(FILES))]
    files = [Attachment(n, 1, name, "", size, "何毅", ago[n]) for n, (name, size) in enumerate(FILES)]
    shown = page.attached
    mine = context.person.id
    comments = [
        Comment(n, 1, mine if who == SAID[0][0] else 0, who, body, ago[n], now if n == 1 else None)
        for n, (who, body) in enumerate(SAID)
    ]
    around = Surroundings(0, tuple(files), tuple(comments), is_starred=True, present=())
    # As a newer answer to what the page has asked itself.
    context.tasks.query(shown, lambda _session: around, shown.show_surroundings, key="around")
    if isinstance(page, CustomerPage):
        page.story.choose(COMMENTS)
    QTimer.singleShot(2 * MOMENT_MS, page, shown.go_to_files)


def _preview(name: str, looked: Callable[[], Looked]) -> QWidget:
    return FilePreview(None, name, looked(), lambda: None, lambda: None)


def _picture() -> QImage:
    image = QImage(1200, 800, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    gradient = QLinearGradient(0, 0, 0, 800)
    gradient.setColorAt(0, Qt.GlobalColor.lightGray)
    gradient.setColorAt(1, Qt.GlobalColor.darkCyan)
    painter.fillRect(image.rect(), gradient)
    painter.end()
    return image
