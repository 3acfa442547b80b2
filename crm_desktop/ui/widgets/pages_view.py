"""The pages of a PDF below each other, drawn as they come into sight."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from crm_desktop.reports.preview import PageImage, page_images, page_sizes
from crm_desktop.ui import theme
from crm_desktop.ui.soon import later

GAP = 16  # px around pages
ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
SCREEN_DPI, POINTS_AN_INCH = 96, 72
KEPT_PAGES = 8
SIZE = (832, 560)
STEP = 60  # px an arrow key scrolls


class PagesView(QAbstractScrollArea):
    """Announces when the page in front or the zoom is another one."""

    place_changed = Signal()

    def __init__(self, pdf: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf = pdf
        self._sizes = page_sizes(pdf)
        self._zoom = 0.0  # 0: as wide as the window
        self._drawn: OrderedDict[tuple[int, float], QImage] = OrderedDict()
        self._draw_timer = later(0, self._draw_next, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().setSingleStep(STEP)
        self.verticalScrollBar().valueChanged.connect(self.place_changed)

    def count(self) -> int:
        """How many pages there are."""
        return len(self._sizes)

    def zoom(self) -> float:
        """1 is the size on paper, as far as the screen knows it."""
        if self._zoom:
            return self._zoom
        widest = max((width for width, _height in self._sizes), default=1)
        room = self.viewport().width() - 2 * GAP
        return max(ZOOMS[0], room * POINTS_AN_INCH / SCREEN_DPI / widest)

    def zoom_by(self, steps: int) -> None:
        """To the next larger (1) or smaller (-1) zoom."""
        now = self.zoom()
        near = 0.01
        larger = [zoom for zoom in ZOOMS if zoom > now + near]
        smaller = [zoom for zoom in reversed(ZOOMS) if zoom < now - near]
        found = larger if steps > 0 else smaller
        if found:
            self._set_zoom(found[0])

    def fit_width(self) -> None:
        """As wide as the window."""
        self._set_zoom(0.0)

    def current_page(self) -> int:
        """The page in the middle of the window, from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() // 2
        places = self._places()
        return next((number for number, rect in enumerate(places) if rect.bottom() + GAP >= middle), len(places) - 1)

    def sizeHint(self) -> QSize:
        """Room for most of a page."""
        return QSize(*SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is at hand; pages that are not are white until they are."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.color("canvas"))
        offset = self._offset()
        for number, rect in enumerate(self._places()):
            shown = rect.translated(-offset)
            if not shown.intersects(event.rect()):
                continue
            image = self._drawn.get((number, self._scale()))
            painter.fillRect(shown, Qt.GlobalColor.white)
            if image is not None:
                painter.drawImage(shown, image)
            elif not self._draw_timer.isActive():
                self._draw_timer.start()
            painter.setPen(theme.color("line"))
            painter.drawRect(shown.adjusted(-1, -1, 0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pages in the middle."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go to the first and last page; arrows and page keys scroll."""
        bar = self.verticalScrollBar()
        if event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            bar.setValue(bar.minimum() if event.key() == Qt.Key.Key_Home else bar.maximum())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def _set_zoom(self, zoom: float) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self._zoom = zoom
        self._arrange()
        bar.setValue(round(share * bar.maximum()))
        self.place_changed.emit()

    def _places(self) -> list[QRect]:
        """Where each page lies on the whole canvas."""
        factor = self.zoom() * SCREEN_DPI / POINTS_AN_INCH
        sizes = [(round(width * factor), round(height * factor)) for width, height in self._sizes]
        room = max([self.viewport().width(), *(width + 2 * GAP for width, _height in sizes)])
        places, top = [], GAP
        for width, height in sizes:
            places.append(QRect((room - width) // 2, top, width, height))
            top += height + GAP
        return places

    def _offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _scale(self) -> float:
        return self.zoom() * SCREEN_DPI / POINTS_AN_INCH * self.devicePixelRatioF()

    def _arrange(self) -> None:
        places = self._places()
        height = places[-1].bottom() + GAP if places else 0
        width = max((rect.width() + 2 * GAP for rect in places), default=0)
        for bar, whole, room in (
            (self.verticalScrollBar(), height, self.viewport().height()),
            (self.horizontalScrollBar(), width, self.viewport().width()),
        ):
            bar.setRange(0, max(0, whole - room))
            bar.setPageStep(room)
        self.viewport().update()
        self.place_changed.emit()

    def _draw_next(self) -> None:
        """Draw one page that is in sight; the next one follows, so that the window stays alive."""
        offset, scale = self._offset(), self._scale()
        for number, rect in enumerate(self._places()):
            in_sight = rect.translated(-offset).intersects(self.viewport().rect())
            if in_sight and (number, scale) not in self._drawn:
                (page,) = page_images(self._pdf, scale, [number])
                self._drawn[number, scale] = to_image(page)
                while len(self._drawn) > KEPT_PAGES:
                    self._drawn.popitem(last=False)
                self.viewport().update()
                return


def to_image(page: PageImage) -> QImage:
    """A page as a picture of its own."""
    image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
    return image.copy()  # the pixels belong to Python
