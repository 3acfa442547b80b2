"""The line at the top of a record's page: its name, its states as chips, and the page's buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.services.records import Record
from crm_desktop.spec import Ref, facts
from crm_desktop.ui.widgets.chip import Chip, Tone
from crm_desktop.ui.widgets.labels import ElidedLabel


class RecordHeading(QWidget):
    """Name and chips in one line, below them what tells records of one name apart; buttons at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ElidedLabel("", "page")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._subtitle = ElidedLabel("", "small")
        self._chips, self._people = QHBoxLayout(), QHBoxLayout()
        for chips in (self._chips, self._people):
            chips.setSpacing(4)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        names = QHBoxLayout()
        names.setSpacing(8)
        names.addWidget(self._title)
        names.addLayout(self._chips)
        names.addLayout(self._people)
        names.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(names)
        words.addWidget(self._subtitle)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addLayout(words, 1)
        line.addLayout(self._buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_record(self, title: str, subtitle: str, chips: Iterable[tuple[str, Tone]] = ()) -> None:
        """Show these words instead of those before."""
        self._title.setText(title)
        self._title.updateGeometry()
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self.show_chips(chips)

    def show_chips(self, chips: Iterable[tuple[str, Tone]]) -> None:
        """Show these states instead of those before."""
        _refill(self._chips, chips)

    def show_people(self, chips: Iterable[tuple[str, Tone]]) -> None:
        """Show who else is here."""
        _refill(self._people, chips)

    def add(self, widget: QWidget) -> None:
        """Put a button at the right; the primary one last."""
        self._buttons.addWidget(widget)


def _refill(line: QHBoxLayout, chips: Iterable[tuple[str, Tone]]) -> None:
    while (item := line.takeAt(0)) is not None:
        chip = item.widget()
        if chip is not None:
            chip.hide()
            chip.deleteLater()
    for text, tone in chips:
        line.addWidget(Chip(text, tone))


def subtitle_of(record: Record) -> str:
    """What tells it from others of its name: ``C1002 · 广东珠海 · 何毅``."""
    texts = (facts(attr).kind.format(record.values.get(attr.key)) for attr in record.spec.subtitle)
    return " · ".join(filter(None, texts))


def chips_of(record: Record) -> list[tuple[str, Tone]]:
    """The choices of the record that have a colour."""
    values = (record.values.get(attr.key) for attr in record.spec.form.fields if facts(attr).dictionary)
    return [(value.label, cast("Tone", value.tone)) for value in values if isinstance(value, Ref) and value.tone]
