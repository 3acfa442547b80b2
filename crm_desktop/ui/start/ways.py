"""The first page on a new computer: three ways in, in plain words."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.ui import icons
from crm_desktop.ui.widgets.labels import label

WAYS = (
    (
        "sample", "storefront", N_("Try the sample firm"),
        N_("An invented firm with 28 employees and 2,300 customers on this computer. Change whatever you like."),
    ),
    (
        "new_firm", "desktop", N_("This computer keeps the data"),
        N_("For a firm that works at one PC. The program brings its own database; nothing else is to be installed."),
    ),
    (
        "office", "hard-drives", N_("Connect to the office's server"),
        N_("Your firm has a server already, and the administrator gave you an address and a login."),
    ),
)  # fmt: skip


class WaysPage(QWidget):
    """Says which way was chosen: ``sample``, ``new_firm`` or ``office``."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(_("How do you want to begin?"), "title"))
        column.addWidget(label(_("You can take another way at any time; several can stand side by side."), "muted"))
        self.buttons: dict[str, QPushButton] = {}
        for key, picture, title, text in WAYS:
            self.buttons[key] = button = _WayButton(picture, _(title), _(text))
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            column.addWidget(button)
        column.addStretch(1)


class _WayButton(QPushButton):
    """A large button: picture, title, explanation."""

    def __init__(self, picture: str, title: str, text: str) -> None:
        super().__init__()
        self.setObjectName("way")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setAutoDefault(True)
        image = QLabel()
        image.setPixmap(icons.pixmap(picture, 32, "accent"))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label(title, "strong"))
        words.addWidget(label(text, "muted", wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 12, 16, 12)
        line.setSpacing(16)
        line.addWidget(image)
        line.addLayout(words, 1)
        for child in self.findChildren(QLabel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def hasHeightForWidth(self) -> bool:
        """The explanation wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the words need."""
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else 0

    def sizeHint(self) -> QSize:
        """The words', not a button's."""
        layout = self.layout()
        return layout.totalSizeHint() if layout else super().sizeHint()
