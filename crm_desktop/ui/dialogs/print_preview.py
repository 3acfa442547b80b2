"""The pages of a PDF before they are printed: looked at, saved, or sent to the printer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSizeF
from PySide6.QtGui import QImage, QKeySequence, QPageLayout, QPageSize, QPainter, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.reports.destination import writing
from crm_desktop.reports.preview import PageImage, page_images, page_sizes
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.pages_view import PagesView, to_image

MOST_DPI = 300  # sharper is not seen on paper and takes a minute a page
POINTS_AN_INCH = 72
FOLDER = "print/folder"


class PrintPreview(Dialog):
    """Ctrl+P prints, Ctrl+S saves, Ctrl and plus or minus zoom."""

    def __init__(self, parent: QWidget | None, title: str, pdf: bytes) -> None:
        super().__init__(parent, title, heading=False)
        self._title, self._pdf = title, pdf
        self.pages = PagesView(pdf)
        self._place = label("", "muted")
        self._zoom = label("", "muted")
        self.pages.place_changed.connect(self._show_place)
        self.body.addLayout(self._line())
        self.body.addWidget(self.pages, 1)
        self.add_cancel(_("Close"))
        self.add_secondary(_("Save as PDF…"), self.save)
        self.add_primary(_("Print…"), self.print)
        for key, act in (("Ctrl+P", self.print), ("Ctrl+S", self.save)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        self._show_place()

    def save(self) -> None:
        """Write the PDF to a file that is asked for."""
        folder = Path(remembered(FOLDER, str(Path.home())))
        name = f"{self._title.replace('/', '-')}.pdf"
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as PDF"), str(folder / name), "PDF (*.pdf)")
        if not chosen:
            return
        target = Path(chosen).with_suffix(".pdf")
        try:
            with writing(target) as stream:
                stream.write(self._pdf)
        except KnownError as error:
            messages.show_error(self, error)
            return
        remember(FOLDER, str(target.parent))
        self.accept()

    def print(self) -> None:
        """Ask which printer and which pages, and send them."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._title)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.pages.count())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            print_pdf(self._pdf, printer)
            self.accept()

    def _line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._place)
        line.addStretch(1)
        line.addWidget(icon_button("minus", _("Smaller"), lambda: self.pages.zoom_by(-1), shortcut="Ctrl+-"))
        line.addWidget(self._zoom)
        line.addWidget(icon_button("plus", _("Larger"), lambda: self.pages.zoom_by(1), shortcut="Ctrl+="))
        line.addWidget(quiet_button(_("Whole width"), self.pages.fit_width, shortcut="Ctrl+0"))
        return line

    def _show_place(self) -> None:
        place = _("Page {page} of {pages}").format(page=self.pages.current_page() + 1, pages=self.pages.count())
        self._place.setText(place)
        self._zoom.setText(f"{self.pages.zoom():.0%}")


def print_pdf(pdf: bytes, printer: QPrinter) -> int:
    """Send the pages that the printer was told to print; returns how many."""
    sizes = page_sizes(pdf)
    first, last = (printer.fromPage() or 1) - 1, (printer.toPage() or len(sizes)) - 1
    chosen = range(max(0, first), min(last, len(sizes) - 1) + 1)
    scale = min(printer.resolution(), MOST_DPI) / POINTS_AN_INCH
    painter: QPainter | None = None
    for number, image in zip(chosen, page_images(pdf, scale, chosen), strict=True):
        _set_paper(printer, sizes[number])
        if painter is None:
            painter = QPainter(printer)
        else:
            printer.newPage()
        _paint_page(painter, printer, image)
    if painter is not None:
        painter.end()
    return len(chosen)


def _set_paper(printer: QPrinter, size: tuple[float, float]) -> None:
    short, long = sorted(size)
    printer.setPageSize(QPageSize(QSizeF(short, long), QPageSize.Unit.Point))
    is_wide = size[0] > size[1]
    printer.setPageOrientation(QPageLayout.Orientation.Landscape if is_wide else QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)


def _paint_page(painter: QPainter, printer: QPrinter, page: PageImage) -> None:
    image: QImage = to_image(page)
    paper = printer.pageLayout().fullRectPixels(printer.resolution())
    painter.drawImage(QRect(0, 0, paper.width(), paper.height()), image)
