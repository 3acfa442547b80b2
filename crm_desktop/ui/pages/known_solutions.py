"""What the knowledge base says of a problem while it is typed: the best articles, one of them read at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services import knowledge
from crm_desktop.services.knowledge import Hit
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import as_written, quiet_button, with_shortcut
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

PAUSE_MS = 150  # between the last key and the look into the knowledge base
MOST = 4
HELPED, OPEN = "Alt+H", "Alt+O"


class KnownSolutions(QWidget):
    """Alt+1 to Alt+4 show what helps, the same key again hides it. What is ticked helped."""

    changed = Signal()

    def __init__(self, view: AreaView, page: QWidget) -> None:
        """The keys hold on ``page``."""
        super().__init__()
        self._view = view
        self._typed, self._machine_id = "", 0
        self._hits: Sequence[Hit] = ()
        self._helped: set[int] = set()
        self._rows: list[QWidget] = []
        self.titles: list[QPushButton] = []
        self.shown: Hit | None = None
        self._timer = later(PAUSE_MS, self._read, self)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.solution = label("", wrap=True, selectable=True)
        self.helped = QCheckBox(with_shortcut(_("It helped"), HELPED))
        self.helped.clicked.connect(self._note_helped)
        self.open_button = quiet_button(_("Open the article"), self.open, icon_name="book-open", shortcut=OPEN)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.helped)
        foot.addWidget(self.open_button)
        foot.addStretch(1)
        self.detail = QWidget()
        self.detail.setObjectName("plain")
        below = QVBoxLayout(self.detail)
        below.setContentsMargins(12, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self.solution)
        below.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(_("Known solutions"), "small"))
        column.addLayout(self._list)
        column.addWidget(self.detail)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for place in range(MOST):
            QShortcut(QKeySequence(f"Alt+{place + 1}"), page, context=here).activated.connect(
                partial(self.show_one, place)
            )
        QShortcut(QKeySequence(HELPED), page, context=here).activated.connect(self._toggle_helped)
        self.clear()

    @property
    def used(self) -> list[int]:
        """The articles that helped."""
        return sorted(self._helped)

    def look(self, typed: str, machine_id: int = 0) -> None:
        """Look for the problem a moment later, articles about the installed product first."""
        self._typed, self._machine_id = typed, machine_id
        self._timer.start()

    def clear(self) -> None:
        """Nothing is typed any more."""
        self._timer.stop()
        self._typed = ""
        self._helped = set()
        self._show(())

    def show_one(self, place: int) -> None:
        """Show the solution of the article in this place, or hide it again."""
        if place < len(self._hits):
            hit = self._hits[place]
            self._show_solution(None if hit == self.shown else hit)

    def open(self) -> None:
        """Open the article that is shown, in a tab of its own."""
        if self.shown is not None:
            self._view.open_record("knowledge_article", self.shown.id)

    def _read(self) -> None:
        typed, machine_id = self._typed, self._machine_id
        self._view.context.tasks.query(
            self,
            lambda session: knowledge.suggest(session, typed, limit=MOST, machine_id=machine_id or None),
            lambda hits: self._show(hits if typed == self._typed else self._hits),
            key="known",
        )

    def _show(self, hits: Sequence[Hit]) -> None:
        """Rows that stay the same stay."""
        self.setVisible(bool(hits))
        if hits == self._hits and self._rows:
            return
        self._hits = hits
        for row in self._rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.titles = [], []
        for place, hit in enumerate(hits):
            self._add_row(place, hit)
        self._show_solution(next((hit for hit in hits if self.shown is not None and hit.id == self.shown.id), None))

    def _add_row(self, place: int, hit: Hit) -> None:
        title = quiet_button(f"{place + 1}  {as_written(hit.title)}", partial(self.show_one, place))
        title.setCheckable(True)
        title.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # it has its key; Tab goes on to the next field
        title.setToolTip(plain_tooltip(with_shortcut(_("Show what helps"), f"Alt+{place + 1}")))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(title)
        line.addWidget(ElidedLabel(hit.excerpt, "muted"), 1)
        self._list.addWidget(row)
        self._rows.append(row)
        self.titles.append(title)

    def _show_solution(self, hit: Hit | None) -> None:
        self.shown = hit
        self.detail.setVisible(hit is not None)
        for title, one in zip(self.titles, self._hits, strict=True):
            title.setChecked(one == hit)
        if hit is not None:
            self.solution.setText(hit.solution)
            self.helped.setChecked(hit.id in self._helped)

    def _toggle_helped(self) -> None:
        if self.shown is not None:
            self.helped.click()

    def _note_helped(self, is_on: bool) -> None:  # noqa: FBT001 - a slot
        if self.shown is not None:
            (self._helped.add if is_on else self._helped.discard)(self.shown.id)
            self.changed.emit()
