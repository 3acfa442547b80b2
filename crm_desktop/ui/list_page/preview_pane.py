"""The record beside the list: what it is, how to reach it, who is there, what happened lately. Knows no entity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.entities import parts_of
from crm_desktop.services.listing import Row
from crm_desktop.services.overview import Figures, Overview
from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec, Ref, facts
from crm_desktop.ui.list_page.words import selection_text
from crm_desktop.ui.widgets.buttons import icon_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip, Tone
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.links import address_link, dial_address, ways_to_reach

MOST_FACTS, MOST_PARTS, MOST_WORDS = 8, 5, 2
LABEL_WIDTH = 80
HEAD_HEIGHT = 32


class PreviewPane(Card):
    """``open_record`` and ``close_pane`` are what its buttons do."""

    def __init__(self, spec: EntitySpec, open_record: Callable[[], object], close_pane: Callable[[], object]) -> None:
        super().__init__(padding=0)
        self._spec, self._open_record, self._close_pane = spec, open_record, close_pane
        self._stack = QStackedWidget()
        self.body.addWidget(self._stack)
        self.show_nothing(0)

    def show_nothing(self, selected: int) -> None:
        """No record is chosen, or several."""
        title = selection_text(selected) or _("Nothing selected")
        text = "" if selected else _("The row you select is shown here in short.")
        self._put(EmptyState(self._spec.icon, title, text))

    def show_overview(self, overview: Overview) -> None:
        """A record in short."""
        content = QWidget()
        content.setObjectName("plain")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addLayout(self._head(overview.record))
        chips = list(_chips(overview.record))
        if chips:
            flow = FlowLayout()
            for chip in chips:
                flow.addWidget(chip)
            column.addLayout(flow)
        if overview.figures is not None:
            column.addLayout(_figures(overview.record, overview.figures))
        column.addLayout(_facts(overview.record))
        for part in parts_of(self._spec):
            rows = overview.parts.get(part.key, ())
            if rows:
                column.addSpacing(8)
                column.addWidget(label(_(part.label_plural), "strong"))
                column.addLayout(_part_lines(part, rows[:MOST_PARTS]))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        self._put(area)

    def show_problem(self, message: str, hint: str) -> None:
        """The record could not be read."""
        self._put(EmptyState("cloud-slash", message, hint))

    def _head(self, record: Record) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        title = label(record.title, "title", wrap=True, selectable=True)
        title.setMinimumHeight(HEAD_HEIGHT)
        line.addWidget(title, 1)
        line.addWidget(icon_button("arrow-square-out", _("Open"), self._open_record), 0, top)
        line.addWidget(icon_button("x", _("Hide the preview"), self._close_pane), 0, top)
        return line

    def _put(self, widget: QWidget) -> None:
        before = self._stack.currentWidget()
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()


def _chips(record: Record) -> Iterator[Chip]:
    """The states of a record, and what is amiss with it."""
    spec, today = record.spec, clock.today()
    tones = spec.tone(record.values)
    for attr in spec.form.fields:
        value = record.values.get(attr.key)
        if isinstance(value, Ref) and (tone := tones.get(attr.key) or value.tone):
            yield Chip(value.label, cast("Tone", tone))
    for key, tone in tones.items():
        value = record.values.get(key)
        if not isinstance(value, Ref):
            text = facts(spec.fields[key]).kind.brief(value, today)
            yield Chip(f"{_(spec.label_of(key))} {text}", cast("Tone", tone))


def _figures(record: Record, figures: Figures) -> QGridLayout:
    """What counts of a customer, side by side."""
    amount = facts(record.spec.fields["total_amount"])
    days = figures.days_since_contact
    shown = (
        (_("Turnover"), amount.kind.format(record.values.get("total_amount")) or "—"),
        (_("Contacts"), f"{figures.contacts:,}"),
        (_("Activities"), f"{figures.activities:,}"),
        (_("Days quiet"), "—" if days is None else f"{days:,}"),
    )
    grid = QGridLayout()
    grid.setVerticalSpacing(0)
    for column, (caption, value) in enumerate(shown):
        grid.addWidget(label(caption, "faint"), 0, column)
        grid.addWidget(label(value, "strong"), 1, column)
    return grid


def _facts(record: Record) -> QGridLayout:
    """The first fields that hold something and are not said above."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    spec, row = record.spec, 0
    for attr in spec.form.fields:
        fact, value = facts(attr), record.values.get(attr.key)
        text = fact.kind.format(value)
        if not text or value is False or text == record.title or (isinstance(value, Ref) and value.tone):
            continue
        grid.addWidget(label(_(spec.labels[attr]), "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        # Qt breaks lines at spaces and between Chinese characters only.
        is_one_word = text.isascii() and " " not in text
        if fact.kind.name == "phones":
            shown: QWidget = ways_to_reach(value or ())
        else:
            shown = ElidedLabel(text) if is_one_word else label(text, wrap=True, selectable=True)
        grid.addWidget(shown, row, 1)
        row += 1
        if row == MOST_FACTS:
            break
    return grid


def _part_lines(part: EntitySpec, rows: tuple[Row, ...]) -> QGridLayout:
    """One line a row: what names it, a word or two, a telephone number."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    for line, row in enumerate(rows):
        first, words, phone = _part_texts(part, row)
        grid.addWidget(label(first, "muted" if not phone else "body"), line, 0)
        grid.addWidget(ElidedLabel(" · ".join(words), "body" if not phone else "muted"), line, 1)
        if phone:
            grid.addWidget(address_link(phone, dial_address(phone)), line, 2, Qt.AlignmentFlag.AlignRight)
    return grid


def _part_texts(part: EntitySpec, row: Row) -> tuple[str, list[str], str]:
    today = clock.today()
    columns = [c for c in part.table.columns if c.is_shown and c.path[0] is not part.part_of]
    phones = [row.values[c.key][0] for c in columns if c.facts.kind.name == "phones" and row.values[c.key]]
    texts = [c.facts.kind.brief(row.values[c.key], today) for c in columns if c.facts.kind.name != "phones"]
    return texts[0], [text for text in texts[1:] if text][:MOST_WORDS], phones[0] if phones else ""
