"""The editor of one group's right on one kind of record: a choice for each verb, a box for each function."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.core.access import Function, Grant, Scope, Verb
from crm_desktop.core.i18n import _
from crm_desktop.services import grants
from crm_desktop.services.grants import Subject
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label

VERB_ORDER: tuple[Verb, ...] = ("read", "create", "update", "delete")


class GrantRow(QWidget):
    """One kind of record: a choice for each verb, a box for each function, and what it means."""

    edited = Signal()

    def __init__(self, subject: Subject, *, may_edit: bool) -> None:
        super().__init__()
        self._subject = subject
        self.scopes: dict[Verb, QComboBox] = {}
        self.functions: dict[Function, QCheckBox] = {}
        self._kept: frozenset[Function] = frozenset()  # granted, though nothing here offers them
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for column, verb in enumerate(VERB_ORDER):
            box = self.scopes[verb] = _scope_box(is_common=subject.is_common)
            box.setEnabled(may_edit and not (subject.is_common and verb == "read"))  # everybody reads these
            box.setAccessibleName(f"{_(subject.label)}: {_(grants.VERBS[verb])}")
            box.currentIndexChanged.connect(self._note)
            grid.addWidget(label(_(grants.VERBS[verb]), "small"), 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1)
        boxes = QWidget()
        flow = FlowLayout(boxes, gap=16)
        for function in subject.functions:
            tick = self.functions[function] = QCheckBox(_(function.label))
            tick.setEnabled(may_edit)
            tick.clicked.connect(self._note)
            flow.addWidget(tick)
        self.meaning = label("", "muted", wrap=True)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.title = label(_(subject.label), "strong")
        head.addWidget(self.title)
        head.addWidget(self.meaning, 1)
        column_.addLayout(head)
        column_.addLayout(grid)
        column_.addWidget(boxes)

    def show_grant(self, grant: Grant) -> None:
        """Show a grant."""
        for verb, box in self.scopes.items():
            place = box.findData(int(getattr(grant, verb)))
            with QSignalBlocker(box):  # nobody edits
                box.setCurrentIndex(place if place >= 0 else box.count() - 1)
        for function, tick in self.functions.items():
            tick.setChecked(function in grant.functions)
        self._kept = grant.functions - self.functions.keys()
        self._explain()

    def grant(self) -> Grant:
        """What is chosen."""
        return Grant(
            read=self._scope("read"),
            create=self._scope("create"),
            update=self._scope("update"),
            delete=self._scope("delete"),
            functions=self._kept.union(function for function, tick in self.functions.items() if tick.isChecked()),
        )

    def _scope(self, verb: Verb) -> Scope:
        return Scope(int(self.scopes[verb].currentData()))

    def _note(self) -> None:
        self._explain()
        self.edited.emit()

    def _explain(self) -> None:
        self.meaning.setText(grants.describe_grant(self._subject, self.grant()))


class _ScopeBox(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page: a right must not change by turning the wheel."""
        event.ignore()


def _scope_box(*, is_common: bool) -> QComboBox:
    box = _ScopeBox()
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    if is_common:
        box.addItem(_("no"), int(Scope.NONE))
        box.addItem(_("yes"), int(Scope.ALL))
    else:
        for scope in Scope:
            box.addItem(_(scope.label), int(scope))
    return box
