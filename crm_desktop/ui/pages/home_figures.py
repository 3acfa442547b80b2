"""The figures of the home page: what was won against what should be, what is open, activities; of whom one sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.core.access import Person, Scope
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.home import Figures, Home, Won
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import MONEY, PERCENT
from crm_desktop.spec.report import chosen
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.share_bar import ShareBar

LINE_HEIGHT = 24  # px
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the figures, and the rows of a list that its numbers count; ``person`` is whose they are."""

    words: str
    entity: str
    rows: Group
    person: str = "owner"


def _won(period: str) -> Group:
    return Group((chosen("outcome", "won"), Condition("closed_on", "period", period)))


_OPEN = Group((chosen("outcome", "open"),))
LINES = (
    Line(N_("Won this month"), "opportunity", _won("this_month")),
    Line(N_("Won this quarter"), "opportunity", _won("this_quarter")),
    Line(N_("Won this year"), "opportunity", _won("this_year")),
    Line(N_("Open opportunities"), "opportunity", _OPEN),
    Line(N_("Open, weighted"), "opportunity", _OPEN),
    Line(
        N_("Activities this month"), "activity", Group((Condition("happened_at", "period", "this_month"),)), "done_by"
    ),
)


@dataclass(frozen=True, slots=True)
class Whose:
    """A column: its heading, and which rows are of these people; ``operator`` asks it of the path below ``person``."""

    heading: str
    figures: Figures
    below: str = ""
    operator: str = ""
    value: object = None

    def rows(self, line: Line) -> Group:
        """The rows that the number of a line counts."""
        if not self.operator:
            return line.rows
        return Group((*line.rows.items, Condition(line.person + self.below, self.operator, self.value)))


def columns_of(person: Person, home: Home) -> Iterator[Whose]:
    """Oneself, one's department and the company, as far as one sees them."""
    yield Whose(_("My own"), home.mine, operator="me")
    if home.department is not None and person.department_id is not None:
        department = (Ref(person.department_id, person.department),)
        yield Whose(_("My department"), home.department, ".department", "within", department)
    if home.everybody is not None:
        sees_all = person.grants["opportunity"].read is Scope.ALL
        yield Whose(_("Whole company") if sees_all else _("All that I see"), home.everybody)


class FigureCell(QWidget):
    """A number that opens its rows; below it, where a target is set, how much of it is won."""

    def __init__(self, words: str, clicked: Callable[[], object]) -> None:
        super().__init__()
        self._words = words
        self.link = inline_link("", clicked)
        self.link.setFixedHeight(LINE_HEIGHT)
        self.bar, self.share, self.target = ShareBar(), label("", "small"), ElidedLabel(role="small")
        self.target.setAlignment(Qt.AlignmentFlag.AlignRight)
        reached = QHBoxLayout()
        reached.setSpacing(6)
        reached.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        reached.addWidget(self.share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.link, alignment=Qt.AlignmentFlag.AlignRight)
        column.addLayout(reached)
        column.addWidget(self.target)

    def show_value(self, value: Won | str) -> None:
        """Show it."""
        percent = None if isinstance(value, str) else value.percent
        self.link.setText(value if isinstance(value, str) else MONEY.format(value.amount))
        for part in (self.bar, self.share, self.target):
            part.setVisible(percent is not None)
        told = self._words
        if isinstance(value, Won) and percent is not None:
            target, share = MONEY.format(value.target), PERCENT.format(percent)
            self.bar.set_percent(percent)
            self.share.setText(share)
            self.target.setText(f"/ {target}")
            told = _("{figure}: target {target}, {share} attained").format(
                figure=self._words, target=target, share=share
            )
        self.link.setAccessibleName(told)
        self.setToolTip(told if percent is not None else "")


class HomeFigures(Card):
    """A column for oneself, and for each larger circle that one sees. A click on a number opens the rows."""

    opened = Signal(str, Group)  # entity, filter that may name choices by their codes

    def __init__(self) -> None:
        super().__init__(_("Figures"), padding=12)
        self._inside = QWidget()
        self._headings: list[str] = []
        self._columns: list[list[FigureCell]] = []
        self.body.addWidget(self._inside)

    def show_columns(self, columns: Sequence[Whose]) -> None:
        """Show these; the cells stay as long as the columns are the same."""
        headings = [column.heading for column in columns]
        if headings != self._headings:
            self._lay_out(columns)
            self._headings = headings
        for cells, column in zip(self._columns, columns, strict=True):
            for cell, value in zip(cells, _values(column.figures), strict=True):
                cell.show_value(value)

    def cell(self, line: int, column: int) -> FigureCell:
        """The cell of a line of ``LINES``."""
        return self._columns[column][line]

    def _lay_out(self, columns: Sequence[Whose]) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for row, line in enumerate(LINES, 1):
            words = ElidedLabel(_(line.words), "muted")
            words.setMinimumHeight(LINE_HEIGHT)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
        self._columns = []
        for place, column in enumerate(columns, 1):
            grid.addWidget(label(column.heading, "small"), 0, place, RIGHT)
            grid.setColumnStretch(place, 1)
            cells = [
                FigureCell(
                    f"{_(line.words)}, {column.heading}", partial(self.opened.emit, line.entity, column.rows(line))
                )
                for line in LINES
            ]
            for row, cell in enumerate(cells, 1):
                grid.addWidget(cell, row, place, Qt.AlignmentFlag.AlignTop)
            self._columns.append(cells)
        self.body.replaceWidget(self._inside, inside)
        self._inside.deleteLater()
        self._inside = inside


def _values(figures: Figures) -> tuple[Won | str, ...]:
    """What stands in the lines."""
    counts = (f"{figures.open_count:,}", MONEY.format(figures.open_weighted), f"{figures.activities_month:,}")
    return (figures.month, figures.quarter, figures.year, *counts)
