"""Sharing, assigning, and who sees a record and why, for the gallery. The data is invented."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QScrollArea, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services.bulk import Rehearsal, Targets
from crm_desktop.services.sharing import EndedLending, Lending, Receiver, Tenure
from crm_desktop.services.why import Reason, Seer, share_sentence
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.sharing.assign_dialog import AssignDialog
from crm_desktop.ui.sharing.share_dialog import ShareDialog
from crm_desktop.ui.sharing.who_dialog import WhoDialog
from crm_desktop.ui.sharing.why_dialog import WhyDialog
from crm_desktop.ui.specimens.records import CUSTOMER as NAME
from crm_desktop.ui.specimens.records import record_window

TITLE = "珠海华工医药有限公司"
NOW = datetime.datetime(2026, 11, 20, 14, 3).astimezone()
SHARES = (
    Lending(1, Receiver(Ref(2, "苏敏")), True, "何毅", NOW, None),
    Lending(2, Receiver(Ref(3, "客服部"), is_department=True), False, "何毅", NOW, NOW + datetime.timedelta(days=41)),
)
ENDED = (EndedLending("林秋", False, NOW - datetime.timedelta(days=30), NOW, "何毅"),)
TENURES = (Tenure("何毅", NOW, None), Tenure("陈立", NOW - datetime.timedelta(days=400), NOW))


def sharing_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """The dialogs, and the card on the page of a customer."""
    return (
        ("customer_collaborators", partial(record_window, context, "customer", NAME, _show_ownership)),
        ("share", partial(_in_window, context, _share)),
        ("share_many", partial(_in_window, context, _share_many)),
        ("assign", partial(_in_window, context, _assign)),
        ("who", partial(_in_window, context, _who)),
        ("why", partial(_in_window, context, _why)),
    )


def _in_window(context: Context, build: Callable[[AreaView], Dialog]) -> QWidget:
    window = MainWindow(context)
    dialog = build(window.view(context.areas[0].key))
    dialog.finished.connect(window.close)  # keeps the window as long as its dialog
    return dialog


def _share(view: AreaView) -> Dialog:
    dialog = ShareDialog(view, CUSTOMER, [1], TITLE, lambda _terms, _ids: None, lambda _lending: None)
    dialog.whom.people.set_value([Ref(4, "林秋")])
    dialog.may.setCurrentIndex(1)
    dialog.show_answer((_rehearsal(1), list(SHARES)))
    return dialog


def _share_many(view: AreaView) -> Dialog:
    dialog = ShareDialog(view, CUSTOMER, range(38), "", lambda _terms, _ids: None, lambda _lending: None)
    dialog.whom.departments.set_value([Ref(3, "客服部")])
    dialog.show_answer((_rehearsal(35, {_("You may not share them."): 3}), []))
    return dialog


def _assign(view: AreaView) -> Dialog:
    dialog = AssignDialog(view, CUSTOMER, range(38), "", lambda _owner, _targets, _keeps: None)
    dialog.owner.set_value(Ref(2, "苏敏"))
    dialog.keeps_me.setChecked(True)
    dialog.show_rehearsal(_rehearsal(35, {_("You may not change them."): 3}))
    return dialog


def _who(view: AreaView) -> Dialog:
    dialog = WhoDialog(view, "customer", 1, TITLE)
    shared = share_sentence({"by": "何毅", "at": NOW.isoformat()})
    own = _("He owns it, and may do this with his own records. Group: {groups}.").format(groups="销售人员")
    everybody = _("He may do this with everybody's records. Group: {groups}.").format(groups="总经理")
    dialog.show_seers(
        [
            Seer(1, "何毅", "销售一部", _reasons("own", own, delete=False)),
            Seer(2, "龙兆基", "总经办", _reasons("all", everybody, delete=True)),
            Seer(3, "苏敏", "客服部", _reasons("share", shared, delete=False)),
        ]
    )
    return dialog


def _why(view: AreaView) -> Dialog:
    dialog = WhyDialog(view, Ref(2, "苏敏"))
    dialog.record.set_value(Ref(1, TITLE))
    sentence = _(
        "It belongs to {owner}, and he may do this only with: {scope}. {owner} or a superior can share it with him;"
        " the administrator can widen what his groups reach."
    ).format(owner="何毅", scope=_("Own"))
    unseen = _("He does not see it, so he cannot do this either.")
    dialog.show_reasons(
        [
            Reason("read", False, "out_of_scope", sentence),
            Reason("create", False, "out_of_scope", sentence),
            Reason("update", False, "unseen", unseen),
            Reason("delete", False, "unseen", unseen),
        ]
    )
    return dialog


def _reasons(reason: str, sentence: str, *, delete: bool) -> tuple[Reason, ...]:
    none = _(
        "None of his permission groups allows this for records of this kind. The administrator can change his groups,"
        " or what they allow."
    )
    return (
        Reason("read", True, reason, sentence),
        Reason("create", True, reason, sentence),
        Reason("update", True, reason, sentence),
        Reason("delete", delete, reason, sentence) if delete else Reason("delete", False, "no_grant", none),
    )


def _rehearsal(count: int, refused: dict[str, int] | None = None) -> Rehearsal:
    kept = {why: array("q", range(number)) for why, number in (refused or {}).items()}
    targets = Targets(array("q", range(count)), array("i", [1] * count))
    return Rehearsal(count + sum(map(len, kept.values())), targets, refused=kept)


def _show_ownership(page: Page) -> None:
    assert isinstance(page, CustomerPage)
    page.ownership.tenures = TENURES
    page.ownership.show_lendings(SHARES, ENDED)
    area = page.ownership.parentWidget()
    while not isinstance(area, QScrollArea):
        assert area is not None
        area = area.parentWidget()
    area.ensureWidgetVisible(page.ownership)
