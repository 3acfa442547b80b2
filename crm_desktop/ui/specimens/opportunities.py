"""The dialogs that move leads and opportunities on, for the gallery. Their stages are invented."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.services import leads
from crm_desktop.services.lookup import Choices
from crm_desktop.services.opportunities import Stage, Stages
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.convert_lead import ConvertDialog
from crm_desktop.ui.dialogs.drop_lead import DropDialog
from crm_desktop.ui.dialogs.move_several import MoveSeveralDialog
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from crm_desktop.ui.main_window import MainWindow

PROCESS = Ref(1, "标准销售流程")
FIRST = Stage(Ref(1, "初步接触"), PROCESS, is_offered=True, outcome="open", probability=20, later=frozenset({2, 3}))
PROPOSAL = Stage(
    Ref(2, "方案报价"),
    PROCESS,
    is_offered=True,
    outcome="open",
    probability=60,
    required=("amount", "expected_on"),
    later=frozenset({3}),
)
LOST = Stage(Ref(3, "丢单", "bad"), PROCESS, is_offered=True, outcome="lost", probability=0)
OPPORTUNITY = Record("opportunity", 1, 1, {"name": "二期实验室设备", "stage": FIRST.ref})
MANY = 12


def opportunity_dialogs(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """Forward, to the end, and many at once; a lead to its end and into a customer."""
    return (
        ("lead_convert", partial(_convert, context)),
        ("lead_drop", partial(_drop, context)),
        ("opportunity_move", partial(_move, context, PROPOSAL)),
        ("opportunity_lose", partial(_move, context, LOST)),
        ("opportunity_move_several", partial(_move_several, context)),
    )


def _convert(context: Context) -> QWidget:
    window = MainWindow(context)
    owner = Ref(context.person.id, context.person.name)
    known = {"name": "广州新华仪器有限公司", "contact_name": "陈工", "phones": ["17900123456"], "owner": owner}
    lead = Record("lead", 1, 1, known)
    dialog = ConvertDialog(window.view("opportunities"), lead, leads.proposed(lead, context.person, Choices(())))
    dialog.finished.connect(window.close)
    return dialog


def _drop(context: Context) -> QWidget:
    window = MainWindow(context)
    dialog = DropDialog(window.view("opportunities"))
    dialog.finished.connect(window.close)
    return dialog


def _move(context: Context, stage: Stage) -> QWidget:
    window = MainWindow(context)
    dialog = MoveDialog(window.view("opportunities"), OPPORTUNITY, stage, ["找到决策人"])
    dialog.finished.connect(window.close)  # keeps the window as long as its dialog
    return dialog


def _move_several(context: Context) -> QWidget:
    window = MainWindow(context)
    stages, ids = Stages((FIRST, PROPOSAL, LOST)), range(1, MANY + 1)
    dialog = MoveSeveralDialog(window.view("opportunities"), stages, ids, lambda _steps, _found: None)
    dialog.finished.connect(window.close)
    dialog.stage.setCurrentIndex(stages.all.index(LOST) + 1)
    return dialog
