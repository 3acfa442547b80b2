"""The third step: by what a record is found again, and what happens with one that is there. In plain words."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.core.i18n import N_, _
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from importers.kinds import CUSTOMER
from importers.matching import MATCH_KEYS, MatchKey, match_keys, name_key, natural_key
from importers.plan import OnMatch

KEYS: dict[MatchKey, tuple[str, str, frozenset[str]]] = {
    "code": (N_("Number"), N_("The number is the same."), frozenset(("code",))),
    "tax_no": (N_("Tax number"), N_("The tax number is the same."), frozenset(("tax_no",))),
    "name": (
        N_("Name"),
        N_("The name is the same but for blanks, brackets and the legal form (Co., Ltd.)."),
        frozenset(("name", "prospect_name")),
    ),
    "phone": (
        N_("Phone"),
        N_("A phone of the company is the same. Sister companies often share one."),
        frozenset(("phones",)),
    ),
    "email": (
        N_("E-mail"),
        N_("The company's e-mail is the same. Sister companies often share one."),
        frozenset(("email", "email_and_website")),
    ),
}
"""Of customers: word, explanation, and the fields of which the file must have one."""

SAME_NAME = N_("It is the same.")
SAME_PART = N_("It is the same, and so is what it belongs to.")

ON_MATCH: dict[OnMatch, tuple[str, str]] = {
    OnMatch.FILL: (N_("Fill in what is empty"), N_("What is there stays; only what is missing is added.")),
    OnMatch.UPDATE: (
        N_("Take the file's values"),
        N_("Where the file says something else, it replaces what is there. Phones, contacts and remarks are added."),
    ),
    OnMatch.SKIP: (N_("Leave it alone"), N_("Only what is not there yet comes in.")),
    OnMatch.CREATE: (N_("Create it again"), N_("Every row becomes a new record, even if it is then there twice.")),
}
INDENT = 26


class MatchingStep(StepPage):
    """Two cards and a sentence that puts both together."""

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__(draft)
        self.boxes: dict[MatchKey, QCheckBox] = {}
        self.radios: dict[OnMatch, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._notes = {}
        keys = Card(_("A row is known already if …"))
        for key in MATCH_KEYS:
            word, why, _fields = KEYS[key]
            self.boxes[key] = box = QCheckBox(_(word))
            self._notes[key] = note = label(_(why), "small", wrap=True)
            box.toggled.connect(self._take)
            keys.body.addLayout(_choice(box, note))
        keys.body.addStretch(1)
        actions = Card(_("What to do then"))
        for on_match, (word, why) in ON_MATCH.items():
            self.radios[on_match] = radio = QRadioButton(_(word))
            self._group.addButton(radio)
            radio.toggled.connect(self._take)
            actions.body.addLayout(_choice(radio, label(_(why), "small", wrap=True)))
        actions.body.addStretch(1)
        self._sentence = Bar("accent")
        both = QWidget()
        both.setObjectName("plain")
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(keys, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(actions, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self._sentence)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(both)
        self.body.addWidget(area, 1)

    def show_draft(self) -> None:
        """The rule as it is; keys for which the file has no column cannot be ticked."""
        fields, spec = self.draft.fields(), self.draft.spec
        offered = match_keys(spec)
        for key, box in self.boxes.items():
            box.setVisible(key in offered)
            box.setText(_word(key, spec))
            self._notes[key].setVisible(key in offered)
            has_column = key in offered and bool(_fields(key, spec) & fields)
            box.blockSignals(True)
            box.setChecked(key in self.draft.rule.keys and has_column)
            box.blockSignals(False)
            box.setEnabled(has_column)
            self._notes[key].setText(_(_why(key, spec)) if has_column else _("The file has no such column."))
        for on_match, radio in self.radios.items():
            radio.blockSignals(True)
            radio.setChecked(on_match is self.draft.rule.on_match)
            radio.blockSignals(False)
        self._say()

    def next_text(self) -> str:
        """The preview comes next."""
        return _("Preview")

    def take_focus(self) -> None:
        """On the first key that can be ticked."""
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        kept = {key for key in self.draft.rule.keys if not self.boxes[key].isEnabled()}
        ticked = {key for key, box in self.boxes.items() if box.isChecked()}
        on_match = next((one for one, radio in self.radios.items() if radio.isChecked()), self.draft.rule.on_match)
        keys = tuple(key for key in MATCH_KEYS if key in kept | ticked)
        self.draft.set_rule(replace(self.draft.rule, on_match=on_match, keys=keys))
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        words = [box.text().lower() for _key, box in self.boxes.items() if box.isChecked()]
        on_match = self.draft.rule.on_match
        if not words or on_match is OnMatch.CREATE:
            self._sentence.say_one(_("Every row becomes a new record."))
            return
        endings = {
            OnMatch.FILL: _("only what is empty is filled in."),
            OnMatch.UPDATE: _("the file's values replace those that differ."),
            OnMatch.SKIP: _("nothing is changed."),
        }
        self._sentence.say_one(
            _("Where {keys} is the same: {what} All other rows become new records.").format(
                keys=_(" or ").join(words), what=endings[on_match]
            )
        )


def _fields(key: MatchKey, spec: EntitySpec) -> frozenset[str]:
    """The fields of which the file must have one."""
    return frozenset(_naming(spec)) if key == "name" and spec.key != CUSTOMER else KEYS[key][2]


def _naming(spec: EntitySpec) -> list[str]:
    """The fields that name a record together."""
    return [attr.key for attr in natural_key(spec)] or [name_key(spec)]


def _word(key: MatchKey, spec: EntitySpec) -> str:
    """What the key is called; the name of a machine is its serial number."""
    is_named = key == "name" and spec.key != CUSTOMER
    return _(", ").join(_(spec.label_of(one)) for one in _naming(spec)) if is_named else _(KEYS[key][0])


def _why(key: MatchKey, spec: EntitySpec) -> str:
    """What the key means, not yet translated."""
    if key != "name" or spec.key == CUSTOMER:
        return KEYS[key][1]
    return SAME_NAME if spec.part_of is None else SAME_PART


def _choice(button: QCheckBox | QRadioButton, note: object) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(button)
    note.setContentsMargins(INDENT, 0, 0, 0)  # type: ignore[attr-defined]
    column.addWidget(note)  # type: ignore[arg-type]
    return column
