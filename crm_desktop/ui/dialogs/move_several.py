"""Many opportunities into one stage: which, how they ended, why; those that lack what the stage asks for stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QVBoxLayout

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import opportunities
from crm_desktop.services.bulk_steps import Step
from crm_desktop.services.opportunities import CLOSING, Stage, Stages
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.bulk_step import maker_for
from crm_desktop.ui.dialogs.move_stage import NOTE_LENGTH
from crm_desktop.ui.dialogs.rehearsed import Change, RehearsedDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.labels import label


class MoveSeveralDialog(RehearsedDialog):
    """Offers the stages of all processes in use."""

    def __init__(self, view: AreaView, stages: Stages, ids: Sequence[int], change: Change) -> None:
        spec = by_key("opportunity")
        title = _("Move {what} to a stage").format(what=things(spec, len(ids)))
        super().__init__(view, spec, ids, change, title=title, width=560)
        self._stages = [stage for stage in stages.all if stage.is_offered]
        self._maker = maker_for(view, self, spec)
        self.editors: dict[str, FieldEditor] = {}
        self.stage = QComboBox()
        self.stage.setAccessibleName(_("Stage"))
        are_several = len({stage.process.id for stage in self._stages}) > 1
        self.stage.addItem(_("Choose a stage"))
        for stage in self._stages:
            self.stage.addItem(f"{stage.process.label} · {stage.ref.label}" if are_several else stage.ref.label)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(12)
        self.note = LineEditor(TEXT, _("Note"), max_length=NOTE_LENGTH)
        chosen = QVBoxLayout()
        chosen.setSpacing(4)
        chosen.addWidget(label(_("Stage"), "small"))
        chosen.addWidget(self.stage)
        self.body.addLayout(chosen)
        self.body.addLayout(self._fields)
        self.body.addWidget(self.note)
        self.add_foot()
        self.stage.currentIndexChanged.connect(self._choose)
        self.note.changed.connect(self.note_change)

    def chosen(self) -> Stage | None:
        """The stage to go to."""
        place = self.stage.currentIndex() - 1
        return self._stages[place] if place >= 0 else None

    def steps(self) -> tuple[Step, ...]:
        """The move, none while no stage is chosen."""
        stage = self.chosen()
        return opportunities.steps(stage, self._values(), self._note()) if stage is not None else ()

    def excluded(self) -> Iterable[tuple[Any, str]]:
        """What is there already, goes back without a word, or lacks something."""
        stage = self.chosen()
        return opportunities.refusals(stage, self._values(), self._note()) if stage is not None else ()

    def _values(self) -> dict[str, Any]:
        return {key: editor.value() for key, editor in self.editors.items()}

    def _note(self) -> str:
        return str(self.note.value() or "")

    def _choose(self) -> None:
        stage = self.chosen()
        for editor in self.editors.values():
            self._fields.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
        self.editors = {}
        for key in CLOSING if stage is not None and stage.is_end else ():
            editor = self._maker.make(self._spec.fields[key])
            editor.set_value(clock.today() if key == "closed_on" else None)
            editor.changed.connect(self.note_change)
            self.editors[key] = editor
            self._fields.addWidget(editor)
        self.note_change()
        self.adjustSize()
