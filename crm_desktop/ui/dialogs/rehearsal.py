"""What a change of many records would do, in a few lines: how many change, how many stay and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.entities import by_key
from crm_desktop.services.bulk import Example, Rehearsal
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.form_page.wording import step_text
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.skeleton import Skeleton

WAITING_LINES = 2


class RehearsalView(QWidget):
    """Says nothing, that it is being looked at, or what came of it."""

    def __init__(self, spec: EntitySpec) -> None:
        super().__init__()
        self._spec = spec
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)

    def wait(self) -> None:
        """The records are being looked at."""
        self._put([Skeleton(WAITING_LINES)])

    def say(self, text: str) -> None:
        """A sentence in place of an outcome."""
        self._put([label(text, "muted", wrap=True)] if text else [])

    def show_error(self, error: KnownError) -> None:
        """Nothing can be done, and why."""
        self._put([label(str(error), "error", wrap=True)])

    def show_rehearsal(self, rehearsal: Rehearsal, *, is_deletion: bool = False) -> None:
        """What would happen."""
        first, *rest = outcome(rehearsal, is_deletion=is_deletion)
        lines: list[QWidget] = [label(first, "strong"), *(label(text, wrap=True) for text in rest)]
        self._put([*lines, *(ElidedLabel(text, "muted") for text in examples(self._spec, rehearsal.examples))])

    def _put(self, widgets: Sequence[QWidget]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self._lines.addWidget(widget)


def outcome(rehearsal: Rehearsal, *, is_deletion: bool) -> Iterator[str]:
    """How many change or are deleted, go along, have the value already, stay."""
    count = len(rehearsal.targets.ids)
    if is_deletion:
        yield ngettext("{count} record is deleted.", "{count} records are deleted.", count).format(count=f"{count:,}")
    else:
        yield ngettext("{count} record changes.", "{count} records change.", count).format(count=f"{count:,}")
    if rehearsal.parts:
        parts = (things(by_key(key), count) for key, count in rehearsal.parts.items())
        yield _("What belongs to them goes too: {parts}.").format(parts=_(", ").join(parts))
    if rehearsal.same:
        yield ngettext("{count} has the value already.", "{count} have the value already.", rehearsal.same).format(
            count=f"{rehearsal.same:,}"
        )
    for why, ids in rehearsal.refused.items():
        yield ngettext("{count} stays as it is: {why}", "{count} stay as they are: {why}", len(ids)).format(
            count=f"{len(ids):,}", why=why
        )
    if rehearsal.gone:
        yield ngettext("{count} is no longer there.", "{count} are no longer there.", rehearsal.gone).format(
            count=f"{rehearsal.gone:,}"
        )


def examples(spec: EntitySpec, found: tuple[Example, ...]) -> Iterator[str]:
    """``华工医药: Level B → A``."""
    for example in found:
        steps = (
            f"{_(spec.label_of(key))} {step_text(spec, key, example.before.get(key), after)}"
            for key, after in example.after.items()
        )
        yield _("{title}: {steps}").format(title=example.title, steps=_(", ").join(steps))
