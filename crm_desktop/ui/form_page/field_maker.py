"""The editor of each field of a form, joined to where its choices and references come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key, by_model, guard_of
from crm_desktop.services import listing, records, search
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.lookup import TREES
from crm_desktop.services.search import Hit
from crm_desktop.spec import Attr, EntitySpec, Ref, facts
from crm_desktop.spec.kinds import FIELDS
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.field_boxes import FieldsEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.tree_choice import TreeChoiceEditor
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.popup_list import PopupRow

MOST_FOUND = 20
NUMBERED = "crm.next_number("
"""The default of columns that the database numbers."""


class FieldMaker:
    """Makes the editors of one form. ``value_of`` answers what stands in another field of it at the moment."""

    def __init__(self, view: AreaView, owner: QWidget, spec: EntitySpec, value_of: Callable[[str], Any]) -> None:
        self._view, self._owner, self._spec, self._value_of = view, owner, spec, value_of

    def make(self, attr: Attr, *, required: bool = False) -> FieldEditor:
        """The editor of a field, still empty; ``required`` also where the entity can do without."""
        fact, label = facts(attr), _(self._spec.labels[attr])
        required |= (fact.is_required and fact.default is None) or attr in self._spec.form.required
        help_text = _(text) if (text := self._spec.form.helps.get(attr)) else ""
        choices = self._view.context.choices
        if fact.dictionary in TREES:
            tree = str(fact.dictionary)
            return TreeChoiceEditor(
                fact.kind,
                label,
                lambda answer: choices.load(self._owner, lambda read: answer(read.of(tree))),
                required=required,
                help_text=help_text,
            )
        if fact.dictionary:
            code = fact.dictionary
            return ChoiceEditor(
                fact.kind,
                label,
                lambda answer: choices.load(self._owner, lambda read: answer([e.ref for e in read.of(code)])),
                required=required,
                help_text=help_text,
            )
        target = by_model(fact.target) if fact.target else None
        if target is not None:
            open_record = partial(self._view.open_record, target.key)
            return _RecordReference(
                fact.kind,
                label,
                partial(self._find, target),
                open_record,
                partial(self._create, target) if self._may_create(target) else None,
                required=required,
                help_text=help_text,
            )
        if fact.kind is FIELDS:
            return FieldsEditor(fact.kind, label, by_key("opportunity"), help_text=help_text)
        editor = make_editor(fact.kind, label, required=required, help_text=help_text, max_length=fact.max_length)
        if isinstance(editor, LineEditor) and (fact.default or "").startswith(NUMBERED):
            editor.line.setPlaceholderText(_("Given when saved"))
        return editor

    def _find(self, target: EntitySpec, typed: str, answer: Callable[[Sequence[Hit]], None]) -> None:
        person = self._view.context.person
        parent, between = self._shared_parent(target), self._between(target)

        def work(session: Session) -> Sequence[Hit]:
            if parent is not None:
                return _find_siblings(session, ListQuery(entity=target.key, typed=typed, parent_id=parent.id), person)
            if between is not None and (above := _parent_of(session, *between)) is not None:
                query = ListQuery(entity=target.key, typed=typed, parent_id=above.id)
                if (found := _find_siblings(session, query, person)) or not typed:
                    return found
            return search.find(session, target.key, typed, person, MOST_FOUND)

        self._view.context.tasks.query(self._owner, work, answer, key=("find", target.key))

    def _may_create(self, target: EntitySpec) -> bool:
        """Customers and what belongs to them; an employee or a department is made on its own page."""
        is_named = target.search is not None and guard_of(target).rule == "owned"
        return is_named and self._view.context.person.may("create", target.key)

    def _create(self, target: EntitySpec, typed: str, created: Callable[[Ref], object]) -> None:
        from crm_desktop.ui.form_page.create_dialog import CreateDialog  # it holds a form itself

        assert target.search is not None
        values: dict[str, Any] = {target.search.name.key: typed}
        parent = self._shared_parent(target)
        if parent is not None and target.part_of is not None:
            values[target.part_of.key] = parent
        CreateDialog(self._owner.window(), self._view, target.key, values, created).open_quietly()

    def _shared_parent(self, target: EntitySpec) -> Ref | None:
        """Where both records are parts of the same kind of record, only parts of the one in this form are offered."""
        if target.part_of is None or self._spec.part_of is None:
            return None
        if facts(target.part_of).target is not facts(self._spec.part_of).target:
            return None
        value = self._value_of(self._spec.part_of.key)
        return value if isinstance(value, Ref) else None

    def _between(self, target: EntitySpec) -> tuple[EntitySpec, int] | None:
        """The record that stands between this one and the parent of ``target``: a contact of an opportunity is one of
        its customer's first, and somebody else only where none of those is meant.
        """
        own = self._spec.part_of
        between = by_model(above) if own is not None and (above := facts(own).target) is not None else None
        if own is None or between is None or between.part_of is None or target.part_of is None:
            return None
        value = self._value_of(own.key)
        is_shared = facts(between.part_of).target is facts(target.part_of).target
        return (between, value.id) if is_shared and isinstance(value, Ref) else None


def _parent_of(session: Session, spec: EntitySpec, id_: int) -> Ref | None:
    assert spec.part_of is not None
    found = records.fetch_records(session, spec.key, [id_]).get(id_)
    value = found.values.get(spec.part_of.key) if found is not None else None
    return value if isinstance(value, Ref) else None


def _find_siblings(session: Session, query: ListQuery, person: Any) -> list[Hit]:
    spec = query.spec
    rows = listing.fetch_first_page(session, query, person, spec.table.columns, MOST_FOUND)
    name = spec.search.name.key if spec.search else spec.table.columns[0].key
    notes = [attr for attr in spec.subtitle if attr is not spec.part_of]
    return [
        Hit(
            spec.key,
            row.id,
            str(row.values[name]),
            " · ".join(filter(None, (facts(attr).kind.format(row.values.get(attr.key)) for attr in notes))),
        )
        for row in rows
    ]


class _ToCreate(NamedTuple):
    """The row of a list that makes a new record of this name."""

    name: str


class _RecordReference(ReferenceEditor):
    """A reference whose list tells records of one name apart, and offers to make one of the name that is typed."""

    def __init__(
        self,
        kind: Any,
        label: str,
        find: Callable[[str, Callable[[Sequence[Hit]], None]], None],
        open_record: Callable[[int], object],
        create: Callable[[str, Callable[[Ref], object]], None] | None,
        *,
        required: bool,
        help_text: str,
    ) -> None:
        self._find_hits, self._create = find, create
        super().__init__(kind, label, lambda _text, _answer: None, open_record, required=required, help_text=help_text)

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        def take(hits: Sequence[Hit]) -> None:
            rows = [PopupRow(Ref(hit.id, hit.title), hit.title, hit.subtitle) for hit in hits]
            if text and self._create is not None:
                rows.append(PopupRow(_ToCreate(text), _("Create “{name}”…").format(name=text)))
            answer(rows)

        self._find_hits(text, take)

    def _choose(self, ref: object) -> None:
        if isinstance(ref, _ToCreate) and self._create is not None:
            self._create(ref.name, super()._choose)
        else:
            super()._choose(ref)
