"""Drafts that are offered, the list of them, and a window whose server is away. What was typed is invented."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Draft, record_content
from crm_desktop.services.presence import Present
from crm_desktop.services.records import Record, fetch_record
from crm_desktop.spec import Ref
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.draft import DraftDialog
from crm_desktop.ui.dialogs.drafts import DraftsDialog
from crm_desktop.ui.drafts import DraftBook
from crm_desktop.ui.form_page.record_page import RecordPage
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.presence import chips_of_people
from crm_desktop.ui.specimens.records import CUSTOMER, record_window

BASE = Record(
    "customer",
    7,
    3,
    {"name": "珠海华工医药有限公司", "level": Ref(2, "B"), "remark": "首次拜访：对二期感兴趣。", "website": None},
)
TYPED = {"level": Ref(1, "A"), "remark": "首次拜访：对二期感兴趣，要求下周三之前给报价。", "website": "www.huagong.cn"}


def draft_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """What needs a database."""
    return (("customer_draft", partial(offering_window, context)),)


def drafts_dialog() -> QWidget:
    """Four that wait and one that was discarded."""
    book = DraftBook("gallery")
    now = datetime.datetime.now().astimezone()
    lost = {"label": _("Move to “{stage}”").format(stage="丢单"), "words": "价格太高，选了进口品牌", "typed": {}}
    note = {"label": _("Log"), "parts": {"text": "确认二期报价，等技术评审"}}
    drafts = [
        a_draft(),
        Draft("note", "customer", 8, "中山金恒医药器械", note),
        Draft("dialog", "opportunity", 1, "佛山信达机械 年度框架", lost),
        Draft("import", "import", 0, "客户资料汇总表.xlsx", {}),
        replace(a_draft(), id="discarded", title="广州天河电子科技", discarded_at=now),
    ]
    book.take([replace(draft, at=now - datetime.timedelta(minutes=20 * n)) for n, draft in enumerate(drafts)])
    return DraftsDialog(None, book)


def draft_dialog() -> QWidget:
    """Three fields, of which a colleague has changed one meanwhile."""
    current = replace(BASE, version=4, values={**BASE.values, "website": "huagong-pharma.com"})
    return DraftDialog(None, a_draft(), current)


def a_draft() -> Draft:
    """A form in the middle of being filled in."""
    return Draft("record", "customer", BASE.id, str(BASE.values["name"]), record_content(BASE, TYPED))


def offering_window(context: Context) -> QWidget:
    """The page of a customer with a draft of yesterday, two colleagues there, and the server gone."""
    shown = replace(context, bus=Bus())

    def offer(page: Page) -> None:
        assert isinstance(page, CustomerPage)
        _offer(shown, page)

    return record_window(shown, "customer", CUSTOMER, offer)


def _offer(context: Context, page: RecordPage) -> None:
    yesterday = datetime.datetime.now().astimezone() - datetime.timedelta(hours=20)
    id_ = page.id

    def type_(record: Record) -> None:
        before = replace(record, version=0, values={**record.values, "level": Ref(0, "B")})
        content = record_content(before, {"website": "www.huagong.cn", "remark": "要求下周三之前给报价"})
        context.drafts.take([Draft("record", "customer", id_, page.title, content, at=yesterday)])

    context.tasks.query(page, lambda session: fetch_record(session, "customer", id_), type_)
    people = [Present(1, "王芳", is_editing=True), Present(2, "李明", is_editing=False)]
    page.heading.show_people(chips_of_people(people))
    context.bus.connection_changed.emit("lost")
