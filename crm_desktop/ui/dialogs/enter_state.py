"""A service request into another state: only what that state asks for, to whom it fits, and why. Enter does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.services.service_desk import ASKED, EXPLAINED, NEEDED, Candidate, State, fetch_candidates
from crm_desktop.spec import facts
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.sharing.receivers import person_editor
from crm_desktop.ui.widgets.buttons import with_shortcut
from crm_desktop.ui.widgets.table_view import TableView
from crm_desktop.ui.widgets.tooltips import plain_tooltip

NOTE_LENGTH = 300
LIST_HEIGHT, WIDE = 220, 800
DECIDE = "Ctrl+Return"
_REASONS = 3


class EnterStateDialog(KeptDialog):
    """Announces the values and the note; whoever shows it moves and closes it, or shows what was wrong."""

    decided = Signal(object, str)  # dict by field key, note

    def __init__(self, view: AreaView, record: Record, state: State, title: str) -> None:
        super().__init__(view.window(), title.rstrip("…"), width=WIDE if "owner" in ASKED.get(state.code, ()) else 560)
        self._view, self._record = view, record
        self.editors: dict[str, FieldEditor] = {}
        self.candidates: Sequence[Candidate] = ()
        maker = FieldMaker(view, self, record.spec, self._value_of)
        for key in ASKED.get(state.code, ()):
            self._add(maker, key, is_needed=key in NEEDED.get(state.code, ()))
        self.people = QStandardItemModel(self)
        if "owner" in self.editors:
            self._offer_people()
        is_explained = state.code in EXPLAINED
        self.note = LineEditor(
            TEXT, _("Why") if is_explained else _("Note"), required=is_explained, max_length=NOTE_LENGTH
        )
        self.body.addWidget(self.note)
        self.add_cancel()
        self.ok = self.add_primary(title.rstrip("…"), self._decide)
        self.ok.setToolTip(plain_tooltip(with_shortcut(title.rstrip("…"), DECIDE)))
        QShortcut(QKeySequence(DECIDE), self).activated.connect(self.ok.click)  # Enter is a new line of a long text
        next(iter(self.editors.values()), self.note).setFocus()
        about, place = (record.entity, record.id), f"state/{state.code}"
        draft = KeptDraft(view.context.drafts, "dialog", about, place, record.title)
        self.keep_draft(draft, {**self.editors, "note": self.note})

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        for key, sentence in error.fields.items():
            self.editors.get(key, self.note).set_error(sentence)

    def _add(self, maker: FieldMaker, key: str, *, is_needed: bool) -> None:
        attr = self._record.spec.fields[key]
        if key == "owner":
            editor: FieldEditor = person_editor(self._view, self, _(self._record.spec.labels[attr]))
        else:
            editor = maker.make(attr, required=is_needed)
            if facts(attr).key != "satisfaction":  # it is asked anew
                editor.set_value(self._record.values.get(key))
        self.editors[key] = editor
        self.body.addWidget(editor)

    def _offer_people(self) -> None:
        self.table = TableView()
        self.table.setAccessibleName(_("Employees"))
        self.table.setModel(self.people)
        self.table.setEditTriggers(TableView.EditTrigger.NoEditTriggers)
        self.table.setFixedHeight(LIST_HEIGHT)
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._choose)  # Tab makes the first row current alone
        self.table.opened.connect(self._decide)
        self.editors["owner"].changed.connect(self._mark_chosen)
        self.body.addWidget(self.table)
        id_ = self._record.id
        self._view.context.tasks.query(self, lambda session: fetch_candidates(session, id_), self.show_candidates)

    def show_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Show who could do it, and propose the first who has it not already."""
        owner_id = self._record.values["owner"].id
        self.candidates = [one for one in candidates if one.engineer.id != owner_id]
        self.people.setHorizontalHeaderLabels([_("Engineer"), _("Department"), _("Open now"), _("What speaks for it")])
        for one in self.candidates:
            texts = (one.engineer.label, one.department, f"{one.open:,}", one.reasons)
            self.people.appendRow([QStandardItem(text) for text in texts])
        self.table.fit_columns()
        self.table.horizontalHeader().setSectionResizeMode(_REASONS, QHeaderView.ResizeMode.Stretch)
        editor = self.editors["owner"]
        assert isinstance(editor, ReferenceEditor)
        if self.candidates and not editor.line.text():
            editor.set_value(self.candidates[0].engineer)
            editor.line.selectAll()  # who knows better types over it
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        """Whoever stands in the line is marked in the list."""
        rows = [row for row, one in enumerate(self.candidates) if self._is_chosen(one)]
        if rows:
            self.table.selectRow(rows[0])
        else:
            self.table.clearSelection()

    def _choose(self) -> None:
        for index in self.table.selectionModel().selectedRows():
            candidate = self.candidates[index.row()]
            if not self._is_chosen(candidate):
                self.editors["owner"].set_value(candidate.engineer)

    def _is_chosen(self, candidate: Candidate) -> bool:
        chosen = self._value_of("owner")
        return chosen is not None and bool(chosen.id == candidate.engineer.id)

    def _value_of(self, key: str) -> Any:
        try:
            return self.editors[key].value() if key in self.editors else self._record.values.get(key)
        except KnownError:
            return None

    def _decide(self) -> None:
        wrong = [editor for editor in (*self.editors.values(), self.note) if not editor.check()]
        if wrong:
            wrong[0].setFocus()
            return
        values: Mapping[str, Any] = {key: editor.value() for key, editor in self.editors.items()}
        self.decided.emit(values, self.note.value() or "")
